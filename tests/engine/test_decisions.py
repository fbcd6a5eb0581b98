"""Decision tables: what each hit policy answers, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.decisions import Decision, DecisionError, decide, parse_decision
from engine.errors import InvalidDefinition
from engine.feel import Value, compile_expression

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table_source(
    policy: str = 'hitPolicy="UNIQUE"',
    inputs: str = "",
    outputs: str = '<output name="type" typeRef="string"/>',
    rules: list[tuple[list[str], list[str]]] | None = None,
    namespace: str = DMN_13,
    beside: str = "",
) -> bytes:
    """Return a table that tests `age`, its rows called DR-16.1, DR-16.2 and so on."""
    inputs = inputs or (
        '<input label="Age"><inputExpression typeRef="number"><text>age</text></inputExpression>'
        "</input>"
    )
    rows = "".join(
        f'<rule id="rule_{number}" adolygu:requirement="DR-16.{number}">'
        + "".join(f"<inputEntry><text><![CDATA[{cell}]]></text></inputEntry>" for cell in cells)
        + "".join(f"<outputEntry><text><![CDATA[{cell}]]></text></outputEntry>" for cell in answers)
        + "</rule>"
        for number, (cells, answers) in enumerate(rules or [], 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{namespace}" xmlns:adolygu="http://adolygu.cymru/bpmn"
             id="definitions" name="definitions" namespace="http://adolygu.cymru">
  <decision id="DR-16" name="Consent" adolygu:nameCy="Cydsyniad">
    <decisionTable id="table" {policy}>{inputs}{outputs}{rows}</decisionTable>
  </decision>{beside}
</definitions>""".encode()


OVERLAPPING = [(["< 10"], ['"low"']), (["> 5"], ['"high"']), (["< 20"], ['"low"'])]
VALUED = (
    '<output name="type" typeRef="string"><outputValues><text>"high", "middle", "low"</text>'
    "</outputValues></output>"
)
NUMBER = '<output name="points" typeRef="number"/>'
POINTS = [(["< 10"], ["2"]), (["> 5"], ["age"]), (["< 20"], ["2"])]


def answer(source: bytes, age: object) -> Decision:
    return decide(parse_decision(source, "consent.dmn"), {"age": age})


def test_a_table_tells_its_names_columns_and_rows() -> None:
    table = parse_decision(table_source(rules=[(["< limit"], ['"a"'])]), "consent.dmn")
    assert (table.id, table.name_en, table.name_cy) == ("DR-16", "Consent", "Cydsyniad")
    assert (table.hit_policy, table.aggregation) == ("UNIQUE", "")
    assert table.names == {"age", "limit"}
    assert [rule.id for rule in table.rules] == ["DR-16.1"]
    assert table.inputs[0].label == "Age"
    assert table.outputs[0].name == "type"


def test_unique_answers_with_its_one_row_and_null_without_one() -> None:
    source = table_source(rules=[(["< 5"], ['"low"']), (["[5..10]"], ['"high"'])])
    assert answer(source, 5) == Decision({"type": "high"}, ("DR-16.2",))
    assert answer(source, 11) == Decision(None, ())
    assert answer(source, None) == Decision(None, ())


def test_unique_with_two_matching_rows_is_an_error_that_names_both() -> None:
    with pytest.raises(DecisionError, match=r"row 1 \(DR-16\.1\) and row 2 \(DR-16\.2\)"):
        answer(table_source(rules=OVERLAPPING), 7)


def test_any_answers_where_all_rows_agree() -> None:
    source = table_source('hitPolicy="ANY"', rules=OVERLAPPING)
    assert answer(source, 3) == Decision({"type": "low"}, ("DR-16.1", "DR-16.3"))
    with pytest.raises(DecisionError, match=r"row 1 \(DR-16\.1\) and row 2 \(DR-16\.2\)"):
        answer(source, 7)


def test_first_answers_with_the_first_row_that_matches() -> None:
    source = table_source('hitPolicy="FIRST"', rules=[*OVERLAPPING, (["-"], ['"none"'])])
    assert answer(source, 7) == Decision({"type": "low"}, ("DR-16.1",))
    assert answer(source, None) == Decision({"type": "none"}, ("DR-16.4",))


def test_priority_answers_with_the_value_that_is_listed_first() -> None:
    source = table_source('hitPolicy="PRIORITY"', outputs=VALUED, rules=OVERLAPPING)
    assert answer(source, 7) == Decision({"type": "high"}, ("DR-16.2",))
    assert answer(source, 3) == Decision({"type": "low"}, ("DR-16.1",))


def test_priority_weighs_the_first_output_before_the_second() -> None:
    outputs = VALUED + VALUED.replace('"type"', '"then"', 1)
    rules = [(["-"], ['"low"', '"high"']), (["-"], ['"high"', '"low"'])]
    source = table_source('hitPolicy="PRIORITY"', outputs=outputs, rules=rules)
    assert answer(source, 1).rules == ("DR-16.2",)


