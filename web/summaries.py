"""Fill the summary timeline from rows of the merged one: tick rows, then shorten what they say.

Nothing is kept on the way: each page sends on what the next one needs, until the rows stand in the
person's draft.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import rows
from web.actors import current_actor
from web.addresses import current_language
from web.fields import Problem
from web.texts import gettext

bp = Blueprint("summaries", __name__)

_PATH = "/tasks/<uuid:task_id>/summary"
#: How a row of the summary says when.
BYS = ("month", "age")
_MOST_PERIOD, _MOST_EVENT, _MOST_SOURCE = 200, 4000, 1000


@dataclass(frozen=True)
class Target:
    """The task whose summary is filled, and the rows of the merged timeline to fill it from."""

    page: engine.TaskPage
    part: engine.FormPart
    section: str
    found: engine.SummaryRows

    @property
    def used(self) -> frozenset[str]:
        """Return the rows that stand in the draft of the summary already."""
        name = f"-{engine.SUMMARY_SOURCE}"
        sources = [
            text
            for key, texts in self.part.posted.items()
            if key.startswith(f"{engine.SUMMARY_ROWS}-") and key.endswith(name)
            for text in texts
        ]
        return engine.used_rows(self.found.rows, sources)


@bp.get(_PATH)
def start(task_id: uuid.UUID) -> ResponseReturnValue:
    """Show the rows of the merged timeline to choose from."""
    return _choose(_target(task_id), [])


@bp.post(_PATH)
def go_on(task_id: uuid.UUID) -> ResponseReturnValue:
    """Show drafts of the rows that were chosen, join two of them, or take all into the draft."""
    target, action = _target(task_id), request.form.get("page-action", "draft")
    chosen = request.form.getlist("row")
    if action == "choose":
        return _choose(target, [key for draft in _drafts() for key in draft.keys])
    if action == "draft":
        drafts = engine.draft_rows(
            target.found.rows, chosen, request.form.get("by", ""), current_language()
        )
        if not drafts:
            problem = gettext("Choose the rows that the summary is made from")
            return _choose(target, chosen, problem), 422
        return _shorten(target, drafts)
    drafts = _drafts()
    verb, _, number = action.partition(":")
    if verb == "join" and number.isascii() and number.isdigit():
        return _shorten(target, engine.join_drafts(drafts, int(number[:4])))
    if verb == "leave" and number.isascii() and number.isdigit():
        return _shorten(target, [one for at, one in enumerate(drafts) if at != int(number[:4])])
    if action == "take" and drafts:
        return _take(target, drafts)
    return _shorten(target, drafts) if drafts else _choose(target, chosen)


def _target(task_id: uuid.UUID) -> Target:
    """Return the task that is filled.

    Raises:  NotFound, where it has no summary for this person to fill, or nothing is merged yet.
    """
    page = engine.open_task(task_id, current_actor())
    for part in page.parts:
        for section in part.sections:
            keys = {entry.key for entry in part.form.section(section).fields}
            is_summary = part.form.catalogue == engine.SUMMARY_FORM
            if is_summary and engine.SUMMARY_ROWS in keys and page.may_submit:
                found = engine.summary_rows(page.task.case_id, current_actor())
                return Target(page, part, section, found)
    raise engine.NotFound


def _drafts() -> list[engine.SummaryDraft]:
    """Return the drafts that a page sent, as they were typed."""
    found = []
    for number in request.form.getlist("draft"):
        start = f"draft-{number}-"
        found.append(
            engine.SummaryDraft(
                period=" ".join(request.form.get(f"{start}period", "").split()),
                event=request.form.get(f"{start}event", "").replace("\r\n", "\n").strip(),
                keys=tuple(request.form.getlist(f"{start}row")),
            )
        )
    return found


def _choose(target: Target, chosen: Sequence[str], problem: str = "") -> str:
    return render_template(
        "summary_rows.html",
        target=target,
        task=target.page.task,
        rows=target.found.rows,
        used=target.used,
        chosen=chosen,
        bys=BYS,
        by=request.form.get("by", BYS[0]),
        ages=any(row.ages for row in target.found.rows),
        problem=problem,
        problems=[Problem(problem, "#row-1")] if problem else [],
        back=_back(target),
    )


def _shorten(
    target: Target,
    drafts: Sequence[engine.SummaryDraft],
    wrong: Mapping[str, str] | None = None,
) -> str:
    by_key = {row.key: row for row in target.found.rows}
    return render_template(
        "summary_drafts.html",
        target=target,
        task=target.page.task,
        drafts=drafts,
        made_from=[[by_key[key] for key in draft.keys if key in by_key] for draft in drafts],
        wrong=wrong or {},
        problems=[Problem(text, f"#{at}") for at, text in (wrong or {}).items()],
    )


def _take(target: Target, drafts: Sequence[engine.SummaryDraft]) -> ResponseReturnValue:
    """Put the drafts into the draft of the task, behind what stands there."""
    wrong = _wrong(target, drafts)
    if wrong:
        return _shorten(target, drafts, wrong), 422
    posted: dict[str, list[str]] = {
        name: said for part in target.page.parts for name, said in part.posted.items()
    }
    taken: list[dict[str, list[str]]] = [
        {
            engine.SUMMARY_PERIOD: [draft.period],
            engine.SUMMARY_EVENT: [draft.event],
            engine.SUMMARY_SOURCE: [engine.source_of(draft, target.found.rows)],
        }
        for draft in drafts
    ]
    posted, first = rows.put_in(posted, engine.SUMMARY_ROWS, taken, replace=False)
    engine.save_draft(target.page.task.id, posted, {}, current_actor())
    return redirect(_back(target, anchor=f"{engine.SUMMARY_ROWS}-{first}"), 303)


def _wrong(target: Target, drafts: Sequence[engine.SummaryDraft]) -> dict[str, str]:
    """Return what is wrong, at the input where it is, in the order of the page."""
    found: dict[str, str] = {}
    told = engine.problems_of_draft(target.page.task.case_id, drafts, current_actor())
    for number, (draft, problems) in enumerate(zip(drafts, told, strict=True)):
        if len(draft.period) > _MOST_PERIOD:
            found[f"draft-{number}-period"] = gettext("Period: use 200 characters or fewer")
        if len(draft.event) > _MOST_EVENT:
            found[f"draft-{number}-event"] = gettext("Event: use 4,000 characters or fewer")
        if len(engine.source_of(draft, target.found.rows)) > _MOST_SOURCE:
            found[f"draft-{number}-event"] = gettext("Join fewer rows into one")
        for problem in problems:
            at = "period" if problem in ("no_period", "exact_day") else "event"
            found.setdefault(f"draft-{number}-{at}", _said(problem))
    standing = len(rows.filled(target.part.posted, engine.SUMMARY_ROWS))
    most = next(
        engine.most_rows(entry)
        for entry in target.part.form.section(target.section).fields
        if entry.key == engine.SUMMARY_ROWS
    )
    if standing + len(drafts) > most and "draft-0-event" not in found:
        found["draft-0-event"] = gettext(
            "There is no room for all of them beside what stands in your draft. Leave rows out, or "
            "take rows out there first."
        )
    return found


def _said(problem: str) -> str:
    return {
        "no_period": gettext("Enter a month or an age"),
        "exact_day": gettext("Say the month or an age, not the day"),
        "no_event": gettext("Enter the event, or leave this row out"),
        "taken_out_left": gettext("Say by role, or leave out, what was taken out here"),
        "names": gettext("This names the child or the family. Say it by role"),
    }[problem]


def _back(target: Target, **more: Any) -> str:
    if target.page.is_long:
        return url_for(
            "sections.show",
            task_id=target.page.task.id,
            form=target.part.form.id,
            section=target.section,
            **{f"_{name}": value for name, value in more.items()},
        )
    anchor = more.get("anchor")
    return url_for("tasks.show", task_id=target.page.task.id, _anchor=anchor)
