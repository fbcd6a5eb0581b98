"""What is put on record keeps two moments apart: when it was done, and when it was written down."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import audit, db, notices, time_source
from engine.models import AuditEvent, Case, Notice

if TYPE_CHECKING:
    from tests.engine.conftest import House


def test_what_is_recorded_happens_on_its_day_and_is_written_now(house: House) -> None:
    case_id = house.case_id
    with db.transaction() as session:
        now = time_source.now(session)
        with time_source.recorded(session, now - timedelta(days=40)):
            assert time_source.now(session) == now - timedelta(days=40)
            with time_source.recorded(session, now - timedelta(days=20)):
                assert time_source.now(session) == now - timedelta(days=20)
            assert time_source.is_recorded(session)
            assert time_source.now(session) == now - timedelta(days=40)
            audit.append(session, "step_recorded", "SYSTEM", case_id=case_id)
        assert not time_source.is_recorded(session)
        assert time_source.now(session) == now
        at = session.scalar(select(AuditEvent.at).where(AuditEvent.kind == "step_recorded"))
        assert at == now


def test_nothing_is_recorded_before_it_happens(house: House) -> None:
    with db.transaction() as session:
        now = time_source.now(session)
        with time_source.recorded(session, now + timedelta(days=1)):
            assert time_source.now(session) == now


def test_nobody_is_written_to_about_what_is_only_recorded(house: House) -> None:
    case_id = house.case_id
    with db.transaction() as session:
        case, now = session.get_one(Case, case_id), time_source.now(session)
        before = case.notices_written
        with time_source.recorded(session, now - timedelta(days=1)):
            notices.write_notice(session, case, "past", "coordinator", "TS-41", "clock_stage", {})
        assert session.scalar(select(Notice.id).where(Notice.key == "past")) is None
        assert case.notices_written == before
        notices.write_notice(session, case, "now", "coordinator", "TS-41", "clock_stage", {})
        assert session.scalar(select(Notice.id).where(Notice.key == "now")) is not None
