"""That a case opens others for its items, and that what they find out comes back to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import (
    audit,
    case_pages,
    corrections,
    db,
    incidents,
    items,
    operations,
    steps,
    store,
    time_source,
    timers,
)
from engine.errors import DatabaseUnavailable
from engine.models import CaseLink, StepLogEntry, Timer, UserTask
from engine.steps import reporting
from engine.steps.road import Running
from tests.faults.oracle import wrongs
from tests.linked import Linked, programme
from tests.review import count, freeze, pass_time_to, sweep

pytestmark = pytest.mark.usefixtures("database")

FIRST, SECOND = "planned_forum_1", "planned_forum_2"
HELD = "2026-03-02"


@pytest.fixture
def year() -> Linked:
    """A programme with two forums planned."""
    return programme("Neglect", "Sleep")


@pytest.fixture
def forum(year: Linked) -> Linked:
    return year.opened("forum", FIRST)


def add_third(year: Linked) -> None:
    """Plan one more forum, beside the document."""
    more = ("planned_forums", "planned_forum", "planned_forum_3", "Late", "a third")
    corrections.add_item(year.case_id, *more, year.coordinator)


# A case for each item.


def test_each_item_opens_a_case_of_its_own_and_the_link_holds_its_key(year: Linked) -> None:
    links = year.rows(CaseLink)
    assert {link.item_key for link in links} == {FIRST, SECOND}
    assert {(link.relation, link.direction) for link in links} == {("programme", "to")}
    back = year.opened("forum", FIRST).rows(CaseLink)
    assert [(link.direction, link.item_key) for link in back] == [("from", None)]
    assert {event.data["item"] for event in year.events("case_linked")} == {FIRST, SECOND}


def test_case_page_says_for_which_item_a_case_was_opened(year: Linked, forum: Linked) -> None:
    links = case_pages.case_page(year.case_id, year.coordinator).links
    assert [(link.relation, str(link.item_label)) for link in links] == [
        ("programme", "Neglect"),
        ("programme", "Sleep"),
    ]
    (back,) = case_pages.case_page(forum.case_id, year.coordinator).links
    assert (back.relation, back.direction, back.item_label) == ("programme", "from", None)


def test_facts_of_the_item_are_taken_along(year: Linked) -> None:
    found = [year.opened("forum", item).fact("taken_title") for item in (FIRST, SECOND)]
    assert found == ["Neglect", "Sleep"]
    assert year.opened("forum", FIRST).fact("taken_from") == year.case().identifier


def test_item_that_comes_late_opens_its_case_too(year: Linked) -> None:
    add_third(year)
    assert year.opened("forum", "planned_forum_3").open_steps() == ["FOR-01"]
    assert wrongs() == []


def test_item_that_comes_after_its_step_has_closed_opens_its_case_too(year: Linked) -> None:
    for item in (FIRST, SECOND):
        year.opened("forum", item).hold(HELD)
        year.do("PRG-03", item=item)
    assert year.open_steps() == ["PRG-04"]
    add_third(year)
    forum = year.opened("forum", "planned_forum_3")
    forum.hold(HELD)
    assert year.open_steps() == ["PRG-03/planned_forum_3", "PRG-04"]
    assert wrongs() == []


def test_late_item_of_a_closed_step_opens_its_case_in_the_one_step_that_brings_it(
    year: Linked,
) -> None:
    for item in (FIRST, SECOND):
        year.opened("forum", item).hold(HELD)
        year.do("PRG-03", item=item)
    with db.transaction() as session:
        file = store.lock_case(session, year.case_id, audit.SYSTEM)
        items.add_item(file, "planned_forums", "planned_forum", "planned_forum_3", "Late")
        steps.settle(steps.Running(file, items_changed=True))
        store.save_case(file, "item_added")
    assert year.opened("forum", "planned_forum_3").open_steps() == ["FOR-01"]


# What is found out comes back.


def test_fact_of_the_item_follows_and_lets_the_case_go_on(year: Linked, forum: Linked) -> None:
    forum.hold(HELD)
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert year.fact("held_on", SECOND) is None
    assert year.open_steps() == [f"PRG-03/{FIRST}"]
    assert year.clock("TS-11", FIRST).state == "met"
    assert year.clock("TS-12", FIRST).due_on == date(2026, 3, 16)
    assert year.clock("TS-11", SECOND).state == "running"
    assert wrongs() == []


def test_report_is_on_the_record_of_the_case_that_it_came_to(year: Linked, forum: Linked) -> None:
    forum.hold(HELD)
    event = year.events("linked_case_reported")[0]
    assert (event.actor, event.subject) == ("SYSTEM", "forum")
    assert event.data == {
        "from": forum.case().identifier,
        "item": FIRST,
        "facts": ["held_on"],
        "clocks": {f"TS-11/{FIRST}": "met", f"TS-12/{FIRST}": "running"},
    }
    assert event.at == forum.events("task_completed")[0].at


def test_end_of_a_case_is_reported_with_the_end_event_that_it_came_to(forum: Linked) -> None:
    forum.hold(HELD, more_needed=True)
    assert forum.open_steps() == []
    forum.opened("enquiry").do("ENQ-01", {"advice": "Look again"})
    assert forum.fact("enquiry_ended_on") == date(2026, 3, 2)
    assert forum.fact("enquiry_outcome") == "advice_given"
    assert forum.open_steps() == ["FOR-03"]


def test_report_goes_on_from_case_to_case(year: Linked, forum: Linked) -> None:
    forum.hold(HELD, more_needed=True, findings="Little")
    assert year.fact("came_to", FIRST) == "Little"
    forum.opened("enquiry").do("ENQ-01", {"advice": "Look again"})
    assert year.fact("came_to", FIRST) == "Look again", "worked out there from what was reported"
    assert [report["facts"] for report in year.reports()] == [["came_to", "held_on"], ["came_to"]]
    assert year.fact("came_to_each") == ["Look again", None]
    assert wrongs() == []


def test_withdrawn_case_reports_its_day_and_no_end(forum: Linked) -> None:
    forum.hold(HELD, more_needed=True)
    enquiry = forum.opened("enquiry")
    corrections.withdraw(enquiry.case_id, "not needed", enquiry.coordinator)
    assert forum.fact("enquiry_ended_on") == date(2026, 3, 2)
    assert forum.fact("enquiry_outcome") is None
    assert forum.open_steps() == ["FOR-03"]


def test_corrected_date_corrects_that_of_the_other_case(year: Linked, forum: Linked) -> None:
    forum.hold(HELD)
    forum.amend("meeting", met_on="2026-02-20", more_needed=False)
    assert year.fact("held_on", FIRST) == date(2026, 2, 20)
    assert year.clock("TS-12", FIRST).due_on == date(2026, 3, 6)
    assert wrongs() == []


def test_date_taken_away_is_taken_away_there_and_its_clocks_run_again(
    year: Linked, forum: Linked
) -> None:
    forum.hold(HELD)
    forum.amend("meeting", met_on=None, more_needed=False)
    assert year.fact("held_on", FIRST) is None
    assert year.clock("TS-11", FIRST).state == "running"
    assert year.clock("TS-12", FIRST).state == "not_started"
    waits = year.timer("note_late", FIRST)
    assert waits is not None
    assert waits.due_at is None, "armed, and its date is not known any more"


def test_corrected_date_takes_back_a_breach_that_never_was(year: Linked, forum: Linked) -> None:
    forum.hold(HELD)
    pass_time_to(time_source.end_of_day(date(2026, 3, 16)))
    assert year.timer("note_late", FIRST) is None
    forum.amend("meeting", met_on="2026-03-10", more_needed=False)
    waits = year.timer("note_late", FIRST)
    assert waits is not None
    assert waits.due_at == time_source.end_of_day(date(2026, 3, 24))
    assert year.clock("TS-12", FIRST).state == "running"


def test_case_opened_anew_takes_the_place_of_the_one_before(year: Linked, forum: Linked) -> None:
    forum.hold(HELD, more_needed=True)
    first = forum.opened("enquiry")
    first.do("ENQ-01", {"advice": "Look again"})
    freeze(time_source.start_of_day(date(2026, 3, 9)))
    corrections.go_back(forum.case_id, "FOR-01", "more came up", forum.coordinator)
    forum.hold(HELD, more_needed=True)
    second = forum.opened("enquiry")
    assert second.case_id != first.case_id
    assert forum.fact("enquiry_ended_on") is None, "the new one has not ended"
    first.amend("advice", advice="Too late")
    assert forum.fact("enquiry_advice") is None, "the old one is overtaken"
    second.do("ENQ-01", {"advice": "New"})
    assert forum.fact("enquiry_ended_on") == date(2026, 3, 9)
    assert wrongs() == []


# What is not asked for costs nothing.


def test_nothing_is_asked_where_nothing_is_reported(
    forum: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("a step that changes nothing that is followed must not look")

    forum.hold(HELD, findings="Little")
    before = count(StepLogEntry)
    with monkeypatch.context() as watched:
        watched.setattr(reporting, "_report", asked)
        forum.amend("meeting", met_on=HELD, more_needed=False, title="Other", findings="Little")
    assert count(StepLogEntry) == before


def test_report_that_changes_nothing_leaves_no_trace(year: Linked, forum: Linked) -> None:
    forum.hold(HELD)
    before = year.case().version
    forum.do("FOR-03")
    assert year.case().version == before + 1, "the end is new"
    forum.amend("record", remarks="None")
    assert year.case().version == before + 1


def test_news_that_gives_the_same_answer_leaves_no_trace(year: Linked, forum: Linked) -> None:
    forum.hold(HELD, more_needed=True, findings="Little")
    forum.opened("enquiry").do("ENQ-01", {"advice": "Look again"})
    before = year.case().version
    forum.amend("meeting", met_on=HELD, more_needed=True, findings="Much")
    assert year.fact("came_to", FIRST) == "Look again"
    assert year.case().version == before


# A case that has closed, or is suspended.


def test_closed_case_takes_the_fact_in_and_starts_nothing(year: Linked, forum: Linked) -> None:
    other = year.opened("forum", SECOND)
    corrections.withdraw(year.case_id, "the year is over", year.coordinator)
    tasks = count(UserTask)
    forum.hold(HELD)
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert year.open_steps() == []
    assert count(UserTask) == tasks + 1, "the forum's own next task"
    assert year.reports()[-1]["facts"] == ["held_on"]
    assert year.rows(Timer) == []
    other.hold(HELD)
    assert wrongs() == []


def test_suspended_case_goes_on_and_holds_its_tasks(year: Linked, forum: Linked) -> None:
    corrections.set_state(year.case_id, "suspended", "wait", year.coordinator)
    forum.hold(HELD)
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert year.open_steps() == [f"PRG-03/{FIRST}"]
    with pytest.raises(Exception, match="suspended"):
        year.do("PRG-03", item=FIRST)
    corrections.set_state(year.case_id, "open", "go on", year.coordinator)
    year.do("PRG-03", item=FIRST)
    assert wrongs() == []


# A case that cannot take it in.


@pytest.fixture
def poisoned(year: Linked, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The programme fails in the midst of every step of its own, after something was written."""
    real = reporting.come_to_rest

    def fails(running: Running) -> dict[str, str]:
        changed = real(running)
        if running.file.case.id == year.case_id:
            running.file.session.flush()
            raise RuntimeError("a poisoned case")
        return changed

    monkeypatch.setattr(reporting, "come_to_rest", fails)
    return monkeypatch


