"""The audit chain holds, and tells where it was broken."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from engine import audit, db
from engine.models import AuditEvent


def _three_events(session: Session) -> None:
    for number in (1, 2, 3):
        audit.append(session, "task_completed", audit.SYSTEM, subject=f"CNS-0{number}")


def test_untouched_chain_verifies(database: db.Database) -> None:
    with db.transaction() as session:
        _three_events(session)
        assert list(audit.verify(session)) == []
        assert audit.heads(session)["installation"][0] == 3


@pytest.mark.parametrize(
    "values", [{"kind": "case_opened"}, {"data": {"x": 1}}, {"actor": "someone"}, {"subject": ""}]
)
def test_changed_row_is_named(database: db.Database, values: dict[str, object]) -> None:
    with db.transaction() as session:
        _three_events(session)
        session.execute(update(AuditEvent).where(AuditEvent.seq == 2).values(**values))
        session.expire_all()
        assert [found.seq for found in audit.verify(session)] == [2]


def test_deleted_row_is_missed(database: db.Database) -> None:
    with db.transaction() as session:
        _three_events(session)
        session.execute(delete(AuditEvent).where(AuditEvent.seq == 2))
        session.expire_all()
        (found,) = audit.verify(session)
    assert (found.seq, found.reason) == (3, "number 2 is missing")


def test_a_chain_that_was_cut_off_lacks_the_head_kept_elsewhere(database: db.Database) -> None:
    with db.transaction() as session:
        _three_events(session)
        kept = audit.heads(session)
        audit.append(session, "task_completed", audit.SYSTEM)
        assert list(audit.lost(session, kept)) == []
        session.execute(delete(AuditEvent).where(AuditEvent.seq >= 3))
        assert list(audit.verify(session)) == []
        (found,) = audit.lost(session, kept)
    assert (found.chain, found.seq) == ("installation", 3)


def test_a_chain_that_was_written_anew_differs_from_the_head_kept_elsewhere(
    database: db.Database,
) -> None:
    with db.transaction() as session:
        _three_events(session)
        kept = audit.heads(session)
        session.execute(delete(AuditEvent))
        for _ in range(3):
            audit.append(session, "task_reopened", audit.SYSTEM)
        assert list(audit.verify(session)) == []
        (found,) = audit.lost(session, kept)
    assert found.reason == "it is not what it was when its head was kept"


def test_swapped_rows_are_named(database: db.Database) -> None:
    with db.transaction() as session:
        _three_events(session)
        for old, new in ((2, 99), (3, 2), (99, 3)):
            session.execute(update(AuditEvent).where(AuditEvent.seq == old).values(seq=new))
        session.expire_all()
        assert [found.seq for found in audit.verify(session)] == [2]
