"""Keep the meetings of Boards, their groups and Panels: when, on what, with which papers.

The agenda is worked out from what is due to the body whenever it is looked at. What was decided is
recorded here and filled into the draft of whoever sends the task; the task itself is sent by them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, defer

from engine import (
    access,
    agendas,
    audit,
    case_pages,
    db,
    documents,
    forms,
    papers,
    people,
    sections,
    store,
    task_pages,
    tasks,
    time_source,
)
from engine.agendas import AgendaItem
from engine.errors import EngineError, NotFound
from engine.models import (
    Account,
    Appointment,
    Board,
    Case,
    Document,
    Meeting,
    MeetingRecord,
    UserTask,
)
from engine.papers import Heading, Pair, Pairs, Paper, Paragraph, Table
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text, day_in_words

#: How many meetings that are over stand on one page.
PAGE = 25
MAX_PLACE = 200
MAX_TEXT = 4_000
MAX_QUORUM = 99
HOWS = ("unanimous", "majority")

_PAST, _AHEAD = timedelta(days=366), timedelta(days=731)

#: What the first paper of a pack says.
_KINDS = {
    "decision": Text("A decision is awaited", "Disgwylir penderfyniad"),
    "escalated": Text(
        "Reminders did not settle it, so it comes to this meeting",
        "Ni fu nodiadau atgoffa’n ddigon, felly daw i’r cyfarfod hwn",
    ),
    "overdue": Text("Overdue", "Yn hwyr"),
    "task": Text("To be done", "I’w wneud"),
}
_WHEN, _WHERE = Text("When", "Pryd"), Text("Where", "Ble")
_AGENDA, _NO_DAY = Text("Agenda", "Agenda"), Text("No day", "Dim diwrnod")
_NOTHING_DUE = Text("Nothing is due to this meeting.", "Nid oes dim i’r cyfarfod hwn.")
_COLUMNS = (Text("Case", "Achos"), Text("What", "Beth"), Text("Due by", "Erbyn"))


class MeetingRefused(EngineError):
    """The meeting cannot be kept as it is. Put right what is marked, then send it again."""

    status = 422
    #: All that is wrong with what was sent, so that it is put right at once.
    together: tuple[MeetingRefused, ...] = ()


class MeetingBodyMissing(MeetingRefused):
    """Choose who meets."""


class MeetingCaseWrong(MeetingRefused):
    """Enter the identifier of an open case that you co-ordinate. Only a Panel meets about one case."""  # noqa: E501


class MeetingDayWrong(MeetingRefused):
    """Enter the day of the meeting, from a year ago to two years ahead."""


class MeetingTimeWrong(MeetingRefused):
    """Enter the time at which it begins, like 14:00."""


class MeetingPlaceMissing(MeetingRefused):
    """Enter where it is held, in at most {most} characters. It may be online."""


class QuorumWrong(MeetingRefused):
    """Enter a whole number from 0 to {most}, or leave it empty."""


class MeetingReasonMissing(MeetingRefused):
    """Say why. The reason is kept with the meeting."""


class MeetingNotYet(MeetingRefused):
    """The day of this meeting has not come. Record it from that day on, or change the day."""

    status = 409


class MeetingOver(MeetingRefused):
    """This meeting was held or cancelled already. Open it again to see what is recorded."""

    status = 409


class MeetingChanged(MeetingRefused):
    """Somebody changed this meeting after you opened it. Look at what they recorded, then change what is still to be changed."""  # noqa: E501

    status = 409


class NobodyPresent(MeetingRefused):
    """Tick who was there."""


class QuorumNotMet(MeetingRefused):
    """{there} were there and {needed} are needed to decide. Record the meeting without decisions, or change the meeting first where fewer may decide."""  # noqa: E501


class DecisionMissing(MeetingRefused):
    """Enter what was decided, in at most {most} characters, and whether by all or by majority."""


class VotesWrong(MeetingRefused):
    """Check the votes. Unanimous means that nobody voted against; a majority is more for than against; nobody votes who was not there."""  # noqa: E501


class SenderMissing(MeetingRefused):
    """Choose who sends the decision. It has to be somebody who may do the task."""


class MeetingTextTooLong(MeetingRefused):
    """This is longer than {most} characters. Make it shorter."""


class _Problems:
    """What is wrong with one form, gathered so that all of it is told at once."""

    def __init__(self) -> None:
        self.found: list[MeetingRefused] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep a refusal in here, and go on after it."""
        try:
            yield
        except MeetingRefused as refused:
            self.found.append(refused)

    def tell(self) -> None:
        """Refuse with the first of what was found, which knows all of it."""
        if self.found:
            self.found[0].together = tuple(self.found)
            raise self.found[0]


