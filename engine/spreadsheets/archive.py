"""Open a file that an office program saved: a ZIP of XML, unpacked only as far as it fits.

Entities are not resolved, a DOCTYPE is refused, nothing is fetched from anywhere and nothing run.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from engine import archives
from engine.spreadsheets.sheet import SpreadsheetDamaged, SpreadsheetTooLarge

#: How many elements are read at most.
MAX_ELEMENTS = 400_000


@contextmanager
def opened(content: bytes, elements: int = MAX_ELEMENTS) -> Iterator[Archive]:
    """Open a file for as long as it is read.

    Takes:   elements, how many of them are read at most.
    Raises:  SpreadsheetTooLarge; SpreadsheetDamaged, also for whatever goes wrong meanwhile.
    """
    try:
        with archives.opened(content) as archive:
            yield Archive(archive, elements)
    except archives.ArchiveTooLarge:
        raise SpreadsheetTooLarge from None
    except (archives.ArchiveDamaged, etree.XMLSyntaxError):
        raise SpreadsheetDamaged from None


class Archive:
    """The parts of a file, and what may still be read of them."""

    def __init__(self, archive: archives.Archive, elements: int) -> None:
        """Take an archive that does not have too many parts."""
        self._archive = archive
        self.names = frozenset(archive.names)
        self._elements = elements

    @property
    def has_macros(self) -> bool:
        """Say whether there are macros in it."""
        return any(name.lower().endswith("vbaproject.bin") for name in self.names)

    def elements_of(self, part: str, wanted: set[str]) -> Iterator[etree._Element]:
        """Go through the elements of a part with these names, each whole, and forget them again.

        An element inside another one of them comes before it, while it still stands in it.
        """
        inside = 0
        for event, element in etree.iterparse(
            io.BytesIO(self._archive.unpack(part)),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if event == "start":
                self._elements -= 1
                if self._elements < 0:
                    raise SpreadsheetTooLarge
                if element.getparent() is None and element.getroottree().docinfo.doctype:
                    raise SpreadsheetDamaged
                inside += local(element) in wanted
                continue
            if local(element) in wanted:
                inside -= 1
                yield element
            if not inside:
                _forget(element)


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _forget(element: etree._Element) -> None:
    """Let go of an element that was read, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
