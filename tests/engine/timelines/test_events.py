"""Rows of F-07 become events, in an order that claims nothing nobody wrote down."""

from __future__ import annotations

from datetime import date

from engine.timelines import TimelineQuery, added_events, chosen, in_order, merged_events
from tests.engine.timelines.rows import event

ROW = {
    "_key": "police_row_1",
    "merged_happened_on": "2025-03-12",
    "merged_happened_at": "14:30:00",
    "merged_agency": "police",
    "merged_event": "A call about shouting.",
    "merged_source": "police / row_1 / 3",
    "mark_conflict": True,
}


def test_a_row_is_read_with_its_time_its_source_and_its_marks() -> None:
    (found,) = merged_events([ROW])
    assert (found.earliest, found.latest) == (date(2025, 3, 12), date(2025, 3, 12))
    assert found.span is not None
    assert found.span.time == "14:30"
    assert (found.version, found.conflict, found.significant) == (3, True, False)


def test_a_row_is_late_when_it_was_not_there_at_the_first_merge() -> None:
    rows = [ROW, ROW | {"_key": "police_row_2"}]
    late = [one.is_late for one in merged_events(rows, frozenset({"police_row_1"}))]
    assert late == [False, True]
    assert not any(one.is_late for one in merged_events(rows))


def test_uncertain_dates_stand_behind_the_exact_day_on_which_they_may_have_been() -> None:
    days = [
        "2025-03",
        "2025-02-28",
        "2025-03-01",
        "2025-03-01T09:00",
        "2025",
        "no date",
        "2025-03-02",
    ]
    assert [one.said for one in in_order(event("police", day) for day in days)] == [
        "2025", "2025-02-28", "2025-03-01T09:00", "2025-03-01", "2025-03", "2025-03-02", "no date",
    ]  # fmt: skip


def test_what_was_added_at_the_learning_event_is_told_and_placed_where_it_names_a_day() -> None:
    rows = [
        {"_key": "row_1", "added_when": "Spring term", "added_event": "A word at the gate."},
        {"_key": "row_2", "added_when": "2025-03", "added_event": "A letter."},
    ]
    spring, march = added_events(rows)
    assert spring.was_added
    assert spring.span is None
    assert march.earliest == date(2025, 3, 1)
    assert not any(one.was_added for one in merged_events([ROW]))


def test_a_period_holds_what_may_have_been_in_it() -> None:
    days = [event("police", day) for day in ("2025-02-28", "2025-03", "2025-04-01", "when?")]
    march = TimelineQuery(since=date(2025, 3, 10), until=date(2025, 3, 20))
    assert [one.said for one in chosen(days, march)] == ["2025-03"]
    since = TimelineQuery(since=date(2025, 3, 10))
    assert [one.said for one in chosen(days, since)] == ["2025-03", "2025-04-01"]


def test_events_are_chosen_by_agency_mark_and_words_wherever_these_stand() -> None:
    (marked,) = merged_events([ROW])
    events = [marked, event("education", "2025-03-12", "Shouting in class.")]
    assert chosen(events, TimelineQuery(agencies=("education",))) == events[1:]
    assert chosen(events, TimelineQuery(significant=True)) == [marked]
    assert chosen(events, TimelineQuery(words="SHOUTING call")) == [marked]
    assert chosen(events, TimelineQuery()) == events
