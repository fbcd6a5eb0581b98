// Offer the facts and functions that FEEL knows here, while one is typed; the server says what is wrong.
const WORD = /[\p{L}_][\p{L}\p{N}_]*$/u
const MOST = 8
let number = 0

const known = () => [...document.querySelector('template[data-choices="names"]').content.querySelectorAll('option')].map(each => ({
  name: each.value, said: each.text, isFunction: each.dataset.function !== undefined
}))

export function complete (area) {
  const names = known()
  const list = document.createElement('ul')
  Object.assign(list, { id: `names-${number += 1}`, className: 'app-names', hidden: true })
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', area.dataset.feel)
  area.after(list)
  const attributes = { 'aria-autocomplete': 'list', 'aria-controls': list.id, autocomplete: 'off', spellcheck: 'false' }
  for (const [name, value] of Object.entries(attributes)) area.setAttribute(name, value)
  let offered = []
  let at = -1

  const typed = () => area.value.slice(0, area.selectionStart).match(WORD)?.[0] || ''

  function offer () {
    const word = typed().toLowerCase()
    const begins = names.filter(each => each.name.startsWith(word))
    const says = names.filter(each => !each.name.startsWith(word) && `${each.name} ${each.said}`.toLowerCase().includes(word))
    offered = word.length < 2 ? [] : [...begins, ...says].slice(0, MOST)
    if (offered.length === 1 && offered[0].name === word) offered = []
    draw(-1)
  }

  function draw (chosen) {
    at = chosen
    list.replaceChildren(...offered.map((each, index) => {
      const row = document.createElement('li')
      Object.assign(row, { id: `${list.id}-${index}`, textContent: each.said === each.name ? each.name : `${each.name} – ${each.said}` })
      row.setAttribute('role', 'option')
      row.setAttribute('aria-selected', String(index === at))
      row.addEventListener('mousedown', event => {
        event.preventDefault()
        take(each)
      })
      return row
    }))
    list.hidden = !offered.length
    if (at < 0) area.removeAttribute('aria-activedescendant')
    else area.setAttribute('aria-activedescendant', `${list.id}-${at}`)
  }

  function take ({ name, isFunction }) {
    area.setRangeText(isFunction ? `${name}(` : name, area.selectionStart - typed().length, area.selectionStart, 'end')
    offered = []
    draw(-1)
  }

  area.addEventListener('input', offer)
  area.addEventListener('blur', () => { offered = []; draw(-1) })
  area.addEventListener('keydown', event => {
    if (list.hidden) return
    const moves = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (moves) draw((at + moves + offered.length) % offered.length)
    else if (event.key === 'Enter' && at >= 0) take(offered[at])
    else if (event.key === 'Escape') { offered = []; draw(-1) } else return
    event.preventDefault()
  })
}
