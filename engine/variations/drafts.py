"""Write a draft of a Board's variation: begin it, change its files, lay it aside.

Each change of a file is a version of its own, kept for good. An editor says which version it
began from, so that of two people nobody overwrites the other.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import audit, db, deployments, time_source
from engine.deployments import Definitions, Reading
from engine.errors import EngineError, NotFound
from engine.models import Account, Board, Deployment, VariationDraft, VariationFile, new_id
from engine.people import Actor
from engine.texts import Text
from engine.variations import rows, sources
from engine.variations.rows import Desk, Written
from engine.variations.sources import Kind

#: Whoever changed something in a draft so lately may still be at it.
LATELY = timedelta(minutes=15)
MOST_TITLE = 100
#: A name of a variation is that of a folder.
_NO_NAME = re.compile(r"[^a-z0-9]+")

FileState = Literal["edition", "changed", "own", "removed"]


class DraftChanged(EngineError):
    """{name} changed this since you opened it ({at}), so yours was not kept. Look at theirs first."""  # noqa: E501

    status = 409


class DraftTitleWrong(EngineError):
    """Say what this draft is to change, in at most 100 characters."""

    status = 422


class EditionNotThere(EngineError):
    """This edition is not there to build on. Choose one of the list."""

    status = 422


@dataclass(frozen=True)
class DraftFile:
    """A file of a draft: what it is, where it comes from, and what it holds now.

    `key` is that of what it holds, such as the id of a process. `revision` is 0 as long as nobody
    has written it. `content` is what would be deployed, None where it was taken out; `own` is what
    the layer holds, of TOML the keys that differ; `edition` is what lies below.
    """

    path: str
    kind: Kind
    key: str
    title: Text
    state: FileState
    revision: int
    content: bytes | None
    own: bytes | None
    edition: bytes | None
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True)
class OtherWriter:
    """Somebody else who lately changed something in a draft."""

    name: str
    at: datetime
    path: str


@dataclass(frozen=True)
class DraftHead:
    """What stands at the head of every page of a draft.

    `others` are those who changed it in the last quarter of an hour, the latest first.
    """

    id: uuid.UUID
    key: str
    board: Text
    number: int
    name: str
    title: str
    edition: str
    edition_title: Text
    state: str
    revision: int
    note: str
    begun_by: str
    begun_at: datetime
    proposed_by: str
    proposed_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    version: int | None
    may_design: bool
    may_change: bool
    may_publish: bool
    others: tuple[OtherWriter, ...]


@dataclass(frozen=True)
class DraftPage:
    """A draft with its files, those that it changes and those that it has from its edition."""

    head: DraftHead
    files: tuple[DraftFile, ...]


@dataclass(frozen=True)
class DraftFilePage:
    """One file of a draft, for whoever writes or reads it."""

    head: DraftHead
    file: DraftFile


def begin_draft(
    key: str, edition: str, title: str, actor: Actor, version: int | None = None
) -> uuid.UUID:
    """Begin a draft of a Board's variation and return its id.

    Takes:   edition, to lay it over, or the key of an offered variation to begin from what that
             one changes; version, of the Board's own deployments, to begin from what that one
             changes: then its edition and name are kept and `edition` says nothing.
    Raises:  NotFound; DraftTitleWrong; EditionNotThere.
    """
    with db.transaction() as session:
        board, _ = rows.board_named(session, key, actor, "design")
        audit.hold(session, board.id)
        wanted = title_of(title)
        before = _version(session, board.id, version)
        base, layer = _begun_from(session, edition, before)
        name = before.variation if before else ""
        return start(session, board, base, layer, wanted, actor, name=name).id


def title_of(typed: str) -> str:
    """Return the title of a draft as it is kept.

    Raises:  DraftTitleWrong.
    """
    wanted = " ".join(typed.split())
    if not wanted or len(wanted) > MOST_TITLE:
        raise DraftTitleWrong
    return wanted


def start(
    session: Session,
    board: Board,
    base: Deployment,
    layer: Mapping[str, bytes],
    title: str,
    actor: Actor,
    *,
    name: str = "",
    **said: object,
) -> VariationDraft:
    """Begin a draft over an edition with the files that it changes from the first.

    Takes:   session, with the Board's record held; name, of the variation; without one, the
             Board's key; said, what else the record says.
    """
    row = VariationDraft(
        id=new_id(),
        board_id=board.id,
        number=_last_number(session, board.id) + 1,
        name=name or _name(board.key),
        title=title,
        base_id=base.id,
        state="draft",
        revision=1 if layer else 0,
        begun_by=actor.account_id,
        begun_at=time_source.now(session),
    )
    session.add(row)
    session.flush()
    for path, source in layer.items():
        rows.write(session, row, path, source, actor)
    rows.record(session, "draft_begun", actor, row, edition=base.edition, title=title, **said)
    return row


def draft_head(draft_id: uuid.UUID, actor: Actor) -> DraftHead:
    """Return what stands at the head of the pages of a draft.

    Raises:  NotFound.
    """
    with db.reading() as session:
        return head(session, rows.to_read(session, draft_id, actor), actor)


def draft_page(draft_id: uuid.UUID, actor: Actor) -> DraftPage:
    """Return a draft with all its files, in order of their kinds and paths.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = rows.to_read(session, draft_id, actor)
        files = _Files(session, desk.row)
        return DraftPage(
            head(session, desk, actor), tuple(files.of(path) for path in files.paths())
        )


