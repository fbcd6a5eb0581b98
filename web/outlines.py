"""The outline of a process of a draft, and pages that change it step by step, by keyboard alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import outline_words
from web.actors import current_actor
from web.drafts import finding_words
from web.outline_typing import TICKED, complete, shown, typed_values, words_of
from web.texts import gettext, say, say_error

bp = Blueprint("outlines", __name__, url_prefix="/drafts/<uuid:draft_id>")

#: What the engine refuses of an edit, besides what is wrong at a word.
_REFUSED = (
    engine.InvalidEdit,
    engine.DraftChanged,
    engine.DraftOver,
    engine.DraftWaits,
    engine.DraftFileTooBig,
)
_SPLITS = ("exclusiveGateway", "parallelGateway")
_END_WORDS = ("name", "nameCy")


@bp.get("/processes/<process>")
def show(draft_id: uuid.UUID, process: str) -> ResponseReturnValue:
    """Show the steps of a process in the order of the flow, with what can be done to each."""
    page = engine.outline_page(draft_id, process, current_actor())
    return render_template(
        "outline.html", page=page, part="files", words=outline_words, finding_words=finding_words
    )


@bp.route("/processes/<process>/ways/<flow>/add", methods=["GET", "POST"])
def add(draft_id: uuid.UUID, process: str, flow: str) -> ResponseReturnValue:
    """Ask what kind of step is to stand on a flow, then what there is to tell of it."""
    page = _told(draft_id, process)
    line, way = page.outline.way(flow)
    kind = request.args.get("kind", "")
    if kind not in engine.ADDABLE_STEPS:
        return _choose_kind(
            page, line, way, engine.ADDABLE_STEPS, chosen=bool(request.args.get("asked"))
        )
    typed = typed_values(request.form, words_of(kind))
    values = complete(typed, page)
    return _edited(
        page,
        lambda: engine.AddStep(flow, kind, values),
        "outline_step.html",
        typed=shown(typed),
        kind=kind,
        title=gettext("Add: %(kind)s", kind=outline_words.edited_kind(kind)),
        caption=outline_words.place(line, way),
    )


@bp.route("/processes/<process>/ways/<flow>/split", methods=["GET", "POST"])
def split(draft_id: uuid.UUID, process: str, flow: str) -> ResponseReturnValue:
    """Ask into what kind of ways a flow is to part, then what they are."""
    page = _told(draft_id, process)
    line, way = page.outline.way(flow)
    kind = request.args.get("kind", "")
    if kind not in _SPLITS:
        return _choose_kind(page, line, way, _SPLITS, chosen=bool(request.args.get("asked")))
    behind = page.outline.line(way.to.id)
    form = request.form
    around = way.to.id if form.get("around") == "step" and behind.may_move else ""
    ways: tuple[engine.NewWay, ...] = (engine.NewWay({}), engine.NewWay({}))
    question: dict[str, str] = {}
    if kind == "exclusiveGateway":
        question = typed_values(form, _END_WORDS)
        first = typed_values(form, _END_WORDS, "way-0-") | {"default": "true"}
        ways = (engine.NewWay(first), _new_way(form, "way-1-"))
    typed = dict(form.items()) if request.method == "POST" else {"way-1-to": engine.WAY_ON}
    return _edited(
        page,
        lambda: engine.SplitFlow(flow, kind, question, ways, around),
        "outline_split.html",
        typed=typed,
        kind=kind,
        behind=behind if behind.may_move else None,
        title=outline_words.edited_kind(kind),
        caption=outline_words.place(line, way),
    )


@bp.route("/processes/<process>/steps/<element>", methods=["GET", "POST"])
def change(draft_id: uuid.UUID, process: str, element: str) -> ResponseReturnValue:
    """Change what is told of a step, of a lane or of the process."""
    page = _told(draft_id, process, element)
    if page.kind == "sequenceFlow":
        raise engine.NotFound
    typed = typed_values(request.form, words_of(page.kind))
    values = complete(typed, page)
    return _edited(
        page,
        lambda: engine.ChangeStep(element, values),
        "outline_step.html",
        typed=shown(typed if request.method == "POST" else page.told),
        kind=page.kind,
        title=gettext("Change: %(name)s", name=_name_of(page)),
        caption=outline_words.edited_kind(page.kind),
    )


@bp.route("/processes/<process>/steps/<element>/move", methods=["GET", "POST"])
def move(draft_id: uuid.UUID, process: str, element: str) -> ResponseReturnValue:
    """Ask where a step is to stand, and put it there."""
    page = _told(draft_id, process, element)
    line = page.outline.line(element)
    places = [
        (way.flow, outline_words.place(one, way))
        for one in page.outline.lines
        for way in one.ways
        if element not in (one.step.id, way.to.id)
    ]
    flow = request.form.get("flow", "")
    problems = {}
    if request.method == "POST" and flow not in dict(places):
        problems = {"flow": gettext("Choose where it is to stand")}
    return _edited(
        page,
        lambda: engine.MoveStep(element, flow),
        "outline_move.html",
        typed={"flow": flow},
        line=line,
        places=places,
        problems=problems,
    )


@bp.route("/processes/<process>/steps/<element>/remove", methods=["GET", "POST"])
def remove(draft_id: uuid.UUID, process: str, element: str) -> ResponseReturnValue:
    """Say what goes with a step, and take it out."""
    page = _told(draft_id, process, element)
    line = page.outline.line(element)
    return _edited(
        page,
        lambda: engine.RemoveStep(element),
        "outline_remove.html",
        typed={},
        name=outline_words.step_name(line.step),
    )


@bp.route("/processes/<process>/steps/<element>/reminder", methods=["GET", "POST"])
def remind(draft_id: uuid.UUID, process: str, element: str) -> ResponseReturnValue:
    """Hang a timer on a step that sends a message while the step goes on."""
    page = _told(draft_id, process, element)
    line = page.outline.line(element)
    if not line.may_carry:
        raise engine.NotFound
    form = request.form
    timer_words = [
        one for one in words_of("boundaryEvent") if one not in ("interrupts", "condition")
    ]
    timer = typed_values(form, timer_words, "timer-")
    notice = typed_values(form, words_of("sendTask"), "notice-")
    end = typed_values(form, _END_WORDS, "end-")
    typed = shown(timer, "timer-") | shown(notice, "notice-") | shown(end, "end-")
    due = complete(timer, page)
    return _edited(
        page,
        lambda: engine.AddReminder(element, due, notice, end),
        "outline_reminder.html",
        typed=typed if request.method == "POST" else _usual_reminder(line),
        timer_words=timer_words,
        title=gettext("Add a reminder"),
        caption=outline_words.step_name(line.step),
    )


@bp.route("/processes/<process>/gateways/<gateway>/add", methods=["GET", "POST"])
def add_way(draft_id: uuid.UUID, process: str, gateway: str) -> ResponseReturnValue:
    """Add a way where ways part."""
    page = _told(draft_id, process, gateway)
    line = page.outline.line(gateway)
    if len(line.ways) < 2:
        raise engine.NotFound
    named = line.step.kind in ("exclusiveGateway", "inclusiveGateway")
    way = _new_way(request.form, "") if named else engine.NewWay({})
    typed = dict(request.form.items()) if request.method == "POST" else {"to": engine.WAY_ON}
    return _edited(
        page,
        lambda: engine.AddWay(gateway, way),
        "outline_way.html",
        typed=typed,
        named=named,
        targets=_targets(page, line),
        title=gettext("Add a way"),
        caption=outline_words.step_name(line.step),
    )


@bp.route("/processes/<process>/ways/<flow>", methods=["GET", "POST"])
def change_way(draft_id: uuid.UUID, process: str, flow: str) -> ResponseReturnValue:
    """Change the name, the condition and the end of a way."""
    page = _told(draft_id, process, flow)
    line, way = page.outline.way(flow)
    named = way.is_one_of_several and line.step.kind in ("exclusiveGateway", "inclusiveGateway")
    words = words_of("sequenceFlow") if named else ("requirement",)
    values = typed_values(request.form, words)
    to = request.form.get("to", "")
    return _edited(
        page,
        lambda: engine.ChangeWay(flow, values, to),
        "outline_way.html",
        typed=(values | {"to": to}) if request.method == "POST" else {**page.told, "to": way.to.id},
        named=named,
        changing=True,
        targets=_targets(page, line),
        title=gettext("Change a way"),
        caption=outline_words.place(line, way),
    )


@bp.route("/processes/<process>/ways/<flow>/remove", methods=["GET", "POST"])
def remove_way(draft_id: uuid.UUID, process: str, flow: str) -> ResponseReturnValue:
    """Say what only this way leads to, and take it out."""
    page = _told(draft_id, process, flow)
    line, way = page.outline.way(flow)
    if not way.is_one_of_several:
        raise engine.NotFound
    return _edited(
        page,
        lambda: engine.RemoveWay(flow),
        "outline_remove.html",
        typed={},
        name=outline_words.place(line, way),
    )


@bp.route("/new-process", methods=["GET", "POST"])
def begin(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a process of the Board's own: it starts, one task is done, it ends."""
    head, choices = engine.process_choices(draft_id, current_actor())
    form = request.form
    asked = {
        "process": ("name", "nameCy", "documentation", "documentationCy", "startRoles"),
        "start": _END_WORDS,
        "task": words_of("userTask"),
        "end": _END_WORDS,
    }
    told = {one: typed_values(form, words, f"{one}-") for one, words in asked.items()}
    told["process"]["kind"] = "part" if form.get("kind") == "part" else "side"
    typed = {
        name: text
        for one, values in told.items()
        for name, text in shown(values, f"{one}-").items()
    }
    typed |= {"file": form.get("file", "").strip(), "kind": told["process"]["kind"]}
    if request.method == "GET":
        typed |= _usual_ends()
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST" and form.get("page-action") != "language":
        try:
            process = engine.begin_process(draft_id, typed["file"], told, current_actor())
            return redirect(url_for("outlines.show", draft_id=draft_id, process=process), 303)
        except engine.ToldWrong as wrong:
            problems = {one.word: say_error(one) for one in wrong.together}
            status = wrong.status
        except _REFUSED as refused:
            problems, status = {"form": say_error(refused)}, refused.status
    page = {"head": head, "choices": choices}
    return render_template(
        "outline_begin.html",
        page=page,
        part="files",
        typed=typed,
        problems=problems,
        words=outline_words,
        asked=asked,
        ticked=TICKED,
    ), status


