"""The canvas of a process: its page, what it is told while one draws, and the way to a finding."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import engine
from engine import db, time_source
from engine.models import VariationCheck, VariationDraft
from engine.people import Actor
from tests.web.conftest import Site, Visitor
from tests.web.test_drafts import begun

PATH = "processes/consultation.bpmn"
DESIGNER = Path(__file__).parents[2] / "web" / "assets" / "designer"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


def ask(visitor: Visitor, draft: uuid.UUID, sent: Any, language: str = "") -> tuple[int, Any]:
    """Ask what is wrong with a drawing, as the canvas does."""
    visitor.get("/language")
    answer = visitor.client.post(
        f"{language}/drafts/{draft}/processes/consultation/findings",
        json=sent,
        headers={"X-CSRFToken": visitor.token},
    )
    return answer.status_code, answer.get_json(silent=True)


def test_canvas_asks_in_the_language_of_the_page_and_offers_what_the_draft_has(
    site: Site, catrin: Visitor
) -> None:
    draft = begun(site)
    for language, said in (("", "Forms and sections that are filled in"), ("/cy", "a lenwir")):
        address = f"{language}/drafts/{draft}/processes/consultation/canvas"
        page = catrin.get(address).get_data(as_text=True)
        assert said in page
        assert f'data-source="{language}/drafts/{draft}/files/{PATH}"' in page
        assert 'data-revision="0"' in page
        assert re.search(r'<option value="consent#parents" data-said="[^"]+">', page)
        assert "designer.js" in page


def test_every_ready_made_step_is_called_and_described_in_both_languages() -> None:
    steps = json.loads((DESIGNER / "steps.json").read_text(encoding="utf-8"))
    assert len({step["key"] for step in steps}) == len(steps)

    def named(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield step
        for beside in ("hangs", "then", "on", "back"):
            yield from named(step[beside]) if beside in step else ()

    for step in steps:
        assert step["en"]
        assert step["cy"]
        assert set(step["about"]) == {"en", "cy"}
        for each in named(step.get("step") or step["hangs"]):
            assert bool(each.get("en")) == bool(each.get("cy")), each
            assert each.get("en") or each["type"] == "bpmn:ParallelGateway"


def test_a_draft_that_waits_is_shown_and_not_changed(site: Site, catrin: Visitor) -> None:
    draft = begun(site)
    engine.lay_draft_aside(draft, site.people["Catrin Sayer"])
    page = catrin.get(f"/drafts/{draft}/processes/consultation/canvas").get_data(as_text=True)
    assert "This draft cannot be changed now." in page
    assert "data-diagram" in page
    assert "designer.js" not in page


def test_what_is_wrong_is_told_in_the_language_of_the_page(site: Site, catrin: Visitor) -> None:
    draft = begun(site)
    source = catrin.get(f"/drafts/{draft}/files/{PATH}").get_data(as_text=True)
    drawn = re.sub(r'adolygu:form="[^"]+"', 'adolygu:form="no_such_form"', source, count=1)
    for language, said in (("", "names the form"), ("/cy", "yn enwi’r ffurflen")):
        status, told = ask(catrin, draft, {"content": drawn}, language)
        assert status == 200
        (found,) = [each for each in told["findings"] if each["severity"] == "error"]
        assert said in found["said"]
        assert found["language"] == (language.strip("/") or "en")
        assert found["element"]
        assert found["trace"] == []


@pytest.mark.parametrize(
    "sent", [{}, [], {"content": 1}, {"content": "<a/>", "proves": "yes"}, {"proves": True}]
)
def test_what_no_canvas_sends_is_refused(site: Site, catrin: Visitor, sent: Any) -> None:
    assert ask(catrin, begun(site), sent)[0] == 400


def test_a_way_is_linked_from_the_checks_and_drawn(site: Site, catrin: Visitor) -> None:
    draft = begun(site)
    source = catrin.get(f"/drafts/{draft}/files/{PATH}").get_data(as_text=True)
    steps = re.findall(r'<bpmn:(?:startEvent|userTask) id="(\w+)"', source)[:3]
    keep_check(draft, site.people["Catrin Sayer"], tuple(steps))
    checks = catrin.get(f"/drafts/{draft}/checks").get_data(as_text=True)
    assert f'href="/drafts/{draft}/ways/1"' in checks
    assert f"/drafts/{draft}/ways/0" not in checks
    page = catrin.get(f"/drafts/{draft}/ways/1").get_data(as_text=True)
    assert "It is stuck. Draw a way out." in page
    signs = re.findall(r'data-bpmn-id="(\w+)" data-state="way" data-sign="(\d)"', page)
    assert signs == [(step, str(number)) for number, step in enumerate(steps, start=1)]
    assert f'data-source="/drafts/{draft}/files/{PATH}"' in page
    for number in (0, 2):
        assert catrin.get(f"/drafts/{draft}/ways/{number}").status_code == 404


def keep_check(draft: uuid.UUID, actor: Actor, trace: tuple[str, ...]) -> None:
    """Keep a check with two findings, the second with a way: a true one takes ten seconds."""
    finding = engine.Finding("error", 1, trace[-1], "It is stuck.", "Draw a way out.")
    found = [finding, replace(finding, trace=trace)]
    head = engine.draft_head(draft, actor)
    with db.transaction() as session:
        row = session.get_one(VariationDraft, draft)
        session.add(
            VariationCheck(
                board_id=row.board_id,
                draft_id=draft,
                revision=head.revision,
                findings=[asdict(each) for each in found],
                checked_by=actor.account_id,
                checked_at=time_source.now(session),
            )
        )
