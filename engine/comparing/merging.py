"""Bring together what two people changed in the same file, where they touched different things.

A merge is made only where it can be no guess: whatever both changed, or one changed and the other
took out, gives no merge at all, and a person chooses between the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from engine.comparing.forms import component_id, rule_id
from engine.errors import InvalidDefinition
from engine.xml_source import read_xml

_MISSING = object()


class _Clash(Exception):
    """Both sides changed the same thing."""


def merge_files(path: str, base: bytes, one: bytes, other: bytes) -> bytes | None:
    """Return a file with what either side changed of it, or None where both changed one thing.

    Takes:   base, from which both began; a diagram, a decision table or a form.
    """
    try:
        if path.endswith(".json"):
            return _merged_json(base, one, other)
        if path.endswith((".bpmn", ".dmn")):
            return _merged_xml(path, base, one, other)
    except (_Clash, InvalidDefinition, ValueError, RecursionError):
        pass
    return None


# Forms, question by question.


def _merged_json(base: bytes, one: bytes, other: bytes) -> bytes:
    merged = _value(json.loads(base), json.loads(one), json.loads(other), "")
    return (json.dumps(merged, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _value(base: Any, one: Any, other: Any, name: str) -> Any:
    if _same(other, base) or _same(one, other):
        return one
    if _same(one, base):
        return other
    if isinstance(one, dict) and isinstance(other, dict) and isinstance(base, dict):
        return _table(base, one, other)
    key_of = _KEYS.get(name)
    if key_of and isinstance(one, list) and isinstance(other, list) and isinstance(base, list):
        return _list(base, one, other, key_of)
    raise _Clash


def _table(base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key in dict.fromkeys((*one, *other)):
        was = base.get(key, _MISSING)
        value = _value(was, one.get(key, _MISSING), other.get(key, _MISSING), key)
        if value is not _MISSING:
            found[key] = value
    return found


def _list(base: Any, one: Any, other: Any, key_of: Callable[[Any], str]) -> list[Any]:
    were, ones, others = (_by_key(each, key_of) for each in (base, one, other))
    found = _table(were, ones, others)
    return [found[key] for key in _order(list(were), list(ones), list(others)) if key in found]


def _by_key(rows: Any, key_of: Callable[[Any], str]) -> dict[str, Any]:
    found = {}
    for row in rows:
        key = key_of(row) if isinstance(row, dict) else ""
        if not key or key in found:
            raise _Clash  # Nobody can tell these apart.
        found[key] = row
    return found


def _component_key(component: Mapping[str, Any]) -> str:
    return f"{component.get('type') == 'group'} {component_id(component)}"


#: By what the entries of a list are told from each other.
_KEYS: Mapping[str, Callable[[Any], str]] = {
    "components": _component_key,
    "values": lambda answer: str(answer.get("value", "")),
    "rules": rule_id,
}


def _same(one: Any, other: Any) -> bool:
    # True and 1 are equal in Python, and not the same in a form.
    if one is _MISSING or other is _MISSING:
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _order(base: Sequence[str], one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return the keys of both sides in an order that keeps to what either side changed of it."""
    common = set(base) & set(one) & set(other)
    were, ones, others = ([key for key in each if key in common] for each in (base, one, other))
    if ones == were:
        first, second = other, one
    elif others in (were, ones):
        first, second = one, other
    else:
        raise _Clash
    found = [key for key in first if key not in base or key in second]
    for at, key in enumerate(second):
        if key not in found and key not in base:
            before = [each for each in second[:at] if each in found]
            found.insert(found.index(before[-1]) + 1 if before else 0, key)
    return found


# Diagrams and decision tables, element by element.

#: What says in another way which flows there are, or which steps lie in a lane.
_FOLLOWS = frozenset({"incoming", "outgoing"})
_LISTS = frozenset({"flowNodeRef"})
#: Attributes that name another element of the same file.
_POINTS = ("sourceRef", "targetRef", "attachedToRef", "default", "bpmnElement", "processRef")


@dataclass(frozen=True)
class _Node:
    """An element with an id: what it says itself, in what it lies, and what lies in it."""

    element: etree._Element
    parent: str
    content: tuple[Any, ...]
    inside: tuple[str, ...]
    listed: tuple[str, ...]


def _merged_xml(path: str, base: bytes, one: bytes, other: bytes) -> bytes:
    trees = [read_xml(each, path) for each in (base, one, other)]
    nodes = [dict(_nodes(tree)) for tree in trees]
    kept = {key: _chosen(*(each.get(key) for each in nodes)) for key in _all(nodes[1], nodes[2])}
    parents = {key: node.parent for key, node in kept.items() if node is not None}
    root = _built("", kept, nodes, parents)
    if _loose_ends(root) - _loose_ends(trees[1]) - _loose_ends(trees[2]):
        raise _Clash  # Something leads to what the other side took out.
    _point_back(root)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _all(one: Mapping[str, _Node], other: Mapping[str, _Node]) -> dict[str, None]:
    return dict.fromkeys((*one, *other))


