"""Say what people see of user tasks: summaries for lists, and the page of one task."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    audit,
    clocks,
    db,
    decisions,
    deployments,
    documents,
    feel,
    forms,
    items,
    people,
    steps,
    store,
    time_source,
    timekeeping,
    uploads,
)
from engine.deployments import Definitions
from engine.documents import DocumentKey
from engine.errors import NotFound
from engine.facts import behind, fields_of
from engine.forms import Form
from engine.legal_basis import LegalBasis
from engine.models import Clock, Document, Item, ProcessInstance, UserTask
from engine.people import Actor, Held
from engine.store import NO_ITEM, CaseFile
from engine.texts import Text
from engine.workflow import Element

Posted = Mapping[str, list[str]]

#: A task with as many sections and questions as this is filled in section by section.
SEVERAL_SECTIONS = 3
MANY_QUESTIONS = 15

#: What the name of an input begins with that says which version a page was filled from.
_SEEN = "_seen-"


@dataclass(frozen=True)
class ClockSummary:
    """A clock as people read it."""

    timescale: str
    name: Text
    state: str
    late: bool
    #: by how many days, of one that was met or no longer applies
    days_late: int
    from_on: date | None
    due_on: date | None
    met_on: date | None
    days_left: int | None
    why: Text
    cite: str
    source: str
    item_key: str
    item_label: Text | None
    stages: tuple[tuple[str, str, datetime, bool], ...]


@dataclass(frozen=True)
class TaskSummary:
    """A user task in a list."""

    id: uuid.UUID
    name: Text
    #: its name where no label may stand, as in titles of pages: told apart by agency or number
    title: Text
    requirement: str
    case_id: uuid.UUID
    case_identifier: str
    process: Text
    item_label: Text | None
    roles: tuple[Text, ...]
    state: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by_name: str
    closed_why: str
    due_on: date | None
    clock_state: str
    timescale: str
    claimed_by_name: str
    claimed_by_me: bool
    assigned_names: tuple[str, ...]
    may_open_case: bool
    #: what the pause of its case hangs on, while it cannot be claimed or completed
    rests: Text | None = None


@dataclass(frozen=True)
class FormPart:
    """A form, or some sections of it, as one task writes it.

    `typed` are the sections that the draft holds, `overtaken` those of them that somebody changed
    since; `earlier` is what the draft holds in these. `seen` is the version of which each section
    is shown.
    """

    form: Form
    sections: tuple[str, ...]
    key: DocumentKey
    base_version: int
    posted: Posted
    content: dict[str, Any]
    around: forms.Around = field(default_factory=forms.Around)
    typed: frozenset[str] = frozenset()
    overtaken: frozenset[str] = frozenset()
    earlier: Posted = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)

    def with_typed(self, posted: Posted) -> FormPart:
        """Return the part with what was typed, beside what nobody types."""
        shown = forms.with_standing(self.form, self.sections, posted, self.posted)
        return replace(self, posted=shown)


@dataclass(frozen=True)
class ShownDocument:
    """A document shown beside a task, cut down to what this person may read.

    `readable` holds the ids of the fields and columns that they may read, answered or not.
    """

    document_id: uuid.UUID
    form: Form
    version: int
    item_label: Text | None
    content: dict[str, Any]
    readable: frozenset[str]


@dataclass(frozen=True)
class TaskPage:
    """Everything that the page of one task shows."""

    task: TaskSummary
    guidance: Text
    parts: tuple[FormPart, ...]
    shown: tuple[ShownDocument, ...]
    clocks: tuple[ClockSummary, ...]
    names: Mapping[str, feel.Value]
    functions: Mapping[str, Callable[..., Any]]
    may_submit: bool
    submit_key: str
    draft_saved_at: datetime | None
    #: whether this person may put right what they send here, or has to ask the co-ordinator
    may_put_right: bool
    warnings: tuple[Any, ...] = ()
    #: whether the answers that were checked are to be signed
    signature_needed: bool = False
    #: what the edition of the case rests on in law, then its variation, where they say it
    bases: tuple[LegalBasis, ...] = ()

    @property
    def is_long(self) -> bool:
        """Say whether the task is filled in section by section, each on a page of its own."""
        sections = [part.form.section(one) for part in self.parts for one in part.sections]
        questions = sum(_count_questions(section.fields) for section in sections)
        return len(sections) >= SEVERAL_SECTIONS and questions >= MANY_QUESTIONS


def open_tasks(
    actor: Actor, case_id: uuid.UUID | None = None
) -> tuple[list[TaskSummary], list[TaskSummary]]:
    """Return the open tasks a person may do: those for them alone or taken, then their groups'.

    Takes:   case_id, for the tasks of one case only.
    """
    with db.reading() as session:
        rows = access.open_tasks(session, actor, case_id)
        found = summarise(session, rows, actor)
    found.sort(key=lambda task: (task.due_on or date.max, task.opened_at, str(task.id)))
    groups = [task for task in found if _is_group(task) and not task.claimed_by_me]
    return [task for task in found if task not in groups], groups


def _count_questions(fields: Iterable[forms.Field]) -> int:
    return sum(
        _count_questions(entry.columns) if entry.is_rows else entry.has_input for entry in fields
    )


def task_page(session: Session, task: UserTask, actor: Actor, submit_key: str) -> TaskPage:
    """Return the page of a task for a person.

    Raises:  NotFound, when the person may not see it.
    """
    file = store.read_case(session, task.case_id, str(actor.account_id))
    roles = access.roles_on(session, actor, file.case, task.item_key)
    if not access.may_see_task(file, actor, roles, task):
        raise NotFound
    instance, element = file.instance(task.instance_id), element_of(file, task)
    draft = documents.read_draft(session, task.id, actor.account_id)
    may_submit = access.may_do_task(file, actor, roles, task)
    # Whoever may only know of the task reads its documents by their own visibility, not here.
    typed = draft.content if draft else None
    parts = form_parts(file, task, typed, current=True) if may_submit else ()
    summary = summarise(session, [task], actor)[0]
    return TaskPage(
        task=summary,
        guidance=Text(element.documentation("en"), element.documentation("cy")),
        parts=parts,
        shown=tuple(_shown(file, element, task, actor, roles)),
        clocks=tuple(
            clock
            for clock in clock_summaries(file)
            if clock.timescale
            in (
                *timescales_of(file.definitions, instance.process, element.id),
                *started_by(file.definitions, instance.process, element.id),
            )
            and (not task.item_key or clock.item_key in (NO_ITEM, task.item_key))
        ),
        names=file.names(task.item_key),
        functions=file.functions(task.item_key),
        may_submit=may_submit,
        submit_key=submit_key,
        draft_saved_at=draft.saved_at if draft else None,
        may_put_right=any(
            access.may_amend_once_sent(
                file, actor, roles, part.form, part.key.item_key, part.sections
            )
            for part in parts
        ),
        bases=file.definitions.bases,
    )


def element_of(file: CaseFile, task: UserTask) -> Element:
    """Return the step of the diagram that a task stands for."""
    return file.element(file.instance(task.instance_id).process, task.bpmn_id)


def form_parts(
    file: CaseFile,
    task: UserTask,
    draft: Posted | None,
    *,
    current: bool = False,
    past: forms.Past | None = None,
) -> tuple[FormPart, ...]:
    """Return what a task writes, a part for each form, filled from the draft or the document.

    Takes:   current, for a page: what nobody types stands beside the draft, and a section is filled
             from the document where somebody has changed that since the draft was begun: a draft
             written without sight of the change cannot be sent; past, where the task was done
             before and is only put on record.
    """
    instance, element = file.instance(task.instance_id), element_of(file, task)
    wanted: dict[str, list[str]] = {}
    for use in element.forms:
        form = file.definitions.forms[use.form]
        wanted.setdefault(use.form, []).extend(
            use.sections or [section.id for section in form.sections]
        )
    return tuple(
        _form_part(
            file,
            file.definitions.forms[name],
            tuple(sections),
            task,
            instance,
            draft,
            current=current,
            anew=element.anew,
            past=past,
        )
        for name, sections in wanted.items()
    )


def seen_input(form: Form, section: str = "") -> str:
    """Return the name of the input that says which version of a document a page was filled from.

    No key of a form begins so, so it cannot meet the name of a field.

    Takes:   section, for a page that shows one section only.
    """
    return f"{_SEEN}{form.id}-{section}" if section else f"{_SEEN}{form.id}"


def seen_version(form: Form, posted: Posted | None, newest: int, section: str = "") -> int:
    """Return the version that a page was filled from; the newest, where nothing says.

    Takes:   section, for what is known of one section, by a page of its own or of the whole.
    """
    typed = posted or {}
    names = [seen_input(form, section), seen_input(form)]
    said = next((typed[name][0] for name in names if typed.get(name)), "")
    return min(int(said[:9]), newest) if said.isascii() and said.isdigit() else newest


def typed_sections(form: Form, sections: Iterable[str], draft: Posted | None) -> frozenset[str]:
    """Return the sections that a draft holds: all, unless it was saved section by section."""
    if draft is None:
        return frozenset()
    if not any(name.startswith(_SEEN) and name.count("-") > 1 for name in draft):
        return frozenset(sections)
    return frozenset(one for one in sections if seen_input(form, one) in draft)


def typed_in(parts: Iterable[FormPart]) -> dict[str, list[str]]:
    """Return all that stands in the inputs of a task, whether typed now or recorded before."""
    return {name: values for part in parts for name, values in part.posted.items()}


def _form_part(
    file: CaseFile,
    form: Form,
    sections: tuple[str, ...],
    task: UserTask,
    instance: ProcessInstance,
    draft: Posted | None,
    *,
    current: bool = False,
    anew: bool = False,
    past: forms.Past | None = None,
) -> FormPart:
    key = document_key(form, task.item_key, instance)
    found = documents.current(file.session, file.case.id, key)
    newest = found.number if found else 0
    content = found.content if found else {}
    row = documents.find(file.session, file.case.id, key) if found else None
    content = access.without_private(file, form, row, content)
    if anew:
        content = {key: part for key, part in content.items() if key not in sections}
    typed = typed_sections(form, sections, draft)
    seen = {
        one: seen_version(form, draft, newest, one) if one in typed else newest for one in sections
    }
    overtaken = frozenset(
        one
        for one in typed
        if found and documents.changed_since(file.session, found, seen[one], [one])
    )
    kept = typed - overtaken if current else typed
    posted = forms.of_sections(form, kept, draft or {})
    beside = forms.Around(existing=content)
    if current or kept != set(sections):
        beside = replace(around(file, form, content, task.item_key), past=past)
        standing = forms.standing_values(
            form,
            sections,
            names=file.names(task.item_key),
            functions=file.functions(task.item_key),
            around=beside,
        )
        shown = forms.to_posted(form, sections, standing)
        others = [one for one in sections if one not in kept]
        if current:
            posted = forms.with_standing(form, sections, posted, shown)
        posted = {**posted, **forms.of_sections(form, others, shown)}
    base = newest if current else min((seen[one] for one in overtaken), default=newest)
    return FormPart(
        form=form,
        sections=sections,
        key=key,
        base_version=base,
        posted={**posted, seen_input(form): [str(base)]},
        content=content,
        around=beside,
        typed=typed,
        overtaken=overtaken,
        earlier=forms.of_sections(form, overtaken, draft or {}),
        seen={one: newest if current and one in overtaken else seen[one] for one in sections},
    )


def clean_parts(
    file: CaseFile,
    task: UserTask,
    parts: Iterable[FormPart],
    posted: Posted,
    signature: Mapping[str, Any] | None = None,
    past: forms.Past | None = None,
) -> list[forms.Cleaned]:
    """Check what was typed into the parts of a task, each by its form."""
    return [
        forms.clean(
            part.form,
            part.sections,
            posted,
            names=file.names(task.item_key),
            functions=file.functions(task.item_key),
            around=replace(
                around(file, part.form, part.content, task.item_key, signature), past=past
            ),
        )
        for part in parts
    ]


def around(
    file: CaseFile,
    form: Form,
    content: dict[str, Any],
    item_key: str,
    signature: Mapping[str, Any] | None = None,
) -> forms.Around:
    """Return what stands around the answers to a form on this case."""
    session, case_id = file.session, file.case.id
    kinds = {field.type for field in form.fields}
    links, kept, used = {}, {}, []
    roles = None
    if any(field.signers for field in form.fields) and file.actor != audit.SYSTEM:
        roles = people.actor_roles(session, uuid.UUID(file.actor), file.case, item_key)
    if "adolyguLink" in kinds:
        links = {row.form: str(row.id) for row in documents.documents(session, case_id)}
    if "filepicker" in kinds:
        kept = _own_uploads(file)
    if any(field.items for field in form.fields):
        used = list(session.scalars(select(Item.key).where(Item.case_id == case_id)))
    return forms.Around(
        existing=content,
        kept=kept,
        links=links,
        signature=signature,
        decide=decide_for(file, item_key),
        used_keys=used,
        about=lambda kind: _items_of(file, kind),
        roles=roles,
        clocks={row.timescale for row in file.clocks.values() if row.state != "not_started"},
    )


def _items_of(file: CaseFile, kind: str) -> list[tuple[str, dict[str, feel.Value]]]:
    """Return what rows tell of: the items of a kind, each with its facts, or a list of contexts.

    A context stands under `source`, and its `_key` is the key of its row.
    """
    if kind in file.definitions.facts:
        return steps.rows_told(file, kind)
    of_kind = [fact.name for fact in file.definitions.facts.values() if fact.scope == kind]
    found = []
    for item in file.items:
        if item.kind == kind:
            names = file.names(item.key)
            found.append((item.key, {name: names[name] for name in of_kind}))
    return found


def _own_uploads(file: CaseFile) -> dict[str, Any]:
    try:
        account_id = uuid.UUID(file.actor)
    except ValueError:  # the system and scenarios looking on have no files of their own
        return {}
    return dict(uploads.references(file.session, file.case.id, account_id))


def decide_for(file: CaseFile, item_key: str) -> Callable[[str, Mapping[str, Any]], list[str]]:
    """Return the function by which a form asks a decision table for the rows that fail."""

    def failures(decision_id: str, names: Mapping[str, feel.Value]) -> list[str]:
        table = file.definitions.decisions[decision_id]
        return list(decisions.decide(table, names, file.functions(item_key)).rules)

    return failures


def document_key(form: Form, item_key: str, instance: ProcessInstance) -> DocumentKey:
    """Return what tells a form's documents on a case apart: item and occasion."""
    if form.per == "case":
        return DocumentKey(form.id)
    return DocumentKey(form.id, item_key, str(instance.number) if form.per == "occasion" else "")


