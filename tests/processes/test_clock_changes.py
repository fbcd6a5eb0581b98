"""What is shipped reminds, escalates and opens at midnight in Wales, also where clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from engine import feel, time_source
from engine.clocks import ClockView, Known, Stage, compute
from engine.timescales import BREACH, Length, StageRule, Timescale, add, own_functions
from tests.processes.shipped import DIAGRAMS, FACTS, TIMESCALES, definition

#: Sundays on which the clocks go forward, and back; not so late in the month that a month which
#: some stage counts by has no such day.
CHANGES = [date(2028, 3, 26), date(2026, 10, 25)]
SECOND = timedelta(seconds=1)
STAGES = [
    (row, rule, number)
    for row in TIMESCALES.values()
    for rule in row.stages
    for number in ((1, 2) if rule.repeat else (1,))
]
TIMERS = [
    (process, element.id, element.expression)
    for process in sorted(DIAGRAMS)
    for element in definition(process).elements.values()
    if element.event == "timer"
]


def name_of(value: Any) -> str:
    """Return what a parameter is called in the name of a test."""
    if isinstance(value, Timescale | StageRule):
        return value.key
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
@pytest.mark.parametrize(("row", "rule", "number"), STAGES, ids=name_of)
def test_a_stage_comes_at_midnight_in_wales_around_a_clock_change(
    row: Timescale, rule: StageRule, number: int, change: date
) -> None:
    days = [change + timedelta(days=each) for each in (-1, 0, 1, 2)]
    reached = [(day, known) for day in days for known in _leading_to(row, rule, number, day)]
    assert [day for day, _ in reached] == days
    for day, known in reached:
        at = datetime.combine(day, time(), tzinfo=time_source.WALES).astimezone(UTC)
        before = compute(row, known, at - SECOND, set())
        assert not _stage(before, rule, number).passed
        assert before.next_at == at
        on_time = compute(row, known, at, set())
        assert _stage(on_time, rule, number).passed
        assert (on_time.state == "overdue") is (at >= time_source.end_of_day(_due(on_time)))


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
@pytest.mark.parametrize(("process", "timer", "expression"), TIMERS, ids=name_of)
def test_a_timer_comes_at_midnight_in_wales_around_a_clock_change(
    process: str, timer: str, expression: str, change: date
) -> None:
    compiled = feel.compile_expression(expression)
    for day in (change + timedelta(days=each) for each in range(-60, 61)):
        end = time_source.end_of_day(day)
        names = {name: day for name in compiled.names if FACTS[name].type == "date"}
        value = compiled.evaluate(names, own_functions(end, lambda key, end=end: end))
        moment = value if isinstance(value, datetime) else None
        shown = moment.astimezone(time_source.WALES).time() if moment else time()
        assert isinstance(value, date), f"{day} gives {value}"
        assert shown == time(), f"{day} gives {moment}"


def _leading_to(row: Timescale, rule: StageRule, number: int, day: date) -> Iterator[Known]:
    """Yield what is known of a case on which a stage stands at the midnight that begins a day."""
    for distance in range(-4, 5):
        from_on = _about(row, rule, number, day) + timedelta(days=distance)
        names = dict.fromkeys(row.facts)
        set_by_hand = row.until[0] if row.length is None else row.runs_from
        known = Known({**names, set_by_hand: from_on})
        view = compute(row, known, time_source.start_of_day(day) - SECOND, set())
        base = view.due_on if rule.of == "due" else view.from_on
        if base is None:
            continue
        stands_on = add(base, rule.at)
        if number == 2:
            stands_on = add(stands_on, rule.repeat or Length())
        if rule.key == BREACH:
            stands_on += timedelta(days=1)
        if stands_on == day:
            yield known
            return


def _about(row: Timescale, rule: StageRule, number: int, day: date) -> date:
    """Return roughly the day that a clock has to run from, for a stage to stand on another day."""
    start = add(day, -rule.at)
    if number == 2:
        start = add(start, -(rule.repeat or Length()))
    if rule.of == "due" and row.length is not None:
        start = add(start, row.length if row.kind == "lead" else -row.length)
    return start


def _stage(view: ClockView, rule: StageRule, number: int) -> Stage:
    def is_it(stage: Stage) -> bool:
        stem, _, rest = stage.key.partition(".")
        return stem.partition("@")[0] == rule.key and (rest or "1") == str(number)

    return next(stage for stage in view.stages if is_it(stage))


def _due(view: ClockView) -> date:
    assert view.due_on is not None
    return view.due_on
