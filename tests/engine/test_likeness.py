"""Which referrals are pointed out as likely duplicates, to whom, and that a mark says nothing."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import case_list, cases, corrections, db, deployments, facts, keys, people
from engine.models import CaseMark
from engine.people import Actor
from tests import review as small
from tests.engine.test_case_list import stranger
from tests.review import Review, opened

pytestmark = pytest.mark.usefixtures("database")

ROOT = Path(__file__).parents[2]
BORN = ("2020-02-29", "2018-05-01")
FACT = b'field = "receipt.received_on"'


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch) -> Review:
    """The small review, of which the day of receipt is what two may share."""
    files = dict(small.files())
    path = "processes/facts.toml"
    files[path] = files[path].replace(FACT, FACT + b'\nalike = "incident"')
    monkeypatch.setattr(small, "files", lambda folder: files)
    return opened()


def received(review: Review, on: str) -> Review:
    """Open a case on the same Board that was received on a day."""
    other = replace(review)
    other.open()
    other.do("INT-01", {"received_on": on})
    return other


def told(of: Review, actor: Actor) -> list[tuple[uuid.UUID, tuple[str, ...]]]:
    return [(one.case_id, one.kinds) for one in case_list.find_alike(of.case_id, actor)]


def test_two_open_cases_of_a_board_that_share_a_day_are_pointed_out_to_each_other(
    review: Review,
) -> None:
    review.do("INT-01")
    twin, other = received(review, "2026-03-02"), received(review, "2026-03-01")
    assert told(review, review.coordinator) == [(twin.case_id, ("incident",))]
    assert told(twin, review.coordinator) == [(review.case_id, ("incident",))]
    assert told(other, review.coordinator) == []
    listed = {case.id: case.alike for case in case_list.list_cases(review.coordinator)}
    assert [one.identifier for one in listed[twin.case_id]] == [review.case().identifier]


def test_whoever_may_not_open_the_other_case_is_told_nothing_of_it(review: Review) -> None:
    review.do("INT-01")
    twin = received(review, "2026-03-02")
    assert told(review, review.worker) == [(twin.case_id, ("incident",))], "they are on both"
    alone = stranger()
    cases.appoint(review.case_id, "worker", alone.account_id, "", review.coordinator)
    assert told(review, alone) == []
    assert case_list.list_cases(alone)[0].alike == ()
    assert told(twin, alone) == []


def test_case_of_another_board_is_never_pointed_out(review: Review) -> None:
    review.do("INT-01")
    with db.transaction() as session:
        board = people.create_board(session, "south", "South", "De")
        people.appoint_to_board(
            session, board.id, "coordinator", review.coordinator.account_id, "SYSTEM"
        )
    there = received(replace(review, board_id=board.id), "2026-03-02")
    assert told(review, review.coordinator) == told(there, review.coordinator) == []


def test_closed_case_and_a_day_put_right_are_pointed_out_no_longer(review: Review) -> None:
    review.do("INT-01")
    twin = received(review, "2026-03-02")
    values = {"received_on": "2026-02-02", "announced": True}
    document = twin.document("receipt").id
    corrections.amend(document, ("dates",), "wrong", review.coordinator, values=values)
    assert told(review, review.coordinator) == []
    third = received(review, "2026-03-02")
    assert told(review, review.coordinator) == [(third.case_id, ("incident",))]
    corrections.withdraw(third.case_id, "entered twice", review.coordinator)
    assert told(review, review.coordinator) == []


def test_mark_holds_no_day_and_differs_from_board_to_board(review: Review) -> None:
    review.do("INT-01")
    with db.reading() as session:
        (row,) = session.scalars(select(CaseMark).where(CaseMark.case_id == review.case_id)).all()
    assert len(row.mark) == 64
    day = date(2026, 3, 2).isoformat()
    assert row.mark in keys.seals(f"mark:{review.board_id}:incident:{day}".encode())
    assert row.mark not in keys.seals(f"mark:{uuid.uuid4()}:incident:{day}".encode())


def test_marks_made_before_a_new_key_still_meet_those_made_after(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.do("INT-01")
    ring = {"newer": b"another secret", **keys._ring().audit}
    monkeypatch.setattr(keys._ring(), "audit", ring)
    twin = received(review, "2026-03-02")
    assert told(review, review.coordinator) == [(twin.case_id, ("incident",))]


def test_referral_as_shipped_marks_each_childs_birth_and_the_day_of_the_incident() -> None:
    definitions = deployments.build(deployments.read_folders(ROOT))
    form, kept = definitions.forms["concern"], {"name": "Child", "area": "North"}
    rows = [{"_key": f"{number}", "born_on": day, **kept} for number, day in enumerate(BORN)]
    raised = {"children_named": rows, "incident_on": "2026-01-02"}
    lifted = facts.lift(definitions.facts, form, {"raised": raised}, ["raised"])
    alike = {definitions.facts[name].alike: value for name, value in lifted.items()
             if definitions.facts[name].alike}  # fmt: skip
    assert alike == {
        "birth": [date.fromisoformat(day) for day in BORN],
        "incident": date(2026, 1, 2),
    }
