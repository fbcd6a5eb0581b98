"""Keep some workflows as they were saved, so that their next step need not read them anew.

A workflow is found again by nothing but the bytes of its saved state. So it can never be out of
date: what another process wrote since, or what was rolled back, has other bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.workflow.definition import ProcessDefinition
    from engine.workflow.tree import Tree

#: A tree takes about fifteen times the bytes of its saved state: fifteen megabytes at most.
MOST_BYTES = 1_000_000


class Memory:
    """Trees at rest by their saved state; the ones kept last stay."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Take how many bytes all saved states may have together."""
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[bytes, tuple[Tree, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many trees are kept."""
        return len(self._kept)

    def keep(self, saved: bytes, tree: Tree, seq: int) -> None:
        """Keep a tree that nobody moves any more; `seq` is the number of its newest log entry."""
        # What it may ask of its case goes with the transaction.
        tree.turn_to(None)
        with self._lock:
            self._drop(saved)
            self._kept[saved] = tree, seq
            self.bytes += len(saved)
            while self.bytes > self.most_bytes:
                self._drop(next(iter(self._kept)))

    def take(self, definition: ProcessDefinition, saved: bytes) -> tuple[Tree, int] | None:
        """Return the tree with this state, for one to move; None where none is kept."""
        with self._lock:
            found = self._drop(saved)
        return found if found is not None and found[0].definition is definition else None

    def _drop(self, saved: bytes) -> tuple[Tree, int] | None:
        found = self._kept.pop(saved, None)
        if found is not None:
            self.bytes -= len(saved)
        return found
