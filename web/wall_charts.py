"""Lay a merged timeline out as a wall chart: sheets to hang side by side, as SVG and as PDF.

A sheet holds bands below each other, and a band is a table of days and agencies: as many days as
fit, in their order, each as wide as the next, so that every word can be read from a step away. How
far apart the days are is said, and drawn to scale in the strip on top. All places are millimetres.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import current_app

import engine
from web import texts, timeline_drawing
from web.addresses import current_language
from web.ages import say_age
from web.texts import gettext, ngettext, say
from web.time_scales import TimeScale

#: With more events than these nobody reads a chart, and a server takes minutes to write it.
MOST_EVENTS = 1_000
#: A text that is longer ends in an ellipsis; the table and the printed pages have all of it.
MOST_SIGNS = 300

#: How wide a letter is, as a share of its height, in the widest of the usual typefaces.
_LETTER = 0.58
_LINE = 1.3


@dataclass(frozen=True)
class Format:
    """A sheet of paper on its side: its size, that of its letters, and the width of a day."""

    name: str
    width: float
    height: float
    letter: float
    day: float
    margin: float = 10
    #: how many lines stand above a day
    lines: int = 1

    @property
    def label(self) -> float:
        """Return how wide the column with the names of agencies is."""
        return 13 * self.letter

    @property
    def top(self) -> float:
        """Return where the first band begins, below title and strip."""
        return self.margin + 9 * self.letter

    @property
    def head(self) -> float:
        """Return how high the days above a band are, with the space before them."""
        return (self.lines * _LINE + 1) * self.letter

    @property
    def days(self) -> int:
        """Return how many days stand beside each other."""
        return int((self.width - 2 * self.margin - self.label) // self.day)

    @property
    def room(self) -> float:
        """Return how high all bands of a sheet may be together."""
        return self.height - self.margin - 2 * self.letter - self.top

    def wrapped(self, said: str, wide: float) -> list[str]:
        """Return a text in lines of a width."""
        return textwrap.wrap(said, max(int(wide / (self.letter * _LETTER)), 8))


SHEETS = {
    "A3": Format("A3", 420, 297, letter=2.9, day=58),
    "A1": Format("A1", 841, 594, letter=4.4, day=87),
}


@dataclass(frozen=True)
class Card:
    """An event on a sheet: what stands in bold (time, marks), and what happened."""

    agency: str
    heads: tuple[str, ...]
    lines: tuple[str, ...]
    exact: bool
    height: float


@dataclass(frozen=True)
class Column:
    """A day, or what else a date says, with its cards."""

    heading: tuple[str, ...]
    cards: tuple[Card, ...]
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Placed:
    """A card where it stands on its sheet."""

    card: Card
    x: float
    y: float
    colour: str


@dataclass(frozen=True)
class Row:
    """The lane of an agency in a band."""

    lines: tuple[str, ...]
    colour: str
    y: float
    height: float


@dataclass(frozen=True)
class Strip:
    """The whole timeline to scale: its months, where there are events, and this sheet's part."""

    months: tuple[tuple[float, str], ...]
    ticks: tuple[float, ...]
    part: tuple[float, float] | None


@dataclass(frozen=True)
class Band:
    """A table of days and agencies: its `top` and `foot`, its days, lanes and cards."""

    top: float
    foot: float
    columns: tuple[tuple[float, Column], ...]
    rows: tuple[Row, ...]
    cards: tuple[Placed, ...]


@dataclass(frozen=True)
class Sheet:
    """One sheet, ready to draw."""

    number: int
    bands: tuple[Band, ...]
    strip: Strip | None


@dataclass(frozen=True)
class Chart:
    """A wall chart: its sheets, all of one format."""

    page: engine.TimelinePage
    format: Format
    sheets: tuple[Sheet, ...]


def lay_out(page: engine.TimelinePage, format: Format) -> Chart:
    """Return the events of a page as a wall chart.

    The ages on it are told from the year of birth alone, for a chart hangs where others see it.
    """
    lines = max((len(column.heading) for column in _columns(page, format)), default=1)
    format = replace(format, lines=lines)
    columns = list(_columns(page, format))
    ends = [(one.first, one.last) for one in columns if one.first and one.last]
    sheets = [
        Sheet(
            number,
            tuple(_bands(page, format, held)),
            _strip(format, [column for band in held for column in band], ends),
        )
        for number, held in enumerate(_sheets(page, format, columns), start=1)
    ]
    return Chart(page, format, tuple(sheets))


