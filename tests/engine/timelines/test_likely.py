"""Rows that likely are one event are found for a person to look at, and only those."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        # At the same time, in whatever words and language.
        (("2025-11-18T10:00", "First core group."), ("2025-11-18T10:00", "Mam heb ddod."), True),
        (("2025-11-18T10:00", "First core group."), ("2025-11-18T11:15", "Mam heb ddod."), False),
        # The same kind of meeting, named in either language or by its letters.
        (("2025-05-14T10:00", "Strategy discussion, the chair was late."),
         ("2025-05-14", "Multi-agency strategy mtg re bruise"), True),
        (("2025-11-04T13:00", "ICPC attended."), ("2025-11-04", "Cynhadledd gychwynnol"), True),
        (("2025-11-04", "ICPC attended."), ("2025-11-05", "Cynhadledd gychwynnol"), False),
        (("2025-11", "ICPC attended."), ("2025-11-04", "Cynhadledd gychwynnol"), False),
        # A little said alike, of one day; still less where the times are close.
        (("2025-07-20", "Two children alone in the park, seen by a walker who stopped"),
         ("2025-07-20", "Duty team told of children found there alone after dark"), True),
        (("2025-07-20", "Rent visit, nobody in"), ("2025-07-20", "Seen in school, well"), False),
    ],
)  # fmt: skip
def test_rows_of_one_day_are_likely_one_event_for_less(
    one: tuple[str, str], other: tuple[str, str], found: bool
) -> None:
    rows = [event("police", *one), event("education", *other)]
    assert bool(together(rows, NOBODY)) is found


def test_two_rows_of_one_agency_at_the_same_time_are_not_suggested() -> None:
    rows = [event("police", "2025-11-18T10:00", CALL), event("police", "2025-11-18T10:00", OTHER)]
    assert not together([*rows, event("education", "2025-11-18", "Absent")], NOBODY)


def test_on_a_busy_day_the_same_time_alone_or_a_shared_word_suggests_nothing() -> None:
    rows = [
        event("police", "2025-11-18T10:00", CALL),
        event("education", "2025-11-18T10:00", OTHER),
    ]
    assert together(rows, NOBODY)
    busy = [event("health", f"2025-11-18T12:{number}", f"Bed {number}") for number in range(10, 22)]
    assert not together([*rows, *busy], NOBODY)
    meeting = [
        event(agency, "2025-11-18", "Strategy meeting about " + agency * 9) for agency in "ab"
    ]
    assert keys(together([*rows, *busy, *meeting], NOBODY)) == [sorted(one.key for one in meeting)]
