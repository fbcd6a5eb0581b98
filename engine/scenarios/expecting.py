"""Look at what a scenario expects: tasks, clocks, values, notices, readers, decisions, record."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, db, documents, feel, forms, steps, store
from engine.errors import EngineError
from engine.models import AuditEvent, DecisionResult, Document, Notice, UserTask
from engine.scenarios.cast import Cast
from engine.scenarios.known import PUBLIC
from engine.store import CaseFile


class Unexpected(Exception):
    """What was expected, and what was found instead."""


class Expecting:
    """The case as it stands after a step, to be held against what the scenario expects."""

    def __init__(
        self,
        case_id: uuid.UUID | None,
        cast: Cast,
        notices_seen: int,
        findings: tuple[str, ...] = (),
    ) -> None:
        """Take the case, the people, how many notices there were, and what the gate found."""
        if case_id is None:
            raise Unexpected("there is no case yet")
        self.case_id = case_id
        self.cast = cast
        self.notices_seen = notices_seen
        self.findings = findings

    def check(self, expected: Mapping[str, Any]) -> None:
        """Hold the case against every expectation.

        Raises:  Unexpected, for the first that does not hold.
        """
        for name, value in expected.items():
            if name == "readable":
                self._readable(value)
                continue
            with db.reading() as session:
                file = store.read_case(session, self.case_id, "scenario")
                getattr(self, f"_{name}")(file, value)

    def _open(self, file: CaseFile, wanted: Any) -> None:
        found = self._tasks(file.session, "open")
        for name in _listed(wanted):
            if name not in found:
                raise Unexpected(f"{name} should be open, but open are {_said(found)}")

    def _not_open(self, file: CaseFile, wanted: Any) -> None:
        found = self._tasks(file.session, "open")
        for name in _listed(wanted):
            if name in found:
                raise Unexpected(f"{name} should not be open, and is")

    def _closed(self, file: CaseFile, wanted: Any) -> None:
        still, done = self._tasks(file.session, "open"), self._tasks(file.session, "")
        for name in _listed(wanted):
            if name in still or name not in done:
                raise Unexpected(f"{name} should be closed; open are {_said(still)}")

    def _clock(self, file: CaseFile, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        for name, expected in wanted.items():
            timescale, _, item = name.partition("/")
            clock = file.clocks.get((timescale, item))
            if clock is None:
                raise Unexpected(f"there is no clock {name}")
            found = {
                "due": clock.due_on,
                "state": clock.state,
                "late": clock.late,
                "from": clock.from_on,
                "met": clock.met_on,
            }
            for key, value in expected.items():
                if key not in found:
                    raise Unexpected(f"a clock has no {key!r}; use {', '.join(found)}")
                self._same(file, f"{name}: {key}", value, found[key])

    def _values(self, file: CaseFile, wanted: Mapping[str, Any]) -> None:
        for name, expected in wanted.items():
            field, _, item = name.partition("/")
            found = self._held(file, field, item)
            if found is None:
                raise Unexpected(f"no document has {name}")
            candidates = [found, *found] if len(found) > 1 else found
            flat = [_flatten(value) for value in candidates]
            is_held = any(self._is_same(file, expected, value) for value in [*candidates, *flat])
            if not is_held and not self._is_held_as_written(file, field, item, expected):
                raise Unexpected(f"{name} should hold {expected!r}, but holds {found!r}")

    def _facts(self, file: CaseFile, wanted: Mapping[str, Any]) -> None:
        for name, expected in wanted.items():
            fact, _, item = name.partition("/")
            names = file.names(item or None)
            if fact not in names:
                raise Unexpected(f"there is no fact {fact}")
            self._same(file, name, expected, names[fact])

    def _notices(self, file: CaseFile, wanted: Any) -> None:
        found = self._since(file)
        for expected in _listed(wanted):
            if not any(_matches(notice, expected) for notice in found):
                said = [f"{notice.about} to {notice.to_role}" for notice in found]
                raise Unexpected(f"a notice {_plain(expected)} should be there; {_said(said)}")

    def _no_notices(self, file: CaseFile, wanted: Any) -> None:
        found = self._since(file)
        if wanted is True and found:
            raise Unexpected(f"there should be no notices, but {len(found)} were written")
        for expected in [] if wanted is True else _listed(wanted):
            if any(_matches(notice, expected) for notice in found):
                raise Unexpected(f"a notice {_plain(expected)} should not be there")

    def _documents(self, file: CaseFile, wanted: Any) -> None:
        found = self._document_names(file)
        for name in _listed(wanted):
            if name not in found:
                raise Unexpected(f"{name} should exist, but there are {_said(found)}")

    def _no_documents(self, file: CaseFile, wanted: Any) -> None:
        found = self._document_names(file)
        for name in _listed(wanted):
            if name in found:
                raise Unexpected(f"{name} should not exist, and does")

    def _decision(self, file: CaseFile, wanted: Mapping[str, Any]) -> None:
        for name, expected in wanted.items():
            decision, _, item = name.partition("/")
            query = select(DecisionResult).where(
                DecisionResult.case_id == self.case_id, DecisionResult.decision == decision
            )
            if item:
                query = query.where(DecisionResult.item_key == item)
            row = file.session.scalars(query.order_by(DecisionResult.number.desc())).first()
            if row is None:
                raise Unexpected(f"{decision} was not decided")
            found = feel.from_json(row.result)
            if not isinstance(expected, Mapping) or "feel" in expected:
                self._same(file, decision, expected, found)
                continue
            for key, value in expected.items():
                if key == "rules":
                    self._same(file, f"{decision}: rules", value, row.rules)
                    continue
                outputs = found if isinstance(found, Mapping) else {}
                self._same(file, f"{decision}: {key}", value, outputs.get(key))

    def _audit(self, file: CaseFile, wanted: Any) -> None:
        rows = file.session.execute(
            select(AuditEvent.kind, AuditEvent.subject).where(AuditEvent.case_id == self.case_id)
        ).all()
        found = {row.kind for row in rows} | {f"{row.kind}:{row.subject}" for row in rows}
        for name in _listed(wanted):
            if name not in found:
                raise Unexpected(f"the record should say {name}")

    def _state(self, file: CaseFile, wanted: str) -> None:
        if file.case.state != wanted:
            raise Unexpected(f"the case should be {wanted}, and is {file.case.state}")

    def _paused(self, file: CaseFile, wanted: Any) -> None:
        if isinstance(wanted, bool):
            if wanted != (steps.why_paused(file) is not None):
                raise Unexpected(f"the case should {'' if wanted else 'not '}be paused")
            return
        self._rest(file, wanted, rests=True)

    def _not_paused(self, file: CaseFile, wanted: Any) -> None:
        self._rest(file, wanted, rests=False)

    def _rest(self, file: CaseFile, wanted: Any, *, rests: bool) -> None:
        """Hold open tasks against whether they rest while the case is paused."""
        query = select(UserTask).where(UserTask.case_id == self.case_id, UserTask.state == "open")
        found: dict[str, set[bool]] = {}
        for row in file.session.scalars(query):
            does = steps.why_rests(file, file.instance(row.instance_id)) is not None
            for name in (row.bpmn_id, *row.requirement.split()):
                for said in (name, _named(name, row.item_key)):
                    found.setdefault(said, set()).add(does)
        for name in _listed(wanted):
            if found.get(name) != {rests}:
                state = "paused" if rests else "open and not paused"
                raise Unexpected(f"{name} should be {state}; open are {_said(found)}")

    def _findings(self, file: CaseFile, wanted: Any) -> None:
        if set(_listed(wanted)) != set(self.findings):
            raise Unexpected(
                f"the content gate should find {_said(_listed(wanted))}, "
                f"and finds {_said(self.findings)}"
            )

    def _readable(self, wanted: Mapping[str, list[str]]) -> None:
        named = {_form_of(name) for names in wanted.values() for name in names}
        for who, expected in wanted.items():
            role, _, item = who.partition("/")
            found = set() if role == PUBLIC else self._read_by(role, item)
            seen = {name for name in found if _form_of(name) in named} if named else found
            missing = set(expected) - {*seen, *(_form_of(name) for name in seen)}
            extra = {n for n in seen if n not in expected and _form_of(n) not in expected}
            if missing or extra:
                raise Unexpected(
                    f"{who} should read exactly {_said(expected)}, and reads {_said(seen)}"
                )

    def _read_by(self, role: str, item: str) -> set[str]:
        actor = self.cast.member(role, item, self.case_id)
        found = set()
        with db.reading() as session:
            file = store.read_case(session, self.case_id, str(actor.account_id))
            for row in documents.documents(session, self.case_id):
                held = access.roles_on(session, actor, file.case, row.item_key)
                if access.readable_content(file, actor, held, row):
                    form = file.definitions.forms[row.form]
                    found.add(_named(form.catalogue, row.item_key))
        return found

    def _tasks(self, session: Session, state: str) -> set[str]:
        query = select(UserTask).where(UserTask.case_id == self.case_id)
        if state:
            query = query.where(UserTask.state == state)
        found: set[str] = set()
        for row in session.scalars(query):
            for name in (row.bpmn_id, *row.requirement.split()):
                found |= {name, _named(name, row.item_key)}
        return found

    def _held(self, file: CaseFile, name: str, item: str) -> list[Any] | None:
        row = self._row_with(file, name, item)
        if row is None:
            return None
        content = documents.version(file.session, row.id, row.version).content
        return forms.read_by_catalogue(file.definitions.forms[row.form], content, name)

    def _row_with(self, file: CaseFile, name: str, item: str) -> Document | None:
        for row in reversed(documents.documents(file.session, self.case_id)):
            form = file.definitions.forms[row.form]
            if item in ("", row.item_key) and forms.find_inputs(form, name):
                return row
        return None

    def _is_held_as_written(self, file: CaseFile, name: str, item: str, expected: Any) -> bool:
        """Say whether a document holds what `set` would write: by label, by word of a column."""
        row = self._row_with(file, name, item)
        if row is None or (isinstance(expected, Mapping) and "feel" in expected):
            return False
        form = file.definitions.forms[row.form]
        content = documents.version(file.session, row.id, row.version).content
        sections = [section.id for section in form.sections]
        try:
            wanted = forms.set_by_catalogue(form, sections, {name: expected})
        except EngineError:
            return False
        return all(
            _holds(forms.read_by_catalogue(form, content, key)[0], value)
            for key, value in wanted.items()
        )

    def _since(self, file: CaseFile) -> list[Notice]:
        rows = file.session.scalars(
            select(Notice).where(Notice.case_id == self.case_id).order_by(Notice.number)
        ).all()
        return list(rows)[self.notices_seen :]

    def _document_names(self, file: CaseFile) -> set[str]:
        found = set()
        for row in file.session.scalars(select(Document).where(Document.case_id == self.case_id)):
            catalogue = file.definitions.forms[row.form].catalogue
            found |= {catalogue, row.form, _named(catalogue, row.item_key)}
        return found

    def _same(self, file: CaseFile, what: str, expected: Any, found: Any) -> None:
        if not self._is_same(file, expected, found):
            raise Unexpected(f"{what} should be {_plain(expected)}, and is {_plain(found)}")

    def _is_same(self, file: CaseFile, expected: Any, found: Any) -> bool:
        if isinstance(expected, Mapping) and set(expected) == {"feel"}:
            names = file.names(None)
            source = str(expected["feel"]).removeprefix("=")
            expected = feel.compile_expression(source).evaluate(names, file.functions(None))
        return bool(_comparable(expected) == _comparable(found))


def _comparable(value: Any) -> Any:
    """Return a value as TOML, JSON and FEEL would all write it, for comparing."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else value
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _comparable(entry) for key, entry in value.items() if key != "_key"}
    if isinstance(value, list | tuple):
        return [_comparable(entry) for entry in value]
    return str(value).strip().casefold().replace("_", " ")


