"""Find the answers by which a process goes: what nobody knows of them cannot be left open."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine import facts, feel
from engine.deployments import Definitions
from engine.forms import Form

#: What in a diagram decides where a process goes: the conditions of flows and of events, a pause.
_DECIDING = ("flow", "conditional", "pause")


@lru_cache(maxsize=32)
def steering_fields(definitions: Definitions) -> frozenset[tuple[str, str]]:
    """Return the fields and columns, by form and key, from which gateways and events decide.

    Those that a decision table or a computed field reads on the way to it are among them: left
    open there, an answer would be taken for a no.
    """
    names = _deciding_facts(definitions)
    found: set[tuple[str, str]] = set()
    for name in names:
        for form_id, key in facts.fields_of(definitions.facts[name]):
            form = definitions.forms.get(form_id)
            if form is not None:
                found |= {(form_id, one) for one in _asked_by(form, key.rpartition(".")[2])}
    return frozenset(found)


def _deciding_facts(definitions: Definitions) -> frozenset[str]:
    todo = [
        name
        for process in definitions.processes.values()
        for use in process.expressions
        if use.kind in _DECIDING
        for name in feel.compile_expression(use.source).names
    ]
    found: frozenset[str] = frozenset()
    while todo:
        new = facts.behind(definitions.facts, todo) - found
        found |= new
        todo = [name for one in new for name in _read_by_decision(definitions, one)]
    return found


def _read_by_decision(definitions: Definitions, name: str) -> Iterable[str]:
    declaration = definitions.facts[name]
    if declaration.kind != "decision":
        return ()
    table = definitions.decisions.get(declaration.source.partition(".")[0])
    return table.names if table is not None else ()


def _asked_by(form: Form, key: str) -> frozenset[str]:
    """Return a key, and those that its field is worked out from, if it is."""
    found: set[str] = set()
    todo = [key]
    expressions = {field.key: field.expression for field in form.fields if field.expression}
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            expression = expressions.get(one)
            todo += [] if expression is None else expression.names
    return frozenset(found)
