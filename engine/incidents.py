"""Try again what the engine could not do, when a person has put the cause right."""

from __future__ import annotations

import uuid

from engine import db, store, time_source
from engine.errors import NotFound
from engine.models import Incident, Timer


def retry(incident_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """Put a parked timer back in its place; the worker fires it at once if it is still due."""
    with db.transaction() as session:
        incident = session.get(Incident, incident_id)
        if incident is None or incident.resolved_at is not None:
            raise NotFound
        file = store.lock_case(session, incident.case_id, str(account_id))
        timer = session.get(Timer, incident.timer_id) if incident.timer_id else None
        if timer is not None:
            timer.parked, timer.attempts, timer.retry_at = False, 0, None
        incident.resolved_at = time_source.now(session)
        incident.resolved_by = account_id
        store.save_case(file, "incident_retried", subject=incident.what)
