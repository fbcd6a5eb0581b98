// Put ready-made steps on the sheet, with what hangs on them and what follows, and make room for them.
import { asTRBL } from 'diagram-js/lib/layout/LayoutUtil'
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil'
import { LANGUAGE, NAME } from './words.js'

const OTHER = LANGUAGE === 'cy' ? 'en' : 'cy'
const GAP = 50
const BACK = 30
// So much lies below a step on which a reminder hangs, and so far to either side.
const BELOW = { height: 190, left: 20, right: 300 }
const FRAMES = ['bpmn:Lane', 'bpmn:Participant', 'bpmn:SubProcess']
const NEVER_AGAIN = ['bpmn:StartEvent', 'bpmn:BoundaryEvent', 'bpmn:EventBasedGateway']

class ReadySteps {
  constructor (elementFactory, elementRegistry, modeling, eventBus, create, mouse, commandStack, selection, spaceTool) {
    Object.assign(this, { elementFactory, elementRegistry, modeling, eventBus, create, mouse, commandStack, selection, spaceTool })
    const steps = this
    // One command, so that it is undone in one go.
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

  // Where nothing is chosen the step is placed by hand: it hangs on the pointer, and what belongs to
  // it comes along once it stands.
  place (event, { step }) {
    const shape = this.shape(step)
    // In the same command, so that one undo takes back all of it.
    const whole = ({ context }) => {
      if ([context.shape, ...context.elements || []].includes(shape)) this.complete(shape, step)
    }
    const events = ['commandStack.elements.create.postExecuted', 'commandStack.shape.append.postExecuted']
    this.eventBus.on(events, whole)
    this.eventBus.once('create.ended', () => this.eventBus.off(events, whole))
    this.create.start(event instanceof KeyboardEvent ? this.mouse.getLastMoveEvent() : event, shape)
  }

  put (from, { step, hangs }) {
    if (!step) return this.hang(from, hangs)
    const flow = onlyFlow(from, step)
    const shape = this.shape(step)
    const at = flow ? this.between(from, shape, step) : this.eventBus.fire('autoPlace', { shape, source: from })
    const made = this.modeling.appendShape(from, shape, at, from.parent)
    const last = this.complete(made, step, from)
    if (flow) this.lead(flow, last, step)
    return made
  }

  // A step after one that something follows already stands between the two.
  between (from, shape, step) {
    const { right } = asTRBL(from)
    this.makeRoom('x', right + 5, widthOf(shape, step, each => this.shape(each)))
    return { x: right + GAP + shape.width / 2, y: from.y + from.height / 2 }
  }

  lead (flow, last, step) {
    this.modeling.reconnectStart(flow, last, { x: last.x + last.width / 2, y: last.y + last.height / 2 })
    const on = (step.then || step).on
    if (!on) return
    this.modeling.updateProperties(flow, { [NAME[OTHER]]: on[OTHER], [NAME[LANGUAGE]]: on[LANGUAGE] })
    this.modeling.updateProperties(last, { default: flow.businessObject })
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

  // Add what belongs to a step; return where it is left.
  complete (shape, step, from) {
    if (step.expanded) this.begin(shape)
    if (step.hangs) this.hang(shape, step.hangs)
    if (step.back && from && is(from, 'bpmn:FlowNode') && !isAny(from, NEVER_AGAIN)) this.back(shape, from, step.back)
    if (!step.then) return shape
    const next = this.shape(step.then)
    return this.complete(this.modeling.appendShape(shape, next, behind(shape, next)), step.then, from)
  }

  hang (host, step) {
    if (step.then) this.makeRoomBelow(host)
    const corner = { x: host.x + host.width * 0.75, y: host.y + host.height }
    const event = this.modeling.createShape(this.shape(step), corner, host, { attach: true })
    // What follows leaves it below: its label stands to the left of that line.
    if (event.label) this.modeling.moveShape(event.label, { x: -event.label.width / 2 - 12, y: 4 })
    this.complete(event, step, host)
    return event
  }

  // The way back runs above what lies between.
  back (gateway, from, names) {
    const [right, left] = [gateway, from].map(each => ({ x: each.x + each.width / 2, y: each.y }))
    const y = Math.min(right.y, left.y) - BACK
    const waypoints = [right, { x: right.x, y }, { x: left.x, y }, left]
    const flow = this.modeling.connect(gateway, from, { type: 'bpmn:SequenceFlow', waypoints })
    this.modeling.updateProperties(flow, { [NAME[OTHER]]: names[OTHER], [NAME[LANGUAGE]]: names[LANGUAGE] })
    if (flow.label) this.modeling.moveShape(flow.label, { x: 0, y: 18 })
  }

  begin (frame) {
    const start = this.shape({ type: 'bpmn:StartEvent', en: 'Frame begins', cy: 'Y ffrâm yn dechrau' })
    this.modeling.createShape(start, { x: frame.x + 60, y: frame.y + frame.height / 2 }, frame)
  }

  makeRoomBelow (host) {
    const from = asTRBL(host)
    const shapes = this.elementRegistry.filter(each => each.parent && !each.waypoints && !each.labelTarget && each !== host && each.host !== host)
    const edges = shapes.map(each => {
      const box = asTRBL(each)
      if (isAny(each, FRAMES)) return box.top < from.bottom && box.bottom > from.bottom && box.left < from.left && box.right > from.right ? box.bottom : Infinity
      const beside = box.right < from.left - BELOW.left || box.left > from.right + BELOW.right
      return beside || box.top < from.bottom ? Infinity : box.top
    })
    const free = Math.min(...edges) - from.bottom
    if (free < BELOW.height) this.makeRoom('y', from.bottom + Math.min(free, 10) / 2, BELOW.height - free)
  }

  makeRoom (axis, start, room) {
    const all = this.elementRegistry.filter(each => each.parent)
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, axis, room, start)
    const [delta, direction] = axis === 'x' ? [{ x: room, y: 0 }, 'e'] : [{ x: 0, y: room }, 's']
    this.modeling.createSpace(movingShapes, resizingShapes, delta, direction, start)
  }
}
ReadySteps.$inject = ['elementFactory', 'elementRegistry', 'modeling', 'eventBus', 'create', 'mouse', 'commandStack', 'selection', 'spaceTool']

function onlyFlow (from, step) {
  if (step.type === 'bpmn:EndEvent' || is(from, 'bpmn:Gateway')) return null
  const flows = from.outgoing.filter(flow => is(flow, 'bpmn:SequenceFlow'))
  return flows.length === 1 ? flows[0] : null
}

function widthOf (shape, step, make) {
  // What hangs on a step stands below it and further to the right; nothing may come down through it.
  const own = Math.max(shape.width + GAP, step.hangs?.then ? BELOW.right : 0)
  return step.then ? own + widthOf(make(step.then), step.then, make) : own
}

function behind (shape, next) {
  const middle = { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 }
  if (is(shape, 'bpmn:BoundaryEvent')) return { x: middle.x, y: middle.y + 100 }
  return { x: shape.x + shape.width + GAP + next.width / 2, y: middle.y }
}

export const readyStepsModule = { readySteps: ['type', ReadySteps] }
