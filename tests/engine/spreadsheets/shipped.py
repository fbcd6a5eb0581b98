"""The rows of every shipped form that a spreadsheet can fill, and a way to fill them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from engine import forms, spreadsheets

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 27)
FORMS = {
    path.stem: forms.parse_form(path.read_bytes(), path.name)
    for path in sorted((ROOT / "forms").glob("*.json"))
}
ROWS = {
    f"{form.id}.{entry.key}": (form, entry)
    for form in FORMS.values()
    for entry in form.fields
    if spreadsheets.takes_rows(entry)
}
TIMELINE, TIMELINE_ROWS = ROWS["agency_timeline.timeline_rows"]


def take(
    sheet: spreadsheets.Sheet, rows: str = "agency_timeline.timeline_rows"
) -> spreadsheets.Taking:
    """Return what becomes of a sheet with its own headings, in a case of which nothing is known."""
    form, entry = ROWS[rows]
    found = spreadsheets.recognise(entry, sheet)
    return spreadsheets.take_rows(entry, sheet, found.headings, found.columns, surroundings(form))


def surroundings(form: forms.Form) -> spreadsheets.Surroundings:
    """Return an empty form on a day of the tests."""
    functions = {"today": lambda: TODAY}
    return spreadsheets.Surroundings(form, {}, {}, functions, forms.Around(), TODAY)
