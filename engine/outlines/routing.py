"""Lead a line from step to step at right angles, around shapes and labels.

The sheet becomes a net of lines on which a way may run; the cheapest way through it is taken.
Bends, crossings, running along another line and running over a label all have their price;
running through a shape, or over the border of a sub-process, is not possible.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.lint.geometry import Box, Point

#: How near a line may come to a shape, and how far two lines are kept apart.
_PAD, _TRACK = 9.0, 12.0
_BEND, _CROSSING, _OVER_LABEL = 55.0, 90.0, 900.0
#: The price of running along another line or the edge of a lane, for each unit of length.
_ALONG = 4.0
#: Beginning where another line begins, or where one ends.
_BESIDE, _AGAINST = 120.0, 160.0
#: So far around the two steps a way is looked for, first.
_AROUND, _EVERYWHERE = 260.0, 1e5

_RIGHT, _DOWN, _LEFT, _UP = range(4)
_STEPS = {_RIGHT: (1, 0), _DOWN: (0, 1), _LEFT: (-1, 0), _UP: (0, -1)}
_LEAVING = {_RIGHT: 0.0, _DOWN: 25.0, _UP: 30.0, _LEFT: 140.0}
_ENTERING = {_LEFT: 0.0, _UP: 25.0, _DOWN: 30.0, _RIGHT: 140.0}


@dataclass(frozen=True)
class Ground:
    """What a line has to mind: shapes it may not cross, labels and lines it would rather not.

    `edges` are those of lanes, along which it should not run. `within` is the box that it may not
    leave; `sides` says of a step at which sides alone a
    line may leave it, where not at all of them.
    """

    shapes: Mapping[str, Box]
    labels: Sequence[Box]
    #: each line, and whether this one may join it because both only go to the same step
    lines: Sequence[tuple[Sequence[Point], bool]]
    edges: Sequence[tuple[Point, Point]]
    within: Box
    sides: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def side_of(host: Box, event: Box) -> tuple[int, ...]:
    """Return the sides at which a line leaves an event on the border of a step: outwards."""
    y = event.y + event.height / 2
    if abs(y - host.bottom) <= 2:
        return (_DOWN,)
    if abs(y - host.y) <= 2:
        return (_UP,)
    return (_RIGHT,) if event.x + event.width / 2 > host.x + host.width / 2 else (_LEFT,)


def route(ground: Ground, source: str, target: str) -> list[Point]:
    """Return the corners of the way from one step to another.

    Where there is none, the two are joined straight on, and the rules about drawing say so.
    """
    one, other = ground.shapes[source], ground.shapes[target]
    for around in (_AROUND, _EVERYWHERE):
        found = _Net(ground, source, target, around).search()
        if found:
            return found
    return _straight(one, other)


#: A crossing of the net: column and row; and with the way in which it was come to.
_Cell = tuple[int, int]
_State = tuple[int, int, int]


@dataclass(frozen=True)
class _Dock:
    side: int
    point: Point
    cost: float


@dataclass(frozen=True)
class _Arrival:
    cost: float
    state: _State
    enters: int
    point: Point


@dataclass
class _Search:
    """What is known while the cheapest way is looked for, and how each crossing was come to."""

    heap: list[tuple[float, _State]] = field(default_factory=list)
    best: dict[_State, float] = field(default_factory=dict)
    came: dict[_State, _State | Point] = field(default_factory=dict)
    found: _Arrival | None = None

    def note(self, state: _State, cost: float, ahead: float, before: _State | Point) -> None:
        if cost < self.best.get(state, float("inf")):
            self.best[state] = cost
            self.came[state] = before
            heapq.heappush(self.heap, (cost + ahead, state))

    def arrive(self, arrival: _Arrival) -> None:
        if self.found is None or arrival.cost < self.found.cost:
            self.found = arrival


class _Net:
    """The lines on which a way may run, and what each piece of it costs."""

    def __init__(self, ground: Ground, source: str, target: str, around: float) -> None:
        self.ground = ground
        one, other = ground.shapes[source], ground.shapes[target]
        begun = [line[0] for line, _ in ground.lines]
        ended = [line[-1] for line, _ in ground.lines]
        sides = ground.sides.get(source)
        self.starts = _docks(one, _LEAVING, sides, (begun, _BESIDE), (ended, _AGAINST))
        self.ends = _docks(other, _ENTERING, None, (ended, _BESIDE / 4), (begun, _AGAINST))
        #: Every way ends within this box: the step itself and what lies just outside its docks.
        self.goal = Box(other.x - 40, other.y - 40, other.width + 80, other.height + 80)
        self.area = _area(one, other, ground.within, around)
        self.blocks = [box for box in ground.shapes.values() if box.overlaps(self.area)]
        self.labels = [box for box in ground.labels if box.overlaps(self.area)]
        self.xs = self._coordinates("x", "right", 0)
        self.ys = self._coordinates("y", "bottom", 1)
        self.blocked: set[_Cell] = set()
        self.cost: dict[_Cell, float] = defaultdict(float)
        self.crossed: dict[tuple[int, int, bool], float] = defaultdict(float)
        self.along: dict[tuple[int, int, bool], float] = defaultdict(float)
        for box in self.blocks:
            self.blocked |= set(self._inside(box, _PAD))
        for box in self.labels:
            for cell in self._inside(box, 1):
                self.cost[cell] += _OVER_LABEL
        for points, may_join in ground.lines:
            for start, end in pairwise(points):
                self._mind(start, end, 0 if may_join else _CROSSING, 0 if may_join else _ALONG)
        for start, end in ground.edges:
            self._mind(start, end, 0, _ALONG)

    def _coordinates(self, low: str, high: str, axis: int) -> list[float]:
        found = {getattr(self.area, low), getattr(self.area, high)}
        for box in (*self.blocks, *self.labels):
            near, far = getattr(box, low), getattr(box, high)
            found |= {near - _TRACK, far + _TRACK, near - 2 * _TRACK, far + 2 * _TRACK}
            found.add((near + far) / 2)
        for dock in (*self.starts, *self.ends):
            found.add(dock.point[axis])
        for points, _ in self.ground.lines:
            for point in points:
                found |= {point[axis] - _TRACK, point[axis] + _TRACK}
        least, most = getattr(self.area, low), getattr(self.area, high)
        return sorted(value for value in found if least <= value <= most)

    def _inside(self, box: Box, pad: float) -> Iterable[_Cell]:
        columns = range(bisect_right(self.xs, box.x - pad), bisect_left(self.xs, box.right + pad))
        rows = range(bisect_right(self.ys, box.y - pad), bisect_left(self.ys, box.bottom + pad))
        return [(column, row) for column in columns for row in rows]

    def _mind(self, start: Point, end: Point, crossing: float, along: float) -> None:
        """Let the pieces of the net that cross a line, or run along it, cost more."""
        level = abs(start[1] - end[1]) < 1
        (x1, x2), (y1, y2) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        columns = range(bisect_left(self.xs, x1), bisect_right(self.xs, x2))
        rows = range(bisect_left(self.ys, y1), bisect_right(self.ys, y2))
        if level:
            across = [(column, bisect_left(self.ys, y1)) for column in columns]
            near = range(bisect_left(self.ys, y1 - 6), bisect_right(self.ys, y1 + 6))
            beside = [(column, row) for row in near for column in columns]
        else:
            across = [(bisect_left(self.xs, x1), row) for row in rows]
            near = range(bisect_left(self.xs, x1 - 6), bisect_right(self.xs, x1 + 6))
            beside = [(column, row) for column in near for row in rows]
        for cell in across:
            self.crossed[*cell, not level] += crossing
        for cell in beside:
            self.along[*cell, level] += along

    def search(self) -> list[Point]:
        """Return the corners of the cheapest way, or nothing."""
        goals = self._goals()
        search = _Search()
        for dock in self.starts:
            cell = self._stub(dock)
            if cell is not None:
                search.note((*cell, dock.side), dock.cost, self._ahead(cell), dock.point)
        while search.heap:
            total, state = heapq.heappop(search.heap)
            if search.found is not None and total >= search.found.cost:
                break
            cost = search.best[state]
            if total > cost + self._ahead(state) + 1e-6:
                continue
            for enters, extra, point in goals.get(state[:2], ()):
                if (enters + 2) % 4 != state[2]:
                    whole = cost + extra + (0 if enters == state[2] else _BEND)
                    search.arrive(_Arrival(whole, state, enters, point))
            for turn in range(4):
                reached = self._step(state, turn)
                if reached is not None:
                    there, price = reached
                    search.note(there, cost + price, self._ahead(there), state)
        return [] if search.found is None else self._corners(search.came, search.found)

    def _ahead(self, cell: tuple[int, ...]) -> float:
        """Return how far the step that is to be entered is at the least, its docks' stubs too."""
        x, y = self.xs[cell[0]], self.ys[cell[1]]
        return max(self.goal.x - x, 0, x - self.goal.right) + max(
            self.goal.y - y, 0, y - self.goal.bottom
        )

    def _goals(self) -> dict[_Cell, list[tuple[int, float, Point]]]:
        """Return where a way may end: into which way, at what price, and at which point."""
        goals: dict[_Cell, list[tuple[int, float, Point]]] = defaultdict(list)
        for dock in self.ends:
            cell = self._stub(dock)
            if cell is not None:
                goals[cell].append(((dock.side + 2) % 4, dock.cost, dock.point))
        return goals

    def _step(self, state: _State, turn: int) -> tuple[_State, float] | None:
        column, row, way = state
        if (turn + 2) % 4 == way:
            return None
        right, down = _STEPS[turn]
        there = (column + right, row + down)
        if not (0 <= there[0] < len(self.xs) and 0 <= there[1] < len(self.ys)):
            return None
        if there in self.blocked:
            return None
        far = abs(self.xs[there[0]] - self.xs[column]) + abs(self.ys[there[1]] - self.ys[row])
        cost = far + self.cost.get(there, 0) + (0 if turn == way else _BEND)
        level = turn in (_RIGHT, _LEFT)
        # A piece belongs to the later of its two ends; running along costs by its length.
        mark = (max(column, there[0]), max(row, there[1]), level)
        cost += self.crossed.get(mark, 0) + self.along.get(mark, 0) * far
        return (*there, turn), cost

    def _stub(self, dock: _Dock) -> _Cell | None:
        """Return the first crossing of the net that lies clear of a dock."""
        x, y = dock.point
        column, row = bisect_left(self.xs, x), bisect_left(self.ys, y)
        if dock.side == _RIGHT:
            column = bisect_left(self.xs, x + _PAD)
        elif dock.side == _LEFT:
            column = bisect_right(self.xs, x - _PAD) - 1
        elif dock.side == _DOWN:
            row = bisect_left(self.ys, y + _PAD)
        else:
            row = bisect_right(self.ys, y - _PAD) - 1
        if not (0 <= column < len(self.xs) and 0 <= row < len(self.ys)):
            return None
        return None if (column, row) in self.blocked else (column, row)

    def _corners(self, came: Mapping[_State, _State | Point], end: _Arrival) -> list[Point]:
        points: list[Point] = [end.point]
        way = end.enters
        here: _State | Point = end.state
        while len(here) == 3:
            if here[2] != way:
                points.append((self.xs[here[0]], self.ys[here[1]]))
            way = here[2]
            here = came[here]
        points.append(here)
        return points[::-1]


