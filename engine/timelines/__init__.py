"""Merged timelines: rows of F-07 as events in order, and what in them a person should look at.

Nothing here reads or writes anything: rows go in, events, groups of rows and ages come out.
"""

from engine.timelines.ages import Age, Child, age_at
from engine.timelines.contradictions import Contradiction, contradictions
from engine.timelines.events import (
    ADDED,
    Event,
    added_events,
    in_order,
    merged_events,
)
from engine.timelines.filtering import TimelineQuery, chosen
from engine.timelines.joining import DIFFERENT, SAME, Joining, read_joining
from engine.timelines.likely import Likely, apart, together
from engine.timelines.silences import Silence, silences

__all__ = [
    "ADDED",
    "DIFFERENT",
    "SAME",
    "Age",
    "Child",
    "Contradiction",
    "Event",
    "Joining",
    "Likely",
    "Silence",
    "TimelineQuery",
    "added_events",
    "age_at",
    "apart",
    "chosen",
    "contradictions",
    "in_order",
    "merged_events",
    "read_joining",
    "silences",
    "together",
]
