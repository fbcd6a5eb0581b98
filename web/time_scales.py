"""Put days along a line: where each stands in a drawing, and which months to name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from web import texts

#: So many days are free before the first day and behind the last.
_FREE = 3
#: A drawing shows four weeks at least, and names so many months at most.
_LEAST_DAYS, _MOST_MONTHS = 28, 8


class TimeScale:
    """Where the days between a first and a last one stand, in the units of a drawing."""

    def __init__(
        self, first: date, last: date, *, left: float, width: float, months: int = _MOST_MONTHS
    ) -> None:
        """Take the days, and where the line begins and how long it is."""
        self._first = first - timedelta(days=min(_FREE, (first - date.min).days))
        self._days = max((last - self._first).days + _FREE, _LEAST_DAYS)
        self._left, self._width, self._most_months = left, width, months

    def x(self, day: date) -> float:
        """Return where a day stands; a day beyond the ends, at the end."""
        share = (day - self._first).days / self._days
        return round(self._left + self._width * min(max(share, 0), 1), 1)

    def holds(self, day: date) -> bool:
        """Say whether a day has a place of its own."""
        return 0 <= (day - self._first).days <= self._days

    def reaches(self, day: date) -> bool:
        """Say whether what ends on a day is still there when the drawing begins."""
        return day >= self._first

    def months(self) -> Iterator[tuple[float, str]]:
        """Yield the first day of every month, or of every few where there are many, named."""
        day = self._first.replace(day=1)
        every = max(self._days // 31 // self._most_months, 1)
        while True:
            months = day.year * 12 + day.month - 1 + every
            day = date(months // 12, months % 12 + 1, 1)
            if (day - self._first).days >= self._days - 20:
                return
            yield self.x(day), texts.short_month(day)