def draft_file(draft_id: uuid.UUID, path: str, actor: Actor) -> DraftFilePage:
    """Return one file of a draft.

    Raises:  NotFound; DraftPathWrong.
    """
    with db.reading() as session:
        desk = rows.to_read(session, draft_id, actor)
        files = _Files(session, desk.row)
        if path not in files.paths():
            sources.kind_of(path)
            raise NotFound
        return DraftFilePage(head(session, desk, actor), files.of(path))


def draft_files(draft_id: uuid.UUID, actor: Actor) -> dict[str, bytes]:
    """Return the files of a draft as they would be deployed, with those of its edition.

    Raises:  NotFound.
    """
    with db.reading() as session:
        return rows.resolved(session, rows.to_read(session, draft_id, actor).row)


def save_draft_file(
    draft_id: uuid.UUID, path: str, content: bytes, revision: int, actor: Actor
) -> int:
    """Keep a file of a draft, of TOML the keys that differ; return its revision from now on.

    Takes:   revision, that of the file from which the editor began, 0 for one nobody had written.
    Raises:  NotFound; DraftOver; DraftWaits; DraftPathWrong; DraftFileTooBig;
             DraftFileUnreadable; DraftChanged, where somebody else wrote it since.
    """
    return save_draft_files(draft_id, {path: (content, revision)}, actor)


def save_draft_files(
    draft_id: uuid.UUID, written: Mapping[str, tuple[bytes, int]], actor: Actor
) -> int:
    """Keep several files of a draft at once, or none; return the draft's revision from now on.

    Raises:  as `save_draft_file`.
    """
    for path, (content, _) in written.items():
        sources.kind_of(path)
        sources.require_readable(path, content)
    wanted = {path: (content, revision) for path, (content, revision) in written.items()}
    return _keep(draft_id, wanted, actor)


def restore_draft_file(draft_id: uuid.UUID, path: str, revision: int, actor: Actor) -> int:
    """Let the edition's file count again, or take out one that only the variation has.

    Raises:  NotFound; DraftOver; DraftWaits; DraftPathWrong; DraftChanged.
    """
    sources.kind_of(path)
    return _keep(draft_id, {path: (None, revision)}, actor)


def lay_draft_aside(draft_id: uuid.UUID, actor: Actor) -> None:
    """End a draft that nobody is to publish; what was written stays on record.

    Raises:  NotFound; DraftOver; DraftWaits.
    """
    with db.transaction() as session:
        desk = rows.to_change(session, draft_id, actor)
        row = desk.row
        row.state, row.ended_by, row.ended_at = "laid_aside", actor.account_id, _now(session)
        row.revision += 1
        rows.record(session, "draft_laid_aside", actor, row)


def head(session: Session, desk: Desk, actor: Actor) -> DraftHead:
    """Return what stands at the head of the pages of a draft."""
    row = desk.row
    base = session.get_one(Deployment, row.base_id)
    published = session.get(Deployment, row.deployment_id) if row.deployment_id else None
    return DraftHead(
        id=row.id,
        key=desk.board.key,
        board=rows.board_name(desk.board),
        number=row.number,
        name=row.name,
        title=row.title,
        edition=base.edition,
        edition_title=rows.edition_title(session, base),
        state=row.state,
        revision=row.revision,
        note=row.note,
        begun_by=_called(session, row.begun_by),
        begun_at=row.begun_at,
        proposed_by=_called(session, row.proposed_by),
        proposed_at=row.proposed_at,
        ended_by=_called(session, row.ended_by),
        ended_at=row.ended_at,
        version=published.number if published else None,
        may_design="design" in desk.acts,
        may_change="design" in desk.acts and row.state == "draft",
        may_publish=row.state == "proposed"
        and "publish" in desk.acts
        and not has_written(session, row, actor),
        others=tuple(_others(session, row, actor)),
    )


def has_written(session: Session, row: VariationDraft, actor: Actor) -> bool:
    """Say whether a person proposed a draft or wrote anything in it, and so cannot publish it."""
    wrote = select(VariationFile.id).where(
        VariationFile.draft_id == row.id, VariationFile.written_by == actor.account_id
    )
    mine = actor.account_id in (row.begun_by, row.proposed_by)
    return mine or session.scalar(wrote.limit(1)) is not None


