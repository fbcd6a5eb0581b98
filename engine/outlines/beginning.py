"""Begin a process of one's own: it starts, one task is done, it ends."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.outlines import flowing, properties
from engine.outlines.finishing import Edited, finish
from engine.outlines.layout import Layout
from engine.outlines.sheet import Sheet
from engine.texts import Text

_BEGINNING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:adolygu="http://adolygu.cymru/bpmn" \
id="definitions" targetNamespace="http://adolygu.cymru/processes" \
expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">
  <bpmn:collaboration id="collaboration">
    <bpmn:participant id="pool" processRef="process" />
  </bpmn:collaboration>
  <bpmn:process id="process" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane">
        <bpmn:flowNodeRef>start</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>task</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>end</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="start">
      <bpmn:outgoing>start_to_task</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="task">
      <bpmn:incoming>start_to_task</bpmn:incoming>
      <bpmn:outgoing>task_to_end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end">
      <bpmn:incoming>task_to_end</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="start_to_task" sourceRef="start" targetRef="task" />
    <bpmn:sequenceFlow id="task_to_end" sourceRef="task" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">
      <bpmndi:BPMNShape id="pool_shape" bpmnElement="pool" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="620" height="160" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="lane_shape" bpmnElement="lane" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="590" height="160" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="start_shape" bpmnElement="start">
        <dc:Bounds x="280" y="128" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="task_shape" bpmnElement="task">
        <dc:Bounds x="400" y="106" width="140" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="end_shape" bpmnElement="end">
        <dc:Bounds x="660" y="128" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="start_to_task_edge" bpmnElement="start_to_task">
        <di:waypoint x="316" y="146" />
        <di:waypoint x="400" y="146" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="task_to_end_edge" bpmnElement="task_to_end">
        <di:waypoint x="540" y="146" />
        <di:waypoint x="660" y="146" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

#: The elements of the beginning whose ids are made of the names that are told of them.
_STEPS = ("start", "task", "end")


def new_process(
    identifier: str,
    path: str,
    told: Mapping[str, Mapping[str, str]],
    names: Mapping[str, Text],
) -> Edited:
    """Return a process that starts, has one user task done, and ends.

    Takes:   identifier, the id of the process and the name of its file; told, what is told of
             the `process`, its `start`, its `task` and its `end`; names, those of roles.
    Raises:  InvalidDefinition.
    """
    kind = told["process"].get("kind", "side")
    ids = {"process": identifier}
    beginning = Sheet(_BEGINNING.encode(), path)
    for step in _STEPS:
        ids[step] = flowing.id_from(beginning, told[step].get("name", ""), step)
    ids |= {one: f"{identifier}_{one}" for one in ("definitions", "collaboration", "pool")}
    ids |= {one: f"{identifier}_{one}" for one in ("lanes", "diagram", "plane")}
    roles = told["task"].get("role", "").split()
    ids["lane"] = f"{roles[0]}_lane" if roles else f"{identifier}_lane"
    ids |= {
        f"{one}_to_{other}": f"{ids[one]}_to_{ids[other]}"
        for one, other in (("start", "task"), ("task", "end"))
    }
    ids |= {f"{one}_shape": f"{ids[one]}_shape" for one in ("pool", "lane", *_STEPS)}
    ids |= {f"{f}_edge": f"{ids[f]}_edge" for f in ("start_to_task", "task_to_end")}
    for node in beginning.root.iter(etree.Element):
        for name, value in node.attrib.items():
            if value in ids:
                node.set(name, ids[value])
        if (node.text or "").strip() in ids:
            node.text = ids[(node.text or "").strip()]
    sheet = Sheet(beginning.to_bytes(), path)
    layout = Layout(sheet)
    values = {word: value for word, value in told["process"].items() if word != "kind"}
    properties.tell(sheet, sheet.process, values)
    sheet.set_own(sheet.process, "kind", kind)
    for pool in sheet.root.iter(f"{{{sheet.process.nsmap['bpmn']}}}participant"):
        pool.set("name", told["process"].get("name", ""))
        sheet.set_own(pool, "nameCy", told["process"].get("nameCy", ""))
    for step in _STEPS:
        properties.tell(sheet, sheet.node(ids[step]), told[step])
        layout.renamed(ids[step])
    lane = sheet.node(ids["lane"])
    name = names.get(roles[0], Text(roles[0], roles[0])) if roles else Text("", "")
    properties.tell(sheet, lane, {"name": name.en, "nameCy": name.cy, "role": " ".join(roles)})
    return finish(sheet, layout, ids["task"])
