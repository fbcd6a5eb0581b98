"""Put a draft in force: whoever wrote it proposes it, somebody else publishes it with a note."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, deployments, time_source
from engine.errors import EngineError
from engine.models import Account, Board, Deployment, VariationDraft
from engine.people import Actor
from engine.texts import Text
from engine.variations import drafts, rows
from engine.variations.checking import last_check
from engine.variations.drafts import has_written

MOST_NOTE = 1_000


class DraftNotChecked(EngineError):
    """This draft has changed since it was checked, or never was. Go to the checks and run them first."""  # noqa: E501

    status = 409


class DraftNotRight(EngineError):
    """Put right first what the checks find in this draft: {count} things keep it from being published."""  # noqa: E501

    status = 422


class DraftEmpty(EngineError):
    """This draft changes nothing yet. Change a file of it first."""

    status = 422


class DraftNoteMissing(EngineError):
    """Say why this is published, in at most 1,000 characters. Whoever looks at it later reads that."""  # noqa: E501

    status = 422


class DraftNotProposed(EngineError):
    """This draft does not wait to be published. Look at it as it is now."""

    status = 409


class DraftMovedOn(EngineError):
    """This draft has changed since you opened this page. Look at it as it is now."""

    status = 409


class OtherPublishes(EngineError):
    """Whoever wrote in a draft cannot publish it. Ask another designer or an administrator."""

    status = 403


@dataclass(frozen=True)
class DraftLine:
    """A draft in the list of a Board's."""

    id: uuid.UUID
    number: int
    title: str
    edition: str
    state: str
    begun_by: str
    begun_at: datetime
    ended_at: datetime | None
    version: int | None


@dataclass(frozen=True)
class DraftWaiting:
    """A draft that waits for somebody to publish it."""

    id: uuid.UUID
    number: int
    title: str
    board: Text


@dataclass(frozen=True)
class VersionLine:
    """A version of a Board's own; `draft` is where it was written, None if it came otherwise."""

    number: int
    edition: str
    variation: str
    note: str
    deployed_at: datetime
    opens_cases: bool
    draft: uuid.UUID | None


@dataclass(frozen=True)
class Offer:
    """An edition, or a variation of one, from which any Board may begin a draft."""

    key: str
    title: Text
    is_variation: bool


@dataclass(frozen=True)
class VariationsPage:
    """A Board's drafts and versions, the newest first, and what is offered to begin from.

    `in_force` is the number of its version that opens cases now, None where it uses an edition as
    it is; `edition` is what its edition is called.
    """

    key: str
    board: Text
    acts: frozenset[str]
    in_force: int | None
    edition: Text
    offers: tuple[Offer, ...]
    drafts: tuple[DraftLine, ...]
    versions: tuple[VersionLine, ...]


def variation_boards(actor: Actor) -> list[tuple[str, Text]]:
    """Return key and name of the Boards on whose variation a person works."""
    with db.reading() as session:
        return [(board.key, rows.board_name(board)) for board in rows.boards(session, actor)]


def drafts_waiting(actor: Actor) -> list[DraftWaiting]:
    """Return the drafts that wait for this person to publish them or send them back."""
    with db.reading() as session:
        boards = {board.id: board for board in rows.boards(session, actor)}
        found = session.scalars(
            select(VariationDraft)
            .where(VariationDraft.board_id.in_(boards), VariationDraft.state == "proposed")
            .order_by(VariationDraft.proposed_at, VariationDraft.id)
        )
        return [
            DraftWaiting(row.id, row.number, row.title, rows.board_name(boards[row.board_id]))
            for row in found
            if not has_written(session, row, actor)
        ]


def variations_page(key: str, actor: Actor) -> VariationsPage:
    """Return the drafts and versions of a Board.

    Raises:  NotFound.
    """
    with db.reading() as session:
        board, acts = rows.board_named(session, key, actor, "read")
        now = deployments.newest(session, board.id)
        return VariationsPage(
            key=board.key,
            board=rows.board_name(board),
            acts=acts,
            in_force=now.number if now.board_id == board.id else None,
            edition=rows.edition_title(session, now),
            offers=tuple(_offer(session, row) for row in deployments.offers(session)),
            drafts=tuple(_drafts(session, board)),
            versions=tuple(_versions(session, board)),
        )


def propose_draft(draft_id: uuid.UUID, revision: int, note: str, actor: Actor) -> None:
    """Ask that a draft be published; nobody changes it until that is done or taken back.

    Takes:   revision, of the draft as this person saw it; note, why it is to be published.
    Raises:  NotFound; DraftOver; DraftWaits; DraftMovedOn; DraftEmpty; DraftNotChecked;
             DraftNotRight; DraftNoteMissing.
    """
    with db.transaction() as session:
        row = rows.to_change(session, draft_id, actor).row
        if row.revision != revision:
            raise DraftMovedOn
        in_force = deployments.newest(session, row.board_id)
        if in_force.board_id is None and not rows.layer(session, row.id):
            raise DraftEmpty
        check = last_check(session, row)
        if check is None or not check.is_current:
            raise DraftNotChecked
        if check.errors:
            raise DraftNotRight(count=len(check.errors))
        row.note = _note(note)
        row.state, row.proposed_by = "proposed", actor.account_id
        row.proposed_at = time_source.now(session)
        rows.record(session, "draft_proposed", actor, row, note=row.note)


