"""Give people their deadlines in their own calendar, as an iCalendar feed (RFC 5545)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import icalendar
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.addresses import address, current_language
from web.texts import gettext, say

bp = Blueprint("calendar_feeds", __name__, url_prefix="/calendar")

#: How often calendars should look again; nothing here is more pressing than a notice.
_REFRESH = timedelta(hours=4)
#: How long a meeting takes in a calendar; nobody says so when it is planned.
_MEETING = timedelta(hours=2)


@bp.get("")
def show() -> ResponseReturnValue:
    """Show the addresses of a person's feed, or offer to make one."""
    feed = engine.calendar_feed(current_actor())
    if feed is None:
        return render_template("calendar.html", feed=None)
    path = url_for("calendar_feeds.read", token=feed.token)
    addresses = {language: address(language, path) for language in ("cy", "en")}
    return render_template("calendar.html", feed=feed, addresses=addresses)


@bp.post("")
def change() -> ResponseReturnValue:
    """Make a new address, or end the one there is."""
    if request.form.get("page-action") == "end":
        engine.end_calendar_feed(current_actor())
    else:
        engine.make_calendar_feed(current_actor())
    return redirect(url_for("calendar_feeds.show"), 303)


@bp.get("/<token>.ics")
def read(token: str) -> Response:
    """Give a calendar the deadlines behind a secret address, in the language of the address."""
    found = engine.deadlines(token, request.remote_addr or "")
    response = Response(_written(found), content_type="text/calendar; charset=utf-8")
    same = repr((current_language(), found.deadlines, found.meetings)).encode()
    response.set_etag(hashlib.sha256(same).hexdigest())
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.make_conditional(request)
    return response


def _written(found: engine.FeedContent) -> bytes:
    language: dict[str, str] = {"LANGUAGE": current_language()}
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Adolygu//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", gettext("Adolygu: deadlines"))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(_REFRESH))
    for deadline in found.deadlines:
        event = icalendar.Event()
        event.add("uid", f"{deadline.id}@adolygu")
        event.add("dtstamp", found.asked_at)
        event.add("dtstart", deadline.due_on)
        event.add("dtend", deadline.due_on + timedelta(days=1))
        event.add("summary", _summary(deadline), parameters=language)
        event.add("url", _page_of(deadline))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    for meeting in found.meetings:
        event = icalendar.Event()
        event.add("uid", f"{meeting.id}@adolygu")
        event.add("dtstamp", found.asked_at)
        event.add("dtstart", meeting.starts_at)
        event.add("dtend", meeting.starts_at + _MEETING)
        event.add("summary", _meeting_summary(meeting), parameters=language)
        path = url_for("meetings.show", meeting_id=meeting.id)
        event.add("url", address(current_language(), path))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _summary(deadline: engine.Deadline) -> str:
    said = {"name": say(deadline.name), "case": deadline.case_identifier}
    if deadline.is_overdue:
        return gettext("Overdue: %(name)s, %(case)s", **said)
    return gettext("Due: %(name)s, %(case)s", **said)


def _meeting_summary(meeting: engine.FeedMeeting) -> str:
    said = {"body": say(meeting.body), "case": meeting.case_identifier}
    if meeting.case_identifier:
        return gettext("Meeting: %(body)s, %(case)s", **said)
    return gettext("Meeting: %(body)s", **said)


def _page_of(deadline: engine.Deadline) -> str:
    if deadline.task_id is not None:
        return address(current_language(), url_for("tasks.show", task_id=deadline.task_id))
    return address(current_language(), url_for("cases.show", case_id=deadline.case_id))