def _told(draft_id: uuid.UUID, process: str, element: str = "") -> engine.ToldPage:
    return engine.told_page(draft_id, process, element, current_actor())


def _edited(
    page: engine.ToldPage,
    edit: Callable[[], Any],
    template: str,
    *,
    typed: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    **context: Any,
) -> ResponseReturnValue:
    """Carry out what was sent and go to the outline; or show the page, with what was typed."""
    found, status = dict(problems or {}), 422 if problems else 200
    draft_id, process = page.outline.head.id, page.outline.process
    if request.method == "POST" and request.form.get("page-action") != "language" and not found:
        revision = request.form.get("revision", -1, type=int)
        try:
            step = engine.edit_outline(draft_id, process, edit(), revision, current_actor())
            anchor = f"step-{step}" if step else None
            return redirect(
                url_for("outlines.show", draft_id=draft_id, process=process, _anchor=anchor), 303
            )
        except engine.ToldWrong as wrong:
            found = {one.word: say_error(one) for one in wrong.together}
            status = wrong.status
        except _REFUSED as refused:
            found, status = {"form": say_error(refused)}, refused.status
    return render_template(
        template,
        page=page,
        part="files",
        typed=typed,
        problems=found,
        words=outline_words,
        asked_words=words_of,
        ticked=TICKED,
        **context,
    ), status


