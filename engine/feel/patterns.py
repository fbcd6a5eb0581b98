"""Match text against patterns in time that grows with its length only.

Python's own engine goes back and tries again, so a short pattern can keep it busy for ever, and it
cannot be stopped. This one keeps all possibilities side by side (Thompson, Pike) and charges the
budget for each.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from engine.feel.budget import spend
from engine.feel.pattern_syntax import (
    BadPattern,
    Characters,
    Choice,
    Edge,
    Group,
    Part,
    Repeat,
    Sequence,
    parse_pattern,
)

__all__ = ["BadPattern", "Pattern", "compile_pattern"]

MAX_INSTRUCTIONS = 2_000
_Saves = tuple[int, ...]


@dataclass(slots=True)
class _Step:
    """One instruction: take a character, split into two ways, note a place, or stand at an edge."""

    kind: str
    characters: Characters | None = None
    first: int = 0
    second: int = 0
    edge: str = ""


class Pattern:
    """A compiled pattern."""

    def __init__(self, source: str, flags: str) -> None:
        """Compile; the flags are those of XPath, `i`, `m`, `s` and `x`."""
        tree, self.groups = parse_pattern(source, flags)
        self._many_lines = "m" in flags
        self._steps: list[_Step] = []
        self._emit(Group(tree, 0))
        self._add("match")

    def _add(self, kind: str, **details: object) -> _Step:
        if len(self._steps) >= MAX_INSTRUCTIONS:
            raise BadPattern("it is too long when its repetitions are written out")
        step = _Step(kind, **details)  # type: ignore[arg-type]
        self._steps.append(step)
        return step

    def _emit(self, part: Part) -> None:
        if isinstance(part, Characters):
            self._add("take", characters=part)
        elif isinstance(part, Edge):
            self._add("edge", edge=part.sign)
        elif isinstance(part, Sequence):
            for inner in part.parts:
                self._emit(inner)
        elif isinstance(part, Choice):
            self._emit_choice(part)
        elif isinstance(part, Repeat):
            self._emit_repeat(part)
        elif part.number is None:
            self._emit(part.body)
        else:
            self._add("save", first=part.number * 2)
            self._emit(part.body)
            self._add("save", first=part.number * 2 + 1)

    def _emit_choice(self, choice: Choice) -> None:
        ends: list[_Step] = []
        for way in choice.ways[:-1]:
            fork = self._add("split", first=len(self._steps) + 1)
            self._emit(way)
            ends.append(self._add("jump"))
            fork.second = len(self._steps)
        self._emit(choice.ways[-1])
        for end in ends:
            end.first = len(self._steps)

    def _emit_repeat(self, repeat: Repeat) -> None:
        for _ in range(repeat.least):
            self._emit(repeat.body)
        if repeat.most is None:
            start = len(self._steps)
            fork = self._add("split")
            self._emit(repeat.body)
            self._add("jump", first=start)
            self._aim(fork, start + 1, len(self._steps), repeat.lazy)
            return
        forks: list[tuple[_Step, int]] = []
        for _ in range(repeat.most - repeat.least):
            forks.append((self._add("split"), len(self._steps)))
            self._emit(repeat.body)
        for fork, inside in forks:
            self._aim(fork, inside, len(self._steps), repeat.lazy)

    @staticmethod
    def _aim(fork: _Step, inside: int, past: int, lazy: bool) -> None:
        fork.first, fork.second = (past, inside) if lazy else (inside, past)

    def search(self, text: str, start: int = 0) -> _Saves | None:
        """Return where the leftmost match and its groups begin and end; -1 for a group unused."""
        found: _Saves | None = None
        fresh = (-1,) * (2 * self.groups + 2)
        ways: list[tuple[_Step, int, _Saves]] = []
        seen: set[int] = set()
        for place in range(start, len(text) + 1):
            if found is None:
                self._follow(ways, seen, 0, fresh, text, place)
            elif not ways:
                break
            spend(len(ways) + 1)
            following: list[tuple[_Step, int, _Saves]] = []
            reached: set[int] = set()
            for step, number, saves in ways:
                if step.kind == "match":
                    found = saves
                    break
                if place < len(text) and step.characters and step.characters.hold(text[place]):
                    self._follow(following, reached, number + 1, saves, text, place + 1)
            ways, seen = following, reached
        return found

    def _follow(
        self,
        ways: list[tuple[_Step, int, _Saves]],
        seen: set[int],
        number: int,
        saves: _Saves,
        text: str,
        place: int,
    ) -> None:
        """Go on to the next steps that take a character, the preferred ones first."""
        waiting = [(number, saves)]
        while waiting:
            number, saves = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            step = self._steps[number]
            if step.kind in ("take", "match"):
                ways.append((step, number, saves))
            elif step.kind == "jump":
                waiting.append((step.first, saves))
            elif step.kind == "split":
                waiting.append((step.second, saves))
                waiting.append((step.first, saves))
            elif step.kind == "save":
                kept = (*saves[: step.first], place, *saves[step.first + 1 :])
                waiting.append((number + 1, kept))
            elif self._at_edge(step.edge, text, place):
                waiting.append((number + 1, saves))
        spend(1)

    def _at_edge(self, edge: str, text: str, place: int) -> bool:
        if edge == "^":
            return place == 0 or (self._many_lines and text[place - 1] == "\n")
        return place == len(text) or (self._many_lines and text[place] == "\n")

    def each(self, text: str) -> Iterator[_Saves]:
        """Give all matches from left to right that do not overlap."""
        place = 0
        while place <= len(text):
            found = self.search(text, place)
            if found is None:
                return
            yield found
            place = max(found[1], place + 1)


@functools.lru_cache(maxsize=256)
def compile_pattern(source: str, flags: str = "") -> Pattern:
    """Return a compiled pattern.

    Raises:  BadPattern.
    """
    if not set(flags) <= set("imsx"):
        raise BadPattern("the flags may be i, m, s and x")
    return Pattern(source, flags)
