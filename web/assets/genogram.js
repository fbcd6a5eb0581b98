// Edit a genogram on a canvas beside its form. The form holds the rows, and the server draws them.
import { Family, LINKS, OF, PARENT, PEOPLE, SIBLING } from './genogram_family.js'
import { collapse, enhance, fold, questions, read, write } from './genogram_rows.js'
import { View } from './genogram_view.js'

// Where the questions of the chosen person, and of one of their links, stand beside the drawing.
const PERSON = 'canvas-person'
const LINK = 'canvas-link'
// Somebody who is not among the rows yet, in a list of people.
const NEW = 'new'
// So long the server is not asked for a drawing while changes follow each other.
const PAUSE = 120

class Canvas {
  constructor (section) {
    this.section = section
    this.form = document.getElementById(section.dataset.form)
    const templates = Object.fromEntries([...section.querySelectorAll('template[data-row]')].map(one => [one.dataset.row, one]))
    const stands = new Map([...this.find('#canvas-how').options].map(one => [one.value, one.text]))
    this.family = new Family(templates, stands, section.dataset)
    this.view = new View(this.put('picture'), {
      choose: label => this.choose(this.family.named(label)),
      pull: (label, other) => this.prepare(this.family.named(label), this.family.named(other)),
      enter: () => this.find('[data-answers] input')?.focus(),
      remove: () => this.act.remove()
    })
    Object.assign(this, { chosen: null, past: [], future: [] })
    this.now = this.family.state()
    this.makeQuestions(templates[PEOPLE])
    this.listen()
  }

  find (selector) { return this.section.querySelector(selector) }

  put (name) { return this.find(`[data-put="${name}"]`) }

  listen () {
    this.section.addEventListener('click', event => {
      const button = event.target.closest('[data-do]')
      if (button) this.act[button.dataset.do](button.value, button)
    })
    this.section.addEventListener('keydown', event => this.shortcut(event))
    this.find('#canvas-how').addEventListener('change', () => this.offerPeople())
    const panel = this.find('[data-chosen]')
    panel.addEventListener('keydown', event => { if (event.key === 'Escape') this.leave(event.target) })
    panel.addEventListener('input', event => this.takeOver(event.target))
    panel.addEventListener('change', event => { if (this.takeOver(event.target)) this.keep('Changed') })
    this.form.addEventListener('change', event => {
      if (event.target.name?.startsWith(PEOPLE) || event.target.name?.startsWith(LINKS)) this.keep('Form')
    })
  }

