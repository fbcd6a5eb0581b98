"""Play one scenario: people do tasks, time passes, timers fire, and expectations are looked at."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from engine import (
    cases,
    corrections,
    db,
    deployments,
    documents,
    forms,
    steps,
    store,
    task_pages,
    tasks,
    time_source,
)
from engine import timers as due_timers
from engine.errors import AccessDenied, EngineError, InvalidForm, NotFound
from engine.models import Document, UserTask
from engine.people import Actor
from engine.scenarios import adopting, finding, known
from engine.scenarios.cast import Cast
from engine.scenarios.expecting import Expecting, Unexpected
from engine.scenarios.reading import Scenario, Step, instant
from engine.store import CaseFile

MAX_STEPS = 500

#: The table that says whether a report may go out, and the process that changes a review's type.
CONTENT_GATE = "DR-27"
CHANGE_OF_TYPE = "type_change"


class NothingToDo(Unexpected):
    """A step that should open does not, and until then nobody has anything to do."""


class Player:
    """One scenario being played in a database of its own, or in a demonstration's."""

    def __init__(self, scenario: Scenario, cast: Cast, tell: Callable[[str], None]) -> None:
        """Take the people who may act, and where to tell the story."""
        self.scenario = scenario
        self.cast = cast
        self.tell = tell
        self.case_id: uuid.UUID | None = None
        self.root_id: uuid.UUID | None = None
        self.given: dict[str, Any] = dict(scenario.given)
        self.prepared: dict[uuid.UUID, dict[str, Any]] = {}
        self.notices_seen = 0
        self.seen_before: dict[uuid.UUID, int] = {}
        self.findings: tuple[str, ...] = ()

    def play(self) -> None:
        """Play every step.

        Raises:  Unexpected, with the number of the step and what was expected and found.
        """
        self.begin()
        self.go_on()

    def begin(self) -> None:
        """Open the case and play the steps that the scenarios of a file share."""
        self.know_names()
        self._freeze(self.scenario.now)
        with _at_step(0):
            self._open()
        self._play(self.scenario.steps[: self.scenario.shared])

    def go_on(self) -> None:
        """Play the steps that are the scenario's own."""
        self._play(self.scenario.steps[self.scenario.shared :])

    def as_in(self, scenario: Scenario, tell: Callable[[str], None]) -> Player:
        """Return a player who goes on in another scenario from where this one stands."""
        other = Player(scenario, self.cast, tell)
        other.case_id, other.notices_seen = self.case_id, self.notices_seen
        other.root_id = self.root_id
        other.given = dict(self.given)
        other.prepared = {task: dict(values) for task, values in self.prepared.items()}
        return other

    @property
    def case(self) -> uuid.UUID:
        """Return the case that is played."""
        assert self.case_id is not None
        return self.case_id

    def know_names(self) -> None:
        """Name the first id that this deployment does not know, before anything is played.

        Raises:  Unexpected.
        """
        with db.reading() as session:
            newest = deployments.newest(session, self.cast.board_id)
            definitions = deployments.load(session, newest.id)
        for number, said in known.unknown_names(self.scenario, definitions):
            raise Unexpected(f"step {number}: {said}")

    def _play(self, played: Iterable[Step]) -> None:
        for step in played:
            with _at_step(step.number):
                self._step(step)

    # One step.

    def _step(self, step: Step) -> None:
        if step.at is not None:
            self._go_to(step.at)
        verb = getattr(self, f"_do_{step.verb}", None) if step.verb else None
        if step.verb and verb is None:
            raise Unexpected(f"nothing delivered yet answers to {step.verb!r}")
        if verb is not None:
            self._perform(step, verb)
        finding.no_incident(self.case)
        if "expect" in step.options:
            seen = Expecting(self.case, self.cast, self.notices_seen, self.findings)
            seen.check(step.get("expect"))
        self.notices_seen = finding.count_notices(self.case)

    def _perform(self, step: Step, verb: Callable[[Step], None]) -> None:
        refused, forbidden = step.get("refused"), step.get("forbidden", False)
        try:
            verb(step)
        except (AccessDenied, NotFound, cases.ProcessNotStartable):
            if not forbidden:
                raise
            self.tell(f"  {step.number}. {step.verb} {step.argument}: forbidden, as it should be")
            return
        except EngineError as error:
            if refused is None or not _names(error, str(refused)):
                raise
            self.tell(f"  {step.number}. {step.verb} {step.argument}: refused, as it should be")
            return
        if forbidden:
            raise Unexpected(f"{step.verb} {step.argument} should be forbidden, and was done")
        if refused is not None:
            raise Unexpected(f"{step.verb} {step.argument} should be refused, and was done")

    def _do_until(self, step: Step) -> None:
        self.given.update(step.get("set", {}))
        by = instant(step.get("by")) if step.get("by") else None
        for _ in range(MAX_STEPS):
            if finding.find_open(self.case, step.argument, step.get("item", "")):
                return
            task = finding.oldest_open(self.case, step.get("leave", ()))
            if task is not None:
                self._complete(task, self.given, None, lenient=True)
                continue
            if not self._pass_time(by):
                until = f" by {step.get('by')}" if by else ""
                raise NothingToDo(
                    f"{step.argument} should open, but nothing is open "
                    f"and nothing will fall due{until}"
                )
        raise Unexpected(f"{step.argument} did not open within {MAX_STEPS} steps")

    def _do_complete(self, step: Step) -> None:
        wanted, item, values = step.argument, step.get("item", ""), step.get("set", {})
        found = finding.find_open(self.case, wanted, item)
        if not found:
            named = f"{wanted}{'/' + item if item else ''}"
            raise Unexpected(f"{named} should be open; {finding.situation(self.case)}")
        role = None if step.get("forbidden") else step.get("as")
        task = self._fitting(found, values, role)
        self._complete(task, {**self.given, **values}, step.get("as"), named=values)

    def _do_start(self, step: Step) -> None:
        process = finding.process_named(self.case, step.argument, step.get("item", ""))
        actor = self._actor_who_starts(process, step.get("as"))
        with db.reading() as session:
            before = set(finding.open_ids(self.case, session))
        cases.start_side(self.case, process, step.get("item", ""), actor)
        with db.reading() as session:
            for task_id in finding.open_ids(self.case, session):
                if task_id not in before:
                    self.prepared[task_id] = dict(step.get("set", {}))
        self.tell(f"  {step.number}. {actor.name} starts {process}")

    def _do_amend(self, step: Step) -> None:
        actor = self.cast.member(step.get("as") or "coordinator", "", self.case)
        by_section: dict[tuple[uuid.UUID, str], dict[str, Any]] = {}
        for name, value in step.argument.items():
            place = finding.place_of(self.case, name, step.get("item", ""))
            by_section.setdefault(place, {})[name.partition("/")[0]] = value
        for (document_id, section), given in by_section.items():
            values = self._amendment(document_id, section, given)
            corrections.amend(document_id, (section,), step.get("reason", ""), actor, values=values)
            self.tell(f"  {step.number}. {actor.name} puts {', '.join(given)} right")

    def _do_advance_to(self, step: Step) -> None:
        self._go_to(instant(step.argument))

    def _do_add_item(self, step: Step) -> None:
        actor = self.cast.member(step.get("as") or "coordinator", "", self.case)
        name, key = step.argument["list"], step.argument["key"]
        kind = step.argument.get("kind") or finding.kind_of(self.case, name)
        reason = step.get("reason", "found later")
        corrections.add_item(self.case, name, kind, key, key, reason, actor)

    def _do_remove_item(self, step: Step) -> None:
        actor = self.cast.member(step.get("as") or "coordinator", "", self.case)
        name, key = step.argument["list"], step.argument["key"]
        corrections.remove_item(self.case, name, key, step.get("reason", "not involved"), actor)

    def _do_appoint(self, step: Step) -> None:
        wanted = step.argument
        self.cast.appoint(
            wanted["role"], str(wanted.get("person", "")), wanted.get("item", ""), self.case
        )

    def _do_go_back(self, step: Step) -> None:
        self._correct(step, corrections.go_back)

    def _do_repeat(self, step: Step) -> None:
        self._correct(step, corrections.repeat)

    def _do_skip(self, step: Step) -> None:
        self._correct(step, corrections.skip)

    def _do_case(self, step: Step) -> None:
        """Go on in a case that is linked to this one, or return to the one it began with."""
        self.seen_before[self.case] = self.notices_seen
        if step.argument == "root":
            self.case_id = self.root_id
        else:
            self.case_id = finding.linked(self.case, step.argument, step.get("item", ""))
        self.notices_seen = self.seen_before.get(self.case, 0)
        self.cast = Cast(finding.board_of(self.case))

    def _do_change_type(self, step: Step) -> None:
        """Go through the side process to its end: proposed, agreed, decided, entered."""
        values = {"proposed_type": step.argument, **step.get("set", {})}
        self._do_start(_with(step, "start", CHANGE_OF_TYPE, {"set": values}))
        for _ in range(MAX_STEPS):
            task_id = finding.oldest_open_of(self.case, CHANGE_OF_TYPE)
            if task_id is None:
                return
            self._complete(task_id, {**self.given, **values}, None, lenient=True)
        raise Unexpected(f"the change of type did not end within {MAX_STEPS} steps")

    def _do_publish_check(self, step: Step) -> None:
        """Ask the content gate how the report stands; nothing is recorded."""
        with db.reading() as session:
            file = store.read_case(session, self.case, "scenario")
            if CONTENT_GATE not in file.definitions.decisions:
                raise Unexpected(f"this deployment has no content gate, {CONTENT_GATE}")
            found = steps.CaseWorld(file, writes=False).decide(CONTENT_GATE, None)
        self.findings = tuple(found["rules"])
        self.tell(
            f"  {step.number}. the content gate finds {', '.join(self.findings) or 'nothing'}"
        )

    def _do_suspend(self, step: Step) -> None:
        self._set_state(step, "suspended")

    def _do_resume(self, step: Step) -> None:
        self._set_state(step, "open")

    def _do_withdraw(self, step: Step) -> None:
        actor = self.cast.member(step.get("as") or "coordinator", "", self.case)
        corrections.withdraw(self.case, step.get("reason", ""), actor)

    def _correct(self, step: Step, correct: Callable[..., None]) -> None:
        actor = self.cast.member(step.get("as") or "coordinator", "", self.case)
        correct(self.case, step.argument, step.get("reason", ""), actor, step.get("item", ""))
        self.tell(f"  {step.number}. {actor.name}: {step.verb} {step.argument}")

    def _set_state(self, step: Step, state: str) -> None:
        actor = self.cast.member(step.get("as") or "coordinator", "", self.case)
        corrections.set_state(self.case, state, step.get("reason", ""), actor)

    # Doing a task.

    def _open(self) -> None:
        if self.scenario.adopt is not None:
            self._adopt(self.scenario.adopt)
            return
        actor = self.cast.opener(self.scenario.process)
        self.root_id = self.case_id = cases.open_case(
            self.scenario.process, self.cast.board_id, actor
        )
        self.tell(f"  {actor.name} opens a case of {self.scenario.process}")

    def _adopt(self, wanted: Mapping[str, Any]) -> None:
        """Begin with a matter that is under way; where that is to be refused, nothing follows."""
        actor, refused = self.cast.of_board("coordinator"), wanted.get("refused")
        try:
            self.root_id = self.case_id = adopting.adopt(
                wanted, self.given, self.cast.board_id, actor
            )
        except EngineError as error:
            if refused is None or not _names(error, str(refused)):
                raise
            self.tell("  adopting it is refused, as it should be")
            return
        if refused is not None:
            raise Unexpected("adopting it should be refused, and was done")
        self.tell(f"  {actor.name} adopts a case of {self.scenario.process}")

    def _complete(
        self,
        task_id: uuid.UUID,
        given: Mapping[str, Any],
        role: str | None,
        *,
        named: Mapping[str, Any] | None = None,
        lenient: bool = False,
    ) -> None:
        values = {**self.prepared.get(task_id, {}), **given}
        strict = {} if lenient else {**self.prepared.get(task_id, {}), **(named or {})}
        with db.reading() as session:
            task = session.get_one(UserTask, task_id)
            roles, item, name = task.role.split(), task.item_key, task.requirement or task.bpmn_id
        actor = self.cast.member_for(role, roles, item, self.case)
        with db.reading() as session:
            task = session.get_one(UserTask, task_id)
            file = store.read_case(session, self.case, str(actor.account_id))
            filled = self._fill(file, task, values, strict)
        key = str(uuid.uuid4())
        tasks.submit_task(task_id, actor, key, values=filled)
        self.prepared.pop(task_id, None)
        self.tell(f"  {self._today()}  {actor.name} completes {name}{'/' + item if item else ''}")

    def _fill(
        self, file: CaseFile, task: UserTask, values: Mapping[str, Any], strict: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        filled: dict[str, dict[str, Any]] = {}
        used: set[str] = set()
        for part in task_pages.form_parts(file, task, {}):
            here = {
                name: value
                for name, value in values.items()
                if forms.find_inputs(part.form, name, part.sections)
            }
            used |= set(here)
            by_section = forms.examples(
                part.form,
                part.sections,
                existing=part.content,
                given=forms.set_by_catalogue(part.form, part.sections, here),
                names=file.names(task.item_key),
                functions=file.functions(task.item_key),
                around=task_pages.around(file, part.form, part.content, task.item_key),
            )
            flat = filled.setdefault(part.form.id, {})
            for section_values in by_section.values():
                flat.update(section_values)
        unknown = sorted(set(strict) - used)
        if unknown:
            raise Unexpected(f"no form of this task has {', '.join(unknown)}")
        return filled

    def _fitting(
        self, found: list[uuid.UUID], values: Mapping[str, Any], role: str | None
    ) -> uuid.UUID:
        """Return the oldest of several open tasks that the role does and the values fit."""
        name = (role or "").partition("/")[0]
        with db.reading() as session:
            file = store.read_case(session, self.case, "scenario")
            open_tasks = [session.get_one(UserTask, task_id) for task_id in found]
            theirs = [task.id for task in open_tasks if not name or name in task.role.split()]
            found = theirs or found
            for task_id in found:
                task = session.get_one(UserTask, task_id)
                parts = task_pages.form_parts(file, task, {})
                if all(
                    any(forms.find_inputs(part.form, name, part.sections) for part in parts)
                    for name in values
                ):
                    return task_id
        return found[0]

    def _amendment(
        self, document_id: uuid.UUID, section: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        with db.reading() as session:
            file = store.read_case(session, self.case, "scenario")
            row = session.get_one(Document, document_id)
            form = file.definitions.forms[row.form]
            return forms.examples(
                form,
                (section,),
                existing=documents.version(session, row.id, row.version).content,
                given=forms.set_by_catalogue(form, (section,), given),
                names=file.names(row.item_key),
                functions=file.functions(row.item_key),
                around=task_pages.around(file, form, {}, row.item_key),
            )[section]

    def _actor_who_starts(self, process: str, role: str | None) -> Actor:
        with db.reading() as session:
            file = store.read_case(session, self.case, "scenario")
            definition = file.definitions.processes[process]
            roles = steps.counting(file, definition, definition.start_roles)
        return self.cast.member_for(role, list(roles), "", self.case)

    # Time.

    def _freeze(self, moment: datetime) -> None:
        with db.transaction() as session:
            time_source.freeze(session, moment)

    def _now(self) -> datetime:
        with db.reading() as session:
            return time_source.now(session)

    def _today(self) -> str:
        return time_source.local_day(self._now()).isoformat()

    def _go_to(self, moment: datetime) -> None:
        """Let time pass to a moment; what falls due on the way fires at its own moment."""
        if moment < self._now():
            raise Unexpected(f"{moment:%Y-%m-%d %H:%M} is in the past; time never goes back")
        for _ in range(MAX_STEPS * 10):
            due = due_timers.next_due_at()
            if due is None or due > moment:
                break
            self._freeze(max(due, self._now()))
            if not due_timers.fire_due_timers():
                finding.no_incident(self.case)
                raise Unexpected(f"a timer due at {due:%Y-%m-%d %H:%M} does not fire")
            self.tell(f"  {self._today()}  a timer fires")
        self._freeze(moment)

    def _pass_time(self, by: datetime | None) -> bool:
        due = due_timers.next_due_at()
        if due is None or (by is not None and due > by):
            return False
        self._go_to(max(due, self._now()))
        finding.no_incident(self.case)
        return True


@contextmanager
def _at_step(number: int) -> Iterator[None]:
    """Say at which step something went wrong."""
    try:
        yield
    except Unexpected as wrong:
        raise type(wrong)(f"step {number}: {wrong}") from None
    except EngineError as error:
        raise Unexpected(f"step {number}: {_say(error)}") from error


def _with(step: Step, verb: str, argument: Any, options: Mapping[str, Any]) -> Step:
    """Return a step that does something else, with what goes with this one."""
    return Step(step.number, verb, argument, {**step.options, **options})


def _names(error: EngineError, wanted: str) -> bool:
    """Say whether a refusal names a field, a decision row, or says an English text."""
    texts = [error.message]
    if isinstance(error, InvalidForm):
        for found in error.errors:
            # A control is named by its keys: `parents-0-how`, `held_on-day`.
            if wanted in (found.catalogue, found.row, *found.field.split("-")):
                return True
            texts.append(found.en)
    return bool(wanted) and any(wanted in text for text in texts)


def _say(error: EngineError) -> str:
    if isinstance(error, InvalidForm):
        return "; ".join(f"{found.catalogue or found.field}: {found.en}" for found in error.errors)
    return error.message


def _of(row: UserTask) -> str:
    return f"/{row.item_key}" if row.item_key else ""
