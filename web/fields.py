"""Lay a form out for a page: which field is which GOV.UK component, with what was typed in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

import engine
from web import answers, reveals, rows, texts
from web.addresses import current_language
from web.rows import Window
from web.texts import Bilingual, gettext, say


class Known(Protocol):
    """What conditions read besides the answers: facts of the case, and functions of the day."""

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
    input_type: str = "text"
    prefix: str = ""
    accept: str = ""
    choices: tuple[Choice, ...] = ()
    inputs: tuple[Input, ...] = ()
    rows: tuple[Row, ...] = ()
    #: of a list that comes in pages, which of them this is
    window: Window | None = None
    item_label: str = ""
    may_add: bool = False
    from_spreadsheet: bool = False
    from_timeline: bool = False
    kept: str = ""
    document: str = ""
    version: str = ""
    #: of a signature, that the person says whether they sign
    may_choose: bool = False


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


def lay_out(
    part: engine.FormPart,
    known: Known,
    errors: Sequence[engine.FieldError] = (),
    *,
    case_id: uuid.UUID | None = None,
    spreadsheets: bool = False,
    in_pages: bool = False,
) -> FormOnPage:
    """Return a part of a form ready to be shown, with what was typed and what is wrong with it.

    Takes:   known, a page that has the names and functions that conditions may read; case_id,
             where texts that say from which document they come are to lead there; spreadsheets,
             where rows may be added from one; in_pages, where long lists to which nobody adds
             come in pages, and what a page leaves out is kept when it is sent.
    """
    language = current_language()
    sections = [part.form.section(section_id) for section_id in part.sections]
    sources = answers.Sources(case_id) if case_id else None
    page = _Page(
        part,
        known,
        _by_input(errors),
        _names_on_page(sections),
        sources,
        spreadsheets=spreadsheets,
        in_pages=in_pages,
        on_page={entry.key: entry for section in sections for entry in section.fields},
    )
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


def typed_earlier(part: engine.FormPart, known: Known) -> list[tuple[str, str]]:
    """Return what the draft holds where somebody recorded something else since, under its labels.

    Nothing typed is lost by that: whoever typed it can put it in again.
    """
    laid_out = lay_out(replace(part, posted=part.earlier), known) if part.earlier else None
    shown = laid_out.sections if laid_out else ()
    return [line for section in shown for line in _typed(section.questions, "")]


def _typed(questions: Sequence[Question], row: str) -> Iterator[tuple[str, str]]:
    for question in questions:
        if question.kind in ("fixed_text", "read_only", "computed"):
            continue
        chosen = [choice.text for choice in question.choices if choice.checked]
        stands = [question.value, *chosen, *(one.value for one in question.inputs)]
        if question.kept:
            stands.append(gettext("A file is kept here already."))
        said = question.choices or question.kind == "tick"
        text = "\n".join(one for one in (stands[1:] if said else stands) if one.strip())
        if text:
            yield row + question.label, text
        for choice in question.choices:
            yield from _typed(choice.questions, row)
        for inner in question.rows:
            yield from _typed(inner.questions, f"{inner.legend}: ")


@dataclass(frozen=True)
class _Page:
    """What the questions of a part share: what was typed, what is wrong, what is known."""

    part: engine.FormPart
    known: Known
    errors: Mapping[str, str]
    names_on_page: frozenset[str]
    sources: answers.Sources | None = None
    prefix: str = ""
    spreadsheets: bool = False
    in_pages: bool = False
    controls: Mapping[str, engine.Field] = field(default_factory=dict)
    on_page: Mapping[str, engine.Field] = field(default_factory=dict)

    def questions(self, entries: Sequence[engine.Field]) -> tuple[Question, ...]:
        """Return the questions of some fields, each under the choice that reveals it, if any."""
        here = replace(self, controls={entry.key: entry for entry in entries if entry.key})
        revealed: dict[tuple[str, str], list[engine.Field]] = {}
        standing = []
        for entry in entries:
            if entry.hidden or here.is_hidden_for_good(entry.hide):
                continue
            if not self.part.around.may_sign(entry):
                continue
            places = reveals.control_of(entry, here.controls)
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

    def question(
        self, entry: engine.Field, revealed: Mapping[tuple[str, str], list[engine.Field]]
    ) -> Question:
        """Return one field as a question."""
        language = current_language()
        name = self.prefix + entry.key
        hint = " ".join(one for one in (self._when_asked(entry), entry.hint(language)) if one)
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

    def _when_asked(self, entry: engine.Field) -> str:
        """Return what tells when a question is asked, where an answer on this page decides it."""
        hide = entry.hide
        if hide is None or not hide.names & self.names_on_page:
            return ""
        if reveals.control_of(entry, self.controls):
            return ""
        if deciding := self._deciding_answers(hide):
            return gettext("Only if the answer to “%(question)s” is: %(answers)s.", **deciding)
        if entry.validate.required or entry.validate.required_when is not None:
            return gettext("Answer this only if it applies; then it needs an answer.")
        return gettext("Leave this empty if it does not apply.")

    def _deciding_answers(self, hide: engine.Expression) -> dict[str, str]:
        """Return the one question on which a condition hangs, and the answers that fulfil it."""
        asked = hide.names & self.names_on_page
        control = {**self.on_page, **self.controls}.get(next(iter(asked)))
        if len(asked) > 1 or control is None or not (control.is_choice or control.is_yes_no):
            return {}
        language = current_language()
        values = {"yes": True, "no": False} if control.is_yes_no else {}
        answers_that_ask = [
            option.label(language)
            for option in control.options
            if hide.evaluate(
                {**self.known.names, control.key: values.get(option.value, option.value)},
                self.known.functions,
            )
            is not True
        ]
        if not 0 < len(answers_that_ask) < len(control.options):
            return {}
        return {"question": control.label(language), "answers": "; ".join(answers_that_ask)}

    def typed(self, name: str) -> str:
        """Return what was typed into an input, never None."""
        values = self.part.posted.get(name) or [""]
        return values[0] or ""

    def without_input(self, entry: engine.Field, plain: Question) -> Question:
        """Return what stands where nobody types: a fixed text, a computed or a read-only answer."""
        if entry.type == "text":
            return replace(plain, kind="fixed_text", value=entry.shown_text(current_language()))
        if entry.readonly and entry.type not in ("expression", "adolyguLink"):
            standing = self._standing(entry, plain.name)
            document, version = self.sources.lead(entry, standing) if self.sources else ("", "")
            return replace(
                plain, kind="read_only", value=standing, document=document, version=version
            )
        return replace(plain, kind="computed", value=self._worked_out(entry))

    def _standing(self, entry: engine.Field, name: str) -> str:
        """Return what a read-only field holds, in words."""
        posted = self.part.posted
        if entry.type == "datetime" and entry.subtype == "span":
            return texts.span(self.typed(name))
        if entry.type == "datetime" and entry.subtype != "time":
            typed = [self.typed(f"{name}-{unit}") for unit in ("year", "month", "day")]
            parts = [part.zfill(2) for part in typed if part]
            return answers.in_words(entry, "-".join(parts)) if parts else ""
        if entry.type == "adolyguPerson":
            return "\n".join(one for part in _PERSON if (one := self.typed(f"{name}-{part}")))
        value: Any = [one for one in posted.get(name) or [] if one]
        shown = [entry.option(one) for one in value]
        return ", ".join(
            option.label(current_language()) if option else one
            for one, option in zip(value, shown, strict=True)
        )

    def _worked_out(self, entry: engine.Field) -> str:
        """Return what is worked out, where no answer on this page can change it."""
        expression = entry.expression
        if expression is None or self.prefix or expression.names & self.names_on_page:
            return ""
        value = expression.evaluate(self.known.names, self.known.functions)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        return answers.in_words(entry, value) if isinstance(value, str | bool) and value else ""

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
            if self.part.around.offers(entry, option.value)
        )


#: The parts of a person, as inputs are named.
_PERSON = ("name", "designation", "contact")

#: The type of an input and its keyboard, for texts of a kind of their own.
_INPUTS = {"web": ("url", "url"), "email": ("email", "email"), "phone": ("tel", "tel")}

Revealed = Mapping[tuple[str, str], list[engine.Field]]


def _text(_page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    limit = entry.validate.max_length
    width = "govuk-input--width-10" if limit and limit <= 20 else ""
    kind, mode = _INPUTS.get(entry.kind, ("text", ""))
    return replace(plain, width=width, input_type=kind, input_mode=mode)


def _long_text(
    _page: _Page, _entry: engine.Field, plain: Question, _revealed: Revealed
) -> Question:
    return replace(plain, kind="long_text")


def _number(_page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    mode = "decimal" if entry.decimal_digits else "numeric"
    width = "govuk-input--width-10" if entry.is_money else "govuk-input--width-5"
    prefix = "£" if entry.is_money else ""
    return replace(plain, width=width, input_mode=mode, prefix=prefix)


def _date(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    name = plain.name
    if entry.subtype == "time":
        hint = plain.hint or gettext("For example, 14:30")
        return replace(plain, hint=hint, width="govuk-input--width-5")
    labels = [("month", gettext("Month"), "2"), ("year", gettext("Year"), "4")]
    if entry.subtype == "span":
        hint = plain.hint or gettext(
            "For example, 27 3 2026. If that is not known: March 2026, about 2025, 3 to 9 June 2026"
        )
        return replace(plain, hint=hint, value=texts.span(plain.value))
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
    designation = gettext("Designation")
    labels = [
        ("name", gettext("Full name")),
        ("designation", designation if entry.designated else _optional(designation)),
    ]
    if entry.contact:
        labels.append(("contact", _optional(gettext("How to reach this person"))))
    inputs = tuple(
        Input(f"{plain.name}-{part}", label, page.typed(f"{plain.name}-{part}"))
        for part, label in labels
    )
    error = plain.error or next(
        (page.errors[one.name] for one in inputs if one.name in page.errors), ""
    )
    return replace(plain, kind="person", inputs=inputs, anchor=inputs[0].name, error=error)


def _signature(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    # What need not be signed is sent unsigned, unless the person says that they sign.
    may_choose = not entry.validate.required
    ticked = bool(page.typed(plain.name))
    return replace(plain, kind="signature", may_choose=may_choose, value="true" if ticked else "")


def _rows(page: _Page, entry: engine.Field, plain: Question, _revealed: Revealed) -> Question:
    numbers = rows.numbers(page.part.posted, plain.name)
    least = int(entry.validate.min or (1 if entry.validate.required else 0))
    while len(numbers) < least:
        numbers.append(max(numbers, default=-1) + 1)
    places = list(enumerate(numbers))
    window = _window(page, entry, plain.name, numbers)
    if window is not None:
        places = places[window.first - 1 : window.last]
    laid_out = tuple(_row(page, entry, plain.name, number, place) for place, number in places)
    anchor = f"add-{plain.name}"
    if laid_out and laid_out[0].questions:
        anchor = laid_out[0].questions[0].anchor
    elif entry.fixed_rows:
        anchor = plain.name
    item_label = entry.item_label(current_language()) or gettext("Row")
    may_add = not entry.fixed_rows and len(numbers) < engine.most_rows(entry)
    return replace(
        plain,
        kind="rows",
        rows=laid_out,
        window=window,
        anchor=anchor,
        item_label=item_label,
        may_add=may_add,
        from_spreadsheet=page.spreadsheets and not page.prefix and engine.takes_rows(entry),
        from_timeline=page.spreadsheets and entry.catalogue == engine.SUMMARY_CATALOGUE,
    )


def _window(page: _Page, entry: engine.Field, name: str, numbers: Sequence[int]) -> Window | None:
    """Return which rows of a long list are shown: where something is wrong, those."""
    if not (page.in_pages and entry.fixed_rows and not page.prefix):
        return None
    start = re.compile(re.escape(name) + r"-(\d{1,5})-")
    wrong = [int(found[1]) for each in page.errors if (found := start.match(each))]
    place = numbers.index(wrong[0]) if wrong and wrong[0] in numbers else None
    number = place // rows.PAGE + 1 if place is not None else None
    return rows.window(name, len(numbers), number)


def _row(page: _Page, entry: engine.Field, path: str, number: int, place: int) -> Row:
    inside = replace(page, prefix=f"{path}-{number}-")
    return Row(
        id=f"{path}-{number}",
        legend=rows.legend(entry, place),
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
    asks = entry.has_input and not entry.fixed_rows and entry.type != "checkbox"
    if asks and not (rules.required or rules.required_when or (entry.is_rows and rules.min)):
        return _optional(label)
    return label


def _optional(label: str) -> str:
    return gettext("%(label)s (optional)", label=label)


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
