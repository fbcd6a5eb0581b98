"""Show the proceedings beside a case, record them, and what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days
from web.actors import current_actor
from web.texts import gettext, say_error

bp = Blueprint("proceedings", __name__)

#: At which input of the page each refusal stands.
_INPUTS: dict[type[engine.EngineError], str] = {
    engine.ProceedingKindMissing: "kind",
    engine.ProceedingStageMissing: "stage",
    engine.ProceedingFromWrong: "from-day",
    engine.ProceedingToWrong: "to-day",
    engine.ProceedingNotOver: "to-day",
    engine.ProceedingWaitsWrong: "waits",
    engine.ProceedingReasonMissing: "reason",
    engine.ProceedingChanged: "kind",
}


@bp.get("/cases/<uuid:case_id>/proceedings")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the proceedings beside a case, with every version of what was recorded."""
    page = engine.case_proceedings(case_id, current_actor())
    return render_template("proceedings.html", case=page.head, page=page, part="plan")


@bp.get("/cases/<uuid:case_id>/proceedings/new")
def new(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for proceedings that are recorded for the first time."""
    return _form(case_id, {"submit-key": str(uuid.uuid4())}, ())


@bp.post("/cases/<uuid:case_id>/proceedings/new")
def record(case_id: uuid.UUID) -> ResponseReturnValue:
    """Record proceedings."""
    return _save(case_id, None)


@bp.get("/cases/<uuid:case_id>/proceedings/<uuid:proceeding_id>/change")
def change(case_id: uuid.UUID, proceeding_id: uuid.UUID) -> ResponseReturnValue:
    """Show proceedings of which there is news, or something to put right."""
    newest = _find(case_id, proceeding_id).newest
    typed = {"kind": newest.kind, "stage": newest.stage, "seen": str(newest.number)}
    for name, day in (("from", newest.from_on), ("to", newest.to_on)):
        typed |= {f"{name}-{one}": str(getattr(day, one)) for one in days.PARTS if day}
    return _form(case_id, typed, newest.waits, proceeding_id)


@bp.post("/cases/<uuid:case_id>/proceedings/<uuid:proceeding_id>/change")
def save(case_id: uuid.UUID, proceeding_id: uuid.UUID) -> ResponseReturnValue:
    """Record a new version of proceedings."""
    return _save(case_id, proceeding_id)


def kind_name(kind: str) -> str:
    """Return what proceedings of a kind are called."""
    return {
        "criminal": gettext("Criminal investigation or trial"),
        "inquest": gettext("Inquest"),
        "care": gettext("Care proceedings"),
        "other": gettext("Other proceedings"),
    }[kind]


def stage_name(stage: str) -> str:
    """Return how far proceedings have come."""
    return {
        "investigation": gettext("Being investigated"),
        "opened": gettext("Charge, application or inquest opened"),
        "hearings": gettext("Being heard"),
        "outcome": gettext("Judgment, verdict or conclusion awaited"),
        "appeal": gettext("Appeal"),
        "over": gettext("Over"),
        "void": gettext("Recorded by mistake"),
    }[stage]


def wait_name(key: str) -> str:
    """Return what waits for proceedings."""
    return {
        "start": gettext("Beginning the work"),
        "family": gettext("Contact with the family"),
        "interviews": gettext("Conversations with staff"),
        "event": gettext("The learning event or session"),
        "report": gettext("The report"),
        "publication": gettext("Publication"),
        "other": gettext("Something else"),
    }[key]


def _find(case_id: uuid.UUID, proceeding_id: uuid.UUID) -> engine.ProceedingView:
    page = engine.case_proceedings(case_id, current_actor())
    found = next((one for one in page.found if one.id == proceeding_id), None)
    if found is None or not page.may_record:
        raise engine.NotFound
    return found


def _save(case_id: uuid.UUID, proceeding_id: uuid.UUID | None) -> ResponseReturnValue:
    actor, typed = current_actor(), dict(request.form.items())
    waits = tuple(request.form.getlist("waits"))
    if typed.get("page-action") == "language":
        return _form(case_id, typed, waits, proceeding_id)
    first, last = days.typed_parts(typed, "from"), days.typed_parts(typed, "to")
    content = engine.ProceedingContent(
        kind=typed.get("kind", ""),
        stage=typed.get("stage", ""),
        from_on=days.as_day(first),
        to_on=days.as_day(last),
        waits=waits,
        has_end=any(last.values()),
    )
    try:
        if proceeding_id is None:
            key = typed.get("submit-key", "")[:64]
            engine.record_proceeding(case_id, content, actor, key or None)
        else:
            seen, why = typed.get("seen", "")[:9], typed.get("reason", "")
            number = int(seen) if seen.isascii() and seen.isdigit() else 0
            engine.change_proceeding(case_id, proceeding_id, content, why, actor, seen=number)
    except engine.ProceedingRefused as refused:
        problems = {
            _INPUTS[type(one)]: say_error(one).removesuffix(".")
            for one in refused.together or (refused,)
        }
        return _form(case_id, typed, waits, proceeding_id, problems), refused.status
    return redirect(url_for("proceedings.index", case_id=case_id), 303)


def _form(
    case_id: uuid.UUID,
    typed: Mapping[str, str],
    waits: tuple[str, ...],
    proceeding_id: uuid.UUID | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    page = engine.case_proceedings(case_id, current_actor())
    if not page.may_record:
        raise engine.NotFound
    stages = engine.PROCEEDING_STAGES
    return render_template(
        "proceeding_form.html",
        case=page.head,
        part="plan",
        title=(gettext("News of proceedings") if proceeding_id else gettext("Record proceedings")),
        proceeding_id=proceeding_id,
        typed=typed,
        waits=waits,
        problems=problems or {},
        all_kinds=engine.PROCEEDING_KINDS,
        all_stages=(*stages, engine.PROCEEDING_VOID) if proceeding_id else stages,
        all_waits=engine.PROCEEDING_WAITS,
    )
