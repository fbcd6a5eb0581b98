"""Refuse extensions of other engines.

Refused: elements and attributes of SpiffWorkflow, Camunda, Zeebe, Flowable and Activiti: scripts
         before and after a task, service operators, payloads, form keys, assignees.
Why:     SpiffWorkflow runs its own as Python, in more than 40 places; those of other engines are
         not read, so that what they promise does not happen.
Instead: the attributes of the `adolygu` namespace, FEEL conditions, and decision tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_ENGINES = re.compile(r"spiffworkflow|camunda|zeebe|flowable|activiti", re.IGNORECASE)


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at the namespace of every element and attribute."""
    if diagram.root is None:
        return
    for element in diagram.root.iter():
        for name in (element.tag, *element.attrib):
            namespace = etree.QName(name).namespace or ""
            engine = _ENGINES.search(namespace)
            if engine:
                what = etree.QName(name).localname
                yield error(
                    Node(element, what, ""),
                    "“{what}” is an extension of {engine}, which is not allowed here.",
                    "Remove it; say it with the attributes of this product.",
                    what=what,
                    engine=engine[0],
                )
