"""What a person gets once a day, and what never waits for that."""

from __future__ import annotations

from datetime import UTC, datetime, time
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import db, mail, outbox, time_source
from engine.models import OutboxMessage
from engine.people import Actor
from tests.engine.test_notices import SENDER, Kept, age_leases, write

if TYPE_CHECKING:
    from tests.engine.conftest import House


def at(moment: datetime) -> None:
    """Let it be a moment."""
    with db.transaction() as session:
        time_source.freeze(session, moment)


@pytest.fixture(autouse=True)
def _before(house: House) -> None:
    """Let everybody be appointed before the days that the tests tell of."""
    at(datetime(2026, 5, 1, 12, tzinfo=UTC))


def daily(house: House, name: str, *roles: str, language: str = "en") -> Actor:
    """Bring in a person who wants messages once a day."""
    actor = house.person(name, *roles, language=language)
    outbox.set_daily_digest(actor, daily=True)
    return actor


def sent(port: Kept) -> list[tuple[str, str]]:
    """Send what waits, and return to whom and about what."""
    port.sent.clear()
    outbox.send_waiting(port, SENDER, base_url="https://adolygu.test")
    return sorted((str(one["To"]), str(one["Subject"])) for one in port.sent)


def test_what_came_in_a_day_goes_out_together_at_eight(house: House) -> None:
    daily(house, "wil", "worker", language="cy")
    house.person("wyn", "worker")
    port = Kept()
    at(datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    write(house, "worker", key="one")
    assert [to for to, _ in sent(port)] == ["wyn@example.test"]
    at(datetime(2026, 6, 1, 20, 0, tzinfo=UTC))
    write(house, "worker", key="two", level="E2")
    assert [to for to, _ in sent(port)] == ["wyn@example.test"]
    at(datetime(2026, 6, 2, 6, 59, 59, tzinfo=UTC))
    assert sent(port) == []
    at(datetime(2026, 6, 2, 7, 0, tzinfo=UTC))
    assert sent(port) == [("wil@example.test", "Adolygu: eich negeseuon am y diwrnod (2)")]
    body = port.sent[0].get_content()
    assert body.index("Pecyn bythefnos cyn y cyfarfod") < body.index("i chi fel rheolwr")
    assert f"https://adolygu.test/cases/{house.case_id}" in body
    assert port.sent[0]["Content-Language"] == "cy"
    assert sent(port) == []
    with db.reading() as session:
        assert set(session.scalars(select(OutboxMessage.state))) == {"sent"}


@pytest.mark.parametrize("level", ["E3", "E4", "E5"])
def test_what_has_reached_a_chair_never_waits(house: House, level: str) -> None:
    daily(house, "wil", "worker")
    write(house, "worker", level=level)
    assert len(sent(Kept())) == 1


@pytest.mark.parametrize("level", ["E1", "E2", ""])
def test_everything_else_waits(house: House, level: str) -> None:
    daily(house, "wil", "worker")
    write(house, "worker", level=level)
    assert sent(Kept()) == []


@pytest.mark.parametrize(
    ("moment", "goes_out"),
    [
        # Clocks go forward on 29 March 2026 at 1:00, and back on 25 October at 2:00.
        ("2026-03-27T09:00+00:00", "2026-03-28T08:00+00:00"),
        ("2026-03-28T08:00+00:00", "2026-03-29T07:00+00:00"),
        ("2026-03-29T00:30+00:00", "2026-03-29T07:00+00:00"),
        ("2026-03-29T07:00+00:00", "2026-03-30T07:00+00:00"),
        ("2026-10-23T07:00+00:00", "2026-10-24T07:00+00:00"),
        ("2026-10-24T07:00+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-25T00:30+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-25T01:30+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-25T07:59+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-25T08:00+00:00", "2026-10-26T08:00+00:00"),
        # Beside midnight in Wales, which in summer lies on the day before in UTC.
        ("2026-06-30T22:59+00:00", "2026-07-01T07:00+00:00"),
        ("2026-06-30T23:01+00:00", "2026-07-01T07:00+00:00"),
    ],
)
def test_eight_is_eight_by_the_clocks_in_wales(moment: str, goes_out: str) -> None:
    found = time_source.next_at(datetime.fromisoformat(moment), time(8))
    assert found == datetime.fromisoformat(goes_out)


def test_both_days_beside_a_clock_change_bring_one_message_each(house: House) -> None:
    daily(house, "wil", "worker")
    port, counts = Kept(), []
    for day, hour in ((24, 7), (25, 8), (26, 8)):
        at(datetime(2026, 10, day - 1, 12, tzinfo=UTC))
        write(house, "worker", key=f"of {day}")
        at(datetime(2026, 10, day, hour - 1, 59, 59, tzinfo=UTC))
        assert sent(port) == []
        at(datetime(2026, 10, day, hour, tzinfo=UTC))
        counts.append(len(sent(port)))
    assert counts == [1, 1, 1]


def test_whoever_wants_messages_at_once_again_gets_what_waits(house: House) -> None:
    wil = daily(house, "wil", "worker")
    write(house, "worker")
    assert sent(Kept()) == []
    outbox.set_daily_digest(wil, daily=False)
    assert len(sent(Kept())) == 1


class Watched(Kept):
    """A port that also keeps under which key it was asked, and whether again."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, bool]] = []

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        self.asked.append((str(message["Message-ID"]), again))
        super().send(message, again=again)


def test_digest_is_tried_again_as_the_same_message(house: House) -> None:
    daily(house, "wil", "worker")
    at(datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    for key in ("one", "two"):
        write(house, "worker", key=key)
    at(datetime(2026, 6, 2, 7, 0, tzinfo=UTC))
    port = Watched()
    port.broken = mail.NotSent("away")
    assert sent(port) == []
    port.broken = None
    age_leases()
    assert len(sent(port)) == 1
    assert port.asked[0][0] == port.asked[1][0]
    assert [again for _, again in port.asked] == [False, True]


def test_digest_that_is_refused_is_given_up_for_each_of_its_notices(house: House) -> None:
    daily(house, "wil", "worker")
    at(datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    for key in ("one", "two"):
        write(house, "worker", key=key)
    at(datetime(2026, 6, 2, 7, 0, tzinfo=UTC))
    port = Kept()
    port.broken = mail.NotSent("address", for_good=True)
    assert sent(port) == []
    with db.transaction() as session:
        rows = session.scalars(select(OutboxMessage)).all()
        assert [row.state for row in rows] == ["failed", "failed"]
        for row in rows:
            outbox.put_back(session, row)
    port.broken = None
    assert len(sent(port)) == 2, "sent again, each goes by itself"


def test_body_without_accounts_does_not_wait(house: House) -> None:
    daily(house, "cai", "coordinator")
    write(house, "welsh_government")
    assert [to for to, _ in sent(Kept())] == ["wg@example.test"]
