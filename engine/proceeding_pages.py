"""Show the proceedings beside a case, record them, and what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import access, accounts, case_pages, db, store, time_source
from engine.case_pages import CaseHead
from engine.errors import EngineError, NotFound
from engine.models import Proceeding, ProceedingVersion, new_id
from engine.people import Actor, Held
from engine.proceedings import KINDS, OVER, STAGES, VOID, WAITS
from engine.store import CaseFile

MAX_REASON = 2_000


class ProceedingRefused(EngineError):
    """The proceedings cannot be recorded as they are. Put right what is marked, then send it again."""  # noqa: E501

    status = 422
    #: all that is wrong, this among them, in the order of the page
    together: tuple[ProceedingRefused, ...] = ()


class ProceedingKindMissing(ProceedingRefused):
    """Choose what kind of proceedings they are."""


class ProceedingStageMissing(ProceedingRefused):
    """Choose how far they have come."""


class ProceedingFromWrong(ProceedingRefused):
    """Enter the day on which they began, up to today."""


class ProceedingToWrong(ProceedingRefused):
    """Enter the day on which they ended: not before they began, and up to today."""


class ProceedingNotOver(ProceedingRefused):
    """They are not over by what you chose above. Choose that they are over, or take the last day away."""  # noqa: E501


class ProceedingWaitsWrong(ProceedingRefused):
    """Choose what waits from the list."""


class ProceedingReasonMissing(ProceedingRefused):
    """Say why it is recorded anew, in at most {most} characters. The reason stays on record."""


class ProceedingChanged(ProceedingRefused):
    """Somebody recorded something else of these proceedings after you opened them. Look at what they recorded, then change what is still to be changed."""  # noqa: E501

    status = 409


@dataclass(frozen=True)
class ProceedingContent:
    """What a person says of proceedings; each what was chosen, empty where nothing was.

    `waits` are keys of `proceedings.WAITS`; none: nothing of the case waits for them. `has_end`
    says that something was typed as the last day, be it that `to_on` is no day.
    """

    kind: str
    stage: str
    from_on: date | None
    to_on: date | None
    waits: tuple[str, ...] = ()
    has_end: bool = False


@dataclass(frozen=True)
class ProceedingVersionView:
    """A version of what is recorded; `why` is the reason for which it was recorded anew."""

    number: int
    kind: str
    stage: str
    from_on: date
    to_on: date | None
    waits: tuple[str, ...]
    why: str
    author_name: str
    at: datetime


@dataclass(frozen=True)
class ProceedingView:
    """Proceedings beside a case with their versions, the newest first."""

    id: uuid.UUID
    number: int
    version: int
    versions: tuple[ProceedingVersionView, ...]

    @property
    def newest(self) -> ProceedingVersionView:
        """Return the version that counts."""
        return self.versions[0]

    @property
    def is_void(self) -> bool:
        """Say whether they were recorded by mistake."""
        return self.newest.stage == VOID


@dataclass(frozen=True)
class ProceedingPage:
    """The proceedings beside a case; `may_record` says that the person may record and change."""

    head: CaseHead
    found: tuple[ProceedingView, ...]
    may_record: bool
    today: date


def case_proceedings(case_id: uuid.UUID, actor: Actor) -> ProceedingPage:
    """Return the proceedings beside a case.

    Raises:  NotFound, also for who may open the case and not know of them.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = _require_reader(file, actor)
        return ProceedingPage(
            head=case_pages.head_of(file, actor, held),
            found=tuple(_views(session, case_id)),
            may_record=access.coordinates(file, held),
            today=time_source.local_day(file.now),
        )


