"""What the engine refuses, each refusal a class whose docstring a person reads."""

from __future__ import annotations

import inspect
from typing import Any


class EngineError(Exception):
    """The request was refused. Go back, check what you entered, and try again."""

    #: HTTP status with which a web page reports this refusal.
    status = 400

    def __init__(self, **details: Any) -> None:
        """Keep the details that the sentence in the docstring needs, by name."""
        self.details = details
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """Return the English sentence; translations use the same sentence as their key."""
        return self.template.format_map(_Missing(self.details))

    @property
    def template(self) -> str:
        """Return the docstring with its `{placeholders}`, the key for translation."""
        return inspect.cleandoc(type(self).__doc__ or "").split("\n\n", 1)[0].replace("\n", " ")


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class NotFound(EngineError):
    """There is nothing here that you can see. Check the address, or go to your tasks."""

    status = 404


class AccessDenied(EngineError):
    """You may not do this. Ask the co-ordinator of the case if you should be able to."""

    status = 403


class TaskAlreadyCompleted(EngineError):
    """This task is already completed. Open the case to see who completed it and when."""

    status = 409


class TaskWithdrawn(EngineError):
    """This task was withdrawn. Open the case to see what happened."""

    status = 409


class TaskPaused(EngineError):
    """This case is paused, so nothing can be taken or sent just now. What decides when it goes on: {why}. Your draft is kept; send it when the case goes on."""  # noqa: E501

    status = 409


class InvalidForm(EngineError):
    """There is a problem with what you entered. Put it right and send it again."""

    status = 422

    def __init__(self, errors: list[FieldError]) -> None:
        """Take the errors in the order of the fields on the page."""
        self.errors = errors
        super().__init__()


class FieldError:
    """One thing wrong with one field: where, and what to do, in both languages."""

    def __init__(self, field: str, en: str, cy: str, *, catalogue: str = "", row: str = "") -> None:
        """Take `field` as the id of the input's control (`parents-0-relation`, `held_on-day`).

        `catalogue` is the field's id (`F45.01`), `row` the row of a decision table (`DR-17.1`).
        """
        self.field, self.en, self.cy = field, en, cy
        self.catalogue, self.row = catalogue, row

    def __repr__(self) -> str:
        return f"FieldError({self.field!r}, {self.en!r})"


class FactNotKnown(EngineError):
    """The next step cannot be chosen yet, because {fact} has not been recorded. Record it first."""

    status = 409


class DatabaseUnavailable(EngineError):
    """The records cannot be reached just now: {reason} Nothing was lost; try again in a moment."""

    status = 503


class InvalidDefinition(EngineError):
    """{file}, line {line}: {element} {reason}. What to do: {remedy}."""

    status = 422


class ReasonNeeded(EngineError):
    """Say why you are making this change. The reason stays on record beside it."""

    status = 422
