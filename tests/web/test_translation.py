"""Whoever looks after a Board sees what Welsh a translator has yet to check, file by file."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

import engine
from engine import translation
from engine.translation import Unread, unread_in
from tests import welsh
from tests.web.conftest import Site
from tests.web.test_welsh import english_left
from web.translation import PAGES, unread_on_pages

COORDINATOR, ADMINISTRATOR, WORKER = "Ffion Hughes", "Rhys Vaughan", "Carys Morgan"
FORM = """{"id": "note", "title": "Note", "i18n": {"cy": {"title": "Nodyn", "check": true}},
 "rules": [{"check": "true", "en": "Check.", "cy": "Gwiriwch."}],
 "components": [{"type": "group", "id": "all", "label": "All",
  "i18n": {"cy": {"label": "Y cyfan"}},
  "components": [{"type": "radio", "key": "kind", "label": "Kind",
   "errors": {"required": "Choose."},
   "i18n": {"cy": {"label": "Math", "errors": {"required": "Dewiswch."}, "check": true}},
   "values": [{"value": "a", "label": "One",
    "i18n": {"cy": {"label": "Un", "check": true}}}]}]}]}"""


def _unread(place: str, en: str, cy: str, *, marked: bool = True) -> Unread:
    return Unread(place, engine.Text(en, cy), marked)


def test_each_marked_text_of_a_form_is_listed_and_no_other() -> None:
    assert unread_in("forms/note.json", FORM.encode()) == (
        _unread("note title", "Note", "Nodyn"),
        _unread("kind label", "Kind", "Math"),
        _unread("kind errors required", "Choose.", "Dewiswch."),
        _unread("kind a label", "One", "Un"),
        _unread("note rule 1", "Check.", "Gwiriwch.", marked=False),
    )


def test_texts_of_tables_and_drawings_are_listed_with_both_languages() -> None:
    table = '[TS-1]\nen = "Reply"\ncy = "Ateb"\n[[TS-1.more]]\nen = "a"\ncy = "b"\n'
    assert unread_in("timescales.toml", table.encode()) == (
        _unread("TS-1", "Reply", "Ateb", marked=False),
        _unread("TS-1 more", "a", "b", marked=False),
    )
    drawing = (
        '<d xmlns="urn:d" xmlns:adolygu="http://adolygu.cymru/bpmn">'
        '<task id="ask" name="Ask" adolygu:nameCy="Gofyn">'
        "<documentation>Do it.</documentation>"
        '<documentation textFormat="text/x-cy">Gwnewch hyn.</documentation></task></d>'
    )
    assert unread_in("a.bpmn", drawing.encode()) == (
        _unread("ask", "Ask", "Gofyn", marked=False),
        _unread("ask documentation", "Do it.", "Gwnewch hyn.", marked=False),
    )


def test_no_text_that_is_listed_lacks_its_english(site: Site) -> None:
    for path, texts in engine.unread_welsh(site.people[COORDINATOR]).items():
        for each in texts:
            assert each.text.en, (path, each)


@pytest.mark.parametrize("name", [COORDINATOR, ADMINISTRATOR])
def test_the_page_lists_every_file_and_says_how_many(site: Site, name: str) -> None:
    visitor = site.signed_in(name)
    assert 'href="/translation"' in visitor.get("/cases").get_data(as_text=True)
    page = visitor.get("/translation").get_data(as_text=True)
    together = sum(welsh.counts(base=True).values())
    assert f"{together} texts wait for a translator." in page
    files = [*engine.unread_welsh(site.people[name]), PAGES]
    assert {"forms/consent.json", "processes/roles.toml"} <= set(files)
    assert all(f'href="/translation/{path}"' in page for path in files)


def test_a_file_shows_the_english_beside_the_welsh(site: Site) -> None:
    visitor = site.signed_in(COORDINATOR)
    page = visitor.get("/translation/processes/roles.toml").get_data(as_text=True)
    assert 'lang="en">Facilitator<' in page
    assert 'lang="cy">Hwylusydd<' in page
    assert visitor.get("/translation/processes/nothing.toml").status_code == 404
    assert english_left(visitor, "/translation") == []


@pytest.mark.parametrize(
    "path", ["/translation", "/translation/texts.csv", "/translation/processes/roles.toml"]
)
def test_whoever_looks_after_no_board_finds_nothing(site: Site, path: str) -> None:
    visitor = site.signed_in(WORKER)
    assert visitor.get(path).status_code == 404
    assert "/translation" not in visitor.get("/cases").get_data(as_text=True)


def test_the_table_opens_in_a_spreadsheet_and_holds_no_formula(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    harmful = {
        "forms/note.json": tuple(
            _unread(f"{sign}place", f"{sign}1+1", f'{sign}HYPERLINK("x")') for sign in "=+-@\t\r\n"
        )
    }
    monkeypatch.setattr(engine, "unread_welsh", lambda actor: harmful)
    answer = site.signed_in(COORDINATOR).get("/translation/texts.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 1 + 7 + len(unread_on_pages())
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r\n")]
    assert rows[1][1:4] == ["'=place", "'=1+1", '\'=HYPERLINK("x")']


def test_texts_are_those_of_the_newest_deployment_of_the_boards(site: Site) -> None:
    assert translation.may_see_unread_welsh(site.people[COORDINATOR])
    assert not translation.may_see_unread_welsh(site.people[WORKER])
    with pytest.raises(engine.NotFound):
        engine.unread_welsh(site.people[WORKER])
