"""Check one diagram among the files it belongs to while it is drawn, and say what it may name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Lock

from engine import feel, lint, workflow
from engine.deployments import form_checks, soundness_checks
from engine.deployments.checks import known
from engine.deployments.definitions import LETTERS, Files, Reading, as_finding, hash_of, read
from engine.deployments.writing import Writing
from engine.errors import InvalidDefinition
from engine.letters import parse_letter
from engine.lint import Finding, Known
from engine.lint.rules.opened_case import RELATIONS
from engine.lint.rules.service_effect import EFFECTS
from engine.texts import Text

#: So many sets of files are kept read; one for each diagram that is drawn just now.
CACHE_SIZE = 8

_cache: OrderedDict[str, tuple[Reading, Known | None]] = OrderedDict()
_cache_lock = Lock()


@dataclass(frozen=True)
class Choice:
    """Something that a diagram may name: its key, what people call it, and what is inside it."""

    key: str
    text: Text
    inside: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Choices:
    """All that the elements of a diagram may name.

    `forms` hold their sections, `lists` the kind of their items. `facts` and `functions` are what
    FEEL reads and calls.
    """

    forms: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    timescales: tuple[Choice, ...]
    decisions: tuple[Choice, ...]
    notices: tuple[Choice, ...]
    lists: tuple[Choice, ...]
    parts: tuple[Choice, ...]
    sides: tuple[Choice, ...]
    roots: tuple[Choice, ...]
    gateways: tuple[Choice, ...]
    facts: tuple[Choice, ...]
    functions: tuple[str, ...]
    effects: tuple[str, ...] = tuple(sorted(EFFECTS))
    relations: tuple[str, ...] = tuple(sorted(RELATIONS))


def check_drawn(
    files: Files, path: str, source: bytes, *, proves: bool = False
) -> tuple[Finding, ...]:
    """Return what is wrong with a diagram that stands in place of a file of the set.

    What is said is what the check of the whole set says of that file by itself: the rules for
    diagrams, and whether it can be read at all.
    Takes:   proves, True to go through all its states too, once nothing else is wrong; seconds.
    """
    around, names = _around(files, path)
    if names is not None:
        names = _with_own(names, path, source)
    found = lint.check_diagram(source, path, names, drawn=True, tidy=False)
    if any(each.severity == "error" for each in found):
        return tuple(found)
    try:
        process = workflow.parse_process(source, path)
    except InvalidDefinition as invalid:
        return (*found, as_finding(invalid))
    if proves and names is not None:
        here = replace(around, processes={**around.processes, process.id: process})
        found += soundness_checks.check_one(here, Writing(here), process)
    return tuple(found)


def choices(files: Files, path: str) -> Choices:
    """Return what the diagram at a path may name, so far as the files can be read."""
    reading, _ = _around(files, path)
    return Choices(
        forms=tuple(
            Choice(
                form.id,
                form.texts.get("title", _as_itself(form.id)),
                tuple(
                    Choice(section.id, section.texts.get("label", _as_itself(section.id)))
                    for section in form.sections
                ),
            )
            for form in reading.forms.values()
        ),
        roles=_named((key, role.text) for key, role in reading.roles.rows.items()),
        timescales=_named((key, row.name) for key, row in reading.timescales.items()),
        decisions=_named(
            (key, Text(table.name_en, table.name_cy)) for key, table in reading.decisions.items()
        ),
        notices=_named(
            (key, _subject(reading, f"{LETTERS}{key}.toml")) for key in sorted(reading.letters)
        ),
        lists=_lists(reading),
        parts=_processes(reading, "part"),
        sides=_processes(reading, "side"),
        roots=_processes(reading, "root"),
        gateways=_named(
            (element.id, Text(element.name("en"), element.name("cy")))
            for process in reading.processes.values()
            if process.kind == "root"
            for element in process.elements.values()
            if element.kind == "exclusiveGateway" and element.name("en")
        ),
        facts=_named((name, fact.text) for name, fact in reading.facts.items()),
        functions=tuple(sorted({*feel.OWN_FUNCTIONS, *feel.BUILTINS})),
    )


def _around(files: Files, path: str) -> tuple[Reading, Known | None]:
    """Return all the files but one as they read, and the names in them; none for broken files.

    They are kept as long as only that one file changes, as it does while it is drawn.
    """
    others = {name: source for name, source in files.items() if name != path}
    key = hash_of(others)
    with _cache_lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    reading = read(others)
    broken = any(not found.path.endswith(".bpmn") for found in reading.findings)
    with _cache_lock:
        _cache[key] = reading, None if broken else known(reading)
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
        return _cache[key]


def _with_own(names: Known, path: str, source: bytes) -> Known:
    """Return the names of the other files together with those of the diagram itself."""
    own = known(Reading({path: source}))
    return replace(
        names,
        gateways={*names.gateways, *own.gateways},
        processes={**names.processes, **own.processes},
    )


def _lists(reading: Reading) -> tuple[Choice, ...]:
    """Return the item lists, called as the forms call the rows that fill them."""
    found = {
        entry.items.list: Choice(
            entry.items.list,
            entry.text("label") if entry.text("label").en else _as_itself(entry.items.list),
            (Choice(entry.items.kind, _as_itself(entry.items.kind)),),
        )
        for form in reading.forms.values()
        for entry in form_checks.all_fields(form)
        if entry.items is not None
    }
    return tuple(found[name] for name in sorted(found))


def _processes(reading: Reading, kind: str) -> tuple[Choice, ...]:
    return _named(
        (process.id, Text(process.name("en"), process.name("cy")))
        for process in reading.processes.values()
        if process.kind == kind
    )


def _named(pairs: Iterable[tuple[str, Text]]) -> tuple[Choice, ...]:
    return tuple(_each(pairs))


def _each(pairs: Iterable[tuple[str, Text]]) -> Iterator[Choice]:
    for key, text in pairs:
        yield Choice(key, text if text.en and text.cy else _as_itself(text.en or text.cy or key))


def _subject(reading: Reading, path: str) -> Text:
    return parse_letter(reading.files[path], path).subject


def _as_itself(key: str) -> Text:
    return Text(key, key)
