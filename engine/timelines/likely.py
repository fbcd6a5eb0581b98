"""Find rows of different agencies that likely tell of the same event, for a person to look at.

Two texts are alike as far as the words that they share weigh against all of theirs; a word weighs
more the fewer rows have it. Only a person joins rows.

Thirty agencies bring fifteen thousand rows, a hundred million pairs: so texts are only ever held
against those that can fit, which are found by a rare word, a meeting or a minute of the same day.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, chain, combinations

from engine.spans import sort_key
from engine.timelines.events import ADDED, Event
from engine.timelines.joining import Joining

#: From here on texts of the same or overlapping days count as alike, and those of other days: with
#: nothing but the words to go by, they have to say more of the same.
ALIKE_TOGETHER, ALIKE_APART = 0.35, 0.5

#: What two rows of one day have to say alike; and where they name times that lie close together.
ALIKE_ON_A_DAY, ALIKE_AT_A_TIME = 0.1, 0.05
CLOSE_MINUTES = 30

#: With more rows on a day than this, times meet by chance, and a word that two share says little.
BUSY_DAY = 12

#: An agency that says the same this often records a routine, which other days do not make odd.
ROUTINE = 2

#: A word that more texts have says too little to find one of them by on another day.
MOST_TEXTS_OF_A_WORD = 60

#: How the words begin, in both languages, that name meetings which several agencies go to. Two rows
#: of one day that name the same are suggested: beside that each writes of its own part only.
_MEETINGS = {
    "strat": "strategy",
    "confe": "conference",
    "cynha": "conference",
    "icpc": "conference",
    "rcpc": "conference",
    "core": "core group",
    "craid": "core group",
}

_OF_MEETINGS = frozenset(_MEETINGS)

_WORD = re.compile(r"\w+")
#: Words are held against each other by how they begin: visit, visits, visited.
_BEGINS = 5
#: Words that say nothing of an event.
_SMALL = frozenset({
    "a", "am", "ac", "an", "and", "ar", "as", "at", "be", "been", "but", "by", "dan", "e",
    "ef", "ei", "eu", "fel", "for", "from", "gan", "gyda", "had", "has", "he", "her", "his",
    "hyd", "i", "in", "into", "is", "it", "its", "mae", "mewn", "no", "nor", "not", "o",
    "oedd", "of", "on", "or", "roedd", "she", "sy", "that", "the", "their", "there", "they",
    "this", "to", "tra", "un", "was", "were", "with", "y", "ym", "yn", "yna", "yng", "yr",
})  # fmt: skip


@dataclass(frozen=True)
class Likely:
    """Rows that likely tell of one event, in the order of their dates.

    `days` is how far apart the first rows of two of its agencies are, none where their days are the
    same or overlap; `is_joined` says that a person joined rows whose dates differ.
    """

    events: tuple[Event, ...]
    days: int = 0
    is_joined: bool = False


@dataclass(frozen=True, eq=False)
class _Text:
    """What rows say alike: their words, and what the rarest of them weigh together, by how many.

    `meetings` are those that it names, `minutes` its times as minutes of the day.
    """

    events: tuple[Event, ...]
    words: frozenset[str]
    rarest: tuple[str, ...]
    weights: tuple[float, ...]
    first: date
    last: date
    agencies: frozenset[str]
    meetings: frozenset[str]
    minutes: frozenset[int]

    @property
    def weight(self) -> float:
        """Return what all its words weigh."""
        return self.weights[-1]

    @property
    def is_of_one_day(self) -> bool:
        """Say whether it can have been on one day alone."""
        return self.first == self.last


def together(events: Iterable[Event], joining: Joining) -> list[Likely]:
    """Return rows of the same or overlapping days that are alike, and of which nobody has said yet
    whether they are one event.

    Rows of one day need less: the same time, the same kind of meeting, or a little said alike.
    """
    texts, weights = _texts(_dated(events), by_day=True)
    pairs = _alike(texts, weights, ALIKE_TOGETHER, overlapping=True)
    groups = (
        _events(texts, group)
        for group in _groups(len(texts), chain(pairs, _of_one_day(texts, weights)))
    )
    return [
        Likely(tuple(group))
        for group in groups
        if _agencies(group) > 1 and not joining.settles([event.key for event in group])
    ]


def apart(events: Sequence[Event], joining: Joining) -> list[Likely]:
    """Return rows that are alike, or were joined, and whose agencies give days that do not overlap.

    The longest time apart comes first.
    """
    found = [
        Likely(tuple(group), days, is_joined=True)
        for group in _joined(events, joining)
        if (days := _days_apart(group))
    ]
    texts, weights = _texts(_dated(events), by_day=False)
    for numbers in _groups(len(texts), _alike(texts, weights, ALIKE_APART, overlapping=False)):
        group = _events(texts, numbers)
        days = _days_apart(group)
        if days and not _is_routine(group) and not joining.settles([one.key for one in group]):
            found.append(Likely(tuple(group), days))
    return sorted(found, key=lambda one: (-one.days, one.events[0].key))


def _dated(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.earliest is not None and event.agency != ADDED]


def _texts(events: Iterable[Event], *, by_day: bool) -> tuple[list[_Text], Mapping[str, float]]:
    """Return the rows as texts: those that say the same (on the same days) as one."""
    rows = [(event, _words(event.event)) for event in events]
    frequent = Counter(word for _, words in rows for word in words)
    weights = {word: math.log(2 + len(rows) / count) for word, count in frequent.items()}
    by_rarity = sorted(frequent, key=lambda word: (frequent[word], word))
    place = {word: number for number, word in enumerate(by_rarity)}
    gathered: dict[tuple[frozenset[str], date | None, date | None], list[Event]] = defaultdict(list)
    for event, words in rows:
        if words:
            days = (event.earliest, event.latest) if by_day else (None, None)
            gathered[words, *days].append(event)
    texts = []
    for (words, *_), alike in gathered.items():
        rarest = tuple(sorted(words, key=place.__getitem__))
        texts.append(
            _Text(
                events=tuple(alike),
                words=words,
                rarest=rarest,
                weights=(0.0, *accumulate(map(weights.__getitem__, rarest))),
                first=min(event.earliest for event in alike if event.earliest),
                last=max(event.latest for event in alike if event.latest),
                agencies=frozenset(event.agency for event in alike),
                meetings=frozenset(map(_MEETINGS.__getitem__, words & _OF_MEETINGS)),
                minutes=frozenset(_minutes(alike)),
            )
        )
    return sorted(texts, key=lambda text: text.first), weights


@lru_cache(maxsize=20_000)
def _words(said: str) -> frozenset[str]:
    found = _WORD.findall(said.casefold())
    return frozenset([word[:_BEGINS] for word in found if word not in _SMALL])


def _alike(
    texts: Sequence[_Text], weights: Mapping[str, float], least: float, *, overlapping: bool
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that are alike; where days are to overlap, those that do.

    Two texts that are alike share some of their rarest words: were all that they share among the
    last words of one, these would weigh too little. So each is held against those alone that are
    listed under such words, and no longer than their days last.
    """
    listed: dict[str, list[int]] = defaultdict(list)
    having = Counter(chain.from_iterable(text.words for text in texts))
    wanted = least / (1 + least)
    for number, text in enumerate(texts):
        near: set[int] = set()
        for word in _rarest(text, least):
            under = listed[word]
            if overlapping:
                under[:] = [other for other in under if texts[other].last >= text.first]
            elif having[word] > MOST_TEXTS_OF_A_WORD:
                # Those after it are more frequent still.
                break
            near.update(under)
            under.append(number)
        for other in near:
            needed = wanted * (text.weight + texts[other].weight)
            shared = text.words & texts[other].words
            # As many of its rarest words weigh as much as these, at least.
            if text.weights[len(shared)] < needed:
                continue
            if sum(map(weights.__getitem__, shared)) >= needed:
                yield other, number


