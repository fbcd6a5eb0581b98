// Ask the server what is wrong with the drawing as it stands; mark it there, and say it beside.
const PAUSE = 800

export class Findings {
  constructor (place, modeler, content) {
    Object.assign(this, { place, content, found: [], marked: [], shown: '', timer: 0, under: false, next: null })
    this.canvas = modeler.get('canvas')
    this.overlays = modeler.get('overlays')
    this.registry = modeler.get('elementRegistry')
    this.selection = modeler.get('selection')
    place.addEventListener('click', event => this.clicked(event))
    document.addEventListener('shown', event => this.beside(event.detail.id))
  }

  later () {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), PAUSE)
  }

  // One at a time; what changed meanwhile is asked for afterwards.
  async ask (proves = false) {
    clearTimeout(this.timer)
    if (this.under) {
      this.next = { proves: proves || Boolean(this.next?.proves) }
      return
    }
    this.under = true
    this.say('asking')
    const found = await this.fetched(proves).catch(() => null)
    this.under = false
    if (found) this.show(found, proves)
    else this.say('failed')
    const { next } = this
    this.next = null
    if (next) this.ask(next.proves)
  }

  async fetched (proves) {
    const { address, csrf } = this.place.dataset
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
      body: JSON.stringify({ content: await this.content(), proves }),
      redirect: 'manual'
    })
    return answer.ok ? (await answer.json()).findings : null
  }

  say (what, count = 0) {
    const { dataset } = this.place
    dataset.state = what
    this.place.querySelector('[data-status]').textContent = dataset[`say${what[0].toUpperCase()}${what.slice(1)}`].replace('%{count}', count)
  }

  show (found, proved) {
    this.found = found
    const errors = found.filter(each => each.severity === 'error').length
    this.say(errors ? 'wrong' : proved ? 'proved' : 'right', errors)
    this.mark()
    const elements = [...new Set(found.map(each => each.element))]
    this.place.querySelector('[data-list]').replaceChildren(...elements.map(each => this.row(each)))
    this.beside(this.shown)
  }

  // All that is wrong with one element, under its name.
  row (id) {
    const row = this.place.querySelector('template[data-finding]').content.cloneNode(true).firstElementChild
    const element = this.registry.get(id)
    row.querySelector('[data-name]').textContent = element?.businessObject.name || id
    const go = row.querySelector('[data-go]')
    if (element) go.value = id
    else go.remove()
    const [one] = row.querySelectorAll('[data-one]')
    const own = this.found.filter(each => each.element === id)
    one.replaceWith(...own.map(each => this.one(one.cloneNode(true), each)))
    return row
  }

  one (row, finding) {
    if (finding.severity === 'error') row.querySelector('[data-warning]').remove()
    const said = row.querySelector('[data-said]')
    said.textContent = finding.said
    said.lang = finding.language
    const way = row.querySelector('[data-way]')
    if (finding.trace.length) way.value = String(this.found.indexOf(finding))
    else way.remove()
    return row
  }

  mark () {
    this.unmark()
    const worst = new Map()
    for (const { element, severity } of this.found) if (worst.get(element) !== 'error') worst.set(element, severity)
    for (const [id, severity] of worst) if (this.registry.get(id)) this.put(id, `app-finding--${severity}`, '!', severity)
  }

  put (id, marker, text, kind) {
    this.canvas.addMarker(id, marker)
    const sign = document.createElement('span')
    Object.assign(sign, { className: `app-finding__sign app-finding__sign--${kind}`, textContent: text })
    sign.setAttribute('aria-hidden', 'true')
    this.marked.push([id, marker, this.overlays.add(id, { position: { top: -12, left: -8 }, html: sign })])
  }

  unmark () {
    for (const [id, marker, overlay] of this.marked) {
      if (this.registry.get(id)) this.canvas.removeMarker(id, marker)
      this.overlays.remove(overlay)
    }
    this.marked = []
  }

  clicked ({ target }) {
    const button = target.closest('button')
    if (!button) return
    if (button.matches('[data-prove]')) this.ask(true)
    if (button.matches('[data-go]')) this.go(button.value)
    if (button.matches('[data-way]')) this.draw(this.found[Number(button.value)])
  }

  go (id) {
    const element = this.registry.get(id)
    this.selection.select(element)
    this.canvas.scrollToElement(element, 120)
    this.canvas.focus()
  }

  // The way to what is wrong: its steps are numbered on the drawing, and stand in order beside it.
  draw ({ trace, element }) {
    this.unmark()
    const steps = trace.filter(id => this.registry.get(id))
    steps.forEach((id, index) => this.put(id, 'app-token--way', String(index + 1), 'way'))
    if (this.registry.get(element)) this.canvas.scrollToElement(element, 120)
    const list = this.place.querySelector('[data-steps]')
    list.replaceChildren(...steps.map(id => {
      const row = document.createElement('li')
      row.textContent = this.registry.get(id).businessObject.name || id
      return row
    }))
    list.closest('[data-shown-way]').hidden = !steps.length
  }

  // What is wrong with the chosen element stands above its questions.
  beside (id) {
    this.shown = id
    const own = this.found.filter(each => each.element === id)
    const list = document.querySelector('[data-own-findings]')
    list.hidden = !own.length
    list.replaceChildren(...own.map(each => {
      const row = document.createElement('li')
      Object.assign(row, { textContent: each.said, lang: each.language })
      return row
    }))
  }
}