  shortcut (event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches('input, select, textarea')) return
    const does = { z: event.shiftKey ? 'redo' : 'undo', y: 'redo' }[event.key.toLowerCase()]
    if (!does) return
    event.preventDefault()
    this.act[does]()
  }

  // What is said

  text (what, words) {
    return this.section.dataset[`say${what}`].replace(/%\{(\w+)\}/g, (_, name) => words[name])
  }

  say (what, words = {}) {
    const text = this.text(what, words)
    const status = this.find('[data-status]')
    // The same sentence twice is told twice.
    status.textContent = ''
    requestAnimationFrame(() => { status.textContent = text })
  }

  // How the rows change

  // Keep a change, so that it can be taken back; say so, and have it drawn.
  keep (what, words = { one: this.family.called(this.chosen) }) {
    this.family.follow()
    const now = this.family.state()
    if (JSON.stringify(now) === JSON.stringify(this.now)) return
    this.past.push(this.now)
    this.future = []
    this.now = now
    this.say(what, words)
    this.refresh()
  }

  step (from, to, what) {
    const state = from.pop()
    if (!state) return this.say('Nothing')
    to.push(this.now)
    this.now = state
    this.family.restore(state)
    this.say(what)
    this.refresh()
  }

  hasRoom (people, links) {
    const room = this.family.hasRoom(people, links)
    if (!room) this.say('Full')
    return room
  }

  addLink (n, stand, other) {
    const added = this.family.addLink(n, stand, other)
    if (!added) this.say('LinkedAlready', { one: this.family.called(n), link: this.family.told(stand, this.family.label(other)) })
    return added
  }

  // Add somebody with links, each as what another is to them, and lead to their first question.
  introduce (ties) {
    if (!this.hasRoom(1, ties.length)) return
    const n = this.family.addPerson()
    for (const [other, stand] of ties) this.addLink(other, stand, n)
    this.chosen = n
    this.keep('Added')
    const first = this.find('[data-answers] input')
    first.focus()
    first.select()
  }

  act = {
    add: () => this.introduce([]),
    relative: stand => this.introduce([[this.chosen, stand]]),
    child: other => this.introduce([[this.chosen, PARENT], [Number(other), PARENT]]),
    sibling: () => {
      const parents = this.family.parentsOf(this.chosen)
      this.introduce(parents.length ? parents.map(one => [one, PARENT]) : [[this.chosen, SIBLING]])
    },
    link: () => this.join(),
    unlink: (_, button) => {
      const n = Number(button.closest('[data-link]').dataset.link)
      const gone = this.family.linksOf(this.chosen).find(one => one.link === n)
      this.family.links.remove(n)
      this.keep('Unlinked', { one: this.family.called(this.chosen), link: this.family.told(gone.stand, gone.other) })
      this.find('#canvas-chosen').focus()
    },
    remove: () => {
      if (this.chosen === null) return
      const words = { one: this.family.called(this.chosen) }
      this.family.remove(this.chosen)
      this.chosen = null
      this.keep('Removed', words)
      this.find('#canvas-chosen').focus()
    },
    undo: () => this.step(this.past, this.future, 'Undone'),
    redo: () => this.step(this.future, this.past, 'Redone'),
    larger: () => this.view.zoom(1.25),
    smaller: () => this.view.zoom(1 / 1.25),
    whole: () => this.view.whole(),
    move: way => this.view.move(way)
  }

  // Add the link that was put together, to one person, to both of a couple, or to somebody new.
  join () {
    const [how, who] = [this.find('#canvas-how'), this.find('#canvas-who')]
    if (!how.value || !who.value) {
      this.say('Missing')
      return (how.value ? who : how).focus()
    }
    if (who.value === NEW) return this.introduce([[this.chosen, how.value]])
    const others = who.value.split(',').map(Number)
    if (!this.hasRoom(0, others.length)) return
    const added = others.filter(other => this.addLink(this.chosen, how.value, other))
    if (!added.length) return
    const link = this.family.told(how.value, added.map(other => this.family.label(other)).join(', '))
    how.value = who.value = ''
    this.keep('Linked', { one: this.family.called(this.chosen), link })
  }

  // Somebody was drawn to somebody else: ask how the two stand to each other.
  prepare (n, other) {
    if (n === null || other === null) return
    this.choose(n)
    this.find('#canvas-how').value = ''
    this.offerPeople()
    this.find('#canvas-who').value = String(other)
    this.find('#canvas-how').focus()
    this.say('How', { one: this.family.called(n), other: this.family.called(other) })
  }

  // What stands beside the drawing

  makeQuestions (template) {
    const place = this.find('[data-chosen] [data-answers]')
    place.append(...questions(template, PEOPLE, PERSON))
    place.querySelector(`[name="${PERSON}-person_household"]`)?.setAttribute('list', 'canvas-homes')
    enhance(place)
  }

  // Fill what is typed beside the drawing into the row that it is of; say whether it was.
  takeOver (input) {
    const item = input.closest('[data-link]')
    if (item) {
      const prefix = `${LINK}-${item.dataset.link}-`
      if (input.name.startsWith(prefix)) this.family.links.put(Number(item.dataset.link), read(item, prefix))
      return input.name.startsWith(prefix)
    }
    const isAnswer = input.name.startsWith(`${PERSON}-`)
    if (isAnswer) this.family.people.put(this.chosen, read(this.find('[data-chosen] [data-answers]'), `${PERSON}-`))
    return isAnswer
  }

  // Lead from an answer into the drawing; what was typed in it is kept, for it has not been left yet.
  leave (input) {
    if (this.takeOver(input)) this.keep('Changed')
    this.view.focus(this.family.label(this.chosen))
  }

  choose (n) {
    // A drawing may be a moment behind: nobody is called so any more.
    if (n === null || n === this.chosen) return
    this.chosen = n
    this.showPanel()
    this.view.mark(this.family.label(n))
  }

  refresh () {
    if (this.chosen !== null && !this.family.people.row(this.chosen)) this.chosen = null
    this.showPanel()
    clearTimeout(this.soon)
    this.soon = setTimeout(() => this.draw(), PAUSE)
  }

  showPanel () {
    const someone = this.chosen !== null
    const heading = this.find('#canvas-chosen')
    heading.textContent = someone ? this.family.called(this.chosen) : heading.dataset.nobody
    this.find('[data-none]').hidden = someone
    this.find('[data-chosen]').hidden = !someone
    if (!someone) return
    const answers = read(this.family.people.row(this.chosen), this.family.people.prefix(this.chosen))
    write(this.find('[data-chosen] [data-answers]'), `${PERSON}-`, answers)
    this.showHomes()
    this.showChildren()
    this.showLinks()
    this.offerPeople()
  }

  showHomes () {
    const homes = new Map(this.family.people.read().map(row => collapse(row.answers.person_household)).filter(Boolean).map(one => [fold(one), one]))
    this.find('#canvas-homes').replaceChildren(...[...homes.values()].map(one => new Option(one, one)))
  }

  // A button for a child with each partner. What is there already stays, for it may have the focus.
  showChildren () {
    const place = this.find('[data-children]')
    const others = this.family.couplesOf(this.chosen)
    const said = others.map(other => this.text('ChildWith', { other: this.family.called(other) }))
    const shown = [...place.children].map(one => [Number(one.value), one.textContent])
    if (JSON.stringify(shown) === JSON.stringify(others.map((other, at) => [other, said[at]]))) return
    place.replaceChildren(...others.map((other, at) => {
      const button = this.find('template[data-child]').content.firstElementChild.cloneNode(true)
      button.value = other
      button.textContent = said[at]
      return button
    }))
  }

  showLinks () {
    const list = this.find('[data-links]')
    const links = this.family.linksOf(this.chosen)
    const kept = new Map([...list.children].map(one => [Number(one.dataset.link), one]))
    for (const [n, item] of kept) if (!links.some(one => one.link === n)) item.remove()
    for (const { link, stand, other, words } of links) {
      const item = kept.get(link) || this.makeLink(link)
      item.querySelector('summary span').textContent = this.family.told(stand, other, words)
      write(item, `${LINK}-${link}-`, read(this.family.links.row(link), this.family.links.prefix(link)))
      if (!kept.has(link)) list.append(item)
    }
    this.find('[data-no-links]').hidden = links.length > 0
  }

  makeLink (link) {
    const item = this.find('template[data-link]').content.firstElementChild.cloneNode(true)
    item.dataset.link = link
    item.querySelector('[data-answers]').append(...questions(this.family.links.template, LINKS, `${LINK}-${link}`))
    return item
  }

  // Whom a link may lead to: somebody new, everybody else, and couples where somebody is their child.
  offerPeople () {
    const who = this.find('#canvas-who')
    const wanted = who.value
    const offered = this.family.everybody().filter(n => n !== this.chosen).map(n => new Option(this.family.called(n), n))
    if (this.find('#canvas-how').value.startsWith(OF)) {
      const couples = this.family.couplesWithout(this.chosen)
      offered.push(...couples.map(pair => {
        const [one, other] = pair.map(n => this.family.called(n))
        return new Option(this.text('Both', { one, other }), pair)
      }))
    }
    who.replaceChildren(who.options[0], new Option(this.section.dataset.saySomebodyNew, NEW), ...offered)
    who.value = [...who.options].some(one => one.value === wanted) ? wanted : ''
  }

  // Have the rows drawn as they stand. Only the last answer counts.

  async draw () {
    this.asked?.abort()
    this.asked = new AbortController()
    const found = await this.ask(this.asked.signal).catch(error => error.name === 'AbortError' ? 'overtaken' : null)
    if (found === 'overtaken') return
    if (!found) return this.say('Failed')
    const part = name => found.querySelector(`[data-part="${name}"]`)
    const svg = part('picture').querySelector('svg')
    // What makes no family is told above the drawing as it was before.
    const stays = !svg && part('problems').childElementCount > 0
    if (!stays) this.view.show(svg, this.family.label(this.chosen))
    for (const name of stays ? ['problems', 'words'] : ['problems', 'signs', 'words']) {
      this.put(name).replaceChildren(...part(name).childNodes)
    }
    // The drawing of what was saved last would say something else by now.
    for (const one of document.querySelectorAll('[data-without-canvas]')) one.hidden = true
  }

  async ask (signal) {
    const body = new URLSearchParams({ 'page-csrf': this.form.elements['page-csrf'].value })
    for (const [name, answer] of new FormData(this.form)) {
      if (name.startsWith(`${PEOPLE}-`) || name.startsWith(`${LINKS}-`)) body.append(name, answer)
    }
    const answer = await fetch(this.section.dataset.drawnAt, { method: 'POST', body, signal, redirect: 'manual', credentials: 'same-origin' })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    return page.querySelector('[data-drawn]')
  }
}

document.addEventListener('DOMContentLoaded', () => {
  for (const section of document.querySelectorAll('[data-canvas]')) {
    section.hidden = false
    const canvas = new Canvas(section)
    canvas.draw()
    if (location.hash === '#genogram') section.scrollIntoView()
  }
})
