"""Show the table of codes of a case, give codes, and put right whom one stands for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import gettext, say_error

bp = Blueprint("codes", __name__)

#: At which input of the page each refusal stands.
_INPUTS: dict[type[engine.EngineError], str] = {
    engine.CodeKindMissing: "kind",
    engine.CodeNamesNobody: "name",
    engine.CodeNameTooLong: "name",
    engine.CodeGivenAlready: "name",
    engine.CodeHasTooManyNames: "also",
    engine.CodeRoleTooLong: "role",
    engine.CodeRoleNames: "role",
    engine.CodeReasonMissing: "reason",
    engine.CodeChanged: "name",
}


@bp.get("/cases/<uuid:case_id>/codes")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show whom the codes of a case stand for, and who might need one."""
    return _table(case_id)


@bp.post("/cases/<uuid:case_id>/codes")
def give(case_id: uuid.UUID) -> ResponseReturnValue:
    """Give a code to whoever was entered, or to those of the list that were chosen."""
    actor, typed = current_actor(), _typed()
    action = typed.get("page-action", "give")
    if action == "language":
        return _table(case_id, typed)
    if action == "suggested":
        chosen = request.form.getlist("suggested")
        if not engine.give_suggested_codes(case_id, chosen, actor) and not chosen:
            problems = {"suggested": gettext("Choose who is to have a code")}
            return _table(case_id, typed, problems), 422
        return redirect(url_for("codes.index", case_id=case_id), 303)
    try:
        code_id = engine.give_code(case_id, _content(typed), actor)
    except engine.CodeWrong as wrong:
        return _table(case_id, typed, _problems(wrong)), wrong.status
    return redirect(url_for("codes.index", case_id=case_id, _anchor=f"code-{code_id}"), 303)


@bp.get("/cases/<uuid:case_id>/codes/<uuid:code_id>")
def show(case_id: uuid.UUID, code_id: uuid.UUID) -> ResponseReturnValue:
    """Show a code with everything it stood for."""
    return _code(case_id, code_id)


@bp.post("/cases/<uuid:case_id>/codes/<uuid:code_id>")
def save(case_id: uuid.UUID, code_id: uuid.UUID) -> ResponseReturnValue:
    """Say anew whom a code stands for."""
    typed = _typed()
    if typed.get("page-action") == "language":
        return _code(case_id, code_id, typed)
    seen = typed.get("seen", "")[:9]
    try:
        engine.put_code_right(
            case_id,
            code_id,
            _content(typed),
            typed.get("reason", ""),
            current_actor(),
            seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
        )
    except engine.CodeWrong as wrong:
        return _code(case_id, code_id, typed, _problems(wrong)), wrong.status
    return redirect(url_for("codes.index", case_id=case_id, _anchor=f"code-{code_id}"), 303)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n") for name in request.form}


def _content(typed: Mapping[str, str]) -> engine.CodeContent:
    return engine.CodeContent(
        kind=typed.get("kind", ""),
        name=typed.get("name", ""),
        role=typed.get("role", ""),
        also=tuple(typed.get("also", "").split("\n")),
        is_used=typed.get("unused", "") != "yes",
    )


def _problems(wrong: engine.CodeWrong) -> dict[str, str]:
    together: Sequence[engine.CodeWrong] = wrong.together or (wrong,)
    return {_INPUTS[type(one)]: say_error(one).removesuffix(".") for one in together}


def _table(
    case_id: uuid.UUID,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    page = engine.codes_page(case_id, current_actor())
    return render_template(
        "codes.html",
        case=page.head,
        page=page,
        part="documents",
        kinds=engine.CODE_KINDS,
        typed=typed or {},
        chosen=request.form.getlist("suggested"),
        problems=problems or {},
    )


def _code(
    case_id: uuid.UUID,
    code_id: uuid.UUID,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    page = engine.code_page(case_id, code_id, current_actor())
    code = page.code
    stands: dict[str, Any] = {
        "name": code.name,
        "role": code.role,
        "also": "\n".join(code.also),
        "unused": "" if code.is_used else "yes",
        "seen": str(code.version),
    }
    return render_template(
        "case_code.html",
        case=page.head,
        page=page,
        part="documents",
        typed=typed or stands,
        problems=problems or {},
    )
