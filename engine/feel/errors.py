"""What FEEL refuses: an expression that cannot be read, and one that takes too long."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from engine.errors import EngineError, InvalidDefinition


class FeelError(InvalidDefinition):
    """{file}, line {line}, column {column}: {reason}. What to do: {remedy}."""

    def __init__(
        self, where: str, line: int, column: int, reason: str, remedy: str, source: str = ""
    ) -> None:
        """Take the place inside the expression; lines and columns count from 1."""
        self.where, self.line, self.column = where, line, column
        self.reason, self.remedy, self.source = reason, remedy, source
        super().__init__(
            file=where or "The expression",
            line=line,
            column=column,
            element=source[:200],
            reason=reason,
            remedy=remedy,
        )


class FeelTooMuch(EngineError):
    """This expression was stopped, because {reason}. Make it simpler, or its lists shorter."""

    status = 422


def suggest(word: str, known: Collection[str]) -> str:
    """Return the remedy that names the nearest known word, or nothing."""
    near = difflib.get_close_matches(word[:100], sorted(known), n=1, cutoff=0.75)
    return f"write `{near[0]}`, if that is meant" if near else ""
