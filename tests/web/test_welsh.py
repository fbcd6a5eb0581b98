"""Every page in Welsh: the same page, with no English left over."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from flask import Flask

import engine
from tests.pages import FOR_ANYBODY, FOR_COORDINATORS, FOR_THE_SIGNED_IN, OF_A_CASE, OF_A_TIMELINE
from tests.web.conftest import Site, Visitor
from tests.web.test_texts import used
from web.texts import gettext

#: The same in both languages, or said in both on purpose.
SAME = {
    "Adolygu", "Cymraeg", "English", "Statws", "Proses", "Person", "–",
}  # fmt: skip


class _Reader(HTMLParser):
    """Collect what a page says: its texts, and what its labels say to those who do not see."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("aria-label", "title", "alt", "placeholder") and value:
                self._keep(value)

    def _keep(self, said: str) -> None:
        plain = " ".join(said.split())
        if re.search(r"[A-Za-zÀ-ž]{2}", plain):
            self.said.append(plain)


def said_on(visitor: Visitor, path: str) -> list[str]:
    """Return what a page says, in order."""
    reader = _Reader()
    reader.feed(visitor.get(path).get_data(as_text=True))
    return reader.said


def english_left(visitor: Visitor, path: str) -> list[str]:
    """Return the texts of ours that a Welsh page says in English."""
    return english_among(said_on(visitor, "/cy" + path))


def english_among(texts: list[str]) -> list[str]:
    """Return those of some texts that are ours, and that Welsh says in other words."""
    return [said for said in texts if said in _said_in_other_words()]


@cache
def _said_in_other_words() -> frozenset[str]:
    with Flask(__name__).test_request_context("/cy/", environ_base={"adolygu.language": "cy"}):
        ours = (text for text in used() if "%(" not in text and text not in SAME)
        return frozenset(text for text in ours if gettext(text) != text)


@pytest.mark.parametrize("path", FOR_ANYBODY)
def test_a_page_for_anybody_has_no_english_in_its_welsh(site: Site, path: str) -> None:
    assert english_left(site.visitor(), path) == []


@pytest.mark.parametrize("path", FOR_THE_SIGNED_IN)
def test_a_page_for_the_signed_in_has_no_english_in_its_welsh(site: Site, path: str) -> None:
    assert english_left(site.signed_in("Carys Morgan"), path) == []


@pytest.mark.parametrize("path", FOR_COORDINATORS)
def test_a_page_for_co_ordinators_has_no_english_in_its_welsh(site: Site, path: str) -> None:
    assert english_left(site.signed_in("Ffion Hughes"), path) == []


@pytest.mark.parametrize("_site", ["sqlite"], indirect=True)
def test_the_pages_of_every_case_have_no_english_in_their_welsh(site: Site) -> None:
    visitor, coordinator = site.signed_in("Ffion Hughes"), site.people["Ffion Hughes"]
    for case in engine.list_cases(coordinator)[:5]:
        page = engine.case_page(case.id, coordinator)
        paths = [f"/cases/{case.id}{part}" for part in OF_A_CASE if part != "/diagrams"]
        paths += [f"/cases/{case.id}/notes/new"]
        paths += [f"/cases/{case.id}/diagrams/{one.id}" for one in page.instances]
        paths += [f"/documents/{one.id}" for one in page.documents]
        for path in paths:
            assert english_left(visitor, path) == [], path


@pytest.mark.parametrize("_site", ["sqlite"], indirect=True)
def test_the_pages_of_a_merged_timeline_have_no_english_in_their_welsh(site: Site) -> None:
    visitor, chair = site.signed_in("Tomos Llewelyn"), site.people["Tomos Llewelyn"]
    cases = [case.id for case in engine.list_cases(chair)]
    shown = [case_id for case_id in cases if engine.may_open_timeline(case_id, chair)]
    assert shown
    for path in [f"/cases/{case_id}/timeline{part}" for case_id in shown for part in OF_A_TIMELINE]:
        assert english_left(visitor, path) == [], path


@pytest.mark.parametrize("path", ["/stationery/cwmafon", "/stationery/cwmafon/head"])
def test_the_papers_of_a_board_have_no_english_in_their_welsh(site: Site, path: str) -> None:
    assert english_left(site.signed_in("Catrin Sayer"), path) == []


def test_a_case_says_different_things_in_the_two_languages(site: Site) -> None:
    case_id = site.open_case()
    visitor = site.signed_in("Carys Morgan")
    english, welsh = said_on(visitor, f"/cases/{case_id}"), said_on(visitor, f"/cy/cases/{case_id}")
    names = {person.name for person in engine.demonstration_people()}
    shared = {said for said in english if said in welsh} - SAME - names
    identifier = {
        said for said in shared if "CWMAFON-" in said or re.fullmatch(r"[A-Z]{2,3}-\d+", said)
    }
    assert shared - identifier == set()


@pytest.mark.parametrize("_site", ["sqlite"], indirect=True)  # no page says which it is kept in
@pytest.mark.parametrize("path", ["", "/check"])
def test_every_open_step_is_all_welsh(site: Site, path: str) -> None:
    seen = set()
    for name, task in site.open_tasks():
        if (step := (task.process, task.name, task.requirement)) in seen:
            continue
        seen.add(step)
        said = said_on(site.signed_in(name), f"/cy/tasks/{task.id}{path}")
        assert english_among(said) == [], task.name.en
        page = engine.open_task(task.id, site.people[name])
        asked = {
            field.label("en")
            for part in page.parts
            for section in part.sections
            for field in part.form.section(section).fields
            if field.label("en") != field.label("cy")
        }
        assert not asked & set(said)


def test_the_page_says_its_language(site: Site) -> None:
    assert '<html lang="en"' in site.visitor().get("/sign-in").get_data(as_text=True)
    assert '<html lang="cy"' in site.visitor().get("/cy/sign-in").get_data(as_text=True)


def test_the_toggle_leads_to_the_same_place(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    there = visitor.get("/cases/start?a=1").get_data(as_text=True)
    assert 'href="/cy/cases/start?a=1"' in there
    back = visitor.get("/cy/cases/start?a=1").get_data(as_text=True)
    assert 'href="/cases/start?a=1"' in back


def test_the_language_that_a_person_chose_is_the_one_they_come_in_by(site: Site) -> None:
    visitor = site.signed_in("Priya Shah")
    answer = visitor.post("/language", {"language": "cy"})
    assert answer.headers["Location"] == "/cy/tasks"
    fresh = site.visitor()
    fresh.get("/sign-in")
    account = str(site.people["Priya Shah"].account_id)
    assert fresh.post("/sign-in/as", {"account": account}).headers["Location"] == "/cy/"
    assert visitor.post("/language", {"language": "en"}).headers["Location"] == "/tasks"


def test_no_language_or_an_unknown_one_is_asked_for_again(site: Site) -> None:
    visitor = site.signed_in("Priya Shah")
    answer = visitor.post("/cy/language", {"language": "fr"})
    assert answer.status_code == 422
    assert "<title>Gwall:" in answer.get_data(as_text=True)
