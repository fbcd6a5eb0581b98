"""Pages that compare: in words, drawn, and what goes back to an older version."""

from __future__ import annotations

import uuid

import pytest

import engine
from tests import varied
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor
from tests.web.test_welsh import english_left

pytestmark = ON_SQLITE_ALONE

CONSULTATION = "processes/consultation.bpmn"
TIMESCALES = "processes/timescales.toml"


@pytest.fixture
def draft(site: Site) -> uuid.UUID:
    """Return a draft with a step of its own and another time, written once."""
    catrin, title = site.people["Catrin Sayer"], "A step of our own"
    for line in engine.variations_page("cwmafon", catrin).drafts:
        if line.title == title:
            return line.id
    begun = engine.begin_draft("cwmafon", "draft_2011", title, catrin)
    source = engine.draft_file(begun, CONSULTATION, catrin).file.content or b""
    change = varied.inserted("consultation", "hold_session", "extra", role="chair")
    written = {
        CONSULTATION: (change({CONSULTATION: source})[CONSULTATION], 0),
        TIMESCALES: (b'[TS-42]\nlength = "P9M"\n', 0),
    }
    engine.save_draft_files(begun, written, catrin)
    return begun


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


def sides(site: Site, draft: uuid.UUID) -> str:
    number = engine.draft_head(draft, site.people["Catrin Sayer"]).number
    return f"from=base-{number}&to=draft-{number}"


@pytest.mark.parametrize(
    ("prefix", "step", "length"),
    [
        ("", "The step “extra” was added after the step", "6 months"),
        ("/cy", "Ychwanegwyd y cam “extra” ar ôl y cam", "6 mis"),
    ],
)
def test_what_a_draft_changes_is_said_in_both_languages(
    catrin: Visitor, draft: uuid.UUID, prefix: str, step: str, length: str
) -> None:
    page = catrin.get(f"{prefix}/drafts/{draft}/compare").get_data(as_text=True)

    assert step in page
    assert length in page


def test_the_pages_have_no_english_in_their_welsh(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    both = sides(site, draft)
    for path in (
        f"/drafts/{draft}/compare",
        f"/drafts/{draft}/upgrade",
        f"/variations/cwmafon/compare?{both}",
        f"/variations/cwmafon/compare/drawn?{both}&path={CONSULTATION}",
        "/variations/cwmafon/import",
    ):
        assert english_left(catrin, path) == [], path


def test_two_sides_are_chosen_and_compared(site: Site, catrin: Visitor, draft: uuid.UUID) -> None:
    page = catrin.get(f"/variations/cwmafon/compare?{sides(site, draft)}").get_data(as_text=True)

    assert "The step “extra” was added" in page
    assert "Show it on the drawing" in page
    assert catrin.get("/variations/cwmafon/compare?from=version-99").status_code == 404


def test_the_drawings_mark_what_the_list_says(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    where = f"{sides(site, draft)}&path={CONSULTATION}"
    page = catrin.get(f"/variations/cwmafon/compare/drawn?{where}").get_data(as_text=True)
    drawing = "/variations/cwmafon/compare/drawing.bpmn"
    before = catrin.get(f"{drawing}?{where}&side=before")
    now = catrin.get(f"{drawing}?{where}&side=now")

    assert 'data-bpmn-id="extra" data-state="added"' in page
    assert page.count("data-diagram") == 2
    assert b'id="extra"' not in before.data
    assert b'id="extra"' in now.data
    assert now.mimetype == "application/xml"


def test_only_diagrams_are_drawn(site: Site, catrin: Visitor, draft: uuid.UUID) -> None:
    where = f"{sides(site, draft)}&path={TIMESCALES}"
    for page in ("drawn", "drawing.bpmn"):
        assert catrin.get(f"/variations/cwmafon/compare/{page}?{where}").status_code == 404


def test_a_draft_that_begins_from_a_version_is_asked_for_with_it_chosen(catrin: Visitor) -> None:
    page = catrin.get("/variations/cwmafon/begin?from=edition:draft_2011").get_data(as_text=True)

    assert 'value="edition:draft_2011" checked' in page
