"""Draw a process of a draft: what may be named in it, what is wrong, and the way to a finding."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath

from engine import deployments, lint, variations
from engine.assurance import INSIDE
from engine.deployments import Choices, Finding
from engine.errors import NotFound
from engine.people import Actor
from engine.texts import Text
from engine.variations import DraftFile, DraftHead
from engine.workflow import ProcessDefinition
from engine.xml_source import MAX_BYTES


@dataclass(frozen=True)
class DrawingPage:
    """A process of a draft to be drawn, its name, and all that its elements may name."""

    head: DraftHead
    file: DraftFile
    name: Text
    choices: Choices


@dataclass(frozen=True)
class WayStep:
    """A step on the way to a finding: its number on the way, its BPMN id and its name."""

    number: int
    bpmn_id: str
    name: Text


@dataclass(frozen=True)
class WayLeg:
    """A stretch of a way within one process."""

    process: str
    path: str
    name: Text
    steps: tuple[WayStep, ...]


@dataclass(frozen=True)
class WayPage:
    """A finding of the last check of a draft, and the way there, process by process."""

    head: DraftHead
    finding: Finding
    legs: tuple[WayLeg, ...]


def drawing_page(draft_id: uuid.UUID, process: str, actor: Actor) -> DrawingPage:
    """Return a process of a draft as its editor needs it.

    Raises:  NotFound.
    """
    files = variations.draft_files(draft_id, actor)
    path = _path_of(files, process)
    page = variations.draft_file(draft_id, path, actor)
    return DrawingPage(
        page.head, page.file, _name(files[path], path), deployments.choices(files, path)
    )


def check_drawing(
    draft_id: uuid.UUID, process: str, source: str, actor: Actor, *, proves: bool = False
) -> tuple[Finding, ...]:
    """Return what is wrong with a diagram as it is drawn just now; nothing of it is kept.

    Takes:   proves, True to go through all its states too, once nothing else is wrong; seconds.
    Raises:  NotFound.
    """
    files = variations.draft_files(draft_id, actor)
    # Half a sign, which JSON can carry, is left for the reader to refuse.
    content = source.encode("utf-8", "surrogatepass")[: MAX_BYTES + 1]
    return deployments.check_drawn(files, _path_of(files, process), content, proves=proves)


def way_page(draft_id: uuid.UUID, number: int, actor: Actor) -> WayPage:
    """Return the way to one of the findings of the last check, counted from 0.

    Raises:  NotFound, also for a finding without a way.
    """
    page = variations.checks_page(draft_id, actor)
    found = page.check.findings if page.check else ()
    if number >= len(found) or not found[number].trace:
        raise NotFound
    processes = deployments.read(variations.draft_files(draft_id, actor)).processes
    return WayPage(page.head, found[number], way_of(found[number].trace, processes))


def way_of(
    trace: tuple[str, ...], processes: Mapping[str, ProcessDefinition]
) -> tuple[WayLeg, ...]:
    """Return a way process by process; of what has changed since, the ids.

    Takes:   trace, ids of elements, each with the calls that it stands in before it.
    """
    placed = [(each, _process_of(each, trace, processes)) for each in trace]
    numbered = list(enumerate(placed, start=1))
    return tuple(
        _leg(process, [(number, each) for number, (each, _) in steps])
        for process, steps in groupby(numbered, key=lambda step: step[1][1])
        if process is not None
    )


def _leg(process: ProcessDefinition, steps: list[tuple[int, str]]) -> WayLeg:
    return WayLeg(
        process.id,
        process.path,
        Text(process.name("en"), process.name("cy")),
        tuple(_step(number, each.rpartition(INSIDE)[2], process) for number, each in steps),
    )


def _step(number: int, bpmn_id: str, process: ProcessDefinition) -> WayStep:
    element = process.elements.get(bpmn_id)
    named = element is not None and element.name("en") and element.name("cy")
    words = (
        Text(element.name("en"), element.name("cy"))
        if element is not None and named
        else Text(bpmn_id, bpmn_id)
    )
    return WayStep(number, bpmn_id, words)


def _process_of(
    step: str, trace: tuple[str, ...], processes: Mapping[str, ProcessDefinition]
) -> ProcessDefinition | None:
    """Return the process in which a step of a way stands; the way begins in the outermost one."""
    outermost = {each.partition(INSIDE)[0] for each in trace}
    found = max(processes.values(), key=lambda one: len(outermost & one.elements.keys()))
    here: ProcessDefinition | None = found
    for call in step.split(INSIDE)[:-1]:
        element = here.elements.get(call) if here else None
        here = processes.get(element.called) if element else None
    return here


def _name(source: bytes, path: str) -> Text:
    """Return what a diagram calls its process, though it could not be run as it stands."""
    named = lint.read_diagram(source, path).processes[:1]
    english = named[0].name.en if named else ""
    return Text(english or path, (named[0].name.cy if named else "") or english or path)


def _path_of(files: Mapping[str, bytes], process: str) -> str:
    """Return where a process of a draft stands."""
    found = next((path for path in _diagrams(files) if PurePosixPath(path).stem == process), None)
    if found is None:
        raise NotFound
    return found


def _diagrams(files: Mapping[str, bytes]) -> Iterator[str]:
    return (path for path in files if path.startswith("processes/") and path.endswith(".bpmn"))
