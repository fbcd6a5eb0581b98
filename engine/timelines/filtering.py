"""Choose events: of some agencies, of a period, what is significant, with words in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.timelines.events import Event


@dataclass(frozen=True)
class TimelineQuery:
    """Which events are wanted; what is left out chooses nothing.

    `significant` wants what the Panel marked, in whatever way. `words` are all to be found in what
    a row says, wherever they stand.
    """

    agencies: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    significant: bool = False
    words: str = ""

    @property
    def is_all(self) -> bool:
        """Say whether it leaves nothing out."""
        return self == TimelineQuery()


def chosen(events: Iterable[Event], query: TimelineQuery) -> list[Event]:
    """Return those events that are wanted, in the order in which they come.

    An event that may have been in the period is in it; one without a date is in none.
    """
    words = query.words.casefold().split()
    return [
        event
        for event in events
        if (not query.agencies or event.agency in query.agencies)
        and _is_within(event, query)
        and (not query.significant or _is_marked(event))
        and (not words or _says(event, words))
    ]


def _is_within(event: Event, query: TimelineQuery) -> bool:
    if query.since is None and query.until is None:
        return True
    if event.span is None:
        return False
    earliest, latest = event.span.earliest or date.min, event.span.latest or date.max
    return earliest <= (query.until or date.max) and latest >= (query.since or date.min)


def _is_marked(event: Event) -> bool:
    return event.significant or event.gap or event.conflict or bool(event.question)


def _says(event: Event, words: list[str]) -> bool:
    said = " ".join(
        (event.event, event.done, event.family, event.staff, event.service, event.question)
    ).casefold()
    return all(word in said for word in words)
