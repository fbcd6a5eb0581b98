"""People and settings of a Board: who may change what, and what stays on record."""

from __future__ import annotations

import io
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

import engine
from engine import access, accounts, db, deployments, people, time_source
from engine.models import (
    Account,
    Appointment,
    AuditEvent,
    Board,
    DeployedFile,
    Deployment,
    Document,
    Invitation,
    new_id,
)
from engine.people import AlreadyAppointed
from tests.engine.conftest import make_house

if TYPE_CHECKING:
    from engine.people import Actor
    from tests.engine.conftest import House

SOMEBODY = {
    "name": "Mari Puw",
    "email": "Mari.Puw@Example.test",
    "language": "cy",
    "agency": "",
    "designation": "Nyrs",
}


def key_of(house: House) -> str:
    with db.reading() as session:
        return session.get_one(Board, house.board_id).key


def today() -> date:
    with db.reading() as session:
        return time_source.today(session)


def events(kind: str) -> list[AuditEvent]:
    with db.reading() as session:
        query = select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.seq)
        return list(session.scalars(query))


def view(house: House, by: str, name: str) -> engine.AccountView:
    return engine.member_page(key_of(house), house.actors[name].account_id, house.actors[by])


def wrong(act: Any) -> set[str]:
    """Return the lines at which something is refused."""
    with pytest.raises(engine.InvalidForm) as refused:
        act()
    assert all(error.en and error.cy for error in refused.value.errors)
    return {error.field for error in refused.value.errors}


def deploy_for_all(house: House) -> None:
    """Let every Board use what is deployed for the one of the house."""
    with db.transaction() as session:
        of_house = deployments.newest(session, house.board_id)
        files = session.scalars(
            select(DeployedFile).where(DeployedFile.deployment_id == of_house.id)
        ).all()
        base = Deployment(
            id=new_id(), board_id=None, hash=uuid.uuid4().hex, edition="draft_2011", variation="",
            number=99, deployed_at=datetime.now(UTC), note="",
        )  # fmt: skip
        session.add(base)
        session.flush()
        for file in files:
            copied = {"path": file.path, "content_hash": file.content_hash}
            session.add(DeployedFile(id=new_id(), deployment_id=base.id, **copied))


def add_board(house: House, actor: Actor) -> str:
    """Add another Board as somebody, and return its key."""
    deploy_for_all(house)
    typed = {"key": f"x{uuid.uuid4().hex[:6]}", "name_en": "Other", "name_cy": "Arall"}
    return engine.add_board(typed, actor)


# Who may be here


@pytest.mark.parametrize("role", ["steering_group", "welsh_government", "event_coordinator"])
def test_only_administrators_and_who_coordinates_every_case_see_settings(
    house: House, role: str
) -> None:
    house.person("other", f"board:{role}")
    with pytest.raises(engine.NotFound):
        engine.settings_page(key_of(house), house.actors["other"])
    assert engine.administered_boards(house.actors["other"]) == []


def test_coordinator_keeps_people_and_addresses_but_not_accounts_or_the_name(house: House) -> None:
    cai = house.person("cai", "coordinator")
    house.person("wil", "steering_group")
    key = key_of(house)
    page = engine.settings_page(key, cai)
    assert page.acts == {"appoint", "settle"}
    with pytest.raises(engine.AccessDenied):
        engine.change_board_name(key, {"name_en": "A", "name_cy": "B"}, page.seen["name"], cai)
    one = view(house, "cai", "wil")
    assert not one.may_change
    with pytest.raises(engine.AccessDenied):
        engine.set_account_state(key, one.id, active=False, actor=cai)
    with pytest.raises(engine.AccessDenied):
        engine.change_account(key, one.id, SOMEBODY, one.seen, cai)
    typed = {"role": "administrator", "account": str(one.id)}
    with pytest.raises(engine.AccessDenied):
        engine.appoint_standing(key, typed, cai)


