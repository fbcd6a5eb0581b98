"""Hold layouts of printed documents against their forms, and against what may not be printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import confidentiality
from engine.deployments.definitions import LAYOUTS, Reading
from engine.deployments.findings import TomlFindings
from engine.forms import Field, Form, Section
from engine.layouts import Appendix, Block, Grid, Layout, RowTable, Ticks, WholeSection
from engine.lint import Finding
from engine.roles import Roles
from engine.texts import Text

_NAME_FIELDS = Text(
    "Name a field by key, a text by id.", "Enwch faes wrth ei allwedd, testun wrth ei id."
)
_TAKE_OUT = Text("Take it out.", "Tynnwch ef allan.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a layout, and what to do: at a key of its TOML, in both languages."""

    key: str
    message: Text
    remedy: Text


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the layouts."""
    for key, layout in reading.layouts.items():
        make = TomlFindings(reading, f"{LAYOUTS}{key}.toml", "layout")
        for found in problems(reading.forms, reading.roles, key, layout):
            yield make.error("layout", found.key, found.message.en, found.remedy.en)


def problems(
    forms: Mapping[str, Form], roles: Roles, key: str, layout: Layout
) -> Iterator[Problem]:
    """Go through what is wrong with the layout of one form."""
    form = forms.get(key)
    if form is None:
        yield Problem(
            "",
            _no_form(key),
            Text(
                "Name the file as the form it prints.", "Enwch y ffeil fel y ffurflen a argreffir."
            ),
        )
        return
    yield from _check_names(form, layout)
    known = {entry.key or entry.id: entry for entry in form.fields}
    for block in layout.blocks:
        yield from _check_block(form, known, block)
        if isinstance(block.holds, Appendix):
            yield from _check_appendix(forms, roles, form, block.holds)


def _check_names(form: Form, layout: Layout) -> Iterator[Problem]:
    known = {entry.key or entry.id: entry for entry in form.fields}
    named = Counter(layout.names)
    for name in [*named, *layout.leave_out]:
        if name not in known:
            yield Problem("blocks", _no_field(form, name), _NAME_FIELDS)
        elif known[name].hidden and name in named:
            message = Text(
                f"“{name}” is for rules alone and is shown nowhere.",
                f"Ar gyfer rheolau’n unig y mae “{name}”, ac nid yw’n cael ei ddangos yn unman.",
            )
            yield Problem("blocks", message, _TAKE_OUT)
    for name, times in named.items():
        if times > 1 or name in layout.leave_out:
            message = Text(f"“{name}” is named twice.", f"Mae “{name}” wedi’i enwi ddwywaith.")
            yield Problem("blocks", message, Text("Keep one of them.", "Cadwch un ohonynt."))
    for name in layout.leave_out:
        if name in known and known[name].type != "expression":
            message = Text(
                f"“{name}” is written by a person, and would be lost on paper.",
                f"Person sy’n ysgrifennu “{name}”, a byddai’n cael ei golli ar bapur.",
            )
            remedy = Text(
                "Leave out computed fields only.", "Gadewch feysydd a gyfrifir allan yn unig."
            )
            yield Problem("leave_out", message, remedy)


def _check_block(form: Form, known: Mapping[str, Field], block: Block) -> Iterator[Problem]:
    match block.holds:
        case Ticks(name) if name in known and not known[name].options:
            message = Text(
                f"“{name}” has nothing to choose from.", f"Nid oes dim i’w ddewis yn “{name}”."
            )
            yield Problem("ticks", message, Text("Name a choice.", "Enwch ddewis."))
        case WholeSection(name) if name not in {section.id for section in form.sections}:
            message = Text(
                f"The form {form.id} has no section “{name}”.",
                f"Nid oes gan y ffurflen {form.id} adran “{name}”.",
            )
            remedy = Text("Name a section of the form.", "Enwch adran o’r ffurflen.")
            yield Problem("section", message, remedy)
        case Grid():
            yield from _check_grid(known, block.holds)
        case RowTable() if block.holds.name in known:
            yield from _check_row_table(known[block.holds.name], block.holds)


def _check_grid(known: Mapping[str, Field], grid: Grid) -> Iterator[Problem]:
    for label, names in grid.lines:
        cells = 1 + sum(2 if known[name].is_yes_no else 1 for name in names if name in known)
        wanted = len(grid.columns)
        if cells != wanted and all(name in known for name in names):
            message = Text(
                f"The line “{label.en}” fills {cells} of {wanted} columns.",
                f"Mae’r llinell “{label.cy}” yn llenwi {cells} o {wanted} colofn.",
            )
            remedy = Text(
                "A yes or no fills two columns, anything else one, the label the first.",
                "Mae ie neu na yn llenwi dwy golofn, popeth arall un, a’r label y gyntaf.",
            )
            yield Problem("lines", message, remedy)
        for name in names:
            if name in known and (known[name].is_rows or known[name].type == "text"):
                message = Text(
                    f"“{name}” has no place in a cell.", f"Nid oes lle i “{name}” mewn cell."
                )
                remedy = Text("Print it under fields.", "Argraffwch ef o dan fields.")
                yield Problem("lines", message, remedy)


def _check_row_table(entry: Field, table: RowTable) -> Iterator[Problem]:
    if not entry.is_rows:
        message = Text(f"“{table.name}” has no rows.", f"Nid oes gan “{table.name}” resi.")
        yield Problem(
            "rows", message, Text("Print it under fields.", "Argraffwch ef o dan fields.")
        )
        return
    known = {column.key: column for column in entry.columns}
    named = Counter(name for _, names in table.columns for name in names)
    remedy = Text("Name each column once, by key.", "Enwch bob colofn unwaith, wrth ei hallwedd.")
    for name in named:
        if name not in known or known[name].hidden or known[name].is_rows:
            message = Text(
                f"“{table.name}” has no column “{name}” that a table can hold.",
                f"Nid oes gan “{table.name}” golofn “{name}” y gall tabl ei chynnwys.",
            )
            yield Problem("columns", message, remedy)
    for name, column in known.items():
        if not column.has_value or column.hidden or named[name] == 1:
            continue
        twice = bool(named[name])
        where = f"“{name}” of “{table.name}”", f"“{name}” yn “{table.name}”"
        message = Text(
            f"The column {where[0]} {'is named twice' if twice else 'would be lost on paper'}.",
            f"{'Mae’r' if twice else 'Byddai’r'} golofn {where[1]} "
            f"{'wedi’i henwi ddwywaith' if twice else 'yn cael ei cholli ar bapur'}.",
        )
        yield Problem("columns", message, remedy)


def _check_appendix(
    forms: Mapping[str, Form], roles: Roles, form: Form, appendix: Appendix
) -> Iterator[Problem]:
    """CF-03, CF-04, CF-19: nothing that few may read goes along with another document."""
    other = forms.get(appendix.form)
    if other is None:
        remedy = Text("Name the id of a form.", "Enwch id ffurflen.")
        yield Problem("document", _no_form(appendix.form), remedy)
        return
    few = any(confidentiality.readers(other, entry) is not None for entry in other.fields)
    if few or other.catalogue in confidentiality.NEVER_PUBLIC:
        message = Text(
            f"{other.catalogue} is for few readers, and would be printed with {form.id}.",
            f"Ychydig sy’n cael darllen {other.catalogue}, a byddai’n cael ei argraffu "
            f"gyda {form.id}.",
        )
        remedy = Text(
            "Take it out; it is printed by itself.",
            "Tynnwch ef allan; caiff ei argraffu ar ei ben ei hun.",
        )
        yield Problem("document", message, remedy)
        return
    known = {entry.key or entry.id for entry in other.fields}
    for name in appendix.names:
        if name not in known and not ("." in name and other.has_field(name)):
            yield Problem("only", _no_field(other, name), _NAME_FIELDS)
    if any(
        confidentiality.is_printed(form, *place[:3]) for place in confidentiality.fields_of(form)
    ):
        yield from _check_published(form, other, appendix)
    else:
        yield from _check_readers(roles, form, other, appendix)


def _check_published(form: Form, other: Form, appendix: Appendix) -> Iterator[Problem]:
    """CF-01, CF-07: with what is published goes only what the content gate reads."""
    if not appendix.names:
        message = Text(
            f"All of {other.id} would be printed with what is published.",
            f"Byddai {other.id} i gyd yn cael ei argraffu gyda’r hyn a gyhoeddir.",
        )
        remedy = Text(
            "Name under only what is printed of it.", "Enwch o dan only yr hyn a argreffir ohono."
        )
        yield Problem("document", message, remedy)
    shut = {
        name
        for section, entry, column, _ in confidentiality.fields_of(other)
        if not confidentiality.is_printed(other, section, entry, column)
        for name in _names_of(entry, column)
    }
    for name in appendix.names:
        if name in shut:
            message = Text(
                f"“{name}” of {other.id} is no part of the published report.",
                f"Nid yw “{name}” o {other.id} yn rhan o’r adroddiad a gyhoeddir.",
            )
            remedy = Text(
                "Take it out: no check has seen it.",
                "Tynnwch ef allan: nid oes gwiriad wedi’i weld.",
            )
            yield Problem("only", message, remedy)


def _check_readers(roles: Roles, form: Form, other: Form, appendix: Appendix) -> Iterator[Problem]:
    """Section 1.3: a paper that is handed on shows nobody more than they may read."""
    of_form = {
        role
        for section, entry, column, _ in confidentiality.fields_of(form)
        for role in _readers(roles, form, section, entry, column)
    }
    told: set[str] = set()
    for section, entry, column, _ in confidentiality.fields_of(other):
        names = _names_of(entry, column)
        printed = not appendix.names or bool(names & set(appendix.names))
        name = min(names, key=len)
        left_out = of_form - _readers(roles, other, section, entry, column)
        if not printed or not left_out or name in told or not (column or entry).has_value:
            continue
        told.add(name)
        who = roles.get(min(left_out)).text
        message = Text(
            f"“{name}” of {other.id} would be read by some who read {form.id} "
            f"and may not read it ({who.en}).",
            f"Byddai “{name}” o {other.id} yn cael ei ddarllen gan rai sy’n darllen {form.id} "
            f"ac na chânt ei ddarllen ({who.cy}).",
        )
        yield Problem("document", message, _TAKE_OUT)


def _readers(
    roles: Roles, form: Form, section: Section, entry: Field, column: Field | None
) -> frozenset[str]:
    classes = confidentiality.classes_of(form, section, entry, column)
    return frozenset(role for name in classes for role in roles.visibility(name))


def _names_of(entry: Field, column: Field | None) -> set[str]:
    """Return what a layout may call a field by; a column also brings its rows."""
    name = entry.key or entry.id
    return {name, f"{name}.{column.key}"} if column else {name}


def _no_form(key: str) -> Text:
    return Text(f"There is no form {key}.", f"Nid oes ffurflen {key}.")


def _no_field(form: Form, name: str) -> Text:
    return Text(
        f"The form {form.id} has no “{name}”.", f"Nid oes gan y ffurflen {form.id} “{name}”."
    )
