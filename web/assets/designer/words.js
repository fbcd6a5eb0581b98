// What the drawing says of itself in Welsh, and whose names stand on it: those of the reader.
import welsh from './cy.json'

export const LANGUAGE = document.documentElement.lang === 'cy' ? 'cy' : 'en'
const OTHER = LANGUAGE === 'cy' ? 'en' : 'cy'
const ADOLYGU = 'http://adolygu.cymru/bpmn'
const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL'

// A label of the drawing is `name`, so a page in Welsh keeps the Welsh there, and the English beside.
export const NAME = { [LANGUAGE]: 'name', [OTHER]: 'adolygu:nameCy' }

export const translateModule = {
  translate: ['value', (text, values = {}) => {
    const said = (LANGUAGE === 'cy' && welsh[text]) || text
    return said.replace(/{([^}]+)}/g, (_, name) => values[name] ?? `{${name}}`)
  }]
}

function turnName (element) {
  const [name, nameCy] = [element.getAttribute('name'), element.getAttributeNS(ADOLYGU, 'nameCy')]
  if (nameCy === null) element.removeAttribute('name')
  else element.setAttribute('name', nameCy)
  if (name === null) element.removeAttributeNS(ADOLYGU, 'nameCy')
  else element.setAttributeNS(ADOLYGU, 'adolygu:nameCy', name)
}

// The words of an annotation are its name.
function turnWords (annotation) {
  let text = annotation.getElementsByTagNameNS(BPMN, 'text')[0]
  if (!text) {
    text = annotation.ownerDocument.createElementNS(BPMN, 'bpmn:text')
    annotation.prepend(text)
  }
  const before = text.textContent
  text.textContent = annotation.getAttributeNS(ADOLYGU, 'nameCy') || ''
  if (before) annotation.setAttributeNS(ADOLYGU, 'adolygu:nameCy', before)
  else annotation.removeAttributeNS(ADOLYGU, 'nameCy')
}

function inside (xml, change) {
  const drawing = new DOMParser().parseFromString(xml, 'application/xml')
  if (drawing.getElementsByTagName('parsererror').length) return xml
  change(drawing)
  const written = new XMLSerializer().serializeToString(drawing)
  return written.startsWith('<?xml') ? written : `<?xml version="1.0" encoding="UTF-8"?>\n${written}`
}

// Turn English names into Welsh ones and back; done twice it changes nothing.
export function turnNames (xml) {
  if (LANGUAGE !== 'cy') return xml
  return inside(xml, drawing => {
    for (const element of drawing.getElementsByTagNameNS(BPMN, '*')) {
      if (element.localName === 'textAnnotation') turnWords(element)
      else if (element.hasAttribute('name') || element.hasAttributeNS(ADOLYGU, 'nameCy')) turnName(element)
    }
  })
}

// Older diagrams name an item list where the editor would lose it (D57).
export function keepItemLists (xml) {
  if (!xml.includes('loopDataInputRef')) return xml
  return inside(xml, drawing => {
    for (const list of [...drawing.getElementsByTagNameNS(BPMN, 'loopDataInputRef')]) {
      const step = list.parentNode.parentNode
      if (!step.hasAttributeNS(ADOLYGU, 'items')) step.setAttributeNS(ADOLYGU, 'adolygu:items', list.textContent.trim())
      list.remove()
    }
  })
}
