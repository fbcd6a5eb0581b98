"""Say how a timescale stands on a case: its due day, its state, its stages, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from engine import time_source
from engine.models import Clock
from engine.texts import Text, count, day_in_words
from engine.timescales import BREACH, Length, StageRule, Timescale, add, parse_length

#: States in which nothing more is to be reminded of.
AT_REST = ("not_started", "met", "ended")
#: States in which a due day counts.
RUNS = ("running", "due_soon", "overdue")

_ANY_DATE = Text(en="the date recorded", cy="y dyddiad a gofnodwyd")


@dataclass(frozen=True)
class Known:
    """What is known of a case (and one item): facts by name, and the days things happened."""

    facts: Mapping[str, Any]
    fact_set_on: Mapping[str, date] = field(default_factory=dict)
    steps_completed_on: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A moment of the ladder on this clock."""

    key: str
    level: str
    at: datetime
    passed: bool


@dataclass(frozen=True)
class ClockView:
    """How a clock stands at one moment."""

    state: str
    #: of one that was met or no longer applies: whether its last day had passed by then
    late: bool = False
    from_on: date | None = None
    due_on: date | None = None
    met_on: date | None = None
    reason: dict[str, Any] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    newly_passed: tuple[str, ...] = ()
    to_send: Stage | None = None
    next_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """Return the first instant that is late, the midnight that ends the due day (PR-04)."""
        return None if self.due_on is None else time_source.end_of_day(self.due_on)


@dataclass(frozen=True)
class _Happened:
    """What ends a clock: by which fact or step, on what day."""

    by: str
    on: date


def compute(
    timescale: Timescale, known: Known, now: datetime, previous_stages: Collection[str]
) -> ClockView:
    """Return how a timescale stands, from recorded dates alone.

    Takes:   previous_stages, keys already sent or overtaken in this occurrence; a stage is sent
             once even if dates move.
    Returns: next_at, the next moment at which the answer changes, UTC.
    Raises:  DayOutOfRange, where a recorded year is absurd.
    Source:  PR-01 to PR-06. Met on the last day; overdue from the midnight in Wales that ends it.
    """
    today = time_source.local_day(now)
    met, met_next = _first(timescale.ends, known, today, _counts_since(timescale, known))
    ended, ended_next = _first(timescale.ended_by, known, today)
    if timescale.kind == "repeat":
        # What is done again and again is never done for good: each time, the count starts anew.
        last_done, met = met, None
    else:
        last_done = None
    if met and ended and ended.on < met.on:
        met = None
    from_on, due_on = _dates(timescale, known, last_done)
    if met and timescale.kind == "clock" and timescale.runs_from and from_on is due_on is None:
        # What it asks for was done although it never ran: it had nothing to do with this case.
        met, ended = None, ended or met
    state = _state(timescale, from_on, due_on, met, ended)
    if state in ("met", "ended"):
        happened = met or ended
        return ClockView(
            state=state,
            late=bool(happened and due_on and happened.on > due_on),
            from_on=from_on,
            due_on=due_on,
            met_on=met.on if met else None,
            reason=_reason(timescale, known, state, from_on, due_on, happened, today),
            stages=_with_moments(timescale, from_on, due_on, now),
        )
    view = _running(timescale, state, from_on, due_on, now, previous_stages)
    moments = [view.next_at, *map(_start, (met_next, ended_next))]
    return replace(
        view,
        from_on=from_on,
        due_on=due_on,
        reason=_reason(timescale, known, view.state, from_on, due_on, last_done, today),
        next_at=min((moment for moment in moments if moment is not None), default=None),
    )


def next_due(rows: Iterable[Clock]) -> date | None:
    """Return the first due day of the clocks that run; none where none does."""
    return min((row.due_on for row in rows if row.due_on and row.state in RUNS), default=None)


def is_set_by_a_person(timescale: Timescale, from_on: date | None, due_on: date | None) -> bool:
    """Say whether the last day is one that a person set, not one counted from the start."""
    return due_on is not None and due_on != _counted(timescale, from_on)


