"""Every form carries a token; without it nothing happens and nothing typed is lost."""

from __future__ import annotations

import html
import re
import uuid

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site, a_text_of
from tests.web.test_access import ROUTES

pytestmark = ON_SQLITE_ALONE

POSTS = [route.removeprefix("POST ") for route in ROUTES if route.startswith("POST")]
SAME_SITE = {"Origin": "http://localhost"}


@pytest.mark.parametrize("path", POSTS)
def test_a_post_without_its_token_is_refused(site: Site, path: str) -> None:
    somewhere = path
    somewhere = re.sub(r"<uuid:\w+>", lambda _: str(uuid.uuid4()), somewhere)
    somewhere = (
        somewhere.replace("<section>", "parents")
        .replace("<path:path>", "a.json")
        .replace("<int:number>", "1")
    )
    visitor = site.signed_in("Carys Morgan")
    assert visitor.client.post(somewhere, data={"process": "consultation"}).status_code == 400


def test_the_refusal_keeps_what_was_typed_and_offers_to_send_it_again(site: Site) -> None:
    page = site.open_task("Carys Morgan", site.open_case())
    visitor = site.signed_in("Carys Morgan")
    text_area = a_text_of(page)
    typed = {text_area: "two\r\nlines & <b>marks</b>", "page-action": "save"}
    path = f"/tasks/{page.task.id}"
    refused = visitor.client.post(path, data=typed, headers=SAME_SITE)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert f'name="{text_area}" value="two\r\nlines &amp; &lt;b&gt;marks&lt;/b&gt;"' in text
    visitor.get(path)
    again = visitor.post(path, typed, headers=SAME_SITE)
    assert again.status_code == 303
    kept = engine.open_task(page.task.id, site.people["Carys Morgan"])
    assert kept.parts[0].posted[text_area] == ["two\r\nlines & <b>marks</b>"]


def test_a_session_that_ended_meanwhile_loses_nothing_that_was_typed(site: Site) -> None:
    page = site.open_task("Carys Morgan", site.open_case())
    visitor, path = site.signed_in("Carys Morgan"), f"/tasks/{page.task.id}"
    visitor.get(path)
    with visitor.client.session_transaction() as session:
        engine.sign_out(session["token"])
    typed = {"background": "an hour of work", "page-action": "save"}
    refused = visitor.post(path, typed, headers=SAME_SITE)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 401
    assert 'name="background" value="an hour of work"' in text
    assert "Sign in (opens in new tab)" in text
    assert visitor.post(path, typed).headers["Location"] == "/sign-in"


def test_what_another_site_sent_is_not_offered(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    answer = visitor.client.post(
        "/cases/start", data={"process": "planted"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 400
    assert "planted" not in answer.get_data(as_text=True)


def test_a_password_is_never_kept_in_a_page(site: Site) -> None:
    answer = site.visitor().client.post(
        "/sign-in", data={"email": "a@b.example", "password": "open sesame"}, headers=SAME_SITE
    )
    text = html.unescape(answer.get_data(as_text=True))
    assert "a@b.example" in text
    assert "open sesame" not in text


def test_the_page_sent_again_goes_to_the_same_address_in_the_same_language(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    answer = visitor.client.post("/cy/cases/start?a=1", data={"process": "x"}, headers=SAME_SITE)
    assert 'action="/cy/cases/start?a=1"' in answer.get_data(as_text=True)


def test_reading_a_page_writes_nothing_to_a_case(site: Site) -> None:
    case_id = site.open_case()
    page = site.open_task("Carys Morgan", case_id)
    carys = site.people["Carys Morgan"]
    before = engine.case_history(case_id, carys)
    visitor = site.signed_in("Carys Morgan")
    for path in (f"/cases/{case_id}", f"/tasks/{page.task.id}", f"/tasks/{page.task.id}/check"):
        visitor.get(path)
    assert engine.case_history(case_id, carys) == before
    assert engine.open_task(page.task.id, carys).draft_saved_at is None
