// Choose several of a list: what is chosen stands below it, each with a button that takes it out.
export class Chooser {
  constructor (place) {
    this.place = place
    this.select = place.querySelector('select')
    this.chosen = place.querySelector('ul')
    this.keys = []
    place.querySelector('[data-add]').addEventListener('click', () => this.add(this.select.value))
    this.chosen.addEventListener('click', event => {
      const button = event.target.closest('button')
      if (button) this.remove(button.value)
    })
  }

  get value () { return this.keys.join(' ') }

  show (text) {
    this.keys = text.split(/\s+/).filter(Boolean)
    this.draw()
  }

  add (key) {
    if (!key || this.keys.includes(key)) return
    this.keys.push(key)
    this.select.value = ''
    this.changed()
  }

  remove (key) {
    this.keys = this.keys.filter(each => each !== key)
    this.changed()
    this.select.focus()
  }

  changed () {
    this.draw()
    this.place.dispatchEvent(new Event('change', { bubbles: true }))
  }

  called (key) {
    const option = [...this.select.options].find(each => each.value === key)
    return option?.dataset.said || option?.text || key
  }

  draw () {
    this.chosen.replaceChildren(...this.keys.map(key => {
      const row = document.createElement('li')
      const button = document.createElement('button')
      Object.assign(button, { type: 'button', value: key, className: 'govuk-button govuk-button--secondary app-chooser__remove', textContent: this.place.dataset.remove })
      const whom = document.createElement('span')
      Object.assign(whom, { className: 'govuk-visually-hidden', textContent: ` ${this.called(key)}` })
      button.append(whom)
      row.append(document.createTextNode(this.called(key)), ' ', button)
      return row
    }))
  }
}
