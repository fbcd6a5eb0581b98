"""Who is let in, and who is held back."""

from __future__ import annotations

import hashlib
import importlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from engine import accounts, attempts, db, time_source
from engine.models import SignIn, SignInAttempt

if TYPE_CHECKING:
    from tests.engine.conftest import House

# The package gives the name `sign_in` to the function, so the module is asked for by its path.
sign_in = importlib.import_module("engine.sign_in")

PASSWORD = "llwynog coch sy’n cysgu"
pytestmark = pytest.mark.usefixtures("sign_in_limits")

HERE = "192.0.2.1"


def refused(email: str, password: str, address: str = HERE) -> type[Exception] | None:
    """Return what refuses this, or nothing where it is let in."""
    try:
        sign_in.sign_in(email, password, address)
    except sign_in.EngineError as error:
        return type(error)
    return None


def age(by: timedelta, *, started: bool = False) -> None:
    """Make every session look as if it had last been seen, or had begun, so long ago."""
    with db.transaction() as session:
        for row in session.scalars(select(SignIn)):
            row.seen_at -= by
            if started:
                row.started_at -= by


def age_attempts(by: timedelta) -> None:
    with db.transaction() as session:
        for row in session.scalars(select(SignInAttempt)):
            row.at -= by


def test_right_password_begins_a_session_whose_token_is_not_kept(house: House) -> None:
    wil = house.person("wil", "worker", password=PASSWORD)
    token = sign_in.sign_in(" WIL@example.test", PASSWORD, HERE)
    assert len(token) >= 43
    actor = sign_in.actor_for(token)
    assert actor is not None
    assert (actor.account_id, actor.name, actor.is_administrator) == (wil.account_id, "wil", False)
    with db.reading() as session:
        kept = session.scalars(select(SignIn.token_hash)).one()
    assert kept == hashlib.sha256(token.encode()).hexdigest()
    assert sign_in.sign_in("wil@example.test", PASSWORD, HERE) != token


def test_unknown_account_wrong_password_and_disabled_account_are_told_the_same(
    house: House,
) -> None:
    house.person("wil", password=PASSWORD)
    gone = house.person("gone", password=PASSWORD)
    house.person("never", password=None)
    with db.transaction() as session:
        accounts.disable_account(session, gone.account_id, "SYSTEM")
    for email, password in (
        ("nobody@example.test", PASSWORD),
        ("wil@example.test", "not the password"),
        ("gone@example.test", PASSWORD),
        ("never@example.test", "nobody has this password"),
    ):
        assert refused(email, password) is sign_in.SignInRefused
    assert str(sign_in.SignInRefused()) == (
        "The e-mail address or the password is not right. Check both and try again."
    )


def test_every_refusal_costs_one_comparison_so_that_time_tells_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.person("wil", password=PASSWORD)
    house.person("never", password=None)
    compared: list[str] = []
    verify = PasswordHasher.verify

    def count(hasher: PasswordHasher, kept: str, given: str) -> bool:
        compared.append(kept.split("$")[3])
        return verify(hasher, kept, given)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    for email in ("nobody@example.test", "wil@example.test", "never@example.test"):
        refused(email, "not the password")
    assert len(compared) == 3
    assert len(set(compared)) == 1, "the same cost each time"


def test_guessing_at_one_account_is_held_back_longer_and_longer(house: House) -> None:
    house.person("wil", password=PASSWORD)
    for attempt in range(sign_in.FREE_FOR_ACCOUNT):
        assert refused("wil@example.test", "wrong", f"192.0.2.{attempt}") is sign_in.SignInRefused
    assert refused("wil@example.test", PASSWORD) is attempts.TooManyAttempts
    age_attempts(attempts.FIRST_WAIT + timedelta(seconds=1))
    assert refused("wil@example.test", "wrong") is sign_in.SignInRefused
    age_attempts(attempts.FIRST_WAIT + timedelta(seconds=1))
    assert refused("wil@example.test", PASSWORD) is attempts.TooManyAttempts
    age_attempts(attempts.FIRST_WAIT)
    assert refused("wil@example.test", PASSWORD) is None
    assert refused("wil@example.test", "wrong") is sign_in.SignInRefused


def test_unknown_accounts_are_held_back_like_known_ones(house: House) -> None:
    for _ in range(sign_in.FREE_FOR_ACCOUNT):
        refused("nobody@example.test", "wrong")
    assert refused("nobody@example.test", "wrong") is attempts.TooManyAttempts


