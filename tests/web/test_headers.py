"""What every answer tells the browser to refuse, and how the cookie is kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.web.conftest import SETTINGS, Site
from web.application import create_app

PATHS = ["/sign-in", "/about", "/tasks", "/cases", "/no-such-page", "/cy/tasks"]


@pytest.mark.parametrize("path", PATHS)
def test_every_page_forbids_scripts_and_frames_of_others(site: Site, path: str) -> None:
    headers = site.signed_in("Carys Morgan").get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
def test_no_page_holds_a_script_or_a_style_of_its_own(site: Site, path: str) -> None:
    text = site.signed_in("Carys Morgan").get(path).get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    cookie = site.visitor().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_outside_a_demonstration_the_cookie_is_bound_to_its_host(site: Site) -> None:
    app = create_app(replace(SETTINGS, demonstration=False))
    cookie = app.test_client().get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-adolygu=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_signing_in_makes_a_new_session(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    account = str(site.people["Carys Morgan"].account_id)
    visitor.post("/sign-in/as", {"account": account})
    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert "token" in session


def test_signing_out_ends_the_session_on_the_server_too(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    with visitor.client.session_transaction() as session:
        token = session["token"]
    assert visitor.post("/sign-out").status_code == 303
    with visitor.client.session_transaction() as session:
        session["token"] = token
    assert visitor.get("/tasks").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "landed"),
    [
        ("/cases", "/cases"),
        ("//elsewhere.example", "/"),
        ("///elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/a\nSet-Cookie: x", "/"),
    ],
)
def test_after_signing_in_nobody_is_sent_off_the_site(site: Site, wanted: str, landed: str) -> None:
    visitor = site.visitor()
    visitor.get("/sign-in")
    account = str(site.people["Carys Morgan"].account_id)
    answer = visitor.post("/sign-in/as", {"account": account}, query_string={"next": wanted})
    assert answer.headers["Location"] == landed


def test_a_short_secret_key_is_refused() -> None:
    with pytest.raises(ValueError, match="ADOLYGU_SECRET_KEY"):
        create_app(replace(SETTINGS, secret_key="short"))


def test_a_built_file_may_be_kept_for_good_because_its_address_changes_with_it(site: Site) -> None:
    page = site.visitor().get("/cy/sign-in").get_data(as_text=True)
    address = re.search(r'href="(/static/build/pages\.css\?v=[0-9a-f]+)"', page)
    assert address
    with site.visitor().get(address[1]) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
