"""Say what a change of a case has done to its steps, tasks and clocks, and whether the law minds.

A change is previewed by doing it and taking it back: what is told is what would happen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from engine import audit, facts, statutory, task_pages
from engine.deployments import Definitions
from engine.models import (
    AuditEvent,
    CaseLink,
    Document,
    Draft,
    ProcessInstance,
    StepLogEntry,
    UserTask,
)
from engine.store import CaseFile
from engine.texts import Text
from engine.timescales import is_step
from engine.workflow import Element, LogEntry, TaskKey

_RULES = "processes/statutory.toml"

#: What is on record of a case that somebody opened and did nothing more with (D52).
_OF_OPENING = frozenset(
    {"case_opened", "appointed", "notice_sent", "clock_checked", "task_claimed", "task_released"}
)


@dataclass(frozen=True)
class Touched:
    """A step or task that a change touches: its name, and its item."""

    name: Text
    item_label: Text | None
    #: the element of the diagrams and the item, as the record of the case names them
    element: str = ""
    item_key: str = ""


@dataclass(frozen=True)
class ClockChange:
    """A clock before and after: its state, and its last day in time; empty: there was none."""

    name: Text
    item_label: Text | None
    state_before: str
    state_after: str
    due_before: date | None
    due_after: date | None
    timescale: str = ""
    item_key: str = ""


@dataclass(frozen=True)
class Consequences:
    """What a change does: steps no longer done, tasks withdrawn and opened, clocks that move.

    `state` is how the case stands afterwards; `undone` are the elements of the steps.
    """

    steps: tuple[Touched, ...]
    withdrawn: tuple[Touched, ...]
    opened: tuple[Touched, ...]
    clocks: tuple[ClockChange, ...]
    state: str
    undone: tuple[Element, ...] = ()

    @property
    def on_record(self) -> dict[str, Any]:
        """Return it for the record of the case: ids, states and days, for labels may be names."""
        groups = {"undone": self.steps, "withdrawn": self.withdrawn, "opened": self.opened}
        told: dict[str, Any] = {
            key: [[one.element, one.item_key] for one in group] for key, group in groups.items()
        }
        told["clocks"] = [
            [
                one.timescale,
                one.item_key,
                one.state_before,
                one.state_after,
                one.due_before.isoformat() if one.due_before else "",
                one.due_after.isoformat() if one.due_after else "",
            ]
            for one in self.clocks
        ]
        return told

    @property
    def fingerprint(self) -> str:
        """Return a mark that differs where anything of it differs; it says nothing by itself."""
        told = [
            [[one.name.en, one.item_label and one.item_label.en] for one in group]
            for group in (self.steps, self.withdrawn, self.opened)
        ]
        moved = [
            [
                one.name.en,
                one.item_label and one.item_label.en,
                one.state_before,
                one.state_after,
                str(one.due_before),
                str(one.due_after),
            ]
            for one in self.clocks
        ]
        return hashlib.sha256(json.dumps([told, moved, self.state]).encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """How a case stands: steps done, by instance and number; open tasks; clocks."""

    done: Mapping[tuple[Any, int], tuple[Touched, Element]]
    tasks: Mapping[Any, Touched]
    clocks: Mapping[tuple[str, str], tuple[Touched, str, date | None]]


def standing(file: CaseFile) -> Standing:
    """Return how a case stands now, in this transaction."""
    file.session.flush()
    open_tasks = file.session.scalars(
        select(UserTask)
        .where(UserTask.case_id == file.case.id, UserTask.state == "open")
        .order_by(UserTask.number)
    )
    return Standing(
        done=dict(_done(file)),
        tasks={
            task.id: touched(file, task_pages.element_of(file, task), task.item_key)
            for task in open_tasks
        },
        clocks={
            key: (
                Touched(
                    row.name, task_pages.item_label(file, clock.item_key), key[0], clock.item_key
                ),
                clock.state,
                clock.due_on,
            )
            for key, clock in file.clocks.items()
            if (row := file.definitions.timescales.get(clock.timescale)) is not None
        },
    )


def compare(file: CaseFile, before: Standing) -> Consequences:
    """Return what became of a case since it stood like this, in the same transaction."""
    after = standing(file)
    gone = [step for key, step in before.done.items() if key not in after.done]
    if file.case.state == "closed":
        # Whatever was done on a case that ends stays done; only what was open is withdrawn.
        gone = []
    return Consequences(
        steps=tuple(step for step, _ in gone),
        withdrawn=tuple(task for key, task in before.tasks.items() if key not in after.tasks),
        opened=tuple(task for key, task in after.tasks.items() if key not in before.tasks),
        clocks=tuple(_moved(before, after)),
        state=file.case.state,
        undone=tuple(element for _, element in gone),
    )


def step_of(
    file: CaseFile, instance: ProcessInstance, entry: LogEntry
) -> tuple[Touched, Element] | None:
    """Return the step that somebody completed or passed over with an input; else nothing."""
    if entry.kind not in ("complete", "skip") or entry.key is None:
        return None
    element = file.definitions.processes[instance.process].elements[entry.key.bpmn_id]
    return touched(file, element, entry.key.item), element


def touched(file: CaseFile, element: Element, item: str) -> Touched:
    """Return what people call a step, and the item that it is for."""
    name = Text(element.name("en"), element.name("cy"))
    return Touched(name, task_pages.item_label(file, item), element.id, item)


def bears_on_statute(file: CaseFile, elements: Iterable[Element]) -> bool:
    """Say whether one of some steps is named by a statutory rule or keeps a fixed time limit.

    Source:  what is fixed is marked G in the catalogue; `statutory.toml`, `timescales.toml`.
    """
    known = _fixed(file.definitions, file.case.process)
    return any(
        bool(known.steps & set(element.requirement))
        or element.timescale in known.timescales
        or any(pair in known.fields for pair in _fields(file.definitions, element))
        for element in elements
    )


def answers_bear_on_statute(
    file: CaseFile,
    form_id: str,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> bool:
    """Say whether answers that differ are such that a fixed time limit runs from or ends with."""
    known = _fixed(file.definitions, file.case.process)
    return any(
        (form_id, key) in known.fields and before.get(name, {}).get(key) != values.get(key)
        for name, values in after.items()
        for key in {**before.get(name, {}), **values}
    )


def may_bear_on_statute(file: CaseFile, form_id: str, sections: Iterable[str]) -> bool:
    """Say whether a fixed time limit runs from or ends with an answer of one of some sections."""
    known = _fixed(file.definitions, file.case.process)
    form, wanted = file.definitions.forms[form_id], set(sections)
    return any(
        (form_id, entry.key) in known.fields
        for section in form.sections
        if section.id in wanted
        for entry in section.fields
    )


def has_only_been_opened(file: CaseFile) -> bool:
    """Say whether nobody but its opener has had to do with a case, and nothing was recorded on it.

    No time limit runs on it and no other case is tied to it, so that nothing of the guidance is
    undone when it goes (D52).
    """
    session, case = file.session, file.case
    if case.opened_by is None or case.adopted_at is not None:
        return False
    theirs = {str(case.opened_by), audit.SYSTEM}
    events = session.execute(
        select(AuditEvent.kind, AuditEvent.actor).where(AuditEvent.case_id == case.id).distinct()
    )
    if any(kind not in _OF_OPENING or actor not in theirs for kind, actor in events):
        return False
    if any(row.from_on is not None for row in file.clocks.values()):
        return False
    tied = select(CaseLink.id).where(CaseLink.case_id == case.id)
    drafts = (
        select(Draft.id)
        .join(UserTask, UserTask.id == Draft.task_id)
        .where(UserTask.case_id == case.id, Draft.account_id != case.opened_by)
    )
    documents = select(Document.id).where(Document.case_id == case.id)
    return all(session.scalar(query.limit(1)) is None for query in (tied, drafts, documents))


def _done(file: CaseFile) -> Iterable[tuple[tuple[Any, int], tuple[Touched, Element]]]:
    """Yield the steps that count as done: not those of a part that was stopped or runs again."""
    rows = file.session.execute(
        select(ProcessInstance, StepLogEntry.seq, StepLogEntry.entry)
        .join(StepLogEntry, ProcessInstance.id == StepLogEntry.instance_id)
        .where(ProcessInstance.case_id == file.case.id, ProcessInstance.state != "cancelled")
        .where(StepLogEntry.withdrawn_at.is_(None))
        .order_by(ProcessInstance.number, StepLogEntry.seq)
    )
    log = [(row, LogEntry.from_json({**entry, "seq": seq})) for row, seq, entry in rows]
    finished = {(row.id, entry.key) for row, entry in log if entry.kind == "finish_part"}
    for instance, entry in log:
        key = TaskKey(instance.parent_bpmn_id, instance.item_key or "", instance.parent_round)
        counts = instance.kind != "child" or instance.state == "open"
        if counts or (instance.parent_id, key) in finished:
            step = step_of(file, instance, entry)
            if step is not None:
                yield (instance.id, entry.seq), step


@dataclass(frozen=True)
class _Fixed:
    """What the guidance fixes: steps of the catalogue, timescales, and fields as (form, key)."""

    steps: frozenset[str]
    timescales: frozenset[str]
    fields: frozenset[tuple[str, str]]


@lru_cache(maxsize=32)
def _fixed(definitions: Definitions, process: str) -> _Fixed:
    rows = [
        row
        for row in definitions.timescales.values()
        if row.source.startswith("G") and process in row.process
    ]
    named = {name for row in rows for name in row.facts}
    declared = [definitions.facts[name] for name in facts.behind(definitions.facts, named)]
    source = definitions.sources.get(_RULES)
    rules = statutory.parse_statutory(source, _RULES).values() if source else ()
    of_rules = {name for rule in rules for name in (rule.first, rule.then, *rule.steps)}
    return _Fixed(
        steps=frozenset(
            {name for row in rows for name in row.steps}
            | {name for fact in declared for name in fact.source.split() if is_step(name)}
            | (of_rules - {""})
        ),
        timescales=frozenset(row.key for row in rows),
        # A fact may be lifted out of a column; what is put right then is the list of rows.
        fields=frozenset(
            (form_id, key.partition(".")[0])
            for fact in declared
            for form_id, key in facts.fields_of(fact)
        ),
    )


def _fields(definitions: Definitions, element: Element) -> Iterable[tuple[str, str]]:
    for use in element.forms:
        form = definitions.forms[use.form]
        for section in form.sections:
            if use.sections is None or section.id in use.sections:
                yield from ((form.id, entry.key) for entry in section.fields if entry.key)


def _moved(before: Standing, after: Standing) -> Iterable[ClockChange]:
    nothing = (None, "", None)
    for key in {**before.clocks, **after.clocks}:
        was, now = before.clocks.get(key, nothing), after.clocks.get(key, nothing)
        about = now[0] or was[0]
        if was[1:] != now[1:] and about is not None and not _never_ran(was, now):
            yield ClockChange(
                about.name,
                about.item_label,
                was[1],
                now[1],
                was[2],
                now[2],
                about.element,
                about.item_key,
            )


def _never_ran(was: tuple[Any, str, Any], now: tuple[Any, str, Any]) -> bool:
    """Say whether a clock had no date before nor after: whether it rests then says nothing."""
    return was[2] is None and now[2] is None


def from_record(file: CaseFile, told: Mapping[str, Any], state: str) -> Consequences:
    """Return what came of a change, as the record of the case has it, with the names of today."""
    steps, withdrawn, opened = (
        tuple(_named(file, element, item) for element, item in told[key])
        for key in ("undone", "withdrawn", "opened")
    )
    clocks = []
    for timescale, item, was, now, due_before, due_after in told["clocks"]:
        row = file.definitions.timescales.get(timescale)
        clocks.append(
            ClockChange(
                row.name if row else Text(timescale, timescale),
                task_pages.item_label(file, item),
                was,
                now,
                date.fromisoformat(due_before) if due_before else None,
                date.fromisoformat(due_after) if due_after else None,
            )
        )
    return Consequences(steps, withdrawn, opened, tuple(clocks), state)


def _named(file: CaseFile, element_id: str, item: str) -> Touched:
    """Return a step as it is called in whichever diagram has it."""
    for definition in file.definitions.processes.values():
        if element_id in definition.elements:
            return touched(file, definition.elements[element_id], item)
    return Touched(Text(element_id, element_id), task_pages.item_label(file, item))
