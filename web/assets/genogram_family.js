// Who belongs to a family and how they are linked, as the rows of the form have it, and changing it.
import { Rows, collapse, fold, read } from './genogram_rows.js'

export const PEOPLE = 'genogram_people'
export const LINKS = 'genogram_links'
// A link read from its second person: what they are to the first.
export const OF = 'of:'
export const PARENT = 'parent_of'
export const SIBLING = 'sibling_of'

export class Family {
  // Takes: templates, of an empty row by path; stands, what each thing that one may be to another is called; words, the texts and limits of the page.
  constructor (templates, stands, words) {
    this.people = new Rows(PEOPLE, templates[PEOPLE], words.itemPeople)
    this.links = new Rows(LINKS, templates[LINKS], words.itemLinks)
    this.couples = words.couples.split(' ')
    Object.assign(this, { stands, words })
    this.remember()
  }

  state () { return { [PEOPLE]: this.people.read(), [LINKS]: this.links.read() } }

  restore (state) {
    this.people.replace(state[PEOPLE])
    this.links.replace(state[LINKS])
    this.remember()
  }

  hasRoom (people, links) {
    const { mostPeople, mostLinks } = this.words
    return this.people.filled().length + people <= mostPeople && this.links.filled().length + links <= mostLinks
  }

  label (n) { return this.people.row(n) ? collapse(read(this.people.row(n), this.people.prefix(n)).person_label) : '' }

  called (n) { return this.label(n) || this.words.sayNameless }

  named (label) { return this.people.read().find(row => fold(row.answers.person_label) === fold(label))?.n ?? null }

  everybody () { return this.people.read().filter(row => row.answers.person_label.trim()).map(row => row.n) }

  // Whether nobody else has the same label; else nobody knows whose the links are.
  isAlone (n) { return this.everybody().filter(one => fold(this.label(one)) === fold(this.label(n))).length === 1 }

  // The links of somebody, each with what they are to the other.
  linksOf (n) {
    const label = fold(this.label(n))
    if (!label) return []
    return this.links.read().flatMap(({ n: link, answers }) => {
      const [from, to] = [fold(answers.link_from), fold(answers.link_to)]
      if (label !== from && label !== to) return []
      const other = label === from ? answers.link_to : answers.link_from
      const turned = OF + answers.link_kind
      const stand = label !== from && this.stands.has(turned) ? turned : answers.link_kind
      return [{ link, stand, other: collapse(other), words: answers.link_words.trim() }]
    })
  }

  othersAs (n, fits) { return this.linksOf(n).filter(one => fits(one.stand)).map(one => this.named(one.other)).filter(one => one !== null) }

  couplesOf (n) { return this.othersAs(n, stand => this.couples.includes(stand)) }

  parentsOf (n) { return this.othersAs(n, stand => stand === OF + PARENT) }

  // All couples but those of somebody, each once.
  couplesWithout (n) {
    const all = this.everybody().filter(one => one !== n)
    return all.flatMap(one => this.couplesOf(one).filter(other => other > one && other !== n).map(other => [one, other]))
  }

  // A link in words, read from the person who stands so to the other.
  told (stand, other, words = '') { return `${this.stands.get(stand) || '…'}: ${other || '…'}${words ? ` (${words})` : ''}` }

  remember () { this.known = new Map(this.everybody().map(n => [n, this.label(n)])) }

  // A person who is called otherwise stays at the ends of their links, once nobody else is called so.
  follow () {
    const renamed = this.everybody().filter(n => this.isAlone(n) && this.known.get(n) !== this.label(n))
    for (const n of renamed) {
      const [before, now] = [this.known.get(n), this.label(n)]
      this.known.set(n, now)
      if (before !== undefined && this.named(before) === null) this.rename(before, now)
    }
  }

  rename (before, now) {
    for (const { n: link, answers } of this.links.read()) {
      for (const end of ['link_from', 'link_to']) {
        if (fold(answers[end]) === fold(before)) this.links.put(link, { [end]: now })
      }
    }
  }

  addPerson () {
    const taken = new Set(this.everybody().map(n => fold(this.label(n))))
    let number = taken.size + 1
    while (taken.has(fold(`${this.people.item} ${number}`))) number++
    return this.people.add({ person_label: `${this.people.item} ${number}` })
  }

  // Link somebody as what they are to another; say whether that link was not there already.
  addLink (n, stand, other) {
    if (this.linksOf(n).some(one => one.stand === stand && fold(one.other) === fold(this.label(other)))) return false
    const [from, to] = stand.startsWith(OF) ? [other, n] : [n, other]
    this.links.add({ link_from: this.label(from), link_kind: stand.replace(OF, ''), link_to: this.label(to) })
    return true
  }

  // Remove somebody and their links.
  remove (n) {
    for (const { link } of this.isAlone(n) ? this.linksOf(n) : []) this.links.remove(link)
    this.people.remove(n)
    this.known.delete(n)
  }
}
