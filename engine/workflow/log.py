"""The step log: each input that drove an instance, with what was chosen on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.workflow.outcome import TaskKey

KINDS = ("start", "complete", "skip", "fire", "finish_part", "follow", "items")


@dataclass(frozen=True)
class LogEntry:
    """One input. `items` and `follow` are the same; neither has a key.

    `choices` holds, in order, `["flow", gateway, [flows]]`, `["items", list, [keys]]`,
    `["decision", element, item, result]` and `["event", element, item, round]`.
    """

    seq: int
    kind: str
    key: TaskKey | None = None
    choices: tuple[list[Any], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a kind that no release has written."""
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of log entry: {self.kind}")

    def to_json(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        key = None if self.key is None else list(self.key)
        return {"seq": self.seq, "kind": self.kind, "key": key, "choices": list(self.choices)}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> LogEntry:
        """Return the entry that `to_json` gave."""
        key = TaskKey(*saved["key"]) if saved.get("key") else None
        return cls(saved["seq"], saved["kind"], key, tuple(saved.get("choices", ())))
