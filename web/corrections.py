"""Put a case right: what may be, a page each that says what it would do, and the second person."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import gettext, say_error

bp = Blueprint("corrections", __name__)


@bp.get("/cases/<uuid:case_id>/put-right")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show all that may be put right on a case."""
    page = engine.righting_page(case_id, current_actor())
    done = request.args.get("done", "")
    return render_template(
        "corrections.html",
        case=page.head,
        page=page,
        done=done if done in engine.ACTS else "",
        part="corrections",
    )


@bp.get("/cases/<uuid:case_id>/put-right/<act>")
def look(case_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Show what something would do, and ask for the reason."""
    return _page(case_id, _read(act), "", "")


@bp.post("/cases/<uuid:case_id>/put-right/<act>")
def put_right(case_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Do it, or let it wait for a second person."""
    correction, reason = _read(act), request.form.get("reason", "").strip()
    seen = request.form.get("seen", "")
    try:
        waits = engine.put_right(case_id, correction, reason, seen, current_actor())
    except (engine.ReasonNeeded, engine.CaseMovedOn, engine.TaskNotTheirs) as refused:
        at = "account" if isinstance(refused, engine.TaskNotTheirs) else "reason"
        return _page(case_id, correction, reason, say_error(refused), at), 422
    if waits is not None:
        return redirect(_proposal(case_id, waits), 303)
    return redirect(url_for("corrections.index", case_id=case_id, done=correction.act), 303)


@bp.get("/cases/<uuid:case_id>/proposals/<uuid:proposal_id>")
def show(case_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Show what somebody proposed, and what it would do now."""
    return _proposal_page(case_id, proposal_id)


@bp.post("/cases/<uuid:case_id>/proposals/<uuid:proposal_id>")
def decide(case_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm what somebody proposed, or refuse it; or take one's own back."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()
    try:
        if request.form.get("page-action") == "confirm":
            seen = request.form.get("seen", "")
            engine.confirm_proposal(case_id, proposal_id, seen, actor)
        else:
            engine.refuse_proposal(case_id, proposal_id, reason, actor)
    except engine.ReasonNeeded as refused:
        return _proposal_page(case_id, proposal_id, say_error(refused)), 422
    except (engine.CaseMovedOn, engine.ProposalDecided):
        # The page says itself how things stand now.
        return _proposal_page(case_id, proposal_id, typed=reason), 409
    return redirect(_proposal(case_id, proposal_id), 303)


def _page(
    case_id: uuid.UUID, correction: engine.Correction, reason: str, problem: str, at: str = "reason"
) -> str:
    # Whom a task is given to changes nothing of what is shown, and may be wrong.
    looked_at = engine.Correction(correction.act, correction.step, correction.item, correction.task)
    page = engine.correction_page(case_id, looked_at, current_actor())
    return render_template(
        "correction.html",
        case=page.head,
        page=page,
        correction=correction,
        reason=reason,
        problems={at: problem} if problem else {},
        part="corrections",
    )


def _proposal_page(
    case_id: uuid.UUID, proposal_id: uuid.UUID, problem: str = "", typed: str = ""
) -> str:
    page = engine.proposal_page(case_id, proposal_id, current_actor())
    return render_template(
        "proposal.html",
        case=page.head,
        page=page,
        why=say_error(page.refused) if page.refused else "",
        problems={"reason": problem} if problem else {},
        typed=typed,
        part="corrections" if page.head.may_coordinate else "overview",
    )


def _proposal(case_id: uuid.UUID, proposal_id: uuid.UUID) -> str:
    return url_for("corrections.show", case_id=case_id, proposal_id=proposal_id)


def _read(act: str) -> engine.Correction:
    """Return what an address and its form name.

    Raises:  NotFound, where there is no such act.
    """
    key = act.replace("-", "_")
    if key not in engine.ACTS or "_" in act:
        raise engine.NotFound
    sent = request.values
    return engine.Correction(
        key,
        step=sent.get("step", "")[:200],
        item=sent.get("item", "")[:200],
        task=_as_uuid(sent.get("task", "")),
        account=_as_uuid(sent.get("account", "")),
    )


def _as_uuid(typed: str) -> uuid.UUID | None:
    if not typed:
        return None
    try:
        return uuid.UUID(typed)
    except ValueError as wrong:
        raise engine.NotFound from wrong


def act_name(act: str) -> str:
    """Return what is done to put a case right, as a heading."""
    names = {
        "amend": gettext("Put answers right"),
        "go_back": gettext("Go back to a step, or do it again"),
        "skip": gettext("Pass over a step"),
        "assign": gettext("Give a task to somebody"),
        "suspend": gettext("Suspend the case"),
        "resume": gettext("Let the case go on"),
        "withdraw": gettext("Withdraw the case"),
        "close": gettext("Close the case by hand"),
        "reopen": gettext("Reopen the case"),
    }
    return names[act]


def act_done(act: str) -> str:
    """Say that something was put right."""
    names = {
        "go_back": gettext("The step is open again."),
        "skip": gettext("The step was passed over."),
        "assign": gettext("It is on record whose task it is now."),
        "suspend": gettext("The case is suspended."),
        "resume": gettext("The case goes on."),
    }
    return names.get(act, gettext("It was done, and stands on the record of the case."))


def proposal_state(state: str) -> str:
    """Return what became of something that a second person had to confirm."""
    return {
        "waiting": gettext("Waits for a second person"),
        "confirmed": gettext("Confirmed and done"),
        "refused": gettext("Refused"),
        "taken_back": gettext("Taken back"),
    }[state]
