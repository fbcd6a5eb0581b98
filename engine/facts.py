"""Lift facts out of documents, decisions and steps, and give expressions the names they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine import feel, forms
from engine.texts import Text
from engine.toml_source import Row, TomlSource

TYPES = ("string", "number", "boolean", "date", "time", "date and time", "list", "context")
SOURCES = (
    "field", "version", "decision", "step", "each", "case", "item", "carried", "reported", "value",
    "waiting", "gathered",
)  # fmt: skip
CASE = "case"

#: In `carried`, before the name of a fact of the other case.
FACT = "fact"

#: In `reported`, what a linked case says of its own end, and of which type that is.
CLOSED_ON, OUTCOME = "closed_on", "outcome"
OF_ITS_END = {CLOSED_ON: "date", OUTCOME: "string"}

#: What only a decision table may ask, counted at that moment: how much the content gate finds in
#: the text of the report that nobody has dealt with. It is no fact, for the text changes.
OPEN_FINDINGS = "open_findings"

#: What cases may share: `alike` on a date of a field, or on a list of dates.
ALIKE = ("birth", "incident")

#: Read anew whenever they are asked for, and never written.
WORKED_OUT = ("each", "case", "item", "value")


@dataclass(frozen=True)
class FactDeclaration:
    """A row of `facts.toml`.

    `kind` says what kind of source it has, `source` which one: `consent.withdrawn_on` (form and
    key; several where processes of different roots write the same: the one written last) or
    `screening.children.outcome` (a column of rows, one value an item), `consent.parents`
    (the number of the version that wrote this section last), `DR-16.outcome` (decision and
    output), `CNS-12` (step, true once completed), `child_outcome` (a fact of an item: the list of
    its values), `identifier` (of the case itself), `key` (of the item itself),
    `concern.what_happened`, `fact.planned_on` or `case.identifier` of the case that this one was
    opened from (several: the first that is there), `consultation.meeting_on` or
    `consultation.closed_on` of a case that this one opened (root process, and a fact there or its
    end), `answer_concern` (a user task: whether one of it is open, or since which day), fields of a
    form for each occasion (a list of what all its documents hold of them), or FEEL over other
    facts, which then stands compiled in `expression`.
    """

    name: str
    type: str
    scope: str
    kind: str
    source: str
    text: Text
    expression: feel.Expression | None = None
    #: Of a fact that is carried: the root processes that take it along; none named, every one.
    into: frozenset[str] = frozenset()
    #: What it says of a child or an incident, where cases that share it may be about the same one.
    alike: str = ""
    #: Of a list of each item's own list: all their contexts in one list, in order of these entries.
    in_order_of: tuple[str, ...] = ()


def parse_facts(source: bytes, path: str) -> dict[str, FactDeclaration]:
    """Return the rows of a `facts.toml` by name.

    Raises:  InvalidDefinition.
    """
    return {row.key: _declaration(row) for row in TomlSource(source, path).rows()}


def fields_of(declaration: FactDeclaration) -> list[tuple[str, str]]:
    """Return the form and the key of each field that a fact is lifted from; none for others."""
    if declaration.kind not in ("field", "gathered"):
        return []
    found = (source.partition(".") for source in declaration.source.split())
    return [(form_id, key) for form_id, _, key in found]


def lift(
    declarations: Mapping[str, FactDeclaration],
    form: forms.Form,
    values: Mapping[str, Mapping[str, Any]],
    sections: Collection[str],
    version: int = 1,
) -> dict[str, feel.Value]:
    """Return the facts whose field lies in the sections just written; an emptied one is null.

    Takes:   values, the whole document: `{section: {key: JSON value}}`; version, its number.
    """
    written = {field.key for name in sections for field in form.section(name).fields if field.key}
    answers = forms.feel_values(form, values, _read_of(declarations, "field", form))
    lifted: dict[str, feel.Value] = {}
    for declaration, form_id, key in _fields(declarations):
        rows, _, column = key.partition(".")
        if form_id != form.id or rows not in written:
            continue
        if not column:
            lifted[declaration.name] = _typed(declaration, answers.get(key))
        elif declaration.scope == CASE:
            cells = [row.get(column) for row in answers.get(rows) or ()]
            lifted[declaration.name] = _typed(declaration, cells)
    for declaration in _from("version", declarations):
        form_id, _, section = declaration.source.partition(".")
        if form_id == form.id and section in sections:
            lifted[declaration.name] = Decimal(version)
    return lifted


def gather(
    declarations: Mapping[str, FactDeclaration],
    form: forms.Form,
    values: Mapping[str, Mapping[str, Any]],
    occasion: str,
    known: Mapping[str, feel.Value],
) -> dict[str, feel.Value]:
    """Return the lists that tell of all documents of a form, with what one of them holds now.

    Takes:   known, facts of the case by name, with the lists as they stand; occasion, which of the
             documents is at hand.
    Returns: contexts `{_key: occasion, field: value}` by fact, in the order in which the documents
             were begun.
    """
    answers = forms.feel_values(form, values, _read_of(declarations, "gathered", form))
    found: dict[str, feel.Value] = {}
    for declaration in _from("gathered", declarations):
        keys = [key for form_id, key in fields_of(declaration) if form_id == form.id]
        if not keys:
            continue
        before = known.get(declaration.name)
        rows = {row[forms.ROW_KEY]: row for row in before} if isinstance(before, list) else {}
        rows[occasion] = {forms.ROW_KEY: occasion, **{key: answers.get(key) for key in keys}}
        found[declaration.name] = list(rows.values())
    return found


def _read_of(
    declarations: Mapping[str, FactDeclaration], kind: str, form: forms.Form
) -> frozenset[str]:
    """Return the keys of a form that facts of a kind of source are read from."""
    found = (source for each in _from(kind, declarations) for source in fields_of(each))
    return frozenset(key.partition(".")[0] for form_id, key in found if form_id == form.id)


def lift_rows(
    declarations: Mapping[str, FactDeclaration],
    form: forms.Form,
    values: Mapping[str, Mapping[str, Any]],
    sections: Collection[str],
) -> dict[tuple[str, str], feel.Value]:
    """Return the facts of items whose column lies in the sections just written.

    Returns: values by (name, key of the row, which is the item).
    """
    written = {field.key for name in sections for field in form.section(name).fields if field.key}
    answers = forms.feel_values(form, values, _read_of(declarations, "field", form))
    lifted: dict[tuple[str, str], feel.Value] = {}
    for declaration, form_id, path in _fields(declarations):
        rows, _, column = path.partition(".")
        if form_id != form.id or not column or rows not in written or declaration.scope == CASE:
            continue
        for row in answers.get(rows) or ():
            lifted[declaration.name, row[forms.ROW_KEY]] = _typed(declaration, row.get(column))
    return lifted


def from_decision(
    declarations: Mapping[str, FactDeclaration], decision_id: str, result: feel.Value
) -> dict[str, feel.Value]:
    """Return the facts that a decision's result gives; null where it gave no answer."""
    lifted: dict[str, feel.Value] = {}
    for declaration in _from("decision", declarations):
        decision, _, output = declaration.source.partition(".")
        if decision == decision_id:
            lifted[declaration.name] = _typed(declaration, _output(result, output))
    return lifted


