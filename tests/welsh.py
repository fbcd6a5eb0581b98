"""Count the Welsh that a translator has yet to see; `make welsh`.

Forms and the catalogue of the pages mark each such text. Diagrams, tables, letters, the rules of
forms, those for diagrams and the canvas carry no marks, so all of their Welsh counts. `--write`
puts the figures into `docs/welsh.md`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from engine.lint.findings import WELSH
from engine.translation import unread_in
from web.translation import unread_on_pages

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "welsh.md"
BEGIN, END = "<!-- make welsh -->\n", "<!-- end of make welsh -->\n"


def counts(*, base: bool = False) -> dict[str, int]:
    """Return how many texts wait for a translator, by where they stand.

    Takes:   base, True for what the pages of a Board list that follows the base as delivered.
    """
    found = {
        "Forms, marked": _sum("forms", "*.json", base, marked=True),
        "Rules of forms, all": _sum("forms", "*.json", base),
        "Pages and refusals, marked": len(unread_on_pages()),
        "Diagrams, all": _sum("processes", "*.bpmn", base),
        "Decision tables, all": _sum("processes", "*.dmn", base),
        "Roles, facts and timescales, all": _sum("processes", "*.toml", base),
        "Letters and layouts, all": _sum("forms", "*.toml", base),
    }
    elsewhere = {
        "What the rules for diagrams say, all": len(WELSH),
        "Ready-made steps and the canvas, all": _canvas(),
    }
    return found if base else found | elsewhere


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


def _sum(folder: str, pattern: str, base: bool, *, marked: bool = False) -> int:
    return sum(
        each.marked == marked
        for path in sorted((ROOT / folder).rglob(pattern))
        if not (base and {"editions", "variations"} & set(path.parts))
        for each in unread_in(path.name, path.read_bytes())
    )


def _canvas() -> int:
    """Return how many texts the canvas of diagrams has besides those of its page."""
    assets = ROOT / "web" / "assets" / "designer"
    steps = (assets / "steps.json").read_text(encoding="utf-8").count('"cy":')
    return steps + len(json.loads((assets / "cy.json").read_text(encoding="utf-8")))


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