@dataclass(frozen=True)
class MeetingPlan:
    """When and where a meeting is; each what was chosen, empty where nothing was."""

    day: date | None
    at: str
    place: str
    quorum: str = ""


@dataclass(frozen=True)
class BodyChoice:
    """A body for which somebody may plan a meeting; of a case, where it is one's own body."""

    board_key: str
    body: str
    board: Text
    name: Text
    of_case: bool


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in a list."""

    id: uuid.UUID
    board: Text
    body: Text
    case_identifier: str
    case_id: uuid.UUID | None
    day: date
    at: str
    place: str
    quorum: int
    state: str
    version: int
    why: str


@dataclass(frozen=True)
class MeetingList:
    """The meetings that a person may know of: those to come, and a page of those that are over."""

    coming: tuple[MeetingLine, ...]
    over: tuple[MeetingLine, ...]
    number: int
    pages: int
    choices: tuple[BodyChoice, ...]


@dataclass(frozen=True)
class PackPaper:
    """A document that a meeting, and whoever asks, may have before them."""

    id: str
    case_identifier: str
    title: Text
    about: Text | None
    version: int
    at: datetime


@dataclass(frozen=True)
class Decision:
    """What a meeting decided on a task: how, with which votes, and who sends the task.

    Votes are whole numbers as they were typed; empty, they were not counted.
    """

    task: str
    text: str
    how: str
    votes_for: str = ""
    votes_against: str = ""
    votes_abstained: str = ""
    sender: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was decided."""
        votes = (self.votes_for, self.votes_against, self.votes_abstained)
        return not (self.text.strip() or self.how or any(vote.strip() for vote in votes))


@dataclass(frozen=True)
class MeetingContent:
    """What is recorded of a meeting: the accounts that were there, others, what was said, decided."""  # noqa: E501

    present: tuple[str, ...]
    others: str
    notes: str
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class DecisionLine:
    """A decision as people read it; `sender` is a name."""

    case_identifier: str
    name: Text
    decision: Decision
    sender: str


@dataclass(frozen=True)
class MeetingDecision:
    """What a meeting decided on a task; without `meeting_id` for whoever may not open its page."""

    meeting_id: uuid.UUID | None
    body: Text
    day: date
    decision: Decision


@dataclass(frozen=True)
class MeetingVersion:
    """A version of the record of a meeting; `present` are names."""

    number: int
    present: tuple[str, ...]
    content: MeetingContent
    decisions: tuple[DecisionLine, ...]
    author_name: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class MeetingPage:
    """All that the page of a meeting shows; `records` are the newest first.

    `has_agenda` says that the agenda is built, or was kept when the meeting was recorded: of a
    later meeting it is once it is the next. `members` are those who sit in the body, by account.
    `open_tasks` and `open_cases` are those of the agenda that this person may open.
    """

    line: MeetingLine
    may_keep: bool
    has_agenda: bool
    may_record: bool
    agenda: tuple[AgendaItem, ...]
    papers: tuple[PackPaper, ...]
    members: tuple[tuple[str, str], ...]
    records: tuple[MeetingVersion, ...]
    open_tasks: frozenset[str] = frozenset()
    open_cases: frozenset[uuid.UUID] = frozenset()


def list_meetings(actor: Actor, number: int = 1) -> MeetingList:
    """Return the meetings that a person may know of.

    Raises:  NotFound, for a page that is not there.
    """
    with db.reading() as session:
        seen = access.visible_meetings(session, actor)
        to_come = and_(Meeting.state == "planned", Meeting.day >= time_source.today(session))
        ahead = seen.where(to_come).order_by(Meeting.day, Meeting.at, Meeting.id)
        over = seen.where(~to_come)
        total = session.scalar(select(func.count()).select_from(over.subquery())) or 0
        pages = case_pages.count_pages(total, PAGE, number)
        rows = over.order_by(Meeting.day.desc(), Meeting.at.desc(), Meeting.id)
        return MeetingList(
            coming=tuple(_lines(session, session.scalars(ahead).all())),
            over=tuple(
                _lines(session, session.scalars(rows.limit(PAGE).offset((number - 1) * PAGE)).all())
            ),
            number=number,
            pages=pages,
            choices=tuple(_choices(session, actor)),
        )


