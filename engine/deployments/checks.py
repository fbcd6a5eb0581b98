"""Say everything that is wrong with a set of files, before it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine import lint
from engine.deployments import (
    confidentiality_checks,
    decision_checks,
    edition_checks,
    fact_checks,
    form_checks,
    layout_checks,
    milestone_checks,
    role_checks,
    soundness_checks,
    statutory_checks,
    statutory_proof,
    timescale_checks,
)
from engine.deployments.definitions import Files, Reading, hash_of, read, unread
from engine.deployments.folders import EDITION, differs_from_edition
from engine.facts import CASE
from engine.lint import Finding, Known, KnownProcess

#: The findings on the set of files that was checked last, in full and without the proofs:
#: scenarios deploy one set many times.
_last: dict[tuple[str, bool], tuple[Finding, ...]] = {}


def check(files: Files, *, proved: bool = True) -> list[Finding]:
    """Return what the rules for diagrams find, then what does not fit between the files.

    Files that cannot be read are findings too; as long as there are any, the others are not held
    against them, for half of it would be wrong.
    Takes:   proved, false for what is only to be tried: its processes can run, whether or not they
             are sound and keep to the rules of the edition. That takes a quarter of the time.
    """
    global _last
    key, last = (hash_of(files), proved), _last
    if key not in last:
        last = _last = {key: tuple(_check(files, proved=proved))}
    return list(last[key])


def _check(files: Files, *, proved: bool) -> list[Finding]:
    reading = read(files)
    readable = not any(found for found in reading.findings if not found.path.endswith(".bpmn"))
    findings = list(_lint(reading, known(reading) if readable else None))
    linted = {found.path for found in findings if found.severity == "error"}
    findings += [found for found in reading.findings if found.path not in linted]
    findings += stray(unread(files))
    if not reading.findings:
        for checks in (
            edition_checks,
            fact_checks,
            timescale_checks,
            milestone_checks,
            form_checks,
            decision_checks,
            role_checks,
            statutory_checks,
            confidentiality_checks,
            layout_checks,
        ):
            findings += checks.check(reading)
        if proved and not any(found.severity == "error" for found in findings):
            # Of what is drawn wrongly, a proof would say the same again in other words.
            findings += soundness_checks.check(reading)
            findings += statutory_proof.check(reading)
    return sorted(findings, key=lambda found: (found.path, found.line, found.rule, found.element))


def stray(paths: Iterable[str]) -> list[Finding]:
    """Return a warning for each file that lies among the definitions and is not one of them."""
    remedy = "Remove it, or give it the place and the ending of what it is."
    return [
        Finding("warning", 1, "", f"Nothing reads {path}.", remedy, "stray_file", path)
        for path in paths
    ]


def known(reading: Reading) -> Known:
    """Return the names that diagrams may refer to."""
    diagrams = [lint.read_diagram(reading.files[path], path) for path in _diagrams(reading)]
    return Known(
        forms={
            key: frozenset(section.id for section in form.sections)
            for key, form in reading.forms.items()
        },
        roles=frozenset(reading.roles),
        timescales=frozenset(reading.timescales),
        timescales_after_close=frozenset(
            key for key, row in reading.timescales.items() if row.after_close
        ),
        facts=frozenset(reading.facts),
        facts_of_items=frozenset(
            name for name, fact in reading.facts.items() if fact.scope != CASE
        ),
        decisions=frozenset(reading.decisions),
        gateways=frozenset(
            gateway.id
            for diagram in diagrams
            for process in diagram.processes[:1]
            if process.own.get("kind") == "root"
            for gateway in diagram.of_kind("exclusiveGateway")
        ),
        notices=reading.letters,
        items=form_checks.item_lists(reading),
        processes={
            process.id: KnownProcess(
                kind=process.own.get("kind", ""),
                item=process.own.get("item", ""),
                calls=frozenset(
                    call.element.get("calledElement", "")
                    for call in diagram.of_kind("callActivity")
                ),
                after_close=process.own.get("afterClose") == "true",
            )
            for diagram in diagrams
            for process in diagram.processes[:1]
        },
    )


def _lint(reading: Reading, names: Known | None) -> Iterator[Finding]:
    for path in _diagrams(reading):
        tidy = not differs_from_edition(reading.files, path)
        yield from lint.check_diagram(reading.files[path], path, names, drawn=True, tidy=tidy)


def _calls(diagram: lint.Diagram) -> Iterator[str]:
    for call in diagram.of_kind("callActivity"):
        yield call.element.get("calledElement", "")


def _diagrams(reading: Reading) -> list[str]:
    """Return the diagrams that are to run; those of an edition below were checked with it."""
    return sorted(
        path for path in reading.files if path.endswith(".bpmn") and not path.startswith(EDITION)
    )
