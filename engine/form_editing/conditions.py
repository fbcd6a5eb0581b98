"""Turn “only if the answer to this is that” into the FEEL of a condition, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.texts import Text

_ASKED = re.compile(
    r"""^\s*(?:(?P<key>\w+)\s*(?P<sign>!?=)\s*(?P<value>"[^"\\]*"|true|false)
        |(?P<list>\w+)\s*=\s*null\s+or\s+
            not\(list\ contains\(\s*(?P=list)\s*,\s*(?P<one>"[^"\\]*")\s*\)\)
        |list\ contains\(\s*(?P<without>\w+)\s*,\s*(?P<left>"[^"\\]*")\s*\))\s*$""",
    re.VERBOSE,
)

IS, IS_NOT = "is", "is_not"


@dataclass(frozen=True)
class Choice:
    """An answer on which a condition may hang: `key=value`, the question, and the answer."""

    name: str
    question: Text
    answer: Text


def choices(elements: Iterable[Mapping[str, Any]]) -> list[Choice]:
    """Return the answers that may decide whether a question below them is asked."""
    return [
        Choice(f"{element['key']}={value}", _text(element), answer)
        for element in elements
        for value, answer in _answers(element)
    ]


def hide_unless(choice: str, how: str, elements: Iterable[Mapping[str, Any]]) -> str:
    """Return the FEEL that hides a question unless an answer is (or is not) given.

    Takes:   choice, the name of a `Choice`; how, IS or IS_NOT.
    """
    key, _, value = choice.partition("=")
    element = next(one for one in elements if one.get("key") == key)
    if element["type"] == "checklist":
        contains = f'list contains({key}, "{value}")'
        return contains if how == IS_NOT else f"{key} = null or not({contains})"
    written = value if _is_true_or_false(element) else f'"{value}"'
    return f"{key} {'=' if how == IS_NOT else '!='} {written}"


def read_condition(hide: str, elements: Iterable[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the choice and how, where a condition is as simple as `hide_unless` makes it."""
    found = _ASKED.match(hide.removeprefix("="))
    if found is None:
        return None
    key = found["key"] or found["list"] or found["without"]
    value = (found["value"] or found["one"] or found["left"]).strip('"')
    how = IS if found["sign"] == "!=" or found["list"] else IS_NOT
    name = f"{key}={value}"
    known = {one.name for one in choices(elements)}
    return (name, how) if name in known else None


def _answers(element: Mapping[str, Any]) -> list[tuple[str, Text]]:
    if element.get("type") == "checkbox":
        return [("true", Text("ticked", "wedi’i dicio"))]
    if element.get("type") not in ("radio", "select", "checklist"):
        return []
    said = {"yes": "true", "no": "false"} if element.get("kind") == "yesno" else {}
    return [
        (said.get(option["value"], option["value"]), _text(option))
        for option in element.get("values", ())
    ]


def _is_true_or_false(element: Mapping[str, Any]) -> bool:
    return element["type"] == "checkbox" or element.get("kind") == "yesno"


def _text(element: Mapping[str, Any]) -> Text:
    english = str(element.get("label", ""))
    return Text(english, str(element.get("i18n", {}).get("cy", {}).get("label", english)))