def record_proceeding(
    case_id: uuid.UUID, content: ProceedingContent, actor: Actor, submit_key: str | None = None
) -> uuid.UUID:
    """Record proceedings beside a case, also one that is closed; once for a submit key.

    Raises:  NotFound; ProceedingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file = _lock_to_record(session, case_id, actor)
        if submit_key:
            again = session.scalar(select(Proceeding.id).where(Proceeding.submit_key == submit_key))
            if again is not None:
                return again
        _refuse(_wrong(file, content))
        highest = session.scalar(
            select(func.max(Proceeding.number)).where(Proceeding.case_id == case_id)
        )
        row = Proceeding(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=case_id,
            number=(highest or 0) + 1,
            version=0,
            submit_key=submit_key,
        )
        session.add(row)
        session.flush()
        _write(file, row, content, "", actor)
        _save(file, "proceedings_recorded", row)
        return row.id


def change_proceeding(
    case_id: uuid.UUID,
    proceeding_id: uuid.UUID,
    content: ProceedingContent,
    why: str,
    actor: Actor,
    *,
    seen: int,
) -> None:
    """Record news of proceedings, or put right what was recorded, in a new version.

    Takes:   content, with the stage `void` for what was recorded by mistake; seen, the number of
             the version that the person had before them.
    Raises:  NotFound; ProceedingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file = _lock_to_record(session, case_id, actor)
        row = session.get(Proceeding, proceeding_id)
        if row is None or row.case_id != case_id:
            raise NotFound
        session.refresh(row)
        if seen != row.version:
            raise ProceedingChanged
        found = _wrong(file, content, (*STAGES, VOID))
        if not why.strip() or len(why) > MAX_REASON:
            found.append(ProceedingReasonMissing(most=MAX_REASON))
        _refuse(found)
        _write(file, row, content, why.strip(), actor)
        _save(file, "proceedings_changed", row)


def _require_reader(file: CaseFile, actor: Actor) -> Held:
    held = access.roles_on(file.session, actor, file.case, "")
    access.require_case(file, actor, held)
    if not access.may_read_proceedings(file, actor, held):
        raise NotFound
    return held


def _lock_to_record(session: Session, case_id: uuid.UUID, actor: Actor) -> CaseFile:
    """Lock a case for whoever may record proceedings on it.

    Raises:  NotFound, for everybody else.
    """
    file = store.lock_case(session, case_id, str(actor.account_id))
    if not access.coordinates(file, _require_reader(file, actor)):
        raise NotFound
    return file


def _wrong(
    file: CaseFile, content: ProceedingContent, stages: Iterable[str] = STAGES
) -> list[ProceedingRefused]:
    today, found = time_source.local_day(file.now), list[ProceedingRefused]()
    if content.kind not in KINDS:
        found.append(ProceedingKindMissing())
    if content.stage not in stages:
        found.append(ProceedingStageMissing())
    first = content.from_on
    if first is None or first > today:
        first = None
        found.append(ProceedingFromWrong())
    if content.stage == OVER or (content.stage == VOID and content.has_end):
        if content.to_on is None or not (first or date.min) <= content.to_on <= today:
            found.append(ProceedingToWrong())
    elif content.has_end:
        found.append(ProceedingNotOver())
    if not set(content.waits) <= set(WAITS):
        found.append(ProceedingWaitsWrong())
    return found


def _refuse(found: list[ProceedingRefused]) -> None:
    if found:
        found[0].together = tuple(found)
        raise found[0]


def _write(
    file: CaseFile, row: Proceeding, content: ProceedingContent, why: str, actor: Actor
) -> None:
    row.version += 1
    file.session.add(
        ProceedingVersion(
            board_id=row.board_id,
            proceeding_id=row.id,
            number=row.version,
            kind=content.kind,
            stage=content.stage,
            from_on=content.from_on,
            to_on=content.to_on,
            waits=[one for one in WAITS if one in content.waits],
            why=why,
            author=actor.account_id,
            at=file.now,
        )
    )


def _save(file: CaseFile, event: str, row: Proceeding) -> None:
    """Save the case with the event; ids and numbers only, for the record is read by more people."""
    data = {"proceeding": str(row.id), "number": row.number, "version": row.version}
    store.save_case(file, event, data=data)


def _views(session: Session, case_id: uuid.UUID) -> Iterable[ProceedingView]:
    rows = session.execute(
        select(Proceeding, ProceedingVersion)
        .join(ProceedingVersion, ProceedingVersion.proceeding_id == Proceeding.id)
        .where(Proceeding.case_id == case_id)
        .order_by(Proceeding.number, ProceedingVersion.number.desc())
    ).all()
    names = accounts.names_of(session, {str(version.author) for _, version in rows})
    by_row: dict[uuid.UUID, list[ProceedingVersionView]] = {}
    for row, version in rows:
        by_row.setdefault(row.id, []).append(
            ProceedingVersionView(
                number=version.number,
                kind=version.kind,
                stage=version.stage,
                from_on=version.from_on,
                to_on=version.to_on,
                waits=tuple(version.waits),
                why=version.why,
                author_name=names[str(version.author)],
                at=version.at,
            )
        )
    for row in dict.fromkeys(row for row, _ in rows):
        yield ProceedingView(row.id, row.number, row.version, tuple(by_row[row.id]))
