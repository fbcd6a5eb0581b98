"""Show genograms as drawings with the same in words, and take people in and out as GEDCOM.

Nothing of a GEDCOM file is kept: the page that shows what will be taken sends it again, until the
rows stand in the person's draft (D41).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web import rows
from web.actors import current_actor
from web.addresses import current_language
from web.documents import number_in_address
from web.fields import Problem
from web.texts import gettext, say, say_error

bp = Blueprint("genograms", __name__)

MEDIA_TYPE = "text/vnd.familysearch.gedcom"
#: The rows of a genogram, by their key.
ROWS = (engine.GENOGRAM_PEOPLE, engine.GENOGRAM_LINKS)


@dataclass(frozen=True)
class Genogram:
    """A genogram as a page shows it; no drawing where people and links make no family."""

    network: engine.Network
    drawing: engine.Drawing | None
    problems: tuple[engine.Text, ...]
    households: tuple[engine.DescribedHousehold, ...]

    @property
    def facts(self) -> dict[str, engine.Text]:
        """Return what is known of each person in words, by label."""
        return {one.label: one.facts for home in self.households for one in home.people}


def genogram_of(form: engine.Form, content: Mapping[str, Mapping[str, Any]]) -> Genogram | None:
    """Return the genogram that a document holds; nothing for any other, or where nobody is in it.

    Takes:   content, cut down to what this person may read.
    """
    if form.catalogue != engine.GENOGRAM_FORM:
        return None
    for section in content.values():
        if engine.GENOGRAM_PEOPLE in section:
            return genogram_of_rows(section)
    return None


def genogram_kinds() -> dict[str, str]:
    """Return what the kinds of link are called in the language of the page."""
    return {kind: say(name) for kind, name in engine.KIND_NAMES.items()}


def genogram_typed(part: engine.FormPart) -> Genogram | None:
    """Return the genogram of a draft, as far as it has come."""
    if part.form.catalogue != engine.GENOGRAM_FORM:
        return None
    return genogram_posted(part.posted)


def genogram_posted(posted: rows.Posted) -> Genogram | None:
    """Return the genogram of rows as a page sends them; nothing where nobody is in it."""
    return genogram_of_rows({name: _typed(posted, name) for name in ROWS})


def _typed(posted: rows.Posted, path: str) -> list[dict[str, str]]:
    found = []
    for number in rows.numbers(posted, path):
        start = f"{path}-{number}-"
        found.append(
            {
                name.removeprefix(start): texts[-1]
                for name, texts in posted.items()
                if name.startswith(start) and texts and not name.startswith(f"{start}_")
            }
        )
    return found


def genogram_of_rows(values: Mapping[str, Any]) -> Genogram | None:
    """Return the genogram of rows by their key; nothing where nobody is in it."""
    found = engine.network(values)
    if not found.people:
        return None
    problems = [one.text for one in found.problems]
    drawing = None
    try:
        drawing = engine.draw(found, current_language())
    except engine.InvalidForm as invalid:
        problems += [engine.Text(error.en, error.cy) for error in invalid.errors]
    return Genogram(found, drawing, tuple(problems), engine.describe(found))


@bp.get("/documents/<uuid:document_id>/genogram.ged")
def take(document_id: uuid.UUID) -> ResponseReturnValue:
    """Hand a genogram out as GEDCOM, marked as not for publication, where it may be taken away."""
    page = engine.document_page(document_id, current_actor(), number_in_address("version"))
    found = genogram_of(page.form, page.content)
    if found is None or not page.may_be_taken:
        raise engine.NotFound
    return send_file(
        BytesIO(engine.write_gedcom(found.network, page.case_identifier).encode()),
        mimetype=MEDIA_TYPE,
        as_attachment=True,
        download_name=f"{page.case_identifier}-{page.form.catalogue}-{page.version}.ged",
    )


@dataclass(frozen=True)
class Target:
    """The task whose people and links are filled, and the part of it that holds them."""

    page: engine.TaskPage
    part: engine.FormPart

    @property
    def standing(self) -> int:
        """Return how many people and links stand in the draft."""
        return sum(len(rows.filled(self.part.posted, name)) for name in ROWS)

    @property
    def seen(self) -> str:
        """Return what tells that the draft has not changed since the page was made."""
        saved = self.page.draft_saved_at
        return saved.isoformat() if saved else ""


@bp.get("/tasks/<uuid:task_id>/genogram")
def start(task_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a GEDCOM file."""
    return _start(task_with_genogram(task_id))


