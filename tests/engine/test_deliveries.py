"""Who is told what could not be delivered, sends it again, and records letters that were posted."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import (
    db,
    deliveries,
    incidents,
    mail,
    outbox,
    people,
    time_source,
)
from engine.errors import AccessDenied, NotFound
from engine.models import (
    AuditEvent,
    DeployedFile,
    Deployment,
    Incident,
    Notice,
    OutboxMessage,
    new_id,
)
from tests.engine.test_notices import SENDER, Kept, write

if TYPE_CHECKING:
    from tests.engine.conftest import House


def give_up(house: House) -> None:
    """Have every waiting message refused for good."""
    port = Kept()
    port.broken = mail.NotSent("address", for_good=True)
    outbox.send_waiting(port, SENDER)


def events(house: House, kind: str) -> list[AuditEvent]:
    with db.reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.kind == kind)))


@pytest.fixture
def undelivered(house: House) -> deliveries.Undelivered:
    """One message that was given up, as the co-ordinator sees it."""
    house.person("wil", "worker")
    cai = house.person("cai", "coordinator")
    write(house, "worker")
    give_up(house)
    (found,) = deliveries.list_undelivered(cai)
    return found


def test_coordinator_is_told_which_case_role_when_and_why_and_nothing_else(
    house: House, undelivered: deliveries.Undelivered
) -> None:
    assert undelivered.identifier.startswith("CNS-")
    assert undelivered.case_id == house.case_id
    assert (undelivered.to.en, undelivered.why) == ("Worker", "address")
    assert undelivered.at is not None
    assert "wil" not in str(undelivered)


def test_administrator_is_told_and_cannot_open_the_case(
    house: House, undelivered: deliveries.Undelivered
) -> None:
    (found,) = deliveries.list_undelivered(house.person("ada", "administrator"))
    assert (found.key, found.case_id) == (undelivered.key, None)


def test_coordinator_of_other_cases_is_told_nothing_of_this_one(
    house: House, undelivered: deliveries.Undelivered
) -> None:
    other = house.person("fflur", "board:event_coordinator")
    assert deliveries.minds_deliveries(other)
    assert deliveries.list_undelivered(other) == []
    with pytest.raises(NotFound):
        deliveries.send_again(undelivered.key, other)


@pytest.mark.parametrize("role", ["steering_group", "worker", ""])
def test_nobody_else_is_told_or_sends_again(
    house: House, undelivered: deliveries.Undelivered, role: str
) -> None:
    other = house.person("other", *([role] if role else []))
    assert not deliveries.minds_deliveries(other)
    with pytest.raises(NotFound):
        deliveries.list_undelivered(other)
    with pytest.raises(NotFound):
        deliveries.send_again(undelivered.key, other)


def test_another_board_is_told_nothing(house: House, undelivered: deliveries.Undelivered) -> None:
    with db.transaction() as session:
        board = people.create_board(session, f"b{uuid.uuid4().hex[:8]}", "Other", "Arall")
        own = session.scalars(select(Deployment).where(Deployment.board_id == house.board_id)).one()
        theirs = Deployment(
            id=new_id(), board_id=board.id, hash=own.hash, edition=own.edition, variation="",
            number=1, deployed_at=own.deployed_at, note="",
        )  # fmt: skip
        session.add(theirs)
        session.flush()
        files = select(DeployedFile).where(DeployedFile.deployment_id == own.id)
        for file in session.scalars(files).all():
            session.add(
                DeployedFile(
                    id=new_id(),
                    deployment_id=theirs.id,
                    path=file.path,
                    content_hash=file.content_hash,
                )
            )
    stranger = house.person("sol")
    with db.transaction() as session:
        for role in ("coordinator", "administrator"):
            people.appoint_to_board(session, board.id, role, stranger.account_id, "SYSTEM")
    assert deliveries.list_undelivered(stranger) == []
    with pytest.raises(NotFound):
        deliveries.send_again(undelivered.key, stranger)


@pytest.mark.parametrize("who", ["coordinator", "administrator"])
def test_message_is_sent_again_once_and_the_incident_is_settled(
    house: House, undelivered: deliveries.Undelivered, who: str
) -> None:
    actor = house.actors["cai"] if who == "coordinator" else house.person("ada", "administrator")
    deliveries.send_again(undelivered.key, actor)
    assert deliveries.list_undelivered(actor) == []
    with pytest.raises(NotFound):
        deliveries.send_again(undelivered.key, actor)
    port = Kept()
    assert outbox.send_waiting(port, SENDER) == 1
    assert port.sent[0]["To"] == "wil@example.test"
    with db.reading() as session:
        assert session.scalars(select(Incident.resolved_by)).one() == actor.account_id
    (event,) = events(house, "message_sent_again")
    assert event.actor == str(actor.account_id)
    assert "example.test" not in str(event.data)


def test_incident_stays_while_another_message_of_the_notice_is_undelivered(house: House) -> None:
    cai = house.person("cai", "coordinator")
    for name in ("wil", "wyn"):
        house.person(name, "worker")
    write(house, "worker")
    give_up(house)
    first, second = deliveries.list_undelivered(cai)
    deliveries.send_again(first.key, cai)
    with db.reading() as session:
        (incident,) = session.scalars(select(Incident)).all()
        assert incident.resolved_at is None
    incidents.retry(incident.id, cai)
    assert deliveries.list_undelivered(cai) == []
    with db.reading() as session:
        row = session.get_one(OutboxMessage, second.key)
        assert (row.state, row.why, row.failed_at) == ("waiting", "", None)


def letter_of(house: House) -> uuid.UUID:
    """Write a notice to a role that nobody holds, and return it."""
    write(house, "facilitator")
    with db.reading() as session:
        return session.scalars(select(Notice.id).where(Notice.to_role == "facilitator")).one()


def test_letter_for_nobody_with_an_account_is_printed_in_both_languages_without_a_link(
    house: House,
) -> None:
    cai = house.person("cai", "coordinator")
    page = deliveries.letter_page(house.case_id, letter_of(house), cai)
    assert page.to.cy == "Hwylusydd"
    assert page.subject.en.startswith("Case CNS-")
    assert page.subject.cy.startswith("Achos CNS-")
    for body in (page.body.en, page.body.cy):
        assert "/cases/" not in body
        assert "\0" not in body


def test_day_on_which_a_letter_was_sent_is_kept_and_put_right(house: House) -> None:
    cai, letter = house.person("cai", "coordinator"), letter_of(house)
    with db.reading() as session:
        today = time_source.today(session)
    deliveries.record_posted(house.case_id, letter, today, cai)
    assert deliveries.letter_page(house.case_id, letter, cai).posted_on == today
    (event,) = events(house, "letter_posted")
    assert event.data["on"] == today.isoformat()
    for wrong in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(deliveries.PostedDayWrong):
            deliveries.record_posted(house.case_id, letter, wrong, cai)


def test_only_who_coordinates_the_case_sees_its_letters(house: House) -> None:
    letter = letter_of(house)
    for role, refusal in (("worker", AccessDenied), ("", NotFound), ("administrator", NotFound)):
        other = house.person(f"o{role}", *([role] if role else []))
        with pytest.raises(refusal):
            deliveries.letter_page(house.case_id, letter, other)
        with pytest.raises(refusal):
            deliveries.record_posted(house.case_id, letter, _today(), other)


def test_notice_that_somebody_gets_by_mail_is_no_letter(house: House) -> None:
    cai = house.person("cai", "coordinator")
    house.person("wil", "worker")
    write(house, "worker")
    with db.reading() as session:
        notice = session.scalars(select(Notice.id)).one()
    with pytest.raises(NotFound):
        deliveries.letter_page(house.case_id, notice, cai)


def _today() -> date:
    with db.reading() as session:
        return time_source.today(session)
