"""Deploy a set of definitions, and load the set that a case pins."""

from __future__ import annotations

import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import audit, facts, roles, time_source, timescales
from engine.decisions import DecisionTable, parse_decision
from engine.errors import NotFound
from engine.forms import Form, parse_form
from engine.models import DeployedFile, Deployment, FileContent, new_id
from engine.workflow import ProcessDefinition, parse_process

BASE_EDITION = "draft_2011"
FOLDERS = ("processes", "forms")
KEPT = 64


@dataclass(frozen=True, eq=False)
class Definitions:
    """The resolved set of everything that may be deployed, parsed once and shared."""

    hash: str
    edition: str
    variation: str
    processes: Mapping[str, ProcessDefinition]
    forms: Mapping[str, Form]
    decisions: Mapping[str, DecisionTable]
    timescales: Mapping[str, timescales.Timescale]
    facts: Mapping[str, facts.FactDeclaration]
    roles: roles.Roles
    sources: Mapping[str, bytes] = field(repr=False)


_cache: OrderedDict[str, Definitions] = OrderedDict()
_cached_ids: dict[uuid.UUID, str] = {}
_lock = Lock()


def read_folders(root: Path) -> dict[str, bytes]:
    """Return the definition files under `processes/` and `forms/`, by path."""
    found: dict[str, bytes] = {}
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root)
            if file.is_file() and not {"editions", "variations"} & set(path.parts):
                found[path.as_posix()] = file.read_bytes()
    return found


def build(
    files: Mapping[str, bytes], edition: str = BASE_EDITION, variation: str = ""
) -> Definitions:
    """Return the parsed definitions of a set of files, cached by their hash.

    Raises:  InvalidDefinition, for the first file that cannot be read.
    """
    key = hash_of(files)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = _parse(files, key, edition, variation)
    with _lock:
        _cache[key] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over the sorted paths and contents of a set of files."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return total.hexdigest()


def deploy(
    session: Session,
    files: Mapping[str, bytes],
    *,
    board_id: uuid.UUID | None = None,
    edition: str = BASE_EDITION,
    variation: str = "",
    note: str = "",
    actor: str = audit.SYSTEM,
) -> Deployment:
    """Deploy a set of files; what is already the newest is not deployed again.

    Takes:   board_id, or None for the base of every Board.
    Raises:  InvalidDefinition.
    """
    made = build(files, edition, variation)
    last = _newest(session, board_id)
    if last is not None and last.hash == made.hash:
        return last
    for content in files.values():
        digest = hashlib.sha256(content).hexdigest()
        if session.get(FileContent, digest) is None:
            session.add(FileContent(hash=digest, content=content))
            session.flush()
    row = Deployment(
        id=new_id(),
        board_id=board_id,
        hash=made.hash,
        edition=edition,
        variation=variation,
        number=(last.number if last else 0) + 1,
        deployed_at=time_source.now(session),
        note=note,
    )
    session.add(row)
    session.flush()
    for path, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        session.add(DeployedFile(id=new_id(), deployment_id=row.id, path=path, content_hash=digest))
    session.flush()
    audit.append(
        session, "definitions_deployed", actor, board_id=board_id, data={"hash": made.hash}
    )
    return row


def newest(session: Session, board_id: uuid.UUID) -> Deployment:
    """Return the newest deployment of a Board's own, else of the base.

    Raises:  NotFound, where nothing was ever deployed.
    """
    found = _newest(session, board_id) or _newest(session, None)
    if found is None:
        raise NotFound
    return found


def load(session: Session, deployment_id: uuid.UUID) -> Definitions:
    """Return the definitions of a deployment, parsed once a process and cached."""
    with _lock:
        key = _cached_ids.get(deployment_id, "")
        if key in _cache:
            return _cache[key]
    row = session.get(Deployment, deployment_id)
    if row is None:
        raise NotFound
    rows = session.execute(
        select(DeployedFile.path, FileContent.content)
        .join(FileContent, FileContent.hash == DeployedFile.content_hash)
        .where(DeployedFile.deployment_id == deployment_id)
    )
    made = build(dict(rows.tuples().all()), row.edition, row.variation)
    with _lock:
        _cached_ids[deployment_id] = made.hash
    return made


def _newest(session: Session, board_id: uuid.UUID | None) -> Deployment | None:
    where = Deployment.board_id == board_id if board_id else Deployment.board_id.is_(None)
    highest = select(func.max(Deployment.number)).where(where).scalar_subquery()
    return session.scalar(select(Deployment).where(where, Deployment.number == highest))


def _parse(files: Mapping[str, bytes], key: str, edition: str, variation: str) -> Definitions:
    processes = {}
    tables = {}
    found_forms = {}
    for path, content in files.items():
        if path.endswith(".bpmn"):
            definition = parse_process(content, path)
            processes[definition.id] = definition
        elif path.endswith(".dmn"):
            table = parse_decision(content, path)
            tables[table.id] = table
        elif path.startswith("forms/") and path.endswith(".json"):
            form = parse_form(content, path)
            found_forms[form.id] = form
    return Definitions(
        hash=key,
        edition=edition,
        variation=variation,
        processes=processes,
        forms=found_forms,
        decisions=tables,
        timescales=timescales.parse_timescales(*_toml(files, "timescales")),
        facts=facts.parse_facts(*_toml(files, "facts")),
        roles=roles.parse_roles(*_toml(files, "roles")),
        sources=dict(files),
    )


def _toml(files: Mapping[str, bytes], name: str) -> tuple[bytes, str]:
    path = f"processes/{name}.toml"
    return files.get(path, b""), path
