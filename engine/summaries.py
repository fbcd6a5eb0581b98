"""Make the summary timeline of the report from rows of the merged one: chosen and shortened."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from engine import (
    access,
    codes,
    db,
    identifiers,
    identity,
    store,
    timeline_faces,
    timeline_pages,
)
from engine.errors import NotFound
from engine.people import Actor
from engine.texts import Text
from engine.timeline_faces import ANONYMISED, FaceRow

#: The rows of the summary and their columns (F07.06, F07.07), and from which rows each is made.
SUMMARY_FORM = "F-07"
SUMMARY_CATALOGUE, SUMMARY_ROWS = "F07.06", "summary"
SUMMARY_PERIOD, SUMMARY_EVENT = "summary_period", "summary_event"
SUMMARY_SOURCE = "summary_source"
#: Between the sources of a row that is made from several.
_BETWEEN = "; "

#: What is wrong with a draft of a row.
NO_PERIOD, EXACT_DAY, NO_EVENT, TAKEN_OUT_LEFT, NAMES = (
    "no_period",
    "exact_day",
    "no_event",
    "taken_out_left",
    "names",
)


@dataclass(frozen=True)
class SummaryRows:
    """The rows of a merged timeline to choose from, anonymised."""

    document_id: uuid.UUID
    rows: tuple[FaceRow, ...]


@dataclass(frozen=True)
class SummaryDraft:
    """A row of the summary as it may be taken: of when, what, and the rows that it is made from."""

    period: str
    event: str
    keys: tuple[str, ...]


def summary_rows(case_id: uuid.UUID, actor: Actor) -> SummaryRows:
    """Return the rows of the merged timeline that a summary can be made from.

    Raises:  NotFound, where there is none yet that this person may read.
    Source:  TIM-10; F07.06, F07.07.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case)
        row = timeline_faces.merged_timeline(file)
        if row is None or ANONYMISED not in access.faces(file, actor, held, row):
            raise NotFound
        knows = timeline_pages.reads_births(file, actor, held)
        return SummaryRows(
            row.id,
            timeline_faces.rows_with_face(file, actor, held, row, ANONYMISED, with_ages=knows),
        )


def draft_rows(
    rows: Iterable[FaceRow], keys: Collection[str], by: str, language: str
) -> list[SummaryDraft]:
    """Return a draft for each row that was chosen, in the order of the timeline.

    Takes:   by, `month`, or `age` for the ages of the children who have a code.
    """
    return [
        SummaryDraft(_period(row, by).say(language), _event(row).say(language), (row.key,))
        for row in rows
        if row.key in keys
    ]


def join_drafts(drafts: Sequence[SummaryDraft], number: int) -> list[SummaryDraft]:
    """Return drafts with one of them joined to the one before it."""
    if not 0 < number < len(drafts):
        return list(drafts)
    first, second = drafts[number - 1], drafts[number]
    periods = dict.fromkeys(part for part in (first.period, second.period) if part.strip())
    joined = SummaryDraft(
        period=" – ".join(periods),
        event="\n".join(part for part in (first.event, second.event) if part.strip()),
        keys=(*first.keys, *second.keys),
    )
    return [*drafts[: number - 1], joined, *drafts[number + 1 :]]


def source_of(draft: SummaryDraft, rows: Iterable[FaceRow]) -> str:
    """Return from which rows a draft is made, by agency, row and version."""
    by_key = {row.key: row.source for row in rows}
    return _BETWEEN.join(by_key[key] for key in draft.keys if key in by_key)


def used_rows(rows: Iterable[FaceRow], sources: Iterable[str]) -> frozenset[str]:
    """Return the keys of the rows that stand in a summary already.

    Takes:   sources, as its rows name them.
    """
    named = {_place(part) for source in sources for part in source.split(_BETWEEN)}
    return frozenset(row.key for row in rows if _place(row.source) in named)


def problems_of_draft(
    case_id: uuid.UUID, drafts: Sequence[SummaryDraft], actor: Actor
) -> list[list[str]]:
    """Return what is wrong with each draft; what only may identify somebody is left to the gate.

    Raises:  NotFound.
    Source:  F07.06, no exact dates; F07.07; CF-01.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        access.require_part_in_case(file, actor, access.roles_on(session, actor, file.case))
        known = identity.child_and_family(file)
        return [_problems(draft, known) for draft in drafts]


def _problems(draft: SummaryDraft, known: identifiers.Register) -> list[str]:
    found = []
    if not draft.period.strip():
        found.append(NO_PERIOD)
    elif any(identifiers.days_in(identifiers.fold(draft.period).text)):
        found.append(EXACT_DAY)
    if not draft.event.strip():
        found.append(NO_EVENT)
    if any(mark in draft.event for mark in (codes.TAKEN_OUT.en, codes.TAKEN_OUT.cy)):
        found.append(TAKEN_OUT_LEFT)
    texts = (draft.period, draft.event)
    if any(hit.sure for text in texts for hit in known.find(text, shapes=False)):
        found.append(NAMES)
    return found


def _period(row: FaceRow, by: str) -> Text:
    if by == "age" and row.ages:
        return Text(
            "; ".join(each.en for each in row.ages), "; ".join(each.cy for each in row.ages)
        )
    return codes.said(row.when)


def _event(row: FaceRow) -> Text:
    """Return what a row says, cell by cell, to be shortened."""
    said = [codes.said(cell.pieces) for cell in row.cells if not cell.is_remark]
    return Text("\n".join(each.en for each in said), "\n".join(each.cy for each in said))


def _place(source: str) -> str:
    """Return which row a source names, whatever its version: that goes up with every correction."""
    parts = [part.strip() for part in source.split(" / ")]
    return " / ".join(parts[:-1] if len(parts) > 2 else parts)
