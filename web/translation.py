"""Show what a translator has yet to see, the English beside the Welsh, and give it as a table."""

from __future__ import annotations

import csv
from io import StringIO

from babel.messages.pofile import read_po
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import CATALOGUE

bp = Blueprint("translation", __name__)

#: What the texts of the pages are called beside the files of the definitions.
PAGES = "web/messages.po"

#: A spreadsheet takes what begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Listed = dict[str, tuple[engine.Unread, ...]]


@bp.get("/translation")
def index() -> ResponseReturnValue:
    """Say for each file how many of its texts a translator has yet to see."""
    files = _listed()
    together = sum(map(len, files.values()))
    return render_template("translation.html", files=files, together=together)


@bp.get("/translation/texts.csv")
def table() -> ResponseReturnValue:
    """Give all of the texts as a file that a spreadsheet opens."""
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(["file", "place", "English", "Welsh", "marked"])
    for path, texts in _listed().items():
        for each in texts:
            said = (path, each.place, each.text.en, each.text.cy, "yes" if each.marked else "")
            rows.writerow([_harmless(cell) for cell in said])
    # A spreadsheet that does not find this mark reads ŵ as two other letters.
    answer = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="welsh-to-check.csv"'
    return answer


@bp.get("/translation/<path:file>")
def show(file: str) -> ResponseReturnValue:
    """Show the texts of one file, the English beside the Welsh."""
    texts = _listed().get(file)
    if texts is None:
        raise engine.NotFound
    return render_template("translation_file.html", file=file, texts=texts)


def unread_on_pages() -> tuple[engine.Unread, ...]:
    """Return the texts of the pages and of refusals that are marked, or have no Welsh at all."""
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="cy")
    found = []
    for message in catalogue:
        english = message.id if isinstance(message.id, str) else message.id[-1]
        string = message.string or ""
        forms = [string] if isinstance(string, str) else list(string)
        if english and ("check" in message.auto_comments or message.fuzzy or not all(forms)):
            said = " / ".join(dict.fromkeys(forms))
            place = f"line {message.lineno}"
            found.append(engine.Unread(place, engine.Text(english, said), marked=True))
    return tuple(found)


def _listed() -> Listed:
    files = engine.unread_welsh(current_actor())
    return {**files, PAGES: unread_on_pages()}


def _harmless(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
