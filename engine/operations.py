"""What the command and those who run an installation may do with it."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    audit,
    corrections,
    db,
    demonstration,
    deployments,
    editions,
    keys,
    password_filter,
    scenarios,
    sights,
    store,
    time_source,
)
from engine.deployments import BASE_EDITION, Finding, check, read_folders
from engine.errors import EngineError
from engine.models import Board, ProcessInstance
from engine.papers import set_letterhead
from engine.scheduler import work_until_stopped
from engine.settings import from_environment, to_environment
from engine.variations import carrying, parcels

__all__ = [
    "BASE_EDITION",
    "Finding",
    "audit_heads",
    "check",
    "deploy",
    "export_variation",
    "from_environment",
    "play",
    "read_folders",
    "read_variation",
    "replay_all",
    "set_letterhead",
    "set_up_demonstration",
    "settle_memory",
    "stray_files",
    "to_environment",
    "verify_audit",
    "work_until_stopped",
    "write_password_filter",
    "zipped",
]


class BoardUnknown(EngineError):
    """There is no Board called {key}. Use one of: {known}."""

    status = 404


class VariationUnnamed(EngineError):
    """Nothing in this file says what the variation is called. Give it a name with --variation."""

    status = 422


def deploy(
    files: Mapping[str, bytes], note: str, board: str = "", *, opens_cases: bool = True
) -> tuple[int, str]:
    """Make a set of files the newest deployment, and return its number and hash.

    Takes:   board, the key of the Board for which alone it is; left out, it is for every Board;
             opens_cases, false for a set that Boards may only begin drafts from.
    Raises:  InvalidDeployment; TimesNotEntered; BoardUnknown.
    """
    with db.transaction() as session:
        row = deployments.deploy(
            session,
            dict(files),
            actor=audit.SYSTEM,
            board_id=_board(session, board).id if board else None,
            note=note,
            opens_cases=opens_cases,
        )
        return row.number, row.hash


def read_variation(
    source: Path, root: Path, edition: str = "", name: str = ""
) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a variation from a ZIP or a folder, laid over an edition.

    Takes:   root, with the edition; edition, left out that which the variation says; name, where
             the source holds several variations.
    Returns: the files, and a line for each part of the source that was not taken.
    Raises:  ParcelRefused, VariationUnnamed, UnknownFolder.
    """
    parcel = carrying.read_source(source, name, read_folders(root))
    if not parcel.name and not name:
        # Without a name it would be deployed as an edition, which is held to no other one.
        raise VariationUnnamed
    below = read_folders(root, edition or parcel.edition or BASE_EDITION)
    files = deployments.lay(below, parcel.files, parcel.name or name)
    return files, [f"{each.path}: {each.refused.message}" for each in parcel.not_taken]


def export_variation(board: str, *, version: int = 0, draft: int = 0) -> dict[str, bytes]:
    """Return the layer of a version or draft of a Board as the files of a folder.

    Raises:  BoardUnknown; NotFound.
    """
    with db.reading() as session:
        row = _board(session, board)
        if draft:
            return parcels.parcel_files(carrying.draft_parcel(session, row, draft))
        return parcels.parcel_files(carrying.version_parcel(session, row, version))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files of a folder as a ZIP."""
    return parcels.zip_of(files)


def _board(session: Session, key: str) -> Board:
    found = session.scalar(select(Board).where(Board.key == key))
    if found is None:
        known = session.scalars(select(Board.key).order_by(Board.key))
        raise BoardUnknown(key=key, known=", ".join(known) or "none")
    return found


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
    """Fill an empty demonstration database, and offer every edition and variation that ships; leave
    a database that is filled as it is.
    """
    demonstration.set_up(root, tell)
    editions.offer_shipped(root, tell)


def play(
    paths: list[Path],
    root: Path,
    edition: str = BASE_EDITION,
    variation: str = "",
    *,
    database_url: str = "",
    tell: Callable[[str], None] = lambda line: None,
    after: Callable[[uuid.UUID], None] = lambda case_id: None,
) -> Iterator[scenarios.Outcome]:
    """Play scenario files and folders, each scenario in an emptied database.

    Takes:   root, the folder that holds `processes/` and `forms/`; edition and variation, for the
             files that do not name their own.
    Raises:  InvalidScenario; UnknownFolder; InvalidDeployment; TimesNotEntered.
    """
    keys.use_throw_away_keys()
    found = scenarios.read_scenarios(paths)
    for _, group in groupby(found, key=lambda scenario: scenario.basis):
        played = list(group)
        files = played[0].basis.files(root, edition, variation)
        yield from scenarios.play_all(
            played, files, database_url=database_url, tell=tell, after=after
        )


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
