"""Go through the questions of a form in order: hide, read, work out, and keep what was answered."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine import feel
from engine.forms.answers import NOTHING, UNREADABLE, Answer, Problem
from engine.forms.definition import Field, Form, Section
from engine.forms.inputs import input_name, row_prefix
from engine.forms.rowkeys import RowKeys, known_rows
from engine.forms.sources import Given, Source
from engine.forms.values import ROW_KEY, to_feel, to_plain

Names = MutableMapping[str, feel.Value]

#: FEEL that asks for one entry of a context, and nothing else.
_ENTRY = re.compile(r"([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)")


@dataclass(frozen=True)
class Past:
    """Answers that are put on record long after they were given: what nobody knows stays open.

    No answer is required but rows that become items and the fields and columns that are `needed`,
    no default is taken for an answer, and what is worked out from the day reads that on which it
    was done: `on`, or null where nobody knows.
    """

    on: date | None = None
    needed: frozenset[str] = frozenset()

    def leaves_open(self, entry: Field) -> bool:
        """Say whether nobody has to know the answer to a question."""
        return entry.items is None and entry.key not in self.needed


@dataclass(frozen=True)
class Around:
    """What stands around the answers: the document so far, and what the caller knows.

    `existing` is the newest version, {section: {key: JSON}}. `kept` are the files of this case
    that may be referred to, by id. `links` are the documents of the case by form id; None leaves
    links as they were. `signature` is what to put under a document once somebody has signed.
    `decide` runs a decision table with names and returns the ids of the rows that fail.
    `used_keys` are row keys of earlier versions and other documents, never to be given again.
    `about` gives the items of a kind, each with the facts of it, for rows that tell of them.
    `roles` are those of whoever answers, which say where they may sign; None asks nobody. `clocks`
    are the timescales that run on the case, or have run; None offers all of them.
    `past`, where the answers were given before, and are only put on record.
    """

    existing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] | None = None
    signature: Mapping[str, Any] | None = None
    decide: Callable[[str, Mapping[str, feel.Value]], Collection[str]] | None = None
    used_keys: Collection[str] = ()
    about: Callable[[str], Iterable[tuple[str, Mapping[str, feel.Value]]]] | None = None
    roles: Collection[str] | None = None
    clocks: Collection[str] | None = None
    past: Past | None = None

    def offers(self, entry: Field, value: Any) -> bool:
        """Say whether a choice can be made on this case: of clocks, those that it has."""
        return entry.kind != "clock" or self.clocks is None or value in self.clocks

    def can_answer(self, entry: Field) -> bool:
        """Say whether there is anything to choose: where no clock has run yet, there is none."""
        return entry.kind != "clock" or any(self.offers(entry, one.value) for one in entry.options)

    def may_sign(self, entry: Field) -> bool:
        """Say whether whoever answers is one of those whom a signature is asked of."""
        return not entry.signers or self.roles is None or bool({*entry.signers} & {*self.roles})


@dataclass
class Row:
    """One row as it was answered."""

    position: int
    key: str
    asked: list[Asked]

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was typed in the row."""
        return not any(
            asked.rows or asked.answer.problem or asked.answer.value not in (None, False)
            for asked in self.asked
            if asked.entry.has_input
        )

    def to_json(self) -> dict[str, Any]:
        """Return the row as a document keeps it."""
        return {ROW_KEY: self.key, **values_of(self.asked)}


@dataclass
class Asked:
    """One question and what came of it."""

    entry: Field
    name: str
    names: Names
    answer: Answer = NOTHING
    hidden: bool = False
    to_sign: bool = False
    rows: list[Row] = field(default_factory=list)


def values_of(asked: list[Asked]) -> dict[str, Any]:
    """Return the values to keep, without what is hidden, empty or wrong."""
    return {
        each.entry.key: each.answer.value
        for each in asked
        if each.entry.key and each.answer.value is not None
    }


