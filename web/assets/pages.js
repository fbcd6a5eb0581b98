// Start the GOV.UK components that enhance a page; every page works without them.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios,
  ServiceNavigation, SkipLink, createAll
} from 'govuk-frontend'

const texts = document.body.dataset

createAll(Button, { preventDoubleClick: true })
createAll(Checkboxes)
createAll(ErrorSummary)
createAll(NotificationBanner)
createAll(Radios)
createAll(ServiceNavigation)
createAll(SkipLink)
createAll(CharacterCount, {
  i18n: {
    charactersUnderLimit: { one: texts.charactersLeft, other: texts.charactersLeft },
    charactersAtLimit: texts.charactersNone,
    charactersOverLimit: { one: texts.charactersOver, other: texts.charactersOver }
  }
})
createAll(PasswordInput, {
  i18n: {
    showPassword: texts.passwordShow,
    hidePassword: texts.passwordHide,
    showPasswordAriaLabel: texts.passwordShow,
    hidePasswordAriaLabel: texts.passwordHide,
    passwordShownAnnouncement: texts.passwordShown,
    passwordHiddenAnnouncement: texts.passwordHidden
  }
})

// The list on a page that answers a form is kept nowhere, so a browser cannot show it again: whoever
// leaves the page and comes back stands where their work is, and not before an error.
const instead = document.querySelector('[data-instead]')
if (instead) history.replaceState(null, '', instead.dataset.instead)

// Warn before the session ends, in time to go on with it (WCAG 2.2.1). Loading a page began it anew.
const WARNED_BEFORE = 2 * 60 * 1000
const timeout = document.getElementById('timeout')

function show (which) {
  for (const part of timeout.querySelectorAll('[data-timeout]')) part.hidden = part.dataset.timeout !== which
  timeout.setAttribute('aria-labelledby', `timeout-${which}`)
  if (!timeout.open) timeout.showModal()
  timeout.querySelector(`[data-timeout="${which}"] button`).focus()
}

function watch (limit) {
  // Both from now: a machine that slept past the warning is told at once that the session is over.
  const warning = setTimeout(() => show('soon'), Math.max(limit - WARNED_BEFORE, 0))
  const ending = setTimeout(() => show('over'), limit)
  return () => { clearTimeout(warning); clearTimeout(ending) }
}

if (timeout) {
  const limit = Number(timeout.dataset.minutes) * 60 * 1000
  let stop = watch(limit)
  const stay = timeout.querySelector('[data-timeout="soon"] form')
  const goOn = async event => {
    event.preventDefault()
    const answer = await fetch(stay.action, { method: 'POST', body: new FormData(stay), redirect: 'manual' }).catch(() => null)
    stop()
    if (answer && answer.status === 204) {
      timeout.close()
      stop = watch(limit)
    } else show('over')
  }
  stay.addEventListener('submit', goOn)
  // Escape, too, says that somebody is there.
  timeout.addEventListener('cancel', event => { if (!timeout.querySelector('[data-timeout="soon"]').hidden) goOn(event) })
}

// Show how far something has come that goes on elsewhere, and at its end all that came of it.
const REFRESH_MILLISECONDS = 5000
async function lookAgain (place) {
  const answer = await fetch(location.href, { credentials: 'same-origin' }).catch(() => null)
  if (!answer || !answer.ok || answer.redirected) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const found = page.getElementById(place.id)
  if (!found) return
  if (found.hasAttribute('data-refresh')) {
    // Whoever is on a link in it stays there.
    if (!place.contains(document.activeElement)) place.replaceChildren(...found.childNodes)
    setTimeout(lookAgain, REFRESH_MILLISECONDS, place)
    return
  }
  const whole = document.getElementById(place.dataset.refresh)
  whole.replaceChildren(...page.getElementById(whole.id).childNodes)
}
for (const place of document.querySelectorAll('[data-refresh]')) setTimeout(lookAgain, REFRESH_MILLISECONDS, place)
