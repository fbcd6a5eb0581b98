"""Read the files of a deployment into what the engine runs."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from engine import (
    decisions,
    facts,
    forms,
    layouts,
    legal_basis,
    letters,
    milestones,
    roles,
    statutory,
    timescales,
    workflow,
)
from engine.deployments.folders import (
    EDITION,
    EDITION_BASIS,
    LABEL,
    REASONS,
    STATUTORY,
    VARIATION_BASIS,
    read_label,
)
from engine.errors import EngineError, InvalidDefinition
from engine.lint import Finding
from engine.texts import Text

Files = Mapping[str, bytes]
_Named = TypeVar("_Named")
_Empty = TypeVar("_Empty")

FACTS = "processes/facts.toml"
ROLES = "processes/roles.toml"
TIMESCALES = "processes/timescales.toml"
MILESTONES = "processes/milestones.toml"
LETTERS = "forms/letters/"
LAYOUTS = "forms/reports/"
_LETTERS, _LAYOUTS = (LETTERS, ".toml"), (LAYOUTS, ".toml")

#: So many sets of definitions are kept; six Boards with a new and an old one each use fewer.
CACHE_SIZE = 32


class InvalidDeployment(EngineError):
    """These definitions cannot be deployed: {count} things are wrong. The first: {first}"""

    status = 422

    def __init__(self, findings: list[Finding]) -> None:
        """Take what was found, warnings left out."""
        self.findings = findings
        super().__init__(count=len(findings), first=str(findings[0]))


@dataclass(frozen=True, eq=False)
class Definitions:
    """A resolved set of definitions, ready to run; one object for one hash."""

    hash: str
    edition: str
    variation: str
    processes: Mapping[str, workflow.ProcessDefinition]
    forms: Mapping[str, forms.Form]
    decisions: Mapping[str, decisions.DecisionTable]
    timescales: Mapping[str, timescales.Timescale]
    milestones: Mapping[str, milestones.Milestone]
    facts: Mapping[str, facts.FactDeclaration]
    roles: roles.Roles
    #: how the documents of a form are printed, by form; of the others, as they are filled in
    layouts: Mapping[str, layouts.Layout]
    #: what the edition, then the variation, rests on in law; of neither where it does not say
    bases: tuple[legal_basis.LegalBasis, ...]
    #: path to the bytes of the file
    sources: Mapping[str, bytes]


@dataclass
class Reading:
    """What could be read of a set of files, the path of each thing, and what could not."""

    files: Files
    processes: dict[str, workflow.ProcessDefinition] = field(default_factory=dict)
    forms: dict[str, forms.Form] = field(default_factory=dict)
    decisions: dict[str, decisions.DecisionTable] = field(default_factory=dict)
    timescales: dict[str, timescales.Timescale] = field(default_factory=dict)
    milestones: dict[str, milestones.Milestone] = field(default_factory=dict)
    facts: dict[str, facts.FactDeclaration] = field(default_factory=dict)
    roles: roles.Roles = field(default_factory=lambda: roles.Roles({}, {}))
    layouts: dict[str, layouts.Layout] = field(default_factory=dict)
    statutory: dict[str, statutory.Rule] = field(default_factory=dict)
    #: why a variation departs from a reading that was proposed, by rule
    reasons: dict[str, Text] = field(default_factory=dict)
    #: what the edition, then the variation, rests on
    bases: list[legal_basis.LegalBasis] = field(default_factory=list)
    #: the keys of the notices that have a text
    letters: set[str] = field(default_factory=set)
    paths: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


_cache: dict[str, Definitions] = {}
_cache_lock = Lock()


def build(files: Files) -> Definitions:
    """Return the definitions that the files hold; the same files give the same object.

    Raises:  InvalidDeployment, for files that cannot be read. Whether they fit each other is
             what `check` says.
    """
    key = hash_of(files)
    with _cache_lock:
        if key in _cache:
            return _cache[key]
    reading = read(files)
    if reading.findings:
        raise InvalidDeployment(reading.findings)
    edition, variation = read_label(files)
    definitions = Definitions(
        hash=key,
        edition=edition,
        variation=variation,
        processes=reading.processes,
        forms=reading.forms,
        decisions=reading.decisions,
        timescales=reading.timescales,
        milestones=reading.milestones,
        facts=reading.facts,
        roles=reading.roles,
        layouts=reading.layouts,
        bases=tuple(reading.bases),
        sources=dict(files),
    )
    with _cache_lock:
        while len(_cache) >= CACHE_SIZE:
            del _cache[next(iter(_cache))]
        return _cache.setdefault(key, definitions)


def hash_of(files: Files) -> str:
    """Return the SHA-256 over the sorted paths and the hashes of what they hold."""
    digest = hashlib.sha256()
    for path, source in sorted(files.items()):
        digest.update(f"{path}\0{content_hash(source)}\n".encode())
    return digest.hexdigest()


def content_hash(source: bytes) -> str:
    """Return the SHA-256 of the bytes of a file."""
    return hashlib.sha256(source).hexdigest()


def read(files: Files) -> Reading:
    """Read every file; what cannot be read becomes a finding."""
    reading = Reading(files)
    for path, process in _each(reading, "processes/", ".bpmn", workflow.parse_process):
        _add(reading, "process", reading.processes, process.id, process, path)
    for path, form in _each(reading, "forms/", ".json", forms.parse_form):
        _add(reading, "form", reading.forms, form.id, form, path)
    for path, table in _each(reading, "processes/", ".dmn", decisions.parse_decision):
        _add(reading, "decision", reading.decisions, table.id, table, path)
    for path, _letter in _each(reading, LETTERS, ".toml", letters.parse_letter):
        # Read for its findings; notices read it again when they are sent.
        reading.letters.add(path.removeprefix(LETTERS).removesuffix(".toml"))
    for path, layout in _each(reading, LAYOUTS, ".toml", layouts.parse_layout):
        reading.layouts[path.removeprefix(LAYOUTS).removesuffix(".toml")] = layout
    reading.timescales = _one(reading, TIMESCALES, timescales.parse_timescales, {})
    reading.facts = _one(reading, FACTS, facts.parse_facts, {})
    reading.roles = _one(reading, ROLES, roles.parse_roles, reading.roles)
    if MILESTONES in files:
        reading.milestones = _one(reading, MILESTONES, milestones.parse_milestones, {})
    if STATUTORY in files:
        reading.statutory = _one(reading, STATUTORY, statutory.parse_statutory, {})
    if REASONS in files:
        reading.reasons = _one(reading, REASONS, statutory.parse_reasons, {})
    for path, parse in (
        (EDITION_BASIS, legal_basis.parse_edition),
        (VARIATION_BASIS, legal_basis.parse_variation),
    ):
        basis = _one(reading, path, parse, None) if path in files else None
        reading.bases += [basis] if basis else []
    return reading


def edition_of(reading: Reading) -> Reading:
    """Return the edition that a variation is laid over; without a variation, the same reading.

    Only what the variation replaces is read again.
    """
    replaced = {
        path.removeprefix(EDITION): source
        for path, source in reading.files.items()
        if path.startswith(EDITION)
    }
    if not replaced:
        return reading
    changed = read(replaced)
    return dataclasses.replace(
        reading,
        processes=reading.processes | changed.processes,
        forms=reading.forms | changed.forms,
        decisions=reading.decisions | changed.decisions,
        timescales=changed.timescales or reading.timescales,
        facts=changed.facts or reading.facts,
        roles=changed.roles if ROLES in replaced else reading.roles,
    )


def unread(files: Files) -> list[str]:
    """Return the files of a set that nothing reads, because of where they stand or are called."""
    read = {
        *(FACTS, ROLES, TIMESCALES, MILESTONES, STATUTORY, REASONS),
        *(EDITION_BASIS, VARIATION_BASIS, LABEL),
    }
    places = (("processes/", ".bpmn"), ("processes/", ".dmn"), ("forms/", ".json"))
    return [
        path
        for path in sorted(files)
        if path not in read
        and not path.startswith(EDITION)
        and not any(
            path.startswith(at) and path.endswith(end) for at, end in (*places, _LETTERS, _LAYOUTS)
        )
    ]


def as_finding(invalid: InvalidDefinition) -> Finding:
    """Return the refusal of a file as a finding."""
    details: Mapping[str, Any] = invalid.details
    reason, remedy = str(details["reason"]).rstrip("."), str(details["remedy"]).rstrip(".")
    element = str(details["element"])
    return Finding(
        severity="error",
        line=int(details["line"]),
        element=element,
        message=f"{element or 'The file'} {reason}.",
        remedy=f"{remedy[:1].upper()}{remedy[1:]}.",
        rule="definition",
        path=str(details["file"]),
    )


def _each(
    reading: Reading, folder: str, ending: str, parse: Callable[[bytes, str], _Named]
) -> Iterator[tuple[str, _Named]]:
    for path, source in sorted(reading.files.items()):
        if path.startswith(folder) and path.endswith(ending):
            try:
                yield path, parse(source, path)
            except InvalidDefinition as invalid:
                reading.findings.append(as_finding(invalid))


def _one(
    reading: Reading, path: str, parse: Callable[[bytes, str], _Named], empty: _Empty
) -> _Named | _Empty:
    if path not in reading.files:
        message = f"The file {path} is missing."
        reading.findings.append(Finding("error", 1, "", message, "Add it.", "definition", path))
        return empty
    try:
        return parse(reading.files[path], path)
    except InvalidDefinition as invalid:
        reading.findings.append(as_finding(invalid))
        return empty


def _add(
    reading: Reading, kind: str, there: dict[str, _Named], key: str, value: _Named, path: str
) -> None:
    if key in there:
        message = f"{path} and {reading.paths[kind, key]} hold the same {kind}."
        reading.findings.append(
            Finding("error", 1, key, message, "Rename or remove one of them.", "definition", path)
        )
    there[key] = value
    reading.paths[kind, key] = path
