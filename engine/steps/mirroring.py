"""Let facts of a case follow those of a case that it opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from engine import facts, feel, store, time_source
from engine.deployments import Definitions
from engine.facts import CASE, CLOSED_ON, OUTCOME, FactDeclaration
from engine.models import Case, CaseLink, Item
from engine.store import NO_ITEM, CaseFile

#: The audit event of the case that a report came to.
REPORTED = "linked_case_reported"


@dataclass(frozen=True)
class Mirrored:
    """What a report changed in the case that it came to."""

    process: str
    identifier: str
    item: str
    facts: tuple[str, ...]
    corrects: bool

    @property
    def data(self) -> dict[str, Any]:
        """Return what the audit event says: names and keys, no value."""
        return {"from": self.identifier, "item": self.item, "facts": list(self.facts)}


@dataclass(frozen=True)
class _Link:
    case_id: uuid.UUID
    process: str
    item: str
    linked_at: datetime


def has_news(file: CaseFile) -> bool:
    """Say whether this transaction changed what another case may follow; it costs no query.

    What is followed is looked up in this case's own deployment; an end is always news.
    """
    if file.closes:
        return True
    watched, lists = _watched(file.definitions, file.case.process)
    moved = lists and file.items_moved
    return moved or any(name in watched for name, _ in file.facts_changed)


def mirror(opener: CaseFile, reporter: CaseFile) -> Mirrored:
    """Write what a case reports into the one that opened it; the opener's deployment says what.

    A fact that several linked cases report follows the one that was opened last, for its item.
    The caller holds the lock of the opener.
    """
    links = list(_links(opener))
    own = next(link for link in links if link.case_id == reporter.case.id)
    names = {**reporter.names(None), **_of_its_end(reporter.case)}
    values: dict[tuple[str, str], feel.Value] = {}
    for declaration, keys in facts.followed(opener.definitions.facts, own.process):
        if _fits(opener, declaration, own) and not _is_overtaken(declaration, own, links):
            values[declaration.name, own.item] = facts.as_reported(declaration, keys, names)
    known = {key for key in values if (held := opener.facts.get(key)) and held.value is not None}
    changed = store.write_facts(opener, values, f"reported by {reporter.case.identifier}")
    return Mirrored(
        process=own.process,
        identifier=reporter.case.identifier,
        item=own.item,
        facts=tuple(sorted(name for name, _ in changed)),
        corrects=bool(changed & known),
    )


@lru_cache(maxsize=64)
def _watched(definitions: Definitions, process: str) -> tuple[frozenset[str], bool]:
    """Return the facts whose change is news, and whether one of them lists the items there are."""
    keys = (keys for _, keys in facts.followed(definitions.facts, process))
    watched = facts.behind(definitions.facts, (key for each in keys for key in each))
    return watched, any(definitions.facts[name].kind == "each" for name in watched)


def _links(opener: CaseFile) -> Iterator[_Link]:
    rows = opener.session.execute(
        select(CaseLink.linked_id, Case.process, CaseLink.item_key, CaseLink.linked_at)
        .join(Case, Case.id == CaseLink.linked_id)
        .where(CaseLink.case_id == opener.case.id, CaseLink.direction == "to")
        .order_by(CaseLink.linked_at, CaseLink.id)
    )
    for row in rows:
        yield _Link(row.linked_id, row.process, row.item_key or NO_ITEM, row.linked_at)


def _of_its_end(case: Case) -> dict[str, feel.Value]:
    closed_on = time_source.local_day(case.closed_at) if case.closed_at else None
    return {CLOSED_ON: closed_on, OUTCOME: case.outcome or None}


def _fits(opener: CaseFile, declaration: FactDeclaration, link: _Link) -> bool:
    """Say whether a fact has the scope of what a case was opened for: the case, or its item."""
    if declaration.scope == CASE or not link.item:
        return declaration.scope == CASE and not link.item
    kinds = select(Item.kind).where(Item.case_id == opener.case.id, Item.key == link.item)
    return opener.session.scalar(kinds) == declaration.scope


def _is_overtaken(declaration: FactDeclaration, own: _Link, links: Iterable[_Link]) -> bool:
    """Say whether a case that reports the same fact, for the same item, was opened later.

    Of two that were opened in one moment, neither overtakes the other.
    """
    processes = facts.follows(declaration)
    return any(
        link.linked_at > own.linked_at and link.item == own.item and link.process in processes
        for link in links
    )
