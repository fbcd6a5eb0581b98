"""What the shipped forms ask of a meeting is known, so that its record fills it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from engine import agendas, deployments
from engine.deployments import Definitions
from engine.forms import Field

ROOT = Path(__file__).parents[2]
#: How a form asks on which day a body met, decided or considered something.
ASKED = re.compile(r"When (did .*\b(meet|decide|approve|consider)\b|was it (decided|discussed)\b)")


def _days_of_bodies(definitions: Definitions) -> Iterator[Field]:
    """Yield the days that the tasks of bodies that meet ask for."""
    bodies = {body.key for body in definitions.roles.bodies}
    for process in definitions.processes.values():
        for element in process.elements.values():
            if not bodies & set(element.roles):
                continue
            for use in element.forms:
                for section in definitions.forms[use.form].sections:
                    if not use.sections or section.id in use.sections:
                        yield from (one for one in section.fields if one.type == "datetime")


def test_every_form_that_asks_when_a_body_decided_takes_the_day_from_its_meeting() -> None:
    definitions = deployments.build(deployments.read_folders(ROOT))
    days = list(_days_of_bodies(definitions))
    asked = {one.key for one in days if ASKED.match(one.text("label").en)}
    assert len(asked) > 10
    assert {one.key for one in days if agendas.wanted_of(one) == "day"} >= asked
