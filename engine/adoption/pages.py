"""Say what people see while they put a matter on record, and of a case that was taken in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine import access, accounts, case_pages, db, facts, feel, notices, people, store, task_pages
from engine.adoption import drafts
from engine.adoption.known import Beginning, Known, StepName, from_json
from engine.adoption.recording import (
    PastStep,
    Recorded,
    clean,
    fire_what_is_due,
    open_task,
    open_tasks,
    record,
    root_of,
)
from engine.adoption.ways import is_ahead
from engine.case_pages import CaseHead
from engine.clocks import RUNS
from engine.deployments import Definitions
from engine.errors import EngineError, FieldError, NotFound
from engine.models import Adoption, Board, Case, Notice, UserTask
from engine.people import Actor, Person
from engine.store import CaseFile
from engine.task_pages import ClockSummary, FormPart, TaskSummary
from engine.texts import Text


@dataclass(frozen=True)
class OutlineStep:
    """A step of the process in words; `part` where it is the name of a part that holds others.

    `state` is done, open, coming, or passed: the way that was recorded does not come to it.
    """

    depth: int
    process: str
    step: str
    name: Text
    requirement: str
    state: str
    is_part: bool = False


@dataclass(frozen=True)
class RecordedLine:
    """A step that is recorded as done before, by its number."""

    number: int
    name: Text
    day: date | None
    is_known: bool


@dataclass(frozen=True)
class OpenLine:
    """A step that is open where the matter stands now."""

    step: StepName
    name: Text
    is_chosen: bool


@dataclass(frozen=True)
class MissingDay:
    """A time limit that cannot run, or runs on although it was met, because nobody gave the day.

    `number` is that of the recorded step whose form asks for the day.
    """

    clock: Text
    day: Text
    number: int


@dataclass(frozen=True)
class PersonLine:
    """Who holds a role on the matter, and since when; nothing, where nobody knows."""

    role: str
    role_name: Text
    account_id: uuid.UUID
    name: str
    since: date | None


@dataclass(frozen=True)
class Told:
    """A message that goes out as soon as the matter is taken in."""

    to: Text
    subject: Text


@dataclass(frozen=True)
class AdoptionPage:
    """All that is known of a matter under way, and where that lets it stand."""

    id: uuid.UUID
    version: int
    process: Text
    board: Text
    beginning: Beginning
    recorded: tuple[RecordedLine, ...]
    open: tuple[OpenLine, ...]
    outline: tuple[OutlineStep, ...]
    people: tuple[PersonLine, ...]
    dropped: tuple[Text, ...]
    oddities: tuple[Text, ...]
    missing: tuple[MissingDay, ...]
    not_met: tuple[MissingDay, ...]
    roles: Mapping[str, Text]
    candidates: tuple[Person, ...]


@dataclass(frozen=True)
class AdoptionOutlook:
    """What would be open, what clocks would run, and who would be told, were it taken in now."""

    page: AdoptionPage
    tasks: tuple[TaskSummary, ...]
    clocks: tuple[ClockSummary, ...]
    told: tuple[Told, ...]
    closed: bool


@dataclass(frozen=True)
class PastStepPage:
    """The forms of a step that was done before; `number` where it is recorded already."""

    id: uuid.UUID
    process: Text
    name: Text
    guidance: Text
    requirement: str
    step: StepName
    number: int | None
    day: date | None
    parts: tuple[FormPart, ...]
    names: Mapping[str, feel.Value]
    functions: Mapping[str, Callable[..., Any]]
    warnings: tuple[FieldError, ...]
    refused: EngineError | None = None


@dataclass(frozen=True)
class AdoptionLine:
    """A matter that is being put on record, in a list."""

    id: uuid.UUID
    process: Text
    board: Text
    reference: str
    begun_by_name: str
    begun_at: datetime


@dataclass(frozen=True)
class PastTask:
    """A step of a case that was recorded, not performed."""

    name: Text
    requirement: str
    happened_on: date | None


@dataclass(frozen=True)
class AdoptedPage:
    """What was recorded, not performed, when a case was taken in, and who looked it over."""

    head: CaseHead
    reference: str
    began_on: date | None
    adopted_at: datetime
    adopted_by_name: str
    checked_at: datetime | None
    checked_by_name: str
    may_check: bool
    is_own: bool
    steps: tuple[PastTask, ...]


def adoptions_begun(actor: Actor) -> tuple[AdoptionLine, ...]:
    """Return the matters that are being put on record on the Boards that a person co-ordinates."""
    with db.reading() as session:
        boards = {board.id: board for board, _ in people.boards_of(session, actor)}
        rows = session.scalars(
            select(Adoption)
            .where(Adoption.state == "begun", Adoption.board_id.in_(boards))
            .order_by(Adoption.begun_at, Adoption.id)
        ).all()
        names = accounts.names_of(session, {str(row.begun_by) for row in rows})
        found = []
        for row in rows:
            definitions = drafts.definitions_of(session, row)
            if access.may_adopt(session, actor, row.board_id, root_of(definitions, row.process)):
                found.append(
                    AdoptionLine(
                        row.id,
                        task_pages.process_name(definitions, row.process),
                        _board(boards[row.board_id]),
                        from_json(row.content).beginning.reference,
                        names[str(row.begun_by)],
                        row.begun_at,
                    )
                )
        return tuple(found)


def adoption_page(adoption_id: uuid.UUID, actor: Actor) -> AdoptionPage:
    """Return what is known of a matter, and where it stands by that.

    Raises:  NotFound; AdoptionOver.
    """
    with drafts.looking(adoption_id, actor) as (session, row, known):
        so_far = Recorded()
        file = drafts.play(session, row, known, so_far, actor)
        # What will open by itself may have been done before, too.
        fire_what_is_due(file)
        return _page(file, row, known, so_far)


def adoption_outlook(adoption_id: uuid.UUID, actor: Actor) -> AdoptionOutlook:
    """Return what would come of taking a matter in, by doing it and taking it back.

    Raises:  NotFound; AdoptionOver; what `adopt` raises.
    """
    with drafts.looking(adoption_id, actor) as (session, row, known):
        so_far = Recorded()
        file = drafts.take_in(session, row, known, so_far, actor)
        page = _page(file, row, known, so_far)
        fire_what_is_due(file)
        session.flush()
        return AdoptionOutlook(
            page=page,
            tasks=tuple(task_pages.summarise(session, open_tasks(file), actor)),
            clocks=tuple(
                one for one in task_pages.clock_summaries(file) if one.state != "not_started"
            ),
            told=tuple(_told(file)),
            closed=file.case.state == "closed",
        )


def past_step_page(
    adoption_id: uuid.UUID,
    actor: Actor,
    step: StepName | None = None,
    number: int | None = None,
    *,
    typed: tuple[date | None, Mapping[str, list[str]]] | None = None,
    asked: bool = False,
) -> PastStepPage:
    """Return the forms of a step, filled with what is recorded, was laid aside, or is typed now.

    Takes:   step, one that is open; or number, of one that is recorded; asked, to say what keeps it
             from being recorded as it is filled in.
    Raises:  NotFound; AdoptionOver; CannotHaveBeenDone.
    """
    with drafts.looking(adoption_id, actor) as (session, row, known):
        if number is not None and not 1 <= number <= len(known.steps):
            raise NotFound
        recorded = known.steps[number - 1] if number is not None else None
        name = StepName(*recorded.key) if recorded else step
        if name is None:
            raise NotFound
        before = known.steps if number is None else known.steps[: number - 1]
        file = drafts.play(session, row, replace(known, steps=before), Recorded(), actor)
        wanted = _typed(known, name, recorded, typed)
        page = _step_page(file, row, name, number, wanted)
        return replace(page, refused=_why_not(file, wanted)) if asked else page


def adoptions_unchecked(actor: Actor) -> tuple[tuple[uuid.UUID, str], ...]:
    """Return the cases that a person co-ordinates and that wait to be held against the papers.

    Each by its id and identifier.
    """
    with db.reading() as session:
        mine = access.coordinated_cases(session, actor).with_only_columns(Case.id)
        rows = session.execute(
            select(Case.id, Case.identifier)
            .join(Adoption, Adoption.case_id == Case.id)
            .where(Adoption.checked_by.is_(None), Case.id.in_(mine))
            .order_by(Adoption.begun_at, Case.id)
        )
        return tuple((row.id, row.identifier) for row in rows)


def adopted_page(case_id: uuid.UUID, actor: Actor) -> AdoptedPage:
    """Return what was recorded, not performed, when a case was taken in.

    Raises:  NotFound, also for a case that began here.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case)
        access.require_case(file, actor, held)
        row = session.scalar(select(Adoption).where(Adoption.case_id == case_id))
        if row is None or file.case.adopted_at is None:
            raise NotFound
        beginning = from_json(row.content).beginning
        confirms = access.confirms(file, held)
        return AdoptedPage(
            head=case_pages.head_of(file, actor, held),
            reference=beginning.reference if access.coordinates(file, held) else "",
            began_on=beginning.began_on,
            adopted_at=file.case.adopted_at,
            adopted_by_name=accounts.name_of(session, str(row.adopted_by)),
            checked_at=row.checked_at,
            checked_by_name=accounts.name_of(session, str(row.checked_by))
            if row.checked_by
            else "",
            may_check=confirms and row.checked_by is None and row.adopted_by != actor.account_id,
            is_own=row.adopted_by == actor.account_id,
            steps=tuple(_past_tasks(file)),
        )


