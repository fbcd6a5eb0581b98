"""Refuse a process that would run on a closed case and need what such a case no longer has.

Refused: `afterClose` on a process that is not of the kind `side`, or with another word than `true`;
         in a process that has it: a call activity, a step that opens a case or lets the root choose
         again, one that starts a side process without it, and a timer whose timescale does not go
         on after the close.
Why:     the root of a closed case has ended, its clocks rest, and nothing new is started beside it:
         such a step would be refused when somebody sends it in, and such a timer would wait for
         ever. Called parts are drawn for open cases, and nobody holds them to this rule.
Instead: user tasks, notices, choices and decisions on the side process itself; `after_close = true`
         on a timescale whose clock is to go on.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_CALLS = (
    "{process} can be started on a closed case, but {title} calls a part, which is drawn for open "
    "cases."
)
_CHOOSES = (
    "{process} can be started on a closed case, but {title} lets the root choose again, which has "
    "ended by then."
)
_OPENS = (
    "{process} can be started on a closed case, but {title} opens a case beside one that is closed."
)
_STARTS = (
    "{process} can be started on a closed case, but {title} starts {name}, which cannot be started "
    "then."
)
_WAITS = (
    "{process} can be started on a closed case, but {title} waits for {name}, whose clock rests by "
    "then."
)
_OF_OPEN_CASES = {"choose_again": _CHOOSES, "open_case": _OPENS}


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what a process that outlives the close does."""
    for process in diagram.processes[:1]:
        word = process.own.get("afterClose")
        if word is None:
            continue
        if word != "true" or process.own.get("kind") != "side":
            yield error(
                process,
                "{title} cannot be started after the case is closed.",
                'Write afterClose="true" on a side process, or remove it.',
            )
            continue
        for node in diagram.nodes:
            message, name = _problem(node, known)
            if message:
                remedy = "Do it in a process of its own, or remove adolygu:afterClose."
                yield error(node, message, remedy, process=process.title, name=name)


def _problem(node: Node, known: Known | None) -> tuple[str, str]:
    """Return what is wrong with a step, and the name that it is wrong with."""
    if node.kind == "callActivity":
        return _CALLS, ""
    effect = node.own.get("effect", "")
    if effect in _OF_OPEN_CASES:
        return _OF_OPEN_CASES[effect], ""
    if known is None:
        return "", ""
    started = known.processes.get(node.own.get("starts", ""))
    if started is not None and not started.after_close:
        return _STARTS, node.own["starts"]
    timescale = node.own.get("timescale", "")
    if timescale in known.timescales and timescale not in known.timescales_after_close:
        return _WAITS, timescale
    return "", ""
