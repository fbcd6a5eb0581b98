"""Show that processes are sound, and keep the statute, by going through their states.

Pure: no database, no clock, no SpiffWorkflow.
"""

from engine.assurance.conditions import implies
from engine.assurance.exploring import MOST_STATES
from engine.assurance.order import Asked, Breach, OrderProver
from engine.assurance.soundness import Problem, Verdict, check, prove
from engine.assurance.unfolding import INSIDE

__all__ = [
    "INSIDE",
    "MOST_STATES",
    "Asked",
    "Breach",
    "OrderProver",
    "Problem",
    "Verdict",
    "check",
    "implies",
    "prove",
]
