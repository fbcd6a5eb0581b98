"""Lock, read and save a case: everything one transaction knows of it, loaded once.

`save_case` is the one way to write a case, so nothing can change without its audit event.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from engine import audit, clocks, db, deployments, facts, feel, likeness, time_source, timescales
from engine.deployments import Definitions
from engine.errors import NotFound
from engine.memory import Memory
from engine.models import (
    Account,
    Appointment,
    Board,
    Case,
    CaseMove,
    Clock,
    DecisionResult,
    Fact,
    Item,
    ProcessInstance,
    Timer,
    new_id,
)
from engine.workflow import Element, ProcessDefinition

NO_ITEM = ""

#: Facts of this prefix say that a step that a timescale names was completed.
STEP = "step:"


_CASE_ID: BindParameter[Any] = bindparam("case_id")
_ITEMS = (
    select(Item)
    .where(Item.case_id == _CASE_ID, Item.removed_at.is_(None))
    .order_by(Item.list, Item.number, Item.id)
)
#: Timers and clocks are added through the file alone, which reads them first: nothing of theirs can
#: wait to be written, and writing everything else before they are read would only cost.
_TIMERS = select(Timer).where(Timer.case_id == _CASE_ID).execution_options(autoflush=False)
_CLOCKS = select(Clock).where(Clock.case_id == _CASE_ID).execution_options(autoflush=False)
_TIMER_ROWS = cast(Table, Timer.__table__)
_DROP_TIMER = delete(_TIMER_ROWS).where(
    _TIMER_ROWS.c.case_id == _CASE_ID, _TIMER_ROWS.c.token == bindparam("token")
)
_MOVES = select(CaseMove).where(CaseMove.case_id == _CASE_ID).order_by(CaseMove.number.desc())
_OPEN_INSTANCES = select(ProcessInstance).where(
    ProcessInstance.case_id == _CASE_ID, ProcessInstance.state == "open"
)


_CASE_IDS: BindParameter[Any] = bindparam("case_ids", expanding=True)
_CASES = select(Case).where(Case.id.in_(_CASE_IDS))
_CLOCKS_OF_CASES = select(Clock).where(Clock.case_id.in_(_CASE_IDS))
_ITEMS_OF_CASES = (
    select(Item)
    .where(Item.case_id.in_(_CASE_IDS), Item.removed_at.is_(None))
    .order_by(Item.case_id, Item.list, Item.number, Item.id)
)
_OPEN_INSTANCES_OF_CASES = select(ProcessInstance).where(
    ProcessInstance.case_id.in_(_CASE_IDS), ProcessInstance.state == "open"
)


@lru_cache(maxsize=8)
def _find_case(dialect: str, lock: bool, skip_locked: bool) -> Select[Any]:
    """Return the query for a case, built once: building costs more than asking.

    It tells the moment as well, but not while it may wait for a lock on PostgreSQL, which would
    look at the clock before the wait.
    """
    waits = lock and dialect == "postgresql"
    columns = () if waits else time_source.columns_for(dialect)
    query = select(Case, *columns).where(Case.id == _CASE_ID)
    if lock:
        query = query.with_for_update(of=Case, skip_locked=skip_locked)
    return query.execution_options(populate_existing=True)


@dataclass(frozen=True)
class Known:
    """A fact that holds now: its value, the day it was set, and how often it has changed."""

    value: feel.Value
    set_on: date
    number: int

    @cached_property
    def value_as_json(self) -> Any:
        """Return the value as JSON, worked out once however often the facts beside it change."""
        return feel.to_json(self.value)


#: The facts of cases by the JSON in which they are written down, each never changed.
_facts_read: Memory[Mapping[tuple[str, str], Known]] = Memory()


class _Kept(Known):
    """A fact as it is kept: its value is read once somebody asks for it.

    The rows of agency timelines are facts too, thousands of them, and most pages ask for none.
    """

    def __init__(self, written: Any, set_on: date, number: int) -> None:
        vars(self).update(value_as_json=written, set_on=set_on, number=number)

    @cached_property
    def value(self) -> feel.Value:
        """Return the value that was written."""
        return feel.from_json(self.value_as_json)


@dataclass
class CaseFile:
    """What one transaction knows of a case."""

    session: Session
    case: Case
    definitions: deployments.Definitions
    actor: str
    facts: dict[tuple[str, str], Known]
    facts_changed: set[tuple[str, str]] = field(default_factory=set)
    items_added: list[Item] = field(default_factory=list)
    #: Whether this transaction has changed an item list.
    items_moved: bool = False
    _was_closed: bool = False
    _items: list[Item] | None = None
    _timers: dict[str, Timer] | None = None
    _instances: dict[uuid.UUID, ProcessInstance] = field(default_factory=dict)
    _open_instances_read: bool = False
    _clocks: dict[tuple[str, str], Clock] | None = None
    _names: dict[str, dict[str, feel.Value]] = field(default_factory=dict)
    _past: list[Definitions] | None = None

    def __post_init__(self) -> None:
        """Remember how the case stood."""
        self._was_closed = self.case.state == "closed"

    @property
    def closes(self) -> bool:
        """Say whether the case comes to its end in this transaction."""
        return self.case.state == "closed" and not self._was_closed

    @property
    def now(self) -> datetime:
        """Return the moment of this transaction."""
        return time_source.now(self.session)

    @property
    def stands_still(self) -> bool:
        """Say whether clocks and timers stand as they would if they were looked at now.

        Midnight in Wales ends it at the latest, so a clock that was set back is noticed by its day.
        """
        until, now = self.case.kept_until, self.now
        known = until is not None and self.case.kept_version == self.case.version
        if until is None or not known or self.case.state == "closed":
            return False
        return now < until <= time_source.end_of_day(time_source.local_day(now))

    @property
    def items(self) -> list[Item]:
        """Return the items that are there now, in order."""
        if self._items is None:
            self._items = self._rows(_ITEMS)
        return self._items

    def instance(self, instance_id: uuid.UUID) -> ProcessInstance:
        """Return a process instance of the case, read once."""
        if instance_id not in self._instances:
            self._read_open_instances()
        if instance_id not in self._instances:
            self._instances[instance_id] = self.session.get_one(ProcessInstance, instance_id)
        return self._instances[instance_id]

    @property
    def open_instances(self) -> list[ProcessInstance]:
        """Return the instances that are open now, in the order in which they were started."""
        self._read_open_instances()
        rows = self._instances.values()
        return sorted((row for row in rows if row.state == "open"), key=lambda row: row.number)

    def take_instance(self, instance: ProcessInstance) -> None:
        """Take in an open instance that was read together with those of other cases."""
        self._instances[instance.id] = instance

    def _read_open_instances(self) -> None:
        """Read the open instances, which are wanted together as a rule, once."""
        if not self._open_instances_read:
            self._instances.update((row.id, row) for row in self._rows(_OPEN_INSTANCES))
            self._open_instances_read = True

    def _rows(self, query: Select[Any]) -> list[Any]:
        return [row for (row,) in db.find(self.session, query, case_id=self.case.id)]

    def add_instance(self, instance: ProcessInstance) -> None:
        """Take in an instance that this transaction starts."""
        self._instances[instance.id] = instance
        self.session.add(instance)

    @property
    def timers(self) -> dict[str, Timer]:
        """Return the timers of the case by token; `add_timer` and `drop_timer` change them."""
        if self._timers is None:
            self._timers = {row.token: row for row in self._rows(_TIMERS)}
        return self._timers

    def add_timer(self, timer: Timer) -> None:
        """Arm a timer."""
        self.case.kept_until = None
        self.timers[timer.token] = timer
        self.session.add(timer)

    def drop_timer(self, token: str) -> None:
        """Disarm a timer, if it is armed."""
        if self._timers is None:
            values = {"case_id": self.case.id, "token": token}
            db.change(self.session, _DROP_TIMER, Timer, values)
            return
        timer = self.timers.pop(token, None)
        if timer is not None and timer in self.session.new:
            self.session.expunge(timer)
        elif timer is not None:
            self.session.delete(timer)

    def turn_to(self, definitions: Definitions) -> None:
        """Go on with other definitions than the case began with."""
        self.definitions = definitions
        self._names.clear()
        self._past = None
        self.case.kept_until = None

    @property
    def past(self) -> list[Definitions]:
        """Return the definitions that the case had before each of its moves, the last ones first.

        It costs a query where the case was ever moved.
        """
        if self._past is None:
            self._past = []
            if self.case.moves:
                self._past = [
                    deployments.load(self.session, move.from_deployment_id)
                    for move in self._rows(_MOVES)
                ]
        return self._past

    def definition_of(self, instance: ProcessInstance) -> ProcessDefinition:
        """Return the diagram that an instance runs, or ran when it was stopped."""
        known = self.definitions.processes.get(instance.process)
        if known is not None and known.content_hash == instance.definition_hash:
            return known
        for definitions in self.past:
            then = definitions.processes.get(instance.process)
            if then is not None and then.content_hash == instance.definition_hash:
                return then
        return self.definitions.processes[instance.process]

    def source_of(self, definition: ProcessDefinition) -> bytes:
        """Return the file that a diagram was read from."""
        for definitions in self._all_definitions():
            if definitions.processes.get(definition.id) is definition:
                return definitions.sources[definition.path]
        raise KeyError(definition.id)

    def element(self, process: str, bpmn_id: str) -> Element:
        """Return an element of a process as the case has it, else as it had it last."""
        for definitions in self._all_definitions():
            found = definitions.processes.get(process)
            if found is not None and bpmn_id in found.elements:
                return found.elements[bpmn_id]
        raise KeyError(bpmn_id)

    def _all_definitions(self) -> Iterator[Definitions]:
        """Yield the definitions of the case, those of before only where they are asked for."""
        yield self.definitions
        yield from self.past

    def definitions_after(self, moves: int) -> Definitions:
        """Return the definitions that the case had after so many moves, to read its papers by."""
        return self.definitions if moves >= self.case.moves else self.past[-moves - 1]

    def forget_items(self) -> None:
        """Read the items, and what is known of each, anew when they are next asked for."""
        self._items = None
        self.items_moved = True
        self._names.clear()
        self.case.kept_until = None

    def items_of(self, list_name: str) -> list[str]:
        """Return the keys of an item list, in order."""
        return [item.key for item in self.items if item.list == list_name]

    @property
    def clocks(self) -> dict[tuple[str, str], Clock]:
        """Return the clocks of the case by timescale and item."""
        if self._clocks is None:
            rows = self._rows(_CLOCKS)
            self._clocks = {(row.timescale, row.item_key): row for row in rows}
        return self._clocks

    def names(self, item: str | None) -> Mapping[str, feel.Value]:
        """Return every declared fact by name, with those of one item; null where not known."""
        key = item or NO_ITEM
        if key not in self._names:
            values = {name: known.value for name, known in self.facts.items()}
            self._names[key] = dict(
                facts.names_for(
                    values,
                    item or None,
                    self.definitions.facts,
                    items=lambda kind: [item.key for item in self.items if item.kind == kind],
                    of_case={"identifier": self.case.identifier, "process": self.case.process},
                )
            )
        return self._names[key]

    def functions(self, item: str | None) -> dict[str, Any]:
        """Return `due`, `board name`, `today`, `now` and the others of ours, for one item."""
        return timescales.own_functions(
            self.now,
            lambda name: self.due(name, item or NO_ITEM),
            self._board_name,
            self._days_elsewhere,
            self._who_holds,
        )

    def _days_elsewhere(self, name: str) -> list[date]:
        """Return the days that a fact of the case holds on others of this process and Board.

        Days alone, for of another case nobody is to learn more; a case that was withdrawn counts
        for nothing.
        """
        others = select(Case).where(
            Case.board_id == self.case.board_id,
            Case.process == self.case.process,
            Case.id != self.case.id,
            not_withdrawn(),
        )
        held = [
            _read_facts(other.facts).get((name, NO_ITEM))
            for other in self.session.scalars(others.order_by(Case.opened_at, Case.id))
        ]
        return [known.value for known in held if known and type(known.value) is date]

    def _who_holds(self, role: str) -> list[str]:
        """Return the names of those who hold a role on the case themselves, in order."""
        today = time_source.local_day(self.now)
        rows = (
            select(Account.name)
            .join(Appointment, Appointment.account_id == Account.id)
            .where(Appointment.case_id == self.case.id, Appointment.role == role)
            .where(Appointment.starts_on <= today)
            .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on > today))
        )
        return sorted(set(self.session.scalars(rows)))

    def _board_name(self, key: str) -> str | None:
        return self.session.scalar(select(Board.name_en).where(func.lower(Board.key) == key))

    def due(self, timescale: str, item: str) -> datetime | None:
        """Return the instant at which a clock becomes overdue; null when it does not run."""
        clock = self.clocks.get((timescale, item)) or self.clocks.get((timescale, NO_ITEM))
        if clock is None or clock.due_on is None or clock.state in ("met", "ended"):
            return None
        return time_source.end_of_day(clock.due_on)

    def set_on(self, item: str) -> dict[str, date]:
        """Return the day each known fact was set, for the case and one item."""
        return {
            name: known.set_on
            for (name, key), known in self.facts.items()
            if key in (NO_ITEM, item) and known.value is not None
        }


def not_withdrawn() -> ColumnElement[bool]:
    """Return the condition that a case was not withdrawn: it goes on, or came to an end event."""
    return or_(Case.state != "closed", Case.outcome != "")


def known_for_clocks(file: CaseFile, item: str) -> clocks.Known:
    """Return what the clocks of the case, or of one item, read."""
    set_on = file.set_on(item)
    for name, ingredients in _worked_out_marks(file.definitions).items():
        days = [set_on[each] for each in ingredients if each in set_on]
        if days:
            set_on.setdefault(name, max(days))
    return clocks.Known(
        facts=file.names(item),
        fact_set_on=set_on,
        steps_completed_on={
            name.removeprefix(STEP): day for name, day in set_on.items() if name.startswith(STEP)
        },
    )


@lru_cache(maxsize=32)
def _worked_out_marks(definitions: Definitions) -> dict[str, frozenset[str]]:
    """Return what meets or ends a clock and is worked out from other facts, with what it hangs on.

    Nobody writes such a fact, so it has been as it is since the last of the others was set.
    """
    marks = {name for row in definitions.timescales.values() for name in (*row.ends, *row.ended_by)}
    return {
        name: facts.behind(definitions.facts, [name]) - {name}
        for name in sorted(marks)
        if name in definitions.facts and definitions.facts[name].expression is not None
    }


def lock_case(session: Session, case_id: uuid.UUID, actor: str) -> CaseFile:
    """Lock a case for this transaction and return what is known of it.

    Raises:  NotFound.
    """
    return _or_not_found(_case_file(session, case_id, actor, lock=True))


def lock_case_if_free(session: Session, case_id: uuid.UUID, actor: str) -> CaseFile | None:
    """Lock a case unless somebody holds it; SQLite, with its one writer, always gives it."""
    return _case_file(session, case_id, actor, lock=True, skip_locked=True)


def read_case(session: Session, case_id: uuid.UUID, actor: str) -> CaseFile:
    """Return what is known of a case, without a lock; nothing may be decided on it.

    Raises:  NotFound.
    """
    return _or_not_found(_case_file(session, case_id, actor, lock=False))


def read_cases(
    session: Session, case_ids: Collection[uuid.UUID], actor: str
) -> dict[uuid.UUID, CaseFile]:
    """Return what is known of several cases, with a handful of queries however many they are."""
    wanted = {"case_ids": list(case_ids)}
    files: dict[uuid.UUID, CaseFile] = {}
    for case in session.scalars(_CASES, wanted):
        definitions = deployments.load(session, case.deployment_id)
        known = _read_facts(case.facts)
        files[case.id] = CaseFile(
            session,
            case,
            definitions,
            actor,
            known,
            _clocks={},
            _items=[],
            _open_instances_read=True,
        )
    for clock in session.scalars(_CLOCKS_OF_CASES, wanted):
        files[clock.case_id].clocks[clock.timescale, clock.item_key] = clock
    for item in session.scalars(_ITEMS_OF_CASES, wanted):
        files[item.case_id].items.append(item)
    for instance in session.scalars(_OPEN_INSTANCES_OF_CASES, wanted):
        files[instance.case_id].take_instance(instance)
    return files


def _or_not_found(file: CaseFile | None) -> CaseFile:
    if file is None:
        raise NotFound
    return file


def bare_file(session: Session, case: Case) -> CaseFile:
    """Return the file of a case that was read already, for what hangs on none of its facts."""
    return CaseFile(session, case, deployments.load(session, case.deployment_id), "", {})


def new_case_file(session: Session, case: Case, actor: str) -> CaseFile:
    """Return the empty file of a case that this transaction opens."""
    definitions = deployments.load(session, case.deployment_id)
    return CaseFile(session, case, definitions, actor, {}, _items=[], _clocks={}, _timers={})


def write_facts(
    file: CaseFile, values: Mapping[tuple[str, str], feel.Value], source: str
) -> set[tuple[str, str]]:
    """Write the facts that differ from what is known; every change is kept.

    Takes:   values by (name, item); source, a document version, decision or step.
    Returns: the keys that changed.
    """
    changed = {key for key, value in values.items() if _differs(file, key, value)}
    today = time_source.local_day(file.now)
    for name, item in sorted(changed):
        value = values[name, item]
        before = file.facts.get((name, item))
        number = before.number + 1 if before else 1
        file.facts[name, item] = Known(value, today, number)
        db.append(
            file.session,
            Fact,
            {
                "id": new_id(),
                "board_id": file.case.board_id,
                "case_id": file.case.id,
                "name": name,
                "item_key": item,
                "number": number,
                "value": feel.to_json(value),
                "source": source,
                "at": time_source.written(file.session),
                "actor": file.actor,
            },
        )
    if changed:
        file._names.clear()
        file.facts_changed |= changed
        moving = deployments.facts_of_time(file.definitions)
        if moving is None or any(name.removeprefix(STEP) in moving for name, _ in changed):
            file.case.kept_until = None
    return changed


def write_decision(
    file: CaseFile, decision: str, item: str, rules: Iterable[str], result: feel.Value
) -> None:
    """Keep what a decision table answered."""
    count = file.session.scalar(
        select(func.count()).where(
            DecisionResult.case_id == file.case.id, DecisionResult.decision == decision
        )
    )
    file.session.add(
        DecisionResult(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=file.case.id,
            decision=decision,
            item_key=item,
            number=(count or 0) + 1,
            rules=list(rules),
            result=feel.to_json(result),
            at=file.now,
        )
    )


def save_case(
    file: CaseFile, event: str, *, subject: str = "", data: dict[str, Any] | None = None
) -> None:
    """Save the case with the audit event that says what happened to it."""
    if file.facts_changed:
        file.case.facts = _written(file.facts)
        _facts_read.keep(file.case.facts, dict(file.facts))
        _follow_marks(file)
        file.facts_changed = set()
    if file._clocks is not None:
        file.case.next_due_on = clocks.next_due(file.clocks.values())
    record_event(file, event, subject=subject, data=data)


def _follow_marks(file: CaseFile) -> None:
    """Write anew what the case may share with others, where a fact of it changed."""
    declared = {fact.name: fact.alike for fact in file.definitions.facts.values() if fact.alike}
    if any(name in declared for name, _ in file.facts_changed):
        values = [
            (declared[name], known.value)
            for (name, _), known in file.facts.items()
            if name in declared
        ]
        likeness.write(file.session, file.case, values)


def record_event(
    file: CaseFile, event: str, *, subject: str = "", data: dict[str, Any] | None = None
) -> None:
    """Append what else happened in this transaction to the record of the case."""
    audit.append(
        file.session,
        event,
        file.actor,
        board_id=file.case.board_id,
        case_id=file.case.id,
        subject=subject,
        data=data,
        case=file.case,
    )
    if file.case.kept_until is not None:
        file.case.kept_version = file.case.version


def _case_file(
    session: Session, case_id: uuid.UUID, actor: str, *, lock: bool, skip_locked: bool = False
) -> CaseFile | None:
    dialect = session.get_bind().dialect.name
    asked = [(_find_case(dialect, lock, skip_locked), {"case_id": case_id})]
    is_timed = "now" in session.info
    if lock and dialect == "postgresql" and not is_timed:
        # The clock that is read behind the lock is read once the lock is held.
        asked.append((time_source.clock(dialect), {}))
    rows, *clock = db.find_together(session, *asked)
    if not rows:
        return None
    (found,) = rows
    if not is_timed and (clock or len(found) > 1):
        session.info["now"] = time_source.from_columns(clock[0][0] if clock else found)
    case: Case = found.Case
    definitions = deployments.load(session, case.deployment_id)
    return CaseFile(session, case, definitions, actor, _facts_of(case))


def _differs(file: CaseFile, key: tuple[str, str], value: feel.Value) -> bool:
    before = file.facts.get(key)
    if before is None:
        return value is not None
    return bool(before.value_as_json != feel.to_json(value))


def _facts_of(case: Case) -> dict[tuple[str, str], Known]:
    """Return the facts that hold on a case, read anew only where they were written otherwise."""
    known = _facts_read.look(case.facts)
    if known is None:
        known = _read_facts(case.facts)
        _facts_read.keep(case.facts, known)
    return dict(known)


def _written(known: Mapping[tuple[str, str], Known]) -> str:
    """Return the facts as JSON: name, item, and what was known."""
    tree: dict[str, dict[str, Any]] = {}
    for (name, item), fact in known.items():
        tree.setdefault(name, {})[item] = [
            fact.value_as_json,
            fact.set_on.isoformat(),
            fact.number,
        ]
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _read_facts(written: str) -> dict[tuple[str, str], Known]:
    return {
        (name, item): _Kept(value, date.fromisoformat(set_on), number)
        for name, by_item in json.loads(written).items()
        for item, (value, set_on, number) in by_item.items()
    }
