"""Say what people see of the merged timeline of a case, and keep what they say of its rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import (
    access,
    case_pages,
    db,
    documents,
    facts,
    forms,
    genograms,
    steps,
    store,
    task_pages,
    timelines,
)
from engine.case_pages import CaseHead
from engine.documents import DocumentKey
from engine.errors import AccessDenied, EngineError, NotFound
from engine.forms import Form
from engine.models import Document, DocumentVersion, new_id
from engine.people import Actor, Held
from engine.store import CaseFile
from engine.texts import Text
from engine.timelines import Child, Contradiction, Event, Joining, Likely, Silence, TimelineQuery
from engine.timelines.joining import BETWEEN, DIFFERENT, SAME

#: The form, its sections and their rows.
FORM, SOURCE_FORM = "merged_timeline", "agency_timeline"
MERGED, MERGED_ROWS = "merged", "merged_rows"
ADDED, ADDED_ROWS = "added", "added_rows"
JOINS, JOINED_ROWS = "joins", "joined_rows"

#: After how many days without a row a silence is told, and how long before another an agency must
#: have recorded what another did too; a person may ask for other numbers.
SILENT_DAYS, BEFORE_DAYS = 28, 14

_BORN_ON = "child_born_on"


class TooFewRows(EngineError):
    """Choose at least two rows, of those that are shown together."""

    status = 422


class RowsChanged(EngineError):
    """The rows have changed since this page was made, so nothing was recorded. Look again."""

    status = 409


@dataclass(frozen=True)
class TimelineAgency:
    """An agency with rows in the timeline: how it is called, and how many rows it has in all."""

    key: str
    name: Text
    rows: int


@dataclass(frozen=True)
class TimelinePage:
    """The merged timeline of a case as a person may read it.

    `head` is none for whoever may not open the case; `document_id` is none, and `version` 0, as
    long as nobody has recorded the document. `events` are those that were asked for, in order, of
    `total`. `sources` are the documents of agencies that this person may read. `children` hold what
    the person may know of their births, and are not for showing. `may_mark` says whether they see
    what likely is the same event; `may_join`, whether they may say so now; `faces`, with which
    faces they may read it.
    """

    case_id: uuid.UUID
    case_identifier: str
    head: CaseHead | None
    document_id: uuid.UUID | None
    version: int
    agencies: tuple[TimelineAgency, ...]
    events: tuple[Event, ...]
    total: int
    joining: Joining
    sources: Mapping[str, uuid.UUID]
    children: tuple[Child, ...]
    may_mark: bool
    may_join: bool
    may_be_taken: bool
    faces: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimelineFindings:
    """What in a merged timeline a person should look at.

    `together` are rows of the same days that are likely one event; of `contradictions` one row
    denies what the other says; `before` tell of an event that
    one agency recorded long before another, `apart` of one that agencies date differently.
    """

    page: TimelinePage
    together: tuple[Likely, ...]
    contradictions: tuple[Contradiction, ...]
    before: tuple[Likely, ...]
    apart: tuple[Likely, ...]
    silences: tuple[Silence, ...]


def timeline_page(
    case_id: uuid.UUID, actor: Actor, query: TimelineQuery | None = None
) -> TimelinePage:
    """Return the merged timeline of a case, or those of its rows that are asked for.

    Raises:  NotFound, also for whoever may not read it.
    Source:  F-07; CF-04.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        return _page(file, actor, query or TimelineQuery())


def may_open_timeline(case_id: uuid.UUID, actor: Actor) -> bool:
    """Say whether a person may read the merged timeline of a case, so that a link leads there."""
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case)
        return _reads(file, actor, held, MERGED_ROWS)


def timeline_findings(
    case_id: uuid.UUID,
    actor: Actor,
    *,
    silent_days: int = SILENT_DAYS,
    before_days: int = BEFORE_DAYS,
) -> TimelineFindings:
    """Return what in the merged timeline of a case a person should look at.

    Raises:  NotFound, also for whoever sees the timeline at the learning event alone.
    Source:  A1-2.4, A1-3.16.
    """
    page = timeline_page(case_id, actor)
    if not page.may_mark:
        raise NotFound
    differing = timelines.apart(page.events, page.joining)
    return TimelineFindings(
        page=page,
        together=tuple(timelines.together(page.events, page.joining)),
        contradictions=tuple(timelines.contradictions(page.events, page.joining)),
        before=tuple(one for one in differing if one.days >= before_days),
        apart=tuple(one for one in differing if one.days < before_days),
        silences=tuple(timelines.silences(page.events, silent_days)),
    )


