"""Say whether the work on a case rests, because of what its root process says of its facts.

While it does, tasks of the root and of its parts are read and drafted, not claimed or completed.
Side instances go on, and parts that say so; clocks and timers go on as well (PR-06). Nothing of it
is kept: it is asked of the facts as they stand, so that it ends with them, and replay knows none.
"""

from __future__ import annotations

from sqlalchemy import select

from engine import feel, store
from engine.models import AuditEvent, ProcessInstance
from engine.store import CaseFile
from engine.texts import Text

PAUSED, WENT_ON = "case_paused", "case_went_on"

_NEWEST = (
    select(AuditEvent.kind)
    .where(AuditEvent.kind.in_([PAUSED, WENT_ON]))
    .order_by(AuditEvent.seq.desc())
    .limit(1)
)


def why_paused(file: CaseFile) -> Text | None:
    """Return what the pause of a case hangs on, in words; None while the case is not paused."""
    source = file.definitions.processes[file.case.process].paused_while
    if not source or file.case.state == "closed":
        return None
    condition = feel.compile_expression(source)
    if condition.evaluate(file.names(None), file.functions(None)) is not True:
        return None
    known = file.definitions.facts
    texts = [known[name].text for name in sorted(condition.names) if name in known]
    return Text("; ".join(text.en for text in texts), "; ".join(text.cy for text in texts))


def why_rests(file: CaseFile, instance: ProcessInstance) -> Text | None:
    """Return why the tasks of an instance rest; None where they do not, or the case is not paused.

    A part that runs beside the others, because its item came late, rests like the others.
    """
    why = why_paused(file)
    return None if why is None or _goes_on(file, instance) else why


def record_pause(file: CaseFile) -> None:
    """Write into the record that a case was paused, or that it goes on."""
    pauses = bool(file.definitions.processes[file.case.process].paused_while)
    if not pauses or not file.facts_changed or file.case.state == "closed":
        return
    newest = file.session.scalar(_NEWEST.where(AuditEvent.case_id == file.case.id))
    is_paused = why_paused(file) is not None
    if is_paused != (newest == PAUSED):
        store.record_event(file, PAUSED if is_paused else WENT_ON)


def _goes_on(file: CaseFile, instance: ProcessInstance) -> bool:
    """Say whether an instance, or one that called it, goes on while the case is paused."""
    definition = file.definitions.processes[instance.process]
    if definition.goes_on_paused or "side" in definition.kind.split():
        return True
    if instance.parent_id is None:
        return False
    return _goes_on(file, file.instance(instance.parent_id))
