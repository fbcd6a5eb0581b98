"""Find a place for the name of an event, a gateway or a flow, where it lies over nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from engine.lint.geometry import Box, Point, Segment, segments

#: How many signs a line of a label holds, and how wide and high a sign is in the browser.
_SIGNS, _WIDTH, _HEIGHT = 15, 6, 14


def size_of(*names: str) -> tuple[int, int]:
    """Return the width and height of a label that holds any of some names."""
    sizes = [_size(name) for name in names if name] or [(1, 1)]
    return max(w for w, _ in sizes) * _WIDTH + 8, max(h for _, h in sizes) * _HEIGHT


def _size(name: str) -> tuple[int, int]:
    widest, lines, line = 0, 1, 0
    for word in name.split():
        if line and line + 1 + len(word) > _SIGNS:
            lines, line = lines + 1, len(word)
        else:
            line += len(word) + (1 if line else 0)
        widest = max(widest, line)
    return widest, lines


def at_step(box: Box, size: tuple[int, int], *, above_first: bool) -> Iterator[Box]:
    """Yield places for the name of an event or gateway, the best first."""
    width, height = size
    middle, level = box.x + box.width / 2, box.y + box.height / 2
    for near in (5, 12, 20, 30):
        above, below = box.y - near - height, box.bottom + near
        tops = (above, below) if above_first else (below, above)
        for top in tops:
            yield _box(middle - width / 2, top, size)
        for aside in (4, 10, 18):
            for top in tops:
                yield _box(middle - width - aside, top, size)
                yield _box(middle + aside, top, size)
    for aside in (2, 8, 14):
        for left in (box.right + 3, box.x - width - 3):
            yield _box(left, level - height - aside, size)
            yield _box(left, level + aside, size)


def at_line(points: Sequence[Point], size: tuple[int, int]) -> Iterator[Box]:
    """Yield places for the name of a flow along its line, nearest to where it begins first."""
    width, height = size
    for aside in (4, 10, 18):
        for (x1, y1), (x2, y2) in pairwise(points):
            for far in range(4, int(abs(x1 - x2) + abs(y1 - y2)) + 1, 8):
                if y1 == y2:
                    left = x1 + far if x2 > x1 else x1 - far - width
                    yield _box(left, y1 - aside - height, size)
                    yield _box(left, y1 + aside, size)
                else:
                    top = y1 + far if y2 > y1 else y1 - far - height
                    yield _box(x1 + aside + 2, top, size)
                    yield _box(x1 - aside - 2 - width, top, size)


def choose(
    places: Iterable[Box],
    solid: Sequence[Box],
    borders: Sequence[Box],
    lines: Iterable[Sequence[Point]],
) -> Box | None:
    """Return the first place that is clear, or the one that lies over least.

    Takes:   solid, shapes and other labels; borders, frames whose edge it may not lie across.
    """
    pieces = [piece for points in lines for piece in segments(tuple(points))]
    best: tuple[int, Box] | None = None
    for place in places:
        under = _lies_over(place, solid, borders, pieces)
        if not under:
            return place
        if best is None or under < best[0]:
            best = (under, place)
    return best[1] if best else None


def lies_over(
    label: Box,
    solid: Sequence[Box],
    borders: Sequence[Box],
    lines: Iterable[Sequence[Point]],
) -> bool:
    """Say whether a label lies over a shape, another label, a line, or the edge of a frame."""
    pieces = [piece for points in lines for piece in segments(tuple(points))]
    return bool(_lies_over(label, solid, borders, pieces))


def _lies_over(
    label: Box, solid: Sequence[Box], borders: Sequence[Box], pieces: Sequence[Segment]
) -> int:
    found = 4 * sum(1 for box in solid if box.overlaps(label))
    found += 3 * sum(1 for box in borders if box.overlaps(label) and not box.contains(label))
    return found + sum(1 for piece in pieces if label.is_crossed_by(piece))


def _box(x: float, y: float, size: tuple[int, int]) -> Box:
    return Box(round(x), round(y), *size)
