"""Write the forms of a draft: what a designer sees of one, and each change they make (D59)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy.orm import Session

from engine import db, deployments, form_editing, forms, variations
from engine.decisions import DecisionTable
from engine.deployments import Reading, form_checks
from engine.errors import EngineError, InvalidDefinition, NotFound
from engine.form_editing import Answers, Choice, Part, Property
from engine.lint import Finding
from engine.people import Actor
from engine.texts import Text
from engine.variations import DraftFile, DraftHead, rows

#: Under this name stands what is wrong with a form as a whole.
WHOLE = "form-part"

Act = Literal["settings", "section", "field", "change", "up", "down", "remove", "rule"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class FormUnfit(EngineError):
    """The form was not kept. Put right first what is said beside its questions."""

    status = 422

    def __init__(self, problems: Mapping[str, Text]) -> None:
        """Take what is wrong, by the name of the input beside which it is said."""
        self.problems = dict(problems)
        super().__init__()


@dataclass(frozen=True)
class FormEdit:
    """One change of a form.

    `target` is the id of the part, of the section or rows that get a new question, or the number of
    a rule; `kind` is the type of a question, where it is new or is to have another.
    """

    act: Act
    target: str = ""
    answers: Answers = field(default_factory=dict)
    kind: str = ""


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
    `tables` are the decision tables of the draft, which rules may ask.
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
    path = _path(form_id)
    found = variations.draft_file(draft_id, path, actor)
    if found.file.content is None:
        raise NotFound
    data, unread, form = _read(found.file.content, path)
    with db.reading() as session:
        reading = _reading(session, draft_id, actor, path)
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


def edit_form(
    draft_id: uuid.UUID, form_id: str, edit: FormEdit, revision: int, actor: Actor
) -> None:
    """Change a form of a draft and keep it.

    Takes:   revision, that of the file from which the page was made.
    Raises:  NotFound; FormUnfit; DraftChanged; DraftOver; DraftWaits; DraftFileTooBig.
    """
    path = _path(form_id)
    file = variations.draft_file(draft_id, path, actor).file
    if file.content is None:
        raise NotFound
    source = file.content
    data = form_editing.read(source, path).data
    made = _EDITS[edit.act](source, path, edit, data)
    _keep(draft_id, path, made, file, revision, actor)


def take_in_form(
    draft_id: uuid.UUID, form_id: str, exported: bytes, revision: int, actor: Actor
) -> int:
    """Keep what was changed on the canvas of a form; return the file's revision from now on.

    Raises:  as `edit_form`.
    """
    path = _path(form_id)
    file = variations.draft_file(draft_id, path, actor).file
    if file.content is None:
        raise NotFound
    try:
        made = form_editing.take_in(file.content, path, exported)
    except InvalidDefinition as invalid:
        raise FormUnfit({WHOLE: _said(invalid)}) from None
    return _keep(draft_id, path, made, file, revision, actor)


def begin_form(draft_id: uuid.UUID, form_id: str, answers: Answers, actor: Actor) -> None:
    """Add a form of the Board's own to a draft.

    Takes:   answers of the form; under `section` and `first` those of its first section and
             question.
    Raises:  NotFound; FormUnfit; DraftChanged; DraftOver; DraftWaits.
    """
    problems = form_editing.problems(answers, form_editing.FORM)
    taken = {"new"} | {
        one.key for one in variations.draft_page(draft_id, actor).files if one.kind == "form"
    }
    if not _NAME.fullmatch(form_id) or form_id in taken:
        problems["form_id"] = _FORM_ID
    section = answers["section"]
    found = form_editing.problems(section, form_editing.SECTION)
    problems |= {f"section_{name}": text for name, text in found.items()}
    first, found = _first(section["first"], section["first"]["type"], {})
    _require(problems | found)
    path = _path(form_id)
    made = form_editing.new_form(form_id, {**answers, "section": {**section, "first": first}})
    _require_form(made, path)
    variations.save_draft_file(draft_id, path, made, 0, actor)


def _first(
    answers: Answers, kind: str, data: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Return the question with which a section or rows begin, and what is wrong with it."""
    wanted = kind if kind in form_editing.PLAIN_TYPES else form_editing.PLAIN_TYPES[0]
    first = {**answers, "type": wanted}
    if wanted == "datetime":
        first["subtype"] = "date"
    found = form_editing.problems(first, form_editing.of_field(wanted))
    first["key"] = form_editing.free_key(dict(data), first["label"])
    return first, {f"first_{name}": text for name, text in found.items()}


_FORM_ID = Text(
    "Give the form a name of small letters, digits and _ that no other form has",
    "Rhowch enw i’r ffurflen o lythrennau bach, digidau ac _ nad oes gan ffurflen arall",
)
_LAST = Text(
    "A section keeps at least one question, rows at least one column, and a form one section. Add "
    "another one first, or remove what it stands in",
    "Mae adran yn cadw o leiaf un cwestiwn, rhesi o leiaf un golofn, a ffurflen un adran. "
    "Ychwanegwch un arall yn gyntaf, neu dilëwch yr hyn y mae’n sefyll ynddo",
)


def _keep(
    draft_id: uuid.UUID, path: str, made: bytes, file: DraftFile, revision: int, actor: Actor
) -> int:
    """Keep a form that the engine can read; one that nothing changed is not written again."""
    _require_form(made, path)
    if made == file.content and revision == file.revision:
        return revision
    return variations.save_draft_file(draft_id, path, made, revision, actor)


def _require_form(source: bytes, path: str) -> None:
    try:
        forms.parse_form(source, path)
    except InvalidDefinition as invalid:
        raise FormUnfit({WHOLE: _said(invalid)}) from None


