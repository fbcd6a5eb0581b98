"""Let open cases go on with the newest version of their Board: look ahead, move them, and back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import day, gettext, moment, ngettext, say, say_error

bp = Blueprint("case_migration", __name__, url_prefix="/variations/<key>/moving")

#: What a step is said to take the place of, and why another is passed over: `as.<process>.<id>`.
_PLACE, _OVER, _SEEN = "as", "over", "seen"
_MOST_TYPED = 2000
VERDICTS = ("free", "changes", "refused")


@bp.get("")
def index(key: str) -> ResponseReturnValue:
    """Show which open cases of a Board could move, and what would change."""
    return _plan(key)


@bp.get("/<uuid:case_id>")
def show(key: str, case_id: uuid.UUID) -> ResponseReturnValue:
    """Show what moving one case would do."""
    return _look(key, [case_id])


@bp.get("/check")
def begin_again(key: str) -> ResponseReturnValue:
    """Lead whoever comes to the address of a page that was sent for, as by the other language."""
    engine.look_at_moves(key, [], {}, {}, current_actor())
    return redirect(url_for("case_migration.index", key=key), 303)


@bp.post("/check")
def check(key: str) -> ResponseReturnValue:
    """Show what moving the chosen cases would do, and ask for what is still missing."""
    chosen = _ids(request.form.getlist("movable" if "all" in request.form else "case"))
    if not chosen:
        return _plan(key, problem=gettext("Choose the cases that are to move.")), 422
    return _look(key, chosen)


@bp.post("")
def move(key: str) -> ResponseReturnValue:
    """Move the cases that the page showed, each by itself, and say what became of each."""
    seen = {
        case_id: request.form.get(f"{_SEEN}.{case_id}", "")
        for case_id in _ids(
            name.partition(".")[2] for name in request.form if name.startswith(f"{_SEEN}.")
        )
    }
    renamed, passed = _typed(_PLACE), _typed(_OVER)
    moved = engine.move_cases(key, seen, renamed, passed, current_actor())
    return render_template(
        "case_migration_done.html",
        key=key,
        moved=moved,
        left={case_id: seen[case_id] for case_id in moved.left},
        kept=_kept(),
        said_why=_why,
    )


@bp.get("/<uuid:case_id>/back")
def back(key: str, case_id: uuid.UUID) -> ResponseReturnValue:
    """Show what taking the last move of a case back would do."""
    return _back(key, case_id)


@bp.post("/<uuid:case_id>/back")
def take_back(key: str, case_id: uuid.UUID) -> ResponseReturnValue:
    """Take the last move of a case back."""
    try:
        engine.take_move_back(key, case_id, request.form.get("seen", ""), current_actor())
    except (engine.CaseMovedOn, engine.MayNotMove, engine.NotProved) as refused:
        return _back(key, case_id, say_error(refused)), 409
    return redirect(url_for("case_migration.index", key=key, done="back"), 303)


def _plan(key: str, problem: str = "") -> str:
    version, wanted = request.values.get("version", ""), request.values.get("verdict", "")
    page = engine.moving_page(
        key,
        current_actor(),
        process=request.values.get("process", ""),
        version=_id(version) if version else None,
        renamed=_typed(_PLACE),
    )
    if problem and not page.may_move:
        raise engine.NotFound
    return render_template(
        "case_migration.html",
        page=page,
        lines=[line for line in page.lines if wanted in ("", line.outlook.verdict)],
        choices={
            "process": [(name, say(text)) for name, text in page.processes],
            "version": [(one.id, version_name(one)) for one in page.versions],
            "verdict": [(name, verdict(name)) for name in VERDICTS],
        },
        asked={"process": request.values.get("process", ""), "version": version, "verdict": wanted},
        renamed=_typed(_PLACE),
        kept=_kept(),
        problem=problem,
        is_back=request.args.get("done") == "back",
    )


def _look(key: str, case_ids: list[uuid.UUID]) -> ResponseReturnValue:
    passed = _typed(_OVER)
    lines = engine.look_at_moves(key, case_ids, _typed(_PLACE), passed, current_actor())
    if not lines:  # They have come to the newest version, or to their end, since.
        return redirect(url_for("case_migration.index", key=key), 303)
    over = {step: name for line in lines for step, name in line.to_pass}
    return render_template(
        "case_migration_check.html",
        key=key,
        lines=lines,
        movable=[line for line in lines if line.outlook.verdict != "refused"],
        over=over,
        reasons=passed,
        kept=[pair for pair in _kept() if not pair[0].startswith(f"{_OVER}.")],
    )


def _back(key: str, case_id: uuid.UUID, problem: str = "") -> str:
    line = engine.taking_back_page(key, case_id, current_actor())
    return render_template("case_migration_back.html", key=key, line=line, problem=problem)


def _typed(prefix: str) -> dict[str, dict[str, str]]:
    """Return what was chosen or typed for steps: {process: {id: text}}."""
    found: dict[str, dict[str, str]] = {}
    for name, value in request.values.items():
        kind, _, rest = name.partition(".")
        process, _, step = rest.partition(".")
        if kind == prefix and process and step and value.strip():
            found.setdefault(process, {})[step] = value.strip()[:_MOST_TYPED]
    return found


def _kept() -> list[tuple[str, str]]:
    """Return what was said of steps, for the forms that follow."""
    return [
        (f"{prefix}.{process}.{step}", text)
        for prefix in (_PLACE, _OVER)
        for process, given in _typed(prefix).items()
        for step, text in given.items()
    ]


def _why(refused: engine.EngineError) -> list[str]:
    """Return why a case was not moved: each thing that stands in its way, or the one refusal."""
    if isinstance(refused, engine.MayNotMove):
        return [told(one) for one in refused.refusals]
    return [say_error(refused)]


def _ids(typed: Any) -> list[uuid.UUID]:
    return list(dict.fromkeys(_id(one) for one in typed))


def _id(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError as wrong:
        raise engine.NotFound from wrong


def version_name(version: engine.PinnedVersion) -> str:
    """Return by what people tell a version of the processes from others."""
    on = day(version.deployed_on)
    if version.is_own:
        return gettext("Version %(number)d of %(on)s", number=version.number, on=on)
    return gettext("Version %(number)d as delivered, of %(on)s", number=version.number, on=on)


def verdict(key: str) -> str:
    """Return whether a case may move, in a few words."""
    return {
        "free": gettext("May move"),
        "changes": gettext("May move, with changes"),
        "refused": gettext("May not move"),
    }[key]


def told(one: engine.Told) -> str:
    """Say what a move changes, or why it cannot be, and then what to do."""
    names = {key: _said(value) for key, value in one.names.items()}
    if one.kind == "messages":
        count = one.names["count"]
        return ngettext(
            "%(num)d message goes out at once.", "%(num)d messages go out at once.", count
        )
    sentence = (_changes() | _refusals())[_kind(one.kind, names)]
    return sentence % names


def _kind(kind: str, names: Mapping[str, str]) -> str:
    """Return which sentence tells something, by what is known of it."""
    if kind == "asks_otherwise" and not (names["come"] and names["gone"]):
        return "asks_more" if names["come"] else "asks_less"
    if kind == "timer_waits" and not names["now"]:
        return "timer_waits_without_day"
    if kind == "timer_moves" and not (names["now"] and names["was"]):
        return "timer_has_day" if names["now"] else "timer_has_no_day"
    return kind


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"“{say(one)}”" for one in value)
    if isinstance(value, engine.EngineError):
        return say_error(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return say(value) if isinstance(value, engine.Text) else ""


def _changes() -> dict[str, str]:
    """Return the sentences of what a move changes."""
    return {
        "opens": gettext("“%(step)s” opens."),
        "goes": gettext("The open task “%(step)s” is withdrawn. Nobody has begun to fill it in."),
        "role": gettext("“%(step)s” is then for: %(roles)s."),
        "released": gettext(
            "“%(step)s” goes back to its group: whoever has taken it does not hold its role."
        ),
        "timer_goes": gettext("“%(timer)s” does not wait any more."),
        "firing_gone": gettext(
            "“%(timer)s” has happened and does not count any more: the other version does "
            "not have it."
        ),
        "passed": gettext("“%(step)s” is passed over, with your reason."),
        "not_made_up": gettext(
            "“%(step)s” runs by itself and lies behind the case. It is not made up for."
        ),
        "renamed": gettext("“%(was)s” goes on as “%(now)s”, with all that was done and typed."),
        "not_known": gettext("Nobody was asked, and nobody will be: %(facts)s."),
        "no_longer_shown": gettext(
            "“%(form)s” does not ask any more: %(questions)s. What was answered stays "
            "readable in its version."
        ),
        "no_longer_a_choice": gettext(
            "In “%(form)s” an answer is no choice any more: %(questions)s. It stays as it "
            "was recorded."
        ),
        "asks_otherwise": gettext("“%(step)s” asks more: %(come)s. It no longer asks: %(gone)s."),
        "asks_more": gettext("“%(step)s” asks more: %(come)s."),
        "asks_less": gettext("“%(step)s” no longer asks: %(gone)s."),
        "timer_waits": gettext("“%(timer)s” waits for %(now)s."),
        "timer_waits_without_day": gettext("“%(timer)s” waits, with no day yet."),
        "timer_moves": gettext("“%(timer)s” waits for %(now)s. Until now: %(was)s."),
        "timer_has_day": gettext("“%(timer)s” waits for %(now)s. Until now it had no day."),
        "timer_has_no_day": gettext("“%(timer)s” has no day any more. Until now: %(was)s."),
    }


def _refusals() -> dict[str, str]:
    """Return the sentences of why a case may not move, each with what to do."""
    return {
        "behind": gettext(
            "%(ahead)s would have had to be done before “%(step)s”, which was done on "
            "%(on)s. Say why it is passed over, or go back to “%(step)s” first."
        ),
        "behind_the_end": gettext(
            "%(ahead)s would have had to be done before “%(process)s” ended. Say why it is "
            "passed over, or leave the case on its version."
        ),
        "behind_by_law": gettext(
            "%(ahead)s would have had to be done before “%(step)s”, which was done on "
            "%(on)s. A rule or a time limit of the guidance hangs on it, so it cannot be "
            "passed over. Go back to “%(step)s” first."
        ),
        "behind_by_law_at_once": gettext(
            "%(ahead)s would have had to be done before “%(process)s” ended. A rule or a "
            "time limit of the guidance hangs on it, so it cannot be passed over. Leave "
            "the case on its version."
        ),
        "gone": gettext(
            "“%(step)s” was done on %(on)s, and the other version does not have it. Say "
            "which step takes its place, or leave the case on its version."
        ),
        "order": gettext(
            "“%(step)s” was done on %(on)s. In the other version it comes only after "
            "%(ahead)s. Leave the case on its version, or go back to “%(step)s” first."
        ),
        "order_at_once": gettext(
            "“%(process)s” has ended. In the other version it would still wait for "
            "%(ahead)s. Leave the case on its version."
        ),
        "ends_at_once": gettext(
            "In the other version this case, or a part of it, would be at its end at once. "
            "Leave it on its version."
        ),
        "refused": gettext("“%(step)s” was done on %(on)s and cannot be taken over. %(why)s"),
        "refused_at_once": gettext("The case cannot be taken over. %(why)s"),
        "parked": gettext(
            "Something on this case could not be done by the system. See to it first, under "
            "“What the system could not do”."
        ),
        "process_gone": gettext(
            "“%(process)s” ran on this case, and the other version does not have it. Ask "
            "the process designer to put it back."
        ),
        "form_gone": gettext(
            "Something is recorded in “%(form)s”, which the other version does not have. "
            "Ask the process designer to put it back."
        ),
        "kind_changed": gettext(
            "“%(question)s” in “%(form)s” is answered, and in the other version it asks "
            "for another kind of answer. Ask the process designer to make a new question "
            "of it."
        ),
        "begun": gettext(
            "Somebody has begun to fill in “%(step)s”, for which the other version does "
            "not wait. Let them send it first, or say which step takes its place."
        ),
        "part_gone": gettext(
            "“%(process)s” is running, and nothing in the other version waits for it. Let "
            "it come to its end first."
        ),
        "fact_missing": gettext(
            "“%(step)s” hangs on something that nobody was asked: %(fact)s. Go back to the "
            "step that asks for it and move the case then, or ask the process designer to "
            "ask for it ahead."
        ),
        "answered_since": gettext(
            "“%(question)s” in “%(form)s” was answered since the move, and the version "
            "before does not ask it. The move stands."
        ),
    }
