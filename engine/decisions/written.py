"""Read a decision table as it is written, and change a cell, a row or a column of it.

What is not changed stays as it stands in the file, white space and all: a change of one cell is a
change of one line. Nothing here compiles FEEL, so that a table with a slip in it can be put right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lxml import etree

from engine.decisions.reading import OWN
from engine.errors import EngineError, NotFound
from engine.texts import Text
from engine.xml_source import read_xml

#: The types of the standard that a column may have, as DMN writes them; none is any type.
COLUMN_TYPES = (
    "", "string", "number", "boolean", "date", "time", "dateTime", "dayTimeDuration",
    "yearMonthDuration", "list", "context", "Any",
)  # fmt: skip
_Named = TypeVar("_Named", "WrittenColumn", "WrittenRule")
_MODEL = re.compile(r"https?://www\.omg\.org/spec/DMN/\d+/MODEL/")
# What is added to a file that has none of our names yet says them as all others do.
etree.register_namespace("adolygu", OWN.strip("{}"))
#: A comment, or the end of a tag that closes itself.
_END = re.compile(r"<!--.*?-->|/>", re.DOTALL)
_OF_COLUMN = {"input": "inputEntry", "output": "outputEntry"}
#: What a cell of a new row or column holds: any value, and no answer.
_EMPTY = {"input": "-", "output": "null"}


_NEWEST = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_NEW = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{model}" xmlns:adolygu="{own}" id="{before}_definitions" name="{key}" \
namespace="http://adolygu.cymru/decisions">
  <decision id="{key}" name="{key}">
    <variable id="{before}_variable" name="result" />
    <decisionTable id="{before}_table" hitPolicy="FIRST">
      <output id="{before}_output_1" name="result" label="Result" adolygu:labelCy="Canlyniad" \
typeRef="string" />
    </decisionTable>
  </decision>
</definitions>
"""


class NoTableInFile(EngineError):
    """This file holds no single decision table. Put one decision with one table into it."""

    status = 422


class LastOutput(EngineError):
    """A table answers something: its last output cannot be removed. Change it instead."""

    status = 422


@dataclass(frozen=True)
class WrittenColumn:
    """A column: what an input tests (FEEL), or the name of what an output answers."""

    id: str
    kind: str
    label: Text
    tested: str
    type: str = ""
    #: The values it may have, as FEEL; of outputs, in order of their priority.
    values: str = ""


@dataclass(frozen=True)
class WrittenRule:
    """A row: what it keeps of the catalogue, what it says in words, and its cells in order."""

    id: str
    requirement: str
    note: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class WrittenTable:
    """A decision table as text; `columns` are the inputs, then the outputs."""

    id: str
    name: Text
    description: str
    hit_policy: str
    aggregation: str
    columns: tuple[WrittenColumn, ...] = field(default=())
    rules: tuple[WrittenRule, ...] = field(default=())

    def column(self, key: str) -> WrittenColumn:
        """Return the column of an id.

        Raises:  NotFound.
        """
        return _of(self.columns, key)

    def rule(self, key: str) -> WrittenRule:
        """Return the row of an id.

        Raises:  NotFound.
        """
        return _of(self.rules, key)


def read_table(source: bytes) -> WrittenTable:
    """Return the one table of a DMN file as text.

    Raises:  InvalidDefinition, for what is no harmless XML; NoTableInFile.
    """
    return _File(source).read()


def new_table(key: str, name: Text) -> bytes:
    """Return the file of a table that answers nothing yet: one output, nothing asked, no rows.

    Takes:   key, the id of the decision, such as DR-901.
    """
    before = key.lower().replace("-", "_")
    empty = _NEW.format(key=key, before=before, model=_NEWEST, own=OWN.strip("{}"))
    head = WrittenTable(key, name, "", "FIRST", "")
    return write_head(empty.encode("utf-8"), head)


def write_head(source: bytes, head: WrittenTable) -> bytes:
    """Return the file with another name, description or hit policy; columns and rows stay."""
    return _File(source).write_head(head)


