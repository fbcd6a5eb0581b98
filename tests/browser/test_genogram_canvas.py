"""A genogram is drawn on a canvas, by mouse or by keyboard alone, and is what its form holds."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

import engine
from engine import db
from engine.models import Account
from tests.browser.keyboard import Keyboard, choice, label
from tests.browser.person import Person
from tests.browser.served import Demonstration

MAKER = "Tomos Llewelyn"
FORM = "genogram"
#: As long as a label may be, in one word.
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch12"
WIDER = "document.documentElement.scrollWidth - window.innerWidth"
#: The answers of the rows of a page, as they would be sent; what is empty is left out.
_ROWS = """path => Object.values([...new FormData(document.getElementById('task-form'))]
  .map(([name, said]) => [/^(\\w+)-(\\d+)-(\\w+)$/.exec(name), said])
  .filter(([found, said]) => found && found[1] === path && said)
  .reduce((rows, [[, , row, key], said]) =>
    ({ ...rows, [row]: { ...rows[row], [key]: said } }), {}))"""

Rows = list[dict[str, str]]


def _row(text: str, relation: str, sex: str, **more: str) -> dict[str, str]:
    row = {"person_label": text, "person_relation": relation, "person_sex": sex}
    return {**row, "person_alive": "alive", **more}


def _link(first: str, kind: str, second: str) -> dict[str, str]:
    return {"link_from": first, "link_kind": kind, "link_to": second}


#: What the mouse draws, as the form holds it.
PEOPLE = [
    _row("Mother", "Mother", "female", person_year="1998", person_household="A"),
    _row(
        "Child 1", "The child", "male", person_year="2024", person_household="A",
        person_alive="dead", person_died="2025", person_subject="true",
    ),
    _row("Father", "Father", "male"),
    _row("Half-sister", "Half-sister", "female", person_household="Carer’s home"),
    _row("Foster carer", "Foster carer", "female", person_household="Carer’s home"),
]  # fmt: skip
LINKS = [
    _link("Mother", "parent_of", "Child 1"),
    _link("Father", "separated_from", "Mother"),
    _link("Father", "parent_of", "Child 1"),
    _link("Mother", "parent_of", "Half-sister"),
    _link("Foster carer", "carer_of", "Half-sister"),
]


def test_a_family_is_drawn_by_mouse_and_comes_back_as_the_form_would_have_it(
    browser: Browser, demonstration: Demonstration
) -> None:
    task = _cleared(demonstration)
    person = Person(browser, demonstration, MAKER, "en")
    page = person.page
    person.open(task)
    _press(page, "Add a person")
    _answer(page, PEOPLE[0])
    _press(page, "Child")
    _answer(page, PEOPLE[1])
    _press(page, "Add a person")
    _answer(page, PEOPLE[2])
    _drag(page, "Father", "Mother")
    expect(_said(page)).to_contain_text("Choose how Father and Mother stand to each other")
    _link_up(page, "Separated from")
    # A child is hung on the couple: the other parent is told too.
    _drag(page, "Father", "Child 1")
    _link_up(page, "Parent of")
    _at(page, "Mother").click()
    expect(page.get_by_role("button", name="Child with Father")).to_be_visible()
    _press(page, "Child", exact=True)
    _answer(page, PEOPLE[3])
    _press(page, "Carer, by a placement")
    _answer(page, PEOPLE[4])
    expect(page.locator("#canvas .app-genogram__line--carer_of").first).to_be_attached()
    expect(page.locator("#canvas [data-put='words']")).to_contain_text(
        "Carer, by a placement, of: Half-sister"
    )
    person.check_page()
    assert (_rows(page, "genogram_people"), _rows(page, "genogram_links")) == (PEOPLE, LINKS)
    _save(person)

    # Without scripts there is the form alone, with what the canvas filled into it.
    plain = Person(browser, demonstration, MAKER, "en", java_script_enabled=False)
    plain.open(task)
    expect(plain.page.locator("#canvas")).to_be_hidden()
    by_canvas = _sent(plain.page)
    _cleared(demonstration)
    plain.open(task)
    _fill_form(plain)
    _save(plain)
    plain.open(task)
    assert _sent(plain.page) == by_canvas
    assert person.problems == []


def test_what_was_drawn_is_sent_checked_and_recorded_with_the_form(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    served = moving_demonstration
    task, identifier = _cleared(served), _case(served)[0]
    person = Person(browser, served, MAKER, "en")
    page = person.page
    person.open(task)
    _press(page, "Add a person")
    page.locator("#canvas-person-person_label").fill("Grandmother")
    _press(page, "Child", exact=True)
    _answer(page, _row("Mother", "Mother", "female"))
    _press(page, "Parent", exact=True)
    page.locator("#canvas-person-person_label").fill("Grandfather")
    page.keyboard.press("Tab")
    expect(_at(page, "Grandfather")).to_be_visible()
    # Somebody cannot be the parent of their own parent: it is told at once, and when it is sent.
    _at(page, "Mother").click()
    page.locator("#canvas-how").select_option(label="Parent of")
    page.locator("#canvas-who").select_option(label="Grandmother")
    _press(page, "Add the link")
    expect(page.locator("#canvas [data-put='problems']")).to_contain_text("their own ancestor")
    expect(_at(page, "Grandmother")).to_be_visible()
    person.press_continue()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter the relation to the child")
    expect(page.locator("#canvas [data-put='problems']")).to_contain_text("their own ancestor")
    assert len(_rows(page, "genogram_links")) == 3
    # Without that link all are drawn again, and what was missing is answered on the canvas.
    person.press(page.locator("#genogram_links-2 button"))
    for name in ("Grandmother", "Grandfather"):
        _at(page, name).click()
        _answer(page, _row(name, name, ""))
    others = served.answers(served.task_id(*_case(served)), MAKER, {})
    rows = ("genogram_people", "genogram_links")
    person._fill({name: said for name, said in others.items() if not name.startswith(rows)})
    person.press_continue()
    expect(page.locator("h1")).to_have_text("Check your answers")
    person._press("send")
    expect(page.locator(".govuk-panel--confirmation")).to_be_visible()
    path = next(path for path, called in served.documents(identifier).items() if called == FORM)
    person.open(path)
    for words in ("Parent of: Mother", "Child of: Grandfather; Grandmother"):
        expect(page.locator("#genogram")).to_contain_text(words)


def test_each_change_is_taken_back_and_done_again(
    browser: Browser, demonstration: Demonstration
) -> None:
    task = _cleared(demonstration)
    person = Person(browser, demonstration, MAKER, "en")
    page = person.page
    person.open(task)
    nothing = _sent(page)
    _press(page, "Add a person")
    page.locator("#canvas-person-person_label").fill("Mother")
    _press(page, "Child", exact=True)
    page.locator("#canvas-person-person_label").fill("Child 1")
    page.keyboard.press("Tab")
    drawn = _sent(page)
    # Called otherwise, a person keeps their links.
    _at(page, "Mother").click()
    page.locator("#canvas-person-person_label").fill("Aunt")
    page.keyboard.press("Tab")
    assert _rows(page, "genogram_links") == [_link("Aunt", "parent_of", "Child 1")]
    _press(page, "Undo")
    assert _sent(page) == drawn
    # While two are called the same, nobody takes the links of the other.
    for text in ("Child 1", "Grandmother"):
        page.locator("#canvas-person-person_label").fill(text)
        page.keyboard.press("Tab")
    assert _rows(page, "genogram_links") == [_link("Grandmother", "parent_of", "Child 1")]
    for _ in range(2):
        _press(page, "Undo")
    assert _sent(page) == drawn
    _at(page, "Mother").click()
    _press(page, "Remove this person")
    expect(_said(page)).to_contain_text("Mother was removed, and every link with them")
    expect(page.locator("#canvas-chosen")).to_be_focused()
    assert _rows(page, "genogram_links") == []
    _press(page, "Undo")
    assert _sent(page) == drawn
    for _ in range(4):
        _press(page, "Undo")
    assert _sent(page) == nothing
    _press(page, "Undo")
    expect(_said(page)).to_contain_text("nothing more to take back")
    for _ in range(4):
        _press(page, "Do again")
    assert _sent(page) == drawn
    # What is typed into the form itself is drawn, and taken back, too.
    page.locator("#genogram_people-1-person_label").fill("Child 2")
    page.keyboard.press("Tab")
    expect(_at(page, "Child 2")).to_be_visible()
    _press(page, "Undo")
    expect(_at(page, "Child 1")).to_be_visible()
    assert person.problems == []


def test_the_drawing_is_sized_and_moved(browser: Browser, demonstration: Demonstration) -> None:
    task = _cleared(demonstration)
    page = Person(browser, demonstration, MAKER, "en").page
    page.goto(f"{demonstration.address}{task}")
    _press(page, "Add a person")
    for _ in range(7):
        _press(page, "Brother or sister")
    expect(_at(page, "Person 8")).to_be_visible()
    before = _seen(page)
    _press(page, "Larger")
    assert _seen(page)[2] < before[2]
    _press(page, "Whole drawing")
    x, _, wide, _ = _seen(page)
    assert x <= 0
    assert wide >= 8 * 160
    for _ in range(4):
        _press(page, "Larger")
    before = _seen(page)
    page.locator("#canvas [data-do='move'][value='right']").click()
    assert _seen(page)[0] > before[0]
    page.locator(".app-canvas__frame").scroll_into_view_if_needed()
    frame = page.locator(".app-canvas__frame").bounding_box()
    assert frame is not None
    before = _seen(page)
    page.mouse.move(frame["x"] + 200, frame["y"] + frame["height"] - 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + 320, frame["y"] + frame["height"] - 20, steps=4)
    page.mouse.up()
    assert _seen(page)[0] < before[0]


def test_a_family_is_drawn_in_welsh_with_the_keyboard_alone(
    browser: Browser, demonstration: Demonstration
) -> None:
    task = _cleared(demonstration)
    keys = Keyboard(browser, demonstration)
    page = keys.page
    keys.sign_in_as(MAKER)
    page.goto(f"{demonstration.address}/cy{task}")
    name, relation = label(FORM, "person_label"), label(FORM, "person_relation")

    keys.go_to("Ychwanegu person", "button")
    keys.press("Enter")
    # Whoever adds somebody stands at the first question about them.
    assert keys.at_now().name == name
    keys.type("Mam")
    keys.write(relation, "Mam")
    keys.pick(f"{label(FORM, 'person_sex')} (dewisol)", choice(FORM, "person_sex", "female"))
    keys.choose(label(FORM, "person_alive"), choice(FORM, "person_alive", "alive"))
    # Escape leads into the drawing, and from there Tab to the relatives.
    keys.press("Escape")
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile("^Mam: Mam, benyw"))
    assert keys.at_now().role == "option"
    keys.go_to("Plentyn", "button")
    keys.press("Enter")
    expect(_said(page)).to_contain_text("Ychwanegwyd: Person 2.")
    keys.type("Plentyn 1")
    keys.write(relation, "Y plentyn")
    keys.tick(label(FORM, "person_subject"))
    keys.choose(label(FORM, "person_alive"), choice(FORM, "person_alive", "dead"))
    keys.write(f"{label(FORM, 'person_died')} (dewisol)", "2025")
    keys.press("Escape")
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile("bu farw 2025"))
    # Arrows go from person to person as they stand in the drawing.
    keys.press("ArrowUp")
    assert keys.at_now().name.startswith("Mam: ")
    keys.go_to("Partner", "button", start=True)
    keys.press("Enter")
    # Whoever types slowly is drawn under the old name first.
    expect(page.locator("[data-person='Person 3']")).to_be_visible()
    keys.type("Tad")
    keys.press("Escape")
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile("^Tad: "))
    # A link is changed in its own answers: they part, and have the child together.
    keys.go_to("Partner i, heb briodi: Mam", start=True)
    keys.press("Enter")
    kind = label(FORM, "link_kind")
    keys.pick(kind, choice(FORM, "link_kind", "separated_from"))
    keys.pick("Mae’r person hwn yn …", "Rhiant i")
    keys.pick("… y person arall hwn", "Plentyn 1")
    keys.go_to("Ychwanegu’r cyswllt", "button")
    keys.press("Enter")
    expect(_said(page)).to_contain_text("Ychwanegwyd cyswllt: Tad – Rhiant i: Plentyn 1.")
    links = [
        _link("Mam", "parent_of", "Plentyn 1"),
        _link("Mam", "separated_from", "Tad"),
        _link("Tad", "parent_of", "Plentyn 1"),
    ]
    assert _rows(page, "genogram_links") == links

    # Somebody is removed in the drawing, which one key takes back.
    keys.go_to("Tad", "option", start=True, back=True)
    keys.press("Home")
    assert keys.at_now().name.startswith("Mam: ")
    keys.press("Delete")
    expect(_said(page)).to_contain_text("Tynnwyd: Mam")
    assert len(_rows(page, "genogram_people")) == 2
    keys.press("Control+z")
    assert _rows(page, "genogram_links") == links
    keys.go_to("Mynd i ddiwedd y ffurflen, i’w chadw neu i fynd ymlaen", "link")
    keys.press("Enter")
    keys.press_button("Cadw a dod yn ôl yn nes ymlaen")
    page.goto(f"{demonstration.address}/cy{task}")
    assert _rows(page, "genogram_links") == links


def test_the_canvas_fits_a_phone(browser: Browser, demonstration: Demonstration) -> None:
    task = _cleared(demonstration)
    for language, add in (("en", "Add a person"), ("cy", "Ychwanegu person")):
        phone = {"width": 320, "height": 640}
        person = Person(browser, demonstration, MAKER, language, viewport=phone)
        page = person.page
        person.open(task)
        _press(page, add)
        page.locator("#canvas-person-person_label").fill(LONG)
        page.keyboard.press("Tab")
        page.locator("#canvas button[value='parent_of']").click()
        page.locator("#canvas details").evaluate_all("all => all.forEach(one => one.open = true)")
        expect(page.locator("#canvas [data-put='words']")).to_contain_text("Person 2")
        assert page.evaluate(WIDER) <= 0
        person.check_page()


def test_who_is_chosen_is_seen_in_few_colours_and_nothing_moves(
    browser: Browser, demonstration: Demonstration
) -> None:
    task = _cleared(demonstration)
    person = Person(
        browser, demonstration, MAKER, "en", forced_colors="active", reduced_motion="reduce"
    )
    page = person.page
    person.open(task)
    _press(page, "Add a person")
    _press(page, "Child", exact=True)
    ring = _at(page, "Person 2").locator(".app-genogram__ring")
    other = _at(page, "Person 1").locator(".app-genogram__ring")
    expect(ring).to_have_css("stroke", "rgb(0, 0, 0)")
    expect(other).to_have_css("stroke", "none")
    page.keyboard.press("Escape")
    expect(_at(page, "Person 2")).to_be_focused()
    assert ring.evaluate("one => getComputedStyle(one).strokeWidth") == "5px"
    moving = "all => all.some(one => getComputedStyle(one).transitionDuration !== '0s')"
    assert not page.locator("#canvas *").evaluate_all(moving)


def test_a_canvas_that_nobody_draws_for_says_so_and_loses_nothing(
    browser: Browser, demonstration: Demonstration
) -> None:
    task = _cleared(demonstration)
    person = Person(browser, demonstration, MAKER, "en")
    page = person.page
    person.open(task)
    page.route("**/genogram/drawing", lambda route: route.fulfill(status=303, body=""))
    _press(page, "Add a person")
    expect(_said(page)).to_contain_text("It could not be drawn just now")
    assert _rows(page, "genogram_people") == [{"person_label": "Person 1"}]
    page.unroute("**/genogram/drawing")
    _press(page, "Add a person")
    expect(_at(page, "Person 1")).to_be_visible()
    expect(_at(page, "Person 2")).to_be_visible()


def _case(served: Demonstration) -> tuple[str, str]:
    step = "prepare_genogram"
    return served.identifier_with(step, "CWMAFON"), step


def _cleared(served: Demonstration) -> str:
    """Return the address of the task in which a genogram is made, with nothing drafted."""
    task_id = served.task_id(*_case(served))
    with served.engine():
        with db.reading() as session:
            account = session.scalars(select(Account.id).where(Account.name == MAKER)).one()
        engine.save_draft(task_id, {}, {}, engine.Actor(account, MAKER))
    return f"/tasks/{task_id}"


def _rows(page: Page, path: str) -> Rows:
    found: Rows = page.evaluate(_ROWS, path)
    return found


def _sent(page: Page) -> dict[str, Any]:
    """Return the rows that a page would send; it may be one without scripts."""
    return {
        path: [
            {name.split("-")[2]: said for name, said in _answers_of(row).items()}
            for row in page.locator(f"[id='{path}'] > fieldset").all()
        ]
        for path in ("genogram_people", "genogram_links")
    }


def _answers_of(row: Locator) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in row.locator("input[name], select[name]").all():
        name = str(each.get_attribute("name"))
        ticks = each.get_attribute("type") in ("radio", "checkbox")
        value = str(each.get_attribute("value")) if ticks else each.input_value()
        if value and not (ticks and not each.is_checked()):
            found[name] = value
    return found


def _said(page: Page) -> Locator:
    return page.locator("#canvas [role='status']")


def _at(page: Page, name: str) -> Locator:
    return page.locator(f"#canvas [data-person='{name}']")


def _press(page: Page, name: str, *, exact: bool = False) -> None:
    page.locator("#canvas").get_by_role("button", name=name, exact=exact).first.click()


def _answer(page: Page, row: dict[str, str]) -> None:
    """Answer what is asked of the chosen person beside the drawing."""
    for key, said in row.items():
        control = page.locator(f"#canvas [name='canvas-person-{key}']")
        if key == "person_alive":
            control.locator(f"xpath=self::*[@value='{said}']").check(force=True)
        elif key == "person_subject":
            control.check(force=True)
        elif key == "person_sex":
            control.select_option(said)
        else:
            control.fill(said)
    page.keyboard.press("Tab")
    expect(_at(page, row["person_label"])).to_be_visible()


def _drag(page: Page, one: str, other: str) -> None:
    boxes = [_at(page, name).locator(".app-genogram__sign").first for name in (one, other)]
    for box in boxes:
        expect(box).to_be_visible()
    (x, y), (to_x, to_y) = (_middle(box) for box in boxes)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=5)
    page.mouse.up()


def _middle(box: Locator) -> tuple[float, float]:
    found = box.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def _link_up(page: Page, how: str) -> None:
    page.locator("#canvas-how").select_option(label=how)
    _press(page, "Add the link")
    expect(_said(page)).to_contain_text("Link added")


def _seen(page: Page) -> list[float]:
    box = str(page.locator("#canvas .app-canvas__frame svg").get_attribute("viewBox"))
    return [float(each) for each in box.split()]


def _save(person: Person) -> None:
    person.press(person.page.locator("main button[value='save']"))


def _fill_form(person: Person) -> None:
    """Fill the same family into the form, row by row, with its own buttons."""
    for path, rows in (("genogram_people", PEOPLE), ("genogram_links", LINKS)):
        for number, row in enumerate(rows):
            person._fill({f"{path}-{number}-{key}": [said] for key, said in row.items()})
