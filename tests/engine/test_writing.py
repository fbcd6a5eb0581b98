"""Rows are written in plain statements: in an order that holds, and nothing twice or by halves."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, func, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine import db, time_source
from engine.errors import DatabaseUnavailable
from engine.models import (
    Base,
    Board,
    Case,
    Item,
    ProcessInstance,
    StepLogEntry,
    TimeOffset,
    Timer,
    UserTask,
    new_id,
)
from tests.databases import statements
from tests.engine.house import House, make_house

CASE = select(Case).where(Case.id == bindparam("key"))
CASE_AND_OUTCOME = select(Case, Case.outcome).where(Case.id == bindparam("key"))
BOARDS = select(Board)


def item(house: House, key: str) -> Item:
    return Item(
        board_id=house.case.board_id, case_id=house.case.id, list="people", kind="person", key=key,
        number=1, label=key, added_at=time_source.now(house.session),
    )  # fmt: skip


def timer(house: House, token: str) -> Timer:
    return Timer(
        board_id=house.case.board_id, case_id=house.case.id, kind="clock", token=token,
        instance_id=house.task.instance_id,
    )  # fmt: skip


def entry(house: House, seq: int) -> dict[str, Any]:
    return {
        "id": new_id(), "board_id": house.case.board_id, "instance_id": house.task.instance_id,
        "entry": {}, "at": datetime.now(UTC), "actor": "SYSTEM", "seq": seq,
    }  # fmt: skip


def test_every_column_goes_by_the_name_of_its_attribute_and_no_relationship_hangs_on_a_row() -> (
    None
):
    for mapper in Base.registry.mappers:
        assert {entry.key for entry in mapper.column_attrs} == set(mapper.local_table.c.keys())
        assert not mapper.relationships
        for column in mapper.local_table.columns:
            assert column.server_default is None or column.default is not None, column
        assert all(column.onupdate is None for column in mapper.local_table.columns)


def test_a_row_is_written_with_its_defaults_and_can_then_be_read_and_changed(
    database: db.Database,
) -> None:
    with db.transaction() as session:
        row = timer(make_house(session), "clock:a")
        session.add(row)
        session.flush()
        assert (row.attempts, row.parked, row.due_at) == (0, False, None)
        row.attempts = 2
    with db.reading() as session:
        assert session.scalars(select(Timer.attempts).where(Timer.id == row.id)).one() == 2


def test_parents_are_written_before_children_in_whatever_order_they_were_added(
    database: db.Database,
) -> None:
    with db.transaction() as session:
        house = make_house(session)
        board = Board(id=new_id(), key="south", name_en="South", name_cy="De")
        row = item(house, "a")
        row.board_id = board.id
        session.add(row)
        session.add(board)
        with statements(database) as seen:
            session.flush()
    assert seen == ["INSERT board", "INSERT item"]


def test_a_row_that_makes_room_for_another_is_changed_before_that_one_is_written(
    database: db.Database,
) -> None:
    with db.transaction() as session:
        house = make_house(session)
        again = UserTask(
            **{
                column.key: getattr(house.task, column.key)
                for column in inspect(UserTask).columns
                if column.key != "id"
            }
        )
        session.add(again)
        house.task.state = "completed"
    with db.reading() as session:
        states = session.scalars(select(UserTask.state).order_by(UserTask.state)).all()
    assert states == ["completed", "open"]


def test_only_what_differs_from_what_was_read_is_written(database: db.Database) -> None:
    with db.transaction() as session:
        house = make_house(session)
        house.case.outcome = "elsewhere"
        house.case.outcome = ""
        house.task.closed_why = house.task.closed_why
        with statements(database) as seen:
            session.flush()
        assert seen == []
        house.case.outcome = "elsewhere"
        with statements(database) as seen:
            session.flush()
            session.flush()
        assert seen == ["UPDATE case"]


def test_a_deleted_row_is_gone_and_one_that_was_changed_before_is_not_written_first(
    database: db.Database,
) -> None:
    with db.transaction() as session:
        house = make_house(session)
        row = timer(house, "clock:a")
        session.add(row)
        session.flush()
        row.attempts = 3
        session.delete(row)
        with statements(database) as seen:
            session.flush()
            assert session.get(Timer, row.id) is None
    assert seen[0] == "DELETE timer"


def test_a_row_that_somebody_took_away_is_not_passed_over(database: db.Database) -> None:
    with db.transaction() as session:
        row = timer(make_house(session), "clock:a")
        session.add(row)
        session.flush()
        session.connection().execute(Timer.__table__.delete())
        row.attempts = 1
        with pytest.raises(StaleDataError):
            session.flush()
        session.expunge(row)


def test_what_is_left_at_the_end_is_written_and_can_still_be_read(database: db.Database) -> None:
    with db.transaction() as session:
        house = make_house(session)
        row = item(house, "a")
        session.add(row)
        house.case.outcome = "ended"
    assert (row.label, row.removed_at, house.case.outcome) == ("a", None, "ended")
    with db.reading() as session:
        assert session.scalars(select(Item.key)).all() == ["a"]


def test_nothing_stays_of_a_transaction_that_fails(database: db.Database) -> None:
    def fail() -> None:
        with db.transaction() as session:
            house = make_house(session)
            session.add(item(house, "a"))
            session.flush()
            house.case.outcome = "ended"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with db.reading() as session:
        assert _count(session, Item) == 0


def test_what_a_savepoint_undoes_is_forgotten_and_what_stood_before_stays(
    database: db.Database,
) -> None:
    def fail(session: Session, house: House) -> None:
        with session.begin_nested():
            house.case.outcome = "within"
            session.add(item(house, "within"))
            session.flush()
            raise ZeroDivisionError

    with db.transaction() as session:
        house = make_house(session)
        case_id = house.case.id
        house.case.outcome = "before"
        session.flush()
        with pytest.raises(ZeroDivisionError):
            fail(session, house)
        house.case.notices_written = 7
        session.flush()
        assert (house.case.id, house.case.outcome) == (case_id, "before")
        house.case.tasks_opened = 8
    with db.reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.outcome, case.notices_written, case.tasks_opened) == ("before", 7, 8)
        assert _count(session, Item) == 0


def test_what_is_written_after_a_commit_is_committed_with_the_next(
    committed_database: db.Database,
) -> None:
    """Nobody commits twice; whoever did would not lose half of it in silence."""
    with db.transaction() as session:
        house = make_house(session)
        session.commit()
        house.case.outcome = "after"
    with db.reading() as session:
        assert session.get_one(Case, house.case.id).outcome == "after"


@pytest.mark.parametrize("row_class", [Board, Case, ProcessInstance, UserTask, Item, TimeOffset])
def test_a_row_is_read_as_the_orm_reads_it(database: db.Database, row_class: type[Base]) -> None:
    with db.transaction() as session:
        house = make_house(session)
        session.add(item(house, "a"))
        session.add(TimeOffset(id=1, seconds=3, frozen_at=time_source.now(session)))
    query = select(row_class)
    with db.reading() as session:
        read = [_values(row) for row in session.scalars(query)]
    with db.reading() as session:
        assert read
        assert [_values(row) for (row,) in db.find(session, query)] == read


def test_a_row_that_was_read_can_be_changed_and_stays_the_same_one(database: db.Database) -> None:
    with db.transaction() as session:
        case_id = make_house(session).case.id
    with db.transaction() as session:
        ((case,),) = db.find(session, CASE, key=case_id)
        assert session.get(Case, case_id) is case
        case.outcome = "ended"
        ((again, outcome),) = db.find(session, CASE_AND_OUTCOME, key=case_id)
        assert (again, outcome) == (case, "ended"), "it was written before it was asked for"
    with db.reading() as session:
        assert session.get_one(Case, case_id).outcome == "ended"
        assert session.get(Case, new_id()) is None


def test_a_row_is_read_anew_where_it_is_asked_for_anew(database: db.Database) -> None:
    with db.transaction() as session:
        case = make_house(session).case
        session.flush()
        session.connection().execute(update(Case.__table__).values(outcome="elsewhere"))
        ((found,),) = db.find(session, CASE, key=case.id)
        assert (found, found.outcome) == (case, ""), "what the session holds stays as it is"
        session.refresh(case)
        assert case.outcome == "elsewhere"
        session.connection().execute(update(Case.__table__).values(outcome="again"))
        session.expire(case)
        ((found,),) = db.find(session, CASE, key=case.id)
        assert found.outcome == "again", "what it has forgotten is read"


def test_several_questions_are_answered_in_their_order(database: db.Database) -> None:
    with db.transaction() as session:
        house = make_house(session)
        session.flush()
        boards, cases = db.find_together(session, (BOARDS, {}), (CASE, {"key": house.case.id}))
        assert [row.Board.id for row in boards] == [house.case.board_id]
        assert cases[0].Case is house.case


def test_rows_that_wait_are_there_for_a_query_and_before_a_savepoint(
    database: db.Database,
) -> None:
    def fail(session: Session, house: House) -> None:
        with session.begin_nested():
            db.append(session, StepLogEntry, entry(house, 2))
            assert _count(session, StepLogEntry) == 2
            raise ZeroDivisionError

    with db.transaction() as session:
        house = make_house(session)
        db.append(session, StepLogEntry, entry(house, 1))
        with pytest.raises(ZeroDivisionError):
            fail(session, house)
        db.append(session, StepLogEntry, entry(house, 3))
    with db.reading() as session:
        numbers = session.scalars(select(StepLogEntry.seq).order_by(StepLogEntry.seq)).all()
    assert numbers == [1, 3]


def test_one_statement_that_is_refused_lets_none_of_those_beside_it_stand(
    database: db.Database,
) -> None:
    with db.transaction() as session:
        house = make_house(session)

    def fail() -> None:
        with db.transaction() as session:
            case = session.get_one(Case, house.case.id)
            case.outcome = "ended"
            db.append(session, StepLogEntry, entry(house, 1), entry(house, 1))
            session.add(item(house, "a"))

    with pytest.raises(IntegrityError) as refused:
        fail()
    assert "SYSTEM" not in str(refused.value), "no value of a statement is told"
    with db.reading() as session:
        assert (_count(session, StepLogEntry), _count(session, Item)) == (0, 0)
        assert session.get_one(Case, house.case.id).outcome == ""


def test_nothing_is_committed_where_one_of_several_rows_is_gone(database: db.Database) -> None:
    with db.transaction() as session:
        house = make_house(session)
        row = timer(house, "clock:a")
        session.add(row)

    def fail() -> None:
        with db.transaction() as session:
            case = session.get_one(Case, house.case.id)
            there = session.get_one(Timer, row.id)
            session.connection().execute(Timer.__table__.delete())
            case.outcome, there.attempts = "ended", 1

    with pytest.raises(StaleDataError):
        fail()
    with db.reading() as session:
        assert session.get_one(Case, house.case.id).outcome == ""


def test_what_a_session_that_reads_has_changed_is_thrown_away(
    committed_database: db.Database,
) -> None:
    with db.transaction() as session:
        house = make_house(session)
        case_id = house.case.id

    def write() -> None:
        with db.reading() as session:
            session.get_one(Case, case_id).outcome = "by mistake"
            session.flush()

    with db.reading() as session:
        session.get_one(Case, case_id).outcome = "by mistake"
        db.append(session, StepLogEntry, entry(house, 1))
    with pytest.raises(DatabaseUnavailable) if committed_database.is_postgresql else nullcontext():
        write()
    with db.reading() as session:
        assert session.get_one(Case, case_id).outcome == ""
        assert _count(session, StepLogEntry) == 0


def test_postgresql_keeps_what_is_prepared_over_sessions_that_read(
    committed_database: db.Database,
) -> None:
    if not committed_database.is_postgresql:
        return
    for _ in range(8):
        with db.reading() as session:
            session.get(Board, new_id())
    with db.reading() as session:
        prepared = session.scalars(text("select statement from pg_prepared_statements")).all()
    assert [statement for statement in prepared if "FROM board" in statement]


def test_rows_written_past_the_session_need_only_what_has_no_default(database: db.Database) -> None:
    with db.transaction() as session:
        house = make_house(session)
        db.append(session, StepLogEntry, entry(house, 1))
        assert _count(session, StepLogEntry) == 1


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns}


def _count(session: Session, row_class: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(row_class)) or 0