def why(view: ClockView, names: Mapping[str, Text] | None = None) -> Text:
    """Return, in both languages, how the due day and the state come about.

    Takes:   names, what people call the facts (`facts.toml`); others are "the date recorded".
    """
    parts = list(_sentences(view.reason, names or {}))
    return Text(en=" ".join(part.en for part in parts), cy=" ".join(part.cy for part in parts))


def _first(
    names: Collection[str], known: Known, today: date, since: date = date.min
) -> tuple[_Happened | None, date | None]:
    """Return the first of several things that has happened, and the day of the next still ahead."""
    days = [_Happened(name, day) for name in names if (day := _day_of(name, known, today))]
    past = [
        thing
        for thing in days
        if thing.on <= today and (thing.on >= since or thing.by not in known.facts)
    ]
    ahead = [thing.on for thing in days if thing.on > today]
    return min(past, key=lambda thing: thing.on, default=None), min(ahead, default=None)


def _counts_since(timescale: Timescale, known: Known) -> date:
    """Return the day before which nothing meets the clock: what it runs from, where it runs on.

    A second request is not answered by the answer to the first. A lead runs back, so what was done
    early counts; and a step that was done is done, however its start is dated. So is what can only
    begin once: a start that is put right does not undo it.
    """
    if timescale.kind not in ("clock", "open") or timescale.once:
        return date.min
    return _as_day(known.facts.get(timescale.runs_from)) or date.min


def _day_of(name: str, known: Known, today: date) -> date | None:
    if name not in known.facts:
        return known.steps_completed_on.get(name)
    value = known.facts[name]
    return known.fact_set_on.get(name, today) if value is True else _as_day(value)


def _as_day(value: Any) -> date | None:
    return time_source.day_of(value) if isinstance(value, date) else None


def _dates(
    timescale: Timescale, known: Known, last_done: _Happened | None
) -> tuple[date | None, date | None]:
    from_on = _as_day(known.facts.get(timescale.runs_from)) if timescale.runs_from else None
    if last_done and (from_on is None or last_done.on > from_on):
        from_on = last_done.on
    if from_on:
        add(from_on, Length())
    chosen = _chosen(timescale, known, from_on)
    set_by_hand = _as_day(known.facts[chosen]) if chosen else None
    if timescale.kind == "window":
        return from_on, None
    if set_by_hand:
        return from_on, add(set_by_hand, Length())
    if from_on is None or timescale.length is None:
        return from_on, None
    back = timescale.kind == "lead"
    return from_on, add(from_on, -timescale.length if back else timescale.length)


def _chosen(timescale: Timescale, known: Known, from_on: date | None) -> str:
    """Return the fact whose day was set last; of several set on one day, the first named.

    Where the row has a length, a day that was set takes the place of the length, not of the start:
    nothing runs before what it runs from, and a day that had passed by then was never its last.
    """
    counts_from = from_on or date.max if timescale.length and timescale.runs_from else date.min
    days = _days_set(timescale, known)
    return _set_last([name for name, day in days.items() if day >= counts_from], known)


def _days_set(timescale: Timescale, known: Known) -> dict[str, date]:
    """Return the last days that people set, by fact."""
    days = {name: _as_day(known.facts.get(name)) for name in timescale.until}
    return {name: day for name, day in days.items() if day is not None}


def _set_last(names: Iterable[str], known: Known) -> str:
    return max(names, key=lambda name: known.fact_set_on.get(name, date.min), default="")


def _state(
    timescale: Timescale,
    from_on: date | None,
    due_on: date | None,
    met: _Happened | None,
    ended: _Happened | None,
) -> str:
    if met:
        return "met"
    if ended:
        return "ended"
    endless = timescale.kind in ("clock", "open") and from_on is not None
    return "running" if due_on is not None or endless else "not_started"


