"""End an edit: write the drawing, and make sure that the engine can still read the file."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import InvalidDefinition
from engine.outlines.errors import NotReadable
from engine.outlines.layout import Layout
from engine.outlines.sheet import Sheet
from engine.workflow import parse_process


@dataclass(frozen=True)
class Edited:
    """A file after an edit, and the id of the step that the edit was about, empty where it went."""

    source: bytes
    step: str


def finish(sheet: Sheet, layout: Layout, step: str) -> Edited:
    """Return what a file has become.

    Raises:  NotReadable, where the engine could not run it.
    """
    layout.finish()
    source = sheet.to_bytes()
    try:
        parse_process(source, sheet.path)
    except InvalidDefinition as invalid:
        details = invalid.details
        element = str(details["element"])
        name = (sheet.node(element).get("name") if sheet.has(element) else "") or element
        reason = f"“{name}” {details['reason']}".rstrip(".")
        remedy = str(details["remedy"]).rstrip(".")
        raise NotReadable(reason=reason, remedy=remedy) from None
    return Edited(source, step)
