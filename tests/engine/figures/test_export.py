"""What leaves the Board, and what is handed out inside it: opened again and compared."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime

import pytest
from lxml import etree
from sqlalchemy import select

from engine import audit, cases, corrections, db, figures
from engine.errors import NotFound
from engine.figures import YearNotOver
from engine.models import AuditEvent, Board
from engine.people import Actor
from tests import figured
from tests.figured import Figured, action
from tests.review import freeze

pytestmark = pytest.mark.usefixtures("database")

XES = {"x": "http://www.xes-standard.org/"}


@pytest.fixture
def north() -> Figured:
    return figured.board()


def key_of(north: Figured) -> str:
    with db.reading() as session:
        return session.get_one(Board, north.board_id).key


def rows_of(made: figures.FiguresExport) -> list[list[str]]:
    assert made.content.startswith(b"\xef\xbb\xbf"), "so that Excel reads ŵ and ŷ"
    return list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"))))


def events_on_record(north: Figured) -> list[AuditEvent]:
    query = select(AuditEvent).where(
        AuditEvent.board_id == north.board_id, AuditEvent.kind == "figures_exported"
    )
    with db.reading() as session:
        return list(session.scalars(query.order_by(AuditEvent.seq)))


def complete(north: Figured, in_time: int, late: int) -> None:
    """Complete reviews of a year, so many in time and so many late."""
    for _ in range(in_time):
        north.review("2025-05-01", "2025-06-01", "2025-10-01")
    for _ in range(late):
        north.review("2025-05-01", "2025-06-01", "2025-12-01")


def test_small_numbers_do_not_leave_the_board_nor_what_gives_them_away(north: Figured) -> None:
    complete(north, in_time=5, late=2)
    assert north.numbers("in_time") == {"in_time": 5, "late": 2}
    assert north.numbers("in_time", for_outside=True) == {"in_time": None, "late": None}
    outside = north.tables(for_outside=True)
    assert all(figure.is_kept_back for figure in outside["in_time"].figures)
    assert north.numbers("reviews", for_outside=True)["completed"] == 7
    whole = north.length("length", "whole", for_outside=True)
    assert (whole.number, whole.middle, whole.longest) == (None, 153, 214)


def test_lengths_of_a_few_reviews_do_not_leave_the_board(north: Figured) -> None:
    complete(north, in_time=4, late=0)
    assert north.length("length", "whole").middle == 153
    for table in ("length", "stages"):
        for figure in north.tables(for_outside=True)[table].figures:
            assert figure.is_kept_back
            assert (figure.number, figure.middle, figure.shortest, figure.longest) == (None,) * 4


def test_a_stage_of_a_few_reviews_does_not_leave_the_board(north: Figured) -> None:
    complete(north, in_time=5, late=0)
    north.review("2025-05-01", "2025-06-01", "2025-10-01", recommendation_signed_on="2025-05-11")
    outside = {figure.key: figure for figure in north.tables(for_outside=True)["stages"].figures}
    assert outside["sub_group_received_on"].is_kept_back
    assert outside["sub_group_received_on"].middle is None
    assert not outside["panel_set_up_on"].is_kept_back, "of none, nothing is to be told"


def test_nothing_of_a_year_that_goes_on_leaves_the_board(north: Figured) -> None:
    freeze(datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC))  # the last second of the year in Wales
    with pytest.raises(YearNotOver):
        north.tables(2026, for_outside=True)
    with pytest.raises(YearNotOver):
        figures.export_figures(north.coordinator, key_of(north), 2026, "en")
    assert events_on_record(north) == []
    freeze(datetime(2027, 3, 31, 23, tzinfo=UTC))
    assert north.tables(2026, for_outside=True)
    assert figures.export_figures(north.coordinator, key_of(north), 2026, "en").content


def test_the_table_says_what_the_statement_says_and_no_more(north: Figured) -> None:
    complete(north, in_time=5, late=2)
    made = figures.export_figures(north.coordinator, key_of(north), 2025, "en")
    assert made.name == f"figures-{key_of(north)}-2025.csv"
    heading, *rows = rows_of(made)
    assert heading == ["Board", "From", "To", "Figure", "Line", "Measure", "Value", "Meaning",
                       "Source"]  # fmt: skip
    expected = []
    for table in north.tables(for_outside=True).values():
        for figure in table.figures:
            for measure, name in table.measures:
                value = getattr(figure, name)
                shown = "[c]" if figure.is_kept_back else "" if value is None else f"{value:g}"
                expected.append([table.title.en, figure.name.en, measure.en, shown])
    assert [row[3:7] for row in rows] == expected
    assert {tuple(row[:3]) for row in rows} == {("North", "2025-04-01", "2026-03-31")}
    said = {(row[3], row[4]): row[6] for row in rows}
    assert said["Reviews completed within six months", "After more than six months"] == "[c]"


def test_the_table_is_in_welsh_too(north: Figured) -> None:
    rows = rows_of(figures.export_figures(north.coordinator, key_of(north), 2025, "cy"))
    assert rows[0][0] == "Bwrdd"
    assert rows[1][3] == "Adolygiadau yn y flwyddyn"


def test_nothing_in_the_table_is_taken_for_a_formula(north: Figured) -> None:
    with db.transaction() as session:
        session.get_one(Board, north.board_id).name_en = "=HYPERLINK(1)"
    rows = rows_of(figures.export_figures(north.coordinator, key_of(north), 2025, "en"))
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_it_is_on_the_boards_record_who_took_what(north: Figured) -> None:
    key = key_of(north)
    figures.export_figures(north.coordinator, key, 2025, "en")
    figures.export_event_log(north.coordinator, key, 2026, "en")
    found = events_on_record(north)
    assert [(row.actor, row.case_id, row.data) for row in found] == [
        (str(north.coordinator.account_id), None, {"year": 2025, "format": "csv"}),
        (str(north.coordinator.account_id), None, {"year": 2026, "format": "xes"}),
    ]
    with db.reading() as session:
        assert list(audit.verify(session)) == []


def test_nobody_takes_anything_who_may_not_see_it(north: Figured) -> None:
    key = key_of(north)
    for nobody in (north.person("administrator"), north.worker, figured.board().coordinator):
        for export in (figures.export_figures, figures.export_event_log):
            with pytest.raises(NotFound):
                export(nobody, key, 2025, "en")
    for export in (figures.export_figures, figures.export_event_log):
        with pytest.raises(NotFound):
            export(north.coordinator, key, 2031, "en")
    assert events_on_record(north) == []


def log_of(north: Figured, actor: Actor | None = None, year: int = 2026) -> etree._Element:
    made = figures.export_event_log(actor or north.coordinator, key_of(north), year, "en")
    return etree.fromstring(made.content)


def values(element: etree._Element) -> dict[str, str]:
    return {one.get("key", ""): one.get("value", "") for one in element if one.get("value")}


def test_the_event_log_holds_every_step_of_the_cases(north: Figured) -> None:
    made = north.review("2026-05-01", "2026-06-01", actions=[action("2026-07-01")])
    north.forum("2026-06-01")
    log = log_of(north)
    traces = log.findall("x:trace", XES)
    assert [values(trace)["process"] for trace in traces] == ["referral", "professional_forum"]
    assert values(traces[0])["concept:name"] == made.case().identifier
    events = [values(one) for one in traces[0].findall("x:event", XES)]
    assert [(one["concept:name"], one["lifecycle:transition"]) for one in events] == [
        ("INT-04 Record the days", "schedule"),
        ("CON-24 Explain the delay", "schedule"),
        ("INT-04 Record the days", "complete"),
    ]
    assert {one["org:role"] for one in events} == {"coordinator"}
    moments = [datetime.fromisoformat(one["time:timestamp"]) for one in events]
    assert moments == sorted(moments)
    assert Counter(one["concept:instance"] for one in events) == {"1": 2, "2": 1}


def test_a_step_is_completed_before_the_next_opens(north: Figured) -> None:
    north.case_id = cases.open_case("referral", north.board_id, north.coordinator)
    freeze(datetime(2026, 6, 17, 9, tzinfo=UTC))
    north.do("INT-04", {"review_type": "forum", "actions": []}, actor=north.coordinator)
    trace = log_of(north).findall("x:trace", XES)[-1]
    events = [values(one) for one in trace.findall("x:event", XES)]
    assert [(one["concept:instance"], one["lifecycle:transition"]) for one in events] == [
        ("1", "schedule"), ("1", "complete"), ("2", "schedule"),
    ]  # fmt: skip


def test_the_event_log_has_the_shape_that_the_standard_wants(north: Figured) -> None:
    north.forum("2026-06-01")
    log = log_of(north)
    assert log.tag == "{http://www.xes-standard.org/}log"
    assert float(log.get("xes.version", "")) == 1849.2016
    order = [etree.QName(one).localname for one in log]
    assert order == ["extension"] * 4 + ["global", "global", "classifier", "string", "trace"]
    declared = {
        one.get("scope"): {key.get("key") for key in one} for one in log.findall("x:global", XES)
    }
    for scope in ("trace", "event"):
        for found in log.iterfind(f".//x:{scope}", XES):
            keys = {one.get("key") for one in found if one.get("key")}
            assert keys == declared[scope], "what is global stands in each of them"


def test_no_name_and_nothing_typed_is_in_the_event_log(north: Figured) -> None:
    person = north.person("board", "coordinator")
    north.review("2026-05-01", "2026-06-01", actions=[action("2026-07-01")])
    made = figures.export_event_log(person, key_of(north), 2026, "en")
    for word in ("Quillfeather", "Siân", "Train", "Cai", str(person.account_id)):
        assert word not in made.content.decode() + made.name


def test_the_event_log_holds_only_cases_that_the_person_may_open(north: Figured) -> None:
    north.review("2026-05-01", "2026-06-01")
    assert log_of(north).findall("x:trace", XES)
    assert log_of(north, north.person("board")).findall("x:trace", XES) == []


def test_the_event_log_holds_the_cases_opened_in_the_year_and_none_that_was_withdrawn(
    north: Figured,
) -> None:
    made = north.review("2025-05-01", "2025-06-01")
    assert log_of(north, year=2025).findall("x:trace", XES) == []
    assert len(log_of(north).findall("x:trace", XES)) == 1
    corrections.withdraw(made.case_id, "opened twice", north.coordinator)
    assert log_of(north).findall("x:trace", XES) == []


def test_lengths_are_kept_back_where_the_number_completed_is(north: Figured) -> None:
    """With 6 in progress before and none after, 9 completed would give the 3 commissioned away."""
    for number in range(9):
        decided = "2025-05-01" if number < 3 else "2025-03-01"
        north.review("2025-02-01", decided, "2025-07-01")
    assert north.numbers("reviews") == {
        "before": 6, "commissioned": 3, "completed": 9, "after": 0,
    }  # fmt: skip
    assert north.numbers("reviews", for_outside=True) == {
        "before": 6, "commissioned": None, "completed": None, "after": 0,
    }  # fmt: skip
    assert north.length("length", "whole", for_outside=True).is_kept_back
