"""Say which facts the clocks and the timer events of a set of definitions go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from engine import facts, feel
from engine.deployments.definitions import CACHE_SIZE, Definitions

#: What these answer turns without any fact of the case.
_TURNING = ("now", "board name", "days on other cases", "who holds")


@lru_cache(maxsize=CACHE_SIZE)
def facts_of_time(definitions: Definitions) -> frozenset[str] | None:
    """Return every fact, also behind other facts, and every step that moves a clock or a timer.

    Returns: None, where a timer asks what time it is, so that it never stands still.
    """
    timers = list(_timers(definitions))
    if any(name in _TURNING for expression in timers for name, _ in expression.calls):
        return None
    names: set[str] = set()
    for expression in timers:
        names |= expression.names | expression.item_names
    for timescale in definitions.timescales.values():
        names.update(timescale.facts, timescale.steps)
    return frozenset(_with_those_behind(definitions, names))


def _timers(definitions: Definitions) -> Iterator[feel.Expression]:
    for process in definitions.processes.values():
        for element in process.elements.values():
            if element.event == "timer":
                yield feel.compile_expression(element.expression)


def _with_those_behind(definitions: Definitions, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            declaration = definitions.facts.get(name)
            ahead += _read_by(declaration) if declaration is not None else ()
    return found


def _read_by(declaration: facts.FactDeclaration) -> Iterator[str]:
    if declaration.kind == "each":
        yield declaration.source
    if declaration.expression is not None:
        yield from declaration.expression.names | declaration.expression.item_names
