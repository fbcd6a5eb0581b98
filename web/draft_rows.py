"""What the pages of a draft's rows share: what was typed, and what is wrong with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

import engine
from web.actors import current_actor
from web.texts import say, say_error

Problems = dict[str, str]

#: What is refused of a draft as a whole, and told at its form.
REFUSED = (
    engine.DraftChanged,
    engine.DraftFileTooBig,
    engine.DraftFileUnreadable,
    engine.DraftOver,
    engine.DraftPathWrong,
    engine.DraftRowRefused,
    engine.DraftWaits,
    engine.LastOutput,
)


def typed() -> dict[str, str]:
    """Return what was typed, by question; several choices of one with spaces between them."""
    return {
        name: " ".join(request.form.getlist(name))
        for name in request.form
        if not name.startswith("page-")
    }


def action() -> tuple[str, str]:
    """Return what is to be done with what was typed, and to which part of it."""
    does, _, which = request.form.get("page-action", "").partition(":")
    return does, which


def attempt(act: Callable[[], Any]) -> tuple[Problems, int]:
    """Do something, and return what is wrong by question, and the status to answer with."""
    try:
        act()
    except engine.DraftRowWrong as wrong:
        return say_problems(wrong.problems), wrong.status
    except REFUSED as refused:
        return {"form": say_error(refused)}, refused.status
    return {}, 200


def keep(
    draft_id: uuid.UUID, path: str, key: str, seen: str, save: Callable[[], Any]
) -> tuple[Problems, int]:
    """Keep a row as `save` does, or let it be as the edition has it, as the button says."""
    if action()[0] != "restore":
        return attempt(save)
    actor = current_actor()
    return attempt(lambda: engine.save_draft_rows(draft_id, path, {key: None}, seen, actor))


def require_designer(draft_id: uuid.UUID) -> None:
    """Find nothing for whoever may not write in a draft, whatever they sent.

    Raises:  NotFound.
    """
    if not engine.draft_head(draft_id, current_actor()).may_design:
        raise engine.NotFound


def say_problems(problems: Mapping[str, engine.Text]) -> Problems:
    """Return what is wrong in the language of the page."""
    return {name: say(text) for name, text in problems.items()}
