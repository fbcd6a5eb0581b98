"""Rows that likely are one event are found for a person to look at, and only those."""

from __future__ import annotations

from engine.timelines import Event, Joining, apart, read_joining, together
from tests.engine.timelines.rows import event

CALL = "Neighbour rang about shouting at the home"
SAID = "Call by neighbour about shouting at home"
OTHER = "School nurse weighed the baby and measured growth"
NOBODY = Joining()


def keys(found: list[object]) -> list[list[str]]:
    return [sorted(one.key for one in group.events) for group in found]  # type: ignore[attr-defined]


def joined(verdict: str, *rows: Event) -> Joining:
    said = " + ".join(one.key for one in rows)
    return read_joining([{"_key": "joins_1", "joined_keys": said, "joined_as": verdict}])


def test_alike_rows_of_two_agencies_on_the_same_day_are_found() -> None:
    one, other = event("police", "2025-03-12", CALL), event("education", "2025-03-12", SAID)
    alone = event("education", "2025-03-12", OTHER)
    assert keys(together([one, alone, other], NOBODY)) == [sorted([one.key, other.key])]


def test_alike_rows_are_found_where_their_days_overlap_and_not_where_they_do_not() -> None:
    exact = event("police", "2025-03-12", CALL)
    assert together([exact, event("education", "2025-03", SAID)], NOBODY)
    assert not together([exact, event("education", "2025-03-13", SAID)], NOBODY)
    assert not together([exact, event("education", "someday", SAID)], NOBODY)


def test_a_long_span_is_held_against_every_day_in_it() -> None:
    year = event("education", "2025", SAID)
    days = [event("police", f"2025-{month:02}-15", OTHER) for month in range(1, 13)]
    last = event("police", "2025-12-31", CALL)
    assert keys(together([year, *days, last], NOBODY)) == [sorted([year.key, last.key])]


def test_rows_of_one_agency_are_never_suggested_by_themselves() -> None:
    one = event("police", "2025-03-12", CALL)
    assert not together([one, event("police", "2025-03-12", SAID)], NOBODY)


def test_what_was_added_at_the_learning_event_is_not_suggested() -> None:
    one = event("police", "2025-03-12", CALL)
    assert not together([one, event("learning_event", "2025-03-12", CALL)], NOBODY)


def test_rows_of_which_a_person_has_spoken_are_not_suggested_again() -> None:
    rows = [event("police", "2025-03-12", CALL), event("education", "2025-03-12", SAID)]
    assert not together(rows, joined("same", *rows))
    assert not together(rows, joined("different", *rows))
    third = event("probation", "2025-03-12", CALL)
    assert together([*rows, third], joined("same", *rows))
    three = [
        {"_key": "a", "joined_keys": f"{rows[0].key} + {rows[1].key}", "joined_as": "same"},
        {"_key": "b", "joined_keys": f"{rows[1].key} + {third.key}", "joined_as": "different"},
    ]
    assert not together([*rows, third], read_joining(three))


def test_an_event_that_another_agency_recorded_long_before_is_found() -> None:
    known, late = event("education", "2025-01-10", CALL), event("police", "2025-03-12", SAID)
    (found,) = apart([known, late, event("police", "2025-01-12", OTHER)], NOBODY)
    assert ([one.key for one in found.events], found.days) == ([known.key, late.key], 61)
    assert not found.is_joined


def test_a_routine_is_not_held_against_other_days() -> None:
    visits = [event("health", f"2025-0{month}-10", CALL) for month in range(1, 5)]
    assert not apart([*visits, event("police", "2025-06-12", CALL)], NOBODY)


def test_rows_that_were_joined_are_held_against_each_other_whatever_they_say() -> None:
    one, other = event("police", "2025-03-12", CALL), event("education", "2025-03-20", OTHER)
    (found,) = apart([one, other], joined("same", one, other))
    assert (found.days, found.is_joined) == (8, True)
    near = event("education", "2025-03", OTHER)
    assert not apart([one, near], joined("same", one, near))


def test_a_row_that_is_gone_leaves_what_was_said_of_it_without_effect() -> None:
    one, gone = event("police", "2025-03-12", CALL), event("education", "2025-03-20", OTHER)
    assert not apart([one], joined("same", one, gone))


def test_rows_that_are_joined_one_after_the_other_are_one_group() -> None:
    found = read_joining(
        [
            {"_key": "1", "joined_keys": "a + b", "joined_as": "same"},
            {"_key": "2", "joined_keys": "c + d", "joined_as": "same"},
            {"_key": "3", "joined_keys": "b + c", "joined_as": "same"},
            {"_key": "4", "joined_keys": "e", "joined_as": "same"},
        ]
    )
    assert all(found.with_row(key) == frozenset("abcd") for key in "abcd")
    assert found.with_row("e") == frozenset("e")
    assert found.settles("abcd")
    assert not found.settles("ae")
