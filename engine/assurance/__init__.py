"""Show that a process is sound by going through every state that it can come to.

Pure: no database, no clock, no SpiffWorkflow.
"""

from engine.assurance.exploring import MOST_STATES
from engine.assurance.soundness import Problem, Verdict, check, prove

__all__ = ["MOST_STATES", "Problem", "Verdict", "check", "prove"]
