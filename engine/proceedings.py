"""Know which proceedings run beside a case, and on how many days something waited for them.

They change no clock: the draft allows no pause. A length without these days is told beside the
whole one and never in its place.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from engine.models import Proceeding, ProceedingVersion

KINDS = ("criminal", "inquest", "care", "other")
#: How far they have come; the last one ends them.
STAGES = ("investigation", "opened", "hearings", "outcome", "appeal", "over")
OVER = STAGES[-1]
#: Recorded by mistake: the versions stay, and count for nothing.
VOID = "void"
#: What may have to wait for them.
WAITS = ("start", "family", "interviews", "event", "report", "publication", "other")


@dataclass(frozen=True)
class Period:
    """From which day on something waited for proceedings, and up to which, the last one counted."""

    from_on: date
    to_on: date | None


def newest(
    session: Session, case_ids: Collection[uuid.UUID]
) -> list[tuple[Proceeding, ProceedingVersion]]:
    """Return the proceedings beside some cases as they stand, in their order, in one query."""
    of_row = and_(
        ProceedingVersion.proceeding_id == Proceeding.id,
        ProceedingVersion.number == Proceeding.version,
    )
    rows = session.execute(
        select(Proceeding, ProceedingVersion)
        .join(ProceedingVersion, of_row)
        .where(Proceeding.case_id.in_(case_ids))
        .order_by(Proceeding.case_id, Proceeding.number)
    )
    return [(row, version) for row, version in rows]


def periods(
    session: Session, case_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[Period, ...]]:
    """Return when something waited for proceedings, by case; in one query."""
    found: dict[uuid.UUID, tuple[Period, ...]] = {}
    for row, version in newest(session, case_ids):
        if version.stage != VOID and version.waits:
            one = Period(version.from_on, version.to_on)
            found[row.case_id] = (*found.get(row.case_id, ()), one)
    return found


def days_waited(waited: Iterable[Period], start: date, end: date) -> int:
    """Return on how many of the days after a first one, up to a last one, something waited.

    A day on which something waited for several proceedings counts once.
    """
    days, counted = 0, start
    for one in sorted(waited, key=lambda period: period.from_on):
        first = max(one.from_on, counted + timedelta(days=1))
        last = min(one.to_on or end, end)
        if first <= last:
            days += (last - first).days + 1
            counted = last
    return days
