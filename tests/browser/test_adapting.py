"""Pages as people set them for themselves: large, spaced out, in few colours, without movement."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.served import Demonstration
from tests.pages import FOR_ANYBODY, FOR_THE_LOOKING_AFTER, FOR_THE_SIGNED_IN

FFION = "Ffion Hughes"
A_CASE = r"/cases/[0-9a-f-]{36}$"
A_TASK = r"/tasks/[0-9a-f-]{36}$"
A_DOCUMENT = r"/documents/[0-9a-f-]{36}$"

both_languages = pytest.mark.parametrize("language", ["en", "cy"])

#: 1280 pixels at 400 %, in which no page may need scrolling two ways (WCAG 1.4.10).
AT_400_PERCENT = {"width": 320, "height": 640}
#: What WCAG 1.4.12 lets people set.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""

#: Texts that are cut off: what is inside does not fit, and what does not fit is not shown.
_CUT = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(each => {
  const style = getComputedStyle(each)
  // What is typed into a box moves in it; so does a drawing, whose outline says the same.
  if (each.matches('input') || each.closest('.djs-container')) return false
  const hides = ['hidden', 'clip'].includes(style.overflowX) || style.textOverflow === 'ellipsis'
  return hides && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1
}).map(each => each.outerHTML.slice(0, 90))"""

#: Stops that are smaller than 24 by 24 pixels and nearer than that to another (WCAG 2.5.8); links
#: within a sentence are let off, and a box is as large as its label makes it.
_SMALL = """() => {
  const size = each => {
    const box = each.getBoundingClientRect()
    const label = each.labels && each.labels[0]
    if (!label || !['radio', 'checkbox'].includes(each.type)) return box
    const other = label.getBoundingClientRect()
    return new DOMRect(Math.min(box.x, other.x), Math.min(box.y, other.y),
      Math.max(box.right, other.right) - Math.min(box.x, other.x),
      Math.max(box.bottom, other.bottom) - Math.min(box.y, other.y))
  }
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(each => each.type !== 'hidden' && each.tabIndex >= 0 && each.checkVisibility())
    .map(each => [each, size(each)]).filter(([, box]) => box.width > 1 && box.height > 1)
  const inSentence = each => each.tagName === 'A' && getComputedStyle(each).display === 'inline' &&
    each.parentElement.textContent.trim() !== each.textContent.trim()
  const middle = box => [box.x + box.width / 2, box.y + box.height / 2]
  const near = (box, other) => {
    const [x, y] = middle(box)
    const dx = Math.max(other.x - x, 0, x - other.right)
    const dy = Math.max(other.y - y, 0, y - other.bottom)
    return Math.hypot(dx, dy) < 12
  }
  return stops.filter(([each, box]) => (box.width < 24 || box.height < 24) && !inSentence(each) &&
    stops.some(([other, at]) => other !== each && near(box, at)))
    .map(([each]) => each.outerHTML.slice(0, 120))
}"""


def _pages(person: Person) -> list[str]:
    """Return the pages of a co-ordinator: those that stand alone, a case, documents, tasks."""
    person.open("/cases")
    case = person.links(A_CASE)[0]
    person.open(case)
    within = person.links(A_DOCUMENT)[:4]
    person.open("/tasks")
    within += person.links(A_TASK)[:4]
    within += [case + part for part in ("", "/people", "/history", "/diagrams")]
    return [*FOR_ANYBODY, *FOR_THE_SIGNED_IN, *FOR_THE_LOOKING_AFTER, *within]


def _person(browser: Browser, served: Demonstration, language: str, **how: Any) -> Person:
    return Person(browser, served, FFION, language, **how)


@both_languages
def test_no_page_scrolls_two_ways_at_400_percent_even_with_wide_spacing(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    person = _person(browser, demonstration, language, viewport=AT_400_PERCENT, bypass_csp=True)
    for path in _pages(person):
        person.open(path)
        for spacing in ("", SPACED):
            if spacing:
                person.page.add_style_tag(content=spacing)
            wider = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, (path, spacing)
            assert person.page.evaluate(_CUT) == [], (path, spacing)


@both_languages
def test_nothing_that_is_pressed_is_too_small(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    for viewport in ({"width": 1280, "height": 900}, AT_400_PERCENT):
        person = _person(browser, demonstration, language, viewport=viewport)
        for path in _pages(person):
            person.open(path)
            assert person.page.evaluate(_SMALL) == [], (path, viewport)


def test_nothing_moves_for_whoever_does_not_want_it(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = _person(browser, demonstration, "en", reduced_motion="reduce")
    for path in _pages(person):
        person.open(path)
        moving = person.page.evaluate(
            "[...document.querySelectorAll('*')].filter(each => {"
            " const style = getComputedStyle(each);"
            " const still = list => list.split(',').every(time => parseFloat(time) === 0);"
            " return style.scrollBehavior === 'smooth' || !still(style.animationDuration)"
            " || !still(style.transitionDuration) }).map(each => each.outerHTML.slice(0, 90))"
        )
        assert moving == [], path


def test_every_page_has_a_title_of_its_own(browser: Browser, demonstration: Demonstration) -> None:
    for language in ("en", "cy"):
        person = _person(browser, demonstration, language)
        titles: dict[str, str] = {}
        for path in _pages(person):
            person.open(path)
            title = person.page.title()
            assert titles.setdefault(title, person.page.url) == person.page.url, title


def test_the_focus_is_seen_in_a_contrast_theme(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = _person(browser, demonstration, "cy", forced_colors="active")
    for path in ("/cases", "/language", "/cases/start"):
        person.open(path)
        for _ in range(12):
            person.page.keyboard.press("Tab")
            # The theme takes shadows and backgrounds away: only an outline or a border is left.
            assert person.page.evaluate(
                "() => { const at = document.activeElement;"
                " const box = ['radio', 'checkbox'].includes(at.type);"
                " const style = box ? getComputedStyle(at.labels[0], '::before')"
                " : getComputedStyle(at);"
                " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }"
            ), (path, person.page.evaluate("document.activeElement.outerHTML"))


def test_whoever_is_away_is_warned_before_the_session_ends(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = _person(browser, demonstration, "cy")
    page = person.page
    page.clock.install()
    person.open("/language")
    warning = page.get_by_role("dialog")
    minutes = int(page.locator("#timeout").get_attribute("data-minutes") or "")
    page.clock.fast_forward((minutes - 2) * 60_000 - 1000)
    expect(warning).to_have_count(0)
    page.clock.fast_forward(1000)
    expect(warning).to_be_visible()
    expect(warning).to_have_accessible_name("Cewch eich allgofnodi cyn bo hir")
    person.check_page()
    stay = warning.get_by_role("button", name="Aros wedi’ch mewngofnodi")
    expect(stay).to_be_focused()
    with page.expect_response("**/sign-in/stay") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 204
    expect(warning).to_have_count(0)
    page.clock.fast_forward(minutes * 60_000 - 1000)
    expect(warning).to_be_visible()
    page.clock.fast_forward(1000)
    expect(warning).to_have_accessible_name("Rydych wedi cael eich allgofnodi")
    person.check_page()
