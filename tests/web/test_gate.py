"""The content check: each finding in its sentence, dealt with by a person, or nothing goes out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

import engine
from engine import corrections, db, documents, findings, store
from engine.models import Document
from tests.web.conftest import Site
from tests.web.test_public import BOARD, the_report

COORDINATOR = "Ffion Hughes"
PLAIN = "A child died at home. The police were told. The service knew."
#: A decision stays with its sentence, so each test writes one of its own.
NAMED = "A child died at home. Vikram Nair was told {} times. The service knew."
_numbers = count(2)


@pytest.fixture
def named() -> str:
    """Return a text that names a member of the Panel, which no test had before."""
    return NAMED.format(next(_numbers))


@pytest.fixture
def written(site: Site, named: str) -> Iterator[uuid.UUID]:
    """Return a case of the demonstration whose report is not published and names somebody."""
    with db.reading() as session:
        query = select(Document).where(Document.form == "report").order_by(Document.id)
        case_id = next(
            row.case_id
            for row in session.scalars(query)
            if "circumstances" in documents.version(session, row.id, row.version).content
            and store.read_case(session, row.case_id, "test").names(None)["published_on"] is None
        )
    rewrite(site, case_id, named)
    yield case_id
    rewrite(site, case_id, PLAIN)


def rewrite(site: Site, case_id: uuid.UUID, text: str) -> None:
    """Put the circumstances in the report right."""
    document = report(case_id)
    with db.reading() as session:
        row = session.get_one(Document, document)
        file = store.read_case(session, case_id, "test")
        old = corrections.amendment_part(file, row, ("circumstances",))
    posted = {**old.posted, "circumstances": [text]}
    actor = site.people[COORDINATOR]
    engine.amend(document, ("circumstances",), "said otherwise", actor, posted=posted)


def report(case_id: uuid.UUID) -> uuid.UUID:
    """Return the report of a case."""
    with db.reading() as session:
        query = select(Document.id).where(Document.case_id == case_id, Document.form == "report")
        return session.scalars(query).one()


def seen(site: Site, case_id: uuid.UUID) -> engine.GatePage:
    """Return what the co-ordinator sees."""
    return engine.content_gate_page(case_id, site.people[COORDINATOR])


def test_a_finding_stands_in_its_sentence_and_says_why(site: Site, written: uuid.UUID) -> None:
    answer = site.signed_in(COORDINATOR).get(f"/cases/{written}/content-check")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<mark>" in text
    assert "Vikram Nair</mark> was told" in text
    assert "took part or who works on the case" in text
    (found,) = [each for each in seen(site, written).open if each.marked == "Vikram Nair"]
    assert found.before == ""
    assert found.after.startswith(" was told ")
    assert found.after.endswith(" times.")
    assert found.section.en == "Circumstances resulting in the review"


def test_letting_it_stand_needs_a_reason_and_is_recorded(site: Site, written: uuid.UUID) -> None:
    visitor, path = site.signed_in(COORDINATOR), f"/cases/{written}/content-check"
    visitor.get(path)
    keys = [each.key for each in seen(site, written).open]
    refused = visitor.post(path, {"finding": keys, "page-reason": "  "})
    assert refused.status_code == 422
    assert "Say why" in refused.get_data(as_text=True)
    assert len(seen(site, written).open) == len(keys)
    assert visitor.post(path, {"page-reason": "nobody chosen"}).status_code == 422
    done = visitor.post(path, {"finding": keys, "page-reason": "Quoted from a court."})
    assert done.status_code == 303
    page = seen(site, written)
    assert not page.open
    assert {each.decided_by for each in page.decided} == {COORDINATOR}
    assert {each.reason for each in page.decided} == {"Quoted from a court."}
    history = engine.case_history(written, site.people[COORDINATOR]).lines
    assert any(line.kind == findings.SET_ASIDE for line in history)
    assert "Vikram" not in str([line for line in history if line.kind == findings.SET_ASIDE])


def test_whoever_changes_the_sentence_opens_it_again(
    site: Site, written: uuid.UUID, named: str
) -> None:
    actor = site.people[COORDINATOR]
    engine.set_aside(written, [each.key for each in seen(site, written).open], "so", actor)
    rewrite(site, written, named.replace("The service knew.", "Nobody knew."))
    assert not seen(site, written).open, "another sentence opens nothing"
    rewrite(site, written, named.replace("was told", "was told late"))
    assert [each.marked for each in seen(site, written).open] == ["Vikram Nair"]
    rewrite(site, written, PLAIN)
    assert not seen(site, written).open


def test_what_may_stand_can_be_opened_again(site: Site, written: uuid.UUID) -> None:
    actor = site.people[COORDINATOR]
    keys = [each.key for each in seen(site, written).open]
    engine.set_aside(written, keys, "so", actor)
    engine.open_again(written, keys, "not so", actor)
    assert [each.key for each in seen(site, written).open] == keys


def test_a_stale_page_decides_nothing(site: Site, written: uuid.UUID) -> None:
    actor = site.people[COORDINATOR]
    with pytest.raises(engine.FindingChanged):
        engine.set_aside(written, ["0" * 32], "so", actor)
    with pytest.raises(engine.FindingChanged):
        engine.set_aside(written, [], "so", actor)


@pytest.mark.parametrize("name", ["Vikram Nair", "Tomos Llewelyn", "Nia Griffiths", "Owain Rees"])
def test_who_does_not_check_the_report_finds_no_check(
    site: Site, written: uuid.UUID, name: str
) -> None:
    with pytest.raises(engine.NotFound):
        engine.content_gate_page(written, site.people[name])
    with pytest.raises(engine.NotFound):
        engine.set_aside(written, ["x"], "so", site.people[name])
    answer = site.signed_in(name).get(f"/cases/{written}/content-check")
    assert answer.status_code == 404


def test_the_case_leads_to_the_check(site: Site, written: uuid.UUID) -> None:
    assert "content-check" in site.signed_in(COORDINATOR).get(f"/cases/{written}").text
    assert "content-check" not in site.signed_in("Nia Griffiths").get(f"/cases/{written}").text


def test_what_is_published_takes_no_name_and_follows_what_is_put_right(site: Site) -> None:
    with db.reading() as session:
        case_id = session.get_one(Document, the_report().reference).case_id
    with pytest.raises(engine.InvalidForm) as refused:
        rewrite(site, case_id, NAMED.format(1))
    assert [error.row for error in refused.value.errors] == ["DR-27.1"]
    rewrite(site, case_id, "A child died at home. This was put right.")
    page: Any = engine.published_report(BOARD, the_report().reference)
    said = [block.value.en for section in page.sections for block in section.blocks]
    assert "A child died at home. This was put right." in said
    assert page.report.corrected_on is not None
