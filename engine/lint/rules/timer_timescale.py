"""Refuse a timer that does not name its timescale.

Refused: a timer event without `timescale`, with several, or whose FEEL asks for the due day of
         another one.
Why:     the figure stands once, in `timescales.toml`, with its source. The timer follows the
         clock of that row: it moves when the date moves and rests when the clock is met.
Instead: `timescale="TS-41"` and `due("TS-41")`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, timescales_in
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the attribute with the expression."""
    asked: dict[str, list[str]] = {}
    for expression in diagram.expressions():
        asked[expression.id] = timescales_in(expression.text)
    for node in diagram.with_event("timer"):
        named = node.words("timescale")
        if node.kind == "startEvent":
            continue
        if len(named) != 1:
            yield error(
                node,
                "{title} does not name one timescale.",
                "Choose a timescale (adolygu:timescale).",
            )
        elif set(asked.get(node.id, [])) - set(named):
            yield error(
                node,
                "{title} names {named} and waits for another timescale.",
                "Choose the timescale whose due day it waits for.",
                named=named[0],
            )