def _nodes(root: etree._Element) -> Iterator[tuple[str, _Node]]:
    """Yield what has an id, the root as the nameless one."""
    todo = [(root, "", "")]
    while todo:
        element, key, parent = todo.pop()
        inside = list(_with_ids(element))
        listed = tuple(e.text or "" for e in element if _local(e) in _LISTS)
        yield (
            key,
            _Node(
                element,
                parent,
                _content(element),
                tuple(each.get("id", "") for each in inside),
                listed,
            ),
        )
        todo += [(each, each.get("id", ""), key) for each in inside]


def _with_ids(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the nearest elements below one that have an id."""
    for child in element:
        if child.get("id"):
            yield child
        else:
            yield from _with_ids(child)


def _holds_ids(element: etree._Element) -> bool:
    return next(_with_ids(element), None) is not None


def _content(element: etree._Element) -> tuple[Any, ...]:
    """Return what an element says itself, the places of what has an id in it left empty."""
    own = []
    for child in element:
        name = _local(child)
        if name in _FOLLOWS or name in _LISTS or child.get("id"):
            continue
        own.append((child.tag, *_content(child)))
    text = " ".join((element.text or "").split())
    return (element.tag, tuple(sorted(element.attrib.items())), text, tuple(own))


def _chosen(base: _Node | None, one: _Node | None, other: _Node | None) -> _Node | None:
    """Return the side that changed an element, or None where a side took it out."""
    said = [each and (each.content, each.parent) for each in (base, one, other)]
    if said[2] == said[0] or said[1] == said[2]:
        return one
    if said[1] == said[0]:
        return other
    raise _Clash


def _built(
    key: str,
    kept: Mapping[str, _Node | None],
    nodes: Sequence[Mapping[str, _Node]],
    parents: Mapping[str, str],
) -> etree._Element:
    """Return an element with what lies in it after the merge."""
    node = kept[key]
    if node is None:
        raise _Clash
    sides = [each.get(key) for each in nodes]
    order = _order(*([*side.inside] if side else [] for side in sides))
    inside = {each: _built(each, kept, nodes, parents) for each in order if _lies(each, key, kept)}
    if {each for each, parent in parents.items() if parent == key and each} != set(inside):
        raise _Clash
    listed = _order(*([*side.listed] if side else [] for side in sides))
    made = _like(node.element)
    made.text = node.element.text
    _fill(made, node.element, inside, listed)
    return made


def _lies(each: str, key: str, kept: Mapping[str, _Node | None]) -> bool:
    node = kept.get(each)
    return node is not None and node.parent == key


def _fill(
    made: etree._Element,
    source: etree._Element,
    inside: Mapping[str, etree._Element],
    listed: Sequence[str],
) -> None:
    """Put into an element what its source holds, with these elements and lists in place of its own.

    What has an id stays after what has none, in its own order, as BPMN and DMN want it; where it
    lies deeper, in an element without an id, that element is kept as it is.
    """
    holders = [child for child in source if not child.get("id") and _holds_ids(child)]
    if holders:
        _fill_around(made, source, inside)
        return
    mark = next((child.tag for child in source if _local(child) in _LISTS), None)
    for child in source:
        if not child.get("id") and _local(child) not in _FOLLOWS | _LISTS:
            made.append(_copy(child))
    if listed:
        tag = mark or f"{{{etree.QName(source).namespace}}}flowNodeRef"
        for each in listed:
            etree.SubElement(made, tag).text = each
    made.extend(inside.values())


def _fill_around(
    made: etree._Element, source: etree._Element, inside: Mapping[str, etree._Element]
) -> None:
    there = {each.get("id", "") for each in _with_ids(source)}
    if there != set(inside):
        raise _Clash  # Nobody says where in it something new belongs.

    def fill(into: etree._Element, parts: etree._Element) -> None:
        for child in parts:
            key = child.get("id")
            if key:
                into.append(inside[key])
            else:
                part = _like(child)
                part.text = child.text
                into.append(part)
                fill(part, child)

    fill(made, source)


def _like(element: etree._Element) -> etree._Element:
    """Return an element of the same name, attributes and namespaces, with nothing in it."""
    made = etree.Element(element.tag, nsmap=cast("Mapping[str, str]", element.nsmap))
    for name, value in element.attrib.items():
        made.set(name, value)
    return made


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _loose_ends(root: etree._Element) -> set[tuple[str, str]]:
    """Return what names an id that stands nowhere in a file, with the id."""
    named = {(name, element.get(name, "")) for element in root.iter() for name in _POINTS}
    named |= {("", element.text or "") for element in root.iter() if _local(element) in _LISTS}
    known = {element.get("id") for element in root.iter()}
    return {(by, key) for by, key in named if key and ":" not in key and key not in known}


def _point_back(root: etree._Element) -> None:
    """Write into each step which flows come to it and leave it."""
    flows = [each for each in root.iter() if _local(each) == "sequenceFlow"]
    steps = {key: each for each in root.iter() if (key := each.get("id"))}
    for end, mark in (("targetRef", "incoming"), ("sourceRef", "outgoing")):
        for flow in flows:
            step = steps[flow.get(end, "")]
            made = etree.Element(f"{{{etree.QName(flow).namespace}}}{mark}")
            made.text = flow.get("id")
            step.insert(_head(step), made)


def _head(step: etree._Element) -> int:
    """Return how many children of a step come before what follows its flows."""
    before = {"documentation", "extensionElements", "incoming", "outgoing"}
    return sum(_local(child) in before for child in step)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
