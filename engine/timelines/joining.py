"""Read which rows a person joined as one event, and which they told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

SAME, DIFFERENT = "same", "different"

#: What keys stand apart by in a row of the document; no key holds a space.
BETWEEN = " + "


@dataclass(frozen=True)
class Joined:
    """What a person said of some rows, by the key of the row of the document that holds it."""

    key: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Joining:
    """All that was said of rows: what each group of the same event came from, and what is apart."""

    same: tuple[Joined, ...] = ()
    different: tuple[Joined, ...] = ()
    _group: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def with_row(self, key: str) -> frozenset[str]:
        """Return the keys of all rows that are the same event as this one, with its own."""
        return self._group.get(key, frozenset({key}))

    def settles(self, keys: Collection[str]) -> bool:
        """Say whether a person has said of every two of these rows that they are one event, or
        that they are not; what holds for one row holds for all that were joined with it.
        """
        groups = list(dict.fromkeys(map(self.with_row, keys)))
        return all(
            any(not group.isdisjoint(one.rows) and not other.isdisjoint(one.rows)
                for one in self.different)
            for group, other in combinations(groups, 2)
        )  # fmt: skip


def read_joining(rows: Iterable[Mapping[str, Any]]) -> Joining:
    """Return what the rows of the section say; rows that were joined twice are one group."""
    said: dict[str, list[Joined]] = {SAME: [], DIFFERENT: []}
    group: dict[str, frozenset[str]] = {}
    for row in rows:
        keys = tuple(str(row.get("joined_keys", "")).split(BETWEEN))
        if (verdict := row.get("joined_as")) not in said or len(keys) < 2:
            continue
        said[verdict].append(Joined(str(row.get("_key", "")), keys))
        if verdict == SAME:
            whole = frozenset(keys).union(*(group.get(key, ()) for key in keys))
            group.update(dict.fromkeys(whole, whole))
    return Joining(tuple(said[SAME]), tuple(said[DIFFERENT]), group)
