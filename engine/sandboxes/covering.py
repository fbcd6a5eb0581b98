"""Say which steps, events and branches of processes were taken, from the logs of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from engine import db
from engine.deployments import Definitions
from engine.models import ProcessInstance, StepLogEntry
from engine.texts import Text
from engine.workflow import Element, LogEntry, ProcessDefinition

#: What is taken, by process: ids of user tasks, of events that happened, and of flows.
Took = Mapping[str, Iterable[str]]

_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


@dataclass(frozen=True)
class Way:
    """A step, an event or a branch that a scenario may take; `by` is how many of them did.

    `kind` is step, event or branch; `at` is the gateway of a branch.
    """

    id: str
    kind: str
    name: Text
    at: Text | None
    by: int


@dataclass(frozen=True)
class Covered:
    """How much of a process was taken."""

    process: str
    name: Text
    path: str
    ways: tuple[Way, ...]

    def count(self, kind: str) -> tuple[int, int]:
        """Return how many steps, events or branches were taken, and how many there are."""
        of_kind = [way for way in self.ways if way.kind == kind]
        return sum(way.by > 0 for way in of_kind), len(of_kind)


def taken() -> dict[str, list[str]]:
    """Return what the cases of the database in use took, whether or not it was undone since."""
    query = (
        select(ProcessInstance.process, StepLogEntry.entry, StepLogEntry.seq)
        .join(StepLogEntry, StepLogEntry.instance_id == ProcessInstance.id)
        .order_by(ProcessInstance.process, StepLogEntry.id)
    )
    found: dict[str, set[str]] = {}
    with db.reading() as session:
        for process, entry, seq in session.execute(query):
            found.setdefault(process, set()).update(_ids(LogEntry.from_json({**entry, "seq": seq})))
    return {process: sorted(ids) for process, ids in sorted(found.items())}


def covered(definitions: Definitions, takings: Iterable[Took]) -> list[Covered]:
    """Return what some scenarios took of each process, in the order of their files.

    Takes:   takings, what each of them took.
    """
    counts: dict[tuple[str, str], int] = {}
    for took in takings:
        for process, ids in took.items():
            for one in set(ids):
                counts[process, one] = counts.get((process, one), 0) + 1
    return [
        Covered(
            process.id,
            Text(process.name("en"), process.name("cy")),
            process.path,
            tuple(_ways(process, counts)),
        )
        for process in sorted(definitions.processes.values(), key=lambda one: one.path)
    ]


def _ids(entry: LogEntry) -> Iterator[str]:
    if entry.kind in ("complete", "fire") and entry.key is not None:
        yield entry.key.bpmn_id
    for choice in entry.choices:
        if choice[0] == "flow":
            yield from choice[2]
        elif choice[0] == "event":
            yield choice[1]


def _ways(process: ProcessDefinition, counts: Mapping[tuple[str, str], int]) -> Iterator[Way]:
    for element in process.reading_order():
        if kind := _kind(element):
            by = counts.get((process.id, element.id), 0)
            yield Way(element.id, kind, _name(element), None, by)
        flows = process.outgoing.get(element.id, ())
        if element.kind in _CHOOSING and len(flows) > 1:
            for flow in flows:
                name = Text(flow.name("en") or flow.id, flow.name("cy") or flow.id)
                by = counts.get((process.id, flow.id), 0)
                yield Way(flow.id, "branch", name, _name(element), by)


def _kind(element: Element) -> str:
    if element.kind == "userTask":
        return "step"
    return "event" if element.event in ("timer", "conditional") else ""


def _name(element: Element) -> Text:
    return Text(element.name("en") or element.id, element.name("cy") or element.id)
