"""Refuse timers that count from when the process came there.

Refused: `timeDuration`, `timeCycle`, and a timer without a `timeDate`.
Why:     deadlines run from recorded dates, not from the moment a form was sent in. SpiffWorkflow
         runs months over the end of the month, drifts with cycles, and does not interrupt with
         an interrupting cycle at all.
Instead: `timeDate` with FEEL, as a rule `due("TS-41")`; reminders are stages of the timescale.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, child, local
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at how each timer is told its moment."""
    for node in diagram.with_event("timer"):
        definition = child(node.element, "timerEventDefinition")
        if node.kind == "startEvent" or definition is None:
            continue
        kinds = [local(found) for found in definition if local(found).startswith("time")]
        if kinds != ["timeDate"]:
            yield error(
                node,
                "{title} is not told its moment by a date.",
                'Write its moment in FEEL (timeDate), such as due("TS-41").',
            )
