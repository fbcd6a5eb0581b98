"""Build the parts of a paper from a form and what was written in it, with a layout or without."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import layouts
from engine.forms import Field, Form, Section
from engine.layouts import Layout
from engine.papers import words
from engine.papers.model import (
    Block,
    Bullets,
    Heading,
    Pair,
    Pairs,
    Paragraph,
    Signature,
    Table,
    Ticks,
)
from engine.texts import Text

#: So many columns stand beside each other on a sheet; more, and each row is a list of its own.
MOST_COLUMNS = 5


@dataclass(frozen=True, eq=False)
class Source:
    """What a paper is built from.

    `readable` holds the ids of the fields, columns and fixed texts that its reader may read;
    `content` is cut down to them already. `hidden` says which fixed texts do not apply.
    """

    form: Form
    content: Mapping[str, Mapping[str, Any]]
    readable: Collection[str]
    titles: Mapping[str, Text] = field(default_factory=dict)
    hidden: Callable[[Field], bool] = lambda entry: False
    #: the moments of signatures that no longer stand
    outdated: Collection[datetime] = ()
    #: what stands in the braces of fixed texts
    values: Mapping[str, str] = field(default_factory=dict)


Appendices = Callable[[layouts.Appendix], tuple[Block, ...]]


def build(
    source: Source,
    layout: Layout | None = None,
    appendix: Appendices = lambda wanted: (),
    only: Collection[str] = (),
) -> tuple[Block, ...]:
    """Return the parts of a paper, in order.

    Takes:   layout, how the form is printed; left out, as it is filled in; appendix, which says
             what another document holds; only, the fields to print, as a rule all; of rows the
             columns named, as `rows.column`.
    """
    if layout is None:
        return tuple(_sections(_narrowed(source, only) if only else source))
    named = {*layout.names, *layout.leave_out}
    unnamed = _Rest(source, named)
    blocks = [part for block in layout.blocks for part in _block(source, block, unnamed, appendix)]
    return (*blocks, *unnamed.all())


class _Rest:
    """What a layout does not name; each part of it is handed out once."""

    def __init__(self, source: Source, named: Collection[str]) -> None:
        self.source, self.named = source, named
        self.printed: set[str] = set()

    def section(self, name: str) -> Iterator[Block]:
        """Yield what is left of a section, without its heading."""
        if name not in self.printed:
            self.printed.add(name)
            section = self.source.form.section(name)
            yield from _fields(self.source, section, self._left(section, texts=True))

    def all(self) -> Iterator[Block]:
        """Yield what is left of every section under its heading; fixed texts only as named."""
        for section in self.source.form.sections:
            if section.id not in self.printed:
                self.printed.add(section.id)
                blocks = list(_fields(self.source, section, self._left(section, texts=False)))
                if blocks:
                    yield Heading(_label(section))
                yield from blocks

    def _left(self, section: Section, *, texts: bool) -> list[Field]:
        return [
            entry
            for entry in section.fields
            if _name(entry) not in self.named and (texts or entry.has_value)
        ]


def _narrowed(source: Source, only: Collection[str]) -> Source:
    """Return a source of which no more is read than what is named."""
    named: set[str] = set()
    for entry in source.form.fields:
        columns = {column.id for column in entry.columns if f"{entry.key}.{column.key}" in only}
        if columns or _name(entry) in only:
            named |= {entry.id} | (columns or {column.id for column in entry.columns})
    return replace(source, readable=named & set(source.readable))


def _sections(source: Source) -> Iterator[Block]:
    for section in source.form.sections:
        blocks = list(_fields(source, section, section.fields))
        if blocks:
            yield Heading(_label(section))
            yield from blocks


def _block(
    source: Source, block: layouts.Block, rest: _Rest, appendix: Appendices
) -> Iterator[Block]:
    """Yield a part of a layout; nothing of it, where nothing of what it holds can be read."""
    held: list[Block] = []
    match block.holds:
        case layouts.Fields(names, bullets):
            held = list(_named(source, names, bullets))
        case layouts.Ticks(name):
            held = list(_ticks(source, name))
        case layouts.Grid():
            held = list(_grid(source, block.holds))
        case layouts.RowTable():
            held = list(_row_table(source, block.holds))
        case layouts.WholeSection(name):
            held = list(rest.section(name))
        case layouts.Appendix():
            held = list(appendix(block.holds))
    if block.holds is not None and not held:
        return
    if block.heading is not None:
        yield Heading(layouts.filled(block.heading, source.values))
    if block.text is not None:
        yield Paragraph(layouts.filled(block.text, source.values))
    yield from held


def _named(source: Source, names: Iterable[str], bullets: bool) -> Iterator[Block]:
    if bullets:
        found = [_found(source, name) for name in names]
        texts = [entry.text("text") for section, entry in found if _is_read(source, section, entry)]
        if texts:
            yield Bullets(tuple(texts))
        return
    # Fields of one section after the other, so that questions beside each other stay one list.
    pairs: list[Pair] = []
    for name in names:
        section, entry = _found(source, name)
        for block in _fields(source, section, [entry]):
            if isinstance(block, Pairs):
                pairs.extend(block.pairs)
                continue
            if pairs:
                yield Pairs(tuple(pairs))
                pairs = []
            yield block
    if pairs:
        yield Pairs(tuple(pairs))


def _fields(source: Source, section: Section, entries: Iterable[Field]) -> Iterator[Block]:
    """Yield fields as they follow each other; what is answered in a line or two as one list."""
    given = source.content.get(section.id, {})
    pairs: list[Pair] = []
    for entry in entries:
        if not _is_read(source, section, entry):
            continue
        other = list(_standing_alone(source, entry, given.get(entry.key)))
        if not other:
            pairs.append(_pair(source, entry, given.get(entry.key)))
            continue
        if pairs:
            yield Pairs(tuple(pairs))
            pairs = []
        yield from other
    if pairs:
        yield Pairs(tuple(pairs))


def _standing_alone(source: Source, entry: Field, value: Any) -> Iterator[Block]:
    if entry.type == "text":
        yield Paragraph(entry.text("text"))
    elif entry.type == "adolyguSignature":
        yield _signature(source, entry, value)
    elif entry.is_rows and value:
        yield from _rows(source, entry, value, level=3)


def _pair(source: Source, entry: Field, value: Any) -> Pair:
    lines = () if entry.is_rows else words.answer(entry, value, source.titles)
    return Pair(entry.text("label"), lines or (words.NOT_ANSWERED,), bool(lines))


def _rows(source: Source, entry: Field, rows: list[Any], level: int) -> Iterator[Block]:
    columns = _columns(source, entry)
    if len(columns) <= MOST_COLUMNS and not any(column.is_rows for column in columns):
        cells = [
            tuple(words.answer(column, row.get(column.key), source.titles) for column in columns)
            for row in rows
        ]
        heads = tuple(column.text("label") for column in columns)
        yield Table(entry.text("label"), heads, tuple(cells))
        return
    yield Heading(entry.text("label"), level)
    called = entry.text("itemLabel") if entry.text("itemLabel").en else words.ROW
    for number, row in enumerate(rows, start=1):
        yield Heading(words.numbered(called, number), level + 1)
        plain = [column for column in columns if not (column.is_rows and row.get(column.key))]
        yield Pairs(tuple(_pair(source, column, row.get(column.key)) for column in plain))
        for column in columns:
            if column not in plain:
                yield from _rows(source, column, row[column.key], level + 2)


def _columns(source: Source, entry: Field) -> list[Field]:
    return [
        column
        for column in entry.columns
        if column.has_value and not column.hidden and column.id in source.readable
    ]


def _signature(source: Source, entry: Field, value: Any) -> Signature:
    if not isinstance(value, Mapping) or not value.get("at"):
        return Signature(entry.text("label"))
    at = datetime.fromisoformat(str(value["at"]))
    remark = words.SIGNED_BEFORE if at in source.outdated else None
    return Signature(entry.text("label"), str(value.get("name", "")), words.moment(at), remark)


def _ticks(source: Source, name: str) -> Iterator[Block]:
    section, entry = _found(source, name)
    if not _is_read(source, section, entry):
        return
    value = source.content.get(section.id, {}).get(entry.key)
    chosen = value if isinstance(value, list) else [value]
    said: dict[Any, str] = {True: "yes", False: "no"} if entry.is_yes_no else {}
    ticked = {said.get(one, one) for one in chosen if not isinstance(one, dict)}
    yield Ticks(
        entry.text("label"),
        tuple((option.text, option.value in ticked) for option in entry.options),
    )


def _grid(source: Source, grid: layouts.Grid) -> Iterator[Block]:
    rows = []
    for label, names in grid.lines:
        found = [_found(source, name) for name in names]
        if any(_is_there(source, section, entry) for section, entry in found):
            cells = [cell for part in found for cell in _cells(source, *part)]
            rows.append(((label,), *cells))
    if rows:
        yield Table(Text("", ""), grid.columns, tuple(rows))


def _row_table(source: Source, table: layouts.RowTable) -> Iterator[Block]:
    """Yield rows as a table without the columns of which nothing can be read."""
    section, entry = _found(source, table.name)
    if not _is_read(source, section, entry):
        return
    rows = source.content[section.id].get(entry.key)
    if not rows:
        yield Pairs((_pair(source, entry, None),))
        return
    known = {column.key: column for column in entry.columns if column.id in source.readable}
    shown = [
        (head, [known[name] for name in names if name in known])
        for head, names in table.columns
        if any(name in known for name in names)
    ]
    if shown:
        heads = tuple(head for head, _ in shown)
        cells = tuple(
            tuple(tuple(_in_cell(source, columns, row)) for _, columns in shown) for row in rows
        )
        yield Table(entry.text("label"), heads, cells)


def _in_cell(source: Source, columns: list[Field], row: Mapping[str, Any]) -> Iterator[Text]:
    """Yield what the columns that share a cell hold: the first bare, the others with their name."""
    for number, column in enumerate(columns):
        value = row.get(column.key)
        if column.type == "checkbox":
            # A remark, that stands where it was made.
            yield from [column.text("label")] if value is True else []
            continue
        for line in words.answer(column, value, source.titles):
            yield words.labelled(column.text("label"), line) if number else line


def _cells(source: Source, section: Section, entry: Field) -> Iterator[tuple[Text, ...]]:
    value = source.content.get(section.id, {}).get(entry.key)
    if not _is_there(source, section, entry):
        yield from ((),) * (2 if entry.is_yes_no else 1)
    elif entry.is_yes_no:
        yield (words.BOX if value is True else words.EMPTY_BOX,)
        yield (words.BOX if value is False else words.EMPTY_BOX,)
    elif entry.type == "checkbox":
        yield (words.BOX if value is True else words.EMPTY_BOX,)
    else:
        yield words.answer(entry, value, source.titles)


def _is_there(source: Source, section: Section, entry: Field) -> bool:
    """Say whether a field may be read and its section was written; of rows, at least a column."""
    if section.id not in source.content or entry.id not in source.readable or entry.hidden:
        return False
    return not entry.is_rows or bool(_columns(source, entry))


def _is_read(source: Source, section: Section, entry: Field) -> bool:
    """Say whether a field is printed: answered, or asked of everybody; a fixed text that applies.

    What is worked out for rules alone is not.
    """
    if not _is_there(source, section, entry):
        return False
    if entry.type == "text":
        return not source.hidden(entry)
    if entry.key in source.content[section.id]:
        return True
    return entry.has_input and entry.hide is None


def _found(source: Source, name: str) -> tuple[Section, Field]:
    """Return a field by its key, or a fixed text by its id; deployment has checked that it is."""
    for section in source.form.sections:
        for entry in section.fields:
            if _name(entry) == name:
                return section, entry
    raise KeyError(name)


def _name(entry: Field) -> str:
    """Return how layouts call a field: by its key, or a fixed text by its id."""
    return entry.key or entry.id


def _label(section: Section) -> Text:
    return section.texts.get("label", Text("", ""))
