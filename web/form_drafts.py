"""Change the forms of a draft on plain pages: sections, questions and rules, one page each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import form_inputs
from web.actors import current_actor
from web.drafts import finding_words
from web.texts import gettext, say, say_error

bp = Blueprint("form_drafts", __name__, url_prefix="/drafts/<uuid:draft_id>/forms")

#: What is refused about the draft, and not about what was typed.
REFUSED = (
    engine.DraftChanged,
    engine.DraftOver,
    engine.DraftWaits,
    engine.DraftFileTooBig,
    engine.DraftFileUnreadable,
)
_ARRANGE: Mapping[str, engine.FormAct] = {"up": "up", "down": "down", "remove": "remove"}
_PART = "/<form_id>/parts/<part_id>"

Problems = Mapping[str, str]


@bp.before_request
def require_designer() -> None:
    """Answer whoever may not write in a draft before what they sent is looked at.

    Raises:  NotFound.
    """
    if request.method != "POST" or request.view_args is None:
        return
    if not engine.draft_head(request.view_args["draft_id"], current_actor()).may_design:
        raise engine.NotFound


@bp.get("/new")
def begin(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what a form of the Board's own is to be."""
    return _begin(draft_id, {})


@bp.post("/new")
def begin_form(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Add a form of the Board's own to the draft."""
    answers = form_inputs.read(engine.FORM_PROPERTIES)
    answers["section"] = _named("section_") | {"first": _named("first_") | {"type": _type()}}
    form_id = request.form.get("form_id", "").strip()
    try:
        engine.begin_form(draft_id, form_id, answers, current_actor())
    except engine.FormUnfit as unfit:
        return _begin(draft_id, _said(unfit)), unfit.status
    except REFUSED as refused:
        return _begin(draft_id, {"form-part": say_error(refused)}), refused.status
    return redirect(url_for(".show", draft_id=draft_id, form_id=form_id), 303)


@bp.get("/<form_id>")
def show(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Show a form as sections and questions in order, with what does not fit yet."""
    return _show(draft_id, form_id)


@bp.post("/<form_id>")
def arrange(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Move a part up or down, or remove it once that was asked."""
    act, _, target = request.form.get("page-action", "").partition(":")
    if act == "ask":
        return _ask(draft_id, form_id, target)
    if act not in _ARRANGE:
        abort(400)
    try:
        _edit(draft_id, form_id, engine.FormEdit(_ARRANGE[act], target))
    except engine.FormUnfit as unfit:
        return _show(draft_id, form_id, _said(unfit)), unfit.status
    except REFUSED as refused:
        return _show(draft_id, form_id, {"form-part": say_error(refused)}), refused.status
    anchor = None if act == "remove" else f"part-{target}"
    return redirect(url_for(".show", draft_id=draft_id, form_id=form_id, _anchor=anchor), 303)


@bp.get("/<form_id>/settings")
def settings(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Show what holds for a whole form."""
    return _settings(draft_id, form_id)


@bp.post("/<form_id>/settings")
def save_settings(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Change the title of a form, what it is kept for, and who may read it."""
    edit = engine.FormEdit("settings", answers=form_inputs.read(engine.FORM_PROPERTIES))
    return _kept(draft_id, form_id, edit, lambda problems: _settings(draft_id, form_id, problems))


@bp.get("/<form_id>/sections/new")
def new_section(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Ask for a new section and its first question."""
    return _new(draft_id, form_id, "", "group")


@bp.post("/<form_id>/sections/new")
def add_section(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Add a section with its first question."""
    answers = form_inputs.read(engine.SECTION_PROPERTIES) | {"first": _named("first_")}
    edit = engine.FormEdit("section", answers=answers, kind=_type())
    return _kept(
        draft_id, form_id, edit, lambda problems: _new(draft_id, form_id, "", "group", problems)
    )


@bp.get(_PART)
def part(draft_id: uuid.UUID, form_id: str, part_id: str) -> ResponseReturnValue:
    """Show a section, a question or a column for whoever changes it."""
    return _part(draft_id, form_id, part_id)


@bp.post(_PART)
def change(draft_id: uuid.UUID, form_id: str, part_id: str) -> ResponseReturnValue:
    """Change a section, a question or a column; or only the inputs on its page."""
    page = engine.form_part(draft_id, form_id, part_id, current_actor(), _type())
    if form_inputs.changes_page():
        return _part(draft_id, form_id, part_id, {})
    edit = engine.FormEdit("change", part_id, form_inputs.read(page.offered), page.kind)
    return _kept(
        draft_id, form_id, edit, lambda problems: _part(draft_id, form_id, part_id, problems)
    )


@bp.get(f"{_PART}/new")
def new_field(draft_id: uuid.UUID, form_id: str, part_id: str) -> ResponseReturnValue:
    """Ask which type a new question is to have; then for the question itself."""
    kind = request.args.get("type", "")
    if kind not in engine.FIELD_TYPES:
        page = engine.new_form_part(draft_id, form_id, part_id, "", current_actor())
        types = [one for one in engine.FIELD_TYPES if one != "dynamiclist" or page.may_hold_rows]
        return render_template(
            "form_type.html", page=page.page, part="files", parent=part_id, types=types
        )
    return _new(draft_id, form_id, part_id, kind)


@bp.post(f"{_PART}/new")
def add_field(draft_id: uuid.UUID, form_id: str, part_id: str) -> ResponseReturnValue:
    """Add a question to a section, or a column to rows."""
    kind = _type()
    page = engine.new_form_part(draft_id, form_id, part_id, kind, current_actor())
    if form_inputs.changes_page():
        return _new(draft_id, form_id, part_id, kind, {})
    answers = form_inputs.read(page.offered)
    if kind == "dynamiclist":
        answers["first"] = _named("first_")
    edit = engine.FormEdit("field", part_id, answers, kind)
    return _kept(
        draft_id, form_id, edit, lambda problems: _new(draft_id, form_id, part_id, kind, problems)
    )


@bp.get("/<form_id>/rules/<int:number>")
def rule(draft_id: uuid.UUID, form_id: str, number: int) -> ResponseReturnValue:
    """Show a rule between answers; one more than there are is a new one."""
    return _rule(draft_id, form_id, number)


@bp.post("/<form_id>/rules/<int:number>")
def save_rule(draft_id: uuid.UUID, form_id: str, number: int) -> ResponseReturnValue:
    """Change or add a rule."""
    page = engine.form_rule(draft_id, form_id, number, current_actor())
    edit = engine.FormEdit("rule", str(number), form_inputs.read(page.offered))
    return _kept(
        draft_id, form_id, edit, lambda problems: _rule(draft_id, form_id, number, problems)
    )


def _edit(draft_id: uuid.UUID, form_id: str, edit: engine.FormEdit) -> None:
    revision = request.form.get("page-revision", -1, type=int)
    engine.edit_form(draft_id, form_id, edit, revision, current_actor())


def _kept(
    draft_id: uuid.UUID,
    form_id: str,
    edit: engine.FormEdit,
    again: Callable[[Problems], str],
) -> ResponseReturnValue:
    """Keep a change and go back to the form; what is refused stays on its page as it was typed."""
    try:
        _edit(draft_id, form_id, edit)
    except engine.FormUnfit as unfit:
        return again(_said(unfit)), unfit.status
    except REFUSED as refused:
        return again({"form-part": say_error(refused)}), refused.status
    anchor = f"part-{edit.target}" if edit.target and edit.act != "rule" else None
    return redirect(url_for(".show", draft_id=draft_id, form_id=form_id, _anchor=anchor), 303)


def _type() -> str:
    return request.form.get("page-type", "")


def _named(prefix: str) -> dict[str, Any]:
    """Return label and Welsh label of what begins together with something else."""
    return {name: request.form.get(prefix + name, "").strip() for name in ("label", "label_cy")}


def _said(unfit: engine.FormUnfit) -> dict[str, str]:
    return {name: say(text) for name, text in unfit.problems.items()}


def _show(draft_id: uuid.UUID, form_id: str, problems: Problems | None = None) -> str:
    page = engine.form_draft(draft_id, form_id, current_actor())
    return render_template(
        "form_draft.html",
        page=page,
        part="files",
        problems=problems or {},
        found=[(one, *finding_words(one)) for one in page.findings],
    )


def _ask(draft_id: uuid.UUID, form_id: str, target: str) -> str:
    """Ask whether a part or a rule is to be removed with everything in it."""
    if target.isdecimal() and len(target) < 4:
        found = engine.form_rule(draft_id, form_id, int(target), current_actor(), told=True)
        name = gettext("Rule %(number)d", number=int(target) + 1)
    else:
        found = engine.form_part(draft_id, form_id, target, current_actor())
        name = form_inputs.own_name(found.answers)
    return render_template(
        "form_remove.html", page=found.page, part="files", found=found, target=target, name=name
    )


def _begin(draft_id: uuid.UUID, problems: Problems) -> str:
    head = engine.draft_head(draft_id, current_actor())
    if not head.may_change:
        raise engine.NotFound
    answers = {"catalogue": "F-90", "per": "case", **request.form}
    return render_template(
        "form_begin.html",
        page={"head": head},
        part="files",
        groups=form_inputs.groups(engine.FORM_PROPERTIES, answers, problems),
        typed=request.form,
        problems=problems,
    )


def _settings(draft_id: uuid.UUID, form_id: str, problems: Problems | None = None) -> str:
    page = engine.form_draft(draft_id, form_id, current_actor())
    answers = engine.form_answers(page.data, engine.FORM_PROPERTIES)
    found = engine.FormPartPage(page, "form", engine.FORM_PROPERTIES, answers)
    return _page(found, gettext("The form as a whole"), problems)


def _part(draft_id: uuid.UUID, form_id: str, part_id: str, problems: Problems | None = None) -> str:
    found = engine.form_part(draft_id, form_id, part_id, current_actor(), _type())
    title = form_inputs.own_name(found.answers)
    return _page(found, title, problems, part_id=part_id)


def _new(
    draft_id: uuid.UUID,
    form_id: str,
    parent_id: str,
    kind: str,
    problems: Problems | None = None,
) -> str:
    asked = "" if kind == "group" else kind
    found = engine.new_form_part(draft_id, form_id, parent_id, asked, current_actor())
    title = gettext("New section") if kind == "group" else gettext("New question")
    return _page(found, title, problems, begins=kind in ("group", "dynamiclist"))


def _rule(draft_id: uuid.UUID, form_id: str, number: int, problems: Problems | None = None) -> str:
    found = engine.form_rule(draft_id, form_id, number, current_actor())
    return _page(found, gettext("Rule %(number)d", number=number + 1), problems)


def _page(
    found: engine.FormPartPage,
    title: str,
    problems: Problems | None,
    *,
    part_id: str = "",
    begins: bool = False,
) -> str:
    """Show the page of a part; once it was sent, with what was typed."""
    answers = form_inputs.read(found.offered) if problems is not None else found.answers
    typed = request.form if problems is not None else {}
    return render_template(
        "form_part.html",
        page=found.page,
        part="files",
        found=found,
        heading_text=title,
        groups=form_inputs.groups(found.offered, answers, problems or {}),
        when=form_inputs.condition(found, typed),
        typed=typed,
        part_id=part_id,
        begins=begins,
        problems=problems or {},
        unfit=[finding_words(one) for one in found.page.found(part_id)] if part_id else [],
    )
