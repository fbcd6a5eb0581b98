"""Count what else was done in a year: telling Welsh Government, actions, and forums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.figures.figure import Figure, FigureTable, Options, Year
from engine.figures.records import CONSULTATION, EVENT, FORUM, Duty, Records
from engine.texts import Text


def told(duties: Sequence[Duty], year: Year) -> FigureTable:
    """Return whether Welsh Government was told of recommendations in time."""
    signed = [one for one in duties if year.holds(one.from_on)]
    return FigureTable(
        "told",
        Text("Welsh Government told of recommendations",
             "Hysbysu Llywodraeth Cymru o argymhellion"),
        Text(
            "Of the recommendations of a review signed in the year: whether Welsh Government was "
            "told in time. The guidance gives no length; this edition proposes two days.",
            "O’r argymhellion i gynnal adolygiad a lofnodwyd yn y flwyddyn: a hysbyswyd "
            "Llywodraeth Cymru mewn pryd. Nid yw’r canllawiau’n rhoi hyd; cynnig y fersiwn hon yw "
            "dau ddiwrnod.",
        ),
        "TS-22; INT-18",
        (
            Figure("all", Text("Recommendations", "Argymhellion"), len(signed)),
            *_kept(signed, year, "not_yet", Text("Not yet told", "Heb ei hysbysu eto")),
        ),
    )  # fmt: skip


def actions(duties: Sequence[Duty], year: Year) -> FigureTable:
    """Return whether actions were done in time; one that is due today, once it is done."""
    due = [
        one
        for one in duties
        if year.holds(one.due_on) and (one.met_on is not None or year.saw_end_of(one.due_on))
    ]
    return FigureTable(
        "actions",
        Text("Actions on time", "Camau gweithredu mewn pryd"),
        Text(
            "Actions of action plans whose last day lies in the year, by what had become of them "
            "at its end. The day set last counts. Actions that were dropped are not counted.",
            "Camau’r cynlluniau gweithredu y mae eu diwrnod olaf yn y flwyddyn, yn ôl yr hyn a "
            "ddaeth ohonynt erbyn ei diwedd. Y diwrnod a bennwyd ddiwethaf sy’n cyfrif. Ni "
            "chyfrifir camau y rhoddwyd y gorau iddynt.",
        ),
        "TS-29; ACT-04, ACT-13",
        (
            Figure("all", Text("Actions due", "Camau a oedd i’w gwneud"), len(due)),
            *_kept(due, year, "not_done", Text("Not done", "Heb eu gwneud")),
        ),
    )


def _kept(
    duties: Sequence[Duty], year: Year, open_key: str, still_open: Text
) -> tuple[Figure, ...]:
    done = [one for one in duties if one.met_on is not None and one.met_on <= year.until]
    late = sum(one.met_on is not None and one.met_on > one.due_on for one in done)
    return (
        Figure("in_time", Text("In time", "Mewn pryd"), len(done) - late),
        Figure("late", Text("Late", "Yn hwyr"), late),
        Figure(open_key, still_open, len(duties) - len(done)),
    )


def forums(records: Records, year: Year, kinds: Options) -> FigureTable:
    """Return how many forums and the like were held."""
    held = [one for one in records.held if year.holds(one.on)]
    of_forums = [one for one in held if one.process == FORUM]
    counted = Counter(one.counts_as for one in of_forums)
    chosen = sorted(set(counted) - set(kinds) - {""})
    names = {**kinds, **{kind: Text(kind, kind) for kind in chosen}}
    nothing = Text("Not said what it counts as", "Heb ddweud fel beth y mae’n cyfrif")
    return FigureTable(
        "forums",
        Text("Forums held", "Fforymau a gynhaliwyd"),
        Text(
            "Multi-agency professional forums by the day on which they were held and what they "
            "count as. A consultation or case review event that was the method of a forum counts "
            "in its own line, too.",
            "Fforymau proffesiynol amlasiantaethol yn ôl y diwrnod y’u cynhaliwyd ac fel beth "
            "y maent yn cyfrif. Mae ymgynghoriad neu ddigwyddiad adolygu achos a oedd yn ddull i "
            "fforwm yn cyfrif yn ei linell ei hun hefyd.",
        ),
        "MPF-06, CNS-12, CRE-11; TS-31",
        (
            Figure("all", Text("Forums in all", "Cyfanswm y fforymau"), len(of_forums)),
            *(Figure(f"as_{kind}", name, counted[kind]) for kind, name in names.items()),
            *([Figure("as_", nothing, counted[""])] if counted[""] else []),
            Figure("consultations", Text("Consultations", "Ymgynghoriadau"),
                   sum(one.process == CONSULTATION for one in held)),
            Figure("events", Text("Case review events", "Digwyddiadau adolygu achos"),
                   sum(one.process == EVENT for one in held)),
        ),
    )  # fmt: skip