def join_rows(case_id: uuid.UUID, keys: Collection[str], verdict: str, actor: Actor) -> None:
    """Record that rows of the merged timeline are one event, or that they are different ones.

    Takes:   keys, of rows that stand in the timeline now; verdict, `same` or `different`.
    Raises:  NotFound; AccessDenied; TooFewRows; RowsChanged.
    """
    if verdict not in (SAME, DIFFERENT):
        raise NotFound
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        page = _page(file, actor, TimelineQuery())
        chosen = [event.key for event in page.events if event.key in keys]
        if len(set(keys)) < 2:
            raise TooFewRows
        if len(chosen) != len(set(keys)):
            raise RowsChanged
        row = {
            forms.ROW_KEY: f"{JOINS}_{new_id().hex[:12]}",
            "joined_keys": BETWEEN.join(chosen),
            "joined_as": verdict,
        }
        event = "rows_joined" if verdict == SAME else "rows_told_apart"
        _keep(file, page, [*_joined_rows(file), row], event, chosen)


def take_joining_back(case_id: uuid.UUID, key: str, actor: Actor) -> None:
    """Take back what was said of some rows; earlier versions of the document keep it.

    Takes:   key, of the row of the document that says it.
    Raises:  NotFound; AccessDenied; RowsChanged.
    """
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        page = _page(file, actor, TimelineQuery())
        rows = _joined_rows(file)
        gone = [row for row in rows if row.get(forms.ROW_KEY) == key]
        if not gone:
            raise RowsChanged
        kept = [row for row in rows if row not in gone]
        _keep(file, page, kept, "joining_taken_back", gone[0]["joined_keys"].split(BETWEEN))


def _keep(
    file: CaseFile, page: TimelinePage, rows: list[dict[str, Any]], event: str, keys: list[str]
) -> None:
    if not page.may_join:
        raise AccessDenied
    version = documents.write(
        file.session,
        file.case,
        DocumentKey(FORM),
        {JOINS: {JOINED_ROWS: rows}},
        base=None,
        author=file.actor,
    )
    data = {"document": str(version.document_id), "version": version.number, "rows": keys}
    store.save_case(file, event, subject=file.definitions.forms[FORM].catalogue, data=data)


def _joined_rows(file: CaseFile) -> list[dict[str, Any]]:
    newest = documents.current(file.session, file.case.id, DocumentKey(FORM))
    return list(newest.content.get(JOINS, {}).get(JOINED_ROWS) or ()) if newest else []


def _page(file: CaseFile, actor: Actor, query: TimelineQuery) -> TimelinePage:
    held = access.roles_on(file.session, actor, file.case)
    if not _reads(file, actor, held, MERGED_ROWS):
        raise NotFound
    form = file.definitions.forms[FORM]
    row = documents.find(file.session, file.case.id, DocumentKey(FORM))
    content = (access.readable_content(file, actor, held, row) if row else None) or {}
    if MERGED not in content:
        content = {**content, MERGED: _to_be_merged(file, form)}
    events = timelines.in_order(
        [
            *timelines.merged_events(content[MERGED].get(MERGED_ROWS) or (), _first(file, row)),
            *timelines.added_events(content.get(ADDED, {}).get(ADDED_ROWS) or ()),
        ]
    )
    reads_case = access.may(file, actor, held, "read", access.TheCase())
    return TimelinePage(
        case_id=file.case.id,
        case_identifier=file.case.identifier,
        head=case_pages.head_of(file, actor, held) if reads_case else None,
        document_id=row.id if row else None,
        version=row.version if row else 0,
        agencies=tuple(_agencies(file, events)),
        events=tuple(events if query.is_all else timelines.chosen(events, query)),
        total=len(events),
        joining=timelines.read_joining(content.get(JOINS, {}).get(JOINED_ROWS) or ()),
        sources=_sources(file, actor),
        children=tuple(_children(file, actor, held)),
        may_mark=_reads(file, actor, held, JOINED_ROWS),
        may_join=access.may_keep(file, actor, held, form, JOINS),
        may_be_taken=access.may_take_away(file, actor, held, row) if row else True,
        faces=access.faces(file, actor, held, row) if row else (),
    )


