"""Do something in a sandbox: a task as anybody who may do it, starting what goes beside a case, and
letting time pass. Everything is a step of a scenario, and only done as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import db, forms, store, task_pages, tasks, time_source, timers
from engine.errors import EngineError, InvalidForm, NotFound
from engine.models import Case, CaseLink, Upload, UserTask
from engine.people import Actor
from engine.sandboxes import recording, viewing, worlds
from engine.sandboxes.worlds import SANDBOX, Played, World
from engine.scenarios import finding
from engine.scenarios.cast import Cast
from engine.store import CaseFile
from engine.task_pages import Posted, TaskPage
from engine.texts import Text

#: So far ahead at most does the time of a sandbox go in one step.
MOST_YEARS = 5


class TrialTaskGone(EngineError):
    """This task is not open in the trial any more. Go on from the page of the trial."""

    status = 409


class OlderTaskFirst(EngineError):
    """An older task of the same step is open, and a scenario cannot tell the two apart. Complete
    that one first."""

    status = 409


class NewerCaseThere(EngineError):
    """A newer case of the same kind was opened since, and a scenario goes on in the newest only.
    Use that one."""

    status = 409


class TimeNotPassing(EngineError):
    """Time goes forward only, and five years at most in one step. Choose a later day."""

    status = 422


class NothingComing(EngineError):
    """Nothing falls due. Choose a day to go to."""

    status = 409


@dataclass(frozen=True)
class TrialTaskPage:
    """The page of a task as somebody of the sandbox sees it; `role` is the one they do it as."""

    key: str
    page: TaskPage
    role: str
    roles: tuple[tuple[str, Text], ...]
    person: str
    now: datetime


@dataclass(frozen=True)
class _Task:
    world: World
    row: UserTask
    case: Case
    number: int
    role: str
    roles: tuple[tuple[str, Text], ...]
    actor: Actor


def open_task(played: Played, key: str, role: str, posted: Posted | None = None) -> TrialTaskPage:
    """Return the page of a task as whoever holds a role sees it, with what was typed.

    Takes:   role, left empty for the first that may do it.
    Raises:  TrialTaskGone; NotFound, for a role that may not do it.
    """
    with _task(played, key, role) as task:
        page = tasks.open_task(task.row.id, task.actor)
        if posted is not None:
            parts = tuple(part.with_typed(posted) for part in page.parts)
            page = replace(page, parts=parts)
        return _page(key, task, page)


def with_examples(played: Played, key: str, role: str, posted: Posted) -> TrialTaskPage:
    """Return the same with an example in every question that nobody answered yet.

    Raises:  as `open_task`.
    """
    with _task(played, key, role) as task:
        page = tasks.open_task(task.row.id, task.actor)
        with db.reading() as session:
            file = store.read_case(session, task.case.id, str(task.actor.account_id))
            row = session.get_one(UserTask, task.row.id)
            parts = [part.with_typed(_filled(file, row, part, posted)) for part in page.parts]
        return _page(key, task, replace(page, parts=tuple(parts)))


def do_task(played: Played, key: str, role: str, posted: Posted) -> Played:
    """Complete a task with what was typed.

    Raises:  InvalidForm, and whatever else the engine refuses it with; TrialTaskGone;
             OlderTaskFirst; NewerCaseThere.
    """
    with _task(played, key, role) as task:
        checked = _checked(task, posted)
        answers: dict[str, Any] = {}
        for part in checked.parts:
            answers |= recording.answers(part.form, part.sections, part.content)
        entry: dict[str, Any] = {"complete": task.row.bpmn_id, "as": task.role}
        if task.row.item_key:
            entry["item"] = task.row.item_key
        found = finding.find_open(task.case.id, task.row.bpmn_id, task.row.item_key)
        if found[:1] != [task.row.id]:
            raise OlderTaskFirst
        leading = _way_to(task.world, task.case)
    return _all(played, [*leading, {**entry, "set": answers}])


def start_side(played: Played, number: int, process: str, item: str, role: str) -> Played:
    """Start a side process on a case of the sandbox.

    Raises:  NotFound; what the engine refuses it with.
    """
    with worlds.looking(played) as world, db.reading() as session:
        found = worlds.cases(session)
        if number >= len(found):
            raise NotFound
        leading = _way_to(world, found[number])
    entry = {"start": process, "as": role, **({"item": item} if item else {})}
    return _all(played, [*leading, entry])


def go_to(played: Played, moment: datetime) -> Played:
    """Let time pass to a moment; what falls due on the way happens at its own.

    Raises:  TimeNotPassing.
    """
    with worlds.looking(played), db.reading() as session:
        now = time_source.now(session)
    last = time_source.add_days(now, 366 * MOST_YEARS)
    if not now < moment <= last:
        raise TimeNotPassing
    return worlds.go_on(played, {"advance_to": recording.local(moment)})


def go_to_next_due(played: Played) -> Played:
    """Let time pass until the next thing falls due.

    Raises:  NothingComing.
    """
    with worlds.looking(played):
        due = timers.next_due_at()
        with db.reading() as session:
            now = time_source.now(session)
    if due is None:
        raise NothingComing
    return worlds.go_on(played, {"advance_to": recording.local(max(due, now))})


def _all(played: Played, entries: list[dict[str, Any]]) -> Played:
    for entry in entries:
        played = worlds.go_on(played, entry)
    return played


@contextmanager
def _task(played: Played, key: str, role: str) -> Iterator[_Task]:
    with worlds.looking(played) as world:
        with db.reading() as session:
            row = viewing.find_task(session, key)
            if row is None:
                raise TrialTaskGone
            file = store.read_case(session, row.case_id, SANDBOX)
            roles, case, item = viewing.roles_of(file, row), file.case, row.item_key
            number = int(key.partition(".")[0])
        known = [name for name, _ in roles]
        chosen = role or next(iter(known), "")
        if chosen not in known:
            raise NotFound
        actor = Cast(case.board_id).member_for(chosen, known, item, case.id)
        yield _Task(world, row, case, number, chosen, roles, actor)


def _page(key: str, task: _Task, page: TaskPage) -> TrialTaskPage:
    with db.reading() as session:
        now = time_source.now(session)
    return TrialTaskPage(key, page, task.role, task.roles, task.actor.name, now)


def _filled(
    file: CaseFile, task: UserTask, part: task_pages.FormPart, posted: Posted
) -> dict[str, list[str]]:
    """Return what was typed into a part of a task, and examples where nothing was."""
    names, functions = file.names(task.item_key), file.functions(task.item_key)
    around = task_pages.around(file, part.form, part.content, task.item_key)
    form, sections = part.form, part.sections
    read = forms.clean(form, sections, posted, names=names, functions=functions, around=around)
    typed = {
        key: value
        for values in read.values.values()
        for key, value in values.items()
        if value not in (None, False, [])
    }
    values = forms.examples(
        form,
        sections,
        existing=part.content,
        given=typed,
        names=names,
        functions=functions,
        around=around,
    )
    kept = {name: texts for name, texts in posted.items() if any(text.strip() for text in texts)}
    return {**forms.to_posted(form, sections, values), **kept}


def _checked(task: _Task, posted: Posted) -> TaskPage:
    """Check what was typed, with an example, which is no file, where a file has to be sent.

    A sandbox takes no files in: they would have to lie somewhere.
    """
    try:
        return tasks.check_task(task.row.id, posted, {}, task.actor)
    except InvalidForm as invalid:
        page = tasks.open_task(task.row.id, task.actor)
        asked = [error.field for error in invalid.errors if _is_file(page, error.field)]
        if not asked:
            raise
    with db.transaction() as session:
        row = Upload(
            board_id=task.case.board_id,
            case_id=task.case.id,
            sha256="",
            filename=forms.EXAMPLE_FILE["name"],
            media_type="application/pdf",
            size=0,
            uploaded_by=task.actor.account_id,
            at=time_source.now(session),
        )
        session.add(row)
        session.flush()
        example = {f"{name}-kept": [str(row.id)] for name in asked}
    return tasks.check_task(task.row.id, {**posted, **example}, {}, task.actor)


def _is_file(page: TaskPage, name: str) -> bool:
    """Say whether an input is one that takes a file, also one of a row (`rows-0-file`)."""
    rows, _, column = name.rpartition("-")
    path = f"{rows.partition('-')[0]}.{column}" if rows else column
    found = (each for part in page.parts for each in forms.find_inputs(part.form, path))
    return any(each.field.type == "filepicker" for each in found)


def _way_to(world: World, case: Case) -> list[dict[str, Any]]:
    """Return the steps by which a scenario goes over to a case.

    Raises:  NewerCaseThere.
    """
    player = world.player
    if case.id == player.case:
        return []
    if case.id == player.root_id:
        return [{"case": "root"}]
    with db.reading() as session:
        links = {
            row.case_id: row
            for row in session.scalars(
                select(CaseLink).where(CaseLink.linked_id == case.id).order_by(CaseLink.id)
            )
        }
    for start in (player.case, player.root_id):
        link = links.get(start) if start else None
        if start and link and finding.linked(start, case.process, link.item_key or "") == case.id:
            back = [] if start == player.case else [{"case": "root"}]
            item = {"item": link.item_key} if link.item_key else {}
            return [*back, {"case": case.process, **item}]
    raise NewerCaseThere
