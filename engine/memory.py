"""Keep in memory what was read, to be found again by nothing but what it was read from.

So it can never be out of date: what another process wrote since, or what was rolled back, is
written otherwise, and is not found.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

#: What is kept takes up to fifteen times the bytes it was read from: fifteen megabytes at most.
MOST_BYTES = 1_000_000

#: What is larger than this part of all there is room for is not kept: it would drive out the rest.
_SHARE = 10


class Memory(Generic[Kept]):
    """Things by the text or the bytes they were read from; the ones kept last stay."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Take how many bytes (or letters) everything may have been read from together."""
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[bytes | str, Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many things are kept."""
        return len(self._kept)

    def keep(self, source: bytes | str, kept: Kept) -> None:
        """Keep something; what was kept first goes where there is no room."""
        if self._is_large(source):
            return
        with self._lock:
            self._drop(source)
            self._kept[source] = kept
            self.bytes += len(source)
            while self.bytes > self.most_bytes:
                self._drop(next(iter(self._kept)))

    def look(self, source: bytes | str) -> Kept | None:
        """Return what was read from this and is never changed; None where it is not kept."""
        if self._is_large(source):
            return None
        with self._lock:
            if source in self._kept:
                self._kept.move_to_end(source)
            return self._kept.get(source)

    def take(self, source: bytes | str) -> Kept | None:
        """Return the same for one to change: nobody finds it here any more."""
        with self._lock:
            return self._drop(source)

    def _is_large(self, source: bytes | str) -> bool:
        return len(source) * _SHARE > self.most_bytes

    def _drop(self, source: bytes | str) -> Kept | None:
        found = self._kept.pop(source, None)
        if found is not None:
            self.bytes -= len(source)
        return found
