"""Keep deployments: store a set of files as a new version, and load what a case pins."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from threading import Lock

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine import audit, db, time_source
from engine.deployments.checks import check
from engine.deployments.definitions import (
    CACHE_SIZE,
    Definitions,
    Files,
    InvalidDeployment,
    build,
    content_hash,
)
from engine.deployments.statutory_proof import departures
from engine.errors import EngineError
from engine.lint import Finding
from engine.models import DeployedFile, Deployment, FileContent, new_id


class NothingDeployed(EngineError):
    """No processes have been deployed yet. Ask the administrator to run adolygu deploy."""

    status = 503


class DeploymentNotFound(EngineError):
    """The version of the processes that this needs is not there. Tell the administrator."""

    status = 404


_loaded: dict[uuid.UUID, Definitions] = {}
_loaded_lock = Lock()

#: Under this, a session keeps the newest deployment of each Board.
_NEWEST = "newest deployments"


def deploy(
    session: Session,
    files: Files,
    *,
    actor: str,
    board_id: uuid.UUID | None = None,
    note: str = "",
) -> Deployment:
    """Make a set of files the newest deployment of a Board (of every Board, without one).

    Files that are the newest already stay so, and nothing is recorded; an older set that is
    deployed again becomes the newest once more. The record names the proposed readings from which
    a variation departs; its reasons are among the files that are kept.
    Raises:  InvalidDeployment, where a check finds an error.
    """
    _refuse_errors(check(files))
    definitions = build(files)
    departs = departures(files)
    audit.hold(session, board_id)
    current = _newest_of(session, board_id)
    if current is not None and current.hash == definitions.hash:
        return current
    row = session.scalar(_of(board_id).where(Deployment.hash == definitions.hash))
    number = 1 if current is None else current.number + 1
    if row is None:
        row = _store(session, definitions, board_id, number, note)
    row.number, row.deployed_at = number, time_source.now(session)
    session.flush()
    session.info.pop(_NEWEST, None)
    audit.append(
        session,
        "definitions_deployed",
        actor,
        board_id=board_id,
        subject=f"{row.edition} {row.variation}".strip(),
        data={
            "deployment": str(row.id),
            "hash": row.hash,
            "number": number,
            **({"departs_from": departs} if departs else {}),
        },
    )
    return row


def deploy_to_try(session: Session, files: Files) -> Deployment:
    """Make a set of files the deployment of every Board of a throw-away database, and prove nothing.

    Raises:  InvalidDeployment, for what could not even run.
    """
    if not db.stands_in():
        raise ValueError("only a throw-away database takes definitions that nothing has proved")
    _refuse_errors(check(files, proved=False))
    return _store(session, build(files), None, 1, "")


def _refuse_errors(findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InvalidDeployment(errors)


def newest(session: Session, board_id: uuid.UUID | None) -> Deployment:
    """Return the deployment that opens new cases of a Board: its own newest, else the base's.

    A page asks for it many times over; within a session it is read once.
    Raises:  NothingDeployed.
    """
    known: dict[uuid.UUID | None, Deployment] = session.info.setdefault(_NEWEST, {})
    if board_id not in known:
        known[board_id] = _read_newest(session, board_id)
    return known[board_id]


def _read_newest(session: Session, board_id: uuid.UUID | None) -> Deployment:
    found = session.scalar(
        select(Deployment)
        .where(or_(Deployment.board_id == board_id, Deployment.board_id.is_(None)))
        .order_by(Deployment.board_id.is_(None), Deployment.number.desc(), Deployment.id)
        .limit(1)
    )
    if found is None:
        raise NothingDeployed
    return found


def load(session: Session, deployment_id: uuid.UUID) -> Definitions:
    """Return the definitions of a deployment; they never change, so each is read once.

    Raises:  DeploymentNotFound.
    """
    with _loaded_lock:
        if deployment_id in _loaded:
            return _loaded[deployment_id]
    rows = session.execute(
        select(DeployedFile.path, FileContent.content)
        .join(FileContent, FileContent.hash == DeployedFile.content_hash)
        .where(DeployedFile.deployment_id == deployment_id)
        .order_by(DeployedFile.path)
    )
    files = {path: bytes(content) for path, content in rows}
    if not files:
        raise DeploymentNotFound
    definitions = build(files)
    with _loaded_lock:
        while len(_loaded) >= CACHE_SIZE:
            del _loaded[next(iter(_loaded))]
        return _loaded.setdefault(deployment_id, definitions)


def _store(
    session: Session,
    definitions: Definitions,
    board_id: uuid.UUID | None,
    number: int,
    note: str,
) -> Deployment:
    row = Deployment(
        id=new_id(),
        board_id=board_id,
        hash=definitions.hash,
        edition=definitions.edition,
        variation=definitions.variation,
        number=number,
        deployed_at=time_source.now(session),
        note=note,
    )
    session.add(row)
    hashes = keep_files(session, definitions.sources)
    session.add_all(
        DeployedFile(id=new_id(), deployment_id=row.id, path=path, content_hash=key)
        for path, key in hashes.items()
    )
    return row


def keep_files(session: Session, files: Files) -> dict[str, str]:
    """Keep the bytes of files, each content once; return the hash of each by its path."""
    hashes = {path: content_hash(source) for path, source in files.items()}
    known = select(FileContent.hash).where(FileContent.hash.in_(set(hashes.values())))
    there = set(session.scalars(known))
    new = {hashes[path]: source for path, source in files.items()}
    session.add_all(
        FileContent(hash=key, content=source) for key, source in new.items() if key not in there
    )
    session.flush()
    return hashes


def kept_files(session: Session, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that `keep_files` kept, from the hash of each by its path."""
    query = select(FileContent.hash, FileContent.content)
    rows = session.execute(query.where(FileContent.hash.in_(set(hashes.values()))))
    found = {key: bytes(content) for key, content in rows}
    return {path: found[key] for path, key in hashes.items()}


def _newest_of(session: Session, board_id: uuid.UUID | None) -> Deployment | None:
    return session.scalar(_of(board_id).order_by(Deployment.number.desc(), Deployment.id).limit(1))


def _of(board_id: uuid.UUID | None) -> Select[Deployment]:
    return select(Deployment).where(Deployment.board_id.is_not_distinct_from(board_id))