def test_rule_order_lists_the_answers_in_the_order_of_the_rows() -> None:
    source = table_source('hitPolicy="RULE ORDER"', rules=OVERLAPPING)
    types = [{"type": "low"}, {"type": "high"}, {"type": "low"}]
    assert answer(source, 7) == Decision(types, ("DR-16.1", "DR-16.2", "DR-16.3"))
    assert answer(source, 50).result == [{"type": "high"}]


def test_output_order_lists_the_answers_in_the_order_of_the_values() -> None:
    source = table_source('hitPolicy="OUTPUT ORDER"', outputs=VALUED, rules=OVERLAPPING)
    types = [{"type": "high"}, {"type": "low"}, {"type": "low"}]
    assert answer(source, 7) == Decision(types, ("DR-16.2", "DR-16.1", "DR-16.3"))


def test_collect_lists_every_answer_and_nothing_is_an_empty_list() -> None:
    source = table_source('hitPolicy="COLLECT"', rules=OVERLAPPING)
    assert len(answer(source, 7).result) == 3
    assert answer(source, None) == Decision([], ())


@pytest.mark.parametrize(
    ("aggregation", "expected", "of_none"),
    [("SUM", 11, None), ("MIN", 2, None), ("MAX", 7, None), ("COUNT", 3, Decimal(0))],
)
def test_collect_aggregates(aggregation: str, expected: int, of_none: Value) -> None:
    policy = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
    source = table_source(policy, outputs=NUMBER, rules=POINTS)
    assert answer(source, 7) == Decision(Decimal(expected), ("DR-16.1", "DR-16.2", "DR-16.3"))
    assert answer(source, None) == Decision(of_none, ())


def test_values_that_cannot_be_added_are_an_error() -> None:
    rules = [(["-"], ["2"]), (["-"], ["null"])]
    source = table_source('hitPolicy="COLLECT" aggregation="SUM"', outputs=NUMBER, rules=rules)
    with pytest.raises(DecisionError, match="cannot be collected by SUM"):
        answer(source, 7)


def test_defaults_answer_where_no_row_matches() -> None:
    default = "<defaultOutputEntry><text>{}</text></defaultOutputEntry></output>"
    outputs = '<output name="type">' + default.format('"none"')
    assert answer(table_source(outputs=outputs), 1) == Decision({"type": "none"}, ())
    collected = table_source('hitPolicy="COLLECT"', outputs=outputs)
    assert answer(collected, 1).result == [{"type": "none"}]
    outputs = '<output name="points">' + default.format("0")
    source = table_source('hitPolicy="COLLECT" aggregation="SUM"', outputs=outputs)
    assert answer(source, 1).result == Decimal(0)


def test_several_outputs_make_one_context_with_computed_values() -> None:
    outputs = '<output name="type"/><output name="limit_on" typeRef="date"/>'
    rules = [(["-"], ['"a"', 'date("2026-01-31") + duration("P1M")'])]
    result = answer(table_source(outputs=outputs, rules=rules), 1).result
    assert result == {"type": "a", "limit_on": compile_expression('@"2026-02-28"').evaluate({})}


def test_own_functions_reach_every_cell() -> None:
    inputs = "<input><inputExpression><text>today().year</text></inputExpression></input>"
    table = parse_decision(table_source(inputs=inputs, rules=[(["2026"], ['"a"'])]), "x.dmn")
    today = compile_expression('@"2026-05-01"').evaluate({})
    assert decide(table, {}, {"today": lambda: today}).result == {"type": "a"}


def test_an_input_outside_its_values_is_an_error_that_keeps_the_value_to_itself() -> None:
    inputs = (
        '<input label="Outcome"><inputExpression typeRef="string"><text>age</text>'
        '</inputExpression><inputValues><text>"yes", "no"</text></inputValues></input>'
    )
    source = table_source(inputs=inputs, rules=[(["null"], ['"unknown"']), (['"yes"'], ['"a"'])])
    assert answer(source, "yes").result == {"type": "a"}
    assert answer(source, None).result == {"type": "unknown"}
    with pytest.raises(DecisionError, match='Outcome has a value that is not among "yes", "no"'):
        answer(source, "maybe")
    with pytest.raises(DecisionError, match="Outcome is of the type number, not string"):
        answer(source, 5)


def test_an_output_outside_its_values_is_an_error_that_names_the_row() -> None:
    source = table_source(outputs=VALUED, rules=[(["-"], ['"other"'])])
    with pytest.raises(DecisionError, match=r"type of row 1 \(DR-16\.1\) has a value"):
        answer(source, 1)


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        DMN_13,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_edition_of_the_standard_is_read(namespace: str) -> None:
    source = table_source(namespace=namespace, rules=[(["-"], ['"a"'])])
    assert answer(source, 1).result == {"type": "a"}


