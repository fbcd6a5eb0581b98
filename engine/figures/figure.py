"""Say what a figure is: a number with a name, in a table that says what it means, for a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.texts import Text

#: The first month of the Board's year, which ends on the last day of March.
APRIL = 4

#: What stands in place of a number that is kept back, as other public statistics mark it.
KEPT_BACK = "[c]"

_NUMBER = ((Text("Number", "Nifer"), "number"),)
_LENGTHS = (
    (Text("Median, days", "Canolrif, diwrnodau"), "middle"),
    (Text("Shortest, days", "Byrraf, diwrnodau"), "shortest"),
    (Text("Longest, days", "Hwyaf, diwrnodau"), "longest"),
)

Options = Mapping[str, Text]


@dataclass(frozen=True)
class Figure:
    """A line of a table: a number, or the middle, shortest and longest of so many lengths in days.

    `is_kept_back` says that it may not leave the Board; it then holds no numbers at all.
    `stays_inside` marks a line that no statement has: what is net of proceedings (D43).
    """

    key: str
    name: Text
    number: int | None = 0
    middle: float | None = None
    shortest: int | None = None
    longest: int | None = None
    is_kept_back: bool = False
    stays_inside: bool = False


@dataclass(frozen=True)
class FigureTable:
    """Figures that belong together: what they are called, what they mean, and what says so."""

    key: str
    title: Text
    meaning: Text
    source: str
    figures: tuple[Figure, ...]
    in_days: bool = False

    @property
    def measures(self) -> tuple[tuple[Text, str], ...]:
        """Return what is measured of each figure, and which of its values that is."""
        return _LENGTHS if self.in_days else _NUMBER


@dataclass(frozen=True)
class Year:
    """A year of the Board, known by the one in which it begins, as it is seen on a day."""

    begins: int
    today: date

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(self.begins, APRIL, 1)

    @property
    def last(self) -> date:
        """Return its last day."""
        return date(self.begins + 1, APRIL - 1, 31)

    @property
    def until(self) -> date:
        """Return the last day that is counted: today, while the year goes on."""
        return min(self.last, self.today)

    @property
    def is_over(self) -> bool:
        """Say whether it is over, so that its figures stand still unless a day is put right."""
        return self.today > self.last

    def holds(self, day: date | None) -> bool:
        """Say whether a day lies in it, as far as it is counted."""
        return day is not None and self.first <= day <= self.until

    def saw_end_of(self, day: date) -> bool:
        """Say whether a last day was over by the end of it; on the day itself all is in time."""
        return day <= self.until and day < self.today


def year_of(day: date) -> int:
    """Return the year of the Board in which a day lies."""
    return day.year if day.month >= APRIL else day.year - 1