def clock_summaries(file: CaseFile) -> list[ClockSummary]:
    """Return the clocks of a case as they stand at this moment, the most pressing first."""
    order = {"overdue": 0, "due_soon": 1, "running": 2, "not_started": 3, "met": 4, "ended": 5}
    rows = sorted(
        # A clock that the case kept on an earlier deployment alone stays on record, not on pages.
        (row for row in file.clocks.values() if row.timescale in file.definitions.timescales),
        key=lambda row: (order[row.state], row.due_on or date.max, row.timescale, row.item_key),
    )
    return [_clock_summary(file, row) for row in rows]


def summarise(session: Session, tasks: Iterable[UserTask], actor: Actor) -> list[TaskSummary]:
    """Return tasks as people read them, in the order given, in a handful of queries."""
    wanted = list(tasks)
    case_ids = {task.case_id for task in wanted}
    files = store.read_cases(session, case_ids, str(actor.account_id))
    cases = [file.case for file in files.values()]
    holders = people.holders_of_tasks(session, cases, wanted, time_source.today(session))
    openable = access.openable_among(session, actor, case_ids)
    return [
        _summary(
            files[task.case_id],
            task,
            actor,
            holders[task.id],
            openable,
        )
        for task in wanted
    ]


@lru_cache(maxsize=4096)
def timescales_of(definitions: Definitions, process: str, element_id: str) -> tuple[str, ...]:
    """Return the timescales that completing a step bears on, the shortest name first."""
    definition = definitions.processes[process]
    element = definition.elements[element_id]
    found = {
        other.timescale
        for other in definition.elements.values()
        if other.attached_to == element_id and other.timescale
    }
    written = _written(definitions, element)
    sources = {fact.name: set(fields_of(fact)) for fact in definitions.facts.values()}
    for row in definitions.timescales.values():
        if set(row.ends) & set(element.requirement) or any(
            sources.get(name, set()) & written for name in behind(definitions.facts, row.ends)
        ):
            found.add(row.key)
    return tuple(sorted(key for key in found if key in definitions.timescales))


