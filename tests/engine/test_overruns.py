"""The reason for which a clock was missed stands beside that clock, for whoever may read it."""

from __future__ import annotations

import json
from datetime import date
from unittest.mock import patch

import pytest

from engine import case_pages, db, deployments, plan_pages
from tests.review import Review, files, set_up, versions


def _form() -> bytes:
    """Return the report of the small review as a record of an overrun, for co-ordinators alone."""
    form = json.loads(files()["forms/report.json"])
    clock = {"value": "TS-01", "label": "Report", "i18n": {"cy": {"label": "Adroddiad"}}}
    form["components"][0]["components"] += [
        _entry("select", "overrun_of", kind="clock", values=[clock]),
        _entry("textarea", "why", catalogue="F56.04"),
        _entry("datetime", "new_day", catalogue="F56.04", subtype="date"),
    ]
    return json.dumps({**form, "catalogue": "F-56", "visibility": ["V-CASE"]}).encode()


def _entry(kind_of_input: str, key: str, **more: object) -> dict[str, object]:
    label = {"label": key, "i18n": {"cy": {"label": f"{key} (cy)"}}}
    return {"type": kind_of_input, "key": key, "id": f"report_{key}", **label, **more}


@pytest.fixture
def review(database: db.Database) -> Review:
    made = set_up()
    changed = {**files(), "forms/report.json": _form()}
    with db.transaction() as session, patch.object(versions, "check", lambda _: []):
        deployments.deploy(session, changed, actor="SYSTEM")
    made.open()
    made.do("INT-01")
    return made


def test_a_reason_stands_beside_its_clock_for_whoever_may_read_it(review: Review) -> None:
    said = {"overrun_of": "TS-01", "why": "A witness was ill.", "new_day": "2026-10-01"}
    review.do("INT-02", said, actor=review.worker)
    for page in (case_pages.case_page, plan_pages.case_plan):
        found = page(review.case_id, review.coordinator).reasons
        assert list(found) == ["TS-01"]
        (reason,) = found["TS-01"]
        assert (reason.text, reason.forecast_on) == ("A witness was ill.", date(2026, 10, 1))
        # Whoever may open the case and not read the record is not told that there is one.
        assert page(review.case_id, review.worker).reasons == {}


def test_a_record_that_names_no_clock_stands_beside_none(review: Review) -> None:
    review.do("INT-02", {"why": "A witness was ill."})
    assert case_pages.case_page(review.case_id, review.coordinator).reasons == {}
