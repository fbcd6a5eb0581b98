"""A deployment is a version that stays; the newest opens new cases."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import db, deployments
from engine.models import AuditEvent, Board, DeployedFile, FileContent

SMALL = Path(__file__).parents[2] / "definitions" / "small"
TIMESCALES = "processes/timescales.toml"


def _files(length: str = "P14D") -> dict[str, bytes]:
    files = deployments.read_folders(SMALL)
    files[TIMESCALES] = files[TIMESCALES].replace(b"P14D", length.encode())
    return files


def _board(key: str) -> uuid.UUID:
    with db.transaction() as session:
        board = Board(key=key, name_en=f"Board {key}", name_cy=f"Bwrdd {key}")
        session.add(board)
        session.flush()
        return board.id


@pytest.mark.usefixtures("database")
def test_deployment_can_be_loaded_again_as_it_was() -> None:
    with db.transaction() as session:
        row = deployments.deploy(session, _files(), actor="SYSTEM", note="first")
        made = row.id
    with db.reading() as session:
        definitions = deployments.load(session, made)
        assert definitions.hash == deployments.build(_files()).hash
        assert definitions.sources == _files()
        assert deployments.load(session, made) is definitions
        assert deployments.newest(session, None).note == "first"


@pytest.mark.usefixtures("database")
def test_deploying_the_newest_again_changes_nothing() -> None:
    with db.transaction() as session:
        first = deployments.deploy(session, _files(), actor="SYSTEM").id
    with db.transaction() as session:
        assert deployments.deploy(session, _files(), actor="SYSTEM").id == first
        events = session.scalar(
            select(func.count()).where(AuditEvent.kind == "definitions_deployed")
        )
        assert events == 1


@pytest.mark.usefixtures("database")
def test_new_version_becomes_the_newest_and_the_old_one_stays() -> None:
    with db.transaction() as session:
        old = deployments.deploy(session, _files(), actor="SYSTEM").id
        contents = session.scalar(select(func.count()).select_from(FileContent))
    with db.transaction() as session:
        new = deployments.deploy(session, _files("P21D"), actor="SYSTEM")
        assert (new.number, deployments.newest(session, None).id) == (2, new.id)
        assert str(deployments.load(session, old).timescales["TS-41"].length) == "P14D"
        assert str(deployments.load(session, new.id).timescales["TS-41"].length) == "P21D"
        assert session.scalar(select(func.count()).select_from(FileContent)) == contents + 1
        files = session.scalar(select(func.count()).select_from(DeployedFile))
        assert files == 2 * len(_files())


@pytest.mark.usefixtures("database")
def test_old_version_deployed_again_becomes_the_newest_once_more() -> None:
    with db.transaction() as session:
        old = deployments.deploy(session, _files(), actor="SYSTEM").id
        deployments.deploy(session, _files("P21D"), actor="SYSTEM")
        again = deployments.deploy(session, _files(), actor="SYSTEM")
        assert (again.id, again.number) == (old, 3)
        assert deployments.newest(session, None).id == old


@pytest.mark.usefixtures("database")
def test_board_with_a_variation_uses_its_own_and_the_others_the_base() -> None:
    gwent, powys = _board("gwent"), _board("powys")
    with db.transaction() as session:
        base = deployments.deploy(session, _files(), actor="SYSTEM").id
        own = deployments.deploy(session, _files("P21D"), actor="SYSTEM", board_id=gwent)
        assert own.number == 1
        assert deployments.newest(session, gwent).id == own.id
        assert deployments.newest(session, powys).id == base
        assert deployments.newest(session, None).id == base


@pytest.mark.usefixtures("database")
def test_boards_may_deploy_the_same_files() -> None:
    gwent, powys = _board("gwent"), _board("powys")
    with db.transaction() as session:
        one = deployments.deploy(session, _files(), actor="SYSTEM", board_id=gwent)
        other = deployments.deploy(session, _files(), actor="SYSTEM", board_id=powys)
        assert one.id != other.id
        assert one.hash == other.hash


@pytest.mark.usefixtures("database")
def test_files_with_an_error_are_refused_and_nothing_is_kept() -> None:
    files = _files()
    files[TIMESCALES] = files[TIMESCALES].replace(b"meeting_on", b"session_on")
    with (
        pytest.raises(deployments.InvalidDeployment, match="no fact session_on") as refused,
        db.transaction() as session,
    ):
        deployments.deploy(session, files, actor="SYSTEM")
    assert [finding.path for finding in refused.value.findings] == [TIMESCALES]
    with db.reading() as session, pytest.raises(deployments.NothingDeployed):
        deployments.newest(session, None)


@pytest.mark.usefixtures("database")
def test_deployment_that_is_not_there_is_refused() -> None:
    with db.reading() as session, pytest.raises(deployments.DeploymentNotFound):
        deployments.load(session, uuid.uuid4())


@pytest.mark.usefixtures("database")
def test_deploying_is_on_the_audit_trail_with_who_did_it() -> None:
    with db.transaction() as session:
        row = deployments.deploy(session, _files(), actor="account-1")
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.kind == "definitions_deployed")
        ).one()
        assert (event.actor, event.data["number"]) == ("account-1", 1)
        assert event.data["hash"] == row.hash


@pytest.mark.usefixtures("database")
def test_what_is_deployed_is_the_newest_at_once_for_whoever_asked_before() -> None:
    board_id = _board("north")
    with db.transaction() as session:
        shared = deployments.deploy(session, _files(), actor="SYSTEM")
        assert deployments.newest(session, board_id) is shared
        own = deployments.deploy(session, _files("P21D"), actor="SYSTEM", board_id=board_id)
        assert deployments.newest(session, board_id) is own
