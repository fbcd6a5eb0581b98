"""Check what was entered into a form, and return values to keep and errors to show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine import feel, spans, time_source
from engine.errors import FieldError
from engine.forms import answers, patterns
from engine.forms.answers import Problem, UploadRef
from engine.forms.asking import Around, Asked, Asking, values_of
from engine.forms.definition import Field, Form, Message, Rule
from engine.forms.inputs import control_of
from engine.forms.sources import Given, Posted, Source
from engine.forms.values import feel_values
from engine.forms.wording import field_error, say
from engine.texts import Text

ALONE = Around()

#: What a span breaks of which one end keeps to the rule.
_PARTLY = {"notAfter": "partlyAfter", "notBefore": "partlyBefore"}

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Cleaned:
    """What came of checking: values to keep, {section: {key: JSON}}, and what to tell.

    `across` are those of the errors that hang on other sections than the one they stand in.
    """

    values: dict[str, dict[str, Any]]
    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    across: list[FieldError] = field(default_factory=list)
    signature_needed: bool = False


def clean(
    form: Form,
    sections: Collection[str],
    posted: Mapping[str, Sequence[str]],
    uploads: Mapping[str, UploadRef] | None = None,
    *,
    names: Mapping[str, feel.Value],
    functions: Functions | None = None,
    around: Around = ALONE,
) -> Cleaned:
    """Check what a browser posted to some sections of a form.

    Takes:   posted, texts by input name, of which unknown names are ignored; uploads, the files
             that came with them; names, the facts that FEEL may read.
    Returns: errors in the order of the fields; nothing that was posted makes it raise.
    """
    kept = {**_files_in(around.existing), **around.kept}
    source = Posted(posted, uploads or {}, kept)
    return _clean(form, sections, source, names, functions, around)


def clean_values(
    form: Form,
    sections: Collection[str],
    values: Mapping[str, Any],
    *,
    names: Mapping[str, feel.Value],
    functions: Functions | None = None,
    around: Around = ALONE,
) -> Cleaned:
    """Check JSON values by key as `clean` checks what was typed."""
    source = Given(values)
    return _clean(form, sections, source, names, functions, around)


@dataclass(frozen=True)
class CheckedRow:
    """What cleaning makes of one row: JSON values by column, what is wrong, what is not asked.

    `problems` holds the first problem of each column; a required one without an answer has one.
    """

    values: Mapping[str, Any]
    problems: Mapping[str, Text]
    hidden: frozenset[str]


def check_rows(
    form: Form,
    rows: Field,
    posted: Mapping[str, Sequence[str]],
    *,
    names: Mapping[str, feel.Value],
    functions: Functions | None = None,
    around: Around = ALONE,
) -> dict[int, CheckedRow]:
    """Check rows as `clean` does, as many as the list may have; return them by order, from 0.

    Takes:   posted, also what the rest of their section reads; a row in which nothing was typed
             is not returned.
    """
    section = form.section_of(rows.key)
    source = Posted(posted, {}, {**_files_in(around.existing), **around.kept})
    asking = Asking(form, _names(form, (section.id,), names, around), functions, around)
    asked = next(each for each in asking.section(section, source) if each.entry is rows)
    return {
        row.position - 1: CheckedRow(
            values=values_of(row.asked),
            problems={
                column.entry.key: say(column.entry, problem)
                for column in row.asked
                if not column.hidden
                and column.entry.has_value
                and (problem := column.answer.problem or _problem(column, asking)) is not None
            },
            hidden=frozenset(column.entry.key for column in row.asked if column.hidden),
        )
        for row in asked.rows
    }


def standing_values(
    form: Form,
    sections: Collection[str],
    *,
    names: Mapping[str, feel.Value],
    functions: Functions | None = None,
    around: Around = ALONE,
) -> dict[str, dict[str, Any]]:
    """Return what a page shows before anybody types: what is recorded, else the defaults."""
    asking = Asking(form, _names(form, sections, names, around), functions, around)
    found: dict[str, dict[str, Any]] = {}
    for section in form.sections:
        if section.id in sections:
            so_far = around.existing.get(section.id, {})
            found[section.id] = asking.standing_fields(section.fields, so_far)
    return found


def _names(
    form: Form, sections: Collection[str], names: Mapping[str, feel.Value], around: Around
) -> dict[str, feel.Value]:
    """Return facts and what other sections hold; the sections being written start empty."""
    others = {key: part for key, part in around.existing.items() if key not in sections}
    return {**names, **feel_values(form, others)}


def _clean(
    form: Form,
    sections: Collection[str],
    source: Source,
    names: Mapping[str, feel.Value],
    functions: Functions | None,
    around: Around,
) -> Cleaned:
    asking = Asking(form, _names(form, sections, names, around), functions, around)
    asked = {
        section.id: asking.section(section, source)
        for section in form.sections
        if section.id in sections
    }
    found = [
        _Found(entry.entry.key, error, "error", _asks_elsewhere(form, section, names))
        for section, part in asked.items()
        for entry in part
        for error, names in _errors(entry, asking, ())
    ]
    found += _broken_rules(form, asked, asking)
    order = {entry.key: position for position, entry in enumerate(form.fields)}
    found.sort(key=lambda each: order.get(each.key, 0))
    return Cleaned(
        values={section: values_of(part) for section, part in asked.items()},
        errors=[each.error for each in found if each.kind == "error"],
        warnings=[each.error for each in found if each.kind == "warning"],
        across=[each.error for each in found if each.kind == "error" and each.across],
        signature_needed=any(each.to_sign for part in asked.values() for each in part),
    )


@dataclass(frozen=True)
class _Found:
    key: str
    error: FieldError
    kind: str
    across: bool = False


def _errors(
    asked: Asked, asking: Asking, within: tuple[tuple[Field, int], ...]
) -> Iterator[tuple[FieldError, frozenset[str]]]:
    """Return what is wrong with an answer, each with the names that the broken rule asks."""
    if asked.hidden or not asked.entry.has_value:
        return
    problem = asked.answer.problem or _problem(asked, asking)
    if problem is not None:
        yield field_error(asked.entry, asked.name, problem, within), _names_in(asked.entry, problem)
    for row in asked.rows:
        for column in row.asked:
            yield from _errors(column, asking, (*within, (asked.entry, row.position)))


def _names_in(entry: Field, problem: Problem) -> frozenset[str]:
    rules = entry.validate
    conditions = {
        "requiredWhen": rules.required_when,
        "notAfter": rules.not_after,
        "partlyAfter": rules.not_after,
        "notBefore": rules.not_before,
        "partlyBefore": rules.not_before,
    }
    condition = conditions.get(problem.rule)
    return condition.names if condition is not None else frozenset()


def _problem(asked: Asked, asking: Asking) -> Problem | None:
    """Return the first rule of the field that its answer breaks."""
    entry, value = asked.entry, asked.answer.value
    if value is None or (value is False and entry.type == "checkbox"):
        return _missing(asked, asking)
    if entry.type in ("textfield", "textarea"):
        return _text_problem(entry, value)
    if entry.type == "number":
        return _range_problem(entry, value)
    if entry.type in ("checklist", "dynamiclist"):
        return _range_problem(entry, len(value))
    if entry.type == "datetime":
        return _date_problem(asked, asking)
    return None


def _missing(asked: Asked, asking: Asking) -> Problem | None:
    entry, rules = asked.entry, asked.entry.validate
    if entry.type == "adolyguSignature" or entry.readonly:
        return None
    if entry.type == "adolyguLink" and asking.around.links is None:
        return None
    if not asking.around.can_answer(entry):
        return None
    if asking.around.past is not None and asking.around.past.leaves_open(entry):
        return None
    if rules.required:
        return Problem("required")
    if asking.holds(rules.required_when, asked.names):
        return Problem("requiredWhen")
    return None


def _text_problem(entry: Field, value: str) -> Problem | None:
    rules = entry.validate
    if rules.min_length is not None and answers.length(value) < rules.min_length:
        return Problem("minLength", limit=str(rules.min_length))
    if rules.pattern is not None and not patterns.fits(rules.pattern, value):
        return Problem("pattern")
    return None


def _range_problem(entry: Field, value: float) -> Problem | None:
    rules = entry.validate
    if rules.min is not None and value < rules.min:
        return Problem("min", limit=str(rules.min))
    if rules.max is not None and value > rules.max:
        return Problem("max", limit=str(rules.max))
    return None


def _date_problem(asked: Asked, asking: Asking) -> Problem | None:
    rules, value = asked.entry.validate, asked.names.get(asked.entry.key)
    for rule, expression in (("notAfter", rules.not_after), ("notBefore", rules.not_before)):
        if expression is None:
            continue
        limit = expression.evaluate(asked.names, asking.functions)
        if isinstance(limit, datetime) and not isinstance(value, datetime):
            limit = time_source.day_of(limit)
        broken = _broken_by(rule, asked.entry, value, limit)
        if broken:
            # A limit that is today needs no day: whoever reads it knows which day it is.
            told = isinstance(limit, date) and (bool(expression.names) or broken != rule)
            return Problem(broken, limit=limit.isoformat()[:10] if told else "")
    return None


def _broken_by(rule: str, entry: Field, value: feel.Value, limit: feel.Value) -> str:
    """Return the rule that a date breaks: the one given, or for a span that may keep it another."""
    if entry.subtype != "span":
        return rule if _breaks(rule, value, limit) else ""
    span = spans.read_span(value) if isinstance(value, str) else None
    if span is None or not isinstance(limit, date):
        return ""
    early, late = span.earliest or date.min, span.latest or date.max
    if not _breaks(rule, late if rule == "notAfter" else early, limit):
        return ""
    return rule if _breaks(rule, early if rule == "notAfter" else late, limit) else _PARTLY[rule]


def _breaks(rule: str, value: feel.Value, limit: feel.Value) -> bool:
    if not isinstance(value, date) or not isinstance(limit, date):
        return False
    return value > limit if rule == "notAfter" else value < limit


def _broken_rules(form: Form, asked: Mapping[str, list[Asked]], asking: Asking) -> list[_Found]:
    found = []
    for rule in form.rules:
        for row, message in _messages_of(rule, form, asked, asking):
            section = form.section_of(message.field).id
            control, entry = _target(message.field, asked[section])
            error = FieldError(
                control, message.text.en, message.text.cy, catalogue=entry.catalogue, row=row
            )
            # What was done against a rule was done; it is pointed out, and goes on record.
            kind = message.kind if asking.around.past is None else "warning"
            found.append(_Found(message.field, error, kind, _is_across(rule, form, section)))
    return found


def _is_across(rule: Rule, form: Form, section: str) -> bool:
    """Say whether a rule asks about other sections; of a decision nobody knows what it asks."""
    return rule.check is None or _asks_elsewhere(form, section, rule.check.names)


def _asks_elsewhere(form: Form, section: str, names: Iterable[str]) -> bool:
    return any(form.has_field(name) and form.section_of(name).id != section for name in names)


def _messages_of(
    rule: Rule, form: Form, asked: Mapping[str, list[Asked]], asking: Asking
) -> list[tuple[str, Message]]:
    """Return what to say about a rule that does not hold; what is not known holds."""

    def is_asked(message: Message) -> bool:
        return form.section_of(message.field).id in asked

    if rule.message is not None:
        if not is_asked(rule.message) or rule.check is None:
            return []
        holds = rule.check.evaluate(asking.names, asking.functions) is not False
        return [] if holds else [(rule.row, rule.message)]
    messages = {row: message for row, message in rule.messages.items() if is_asked(message)}
    if not messages:
        return []
    if asking.around.decide is None:
        raise ValueError(f"form {form.id} has a rule on {rule.decision}: pass `decide`")
    failing = asking.around.decide(rule.decision, asking.names)
    return [(row, message) for row, message in messages.items() if row in failing]


def _target(key: str, asked: list[Asked]) -> tuple[str, Field]:
    """Return the control to go to: the field's own, or the first one that is not hidden."""
    own = next(each for each in asked if each.entry.key == key)
    shown = own
    if own.hidden:
        shown = next((each for each in asked if not each.hidden and each.entry.has_input), own)
    return control_of(shown.entry, shown.name), own.entry


def _files_in(value: Any) -> dict[str, UploadRef]:
    """Find the files that a document already refers to: they may be kept."""
    found: dict[str, UploadRef] = {}
    if isinstance(value, Mapping):
        if isinstance(value.get("upload"), str):
            size = value.get("size")
            reference = UploadRef(
                value["upload"], str(value.get("name", "")), size if isinstance(size, int) else 0
            )
            return {reference.id: reference}
        for each in value.values():
            found.update(_files_in(each))
    elif isinstance(value, list):
        for each in value:
            found.update(_files_in(each))
    return found
