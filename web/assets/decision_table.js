// Edit a decision table on a canvas. The plain pages beside it say and change the same things.
import EditingManager from 'dmn-js-shared/lib/base/EditingManager'
import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor'
import { is } from 'dmn-js-shared/lib/util/ModelUtil'
import 'dmn-js/dist/assets/diagram-js.css'
import 'dmn-js/dist/assets/dmn-js-shared.css'
import 'dmn-js/dist/assets/dmn-js-decision-table.css'
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css'
import 'dmn-js/dist/assets/dmn-font/css/dmn-embedded.css'
import './decision_table.css'
import { savingOf } from './draft_saving.js'

// A file of ours holds one decision table, so there is no diagram of requirements to open.
class TableEditor extends EditingManager {
  _getViewProviders () {
    return [{
      id: 'decisionTable',
      constructor: DecisionTableEditor,
      opens: element => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable')
    }]
  }
}

function translated (words) {
  return (text, values = {}) => (words[text] || text).replace(/{\s*([^}\s]+)\s*}/g, (all, name) => values[name] ?? all)
}

// The library leaves the head of the column of numbers without a name.
function nameIndex (head, name) {
  const said = document.createElement('span')
  said.className = 'govuk-visually-hidden'
  said.textContent = name
  head?.append(said)
}

async function open (place) {
  const answer = await fetch(place.dataset.source, { credentials: 'same-origin' })
  if (!answer.ok) return
  place.hidden = false
  const words = JSON.parse(place.dataset.words)
  const editor = new TableEditor({
    container: place.querySelector('[data-canvas]'),
    common: { dataTypes: JSON.parse(place.dataset.types) },
    decisionTable: { additionalModules: [{ translate: ['value', translated(words)] }] }
  })
  place.editor = editor
  await editor.importXML(await answer.text())
  nameIndex(place.querySelector('th.index-column'), words.Row)
  const saving = savingOf(document.querySelector('[data-saving-at]'), async () => (await editor.saveXML({ format: true })).xml)
  editor.getActiveViewer().on('commandStack.changed', saving.changed)
}

for (const place of document.querySelectorAll('[data-decision-table]')) open(place)
