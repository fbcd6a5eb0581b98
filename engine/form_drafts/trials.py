"""Try a form of a draft: see it as whoever fills it in will, and check answers; nothing is kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine import db, decisions, feel, forms, time_source, timescales
from engine.documents import DocumentKey
from engine.errors import FieldError, NotFound
from engine.facts import FactDeclaration
from engine.form_drafts.pages import FormDraftPage, form_draft
from engine.forms import Form
from engine.people import Actor
from engine.task_pages import FormPart
from engine.texts import Text
from engine.variations import DraftHead

Posted = dict[str, list[str]]
Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class TrialFact:
    """A fact that the form reads, as somebody set it for the trial; `error` where it is none."""

    name: str
    text: Text
    type: str
    typed: str
    value: feel.Value = None
    error: Text | None = None


@dataclass(frozen=True)
class FormTrial:
    """A form of a draft with made-up answers, none, or those that somebody typed to try it.

    There is no case: facts are null but for those that are set, and a rule whose table the draft
    has not got holds. `errors` and `warnings` are None as long as nobody asked for a check.
    """

    head: DraftHead
    part: FormPart
    names: Mapping[str, Any]
    functions: Functions
    facts: tuple[TrialFact, ...]
    content: dict[str, dict[str, Any]]
    errors: list[FieldError] | None = None
    warnings: list[FieldError] | None = None


def try_form(
    draft_id: uuid.UUID,
    form_id: str,
    actor: Actor,
    posted: Posted | None = None,
    files: Mapping[str, str] | None = None,
    known: Mapping[str, str] | None = None,
    *,
    filled: bool = False,
    check: bool = False,
) -> FormTrial:
    """Return a form to try.

    Takes:   posted, what somebody typed; None begins anew, with the examples of the form where
             `filled` asks for them; files, the names of files that were chosen, by input; known,
             what is to be known of the case, as it was typed, by fact; check, to hold all of it
             against the form's own rules.
    Raises:  NotFound, also for a form that cannot be read.
    """
    page = form_draft(draft_id, form_id, actor)
    if page.form is None:
        raise NotFound
    facts = tuple(_facts(page.form, page.facts, known or {}))
    names = {one.name: one.value for one in facts if one.value is not None}
    with db.reading() as session:
        functions = timescales.own_functions(time_source.now(session), lambda key: None)
    shown = _shown(page.form, posted, names, functions, filled=filled)
    sections = tuple(section.id for section in page.form.sections)
    part = FormPart(page.form, sections, DocumentKey(form_id), 0, shown, {})
    if not check:
        return FormTrial(page.head, part, names, functions, facts, {})
    uploads = {name: forms.UploadRef("trial", called, 0) for name, called in (files or {}).items()}
    cleaned = forms.clean(
        page.form,
        sections,
        shown,
        uploads,
        names=names,
        functions=functions,
        around=forms.Around(decide=_deciding(page, functions)),
    )
    return FormTrial(
        page.head,
        part,
        names,
        functions,
        facts,
        cleaned.values,
        cleaned.errors,
        cleaned.warnings,
    )


def _shown(
    form: Form,
    posted: Posted | None,
    names: Mapping[str, feel.Value],
    functions: Functions,
    *,
    filled: bool,
) -> Posted:
    """Return what stands in the inputs: what was typed, else examples or what is prefilled."""
    sections = tuple(section.id for section in form.sections)
    standing = forms.standing_values(form, sections, names=names, functions=functions)
    if filled:
        made_up = forms.examples(
            form, sections, existing={}, given={}, names=names, functions=functions
        )
        standing = {name: {**standing.get(name, {}), **made_up.get(name, {})} for name in sections}
    shown = forms.to_posted(form, sections, standing)
    if posted is not None:
        shown = forms.with_standing(form, sections, posted, shown)
    # A made-up file cannot be opened, so none is shown as kept.
    return {name: texts for name, texts in shown.items() if not name.endswith("-kept")}


def _deciding(
    page: FormDraftPage, functions: Functions
) -> Callable[[str, Mapping[str, feel.Value]], list[str]]:
    def failures(decision_id: str, names: Mapping[str, feel.Value]) -> list[str]:
        table = page.tables.get(decision_id)
        return list(decisions.decide(table, names, functions).rules) if table else []

    return failures


def _facts(
    form: Form, declared: Mapping[str, FactDeclaration], known: Mapping[str, str]
) -> Iterator[TrialFact]:
    """Return the facts that the form reads and that can be typed, in order of their names."""
    read = {name for _, _, expression in forms.expressions(form) for name in expression.names}
    for name in sorted((read - forms.known_names(form)) & set(declared)):
        fact = declared[name]
        if fact.type in _READERS:
            typed = known.get(name, "").strip()
            yield _set(TrialFact(name, fact.text, fact.type, typed))


def _set(fact: TrialFact) -> TrialFact:
    if not fact.typed:
        return fact
    try:
        value = _READERS[fact.type](fact.typed)
    except (ValueError, InvalidOperation):
        return TrialFact(fact.name, fact.text, fact.type, fact.typed, error=_UNREADABLE)
    return TrialFact(fact.name, fact.text, fact.type, fact.typed, value)


_UNREADABLE = Text(
    "Write a number such as 3 or a date such as 2026-03-27",
    "Ysgrifennwch rif megis 3 neu ddyddiad megis 2026-03-27",
)


def _number(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite():
        raise ValueError
    return found


_READERS: Mapping[str, Callable[[str], feel.Value]] = {
    "boolean": lambda text: text == "true",
    "string": str,
    "number": _number,
    "date": date.fromisoformat,
}