@lru_cache(maxsize=4096)
def steps_that_meet(
    definitions: Definitions, process: str, timescale: str
) -> tuple[tuple[str, str], ...]:
    """Return the steps of a process, and of what it calls, that meet a clock.

    Returns: (process, element), each element once: reviews of both types have the same steps.
    """
    row = definitions.timescales[timescale]
    fields = {
        one
        for name in behind(definitions.facts, row.ends)
        for one in fields_of(definitions.facts[name])
    }
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(deployments.called_by(definitions.processes, process)):
        for element in definitions.processes[name].elements.values():
            meets = set(row.ends) & set(element.requirement) or fields & _written(
                definitions, element
            )
            if element.kind == "userTask" and meets:
                found.setdefault(element.id, (name, element.id))
    return tuple(found.values())


@lru_cache(maxsize=4096)
def started_by(definitions: Definitions, process: str, element_id: str) -> tuple[str, ...]:
    """Return the timescales that begin to run with what a step records, and end on a day set."""
    written = _written(definitions, definitions.processes[process].elements[element_id])
    return tuple(
        row.key
        for row in definitions.timescales.values()
        if row.until
        and row.runs_from in definitions.facts
        and written & set(fields_of(definitions.facts[row.runs_from]))
    )


def set_for(reason: Mapping[str, Any]) -> date | None:
    """Return the last day that was set for a clock that has not begun to run, from its reason."""
    return date.fromisoformat(reason["set_for"]) if "set_for" in reason else None


