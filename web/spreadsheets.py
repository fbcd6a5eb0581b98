"""Add rows to a question of a task from a spreadsheet or a table: read it, map it, look, take.

Nothing of a spreadsheet is kept between the pages: each page sends what was read again, until the
rows that are taken stand in the person's draft (D32).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web import answers, rows
from web.actors import current_actor
from web.addresses import current_language
from web.fields import Problem
from web.texts import gettext, say, say_error

bp = Blueprint("spreadsheets", __name__)

#: The kinds of blank template, each with its media type and what writes it.
TEMPLATES = {
    "csv": ("text/csv", engine.blank_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        engine.blank_workbook,
    ),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        engine.blank_document,
    ),
}
#: How much of a cell is shown where the whole of it stands elsewhere, in characters.
SAMPLE = 60


@dataclass(frozen=True)
class Target:
    """The rows that are filled: the task, its part of a form, and the question."""

    page: engine.TaskPage
    part: engine.FormPart
    section: str
    entry: engine.Field

    @property
    def standing(self) -> int:
        """Return how many rows stand in the draft that have something in them."""
        return len(rows.filled(self.part.posted, self.entry.key))

    @property
    def posted(self) -> dict[str, list[str]]:
        """Return all that is typed on the task; the rows as this part of it has them.

        Another part may hold a draft of them that was overtaken by what somebody recorded since.
        """
        start = f"{self.entry.key}-"
        found = {
            name: said
            for part in self.page.parts
            for name, said in part.posted.items()
            if not name.startswith(start)
        }
        return {**found, **self.part.posted}

    @property
    def may_replace(self) -> bool:
        """Say whether the rows that stand may go; rows that are items of the case may not."""
        return bool(self.standing) and self.entry.items is None

    def put_into_draft(self, posted: dict[str, list[str]]) -> None:
        """Keep what is typed: all of the task, or the section of a long one."""
        task_id, actor = self.page.task.id, current_actor()
        if self.page.is_long:
            key = engine.SectionKey(self.part.form.id, self.section)
            engine.save_section(task_id, key, posted, {}, actor)
        else:
            engine.save_draft(task_id, posted, {}, actor)

    def address(self, anchor: str) -> str:
        """Return where the rows are filled in: the task, or their section of a long one."""
        if not self.page.is_long:
            return url_for("tasks.show", task_id=self.page.task.id, _anchor=anchor)
        return url_for(
            "sections.show",
            task_id=self.page.task.id,
            form=self.part.form.id,
            section=self.section,
            _anchor=anchor,
        )

    @property
    def seen(self) -> str:
        """Return what tells that the draft has not changed since the page was made."""
        saved = self.page.draft_saved_at
        return saved.isoformat() if saved else ""


@dataclass(frozen=True)
class Chosen:
    """What a page sends again: the book, the sheet, the row of headings and the columns.

    `order` is what stands first in dates of numbers, `day` or `month`, once a person said so.
    """

    book: engine.Book
    sheet_number: int
    headings: int
    columns: tuple[str, ...]
    order: str = ""

    @property
    def sheet(self) -> engine.Sheet:
        """Return the sheet that was chosen."""
        return self.book.sheets[self.sheet_number]


@bp.get("/tasks/<uuid:task_id>/rows/<path>")
def start(task_id: uuid.UUID, path: str) -> ResponseReturnValue:
    """Ask for a paste or a file."""
    return _start(_target(task_id, path))


@bp.get("/tasks/<uuid:task_id>/rows/<path>/template.<kind>")
def template(task_id: uuid.UUID, path: str, kind: str) -> ResponseReturnValue:
    """Hand out a blank spreadsheet with the columns of the question."""
    target = _target(task_id, path)
    if kind not in TEMPLATES:
        raise engine.NotFound
    media_type, write = TEMPLATES[kind]
    return send_file(
        BytesIO(write(target.entry, current_language())),
        mimetype=media_type,
        as_attachment=True,
        download_name=f"{path.replace('_', '-')}.{kind}",
    )


@bp.post("/tasks/<uuid:task_id>/rows/<path>")
def go_on(task_id: uuid.UUID, path: str) -> ResponseReturnValue:
    """Do what the button that was pressed says with what was read."""
    target = _target(task_id, path)
    action = request.form.get("page-action", "read")
    if action in ("read", "start"):
        return _read(target) if action == "read" else _start(target)
    try:
        book = engine.unpack(request.form.get("page-book", ""))
    except engine.SpreadsheetRefused as refused:
        return _start(target, say_error(refused)), refused.status
    if action == "sheets":
        return _sheets(target, book)
    chosen = _chosen(target, book, anew=action in ("sheet", "headings"))
    if action == "sheet":
        return _first_look(target, chosen)
    if action in ("columns", "headings"):
        return _columns(target, chosen)
    if problem := _wrong_columns(target, chosen):
        return _columns(target, chosen, problem), 422
    if action in ("add", "replace"):
        return _take(target, chosen, replace=action == "replace")
    if action == "taken":
        return _taken(target, chosen, _number("page-taken"), _number("page-standing"))
    return _report(target, chosen) if action == "report" else _preview(target, chosen)


def _target(task_id: uuid.UUID, path: str) -> Target:
    """Return the question that is filled.

    Raises:  NotFound, where the task has none of this name for this person to fill.
    """
    page = engine.open_task(task_id, current_actor())
    for part in page.parts:
        for section in part.sections:
            for entry in part.form.section(section).fields:
                if entry.key == path and engine.takes_rows(entry):
                    return Target(page, part, section, entry)
    raise engine.NotFound


def _start(target: Target, problem: str = "", *, pasted: str = "", at: str = "page-pasted") -> str:
    return _page(
        "spreadsheet.html",
        target,
        problems=[Problem(problem, f"#{at}")] if problem else [],
        problem=problem,
        at=at,
        pasted=pasted,
        columns=engine.columns_of(target.entry),
        left_out=engine.left_out(target.entry),
    )


def _read(target: Target) -> ResponseReturnValue:
    """Read what was pasted or chosen; say at its own input what is wrong with it."""
    pasted, sent = request.form.get("page-pasted", ""), request.files.get("page-file")
    is_file = sent is not None and bool(sent.filename)
    if is_file and pasted.strip():
        problem = gettext("Paste rows or choose a file, not both")
        return _start(target, problem, pasted=pasted), 422
    if not is_file and not pasted.strip():
        return _start(target, gettext("Paste rows, or choose a file")), 422
    try:
        if is_file and sent is not None:
            book = engine.read_spreadsheet(cast(BinaryIO, sent.stream))
        else:
            one_column = len(engine.columns_of(target.entry)) == 1
            book = engine.read_pasted(pasted, one_column=one_column)
    except engine.SpreadsheetRefused as refused:
        at = "page-file" if is_file else "page-pasted"
        return _start(target, say_error(refused), pasted=pasted, at=at), refused.status
    shown = [number for number, sheet in enumerate(book.sheets) if not sheet.hidden]
    sure = [
        number for number in shown if not engine.recognise(target.entry, book.sheets[number]).unsure
    ]
    only = next((found for found in (sure, shown) if len(found) == 1), None)
    if len(book.sheets) > 1 and only is None:
        return _sheets(target, book)
    return _first_look(target, _by_itself(target, book, only[0] if only else 0))


def _by_itself(target: Target, book: engine.Book, number: int) -> Chosen:
    found = engine.recognise(target.entry, book.sheets[number])
    return Chosen(book, number, found.headings, found.columns)


def _first_look(target: Target, chosen: Chosen) -> str:
    """Show what will be taken where every heading is known, else ask for the columns."""
    if engine.recognise(target.entry, chosen.sheet).unsure:
        return _columns(target, chosen)
    return _preview(target, chosen)


def _chosen(target: Target, book: engine.Book, *, anew: bool) -> Chosen:
    """Return what was chosen on the page before; what makes no sense there is as not chosen."""
    number = _number("page-sheet")
    number = number if number < len(book.sheets) else 0
    sheet = book.sheets[number]
    headings = _number("page-headings")
    if headings not in {row.number for row in sheet.rows}:
        headings = 0
    if anew:
        if "page-headings" not in request.form:
            return _by_itself(target, book, number)
        if headings:
            found = engine.recognise_in(target.entry, sheet, headings)
            return Chosen(book, number, headings, found.columns)
    columns = tuple(request.form.get(f"page-column-{place}", "") for place in range(sheet.width))
    known = {column.name for column in engine.columns_of(target.entry)}
    kept = tuple(name if name in known else "" for name in columns)
    said = request.form.get("page-order", "")
    return Chosen(book, number, headings, kept, said if said in ("day", "month") else "")


def _number(name: str) -> int:
    typed = request.form.get(name, "")[:7]
    return int(typed) if typed.isascii() and typed.isdigit() else 0


def _wrong_columns(target: Target, chosen: Chosen) -> str:
    named = [name for name in chosen.columns if name]
    if not named:
        return gettext("Choose a question for at least one column")
    several = {each.name for each in engine.columns_of(target.entry) if each.takes_several}
    once = [name for name in named if name not in several]
    if len(set(once)) < len(once):
        return gettext("Only a question for longer text can be chosen for several columns")
    return ""


def _sheets(target: Target, book: engine.Book) -> str:
    return _page("spreadsheet_sheets.html", target, book=book, packed=book.pack())


def _columns(target: Target, chosen: Chosen, problem: str = "") -> str:
    sheet = chosen.sheet
    headed = next((row for row in sheet.rows if row.number == chosen.headings), None)
    below = [row for row in sheet.rows if row.number > chosen.headings]
    shown = [
        {
            "place": place,
            "heading": headed.cell(place) if headed else "",
            "samples": [_sample(text) for row in below if (text := row.cell(place))][:3],
            "chosen": chosen.columns[place],
        }
        for place in range(sheet.width)
    ]
    return _page(
        "spreadsheet_columns.html",
        target,
        problems=[Problem(problem, "#page-column-0")] if problem else [],
        problem=problem,
        chosen=chosen,
        packed=chosen.book.pack(),
        shown=shown,
        columns=engine.columns_of(target.entry),
        first_rows=[
            (row.number, " | ".join(_sample(cell) for cell in row.cells if cell)[: 2 * SAMPLE])
            for row in sheet.rows[:10]
        ],
    )


def _sample(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= SAMPLE else f"{said[:SAMPLE]}…"


def _taking(target: Target, chosen: Chosen) -> engine.Taking:
    today = cast(date, target.page.functions["today"]())
    return engine.take_rows(
        target.entry,
        chosen.sheet,
        chosen.headings,
        chosen.columns,
        engine.Surroundings(
            form=target.part.form,
            posted=target.part.posted,
            names=target.page.names,
            functions=target.page.functions,
            around=target.part.around,
            today=today,
            order=chosen.order,
        ),
    )


def _preview(target: Target, chosen: Chosen, problem: str = "") -> str:
    taking = _taking(target, chosen)
    adding = taking.fitting(target.standing)
    replacing = taking.fitting(0)
    return _page(
        "spreadsheet_preview.html",
        target,
        problems=[Problem(problem, "#page-take")] if problem else [],
        problem=problem,
        chosen=chosen,
        packed=chosen.book.pack(),
        taking=taking,
        asks_order=taking.order_matters or chosen.order,
        adding=adding,
        replacing=replacing,
        fitting={row.number for row in adding},
        not_taken=taking.not_taken(target.standing),
        row_looks=[row for row in adding if row.hidden or row.same_as],
        looks=[
            (row, cell)
            for row in adding
            for cell in row.cells
            if cell.doubts or cell.mend or cell.refused
        ],
        columns=[
            column for column in engine.columns_of(target.entry) if column.name in chosen.columns
        ],
        absent=[
            column
            for column in engine.columns_of(target.entry)
            if column.name not in chosen.columns
        ],
        notes=[note for each in chosen.sheet.notes if (note := engine.say_note(each))],
        value_in_words=_value_in_words,
    )


def _value_in_words(cell: engine.TakenCell) -> str:
    """Return a cell as it will be taken, in words; as it stands, where there are no better ones."""
    if cell.refused:
        return ""
    if cell.column.part or cell.value is None or not isinstance(cell.value, str | bool | list):
        return cell.text
    return answers.in_words(cell.column.entry, cell.value)


def _take(target: Target, chosen: Chosen, *, replace: bool) -> ResponseReturnValue:
    """Put what can be taken into the draft, and show what stays behind, if anything does."""
    if request.form.get("page-seen", "") != target.seen:
        problem = gettext("Your answers have changed since this page was made. Look again.")
        return _preview(target, chosen, problem), 409
    if replace and not target.may_replace:
        problem = gettext("These rows cannot be replaced. Add to them instead.")
        return _preview(target, chosen, problem), 422
    taking = _taking(target, chosen)
    standing = 0 if replace else target.standing
    taken = taking.fitting(standing)
    if not taken:
        return _preview(target, chosen, gettext("There is no row that can be taken")), 422
    changed, first = rows.put_in(
        target.posted, target.entry.key, [row.inputs for row in taken], replace=replace
    )
    target.put_into_draft(changed)
    if not taking.not_taken(standing):
        return redirect(target.address(f"{target.entry.key}-{first}"), 303)
    return _taken(target, chosen, len(taken), standing)


def _taken(target: Target, chosen: Chosen, taken: int, standing: int) -> str:
    """Say how many rows were taken, and what was not, as long as the person stays."""
    return _page(
        "spreadsheet_taken.html",
        target,
        chosen=chosen,
        packed=chosen.book.pack(),
        taken=taken,
        not_taken=_taking(target, chosen).not_taken(standing),
        standing=standing,
        go_on=target.address(f"{target.entry.key}-{standing}"),
    )


def _report(target: Target, chosen: Chosen) -> ResponseReturnValue:
    """Hand out what is not taken as a spreadsheet, in which nothing is a formula."""
    standing = _number("page-standing")
    lines = [[gettext("Row"), gettext("Column"), gettext("What stood there"), gettext("Why")]]
    lines += [
        [str(each.number), column_name(each), each.text, say(engine.say_reason(each.why))]
        for each in _taking(target, chosen).not_taken(standing)
    ]
    return send_file(
        BytesIO(engine.write_csv(lines)),
        mimetype="text/csv",
        as_attachment=True,
        download_name=gettext("not-taken.csv"),
    )


def column_name(each: engine.NotTaken) -> str:
    """Return what a column of what is not taken is called; its number, where it has no heading."""
    return say(each.heading) if each.heading else each.column


def _page(name: str, target: Target, **more: Any) -> str:
    context: Mapping[str, Any] = {
        "problems": [],
        "target": target,
        "task": target.page.task,
        "path": target.entry.key,
        "label": target.entry.label(current_language()),
        "say_doubt": engine.say_doubt,
        "say_reason": engine.say_reason,
        "column_name": column_name,
        **more,
    }
    return render_template(name, **context)
