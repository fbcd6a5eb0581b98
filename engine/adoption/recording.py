"""Put on record what was done before: play it through the process, each step on its own day.

The process itself decides where that leads, from recorded facts alone, so that a case can only
stand where it can come to. Nobody is written to about what lies in the past. See D42.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import forms, steps, store, task_pages, tasks, time_source
from engine.adoption.steering import steering_fields
from engine.adoption.ways import can_come_to, comes_by_time_alone
from engine.deployments import Definitions
from engine.errors import EngineError, InvalidForm
from engine.models import Board, Timer, UserTask
from engine.store import CaseFile
from engine.task_pages import FormPart, Posted
from engine.texts import Text
from engine.workflow import ProcessDefinition

#: More steps than this mean that the process does not come to where it is to stand.
MOST_STEPS = 500

_NOON = time(12)


class CannotHaveBeenDone(EngineError):
    """“{step}” cannot have been done by then: with what is recorded before it, the process does not come to it. Record what led to it first, or put right what was recorded."""  # noqa: E501

    status = 409


class CannotStandThere(EngineError):
    """The process cannot stand at “{step}” with what is recorded. Without more it comes to: {open}. Put right what was recorded, or choose another step."""  # noqa: E501

    status = 409


class IsOverBefore(EngineError):
    """The matter would be over before it comes to “{step}”. Put right what was recorded, or choose another step."""  # noqa: E501

    status = 409


class DayNeeded(EngineError):
    """The day on which “{step}” was done has to be known, because a time limit goes by it: {clock}. Enter the day."""  # noqa: E501

    status = 422


class DayAhead(EngineError):
    """“{step}” cannot have been done on a day that has yet to come. Enter a day that has been."""

    status = 422


@dataclass(frozen=True)
class PastStep:
    """A step that was done before: which, for which item, on what day if anybody knows.

    `posted` is what was typed into its forms, `values` the same by form id (scenarios); neither,
    where nothing is known of what was answered.
    """

    process: str
    step: str
    item: str = ""
    day: date | None = None
    posted: Posted | None = None
    values: Mapping[str, Mapping[str, Any]] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what it is called, whichever time it was done."""
        return self.process, self.step, self.item


@dataclass
class Recorded:
    """What has been put on record so far; `oddities` are steps done before they could be."""

    steps: list[PastStep] = field(default_factory=list)
    names: list[Text] = field(default_factory=list)
    oddities: list[Text] = field(default_factory=list)


#: What is known of a task that was done: its step with a day and answers.
Known = Callable[[CaseFile, UserTask], PastStep]


def open_past(
    session: Session,
    board: Board,
    definition: ProcessDefinition,
    actor: str,
    account_id: uuid.UUID,
    began_on: date | None,
    submit_key: str | None = None,
) -> CaseFile:
    """Return the file of a case that began before, run to its first wait on the day it began.

    Its identifier is of the year in which it is put on record, by the usual rule; where nobody
    knows when it began, it counts from now. The caller holds the lock of the Board.
    """
    file = steps.new_case(
        session, board, definition, actor, opened_by=account_id, submit_key=submit_key
    )
    file.case.adopted_at = time_source.now(session)
    if began_on is not None:
        file.case.opened_at = min(_moment_on(began_on), file.now)
    with time_source.recorded(session, file.case.opened_at):
        running = steps.Running(file)
        steps.open_root(running)
        clocks = steps.settle(running)
        data = {"began_on": _iso(began_on), "clocks": clocks}
        store.save_case(file, "past_case_opened", subject=definition.id, data=data)
    return file


def record(file: CaseFile, wanted: PastStep, so_far: Recorded) -> None:
    """Put a step on record as done before, on its day.

    Raises:  CannotHaveBeenDone; DayNeeded; DayAhead; InvalidForm; FactNotKnown; what else stands
             in the way of the step itself. The transaction must not go on then.
    """
    task = open_task(file, wanted)
    moment = _moment_on(wanted.day) if wanted.day else task.opened_at
    name = _name_of(file, task)
    if wanted.day is not None and wanted.day > time_source.local_day(time_source.now(file.session)):
        raise DayAhead(step=name)
    if wanted.day is not None and wanted.day < time_source.local_day(task.opened_at):
        so_far.oddities.append(name)
    parts, cleaned = clean(file, task, wanted)
    errors = [error for found in cleaned for error in found.errors]
    if errors:
        raise InvalidForm(errors)
    with time_source.recorded(file.session, moment):
        tasks.write_parts(
            file,
            [(part, found.values) for part, found in zip(parts, cleaned, strict=True)],
            task_id=task.id,
        )
        running = steps.Running(file)
        steps.complete_task(running, task)
        changed = steps.settle(running)
        if wanted.day is None:
            _require_no_clock_by(file, changed, name)
        task.recorded_at, task.happened_on = time_source.written(file.session), wanted.day
        data = {
            "task": str(task.id),
            "step": task.bpmn_id,
            "item": task.item_key,
            "round": task.round,
            "happened_on": _iso(wanted.day),
            "clocks": changed,
        }
        store.save_case(file, "step_recorded", subject=task.requirement, data=data)
    so_far.steps.append(wanted)
    so_far.names.append(name)


