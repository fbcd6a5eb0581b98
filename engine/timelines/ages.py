"""Say how old a child was at an event, as exactly as its date and the child's birth are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.texts import Text
from engine.timelines.events import Event


@dataclass(frozen=True)
class Child:
    """A child of the review, by the label that stands for them.

    Either the day of birth is known to whoever asks, or its year, or neither.
    """

    label: Text
    born_on: date | None = None
    born_in: int | None = None

    @property
    def of_the_year(self) -> Child:
        """Return the child with nothing but the year of birth, for what may be passed on: ages in
        months beside exact days would tell the day of birth.
        """
        return Child(self.label, None, self.born_on.year if self.born_on else self.born_in)


@dataclass(frozen=True)
class Age:
    """How old a child was: full months, at least and at most; below none, not born yet.

    `in_years` says that no more than the year of birth went into it.
    """

    child: Text
    least: int
    most: int
    in_years: bool


def age_at(child: Child, event: Event) -> Age | None:
    """Return the age of a child on the days on which an event may have been; None if not known."""
    earliest, latest = event.earliest, event.latest
    if earliest is None or latest is None:
        return None
    if child.born_on is not None:
        least, most = _months(child.born_on, earliest), _months(child.born_on, latest)
        return Age(child.label, least, most, in_years=False)
    if child.born_in is None:
        return None
    least, most = earliest.year - child.born_in - 1, latest.year - child.born_in
    return Age(child.label, least * 12, most * 12, in_years=True)


def _months(born: date, day: date) -> int:
    months = (day.year - born.year) * 12 + day.month - born.month
    return months - 1 if day.day < born.day else months
