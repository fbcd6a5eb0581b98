"""Say what an edition does not say of itself, and which times it leaves for a Board to enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.deployments.definitions import TIMESCALES, Reading
from engine.deployments.findings import TomlFindings
from engine.deployments.folders import (
    BASE_EDITION,
    EDITION_BASIS,
    VARIATION_BASIS,
    read_label,
)
from engine.lint import Finding
from engine.timescales import Timescale

#: The rule of the warning for each time that has to be entered before a case can be opened.
TO_ENTER = "time_not_entered"


def check(reading: Reading) -> Iterator[Finding]:
    """Go through what an edition says of itself, and the lengths that are left open."""
    edition, variation = read_label(reading.files)
    if edition != BASE_EDITION and EDITION_BASIS not in reading.files:
        message = f"The edition {edition} does not say what it rests on in law."
        remedy = f"Add processes/editions/{edition}/edition.toml, with its title and its sources."
        yield Finding("warning", 1, edition, message, remedy, "edition_basis", EDITION_BASIS)
    for basis in reading.bases:
        if basis.edition and basis.edition != edition:
            message = f"This variation is laid over {basis.edition}, not over {edition}."
            remedy = f"Take it with --edition {basis.edition}, or say another edition in it."
            yield Finding("error", 1, variation, message, remedy, "edition_basis", VARIATION_BASIS)
    make = TomlFindings(reading, TIMESCALES, TO_ENTER)
    for row in to_enter(reading.timescales.values()):
        # An edition is built on; whoever takes a variation of it opens cases.
        yield make.told(
            "error" if variation else "warning",
            row.key,
            "length",
            f"“{row.name.en}” has no length. It is left for the Board to enter, and no case can be "
            "opened before that.",
            f"Enter it among the timescales of a variation: [{row.key}] in timescales.toml, such "
            'as length = "P1M" for a month.',
            f"Nid oes hyd i “{row.name.cy}”. Y Bwrdd sydd i’w nodi, ac ni ellir agor achos cyn "
            f"hynny. Nodwch ef ymhlith amserlenni amrywiad: [{row.key}] yn timescales.toml, megis "
            'length = "P1M" am fis.',
        )


def to_enter(timescales: Iterable[Timescale]) -> list[Timescale]:
    """Return the timescales whose length is left for a Board to enter."""
    return [row for row in timescales if row.to_enter]
