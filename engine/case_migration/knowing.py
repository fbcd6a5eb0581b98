"""Take over what is known of a case, and say what another version asks that nobody can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from engine import documents, facts, feel, store, time_source
from engine.case_migration.told import Told, name_of
from engine.deployments import Definitions, Writing, writing_of
from engine.models import DecisionResult, Document, ProcessInstance
from engine.store import NO_ITEM, CaseFile
from engine.workflow import Element, ProcessDefinition, Workflow

#: Kinds of facts that somebody has to have written down: the others are worked out.
_WRITTEN = ("field", "version", "gathered", "decision", "step", "carried")


def take_over(file: CaseFile, old: Definitions) -> None:
    """Lift what only the new version declares out of what was recorded, each on its own day."""
    new = {name for name in file.definitions.facts if _is_new(file.definitions, old, name)}
    if not new:
        return
    for row in documents.documents(file.session, file.case.id):
        version = documents.version(file.session, row.id, row.version)
        lifted = _of_document(file, row, version.content, row.version)
        _write(file, {key: one for key, one in lifted.items() if key[0] in new}, version)
    results = select(DecisionResult).where(DecisionResult.case_id == file.case.id)
    for found in file.session.scalars(results.order_by(DecisionResult.at, DecisionResult.id)):
        given = facts.from_decision(
            file.definitions.facts, found.decision, feel.from_json(found.result)
        )
        values = {(name, found.item_key): one for name, one in given.items() if name in new}
        _write(file, values, found)


def missing(
    file: CaseFile, old: Definitions, flows: Mapping[str, tuple[ProcessInstance, Workflow]]
) -> Iterator[Told]:
    """Yield the facts that a new choice ahead of a case asks for, and that no step ahead gives."""
    writing, ahead = writing_of(file.definitions), list(_ahead(file, flows))
    given = _given_ahead(file, writing, ahead)
    for definition, element in ahead:
        before = old.processes.get(definition.id)
        for flow in definition.outgoing.get(element.id, ()):
            was = before.flows.get(flow.id) if before else None
            if not flow.condition:
                continue
            asked = facts.behind(
                file.definitions.facts, feel.compile_expression(flow.condition).names
            )
            for name in sorted(asked - given):
                is_new = was is None or was.condition != flow.condition
                if (is_new or _is_new(file.definitions, old, name)) and _is_unknown(file, name):
                    said = {"step": name_of(element), "fact": file.definitions.facts[name].text}
                    yield Told("fact_missing", said)


def unknown(
    file: CaseFile, old: Definitions, flows: Mapping[str, tuple[ProcessInstance, Workflow]]
) -> Iterator[Told]:
    """Yield the facts that only the new version declares, and that nobody will be asked for."""
    writing = writing_of(file.definitions)
    given = _given_ahead(file, writing, list(_ahead(file, flows)))
    texts = [
        declared.text
        for name, declared in file.definitions.facts.items()
        if name not in given
        and _is_new(file.definitions, old, name)
        and _is_unknown(file, name)
        # What other processes alone write is no matter of this case.
        and name in _given_at_all(file, writing)
    ]
    if texts:
        yield Told("not_known", {"facts": tuple(texts)})


def _is_new(new: Definitions, old: Definitions, name: str) -> bool:
    was, now = old.facts.get(name), new.facts[name]
    return was is None or (was.kind, was.source, was.type) != (now.kind, now.source, now.type)


def _is_unknown(file: CaseFile, name: str) -> bool:
    declared = file.definitions.facts[name]
    held = [known for (key, _), known in file.facts.items() if key == name]
    return declared.kind in _WRITTEN and not any(one.value is not None for one in held)


def _of_document(
    file: CaseFile, row: Document, content: Mapping[str, Any], number: int
) -> dict[tuple[str, str], feel.Value]:
    declared, form = file.definitions.facts, file.definitions.forms[row.form]
    there = [section.id for section in form.sections if section.id in content]
    lifted = facts.lift(declared, form, content, there, number)
    values = {
        (name, NO_ITEM if declared[name].scope == facts.CASE else row.item_key): one
        for name, one in lifted.items()
    }
    return {**values, **facts.lift_rows(declared, form, content, there)}


def _write(file: CaseFile, values: dict[tuple[str, str], feel.Value], source: Any) -> None:
    known = {key: one for key, one in values.items() if one is not None and key not in file.facts}
    if known:
        with time_source.recorded(file.session, source.at):
            store.write_facts(file, known, str(source.id))


def _ahead(
    file: CaseFile, flows: Mapping[str, tuple[ProcessInstance, Workflow]]
) -> Iterator[tuple[ProcessDefinition, Element]]:
    """Yield what the open instances of a case may still come to, also in what they call."""
    seen: set[tuple[str, str]] = set()
    for instance, flow in flows.values():
        definition = file.definitions.processes[instance.process]
        waiting = {key for key, word in flow.token_states().items() if word == "open"}
        todo = [(definition, key) for key in waiting if key in definition.elements]
        while todo:
            process, key = todo.pop()
            if (process.id, key) in seen:
                continue
            seen.add((process.id, key))
            element = process.elements[key]
            yield process, element
            # Inside a sub-process that is open, what is ahead is told by its own tokens.
            is_begun = process is definition and key in waiting
            todo += [(process, one) for one in _next(process, element, inside=not is_begun)]
            called = file.definitions.processes.get(element.called)
            if called is not None:
                todo += [(called, one) for one in called.elements]


def _next(process: ProcessDefinition, element: Element, *, inside: bool) -> Iterator[str]:
    yield from (flow.target for flow in process.outgoing.get(element.id, ()))
    if element.scope:
        yield from (flow.target for flow in process.outgoing.get(element.scope, ()))
    for other in process.elements.values():
        if element.id == other.attached_to or (inside and element.id == other.scope):
            yield other.id


def _given_ahead(
    file: CaseFile, writing: Writing, ahead: list[tuple[ProcessDefinition, Element]]
) -> frozenset[str]:
    """Return the facts that a step ahead, or a side process, may still give."""
    found: set[str] = set()
    for definition, element in ahead:
        found |= writing.of(element)
        for flow in definition.outgoing.get(element.id, ()):
            found |= writing.of(flow)
    for process in file.definitions.processes.values():
        if "side" in process.kind.split() and process.goes_with(file.case.process):
            found |= writing.of_process(process.id)
    return frozenset(found)


def _given_at_all(file: CaseFile, writing: Writing) -> frozenset[str]:
    return writing.of_process(file.case.process)
