"""Say what people see of user tasks: summaries for lists, and the page of one task."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    clocks,
    db,
    decisions,
    documents,
    feel,
    forms,
    people,
    steps,
    store,
    time_source,
    uploads,
)
from engine.deployments import Definitions
from engine.documents import DocumentKey
from engine.errors import NotFound
from engine.facts import fields_of
from engine.forms import Form
from engine.models import Clock, Document, Item, ProcessInstance, UserTask
from engine.people import Actor, Held
from engine.store import NO_ITEM, CaseFile
from engine.texts import Text
from engine.workflow import Element

Posted = Mapping[str, list[str]]


@dataclass(frozen=True)
class ClockSummary:
    """A clock as people read it."""

    timescale: str
    name: Text
    state: str
    late: bool
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
    #: what the pause of its case hangs on, while it cannot be claimed or completed
    rests: Text | None = None


@dataclass(frozen=True)
class FormPart:
    """A form, or some sections of it, as one task writes it."""

    form: Form
    sections: tuple[str, ...]
    key: DocumentKey
    base_version: int
    posted: Posted
    content: dict[str, Any]

    def with_typed(self, posted: Posted) -> FormPart:
        """Return the part with what was typed, beside what nobody types."""
        shown = forms.with_standing(self.form, self.sections, posted, self.posted)
        return replace(self, posted=shown)


@dataclass(frozen=True)
class ShownDocument:
    """A document shown beside a task, cut down to what this person may read."""

    document_id: uuid.UUID
    form: Form
    version: int
    item_label: Text | None
    content: dict[str, Any]


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
    signature_needed: bool
    warnings: tuple[Any, ...] = ()


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
            if clock.timescale in timescales_of(file.definitions, instance.process, element.id)
            and (not task.item_key or clock.item_key in (NO_ITEM, task.item_key))
        ),
        names=file.names(task.item_key),
        functions=file.functions(task.item_key),
        may_submit=may_submit,
        submit_key=submit_key,
        draft_saved_at=draft.saved_at if draft else None,
        signature_needed=any(needs_signature(part) for part in parts),
    )


def element_of(file: CaseFile, task: UserTask) -> Element:
    """Return the step of the diagram that a task stands for."""
    process = file.instance(task.instance_id).process
    return file.definitions.processes[process].elements[task.bpmn_id]


def form_parts(
    file: CaseFile, task: UserTask, draft: Posted | None, *, current: bool = False
) -> tuple[FormPart, ...]:
    """Return what a task writes, a part for each form, filled from the draft or the document.

    Takes:   current, for a page: what nobody types stands beside the draft, and a part is filled
             from the document where somebody has changed that since the draft was begun: a draft
             written without sight of the change cannot be sent.
    """
    instance, element = file.instance(task.instance_id), element_of(file, task)
    wanted: dict[str, list[str]] = {}
    for use in element.forms:
        form = file.definitions.forms[use.form]
        wanted.setdefault(use.form, []).extend(
            use.sections or [section.id for section in form.sections]
        )
    found = []
    for name, sections in wanted.items():
        form, place = file.definitions.forms[name], (tuple(sections), task, instance)
        part = _form_part(file, form, *place, draft, current=current)
        if current and draft is not None and _was_overtaken(file, part):
            part = _form_part(file, form, *place, None)
        found.append(part)
    return tuple(found)


def seen_input(form: Form) -> str:
    """Return the name of the input that says which version of a document a page was filled from.

    No key of a form begins so, so it cannot meet the name of a field.
    """
    return f"_seen-{form.id}"


def seen_version(form: Form, posted: Posted | None, newest: int) -> int:
    """Return the version that a page was filled from; the newest, where nothing says."""
    said = next(iter((posted or {}).get(seen_input(form), [])), "")
    return min(int(said[:9]), newest) if said.isascii() and said.isdigit() else newest


def _was_overtaken(file: CaseFile, part: FormPart) -> bool:
    newest = documents.current(file.session, file.case.id, part.key)
    if newest is None or newest.number == part.base_version:
        return False
    return bool(documents.changed_since(file.session, newest, part.base_version, part.sections))


def _form_part(
    file: CaseFile,
    form: Form,
    sections: tuple[str, ...],
    task: UserTask,
    instance: ProcessInstance,
    draft: Posted | None,
    *,
    current: bool = False,
) -> FormPart:
    key = document_key(form, task.item_key, instance)
    found = documents.current(file.session, file.case.id, key)
    content = found.content if found else {}
    row = documents.find(file.session, file.case.id, key) if found else None
    content = access.without_private(file, form, row, content)
    posted: Posted = draft or {}
    if draft is None or current:
        standing = forms.standing_values(
            form,
            sections,
            names=file.names(task.item_key),
            functions=file.functions(task.item_key),
            around=around(file, form, content, task.item_key),
        )
        shown = forms.to_posted(form, sections, standing)
        posted = shown if draft is None else forms.with_standing(form, sections, draft, shown)
    base = seen_version(form, posted, found.number if found else 0)
    return FormPart(
        form=form,
        sections=sections,
        key=key,
        base_version=base,
        posted={**posted, seen_input(form): [str(base)]},
        content=content,
    )


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


def needs_signature(part: FormPart) -> bool:
    """Say whether somebody signs in these sections."""
    return any(
        field.type == "adolyguSignature"
        for section in part.sections
        for field in part.form.section(section).fields
    )


def clock_summaries(file: CaseFile) -> list[ClockSummary]:
    """Return the clocks of a case as they stand at this moment, the most pressing first."""
    order = {"overdue": 0, "due_soon": 1, "running": 2, "not_started": 3, "met": 4, "ended": 5}
    rows = sorted(
        file.clocks.values(),
        key=lambda row: (order[row.state], row.due_on or date.max, row.timescale, row.item_key),
    )
    return [_clock_summary(file, row) for row in rows]


def summarise(session: Session, tasks: Iterable[UserTask], actor: Actor) -> list[TaskSummary]:
    """Return tasks as people read them, in the order given, in a handful of queries."""
    wanted = list(tasks)
    case_ids = {task.case_id for task in wanted}
    files = store.read_cases(session, case_ids, str(actor.account_id))
    cases = [file.case for file in files.values()]
    names = people.holders_of_tasks(session, cases, wanted, time_source.today(session))
    return [_summary(files[task.case_id], task, actor, names[task.id]) for task in wanted]


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
    written = {
        (use.form, field.key)
        for use in element.forms
        for section in use.sections or [s.id for s in definitions.forms[use.form].sections]
        for field in definitions.forms[use.form].section(section).fields
    }
    sources = {fact.name: set(fields_of(fact)) for fact in definitions.facts.values()}
    for row in definitions.timescales.values():
        if set(row.ends) & set(element.requirement) or any(
            sources.get(name, set()) & written for name in row.ends
        ):
            found.add(row.key)
    return tuple(sorted(key for key in found if key in definitions.timescales))


def _is_group(task: TaskSummary) -> bool:
    return len(task.assigned_names) > 1 and not task.claimed_by_name


def _summary(file: CaseFile, task: UserTask, actor: Actor, holders: list[str]) -> TaskSummary:
    session = file.session
    instance, element = file.instance(task.instance_id), element_of(file, task)
    clock = _pressing(file, instance.process, task)
    return TaskSummary(
        id=task.id,
        name=Text(element.name("en"), element.name("cy")),
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
        due_on=clock.due_on if clock else None,
        clock_state=clock.state if clock else "",
        timescale=clock.timescale if clock else "",
        claimed_by_name=accounts.name_of(session, str(task.claimed_by or "")),
        claimed_by_me=task.claimed_by == actor.account_id,
        assigned_names=tuple(holders),
        rests=steps.why_rests(file, instance) if task.state == "open" else None,
    )


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
    return label_in(file.definitions, item)


def label_in(definitions: Definitions, item: Item) -> Text:
    """Return what people call an item of a case with these definitions."""
    label = str(item.label)
    return _chosen_labels(definitions).get((item.list, label)) or Text(label, label)


@lru_cache(maxsize=16)
def _chosen_labels(definitions: Definitions) -> Mapping[tuple[str, str], Text]:
    """Return, by item list and value, the choices from which the items of a list are named."""
    return {
        (rows.items.list, option.value): option.text
        for form in definitions.forms.values()
        for rows in form.fields
        if rows.items is not None
        for column in rows.columns
        if column.key == rows.items.label
        for option in column.options
    }


def _pressing(file: CaseFile, process: str, task: UserTask) -> Clock | None:
    rows = [
        file.clocks.get((key, task.item_key)) or file.clocks.get((key, NO_ITEM))
        for key in timescales_of(file.definitions, process, task.bpmn_id)
    ]
    live = [row for row in rows if row and row.due_on and row.state not in ("met", "ended")]
    return min(live, key=lambda row: (row.due_on, row.timescale), default=None)


def _clock_summary(file: CaseFile, row: Clock) -> ClockSummary:
    timescale = file.definitions.timescales[row.timescale]
    view = clocks.compute(
        timescale, store.known_for_clocks(file, row.item_key), file.now, set(row.stages_passed)
    )
    names = {name: fact.text for name, fact in file.definitions.facts.items()}
    today = time_source.local_day(file.now)
    live = view.due_on is not None and view.state not in ("met", "ended")
    return ClockSummary(
        timescale=row.timescale,
        name=timescale.name,
        state=row.state if file.case.state == "closed" else view.state,
        late=view.late,
        from_on=view.from_on,
        due_on=view.due_on,
        met_on=view.met_on,
        days_left=(view.due_on - today).days if live and view.due_on else None,
        why=clocks.why(timescale, view, names),
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
                yield ShownDocument(row.id, form, row.version, item_label(file, row.item_key), cut)
