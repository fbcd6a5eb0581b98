"""What lets in beside the password: the code of an app, once, or a recovery code, once."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from engine import attempts, db, keys, one_time_codes, second_factor, time_source
from engine.models import Account, AuditEvent, Board, RecoveryCode, SecondFactor
from tests.conftest import AUDIT_KEYS, FIELD_KEYS

if TYPE_CHECKING:
    from engine.accounts import Actor
    from tests.engine.conftest import House

# The package gives the names to the functions, so the modules are asked for by their paths.
sign_in = importlib.import_module("engine.sign_in")
own_account = importlib.import_module("engine.own_account")

PASSWORD = "llwynog coch sy’n cysgu"
HERE = "192.0.2.1"
pytestmark = pytest.mark.usefixtures("sign_in_limits")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still in the middle of a half minute until a test moves it."""
    moved = Clock(datetime(2026, 11, 27, 12, 0, 10, tzinfo=UTC))
    monkeypatch.setattr(time_source, "real", lambda session: moved.now)
    return moved


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def on(self, **by: int) -> None:
        self.now += timedelta(**by)


def signed_in(email: str = "wil@example.test") -> Actor:
    actor = sign_in.actor_for(sign_in.sign_in(email, PASSWORD, HERE))
    assert actor is not None
    return actor


def secret_of(actor: Actor) -> str:
    with db.reading() as session:
        row = session.scalars(
            select(SecondFactor)
            .where(SecondFactor.account_id == actor.account_id, SecondFactor.ended_at.is_(None))
            .order_by(SecondFactor.confirmed_at.desc())
        ).first()
        assert row is not None
        return str(row.secret)


def code_of(actor: Actor, clock: Clock, steps: int = 0) -> str:
    step = one_time_codes.step_of(clock.now) + steps
    return one_time_codes.code_at(secret_of(actor), step)


def set_up(actor: Actor, clock: Clock) -> list[str]:
    """Give somebody an app; return the recovery codes. The code of this half minute is used."""
    own_account.begin_second_factor(actor, PASSWORD, "", HERE)
    return own_account.confirm_second_factor(actor, code_of(actor, clock), HERE)


