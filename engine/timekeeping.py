"""Keep the clocks of a case, the notices of their stages, and the timers that wake the worker."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from engine import clocks, deployments, feel, notices, store, time_source
from engine.models import Clock, Timer, new_id
from engine.store import NO_ITEM, CaseFile
from engine.timescales import Timescale


def keep_time(file: CaseFile) -> dict[str, str]:
    """Bring every clock of the case up to date, and re-arm what depends on them.

    Nothing is read, and nothing done, while everything stands still.
    Returns: the clocks whose state changed, by `TS-41` or `TS-13/police`, with their new state.
    Source:  PR-01 to PR-06; design of stages and breach in ARCHITECTURE.md.
    """
    if file.stands_still:
        return {}
    wanted = list(_wanted(file))
    changed = _end_clocks_of_removed_items(file, wanted)
    for timescale, item in wanted:
        clock = file.clocks.get((timescale.key, item)) or _new_clock(file, timescale, item)
        before = clock.state
        view = clocks.compute(
            timescale, store.known_for_clocks(file, item), file.now, set(clock.stages_passed)
        )
        rests = rests_with_case(file, timescale)
        if rests and view.state not in ("met", "ended"):
            late = was_late_when_closed(file, view.due_on)
            view = replace(view, state="ended", late=late, newly_passed=(), to_send=None)
        _take_over(clock, view)
        _arm_clock(file, clock, None if rests else view.next_at)
        if view.to_send is not None and clock.state not in ("met", "ended"):
            _send_stage(file, timescale, clock, view.to_send)
        if clock.state != before:
            changed[_label(clock)] = clock.state
            if clock.state == "overdue":
                data = {"item": clock.item_key, "due_on": _iso(clock.due_on)}
                store.record_event(file, "clock_overdue", subject=clock.timescale, data=data)
    _arm_events(file)
    file.case.kept_until = _stands_until(file)
    file.case.kept_version = file.case.version
    return changed


def rests_with_case(file: CaseFile, timescale: Timescale) -> bool:
    """Say whether the clock of a timescale has come to rest because its case is closed.

    Source:  CON-29: the duty to have the report on request outlives the case.
    """
    return file.case.state == "closed" and not timescale.after_close


def was_late_when_closed(file: CaseFile, due_on: date | None) -> bool:
    """Say whether a last day had passed when the case was closed."""
    closed_at = file.case.closed_at
    return bool(due_on and closed_at and due_on < time_source.local_day(closed_at))


def recipients(timescale: Timescale, level: str) -> tuple[str, ...]:
    """Return the roles that a stage tells (the ladder E1 to E5 of the catalogue, section 3)."""
    ladder = {
        "E1": timescale.owner,
        "E2": (*timescale.owner, *timescale.manager),
        "E3": ("sub_group_chair",),
        "E4": ("chair",),
        "E5": ("board",),
    }
    return tuple(dict.fromkeys(ladder[level]))


def evaluate_due(file: CaseFile, expression: str, item: str) -> datetime | None:
    """Return the moment a timer event's FEEL gives now; null when its date is not known.

    A date means the start of that day in Wales.
    """
    value = feel.compile_expression(expression).evaluate(file.names(item), file.functions(item))
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.replace(tzinfo=time_source.WALES).astimezone(UTC)
        return value.astimezone(UTC)
    if isinstance(value, date):
        return time_source.start_of_day(value)
    return None


def event_token(instance_id: uuid.UUID, bpmn_id: str, item: str, number: int) -> str:
    """Return the token of a waiting timer event."""
    return f"event:{instance_id}:{bpmn_id}:{item}:{number}"


def _wanted(file: CaseFile) -> Iterator[tuple[Timescale, str]]:
    for timescale in file.definitions.timescales.values():
        if not timescale.runs or file.case.process not in timescale.process:
            continue
        if not timescale.item:
            yield timescale, NO_ITEM
            continue
        for item in file.items:
            if item.kind == timescale.item:
                yield timescale, item.key


def _end_clocks_of_removed_items(
    file: CaseFile, wanted: Iterable[tuple[Timescale, str]]
) -> dict[str, str]:
    """Let the clocks rest whose item was taken out; they run again if it comes back."""
    kept = {(timescale.key, item) for timescale, item in wanted}
    changed = {}
    for key, clock in file.clocks.items():
        if key in kept:
            continue
        _arm_clock(file, clock, None)
        if clock.state not in ("met", "ended"):
            clock.late = clock.state == "overdue"
            clock.state = changed[_label(clock)] = "ended"
    return changed


def _new_clock(file: CaseFile, timescale: Timescale, item: str) -> Clock:
    clock = Clock(
        id=new_id(),
        board_id=file.case.board_id,
        case_id=file.case.id,
        timescale=timescale.key,
        item_key=item,
        occurrence=1,
        state="not_started",
        late=False,
        reason={},
        stages_passed=[],
    )
    file.session.add(clock)
    file.clocks[timescale.key, item] = clock
    return clock


def _take_over(clock: Clock, view: clocks.ClockView) -> None:
    values: dict[str, Any] = {
        "state": view.state,
        "late": view.late,
        "from_on": view.from_on,
        "due_on": view.due_on,
        "met_on": view.met_on,
        "reason": view.reason,
    }
    for name, value in values.items():
        if getattr(clock, name) != value:
            setattr(clock, name, value)
    newly = [key for key in view.newly_passed if key not in clock.stages_passed]
    if newly:
        clock.stages_passed = [*clock.stages_passed, *newly]


def _send_stage(file: CaseFile, timescale: Timescale, clock: Clock, stage: clocks.Stage) -> None:
    template = "clock_overdue" if clock.state == "overdue" else "clock_stage"
    for role in recipients(timescale, stage.level):
        notices.write_notice(
            file.session,
            file.case,
            f"{_label(clock)}:{clock.occurrence}:{stage.key}:{role}",
            role,
            clock.timescale,
            template,
            {"stage": stage.key, "level": stage.level, "due_on": _iso(clock.due_on)},
            clock.item_key,
        )


def _arm_clock(file: CaseFile, clock: Clock, next_at: datetime | None) -> None:
    token = f"clock:{clock.timescale}:{clock.item_key}:{clock.occurrence}"
    if next_at is None:
        file.drop_timer(token)
        return
    timer = file.timers.get(token)
    if timer is None:
        timer = Timer(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=file.case.id,
            kind="clock",
            token=token,
            item_key=clock.item_key,
            timescale=clock.timescale,
        )
        file.add_timer(timer)
    _move(timer, next_at)


def _arm_events(file: CaseFile) -> None:
    for timer in file.timers.values():
        if timer.kind == "event":
            _move(timer, evaluate_due(file, timer.expression, timer.item_key))


def _stands_until(file: CaseFile) -> datetime | None:
    """Return how long all of this stands still: to the first moment, or the end of the day.

    Of a case that has closed, or where a timer asks what time it is, nothing is said.
    """
    if file.case.state == "closed" or deployments.facts_of_time(file.definitions) is None:
        return None
    moments = [timer.due_at for timer in file.timers.values() if timer.due_at is not None]
    return min([*moments, time_source.end_of_day(time_source.local_day(file.now))])


def _move(timer: Timer, due_at: datetime | None) -> None:
    if timer.due_at != due_at:
        timer.due_at, timer.retry_at, timer.attempts, timer.parked = due_at, None, 0, False


def _label(clock: Clock) -> str:
    return f"{clock.timescale}/{clock.item_key}" if clock.item_key else clock.timescale


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