def plan_meeting(
    board_key: str,
    body: str,
    case_identifier: str,
    plan: MeetingPlan,
    actor: Actor,
    submit_key: str | None = None,
) -> uuid.UUID:
    """Plan a meeting of a body of a Board, or of the Panel of a case; once for a submit key.

    Raises:  NotFound, for whoever may plan none; MeetingRefused, of which each child says what is
             wrong.
    """
    with db.transaction() as session:
        choices = {(one.board_key, one.body): one for one in _choices(session, actor)}
        if not choices:
            raise NotFound
        problems = _Problems()
        with problems.gathered():
            choice = choices.get((board_key, body))
            board, file = _chosen(session, choice, case_identifier.strip(), actor)
        values = _checked(session, plan, problems)
        problems.tell()
        if submit_key:
            again = session.scalar(select(Meeting.id).where(Meeting.submit_key == submit_key))
            if again is not None:
                return again
        meeting = Meeting(
            board_id=board.id,
            case_id=file.case.id if file else None,
            body=body,
            state="planned",
            why="",
            version=1,
            submit_key=submit_key,
            **values,
        )
        session.add(meeting)
        session.flush()
        _record(session, file, meeting, "meeting_planned", actor)
        return meeting.id


def move_meeting(
    meeting_id: uuid.UUID, plan: MeetingPlan, reason: str, actor: Actor, *, seen: int
) -> None:
    """Change when and where a planned meeting is, and how many it needs, with the reason.

    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = _lock(session, meeting_id, actor, seen)
        if meeting.state != "planned":
            raise MeetingOver
        before, problems = meeting.day.isoformat(), _Problems()
        values = _checked(session, plan, problems)
        with problems.gathered():
            meeting.why = _reason(reason)
        problems.tell()
        for name, value in values.items():
            setattr(meeting, name, value)
        _record(session, file, meeting, "meeting_moved", actor, before=before)


def cancel_meeting(meeting_id: uuid.UUID, reason: str, actor: Actor, *, seen: int) -> None:
    """Cancel a planned meeting, with the reason; it stays in the calendar as cancelled.

    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = _lock(session, meeting_id, actor, seen)
        if meeting.state != "planned":
            raise MeetingOver
        meeting.why, meeting.state = _reason(reason), "cancelled"
        _record(session, file, meeting, "meeting_cancelled", actor)


def meeting_page(meeting_id: uuid.UUID, actor: Actor) -> MeetingPage:
    """Return the page of a meeting.

    Raises:  NotFound.
    """
    with db.reading() as session:
        meeting = _find(session, meeting_id, actor)
        keeps = access.may_keep_meetings(session, actor, meeting.board_id, meeting.case_id)
        before = _before_it(session, meeting, actor)
        agenda = before.agenda if before else []
        records = tuple(_versions(session, meeting))
        found = _papers(session, meeting, before, actor) if before else []
        written = documents.written(session, [(row.id, number) for _, _, row, number in found])
        has_come = meeting.day <= time_source.today(session)
        return MeetingPage(
            line=next(_lines(session, [meeting])),
            may_keep=keeps,
            has_agenda=before is not None,
            may_record=keeps and has_come and meeting.state != "cancelled",
            agenda=tuple(agenda),
            papers=tuple(
                PackPaper(
                    id=str(row.id),
                    case_identifier=file.case.identifier,
                    title=file.definitions.forms[row.form].texts["title"],
                    about=task_pages.item_label(file, row.item_key),
                    version=number,
                    at=written[row.id, number].at,
                )
                for file, _, row, number in found
            ),
            members=tuple(_members(session, meeting)),
            records=records,
            open_tasks=_openable_tasks(session, agenda, actor),
            open_cases=access.openable_among(session, actor, {one.case_id for one in agenda}),
        )


