"""Say what time it is: the database's clock, moved only in demonstrations and scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, cast, func, null, select
from sqlalchemy.orm import Session

from engine import db
from engine.models import Instant, TimeOffset

WALES = ZoneInfo("Europe/London")


def now(session: Session) -> datetime:
    """Return the moment of this transaction, aware UTC; the same one however often asked."""
    if "now" not in session.info:
        session.info["now"] = read(session)
    moment: datetime = session.info["now"]
    return moment


def read(session: Session) -> datetime:
    """Read the clock again, past the moment that the transaction keeps."""
    (found,) = db.find(session, clock(session.get_bind().dialect.name))
    return from_columns(found)


@lru_cache(maxsize=4)
def clock(dialect: str) -> Select[Any]:
    """Return the query that tells the moment, built once for a kind of database."""
    return select(*columns_for(dialect))


def columns(session: Session) -> tuple[ColumnElement[Any], ...]:
    """Return the columns that tell the moment beside others in one statement."""
    return columns_for(session.get_bind().dialect.name)


def columns_for(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """Return the same columns for a kind of database."""
    real_now = func.clock_timestamp() if dialect == "postgresql" else null()
    return (
        cast(real_now, Instant).label("clock_real"),
        select(TimeOffset.seconds).scalar_subquery().label("clock_seconds"),
        select(TimeOffset.frozen_at).scalar_subquery().label("clock_frozen_at"),
    )


def from_columns(row: Any) -> datetime:
    """Return the moment that a row with these columns tells; SQLite's clock is this process's."""
    if row.clock_frozen_at is not None:
        frozen: datetime = row.clock_frozen_at
        return frozen
    moment: datetime = row.clock_real or datetime.now(UTC)
    return moment + timedelta(seconds=row.clock_seconds or 0)


@contextmanager
def recorded(session: Session, moment: datetime) -> Iterator[None]:
    """Let what is done meanwhile stand at a moment that has passed, and is put on record now.

    A moment that lies ahead counts as this one: nothing is recorded before it happens.
    """
    outer, is_first = now(session), not is_recorded(session)
    session.info.setdefault("written", outer)
    session.info["now"] = min(moment, written(session))
    try:
        yield
    finally:
        session.info["now"] = outer
        if is_first:
            del session.info["written"]


def is_recorded(session: Session) -> bool:
    """Say whether what happens now is only put on record, and happened long ago."""
    return "written" in session.info


def written(session: Session) -> datetime:
    """Return the moment at which things are written down, also where they happened before."""
    moment: datetime = session.info.get("written") or now(session)
    return moment


def real(session: Session) -> datetime:
    """Return the database's own clock, which no demonstration moves: for sessions and leases."""
    if session.get_bind().dialect.name == "postgresql":
        moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)
    return datetime.now(UTC)


def today(session: Session) -> date:
    """Return the calendar day in Wales."""
    return local_day(now(session))


def local_day(moment: datetime) -> date:
    """Return the calendar day in Wales of an instant."""
    return moment.astimezone(WALES).date()


def day_of(value: date) -> date:
    """Return the calendar day in Wales of a moment; one without a zone is local time."""
    if isinstance(value, datetime):
        return local_day(value) if value.tzinfo else value.date()
    return value


def start_of_day(day: date) -> datetime:
    """Return the instant, UTC, at which a day begins in Wales."""
    return datetime(day.year, day.month, day.day, tzinfo=WALES).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the instant, UTC, that ends a day in Wales: the first one that is late (PR-04)."""
    return start_of_day(day + timedelta(days=1))


def next_at(moment: datetime, of_day: time) -> datetime:
    """Return the next instant, UTC, at which clocks in Wales show a time of day.

    On the day on which the clocks change it is that time by the clock, not so many hours on. A time
    that is left out when they go forward stands for the moment at which it would have come.
    """
    here = moment.astimezone(WALES)
    day = here.date() if here.time() < of_day else here.date() + timedelta(days=1)
    return datetime.combine(day, of_day, tzinfo=WALES).astimezone(UTC)


def add_days(moment: datetime, days: int) -> datetime:
    """Return the instant, UTC, so many days on (or back) at the same time by the clocks in Wales.

    Days on which the clocks change have 23 or 25 hours. A time that is left out when they go
    forward stands for the moment at which it would have come.
    Raises:  OverflowError.
    """
    here = moment.astimezone(WALES)
    day = here.date() + timedelta(days=days)
    return datetime.combine(day, here.time(), tzinfo=WALES).astimezone(UTC)


def freeze(session: Session, moment: datetime) -> None:
    """Hold the clock of a throw-away database (scenario, sandbox) at one moment."""
    offset = session.get(TimeOffset, 1) or TimeOffset(id=1, seconds=0)
    offset.frozen_at = moment
    session.add(offset)
    session.info["now"] = moment


def move(session: Session, by: timedelta) -> None:
    """Move the clock of a demonstration on; it can never go back."""
    if by <= timedelta(0):
        raise ValueError("the clock of a demonstration only goes forward")
    offset = session.get(TimeOffset, 1) or TimeOffset(id=1, seconds=0)
    offset.seconds += int(by.total_seconds())
    session.add(offset)
    session.info.pop("now", None)


def thaw(session: Session) -> None:
    """Let a frozen clock run again, in step with the database's."""
    offset = session.get(TimeOffset, 1)
    if offset is not None:
        offset.frozen_at, offset.seconds = None, 0
    session.info.pop("now", None)
