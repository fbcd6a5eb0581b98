"""Pages on what could not be delivered, and on letters that go by post."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

import engine
from engine import db, mail, outbox
from engine.models import Notice, OutboxMessage
from tests.web.conftest import Site, Visitor
from tests.web.test_welsh import english_left

FFION = "Ffion Hughes"


class _Refusing:
    def send(self, message: object, *, again: bool = False) -> None:
        raise mail.NotSent("address", for_good=True)


def _text(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


@pytest.fixture
def given_up(site: Site) -> OutboxMessage:
    """A message that could not be delivered; the others wait on."""
    with db.transaction() as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.notice_id.is_not(None)).limit(1)
        ).one()
        row.state, row.attempts, row.lease_until = "waiting", 0, None
        key = row.key
        others = select(OutboxMessage).where(
            OutboxMessage.state == "waiting", OutboxMessage.key != key
        )
        waiting = [other.key for other in session.scalars(others)]
        for other in waiting:
            session.get_one(OutboxMessage, other).state = "sent"
    outbox.send_waiting(_Refusing(), "adolygu@example.test")
    with db.transaction() as session:
        for other in waiting:
            session.get_one(OutboxMessage, other).state = "waiting"
        return session.get_one(OutboxMessage, key)


def test_what_could_not_be_delivered_is_found_from_the_cases_and_sent_again(
    site: Site, given_up: OutboxMessage
) -> None:
    visitor = site.signed_in(FFION)
    assert 'href="/undelivered"' in _text(visitor, "/cases")
    page = _text(visitor, "/undelivered")
    assert "The email address is not right" in page
    assert "example" not in page.split("<main")[1], "no address"
    assert "Nid yw’r cyfeiriad e-bost yn gywir" in _text(visitor, "/cy/undelivered")
    assert english_left(visitor, "/undelivered") == []
    assert visitor.post(f"/undelivered/{given_up.key}/again").status_code == 303
    assert "Every message went out." in _text(visitor, "/undelivered")
    assert 'href="/undelivered"' not in _text(visitor, "/cases")


def test_the_case_marks_the_message_as_not_delivered(site: Site, given_up: OutboxMessage) -> None:
    with db.reading() as session:
        case_id = session.get_one(Notice, given_up.notice_id).case_id
    page = _text(site.signed_in(FFION), f"/cases/{case_id}")
    assert "1 not delivered" in page
    assert "A message could not be delivered" in page
    assert "NoticeNotSent" not in page
    assert "Not delivered" in _text(site.signed_in(FFION), f"/cases/{case_id}/messages")
    assert "Heb ei danfon" in _text(site.signed_in(FFION), f"/cy/cases/{case_id}/messages")


def test_who_minds_no_messages_finds_no_such_page(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    assert "undelivered" not in _text(visitor, "/cases")
    assert visitor.get("/undelivered").status_code == 404


@pytest.fixture
def letter(site: Site) -> tuple[uuid.UUID, uuid.UUID]:
    """A notice on an open case to somebody without an account."""
    coordinator = site.people[FFION]
    visible = [one.id for one in engine.list_cases(coordinator)]
    with db.transaction() as session:
        notice = session.scalars(select(Notice).where(Notice.case_id.in_(visible)).limit(1)).one()
        notice.data = {**notice.data, "letter": True}
        return notice.case_id, notice.id


def test_a_letter_is_printed_and_its_day_recorded(
    site: Site, letter: tuple[uuid.UUID, uuid.UUID]
) -> None:
    case_id, notice_id = letter
    path, visitor = f"/cases/{case_id}/letters/{notice_id}", site.signed_in(FFION)
    case = _text(visitor, f"/cases/{case_id}")
    assert "To be sent by post" in case
    assert path in case
    page = _text(visitor, path)
    assert english_left(visitor, path) == []
    assert '<div class="app-letter" lang="cy">' in page
    today = engine.demonstration_time()
    assert today is not None
    wrong = {"posted_on-day": "30", "posted_on-month": "2", "posted_on-year": "2026"}
    refused = visitor.post(path, wrong)
    assert refused.status_code == 422
    assert 'href="#posted_on-day"' in refused.get_data(as_text=True)
    future = wrong | {"posted_on-day": "1", "posted_on-year": "2099"}
    assert visitor.post(f"/cy{path}", future).status_code == 422
    right = {
        "posted_on-day": str(today.day),
        "posted_on-month": str(today.month),
        "posted_on-year": str(today.year),
    }
    assert visitor.post(path, right).status_code == 303
    assert path not in _text(visitor, f"/cases/{case_id}")
    assert "Sent by post on" in _text(visitor, f"/cases/{case_id}/messages")
    assert "Recorded as sent on" in _text(visitor, path)
