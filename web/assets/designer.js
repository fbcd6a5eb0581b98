// Draw a process of a draft: the modeler of bpmn-js with our panel, ready-made steps, checks and saving.
import Modeler from 'bpmn-js/lib/Modeler'
import MinimapModule from 'diagram-js-minimap'
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything'
import 'bpmn-js/dist/assets/diagram-js.css'
import 'bpmn-js/dist/assets/bpmn-js.css'
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css'
import 'diagram-js-minimap/assets/diagram-js-minimap.css'
import './diagram.css'
import './designer.css'
import adolygu from './adolygu.json'
import { savingOf } from './draft_saving.js'
import { Findings } from './designer/findings.js'
import { idsModule } from './designer/ids.js'
import { listInLanes } from './designer/lanes.js'
import { offersModule } from './designer/offers.js'
import { Panel } from './designer/panel.js'
import { keepItemLists, translateModule, turnNames } from './designer/words.js'

const designer = document.querySelector('[data-designer]')
const find = selector => designer.querySelector(selector)

function makeModeler () {
  return new Modeler({
    container: find('[data-canvas]'),
    moddleExtensions: { adolygu },
    additionalModules: [MinimapModule, CreateAppendAnythingModule, translateModule, idsModule, offersModule],
    // The wheel belongs to the page; the drawing is moved by dragging and sized by the buttons.
    zoomScroll: { enabled: false }
  })
}

async function content (modeler) {
  listInLanes(modeler.get('elementRegistry'))
  return turnNames((await modeler.saveXML({ format: true })).xml)
}

function download (text) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/xml' }))
  link.download = designer.dataset.file
  link.click()
  URL.revokeObjectURL(link.href)
}

// A long process fits the frame only in print too small to read: then begin at its beginning.
function show (canvas) {
  if (canvas.zoom('fit-viewport', 'auto') > 0.6) return
  const { inner } = canvas.viewbox()
  canvas.zoom(0.8)
  canvas.viewbox({ ...canvas.viewbox(), x: inner.x - 90, y: inner.y - 20 })
}

function buttons (modeler) {
  const canvas = modeler.get('canvas')
  const does = {
    undo: () => modeler.get('commandStack').undo(),
    redo: () => modeler.get('commandStack').redo(),
    larger: () => canvas.zoom(canvas.zoom() * 1.25),
    smaller: () => canvas.zoom(canvas.zoom() / 1.25),
    whole: () => canvas.zoom('fit-viewport', 'auto'),
    download: async () => download(await content(modeler)),
    reload: () => window.location.reload()
  }
  designer.addEventListener('click', ({ target }) => does[target.closest('[data-do]')?.dataset.do]?.())
}

function keyboard (modeler, panel) {
  modeler.get('keyboard').addListener(({ keyEvent }) => {
    if (keyEvent.key !== 'Enter' || modeler.get('selection').get().length !== 1) return
    keyEvent.preventDefault()
    panel.place.querySelector('[data-property]:not([hidden])').focus()
    return true
  })
}

async function open () {
  const answer = await fetch(designer.dataset.source, { credentials: 'same-origin' })
  if (!answer.ok) throw new Error(String(answer.status))
  const modeler = makeModeler()
  const findings = new Findings(find('[data-findings]'), modeler, () => content(modeler))
  const panel = new Panel(find('[data-panel]'), modeler)
  await modeler.importXML(turnNames(keepItemLists(await answer.text())))
  show(modeler.get('canvas'))
  buttons(modeler)
  keyboard(modeler, panel)
  const saving = savingOf(find('[data-saving-at]'), () => content(modeler))
  modeler.on('commandStack.changed', () => {
    saving.changed()
    findings.later()
  })
  designer.addEventListener('saving', ({ detail }) => {
    find('[data-conflict]').hidden = detail.state !== 'conflict'
  })
  findings.ask()
  designer.dataset.ready = 'true'
}

open().catch(() => { find('[data-broken]').hidden = false })
