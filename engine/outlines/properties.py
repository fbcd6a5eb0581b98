"""What can be told of a step, a way, a lane or a process, by the words of our pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from engine.outlines.sheet import XSI_TYPE, Sheet, set_attribute
from engine.workflow.elements import BPMN, local, own

#: Told of everything that has a name.
_NAMES = ("name", "nameCy")
_TEXTS = (*_NAMES, "documentation", "documentationCy", "requirement")
_ITEMS = ("item", "items")

#: What can be told of an element, by its tag; the order is that of a page.
PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "userTask": (*_TEXTS, "form", "shows", "anew", "role", *_ITEMS),
    "sendTask": (*_TEXTS, "notice", "to"),
    "businessRuleTask": (*_TEXTS, "decision"),
    "callActivity": (*_TEXTS, "called", *_ITEMS),
    "serviceTask": (
        *(*_TEXTS, "effect", "starts", "gateway"),
        *("opens", "relation", "board"),
    ),
    "subProcess": _TEXTS,
    "intermediateCatchEvent": (*_TEXTS, "timescale", "moment", "condition"),
    "boundaryEvent": (*_TEXTS, "timescale", "moment", "condition", "interrupts"),
    "startEvent": (*_NAMES, "requirement"),
    "endEvent": (*_NAMES, "requirement", "ends_all"),
    "intermediateThrowEvent": (*_NAMES, "requirement"),
    "exclusiveGateway": (*_NAMES, "requirement"),
    "inclusiveGateway": (*_NAMES, "requirement"),
    "parallelGateway": (*_NAMES, "requirement"),
    "eventBasedGateway": (*_NAMES, "requirement"),
    "sequenceFlow": (*_NAMES, "requirement", "condition", "default"),
    "lane": (*_NAMES, "role"),
    "process": (
        *(*_TEXTS, "item", "startRoles", "besides", "afterClose"),
        *("identifierPrefix", "pausedWhile", "goesOnPaused", "goesOnAs"),
    ),
}

#: Attributes of the standard by our words for them.
_PLAIN = {"name": "name", "called": "calledElement"}
_WELSH = "text/x-cy"


def of_element(sheet: Sheet, node: etree._Element) -> dict[str, str]:
    """Return what a file tells of an element: every word that `PROPERTIES` has for its tag."""
    return {word: _read(sheet, node, word) for word in PROPERTIES.get(local(node), ())}


def tell(sheet: Sheet, node: etree._Element, values: Mapping[str, str]) -> None:
    """Write what is told of an element; what is not among the values stays as it is.

    Raises:  ValueError, for a word that is not told of such an element.
    """
    known = PROPERTIES.get(local(node), ())
    for word, value in values.items():
        if word not in known:
            raise ValueError(f"{word} is not told of a {local(node)}")
        if value.strip() != _read(sheet, node, word):
            _write(sheet, node, word, value.strip())


def _read(sheet: Sheet, node: etree._Element, word: str) -> str:
    if word in _PLAIN:
        return (node.get(_PLAIN[word]) or "").strip()
    if word in _READERS:
        return _READERS[word](sheet, node)
    return own(node, word)


def _write(sheet: Sheet, node: etree._Element, word: str, value: str) -> None:
    if word in _PLAIN:
        set_attribute(node, _PLAIN[word], value)
    elif word in _WRITERS:
        _WRITERS[word](sheet, node, value)
    else:
        sheet.set_own(node, word, value)


# ---- documentation


def _documentation(node: etree._Element, *, welsh: bool) -> etree._Element | None:
    found = [
        one
        for one in node.findall(f"{BPMN}documentation")
        if (one.get("textFormat") == _WELSH) == welsh
    ]
    return found[0] if found else None


def _read_documentation(*, welsh: bool) -> Callable[[Sheet, etree._Element], str]:
    def read(sheet: Sheet, node: etree._Element) -> str:
        found = _documentation(node, welsh=welsh)
        return "" if found is None else (found.text or "").strip()

    return read


def _write_documentation(*, welsh: bool) -> Callable[[Sheet, etree._Element, str], None]:
    def write(sheet: Sheet, node: etree._Element, value: str) -> None:
        found = _documentation(node, welsh=welsh)
        if not value:
            if found is not None:
                sheet.take_out(found)
            return
        if found is None:
            found = etree.Element(f"{BPMN}documentation", {"textFormat": _WELSH} if welsh else {})
            sheet.put(node, found, len(node.findall(f"{BPMN}documentation")) if welsh else 0)
        found.text = value

    return write


# ---- FEEL


def _expression_in(node: etree._Element, *way: str) -> str:
    found = node.find("/".join(f"{BPMN}{tag}" for tag in way))
    return "" if found is None else (found.text or "").strip()


def _read_moment(sheet: Sheet, node: etree._Element) -> str:
    return _expression_in(node, "timerEventDefinition", "timeDate")


def _read_condition(sheet: Sheet, node: etree._Element) -> str:
    if local(node) == "sequenceFlow":
        return _expression_in(node, "conditionExpression")
    return _expression_in(node, "conditionalEventDefinition", "condition")


def _write_moment(sheet: Sheet, node: etree._Element, value: str) -> None:
    _write_event(sheet, node, "timerEventDefinition", "timeDate", value)


def _write_condition(sheet: Sheet, node: etree._Element, value: str) -> None:
    if local(node) != "sequenceFlow":
        _write_event(sheet, node, "conditionalEventDefinition", "condition", value)
        return
    found = node.find(f"{BPMN}conditionExpression")
    if not value:
        if found is not None:
            sheet.take_out(found)
        return
    if found is None:
        found = _formal(sheet, node, "conditionExpression")
    found.text = value


def _write_event(
    sheet: Sheet, node: etree._Element, definition: str, expression: str, value: str
) -> None:
    kind = node.find(f"{BPMN}{definition}")
    if not value:
        if kind is not None:
            sheet.take_out(kind)
        return
    if kind is None:
        suffix = "timer" if definition.startswith("timer") else "condition"
        identifier = sheet.new_id(f"{node.get('id')}_{suffix}")
        kind = sheet.make(definition, {"id": identifier}, node)
    found = kind.find(f"{BPMN}{expression}")
    if found is None:
        for other in list(kind):
            sheet.take_out(other)
        found = _formal(sheet, kind, expression)
    found.text = value


def _formal(sheet: Sheet, parent: etree._Element, tag: str) -> etree._Element:
    prefix = next((str(p) for p, uri in parent.nsmap.items() if p and f"{{{uri}}}" == BPMN), "")
    kind = f"{prefix}:tFormalExpression" if prefix else "tFormalExpression"
    return sheet.make(tag, {XSI_TYPE: kind}, parent)


# ---- what has a shape of its own in the file


def _read_items(sheet: Sheet, node: etree._Element) -> str:
    older = _expression_in(node, "multiInstanceLoopCharacteristics", "loopDataInputRef")
    return own(node, "items") or older


def _write_items(sheet: Sheet, node: etree._Element, value: str) -> None:
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    sheet.set_own(node, "items", value)
    if not value:
        if loop is not None:
            sheet.take_out(loop)
        return
    if loop is None:
        attributes = {"id": sheet.new_id(f"{node.get('id')}_repeats"), "isSequential": "false"}
        loop = sheet.make("multiInstanceLoopCharacteristics", attributes, node)
    older = loop.find(f"{BPMN}loopDataInputRef")
    if older is not None:
        sheet.take_out(older)


def _read_default(sheet: Sheet, node: etree._Element) -> str:
    source = node.get("sourceRef", "")
    is_default = sheet.has(source) and sheet.node(source).get("default") == node.get("id")
    return "true" if is_default else ""


def _write_default(sheet: Sheet, node: etree._Element, value: str) -> None:
    set_attribute(
        sheet.node(node.get("sourceRef", "")), "default", node.get("id", "") * bool(value)
    )


def _read_interrupts(sheet: Sheet, node: etree._Element) -> str:
    return "true" if node.get("cancelActivity", "true") == "true" else ""


def _write_interrupts(sheet: Sheet, node: etree._Element, value: str) -> None:
    node.set("cancelActivity", "true" if value else "false")


def _read_ends_all(sheet: Sheet, node: etree._Element) -> str:
    return "true" if node.find(f"{BPMN}terminateEventDefinition") is not None else ""


def _write_ends_all(sheet: Sheet, node: etree._Element, value: str) -> None:
    found = node.find(f"{BPMN}terminateEventDefinition")
    if found is not None:
        sheet.take_out(found)
    else:
        sheet.make("terminateEventDefinition", {"id": f"{node.get('id')}_ends_all"}, node)


_READERS: Mapping[str, Callable[[Sheet, etree._Element], str]] = {
    "documentation": _read_documentation(welsh=False),
    "documentationCy": _read_documentation(welsh=True),
    "moment": _read_moment,
    "condition": _read_condition,
    "items": _read_items,
    "default": _read_default,
    "interrupts": _read_interrupts,
    "ends_all": _read_ends_all,
}
_WRITERS: Mapping[str, Callable[[Sheet, etree._Element, str], None]] = {
    "documentation": _write_documentation(welsh=False),
    "documentationCy": _write_documentation(welsh=True),
    "moment": _write_moment,
    "condition": _write_condition,
    "items": _write_items,
    "default": _write_default,
    "interrupts": _write_interrupts,
    "ends_all": _write_ends_all,
}
