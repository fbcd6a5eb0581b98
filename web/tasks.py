"""Show people their tasks, and take in what they fill in."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

import engine
from web import fields, rows
from web.actors import current_actor
from web.addresses import this_page_in_other_language
from web.texts import gettext, say_error

bp = Blueprint("tasks", __name__)

Posted = dict[str, list[str]]
Files = dict[str, list[tuple[str, BinaryIO]]]

_URGENCY = {"overdue": 0, "due_soon": 1}


@bp.get("/")
def home() -> ResponseReturnValue:
    """Go to the page that people start from: what needs doing today, for a co-ordinator."""
    page = "today.show" if engine.coordinates(current_actor()) else "tasks.index"
    return redirect(url_for(page))


@bp.get("/tasks")
def index() -> ResponseReturnValue:
    """List the tasks of a person and those that anybody of the person's roles may take."""
    actor = current_actor()
    mine, groups = engine.open_tasks(actor)
    return render_template(
        "tasks.html",
        mine=_overdue_first(mine),
        groups=_overdue_first(groups),
        standing_in=engine.standing_in(actor),
        to_confirm=[one for one in engine.proposals_waiting(actor) if not one.is_own],
        to_publish=engine.drafts_waiting(actor),
        designs=bool(engine.variation_boards(actor)),
    )


