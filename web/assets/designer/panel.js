// Ask beside the drawing what there is to say of what is chosen in it; the page brings the questions.
import { Chooser } from './chooser.js'
import { complete } from './completion.js'
import { kindsOf, Properties } from './properties.js'

export class Panel {
  constructor (place, modeler) {
    Object.assign(this, { place, properties: new Properties(modeler), element: null })
    this.canvas = modeler.get('canvas')
    this.selection = modeler.get('selection')
    this.registry = modeler.get('elementRegistry')
    this.eventBus = modeler.get('eventBus')
    this.choosers = new Map()
    this.fill()
    this.listen()
  }

  // Lists that several questions offer stand in the page once.
  fill () {
    for (const select of this.place.querySelectorAll('select[data-from]')) {
      select.append(document.querySelector(`template[data-choices="${select.dataset.from}"]`).content.cloneNode(true))
    }
    for (const several of this.place.querySelectorAll('[data-several]')) this.choosers.set(several, new Chooser(several))
    for (const area of this.place.querySelectorAll('textarea[data-feel]')) complete(area)
  }

  listen () {
    this.eventBus.on('selection.changed', ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null))
    this.eventBus.on('elements.changed', ({ elements }) => { if (elements.includes(this.element)) this.read() })
    this.eventBus.on('steps.added', ({ element }) => this.enter(element))
    this.eventBus.on('import.done', () => this.show(null))
    this.eventBus.on('commandStack.changed', () => this.list())
    this.place.addEventListener('change', event => this.take(event.target))
    this.place.addEventListener('keydown', event => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.canvas.focus()
    })
    this.elements.addEventListener('change', () => this.choose(this.elements.value))
  }

  get elements () { return this.place.querySelector('[data-elements]') }

  get questions () { return this.place.querySelectorAll('[data-property]') }

  // What is chosen; with nothing chosen, the process itself.
  show (element) {
    const shown = element?.labelTarget || element || this.canvas.getRootElement()
    if (!shown?.businessObject) return
    this.element = shown
    const kinds = ['any', ...kindsOf(shown)]
    for (const group of this.place.querySelectorAll('[data-for]')) {
      group.hidden = !group.dataset.for.split(' ').some(kind => kinds.includes(kind))
    }
    this.list()
    this.read()
  }

  read () {
    const { id } = this.properties.meant(this.element)
    this.place.querySelector('[data-id]').textContent = id
    this.place.dispatchEvent(new CustomEvent('shown', { bubbles: true, detail: { id } }))
    for (const question of this.questions) {
      if (question.closest('[data-for]')?.hidden) continue
      const value = this.properties.read(this.element, question.dataset.property)
      if (question.type === 'checkbox') question.checked = question.value === 'true' && question.dataset.property.startsWith('adolygu:') ? value === 'true' : value === true
      else if (this.choosers.has(question)) this.choosers.get(question).show(String(value))
      else if (document.activeElement !== question || question.value !== value) this.put(question, String(value))
    }
  }

  // What a file names and the draft has not stays to be seen.
  put (question, value) {
    if (question.tagName === 'SELECT' && value && ![...question.options].some(each => each.value === value)) question.add(new Option(value, value))
    question.value = value
  }

  take (control) {
    const question = control.closest('[data-property]')
    const chooser = this.choosers.get(question)
    // Looking through a list changes nothing yet: it is taken with the button beside it.
    if (!question || !this.element || (chooser && control !== question)) return
    const own = question.dataset.property.startsWith('adolygu:')
    let value = chooser ? chooser.value : question.value.trim()
    if (question.type === 'checkbox') value = own ? (question.checked ? 'true' : '') : question.checked
    if (value === this.properties.read(this.element, question.dataset.property)) return
    this.properties.write(this.element, question.dataset.property, value)
  }

  // Everything on the sheet by name, so that it can be chosen without a pointer.
  list () {
    const { elements } = this
    const chosen = this.element?.businessObject.id
    const named = this.registry.filter(each => !each.labelTarget && each.parent && each.type !== 'label')
    elements.replaceChildren(new Option(elements.dataset.whole, ''), ...named.map(each => {
      const { id } = each.businessObject
      return new Option(each.businessObject.name ? `${each.businessObject.name} (${id})` : id, id)
    }))
    elements.value = named.some(each => each.businessObject.id === chosen) ? chosen : ''
  }

  choose (id) {
    const element = id ? this.registry.get(id) : null
    this.selection.select(element || [])
    if (element) this.canvas.scrollToElement(element, 120)
    else this.show(null)
  }

  enter (element) {
    this.show(element)
    const name = this.place.querySelector(`[data-property="name:${document.documentElement.lang}"]`)
    name.focus()
    name.select()
  }
}
