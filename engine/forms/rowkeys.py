"""Give every row a key that stays with it, whatever else changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.forms.definition import Field
from engine.forms.values import ROW_KEY

_NUMBERED = re.compile(r"(.+)_([0-9]{1,9})")

#: What rows are called that are no items.
PLAIN = "row"


class RowKeys:
    """The keys that were ever used, so that none is given twice."""

    def __init__(self, used: Iterable[str], existing: Any) -> None:
        """Take the keys known of elsewhere, and everything recorded, which holds more."""
        self._highest: dict[str, int] = {}
        for key in (*used, *_keys_in(existing)):
            self._note(key)

    def kind_of(self, rows: Field) -> str:
        """Return what the numbered keys of a list start with."""
        return rows.items.kind if rows.items else PLAIN

    def next(self, rows: Field) -> str:
        """Return a key that nothing has had yet."""
        kind = self.kind_of(rows)
        number = self._highest.get(kind, 0) + 1
        self._highest[kind] = number
        return f"{kind}_{number}"

    def _note(self, key: str) -> None:
        match = _NUMBERED.fullmatch(key)
        if match:
            kind, number = match[1], int(match[2])
            self._highest[kind] = max(self._highest.get(kind, 0), number)


def known_rows(value: Any) -> dict[str, Mapping[str, Any]]:
    """Return the rows recorded so far by their keys."""
    rows = value if isinstance(value, list) else []
    return {
        row[ROW_KEY]: row
        for row in rows
        if isinstance(row, Mapping) and isinstance(row.get(ROW_KEY), str)
    }


def _keys_in(value: Any) -> Iterable[str]:
    """Find every row key in a document; documents are shallow, so recursion is safe."""
    if isinstance(value, Mapping):
        key = value.get(ROW_KEY)
        if isinstance(key, str):
            yield key
        value = value.values()
    elif not isinstance(value, list):
        return
    for each in value:
        # Most are texts, and there may be tens of thousands of them.
        if not isinstance(each, str):
            yield from _keys_in(each)
