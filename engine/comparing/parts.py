"""Hold the parts of two versions of a file against each other: new, gone, moved, changed."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.comparing import wording
from engine.comparing.aspects import FLAGS, Aspect, aspect_of, tailed
from engine.texts import Text

#: What can be said of a part, in the order in which it is told.
KINDS = ("added", "removed", "moved", "changed")

NOTHING = Text("", "")

#: What a part that is new is called by already, and what is no news of it.
_TITLED = frozenset(
    {"name", "name_cy", "label", "label_cy", "en", "cy", "kind", "type", "id", "further"}
)

#: What makes up a question or a row, and is not told of one that is new or gone.
_DETAILS = frozenset({"answer", "stage"})
#: What a whole file is.
_WHOLE = frozenset({"form", "decision"})


@dataclass(frozen=True)
class Part:
    """Something in a file that can be told from the rest of it: a step, a question, a row.

    `id` is the same in both versions, `sort` a key of `wording.SORTS`, `inside` the id of the part
    it lies in. `aspects` holds what is said of it, by a key of `ASPECTS` (or any other
    word); an aspect of which nothing is said is left out.
    """

    id: str
    sort: str
    name: Text
    inside: str = ""
    aspects: Mapping[str, Text] = field(default_factory=dict)
    #: What follows the noun of an aspect, where the same noun stands for several.
    tails: Mapping[str, Text] = field(default_factory=dict)

    @property
    def title(self) -> Text:
        """Return what a sentence calls it: the step “Hold the session”."""
        return wording.title(self.sort, self.name)

    def word(self, key: str, was: Part | None = None) -> Aspect:
        """Return the noun for what is said under a key, in this version or in the one before."""
        tail = self.tails.get(key) or (was.tails.get(key) if was else None)
        return aspect_of(key) if tail is None else tailed(key, tail)

    @property
    def told(self) -> Text:
        """Return what is said of a part that is new, line by line."""
        nouns = {key: self.word(key) for key in self.aspects if key not in FLAGS}
        return wording.of_new(
            (nouns[key], self.aspects[key]) for key in nouns if key not in _TITLED
        )


@dataclass(frozen=True)
class Difference:
    """One thing that differs, in words, with what stood there and what stands there now.

    `kind` is one of KINDS; `part` the id of the part, by which a drawing marks it; `aspect` what
    of it differs, empty where it is the whole part.
    """

    kind: str
    part: str
    what: Text
    aspect: str = ""
    before: Text = NOTHING
    now: Text = NOTHING


def differences(before: Sequence[Part], now: Sequence[Part]) -> Iterator[Difference]:
    """Yield what differs between two versions, in the order of the later one.

    The order of the parts is the order of the file: what stands elsewhere among its neighbours,
    or in another part, has moved.
    """
    before, now = _told_apart(before), _told_apart(now)
    old, new = _Order(before), _Order(now)
    moved = _moved(old, new)
    for part in now:
        was = old.parts.get(part.id)
        if was is None:
            if not _goes_along(part, new.parts, old.parts):
                what = wording.added(part.title, new.place(part))
                yield Difference("added", part.id, what, now=part.told)
            continue
        if part.id in moved:
            what = wording.moved(part.title, new.place(part))
            yield Difference("moved", part.id, what, before=old.place(was))
        yield from changes(was, part)
    for part in before:
        if part.id not in new.parts and not _goes_along(part, old.parts, new.parts):
            yield Difference(
                "removed", part.id, wording.removed(part.title), before=old.place(part)
            )


def changes(was: Part, part: Part) -> Iterator[Difference]:
    """Yield what is said otherwise of a part that both versions have."""
    for aspect in dict.fromkeys((*was.aspects, *part.aspects)):
        old, new = was.aspects.get(aspect, NOTHING), part.aspects.get(aspect, NOTHING)
        if old != new:
            if aspect in FLAGS:
                what = wording.turned(aspect, part.title, bool(new.en))
                yield Difference("changed", part.id, what, aspect)
                continue
            what = wording.changed(part.title, part.word(aspect, was), bool(old.en), bool(new.en))
            yield Difference("changed", part.id, what, aspect, old, new)


def _told_apart(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with an id each: of two that are called the same, the second is number 2."""
    seen: Counter[str] = Counter()
    found = []
    for part in parts:
        seen[part.id] += 1
        number = seen[part.id]
        found.append(part if number == 1 else replace(part, id=f"{part.id} ({number})"))
    return found


def _goes_along(part: Part, here: Mapping[str, Part], there: Mapping[str, Part]) -> bool:
    """Say whether a part is no news beside the one it lies in, which one version alone has."""
    return part.sort in _DETAILS and part.inside in here and part.inside not in there


class _Order:
    """The parts of a version, and where each stands among its neighbours."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = {part.id: part for part in parts}
        self.neighbours: dict[str, list[str]] = {}
        self._before: dict[str, str] = {}
        for part in parts:
            beside = self.neighbours.setdefault(part.inside, [])
            if beside:
                self._before[part.id] = beside[-1]
            beside.append(part.id)

    def place(self, part: Part) -> Text:
        """Say where a part stands: in what, and after what."""
        around = self.parts.get(part.inside)
        if around is not None and (around.sort in _WHOLE or part.sort in _DETAILS):
            around = None  # It goes without saying, or is in the name.
        before = self.parts.get(self._before.get(part.id, ""))
        return wording.place(around.title if around else None, before.title if before else None)


def _moved(old: _Order, new: _Order) -> set[str]:
    """Return the ids of the parts that lie in another part, or elsewhere among their neighbours."""
    both = old.parts.keys() & new.parts.keys()
    moved = {key for key in both if old.parts[key].inside != new.parts[key].inside}
    for inside, there in new.neighbours.items():
        places = {key: at for at, key in enumerate(old.neighbours.get(inside, ()))}
        stayed = [key for key in there if key in places and key not in moved]
        kept = _longest_rise([places[key] for key in stayed])
        moved |= {key for key in stayed if places[key] not in kept}
    return moved


def _longest_rise(places: Sequence[int]) -> set[int]:
    """Return the longest run of rising numbers: what lies outside it is the least that moved."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    found: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        found.add(step)
        step = before[step]
    return found