def test_an_empty_cell_means_any_and_a_row_without_a_catalogue_id_has_its_own() -> None:
    source = table_source(rules=[([""], [""])]).replace(b'adolygu:requirement="DR-16.1"', b"")
    assert answer(source, 1) == Decision({"type": None}, ("rule_1",))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"namespace": "http://example.org/"}, "is not the definitions element"),
    ({"policy": 'hitPolicy="BEST"'}, "has the hit policy 'BEST'"),
    ({"policy": 'hitPolicy="UNIQUE" aggregation="SUM"'}, "aggregation 'SUM'"),
    ({"policy": 'hitPolicy="COLLECT" aggregation="MEAN"'}, "aggregation 'MEAN'"),
    ({"policy": 'hitPolicy="PRIORITY"'}, "no output lists its values"),
    (
        {"policy": 'hitPolicy="COLLECT" aggregation="SUM"', "outputs": NUMBER + VALUED},
        "has 2 outputs",
    ),
    ({"outputs": "<description/>"}, "has no output"),
    ({"outputs": NUMBER + NUMBER}, "two outputs of one name"),
    ({"outputs": '<output name="two words"/>'}, "has the name 'two words'"),
    ({"outputs": '<output name="a" typeRef="integer"/>'}, "unknown type 'integer'"),
    ({"inputs": "<input/>"}, "has no input expression"),
    ({"rules": [(["1", "2"], ['"a"'])]}, "has 2 input and 1 output entries"),
    ({"rules": [(["1 +"], ['"a"'])]}, r"DR-16\.1 holds `1 \+`, and at column 4 it ends"),
    ({"rules": [(["1"], ["nobody(1)"])]}, "there is no function `nobody`"),
    ({"rules": [(["1"], ['"".__class__.x('])]}, r"DR-16\.1 holds"),
    ({"beside": '<decision id="second"/>'}, "has 2 decisions"),
    ({"beside": "<import/>"}, "import stands beside the decision"),
    ({"beside": "<businessKnowledgeModel/>"}, "would not be carried out"),
    ({"inputs": "<relation/>"}, "does not belong in a decision table"),
]


@pytest.mark.parametrize(("parts", "reason"), REFUSED)
def test_a_table_that_would_not_be_carried_out_is_refused(
    parts: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidDefinition, match=reason) as caught:
        parse_decision(table_source(**parts), "consent.dmn")
    assert caught.value.details["file"] == "consent.dmn"
    assert caught.value.details["line"] >= 1
    assert caught.value.details["remedy"]


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("asks", ["{}", "? = {}", "{} or ?"])
@pytest.mark.parametrize("place", ["expression", "values", "cell", "output", "default"])
def test_python_in_a_table_is_never_run(place: str, asks: str, quote: str, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    code = asks.format(f"open({quote}{proof}{quote}, {quote}w{quote})")
    said = {"expression": "age", "values": "-", "cell": "-", "output": '"a"', "default": '"b"'}
    said[place] = code
    inputs = (
        f"<input><inputExpression><text><![CDATA[{said['expression']}]]></text></inputExpression>"
        f"<inputValues><text><![CDATA[{said['values']}]]></text></inputValues></input>"
    )
    outputs = (
        '<output name="type"><defaultOutputEntry><text>'
        f"<![CDATA[{said['default']}]]></text></defaultOutputEntry></output>"
    )
    rules = [([said["cell"]], [said["output"]])]
    with pytest.raises(InvalidDefinition):
        answer(table_source(inputs=inputs, outputs=outputs, rules=rules), 1)
    assert not proof.exists()


def test_a_name_that_is_not_known_is_refused_with_its_line() -> None:
    source = table_source(rules=[(["ages"], ['"a"'])])
    with pytest.raises(InvalidDefinition, match=r"line 5: DR-16\.1 holds `ages`.*write `age`"):
        parse_decision(source, "consent.dmn", names={"age"})


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"not xml",
        b"<definitions/>",
        b'<!DOCTYPE d [<!ENTITY a "aaaa">]><definitions>&a;</definitions>',
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions/>',
        b"<a>" * 500 + b"</a>" * 500,
        b"\xff\xfe\x00",
        f'<definitions xmlns="{DMN_13}"><decision/></definitions>'.encode(),
        f'<definitions xmlns="{DMN_13}"><decision id="a"/></definitions>'.encode(),
        f'<definitions xmlns="{DMN_13}"/>'.encode(),
        table_source(rules=[(["-"], ['"a"'])] * 2).replace(b"rule_2", b"rule_1"),
    ],
)
def test_hostile_or_broken_files_are_refused(source: bytes) -> None:
    with pytest.raises(InvalidDefinition):
        parse_decision(source, "hostile.dmn")


def test_a_cell_in_another_language_is_refused() -> None:
    source = table_source(rules=[(["-"], ['"a"'])])
    other = source.replace(b"<inputEntry>", b'<inputEntry expressionLanguage="python">')
    with pytest.raises(InvalidDefinition, match="is written in python"):
        parse_decision(other, "consent.dmn")
