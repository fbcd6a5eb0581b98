"""The decision tables of a draft: what is wrong in their cells, changing them, and trying them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import db, decisions, feel, time_source, timescales
from engine.decisions import CellFault, DecisionTable, WrittenColumn, WrittenRule, WrittenTable
from engine.decisions.trying import Place
from engine.deployments import FACTS
from engine.deployments.decision_checks import known_names
from engine.deployments.definitions import Reading, read
from engine.deployments.departures import Departure, table_departures
from engine.errors import EngineError, InvalidDefinition, NotFound
from engine.people import Actor
from engine.texts import Text
from engine.variations.drafts import (
    DraftChanged,
    DraftFile,
    DraftFilePage,
    DraftHead,
    draft_file,
    draft_files,
    draft_head,
    draft_page,
    save_draft_file,
)
from engine.variations.row_files import DraftRowRefused, DraftRowWrong, require_change

#: A Board's own tables are numbered from here, clear of those of any edition.
FIRST_OWN = 901
_NAMES = {
    "en": Text("Write it in English.", "Ysgrifennwch ef yn Saesneg."),
    "cy": Text("Write it in Welsh.", "Ysgrifennwch ef yn Gymraeg."),
}


class DecisionCellsWrong(EngineError):
    """Some of what you wrote cannot be read. Put it right and save it again."""

    status = 422

    def __init__(self, faults: Mapping[int, CellFault]) -> None:
        """Take what is wrong by the place of the cell, or of the column's text."""
        self.faults = faults
        super().__init__()


@dataclass(frozen=True)
class NameRead:
    """A name that a table reads, its type and what it means, where that is known."""

    name: str
    type: str
    text: Text | None


@dataclass(frozen=True)
class DraftDecision:
    """A decision table of a draft as text, and what is wrong with it.

    `refusal` says in English why all of it cannot be carried out, where no single cell is why.
    """

    head: DraftHead
    file: DraftFile
    table: WrittenTable
    faults: Mapping[Place, CellFault]
    refusal: str
    reads: tuple[NameRead, ...]
    departures: tuple[Departure, ...]


@dataclass(frozen=True)
class DecisionTrial:
    """What a table answered: the rows that hit, and the result as FEEL; or why it gave none."""

    rows: tuple[str, ...]
    result: str
    refusal: EngineError | None = None
    unread: tuple[str, str] | None = None


def draft_decision(draft_id: uuid.UUID, decision: str, actor: Actor) -> DraftDecision:
    """Return a decision table of a draft.

    Raises:  NotFound; NoTableInFile; InvalidDefinition, for what is no harmless XML.
    """
    path, files = _path(decision), draft_files(draft_id, actor)
    page, source = _opened(draft_id, decision, actor)
    table = decisions.read_table(source)
    known, reading = _known(files, table.id)
    faults = decisions.faults(table, known)
    parsed, refusal = _parsed(source, path)
    return DraftDecision(
        head=page.head,
        file=page.file,
        table=table,
        faults=faults,
        refusal="" if faults else refusal,
        reads=_reads(parsed, reading),
        departures=tuple(table_departures(files, page.file.edition, path)),
    )


def add_decision(draft_id: uuid.UUID, name: Text, actor: Actor) -> str:
    """Add a table of the variation's own, which answers nothing yet, and return its id.

    Raises:  NotFound; DraftRowWrong; what `save_draft_file` raises.
    """
    require_change(draft_head(draft_id, actor))
    missing = {f"name_{key}": text for key, text in _NAMES.items() if not name.say(key).strip()}
    if missing:
        raise DraftRowWrong(missing)
    files, number = draft_files(draft_id, actor), FIRST_OWN
    while _path(f"DR-{number}") in files:
        number += 1
    key = f"DR-{number}"
    table = decisions.new_table(key, Text(name.en.strip(), name.cy.strip()))
    # One that was taken out before is written anew, from the version that says so.
    before = {one.path: one.revision for one in draft_page(draft_id, actor).files}
    save_draft_file(draft_id, _path(key), table, before.get(_path(key), 0), actor)
    return key


def save_decision_head(
    draft_id: uuid.UUID, decision: str, head: WrittenTable, revision: int, actor: Actor
) -> None:
    """Keep the name, the words and the hit policy of a table.

    Raises:  NotFound; DraftRowRefused; what `save_draft_file` raises.
    """
    _change(draft_id, decision, revision, actor, lambda source: decisions.write_head(source, head))


def save_decision_rule(
    draft_id: uuid.UUID, decision: str, rule: WrittenRule, revision: int, actor: Actor
) -> None:
    """Keep a row of a table; one without an id is added at the end.

    Raises:  NotFound; DecisionCellsWrong; DraftRowRefused; what `save_draft_file` raises.
    """
    files, (page, source) = draft_files(draft_id, actor), _opened(draft_id, decision, actor)
    require_change(page.head)
    table = decisions.read_table(source)
    faults = decisions.rule_faults(table, rule, _known(files, table.id)[0])
    if faults:
        raise DecisionCellsWrong(faults)
    _change(draft_id, decision, revision, actor, lambda source: decisions.write_rule(source, rule))


