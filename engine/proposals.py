"""Put a case right from its pages: look ahead, do it, or ask a second person to confirm it.

What bears on the statute waits as a proposal until somebody else confirms it (D39). Whatever is
shown before is found out by doing it and taking it back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    case_pages,
    consequences,
    corrections,
    db,
    documents,
    notices,
    people,
    store,
    task_pages,
    tasks,
    time_source,
)
from engine.case_pages import CaseHead
from engine.consequences import Consequences, Touched
from engine.corrections import CaseMovedOn, Correction
from engine.errors import AccessDenied, EngineError, NotFound, ReasonNeeded
from engine.history_pages import Amendment
from engine.models import Case, Document, Proposal, UserTask, new_id
from engine.people import Actor, Held
from engine.store import CaseFile
from engine.task_pages import TaskSummary
from engine.texts import Text

AMEND = "amend"
#: For how many days a proposal may wait before it stands out (ours, no rule of the guidance).
TOO_LONG = 3
#: These bear on the statute: they end what the guidance wants ended in its way. A case that was
#: only opened is withdrawn by one person (D52).
_ALWAYS = frozenset({"withdraw", "close", "reopen"})


class AnotherPersonConfirms(EngineError):
    """You proposed this yourself. Ask another person to confirm it."""

    status = 409


class ProposalDecided(EngineError):
    """Somebody has decided on this already. Open the case to see what was decided."""

    status = 409


@dataclass(frozen=True)
class Outlook:
    """What a correction would do, and whether a second person has to confirm it.

    `about` is the step or task that it is about, where it is about one; `amended`, the answers
    before and after, as far as whoever looks may read both.
    """

    consequences: Consequences
    needs_second: bool
    about: Touched | None = None
    amended: Amendment | None = None
    #: of a case that was only opened: whether one person may withdraw it
    is_alone: bool = False


@dataclass(frozen=True)
class CorrectionPage:
    """The page of something to put right; `holders` are those a task may be given to."""

    head: CaseHead
    correction: Correction
    outlook: Outlook
    holders: tuple[tuple[uuid.UUID, str], ...] = ()


@dataclass(frozen=True)
class DoneStep:
    """A step that can be gone back to: what it is called, and how it is named in an address."""

    step: str
    item: str
    about: Touched
    skipped: bool


@dataclass(frozen=True)
class ListView:
    """A list of a case's items, and where it is put right: a section of a document, if any."""

    name: str
    labels: tuple[Text, ...]
    document_id: uuid.UUID
    section: str
    text: Text


@dataclass(frozen=True)
class ProposalLine:
    """A proposal in a list; `about` as in its outlook, `answer` why it was refused."""

    id: uuid.UUID
    case_id: uuid.UUID
    identifier: str
    act: str
    reason: str
    about: Text | None
    state: str
    proposed_by_name: str
    proposed_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    answer: str
    is_own: bool
    #: for how many days it has waited; nothing once it is decided
    days_waiting: int | None = None

    @property
    def waits_too_long(self) -> bool:
        """Say whether somebody should be asked about it."""
        return self.days_waiting is not None and self.days_waiting >= TOO_LONG


@dataclass(frozen=True)
class RightingPage:
    """All that may be put right on a case."""

    head: CaseHead
    tasks: tuple[TaskSummary, ...]
    steps: tuple[DoneStep, ...]
    lists: tuple[ListView, ...]
    proposals: tuple[ProposalLine, ...]


@dataclass(frozen=True)
class ProposalPage:
    """A proposal, and what it would do now; `refused` says why it cannot be done any more."""

    head: CaseHead
    line: ProposalLine
    outlook: Outlook | None
    is_stale: bool
    refused: EngineError | None = None
    #: the names of those who may confirm it, while it waits
    may_confirm: tuple[str, ...] = ()


class _TakenBack(Exception):
    """Ends a transaction so that nothing of it is kept, and says what it would have done."""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook = outlook


