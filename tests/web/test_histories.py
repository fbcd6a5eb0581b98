"""The history is filtered by what, who and when, and shows what was put right."""

from __future__ import annotations

import re
import uuid

import pytest

import engine
from engine import forms
from tests.web.conftest import Site

FFION = "Ffion Hughes"


@pytest.fixture
def consent(site: Site) -> engine.DocumentPage:
    """The consent record of a case of its own, put right once."""
    case_id = site.open_case()
    site.submit("Carys Morgan", site.open_task("Carys Morgan", case_id))
    coordinator = site.people[FFION]
    found = engine.case_page(case_id, coordinator).documents
    page = engine.document_page(found[0].id, coordinator)
    section = page.form.sections[0].id
    typed = forms.to_posted(page.form, (section,), page.content)
    name = next(one for one, values in typed.items() if values and values[0] and "name" in one)
    engine.amend(page.id, (section,), "misheard", coordinator, posted=typed | {name: ["Mair Puw"]})
    return engine.document_page(page.id, coordinator)


def test_the_history_shows_what_was_put_right_before_and_after(
    site: Site, consent: engine.DocumentPage
) -> None:
    text = site.signed_in(FFION).get(f"/cases/{consent.case_id}/history").get_data(as_text=True)
    assert "Before and after" in text
    assert re.search(r"<ins>.*Mair", text)
    assert "Reason: misheard" in text
    changes = f"/documents/{consent.id}/changes?from=1&amp;to=2"
    assert changes in text


def test_the_page_of_changes_says_who_when_why_and_what(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    text = visitor.get(f"/documents/{consent.id}/changes").get_data(as_text=True)
    assert "misheard" in text
    assert FFION in text
    assert re.search(r"<ins>.*Mair", text)
    assert "<del>" in text
    for wrong in ("?from=2&to=1", "?from=1&to=3", "?from=2&to=2", "?from=x&to=2", "?from=0&to=1"):
        assert visitor.get(f"/documents/{consent.id}/changes{wrong}").status_code == 404, wrong


def test_a_document_of_one_version_has_no_changes(site: Site) -> None:
    case_id = site.open_case()
    site.submit("Carys Morgan", site.open_task("Carys Morgan", case_id))
    found = engine.case_page(case_id, site.people[FFION]).documents[0]
    visitor = site.signed_in(FFION)
    assert visitor.get(f"/documents/{found.id}/changes").status_code == 404
    page = visitor.get(f"/cases/{case_id}/documents").get_data(as_text=True)
    assert f"/documents/{found.id}" in page
    assert "/changes" not in page


def test_only_what_was_asked_for_is_shown(site: Site, consent: engine.DocumentPage) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{consent.case_id}/history"
    text = visitor.get(f"{path}?kind=document_amended").get_data(as_text=True)
    titles = re.findall(r'moj-timeline__title">([^<]+)<', text)
    assert titles == ["Document put right"]
    carys = site.people["Carys Morgan"].account_id
    text = visitor.get(f"{path}?person={carys}").get_data(as_text=True)
    assert set(re.findall(r'moj-timeline__byline">([^<]+)<', text)) == {"Carys Morgan"}
    assert "Nothing of that kind happened." in visitor.get(f"{path}?kind=nothing").get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    ("asked", "anchor"),
    [
        ("since-day=40&since-month=1&since-year=2026", "since-day"),
        ("until-day=&until-month=1&until-year=2026", "until-day"),
        (
            "since-day=2&since-month=1&since-year=2026&until-day=1&until-month=1&until-year=2026",
            "until-day",
        ),
    ],
)
def test_a_day_that_is_none_is_said_and_filters_nothing(
    site: Site, consent: engine.DocumentPage, asked: str, anchor: str
) -> None:
    path = f"/cases/{consent.case_id}/history?{asked}"
    answer = site.signed_in(FFION).get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{anchor}"' in text
    assert "Case opened" in text


@pytest.mark.parametrize("page", ["0", "2", "x", "9" * 5000])
def test_a_page_that_is_not_there_is_not_found(site: Site, page: str) -> None:
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    for part in ("history", "messages", "notes"):
        assert visitor.get(f"/cases/{case_id}/{part}?page={page}").status_code == 404


def test_the_addresses_of_a_history_hold_ids_alone(
    site: Site, consent: engine.DocumentPage
) -> None:
    text = site.signed_in(FFION).get(f"/cases/{consent.case_id}/history").get_data(as_text=True)
    for name, value in re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)<', text):
        is_id = len(name) == 36 and uuid.UUID(name)
        assert is_id or name.replace("_", "").isalpha(), value
