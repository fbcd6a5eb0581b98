// Offer what the engine runs, and nothing that the checks would refuse: ready-made steps and tools.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil'
import { LANGUAGE, NAME } from './words.js'
import steps from './steps.json'

const OTHER = LANGUAGE === 'cy' ? 'en' : 'cy'
const LATE = 200
const PALETTE = ['hand-tool', 'lasso-tool', 'space-tool', 'global-connect-tool', 'tool-separator', 'create']
const PAD = ['append', 'connect', 'delete', 'replace', 'append.text-annotation', 'lane-insert-above', 'lane-insert-below', 'lane-divide-two', 'lane-divide-three']
const KINDS = [
  'user-task', 'send-task', 'service-task', 'rule-task', 'call-activity', 'exclusive-gateway', 'inclusive-gateway', 'parallel-gateway',
  'event-based-gateway', 'none-end', 'terminate-end', 'timer-intermediate-catch', 'conditional-intermediate-catch', 'timer-boundary',
  'conditional-boundary', 'non-interrupting-timer-boundary', 'non-interrupting-conditional-boundary', 'sequence-flow', 'default-flow'
].map(kind => `replace-with-${kind}`)

const only = (entries, allowed) => Object.fromEntries(allowed.filter(name => entries[name]).map(name => [name, entries[name]]))

// Put a ready-made step on the sheet with what hangs on it and what follows, to be undone in one go.
class ReadySteps {
  constructor (elementFactory, modeling, eventBus, create, mouse, commandStack, selection) {
    Object.assign(this, { elementFactory, modeling, eventBus, create, mouse, commandStack, selection })
    const steps = this
    commandStack.registerHandler('steps.append', function Append () {
      this.preExecute = context => { context.made = steps.put(context.from, context.offered) }
    })
  }

  append (from, offered) {
    const context = { from, offered }
    this.commandStack.execute('steps.append', context)
    this.selection.select(context.made)
    this.eventBus.fire('steps.added', { element: context.made })
  }

  put (from, { step, hangs }) {
    if (!step) return this.hang(from, hangs)
    const shape = this.shape(step)
    const at = this.eventBus.fire('autoPlace', { shape, source: from })
    const made = this.modeling.appendShape(from, shape, at, from.parent)
    this.complete(made, step, from)
    return made
  }

  shape (step) {
    const shape = this.elementFactory.createShape({ type: step.type, eventDefinitionType: step.event, isExpanded: step.expanded })
    const { businessObject } = shape
    if (step[LANGUAGE]) businessObject.set(NAME[LANGUAGE], step[LANGUAGE])
    if (step[OTHER]) businessObject.set(NAME[OTHER], step[OTHER])
    if (step.goesOn) businessObject.set('cancelActivity', false)
    for (const [name, value] of Object.entries(step.own || {})) businessObject.set(`adolygu:${name}`, value)
    return shape
  }

  complete (shape, step, from) {
    if (step.expanded) this.begin(shape)
    if (step.hangs) this.hang(shape, step.hangs)
    if (step.then) this.complete(this.modeling.appendShape(shape, this.shape(step.then), this.behind(shape, step.then)), step.then, from)
    if (step.back && is(from, 'bpmn:FlowNode') && !isAny(from, ['bpmn:StartEvent', 'bpmn:BoundaryEvent', 'bpmn:EventBasedGateway'])) this.back(shape, from, step.back)
  }

  behind (shape, next) {
    const below = is(shape, 'bpmn:BoundaryEvent')
    const room = next.type === 'bpmn:SendTask' ? 100 : 68
    const middle = { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 }
    return below ? { x: middle.x, y: middle.y + 100 } : { x: shape.x + shape.width + room, y: middle.y }
  }

  hang (host, step) {
    const corner = { x: host.x + host.width * 0.75, y: host.y + host.height }
    const event = this.modeling.createShape(this.shape(step), corner, host, { attach: true })
    // What follows leaves it below: its label stands to the left of that line.
    if (event.label) this.modeling.moveShape(event.label, { x: -event.label.width / 2 - 12, y: 4 })
    this.complete(event, step, host)
    return event
  }

  back (gateway, from, names) {
    const flow = this.modeling.connect(gateway, from)
    this.modeling.updateProperties(flow, { [NAME[OTHER]]: names[OTHER], [NAME[LANGUAGE]]: names[LANGUAGE] })
  }

  begin (frame) {
    const start = this.shape({ type: 'bpmn:StartEvent', en: 'Frame begins', cy: 'Y ffrâm yn dechrau' })
    this.modeling.createShape(start, { x: frame.x + 60, y: frame.y + frame.height / 2 }, frame)
  }

  // Where nothing is chosen the step is placed by hand: it hangs on the pointer.
  place (event, { step }) {
    this.create.start(event instanceof KeyboardEvent ? this.mouse.getLastMoveEvent() : event, this.shape(step))
  }
}
ReadySteps.$inject = ['elementFactory', 'modeling', 'eventBus', 'create', 'mouse', 'commandStack', 'selection']

class Offers {
  constructor (popupMenu, palette, contextPad, readySteps, rules, translate) {
    Object.assign(this, { popupMenu, readySteps, rules, translate })
    popupMenu.registerProvider('bpmn-append', LATE, { getPopupMenuEntries: element => () => this.toAppend(element) })
    popupMenu.registerProvider('bpmn-create', LATE, { getPopupMenuEntries: () => () => this.toCreate() })
    popupMenu.registerProvider('bpmn-replace', LATE, {
      getPopupMenuEntries: () => entries => only(entries, KINDS),
      getPopupMenuHeaderEntries: () => entries => only(entries, ['toggle-non-interrupting'])
    })
    palette.registerProvider(LATE, { getPaletteEntries: () => entries => only(entries, PALETTE) })
    contextPad.registerProvider(LATE, {
      getContextPadEntries: () => entries => only(entries, PAD),
      getMultiElementContextPadEntries: () => entries => only(entries, PAD)
    })
  }

  entry (step, action, group) {
    return {
      label: step[LANGUAGE],
      description: step.about[LANGUAGE],
      search: [step.en, step.cy].join(' '),
      className: step.icon,
      group,
      action
    }
  }

  toAppend (element) {
    if (!this.rules.allowed('shape.append', { element })) return {}
    const follows = { id: 'follows', name: this.translate('Follows') }
    const hangs = { id: 'hangs', name: this.translate('Hangs on the step') }
    const offered = steps.filter(step => step.step || is(element, 'bpmn:Activity'))
    return Object.fromEntries(offered.map(step => {
      const append = () => {
        this.popupMenu.close()
        this.readySteps.append(element, step)
      }
      return [`append-${step.key}`, this.entry(step, { click: append, dragstart: append }, step.step ? follows : hangs)]
    }))
  }

  toCreate () {
    return Object.fromEntries(steps.filter(step => step.step).map(step => {
      const place = event => {
        this.popupMenu.close()
        this.readySteps.place(event, step)
      }
      return [`create-${step.key}`, this.entry(step, { click: place, dragstart: place }, { id: 'steps', name: '' })]
    }))
  }
}
Offers.$inject = ['popupMenu', 'palette', 'contextPad', 'readySteps', 'rules', 'translate']

export const offersModule = {
  __init__: ['offers'],
  readySteps: ['type', ReadySteps],
  offers: ['type', Offers]
}
