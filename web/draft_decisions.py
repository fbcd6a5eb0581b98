"""The decision tables of a draft: read, changed and tried on plain pages, and on a canvas."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import draft_rows
from web.actors import current_actor
from web.canvas_words import decision_table_words
from web.draft_rows import Problems
from web.texts import gettext, say_error

bp = Blueprint("draft_decisions", __name__, url_prefix="/drafts/<uuid:draft_id>/decisions")

#: In addresses: a row, and columns, that are not there yet.
_NEW = "new"
_NEW_COLUMNS = {"new-input": "input", "new-output": "output"}
#: Which question of a column is which text, as the engine counts faults.
_COLUMN_PLACES = {0: "tested", 1: "values"}


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show the decision tables of a draft."""
    page = engine.draft_page(draft_id, current_actor())
    files = [one for one in page.files if one.kind == "decision" and one.content is not None]
    return render_template("draft_decisions.html", page=page, files=files, part="decisions")


@bp.get("/new")
def new(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what a table of the Board's own is called."""
    return _new(draft_id, {}, {})


@bp.post("/new")
def add(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Add a table, and go on to its columns."""
    draft_rows.require_designer(draft_id)
    typed = draft_rows.typed()
    name = engine.Text(_line(typed, "name_en"), _line(typed, "name_cy"))
    added: list[str] = []
    problems, status = draft_rows.attempt(
        lambda: added.append(engine.add_decision(draft_id, name, current_actor()))
    )
    if problems:
        return _new(draft_id, typed, problems), status
    return _back(draft_id, added[0])


@bp.get("/<decision>")
def show(draft_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Show a table: what it asks and answers, its rows, and what is wrong in its cells."""
    return _show(draft_id, decision)


@bp.post("/<decision>")
def act(draft_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Move a row, take out a row or a column, or try the table."""
    actor, typed = current_actor(), draft_rows.typed()
    does, key = draft_rows.action()
    revision = _revision(typed)
    if does == "try":
        values = {name[3:]: text for name, text in typed.items() if name.startswith("in-")}
        return _try(draft_id, decision, typed, values)
    draft_rows.require_designer(draft_id)
    if does in ("up", "down"):
        by = -1 if does == "up" else 1
        problems, status = draft_rows.attempt(
            lambda: engine.move_decision_rule(draft_id, decision, key, by, revision, actor)
        )
    elif does == "remove-rule":
        problems, status = draft_rows.attempt(
            lambda: engine.remove_decision_rule(draft_id, decision, key, revision, actor)
        )
    elif does == "remove-column":
        problems, status = draft_rows.attempt(
            lambda: engine.remove_decision_column(draft_id, decision, key, revision, actor)
        )
    else:
        raise engine.NotFound
    if problems:
        return _show(draft_id, decision, problems), status
    return _back(draft_id, decision)


@bp.get("/<decision>/head")
def head(draft_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Ask for name, words and hit policy of a table."""
    page = _page(draft_id, decision)
    table = page.table
    typed = {
        "name_en": table.name.en,
        "name_cy": table.name.cy,
        "description": table.description,
        "hit_policy": table.hit_policy,
        "aggregation": table.aggregation,
    }
    return _form("draft_decision_head.html", page, typed)


@bp.post("/<decision>/head")
def save_head(draft_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Keep name, words and hit policy."""
    draft_rows.require_designer(draft_id)
    page, typed = _page(draft_id, decision), draft_rows.typed()
    problems = _names_missing(typed, "name")
    policy, aggregation = typed.get("hit_policy", ""), typed.get("aggregation", "")
    if policy not in engine.HIT_POLICIES or aggregation not in engine.AGGREGATIONS:
        problems["hit_policy"] = gettext("Choose a hit policy.")
    if problems:
        return _form("draft_decision_head.html", page, typed, problems), 422
    wanted = dataclasses.replace(
        page.table,
        name=engine.Text(typed["name_en"].strip(), typed["name_cy"].strip()),
        description=_line(typed, "description"),
        hit_policy=policy,
        aggregation=aggregation if policy == "COLLECT" else "",
    )
    problems, status = draft_rows.attempt(
        lambda: engine.save_decision_head(
            draft_id, decision, wanted, _revision(typed), current_actor()
        )
    )
    if problems:
        return _form("draft_decision_head.html", page, typed, problems), status
    return _back(draft_id, decision)


@bp.get("/<decision>/rules/<row>")
def rule(draft_id: uuid.UUID, decision: str, row: str) -> ResponseReturnValue:
    """Show a row with a question for each of its cells."""
    page = _page(draft_id, decision)
    if row == _NEW:
        return _form("draft_decision_rule.html", page, {}, rule=None)
    found = page.table.rule(row)
    typed = {f"cell-{number}": cell for number, cell in enumerate(found.cells)}
    typed |= {"requirement": found.requirement, "note": found.note}
    faults = {
        f"cell-{place}": _fault_told(fault)
        for (key, place), fault in page.faults.items()
        if key == row
    }
    return _form("draft_decision_rule.html", page, typed, faults, rule=found)


@bp.post("/<decision>/rules/<row>")
def save_rule(draft_id: uuid.UUID, decision: str, row: str) -> ResponseReturnValue:
    """Keep a row."""
    draft_rows.require_designer(draft_id)
    page, typed = _page(draft_id, decision), draft_rows.typed()
    found = None if row == _NEW else page.table.rule(row)
    cells = tuple(_line(typed, f"cell-{number}") for number in range(len(page.table.columns)))
    wanted = engine.WrittenRule(
        found.id if found else "", _line(typed, "requirement"), _line(typed, "note"), cells
    )
    try:
        problems, status = draft_rows.attempt(
            lambda: engine.save_decision_rule(
                draft_id, decision, wanted, _revision(typed), current_actor()
            )
        )
    except engine.DecisionCellsWrong as wrong:
        problems = {f"cell-{place}": _fault_told(one) for place, one in wrong.faults.items()}
        status = wrong.status
    if problems:
        return _form("draft_decision_rule.html", page, typed, problems, rule=found), status
    return _back(draft_id, decision)


@bp.get("/<decision>/columns/<column>")
def column(draft_id: uuid.UUID, decision: str, column: str) -> ResponseReturnValue:
    """Show a column: what it tests or answers, its type and its values."""
    page = _page(draft_id, decision)
    found = _column(page, column)
    typed = {
        "label_en": found.label.en,
        "label_cy": found.label.cy,
        "tested": found.tested,
        "type": found.type,
        "values": found.values,
    }
    faults = {
        _COLUMN_PLACES[place]: _fault_told(fault)
        for (key, place), fault in page.faults.items()
        if key == column
    }
    return _form("draft_decision_column.html", page, typed, faults, column=found)


@bp.post("/<decision>/columns/<column>")
def save_column(draft_id: uuid.UUID, decision: str, column: str) -> ResponseReturnValue:
    """Keep a column."""
    draft_rows.require_designer(draft_id)
    page, typed = _page(draft_id, decision), draft_rows.typed()
    found = _column(page, column)
    problems = _names_missing(typed, "label")
    wanted = dataclasses.replace(
        found,
        label=engine.Text(_line(typed, "label_en"), _line(typed, "label_cy")),
        tested=_line(typed, "tested"),
        type=typed.get("type", "") if typed.get("type") in engine.COLUMN_TYPES else "",
        values=_line(typed, "values"),
    )
    status = 422
    if not problems:
        try:
            problems, status = draft_rows.attempt(
                lambda: engine.save_decision_column(
                    draft_id, decision, wanted, _revision(typed), current_actor()
                )
            )
        except engine.DecisionCellsWrong as wrong:
            problems = {
                _COLUMN_PLACES[place]: _fault_told(one) for place, one in wrong.faults.items()
            }
    if problems:
        return _form("draft_decision_column.html", page, typed, problems, column=found), status
    return _back(draft_id, decision)


@bp.get("/<decision>/canvas")
def canvas(draft_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Show the table on a canvas, which saves as one goes."""
    page = _page(draft_id, decision)
    return render_template(
        "draft_decision_canvas.html",
        page=page,
        part="decisions",
        words=decision_table_words(),
        types=[one for one in engine.COLUMN_TYPES if one],
    )


def _page(draft_id: uuid.UUID, decision: str) -> engine.DraftDecision:
    try:
        return engine.draft_decision(draft_id, decision, current_actor())
    except engine.DraftPathWrong:
        raise engine.NotFound from None


def _new(draft_id: uuid.UUID, typed: Mapping[str, str], problems: Problems) -> str:
    page = engine.draft_page(draft_id, current_actor())
    return render_template(
        "draft_decision_new.html", page=page, part="decisions", typed=typed, problems=problems
    )


def _show(draft_id: uuid.UUID, decision: str, problems: Problems | None = None, **more: Any) -> str:
    page = _page(draft_id, decision)
    given = {"typed": {}, "trial": None, **more}
    return render_template(
        "draft_decision.html",
        page=page,
        part="decisions",
        problems=problems or {},
        policy_told=_policy_told(page.table),
        fault_told=_fault_told,
        **given,
    )


def _try(
    draft_id: uuid.UUID, decision: str, typed: Mapping[str, str], values: Mapping[str, str]
) -> ResponseReturnValue:
    try:
        trial = engine.try_decision(draft_id, decision, values, current_actor())
    except engine.DraftPathWrong:
        raise engine.NotFound from None
    except engine.InvalidDefinition as invalid:
        return _show(draft_id, decision, {"trial": say_error(invalid)}, typed=typed), 422
    problems: Problems = {}
    if trial.unread:
        name, reason = trial.unread
        problems[f"in-{name}"] = gettext("This value cannot be read: %(reason)s", reason=reason)
    page = _show(draft_id, decision, problems, typed=typed, trial=trial)
    return page, 422 if problems else 200


def _form(
    template: str,
    page: engine.DraftDecision,
    typed: Mapping[str, str],
    problems: Problems | None = None,
    **more: Any,
) -> str:
    return render_template(
        template,
        page=page,
        part="decisions",
        typed=typed,
        problems=problems or {},
        revision=typed.get("revision") or page.file.revision,
        policies=[(one, _policy_name(one)) for one in engine.HIT_POLICIES],
        aggregations=[(one, one) for one in engine.AGGREGATIONS if one],
        types=[(one, one) for one in engine.COLUMN_TYPES if one],
        **more,
    )


def _column(page: engine.DraftDecision, key: str) -> engine.WrittenColumn:
    if key in _NEW_COLUMNS:
        return engine.WrittenColumn("", _NEW_COLUMNS[key], engine.Text("", ""), "")
    return page.table.column(key)


def _names_missing(typed: Mapping[str, str], name: str) -> Problems:
    wanted = {
        f"{name}_en": gettext("Write it in English."),
        f"{name}_cy": gettext("Write it in Welsh."),
    }
    return {key: text for key, text in wanted.items() if not typed.get(key, "").strip()}


def _line(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").replace("\r\n", "\n").strip()


def _revision(typed: Mapping[str, str]) -> int:
    said = typed.get("revision", "")
    return int(said) if said.isdecimal() and len(said) < 9 else -1


def _back(draft_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    return redirect(url_for("draft_decisions.show", draft_id=draft_id, decision=decision), 303)


def _fault_told(fault: engine.CellFault) -> str:
    return gettext(
        "This cannot be read: %(reason)s. What to do: %(remedy)s.",
        reason=fault.reason,
        remedy=fault.remedy,
    )


def _policy_told(table: engine.WrittenTable) -> str:
    told = _policy_name(table.hit_policy)
    return f"{told} ({table.aggregation})" if table.aggregation else told


def _policy_name(policy: str) -> str:
    names = {
        "UNIQUE": gettext("UNIQUE: at most one row can match"),
        "ANY": gettext("ANY: rows that match agree"),
        "FIRST": gettext("FIRST: the first row that matches decides"),
        "PRIORITY": gettext("PRIORITY: the answer that is listed first decides"),
        "RULE ORDER": gettext("RULE ORDER: all answers, in the order of the rows"),
        "OUTPUT ORDER": gettext("OUTPUT ORDER: all answers, in the order of the listed values"),
        "COLLECT": gettext("COLLECT: all answers together"),
    }
    return names.get(policy, policy)
