"""Refuse to record a genogram that cannot be drawn as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import FieldError, InvalidForm
from engine.genograms.generations import generations
from engine.genograms.network import GENOGRAM_LINKS, GENOGRAM_PEOPLE, network

GENOGRAM_FORM = "F-08"
_CATALOGUE = {GENOGRAM_PEOPLE: "F08.02", GENOGRAM_LINKS: "F08.03"}


def require_drawable(catalogue: str, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse people and links that make no family: unknown or double labels, own ancestors.

    Takes:   catalogue, the id of the form; values, the sections about to be written.
    Raises:  InvalidForm.
    """
    if catalogue != GENOGRAM_FORM:
        return
    for section in values.values():
        if GENOGRAM_PEOPLE not in section:
            continue
        found = network(section)
        errors = [
            FieldError(one.rows, one.text.en, one.text.cy, catalogue=_CATALOGUE[one.rows])
            for one in found.problems
        ]
        if errors:
            raise InvalidForm(errors)
        generations(found)
