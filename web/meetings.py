"""Show the meetings of Boards, their groups and Panels: the calendar, agenda, papers and record."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days, paging, papers
from web.actors import current_actor
from web.texts import gettext, say, say_error

bp = Blueprint("meetings", __name__, url_prefix="/meetings")

#: At which input of the page each refusal stands; what a decision lacks stands at its own.
_INPUTS: dict[type[engine.EngineError], str] = {
    engine.MeetingBodyMissing: "body",
    engine.MeetingCaseWrong: "case",
    engine.MeetingDayWrong: "on-day",
    engine.MeetingTimeWrong: "at",
    engine.MeetingPlaceMissing: "place",
    engine.QuorumWrong: "quorum",
    engine.MeetingReasonMissing: "reason",
    engine.NobodyPresent: "present",
    engine.QuorumNotMet: "present",
    engine.DecisionMissing: "text",
    engine.VotesWrong: "for",
    engine.SenderMissing: "sender",
    engine.MeetingTextTooLong: "reason",
    engine.MeetingItemTitleMissing: "title",
    engine.MeetingItemCaseWrong: "case",
    engine.NobodyToTell: "members",
    engine.MeetingNotYet: "main-content",
    engine.MeetingOver: "main-content",
    engine.MeetingChanged: "main-content",
}
#: What is typed about each decision.
DECISION = ("text", "how", "for", "against", "abstained", "sender")


@bp.get("")
def index() -> ResponseReturnValue:
    """List the meetings to come, and those that are over."""
    page = engine.list_meetings(current_actor(), paging.wanted())
    return render_template("meetings.html", page=page)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Show the form of a new meeting."""
    return _plan_form({"submit-key": str(uuid.uuid4()), "case": request.args.get("case", "")})


