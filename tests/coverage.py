"""Print which requirement of the guidance is carried out where; `make coverage-of-guidance`.

`docs/requirements.md` is the catalogue. `docs/coverage.toml` says which of its parts are delivered,
and why an id of a delivered part is carried out nowhere.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import deployments, forms, workflow
from engine.deployments.form_checks import all_fields

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "docs" / "requirements.md"
COVERAGE = ROOT / "docs" / "coverage.toml"

STATES = ("covered", "reasoned", "missing", "not yet delivered")
WIDTHS = {state: len(state) + 2 for state in STATES}

_HEADING = re.compile(r"#{2,4} (.+)")
_STEP = re.compile(r"(INT|CON|EXT|TIM|FAM|TOR|LEV|PUB|ACT|MPF|CNS|CRE|XFL)-\d{2}[a-z]?")
_TIMESCALE = re.compile(r"TS-\d{2}[a-z]?")
_FIELD = re.compile(r"F\d{2}\.\d{2}[a-z]?")
_ROW = re.compile(r"DR-\d{2}\.\d{1,2}")
_ANY = re.compile(r"\b(?:[A-Z]{2,3}-\d{2,3}[a-z]?(?:\.\d{1,2})?|F-\d{2}|F\d{2}\.\d{2})\b")


@dataclass(frozen=True)
class Requirement:
    """A row of the catalogue that something must carry out, and the section it stands in."""

    id: str
    section: str

    @property
    def part(self) -> str:
        """What is delivered as a whole: `CNS`, `TS-41`, `F-45`, `DR-16`."""
        if _FIELD.fullmatch(self.id):
            return f"F-{self.id[1:3]}"
        if _ROW.fullmatch(self.id):
            return self.id.partition(".")[0]
        return self.id if _TIMESCALE.fullmatch(self.id) else self.id.partition("-")[0]


@dataclass(frozen=True)
class Coverage:
    """What `docs/coverage.toml` says."""

    covered: int
    delivered: frozenset[str]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A requirement, what became of it, and where or why."""

    requirement: Requirement
    state: str
    where: str


def read_requirements(text: str) -> list[Requirement]:
    """Return the steps, timescales, fields and decision rows of the catalogue, in its order."""
    found: dict[str, Requirement] = {}
    section = ""
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            section = heading[1]
        first = line.split("|")[1].strip() if line.startswith("| ") else ""
        if any(kind.fullmatch(first) for kind in (_STEP, _TIMESCALE, _FIELD, _ROW)):
            found.setdefault(first, Requirement(first, section))
    return list(found.values())


def read_ids(text: str) -> frozenset[str]:
    """Return every id that the catalogue mentions anywhere."""
    return frozenset(_ANY.findall(text))


def read_coverage(source: str) -> Coverage:
    """Return what is delivered and what is reasoned."""
    table = tomllib.loads(source)
    parts = [part for parts in table["delivered"].values() for part in parts]
    return Coverage(table["covered"], frozenset(parts), table.get("reasons", {}))


def read_carried(root: Path) -> dict[str, list[str]]:
    """Return where each id is carried: elements and flows, rows, fields and rules, by file."""
    definitions = deployments.build(deployments.read_folders(root))
    carried: dict[str, list[str]] = {}
    for identifier, where in _carried(definitions):
        places = carried.setdefault(identifier, [])
        if where not in places:
            places.append(where)
    return carried


def lines_of(
    requirements: list[Requirement], carried: Mapping[str, list[str]], coverage: Coverage
) -> list[Line]:
    """Return what became of each requirement."""
    return [_line(requirement, carried, coverage) for requirement in requirements]


def main() -> int:
    """Print a table of the sections, then what is missing and what is reasoned."""
    text = REQUIREMENTS.read_text(encoding="utf-8")
    coverage = read_coverage(COVERAGE.read_text(encoding="utf-8"))
    lines = lines_of(read_requirements(text), read_carried(ROOT), coverage)
    sys.stdout.write("\n".join(_report(lines)) + "\n")
    return 1 if any(line.state == "missing" for line in lines) else 0


def _carried(definitions: deployments.Definitions) -> Iterator[tuple[str, str]]:
    for timescale in definitions.timescales:
        yield timescale, "processes/timescales.toml"
    for process in definitions.processes.values():
        yield from _carried_by_process(process)
    for table in definitions.decisions.values():
        yield from ((row.id, f"processes/decisions/{table.id}.dmn") for row in table.rules)
    for form in definitions.forms.values():
        yield from _carried_by_form(form)


def _carried_by_process(process: workflow.ProcessDefinition) -> Iterator[tuple[str, str]]:
    yield from ((identifier, process.path) for identifier in process.requirement)
    for thing in (*process.elements.values(), *process.flows.values()):
        yield from ((identifier, f"{process.path} {thing.id}") for identifier in thing.requirement)


def _carried_by_form(form: forms.Form) -> Iterator[tuple[str, str]]:
    for entry in all_fields(form):
        if entry.catalogue:
            yield entry.catalogue, f"{form.path} {entry.key or entry.id}"
    for rule in form.rules:
        rows = filter(None, (rule.row, *rule.messages))
        yield from ((row, f"{form.path} rules") for row in rows)


def _line(requirement: Requirement, carried: Mapping[str, list[str]], coverage: Coverage) -> Line:
    where = carried.get(requirement.id, [])
    if where:
        return Line(requirement, "covered", ", ".join(where))
    if requirement.id in coverage.reasons:
        return Line(requirement, "reasoned", coverage.reasons[requirement.id])
    is_delivered = requirement.part in coverage.delivered
    return Line(requirement, "missing" if is_delivered else "not yet delivered", "")


def _report(lines: list[Line]) -> Iterator[str]:
    sections: dict[str, Counter[str]] = {}
    for line in lines:
        sections.setdefault(line.requirement.section, Counter())[line.state] += 1
    sections["All"] = Counter(line.state for line in lines)
    yield f"{'Section':50}" + "".join(f"{state:>{WIDTHS[state]}}" for state in STATES)
    for section, counts in sections.items():
        cells = (f"{counts[state] or '·':>{WIDTHS[state]}}" for state in STATES)
        yield f"{section[:49]:50}" + "".join(cells)
    for state in ("missing", "reasoned"):
        chosen = [line for line in lines if line.state == state]
        if chosen:
            yield f"\n{state.capitalize()}:"
            yield from (f"  {line.requirement.id:10} {line.where}".rstrip() for line in chosen)


if __name__ == "__main__":
    sys.exit(main())
