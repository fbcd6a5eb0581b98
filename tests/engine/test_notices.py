"""Who gets a notice, in which language, and that it goes out once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from engine import (
    accounts,
    db,
    deliveries,
    deployments,
    mail,
    notices,
    outbox,
    people,
    time_source,
)
from engine.models import Case, Incident, Notice, OutboxMessage
from engine.roles import Roles
from engine.settings import Settings

if TYPE_CHECKING:
    from tests.engine.conftest import House

SENDER = "adolygu@example.test"


class Kept:
    """A port that keeps what it is given, or breaks while told to."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.broken: mail.NotSent | None = None

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        if self.broken:
            raise self.broken
        self.sent.append(message)


def write(
    house: House, to: str, key: str = "TS-41:1:soon", level: str = "E1", item: str = ""
) -> bool:
    with db.transaction() as session:
        case = session.get_one(Case, house.case_id)
        data = {"level": level, "stage": "soon"}
        written = notices.write_notice(session, case, key, to, "TS-41", "clock_stage", data, item)
        return written is not None


def sent_rows(house: House) -> list[tuple[str, str, str]]:
    with db.reading() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.key))
        return sorted((str(row.address), row.language, row.state) for row in rows)


def is_letter(house: House) -> bool:
    with db.reading() as session:
        return bool(session.scalars(select(Notice)).one().data.get("letter"))


def age_leases() -> None:
    with db.transaction() as session:
        for row in session.scalars(select(OutboxMessage)):
            if row.lease_until is not None:
                row.lease_until -= timedelta(days=3)


def test_each_holder_is_written_to_in_their_own_language(house: House) -> None:
    house.person("wil", "worker")
    wyn = house.person("wyn", "worker", language="cy")
    gone = house.person("gone", "worker")
    with db.transaction() as session:
        accounts.disable_account(session, gone.account_id, "SYSTEM")
    assert write(house, "worker")
    assert sent_rows(house) == [
        ("wil@example.test", "en", "waiting"),
        ("wyn@example.test", "cy", "waiting"),
    ]
    assert not is_letter(house)
    port = Kept()
    assert outbox.send_waiting(port, SENDER, base_url="https://adolygu.test") == 2
    welsh = next(message for message in port.sent if "wyn" in message["To"])
    assert welsh["Subject"].endswith("Pecyn bythefnos cyn y cyfarfod")
    assert welsh["Content-Language"] == "cy"
    assert f"https://adolygu.test/cases/{house.case_id}" in welsh.get_content()
    assert wyn.name not in welsh.as_string().partition("\n\n")[2]


def test_holder_who_may_not_open_the_case_is_sent_to_their_tasks(house: House) -> None:
    house.person("pia", "participant/participant_1")
    house.person("pol", "participant/participant_2")
    write(house, "participant", item="participant_1")
    assert sent_rows(house) == [("pia@example.test", "en", "waiting")]
    port = Kept()
    outbox.send_waiting(port, SENDER)
    assert "/tasks" in port.sent[0].get_content()
    assert "/cases/" not in port.sent[0].get_content()


def test_body_without_accounts_is_written_to_at_its_address_in_both_languages(
    house: House,
) -> None:
    write(house, "welsh_government")
    assert sent_rows(house) == [("wg@example.test", "both", "waiting")]
    port = Kept()
    outbox.send_waiting(port, SENDER)
    assert port.sent[0]["Subject"].startswith("Achos CNS-")
    assert " / Case CNS-" in port.sent[0]["Subject"]


@pytest.mark.parametrize("holders", [(), ("case_review_group",)])
def test_role_that_does_not_count_on_the_case_is_told_nothing_at_all(
    house: House, holders: tuple[str, ...]
) -> None:
    """Nor is its body written to, nor the co-ordinator asked to send it on."""
    house.person("cai", "coordinator")
    house.person("gwen", *holders)
    assert not write(house, "case_review_group")
    assert sent_rows(house) == []
    with db.transaction() as session:
        session.get_one(Case, house.case_id).process = "case_review_event"
    assert write(house, "case_review_group")
    address = "gwen@example.test" if holders else "group@example.test"
    assert [row[0] for row in sent_rows(house)] == [address]


