"""Lay a network out as shapes: symbols, lines and households, in points of the drawing.

Rows are generations. Across, everybody stands as near as may be to what they hang on, in the
order of their row: the closest such places are found exactly, by pooling neighbours that want to
pass each other (isotonic regression). Between rows, each line across has a height of its own.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.genograms.generations import generations
from engine.genograms.network import (
    DIVORCED,
    DOWNWARDS,
    SEPARATED,
    SIBLING,
    Link,
    Network,
    Person,
    fold,
)
from engine.genograms.ordering import LINES, Rows, sort_rows
from engine.texts import Text

#: Half a symbol, the width of a person with the room beside, and that of a line passing a row.
HALF, WIDTH, PASS = 22, 160, 24
#: The room of a person's own, within which a household is drawn around them.
OWN = 130
#: How many signs of a label stand in one line, and how high a line of text is.
SIGNS, LINE = 17, 16
#: From the top of a row to the middle of its symbols; between lines across; around everything.
MIDDLE, TRACK, MARGIN = 36, 9, 30
#: Where lines leave beside a symbol, counted from its middle: to the children of one parent, of a
#: couple, and to somebody of the same row. Lines of other kinds stand a little further.
ALONE, TOGETHER, ACROSS, KIND = 66, 80, 98, 4

HOUSEHOLD = Text("Household", "Aelwyd")


@dataclass(frozen=True)
class Symbol:
    """A person as drawn: the middle of the symbol, and the lines of text below it."""

    person: Person
    x: float
    y: float
    texts: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Line:
    """A line of some kind, as ways of points, and where strokes lie across it."""

    kind: str
    ways: tuple[tuple[tuple[float, float], ...], ...]
    strokes: tuple[tuple[float, float], ...] = ()

    @property
    def path(self) -> str:
        """Return the line as the path of an SVG."""
        return " ".join("M" + " L".join(f"{x:g} {y:g}" for x, y in way) for way in self.ways)


@dataclass(frozen=True)
class Box:
    """Members of a household that stand together; the same household may have several."""

    household: str
    left: float
    top: float
    right: float
    bottom: float
    texts: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A network laid out; the origin is the upper left."""

    width: float
    height: float
    symbols: tuple[Symbol, ...]
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    undrawn: tuple[Link, ...]

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of line that it has, in the order of the form."""
        return [kind for kind in LINES if any(line.kind == kind for line in self.lines)]


def draw(found: Network, language: str) -> Drawing:
    """Lay a network out.

    Takes:   language, in which a household is called one.
    Raises:  InvalidForm, where somebody is their own ancestor.
    """
    level = generations(found)
    placed, lines = _Sheet(), list[_Way]()
    for part in _parts(found):
        lowest = min(level[person.label] for person in part.people)
        own = {person.label: level[person.label] - lowest for person in part.people}
        rows = sort_rows(part, own)
        placed.add(rows, _places_across(rows))
        lines += _ways(rows, own, placed)
    return _finish(found, placed, lines, language)


class _Sheet:
    """Where everybody stands across, and in which row."""

    def __init__(self) -> None:
        self.x: dict[str, float] = {}
        self.row: dict[str, int] = {}
        self.right = 0.0

    def add(self, rows: Rows, x: Mapping[str, float]) -> None:
        """Put a part of the network to the right of what stands there."""
        left = min(x[one] - _width(rows, one) / 2 for one in x)
        right = max(x[one] + _width(rows, one) / 2 for one in x)
        for number, row in enumerate(rows.blocks):
            for one in (one for block in row for one in block):
                self.x[one] = round(x[one] - left + self.right)
                self.row[one] = number
        self.right += right - left


def _parts(found: Network) -> list[Network]:
    """Return the parts of a network that no drawn line joins, that of the review first."""
    part = {person.label: {person.label} for person in found.people}
    for link in found.of_kind(*LINES):
        joined = part[link.first] | part[link.second]
        for label in joined:
            part[label] = joined
    distinct = {id(labels): labels for labels in part.values()}.values()
    parts = [
        Network(
            tuple(person for person in found.people if person.label in labels),
            tuple(link for link in found.of_kind(*LINES) if link.first in labels),
        )
        for labels in distinct
    ]
    return sorted(
        parts, key=lambda one: (not any(p.subject for p in one.people), one.people[0].order)
    )


# Across


def _width(rows: Rows, one: str) -> float:
    return PASS if one in rows.passes else WIDTH


def _places_across(rows: Rows) -> dict[str, float]:
    """Return the middle of each person and passing line, in the order of the rows."""
    x: dict[str, float] = {}
    for row in rows.blocks:
        right = 0.0
        for one in (one for block in row for one in block):
            x[one] = right + _width(rows, one) / 2
            right += _width(rows, one)
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in rows.edges:
        above[lower].append(upper)
        below[upper].append(lower)
    for _ in range(6):
        for row in rows.blocks:
            _place_row(rows, row, x, above)
        for row in reversed(rows.blocks):
            _place_row(rows, row, x, below)
    for row in rows.blocks[1:]:
        _place_row(rows, row, x, above)
    return x


def _place_row(
    rows: Rows,
    row: Sequence[tuple[str, ...]],
    x: dict[str, float],
    hangs_on: Mapping[str, Sequence[str]],
) -> None:
    """Put each block as near as may be to the mean of what it hangs on, none over another."""
    wanted, widths = [], []
    for block in row:
        offsets, width = {}, 0.0
        for one in block:
            offsets[one] = width + _width(rows, one) / 2
            width += _width(rows, one)
        pulls = [x[end] - offsets[one] for one in block for end in hangs_on.get(one, ())]
        stays = x[block[0]] - offsets[block[0]]
        wanted.append((sum(pulls) / len(pulls), len(pulls)) if pulls else (stays, 0.01))
        widths.append(width)
    for block, left in zip(row, in_order(wanted, widths), strict=True):
        for one in block:
            x[one] = left + _width(rows, one) / 2
            left += _width(rows, one)


def in_order(wanted: Sequence[tuple[float, float]], widths: Sequence[float]) -> list[float]:
    """Return left edges nearest to those wanted so that nothing overlaps or changes places.

    Takes:   wanted, each with its weight. Nearest is the least sum of weighted squares.
    """
    pools: list[tuple[float, float, int]] = []
    before = 0.0
    for (left, weight), width in zip(wanted, widths, strict=True):
        pool = (left - before, weight, 1)
        before += width
        while pools and pools[-1][0] > pool[0]:
            mean, heavy, count = pools.pop()
            both = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / both, both, count + pool[2])
        pools.append(pool)
    found, before = [], 0.0
    levels = [mean for mean, _, count in pools for _ in range(count)]
    for level, width in zip(levels, widths, strict=True):
        found.append(level + before)
        before += width
    return found


# Lines, before it is known how far the rows are apart


@dataclass
class _Step:
    """A line across the gap above a row, between two places; several of a family share it."""

    gap: int
    left: float
    right: float
    track: int = 0


@dataclass(frozen=True)
class _At:
    """The height of a point at a symbol: its middle or top, or where lines leave at the side."""

    name: str
    row: int


Point = tuple[float, _At | _Step]


@dataclass(frozen=True)
class _Way:
    """One line: points whose height is that of a row's middle or top, or of a step."""

    kind: str
    ways: tuple[tuple[Point, ...], ...]
    steps: tuple[_Step, ...]
    pair: tuple[str, str] | None = None


