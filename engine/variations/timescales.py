"""The timescales of a draft: what the edition has, what the variation has instead, and changing it.

What the guidance fixes is refused here at once, by the comparison that every deployment asks again.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.deployments import FACTS, ROLES, TIMESCALES
from engine.deployments.departures import Departure, clock_departures, rules_of
from engine.deployments.toml_merge import lay_over, toml_of
from engine.deployments.toml_rows import lay_row, read_rows
from engine.errors import InvalidDefinition
from engine.facts import FactDeclaration, parse_facts
from engine.people import Actor
from engine.roles import Role, parse_roles
from engine.statutory import Rule
from engine.texts import Text
from engine.timescales import Timescale, parse_timescales
from engine.variations.drafts import DraftHead, draft_files, draft_page
from engine.variations.row_files import (
    DraftRow,
    DraftRows,
    DraftRowWrong,
    require_change,
    rows_of_draft,
    save_draft_rows,
)
from engine.variations.timescale_typing import Known, timescale_row

#: A Board's own timescales are numbered from here, clear of those of any edition.
FIRST_OWN = 901
_ROOT = re.compile(r"processes/[a-z][a-z0-9_]*\.bpmn")
_DAYS = ("date", "date and time")


@dataclass(frozen=True)
class TimescaleLine:
    """A timescale of a draft: as it is now, as the edition has it, and which rules speak of it."""

    row: DraftRow
    now: Timescale | None
    edition: Timescale | None
    rules: tuple[Rule, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Say whether the guidance fixes it, so that it is neither lengthened nor removed."""
        return any(rule.force == "must" and rule.kind != "clock" for rule in self.rules)

    @property
    def is_own(self) -> bool:
        """Say whether the variation has it and the edition has not."""
        return self.row.edition is None


@dataclass(frozen=True)
class DraftTimescales:
    """All timescales of a draft."""

    head: DraftHead
    lines: tuple[TimescaleLine, ...]


@dataclass(frozen=True)
class DraftTimescale:
    """One timescale of a draft, or one to be added, with what its questions offer."""

    head: DraftHead
    line: TimescaleLine | None
    seen: str
    days: tuple[FactDeclaration, ...]
    roles: tuple[Role, ...]
    #: the root processes with their names
    processes: tuple[tuple[str, Text], ...]
    departures: tuple[Departure, ...]


def draft_timescales(draft_id: uuid.UUID, actor: Actor) -> DraftTimescales:
    """Return the timescales of a draft, in the order of its edition, its own last.

    Raises:  NotFound.
    """
    found = rows_of_draft(draft_id, TIMESCALES, actor)
    files = draft_files(draft_id, actor)
    return DraftTimescales(found.head, tuple(_lines(found, files)))


def draft_timescale(draft_id: uuid.UUID, key: str, actor: Actor) -> DraftTimescale:
    """Return one timescale of a draft; the empty key: one to be added.

    Raises:  NotFound.
    """
    found, files = rows_of_draft(draft_id, TIMESCALES, actor), draft_files(draft_id, actor)
    lines = {line.row.key: line for line in _lines(found, files)}
    row = found.row(key) if key else None
    departures = clock_departures(files, found.edition, found.content)
    return DraftTimescale(
        head=found.head,
        line=lines[key] if row else None,
        seen=found.seen(key or next_key(found)),
        days=tuple(each for each in _facts(files).values() if each.type in _DAYS),
        roles=tuple(_roles(files).values()),
        processes=root_processes(draft_id, actor),
        departures=tuple(each for each in departures if each.rule.timescale == key),
    )


def save_draft_timescale(
    draft_id: uuid.UUID, key: str, typed: Mapping[str, str], seen: str, actor: Actor
) -> str:
    """Keep a timescale as it was typed, and return its key; the empty key: a new one.

    Raises:  NotFound; DraftRowWrong; what `save_draft_rows` raises.
    """
    found, files = rows_of_draft(draft_id, TIMESCALES, actor), draft_files(draft_id, actor)
    require_change(found.head)
    now = found.row(key).now if key else None
    own = not key or found.row(key).edition is None
    processes = [name for name, _ in root_processes(draft_id, actor)]
    known = Known(_facts(files), _roles(files), processes)
    row = timescale_row(typed, now or {}, known, own=own)
    key = key or next_key(found)
    _require_kept(files, found, key, row)
    save_draft_rows(draft_id, TIMESCALES, {key: row}, seen, actor)
    return key


def restore_draft_timescale(draft_id: uuid.UUID, key: str, seen: str, actor: Actor) -> None:
    """Let a timescale be as the edition has it; one of the variation's own is taken out.

    Raises:  NotFound; what `save_draft_rows` raises.
    """
    rows_of_draft(draft_id, TIMESCALES, actor).row(key)
    save_draft_rows(draft_id, TIMESCALES, {key: None}, seen, actor)


def root_processes(draft_id: uuid.UUID, actor: Actor) -> tuple[tuple[str, Text], ...]:
    """Return the processes of a draft that cases run, with their names.

    Raises:  NotFound.
    """
    files = draft_page(draft_id, actor).files
    return tuple((one.key, one.title) for one in files if _ROOT.fullmatch(one.path))


def next_key(found: DraftRows) -> str:
    """Return the key of the next timescale of a variation's own."""
    used = {row.key for row in found.rows}
    number = FIRST_OWN
    while f"TS-{number}" in used:
        number += 1
    return f"TS-{number}"


def _lines(found: DraftRows, files: Mapping[str, bytes]) -> Iterator[TimescaleLine]:
    rules = rules_of(files).values()
    now, edition = _parsed(found.content), _parsed(found.edition)
    for row in found.rows:
        if row.now is not None:
            spoken = tuple(rule for rule in rules if rule.timescale == row.key)
            yield TimescaleLine(row, now.get(row.key), edition.get(row.key), spoken)


def _parsed(source: bytes) -> dict[str, Timescale]:
    """Return the timescales that can be read, each by itself: a slip in one hides no other."""
    found: dict[str, Timescale] = {}
    for key, row in read_rows(source).items():
        try:
            found |= parse_timescales(toml_of({key: row}), TIMESCALES)
        except InvalidDefinition:
            continue
    return found


def _require_kept(
    files: Mapping[str, bytes], found: DraftRows, key: str, row: Mapping[str, Any]
) -> None:
    """Refuse at once what a rule of the guidance does not allow.

    Raises:  DraftRowWrong.
    """
    layer = lay_row(found.edition, b"", key, row)
    resolved = lay_over(found.edition, layer, TIMESCALES)
    for each in clock_departures(files, found.edition, resolved):
        rule, lost = each.rule, each.lost
        if rule.timescale == key and rule.force == "must":
            said = Text(
                f"{rule.text.en} ({rule.source}) {lost.what.en} {lost.remedy.en}",
                f"{rule.text.cy} ({rule.source}) {lost.what.cy} {lost.remedy.cy}",
            )
            raise DraftRowWrong({"length": said})


def _facts(files: Mapping[str, bytes]) -> dict[str, FactDeclaration]:
    return parse_facts(files[FACTS], FACTS)


def _roles(files: Mapping[str, bytes]) -> Mapping[str, Role]:
    return parse_roles(files[ROLES], ROLES).rows