def test_role_that_nobody_holds_becomes_a_letter_for_the_coordinator_to_send_on(
    house: House,
) -> None:
    house.person("cai", "coordinator", language="cy")
    write(house, "facilitator")
    assert sent_rows(house) == [("cai@example.test", "cy", "waiting")]
    assert is_letter(house)
    port = Kept()
    outbox.send_waiting(port, SENDER)
    assert "(Hwylusydd)" in port.sent[0].get_content()


def sitting(monkeypatch: pytest.MonkeyPatch, body: str, *seats: str) -> None:
    """Let a role of the small house be a body in which others sit."""
    known = people.roles_of_case

    def changed(session: Any, case: Case) -> Roles:
        found = known(session, case)
        return replace(
            found, rows={**found.rows, body: replace(found.rows[body], meets=tuple(seats))}
        )

    monkeypatch.setattr(people, "roles_of_case", changed)


def test_a_body_that_nobody_holds_is_written_to_through_those_who_sit_in_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting(monkeypatch, "steering_group", "worker")
    house.person("cai", "coordinator")
    house.person("wil", "worker")
    write(house, "steering_group")
    assert sent_rows(house) == [("wil@example.test", "en", "waiting")]
    assert not is_letter(house)


def test_an_empty_seat_in_a_body_of_the_case_is_sent_no_post(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting(monkeypatch, "worker", "facilitator")
    house.person("cai", "coordinator")
    write(house, "facilitator")
    assert sent_rows(house) == []
    assert not is_letter(house)


def test_the_coordinator_is_asked_to_post_nothing_to_the_coordinator(house: House) -> None:
    write(house, "coordinator")
    assert sent_rows(house) == []
    assert not is_letter(house)


def test_a_letter_waits_for_whoever_coordinates_until_it_went_by_post(house: House) -> None:
    cai = house.person("cai", "coordinator")
    wil = house.person("wil", "worker")
    write(house, "facilitator")
    write(house, "worker", key="another")
    (letter,) = deliveries.letters_waiting(cai)
    assert letter.to.en == "Facilitator"
    assert deliveries.letters_waiting(wil) == []
    today = letter.at.date()
    deliveries.record_posted(house.case_id, letter.notice_id, today, cai)
    assert deliveries.letters_waiting(cai) == []


def test_notice_that_nobody_can_get_stays_on_the_record(house: House) -> None:
    assert write(house, "facilitator")
    assert sent_rows(house) == []
    assert is_letter(house)


def test_same_key_is_written_once(house: House) -> None:
    house.person("wil", "worker")
    assert write(house, "worker")
    assert not write(house, "worker")
    assert write(house, "worker", key="another")
    assert len(sent_rows(house)) == 2
    with db.reading() as session:
        assert sorted(session.scalars(select(Notice.number))) == [1, 2]


def test_rung_of_the_ladder_has_its_own_words(house: House) -> None:
    house.person("wil", "worker")
    write(house, "worker", level="E2")
    port = Kept()
    outbox.send_waiting(port, SENDER)
    assert port.sent[0]["Subject"].endswith("for you as manager")


def test_what_is_sent_is_not_sent_again_and_a_crash_repeats_the_same_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.person("wil", "worker")
    write(house, "worker")
    port = Kept()
    with monkeypatch.context() as crash:
        crash.setattr(outbox, "_mark_sent", lambda sending: None)
        outbox.send_waiting(port, SENDER)
    assert outbox.send_waiting(port, SENDER) == 0, "another worker has leased it"
    age_leases()
    assert outbox.send_waiting(port, SENDER) == 1
    assert outbox.send_waiting(port, SENDER) == 0
    assert port.sent[0]["Message-ID"] == port.sent[1]["Message-ID"]


def test_message_that_does_not_go_out_is_tried_again_later_and_at_last_becomes_an_incident(
    house: House,
) -> None:
    house.person("wil", "worker")
    write(house, "worker")
    port = Kept()
    port.broken = mail.NotSent("away")
    for _ in range(outbox.MAX_ATTEMPTS):
        assert outbox.send_waiting(port, SENDER) == 0
        assert outbox.send_waiting(port, SENDER) == 0
        age_leases()
    assert sent_rows(house) == [("wil@example.test", "en", "failed")]
    with db.reading() as session:
        incident = session.scalars(select(Incident)).one()
        assert incident.what == "NoticeNotSent"
        assert "wil" not in str(incident.detail)


def test_message_that_is_refused_for_good_is_not_tried_again(house: House) -> None:
    for name in ("wil", "wyn"):
        house.person(name, "worker")
    write(house, "worker")
    port = Kept()
    port.broken = mail.NotSent("address", for_good=True)
    assert outbox.send_waiting(port, SENDER) == 0
    port.broken = None
    age_leases()
    assert outbox.send_waiting(port, SENDER) == 0
    assert [row[2] for row in sent_rows(house)] == ["failed", "failed"]
    with db.reading() as session:
        assert set(session.scalars(select(OutboxMessage.why))) == {"address"}
        assert len(session.scalars(select(Incident)).all()) == 1, "one for both"


def test_waits_between_attempts_grow(house: House) -> None:
    house.person("wil", "worker")
    write(house, "worker")
    port, waits = Kept(), []
    port.broken = mail.NotSent("limited")
    for _ in range(outbox.MAX_ATTEMPTS):
        with db.reading() as session:
            began = time_source.real(session)
        outbox.send_waiting(port, SENDER)
        with db.reading() as session:
            until = session.scalars(select(OutboxMessage.lease_until)).one()
        assert until is not None
        waits.append(round((until - began) / timedelta(minutes=1)))
        age_leases()
    assert waits == [1, 4, 16, 64, 256, 1024]


def test_slow_mail_system_makes_no_two_workers_send_the_same(house: House) -> None:
    """The first message takes so long that the lease of the second runs out meanwhile."""
    for name in ("wil", "wyn"):
        house.person(name, "worker")
    write(house, "worker")
    other = Kept()

    class Slow(Kept):
        def send(self, message: EmailMessage, *, again: bool = False) -> None:
            super().send(message, again=again)
            with db.transaction() as session:
                rows = select(OutboxMessage).where(OutboxMessage.address.is_not(None))
                for row in session.scalars(rows):
                    if row.address != message["To"] and row.lease_until is not None:
                        row.lease_until -= timedelta(days=3)
            outbox.send_waiting(other, SENDER)

    slow = Slow()
    outbox.send_waiting(slow, SENDER)
    assert sorted(str(one["To"]) for one in slow.sent + other.sent) == [
        "wil@example.test",
        "wyn@example.test",
    ]


def test_port_is_told_that_a_message_was_tried_before(house: House) -> None:
    house.person("wil", "worker")
    write(house, "worker")
    told = []

    class Slow:
        def send(self, message: EmailMessage, *, again: bool = False) -> None:
            told.append(again)
            if not again:
                raise mail.NotSent("away")

    outbox.send_waiting(Slow(), SENDER)
    age_leases()
    assert outbox.send_waiting(Slow(), SENDER) == 1
    assert told == [False, True]


def test_one_address_that_is_none_does_not_stop_the_others(house: House) -> None:
    house.person("wil", "worker")
    house.person("bad", "worker")
    with db.transaction() as session:
        account = accounts.find_account(session, "bad@example.test")
        assert account is not None
        account.email = "bad\nBcc: all@example.test"
    write(house, "worker")
    port = Kept()
    assert outbox.send_waiting(port, SENDER) == 1
    assert "Bcc" not in port.sent[0].as_string()


def test_demonstration_writes_each_message_into_a_folder(house: House, tmp_path: Path) -> None:
    house.person("wil", "worker", language="cy")
    write(house, "worker")
    port = mail.port_from(Settings(mail_folder=tmp_path / "mail"))
    assert port is not None
    outbox.send_waiting(port, SENDER)
    (written,) = (tmp_path / "mail").iterdir()
    assert written.suffix == ".eml"
    message = message_from_bytes(written.read_bytes(), policy=policy.default)
    assert message["To"] == "wil@example.test"
    assert mail.port_from(Settings()) is None


def test_letter_that_cannot_be_read_is_not_deployed() -> None:
    files = {"forms/letters/pack_late.toml": b"[subject]\nen = 'only English'\n"}
    with pytest.raises(deployments.InvalidDeployment) as refused:
        deployments.build(files)
    assert any(found.path in files for found in refused.value.findings)


def test_mail_server_address_is_checked() -> None:
    with pytest.raises(ValueError, match="smtp://"):
        mail.SmtpPort("http://example.test")
