"""Refuse forms and sections that the deployment does not hold.

Refused: an unknown form or section in `form` or `shows`.
Why:     the page of the task could not be shown.
Instead: the id of a form, and the id of one of its top-level groups.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look every form and section up."""
    if known is None:
        return
    for node in diagram.of_kind("userTask"):
        for use in (*node.words("form"), *node.words("shows")):
            form, _, section = use.partition("#")
            if form not in known.forms:
                message = "{title} names the form “{form}”, which does not exist."
                yield error(node, message, "Choose a form.", form=form)
            elif section and section not in known.forms[form]:
                message = "{title} names “{section}”, which is no section of “{form}”."
                yield error(
                    node,
                    message,
                    "Choose one of its sections, its top-level groups.",
                    section=section,
                    form=form,
                )
