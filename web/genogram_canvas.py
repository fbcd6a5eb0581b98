"""Serve the canvas beside the form of a genogram, and draw its rows as they stand there (D50)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

import engine
from web import fields, rows
from web.actors import current_actor
from web.genograms import ROWS, genogram_posted, task_with_genogram
from web.tasks import read_posted
from web.texts import gettext, say

bp = Blueprint("genogram_canvas", __name__)


@dataclass(frozen=True)
class Canvas:
    """What the canvas beside a form is made from: its rows without an answer, and the links."""

    people: fields.Question
    links: fields.Question
    #: What one person may be to another: a kind, or `of:` and a kind read from the other end.
    stands: tuple[tuple[str, str], ...]
    couples: tuple[str, ...]
    most_people: int
    most_links: int


def genogram_canvas(part: engine.FormPart, known: fields.Known) -> Canvas | None:
    """Return the canvas for a part of a form; nothing for one that holds no genogram."""
    if part.form.catalogue != engine.GENOGRAM_FORM:
        return None
    blank = fields.lay_out(replace(part, posted={}), known)
    found = {one.name: one for section in blank.sections for one in section.questions}
    if not set(ROWS) <= found.keys():
        return None
    stands = [(kind, say(name)) for kind, name in engine.KIND_NAMES.items()]
    stands += [(f"of:{kind}", say(name)) for kind, name in engine.SECOND_NAMES.items()]
    people, links = (found[name] for name in ROWS)
    return Canvas(people, links, tuple(stands), engine.COUPLES, *engine.MOST_OF_A_GENOGRAM)


@bp.post("/tasks/<uuid:task_id>/genogram/drawing")
def draw_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Draw the rows of a task as they stand on its page; nothing of them is kept."""
    target = task_with_genogram(task_id)
    return _draw_rows(target.part.form, target.page.task.case_identifier)


@bp.post("/documents/<uuid:document_id>/amend/<section>/drawing")
def draw_amendment(document_id: uuid.UUID, section: str) -> ResponseReturnValue:
    """Draw the rows of a genogram that is put right, as they stand on its page."""
    page = engine.amend_page(document_id, section, current_actor())
    if page.part.form.catalogue != engine.GENOGRAM_FORM:
        raise engine.NotFound
    return _draw_rows(page.part.form, page.document.case_identifier)


#: More signs than any answer of a genogram has room for: so long a text is not laid out.
_LONGEST = 1000


def _draw_rows(form: engine.Form, identifier: str) -> ResponseReturnValue:
    """Return the drawing and the words of the rows that were sent, for the canvas to take in."""
    posted = read_posted()
    problem = _why_not_drawn(form, posted)
    found = None if problem else genogram_posted(posted)
    page = render_template(
        "genogram_drawn.html", found=found, problem=problem, identifier=identifier
    )
    return page, 422 if problem or (found and not found.drawing) else 200


def _why_not_drawn(form: engine.Form, posted: Mapping[str, list[str]]) -> str:
    """Return why what was sent is no genogram that can be laid out; nothing where it is one."""
    columns = {
        entry.key: {one.key for one in entry.columns} | {"_key"}
        for section in form.sections
        for entry in section.fields
        if entry.key in ROWS
    }
    for name in posted:
        typed = _INPUT.fullmatch(name)
        if typed is None or typed["column"] not in columns.get(typed["path"], ()):
            return gettext(
                "Something was sent that is no answer of a genogram. Open the page again."
            )
    if any(len(text) > _LONGEST for texts in posted.values() for text in texts):
        return gettext("One of the answers is too long to be drawn. Shorten it.")
    most = dict(zip(ROWS, engine.MOST_OF_A_GENOGRAM, strict=True))
    if any(len(rows.numbers(posted, name)) > most[name] for name in ROWS):
        return gettext(
            "A genogram takes no more than %(people)d people and %(links)d links. Take some out.",
            people=most[engine.GENOGRAM_PEOPLE],
            links=most[engine.GENOGRAM_LINKS],
        )
    return ""


_INPUT = re.compile(r"(?P<path>[a-z_]+)-\d{1,5}-(?P<column>[a-z_]+)")
