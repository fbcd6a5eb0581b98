"""What the command and those who run an installation may do with it."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    audit,
    corrections,
    db,
    demonstration,
    deployments,
    keys,
    password_filter,
    scenarios,
    sights,
    store,
    time_source,
)
from engine.deployments import BASE_EDITION, Finding, check, read_folders
from engine.models import ProcessInstance
from engine.papers import set_letterhead
from engine.scheduler import work_until_stopped
from engine.settings import from_environment, to_environment

#: Keys for databases that are thrown away; they keep nothing secret.
THROW_AWAY_FIELD_KEY = "dGhyb3duIGF3YXksIHNvIGl0IGtlZXBzIG5vdGhpbmc="
THROW_AWAY_AUDIT_KEY = "scenario:thrown-away"

__all__ = [
    "BASE_EDITION",
    "Finding",
    "audit_heads",
    "check",
    "deploy",
    "from_environment",
    "play",
    "read_folders",
    "replay_all",
    "set_letterhead",
    "set_up_demonstration",
    "settle_memory",
    "stray_files",
    "to_environment",
    "verify_audit",
    "work_until_stopped",
    "write_password_filter",
]


def deploy(files: Mapping[str, bytes], note: str) -> tuple[int, str]:
    """Make a set of files the newest deployment of every Board; return its number and hash.

    Raises:  InvalidDeployment.
    """
    with db.transaction() as session:
        row = deployments.deploy(session, dict(files), actor=audit.SYSTEM, note=note)
        return row.number, row.hash


def write_password_filter(listed: Path, path: Path) -> int:
    """Make the file for `ADOLYGU_PASSWORD_FILTER` from a list; return how many it holds.

    Takes:   listed, one password a line, or its SHA-1 in hex with or without a count behind it.
    """
    with listed.open(encoding="utf-8", errors="surrogateescape") as lines:
        count = sum(1 for _ in password_filter.digests_in(lines))
        lines.seek(0)
        path.write_bytes(password_filter.build(password_filter.digests_in(lines), count))
    return count


def stray_files(root: Path) -> list[Finding]:
    """Return a warning for each file among the definitions of a folder that is not read at all."""
    return deployments.stray(deployments.stray_files(root))


def set_up_demonstration(root: Path, tell: Callable[[str], None]) -> None:
    """Fill an empty demonstration database; leave one that is filled as it is."""
    demonstration.set_up(root, tell)


def play(
    paths: list[Path],
    files: Mapping[str, bytes],
    *,
    database_url: str = "",
    tell: Callable[[str], None] = lambda line: None,
    after: Callable[[uuid.UUID], None] = lambda case_id: None,
) -> Iterable[scenarios.Outcome]:
    """Play scenario files and folders, each scenario in an emptied database.

    Raises:  InvalidScenario; InvalidDeployment.
    """
    keys.use([THROW_AWAY_FIELD_KEY], [THROW_AWAY_AUDIT_KEY])
    found = scenarios.read_scenarios(paths)
    return scenarios.play_all(found, dict(files), database_url=database_url, tell=tell, after=after)


def settle_memory() -> None:
    """Take what is loaded by now out of the cycle collector's sight; it made one answer in twenty
    wait several times as long.
    """
    gc.collect()
    gc.freeze()


def verify_audit(kept: Mapping[str, tuple[int, str]] | None = None) -> list[str]:
    """Return a line for each audit chain that does not hold, naming its first bad row.

    Takes:   kept, heads of chains by `audit_heads` that were stored elsewhere: what was cut off
             behind them, or written anew, is told too.
    """
    with db.reading() as session:
        there = kept or {}
        broken = [*audit.verify(session), *sights.verify(session)]
        broken += [*audit.lost(session, there), *sights.lost(session, there)]
        return [f"{found.chain}, number {found.seq}: {found.reason}" for found in broken]


def audit_heads() -> dict[str, tuple[int, str]]:
    """Return the number and the hash of the last event of each chain, to be kept elsewhere.

    With them goes how many sights yesterday had, in UTC, with a hash over all of them.
    """
    with db.reading() as session:
        yesterday = time_source.now(session).date() - timedelta(days=1)
        return audit.heads(session) | sights.head_of_day(session, yesterday)


def replay_all(case_id: uuid.UUID | None = None) -> list[str]:
    """Rebuild instances from their step logs; return a line for each that differs."""
    with db.reading() as session:
        return [
            f"case {instance.case_id}, instance {instance.number} ({instance.process})"
            for instance in _instances(session, case_id)
            if not _is_as_logged(session, instance)
        ]


def _instances(session: Session, case_id: uuid.UUID | None) -> list[ProcessInstance]:
    query = select(ProcessInstance).where(ProcessInstance.state != "cancelled")
    if case_id is not None:
        query = query.where(ProcessInstance.case_id == case_id)
    return list(session.scalars(query.order_by(ProcessInstance.case_id, ProcessInstance.number)))


def _is_as_logged(session: Session, instance: ProcessInstance) -> bool:
    file = store.read_case(session, instance.case_id, audit.SYSTEM)
    return corrections.rebuilt_state(file, instance) == instance.workflow_state
