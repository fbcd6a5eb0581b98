"""Compare two versions of a Board's variation, be they published, drafts or editions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import comparing, db, deployments
from engine.comparing import FileComparison, Names
from engine.errors import NotFound
from engine.models import Board, Deployment, VariationDraft
from engine.people import Actor
from engine.texts import Text
from engine.variations import rows
from engine.variations.drafts import DraftHead, head
from engine.variations.publishing import offer_title


@dataclass(frozen=True)
class Side:
    """What may be compared: a version, an edition, a draft, or the edition below a draft.

    `kind` is version, edition, draft or base; `number` that of the version or draft; `called` is
    the name of the edition, `title` that of the draft.
    """

    kind: str
    number: int
    edition: str
    called: Text
    title: str = ""
    in_force: bool = False

    @property
    def key(self) -> str:
        """Return how an address names it: version-3, draft-4, edition-draft_2011."""
        return f"{self.kind}-{self.number or self.edition}"


@dataclass(frozen=True)
class VariationComparison:
    """What differs between two sides; None for both where there is nothing to compare yet.

    `draft` is the head of the draft whose page asks.
    """

    key: str
    board: Text
    acts: frozenset[str]
    sides: tuple[Side, ...]
    before: Side | None
    now: Side | None
    files: tuple[FileComparison, ...]
    draft: DraftHead | None = None


@dataclass(frozen=True)
class ComparedFile:
    """One file in two versions, None where a side has none, and what differs."""

    key: str
    board: Text
    before_side: Side
    now_side: Side
    file: FileComparison
    before: bytes | None
    now: bytes | None


def compare_variation(key: str, before: str, now: str, actor: Actor) -> VariationComparison:
    """Return what differs between two sides of a Board, named as `Side.key` does.

    Left out, the edition is compared with what is in force, or with the newest draft.
    Raises:  NotFound.
    """
    with db.reading() as session:
        board, acts = rows.board_named(session, key, actor, "read")
        sides = _Sides(session, board)
        first = sides.named(before) if before else sides.edition
        second = sides.named(now) if now else sides.latest
        return _compared(sides, board, acts, first, second)


def compare_draft(draft_id: uuid.UUID, before: str, actor: Actor) -> VariationComparison:
    """Return what a draft changes of the edition it is laid over, or of another side.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = rows.to_read(session, draft_id, actor)
        sides = _Sides(session, desk.board)
        first = sides.named(before or f"base-{desk.row.number}")
        now = sides.named(f"draft-{desk.row.number}")
        top = head(session, desk, actor)
        return _compared(sides, desk.board, desk.acts, first, now, top)


def compared_file(key: str, before: str, now: str, path: str, actor: Actor) -> ComparedFile:
    """Return a file in two versions.

    Raises:  NotFound, also where both sides have the same.
    """
    with db.reading() as session:
        board, _ = rows.board_named(session, key, actor, "read")
        sides = _Sides(session, board)
        first, second = sides.named(before), sides.named(now)
        old, new = sides.files(first), sides.files(second)
        if old.get(path) == new.get(path) or not comparing.is_definition(path):
            raise NotFound
        file = comparing.compare_file(path, old.get(path), new.get(path), Names(old), Names(new))
        name = rows.board_name(board)
        return ComparedFile(key, name, first, second, file, old.get(path), new.get(path))


def _compared(
    sides: _Sides,
    board: Board,
    acts: frozenset[str],
    before: Side | None,
    now: Side | None,
    draft: DraftHead | None = None,
) -> VariationComparison:
    both = before is not None and now is not None
    return VariationComparison(
        key=board.key,
        board=rows.board_name(board),
        acts=acts,
        sides=tuple(sides.all(draft)),
        before=before,
        now=now,
        files=comparing.compare(sides.files(before), sides.files(now)) if both else (),
        draft=draft,
    )


class _Sides:
    """What a Board has to compare."""

    def __init__(self, session: Session, board: Board) -> None:
        self._session, self._board = session, board
        in_force = deployments.newest(session, board.id).id
        self._versions = {
            Side("version", row.number, row.edition, _NO_NAME, in_force=row.id == in_force): row
            for row in deployments.versions(session, board.id)
        }
        self._editions = {
            Side("edition", 0, row.edition, offer_title(session, row)): row
            for row in deployments.editions(session)
        }
        of_board = select(VariationDraft).where(VariationDraft.board_id == board.id)
        drafts = session.scalars(of_board.order_by(VariationDraft.number.desc())).all()
        self._drafts = {self._of_draft("draft", row): row for row in drafts}
        self._bases = {self._of_draft("base", row): row for row in drafts}

    def all(self, draft: DraftHead | None) -> Iterator[Side]:
        """Yield what may be chosen; for a draft, first the edition it is laid over."""
        if draft is not None:
            yield from (side for side in self._bases if side.number == draft.number)
        yield from self._versions
        yield from self._editions
        yield from (side for side in self._drafts if draft is None or side.number != draft.number)

    @property
    def edition(self) -> Side | None:
        """Return the edition that the Board's newest cases follow, as it is now."""
        edition = deployments.newest(self._session, self._board.id).edition
        return next((side for side in self._editions if side.edition == edition), None)

    @property
    def latest(self) -> Side | None:
        """Return the version in force, or else the newest draft."""
        in_force = [side for side in self._versions if side.in_force]
        return next(iter((*in_force, *self._drafts)), None)

    def named(self, key: str) -> Side:
        """Return a side by its key.

        Raises:  NotFound.
        """
        for side in (*self._versions, *self._editions, *self._drafts, *self._bases):
            if side.key == key:
                return side
        raise NotFound

    def files(self, side: Side | None) -> Mapping[str, bytes]:
        """Return the files of a side."""
        if side in self._drafts:
            return rows.resolved(self._session, self._drafts[side])
        if side in self._bases:
            return rows.edition_files(self._session, self._bases[side])
        found = {**self._versions, **self._editions}
        return deployments.load(self._session, found[side].id).sources if side else {}

    def _of_draft(self, kind: str, row: VariationDraft) -> Side:
        base = self._session.get_one(Deployment, row.base_id)
        return Side(kind, row.number, base.edition, offer_title(self._session, base), row.title)


_NO_NAME = Text("", "")
