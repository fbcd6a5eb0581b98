"""Who may see and do what. Whatever is not allowed reads as if it were not there."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from engine import access, confidentiality, db, document_pages, documents, people, store
from engine.errors import AccessDenied, NotFound
from engine.models import (
    Case,
    Document,
    Upload,
    UserTask,
    new_id,
)

if TYPE_CHECKING:
    from engine.people import Actor
    from tests.engine.conftest import House

PACK = {
    "family": {
        "address": "1 Stryd Fawr",
        "members": [{"_key": "row_1", "name": "Siân", "relation": "mother"}],
    },
    "history": {"story": "long"},
}


def read(
    house: House, actor: Actor, document_id: uuid.UUID, version: int | None = None, **known: bool
) -> Any:
    """Return what a person may read of a document, with these facts known."""
    with db.reading() as session:
        file = house.file(session)
        for name, value in known.items():
            file.facts[name, ""] = store.Known(value, date(2026, 1, 1), 1)
        row = session.get_one(Document, document_id)
        held = access.roles_on(session, actor, file.case, row.item_key)
        return access.readable_content(file, actor, held, row, version)


def may_amend(house: House, actor: Actor, document_id: uuid.UUID) -> bool:
    with db.reading() as session:
        file, row = house.file(session), session.get_one(Document, document_id)
        held = access.roles_on(session, actor, file.case, row.item_key)
        return access.may_amend(file, actor, held, row)


def filled_from(house: House, actor: Actor, document_id: uuid.UUID) -> Any:
    """Return what a task of somebody is filled from."""
    with db.reading() as session:
        file = store.read_case(session, house.case_id, str(actor.account_id))
        row = session.get_one(Document, document_id)
        found = documents.version(session, row.id, row.version)
        form = file.definitions.forms[row.form]
        return access.without_private(file, form, row, found.content)


def become(house: House, process: str) -> None:
    """Let the case be one of another root process."""
    with db.transaction() as session:
        session.get_one(Case, house.case_id).process = process


def task_rights(house: House, actor: Actor, task_id: uuid.UUID) -> tuple[bool, bool, bool]:
    """Return whether a person may see a task, may do it, and has it in their list."""
    with db.reading() as session:
        file, task = house.file(session), session.get_one(UserTask, task_id)
        held = access.roles_on(session, actor, file.case, task.item_key)
        listed = task_id in {row.id for row in access.open_tasks(session, actor)}
        return (
            access.may_see_task(file, actor, held, task),
            access.may_do_task(file, actor, held, task),
            listed,
        )


def test_steering_group_cannot_open_the_pack_without_consent(house: House) -> None:
    worker = house.person("wil", "worker")
    group = house.person("gwen", "steering_group")
    pack = house.write("pack", PACK, worker)
    assert read(house, group, pack) is None
    assert read(house, group, pack, consented=False) is None
    assert read(house, group, pack, consented=True)["history"] == {"story": "long"}
    assert read(house, worker, pack)["history"] == {"story": "long"}


@pytest.mark.parametrize(
    ("process", "counts"), [("case_review_event", True), ("consultation", False)]
)
def test_a_board_role_counts_on_the_cases_that_it_names_alone(
    house: House, process: str, counts: bool
) -> None:
    worker, group = house.person("wil", "worker"), house.person("gwen", "case_review_group")
    story, task = house.write("pack", PACK, worker), house.make_task("worker case_review_group")
    alone = house.make_task("case_review_group")
    become(house, process)
    assert task_rights(house, group, task) == (counts, counts, counts)
    assert task_rights(house, group, alone) == (counts, counts, counts)
    assert (read(house, group, story) is not None) is counts
    assert task_rights(house, worker, task) == (True, True, True)
    with db.reading() as session:
        file = house.file(session)
        held = access.roles_on(session, group, file.case)
        listed = session.scalars(access.visible_cases(session, group)).all()
        assert [case.id for case in listed] == ([house.case_id] if counts else [])
        assert access.may(file, group, held, "read", access.TheCase()) is counts
        assert access.may(file, group, held, "see", access.TheCase()) is counts
        rows = [session.get_one(UserTask, task), session.get_one(UserTask, alone)]
        holders = people.holders_of_tasks(session, [file.case], rows, date(2099, 1, 1))
        names = {task_id: list(found.values()) for task_id, found in holders.items()}
        assert names == {task: ["gwen", "wil"] if counts else ["wil"], alone: ["gwen"] * counts}


@pytest.mark.parametrize(
    ("process", "opens"), [("professional_forum", True), ("consultation", False)]
)
def test_a_role_may_open_the_page_of_some_cases_and_count_on_all(
    house: House, process: str, opens: bool
) -> None:
    owner = house.person("oli", "forum_owner")
    task = house.make_task("forum_owner")
    become(house, process)
    assert task_rights(house, owner, task) == (True, True, True)
    with db.reading() as session:
        file = house.file(session)
        held = access.roles_on(session, owner, file.case)
        listed = session.scalars(access.visible_cases(session, owner)).all()
        assert [case.id for case in listed] == ([house.case_id] if opens else [])
        assert access.may(file, owner, held, "read", access.TheCase()) is opens


def test_a_link_leads_to_a_document_for_those_alone_who_may_read_it(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    nia = house.person("nia", "participant/participant_2")
    sheet = house.write("sheet", {"notes": {"thoughts": "mine"}}, pia, "participant_1")
    assert document_pages.may_open_document(sheet, pia)
    assert not document_pages.may_open_document(sheet, nia)
    assert not document_pages.may_open_document(uuid.uuid4(), pia)


def test_a_role_of_the_board_is_not_given_on_a_case_where_it_does_not_count(house: House) -> None:
    group = house.person("gwen")
    with db.transaction() as session:
        case = session.get_one(Case, house.case_id)
        role = "case_review_group"
        with pytest.raises(people.RoleNotFitting):
            people.appoint_to_case(session, case, role, group.account_id, "", "SYSTEM")


def test_the_readers_of_the_house_hold_whatever_a_form_says(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, coordinator = house.person("wil", "worker"), house.person("cai", "coordinator")
    pack = house.write("pack", PACK, worker)
    assert read(house, coordinator, pack) is not None
    monkeypatch.setattr(confidentiality, "READERS", {"F-46": frozenset({"worker"})})
    assert read(house, coordinator, pack) is None
    assert read(house, worker, pack) == PACK


def test_the_public_class_opens_nothing_that_is_never_public(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, coordinator = house.person("wil", "worker"), house.person("cai", "coordinator")
    pack = house.write("pack", PACK, worker)
    monkeypatch.setattr(confidentiality, "PUBLIC_CLASS", "V-STEER")
    assert read(house, coordinator, pack) is None


def test_other_role_of_the_same_person_still_opens_a_gated_document(house: House) -> None:
    worker = house.person("wil", "worker")
    both = house.person("both", "steering_group", "coordinator")
    assert read(house, both, house.write("pack", PACK, worker)) is not None


def test_gated_field_and_column_open_only_once_their_condition_holds_for_the_item(
    house: House,
) -> None:
    worker, group = house.person("wil", "worker"), house.person("gwen", "steering_group")
    rows = [{"_key": "row_1", "asked": "Why?", "answered": "Said at the event."}]
    content = {"messages": {"message": "Listen.", "used": "At the start.", "questions": rows}}
    cut = {
        "used": "At the start.",
        "questions": [{"_key": "row_1", "answered": rows[0]["answered"]}],
    }
    one = house.write("messages", content, worker, "participant_1")
    two = house.write("messages", content, worker, "participant_2")

    def seen(document_id: uuid.UUID, actor: Actor, value: bool | None) -> Any:
        with db.reading() as session:
            file = house.file(session)
            file.facts["may_be_shared", "participant_1"] = store.Known(value, date(2026, 1, 1), 1)
            row = session.get_one(Document, document_id)
            held = access.roles_on(session, actor, file.case, row.item_key)
            return access.readable_content(file, actor, held, row)

    assert [seen(one, group, value) for value in (None, False)] == [{"messages": cut}] * 2
    assert seen(one, group, value=True) == content
    assert seen(two, group, value=True) == {"messages": cut}
    assert seen(one, worker, value=None) == content


def test_field_and_column_with_a_narrower_class_are_left_out(house: House) -> None:
    worker = house.person("wil", "worker")
    coordinator = house.person("cai", "coordinator")
    pack = house.write("pack", PACK, worker)
    assert read(house, worker, pack) == PACK
    assert read(house, coordinator, pack)["family"] == {
        "members": [{"_key": "row_1", "relation": "mother"}]
    }


def test_key_that_the_form_does_not_have_is_never_shown(house: House) -> None:
    worker = house.person("wil", "worker")
    odd = {"history": {"story": "long", "secret": "x"}, "attic": {"secret": "x"}}
    assert read(house, worker, house.write("pack", odd, worker)) == {"history": {"story": "long"}}


def test_participant_reads_only_the_document_of_their_own_item(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    pol = house.person("pol", "participant/participant_2")
    manager = house.person("mair", "line_manager/participant_1")
    outsider = house.person("out")
    own = house.write("actions", {"actions": {"what": "call"}}, pia, "participant_1")
    assert read(house, pia, own) == {"actions": {"what": "call"}}
    assert read(house, manager, own) == {"actions": {"what": "call"}}
    assert read(house, pol, own) is None
    assert read(house, outsider, own) is None


def test_roles_worked_out_for_one_item_do_not_open_the_document_of_another(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    pol = house.person("pol", "participant/participant_2")
    document_id = house.write("actions", {"actions": {"what": "x"}}, pia, "participant_1")
    with db.reading() as session:
        file, row = house.file(session), session.get_one(Document, document_id)
        held = access.roles_on(session, pol, file.case, "participant_2")
        assert access.readable_content(file, pol, held, row) is None
        for_the_case = access.roles_on(session, pol, file.case, "")
        assert access.readable_content(file, pol, for_the_case, row) is None


def test_private_sheet_is_read_by_its_author_and_nobody_else(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    everybody = [
        house.person("cai", "coordinator"),
        house.person("gwen", "steering_group"),
        house.person("wil", "worker", "facilitator"),
        house.person("mair", "line_manager/participant_1"),
        house.person("pol", "participant/participant_2"),
        house.person("adi", "administrator"),
    ]
    sheet = house.write("sheet", {"notes": {"thoughts": "mine"}}, pia, "participant_1")
    assert read(house, pia, sheet) == {"notes": {"thoughts": "mine"}}
    assert [read(house, other, sheet) for other in everybody] == [None] * 6
    assert not any(may_amend(house, other, sheet) for other in everybody)


def test_whoever_takes_a_participants_place_never_sees_their_private_sheet(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    sheet = house.write("sheet", {"notes": {"thoughts": "mine"}}, pia, "participant_1")
    nia = house.person("nia", "participant/participant_1")
    assert read(house, nia, sheet) is None
    assert filled_from(house, nia, sheet) == {}
    assert filled_from(house, pia, sheet) == {"notes": {"thoughts": "mine"}}
    house.write_again(sheet, {"notes": {"thoughts": "hers"}}, nia)
    assert read(house, nia, sheet) == {"notes": {"thoughts": "hers"}}
    assert read(house, nia, sheet, version=1) is None
    assert read(house, pia, sheet) is None
    assert read(house, pia, sheet, version=1) == {"notes": {"thoughts": "mine"}}


def test_own_evaluation_is_read_by_its_author_and_whom_the_form_names(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    stand_in = house.person("stan", "participant/participant_1")
    group = house.person("gwen", "steering_group")
    coordinator = house.person("cai", "coordinator")
    own = house.write("evaluation", {"answers": {"helpful": "yes"}}, pia, "participant_1")
    assert read(house, pia, own) is not None
    assert read(house, group, own) is not None
    assert read(house, stand_in, own) is None
    assert read(house, coordinator, own) is None


def test_author_who_holds_no_role_any_more_reads_nothing(house: House) -> None:
    pia = house.person("pia", "participant/participant_1")
    own = house.write("evaluation", {"answers": {"helpful": "yes"}}, pia, "participant_1")
    with db.transaction() as session:
        for line in session.query(people.Appointment):
            people.end_appointment(session, line, "left", "SYSTEM")
    assert read(house, pia, own) is None


def test_administrator_sees_no_case_content(house: House) -> None:
    ada = house.person("ada", "administrator")
    worker = house.person("wil", "worker")
    assert read(house, ada, house.write("pack", PACK, worker)) is None
    with db.reading() as session:
        file = house.file(session)
        held = access.roles_on(session, ada, file.case, "")
        with pytest.raises(NotFound):
            access.require_case(file, ada, held)
        with pytest.raises(NotFound):
            access.require_part_in_case(file, ada, held)
        assert session.scalars(access.visible_cases(session, ada)).all() == []
    assert task_rights(house, ada, house.make_task("administrator")) == (False, False, False)


@pytest.mark.parametrize(
    ("roles", "sees"),
    [
        (("coordinator",), True),
        (("steering_group",), True),
        (("worker",), True),
        (("participant/participant_1",), False),
        (("board:worker",), False),
        (("welsh_government",), False),
        ((), False),
    ],
)
def test_case_page_opens_for_reading_roles_on_this_case_or_its_board(
    house: House, roles: tuple[str, ...], sees: bool
) -> None:
    actor = house.person("somebody", *roles)
    with db.reading() as session:
        file = house.file(session)
        held = access.roles_on(session, actor, file.case, "")
        assert access.may(file, actor, held, "read", access.TheCase()) is sees
        listed = session.scalars(access.visible_cases(session, actor)).all()
        assert [case.id for case in listed] == ([house.case_id] if sees else [])


def test_nothing_of_another_board_is_seen(house: House) -> None:
    coordinator = house.person("cai", "coordinator")
    with db.transaction() as session:
        case = session.get_one(Case, house.case_id)
        other = people.create_board(session, f"o{uuid.uuid4().hex[:8]}", "Other", "Arall")
        elsewhere = Case(
            id=new_id(), board_id=other.id, identifier="X-1", process="consultation",
            deployment_id=case.deployment_id, state="open", version=0, audit_head="",
            opened_at=datetime.now(UTC), outcome="",
        )  # fmt: skip
        session.add(elsewhere)
        session.flush()
        assert access.roles_on(session, coordinator, elsewhere, "") == frozenset()
        found = session.scalars(access.visible_cases(session, coordinator)).all()
        assert [row.id for row in found] == [house.case_id]


def test_task_is_done_by_its_role_for_its_item_and_seen_by_readers_of_the_case(
    house: House,
) -> None:
    task = house.make_task("participant line_manager", "participant_1")
    pia = house.person("pia", "participant/participant_1")
    pol = house.person("pol", "participant/participant_2")
    worker = house.person("wil", "worker")
    assert task_rights(house, pia, task) == (True, True, True)
    assert task_rights(house, pol, task) == (False, False, False)
    assert task_rights(house, worker, task) == (True, False, False)
    assert task_rights(house, house.person("out"), task) == (False, False, False)
    with db.reading() as session:
        file, row = house.file(session), session.get_one(UserTask, task)
        held = access.roles_on(session, worker, file.case, row.item_key)
        with pytest.raises(AccessDenied):
            access.require_task(file, worker, held, row)


def test_task_of_the_whole_case_is_done_by_whoever_holds_its_role(house: House) -> None:
    task = house.make_task("participant coordinator")
    assert task_rights(house, house.person("pia", "participant/participant_1"), task)[1:] == (
        True,
        True,
    )
    assert task_rights(house, house.person("cai", "coordinator"), task) == (True, True, True)


@pytest.mark.parametrize("other", ["social_worker", "worker_lead"])
def test_role_whose_name_another_contains_opens_no_task_of_it(house: House, other: str) -> None:
    task = house.make_task(f"{other} coordinator")
    assert task_rights(house, house.person("wil", "worker"), task)[1:] == (False, False)


def test_case_role_held_on_the_board_opens_no_task_of_a_case(house: House) -> None:
    task = house.make_task("worker")
    assert task_rights(house, house.person("pool", "board:worker"), task) == (False, False, False)


def test_role_taken_away_while_a_form_is_open_no_longer_counts(house: House) -> None:
    task = house.make_task("worker")
    wil = house.person("wil", "worker")
    assert task_rights(house, wil, task) == (True, True, True)
    with db.transaction() as session:
        for row in session.query(people.Appointment):
            people.end_appointment(session, row, "left", "SYSTEM")
    assert task_rights(house, wil, task) == (False, False, False)


def amends(house: House, actor: Actor, document_id: uuid.UUID, section: str | None = None) -> bool:
    with db.reading() as session:
        file, row = house.file(session), session.get_one(Document, document_id)
        held = access.roles_on(session, actor, file.case, row.item_key)
        return access.may_amend(file, actor, held, row, section)


def test_document_is_put_right_by_its_author_or_the_coordinator_who_can_read_it(
    house: House,
) -> None:
    wil, cai = house.person("wil", "worker"), house.person("cai", "coordinator")
    other = house.person("ann", "worker")
    pack = house.write("pack", {"history": {"story": "x"}}, wil)
    assert amends(house, wil, pack, "history")
    assert not amends(house, wil, pack, "family"), "a section that somebody else is to write"
    assert amends(house, cai, pack, "family")
    assert not amends(house, other, pack)
    pia = house.person("pia", "participant/participant_1")
    own = house.write("evaluation", {"answers": {"helpful": "x"}}, pia, "participant_1")
    assert not amends(house, cai, own), "it cannot be read, so it cannot be amended"


def test_file_opens_for_its_sender_and_readers_of_the_field_that_holds_it(house: House) -> None:
    wil = house.person("wil", "worker")
    cai = house.person("cai", "coordinator")
    out = house.person("out")
    with db.transaction() as session:
        upload = Upload(
            id=new_id(), board_id=house.board_id, case_id=house.case_id, sha256="0" * 64, size=1,
            media_type="text/plain", filename="notes.txt", uploaded_by=wil.account_id,
            at=datetime.now(UTC),
        )  # fmt: skip
        session.add(upload)
    held_in = {"upload": str(upload.id), "name": "notes.txt", "size": 1}

    def opens(actor: Actor) -> bool:
        with db.reading() as session:
            return access.may_open_upload(
                house.file(session), actor, session.get_one(Upload, upload.id)
            )

    assert (opens(wil), opens(cai), opens(out)) == (True, False, False)
    house.write("pack", {"family": {"address": held_in}}, wil)
    assert not opens(cai), "the field is for the family's worker only"
    house.write("actions", {"actions": {"what": held_in}}, wil, "participant_1")
    assert not opens(cai)
    with db.transaction() as session:
        for row in session.query(people.Appointment).filter_by(account_id=wil.account_id):
            people.end_appointment(session, row, "left", "SYSTEM")
    assert not opens(wil), "who left the case opens nothing of it"
