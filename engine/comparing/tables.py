"""Say in words what differs between two versions of a decision table: columns, rows, cells."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.comparing.parts import Difference, Part, differences
from engine.texts import Text
from engine.xml_source import read_xml

_OWN = "{http://adolygu.cymru/bpmn}"


def compare_tables(before: bytes, now: bytes, path: str) -> list[Difference]:
    """Return what differs between two versions of a decision table.

    Raises:  InvalidDefinition, for a version that is not XML.
    """
    return list(differences(table_parts(before, path), table_parts(now, path)))


def table_parts(source: bytes, path: str) -> list[Part]:
    """Return the parts of a decision table: the table, its columns, its rows with their cells."""
    found: list[Part] = []
    for decision in _children(read_xml(source, path), "decision"):
        key = decision.get("id", "")
        name = Text(decision.get("name", "") or key, decision.get(f"{_OWN}nameCy", ""))
        said = {
            "name": _same(decision.get("name", "")),
            "name_cy": _same(decision.get(f"{_OWN}nameCy", "")),
            "description": _same(_text(decision, "description")),
        }
        for table in _children(decision, "decisionTable"):
            said["hitPolicy"] = _same(table.get("hitPolicy", "UNIQUE"))
            said["aggregation"] = _same(table.get("aggregation", ""))
        found.append(Part(f"table {key}", "decision", name, "", _filled(said)))
        for table in _children(decision, "decisionTable"):
            columns = [*_columns(table, "input"), *_columns(table, "output")]
            found += columns
            found += _rows(table, columns)
    return found


def _columns(table: etree._Element, tag: str) -> Iterator[Part]:
    for place, column in enumerate(_children(table, tag), 1):
        label = column.get("label", "") or column.get("name", "") or column.get("id", "")
        expression = next(iter(_children(column, "inputExpression")), column)
        said = {
            "label": _same(column.get("label", "")),
            "label_cy": _same(column.get(f"{_OWN}labelCy", "")),
            "name": _same(column.get("name", "")),
            "type": _same(expression.get("typeRef", "")),
            "expression": _same(_text(expression, "text") if expression is not column else ""),
            "allowed": _same("".join(_inner(column, f"{tag}Values"))),
            "default": _same("".join(_inner(column, "defaultOutputEntry"))),
        }
        key = column.get("name") or said["expression"].en or column.get("id") or str(place)
        name = Text(label, column.get(f"{_OWN}labelCy", "") or label)
        yield Part(f"{tag} {key}", "column", name, "", _filled(said))


def _rows(table: etree._Element, columns: list[Part]) -> Iterator[Part]:
    seen: dict[str, int] = {}
    for place, rule in enumerate(_children(table, "rule"), 1):
        named = " ".join(rule.get(f"{_OWN}requirement", "").split())
        key = named or rule.get("id", "") or str(place)
        seen[key] = seen.get(key, 0) + 1
        again = f" ({seen[key]})" if seen[key] > 1 else ""
        cells = [*_children(rule, "inputEntry"), *_children(rule, "outputEntry")]
        said = {"description": _same(_text(rule, "description"))}
        tails = {f"cell {each.id}": _in_column(each.name) for each in columns}
        if named:
            said["id"] = _same(rule.get("id", ""))
        for column, cell in zip(columns, cells, strict=False):
            text = _text(cell, "text")
            said[f"cell {column.id}"] = _same("" if text == "-" else text)
        yield Part(f"row {key}{again}", "row", _same(f"{key}{again}"), "", _filled(said), tails)


def _in_column(name: Text) -> Text:
    return Text(f"in the column “{name.en}”", f"yn y golofn “{name.cy}”")


def _inner(column: etree._Element, tag: str) -> Iterator[str]:
    for each in _children(column, tag):
        yield _text(each, "text")


def _text(element: etree._Element, tag: str) -> str:
    return " ".join(" ".join(each.text or "" for each in _children(element, tag)).split())


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in parent if etree.QName(each).localname == name]


def _same(text: str) -> Text:
    return Text(text, text)


def _filled(said: dict[str, Text]) -> dict[str, Text]:
    return {key: value for key, value in said.items() if value.en}