@bp.post("/tasks/<uuid:task_id>/genogram")
def go_on(task_id: uuid.UUID) -> ResponseReturnValue:
    """Read a file and show what it gives, or take that into the draft."""
    target, action = task_with_genogram(task_id), request.form.get("page-action", "read")
    if action == "start":
        return _start(target)
    try:
        text = _sent() if action == "read" else request.form.get("page-gedcom", "")
        if not text:
            return _start(target, gettext("Choose a file")), 422
        read = engine.read_gedcom(text)
    except engine.GedcomRefused as refused:
        return _start(target, say_error(refused)), refused.status
    if action in ("add", "replace"):
        return _take(target, text, read, replace=action == "replace")
    return _preview(target, text, read)


def _sent() -> str:
    sent = request.files.get("page-file")
    if sent is None or not sent.filename:
        return ""
    return engine.gedcom_text(sent.stream.read(engine.MOST_GEDCOM_BYTES + 1))


def task_with_genogram(task_id: uuid.UUID) -> Target:
    """Return the task that is filled.

    Raises:  NotFound, where it has no genogram for this person to fill.
    """
    page = engine.open_task(task_id, current_actor())
    for part in page.parts:
        if part.form.catalogue == engine.GENOGRAM_FORM and page.may_submit:
            return Target(page, part)
    raise engine.NotFound


def _start(target: Target, problem: str = "") -> str:
    return render_template(
        "gedcom.html",
        target=target,
        task=target.page.task,
        problem=problem,
        problems=[Problem(problem, "#page-file")] if problem else [],
    )


def _preview(target: Target, text: str, read: engine.ReadGedcom, problem: str = "") -> str:
    return render_template(
        "gedcom_preview.html",
        target=target,
        task=target.page.task,
        text=text,
        read=read,
        found=genogram_of_rows(read.values),
        names=engine.KIND_NAMES,
        people=read.values[engine.GENOGRAM_PEOPLE],
        links=read.values[engine.GENOGRAM_LINKS],
        problem=problem,
        problems=[Problem(problem, "#page-take")] if problem else [],
    )


def _take(
    target: Target, text: str, read: engine.ReadGedcom, *, replace: bool
) -> ResponseReturnValue:
    """Put what was read into the draft, beside what stands there or in its place."""
    if request.form.get("page-seen", "") != target.seen:
        problem = gettext("Your answers have changed since this page was made. Look again.")
        return _preview(target, text, read, problem), 409
    posted: Mapping[str, list[str]] = {
        name: said for part in target.page.parts for name, said in part.posted.items()
    }
    for name, most in zip(ROWS, engine.MOST_OF_A_GENOGRAM, strict=True):
        standing = 0 if replace else len(rows.filled(posted, name))
        if standing + len(read.values[name]) > most:
            problem = gettext(
                "There is no room for all of them beside what stands in your draft. Replace it, "
                "or take rows out first."
            )
            return _preview(target, text, read, problem), 422
        typed = [{key: [said] for key, said in row.items()} for row in read.values[name]]
        posted, _first = rows.put_in(posted, name, typed, replace=replace)
    engine.save_draft(target.page.task.id, dict(posted), {}, current_actor())
    return redirect(url_for("tasks.show", task_id=target.page.task.id, _anchor="genogram"), 303)
