"""Keep the audit chain: append what happened, and find the first row that was tampered with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import db, keys, time_source
from engine.errors import EngineError
from engine.models import AuditEvent, Board, Case, new_id

SYSTEM = "SYSTEM"

_Row = TypeVar("_Row")

_COLUMNS = tuple(column.key for column in AuditEvent.__table__.columns)


@dataclass(frozen=True)
class Break:
    """Where a chain no longer holds: which chain, which number, and why."""

    chain: str
    seq: int
    reason: str


class AuditBroken(EngineError):
    """The audit chain {chain} does not hold at number {seq}: {reason}. Tell the
    administrator at once."""

    status = 503


def append(
    session: Session,
    kind: str,
    actor: str,
    *,
    board_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    subject: str = "",
    data: dict[str, Any] | None = None,
    case: Case | None = None,
) -> None:
    """Append one event to the chain of its case, else of its Board, else of the installation.

    Takes:   kind, in the past tense; data, ids and keys only, never a form value; case, the row
             itself, where it is at hand.
    The caller holds the lock of the case; any other chain is held here until the transaction ends.
    """
    chain = _chain(board_id, case_id)
    if case_id is None:
        hold(session, board_id)
    if case is None and case_id is not None:
        case = session.get(Case, case_id)
    seq, previous = (case.version, case.audit_head) if case else _head(session, chain)
    event: dict[str, Any] = {
        "id": new_id(),
        "chain": chain,
        "seq": seq + 1,
        "board_id": board_id,
        "case_id": case_id,
        "at": time_source.written(session),
        "actor": actor,
        "kind": kind,
        "subject": subject,
        "data": data or {},
        "previous": previous,
    }
    event["key_id"], event["hash"] = keys.seal(_message(event))
    db.append(session, AuditEvent, event)
    if case is not None:
        case.version, case.audit_head = event["seq"], event["hash"]


def hold(session: Session, board_id: uuid.UUID | None) -> None:
    """Let one transaction at a time go on for a Board, or (None) for the whole installation."""
    if board_id is not None:
        session.execute(held(select(Board.id).where(Board.id == board_id)))
    else:
        db.hold_installation(session.connection())


def held(boards: Select[_Row]) -> Select[_Row]:
    """Return a query for a Board that locks it until the transaction ends.

    Whoever writes a row of a case refers to its Board and must not wait for this, nor be waited
    for: a case that reports to the one that opened it may be the one that waits for us.
    """
    return boards.with_for_update(key_share=True)


def verify(session: Session) -> Iterator[Break]:
    """Yield the first break of every chain that has one. Nothing is yielded when all is well."""
    rows = session.scalars(
        select(AuditEvent)
        .order_by(AuditEvent.chain, AuditEvent.seq)
        .execution_options(yield_per=1000)
    )
    chain, expected, previous, broken = "", 1, "", False
    for event in rows:
        if event.chain != chain:
            chain, expected, previous, broken = event.chain, 1, "", False
        if broken:
            continue
        reason = _why_broken(event, expected, previous)
        if reason:
            broken = True
            yield Break(event.chain, event.seq, reason)
        expected, previous = event.seq + 1, event.hash


def lost(session: Session, kept: Mapping[str, tuple[int, str]]) -> Iterator[Break]:
    """Yield a break for each chain that no longer holds a head that was kept elsewhere.

    A chain that was cut off at its end, or written anew with the key, holds by itself.
    Takes:   kept, what `heads` returned some day.
    """
    for chain, (seq, sealed) in sorted(kept.items()):
        if not chain.startswith(("case:", "board:", "installation")):
            continue
        found = session.scalar(
            select(AuditEvent.hash).where(AuditEvent.chain == chain, AuditEvent.seq == seq)
        )
        if found is None:
            yield Break(chain, seq, "it was there when its head was kept, and is missing")
        elif found != sealed:
            yield Break(chain, seq, "it is not what it was when its head was kept")


def is_readable(session: Session) -> bool:
    """Say whether the keys in use sealed the first and the last event; true where there is none.

    One of them may have been tampered with, which `verify` tells: one that holds is enough.
    """
    ends = [
        session.scalars(select(AuditEvent).order_by(*order).limit(1)).first()
        for order in (
            (AuditEvent.chain, AuditEvent.seq),
            (AuditEvent.chain.desc(), AuditEvent.seq.desc()),
        )
    ]
    found = [event for event in ends if event is not None]
    return not found or any(not _why_broken(event, event.seq, event.previous) for event in found)


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """Return the number and hash of the last event of every chain, to be kept elsewhere."""
    rows = session.execute(
        select(AuditEvent.chain, AuditEvent.seq, AuditEvent.hash).order_by(
            AuditEvent.chain, AuditEvent.seq
        )
    )
    return {row.chain: (row.seq, row.hash) for row in rows}


def _why_broken(event: AuditEvent, expected: int, previous: str) -> str:
    if event.seq != expected:
        return f"number {expected} is missing"
    if event.previous != previous:
        return "it does not follow the event before it"
    try:
        content = {name: getattr(event, name) for name in _COLUMNS}
        _, seal = keys.seal(_message(content), event.key_id)
    except keys.KeyNotKnown:
        return f"its key {event.key_id!r} is not known"
    return "" if seal == event.hash else "its content was changed"


def _head(session: Session, chain: str) -> tuple[int, str]:
    """Return the number and hash of the last event of a chain whose case does not carry them."""
    last = session.execute(
        select(AuditEvent.seq, AuditEvent.hash)
        .where(AuditEvent.chain == chain)
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    ).first()
    return (last.seq, last.hash) if last else (0, "")


def _chain(board_id: uuid.UUID | None, case_id: uuid.UUID | None) -> str:
    if case_id is not None:
        return f"case:{case_id}"
    return f"board:{board_id}" if board_id is not None else "installation"


def _message(event: Mapping[str, Any]) -> bytes:
    at: datetime = event["at"].astimezone(UTC)
    parts = {
        "chain": event["chain"],
        "seq": event["seq"],
        "board": str(event["board_id"] or ""),
        "case": str(event["case_id"] or ""),
        "at": at.isoformat(timespec="microseconds"),
        "actor": event["actor"],
        "kind": event["kind"],
        "subject": event["subject"],
        "data": event["data"],
        "previous": event["previous"],
    }
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