def _said(invalid: InvalidDefinition) -> Text:
    found = deployments.as_finding(invalid)
    words = f"{found.message} {found.remedy}"
    return Text(words, f"Ni ellir cadw’r ffurflen fel y mae. Yn Saesneg: {words}")


def _settings(source: bytes, path: str, edit: FormEdit, _data: dict[str, Any]) -> bytes:
    _require(form_editing.problems(edit.answers, form_editing.FORM))
    return form_editing.change_form(source, path, edit.answers)


def _section(source: bytes, path: str, edit: FormEdit, data: dict[str, Any]) -> bytes:
    first, found = _first(edit.answers["first"], edit.kind, data)
    _require(form_editing.problems(edit.answers, form_editing.SECTION) | found)
    return form_editing.add_section(source, path, {**edit.answers, "first": first})


def _field(source: bytes, path: str, edit: FormEdit, data: dict[str, Any]) -> bytes:
    parent = form_editing.part(data, edit.target)
    answers = _with_condition(edit.answers, parent.element["components"])
    offered = form_editing.of_field(edit.kind)
    if "label" in answers and not answers.get("key", "").strip():
        answers["key"] = form_editing.free_key(data, answers["label"])
    problems = form_editing.problems(answers, offered, _keys(data))
    if edit.kind == "dynamiclist":
        around = {"components": [*data["components"], {"components": [{"key": answers["key"]}]}]}
        answers["first"], found = _first(answers["first"], "textfield", around)
        problems |= found
    _require(problems)
    return form_editing.add_field(source, path, edit.target, {**answers, "type": edit.kind})


def _change(source: bytes, path: str, edit: FormEdit, data: dict[str, Any]) -> bytes:
    part = form_editing.part(data, edit.target)
    answers = _with_condition(edit.answers, part.around)
    own = str(part.element["type"])
    asked = {own, edit.kind} <= form_editing.ASKED
    kind = edit.kind if asked else own
    offered = part.offered() if kind == own else form_editing.of_field(kind)
    stands = form_editing.answers_of(part.element, offered)
    _require(
        form_editing.problems(
            {**stands, **answers}, offered, _keys(data) - {form_editing.key_of(part.element)}
        )
    )
    return form_editing.change_part(source, path, edit.target, answers, kind)


def _moved(step: int) -> Callable[[bytes, str, FormEdit, dict[str, Any]], bytes]:
    def move(source: bytes, path: str, edit: FormEdit, _data: dict[str, Any]) -> bytes:
        return form_editing.move_part(source, path, edit.target, step)

    return move


def _remove(source: bytes, path: str, edit: FormEdit, data: dict[str, Any]) -> bytes:
    if edit.target.isdecimal():
        return form_editing.remove_rule(source, path, int(edit.target))
    if len(form_editing.part(data, edit.target).siblings) == 1:
        raise FormUnfit({WHOLE: _LAST})
    return form_editing.remove_part(source, path, edit.target)


def _rule(source: bytes, path: str, edit: FormEdit, data: dict[str, Any]) -> bytes:
    _require(form_editing.problems(edit.answers, form_editing.RULE, fields=_keys(data)))
    number = int(edit.target)
    if number == len(data.get("rules", [])):
        return form_editing.add_rule(source, path, edit.answers)
    return form_editing.change_rule(source, path, number, edit.answers)


_EDITS: Mapping[Act, Callable[[bytes, str, FormEdit, dict[str, Any]], bytes]] = {
    "settings": _settings,
    "section": _section,
    "field": _field,
    "change": _change,
    "up": _moved(-1),
    "down": _moved(1),
    "remove": _remove,
    "rule": _rule,
}


def _require(problems: Mapping[str, Text]) -> None:
    if problems:
        raise FormUnfit(problems)


def _with_condition(answers: Answers, around: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return answers in which a condition that was filled in has become FEEL.

    Raises:  FormUnfit, where nothing was chosen on which it hangs.
    """
    found = dict(answers)
    when, choice = found.pop("condition", "feel"), found.pop("condition_choice", "")
    how = found.pop("condition_how", form_editing.IS)
    if when == "always":
        found["hide"] = ""
    elif when == "choice":
        if choice not in {one.name for one in form_editing.choices(around)}:
            raise FormUnfit({"condition_choice": _CHOOSE})
        found["hide"] = form_editing.hide_unless(choice, how, around)
    return found


_CHOOSE = Text("Choose the answer on which it depends", "Dewiswch yr ateb y mae’n dibynnu arno")


def _keys(data: Mapping[str, Any]) -> set[str]:
    return {form_editing.key_of(one.element) for one in form_editing.parts(dict(data))} - {""}


def _path(form_id: str) -> str:
    if not _NAME.fullmatch(form_id):
        raise NotFound
    return f"forms/{form_id}.json"


def _read(source: bytes, path: str) -> tuple[Mapping[str, Any], str, forms.Form | None]:
    """Return the JSON of a form, what keeps it from being read, and what it is."""
    try:
        data: Mapping[str, Any] = form_editing.read(source, path).data
    except InvalidDefinition as invalid:
        return {}, _said(invalid).en, None
    try:
        return data, "", forms.parse_form(source, path)
    except InvalidDefinition as invalid:
        return data, _said(invalid).en, None


def _reading(session: Session, draft_id: uuid.UUID, actor: Actor, path: str) -> Reading:
    """Return what a form stands beside: the edition, which is in memory, and what the draft has."""
    row = rows.to_read(session, draft_id, actor).row
    below = deployments.load(session, row.base_id)
    resolved = rows.resolved(session, row)
    layer = rows.layer(session, row.id)
    own = deployments.read({name: resolved[name] for name in {*layer, path} if name in resolved})
    return Reading(
        resolved,
        processes={**below.processes, **own.processes},
        forms={**below.forms, **own.forms},
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
