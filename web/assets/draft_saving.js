// Save what is drawn on a canvas as one goes, and say how it stands; the server keeps the revisions.
//
// What is said, the address and the revision come with the page, on the element that the template
// `draft_saving.html` writes:
//   const saving = savingOf(document.querySelector('[data-saving-at]'), async () => text)
//   editor.on('changed', saving.changed)
const PAUSE = 1200
const AGAIN = 10000

export function savingOf (status, content) {
  const said = status.dataset
  let revision = Number(said.revision)
  let state = 'saved'
  let changes = 0
  let kept = 0
  let timer = 0
  let under = null

  function say (next, words) {
    state = next
    said.state = next
    // The same words again are not read out again.
    const text = words || said[`say${next[0].toUpperCase()}${next.slice(1)}`]
    const place = status.querySelector('[data-say]') || status
    if (place.textContent !== text) place.textContent = text
    status.dispatchEvent(new CustomEvent('saving', { bubbles: true, detail: { state, revision } }))
  }

  function later (wait) {
    clearTimeout(timer)
    timer = setTimeout(save, wait)
  }

  // Whoever changed the file meanwhile keeps what they saved: nothing more is sent from here.
  const isOver = () => state === 'conflict'

  function changed () {
    changes += 1
    if (isOver()) return
    say('unsaved')
    later(PAUSE)
  }

  // One at a time: what changes while it is under way is sent afterwards, with the new revision.
  function save () {
    clearTimeout(timer)
    if (under || isOver() || kept === changes) return under || Promise.resolve(state)
    const sent = changes
    under = send(sent).finally(() => {
      under = null
      if (changes > sent && !isOver()) later(PAUSE)
    })
    return under
  }

  async function send (until) {
    say('saving')
    let answer
    try {
      answer = await fetch(said.savingAt, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': said.csrf },
        body: JSON.stringify({ content: await content(), revision }),
        redirect: 'manual'
      })
    } catch {
      say('failed')
      later(AGAIN)
      return state
    }
    const told = await answer.json().catch(() => ({}))
    if (answer.ok && Number.isInteger(told.revision)) {
      revision = told.revision
      said.revision = revision
      kept = until
      say(kept === changes ? 'saved' : 'unsaved')
    } else if (answer.status === 409) say('conflict', told.message)
    else if (answer.status === 413 || answer.status === 422) say('refused', told.message)
    else if (answer.status >= 500 || answer.status === 429) {
      say('failed')
      later(AGAIN)
    } else say('stopped', told.message)
    return state
  }

  // Browsers ask in words of their own whether to leave the page.
  window.addEventListener('beforeunload', event => {
    if (kept !== changes) event.preventDefault()
  })
  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault()
      save()
    }
  })
  say('saved')
  return { changed, save, state: () => state, revision: () => revision }
}