def write_rule(source: bytes, rule: WrittenRule) -> bytes:
    """Return the file with a row changed; one without an id is added at the end.

    Raises:  NotFound; ValueError, for a row with another number of cells.
    """
    return _File(source).write_rule(rule)


def move_rule(source: bytes, key: str, by: int) -> bytes:
    """Return the file with a row moved so many places down, or up; never beyond an end.

    Raises:  NotFound.
    """
    return _File(source).move_rule(key, by)


def remove_rule(source: bytes, key: str) -> bytes:
    """Return the file without a row.

    Raises:  NotFound.
    """
    return _File(source).remove_rule(key)


def write_column(source: bytes, column: WrittenColumn) -> bytes:
    """Return the file with a column changed; one without an id is added, with a cell in each row.

    Raises:  NotFound.
    """
    return _File(source).write_column(column)


def remove_column(source: bytes, key: str) -> bytes:
    """Return the file without a column and its cells.

    Raises:  NotFound; LastOutput.
    """
    return _File(source).remove_column(key)


class _File:
    def __init__(self, source: bytes) -> None:
        read_xml(source, "the table")  # Refuses what is not harmless; it drops comments, we keep.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        self.root = etree.fromstring(source, parser)
        decisions = _children(self.root, "decision")
        tables = _children(decisions[0], "decisionTable") if len(decisions) == 1 else []
        if len(tables) != 1:
            raise NoTableInFile
        (self.decision,), (self.table,) = decisions, tables

    def read(self) -> WrittenTable:
        return WrittenTable(
            id=self.decision.get("id", ""),
            name=Text(self.decision.get("name", ""), self.decision.get(f"{OWN}nameCy", "")),
            description=_said(self.decision, "description"),
            hit_policy=self.table.get("hitPolicy", "UNIQUE"),
            aggregation=self.table.get("aggregation", ""),
            columns=tuple(_column(kind, one, key) for key, kind, one in self._columns()),
            rules=tuple(_rule(one, key) for key, one in self._rules()),
        )

    def write_head(self, head: WrittenTable) -> bytes:
        _set(self.decision, "name", head.name.en)
        _set(self.decision, f"{OWN}nameCy", head.name.cy)
        _describe(self.decision, head.description)
        before = self.table.get("hitPolicy", "UNIQUE"), self.table.get("aggregation", "")
        if (head.hit_policy, head.aggregation) != before:
            self.table.set("hitPolicy", head.hit_policy)
            _set(self.table, "aggregation", head.aggregation)
        return self.bytes()

    def write_rule(self, rule: WrittenRule) -> bytes:
        columns = list(self._columns())
        if len(rule.cells) != len(columns):
            raise ValueError(f"{len(rule.cells)} cells for {len(columns)} columns")
        if not rule.id:
            rule = replace(rule, id=self._free("rule"))
            made = self._make("rule", rule.id)
            for number, (_, kind, _) in enumerate(columns, 1):
                made.append(self._cell(kind, f"{rule.id}_{kind}_{number}"))
            _place(self.table, made, len(self.table))
        element = _found(self._rules(), rule.id)
        _set(element, f"{OWN}requirement", rule.requirement)
        _describe(element, rule.note)
        for cell, text in zip(_cells(element), rule.cells, strict=True):
            _write_text(cell, text)
        return self.bytes()

    def move_rule(self, key: str, by: int) -> bytes:
        rules = [one for _, one in self._rules()]
        element = _found(self._rules(), key)
        place = rules.index(element)
        to = min(max(place + by, 0), len(rules) - 1)
        if to != place:
            # Rows are of one indentation, so each keeps the white space of its new place.
            tails = [one.tail for one in rules]
            at = self.table.index(rules[0])
            rules.insert(to, rules.pop(place))
            for number, (one, tail) in enumerate(zip(rules, tails, strict=True)):
                self.table.insert(at + number, one)
                one.tail = tail
        return self.bytes()

    def remove_rule(self, key: str) -> bytes:
        _take_out(_found(self._rules(), key))
        return self.bytes()

    def write_column(self, column: WrittenColumn) -> bytes:
        if not column.id:
            column = replace(column, id=self._free(column.kind))
            self._add_column(column)
        keyed = [(key, one) for key, _, one in self._columns()]
        element = _found(keyed, column.id)
        _set(element, "label", column.label.en)
        _set(element, f"{OWN}labelCy", column.label.cy)
        if column.kind == "input":
            tested = self._one(element, "inputExpression", 0)
            _set(tested, "typeRef", column.type)
            _write_text(tested, column.tested)
        else:
            _set(element, "name", column.tested)
            _set(element, "typeRef", column.type)
        self._write_values(element, f"{column.kind}Values", column.values)
        return self.bytes()

    def remove_column(self, key: str) -> bytes:
        columns = list(self._columns())
        places = [number for number, (each, _, _) in enumerate(columns) if each == key]
        if not places:
            raise NotFound
        _, kind, element = columns[places[0]]
        if kind == "output" and [each for _, each, _ in columns].count("output") == 1:
            raise LastOutput
        for _, rule in self._rules():
            _take_out(_cells(rule)[places[0]])
        _take_out(element)
        return self.bytes()

    def bytes(self) -> bytes:
        """Return the file as it was written by hand: no sign but those of the change differs."""
        text = etree.tostring(self.root.getroottree(), encoding="unicode")
        # In text and attributes lxml writes `>` as an entity, so this stands at ends of tags only.
        text = _END.sub(lambda found: " />" if found[0] == "/>" else found[0], text)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()

    def _columns(self) -> Iterator[tuple[str, str, etree._Element]]:
        for kind in ("input", "output"):
            for number, one in enumerate(_children(self.table, kind), 1):
                yield one.get("id") or f"{kind}_{number}", kind, one

    def _rules(self) -> Iterator[tuple[str, etree._Element]]:
        for number, one in enumerate(_children(self.table, "rule"), 1):
            yield one.get("id") or f"rule_{number}", one

    def _add_column(self, column: WrittenColumn) -> None:
        before = [one for _, kind, one in self._columns() if kind <= column.kind]
        place = self.table.index(before[-1]) + 1 if before else _after_text(self.table)
        _place(self.table, self._make(column.kind, column.id), place)
        for _, rule in self._rules():
            kinds = _children(rule, _OF_COLUMN[column.kind])
            others = _children(rule, "inputEntry") if column.kind == "output" else []
            after = [*others, *kinds]
            at = rule.index(after[-1]) + 1 if after else _after_text(rule)
            name = f"{rule.get('id', 'rule')}_{column.id}"
            cell = self._cell(column.kind, name)
            _place(rule, cell, at)
            _write_text(cell, _EMPTY[column.kind])

    def _write_values(self, element: etree._Element, tag: str, text: str) -> None:
        listed = _children(element, tag)
        if text:
            expressions = _children(element, "inputExpression")
            at = element.index(expressions[-1]) + 1 if expressions else _after_text(element)
            _write_text(self._one(element, tag, at), text)
        elif listed:
            _take_out(listed[0])

    def _one(self, element: etree._Element, tag: str, at: int) -> etree._Element:
        found = _children(element, tag)
        if not found:
            made = self._make(tag, f"{element.get('id', '')}_{tag}")
            _place(element, made, at)
            return made
        return found[0]

    def _cell(self, kind: str, key: str) -> etree._Element:
        cell = self._make(_OF_COLUMN[kind], key)
        etree.SubElement(cell, _tag(self.table, "text")).text = _EMPTY[kind]
        return cell

    def _make(self, name: str, key: str) -> etree._Element:
        made = etree.Element(_tag(self.table, name))
        made.set("id", self._unused(key))
        return made

    def _free(self, kind: str) -> str:
        """Return an id that no element has, in the manner of the file: `dr_01_rule_15`."""
        before = (self.table.get("id") or "table").removesuffix("_table")
        return self._unused(f"{before}_{kind}_{len(_children(self.table, kind)) + 1}")

    def _unused(self, key: str) -> str:
        used = {one.get("id") for one in self.root.iter(etree.Element)}
        number, found = 2, key
        while found in used:
            number, found = number + 1, f"{key}_{number}"
        return found


