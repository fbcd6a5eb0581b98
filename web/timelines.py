"""Show the merged timeline of a case: drawn, as a table, as a wall chart, and what to look at."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days, paging, timeline_drawing, wall_charts
from web.actors import current_actor
from web.addresses import current_language
from web.ages import say_age
from web.fields import Problem
from web.texts import gettext, say, say_error, short_month

bp = Blueprint("timelines", __name__)

#: How many events a page of the table has, and how many groups of rows are shown to look at.
PAGE, MOST_GROUPS = 50, 50
#: The longest silence, or time before another, that somebody may ask for.
MOST_DAYS = 3660

SVG = "image/svg+xml"


@dataclass
class Asked:
    """What somebody asks to see: as it was typed, as the engine reads it, what is wrong."""

    typed: Mapping[str, Any]
    query: engine.TimelineQuery
    problems: dict[str, str] = field(default_factory=dict)
    #: with which face it is read; empty: as it was written
    face: str = ""

    @property
    def address(self) -> dict[str, Any]:
        """Return what stands in an address: never words, for people search for names."""
        found: dict[str, Any] = {}
        if self.query.agencies:
            found["agency"] = list(self.query.agencies)
        if self.query.significant:
            found["significant"] = "yes"
        if self.face:
            found["face"] = self.face
        for name, day in (("since", self.query.since), ("until", self.query.until)):
            found |= _parts(name, day)
        return found


@dataclass(frozen=True)
class Period:
    """A part of the timeline to zoom to, with the way there."""

    words: str
    address: dict[str, Any]


@bp.get("/cases/<uuid:case_id>/timeline")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the merged timeline, or what is asked of it: agencies, a period, what was marked."""
    asked = _asked(request.args)
    # Words are asked for by a form alone: people look for names, and addresses are kept.
    asked.query = replace(asked.query, words="")
    return _show(case_id, asked, paging.wanted())


@bp.post("/cases/<uuid:case_id>/timeline")
def search(case_id: uuid.UUID) -> ResponseReturnValue:
    """Search the merged timeline for words, which come into no address."""
    asked = _asked(request.form)
    if not has_timeline(case_id):
        raise engine.NotFound
    if not asked.query.words and not asked.problems:
        return redirect(url_for("timelines.show", case_id=case_id, **asked.address), 303)
    number = request.form.get("page", "1")
    return _show(case_id, asked, int(number[:9]) if number.isascii() and number.isdigit() else 1)


