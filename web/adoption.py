"""Adopt a review already under way: what was done, where it stands, who works on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days, fields, rows
from web.actors import current_actor
from web.addresses import this_page_in_other_language
from web.alphabet import in_order
from web.tasks import read_posted
from web.texts import gettext, say, say_error

bp = Blueprint("adoption", __name__)

#: Nobody signs, and no file is sent, for what lies in the past: files come once there is a case.
_NOT_ASKED = ("signature", "file")

Group = tuple[engine.Text | None, list[engine.OutlineStep]]

#: Parts of parts of parts stand within the part that calls them.
_DEEPEST_GROUP = 1

#: What stands in the way of recording a step as it was filled in.
_STOPS = (
    engine.CannotHaveBeenDone,
    engine.DayNeeded,
    engine.DayAhead,
    engine.FactNotKnown,
    engine.AdoptionMovedOn,
)


@bp.get("/cases/adopt")
def start() -> ResponseReturnValue:
    """Ask what is under way, and for which Board; list what is being put on record already."""
    return _start({"submit-key": str(uuid.uuid4())}, {})


@bp.post("/cases/adopt")
def begin() -> ResponseReturnValue:
    """Begin to put a matter on record."""
    actor, typed = current_actor(), request.form.to_dict()
    wanted = typed.get("process", "")
    choices = engine.adoptable(actor)
    chosen = next((one for one in choices if f"{one.process}:{one.board_id}" == wanted), None)
    beginning, problems = _read_beginning(typed)
    if chosen is None:
        problems = {"process": gettext("Choose what is under way"), **problems}
    if problems or chosen is None:
        return _start(typed, problems), 422
    key = typed.get("submit-key", "")[:64]
    try:
        adoption_id = engine.begin_adoption(
            chosen.process, chosen.board_id, beginning, actor, key or None
        )
    except (engine.DayAhead, engine.ReferenceTooLong, engine.LinkNotFound) as refused:
        return _start(typed, _at_input(refused)), 422
    return redirect(url_for("adoption.show", adoption_id=adoption_id), 303)


@bp.get("/cases/adopt/<uuid:adoption_id>")
def show(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Show what is recorded, where that lets the matter stand, and what is still to do."""
    return _show(adoption_id)


