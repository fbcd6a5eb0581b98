"""Read a diagram: our index of its elements, and the spec that SpiffWorkflow runs."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import GatewayParser, SubprocessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.spiff.parser import SpiffBpmnParser

from engine.errors import InvalidDefinition
from engine.feel import FeelError
from engine.workflow import activities, events, gateways, items
from engine.workflow.definition import Element, ExpressionUse, ProcessDefinition
from engine.workflow.elements import (
    ADOLYGU,
    BPMN,
    Index,
    guidance_of,
    index_process,
    line_of,
    own,
    refuse,
    words_of,
)
from engine.workflow.environment import compiled
from engine.xml_source import read_xml

#: So many versions of diagrams are kept parsed; the six Boards together use fewer.
CACHE_SIZE = 256

_cache: OrderedDict[tuple[str, str], ProcessDefinition] = OrderedDict()
_cache_lock = Lock()


def parse_process(source: bytes, path: str) -> ProcessDefinition:
    """Return the process of a BPMN file; the same bytes give the same object while it is kept.

    Raises:  InvalidDefinition, for all that cannot be read or would not run as drawn.
    """
    key = (hashlib.sha256(source).hexdigest(), path)
    with _cache_lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    definition = _parse(source, path, key[0])
    with _cache_lock:
        _cache[key] = definition
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return definition


def _parse(source: bytes, path: str, content_hash: str) -> ProcessDefinition:
    root = read_xml(source, path)
    index = index_process(root, path)
    _check_expressions(index)
    spec, subprocess_specs = _specs(root, index)
    node = index.process
    called = (element.called for element in index.elements.values() if element.called)
    return ProcessDefinition(
        id=node.get("id") or "",
        path=path,
        content_hash=content_hash,
        kind=own(node, "kind"),
        line=line_of(node),
        words=words_of(node),
        guidance=guidance_of(node),
        start_roles=tuple(own(node, "startRoles").split()),
        besides=tuple(own(node, "besides").split()),
        after_close=own(node, "afterClose") == "true",
        identifier_prefix=own(node, "identifierPrefix"),
        item=own(node, "item"),
        goes_on_as=own(node, "goesOnAs"),
        paused_while=own(node, "pausedWhile"),
        goes_on_paused=own(node, "goesOnPaused") == "true",
        requirement=tuple(own(node, "requirement").split()),
        elements=index.elements,
        flows=index.flows,
        lanes=index.lanes,
        called=tuple(dict.fromkeys(called)),
        expressions=tuple(index.expressions),
        outgoing=index.outgoing(),
        spec=spec,
        subprocess_specs=subprocess_specs,
    )


def _check_expressions(index: Index) -> None:
    for use in (*index.expressions, *_pause(index)):
        try:
            compiled(use.source)
        except FeelError as error:
            reason = f"has FEEL that cannot be read: {error.reason}"
            node = index.nodes[use.element]
            raise refuse(index.path, node, reason, error.remedy) from None


def _pause(index: Index) -> Iterator[ExpressionUse]:
    """Yield the condition that pauses the cases of a root process; no flow or event asks it."""
    node, source = index.process, own(index.process, "pausedWhile")
    if source:
        yield ExpressionUse(node.get("id") or "", "pause", source, line_of(node))


def _specs(root: etree._Element, index: Index) -> tuple[Any, dict[str, Any]]:
    parser = DiagramParser(index)
    identifier = index.process.get("id")
    try:
        parser.add_bpmn_xml(root, index.path)
        return parser.get_spec(identifier), parser.get_subprocess_specs(identifier)
    except InvalidDefinition:
        raise
    except SpiffWorkflowException as error:
        raise _translated(index, error) from None
    except Exception as error:
        # SpiffWorkflow raises whatever a strange document leads it into.
        reason = f"cannot be read ({type(error).__name__}: {str(error)[:200]})"
        raise refuse(index.path, index.process, reason, "draw it again in the editor") from None


def _translated(index: Index, error: SpiffWorkflowException) -> InvalidDefinition:
    """Return what SpiffWorkflow says of a diagram as a refusal of ours."""
    node = index.nodes.get(getattr(error, "id", ""), index.process)
    text = str(error)
    if "RecursionError" in text:
        return _too_long(index)
    return refuse(index.path, node, f"cannot be run ({text[:200]})", "draw it again in the editor")


def _too_long(index: Index) -> InvalidDefinition:
    reason = "has a path that is too long to be read"
    return refuse(index.path, index.process, reason, "move some of it into a called part")


class _NodeParser(TaskParser):
    """Reads a node of the diagram; the index has already said what it is."""

    task: Any

    @property
    def element(self) -> Element:
        """Return what the index holds of the node."""
        found: Element = self.process_parser.parser.index.elements[self.bpmn_id]
        return found

    def parse_extensions(self, node: Any = None) -> dict[str, str]:
        """Return the attributes of our namespace."""
        attributes = (self.node if node is None else node).attrib
        return {
            str(name).removeprefix(ADOLYGU): value
            for name, value in attributes.items()
            if str(name).startswith(ADOLYGU)
        }

    def create_task(self) -> Any:
        """Return the spec of the node."""
        return self.spec_class(self.spec, self.bpmn_id, **self.own_attributes)

    @property
    def own_attributes(self) -> dict[str, Any]:
        """Return what every spec is made with; data associations are decoration here."""
        name = self.node.get("name")
        return {"lane": self.element.lane, "bpmn_name": name, **self.extra()}

    def extra(self) -> dict[str, Any]:
        """Return what the specs of this kind need besides."""
        return {}

    def _add_multiinstance_task(self, loop_characteristics: Any) -> None:
        original = self.spec.task_specs.pop(self.task.name)
        self.task = items.PerItem(
            self.spec, original.name, item_list=self.element.item_list, lane=self.element.lane
        )
        self._copy_task_attrs(original, loop_characteristics)

    def _add_boundary_event(self, children: list[Any]) -> Any:
        name = f"{self.bpmn_id}.BoundaryEventSplit"
        split = events.BoundarySplit(self.spec, name, self.bpmn_id)
        split.connect(self.task)
        for node in children:
            split.connect(self.process_parser.parse_node(node))
        return split


class _GatewayParser(_NodeParser, GatewayParser):
    """Reads a gateway; which way it goes is decided from the index when it runs."""


class _CatchParser(_NodeParser):
    def extra(self) -> dict[str, Any]:
        return {"event": self.element.event, "expression": self.element.expression}


class _BoundaryParser(_CatchParser):
    def extra(self) -> dict[str, Any]:
        return {**super().extra(), "interrupting": self.element.interrupting}


class _StartParser(_NodeParser):
    def create_task(self) -> Any:
        spec = super().create_task()
        self.spec.start.connect(spec)
        return spec


class _EndParser(_NodeParser):
    def extra(self) -> dict[str, Any]:
        return {"terminate": self.element.event == "terminate"}


class _SubProcessParser(_NodeParser):
    def extra(self) -> dict[str, Any]:
        return {"subworkflow_spec": SubprocessParser.get_subprocess_spec(self)}


class _ProcessSpec(BpmnProcessSpec):
    """A process without SpiffWorkflow's own end: it has ended when nothing is open."""

    def __init__(self, name: str, filename: str) -> None:
        # The constructor of BpmnProcessSpec would take the names Start and End.
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.start = BpmnStartTask(self, "(start)")
        self.description = name
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []


