"""Every event stands on a wall chart once, within its sheet, whatever there is of them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

import engine
from engine.spans import read_span
from engine.timelines import Joining
from web import wall_charts
from web.wall_charts import Chart


@pytest.fixture(autouse=True)
def _page() -> Iterator[None]:
    with Flask(__name__).test_request_context("/"):
        yield


def page(count: int, agencies: int, longest: int) -> engine.TimelinePage:
    """Return a timeline of so many events, of texts up to so many words."""
    chance = random.Random(count)
    events = []
    for number in range(count):
        said = f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 9):02}"
        said = said[:7] if number % 9 == 0 else said
        text = " ".join(["Contact"] * chance.randrange(1, longest))
        key = f"agency_{number % agencies}"
        events.append(engine.Event(f"row_{number}", key, "", said, read_span(said), text))
    events.sort(key=lambda event: event.said)
    named = [
        engine.TimelineAgency(f"agency_{n}", engine.Text(f"Agency {n}", f"Asiantaeth {n}"), 1)
        for n in range(agencies)
    ]
    return engine.TimelinePage(
        uuid.uuid4(), "N-CPR-2026-001", None, None, 1, tuple(named), tuple(events), count,
        Joining(), {}, (), may_mark=True, may_join=True, may_be_taken=True,
    )  # fmt: skip


def cards(chart: Chart) -> list[wall_charts.Placed]:
    return [one for sheet in chart.sheets for band in sheet.bands for one in band.cards]


@pytest.mark.parametrize("sheet", ["A3", "A1"])
@pytest.mark.parametrize(("count", "agencies", "longest"), [(1, 1, 3), (60, 3, 40), (300, 30, 90)])
def test_every_event_stands_once_and_inside_its_sheet(
    sheet: str, count: int, agencies: int, longest: int
) -> None:
    chart = wall_charts.lay_out(page(count, agencies, longest), wall_charts.SHEETS[sheet])
    assert len(cards(chart)) == count
    for one in chart.sheets:
        assert one.bands
        for band in one.bands:
            assert band.foot <= chart.format.height - chart.format.margin
            for placed in band.cards:
                assert placed.x + chart.format.day - 2 <= chart.format.width - chart.format.margin
                assert band.top <= placed.y
                assert placed.y + placed.card.height <= band.foot


def test_no_card_lies_on_another() -> None:
    chart = wall_charts.lay_out(page(200, 5, 60), wall_charts.SHEETS["A3"])
    for sheet in chart.sheets:
        boxes = [
            (placed.x, placed.y, placed.card.height)
            for band in sheet.bands
            for placed in band.cards
        ]
        for number, (x, y, high) in enumerate(boxes):
            for other_x, other_y, other_high in boxes[number + 1 :]:
                assert x != other_x or y + high <= other_y or other_y + other_high <= y


def test_a_chart_of_nothing_is_a_sheet_that_says_whose_it_is() -> None:
    chart = wall_charts.lay_out(page(0, 1, 2), wall_charts.SHEETS["A3"])
    assert len(chart.sheets) == 1
    assert not cards(chart)
