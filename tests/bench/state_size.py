"""How many bytes the saved state of an instance has, mid-review and for every item it carries.

Floor: the same state with the spec of the diagram and the tokens written out by SpiffWorkflow's own
serializer would be some 70 KB; ours is held to absolute figures instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow import Workflow, parse_process
from tests.bench import review
from tests.bench.figures import Row, Scale, at_most, told
from tests.bench.house import House

KILOBYTE = 1024
MOST = 20.0
MOST_AN_ITEM = 0.6
ITEMS = 30


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure the state in the middle and at the end, and with many items against none."""
    yield at_most("state of one instance mid-review", _middle(review.AGENCIES), "KB", MOST)
    yield at_most("state of one instance, largest of its life", _largest(), "KB", MOST)
    many = tuple(f"agency_{number}" for number in range(1, ITEMS + 1))
    each = (_middle(many) - _middle(())) / ITEMS
    yield at_most("state for each item, 30 items against none", each, "KB", MOST_AN_ITEM)
    yield told("state of one instance mid-review, 30 items", _middle(many), "KB")


def _start(agencies: tuple[str, ...]) -> Workflow:
    definition = parse_process(review.files()["processes/review.bpmn"], "review.bpmn")
    return Workflow.start(definition, review.World(agencies))[0]


def _middle(agencies: tuple[str, ...]) -> float:
    """Do the first half: everything before the items, half of the items, half of what is beside."""
    flow = _start(agencies)
    while not any(task.element.id == "task_36" for task in flow.open_tasks()):
        flow.complete_task(next(t.key for t in flow.open_tasks() if not t.element.item))
    for task in [task for task in flow.open_tasks() if task.element.item][: len(agencies) // 2]:
        flow.complete_task(task.key)
    return len(flow.dump()) / KILOBYTE


def _largest() -> float:
    flow = _start(review.AGENCIES)
    largest = 0
    while not flow.is_completed():
        for part in flow.waiting_parts():
            flow.finish_part(part.key)
        if flow.open_tasks():
            flow.complete_task(flow.open_tasks()[0].key)
        largest = max(largest, len(flow.dump()))
    return largest / KILOBYTE
