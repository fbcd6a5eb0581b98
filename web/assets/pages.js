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
