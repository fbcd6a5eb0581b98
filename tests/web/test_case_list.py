"""The list of cases as people use it: search, filter, order, views of one's own, files to take."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date

import pytest

import engine
from tests.web.conftest import Site
from web import texts

CARYS, FFION, RHYS = "Carys Morgan", "Ffion Hughes", "Rhys Vaughan"


def test_what_is_asked_stands_in_the_address_and_can_be_taken_out_again(site: Site) -> None:
    visitor = site.signed_in(FFION)
    asked = {"state": "open", "process": "consultation", "opened_from-day": "1",
             "opened_from-month": "1", "opened_from-year": "2020", "overdue": ""}  # fmt: skip
    answer = visitor.post("/cases", asked)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "state=open" in address
    assert "overdue" not in address
    page = visitor.get(address).get_data(as_text=True)
    assert "Opened from 1 January 2020" in page
    assert "Referral and review</td>" not in page
    without = re.search(
        r'href="([^"]+)"><span class="govuk-visually-hidden">Take out: </span>Open ', page
    )
    assert without
    assert "state=" not in without[1]


def test_name_typed_into_the_search_reaches_no_address(site: Site) -> None:
    site.open_case()
    visitor = site.signed_in(FFION)
    answer = visitor.post("/cases", {"text": "Gwenllian"})
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert 'value="Gwenllian"' in page
    assert "No case that you may open answers to this." in page
    assert not re.search(r'(href|action)="[^"]*Gwenllian', page)
    found = visitor.post("/cases", {"text": "cns-20"})
    assert found.headers["Location"].endswith("/cases?text=cns-20")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"opened_to-day": "31", "opened_to-month": "2", "opened_to-year": "2026"},
         "Enter a day with day, month and year"),
        ({"opened_to-day": "soon"}, "Enter a day with day, month and year"),
        ({"opened_from-day": "2", "opened_from-month": "1", "opened_from-year": "2026",
          "opened_to-day": "1", "opened_to-month": "1", "opened_to-year": "2026"},
         "The last day must not be before the first"),
    ],
)  # fmt: skip
def test_day_that_is_none_is_said_at_the_day_and_nothing_typed_is_lost(
    site: Site, typed: dict[str, str], said: str
) -> None:
    answer = site.signed_in(FFION).post("/cases", {"text": "CNS", **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert 'href="#opened_to-day"' in page
    assert f'value="{typed["opened_to-day"]}"' in page
    assert 'value="CNS"' in page


@pytest.mark.parametrize(
    "address",
    ["sort=facts", "state=lost", "board=x", "assigned=carys", "page=9999999999", "page=-1"],
)
def test_address_that_no_page_offers_is_no_fault_of_ours(site: Site, address: str) -> None:
    assert site.signed_in(FFION).get(f"/cases?{address}").status_code in (200, 404)


def test_heading_turns_the_order_and_says_which_way_it_goes(site: Site) -> None:
    visitor = site.signed_in(FFION)
    page = visitor.get("/cases?sort=identifier&order=up").get_data(as_text=True)
    assert 'aria-sort="ascending"><a class="govuk-link' in page
    assert "sort=identifier&amp;order=down" in page
    shown = re.findall(r">([A-Z]+-(?:CNS|CPR|CRE|MPF|MFP)-\d+-\d+)</a>", page)
    assert shown == sorted(shown)
    assert len(shown) > 5


def test_view_is_kept_offered_and_taken_out(site: Site) -> None:
    visitor = site.signed_in(FFION)
    kept = {"page-name": "What is late", "overdue": "yes", "sort": "due", "order": "up"}
    assert visitor.post("/cases/views", kept).status_code == 303
    page = visitor.get("/cases").get_data(as_text=True)
    assert re.search(r'href="/cases\?[^"]*overdue=yes[^"]*">What is late</a>', page)
    assert "What is late" not in site.signed_in(CARYS).get("/cases").get_data(as_text=True)
    again = visitor.post("/cases/views", kept)
    assert again.status_code == 422
    assert "You have a view of this name already." in again.get_data(as_text=True)
    (view,) = engine.list_views(site.people[FFION])
    assert site.signed_in(CARYS).post(f"/cases/views/{view.id}/remove").status_code == 404
    assert visitor.post(f"/cases/views/{view.id}/remove").status_code == 303
    assert engine.list_views(site.people[FFION]) == []


def test_cases_that_were_late_are_chosen_kept_in_a_view_and_taken_away(site: Site) -> None:
    visitor, actor = site.signed_in(FFION), site.people[FFION]
    late = {case.identifier for case in engine.list_cases(actor) if case.was_late}
    assert late
    assert late < {case.identifier for case in engine.list_cases(actor)}
    page = visitor.get("/cases?was_late=yes").get_data(as_text=True)
    assert set(re.findall(r">([A-Z]+-(?:CNS|CPR|CRE|MPF|MFP)-\d+-\d+)</a>", page)) == late
    visitor.post("/cases/views", {"page-name": "Last year", "was_late": "yes"})
    assert 'href="/cases?was_late=yes">Last year</a>' in visitor.get("/cases").get_data(
        as_text=True
    )
    answer = visitor.post("/cases/export", {"page-kind": "csv", "was_late": "yes"})
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert {row["Case"] for row in rows} == late
    assert all(int(row["Clocks that were late"]) for row in rows)


def test_file_holds_every_case_that_is_asked_for_and_no_other(site: Site) -> None:
    visitor, actor = site.signed_in(FFION), site.people[FFION]
    answer = visitor.post("/cases/export", {"page-kind": "csv", "state": "open"})
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    expected = {case.identifier for case in engine.list_cases(actor) if case.state == "open"}
    assert {row[0] for row in rows[1:]} == expected
    assert rows[0][:3] == ["Case", "Process", "Board"]
    assert "attachment" in answer.headers["Content-Disposition"]
    welsh = visitor.post("/cy/cases/export", {"page-kind": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(welsh.get_data())) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("</row>") == 1 + len(engine.list_cases(actor))
    assert ">Achos</t>" in sheet
    (case,) = [case for case in engine.list_cases(actor) if case.identifier == rows[1][0]]
    opened = case.opened_at.astimezone(texts.WALES).date()
    # Excel sorts and counts with days and numbers that are no texts.
    assert f'<c s="2"><v>{(opened - date(1899, 12, 30)).days}</v></c>' in sheet
    assert f'<c s="0"><v>{case.open_tasks}</v></c>' in sheet


def test_whoever_may_open_no_case_takes_an_empty_list_away(site: Site) -> None:
    answer = site.signed_in(RHYS).post("/cases/export", {"page-kind": "csv"})
    assert len(answer.get_data().decode().splitlines()) == 1


@pytest.mark.parametrize("kind", ["", "exe", "../csv"])
def test_no_other_kind_of_file_is_given(site: Site, kind: str) -> None:
    assert site.signed_in(FFION).post("/cases/export", {"page-kind": kind}).status_code == 404
