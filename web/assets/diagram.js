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

// What a reader looks for: the step in hand, in a comparison what differs, or a way.
const WHERE = ['open', 'added', 'removed', 'moved', 'changed', 'way']

// A long process fits the frame only in print too small to read: then start at the step in hand.
function showWhereItStands (canvas, registry, rows) {
  const open = rows.filter(row => WHERE.includes(row.dataset.state))
  // A group of steps is open as long as one of its steps is, and so is what waits on its border: a
  // step is what is looked for. In a comparison, what is new is what is hardest to find.
  const news = open.filter(row => row.dataset.state === 'added')
  const isTask = shape => shape.type === 'bpmn:UserTask'
  const among = rows => rows.map(row => registry.get(row.dataset.bpmnId)).filter(shape => shape && shape.width)
    .sort((a, b) => isTask(b) - isTask(a) || a.width - b.width)
  const shape = [...among(news), ...among(open)][0]
  if (!shape || canvas.zoom() > 0.6) return
  canvas.zoom(0.8)
  canvas.scrollToElement(shape, 150)
}

const SIGNS = { finished: '✓', open: '●', cancelled: '✕', taken: '✓', added: '+', removed: '−', moved: '↔', changed: '~' }

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

// Two drawings that are compared show the same place: where one is moved, the other follows.
const canvases = []

function follow (canvas, eventBus) {
  canvases.push(canvas)
  eventBus.on('canvas.viewbox.changed', ({ viewbox }) => {
    const { x, y, width, height } = viewbox
    for (const other of canvases) {
      const there = other.viewbox()
      const apart = Math.abs(there.x - x) + Math.abs(there.y - y) + Math.abs(there.width - width)
      if (other !== canvas && apart > 1) other.viewbox({ x, y, width, height })
    }
  })
}

// Where a token went just now, as the list beside the drawing says it: [element, flow it came on].
function justDone (registry) {
  return [...document.querySelectorAll('[data-stop]')]
    .map(row => ({ element: registry.get(row.dataset.stop), flow: registry.get(row.dataset.flow) }))
    .filter(stop => stop.element)
}

function token (canvas) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'circle')
  made.setAttribute('r', '9')
  made.setAttribute('class', 'app-walk__token')
  canvas.getLayer('app-walk', 10).appendChild(made)
  return made
}

function at (dot, point) {
  dot.setAttribute('cx', point.x)
  dot.setAttribute('cy', point.y)
}

const SPEED = 0.5 // of a drawing, in units a millisecond
const SHORTEST = 250

// Move a dot along the points of a flow; resolves when it has come to the last one.
function along (dot, points) {
  const lengths = points.slice(1).map((point, n) => Math.hypot(point.x - points[n].x, point.y - points[n].y))
  const whole = lengths.reduce((sum, length) => sum + length, 0)
  const lasts = Math.max(whole / SPEED, SHORTEST)
  return new Promise(resolve => {
    let began
    function step (now) {
      began = began ?? now
      let left = Math.min((now - began) / lasts, 1) * whole
      let leg = 0
      while (leg < lengths.length - 1 && left > lengths[leg]) left -= lengths[leg++]
      const share = lengths[leg] ? left / lengths[leg] : 1
      const [from, to] = [points[leg], points[leg + 1]]
      at(dot, { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share })
      if (now - began < lasts) requestAnimationFrame(step)
      else resolve()
    }
    requestAnimationFrame(step)
  })
}

function mark (canvas, stop) {
  for (const one of [stop.flow, stop.element]) if (one) canvas.addMarker(one.id, 'app-walk')
}

// Whoever wants no movement sees the way at once.
async function walk (canvas, stops, pressed) {
  for (const stop of stops) {
    for (const one of [stop.flow, stop.element]) if (one) canvas.removeMarker(one.id, 'app-walk')
  }
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    stops.forEach(stop => mark(canvas, stop))
    return
  }
  pressed.setAttribute('aria-disabled', 'true')
  canvas.scrollToElement((stops.find(stop => stop.flow) || stops[0]).element, 150)
  const dot = token(canvas)
  for (const stop of stops) {
    if (stop.flow) await along(dot, stop.flow.waypoints)
    mark(canvas, stop)
  }
  dot.remove()
  pressed.removeAttribute('aria-disabled')
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
  follow(canvas, viewer.get('eventBus'))
  showWhereItStands(canvas, registry, rows)
  const buttons = place.querySelector('.app-diagram__buttons')
  buttons.append(
    button(place.dataset.bigger, () => canvas.zoom(canvas.zoom() * 1.25)),
    button(place.dataset.smaller, () => canvas.zoom(canvas.zoom() / 1.25)),
    button(place.dataset.whole, () => canvas.zoom('fit-viewport', 'auto'))
  )
  const stops = justDone(registry)
  if (!stops.length) return
  const show = button(place.dataset.walk, () => {
    if (!show.hasAttribute('aria-disabled')) walk(canvas, stops, show)
  })
  buttons.prepend(show)
}

async function drawAll () {
  for (const place of document.querySelectorAll('[data-diagram]')) await draw(place)
}

drawAll()
