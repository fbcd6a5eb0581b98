// Draw a process beside its written outline. The outline says everything that the drawing says.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'
import 'bpmn-js/dist/assets/diagram-js.css'
import 'bpmn-js/dist/assets/bpmn-js.css'
import './diagram.css'

const ADOLYGU = 'http://adolygu.cymru/bpmn'

function inWelsh (xml) {
  const drawing = new DOMParser().parseFromString(xml, 'application/xml')
  for (const element of drawing.getElementsByTagName('*')) {
    const name = element.getAttributeNS(ADOLYGU, 'nameCy')
    if (name) element.setAttribute('name', name)
  }
  return new XMLSerializer().serializeToString(drawing)
}

function button (label, onClick) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'govuk-button govuk-button--secondary'
  made.textContent = label
  made.addEventListener('click', onClick)
  return made
}

// A long process fits the frame only in print too small to read: then start at the step in hand.
function showWhereItStands (canvas, registry, rows) {
  const open = rows.filter(row => row.dataset.state === 'open')
  // A group of steps is open as long as one of its steps is: the step is what is looked for.
  const shape = open.map(row => registry.get(row.dataset.bpmnId)).filter(Boolean).sort((a, b) => a.width - b.width)[0]
  if (!shape || canvas.zoom() > 0.6) return
  canvas.zoom(0.8)
  canvas.scrollToElement(shape, 150)
}

const SIGNS = { finished: '✓', open: '●', cancelled: '✕' }

// No state is told by its colour alone. The outline says it in words, so the sign is for the eye.
function sign (overlays, id, state, text) {
  if (!text) return
  const made = document.createElement('span')
  made.className = `app-token__sign app-token__sign--${state}`
  made.setAttribute('aria-hidden', 'true')
  made.textContent = text
  overlays.add(id, { position: { top: -11, right: 11 }, html: made })
}

// A way may come by the same step again: its shape then bears every number.
function signs (rows) {
  const found = new Map()
  for (const { dataset: { bpmnId, state, sign = SIGNS[state] } } of rows) {
    const before = found.get(bpmnId)
    found.set(bpmnId, { state, text: before && state === 'way' ? `${before.text}, ${sign}` : sign })
  }
  return found
}

async function draw (place) {
  const answer = await fetch(place.dataset.source, { credentials: 'same-origin' })
  if (!answer.ok) return
  const xml = await answer.text()
  place.hidden = false
  const frame = place.querySelector('.app-diagram__canvas')
  // The wheel belongs to the page; the drawing is moved by dragging and sized by the buttons.
  const viewer = new NavigatedViewer({ container: frame, zoomScroll: { enabled: false } })
  await viewer.importXML(document.documentElement.lang === 'cy' ? inWelsh(xml) : xml)
  const canvas = viewer.get('canvas')
  const registry = viewer.get('elementRegistry')
  canvas.zoom('fit-viewport', 'auto')
  // Beside a way stand its own steps; a page may hold the ways through several processes.
  const rows = [...(place.closest('[data-way]') || document).querySelectorAll('[data-bpmn-id]')]
  for (const [id, { state, text }] of signs(rows)) {
    if (state && registry.get(id)) {
      canvas.addMarker(id, `app-token--${state}`)
      sign(viewer.get('overlays'), id, state, text)
    }
  }
  showWhereItStands(canvas, registry, rows)
  const buttons = place.querySelector('.app-diagram__buttons')
  buttons.append(
    button(place.dataset.bigger, () => canvas.zoom(canvas.zoom() * 1.25)),
    button(place.dataset.smaller, () => canvas.zoom(canvas.zoom() / 1.25)),
    button(place.dataset.whole, () => canvas.zoom('fit-viewport', 'auto'))
  )
}

for (const place of document.querySelectorAll('[data-diagram]')) draw(place)