def _lane(kind: str) -> int:
    return KIND * DOWNWARDS.index(kind) if kind in DOWNWARDS else -KIND


def _ways(rows: Rows, level: Mapping[str, int], sheet: _Sheet) -> list[_Way]:
    found = []
    for link in rows.beside:
        left, right = sorted((sheet.x[link.first], sheet.x[link.second]))
        middle = _At("middle", level[link.first])
        way = ((left + HALF, middle), (right - HALF, middle))
        found.append(_Way(link.kind, (way,), (), (link.first, link.second)))
    for number, _tie in enumerate(rows.ties):
        found.append(_tie_way(rows, number, level, sheet))
    found += [_loop_way(loop.first, loop.second, loop.kind, level, sheet) for loop in rows.loops]
    return found


def _tie_way(rows: Rows, number: int, level: Mapping[str, int], sheet: _Sheet) -> _Way:
    tie = rows.ties[number]
    top = level[tie.uppers[0]]
    if len(tie.uppers) == 2:
        start = min(sheet.x[one] for one in tie.uppers) + TOGETHER + _lane(tie.kind)
        begin: list[Point] = [(start, _At("middle", top))]
    else:
        x = sheet.x[tie.uppers[0]]
        start = x + ALONE + _lane(tie.kind)
        begin = [(x + HALF, _At("side", top)), (start, _At("side", top))]
    firsts = {lower: [*rows.way(number, lower), lower] for lower in tie.lowers}
    bends = [
        start,
        *(sheet.x[way[0]] + _arrival(tie.kind, way[0], rows) for way in firsts.values()),
    ]
    bus = _Step(top + 1, min(bends), max(bends))
    steps, ways = [bus], [(*begin, (start, bus))]
    for lower, way in firsts.items():
        points: list[Point] = []
        x, step = sheet.x[way[0]] + _arrival(tie.kind, way[0], rows), bus
        points += [(start, step), (x, step)]
        for row, following in enumerate(way[1:], start=top + 2):
            then = sheet.x[following] + _arrival(tie.kind, following, rows)
            step = _Step(row, min(x, then), max(x, then))
            steps.append(step)
            points += [(x, step), (then, step)]
            x = then
        ways.append((*points, (x, _At("top", level[lower]))))
    return _Way(tie.kind, tuple(ways), tuple(steps))


