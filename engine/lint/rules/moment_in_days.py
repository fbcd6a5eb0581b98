"""Refuse days that are added to the moment of a deadline, and its day in UTC.

Refused: `due("TS-41") + duration("P7D")`, with `-`, with months, and with `now()`, and
         `date(due("TS-41"))` or whatever else tells a day, a month or a year of such a moment.
         Lengths under a day are times by the clock. Forms and tables are held to it too.
Why:     a moment stands in UTC, and in FEEL a day added to one is 24 hours: where the clocks
         change in between it is an hour off midnight in Wales. The day in UTC is the last day in
         summer and the day after it in winter.
Instead: `add days(due("TS-41"), 7)`, and `last day("TS-41")`; for `now()` it is `today()`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.errors import EngineError
from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

#: What a finding says of each of the two ways, and what is to be done.
WAYS = {
    feel.DAYS_ADDED: (
        "The expression adds 24-hour days to a moment, an hour off where the clocks change.",
        'Count by the calendar of Wales, as add days(due("TS-41"), 7), or from today().',
    ),
    feel.DAY_READ: (
        "The expression reads the day of a moment in UTC, another one in winter than in summer.",
        'Ask for last day("TS-41"), or for today().',
    ),
}


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every expression."""
    for expression in diagram.expressions():
        try:
            ways = feel.days_of_moments(expression.text)
        except EngineError:
            continue  # The rule `feel` says what is wrong with it.
        for way in ways:
            yield error(expression, *WAYS[way])
