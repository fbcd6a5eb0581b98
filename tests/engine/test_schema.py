"""That schema migrations give the tables of the models, on both databases, and only once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from engine import db, schema
from engine.db import Database
from engine.models import Base, CaseLink, Timer
from tests.engine.house import make_house


@pytest.fixture
def empty(committed_database: Database) -> Database:
    """A database without any table."""
    Base.metadata.drop_all(committed_database.connections)
    return committed_database


def tables(database: Database) -> set[str]:
    return set(inspect(database.connections).get_table_names())


def test_upgrade_of_an_empty_database_gives_what_the_models_say(empty: Database) -> None:
    schema.upgrade(empty)
    assert schema.difference(empty) == []
    assert set(Base.metadata.tables) <= tables(empty)


def test_difference_is_seen(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.connections.begin() as connection:
        connection.execute(text("alter table draft add column forgotten text"))
    assert schema.difference(empty)


def test_upgrade_again_changes_nothing_and_keeps_every_row(empty: Database) -> None:
    schema.upgrade(empty)
    row = "insert into time_offset (id, seconds) values (1, 7)"
    with empty.connections.begin() as connection:
        connection.execute(text(row))
    schema.upgrade(empty)
    with empty.connections.connect() as connection:
        assert connection.execute(text("select seconds from time_offset")).scalar() == 7


def test_table_that_is_made_anew_keeps_its_indexes(empty: Database) -> None:
    """SQLite changes a CHECK by making the table anew; the sweep needs its partial index."""
    schema.upgrade(empty)
    upgraded = _indexes(empty)
    schema.downgrade(empty)
    Base.metadata.create_all(empty.connections)
    assert upgraded == _indexes(empty)


def test_link_and_timer_of_before_are_kept_and_the_link_has_no_item(empty: Database) -> None:
    schema.upgrade(empty)
    db.use(empty)
    link = """insert into case_link
        (id, board_id, case_id, linked_id, relation, direction, linked_at)
        select id, board_id, id, id, 'hand_over', 'to', opened_at from "case" """
    timer = """insert into timer (id, board_id, case_id, kind, token, bpmn_id, item_key, round,
        timescale, expression, attempts, parked)
        select id, board_id, id, 'clock', 'x', '', '', 1, '', '', 0, false from "case" """
    with db.transaction() as session:
        make_house(session)
    schema.downgrade(empty, "0002")
    with db.transaction() as session:
        for statement in (link, timer):
            session.execute(text(statement))
    schema.upgrade(empty)
    with db.reading() as session:
        (link_kept,) = session.scalars(select(CaseLink)).all()
        (timer_kept,) = session.scalars(select(Timer)).all()
    assert (link_kept.relation, link_kept.item_key) == ("hand_over", None)
    assert (timer_kept.kind, timer_kept.token) == ("clock", "x")


def test_downgrade_takes_everything_back_and_upgrade_brings_it_again(empty: Database) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty)
    assert tables(empty) <= {"alembic_version"}
    schema.upgrade(empty)
    assert schema.difference(empty) == []


def test_checks_of_the_models_stand_in_the_upgraded_tables_too(empty: Database) -> None:
    """Autogenerate does not compare CHECK constraints, so they are held side by side here."""
    schema.upgrade(empty)
    upgraded = _checks(empty)
    schema.downgrade(empty)
    Base.metadata.create_all(empty.connections)
    assert upgraded == _checks(empty)


def _indexes(database: Database) -> dict[str, list[tuple[object, ...]]]:
    found = inspect(database.connections)
    return {
        table: sorted(
            (
                str(index["name"]),
                str(index["column_names"]),
                index["unique"],
                [str(option) for option in index.get("dialect_options", {}).values()],
            )
            for index in found.get_indexes(table)
        )
        for table in Base.metadata.tables
    }


def _checks(database: Database) -> dict[str, set[str]]:
    found = inspect(database.connections)
    return {
        table: {str(check["name"]) for check in found.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_current_head_names_the_newest_migration() -> None:
    head = (schema.FOLDER / ".current-head").read_text(encoding="utf-8").strip()
    names = sorted(path.stem for path in (schema.FOLDER / "versions").glob("[0-9]*.py"))
    assert names[-1] == head
    assert len(names) == len({name.split("_")[0] for name in names}), "a number is used twice"


def test_upgrade_that_fails_half_way_leaves_nothing(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    create = op.create_table

    def fails_late(name: str, *args: object, **more: object) -> object:
        if name == "user_task":
            raise RuntimeError("half way")
        return create(name, *args, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(op, "create_table", fails_late)
        with pytest.raises(RuntimeError, match="half way"):
            schema.upgrade(empty)
    assert tables(empty) == set()
    schema.upgrade(empty)
    assert schema.difference(empty) == []


def test_database_from_before_is_taken_up_by_the_command(empty: Database, tmp_path: Path) -> None:
    from engine import Settings, installation

    settings = Settings(
        database_url=empty.url.render_as_string(hide_password=False),
        field_keys=("dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",),
        audit_keys=("test:not a secret, tests only",),
        uploads=tmp_path,
    )
    taken_up = installation.connect(settings)
    assert schema.difference(taken_up) == []
    taken_up.close()
    db.use(empty)