def meeting_decisions(task_id: uuid.UUID, actor: Actor) -> tuple[MeetingDecision, ...]:
    """Return what meetings decided on a task, for its senders and whoever may know of a meeting."""
    with db.reading() as session:
        task = session.get(UserTask, task_id)
        if task is None:
            return ()
        known = set(
            session.scalars(access.visible_meetings(session, actor).with_only_columns(Meeting.id))
        )
        # What is decided is encrypted, so it is not looked for: few meetings are held while a task
        # is open.
        rows = session.execute(
            select(Meeting, MeetingRecord)
            .join(MeetingRecord, MeetingRecord.meeting_id == Meeting.id)
            .where(Meeting.board_id == task.board_id, MeetingRecord.at >= task.opened_at)
            .order_by(Meeting.day, MeetingRecord.number)
        )
        newest = {meeting.id: (meeting, record) for meeting, record in rows}
        found = []
        for meeting, record in newest.values():
            body = people.roles_of_board(session, meeting.board_id).get(meeting.body).text
            for one in record.content["decisions"]:
                sends = one["sender"] == str(actor.account_id)
                if one["task"] == str(task_id) and (sends or meeting.id in known):
                    opens = meeting.id if meeting.id in known else None
                    found.append(MeetingDecision(opens, body, meeting.day, _decision_in(one)))
        return tuple(found)


def meeting_pack(meeting_id: uuid.UUID, wanted: Collection[str], actor: Actor) -> Paper:
    """Return the agenda of a meeting and the papers wanted, bound into one paper.

    It holds what the body that meets may read, and nothing that whoever asks may not read too.
    The record says that it was taken away.
    Raises:  NotFound; MeetingOver, for one whose agenda is not built.
    """
    with db.transaction() as session:
        meeting = _find(session, meeting_id, actor)
        if meeting.case_id is not None:
            store.lock_case(session, meeting.case_id, str(actor.account_id))
        before = _before_it(session, meeting, actor)
        if before is None:
            raise MeetingOver
        bound = [
            paper
            for file, readers, row, number in _papers(session, meeting, before, actor)
            if str(row.id) in wanted
            for paper in [papers.paper_for(file, readers, row, number)]
            if paper is not None
        ]
        audit.append(
            session,
            "meeting_pack_taken",
            str(actor.account_id),
            board_id=meeting.board_id,
            case_id=meeting.case_id,
            subject=meeting.body,
            data={"meeting": str(meeting.id), "papers": len(bound)},
        )
        return papers.bind(_front(session, meeting, before.agenda), bound)


