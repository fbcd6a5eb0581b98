"""Whoever has no password is let in by a link, once, and a code that was sent beside it."""

from __future__ import annotations

import hashlib
import importlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import accounts, attempts, audit, cases, db, deliveries, invitations, mail, outbox
from engine.errors import AccessDenied, NotFound
from engine.models import (
    Account,
    Appointment,
    AuditEvent,
    Base,
    Invitation,
    OutboxMessage,
    SignInAttempt,
)
from engine.people import Actor
from tests.engine.test_notices import SENDER, Kept

if TYPE_CHECKING:
    from tests.engine.conftest import House

# The package gives the name `sign_in` to the function, so the module is asked for by its path.
sign_in = importlib.import_module("engine.sign_in")

pytestmark = pytest.mark.usefixtures("sign_in_limits")

HERE = "192.0.2.1"
NON = "non@example.test"


@pytest.fixture
def cai(house: House) -> Actor:
    """The co-ordinator."""
    return house.person("cai", "coordinator", password="llwynog coch sy’n cysgu")


def invite(house: House, actor: Actor, email: str = NON, role: str = "facilitator") -> None:
    cases.invite(house.case_id, role, "Non Puw", email, "", actor)


def messages() -> list[tuple[str, str]]:
    """Send what waits, and return to whom and what."""
    port = Kept()
    outbox.send_waiting(port, SENDER, base_url="https://adolygu.test")
    return [(str(one["To"]), str(one.get_content())) for one in port.sent]


def link() -> str:
    """Send what waits, and return the token of the link in it."""
    ((_, said),) = messages()
    found = re.search(r"https://adolygu\.test/invitation/(\S+)", said)
    assert found is not None
    return found[1]


def code(token: str) -> str:
    """Ask for a code, and return what the message says."""
    sign_in.ask_for_code(token, "en")
    ((to, said),) = messages()
    assert to == NON
    found = re.search(r"\b(\d{6})\b", said)
    assert found is not None
    return found[1]


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def enter(token: str, typed: str, address: str = HERE) -> str:
    return str(sign_in.sign_in_by_code(token, typed, address, "cy"))


def age(by: timedelta) -> None:
    """Make every invitation and attempt look as if it had been made so long ago."""
    with db.transaction() as session:
        for row in session.scalars(select(Invitation)):
            row.expires_at -= by
            if row.code_sent_at is not None:
                row.code_sent_at -= by
        for attempt in session.scalars(select(SignInAttempt)):
            attempt.at -= by


def kinds() -> list[str]:
    with db.reading() as session:
        rows = session.scalars(select(AuditEvent).where(AuditEvent.kind.like("sign%")))
        return [row.kind for row in sorted(rows, key=lambda row: row.seq)]