def _choose_kind(
    page: engine.ToldPage,
    line: engine.StepLine,
    way: engine.WayLine,
    kinds: tuple[str, ...],
    *,
    chosen: bool,
) -> ResponseReturnValue:
    problems = {"kind": gettext("Choose what is to be added")} if chosen else {}
    return render_template(
        "outline_kind.html",
        page=page,
        part="files",
        line=line,
        way=way,
        kinds=kinds,
        problems=problems,
        words=outline_words,
    ), 422 if chosen else 200


def _new_way(form: Any, prefix: str) -> engine.NewWay:
    values = typed_values(form, words_of("sequenceFlow"), prefix)
    to = form.get(f"{prefix}to", engine.WAY_ON)
    to = form.get(f"{prefix}step", "") if to == "step" else to
    end = typed_values(form, _END_WORDS, f"{prefix}end-") if to == engine.WAY_TO_END else None
    return engine.NewWay(values, to, end)


def _name_of(page: engine.ToldPage) -> str:
    """Return what is changed, by its name or else by its kind."""
    name = engine.Text(page.told.get("name", ""), page.told.get("nameCy", ""))
    return say(name) or outline_words.edited_kind(page.kind)


def _targets(page: engine.ToldPage, line: engine.StepLine) -> list[tuple[str, str]]:
    """Return the steps to which a way out of another one can lead."""
    return [
        (one.step.id, f"{one.step.number}. {outline_words.step_name(one.step)}")
        for one in page.outline.lines
        if one.step.kind not in ("startEvent", "boundaryEvent")
        and one.depth == line.depth
        and one.step.id != line.step.id
    ]


def _usual_reminder(line: engine.StepLine) -> dict[str, str]:
    """Return names for a reminder that can be kept or changed."""
    name = line.step.name
    return {
        "timer-name": f"Reminder: {name.en}",
        "timer-nameCy": f"Nodyn atgoffa: {name.cy}" if name.cy else "",
        "notice-name": f"Remind of: {name.en}",
        "notice-nameCy": f"Atgoffa am: {name.cy}" if name.cy else "",
        "end-name": "Reminded",
        "end-nameCy": "Atgoffwyd",
    }


def _usual_ends() -> dict[str, str]:
    """Return names for the start and the end of a process that can be kept or changed."""
    return {
        "start-name": "It is started",
        "start-nameCy": "Fe’i cychwynnwyd",
        "end-name": "It is done",
        "end-nameCy": "Mae wedi’i wneud",
    }
