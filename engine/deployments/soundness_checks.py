"""Prove that every process is sound: whatever happens, it can still come to its end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from engine import assurance, feel
from engine.deployments.definitions import Reading
from engine.deployments.writing import Writing
from engine.lint import Finding
from engine.workflow import Element, Flow, ProcessDefinition

#: So many verdicts are kept; a variation proves only the processes that it changes.
CACHE_SIZE = 512
#: A trace is told in so many steps, the last ones; what comes before leads up to them.
MOST_STEPS = 12

_cache: OrderedDict[Any, assurance.Verdict] = OrderedDict()


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the processes."""
    writing = Writing(reading)
    for process in reading.processes.values():
        yield from check_one(reading, writing, process)


def check_one(reading: Reading, writing: Writing, process: ProcessDefinition) -> Iterator[Finding]:
    """Say what is proved wrong with one process."""
    for problem in verdict(reading, writing, process).problems:
        message = f"{problem.words()}{_way(problem.trace)}"
        way = _way(problem.trace, "Y ffordd fyrraf yno")
        welsh = f"{problem.words('cy')}{way} {problem.remedy('cy')}"
        yield Finding(
            "error",
            problem.line,
            problem.element,
            message,
            problem.remedy(),
            "soundness",
            process.path,
            welsh,
            problem.trace,
        )


def verdict(reading: Reading, writing: Writing, process: ProcessDefinition) -> assurance.Verdict:
    """Return what is proved of a process; the same diagram among the same facts is proved once."""
    read = _read(process)
    types = {name: reading.facts[name].type for name in sorted(read) if name in reading.facts}
    outside = writing.outside(process) & read
    things: tuple[Element | Flow, ...] = (*process.elements.values(), *process.flows.values())
    writes = {thing.id: writing.of(thing) & read for thing in things}
    written = tuple((key, frozenset(facts)) for key, facts in writes.items() if facts)
    key = (process.content_hash, tuple(types.items()), outside, written)
    if key not in _cache:
        _cache[key] = assurance.prove(process, lambda thing: writes[thing.id], types, outside)
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return _cache[key]


def forget() -> None:
    """Forget every verdict, to measure how long they take."""
    _cache.clear()


def _read(process: ProcessDefinition) -> frozenset[str]:
    """Return the names that the conditions of a process read."""
    expressions = (feel.compile_expression(use.source) for use in process.expressions)
    return frozenset(name for each in expressions for name in each.names | each.item_names)


def _way(trace: tuple[str, ...], said: str = "The shortest way there") -> str:
    if not trace:
        return ""
    dots = "… → " if len(trace) > MOST_STEPS else ""
    return f" {said}: {dots}{' → '.join(trace[-MOST_STEPS:])}."