@bp.get("/tasks/<uuid:task_id>")
def show(task_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form of a task, with whatever the person saved before."""
    return _form(task_id, [])


@bp.post("/tasks/<uuid:task_id>")
def answer(task_id: uuid.UUID) -> ResponseReturnValue:
    """Save the draft, and do what the button that was pressed says."""
    posted, action = _whole(task_id, read_posted()), request.form.get("page-action", "continue")
    posted, anchor = rows.change(posted, action)
    try:
        if action == "continue":
            return _check(task_id, posted)
        engine.save_draft(task_id, posted, read_files(), current_actor())
    except engine.UploadRefused as refused:
        return _file_refused(task_id, posted, refused), 422
    if action == "save":
        return redirect(url_for("tasks.saved", task_id=task_id), 303)
    if elsewhere := rows.filling_page(task_id, action):
        return redirect(elsewhere, 303)
    if action == "language":
        return redirect(this_page_in_other_language(), 303)
    if action == "claim":
        return claim(task_id)
    if action == "release":
        return release(task_id)
    if action == "give":
        return redirect(url_for("tasks.ask_whom", task_id=task_id), 303)
    if action.startswith("start:"):
        return redirect(_start_beside(task_id, action.removeprefix("start:")), 303)
    turned = rows.turned(action)
    return redirect(url_for("tasks.show", task_id=task_id, _anchor=anchor, **turned), 303)


@bp.get("/tasks/<uuid:task_id>/saved")
def saved(task_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the draft is kept and how to come back to it."""
    page = engine.open_task(task_id, current_actor())
    if page.draft_saved_at is None:
        return redirect(url_for("tasks.show", task_id=task_id))
    return render_template("task_saved.html", page=page)


@bp.get("/tasks/<uuid:task_id>/check")
def check(task_id: uuid.UUID) -> ResponseReturnValue:
    """Show the answers for a last look before they are sent."""
    try:
        page = engine.check_draft(task_id, current_actor())
    except engine.InvalidForm as invalid:
        return _form(task_id, invalid.errors), 422
    if not page.may_submit:
        return redirect(url_for("tasks.show", task_id=task_id))
    return _answers(page)


@bp.post("/tasks/<uuid:task_id>/check")
def submit(task_id: uuid.UUID) -> ResponseReturnValue:
    """Complete the task with the answers that were checked."""
    actor, submit_key = current_actor(), request.form.get("page-submit-key", "")
    try:
        done = engine.submit_task(task_id, actor, submit_key, proof=_read_proof())
    except engine.InvalidForm as invalid:
        return _form(task_id, invalid.errors), 422
    except engine.SignatureRefused:
        return _answers(engine.check_draft(task_id, actor), _unsigned(actor)), 422
    session["done"] = {
        "task": str(task_id),
        "case": str(done.case_id),
        "identifier": done.case_identifier,
        "en": done.task_name.en,
        "cy": done.task_name.cy,
    }
    return redirect(url_for("tasks.done", task_id=task_id), 303)


@bp.get("/tasks/<uuid:task_id>/done")
def done(task_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm that a task is done, with the reference of its case and what is next."""
    told = session.get("done")
    if not told or told["task"] != str(task_id):
        return redirect(url_for("tasks.index"))
    actor = current_actor()
    mine, groups = engine.open_tasks(actor, uuid.UUID(told["case"]))
    name = engine.Text(told["en"], told["cy"])
    return render_template(
        "task_done.html",
        name=name,
        identifier=told["identifier"],
        case_id=told["case"],
        may_open_case=engine.may_open_case(uuid.UUID(told["case"]), actor),
        waiting=_overdue_first([*mine, *groups]),
        others=engine.after_task(task_id, actor),
        alike=engine.find_alike(uuid.UUID(told["case"]), actor),
    )


@bp.get("/tasks/<uuid:task_id>/give")
def ask_whom(task_id: uuid.UUID) -> ResponseReturnValue:
    """Ask to whom a task goes."""
    return _giving(task_id, {})


@bp.post("/tasks/<uuid:task_id>/give")
def give(task_id: uuid.UUID) -> ResponseReturnValue:
    """Give a task to another who may do it."""
    reason, chosen = request.form.get("reason", ""), request.form.get("account", "")
    page = engine.giving_page(task_id, current_actor())
    known = {str(account): account for account, _name in page.holders}
    problems = {}
    if chosen not in known:
        problems["account"] = gettext("Choose who is to do it")
    if not reason.strip():
        problems["reason"] = gettext("Say why you give it to somebody else")
    if problems:
        return _giving(task_id, problems), 422
    engine.delegate_task(task_id, known[chosen], reason, current_actor())
    return redirect(url_for("tasks.show", task_id=task_id), 303)


def _giving(task_id: uuid.UUID, problems: dict[str, str]) -> str:
    page = engine.giving_page(task_id, current_actor())
    return render_template("task_give.html", page=page, problems=problems, typed=request.form)


@bp.post("/tasks/<uuid:task_id>/claim")
def claim(task_id: uuid.UUID) -> ResponseReturnValue:
    """Take a task, so that others of the role see who is at it."""
    engine.claim_task(task_id, current_actor())
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@bp.errorhandler(engine.TaskPaused)
def paused(error: engine.TaskPaused) -> ResponseReturnValue:
    """Show the task with everything typed still in it, and say why it cannot be sent now."""
    return _form(error.details["task"], [], refused=say_error(error)), 409


@bp.post("/tasks/<uuid:task_id>/release")
def release(task_id: uuid.UUID) -> ResponseReturnValue:
    """Give a task back to everybody who may do it."""
    engine.release_task(task_id, current_actor())
    return redirect(url_for("tasks.index"), 303)


def _whole(task_id: uuid.UUID, posted: Posted) -> Posted:
    """Return what was typed beside what stands in rows that are not on the page that was sent."""
    if not rows.is_paged(request.form):
        return posted
    return rows.with_others(posted, engine.open_task(task_id, current_actor()).parts)


def read_posted() -> Posted:
    """Return what was typed, by name; what belongs to the page itself is called page-something."""
    return {name: values for name, values in request.form.lists() if not name.startswith("page-")}


def read_files() -> Files:
    """Return the files that were sent, by name; an empty file input sends a nameless one."""
    return {
        name: [
            (upload.filename or "", cast(BinaryIO, upload.stream))
            for upload in uploads
            if upload.filename
        ]
        for name, uploads in request.files.lists()
    }


def _start_beside(task_id: uuid.UUID, process: str) -> str:
    """Return where it is said what starting a side process leads to, with the way back."""
    case_id = engine.open_task(task_id, current_actor()).task.case_id
    return url_for("cases.ask_side", case_id=case_id, process=process, task=task_id)


def _check(task_id: uuid.UUID, posted: Posted) -> ResponseReturnValue:
    try:
        engine.check_task(task_id, posted, read_files(), current_actor())
    except engine.InvalidForm as invalid:
        return _form(task_id, invalid.errors), 422
    return redirect(url_for("tasks.check", task_id=task_id), 303)


def _file_refused(task_id: uuid.UUID, posted: Posted, refused: engine.UploadRefused) -> str:
    """Keep what was typed without the files, and say at its input what is wrong with one."""
    engine.save_draft(task_id, posted, {}, current_actor())
    return _form(task_id, [at_its_input(refused)])


def at_its_input(refused: engine.UploadRefused) -> engine.FieldError:
    """Return what is wrong with a file as an error at the input that sent it."""
    sent = {files[0][0]: name for name, files in read_files().items() if files}
    name = sent.get(refused.details.get("filename", ""), next(iter(sent.values()), ""))
    said = say_error(refused)
    return engine.FieldError(name, said, said)


def _form(task_id: uuid.UUID, errors: list[engine.FieldError], *, refused: str = "") -> str:
    page = engine.open_task(task_id, current_actor())
    if page.is_long:
        return _sections(page, errors, refused)
    parts = [
        fields.lay_out(
            part, page, errors, case_id=page.task.case_id, spreadsheets=True, in_pages=True
        )
        for part in page.parts
    ]
    return render_template(
        "task.html",
        page=page,
        parts=parts,
        problems=fields.summarise(parts, errors),
        refused=refused,
        earlier=[line for part in page.parts for line in fields.typed_earlier(part, page)],
        beside=engine.startable_beside(page.task.case_id, current_actor()),
    )


def _sections(page: engine.TaskPage, errors: list[engine.FieldError], refused: str) -> str:
    """Show the sections of a long task; what is wrong leads to its control on its section."""
    actor = current_actor()
    parts = [fields.lay_out(part, page, errors) for part in page.parts]
    problems = [
        replace(problem, href=_on_its_section(page, error) + problem.href)
        for error, problem in zip(errors, fields.summarise(parts, errors), strict=True)
    ]
    listed = engine.task_sections(page.task.id, actor)
    return render_template(
        "task_sections.html",
        page=page,
        forms=[(form, list(part)) for form, part in groupby(listed, lambda one: one.form)],
        done=sum(one.state in ("completed", "nothing_to_fill") for one in listed),
        count=len(listed),
        problems=problems,
        refused=refused,
        beside=engine.startable_beside(page.task.case_id, actor),
    )


def _on_its_section(page: engine.TaskPage, error: engine.FieldError) -> str:
    """Return the address of the page on which something can be put right; nothing for this one."""
    key = engine.section_of_input(page.parts, error.field)
    if key is None:
        return ""
    return _address_of(page, key, check=True)


def _address_of(
    page: engine.TaskPage, key: engine.SectionKey, *, check: bool = False, change: bool = False
) -> str:
    """Return the address of a section of a task.

    Takes:   check, to show what is wrong; change, to go back to the answers afterwards.
    """
    return url_for(
        "sections.show",
        task_id=page.task.id,
        form=key.form,
        section=key.section,
        check=1 if check else None,
        change=1 if change else None,
    )


def _read_proof() -> engine.Proof:
    return engine.Proof(request.form.get("page-password", ""), "page-signed" in request.form)


def _unsigned(actor: engine.Actor) -> dict[str, str]:
    if actor.signs_by_tick:
        return {"page-signed": gettext("Tick the box to sign")}
    return {"page-password": gettext("Enter the password that you sign in with")}


def _answers(page: engine.TaskPage, problems: dict[str, str] | None = None) -> str:
    def change_at(form: engine.Form, section: str) -> str:
        if not page.is_long:
            return url_for("tasks.show", task_id=page.task.id)
        return _address_of(page, engine.SectionKey(form.id, section), change=True)

    return render_template(
        "task_check.html", page=page, problems=problems or {}, change_at=change_at
    )


def _overdue_first(tasks: list[engine.TaskSummary]) -> list[engine.TaskSummary]:
    return sorted(
        tasks,
        key=lambda task: (
            _URGENCY.get(task.clock_state, 2),
            task.due_on or date.max,
            task.opened_at,
            str(task.id),
        ),
    )
