"""Hold the rows of `roles.toml` against the processes whose cases they name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.deployments.definitions import ROLES, Reading
from engine.deployments.findings import TomlFindings
from engine.lint import Finding


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the roles: a name that is wrong would let them see nothing, without a word."""
    make = TomlFindings(reading, ROLES, "role_process")
    roots = {name for name, found in reading.processes.items() if "root" in found.kind.split()}
    for key in reading.roles:
        role = reading.roles.get(key)
        for place, names in (("processes", role.processes), ("reads_case", role.reads)):
            for name in names or ():
                if name not in roots:
                    message = f"There is no root process {name}."
                    remedy = f"Name root processes, such as: {', '.join(sorted(roots))}."
                    yield make.error(f"roles.{key}", place, message, remedy)
