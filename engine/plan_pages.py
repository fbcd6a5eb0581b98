"""Say how a case stands against its plan: milestones, the clocks beside them, and forecasts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from engine import (
    access,
    case_pages,
    clock_dates,
    db,
    overruns,
    proceedings,
    store,
    task_pages,
    time_source,
    timescales,
)
from engine.case_pages import CaseHead
from engine.clock_dates import ClockDate
from engine.facts import CASE
from engine.milestones import Milestone
from engine.overruns import OverrunReason
from engine.people import Actor, Held
from engine.proceedings import VOID, Period
from engine.store import NO_ITEM, CaseFile
from engine.task_pages import ClockSummary
from engine.texts import Text


@dataclass(frozen=True)
class MilestoneView:
    """A milestone on a case.

    `days_late` compares the day it was reached, or else is forecast for, with the planned one;
    below none it is early. `done` and `wanted` count those for whom it is reached, where it is
    reached for each of several.
    """

    key: str
    name: Text
    planned_on: date
    reached_on: date | None
    forecast_on: date | None
    done: int = 0
    wanted: int = 0

    @property
    def days_late(self) -> int:
        """Return by how many days it is, or will be, later than planned."""
        return ((self.reached_on or self.forecast_on or self.planned_on) - self.planned_on).days


@dataclass(frozen=True)
class ProceedingLine:
    """Proceedings beside a case, as they stand; `waits` are keys of what waits for them."""

    number: int
    kind: str
    stage: str
    from_on: date
    to_on: date | None
    waits: tuple[str, ...]


@dataclass(frozen=True)
class TimeTaken:
    """How long something took, or has taken so far: gross, and net of proceedings, in days.

    `timescale` is empty for the case as a whole; `until` is the last day that is counted.
    """

    timescale: str
    name: Text | None
    from_on: date
    until: date
    is_over: bool
    gross: int
    waited: int

    @property
    def net(self) -> int:
        """Return the days on which nothing waited for proceedings."""
        return self.gross - self.waited


@dataclass(frozen=True)
class CasePlan:
    """The plan of a case against what was recorded; `ends_on` is the last day in time.

    `overrun_on` is the later day that was recorded for the end (F-56); it moves no deadline.
    `proceedings` and `taken` are there for who may know of them.
    """

    head: CaseHead
    today: date
    milestones: tuple[MilestoneView, ...]
    clocks: tuple[ClockSummary, ...]
    ends_on: date | None
    overrun_on: date | None
    #: whether this kind of case has milestones, be it that their first day is not recorded yet
    is_planned: bool
    may_see_proceedings: bool
    proceedings: tuple[ProceedingLine, ...]
    #: gross and net, where something waited; else nothing
    taken: tuple[TimeTaken, ...]
    #: why clocks were missed or take longer, by timescale, as far as this person may read it
    reasons: Mapping[str, tuple[OverrunReason, ...]]
    #: where the dates of clocks are recorded, by timescale and item, as far as they may read it
    dates: Mapping[tuple[str, str], tuple[ClockDate, ...]]


def case_plan(case_id: uuid.UUID, actor: Actor) -> CasePlan:
    """Return the plan of a case against what was recorded so far.

    Raises:  NotFound.
    Source:  requirements, 3.1 (P): it helps warnings, and binds nobody.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, held)
        rows = [
            row for row in file.definitions.milestones.values() if file.case.process in row.process
        ]
        last = next((row for row in rows if row.extended), None)
        milestones = tuple(_forecast(file, rows))
        clocks = tuple(
            clock
            for clock in task_pages.clock_summaries(file)
            if not clock.item_key and (clock.due_on or clock.met_on) and clock.state != "ended"
        )
        beside = _proceedings(file, actor, held)
        return CasePlan(
            head=case_pages.head_of(file, actor, held),
            today=time_source.local_day(file.now),
            milestones=milestones,
            clocks=clocks,
            ends_on=_due_of(file, last.timescales) if last else None,
            overrun_on=_day(file.names(None)[last.extended]) if last else None,
            is_planned=bool(rows),
            may_see_proceedings=access.may_read_proceedings(file, actor, held),
            proceedings=beside,
            taken=tuple(_taken(file, last, milestones, clocks, beside)),
            reasons=overruns.reasons_of(file, actor, held),
            dates=clock_dates.of_case(file, actor, held),
        )


