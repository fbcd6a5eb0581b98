"""Say what is wrong with a diagram before it is deployed. One rule, one file, in `rules`."""

from __future__ import annotations

from dataclasses import replace

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, Severity
from engine.lint.known import Known, KnownProcess
from engine.lint.reading import read_diagram
from engine.lint.rules import RULES
from engine.lint.rules.limits import is_too_big

__all__ = [
    "LOOKS",
    "RULES",
    "Diagram",
    "Finding",
    "Known",
    "KnownProcess",
    "Severity",
    "check_diagram",
    "read_diagram",
]


#: The rules about how a drawing looks; what they find runs all the same.
LOOKS = frozenset(
    {"flow_crooked", "flow_through_shape", "flow_undocked", "label_missing", "label_overlap"}
    | {"shape_outside_lane", "shapes_overlap"}
)


def check_diagram(
    source: bytes,
    path: str,
    known: Known | None = None,
    *,
    drawn: bool | None = None,
    tidy: bool = True,
) -> list[Finding]:
    """Return what every rule finds in a BPMN file, in the order of the file.

    Of a file beyond the limits nothing else is said.

    Takes:   known, what the deployment holds; left out, references are not looked up.
             drawn, True to ask for a drawing, False to pay no heed to one; left out, a drawing
             is looked at where there is one; tidy, False where its looks stop nothing: a Board
             draws for itself.
    """
    diagram = read_diagram(source, path, drawn=drawn)
    rules = {"limits": RULES["limits"]} if is_too_big(diagram) else RULES
    found = [
        replace(finding, rule=name, path=path, severity=_weight(finding, name, tidy))
        for name, check in rules.items()
        for finding in check(diagram, known)
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.rule, finding.element))


def _weight(finding: Finding, rule: str, tidy: bool) -> Severity:
    return finding.severity if tidy or rule not in LOOKS else "warning"
