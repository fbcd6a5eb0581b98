"""A long task section by section: a list with states, a page for each, the whole sent at once."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

import engine
from engine import forms
from tests.web.conftest import Site, Visitor, example_answers
from tests.web.test_spreadsheets import HIDDEN

CARYS = "Carys Morgan"


@pytest.fixture
def page(site: Site) -> engine.TaskPage:
    """A task of seven sections, which nobody has begun."""
    case_id = site.open_case()
    opened = site.open_task(CARYS, case_id)
    while not opened.is_long:
        site.submit(CARYS, opened)
        opened = site.open_task(CARYS, case_id)
    return opened


def keys_of(page: engine.TaskPage) -> list[engine.SectionKey]:
    """Return the sections of a task in order."""
    return [engine.SectionKey(part.form.id, one) for part in page.parts for one in part.sections]


def path_of(page: engine.TaskPage, key: engine.SectionKey, language: str = "") -> str:
    """Return the address of a section."""
    return f"{language}/tasks/{page.task.id}/sections/{key.form}/{key.section}"


def answers_to(page: engine.TaskPage, key: engine.SectionKey, **given: Any) -> dict[str, list[str]]:
    """Return what a browser would send for one section with its examples filled in."""
    part = next(part for part in page.parts if part.form.id == key.form)
    return forms.of_sections(part.form, [key.section], example_answers(page, **given))


def states(site: Site, page: engine.TaskPage) -> dict[str, str]:
    """Return how far each section has come."""
    listed = engine.task_sections(page.task.id, site.people[CARYS])
    return {one.key.section: one.state for one in listed}


def fill(visitor: Visitor, page: engine.TaskPage, *keys: engine.SectionKey) -> None:
    """Fill sections in with their examples."""
    for key in keys:
        sent = visitor.post(path_of(page, key), answers_to(page, key))
        assert sent.status_code == 303, sent.get_data(as_text=True)


def a_text_in(page: engine.TaskPage, key: engine.SectionKey) -> str:
    """Return the key of a text area of a section; nothing where it has none."""
    part = next(part for part in page.parts if part.form.id == key.form)
    fields = part.form.section(key.section).fields
    return next((one.key for one in fields if one.type == "textarea" and one.has_input), "")


@pytest.fixture
def key(page: engine.TaskPage) -> engine.SectionKey:
    """A section with a text area."""
    return next(key for key in keys_of(page) if a_text_in(page, key))


def test_a_long_task_opens_on_the_list_of_its_sections(site: Site, page: engine.TaskPage) -> None:
    text = site.signed_in(CARYS).get(f"/tasks/{page.task.id}").get_data(as_text=True)
    for key in keys_of(page):
        assert f'href="{path_of(page, key)}"' in text
    assert "Check your answers and send" in text
    assert "Not yet started" in text
    assert "<textarea" not in text


def test_a_short_task_stays_one_page(site: Site) -> None:
    short = site.open_task(CARYS, site.open_case())
    assert not short.is_long
    text = site.signed_in(CARYS).get(f"/tasks/{short.task.id}").get_data(as_text=True)
    assert "<textarea" in text


def test_sections_are_filled_in_any_order_and_sent_as_one(
    site: Site, page: engine.TaskPage
) -> None:
    visitor, path = site.signed_in(CARYS), f"/tasks/{page.task.id}"
    keys = list(reversed(keys_of(page)))
    fill(visitor, page, *keys)
    assert set(states(site, page).values()) <= {"completed", "nothing_to_fill"}
    checked = visitor.get(f"{path}/check").get_data(as_text=True)
    assert "Check your answers" in checked
    submit_key = checked.split('name="page-submit-key" value="')[1].split('"')[0]
    done = visitor.post(f"{path}/check", {"page-submit-key": submit_key})
    assert done.headers["Location"] == f"{path}/done"
    case = engine.case_page(page.task.case_id, site.people[CARYS])
    assert page.task.id in [task.id for task in case.closed_tasks]


def test_each_step_keeps_its_section_and_leaves_the_others(
    site: Site, page: engine.TaskPage, key: engine.SectionKey
) -> None:
    visitor, name = site.signed_in(CARYS), a_text_in(page, key)
    others = [one for one in keys_of(page) if one != key]
    fill(visitor, page, others[0])
    for action, leads_to in (
        ("save", f"/tasks/{page.task.id}/saved"),
        ("back", f"/tasks/{page.task.id}"),
        ("language", path_of(page, key, "/cy")),
    ):
        typed = {name: f"typed before {action}", "page-action": action}
        sent = visitor.post(path_of(page, key), typed)
        assert sent.headers["Location"] == leads_to
        shown = visitor.get(path_of(page, key)).get_data(as_text=True)
        assert f"typed before {action}" in shown
        assert states(site, page)[others[0].section] == "completed"


def test_two_tabs_on_two_sections_lose_nothing(site: Site, page: engine.TaskPage) -> None:
    first, second, *_ = [key for key in keys_of(page) if answers_to(page, key)]
    tabs = [site.signed_in(CARYS), site.signed_in(CARYS)]
    for tab, key in zip(tabs, (first, second), strict=True):
        tab.get(path_of(page, key))
    for tab, key in zip(tabs, (first, second), strict=True):
        fill(tab, page, key)
    found = states(site, page)
    assert (found[first.section], found[second.section]) == ("completed", "completed")


def test_a_section_with_errors_comes_back_with_each_at_its_control(
    site: Site, page: engine.TaskPage
) -> None:
    visitor = site.signed_in(CARYS)
    wrong = 0
    for key in keys_of(page):
        answer = visitor.post(path_of(page, key), {"page-action": "continue"})
        if answer.status_code == 303:
            continue
        wrong += 1
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "<title>Error: " in text
        for target in re.findall(r'href="#([^"]+)"', text.split("govuk-error-summary__list")[1]):
            assert f'id="{target}"' in text
        assert states(site, page)[key.section] == "in_progress"
    assert wrong


def test_the_check_leads_back_to_the_control_on_its_section(
    site: Site, page: engine.TaskPage
) -> None:
    visitor = site.signed_in(CARYS)
    answer = visitor.get(f"/tasks/{page.task.id}/check")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    summary = text.split("govuk-error-summary__list")[1].split("</ul>")[0]
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', summary)]
    assert links
    for link in links:
        address, _, anchor = link.partition("#")
        section = visitor.get(address).get_data(as_text=True)
        assert f'id="{anchor}"' in section
        assert "There is a problem" in section


def test_a_wrong_answer_that_was_saved_is_said_in_the_list(
    site: Site, page: engine.TaskPage
) -> None:
    key = next(k for k in keys_of(page) if _rows_with_date(page, k))
    rows, day = _rows_with_date(page, key)
    typed = {f"{rows}-0-_key": "", f"{rows}-0-{day}-day": "99", "page-action": "save"}
    visitor = site.signed_in(CARYS)
    visitor.post(path_of(page, key), typed)
    assert states(site, page)[key.section] == "has_errors"
    listed = visitor.get(f"/tasks/{page.task.id}").get_data(as_text=True)
    assert "There is a problem" in listed
    assert 'value="99"' in visitor.get(path_of(page, key)).get_data(as_text=True)


def _rows_with_date(page: engine.TaskPage, key: engine.SectionKey) -> Any:
    part = next(part for part in page.parts if part.form.id == key.form)
    for entry in part.form.section(key.section).fields:
        for column in entry.columns:
            if column.type == "datetime" and column.subtype == "date" and not entry.fixed_rows:
                return entry.key, column.key
    return None


def test_rows_are_added_and_removed_on_the_page_of_a_section(
    site: Site, page: engine.TaskPage
) -> None:
    key = next(k for k in keys_of(page) if _rows_with_date(page, k))
    rows, day = _rows_with_date(page, key)
    visitor, path = site.signed_in(CARYS), path_of(page, key)
    typed = {f"{rows}-0-_key": "", f"{rows}-0-{day}-day": "17"}
    added = visitor.post(path, {**typed, "page-action": f"add:{rows}"})
    assert added.headers["Location"] == f"{path}#{rows}-1"
    text = visitor.get(path).get_data(as_text=True)
    assert f'name="{rows}-1-_key"' in text
    assert 'value="17"' in text
    visitor.post(path, {**typed, "page-action": f"remove:{rows}-0"})
    assert 'value="17"' not in visitor.get(path).get_data(as_text=True)


def test_rows_from_a_spreadsheet_come_into_their_section_and_leave_the_others(
    site: Site, page: engine.TaskPage
) -> None:
    key = next(k for k in keys_of(page) if _rows_with_date(page, k))
    rows, day = _rows_with_date(page, key)
    part = next(part for part in page.parts if part.form.id == key.form)
    column = next(one for one in engine.columns_of(part.form.field(rows)) if one.name == day)
    other = next(k for k in keys_of(page) if k != key and a_text_in(page, k))
    visitor, path = site.signed_in(CARYS), path_of(page, key)
    visitor.post(path_of(page, other), {a_text_in(page, other): "Typed", "page-action": "save"})
    typed = {f"{rows}-0-_key": "", "page-action": f"spreadsheet:{rows}"}
    address = visitor.post(path, typed).headers["Location"]
    assert address == f"/tasks/{page.task.id}/rows/{rows}"
    assert f'href="{path}#{rows}"' in visitor.get(address).get_data(as_text=True)
    pasted = {"page-pasted": f"{column.heading.en}\n17 April 2019", "page-action": "read"}
    preview = visitor.post(address, pasted).get_data(as_text=True)
    kept = {name: html.unescape(said) for name, said in HIDDEN.findall(preview)}
    taken = visitor.post(address, {**kept, "page-action": "add"})
    assert taken.status_code == 303, taken.get_data(as_text=True)
    assert taken.headers["Location"].startswith(f"{path}#{rows}-")
    assert 'value="2019"' in visitor.get(path).get_data(as_text=True)
    assert "Typed" in visitor.get(path_of(page, other)).get_data(as_text=True)


def test_a_change_link_leads_to_the_section_and_back_to_the_answers(
    site: Site, page: engine.TaskPage, key: engine.SectionKey
) -> None:
    visitor, name = site.signed_in(CARYS), a_text_in(page, key)
    fill(visitor, page, *keys_of(page))
    checked = html.unescape(visitor.get(f"/tasks/{page.task.id}/check").get_data(as_text=True))
    address = f"{path_of(page, key)}?change=1"
    assert f'href="{address}#{name}"' in checked
    assert f'id="{name}"' in visitor.get(address).get_data(as_text=True)
    sent = visitor.post(address, {**answers_to(page, key), name: "changed at the end"})
    assert sent.headers["Location"] == f"/tasks/{page.task.id}/check"
    checked = visitor.get(sent.headers["Location"]).get_data(as_text=True)
    assert "changed at the end" in checked


@pytest.mark.parametrize("place", ["no_form/no_section", "consultation_referral/no_section"])
def test_a_section_that_the_task_does_not_have_is_not_found(
    site: Site, page: engine.TaskPage, place: str
) -> None:
    visitor, path = site.signed_in(CARYS), f"/tasks/{page.task.id}/sections/{place}"
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, {"page-action": "save"}).status_code == 404


def test_nobody_else_sees_what_stands_in_a_section(
    site: Site, page: engine.TaskPage, key: engine.SectionKey
) -> None:
    typed = {a_text_in(page, key): "half a thought", "page-action": "save"}
    site.signed_in(CARYS).post(path_of(page, key), typed)
    other = site.signed_in("Eleri Watkins").get(path_of(page, key))
    assert "half a thought" not in other.get_data(as_text=True)


def test_the_list_speaks_welsh(site: Site, page: engine.TaskPage) -> None:
    text = site.signed_in(CARYS).get(f"/cy/tasks/{page.task.id}").get_data(as_text=True)
    assert "Heb ei ddechrau eto" in text
    assert "Gwirio eich atebion a’u hanfon" in html.unescape(text)