@bp.get("/cases/adopt/<uuid:adoption_id>/beginning")
def beginning(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Show when it began, its reference on paper and the case it came from, to put them right."""
    page = engine.adoption_page(adoption_id, current_actor())
    typed = {
        "reference": page.beginning.reference,
        "linked": page.beginning.linked,
        "relation": page.beginning.relation,
        **_typed_day("began", page.beginning.began_on),
    }
    return render_template("adoption_beginning.html", page=page, typed=typed, problems={})


@bp.post("/cases/adopt/<uuid:adoption_id>/beginning")
def change_beginning(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Put right when it began, its reference on paper, or the case it came from."""
    actor, typed = current_actor(), request.form.to_dict()
    changed, problems = _read_beginning(typed)
    if not problems:
        try:
            engine.change_beginning(adoption_id, changed, actor)
        except (engine.DayAhead, engine.ReferenceTooLong, engine.LinkNotFound) as refused:
            problems = _at_input(refused)
        else:
            return redirect(url_for("adoption.show", adoption_id=adoption_id), 303)
    page = engine.adoption_page(adoption_id, actor)
    return render_template(
        "adoption_beginning.html", page=page, typed=typed, problems=problems
    ), 422


@bp.get("/cases/adopt/<uuid:adoption_id>/step")
def step(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Show the forms of a step that was done before; `asked` says what has to be known of it."""
    name, number = _named(), request.args.get("number", type=int)
    asked = bool(request.args.get("asked")) and number is None
    page = engine.past_step_page(adoption_id, current_actor(), name, number, asked=asked)
    if isinstance(page.refused, engine.InvalidForm):
        return _step(page, page.refused.errors, asked=asked)
    told = say_error(page.refused) if page.refused else ""
    of_day = isinstance(page.refused, engine.DayNeeded | engine.DayAhead)
    return _step(
        page,
        [],
        refused="" if of_day else told,
        day_problem=told if of_day else "",
        asked=asked,
    )


@bp.post("/cases/adopt/<uuid:adoption_id>/step")
def record(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Put a step on record, or keep what was typed and do what the button that was pressed says."""
    actor, action = current_actor(), request.form.get("page-action", "continue")
    name, number = _named(), request.args.get("number", type=int)
    typed, anchor = rows.change(_typed_answers(), action)
    day_typed = days.typed_parts(request.form, "page-on")
    day = days.as_day(day_typed)
    page = engine.past_step_page(adoption_id, actor, name, number, typed=(day, typed))
    if any(day_typed.values()) and day is None:
        problem = gettext("Enter a day that there is, or leave all three parts empty")
        return _step(page, [], day_typed=day_typed, day_problem=problem), 422
    if action != "continue":
        engine.lay_aside(adoption_id, page.step, day, typed, actor)
        if action == "leave":
            return _go_on(adoption_id, page.step.target)
        return redirect(_after_aside(adoption_id, page, action, number, anchor), 303)
    try:
        engine.record_step(adoption_id, page.step, day, typed, actor, number)
    except engine.InvalidForm as invalid:
        return _step(page, invalid.errors, day_typed=day_typed), 422
    except _STOPS as refused:
        of_day = isinstance(refused, engine.DayNeeded | engine.DayAhead)
        told, elsewhere = (say_error(refused), "") if of_day else ("", say_error(refused))
        return _step(page, [], day_typed=day_typed, day_problem=told, refused=elsewhere), 422
    return _go_on(adoption_id, "")


@bp.post("/cases/adopt/<uuid:adoption_id>/stand")
def stand(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Let it stand at a step: all that must have been done before goes on record."""
    return _go_on(adoption_id, request.form.get("step", "")[:200])


@bp.post("/cases/adopt/<uuid:adoption_id>/take-back")
def take_back(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Take a recorded step back; what was typed into it is kept."""
    number = request.form.get("number", type=int) or 0
    engine.take_back_step(adoption_id, number, current_actor())
    return redirect(url_for("adoption.show", adoption_id=adoption_id, _anchor="recorded"), 303)


@bp.get("/cases/adopt/<uuid:adoption_id>/people")
def people(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Show who holds which role, and since when."""
    return _people(adoption_id, {}, {})


@bp.post("/cases/adopt/<uuid:adoption_id>/people")
def change_people(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Note who holds a role, or take that back."""
    actor, typed = current_actor(), request.form.to_dict()
    account = _as_uuid(typed.get("account", ""))
    since_typed = days.typed_parts(typed, "since")
    since = days.as_day(since_typed)
    problems = {}
    if not typed.get("role"):
        problems["role"] = gettext("Choose the role")
    if account is None:
        problems["account"] = gettext("Choose the person")
    if any(since_typed.values()) and since is None:
        problems["since-day"] = gettext("Enter a day that there is, or leave all three parts empty")
    if problems or account is None:
        return _people(adoption_id, typed, problems), 422
    if typed.get("page-action") == "remove":
        engine.leave_out_past(adoption_id, typed["role"], account, actor)
        return redirect(url_for("adoption.people", adoption_id=adoption_id), 303)
    try:
        engine.appoint_past(adoption_id, engine.Appointed(typed["role"], account, since), actor)
    except engine.DayAhead:
        problem = gettext("Enter a day that has been")
        return _people(adoption_id, typed, {"since-day": problem}), 422
    return redirect(url_for("adoption.people", adoption_id=adoption_id), 303)


@bp.get("/cases/adopt/<uuid:adoption_id>/check")
def check(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would be open, which clocks would run and who would be told."""
    return _check(adoption_id)


@bp.post("/cases/adopt/<uuid:adoption_id>/check")
def adopt(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Take it in: from now on it is a case."""
    seen = request.form.get("seen", type=int) or 0
    try:
        case_id = engine.adopt(adoption_id, seen, current_actor())
    except engine.AdoptionMovedOn as moved:
        return _check(adoption_id, say_error(moved)), 409
    return redirect(url_for("adoption.adopted", case_id=case_id), 303)


@bp.post("/cases/adopt/<uuid:adoption_id>/give-up")
def give_up(adoption_id: uuid.UUID) -> ResponseReturnValue:
    """Give it up; nothing of it ever ran."""
    engine.give_up_adoption(adoption_id, current_actor())
    return redirect(url_for("adoption.start"), 303)


@bp.get("/cases/<uuid:case_id>/adoption")
def adopted(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show what was recorded, not performed, when the case was taken in."""
    page = engine.adopted_page(case_id, current_actor())
    return render_template("adopted.html", case=page.head, page=page, part="history")


@bp.post("/cases/<uuid:case_id>/adoption")
def confirm(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say, as a second person, that it was held against the papers."""
    engine.check_adoption(case_id, current_actor())
    return redirect(url_for("adoption.adopted", case_id=case_id), 303)


def _start(typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    actor = current_actor()
    return render_template(
        "adopt.html",
        choices=in_order(engine.adoptable(actor), lambda one: f"{say(one.board)} {say(one.name)}"),
        begun=engine.adoptions_begun(actor),
        typed=typed,
        problems=problems,
    )


def _show(adoption_id: uuid.UUID, refused: str = "") -> str:
    page = engine.adoption_page(adoption_id, current_actor())
    return render_template(
        "adoption.html", page=page, groups=list(_groups(page.outline)), refused=refused
    )


def _groups(outline: Sequence[engine.OutlineStep]) -> Iterator[Group]:
    """Yield the outline in parts, each to be opened by itself; a step outside all is in none."""
    title: engine.Text | None = None
    rows: list[engine.OutlineStep] = []
    depth = 0
    for row in outline:
        begins = row.is_part and row.depth <= _DEEPEST_GROUP
        if begins or (title is not None and row.depth <= depth):
            yield title, rows
            title, rows, depth = None, [], row.depth
        if begins:
            title = row.name
        else:
            rows.append(row)
    yield title, rows


def _step(
    page: engine.PastStepPage,
    errors: list[engine.FieldError],
    *,
    refused: str = "",
    day_problem: str = "",
    day_typed: Mapping[str, str] | None = None,
    asked: bool = False,
) -> str:
    parts = [_without_unasked(fields.lay_out(part, page, errors)) for part in page.parts]
    typed = _typed_day("page-on", page.day)
    if day_typed is not None:
        typed = {f"page-on-{part}": text for part, text in day_typed.items()}
    return render_template(
        "adoption_step.html",
        page=page,
        parts=parts,
        problems=fields.summarise(parts, errors),
        refused=refused,
        day_problem=day_problem,
        typed=typed,
        asked=asked,
    )


def _without_unasked(part: fields.FormOnPage) -> fields.FormOnPage:
    sections = tuple(
        replace(
            section,
            questions=tuple(one for one in section.questions if one.kind not in _NOT_ASKED),
        )
        for section in part.sections
    )
    return replace(part, sections=tuple(one for one in sections if one.questions))


def _go_on(adoption_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Go on to where it is to stand, and to the step that has to be filled in before, if any."""
    try:
        waits = engine.stand_at(adoption_id, step, current_actor())
    except (engine.CannotStandThere, engine.IsOverBefore) as refused:
        return _show(adoption_id, say_error(refused)), 409
    if waits is not None:
        to = url_for("adoption.step", adoption_id=adoption_id, step=waits.text, asked=1)
        return redirect(to, 303)
    return redirect(url_for("adoption.show", adoption_id=adoption_id, _anchor="recorded"), 303)


def _after_aside(
    adoption_id: uuid.UUID,
    page: engine.PastStepPage,
    action: str,
    number: int | None,
    anchor: str | None,
) -> str:
    if action == "language":
        return this_page_in_other_language()
    if action == "save":
        return url_for("adoption.show", adoption_id=adoption_id)
    step = None if number is not None else page.step.text
    return url_for(
        "adoption.step", adoption_id=adoption_id, step=step, number=number, _anchor=anchor
    )


def _people(adoption_id: uuid.UUID, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    page = engine.adoption_page(adoption_id, current_actor())
    roles = in_order(page.roles.items(), lambda one: say(one[1]))
    return render_template(
        "adoption_people.html", page=page, roles=roles, typed=typed, problems=problems
    )


def _check(adoption_id: uuid.UUID, refused: str = "") -> str:
    outlook = engine.adoption_outlook(adoption_id, current_actor())
    return render_template(
        "adoption_check.html", outlook=outlook, page=outlook.page, refused=refused
    )


def _read_beginning(typed: Mapping[str, str]) -> tuple[engine.Beginning, dict[str, str]]:
    began_typed = days.typed_parts(typed, "began")
    began_on = days.as_day(began_typed)
    problems = {}
    if any(began_typed.values()) and began_on is None:
        problems["began-day"] = gettext("Enter a day that there is, or leave all three parts empty")
    relation = typed.get("relation", "")
    if relation not in engine.ADOPTION_RELATIONS:
        relation = engine.ADOPTION_RELATIONS[0]
    found = engine.Beginning(
        began_on, typed.get("reference", "").strip(), typed.get("linked", "").strip(), relation
    )
    return found, problems


def _at_input(refused: engine.EngineError) -> dict[str, str]:
    inputs: dict[type[engine.EngineError], str] = {
        engine.DayAhead: "began-day",
        engine.ReferenceTooLong: "reference",
        engine.LinkNotFound: "linked",
    }
    if isinstance(refused, engine.DayAhead):
        return {"began-day": gettext("Enter a day that has been")}
    return {inputs[type(refused)]: say_error(refused)}


def _named() -> engine.StepName | None:
    text = request.args.get("step", "")
    return engine.StepName.of(text) if text else None


def _typed_answers() -> dict[str, list[str]]:
    """Return what was typed; of which version a page was filled says nothing of the past."""
    return {name: values for name, values in read_posted().items() if not name.startswith("_")}


def _typed_day(name: str, day: date | None) -> dict[str, Any]:
    return {f"{name}-{part}": str(getattr(day, part)) if day else "" for part in days.PARTS}


def _as_uuid(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
