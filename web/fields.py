"""Lay a form out for a page: which question is which GOV.UK component, filled in with what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from markupsafe import Markup, escape

import engine
from web import texts
from web.addresses import current_language
from web.texts import Bilingual, gettext, say

Posted = Mapping[str, list[str]]

#: More rows than this no page shows, whatever a form allows.
MOST_ROWS = 200

_CONDITION = re.compile(
    r"""^=?\s*(?:(?P<guard>\w+)\s*=\s*null\s+or\s+)?
        (?:(?P<key>\w+)\s*(?P<operator>!?=)\s*(?P<value>"[^"]*"|true|false)
        |not\(\s*(?P<key2>\w+)\s*=\s*(?P<value2>"[^"]*"|true|false)\s*\)
        |not\(\s*list\s+contains\(\s*(?P<key3>\w+)\s*,\s*(?P<value3>"[^"]*")\s*\)\s*\))\s*$""",
    re.VERBOSE,
)


class Known(Protocol):
    """What conditions read besides the answers: the facts of the case, and the clock's functions."""

    @property
    def names(self) -> Mapping[str, Any]:
        """Return the facts by name."""

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return the functions by name."""


@dataclass(frozen=True)
class Choice:
    """One option of a question, and the questions that choosing it reveals."""

    value: str
    text: str
    checked: bool
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Input:
    """One of several text inputs that together answer a question."""

    name: str
    label: str
    value: str
    width: str = ""


@dataclass(frozen=True)
class Row:
    """One row of repeated questions."""

    id: str
    legend: str
    key_name: str
    key: str
    remove: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Question:
    """What a macro of `fields.html` needs to show one field; `kind` names the macro."""

    kind: str
    name: str
    label: str
    anchor: str
    hint: str = ""
    error: str = ""
    value: str = ""
    width: str = ""
    limit: int | None = None
    input_mode: str = ""
    accept: str = ""
    choices: tuple[Choice, ...] = ()
    inputs: tuple[Input, ...] = ()
    rows: tuple[Row, ...] = ()
    item_label: str = ""
    may_add: bool = False
    kept: str = ""


@dataclass(frozen=True)
class SectionOnPage:
    """A section of a form as a field set."""

    id: str
    label: str
    hint: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class FormOnPage:
    """The part of a form that a task fills in."""

    form: engine.Form
    title: str
    hint: str
    sections: tuple[SectionOnPage, ...]


@dataclass(frozen=True)
class Problem:
    """A line of the error summary: what to do, and where."""

    text: str
    href: str


@dataclass(frozen=True)
class Shown:
    """An answer as it is read: lines of text, a file, or rows of answers."""

    lines: tuple[str, ...] = ()
    upload: str = ""
    rows: tuple[tuple[str, tuple[tuple[str, Shown], ...]], ...] = ()
    empty: bool = False


def lay_out(
    part: engine.FormPart, known: Known, errors: Sequence[engine.FieldError] = ()
) -> FormOnPage:
    """Return a part of a form ready to be shown, with what was typed and what is wrong with it.

    Takes:   known, a page that has the names and functions that conditions may read.
    """
    language = current_language()
    sections = [part.form.section(section_id) for section_id in part.sections]
    page = _Page(part, known, _by_input(errors), _names_on_page(sections))
    return FormOnPage(
        form=part.form,
        title=part.form.title(language),
        hint=part.form.hint(language),
        sections=tuple(
            SectionOnPage(
                section.id,
                section.label(language),
                section.hint(language),
                page.questions(section.fields),
            )
            for section in sections
            if not page.is_hidden_for_good(section.hide)
        ),
    )


def summarise(parts: Sequence[FormOnPage], errors: Sequence[engine.FieldError]) -> list[Problem]:
    """Return the error summary: each line leads to the control that can put it right."""
    anchors = {
        question.name: question.anchor
        for part in parts
        for section in part.sections
        for question in _all_questions(section.questions)
    }
    return [Problem(say(error), "#" + _nearest(_input_name(error), anchors)) for error in errors]


def change_rows(posted: Posted, action: str) -> tuple[dict[str, list[str]], str | None]:
    """Carry out a button that adds or removes a row or a file; return the answers and where to go on."""
    verb, _, target = action.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,199}", target):
        return dict(posted), None
    if verb == "add":
        number = max(_row_numbers(posted, target), default=-1) + 1
        return {**posted, f"{target}-{number}-_key": [""]}, f"{target}-{number}"
    if verb == "remove":
        path, _, number_typed = target.rpartition("-")
        return _without_row(posted, path, number_typed), path
    if verb == "drop":
        return {name: values for name, values in posted.items() if name != f"{target}-kept"}, target
    return dict(posted), None


def as_typed(value: str) -> Markup:
    """Return what was typed in a text area, safe from the macros, which indent every new line."""
    text = value.replace("\r\n", "\n")
    # A browser drops a new line that a text area starts with, so one that was typed is doubled.
    text = "\n" + text if text.startswith("\n") else text
    return Markup(str(escape(text)).replace("\n", "&#10;"))  # noqa: S704


def answers(
    form: engine.Form, content: Mapping[str, Mapping[str, Any]], sections: Sequence[str] = ()
) -> list[tuple[str, list[tuple[str, str, Shown]]]]:
    """Return sections of a document as they are read: the label, then name, question and answer."""
    language = current_language()
    listed = []
    for section in form.sections:
        given = content.get(section.id)
        if given is None or (sections and section.id not in sections):
            continue
        rows = [
            (entry.key, entry.label(language), show_value(entry, given.get(entry.key)))
            for entry in section.fields
            if entry.has_value and (entry.key in given or (entry.has_input and entry.hide is None))
        ]
        listed.append((section.label(language), rows))
    return listed


def show_value(entry: engine.Field, value: Any) -> Shown:
    """Return the answer to a field as it is read."""
    if value is None or value == "" or value == []:
        return Shown((gettext("Not answered"),), empty=True)
    if entry.is_rows:
        return _show_rows(entry, value)
    if entry.type == "filepicker":
        return Shown((str(value.get("name", "")),), upload=str(value.get("upload", "")))
    return Shown(tuple(_READ.get(entry.type, _read_plain)(entry, value)))


def _show_rows(entry: engine.Field, value: list[Mapping[str, Any]]) -> Shown:
    language = current_language()
    return Shown(
        rows=tuple(
            (
                _row_legend(entry, number),
                tuple(
                    (column.label(language), show_value(column, row.get(column.key)))
                    for column in entry.columns
                    if column.has_value
                ),
            )
            for number, row in enumerate(value)
        )
    )


def _read_plain(_entry: engine.Field, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [gettext("Ticked") if value else gettext("Not ticked")]
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, Mapping):
        return [str(one) for one in value.values() if one]
    return [str(value)]


def _read_choice(entry: engine.Field, value: Any) -> list[str]:
    chosen = value if isinstance(value, list) else [value]
    words = {True: "yes", False: "no"} if entry.is_yes_no else {}
    found = [(one, entry.option(words.get(one, one))) for one in chosen]
    return [option.label(current_language()) if option else str(one) for one, option in found]


def _read_date(entry: engine.Field, value: Any) -> list[str]:
    says = {"month": texts.month, "time": texts.clock_time}.get(entry.subtype, texts.day)
    return [says(str(value))]


def _read_signature(_entry: engine.Field, value: Any) -> list[str]:
    return [str(value.get("name", "")), texts.moment_of(str(value.get("at", "")))]


_READ: dict[str, Callable[[engine.Field, Any], list[str]]] = {
    "radio": _read_choice,
    "select": _read_choice,
    "checklist": _read_choice,
    "datetime": _read_date,
    "adolyguSignature": _read_signature,
}


@dataclass(frozen=True)
class _Page:
    """What the questions of one part have in common: what was typed, what is wrong, what is known."""

    part: engine.FormPart
    known: Known
    errors: Mapping[str, str]
    names_on_page: frozenset[str]
    prefix: str = ""
    controls: Mapping[str, engine.Field] = field(default_factory=dict)

    def questions(self, entries: Sequence[engine.Field]) -> tuple[Question, ...]:
        """Return the questions of a list of fields, each under the choice that reveals it, if any."""
        here = replace(self, controls={entry.key: entry for entry in entries if entry.key})
        revealed: dict[tuple[str, str], list[engine.Field]] = {}
        standing = []
        for entry in entries:
            if here.is_hidden_for_good(entry.hide):
                continue
            places = here.revealed_by(entry)
            if places:
                revealed.setdefault(places, []).append(entry)
            else:
                standing.append(entry)
        return tuple(here.question(entry, revealed) for entry in standing)

    def is_hidden_for_good(self, hide: engine.Expression | None) -> bool:
        """Say whether something is hidden by facts that no answer on this page can change."""
        if hide is None or hide.names & self.names_on_page:
            return False
        return hide.evaluate(self.known.names, self.known.functions) is True

    def revealed_by(self, entry: engine.Field) -> tuple[str, str] | None:
        """Return the field and option that reveal a field, where its condition is that simple."""
        if entry.hide is None or entry.is_rows:
            return None
        found = _CONDITION.match(entry.hide.source)
        if found is None:
            return None
        key = found["key"] or found["key2"] or found["key3"]
        control = self.controls.get(key)
        if (
            control is None
            or control is entry
            or control.readonly
            or found["guard"] not in (None, key)
        ):
            return None
        value = _option_value(found["value"] or found["value2"] or found["value3"])
        return _reveal(control, value, hides=found["operator"] == "=")

    def question(
        self, entry: engine.Field, revealed: Mapping[tuple[str, str], list[engine.Field]]
    ) -> Question:
        """Return one field as a question."""
        language = current_language()
        name = self.prefix + entry.key
        hint = entry.hint(language)
        if entry.hide is not None and not self.revealed_by(entry):
            hint = gettext("Leave this empty if it does not apply.") + (f" {hint}" if hint else "")
        plain = Question(
            kind="text_input",
            name=name,
            label=_label(entry),
            anchor=name,
            hint=hint,
            error=self.errors.get(name, ""),
            value=self.typed(name),
            limit=entry.validate.max_length,
        )
        if not entry.has_input:
            return self.without_input(entry, plain)
        return _LAY_OUT[entry.type](self, entry, plain, revealed)

    def typed(self, name: str) -> str:
        """Return what was typed into an input, never None."""
        values = self.part.posted.get(name) or [""]
        return values[0] or ""

    def without_input(self, entry: engine.Field, plain: Question) -> Question:
        """Return what stands where nobody types: a fixed text, a computed or a read-only answer."""
        if entry.type == "text":
            return replace(plain, kind="fixed_text", value=entry.shown_text(current_language()))
        if entry.readonly and entry.type not in ("expression", "adolyguLink"):
            shown = self.typed(plain.name)
            option = entry.option(shown)
            return replace(
                plain, kind="read_only", value=option.label(current_language()) if option else shown
            )
        return replace(plain, kind="computed", value="")

    def choices(
        self, entry: engine.Field, name: str, revealed: Mapping[tuple[str, str], list[engine.Field]]
    ) -> tuple[Choice, ...]:
        """Return the options of a field, each with the questions that it reveals."""
        chosen = self.part.posted.get(name) or []
        return tuple(
            Choice(
                value=option.value,
                text=option.label(current_language()),
                checked=option.value in chosen,
                questions=tuple(
                    self.question(dependent, revealed)
                    for dependent in revealed.get((entry.key, option.value), [])
                ),
            )
            for option in entry.options
        )


Revealed = Mapping[tuple[str, str], list[engine.Field]]


def _text(_page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    limit = entry.validate.max_length
    width = "govuk-input--width-10" if limit and limit <= 20 else ""
    return replace(plain, width=width)


def _long_text(
    _page: _Page, _entry: engine.Field, plain: Question, _revealed: Revealed
) -> Question:
    return replace(plain, kind="long_text")


def _number(_page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    mode = "decimal" if entry.decimal_digits else "numeric"
    return replace(plain, width="govuk-input--width-5", input_mode=mode)


def _date(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    name = plain.name
    if entry.subtype == "time":
        hint = plain.hint or gettext("For example, 14:30")
        return replace(plain, hint=hint, width="govuk-input--width-5")
    labels = [("month", gettext("Month"), "2"), ("year", gettext("Year"), "4")]
    if entry.subtype != "month":
        labels.insert(0, ("day", gettext("Day"), "2"))
    inputs = tuple(
        Input(f"{name}-{part}", label, page.typed(f"{name}-{part}"), f"govuk-input--width-{width}")
        for part, label, width in labels
    )
    error = plain.error or next(
        (page.errors[one.name] for one in inputs if one.name in page.errors), ""
    )
    hint = plain.hint or (
        gettext("For example, 11 2026")
        if entry.subtype == "month"
        else gettext("For example, 27 3 2026")
    )
    return replace(plain, kind="date", inputs=inputs, anchor=inputs[0].name, error=error, hint=hint)


def _radios(page: _Page, entry: engine.Field, plain: Question, revealed: Revealed) -> Question:
    return replace(plain, kind="radios", choices=page.choices(entry, plain.name, revealed))


def _select(page: _Page, entry: engine.Field, plain: Question, revealed: Revealed) -> Question:
    choices = page.choices(entry, plain.name, revealed)
    if any(choice.questions for choice in choices):
        return replace(plain, kind="radios", choices=choices)
    return replace(plain, kind="select", choices=choices)


def _checklist(page: _Page, entry: engine.Field, plain: Question, revealed: Revealed) -> Question:
    return replace(plain, kind="checklist", choices=page.choices(entry, plain.name, revealed))


def _tick(page: _Page, entry: engine.Field, plain: Question, revealed: Revealed) -> Question:
    dependents = revealed.get((entry.key, "true"), [])
    choice = Choice(
        value="true",
        text=plain.label,
        checked="true" in (page.part.posted.get(plain.name) or []),
        questions=tuple(page.question(dependent, revealed) for dependent in dependents),
    )
    return replace(plain, kind="tick", choices=(choice,))


def _file(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    return replace(
        plain, kind="file", kept=page.typed(f"{plain.name}-kept"), accept=",".join(entry.accept)
    )


def _person(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    labels = [("name", gettext("Full name")), ("designation", gettext("Designation"))]
    if entry.contact:
        labels.append(("contact", gettext("How to reach this person")))
    inputs = tuple(
        Input(f"{plain.name}-{part}", label, page.typed(f"{plain.name}-{part}"))
        for part, label in labels
    )
    error = plain.error or next(
        (page.errors[one.name] for one in inputs if one.name in page.errors), ""
    )
    return replace(plain, kind="person", inputs=inputs, anchor=inputs[0].name, error=error)


def _signature(
    _page: _Page, _entry: engine.Field, plain: Question, _revealed: Revealed
) -> Question:
    return replace(plain, kind="signature")


def _rows(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    numbers = _row_numbers(page.part.posted, plain.name)
    least = int(entry.validate.min or (1 if entry.validate.required else 0))
    while len(numbers) < least:
        numbers.append(max(numbers, default=-1) + 1)
    most = min(int(entry.validate.max or MOST_ROWS), MOST_ROWS)
    rows = tuple(
        _row(page, entry, plain.name, number, place) for place, number in enumerate(numbers)
    )
    anchor = f"add-{plain.name}"
    if rows and rows[0].questions:
        anchor = rows[0].questions[0].anchor
    elif entry.fixed_rows:
        anchor = plain.name
    item_label = entry.item_label(current_language()) or gettext("Row")
    may_add = not entry.fixed_rows and len(rows) < most
    return replace(
        plain, kind="rows", rows=rows, anchor=anchor, item_label=item_label, may_add=may_add
    )


def _row(page: _Page, entry: engine.Field, path: str, number: int, place: int) -> Row:
    inside = replace(page, prefix=f"{path}-{number}-")
    return Row(
        id=f"{path}-{number}",
        legend=_row_legend(entry, place),
        key_name=f"{path}-{number}-_key",
        key=page.typed(f"{path}-{number}-_key"),
        remove="" if entry.fixed_rows else f"remove:{path}-{number}",
        questions=inside.questions(entry.columns),
    )


_LAY_OUT: dict[str, Callable[[_Page, engine.Field, Question, Revealed], Question]] = {
    "textfield": _text,
    "textarea": _long_text,
    "number": _number,
    "datetime": _date,
    "select": _select,
    "radio": _radios,
    "checklist": _checklist,
    "checkbox": _tick,
    "dynamiclist": _rows,
    "filepicker": _file,
    "adolyguPerson": _person,
    "adolyguSignature": _signature,
}


def _label(entry: engine.Field) -> str:
    label = entry.label(current_language())
    rules = entry.validate
    asks = entry.has_input and entry.type not in ("checkbox", "adolyguSignature")
    if asks and not (rules.required or rules.required_when or (entry.is_rows and rules.min)):
        return gettext("%(label)s (optional)", label=label)
    return label


def _row_legend(entry: engine.Field, place: int) -> str:
    what = entry.item_label(current_language()) or gettext("Row")
    return f"{what} {place + 1}"


def _reveal(control: engine.Field, value: str, *, hides: bool) -> tuple[str, str] | None:
    """Return the one option of a control that reveals what a condition shows or hides."""
    if control.type == "checkbox":
        return (control.key, "true") if (value == "yes") is not hides else None
    if control.is_yes_no or control.type in ("radio", "select", "checklist"):
        shown = [option.value for option in control.options if (option.value == value) is not hides]
        return (control.key, shown[0]) if len(shown) == 1 else None
    return None


def _option_value(literal: str) -> str:
    return {"true": "yes", "false": "no"}.get(literal, literal.strip('"'))


def _names_on_page(sections: Sequence[engine.Section]) -> frozenset[str]:
    fields = [entry for section in sections for entry in section.fields]
    return frozenset(
        one.key
        for entry in fields
        for one in (entry, *entry.columns)
        if one.key and one.has_value and not one.readonly
    )


def _by_input(errors: Sequence[engine.FieldError]) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(_input_name(error), say(_both(error)))
    return found


def _both(error: engine.FieldError) -> Bilingual:
    return error


def _input_name(error: engine.FieldError) -> str:
    return error.field.replace(".", "-")


def _nearest(name: str, anchors: Mapping[str, str]) -> str:
    while name:
        if name in anchors:
            return anchors[name]
        name = name.rpartition("-")[0]
    return "task-form"


def _all_questions(questions: Sequence[Question]) -> Iterator[Question]:
    for question in questions:
        yield question
        for choice in question.choices:
            yield from _all_questions(choice.questions)
        for row in question.rows:
            yield from _all_questions(row.questions)


def _row_numbers(posted: Posted, path: str) -> list[int]:
    start = re.compile(re.escape(path) + r"-(\d{1,4})-")
    return sorted({int(found[1]) for name in posted if (found := start.match(name))})[:MOST_ROWS]


def _without_row(posted: Posted, path: str, number_typed: str) -> dict[str, list[str]]:
    if not number_typed.isdigit():
        return dict(posted)
    gone = int(number_typed)
    start = re.compile(re.escape(path) + r"-(\d{1,4})-(.*)", re.DOTALL)
    kept: dict[str, list[str]] = {}
    for name, values in posted.items():
        found = start.fullmatch(name)
        if found is None or int(found[1]) < gone:
            kept[name] = values
        elif int(found[1]) > gone:
            kept[f"{path}-{int(found[1]) - 1}-{found[2]}"] = values
    return kept
