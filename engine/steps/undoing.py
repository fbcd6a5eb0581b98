"""Take back what a timer did, where a correction shows that its moment had not come."""

from __future__ import annotations

from engine import timekeeping
from engine.models import ProcessInstance
from engine.steps.rebuilding import entries, reconcile, replay, rewrite
from engine.steps.road import Running, definition_of
from engine.store import CaseFile
from engine.workflow import LogEntry


def undo_breaches(running: Running) -> None:
    """Take back fired timers whose moment a correction has moved ahead again.

    What they opened is withdrawn, on record, so long as nobody has done any of it yet.
    """
    file = running.file
    for instance in file.open_instances:
        for entry in _fired(file, instance):
            assert entry.key is not None
            armed = definition_of(file, instance).elements[entry.key.bpmn_id]
            if not armed.timescale:
                continue
            due = timekeeping.evaluate_due(file, armed.expression, entry.key.item)
            if due is None or due <= file.now:
                continue
            replayed = replay(file, instance, {entry.seq}, writes=False)
            if replayed.no_longer_apply:
                continue
            rewrite(running, instance, [entry], replayed)
            why = f"the date behind {armed.timescale} was corrected"
            reconcile(running, instance, replayed.workflow, why)


def _fired(file: CaseFile, instance: ProcessInstance) -> list[LogEntry]:
    return [entry for entry in entries(file, instance) if entry.kind == "fire"]
