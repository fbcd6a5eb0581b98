"""Read from the cases of a Board what its figures are counted from: days and choices, no text."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from engine import proceedings, store, time_source
from engine.models import Case, Document, DocumentVersion
from engine.proceedings import Period, days_waited
from engine.store import NO_ITEM, CaseFile
from engine.timescales import add

REVIEW, FORUM, CONSULTATION, EVENT = (
    "referral",
    "professional_forum",
    "consultation",
    "case_review_event",
)
_SIX_MONTHS = {"concise": "TS-01", "extended": "TS-02"}
_HELD_ON = {FORUM: "forum_held_on", CONSULTATION: "session_held_on", EVENT: "event_held_on"}
_OVERRUN, _RECORD, _CAUSES = "overrun", "record", "overrun_cause"

#: The recorded days of a review between which its stages run, in their order.
MILESTONES = (
    "sub_group_received_on",
    "recommendation_signed_on",
    "decided_on",
    "panel_set_up_on",
    "event_held_on",
    "report_accepted_on",
    "report_submitted_on",
    "published_on",
)


@dataclass(frozen=True)
class Review:
    """A Concise or Extended Review that the Board decided to hold, and holds itself.

    `last_day` is the last one of its six months; `sent_by` the last one on which the report could
    go to Welsh Government for the day on which it was published; `days` are those of `MILESTONES`
    that are recorded.
    """

    kind: str
    commissioned_on: date
    last_day: date | None
    sent_by: date | None
    days: Mapping[str, date]
    causes: frozenset[str]
    #: when something waited for proceedings; it moves no day and forgives no breach
    waited: tuple[Period, ...] = ()

    def days_waited(self, start: date, end: date) -> int:
        """Return on how many days between two something waited for proceedings."""
        return days_waited(self.waited, start, end)

    @property
    def published_on(self) -> date | None:
        """Return the first day of publication, which completes it (GAP-07)."""
        return self.days.get("published_on")


@dataclass(frozen=True)
class Duty:
    """Something that was to be done by a day: since when, by when, and when it was done."""

    from_on: date | None
    due_on: date
    met_on: date | None


@dataclass(frozen=True)
class Held:
    """A forum, consultation or case review event that was held."""

    process: str
    counts_as: str
    on: date


@dataclass(frozen=True)
class Records:
    """All that the figures of a Board are counted from."""

    reviews: tuple[Review, ...]
    told: tuple[Duty, ...]
    actions: tuple[Duty, ...]
    held: tuple[Held, ...]


def read(session: Session, board_id: uuid.UUID, actor: str) -> Records:
    """Return what is recorded on the cases of a Board, with as many queries however many they are.

    A case that was withdrawn counts for nothing.
    """
    counted = select(Case.id).where(
        Case.board_id == board_id,
        Case.process.in_((REVIEW, *_HELD_ON)),
        store.not_withdrawn(),
    )
    ids = session.scalars(counted.order_by(Case.opened_at, Case.id)).all()
    files = list(store.read_cases(session, ids, actor).values())
    causes, waited = _causes(session, ids), proceedings.periods(session, ids)
    of_reviews = [file for file in files if file.case.process == REVIEW]
    return Records(
        reviews=tuple(
            review
            for file in of_reviews
            if (
                review := _review(
                    file, causes.get(file.case.id, frozenset()), waited.get(file.case.id, ())
                )
            )
        ),
        told=tuple(duty for file in of_reviews for duty in _told(file)),
        actions=tuple(duty for file in files for duty in _actions(file)),
        held=tuple(held for file in files if (held := _held(file))),
    )


def _review(file: CaseFile, causes: frozenset[str], waited: tuple[Period, ...]) -> Review | None:
    kind = _known(file, "review_type")
    decided_on = max(filter(None, (_day(file, "chair_decided_on"), _day(file, "final_decided_on"))),
                     default=None)  # fmt: skip
    # The day on which the six months ended without a breach says that no review is held here.
    elsewhere = _day(file, "clock_ended_on")
    if kind not in _SIX_MONTHS or decided_on is None or elsewhere is not None:
        return None
    clock = file.clocks.get((_SIX_MONTHS[kind], NO_ITEM))
    days = {name: day for name in MILESTONES if (day := _day(file, name))}
    days["decided_on"] = decided_on
    return Review(
        kind=kind,
        commissioned_on=decided_on,
        last_day=clock.due_on if clock else None,
        sent_by=_last_day_to_send(file, days.get("published_on")),
        days=days,
        causes=causes,
        waited=waited,
    )


def _last_day_to_send(file: CaseFile, published_on: date | None) -> date | None:
    """Return the last day on which the report is with Welsh Government in time (PR-05, TS-03)."""
    lead = file.definitions.timescales.get("TS-03")
    if published_on is None or lead is None or lead.length is None:
        return None
    return add(published_on, -lead.length)


def _told(file: CaseFile) -> Iterator[Duty]:
    """Yield the duty to tell Welsh Government of a recommendation; the close does not end it."""
    clock = file.clocks.get(("TS-22", NO_ITEM))
    if clock is not None and clock.due_on is not None:
        yield Duty(clock.from_on, clock.due_on, clock.met_on)


def _actions(file: CaseFile) -> Iterator[Duty]:
    """Yield the actions that have a day; not those that were taken out or dropped.

    One that nobody did before the plan was signed off, or the case was closed, was not done.
    """
    for item in file.items:
        clock = file.clocks.get(("TS-29", item.key))
        dropped = file.facts.get(("action_dropped_on", item.key))
        if clock is None or clock.due_on is None or (dropped and dropped.value is not None):
            continue
        yield Duty(clock.from_on, clock.due_on, clock.met_on)


def _held(file: CaseFile) -> Held | None:
    name = _HELD_ON.get(file.case.process)
    on = _day(file, name) if name else None
    if on is None:
        return None
    return Held(file.case.process, str(_known(file, "forum_counts_as") or ""), on)


def _causes(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the causes of delay in the newest version of every record of one (F-56), by case."""
    newest = and_(
        DocumentVersion.document_id == Document.id, DocumentVersion.number == Document.version
    )
    rows = session.execute(
        select(Document.case_id, DocumentVersion.content)
        .join(DocumentVersion, newest)
        .where(Document.form == _OVERRUN, Document.case_id.in_(ids))
        .order_by(Document.id)
    )
    found: dict[uuid.UUID, frozenset[str]] = {}
    for case_id, content in rows:
        chosen = content.get(_RECORD, {}).get(_CAUSES) or ()
        found[case_id] = found.get(case_id, frozenset()) | frozenset(chosen)
    return found


def _known(file: CaseFile, name: str) -> object:
    fact = file.facts.get((name, NO_ITEM))
    return fact.value if fact else None


def _day(file: CaseFile, name: str) -> date | None:
    value = _known(file, name)
    return time_source.day_of(value) if isinstance(value, date) else None