def kinds() -> list[str]:
    with db.reading() as session:
        query = select(AuditEvent.kind).where(AuditEvent.chain == "installation")
        return list(session.scalars(query.order_by(AuditEvent.seq)))


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert one_time_codes.code_at(secret, seconds // 30) == code


def test_a_clock_may_be_one_step_off_and_no_more(clock: Clock) -> None:
    secret = one_time_codes.new_secret()
    now = one_time_codes.step_of(clock.now)
    taken = [
        by
        for by in range(-3, 4)
        if one_time_codes.fitting_step(
            secret, one_time_codes.code_at(secret, now + by), clock.now, None
        )
    ]
    assert taken == [-1, 0, 1]
    code = one_time_codes.code_at(secret, now)
    ends = datetime.fromtimestamp((now + 2) * 30 - 1, UTC)
    assert one_time_codes.fitting_step(secret, code, ends, None) == now, "the last second"
    assert one_time_codes.fitting_step(secret, code, ends + timedelta(seconds=1), None) is None


def test_whoever_has_an_app_is_let_in_by_password_and_code_only(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    set_up(wil, clock)
    clock.on(seconds=30)
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    assert sign_in.actor_for(waiting) is None
    assert sign_in.awaits_code(waiting)
    token = sign_in.give_second_factor(waiting, code_of(wil, clock), HERE)
    assert token != waiting
    actor = sign_in.actor_for(token)
    assert actor is not None
    assert actor.account_id == wil.account_id
    assert sign_in.actor_for(waiting) is None
    assert not sign_in.awaits_code(waiting)
    with pytest.raises(sign_in.SecondFactorTooLate):
        sign_in.give_second_factor(waiting, code_of(wil, clock, 1), HERE)
    assert kinds()[-1] == "signed_in"


def test_a_code_works_once_and_none_before_it(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    set_up(wil, clock)
    for steps in (0, -1):
        waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
        with pytest.raises(sign_in.SecondFactorRefused):
            sign_in.give_second_factor(waiting, code_of(wil, clock, steps), HERE)
    sign_in.give_second_factor(waiting, code_of(wil, clock, 1), HERE)
    assert "second_factor_refused" in kinds()


def test_a_recovery_code_lets_in_once_however_it_is_written(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    codes = set_up(signed_in(), clock)
    assert len(set(codes)) == 10
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    token = sign_in.give_second_factor(waiting, f" {codes[3].upper().replace('-', ' ')} ", HERE)
    actor = sign_in.actor_for(token)
    assert actor is not None
    assert own_account.account_page(actor).codes_left == 9
    again = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    with pytest.raises(sign_in.SecondFactorRefused):
        sign_in.give_second_factor(again, codes[3], HERE)
    sign_in.give_second_factor(again, codes[4], HERE)


def test_new_recovery_codes_end_the_old_ones(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    old = set_up(wil, clock)
    new = own_account.renew_recovery_codes(wil, PASSWORD, code_of(wil, clock, 1), HERE)
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    with pytest.raises(sign_in.SecondFactorRefused):
        sign_in.give_second_factor(waiting, old[0], HERE)
    sign_in.give_second_factor(waiting, new[0], HERE)


def test_a_recovery_code_ends_with_the_key_it_was_made_under(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    codes = set_up(wil, clock)
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    keys.use(FIELD_KEYS, ["new:another secret, tests only", *AUDIT_KEYS])
    assert sign_in.give_second_factor(waiting, codes[0], HERE)
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    keys.use(FIELD_KEYS, ["new:another secret, tests only"])
    with pytest.raises(sign_in.SecondFactorRefused):
        sign_in.give_second_factor(waiting, codes[1], HERE)
    sign_in.give_second_factor(waiting, code_of(wil, clock, 1), HERE)


def test_guessing_at_codes_is_held_back_whatever_session_it_is_tried_in(
    house: House, clock: Clock
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    codes = set_up(wil, clock)
    for number in range(sign_in.FREE_FOR_ACCOUNT):
        waiting = sign_in.sign_in("wil@example.test", PASSWORD, f"192.0.2.{number}")
        with pytest.raises(sign_in.SecondFactorRefused):
            sign_in.give_second_factor(waiting, "000000", f"192.0.2.{number}")
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    with pytest.raises(attempts.TooManyAttempts):
        sign_in.give_second_factor(waiting, codes[0], HERE)
    clock.on(seconds=29)
    with pytest.raises(attempts.TooManyAttempts):
        sign_in.give_second_factor(waiting, codes[0], HERE)
    clock.on(seconds=1)
    sign_in.give_second_factor(waiting, codes[0], HERE)


def test_the_code_may_be_given_for_ten_minutes_and_not_a_second_longer(
    house: House, clock: Clock
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    codes = set_up(signed_in(), clock)
    first = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    second = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    clock.on(minutes=9, seconds=59)
    sign_in.give_second_factor(first, codes[0], HERE)
    clock.on(seconds=1)
    assert not sign_in.awaits_code(second)
    with pytest.raises(sign_in.SecondFactorTooLate):
        sign_in.give_second_factor(second, codes[1], HERE)


def test_disabled_while_the_code_is_asked_for_is_not_let_in(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    codes = set_up(signed_in(), clock)
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    with db.transaction() as session:
        session.scalars(select(Account).where(Account.name == "wil")).one().state = "disabled"
    with pytest.raises(sign_in.SecondFactorRefused):
        sign_in.give_second_factor(waiting, codes[0], HERE)


def test_setting_up_needs_the_password_and_counts_from_the_first_code_on(
    house: House, clock: Clock
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    with pytest.raises(own_account.PasswordNotYours):
        own_account.begin_second_factor(wil, "wrong", "", HERE)
    assert own_account.account_page(wil).secret == ""
    own_account.begin_second_factor(wil, PASSWORD, "", HERE)
    shown = own_account.account_page(wil)
    assert shown.secret in shown.secret_address
    assert not shown.has_second_factor
    assert signed_in().account_id == wil.account_id, "nobody is asked for a code yet"
    with pytest.raises(own_account.CodeNotRight):
        own_account.confirm_second_factor(wil, "000000", HERE)
    own_account.confirm_second_factor(wil, code_of(wil, clock), HERE)
    after = own_account.account_page(wil)
    assert after.has_second_factor
    assert after.secret == "", "it is never shown again"


def test_a_secret_that_was_shown_waits_for_fifteen_minutes(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    own_account.begin_second_factor(wil, PASSWORD, "", HERE)
    clock.on(minutes=14, seconds=59)
    assert own_account.account_page(wil).secret
    clock.on(seconds=1)
    assert not own_account.account_page(wil).secret
    with pytest.raises(own_account.SetUpTooLate):
        own_account.confirm_second_factor(wil, code_of(wil, clock), HERE)


def test_another_app_takes_the_place_of_the_first_and_needs_its_code(
    house: House, clock: Clock
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    codes = set_up(wil, clock)
    first = secret_of(wil)
    with pytest.raises(own_account.CodeNotRight):
        own_account.begin_second_factor(wil, PASSWORD, "", HERE)
    own_account.begin_second_factor(wil, PASSWORD, codes[0], HERE)
    second = own_account.account_page(wil).secret
    step = one_time_codes.step_of(clock.now)
    own_account.confirm_second_factor(wil, one_time_codes.code_at(second, step), HERE)
    waiting = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    for gone in (one_time_codes.code_at(first, step + 1), codes[1]):
        with pytest.raises(sign_in.SecondFactorRefused):
            sign_in.give_second_factor(waiting, gone, HERE)
    sign_in.give_second_factor(waiting, one_time_codes.code_at(second, step + 1), HERE)


def test_taking_an_app_into_use_ends_every_other_session(house: House, clock: Clock) -> None:
    house.person("wil", "worker", password=PASSWORD)
    other = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    token = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    set_up(sign_in.actor_for(token), clock)
    assert sign_in.actor_for(other) is None
    assert sign_in.actor_for(token) is not None


def require(house: House, *roles: str) -> None:
    with db.transaction() as session:
        board = session.get_one(Board, house.board_id)
        board.settings = {**board.settings, second_factor.SETTING: list(roles)}


def test_a_board_asks_it_of_its_roles_at_once_and_until_the_role_ends(
    house: House, clock: Clock
) -> None:
    house.person("wil", "coordinator", password=PASSWORD)
    house.person("mair", "worker", password=PASSWORD)
    token = sign_in.sign_in("wil@example.test", PASSWORD, HERE)
    assert not sign_in.actor_for(token).needs_second_factor
    require(house, "coordinator")
    wil = sign_in.actor_for(token)
    assert wil.needs_second_factor
    assert not signed_in("mair@example.test").needs_second_factor
    codes = set_up(wil, clock)
    assert not sign_in.actor_for(token).needs_second_factor
    with pytest.raises(own_account.SecondFactorRequired):
        own_account.remove_second_factor(wil, PASSWORD, codes[0], HERE)
    require(house)
    own_account.remove_second_factor(wil, PASSWORD, codes[1], HERE)
    assert signed_in().account_id == wil.account_id


def test_one_click_of_a_demonstration_asks_for_no_code(house: House, clock: Clock) -> None:
    show = house.person("show", "coordinator", demonstration=True)
    sign_in.use(idle_minutes=15, absolute_hours=12, demonstration=True)
    require(house, "coordinator")
    before = kinds()
    actor = sign_in.actor_for(sign_in.sign_in_as(show.account_id))
    assert not actor.needs_second_factor
    own_account.begin_second_factor(actor, "", "", HERE)
    own_account.confirm_second_factor(actor, code_of(actor, clock), HERE)
    assert sign_in.actor_for(sign_in.sign_in_as(show.account_id)) is not None
    with pytest.raises(own_account.NotWhileDemonstrated):
        own_account.choose_password(actor, "", "lantern otter gravel", HERE)
    assert kinds() == before, "nothing of it is on record"


def test_neither_secret_nor_recovery_code_can_be_read_in_the_database(
    house: House, clock: Clock
) -> None:
    house.person("wil", "worker", password=PASSWORD)
    wil = signed_in()
    codes = set_up(wil, clock)
    with db.reading() as session:
        kept = bytes(session.execute(text("select secret from second_factor")).scalar_one())
        hashes = list(session.scalars(select(RecoveryCode.code_hash)))
        said = " ".join(str(event.data) for event in session.scalars(select(AuditEvent)))
    secret = secret_of(wil)
    assert secret.encode() not in kept
    assert keys.decrypt(kept).decode().strip('"') == secret
    for code in codes:
        plain = code.replace("-", "")
        assert not any(plain in one for one in hashes)
        assert plain not in said
    assert secret not in said
