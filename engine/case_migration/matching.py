"""Find each element of one version of the processes in another, whatever it is called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.deployments import Definitions
from engine.errors import EngineError
from engine.workflow import Element, ProcessDefinition, Renaming

#: What a person can say of elements that are not found: {process: {id before: id after}}.
Given = Mapping[str, Mapping[str, str]]

#: What somebody does, waits for or calls: what the record of a case names.
_RECORDED = ("userTask", "callActivity", "boundaryEvent", "intermediateCatchEvent")


class StepsDoNotMatch(EngineError):
    """The step {step} cannot take the place of another one of its process. Choose one from the list."""  # noqa: E501

    status = 422


@dataclass(frozen=True)
class Unmatched:
    """An element that another version does not have, and those that could take its place there."""

    process: ProcessDefinition
    element: Element
    candidates: tuple[Element, ...]


def renamings(old: Definitions, new: Definitions, given: Given) -> dict[str, Renaming]:
    """Return what the elements of each process are called in the new version.

    An element is the same where its id is; else where what a person says of it is, or where it
    alone of its kind carries the same requirement ids. A flow is the same where both its ends are.
    Raises:  StepsDoNotMatch.
    """
    return {
        key: _renaming(process, new.processes[key], given.get(key, {}))
        for key, process in old.processes.items()
        if key in new.processes
    }


def unmatched(
    old: Definitions, new: Definitions, renamed: Mapping[str, Renaming]
) -> Iterator[Unmatched]:
    """Yield the steps that a case may have on record and that the new version does not have."""
    for key, renaming in renamed.items():
        before, after = old.processes[key], new.processes[key]
        for element in before.elements.values():
            known = element.id in after.elements or element.id in renaming.ids
            if element.kind == "userTask" and not known:
                free = (one for one in after.elements.values() if one.id not in renaming.known)
                fit = tuple(one for one in free if _may_be(element, one))
                yield Unmatched(before, element, fit)


def _renaming(old: ProcessDefinition, new: ProcessDefinition, given: Mapping[str, str]) -> Renaming:
    ids: dict[str, str] = {}
    for before, after in given.items():
        if not after or before not in old.elements or before in new.elements:
            continue
        found = new.elements.get(after)
        if found is None or after in old.elements or not _may_be(old.elements[before], found):
            raise StepsDoNotMatch(step=after)
        if after in ids.values():
            raise StepsDoNotMatch(step=after)
        ids[before] = after
    ids |= _by_requirement(old, new, ids)
    known = {ids.get(key, key) for key in old.elements} & set(new.elements)
    places = {(flow.source, flow.target): flow.id for flow in new.flows.values()}
    for flow in old.flows.values():
        ends = (ids.get(flow.source, flow.source), ids.get(flow.target, flow.target))
        if flow.id not in new.flows and ends in places:
            ids[flow.id] = places[ends]
    known |= {ids.get(key, key) for key in old.flows} & set(new.flows)
    return Renaming(ids, frozenset(known))


def _by_requirement(
    old: ProcessDefinition, new: ProcessDefinition, ids: Mapping[str, str]
) -> dict[str, str]:
    """Return the elements that carry requirement ids as nothing else does on either side."""
    gone = [
        one for one in old.elements.values() if one.id not in new.elements and one.id not in ids
    ]
    come = [
        one
        for one in new.elements.values()
        if one.id not in old.elements and one.id not in ids.values()
    ]
    once = Counter(_mark(one) for one in gone), Counter(_mark(one) for one in come)
    found = {_mark(one): one.id for one in come}
    return {
        one.id: found[_mark(one)]
        for one in gone
        if _mark(one) is not None and once[0][_mark(one)] == once[1][_mark(one)] == 1
    }


def _mark(element: Element) -> tuple[str, ...] | None:
    """Return by what an element is known but for its id; of a timer, its timescale is as good."""
    named = element.requirement or ((element.timescale,) if element.timescale else ())
    per = (element.item_list, element.called)
    return (element.kind, *per, *named) if named and element.kind in _RECORDED else None


def _may_be(old: Element, new: Element) -> bool:
    return (old.kind, old.item_list, old.called) == (new.kind, new.item_list, new.called)