def _written(definitions: Definitions, element: Element) -> set[tuple[str, str]]:
    """Return form and key of each field that a step writes."""
    return {
        (use.form, field.key)
        for use in element.forms
        for section in use.sections or [s.id for s in definitions.forms[use.form].sections]
        for field in definitions.forms[use.form].section(section).fields
    }


def _is_group(task: TaskSummary) -> bool:
    return len(task.assigned_names) > 1 and not task.claimed_by_name


def _summary(
    file: CaseFile,
    task: UserTask,
    actor: Actor,
    holders: Mapping[uuid.UUID, str],
    openable: Collection[uuid.UUID],
) -> TaskSummary:
    session = file.session
    instance, element = file.instance(task.instance_id), element_of(file, task)
    pressing = _pressing(file, instance.process, task)
    name = Text(element.name("en"), element.name("cy"))
    return TaskSummary(
        id=task.id,
        name=name,
        title=items.told_apart(file, name, task.item_key),
        requirement=task.requirement,
        case_id=file.case.id,
        case_identifier=file.case.identifier,
        process=process_name(file.definitions, instance.process),
        item_label=item_label(file, task.item_key),
        roles=tuple(
            file.definitions.roles.get(role).text
            for role in file.definitions.roles.counting_on(file.case.process, task.role.split())
        ),
        state=task.state,
        opened_at=task.opened_at,
        closed_at=task.closed_at,
        closed_by_name=accounts.name_of(session, task.closed_by),
        closed_why=task.closed_why,
        due_on=pressing.due_on,
        clock_state=pressing.state,
        timescale=pressing.timescale,
        claimed_by_name=_taken_by(session, task, holders),
        claimed_by_me=task.claimed_by == actor.account_id,
        assigned_names=tuple(dict.fromkeys(holders.values())),
        may_open_case=file.case.id in openable,
        rests=steps.why_rests(file, instance) if task.state == "open" else None,
    )


