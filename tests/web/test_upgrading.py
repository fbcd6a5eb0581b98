"""The page on which a draft is laid over a newer edition."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest

import engine
from engine import db, deployments
from tests.web.conftest import Site, Visitor

TIMESCALES = "processes/timescales.toml"
FACTS = "processes/facts.toml"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def draft(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[uuid.UUID]:
    """Return a draft whose edition was deployed anew with another time, and put that back."""
    catrin = site.people["Catrin Sayer"]
    begun = engine.begin_draft("cwmafon", "draft_2011", "Another time", catrin)
    engine.save_draft_file(begun, TIMESCALES, b'[TS-42]\nlength = "P9M"\n', 0, catrin)
    # Checking the whole set takes seconds, and is not what is asked here.
    monkeypatch.setattr("engine.deployments.versions.check", lambda files: [])
    with db.reading() as session:
        (base,) = [row for row in deployments.editions(session) if row.edition == "draft_2011"]
        before = dict(deployments.load(session, base.id).sources)
    changed = before | {TIMESCALES: before[TIMESCALES].replace(b'"P6M"', b'"P8M"')}
    with db.transaction() as session:
        deployments.deploy(session, changed, actor="SYSTEM", note="The months are eight.")
    yield begun
    with db.transaction() as session:
        deployments.deploy(session, before, actor="SYSTEM")


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'name="(newer|revision)" value="([^"]*)"', page)
    return dict(found)


def test_a_key_that_both_changed_has_to_be_chosen(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    path = f"/drafts/{draft}/upgrade"
    page = catrin.get(path).get_data(as_text=True)
    assert "The months are eight." in page
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
    assert (file.state, b'"P8M"' in (file.content or b"")) == ("edition", True)
    assert "newest state of the edition" in catrin.get(path).get_data(as_text=True)
    again = catrin.post(path, {**hidden(page), "newer": "nothing"})
    assert again.status_code == 409
