"""Try a form of a draft: see it as whoever fills it in will, and check answers; nothing is kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import db, decisions, forms, time_source, timescales
from engine.documents import DocumentKey
from engine.errors import FieldError, NotFound
from engine.form_drafts import form_draft
from engine.people import Actor
from engine.task_pages import FormPart
from engine.variations import DraftHead

Posted = dict[str, list[str]]


@dataclass(frozen=True)
class FormTrial:
    """A form of a draft with made-up answers, none, or those that somebody typed to try it.

    There is no case: facts are null, and a rule whose table the draft has not got holds.
    `errors` and `warnings` are None as long as nobody asked for a check.
    """

    head: DraftHead
    part: FormPart
    names: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    content: dict[str, dict[str, Any]]
    errors: list[FieldError] | None = None
    warnings: list[FieldError] | None = None


def try_form(
    draft_id: uuid.UUID,
    form_id: str,
    actor: Actor,
    posted: Posted | None = None,
    files: Mapping[str, str] | None = None,
    *,
    filled: bool = False,
    check: bool = False,
) -> FormTrial:
    """Return a form to try.

    Takes:   posted, what somebody typed; None begins anew, with the examples of the form where
             `filled` asks for them; files, the names of files that were chosen, by input; check, to
             hold all of it against the form's own rules.
    Raises:  NotFound, also for a form that cannot be read.
    """
    page = form_draft(draft_id, form_id, actor)
    if page.form is None:
        raise NotFound
    form, sections = page.form, tuple(section.id for section in page.form.sections)
    with db.reading() as session:
        functions = timescales.own_functions(time_source.now(session), lambda key: None)
    standing = forms.standing_values(form, sections, names={}, functions=functions)
    if filled:
        made_up = forms.examples(
            form, sections, existing={}, given={}, names={}, functions=functions
        )
        standing = {name: {**standing.get(name, {}), **made_up.get(name, {})} for name in sections}
    shown = forms.to_posted(form, sections, standing)
    if posted is not None:
        shown = forms.with_standing(form, sections, posted, shown)
    # A made-up file cannot be opened, so none is shown as kept.
    posted = {name: texts for name, texts in shown.items() if not name.endswith("-kept")}
    part = FormPart(form, sections, DocumentKey(form.id), 0, posted, {})
    if not check:
        return FormTrial(page.head, part, {}, functions, {})

    def failures(decision_id: str, names: Mapping[str, Any]) -> list[str]:
        table = page.tables.get(decision_id)
        return list(decisions.decide(table, names, functions).rules) if table else []

    uploads = {name: forms.UploadRef("trial", called, 0) for name, called in (files or {}).items()}
    cleaned = forms.clean(
        form,
        sections,
        posted,
        uploads,
        names={},
        functions=functions,
        around=forms.Around(decide=failures),
    )
    return FormTrial(
        page.head, part, {}, functions, cleaned.values, cleaned.errors, cleaned.warnings
    )
