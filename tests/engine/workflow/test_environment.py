"""No place of a diagram has anything evaluated as Python, on new instances or restored ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.errors import EngineError, InvalidDefinition
from engine.workflow import TaskKey, Workflow, parse_process

SPIFF = 'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"'
CAMUNDA = 'xmlns:c="http://camunda.org/schema/1.0/bpmn"'
TIMER = "<timerEventDefinition><{0}>{1}</{0}></timerEventDefinition>"
CONDITION = "<conditionalEventDefinition><condition>{1}</condition></conditionalEventDefinition>"
MULTI = "<multiInstanceLoopCharacteristics {0}>{1}</multiInstanceLoopCharacteristics>"
LIST = "<loopDataInputRef>people</loopDataInputRef>"
SCRIPT = "<extensionElements><s:{0}>{1}</s:{0}></extensionElements>"
SERVICE = (
    '<extensionElements><s:serviceTaskOperator id="op"><s:parameters>'
    '<s:parameter id="given" type="any" value="{1}"/></s:parameters></s:serviceTaskOperator>'
    "</extensionElements>"
)
CATCH = '<intermediateCatchEvent id="x">{}</intermediateCatchEvent>'
EDGE = '<userTask id="x"/><boundaryEvent id="e" attachedToRef="x">{}</boundaryEvent>'
MESSAGE = (
    "<messageEventDefinition><extensionElements><s:messagePayload>{1}</s:messagePayload>"
    "</extensionElements></messageEventDefinition>"
)
AD_HOC = (
    '<adHocSubProcess id="x"><completionCondition>{1}</completionCondition>'
    '<userTask id="y"/></adHocSubProcess>'
)

#: What stands between start and end; {1} is the expression.
PLACES = {
    "script": '<scriptTask id="x"><script>{1}</script></scriptTask>',
    **{
        f"{tag} intermediate": CATCH.format(TIMER.format(tag, "{1}"))
        for tag in ("timeDate", "timeDuration", "timeCycle")
    },
    **{
        f"{tag} boundary": EDGE.format(TIMER.format(tag, "{1}"))
        for tag in ("timeDate", "timeDuration", "timeCycle")
    },
    "timer of an event gateway": (
        '<eventBasedGateway id="x"/>'
        + CATCH.replace("x", "y").format(TIMER.format("timeDate", "{1}"))
        + '<sequenceFlow id="f" sourceRef="x" targetRef="y"/>'
    ),
    "condition intermediate": CATCH.format(CONDITION),
    "condition boundary": EDGE.format(CONDITION),
    "loop": (
        '<userTask id="x"><standardLoopCharacteristics testBefore="true">'
        "<loopCondition>{1}</loopCondition></standardLoopCharacteristics></userTask>"
    ),
    "cardinality": '<userTask id="x">'
    + MULTI.format("", "<loopCardinality>{1}</loopCardinality>")
    + "</userTask>",
    "cardinality in a row": '<userTask id="x">'
    + MULTI.format('isSequential="true"', "<loopCardinality>{1}</loopCardinality>")
    + "</userTask>",
    "completion": '<userTask id="x">'
    + MULTI.format("", LIST + "<completionCondition>{1}</completionCondition>")
    + "</userTask>",
    "item list": '<sendTask id="x">'
    + MULTI.format("", "<loopDataInputRef>{1}</loopDataInputRef>")
    + "</sendTask>",
    "before": '<userTask id="x">' + SCRIPT.format("preScript", "{1}") + "</userTask>",
    "after": '<sendTask id="x">' + SCRIPT.format("postScript", "{1}") + "</sendTask>",
    "operator": f'<serviceTask id="x">{SERVICE}</serviceTask>',
    "message thrown": f'<intermediateThrowEvent id="x">{MESSAGE}</intermediateThrowEvent>',
    "message caught": CATCH.format(MESSAGE),
    "ad hoc": AD_HOC,
    "decision": '<businessRuleTask id="x" a:decision="{1}"/>',
    "effect": '<serviceTask id="x" a:effect="{1}" a:starts="{1}"/>',
    "notice": '<sendTask id="x" a:notice="{1}" a:to="{1}"/>',
    "called": '<callActivity id="x" calledElement="{1}"/>',
    "condition of a flow": (
        '<exclusiveGateway id="x"/><userTask id="y"/>'
        '<sequenceFlow id="f" sourceRef="x" targetRef="y">'
        "<conditionExpression>{1}</conditionExpression></sequenceFlow>"
    ),
    "condition behind a task": (
        '<sendTask id="x"/><userTask id="y"/><sequenceFlow id="f" sourceRef="x" targetRef="y">'
        "<conditionExpression>{1}</conditionExpression></sequenceFlow>"
    ),
    "data": (
        '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>'
        '<sendTask id="x"><dataInputAssociation id="i"><sourceRef>{1}</sourceRef>'
        "</dataInputAssociation></sendTask>"
    ),
    **{
        f"{tag} behind an event gateway": (
            '<eventBasedGateway id="x"/>'
            + CATCH.replace("x", "y").format(TIMER.format(tag, "{1}"))
            + '<sequenceFlow id="f" sourceRef="x" targetRef="y"/>'
        )
        for tag in ("timeDuration", "timeCycle")
    },
    **{
        f"{tag} of a start": '<userTask id="x"/><startEvent id="other">'
        + TIMER.format(tag, "{1}")
        + "</startEvent>"
        for tag in ("timeDate", "timeDuration", "timeCycle")
    },
    "condition of a start": '<userTask id="x"/><startEvent id="other">'
    + CONDITION
    + "</startEvent>",
    "condition of an inclusive flow": (
        '<inclusiveGateway id="x"/><userTask id="y"/>'
        '<sequenceFlow id="f" sourceRef="x" targetRef="y">'
        "<conditionExpression>{1}</conditionExpression></sequenceFlow>"
    ),
    "condition within ad hoc": (
        '<adHocSubProcess id="x"><userTask id="y"/><userTask id="z"/>'
        '<sequenceFlow id="g" sourceRef="y" targetRef="z">'
        "<conditionExpression>{1}</conditionExpression></sequenceFlow></adHocSubProcess>"
    ),
    **{
        f"{script} of a {kind}": f'<{kind} id="x">' + SCRIPT.format(script, "{1}") + f"</{kind}>"
        for script in ("preScript", "postScript")
        for kind in ("sendTask", "receiveTask", "task", "manualTask", "callActivity", "subProcess")
    },
    "payload of a message": '<sendTask id="x" messageRef="w"/>',
    **{
        f"payload of a {kind}": (
            f'<intermediateThrowEvent id="x"><{kind}EventDefinition {kind}Ref="{kind[0]}"/>'
            "</intermediateThrowEvent>"
        )
        for kind in ("signal", "escalation")
    },
    "payload of an error": (
        '<subProcess id="x"><startEvent id="y"/><sequenceFlow id="g" sourceRef="y" targetRef="z"/>'
        '<endEvent id="z"><errorEventDefinition errorRef="e"/></endEvent></subProcess>'
    ),
    "correlation caught": CATCH.format('<messageEventDefinition messageRef="m"/>'),
    "correlation received": '<receiveTask id="x" messageRef="m"/>',
    "correlation thrown": '<sendTask id="x" messageRef="m"/>',
    "correlation with a variable": '<receiveTask id="x" messageRef="v"/>',
    "correlation with a variable, sent": '<sendTask id="x" messageRef="v"/>',
    "camunda message": (
        '<intermediateThrowEvent id="x"><messageEventDefinition messageRef="m" '
        'c:expression="{1}"/></intermediateThrowEvent>'
    ),
    "camunda message caught": CATCH.format(
        '<messageEventDefinition messageRef="m" c:expression="{1}" c:resultVariable="r"/>'
    ),
    "camunda collection": '<userTask id="x">'
    + MULTI.format('c:collection="{1}" c:elementVariable="one"', "")
    + "</userTask>",
    "camunda cardinality": '<userTask id="x">'
    + MULTI.format('c:elementVariable="one"', "<loopCardinality>{1}</loopCardinality>")
    + "</userTask>",
    "documentation": '<sendTask id="x"><documentation>{1}</documentation></sendTask>',
}


#: What messages, signals, errors and escalations say beside the process, where one asks for them.
BESIDE = {
    "m": (
        '<message id="m" name="m"/>'
        '<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m">'
        "<messagePath>{1}</messagePath></correlationPropertyRetrievalExpression>"
        "</correlationProperty>"
    ),
    "v": (
        '<message id="v" name="v"><extensionElements><s:processVariableCorrelation>'
        "<s:propertyId>cp</s:propertyId><s:expression>{1}</s:expression>"
        "</s:processVariableCorrelation></extensionElements></message>"
    ),
    "w": (
        '<message id="w" name="w"><extensionElements><s:messagePayload>{1}</s:messagePayload>'
        "</extensionElements></message>"
    ),
    **{
        kind[0]: f'<{kind} id="{kind[0]}" name="n" {kind}Code="n"><extensionElements>'
        "<s:payloadExpression>{1}</s:payloadExpression></extensionElements>" + f"</{kind}>"
        for kind in ("signal", "error", "escalation")
    },
}


def diagram(place: str, expression: str) -> bytes:
    flow = "" if 'id="f"' in place else '<sequenceFlow id="out" sourceRef="x" targetRef="end"/>'
    beside = "".join(text for key, text in BESIDE.items() if f'Ref="{key}"' in place)
    escaped = expression.replace("<", "&lt;").replace('"', "&quot;")
    inner, beside = place.replace("{1}", escaped), beside.replace("{1}", escaped)
    return (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {SPIFF} {CAMUNDA} '
        f'xmlns:a="http://adolygu.cymru/bpmn">{beside}<process id="p" isExecutable="true">'
        f'<startEvent id="start"/><sequenceFlow id="in" sourceRef="start" targetRef="x"/>'
        f'{inner}{flow}<endEvent id="end"/></process></definitions>'
    ).encode()


def go_everywhere(flow: Workflow, world: Any) -> None:
    """Touch everything that can be touched, after a reload."""
    for timer in flow.waiting_timers():
        flow.timer_due(timer.key)
    flow.follow()
    flow = Workflow.load(flow._tree.definition, flow.dump(), world)
    for timer in flow.waiting_timers():
        flow.timer_due(timer.key)
    flow.follow()
    for timer in flow.waiting_timers():
        flow.fire_timer(timer.key)
    for task in flow.open_tasks():
        flow.complete_task(task.key)


@pytest.mark.parametrize("name", PLACES)
def test_python_in_a_diagram_is_never_run(name: str, world: Any, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    for expression in (
        f"open('{proof}', 'w')",
        f'open("{proof}", "w")',
        f"open('{proof}','w') or 1",
    ):
        try:
            definition = parse_process(diagram(PLACES[name], expression), "p.bpmn")
            go_everywhere(Workflow.start(definition, world)[0], world)
        except EngineError:
            pass
    assert not proof.exists()


@pytest.mark.parametrize("name", ["condition of a flow", "timeDate boundary", "condition boundary"])
def test_the_probe_bites_where_the_stock_engine_evaluates(
    name: str, world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = tmp_path / "proof"
    monkeypatch.setattr("engine.workflow.parser._check_expressions", lambda index: None)
    monkeypatch.setattr("engine.workflow.tree.FeelEngine", lambda world: PythonScriptEngine())
    source = diagram(PLACES[name], f"open('{proof}', 'w').close() or True")
    go_everywhere(Workflow.start(parse_process(source, "bite.bpmn"), world)[0], world)
    assert proof.exists()


@pytest.mark.parametrize("name", ["before", "after", "operator", "message caught"])
def test_an_extension_that_would_run_code_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidDefinition, match="runs code"):
        parse_process(diagram(PLACES[name], "1"), "p.bpmn")


def test_a_restored_instance_has_the_safe_engine(started: Any, world: Any) -> None:
    flow = started("start > user:a > end")
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    for engine in (flow._tree.script_engine, again._tree.script_engine):
        with pytest.raises(Exception, match="import os"):
            engine.execute(None, "import os")
        with pytest.raises(Exception, match="service"):
            engine.call_service(None, operation_name="x")
        with pytest.raises(Exception, match="import os"):
            engine.environment.execute("import os", {})
        assert engine.environment.evaluate("1 + 1", {}) == 2
        with pytest.raises(InvalidDefinition):
            engine.validate("import os")


def test_the_item_of_the_token_is_what_conditions_see(
    started: Any, world: Any, opened: Any
) -> None:
    world.of_items = {"p1": {"a": 1}}
    lines = ("start > user:x > xor:g > user:yes [a = 1] > end", "g > user:no [*] > end")
    flow = started(*lines, item="p1")
    flow.complete_task(TaskKey("x", "p1"))
    assert opened(flow) == ["yes/p1"]
