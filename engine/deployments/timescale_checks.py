"""Hold the rows of `timescales.toml` against facts, steps, roles and the timers of the diagrams."""

from __future__ import annotations

from collections.abc import Iterator

from engine.deployments import form_checks
from engine.deployments.definitions import TIMESCALES, Reading
from engine.deployments.findings import TomlFindings, carried_steps
from engine.deployments.writing import Writing
from engine.lint import Finding
from engine.timescales import Timescale, is_step
from engine.workflow import ProcessDefinition

_DAYS = ("date", "date and time")


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the timescales."""
    make = TomlFindings(reading, TIMESCALES, "timescale_row")
    steps = carried_steps(reading)
    timers = _timescales_of_timers(reading)
    kinds = set(form_checks.item_lists(reading).values())
    writing = Writing(reading)
    for row in reading.timescales.values():
        yield from _check_names(reading, make, row, steps)
        yield from _check_roles(reading, make, row)
        if row.item and row.item not in kinds:
            message = f"“{row.item}” is no kind of item."
            yield make.error(row.key, "item", message, "Name the kind of an item list.")
        for process in row.process:
            if process not in reading.processes:
                message = f"There is no process {process}."
                yield make.error(row.key, "process", message, "Name the id of a process.")
        if row.after_close:
            yield from _check_after_close(reading, make, row, writing)
        enforced = row.fixed and row.source == "G" and row.kind in ("clock", "lead")
        if enforced and row.key not in timers:
            message = "The guidance fixes this timescale, and no timer event names it."
            yield make.error(row.key, "fixed", message, "Put a timer event into a diagram.")


def _check_names(
    reading: Reading, make: TomlFindings, row: Timescale, steps: frozenset[str]
) -> Iterator[Finding]:
    for key, names in (
        ("from", (row.runs_from,)),
        ("until", row.until),
        ("ends", row.ends),
        ("ended_by", row.ended_by),
    ):
        for name in filter(None, names):
            if is_step(name) and name not in steps:
                message = f"No step of any process carries out {name}."
                yield make.error(row.key, key, message, "Name a step that a diagram carries.")
            elif not is_step(name) and name not in reading.facts:
                message = f"There is no fact {name}."
                yield make.error(row.key, key, message, "Declare it in facts.toml.")
            elif key in ("from", "until") and not _is_day(reading, name):
                message = f"{name} is not a day."
                yield make.error(row.key, key, message, "Name a fact of the type date.")


def _check_after_close(
    reading: Reading, make: TomlFindings, row: Timescale, writing: Writing
) -> Iterator[Finding]:
    """A clock that goes on after the close is one that something can still meet by then."""
    for root in row.process:
        meets = (
            set(row.ends) & (writing.of_process(side.id) | _carried_by(side))
            for side in reading.processes.values()
            if side.after_close and side.goes_with(root)
        )
        if not any(meets):
            message = f"Nothing that can be done on a closed case of {root} meets this clock."
            remedy = "Give afterClose to the side process that does, or remove after_close."
            yield make.error(row.key, "after_close", message, remedy)


def _carried_by(process: ProcessDefinition) -> set[str]:
    return {step for element in process.elements.values() for step in element.requirement}


def _is_day(reading: Reading, name: str) -> bool:
    return is_step(name) or reading.facts[name].type in _DAYS


def _check_roles(reading: Reading, make: TomlFindings, row: Timescale) -> Iterator[Finding]:
    told = {role for stage in row.stages for role in row.recipients(stage.level)}
    for role in sorted({*row.owner, *row.manager, *told} - set(reading.roles)):
        message = f"There is no role “{role}”, which the stages would tell."
        yield make.error(row.key, "owner", message, "Name keys of roles.toml.")


def _timescales_of_timers(reading: Reading) -> frozenset[str]:
    return frozenset(
        element.timescale
        for process in reading.processes.values()
        for element in process.elements.values()
        if element.event == "timer"
    )
