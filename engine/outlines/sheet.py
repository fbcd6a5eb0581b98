"""A BPMN file while it is edited: its elements, found by id, and the bytes that come back.

What an edit does not touch comes back as it was: order, blanks, comments, unknown attributes.
"""

from __future__ import annotations

import re

from lxml import etree

from engine.outlines.errors import StepNotThere
from engine.workflow.elements import ADOLYGU, BPMN, local
from engine.xml_source import read_xml

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
FLOW = f"{BPMN}sequenceFlow"
LANE = f"{BPMN}lane"
REFERENCE = f"{BPMN}flowNodeRef"

#: What stands in a step before its flows, in the order of the standard.
_BEFORE_FLOWS = ("documentation", "extensionElements")

_EMPTY_TAG = re.compile(rb"(?<=[^\s])/>")
_FIRST_ELEMENT = re.compile(rb"<[^?!]")


class Sheet:
    """A file that is being edited. One edit reads one, changes it, and writes it back."""

    def __init__(self, source: bytes, path: str) -> None:
        """Read a file.

        Raises:  InvalidDefinition, for what is no harmless XML.
        """
        read_xml(source, path)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        self.path = path
        self.root = etree.fromstring(source, parser)
        self._source = source
        found = self.root.find(f"{BPMN}process")
        if found is None:
            raise StepNotThere(step=path)
        self.process = found
        self._by_id = {
            str(node.get("id")): node
            for node in self.process.iter(etree.Element)
            if node.get("id") is not None
        }
        #: Whether the file has each element on a line of its own.
        self.indented = "\n" in (self.root.text or "")

    def to_bytes(self) -> bytes:
        """Return the file as it is now."""
        begins = _FIRST_ELEMENT.search(self._source)
        prolog = self._source[: begins.start()] if begins else b""
        if b"encoding" in prolog and b"utf-8" not in prolog.lower():
            prolog = b'<?xml version="1.0" encoding="UTF-8"?>\n'
        body = etree.tostring(self.root, encoding="UTF-8", xml_declaration=False)
        if b" />" in self._source:
            body = _EMPTY_TAG.sub(b" />", body)
        ending = b"\n" if self._source.endswith(b"\n") else b""
        return prolog + body + ending

    def node(self, identifier: str) -> etree._Element:
        """Return an element of the process.

        Raises:  StepNotThere.
        """
        found = self._by_id.get(identifier)
        if found is None:
            raise StepNotThere(step=identifier)
        return found

    def has(self, identifier: str) -> bool:
        """Say whether an element of the process has this id."""
        return identifier in self._by_id

    def flow(self, identifier: str) -> etree._Element:
        """Return a sequence flow.

        Raises:  StepNotThere.
        """
        found = self.node(identifier)
        if found.tag != FLOW:
            raise StepNotThere(step=identifier)
        return found

    def flows(self) -> list[etree._Element]:
        """Return all sequence flows, in the order of the file."""
        return list(self.process.iter(FLOW))

    def into(self, identifier: str) -> list[etree._Element]:
        """Return the flows that enter a step."""
        return [flow for flow in self.flows() if flow.get("targetRef") == identifier]

    def out_of(self, identifier: str) -> list[etree._Element]:
        """Return the flows that leave a step."""
        return [flow for flow in self.flows() if flow.get("sourceRef") == identifier]

    def on_border(self, identifier: str) -> list[etree._Element]:
        """Return the boundary events of a step."""
        return [
            event
            for event in self.process.iter(f"{BPMN}boundaryEvent")
            if event.get("attachedToRef") == identifier
        ]

    def scope(self, identifier: str) -> etree._Element:
        """Return the process or sub-process in which an element stands directly."""
        parent = self.node(identifier).getparent()
        assert parent is not None
        return parent

    def make(
        self,
        tag: str,
        attributes: dict[str, str],
        parent: etree._Element,
        after: etree._Element | None = None,
    ) -> etree._Element:
        """Put a new BPMN element into another, behind a sibling or at the end."""
        node = etree.Element(f"{BPMN}{tag}", attributes)
        self.put(parent, node, len(parent) if after is None else parent.index(after) + 1)
        return node

    def put(self, parent: etree._Element, node: etree._Element, at: int) -> None:
        """Put an element into another, with the blanks that its place asks for."""
        if self.indented:
            depth = sum(1 for _ in parent.iterancestors())
            inner, outer = "\n" + "  " * (depth + 1), "\n" + "  " * depth
            if not len(parent):
                parent.text, node.tail = inner, outer
            elif at < len(parent):
                node.tail = inner
            else:
                parent[-1].tail, node.tail = inner, outer
        else:
            node.tail = None
        parent.insert(at, node)
        identifier = node.get("id")
        if identifier is not None and node.tag.startswith(BPMN):
            self._by_id[identifier] = node

    def take_out(self, node: etree._Element) -> None:
        """Take an element out of the file, with the blanks that stood for it."""
        parent = node.getparent()
        assert parent is not None
        before = node.getprevious()
        if node.getnext() is None:
            if before is not None:
                before.tail = node.tail
            elif not (parent.text or "").strip():
                parent.text = None
        parent.remove(node)
        for gone in node.iter(etree.Element):
            self._by_id.pop(str(gone.get("id")), None)

    def put_back(self, parent: etree._Element, node: etree._Element, after: etree._Element) -> None:
        """Put an element that was taken out behind another one, maybe deeper than it stood."""
        self.put(parent, node, parent.index(after) + 1)
        for found in node.iter(etree.Element):
            if found.get("id") is not None:
                self._by_id[str(found.get("id"))] = found

    def set_own(self, node: etree._Element, name: str, value: str) -> None:
        """Write one of our attributes; an empty one is left out."""
        set_attribute(node, f"{ADOLYGU}{name}", value)

    def new_id(self, wanted: str) -> str:
        """Return an id that nothing in the file has, as near to the wanted one as can be."""
        taken = {node.get("id") for node in self.root.iter(etree.Element)}
        number, found = 1, wanted
        while found in taken:
            number += 1
            found = f"{wanted}_{number}"
        return found

    def tell_flows(self, identifier: str) -> None:
        """Let a step list the flows that enter and leave it, as the standard asks."""
        node = self.node(identifier)
        for tag, flows in (
            ("incoming", self.into(identifier)),
            ("outgoing", self.out_of(identifier)),
        ):
            wanted = [str(flow.get("id")) for flow in flows]
            listed = node.findall(f"{BPMN}{tag}")
            for one in listed:
                if (one.text or "").strip() not in wanted:
                    self.take_out(one)
            kept = {(one.text or "").strip() for one in node.findall(f"{BPMN}{tag}")}
            for flow in wanted:
                if flow not in kept:
                    self._tell(node, tag, flow)

    def _tell(self, node: etree._Element, tag: str, flow: str) -> None:
        earlier = (*_BEFORE_FLOWS, "incoming", *(("outgoing",) if tag == "outgoing" else ()))
        at = max(
            (i + 1 for i, one in enumerate(node) if _is_bpmn(one) and local(one) in earlier),
            default=0,
        )
        made = etree.Element(f"{BPMN}{tag}")
        made.text = flow
        self.put(node, made, at)


def set_attribute(node: etree._Element, name: str, value: str) -> None:
    """Write an attribute; an empty one is left out."""
    if value:
        node.set(name, value)
    elif name in node.attrib:
        del node.attrib[name]


def _is_bpmn(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and node.tag.startswith(BPMN)