def test_one_address_that_tries_many_accounts_is_held_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "is_password", lambda *_: False)
    for number in range(sign_in.FREE_FOR_ADDRESS):
        assert refused(f"person{number}@example.test", "wrong") is sign_in.SignInRefused
    assert refused("one-more@example.test", "wrong") is attempts.TooManyAttempts
    assert refused("one-more@example.test", "wrong", "192.0.2.99") is sign_in.SignInRefused


def test_attempts_hold_neither_e_mail_nor_address_and_old_ones_go(house: House) -> None:
    refused("nobody@example.test", "wrong")
    with db.reading() as session:
        subjects = list(session.scalars(select(SignInAttempt.subject)))
    assert len(subjects) == 2
    assert not any("nobody" in subject or HERE in subject for subject in subjects)
    age_attempts(attempts.REMEMBERED + timedelta(seconds=1))
    refused("other@example.test", "wrong")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


def test_idle_session_ends_and_a_used_one_goes_on_until_its_longest(house: House) -> None:
    house.person("wil", password=PASSWORD)
    token = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    age(timedelta(minutes=14, seconds=50))
    assert sign_in.actor_for(token) is not None
    age(timedelta(minutes=14, seconds=50))
    assert sign_in.actor_for(token) is not None, "having been seen, it went on"
    age(timedelta(minutes=15))
    assert sign_in.actor_for(token) is None
    fresh = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    age(timedelta(hours=12), started=True)
    with db.transaction() as session:
        for row in session.scalars(select(SignIn)):
            row.seen_at = time_source.real(session)
    assert sign_in.actor_for(fresh) is None


def test_moving_the_clock_of_a_demonstration_ends_no_session(house: House) -> None:
    house.person("wil", password=PASSWORD)
    token = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    with db.transaction() as session:
        time_source.move(session, timedelta(days=30))
    assert sign_in.actor_for(token) is not None


def test_signing_out_ends_the_session_at_once(house: House) -> None:
    wil = house.person("wil", password=PASSWORD)
    one = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    other = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    sign_in.sign_out(one)
    assert sign_in.actor_for(one) is None
    assert sign_in.actor_for(other) is not None
    sign_in.sign_out_everywhere(wil.account_id)
    assert sign_in.actor_for(other) is None
    assert sign_in.actor_for("no such token") is None
    sign_in.sign_out("no such token")


def test_disabled_account_loses_its_session(house: House) -> None:
    wil = house.person("wil", password=PASSWORD)
    token = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    with db.transaction() as session:
        accounts.disable_account(session, wil.account_id, "SYSTEM")
    assert sign_in.actor_for(token) is None


def test_one_click_works_in_a_demonstration_only_and_for_its_accounts_only(house: House) -> None:
    show = house.person("show", "administrator", demonstration=True)
    wil = house.person("wil", password=PASSWORD)
    assert sign_in.demonstration_people() == []
    with pytest.raises(sign_in.NotADemonstration):
        sign_in.sign_in_as(show.account_id)
    sign_in.use(idle_minutes=15, absolute_hours=12, demonstration=True)
    assert [person.name for person in sign_in.demonstration_people()] == ["show"]
    with pytest.raises(sign_in.NotADemonstration):
        sign_in.sign_in_as(wil.account_id)
    actor = sign_in.actor_for(sign_in.sign_in_as(show.account_id))
    assert actor is not None
    assert actor.is_administrator
    assert actor.demonstration
    sign_in.set_language(actor, "cy")
    again = sign_in.actor_for(sign_in.sign_in_as(show.account_id))
    assert again is not None
    assert again.language == "cy"


def test_the_first_sign_in_on_a_welsh_page_is_answered_in_welsh_and_later_ones_change_nothing(
    house: House,
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    first = sign_in.actor_for(sign_in.sign_in("wil@example.test", PASSWORD, HERE, "cy"))
    assert first.language == "cy"
    sign_in.set_language(first, "en")
    later = sign_in.actor_for(sign_in.sign_in("wil@example.test", PASSWORD, HERE, "cy"))
    assert later.language == "en"


def test_who_was_given_welsh_keeps_it_at_a_first_sign_in_in_english(house: House) -> None:
    mair = house.person("mair", "worker", password=PASSWORD)
    with db.transaction() as session:
        accounts.set_language(session, mair.account_id, "cy")
    assert (
        sign_in.actor_for(sign_in.sign_in("mair@example.test", PASSWORD, HERE, "en")).language
        == "cy"
    )
