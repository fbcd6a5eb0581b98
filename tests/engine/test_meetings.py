"""Meetings: what their agendas and papers hold, who may know of them, and what they decide."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select

from engine import (
    accounts,
    calendar_feeds,
    db,
    deployments,
    documents,
    meeting_days,
    meetings,
    notices,
    outbox,
    people,
    task_pages,
    tasks,
)
from engine import uploads as uploads_module
from engine.access import body_as_reader, readable_content
from engine.errors import NotFound
from engine.meetings import Decision, MeetingContent, MeetingItemContent, MeetingPlan
from engine.models import AuditEvent, Board, Case, Document, MeetingItem, Notice
from engine.papers import Heading, Table
from engine.people import Actor
from engine.store import read_case
from tests.databases import statements
from tests.engine.test_notices import SENDER, Kept
from tests.review import (
    MORNING,
    Review,
    files,
    freeze,
    participants,
    pass_time_to,
    set_up,
    versions,
)

BODIES = """
[roles.board]
id = ["ROL-01"]
scope = "board"
en = "Board"
cy = "Bwrdd"
meets = ["chair"]

[roles.chair]
id = ["ROL-02"]
scope = "board"
en = "Chair"
cy = "Cadeirydd"

[roles.sub_group]
id = ["ROL-03"]
scope = "board"
en = "Sub-Group"
cy = "Is-grŵp"
meets = []

[roles.panel]
id = ["ROL-05"]
scope = "case"
en = "Panel"
cy = "Panel"
meets = []

[visibility]
"""
#: The report is read by the Chair, who sits in the Board, and not by the Board.
CLASSES = ('V-STEER = ["worker", "board", ', 'V-CASE = ["chair", ')
TODAY = MORNING.date()
SOON = TODAY + timedelta(days=7)
#: Six months after what `tests.review` says was received.
LAST_DAY = date(2026, 9, 2)


def _files() -> dict[str, bytes]:
    """Return the small review with a Board that decides on its tasks, and other bodies."""
    found = dict(files())

    def change(path: str, *changes: tuple[str, str]) -> None:
        text = found[path].decode()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        found[path] = text.encode()

    change(
        "processes/roles.toml",
        ("[visibility]\n", BODIES),
        ('V-STEER = ["worker", ', CLASSES[0]),
        ("V-CASE = [", CLASSES[1]),
    )
    change("processes/review.bpmn", ('adolygu:role="worker"', 'adolygu:role="worker board"'))
    change("processes/timescales.toml", ('level = "E2"', 'level = "E5"'))
    change("forms/report.json", ('"V-STEER"', '"V-CASE"'))
    change("forms/receipt.json", ('"label": "Received on"',
                                  '"catalogue": "F23.01", "label": "Received on"'))  # fmt: skip
    return found


@pytest.fixture
def review(database: db.Database, tmp_path_factory: pytest.TempPathFactory) -> Review:
    """A case just opened, on a Board whose bodies meet."""
    uploads_module.use(uploads_module.Store(tmp_path_factory.mktemp("uploads")))
    made = set_up()
    with db.transaction() as session, patch.object(versions, "check", lambda _: []):
        deployments.deploy(session, _files(), actor="SYSTEM")
    made.open()
    return made


def _person(board_id: uuid.UUID, *roles: str) -> Actor:
    with db.transaction() as session:
        account = accounts.create_account(session, f"{uuid.uuid4().hex[:8]}@example.test", "Non")
        for role in roles:
            people.appoint_to_board(session, board_id, role, account.id, "SYSTEM")
        return Actor(account.id, account.name)


def _key(review: Review) -> str:
    with db.reading() as session:
        return session.get_one(Board, review.board_id).key


def _plan(
    review: Review, body: str = "board", day: date = SOON, quorum: str = "", case: str = ""
) -> uuid.UUID:
    plan = MeetingPlan(day, "9:30", "Town Hall", quorum)
    return meetings.plan_meeting(_key(review), body, case, plan, review.coordinator)


def _kinds(meeting_id: uuid.UUID, actor: Actor) -> list[tuple[str, str]]:
    page = meetings.meeting_page(meeting_id, actor)
    return [(item.kind, item.requirement) for item in page.agenda]


def _decision(review: Review, whose: Actor, **other: str) -> Decision:
    said = {"text": "Agreed.", "how": "unanimous", "sender": str(whose.account_id)} | other
    return Decision(task=str(review.task("INT-01").id), **said)


def _content(*present: Actor, decisions: tuple[Decision, ...] = ()) -> MeetingContent:
    return MeetingContent(tuple(str(one.account_id) for one in present), "", "", decisions)


def test_an_agenda_holds_what_is_due_to_its_body_and_nothing_of_another_or_another_board(
    review: Review,
) -> None:
    board, sub_group = _plan(review), _plan(review, "sub_group")
    assert _kinds(board, review.coordinator) == [("decision", "INT-01")]
    assert _kinds(sub_group, review.coordinator) == []
    with db.transaction() as session:
        other = people.create_board(session, f"b{uuid.uuid4().hex[:8]}", "South", "De")
        people.appoint_to_board(
            session, other.id, "coordinator", review.coordinator.account_id, "SYSTEM"
        )
        key = other.key
    plan = MeetingPlan(SOON, "10:00", "Online")
    elsewhere = meetings.plan_meeting(key, "board", "", plan, review.coordinator)
    assert _kinds(elsewhere, review.coordinator) == []


def test_what_the_last_rung_brings_is_on_the_next_meeting_of_the_board_and_no_later_one(
    review: Review,
) -> None:
    first = _plan(review, day=LAST_DAY + timedelta(days=10))
    later = _plan(review, day=LAST_DAY + timedelta(days=40))
    review.do("INT-01")
    pass_time_to(datetime(2026, 9, 2, 12, tzinfo=UTC))
    assert "escalated" not in dict(_kinds(first, review.coordinator))
    pass_time_to(datetime(2026, 9, 3, 12, tzinfo=UTC))
    assert ("escalated", "TS-01") in _kinds(first, review.coordinator)
    page = meetings.meeting_page(later, review.coordinator)
    assert not page.has_agenda
    assert page.agenda == ()
    meetings.cancel_meeting(first, "Snow", review.coordinator, seen=1)
    assert ("escalated", "TS-01") in _kinds(later, review.coordinator)


@pytest.mark.parametrize(("days_after", "is_before"), [(0, False), (1, True)])
def test_a_meeting_on_the_last_day_in_time_is_in_time(
    review: Review, days_after: int, *, is_before: bool
) -> None:
    meeting_id = _plan(review, day=LAST_DAY + timedelta(days=days_after))
    review.do("INT-01")
    page = meetings.meeting_page(meeting_id, review.coordinator)
    found = {item.due_on: item.before_meeting for item in page.agenda}
    assert found[LAST_DAY] is is_before


def test_a_message_of_the_last_rung_names_the_next_meeting_of_the_board(review: Review) -> None:
    letter = b"""
