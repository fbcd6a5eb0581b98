"""Say who is asking."""

from __future__ import annotations

from flask import g, session

import engine


def actor_or_none() -> engine.Actor | None:
    """Return the person who is signed in, if anybody is.

    The page that says that the records cannot be reached asks them nothing: it says nobody is.
    """
    if "actor" not in g and g.get("unavailable"):
        return None
    if "actor" not in g:
        token = session.get("token")
        g.actor = engine.actor_for(token) if token else None
    actor: engine.Actor | None = g.actor
    return actor


def current_actor() -> engine.Actor:
    """Return the person who is signed in; `require_actor` has seen to it that somebody is."""
    actor = actor_or_none()
    assert actor is not None
    return actor
