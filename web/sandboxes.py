"""Try a draft out: a case on a clock of its own, with its real forms, done step by step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days, fields, rows
from web.actors import current_actor
from web.tasks import read_posted
from web.texts import gettext, say, say_error

bp = Blueprint("sandboxes", __name__, url_prefix="/drafts/<uuid:draft_id>/try")

#: Of what is wrong with something else than a day, the page says so at its head.
_WHOLE = "form"


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what to try, and show what is being tried."""
    return _index(draft_id)


@bp.post("")
def begin(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a trial."""
    typed = days.typed_parts(request.form, "on")
    day = days.as_day(typed)
    if day is None:
        return _index(draft_id, {"on-day": _not_a_day()}), 422
    try:
        number = engine.begin_sandbox(
            draft_id, request.form.get("process", ""), day, current_actor()
        )
    except engine.NoProcessChosen as refused:
        return _index(draft_id, {"process": say_error(refused)}), refused.status
    except engine.NotFound:
        raise
    except engine.EngineError as refused:
        return _index(draft_id, {_WHOLE: say_error(refused)}), refused.status
    return redirect(url_for("sandboxes.show", draft_id=draft_id, number=number), 303)


@bp.get("/<int:number>")
def show(draft_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Show how a trial stands."""
    return _show(draft_id, number)


@bp.get("/<int:number>/drawing.bpmn")
def drawing(draft_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Return the BPMN that the browser draws."""
    instance = request.args.get("instance", "")
    page = engine.sandbox_page(draft_id, number, current_actor(), instance)
    return Response(page.standing.diagram.xml, mimetype="application/xml")


@bp.get("/<int:number>/scenario.toml")
def download(draft_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Return what was done as a scenario file."""
    text = engine.sandbox_file(draft_id, number, current_actor())
    return as_download(text, f"scenario-{number}.toml")


@bp.post("/<int:number>")
def act(draft_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Do what the button that was pressed says."""
    actor, action = current_actor(), request.form.get("page-action", "")
    newest = request.form.get("newest", -1, type=int)
    typed_day = days.as_day(days.typed_parts(request.form, "on"))
    shown = number
    if action == "to-day" and typed_day is None:
        return _show(draft_id, number, {"on-day": _not_a_day()}), 422
    try:
        if action == "again":
            shown = engine.try_again(draft_id, number, actor)
        elif action == "keep":
            engine.keep_scenario(draft_id, number, request.form.get("title", ""), actor)
            return redirect(url_for("scenarios.show", draft_id=draft_id), 303)
        elif action == "end":
            engine.end_sandbox(draft_id, number, actor)
            return redirect(url_for("sandboxes.index", draft_id=draft_id), 303)
        else:
            _go_on(draft_id, number, newest, action, typed_day)
    except engine.NotFound:
        raise
    except engine.ScenarioTitleWrong as refused:
        return _show(draft_id, number, {"title": say_error(refused)}), refused.status
    except engine.TimeNotPassing as refused:
        return _show(draft_id, number, {"on-day": say_error(refused)}), refused.status
    except engine.EngineError as refused:
        return _show(draft_id, number, {_WHOLE: say_error(refused)}), refused.status
    return redirect(url_for("sandboxes.show", draft_id=draft_id, number=shown), 303)


@bp.get("/<int:number>/tasks/<key>")
def show_task(draft_id: uuid.UUID, number: int, key: str) -> ResponseReturnValue:
    """Show the form of a task as whoever does it sees it."""
    role = request.args.get("as", "")
    return _task(engine.sandbox_task(draft_id, number, key, role, current_actor()))


@bp.post("/<int:number>/tasks/<key>")
def answer(draft_id: uuid.UUID, number: int, key: str) -> ResponseReturnValue:
    """Complete a task, or show its form again with examples, or with a row more or less."""
    actor, role = current_actor(), request.form.get("page-as", "")
    posted, action = read_posted(), request.form.get("page-action", "continue")
    posted, _ = rows.change(posted, action)
    if action != "continue":
        page = engine.sandbox_task(
            draft_id, number, key, role, actor, posted, examples=action == "examples"
        )
        return _task(page)
    newest = request.form.get("page-newest", -1, type=int)
    try:
        engine.do_sandbox_task(draft_id, number, newest, key, role, posted, actor)
    except (engine.NotFound, engine.TrialTaskGone, engine.SandboxEnded):
        raise
    except engine.InvalidForm as invalid:
        page = engine.sandbox_task(draft_id, number, key, role, actor, posted)
        return _task(page, invalid.errors), 422
    except engine.EngineError as refused:
        page = engine.sandbox_task(draft_id, number, key, role, actor, posted)
        return _task(page, refused=say_error(refused)), refused.status
    return redirect(url_for("sandboxes.show", draft_id=draft_id, number=number), 303)


def as_download(text: str, name: str) -> Response:
    """Return a scenario file to take away."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/toml", headers=headers)


def _go_on(
    draft_id: uuid.UUID, number: int, newest: int, action: str, typed_day: date | None
) -> None:
    actor = current_actor()
    if action == "take-back":
        engine.take_back_in_sandbox(draft_id, number, newest, actor)
    elif action in ("to-day", "next-due"):
        day = typed_day if action == "to-day" else None
        engine.move_sandbox_time(draft_id, number, newest, day, actor)
    elif action.startswith("start:"):
        process, _, role = action.removeprefix("start:").partition(":")
        place = request.form.get("case", 0, type=int), process, request.form.get("item", "")
        engine.start_in_sandbox(draft_id, number, newest, place, role, actor)
    else:
        raise engine.NotFound


def _index(draft_id: uuid.UUID, problems: Mapping[str, str] | None = None) -> str:
    page = engine.sandboxes_page(draft_id, current_actor())
    typed = request.form.to_dict() or _parts_of(page.today)
    return render_template(
        "sandboxes.html", page=page, part="try", problems=problems or {}, typed=typed
    )


def _show(draft_id: uuid.UUID, number: int, problems: Mapping[str, str] | None = None) -> str:
    instance = request.values.get("instance", "")
    page = engine.sandbox_page(draft_id, number, current_actor(), instance)
    return render_template(
        "sandbox.html", page=page, part="try", problems=problems or {}, typed=request.form
    )


def _task(
    page: engine.SandboxTaskPage, errors: list[engine.FieldError] | None = None, refused: str = ""
) -> str:
    trial = page.trial
    laid_out = [fields.lay_out(part, trial.page, errors or []) for part in trial.page.parts]
    return render_template(
        "sandbox_task.html",
        page=page,
        part="try",
        trial=trial,
        parts=[_without_files(part) for part in laid_out],
        problems=fields.summarise(laid_out, errors or []),
        refused=refused,
        # Whoever signs in a trial is one of its people.
        actor_name=lambda: trial.person,
    )


def _without_files(part: fields.FormOnPage) -> fields.FormOnPage:
    """Return a form that asks for no files: a trial has nowhere to keep them."""
    sections = [
        replace(one, questions=tuple(map(_without_file, one.questions))) for one in part.sections
    ]
    return replace(part, sections=tuple(sections))


def _without_file(question: fields.Question) -> fields.Question:
    if question.kind == "file":
        said = gettext("A trial takes no files. Where one is needed, an example stands for it.")
        return replace(question, kind="read_only", value=said, document="")
    choices = [
        replace(one, questions=tuple(map(_without_file, one.questions))) for one in question.choices
    ]
    inside = [
        replace(one, questions=tuple(map(_without_file, one.questions))) for one in question.rows
    ]
    return replace(question, choices=tuple(choices), rows=tuple(inside))


def _parts_of(day: date) -> dict[str, str]:
    return {f"on-{part}": str(getattr(day, part)) for part in days.PARTS}


def _not_a_day() -> str:
    return gettext("Enter a day, month and year, such as 27 3 2026")


def step_words(step: engine.TriedStep) -> str:
    """Say what was done in one step of a trial."""
    what = say(step.name) + (f" ({step.item})" if step.item else "")
    who = say(step.role) if step.role else ""
    if step.kind == "complete":
        return gettext("%(who)s: %(what)s", who=who, what=what)
    if step.kind == "start":
        return gettext("%(who)s starts: %(what)s", who=who, what=what)
    return gettext("On to the case: %(what)s", what=what)
