"""Refuse data in the diagram.

Refused: data objects, data stores, properties, inputs, outputs and their associations.
Why:     SpiffWorkflow keeps their values in the state, where parallel branches overwrite each
         other; a data store is refused outright. What people write stands in documents.
Instead: a form; a fact for what steers the process; an annotation for a remark.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node, local
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_DATA = frozenset(
    {"dataObject", "dataObjectReference", "dataStoreReference", "property", "ioSpecification"}
    | {"dataInputAssociation", "dataOutputAssociation"}
)


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for process in diagram.processes:
        for element in process.element.iter():
            if local(element) in _DATA:
                node = Node(element, local(element), "")
                yield error(
                    node,
                    "{title} is data in the diagram, which the engine does not keep.",
                    "Record it in a form; write remarks as annotations.",
                )
