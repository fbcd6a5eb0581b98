"""The page on which a draft is laid over a newer edition."""

from __future__ import annotations

import re
import uuid

import pytest

import engine
from engine import db, deployments
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor

pytestmark = ON_SQLITE_ALONE

TIMESCALES = "processes/timescales.toml"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def draft(site: Site) -> uuid.UUID:
    """Return a draft that words a timescale otherwise, and so does the edition since."""
    catrin = site.people["Catrin Sayer"]
    begun = engine.begin_draft("cwmafon", "draft_2011", "Other words", catrin)
    engine.save_draft_file(begun, TIMESCALES, b'[TS-42]\nen = "Our words"\n', 0, catrin)
    with db.transaction() as session:
        (base,) = [row for row in deployments.editions(session) if row.edition == "draft_2011"]
        files = dict(deployments.load(session, base.id).sources)
        words = b'"The chronology covers the last six months"'
        assert words in files[TIMESCALES]
        files[TIMESCALES] = files[TIMESCALES].replace(words, b'"Their words"')
        deployments.deploy(session, files, actor="SYSTEM", note="Plainer words.")
    return begun


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'name="(newer|revision)" value="([^"]*)"', page)
    return dict(found)


def test_a_key_that_both_changed_has_to_be_chosen(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    path = f"/drafts/{draft}/upgrade"
    page = catrin.get(path).get_data(as_text=True)
    assert "Plainer words." in page
    assert "Changed by both: you choose" in page
    assert "Newid gan y ddau" in catrin.get(f"/cy{path}").get_data(as_text=True)

    refused = catrin.post(path, hidden(page))
    assert refused.status_code == 422
    assert 'href="#choice-1"' in refused.get_data(as_text=True)
    stale = catrin.post(path, {**hidden(page), "revision": "0", f"choice-{TIMESCALES}": "own"})
    assert stale.status_code == 409
    laid = catrin.post(path, {**hidden(page), f"choice-{TIMESCALES}": "edition"})
    assert laid.status_code == 303

    file = engine.draft_file(draft, TIMESCALES, site.people["Catrin Sayer"]).file
    assert (file.state, b'"Their words"' in (file.content or b"")) == ("edition", True)
    assert "newest state of the edition" in catrin.get(path).get_data(as_text=True)
    again = catrin.post(path, {**hidden(page), "newer": "nothing"})
    assert again.status_code == 409