@dataclass
class Asking:
    """One pass over the sections of a form."""

    form: Form
    names: Names
    functions: Mapping[str, Callable[..., Any]] | None
    around: Around
    keys: RowKeys = field(init=False)

    def __post_init__(self) -> None:
        """Note every key that was ever given to a row."""
        self.keys = RowKeys(self.around.used_keys, self.around.existing)

    def section(self, section: Section, source: Source) -> list[Asked]:
        """Go through one section."""
        hidden = self.holds(section.hide, self.names)
        existing = self.around.existing.get(section.id, {})
        return self.fields(section.fields, source, existing, self.names, hidden)

    def fields(
        self,
        fields: tuple[Field, ...],
        source: Source,
        existing: Mapping[str, Any],
        names: Names,
        hidden: bool = False,
    ) -> list[Asked]:
        """Go through questions that share names; each answer is a name for those after it."""
        found = []
        for entry in fields:
            name = input_name(source.prefix, entry)
            asked = Asked(entry, name, names, hidden=hidden or self.holds(entry.hide, names))
            if not asked.hidden and entry.has_value:
                self._answer(asked, source, existing)
            if entry.key:
                names[entry.key] = to_feel(entry, asked.answer.value)
            found.append(asked)
        return found

    def holds(self, condition: feel.Expression | None, names: Mapping[str, feel.Value]) -> bool:
        """Say whether a condition is true; what is not known is not true."""
        return condition is not None and condition.evaluate(names, self.functions) is True

    def _answer(self, asked: Asked, source: Source, existing: Mapping[str, Any]) -> None:
        entry = asked.entry
        so_far = existing.get(entry.key)
        if entry.is_rows:
            self._rows(asked, source, so_far)
        elif entry.type == "expression":
            asked.answer = Answer(self._work_out(entry.expression, asked.names))
        elif entry.type == "adolyguLink":
            links = self.around.links
            asked.answer = Answer(so_far if links is None else links.get(entry.form))
        elif entry.readonly:
            asked.answer = Answer(self.standing(entry, so_far, asked.names))
        elif entry.type == "adolyguSignature":
            ticked = source.read(entry).value is True
            signs = entry.validate.required or ticked
            asked.to_sign = signs and self.around.may_sign(entry)
            asked.answer = Answer(self.around.signature if asked.to_sign else None)
        else:
            asked.answer = source.read(entry)
            said = asked.answer.value
            if said is not None and not self.around.offers(entry, said):
                asked.answer = UNREADABLE

    def standing(self, entry: Field, so_far: Any, names: Mapping[str, feel.Value]) -> Any:
        """Return what a field holds before anybody types: what is recorded, or its default."""
        if entry.about:
            return self._rows_about(entry, so_far, names) or None
        if so_far is None and entry.default is not None and not self._is_guess(entry):
            return self._work_out(entry.default, names, entry.subtype)
        return so_far

    def _is_guess(self, entry: Field) -> bool:
        """Say whether a default would stand for an answer that somebody gave in the past."""
        return self.around.past is not None and not (entry.readonly or entry.is_rows)

    def of_item(self, entry: Field, key: str) -> Mapping[str, feel.Value]:
        """Return the facts of the item that a row tells of; none where rows tell of no items."""
        return self._items(entry).get(key, {}) if entry.about else {}

    def _items(self, entry: Field) -> dict[str, Mapping[str, feel.Value]]:
        return dict(self.around.about(entry.about)) if self.around.about is not None else {}

    def _rows_about(
        self, entry: Field, so_far: Any, names: Mapping[str, feel.Value]
    ) -> list[dict[str, Any]]:
        """Return a row for each item there is now: what is recorded of it, else the defaults.

        What a row only shows is read anew, and a row whose item is gone goes with it.
        """
        known = known_rows(so_far)
        rows: list[dict[str, Any]] = []
        around = dict(names)
        nothing = dict.fromkeys(column.key for column in entry.columns if column.key)
        columns = [column for column in entry.columns if column.has_value]
        asked_for, copied = _asked_for(columns), _copied(columns)
        for key, facts in self._items(entry).items():
            own: Names = dict(nothing)
            here = ChainMap(own, dict(facts), around)
            row: dict[str, Any] = {ROW_KEY: key}
            before = known.get(key, {})
            for column in columns:
                recorded = None if column.readonly else before.get(column.key)
                context, name = copied.get(column.key, ("", ""))
                if recorded is None and isinstance(source := facts.get(context), dict | Mapping):
                    value = to_plain(source.get(name), column.subtype)
                elif column.type == "expression":
                    value = self._work_out(column.expression, here)
                else:
                    value = self.standing(column, recorded, here)
                if asked_for is None or column.key in asked_for:
                    own[column.key] = to_feel(column, value)
                if value is not None:
                    row[column.key] = value
            rows.append(row)
        return rows

    def standing_fields(
        self, fields: tuple[Field, ...], existing: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what a section holds before anybody types; each value is a name for the next."""
        found: dict[str, Any] = {}
        for entry in fields:
            if not entry.has_value:
                continue
            value = self.standing(entry, existing.get(entry.key), self.names)
            if entry.is_rows:
                value = self._keyed(entry, value) or None
            self.names[entry.key] = to_feel(entry, value)
            if value is not None:
                found[entry.key] = value
        return found

    def _work_out(
        self,
        expression: feel.Expression | None,
        names: Mapping[str, feel.Value],
        subtype: str = "",
    ) -> Any:
        if expression is None:
            return None
        functions = self.functions
        if self.around.past is not None and functions is not None:
            on = self.around.past.on
            functions = {**functions, "today": lambda: on, "now": lambda: None}
        return to_plain(expression.evaluate(names, functions), subtype)

    def _rows(self, asked: Asked, source: Source, so_far: Any) -> None:
        entry = asked.entry
        if entry.readonly:
            standing = self._keyed(entry, self.standing(entry, so_far, asked.names))
            asked.answer = Answer(standing or None)
            return
        sources, problem = source.rows(entry)
        known = known_rows(so_far)
        if entry.fixed_rows:
            standing = self._keyed(entry, self.standing(entry, so_far, asked.names))
            sources, known = _matched(asked.name, sources, standing), known_rows(standing)
        items = self._items(entry) if entry.about else {}
        rows = [
            self._row(
                entry,
                position,
                each,
                known.get(each.row_key, {}),
                ChainMap(dict(items.get(each.row_key, {})), asked.names),
            )
            for position, each in enumerate(sources, start=1)
        ]
        asked.rows = [row for row in rows if entry.fixed_rows or not row.is_blank]
        self._give_keys(entry, asked.rows, set(known))
        asked.answer = Answer([row.to_json() for row in asked.rows] or None, problem)

    def _row(
        self, entry: Field, position: int, source: Source, base: Mapping[str, Any], outer: Names
    ) -> Row:
        own: Names = dict.fromkeys(column.key for column in entry.columns if column.key)
        names: Names = ChainMap(own, outer)
        names["row"] = Decimal(position)
        return Row(position, source.row_key, self.fields(entry.columns, source, base, names))

    def _keyed(self, entry: Field, rows: Any) -> list[dict[str, Any]]:
        """Return standing rows, each with a key."""
        found = [dict(row) for row in rows or [] if isinstance(row, Mapping)]
        for row in found:
            if not isinstance(row.get(ROW_KEY), str):
                row[ROW_KEY] = self.keys.next(entry)
        return found

    def _give_keys(self, entry: Field, rows: list[Row], known: set[str]) -> None:
        seen: set[str] = set()
        for row in rows:
            column = _key_column(entry, row)
            if column is not None and isinstance(column.answer.value, str):
                row.key = column.answer.value
                if row.key in seen:
                    column.answer = replace(column.answer, problem=Problem("unique"))
            elif row.key not in known or row.key in seen:
                row.key = self.keys.next(entry)
            seen.add(row.key)


def _key_column(entry: Field, row: Row) -> Asked | None:
    key = entry.items.key if entry.items else ""
    return next((asked for asked in row.asked if key and asked.entry.key == key), None)


def _matched(name: str, given: list[Source], standing: list[dict[str, Any]]) -> list[Source]:
    """Put what was typed beside the standing rows, by key; rows nobody asked for are ignored."""
    by_key = {source.row_key: source for source in given if source.row_key}
    found: list[Source] = []
    for index, row in enumerate(standing):
        source = by_key.get(row[ROW_KEY])
        if source is None and index < len(given) and not given[index].row_key:
            source = given[index]
        if source is None:
            source = Given({}, row_prefix(name, index))
        source.row_key = row[ROW_KEY]
        found.append(source)
    return found


def _asked_for(columns: Iterable[Field]) -> frozenset[str] | None:
    """Return the names that columns work themselves out from; None where rows inside may ask more.

    Of thousands of rows, nobody asks what most of their columns hold.
    """
    if any(column.is_rows for column in columns):
        return None
    expressions = (one for column in columns for one in (column.default, column.expression) if one)
    return frozenset(name for one in expressions for name in one.names | one.item_names)


def _copied(columns: Collection[Field]) -> dict[str, tuple[str, str]]:
    """Return the columns whose default is one entry of a context, with both: `source.event`.

    Thousands of rows show what their source says, and that need not be worked out.
    """
    own = {column.key for column in columns}
    found = {}
    for column in columns:
        if column.default is None or column.is_rows:
            continue
        entry = _ENTRY.fullmatch(column.default.source.strip())
        if entry and entry[1] not in own:
            found[column.key] = (entry[1], entry[2])
    return found