def _arrival(kind: str, one: str, rows: Rows) -> float:
    """Return how far beside the middle of a symbol a line of a kind comes down on it."""
    return 0 if one in rows.passes or kind == DOWNWARDS[0] else _lane(kind) * 1.25


def _loop_way(first: str, second: str, kind: str, level: Mapping[str, int], sheet: _Sheet) -> _Way:
    left, right = sorted((sheet.x[first], sheet.x[second]))
    row = level[first]
    points: tuple[Point, ...]
    if kind == SIBLING:
        step = _Step(row, left - 8, right - 8)
        points = (
            (left - 8, _At("top", row)),
            (left - 8, step),
            (right - 8, step),
            (right - 8, _At("top", row)),
        )
        return _Way(kind, (points,), (step,))
    start, end = left + ACROSS, right - ALONE
    step = _Step(row + 1, min(start, end), max(start, end))
    points = (
        (left + HALF, _At("low", row)),
        (start, _At("low", row)),
        (start, step),
        (end, step),
        (end, _At("low", row)),
        (right - HALF, _At("low", row)),
    )
    return _Way(kind, (points,), (step,))


# Down, and everything together


def _finish(found: Network, sheet: _Sheet, ways: Sequence[_Way], language: str) -> Drawing:
    rows = max(sheet.row.values(), default=-1) + 1
    below = [
        max(
            (len(_texts(person)) for person in found.people if sheet.row[person.label] == row),
            default=1,
        )
        for row in range(rows)
    ]
    boxes = _boxes(found, sheet, language)
    named = [
        max((len(box.texts) for box, last in boxes if last == row), default=0)
        for row in range(rows)
    ]
    tracks = _lay_tracks(ways, rows)
    tops, bottoms, y = [], [], float(MARGIN)
    for row in range(rows):
        y += TRACK * tracks[row] + (TRACK if tracks[row] else 0)
        tops.append(y)
        y += MIDDLE + HALF + LINE * (below[row] + named[row]) + 20
        bottoms.append(y)
        y += 14
    height = y + TRACK * (tracks[rows] + 1) + MARGIN
    heights = _Heights(tops, bottoms)
    return Drawing(
        width=sheet.right + 2 * MARGIN,
        height=height,
        symbols=tuple(_symbol(person, sheet, heights) for person in found.people),
        lines=tuple(_line(way, heights) for way in ways),
        boxes=tuple(_set_box(box, last, heights) for box, last in boxes),
        undrawn=tuple(link for link in found.links if link.kind not in LINES),
    )


def _symbol(person: Person, sheet: _Sheet, heights: _Heights) -> Symbol:
    y = heights.of(_At("middle", sheet.row[person.label]))
    texts = enumerate(_texts(person), start=1)
    return Symbol(
        person,
        sheet.x[person.label] + MARGIN,
        y,
        tuple((y + HALF + LINE * number, text) for number, text in texts),
    )


def _texts(person: Person) -> list[str]:
    lines = textwrap.wrap(person.label, SIGNS)
    return [*lines, person.years] if person.years else lines


class _Heights:
    def __init__(self, tops: Sequence[float], bottoms: Sequence[float]) -> None:
        self.tops, self.bottoms = tops, bottoms

    def of(self, at: _At | _Step) -> float:
        """Return the height of a point: by the row, or by the step of a line."""
        if isinstance(at, _Step):
            if at.gap < len(self.tops):
                return self.tops[at.gap] - TRACK * (at.track + 1)
            return self.bottoms[-1] + TRACK * (at.track + 1)
        offsets = {"middle": 0, "top": -HALF, "side": 8, "low": 15}
        return self.tops[at.row] + MIDDLE + offsets[at.name]