def _page(file: CaseFile, row: Adoption, known: Known, so_far: Recorded) -> AdoptionPage:
    session, definitions = file.session, file.definitions
    roles = drafts.case_roles(session, row)
    candidates = tuple(people.people_of(session, row.board_id))
    names = {one.account_id: one.name for one in candidates}
    return AdoptionPage(
        id=row.id,
        version=row.version,
        process=task_pages.process_name(definitions, row.process),
        board=_board(session.get_one(Board, row.board_id)),
        beginning=known.beginning,
        recorded=tuple(
            RecordedLine(number, name, one.day, one.posted is not None)
            for number, (one, name) in enumerate(zip(so_far.steps, so_far.names, strict=True), 1)
        ),
        open=tuple(_open_lines(file, known)),
        outline=tuple(_outline(file, row.process)),
        people=tuple(
            PersonLine(
                one.role, roles[one.role], one.account_id, names.get(one.account_id, ""), one.since
            )
            for one in known.people
            if one.role in roles
        ),
        dropped=tuple(_name_of(definitions, StepName.of(one)) for one in known.dropped),
        oddities=tuple(so_far.oddities),
        missing=tuple(_missing_days(file, so_far)),
        not_met=tuple(_missing_days(file, so_far, to_meet=True)),
        roles=roles,
        candidates=candidates,
    )


