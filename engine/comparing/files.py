"""Compare two sets of definitions: which files differ, and what differs in each, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.comparing.diagrams import compare_diagrams
from engine.comparing.forms import compare_forms
from engine.comparing.names import Names
from engine.comparing.parts import Difference
from engine.comparing.rows import compare_rows
from engine.comparing.tables import compare_tables
from engine.errors import InvalidDefinition
from engine.texts import Text

Files = Mapping[str, bytes]

#: What a set of files holds beside definitions: the edition below a variation, and its label.
_NOT_DEFINITIONS = ("edition/", "deployment.toml")

#: The kinds of file, in the order in which a page shows them.
KINDS = ("process", "form", "decision", "rows", "letter", "layout")

#: Files of rows that a variation may have, and what each is called.
ROWS = {
    "processes/facts.toml": Text("Facts", "Ffeithiau"),
    "processes/timescales.toml": Text("Timescales", "Amserlenni"),
    "processes/roles.toml": Text("Roles", "Rolau"),
    "processes/milestones.toml": Text("Milestones", "Cerrig milltir"),
    "processes/reasons.toml": Text(
        "Reasons for departing from a proposed reading",
        "Rhesymau dros wyro oddi wrth ddarlleniad arfaethedig",
    ),
    "processes/variation.toml": Text(
        "What the variation rests on", "Ar beth y mae’r amrywiad yn seiliedig"
    ),
}


#: Files of rows that no variation has.
_OF_EDITIONS = {
    "processes/statutory.toml": Text("Statutory rules", "Rheolau statudol"),
    "processes/edition.toml": Text(
        "What the edition rests on", "Ar beth y mae’r argraffiad yn seiliedig"
    ),
}


@dataclass(frozen=True)
class FileComparison:
    """A file that differs: `state` is added, removed or changed; of a changed one, what differs.

    `kind` is one of KINDS; `key` its name without folder and ending.
    """

    path: str
    kind: str
    key: str
    title: Text
    state: str
    differences: tuple[Difference, ...] = ()

    @property
    def marks(self) -> dict[str, str]:
        """Return what of a drawing is marked and how, by id: the same as the list says."""
        marks: dict[str, str] = {}
        for difference in self.differences:
            if difference.part:
                marks.setdefault(difference.part, difference.kind)
        return marks


def compare(before: Files, now: Files) -> tuple[FileComparison, ...]:
    """Return the files that differ between two sets, by kind and then by path.

    Takes:   two resolved sets, as `read_folders` gives them.
    """
    names_before, names = Names(before), Names(now)
    found = [
        compare_file(path, before.get(path), now.get(path), names_before, names)
        for path in sorted({*before, *now})
        if is_definition(path) and before.get(path) != now.get(path)
    ]
    return tuple(sorted(found, key=lambda each: (KINDS.index(each.kind), each.path)))


def compare_file(
    path: str, before: bytes | None, now: bytes | None, names_before: Names, names: Names
) -> FileComparison:
    """Return what differs between two versions of a file; None, where there is none."""
    state = "added" if before is None else "removed" if now is None else "changed"
    key = path.rpartition("/")[2].rpartition(".")[0]
    title = file_title(path, names if now is not None else names_before)
    found: tuple[Difference, ...] = ()
    if before is not None and now is not None:
        found = tuple(_differences(path, before, now, names_before, names))
    return FileComparison(path, file_kind(path), key, title, state, found)


def is_definition(path: str) -> bool:
    """Say whether a file of a set is one that people write."""
    return not path.startswith(_NOT_DEFINITIONS)


def file_kind(path: str) -> str:
    """Return what kind of file stands under a path."""
    if path.endswith(".bpmn"):
        return "process"
    if path.endswith(".dmn"):
        return "decision"
    if path.startswith("forms/letters/"):
        return "letter"
    if path.startswith("forms/reports/"):
        return "layout"
    return "form" if path.endswith(".json") else "rows"


def file_title(path: str, names: Names) -> Text:
    """Return what people call a file: the name of its process, the title of its form."""
    key = path.rpartition("/")[2].rpartition(".")[0]
    kind = file_kind(path)
    if kind == "process":
        return names.process(key)
    if kind in ("form", "layout"):
        return names.form(key)
    if kind == "decision":
        return names.decision(key)
    if kind == "letter":
        return names.letter(path, key)
    return ROWS.get(path) or _OF_EDITIONS.get(path, Text(key, key))


def _differences(
    path: str, before: bytes, now: bytes, names_before: Names, names: Names
) -> list[Difference]:
    """Return what differs; where nothing that is understood does, that it is written otherwise."""
    try:
        found = _understood(path, before, now, names_before, names)
    except (InvalidDefinition, ValueError, RecursionError):
        return [Difference("changed", "", _UNREADABLE)]
    return found or [Difference("changed", "", _WRITTEN_OTHERWISE)]


def _understood(
    path: str, before: bytes, now: bytes, names_before: Names, names: Names
) -> list[Difference]:
    kind = file_kind(path)
    if kind == "process":
        return compare_diagrams(before, now, path, names_before, names)
    if kind == "decision":
        return compare_tables(before, now, path)
    if kind == "form":
        return compare_forms(before, now)
    return compare_rows(before, now, path, names_before, names)


_WRITTEN_OTHERWISE = Text(
    "It is written otherwise, and says the same.",
    "Mae wedi’i ysgrifennu’n wahanol, ac yn dweud yr un peth.",
)
_UNREADABLE = Text(
    "One of the two cannot be read, so that it cannot be said what differs. The checks say what is "
    "wrong with it. Put that right, and compare again.",
    "Ni ellir darllen un o’r ddau, felly ni ellir dweud beth sy’n wahanol. Mae’r gwiriadau’n dweud "
    "beth sydd o’i le arno. Cywirwch hynny, a chymharwch eto.",
)