def take_back_draft(draft_id: uuid.UUID, actor: Actor) -> None:
    """Let a draft that waits be changed again.

    Raises:  NotFound; DraftNotProposed.
    """
    with db.transaction() as session:
        desk = rows.to_read(session, draft_id, actor, "design")
        _to_decide(session, desk.row)
        desk.row.state = "draft"
        rows.record(session, "draft_taken_back", actor, desk.row)


def send_draft_back(draft_id: uuid.UUID, revision: int, note: str, actor: Actor) -> None:
    """Do not publish a draft that waits, and say why; it is changed again.

    Raises:  NotFound; DraftNotProposed; DraftMovedOn; DraftNoteMissing.
    """
    with db.transaction() as session:
        row = rows.to_read(session, draft_id, actor, "publish").row
        _to_decide(session, row, revision)
        said = _note(note)
        row.state = "draft"
        rows.record(session, "draft_sent_back", actor, row, note=said)


def publish_draft(draft_id: uuid.UUID, revision: int, note: str, actor: Actor) -> int:
    """Open new cases of the Board with a draft from now on; return the number of the version.

    Takes:   revision, of the draft as this person saw it; note, what they say to it.
    Raises:  NotFound; DraftNotProposed; DraftMovedOn; OtherPublishes; DraftNoteMissing;
             InvalidDeployment, where a check finds an error after all.
    """
    with db.reading() as session:
        files = _to_deploy(session, rows.to_read(session, draft_id, actor, "publish").row)
    # The checks take seconds and are remembered by what they read: before anything is held.
    deployments.check(files)
    with db.transaction() as session:
        desk = rows.to_read(session, draft_id, actor, "publish")
        row = desk.row
        _to_decide(session, row, revision)
        if has_written(session, row, actor):
            raise OtherPublishes
        said = _note(note)
        deployed = deployments.deploy(
            session,
            _to_deploy(session, row),
            actor=str(actor.account_id),
            board_id=row.board_id,
            note=f"{row.note}\n{said}" if row.note != said else said,
        )
        row.state, row.deployment_id = "published", deployed.id
        row.ended_by, row.ended_at = actor.account_id, time_source.now(session)
        rows.record(session, "draft_published", actor, row, version=deployed.number, note=said)
        return deployed.number


def _offer(session: Session, row: Deployment) -> Offer:
    return Offer(drafts.offer_key(row), offer_title(session, row), bool(row.variation))


def offer_title(session: Session, row: Deployment) -> Text:
    """Return what an edition, or a variation that every Board may begin from, is called."""
    key = drafts.offer_key(row)
    bases = deployments.load(session, row.id).bases
    titles = [basis.title for basis in bases if bool(basis.edition) == bool(row.variation)]
    return titles[0] if titles else Text(key, key)


def _to_deploy(session: Session, row: VariationDraft) -> dict[str, bytes]:
    """Return the files of a draft, marked as its own: each that is published is a version."""
    above = rows.layer(session, row.id)
    return deployments.lay(rows.edition_files(session, row), above, row.name, draft=row.number)


def _to_decide(session: Session, row: VariationDraft, revision: int | None = None) -> None:
    """Hold a draft that waits to be published.

    Raises:  DraftNotProposed; DraftMovedOn.
    """
    rows.hold(session, row)
    if row.state != "proposed":
        raise DraftNotProposed
    if revision is not None and row.revision != revision:
        raise DraftMovedOn


def _note(note: str) -> str:
    said = note.strip()
    if not said or len(said) > MOST_NOTE:
        raise DraftNoteMissing
    return said


def _drafts(session: Session, board: Board) -> list[DraftLine]:
    found = session.execute(
        select(VariationDraft, Deployment.edition, Account.name)
        .join(Deployment, Deployment.id == VariationDraft.base_id)
        .join(Account, Account.id == VariationDraft.begun_by)
        .where(VariationDraft.board_id == board.id)
        .order_by(VariationDraft.number.desc())
    )
    numbers = {row.id: row.number for row in deployments.versions(session, board.id)}
    return [
        DraftLine(
            row.id,
            row.number,
            row.title,
            edition,
            row.state,
            name,
            row.begun_at,
            row.ended_at,
            numbers.get(row.deployment_id) if row.deployment_id else None,
        )
        for row, edition, name in found
    ]


def _versions(session: Session, board: Board) -> list[VersionLine]:
    of_board = select(VariationDraft).where(VariationDraft.board_id == board.id)
    drafts = {row.deployment_id: row.id for row in session.scalars(of_board)}
    return [
        VersionLine(
            row.number,
            row.edition,
            row.variation,
            row.note,
            row.deployed_at,
            row.opens_cases,
            drafts.get(row.id),
        )
        for row in deployments.versions(session, board.id)
    ]