def as_svg(chart: Chart) -> str:
    """Return a chart as one drawing, its sheets side by side."""
    return _drawn(chart, chart.sheets)


def as_pdf(chart: Chart) -> bytes:
    """Return a chart as PDF, a page for each sheet.

    Raises:  NoPdf.
    """
    pictures = [
        base64.b64encode(_drawn(chart, [sheet]).encode()).decode() for sheet in chart.sheets
    ]
    page = current_app.jinja_env.get_template("wall_chart.html").render(
        chart=chart, pictures=pictures, language=current_language()
    )
    size = f"{chart.format.width}mm {chart.format.height}mm"
    return engine.write_pdf(
        page,
        f"@page {{ size: {size}; margin: 0 }} body {{ margin: 0 }} "
        "img { display: block; width: 100% } img + img { break-before: page }",
    )


def _drawn(chart: Chart, sheets: Sequence[Sheet]) -> str:
    return current_app.jinja_env.get_template("wall_chart_sheets.html").render(
        chart=chart,
        format=chart.format,
        sheets=sheets,
        line=chart.format.letter * _LINE,
        language=current_language(),
    )


def _columns(page: engine.TimelinePage, format: Format) -> Iterator[Column]:
    """Yield the days in order, and what one sheet has no room for under the same day again."""
    days: list[list[engine.Event]] = []
    for event in page.events:
        if days and _day_of(days[-1][0]) == _day_of(event):
            days[-1].append(event)
        else:
            days.append([event])
    until: date | None = None
    least = _least(page, format)
    for events in days:
        heading = _above(page, events[0], until, format)
        ends = [day for one in events if (day := one.latest) is not None]
        until = max([*ends, *([until] if until else [])], default=None)
        cards = [_card(page, event, format) for event in events]
        for part in _parted(cards, format, least):
            yield Column(tuple(heading), tuple(part), events[0].earliest, events[0].latest)
            heading = format.wrapped(
                gettext("%(day)s, continued", day=_heading(events[0])), format.day - 2
            )


def _above(
    page: engine.TimelinePage, event: engine.Event, until: date | None, format: Format
) -> list[str]:
    """Return the lines above a day: itself, how long there was no row before, ages."""
    said = [_heading(event)]
    silent = (event.earliest - until).days - 1 if until and event.earliest else 0
    if silent > engine.SILENT_DAYS:
        words = ngettext("%(num)d day without a row", "%(num)d days without a row", silent)
        said.append(f"← {words}")
    said += _ages(page, event)
    return [line for one in said for line in format.wrapped(one, format.day - 2)]


def _day_of(event: engine.Event) -> tuple[date | None, date | None, str]:
    return event.earliest, event.latest, _heading(event)


def _heading(event: engine.Event) -> str:
    if event.span is None:
        return event.said or gettext("No date")
    if event.span.time and event.earliest is not None and event.span.is_exact:
        return texts.day(event.earliest)
    return texts.when(event)


def _ages(page: engine.TimelinePage, event: engine.Event) -> Iterator[str]:
    for child in page.children:
        if (age := engine.age_at(child.of_the_year, event)) is not None:
            yield f"{say(child.label)}: {say_age(age)}"


def _card(page: engine.TimelinePage, event: engine.Event, format: Format) -> Card:
    wide = format.day - 2 - 2 * format.letter
    time = event.span.time if event.span and event.span.is_exact else ""
    marks = [
        (event.significant, gettext("Significant")),
        (event.gap, gettext("Gap")),
        (event.conflict, gettext("Conflict between agencies")),
        (event.is_late, gettext("Came late")),
    ]
    heads = " · ".join([*([time] if time else []), *(words for said, words in marks if said)])
    said = event.event if len(event.event) <= MOST_SIGNS else f"{event.event[:MOST_SIGNS]}…"
    lines = format.wrapped(said, wide)
    if event.as_sent:
        lines += format.wrapped(gettext("As sent: %(words)s", words=event.as_sent), wide)
    if event.question:
        lines += format.wrapped(gettext("Question: %(text)s", text=event.question), wide)
    others = page.joining.with_row(event.key) - {event.key}
    for other in page.events if others else ():
        if other.key in others:
            lines += format.wrapped(gettext("Same event: %(who)s", who=_who(page, other)), wide)
    head_lines = tuple(format.wrapped(heads, wide)) if heads else ()
    height = (len(head_lines) + len(lines)) * format.letter * _LINE + 1.4 * format.letter
    exact = event.span is not None and event.span.is_exact
    return Card(event.agency, head_lines, tuple(lines), exact, round(height, 1))


