"""What the expressions of an instance may read, and the decision tables they may ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine import decisions, facts, feel, findings, store
from engine.store import NO_ITEM, CaseFile


class CaseWorld:
    """What the expressions of an instance may read, and the decision tables they may ask."""

    def __init__(self, file: CaseFile, *, writes: bool = True) -> None:
        """Read facts, items and clocks through the file of the case.

        Takes:   writes, false for looking ahead: decisions are then made, and not recorded.
        """
        self.file = file
        self.writes = writes
        self._item: str | None = None

    def names(self, item: str | None) -> Mapping[str, feel.Value]:
        """Return the facts that an expression sees, for one item or for the case."""
        self._item = item
        return self.file.names(item)

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return the functions of the house, for the item whose names were asked for last."""
        return self.file.functions(self._item)

    def items(self, list_name: str) -> list[str]:
        """Return the keys of an item list, in order."""
        return self.file.items_of(list_name)

    def decide(self, decision_id: str, item: str | None) -> dict[str, Any]:
        """Run a decision table, write the facts it gives, and return what to record."""
        file, key = self.file, item or NO_ITEM
        table = file.definitions.decisions[decision_id]
        names = {**file.names(item), **self._counted(table)}
        found = decisions.decide(table, names, file.functions(item))
        if not self.writes:
            return {"rules": list(found.rules)}
        store.write_decision(file, decision_id, key, found.rules, found.result)
        lifted = facts.from_decision(file.definitions.facts, decision_id, found.result)
        scoped = {(name, scope_of(file, name, key)): value for name, value in lifted.items()}
        store.write_facts(file, scoped, decision_id)
        return {"rules": list(found.rules)}

    def _counted(self, table: decisions.DecisionTable) -> dict[str, feel.Value]:
        """Return what a table asks of the text of the report, which no fact can hold.

        A text changes under the hands of its writer: the gate looks at it whenever it is asked.
        """
        if facts.OPEN_FINDINGS not in table.names:
            return {}
        return {facts.OPEN_FINDINGS: Decimal(len(findings.open_findings(self.file)))}


def scope_of(file: CaseFile, name: str, item: str) -> str:
    """Return the item that a fact stands under, where a step for `item` writes it."""
    declaration = file.definitions.facts[name]
    return NO_ITEM if declaration.scope == "case" else item