def test_work_is_kept_where_the_other_case_cannot_take_the_report_in(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    forum.hold(HELD)
    assert forum.open_steps() == ["FOR-03"]
    assert year.fact("held_on", FIRST) is None
    assert year.open_steps() == []
    (waits,) = year.waiting_reports()
    assert waits.token == f"report:{forum.case_id}"
    assert [wrong for wrong in wrongs() if "still due: report" not in wrong] == []
    poisoned.undo()
    assert sweep() == 1
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert year.open_steps() == [f"PRG-03/{FIRST}"]
    assert year.waiting_reports() == []
    assert wrongs() == []


def test_report_that_fails_again_and_again_becomes_an_incident_that_a_person_retries(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    forum.hold(HELD)
    for minutes in range(3):
        pass_time_to(time_source.start_of_day(date(2026, 3, 3)) + timedelta(minutes=minutes))
    (incident,) = year.incidents()
    assert incident.what == "RuntimeError"
    assert [event.subject for event in year.events("incident_opened")] == ["report"]
    assert operations.verify_audit() == operations.replay_all() == []
    poisoned.undo()
    incidents.retry(incident.id, year.coordinator)
    assert sweep() == 1
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert operations.verify_audit() == operations.replay_all() == []


def test_next_report_brings_what_an_earlier_one_could_not(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    forum.hold(HELD)
    poisoned.undo()
    forum.do("FOR-03")
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert year.reports()[-1]["facts"] == ["forum_closed_on", "held_on"]
    assert year.waiting_reports() == []
    assert sweep() == 0


def test_correction_takes_the_place_of_a_report_that_waits(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    forum.hold(HELD)
    poisoned.undo()
    forum.amend("meeting", met_on="2026-03-01", more_needed=False)
    assert year.fact("held_on", FIRST) == date(2026, 3, 1)
    assert len(year.reports()) == 1, "what was wrong never came in"


def test_submission_on_the_case_gives_way_to_a_report_that_waits(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    other = year.opened("forum", SECOND)
    other.hold(HELD)
    forum.hold(HELD)
    poisoned.undo()
    assert year.open_steps() == []
    assert timers.fire_due_on(year.case_id) == 2
    assert year.open_steps() == [f"PRG-03/{FIRST}", f"PRG-03/{SECOND}"]
    assert wrongs() == []


def test_report_that_waits_ends_the_stillness_of_the_case(year: Linked, forum: Linked) -> None:
    """Else nobody would look whether something is due there before a submission."""
    year.opened("forum", SECOND).hold(HELD)
    with db.transaction() as session:
        assert store.lock_case(session, year.case_id, audit.SYSTEM).stands_still
    with db.transaction() as session:
        reporting._bring_again(store.lock_case(session, forum.case_id, audit.SYSTEM), year.case_id)
    with db.transaction() as session:
        file = store.lock_case(session, year.case_id, audit.SYSTEM)
        assert not file.stands_still
        assert timers.has_due(file)


def test_failure_further_up_keeps_what_the_case_between_took_in(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    forum.hold(HELD, more_needed=True)
    forum.opened("enquiry").do("ENQ-01", {"advice": "Look again"})
    assert forum.open_steps() == ["FOR-03"]
    assert year.fact("came_to", FIRST) is None
    poisoned.undo()
    sweep()
    assert year.fact("came_to", FIRST) == "Look again"
    assert year.fact("held_on", FIRST) == date(2026, 3, 2)
    assert wrongs() == []


def test_database_that_is_away_is_no_fault_of_the_other_case(
    year: Linked, forum: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnavailable(reason="it is being restarted.")

    with monkeypatch.context() as broken:
        broken.setattr(reporting, "mirror", away)
        with pytest.raises(DatabaseUnavailable):
            forum.hold(HELD)
    assert forum.open_steps() == ["FOR-01"]
    assert year.waiting_reports() == []


# What fell due first goes first.


def test_deadline_of_the_other_case_that_passed_goes_before_the_report(
    year: Linked, forum: Linked
) -> None:
    forum.hold(HELD)
    freeze(time_source.end_of_day(date(2026, 3, 16)))
    forum.amend("meeting", met_on="2026-03-01", more_needed=False)
    kinds = [event.kind for event in year.events()]
    fired = [event.subject for event in year.events("timer_fired")]
    assert fired == ["TS-12"]
    assert kinds.index("timer_fired") < len(kinds) - 1 - kinds[::-1].index("linked_case_reported")
    assert wrongs() == []


def test_report_that_waits_lets_an_older_deadline_go_first(
    year: Linked, forum: Linked, poisoned: pytest.MonkeyPatch
) -> None:
    poisoned.undo()
    year.opened("forum", SECOND).hold(HELD)
    freeze(time_source.end_of_day(date(2026, 3, 16)) + timedelta(hours=1))
    with db.transaction() as session:
        reporting._bring_again(store.lock_case(session, forum.case_id, audit.SYSTEM), year.case_id)
    (waits,) = year.waiting_reports()
    assert timers._fire_or_park(waits.id, year.case_id, wait=True) == 0
    timers.fire_due_on(year.case_id)
    kinds = [event.kind for event in year.events()]
    assert "timer_fired" in kinds[:-1]
    assert kinds[-1] == "linked_case_reported"
    assert wrongs() == []
