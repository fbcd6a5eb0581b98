"""The road that every change of a process takes, whoever or whatever caused it.

A submission, a fired timer, a late item and a corrected date all come through here: move the
workflow, start and end the parts it calls, follow items and facts until nothing moves any more,
keep the clocks, and leave rows that say what is open and what will fall due.
"""

from engine.steps.moving import take_over, try_on
from engine.steps.opening import new_case
from engine.steps.pausing import why_paused, why_rests
from engine.steps.rebuilding import entries, forget_steps, highest, reconcile, replay, rewrite
from engine.steps.reporting import fire, is_ready, settle, settle_corrected
from engine.steps.retelling import rows_told
from engine.steps.road import (
    ProcessesRunAway,
    Running,
    cancel_instance,
    complete_task,
    counting,
    definition_of,
    load,
    open_root,
    start_side,
)
from engine.steps.world import CaseWorld

__all__ = [
    "CaseWorld",
    "ProcessesRunAway",
    "Running",
    "cancel_instance",
    "complete_task",
    "counting",
    "definition_of",
    "entries",
    "fire",
    "forget_steps",
    "highest",
    "is_ready",
    "load",
    "new_case",
    "open_root",
    "reconcile",
    "replay",
    "rewrite",
    "rows_told",
    "settle",
    "settle_corrected",
    "start_side",
    "take_over",
    "try_on",
    "why_paused",
    "why_rests",
]