def from_step(
    declarations: Mapping[str, FactDeclaration], requirement_ids: Collection[str]
) -> dict[str, feel.Value]:
    """Return the facts that say that one of these steps is completed."""
    return {
        declaration.name: True
        for declaration in _from("step", declarations)
        if declaration.source in requirement_ids
    }


def carried(
    declarations: Mapping[str, FactDeclaration],
    process: str,
    of_case: Mapping[str, feel.Value],
    names: Mapping[str, feel.Value],
    answers: Callable[[str], Mapping[str, feel.Value]],
) -> dict[str, feel.Value]:
    """Return the facts that a case takes along from the one it is opened from, and no others.

    Takes:   process, the root process of the case that is opened; of_case, what the one behind it
             says of itself; names, its facts as the step that opens the other reads them; answers,
             the newest values of one of its forms.
    """
    own = {CASE: of_case, FACT: names}
    found: dict[str, feel.Value] = {}
    for declaration in _from("carried", declarations):
        if declaration.into and process not in declaration.into:
            continue
        for source in declaration.source.split():
            form_id, _, key = source.partition(".")
            values = own[form_id] if form_id in own else answers(form_id)
            if found.get(declaration.name) is None:
                found[declaration.name] = _typed(declaration, values.get(key))
    return {name: value for name, value in found.items() if value is not None}