class _Files:
    """The files of a draft, over those of its edition."""

    def __init__(self, session: Session, row: VariationDraft) -> None:
        self._session = session
        self._below = deployments.load(session, row.base_id)
        self._written = rows.newest_files(session, row.id)
        layer = {path: one.source for path, one in self._written.items() if one.source is not None}
        self._layer = layer
        self._resolved = deployments.lay(self._below.sources, layer, row.name)
        own = {path: self._resolved[path] for path in layer}
        self._own: Reading = deployments.read(own)

    def paths(self) -> list[str]:
        """Return the path of each file that a variation may change or that this one has."""
        known = {
            path
            for path in {*self._below.sources, *self._written}
            if path not in (deployments.STATUTORY, deployments.LABEL) and _is_known(path)
        }
        return sorted(known, key=lambda path: (_ORDER[sources.kind_of(path)], path))

    def of(self, path: str) -> DraftFile:
        """Return a file."""
        written, edition = self._written.get(path), self._below.sources.get(path)
        own = self._layer.get(path)
        content = self._resolved.get(path)
        things: Reading | Definitions = self._own if own is not None else self._below
        return DraftFile(
            path=path,
            kind=sources.kind_of(path),
            key=PurePosixPath(path).stem,
            title=sources.title(path, content or edition or b"", things),
            state=_state(own, edition),
            revision=written.row.revision if written else 0,
            content=content,
            own=own,
            edition=edition,
            changed_by=_called(self._session, written.row.written_by) if written else "",
            changed_at=written.row.written_at if written else None,
        )


_ORDER: dict[Kind, int] = {
    "process": 0,
    "form": 1,
    "decision": 2,
    "rows": 3,
    "letter": 4,
    "layout": 5,
}


def _state(own: bytes | None, edition: bytes | None) -> FileState:
    if own is not None:
        return "own" if edition is None else "changed"
    return "removed" if edition is None else "edition"


def _is_known(path: str) -> bool:
    try:
        sources.kind_of(path)
    except sources.DraftPathWrong:
        return False
    return True


def _keep(draft_id: uuid.UUID, wanted: Mapping[str, tuple[bytes | None, int]], actor: Actor) -> int:
    with db.transaction() as session:
        row = rows.to_change(session, draft_id, actor).row
        written = rows.newest_files(session, row.id)
        changed = {
            path: content
            for path, (content, _) in wanted.items()
            if path not in written or written[path].source != content
        }
        for path in changed:
            _require_unchanged(session, written.get(path), wanted[path][1])
        if not changed:
            return max((written[path].row.revision for path in wanted), default=row.revision)
        row.revision += 1
        for path, content in changed.items():
            rows.write(session, row, path, content, actor)
        rows.record(session, "draft_changed", actor, row, files=sorted(changed))
        return row.revision


def _require_unchanged(session: Session, written: Written | None, revision: int) -> None:
    if written is not None and written.row.revision != revision:
        raise DraftChanged(
            name=_called(session, written.row.written_by),
            at=written.row.written_at,
        )


def _begun_from(
    session: Session, edition: str, before: Deployment | None
) -> tuple[Deployment, dict[str, bytes]]:
    """Return the edition to lay a draft over, and what it holds from the first."""
    if before is None:
        there = {offer_key(row): row for row in deployments.offers(session)}
        if edition not in there:
            raise EditionNotThere
        if not there[edition].variation:
            return there[edition], {}
        before = there[edition]
    files = deployments.load(session, before.id).sources
    below = deployments.edition_below(files)
    base = deployments.deploy(session, below, actor=audit.SYSTEM, opens_cases=False, offered=False)
    return base, deployments.layer_of(files)


def offer_key(row: Deployment) -> str:
    """Return by which key a draft is begun from what is offered to every Board."""
    return f"{row.edition}/{row.variation}".removesuffix("/")


def _version(session: Session, board_id: uuid.UUID, number: int | None) -> Deployment | None:
    if number is None:
        return None
    for row in deployments.versions(session, board_id):
        if row.number == number:
            return row
    raise NotFound


def _last_number(session: Session, board_id: uuid.UUID) -> int:
    of_board = select(func.max(VariationDraft.number)).where(VariationDraft.board_id == board_id)
    return session.scalar(of_board) or 0


def _name(key: str) -> str:
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode().lower()
    return _NO_NAME.sub("_", plain).strip("_") or "board"


def _others(session: Session, row: VariationDraft, actor: Actor) -> list[OtherWriter]:
    lately = session.execute(
        select(Account.name, VariationFile.written_at, VariationFile.path)
        .join(Account, Account.id == VariationFile.written_by)
        .where(
            VariationFile.draft_id == row.id,
            VariationFile.written_by != actor.account_id,
            VariationFile.written_at > _now(session) - LATELY,
        )
        .order_by(VariationFile.revision.desc(), VariationFile.path)
    )
    found: dict[str, OtherWriter] = {}
    for name, at, path in lately:
        found.setdefault(name, OtherWriter(name, at, path))
    return list(found.values())


def _called(session: Session, account_id: uuid.UUID | None) -> str:
    account = session.get(Account, account_id) if account_id else None
    return account.name if account else ""


def _now(session: Session) -> datetime:
    return time_source.now(session)
