"""Try a draft out: begin a sandbox of it, see how it stands, go on in it, and end it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine import accounts, db, deployments, scenarios, time_source
from engine.deployments import Definitions
from engine.errors import EngineError
from engine.models import Sandbox, new_id
from engine.people import Actor
from engine.sandboxes import doing, recording, rows, viewing, worlds
from engine.sandboxes.doing import TrialTaskPage
from engine.sandboxes.rows import MOST_OPEN, Found, SandboxEnded, TooManySandboxes
from engine.sandboxes.viewing import Standing
from engine.sandboxes.worlds import Played
from engine.task_pages import Posted
from engine.texts import Text
from engine.variations import rows as drafts
from engine.variations.drafts import DraftHead, head

#: At this time of its first day a sandbox begins.
MORNING = time(9, 0)

#: So far from today at most does it begin.
MOST_AWAY = timedelta(days=3653)


class NoProcessChosen(EngineError):
    """Choose the process to begin a case of."""

    status = 422


class BeginsTooFarOff(EngineError):
    """Choose a day at most ten years from today."""

    status = 422


@dataclass(frozen=True)
class SandboxLine:
    """A sandbox in a list."""

    number: int
    process: Text
    revision: int
    begun_by: str
    begun_at: datetime
    steps: int


@dataclass(frozen=True)
class SandboxesPage:
    """What of a draft can be tried, and the sandboxes of it that go on."""

    head: DraftHead
    processes: tuple[tuple[str, Text], ...]
    sandboxes: tuple[SandboxLine, ...]
    today: date


@dataclass(frozen=True)
class TriedStep:
    """One step that was done, in words; `kind` is its verb in a scenario.

    `moment` is when time went to; `role` who did a task or started something.
    """

    number: int
    kind: str
    name: Text
    role: Text | None
    item: str
    moment: datetime | None


@dataclass(frozen=True)
class SandboxPage:
    """A sandbox as it stands; `newest` says from which of its steps whoever goes on began."""

    head: DraftHead
    line: SandboxLine
    newest: int
    steps: tuple[TriedStep, ...]
    standing: Standing
    may_go_on: bool


@dataclass(frozen=True)
class SandboxTaskPage:
    """The page of a task of a sandbox, with the head of its draft."""

    head: DraftHead
    line: SandboxLine
    newest: int
    trial: TrialTaskPage


def sandboxes_page(draft_id: uuid.UUID, actor: Actor) -> SandboxesPage:
    """Return what of a draft can be tried, and what is being tried.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        roots = _roots(drafts.resolved(session, desk.row))
        lines = [
            _line(session, row, rows.counting(rows.steps_of(session, row)), roots)
            for row in rows.open_sandboxes(session, draft_id, None)
        ]
        today = time_source.today(session)
        return SandboxesPage(head(session, desk, actor), tuple(roots.items()), tuple(lines), today)


def begin_sandbox(draft_id: uuid.UUID, process: str, day: date, actor: Actor) -> int:
    """Begin a case of a root process of a draft as it is now, on a day; return its number.

    Raises:  NotFound; NoProcessChosen; BeginsTooFarOff; TooManySandboxes; SandboxEnded; NotPlayed;
             InvalidDeployment, for a draft that cannot run.
    """
    with db.reading() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        revision, files = desk.row.revision, drafts.resolved(session, desk.row)
        away = abs(day - time_source.today(session))
    if away > MOST_AWAY:
        raise BeginsTooFarOff
    if process not in _roots(files):
        raise NoProcessChosen
    began = time_source.next_at(time_source.start_of_day(day), MORNING)
    return _begin(draft_id, revision, Played(files, process, began), actor)


def try_again(draft_id: uuid.UUID, number: int, actor: Actor) -> int:
    """Do what was done in a sandbox once more, with the draft as it is now; return its number.

    Raises:  NotFound; as `begin_sandbox`; what the engine refuses a step with.
    """
    with db.reading() as session:
        found = rows.find(session, draft_id, number, actor)
        revision, files = found.desk.row.revision, drafts.resolved(session, found.desk.row)
    old = found.played
    return _begin(draft_id, revision, Played(files, old.process, old.began, old.steps), actor)


