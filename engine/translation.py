"""Say which Welsh of the definitions a translator has yet to see.

Forms mark each such text. Diagrams, tables, letters and the rules of forms carry no marks, so all
of their Welsh counts (`docs/welsh.md`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from engine import access, db, deployments
from engine.errors import NotFound
from engine.people import Actor
from engine.texts import Text
from engine.xml_source import read_xml

_WELSH = "text/x-cy"


@dataclass(frozen=True)
class Unread:
    """A text whose Welsh no translator has seen: where it stands in its file, and what it says."""

    place: str
    text: Text
    #: whether it was marked to be looked at; in files that carry no marks nothing is
    marked: bool = False


def unread_welsh(actor: Actor) -> dict[str, tuple[Unread, ...]]:
    """Return the texts that a translator has yet to see, by file, of the person's Boards.

    Raises:  NotFound, for whoever looks after no Board.
    """
    with db.reading() as session:
        boards = access.boards_looked_after(session, actor)
        if not boards:
            raise NotFound
        newest = {deployments.newest(session, board_id).id for board_id in boards}
        sources = [deployments.load(session, each).sources for each in sorted(newest, key=str)]
    found: dict[str, tuple[Unread, ...]] = {}
    # A file that several Boards share is said once; what differs in one of them is added to it.
    for files in sources:
        for path in sorted(files):
            known = found.get(path, ())
            said = set(known)
            new = (each for each in unread_in(path, files[path]) if each not in said)
            found[path] = (*known, *new)
    return {path: texts for path, texts in found.items() if texts}


def may_see_unread_welsh(actor: Actor) -> bool:
    """Say whether a person is shown what a translator has yet to see."""
    with db.reading() as session:
        return bool(access.boards_looked_after(session, actor))


@lru_cache(maxsize=1024)
def unread_in(path: str, source: bytes) -> tuple[Unread, ...]:
    """Return the texts of a file of definitions that a translator has yet to see, in order."""
    if path.endswith(".json"):
        return tuple(_of_form(json.loads(source)))
    if path.endswith(".toml"):
        return tuple(_said(tomllib.loads(source.decode("utf-8")), ""))
    return tuple(_of_drawing(source, path)) if path.endswith((".bpmn", ".dmn")) else ()


def _of_form(form: Mapping[str, Any]) -> Iterator[Unread]:
    for place, part in _parts(form, form["id"]):
        welsh = part.get("i18n", {}).get("cy", {})
        if welsh.get("check") is True:
            yield from _pairs(part, welsh, place)
    for number, rule in enumerate(form.get("rules", []), start=1):
        yield from _said(rule, f"{form['id']} rule {number}")


def _parts(part: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the form, each component and each choice, with what it is called."""
    yield place, part
    for choice in part.get("values", []):
        yield f"{place} {choice['value']}", choice
    for inside in part.get("components", []):
        name = inside.get("key") or inside.get("path") or inside.get("id")
        yield from _parts(inside, str(name))


def _pairs(english: Mapping[str, Any], welsh: Mapping[str, Any], place: str) -> Iterator[Unread]:
    for name, said in welsh.items():
        if isinstance(said, str):
            yield Unread(f"{place} {name}", Text(str(english.get(name, "")), said), marked=True)
        elif isinstance(said, dict):
            yield from _pairs(english.get(name, {}), said, f"{place} {name}")


def _said(value: Any, place: str) -> Iterator[Unread]:
    """Yield what stands anywhere in it as `en` and `cy`, or as `title_en` and `title_cy`."""
    if isinstance(value, list):
        for each in value:
            yield from _said(each, place)
    elif isinstance(value, dict):
        for name, inside in value.items():
            if name == "cy" or name.endswith("_cy"):
                english = value.get(f"{name[:-2]}en", "")
                yield Unread(f"{place} {name[:-3]}".strip(), Text(str(english), str(inside)))
            yield from _said(inside, f"{place} {name}".lstrip())


def _of_drawing(source: bytes, path: str) -> Iterator[Unread]:
    for element in read_xml(source, path).iter(etree.Element):
        place = element.get("id") or etree.QName(element).localname
        for name, said in element.attrib.items():
            attribute = etree.QName(name).localname
            if attribute.endswith("Cy"):
                yield Unread(place, Text(_english(element, attribute[:-2]), str(said)))
        if element.get("textFormat") == _WELSH:
            yield from _documentation(element)


def _english(element: etree._Element, attribute: str) -> str:
    """Return the English of an attribute; the words of an annotation stand inside it."""
    said = element.get(attribute)
    return _words(element) if said is None else " ".join(said.split())


def _documentation(welsh: etree._Element) -> Iterator[Unread]:
    above = welsh.getparent()
    if above is None:
        return
    said = [each for each in above if each.tag == welsh.tag and each.get("textFormat") != _WELSH]
    yield Unread(
        f"{above.get('id', '')} documentation",
        Text(" ".join(map(_words, said)), _words(welsh)),
    )


def _words(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())
