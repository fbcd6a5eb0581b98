"""Count the Welsh that a translator has yet to see; `make welsh`.

Forms and the catalogue of the pages mark each such text. Diagrams, tables, letters and the rules of
forms carry no marks, so all of their Welsh counts. `--write` puts the figures into `docs/welsh.md`.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from lxml import etree

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "welsh.md"
CATALOGUE = ROOT / "web" / "translations" / "cy" / "LC_MESSAGES" / "messages.po"
BEGIN, END = "<!-- make welsh -->\n", "<!-- end of make welsh -->\n"


def counts() -> dict[str, int]:
    """Return how many texts wait for a translator, by where they stand."""
    return {
        "Forms, marked": _sum("forms", "*.json", _marked),
        "Rules of forms, all": _sum("forms", "*.json", _rules),
        "Pages and refusals, marked": _catalogue(),
        "Diagrams, all": _sum("processes", "*.bpmn", _xml),
        "Decision tables, all": _sum("processes", "*.dmn", _xml),
        "Roles, facts and timescales, all": _sum("processes", "*.toml", _toml),
        "Letters and layouts, all": _sum("forms", "*.toml", _toml),
    }


def table(found: dict[str, int]) -> str:
    """Return the counts as a table, the sum below."""
    rows = [*found.items(), ("Together", sum(found.values()))]
    lines = ["| Where | Texts |", "|---|---|"]
    return "\n".join([*lines, *(f"| {where} | {number} |" for where, number in rows)]) + "\n"


def written() -> str:
    """Return the table that stands in the page."""
    return PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def write(found: dict[str, int]) -> None:
    """Put a table into the page in place of the one that stands there."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + table(found) + END + rest.split(END)[1], encoding="utf-8")


def _sum(folder: str, pattern: str, count: Callable[[bytes], int]) -> int:
    return sum(count(path.read_bytes()) for path in sorted((ROOT / folder).rglob(pattern)))


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a JSON or TOML document."""
    if isinstance(value, dict):
        yield value
    inside: Iterable[Any] = value.values() if isinstance(value, dict) else value
    for part in inside if isinstance(value, dict | list) else ():
        yield from _parts(part)


def _marked(source: bytes) -> int:
    """Count the components whose Welsh (label, hint, errors) is marked."""
    return sum(
        part.get("i18n", {}).get("cy", {}).get("check") is True
        for part in _parts(json.loads(source))
    )


def _rules(source: bytes) -> int:
    return sum("cy" in part for part in _parts(json.loads(source).get("rules", [])))


def _toml(source: bytes) -> int:
    parts = _parts(tomllib.loads(source.decode("utf-8")))
    return sum(key == "cy" or key.endswith("_cy") for part in parts for key in part)


def _xml(source: bytes) -> int:
    names = documentation = 0
    for element in etree.fromstring(source).iter(etree.Element):
        names += sum(etree.QName(name).localname.endswith("Cy") for name in element.attrib)
        documentation += element.get("textFormat") == "text/x-cy"
    return names + documentation


def _catalogue() -> int:
    with CATALOGUE.open("rb") as source:
        messages = read_po(source, locale="cy")
    return sum("check" in message.auto_comments for message in messages if message.id)


def main(arguments: list[str]) -> int:
    """Print the table, or with `--write` put it into the page."""
    found = counts()
    if "--write" in arguments:
        write(found)
    else:
        sys.stdout.write(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
