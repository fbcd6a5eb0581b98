"""A form of a draft as whoever designs it sees it: its parts, its rules, and what does not fit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import db, deployments, form_editing, forms, variations
from engine.decisions import DecisionTable
from engine.deployments import Reading, form_checks
from engine.errors import NotFound
from engine.facts import FactDeclaration
from engine.form_drafts.reading import path_of, read
from engine.form_editing import Answers, Choice, Part, Property
from engine.lint import Finding
from engine.people import Actor
from engine.variations import DraftFile, DraftHead, rows


@dataclass(frozen=True)
class FormNames:
    """What a designer may name in a form: classes, roles, kinds of item, facts and other forms."""

    classes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormDraftPage:
    """A form of a draft: its parts in order, its rules, and what does not fit yet.

    `form` is what `parse_form` makes of it; None where it cannot be read, and `unread` says why.
    `tables` are the decision tables of the draft, which rules may ask, `facts` its facts.
    """

    head: DraftHead
    file: DraftFile
    data: Mapping[str, Any]
    parts: tuple[Part, ...]
    form: forms.Form | None
    unread: str
    findings: tuple[Finding, ...]
    names: FormNames
    tables: Mapping[str, DecisionTable]
    facts: Mapping[str, FactDeclaration]

    def found(self, part_id: str) -> list[Finding]:
        """Return what does not fit about one part."""
        return [one for one in self.findings if one.element == part_id]


@dataclass(frozen=True)
class FormPartPage:
    """One part of a form for whoever changes it, or a new one with nothing in it yet.

    `choices` are the answers on which a condition may hang, `condition` the one on which it does;
    `holds` is how many questions or columns stand in it.
    """

    page: FormDraftPage
    kind: str
    offered: tuple[Property, ...]
    answers: Answers
    choices: tuple[Choice, ...] = ()
    condition: tuple[str, str] | None = None
    may_hold_rows: bool = True
    holds: int = 0


def form_draft(draft_id: uuid.UUID, form_id: str, actor: Actor) -> FormDraftPage:
    """Return a form of a draft.

    Raises:  NotFound.
    """
    path = path_of(form_id)
    found = variations.draft_file(draft_id, path, actor)
    if found.file.content is None:
        raise NotFound
    data, unread, form = read(found.file.content, path)
    with db.reading() as session:
        reading = _reading(session, draft_id, actor, path, form)
    findings = tuple(form_checks.check_one(reading, form)) if form is not None else ()
    return FormDraftPage(
        found.head,
        found.file,
        data,
        tuple(form_editing.parts(dict(data))),
        form,
        unread,
        findings,
        _names(reading),
        reading.decisions,
        reading.facts,
    )


def form_part(
    draft_id: uuid.UUID, form_id: str, part_id: str, actor: Actor, kind: str = ""
) -> FormPartPage:
    """Return a section, question or column.

    Takes:   kind, a type that it might have instead of its own.
    Raises:  NotFound.
    """
    page = form_draft(draft_id, form_id, actor)
    found = form_editing.part(dict(page.data), part_id)
    own = str(found.element.get("type", ""))
    wanted = kind if kind in form_editing.ASKED and own in form_editing.ASKED else own
    offered = found.offered() if wanted == own else form_editing.of_field(wanted)
    answers = form_editing.answers_of(found.element, offered)
    return FormPartPage(
        page,
        wanted,
        offered,
        answers,
        tuple(form_editing.choices(found.around)) if not found.is_section else (),
        form_editing.read_condition(answers.get("hide", ""), found.around),
        holds=len(found.element.get("components", ())),
    )


def new_form_part(
    draft_id: uuid.UUID, form_id: str, parent_id: str, kind: str, actor: Actor
) -> FormPartPage:
    """Return a question that is to be added to a section or to rows; a section, without a parent.

    Raises:  NotFound.
    """
    page = form_draft(draft_id, form_id, actor)
    if not parent_id:
        return FormPartPage(page, "group", form_editing.SECTION, {})
    parent = form_editing.part(dict(page.data), parent_id)
    fields = parent.element.get("components")
    if not isinstance(fields, list) or kind not in ("", *form_editing.TYPES):
        raise NotFound
    depth = parent.depth if parent.is_section else parent.depth + 1
    return FormPartPage(
        page,
        kind,
        form_editing.of_field(kind) if kind else (),
        {},
        tuple(form_editing.choices(fields)),
        None,
        depth < forms.MAX_ROWS_IN_ROWS,
    )


def form_rule(
    draft_id: uuid.UUID, form_id: str, number: int, actor: Actor, *, told: bool = False
) -> FormPartPage:
    """Return a rule by its number from 0; one more than there are is a new one.

    Takes:   told, where it is not changed: then a rule that asks a table is returned too.
    Raises:  NotFound.
    """
    page = form_draft(draft_id, form_id, actor)
    rules = page.data.get("rules", [])
    if not 0 <= number <= len(rules):
        raise NotFound
    rule = rules[number] if number < len(rules) else {}
    if not told and not isinstance(rule.get("check", ""), str):
        raise NotFound
    return FormPartPage(
        page, "rule", form_editing.RULE, form_editing.answers_of(rule, form_editing.RULE)
    )


def _reading(
    session: Session, draft_id: uuid.UUID, actor: Actor, path: str, form: forms.Form | None
) -> Reading:
    """Return what a form stands beside: the edition, which is in memory, and what the draft has."""
    row = rows.to_read(session, draft_id, actor).row
    below = deployments.load(session, row.base_id)
    resolved = rows.resolved(session, row)
    layer = rows.layer(session, row.id)
    own = deployments.read({name: resolved[name] for name in layer if name != path})
    return Reading(
        resolved,
        processes={**below.processes, **own.processes},
        forms={**below.forms, **own.forms, **({form.id: form} if form else {})},
        decisions={**below.decisions, **own.decisions},
        timescales=own.timescales or dict(below.timescales),
        facts=own.facts or dict(below.facts),
        roles=own.roles if deployments.ROLES in layer else below.roles,
    )


def _names(reading: Reading) -> FormNames:
    return FormNames(
        classes=tuple(sorted(reading.roles.classes)),
        roles=tuple(sorted(reading.roles.rows)),
        kinds=tuple(sorted({*form_checks.item_lists(reading).values()})),
        facts=tuple(sorted(reading.facts)),
        forms=tuple(sorted(reading.forms)),
    )
