"""People say how they want to be written to: in which language, and how often."""

from __future__ import annotations

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site

pytestmark = ON_SQLITE_ALONE


def test_messages_come_once_a_day_where_a_person_wishes_it(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    asked = visitor.get("/language").get_data(as_text=True)
    assert 'value="at_once" checked' in asked
    kept = visitor.post("/language", {"language": "en", "often": "daily"})
    said = "Your choice of how we write to you is saved"
    assert said in visitor.get(kept.headers["Location"]).get_data(as_text=True)
    assert said not in visitor.get(kept.headers["Location"]).get_data(as_text=True)
    chosen = visitor.get("/cy/language").get_data(as_text=True)
    assert 'value="daily" checked' in chosen
    assert "Unwaith y dydd" in chosen
    odd = visitor.post("/language", {"language": "en", "often": "never"})
    assert odd.status_code == 303
    assert 'value="daily" checked' in visitor.get("/language").get_data(as_text=True)
    engine.set_daily_digest(site.people["Carys Morgan"], daily=False)


@pytest.mark.parametrize(
    ("preferred", "address"),
    [
        ("cy, en", "/cy/"),
        ("cy-GB,cy;q=0.9,en;q=0.8", "/cy/"),
        ("en-GB,en;q=0.9,cy;q=0.8", "/sign-in"),
        ("en, cy", "/sign-in"),
        ("en;q=0.5, cy", "/cy/"),
        ("cy;q=0", "/sign-in"),
        ("fr", "/sign-in"),
        ("", "/sign-in"),
    ],
)
def test_the_bare_address_opens_in_the_language_that_the_browser_asks_for(
    site: Site, preferred: str, address: str
) -> None:
    headers = {"Accept-Language": preferred}
    assert site.visitor().get("/", headers=headers).headers["Location"] == address
    assert site.visitor().get("/tasks", headers=headers).headers["Location"].startswith("/sign-in")
    signed_in = site.signed_in("Carys Morgan").get("/", headers=headers)
    assert signed_in.headers["Location"] == "/tasks"


def test_the_list_of_tasks_leads_to_the_calendar(site: Site) -> None:
    assert 'href="/calendar"' in site.signed_in("Carys Morgan").get("/tasks").get_data(as_text=True)


def test_whoever_signs_in_on_an_english_page_and_lands_in_welsh_is_told_why_and_may_keep_either(
    site: Site,
) -> None:
    carys = site.people["Carys Morgan"]
    engine.set_language(carys, "cy")
    try:
        visitor = site.visitor()
        sent = visitor.post("/sign-in/as", {"account": str(carys.account_id)})
        assert sent.headers["Location"] == "/cy/"
        landed = visitor.get(visitor.get("/cy/").headers["Location"]).get_data(as_text=True)
        assert "Gofynasoch i ni ysgrifennu atoch yn Gymraeg" in landed
        assert 'lang="en">The pages are in Welsh because you asked us' in landed
        assert 'href="/tasks">Go on in English</a>' in landed
        assert 'href="/cy/language">Newid sut' in landed
        assert "Gofynasoch i ni" not in visitor.get("/cy/tasks").get_data(as_text=True)
        on_a_welsh_page = site.visitor()
        on_a_welsh_page.post("/cy/sign-in/as", {"account": str(carys.account_id)})
        assert "Gofynasoch i ni" not in on_a_welsh_page.get("/cy/tasks").get_data(as_text=True)
    finally:
        engine.set_language(carys, "en")