def _running(
    timescale: Timescale,
    state: str,
    from_on: date | None,
    due_on: date | None,
    now: datetime,
    previous: Collection[str],
) -> ClockView:
    if due_on is None:
        return ClockView(state=state)
    stages = _with_moments(timescale, from_on, due_on, now)
    breach = time_source.end_of_day(due_on)
    if now >= breach:
        state = "overdue"
    elif any(stage.passed for stage in stages):
        state = "due_soon"
    newly = [stage for stage in stages if stage.passed and not _overtaken(stage.key, previous)]
    ahead = [stage.at for stage in stages if not stage.passed]
    if now < breach:
        ahead.append(breach)
    return ClockView(
        state=state,
        stages=stages,
        newly_passed=tuple(stage.key for stage in newly),
        to_send=newly[-1] if newly else None,
        next_at=min(ahead, default=None),
    )


def _with_moments(
    timescale: Timescale, from_on: date | None, due_on: date | None, now: datetime
) -> tuple[Stage, ...]:
    """Return the stages by their moments; of a repeating one, the latest and the next."""
    stages: list[Stage] = []
    for rule in timescale.stages:
        base = due_on if rule.of == "due" else from_on
        if base is not None:
            stages.extend(_moments(timescale, rule, base, (from_on, due_on), now))
    return tuple(sorted(stages, key=lambda stage: stage.at))


def _moments(
    timescale: Timescale,
    rule: StageRule,
    base: date,
    days: tuple[date | None, date | None],
    now: datetime,
) -> Iterator[Stage]:
    from_on, due_on = days
    # Each round of a repeating timescale has stages of its own, known by the day it runs from; so
    # has each day that is set anew, known by itself.
    own = from_on if timescale.kind == "repeat" else due_on if timescale.anew else None
    around = f"@{own.isoformat()}" if own else ""
    number, first = 1, add(base, rule.at)
    at = time_source.end_of_day(base) if rule.key == BREACH else time_source.start_of_day(first)
    while True:
        key = f"{rule.key}{around}" if number == 1 else f"{rule.key}{around}.{number}"
        stage = Stage(key, rule.level, at, passed=now >= at)
        if rule.repeat is None:
            yield stage
            return
        day = add(first, rule.repeat * number)
        after = (time_source.end_of_day if rule.key == BREACH else time_source.start_of_day)(day)
        if not stage.passed or after > now:
            yield stage
        if not stage.passed:
            return
        number, at = number + 1, after


def _overtaken(key: str, previous: Collection[str]) -> bool:
    """Say whether a stage, or a later round of the same one, was sent before."""
    stem, number = _split(key)
    rounds = (_split(other) for other in previous)
    return any(other == stem and sent >= number for other, sent in rounds)


def _split(key: str) -> tuple[str, int]:
    stem, _, number = key.rpartition(".")
    return (stem, int(number)) if stem and number.isdigit() else (key, 1)


def _start(day: date | None) -> datetime | None:
    return None if day is None else time_source.start_of_day(day)


def _reason(
    timescale: Timescale,
    known: Known,
    state: str,
    from_on: date | None,
    due_on: date | None,
    happened: _Happened | None,
    today: date,
) -> dict[str, Any]:
    by_hand = is_set_by_a_person(timescale, from_on, due_on)
    facts = {
        "rule": _rule(timescale, due_on, by_hand=by_hand),
        "state": state,
        "from": timescale.runs_from,
        "from_on": from_on.isoformat() if from_on else "",
        "length": str(timescale.length) if timescale.length else "",
        "until": _chosen(timescale, known, from_on) if by_hand else "",
        "due_on": due_on.isoformat() if due_on else "",
        "ended_by": happened.by if happened else "",
        "ended_on": happened.on.isoformat() if happened else "",
    }
    reason: dict[str, Any] = {key: value for key, value in facts.items() if value}
    days = _days_set(timescale, known)
    if state == "not_started" and days:
        reason["until"] = _set_last(days, known)
        reason["set_for"] = days[reason["until"]].isoformat()
    if due_on and state not in AT_REST:
        reason["days_left"] = (due_on - today).days
    return reason


def _counted(timescale: Timescale, from_on: date | None) -> date | None:
    if from_on is None or timescale.length is None:
        return None
    return add(from_on, -timescale.length if timescale.kind == "lead" else timescale.length)


def _rule(timescale: Timescale, due_on: date | None, *, by_hand: bool) -> str:
    if by_hand:
        return "set_by_a_person"
    if due_on is None:
        return "no_due_day"
    return "counted_back" if timescale.kind == "lead" else "counted_on"


