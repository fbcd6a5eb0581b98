"""What the diagrams of one deployment may refer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KnownProcess:
    """What one diagram must know of another."""

    kind: str = "part"
    item: str = ""
    calls: frozenset[str] = frozenset()
    after_close: bool = False


@dataclass(frozen=True)
class Known:
    """The names that exist in a deployment."""

    #: form id to the ids of its sections
    forms: Mapping[str, Collection[str]] = field(default_factory=dict)
    roles: Collection[str] = frozenset()
    timescales: Collection[str] = frozenset()
    #: those of the timescales whose clocks go on once the case is closed
    timescales_after_close: Collection[str] = frozenset()
    facts: Collection[str] = frozenset()
    #: those of the facts that hold a value for each item, and none for the case
    facts_of_items: Collection[str] = frozenset()
    decisions: Collection[str] = frozenset()
    #: the exclusive gateways of the root processes
    gateways: Collection[str] = frozenset()
    notices: Collection[str] = frozenset()
    #: name of an item list to the kind of its items
    items: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, KnownProcess] = field(default_factory=dict)

    @property
    def item_kinds(self) -> frozenset[str]:
        """The kinds of item that some list holds."""
        return frozenset(self.items.values())