def _of_one_day(texts: Sequence[_Text], weights: Mapping[str, float]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts of different agencies, both exactly of one day, that are likely one
    event for when in the day they were, which meeting they name, or what little they say alike.
    """
    by_day: dict[date, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        if text.is_of_one_day:
            by_day[text.first].append(number)
    for numbers in by_day.values():
        busy = len(numbers) > BUSY_DAY
        fit = _fit_when_busy if busy else _fit
        for one, other in _meeting(texts, numbers) if busy else combinations(numbers, 2):
            if _of_others(texts[one], texts[other]) and fit(texts[one], texts[other], weights):
                yield one, other


def _meeting(texts: Sequence[_Text], numbers: Iterable[int]) -> set[tuple[int, int]]:
    """Return the pairs of texts that name the same meeting or the same minute."""
    under: dict[str | int, list[int]] = defaultdict(list)
    for number in numbers:
        for meeting in texts[number].meetings:
            under[meeting].append(number)
        for minute in texts[number].minutes:
            under[minute].append(number)
    return {pair for listed in under.values() for pair in combinations(listed, 2)}


def _of_others(one: _Text, other: _Text) -> bool:
    return len(one.agencies | other.agencies) > 1


def _fit(one: _Text, other: _Text, weights: Mapping[str, float]) -> bool:
    """Say whether two texts of one day likely tell of one event."""
    apart = _minutes_apart(one, other)
    least = ALIKE_AT_A_TIME if apart is not None and apart <= CLOSE_MINUTES else ALIKE_ON_A_DAY
    return apart == 0 or _name_one_meeting(one, other) or _are_alike(one, other, weights, least)


def _fit_when_busy(one: _Text, other: _Text, weights: Mapping[str, float]) -> bool:
    """Say the same of a day on which there is much else."""
    if _name_one_meeting(one, other):
        return True
    return _minutes_apart(one, other) == 0 and _are_alike(one, other, weights, ALIKE_ON_A_DAY)


def _name_one_meeting(one: _Text, other: _Text) -> bool:
    return not one.meetings.isdisjoint(other.meetings)


def _are_alike(one: _Text, other: _Text, weights: Mapping[str, float], least: float) -> bool:
    shared = sum(map(weights.__getitem__, one.words & other.words))
    return shared >= least * (one.weight + other.weight - shared)


def _minutes_apart(one: _Text, other: _Text) -> int | None:
    """Return how far apart the times of two texts are at least, None where one has no time."""
    return min(
        (abs(first - second) for first in one.minutes for second in other.minutes), default=None
    )


def _minutes(events: Iterable[Event]) -> Iterator[int]:
    """Yield the times of events, as minutes of the day."""
    for event in events:
        if event.span and (time := event.span.time):
            yield 60 * int(time[:2]) + int(time[3:])


def _rarest(text: _Text, least: float) -> tuple[str, ...]:
    """Return the words of which a text that is alike has some: the others weigh too little."""
    return text.rarest[: bisect_right(text.weights, (1 - least) * text.weight)]


def _groups(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return numbers from none up to a count in groups of those that pairs lead together."""
    leader = list(range(count))

    def find(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for one, other in pairs:
        leader[find(one)] = find(other)
    found: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        found[find(number)].append(number)
    return list(found.values())


def _events(texts: Sequence[_Text], numbers: Iterable[int]) -> list[Event]:
    found = [event for number in numbers for event in texts[number].events]
    return sorted(found, key=_when)


def _when(event: Event) -> tuple[str, str]:
    assert event.span is not None
    return sort_key(event.span), event.key


def _agencies(events: Iterable[Event]) -> int:
    return len({event.agency for event in events})


def _days_apart(events: Sequence[Event]) -> int:
    """Return by how many days the first row of some agency is later than all of another's, at
    least; none where the days overlap, or there is one agency.
    """
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.agency, event)
    starts = sorted(first.values(), key=_when)
    if len(starts) < 2:
        return 0
    known, last = starts[0].latest, starts[-1].earliest
    assert known is not None
    assert last is not None
    return max((last - known).days, 0)


def _is_routine(events: Iterable[Event]) -> bool:
    return max(Counter(event.agency for event in events).values()) > ROUTINE


def _joined(events: Iterable[Event], joining: Joining) -> Iterator[list[Event]]:
    by_key = {event.key: event for event in events}
    for keys in dict.fromkeys(joining.with_row(key) for one in joining.same for key in one.rows):
        group = [by_key[key] for key in keys if key in by_key and by_key[key].earliest]
        if group:
            yield sorted(group, key=_when)