def _sentences(reason: Mapping[str, Any], names: Mapping[str, Text]) -> Iterator[Text]:
    yield _how_due(reason, names)
    state = reason["state"]
    if state in ("met", "ended"):
        done = day_in_words(date.fromisoformat(reason["ended_on"]))
        by = _name(reason["ended_by"], names)
        yield _OUTCOMES[_outcome(reason)](done, by)
    elif "days_left" in reason:
        left = reason["days_left"]
        days = count(abs(left), "day")
        if state == "overdue":
            yield Text(en=f"Days past it: {abs(left)}.", cy=f"Diwrnodau ar ei ôl: {abs(left)}.")
        else:
            yield Text(en=f"Time left: {days.en}.", cy=f"Amser ar ôl: {days.cy}.")


def _how_due(reason: Mapping[str, Any], names: Mapping[str, Text]) -> Text:
    name = _name(reason.get("from", ""), names)
    if reason["rule"] == "no_due_day":
        return _not_due(reason, name, names)
    due = day_in_words(date.fromisoformat(reason["due_on"]))
    if reason["rule"] == "set_by_a_person":
        chosen = _name(reason["until"], names)
        return Text(
            en=f"A person set the last day in time, {due.en} ({chosen.en}).",
            cy=f"Y diwrnod olaf mewn pryd, fel y’i pennwyd: {due.cy} ({chosen.cy}).",
        )
    start = day_in_words(date.fromisoformat(reason["from_on"]))
    length = parse_length(reason["length"]).text
    if reason["rule"] == "counted_back":
        return Text(
            en=f"{length.en} back from {start.en} ({name.en}): the last day in time is {due.en}.",
            cy=f"Cyfrif yn ôl: {length.cy}. Yn rhedeg yn ôl o’r dyddiad hwn: {start.cy} "
            f"({name.cy}). Y diwrnod olaf mewn pryd: {due.cy}.",
        )
    return Text(
        en=f"{length.en} on from {start.en} ({name.en}): the last day in time is {due.en}.",
        cy=f"Hyd: {length.cy}. Yn rhedeg o’r dyddiad hwn: {start.cy} ({name.cy}). "
        f"Y diwrnod olaf mewn pryd: {due.cy}.",
    )


def _not_due(reason: Mapping[str, Any], name: Text, names: Mapping[str, Text]) -> Text:
    waits = Text(
        en=f"No day falls due yet. It waits for: {name.en}.",
        cy=f"Nid oes dyddiad cau eto. Mae’n aros am hyn: {name.cy}.",
    )
    if "set_for" not in reason:
        return waits
    day = day_in_words(date.fromisoformat(reason["set_for"]))
    chosen = _name(reason["until"], names)
    return Text(
        en=f"{waits.en} The last day set for it: {day.en} ({chosen.en}).",
        cy=f"{waits.cy} Y diwrnod olaf a bennwyd ar ei gyfer: {day.cy} ({chosen.cy}).",
    )


def _outcome(reason: Mapping[str, Any]) -> str:
    if reason["state"] == "ended":
        return "ended"
    return "late" if reason.get("due_on", "9999") < reason["ended_on"] else "met"


_OUTCOMES = {
    "met": lambda on, by: Text(
        en=f"Met on {on.en} ({by.en}).", cy=f"Fe’i bodlonwyd mewn pryd: {on.cy} ({by.cy})."
    ),
    "late": lambda on, by: Text(
        en=f"Met late, on {on.en} ({by.en}).", cy=f"Fe’i bodlonwyd yn hwyr: {on.cy} ({by.cy})."
    ),
    "ended": lambda on, by: Text(
        en=f"It no longer applies since {on.en} ({by.en}).",
        cy=f"Nid yw’n gymwys mwyach ers y dyddiad hwn: {on.cy} ({by.cy}).",
    ),
}


def _name(key: str, names: Mapping[str, Text]) -> Text:
    if key in names:
        return names[key]
    return Text(en=key, cy=key) if re.match(r"[A-Z]+-\d", key) else _ANY_DATE