def test_administrator_of_another_board_sees_nothing_here(house: House) -> None:
    ann = house.person("ann", "administrator")
    other = add_board(house, ann)
    with db.transaction() as session:
        theirs = session.scalars(select(Board.id).where(Board.key == other)).one()
        from_there = accounts.create_account(session, "o@example.test", "o")
        people.appoint_to_board(session, theirs, "administrator", from_there.id, "SYSTEM")
        actor = engine.Actor(from_there.id, "o")
    with pytest.raises(engine.NotFound):
        engine.settings_page(key_of(house), actor)
    with pytest.raises(engine.NotFound):
        engine.member_page(other, house.person("wil", "steering_group").account_id, actor)


# Accounts


def test_an_account_is_added_changed_and_disabled_and_each_is_on_record(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    account_id = engine.add_account(key, SOMEBODY, ann)
    one = engine.member_page(key, account_id, ann)
    assert (one.email, one.language, one.designation) == ("mari.puw@example.test", "cy", "Nyrs")
    engine.change_account(key, account_id, {**SOMEBODY, "designation": "Athrawes"}, one.seen, ann)
    assert engine.member_page(key, account_id, ann).designation == "Athrawes"
    assert events("account_changed")[-1].data["fields"] == ["designation"]
    engine.set_account_state(key, account_id, active=False, actor=ann)
    assert not engine.member_page(key, account_id, ann).is_active
    engine.set_account_state(key, account_id, active=True, actor=ann)
    assert engine.member_page(key, account_id, ann).is_active
    for kind in ("account_created", "account_disabled", "account_enabled"):
        assert events(kind)[-1].subject == str(account_id)
        assert events(kind)[-1].actor == str(ann.account_id)


def test_what_is_wrong_with_a_person_is_said_at_its_line(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    assert wrong(lambda: engine.add_account(key, {}, ann)) == {"name", "email", "language"}
    odd = {**SOMEBODY, "email": "no address", "agency": "nobody", "designation": "x" * 201}
    assert wrong(lambda: engine.add_account(key, odd, ann)) == {"email", "agency", "designation"}
    engine.add_account(key, SOMEBODY, ann)
    assert wrong(lambda: engine.add_account(key, SOMEBODY, ann)) == {"email"}


def test_two_who_change_a_person_at_once_do_not_overwrite_each_other(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    account_id = engine.add_account(key, SOMEBODY, ann)
    seen = engine.member_page(key, account_id, ann).seen
    engine.change_account(key, account_id, {**SOMEBODY, "name": "Mair Puw"}, seen, ann)
    with pytest.raises(engine.ChangedMeanwhile):
        engine.change_account(key, account_id, {**SOMEBODY, "name": "Mary"}, seen, ann)
    assert engine.member_page(key, account_id, ann).name == "Mair Puw"


def test_another_address_ends_sessions_and_links(house: House, sign_in_limits: None) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    house.person("wil", "steering_group", password="a long enough password")
    token = engine.sign_in("wil@example.test", "a long enough password", "here")
    house.person("link", "steering_group")
    engine.send_account_link(key, house.actors["link"].account_id, ann)
    for name in ("wil", "link"):
        one = view(house, "ann", name)
        typed = {**SOMEBODY, "name": name, "email": f"{name}.new@example.test"}
        engine.change_account(key, one.id, typed, one.seen, ann)
    assert engine.actor_for(token) is None
    with db.reading() as session:
        assert all(row.ended_at is not None for row in session.scalars(select(Invitation)))


def test_somebody_is_signed_out_everywhere_at_once(house: House, sign_in_limits: None) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    house.person("wil", "steering_group", password="a long enough password")
    token = engine.sign_in("wil@example.test", "a long enough password", "here")
    assert view(house, "ann", "wil").sessions == 1
    engine.end_account_sessions(key, house.actors["wil"].account_id, ann)
    assert engine.actor_for(token) is None
    assert events("sessions_ended")[-1].subject == str(house.actors["wil"].account_id)


def test_disabling_ends_sessions_for_good(house: House, sign_in_limits: None) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    wil = house.person("wil", "steering_group", password="a long enough password")
    token = engine.sign_in("wil@example.test", "a long enough password", "here")
    engine.set_account_state(key, wil.account_id, active=False, actor=ann)
    engine.set_account_state(key, wil.account_id, active=True, actor=ann)
    assert engine.actor_for(token) is None


def test_the_last_administrator_stays(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    held = next(one for one in engine.roles_page(key, ann).held if one.name == "ann")
    with pytest.raises(engine.LastAdministrator):
        engine.set_account_state(key, ann.account_id, active=False, actor=ann)
    with pytest.raises(engine.LastAdministrator):
        engine.end_standing(key, held.id, "left", ann)
    house.person("bea", "administrator")
    engine.set_account_state(key, house.actors["bea"].account_id, active=False, actor=ann)
    with pytest.raises(engine.LastAdministrator):
        engine.end_standing(key, held.id, "left", ann)
    engine.set_account_state(key, house.actors["bea"].account_id, active=True, actor=ann)
    engine.end_standing(key, held.id, "left", ann)
    with pytest.raises(engine.NotFound):
        engine.settings_page(key, ann)


def test_two_administrators_who_disable_each_other_at_once_do_not_both_succeed(
    committed_database: db.Database,
) -> None:
    house = make_house()
    ann, bea = (house.person(name, "administrator") for name in ("ann", "bea"))
    key, together = key_of(house), threading.Barrier(2)

    def disable(who: Actor, other: Actor) -> str:
        together.wait()
        try:
            engine.set_account_state(key, other.account_id, active=False, actor=who)
        except engine.EngineError as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(disable, (ann, bea), (bea, ann)))
    assert sorted(ends) in (["LastAdministrator", "done"], ["NotFound", "done"])


def test_an_account_of_two_boards_is_changed_by_who_administers_both(house: House) -> None:
    ann, bea = house.person("ann", "administrator"), house.person("bea")
    wil = house.person("wil", "steering_group")
    other = add_board(house, ann)
    with db.transaction() as session:
        there = session.scalars(select(Board.id).where(Board.key == other)).one()
        people.appoint_to_board(session, there, "steering_group", wil.account_id, "SYSTEM")
        people.appoint_to_board(session, there, "administrator", bea.account_id, "SYSTEM")
    assert engine.member_page(other, wil.account_id, ann).may_change
    assert not engine.member_page(other, wil.account_id, bea).may_change
    with pytest.raises(engine.AccessDenied):
        engine.set_account_state(other, wil.account_id, active=False, actor=bea)


def test_people_are_found_by_part_of_a_name_and_nothing_is_cut_off_silently(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    for number in range(51):
        house.person(f"row_{number:02}", "steering_group")
    page = engine.members_page(key, ann, wanted="ROW_")
    assert (page.found, page.pages, len(page.people)) == (51, 2, 50)
    last = engine.members_page(key, ann, wanted="ROW_", number=2)
    assert [one.name for one in last.people] == ["row_50"]
    assert engine.members_page(key, ann, wanted="row%5").found == 0


# Standing roles


def test_a_role_is_given_from_a_day_to_a_day(house: House) -> None:
    ann, wil, key = house.person("ann", "administrator"), house.person("wil"), key_of(house)
    day = today()
    typed = {"role": "steering_group", "account": str(wil.account_id)}
    days = {"starts_on": day + timedelta(days=1), "last_day": day + timedelta(days=10)}
    engine.appoint_standing(key, typed, ann, **days)
    [one] = [one for one in engine.roles_page(key, ann).held if one.name == "wil"]
    assert (one.when, one.starts_on, one.last_day) == ("coming", *days.values())
    with db.reading() as session:
        assert people.board_roles(session, wil, house.board_id) == frozenset()
        rows = session.scalars(select(Appointment).where(Appointment.id == one.id))
        assert rows.one().ends_on == days["last_day"] + timedelta(days=1)
    with pytest.raises(AlreadyAppointed):
        engine.appoint_standing(key, typed, ann, starts_on=days["last_day"])
    with pytest.raises(AlreadyAppointed):
        engine.appoint_standing(key, typed, ann)
    engine.appoint_standing(key, typed, ann, last_day=day)
    engine.appoint_standing(key, typed, ann, starts_on=days["last_day"] + timedelta(days=1))


def test_a_role_is_given_to_somebody_of_another_board_by_exact_address(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    house.person("wil")
    engine.appoint_standing(key, {"role": "steering_group", "email": "WIL@example.test"}, ann)
    assert [one.en for one in view(house, "ann", "wil").roles] == ["Steering group"]
    typed = {"role": "steering_group", "email": "nobody@example.test"}
    assert wrong(lambda: engine.appoint_standing(key, typed, ann)) == {"email"}


def test_what_is_wrong_with_a_role_is_said_at_its_line(house: House) -> None:
    ann, wil, key = house.person("ann", "administrator"), house.person("wil"), key_of(house)
    assert wrong(lambda: engine.appoint_standing(key, {}, ann)) == {"role", "account"}
    typed = {"role": "steering_group", "account": str(wil.account_id)}
    past = today() - timedelta(days=1)
    assert wrong(lambda: engine.appoint_standing(key, typed, ann, starts_on=past)) == {
        "starts_on-day"
    }
    assert wrong(lambda: engine.appoint_standing(key, typed, ann, last_day=past)) == {
        "last_day-day"
    }


def test_nobody_gives_a_role_to_themself(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    typed = {"role": "coordinator", "account": str(ann.account_id)}
    with pytest.raises(engine.NotForYourself):
        engine.appoint_standing(key, typed, ann)


def test_a_role_ends_with_a_reason_at_once_or_on_a_day(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    house.person("wil", "steering_group", "board:worker")
    page = engine.roles_page(key, ann)
    by_role = {one.role: one for one in page.held if one.name == "wil"}
    one = by_role["steering_group"]
    assert wrong(lambda: engine.end_standing(key, one.id, " ", ann)) == {f"reason-{one.id}"}
    past = today() - timedelta(days=1)
    assert wrong(lambda: engine.end_standing(key, one.id, "left", ann, last_day=past)) == {
        f"end-{one.id}-day"
    }
    engine.end_standing(key, one.id, "left", ann)
    later = today() + timedelta(days=3)
    engine.end_standing(key, by_role["worker"].id, "leaves", ann, last_day=later)
    after = {one.role: one for one in engine.roles_page(key, ann).held if one.name == "wil"}
    assert after["steering_group"].when == "over"
    assert after["steering_group"].ended_reason == "left"
    assert (after["worker"].when, after["worker"].last_day) == ("now", later)
    assert events("appointment_ended")[-1].board_id == house.board_id


def test_a_role_on_a_case_is_not_ended_here(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    wil = house.person("wil", "worker")
    with db.reading() as session:
        query = select(Appointment.id).where(Appointment.account_id == wil.account_id)
        row_id = session.scalars(query).one()
    with pytest.raises(engine.NotFound):
        engine.end_standing(key, row_id, "left", ann)
    assert all(one.name != "wil" for one in engine.roles_page(key, ann).held)


# Names, addresses, texts, agencies


def test_a_board_is_added_and_administered_by_who_added_it(house: House) -> None:
    ann = house.person("ann", "administrator")
    deploy_for_all(house)
    key = f"x{uuid.uuid4().hex[:6]}"
    typed = {"key": key.upper(), "name_en": "New", "name_cy": "Newydd"}
    assert engine.add_board(typed, ann) == key
    assert engine.settings_page(key, ann).acts == {"appoint", "settle", "run"}
    assert wrong(lambda: engine.add_board(typed, ann)) == {"key"}
    assert wrong(lambda: engine.add_board({"key": "1 x"}, ann)) == {"key", "name_en", "name_cy"}
    cai = house.person("cai", "coordinator")
    with pytest.raises(engine.AccessDenied):
        engine.add_board({**typed, "key": "other"}, cai)


def test_the_name_of_a_board_changes_once_for_what_was_seen(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    seen = engine.settings_page(key, ann).seen["name"]
    engine.change_board_name(key, {"name_en": "One", "name_cy": "Un"}, seen, ann)
    assert engine.settings_page(key, ann).name == engine.Text("One", "Un")
    assert events("board_renamed")[-1].board_id == house.board_id
    with pytest.raises(engine.ChangedMeanwhile):
        engine.change_board_name(key, {"name_en": "Two", "name_cy": "Dau"}, seen, ann)
    assert wrong(lambda: engine.change_board_name(key, {"name_en": "Two"}, seen, ann)) == {
        "name_cy"
    }


def test_addresses_of_bodies_are_kept_and_emptied(house: House) -> None:
    cai, key = house.person("cai", "coordinator"), key_of(house)
    page = engine.settings_page(key, cai)
    assert {body.role for body in page.bodies} >= {"welsh_government", "case_review_group"}
    typed = {"welsh_government-address": "no address", "welsh_government-language": "both"}
    seen = page.seen["bodies"]
    assert wrong(lambda: engine.change_bodies(key, typed, seen, cai)) == {
        "welsh_government-address"
    }
    typed["welsh_government-address"] = "new@example.test"
    engine.change_bodies(key, typed, seen, cai)
    after = {body.role: body.address for body in engine.settings_page(key, cai).bodies}
    assert after["welsh_government"] == "new@example.test"
    with db.reading() as session:
        kept = session.get_one(Board, house.board_id).settings["bodies"]
    assert kept == {"welsh_government": {"address": "new@example.test", "language": "both"}}
    with pytest.raises(engine.ChangedMeanwhile):
        engine.change_bodies(key, typed, seen, cai)


def test_how_to_ask_for_a_report_stands_in_both_languages_or_in_none(house: House) -> None:
    cai, key = house.person("cai", "coordinator"), key_of(house)
    seen = engine.settings_page(key, cai).seen["report_requests"]
    assert wrong(lambda: engine.change_report_requests(key, {"en": "Ask"}, seen, cai)) == {"cy"}
    engine.change_report_requests(key, {"en": "Ask", "cy": "Gofynnwch"}, seen, cai)
    page = engine.settings_page(key, cai)
    assert page.report_requests == engine.Text("Ask", "Gofynnwch")
    engine.change_report_requests(key, {}, page.seen["report_requests"], cai)
    with db.reading() as session:
        assert "report_requests" not in session.get_one(Board, house.board_id).settings


def test_a_board_has_agencies_of_its_own_of_which_none_goes(house: House) -> None:
    cai, key = house.person("cai", "coordinator"), key_of(house)
    seen = engine.settings_page(key, cai).seen["agencies"]
    half = [("", "Housing", "")]
    assert wrong(lambda: engine.change_agencies(key, half, seen, cai)) == {"cy-0"}
    twice = [("", "Housing", "Tai"), ("", "housing", "Tai")]
    assert wrong(lambda: engine.change_agencies(key, twice, seen, cai)) == {"en-1"}
    engine.change_agencies(key, [("", "Housing", "Tai"), ("", "", "")], seen, cai)
    page = engine.settings_page(key, cai)
    assert page.agencies["housing"] == engine.Text("Housing", "Tai")
    engine.change_agencies(key, [], page.seen["agencies"], cai)
    assert "housing" in engine.settings_page(key, cai).agencies


# Somebody is away


def away(house: House, who: str, substitute: str, by: str = "ann", **days: int) -> None:
    """Record an absence, by days from today."""
    first, last = days.get("first", 0), days.get("last", 5)
    typed = {
        "account": str(house.actors[who].account_id),
        "substitute": str(house.actors[substitute].account_id),
    }
    engine.record_absence(
        key_of(house),
        typed,
        house.actors[by],
        starts_on=today() + timedelta(days=first),
        ends_on=today() + timedelta(days=last),
    )


def roles_on_case(house: House, name: str, item: str = "") -> frozenset[str]:
    with db.reading() as session:
        case = house.file(session).case
        return people.held_on(session, house.actors[name].account_id, case, item)


def tasks_of(house: House, name: str) -> list[uuid.UUID]:
    with db.reading() as session:
        return [task.id for task in access.open_tasks(session, house.actors[name])]


def test_a_substitute_has_the_roles_of_board_and_cases_meanwhile(house: House) -> None:
    house.person("ann", "administrator")
    house.person("cai", "coordinator", "worker")
    house.person("sub")
    assert roles_on_case(house, "sub") == frozenset()
    away(house, "cai", "sub", first=6, last=8)
    with db.reading() as session:
        case = house.file(session).case
        found = people.holders(session, case, ["coordinator"], "", today())
        assert [one.name for one in found] == ["cai"]
    away(house, "cai", "sub")
    assert roles_on_case(house, "sub") == {"coordinator", "worker"}
    assert roles_on_case(house, "cai") == {"coordinator", "worker"}
    with db.reading() as session:
        case = house.file(session).case
        found = people.holders(session, case, ["coordinator"], "", today())
        assert [one.name for one in found] == ["cai", "sub"]
        shown = session.scalars(access.visible_cases(session, house.actors["sub"]))
        assert [one.id for one in shown] == [house.case_id]
    assert [one.name for one in engine.standing_in(house.actors["sub"])] == ["cai"]
    assert events("absence_recorded")[-1].board_id == house.board_id


@pytest.mark.parametrize(("first", "last"), [(1, 5), (0, 0), (0, 5)])
def test_a_substitute_acts_from_the_first_day_to_the_end_of_the_last(
    house: House, first: int, last: int
) -> None:
    house.person("ann", "administrator")
    cai, sub = house.person("cai", "coordinator"), house.person("sub")
    away(house, "cai", "sub", first=first, last=last)

    def acts_on(day: date) -> bool:
        query = select(Appointment.id).where(people.held_by(sub.account_id, day))
        with db.reading() as session:
            return session.scalar(query.where(Appointment.account_id == cai.account_id)) is not None

    start = today()
    for number in range(-1, 8):
        assert acts_on(start + timedelta(days=number)) is (first <= number <= last)


def test_tasks_of_standing_roles_and_of_appointments_show_to_the_substitute(house: House) -> None:
    house.person("ann", "administrator")
    house.person("cai", "coordinator", "worker")
    house.person("sub")
    standing, appointed = house.make_task("coordinator"), house.make_task("worker")
    house.make_task("facilitator")
    assert tasks_of(house, "sub") == []
    away(house, "cai", "sub")
    assert set(tasks_of(house, "sub")) == {standing, appointed}
    [one] = engine.absence_page(key_of(house), house.actors["ann"]).absences
    engine.end_absence(key_of(house), one.id, house.actors["ann"])
    assert tasks_of(house, "sub") == []
    [one] = engine.absence_page(key_of(house), house.actors["ann"]).absences
    assert (one.when, one.ended_on) == ("over", today())
    assert events("absence_ended")[-1].subject == str(house.actors["cai"].account_id)


def test_whose_appointment_ends_meanwhile_is_stood_in_for_no_more(house: House) -> None:
    ann = house.person("ann", "administrator")
    house.person("cai", "coordinator")
    house.person("sub")
    away(house, "cai", "sub")
    key = key_of(house)
    [held] = [one for one in engine.roles_page(key, ann).held if one.name == "cai"]
    engine.end_standing(key, held.id, "left", ann)
    assert roles_on_case(house, "sub") == frozenset()


@pytest.mark.parametrize("role", ["participant/participant_1", "administrator"])
def test_what_is_held_in_person_passes_to_nobody(house: House, role: str) -> None:
    house.person("ann", "administrator")
    house.person("pia", role)
    sub = house.person("sub")
    away(house, "pia", "sub")
    assert roles_on_case(house, "sub", "participant_1") == frozenset()
    with db.reading() as session:
        case = house.file(session).case
        found = people.holders(session, case, ["participant"], "participant_1", today())
        assert "sub" not in [one.name for one in found]
        assert not people.is_administrator(session, sub.account_id)


def test_what_somebody_wrote_for_themself_alone_stays_theirs(house: House) -> None:
    house.person("ann", "administrator")
    cai = house.person("cai", "worker")
    sub = house.person("sub")
    sheet = house.write("sheet", {"notes": {"thoughts": "mine"}}, cai, "participant_1")
    away(house, "cai", "sub")
    with db.reading() as session:
        file = house.file(session)
        row = session.get_one(Document, sheet)
        held = access.roles_on(session, sub, file.case, "participant_1")
        assert access.readable_content(file, sub, held, row) is None


def test_an_absence_on_one_board_says_nothing_on_another(house: House) -> None:
    ann = house.person("ann", "administrator")
    cai, sub = house.person("cai", "coordinator"), house.person("sub")
    other = add_board(house, ann)
    with db.transaction() as session:
        there = session.scalars(select(Board.id).where(Board.key == other)).one()
        people.appoint_to_board(session, there, "steering_group", cai.account_id, "SYSTEM")
    away(house, "cai", "sub")
    with db.reading() as session:
        assert people.board_roles(session, sub, house.board_id) == {"coordinator"}
        assert people.board_roles(session, sub, there) == frozenset()


def test_a_disabled_substitute_is_not_written_to(house: House) -> None:
    ann = house.person("ann", "administrator")
    house.person("cai", "coordinator")
    sub = house.person("sub")
    away(house, "cai", "sub")
    engine.set_account_state(key_of(house), sub.account_id, active=False, actor=ann)
    with db.reading() as session:
        case = house.file(session).case
        found = people.holders(session, case, ["coordinator"], "", today())
        assert [one.name for one in found] == ["cai"]


def test_a_substitute_of_a_substitute_does_not_act(house: House) -> None:
    house.person("ann", "administrator")
    house.person("cai", "coordinator")
    house.person("sub", "steering_group")
    house.person("third")
    away(house, "cai", "sub", first=0, last=2)
    away(house, "sub", "third", first=3, last=9)
    assert roles_on_case(house, "third") == frozenset()


def test_an_administrator_does_not_reach_cases_by_acting_for_somebody(house: House) -> None:
    ann = house.person("ann", "administrator")
    house.person("cai", "coordinator")
    with pytest.raises(engine.NotForYourself):
        away(house, "cai", "ann")
    assert roles_on_case(house, "ann") == frozenset()
    with db.reading() as session:
        assert list(session.scalars(access.visible_cases(session, ann))) == []


def test_what_is_wrong_with_an_absence_is_said_at_its_line(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    house.person("cai", "coordinator")
    house.person("sub")
    house.person("third")

    def record(typed: dict[str, str], starts_on: date | None, ends_on: date | None) -> None:
        engine.record_absence(key, typed, ann, starts_on=starts_on, ends_on=ends_on)

    assert wrong(lambda: record({}, None, None)) == {
        "account", "substitute", "starts_on-day", "ends_on-day",
    }  # fmt: skip
    cai = str(house.actors["cai"].account_id)
    same = {"account": cai, "substitute": cai}
    yesterday = today() - timedelta(days=1)
    assert wrong(lambda: record(same, today(), yesterday)) == {"substitute", "ends_on-day"}
    away(house, "cai", "sub", first=2, last=4)
    with pytest.raises(engine.EngineError, match="then already"):
        away(house, "cai", "sub", first=4, last=6)
    with pytest.raises(engine.EngineError, match="away in these days too"):
        away(house, "third", "cai", first=0, last=2)


# People from a spreadsheet

ROWS = (
    "Name;E-bost;Iaith;Asiantaeth;Swydd;Rôl;Car\n"
    "Siân Puw;sian@example.test;Cymraeg;;Nyrs;Steering group; red\n"
    "Huw;HUW@example.test;en;;;worker, Grŵp llywio;\n"
    ";nobody@example.test;;;;;\n"
    "Bad;no address;;;;;\n"
    "Sian twice;SIAN@example.test;;;;;\n"
    "Lost;lost@example.test;;Atlantis;;wizard;\n"
    "wil;wil@example.test;;;;steering_group;\n"
    "Siân Puw;other.sian@example.test;;;;;\n"
    "Tri;tri@example.test;French;;;;\n"
)


def plan_of(house: House, content: bytes, by: str = "ann") -> tuple[engine.Book, engine.ImportPlan]:
    book = engine.read_spreadsheet(io.BytesIO(content))
    return book, engine.plan_import(key_of(house), book, house.actors[by])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_row_is_taken_or_told_why_not(house: House, encoding: str) -> None:
    house.person("ann", "administrator")
    house.person("wil", "steering_group")
    rows = ROWS if encoding != "cp1252" else ROWS.replace("ŵ", "w")
    book, plan = plan_of(house, rows.encode(encoding))
    outcome = {line.number: line.outcome for line in plan.lines}
    assert outcome == {
        2: "new", 3: "new", 4: "refused", 5: "refused", 6: "refused", 7: "refused", 8: "same",
        9: "new", 10: "refused",
    }  # fmt: skip
    assert plan.other_columns == ("Car",)
    assert plan.lines[0].name == "Siân Puw"
    assert plan.lines[1].roles == ("worker", "steering_group")
    why = {line.number: [text.en for text in line.why] for line in plan.lines}
    assert "row 2" in why[6][0]
    assert len(why[7]) == 2
    assert next(text.en for text in plan.lines[7].notes) == "The same name stands in row 2."
    taken = engine.take_import(key_of(house), book, plan.seen, house.actors["ann"])
    assert len(taken.taken) == 3
    with db.reading() as session:
        made = session.scalars(select(Account).where(Account.email == "sian@example.test")).one()
        assert (made.language, made.designation, made.password_hash) == ("cy", "Nyrs", None)
        roles = people.board_roles(session, engine.Actor(made.id, ""), house.board_id)
        assert roles == {"steering_group"}
    assert events("people_imported")[-1].data == {"new": 3, "known": 0, "same": 1, "refused": 5}
    again = plan_of(house, rows.encode(encoding))[1]
    assert [line.outcome for line in again.lines[:2]] == ["same", "same"]


def test_what_changed_since_it_was_looked_at_is_not_taken(house: House) -> None:
    ann = house.person("ann", "administrator")
    book, plan = plan_of(house, b"Name,Email\nHuw,huw@example.test\n")
    engine.add_account(key_of(house), {**SOMEBODY, "email": "huw@example.test"}, ann)
    with pytest.raises(engine.ChangedMeanwhile):
        engine.take_import(key_of(house), book, plan.seen, ann)


def test_a_coordinator_takes_nobody_as_administrator_and_nobody_themself(house: House) -> None:
    house.person("cai", "coordinator")
    content = (
        b"Name,Email,Roles\nHuw,huw@example.test,administrator\n"
        b"cai,cai@example.test,steering_group\n"
    )
    _, plan = plan_of(house, content, "cai")
    assert [line.outcome for line in plan.lines] == ["refused", "refused"]


def test_a_spreadsheet_without_headings_is_refused(house: House) -> None:
    house.person("ann", "administrator")
    with pytest.raises(engine.EngineError, match="headings"):
        plan_of(house, b"Huw,huw@example.test\n")


def test_a_disabled_account_is_given_nothing(house: House) -> None:
    ann = house.person("ann", "administrator")
    wil = house.person("wil")
    engine.set_account_state(key_of(house), wil.account_id, active=False, actor=ann)
    _, plan = plan_of(house, b"Name,Email,Roles\nwil,wil@example.test,steering_group\n")
    assert [line.outcome for line in plan.lines] == ["refused"]


def test_no_name_and_no_address_stands_in_the_record(house: House) -> None:
    ann, key = house.person("ann", "administrator"), key_of(house)
    engine.add_account(key, SOMEBODY, ann)
    with db.reading() as session:
        said = [f"{row.subject} {row.data}" for row in session.scalars(select(AuditEvent))]
    assert not any("Mari" in one or "example.test" in one for one in said)
