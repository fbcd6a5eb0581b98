"""Read scenario files: strict TOML, where an unknown key is an error that names it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from engine import deployments, time_source
from engine.deployments import BASE_EDITION, TIMESCALES
from engine.errors import EngineError

VERBS = (
    "until", "complete", "start", "amend", "advance_to", "add_item", "remove_item", "appoint",
    "go_back", "repeat", "skip", "change_type", "suspend", "resume", "withdraw", "publish_check",
    "case",
)  # fmt: skip
WITH_VERBS = (
    "at", "as", "item", "set", "expect", "refused", "forbidden", "by", "leave", "reason",
    "confirmed_by",
)  # fmt: skip
EXPECTATIONS = (
    "open", "not_open", "closed", "clock", "values", "facts", "notices", "no_notices", "documents",
    "no_documents", "readable", "decision", "audit", "state", "findings", "paused", "not_paused",
)  # fmt: skip
#: Of what shape it has to be what stands beside a verb, and how that is written.
SHAPES = (
    ("expect", dict, "table", "{ }"),
    ("set", dict, "table", "{ }"),
    ("leave", list, "list", '["CNS-03"]'),
)
TOP = (
    "title", "process", "now", "step", "given", "adopt", "edition", "variation", "times",
)  # fmt: skip

#: Where a scenario does not say when it plays.
DEFAULT_NOW = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001  local time, made aware below


class InvalidScenario(EngineError):
    """{file}: {where} {reason}. What to do: {remedy}."""

    status = 422


@dataclass(frozen=True)
class Step:
    """One step: at most one verb, with what goes with it."""

    number: int
    verb: str
    argument: Any
    options: Mapping[str, Any]

    def get(self, name: str, otherwise: Any = None) -> Any:
        """Return what stands beside the verb."""
        return self.options.get(name, otherwise)

    @property
    def at(self) -> datetime | None:
        """Return the moment to go to first, UTC."""
        moment = self.options.get("at")
        return None if moment is None else instant(moment)


@dataclass(frozen=True)
class Basis:
    """Under which edition and variation a scenario plays; what is empty it does not say.

    `times` are lengths for timescales that an edition leaves for a Board to enter.
    """

    edition: str = ""
    variation: str = ""
    times: tuple[tuple[str, str], ...] = ()

    def files(self, root: Path, edition: str, variation: str) -> dict[str, bytes]:
        """Return the files to play, those of the edition and variation given where it says none.

        Raises:  UnknownFolder.
        """
        named = bool(self.edition or self.variation)
        wanted = (self.edition or BASE_EDITION, self.variation) if named else (edition, variation)
        files = deployments.read_folders(root, *wanted)
        rows = "".join(f"[{key}]\nlength = {json.dumps(length)}\n" for key, length in self.times)
        return deployments.lay(files, {TIMESCALES: rows.encode()}, "times") if rows else files


@dataclass(frozen=True)
class Scenario:
    """A story that must come out as it says."""

    file: str
    title: str
    process: str
    now: datetime
    steps: tuple[Step, ...]
    given: Mapping[str, Any] = field(default_factory=dict)
    adopt: Mapping[str, Any] | None = None
    #: So many of the steps are those that all scenarios of the file start with.
    shared: int = 0
    basis: Basis = Basis()


def read_scenarios(paths: Iterable[Path]) -> list[Scenario]:
    """Return the scenarios of files and folders, in the order of their names.

    Raises:  InvalidScenario.
    """
    found: list[Scenario] = []
    for path in paths:
        if not path.exists():
            raise _wrong(path, "the file", "is not there", "check the path")
        files = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not files:
            raise _wrong(path, "the folder", "holds no scenario", "check the path")
        for file in files:
            found.extend(_read(file))
    return found


def instant(moment: Any) -> datetime:
    """Return a local moment, or the start of a local day, as an instant in UTC."""
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=time_source.WALES)
        return aware.astimezone(UTC)
    if isinstance(moment, date):
        return time_source.start_of_day(moment)
    raise ValueError(f"{moment!r} is not a moment")


def read_scenario_text(name: str, text: str) -> list[Scenario]:
    """Return the scenarios of a text that is in no file of this machine.

    Takes:   name, what it is called where something is wrong with it.
    Raises:  InvalidScenario.
    """
    return list(_read_text(Path(name), text))


def _read(path: Path) -> Iterator[Scenario]:
    try:
        text = path.read_text(encoding="utf-8")
    except (ValueError, OSError) as error:
        raise _wrong(path, "the file", f"cannot be read ({error})", "mend the TOML") from None
    return _read_text(path, text)


def _read_text(path: Path, text: str) -> Iterator[Scenario]:
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, "the file", f"cannot be read ({error})", "mend the TOML") from None
    begin = _begin(path, data.pop("begin", []))
    several = data.pop("scenario", None)
    for name, entries in (("begin", begin), ("scenario", several or []), *_steps_of(data, several)):
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise _wrong(path, repr(name), "is no list of tables", f"write [[{name}]]")
    if several is None:
        yield _scenario(path, data, begin)
        return
    if "step" in data:
        remedy = "put the steps that all of them share under [[begin]]"
        raise _wrong(path, "'step'", "stands beside [[scenario]]", remedy)
    for entry in several:
        yield _scenario(path, {**data, **entry}, begin)


def _steps_of(data: Mapping[str, Any], several: Any) -> list[tuple[str, Any]]:
    """Return the steps of a file, and those of each of its scenarios, by what they are called."""
    each = [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []
    own = [("scenario.step", one.get("step", [])) for one in each]
    return [("step", data.get("step", [])), *own]


def _begin(path: Path, begin: Any) -> Any:
    """Return the steps that all start with: [[begin]], or [begin] with its steps."""
    if isinstance(begin, dict):
        for name in begin:
            if name not in ("step", "steps"):
                raise _wrong(path, "[begin]", f"has the unknown key {name!r}", "use step")
        begin = [*begin.get("step", []), *begin.get("steps", [])]
    return begin


def _scenario(path: Path, data: dict[str, Any], begin: list[dict[str, Any]]) -> Scenario:
    for name in data:
        if name not in TOP:
            raise _wrong(path, repr(name), "is not a key of a scenario", f"use {', '.join(TOP)}")
    title = str(data.get("title") or path.stem)
    adopt = data.get("adopt")
    process = data.get("process") or (adopt or {}).get("process")
    if not process:
        raise _wrong(path, title, "names no process", 'write process = "consultation"')
    entries = [*begin, *data.get("step", [])]
    steps = tuple(_step(path, number, entry) for number, entry in enumerate(entries, 1))
    try:
        now = instant(data.get("now", DEFAULT_NOW))
    except ValueError as error:
        raise _wrong(path, "now", str(error), "write 2026-03-02T09:00:00") from None
    return Scenario(
        str(path),
        title,
        str(process),
        now,
        steps,
        data.get("given", {}),
        adopt,
        len(begin),
        _basis(path, data),
    )


def _basis(path: Path, data: Mapping[str, Any]) -> Basis:
    times = data.get("times", {})
    if not isinstance(times, dict) or not all(isinstance(each, str) for each in times.values()):
        remedy = 'write times = { "TS-101" = "P28D" }'
        raise _wrong(path, "'times'", "is no table of lengths", remedy)
    edition, variation = str(data.get("edition", "")), str(data.get("variation", ""))
    if times and variation:
        remedy = "write the lengths into the timescales.toml of the variation"
        raise _wrong(path, "'times'", "stands beside a variation", remedy)
    return Basis(edition, variation, tuple(times.items()))


def _step(path: Path, number: int, entry: dict[str, Any]) -> Step:
    where = f"step {number}"
    verbs = [name for name in entry if name in VERBS]
    if len(verbs) > 1:
        raise _wrong(path, where, f"has two verbs, {' and '.join(verbs)}", "write two steps")
    for name in entry:
        if name not in VERBS and name not in WITH_VERBS:
            known = ", ".join((*VERBS, *WITH_VERBS))
            raise _wrong(path, where, f"has the unknown key {name!r}", f"use one of {known}")
    for name, kind, said, like in SHAPES:
        if not isinstance(entry.get(name, kind()), kind):
            raise _wrong(path, where, f"has a {name!r} that is no {said}", f"write {name} = {like}")
    for name in entry.get("expect", {}):
        if name not in EXPECTATIONS:
            known = ", ".join(EXPECTATIONS)
            raise _wrong(path, where, f"expects the unknown {name!r}", f"use one of {known}")
    for name in ("at", "by", "advance_to"):
        if name in entry and not isinstance(entry[name], date):
            raise _wrong(
                path, where, f"has a {name!r} that is no moment", "write 2026-03-02T09:00:00"
            )
    verb = verbs[0] if verbs else ""
    return Step(number, verb, entry.get(verb), {k: v for k, v in entry.items() if k != verb})


def _wrong(path: Path, where: str, reason: str, remedy: str) -> InvalidScenario:
    return InvalidScenario(file=str(path), where=where, reason=reason, remedy=remedy)