def _reads(file: CaseFile, actor: Actor, held: Held, key: str) -> bool:
    """Say whether a person may read these rows of the timeline, where the case comes to have one.

    A consultation has none, whatever its reader may read elsewhere.
    """
    if FORM not in access.forms_used(file.definitions, file.case.process):
        return False
    return access.reads_unwritten(file, actor, held, file.definitions.forms[FORM], key)


def _to_be_merged(file: CaseFile, form: Form) -> dict[str, Any]:
    """Return the rows that the Panel will be shown, while nobody has recorded the timeline yet."""
    standing = forms.standing_values(
        form,
        [MERGED],
        names=file.names(None),
        functions=file.functions(None),
        around=forms.Around(about=lambda fact: steps.rows_told(file, fact)),
    )
    return standing[MERGED]


def _first(file: CaseFile, row: Document | None) -> frozenset[str] | None:
    """Return the keys of the rows that were merged first; None where they have not been yet."""
    if row is None:
        return None
    versions = file.session.execute(
        select(DocumentVersion.number, DocumentVersion.sections)
        .where(DocumentVersion.document_id == row.id)
        .order_by(DocumentVersion.number)
    )
    number = next((number for number, sections in versions if MERGED in sections), None)
    if number is None:
        return None
    content = documents.version(file.session, row.id, number).content
    return frozenset(forms.known_rows(content[MERGED].get(MERGED_ROWS)))


def _agencies(file: CaseFile, events: Collection[Event]) -> Iterator[TimelineAgency]:
    """Yield the agencies of some events, in the order in which the Panel named them."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.agency, []).append(event)
    named = [item.key for item in file.items if item.key in found]
    for key in dict.fromkeys([*named, *sorted(found)]):
        yield TimelineAgency(key, _name(file, key, found[key][0]), len(found[key]))


def _name(file: CaseFile, key: str, event: Event) -> Text:
    if event.was_added:
        return Text("Added at the learning event", "Ychwanegwyd yn y digwyddiad dysgu")
    if event.service:
        return Text(event.service, event.service)
    return task_pages.item_label(file, key) or Text(key, key)


def _sources(file: CaseFile, actor: Actor) -> dict[str, uuid.UUID]:
    """Return the timelines of agencies that a person may read something of, by the agency."""
    found = {}
    for row in documents.documents(file.session, file.case.id):
        if row.form == SOURCE_FORM:
            held = access.roles_on(file.session, actor, file.case, row.item_key)
            if access.readable_parts(file, actor, held, row):
                found[row.item_key] = row.id
    return found


def _children(file: CaseFile, actor: Actor, held: Held) -> Iterator[Child]:
    """Yield the children with what a person may know of their births.

    Whoever may read the day of birth in the facts of the screening has it counted to the month;
    others read the year of birth in the genogram, where they may read that.
    """
    born = {item: known.value for (name, item), known in file.facts.items() if name == _BORN_ON}
    if born and reads_births(file, actor, held):
        for item in file.items:
            if (day := born.get(item.key)) is not None:
                yield Child(task_pages.label_of(file, item), born_on=day)
        return
    row = documents.find(file.session, file.case.id, DocumentKey("genogram"))
    content = access.readable_content(file, actor, held, row) if row else None
    for section in (content or {}).values():
        for person in genograms.network(section).people:
            if person.subject and person.born is not None:
                yield Child(Text(person.label, person.label), born_in=person.born)


def reads_births(file: CaseFile, actor: Actor, held: Held) -> bool:
    """Say whether a person may read when the children of a case were born."""
    declared = file.definitions.facts.get(_BORN_ON)
    for form_id, key in facts.fields_of(declared) if declared else ():
        row = documents.find(file.session, file.case.id, DocumentKey(form_id))
        if row is None:
            continue
        readable = access.readable_parts(file, actor, held, row)
        listed, _, column = key.partition(".")
        for entry in file.definitions.forms[form_id].fields:
            if entry.key == listed:
                return any(one.key == column and one.id in readable for one in entry.columns)
    return False
