"""Bound how much one evaluation may do, whatever the expression asks for."""

from __future__ import annotations

import time
from contextvars import ContextVar, Token

from engine.feel.errors import FeelTooMuch

MAX_STEPS = 200_000
MAX_SECONDS = 2.0
MAX_TEXT = 200_000
MAX_VALUE_DEPTH = 100
_LOOK_EVERY = 2_000


class Budget:
    """The steps and the time that one evaluation has left."""

    __slots__ = ("_deadline", "_look_at", "left")

    def __init__(self) -> None:
        """Start the watch."""
        self.left = MAX_STEPS
        self._look_at = MAX_STEPS - _LOOK_EVERY
        self._deadline = time.monotonic() + MAX_SECONDS

    def spend(self, steps: int) -> None:
        """Take steps off the budget.

        Raises:  FeelTooMuch, when steps or time are used up.
        """
        self.left -= steps
        if self.left < self._look_at:
            self._look_at = self.left - _LOOK_EVERY
            if self.left < 0:
                raise FeelTooMuch(reason=f"it takes more than {MAX_STEPS:,} steps")
            if time.monotonic() > self._deadline:
                raise FeelTooMuch(reason=f"it takes more than {MAX_SECONDS:g} seconds")


_current: ContextVar[Budget | None] = ContextVar("feel_budget", default=None)


def begin() -> Token[Budget | None]:
    """Give the evaluation that starts now a budget; one that is inside another shares it."""
    running = _current.get()
    return _current.set(Budget() if running is None else running)


def end(token: Token[Budget | None]) -> None:
    """End what `begin` began."""
    _current.reset(token)


def spend(steps: int) -> None:
    """Take steps off the budget of the evaluation that is running, if one is."""
    budget = _current.get()
    if budget is not None:
        budget.spend(steps)


def bound_text(length: int) -> None:
    """Refuse a text that would grow beyond all use, and charge for one that does not."""
    if length > MAX_TEXT:
        raise FeelTooMuch(reason=f"it makes a text of more than {MAX_TEXT:,} characters")
    spend(length >> 6)


def bound_depth(depth: int) -> None:
    """Refuse to walk a value that is nested too deeply."""
    if depth > MAX_VALUE_DEPTH:
        raise FeelTooMuch(reason=f"a value is nested more than {MAX_VALUE_DEPTH} deep")
