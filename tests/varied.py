"""Make variations of what is shipped: change a diagram, a form, a table or a row, and read it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree

from engine import deployments
from engine.assurance import INSIDE, OrderProver
from engine.assurance.unfolding import unfold
from engine.deployments.definitions import Reading, read
from engine.deployments.folders import EDITION
from engine.workflow import ProcessDefinition

ROOT = Path(__file__).parents[1]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OWN = "{http://adolygu.cymru/bpmn}"

Change = Callable[[Mapping[str, bytes]], dict[str, bytes]]


@cache
def shipped(edition: str = deployments.BASE_EDITION) -> Reading:
    """Return an edition that is shipped, read once."""
    return read(deployments.read_folders(ROOT, edition))


def varied(*changes: Change, edition: str = deployments.BASE_EDITION) -> Reading:
    """Return an edition that is shipped with some changes laid over it, as a variation."""
    base = shipped(edition)
    changed: dict[str, bytes] = {}
    for change in changes:
        changed |= change({**base.files, **changed})
    kept = {EDITION + path: base.files[path] for path in changed if path in base.files}
    new = read(changed)
    wrong = [each for each in new.findings if "is missing" not in each.message]
    assert wrong == []
    return dataclasses.replace(
        base,
        files={**base.files, **changed, **kept},
        processes=base.processes | new.processes,
        forms=base.forms | new.forms,
        decisions=base.decisions | new.decisions,
        timescales=new.timescales or base.timescales,
        facts=new.facts or base.facts,
        roles=new.roles if new.roles.rows else base.roles,
        reasons=new.reasons,
        paths=base.paths | new.paths,
    )


def path_of(process: str, files: Mapping[str, bytes]) -> str:
    """Return the path of a process among the files."""
    (path,) = [
        path for path in files if path.endswith(f"/{process}.bpmn") and not path.startswith(EDITION)
    ]
    return path


# Diagrams.


class Diagram:
    """A diagram that is being changed; the drawing of what is changed is left as it was."""

    def __init__(self, source: bytes) -> None:
        self.tree = etree.fromstring(source)

    def find(self, key: str) -> Any:
        (found,) = [each for each in self.tree.iter() if each.get("id") == key]
        return found

    def flows(self, *, source: str = "", target: str = "") -> list[Any]:
        return [
            each
            for each in self.tree.iter(f"{BPMN}sequenceFlow")
            if (not source or each.get("sourceRef") == source)
            and (not target or each.get("targetRef") == target)
        ]

    def drop(self, element: Any) -> None:
        key = element.get("id")
        for mark in list(
            self.tree.iter(f"{BPMN}flowNodeRef", f"{BPMN}incoming", f"{BPMN}outgoing")
        ):
            if mark.text == key:
                mark.getparent().remove(mark)
        element.getparent().remove(element)

    def node(self, near: str, kind: str, key: str, **own: str) -> Any:
        """Add an element beside another one, in the same scope and lane."""
        beside = self.find(near)
        made = etree.SubElement(beside.getparent(), f"{BPMN}{kind}", id=key, name=key)
        made.set(f"{OWN}nameCy", key)
        for name, value in own.items():
            made.set(f"{OWN}{name}", value)
        for mark in list(self.tree.iter(f"{BPMN}flowNodeRef")):
            if mark.text == near:
                etree.SubElement(mark.getparent(), f"{BPMN}flowNodeRef").text = key
        return made

    def flow(self, source: str, target: str, condition: str = "") -> Any:
        parent = self.find(source).getparent()
        key = f"{source}__{target}"
        made = etree.SubElement(parent, f"{BPMN}sequenceFlow", id=key)
        made.set("sourceRef", source)
        made.set("targetRef", target)
        if condition:
            etree.SubElement(made, f"{BPMN}conditionExpression").text = condition
        return made

    def before(self, key: str, inserted: str) -> None:
        """Lead what led to an element to another one instead."""
        for flow in self.flows(target=key):
            flow.set("targetRef", inserted)

    def source(self) -> bytes:
        self._mark_flows()
        return bytes(etree.tostring(self.tree))

    def _mark_flows(self) -> None:
        for mark in list(self.tree.iter(f"{BPMN}incoming", f"{BPMN}outgoing")):
            mark.getparent().remove(mark)
        for element in list(self.tree.iter()):
            key = element.get("id")
            if key is None or element.tag == f"{BPMN}sequenceFlow":
                continue
            at = len(element.findall(f"{BPMN}documentation"))
            for name, flows in (
                ("incoming", self.flows(target=key)),
                ("outgoing", self.flows(source=key)),
            ):
                for flow in flows:
                    mark = etree.Element(f"{BPMN}{name}")
                    mark.text = flow.get("id")
                    element.insert(at, mark)
                    at += 1


def drawn(process: str, edit: Callable[[Diagram], None]) -> Change:
    """Return the change of a diagram."""

    def change(files: Mapping[str, bytes]) -> dict[str, bytes]:
        path = path_of(process, files)
        diagram = Diagram(files[path])
        edit(diagram)
        return {path: diagram.source()}

    return change


def removed(process: str, key: str) -> Change:
    """Take a step out: what led to it leads to what came after it."""

    def edit(diagram: Diagram) -> None:
        after = diagram.flows(source=key)
        target = after[0].get("targetRef") if after else ""
        for flow in after:
            diagram.drop(flow)
        diagram.before(key, target)
        for edge in [e for e in diagram.tree.iter() if e.get("attachedToRef") == key]:
            for flow in diagram.flows(source=edge.get("id")):
                diagram.drop(flow)
            diagram.drop(edge)
        diagram.drop(diagram.find(key))

    return drawn(process, edit)


def bypassed(process: str, key: str, condition: str = 'in_a_hurry = "yes"') -> Change:
    """Put a gateway before a step, with a way round it."""

    def edit(diagram: Diagram) -> None:
        target = diagram.flows(source=key)[0].get("targetRef")
        diagram.node(key, "exclusiveGateway", "is_it_needed")
        diagram.before(key, "is_it_needed")
        default = diagram.flow("is_it_needed", key)
        diagram.find("is_it_needed").set("default", default.get("id"))
        if "Gateway" in diagram.find(target).tag and len(diagram.flows(target=target)) > 1:
            diagram.node(key, "exclusiveGateway", "both_ways")
            for flow in diagram.flows(source=key):
                flow.set("targetRef", "both_ways")
            diagram.flow("both_ways", target)
            target = "both_ways"
        diagram.flow("is_it_needed", target, condition)

    return drawn(process, edit)


def swapped(process: str, one: str, other: str) -> Change:
    """Let two steps change places."""

    def edit(diagram: Diagram) -> None:
        for flow in diagram.flows():
            for end in ("sourceRef", "targetRef"):
                at = flow.get(end)
                flow.set(end, {one: other, other: one}.get(at, at))

    return drawn(process, edit)


def side_by_side(process: str, one: str, other: str) -> Change:
    """Do two steps that follow each other at the same time."""

    def edit(diagram: Diagram) -> None:
        (between,) = [f for f in diagram.flows(source=one) if f.get("targetRef") == other]
        diagram.drop(between)
        diagram.node(one, "parallelGateway", "at_once")
        diagram.node(one, "parallelGateway", "both_done")
        diagram.before(one, "at_once")
        for flow in diagram.flows(source=other):
            flow.set("sourceRef", "both_done")
        for key in (one, other):
            diagram.flow("at_once", key)
            diagram.flow(key, "both_done")

    return drawn(process, edit)


def given(process: str, key: str, **own: str) -> Change:
    """Give an element other attributes of ours."""

    def edit(diagram: Diagram) -> None:
        for name, value in own.items():
            diagram.find(key).set(f"{OWN}{name}", value)

    return drawn(process, edit)


def asking(process: str, key: str, condition: str) -> Change:
    """Write another condition on a flow, or another moment or condition on an event."""

    def edit(diagram: Diagram) -> None:
        places = (f"{BPMN}conditionExpression", f"{BPMN}condition", f"{BPMN}timeDate")
        (place,) = diagram.find(key).iter(*places)
        place.text = condition

    return drawn(process, edit)


def moved_edge(process: str, edge: str, host: str) -> Change:
    """Put an event on the edge of another step."""
    return drawn(process, lambda diagram: diagram.find(edge).set("attachedToRef", host))


def led(process: str, flow: str, target: str) -> Change:
    """Lead a flow to somewhere else."""
    return drawn(process, lambda diagram: diagram.find(flow).set("targetRef", target))


def inserted(process: str, before: str, key: str = "extra_step", **own: str) -> Change:
    """Draw an extra step of the Board's own before another one."""

    def edit(diagram: Diagram) -> None:
        diagram.node(before, "userTask", key, **own)
        diagram.before(before, key)
        diagram.flow(key, before)

    return drawn(process, edit)