def _found(keyed: Iterable[tuple[str, etree._Element]], key: str) -> etree._Element:
    for each, one in keyed:
        if each == key:
            return one
    raise NotFound


def _column(kind: str, element: etree._Element, key: str) -> WrittenColumn:
    expressions = _children(element, "inputExpression")
    typed = expressions[0] if expressions else element
    values = _children(element, f"{kind}Values")
    return WrittenColumn(
        id=key,
        kind=kind,
        label=Text(element.get("label", ""), element.get(f"{OWN}labelCy", "")),
        tested=_text_of(typed) if kind == "input" else element.get("name", ""),
        type=typed.get("typeRef", ""),
        values=_text_of(values[0]) if values else "",
    )


def _rule(element: etree._Element, key: str) -> WrittenRule:
    return WrittenRule(
        id=key,
        requirement=element.get(f"{OWN}requirement", ""),
        note=_said(element, "description"),
        cells=tuple(_text_of(cell) for cell in _cells(element)),
    )


def _cells(rule: etree._Element) -> list[etree._Element]:
    return [*_children(rule, "inputEntry"), *_children(rule, "outputEntry")]


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in parent if isinstance(one.tag, str) and _is(one, name)]


def _is(element: etree._Element, name: str) -> bool:
    tag = etree.QName(element)
    return tag.localname == name and bool(_MODEL.fullmatch(tag.namespace or ""))


