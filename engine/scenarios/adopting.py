"""Begin a scenario with a matter that is under way: what is known of it, and where it stands."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine import adoption, audit, db, deployments, forms, task_pages, timers
from engine.models import Board, UserTask
from engine.people import Actor
from engine.scenarios.expecting import Unexpected
from engine.store import CaseFile


def adopt(
    wanted: Mapping[str, Any], given: Mapping[str, Any], board_id: uuid.UUID, actor: Actor
) -> uuid.UUID:
    """Put a matter on record, by its facts and days, and let it stand where it is said to.

    Takes:   given, what holds for every task, whether or not it comes on the way.
    Raises:  Unexpected, for a fact that no form takes on the way; what `adoption.walk` raises.
    """
    targets, told = _listed(wanted["at"]), wanted.get("facts", {})
    days, used = wanted.get("days", {}), set[str]()

    def known(file: CaseFile, task: UserTask) -> adoption.PastStep:
        values = _values(file, task, {**given, **told}, used)
        day = next((days[name] for name in days if adoption.is_named(task, name)), None)
        used.update(name for name in days if adoption.is_named(task, name))
        process = file.instance(task.instance_id).process
        return adoption.PastStep(process, task.bpmn_id, task.item_key, day, None, values)

    with db.transaction() as session:
        board = session.scalars(audit.held(select(Board).where(Board.id == board_id))).one()
        definitions = deployments.load(session, deployments.newest(session, board_id).id)
        file = adoption.open_past(
            session,
            board,
            definitions.processes[adoption.root_of(definitions, str(wanted["process"]))],
            str(actor.account_id),
            actor.account_id,
            _day(wanted.get("began")),
        )
        so_far = adoption.Recorded()
        adoption.walk(file, targets, known, so_far)
        for name in [name for name in days if name not in used]:
            _record_late(file, name, days[name], so_far)
            used.add(name)
        unused = sorted({*told, *days} - used)
        if unused:
            raise Unexpected(f"nothing on the way to {', '.join(targets)} has {', '.join(unused)}")
        adoption.come_to_now(file, {})
        case_id = file.case.id
    timers.fire_due_on(case_id)
    return case_id


def _record_late(file: CaseFile, name: str, day: date, so_far: adoption.Recorded) -> None:
    """Record a step that nobody came to on the way, as that of an overrun, whose time had come.

    Raises:  what `adoption.record` raises, also where it did not open by that day.
    """
    places = [
        (process.id, element.id)
        for process in file.definitions.processes.values()
        for element in process.elements.values()
        if element.kind == "userTask" and name in (element.id, *element.requirement)
    ]
    process, step = min(places, key=lambda place: place[0] != file.case.process)
    adoption.record(file, adoption.PastStep(process, step, "", day), so_far)


def _values(
    file: CaseFile, task: UserTask, given: Mapping[str, Any], used: set[str]
) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for part in task_pages.form_parts(file, task, {}):
        here = {
            name: value
            for name, value in given.items()
            if name.partition("/")[2] in ("", task.item_key)
            and forms.find_inputs(part.form, name.partition("/")[0], part.sections)
        }
        used |= set(here)
        plain = {name.partition("/")[0]: value for name, value in here.items()}
        values[part.form.id] = forms.set_by_catalogue(part.form, part.sections, plain)
    return values


def _listed(value: Any) -> Collection[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None