def renamed(process: str, key: str) -> Change:
    """Give an element another name, and another id."""

    def change(files: Mapping[str, bytes]) -> dict[str, bytes]:
        path = path_of(process, files)
        text = files[path].decode()
        return {path: re.sub(rf'"{key}"', f'"{key}_here"', text).replace(
            f">{key}<", f">{key}_here<").encode()}  # fmt: skip

    return change


def replaced(path: str, old: str, new: str, times: int = 1) -> Change:
    """Replace a piece of a file."""

    def change(files: Mapping[str, bytes]) -> dict[str, bytes]:
        text = files[path].decode()
        assert old in text, (path, old)
        return {path: text.replace(old, new, times).encode()}

    return change


# Forms and rows.


def form(name: str, edit: Callable[[Any], None]) -> Change:
    """Return the change of a form as JSON."""

    def change(files: Mapping[str, bytes]) -> dict[str, bytes]:
        path = f"forms/{name}.json"
        table = json.loads(files[path])
        edit(table)
        return {path: json.dumps(table, ensure_ascii=False, indent=1).encode()}

    return change


def field(name: str, key: str, edit: Callable[[Any], None]) -> Change:
    """Return the change of one field, or of rows, of a form."""
    return form(name, lambda table: edit(_component(table, key)))


def without(name: str, key: str) -> Change:
    """Take a field out of a form."""

    def edit(table: Any) -> None:
        _take_out(table, key)

    return form(name, edit)


