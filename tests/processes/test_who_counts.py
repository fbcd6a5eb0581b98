"""A group of the Board that has no part in a kind of case neither sees nor gets any of it."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    accounts,
    case_list,
    case_pages,
    db,
    deployments,
    document_pages,
    history_pages,
    notes,
    notice_pages,
    people,
    plan_pages,
    scenarios,
    task_pages,
    tasks,
)
from engine.errors import NotFound
from engine.models import Account, Board, Case, Document, Notice, OutboxMessage, UserTask
from engine.people import Actor
from tests.processes.catalogue import ROOT

#: The groups, and the scenarios whose cases are none of theirs.
STRANGERS = ("steering_group", "case_review_group")
REVIEWS = ("concise_review/12_whole_review.toml", "referral/4_inquiries.toml")


def _member(role: str, case_id: uuid.UUID) -> Actor:
    """Return somebody who holds a role on the Board of a case."""
    with db.transaction() as session:
        board_id = session.get_one(Case, case_id).board_id
        account = accounts.create_account(session, f"{role}@example.test", role)
        people.appoint_to_board(session, board_id, role, account.id, "SYSTEM")
        return Actor(account.id, account.name)


def _member_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every Board have its groups from the first day, so that each notice could reach them."""
    create = people.create_board

    def with_groups(session: Session, key: str, *given: Any, **more: Any) -> Board:
        board = create(session, key, *given, **more)
        for role in STRANGERS:
            account = accounts.create_account(session, f"{role}.{key}@example.test", role)
            row = people.appoint_to_board(session, board.id, role, account.id, "SYSTEM")
            row.starts_on = date(2020, 1, 1)
        return board

    monkeypatch.setattr(people, "create_board", with_groups)


@pytest.mark.parametrize("name", REVIEWS)
def test_a_group_that_has_no_part_in_reviews_sees_and_gets_nothing_of_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _member_before(monkeypatch)
    looked: list[int] = []

    def look(case_id: uuid.UUID) -> None:
        with db.reading() as session:
            rows = session.scalars(select(Account).where(Account.name.in_(STRANGERS))).all()
            actors = [Actor(row.id, row.name) for row in rows]
            documents = session.scalars(select(Document.id)).all()
            open_now = session.scalars(select(UserTask.id).where(UserTask.state == "open")).all()
            assert len(actors) == 4
            told = {row.account_id for row in session.scalars(select(OutboxMessage))}
            assert not told & {actor.account_id for actor in actors}
            assert not set(session.scalars(select(Notice.to_role))) & set(STRANGERS)
            assert told, "nobody was told anything, so this shows nothing"
        for actor in actors:
            assert case_list.list_cases(actor) == []
            assert task_pages.open_tasks(actor) == ([], [])
            for show in (
                case_pages.case_page,
                history_pages.case_history,
                notes.case_notes,
                notice_pages.case_notices,
                plan_pages.case_plan,
                case_pages.startable_beside,
            ):
                with pytest.raises(NotFound):
                    show(case_id, actor)
            for document_id in documents:
                with pytest.raises(NotFound):
                    document_pages.document_page(document_id, actor)
            for task_id in open_now:
                with pytest.raises(NotFound):
                    tasks.open_task(task_id, actor)
        looked.append(len(documents))

    (scenario, *_) = scenarios.read_scenarios([ROOT / "tests" / "scenarios" / name])
    house = scenarios.House(deployments.read_folders(ROOT), tmp_path)
    assert house.play(scenario, after=look).wrong == ""
    assert looked[0] > 3


def test_a_steering_group_sees_a_consultation(tmp_path: Path) -> None:
    """The same that is closed to it on a review is open to it where it has its part."""

    def look(case_id: uuid.UUID) -> None:
        actor = _member("steering_group", case_id)
        other = _member("case_review_group", case_id)
        assert [case.id for case in case_list.list_cases(actor)] == [case_id]
        assert case_pages.case_page(case_id, actor).documents
        assert case_list.list_cases(other) == []

    folder = ROOT / "tests" / "scenarios" / "consultation"
    (scenario, *_) = scenarios.read_scenarios([folder / "7_session.toml"])
    house = scenarios.House(deployments.read_folders(ROOT), tmp_path)
    assert house.play(scenario, after=look).wrong == ""
