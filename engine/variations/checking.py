"""Hold a draft against every rule that is asked when it is published, and keep what was found."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, deployments, time_source
from engine.deployments import Finding
from engine.models import Account, VariationCheck, VariationDraft
from engine.people import Actor
from engine.variations import rows
from engine.variations.drafts import DraftHead, head


@dataclass(frozen=True)
class DraftCheck:
    """What was found in a draft when it was last checked; `is_current` while nobody changed it."""

    findings: tuple[Finding, ...]
    checked_by: str
    checked_at: datetime
    is_current: bool

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps the draft from being published."""
        return tuple(found for found in self.findings if found.severity == "error")


@dataclass(frozen=True)
class ChecksPage:
    """A draft and what was last found in it; None where nobody has checked it yet."""

    head: DraftHead
    check: DraftCheck | None


def checks_page(draft_id: uuid.UUID, actor: Actor) -> ChecksPage:
    """Return what was last found in a draft.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = rows.to_read(session, draft_id, actor)
        return ChecksPage(head(session, desk, actor), last_check(session, desk.row))


def check_variation(draft_id: uuid.UUID, actor: Actor) -> DraftCheck:
    """Check a draft as it is now, and keep what was found; takes some seconds.

    Raises:  NotFound.
    """
    with db.reading() as session:
        row = rows.to_read(session, draft_id, actor).row
        files, revision = rows.resolved(session, row), row.revision
    # What keeps it from being published first; of a file of the edition, nothing else.
    found = sorted(
        (
            each
            for each in deployments.check(files)
            if each.severity == "error" or deployments.differs_from_edition(files, each.path)
        ),
        key=lambda each: each.severity,
    )
    with db.transaction() as session:
        row = rows.to_read(session, draft_id, actor).row
        rows.hold(session, row)
        return _kept(session, row, revision, found, actor)


def last_check(session: Session, row: VariationDraft) -> DraftCheck | None:
    """Return what was found in a draft when it was checked last."""
    newest_first = VariationCheck.checked_at.desc(), VariationCheck.id
    found = session.execute(
        select(VariationCheck, Account.name)
        .join(Account, Account.id == VariationCheck.checked_by)
        .where(VariationCheck.draft_id == row.id)
        .order_by(VariationCheck.revision.desc(), *newest_first)
        .limit(1)
    ).first()
    if found is None:
        return None
    check, name = found
    return DraftCheck(
        tuple(_read(kept) for kept in check.findings),
        name,
        check.checked_at,
        check.revision == row.revision,
    )


def _kept(
    session: Session,
    row: VariationDraft,
    revision: int,
    found: Sequence[Finding],
    actor: Actor,
) -> DraftCheck:
    check = VariationCheck(
        board_id=row.board_id,
        draft_id=row.id,
        revision=revision,
        findings=[asdict(each) for each in found],
        checked_by=actor.account_id,
        checked_at=time_source.now(session),
    )
    session.add(check)
    errors = sum(each.severity == "error" for each in found)
    rows.record(session, "draft_checked", actor, row, errors=errors)
    name = session.get_one(Account, actor.account_id).name
    return DraftCheck(tuple(found), name, check.checked_at, revision == row.revision)


def _read(kept: Mapping[str, Any]) -> Finding:
    return Finding(**{**kept, "trace": tuple(kept["trace"])})