def record_meeting(
    meeting_id: uuid.UUID, content: MeetingContent, reason: str, actor: Actor, *, seen: int
) -> None:
    """Record what a meeting decided, or put that right in a new version, with the reason.

    What the forms of the tasks ask of a meeting is filled into the draft of whoever sends each,
    where they have typed nothing themselves, and each is given to whoever sends it.
    Takes:   seen, the version of the meeting that the person had before them.
    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        ids = [uuid.UUID(one.task) for one in content.decisions if _is_id(one.task)]
        decided_on = {str(row.id): row for row in session.scalars(_tasks_of(ids))}
        # Cases before the Board, and in one order, so that no two of us wait for each other.
        locked = {
            case_id: store.lock_case(session, case_id, str(actor.account_id))
            for case_id in sorted({row.case_id for row in decided_on.values()}, key=str)
        }
        file, meeting = _lock(session, meeting_id, actor, seen)
        if meeting.state == "cancelled":
            raise MeetingOver
        if meeting.day > time_source.today(session):
            raise MeetingNotYet
        records = list(_records(session, meeting))
        problems = _Problems()
        agenda = [] if records else agendas.agenda_of(session, meeting, actor)
        decided = _check(session, meeting, content, records, agenda, problems)
        if records:
            with problems.gathered():
                _reason(reason)
        problems.tell()
        for item, decision in decided:
            if item is not None:
                task = decided_on[decision.task]
                _fill_in(session, meeting, task, decision)
                _give(locked[task.case_id], meeting, task, decision)
        kept = records[-1].content if records else _kept(session, agenda)
        before = {part: kept[part] for part in ("agenda", "papers") if part in kept}
        _keep(session, meeting, content, decided, records, reason.strip(), actor, before)
        event = "meeting_record_put_right" if records else "meeting_recorded"
        _record(session, file, meeting, event, actor, decisions=len(decided))


def _find(session: Session, meeting_id: uuid.UUID, actor: Actor) -> Meeting:
    seen = access.visible_meetings(session, actor).where(Meeting.id == meeting_id)
    meeting = session.scalars(seen).first()
    if meeting is None:
        raise NotFound
    return meeting


def _lock(
    session: Session, meeting_id: uuid.UUID, actor: Actor, seen: int
) -> tuple[CaseFile | None, Meeting]:
    """Lock a meeting for whoever keeps it: its case, else its Board, on whose record it stands.

    Raises:  NotFound, for everybody else; MeetingChanged.
    """
    meeting = _find(session, meeting_id, actor)
    if not access.may_keep_meetings(session, actor, meeting.board_id, meeting.case_id):
        raise NotFound
    file = None
    if meeting.case_id is None:
        audit.hold(session, meeting.board_id)
    else:
        file = store.lock_case(session, meeting.case_id, str(actor.account_id))
    session.refresh(meeting)
    if meeting.version != seen:
        raise MeetingChanged
    meeting.version += 1
    return file, meeting


def _record(
    session: Session,
    file: CaseFile | None,
    meeting: Meeting,
    event: str,
    actor: Actor,
    **more: Any,
) -> None:
    """Put what happened on the record of the case or the Board: ids, days and numbers only."""
    data = {
        "meeting": str(meeting.id),
        "body": meeting.body,
        "day": meeting.day.isoformat(),
        **more,
    }
    if file is not None:
        store.save_case(file, event, subject=meeting.body, data=data)
    else:
        actor_id = str(actor.account_id)
        audit.append(
            session, event, actor_id, board_id=meeting.board_id, subject=meeting.body, data=data
        )


def _choices(session: Session, actor: Actor) -> Iterator[BodyChoice]:
    for board in access.boards_coordinated(session, actor):
        of_board = access.may_keep_meetings(session, actor, board.id, None)
        for body in people.roles_of_board(session, board.id).bodies:
            if of_board or body.scope == "case":
                name = Text(board.name_en, board.name_cy)
                yield BodyChoice(board.key, body.key, name, body.text, body.scope == "case")


def _chosen(
    session: Session, choice: BodyChoice | None, identifier: str, actor: Actor
) -> tuple[Board, CaseFile | None]:
    """Lock what a meeting stands on the record of: the case of a Panel, else the Board.

    Raises:  MeetingBodyMissing; MeetingCaseWrong.
    """
    if choice is None:
        raise MeetingBodyMissing
    board = session.scalars(select(Board).where(Board.key == choice.board_key)).one()
    if choice.of_case:
        return board, _case_of(session, board, identifier, actor)
    if identifier:
        raise MeetingCaseWrong
    audit.hold(session, board.id)
    return board, None


def _case_of(session: Session, board: Board, identifier: str, actor: Actor) -> CaseFile:
    """Lock the open case of a Board whose Panel meets.

    Raises:  MeetingCaseWrong.
    """
    mine = access.coordinated_cases(session, actor).where(
        Case.board_id == board.id, Case.identifier == identifier.upper(), Case.state != "closed"
    )
    case_id = session.scalar(mine.with_only_columns(Case.id))
    if case_id is None:
        raise MeetingCaseWrong
    return store.lock_case(session, case_id, str(actor.account_id))


def _checked(session: Session, plan: MeetingPlan, problems: _Problems) -> dict[str, Any]:
    today = time_source.today(session)
    at, place = plan.at.strip().replace(".", ":"), " ".join(plan.place.split())
    quorum = _whole(plan.quorum)
    with problems.gathered():
        if plan.day is None or not today - _PAST <= plan.day <= today + _AHEAD:
            raise MeetingDayWrong
    with problems.gathered():
        if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", at, re.ASCII):
            raise MeetingTimeWrong
    with problems.gathered():
        if not 0 < len(place) <= MAX_PLACE:
            raise MeetingPlaceMissing(most=MAX_PLACE)
    with problems.gathered():
        if quorum is None or quorum > MAX_QUORUM:
            raise QuorumWrong(most=MAX_QUORUM)
    return {"day": plan.day, "at": at.zfill(5), "place": place, "quorum": quorum}


def _whole(typed: str) -> int | None:
    """Return a whole number of at most four digits, 0 where nothing was typed, else None."""
    said = typed.strip() or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else None


def _reason(typed: str) -> str:
    reason = typed.strip()
    if not reason:
        raise MeetingReasonMissing
    if len(reason) > MAX_TEXT:
        raise MeetingTextTooLong(most=MAX_TEXT)
    return reason


def _lines(session: Session, rows: Sequence[Meeting]) -> Iterator[MeetingLine]:
    boards = {
        row.id: row
        for row in session.scalars(
            select(Board).where(Board.id.in_({one.board_id for one in rows}))
        )
    }
    ids = {one.case_id for one in rows if one.case_id}
    cases = session.scalars(select(Case).where(Case.id.in_(ids)).options(defer(Case.facts)))
    identifiers: dict[uuid.UUID | None, str] = {case.id: case.identifier for case in cases}
    for row in rows:
        board = boards[row.board_id]
        yield MeetingLine(
            id=row.id,
            board=Text(board.name_en, board.name_cy),
            body=people.roles_of_board(session, row.board_id).get(row.body).text,
            case_identifier=identifiers.get(row.case_id, ""),
            case_id=row.case_id,
            day=row.day,
            at=row.at,
            place=row.place,
            quorum=row.quorum,
            state=row.state,
            version=row.version,
            why=row.why,
        )


def _give(file: CaseFile, meeting: Meeting, task: UserTask, decision: Decision) -> None:
    """Put the task that was decided on into the list of whoever sends it."""
    if not decision.sender or task.claimed_by == uuid.UUID(decision.sender):
        return
    data = tasks.assign(file, task.id, uuid.UUID(decision.sender))
    of_meeting = {**data, "meeting": str(meeting.id)}
    store.save_case(file, "task_assigned", subject=task.requirement, data=of_meeting)


def _fill_in(session: Session, meeting: Meeting, task: UserTask, decision: Decision) -> None:
    """Fill what a form asks of a meeting into the draft of its sender, where nothing was typed."""
    if task.state != "open" or not decision.sender:
        return
    file = store.read_case(session, task.case_id, decision.sender)
    sender = uuid.UUID(decision.sender)
    given = {
        "day": meeting.day.isoformat(),
        "place": meeting.place,
        "how": decision.how,
        "majority": decision.text.strip() if decision.how == "majority" else "",
    }
    for key, field, wanted in agendas.asked_of(file, task):
        fits = not field.options or given[wanted] in {option.value for option in field.options}
        if not given[wanted] or not fits:
            continue
        draft = documents.read_draft(session, task.id, sender)
        parts = task_pages.form_parts(file, task, draft.content if draft else None)
        part = sections.find_part(parts, key)
        assert part is not None
        posted = forms.of_sections(part.form, [key.section], part.posted)
        values = {key.section: {field.key: given[wanted]}}
        new = forms.to_posted(part.form, [key.section], values)
        new = {name: texts for name, texts in new.items() if any(texts)}
        if not any(any(posted.get(name, ())) for name in new):
            kept = sections.draft_with(parts, key, {**posted, **new})
            documents.save_draft(session, task, sender, kept)


@dataclass(frozen=True)
class _Before:
    """What a meeting has, or had, before it.

    `versions` are those of the documents of its cases when it was recorded, by id; before that
    there are none, and the newest count.
    """

    agenda: list[AgendaItem]
    versions: Mapping[str, int] | None = None


def _before_it(session: Session, meeting: Meeting, actor: Actor) -> _Before | None:
    """Return what is before a meeting; nothing of one that is cancelled or comes after another.

    What a meeting had before it stays with its record, as it was: the agenda of today is another.
    """
    if agendas.is_next(session, meeting):
        return _Before(agendas.agenda_of(session, meeting, actor))
    first = next(iter(_records(session, meeting)), None)
    if first is None or "agenda" not in first.content:
        return None
    return _Before(agendas.from_kept(first.content["agenda"]), first.content["papers"])


def _kept(session: Session, agenda: Sequence[AgendaItem]) -> dict[str, Any]:
    """Return what a meeting has before it as its record keeps it."""
    of_cases = select(Document.id, Document.version).where(
        Document.case_id.in_({item.case_id for item in agenda})
    )
    return {
        "agenda": agendas.to_keep(agenda),
        "papers": {str(key): version for key, version in session.execute(of_cases)},
    }


def _openable_tasks(session: Session, agenda: Sequence[AgendaItem], actor: Actor) -> frozenset[str]:
    keys = [uuid.UUID(item.key) for item in agenda if item.kind in ("decision", "task")]
    mine = select(UserTask.id).where(
        UserTask.id.in_(keys), UserTask.state == "open", access.may_do(session, actor)
    )
    return frozenset(str(key) for key in session.scalars(mine))


def _papers(
    session: Session, meeting: Meeting, before: _Before, actor: Actor
) -> list[tuple[CaseFile, access.Readers, Document, int]]:
    """Return the documents of the cases on an agenda that the body and whoever asks may read.

    It costs as many queries, however many cases and documents there are.
    """
    ids = list(dict.fromkeys(item.case_id for item in before.agenda))
    files = store.read_cases(session, ids, str(actor.account_id))
    held = access.roles_on_cases(session, actor, [file.case for file in files.values()])
    rows = session.scalars(
        select(Document).where(Document.case_id.in_(ids)).order_by(Document.created_at, Document.id)
    ).all()
    readers = {
        case_id: [access.body_as_reader(file, meeting.body), (actor, held[case_id])]
        for case_id, file in files.items()
    }
    versions = before.versions
    found = [
        (files[row.case_id], readers[row.case_id], row, number)
        for row in rows
        for number in [row.version if versions is None else versions.get(str(row.id), 0)]
        if number
    ]
    return sorted(access.takeable_by_all(session, found), key=lambda one: one[0].case.identifier)


def _front(session: Session, meeting: Meeting, agenda: Sequence[AgendaItem]) -> Paper:
    """Return the first paper of a pack: when, where, and what is due."""
    line = next(_lines(session, [meeting]))
    day = day_in_words(meeting.day)
    rows = tuple(
        (
            (_same(item.case_identifier),),
            (item.name, _KINDS[item.kind]),
            (day_in_words(item.due_on) if item.due_on else _NO_DAY,),
        )
        for item in agenda
    )
    head = (
        Pair(_WHEN, (Text(f"{day.en}, {meeting.at}", f"{day.cy}, {meeting.at}"),)),
        Pair(_WHERE, (_same(meeting.place),)),
    )
    return Paper(
        key=f"{meeting.body}_{meeting.day.isoformat()}",
        title=Text(f"{line.body.en}: agenda and papers", f"{line.body.cy}: agenda a phapurau"),
        catalogue="",
        case_identifier=line.case_identifier,
        about=None,
        version=0,
        newest=0,
        written_at=Text("", ""),
        printed_on=day_in_words(time_source.today(session)),
        letterhead=papers.read_letterhead(session, meeting.board_id),
        marks=(),
        blocks=(
            Pairs(head),
            Heading(_AGENDA),
            Table(_AGENDA, _COLUMNS, rows) if rows else Paragraph(_NOTHING_DUE),
        ),
    )


def _same(said: str) -> Text:
    return Text(said, said)


def _members(session: Session, meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Yield who sits in the body, today or on the day of the meeting: account and name."""
    body = people.roles_of_board(session, meeting.board_id).get(meeting.body)
    of_case = Appointment.case_id
    here = of_case == meeting.case_id if meeting.case_id else of_case.is_(None)
    today = time_source.today(session)
    live = or_(people.live_on(today), people.live_on(meeting.day))
    rows = session.execute(
        select(Account.id, Account.name)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Appointment.board_id == meeting.board_id, here, live)
        .where(Appointment.role.in_(body.sitting))
        .distinct()
        .order_by(Account.name, Account.id)
    )
    yield from ((str(account_id), name) for account_id, name in rows)


