"""Read the rows of `milestones.toml`: what a review should have reached, and by when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.texts import Text
from engine.timescales import Length, parse_length
from engine.toml_source import Row, TomlSource


@dataclass(frozen=True)
class Milestone:
    """A row of `milestones.toml`; it warns, and binds nobody.

    `runs_from` is a fact and `at` the length after it; or `timescales`, of which the first that has
    a due day on the case gives its own. `reached` is a list of facts that must all be known; of
    several in one entry, one is enough. A fact of items must be known for each of them, save those
    whose `where` is false. `expected` are facts in which people say when they expect it;
    `extended`, of the last one, the fact with the later day that was recorded for it, which moves
    no deadline.
    """

    key: str
    name: Text
    process: tuple[str, ...]
    runs_from: str
    at: Length | None
    timescales: tuple[str, ...]
    reached: tuple[tuple[str, ...], ...]
    where: str
    expected: tuple[str, ...]
    extended: str
    source: str
    cite: str

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the names of the facts that it reads."""
        met = [name for entry in self.reached for name in entry]
        names = (self.runs_from, *met, self.where, *self.expected, self.extended)
        return tuple(dict.fromkeys(name for name in names if name))


def parse_milestones(source: bytes, path: str) -> dict[str, Milestone]:
    """Return the rows of a `milestones.toml` by key, in the order of the file.

    Raises:  InvalidDefinition.
    """
    return {row.key: _milestone(row) for row in TomlSource(source, path).rows()}


def _milestone(row: Row) -> Milestone:
    milestone = Milestone(
        key=row.key,
        name=row.text(),
        process=row.names("process", required=True),
        runs_from=row.words("from", default=""),
        at=row.parsed("at", parse_length),
        timescales=row.names("timescales"),
        reached=tuple(tuple(entry.split()) for entry in row.names("reached", required=True)),
        where=row.words("where", default=""),
        expected=row.names("expected"),
        extended=row.words("extended", default=""),
        source=row.choice("source", ("P",)),
        cite=row.words("cite"),
    )
    row.finish()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row.key):
        raise row.refusal("", "is not the key of a milestone", "use small letters, digits and _")
    if bool(milestone.timescales) == bool(milestone.runs_from and milestone.at is not None):
        remedy = 'write from = "a_fact" and at = "P4W", or timescales = ["TS-01"]'
        raise row.refusal("at", "gives the milestone no day, or two", remedy)
    return milestone
