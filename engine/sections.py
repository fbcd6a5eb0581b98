"""Fill a long task in section by section: what each one holds, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from engine import feel, forms, task_pages
from engine.errors import FieldError
from engine.forms import Cleaned, Form, Section
from engine.models import UserTask
from engine.store import CaseFile
from engine.task_pages import FormPart, Posted, TaskPage

#: Nothing was saved here yet.
NOT_STARTED = "not_started"
#: Something was saved, and something that has to be answered is not.
IN_PROGRESS = "in_progress"
#: What was saved can be sent as it is.
COMPLETED = "completed"
#: An answer that was saved has to be put right.
HAS_ERRORS = "has_errors"
#: Somebody recorded something else here since it was saved.
OVERTAKEN = "overtaken"
#: Whether it is needed follows from a section that is not completed.
CANNOT_START = "cannot_start"
#: Nobody types anything here.
NOTHING_TO_FILL = "nothing_to_fill"

_BOXES = ("day", "month", "year")


class SectionKey(NamedTuple):
    """A section of a task: the ids of form and section."""

    form: str
    section: str


@dataclass(frozen=True)
class SectionSummary:
    """A section in the list of a long task."""

    key: SectionKey
    form: Form
    section: Section
    state: str


@dataclass(frozen=True)
class SectionPage:
    """The page of one section: the task with this section alone, and what is wrong with it.

    `page.names` hold the answers to the other sections besides the facts. `across` are those of the
    errors that hang on other sections.
    """

    page: TaskPage
    key: SectionKey
    errors: tuple[FieldError, ...]
    across: tuple[FieldError, ...]

    @property
    def part(self) -> FormPart:
        """Return the part of the task that the page shows."""
        return self.page.parts[0]


def section_of_input(parts: Iterable[FormPart], name: str) -> SectionKey | None:
    """Return the section in which an input, or the control of an error, stands."""
    key = name.replace(".", "-").partition("-")[0]
    for part in parts:
        if key and part.form.has_field(key):
            section = part.form.section_of(key).id
            if section in part.sections:
                return SectionKey(part.form.id, section)
    return None


def find_part(parts: Iterable[FormPart], key: SectionKey) -> FormPart | None:
    """Return the part of a task that holds a section."""
    return next(
        (part for part in parts if part.form.id == key.form and key.section in part.sections), None
    )


def draft_with(parts: Sequence[FormPart], key: SectionKey, posted: Posted) -> dict[str, list[str]]:
    """Return the draft of a task in which one section is written anew.

    Takes:   parts, as the draft fills them, before anything newer was put into them.
    """
    kept: dict[str, list[str]] = {}
    for part in parts:
        for section in part.typed:
            if (part.form.id, section) != key:
                kept |= forms.of_sections(part.form, [section], part.posted)
                kept[task_pages.seen_input(part.form, section)] = [str(part.seen[section])]
    own = find_part(parts, key)
    assert own is not None
    seen = task_pages.seen_input(own.form, key.section)
    shown = posted.get(seen) or [str(own.seen[key.section])]
    return {**kept, **forms.of_sections(own.form, [key.section], posted), seen: list(shown)}


def summarise(file: CaseFile, task: UserTask, page: TaskPage) -> tuple[SectionSummary, ...]:
    """Return the sections of a task that are needed, in order, each with its state."""
    cleaned = task_pages.clean_parts(file, task, page.parts, task_pages.typed_in(page.parts))
    errors = errors_by_section(page.parts, cleaned)
    found = []
    for part, checked in zip(page.parts, cleaned, strict=True):
        names = _names(file, task, part, checked)
        states = {one: _state(part, one, errors) for one in part.sections}
        for one in part.sections:
            section = part.form.section(one)
            key = SectionKey(part.form.id, one)
            if not _is_hidden(file, task, section, names):
                found.append(SectionSummary(key, part.form, section, states[one]))
            elif _may_come(part, section, states):
                found.append(SectionSummary(key, part.form, section, CANNOT_START))
    return tuple(found)


def section_page(
    file: CaseFile, task: UserTask, page: TaskPage, key: SectionKey
) -> SectionPage | None:
    """Return the page of one section of a task; None where the task has no such section."""
    part = find_part(page.parts, key)
    if part is None:
        return None
    cleaned = task_pages.clean_parts(file, task, page.parts, task_pages.typed_in(page.parts))
    checked = cleaned[page.parts.index(part)]
    own = replace(
        part,
        sections=(key.section,),
        overtaken=part.overtaken & {key.section},
        earlier=forms.of_sections(part.form, [key.section], part.earlier),
    )
    return SectionPage(
        page=replace(page, parts=(own,), names=_names(file, task, part, checked)),
        key=key,
        errors=tuple(errors_by_section(page.parts, cleaned).get(key, [])),
        across=tuple(checked.across),
    )


def errors_by_section(
    parts: Sequence[FormPart], cleaned: Iterable[Cleaned]
) -> dict[SectionKey, list[FieldError]]:
    """Return what is wrong, by the section in which it can be put right."""
    found: dict[SectionKey, list[FieldError]] = {}
    for checked in cleaned:
        for error in checked.errors:
            key = section_of_input(parts, error.field)
            if key is not None:
                found.setdefault(key, []).append(error)
    return found


def what_was_overtaken(parts: Iterable[FormPart]) -> list[FieldError]:
    """Say which sections of a draft somebody changed since, each at its first question."""
    return [
        _overtaken(section)
        for part in parts
        for section in map(part.form.section, part.sections)
        if section.id in part.overtaken
    ]


def _overtaken(section: Section) -> FieldError:
    first = next(entry for entry in section.fields if entry.has_value)
    return FieldError(
        forms.control_of(first, first.key),
        f"Somebody changed “{section.label('en')}” after you filled it in. "
        "Look at it again, then save it.",
        f"Newidiodd rhywun “{section.label('cy')}” ar ôl i chi ei lenwi. "
        "Edrychwch arno eto, yna cadwch ef.",
        catalogue=first.catalogue,
    )


def _state(part: FormPart, section: str, errors: Mapping[SectionKey, Sequence[FieldError]]) -> str:
    if not any(entry.has_input for entry in part.form.section(section).fields):
        return NOTHING_TO_FILL
    if section in part.overtaken:
        return OVERTAKEN
    if section not in part.typed:
        return NOT_STARTED
    wrong = errors.get(SectionKey(part.form.id, section), [])
    if not wrong:
        return COMPLETED
    return HAS_ERRORS if any(_is_filled(part, error) for error in wrong) else IN_PROGRESS


def _is_filled(part: FormPart, error: FieldError) -> bool:
    """Say whether something stands in the control at which an error points, or in a box beside it.

    An error of a date points at the box that is wrong, which may be the empty one.
    """
    name = error.field.replace(".", "-")
    date, _, box = name.rpartition("-")
    beside = [f"{date}-{one}" for one in _BOXES] if box in _BOXES else []
    return any(text.strip() for one in (name, *beside) for text in part.posted.get(one, []))


def _names(
    file: CaseFile, task: UserTask, part: FormPart, checked: Cleaned
) -> Mapping[str, feel.Value]:
    """Return the facts, and what the whole document would hold with the draft in it."""
    content: dict[str, Any] = {**part.content, **checked.values}
    return {**file.names(task.item_key), **forms.feel_values(part.form, content)}


def _is_hidden(
    file: CaseFile, task: UserTask, section: Section, names: Mapping[str, feel.Value]
) -> bool:
    hide = section.hide
    return hide is not None and hide.evaluate(names, file.functions(task.item_key)) is True


def _may_come(part: FormPart, section: Section, states: Mapping[str, str]) -> bool:
    """Say whether a section that is hidden hangs on one that is not completed."""
    assert section.hide is not None
    asked = {
        part.form.section_of(name).id for name in section.hide.names if part.form.has_field(name)
    }
    open_states = (NOT_STARTED, IN_PROGRESS, HAS_ERRORS, OVERTAKEN)
    return any(states.get(one) in open_states for one in asked)
