"""Count the reviews of a year: how many, how long, how late and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

from engine.figures.figure import Figure, FigureTable, Options
from engine.figures.records import MILESTONES, Review
from engine.texts import Text


def is_in_progress(review: Review, on: date) -> bool:
    """Say whether a review is in progress at the end of a day."""
    published_on = review.published_on
    return review.commissioned_on <= on and (published_on is None or published_on > on)


def was_in_progress(review: Review, first: date) -> bool:
    """Say whether a review is in progress when a day begins."""
    published_on = review.published_on
    return review.commissioned_on < first and (published_on is None or published_on >= first)


def is_in_time(review: Review) -> bool:
    """Say whether a published review kept to its six months: the last day is in time (PR-04)."""
    published_on = review.published_on
    return published_on is not None and (
        review.last_day is not None and published_on <= review.last_day
    )


def is_in_time_net(review: Review, until: date) -> bool:
    """Say whether a late review kept to its six months but for days that waited for proceedings.

    Takes:   until, the day up to which one that was not published by then is counted.
    """
    received_on, end = review.days.get(MILESTONES[0]), min(review.published_on or until, until)
    if received_on is None or review.last_day is None:
        return False
    waited = timedelta(days=review.days_waited(received_on, end))
    return bool(waited) and end - waited <= review.last_day


def in_the_year(before: int, commissioned: int, completed: int, after: int) -> FigureTable:
    """Return how many reviews began, ended and went on in the year."""
    return FigureTable(
        "reviews",
        Text("Reviews in the year", "Adolygiadau yn y flwyddyn"),
        Text(
            "Concise and Extended Reviews. A review is commissioned on the day the Chair decides, "
            "or finally decides, that it is held. It is completed on the first day of publication, "
            "and in progress in between. Reviews that another body or Board leads are not counted.",
            "Adolygiadau Cryno ac Estynedig. Comisiynir adolygiad ar y diwrnod y mae’r Cadeirydd "
            "yn penderfynu, neu’n penderfynu’n derfynol, y caiff ei gynnal. Fe’i cwblheir ar "
            "ddiwrnod cyntaf ei gyhoeddi, ac mae ar y gweill rhwng y ddau. Ni chyfrifir "
            "adolygiadau y mae corff neu Fwrdd arall yn eu harwain.",
        ),
        "INT-19, INT-24, PUB-09; GAP-07",
        (
            Figure("before", Text("In progress as the year began",
                                  "Ar y gweill ar ddechrau’r flwyddyn"), before),
            Figure("commissioned", Text("Commissioned", "Wedi’u comisiynu"), commissioned),
            Figure("completed", Text("Completed", "Wedi’u cwblhau"), completed),
            Figure("after", Text("In progress at the end", "Ar y gweill ar y diwedd"), after),
        ),
    )  # fmt: skip


def types(commissioned: Sequence[Review]) -> FigureTable:
    """Return the reviews commissioned by their type."""
    extended = sum(one.kind == "extended" for one in commissioned)
    return FigureTable(
        "types",
        Text("Reviews commissioned, by type", "Adolygiadau a gomisiynwyd, yn ôl math"),
        Text("The type of review that stands now.", "Y math o adolygiad sy’n sefyll nawr."),
        "DR-12",
        (
            Figure("concise", Text("Concise Reviews", "Adolygiadau Cryno"),
                   len(commissioned) - extended),
            Figure("extended", Text("Extended Reviews", "Adolygiadau Estynedig"), extended),
        ),
    )  # fmt: skip


def within_six_months(completed: int, late: Sequence[Review]) -> FigureTable:
    """Return how many of the completed reviews kept to the six months."""
    return FigureTable(
        "in_time",
        Text("Reviews completed within six months", "Adolygiadau a gwblhawyd o fewn chwe mis"),
        Text(
            "Of the reviews completed in the year: those published no later than the last day of "
            "the six months that run from the day the Sub-Group received the referral.",
            "O’r adolygiadau a gwblhawyd yn y flwyddyn: y rhai a gyhoeddwyd heb fod yn hwyrach na "
            "diwrnod olaf y chwe mis sy’n rhedeg o’r diwrnod y derbyniodd yr Is-grŵp yr "
            "atgyfeiriad.",
        ),
        "TS-01, TS-02; PR-04",
        (
            Figure("in_time", Text("Within six months", "O fewn chwe mis"),
                   completed - len(late)),
            Figure("late", Text("After more than six months", "Ar ôl mwy na chwe mis"), len(late)),
            *_net_of(late, date.max),
        ),
    )  # fmt: skip


def under_way(after: int, past: Sequence[Review], until: date) -> FigureTable:
    """Return how many of the reviews in progress are past the six months."""
    return FigureTable(
        "under_way",
        Text("Reviews in progress at the end", "Adolygiadau ar y gweill ar y diwedd"),
        Text(
            "Whether the last day of the six months had passed by then.",
            "A oedd diwrnod olaf y chwe mis wedi mynd heibio erbyn hynny.",
        ),
        "TS-01, TS-02",
        (
            Figure("within", Text("Still within six months", "Yn dal o fewn chwe mis"),
                   after - len(past)),
            Figure("past", Text("Past six months", "Dros chwe mis"), len(past)),
            *_net_of(past, until),
        ),
    )  # fmt: skip


def _net_of(late: Sequence[Review], until: date) -> Iterator[Figure]:
    """Yield how many of some late reviews were in time net of proceedings, where there were any."""
    if any(one.waited for one in late):
        net = sum(is_in_time_net(one, until) for one in late)
        name = Text("Of these, within six months net of proceedings",
                    "O’r rhain, o fewn chwe mis heb gyfrif achosion llys")  # fmt: skip
        yield Figure("net", name, net, stays_inside=True)


def reasons(late: Sequence[Review], causes: Options) -> FigureTable:
    """Return why reviews were late, by the causes recorded."""
    chosen = sorted({cause for one in late for cause in one.causes} - set(causes))
    names = {**causes, **{cause: Text(cause, cause) for cause in chosen}}
    return FigureTable(
        "reasons",
        Text("Reasons for delay", "Rhesymau dros oedi"),
        Text(
            "Of the reviews completed in the year after more than six months, and those past six "
            "months at the end: the causes recorded. A review may have several.",
            "O’r adolygiadau a gwblhawyd yn y flwyddyn ar ôl mwy na chwe mis, a’r rhai dros chwe "
            "mis ar y diwedd: yr achosion a gofnodwyd. Gall fod gan adolygiad sawl un.",
        ),
        "F-56, CON-24, EXT-24",
        (
            *(
                Figure(cause, name, sum(cause in one.causes for one in late))
                for cause, name in names.items()
            ),
            Figure("none", Text("No reason recorded", "Dim rheswm wedi’i gofnodi"),
                   sum(not one.causes for one in late)),
        ),
    )  # fmt: skip


def whole_length(completed: Sequence[Review]) -> FigureTable:
    """Return how long the completed reviews took."""
    return FigureTable(
        "length",
        Text("How long the completed reviews took", "Faint o amser a gymerodd yr adolygiadau"),
        Text(
            "Days from the day the Sub-Group received the referral to the first day of "
            "publication, of the reviews completed in the year.",
            "Diwrnodau o’r diwrnod y derbyniodd yr Is-grŵp yr atgyfeiriad hyd ddiwrnod cyntaf y "
            "cyhoeddi, yn achos yr adolygiadau a gwblhawyd yn y flwyddyn.",
        ),
        "TS-01, TS-02",
        tuple(_lengths("whole", Text("The whole review", "Yr adolygiad cyfan"),
                       completed, MILESTONES[0], MILESTONES[-1])),
        in_days=True,
    )  # fmt: skip


_STAGES = (
    Text("Referral to recommendation", "O’r atgyfeiriad i’r argymhelliad"),
    Text("Recommendation to decision", "O’r argymhelliad i’r penderfyniad"),
    Text("Decision to Panel set up", "O’r penderfyniad i sefydlu’r Panel"),
    Text("Panel set up to learning event", "O sefydlu’r Panel i’r digwyddiad dysgu"),
    Text("Learning event to report accepted", "O’r digwyddiad i dderbyn yr adroddiad"),
    Text("Report accepted to report sent", "O’i dderbyn i anfon yr adroddiad"),
    Text("Report sent to publication", "O anfon yr adroddiad i’w gyhoeddi"),
)


def stages(completed: Sequence[Review]) -> FigureTable:
    """Return how long the stages of the completed reviews took."""
    named = zip(_STAGES, MILESTONES, MILESTONES[1:], strict=False)
    return FigureTable(
        "stages",
        Text("How long each stage took", "Faint o amser a gymerodd pob cam"),
        Text(
            "Days between the recorded days, of the reviews completed in the year for which both "
            "are recorded, in their order.",
            "Diwrnodau rhwng y dyddiau a gofnodwyd, yn achos yr adolygiadau a gwblhawyd yn y "
            "flwyddyn y mae’r ddau wedi’u cofnodi ar eu cyfer, yn eu trefn.",
        ),
        "TS-25, TS-24, TS-18, TS-19, TS-03; PR-13",
        tuple(
            figure
            for name, start, end in named
            for figure in _lengths(start, name, completed, start, end)
        ),
        in_days=True,
    )


def _lengths(
    key: str, name: Text, reviews: Iterable[Review], start: str, end: str
) -> Iterator[Figure]:
    """Yield how long something took, and below it net of proceedings where some review waited."""
    taken = [
        ((last - first).days, one.days_waited(first, last))
        for one in reviews
        if (first := one.days.get(start)) and (last := one.days.get(end)) and first <= last
    ]
    yield _length(key, name, [gross for gross, _ in taken])
    if any(waited for _, waited in taken):
        net = Text(f"{name.en}, net of proceedings", f"{name.cy}, heb gyfrif achosion llys")
        found = _length(f"{key}_net", net, [gross - waited for gross, waited in taken])
        yield replace(found, stays_inside=True)


def _length(key: str, name: Text, lengths: Sequence[int]) -> Figure:
    if not lengths:
        return Figure(key, name, 0)
    return Figure(key, name, len(lengths), median(lengths), min(lengths), max(lengths))


def sent(completed: Sequence[Review]) -> FigureTable:
    """Return whether Welsh Government had the reports in time before publication."""
    in_time = sum(_was_sent_in_time(one) for one in completed)
    return FigureTable(
        "sent",
        Text("Report with Welsh Government", "Yr adroddiad gyda Llywodraeth Cymru"),
        Text(
            "Of the reviews completed in the year: whether Welsh Government had the report two "
            "weeks or more before the first day of publication.",
            "O’r adolygiadau a gwblhawyd yn y flwyddyn: a oedd yr adroddiad gan Lywodraeth Cymru "
            "bythefnos neu fwy cyn diwrnod cyntaf y cyhoeddi.",
        ),
        "TS-03; PUB-01",
        (
            Figure("in_time", Text("Two weeks before, or earlier", "Bythefnos cyn hynny, neu gynt"),
                   in_time),
            Figure("not_in_time", Text("Later, or no day recorded", "Yn hwyrach, neu heb gofnod"),
                   len(completed) - in_time),
        ),
    )  # fmt: skip


def _was_sent_in_time(review: Review) -> bool:
    sent_on = review.days.get("report_submitted_on")
    return sent_on is not None and review.sent_by is not None and sent_on <= review.sent_by
