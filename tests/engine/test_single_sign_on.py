"""Who is let in on the word of an identity provider, which is played here on the loopback."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from engine import db, one_time_codes
from engine.errors import NotFound
from engine.models import Account, AuditEvent, Board, ProviderIdentity, SecondFactor
from engine.settings import Settings, SettingWrong, from_environment, to_environment
from tests.engine import provider as playing
from tests.engine.provider import Provider

if TYPE_CHECKING:
    from tests.engine.conftest import House

# The package gives the names to the functions, so the modules are asked for by their paths.
sign_in = importlib.import_module("engine.sign_in")
single_sign_on = importlib.import_module("engine.single_sign_on")
own_account = importlib.import_module("engine.own_account")
administration = importlib.import_module("engine.administration")

PASSWORD = "llwynog coch sy’n cysgu"
HERE = "192.0.2.1"
pytestmark = pytest.mark.usefixtures("sign_in_limits")


@pytest.fixture(scope="module")
def _served() -> Iterator[Provider]:
    with playing.served() as provider:
        yield provider


@pytest.fixture
def provider(_served: Provider) -> Iterator[Provider]:
    """The provider, by whom the installation goes; it knows Wil under his verified address."""
    single_sign_on.use(_served.settings())
    _served.person = {
        "sub": playing.a_subject(),
        "email": "Wil@Example.test",
        "email_verified": True,
    }
    _served.wrong, _served.says_of_itself, _served.published = {}, {}, None
    yield _served
    single_sign_on.use(Settings())


def come(provider: Provider, **changed: Any) -> str:
    """Go to the provider and come back; return the token of the session."""
    journey = single_sign_on.begin_at_provider()
    answer = {**provider.confirm(journey.address), **changed}
    return str(single_sign_on.sign_in_by_provider(answer, journey.kept, HERE, "en", "Firefox"))


def identities() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(ProviderIdentity)) or 0


def kinds() -> list[str]:
    with db.reading() as session:
        query = select(AuditEvent.kind).where(AuditEvent.chain == "installation")
        return list(session.scalars(query.order_by(AuditEvent.seq)))


def test_somebody_with_an_account_is_let_in_by_a_verified_address(
    house: House, provider: Provider
) -> None:
    wil = house.person("wil", "worker", password=None)
    actor = sign_in.actor_for(come(provider))
    assert actor.account_id == wil.account_id
    assert kinds()[-2:] == ["provider_linked", "signed_in"]


def test_from_then_on_they_are_known_by_what_the_provider_calls_them(
    house: House, provider: Provider
) -> None:
    wil = house.person("wil", "worker", password=None)
    house.person("mair", "worker", password=None)
    come(provider)
    provider.person["email"] = "mair@example.test"
    assert sign_in.actor_for(come(provider)).account_id == wil.account_id
    assert identities() == 1


def test_an_address_that_was_given_to_somebody_else_does_not_let_them_in(
    house: House, provider: Provider
) -> None:
    house.person("wil", "worker", password=None)
    come(provider)
    provider.person["sub"] = playing.a_subject()
    with pytest.raises(single_sign_on.NobodyOfThatName):
        come(provider)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_lets_nobody_in(
    house: House, provider: Provider, verified: object
) -> None:
    house.person("wil", "worker", password=None)
    provider.person["email_verified"] = verified
    with pytest.raises(single_sign_on.NobodyOfThatName):
        come(provider)
    assert identities() == 0


def test_the_provider_makes_no_account_and_changes_none(house: House, provider: Provider) -> None:
    house.person("wil", "worker", password=None)
    provider.person |= {"email": "new@example.test", "name": "Somebody New"}
    with pytest.raises(single_sign_on.NobodyOfThatName):
        come(provider)
    provider.person |= {"email": "wil@example.test"}
    come(provider)
    with db.reading() as session:
        assert list(session.scalars(select(Account.name))) == ["wil"]
    assert "sign_in_refused" in kinds()


def test_a_disabled_account_and_one_of_a_demonstration_stay_shut(
    house: House, provider: Provider
) -> None:
    wil = house.person("wil", "worker", password=None)
    house.person("show", "worker", demonstration=True)
    come(provider)
    with db.transaction() as session:
        session.get_one(Account, wil.account_id).state = "disabled"
    with pytest.raises(single_sign_on.NobodyOfThatName):
        come(provider)
    provider.person = {"sub": "2", "email": "show@example.test", "email_verified": True}
    with pytest.raises(single_sign_on.NobodyOfThatName):
        come(provider)


def test_whoever_has_an_app_is_asked_for_its_code_here_too(
    house: House, provider: Provider
) -> None:
    wil = house.person("wil", "worker", password=None)
    own_account.begin_second_factor(wil, "", "", HERE)
    with db.transaction() as session:
        row = session.scalars(select(SecondFactor)).one()
        step = one_time_codes.step_of(row.made_at)
        own = row.secret
    own_account.confirm_second_factor(wil, one_time_codes.code_at(own, step), HERE)
    token = come(provider)
    assert sign_in.actor_for(token) is None
    assert sign_in.awaits_code(token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": ["adolygu", "another-client"], "azp": "another-client"},
        {"nonce": "another"},
        {"exp": 1_700_000_000},
        {"iat": 4_000_000_000},
    ],
)
def test_a_token_for_somebody_else_or_of_another_time_is_refused(
    house: House, provider: Provider, wrong: dict[str, Any]
) -> None:
    house.person("wil", "worker", password=None)
    provider.wrong = wrong
    with pytest.raises(single_sign_on.ProviderRefused):
        come(provider)
    assert identities() == 0


def test_a_token_that_another_key_signed_is_refused(house: House, provider: Provider) -> None:
    house.person("wil", "worker", password=None)
    provider.published = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(single_sign_on.ProviderRefused):
        come(provider)


@pytest.mark.parametrize("changed", [{"state": "x"}, {"state": ""}, {"code": "x"}])
def test_an_answer_that_was_not_asked_for_is_refused(
    house: House, provider: Provider, changed: dict[str, str]
) -> None:
    house.person("wil", "worker", password=None)
    with pytest.raises(single_sign_on.ProviderRefused):
        come(provider, **changed)


def test_an_answer_of_another_issuer_is_refused(house: House, provider: Provider) -> None:
    house.person("wil", "worker", password=None)
    with pytest.raises(single_sign_on.ProviderRefused):
        come(provider, iss="https://other.example")


def test_an_answer_counts_once_and_only_where_the_journey_began(
    house: House, provider: Provider
) -> None:
    house.person("wil", "worker", password=None)
    journey = single_sign_on.begin_at_provider()
    other = single_sign_on.begin_at_provider()
    answer = provider.confirm(journey.address)
    stolen = {**answer, "state": other.kept["state"]}
    with pytest.raises(single_sign_on.ProviderRefused):
        single_sign_on.sign_in_by_provider(stolen, other.kept, HERE)
    answer = provider.confirm(journey.address)
    single_sign_on.sign_in_by_provider(answer, journey.kept, HERE)
    with pytest.raises(single_sign_on.ProviderRefused):
        single_sign_on.sign_in_by_provider(answer, journey.kept, HERE)


def test_the_way_there_holds_a_challenge_and_neither_secret_nor_verifier(
    provider: Provider,
) -> None:
    journey = single_sign_on.begin_at_provider()
    assert "code_challenge_method=S256" in journey.address
    assert journey.kept["verifier"] not in journey.address
    assert playing.SECRET not in journey.address
    assert playing.SECRET not in repr(provider.settings())


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_says_something_else_of_itself_is_not_gone_to(
    provider: Provider, said: dict[str, Any]
) -> None:
    provider.says_of_itself = said
    with pytest.raises(single_sign_on.ProviderUnavailable):
        single_sign_on.begin_at_provider()


def test_a_provider_that_does_not_answer_is_said_to_be_away(provider: Provider) -> None:
    # Nobody listens at the port for throwing away.
    gone = Settings(provider_issuer="http://127.0.0.1:9", provider_name="Gone")
    single_sign_on.use(gone)
    with pytest.raises(single_sign_on.ProviderUnavailable):
        single_sign_on.begin_at_provider()


def test_without_a_provider_there_is_none_to_go_to() -> None:
    single_sign_on.use(Settings())
    assert single_sign_on.provider_name() == ""
    with pytest.raises(NotFound):
        single_sign_on.begin_at_provider()
    with pytest.raises(NotFound):
        single_sign_on.sign_in_by_provider({}, {}, HERE)


GOOD = {
    "ADOLYGU_PROVIDER_ISSUER": "https://login.example/",
    "ADOLYGU_PROVIDER_CLIENT": "adolygu",
    "ADOLYGU_PROVIDER_SECRET": "secret",
    "ADOLYGU_PROVIDER_NAME": "Cwmafon Council",
    "ADOLYGU_BASE_URL": "https://reviews.example",
}


def test_a_provider_that_is_set_as_a_whole_is_taken() -> None:
    settings = from_environment(GOOD)
    assert settings.provider_issuer == "https://login.example"
    assert from_environment(to_environment(settings)) == settings


@pytest.mark.parametrize("name", GOOD)
def test_a_provider_that_is_set_in_part_is_refused(name: str) -> None:
    with pytest.raises(SettingWrong, match=name):
        from_environment({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize("name", ["ADOLYGU_PROVIDER_ISSUER", "ADOLYGU_BASE_URL"])
def test_a_provider_is_not_spoken_to_in_the_clear(name: str) -> None:
    with pytest.raises(SettingWrong, match=name):
        from_environment(GOOD | {name: "http://login.example"})


def test_a_demonstration_has_no_provider() -> None:
    with pytest.raises(SettingWrong):
        from_environment(GOOD | {"ADOLYGU_DEMONSTRATION": "1"})


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("IDLE_MINUTES", ("2", "60"), ("1", "61", "0", "-5", "", "x", "1.5", "٣")),
        ("ABSOLUTE_HOURS", ("1", "24"), ("0", "25", "99999", " 8")),
    ],
)
def test_a_session_that_would_not_end_in_time_is_refused_at_the_start(
    name: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    for said in good:
        from_environment({f"ADOLYGU_{name}": said})
    for said in bad:
        with pytest.raises(SettingWrong, match=name):
            from_environment({f"ADOLYGU_{name}": said})


def test_to_begin_anew_forgets_what_the_provider_calls_somebody(
    house: House, provider: Provider
) -> None:
    rhys = house.person("rhys", "administrator", password=PASSWORD)
    wil = house.person("wil", "board:worker", password=None)
    come(provider)
    with db.reading() as session:
        key = session.get_one(Board, house.board_id).key
    administration.take_away_sign_in(key, wil.account_id, rhys)
    provider.person["sub"] = playing.a_subject()
    assert sign_in.actor_for(come(provider)).account_id == wil.account_id
