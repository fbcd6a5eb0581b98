"""Lift facts out of documents, decisions and steps, and give expressions the names they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel, forms
from engine.texts import Text
from engine.toml_source import Row, TomlSource

TYPES = ("string", "number", "boolean", "date", "time", "date and time", "list", "context")
SOURCES = ("field", "decision", "step", "each", "case", "carried")
CASE = "case"

#: Read anew whenever they are asked for, and never written.
WORKED_OUT = ("each", "case")


@dataclass(frozen=True)
class FactDeclaration:
    """A row of `facts.toml`.

    `kind` says what kind of source it has, `source` which one: `consent.withdrawn_on` (form and
    key) or `screening.children.outcome` (a column of rows, one value an item), `DR-16.outcome`
    (decision and output), `CNS-12` (step, true once completed), `child_outcome` (a fact of an
    item: the list of its values), `identifier` (of the case itself), `concern.what_happened` or
    `case.identifier` of the case that this one was opened from (several: the first that is there).
    """

    name: str
    type: str
    scope: str
    kind: str
    source: str
    text: Text


def parse_facts(source: bytes, path: str) -> dict[str, FactDeclaration]:
    """Return the rows of a `facts.toml` by name.

    Raises:  InvalidDefinition.
    """
    return {row.key: _declaration(row) for row in TomlSource(source, path).rows()}


def lift(
    declarations: Mapping[str, FactDeclaration],
    form: forms.Form,
    values: Mapping[str, Mapping[str, Any]],
    sections: Collection[str],
) -> dict[str, feel.Value]:
    """Return the facts whose field lies in the sections just written; an emptied one is null.

    Takes:   values, the whole document: `{section: {key: JSON value}}`.
    """
    written = {field.key for name in sections for field in form.section(name).fields if field.key}
    answers = forms.feel_values(form, values)
    lifted: dict[str, feel.Value] = {}
    for declaration in _from("field", declarations):
        form_id, _, key = declaration.source.partition(".")
        if form_id == form.id and key in written:
            lifted[declaration.name] = _typed(declaration, answers.get(key))
    return lifted


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
    answers = forms.feel_values(form, values)
    lifted: dict[tuple[str, str], feel.Value] = {}
    for declaration in _from("field", declarations):
        form_id, _, path = declaration.source.partition(".")
        rows, _, column = path.partition(".")
        if form_id != form.id or not column or rows not in written:
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
    of_case: Mapping[str, feel.Value],
    answers: Callable[[str], Mapping[str, feel.Value]],
) -> dict[str, feel.Value]:
    """Return the facts that a case takes along from the one it is opened from, and no others.

    Takes:   of_case, what that case says of itself; answers, the newest values of one of its forms.
    """
    found: dict[str, feel.Value] = {}
    for declaration in _from("carried", declarations):
        for source in declaration.source.split():
            form_id, _, key = source.partition(".")
            values = of_case if form_id == CASE else answers(form_id)
            if found.get(declaration.name) is None:
                found[declaration.name] = _typed(declaration, values.get(key))
    return {name: value for name, value in found.items() if value is not None}


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
    """

    def value(declaration: FactDeclaration) -> feel.Value:
        name = declaration.name
        if declaration.kind == "each":
            kind = declarations[declaration.source].scope
            return [facts.get((declaration.source, key)) for key in items(kind)]
        if declaration.kind == "case":
            return (of_case or {}).get(declaration.source)
        if declaration.scope == CASE:
            return facts.get((name, ""))
        return _of_item(facts, name, item_key)

    return {name: value(declaration) for name, declaration in declarations.items()}


def _of_item(
    facts: Mapping[tuple[str, str], feel.Value], name: str, item_key: str | None
) -> feel.Value:
    return facts.get((name, item_key)) if item_key else None


def _declaration(row: Row) -> FactDeclaration:
    kinds = [(kind, row.words(kind, default="")) for kind in SOURCES]
    given = [(kind, source) for kind, source in kinds if source]
    fact_type = row.choice("type", TYPES)
    scope, text = row.words("scope"), row.text()
    row.finish()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row.key):
        raise row.refusal("", "is not the name of a fact", "use small letters, digits and _")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", scope):
        raise row.refusal("scope", f"is {scope!r}", 'write "case" or an item kind')
    if len(given) != 1:
        remedy = (
            'add exactly one of field = "form.key", decision = "DR-16.outcome", step = "CNS-12"'
        )
        raise row.refusal("", f"has {len(given)} sources", remedy)
    kind, source = given[0]
    if not re.fullmatch(_SHAPES[kind], source):
        raise row.refusal(kind, f"is {source!r}", f"write it like {_EXAMPLES[kind]}")
    if kind == "step" and fact_type != "boolean":
        raise row.refusal("type", "is not boolean", "a step is completed or not")
    if kind == "carried" and scope != CASE:
        raise row.refusal("scope", f"is {scope!r}", 'write "case": items are not carried')
    if kind == "each" and (fact_type, scope) != ("list", CASE):
        raise row.refusal("type", "is not a list of the case", "each item gives one value of it")
    return FactDeclaration(row.key, fact_type, scope, kind, source, text)


_SHAPES = {
    "field": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,2}",
    "decision": r"DR-\d+[a-z]?(\.[A-Za-z_][A-Za-z0-9_]*)?",
    "step": r"[A-Z]+-\d+[a-z]?",
    "each": r"[a-z][a-z0-9_]*",
    "case": r"identifier",
    "carried": r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*( [a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)*",
}
_EXAMPLES = {
    "field": "consent.withdrawn_on",
    "decision": "DR-16.outcome",
    "step": "CNS-12",
    "each": "child_outcome",
    "case": "identifier",
    "carried": "concern.what_happened",
}


def _from(kind: str, declarations: Mapping[str, FactDeclaration]) -> Iterator[FactDeclaration]:
    return (declaration for declaration in declarations.values() if declaration.kind == kind)


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