@dataclass
class _Wanted:
    """What is to be done: a correction, or (with a document) an amendment."""

    act: str
    reason: str
    correction: Correction | None = None
    document_id: uuid.UUID | None = None
    sections: tuple[str, ...] = ()
    posted: Mapping[str, list[str]] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """Return what a proposal keeps of it, for an encrypted column."""
        kept: dict[str, Any] = {"reason": self.reason}
        if self.correction is not None:
            task = self.correction.task
            kept |= {"step": self.correction.step, "item": self.correction.item}
            kept |= {"task": str(task) if task else ""}
        else:
            kept |= {"sections": list(self.sections), "posted": dict(self.posted)}
        return kept


def righting_page(case_id: uuid.UUID, actor: Actor) -> RightingPage:
    """Return all that may be put right on a case, for whoever co-ordinates it.

    Raises:  NotFound; AccessDenied.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        corrections.require_coordinator(file, actor)
        held = access.roles_on(session, actor, file.case)
        rows = session.scalars(
            select(UserTask)
            .where(UserTask.case_id == case_id, UserTask.state == "open")
            .order_by(UserTask.number)
        )
        return RightingPage(
            head=case_pages.head_of(file, actor, held),
            tasks=tuple(task_pages.summarise(session, rows, actor)),
            steps=tuple(_done_steps(file)),
            lists=tuple(_lists(file, actor, held)),
            proposals=_lines(file, actor, held),
        )


def correction_page(case_id: uuid.UUID, correction: Correction, actor: Actor) -> CorrectionPage:
    """Return what a correction would do, without doing it.

    Raises:  NotFound; AccessDenied; and why it cannot be done, as `corrections.apply`.
    """
    wanted = _Wanted(correction.act, "", correction)
    outlook = _look_ahead(case_id, wanted, actor)
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case)
        return CorrectionPage(
            head=case_pages.head_of(file, actor, held),
            correction=correction,
            outlook=outlook,
            holders=_holders(file, correction),
        )


def put_right(
    case_id: uuid.UUID, correction: Correction, reason: str, seen: str, actor: Actor
) -> uuid.UUID | None:
    """Do what is to be put right, or propose it where a second person has to confirm it.

    Takes:   seen, the fingerprint of the consequences that the page showed.
    Returns: the proposal, if it waits for a second person.
    Raises:  ReasonNeeded; CaseMovedOn; NotFound; AccessDenied; what `corrections.apply` raises.
    """
    return _do_or_propose(case_id, _Wanted(correction.act, reason, correction), actor, seen)


def amend(
    document_id: uuid.UUID,
    sections: tuple[str, ...],
    reason: str,
    actor: Actor,
    *,
    posted: Mapping[str, list[str]],
) -> uuid.UUID | None:
    """Put answers right, or propose it where a fixed time limit hangs on one of them.

    Returns: the proposal, if it waits for a second person.
    Raises:  as `corrections.amend`.
    """
    wanted = _Wanted(AMEND, reason, None, document_id, sections, posted)
    return _do_or_propose(_case_of(document_id), wanted, actor, None)


def amend_outlook(
    document_id: uuid.UUID,
    sections: tuple[str, ...],
    actor: Actor,
    *,
    posted: Mapping[str, list[str]],
) -> Outlook:
    """Return what putting answers right would do, without doing it.

    Raises:  as `corrections.amend`, but for the reason; NotFound for whoever may not open the page
             of the case, of which it tells steps and clocks.
    """
    case_id = _case_of(document_id)
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        access.require_case(file, actor, access.roles_on(session, actor, file.case))
    return _look_ahead(case_id, _Wanted(AMEND, "", None, document_id, sections, posted), actor)


def amendment_needs_second(
    document_id: uuid.UUID,
    sections: tuple[str, ...],
    actor: Actor,
    *,
    posted: Mapping[str, list[str]],
) -> bool:
    """Say whether a second person has to confirm an amendment, and nothing else of what it does.

    Raises:  as `corrections.amend`, but for the reason.
    """
    wanted = _Wanted(AMEND, "", None, document_id, sections, posted)
    return _look_ahead(_case_of(document_id), wanted, actor).needs_second


def proposal_page(case_id: uuid.UUID, proposal_id: uuid.UUID, actor: Actor) -> ProposalPage:
    """Return a proposal with what it would do now.

    Raises:  NotFound, unless the person proposed it or may confirm it.
    """
    with db.reading() as session:
        file, row, held = _find(session, case_id, proposal_id, actor, lock=False)
        head = case_pages.head_of(file, actor, held)
        line = next(one for one in _lines(file, actor, held) if one.id == proposal_id)
        wanted, proposer = _wanted(row), _proposer(session, row)
        fingerprint = row.content["fingerprint"]
        others = tuple(sorted(one.name for one in _who_may_confirm(file, row).values()))
    if line.state != "waiting":
        return ProposalPage(head, line, None, is_stale=False)
    try:
        outlook = _look_ahead(case_id, wanted, proposer, reader=actor)
    except EngineError as refused:
        return ProposalPage(head, line, None, True, refused, others)
    is_stale = outlook.consequences.fingerprint != fingerprint
    return ProposalPage(head, line, outlook, is_stale, None, others)


def confirm(case_id: uuid.UUID, proposal_id: uuid.UUID, seen: str, actor: Actor) -> None:
    """Confirm, as a second person, what somebody proposed, and do it in their name.

    Takes:   seen, the fingerprint of the consequences that the page showed.
    Raises:  NotFound; AnotherPersonConfirms; ProposalDecided; CaseMovedOn; what the act raises.
    """
    with db.transaction() as session:
        file, row, _ = _find(session, case_id, proposal_id, actor, lock=True)
        if row.proposed_by == actor.account_id:
            raise AnotherPersonConfirms
        _require_waiting(row)
        proposer = _proposer(session, row)
        file.actor = str(proposer.account_id)
        outlook = _do(file, _wanted(row), proposer, reader=actor)
        if {seen, row.content["fingerprint"]} != {outlook.consequences.fingerprint}:
            raise CaseMovedOn
        _decide(file, row, "confirmed", actor)


def refuse(case_id: uuid.UUID, proposal_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """Refuse what somebody proposed, or take back what one proposed oneself; both with a reason.

    Raises:  NotFound; ReasonNeeded; ProposalDecided.
    """
    with db.transaction() as session:
        file, row, _ = _find(session, case_id, proposal_id, actor, lock=True)
        if not reason.strip():
            raise ReasonNeeded
        _require_waiting(row)
        row.answer = reason.strip()
        own = row.proposed_by == actor.account_id
        _decide(file, row, "taken_back" if own else "refused", actor)


def case_proposals(case_id: uuid.UUID, actor: Actor) -> tuple[ProposalLine, ...]:
    """Return the proposals of a case that somebody made or may confirm, the newest first.

    Raises:  NotFound, unless the person may open the page of the case.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case)
        access.require_case(file, actor, held)
        return _lines(file, actor, held)


