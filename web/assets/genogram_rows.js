// The rows of a genogram in its form. They are all there is: the canvas reads, writes and adds them.
import { Radios, createAll } from 'govuk-frontend'

export const collapse = text => text.trim().split(/\s+/).join(' ')
export const fold = text => collapse(text).toLowerCase()

const INPUTS = 'input[name], select[name], textarea[name]'

function inputs (place, prefix) {
  return [...place.querySelectorAll(INPUTS)].filter(input => input.name.startsWith(prefix))
}

const isTicked = input => input.type === 'radio' || input.type === 'checkbox'

// The answers below a prefix, by their keys; what is not answered is an empty text.
export function read (place, prefix) {
  const answers = {}
  for (const input of inputs(place, prefix)) {
    const key = input.name.slice(prefix.length)
    answers[key] ??= ''
    if (!isTicked(input) || input.checked) answers[key] = input.value
  }
  return answers
}

// Put answers into the inputs below a prefix; a key that is not among them stays as it is.
export function write (place, prefix, answers) {
  for (const input of inputs(place, prefix)) {
    const answer = answers[input.name.slice(prefix.length)]
    if (answer === undefined) continue
    if (isTicked(input)) input.checked = input.value === answer
    else if (input.value !== answer) input.value = answer
  }
  reveal(place)
}

// A choice that was not pressed by anybody reveals its questions all the same.
function reveal (place) {
  for (const radio of place.querySelectorAll('input[type="radio"][aria-controls]')) {
    radio.setAttribute('aria-expanded', radio.checked)
    document.getElementById(radio.getAttribute('aria-controls'))
      ?.classList.toggle('govuk-radios__conditional--hidden', !radio.checked)
  }
}

// A copy of the empty row of a template, under another name.
export function copy (template, path, name) {
  const row = template.content.firstElementChild.cloneNode(true)
  const own = new RegExp(`${path}-0(?!\\d)`, 'g')
  for (const element of [row, ...row.querySelectorAll('*')]) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replace(own, name)
  }
  return row
}

// The questions of a row alone, to be answered elsewhere on the page and sent from the row only.
export function questions (template, path, name) {
  const row = copy(template, path, name)
  row.querySelectorAll(':scope > legend, input[type="hidden"], [name="page-action"]').forEach(one => one.remove())
  return [...row.children]
}

export const enhance = place => createAll(Radios, undefined, place)

export class Rows {
  constructor (path, template, item) {
    Object.assign(this, { path, template, item, place: document.getElementById(path) })
  }

  get rows () { return [...this.place.querySelectorAll(':scope > .app-row')] }

  row (n) { return document.getElementById(`${this.path}-${n}`) }

  prefix (n) { return `${this.path}-${n}-` }

  // Each row by its number, with its answers, in the order of the form.
  read () {
    return this.rows.map(row => {
      const n = Number(row.id.slice(this.path.length + 1))
      return { n, answers: read(row, this.prefix(n)) }
    })
  }

  // The rows in which something is answered.
  filled () { return this.read().filter(row => Object.values(row.answers).some(answer => answer.trim())) }

  // Make the form hold these rows and no others.
  replace (wanted) {
    const kept = new Set(wanted.map(row => row.n))
    for (const { n } of this.read()) if (!kept.has(n)) this.row(n).remove()
    for (const { n, answers } of wanted) this.put(n, answers)
    this.number()
  }

  put (n, answers) {
    if (!this.row(n)) this.insert(n)
    write(this.row(n), this.prefix(n), answers)
  }

  // Answer a row that is still empty, else a new one; return its number.
  add (answers) {
    const all = this.read()
    const filled = new Set(this.filled().map(row => row.n))
    const empty = all.find(row => !filled.has(row.n))
    const n = empty ? empty.n : Math.max(-1, ...all.map(row => row.n)) + 1
    this.put(n, answers)
    this.number()
    return n
  }

  remove (n) {
    this.row(n).remove()
    this.number()
  }

  insert (n) {
    const row = copy(this.template, this.path, `${this.path}-${n}`)
    const next = this.read().find(other => other.n > n)
    const last = this.rows.at(-1)
    if (next) this.row(next.n).before(row)
    else if (last) last.after(row)
    else this.place.insertBefore(row, this.place.querySelector(':scope > button, :scope > p'))
    enhance(row)
  }

  // Rows are counted from 1 without gaps, as the server counts them.
  number () {
    this.rows.forEach((row, place) => {
      const legend = `${this.item} ${place + 1}`
      row.querySelector(':scope > legend').textContent = legend
      const remove = row.querySelector(':scope > [name="page-action"] .govuk-visually-hidden')
      if (remove) remove.textContent = `: ${legend}`
    })
  }
}
