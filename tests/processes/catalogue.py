"""Read forms as their files stand, and the rows of the requirements catalogue they carry."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from engine import forms
from engine.forms import Form

ROOT = Path(__file__).parents[2]
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
WELSH = (ROOT / "docs" / "welsh.md").read_text(encoding="utf-8")

#: The texts of an element that a person reads.
TEXTS = ("title", "label", "description", "itemLabel", "text")


def source(form_id: str) -> dict[str, Any]:
    """Return a form's JSON."""
    text = (ROOT / "forms" / f"{form_id}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def parsed(form_id: str) -> Form:
    """Return a form as the engine reads it."""
    path = ROOT / "forms" / f"{form_id}.json"
    return forms.parse_form(path.read_bytes(), str(path))


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Go through every object of a form."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for part in node if isinstance(node, list) else []:
        yield from parts(part)


def inputs(form_id: str) -> Iterator[dict[str, Any]]:
    """Go through everything with a catalogue id; a column without its own has that of its rows."""
    for section in source(form_id)["components"]:
        yield from inputs_of(section)


def inputs_of(section: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Go through everything with a catalogue id in a section, as `inputs` does."""
    for part in section["components"]:
        _hand_down(part)
        yield from (each for each in parts(part) if "catalogue" in each)


def _hand_down(part: dict[str, Any]) -> None:
    for column in part.get("components", []):
        if "catalogue" in part:
            column.setdefault("catalogue", part["catalogue"])
        _hand_down(column)


def catalogue_rows(catalogue_forms: Iterable[str]) -> dict[str, list[str]]:
    """Return the rows of the catalogue for forms such as F-45: id and the cells after it."""
    wanted = tuple(f"{form.replace('-', '')}." for form in catalogue_forms)
    rows = {}
    for line in CATALOGUE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 8 and cells[0].startswith(wanted):
            rows[cells[0]] = cells[1:]
    return rows


def inputs_by_catalogue(form_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the inputs for each field of the catalogue."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for form_id in form_ids:
        for part in inputs(form_id):
            found[part["catalogue"]].append(part)
    return found


def required(inputs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those of some inputs that must be answered, always or on a condition."""
    return [part for part in inputs if {"required", "requiredWhen"} & set(part.get("validate", {}))]


_KINDS = {
    "textfield": "text", "textarea": "long", "datetime": "date", "select": "choice",
    "radio": "choice", "checkbox": "tick", "dynamiclist": "rows", "adolyguPerson": "person",
    "filepicker": "file", "adolyguLink": "link", "expression": "computed",
    "checklist": "checklist", "number": "number", "text": "fixed text",
    "adolyguSignature": "signature",
}  # fmt: skip


def kind_of(part: Mapping[str, Any]) -> str:
    """Return the catalogue's word for the type of an input."""
    return "yesno" if part.get("kind") == "yesno" else _KINDS[str(part["type"])]


def unsure_terms() -> list[str]:
    """Return the beginnings by which `docs/welsh.md` recognises a term nobody has checked."""
    table = WELSH.split("## Terms that need a translator")[1]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return [term.strip() for row in rows[2:] for term in row[2].split(",")]