def proposals_waiting(actor: Actor) -> tuple[ProposalLine, ...]:
    """Return what waits on all cases and somebody may confirm or has proposed."""
    with db.reading() as session:
        mine = access.visible_cases(session, actor).with_only_columns(Case.id)
        waiting = session.scalars(
            select(Proposal.case_id)
            .where(Proposal.state == "waiting", Proposal.case_id.in_(mine))
            .distinct()
        ).all()
        files = store.read_cases(session, waiting, str(actor.account_id))
        return tuple(
            line
            for file in files.values()
            for line in _lines(file, actor, access.roles_on(session, actor, file.case))
            if line.state == "waiting"
        )


def _case_of(document_id: uuid.UUID) -> uuid.UUID:
    with db.reading() as session:
        row = session.get(Document, document_id)
        if row is None:
            raise NotFound
        return row.case_id


def _do_or_propose(
    case_id: uuid.UUID, wanted: _Wanted, actor: Actor, seen: str | None
) -> uuid.UUID | None:
    """Do something, unless a second person has to confirm it: then nothing but the proposal stays.

    Only one of the two transactions ever writes.
    """
    if not wanted.reason.strip():
        raise ReasonNeeded
    try:
        with db.transaction() as session:
            file = store.lock_case(session, case_id, str(actor.account_id))
            outlook = _do(file, wanted, actor)
            if seen is not None and outlook.consequences.fingerprint != seen:
                raise CaseMovedOn
            if outlook.needs_second:
                raise _TakenBack(outlook)
    except _TakenBack as taken_back:
        return _propose(case_id, wanted, actor, taken_back.outlook.consequences.fingerprint)
    return None


