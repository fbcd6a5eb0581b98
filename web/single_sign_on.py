"""Send people to their organisation’s sign-in service, and let in whom it confirms."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

import engine
from web.addresses import current_language
from web.sign_in import device, let_in

bp = Blueprint("single_sign_on", __name__, url_prefix="/sign-in/provider")

#: Under which name the way back is kept in the cookie, until the answer comes.
_JOURNEY = "journey"


@bp.get("")
def begin() -> ResponseReturnValue:
    """Go to the provider. A link and no form: a form of ours may lead nowhere else."""
    journey = engine.begin_at_provider()
    session[_JOURNEY] = {
        **journey.kept,
        "next": request.args.get("next", ""),
        "language": current_language(),
    }
    return redirect(journey.address, 303)


@bp.get("/answer")
def answer() -> ResponseReturnValue:
    """Let in whoever comes back with the provider's word; each way back is gone once."""
    kept = session.pop(_JOURNEY, {})
    token = engine.sign_in_by_provider(
        request.args.to_dict(),
        kept,
        request.remote_addr or "",
        kept.get("language", "en"),
        device(),
    )
    return let_in(token, kept.get("next", ""))