def _records(session: Session, meeting: Meeting) -> Iterator[MeetingRecord]:
    """Yield the versions of the record of a meeting, the newest first."""
    query = select(MeetingRecord).where(MeetingRecord.meeting_id == meeting.id)
    yield from session.scalars(query.order_by(MeetingRecord.number.desc()))


def _tasks_of(ids: Collection[uuid.UUID]) -> Any:
    return select(UserTask).where(UserTask.id.in_(ids)).order_by(UserTask.id)


def _is_id(said: str) -> bool:
    try:
        uuid.UUID(said)
    except ValueError:
        return False
    return True


def _check(
    session: Session,
    meeting: Meeting,
    content: MeetingContent,
    records: Sequence[MeetingRecord],
    on_agenda: Sequence[AgendaItem],
    problems: _Problems,
) -> list[tuple[AgendaItem | None, Decision]]:
    """Return what was decided, each with its place on the agenda; none, where it is put right.

    Takes:   problems, which gathers what is wrong.
    Raises:  NotFound, for people or tasks that are not of this meeting.
    """
    before = {one["task"] for row in records[:1] for one in row.content["decisions"]}
    members = {account_id for account_id, _ in _members(session, meeting)}
    members |= {one for row in records for one in row.content["present"]}
    there = len(set(content.present))
    decided = [one for one in content.decisions if not one.is_empty]
    with problems.gathered():
        if not there:
            raise NobodyPresent
        if decided and there < meeting.quorum:
            raise QuorumNotMet(there=there, needed=meeting.quorum)
    for text, name in ((content.others, "others"), (content.notes, "notes")):
        with problems.gathered():
            if len(text) > MAX_TEXT:
                raise MeetingTextTooLong(most=MAX_TEXT, input=name)
    agenda = {one.key: one for one in on_agenda if one.kind in ("decision", "task")}
    if not set(content.present) <= members or any(
        one.task not in agenda and one.task not in before for one in decided
    ):
        raise NotFound
    for one in decided:
        _check_decision(one, there, agenda.get(one.task), problems)
    return [(agenda.get(one.task), one) for one in decided]