def _lay_tracks(ways: Iterable[_Way], rows: int) -> list[int]:
    """Give each line across a height at which it meets no other; say how many each gap has."""
    ends: list[list[float]] = [[] for _ in range(rows + 1)]
    steps = [step for way in ways for step in way.steps if step.right > step.left]
    for step in sorted(steps, key=lambda one: (one.gap, one.left, one.right)):
        free = ends[step.gap]
        for track, right in enumerate(free):
            if right + KIND < step.left:
                step.track, free[track] = track, step.right
                break
        else:
            step.track = len(free)
            free.append(step.right)
    return [len(each) for each in ends]


def _line(way: _Way, heights: _Heights) -> Line:
    ways = tuple(tuple((x + MARGIN, heights.of(at)) for x, at in points) for points in way.ways)
    count = {SEPARATED: 1, DIVORCED: 2}.get(way.kind, 0)
    strokes: tuple[tuple[float, float], ...] = ()
    if count:
        across = max(pairwise(ways[0]), key=lambda pair: abs(pair[1][0] - pair[0][0]))
        middle = (across[0][0] + across[1][0]) / 2 - 14
        strokes = tuple((middle + 7 * number, across[0][1]) for number in range(count))
    return Line(way.kind, ways, strokes)


def _boxes(found: Network, sheet: _Sheet, language: str) -> list[tuple[Box, int]]:
    """Return households around those who live in them, each with the row of its lower end.

    One box for all of it, where nobody else and no other household stands in it; else one for
    each row in which they stand side by side.
    """
    homes: dict[str, list[Person]] = defaultdict(list)
    for person in found.people:
        if person.household:
            homes[fold(person.household)].append(person)
    taken = list[Box]()
    boxes = []
    for members in homes.values():
        labels = {person.label for person in members}
        whole = _around(members[0].household, labels, sheet)
        others = {one for one in sheet.x if one not in labels}
        clear = not any(_holds(whole, one, sheet) for one in others)
        if not clear or any(_meet(whole, other) for other in taken):
            pieces = [
                _around(members[0].household, each, sheet) for each in _side_by_side(labels, sheet)
            ]
        else:
            pieces = [whole]
        taken += pieces
        boxes += pieces
    return [(_with_text(box, language), int(box.bottom)) for box in boxes]


def _around(household: str, labels: Iterable[str], sheet: _Sheet) -> Box:
    """Return a box whose top and bottom are rows, not yet heights."""
    across = [sheet.x[one] for one in labels]
    rows = [sheet.row[one] for one in labels]
    half = OWN / 2
    return Box(household, min(across) - half, min(rows), max(across) + half, max(rows))


def _holds(box: Box, one: str, sheet: _Sheet) -> bool:
    half = PASS / 4 if "\0" in one else OWN / 2
    inside = box.left < sheet.x[one] + half and sheet.x[one] - half < box.right
    return inside and box.top <= sheet.row[one] <= box.bottom


def _meet(box: Box, other: Box) -> bool:
    beside = box.right <= other.left or other.right <= box.left
    return not beside and box.top <= other.bottom and other.top <= box.bottom


def _side_by_side(labels: set[str], sheet: _Sheet) -> list[list[str]]:
    """Return those of a household who stand side by side, row by row."""
    found: list[list[str]] = []
    people = [one for one in sheet.x if "\0" not in one]
    before: str | None = None
    for one in sorted(people, key=lambda one: (sheet.row[one], sheet.x[one])):
        if one in labels:
            joins = before in labels and sheet.row.get(before or "") == sheet.row[one]
            if joins:
                found[-1].append(one)
            else:
                found.append([one])
        before = one
    return found


def _with_text(box: Box, language: str) -> Box:
    said = f"{HOUSEHOLD.say(language)}: {box.household}"
    lines = textwrap.wrap(said, max(SIGNS, int((box.right - box.left) / 8)))
    return replace(box, texts=tuple((0.0, line) for line in lines))


def _set_box(box: Box, last: int, heights: _Heights) -> Box:
    bottom = heights.bottoms[last]
    start = bottom - 8 - LINE * (len(box.texts) - 1)
    return replace(
        box,
        left=box.left + MARGIN,
        right=box.right + MARGIN,
        top=heights.tops[int(box.top)],
        bottom=bottom,
        texts=tuple((start + LINE * number, text) for number, (_, text) in enumerate(box.texts)),
    )