def _open_lines(file: CaseFile, known: Known) -> Iterator[OpenLine]:
    for task in open_tasks(file):
        process = file.instance(task.instance_id).process
        name = StepName(process, task.bpmn_id, task.item_key)
        text = _name_of(file.definitions, name)
        item = task_pages.item_label(file, task.item_key)
        if item is not None:
            text = Text(f"{text.en}: {item.en}", f"{text.cy}: {item.cy}")
        yield OpenLine(name, text, bool({task.bpmn_id, name.target} & {*known.stands_at}))


def _missing_days(
    file: CaseFile, so_far: Recorded, *, to_meet: bool = False
) -> Iterator[MissingDay]:
    """Yield the fixed time limits that stand still although the step that dates them is done.

    Takes:   to_meet, for those of all time limits that run on although what meets them is done.
    """
    definitions, told = file.definitions, set[str]()
    for _, clock in sorted(file.clocks.items()):
        row = definitions.timescales[clock.timescale]
        stands = clock.state == "not_started" and row.fixed and row.runs_from
        wanted = [row.runs_from] if stands else []
        if to_meet:
            wanted = [one for one in row.facts if one in row.ends] if clock.state in RUNS else []
        for name in sorted(facts.behind(definitions.facts, wanted)):
            declared = definitions.facts[name]
            number = _asking_for(definitions, facts.fields_of(declared), so_far)
            known = file.names(clock.item_key or None).get(name) is not None
            if number is not None and not known and name not in told:
                told.add(name)
                yield MissingDay(row.name, declared.text, number)


def _asking_for(
    definitions: Definitions, fields: Collection[tuple[str, str]], so_far: Recorded
) -> int | None:
    """Return the number of the last recorded step that asks for one of some fields."""
    found = None
    for number, one in enumerate(so_far.steps, 1):
        for use in definitions.processes[one.process].elements[one.step].forms:
            form = definitions.forms[use.form]
            for section in use.sections or [each.id for each in form.sections]:
                keys = {(form.id, field.key) for field in form.section(section).fields}
                found = number if keys & set(fields) else found
    return found


