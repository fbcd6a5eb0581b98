"""Put a newer edition under a draft: what the edition changed, what the draft did, and both."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import comparing, db, deployments
from engine.comparing import FileComparison, Names
from engine.errors import EngineError
from engine.models import Deployment, VariationDraft
from engine.people import Actor
from engine.texts import Text
from engine.variations import rows
from engine.variations.drafts import DraftHead, head
from engine.variations.publishing import DraftMovedOn

#: What may be done with a file that both changed.
OWN, EDITION, MERGED = "own", "edition", "merged"


class ChoiceMissing(EngineError):
    """Choose for each file that both changed which of the two it is to be."""

    status = 422

    def __init__(self, paths: tuple[str, ...]) -> None:
        """Take the files for which nothing was chosen."""
        self.paths = paths
        super().__init__()


class NothingNewer(EngineError):
    """There is no newer state of this edition. Go on with the draft as it is."""

    status = 409


@dataclass(frozen=True)
class FileUpgrade:
    """A file that the edition, the draft or both changed since the draft stood on it.

    `both` are the parts of it that both changed; `choices` what may be done, the proposed one
    first; empty where there is nothing to choose. A proposal is made only where nothing is lost.
    """

    path: str
    kind: str
    title: Text
    by_edition: FileComparison | None
    by_draft: FileComparison | None
    both: tuple[Text, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def proposed(self) -> str:
        """Return what is done where nobody chooses; empty where somebody has to."""
        return MERGED if MERGED in self.choices else ""


@dataclass(frozen=True)
class UpgradePage:
    """A draft, and what a newer state of its edition would change; None where there is none."""

    head: DraftHead
    base_at: datetime
    newer: uuid.UUID | None
    newer_at: datetime | None
    newer_note: str
    files: tuple[FileUpgrade, ...]


def upgrade_page(draft_id: uuid.UUID, actor: Actor) -> UpgradePage:
    """Return what laying a draft over the newest state of its edition would change.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = rows.to_read(session, draft_id, actor)
        base = session.get_one(Deployment, desk.row.base_id)
        newer = _newer(session, base)
        files = _upgrades(session, desk.row, newer) if newer else ()
        return UpgradePage(
            head=head(session, desk, actor),
            base_at=base.deployed_at,
            newer=newer.id if newer else None,
            newer_at=newer.deployed_at if newer else None,
            newer_note=newer.note if newer else "",
            files=files,
        )


def upgrade_draft(
    draft_id: uuid.UUID,
    newer_id: uuid.UUID,
    revision: int,
    choices: Mapping[str, str],
    actor: Actor,
) -> int:
    """Lay a draft over the newest state of its edition; return its revision from now on.

    Takes:   newer_id and revision, as this person saw them; choices, by path.
    Raises:  NotFound; DraftOver; DraftWaits; NothingNewer; DraftMovedOn; ChoiceMissing.
    """
    with db.transaction() as session:
        row = rows.to_change(session, draft_id, actor).row
        base = session.get_one(Deployment, row.base_id)
        newer = _newer(session, base)
        if newer is None:
            raise NothingNewer
        if newer.id != newer_id or row.revision != revision:
            raise DraftMovedOn
        upgrades = _upgrades(session, row, newer)
        chosen = {each.path: choices.get(each.path, "") or each.proposed for each in upgrades}
        missing = tuple(
            each.path for each in upgrades if each.choices and chosen[each.path] not in each.choices
        )
        if missing:
            raise ChoiceMissing(missing)
        layers = _Layers(session, row, newer)
        settled = {each.path: layers.settled(each, chosen[each.path]) for each in upgrades}
        row.revision += 1
        written = layers.layer
        for path, source in settled.items():
            if written.get(path) != source:
                rows.write(session, row, path, source, actor)
        row.base_id = newer.id
        kept = {path: choice for path, choice in chosen.items() if choice}
        rows.record(session, "draft_upgraded", actor, row, edition=newer.hash, chosen=kept)
        return row.revision


