"""Refuse the word `typename` as an id or the name of an item list.

Refused: an element with the id `typename`, an item list of that name.
Why:     SpiffWorkflow marks its own records with that key; a saved case that holds another one
         cannot be loaded again.
Instead: any other word.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at ids and item lists."""
    for node in (*diagram.processes, *diagram.nodes, *diagram.flows):
        if "typename" in (node.id, node.item_list):
            yield error(node, "A case that holds “typename” cannot be loaded.", "Rename it.")
