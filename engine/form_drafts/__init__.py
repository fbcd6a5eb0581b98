"""The forms of a draft: read, changed and tried by whoever designs them (D59)."""

from engine.form_drafts.edits import Act, FormEdit, begin_form, edit_form, take_in_form
from engine.form_drafts.pages import (
    FormDraftPage,
    FormNames,
    FormPartPage,
    form_draft,
    form_part,
    form_rule,
    new_form_part,
)
from engine.form_drafts.reading import WHOLE, FormUnfit
from engine.form_drafts.trials import FormTrial, TrialFact, try_form

__all__ = [
    "WHOLE",
    "Act",
    "FormDraftPage",
    "FormEdit",
    "FormNames",
    "FormPartPage",
    "FormTrial",
    "FormUnfit",
    "TrialFact",
    "begin_form",
    "edit_form",
    "form_draft",
    "form_part",
    "form_rule",
    "new_form_part",
    "take_in_form",
    "try_form",
]