def _newer(session: Session, base: Deployment) -> Deployment | None:
    for row in deployments.editions(session):
        if row.edition == base.edition and row.id != base.id and row.number > base.number:
            return row
    return None


def _upgrades(session: Session, row: VariationDraft, newer: Deployment) -> tuple[FileUpgrade, ...]:
    return tuple(_Layers(session, row, newer).upgrades())


class _Layers:
    """A draft's layer over the edition as it was, and the edition as it is."""

    def __init__(self, session: Session, row: VariationDraft, newer: Deployment) -> None:
        self.layer = rows.layer(session, row.id)
        self._old = rows.edition_files(session, row)
        self._new = dict(deployments.load(session, newer.id).sources)
        self._own = deployments.lay(self._old, self.layer, row.name)
        self._names = Names(self._old), Names(self._new), Names(self._own)

    def upgrades(self) -> Iterator[FileUpgrade]:
        """Yield each file that either changed, those that both did first."""
        paths = {path for path in self.layer if self._by_draft(path)}
        changed = {
            path
            for path in {*self._old, *self._new}
            if comparing.is_definition(path) and self._old.get(path) != self._new.get(path)
        }
        found = [self._upgrade(path, path in changed, path in paths) for path in changed | paths]
        yield from sorted(found, key=lambda each: (not each.choices, each.kind, each.path))

    def _by_draft(self, path: str) -> bool:
        return self._own.get(path) != self._old.get(path)

    def _upgrade(self, path: str, by_edition: bool, by_draft: bool) -> FileUpgrade:
        old, new, own = self._names
        was = self._old.get(path)
        theirs = comparing.compare_file(path, was, self._new.get(path), old, new)
        mine = comparing.compare_file(path, was, self._own.get(path), old, own)
        return FileUpgrade(
            path=path,
            kind=mine.kind,
            title=(mine if by_draft else theirs).title,
            by_edition=theirs if by_edition else None,
            by_draft=mine if by_draft else None,
            both=tuple(_both(theirs, mine)) if by_edition and by_draft else (),
            choices=self._choices(path) if by_edition and by_draft else (),
        )

    def _choices(self, path: str) -> tuple[str, ...]:
        """Return what may be done with a file that both changed."""
        own, new, was = self._own.get(path), self._new.get(path), self._old.get(path)
        if own == new:
            return ()
        if path.endswith(".toml") and was is not None and new is not None:
            return (OWN, EDITION) if self._clashes(path) else ()
        if None not in (was, own, new) and self._merged(path) is not None:
            return (MERGED, OWN, EDITION)
        return (OWN, EDITION)

    def settled(self, upgrade: FileUpgrade, choice: str) -> bytes | None:
        """Return what the layer holds of a file from now on; None: as the edition has it."""
        path, own = upgrade.path, self.layer.get(upgrade.path)
        new = self._new.get(path)
        if own is None:
            return None
        if path.endswith(".toml") and path in self._old and new is not None:
            if choice == EDITION:
                own = deployments.without(own, self._clashes(path))
            kept = deployments.difference(new, deployments.lay_over(new, own, ""))
            return own if kept.strip() else None
        if choice == MERGED:
            own = self._merged(path)
        return None if choice == EDITION or own == new else own

    def _clashes(self, path: str) -> list[tuple[str, ...]]:
        return deployments.clashes(self._old[path], self._new[path], self.layer[path])

    def _merged(self, path: str) -> bytes | None:
        return comparing.merge_files(path, self._old[path], self._new[path], self._own[path])


def _both(theirs: FileComparison, mine: FileComparison) -> Iterator[Text]:
    """Yield what of a file both changed, in the words of the draft's change."""
    touched = {(each.part, each.aspect) for each in theirs.differences}
    whole = {part for part, aspect in touched if not aspect}
    parts = {part for part, _ in touched}
    for each in mine.differences:
        is_same = (each.part, each.aspect) in touched or each.part in whole
        if each.part and (is_same or (not each.aspect and each.part in parts)):
            yield each.what