def walk(file: CaseFile, targets: Collection[str], known: Known, so_far: Recorded) -> None:
    """Put on record all that must have been done for the case to stand at some steps.

    The steps that have been open for longest come first, and time passes where none is left.
    Takes:   targets, by BPMN id or requirement, `/item` for one of several; known, what is known
             of each of the others.
    Raises:  CannotStandThere; IsOverBefore; what `record` raises: `so_far` tells up to where.
    """
    passed: set[tuple[str, str, str]] = set()
    for _ in range(MOST_STEPS):
        waiting = open_tasks(file)
        missing = [
            one
            for one in targets
            if not any(is_named(row, one) for row in waiting) and not _opens_by_itself(file, one)
        ]
        if not missing:
            return
        if file.case.state == "closed":
            raise IsOverBefore(step=_target_name(file, missing[0]))
        if gone := [
            one for one in missing if not can_come_to(file, one) or comes_by_time_alone(file, one)
        ]:
            raise CannotStandThere(step=_target_name(file, gone[0]), open=_names(file, waiting))
        going_on = [row for row in waiting if steps.why_rests(file, _instance(file, row)) is None]
        task = next((row for row in going_on if not any(is_named(row, t) for t in targets)), None)
        if task is not None and (wanted := known(file, task)).key not in passed:
            # What opens again, with nothing more known, would open for ever.
            passed.add(wanted.key)
            record(file, wanted, so_far)
        elif task is not None or not _fire_next(file, time_source.now(file.session)):
            raise CannotStandThere(step=_target_name(file, missing[0]), open=_names(file, waiting))
    raise CannotStandThere(step=_target_name(file, missing[0]), open=_names(file, waiting))


def _opens_by_itself(file: CaseFile, wanted: str) -> bool:
    """Say whether a step opens when the case is taken in, because its time has come already."""
    due = _first_due(file, time_source.now(file.session))
    return due is not None and comes_by_time_alone(file, wanted)


def come_to_now(file: CaseFile, data: Mapping[str, Any]) -> None:
    """Let the clocks of a case stand as they do today, and tell once who has to be told.

    Of several stages that lie behind, the latest is sent; what was told on paper is not known.
    """
    for clock in file.clocks.values():
        clock.stages_passed = []
    file.case.kept_until = None
    changed = steps.settle(steps.Running(file))
    store.save_case(
        file, "case_adopted", subject=file.case.process, data={**data, "clocks": changed}
    )


def fire_what_is_due(file: CaseFile) -> None:
    """Fire in this transaction what the worker would fire at once; for looking ahead only."""
    while (timer := _first_due(file, file.now)) is not None:
        steps.fire(file, timer)


def clean(
    file: CaseFile, task: UserTask, wanted: PastStep
) -> tuple[tuple[FormPart, ...], list[forms.Cleaned]]:
    """Return the forms of a step with what is known of its answers, checked as of its day."""
    past = past_of(file, task, wanted.day)
    parts = task_pages.form_parts(file, task, wanted.posted, current=True, past=past)
    if wanted.values is None:
        typed = task_pages.typed_in(parts)
        return parts, task_pages.clean_parts(file, task, parts, typed, past=past)
    return parts, [_clean_values(file, task, part, wanted, past) for part in parts]


def past_of(file: CaseFile, task: UserTask, day: date | None) -> forms.Past:
    """Return what may be left open of a task that was done on a day."""
    names = {use.form for use in task_pages.element_of(file, task).forms}
    steering = steering_fields(file.definitions)
    return forms.Past(day, frozenset(key for form, key in steering if form in names))


def root_of(definitions: Definitions, process: str) -> str:
    """Return the root process in which a process runs: itself, or the one that calls it.

    Source:  design, section 12: a Concise Review is adopted by its own name, within its referral.
    """
    definition = definitions.processes[process]
    if "root" in definition.kind.split():
        return process
    calling = (
        each
        for each in definitions.processes.values()
        if any(element.called == process for element in each.elements.values())
    )
    return root_of(definitions, next(calling).id)


def open_tasks(file: CaseFile) -> Sequence[UserTask]:
    """Return the open tasks of the case, oldest first."""
    file.session.flush()
    return file.session.scalars(
        select(UserTask)
        .where(UserTask.case_id == file.case.id, UserTask.state == "open")
        .order_by(UserTask.number)
    ).all()


def is_named(task: UserTask, wanted: str) -> bool:
    """Say whether a task is of a step, by BPMN id or requirement, `/item` for one of several."""
    step, _, item = wanted.partition("/")
    return step in (task.bpmn_id, *task.requirement.split()) and item in ("", task.item_key)