def _taken_by(session: Session, task: UserTask, holders: Collection[uuid.UUID]) -> str:
    """Return who took a task; nobody, where they can do it no more, so that it is free again."""
    if task.claimed_by is None or (task.state == "open" and task.claimed_by not in holders):
        return ""
    return accounts.name_of(session, str(task.claimed_by))


def process_name(definitions: Definitions, process: str) -> Text:
    """Return what people call a process."""
    definition = definitions.processes[process]
    return Text(definition.name("en"), definition.name("cy"))


def item_label(file: CaseFile, item_key: str) -> Text | None:
    """Return what people call an item of the case; its key when it is gone."""
    if not item_key:
        return None
    found = next((item for item in file.items if item.key == item_key), None)
    return label_of(file, found) if found else Text(item_key, item_key)


def label_of(file: CaseFile, item: Item) -> Text:
    """Return what people call an item; where it was chosen from a list, in both languages."""
    return items.label_in(file.definitions, item)


class _Pressing(NamedTuple):
    """By when a task is to be done, how that stands, and by which timescale; empty where none."""

    due_on: date | None = None
    state: str = ""
    timescale: str = ""


def _pressing(file: CaseFile, process: str, task: UserTask) -> _Pressing:
    live = [
        _Pressing(row.due_on, row.state, row.timescale)
        for row in _rows(file, task, timescales_of(file.definitions, process, task.bpmn_id))
        if row.due_on and row.state not in ("met", "ended")
    ]
    # What a clock waits for is late where the last day set for that clock has passed.
    today = time_source.local_day(file.now)
    waiting = [
        _Pressing(day, "overdue" if day < today else "running", row.timescale)
        for row in _rows(file, task, started_by(file.definitions, process, task.bpmn_id))
        if row.state == "not_started" and (day := set_for(row.reason))
    ]
    return min(live or waiting, key=lambda one: (one.due_on, one.timescale), default=_Pressing())


