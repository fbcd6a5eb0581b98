"""Find the generation of everybody: parents above their children, partners side by side.

Children stand below parents by birth and adoption without exception. Everything else is
followed as long as nobody would come to stand below themselves by it: a man who lived with a
mother and later with her daughter cannot stand beside both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from engine.errors import FieldError, InvalidForm
from engine.genograms.network import (
    BY_BIRTH_OR_LAW,
    CARER,
    COUPLES,
    GENOGRAM_LINKS,
    SIBLING,
    STEP,
    Network,
)


def generations(found: Network) -> dict[str, int]:
    """Return the generation of each person by label, the eldest 0.

    Raises:  InvalidForm, where somebody is their own ancestor.
    """
    order = _Order(person.label for person in found.people)
    for link in found.of_kind(*BY_BIRTH_OR_LAW):
        if path := order.way(link.second, link.first):
            raise InvalidForm([_loop(path)])
        order.put_above(link.first, link.second)
    for link in found.of_kind(*COUPLES):
        order.put_beside(link.first, link.second)
    for one, other in _parents_together(found):
        order.put_beside(one, other)
    for link in found.of_kind(SIBLING):
        order.put_beside(link.first, link.second)
    for kind in (STEP, CARER):
        for link in found.of_kind(kind):
            if not order.way(link.second, link.first):
                order.put_above(link.first, link.second)
    return order.levels()


def _loop(path: list[str]) -> FieldError:
    people = " → ".join([*path, path[0]])
    return FieldError(
        GENOGRAM_LINKS,
        f"By these links somebody is their own ancestor, so nothing is drawn: {people}. Put right "
        "who is the parent of whom.",
        f"Yn ôl y cysylltiadau hyn mae rhywun yn hynafiad iddo neu iddi ei hun, felly ni lunnir "
        f"dim: {people}. Cywirwch pwy sy’n rhiant i bwy.",
        catalogue="F08.03",
    )


def _parents_together(found: Network) -> Iterable[tuple[str, str]]:
    parents = defaultdict(list)
    for link in found.of_kind(*BY_BIRTH_OR_LAW):
        parents[link.second].append(link.first)
    return [(first, other) for first, *others in parents.values() for other in others]


class _Order:
    """Groups of people of one generation, and which group stands above which."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._group = {label: label for label in labels}
        self._below: dict[str, set[str]] = {label: set() for label in self._group}

    def way(self, upper: str, lower: str) -> list[str]:
        """Return the groups on a way down from one person to another; both are one group: that."""
        start, goal = self._group[upper], self._group[lower]
        came: dict[str, str | None] = {start: None}
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here == goal:
                path: list[str] = []
                step: str | None = here
                while step is not None:
                    path.append(step)
                    step = came[step]
                return path[::-1]
            for following in sorted(self._below[here] - came.keys()):
                came[following] = here
                waiting.append(following)
        return []

    def put_above(self, upper: str, lower: str) -> None:
        self._below[self._group[upper]].add(self._group[lower])

    def put_beside(self, one: str, other: str) -> None:
        """Put two people into one generation, unless one stands above the other."""
        if self.way(one, other) or self.way(other, one):
            return
        kept, gone = self._group[one], self._group[other]
        self._group = {
            label: kept if group == gone else group for label, group in self._group.items()
        }
        self._below[kept] |= self._below.pop(gone)
        for below in self._below.values():
            if gone in below:
                below.remove(gone)
                below.add(kept)

    def levels(self) -> dict[str, int]:
        """Return each person's generation: as high as may be, and founders just above theirs."""
        sorted_down = self._sorted_down()
        level = dict.fromkeys(self._below, 0)
        for group in sorted_down:
            for below in self._below[group]:
                level[below] = max(level[below], level[group] + 1)
        has_elders = {below for each in self._below.values() for below in each}
        for group in reversed(sorted_down):
            if group not in has_elders and self._below[group]:
                level[group] = min(level[below] for below in self._below[group]) - 1
        return {label: level[group] for label, group in self._group.items()}

    def _sorted_down(self) -> list[str]:
        """Return the groups so that each stands behind all above it."""
        above: dict[str, int] = dict.fromkeys(self._below, 0)
        for each in self._below.values():
            for below in each:
                above[below] += 1
        free = sorted(group for group, count in above.items() if not count)
        found = []
        while free:
            group = free.pop(0)
            found.append(group)
            for below in sorted(self._below[group]):
                above[below] -= 1
                if not above[below]:
                    free.append(below)
        return found
