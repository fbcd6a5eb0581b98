"""Show how a case stands against its plan: a drawn timeline, and a table that says the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

import engine
from web import proceedings, texts
from web.actors import current_actor
from web.texts import gettext, say
from web.time_scales import TimeScale

bp = Blueprint("plans", __name__)

#: The drawing, in its own units: the part for time, and the height of a row and of the head.
_WIDTH, _ROW, _HEAD, _EDGE = 870, 46, 56, 20


@dataclass(frozen=True)
class Mark:
    """A sign at a day of the drawing: `shape` is planned, reached, forecast or stage."""

    shape: str
    x: float
    title: str


@dataclass(frozen=True)
class Track:
    """A row of the drawing: what it is about, in words, its signs, and a bar for a clock.

    `is_beside` says that the bar is that of proceedings beside the case.
    """

    label: str
    y: int
    marks: tuple[Mark, ...]
    bar: tuple[float, float] | None = None
    is_beside: bool = False


@dataclass(frozen=True)
class Line:
    """A day that goes through all rows, with its words, which end at it where there is no room."""

    kind: str
    x: float
    label: str
    at_end: bool


@dataclass(frozen=True)
class Drawing:
    """A timeline as the template draws it; places are in its own units."""

    width: int
    height: int
    tracks: tuple[Track, ...]
    months: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]


@bp.get("/cases/<uuid:case_id>/plan")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the plan of a case against what was recorded."""
    plan = engine.case_plan(case_id, current_actor())
    return render_template("plan.html", case=plan.head, plan=plan, drawing=draw(plan), part="plan")


def draw(plan: engine.CasePlan) -> Drawing | None:
    """Return the timeline of a plan; none where no day of it is known."""
    days = sorted(_days(plan))
    if not days:
        return None
    scale = TimeScale(min(days[0], plan.today), max(days[-1], plan.today), left=_EDGE, width=_WIDTH)
    tracks: list[Track] = []
    for view in plan.milestones:
        tracks.append(Track(say(view.name), _y(len(tracks)), tuple(_milestone_marks(view, scale))))
    for clock in plan.clocks:
        tracks.append(_clock_track(clock, _y(len(tracks)), scale))
    for one in plan.proceedings:
        if scale.reaches(one.to_on or plan.today):
            tracks.append(_proceeding_track(one, _y(len(tracks)), plan.today, scale))
    return Drawing(
        width=_WIDTH + 2 * _EDGE,
        height=_y(len(tracks)) + _EDGE,
        tracks=tuple(tracks),
        months=tuple(scale.months()),
        lines=tuple(_lines(plan, scale)),
    )


def _y(number: int) -> int:
    return _HEAD + number * _ROW


def _days(plan: engine.CasePlan) -> Iterator[date]:
    """Yield the days that the drawing has to hold. Where days are planned, only these."""
    for view in plan.milestones:
        yield from (day for day in (view.planned_on, view.reached_on, view.forecast_on) if day)
    yield from (day for day in (plan.ends_on, plan.overrun_on) if day)
    if not plan.milestones:
        for clock in plan.clocks:
            yield from (day for day in (clock.from_on, clock.due_on, clock.met_on) if day)
        for one in plan.proceedings:
            yield from (day for day in (one.from_on, one.to_on) if day)


def _milestone_marks(view: engine.MilestoneView, scale: TimeScale) -> Iterator[Mark]:
    words = gettext("Planned for %(day)s", day=texts.day(view.planned_on))
    yield Mark("planned", scale.x(view.planned_on), words)
    if view.reached_on:
        words = gettext("Reached on %(day)s", day=texts.day(view.reached_on))
        yield Mark("reached", scale.x(view.reached_on), words)
    elif view.forecast_on:
        words = gettext("Forecast for %(day)s", day=texts.day(view.forecast_on))
        yield Mark("forecast", scale.x(view.forecast_on), words)


def _clock_track(clock: engine.ClockSummary, y: int, scale: TimeScale) -> Track:
    moments = [(at.astimezone(texts.WALES).date(), level) for _key, level, at, _ in clock.stages]
    marks = [
        Mark("stage", scale.x(day), texts.escalation(level))
        for day, level in moments
        if scale.holds(day)
    ]
    if clock.due_on and scale.holds(clock.due_on):
        marks.append(Mark("planned", scale.x(clock.due_on), _due(clock.due_on)))
    if clock.met_on and scale.holds(clock.met_on):
        words = gettext("Done on %(day)s", day=texts.day(clock.met_on))
        marks.append(Mark("reached", scale.x(clock.met_on), words))
    days = [day for day in (clock.from_on, clock.due_on, clock.met_on) if day]
    label = f"{say(clock.name)} ({clock.timescale})"
    return Track(label, y, tuple(marks), (scale.x(min(days)), scale.x(max(days))))


def _proceeding_track(one: engine.ProceedingLine, y: int, today: date, scale: TimeScale) -> Track:
    bar = (scale.x(one.from_on), scale.x(one.to_on or today))
    return Track(proceedings.kind_name(one.kind), y, (), bar, is_beside=True)


def _due(day: date) -> str:
    return gettext("Due %(day)s", day=texts.day(day))


def _lines(plan: engine.CasePlan, scale: TimeScale) -> Iterator[Line]:
    found = [("today", plan.today, gettext("Today"))]
    if plan.ends_on:
        found.append(("end", plan.ends_on, gettext("Last day of the six months")))
    if plan.overrun_on:
        found.append(("overrun", plan.overrun_on, gettext("Recorded new date")))
    for kind, day, label in found:
        x = scale.x(day)
        yield Line(kind, x, f"{label}, {texts.day(day)}", at_end=x > _WIDTH / 2)
