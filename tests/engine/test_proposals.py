"""That what bears on the statute waits for a second person, and the preview is what happens."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from engine import (
    access,
    accounts,
    case_pages,
    corrections,
    db,
    forms,
    notices,
    people,
    proposals,
    store,
    tasks,
)
from engine.corrections import (
    CaseEnded,
    Correction,
    StandsSoAlready,
    StepNotOpen,
)
from engine.errors import AccessDenied, NotFound, ReasonNeeded
from engine.models import Notice, OutboxMessage
from engine.people import Actor
from engine.proposals import AnotherPersonConfirms, CaseMovedOn, ProposalDecided
from engine.store import CaseFile
from engine.tasks import TaskNotTheirs
from tests.faults.oracle import wrongs
from tests.review import Review, freeze, opened, participants

pytestmark = pytest.mark.usefixtures("database")

WHY = "it was entered wrongly"
CLOSE, REOPEN = Correction("close"), Correction("reopen")


@pytest.fixture
def review() -> Review:
    """A review that has been received, with one participant who was heard."""
    found = opened()
    found.do("INT-01", {"participants": participants("Police")})
    found.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    return found


@pytest.fixture
def second(review: Review) -> Actor:
    """Another co-ordinator of the same Board."""
    with db.transaction() as session:
        account = accounts.create_account(session, f"{uuid.uuid4().hex[:8]}@example.test", "Dai")
        people.appoint_to_board(session, review.board_id, "coordinator", account.id, "SYSTEM")
        return Actor(account.id, account.name)


def put_right(review: Review, correction: Correction, reason: str = WHY) -> uuid.UUID | None:
    """Put something right as its page does: look first, then do it."""
    seen = mark(review, correction)
    return proposals.put_right(review.case_id, correction, reason, seen, review.coordinator)


def mark(review: Review, correction: Correction) -> str:
    page = proposals.correction_page(review.case_id, correction, review.coordinator)
    return page.outlook.consequences.fingerprint


def proposed(review: Review, correction: Correction) -> uuid.UUID:
    found = put_right(review, correction)
    assert found is not None
    return found


def confirm(review: Review, proposal: uuid.UUID, actor: Actor) -> None:
    page = proposals.proposal_page(review.case_id, proposal, actor)
    assert page.outlook is not None
    seen = page.outlook.consequences.fingerprint
    proposals.confirm(review.case_id, proposal, seen, actor)


def assert_whole() -> None:
    """See to it that logs, states and the audit trail agree; a step taken back was done once."""
    assert [wrong for wrong in wrongs() if "completions logged" not in wrong] == []


def amended(review: Review, **values: object) -> uuid.UUID | None:
    """Put the dates of the receipt right as a page sends them."""
    row = review.document("receipt")
    posted = _posted(review, **values)
    return proposals.amend(row.id, ("dates",), WHY, review.coordinator, posted=posted)


def _posted(review: Review, **values: object) -> dict[str, list[str]]:
    row = review.document("receipt")
    with db.reading() as session:
        file = store.read_case(session, review.case_id, "SYSTEM")
        part = corrections.amendment_part(file, row, ("dates",))
        return {
            **part.posted,
            **forms.to_posted(
                part.form, ("dates",), {"dates": {**part.content["dates"], **values}}
            ),
        }


# What is previewed is what happens, and looking changes nothing.


ALL = {
    "go_back": Correction("go_back", step="INT-01"),
    "skip": Correction("skip", step="INT-02"),
    "suspend": Correction("suspend"),
    "withdraw": Correction("withdraw"),
    "close": CLOSE,
}


@pytest.mark.parametrize("act", sorted(ALL))
def test_looking_ahead_changes_nothing(review: Review, act: str) -> None:
    before, tasks = review.case().version, review.open_steps()
    proposals.correction_page(review.case_id, ALL[act], review.coordinator)
    assert (review.case().version, review.open_steps()) == (before, tasks)
    assert_whole()


def test_preview_names_what_is_withdrawn_opened_and_which_clock_moves(review: Review) -> None:
    page = proposals.correction_page(review.case_id, ALL["go_back"], review.coordinator)
    came = page.outlook.consequences
    assert [step.name.en for step in came.steps] == ["Record the receipt", "Write the account"]
    assert [task.name.en for task in came.withdrawn] == ["Write the report"]
    assert [task.name.en for task in came.opened] == ["Record the receipt"]
    ends = proposals.correction_page(review.case_id, CLOSE, review.coordinator).outlook.consequences
    moved = {(one.name.en, one.state_before, one.state_after) for one in ends.clocks}
    assert ("Report six months after receipt", "running", "ended") in moved


@pytest.mark.parametrize("act", sorted(ALL))
def test_reason_is_required(review: Review, act: str) -> None:
    before = review.case().version
    with pytest.raises(ReasonNeeded):
        put_right(review, ALL[act], "  ")
    assert review.case().version == before


@pytest.mark.parametrize("act", sorted(ALL))
def test_only_who_coordinates_may_look_or_put_right(review: Review, act: str) -> None:
    seen = mark(review, ALL[act])
    with pytest.raises(AccessDenied):
        proposals.correction_page(review.case_id, ALL[act], review.worker)
    with pytest.raises(AccessDenied):
        proposals.put_right(review.case_id, ALL[act], WHY, seen, review.worker)
    with pytest.raises(NotFound):
        proposals.put_right(review.case_id, ALL[act], WHY, seen, opened().coordinator)


def test_what_happened_meanwhile_is_looked_at_again(review: Review) -> None:
    skip = Correction("skip", step="INT-04")
    review.do("INT-02")
    seen = mark(review, Correction("go_back", step="INT-02"))
    with pytest.raises(CaseMovedOn):
        proposals.put_right(review.case_id, skip, WHY, seen, review.coordinator)
    assert review.open_steps() == ["INT-04"]


def test_of_two_who_skip_at_once_the_second_is_told(review: Review) -> None:
    review.do("INT-02")
    skip = Correction("skip", step="INT-04")
    seen = mark(review, skip)
    proposals.put_right(review.case_id, skip, WHY, seen, review.coordinator)
    with pytest.raises(StepNotOpen):
        proposals.put_right(review.case_id, skip, WHY, seen, review.coordinator)
    assert_whole()


# What needs a second person.


@pytest.mark.parametrize(
    ("correction", "waits"),
    [
        (ALL["skip"], True),
        (ALL["withdraw"], True),
        (CLOSE, True),
        (Correction("suspend"), False),
    ],
)
def test_what_bears_on_the_statute_waits(
    review: Review, correction: Correction, waits: bool
) -> None:
    state, steps = review.case().state, review.open_steps()
    assert (put_right(review, correction) is not None) == waits
    if waits:
        assert (review.case().state, review.open_steps()) == (state, steps)
        assert review.events()[-1].kind == "correction_proposed"


def test_step_that_no_limit_hangs_on_is_skipped_at_once(review: Review) -> None:
    review.do("INT-02")
    assert put_right(review, Correction("skip", step="INT-04")) is None
    assert review.case().state == "closed"


def test_going_back_to_a_step_that_ends_a_fixed_limit_waits_too(review: Review) -> None:
    review.do("INT-02")
    assert proposed(review, Correction("go_back", step="INT-02"))


def test_date_that_a_fixed_clock_runs_from_waits_and_other_answers_do_not(
    review: Review, second: Actor
) -> None:
    assert amended(review, announced=False) is None
    assert review.newest("receipt").number == 2
    version = review.document("receipt").version
    proposal = amended(review, received_on="2026-02-16")
    assert proposal is not None
    assert review.document("receipt").version == version
    confirm(review, proposal, second)
    newest = review.newest("receipt")
    assert newest.number == version + 1
    assert newest.author == str(review.coordinator.account_id)
    assert newest.reason == WHY
    assert review.clock("TS-01").due_on == date(2026, 8, 16)
    assert_whole()


def test_second_person_is_somebody_else(review: Review) -> None:
    proposal = proposed(review, CLOSE)
    page = proposals.proposal_page(review.case_id, proposal, review.coordinator)
    assert page.outlook is not None
    seen = page.outlook.consequences.fingerprint
    with pytest.raises(AnotherPersonConfirms):
        proposals.confirm(review.case_id, proposal, seen, review.coordinator)
    with pytest.raises(NotFound):
        proposals.confirm(review.case_id, proposal, seen, review.worker)
    with pytest.raises(NotFound):
        proposals.proposal_page(review.case_id, proposal, review.worker)
    assert review.case().state == "open"


def test_confirmed_once_and_both_people_are_on_record(review: Review, second: Actor) -> None:
    proposal = proposed(review, CLOSE)
    page = proposals.proposal_page(review.case_id, proposal, second)
    assert page.outlook is not None
    confirm(review, proposal, second)
    assert review.case().state == "closed"
    act, confirmed = review.events()[-2:]
    assert (act.kind, act.actor) == ("case_closed", str(review.coordinator.account_id))
    assert act.data["reason"] == WHY
    assert (confirmed.kind, confirmed.actor) == ("correction_confirmed", str(second.account_id))
    with pytest.raises(ProposalDecided):
        proposals.confirm(review.case_id, proposal, page.outlook.consequences.fingerprint, second)
    assert_whole()


def test_proposal_that_would_do_something_else_by_now_cannot_be_confirmed(
    review: Review, second: Actor
) -> None:
    proposal = proposed(review, ALL["go_back"])
    review.do("INT-02")
    page = proposals.proposal_page(review.case_id, proposal, second)
    assert page.is_stale
    with pytest.raises(CaseMovedOn):
        confirm(review, proposal, second)
    assert review.open_steps() == ["INT-04"]
    proposals.refuse(review.case_id, proposal, "the report is written", second)
    assert proposals.case_proposals(review.case_id, second)[0].state == "refused"
    assert_whole()


def test_proposal_that_cannot_be_done_any_more_says_why(review: Review, second: Actor) -> None:
    proposal = proposed(review, ALL["skip"])
    review.do("INT-02")
    page = proposals.proposal_page(review.case_id, proposal, second)
    assert page.is_stale
    assert isinstance(page.refused, StepNotOpen)


def test_refusal_needs_a_reason_and_its_proposer_takes_it_back(
    review: Review, second: Actor
) -> None:
    proposal = proposed(review, CLOSE)
    with pytest.raises(ReasonNeeded):
        proposals.refuse(review.case_id, proposal, " ", second)
    with pytest.raises(NotFound):
        proposals.refuse(review.case_id, proposal, "no", review.worker)
    proposals.refuse(review.case_id, proposal, "a slip", review.coordinator)
    (line,) = proposals.case_proposals(review.case_id, second)
    assert (line.state, line.answer) == ("taken_back", "a slip")
    with pytest.raises(ProposalDecided):
        proposals.confirm(review.case_id, proposal, "", second)


def test_what_waits_is_told_to_whoever_may_confirm_it(review: Review, second: Actor) -> None:
    proposal = proposed(review, CLOSE)
    assert [line.id for line in proposals.proposals_waiting(second)] == [proposal]
    assert [line.is_own for line in proposals.proposals_waiting(review.coordinator)] == [True]
    assert proposals.proposals_waiting(review.worker) == ()
    assert proposals.proposals_waiting(opened().coordinator) == ()
    confirm(review, proposal, second)
    assert proposals.proposals_waiting(second) == ()


# Reopening.


def test_case_ended_by_hand_goes_on_where_it_stood(review: Review) -> None:
    task = review.task("INT-02").id
    corrections.close(review.case_id, WHY, review.coordinator)
    assert review.open_steps() == []
    freeze(review.case().opened_at + timedelta(days=40))
    corrections.reopen(review.case_id, WHY, review.coordinator)
    assert review.case().state == "open"
    assert review.case().closed_at is None
    assert review.task("INT-02").id == task
    assert review.clock("TS-01").state == "running"
    assert_whole()
    review.do("INT-02")
    review.do("INT-04")
    assert review.case().state == "closed"


def test_case_that_reached_its_end_goes_back_to_its_last_step(review: Review) -> None:
    review.do("INT-02")
    review.do("INT-04")
    assert review.case().state == "closed"
    corrections.reopen(review.case_id, WHY, review.coordinator)
    assert review.open_steps() == ["INT-04"]
    assert review.case().outcome == ""
    assert_whole()
    review.do("INT-04")
    assert review.case().state == "closed"


@pytest.mark.parametrize("act", ["suspend", "withdraw", "close"])
def test_case_that_has_ended_is_reopened_first(review: Review, act: str) -> None:
    corrections.withdraw(review.case_id, WHY, review.coordinator)
    with pytest.raises(CaseEnded):
        put_right(review, Correction(act))


@pytest.mark.parametrize("act", ["resume", "reopen"])
def test_open_case_is_neither_resumed_nor_reopened(review: Review, act: str) -> None:
    with pytest.raises(StandsSoAlready):
        put_right(review, Correction(act))


# Whose task it is.


def test_task_is_given_to_somebody_who_holds_its_role_and_to_nobody_else(review: Review) -> None:
    task = review.task("INT-02").id
    to = Correction("assign", task=task, account=review.colleague.account_id)
    assert put_right(review, to) is None
    assert review.task("INT-02").claimed_by == review.colleague.account_id
    assert review.events()[-1].kind == "task_assigned"
    with pytest.raises(TaskNotTheirs):
        put_right(review, Correction("assign", task=task, account=opened().worker.account_id))
    assert put_right(review, Correction("assign", task=task)) is None
    assert review.task("INT-02").claimed_by is None
    with pytest.raises(NotFound):
        put_right(review, Correction("assign", task=opened().task("INT-01").id))
    assert_whole()


def test_page_says_all_that_may_be_put_right(review: Review) -> None:
    page = proposals.righting_page(review.case_id, review.coordinator)
    assert [task.requirement for task in page.tasks] == ["INT-02"]
    assert [step.about.name.en for step in page.steps] == ["Record the receipt"]
    assert [one.name for one in page.lists] == ["participants"]
    with pytest.raises(AccessDenied):
        proposals.righting_page(review.case_id, review.worker)


# Who is told.


def told(review: Review, template: str) -> set[uuid.UUID | None]:
    """Return the accounts that were written to with a letter."""
    ids = [row.id for row in review.rows(Notice) if row.template == template]
    with db.reading() as session:
        return set(
            session.scalars(
                select(OutboxMessage.account_id).where(OutboxMessage.notice_id.in_(ids))
            )
        )


def test_whoever_may_confirm_is_written_to_and_whoever_proposed_is_not(
    review: Review, second: Actor
) -> None:
    proposed(review, CLOSE)
    assert told(review, "proposal_waits") == {second.account_id}
    (notice,) = [row for row in review.rows(Notice) if row.template == "proposal_waits"]
    with db.reading() as session:
        subject, body = notices.notice_text(session, notice, "en", "https://x.example")
    assert review.case().identifier in subject
    assert WHY not in body


def test_of_answers_only_those_who_may_read_them_are_written_to(
    review: Review, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "readable_content", _hidden_from(second, access.readable_content))
    assert amended(review, received_on="2026-02-16") is not None
    assert told(review, "proposal_waits") == set()


def _hidden_from(
    somebody: Actor, readable: Callable[..., dict[str, Any] | None]
) -> Callable[..., dict[str, Any] | None]:
    def found(file: CaseFile, actor: Actor, *more: Any) -> dict[str, Any] | None:
        return None if actor == somebody else readable(file, actor, *more)

    return found


@pytest.mark.parametrize("act", ["confirm", "refuse", "take back"])
def test_whoever_proposed_is_told_what_a_second_person_decided(
    review: Review, second: Actor, act: str
) -> None:
    proposal = proposed(review, CLOSE)
    if act == "confirm":
        confirm(review, proposal, second)
    else:
        somebody = second if act == "refuse" else review.coordinator
        proposals.refuse(review.case_id, proposal, "no", somebody)
    expected = set() if act == "take back" else {review.coordinator.account_id}
    assert told(review, "proposal_decided") == expected


def test_page_says_who_may_confirm_and_that_nobody_else_may(review: Review) -> None:
    proposal = proposed(review, CLOSE)
    page = proposals.proposal_page(review.case_id, proposal, review.coordinator)
    assert page.may_confirm == ()
    with db.transaction() as session:
        account = accounts.create_account(session, "dai@example.test", "Dai")
        people.appoint_to_board(session, review.board_id, "coordinator", account.id, "SYSTEM")
    page = proposals.proposal_page(review.case_id, proposal, review.coordinator)
    assert page.may_confirm == ("Dai",)


def test_what_waits_for_days_stands_out(review: Review, second: Actor) -> None:
    proposed(review, CLOSE)
    (line,) = proposals.proposals_waiting(second)
    assert not line.waits_too_long
    freeze(review.case().opened_at + timedelta(days=2))
    assert not proposals.proposals_waiting(second)[0].waits_too_long
    freeze(review.case().opened_at + timedelta(days=3))
    (line,) = proposals.proposals_waiting(second)
    assert (line.days_waiting, line.waits_too_long) == (3, True)
    proposals.refuse(review.case_id, line.id, "no", second)
    assert proposals.case_proposals(review.case_id, second)[0].days_waiting is None


# Looking ahead at answers.


def test_looking_ahead_at_answers_says_what_moves_and_changes_nothing(review: Review) -> None:
    row, before = review.document("receipt"), review.case().version
    posted = _posted(review, received_on="2026-02-16")
    found = proposals.amend_outlook(row.id, ("dates",), review.coordinator, posted=posted)
    assert found.needs_second
    assert [one.due_after for one in found.consequences.clocks if one.timescale == "TS-01"] == [
        date(2026, 8, 16)
    ]
    assert review.case().version == before
    assert review.document("receipt").version == row.version
    with pytest.raises((NotFound, AccessDenied)):
        proposals.amend_outlook(row.id, ("dates",), opened().coordinator, posted=posted)


def test_whoever_amends_without_the_page_of_the_case_is_told_nothing_of_its_steps(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_page(*_: object) -> None:
        raise NotFound

    row, posted = review.document("receipt"), _posted(review, received_on="2026-02-16")
    monkeypatch.setattr(access, "require_case", no_page)
    with pytest.raises(NotFound):
        proposals.amend_outlook(row.id, ("dates",), review.coordinator, posted=posted)


def test_of_two_who_decide_at_once_the_second_is_told(committed_database: db.Database) -> None:
    review = opened()
    chairs = []
    for name in ("Dai", "Non"):
        with db.transaction() as session:
            account = accounts.create_account(session, f"{name}@example.test", name)
            people.appoint_to_board(session, review.board_id, "coordinator", account.id, "SYSTEM")
            chairs.append(Actor(account.id, name))
    proposal = proposed(review, CLOSE)
    page = proposals.proposal_page(review.case_id, proposal, chairs[0])
    assert page.outlook is not None
    seen, together, said = page.outlook.consequences.fingerprint, Barrier(2), list[str]()

    def decide(somebody: Actor) -> None:
        together.wait()
        try:
            proposals.confirm(review.case_id, proposal, seen, somebody)
            said.append("confirmed")
        except ProposalDecided:
            said.append("told")

    threads = [Thread(target=decide, args=(one,)) for one in chairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["confirmed", "told"]
    assert len(review.events("case_closed")) == 1


def test_of_two_who_do_the_same_at_once_the_second_is_told(
    committed_database: db.Database,
) -> None:
    review = opened()
    suspend = Correction("suspend")
    seen, together, said = mark(review, suspend), Barrier(2), list[str]()

    def send() -> None:
        together.wait()
        try:
            proposals.put_right(review.case_id, suspend, WHY, seen, review.coordinator)
            said.append("done")
        except (StandsSoAlready, CaseMovedOn):
            said.append("told")

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "told"]
    assert len(review.events("case_suspended")) == 1


# A case on which nothing was done but opening it (D52).

WITHDRAW = ALL["withdraw"]


def withdrawn_alone(review: Review, case_id: uuid.UUID) -> bool:
    """Withdraw a case as its page does, and say whether it is done at once."""
    page = proposals.correction_page(case_id, WITHDRAW, review.coordinator)
    seen = page.outlook.consequences.fingerprint
    waits = proposals.put_right(case_id, WITHDRAW, WHY, seen, review.coordinator)
    assert page.outlook.is_alone == (waits is None)
    assert page.outlook.needs_second == (waits is not None)
    return waits is None


def test_case_that_was_only_opened_is_withdrawn_by_one_person_with_a_reason(
    review: Review,
) -> None:
    case_id = review.open()
    with pytest.raises(ReasonNeeded):
        proposals.put_right(case_id, WITHDRAW, " ", "", review.coordinator)
    assert withdrawn_alone(review, case_id)
    page = case_pages.case_page(case_id, review.coordinator)
    assert (page.summary.state, page.summary.withdrawn, page.ended_why) == ("closed", True, WHY)
    assert_whole()


def test_closing_or_reopening_it_waits_for_a_second_person_all_the_same(review: Review) -> None:
    case_id = review.open()
    page = proposals.correction_page(case_id, CLOSE, review.coordinator)
    assert page.outlook.needs_second
    assert withdrawn_alone(review, case_id)
    page = proposals.correction_page(case_id, REOPEN, review.coordinator)
    assert page.outlook.needs_second


def test_case_on_which_something_is_recorded_is_not_withdrawn_by_one(review: Review) -> None:
    case_id = review.open()
    review.do("INT-01")
    assert not withdrawn_alone(review, case_id)


def test_case_that_was_suspended_in_between_is_not_withdrawn_by_one(review: Review) -> None:
    case_id = review.open()
    assert put_right(review, ALL["suspend"]) is None
    assert not withdrawn_alone(review, case_id)


def test_case_on_which_somebody_else_did_something_is_not_withdrawn_by_one(
    review: Review,
) -> None:
    case_id = review.open()
    tasks.claim_task(review.task("INT-01").id, review.worker)
    assert not withdrawn_alone(review, case_id)


def test_case_with_a_draft_of_somebody_else_is_not_withdrawn_by_one(review: Review) -> None:
    case_id = review.open()
    tasks.save_draft(review.task("INT-01").id, {}, {}, review.worker)
    assert not withdrawn_alone(review, case_id)
