"""Hold layouts of printed documents against their forms, and against what may not be printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine import confidentiality
from engine.deployments.definitions import LAYOUTS, Reading
from engine.deployments.findings import TomlFindings
from engine.forms import Field, Form
from engine.layouts import Appendix, Block, Grid, Layout, RowTable, Ticks, WholeSection
from engine.lint import Finding


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the layouts."""
    for key, layout in reading.layouts.items():
        make = TomlFindings(reading, f"{LAYOUTS}{key}.toml", "layout")
        form = reading.forms.get(key)
        if form is None:
            message = f"There is no form {key}."
            yield make.error("layout", "", message, "Name the file as the form it prints.")
            continue
        yield from _check_names(make, form, layout)
        for block in layout.blocks:
            yield from _check_block(reading, make, form, block)


def _check_names(make: TomlFindings, form: Form, layout: Layout) -> Iterator[Finding]:
    known = {entry.key or entry.id: entry for entry in form.fields}
    named = Counter(layout.names)
    for name in [*named, *layout.leave_out]:
        if name not in known:
            message = f"The form {form.id} has no “{name}”."
            yield make.error("layout", "blocks", message, "Name a field by key, a text by id.")
        elif known[name].hidden and name in named:
            message = f"“{name}” is for rules alone and is shown nowhere."
            yield make.error("layout", "blocks", message, "Take it out.")
    for name, times in named.items():
        if times > 1 or name in layout.leave_out:
            message = f"“{name}” is named twice."
            yield make.error("layout", "blocks", message, "Keep one of them.")
    for name in layout.leave_out:
        if name in known and known[name].type != "expression":
            message = f"“{name}” is written by a person, and would be lost on paper."
            yield make.error("layout", "leave_out", message, "Leave out computed fields only.")


def _check_block(
    reading: Reading, make: TomlFindings, form: Form, block: Block
) -> Iterator[Finding]:
    known = {entry.key or entry.id: entry for entry in form.fields}
    match block.holds:
        case Ticks(name) if name in known and not known[name].options:
            message = f"“{name}” has nothing to choose from."
            yield make.error("layout", "ticks", message, "Name a choice.")
        case WholeSection(name) if name not in {section.id for section in form.sections}:
            message = f"The form {form.id} has no section “{name}”."
            yield make.error("layout", "section", message, "Name a section of the form.")
        case Grid():
            yield from _check_grid(make, known, block.holds)
        case RowTable() if block.holds.name in known:
            yield from _check_row_table(make, known[block.holds.name], block.holds)
        case Appendix():
            yield from _check_appendix(reading, make, form, block.holds)


def _check_grid(make: TomlFindings, known: dict[str, Field], grid: Grid) -> Iterator[Finding]:
    for label, names in grid.lines:
        cells = sum(2 if known[name].is_yes_no else 1 for name in names if name in known)
        if cells + 1 != len(grid.columns) and all(name in known for name in names):
            message = f"The line “{label.en}” fills {cells + 1} of {len(grid.columns)} columns."
            remedy = "A yes or no fills two columns, anything else one, the label the first."
            yield make.error("layout", "lines", message, remedy)
        for name in names:
            if name in known and (known[name].is_rows or known[name].type == "text"):
                message = f"“{name}” has no place in a cell."
                yield make.error("layout", "lines", message, "Print it under fields.")


def _check_row_table(make: TomlFindings, entry: Field, table: RowTable) -> Iterator[Finding]:
    if not entry.is_rows:
        message = f"“{table.name}” has no rows."
        yield make.error("layout", "rows", message, "Print it under fields.")
        return
    known = {column.key: column for column in entry.columns}
    named = Counter(name for _, names in table.columns for name in names)
    for name in named:
        if name not in known or known[name].hidden or known[name].is_rows:
            message = f"“{table.name}” has no column “{name}” that a table can hold."
            yield make.error("layout", "columns", message, "Name a column of the rows by key.")
    for name, column in known.items():
        if column.has_value and not column.hidden and named[name] != 1:
            times = "is named twice" if named[name] else "would be lost on paper"
            message = f"The column “{name}” of “{table.name}” {times}."
            yield make.error("layout", "columns", message, "Name each column once.")


def _check_appendix(
    reading: Reading, make: TomlFindings, form: Form, appendix: Appendix
) -> Iterator[Finding]:
    """CF-03, CF-04, CF-19: nothing that few may read goes along with another document."""
    other = reading.forms.get(appendix.form)
    if other is None:
        message = f"There is no form {appendix.form}."
        yield make.error("layout", "document", message, "Name the id of a form.")
        return
    few = any(confidentiality.readers(other, entry) is not None for entry in other.fields)
    if few or other.catalogue in confidentiality.NEVER_PUBLIC:
        message = f"{other.catalogue} is for few readers, and would be printed with {form.id}."
        yield make.error("layout", "document", message, "Take it out; it is printed by itself.")
    known = {entry.key or entry.id for entry in other.fields}
    for name in appendix.names:
        if name not in known and not ("." in name and other.has_field(name)):
            message = f"The form {other.id} has no “{name}”."
            yield make.error("layout", "only", message, "Name a field by key, a text by id.")
    if any(_is_printed(form)):
        yield from _check_published(make, other, appendix)


def _check_published(make: TomlFindings, other: Form, appendix: Appendix) -> Iterator[Finding]:
    """CF-01, CF-07: with what is published goes only what the content gate reads."""
    if not appendix.names:
        message = f"All of {other.id} would be printed with what is published."
        yield make.error("layout", "document", message, "Name under only what is printed of it.")
    shut: set[str] = set()
    for section, entry, column, _ in confidentiality.fields_of(other):
        if not confidentiality.is_printed(other, section, entry, column):
            name = entry.key or entry.id
            shut |= {name, f"{name}.{column.key}"} if column else {name}
    for name in appendix.names:
        if name in shut:
            message = f"“{name}” of {other.id} is no part of the published report."
            yield make.error("layout", "only", message, "Take it out: no check has seen it.")


def _is_printed(form: Form) -> Iterator[bool]:
    """Go through the fields of a form: whether each is printed in what is published."""
    for section, entry, column, _ in confidentiality.fields_of(form):
        yield confidentiality.is_printed(form, section, entry, column)
