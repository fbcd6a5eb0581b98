"""The reason for which a clock was missed is shown beside that clock, in both languages."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest

import engine
from engine import overruns
from tests.web.conftest import Site
from tests.web.test_welsh import english_left

FFION = "Ffion Hughes"


@pytest.mark.parametrize("part", ["", "/plan"])
def test_a_reason_stands_beside_its_clock_with_its_record(
    site: Site, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = site.people[FFION]
    plans = [engine.case_plan(one.id, coordinator) for one in engine.list_cases(coordinator)]
    clock, case_id = next((plan.clocks[0], plan.head.summary.id) for plan in plans if plan.clocks)
    when = datetime(2026, 9, 1, tzinfo=UTC)
    reason = overruns.OverrunReason(uuid.uuid4(), "Roedd tyst yn sâl.", date(2026, 10, 1), when)
    reasons = {clock.timescale: (reason,)}
    monkeypatch.setattr(overruns, "reasons_of", lambda *_: reasons)
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}{part}"
    text = visitor.get(path).text
    assert text.count("Roedd tyst yn sâl.") == 1
    assert text.index(clock.name.en) < text.index("Roedd tyst yn sâl.")
    assert f"/documents/{reason.document_id}" in text
    assert "Expected by 1 October 2026." in text
    assert english_left(visitor, path) == []
