"""Read the rows of `roles.toml`: who there is, and which roles a visibility class means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.texts import Text
from engine.toml_source import Row, TomlSource

SCOPES = ("board", "case", "item")

#: The class of what belongs to its author; whom else it means, the form names.
OWN = "V-OWN"

#: Runs the product, and sees no case content (ROL-40).
ADMINISTRATOR = "administrator"
DESIGNER = "designer"

#: What only an administrator gives: roles that run the product, or say what it does.
GIVEN_BY_ADMINISTRATORS = frozenset({ADMINISTRATOR, DESIGNER})
#: What nobody takes on for somebody who is away: who takes part in an event tells their own part,
#: and is replaced by decision of the Panel (LEV-16); who takes notes there stands apart (CF-16).
IN_PERSON = frozenset({"participant", "note_taker", *GIVEN_BY_ADMINISTRATORS})


@dataclass(frozen=True)
class Role:
    """A row of `roles.toml`."""

    key: str
    id: tuple[str, ...]
    scope: str
    item: str
    text: Text
    #: the root processes on whose cases it counts; None, all of them
    processes: tuple[str, ...] | None = None
    #: the root processes whose case page it opens; None, all of them
    reads: tuple[str, ...] | None = ()
    coordinates: bool = False
    #: confirms, as a second person, what bears on the statute; whoever co-ordinates does so too
    confirms: bool = False
    #: another agency or body: whoever co-ordinates can wait for it, and chase it, and no more
    outside: bool = False
    #: the roles that sit in it beside its own, where it is a body that meets; None, it is none
    meets: tuple[str, ...] | None = None
    #: whether, held on a Board, it sees the Board's figures
    sees_figures: bool = False

    @property
    def sitting(self) -> frozenset[str]:
        """Return the roles that sit in the meetings of this body."""
        return frozenset() if self.meets is None else frozenset({self.key, *self.meets})

    @property
    def reach(self) -> tuple[str, ...] | None:
        """Return the root processes whose case page it opens and on whose cases it counts."""
        if self.processes is None or self.reads is None:
            return self.reads if self.processes is None else self.processes
        return tuple(name for name in self.reads if name in self.processes)

    def counts_on(self, process: str) -> bool:
        """Say whether it counts on the cases of a root process: tasks, notices, documents."""
        return self.processes is None or process in self.processes

    def stands_beside(self, process: str) -> bool:
        """Say whether it has a part in what goes with cases of this root process among others."""
        return self.scope != "board" or not self.reach or process in self.reach

    def reads_on(self, process: str) -> bool:
        """Say whether it opens the page of the cases of a root process."""
        return self.reach is None or process in self.reach


@dataclass(frozen=True)
class Roles:
    """All roles, and the roles that each visibility class means."""

    rows: Mapping[str, Role]
    classes: Mapping[str, tuple[str, ...]]

    def get(self, key: str) -> Role:
        """Return a role; one that the deployment does not have gives no rights at all."""
        return self.rows.get(key) or Role(key, (), "case", "", Text(key, key))

    def visibility(self, name: str) -> tuple[str, ...]:
        """Return the roles that a class means; a role's own key stands for that role alone."""
        if name in self.rows:
            return (name,)
        return self.classes.get(name, ())

    def of_boards(self, process: str) -> list[str]:
        """Return the roles that, held on a Board, count on its cases of a root process."""
        return sorted(
            key
            for key, role in self.rows.items()
            if role.scope == "board" and role.counts_on(process)
        )

    def counting_on(self, process: str, keys: Iterable[str]) -> tuple[str, ...]:
        """Return those of some roles that count on the cases of a root process, in their order."""
        return tuple(key for key in keys if self.get(key).counts_on(process))

    def counting_beside(self, process: str, keys: Iterable[str]) -> tuple[str, ...]:
        """Return those of some roles that count in what may start beside cases of several kinds.

        It names the groups of each; one of the Board that opens the cases of some roots alone has
        its part in it on these, and knows nothing of it on others.
        """
        counting = self.counting_on(process, keys)
        return tuple(key for key in counting if self.get(key).stands_beside(process))

    def reading_on(self, process: str) -> frozenset[str]:
        """Return the roles that may open the page of the cases of a root process."""
        return frozenset(key for key, role in self.rows.items() if role.reads_on(process))

    @cached_property
    def by_reach(self) -> Mapping[tuple[str, ...] | None, frozenset[str]]:
        """Return the roles by the root processes whose case page they open; None, of all."""
        found: dict[tuple[str, ...] | None, set[str]] = {}
        for key, role in self.rows.items():
            found.setdefault(role.reach, set()).add(key)
        return {reach: frozenset(keys) for reach, keys in found.items() if reach != ()}

    @cached_property
    def bodies(self) -> tuple[Role, ...]:
        """Return the bodies that meet, in the order of the file."""
        return tuple(role for role in self.rows.values() if role.meets is not None)

    @cached_property
    def coordinating(self) -> frozenset[str]:
        """Return the roles that appoint, amend and start side instances for others."""
        return frozenset(key for key, role in self.rows.items() if role.coordinates)

    @cached_property
    def confirming(self) -> frozenset[str]:
        """Return the roles that may confirm, as a second person, what bears on the statute."""
        return self.coordinating | {key for key, role in self.rows.items() if role.confirms}

    @cached_property
    def seeing_figures(self) -> frozenset[str]:
        """Return the roles that see the figures of the Board on which they are held."""
        return frozenset(key for key, role in self.rows.items() if role.sees_figures)

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __contains__(self, key: object) -> bool:
        return key in self.rows

    def __len__(self) -> int:
        return len(self.rows)


