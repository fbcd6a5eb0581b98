"""Say how a sandbox stands: its cases with their tasks, clocks and messages, and its diagrams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    case_pages,
    cases,
    db,
    notices,
    steps,
    store,
    task_pages,
    time_source,
    timers,
)
from engine.case_pages import DiagramView
from engine.deployments import Definitions
from engine.models import Board, Case, Notice, ProcessInstance, Timer, UserTask
from engine.people import Actor
from engine.sandboxes import worlds
from engine.sandboxes.worlds import SANDBOX, Came, Played, World
from engine.store import CaseFile
from engine.task_pages import ClockSummary
from engine.texts import Text

#: So many messages of a case are shown, the newest first.
MOST_NOTICES = 50


@dataclass(frozen=True)
class TrialTask:
    """An open task of a sandbox; `key` names it, also once the sandbox was made anew."""

    key: str
    name: Text
    item_key: str
    item_label: Text | None
    #: who may do it, the key of each role first
    roles: tuple[tuple[str, Text], ...]
    due_on: date | None
    clock_state: str
    rests: Text | None


@dataclass(frozen=True)
class TrialNotice:
    """A message that would have been sent."""

    at: datetime
    to: Text
    item_label: Text | None
    about: str
    subject: Text
    body: Text


@dataclass(frozen=True)
class TrialSide:
    """What may be started beside a case, for which items, and by whom."""

    process: str
    name: Text
    #: key and name of each; empty where it is for the whole case
    items: tuple[tuple[str, Text], ...]
    role: str


@dataclass(frozen=True)
class TrialInstance:
    """A running process of a case of the sandbox; `key` names it."""

    key: str
    name: Text
    item_label: Text | None
    state: str


@dataclass(frozen=True)
class TrialCase:
    """A case of the sandbox: the one that was begun, or one that it opened."""

    number: int
    identifier: str
    process: Text
    board: Text
    state: str
    outcome: Text
    tasks: tuple[TrialTask, ...]
    clocks: tuple[ClockSummary, ...]
    notices: tuple[TrialNotice, ...]
    sides: tuple[TrialSide, ...]
    instances: tuple[TrialInstance, ...]


@dataclass(frozen=True)
class Coming:
    """What falls due next, and when."""

    at: datetime
    what: Text


@dataclass(frozen=True)
class Stop:
    """A place that a token came to, in words; `way` is the name of the flow it took, if it has one.

    `bpmn_id` and `flow` are theirs on the diagram of the process.
    """

    process: str
    bpmn_id: str
    flow: str
    kind: str
    name: Text
    way: Text | None


@dataclass(frozen=True)
class Standing:
    """How a sandbox stands."""

    now: datetime
    cases: tuple[TrialCase, ...]
    next_due: Coming | None
    #: where the newest step led, from place to place
    stops: tuple[Stop, ...]
    #: of the instance that is looked at
    diagram: DiagramView
    instance: str
    process: str


def standing(played: Played, instance: str = "") -> Standing:
    """Return how a sandbox stands.

    Takes:   instance, the key of the process whose diagram is wanted; left out, or of one that is
             not there, the one in which the newest step moved on.
    """
    with worlds.looking(played) as world:
        due = timers.next_due_at()
        with db.reading() as session:
            files = [store.read_case(session, case.id, SANDBOX) for case in worlds.cases(session)]
            shown = _shown(files, world, instance)
            return Standing(
                now=time_source.now(session),
                cases=tuple(_case(number, file) for number, file in enumerate(files)),
                next_due=_coming(session, due) if due else None,
                stops=tuple(_stops(files[0].definitions, world.came)),
                diagram=_diagram(*shown[1:]),
                instance=shown[0],
                process=shown[2].process,
            )


def find_task(session: Session, key: str) -> UserTask | None:
    """Return the open task of a sandbox with a key; None where none has it."""
    place, _, number = key.partition(".")
    found = worlds.cases(session)
    if not (place.isdecimal() and number.isdecimal() and int(place) < len(found)):
        return None
    query = select(UserTask).where(
        UserTask.case_id == found[int(place)].id,
        UserTask.number == int(number[:9]),
        UserTask.state == "open",
    )
    return session.scalar(query)


def roles_of(file: CaseFile, task: UserTask) -> tuple[tuple[str, Text], ...]:
    """Return who may do a task, the key of each role and what it is called."""
    known = file.definitions.roles
    return tuple(
        (role, known.get(role).text)
        for role in known.counting_on(file.case.process, task.role.split())
    )


def _case(number: int, file: CaseFile) -> TrialCase:
    session, case = file.session, file.case
    board = session.get_one(Board, case.board_id)
    ended = file.definitions.processes[case.process].elements.get(case.outcome)
    return TrialCase(
        number=number,
        identifier=case.identifier,
        process=task_pages.process_name(file.definitions, case.process),
        board=Text(board.name_en, board.name_cy),
        state=case.state,
        outcome=Text(ended.name("en"), ended.name("cy")) if ended else Text("", ""),
        tasks=tuple(_tasks(file, number)),
        clocks=tuple(task_pages.clock_summaries(file)),
        notices=tuple(_notices(file)),
        sides=tuple(_sides(file)),
        instances=tuple(_instance(file, number, row) for row in _rows(file)),
    )


def _tasks(file: CaseFile, number: int) -> Iterator[TrialTask]:
    query = select(UserTask).where(UserTask.case_id == file.case.id, UserTask.state == "open")
    rows = file.session.scalars(query.order_by(UserTask.number)).all()
    nobody = Actor(file.case.id, SANDBOX)
    told = task_pages.summarise(file.session, rows, nobody)
    for row, summary in zip(rows, told, strict=True):
        yield TrialTask(
            key=f"{number}.{row.number}",
            name=summary.name,
            item_key=row.item_key,
            item_label=summary.item_label,
            roles=roles_of(file, row),
            due_on=summary.due_on,
            clock_state=summary.clock_state,
            rests=summary.rests,
        )


def _notices(file: CaseFile) -> Iterator[TrialNotice]:
    query = select(Notice).where(Notice.case_id == file.case.id)
    for row in file.session.scalars(query.order_by(Notice.number.desc()).limit(MOST_NOTICES)):
        subject, body = notices.said(file.session, row)
        yield TrialNotice(
            at=row.at,
            to=file.definitions.roles.get(row.to_role).text,
            item_label=task_pages.item_label(file, row.item_key),
            about=row.about,
            subject=subject,
            body=body,
        )


def _sides(file: CaseFile) -> Iterator[TrialSide]:
    for definition in file.definitions.processes.values():
        if "side" not in definition.kind.split() or not definition.goes_with(file.case.process):
            continue
        fitting = [item for item in file.items if definition.item == item.kind]
        roles = steps.counting(file, definition, definition.start_roles)
        if roles and (fitting or not definition.item) and cases.outlives_close(file, definition):
            yield TrialSide(
                process=definition.id,
                name=task_pages.process_name(file.definitions, definition.id),
                items=tuple((item.key, task_pages.label_of(file, item)) for item in fitting),
                role=next(iter(roles)),
            )


def _rows(file: CaseFile) -> list[ProcessInstance]:
    return worlds.instances(file.session, file.case.id)


def _instance(file: CaseFile, number: int, row: ProcessInstance) -> TrialInstance:
    return TrialInstance(
        key=f"{number}.{row.number}",
        name=task_pages.process_name(file.definitions, row.process),
        item_label=task_pages.item_label(file, row.item_key or ""),
        state=row.state,
    )


def _shown(
    files: Sequence[CaseFile], world: World, wanted: str
) -> tuple[str, CaseFile, ProcessInstance]:
    """Return the instance that is asked for, else where the newest step went, else the root."""
    known = {
        f"{number}.{row.number}": (file, row)
        for number, file in enumerate(files)
        for row in _rows(file)
    }
    moved = [f"{one.case}.{one.instance}" for one in world.came[-1:]]
    key = next(one for one in (wanted, *moved, *known) if one in known)
    return (key, *known[key])


def _diagram(file: CaseFile, row: ProcessInstance) -> DiagramView:
    definition = file.definitions.processes[row.process]
    states = dict(worlds.flow_of(file, row).token_states())
    return DiagramView(
        name=task_pages.process_name(file.definitions, row.process),
        xml=file.definitions.sources[definition.path].decode(),
        states=states,
        outline=tuple(case_pages.outline(file, definition, states)),
    )


def _stops(definitions: Definitions, came: Sequence[Came]) -> Iterator[Stop]:
    for one in came:
        process = definitions.processes[one.process]
        element, flow = process.elements[one.element], process.flows.get(one.flow)
        way = Text(flow.name("en"), flow.name("cy")) if flow and flow.name("en") else None
        yield Stop(
            process=one.process,
            bpmn_id=one.element,
            flow=one.flow,
            kind=element.kind,
            name=Text(element.name("en"), element.name("cy")),
            way=way,
        )


def _coming(session: Session, due: datetime) -> Coming:
    """Return what falls due at a moment: the timer, in the words of its timescale or its event."""
    found = session.execute(
        select(Timer, Case).join(Case, Case.id == Timer.case_id).where(Timer.due_at == due)
    ).first()
    if found is None:
        return Coming(due, Text("", ""))
    timer, case = found
    definitions = store.read_case(session, case.id, SANDBOX).definitions
    return Coming(due, _called(definitions, timer, session))


def _called(definitions: Definitions, timer: Timer, session: Session) -> Text:
    timescale = definitions.timescales.get(timer.timescale)
    if timescale is not None:
        return timescale.name
    row = session.get(ProcessInstance, timer.instance_id) if timer.instance_id else None
    elements: Mapping[str, Any] = definitions.processes[row.process].elements if row else {}
    element = elements.get(timer.bpmn_id)
    return Text(element.name("en"), element.name("cy")) if element else Text("", "")
