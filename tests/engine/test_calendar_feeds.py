"""Calendars read the deadlines of a person under a secret address, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import accounts, attempts, calendar_feeds, db
from engine.accounts import Actor
from engine.errors import NotFound
from engine.models import AuditEvent, CalendarFeed, SignInAttempt
from tests.engine.conftest import House

HERE = "192.0.2.1"


@pytest.fixture
def anna(house: House) -> Actor:
    return house.person("Anna", "coordinator")


def _token(actor: Actor) -> str:
    feed = calendar_feeds.calendar_feed(actor)
    assert feed is not None
    return feed.token


def test_an_address_stays_the_same_until_a_new_one_is_made(anna: Actor) -> None:
    assert calendar_feeds.calendar_feed(anna) is None
    calendar_feeds.make_calendar_feed(anna)
    first = _token(anna)
    assert _token(anna) == first
    assert len(first) > 40, "nobody guesses it"
    calendar_feeds.make_calendar_feed(anna)
    assert _token(anna) != first
    with pytest.raises(NotFound):
        calendar_feeds.deadlines(first, HERE)
    calendar_feeds.deadlines(_token(anna), HERE)


def test_an_address_that_was_ended_is_dead_at_once(anna: Actor) -> None:
    calendar_feeds.make_calendar_feed(anna)
    token = _token(anna)
    calendar_feeds.end_calendar_feed(anna)
    assert calendar_feeds.calendar_feed(anna) is None
    with pytest.raises(NotFound):
        calendar_feeds.deadlines(token, HERE)


def test_the_address_of_an_account_that_was_disabled_is_dead(anna: Actor) -> None:
    calendar_feeds.make_calendar_feed(anna)
    token = _token(anna)
    with db.transaction() as session:
        accounts.disable_account(session, anna.account_id, "")
    with pytest.raises(NotFound):
        calendar_feeds.deadlines(token, HERE)


def test_the_database_does_not_hold_the_address(anna: Actor) -> None:
    calendar_feeds.make_calendar_feed(anna)
    token = _token(anna)
    with db.reading() as session:
        for row in session.execute(select(CalendarFeed.__table__)):
            assert token not in map(str, row)


def test_making_and_ending_are_on_the_record(anna: Actor) -> None:
    calendar_feeds.make_calendar_feed(anna)
    calendar_feeds.end_calendar_feed(anna)
    calendar_feeds.end_calendar_feed(anna)
    kinds = select(AuditEvent.kind).where(AuditEvent.kind.startswith("calendar_feed"))
    with db.reading() as session:
        found = session.scalars(kinds.order_by(AuditEvent.seq)).all()
    assert found == ["calendar_feed_made", "calendar_feed_ended"], "the second end changes nothing"


def test_whoever_tries_addresses_has_to_wait(house: House, anna: Actor) -> None:
    calendar_feeds.make_calendar_feed(anna)
    for number in range(calendar_feeds.FREE_MISSES):
        with pytest.raises(NotFound):
            calendar_feeds.deadlines(f"guess {number}", HERE)
    with pytest.raises(attempts.TooManyAttempts):
        calendar_feeds.deadlines(_token(anna), HERE)
    calendar_feeds.deadlines(_token(anna), "192.0.2.2")
    with db.transaction() as session:
        for row in session.scalars(select(SignInAttempt)):
            row.at -= attempts.FIRST_WAIT + timedelta(seconds=1)
    calendar_feeds.deadlines(_token(anna), HERE)


def test_reading_writes_nothing(anna: Actor) -> None:
    calendar_feeds.make_calendar_feed(anna)
    token = _token(anna)
    counted = select(func.count()).select_from(AuditEvent)
    with db.reading() as session:
        before = session.scalar(counted)
    calendar_feeds.deadlines(token, HERE)
    with db.reading() as session:
        assert session.scalar(counted) == before
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0
