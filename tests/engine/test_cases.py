"""Appointing people to a case: one event on the record for each change."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import audit, cases, db
from engine.errors import AccessDenied
from engine.models import Appointment, AuditEvent
from engine.people import AlreadyAppointed, ReasonMissing

if TYPE_CHECKING:
    from tests.engine.conftest import House


def events(house: House) -> list[tuple[str, str, str]]:
    """Return what the record of the case says happened: what, in which role, by whom."""
    with db.reading() as session:
        assert list(audit.verify(session)) == []
        found = session.scalars(
            select(AuditEvent).where(AuditEvent.case_id == house.case_id).order_by(AuditEvent.seq)
        )
        return [(event.kind, event.subject, event.actor) for event in found]


def appointment_of(account_id: uuid.UUID) -> uuid.UUID:
    with db.reading() as session:
        return session.scalars(
            select(Appointment.id).where(Appointment.account_id == account_id)
        ).one()


def test_an_appointment_and_its_end_leave_one_event_each(house: House) -> None:
    chief, person = house.person("cai", "coordinator"), house.person("wil")
    cases.appoint(house.case_id, "worker", person.account_id, "", chief)
    by = str(chief.account_id)
    assert events(house) == [("appointed", "worker", by)]
    cases.end_appointment(appointment_of(person.account_id), "moved away", chief)
    assert events(house) == [("appointed", "worker", by), ("appointment_ended", "worker", by)]


def test_what_is_refused_leaves_no_event(house: House) -> None:
    chief, person = house.person("cai", "coordinator"), house.person("wil")
    with pytest.raises(AccessDenied):
        cases.appoint(
            house.case_id, "facilitator", person.account_id, "", house.person("fay", "worker")
        )
    before = events(house)
    cases.appoint(house.case_id, "worker", person.account_id, "", chief)
    with pytest.raises(AlreadyAppointed):
        cases.appoint(house.case_id, "worker", person.account_id, "", chief)
    with pytest.raises(ReasonMissing):
        cases.end_appointment(appointment_of(person.account_id), " ", chief)
    assert len(events(house)) == len(before) + 1