class _ProcessParser(ProcessParser):
    """Reads the nodes of a process or sub-process; data objects are decoration here."""

    def create_spec(self) -> Any:
        """Return the empty spec."""
        return _ProcessSpec(self.bpmn_id, self.filename)

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.parse_node(self.node.find(f"{BPMN}startEvent"))


def _tags(classes: dict[str, tuple[type, type]]) -> dict[str, tuple[type, type]]:
    return {f"{BPMN}{tag}": pair for tag, pair in classes.items()}


class DiagramParser(SpiffBpmnParser):
    """SpiffWorkflow's parser with our specs, and with no others."""

    PROCESS_PARSER_CLASS = _ProcessParser
    PARSER_CLASSES: dict[str, tuple[type, type]] = {}
    OVERRIDE_PARSER_CLASSES = _tags(
        {
            "startEvent": (_StartParser, events.PassEvent),
            "endEvent": (_EndParser, events.EndEvent),
            "intermediateThrowEvent": (_NodeParser, events.PassEvent),
            "intermediateCatchEvent": (_CatchParser, events.CatchEvent),
            "boundaryEvent": (_BoundaryParser, events.BoundaryEvent),
            "userTask": (_NodeParser, activities.UserTask),
            "callActivity": (_NodeParser, activities.CalledPart),
            "sendTask": (_NodeParser, activities.SendTask),
            "serviceTask": (_NodeParser, activities.ServiceTask),
            "businessRuleTask": (_NodeParser, activities.RuleTask),
            "subProcess": (_SubProcessParser, activities.SubProcess),
            "exclusiveGateway": (_GatewayParser, gateways.ExclusiveGateway),
            "inclusiveGateway": (_GatewayParser, gateways.InclusiveGateway),
            "parallelGateway": (_GatewayParser, gateways.ParallelGateway),
            "eventBasedGateway": (_GatewayParser, gateways.EventGateway),
        }
    )

    def __init__(self, index: Index) -> None:
        """Take the index of the file that will be read."""
        super().__init__()
        self.index = index

    def add_bpmn_xml(self, bpmn: etree._Element, filename: str | None = None) -> None:
        """Take the one process of a file; everything else in it is decoration."""
        self._find_dependencies(self.index.process)
        self.create_parser(self.index.process, filename)

    def _find_dependencies(self, process: etree._Element) -> None:
        """Note nothing: called parts and decisions are found by the index."""

    def get_document_lanes(self, root: etree._Element) -> dict[str, str]:
        """Return nothing; lanes are in the index."""
        return {}
