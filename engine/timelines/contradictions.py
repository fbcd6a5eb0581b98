"""Find rows of different agencies of which one says what the other denies, for a person to look at.

Three things are held against each other: that a contact took place, that somebody came to it, that
somebody was seen. A text that says of one of them both (“mother seen, child not seen”) is held
against none, for it takes a person to tell who is meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from engine.timelines.events import ADDED, Event
from engine.timelines.joining import Joining
from engine.timelines.likely import BUSY_DAY, CLOSE_MINUTES

TOOK_PLACE, CAME, SEEN = "took_place", "came", "seen"

#: How far apart times of one contact may be, as two agencies write them down.
SAME_CONTACT_MINUTES = 60


@dataclass(frozen=True)
class Contradiction:
    """Two rows of which the first says what the second denies; `about` is what.

    `is_joined` says that a person joined them as one event.
    """

    events: tuple[Event, Event]
    about: str
    is_joined: bool = False


@dataclass(frozen=True)
class _Said:
    """What a text says took place or was done, and what it denies; of which kinds of contact.

    `children` are those that it names by code.
    """

    says: frozenset[str]
    denies: frozenset[str]
    kinds: frozenset[str]
    children: frozenset[str]


#: Kinds of contact, by how the words for them begin in both languages, mutated too.
_KINDS = {
    "visit": re.compile(r"\b(?:visit|ymwel|home call)"),
    "appointment": re.compile(r"\b(?:appointment|clinic|apwyntiad|clinig|chlinig|glinig)"),
    "meeting": re.compile(
        r"\b(?:meeting|conference|core group|(?:ch|g)?yfarfod|cyfarfod|(?:c|ch|g)ynhadledd"
        r"|grŵp craidd|grwp craidd)"
    ),
    "session": re.compile(r"\b(?:session|sesiwn)"),
    "assessment": re.compile(r"\b(?:assessment|asesiad)"),
    "contact": re.compile(r"\b(?:supervised contact|contact session|(?:c|ch|g)yswllt dan oruchw)"),
}

#: That it did not take place, whatever it was.
_NOT_HELD = re.compile(
    r"\b(?:did not|didn't|never) (?:take place|happen|go ahead)|\bnot (?:held|go(?:ne)? ahead)\b"
    r"|(?<!not )(?<!n't )\b(?:cancell?ed|postponed|called off|abandoned)\b"
    r"|\bn[ia] (?:chynhaliwyd|ddigwyddodd|fu'r|fu yr)\b|\bheb ei (?:gynnal|chynnal)\b"
    r"|\bni aeth\b[^.;]{0,40}\b(?:rhagddo|rhagddi|yn ei flaen|yn ei blaen|ymlaen)\b"
    r"|\b(?:canslwyd|gohiriwyd)\b|\bwedi(?:'i| ei) (?:g|ch)?(?:anslo|canslo|ohirio|gohirio)\b"
)
#: That nobody was there, or nobody was let in: of visits alone.
_NOBODY_IN = re.compile(
    r"\b(?:nobody|no one|no-one) (?:was |were )?"
    r"(?:in|home|there|at home|at the (?:house|property))\b"
    r"|\b(?:was |were )?not (?:in|at home|home)\b(?! (?:the|a|an|school|need|danger|pain))"
    r"|\b(?:no access|unable to (?:gain|get) (?:access|entry)|could not (?:gain|get) (?:access|in)"
    r"|access (?:was )?refused|refused (?:entry|access)"
    r"|(?:failed|abortive|unsuccessful) (?:home )?visit)\b"
    r"|\bneb (?:gartref|adref|yno|i mewn|yn y t[yŷ])\b|\bddim (?:gartref|adref|i mewn)\b"
    r"|\b(?:dim mynediad|methu (?:â )?chael mynediad|methwyd (?:â )?chael mynediad"
    r"|ni chafwyd mynediad|gwrthodwyd mynediad|ymweliad (?:aflwyddiannus|ofer))\b"
)
#: The same, unless it is the telephone that nobody answered.
_NO_ANSWER = re.compile(
    r"\b(?:no (?:answer|reply|response)|dim ateb|heb gael ateb|ni chafwyd ateb|neb yn ateb)\b"
)
_TELEPHONE = re.compile(
    r"\b(?:phone|telephone|rang|texted?|voicemail|(?<!home )call(?:ed)?|ff[oô]n)"
)
_NOT_COME = re.compile(
    r"\b(?:did not|didn't) (?:attend|come|arrive|turn up|show)\b"
    r"|\bfailed to (?:attend|come|arrive)\b"
    r"|\bnot (?:been )?brought\b|\b(?:dna|dna'd|wnb|no show|non-attendance)\b|\bnot attended\b"
    r"|\bn[ia] (?:ddaeth|fynychodd|ddygwyd|ddaethpwyd|ddaethant)\b"
    r"|\bheb (?:ddod|fynychu|droi i fyny|ei ddwyn|ei dwyn)\b"
    r"|\bmethodd (?:â )?(?:mynychu|dod|ddod)\b"
)
_NOT_SEEN = re.compile(
    r"\bnot (?:been )?seen\b|\b(?:unable|not able) to see\b|\bcould not (?:be seen|see)\b"
    r"|\bn[ia] welwyd\b|\bheb (?:ei|eu) (?:g?weld|gweld)\b"
)
_HELD = re.compile(
    r"\b(?:took place|went ahead|was held|held|carried out|completed|visited|let in|met with)\b"
    r"|(?<!ni )(?<!na )\b(?:cynhaliwyd|ymwelwyd|ymwelodd|digwyddodd|cafwyd)\b"
)
_CAME = re.compile(
    r"\b(?:attended|was brought|were brought|brought (?:to|by|in)|came|arrived|turned up)\b"
    r"|(?<!ni )(?<!na )\b(?:mynychodd|daeth|dygwyd|daethpwyd|daethant)\b"
)
_SEEN = re.compile(r"\bseen\b|\bgwelwyd\b")
#: What was only meant to be says neither.
_PLANNED = re.compile(
    r"\b(?:planned|booked|arranged|to be held|due|invited?|scheduled|offered|rebooked|rearranged)\b"
    r"|\b(?:cynlluniwyd|trefnwyd|gwahoddwyd|cynigiwyd|i'w gynnal|i'w chynnal|aildrefnwyd)\b"
)
_CHILD = re.compile(r"\b(?:child|ph?lentyn|blentyn|mhlentyn|c) ?(\d{1,3})\b")


def contradictions(events: Iterable[Event], joining: Joining) -> list[Contradiction]:
    """Return the pairs of rows of which one says what the other denies, in the order of their days.

    They are of one day and name the same kind of contact, or a person joined them; on a day with
    much else, they also name times that lie close together.
    Source:  A1-2.4; F07.03, conflict between agencies.
    """
    dated = [event for event in events if event.earliest and event.agency != ADDED]
    found = {
        frozenset(event.key for event in one.events): one
        for one in (*_of_one_day(dated, joining), *_joined(dated, joining))
    }
    return sorted(found.values(), key=lambda one: (_first(one), one.events[0].key))


def _first(one: Contradiction) -> date:
    assert one.events[0].earliest is not None
    return one.events[0].earliest


def _of_one_day(events: Iterable[Event], joining: Joining) -> Iterator[Contradiction]:
    by_day: dict[date, list[Event]] = defaultdict(list)
    for event in events:
        if event.earliest is not None and event.earliest == event.latest:
            by_day[event.earliest].append(event)
    for listed in by_day.values():
        denying = [event for event in listed if _said(event.event).denies]
        for other in denying:
            for one in listed:
                if not _may_be_one_contact(one, other, is_busy=len(listed) > BUSY_DAY):
                    continue
                about = _denied(_said(one.event), _said(other.event))
                if about and not joining.settles([one.key, other.key]):
                    yield Contradiction((one, other), about)


def _joined(events: Iterable[Event], joining: Joining) -> Iterator[Contradiction]:
    by_key = {event.key: event for event in events}
    for keys in dict.fromkeys(joining.with_row(key) for one in joining.same for key in one.rows):
        group = sorted(keys & by_key.keys())
        for pair in combinations([by_key[key] for key in group], 2):
            for one, other in (pair, pair[::-1]):
                about = _denied(_said(one.event), _said(other.event))
                if about and one.agency != other.agency:
                    yield Contradiction((one, other), about, is_joined=True)


def _may_be_one_contact(one: Event, other: Event, *, is_busy: bool) -> bool:
    if one.agency == other.agency:
        return False
    apart = _minutes_apart(one, other)
    if apart is None:
        return not is_busy
    return apart <= (CLOSE_MINUTES if is_busy else SAME_CONTACT_MINUTES)


def _minutes_apart(one: Event, other: Event) -> int | None:
    times = [event.span.time for event in (one, other) if event.span and event.span.time]
    if len(times) < 2:
        return None
    first, second = (60 * int(time[:2]) + int(time[3:]) for time in times)
    return abs(first - second)


def _denied(one: _Said, other: _Said) -> str:
    """Return what one text says and the other denies; nothing, where they may both be right."""
    if not one.kinds & other.kinds:
        return ""
    if one.children and other.children and one.children.isdisjoint(other.children):
        return ""
    return next((each for each in (TOOK_PLACE, CAME, SEEN) if each in one.says & other.denies), "")


@lru_cache(maxsize=20_000)
def _said(text: str) -> _Said:
    plain = " ".join(text.casefold().replace("’", "'").split())
    kinds = frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(plain))
    if not kinds:
        return _Said(kinds, kinds, kinds, kinds)
    denied, left = [], plain
    for about, patterns in _denials(plain, kinds):
        for pattern in patterns:
            left, count = pattern.subn(" ", left)
            denied += [about] * bool(count)
    says = {about for about, pattern in _AFFIRMED if pattern.search(left)}
    if says & {CAME, SEEN} or not (denied or _PLANNED.search(left)):
        # Who says that somebody came to it, or names it and no more, says that it took place.
        says.add(TOOK_PLACE)
    both = says & set(denied)
    return _Said(
        frozenset(says - both),
        frozenset(denied) - both,
        kinds,
        frozenset(_CHILD.findall(plain)),
    )


_AFFIRMED = ((TOOK_PLACE, _HELD), (CAME, _CAME), (SEEN, _SEEN))


def _denials(plain: str, kinds: frozenset[str]) -> Iterator[tuple[str, Sequence[re.Pattern[str]]]]:
    """Yield what may be denied in a text, and how that is written."""
    not_held = [_NOT_HELD]
    if "visit" in kinds:
        not_held.append(_NOBODY_IN)
        if not _TELEPHONE.search(plain):
            not_held.append(_NO_ANSWER)
    yield TOOK_PLACE, not_held
    yield CAME, [_NOT_COME]
    yield SEEN, [_NOT_SEEN]
