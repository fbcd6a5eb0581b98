"""Find which choice of which question reveals a field, where its condition is that simple."""

from __future__ import annotations

import re
from collections.abc import Mapping

import engine

_CONDITION = re.compile(
    r"""^=?\s*(?:(?P<guard>\w+)\s*=\s*null\s+or\s+)?
        (?:(?P<key>\w+)\s*(?P<operator>!?=)\s*(?P<value>"[^"]*"|true|false)
        |not\(\s*(?P<key2>\w+)\s*=\s*(?P<value2>"[^"]*"|true|false)\s*\)
        |not\(\s*list\s+contains\(\s*(?P<key3>\w+)\s*,\s*(?P<value3>"[^"]*")\s*\)\s*\))\s*$""",
    re.VERBOSE,
)


def control_of(entry: engine.Field, controls: Mapping[str, engine.Field]) -> tuple[str, str] | None:
    """Return the key and the option that reveal a field; None where there is no one such option.

    Takes:   controls, the fields that stand in the same list, by key.
    """
    if entry.hide is None or entry.is_rows:
        return None
    found = _CONDITION.match(entry.hide.source)
    if found is None:
        return None
    key = found["key"] or found["key2"] or found["key3"]
    control = controls.get(key)
    if control is None or control is entry or control.readonly or found["guard"] not in (None, key):
        return None
    value = _option_value(found["value"] or found["value2"] or found["value3"])
    return _reveal(control, value, hides=found["operator"] == "=")


def _reveal(control: engine.Field, value: str, *, hides: bool) -> tuple[str, str] | None:
    """Return the one option of a control that reveals what a condition shows or hides."""
    if control.type == "checkbox":
        return (control.key, "true") if (value == "yes") is not hides else None
    if control.is_yes_no or control.type in ("radio", "select", "checklist"):
        shown = [option.value for option in control.options if (option.value == value) is not hides]
        return (control.key, shown[0]) if len(shown) == 1 else None
    return None


def _option_value(literal: str) -> str:
    return {"true": "yes", "false": "no"}.get(literal, literal.strip('"'))
