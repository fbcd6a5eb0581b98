"""Allow patterns that always answer quickly: no groups, no alternatives, few open repeats."""

from __future__ import annotations

import re

MAX_OPEN = 2
MAX_VARIABLE = 8
#: A text that is held against a pattern is never longer than this.
MAX_TEXT = 200

_PIECE = re.compile(
    r"(?P<atom>\\[dDwWsS.\-/()+*?]|\[\^?[^\[\]\\]+\]|[^\\\[\](){}*+?|^$])"
    r"(?P<repeat>[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})?"
)


def why_not(pattern: str) -> str:
    """Return what is wrong with a pattern, or nothing."""
    inner = pattern.removeprefix("^").removesuffix("$")
    at, open_ended, variable = 0, 0, 0
    while at < len(inner):
        piece = _PIECE.match(inner, at)
        if piece is None:
            return f"uses “{inner[at]}”, which patterns here may not hold"
        repeat = piece.group("repeat") or ""
        open_ended += repeat in ("*", "+") or repeat.endswith(",}")
        variable += repeat != "" and not re.fullmatch(r"\{[0-9]+\}", repeat)
        at = piece.end()
    if open_ended > MAX_OPEN or variable > MAX_VARIABLE:
        return "repeats too many parts"
    return "" if compiles(inner) else "cannot be read"


def compiles(pattern: str) -> bool:
    """Say whether Python reads it."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def fits(pattern: str, text: str) -> bool:
    """Say whether a whole text fits a pattern that was allowed."""
    if len(text) > MAX_TEXT:
        return False
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None
