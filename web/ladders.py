"""Draw the stages of a timescale on a line: reminders before its due day, the ladder after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import engine
from web.texts import gettext, say
from web.time_scales import TimeScale

#: Any day does to draw by; from the first of a year, months are as long as they look.
_BEGINS = date(2026, 1, 1)
#: Where no length is given, because another day sets it: so many months are drawn.
_UNKNOWN = engine.Length(months=3)
_LEFT, _WIDTH, _NEAR = 5.0, 90.0, 7.0
_TOP, _LANE, _BELOW = 20, 26, 44


@dataclass(frozen=True)
class Rung:
    """A stage: its number in the table beside it, where it stands, when, and who is told."""

    number: int
    x: float
    y: int
    when: str
    level: str
    #: Whether it stands where the due day has passed, and another message says so.
    is_late: bool


@dataclass(frozen=True)
class Ladder:
    """A drawing of stages: places across in per cent, down in pixels."""

    rungs: tuple[Rung, ...]
    begins: float
    due: float
    line: int
    height: int
    is_lead: bool


def ladder(timescale: engine.Timescale) -> Ladder | None:
    """Return the stages of a timescale as a drawing; None where there are none."""
    if not timescale.stages:
        return None
    due = _due(timescale)
    staged = sorted(((_day(stage, due), stage) for stage in timescale.stages), key=_first)
    days = [_BEGINS, due, *(day for day, _ in staged)]
    scale = TimeScale(min(days), max(days), left=_LEFT, width=_WIDTH)
    places = [scale.x(day) for day, _ in staged]
    # What stands close together is drawn one above the other.
    lanes = [sum(abs(other - x) < _NEAR for other in places[:n]) for n, x in enumerate(places)]
    line = _TOP + _LANE * (max(lanes) + 1)
    rungs = tuple(
        Rung(
            number=number,
            x=x,
            y=line - _LANE * (lane + 1),
            when=stage_when(stage),
            level=stage.level,
            is_late=day > due or stage.key == "breach",
        )
        for number, (x, lane, (day, stage)) in enumerate(zip(places, lanes, staged, strict=True), 1)
    )
    begins = scale.x(_BEGINS)
    return Ladder(rungs, begins, scale.x(due), line, line + _BELOW, timescale.kind == "lead")


def stage_when(stage: engine.StageRule) -> str:
    """Return when a stage is, in words."""
    at = -stage.at if stage.at.is_negative else stage.at
    length = say(at.text)
    if at == engine.Length():
        when = (
            gettext("When the due day has passed")
            if stage.of == "due"
            else gettext("When it begins")
        )
    elif stage.of == "from":
        when = gettext("%(length)s after it begins", length=length)
    elif stage.at.is_negative:
        when = gettext("%(length)s before the due day", length=length)
    else:
        when = gettext("%(length)s after the due day", length=length)
    if stage.repeat:
        return gettext("%(when)s, then every %(length)s", when=when, length=say(stage.repeat.text))
    return when


def _due(timescale: engine.Timescale) -> date:
    """Return a due day to draw by; that of a lead lies before the day it leads to."""
    length = timescale.length or _UNKNOWN
    return engine.add_length(_BEGINS, -length if timescale.kind == "lead" else length)


def _day(stage: engine.StageRule, due: date) -> date:
    return engine.add_length(_BEGINS if stage.of == "from" else due, stage.at)


def _first(staged: tuple[date, engine.StageRule]) -> date:
    return staged[0]
