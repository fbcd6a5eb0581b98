"""Carry a variation out of this installation and into it: export a layer, begin a draft of one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import audit, db, deployments
from engine.errors import EngineError, NotFound
from engine.models import Board, Deployment, VariationDraft
from engine.people import Actor
from engine.variations import rows
from engine.variations.drafts import EditionNotThere, start, title_of
from engine.variations.parcels import (
    Parcel,
    PartLeftOut,
    read_parcel,
    sort_out,
    write_parcel,
)


class ParcelSame(EngineError):
    """Everything in this file is as the edition has it, so no draft was begun. Choose another file, or another edition."""  # noqa: E501

    status = 422


class ParcelUnreadable(EngineError):
    """Nothing in this file could be taken in, so no draft was begun. Look below why, file by file."""  # noqa: E501

    status = 422

    def __init__(self, not_taken: tuple[PartLeftOut, ...]) -> None:
        """Take what was not taken in."""
        self.not_taken = not_taken
        super().__init__()


@dataclass(frozen=True)
class ExportedVariation:
    """A variation as a ZIP to take away."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class ImportedDraft:
    """A draft that was begun from a file; `is_base_known` where its edition is here as it was."""

    draft_id: uuid.UUID
    number: int
    files: tuple[str, ...]
    not_taken: tuple[PartLeftOut, ...]
    is_base_known: bool


def export_draft(draft_id: uuid.UUID, actor: Actor) -> ExportedVariation:
    """Return what a draft changes, as it is now.

    Raises:  NotFound.
    """
    with db.reading() as session:
        row = rows.to_read(session, draft_id, actor).row
        parcel = _parcel_of(session, row)
        return ExportedVariation(f"{row.name}_draft_{row.number}.zip", write_parcel(parcel))


def export_version(key: str, number: int, actor: Actor) -> ExportedVariation:
    """Return what a version of a Board changes of its edition.

    Raises:  NotFound, also for a version that changes nothing.
    """
    with db.reading() as session:
        board, _ = rows.board_named(session, key, actor, "read")
        parcel = version_parcel(session, board, number)
        return ExportedVariation(f"{parcel.name}_version_{number}.zip", write_parcel(parcel))


def draft_parcel(session: Session, board: Board, number: int) -> Parcel:
    """Return the layer of a draft of a Board.

    Raises:  NotFound.
    """
    of_board = select(VariationDraft).where(VariationDraft.board_id == board.id)
    row = session.scalar(of_board.where(VariationDraft.number == number))
    if row is None:
        raise NotFound
    return _parcel_of(session, row)


def version_parcel(session: Session, board: Board, number: int) -> Parcel:
    """Return the layer of a version of a Board.

    Raises:  NotFound, also for a version that changes nothing.
    """
    for row in deployments.versions(session, board.id):
        if row.number == number and row.variation:
            files = deployments.load(session, row.id).sources
            base = deployments.hash_of(deployments.edition_below(files))
            layer = deployments.layer_of(files)
            return Parcel(row.variation, row.note.split("\n")[0][:100], row.edition, base, layer)
    raise NotFound


def read_source(source: Path, wanted: str, below: Collection[str]) -> Parcel:
    """Return the variation in a ZIP or in a folder.

    Raises:  ParcelRefused; OSError.
    """
    if not source.is_dir():
        return read_parcel(source.read_bytes(), source.name, wanted, below)
    parts: dict[str, Callable[[], bytes]] = {
        path.relative_to(source).as_posix(): path.read_bytes
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    return sort_out(parts, wanted, below)


def import_variation(
    key: str,
    content: bytes,
    filename: str,
    actor: Actor,
    *,
    wanted: str = "",
    edition: str = "",
    title: str = "",
) -> ImportedDraft:
    """Begin a draft from a file that was exported here or elsewhere; what cannot be read is named.

    Takes:   wanted, the name of the variation, where the file holds several; edition and title,
             where the file does not say.
    Raises:  NotFound; ParcelRefused; ParcelUnreadable; ParcelSame; EditionNotThere;
             DraftTitleWrong.
    """
    with db.reading() as session:
        rows.board_named(session, key, actor, "design")
        known = _paths(session, edition)
    parcel = read_parcel(content, filename, wanted, known)
    if not parcel.files:
        raise ParcelUnreadable(parcel.not_taken)
    said = title_of(title or parcel.title)
    with db.transaction() as session:
        board, _ = rows.board_named(session, key, actor, "design")
        audit.hold(session, board.id)
        base, is_known = _base(session, parcel, edition)
        layer = _differing(parcel, deployments.load(session, base.id).sources)
        if not layer:
            raise ParcelSame
        row = start(session, board, base, layer, said, actor, from_file=len(layer))
        return ImportedDraft(row.id, row.number, tuple(layer), parcel.not_taken, is_known)


def _parcel_of(session: Session, row: VariationDraft) -> Parcel:
    base = session.get_one(Deployment, row.base_id)
    return Parcel(row.name, row.title, base.edition, base.hash, rows.layer(session, row.id))


def _paths(session: Session, edition: str) -> list[str]:
    for row in deployments.editions(session):
        if row.edition == edition or not edition:
            return list(deployments.load(session, row.id).sources)
    raise EditionNotThere


def _base(session: Session, parcel: Parcel, edition: str) -> tuple[Deployment, bool]:
    """Return the edition to lay a file over: as it was written on, if that is here.

    Raises:  EditionNotThere.
    """
    same = select(Deployment).where(
        Deployment.board_id.is_(None),
        Deployment.variation == "",
        Deployment.hash == parcel.edition_hash,
    )
    found = session.scalar(same)
    if found is not None:
        return found, True
    wanted = parcel.edition or edition
    for row in deployments.editions(session):
        if row.edition == wanted:
            return row, not parcel.edition_hash
    raise EditionNotThere


def _differing(parcel: Parcel, below: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what of a file differs from the edition: of whole files of TOML, the keys that do."""
    found = {}
    for path, source in parcel.files.items():
        if parcel.loose and path.endswith(".toml") and path in below:
            source = deployments.difference(below[path], source)
            if not source.strip():
                continue
        if below.get(path) != source:
            found[path] = source
    return found