def optional(name: str, key: str) -> Change:
    """Let a field be left empty."""

    def edit(component: Any) -> None:
        for word in ("required", "requiredWhen"):
            component["validate"].pop(word, None)

    return field(name, key, edit)


def softened(name: str, row: str) -> Change:
    """Let a rule of a form only warn."""

    def edit(table: Any) -> None:
        for rule in table["rules"]:
            if rule.get("row") == row:
                rule["kind"] = "warning"
            for told in (rule.get("check") or {}).get("messages", {}).items() if isinstance(
                rule.get("check"), dict) else ():  # fmt: skip
                if told[0] == row:
                    told[1]["kind"] = "warning"

    return form(name, edit)


def no_rule(name: str, row: str) -> Change:
    """Take a rule out of a form."""

    def edit(table: Any) -> None:
        table["rules"] = [rule for rule in table["rules"] if rule.get("row") != row]

    return form(name, edit)


def row(path: str, key: str, **values: str) -> Change:
    """Write other values into a row of a TOML file, as they stand in TOML."""

    def change(files: Mapping[str, bytes]) -> dict[str, bytes]:
        text = files[path].decode()
        begin = text.index(f"[{key}]\n")
        after = text.find("\n[", begin + 1)
        end = len(text) if after < 0 else after
        block = text[begin:end]
        for name, value in values.items():
            line = re.compile(rf"^{name}\s*=.*$", re.M)
            new = f"{name} = {value}"
            block = line.sub(new, block) if line.search(block) else f"{block.rstrip()}\n{new}\n"
        return {path: (text[:begin] + block + text[end:]).encode()}

    return change


def _component(table: Any, key: str) -> Any:
    for each in table.get("components", ()):
        if key in (each.get("key"), each.get("path")):
            return each
        found = _component(each, key)
        if found is not None:
            return found
    return None


def _take_out(table: Any, key: str) -> None:
    inside = table.get("components", ())
    kept = [each for each in inside if key not in (each.get("key"), each.get("path"))]
    if inside:
        table["components"] = kept
    for each in kept:
        _take_out(each, key)


# Ways.


def is_way(reading: Reading, process: str, trace: tuple[str, ...]) -> bool:
    """Say whether a trace is one unbroken way through a process and what it calls."""
    below = OrderProver(reading.processes, lambda thing: (), lambda name: (), lambda p: (), {})
    whole = unfold(reading.processes, process, below._below(process).keys()).definition
    known = [key in whole.elements for key in trace]
    return all(known) and _starts(whole, trace[0]) and all(
        _follows(whole, one, other) for one, other in pairwise(trace)
    )  # fmt: skip


def _starts(whole: ProcessDefinition, key: str) -> bool:
    return whole.elements[key].kind == "startEvent" and INSIDE not in key


def _follows(whole: ProcessDefinition, one: str, other: str) -> bool:
    element = whole.elements[other]
    flows = any(flow.target == other for flow in whole.outgoing.get(one, ()))
    begins = element.kind == "startEvent" and element.scope == one
    return flows or begins or element.attached_to == one
