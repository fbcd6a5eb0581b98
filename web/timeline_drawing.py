"""Draw a merged timeline: a lane for each agency, and where its events lie in time.

Shapes, never markup: the drawing is `web/templates/timeline_parts.html`. What can be told apart
by colour is told apart by its lane, its shape or its words too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import engine
from web import texts
from web.texts import say
from web.time_scales import TimeScale

#: The drawing, in its own units: the part for time, and the height of a lane and of the head.
_WIDTH, _LANE, _HEAD, _EDGE = 900, 48, 30, 16
#: Where the marks of a lane stand below its name, and how high one is.
_MIDDLE, _HALF = 32, 8
#: With more events than these, a lane shows how many there are in each piece of time.
MOST_MARKS = 400
_PIECE = 4
#: The least that a date which is not exact takes up.
_LEAST_BAR = 10

#: Dark enough to be seen on white, and told apart by most people; lanes are named all the same.
COLOURS = (
    "#12436d", "#a71930", "#00703c", "#6f3a8c", "#8a5a00", "#0f7f7f", "#b0307a", "#505a5f",
    "#3f6b00", "#c04f00", "#2b5fd9", "#5b3a29",
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """An event: at a day (its `end` is its `x`), or a bar over the days on which it may have been.

    `title` says when and what; `marked` is what the Panel marked, `late` came after the merge.
    """

    x: float
    end: float
    title: str
    marked: bool
    late: bool

    @property
    def is_bar(self) -> bool:
        """Say whether its day is not known exactly."""
        return self.end > self.x


@dataclass(frozen=True)
class Lane:
    """An agency: its colour, its name with its number of events, its marks or its pieces.

    A piece is where it begins and how high it stands, of at most 1.
    """

    key: str
    name: str
    colour: str
    y: int
    marks: tuple[Mark, ...]
    pieces: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """A timeline as the template draws it; places are in its own units.

    `ties` lead from lane to lane between events that were joined. `most` is how many events the
    highest piece stands for, none where each event has a mark.
    """

    width: int
    height: int
    lanes: tuple[Lane, ...]
    months: tuple[tuple[float, str], ...]
    ties: tuple[tuple[float, float, float, float], ...]
    most: int
    undated: int
    piece: int = _PIECE


def colours(page: engine.TimelinePage) -> dict[str, str]:
    """Return the colour of each agency, the same on every page of a case."""
    return {
        agency.key: COLOURS[number % len(COLOURS)] for number, agency in enumerate(page.agencies)
    }


def is_singly(page: engine.TimelinePage) -> bool:
    """Say whether each event is drawn by itself, with its words, or counted with others."""
    return sum(event.earliest is not None for event in page.events) <= MOST_MARKS


def draw(page: engine.TimelinePage, query: engine.TimelineQuery) -> Drawing | None:
    """Return the events of a page drawn; none where no date of them can be placed."""
    dated = [event for event in page.events if event.earliest is not None]
    ends = _ends(dated, query)
    if ends is None:
        return None
    scale = TimeScale(*ends, left=_EDGE, width=_WIDTH, months=12)
    single = is_singly(page)
    by_agency: dict[str, list[engine.Event]] = defaultdict(list)
    for event in dated:
        by_agency[event.agency].append(event)
    counted = {key: _counted(events, scale) for key, events in by_agency.items()}
    most = 0 if single else max(max(counts.values()) for counts in counted.values())
    lanes: list[Lane] = []
    dye = colours(page)
    for agency in page.agencies:
        if (events := by_agency.get(agency.key)) is None:
            continue
        lanes.append(
            Lane(
                key=agency.key,
                name=f"{say(agency.name)} ({len(events)})",
                colour=dye[agency.key],
                y=_HEAD + len(lanes) * _LANE,
                marks=tuple(_mark(event, scale) for event in events) if single else (),
                pieces=() if single else tuple(_pieces(counted[agency.key], most)),
            )
        )
    return Drawing(
        width=_WIDTH + 2 * _EDGE,
        height=_HEAD + len(lanes) * _LANE + _EDGE,
        lanes=tuple(lanes),
        months=tuple(scale.months()),
        ties=tuple(_ties(page, dated, lanes, scale)) if single else (),
        most=most,
        undated=len(page.events) - len(dated),
    )


def _ends(events: Sequence[engine.Event], query: engine.TimelineQuery) -> tuple[date, date] | None:
    """Return the first and the last day to draw: of the period asked for, else of the events."""
    firsts = [event.earliest for event in events if event.earliest]
    lasts = [event.latest for event in events if event.latest]
    if not firsts:
        return None
    first, last = query.since or min(firsts), query.until or max(lasts)
    return (first, max(first, last))


def _mark(event: engine.Event, scale: TimeScale) -> Mark:
    x, end = (scale.x(day) for day in _days(event))
    exact = event.span is not None and event.span.is_exact
    return Mark(
        x=x,
        end=x if exact else max(end, x + _LEAST_BAR),
        title=f"{texts.when(event)}: {event.event}",
        marked=event.significant or event.gap or event.conflict or bool(event.question),
        late=event.is_late,
    )


def _days(event: engine.Event) -> tuple[date, date]:
    assert event.earliest is not None
    assert event.latest is not None
    return event.earliest, event.latest


def _counted(events: Iterable[engine.Event], scale: TimeScale) -> Counter[int]:
    """Return how many events may have been in each piece of time.

    One whose date is not exact counts in each of its pieces, for it may have been in any.
    """
    found: Counter[int] = Counter()
    spans = Counter(tuple(scale.x(day) for day in _days(event)) for event in events)
    for (x, end), count in spans.items():
        for piece in range(int(x) // _PIECE, int(end) // _PIECE + 1):
            found[piece] += count
    return found


def _pieces(counts: Counter[int], most: int) -> Iterator[tuple[float, float]]:
    for piece, count in sorted(counts.items()):
        yield piece * _PIECE, round(max(count / most, 0.15), 2)


def _ties(
    page: engine.TimelinePage,
    events: Iterable[engine.Event],
    lanes: Iterable[Lane],
    scale: TimeScale,
) -> Iterator[tuple[float, float, float, float]]:
    ys = {lane.key: lane.y + _MIDDLE for lane in lanes}
    groups: dict[frozenset[str], list[engine.Event]] = defaultdict(list)
    for event in events:
        groups[page.joining.with_row(event.key)].append(event)
    for group in groups.values():
        places = [(scale.x(_days(event)[0]), ys[event.agency]) for event in group]
        for one, other in pairwise(places):
            yield *one, *other
