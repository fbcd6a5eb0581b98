"""Count all the figures of a year, and make of them what may leave the Board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.figures import of_reviews, of_work, suppression
from engine.figures.figure import Figure, FigureTable, Options, Year
from engine.figures.records import Records
from engine.figures.suppression import Answers, Relation


def count(records: Records, year: Year, causes: Options, kinds: Options) -> tuple[FigureTable, ...]:
    """Return every figure of a year, with true numbers.

    Takes:   causes and kinds, what the answers to F56.03 and to what a forum counts as are called.
    """
    commissioned = [one for one in records.reviews if year.holds(one.commissioned_on)]
    completed = [one for one in records.reviews if year.holds(one.published_on)]
    after = [one for one in records.reviews if of_reviews.is_in_progress(one, year.until)]
    before = [one for one in records.reviews if of_reviews.was_in_progress(one, year.first)]
    late = [one for one in completed if not of_reviews.is_in_time(one)]
    past = [one for one in after if one.last_day is not None and year.saw_end_of(one.last_day)]
    return (
        of_reviews.in_the_year(len(before), len(commissioned), len(completed), len(after)),
        of_reviews.types(commissioned),
        of_reviews.within_six_months(len(completed), late),
        of_reviews.under_way(len(after), past, year.until),
        of_reviews.reasons([*late, *past], causes),
        of_reviews.whole_length(completed),
        of_reviews.stages(completed),
        of_reviews.sent(completed),
        of_work.told(records.told, year),
        of_work.actions(records.actions, year),
        of_work.forums(records, year, kinds),
    )


def for_outside(tables: Iterable[FigureTable]) -> tuple[FigureTable, ...]:
    """Return the figures as they may leave the Board."""
    known = tuple(
        replace(table, figures=tuple(one for one in table.figures if not one.stays_inside))
        for table in tables
    )
    numbers = {
        f"{table.key}.{figure.key}": figure.number or 0
        for table in known
        if not table.in_days
        for figure in table.figures
    }
    reasons = [name for name in numbers if name.startswith("reasons.")]
    none = "reasons.none"
    hidden = suppression.kept_back(
        numbers,
        [*RELATIONS, forums_add_up(numbers)],
        [Answers(tuple(name for name in reasons if name != none), none)],
    )
    return tuple(
        _lengths_outside(table, all_hidden="reviews.completed" in hidden)
        if table.in_days
        else _numbers_outside(table, hidden)
        for table in known
    )


#: What adds up in the figures of a year; reviews in progress stand in those of two years.
RELATIONS = (
    Relation(
        ("reviews.before", "reviews.commissioned"),
        ("reviews.completed", "reviews.after"),
        firm=("reviews.before", "reviews.after"),
    ),
    Relation(("reviews.commissioned",), ("types.concise", "types.extended")),
    Relation(("reviews.completed",), ("in_time.in_time", "in_time.late")),
    Relation(("reviews.completed",), ("sent.in_time", "sent.not_in_time")),
    Relation(("reviews.after",), ("under_way.past", "under_way.within"), firm=("reviews.after",)),
    Relation(("told.all",), ("told.in_time", "told.late", "told.not_yet")),
    Relation(("actions.all",), ("actions.in_time", "actions.late", "actions.not_done")),
)


def forums_add_up(numbers: Mapping[str, int]) -> Relation:
    """Return the relation of all forums to what each counts as, which forms may change."""
    kinds = (name for name in numbers if name.startswith("forums.as_"))
    return Relation(("forums.all",), tuple(kinds))


def _numbers_outside(table: FigureTable, hidden: frozenset[str]) -> FigureTable:
    figures = (
        replace(figure, number=None, is_kept_back=True)
        if f"{table.key}.{figure.key}" in hidden
        else figure
        for figure in table.figures
    )
    return replace(table, figures=tuple(figures))


def _lengths_outside(table: FigureTable, *, all_hidden: bool) -> FigureTable:
    """Return lengths without how many they are of, and without those of a few reviews."""
    figures = (
        Figure(figure.key, figure.name, None, is_kept_back=True)
        if all_hidden or suppression.is_small(figure.number or 0)
        else replace(figure, number=None)
        for figure in table.figures
    )
    return replace(table, figures=tuple(figures))
