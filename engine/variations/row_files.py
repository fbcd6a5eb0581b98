"""Change rows of a draft: timescales, facts, milestones, reasons, and the texts of letters.

A row is changed by itself: two people who write different rows of one file do not get in each
other's way, and nobody writes over a row that somebody else changed since they looked at it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.comparing import ROWS
from engine.deployments import FACTS, LETTERS, MILESTONES, REASONS, TIMESCALES, lay_over
from engine.deployments.toml_merge import toml_of
from engine.deployments.toml_rows import lay_row, read_rows
from engine.errors import EngineError, InvalidDefinition, NotFound
from engine.facts import parse_facts
from engine.letters import parse_letter
from engine.milestones import parse_milestones
from engine.people import Actor
from engine.statutory import parse_reasons
from engine.texts import Text
from engine.timescales import parse_timescales
from engine.variations import sources
from engine.variations.drafts import (
    DraftChanged,
    DraftFile,
    DraftHead,
    draft_file,
    draft_head,
    restore_draft_file,
    save_draft_file,
)
from engine.variations.rows import DraftOver, DraftWaits

Row = Mapping[str, Any]

_PARSERS: Mapping[str, Callable[[bytes, str], object]] = {
    TIMESCALES: parse_timescales,
    FACTS: parse_facts,
    MILESTONES: parse_milestones,
    REASONS: parse_reasons,
}


class DraftRowRefused(EngineError):
    """This was not kept, because {element} {reason}. What to do: {remedy}."""

    status = 422


class DraftRowWrong(EngineError):
    """There is a problem with what you entered. Put it right and save it again."""

    status = 422

    def __init__(self, problems: Mapping[str, Text]) -> None:
        """Take what is wrong by the name of the question."""
        self.problems = problems
        super().__init__()


@dataclass(frozen=True)
class DraftRow:
    """A row: what the draft has, what lies below, and what its layer says; None where nothing."""

    key: str
    now: Row | None
    edition: Row | None
    own: Row | None

    @property
    def state(self) -> str:
        """Return whose it is: of the edition, changed, or the variation's own."""
        if self.own is None:
            return "edition"
        return "changed" if self.edition is not None else "own"


@dataclass(frozen=True)
class DraftRows:
    """A file of rows of a draft; `seen` is told when a row is kept, so that nothing is lost."""

    head: DraftHead
    path: str
    rows: tuple[DraftRow, ...]
    content: bytes
    edition: bytes

    def row(self, key: str) -> DraftRow:
        """Return a row.

        Raises:  NotFound.
        """
        for row in self.rows:
            if row.key == key:
                return row
        raise NotFound

    def seen(self, *keys: str) -> str:
        """Return what tells whether any of these rows changed since."""
        rows = {row.key: row.now for row in self.rows if row.now is not None and row.key in keys}
        return hashlib.sha256(toml_of(rows)).hexdigest()[:16]


def rows_of_draft(draft_id: uuid.UUID, path: str, actor: Actor) -> DraftRows:
    """Return the rows of a file of a draft, also of one that is not there yet.

    Raises:  NotFound; DraftPathWrong.
    """
    return _opened(draft_id, path, actor)[0]


def save_draft_rows(
    draft_id: uuid.UUID, path: str, rows: Mapping[str, Row | None], seen: str, actor: Actor
) -> None:
    """Keep rows of a draft, as what differs from the edition; None: as the edition has it.

    Takes:   seen, of these rows, as the page had it on which they were changed.
    Raises:  NotFound; DraftPathWrong; DraftOver; DraftWaits; DraftChanged; DraftRowRefused, for
             rows that cannot be read.
    """
    found, file = _opened(draft_id, path, actor)
    if seen != found.seen(*rows):
        raise DraftChanged(name=file.changed_by, at=file.changed_at)
    layer = file.own or b""
    for key, row in rows.items():
        layer = lay_row(found.edition, layer, key, row)
    if read_rows(layer):
        _require_read(path, lay_over(found.edition, layer, path))
        save_draft_file(draft_id, path, layer, file.revision, actor)
    elif file.own is not None:
        restore_draft_file(draft_id, path, file.revision, actor)


def require_change(head: DraftHead) -> None:
    """Refuse what nobody, or not this person, may change, before looking at what was typed.

    Raises:  NotFound; DraftWaits; DraftOver.
    """
    if not head.may_design:
        raise NotFound
    if head.state == "proposed":
        raise DraftWaits
    if head.state != "draft":
        raise DraftOver


def _opened(draft_id: uuid.UUID, path: str, actor: Actor) -> tuple[DraftRows, DraftFile]:
    try:
        page = draft_file(draft_id, path, actor)
        head, file = page.head, page.file
    except NotFound:
        head = draft_head(draft_id, actor)
        kind, title = sources.kind_of(path), ROWS.get(path, head.board)
        file = DraftFile(path, kind, path, title, "removed", 0, None, None, None, "", None)
    now, edition, own = (
        read_rows(source or b"") for source in (file.content, file.edition, file.own)
    )
    keys = [*edition, *(key for key in now if key not in edition)]
    rows = tuple(DraftRow(key, now.get(key), edition.get(key), own.get(key)) for key in keys)
    return DraftRows(head, path, rows, file.content or b"", file.edition or b""), file


def _require_read(path: str, source: bytes) -> None:
    parse = parse_letter if path.startswith(LETTERS) else _PARSERS[path]
    try:
        parse(source, path)
    except InvalidDefinition as invalid:
        told = invalid.details
        raise DraftRowRefused(
            element=told["element"], reason=told["reason"], remedy=told["remedy"]
        ) from None