@bp.get("/cases/<uuid:case_id>/timeline/chart.<kind>")
def chart(case_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Hand the timeline out as a wall chart, or what is asked of it."""
    asked = _asked(request.args)
    sheet = wall_charts.SHEETS.get(request.args.get("sheet", "A3"))
    page = engine.timeline_page(case_id, current_actor(), asked.query)
    if kind not in ("svg", "pdf") or sheet is None or asked.problems or not page.may_be_taken:
        raise engine.NotFound
    if len(page.events) > wall_charts.MOST_EVENTS:
        return _page(case_id, page, asked, 1, too_long=True), 422
    made = wall_charts.lay_out(_with_face(page, asked), sheet)
    content = wall_charts.as_svg(made).encode() if kind == "svg" else wall_charts.as_pdf(made)
    return send_file(
        BytesIO(content),
        mimetype=SVG if kind == "svg" else "application/pdf",
        as_attachment=True,
        download_name=f"{page.case_identifier}-F-07-{page.version}-{sheet.name}.{kind}",
    )


@bp.get("/cases/<uuid:case_id>/timeline/findings")
def findings(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show what in the merged timeline a person should look at."""
    return _findings(case_id)


@bp.post("/cases/<uuid:case_id>/timeline/findings")
def say_of_rows(case_id: uuid.UUID) -> ResponseReturnValue:
    """Record that rows are one event, or different ones, or take back what was said of some."""
    actor, taken_back = current_actor(), request.form.get("page-take-back", "")
    try:
        if taken_back:
            engine.take_joining_back(case_id, taken_back, actor)
        else:
            verdict = request.form.get("page-verdict", "")
            engine.join_rows(case_id, request.form.getlist("row"), verdict, actor)
    except (engine.TooFewRows, engine.RowsChanged) as refused:
        return _findings(case_id, say_error(refused), refused.status)
    return redirect(url_for("timelines.findings", case_id=case_id), 303)


def has_timeline(case_id: uuid.UUID) -> bool:
    """Say whether this person may read the merged timeline of a case."""
    return engine.may_open_timeline(case_id, current_actor())


def _show(case_id: uuid.UUID, asked: Asked, number: int) -> ResponseReturnValue:
    page = engine.timeline_page(case_id, current_actor(), asked.query)
    return _page(case_id, page, asked, number), 422 if asked.problems else 200


def _with_face(
    page: engine.TimelinePage, asked: Asked, only: Collection[str] | None = None
) -> engine.TimelinePage:
    """Return a page with the face that is asked for; of thousands of rows, `only` some are read."""
    if not asked.face:
        return page
    return engine.with_face(page, asked.face, current_actor(), current_language(), only)


def _page(
    case_id: uuid.UUID,
    page: engine.TimelinePage,
    asked: Asked,
    number: int,
    *,
    too_long: bool = False,
) -> str:
    groups = _groups(page)
    pages = max(-(-len(groups) // PAGE), 1)
    if not 1 <= number <= pages:
        raise engine.NotFound
    here = groups[(number - 1) * PAGE : number * PAGE]
    before = sum(map(len, groups[: (number - 1) * PAGE]))
    shown = [event.key for group in here for event in group]
    page = _with_face(page, asked, None if timeline_drawing.is_singly(page) else shown)
    by_key = {event.key: event for event in page.events}
    problems = [Problem(text, f"#{name}") for name, text in asked.problems.items()]
    if too_long:
        problems.append(Problem(_too_long(len(page.events)), "#filter"))
    return render_template(
        "timeline.html",
        case=page.head,
        case_id=case_id,
        page=page,
        part="documents",
        asked=asked,
        typed=asked.typed,
        problems=problems,
        entries=[[by_key[event.key] for event in group] for group in here],
        first=before + 1,
        last=before + len(shown),
        number=number,
        last_page=pages,
        drawing=timeline_drawing.draw(page, asked.query),
        colours=timeline_drawing.colours(page),
        periods=_periods(page, asked),
        ages=lambda event: _ages(page.children, event),
        sheets=list(wall_charts.SHEETS),
        names={agency.key: say(agency.name) for agency in page.agencies},
    )


def _too_long(count: int) -> str:
    return gettext(
        "A wall chart holds %(most)s events, and these are %(count)s. Choose a period, some "
        "agencies, or what the Panel marked.",
        most=f"{wall_charts.MOST_EVENTS:,}",
        count=f"{count:,}",
    )


def _asked(sent: Any) -> Asked:
    problems: dict[str, str] = {}
    since, until = (_day(sent, name, problems) for name in ("since", "until"))
    if since and until and until < since:
        problems["until-day"] = gettext("The last day must not lie before the first one")
    query = engine.TimelineQuery(
        agencies=tuple(sent.getlist("agency")),
        since=since,
        until=until,
        significant=sent.get("significant") == "yes",
        words=" ".join(sent.get("words", "").split()),
    )
    if problems:
        # What cannot be read filters nothing; the page says so, and keeps what was typed.
        query = replace(query, since=None, until=None)
    return Asked(sent, query, problems, sent.get("face", ""))


def _day(sent: Mapping[str, str], name: str, problems: dict[str, str]) -> date | None:
    typed = days.typed_parts(sent, name)
    if not any(typed.values()):
        return None
    found = days.as_day(typed)
    if found is None:
        problems[f"{name}-day"] = gettext("Enter a day, such as 27 3 2026, or leave it empty")
    return found


def _parts(name: str, day: date | None) -> dict[str, int]:
    if day is None:
        return {}
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def _groups(page: engine.TimelinePage) -> list[list[engine.Event]]:
    """Return the events in order, those that were joined together at the place of the first."""
    groups: dict[frozenset[str], list[engine.Event]] = {}
    for event in page.events:
        groups.setdefault(page.joining.with_row(event.key), []).append(event)
    return list(groups.values())


def _periods(page: engine.TimelinePage, asked: Asked) -> list[Period]:
    """Return the years to zoom to, or the months where no more than a year is shown."""
    known = [day for event in page.events for day in (event.earliest, event.latest) if day]
    if not known:
        return []
    first, last = asked.query.since or min(known), asked.query.until or max(known)
    base = {name: value for name, value in asked.address.items() if name[:5] not in _DAYS}
    if (last - first).days > 366:
        return [
            _period(base, str(year), date(year, 1, 1), date(year, 12, 31))
            for year in range(first.year, last.year + 1)
        ]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if len(months) < 2:
        return []
    starts = [date(month // 12, month % 12 + 1, 1) for month in months]
    return [_period(base, short_month(day), day, _last_of(day)) for day in starts]


_DAYS = ("since", "until")


def _period(base: Mapping[str, Any], words: str, first: date, last: date) -> Period:
    return Period(words, {**base, **_parts("since", first), **_parts("until", last)})


def _last_of(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _ages(children: Iterable[engine.Child], event: engine.Event) -> Iterator[tuple[str, str]]:
    """Yield the label of each child and how old it was at an event, where that is known."""
    for child in children:
        if (age := engine.age_at(child, event)) is not None:
            yield say(child.label), say_age(age)


def _findings(case_id: uuid.UUID, problem: str = "", status: int = 200) -> ResponseReturnValue:
    problems: dict[str, str] = {}
    silent = _number("silent", engine.SILENT_DAYS, problems)
    before = _number("before", engine.BEFORE_DAYS, problems)
    found = engine.timeline_findings(
        case_id, current_actor(), silent_days=silent, before_days=before
    )
    said = [Problem(text, f"#{name}") for name, text in problems.items()]
    if problem:
        said.append(Problem(problem, "#findings"))
    page = found.page
    by_key = {event.key: event for event in page.events}
    return render_template(
        "timeline_findings.html",
        case=page.head,
        case_id=case_id,
        page=page,
        found=found,
        part="documents",
        problems=said,
        silent=request.args.get("silent", str(engine.SILENT_DAYS)),
        before=request.args.get("before", str(engine.BEFORE_DAYS)),
        wrong=problems,
        silent_days=silent,
        before_days=before,
        most=MOST_GROUPS,
        colours=timeline_drawing.colours(page),
        names={agency.key: say(agency.name) for agency in page.agencies},
        said_of=lambda keys: [by_key[key] for key in keys if key in by_key],
    ), 422 if problems else status


def _number(name: str, usual: int, problems: dict[str, str]) -> int:
    typed = request.args.get(name, "").strip()
    if not typed:
        return usual
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:6]) <= MOST_DAYS:
        return int(typed[:6])
    problems[name] = gettext("Enter a number of days from 1 to %(most)d, such as 7", most=MOST_DAYS)
    return usual