def _docks(
    box: Box,
    costs: Mapping[int, float],
    sides: tuple[int, ...] | None,
    *used: tuple[Sequence[Point], float],
) -> list[_Dock]:
    """Return where a line may touch a step; what others use already costs more."""
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    points = {
        _RIGHT: (box.right, middle_y),
        _LEFT: (box.x, middle_y),
        _UP: (middle_x, box.y),
        _DOWN: (middle_x, box.bottom),
    }
    dear = {
        side: costs[side] + sum(price * others.count(point) for others, price in used)
        for side, point in points.items()
    }
    return [_Dock(side, points[side], dear[side]) for side in sides or tuple(points)]


def _area(one: Box, other: Box, within: Box, around: float) -> Box:
    left = max(min(one.x, other.x) - around, within.x + _TRACK)
    top = max(min(one.y, other.y) - around, within.y + _TRACK)
    right = min(max(one.right, other.right) + around, within.right - _TRACK)
    bottom = min(max(one.bottom, other.bottom) + around, within.bottom - _TRACK)
    return Box(left, top, right - left, bottom - top)


def _straight(one: Box, other: Box) -> list[Point]:
    start = (one.right, one.y + one.height / 2)
    end = (other.x, other.y + other.height / 2)
    middle = (start[0] + end[0]) / 2
    return [start, (middle, start[1]), (middle, end[1]), end]