def _outline(file: CaseFile, within: str) -> Iterator[OutlineStep]:
    """Yield the steps of a case and of the parts it calls, in reading order, each once."""
    states: dict[tuple[str, str], str] = {}
    for task in file.session.scalars(select(UserTask).where(UserTask.case_id == file.case.id)):
        key = (file.instance(task.instance_id).process, task.bpmn_id)
        if task.state == "open" or states.get(key) != "open":
            states[key] = "open" if task.state == "open" else "done"
    yield from _steps_of(file, file.case.process, 0, states, {file.case.process}, within)


def _steps_of(
    file: CaseFile,
    process: str,
    depth: int,
    states: Mapping[tuple[str, str], str],
    seen: set[str],
    within: str,
) -> Iterator[OutlineStep]:
    known = file.definitions.processes
    for element in known[process].reading_order():
        name = Text(element.name("en"), element.name("cy"))
        requirement = " ".join(element.requirement)
        if element.kind == "userTask":
            state = states.get((process, element.id)) or (
                "coming" if is_ahead(file, process, element.id) else "passed"
            )
            yield OutlineStep(depth, process, element.id, name, requirement, state)
        elif element.called in known and element.called not in seen:
            if known[element.called].goes_on_as and within not in (
                file.case.process,
                element.called,
            ):
                continue
            seen.add(element.called)
            yield OutlineStep(depth, process, element.id, name, requirement, "", is_part=True)
            yield from _steps_of(file, element.called, depth + 1, states, seen, within)


def _told(file: CaseFile) -> Iterator[Told]:
    """Yield the messages that were written in this transaction: those of the case, in order."""
    rows = file.session.scalars(
        select(Notice).where(Notice.case_id == file.case.id).order_by(Notice.number)
    )
    for row in rows:
        role = file.definitions.roles.get(row.to_role)
        yield Told(role.text, notices.subject(file.session, row))


def _step_page(
    file: CaseFile, row: Adoption, name: StepName, number: int | None, wanted: PastStep
) -> PastStepPage:
    task = open_task(file, wanted)
    element = task_pages.element_of(file, task)
    parts, cleaned = clean(file, task, wanted)
    item = task_pages.item_label(file, task.item_key)
    text = Text(element.name("en"), element.name("cy"))
    if item is not None:
        text = Text(f"{text.en}: {item.en}", f"{text.cy}: {item.cy}")
    return PastStepPage(
        id=row.id,
        process=task_pages.process_name(file.definitions, name.process),
        name=text,
        guidance=Text(element.documentation("en"), element.documentation("cy")),
        requirement=" ".join(element.requirement),
        step=name,
        number=number,
        day=wanted.day,
        parts=parts,
        names=dict(file.names(task.item_key)),
        functions=dict(file.functions(task.item_key)),
        warnings=tuple(warning for found in cleaned for warning in found.warnings),
    )


def _why_not(file: CaseFile, wanted: PastStep) -> EngineError | None:
    """Return what keeps a step from being recorded as it is filled in; nothing, if nothing does."""
    try:
        record(file, wanted, Recorded())
    except drafts.DOES_NOT_FIT as refused:
        return refused
    return None


def _typed(
    known: Known,
    name: StepName,
    recorded: PastStep | None,
    typed: tuple[date | None, Mapping[str, list[str]]] | None,
) -> PastStep:
    """Return what a step is filled with: typed now, else laid aside, else recorded."""
    if typed is None:
        typed = known.aside.get(name.text)
    if typed is not None:
        return PastStep(name.process, name.step, name.item, *typed)
    return recorded or PastStep(name.process, name.step, name.item)


def _past_tasks(file: CaseFile) -> Iterator[PastTask]:
    rows = file.session.scalars(
        select(UserTask)
        .where(UserTask.case_id == file.case.id, UserTask.recorded_at.is_not(None))
        .order_by(UserTask.number)
    )
    for task in rows:
        element = task_pages.element_of(file, task)
        item = task_pages.item_label(file, task.item_key)
        name = Text(element.name("en"), element.name("cy"))
        if item is not None:
            name = Text(f"{name.en}: {item.en}", f"{name.cy}: {item.cy}")
        yield PastTask(name, task.requirement, task.happened_on)


def _name_of(definitions: Definitions, name: StepName) -> Text:
    process = definitions.processes.get(name.process)
    element = process.elements.get(name.step) if process else None
    if element is None:
        return Text(name.step, name.step)
    return Text(element.name("en"), element.name("cy"))


def _board(board: Board) -> Text:
    return Text(board.name_en, board.name_cy)
