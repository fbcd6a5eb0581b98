"""Boxes and lines on a sheet, in the units of BPMN diagram interchange."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle with its sides along the axes; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height

    def overlaps(self, other: Box) -> bool:
        """Two boxes share some area; touching sides are not an overlap."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: Box) -> bool:
        """The other box lies inside this one, or on its sides."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def is_crossed_by(self, segment: Segment) -> bool:
        """A piece of the segment lies inside the box; running along a side does not count.

        Liang and Barsky's clipping, so that slanted lines are answered rightly too.
        """
        (x1, y1), (x2, y2) = segment
        enters, leaves = 0.0, 1.0
        for start, way, low, high in (
            (x1, x2 - x1, self.x, self.right),
            (y1, y2 - y1, self.y, self.bottom),
        ):
            if way == 0:
                if not low < start < high:
                    return False
                continue
            first, last = sorted(((low - start) / way, (high - start) / way))
            enters, leaves = max(enters, first), min(leaves, last)
        return enters < leaves

    def touches(self, point: Point, slack: float) -> bool:
        """The point lies on the border of the box or inside it, give or take the slack."""
        x, y = point
        across = self.x - slack <= x <= self.right + slack
        return across and self.y - slack <= y <= self.bottom + slack


def segments(points: tuple[Point, ...]) -> tuple[Segment, ...]:
    """Return the pieces of a line, those without length left out."""
    return tuple((start, end) for start, end in pairwise(points) if start != end)
