"""Change a form of a draft: what was typed is checked, the form is written and kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine import form_editing, forms, variations
from engine.errors import InvalidDefinition, NotFound
from engine.form_drafts.reading import NAME, WHOLE, FormUnfit, path_of, said, sound
from engine.form_editing import Answers
from engine.people import Actor
from engine.texts import Text
from engine.variations import DraftFile

Act = Literal["settings", "section", "field", "change", "up", "down", "remove", "rule"]


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


def edit_form(
    draft_id: uuid.UUID, form_id: str, edit: FormEdit, revision: int, actor: Actor
) -> None:
    """Change a form of a draft and keep it.

    Takes:   revision, that of the file from which the page was made.
    Raises:  NotFound; FormUnfit; DraftChanged; DraftOver; DraftWaits; DraftFileTooBig.
    """
    path = path_of(form_id)
    file = variations.draft_file(draft_id, path, actor).file
    if file.content is None:
        raise NotFound
    made = _EDITS[edit.act](file.content, path, edit, sound(file.content, path))
    _keep(draft_id, path, made, file, revision, actor)


def take_in_form(
    draft_id: uuid.UUID, form_id: str, exported: bytes, revision: int, actor: Actor
) -> int:
    """Keep what was changed on the canvas of a form; return the file's revision from now on.

    Raises:  as `edit_form`.
    """
    path = path_of(form_id)
    file = variations.draft_file(draft_id, path, actor).file
    if file.content is None:
        raise NotFound
    sound(file.content, path)
    try:
        made = form_editing.take_in(file.content, path, exported)
    except InvalidDefinition as invalid:
        raise FormUnfit({WHOLE: said(invalid)}) from None
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
    if not NAME.fullmatch(form_id) or form_id in taken:
        problems["form_id"] = _FORM_ID
    section = answers["section"]
    found = form_editing.problems(section, form_editing.SECTION)
    problems |= {f"section_{name}": text for name, text in found.items()}
    first, found = _first(section["first"], section["first"]["type"], {})
    _require(problems | found)
    path = path_of(form_id)
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
        raise FormUnfit({WHOLE: said(invalid)}) from None


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
    if edit.kind != "text" and not answers.get("key", "").strip():
        answers["key"] = form_editing.free_key(data, answers.get("label", ""))
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
