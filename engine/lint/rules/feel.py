"""Refuse expressions that are not FEEL over known facts.

Refused: a condition or a moment that does not compile, is empty, says that it is in another
         language, or reads a fact or calls a function that does not exist.
Why:     it would fail when a person's submission reaches it; SpiffWorkflow would run it as
         Python.
Instead: FEEL over the names of `facts.toml` and the functions of ours, such as `due` and
         `add days` (ARCHITECTURE.md).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.errors import EngineError
from engine.lint.diagram import Diagram, Expression
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compile every expression."""
    names = None if known is None else frozenset(known.facts)
    for expression in diagram.expressions():
        message, problem = _problem(expression, names)
        if message:
            remedy = "Write FEEL over the names of facts."
            yield error(expression, message, remedy, text=expression.text[:80], problem=problem)


def _problem(expression: Expression, names: frozenset[str] | None) -> tuple[str, str]:
    """Return what is wrong with an expression, and what the language says of it."""
    if not expression.text:
        return "A condition or a moment is empty.", ""
    if expression.language and "feel" not in expression.language.lower():
        return "The expression “{text}” says that it is not FEEL.", ""
    try:
        feel.compile_expression(expression.text, where=expression.id, names=names)
    except EngineError as invalid:
        return "The expression “{text}” cannot be used: {problem}", str(invalid)
    return "", ""
