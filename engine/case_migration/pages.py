"""Say which open cases of a Board could go on with its newest version, move them, and back."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import access, accounts, corrections, db, deployments, store, task_pages, time_source
from engine.case_migration import matching, moving
from engine.case_migration.comparing import Wanted
from engine.case_migration.matching import Given
from engine.case_migration.told import MayNotMove, Outlook, Told, name_of
from engine.case_migration.views import (
    Moved,
    MovedLine,
    MovingCount,
    MovingLine,
    MovingPage,
    NotMoved,
    PinnedVersion,
    UnmatchedStep,
)
from engine.corrections import CaseMovedOn
from engine.errors import EngineError, NotFound
from engine.models import Board, Case, CaseMove, Deployment
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text

#: So many cases are moved in one request, so that a person sees how far it has come.
AT_ONCE = 10

#: Why new steps are passed over: {process: {id: reason}}.
Passed = Mapping[str, Mapping[str, str]]


class NothingToTakeBack(EngineError):
    """This case was not moved, or its last move was taken back already. Open the case to see."""

    status = 409


class _TakenBack(Exception):
    """Ends a transaction so that nothing of it is kept, and says what it would have done."""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook = outlook


def boards_behind(actor: Actor) -> tuple[tuple[str, Text, int], ...]:
    """Return the Boards with open cases on older versions that a person co-ordinates: how many."""
    with db.reading() as session:
        found = []
        for board in access.boards_coordinated(session, actor):
            behind = _behind(board, deployments.newest(session, board.id))
            mine = _of_coordinator(session, actor, behind).subquery()
            count = session.scalar(select(func.count()).select_from(mine)) or 0
            if count:
                found.append((board.key, Text(board.name_en, board.name_cy), count))
        return tuple(found)


def moving_page(
    key: str,
    actor: Actor,
    *,
    process: str = "",
    version: uuid.UUID | None = None,
    renamed: Given | None = None,
) -> MovingPage:
    """Return which open cases of a Board could go on with its newest version, and what changes.

    Takes:   process and version, to cut the list down; renamed, steps that took others' place.
    Raises:  NotFound, for whoever neither co-ordinates, designs nor administers there;
             StepsDoNotMatch.
    """
    with db.reading() as session:
        board, acts = _board(session, key, actor)
        newest = deployments.newest(session, board.id)
        behind = _behind(board, newest)
        own = set(session.scalars(_of_coordinator(session, actor, behind)))
        rows = session.scalars(_in_order(behind)).all()
        known = _lines(session, [row for row in rows if "count" in acts or row.id in own])
        lines = [one for one in known if version in (None, one.version.id)]
        lines = [one for one in lines if process in ("", one.process_id)]
        pinned = {one.version.id for one in lines if one.case_id in own}
        steps = list(_unmatched(session, pinned, newest, renamed or {}))
        moved = tuple(_moved(session, actor, board)) if "move" in acts else ()
        version_now = _versions(session, [newest.id])[newest.id]
    wanted = Wanted(newest.id, renamed or {})
    looked = [replace(one, outlook=_look(one.case_id, wanted, actor)) for one in lines]
    return MovingPage(
        key=board.key,
        board=Text(board.name_en, board.name_cy),
        newest=version_now,
        may_move="move" in acts,
        may_count="count" in acts,
        lines=tuple(one for one in looked if one.case_id in own),
        counts=tuple(_counts(looked)) if "count" in acts else (),
        unmatched=tuple(steps),
        moved=moved,
        processes=tuple(sorted({one.process_id: one.process for one in known}.items())),
        versions=tuple(sorted({one.version for one in known}, key=_by_day)),
    )


def look_at_moves(
    key: str, case_ids: Collection[uuid.UUID], renamed: Given, passed: Passed, actor: Actor
) -> tuple[MovingLine, ...]:
    """Return what moving some cases would do now, with steps renamed and passed over.

    Those that are on the newest version already are left out.
    Raises:  NotFound, where the person does not co-ordinate one of them; StepsDoNotMatch.
    """
    with db.reading() as session:
        board, _ = _board(session, key, actor)
        newest = deployments.newest(session, board.id)
        rows = _mine(session, actor, board, case_ids)
        open_rows = [
            row for row in rows if row.deployment_id != newest.id and row.state != "closed"
        ]
        lines, new = _lines(session, open_rows), deployments.load(session, newest.id)
    wanted = Wanted(newest.id, renamed, passed)
    return tuple(_looked_at(one, new, wanted, actor) for one in lines)


def move_cases(
    key: str,
    seen: Mapping[uuid.UUID, str],
    renamed: Given,
    passed: Passed,
    actor: Actor,
) -> Moved:
    """Move cases to the newest version of their Board, each by itself; one that fails stays.

    Takes:   seen, the cases with the fingerprint of what the page showed of each; no more than
             `AT_ONCE` of them are moved.
    Raises:  NotFound.
    """
    with db.reading() as session:
        board, acts = _board(session, key, actor)
        if "move" not in acts:
            raise NotFound
        newest = deployments.newest(session, board.id).id
        names = {row.id: row.identifier for row in _mine(session, actor, board, seen)}
    done, stayed = [], []
    turn = list(seen)
    for case_id in turn[:AT_ONCE]:
        try:
            _move(case_id, Wanted(newest, renamed, passed), seen[case_id], actor)
        except EngineError as why:
            stayed.append(NotMoved(case_id, names[case_id], why))
        else:
            done.append(names[case_id])
    return Moved(tuple(done), tuple(stayed), tuple(turn[AT_ONCE:]))


def taking_back_page(key: str, case_id: uuid.UUID, actor: Actor) -> MovingLine:
    """Return what would come of taking the last move of a case back; its version is where to.

    Raises:  NotFound; NothingToTakeBack.
    """
    with db.reading() as session:
        board, _ = _board(session, key, actor)
        _mine(session, actor, board, [case_id])
        file = store.read_case(session, case_id, str(actor.account_id))
        wanted = _back(file)
        version = _versions(session, [wanted.target])[wanted.target]
        name = task_pages.process_name(file.definitions, file.case.process)
        about = (file.case.identifier, file.case.process, name, version)
    return MovingLine(case_id, *about, _look(case_id, None, actor))


def take_move_back(key: str, case_id: uuid.UUID, seen: str, actor: Actor) -> None:
    """Let a case go on with the version that it had before its last move.

    Takes:   seen, the fingerprint of what the page showed.
    Raises:  NotFound; NothingToTakeBack; CaseMovedOn; MayNotMove; NotProved.
    """
    with db.reading() as session:
        board, _ = _board(session, key, actor)
        _mine(session, actor, board, [case_id])
    _move(case_id, None, seen, actor)


def _move(case_id: uuid.UUID, wanted: Wanted | None, seen: str, actor: Actor) -> None:
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        corrections.require_coordinator(file, actor)
        if moving.move(file, wanted or _back(file), actor).fingerprint != seen:
            raise CaseMovedOn


def _look(case_id: uuid.UUID, wanted: Wanted | None, actor: Actor) -> Outlook:
    """Return what would come of a move, by doing it and taking it back (D39)."""
    try:
        with db.transaction() as session:
            file = store.lock_case(session, case_id, str(actor.account_id))
            raise _TakenBack(moving.move(file, wanted or _back(file), actor))
    except _TakenBack as taken_back:
        return taken_back.outlook
    except MayNotMove as refused:
        return Outlook(refusals=refused.refusals)
    except EngineError as refused:
        return Outlook(refusals=(Told("refused_at_once", {"why": refused}),))


def _lines(session: Session, rows: Sequence[Case]) -> list[MovingLine]:
    """Return cases as they are listed, before anybody has looked at what moving would do."""
    versions = _versions(session, {row.deployment_id for row in rows})
    return [
        MovingLine(
            row.id,
            row.identifier,
            row.process,
            _process(deployments.load(session, row.deployment_id), row.process),
            versions[row.deployment_id],
        )
        for row in rows
    ]


def _looked_at(
    line: MovingLine, new: deployments.Definitions, wanted: Wanted, actor: Actor
) -> MovingLine:
    """Return a case with what moving it would do, and the steps that are passed over for it."""
    outlook = _look(line.case_id, wanted, actor)
    steps = {one.step: None for one in outlook.refusals if one.step != ("", "")}
    steps |= {(process, key): None for process, given in wanted.passed.items() for key in given}
    to_pass = tuple(
        ((process, key), name_of(new.processes[process].elements[key]))
        for process, key in steps
        if process in new.processes and key in new.processes[process].elements
    )
    return replace(line, outlook=outlook, to_pass=to_pass)


def _back(file: CaseFile) -> Wanted:
    """Return the move that takes the last one back."""
    last = file.session.scalars(
        select(CaseMove)
        .where(CaseMove.case_id == file.case.id)
        .order_by(CaseMove.number.desc())
        .limit(1)
    ).first()
    if last is None or last.takes_back is not None:
        raise NothingToTakeBack
    renamed = {
        process: {to: key for key, to in ids.items()} for process, ids in last.renamed.items()
    }
    return Wanted(last.from_deployment_id, renamed, takes_back=last)


def _mine(
    session: Session, actor: Actor, board: Board, case_ids: Collection[uuid.UUID]
) -> list[Case]:
    """Return cases of a Board that a person co-ordinates, in order.

    Raises:  NotFound, where one of them is not.
    """
    mine = access.coordinated_cases(session, actor).where(Case.board_id == board.id)
    rows = list(session.scalars(_in_order(mine.where(Case.id.in_(case_ids)))))
    if {row.id for row in rows} != set(case_ids):
        raise NotFound
    return rows


def _board(session: Session, key: str, actor: Actor) -> tuple[Board, frozenset[str]]:
    board = session.scalars(select(Board).where(Board.key == key)).one_or_none()
    acts = access.moving_acts(session, actor, board.id) if board is not None else frozenset()
    if board is None or not acts:
        raise NotFound
    return board, acts


def _behind(board: Board, newest: Deployment) -> Any:
    return select(Case).where(
        Case.board_id == board.id, Case.state != "closed", Case.deployment_id != newest.id
    )


def _in_order(query: Any) -> Any:
    return query.order_by(Case.identifier, Case.id)


def _of_coordinator(session: Session, actor: Actor, behind: Any) -> Any:
    mine = access.coordinated_cases(session, actor).with_only_columns(Case.id)
    return behind.where(Case.id.in_(mine)).with_only_columns(Case.id)


def _versions(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PinnedVersion]:
    rows = session.scalars(select(Deployment).where(Deployment.id.in_(ids)).order_by(Deployment.id))
    return {
        row.id: PinnedVersion(
            row.id,
            row.number,
            row.edition,
            row.variation,
            time_source.local_day(row.deployed_at),
            row.board_id is not None,
        )
        for row in rows
    }


def _by_day(version: PinnedVersion) -> tuple[date, int, str]:
    return version.deployed_on, version.number, str(version.id)


def _process(definitions: deployments.Definitions, process: str) -> Text:
    return task_pages.process_name(definitions, process)


def _counts(lines: Sequence[MovingLine]) -> Iterator[MovingCount]:
    counted = Counter((one.process_id, one.version.id, one.outlook.verdict) for one in lines)
    about = {(one.process_id, one.version.id): one for one in lines}
    for (process, version, verdict), count in sorted(counted.items(), key=str):
        one = about[process, version]
        yield MovingCount(one.process, one.version, verdict, count)


def _unmatched(
    session: Session, pinned: Collection[uuid.UUID], newest: Deployment, given: Given
) -> Iterator[UnmatchedStep]:
    """Yield the steps that a person may have to find, each once, found already or not.

    Raises:  StepsDoNotMatch, where one cannot be what they say.
    """
    new, seen = deployments.load(session, newest.id), set()
    for deployment_id in sorted(pinned):
        old = deployments.load(session, deployment_id)
        matching.renamings(old, new, given)
        for one in matching.unmatched(old, new, matching.renamings(old, new, {})):
            key = (one.process.id, one.element.id)
            if one.candidates and key not in seen:
                seen.add(key)
                choices = tuple((each.id, name_of(each)) for each in one.candidates)
                name = _process(old, one.process.id)
                yield UnmatchedStep(key[0], name, key[1], name_of(one.element), choices)


def _moved(session: Session, actor: Actor, board: Board) -> Iterator[MovedLine]:
    """Yield the open cases that a person co-ordinates and whose last move can be taken back."""
    mine = access.coordinated_cases(session, actor).where(
        Case.board_id == board.id, Case.state != "closed", Case.moves > 0
    )
    rows = {row.id: row for row in session.scalars(_in_order(mine))}
    moves = session.scalars(
        select(CaseMove)
        .where(CaseMove.case_id.in_(rows))
        .order_by(CaseMove.case_id, CaseMove.number)
    )
    last = {move.case_id: move for move in moves}
    versions = _versions(session, [move.from_deployment_id for move in last.values()])
    names = accounts.names_of(session, {str(move.moved_by) for move in last.values()})
    for case_id, row in rows.items():
        move = last[case_id]
        if move.takes_back is None:
            name = _process(deployments.load(session, row.deployment_id), row.process)
            yield MovedLine(
                case_id, row.identifier, name, versions[move.from_deployment_id], move.at,
                names[str(move.moved_by)],
            )  # fmt: skip