def _rows(file: CaseFile, task: UserTask, keys: Iterable[str]) -> list[Clock]:
    """Return the clocks of a task's item, or of the case, by timescale."""
    known = file.clocks
    found = (known.get((key, task.item_key)) or known.get((key, NO_ITEM)) for key in keys)
    return [row for row in found if row is not None]


def _clock_summary(file: CaseFile, row: Clock) -> ClockSummary:
    timescale = file.definitions.timescales[row.timescale]
    view = clocks.compute(
        timescale, store.known_for_clocks(file, row.item_key), file.now, set(row.stages_passed)
    )
    names = {name: fact.text for name, fact in file.definitions.facts.items()}
    today = time_source.local_day(file.now)
    live = view.due_on is not None and view.state not in ("met", "ended")
    rests = timekeeping.rests_with_case(file, timescale)
    late, over_on = view.late, view.reason.get("ended_on")
    over = date.fromisoformat(over_on) if over_on else None
    if rests and live:
        late = timekeeping.was_late_when_closed(file, view.due_on)
        over = time_source.local_day(file.case.closed_at) if file.case.closed_at else None
    return ClockSummary(
        timescale=row.timescale,
        name=timescale.name,
        state=row.state if rests else view.state,
        late=late,
        days_late=(over - view.due_on).days if late and over and view.due_on else 0,
        from_on=view.from_on,
        due_on=view.due_on,
        met_on=view.met_on,
        days_left=(view.due_on - today).days if live and view.due_on else None,
        why=clocks.why(view, names),
        cite=timescale.cite,
        source=timescale.source,
        item_key=row.item_key,
        item_label=item_label(file, row.item_key),
        stages=tuple((stage.key, stage.level, stage.at, stage.passed) for stage in view.stages),
    )


def _shown(
    file: CaseFile, element: Element, task: UserTask, actor: Actor, roles: Held
) -> Iterable[ShownDocument]:
    for use in element.shows:
        form = file.definitions.forms[use.form]
        query = select(Document).where(Document.case_id == file.case.id, Document.form == form.id)
        if form.per not in ("case", "occasion") and task.item_key:
            query = query.where(Document.item_key == task.item_key)
        for row in file.session.scalars(query.order_by(Document.created_at, Document.id)):
            content = access.readable_content(file, actor, roles, row)
            wanted = use.sections or [section.id for section in form.sections]
            cut = {name: values for name, values in (content or {}).items() if name in wanted}
            if cut:
                label = item_label(file, row.item_key)
                readable = access.readable_parts(file, actor, roles, row)
                yield ShownDocument(row.id, form, row.version, label, cut, readable)
