"""Make up the agenda of a meeting from what is due to the body that meets, as things stand now."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clocks, items, meeting_days, people, store, task_pages, time_source
from engine.forms import Field
from engine.models import Case, Clock, Meeting, UserTask
from engine.people import Actor
from engine.sections import SectionKey
from engine.store import CaseFile
from engine.texts import Text

#: The rung of the ladder that is told to the Chair alone, though the Chair sits in the Board.
_OF_THE_CHAIR = "E4"

_ORDER = ("decision", "escalated", "overdue", "task")

#: What a meeting gives to a form, by the number of the field in the catalogue and its type.
_FROM_MEETING = {
    ("F02.14", "radio"): "how",
    ("F02.19", "textarea"): "majority",
    ("F12.01", "datetime"): "day",
    ("F12.01", "textfield"): "place",
    ("F23.01", "datetime"): "day",
    ("F29.01", "datetime"): "day",
    ("F47.01", "datetime"): "day",
    ("F28.07", "datetime"): "day",
    ("F32.03", "datetime"): "day",
    ("F33.06", "datetime"): "day",
    ("F34.02", "datetime"): "day",
    ("F39.06", "datetime"): "day",
    ("F54.01", "datetime"): "day",
    ("F55.05", "datetime"): "day",
    ("F57.02", "datetime"): "day",
}

#: Days of decisions that share a number with another day, or have none, by their keys.
_DAYS = frozenset(
    {
        "absence_decided_on",
        "judged_on",
        "outcome_decided_on",
        "panel_considered_on",
        "period_changed_on",
        "plan_approved_on",
        "reflected_on",
    }
)


@dataclass(frozen=True)
class AgendaItem:
    """Something that is due to the body that meets.

    `kind` is decision, task, overdue or escalated; `key` is the id of the task or of the clock.
    `before_meeting` says that its last day in time is before the day of the meeting. An item that
    somebody put on the agenda is of kind own; it has a number, may have a note and papers (ids of
    documents), and need not be about a case.
    """

    key: str
    kind: str
    case_id: uuid.UUID | None
    case_identifier: str
    process: Text
    name: Text
    requirement: str
    due_on: date | None
    before_meeting: bool
    senders: tuple[tuple[str, str], ...] = ()
    note: str = ""
    papers: tuple[str, ...] = ()
    number: int = 0


def to_keep(agenda: Sequence[AgendaItem]) -> list[dict[str, Any]]:
    """Return an agenda as JSON, so that it stays with the record of the meeting that had it."""
    return [
        {
            "key": item.key,
            "kind": item.kind,
            "case": str(item.case_id) if item.case_id else "",
            "identifier": item.case_identifier,
            "process": [item.process.en, item.process.cy],
            "name": [item.name.en, item.name.cy],
            "requirement": item.requirement,
            "due_on": item.due_on and item.due_on.isoformat(),
            "before": item.before_meeting,
            "note": item.note,
            "papers": list(item.papers),
            "number": item.number,
        }
        for item in agenda
    ]


def from_kept(kept: Sequence[Mapping[str, Any]]) -> list[AgendaItem]:
    """Return an agenda that was kept as JSON; nobody is to send anything of it any more."""
    return [
        AgendaItem(
            key=one["key"],
            kind=one["kind"],
            case_id=uuid.UUID(one["case"]) if one["case"] else None,
            case_identifier=one["identifier"],
            process=Text(*one["process"]),
            name=Text(*one["name"]),
            requirement=one["requirement"],
            due_on=date.fromisoformat(one["due_on"]) if one["due_on"] else None,
            before_meeting=one["before"],
            note=one.get("note", ""),
            papers=tuple(one.get("papers", ())),
            number=one.get("number", 0),
        )
        for one in kept
    ]


def is_next(session: Session, meeting: Meeting) -> bool:
    """Say whether no other meeting of the body comes before this one."""
    following = meeting_days.next_planned(session, meeting.board_id, meeting.body, meeting.case_id)
    passed = following is None or meeting.day <= following.day
    return meeting.state == "planned" and passed


def agenda_of(session: Session, meeting: Meeting, actor: Actor) -> list[AgendaItem]:
    """Return what is due to the body: decisions first, then what the ladder brought to it."""
    here = Case.id == meeting.case_id if meeting.case_id else Case.board_id == meeting.board_id
    ids = select(Case.id).where(here)
    today = time_source.today(session)
    of_body = [
        task
        for task in session.scalars(
            select(UserTask)
            .where(UserTask.case_id.in_(ids), UserTask.state == "open")
            .order_by(UserTask.opened_at, UserTask.id)
        )
        if meeting.body in task.role.split()
    ]
    pressing = select(Clock.case_id).where(
        Clock.case_id.in_(ids),
        Clock.state.in_(clocks.RUNS),
        or_(Clock.state != "running", Clock.due_on < today),
    )
    wanted = {*(task.case_id for task in of_body), *session.scalars(pressing)}
    files = store.read_cases(session, sorted(wanted, key=str), str(actor.account_id))
    counting = {
        case_id: file
        for case_id, file in files.items()
        if file.definitions.roles.get(meeting.body).counts_on(file.case.process)
    }
    tasks = [task for task in of_body if task.case_id in counting]
    found = [*_work(counting, meeting, tasks, actor), *_told(counting, meeting, tasks)]
    return sorted(
        found,
        key=lambda one: (
            _ORDER.index(one.kind),
            one.due_on or date.max,
            one.case_identifier,
            one.key,
        ),
    )


def _work(
    files: Mapping[uuid.UUID, CaseFile],
    meeting: Meeting,
    tasks: Sequence[UserTask],
    actor: Actor,
) -> Iterator[AgendaItem]:
    """Yield the open tasks of the body, by agency or number and not by whom they are about.

    Labels of other items may be names, and an agenda goes to everybody who sits in the body. A
    task is sent by whoever took it and may do it still, else by anybody who may do it.
    """
    if not tasks:
        return
    first = files[tasks[0].case_id]
    summaries = task_pages.summarise(first.session, tasks, actor)
    cases = {files[task.case_id].case for task in tasks}
    today = time_source.local_day(first.now)
    holders = people.holders_of_tasks(first.session, cases, tasks, today)
    for task, summary in zip(tasks, summaries, strict=True):
        file = files[task.case_id]
        holding = holders[task.id]
        sending = {task.claimed_by} & holding.keys() or holding.keys()
        yield AgendaItem(
            key=str(task.id),
            kind="decision" if asked_of(file, task) else "task",
            case_id=task.case_id,
            case_identifier=summary.case_identifier,
            process=summary.process,
            name=summary.title,
            requirement=task.requirement,
            due_on=summary.due_on,
            before_meeting=_is_before(meeting, summary.due_on),
            senders=tuple(
                (str(account_id), person)
                for account_id, person in holding.items()
                if account_id in sending
            ),
        )


def _is_before(meeting: Meeting, due_on: date | None) -> bool:
    """Say whether a last day in time is over when the meeting meets; on its own day, it is not."""
    return due_on is not None and due_on < meeting.day


def _told(
    files: Mapping[uuid.UUID, CaseFile], meeting: Meeting, tasks: Sequence[UserTask]
) -> Iterator[AgendaItem]:
    """Yield the clocks that a rung of the ladder brought to the body, or that it missed itself.

    Source:  requirements, section 3 (the standard escalation ladder).
    """
    shown = {
        (task.case_id, task.item_key, timescale)
        for task in tasks
        for file in [files[task.case_id]]
        for timescale in task_pages.timescales_of(
            file.definitions, file.instance(task.instance_id).process, task.bpmn_id
        )
    }
    for file in files.values():
        for row in file.clocks.values():
            is_shown = (file.case.id, row.item_key, row.timescale) in shown
            kind = _why_told(file, row, meeting.body)
            if not kind or (is_shown and kind == "overdue"):
                continue
            timescale = file.definitions.timescales[row.timescale]
            item = items.item_of(file, row.item_key)
            process = task_pages.process_name(file.definitions, file.case.process)
            yield AgendaItem(
                key=str(row.id),
                kind=kind,
                case_id=file.case.id,
                case_identifier=file.case.identifier,
                process=process,
                name=items.with_agency(file.definitions, timescale.name, item),
                requirement=timescale.key,
                due_on=row.due_on,
                before_meeting=_is_before(meeting, row.due_on),
            )


def _why_told(file: CaseFile, row: Clock, body: str) -> str:
    """Return why a clock stands on the agenda of a body: escalated, overdue, or (empty) not at all.

    A rung tells a body that it names, or somebody who sits in it; but what it brings to the Chair
    is the Chair's own, and comes to the Board with the next rung.
    """
    if row.state not in clocks.RUNS or row.due_on is None:
        return ""
    timescale = file.definitions.timescales[row.timescale]
    known = store.known_for_clocks(file, row.item_key)
    view = clocks.compute(timescale, known, file.now, set(row.stages_passed))
    sitting = file.definitions.roles.get(body).sitting
    for stage in view.stages:
        told = frozenset(timescale.recipients(stage.level))
        if stage.passed and (body in told or (stage.level != _OF_THE_CHAIR and told & sitting)):
            return "escalated"
    is_late = row.due_on < time_source.local_day(file.now)
    return "overdue" if is_late and body in timescale.owner else ""


def wanted_of(field: Field) -> str:
    """Return what a field asks of a meeting: its day, its place, how it decided; or nothing."""
    if field.type == "datetime" and field.key in _DAYS:
        return "day"
    return _FROM_MEETING.get((field.catalogue, field.type), "")


def asked_of(file: CaseFile, task: UserTask) -> list[tuple[SectionKey, Field, str]]:
    """Return what the forms of a task ask of a meeting, section by section."""
    found = []
    for use in task_pages.element_of(file, task).forms:
        form = file.definitions.forms[use.form]
        for section in form.sections:
            if use.sections and section.id not in use.sections:
                continue
            for field in section.fields:
                wanted = wanted_of(field)
                if wanted:
                    found.append((SectionKey(form.id, section.id), field, wanted))
    return found
