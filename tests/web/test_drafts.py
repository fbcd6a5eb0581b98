"""Pages of a draft: written, checked, published by a second person."""

from __future__ import annotations

import json
import uuid

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor

pytestmark = ON_SQLITE_ALONE

FORM = "forms/media_enquiry.json"
OWN = "forms/quality_check.json"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


def begun(site: Site) -> uuid.UUID:
    """Return a draft of its own for a test."""
    catrin = site.people["Catrin Sayer"]
    return engine.begin_draft("cwmafon", "draft_2011", "Another title", catrin)


def save(
    visitor: Visitor, draft: uuid.UUID, path: str, content: str, revision: object
) -> tuple[int, dict[str, object]]:
    """Send a file as a canvas does."""
    visitor.get("/language")
    answer = visitor.client.post(
        f"/drafts/{draft}/files/{path}",
        json={"content": content, "revision": revision},
        headers={"X-CSRFToken": visitor.token},
    )
    return answer.status_code, answer.get_json(silent=True) or {}


def test_a_draft_is_begun_from_an_edition(site: Site, catrin: Visitor) -> None:
    page = catrin.get("/variations/cwmafon/begin").get_data(as_text=True)
    assert 'value="edition:draft_2011"' in page
    typed = {"title": "A quality check", "from": "edition:draft_2011"}
    answer = catrin.post("/variations/cwmafon/begin", typed)
    assert answer.status_code == 303
    assert "A quality check" in catrin.get(answer.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize(
    "typed",
    [
        {"title": "", "from": "edition:draft_2011"},
        {"title": "A title that stays", "from": ""},
        {"title": "A title that stays", "from": "edition:nothing"},
        {"title": "A title that stays", "from": "version:x"},
    ],
)
def test_a_draft_that_cannot_be_begun_says_why_and_keeps_what_was_typed(
    catrin: Visitor, typed: dict[str, str]
) -> None:
    answer = catrin.post("/variations/cwmafon/begin", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'value="{typed["title"]}"' in page or not typed["title"]
    assert "govuk-error-summary" in page


def test_a_version_that_is_not_there_is_not_found(catrin: Visitor) -> None:
    typed = {"title": "A title", "from": "version:999"}
    assert catrin.post("/variations/cwmafon/begin", typed).status_code == 404


def test_a_canvas_reads_a_file_with_its_revision_and_saves_it(site: Site, catrin: Visitor) -> None:
    draft = begun(site)
    read = catrin.get(f"/drafts/{draft}/files/{FORM}")
    assert (read.status_code, read.headers["X-Revision"]) == (200, "0")
    text = read.get_data(as_text=True)
    assert json.loads(text)["id"] == "media_enquiry"
    assert save(catrin, draft, FORM, text + "\n", 0) == (200, {"revision": 1})
    status, told = save(catrin, draft, FORM, text, 0)
    assert status == 409
    assert "Catrin Sayer" in str(told["message"])
    again = catrin.get(f"/drafts/{draft}/files/{FORM}")
    assert (again.get_data(as_text=True), again.headers["X-Revision"]) == (text + "\n", "1")


@pytest.mark.parametrize(
    ("path", "content", "revision", "status"),
    [
        (OWN, "{", 0, 422),
        (OWN, "\ud800", 0, 422),
        ("processes/statutory.toml", "", 0, 422),
        (OWN, "{}", "none", 400),
    ],
)
def test_what_a_canvas_cannot_save_is_told_in_words(
    site: Site, catrin: Visitor, path: str, content: str, revision: object, status: int
) -> None:
    answered, told = save(catrin, begun(site), path, content, revision)
    assert answered == status
    assert status == 400 or told["message"]


def test_a_file_that_is_not_there_is_not_found(site: Site, catrin: Visitor) -> None:
    draft = begun(site)
    for path in (OWN, "processes/statutory.toml", "deployment.toml"):
        assert catrin.get(f"/drafts/{draft}/files/{path}").status_code == 404


def test_an_own_file_is_taken_out_again(site: Site, catrin: Visitor) -> None:
    draft = begun(site)
    save(catrin, draft, OWN, "{}", 0)
    page = catrin.get(f"/drafts/{draft}").get_data(as_text=True)
    assert "Your own" in page
    catrin.post(f"/drafts/{draft}/restore", {"path": OWN, "revision": "1"})
    assert "Taken out" in catrin.get(f"/drafts/{draft}").get_data(as_text=True)


def test_a_draft_is_checked_proposed_and_published_by_an_administrator(
    site: Site, catrin: Visitor
) -> None:
    draft = begun(site)
    source = catrin.get(f"/drafts/{draft}/files/{FORM}").get_data(as_text=True)
    title = str(json.loads(source)["title"])
    save(catrin, draft, FORM, source.replace(f'"{title}"', f'"{title} (own)"', 1), 0)
    publish = f"/drafts/{draft}/publish"
    assert "Go to the checks" in catrin.get(publish).get_data(as_text=True)
    assert catrin.post(f"/drafts/{draft}/checks").status_code == 303
    found = catrin.get(f"/drafts/{draft}/checks").get_data(as_text=True)
    assert "Nothing keeps this draft from being published." in found
    asked = {"page-action": "propose", "revision": "1", "note": ""}
    refused = catrin.post(publish, asked)
    assert refused.status_code == 422
    assert "Say why" in refused.get_data(as_text=True)
    assert catrin.post(publish, asked | {"note": "A clearer title."}).status_code == 303
    assert catrin.post(publish, asked | {"page-action": "publish"}).status_code == 403
    rhys = site.signed_in("Rhys Vaughan")
    assert "A clearer title." in rhys.get(publish).get_data(as_text=True)
    seen = {"page-action": "publish", "revision": "1", "note": "Read."}
    assert rhys.post(publish, seen).status_code == 303
    version = engine.variations_page("cwmafon", site.people["Rhys Vaughan"])
    assert version.in_force == version.versions[0].number
    again = rhys.post(publish, seen)
    assert again.status_code == 409
    engine.lay_draft_aside(begun(site), site.people["Catrin Sayer"])
