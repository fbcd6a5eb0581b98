// Read and write what the panel asks of an element, wherever BPMN keeps it; every write can be undone.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil'
import { NAME } from './words.js'

const WELSH = 'text/x-cy'
const MEANT = {
  'bpmn:Process': 'process', 'bpmn:Participant': 'process', 'bpmn:Collaboration': 'process', 'bpmn:Lane': 'lane', 'bpmn:UserTask': 'user_task',
  'bpmn:SendTask': 'send_task', 'bpmn:ServiceTask': 'service_task', 'bpmn:BusinessRuleTask': 'rule_task', 'bpmn:CallActivity': 'call',
  'bpmn:SubProcess': 'frame', 'bpmn:SequenceFlow': 'flow', 'bpmn:TextAnnotation': 'note'
}

// What kind of thing it is for the panel; several where it is an event.
export function kindsOf (element) {
  const { businessObject } = element
  const kinds = [MEANT[businessObject.$type]]
  if (is(businessObject, 'bpmn:Event')) kinds.push('event', eventOf(businessObject))
  if (is(businessObject, 'bpmn:BoundaryEvent')) kinds.push('hangs')
  if (is(businessObject, 'bpmn:Gateway')) kinds.push('gateway')
  if (leavesChoice(businessObject)) kinds.push('way')
  return kinds.filter(Boolean)
}

const leavesChoice = flow => is(flow, 'bpmn:SequenceFlow') && isAny(flow.sourceRef, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'])

function eventOf ({ eventDefinitions = [] }) {
  const types = { 'bpmn:TimerEventDefinition': 'timer', 'bpmn:ConditionalEventDefinition': 'condition' }
  return types[eventDefinitions[0]?.$type]
}

export class Properties {
  constructor (modeler) {
    this.modeling = modeler.get('modeling')
    this.moddle = modeler.get('moddle')
    this.create = (type, values) => modeler.get('bpmnFactory').create(type, values)
  }

  // The process stands behind its pool, or behind the whole sheet.
  meant (element) {
    const { businessObject } = element
    if (is(businessObject, 'bpmn:Participant')) return businessObject.processRef || businessObject
    if (is(businessObject, 'bpmn:Collaboration')) return businessObject.participants?.[0]?.processRef || businessObject
    return businessObject
  }

  read (element, property) {
    const meant = this.meant(element)
    const special = SPECIAL[property]
    if (special) return special.read(meant) ?? ''
    return meant.get(NAME[property.replace('name:', '')] || property) ?? ''
  }

  write (element, property, value) {
    const meant = this.meant(element)
    const special = SPECIAL[property]
    if (special) special.write(this, element, meant, value)
    else if (property.startsWith('name:')) this.rename(element, meant, NAME[property.replace('name:', '')], value)
    else this.set(element, meant, { [property]: value || undefined })
  }

  set (element, meant, values) {
    if (meant === element.businessObject) this.modeling.updateProperties(element, values)
    else this.modeling.updateModdleProperties(element, meant, values)
  }

  // A pool is called what its process is called.
  rename (element, meant, property, value) {
    this.set(element, meant, { [property]: value || undefined })
    const pool = [element, ...(element.children || [])].find(each => is(each, 'bpmn:Participant') && each.businessObject.processRef === meant)
    if (pool) this.modeling.updateProperties(pool, { [property]: value || undefined })
  }

  expression (value, parent) {
    if (!value) return undefined
    const made = this.create('bpmn:FormalExpression', { body: value })
    made.$parent = parent
    return made
  }
}

const documentation = welsh => ({
  read: meant => (meant.documentation || []).find(each => (each.textFormat === WELSH) === welsh)?.text,
  write (properties, element, meant, value) {
    const others = (meant.documentation || []).filter(each => (each.textFormat === WELSH) !== welsh)
    const made = value ? [properties.create('bpmn:Documentation', { text: value, ...(welsh && { textFormat: WELSH }) })] : []
    for (const each of made) each.$parent = meant
    properties.modeling.updateModdleProperties(element, meant, { documentation: welsh ? [...others, ...made] : [...made, ...others] })
  }
})

const ofEvent = (type, property) => ({
  read: meant => meant.eventDefinitions?.[0]?.get(property)?.body,
  write (properties, element, meant, value) {
    const event = meant.eventDefinitions?.find(each => is(each, type))
    if (event) properties.modeling.updateModdleProperties(element, event, { [property]: properties.expression(value, event) })
  }
})

const SPECIAL = {
  'documentation:en': documentation(false),
  'documentation:cy': documentation(true),
  timeDate: ofEvent('bpmn:TimerEventDefinition', 'timeDate'),
  condition: ofEvent('bpmn:ConditionalEventDefinition', 'condition'),
  conditionExpression: {
    read: meant => meant.conditionExpression?.body,
    write (properties, element, meant, value) { properties.set(element, meant, { conditionExpression: properties.expression(value, meant) }) }
  },
  default: {
    read: meant => meant.sourceRef?.default === meant,
    write (properties, element, meant, value) { properties.modeling.updateProperties(element.source, { default: value ? meant : undefined }) }
  },
  cancelActivity: {
    read: meant => meant.cancelActivity !== false,
    write (properties, element, meant, value) { properties.set(element, meant, { cancelActivity: value }) }
  },
  // What a step is repeated over: its list, the kind of its items, and the sign on its shape, as one.
  items: {
    read: meant => meant.get('adolygu:items'),
    write (properties, element, meant, value) {
      const loop = value ? meant.loopCharacteristics || properties.create('bpmn:MultiInstanceLoopCharacteristics') : undefined
      if (loop) loop.$parent = meant
      properties.set(element, meant, { 'adolygu:items': value || undefined, 'adolygu:item': value ? kindOfItems(value) : undefined, loopCharacteristics: loop })
    }
  },
  // A timer follows the clock of its timescale, so its moment is that day until somebody writes another.
  timescale: {
    read: meant => meant.get('adolygu:timescale'),
    write (properties, element, meant, value) {
      const event = meant.eventDefinitions?.[0]
      const before = meant.get('adolygu:timescale')
      const moment = event?.timeDate?.body || ''
      properties.set(element, meant, { 'adolygu:timescale': value || undefined })
      if (event && (!moment || moment === `due("${before}")`)) SPECIAL.timeDate.write(properties, element, meant, value && `due("${value}")`)
    }
  }
}

const kindOfItems = list => document.querySelector(`template[data-choices="lists"]`).content.querySelector(`option[value="${CSS.escape(list)}"]`)?.dataset.kind
