"""Say in words what differs between two versions of a diagram, step by step.

Of the flows only what is news is told: that a new step is led to, or that what led to a step that
is gone leads past it, is said with the step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from engine.comparing import wording
from engine.comparing.drawing import Pair, Version, grouped, same
from engine.comparing.names import Names
from engine.comparing.parts import NOTHING, Difference, Part, changes
from engine.lint import Diagram, read_diagram
from engine.texts import Text


def compare_diagrams(
    before: bytes, now: bytes, path: str, names_before: Names, names: Names
) -> list[Difference]:
    """Return what differs between two versions of a diagram, in the order of the drawing.

    Raises:  InvalidDefinition, for a version that cannot be read.
    """
    old = Version(_readable(before, path), names_before)
    new = Version(_readable(now, path), names)
    return list(_Comparison(old, new).differences())


def _readable(source: bytes, path: str) -> Diagram:
    diagram = read_diagram(source, path)
    if diagram.unreadable is not None:
        raise diagram.unreadable
    return diagram


class _Comparison:
    """Two versions, with ids that were changed put back to what they were."""

    def __init__(self, old: Version, new: Version) -> None:
        self.old, self.new = old, new
        self._renamed = _renamed(old.nodes, new.nodes)
        self._gone = {key for key in old.nodes if key not in self._there}
        self._added = {key for key in new.nodes if self._was(key) not in old.nodes}
        self._moved = {
            key for key in new.nodes if key not in self._added and self._stands_anew(key)
        }

    @cached_property
    def _there(self) -> set[str]:
        return {self._was(key) for key in self.new.nodes}

    def _was(self, key: str) -> str:
        return self._renamed.get(key, key)

    def differences(self) -> Iterator[Difference]:
        """Yield what differs: the process and its lanes, steps as they are read, then flows."""
        yield from self._unmoved(self.old.others, self.new.others)
        for key, part in self.new.nodes.items():
            yield from self._of_node(key, part)
        for key in sorted(self._gone, key=list(self.old.nodes).index):
            what = wording.removed(self.old.title(key))
            yield Difference("removed", key, what, before=self.old.around(key))
        yield from self._of_flows()
        yield from self._of_drawing()

    def _unmoved(self, before: Mapping[str, Part], now: Mapping[str, Part]) -> Iterator[Difference]:
        for key, part in now.items():
            if key in before:
                yield from changes(before[key], part)
            else:
                what = wording.added(part.title, NOTHING)
                yield Difference("added", key, what, now=part.told)
        for key, part in before.items():
            if key not in now:
                yield Difference("removed", key, wording.removed(part.title))

    def _of_node(self, key: str, part: Part) -> Iterator[Difference]:
        if key in self._added:
            what = wording.added(part.title, self.new.around(key))
            yield Difference("added", key, what, now=part.told)
            return
        was = self.old.nodes[self._was(key)]
        if key in self._moved:
            what = wording.moved(part.title, self.new.around(key))
            yield Difference("moved", key, what, before=self.old.around(was.id))
        if was.id != key:
            what = wording.changed(part.title, part.word("id"), True, True)
            yield Difference("changed", key, what, "id", same(was.id), same(key))
        yield from changes(was, part)

    def _stands_anew(self, key: str) -> bool:
        """Say whether a step comes after others, and before others, than it did.

        Steps that are new or gone are looked through: what is led around them has not moved.
        """
        was = self._was(key)
        behind, ahead = (
            [set(groups.get(was, ())) for groups in each] for each in (self._behind, self._ahead)
        )
        return behind[0] != behind[1] and ahead[0] != ahead[1]

    @cached_property
    def _ahead(self) -> tuple[dict[str, list[str]], ...]:
        return tuple(map(grouped, self._kept))

    @cached_property
    def _behind(self) -> tuple[dict[str, list[str]], ...]:
        return tuple(grouped((b, a) for a, b in pairs) for pairs in self._kept)

    @cached_property
    def _kept(self) -> tuple[set[Pair], set[Pair]]:
        """Return what leads to what in both versions, steps that one alone has looked through."""
        new = {self._as_before(pair) for pair in _through(self.new.pairs, self._added)}
        return _through(self.old.pairs, self._gone), new

    def _as_before(self, pair: Pair) -> Pair:
        return self._was(pair[0]), self._was(pair[1])

    # Flows.

    def _of_flows(self) -> Iterator[Difference]:
        old, new = self._led(self.old), self._led(self.new)
        apart, joined = self._news()
        matched = self._matched(old, new)
        for key, (pair, part) in new.items():
            was = matched.get(key)
            if was is not None:
                if old[was][0] != pair and pair in joined:
                    yield from self._led_elsewhere(key, part, was)
                yield from changes(old[was][1], replace(part, name=old[was][1].name))
            elif pair in joined or "condition" in part.aspects:
                what = wording.added(part.title, _ends(self.new, key))
                yield Difference("added", key, what, now=part.told)
        for key, (pair, part) in old.items():
            if key not in matched.values() and (pair in apart or "condition" in part.aspects):
                where = _ends(self.old, key)
                yield Difference("removed", key, wording.removed(part.title), before=where)

    def _led(self, version: Version) -> dict[str, tuple[Pair, Part]]:
        """Return the flows by id, each with the steps that it joins, by the ids they had."""
        found = {}
        for key, part in version.flows.items():
            flow = version.flow(key)
            pair = flow.source, flow.target
            found[key] = (self._as_before(pair) if version is self.new else pair, part)
        return found

    @staticmethod
    def _matched(
        old: Mapping[str, tuple[Pair, Part]], new: Mapping[str, tuple[Pair, Part]]
    ) -> dict[str, str]:
        """Return the id that each flow had: the same, or that of one which joined its steps."""
        free = {pair: key for key, (pair, _) in old.items() if key not in new}
        matched = {key: key for key in new if key in old}
        for key, (pair, _) in new.items():
            if key not in matched and pair in free:
                matched[key] = free.pop(pair)
        return matched

    def _news(self) -> tuple[set[Pair], set[Pair]]:
        """Return the pairs of steps that were joined before and are no more, and the new ones.

        What goes without saying once it is known which steps are new, gone or moved is left out.
        """
        looked_through = self._moved | self._added
        old_through = {self._was(key) for key in self._moved} | self._gone
        new_pairs = {self._as_before(p) for p in _through(self.new.pairs, looked_through)}
        old_pairs = _through(self.old.pairs, old_through)
        return old_pairs - new_pairs, new_pairs - old_pairs

    def _led_elsewhere(self, key: str, part: Part, was: str) -> Iterator[Difference]:
        now, before = self.new.flow(key), self.old.flow(was)
        for aspect, ends in (
            ("comes_from", (before.source, now.source)),
            ("target", (before.target, now.target)),
        ):
            if self._was(ends[1]) != ends[0]:
                what = wording.changed(part.title, part.word(aspect), True, True)
                told = self.old.title(ends[0]), self.new.title(ends[1])
                yield Difference("changed", key, what, aspect, *told)

    def _of_drawing(self) -> Iterator[Difference]:
        """Say how many shapes and lines that both have stand elsewhere on the sheet."""
        old, new = self.old.diagram, self.new.diagram
        stand = Counter(
            old.shapes[key].box != new.shapes[key].box for key in old.shapes.keys() & new.shapes
        )
        lines = sum(
            old.edges[key].points != new.edges[key].points for key in old.edges.keys() & new.edges
        )
        number = stand[True] + lines
        if number:
            yield Difference("changed", "", wording.drawn_elsewhere(number), "drawing")


def _renamed(old: Mapping[str, Part], new: Mapping[str, Part]) -> dict[str, str]:
    """Return the new id of each step whose id alone was changed, with the one it had."""

    def mark(part: Part) -> tuple[Text, Text]:
        return part.aspects["kind"], part.name

    gone = [part for key, part in old.items() if key not in new and part.name.en != key]
    come = [part for key, part in new.items() if key not in old and part.name.en != key]
    were, are = Counter(map(mark, gone)), Counter(map(mark, come))
    alone = {m for m in were if were[m] == 1 and are[m] == 1}
    by_mark = {mark(part): part.id for part in gone if mark(part) in alone}
    return {part.id: by_mark[mark(part)] for part in come if mark(part) in by_mark}


def _through(pairs: Collection[Pair], nodes: Collection[str]) -> set[Pair]:
    """Return what leads to what once some steps are looked through."""
    after, found = grouped(pairs), set[Pair]()
    for one in after:
        if one in nodes:
            continue
        todo, seen = list(after[one]), set[str]()
        while todo:
            other = todo.pop()
            if other not in nodes:
                found.add((one, other))
            elif other not in seen:
                seen.add(other)
                todo += after.get(other, ())
    return found


def _ends(version: Version, key: str) -> Text:
    flow = version.flow(key)
    return wording.leads(version.title(flow.source), version.title(flow.target))
