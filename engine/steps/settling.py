"""Let a case come to rest: nothing moves any more, and the rows say where it stands."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from engine import db, store, timekeeping
from engine.models import ProcessInstance
from engine.steps.mirroring import REPORTED, mirror
from engine.steps.opening import linked_case
from engine.steps.pausing import record_pause
from engine.steps.rerouting import choose_again
from engine.steps.retelling import retell
from engine.steps.road import Running, definition_of, load, open_root, run_on, start_beside
from engine.workflow import Element


def come_to_rest(running: Running) -> dict[str, str]:
    """Do what is queued, follow items and facts until nothing moves, keep the time, write states.

    Documents whose rows tell of a list come first: what they hold now is a fact like others.

    Returns: the clocks whose state changed.
    """
    file = running.file
    if file.facts_changed or running.items_changed:
        retell(file)
    while True:
        run_on(running)
        if running.to_choose_again:
            choose_again(running, running.to_choose_again.popleft())
        elif running.to_open:
            _open_beside(running, *running.to_open.popleft())
        elif not _queue_late_parts(running):
            break
    for instance, flow in running.loaded.values():
        instance.workflow_state = flow.dump()
    record_pause(file)
    db.when_committed(file.session, partial(_keep, running))
    return timekeeping.keep_time(file)


def _keep(running: Running) -> None:
    """Keep what was loaded, as it was saved, for the next step."""
    for _, flow in running.loaded.values():
        flow.keep()


def _open_beside(running: Running, element: Element, item: str, occasion: str) -> None:
    """Open a linked case and let it come to rest too; both records say so.

    What it reports at once needs no lock: nobody else knows of it before this transaction ends.
    """
    file, opened = running.file, linked_case(running.file, element, item, occasion)
    if opened is None:
        return
    beside = Running(opened)
    open_root(beside)
    come_to_rest(beside)
    data = {"from": file.case.identifier, "relation": element.relation}
    store.save_case(opened, "case_opened", subject=element.opens, data=data)
    data = {"opened": opened.case.identifier, "relation": element.relation}
    if item:
        data["item"] = item
    store.record_event(file, "case_linked", subject=element.opens, data=data)
    mirrored = mirror(file, opened)
    if mirrored.facts:
        store.record_event(file, REPORTED, subject=mirrored.process, data=mirrored.data)


def _queue_late_parts(running: Running) -> bool:
    """Let items that came after their step had closed run its part beside the others.

    The step may stand in a part that has ended since: it is then over for the others, not for them.
    """
    added, running.file.items_added = running.file.items_added, []
    for instance in _not_cancelled(running) if added else []:
        _, flow = load(running, instance.id)
        states = flow.token_states()
        for element in definition_of(running.file, instance).elements.values():
            if not element.called or states.get(element.id) != "finished":
                continue
            for item in added:
                if item.list == element.item_list and not _ran(running, element.called, item.key):
                    running.queue.append(partial(start_beside, running, element.called, item.key))
    return bool(running.queue)


def _not_cancelled(running: Running) -> list[ProcessInstance]:
    file = running.file
    if file.case.state == "closed":
        return []
    ended = file.session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == file.case.id, ProcessInstance.state == "completed")
        .order_by(ProcessInstance.number)
    )
    return [*ended, *file.open_instances]


def _ran(running: Running, process: str, item: str) -> bool:
    found = running.file.session.scalar(
        select(ProcessInstance.id).where(
            ProcessInstance.case_id == running.file.case.id,
            ProcessInstance.process == process,
            ProcessInstance.item_key == item,
            ProcessInstance.state != "cancelled",
        )
    )
    return found is not None
