"""Find the drafts of a Board's variation, and what their files hold, for whoever may know."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from engine import access, audit, deployments, people, time_source
from engine.errors import EngineError, NotFound
from engine.models import Board, Deployment, FileContent, VariationDraft, VariationFile
from engine.people import Actor
from engine.texts import Text

Act = Literal["read", "design", "publish"]


class DraftOver(EngineError):
    """This draft is published or laid aside, so nothing is changed in it. Open a new one."""

    status = 409


class DraftWaits(EngineError):
    """This draft waits to be published, so nothing is changed in it. To go on, ask for it back first."""  # noqa: E501

    status = 409


@dataclass(frozen=True)
class Desk:
    """A draft of a Board, and what this person may do to the Board's variation."""

    row: VariationDraft
    board: Board
    acts: frozenset[str]


@dataclass(frozen=True)
class Written:
    """The newest version of a file of a draft; None for the source: the edition's counts again."""

    row: VariationFile
    source: bytes | None


def board_named(session: Session, key: str, actor: Actor, act: Act) -> tuple[Board, frozenset[str]]:
    """Return a Board by its key, and what a person may do to its variation.

    Raises:  NotFound, for whoever may not do what is asked.
    """
    board = session.scalar(select(Board).where(Board.key == key))
    acts = access.variation_acts(session, actor, board.id) if board else frozenset()
    if board is None or act not in acts:
        raise NotFound
    return board, acts


def boards(session: Session, actor: Actor) -> list[Board]:
    """Return the Boards of whose variation a person knows, in order of their names."""
    return [
        board
        for board, _ in people.boards_of(session, actor)
        if access.variation_acts(session, actor, board.id)
    ]


def to_read(session: Session, draft_id: uuid.UUID, actor: Actor, act: Act = "read") -> Desk:
    """Return a draft.

    Raises:  NotFound, for whoever may not do what is asked.
    """
    row = session.get(VariationDraft, draft_id)
    acts = access.variation_acts(session, actor, row.board_id) if row else frozenset()
    if row is None or act not in acts:
        raise NotFound
    return Desk(row, session.get_one(Board, row.board_id), acts)


def to_change(session: Session, draft_id: uuid.UUID, actor: Actor) -> Desk:
    """Return a draft to write in, with the Board's record held.

    Raises:  NotFound; DraftOver; DraftWaits.
    """
    desk = to_read(session, draft_id, actor, "design")
    hold(session, desk.row)
    require_open(desk.row)
    return desk


def hold(session: Session, row: VariationDraft) -> None:
    """Keep everybody else from changing a draft until the end of the transaction; read it anew."""
    audit.hold(session, row.board_id)
    session.refresh(row)


def require_open(row: VariationDraft) -> None:
    """Refuse to write in a draft that is over, or that somebody is asked to publish.

    Raises:  DraftOver; DraftWaits.
    """
    if row.state == "proposed":
        raise DraftWaits
    if row.state != "draft":
        raise DraftOver


def newest_files(
    session: Session, draft_id: uuid.UUID, revision: int | None = None
) -> dict[str, Written]:
    """Return the newest version of each file that was ever written in a draft, by path.

    Takes:   revision, of the draft as it was; left out, as it is now.
    """
    as_it_was = true() if revision is None else VariationFile.revision <= revision
    newest = (
        select(VariationFile.path, func.max(VariationFile.revision).label("revision"))
        .where(VariationFile.draft_id == draft_id, as_it_was)
        .group_by(VariationFile.path)
        .subquery()
    )
    rows = session.execute(
        select(VariationFile, FileContent.content)
        .join(newest, VariationFile.path == newest.c.path)
        .outerjoin(FileContent, FileContent.hash == VariationFile.content_hash)
        .where(VariationFile.draft_id == draft_id, VariationFile.revision == newest.c.revision)
        .order_by(VariationFile.path)
    )
    return {
        row.path: Written(row, None if content is None else bytes(content)) for row, content in rows
    }


def layer(session: Session, draft_id: uuid.UUID, revision: int | None = None) -> dict[str, bytes]:
    """Return what a draft changes of its edition and adds to it, by path; also as it was."""
    return {
        path: written.source
        for path, written in newest_files(session, draft_id, revision).items()
        if written.source is not None
    }


def edition_files(session: Session, row: VariationDraft) -> dict[str, bytes]:
    """Return the files of the edition under a draft."""
    return dict(deployments.load(session, row.base_id).sources)


def resolved(
    session: Session, row: VariationDraft, revision: int | None = None
) -> dict[str, bytes]:
    """Return the files of a draft, over its edition, as they would be deployed; or as it was."""
    above = layer(session, row.id, revision)
    return deployments.lay(edition_files(session, row), above, row.name)


def write(
    session: Session, row: VariationDraft, path: str, source: bytes | None, actor: Actor
) -> None:
    """Add a version of a file, with the draft's revision as it is by now."""
    now = time_source.now(session)
    session.add(
        VariationFile(
            board_id=row.board_id,
            draft_id=row.id,
            path=path,
            revision=row.revision,
            content_hash=None if source is None else deployments.keep_content(session, source),
            written_by=actor.account_id,
            written_at=now,
        )
    )


def record(session: Session, event: str, actor: Actor, row: VariationDraft, **data: object) -> None:
    """Put on the Board's record what was done to a draft."""
    session.flush()
    audit.append(
        session,
        event,
        str(actor.account_id),
        board_id=row.board_id,
        subject=row.name,
        data={"draft": str(row.id), "number": row.number, "revision": row.revision, **data},
    )


def edition_title(session: Session, row: Deployment) -> Text:
    """Return what the edition is called that a deployment is, or is laid over."""
    bases = deployments.load(session, row.id).bases
    titles = [basis.title for basis in bases if not basis.edition]
    return titles[0] if titles else Text(row.edition, row.edition)


def board_name(board: Board) -> Text:
    """Return what a Board is called."""
    return Text(board.name_en, board.name_cy)