def waiting_for(
    declarations: Mapping[str, FactDeclaration], open_since: Mapping[str, date]
) -> dict[str, feel.Value]:
    """Return the facts that say whether a task waits for somebody, or since which day one does.

    Takes:   open_since, for each user task that is open anywhere on the case, the day on which the
             first of them was opened.
    """
    found: dict[str, feel.Value] = {}
    for declaration in _from("waiting", declarations):
        since = open_since.get(declaration.source)
        found[declaration.name] = since if declaration.type == "date" else since is not None
    return found


def waited_for(declarations: Mapping[str, FactDeclaration]) -> frozenset[str]:
    """Return the user tasks whose waiting is a fact."""
    return frozenset(declaration.source for declaration in _from("waiting", declarations))


def followed(
    declarations: Mapping[str, FactDeclaration], process: str
) -> Iterator[tuple[FactDeclaration, tuple[str, ...]]]:
    """Yield the facts that follow a case of a process that this one opened, with what of it.

    A fact may follow cases of several processes; `follows` names them all.
    """
    for declaration in _from("reported", declarations):
        split = [source.split(".") for source in declaration.source.split()]
        keys = tuple(key for of, key in split if of == process)
        if keys:
            yield declaration, keys


def follows(declaration: FactDeclaration) -> frozenset[str]:
    """Return the root processes whose cases report a fact."""
    return frozenset(source.partition(".")[0] for source in declaration.source.split())


def as_reported(
    declaration: FactDeclaration, keys: Iterable[str], names: Mapping[str, feel.Value]
) -> feel.Value:
    """Return the value of a fact that follows another case: the first of its keys that is known."""
    values = (_typed(declaration, names.get(key)) for key in keys)
    return next((value for value in values if value is not None), None)


