"""Report to the case that opened this one: what follows facts of this case there moves with them.

The report travels in the transaction that made the news, up from case to case. Locks are taken in
that direction only, the reporter's first and then the opener's, so that no two wait for each other.
Where the opener cannot take it in, nothing of the reporter's is lost: a timer of the opener brings
the report again, and becomes an incident like any other that fails. See D21.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from sqlalchemy import select, update

from engine import audit, db, store
from engine.models import Case, CaseLink, Timer, new_id
from engine.steps.mirroring import REPORTED, has_news, mirror
from engine.steps.road import Running, fire_timer
from engine.steps.settling import come_to_rest
from engine.steps.undoing import undo_breaches
from engine.store import CaseFile

logger = logging.getLogger(__name__)

REPORT = "report"


def settle(running: Running) -> dict[str, str]:
    """Let a case come to rest, and tell the case that opened it what is news there.

    Returns: the clocks of this case whose state changed.
    """
    changed = come_to_rest(running)
    if has_news(running.file):
        _report(running.file)
    return changed


def settle_corrected(running: Running) -> dict[str, str]:
    """Let a case come to rest after a correction: breaches that never were are taken back."""
    changed = come_to_rest(running)
    undo_breaches(running)
    return {**changed, **settle(running)}


def fire(file: CaseFile, timer: Timer) -> bool:
    """Do what a timer that is due wants done, and save the case.

    Returns: false for a report that waits, because something fell due before it.
    """
    if timer.kind == REPORT:
        if any(other.kind != REPORT for other in _ready(file, timer.due_at)):
            return False
        _, _, reporter = timer.token.partition(":")
        _take_in(file, store.read_case(file.session, uuid.UUID(reporter), audit.SYSTEM), again=True)
        return True
    running = Running(file)
    subject, event = timer.timescale or timer.bpmn_id, "clock_checked"
    if timer.kind == "event":
        event = "timer_fired"
        fire_timer(running, timer)
        file.drop_timer(timer.token)
    data = {"clocks": settle(running), "item": timer.item_key, "timer": timer.bpmn_id}
    store.save_case(file, event, subject=subject, data=data)
    return True


def is_ready(timer: Timer, now: datetime) -> bool:
    """Say whether a timer is due, and neither parked nor waiting after a failure."""
    if timer.due_at is None or timer.parked:
        return False
    return max(timer.due_at, timer.retry_at or timer.due_at) <= now


def _report(file: CaseFile) -> None:
    """Bring the news to each case that this one was opened from; as a rule there is one or none."""
    openers = select(CaseLink.linked_id).where(
        CaseLink.case_id == file.case.id, CaseLink.direction == "from"
    )
    for opener_id in file.session.scalars(openers.order_by(CaseLink.id)).all():
        opener = store.lock_case(file.session, opener_id, audit.SYSTEM)
        try:
            with file.session.begin_nested():
                opener.drop_timer(_token(file.case.id))
                _fire_what_came_first(opener)
                _take_in(opener, file)
        except Exception as error:
            if db.is_away(error):
                raise
            extra = {"case": str(opener_id), "what": type(error).__name__}
            logger.warning("report waits", extra=extra)
            _bring_again(file, opener_id)


def _fire_what_came_first(opener: CaseFile) -> None:
    """Let a deadline of the opener that passed before the news go before it, as it would alone."""
    while ready := _ready(opener):
        fire(opener, ready[0])


def _take_in(opener: CaseFile, reporter: CaseFile, *, again: bool = False) -> None:
    """Write what a case reports, and let its opener move on; the record there says so.

    A case that has closed takes the facts in, and nothing new is started in it.
    Takes:   again, for a report that had to wait, which is on record also where nothing is new.
    """
    opener.drop_timer(_token(reporter.case.id))
    mirrored = mirror(opener, reporter)
    if not mirrored.facts and not again:
        return
    running = Running(opener)
    changed = settle_corrected(running) if mirrored.corrects else settle(running)
    data = {**mirrored.data, "clocks": changed}
    store.save_case(opener, REPORTED, subject=mirrored.process, data=data)


def _bring_again(file: CaseFile, opener_id: uuid.UUID) -> None:
    """Arm a timer of the opener that brings the report again; one that waits already will do."""
    session, token = file.session, _token(file.case.id)
    waits = select(Timer.id).where(Timer.case_id == opener_id, Timer.token == token)
    if session.scalar(waits) is None:
        link = select(CaseLink.board_id).where(
            CaseLink.case_id == opener_id, CaseLink.linked_id == file.case.id
        )
        session.add(
            Timer(
                id=new_id(),
                board_id=session.scalar(link),
                case_id=opener_id,
                kind=REPORT,
                token=token,
                due_at=file.now,
            )
        )
        # It was armed past the file of that case, which stands still no longer.
        session.execute(update(Case).where(Case.id == opener_id).values(kept_until=None))


def _ready(file: CaseFile, before: datetime | None = None) -> list[Timer]:
    """Return the timers that are due, oldest first, before a moment if one is given."""
    found = [timer for timer in file.timers.values() if is_ready(timer, file.now)]
    found = [timer for timer in found if before is None or _due(timer) < before]
    return sorted(found, key=lambda timer: (_due(timer), timer.id))


def _due(timer: Timer) -> datetime:
    assert timer.due_at is not None
    return timer.due_at


def _token(reporter: uuid.UUID) -> str:
    return f"{REPORT}:{reporter}"