def _who(page: engine.TimelinePage, event: engine.Event) -> str:
    name = next(say(agency.name) for agency in page.agencies if agency.key == event.agency)
    return f"{name}, {texts.when(event)}"


def _shown(page: engine.TimelinePage) -> list[engine.TimelineAgency]:
    """Return the agencies that have a lane on every sheet: those with events on the chart."""
    there = {event.agency for event in page.events}
    return [agency for agency in page.agencies if agency.key in there]


def _least(page: engine.TimelinePage, format: Format) -> dict[str, float]:
    """Return how high each lane is at least: its name has to fit."""
    return {
        agency.key: (len(_named(agency, format)) + 0.6) * format.letter * _LINE
        for agency in _shown(page)
    }


def _named(agency: engine.TimelineAgency, format: Format) -> list[str]:
    return format.wrapped(say(agency.name), format.label - 2 * format.letter)


def _heights(columns: Iterable[Column], least: dict[str, float]) -> dict[str, float]:
    found = dict(least)
    for column in columns:
        for agency in least:
            own = sum(card.height + 1 for card in column.cards if card.agency == agency)
            found[agency] = max(found[agency], own + 1)
    return found


def _high(columns: Iterable[Column], format: Format, least: dict[str, float]) -> float:
    return format.head + sum(_heights(columns, least).values())


def _parted(cards: Iterable[Card], format: Format, least: dict[str, float]) -> Iterator[list[Card]]:
    """Yield the cards of a day in parts of which each fits a sheet."""
    part: list[Card] = []
    for card in cards:
        column = Column((), (*part, card), None, None)
        if part and _high([column], format, least) > format.room:
            yield part
            part = []
        part.append(card)
    yield part


def _sheets(
    page: engine.TimelinePage, format: Format, columns: Sequence[Column]
) -> Iterator[list[list[Column]]]:
    """Yield the days of each sheet, in bands; a chart of nothing has a sheet as well."""
    least = _least(page, format)
    bands: list[list[Column]] = []
    left, waiting = format.room, list(columns)
    while waiting:
        count = 1
        while count < min(len(waiting), format.days):
            if _high(waiting[: count + 1], format, least) > format.room:
                break
            count += 1
        high = _high(waiting[:count], format, least)
        if bands and high > left:
            yield bands
            bands, left = [], format.room
        bands.append(waiting[:count])
        left, waiting = left - high, waiting[count:]
    yield bands


def _bands(
    page: engine.TimelinePage, format: Format, held: Iterable[Sequence[Column]]
) -> Iterator[Band]:
    top = format.top
    for columns in held:
        band = _band(page, format, columns, top + format.head)
        yield band
        top = band.foot


def _band(page: engine.TimelinePage, format: Format, columns: Sequence[Column], top: float) -> Band:
    dye = timeline_drawing.colours(page)
    rows: dict[str, Row] = {}
    y = top
    heights = _heights(columns, _least(page, format))
    for agency in _shown(page):
        height = heights[agency.key]
        rows[agency.key] = Row(tuple(_named(agency, format)), dye[agency.key], y, height)
        y += height
    left = format.margin + format.label
    placed: list[Placed] = []
    for place, column in enumerate(columns):
        used = {key: row.y + 1 for key, row in rows.items()}
        for card in column.cards:
            x = left + place * format.day + 1
            placed.append(Placed(card, x, used[card.agency], dye[card.agency]))
            used[card.agency] += card.height + 1
    days = tuple((left + place * format.day, one) for place, one in enumerate(columns))
    return Band(top, y, days, tuple(rows.values()), tuple(placed))


def _strip(
    format: Format, columns: Iterable[Column], ends: Sequence[tuple[date, date]]
) -> Strip | None:
    if not ends:
        return None
    width = format.width - 2 * format.margin
    first, last = min(one for one, _ in ends), max(one for _, one in ends)
    scale = TimeScale(first, last, left=format.margin, width=width, months=12)
    own = [(one.first, one.last) for one in columns if one.first and one.last]
    part = (scale.x(min(f for f, _ in own)), scale.x(max(f for f, _ in own))) if own else None
    ticks = sorted({scale.x(one) for one, _ in ends})
    return Strip(tuple(scale.months()), tuple(ticks), part)
