"""Find how long nobody, or one agency, recorded any contact."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.timelines.events import ADDED, Event

ONE_DAY = timedelta(days=1)

#: What leaves more days open than a month has says of no day in particular that there was contact.
DAYS_OF_A_MONTH = 31


@dataclass(frozen=True)
class Silence:
    """Days without a row: of one agency, or (empty) of none at all.

    `first` and `last` are its own first and last day; `meanwhile` counts the rows of others that
    begin in it; `perhaps` those of its own that may belong there, for all that their dates say.
    """

    agency: str
    first: date
    last: date
    meanwhile: int
    perhaps: int = 0

    @property
    def days(self) -> int:
        """Return how many days it lasts, the first and the last counted."""
        return (self.last - self.first).days + 1


def silences(events: Iterable[Event], longer_than: int) -> list[Silence]:
    """Return the silences that last for more days than these: of all agencies, then of each.

    A row whose date is not exact is contact on every day on which it may have been, as long as
    these are no more than a month or than the silence asked for. One that says no more than the
    year ends no silence, or it would hide all of them; it is told beside those that it may lie in.
    Before the first row and after the last there is none.
    """
    spans: dict[str, list[tuple[date, date]]] = {"": []}
    vague: dict[str, list[tuple[date, date]]] = {"": []}
    most = max(longer_than, DAYS_OF_A_MONTH)
    for event in events:
        if event.agency == ADDED or event.earliest is None or event.latest is None:
            continue
        span = (event.earliest, event.latest)
        kind = vague if (event.latest - event.earliest).days >= most else spans
        kind[""].append(span)
        kind.setdefault(event.agency, []).append(span)
    begins = sorted(first for first, _ in spans[""])
    return [
        Silence(
            agency,
            first,
            last,
            _between(begins, first, last),
            sum(since <= last and first <= until for since, until in vague.get(agency, ())),
        )
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
