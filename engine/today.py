"""Say what the cases that a person co-ordinates need today, Board by Board."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from engine import (
    access,
    clock_dates,
    clocks,
    db,
    deployments,
    incidents,
    items,
    people,
    remedies,
    steps,
    store,
    task_pages,
    time_source,
)
from engine.clock_dates import ClockDate
from engine.deployments import Definitions
from engine.errors import NotFound
from engine.incidents import IncidentView
from engine.models import Case, Clock, Item, ProcessInstance, Timer, UserTask
from engine.people import Actor
from engine.remedies import Remedy, WaitsFor
from engine.texts import Text

#: How many days ahead something is due soon, today among them.
AHEAD = timedelta(days=7)
#: How many lines of a section stand on the page before somebody asks for the others.
SHOWN = 20

SECTIONS = ("overdue", "due_soon", "own", "blocked", "unassigned", "waiting")


@dataclass(frozen=True)
class TodayLine:
    """One thing to look at: what, on which case, by which rule, until when, whose turn it is.

    `why` says of what is blocked what holds it up: paused, suspended, no_date, or the kind of an
    incident. `task_id` leads to the one task that would settle it, where there is one.
    """

    case_id: uuid.UUID
    identifier: str
    process: Text
    name: Text
    item_key: str = ""
    item_label: Text | None = None
    task_id: uuid.UUID | None = None
    timescale: str = ""
    rule: Text | None = None
    cite: str = ""
    #: G, the guidance gives the length; P, it is proposed
    source: str = ""
    #: the recorded date from which the time runs (PR-01)
    from_on: date | None = None
    #: what that day is, as people call it; none where nobody has a word for it
    from_name: Text | None = None
    #: whether that day is still awaited; the day due is then the last one that a person set
    awaited: bool = False
    #: whether a person set the day due, so that it does not follow from the day it runs from
    is_set: bool = False
    due_on: date | None = None
    days_left: int | None = None
    roles: tuple[Text, ...] = ()
    #: of a task: the keys of the roles that may do it
    role_keys: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    since: datetime | None = None
    why: str = ""
    incident: IncidentView | None = None
    of_clock: bool = False
    #: of a clock: where its dates are recorded, as far as the person may read it
    dates: tuple[ClockDate, ...] = ()
    #: of a clock that no task, or more than one, would meet: the open tasks, and what can be done
    tasks: tuple[WaitsFor, ...] = ()
    remedy: Remedy | None = None


@dataclass(frozen=True)
class TodaySection:
    """One kind of things to look at: how many there are, and the first of them or all."""

    key: str
    total: int = 0
    lines: tuple[TodayLine, ...] = ()


@dataclass(frozen=True)
class TodayBoard:
    """What one Board's cases need."""

    id: uuid.UUID
    name: Text
    open_cases: int
    sections: tuple[TodaySection, ...]


@dataclass(frozen=True)
class TodayPage:
    """What all the cases that a person co-ordinates need, and the days that were looked at."""

    today: date
    until: date
    boards: tuple[TodayBoard, ...]


class _Running(NamedTuple):
    """What is read of a clock that runs; its reason would cost more than all the rest."""

    id: uuid.UUID
    case_id: uuid.UUID
    timescale: str
    item_key: str
    from_on: date | None
    due_on: date | None


_RUNNING = tuple(getattr(Clock, name) for name in _Running._fields)


@dataclass(frozen=True)
class _Work:
    """An open task with what its line needs: the process it stands in, its holders and clocks."""

    task: UserTask
    process: str
    who: tuple[str, ...]
    clocks: tuple[_Running, ...]
    #: the clock that waits for this task though the last day set for it is known, and that day
    awaited: _Running | None = None


@dataclass(frozen=True)
class _Found:
    """Something for the page: when it is due, and how its line is made once it is to be shown."""

    section: str
    case_id: uuid.UUID
    due_on: date | None
    line: Callable[[], TodayLine]


