"""Who holds which role, where and when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import accounts, audit, confidentiality, db, people, time_source
from engine.errors import NotFound
from engine.models import Account, Appointment, AuditEvent, Case, OutboxMessage, new_id
from engine.passwords import PasswordTooLong, PasswordTooShort, hash_password, is_password

if TYPE_CHECKING:
    from tests.engine.conftest import House


def held(house: House, name: str, item: str = "") -> people.Held:
    with db.reading() as session:
        case = session.get_one(Case, house.case_id)
        return people.held_on(session, house.actors[name].account_id, case, item)


def holders(house: House, *roles: str, item: str = "") -> list[str]:
    with db.reading() as session:
        case = session.get_one(Case, house.case_id)
        today = time_source.today(session)
        return [found.name for found in people.holders(session, case, roles, item, today)]


def test_board_role_counts_on_every_case_and_case_role_on_its_own(house: House) -> None:
    house.person("cai", "coordinator")
    house.person("wil", "worker")
    assert held(house, "cai") == {"coordinator"}
    assert held(house, "wil") == {"worker"}
    assert holders(house, "coordinator", "worker") == ["cai", "wil"]


def test_case_role_held_on_the_board_counts_on_no_case(house: House) -> None:
    house.person("pool", "board:worker")
    assert held(house, "pool") == frozenset()
    assert holders(house, "worker") == []
    with db.reading() as session:
        actor = house.actors["pool"]
        assert people.board_roles(session, actor, house.board_id) == {"worker"}
        assert [board.id for board, _ in people.boards_of(session, actor)] == [house.board_id]


def test_item_role_counts_for_its_item_and_for_the_case_as_a_whole(house: House) -> None:
    house.person("pia", "participant/participant_1")
    assert held(house, "pia") == {"participant"}
    assert held(house, "pia", "participant_1") == {"participant"}
    assert held(house, "pia", "participant_2") == frozenset()
    assert holders(house, "participant", item="participant_2") == []
    assert holders(house, "participant", item="participant_1") == ["pia"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("participant/participant_1", "worker"), ("worker", "participant/participant_1")],
)
def test_whoever_takes_notes_takes_no_part(
    house: House, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    # The small house has no note-taker; its worker takes the notes.
    monkeypatch.setattr(confidentiality, "NOTE_TAKER", "worker")
    house.person("nia", first)
    with db.transaction() as session:
        account = session.get_one(Account, house.actors["nia"].account_id)
        with pytest.raises(people.NoteTakerApart):
            house.appoint(session, account, second)
    assert len(held(house, "nia")) == 1
    house.person("other", second)


def test_administrator_as_such_holds_nothing_on_a_case(house: House) -> None:
    house.person("ada", "administrator")
    assert held(house, "ada") == frozenset()
    with db.reading() as session:
        assert people.is_administrator(session, house.actors["ada"].account_id)


def test_ended_appointment_counts_no_more_from_that_moment_and_stays_on_record(
    house: House,
) -> None:
    house.person("wil", "worker")
    with db.transaction() as session:
        row = session.scalars(select(Appointment).where(Appointment.role == "worker")).one()
        with pytest.raises(people.ReasonMissing):
            people.end_appointment(session, row, " ", "SYSTEM")
        people.end_appointment(session, row, "left the agency", "SYSTEM")
    assert held(house, "wil") == frozenset()
    with db.reading() as session:
        row = session.scalars(select(Appointment).where(Appointment.role == "worker")).one()
        assert row.ended_reason == "left the agency"
        kinds = session.scalars(select(AuditEvent.kind).where(AuditEvent.case_id == house.case_id))
        assert list(kinds) == ["appointed", "appointment_ended"]
        assert list(audit.verify(session)) == []


def test_appointment_that_ends_later_counts_until_the_day_before(house: House) -> None:
    house.person("wil", "worker")
    with db.transaction() as session:
        row = session.scalars(select(Appointment).where(Appointment.role == "worker")).one()
        day = time_source.today(session) + timedelta(days=3)
        people.end_appointment(session, row, "moves on", "SYSTEM", ends_on=day)
        case = session.get_one(Case, house.case_id)
        last = people.holders(session, case, ["worker"], "", day - timedelta(days=1))
        assert [holder.name for holder in last] == ["wil"]
        assert people.holders(session, case, ["worker"], "", day) == []


def test_disabled_account_holds_no_role_for_messages(house: House) -> None:
    actor = house.person("wil", "worker")
    with db.transaction() as session:
        accounts.disable_account(session, actor.account_id, "SYSTEM")
    assert holders(house, "worker") == []


@pytest.mark.parametrize("role", ["worker/participant_1", "board:nobody", "participant"])
def test_role_is_given_only_where_it_belongs(house: House, role: str) -> None:
    with pytest.raises(people.RoleNotFitting):
        house.person("wil", role)


def test_same_role_is_not_given_twice(house: House) -> None:
    house.person("wil", "worker")
    with db.transaction() as session:
        account = accounts.find_account(session, "WIL@example.test ")
        assert account is not None
        with pytest.raises(people.AlreadyAppointed):
            house.appoint(session, account, "worker")


def test_naming_another_person_for_an_item_takes_the_role_from_the_first(house: House) -> None:
    house.person("pia")
    house.person("pol")
    with db.transaction() as session:
        case = session.get_one(Case, house.case_id)
        give = ("participant", "participant_1", "SYSTEM")
        first = people.appoint_by_email(session, case, give[0], "pia@example.test", *give[1:])
        again = people.appoint_by_email(session, case, give[0], "pia@example.test", *give[1:])
        assert first is not None
        assert again is first
        people.appoint_by_email(session, case, give[0], "pol@example.test", *give[1:])
    assert holders(house, "participant", item="participant_1") == ["pol"]
    with db.transaction() as session:
        case = session.get_one(Case, house.case_id)
        none = people.appoint_by_email(session, case, give[0], "no address", *give[1:])
        assert none is None
    assert holders(house, "participant", item="participant_1") == []


def test_address_without_an_account_is_given_one_that_nobody_is_told_of(house: House) -> None:
    with db.transaction() as session:
        case = session.get_one(Case, house.case_id)
        for item, name in (("participant_1", "Pia Rees"), ("participant_2", "")):
            email = f"{item}@example.test"
            made = people.appoint_by_email(
                session, case, "participant", email, item, "SYSTEM", name
            )
            assert made is not None
        account = accounts.find_account(session, "participant_1@example.test")
        assert account is not None
        assert account.password_hash is None
        assert session.scalars(select(OutboxMessage)).all() == []
    assert holders(house, "participant", item="participant_1") == ["Pia Rees"]
    assert holders(house, "participant", item="participant_2") == ["participant_2"]


def test_board_finds_its_own_people_and_those_no_board_has(house: House) -> None:
    house.person("cai", "coordinator")
    house.person("new")
    house.person("one-click", demonstration=True)
    with db.transaction() as session:
        other = people.create_board(session, "other", "Other", "Arall")
        stranger = accounts.create_account(session, "far@example.test", "far")
        session.add(
            Appointment(
                id=new_id(),
                board_id=other.id,
                account_id=stranger.id,
                role="coordinator",
                starts_on=time_source.today(session),
            )
        )
    with db.reading() as session:
        found = {person.name: person.roles for person in people.people_of(session, house.board_id)}
        assert found["cai"] == ("coordinator",)
        assert "new" in found
        assert "far" not in found
        demonstration = [person.name for person in people.demonstration_people(session)]
        assert demonstration == ["one-click"]


def test_account_is_made_once_per_address_and_named_in_the_record(house: House) -> None:
    actor = house.person("wil")
    with db.transaction() as session:
        with pytest.raises(accounts.AccountAlreadyThere):
            accounts.create_account(session, " Wil@Example.test", "another")
        accounts.set_language(session, actor.account_id, "cy")
        assert session.get_one(Account, actor.account_id).language == "cy"
        with pytest.raises(ValueError, match="fr"):
            accounts.set_language(session, actor.account_id, "fr")
        with pytest.raises(NotFound):
            accounts.get_account(session, new_id())
        assert accounts.name_of(session, str(actor.account_id)) == "wil"
        assert accounts.name_of(session, "SYSTEM") == "Adolygu"
        assert accounts.name_of(session, "") == ""


def test_password_is_kept_as_argon2id_and_compared_in_one_form_of_letters() -> None:
    kept = hash_password("tŷ bach twt yn y wlad")
    assert kept.startswith("$argon2id$")
    assert is_password(kept, "ty\u0302 bach twt yn y wlad")
    assert not is_password(kept, "tŷ bach twt yn y dref")
    assert not is_password(None, "nobody has this password")
    assert not is_password(kept, "x" * 1_000_000)
    with pytest.raises(PasswordTooShort):
        hash_password("short")
    with pytest.raises(PasswordTooLong):
        hash_password("x" * 257)
