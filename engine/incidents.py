"""Try again what the engine could not do, when a person has put the cause right."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, db, outbox, store, time_source
from engine.errors import AccessDenied, NotFound
from engine.models import Incident, OutboxMessage, Timer
from engine.people import Actor


def retry(incident_id: uuid.UUID, actor: Actor) -> None:
    """Put a parked timer, or the messages that could not be sent, back in their place.

    The worker fires the timer at once if it is still due.
    Raises:  NotFound; AccessDenied, for whoever does not coordinate the case.
    """
    with db.transaction() as session:
        found = session.get(Incident, incident_id)
        if found is None:
            raise NotFound
        file = store.lock_case(session, found.case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case)
        access.require_case(file, actor, roles)
        if not access.coordinates(file, roles):
            raise AccessDenied
        session.refresh(found)
        if found.resolved_at is not None:
            raise NotFound
        _put_back(session, found)
        found.resolved_at, found.resolved_by = time_source.now(session), actor.account_id
        store.save_case(file, "incident_retried", subject=found.what)


def _put_back(session: Session, incident: Incident) -> None:
    timer = session.get(Timer, incident.timer_id) if incident.timer_id else None
    if timer is not None:
        timer.parked, timer.attempts, timer.retry_at = False, 0, None
    notice = incident.detail.get("notice")
    if notice:
        failed = select(OutboxMessage).where(
            OutboxMessage.notice_id == uuid.UUID(notice), OutboxMessage.state == "failed"
        )
        for row in session.scalars(failed.order_by(OutboxMessage.key)):
            outbox.put_back(session, row)
