"""Small diagrams from short lines, and a world that tests can turn as they like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from engine.workflow import ProcessDefinition, TaskKey, Workflow, parse_process

TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "stop": "endEvent",
    "throw": "intermediateThrowEvent",
    "user": "userTask",
    "send": "sendTask",
    "service": "serviceTask",
    "rule": "businessRuleTask",
    "call": "callActivity",
    "sub": "subProcess",
    "xor": "exclusiveGateway",
    "or": "inclusiveGateway",
    "and": "parallelGateway",
    "race": "eventBasedGateway",
    "timer": "intermediateCatchEvent",
    "cond": "intermediateCatchEvent",
}
NODE = re.compile(
    r"(?:(?P<kind>[a-z]+)(?P<beside>~?):)?(?P<id>\w+)(?:@(?P<host>\w+))?(?:\*(?P<list>\w+))?"
    r"\s*(?:\[(?P<condition>.*)\])?$"
)


class World:
    """Facts, items and decisions that a test sets, and a note of what was asked."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.of_items: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[str]] = {}
        self.due: dict[str, date | datetime | None] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self.decided: list[tuple[str, str | None]] = []
        self.redone: list[tuple[str, str | None, Any]] = []

    def names(self, item: str | None) -> Mapping[str, Any]:
        known = {**dict.fromkeys("abcdefgh"), **self.facts, **self.of_items.get(item or "", {})}
        return {name: _feel(value) for name, value in known.items()}

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        return {"due": self.due.get}

    def items(self, list_name: str) -> Sequence[str]:
        return self.lists.get(list_name, [])

    def decide(self, decision_id: str, item: str | None) -> Mapping[str, Any]:
        self.decided.append((decision_id, item))
        self.facts.update(self.results.get(decision_id, {}))
        return self.results.get(decision_id, {"answer": len(self.decided)})

    def redo_decision(self, decision_id: str, item: str | None, recorded: Any) -> None:
        self.redone.append((decision_id, item, recorded))


class _Drawing:
    """Gathers nodes and flows of each scope."""

    def __init__(
        self, attributes: Mapping[str, Mapping[str, str]], given: Mapping[str, str]
    ) -> None:
        self.scopes: dict[str, list[str]] = {}
        self.kinds: dict[str, tuple[str, str, str, str, str]] = {}
        self.defaults: dict[str, str] = {}
        self.attributes, self.given = attributes, given
        self.flows = 0

    def line(self, line: str) -> None:
        scope, _, chain = line.rpartition("|")
        place = self.scopes.setdefault(scope.strip(), [])
        before = ""
        for text in chain.split(" > "):
            found = NODE.match(text.strip())
            assert found, text
            node = found["id"]
            if found["kind"]:
                described = (
                    found["kind"],
                    found["beside"],
                    found["host"] or "",
                    found["list"] or "",
                )
                self.kinds[node] = (*described, scope.strip())
                place.append(node)
            elif node not in self.kinds:
                self.kinds[node] = (node.rstrip("0123456789"), "", "", "", scope.strip())
                place.append(node)
            if before:
                self.flow(place, before, node, found["condition"])
            before = node

    def flow(self, place: list[str], source: str, target: str, condition: str | None) -> None:
        self.flows += 1
        name = f"{source}_{target}"
        if condition == "*":
            self.defaults[source] = name
            condition = None
        inner = (
            f"<conditionExpression>{_text(condition)}</conditionExpression>" if condition else ""
        )
        place.append(
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}'
            "</sequenceFlow>"
        )

    def node(self, name: str) -> str:
        kind, beside, host, listed, _ = self.kinds[name]
        tag = "boundaryEvent" if host else TAGS[kind]
        attributes = {"id": name, "name": name.replace("_", " ")}
        if host:
            attributes |= {"attachedToRef": host, "cancelActivity": "false" if beside else "true"}
        if name in self.defaults:
            attributes["default"] = self.defaults[name]
        if kind == "call":
            attributes["calledElement"] = f"{name}_part"
        if kind == "rule":
            attributes["a:decision"] = "DR-01"
        attributes |= self.attributes.get(name, {})
        written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
        inner = self.inner(name, kind)
        if listed:
            inner += (
                "<multiInstanceLoopCharacteristics><loopDataInputRef>"
                f"{listed}</loopDataInputRef></multiInstanceLoopCharacteristics>"
            )
        return f"<{tag} {written}>{inner}</{tag}>"

    def inner(self, name: str, kind: str) -> str:
        feel = self.given.get(name)
        if kind == "timer":
            moment = _text(feel or 'due("TS-01")')
            return f"<timerEventDefinition><timeDate>{moment}</timeDate></timerEventDefinition>"
        if kind == "cond":
            condition = f"<condition>{_text(feel or 'a = true')}</condition>"
            return f"<conditionalEventDefinition>{condition}</conditionalEventDefinition>"
        if kind == "stop":
            return "<terminateEventDefinition/>"
        return self.scope(name) if kind == "sub" else ""

    def scope(self, name: str) -> str:
        parts = self.scopes.get(name, [])
        return "\n".join(part if part.startswith("<") else self.node(part) for part in parts)


def _feel(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")


def draw(
    *lines: str,
    name: str = "test",
    process: str = "",
    attributes: Mapping[str, Mapping[str, str]] | None = None,
    **given: str,
) -> bytes:
    """Return a diagram, drawn from lines such as `start > user:a > end`.

    A node is `kind:id` the first time, then `id`; `kind~:id@host` sits on the edge of its host (`~`
    does not interrupt); `user:a*list` repeats; `[FEEL]` is the condition of the flow to the node,
    `[*]` the default; `s|start:x > ...` draws inside the sub-process `s`.
    """
    drawing = _Drawing(attributes or {}, given)
    for line in lines:
        drawing.line(line)
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:a="http://adolygu.cymru/bpmn" id="definitions_" targetNamespace="t">\n'
        f'<process id="{name}" isExecutable="true" {process}>\n{drawing.scope("")}\n'
        "</process></definitions>"
    ).encode()


@pytest.fixture(scope="session")
def drawn() -> Callable[..., bytes]:
    """Return the function that draws a diagram as a file."""
    return draw


@pytest.fixture(scope="session")
def parse() -> Callable[..., ProcessDefinition]:
    """Return a function that draws a diagram and parses it."""
    return lambda *lines, **given: parse_process(draw(*lines, **given), "test.bpmn")


@pytest.fixture(scope="session")
def new_world() -> type[World]:
    """Return the class of worlds."""
    return World


@pytest.fixture
def world() -> World:
    """Return a world without facts and items."""
    return World()


@pytest.fixture
def started(parse: Callable[..., ProcessDefinition], world: World) -> Callable[..., Workflow]:
    """Return a function that draws, parses and starts."""
    return lambda *lines, item="", **given: Workflow.start(parse(*lines, **given), world, item)[0]


@pytest.fixture(scope="session")
def opened() -> Callable[[Workflow], list[str]]:
    """Return a function that says which user tasks are open, as `id` or `id/item/round`."""
    return lambda flow: [_short(task.key) for task in flow.open_tasks()]


def _short(key: TaskKey) -> str:
    item = f"/{key.item}" if key.item else ""
    return f"{key.bpmn_id}{item}" + (f"/{key.round}" if key.round > 1 else "")