def _check_decision(
    one: Decision, there: int, item: AgendaItem | None, problems: _Problems
) -> None:
    with problems.gathered():
        if one.how not in HOWS or not 0 < len(one.text.strip()) <= MAX_TEXT:
            raise DecisionMissing(most=MAX_TEXT, task=one.task)
    with problems.gathered():
        if not _votes_fit(one, there):
            raise VotesWrong(task=one.task)
    with problems.gathered():
        if item is not None and item.senders and one.sender not in dict(item.senders):
            raise SenderMissing(task=one.task)


def _votes_fit(one: Decision, there: int) -> bool:
    votes = [_whole(vote) for vote in (one.votes_for, one.votes_against, one.votes_abstained)]
    counted = [vote for vote in votes if vote is not None]
    # Where nobody was ticked yet, that is what is wrong, and not the votes.
    if len(counted) < len(votes) or sum(counted) > there > 0:
        return False
    in_favour, against, _ = counted
    if one.how == "unanimous":
        return against == 0
    return one.how not in HOWS or in_favour > against or not sum(counted)


def _keep(
    session: Session,
    meeting: Meeting,
    content: MeetingContent,
    decided: Sequence[tuple[AgendaItem | None, Decision]],
    records: Sequence[MeetingRecord],
    reason: str,
    actor: Actor,
    before_it: Mapping[str, Any],
) -> None:
    before = {one["task"]: one for row in records[:1] for one in row.content["decisions"]}
    kept = []
    for item, one in decided:
        told = before.get(one.task, {})
        if item is not None:
            name = {"en": item.name.en, "cy": item.name.cy}
            told = {"case": item.case_identifier, "name": name, "sender": one.sender}
        kept.append(
            {
                "task": one.task,
                "text": one.text.strip(),
                "how": one.how,
                "for": one.votes_for.strip(),
                "against": one.votes_against.strip(),
                "abstained": one.votes_abstained.strip(),
                "case": told["case"],
                "name": told["name"],
                "sender": told["sender"],
            }
        )
    meeting.state = "held"
    session.add(
        MeetingRecord(
            board_id=meeting.board_id,
            meeting_id=meeting.id,
            number=len(records) + 1,
            content={
                "present": list(dict.fromkeys(content.present)),
                "others": content.others.strip(),
                "notes": content.notes.strip(),
                "decisions": kept,
                "reason": reason if records else "",
                **before_it,
            },
            author=actor.account_id,
            at=time_source.now(session),
        )
    )


def _decision_in(kept: Mapping[str, str]) -> Decision:
    parts = ("task", "text", "how", "for", "against", "abstained", "sender")
    return Decision(*(kept[part] for part in parts))


def _versions(session: Session, meeting: Meeting) -> Iterator[MeetingVersion]:
    rows = list(_records(session, meeting))
    ids = {row.author for row in rows}
    for row in rows:
        said = [*row.content["present"], *(one["sender"] for one in row.content["decisions"])]
        ids |= {uuid.UUID(one) for one in said if one}
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    names = {str(account_id): name for account_id, name in found}
    for row in rows:
        content = row.content
        lines = tuple(
            DecisionLine(
                case_identifier=one["case"],
                name=Text(one["name"]["en"], one["name"]["cy"]),
                decision=_decision_in(one),
                sender=names.get(one["sender"], ""),
            )
            for one in content["decisions"]
        )
        present = tuple(content["present"])
        decisions = tuple(line.decision for line in lines)
        yield MeetingVersion(
            number=row.number,
            present=tuple(sorted(names[one] for one in present)),
            content=MeetingContent(present, content["others"], content["notes"], decisions),
            decisions=lines,
            author_name=names[str(row.author)],
            at=row.at,
            reason=content["reason"],
        )
