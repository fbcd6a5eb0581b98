"""What people do with their own account: choose a password, end sessions."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import attempts, db, passwords
from engine.errors import NotFound
from engine.models import AuditEvent, Board, Invitation

if TYPE_CHECKING:
    from engine.accounts import Actor
    from tests.engine.conftest import House

# The package gives the names to the functions, so the modules are asked for by their paths.
sign_in = importlib.import_module("engine.sign_in")
own_account = importlib.import_module("engine.own_account")
administration = importlib.import_module("engine.administration")

PASSWORD = "llwynog coch sy’n cysgu"
ANOTHER = "lantern otter gravel"
HERE = "192.0.2.1"
pytestmark = pytest.mark.usefixtures("sign_in_limits")


def signed_in(email: str = "wil@example.test", password: str = PASSWORD) -> tuple[str, Actor]:
    token = sign_in.sign_in(email, password, HERE, "en", "Firefox, Linux")
    actor = sign_in.actor_for(token)
    assert actor is not None
    return token, actor


def events(kind: str) -> list[AuditEvent]:
    with db.reading() as session:
        found = select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.seq)
        return list(session.scalars(found))


def test_another_password_takes_the_place_of_the_first_and_ends_other_sessions(
    house: House,
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    other, _ = signed_in()
    token, wil = signed_in()
    own_account.choose_password(wil, PASSWORD, ANOTHER, HERE)
    assert sign_in.actor_for(token) is not None
    assert sign_in.actor_for(other) is None
    with pytest.raises(sign_in.SignInRefused):
        sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    signed_in(password=ANOTHER)
    assert events("password_set")[-1].actor == str(wil.account_id)


def test_nobody_changes_a_password_without_the_one_until_now_nor_guesses_it(house: House) -> None:
    house.person("wil", "worker", password=PASSWORD)
    _, wil = signed_in()
    for _ in range(sign_in.FREE_FOR_ACCOUNT):
        with pytest.raises(own_account.PasswordNotYours):
            own_account.choose_password(wil, "wrong", ANOTHER, HERE)
    with pytest.raises(attempts.TooManyAttempts):
        own_account.choose_password(wil, PASSWORD, ANOTHER, HERE)
    signed_in()
    assert len(events("proof_refused")) == sign_in.FREE_FOR_ACCOUNT


@pytest.mark.parametrize("chosen", ["short", "password1234", "adolyguadolygu"])
def test_a_bad_password_is_refused_and_the_one_until_now_stays(house: House, chosen: str) -> None:
    house.person("wil", "worker", password=PASSWORD)
    _, wil = signed_in()
    bad = (passwords.PasswordTooShort, passwords.PasswordTooCommon, passwords.PasswordTellsWho)
    with pytest.raises(bad):
        own_account.choose_password(wil, PASSWORD, chosen, HERE)
    signed_in()


def test_whoever_came_by_a_link_chooses_a_password_and_comes_by_no_link_any_more(
    house: House,
) -> None:
    mair = house.person("mair", "worker", password=None)
    sign_in.ask_for_link("mair@example.test", HERE)
    own_account.choose_password(mair, "", ANOTHER, HERE)
    signed_in("mair@example.test", ANOTHER)
    with db.reading() as session:
        assert session.scalars(select(Invitation.ended_at)).one() is not None


def test_people_see_where_they_are_signed_in_and_end_it_there(house: House) -> None:
    house.person("wil", "worker", password=PASSWORD)
    other, _ = signed_in()
    token, wil = signed_in()
    shown = own_account.account_page(wil).sessions
    assert [one.device for one in shown] == ["Firefox, Linux"] * 2
    assert [one.is_this_one for one in shown].count(True) == 1
    elsewhere = next(one for one in shown if not one.is_this_one)
    own_account.end_own_session(wil, elsewhere.id)
    assert sign_in.actor_for(other) is None
    assert sign_in.actor_for(token) is not None
    assert len(own_account.account_page(wil).sessions) == 1
    with pytest.raises(NotFound):
        own_account.end_own_session(wil, elsewhere.id)
    assert events("session_ended")[-1].data == {"session": str(elsewhere.id)}


def test_nobody_ends_the_session_of_somebody_else(house: House) -> None:
    house.person("wil", "worker", password=PASSWORD)
    house.person("mair", "worker", password=PASSWORD)
    hers, mair = signed_in("mair@example.test")
    _, wil = signed_in()
    assert mair.session_id is not None
    with pytest.raises(NotFound):
        own_account.end_own_session(wil, mair.session_id)
    own_account.end_other_sessions(wil)
    assert sign_in.actor_for(hers) is not None


def test_all_other_sessions_end_at_once(house: House) -> None:
    house.person("wil", "worker", password=PASSWORD)
    others = [signed_in()[0] for _ in range(3)]
    token, wil = signed_in()
    own_account.end_other_sessions(wil)
    assert [sign_in.actor_for(one) for one in others] == [None] * 3
    assert sign_in.actor_for(token) is not None


def test_signing_in_out_and_failing_to_are_on_record_without_what_was_typed(house: House) -> None:
    wil = house.person("wil", "worker", password=PASSWORD)
    token, _ = signed_in()
    sign_in.sign_out(token)
    for email in ("wil@example.test", "nobody@example.test"):
        with pytest.raises(sign_in.SignInRefused):
            sign_in.sign_in(email, "wrong", HERE)
    (came,) = events("signed_in")
    assert (came.subject, came.data) == (str(wil.account_id), {"by": "password"})
    assert [event.subject for event in events("signed_out")] == [str(wil.account_id)]
    refused = events("sign_in_refused")
    assert [(event.actor, event.subject, event.data) for event in refused] == [
        ("SYSTEM", str(wil.account_id), {}),
        ("SYSTEM", "", {}),
    ]


def test_an_administrator_lets_somebody_else_begin_anew_and_never_themself(house: House) -> None:
    house.person("rhys", "administrator", password=PASSWORD)
    wil = house.person("wil", "board:worker", password=PASSWORD)
    _, rhys = signed_in("rhys@example.test")
    token, _ = signed_in()
    with db.reading() as session:
        key = session.get_one(Board, house.board_id).key
    administration.take_away_sign_in(key, wil.account_id, rhys)
    assert sign_in.actor_for(token) is None
    with pytest.raises(sign_in.SignInRefused):
        sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    sign_in.ask_for_link("wil@example.test", HERE)
    with db.reading() as session:
        assert session.scalars(select(Invitation.account_id)).one() == wil.account_id
    with pytest.raises(NotFound):
        administration.take_away_sign_in(key, rhys.account_id, rhys)
    assert events("sign_in_taken_away")[-1].subject == str(wil.account_id)