def _holds(found: Any, wanted: Any) -> bool:
    """Say whether a value is what is wanted; of a table only what is written counts."""
    if isinstance(wanted, Mapping) and forms.EVERY in wanted:
        rows = found if isinstance(found, list) else []
        return bool(rows) and all(_holds(row, wanted[forms.EVERY]) for row in rows)
    if isinstance(wanted, Mapping) and forms.BY_ROW in wanted:
        wanted = wanted[forms.BY_ROW]
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            _holds(found.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_holds(*pair) for pair in zip(found, wanted, strict=True))
        )
    return bool(_comparable(found) == _comparable(wanted))


def _flatten(value: Any) -> Any:
    """Return the one value of a column that is the same in every row."""
    if isinstance(value, list) and value and all(entry == value[0] for entry in value):
        return value[0]
    return value


def _matches(notice: Notice, expected: Any) -> bool:
    if isinstance(expected, str):
        return notice.about == expected
    role, _, item = str(expected.get("to", notice.to_role)).partition("/")
    return (
        notice.to_role == role
        and notice.about == expected.get("about", notice.about)
        and item in ("", notice.item_key)
    )


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _named(name: str, item: str) -> str:
    return f"{name}/{item}" if item else name


def _form_of(name: str) -> str:
    return name.partition("/")[0]


def _said(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else repr(value)
