"""Write what was done on cases as an event log in XES (IEEE 1849-2016), for process mining.

Each case is a trace, known by its identifier; each step a person does is an event when it opens and
when it is completed or withdrawn. There is the role that may do it, never the person, and nothing
that anybody typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

_SPACE = "http://www.xes-standard.org/"
_EXTENSIONS = (
    ("Concept", "concept"),
    ("Time", "time"),
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: How the standard calls what becomes of a step.
_TRANSITIONS = {"completed": "complete", "withdrawn": "withdraw"}


@dataclass(frozen=True)
class Step:
    """A step of a person on a case: the requirement, its name, the roles that may do it, its days.

    `closed_as` is `completed` or `withdrawn`, empty while it is open.
    """

    number: int
    requirement: str
    name: str
    roles: str
    item: str
    opened_at: datetime
    closed_at: datetime | None
    closed_as: str


@dataclass(frozen=True)
class Trace:
    """The steps of one case."""

    identifier: str
    process: str
    steps: tuple[Step, ...]


def write(traces: Iterable[Trace], name: str) -> bytes:
    """Return an event log; within a trace the events stand in the order of time."""
    log = _element("log", {"xes.version": "1849.2016", "xes.features": ""})
    for title, prefix in _EXTENSIONS:
        uri = f"{_SPACE}{prefix}.xesext"
        log.append(_element("extension", {"name": title, "prefix": prefix, "uri": uri}))
    log.append(_globals("trace", [_text("concept:name", ""), _text("process", "")]))
    log.append(_globals("event", _event_of(Step(0, "", "", "", "", _NEVER, None, ""))))
    log.append(_element("classifier", {"name": "Activity", "keys": "concept:name"}))
    log.append(_text("concept:name", name))
    for trace in traces:
        log.append(_trace(trace))
    written: bytes = etree.tostring(log, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _trace(trace: Trace) -> etree._Element:
    made = _element("trace", {})
    made.append(_text("concept:name", trace.identifier))
    made.append(_text("process", trace.process))
    events = [(step.opened_at, 1, step.number, _event_of(step)) for step in trace.steps]
    for step in trace.steps:
        if step.closed_at is not None:
            # What completes a step opens the next in the same moment, so it comes before that.
            rank = 0 if step.closed_at > step.opened_at else 2
            events.append((step.closed_at, rank, step.number, _event_of(step, step.closed_at)))
    for *_, attributes in sorted(events, key=lambda event: event[:3]):
        event = _element("event", {})
        event.extend(attributes)
        made.append(event)
    return made


def _event_of(step: Step, closed_at: datetime | None = None) -> list[etree._Element]:
    at = (closed_at or step.opened_at).astimezone(UTC).isoformat(timespec="milliseconds")
    return [
        _text("concept:name", f"{step.requirement} {step.name}".strip()),
        _text("concept:instance", str(step.number)),
        _text("lifecycle:transition", _TRANSITIONS[step.closed_as] if closed_at else "schedule"),
        _text("org:role", step.roles),
        _text("item", step.item),
        _element("date", {"key": "time:timestamp", "value": at}),
    ]


def _globals(scope: str, attributes: list[etree._Element]) -> etree._Element:
    made = _element("global", {"scope": scope})
    made.extend(attributes)
    return made


def _text(key: str, value: str) -> etree._Element:
    return _element("string", {"key": key, "value": value})


def _element(tag: str, attributes: dict[str, str]) -> etree._Element:
    spaces: Any = {None: _SPACE}
    return etree.Element(f"{{{_SPACE}}}{tag}", attributes, nsmap=spaces)