@bp.post("/new")
def plan() -> ResponseReturnValue:
    """Plan a meeting."""
    typed = _typed()
    board_key, _, body = typed.get("body", "").partition(":")
    key = typed.get("submit-key", "")[:64] or None
    try:
        meeting_id = engine.plan_meeting(
            board_key, body, typed.get("case", ""), _plan(typed), current_actor(), key
        )
    except engine.MeetingRefused as refused:
        return _plan_form(typed, _problems(refused)), 422
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@bp.get("/<uuid:meeting_id>")
def show(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Show a meeting: when and where, its agenda, its papers, its record."""
    page = engine.meeting_page(meeting_id, current_actor())
    tick = request.args.get("tick", "")
    return render_template("meeting.html", page=page, kinds=papers.kinds(), tick=tick)


@bp.post("/<uuid:meeting_id>/papers")
def pack(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out the agenda and the papers that were ticked, in one file."""
    kind, language = request.form.get("kind", ""), request.form.get("language", "")
    if kind not in papers.KINDS or language not in engine.PRINT_LANGUAGES:
        raise engine.NotFound
    if kind == "pdf" and not engine.can_write_pdf():
        raise engine.NoPdf
    wanted = request.form.getlist("paper")
    paper = engine.meeting_pack(meeting_id, wanted, current_actor())
    return send_file(
        BytesIO(papers.written(paper, kind, language)),
        mimetype=papers.KINDS[kind],
        as_attachment=True,
        download_name=paper.file_name(language, kind),
    )


@bp.get("/<uuid:meeting_id>/change")
def change(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Show a planned meeting to be moved or cancelled."""
    line = _to_keep(meeting_id).line
    typed = {
        "at": line.at,
        "place": line.place,
        "quorum": str(line.quorum or ""),
        "seen": str(line.version),
        **{f"on-{part}": str(getattr(line.day, part)) for part in days.PARTS},
    }
    return _change_form(meeting_id, typed)


@bp.post("/<uuid:meeting_id>/change")
def move(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Move a planned meeting, or cancel it."""
    typed, actor = _typed(), current_actor()
    reason, seen = typed.get("reason", ""), _seen(typed)
    _to_keep(meeting_id)
    try:
        if typed.get("page-action") == "cancel":
            engine.cancel_meeting(meeting_id, reason, actor, seen=seen)
        else:
            engine.move_meeting(meeting_id, _plan(typed), reason, actor, seen=seen)
    except engine.MeetingRefused as refused:
        return _change_form(meeting_id, typed, _problems(refused)), refused.status
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@bp.get("/<uuid:meeting_id>/record")
def record(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form on which a meeting is recorded, or its record put right."""
    page = _to_keep(meeting_id)
    typed = {"seen": str(page.line.version)}
    present: list[str] = []
    if page.records:
        content = page.records[0].content
        present = list(content.present)
        typed |= {"others": content.others, "notes": content.notes}
        for one in content.decisions:
            said = (one.text, one.how, one.votes_for, one.votes_against, one.votes_abstained,
                    one.sender)  # fmt: skip
            typed |= {f"{part}-{one.task}": text for part, text in zip(DECISION, said, strict=True)}
    return _record_form(page, typed, present)


@bp.post("/<uuid:meeting_id>/record")
def save(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Record a meeting, or put its record right in a new version."""
    page, typed = _to_keep(meeting_id), _typed()
    present = request.form.getlist("present")
    content = engine.MeetingContent(
        present=tuple(present),
        others=typed.get("others", ""),
        notes=typed.get("notes", ""),
        decisions=tuple(
            engine.Decision(task, *(typed.get(f"{part}-{task}", "") for part in DECISION))
            for task in request.form.getlist("task")
        ),
    )
    try:
        engine.record_meeting(
            meeting_id, content, typed.get("reason", ""), current_actor(), seen=_seen(typed)
        )
    except engine.MeetingRefused as refused:
        return _record_form(page, typed, present, _problems(refused)), refused.status
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@bp.get("/<uuid:meeting_id>/items/new")
def new_item(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what is put on the agenda of a planned meeting."""
    page = _to_plan(meeting_id)
    return _item_form(page, None, {"seen": str(page.line.version)}, [])


@bp.post("/<uuid:meeting_id>/items/new")
def add_item(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Put an item on the agenda; where it is about a case, its papers are chosen next."""
    page, typed = _to_plan(meeting_id), _typed()
    content, actor = _item(typed), current_actor()
    try:
        number = engine.add_meeting_item(meeting_id, content, actor, seen=_seen(typed))
    except engine.MeetingRefused as refused:
        return _item_form(page, None, typed, [], _problems(refused)), refused.status
    if page.line.case_identifier or content.case_identifier.strip():
        return redirect(url_for("meetings.item", meeting_id=meeting_id, number=number), 303)
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@bp.get("/<uuid:meeting_id>/items/<int:number>")
def item(meeting_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Show an item of one's own to be changed, or taken off the agenda."""
    page = _to_plan(meeting_id)
    shown = _own(page, number)
    typed = {
        "title": say(shown.name),
        "note": shown.note,
        "case": shown.case_identifier,
        "seen": str(page.line.version),
    }
    return _item_form(page, shown, typed, list(shown.papers))


@bp.post("/<uuid:meeting_id>/items/<int:number>")
def change_item(meeting_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Change an item of one's own, or take it off the agenda with the reason."""
    page, typed, actor = _to_plan(meeting_id), _typed(), current_actor()
    shown, seen = _own(page, number), _seen(typed)
    try:
        if typed.get("page-action") == "off":
            reason = typed.get("reason", "")
            engine.take_meeting_item_off(meeting_id, number, reason, actor, seen=seen)
        else:
            engine.change_meeting_item(meeting_id, number, _item(typed), actor, seen=seen)
    except engine.MeetingRefused as refused:
        papers_chosen = request.form.getlist("paper")
        return _item_form(page, shown, typed, papers_chosen, _problems(refused)), refused.status
    return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)


@bp.post("/<uuid:meeting_id>/tell")
def tell(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Write to the members who have yet to hear of the meeting as it stands."""
    _to_keep(meeting_id)
    try:
        engine.tell_members(meeting_id, current_actor(), seen=_seen(_typed()))
    except engine.MeetingRefused as refused:
        page = engine.meeting_page(meeting_id, current_actor())
        problems = {"members": say_error(refused)}
        shown = render_template(
            "meeting.html", page=page, kinds=papers.kinds(), tick="", problems=problems
        )
        return shown, refused.status
    address = url_for("meetings.show", meeting_id=meeting_id, _anchor="members")
    return redirect(address, 303)


def decisions_on(task_id: uuid.UUID) -> tuple[engine.MeetingDecision, ...]:
    """Return what meetings decided on a task, for whoever is signed in."""
    return engine.meeting_decisions(task_id, current_actor())


def _to_keep(meeting_id: uuid.UUID) -> engine.MeetingPage:
    page = engine.meeting_page(meeting_id, current_actor())
    if not page.may_keep:
        raise engine.NotFound
    return page


def _to_plan(meeting_id: uuid.UUID) -> engine.MeetingPage:
    page = _to_keep(meeting_id)
    if page.line.state != "planned":
        raise engine.NotFound
    return page


def _own(page: engine.MeetingPage, number: int) -> engine.AgendaItem:
    for one in page.own:
        if one.number == number:
            return one
    raise engine.NotFound


def _item(typed: dict[str, str]) -> engine.MeetingItemContent:
    return engine.MeetingItemContent(
        title=typed.get("title", ""),
        note=typed.get("note", ""),
        case_identifier=typed.get("case", ""),
        papers=tuple(request.form.getlist("paper")),
    )


def _item_form(
    page: engine.MeetingPage,
    shown: engine.AgendaItem | None,
    typed: dict[str, str],
    chosen: list[str],
    problems: dict[str, str] | None = None,
) -> str:
    title = (
        gettext("Change an item of the agenda") if shown else gettext("Put something on the agenda")
    )
    of_case = shown.case_identifier if shown else ""
    return render_template(
        "meeting_item.html",
        page=page,
        shown=shown,
        title=title,
        typed=typed,
        papers=[one for one in page.papers if one.case_identifier == of_case],
        chosen=chosen,
        problems=problems or {},
    )


def _typed() -> dict[str, str]:
    return {name: text.replace("\r\n", "\n") for name, text in request.form.items()}


def _plan(typed: dict[str, str]) -> engine.MeetingPlan:
    return engine.MeetingPlan(
        day=days.as_day(days.typed_parts(typed, "on")),
        at=typed.get("at", ""),
        place=typed.get("place", ""),
        quorum=typed.get("quorum", ""),
    )


def _seen(typed: dict[str, str]) -> int:
    seen = typed.get("seen", "")[:9]
    return int(seen) if seen.isascii() and seen.isdigit() else 0


def _problems(refused: engine.MeetingRefused) -> dict[str, str]:
    """Return all that is wrong with what was sent, each at its input."""
    found: dict[str, str] = {}
    for one in refused.together or (refused,):
        name, task = str(one.details.get("input") or _INPUTS[type(one)]), one.details.get("task")
        found.setdefault(f"{name}-{task}" if task else name, say_error(one))
    return found


def _plan_form(typed: dict[str, str], problems: dict[str, str] | None = None) -> str:
    page = engine.list_meetings(current_actor())
    if not page.choices:
        raise engine.NotFound
    return render_template(
        "meeting_form.html",
        title=gettext("Plan a meeting"),
        choices=page.choices,
        typed=typed,
        problems=problems or {},
        line=None,
    )


def _change_form(
    meeting_id: uuid.UUID, typed: dict[str, str], problems: dict[str, str] | None = None
) -> str:
    return render_template(
        "meeting_form.html",
        title=gettext("Change or cancel a meeting"),
        choices=(),
        typed=typed,
        problems=problems or {},
        line=_to_keep(meeting_id).line,
    )


def _record_form(
    page: engine.MeetingPage,
    typed: dict[str, str],
    present: list[str],
    problems: dict[str, str] | None = None,
) -> str:
    more: dict[str, Any] = {"typed": typed, "present": present, "problems": problems or {}}
    title = gettext("Put the record of a meeting right") if page.records else None
    title = title or gettext("Record a meeting")
    return render_template("meeting_record.html", page=page, title=title, **more)