def test_invited_person_has_an_account_the_role_and_a_way_in(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    assert sign_in.is_invited(token)
    actor = sign_in.actor_for(enter(token, code(token)))
    assert (actor.name, actor.language, actor.signs_by_tick) == ("Non Puw", "cy", True)
    with db.reading() as session:
        held = select(Appointment.role).where(Appointment.account_id == actor.account_id)
        assert session.scalars(held).all() == ["facilitator"]
        assert not list(audit.verify(session))
    assert kinds() == ["sign_in_link_sent", "sign_in_code_sent", "signed_in_by_code"]


def test_link_is_said_in_both_languages_and_names_no_case(house: House, cai: Actor) -> None:
    invite(house, cai)
    ((_, said),) = messages()
    assert "https://adolygu.test/cy/invitation/" in said
    assert "https://adolygu.test/invitation/" in said
    assert "CNS-" not in said
    assert "Non" not in said


def test_link_works_once(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    right = code(token)
    enter(token, right)
    for refused in (lambda: enter(token, right), lambda: sign_in.ask_for_code(token, "en")):
        with pytest.raises(sign_in.InvitationOver):
            refused()
    assert not sign_in.is_invited(token)


def test_neither_link_nor_code_stands_in_the_database(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    right = code(token)
    with db.reading() as session:
        assert session.scalars(select(Invitation.token_hash)).one() == (
            hashlib.sha256(token.encode()).hexdigest()
        )
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert token not in str(row)
                assert not re.search(rf"(?<!\d){right}(?!\d)", str(row))


def test_link_ends_after_two_weeks_and_a_code_after_a_quarter_of_an_hour(
    house: House, cai: Actor
) -> None:
    invite(house, cai)
    token = link()
    right = code(token)
    age(invitations.CODE_LIVES)
    with pytest.raises(sign_in.CodeRefused):
        enter(token, right)
    age(invitations.LINK_LIVES - invitations.CODE_LIVES)
    assert not sign_in.is_invited(token)
    with pytest.raises(sign_in.InvitationOver):
        enter(token, right)


def test_newer_code_and_newer_link_take_the_place_of_older_ones(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    first, second = code(token), code(token)
    if first != second:
        with pytest.raises(sign_in.CodeRefused):
            enter(token, first)
    sign_in.ask_for_link(NON, HERE)
    newer = link()
    assert not sign_in.is_invited(token)
    with pytest.raises(sign_in.InvitationOver):
        enter(token, second)
    enter(newer, code(newer))


def test_wrong_codes_end_the_link(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    right = code(token)
    for number in range(invitations.MAX_ATTEMPTS):
        with pytest.raises(sign_in.CodeRefused):
            enter(token, wrong(right), f"192.0.2.{number}")
    with pytest.raises(sign_in.InvitationOver):
        enter(token, right, "192.0.2.99")
    assert kinds()[-2:] == ["sign_in_code_refused", "sign_in_link_ended"]


def test_guessing_goes_on_more_slowly_over_several_links(house: House, cai: Actor) -> None:
    for _ in range(2):
        sign_in_refused = 0
        with db.reading() as session:
            known = session.scalar(select(Account.id).where(Account.email == NON))
        if known is None:
            invite(house, cai)
        else:
            sign_in.ask_for_link(NON, HERE)
        token = link()
        right = code(token)
        for _ in range(invitations.MAX_ATTEMPTS):
            try:
                enter(token, wrong(right))
            except sign_in.CodeRefused:
                sign_in_refused += 1
            except attempts.TooManyAttempts:
                break
    assert sign_in_refused == 0, "the second link is held back at once"


def test_only_so_many_codes_are_sent(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    for _ in range(invitations.MAX_CODES):
        code(token)
    with pytest.raises(sign_in.InvitationOver):
        sign_in.ask_for_code(token, "en")
    assert not sign_in.is_invited(token)
    assert messages() == []


@pytest.mark.parametrize("token", ["", "x", "é", "\0", "A" * 10_000])
def test_link_that_nobody_sent_lets_nobody_in(house: House, token: str) -> None:
    assert not sign_in.is_invited(token)
    with pytest.raises(sign_in.InvitationOver):
        sign_in.ask_for_code(token, "en")
    with pytest.raises(sign_in.InvitationOver):
        enter(token, "123456")


def test_code_is_asked_for_before_it_can_be_right(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    with db.reading() as session:
        row = session.scalars(select(Invitation)).one()
        never_sent = [invitations._code(row, number) for number in (0, 1)]
    for typed in never_sent:
        with pytest.raises(sign_in.CodeRefused):
            enter(token, typed)


def test_only_people_without_a_password_are_sent_links(house: House, cai: Actor) -> None:
    for email in ("cai@example.test", "nobody@example.test", "", "@"):
        sign_in.ask_for_link(email, HERE)
    assert messages() == []
    house.person("pia", "participant/participant_1", password="llwynog coch sy’n cysgu")
    invite(house, cai, email="pia@example.test")
    assert messages() == [], "appointed, and signs in with the password"


def test_links_that_are_asked_for_are_few(house: House) -> None:
    for _ in range(sign_in.FREE_FOR_ACCOUNT):
        sign_in.ask_for_link("nobody@example.test", HERE)
    with pytest.raises(attempts.TooManyAttempts):
        sign_in.ask_for_link("nobody@example.test", HERE)


def test_disabled_account_is_let_in_by_no_link(house: House, cai: Actor) -> None:
    invite(house, cai)
    token = link()
    right = code(token)
    with db.transaction() as session:
        account = accounts.find_account(session, NON)
        assert account is not None
        accounts.disable_account(session, account.id, "SYSTEM")
    with pytest.raises(sign_in.InvitationOver):
        enter(token, right)
    sign_in.ask_for_link(NON, HERE)
    assert messages() == []
    with pytest.raises(cases.EmailWrong):
        invite(house, cai, role="worker")


@pytest.mark.parametrize("role", ["worker", "administrator", ""])
def test_nobody_else_invites(house: House, role: str) -> None:
    other = house.person("other", *([role] if role else []))
    with pytest.raises((AccessDenied, NotFound)):
        invite(house, other)
    assert messages() == []
    with db.reading() as session:
        assert accounts.find_account(session, NON) is None


@pytest.mark.parametrize(
    "email", ["non", "non@", "@x.test", "non@x", "a b@x.test", "a@x.test\nBcc: b"]
)
def test_address_that_is_none_makes_no_account(house: House, cai: Actor, email: str) -> None:
    with pytest.raises(cases.EmailWrong):
        invite(house, cai, email=email)


def test_link_is_sent_again_from_the_people_page_and_where_it_did_not_arrive(
    house: House, cai: Actor
) -> None:
    invite(house, cai)
    port = Kept()
    port.broken = mail.NotSent("address", for_good=True)
    outbox.send_waiting(port, SENDER)
    (found,) = deliveries.list_undelivered(cai)
    assert found.case_id == house.case_id
    assert NON not in str(found)
    deliveries.send_again(found.key, cai)
    assert deliveries.list_undelivered(cai) == []
    first = link()
    with db.reading() as session:
        appointed = session.scalars(
            select(Appointment.id).where(Appointment.role == "facilitator")
        ).one()
    cases.send_link(house.case_id, appointed, cai)
    assert link() != first
    assert not sign_in.is_invited(first)


def test_daily_messages_never_hold_up_a_link_or_a_code(house: House, cai: Actor) -> None:
    invite(house, cai)
    with db.transaction() as session:
        account = accounts.find_account(session, NON)
        assert account is not None
        account.daily_digest = True
    token = link()
    enter(token, code(token))
    with db.reading() as session:
        assert set(session.scalars(select(OutboxMessage.state))) == {"sent"}
