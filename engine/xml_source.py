"""Read an XML file that somebody uploaded, refusing everything but plain elements."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.errors import InvalidDefinition

MAX_BYTES = 1_000_000
MAX_DEPTH = 100


def read_xml(source: bytes, path: str) -> etree._Element:
    """Return the root element of a well-formed, harmless XML document.

    Raises:  InvalidDefinition, for a DOCTYPE, entities, more than 1 MB, nesting deeper than 100,
             an id used twice, or a text that is not XML.
    """
    if len(source) > MAX_BYTES:
        raise _refuse(path, 1, "", "is larger than 1 MB", "split the process into called parts")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = f"is not well-formed XML ({str(error).splitlines()[0][:200]})"
        raise _refuse(path, line, "", reason, "export it again from the editor") from None
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise _refuse(path, 1, "", "has a DOCTYPE", "remove the DOCTYPE line")
    _check_shape(root, path)
    return root


def line_of(element: etree._Element) -> int:
    """Return the line of the file at which an element stands."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


def _check_shape(root: etree._Element, path: str) -> None:
    seen: dict[str, int] = {}
    for element, depth in _walk(root):
        line = line_of(element)
        if depth > MAX_DEPTH:
            raise _refuse(path, line, element.tag, "is nested too deeply", "use a called part")
        if not isinstance(element.tag, str):
            raise _refuse(path, line, "", "holds an entity", "write the text out")
        identifier = element.get("id")
        if identifier is None:
            continue
        if identifier in seen:
            reason = f"uses the id of line {seen[identifier]} again"
            raise _refuse(path, line, identifier, reason, "give every element an id of its own")
        seen[identifier] = line


def _walk(root: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    stack = [(root, 0)]
    while stack:
        element, depth = stack.pop()
        yield element, depth
        stack.extend((child, depth + 1) for child in reversed(element))


def _refuse(path: str, line: int, element: str, reason: str, remedy: str) -> InvalidDefinition:
    return InvalidDefinition(file=path, line=line, element=element, reason=reason, remedy=remedy)
