"""Keep deployments: store a set of files as a new version, and load what a case pins."""

from __future__ import annotations

import uuid
from threading import Lock

from sqlalchemy import ColumnElement, Select, func, or_, select
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
    hash_of,
)
from engine.deployments.edition_checks import to_enter
from engine.deployments.statutory_proof import departures
from engine.errors import EngineError
from engine.lint import Finding
from engine.models import DeployedFile, Deployment, FileContent, new_id


class NothingDeployed(EngineError):
    """No processes have been deployed yet. Ask the administrator to run adolygu deploy."""

    status = 503


class TimesNotEntered(EngineError):
    """No case can be opened before the Board has entered how long these times are: {keys}. Enter each in the timescales of a variation, and deploy that."""  # noqa: E501

    status = 422


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
    opens_cases: bool = True,
    offered: bool = True,
) -> Deployment:
    """Make a set of files the newest deployment of a Board (of every Board, without one).

    Files that are the newest already stay so, and nothing is recorded; an older set that is
    deployed again becomes the newest once more. The record names the proposed readings from which
    a variation departs; its reasons are among the files that are kept.
    Takes:   offered, false for what an older version stands on, and nobody begins from anew;
             opens_cases, false for an edition that is kept for variations to be laid over it.
    Raises:  InvalidDeployment, where a check finds an error; TimesNotEntered, where they are to
             open cases and leave the length of a time for the Board to enter.
    """
    audit.hold(session, board_id)
    row = session.scalar(_of(board_id).where(Deployment.hash == hash_of(files)))
    if row is not None and not opens_cases:
        return row
    _refuse_errors(check(files))
    if row is not None and row is _newest_of(session, board_id):
        return row
    definitions = build(files)
    left = to_enter(definitions.timescales.values()) if opens_cases else []
    if left:
        raise TimesNotEntered(keys=", ".join(each.key for each in left))
    departs = departures(files)
    last = session.scalar(select(func.max(Deployment.number)).where(_is_of(board_id)))
    number = (last or 0) + 1 if offered else 0
    if row is None:
        row = _store(session, definitions, board_id, number, note)
    row.number, row.deployed_at = number, time_source.now(session)
    row.opens_cases = opens_cases
    session.flush()
    session.info.pop(_NEWEST, None)
    audit.append(
        session,
        "definitions_deployed" if opens_cases else "definitions_offered",
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
    """Make files the deployment of every Board of a throw-away database, and prove nothing.

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


def offers(session: Session) -> list[Deployment]:
    """Return the newest deployment of each edition and each variation that is kept for every Board,
    by their names; a Board may begin a draft from any of them.
    """
    rows = session.scalars(_of(None).order_by(Deployment.number, Deployment.id))
    return [row for _, row in sorted({(row.edition, row.variation): row for row in rows}.items())]


def editions(session: Session) -> list[Deployment]:
    """Return the newest deployment of each edition that is kept for every Board, by their names."""
    return [row for row in offers(session) if not row.variation]


def versions(session: Session, board_id: uuid.UUID) -> list[Deployment]:
    """Return the deployments of a Board's own, the newest first."""
    return list(session.scalars(_of(board_id).order_by(Deployment.number.desc(), Deployment.id)))


def keep_content(session: Session, source: bytes) -> str:
    """Keep the bytes of a file, once for the same bytes; return their hash."""
    key = content_hash(source)
    if session.get(FileContent, key) is None:
        session.add(FileContent(hash=key, content=source))
        session.flush()
    return key


def _read_newest(session: Session, board_id: uuid.UUID | None) -> Deployment:
    found = session.scalar(
        select(Deployment)
        .where(
            or_(Deployment.board_id == board_id, Deployment.board_id.is_(None)),
            Deployment.opens_cases,
        )
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
    hashes = {path: content_hash(source) for path, source in definitions.sources.items()}
    known = select(FileContent.hash).where(FileContent.hash.in_(set(hashes.values())))
    there = set(session.scalars(known))
    new = {hashes[path]: source for path, source in definitions.sources.items()}
    session.add_all(
        FileContent(hash=key, content=source) for key, source in new.items() if key not in there
    )
    session.flush()
    session.add_all(
        DeployedFile(id=new_id(), deployment_id=row.id, path=path, content_hash=key)
        for path, key in hashes.items()
    )
    return row


def _newest_of(session: Session, board_id: uuid.UUID | None) -> Deployment | None:
    newest_first = Deployment.number.desc(), Deployment.id
    return session.scalar(
        _of(board_id).where(Deployment.opens_cases).order_by(*newest_first).limit(1)
    )


def _of(board_id: uuid.UUID | None) -> Select[Deployment]:
    return select(Deployment).where(_is_of(board_id))


def _is_of(board_id: uuid.UUID | None) -> ColumnElement[bool]:
    return Deployment.board_id.is_not_distinct_from(board_id)
