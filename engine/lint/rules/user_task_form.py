"""Refuse a user task without a form.

Refused: a user task whose `form` is missing or cannot be read; `anew` with another word than
         `true`.
Why:     the person would see an empty page, and nothing of what they did would be on record;
         with another word, the answers given for somebody else would stand filled in.
Instead: `form="consent#parents consent#child"`: the form, and the sections the task writes;
         `anew="true"` where they are to start empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_USE = re.compile(r"[a-z][a-z0-9_]*(#[a-z][a-z0-9_]*)?")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what is written and what is shown."""
    for node in diagram.of_kind("userTask"):
        if not node.words("form"):
            yield error(node, "{title} has no form.", "Choose what is filled in (adolygu:form).")
        for use in (*node.words("form"), *node.words("shows")):
            if not _USE.fullmatch(use):
                yield error(
                    node,
                    "“{use}” does not name a form.",
                    "Write form or form#section, with blanks between them.",
                    use=use,
                )
        if node.own.get("anew", "true") != "true":
            yield error(
                node,
                "{title} does not say whether its questions start empty.",
                'Write anew="true", or remove it.',
            )
