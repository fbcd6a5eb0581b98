"""Put the people of each generation in an order in which few lines cross.

The method is that of layered drawings: every line leads from one row to the next, a longer one
through places of its own in the rows between, and each row is sorted again and again by the mean
place of what it hangs on (the barycentre), first downwards, then upwards. Partners stay together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from engine.genograms.network import BY_BIRTH_OR_LAW, COUPLES, DOWNWARDS, SIBLING, Link, Network

#: How often the rows are sorted; the best order that came up is kept.
SWEEPS = 8


@dataclass(frozen=True)
class Tie:
    """A line downwards, from one person or a couple to those of a later generation."""

    uppers: tuple[str, ...]
    lowers: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Loop:
    """A line between two of the same row that do not stand side by side, or have one already."""

    first: str
    second: str
    kind: str


@dataclass(frozen=True)
class Rows:
    """The rows from the top, as blocks of which each stays together, and the lines between them.

    A place for a line that passes through a row is called by its tie, its end and the row.
    """

    blocks: tuple[tuple[tuple[str, ...], ...], ...]
    ties: tuple[Tie, ...]
    loops: tuple[Loop, ...]
    beside: tuple[Link, ...]
    passes: frozenset[str]
    edges: tuple[tuple[str, str], ...]

    def way(self, tie: int, lower: str) -> list[str]:
        """Return the places through which a tie goes to one of its lower ends."""
        start = f"\0{tie}\0{lower}\0"
        found = [name for name in self.passes if name.startswith(start)]
        return sorted(found, key=lambda name: int(name.rpartition("\0")[2]))


def sort_rows(found: Network, level: Mapping[str, int]) -> Rows:
    """Return the rows of a network of which everybody is linked with everybody."""
    place = {person.label: number for number, person in enumerate(found.people)}
    home = {person.label: person.household for person in found.people}
    couples = [link for link in found.of_kind(*COUPLES) if level[link.first] == level[link.second]]
    chains = _chains(list(place), couples, _children_together(found))
    beside = _side_by_side(couples, chains)
    ties, loops = _lines(found, level, beside)
    edges, passes = _edges(ties, level)
    rows: list[list[tuple[str, ...]]] = [[] for _ in range(max(level.values()) + 1)]
    for chain in chains:
        rows[level[chain[0]]].append(chain)
    for name, number in passes.items():
        rows[number].append((name,))
    for row in rows:
        row.sort(key=lambda block: min(place.get(one, len(place)) for one in block))
    best = _fewest_crossings(rows, edges, home)
    return Rows(
        tuple(tuple(row) for row in best),
        tuple(ties),
        tuple(loops),
        tuple(beside),
        frozenset(passes),
        tuple(edges),
    )


def _children_together(found: Network) -> dict[frozenset[str], int]:
    """Return how many children two people have together, by the two."""
    parents: dict[str, list[str]] = defaultdict(list)
    for link in found.of_kind(*BY_BIRTH_OR_LAW):
        parents[link.second].append(link.first)
    count: dict[frozenset[str], int] = defaultdict(int)
    for those in parents.values():
        for pair in combinations(sorted(set(those)), 2):
            count[frozenset(pair)] += 1
    return count


def _chains(
    labels: Sequence[str], couples: Iterable[Link], together: Mapping[frozenset[str], int]
) -> list[tuple[str, ...]]:
    """Return the people in chains in which partners stand side by side, as far as two can.

    Of three partners or more, those with whom somebody has the most children come first.
    """
    partners: dict[str, list[str]] = defaultdict(list)
    for link in couples:
        if link.second not in partners[link.first]:
            partners[link.first].append(link.second)
            partners[link.second].append(link.first)

    def children(one: str, other: str) -> int:
        return together.get(frozenset((one, other)), 0)

    def turn(one: str) -> tuple[bool, int, int]:
        most = max((children(one, other) for other in partners[one]), default=0)
        return (len(partners[one]) != 1, -most, labels.index(one))

    found, seen = [], set[str]()
    # Whoever has one partner stands at an end, so they begin; whoever is left stands in a circle.
    for label in sorted(labels, key=turn):
        if label in seen:
            continue
        chain, waiting = [], [label]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            chain.append(here)
            following = [one for one in partners[here] if one not in seen]
            # What is put last is taken first.
            following.sort(key=lambda one: (children(here, one), -labels.index(one)))
            waiting += following
        found.append(tuple(chain))
    return found


def _side_by_side(couples: Iterable[Link], chains: Iterable[tuple[str, ...]]) -> list[Link]:
    neighbours = {frozenset(pair) for chain in chains for pair in pairwise(chain)}
    found: dict[frozenset[str], Link] = {}
    for link in couples:
        pair = frozenset((link.first, link.second))
        if pair in neighbours:
            found.setdefault(pair, link)
    return list(found.values())


def _lines(
    found: Network, level: Mapping[str, int], beside: Sequence[Link]
) -> tuple[list[Tie], list[Loop]]:
    """Return the lines between rows and those within one, beside those of couples."""
    pairs = [(link.first, link.second) for link in beside]
    children: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    loops = []
    for kind in DOWNWARDS:
        parents: dict[str, list[str]] = defaultdict(list)
        for link in found.of_kind(kind):
            if level[link.first] < level[link.second]:
                parents[link.second].append(link.first)
            elif level[link.first] == level[link.second]:
                loops.append(Loop(link.first, link.second, kind))
            else:
                children[(link.second,), kind].append(link.first)
        for child, those in sorted(parents.items()):
            for uppers in _couples_among(those, pairs):
                children[uppers, kind].append(child)
    for link in found.links:
        if link.kind in DOWNWARDS or link in beside or link.kind not in LINES:
            continue
        upper, lower = sorted((link.first, link.second), key=lambda one: level[one])
        if level[upper] == level[lower]:
            loops.append(Loop(link.first, link.second, link.kind))
        else:
            children[(upper,), link.kind].append(lower)
    ties = [
        Tie(uppers, tuple(dict.fromkeys(each)), kind)
        for (uppers, kind), each in sorted(children.items())
    ]
    return ties, loops


#: Links of which the drawing has a line; any other is told in words.
LINES = (*DOWNWARDS, *COUPLES, SIBLING)


def _couples_among(those: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    left, found = list(dict.fromkeys(those)), list[tuple[str, ...]]()
    for one, other in pairs:
        if one in left and other in left:
            left = [label for label in left if label not in (one, other)]
            found.append((one, other))
    return [*found, *((label,) for label in left)]


def _edges(
    ties: Sequence[Tie], level: Mapping[str, int]
) -> tuple[list[tuple[str, str]], dict[str, int]]:
    edges, passes = [], dict[str, int]()
    for number, tie in enumerate(ties):
        for lower in tie.lowers:
            ends = list(tie.uppers)
            for row in range(level[tie.uppers[0]] + 1, level[lower]):
                name = f"\0{number}\0{lower}\0{row}"
                passes[name] = row
                edges += [(end, name) for end in ends]
                ends = [name]
            edges += [(end, lower) for end in ends]
    return edges, passes


Blocks = list[list[tuple[str, ...]]]


def _fewest_crossings(
    rows: Blocks, edges: Sequence[tuple[str, str]], home: Mapping[str, str]
) -> Blocks:
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in edges:
        above[lower].append(upper)
        below[upper].append(lower)
    best, fewest = [list(row) for row in rows], _crossings(rows, edges)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        numbers = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        hangs_on = above if downwards else below
        for number in numbers:
            other = rows[number - 1 if downwards else number + 1]
            rows[number] = _sorted_by_mean(rows[number], _places(other), hangs_on, home)
        if (count := _crossings(rows, edges)) < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def _places(row: Iterable[tuple[str, ...]]) -> dict[str, int]:
    return {one: place for place, one in enumerate(one for block in row for one in block)}


def _sorted_by_mean(
    row: Sequence[tuple[str, ...]],
    places: Mapping[str, int],
    hangs_on: Mapping[str, Sequence[str]],
    home: Mapping[str, str],
) -> list[tuple[str, ...]]:
    means = {
        one: sum(places[other] for other in hangs_on[one]) / len(hangs_on[one])
        for block in row
        for one in block
        if hangs_on.get(one)
    }
    wanted, last = [], -1.0
    for number, block in enumerate(row):
        known = [means[one] for one in block if one in means]
        # What hangs on nothing stays behind its neighbour.
        last = sum(known) / len(known) if known else last
        turned = tuple(reversed(block)) if _is_turned(block, means) else block
        wanted.append(((last, min(home.get(one, "") for one in block), number), turned))
    return [block for _, block in sorted(wanted)]


def _is_turned(block: Sequence[str], means: Mapping[str, float]) -> bool:
    known = [(place, means[one]) for place, one in enumerate(block) if one in means]
    return len(known) > 1 and known[0][1] > known[-1][1]


def _crossings(rows: Blocks, edges: Sequence[tuple[str, str]]) -> int:
    places, level = dict[str, int](), dict[str, int]()
    for number, row in enumerate(rows):
        found = _places(row)
        places |= found
        level |= dict.fromkeys(found, number)
    count = 0
    between: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for upper, lower in edges:
        between[level[upper]].append((places[upper], places[lower]))
    for lines in between.values():
        lines.sort()
        for number, (start, end) in enumerate(lines):
            count += sum(
                start < other_start and end > other_end
                for other_start, other_end in lines[number + 1 :]
            )
    return count