def parse_roles(source: bytes, path: str) -> Roles:
    """Return what a `roles.toml` says.

    Raises:  InvalidDefinition.
    """
    toml = TomlSource(source, path)
    for table in toml.tables:
        if table not in ("roles", "visibility"):
            reason = "is not a table that belongs here"
            raise toml.refusal(table, reason, "use [roles.<key>] and [visibility]")
    rows = {row.key: _role(row) for row in toml.rows("roles")}
    for row in toml.rows("roles"):
        _check_sitting(row, rows)
    return Roles(rows, _classes(toml, rows))


def _role(row: Row) -> Role:
    reads = row.flag_or_names("reads_case")
    processes = row.names("processes")
    role = Role(
        key=row.key,
        id=row.names("id"),
        scope=row.choice("scope", SCOPES),
        item=row.words("item", default=""),
        text=row.text(),
        processes=processes if row.says("processes") else None,
        reads=(None if reads else ()) if isinstance(reads, bool) else reads,
        coordinates=row.flag("coordinates"),
        confirms=row.flag("confirms"),
        outside=row.flag("outside"),
        meets=row.names("meets") if row.says("meets") else None,
        sees_figures=row.flag("sees_figures"),
    )
    row.finish()
    faults = (
        (not re.fullmatch(r"[a-z][a-z0-9_]*", role.key),
         "", "is not a key", "use small letters, digits and _"),
        ((role.scope == "item") != bool(role.item),
         "item", "does not fit the scope", 'write item = "participant" beside scope = "item" only'),
        (role.processes is not None and role.scope == "item",
         "processes", "does not fit the scope", 'write it beside scope = "board" or "case"'),
        (_beyond(role),
         "reads_case", "names cases on which the role does not count", "name them in processes"),
        (role.meets is not None and role.scope == "item",
         "meets", "is of a role on an item", 'write it beside scope = "board" or "case"'),
        (role.coordinates and role.reads is not None,
         "coordinates", "is true for a role that may not open the case", "add reads_case = true"),
        (role.confirms and role.reads is not None,
         "confirms", "is true for a role that may not open the case", "add reads_case = true"),
        (role.sees_figures and role.scope != "board",
         "sees_figures", "does not fit the scope", 'write it beside scope = "board" only'),
        (role.key == ADMINISTRATOR and role.sees_figures,
         "sees_figures", "would show the administrator how many cases there are (ROL-40)",
         "remove it"),
        (role.key == ADMINISTRATOR and role.reads != (),
         "reads_case", "would show case content to the administrator (ROL-40)", "remove it"),
    )  # fmt: skip
    for wrong, key, reason, remedy in faults:
        if wrong:
            raise row.refusal(key, reason, remedy)
    return role


def _check_sitting(row: Row, rows: Mapping[str, Role]) -> None:
    """Refuse a body in which somebody would sit who is nobody, or has no part in its cases."""
    body = rows[row.key]
    for key in body.meets or ():
        if key not in rows:
            raise row.refusal("meets", f"names the role {key!r}", "declare it under [roles]")
        if rows[key].scope != body.scope:
            remedy = f'name roles of scope = "{body.scope}"'
            raise row.refusal("meets", f"names {key!r}, which is held elsewhere", remedy)


def _beyond(role: Role) -> bool:
    """Say whether a role would read the page of cases on which it does not count."""
    if role.processes is None or role.reads is None:
        return False
    return not set(role.reads) <= set(role.processes)


def _classes(toml: TomlSource, rows: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    table = toml.tables.get("visibility", {})
    if not isinstance(table, dict):
        raise toml.refusal("visibility", "is not a table", "write [visibility]")
    row = Row(toml, ("visibility",), table)
    classes = {name: row.names(name) for name in table}
    for name, keys in classes.items():
        if not re.fullmatch(r"V-[A-Z]+", name):
            raise row.refusal(name, "is not a visibility class", "name it like V-STEER")
        for key in keys:
            if key not in rows:
                raise row.refusal(name, f"names the role {key!r}", "declare it under [roles]")
            if key == ADMINISTRATOR:
                raise row.refusal(name, "names the administrator (ROL-40)", "remove it")
    return classes