def coordinates(actor: Actor) -> bool:
    """Say whether a person co-ordinates a Board, or a case of one."""
    with db.reading() as session:
        return bool(access.boards_coordinated(session, actor))


def today_page(actor: Actor, whole: str = "") -> TodayPage:
    """Return what the open cases of a co-ordinator need, the most pressing first.

    Takes:   whole, the section of which every line is wanted, not only the first ones.
    Raises:  NotFound, for whoever co-ordinates nothing.
    """
    with db.reading() as session:
        boards = access.boards_coordinated(session, actor)
        if not boards:
            raise NotFound
        look = _Look(session, actor)
        found = look.found(whole)
        labels = _labels(session, found)
        led = look.leading(found)
        return TodayPage(
            today=look.today,
            until=look.until,
            boards=tuple(
                TodayBoard(
                    id=board.id,
                    name=Text(board.name_en, board.name_cy),
                    open_cases=sum(case.board_id == board.id for case in look.cases.values()),
                    sections=tuple(
                        look.labelled(led.get((board.id, key), TodaySection(key)), labels)
                        for key in SECTIONS
                    ),
                )
                for board in boards
            ),
        )


class _Look:
    """One look at the open cases of a co-ordinator: as many queries, however many cases."""

    def __init__(self, session: Session, actor: Actor) -> None:
        """Read the cases, with their clocks that run and their open tasks."""
        self.session, self.actor = session, actor
        self._definitions: dict[uuid.UUID, Definitions] = {}
        self.today = time_source.today(session)
        self.until = self.today + AHEAD - timedelta(days=1)
        mine = access.coordinated_cases(session, actor).where(Case.state != "closed")
        self.ids: Select[uuid.UUID] = mine.with_only_columns(Case.id)
        rows = session.scalars(mine.options(defer(Case.facts)).order_by(Case.opened_at, Case.id))
        self.cases = {case.id: case for case in rows}
        live = select(*_RUNNING).where(Clock.case_id.in_(self.ids), Clock.state.in_(clocks.RUNS))
        rows_of_clocks = session.execute(live.order_by(Clock.due_on, Clock.timescale, Clock.id))
        running = [_Running(*row) for row in rows_of_clocks]
        self.clocks = {(row.case_id, row.timescale, row.item_key): row for row in running}
        self.work = self._work()
        self.bearing: dict[uuid.UUID, list[_Work]] = {}
        for work in self.work:
            for clock in work.clocks:
                self.bearing.setdefault(clock.id, []).append(work)

    def definitions(self, case_id: uuid.UUID) -> Definitions:
        """Return the definitions that a case pins."""
        deployment_id = self.cases[case_id].deployment_id
        if deployment_id not in self._definitions:
            self._definitions[deployment_id] = deployments.load(self.session, deployment_id)
        return self._definitions[deployment_id]

    def found(self, whole: str) -> dict[tuple[uuid.UUID, str], TodaySection]:
        """Return what there is by Board and section, the most pressing first.

        Only lines that are shown are made: the first of each section, all of the whole one.
        """
        several: dict[tuple[uuid.UUID, str], list[_Found]] = {}
        for one in self._all():
            several.setdefault((self.cases[one.case_id].board_id, one.section), []).append(one)
        sections = {}
        for (board_id, key), all_of_it in several.items():
            all_of_it.sort(
                key=lambda one: (one.due_on or date.max, self.cases[one.case_id].identifier)
            )
            shown = all_of_it if key == whole else all_of_it[:SHOWN]
            lines = tuple(one.line() for one in shown)
            sections[board_id, key] = TodaySection(key, len(all_of_it), lines)
        return sections

    def leading(
        self, sections: Mapping[tuple[uuid.UUID, str], TodaySection]
    ) -> dict[tuple[uuid.UUID, str], TodaySection]:
        """Return sections whose clocks lead to their dates, and to what can be done.

        Only lines that are shown are looked after.
        """
        shown = {
            (line.case_id, line.timescale, line.item_key): line
            for section in sections.values()
            for line in section.lines
            if line.of_clock
        }
        files = store.read_cases(
            self.session, {case_id for case_id, _, _ in shown}, str(self.actor.account_id)
        )
        held = access.roles_on_cases(self.session, self.actor, [one.case for one in files.values()])
        theirs = {case_id: (file, held[case_id]) for case_id, file in files.items()}
        dates = clock_dates.dates_of(self.session, self.actor, theirs, shown)
        helpless = {
            key: theirs[key[0]]
            for key, line in shown.items()
            if line.task_id is None and not line.tasks
        }
        open_tasks: dict[uuid.UUID, list[tuple[UserTask, str, tuple[str, ...]]]] = {}
        for work in self.work:
            open_tasks.setdefault(work.task.case_id, []).append((work.task, work.process, work.who))
        found = remedies.remedies_of(self.session, helpless, open_tasks)

        def led(line: TodayLine) -> TodayLine:
            key = (line.case_id, line.timescale, line.item_key)
            if not line.of_clock:
                return line
            return replace(line, dates=dates[key], remedy=found.get(key))

        return {
            key: replace(section, lines=tuple(map(led, section.lines)))
            for key, section in sections.items()
        }

    def labelled(
        self, section: TodaySection, labels: Mapping[tuple[uuid.UUID, str], Item]
    ) -> TodaySection:
        """Return a section with what people call the items that its lines are about."""
        lines = []
        for line in section.lines:
            item = labels.get((line.case_id, line.item_key))
            label = Text(line.item_key, line.item_key) if line.item_key else None
            if item is not None:
                label = items.label_in(self.definitions(line.case_id), item)
            lines.append(replace(line, item_label=label))
        return replace(section, lines=tuple(lines))

    def _all(self) -> Iterator[_Found]:
        for row in self.clocks.values():
            if row.due_on is not None and row.due_on <= self.until:
                section = "overdue" if row.due_on < self.today else "due_soon"
                yield _Found(section, row.case_id, row.due_on, partial(self._of_clock, row))
        for line in self._blocked():
            yield _Found("blocked", line.case_id, line.due_on, partial(replace, line))
        for work in self.work:
            due_on = min((row.due_on for row in work.clocks if row.due_on), default=None)
            line_of = partial(self._of_task, work)
            awaited_on = work.awaited.due_on if work.awaited and due_on is None else None
            if awaited_on and awaited_on <= self.until:
                section = "overdue" if awaited_on < self.today else "due_soon"
                yield _Found(section, work.task.case_id, awaited_on, line_of)
            elif self._is_own(work) and (due_on is None or due_on > self.until):
                yield _Found("own", work.task.case_id, due_on, line_of)
            if not work.who:
                yield _Found("unassigned", work.task.case_id, due_on, line_of)
            if self._is_elsewhere(work):
                yield _Found("waiting", work.task.case_id, due_on, line_of)

    def _work(self) -> list[_Work]:
        rows = self.session.execute(
            select(UserTask, ProcessInstance.process)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(UserTask.case_id.in_(self.ids), UserTask.state == "open")
            .order_by(UserTask.opened_at, UserTask.id)
        ).all()
        tasks = [row.UserTask for row in rows]
        names = people.holders_of_tasks(self.session, list(self.cases.values()), tasks, self.today)
        awaited = self._awaited([(row.UserTask, row.process) for row in rows])
        return [
            _Work(
                task,
                process,
                tuple(dict.fromkeys(names[task.id].values())),
                tuple(self._clocks_of(task, process)),
                awaited.get(task.id),
            )
            for task, process in rows
        ]

    def _awaited(self, tasks: list[tuple[UserTask, str]]) -> dict[uuid.UUID, _Running]:
        """Return, by task, the clock that begins with it, due on the last day that was set for it.

        Nobody is late before the clock runs; whoever has yet to let it run may be (TS-13, TIM-03).
        """
        starts = {}
        for task, process in tasks:
            keys = task_pages.started_by(self.definitions(task.case_id), process, task.bpmn_id)
            if keys:
                starts[task.id] = (task, keys)
        rows = self.session.scalars(
            select(Clock)
            .where(Clock.case_id.in_({task.case_id for task, _ in starts.values()}))
            .where(Clock.timescale.in_({key for _, keys in starts.values() for key in keys}))
            .where(Clock.state == "not_started")
            .order_by(Clock.id)
        )
        days = {
            (row.case_id, row.timescale, row.item_key): _Running(
                row.id, row.case_id, row.timescale, row.item_key, None, day
            )
            for row in rows
            if (day := task_pages.set_for(row.reason)) is not None
        }
        found = {}
        for task, keys in starts.values():
            waiting = [
                days[task.case_id, key, item]
                for key in keys
                for item in {task.item_key, store.NO_ITEM}
                if (task.case_id, key, item) in days
            ]
            if waiting:
                found[task.id] = min(waiting, key=lambda row: (row.due_on, row.timescale))
        return found

    def _clocks_of(self, task: UserTask, process: str) -> Iterator[_Running]:
        definitions = self.definitions(task.case_id)
        for key in task_pages.timescales_of(definitions, process, task.bpmn_id):
            row = self.clocks.get((task.case_id, key, task.item_key)) or self.clocks.get(
                (task.case_id, key, store.NO_ITEM)
            )
            if row is not None:
                yield row

    def _base(self, case_id: uuid.UUID, name: Text) -> TodayLine:
        case = self.cases[case_id]
        process = task_pages.process_name(self.definitions(case_id), case.process)
        return TodayLine(case_id, case.identifier, process, name)

    def _with_clock(self, line: TodayLine, row: _Running) -> TodayLine:
        definitions = self.definitions(row.case_id)
        timescale = definitions.timescales[row.timescale]
        runs_from = definitions.facts.get(timescale.runs_from)
        return replace(
            line,
            from_name=runs_from.text if runs_from else None,
            is_set=clocks.is_set_by_a_person(timescale, row.from_on, row.due_on),
            timescale=row.timescale,
            rule=timescale.name,
            cite=timescale.cite,
            source=timescale.source,
            from_on=row.from_on,
            due_on=row.due_on,
            days_left=(row.due_on - self.today).days if row.due_on else None,
        )

    def _of_clock(self, row: _Running) -> TodayLine:
        """Return the line of a clock, with the tasks that would meet it; else, who answers."""
        definitions = self.definitions(row.case_id)
        timescale = definitions.timescales[row.timescale]
        bearing = self.bearing.get(row.id, [])
        keys = [key for work in bearing for key in work.task.role.split()] or timescale.owner
        line = self._with_clock(self._base(row.case_id, timescale.name), row)
        return replace(
            line,
            item_key=row.item_key,
            of_clock=True,
            task_id=bearing[0].task.id if len(bearing) == 1 else None,
            tasks=tuple(map(self._waiting, bearing)) if len(bearing) > 1 else (),
            roles=self._roles(row.case_id, keys),
            who=tuple(sorted({name for work in bearing for name in work.who})),
        )

    def _waiting(self, work: _Work) -> WaitsFor:
        element = self.definitions(work.task.case_id).processes[work.process].elements
        step = element[work.task.bpmn_id]
        return WaitsFor(work.task.id, Text(step.name("en"), step.name("cy")), work.who)

    def _of_task(self, work: _Work) -> TodayLine:
        task = work.task
        element = self.definitions(task.case_id).processes[work.process].elements[task.bpmn_id]
        line = self._base(task.case_id, Text(element.name("en"), element.name("cy")))
        due = [row for row in work.clocks if row.due_on is not None]
        if not due and work.awaited:
            line = replace(self._with_clock(line, work.awaited), awaited=True)
        if due:
            line = self._with_clock(line, min(due, key=lambda row: (row.due_on, row.timescale)))
        return replace(
            line,
            item_key=task.item_key,
            task_id=task.id,
            roles=self._roles(task.case_id, task.role.split()),
            role_keys=self._counting(task.case_id, task.role.split()),
            who=work.who,
            since=task.opened_at,
        )

    def _roles(self, case_id: uuid.UUID, keys: Iterable[str]) -> tuple[Text, ...]:
        roles = self.definitions(case_id).roles
        return tuple(roles.get(key).text for key in self._counting(case_id, keys))

    def _counting(self, case_id: uuid.UUID, keys: Iterable[str]) -> tuple[str, ...]:
        roles = self.definitions(case_id).roles
        return tuple(roles.counting_on(self.cases[case_id].process, dict.fromkeys(keys)))

    def _is_own(self, work: _Work) -> bool:
        """Say whether a task is one for whoever co-ordinates."""
        roles = self.definitions(work.task.case_id).roles
        return bool(roles.coordinating & set(work.task.role.split()))

    def _is_elsewhere(self, work: _Work) -> bool:
        """Say whether a task is one for another agency or body alone."""
        roles = self.definitions(work.task.case_id).roles
        process = self.cases[work.task.case_id].process
        keys = roles.counting_on(process, work.task.role.split())
        return bool(keys) and all(roles.get(key).outside for key in keys)

    def _blocked(self) -> Iterator[TodayLine]:
        for incident in incidents.open_incidents(self.session, self.ids, self.actor):
            line = self._base(incident.case_id, incident.about)
            yield replace(
                line,
                timescale=incident.timescale,
                due_on=incident.due_on,
                since=incident.opened_at,
                why="incident",
                incident=incident,
            )
        for case in self.cases.values():
            if case.state == "suspended":
                yield replace(self._base(case.id, Text("", "")), why="suspended")
        yield from self._paused()
        yield from self._without_date()

    def _paused(self) -> Iterator[TodayLine]:
        """Yield the cases whose work rests; only those whose process knows a pause are read."""
        may_rest = [
            case.id
            for case in self.cases.values()
            if self.definitions(case.id).processes[case.process].paused_while
        ]
        files = store.read_cases(self.session, may_rest, str(self.actor.account_id))
        for case_id, file in files.items():
            why = steps.why_paused(file)
            if why is not None:
                yield replace(self._base(case_id, why), why="paused")

    def _without_date(self) -> Iterator[TodayLine]:
        """Yield where a case waits for a day that nobody has recorded yet."""
        rows = self.session.execute(
            select(Timer, ProcessInstance.process)
            .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
            .where(Timer.case_id.in_(self.ids), Timer.kind == "event", Timer.due_at.is_(None))
            .order_by(Timer.id)
        )
        for timer, process in rows:
            definitions = self.definitions(timer.case_id)
            element = definitions.processes[process].elements.get(timer.bpmn_id)
            # A boundary holds nobody up; where the way itself leads through the wait, all waits.
            if element is None or element.attached_to:
                continue
            line = self._base(timer.case_id, Text(element.name("en"), element.name("cy")))
            timescale = definitions.timescales.get(timer.timescale)
            if timescale is not None:
                line = replace(line, timescale=timescale.key, rule=timescale.name,
                               cite=timescale.cite, source=timescale.source)  # fmt: skip
            yield replace(line, item_key=timer.item_key, why="no_date")


def _labels(
    session: Session, sections: Mapping[tuple[uuid.UUID, str], TodaySection]
) -> dict[tuple[uuid.UUID, str], Item]:
    """Return the items that the lines shown are about; each label is decrypted, so no others."""
    wanted = {
        (line.case_id, line.item_key)
        for section in sections.values()
        for line in section.lines
        if line.item_key
    }
    rows = session.scalars(
        select(Item)
        .where(Item.case_id.in_({case_id for case_id, _ in wanted}))
        .where(Item.key.in_({key for _, key in wanted}), Item.removed_at.is_(None))
        .order_by(Item.id)
    )
    return {(row.case_id, row.key): row for row in rows if (row.case_id, row.key) in wanted}
