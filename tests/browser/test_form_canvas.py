"""A form of a draft is changed on its canvas, in both languages, and on plain pages without."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

import engine
from engine import db, form_editing
from engine.models import Account
from tests.browser.keyboard import Keyboard
from tests.browser.person import Person
from tests.browser.served import Demonstration

DESIGNER = "Catrin Sayer"
FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.json"))
#: What the editor makes of a form that it is given and asked for again.
_THROUGH = """async source => {
  const editor = document.querySelector('[data-form-canvas]').editor
  const form = JSON.parse(source)
  await editor.importSchema({ ...form, id: 'Form_' + form.id })
  return JSON.stringify({ ...editor.saveSchema(), id: form.id })
}"""
_COVERED = """mark => {
  const box = mark.getBoundingClientRect()
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
  return !(mark === top || mark.contains(top))
}"""


@pytest.fixture
def draft(demonstration: Demonstration) -> uuid.UUID:
    with demonstration.engine():
        return engine.begin_draft("cwmafon", "draft_2011", "On a canvas", _designer())


def _designer() -> engine.Actor:
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == DESIGNER)).one()
        return engine.Actor(account.id, account.name)


def _form(demonstration: Demonstration, draft: uuid.UUID) -> dict[str, Any]:
    with demonstration.engine():
        file = engine.draft_file(draft, "forms/consent.json", _designer()).file
    data: dict[str, Any] = json.loads(file.content or b"")
    return data


def _choose(page: Page, part: str) -> None:
    page.locator(f".fjs-element[data-id='{part}']").click()


def _saved(page: Page) -> None:
    expect(page.locator("[data-saving-at][data-state='saved']")).to_be_visible()


def test_welsh_is_written_beside_the_english_and_saved_as_one_goes(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    page = person.page
    person.open(f"/drafts/{draft}/forms/consent/canvas")
    _choose(page, "withdrawal_withdrawn_on")
    welsh = page.locator("[data-group-id='group-adolygu-welsh']")
    label = welsh.get_by_label("Label")
    expect(label).to_have_value("Pryd y tynnwyd cydsyniad yn ôl?")
    mark = page.locator("[data-form-canvas] .fjs-powered-by-link")
    expect(mark).to_be_visible()
    assert not mark.evaluate(_COVERED)
    label.fill("Pa ddiwrnod y tynnwyd cydsyniad yn ôl?")
    label.press("Tab")
    expect(page.locator("[data-saving-at]")).to_have_attribute("data-revision", "1")
    _saved(page)
    asked = _form(demonstration, draft)["components"][3]["components"][0]
    assert asked["i18n"]["cy"]["label"] == "Pa ddiwrnod y tynnwyd cydsyniad yn ôl?"
    person.check_page()
    assert person.problems == []


def test_what_somebody_else_saved_is_not_overwritten_and_it_is_said(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    person = Person(browser, demonstration, DESIGNER, "cy")
    page = person.page
    person.open(f"/drafts/{draft}/forms/consent/canvas")
    _choose(page, "withdrawal_withdrawn_on")
    with demonstration.engine():
        theirs = {"label": "A child", "label_cy": "Plentyn"}
        edit = engine.FormEdit("change", "child", theirs)
        engine.edit_form(draft, "consent", edit, 0, _designer())
    label = page.locator("[data-group-id='group-adolygu-welsh']").get_by_label("Label")
    label.fill("Pryd?")
    label.press("Tab")
    status = page.locator("[data-saving-at]")
    expect(status).to_have_attribute("data-state", "conflict")
    expect(status).to_contain_text(DESIGNER)
    data = _form(demonstration, draft)
    assert data["components"][1]["label"] == "A child"
    assert "Pryd?" not in json.dumps(data)


def test_every_shipped_form_goes_through_the_editor_and_stays_to_the_byte(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    person.open(f"/drafts/{draft}/forms/consent/canvas")
    expect(person.page.locator(".fjs-element").first).to_be_visible()
    changed = []
    for path in FORMS:
        source = path.read_bytes()
        exported = person.page.evaluate(_THROUGH, source.decode())
        if form_editing.take_in(source, f"forms/{path.name}", exported.encode()) != source:
            changed.append(path.name)
    assert changed == []
    _saved(person.page)


def test_a_question_is_added_and_moved_by_keyboard_alone_where_there_are_no_scripts(
    browser: Browser, demonstration: Demonstration, draft: uuid.UUID
) -> None:
    keyboard = Keyboard(browser, demonstration, java_script_enabled=False)
    keyboard.sign_in_as(DESIGNER)
    page = keyboard.page
    page.goto(f"{demonstration.address}/cy/drafts/{draft}/forms/consent")
    keyboard.skip_to_main()
    keyboard.go_to("Ychwanegu cwestiwn : Child or young person", "link")
    keyboard.follow()
    keyboard.skip_to_main()
    keyboard.choose("Pa fath o gwestiwn ydyw?", "Testun hir")
    keyboard.press_button("Parhau")
    keyboard.write("Saesneg", "Who else was asked?", within="Label")
    keyboard.write("Cymraeg", "Pwy arall a holwyd?", within="Label")
    keyboard.follow()
    assert page.url.endswith("/forms/consent#part-child")
    keyboard.press_button("I fyny : Who else was asked?")
    child = _form(demonstration, draft)["components"][1]["components"]
    assert [one["key"] for one in child] == [
        *("child_appropriate", "child_not_appropriate_reason", "who_else_was_asked"),
        "child_consent",
    ]
