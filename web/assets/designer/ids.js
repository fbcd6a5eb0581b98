// Give new elements ids that the record of a case can say: words joined by underscores, from names.
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor'
import BpmnFactory from 'bpmn-js/lib/features/modeling/BpmnFactory'
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil'
import { NAME } from './words.js'

const KINDS = [
  ['bpmn:Activity', 'step'], ['bpmn:Event', 'event'], ['bpmn:Gateway', 'choice'],
  ['bpmn:SequenceFlow', 'flow'], ['bpmn:Lane', 'lane'], ['bpmn:TextAnnotation', 'note']
]
const UNNAMED = /^(step|event|choice|flow|lane|note)_\d+$/
const LONGEST = 60

function wordsOf (text) {
  const plain = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
  const words = plain.replace(/[’']/g, '').replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '')
  return words.slice(0, LONGEST).replace(/_+$/, '')
}

function free (ids, wanted) {
  let found = wanted
  for (let number = 2; ids.assigned(found); number += 1) found = `${wanted}_${number}`
  return found
}

// An id is never given twice, though its element is called otherwise by now: its shape and its label
// keep it.
class Factory extends BpmnFactory {
  _ensureId (element) {
    const kind = element.id ? null : KINDS.find(([type]) => is(element, type))
    if (kind) {
      const { ids } = this._model
      this.number = this.number || 0
      let id
      do id = `${kind[1]}_${this.number += 1}`; while (ids.assigned(id) || ids.assigned(`${id}_di`))
      element.id = id
    }
    super._ensureId(element)
  }
}
Factory.$inject = BpmnFactory.$inject

// Open cases know a step by its id, so only what was not in the file when it was opened follows.
class Following extends CommandInterceptor {
  constructor (eventBus, moddle, modeling, elementRegistry) {
    super(eventBus)
    Object.assign(this, { ids: moddle.ids, modeling })
    let opened = new Set()
    eventBus.on('import.done', () => { opened = new Set(elementRegistry.getAll().map(each => each.businessObject.id)) })
    this.isNew = ({ id }) => !opened.has(id) || UNNAMED.test(id)
    this.postExecuted(['element.updateProperties', 'element.updateLabel'], 100, ({ context }) => {
      const changed = Object.keys(context.properties || { name: true })
      if (changed.some(each => Object.values(NAME).includes(each))) this.follow(context.element.labelTarget || context.element)
    })
    this.postExecuted('shape.create', 100, ({ context }) => this.follow(context.shape))
    this.postExecuted(['connection.create', 'connection.reconnect'], 100, ({ context }) => this.followFlow(context.connection))
  }

  follow (element) {
    const { businessObject } = element
    if (!isAny(businessObject, ['bpmn:FlowNode', 'bpmn:Lane']) || !this.isNew(businessObject)) return
    const wanted = wordsOf(businessObject.get(NAME.en) || businessObject.get(NAME.cy) || '')
    this.call(element, wanted)
    for (const flow of [...element.incoming, ...element.outgoing]) this.followFlow(flow)
  }

  followFlow (flow) {
    const { businessObject } = flow
    if (!is(businessObject, 'bpmn:SequenceFlow') || !this.isNew(businessObject)) return
    if (flow.source && flow.target) this.call(flow, `${flow.source.businessObject.id}_to_${flow.target.businessObject.id}`)
  }

  call (element, wanted) {
    const { id } = element.businessObject
    if (!wanted || id === wanted) return
    this.modeling.updateProperties(element, { id: free(this.ids, wanted) })
  }
}
Following.$inject = ['eventBus', 'moddle', 'modeling', 'elementRegistry']

export const idsModule = {
  __init__: ['followingIds'],
  bpmnFactory: ['type', Factory],
  followingIds: ['type', Following]
}