def _look_ahead(
    case_id: uuid.UUID, wanted: _Wanted, actor: Actor, reader: Actor | None = None
) -> Outlook:
    """Return what would come of something, by doing it and taking it back."""
    try:
        with db.transaction() as session:
            file = store.lock_case(session, case_id, str(actor.account_id))
            raise _TakenBack(_do(file, wanted, actor, reader))
    except _TakenBack as taken_back:
        return taken_back.outlook


def _do(file: CaseFile, wanted: _Wanted, actor: Actor, reader: Actor | None = None) -> Outlook:
    """Do something on a locked case for somebody who may, and say what came of it."""
    if wanted.correction is None:
        return _do_amend(file, wanted, actor, reader or actor)
    corrections.require_coordinator(file, actor)
    element = corrections.find_step(file, wanted.correction)
    about = _about(file, wanted.correction)
    is_alone = wanted.act == "withdraw" and consequences.has_only_been_opened(file)
    came = corrections.apply(file, wanted.correction, wanted.reason)
    touched = [*came.undone, *([element] if element else [])]
    needs = wanted.act in _ALWAYS or consequences.bears_on_statute(file, touched)
    return Outlook(came, needs and not is_alone, about, is_alone=is_alone)


def _do_amend(file: CaseFile, wanted: _Wanted, actor: Actor, reader: Actor) -> Outlook:
    assert wanted.document_id is not None
    _file, row = corrections.to_amend(file.session, wanted.document_id, wanted.sections, actor)
    before = consequences.standing(file)
    number = row.version
    was = documents.version(file.session, row.id, number).content
    corrections.amend_locked(file, row, wanted.sections, wanted.reason, posted=wanted.posted)
    came = consequences.compare(file, before)
    now = documents.version(file.session, row.id, row.version).content
    form = file.definitions.forms[row.form]
    return Outlook(
        came,
        consequences.answers_bear_on_statute(file, row.form, was, now),
        Touched(
            Text(form.title("en"), form.title("cy")), task_pages.item_label(file, row.item_key)
        ),
        _amended(file, row, number, wanted.sections, reader),
    )


def _amended(
    file: CaseFile, row: Document, number: int, sections: Sequence[str], reader: Actor
) -> Amendment | None:
    held = access.roles_on(file.session, reader, file.case, row.item_key)
    both = [(row, number), (row, row.version)]
    readable = access.readable_contents(file, reader, held, both)
    if len(readable) < len({number, row.version}):
        return None
    return Amendment(
        document_id=row.id,
        form=file.definitions.forms[row.form],
        item_label=task_pages.item_label(file, row.item_key),
        version=row.version,
        sections=tuple(sections),
        before=readable[row.id, number],
        after=readable[row.id, row.version],
    )


def _propose(case_id: uuid.UUID, wanted: _Wanted, actor: Actor, fingerprint: str) -> uuid.UUID:
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        if wanted.correction is None:
            assert wanted.document_id is not None
            corrections.to_amend(session, wanted.document_id, wanted.sections, actor)
        else:
            corrections.require_coordinator(file, actor)
        highest = session.scalar(
            select(func.max(Proposal.number)).where(Proposal.case_id == case_id)
        )
        row = Proposal(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=case_id,
            number=(highest or 0) + 1,
            act=wanted.act,
            document_id=wanted.document_id,
            content={**wanted.content(), "fingerprint": fingerprint},
            state="waiting",
            proposed_by=actor.account_id,
            proposed_at=file.now,
        )
        session.add(row)
        session.flush()
        _tell_who_may_confirm(file, row)
        data = {"proposal": str(row.id), "act": row.act}
        store.save_case(file, "correction_proposed", subject=_subject(wanted), data=data)
        return row.id