def sandbox_page(draft_id: uuid.UUID, number: int, actor: Actor, instance: str = "") -> SandboxPage:
    """Return how a sandbox stands.

    Takes:   instance, the key of the process whose diagram is wanted.
    Raises:  NotFound; InvalidDeployment and NotPlayed, where it cannot be made again.
    """
    with db.reading() as session:
        found = rows.find(session, draft_id, number, actor)
        top, line = head(session, found.desk, actor), _line_of(session, found)
        going_on = _goes_on(found)
    standing = viewing.standing(found.played, instance)
    definitions = deployments.build(found.played.files)
    return SandboxPage(
        head=top,
        line=line,
        newest=found.newest,
        steps=tuple(_steps(found.played, definitions)),
        standing=standing,
        may_go_on=going_on,
    )


def sandbox_task(
    draft_id: uuid.UUID,
    number: int,
    key: str,
    role: str,
    actor: Actor,
    posted: Posted | None = None,
    *,
    examples: bool = False,
) -> SandboxTaskPage:
    """Return the page of a task as whoever holds a role sees it, with what was typed.

    Takes:   role, left empty for the first that may do it; examples, to fill in what is open.
    Raises:  NotFound; SandboxEnded; TrialTaskGone.
    """
    with db.reading() as session:
        found = rows.find(session, draft_id, number, actor)
        rows.require_going_on(found)
        top, line = head(session, found.desk, actor), _line_of(session, found)
    if examples:
        trial = doing.with_examples(found.played, key, role, posted or {})
    else:
        trial = doing.open_task(found.played, key, role, posted)
    return SandboxTaskPage(top, line, found.newest, trial)


def do_sandbox_task(
    draft_id: uuid.UUID, number: int, newest: int, key: str, role: str, posted: Posted, actor: Actor
) -> None:
    """Complete a task of a sandbox with what was typed.

    Takes:   newest, from which of its steps the page began.
    Raises:  NotFound; SandboxEnded; SandboxMovedOn; InvalidForm and whatever else the engine
             refuses it with.
    """
    _go_on(draft_id, number, newest, actor, lambda played: doing.do_task(played, key, role, posted))


def start_in_sandbox(
    draft_id: uuid.UUID,
    number: int,
    newest: int,
    place: tuple[int, str, str],
    role: str,
    actor: Actor,
) -> None:
    """Start a side process in a sandbox.

    Takes:   place, the number of the case, the process, and the item that it is for, if for one.
    Raises:  as `do_sandbox_task`.
    """
    _go_on(draft_id, number, newest, actor, lambda played: doing.start_side(played, *place, role))


def move_sandbox_time(
    draft_id: uuid.UUID, number: int, newest: int, day: date | None, actor: Actor
) -> None:
    """Let the time of a sandbox pass to the morning of a day, or until the next thing falls due.

    Raises:  as `do_sandbox_task`; TimeNotPassing; NothingComing.
    """
    if day is None:
        _go_on(draft_id, number, newest, actor, doing.go_to_next_due)
        return
    moment = time_source.next_at(time_source.start_of_day(day), MORNING)
    _go_on(draft_id, number, newest, actor, lambda played: doing.go_to(played, moment))


def take_back_in_sandbox(draft_id: uuid.UUID, number: int, newest: int, actor: Actor) -> None:
    """Take the newest step of a sandbox back; of none, nothing happens.

    Raises:  NotFound; SandboxEnded; SandboxMovedOn.
    """
    with db.transaction() as session:
        if rows.find(session, draft_id, number, actor).played.steps:
            rows.add(session, draft_id, number, newest, [("taken_back", "")], actor)


def end_sandbox(draft_id: uuid.UUID, number: int, actor: Actor) -> None:
    """End a sandbox; what was done in it stays on record, and its database goes by itself.

    Raises:  NotFound.
    """
    with db.transaction() as session:
        drafts.hold(session, drafts.to_read(session, draft_id, actor, "design").row)
        row = rows.find(session, draft_id, number, actor).row
        row.ended_at = row.ended_at or time_source.now(session)


def sandbox_file(draft_id: uuid.UUID, number: int, actor: Actor) -> str:
    """Return what was done in a sandbox as a scenario file.

    Raises:  NotFound.
    """
    with db.reading() as session:
        found = rows.find(session, draft_id, number, actor)
        title = f"{found.desk.row.title} ({found.row.number})"
    return as_file(found.played, title)