def _proceedings(file: CaseFile, actor: Actor, held: Held) -> tuple[ProceedingLine, ...]:
    if not access.may_read_proceedings(file, actor, held):
        return ()
    return tuple(
        ProceedingLine(
            row.number,
            version.kind,
            version.stage,
            version.from_on,
            version.to_on,
            tuple(version.waits),
        )
        for row, version in proceedings.newest(file.session, [file.case.id])
        if version.stage != VOID
    )


def _taken(
    file: CaseFile,
    last: Milestone | None,
    milestones: Sequence[MilestoneView],
    clocks: Sequence[ClockSummary],
    beside: Sequence[ProceedingLine],
) -> Iterator[TimeTaken]:
    """Yield how long the case and its clocks took, where something waited meanwhile.

    The case runs from the day from which its six months run, or else from its opening; clocks that
    run back from a day take no time.
    """
    periods = [Period(one.from_on, one.to_on) for one in beside if one.waits]
    today = time_source.local_day(file.now)
    closed = file.case.closed_at and time_source.local_day(file.case.closed_at)
    end = next((one.reached_on for one in milestones if last and one.key == last.key), None)
    starts = [clock.from_on for clock in clocks if last and clock.timescale in last.timescales]
    start = next(filter(None, starts), time_source.local_day(file.case.opened_at))
    spans: list[tuple[str, Text | None, date, date | None]] = [("", None, start, end or closed)]
    spans += [
        (clock.timescale, clock.name, clock.from_on, clock.met_on or closed)
        for clock in clocks
        if clock.from_on and clock.due_on and clock.from_on <= clock.due_on
    ]
    for timescale, name, first, over in spans:
        until = min(over, today) if over else today
        waited = proceedings.days_waited(periods, first, until)
        if waited:
            gross = (until - first).days
            yield TimeTaken(timescale, name, first, until, over is not None, gross, waited)


def _forecast(file: CaseFile, rows: Sequence[Milestone]) -> Iterator[MilestoneView]:
    """Yield the milestones in order; what is not reached yet is forecast.

    The forecast is the day that people expect, where they recorded one; else the planned day, as
    many days later as the milestone reached last was late. It is never a day that has passed.
    """
    found = [(row, view) for row in rows if (view := _standing(file, row)) is not None]
    slip = 0
    for _row, view in sorted(found, key=lambda one: one[1].planned_on):
        if view.reached_on is not None:
            slip = max(view.days_late, 0)
    today = time_source.local_day(file.now)
    for row, view in found:
        if view.reached_on is not None or file.case.state == "closed":
            yield view
            continue
        names = file.names(None)
        expected = next((day for name in row.expected if (day := _day(names[name]))), None)
        day = expected or view.planned_on + timedelta(days=slip)
        yield replace(view, forecast_on=max(day, today))


def _standing(file: CaseFile, row: Milestone) -> MilestoneView | None:
    """Return a milestone without its forecast; none where the plan has no first day yet."""
    planned = _due_of(file, row.timescales) if row.timescales else _planned(file, row)
    if planned is None:
        return None
    days = [day for entry in row.reached for day in _days(file, row, entry)]
    is_reached = bool(days) and None not in days
    return MilestoneView(
        key=row.key,
        name=row.name,
        planned_on=planned,
        reached_on=max(day for day in days if day) if is_reached else None,
        forecast_on=None,
        done=sum(day is not None for day in days),
        wanted=len(days),
    )


def _planned(file: CaseFile, row: Milestone) -> date | None:
    start = _day(file.names(None).get(row.runs_from))
    return timescales.add(start, row.at) if start and row.at is not None else None


def _due_of(file: CaseFile, keys: Sequence[str]) -> date | None:
    """Return the due day of the first of some timescales that has one on the case."""
    rows = [file.clocks.get((key, NO_ITEM)) for key in keys]
    return next((row.due_on for row in rows if row and row.due_on and row.state != "ended"), None)


def _days(file: CaseFile, row: Milestone, entry: tuple[str, ...]) -> Iterator[date | None]:
    """Yield the day on which one of the facts became known: of the case, or for each item."""
    scope = file.definitions.facts[entry[0]].scope
    keys = [NO_ITEM] if scope == CASE else [one.key for one in file.items if one.kind == scope]
    if not keys:
        yield None
    for key in keys:
        names, set_on = file.names(key), file.set_on(key)
        if row.where and key and names.get(row.where) is False:
            continue
        known = (set_on.get(name) if names[name] is True else _day(names[name]) for name in entry)
        yield min((day for day in known if day), default=None)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return time_source.local_day(value)
    return value if isinstance(value, date) else None