def _decide(file: CaseFile, row: Proposal, state: str, actor: Actor) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.account_id, file.now
    file.actor = str(actor.account_id)
    if state != "taken_back":
        _tell_proposer(file, row)
    data = {"proposal": str(row.id), "act": row.act}
    store.record_event(file, f"correction_{state}", subject=row.content.get("step", ""), data=data)


def _who_may_confirm(file: CaseFile, row: Proposal) -> dict[uuid.UUID, people.Holder]:
    """Return those who may confirm a proposal now, each with a role that lets them."""
    roles = file.definitions.roles
    keys = roles.confirming & roles.reading_on(file.case.process)
    today = time_source.local_day(file.now)
    found = {}
    for one in people.holders(file.session, file.case, sorted(keys), "", today):
        somebody = Actor(one.account_id, one.name)
        held = access.roles_on(file.session, somebody, file.case)
        if one.account_id != row.proposed_by and _may_confirm(file, row, somebody, held):
            found[one.account_id] = one
    return found


def _tell_who_may_confirm(file: CaseFile, row: Proposal) -> None:
    by_role: dict[str, list[uuid.UUID]] = {}
    for account_id, one in _who_may_confirm(file, row).items():
        by_role.setdefault(one.role, []).append(account_id)
    for role, ids in sorted(by_role.items()):
        key = f"proposal.{row.id}.{role}"
        notices.write_to_people(file.session, file.case, key, role, "proposal_waits", ids)


def _tell_proposer(file: CaseFile, row: Proposal) -> None:
    proposer = accounts.get_account(file.session, row.proposed_by)
    held = access.roles_on(file.session, Actor(proposer.id, proposer.name), file.case)
    coordinating = file.definitions.roles.coordinating
    # Who holds no role any more is told as whoever co-ordinates: they proposed it as such.
    role = min(held & coordinating or held or coordinating)
    key = f"proposal.{row.id}.decided"
    notices.write_to_people(
        file.session, file.case, key, role, "proposal_decided", [row.proposed_by]
    )


def _find(
    session: Session, case_id: uuid.UUID, proposal_id: uuid.UUID, actor: Actor, *, lock: bool
) -> tuple[CaseFile, Proposal, Held]:
    """Return a proposal with its case, for whoever made it or may confirm it; others find none."""
    find = store.lock_case if lock else store.read_case
    file = find(session, case_id, str(actor.account_id))
    held = access.roles_on(session, actor, file.case)
    access.require_case(file, actor, held)
    row = session.get(Proposal, proposal_id)
    if row is None or row.case_id != case_id:
        raise NotFound
    if lock:
        session.refresh(row)
    if row.proposed_by != actor.account_id and not _may_confirm(file, row, actor, held):
        raise NotFound
    return file, row, held


def _may_confirm(file: CaseFile, row: Proposal, actor: Actor, held: Held) -> bool:
    """Say whether somebody may confirm a proposal; of answers, whoever may read the sections."""
    if not access.confirms(file, held):
        return False
    if row.document_id is None:
        return True
    document = file.session.get_one(Document, row.document_id)
    of_item = held.on(document.item_key)
    content = access.readable_content(file, actor, of_item, document)
    return content is not None and set(row.content["sections"]) <= set(content)


def _lines(file: CaseFile, actor: Actor, held: Held) -> tuple[ProposalLine, ...]:
    rows = file.session.scalars(
        select(Proposal).where(Proposal.case_id == file.case.id).order_by(Proposal.number.desc())
    ).all()
    seen = [
        row
        for row in rows
        if row.proposed_by == actor.account_id or _may_confirm(file, row, actor, held)
    ]
    people = {str(one) for row in seen for one in (row.proposed_by, row.decided_by) if one}
    names = accounts.names_of(file.session, people)
    return tuple(
        ProposalLine(
            id=row.id,
            case_id=row.case_id,
            identifier=file.case.identifier,
            act=row.act,
            reason=row.content["reason"],
            about=_name_of(file, row),
            state=row.state,
            proposed_by_name=names[str(row.proposed_by)],
            proposed_at=row.proposed_at,
            decided_by_name=names[str(row.decided_by)] if row.decided_by else "",
            decided_at=row.decided_at,
            answer=row.answer or "",
            is_own=row.proposed_by == actor.account_id,
            days_waiting=_days_waiting(file, row),
        )
        for row in seen
    )


