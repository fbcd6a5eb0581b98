"""Write down what was done in a sandbox as steps of a scenario file, and read them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine import forms, scenarios, time_source
from engine.deployments import as_toml
from engine.forms import Field, Form

#: What stands below a step as a table of its own.
_TABLES = ("set", "expect")


def write_step(entry: Mapping[str, Any]) -> str:
    """Return a step as a scenario file has it; `set` and `expect` are tables below it."""
    lines = ["[[step]]"]
    lines += [f"{key} = {as_toml(value)}" for key, value in entry.items() if key not in _TABLES]
    for table in _TABLES:
        if entry.get(table):
            lines += [f"[step.{table}]"]
            lines += [f"{as_toml(key)} = {as_toml(value)}" for key, value in entry[table].items()]
    return "\n".join(lines) + "\n"


def write_file(title: str, process: str, began: datetime, steps: Iterable[str]) -> str:
    """Return the scenario file that plays what was done.

    Takes:   began, the moment at which its case was opened, UTC.
    """
    head = [
        f"title = {as_toml(title)}",
        f"process = {as_toml(process)}",
        f"now = {as_toml(local(began))}",
    ]
    return "\n".join(head) + "\n\n" + "\n".join(steps)


def read(process: str, began: datetime, steps: Iterable[str]) -> scenarios.Scenario:
    """Return what was done as a scenario that the player takes."""
    (scenario,) = scenarios.read_scenario_text("sandbox", write_file("", process, began, steps))
    return scenario


def local(moment: datetime) -> datetime:
    """Return a moment as scenarios write it: by the clocks in Wales, without a zone.

    The hour that comes twice when clocks go back is told by its zone the second time.
    """
    here = moment.astimezone(time_source.WALES)
    bare = here.replace(tzinfo=None, fold=0)
    return bare if scenarios.instant(bare) == moment else moment


def answers(
    form: Form, sections: Iterable[str], values: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the answers to some sections as a scenario sets them, by catalogue id where it can.

    What was left open is set to "", so that no example takes its place.
    Takes:   values, {section: {key: JSON}}, as they came out of checking.
    """
    wanted = tuple(sections)
    return {
        _name(form, entry, wanted): value
        for section in wanted
        for entry, value in _of_fields(form.section(section).fields, values.get(section, {}))
    }


def _of_fields(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
    for entry in fields:
        if entry.has_input:
            yield entry, _answer(entry, values.get(entry.key))


def _answer(entry: Field, value: Any) -> Any:
    if value is None or value == "":
        return ""
    if entry.type == "adolyguSignature":
        return True
    if entry.type == "filepicker":
        return value["name"]
    if entry.is_rows:
        return [
            {column.key: cell for column, cell in _of_fields(entry.columns, row)} for row in value
        ]
    if isinstance(value, Mapping):
        return {part: text for part, text in value.items() if text is not None}
    return value


def _name(form: Form, entry: Field, sections: tuple[str, ...]) -> str:
    """Return the catalogue id of an input that has it to itself, which no other form has; its key
    else.
    """
    found = forms.find_inputs(form, entry.catalogue, sections) if entry.catalogue else []
    return entry.catalogue if [path.field for path in found] == [entry] else entry.key
