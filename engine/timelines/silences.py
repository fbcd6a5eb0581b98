"""Find how long nobody, or one agency, recorded any contact."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.timelines.events import ADDED, Event

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Silence:
    """Days without a row: of one agency, or (empty) of none at all.

    `first` and `last` are its own first and last day; `meanwhile` counts the rows of others that
    begin in it.
    """

    agency: str
    first: date
    last: date
    meanwhile: int

    @property
    def days(self) -> int:
        """Return how many days it lasts, the first and the last counted."""
        return (self.last - self.first).days + 1


def silences(events: Iterable[Event], longer_than: int) -> list[Silence]:
    """Return the silences that last for more days than these: of all agencies, then of each.

    A row whose date is not exact is contact on every day on which it may have been, so that only
    what is certain is called a silence. Before the first row and after the last there is none.
    """
    spans: dict[str, list[tuple[date, date]]] = {"": []}
    for event in events:
        if event.agency == ADDED or event.earliest is None or event.latest is None:
            continue
        span = (event.earliest, event.latest)
        spans[""].append(span)
        spans.setdefault(event.agency, []).append(span)
    begins = sorted(first for first, _ in spans[""])
    return [
        Silence(agency, first, last, _between(begins, first, last))
        for agency, own in sorted(spans.items())
        for first, last in _gaps(sorted(own), longer_than)
    ]


def _gaps(spans: Sequence[tuple[date, date]], longer_than: int) -> Iterator[tuple[date, date]]:
    until = spans[0][1] if spans else None
    for first, last in spans[1:]:
        assert until is not None
        if (first - until).days - 1 > longer_than:
            yield until + ONE_DAY, first - ONE_DAY
        until = max(until, last)


def _between(begins: Sequence[date], first: date, last: date) -> int:
    return bisect_right(begins, last) - bisect_left(begins, first)