def _days_waiting(file: CaseFile, row: Proposal) -> int | None:
    if row.state != "waiting":
        return None
    today = time_source.local_day(file.now)
    return (today - time_source.local_day(row.proposed_at)).days


def _name_of(file: CaseFile, row: Proposal) -> Text | None:
    """Return what a proposal is about: a form, or a step as it is called in one of the diagrams."""
    if row.document_id is not None:
        form = file.definitions.forms[file.session.get_one(Document, row.document_id).form]
        return Text(form.title("en"), form.title("cy"))
    if row.content["task"]:
        task = file.session.get_one(UserTask, uuid.UUID(row.content["task"]))
        return consequences.touched(file, task_pages.element_of(file, task), "").name
    step = row.content["step"]
    for definition in file.definitions.processes.values():
        if step in definition.elements:
            element = definition.elements[step]
            return Text(element.name("en"), element.name("cy"))
    return Text(step, step) if step else None


def _wanted(row: Proposal) -> _Wanted:
    content = row.content
    if row.act == AMEND:
        sections = tuple(content["sections"])
        return _Wanted(AMEND, content["reason"], None, row.document_id, sections, content["posted"])
    task = uuid.UUID(content["task"]) if content["task"] else None
    correction = Correction(row.act, content["step"], content["item"], task)
    return _Wanted(row.act, content["reason"], correction)


def _subject(wanted: _Wanted) -> str:
    return wanted.correction.step if wanted.correction else ""


def _proposer(session: Session, row: Proposal) -> Actor:
    account = accounts.get_account(session, row.proposed_by)
    if account.state != "active":
        raise AccessDenied
    return Actor(account.id, account.name)


def _require_waiting(row: Proposal) -> None:
    if row.state != "waiting":
        raise ProposalDecided


def _about(file: CaseFile, correction: Correction) -> Touched | None:
    if correction.task is not None:
        task = file.session.get(UserTask, correction.task)
        if task is None or task.case_id != file.case.id:
            raise NotFound
        return consequences.touched(file, task_pages.element_of(file, task), task.item_key)
    element = corrections.find_step(file, correction)
    return consequences.touched(file, element, correction.item) if element else None


def _holders(file: CaseFile, correction: Correction) -> tuple[tuple[uuid.UUID, str], ...]:
    task = file.session.get(UserTask, correction.task) if correction.task else None
    if task is None:
        return ()
    return tuple((one.account_id, one.name) for one in tasks.may_do(file, task))


def _done_steps(file: CaseFile) -> Iterator[DoneStep]:
    """Yield the steps that can be gone back to, each once, the one done last first."""
    seen: set[tuple[str, str]] = set()
    for instance, entry in reversed(corrections.done_steps(file)):
        step = consequences.step_of(file, instance, entry)
        assert step is not None
        assert entry.key is not None
        key = (entry.key.bpmn_id, entry.key.item)
        if key not in seen:
            seen.add(key)
            yield DoneStep(*key, about=step[0], skipped=entry.kind == "skip")


def _lists(file: CaseFile, actor: Actor, held: Held) -> Iterator[ListView]:
    """Yield the item lists that the rows of a document tell, where this person may amend them."""
    for row in documents.documents(file.session, file.case.id):
        form = file.definitions.forms[row.form]
        for section in form.sections:
            for entry in section.fields:
                if entry.items is None or not access.may_amend(
                    file, actor, held.on(row.item_key), row, section.id
                ):
                    continue
                yield ListView(
                    name=entry.items.list,
                    labels=tuple(_labels(file, entry.items.list, entry.items.kind)),
                    document_id=row.id,
                    section=section.id,
                    text=Text(
                        f"{form.title('en')}: {entry.label('en')}",
                        f"{form.title('cy')}: {entry.label('cy')}",
                    ),
                )


def _labels(file: CaseFile, list_name: str, kind: str) -> Collection[Text]:
    return [
        task_pages.label_of(file, item)
        for item in file.items
        if item.list == list_name and item.kind == kind
    ]
