"""Make findings about what does not fit between two files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.deployments.definitions import Reading
from engine.lint import Finding, Severity
from engine.toml_source import TomlSource


@dataclass
class TomlFindings:
    """Makes findings about the rows of one TOML file, each with the line of its key."""

    reading: Reading
    path: str
    rule: str

    def __post_init__(self) -> None:
        """Read the file once more, for its lines."""
        self._source = TomlSource(self.reading.files[self.path], self.path)

    def error(self, row: str, key: str, message: str, remedy: str) -> Finding:
        """Return the finding about a key of a row."""
        line = self._source.line(tuple(row.split(".")), key)
        return Finding("error", line, row, message, remedy, self.rule, self.path)

    def told(
        self, severity: Severity, row: str, key: str, message: str, remedy: str, welsh: str
    ) -> Finding:
        """Return the finding of either severity about a key of a row, with both in Welsh."""
        return replace(self.error(row, key, message, remedy), severity=severity, welsh=welsh)


def carried_steps(reading: Reading) -> frozenset[str]:
    """Return the requirement ids that some task or call of some process carries out."""
    tasks = ("userTask", "sendTask", "serviceTask", "businessRuleTask", "callActivity")
    return frozenset(
        identifier
        for process in reading.processes.values()
        for element in process.elements.values()
        if element.kind in tasks
        for identifier in element.requirement
    )
