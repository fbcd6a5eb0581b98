"""The figures of a Board on its pages: who sees them, what they say, and what is taken away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from lxml import etree, html

import engine
from engine import db, time_source
from tests.web.conftest import Site, Visitor

COORDINATOR, BOARD, QUALITY = "Ffion Hughes", "Owain Rees", "Zara Whitlock"
NEIGHBOUR = "Alys Prydderch"
#: Whoever takes part in cases only, runs the product, or is of Welsh Government.
NOBODY = ["Lowri Jenkins", "Carys Morgan", "Rhys Vaughan", "Yasmin Cole", "Ieuan Roberts"]
KEY = "cwmafon"


@pytest.fixture
def year(site: Site) -> Iterator[int]:
    """Stand in the April after the demonstration's cases; return the year that is over by then."""
    with db.reading() as session:
        now = time_source.now(session)
    begins = now.year if now.month >= 4 else now.year - 1
    after = datetime(begins + 1, 4, 2, 9, tzinfo=now.tzinfo)
    # A moment is kept for the life of a transaction, so the clock is set in one of its own.
    with db.transaction() as session:
        time_source.freeze(session, max(after, now + timedelta(seconds=1)))
    yield begins
    with db.transaction() as session:
        time_source.thaw(session)


def tables(visitor: Visitor, path: str) -> dict[str, dict[str, list[str]]]:
    """Return the tables of a page: title, name of the line, and what stands in it."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    found: dict[str, dict[str, list[str]]] = {}
    for table in html.fromstring(answer.text).iter("table"):
        title = table.findtext("caption").strip()
        found[title] = {
            row.findtext("th").strip(): [cell.text_content().strip() for cell in row.iter("td")]
            for row in table.iter("tr")
            if row.find("td") is not None
        }
    return found


def test_the_board_the_coordinator_and_quality_assurance_see_true_numbers(
    site: Site, year: int
) -> None:
    page = engine.figures_page(site.people[COORDINATOR], KEY, year)
    for name in (COORDINATOR, BOARD, QUALITY):
        shown = tables(site.signed_in(name), f"/figures?board={KEY}&year={year}")
        for table in page.tables:
            for figure in table.figures:
                said = shown[table.title.en][figure.name.en]
                assert said[0] == str(figure.number), (table.title.en, figure.name.en)
    commissioned = shown["Reviews in the year"]["Commissioned"][0]
    assert int(commissioned) > 0, "the demonstration has reviews"


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_else_sees_figures_or_takes_them_away(site: Site, name: str) -> None:
    visitor = site.signed_in(name)
    sent = {"board": KEY, "year": "2025"}
    assert visitor.get("/figures").status_code == 404
    assert visitor.get("/figures/statement").status_code == 404
    assert visitor.post("/figures/table.csv", sent).status_code == 404
    assert visitor.post("/figures/events.xes", sent).status_code == 404
    assert "/figures" not in visitor.get("/cases").text


def test_a_neighbour_sees_the_figures_of_their_own_board_only(site: Site, year: int) -> None:
    visitor = site.signed_in(NEIGHBOUR)
    assert "Brynteg Safeguarding" in visitor.get("/figures").text
    for path in ("/figures", "/figures/statement"):
        assert visitor.get(f"{path}?board={KEY}&year={year}").status_code == 404
    for path in ("/figures/table.csv", "/figures/events.xes"):
        assert visitor.post(path, {"board": KEY, "year": str(year)}).status_code == 404


@pytest.mark.parametrize("wrong", ["", "0", "2031", "20 25", "²⁰²⁵", "-2025", "x" * 5000])
def test_a_year_that_is_none_answers_as_what_is_not_there(site: Site, wrong: str) -> None:
    visitor = site.signed_in(COORDINATOR)
    for path in ("/figures", "/figures/statement"):
        assert visitor.get(path, query_string={"year": wrong}).status_code == 404
    for path in ("/figures/table.csv", "/figures/events.xes"):
        assert visitor.post(path, {"board": KEY, "year": wrong}).status_code == 404


def test_a_year_that_goes_on_has_no_statement_yet(site: Site) -> None:
    visitor = site.signed_in(COORDINATOR)
    page = visitor.get("/figures").text
    assert "They are there once the year is over" in page
    assert "/figures/statement" not in page
    running = engine.figures_page(site.people[COORDINATOR], KEY).year
    answer = visitor.get(f"/figures/statement?year={running}")
    assert answer.status_code == 409
    assert "This year of the Board is not over." in answer.text
    welsh = visitor.get(f"/cy/figures/statement?year={running}").text
    assert "Nid yw’r flwyddyn hon gan y Bwrdd ar ben." in welsh


def test_no_small_number_stands_in_a_statement(site: Site, year: int) -> None:
    visitor = site.signed_in(COORDINATOR)
    inside = tables(visitor, f"/figures?year={year}")
    outside = tables(visitor, f"/figures/statement?year={year}")
    small = 0
    for title, lines in inside.items():
        for name, (number, *lengths) in lines.items():
            if 0 < int(number) < 5:
                small += 1
                assert set(outside[title][name]) == {"[c]"}, (title, name)
            assert lengths == [] or len(outside[title][name]) == len(lengths)
    assert small, "or nothing was tried"
    text = visitor.get(f"/figures/statement?year={year}").text
    drawn = html.fromstring(text).xpath("//*[local-name()='text']/text()")
    assert drawn
    assert not [said for said in drawn if re.search(r":\s[1-4]$", said)]


def test_a_chart_says_what_its_table_says(site: Site, year: int) -> None:
    answer = site.signed_in(COORDINATOR).get(f"/figures?year={year}")
    page = html.fromstring(answer.text)
    page_of = engine.figures_page(site.people[COORDINATOR], KEY, year)
    charts = page.xpath("//*[local-name()='svg']")
    assert len(charts) == len(page_of.tables)
    for chart, table in zip(charts, page_of.tables, strict=True):
        said = " ".join(chart.xpath(".//*[local-name()='text']/text()")).replace("\xa0", " ")
        widths = [float(w.rstrip("%")) for w in chart.xpath(".//*[@class='app-chart__bar']/@width")]
        assert len(widths) == len(table.figures)
        largest = max(figure.number or 0 for figure in table.figures)
        for figure, width in zip(table.figures, widths, strict=True):
            if not table.in_days:
                assert f"{figure.name.en}: {figure.number}" in said
                assert width == pytest.approx(100 * (figure.number or 0) / (largest or 1), abs=0.01)


def test_the_statement_is_there_in_welsh(site: Site, year: int) -> None:
    visitor = site.signed_in(COORDINATOR)
    english = tables(visitor, f"/figures/statement?year={year}")
    welsh = tables(visitor, f"/cy/figures/statement?year={year}")
    assert "Adolygiadau yn y flwyddyn" in welsh
    assert not set(english) & set(welsh)
    in_english, in_welsh = (
        [cells for lines in page.values() for cells in lines.values()] for page in (english, welsh)
    )
    # Where nothing can be measured a page says so in its language.
    said = [[cell.replace("Dim", "None") for cell in cells] for cells in in_welsh]
    assert said == in_english


def test_the_table_taken_away_says_what_the_statement_says(site: Site, year: int) -> None:
    visitor = site.signed_in(COORDINATOR)
    answer = visitor.post("/figures/table.csv", {"board": KEY, "year": str(year)})
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert f"filename=figures-{KEY}-{year}.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        said = row["Value"] or "None"
        found.setdefault(row["Figure"], {}).setdefault(row["Line"], []).append(said)
    assert found == tables(visitor, f"/figures/statement?year={year}")


def test_the_event_log_names_nobody(site: Site, year: int) -> None:
    visitor = site.signed_in(COORDINATOR)
    answer = visitor.post("/figures/events.xes", {"board": KEY, "year": str(year)})
    assert answer.status_code == 200
    log = etree.fromstring(answer.data)
    spaces = {"x": "http://www.xes-standard.org/"}
    names = {
        trace.xpath("string(x:string[@key='concept:name']/@value)", namespaces=spaces)
        for trace in log.iterfind("x:trace", spaces)
    }
    own = engine.list_cases(site.people[COORDINATOR])
    assert names
    assert names <= {case.identifier for case in own}
    for person in site.people.values():
        assert person.name not in answer.text
        assert str(person.account_id) not in answer.text
    typed = {
        part
        for case in own
        for item in engine.case_page(case.id, site.people[COORDINATOR]).items
        for part in [item.label.en if item.label else ""]
        if len(part) > 6
    }
    assert typed
    assert not [part for part in typed if f'"{part}"' in answer.text]


def test_quality_assurance_takes_no_case_away_that_it_may_not_open(site: Site, year: int) -> None:
    answer = site.signed_in(QUALITY).post("/figures/events.xes", {"board": KEY, "year": str(year)})
    spaces = {"x": "http://www.xes-standard.org/"}
    found = etree.fromstring(answer.data).xpath(
        "x:trace/x:string[@key='process']/@value", namespaces=spaces
    )
    assert set(found) == {"forum_programme"}
