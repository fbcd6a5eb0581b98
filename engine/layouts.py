"""Read how a form is printed: one TOML file each under `forms/reports/`, named as its form.

What a layout does not name is printed after it, so no layout can lose what was written down.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.errors import InvalidDefinition
from engine.texts import Text
from engine.toml_source import Row, TomlSource

#: What a fixed text of a layout may name; the child's name is not known here (CF-02).
PLACEHOLDERS = frozenset({"case"})


@dataclass(frozen=True)
class Fields:
    """Fields one below the other: answers beside their labels, fixed texts, rows, signatures."""

    names: tuple[str, ...]
    #: fixed texts as a list with bullets
    bullets: bool = False


@dataclass(frozen=True)
class Ticks:
    """Every option of a choice with its box, as a printed form has them."""

    name: str


@dataclass(frozen=True)
class Grid:
    """A table with a line for each group of fields: yes and no or a tick, and what goes with it."""

    columns: tuple[Text, ...]
    lines: tuple[tuple[Text, tuple[str, ...]], ...]


@dataclass(frozen=True)
class RowTable:
    """Rows as a table; each of its columns holds one or several columns of the rows."""

    name: str
    columns: tuple[tuple[Text, tuple[str, ...]], ...]


@dataclass(frozen=True)
class WholeSection:
    """What a section of the form holds that no other part of the layout names."""

    name: str


@dataclass(frozen=True)
class Appendix:
    """Another document of the case, as its reader may read it; of `names`, where there are any."""

    form: str
    names: tuple[str, ...] = ()


Holds: TypeAlias = Fields | Ticks | Grid | RowTable | WholeSection | Appendix


@dataclass(frozen=True)
class Block:
    """A part of a layout: a heading, a fixed text, or both, and what follows them."""

    heading: Text | None = None
    text: Text | None = None
    holds: Holds | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the fields that this part prints."""
        match self.holds:
            case Fields(names):
                return names
            case Ticks(name) | RowTable(name):
                return (name,)
            case Grid(_, lines):
                return tuple(name for _, fields in lines for name in fields)
            case _:
                return ()


@dataclass(frozen=True)
class Layout:
    """How the document of a form is printed.

    `leave_out` names computed fields that a printed form has no place for; `landscape` lays the
    sheet on its side, for wide tables.
    """

    title: Text | None
    blocks: tuple[Block, ...]
    leave_out: tuple[str, ...] = ()
    landscape: bool = False

    @property
    def names(self) -> Iterator[str]:
        """Go through the fields that the layout names, in order."""
        for block in self.blocks:
            yield from block.names


def parse_layout(source: bytes, path: str) -> Layout:
    """Return what the TOML of a layout says.

    Raises:  InvalidDefinition.
    """
    toml = TomlSource(source, path)
    rows = {row.key: row for row in toml.rows()}
    if set(rows) != {"layout"}:
        remedy = "write [layout], and its parts under [[layout.blocks]]"
        raise toml.refusal("the file", "is not one table called layout", remedy)
    row = rows["layout"]
    blocks = tuple(_block(block) for block in row.subrows("blocks"))
    layout = Layout(_pair(row, "title"), blocks, row.names("leave_out"), row.flag("landscape"))
    row.finish()
    return layout


def _block(row: Row) -> Block:
    block = Block(
        heading=_pair(row, "heading"),
        text=_pair(row, "text"),
        holds=_holds(row),
    )
    row.finish()
    if block == Block():
        raise row.refusal("", "says nothing", "give a heading, a text or fields")
    return block


def _holds(row: Row) -> Holds | None:
    found = [part for read in _READERS if (part := read(row)) is not None]
    if len(found) > 1:
        remedy = "give it fields, bullets, ticks, lines, rows, section or document"
        raise row.refusal("", "holds two kinds of things", remedy)
    return found[0] if found else None


def _fields(row: Row) -> Fields | None:
    names = row.names("fields")
    return Fields(names) if names else None


def _bullets(row: Row) -> Fields | None:
    names = row.names("bullets")
    return Fields(names, bullets=True) if names else None


def _ticks(row: Row) -> Ticks | None:
    name = row.words("ticks", default="")
    return Ticks(name) if name else None


def _table(row: Row) -> Grid | RowTable | None:
    name, heads = row.words("rows", default=""), row.subrows("columns")
    if name:
        return RowTable(name, tuple(_line(head) for head in heads))
    lines = tuple(_line(line) for line in row.subrows("lines"))
    columns = tuple(_finished(head) for head in heads)
    if bool(lines) != bool(columns):
        raise row.refusal("lines", "stands without the other", "give both columns and lines")
    return Grid(columns, lines) if lines else None


def _line(row: Row) -> tuple[Text, tuple[str, ...]]:
    line = row.text(), row.names("fields", required=True)
    row.finish()
    return line


def _finished(row: Row) -> Text:
    text = row.text()
    row.finish()
    return text


def _section(row: Row) -> WholeSection | None:
    name = row.words("section", default="")
    return WholeSection(name) if name else None


def _document(row: Row) -> Appendix | None:
    form, names = row.words("document", default=""), row.names("only")
    if names and not form:
        raise row.refusal("only", "stands alone", "name the document of which it is")
    return Appendix(form, names) if form else None


_READERS: tuple[Callable[[Row], Holds | None], ...] = (
    _fields,
    _bullets,
    _ticks,
    _table,
    _section,
    _document,
)


def _pair(row: Row, prefix: str) -> Text | None:
    """Return a text that may be left out, but not in one language only."""
    if not (row.words(f"{prefix}_en", default="") or row.words(f"{prefix}_cy", default="")):
        return None
    text = row.text(prefix)
    for language, words in (("en", text.en), ("cy", text.cy)):
        try:
            found = {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
        except ValueError as error:
            raise _unfit(row, prefix, language, f"has a stray brace ({error})") from None
        if not found <= PLACEHOLDERS:
            unknown = sorted(found - PLACEHOLDERS)[0]
            raise _unfit(row, prefix, language, f"names {unknown!r} in braces")
    return text


def _unfit(row: Row, prefix: str, language: str, reason: str) -> InvalidDefinition:
    return row.refusal(f"{prefix}_{language}", reason, "use {case} only")


def filled(text: Text, values: Mapping[str, Any]) -> Text:
    """Return a fixed text with its placeholders filled in."""
    return Text(en=text.en.format_map(values), cy=text.cy.format_map(values))
