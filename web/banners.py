"""Say at the head of the next page what was done, once."""

from __future__ import annotations

from flask import flash, get_flashed_messages

import engine
from web.texts import gettext, say

_NOTHING = engine.Text("", "")


def keep(what: str, name: engine.Text = _NOTHING) -> None:
    """Keep for the next page that something was done; it is said in the language of that page.

    Takes:   what, `started` or a key of `_done`; name, of what was started.
    """
    flash(f"{what}\n{name.en}\n{name.cy}")


def said() -> list[tuple[str, str]]:
    """Return what was done just now, by kind and in words, in the language of the page."""
    found = []
    for kept in get_flashed_messages():
        what, en, cy = str(kept).split("\n")
        if what == "started":
            words = gettext("Started: %(what)s", what=say(engine.Text(en, cy)))
        else:
            words = _done(what)
        found.append((what, words))
    return found


def _done(what: str) -> str:
    return {
        "proposed": gettext("Sent to a second person. Nothing is changed until they confirm."),
        "written_to": gettext("Your choice of how we write to you is saved"),
        "in_welsh": gettext(
            "You asked us to write to you in Welsh, so the pages are in Welsh too."
        ),
        "session_ended": gettext("Signed out there. This session goes on."),
        "password_chosen": gettext("Your new password is saved. You are signed out elsewhere."),
        "second_factor_removed": gettext("From now on you sign in without a code"),
    }[what]
