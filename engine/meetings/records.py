"""Record a meeting, and put its record right in a new version.

What was decided is filled into the draft of whoever sends the task; the task is sent by them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    agendas,
    db,
    documents,
    forms,
    sections,
    store,
    task_pages,
    tasks,
    time_source,
)
from engine.agendas import AgendaItem
from engine.errors import NotFound
from engine.meetings.decisions import Decision, DecisionLine, check_decision, decision_in
from engine.meetings.items import OWN
from engine.meetings.packs import full_agenda, to_keep
from engine.meetings.refusals import (
    MAX_TEXT,
    MeetingNotYet,
    MeetingOver,
    MeetingTextTooLong,
    NobodyPresent,
    Problems,
    QuorumNotMet,
    checked_reason,
)
from engine.meetings.rows import lock, members_of, put_on_record, versions_kept
from engine.models import (
    Account,
    Meeting,
    MeetingRecord,
    UserTask,
)
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text


@dataclass(frozen=True)
class MeetingContent:
    """What is recorded of a meeting: the accounts that were there, others, what was said, decided."""  # noqa: E501

    present: tuple[str, ...]
    others: str
    notes: str
    decisions: tuple[Decision, ...] = ()


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
        file, meeting = lock(session, meeting_id, actor, seen)
        if meeting.state == "cancelled":
            raise MeetingOver
        if meeting.day > time_source.today(session):
            raise MeetingNotYet
        records = list(versions_kept(session, meeting))
        problems = Problems()
        agenda = [] if records else full_agenda(session, meeting, actor)
        decided = _check(session, meeting, content, records, agenda, problems)
        if records:
            with problems.gathered():
                checked_reason(reason)
        problems.tell()
        for item, decision in decided:
            if item is not None and item.kind != OWN:
                task = decided_on[decision.task]
                _fill_in(session, meeting, task, decision)
                _give(locked[task.case_id], meeting, task, decision)
        kept = records[-1].content if records else to_keep(session, agenda)
        before = {part: kept[part] for part in ("agenda", "papers") if part in kept}
        _keep(session, meeting, content, decided, records, reason.strip(), actor, before)
        event = "meeting_record_put_right" if records else "meeting_recorded"
        put_on_record(session, file, meeting, event, actor, decisions=len(decided))


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
    problems: Problems,
) -> list[tuple[AgendaItem | None, Decision]]:
    """Return what was decided, each with its place on the agenda; none, where it is put right.

    Takes:   problems, which gathers what is wrong.
    Raises:  NotFound, for people or tasks that are not of this meeting.
    """
    before = {one["task"] for row in records[:1] for one in row.content["decisions"]}
    members = {account_id for account_id, _ in members_of(session, meeting)}
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
    agenda = {one.key: one for one in on_agenda if one.kind in ("decision", "task", OWN)}
    if not set(content.present) <= members or any(
        one.task not in agenda and one.task not in before for one in decided
    ):
        raise NotFound
    for one in decided:
        check_decision(one, there, agenda.get(one.task), problems)
    return [(agenda.get(one.task), one) for one in decided]


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


def versions_of(session: Session, meeting: Meeting) -> Iterator[MeetingVersion]:
    rows = list(versions_kept(session, meeting))
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
                decision=decision_in(one),
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