def move_decision_rule(
    draft_id: uuid.UUID, decision: str, key: str, by: int, revision: int, actor: Actor
) -> None:
    """Move a row of a table up or down.

    Raises:  NotFound; what `save_draft_file` raises.
    """
    _change(
        draft_id, decision, revision, actor, lambda source: decisions.move_rule(source, key, by)
    )


def remove_decision_rule(
    draft_id: uuid.UUID, decision: str, key: str, revision: int, actor: Actor
) -> None:
    """Take a row out of a table.

    Raises:  NotFound; what `save_draft_file` raises.
    """
    _change(draft_id, decision, revision, actor, lambda source: decisions.remove_rule(source, key))


def save_decision_column(
    draft_id: uuid.UUID, decision: str, column: WrittenColumn, revision: int, actor: Actor
) -> None:
    """Keep a column of a table; one without an id is added, with an open cell in every row.

    Raises:  NotFound; DecisionCellsWrong; DraftRowRefused; what `save_draft_file` raises.
    """
    require_change(draft_head(draft_id, actor))
    known, _ = _known(draft_files(draft_id, actor), decision)
    faults = decisions.column_faults(column, known)
    if faults:
        raise DecisionCellsWrong(faults)
    _change(
        draft_id, decision, revision, actor, lambda source: decisions.write_column(source, column)
    )


def remove_decision_column(
    draft_id: uuid.UUID, decision: str, key: str, revision: int, actor: Actor
) -> None:
    """Take a column out of a table, with its cells.

    Raises:  NotFound; LastOutput; DraftRowRefused; what `save_draft_file` raises.
    """
    _change(
        draft_id, decision, revision, actor, lambda source: decisions.remove_column(source, key)
    )


def try_decision(
    draft_id: uuid.UUID, decision: str, typed: Mapping[str, str], actor: Actor
) -> DecisionTrial:
    """Say what a table answers for values as somebody types them; nothing of it is kept.

    Raises:  NotFound; InvalidDefinition, for a table that cannot be carried out.
    """
    _, source = _opened(draft_id, decision, actor)
    table = decisions.parse_decision(source, _path(decision))
    _, reading = _known(draft_files(draft_id, actor), table.id)
    types = {each.name: each.type for each in _reads(table, reading)}
    with db.reading() as session:
        now = time_source.now(session)
    try:
        answer = decisions.try_table(table, typed, types, _functions(now))
    except decisions.ValueNotRead as unread:
        return DecisionTrial((), "", unread=(unread.name, unread.reason))
    except (decisions.DecisionError, feel.FeelTooMuch) as refused:
        return DecisionTrial((), "", refusal=refused)
    return DecisionTrial(answer.rules, decisions.written_value(answer.result))


def _path(decision: str) -> str:
    return f"processes/decisions/{decision}.dmn"


def _opened(draft_id: uuid.UUID, decision: str, actor: Actor) -> tuple[DraftFilePage, bytes]:
    """Return the file of a table and what it holds; one that was taken out is not found."""
    page = draft_file(draft_id, _path(decision), actor)
    if page.file.content is None:
        raise NotFound
    return page, page.file.content


def _change(
    draft_id: uuid.UUID,
    decision: str,
    revision: int,
    actor: Actor,
    change: Callable[[bytes], bytes],
) -> None:
    """Keep a table with one change; one that could be carried out before has to be afterwards."""
    path = _path(decision)
    page, source = _opened(draft_id, decision, actor)
    require_change(page.head)
    file = page.file
    if file.revision != revision:
        raise DraftChanged(name=file.changed_by, at=file.changed_at)
    changed = change(source)
    try:
        decisions.parse_decision(changed, path)
    except InvalidDefinition as invalid:
        if _parsed(source, path)[0] is not None:
            told = invalid.details
            raise DraftRowRefused(
                element=told["element"], reason=told["reason"], remedy=told["remedy"]
            ) from None
    save_draft_file(draft_id, path, changed, revision, actor)


def _parsed(source: bytes, path: str) -> tuple[DecisionTable | None, str]:
    try:
        return decisions.parse_decision(source, path), ""
    except InvalidDefinition as invalid:
        return None, f"{invalid.details['element']} {invalid.details['reason']}"


def _known(files: Mapping[str, bytes], decision: str) -> tuple[set[str], Reading]:
    """Return the names that a table may read, from the files alone that speak of it."""
    named = f'"{decision}"'.encode()
    reading = read(
        {
            path: source
            for path, source in files.items()
            if path == FACTS or (path.endswith((".json", ".bpmn")) and named in source)
        }
    )
    return known_names(reading, decision), reading


def _reads(table: DecisionTable | None, reading: Reading) -> tuple[NameRead, ...]:
    if table is None:
        return ()
    typed = {each.expression.source.strip(): each.type for each in table.inputs}
    found = ((name, reading.facts.get(name)) for name in sorted(table.names))
    return tuple(
        NameRead(name, fact.type if fact else typed.get(name, "Any"), fact.text if fact else None)
        for name, fact in found
    )


def _functions(now: datetime) -> Mapping[str, Callable[..., feel.Value]]:
    return timescales.own_functions(now, lambda key: None)
