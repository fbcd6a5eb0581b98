"""A decision table of a draft is changed on its canvas, and loses nothing there."""

from __future__ import annotations

import dataclasses
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

import engine
from engine import db
from engine.decisions import parse_decision, read_table
from engine.models import Account
from tests.browser.person import Person
from tests.browser.served import Demonstration

DESIGNER = "Catrin Sayer"
SHIPPED = sorted((Path(__file__).parents[2] / "processes/decisions").glob("*.dmn"))
PATH = "processes/decisions/DR-01.dmn"
#: What the editor makes of a table that it is given and asked for again.
_THROUGH = """async source => {
  const editor = document.querySelector('[data-decision-table]').editor
  const { warnings } = await editor.importXML(source)
  if (warnings.length) throw new Error(warnings[0].message)
  return (await editor.saveXML({ format: true })).xml
}"""


@pytest.fixture
def draft(demonstration: Demonstration) -> uuid.UUID:
    with demonstration.engine():
        return engine.begin_draft("cwmafon", "draft_2011", "On a canvas", _designer())


def _designer() -> engine.Actor:
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == DESIGNER)).one()
        return engine.Actor(account.id, account.name)


def _written(demonstration: Demonstration, draft: uuid.UUID) -> bytes:
    with demonstration.engine():
        return engine.draft_file(draft, PATH, _designer()).file.content or b""


def test_a_table_is_changed_on_its_canvas_and_saved_as_one_goes(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    person = Person(browser, demonstration, DESIGNER, "cy")
    page = person.page
    person.open(f"/drafts/{draft}/decisions/DR-01/canvas")
    before = read_table(_written(demonstration, draft))
    page.locator("td.annotation").first.click()
    page.keyboard.press("End")
    page.keyboard.type(" Ours.")
    expect(page.locator("[data-saving-at][data-state='saved'][data-revision='1']")).to_be_visible()
    first = before.rules[0]
    changed = dataclasses.replace(first, note=f"{first.note} Ours.")
    wanted = dataclasses.replace(before, rules=(changed, *before.rules[1:]))
    assert read_table(_written(demonstration, draft)) == wanted
    expect(page.get_by_text("Polisi taro:")).to_be_visible()
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    person.check_page()


def test_what_somebody_else_saved_is_not_written_over_from_a_canvas(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    page = person.page
    person.open(f"/drafts/{draft}/decisions/DR-01/canvas")
    expect(page.locator("td.annotation").first).to_be_visible()
    theirs = _written(demonstration, draft).replace(b'hitPolicy="FIRST"', b'hitPolicy="ANY"')
    with demonstration.engine():
        engine.save_draft_file(draft, PATH, theirs, 0, _designer())
    page.locator("td.annotation").first.click()
    page.keyboard.type("Mine.")
    expect(page.locator("[data-saving-at][data-state='conflict']")).to_be_visible()
    assert _written(demonstration, draft) == theirs


def test_every_shipped_table_comes_off_the_canvas_saying_what_it_said(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    person.open(f"/drafts/{draft}/decisions/DR-01/canvas")
    expect(person.page.locator("td.annotation").first).to_be_visible()
    for path in SHIPPED:
        source = path.read_text(encoding="utf-8")
        after = person.page.evaluate(_THROUGH, source).encode()
        assert read_table(after) == read_table(source.encode()), path.name
        parse_decision(after, path.name)
