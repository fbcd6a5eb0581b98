"""Refuse multi-instance that collects output.

Refused: `loopDataOutputRef` and `outputDataItem`.
Why:     SpiffWorkflow collects in the order of completion, drops every other change, and would
         carry what people wrote in the state of the workflow.
Instead: each instance writes its document; a fact of the item holds what steers the process.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, child
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for collected output."""
    for node in diagram.nodes:
        for name in ("loopDataOutputRef", "outputDataItem"):
            if node.loop is not None and child(node.loop, name) is not None:
                yield error(
                    node,
                    "{title} collects output, which does not stay with its items.",
                    "Remove {name}; let a form of the item hold the answer.",
                    name=name,
                )
