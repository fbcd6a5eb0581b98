// The form-js editor for a form of a draft, with the Welsh of every text beside its English.
//
// It is given the form as it stands and sends back what it exports; the server lays that over the
// file, so what the editor does not know stays there (`engine/form_editing/canvas.py`).
import { FormEditor } from '@bpmn-io/form-js-editor'
import {
  SelectEntry, TextAreaEntry, TextFieldEntry, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited
} from '@bpmn-io/properties-panel'
import { h } from 'preact'
import { savingOf } from './draft_saving.js'

const place = document.querySelector('[data-form-canvas]')
const said = place.dataset
const nameOf = name => said[`name${name[0].toUpperCase()}${name.slice(1).toLowerCase()}`] || name

// What the editor offers and our forms cannot hold.
const NOT_OURS = ['button', 'html', 'image', 'iframe', 'spacer', 'separator', 'table', 'documentPreview', 'taglist']
const GENERAL = ['id', 'label', 'description', 'key', 'path', 'text', 'expression', 'decimalDigits', 'accept', 'readonly']
const VALIDATION = ['required', 'minLength', 'maxLength', 'pattern', 'min', 'max']
const LIMITS = {
  textfield: ['minLength', 'maxLength', 'pattern'],
  textarea: ['minLength', 'maxLength'],
  number: ['min', 'max'],
  datetime: ['notBefore', 'notAfter'],
  checklist: ['min', 'max'],
  dynamiclist: ['min', 'max']
}
const TYPED = ['textfield', 'number', 'datetime', 'select', 'radio', 'checklist']
const WITHOUT_INPUT = ['default', 'group', 'text', 'expression', 'adolyguLink']

// Types of ours stand on the canvas as their label and a line, for nobody types there; and dates,
// of which the editor shows no label.
function standIn (type, name, own = {}) {
  function Field ({ field }) {
    return h('div', { class: 'fjs-form-field' },
      h('span', { class: 'fjs-form-field-label' }, field.label || name),
      h('div', { class: 'app-form-canvas__stand-in' }, name))
  }
  Field.config = {
    type,
    keyed: true,
    name,
    label: name,
    group: 'basic-input',
    icon: () => h('svg', { xmlns: 'http://www.w3.org/2000/svg', width: 54, height: 54, fill: 'none' },
      h('path', { d: 'M12 18h30v18H12z', stroke: 'currentColor', 'stroke-width': 2 })),
    emptyValue: null,
    sanitizeValue: ({ value }) => value,
    propertiesPanelEntries: ['label', 'description', 'key', 'readonly'],
    ...own,
    create: options => ({ ...(own.create ? own.create(options) : {}), ...options })
  }
  return Field
}

class OurTypes {
  constructor (formFields) {
    for (const type of NOT_OURS) delete formFields._formFields[type]
    for (const type of ['adolyguPerson', 'adolyguSignature', 'adolyguLink']) {
      formFields.register(type, standIn(type, said[`type${type[0].toUpperCase()}${type.slice(1).toLowerCase()}`]))
    }
    formFields.register('datetime', standIn('datetime', said.typeDatetime, {
      icon: undefined,
      create: () => ({ subtype: 'date' })
    }))
  }
}
OurTypes.$inject = ['formFields']

// Components stand outside of what makes the entries, or what is typed would be lost at each letter.
const pause = call => {
  let timer = 0
  return (...values) => {
    clearTimeout(timer)
    timer = setTimeout(() => call(...values), 300)
  }
}
const Line = props => h(TextFieldEntry, { ...props, debounce: pause })
const Paragraph = props => h(TextAreaEntry, { ...props, debounce: pause })
const Choice = props => h(SelectEntry, props)

const at = (holder, path) => path.reduce((value, step) => (value || {})[step], holder)

function put (holder, [first, ...rest], value) {
  const inner = rest.length ? put((holder || {})[first], rest, value) : value
  const { [first]: _before, ...others } = holder || {}
  const empty = inner === undefined || inner === '' || (typeof inner === 'object' && !Array.isArray(inner) && !Object.keys(inner).length)
  if (empty) return others
  return first in (holder || {}) ? { ...holder, [first]: inner } : { ...others, [first]: inner }
}

// An entry for something that stands anywhere in a component: only its first step is a property.
function entry (field, edit, path, label, { long = false, options = null } = {}) {
  const [first, ...rest] = path
  return {
    id: `adolygu-${path.join('-')}`,
    element: field,
    label,
    component: options ? Choice : long ? Paragraph : Line,
    isEdited: options ? isSelectEntryEdited : long ? isTextAreaEntryEdited : isTextFieldEntryEdited,
    getValue: () => at(field, path) || '',
    setValue: value => edit(field, first, rest.length ? put(field[first], rest, value) : value || undefined),
    ...(options ? { getOptions: () => options } : {})
  }
}

