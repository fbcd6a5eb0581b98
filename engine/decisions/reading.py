"""Read a decision table from DMN, refusing what the engine would not carry out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from engine.decisions.table import DecisionTable, Input, Output, Rule
from engine.errors import InvalidDefinition
from engine.feel import (
    Expression,
    FeelError,
    FeelTooMuch,
    UnaryTests,
    Value,
    compile_expression,
    compile_unary_tests,
)
from engine.xml_source import line_of, read_xml

OWN = "{http://adolygu.cymru/bpmn}"
_DMN = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
#: What a table does with the rows that hit, and how it collects them, in the standard's words.
HIT_POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("", "SUM", "MIN", "MAX", "COUNT")
_ORDERED = frozenset({"PRIORITY", "OUTPUT ORDER"})
_BESIDE_THE_DECISION = frozenset({"inputData", "extensionElements", "description"})
_IN_THE_TABLE = frozenset(
    {"input", "output", "rule", "annotation", "extensionElements", "description"}
)
_TYPES = {
    "": "Any",
    "Any": "Any",
    "string": "string",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
    "list": "list",
    "context": "context",
}
_NAME = re.compile(r"[^\W\d]\w*")
_Compiled = TypeVar("_Compiled", Expression, UnaryTests)


def parse_decision(
    source: bytes,
    path: str,
    *,
    names: Collection[str] | None = None,
    functions: Mapping[str, int] | None = None,
) -> DecisionTable:
    """Return the decision table of a DMN file.

    Takes:   names and functions that its expressions may use, as `compile_expression` does.
    Raises:  InvalidDefinition, for anything that is not one harmless decision table.
    """
    return _Reader(path, names, functions).read(read_xml(source, path))


@dataclass(frozen=True)
class _Reader:
    path: str
    names: Collection[str] | None
    functions: Mapping[str, int] | None

    def read(self, root: etree._Element) -> DecisionTable:
        if root.tag not in {f"{{{namespace}}}definitions" for namespace in _DMN}:
            reason = "is not the definitions element of DMN 1.2 to 1.5"
            raise self.refuse(root, "", reason, "export the table again as DMN 1.3")
        decision = self.the_decision(root)
        decision_id = decision.get("id", "")
        if not decision_id:
            raise self.refuse(decision, "decision", "has no id", "give it its id of the catalogue")
        table = self.the_table(decision)
        hit_policy, aggregation = self.policy(table, decision_id)
        inputs = [self.input(element) for element in _children(table, "input")]
        outputs = self.outputs(table, decision_id, hit_policy)
        if aggregation and len(outputs) != 1:
            reason = f"collects with {aggregation} but has {len(outputs)} outputs"
            raise self.refuse(table, decision_id, reason, "leave one output")
        rules = [
            self.rule(element, row, len(inputs), len(outputs))
            for row, element in enumerate(_children(table, "rule"), 1)
        ]
        return DecisionTable(
            id=decision_id,
            name_en=decision.get("name", ""),
            name_cy=decision.get(f"{OWN}nameCy", ""),
            hit_policy=hit_policy,
            aggregation=aggregation,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            rules=tuple(rules),
        )

    def the_decision(self, root: etree._Element) -> etree._Element:
        decisions = _children(root, "decision")
        for child in root:
            if child.tag.startswith("{") and etree.QName(child).namespace not in _DMN:
                continue
            if child not in decisions and etree.QName(child).localname not in _BESIDE_THE_DECISION:
                name = etree.QName(child).localname
                reason = "stands beside the decision and would not be carried out"
                raise self.refuse(child, name, reason, "keep one decision table in the file")
        if len(decisions) != 1:
            reason = f"has {len(decisions)} decisions"
            raise self.refuse(root, "definitions", reason, "keep one decision table in the file")
        return decisions[0]

    def the_table(self, decision: etree._Element) -> etree._Element:
        tables = _children(decision, "decisionTable")
        element = decision.get("id", "")
        if len(tables) != 1:
            reason = "is not decided by one decision table"
            raise self.refuse(decision, element, reason, "write the decision as a table")
        for child in tables[0]:
            if etree.QName(child).localname not in _IN_THE_TABLE:
                name = etree.QName(child).localname
                reason = "does not belong in a decision table"
                raise self.refuse(child, name, reason, "remove it")
        return tables[0]

    def policy(self, table: etree._Element, element: str) -> tuple[str, str]:
        hit_policy = table.get("hitPolicy", "UNIQUE")
        aggregation = table.get("aggregation", "")
        if hit_policy not in HIT_POLICIES:
            reason = f"has the hit policy {hit_policy!r}"
            remedy = "use one of " + ", ".join(sorted(HIT_POLICIES))
            raise self.refuse(table, element, reason, remedy)
        if aggregation not in AGGREGATIONS or (aggregation and hit_policy != "COLLECT"):
            reason = f"has the aggregation {aggregation!r} with the hit policy {hit_policy}"
            raise self.refuse(table, element, reason, "use SUM, MIN, MAX or COUNT with COLLECT")
        return hit_policy, aggregation

    def input(self, element: etree._Element) -> Input:
        label = element.get("label") or element.get("id") or "input"
        expressions = _children(element, "inputExpression")
        if len(expressions) != 1:
            reason = "has no input expression"
            raise self.refuse(element, label, reason, "name the fact that the column tests")
        text = self.text(expressions[0], label)
        return Input(
            label=label or text,
            expression=self.compile(compile_expression, text, expressions[0], label),
            type=self.type(expressions[0], label),
            allowed=self.allowed(element, "inputValues", label),
        )

    def outputs(self, table: etree._Element, decision_id: str, hit_policy: str) -> list[Output]:
        outputs = [self.output(element) for element in _children(table, "output")]
        names = [output.name for output in outputs]
        if not outputs or len(set(names)) != len(names):
            reason = "has two outputs of one name" if outputs else "has no output"
            raise self.refuse(table, decision_id, reason, "give each output a name of its own")
        if hit_policy in _ORDERED and not any(output.order for output in outputs):
            reason = f"has the hit policy {hit_policy} but no output lists its values"
            raise self.refuse(table, decision_id, reason, "list the output values, the first first")
        return outputs

    def output(self, element: etree._Element) -> Output:
        name = element.get("name", "")
        if not _NAME.fullmatch(name):
            reason = f"has the name {name!r}, which expressions cannot read"
            shown = element.get("label") or element.get("id") or "output"
            raise self.refuse(element, shown, reason, "name the output in snake_case")
        defaults = _children(element, "defaultOutputEntry")
        default = self.text(defaults[0], name) if defaults else ""
        return Output(
            name=name,
            type=self.type(element, name),
            allowed=self.allowed(element, "outputValues", name),
            order=self.order(element, name),
            default=self.compile(compile_expression, default, element, name) if default else None,
        )

    def rule(self, element: etree._Element, row: int, inputs: int, outputs: int) -> Rule:
        identifier = " ".join(element.get(f"{OWN}requirement", "").split())
        identifier = identifier or element.get("id", "") or f"row {row}"
        tests, answers = _children(element, "inputEntry"), _children(element, "outputEntry")
        if len(tests) != inputs or len(answers) != outputs:
            reason = (
                f"has {len(tests)} input and {len(answers)} output entries; "
                f"the table has {inputs} and {outputs} columns"
            )
            raise self.refuse(element, identifier, reason, "give every column its entry")
        return Rule(
            id=identifier,
            row=row,
            tests=tuple(
                self.compile(
                    compile_unary_tests, self.text(cell, identifier) or "-", cell, identifier
                )
                for cell in tests
            ),
            answers=tuple(
                self.compile(
                    compile_expression, self.text(cell, identifier) or "null", cell, identifier
                )
                for cell in answers
            ),
        )

    def type(self, element: etree._Element, label: str) -> str:
        wanted = element.get("typeRef", "").removeprefix("feel:")
        if wanted not in _TYPES:
            remedy = "use one of " + ", ".join(sorted(filter(None, _TYPES)))
            raise self.refuse(element, label, f"has the unknown type {wanted!r}", remedy)
        return _TYPES[wanted]

    def allowed(self, column: etree._Element, tag: str, label: str) -> UnaryTests | None:
        text, element = self.values(column, tag, label)
        return self.compile(compile_unary_tests, text, element, label) if text else None

    def values(self, column: etree._Element, tag: str, label: str) -> tuple[str, etree._Element]:
        lists = _children(column, tag)
        return (self.text(lists[0], label), lists[0]) if lists else ("", column)

    def order(self, column: etree._Element, label: str) -> tuple[Value, ...]:
        """Return the listed output values; their order is their priority."""
        text, _ = self.values(column, "outputValues", label)
        if not text:
            return ()
        try:
            values = compile_expression(f"[{text}\n]", names=()).evaluate({})
        except (FeelError, FeelTooMuch):
            # Tests such as `> 5` allow values without putting them into an order.
            return ()
        return tuple(values)

    def text(self, element: etree._Element, label: str) -> str:
        language = element.get("expressionLanguage", "feel")
        if "feel" not in language.lower():
            reason = f"is written in {language}"
            raise self.refuse(element, label, reason, "write it in FEEL")
        texts = _children(element, "text")
        return (texts[0].text or "").strip() if texts else ""

    def compile(
        self,
        compile_text: Callable[..., _Compiled],
        text: str,
        element: etree._Element,
        label: str,
    ) -> _Compiled:
        try:
            return compile_text(text, names=self.names, functions=self.functions)
        except FeelError as error:
            shown = text if len(text) <= 60 else f"{text[:57]}..."
            reason = f"holds `{shown}`, and at column {error.column} {error.reason}"
            raise self.refuse(element, label, reason, error.remedy) from None

    def refuse(
        self, element: etree._Element, name: str, reason: str, remedy: str
    ) -> InvalidDefinition:
        line = line_of(element)
        return InvalidDefinition(
            file=self.path, line=line, element=name, reason=reason, remedy=remedy
        )


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    return [
        child
        for child in parent
        if etree.QName(child).localname == name and etree.QName(child).namespace in _DMN
    ]
