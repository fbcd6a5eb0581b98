"""A process of a draft is drawn on a canvas, checked while one draws, and saved as one goes."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

import engine
from engine import db
from engine.models import Account
from engine.people import Actor
from engine.workflow import parse_process
from tests.browser.person import Person
from tests.browser.served import Demonstration
from tests.web.test_drawings import keep_check

DESIGNER = "Catrin Sayer"
PROCESS = "family"
PATH = "processes/parts/family.bpmn"
#: By what the plain task is found among the ready-made steps.
READY = {"en": "fills", "cy": "llenwi"}
#: The flow out of the step after which another is added.
AFTER = "list_family_to_keep_family_informed"
MENUS = Path(__file__).parents[2] / "web" / "assets" / "designer" / "cy.json"
#: Whatever lies in the middle of the mark of bpmn.io.
ON_THE_MARK = """mark => {
  const { left, top, width, height } = mark.getBoundingClientRect()
  return mark.contains(document.elementFromPoint(left + width / 2, top + height / 2))
}"""

#: What an entry of a menu or a tool says.
SAID = """entries => entries.flatMap(one => [
  one.title, one.querySelector('.djs-label')?.textContent, one.querySelector('[title]')?.title,
  one.textContent.trim()
])"""


class Canvas:
    """The canvas of a process of a draft, opened by its designer."""

    def __init__(self, person: Person, draft: uuid.UUID, process: str = PROCESS) -> None:
        self.person, self.page, self.draft = person, person.page, draft
        person.open(f"/drafts/{draft}/processes/{process}/canvas")
        expect(self.page.locator("[data-designer]")).to_have_attribute("data-ready", "true")
        # The first time, a server reads all files of the draft.
        looked = self.page.locator("[data-findings]")
        expect(looked).to_have_attribute("data-state", "right", timeout=60_000)

    def choose(self, element: str) -> None:
        """Choose an element in the list of what is on the sheet."""
        self.page.locator("#ask-element").select_option(element)

    def append(self, word: str) -> None:
        """Append a ready-made step by keyboard alone: look for it by a word, and take it."""
        self.page.locator("[data-canvas] svg").first.focus()
        self.page.keyboard.press("a")
        search = self.page.get_by_role("combobox").and_(self.page.locator(".djs-popup input"))
        expect(search).to_be_focused()
        self.page.keyboard.type(word)
        expect(self.page.locator(".djs-popup [role=option]")).to_have_count(1)
        self.page.keyboard.press("Enter")

    def expect_state(self, state: str) -> None:
        """Wait until what is drawn stands as it should: saved, in conflict."""
        expect(self.page.locator("[data-saving-at]")).to_have_attribute("data-state", state)


def test_a_step_is_added_by_keyboard_described_checked_and_saved(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    canvas = Canvas(person, _begun(demonstration))
    page = canvas.page
    canvas.choose("list_family")
    canvas.append(READY["en"])
    expect(page.locator("#ask-name-en")).to_be_focused()
    page.keyboard.type("Check the list")
    page.keyboard.press("Tab")
    page.keyboard.type("Gwirio’r rhestr")
    page.keyboard.press("Tab")
    expect(page.locator("[data-id]")).to_have_text("check_the_list")
    own = page.locator("[data-own-findings]")
    expect(own).to_contain_text("has no form")
    _choose_of(page, "form", "family_list")
    _choose_of(page, "role", "reviewer")
    page.locator("#ask-adolygu-requirement").fill("FAM-01")
    for language in ("en", "cy"):
        page.locator(f"#ask-documentation-{language}").fill("Look. 5.1.")
    page.locator("#ask-name-en").focus()
    expect(own).to_be_hidden()
    canvas.expect_state("saved")
    process = parse_process(_content(demonstration, canvas.draft), PATH)
    step = process.elements["check_the_list"]
    assert (step.name("en"), step.name("cy")) == ("Check the list", "Gwirio’r rhestr")
    assert [use.form for use in step.forms] == ["family_list"]
    assert (step.roles, step.requirement) == (("reviewer",), ("FAM-01",))
    assert process.outgoing["list_family"][0].target == "check_the_list"
    assert process.outgoing["check_the_list"][0].id == AFTER
    assert person.problems == []


@pytest.mark.parametrize("language", ["en", "cy"])
def test_canvas_has_no_barrier_and_keeps_the_mark_of_bpmn_io_clear(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    person = Person(browser, demonstration, DESIGNER, language)
    canvas = Canvas(person, _begun(demonstration))
    person.check_page()
    mark = canvas.page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    mark.scroll_into_view_if_needed()
    assert mark.evaluate(ON_THE_MARK)
    canvas.page.set_viewport_size({"width": 320, "height": 800})
    mark.scroll_into_view_if_needed()
    assert mark.evaluate(ON_THE_MARK)
    assert canvas.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert person.problems == []


def test_all_that_is_offered_is_offered_in_welsh_and_names_stand_in_welsh(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = Person(browser, demonstration, DESIGNER, "cy")
    canvas = Canvas(person, _begun(demonstration))
    page = canvas.page
    english = set(json.loads(MENUS.read_text(encoding="utf-8")))
    canvas.choose("list_family")
    said = _titles(page, ".djs-palette .entry, .djs-context-pad .entry, .djs-minimap .toggle")
    page.locator(".djs-context-pad .entry[data-action=replace]").click()
    said |= _titles(page, ".djs-popup .entry")
    page.keyboard.press("Escape")
    page.locator("[data-canvas] svg").first.focus()
    page.keyboard.press("a")
    said |= _titles(page, ".djs-popup .entry")
    page.keyboard.press("Escape")
    assert said
    assert said & english == set()
    assert "Newid yr elfen" in said
    canvas.append(READY["cy"])
    page.keyboard.type("Gwirio’r rhestr")
    page.keyboard.press("Tab")
    canvas.expect_state("saved")
    process = parse_process(_content(demonstration, canvas.draft), PATH)
    names = {element.name("en"): element.name("cy") for element in process.elements.values()}
    assert names["New task"] == "Gwirio’r rhestr"
    assert names["List the family members"] == "Rhestru aelodau’r teulu"
    # A name in one language alone stays in that language.
    page.locator("#ask-name-en").fill("")
    page.locator("#ask-name-cy").focus()
    canvas.expect_state("saved")
    source = _content(demonstration, canvas.draft).decode()
    step = re.search(r'<bpmn:userTask id="gwirior_rhestr"[^>]*>', source)
    assert step
    assert 'adolygu:nameCy="Gwirio’r rhestr"' in step[0]
    assert " name=" not in step[0]
    assert 'name="List the family members"' in source


def test_nothing_that_somebody_else_saved_meanwhile_is_overwritten(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    canvas = Canvas(person, _begun(demonstration))
    theirs = _content(demonstration, canvas.draft) + b"\n"
    with demonstration.engine():
        engine.save_draft_file(canvas.draft, PATH, theirs, 0, _designer())
    canvas.choose("list_family")
    canvas.page.locator("#ask-name-en").fill("Mine")
    canvas.page.locator("#ask-name-cy").focus()
    canvas.expect_state("conflict")
    assert _content(demonstration, canvas.draft) == theirs
    with canvas.page.expect_download() as download:
        canvas.page.get_by_role("button", name="Keep mine as a file").click()
    kept = Path(download.value.path()).read_text(encoding="utf-8")
    assert 'name="Mine"' in kept
    canvas.page.get_by_role("button", name="Open what they saved").click()
    expect(canvas.page.locator("[data-designer]")).to_have_attribute("data-ready", "true")
    canvas.choose("list_family")
    expect(canvas.page.locator("#ask-name-en")).to_have_value("List the family members")


def test_facts_are_offered_while_a_condition_is_typed_and_its_faults_are_told(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = Person(browser, demonstration, DESIGNER, "en")
    canvas = Canvas(person, _begun(demonstration), "timelines")
    canvas.choose("is_extension_asked_to_decide_extension")
    condition = canvas.page.locator("#ask-conditionExpression")
    expect(condition).to_have_value("window_extension_asked = true")
    condition.fill("")
    condition.press_sequentially("window_ext")
    condition.press("ArrowDown")
    condition.press("Enter")
    expect(condition).to_have_value("window_extension_asked")
    condition.press_sequentially(" = no_such_fact")
    canvas.page.locator("#ask-name-en").focus()
    expect(canvas.page.locator("[data-own-findings]")).to_contain_text("no_such_fact")
    # What no rule sees and the proof does: a way that can never be taken.
    condition.fill("window_extension_asked = true and window_extension_asked = false")
    canvas.page.locator("#ask-name-en").focus()
    found = canvas.page.locator("[data-findings]")
    expect(found).to_have_attribute("data-state", "right", timeout=30_000)
    canvas.page.get_by_role("button", name="Look for dead ends").click()
    expect(found).to_have_attribute("data-state", "wrong", timeout=60_000)
    canvas.page.get_by_role("button", name="Show the way there").first.click()
    steps = found.locator("[data-steps] li")
    expect(steps.first).to_have_text("Timelines are wanted")
    expect(canvas.page.locator(".app-finding__sign--way")).to_have_count(steps.count())
    assert steps.count() > 2


def test_a_way_to_a_finding_is_numbered_on_the_drawing(
    browser: Browser, demonstration: Demonstration
) -> None:
    draft = _begun(demonstration)
    process = parse_process(_content(demonstration, draft), PATH)
    steps = [element.id for element in process.reading_order()][:3]
    with demonstration.engine():
        keep_check(draft, _designer(), (*steps, steps[1]))
    person = Person(browser, demonstration, DESIGNER, "en")
    person.open(f"/drafts/{draft}/checks")
    person.page.get_by_role("link", name=re.compile("Show the way there")).click()
    signs = person.page.locator(".app-token__sign--way")
    expect(signs).to_have_text(["1", "2, 4", "3"])
    expect(person.page.locator(".app-way__steps li")).to_have_count(4)
    person.check_page()
    assert person.problems == []


def _begun(served: Demonstration) -> uuid.UUID:
    """Return a draft of its own for a test."""
    with served.engine():
        return engine.begin_draft("cwmafon", "draft_2011", "A quality check", _designer())


def _designer() -> Actor:
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == DESIGNER)).one()
        return Actor(account.id, account.name)


def _content(served: Demonstration, draft: uuid.UUID) -> bytes:
    with served.engine():
        return engine.draft_file(draft, PATH, _designer()).file.content or b""


def _choose_of(page: Page, question: str, key: str) -> None:
    """Choose one of several under a question of the panel, by keyboard."""
    asked = page.locator(f"#ask-adolygu-{question}")
    asked.select_option(key)
    asked.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def _titles(page: Page, selector: str) -> set[str]:
    """Return what the entries of menus and tools say: their words and their titles."""
    expect(page.locator(selector).first).to_be_visible()
    found: list[Any] = page.locator(selector).evaluate_all(SAID)
    return {text for text in found if text}
