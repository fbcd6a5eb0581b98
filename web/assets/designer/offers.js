// Offer what the engine runs, and nothing that the checks would refuse: ready-made steps and tools.
import { is } from 'bpmn-js/lib/util/ModelUtil'
import { LANGUAGE } from './words.js'
import { readyStepsModule } from './ready_steps.js'
import steps from './steps.json'

const LATE = 200
const PALETTE = ['hand-tool', 'lasso-tool', 'space-tool', 'global-connect-tool', 'tool-separator', 'create']
const PAD = ['append', 'connect', 'delete', 'replace', 'append.text-annotation', 'lane-insert-above', 'lane-insert-below', 'lane-divide-two', 'lane-divide-three']
const KINDS = [
  'user-task', 'send-task', 'service-task', 'rule-task', 'call-activity', 'exclusive-gateway', 'inclusive-gateway', 'parallel-gateway',
  'event-based-gateway', 'none-end', 'terminate-end', 'timer-intermediate-catch', 'conditional-intermediate-catch', 'timer-boundary',
  'conditional-boundary', 'non-interrupting-timer-boundary', 'non-interrupting-conditional-boundary', 'sequence-flow', 'default-flow'
].map(kind => `replace-with-${kind}`)

const only = (entries, allowed) => Object.fromEntries(allowed.filter(name => entries[name]).map(name => [name, entries[name]]))

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
  __depends__: [readyStepsModule],
  __init__: ['offers'],
  offers: ['type', Offers]
}
