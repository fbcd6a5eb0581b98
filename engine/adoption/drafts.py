"""Keep what is known of a matter under way until it is taken in, and take it in.

Nothing of it runs before: each look plays what is known through the process, and takes it back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, audit, cases, db, deployments, people, store, time_source, timers
from engine.adoption.known import Appointed, Beginning, Known, StepName, from_json, to_json
from engine.adoption.recording import (
    CannotHaveBeenDone,
    CannotStandThere,
    DayAhead,
    DayNeeded,
    IsOverBefore,
    PastStep,
    Recorded,
    come_to_now,
    open_past,
    record,
    root_of,
    walk,
)
from engine.cases import Startable
from engine.deployments import Definitions
from engine.errors import EngineError, FactNotKnown, InvalidForm, NotFound
from engine.models import Adoption, Board, Case, CaseLink, UserTask, new_id
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text

#: How a case may be linked to the one from which it came.
RELATIONS = ("escalation", "hand_over", "method")
MOST_REFERENCE_SIGNS = 200


class AdoptionMovedOn(EngineError):
    """Somebody changed what is known of this matter after you looked. Look at it again, then go on."""  # noqa: E501

    status = 409


class AdoptionOver(EngineError):
    """This matter is a case already, or was given up. Look for it in the list of cases."""

    status = 409


class ReferenceTooLong(EngineError):
    """The reference is too long. Enter at most 200 characters."""

    status = 422


class LinkNotFound(EngineError):
    """There is no case of this Board with that identifier that you may open. Check it, or leave it empty."""  # noqa: E501

    status = 422


class CheckedAlready(EngineError):
    """A second person has held this against the papers already. Open the case to see who."""

    status = 409


class AnotherPersonChecks(EngineError):
    """You put this on record yourself. Ask another person to hold it against the papers."""

    status = 409


def adoptable(actor: Actor) -> list[Startable]:
    """Return what a person may put on record as under way, on each Board they co-ordinate.

    A Concise or Extended Review stands by its own name, within the referral that it began as.
    """
    found = []
    with db.reading() as session:
        for board, _roles in people.boards_of(session, actor):
            definitions = deployments.load(session, deployments.newest(session, board.id).id)
            found += [
                cases.startable_on(definition, board)
                for definition in definitions.processes.values()
                if "root" in definition.kind.split() or definition.goes_on_as
                if access.may_adopt(session, actor, board.id, root_of(definitions, definition.id))
            ]
    return sorted(found, key=lambda entry: (entry.board.en, entry.name.en))


def begin_adoption(
    process: str, board_id: uuid.UUID, beginning: Beginning, actor: Actor, submit_key: str | None
) -> uuid.UUID:
    """Begin to put a matter on record: one, however often the same key comes.

    Raises:  NotFound; DayAhead; ReferenceTooLong; LinkNotFound.
    """
    if not any((one.process, one.board_id) == (process, board_id) for one in adoptable(actor)):
        raise NotFound
    with db.transaction() as session:
        earlier = select(Adoption.id).where(Adoption.submit_key == submit_key)
        if submit_key is not None and (found := session.scalar(earlier)) is not None:
            return found
        _check_beginning(session, board_id, beginning, actor)
        row = Adoption(
            id=new_id(),
            board_id=board_id,
            process=process,
            state="begun",
            version=1,
            content=to_json(Known(beginning, (), {}, (), ())),
            submit_key=submit_key,
            begun_by=actor.account_id,
            begun_at=time_source.now(session),
        )
        session.add(row)
        audit.append(
            session, "adoption_begun", str(actor.account_id), board_id=board_id, subject=process
        )
        return row.id


def change_beginning(adoption_id: uuid.UUID, beginning: Beginning, actor: Actor) -> None:
    """Put right when a matter began, its reference, or the case it came from.

    Raises:  NotFound; AdoptionOver; DayAhead; ReferenceTooLong; LinkNotFound.
    """
    with changing(adoption_id, actor) as (session, row, known):
        _check_beginning(session, row.board_id, beginning, actor)
        keep(row, replace(known, beginning=beginning))


def lay_aside(
    adoption_id: uuid.UUID,
    name: StepName,
    day: date | None,
    posted: Mapping[str, list[str]],
    actor: Actor,
) -> None:
    """Keep what was typed into a step that is not recorded yet."""
    with changing(adoption_id, actor) as (_session, row, known):
        keep(row, replace(known, aside={**known.aside, name.text: (day, dict(posted))}))


def record_step(
    adoption_id: uuid.UUID,
    name: StepName,
    day: date | None,
    posted: Mapping[str, list[str]],
    actor: Actor,
    number: int | None = None,
) -> None:
    """Put a step on record as done before, or (with its number) put right what was recorded.

    What was recorded after it and no longer fits is laid aside, with all that was typed into it.
    Raises:  NotFound; AdoptionOver; InvalidForm; DayNeeded; DayAhead; CannotHaveBeenDone;
             FactNotKnown.
    """
    wanted = PastStep(name.process, name.step, name.item, day, dict(posted))
    with looking(adoption_id, actor) as (session, row, known):
        before = known.steps if number is None else known.steps[: number - 1]
        after = () if number is None else known.steps[number:]
        so_far = Recorded()
        file = _play(session, row, known, before, so_far, actor)
        record(file, wanted, so_far)
    steps, dropped = so_far.steps, list[PastStep]()
    if after:
        steps, dropped = _that_fit(adoption_id, steps, after, actor)
    with changing(adoption_id, actor) as (_session, row, now_known):
        if now_known.steps != known.steps:
            raise AdoptionMovedOn
        # Where it stands no more, it is not to come to again.
        kept = replace(now_known, stands_at=_without(now_known.stands_at, name))
        keep(row, _with_steps(kept, steps, dropped, done=wanted))


def take_back(adoption_id: uuid.UUID, number: int, actor: Actor) -> None:
    """Take a step back that was recorded: it is not done, or what was typed is of no use.

    What came after it and no longer fits is laid aside.
    Raises:  NotFound; AdoptionOver.
    """
    with looking(adoption_id, actor) as (_session, _row, known):
        if not 1 <= number <= len(known.steps):
            raise NotFound
    gone = known.steps[number - 1]
    steps, dropped = _that_fit(adoption_id, known.steps[: number - 1], known.steps[number:], actor)
    with changing(adoption_id, actor) as (_session, row, now_known):
        if now_known.steps != known.steps:
            raise AdoptionMovedOn
        stands_at = _without(now_known.stands_at, StepName(*gone.key))
        kept = replace(now_known, stands_at=stands_at)
        keep(row, _with_steps(kept, steps, [gone, *dropped]))


def stand_at(adoption_id: uuid.UUID, step: str, actor: Actor) -> StepName | None:
    """Let a matter stand at a step: put on record all that must have been done before.

    Takes:   step, as `StepName.target` says it, or by its BPMN id; "" goes on to those that were
             chosen before.
    Returns: the step that has to be filled in first, where something has to be known; else nothing.
    Raises:  NotFound; AdoptionOver; CannotStandThere; IsOverBefore, and nothing is changed.
    """
    waits: StepName | None = None
    so_far = Recorded()
    with looking(adoption_id, actor) as (session, row, known):
        targets = tuple(dict.fromkeys([*known.stands_at, *([step] if step else [])]))
        file = _play(session, row, known, known.steps, so_far, actor)
        asked: list[PastStep] = []

        def known_of(of: CaseFile, task: UserTask) -> PastStep:
            asked.append(_laid_aside(known, of, task))
            return asked[-1]

        try:
            walk(file, targets, known_of, so_far)
        except (InvalidForm, DayNeeded, DayAhead, FactNotKnown):
            waits = StepName(*asked[-1].key)
    with changing(adoption_id, actor) as (_session, row, now_known):
        if now_known.steps != known.steps:
            raise AdoptionMovedOn
        kept = replace(now_known, stands_at=targets)
        keep(row, _with_steps(kept, so_far.steps, []))
    return waits


def appoint_past(adoption_id: uuid.UUID, wanted: Appointed, actor: Actor) -> None:
    """Note who holds a role on a matter, and since when.

    Raises:  NotFound; AdoptionOver; DayAhead.
    """
    with changing(adoption_id, actor) as (session, row, known):
        if wanted.since and wanted.since > time_source.today(session):
            raise DayAhead(step=Text("The role", "Y rôl"))
        offered = {one.account_id for one in people.people_of(session, row.board_id)}
        if wanted.account_id not in offered or wanted.role not in case_roles(session, row):
            raise NotFound
        others = [one for one in known.people if (one.role, one.account_id) != _who(wanted)]
        keep(row, replace(known, people=(*others, wanted)))


def leave_out_past(adoption_id: uuid.UUID, role: str, account_id: uuid.UUID, actor: Actor) -> None:
    """Take back that somebody holds a role on a matter."""
    with changing(adoption_id, actor) as (_session, row, known):
        others = [one for one in known.people if _who(one) != (role, account_id)]
        keep(row, replace(known, people=tuple(others)))


def give_up(adoption_id: uuid.UUID, actor: Actor) -> None:
    """Give up putting a matter on record; what was typed stays, and nobody sees it any more."""
    with changing(adoption_id, actor) as (session, row, _known):
        row.state = "given_up"
        audit.append(
            session,
            "adoption_given_up",
            str(actor.account_id),
            board_id=row.board_id,
            subject=row.process,
        )


def adopt(adoption_id: uuid.UUID, seen: int, actor: Actor) -> uuid.UUID:
    """Take a matter in: it is a case from now on, and stands where it has come to.

    What fell due before and was not recorded happens at once, and tells who has to be told.
    Takes:   seen, the version that was looked at; the same one again gives the same case.
    Raises:  NotFound; AdoptionOver; AdoptionMovedOn; what the steps themselves raise.
    """
    with db.transaction() as session:
        row = _row(session, adoption_id, actor, lock=True)
        if row.case_id is not None:
            return row.case_id
        if row.state != "begun":
            raise AdoptionOver
        if row.version != seen:
            raise AdoptionMovedOn
        known = from_json(row.content)
        file = take_in(session, row, known, Recorded(), actor)
        if file.case.state == "closed":
            raise IsOverBefore(step=Text("its end", "ei ddiwedd"))
        row.state, row.case_id, row.adopted_by = "adopted", file.case.id, actor.account_id
        row.version += 1
        case_id = file.case.id
    timers.fire_due_on(case_id)
    return case_id


def take_in(
    session: Session, row: Adoption, known: Known, so_far: Recorded, actor: Actor
) -> CaseFile:
    """Play all that is known through the process, with people and link, and come to today."""
    other = _hold_linked(session, row.board_id, known.beginning, actor)
    file = _play(session, row, known, known.steps, so_far, actor)
    for one in known.people:
        since = one.since or time_source.today(session)
        try:
            people.appoint_to_case(
                session, file.case, one.role, one.account_id, "", file.actor, starts_on=since
            )
        except people.AlreadyAppointed:
            # A form that was recorded named them by their address.
            continue
    if other is not None:
        _link(file, other, known.beginning.relation)
    unknown = sum(one.day is None for one in known.steps)
    come_to_now(file, {"steps": len(known.steps), "days_not_known": unknown})
    return file


def check(case_id: uuid.UUID, actor: Actor) -> None:
    """Say, as a second person, that what was recorded was held against the papers.

    Raises:  NotFound; AnotherPersonChecks; CheckedAlready.
    """
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        row = session.scalar(select(Adoption).where(Adoption.case_id == case_id))
        held = access.roles_on(session, actor, file.case)
        if row is None or not access.confirms(file, held):
            raise NotFound
        if row.adopted_by == actor.account_id:
            raise AnotherPersonChecks
        if row.checked_by is not None:
            raise CheckedAlready
        row.checked_by, row.checked_at = actor.account_id, file.now
        store.save_case(file, "adoption_checked", subject=file.case.process)


@contextmanager
def looking(adoption_id: uuid.UUID, actor: Actor) -> Iterator[tuple[Session, Adoption, Known]]:
    """Let something be tried out on what is known of a matter; all of it is taken back.

    Raises:  NotFound; AdoptionOver.
    """
    try:
        with db.transaction() as session:
            row = _row(session, adoption_id, actor)
            if row.state != "begun":
                raise AdoptionOver
            yield session, row, from_json(row.content)
            raise _TakenBack
    except _TakenBack:
        return


@contextmanager
def changing(adoption_id: uuid.UUID, actor: Actor) -> Iterator[tuple[Session, Adoption, Known]]:
    """Let what is known of a matter be changed, by one person at a time.

    Raises:  NotFound; AdoptionOver.
    """
    with db.transaction() as session:
        row = _row(session, adoption_id, actor, lock=True)
        if row.state != "begun":
            raise AdoptionOver
        yield session, row, from_json(row.content)


def keep(row: Adoption, known: Known) -> None:
    """Write down what is known of a matter now."""
    row.content = to_json(known)
    row.version += 1


def play(session: Session, row: Adoption, known: Known, so_far: Recorded, actor: Actor) -> CaseFile:
    """Play what is known through the process, up to where it stands."""
    return _play(session, row, known, known.steps, so_far, actor)


def case_roles(session: Session, row: Adoption) -> dict[str, Text]:
    """Return the roles that somebody may hold on a whole case, by key."""
    definitions = definitions_of(session, row)
    process = root_of(definitions, row.process)
    return {
        key: definitions.roles.get(key).text
        for key in definitions.roles.counting_on(process, sorted(definitions.roles))
        if definitions.roles.get(key).scope == "case"
    }


def definitions_of(session: Session, row: Adoption) -> Definitions:
    """Return what a matter would run on, were it taken in now."""
    return deployments.load(session, deployments.newest(session, row.board_id).id)


class _TakenBack(Exception):
    """Ends a transaction so that nothing of it is kept."""


def _play(
    session: Session,
    row: Adoption,
    known: Known,
    done: Sequence[PastStep],
    so_far: Recorded,
    actor: Actor,
) -> CaseFile:
    board = session.scalars(audit.held(select(Board).where(Board.id == row.board_id))).one()
    definitions = definitions_of(session, row)
    days = [one.day for one in done if one.day]
    file = open_past(
        session,
        board,
        definitions.processes[root_of(definitions, row.process)],
        str(actor.account_id),
        actor.account_id,
        known.beginning.began_on or min(days, default=None),
    )
    for one in done:
        record(file, one, so_far)
    return file


def _that_fit(
    adoption_id: uuid.UUID, before: Sequence[PastStep], after: Sequence[PastStep], actor: Actor
) -> tuple[list[PastStep], list[PastStep]]:
    """Return the steps that can be put on record one after the other, and those that cannot."""
    fitting, dropped = list(before), list[PastStep]()
    waiting = list(after)
    while waiting:
        so_far = Recorded()
        try:
            with looking(adoption_id, actor) as (session, row, known):
                _play(session, row, known, [*fitting, *waiting], so_far, actor)
        except DOES_NOT_FIT:
            place = len(so_far.steps)
            if place < len(before):
                # Not what comes after, but what was there before does not fit any more.
                raise
            dropped.append([*fitting, *waiting][place])
            waiting = [*fitting, *waiting][place + 1 :]
            fitting = so_far.steps
        else:
            fitting, waiting = so_far.steps, []
    return fitting, dropped


#: What a step may raise that cannot be put on record where it stands, or not yet.
DOES_NOT_FIT = (
    CannotHaveBeenDone,
    CannotStandThere,
    IsOverBefore,
    DayNeeded,
    DayAhead,
    FactNotKnown,
    InvalidForm,
)


def _with_steps(
    known: Known,
    steps: Sequence[PastStep],
    dropped: Sequence[PastStep],
    done: PastStep | None = None,
) -> Known:
    """Return what is known with other steps on record, and what was typed into the others aside."""
    aside = dict(known.aside)
    for one in dropped:
        if one.posted is not None or one.day:
            aside[StepName(*one.key).text] = (one.day, dict(one.posted or {}))
    if done is not None:
        aside.pop(StepName(*done.key).text, None)
    names = tuple(StepName(*one.key).text for one in dropped)
    return replace(known, steps=tuple(steps), aside=aside, dropped=names)


def _without(places: Sequence[str], name: StepName) -> tuple[str, ...]:
    return tuple(one for one in places if one not in (name.step, name.target))


def _laid_aside(known: Known, file: CaseFile, task: UserTask) -> PastStep:
    process = file.instance(task.instance_id).process
    name = StepName(process, task.bpmn_id, task.item_key)
    day, posted = known.aside.get(name.text, (None, None))
    return PastStep(process, task.bpmn_id, task.item_key, day, posted)


def _check_beginning(
    session: Session, board_id: uuid.UUID, beginning: Beginning, actor: Actor
) -> None:
    if beginning.began_on and beginning.began_on > time_source.today(session):
        raise DayAhead(step=Text("The beginning", "Y dechrau"))
    if len(beginning.reference) > MOST_REFERENCE_SIGNS:
        raise ReferenceTooLong
    if beginning.linked and _linked(session, board_id, beginning.linked, actor) is None:
        raise LinkNotFound


def _linked(session: Session, board_id: uuid.UUID, identifier: str, actor: Actor) -> Case | None:
    visible = access.visible_cases(session, actor)
    return session.scalar(
        visible.where(Case.board_id == board_id, Case.identifier == identifier.strip())
    )


def _hold_linked(
    session: Session, board_id: uuid.UUID, beginning: Beginning, actor: Actor
) -> CaseFile | None:
    """Lock the case from which a matter came, before its Board, as every report does (D21).

    Raises:  LinkNotFound.
    """
    if not beginning.linked:
        return None
    other = _linked(session, board_id, beginning.linked, actor)
    if other is None:
        raise LinkNotFound
    return store.lock_case(session, other.id, str(actor.account_id))


def _link(file: CaseFile, other: CaseFile, relation: str) -> None:
    """Link a case to the one from which it came, both ways; what it reports from now on goes there.

    Both records say so.
    """
    for one, its, direction in ((file, other, "from"), (other, file, "to")):
        file.session.add(
            CaseLink(
                id=new_id(),
                board_id=one.case.board_id,
                case_id=one.case.id,
                linked_id=its.case.id,
                relation=relation,
                direction=direction,
                item_key=None,
                linked_at=file.now,
            )
        )
        told = "opened" if direction == "to" else "from"
        data = {told: its.case.identifier, "relation": relation}
        store.record_event(one, "case_linked", subject=its.case.process, data=data)


def _row(session: Session, adoption_id: uuid.UUID, actor: Actor, *, lock: bool = False) -> Adoption:
    query = select(Adoption).where(Adoption.id == adoption_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    root = root_of(definitions_of(session, row), row.process)
    if not access.may_adopt(session, actor, row.board_id, root):
        raise NotFound
    return row


def _who(one: Appointed) -> tuple[str, uuid.UUID]:
    return one.role, one.account_id