function welsh (field, edit) {
  const texts = ['title', 'label', 'description', 'text', 'itemLabel'].filter(name => field[name] !== undefined)
  const entries = texts.map(name => entry(field, edit, ['i18n', 'cy', name], nameOf(name), { long: name === 'description' || name === 'text' }))
  for (const [number, option] of (field.values || []).entries()) {
    entries.push({
      id: `adolygu-option-${number}`,
      element: field,
      label: option.label || option.value,
      component: Line,
      isEdited: isTextFieldEntryEdited,
      getValue: () => at(field, ['values', number, 'i18n', 'cy', 'label']) || '',
      setValue: value => edit(field, 'values', field.values.map((one, place) =>
        place === number ? put(one, ['i18n', 'cy', 'label'], value) : one))
    })
  }
  return { id: 'adolygu-welsh', label: said.sayWelsh, entries, shouldOpen: true }
}

function errors (field, edit) {
  if (WITHOUT_INPUT.includes(field.type)) return null
  const rules = ['required', 'requiredWhen', ...(LIMITS[field.type] || []), ...(TYPED.includes(field.type) ? ['type'] : [])]
  return {
    id: 'adolygu-errors',
    label: said.sayErrors,
    entries: rules.flatMap(rule => [
      entry(field, edit, ['errors', rule], `${nameOf(rule)} – ${said.sayEnglish}`),
      entry(field, edit, ['i18n', 'cy', 'errors', rule], `${nameOf(rule)} – ${said.sayCymraeg}`)
    ])
  }
}

function ours (field, edit) {
  if (field.type === 'default') return { id: 'adolygu-ours', label: said.sayOurs, entries: [entry(field, edit, ['title'], nameOf('title'))] }
  if (field.type === 'group') return null
  const entries = [entry(field, edit, ['catalogue'], nameOf('catalogue'))]
  if (field.type === 'dynamiclist') entries.push(entry(field, edit, ['itemLabel'], nameOf('itemLabel')))
  if (field.type === 'datetime') {
    const options = ['date', 'month', 'time', 'span'].map(value => ({ value, label: said[`subtype${value[0].toUpperCase()}${value.slice(1)}`] }))
    entries.push(entry(field, edit, ['subtype'], nameOf('subtype'), { options }))
  }
  if (!WITHOUT_INPUT.includes(field.type)) {
    entries.push(entry(field, edit, ['validate', 'requiredWhen'], nameOf('requiredWhen')))
    for (const rule of LIMITS[field.type] || []) {
      if (rule.startsWith('not')) entries.push(entry(field, edit, ['validate', rule], nameOf(rule)))
    }
  }
  return { id: 'adolygu-ours', label: said.sayOurs, entries }
}

class OurPanel {
  constructor (propertiesPanel) {
    propertiesPanel.registerProvider(this, 500)
  }

  getGroups (field, edit) {
    return groups => {
      if (!field) return groups
      const kept = groups.map(group => {
        if (group.id === 'general') return { ...group, entries: group.entries.filter(one => GENERAL.includes(one.id)) }
        if (group.id === 'validation') return { ...group, entries: group.entries.filter(one => VALIDATION.includes(one.id)) }
        return group
      }).filter(group => ['general', 'validation', 'staticOptions', 'condition'].includes(group.id) && (group.items || group.entries.length))
      return [...kept, welsh(field, edit), errors(field, edit), ours(field, edit)].filter(Boolean)
    }
  }
}
OurPanel.$inject = ['propertiesPanel']

const editor = new FormEditor({
  container: place,
  additionalModules: [{
    __init__: ['ourTypes', 'ourPanel'],
    ourTypes: ['type', OurTypes],
    ourPanel: ['type', OurPanel]
  }]
})
place.editor = editor

// Parts and the form itself share one room of names in the editor, and not in our files.
const ROOT = 'Form_'

async function open () {
  const status = document.querySelector('[data-saving-at]')
  const answer = await fetch(said.fileAt)
  if (!answer.ok) throw new Error(answer.status)
  status.dataset.revision = answer.headers.get('X-Revision')
  const form = await answer.json()
  await editor.importSchema({ ...form, id: ROOT + form.id })
  const saving = savingOf(status, () => JSON.stringify({ ...editor.saveSchema(), id: form.id }))
  editor.on('commandStack.changed', event => {
    if (event.trigger !== 'clear') saving.changed()
  })
}

open().catch(() => {
  const words = document.createElement('p')
  words.className = 'govuk-error-message'
  words.textContent = said.sayFailed
  place.prepend(words)
})