[subject]
en = "s"
cy = "s"
[body]
en = "The Board meets {meeting}."
cy = "Cyfarfod y Bwrdd, {meeting}."
"""
    with db.transaction() as session:
        case = session.get_one(Case, review.case_id)
        notice = notices.write_notice(session, case, "k", "board", "TS-01", "x", {"level": "E5"})
        assert notice is not None
        notice_id = notice.id
    with patch.object(notices.own_templates, "in_force", lambda *_: letter):
        for planned, said in ((False, "whose day is not planned yet"), (True, "on 9 March 2026")):
            if planned:
                _plan(review)
            with db.reading() as session:
                found = notices.letter_text(session, session.get_one(Notice, notice_id), "en")
            assert found[1] == f"The Board meets {said}.\n"


def test_papers_hold_exactly_what_body_and_reader_may_both_read(review: Review) -> None:
    review.do("INT-01", {"participants": []})
    review.do("INT-02")
    meeting_id = _plan(review)
    page = meetings.meeting_page(meeting_id, review.coordinator)
    listed = {one.id for one in page.papers}
    with db.reading() as session:
        file = read_case(session, review.case_id, str(review.coordinator.account_id))
        rows = session.scalars(select(Document).where(Document.case_id == review.case_id)).all()
        reader = body_as_reader(file, "board")
        readable = {str(row.id) for row in rows if readable_content(file, *reader, row) is not None}
    assert listed == readable
    assert len(rows) > len(readable) > 0
    titles = {one.title.en for one in page.papers}
    assert "Receipt" in titles
    pack = meetings.meeting_pack(meeting_id, {str(row.id) for row in rows}, review.coordinator)
    assert "Receipt" in repr(pack.blocks)
    assert "Report" not in {getattr(block, "text", None) and block.text.en  # type: ignore[union-attr]
                            for block in pack.blocks if hasattr(block, "text")}  # fmt: skip
    assert not meetings.meeting_page(meeting_id, _person(review.board_id, "chair")).may_keep


def test_a_pack_begins_with_a_list_of_its_papers_numbered_as_they_follow(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam", "Rob")})
    for number in (1, 2):
        item = f"participant_{number}"
        review.do("INT-05", {"told_on": "2026-03-02"}, item=item, actor=review.worker)
    meeting_id = _plan(review)
    page = meetings.meeting_page(meeting_id, review.coordinator)
    pack = meetings.meeting_pack(meeting_id, {one.id for one in page.papers}, review.coordinator)
    _, contents = (one for one in pack.blocks[:6] if isinstance(one, Table))
    listed = [[line.en for cell in row for line in cell] for row in contents.rows]
    assert [line[0] for line in listed] == ["1", "2", "3"]
    # Two papers of one name are told apart by whom they are about.
    assert {tuple(line[1:3]) for line in listed} >= {("Account", "Pam"), ("Account", "Rob")}
    headings = [one.text.en for one in pack.blocks if isinstance(one, Heading) and one.level == 2]
    assert headings[-3:] == [f"{line[0]}. {line[1]}" for line in listed]


def test_whoever_sits_in_a_body_gets_no_paper_that_they_may_not_read_themselves(
    review: Review,
) -> None:
    review.do("INT-01")
    meeting_id = _plan(review)
    member, chair = _person(review.board_id, "board"), _person(review.board_id, "chair")
    assert meetings.meeting_page(meeting_id, member).papers
    # Of the class of the receipt is the Board, not its Chair.
    assert meetings.meeting_page(meeting_id, chair).papers == ()


def test_the_number_of_queries_grows_neither_with_the_papers_nor_with_the_cases(
    review: Review, database: db.Database
) -> None:
    def brought_to_the_board(*names: str) -> None:
        review.do("INT-01", {"participants": participants(*names)})
        for number in range(len(names)):
            item = f"participant_{number + 1}"
            review.do("INT-05", {"told_on": "2026-03-02"}, item=item, actor=review.worker)

    def look() -> tuple[int, int]:
        meetings.meeting_page(meeting_id, review.coordinator)
        with statements(database) as seen:
            page = meetings.meeting_page(meeting_id, review.coordinator)
        return len(page.papers), len(seen)

    meeting_id = _plan(review)
    brought_to_the_board("Pam")
    few_papers, few_queries = look()
    review.open()
    brought_to_the_board("Rob", "Sal", "Tom", "Uma", "Vic")
    many_papers, many_queries = look()
    assert (few_papers, many_papers) == (2, 8)
    assert many_queries == few_queries


def test_meetings_are_known_to_those_who_sit_in_them_and_kept_by_who_co_ordinates(
    review: Review,
) -> None:
    meeting_id = _plan(review)
    member = _person(review.board_id, "board")
    assert [one.id for one in meetings.list_meetings(member).coming] == [meeting_id]
    with pytest.raises(NotFound):
        meetings.cancel_meeting(meeting_id, "because", member, seen=1)
    for stranger in (_person(review.board_id, "sub_group"), review.worker):
        assert meetings.list_meetings(stranger).coming == ()
        with pytest.raises(NotFound):
            meetings.meeting_page(meeting_id, stranger)
        with pytest.raises(NotFound):
            meetings.meeting_pack(meeting_id, (), stranger)
    with pytest.raises(NotFound):
        meetings.plan_meeting(_key(review), "board", "", MeetingPlan(SOON, "9:00", "x"), member)


def test_a_panel_meets_about_one_case_and_stands_on_its_record(review: Review) -> None:
    identifier = review.case().identifier
    meeting_id = _plan(review, "panel", case=identifier)
    assert meetings.meeting_page(meeting_id, review.coordinator).line.case_identifier == identifier
    assert [event.data["meeting"] for event in review.events("meeting_planned")] == [
        str(meeting_id)
    ]
    with pytest.raises(meetings.MeetingCaseWrong):
        _plan(review, "panel", case="NORTH-2026-999")
    with pytest.raises(meetings.MeetingCaseWrong):
        _plan(review, "board", case=identifier)


def test_a_decision_is_filled_into_the_draft_of_its_sender_and_sends_nothing(
    review: Review,
) -> None:
    member = _person(review.board_id, "board")
    meeting_id = _plan(review, day=TODAY)
    content = _content(member, decisions=(_decision(review, member),))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    task = review.task("INT-01")
    with db.reading() as session:
        draft = documents.read_draft(session, task.id, member.account_id)
        assert draft is not None
        typed = {name: texts for name, texts in draft.content.items() if "received_on" in name}
        assert sorted(texts[0].lstrip("0") for texts in typed.values()) == ["2", "2026", "3"]
        assert documents.read_draft(session, task.id, review.worker.account_id) is None
    (record,) = meetings.meeting_page(meeting_id, review.coordinator).records
    assert (record.present, record.decisions[0].decision.text) == (("Non",), "Agreed.")
    assert task.state == "open"


def test_the_task_of_a_decision_is_in_the_list_of_its_sender_with_what_was_decided(
    review: Review,
) -> None:
    member, other = (_person(review.board_id, "board") for _ in range(2))
    task = review.task("INT-01")
    assert task.id in {one.id for one in task_pages.open_tasks(member)[1]}
    meeting_id = _plan(review, day=TODAY)
    content = _content(member, other, decisions=(_decision(review, member),))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    assert task.id in {one.id for one in task_pages.open_tasks(member)[0]}
    assert [event.data["to"] for event in review.events("task_assigned")] == [
        str(member.account_id)
    ]
    (decided,) = meetings.meeting_decisions(task.id, member)
    assert (decided.day, decided.decision.text) == (TODAY, "Agreed.")
    assert decided.meeting_id == meeting_id
    # Whoever may not know of the meeting is told nothing of it, though they may do the task.
    assert meetings.meeting_decisions(task.id, review.worker) == ()


def test_a_sender_reads_the_decision_also_where_they_do_not_sit_in_the_meeting(
    review: Review,
) -> None:
    member, meeting_id = _person(review.board_id, "board"), _plan(review, day=TODAY)
    decided = _decision(review, review.worker)
    content = _content(member, decisions=(decided,))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    (read,) = meetings.meeting_decisions(review.task("INT-01").id, review.worker)
    assert (read.decision.text, read.meeting_id) == ("Agreed.", None)


def test_what_somebody_typed_is_not_written_over(review: Review) -> None:
    member = _person(review.board_id, "board")
    task = review.task("INT-01")
    typed = {"received_on-day": ["27"], "received_on-month": ["2"]}
    tasks.save_draft(task.id, typed, {}, member)
    meeting_id = _plan(review, day=TODAY)
    content = _content(member, decisions=(_decision(review, member),))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    with db.reading() as session:
        draft = documents.read_draft(session, task.id, member.account_id)
        assert draft is not None
        assert draft.content["received_on-day"] == ["27"]
        assert not any(draft.content.get("received_on-year", ()))


def test_too_few_decide_nothing_but_the_meeting_is_recorded(review: Review) -> None:
    one, two = _person(review.board_id, "board"), _person(review.board_id, "chair")
    meeting_id = _plan(review, day=TODAY, quorum="2")
    decisions = (_decision(review, one),)
    with pytest.raises(meetings.QuorumNotMet):
        meetings.record_meeting(
            meeting_id, _content(one, decisions=decisions), "", review.coordinator, seen=1
        )
    # The same person twice is one person.
    with pytest.raises(meetings.QuorumNotMet):
        meetings.record_meeting(
            meeting_id, _content(one, one, decisions=decisions), "", review.coordinator, seen=1
        )
    meetings.record_meeting(meeting_id, _content(one), "", review.coordinator, seen=1)
    assert meetings.meeting_page(meeting_id, two).line.state == "held"


def test_enough_decide(review: Review) -> None:
    one, two = _person(review.board_id, "board"), _person(review.board_id, "chair")
    meeting_id = _plan(review, day=TODAY, quorum="2")
    content = _content(one, two, decisions=(_decision(review, one),))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    assert len(meetings.meeting_page(meeting_id, one).records[0].decisions) == 1


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"how": ""}, meetings.DecisionMissing),
        ({"text": " "}, meetings.DecisionMissing),
        ({"votes_for": "1", "votes_against": "1"}, meetings.VotesWrong),
        ({"how": "majority", "votes_for": "1", "votes_against": "1"}, meetings.VotesWrong),
        ({"votes_for": "3"}, meetings.VotesWrong),
        ({"votes_for": "-1"}, meetings.VotesWrong),
        ({"sender": ""}, meetings.SenderMissing),
        ({"sender": str(uuid.uuid4())}, meetings.SenderMissing),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(
    review: Review, wrong: dict[str, str], refusal: type[Exception]
) -> None:
    one, two = _person(review.board_id, "board"), _person(review.board_id, "board")
    meeting_id = _plan(review, day=TODAY)
    content = _content(one, two, decisions=(_decision(review, one, **wrong),))
    with pytest.raises(refusal):
        meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    assert meetings.meeting_page(meeting_id, one).records == ()


def test_all_that_is_wrong_with_a_decision_is_told_at_once(review: Review) -> None:
    one = _person(review.board_id, "board")
    meeting_id = _plan(review, day=TODAY)
    decision = _decision(review, one, text="", votes_for="5", sender="")
    content = _content(one, decisions=(decision,))
    with pytest.raises(meetings.DecisionMissing) as refused:
        meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    assert [type(other) for other in refused.value.together] == [
        meetings.DecisionMissing,
        meetings.VotesWrong,
        meetings.SenderMissing,
    ]


def test_of_two_who_record_at_once_the_second_is_told(review: Review) -> None:
    member = _person(review.board_id, "board")
    meeting_id = _plan(review, day=TODAY)
    content = _content(member, decisions=(_decision(review, member),))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    with pytest.raises(meetings.MeetingChanged):
        meetings.record_meeting(meeting_id, _content(member), "", review.coordinator, seen=1)
    assert len(meetings.meeting_page(meeting_id, member).records) == 1


def test_a_record_is_put_right_in_a_new_version_with_a_reason(review: Review) -> None:
    member = _person(review.board_id, "board")
    meeting_id = _plan(review, day=TODAY)
    decision = _decision(review, member)
    content = _content(member, decisions=(decision,))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    review.do("INT-01", actor=member)
    other = Decision(decision.task, "Agreed, but later.", "majority", sender=decision.sender)
    put_right = _content(member, decisions=(other,))
    with pytest.raises(meetings.MeetingReasonMissing):
        meetings.record_meeting(meeting_id, put_right, " ", review.coordinator, seen=2)
    meetings.record_meeting(meeting_id, put_right, "misheard", review.coordinator, seen=2)
    newest, oldest = meetings.meeting_page(meeting_id, member).records
    assert (newest.reason, newest.decisions[0].decision.how) == ("misheard", "majority")
    assert oldest.decisions[0].decision.text == "Agreed."


def test_agenda_and_papers_stay_with_a_meeting_that_was_held_as_they_were(
    review: Review,
) -> None:
    review.do("INT-01", {"participants": []})
    meeting_id, member = _plan(review, day=TODAY), _person(review.board_id, "board")
    before = meetings.meeting_page(meeting_id, member)
    assert before.agenda
    assert before.papers
    meetings.record_meeting(meeting_id, _content(member), "", review.coordinator, seen=1)
    review.do("INT-02")
    review.open()
    after = meetings.meeting_page(meeting_id, member)
    assert after.has_agenda
    assert [one.name for one in after.agenda] == [one.name for one in before.agenda]
    assert after.papers == before.papers
    # They stay with the record when it is put right, too.
    meetings.record_meeting(meeting_id, _content(member), "misheard", review.coordinator, seen=2)
    assert meetings.meeting_page(meeting_id, member).papers == before.papers
    pack = meetings.meeting_pack(meeting_id, {one.id for one in before.papers}, member)
    assert [one.text.en for one in pack.blocks if isinstance(one, Heading)][2] == "1. Receipt"


def test_of_a_meeting_that_was_held_nobody_reads_more_than_of_one_to_come(review: Review) -> None:
    review.do("INT-01")
    meeting_id, member = _plan(review, day=TODAY), _person(review.board_id, "board")
    chair = _person(review.board_id, "chair")
    meetings.record_meeting(meeting_id, _content(member), "", review.coordinator, seen=1)
    assert meetings.meeting_page(meeting_id, member).papers
    assert meetings.meeting_page(meeting_id, chair).papers == ()
    cancelled = _plan(review, day=TODAY)
    meetings.cancel_meeting(cancelled, "Snow", review.coordinator, seen=1)
    with pytest.raises(meetings.MeetingOver):
        meetings.meeting_pack(cancelled, (), member)


def test_an_agenda_leads_to_what_its_reader_may_open(review: Review) -> None:
    meeting_id = _plan(review)
    member, keeper = (
        meetings.meeting_page(meeting_id, one)
        for one in (_person(review.board_id, "board"), review.coordinator)
    )
    task = str(review.task("INT-01").id)
    assert (member.open_tasks, member.open_cases) == ({task}, set())
    assert (keeper.open_tasks, keeper.open_cases) == (set(), {review.case_id})


def test_a_meeting_is_not_recorded_before_its_day(review: Review) -> None:
    member = _person(review.board_id, "board")
    meeting_id = _plan(review)
    with pytest.raises(meetings.MeetingNotYet):
        meetings.record_meeting(meeting_id, _content(member), "", review.coordinator, seen=1)
    freeze(MORNING + timedelta(days=7))
    meetings.record_meeting(meeting_id, _content(member), "", review.coordinator, seen=1)


def test_nothing_is_deleted_and_a_cancelled_meeting_stays_with_its_reason(review: Review) -> None:
    meeting_id = _plan(review)
    with pytest.raises(meetings.MeetingReasonMissing):
        meetings.cancel_meeting(meeting_id, "", review.coordinator, seen=1)
    meetings.cancel_meeting(meeting_id, "Too few can come.", review.coordinator, seen=1)
    found = meetings.list_meetings(review.coordinator)
    assert [(one.state, one.why) for one in found.over] == [("cancelled", "Too few can come.")]
    with pytest.raises(meetings.MeetingOver):
        meetings.record_meeting(meeting_id, _content(review.worker), "", review.coordinator, seen=2)
    with db.reading() as session:
        assert meeting_days.next_planned(session, review.board_id, "board") is None


def test_the_record_of_the_board_tells_of_its_meetings_and_not_what_was_said(
    review: Review,
) -> None:
    member = _person(review.board_id, "board")
    meeting_id = _plan(review, day=TODAY)
    content = _content(member, decisions=(_decision(review, member),))
    meetings.meeting_pack(meeting_id, (), review.coordinator)
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=1)
    with db.reading() as session:
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.board_id == review.board_id, AuditEvent.kind.like("meeting_%"))
            .order_by(AuditEvent.seq)
        ).all()
        stored = session.connection().exec_driver_sql("select content from meeting_record")
        assert b"Agreed" not in bytes(stored.scalar_one())
    kinds = [event.kind for event in events]
    assert kinds == ["meeting_planned", "meeting_pack_taken", "meeting_recorded"]
    assert "Agreed" not in repr([event.data for event in events])
    assert re.search("Town Hall|Non", repr([event.data for event in events])) is None


@pytest.mark.parametrize(
    ("plan", "refusal"),
    [
        (MeetingPlan(None, "9:00", "Hall"), meetings.MeetingDayWrong),
        (MeetingPlan(TODAY + timedelta(days=732), "9:00", "Hall"), meetings.MeetingDayWrong),
        (MeetingPlan(TODAY - timedelta(days=367), "9:00", "Hall"), meetings.MeetingDayWrong),
        (MeetingPlan(SOON, "25:00", "Hall"), meetings.MeetingTimeWrong),
        (MeetingPlan(SOON, "٩:00", "Hall"), meetings.MeetingTimeWrong),
        (MeetingPlan(SOON, "9:00", " "), meetings.MeetingPlaceMissing),
        (MeetingPlan(SOON, "9:00", "Hall", "many"), meetings.QuorumWrong),
        (MeetingPlan(SOON, "9:00", "Hall", "100"), meetings.QuorumWrong),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(
    review: Review, plan: MeetingPlan, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        meetings.plan_meeting(_key(review), "board", "", plan, review.coordinator)


def test_the_same_click_twice_plans_one_meeting(review: Review) -> None:
    plan, key = MeetingPlan(SOON, "9:00", "Hall"), str(uuid.uuid4())
    first, second = (
        meetings.plan_meeting(_key(review), "board", "", plan, review.coordinator, key)
        for _ in range(2)
    )
    assert first == second


# Items of one's own on the agenda.


def _item(title: str = "The year’s training", **other: Any) -> MeetingItemContent:
    return MeetingItemContent(title, **other)


def _seen(meeting_id: uuid.UUID, actor: Actor) -> int:
    return meetings.meeting_page(meeting_id, actor).line.version


def _add(review: Review, meeting_id: uuid.UUID, content: MeetingItemContent) -> int:
    seen = _seen(meeting_id, review.coordinator)
    return meetings.add_meeting_item(meeting_id, content, review.coordinator, seen=seen)


def _on_record(review: Review, kind: str) -> list[AuditEvent]:
    """Return what the record of the Board says of one kind."""
    with db.reading() as session:
        of_board = AuditEvent.board_id == review.board_id
        found = session.scalars(select(AuditEvent).where(of_board, AuditEvent.kind == kind))
        return list(found)


def test_own_item_stands_on_the_agenda_with_its_note_and_leads_to_its_case(review: Review) -> None:
    meeting_id = _plan(review)
    member = _person(review.board_id, "board")
    identifier = review.case().identifier
    number = _add(review, meeting_id, _item(note="Bring figures.", case_identifier=identifier))
    assert _add(review, meeting_id, _item("Any other business")) == number + 1
    page = meetings.meeting_page(meeting_id, member)
    own = [one for one in page.agenda if one.kind == "own"]
    assert [one.name.cy for one in own] == ["The year’s training", "Any other business"]
    assert (own[0].note, own[0].case_identifier) == ("Bring figures.", identifier)
    assert (own[1].case_id, own[1].case_identifier) == (None, "")
    assert len(_on_record(review, "meeting_item_added")) == 2


def test_own_item_is_changed_and_taken_off_and_every_version_stays(review: Review) -> None:
    meeting_id = _plan(review)
    number = _add(review, meeting_id, _item())
    coordinator = review.coordinator
    seen = _seen(meeting_id, coordinator)
    content = _item("Training next year")
    meetings.change_meeting_item(meeting_id, number, content, coordinator, seen=seen)
    with pytest.raises(meetings.MeetingReasonMissing):
        meetings.take_meeting_item_off(meeting_id, number, " ", coordinator, seen=seen + 1)
    meetings.take_meeting_item_off(meeting_id, number, "Dealt with", coordinator, seen=seen + 1)
    assert meetings.meeting_page(meeting_id, coordinator).own == ()
    with db.reading() as session:
        kept = session.scalars(
            select(MeetingItem)
            .where(MeetingItem.meeting_id == meeting_id)
            .order_by(MeetingItem.version)
        ).all()
    assert [row.content["title"] for row in kept] == [
        "The year’s training",
        "Training next year",
        "Training next year",
    ]
    assert kept[-1].content["off"] == "Dealt with"
    with pytest.raises(NotFound):
        meetings.change_meeting_item(meeting_id, number, content, coordinator, seen=seen + 2)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (_item(" "), meetings.MeetingItemTitleMissing),
        (_item("x" * 201), meetings.MeetingItemTitleMissing),
        (_item(note="x" * 4001), meetings.MeetingTextTooLong),
        (_item(case_identifier="ELSEWHERE-1"), meetings.MeetingItemCaseWrong),
    ],
)
def test_what_is_wrong_with_an_own_item_is_refused(
    review: Review, content: MeetingItemContent, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        _add(review, _plan(review), content)


def test_only_who_keeps_the_meetings_puts_items_on_a_planned_agenda(review: Review) -> None:
    meeting_id, member = _plan(review), _person(review.board_id, "board")
    with pytest.raises(NotFound):
        meetings.add_meeting_item(meeting_id, _item(), member, seen=1)
    with pytest.raises(meetings.MeetingChanged):
        meetings.add_meeting_item(meeting_id, _item(), review.coordinator, seen=7)
    meetings.cancel_meeting(meeting_id, "Snow", review.coordinator, seen=1)
    with pytest.raises(meetings.MeetingOver):
        _add(review, meeting_id, _item())


def test_own_items_of_a_later_meeting_wait_for_it(review: Review) -> None:
    _plan(review, day=SOON)
    later = _plan(review, day=SOON + timedelta(days=30))
    _add(review, later, _item())
    page = meetings.meeting_page(later, review.coordinator)
    assert (page.has_agenda, page.agenda) == (False, ())
    assert [one.name.en for one in page.own] == ["The year’s training"]


def test_papers_of_an_own_item_are_those_that_the_body_may_read(review: Review) -> None:
    review.do("INT-01")
    meeting_id = _plan(review)
    documents_of_case = [str(row.id) for row in review.rows(Document)]
    content = _item(
        case_identifier=review.case().identifier, papers=(*documents_of_case, str(uuid.uuid4()))
    )
    _add(review, meeting_id, content)
    page = meetings.meeting_page(meeting_id, review.coordinator)
    (own,) = page.own
    assert set(own.papers) == set(documents_of_case)
    assert {paper.id for paper in page.papers} >= set(own.papers)
    taken = meetings.meeting_pack(meeting_id, own.papers, review.coordinator)
    (agenda,) = [block for block in taken.blocks if isinstance(block, Table)][:1]
    said = [text.en for row in agenda.rows for cell in row for text in cell]
    assert "The year’s training" in said
    assert any(text.startswith("Paper: ") for text in said)


def test_what_was_decided_on_an_own_item_is_kept_in_the_record(review: Review) -> None:
    meeting_id = _plan(review, day=TODAY)
    _add(review, meeting_id, _item(note="Bring figures."))
    member = _person(review.board_id, "board")
    (own,) = meetings.meeting_page(meeting_id, review.coordinator).own
    decided = Decision(own.key, "Two days a year.", "unanimous", "1")
    seen = _seen(meeting_id, review.coordinator)
    content = _content(member, decisions=(decided,))
    meetings.record_meeting(meeting_id, content, "", review.coordinator, seen=seen)
    page = meetings.meeting_page(meeting_id, member)
    (line,) = page.records[0].decisions
    assert (line.name.en, line.decision.text) == ("The year’s training", "Two days a year.")
    assert (line.case_identifier, line.sender) == ("", "")
    assert [one.note for one in page.agenda if one.kind == "own"] == ["Bring figures."]
    seen = _seen(meeting_id, review.coordinator)
    meetings.record_meeting(meeting_id, content, "Put right", review.coordinator, seen=seen)
    assert len(meetings.meeting_page(meeting_id, member).records) == 2


# Who was invited.


def _told(meeting_id: uuid.UUID, actor: Actor) -> dict[str, tuple[str, str, bool]]:
    page = meetings.meeting_page(meeting_id, actor)
    return {one.name: (one.state, one.kind, one.is_current) for one in page.told}


def _tell(review: Review, meeting_id: uuid.UUID) -> int:
    seen = _seen(meeting_id, review.coordinator)
    return meetings.tell_members(meeting_id, review.coordinator, seen=seen)


def test_members_are_invited_once_by_the_outbox_without_anything_of_a_case_or_the_place(
    review: Review,
) -> None:
    meeting_id = _plan(review)
    _person(review.board_id, "board")
    assert _told(meeting_id, review.coordinator) == {"Non": ("not_told", "", False)}
    assert meetings.meeting_page(meeting_id, review.coordinator).may_tell
    assert _tell(review, meeting_id) == 1
    assert _told(meeting_id, review.coordinator) == {"Non": ("waiting", "invited", True)}
    with pytest.raises(meetings.NobodyToTell):
        _tell(review, meeting_id)
    port = Kept()
    outbox.send_waiting(port, SENDER, base_url="https://adolygu.test")
    (message,) = [one for one in port.sent if "meeting" in str(one["Subject"])]
    text = message.get_content()
    assert f"https://adolygu.test/meetings/{meeting_id}" in text
    assert "9:30" in text
    assert "Town Hall" not in text
    assert review.case().identifier not in text
    assert _told(meeting_id, review.coordinator) == {"Non": ("sent", "invited", True)}
    assert [one.data["members"] for one in _on_record(review, "meeting_members_told")] == [1]


def test_whoever_was_invited_for_another_day_is_told_again_and_that_it_is_cancelled(
    review: Review,
) -> None:
    meeting_id = _plan(review)
    _person(review.board_id, "board")
    _tell(review, meeting_id)
    plan = MeetingPlan(SOON + timedelta(days=1), "9:30", "Town Hall")
    seen = _seen(meeting_id, review.coordinator)
    meetings.move_meeting(meeting_id, plan, "Snow", review.coordinator, seen=seen)
    assert _told(meeting_id, review.coordinator) == {"Non": ("waiting", "invited", False)}
    assert _tell(review, meeting_id) == 1
    _person(review.board_id, "board")
    seen = _seen(meeting_id, review.coordinator)
    meetings.cancel_meeting(meeting_id, "More snow", review.coordinator, seen=seen)
    # Whoever never heard of it need not hear that it does not take place.
    assert _tell(review, meeting_id) == 1
    port = Kept()
    outbox.send_waiting(port, SENDER, base_url="https://adolygu.test")
    about = [str(one["Subject"]) for one in port.sent if "meeting" in str(one["Subject"])]
    assert about
    assert all("no meeting on" in subject for subject in about)


def test_only_who_keeps_the_meetings_invites_and_nobody_once_the_day_is_over(
    review: Review,
) -> None:
    meeting_id, member = _plan(review), _person(review.board_id, "board")
    with pytest.raises(NotFound):
        meetings.tell_members(meeting_id, member, seen=1)
    assert not meetings.meeting_page(meeting_id, member).may_tell
    freeze(MORNING + timedelta(days=8))
    assert not meetings.meeting_page(meeting_id, review.coordinator).may_tell
    with pytest.raises(meetings.MeetingOver):
        _tell(review, meeting_id)


def test_page_says_who_has_the_meeting_in_their_own_calendar(review: Review) -> None:
    meeting_id, member = _plan(review), _person(review.board_id, "board")
    calendar_feeds.make_calendar_feed(member)
    (one,) = meetings.meeting_page(meeting_id, review.coordinator).told
    assert one.in_calendar
    calendar_feeds.end_calendar_feed(member)
    (one,) = meetings.meeting_page(meeting_id, review.coordinator).told
    assert not one.in_calendar
