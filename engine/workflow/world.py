"""What a workflow asks of the case around it: facts, functions, item lists and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol


class World(Protocol):
    """The case as one process instance sees it; the caller gives it, the workflow only asks.

    A world may also have `redo_decision(decision_id, item, recorded)`: replay tells it of each
    decision that was taken before, instead of having it taken again.
    """

    def names(self, item: str | None) -> Mapping[str, Any]:
        """Return every declared fact of the case, and of that item, None where not known."""

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return our own functions for this moment: `due`, `today`, `now` and so on."""

    def items(self, list_name: str) -> Sequence[str]:
        """Return the keys of an item list, in their order."""

    def decide(self, decision_id: str, item: str | None) -> Mapping[str, Any]:
        """Run a decision table, write its facts, and return what to record, as JSON."""
