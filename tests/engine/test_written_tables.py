"""Decision tables as they are written: what a change leaves as it was, and slips in a cell."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from engine.decisions import (
    DecisionTable,
    LastOutput,
    NoTableInFile,
    ValueNotRead,
    WrittenColumn,
    WrittenRule,
    faults,
    move_rule,
    new_table,
    parse_decision,
    read_table,
    read_value,
    remove_column,
    remove_rule,
    try_table,
    write_column,
    write_head,
    write_rule,
    written_value,
)
from engine.errors import NotFound
from engine.texts import Text

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "processes/decisions").glob("*.dmn"))
DR_01 = (ROOT / "processes/decisions/DR-01.dmn").read_bytes()


def _lines(source: bytes) -> set[bytes]:
    return set(source.splitlines())


def test_every_shipped_table_written_back_as_it_is_keeps_each_byte() -> None:
    for path in SHIPPED:
        source = path.read_bytes()
        table = read_table(source)
        assert write_head(source, table) == source, path.name
        for column in table.columns:
            assert write_column(source, column) == source, (path.name, column.id)
        for rule in table.rules:
            assert write_rule(source, rule) == source, (path.name, rule.id)


def test_what_is_added_to_a_shipped_table_and_removed_again_leaves_no_trace() -> None:
    for path in SHIPPED:
        source = path.read_bytes()
        table = read_table(source)
        first = table.rules[0]
        assert move_rule(move_rule(source, first.id, 1), first.id, -1) == source, path.name
        longer = write_rule(source, dataclasses.replace(first, id=""))
        assert len(parse_decision(longer, path.name).rules) == len(table.rules) + 1
        assert remove_rule(longer, read_table(longer).rules[-1].id) == source, path.name
        for kind in ("input", "output"):
            added = WrittenColumn("", kind, Text("New", "Newydd"), "something_new")
            wider = write_column(source, added)
            parse_decision(wider, path.name)
            (new,) = {one.id for one in read_table(wider).columns} - {
                one.id for one in table.columns
            }
            assert remove_column(wider, new) == source, (path.name, kind)


#: Each table read and written by the library behind the canvas: `[XML]` in, `[XML]` out.
_EDITOR = """
import { readFileSync } from 'node:fs'
import { DmnModdle } from 'dmn-moddle'
const written = []
for (const source of JSON.parse(readFileSync(0, 'utf8'))) {
  const moddle = new DmnModdle()
  const { rootElement, warnings } = await moddle.fromXML(source, 'dmn:Definitions')
  if (warnings.length) throw new Error(warnings[0].message)
  written.push((await moddle.toXML(rootElement, { format: true })).xml)
}
console.log(JSON.stringify(written))
"""


def _meaning(table: DecisionTable) -> object:
    """Return what the engine reads of a table; expressions by their text."""
    tests = [[cell.source for cell in (*rule.tests, *rule.answers)] for rule in table.rules]
    columns = [
        (one.label, one.expression.source, one.type, one.allowed and one.allowed.source)
        for one in table.inputs
    ]
    answers = [
        (one.name, one.type, one.allowed and one.allowed.source, one.order, one.default)
        for one in table.outputs
    ]
    rows = [(rule.id, rule.row) for rule in table.rules]
    head = (table.id, table.name_en, table.name_cy, table.hit_policy, table.aggregation)
    return head, columns, answers, rows, tests


def test_editor_of_the_canvas_loses_nothing_of_any_shipped_table() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SHIPPED]
    said = subprocess.run(
        ["node", "--input-type=module", "-e", _EDITOR],
        cwd=ROOT, input=json.dumps(sources), capture_output=True, text=True, check=True,
    )  # fmt: skip
    for path, source, written in zip(SHIPPED, sources, json.loads(said.stdout), strict=True):
        before, after = source.encode(), written.encode()
        assert read_table(after) == read_table(before), path.name
        assert _meaning(parse_decision(after, path.name)) == _meaning(
            parse_decision(before, path.name)
        ), path.name


def test_change_of_one_cell_is_a_change_of_one_line() -> None:
    rule = read_table(DR_01).rules[1]
    changed = write_rule(DR_01, dataclasses.replace(rule, cells=('"a" < 3', *rule.cells[1:])))
    assert read_table(changed).rules[1].cells[0] == '"a" < 3'
    assert len(changed.splitlines()) == len(DR_01.splitlines())
    new = [one for one in changed.splitlines() if one not in _lines(DR_01)]
    assert new == [b'          <text>"a" &lt; 3</text>']


def test_comments_of_a_table_stay() -> None:
    source = DR_01.replace(b"<description>", b"<!-- why: a/> --><description>", 1)
    changed = remove_rule(source, read_table(source).rules[0].id)
    assert b"<!-- why: a/> -->" in changed


def test_rows_move_within_the_table_and_no_further() -> None:
    keys = [rule.id for rule in read_table(DR_01).rules]
    moved = read_table(move_rule(DR_01, keys[3], -2)).rules
    assert [rule.id for rule in moved[:4]] == [keys[0], keys[3], keys[1], keys[2]]
    assert move_rule(DR_01, keys[0], -1) == DR_01
    assert move_rule(DR_01, keys[-1], 1) == DR_01


def test_head_of_a_table_is_changed_with_name_words_and_hit_policy() -> None:
    head = dataclasses.replace(
        read_table(DR_01),
        name=Text("Another", "Arall"),
        description="",
        hit_policy="COLLECT",
        aggregation="COUNT",
    )
    changed = read_table(write_head(DR_01, head))
    assert changed == head


def test_column_takes_a_list_of_values_and_loses_it_again() -> None:
    column = read_table(DR_01).columns[0]
    listed = write_column(DR_01, dataclasses.replace(column, values="true, false"))
    assert read_table(listed).columns[0].values == "true, false"
    assert write_column(listed, column) == DR_01


def test_last_output_stays() -> None:
    outputs = [one.id for one in read_table(DR_01).columns if one.kind == "output"]
    left = remove_column(DR_01, outputs[0])
    assert all(len(rule.cells) == 5 for rule in read_table(left).rules)
    with pytest.raises(LastOutput):
        remove_column(left, outputs[1])


def test_what_is_not_there_cannot_be_changed() -> None:
    for change in (
        lambda: remove_rule(DR_01, "none"),
        lambda: move_rule(DR_01, "none", 1),
        lambda: remove_column(DR_01, "none"),
        lambda: write_rule(DR_01, WrittenRule("none", "", "", ("-",) * 6)),
        lambda: read_table(DR_01).rule("none"),
        lambda: read_table(DR_01).column("none"),
    ):
        with pytest.raises(NotFound):
            change()


def test_file_with_two_decisions_is_no_table() -> None:
    two = DR_01.replace(b"</decision>", b'</decision><decision id="another" />')
    with pytest.raises(NoTableInFile):
        read_table(two)


def test_slip_in_a_cell_is_told_at_its_place() -> None:
    rule = read_table(DR_01).rules[0]
    source = write_rule(DR_01, dataclasses.replace(rule, cells=("> >", *rule.cells[1:])))
    column = read_table(source).columns[1]
    source = write_column(source, dataclasses.replace(column, tested="child_abus"))
    known = parse_decision(DR_01, "DR-01").names
    found = faults(read_table(source), known)
    assert set(found) == {(rule.id, 0), (column.id, 0)}
    assert "child_abuse" in found[column.id, 0].remedy


def test_new_table_can_be_read_and_takes_columns_and_rows() -> None:
    source = new_table("DR-901", Text("Whether & how", "A phryd"))
    assert parse_decision(source, "new").name_en == "Whether & how"
    asked = WrittenColumn("", "input", Text("Abuse", "Camdriniaeth"), "child_abuse", "string")
    source = write_column(source, asked)
    source = write_rule(source, WrittenRule("", "DR-901.1", "", ('"known"', '"yes"')))
    table = parse_decision(source, "new")
    assert try_table(table, {"child_abuse": "known"}, {"child_abuse": "string"}, {}).rules == (
        "DR-901.1",
    )
    assert write_head(source, read_table(source)) == source


def test_output_that_is_no_name_and_input_that_tests_nothing_are_slips() -> None:
    table = read_table(DR_01)
    bad = tuple(dataclasses.replace(one, tested="") for one in table.columns)
    found = faults(dataclasses.replace(table, columns=bad))
    assert {place for _, place in found} == {0}
    assert len(found) == len(bad)


def test_table_is_tried_with_what_people_type() -> None:
    table = parse_decision(DR_01, "DR-01")
    typed = {"child_born_on": "2020-02-29", "child_incident_on": "2026-01-31"}
    types = {"child_born_on": "date", "child_incident_on": "date", "child_abuse": "string"}
    known = try_table(table, {**typed, "child_abuse": "ruled_out"}, types, {})
    assert known.rules == ("DR-01.2",)
    assert written_value(known.result) == '{type: "not_cpr", rule: "DR-01.2"}'
    assert try_table(table, {}, types, {}).rules == ("DR-01.14",)


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("", "string", None),
        ("null", "string", None),
        ("true", "boolean", True),
        ("known", "string", "known"),
        ('"known"', "string", "known"),
        ("12.5", "number", Decimal("12.5")),
        ('["a", "b"]', "list", ["a", "b"]),
    ],
)
def test_typed_text_is_a_value(text: str, wanted: str, value: object) -> None:
    assert read_value("fact", text, wanted) == value


def test_typed_text_that_is_no_value_names_its_fact() -> None:
    with pytest.raises(ValueNotRead) as refused:
        read_value("fact", "[1,", "list")
    assert refused.value.name == "fact"