def _clean_values(
    file: CaseFile, task: UserTask, part: FormPart, wanted: PastStep, past: forms.Past
) -> forms.Cleaned:
    assert wanted.values is not None
    recorded = {
        key: value
        for section in part.sections
        for key, value in part.content.get(section, {}).items()
    }
    return forms.clean_values(
        part.form,
        part.sections,
        {**recorded, **wanted.values.get(part.form.id, {})},
        names=file.names(task.item_key),
        functions=file.functions(task.item_key),
        around=replace(task_pages.around(file, part.form, part.content, task.item_key), past=past),
    )


def open_task(file: CaseFile, wanted: PastStep) -> UserTask:
    """Return the task of a step that is open, or was by its day.

    Raises:  CannotHaveBeenDone.
    """
    moment = _moment_on(wanted.day) if wanted.day else file.case.opened_at
    return _open_task(file, wanted, moment)


def _open_task(file: CaseFile, wanted: PastStep, moment: datetime) -> UserTask:
    """Return the task of a step, once what fell due before has fired.

    A time limit that ends a step or opens the way ends it on its day. One that only opens further
    work beside it waits until that work is recorded: what nobody recorded is told when the case
    goes on here.
    Raises:  CannotHaveBeenDone.
    """
    while (timer := _first_due(file, moment, in_the_way=True)) is not None:
        _fire_then(file, timer)
    until = moment if wanted.day else time_source.now(file.session)
    while (task := _find(file, wanted)) is None:
        if not _fire_next(file, until):
            raise CannotHaveBeenDone(step=_step_name(file, wanted))
    return task


def _find(file: CaseFile, wanted: PastStep) -> UserTask | None:
    for task in open_tasks(file):
        process = _instance(file, task).process
        if (process, task.bpmn_id, task.item_key) == wanted.key:
            return task
    return None


def _fire_next(file: CaseFile, until: datetime) -> bool:
    timer = _first_due(file, until)
    if timer is not None:
        _fire_then(file, timer)
    return timer is not None


def _fire_then(file: CaseFile, timer: Timer) -> None:
    assert timer.due_at is not None
    with time_source.recorded(file.session, timer.due_at):
        steps.fire(file, timer)


def _first_due(file: CaseFile, until: datetime, *, in_the_way: bool = False) -> Timer | None:
    """Return the first timer event that is due; or the first that others cannot overtake."""
    due = [
        timer
        for timer in file.timers.values()
        if timer.kind == "event" and steps.is_ready(timer, until)
        if not in_the_way or _is_in_the_way(file, timer)
    ]
    return min(due, key=lambda timer: (timer.due_at, timer.token), default=None)


def _is_in_the_way(file: CaseFile, timer: Timer) -> bool:
    assert timer.instance_id is not None
    process = file.instance(timer.instance_id).process
    element = file.definitions.processes[process].elements[timer.bpmn_id]
    return element.interrupting or not element.attached_to


def _require_no_clock_by(file: CaseFile, changed: Mapping[str, str], name: Text) -> None:
    """Refuse a step without a day where a clock is met or ended by the day it was done.

    Source:  PR-01, deadlines come from recorded dates; what nobody knows is never made up.
    """
    for clock in file.clocks.values():
        label = f"{clock.timescale}/{clock.item_key}" if clock.item_key else clock.timescale
        if changed.get(label) not in ("met", "ended"):
            continue
        by = str((clock.reason or {}).get("ended_by", ""))
        known = file.names(clock.item_key or None)
        if by not in known or known[by] is True:
            raise DayNeeded(step=name, clock=file.definitions.timescales[clock.timescale].name)


def _instance(file: CaseFile, task: UserTask) -> Any:
    return file.instance(task.instance_id)


def _name_of(file: CaseFile, task: UserTask) -> Text:
    element = task_pages.element_of(file, task)
    item = task_pages.item_label(file, task.item_key)
    return Text(*(_with(element.name(one), item.say(one) if item else "") for one in ("en", "cy")))


def _with(name: str, item: str) -> str:
    return f"{name}: {item}" if item else name


def _names(file: CaseFile, rows: Sequence[UserTask]) -> Text:
    names = [_name_of(file, row) for row in rows]
    if not names:
        return Text("nothing that a person does", "dim byd a wneir gan berson")
    return Text("; ".join(one.en for one in names), "; ".join(one.cy for one in names))


def _step_name(file: CaseFile, wanted: PastStep) -> Text:
    definition = file.definitions.processes.get(wanted.process)
    element = definition.elements.get(wanted.step) if definition else None
    if element is None:
        return Text(wanted.step, wanted.step)
    return Text(element.name("en"), element.name("cy"))


def _target_name(file: CaseFile, wanted: str) -> Text:
    step, _, _item = wanted.partition("/")
    for definition in file.definitions.processes.values():
        for element in definition.elements.values():
            if step in (element.id, *element.requirement) and element.kind == "userTask":
                return Text(element.name("en"), element.name("cy"))
    return Text(step, step)


def _moment_on(day: date) -> datetime:
    """Return the moment at which something done on a day counts: noon, as clocks in Wales show."""
    return datetime.combine(day, _NOON, tzinfo=time_source.WALES)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
