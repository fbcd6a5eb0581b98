"""The figures of a year, each worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from engine import corrections, db, figures, proceeding_pages
from engine.errors import NotFound
from engine.models import Board
from engine.proceeding_pages import ProceedingContent
from tests import figured
from tests.figured import Figured, action
from tests.review import freeze

pytestmark = pytest.mark.usefixtures("database")

THIS_YEAR = 2026


@pytest.fixture
def north() -> Figured:
    return figured.board()


def test_reviews_are_counted_where_they_begin_and_end(north: Figured) -> None:
    north.review("2024-12-01", "2025-03-31")  # decided on the last day of the year before
    north.review("2025-01-10", "2025-02-01", "2025-07-01")
    north.review("2025-03-20", "2025-04-01", "2026-03-31")  # first day and last day of the year
    north.review("2025-10-01", "2025-11-01", "2026-04-01", review_type="extended")
    assert north.numbers("reviews") == {
        "before": 2, "commissioned": 2, "completed": 2, "after": 2,
    }  # fmt: skip
    assert north.numbers("types") == {"concise": 1, "extended": 1}
    assert north.numbers("reviews", THIS_YEAR) == {
        "before": 2, "commissioned": 0, "completed": 1, "after": 1,
    }  # fmt: skip


def test_a_review_of_the_day_finally_decided_counts_from_then(north: Figured) -> None:
    north.review("2025-01-10", "2025-03-01", final_decided_on="2025-04-02")
    assert north.numbers("reviews")["commissioned"] == 1


def test_the_last_day_of_six_months_is_in_time_and_the_next_is_not(north: Figured) -> None:
    # 31 August and six months is 28 February, the last day that there is.
    north.review("2025-08-31", "2025-09-30", "2026-02-28")
    assert north.numbers("in_time") == {"in_time": 1, "late": 0}
    north.review("2025-08-31", "2025-09-30", "2026-03-01")
    assert north.numbers("in_time") == {"in_time": 1, "late": 1}


def test_an_extended_review_has_six_months_too(north: Figured) -> None:
    north.review("2025-05-10", "2025-06-01", "2025-11-10", review_type="extended")
    north.review("2025-05-10", "2025-06-01", "2025-11-11", review_type="extended")
    assert north.numbers("in_time") == {"in_time": 1, "late": 1}


def test_a_review_in_progress_is_past_its_time_once_the_last_day_is_over(north: Figured) -> None:
    north.review("2025-09-30", "2025-10-10")  # its last day is 30 March 2026
    north.review("2025-12-15", "2025-12-20")  # 15 June 2026, today
    assert north.numbers("under_way") == {"within": 1, "past": 1}
    assert north.numbers("under_way", THIS_YEAR) == {"within": 1, "past": 1}
    freeze(datetime(2026, 6, 16, 9, tzinfo=UTC))
    assert north.numbers("under_way", THIS_YEAR) == {"within": 0, "past": 2}


def test_median_and_range_are_of_the_days_from_referral_to_publication(north: Figured) -> None:
    north.review("2025-06-01", "2025-06-10", "2025-06-11")
    north.review("2025-06-01", "2025-06-10", "2025-06-21")
    north.review("2025-06-01", "2025-06-10", "2025-09-09")
    north.review("2025-06-01", "2025-06-10", "2025-06-30")
    found = north.length("length", "whole")
    assert (found.number, found.middle, found.shortest, found.longest) == (4, 24.5, 10, 100)


def wait(review: Figured, first: date, last: date | None) -> None:
    """Record a trial for which something waited from a day to another."""
    stage = "over" if last else "hearings"
    trial = ProceedingContent("criminal", stage, first, last, ("report",), has_end=bool(last))
    proceeding_pages.record_proceeding(review.case_id, trial, review.coordinator)


def test_lengths_are_told_net_of_proceedings_beside_the_whole_ones(north: Figured) -> None:
    north.review("2025-06-01", "2025-06-10", "2025-06-11")
    wait(
        north.review(
            "2025-06-01", "2025-06-10", "2025-09-09", recommendation_signed_on="2025-06-05"
        ),
        date(2025, 6, 11),
        date(2025, 6, 20),
    )
    figures_of = {one.key: one for one in north.tables()["length"].figures}
    assert (figures_of["whole"].shortest, figures_of["whole"].longest) == (10, 100)
    assert (figures_of["whole_net"].shortest, figures_of["whole_net"].longest) == (10, 90)
    stages = [one.key for one in north.tables()["stages"].figures]
    assert "sub_group_received_on_net" not in stages, "nothing waited in that stage"
    assert list(figures_of) == ["whole", "whole_net"]


def test_what_is_late_stays_late_and_is_told_net_of_proceedings_too(north: Figured) -> None:
    # Received on 10 May, the last day is 10 November: fifteen days late, and one day too many.
    north.review("2025-05-10", "2025-06-01", "2025-11-25")
    wait(north, date(2025, 10, 1), date(2025, 10, 15))
    north.review("2025-05-10", "2025-06-01", "2025-11-26")
    wait(north, date(2025, 10, 1), date(2025, 10, 15))
    assert north.numbers("in_time") == {"in_time": 0, "late": 2, "net": 1}
    north.review("2025-09-30", "2025-10-10")  # its last day is 30 March 2026
    wait(north, date(2026, 3, 20), None)
    assert north.numbers("under_way") == {"within": 0, "past": 1, "net": 1}
    assert north.numbers("reasons")["none"] == 3, "proceedings are no reason that was recorded"


def test_what_was_a_mistake_or_held_nothing_up_takes_nothing_away(north: Figured) -> None:
    made = north.review("2025-05-10", "2025-06-01", "2025-11-25")
    trial = ProceedingContent("criminal", "hearings", date(2025, 10, 1), None, ("report",))
    beside = replace(trial, waits=())
    proceeding_pages.record_proceeding(made.case_id, beside, made.coordinator)
    found = proceeding_pages.record_proceeding(made.case_id, trial, made.coordinator)
    assert north.numbers("in_time")["net"] == 1
    void = replace(trial, stage="void")
    proceeding_pages.change_proceeding(
        made.case_id, found, void, "another family", made.coordinator, seen=1
    )
    assert north.numbers("in_time") == {"in_time": 0, "late": 1}


def test_nothing_net_of_proceedings_leaves_the_board(north: Figured) -> None:
    for _ in range(6):
        north.review("2025-05-10", "2025-06-01", "2025-11-25")
        wait(north, date(2025, 10, 1), date(2025, 10, 15))
    assert north.numbers("in_time", for_outside=True) == {"in_time": 0, "late": 6}
    for table in north.tables(for_outside=True).values():
        assert not [one.key for one in table.figures if one.key.endswith("net")]


def test_stages_are_the_days_between_what_is_recorded(north: Figured) -> None:
    north.review(
        "2025-06-01",
        "2025-06-20",
        "2025-10-30",
        recommendation_signed_on="2025-06-15",
        panel_set_up_on="2025-07-01",
        event_held_on="2025-09-01",
        report_accepted_on="2025-10-01",
        report_submitted_on="2025-10-11",
    )
    north.review("2025-06-01", "2025-06-20", "2025-10-30", recommendation_signed_on="2025-06-11")
    stages = {figure.key: figure for figure in north.tables()["stages"].figures}
    assert [(figure.number, figure.middle) for figure in stages.values()] == [
        (2, 12), (2, 7), (1, 11), (1, 62), (1, 30), (1, 10), (1, 19),
    ]  # fmt: skip
    assert (stages["sub_group_received_on"].shortest, stages["sub_group_received_on"].longest) == (
        10,
        14,
    )


def test_reasons_are_those_of_the_reviews_that_were_or_are_late(north: Figured) -> None:
    north.review("2025-04-01", "2025-05-01", "2025-12-01").explain("coroner", "agency")
    north.review("2025-04-01", "2025-05-01").explain("agency")
    north.review("2025-04-01", "2025-05-01")
    north.review("2025-04-01", "2025-05-01", "2025-08-01").explain("family")  # in time
    assert north.numbers("reasons") == {"coroner": 1, "agency": 2, "family": 0, "none": 1}


def test_the_report_is_with_welsh_government_two_weeks_before(north: Figured) -> None:
    north.review("2025-06-01", "2025-06-20", "2025-10-30", report_submitted_on="2025-10-16")
    north.review("2025-06-01", "2025-06-20", "2025-10-30", report_submitted_on="2025-10-17")
    north.review("2025-06-01", "2025-06-20", "2025-10-30")
    assert north.numbers("sent") == {"in_time": 1, "not_in_time": 2}


def test_welsh_government_is_told_of_recommendations_within_two_days(north: Figured) -> None:
    for sent in ("2025-06-03", "2025-06-04", None):
        north.review("2025-05-01", "2025-06-20", cpr_signed_on="2025-06-01",
                     recommendation_sent_on=sent)  # fmt: skip
    assert north.numbers("told") == {"all": 3, "in_time": 1, "late": 1, "not_yet": 1}


def test_a_close_does_not_make_good_that_nobody_was_told(north: Figured) -> None:
    made = north.review("2025-05-01", "2025-06-20", cpr_signed_on="2025-06-01")
    made.explain("agency")
    assert made.case().state == "closed"
    assert north.numbers("told") == {"all": 1, "in_time": 0, "late": 0, "not_yet": 1}


def test_actions_are_on_time_up_to_their_last_day(north: Figured) -> None:
    north.review(
        "2025-05-01",
        "2025-06-01",
        actions=[
            action("2026-03-31", "2026-03-31"),
            action("2025-09-01", "2025-09-02"),
            action("2026-03-31", "2026-04-01"),  # at the end of the year not done
            action("2025-09-01"),
            action("2025-09-01", dropped="2025-08-01"),
            action("2025-03-31", "2025-03-31"),
            action(None),
        ],
    )
    expected = {"all": 4, "in_time": 1, "late": 1, "not_done": 2}
    assert north.numbers("actions") == expected


def test_an_action_that_was_not_done_stays_so_when_the_case_is_closed(north: Figured) -> None:
    made = north.review("2025-05-01", "2025-06-01", actions=[action("2025-09-01")])
    made.explain("agency")
    assert made.case().state == "closed"
    assert north.numbers("actions")["not_done"] == 1


def test_an_action_that_is_due_today_counts_once_it_is_done_or_the_day_is_over(
    north: Figured,
) -> None:
    north.review("2026-05-01", "2026-06-01", actions=[action("2026-06-15")])
    assert north.numbers("actions", THIS_YEAR)["all"] == 0
    north.review("2026-05-01", "2026-06-01", actions=[action("2026-06-15", "2026-06-15")])
    assert north.numbers("actions", THIS_YEAR) == {
        "all": 1, "in_time": 1, "late": 0, "not_done": 0,
    }  # fmt: skip
    freeze(datetime(2026, 6, 16, 9, tzinfo=UTC))
    assert north.numbers("actions", THIS_YEAR)["not_done"] == 1


def test_forums_are_counted_by_the_day_they_were_held_and_what_they_count_as(
    north: Figured,
) -> None:
    north.forum("2025-04-01")
    north.forum("2026-03-31", "other")
    north.forum("2026-04-01")
    assert north.numbers("forums") == {
        "all": 2, "as_audit_workshop": 1, "as_other": 1, "consultations": 0, "events": 0,
    }  # fmt: skip
    north.forum("2025-05-01", None)
    assert north.numbers("forums")["as_"] == 1


def test_a_case_that_was_withdrawn_counts_for_nothing(north: Figured) -> None:
    made = north.review("2025-05-01", "2025-06-01", "2025-12-30", actions=[action("2025-09-01")])
    assert north.numbers("reviews")["completed"] == 1
    corrections.withdraw(made.case_id, "opened twice", north.coordinator)
    for table in north.tables().values():
        assert [figure.number for figure in table.figures] == [0] * len(table.figures), table.key


def test_a_review_that_another_body_leads_is_not_this_boards(north: Figured) -> None:
    north.review("2025-05-01", "2025-06-01", clock_ended_on="2025-06-01")
    north.review("2025-05-01", "2025-06-01", review_type="forum")
    assert north.numbers("reviews")["commissioned"] == 0


def test_a_year_of_nothing_is_all_noughts(north: Figured) -> None:
    for for_outside in (False, True):
        page = figures.figures_page(north.coordinator, for_outside=for_outside)
        assert page.year == THIS_YEAR - for_outside
        assert page.years == (THIS_YEAR, 2025), "there is always a year that is over"
        for table in page.tables:
            for figure in table.figures:
                assert not figure.number
                assert (figure.middle, figure.is_kept_back) == (None, False)


def test_a_year_runs_from_april_to_march_and_is_counted_until_today(north: Figured) -> None:
    north.review("2024-12-01", "2025-03-31")
    page = figures.figures_page(north.coordinator)
    assert (page.year, page.years) == (2026, (2026, 2025, 2024))
    assert (page.first, page.until, page.last) == (
        date(2026, 4, 1), date(2026, 6, 15), date(2027, 3, 31),
    )  # fmt: skip
    assert figures.figures_page(north.coordinator, "", 2025).until == date(2026, 3, 31)
    for wrong in (2027, 2023, 0, 9999):
        with pytest.raises(NotFound):
            figures.figures_page(north.coordinator, "", wrong)


def test_the_cases_of_another_board_are_not_counted(north: Figured) -> None:
    north.review("2025-05-01", "2025-06-01")
    south = figured.board()
    assert south.numbers("reviews", THIS_YEAR)["before"] == 0
    with db.reading() as session:
        key = session.get_one(Board, north.board_id).key
    with pytest.raises(NotFound):
        figures.figures_page(south.coordinator, key)


def test_figures_are_for_whom_the_roles_say(north: Figured) -> None:
    assert figures.sees_figures(north.coordinator)
    assert figures.sees_figures(north.person("board"))
    assert not figures.sees_figures(north.person("administrator"))
    north.review("2025-05-01", "2025-06-01")
    for nobody in (north.worker, north.person("administrator"), north.person("participant")):
        with pytest.raises(NotFound):
            figures.figures_page(nobody)


def test_more_cases_take_no_more_statements(north: Figured) -> None:
    def statements() -> int:
        said: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            said.append(statement)

        with db.reading() as session:
            connections = session.get_bind()
        event.listen(connections, "before_cursor_execute", note)
        try:
            north.tables()
        finally:
            event.remove(connections, "before_cursor_execute", note)
        return len(said)

    north.review("2025-05-01", "2025-06-01").explain("agency")
    few = statements()
    for _ in range(4):
        north.review("2025-05-01", "2025-06-01", actions=[action("2025-09-01")]).explain("agency")
    assert statements() == few