def _tag(beside: etree._Element, name: str) -> str:
    return f"{{{etree.QName(beside).namespace}}}{name}"


def _said(element: etree._Element, name: str) -> str:
    found = _children(element, name)
    return (found[0].text or "").strip() if found else ""


def _text_of(element: etree._Element) -> str:
    return _said(element, "text")


def _write_text(element: etree._Element, text: str) -> None:
    if _text_of(element) == text and _children(element, "text"):
        return
    found = _children(element, "text")
    if not found:
        made = etree.Element(_tag(element, "text"))
        _place(element, made, 0)
        found = [made]
    found[0].text = text


def _describe(element: etree._Element, text: str) -> None:
    if _said(element, "description") == text:
        return
    found = _children(element, "description")
    if not text:
        _take_out(found[0])
        return
    if not found:
        made = etree.Element(_tag(element, "description"))
        _place(element, made, 0)
        found = [made]
    found[0].text = text


def _after_text(element: etree._Element) -> int:
    """Return the place behind what describes an element."""
    described = _children(element, "description") + _children(element, "extensionElements")
    return max((element.index(one) + 1 for one in described), default=0)


def _set(element: etree._Element, name: str, value: str) -> None:
    if value:
        if element.get(name) != value:
            element.set(name, value)
    elif name in element.attrib:
        del element.attrib[name]


def _place(parent: etree._Element, made: etree._Element, at: int) -> None:
    """Put an element among others, indented as they are."""
    depth = sum(1 for _ in parent.iterancestors()) + 1
    etree.indent(made, level=depth)
    inner, outer = "\n" + "  " * depth, "\n" + "  " * (depth - 1)
    if at > 0:
        before = parent[at - 1]
        made.tail, before.tail = before.tail, inner
    else:
        made.tail = inner if len(parent) else outer
        parent.text = inner
    parent.insert(at, made)


def _take_out(element: etree._Element) -> None:
    """Remove an element and the line it stands on."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None
    if before is not None:
        before.tail = element.tail
    elif len(parent) == 1:
        parent.text = None
    # lxml takes an element's tail away with it.
    parent.remove(element)


def _of(listed: tuple[_Named, ...], key: str) -> _Named:
    for one in listed:
        if one.id == key:
            return one
    raise NotFound