def behind(declarations: Mapping[str, FactDeclaration], wanted: Iterable[str]) -> frozenset[str]:
    """Return the facts on which others hang: themselves, and what they are worked out from."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = todo.pop()
        declaration = declarations.get(name)
        if name in found or declaration is None:
            continue
        found.add(name)
        if declaration.kind == "each":
            todo.append(declaration.source)
        elif declaration.expression is not None:
            todo += declaration.expression.names
    return frozenset(found)


def names_for(
    facts: Mapping[tuple[str, str], feel.Value],
    item_key: str | None,
    declarations: Mapping[str, FactDeclaration],
    *,
    items: Callable[[str], Iterable[str]] = lambda kind: (),
    of_case: Mapping[str, feel.Value] | None = None,
) -> Mapping[str, feel.Value]:
    """Return what an expression reads: every declared name, null where nothing is known.

    Takes:   facts by (name, item key), item key empty for a fact of the case; items, the keys of
             the items of a kind in their order; of_case, what the case says of itself.

    A `value` of an item reads what was written, and values of an item above it; one of the case
    reads facts of the case, lists of each item, and values of the case above it.
    """
    names = dict.fromkeys(declarations) | _written(facts, item_key, declarations)
    for declaration in _from("item", declarations):
        there = item_key is not None and item_key in items(declaration.scope)
        names[declaration.name] = item_key if there else None
    for declaration in _from("case", declarations):
        names[declaration.name] = (of_case or {}).get(declaration.source)
    of_items = [entry for entry in _from("value", declarations) if entry.scope != CASE]
    if item_key:
        _work_out(names, of_items)
    for declaration in _from("each", declarations):
        of_item = declarations[declaration.source]
        values = [
            _of_item(facts, of_item, key, declarations, of_items) for key in items(of_item.scope)
        ]
        order = declaration.in_order_of
        names[declaration.name] = _in_one_list(values, order) if order else values
    _work_out(names, [entry for entry in _from("value", declarations) if entry.scope == CASE])
    return names


def _written(
    facts: Mapping[tuple[str, str], feel.Value],
    item_key: str | None,
    declarations: Mapping[str, FactDeclaration],
) -> dict[str, feel.Value]:
    return {
        declaration.name: facts.get((declaration.name, key))
        for declaration in declarations.values()
        if declaration.kind not in WORKED_OUT
        and (key := "" if declaration.scope == CASE else item_key) is not None
    }


def _of_item(
    facts: Mapping[tuple[str, str], feel.Value],
    declaration: FactDeclaration,
    item_key: str,
    declarations: Mapping[str, FactDeclaration],
    of_items: Iterable[FactDeclaration],
) -> feel.Value:
    if declaration.kind not in WORKED_OUT:
        return facts.get((declaration.name, item_key))
    names = dict.fromkeys(declarations) | _written(facts, item_key, declarations)
    for entry in _from("item", declarations):
        names[entry.name] = item_key if entry.scope == declaration.scope else None
    _work_out(names, of_items)
    return names[declaration.name]


def _in_one_list(values: Iterable[feel.Value], order: Iterable[str]) -> list[feel.Value]:
    """Return the contexts of several lists in order of their entries; what lacks one comes last.

    Here, because FEEL bounds how much one expression does: it stopped at some 8,000 rows.
    """
    rows = [row for value in values if isinstance(value, list) for row in value]
    for name in reversed(tuple(order)):
        rows.sort(key=lambda row: _place(row, name))
    return rows


def _place(row: feel.Value, name: str) -> tuple[bool, str]:
    # Days and times are in order as they are written, and spans beside them (EDTF) too.
    value = row.get(name) if isinstance(row, dict | Mapping) else None
    return (value is None, str(value))


def _work_out(names: dict[str, feel.Value], declarations: Iterable[FactDeclaration]) -> None:
    for declaration in declarations:
        assert declaration.expression is not None
        names[declaration.name] = _typed(declaration, declaration.expression.evaluate(names, {}))


def _declaration(row: Row) -> FactDeclaration:
    kinds = [(kind, row.words(kind, default="")) for kind in SOURCES]
    given = [(kind, source) for kind, source in kinds if source]
    fact_type = row.choice("type", TYPES)
    scope, text = row.words("scope"), row.text()
    into = frozenset(row.words("into", default="").split())
    alike = row.choice("alike", ALIKE) if row.says("alike") else ""
    order = tuple(row.words("in_order_of", default="").split())
    row.finish()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row.key):
        raise row.refusal("", "is not the name of a fact", "use small letters, digits and _")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", scope):
        raise row.refusal("scope", f"is {scope!r}", 'write "case" or an item kind')
    if len(given) != 1:
        remedy = (
            'add exactly one of field = "form.key", version = "form.section", '
            'decision = "DR-16.outcome", step = "CNS-12", each = "child_outcome", '
            'carried = "concern.what_happened", reported = "consultation.closed_on", '
            'gathered = "report_request.requested_on", value = "FEEL over other facts"'
        )
        raise row.refusal("", f"has {len(given)} sources", remedy)
    kind, source = given[0]
    if into and kind != "carried":
        raise row.refusal("into", "stands where nothing is carried", "take it out")
    if not re.fullmatch(_SHAPES[kind], source):
        raise row.refusal(kind, f"is {source!r}", f"write it like {_EXAMPLES[kind]}")
    if order and kind != "each":
        raise row.refusal("in_order_of", "stands where there is no list of each", "take it out")
    if alike and (kind != "field" or fact_type not in ("date", "list")):
        raise row.refusal("alike", "stands on no date of a field", "take it out")
    _require_fitting(row, kind, fact_type, scope)
    expression = _compiled(row, source) if kind == "value" else None
    return FactDeclaration(
        row.key, fact_type, scope, kind, source, text, expression, into, alike, order
    )


def _require_fitting(row: Row, kind: str, fact_type: str, scope: str) -> None:
    """Refuse a type or a scope that a kind of source cannot give."""
    if kind == "step" and fact_type != "boolean":
        raise row.refusal("type", "is not boolean", "a step is completed or not")
    if kind == "waiting" and (fact_type not in ("boolean", "date") or scope != CASE):
        remedy = "a task is open or not, or open since a day, on the case as a whole"
        raise row.refusal("type", f"is {fact_type!r} of {scope!r}", remedy)
    if kind == "version" and fact_type != "number":
        raise row.refusal("type", "is not number", "versions are counted")
    if kind == "carried" and scope != CASE:
        raise row.refusal("scope", f"is {scope!r}", 'write "case": items are not carried')
    if kind == "item" and (fact_type, scope == CASE) != ("string", False):
        raise row.refusal("type", "is not a string of an item", "the key of an item is a string")
    if kind == "gathered" and (fact_type, scope) != ("list", CASE):
        raise row.refusal("type", "is not a list of the case", "each document gives one entry")
    if kind == "each" and (fact_type, scope) != ("list", CASE):
        raise row.refusal("type", "is not a list of the case", "each item gives one value of it")


def _compiled(row: Row, source: str) -> feel.Expression:
    try:
        found = feel.compile_expression(source, where=row.key)
    except feel.FeelError as error:
        raise row.refusal("value", f"cannot be read ({error.reason})", "correct it") from None
    # Midnight changes no fact, so nobody would look when the answer turned.
    if clocked := sorted({name for name, _ in found.calls} & set(feel.OWN_FUNCTIONS)):
        raise row.refusal("value", f"asks for {clocked[0]}()", "write FEEL over other facts only")
    return found


_SHAPES = {
    "field": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,2}( [a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,2})*",
    "version": r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*",
    "decision": r"DR-\d+[a-z]?(\.[A-Za-z_][A-Za-z0-9_]*)?",
    "step": r"[A-Z]+-\d+[a-z]?",
    "each": r"[a-z][a-z0-9_]*",
    "case": r"identifier|process",
    "item": r"key",
    "carried": r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*( [a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)*",
    "reported": r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*( [a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)*",
    "value": r"(?s).+",
    "waiting": r"[a-z][a-z0-9_]*",
    "gathered": r"([a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*( \1\.[a-z][a-z0-9_]*)*",
}
_EXAMPLES = {
    "field": "consent.withdrawn_on",
    "version": "consent.parents",
    "decision": "DR-16.outcome",
    "step": "CNS-12",
    "each": "child_outcome",
    "case": "identifier",
    "item": "key",
    "carried": "concern.what_happened",
    "reported": "consultation.closed_on",
    "value": "family_reply = null",
    "waiting": "answer_concern",
    "gathered": "report_request.requested_on report_request.request_answered_on",
}


def _from(kind: str, declarations: Mapping[str, FactDeclaration]) -> Iterator[FactDeclaration]:
    return (declaration for declaration in declarations.values() if declaration.kind == kind)


def _fields(
    declarations: Mapping[str, FactDeclaration],
) -> Iterator[tuple[FactDeclaration, str, str]]:
    for declaration in _from("field", declarations):
        for form_id, key in fields_of(declaration):
            yield declaration, form_id, key


def _output(result: feel.Value, output: str) -> feel.Value:
    if not output or result is None:
        return result
    if isinstance(result, list):
        return [_output(entry, output) for entry in result]
    return result.get(output) if isinstance(result, Mapping) else result


def _typed(declaration: FactDeclaration, value: feel.Value) -> feel.Value:
    # An emptied text is nothing at all, so that a gateway waits for it.
    if value is None or value == "":
        return None
    return feel.convert(value, declaration.type)