def as_file(played: Played, title: str) -> str:
    """Return what was done as a scenario file."""
    return recording.write_file(title, played.process, played.began, played.steps)


def _begin(draft_id: uuid.UUID, revision: int, played: Played, actor: Actor) -> int:
    """Make the database of a new sandbox, and put it on record once that came out well."""
    with db.reading() as session:
        _require_room(session, draft_id, actor)
    with worlds.looking(played):
        pass
    with db.transaction() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        drafts.hold(session, desk.row)
        if desk.row.state not in ("draft", "proposed"):
            raise SandboxEnded
        _require_room(session, draft_id, actor)
        row = Sandbox(
            id=new_id(),
            board_id=desk.row.board_id,
            draft_id=draft_id,
            number=rows.next_number(session, draft_id),
            revision=revision,
            process=played.process,
            starts_at=played.began,
            begun_by=actor.account_id,
            begun_at=time_source.now(session),
        )
        session.add(row)
        session.flush()
        rows.add(session, draft_id, row.number, 0, rows.done(played.steps), actor)
        drafts.record(session, "sandbox_begun", actor, desk.row, sandbox=row.number)
        return row.number


def _require_room(session: Session, draft_id: uuid.UUID, actor: Actor) -> None:
    if len(rows.open_sandboxes(session, draft_id, actor)) >= MOST_OPEN:
        raise TooManySandboxes


def _go_on(
    draft_id: uuid.UUID,
    number: int,
    newest: int,
    actor: Actor,
    act: Callable[[Played], Played],
) -> None:
    """Do something in the database of a sandbox, and write down what was done."""
    with db.reading() as session:
        found = rows.find(session, draft_id, number, actor)
        rows.require_going_on(found)
    if found.newest != newest:
        raise rows.SandboxMovedOn
    after = act(found.played)
    done = rows.done(after.steps[len(found.played.steps) :])
    with db.transaction() as session:
        rows.add(session, draft_id, number, newest, done, actor)


def _goes_on(found: Found) -> bool:
    try:
        rows.require_going_on(found)
    except SandboxEnded:
        return False
    return True


def _roots(files: Mapping[str, bytes]) -> dict[str, Text]:
    """Return the root processes among the diagrams of some files, by id, as they are called."""
    diagrams = {
        path: source
        for path, source in files.items()
        if path.startswith("processes/") and path.endswith(".bpmn")
    }
    found = deployments.read(diagrams).processes.values()
    return {
        one.id: Text(one.name("en"), one.name("cy"))
        for one in sorted(found, key=lambda one: one.name("en"))
        if "root" in one.kind.split()
    }


def _line_of(session: Session, found: Found) -> SandboxLine:
    return _line(session, found.row, found.played.steps, _roots(found.played.files))


def _line(session: Session, row: Sandbox, steps: Any, roots: Mapping[str, Text]) -> SandboxLine:
    return SandboxLine(
        number=row.number,
        process=roots.get(row.process, Text(row.process, row.process)),
        revision=row.revision,
        begun_by=accounts.name_of(session, str(row.begun_by)),
        begun_at=row.begun_at,
        steps=len(steps),
    )


def _steps(played: Played, definitions: Definitions) -> list[TriedStep]:
    story = recording.read(played.process, played.began, played.steps)
    names = {
        element.id: Text(element.name("en"), element.name("cy"))
        for process in definitions.processes.values()
        for element in process.elements.values()
    }
    names |= {
        process.id: Text(process.name("en"), process.name("cy"))
        for process in definitions.processes.values()
    }
    return [_step_line(step, names, definitions) for step in story.steps]


def _step_line(
    step: scenarios.Step, names: Mapping[str, Text], definitions: Definitions
) -> TriedStep:
    said, role = str(step.argument), step.get("as")
    goes = step.verb == "advance_to"
    return TriedStep(
        number=step.number,
        kind=step.verb,
        name=Text("", "") if goes else names.get(said, Text(said, said)),
        role=definitions.roles.get(role).text if role else None,
        item=step.get("item", ""),
        moment=scenarios.instant(step.argument) if goes else None,
    )
