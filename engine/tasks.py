"""Claim, draft, check and submit user tasks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    anonymity,
    db,
    documents,
    findings,
    forms,
    genograms,
    items,
    notices,
    passwords,
    people,
    sections,
    steps,
    store,
    task_pages,
    time_source,
    timers,
    uploads,
)
from engine.errors import (
    EngineError,
    FieldError,
    InvalidForm,
    NotFound,
    ReasonNeeded,
    TaskAlreadyCompleted,
    TaskPaused,
    TaskWithdrawn,
)
from engine.forms import Cleaned
from engine.models import Account, DocumentVersion, Submission, UserTask, new_id
from engine.people import Actor
from engine.sections import SectionKey, SectionPage, SectionSummary
from engine.store import CaseFile
from engine.task_pages import FormPart, Posted, TaskPage, TaskSummary
from engine.texts import Text

#: Files as a page sends them, and as they are once they were looked over.
Files = Mapping[str, list[tuple[str, BinaryIO]]]
Checked = Mapping[str, list[uploads.Checked]]

#: How often a submission gives way to timers that fell due while it was on its way.
MAX_GIVE_WAY = 50


class TaskTaken(EngineError):
    """{name} has taken this task. Ask them to release it, or choose another one."""

    status = 409


class TaskNotTheirs(EngineError):
    """This person does not hold a role that does this task. Appoint them under People first."""

    status = 422


class CaseSuspended(EngineError):
    """This case is suspended, so nothing can be submitted. Ask the co-ordinator to resume it."""

    status = 409


class SignatureRefused(EngineError):
    """The password is not right, so nothing was signed or sent. Enter your password again."""

    status = 422


@dataclass(frozen=True)
class Proof:
    """What a person gives to sign: the password, or a tick, where there is none to give.

    Whoever has no password was let in just now by a code sent to them, or is of a demonstration.
    """

    password: str = ""
    confirmed: bool = False

    def holds(self, actor: Actor, password_hash: str | None) -> bool:
        """Say whether it shows that the person who signs is who is signed in."""
        if (actor.demonstration or actor.signs_by_tick) and password_hash is None:
            return self.confirmed
        return passwords.is_password(password_hash, self.password)


class _DueFirst(Exception):
    """Something fell due before this submission; it comes first."""

    def __init__(self, case_id: uuid.UUID) -> None:
        self.case_id = case_id


@dataclass(frozen=True)
class Submitted:
    """What came of a submission."""

    case_id: uuid.UUID
    case_identifier: str
    task_name: Text


def open_task(task_id: uuid.UUID, actor: Actor) -> TaskPage:
    """Return the page of an open task.

    Raises:  NotFound; TaskAlreadyCompleted; TaskWithdrawn.
    """
    with db.reading() as session:
        return _opened(session, task_id, actor)[1]


def task_sections(task_id: uuid.UUID, actor: Actor) -> tuple[SectionSummary, ...]:
    """Return the sections of an open task, each with how far it has come.

    Raises:  NotFound; TaskAlreadyCompleted; TaskWithdrawn.
    """
    with db.reading() as session:
        task, page = _opened(session, task_id, actor)
        file = store.read_case(session, task.case_id, str(actor.account_id))
        return sections.summarise(file, task, page)


def open_section(task_id: uuid.UUID, key: SectionKey, actor: Actor) -> SectionPage:
    """Return the page of one section of an open task.

    Raises:  NotFound; TaskAlreadyCompleted; TaskWithdrawn.
    """
    with db.reading() as session:
        task, page = _opened(session, task_id, actor)
        file = store.read_case(session, task.case_id, str(actor.account_id))
        return _section(file, task, page, key)


def claim_task(task_id: uuid.UUID, actor: Actor) -> None:
    """Take a task of a group for oneself.

    Raises:  NotFound; AccessDenied; TaskTaken; TaskPaused; TaskAlreadyCompleted.
    """
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        _require_may_do(file, task, actor)
        require_going_on(file, task)
        if task.claimed_by == actor.account_id:
            return
        task.claimed_by, task.claimed_at = actor.account_id, file.now
        store.save_case(file, "task_claimed", subject=task.requirement, data=_ids(task))


def release_task(task_id: uuid.UUID, actor: Actor) -> None:
    """Give a claimed task back to its group; the draft stays.

    Raises:  NotFound; TaskTaken.
    """
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        if task.claimed_by is None:
            return
        roles = access.roles_on(session, actor, file.case, task.item_key)
        if task.claimed_by != actor.account_id and not access.coordinates(file, roles):
            raise TaskTaken(name=accounts.name_of(session, str(task.claimed_by)))
        task.claimed_by = task.claimed_at = None
        store.save_case(file, "task_released", subject=task.requirement, data=_ids(task))


@dataclass(frozen=True)
class GivingPage:
    """The page on which somebody gives a task to another; `holders` are who may do it besides."""

    task: TaskSummary
    holders: tuple[tuple[uuid.UUID, str], ...]


def giving_page(task_id: uuid.UUID, actor: Actor) -> GivingPage:
    """Return to whom a person may give a task that is theirs to do.

    Raises:  NotFound; AccessDenied; TaskTaken; TaskAlreadyCompleted; TaskWithdrawn.
    """
    with db.reading() as session:
        task = _task(session, task_id)
        file = store.read_case(session, task.case_id, str(actor.account_id))
        _require_theirs(file, task, actor)
        (summary,) = task_pages.summarise(session, [task], actor)
        others = [one for one in may_do(file, task) if one.account_id != actor.account_id]
        return GivingPage(summary, tuple((one.account_id, one.name) for one in others))


def delegate_task(task_id: uuid.UUID, account_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """Give a task that one may do, and nobody else has taken, to another who may do it.

    Raises:  NotFound; AccessDenied; ReasonNeeded; TaskTaken; TaskNotTheirs; TaskAlreadyCompleted;
             TaskWithdrawn.
    """
    if not reason.strip():
        raise ReasonNeeded
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        _require_theirs(file, task, actor)
        if account_id == actor.account_id:
            raise TaskNotTheirs
        data = assign(file, task_id, account_id)
        store.save_case(
            file, "task_assigned", subject=task.requirement, data={**data, "reason": reason.strip()}
        )


def _require_theirs(file: CaseFile, task: UserTask, actor: Actor) -> None:
    """Refuse whoever may not do a task, or finds it taken; also while the case is suspended."""
    roles = access.roles_on(file.session, actor, file.case, task.item_key)
    if not access.may_see_task(file, actor, roles, task):
        raise NotFound
    _require_open(file.session, task)
    access.require_task(file, actor, roles, task)
    _require_not_taken(file, task, actor)


def assign(file: CaseFile, task_id: uuid.UUID, account_id: uuid.UUID | None) -> dict[str, Any]:
    """Give an open task of a locked case to one of those who may do it, or back to all of them.

    Returns: what the record says of it.
    Raises:  NotFound; TaskAlreadyCompleted; TaskWithdrawn; TaskNotTheirs.
    """
    task = file.session.get(UserTask, task_id)
    if task is None or task.case_id != file.case.id:
        raise NotFound
    _require_open(file.session, task)
    if account_id is not None and account_id not in {one.account_id for one in may_do(file, task)}:
        raise TaskNotTheirs
    before, task.claimed_by = task.claimed_by, account_id
    task.claimed_at = None if account_id is None else file.now
    if account_id is not None and str(account_id) != file.actor:
        role = next(one.role for one in may_do(file, task) if one.account_id == account_id)
        key = f"task_given.{task.id}.{file.case.version}"
        notices.write_to_people(file.session, file.case, key, role, "task_given", [account_id])
    return {**_ids(task), "from": str(before or ""), "to": str(account_id or "")}


def may_do(file: CaseFile, task: UserTask) -> list[people.Holder]:
    """Return the people who hold one of the roles of a task now."""
    day = time_source.local_day(file.now)
    return people.holders(file.session, file.case, task.role.split(), task.item_key, day)


def save_draft(task_id: uuid.UUID, posted: Posted, files: Files, actor: Actor) -> None:
    """Keep what was typed, as typed, for this person alone; also while the case is paused."""
    checked = look_over(files)
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        _require_may_do(file, task, actor)
        kept = take_uploads(file, posted, checked, actor, task)
        documents.save_draft(session, task, actor.account_id, kept)


def save_section(
    task_id: uuid.UUID, key: SectionKey, posted: Posted, files: Files, actor: Actor
) -> None:
    """Keep what was typed into one section, beside what the draft holds of the others.

    Raises:  NotFound, also where the task has no such section.
    """
    checked = look_over(files)
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        _keep_section(file, task, key, posted, checked, actor)


def check_section(
    task_id: uuid.UUID, key: SectionKey, posted: Posted, files: Files, actor: Actor
) -> None:
    """Keep what was typed into one section, and check it.

    What hangs on the other sections is checked with the whole task: they may come later.

    Raises:  InvalidForm, with everything typed kept; NotFound.
    """
    checked = look_over(files)
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        kept = _keep_section(file, task, key, posted, checked, actor)
        session.flush()
        page = task_pages.task_page(session, task, actor, str(new_id()))
        found = _section(file, task, page, key)
        unasked = what_nobody_asked([found.part], kept)
    errors = [error for error in found.errors if error not in found.across]
    if unasked or errors:
        raise InvalidForm([*unasked, *errors])


def check_task(task_id: uuid.UUID, posted: Posted, files: Files, actor: Actor) -> TaskPage:
    """Keep what was typed and return the page with the answers as they will be sent.

    Raises:  InvalidForm or TaskPaused, with everything typed kept as a draft.
    """
    checked = look_over(files)
    with db.transaction() as session:
        file, task = _lock(session, task_id, actor)
        _require_may_do(file, task, actor)
        kept = take_uploads(file, posted, checked, actor, task)
        documents.save_draft(session, task, actor.account_id, kept)
        session.flush()
        page = task_pages.task_page(session, task, actor, str(new_id()))
        cleaned = task_pages.clean_parts(file, task, page.parts, kept)
        unasked = what_nobody_asked(page.parts, kept)
    return _going_on(_with_answers(page, cleaned, unasked))


def check_draft(task_id: uuid.UUID, actor: Actor) -> TaskPage:
    """Return the page with the answers of the draft as they will be sent; nothing is written.

    Raises:  NotFound; TaskAlreadyCompleted; TaskWithdrawn; InvalidForm; TaskPaused.
    """
    with db.reading() as session:
        task = _task(session, task_id)
        page = task_pages.task_page(session, task, actor, str(new_id()))
        _require_open(session, task)
        file = store.read_case(session, task.case_id, str(actor.account_id))
        cleaned = task_pages.clean_parts(file, task, page.parts, task_pages.typed_in(page.parts))
        overtaken = sections.what_was_overtaken(page.parts) if page.is_long else []
    return _going_on(_with_answers(page, cleaned, overtaken))


def submit_task(
    task_id: uuid.UUID,
    actor: Actor,
    submit_key: str,
    posted: Posted | None = None,
    files: Files | None = None,
    *,
    values: Mapping[str, Mapping[str, Any]] | None = None,
    proof: Proof | None = None,
) -> Submitted:
    """Submit a task: once, however often the same submit key comes.

    Takes:   posted, what the page sent, or None for the saved draft; values, by form id, in place
             of it (scenarios); proof, where the task is signed.
    Raises:  NotFound; AccessDenied; TaskAlreadyCompleted; TaskPaused; InvalidForm;
             DocumentChanged.
    Source:  the hops stand in ARCHITECTURE.md; a deadline that passed before comes first.
    """
    checked = look_over(files or {})
    for _ in range(MAX_GIVE_WAY):
        try:
            return _submit(task_id, actor, submit_key, posted, checked, values, proof)
        except _DueFirst as due:
            timers.fire_due_on(due.case_id)
    raise CaseSuspended


def _submit(
    task_id: uuid.UUID,
    actor: Actor,
    submit_key: str,
    posted: Posted | None,
    files: Checked,
    values: Mapping[str, Mapping[str, Any]] | None,
    proof: Proof | None,
) -> Submitted:
    with db.transaction() as session:
        task = _task(session, task_id)
        file = store.lock_case(session, task.case_id, str(actor.account_id))
        session.refresh(task)
        earlier = session.get(Submission, submit_key)
        if earlier is not None and earlier.task_id == task.id:
            return _outcome(file, task)
        if timers.has_due(file):
            raise _DueFirst(file.case.id)
        _require_may_do(file, task, actor)
        require_going_on(file, task)
        _write(file, task, actor, posted, files, values, proof)
        running = steps.Running(file)
        steps.complete_task(running, task)
        changed = steps.settle(running)
        documents.drop_drafts(session, task.id)
        db.append(
            session,
            Submission,
            {
                # A key that another task used, or none at all, tells no two submissions apart.
                "submit_key": submit_key if submit_key and earlier is None else str(new_id()),
                "board_id": file.case.board_id,
                "task_id": task.id,
                "account_id": actor.account_id,
                "at": file.now,
            },
        )
        data = {**_ids(task), "clocks": changed}
        store.save_case(file, "task_completed", subject=task.requirement, data=data)
        session.flush()
        return _outcome(file, task)


def write_parts(
    file: CaseFile,
    parts: list[tuple[FormPart, dict[str, Any]]],
    *,
    task_id: uuid.UUID | None,
    reason: str = "",
) -> list[DocumentVersion]:
    """Write cleaned sections as new document versions; lift their facts; follow their rows.

    Takes:   parts, each with its values by section.
    Raises:  InvalidForm, where a child or the family would be named in what is published, where
             a genogram makes no family, or where it is published while the content gate finds
             something that is not dealt with.
    """
    written = []
    for part, values in parts:
        anonymity.require_anonymous(file, part.form, values)
        genograms.require_drawable(part.form.catalogue, values)
        version = documents.write(
            file.session,
            file.case,
            part.key,
            values,
            base=part.base_version,
            author=file.actor,
            task_id=task_id,
            reason=reason,
        )
        written.append(version)
        documents.lift_facts(file, part.form, version, part.key.item_key)
        _follow_rows(file, part, version)
    findings.require_none_open(
        file, [(part.form.id, section) for part, values in parts for section in values]
    )
    return written


def look_over(files: Files) -> Checked:
    """Find out whether the files that a page sent may be kept, before anything is locked.

    Raises:  UploadRefused.
    """
    return {
        name: [uploads.look_over(uploads.in_use(), *one) for one in sent if one[0]]
        for name, sent in files.items()
    }


def take_uploads(
    file: CaseFile, posted: Posted, files: Checked, actor: Actor, task: UserTask | None = None
) -> dict[str, list[str]]:
    """Keep the files that a page sent; return what was typed with a reference to each of them.

    Raises:  CaseIsFull.
    """
    kept = {name: list(values) for name, values in posted.items()}
    for name, sent in files.items():
        for checked in sent:
            row = uploads.take_in(
                file.session,
                uploads.in_use(),
                file.case,
                checked,
                account_id=actor.account_id,
                task_id=task.id if task else None,
            )
            kept[f"{name}-kept"] = [str(row.id)]
    return kept


def _write(
    file: CaseFile,
    task: UserTask,
    actor: Actor,
    posted: Posted | None,
    files: Checked,
    values: Mapping[str, Mapping[str, Any]] | None,
    proof: Proof | None,
) -> None:
    session = file.session
    typed: Posted = posted or {}
    if posted is None and values is None:
        draft = documents.read_draft(session, task.id, actor.account_id)
        typed = draft.content if draft is not None else {}
    parts = task_pages.form_parts(file, task, typed)
    signature = _signature(file, task, actor)
    if values is None:
        # A draft that was saved section by section holds nothing of those that nobody opened.
        filled = typed if posted is not None else task_pages.typed_in(parts)
        kept = take_uploads(file, filled, files, actor, task)
        cleaned = task_pages.clean_parts(file, task, parts, kept, signature)
    else:
        cleaned = [
            forms.clean_values(
                part.form,
                part.sections,
                values.get(part.form.id, {}),
                names=file.names(task.item_key),
                functions=file.functions(task.item_key),
                around=task_pages.around(file, part.form, part.content, task.item_key, signature),
            )
            for part in parts
        ]
    _refuse_errors(cleaned, what_nobody_asked(parts, typed) if posted is not None else [])
    signing = [part for part, found in zip(parts, cleaned, strict=True) if found.signature_needed]
    if signing and values is None:
        account = session.get(Account, actor.account_id)
        if account is None or not (proof or Proof()).holds(actor, account.password_hash):
            raise SignatureRefused
    written = write_parts(
        file,
        [(part, found.values) for part, found in zip(parts, cleaned, strict=True)],
        task_id=task.id,
    )
    for part, version in zip(parts, written, strict=True):
        if part in signing:
            role = next(iter(task.role.split()), "")
            documents.sign(session, version, part.sections, actor.account_id, role)


def _signature(file: CaseFile, task: UserTask, actor: Actor) -> dict[str, Any]:
    return {
        "account": str(actor.account_id),
        "name": actor.name,
        "role": next(iter(task.role.split()), ""),
        "at": file.now.isoformat(),
    }


def what_nobody_asked(parts: Sequence[FormPart], posted: Posted) -> list[FieldError]:
    """Return what is wrong with a page that sent more than its forms ask for, if it did."""
    unknown = frozenset(posted)
    for part in parts:
        unknown -= {task_pages.seen_input(part.form, one) for one in ("", *part.sections)}
        unknown = forms.unknown_inputs(part.form, part.sections, unknown)
    return [forms.unasked_error(unknown)] if unknown else []


def _with_answers(
    page: TaskPage, cleaned: list[Cleaned], unasked: Sequence[FieldError] = ()
) -> TaskPage:
    _refuse_errors(cleaned, unasked)
    parts = tuple(
        replace(part, content=found.values) for part, found in zip(page.parts, cleaned, strict=True)
    )
    warnings = tuple(warning for found in cleaned for warning in found.warnings)
    signing = any(found.signature_needed for found in cleaned)
    return replace(page, parts=parts, warnings=warnings, signature_needed=signing)


def _refuse_errors(cleaned: list[Cleaned], unasked: Sequence[FieldError] = ()) -> None:
    errors = [*unasked, *(error for found in cleaned for error in found.errors)]
    if errors:
        raise InvalidForm(errors)


def _follow_rows(file: CaseFile, part: FormPart, version: DocumentVersion) -> None:
    for section in part.sections:
        for field in part.form.section(section).fields:
            if field.appoints:
                _appoint_as_said(file, part, field, version.content)
            if field.items is None:
                continue
            rows = version.content.get(section, {}).get(field.key) or []
            labels = {row["_key"]: str(row.get(field.items.label) or row["_key"]) for row in rows}
            items.follow_rows(file, field.items.list, field.items.kind, labels)
            _appoint_by_email(file, field.items.appoints, rows)


def _appoint_as_said(
    file: CaseFile, part: FormPart, entry: forms.Field, content: Mapping[str, Any]
) -> None:
    """Appoint for the item of a form; or to the case, in place of whom the form names."""
    item, said = part.key.item_key, content.get(part.form.section_of(entry.key).id, {})
    everything = {key: value for answers in content.values() for key, value in answers.items()}
    for rule in entry.appoints:
        asked = rule.when is None or rule.when.evaluate(file.names(item), file.functions(item))
        if asked is not True:
            continue
        if rule.replaces and said.get(rule.email):
            leaving = str(everything.get(rule.replaces) or "")
            _hand_over(file, entry, rule.role, str(said[rule.email]), said, leaving)
        elif not rule.replaces:
            _appoint_by_email(file, (rule,), [{**said, forms.ROW_KEY: item}])


def _hand_over(
    file: CaseFile,
    entry: forms.Field,
    role: str,
    email: str,
    said: Mapping[str, Any],
    leaving: str,
) -> None:
    name = _name_beside(said, entry.key)
    made = people.hand_over(file.session, file.case, role, email, file.actor, name, leaving)
    if made is None:
        error = FieldError(
            forms.control_of(entry, entry.key),
            "This account is closed. Enter another email address.",
            "Mae’r cyfrif hwn ar gau. Rhowch gyfeiriad e-bost arall.",
            catalogue=entry.catalogue,
        )
        raise InvalidForm([error])


def _appoint_by_email(
    file: CaseFile, appoints: tuple[Any, ...], rows: list[dict[str, Any]]
) -> None:
    for row in rows:
        for rule in appoints:
            email = str(row.get(rule.email) or "").strip()
            if email:
                key, name = row["_key"], _name_beside(row, rule.email)
                people.appoint_by_email(
                    file.session, file.case, rule.role, email, key, file.actor, name
                )


def _name_beside(row: Mapping[str, Any], email: str) -> str:
    """Return the name beside an address: that of `author` beside `author_email`, else `name`."""
    beside = row.get(email.removesuffix("email").rstrip("_") or "name") or ""
    return str(beside.get("name") or "") if isinstance(beside, dict) else str(beside)


def _opened(session: Session, task_id: uuid.UUID, actor: Actor) -> tuple[UserTask, TaskPage]:
    task = _task(session, task_id)
    page = task_pages.task_page(session, task, actor, str(new_id()))
    _require_open(session, task)
    return task, page


def _section(file: CaseFile, task: UserTask, page: TaskPage, key: SectionKey) -> SectionPage:
    found = sections.section_page(file, task, page, key)
    if found is None:
        raise NotFound
    return found


def _keep_section(
    file: CaseFile,
    task: UserTask,
    key: SectionKey,
    posted: Posted,
    files: Checked,
    actor: Actor,
) -> dict[str, list[str]]:
    """Keep what was typed into one section; return it with a reference to each file."""
    _require_may_do(file, task, actor)
    draft = documents.read_draft(file.session, task.id, actor.account_id)
    parts = task_pages.form_parts(file, task, draft.content if draft else None)
    if sections.find_part(parts, key) is None:
        raise NotFound
    kept = take_uploads(file, posted, files, actor, task)
    content = sections.draft_with(parts, key, kept)
    documents.save_draft(file.session, task, actor.account_id, content)
    return kept


def _lock(session: Session, task_id: uuid.UUID, actor: Actor) -> tuple[CaseFile, UserTask]:
    task = _task(session, task_id)
    file = store.lock_case(session, task.case_id, str(actor.account_id))
    session.refresh(task)
    roles = access.roles_on(session, actor, file.case, task.item_key)
    if not access.may_see_task(file, actor, roles, task):
        raise NotFound
    return file, task


def _require_may_do(file: CaseFile, task: UserTask, actor: Actor) -> None:
    session = file.session
    roles = access.roles_on(session, actor, file.case, task.item_key)
    if not access.may_see_task(file, actor, roles, task):
        raise NotFound
    _require_open(session, task)
    if file.case.state == "suspended":
        raise CaseSuspended
    access.require_task(file, actor, roles, task)
    _require_not_taken(file, task, actor)


def _require_not_taken(file: CaseFile, task: UserTask, actor: Actor) -> None:
    taken_by = task.claimed_by
    if taken_by is None or taken_by == actor.account_id:
        return
    # What somebody took who can do it no more is free; what was taken by somebody who is away waits
    # for nobody: whoever acts for them goes on.
    if taken_by not in {one.account_id for one in may_do(file, task)}:
        return
    if not people.stands_in_for(file.session, actor.account_id, taken_by, task.board_id):
        raise TaskTaken(name=accounts.name_of(file.session, str(task.claimed_by)))


def require_going_on(file: CaseFile, task: UserTask) -> None:
    """Refuse to go on with a task that rests, because its case is paused.

    Raises:  TaskPaused.
    """
    why = steps.why_rests(file, file.instance(task.instance_id))
    if why is not None:
        raise TaskPaused(why=why, task=task.id)


def _going_on(page: TaskPage) -> TaskPage:
    """Return a page, unless its task rests; what was typed is kept by then."""
    if page.task.rests is not None:
        raise TaskPaused(why=page.task.rests, task=page.task.id)
    return page


def _require_open(session: Session, task: UserTask) -> None:
    if task.state == "completed":
        raise TaskAlreadyCompleted(
            who=accounts.name_of(session, task.closed_by),
            account=task.closed_by,
            at=task.closed_at,
            task=task.id,
        )
    if task.state == "withdrawn":
        raise TaskWithdrawn(why=task.closed_why, at=task.closed_at, task=task.id)


def _outcome(file: CaseFile, task: UserTask) -> Submitted:
    element = task_pages.element_of(file, task)
    return Submitted(
        case_id=file.case.id,
        case_identifier=file.case.identifier,
        task_name=Text(element.name("en"), element.name("cy")),
    )


def _task(session: Session, task_id: uuid.UUID) -> UserTask:
    task = session.get(UserTask, task_id)
    if task is None:
        raise NotFound
    return task


def _ids(task: UserTask) -> dict[str, Any]:
    return {"task": str(task.id), "step": task.bpmn_id, "item": task.item_key, "round": task.round}
