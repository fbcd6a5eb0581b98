"""A timescale as it is typed on a page, and what the guidance says to it at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from engine import deployments
from engine.deployments.departures import clock_departures, table_departures
from engine.deployments.toml_rows import lay_row
from engine.timescales import parse_timescales
from engine.variations import DraftRowWrong, stage_numbers, typed_timescale
from engine.variations.timescale_typing import Known, timescale_row

FILES = deployments.read_folders(Path(__file__).parents[2])
SOURCE = FILES[deployments.TIMESCALES]
ROWS: dict[str, Any] = tomllib.loads(SOURCE.decode())
KNOWN = Known(
    tomllib.loads(FILES[deployments.FACTS].decode()),
    tomllib.loads(FILES[deployments.ROLES].decode())["roles"],
    ("consultation", "referral"),
)
OWN = {
    "en": "Checked", "cy": "Gwiriwyd", "kind": "clock", "from": "pack_sent_on", "ends": "CNS-06",
    "process": "consultation", "length": "2", "length-unit": "W", "owner": "coordinator",
}  # fmt: skip


def resolved(key: str, **changed: Any) -> bytes:
    """Return the timescales with one row changed, as a variation has them."""
    layer = lay_row(SOURCE, b"", key, {**ROWS[key], **changed})
    return deployments.lay_over(SOURCE, layer, "changed")


def wrong(**typed: str) -> set[str]:
    """Return the questions that are answered wrongly in a timescale of one's own."""
    with pytest.raises(DraftRowWrong) as refused:
        timescale_row({**OWN, **typed}, {}, KNOWN, own=True)
    return set(refused.value.problems)


def test_every_shipped_timescale_saved_as_its_page_shows_it_is_the_same() -> None:
    for key, row in ROWS.items():
        again = timescale_row(typed_timescale(row), row, KNOWN, own=False)
        assert again == row, key


def test_timescale_of_ones_own_is_a_row_that_can_be_read() -> None:
    stage = {"stage-0-number": "0", "stage-0-unit": "D", "stage-0-side": "after"}
    told = {"stage-0-level": "E1", "stage-3-number": "", "stage-3-repeat": ""}
    row = timescale_row({**OWN, **stage, **told}, {}, KNOWN, own=True)
    lines = lay_row(b"", b"", "TS-901", row)
    (read,) = parse_timescales(lines, "layer").values()
    assert str(read.length) == "P2W"
    assert [(one.key, str(one.at)) for one in read.stages] == [("breach", "P0D")]


def test_what_is_typed_wrongly_is_told_at_its_question() -> None:
    assert wrong(en="", cy=" ") == {"en", "cy"}
    assert wrong(length="two") == {"length"}
    assert wrong(length="-2") == {"length"}
    assert wrong(length="") == {"length"}
    assert wrong(kind="window", process="") == {"kind", "process"}
    assert wrong(ends="no_such_fact") == {"ends"}
    assert wrong(owner="nobody") == {"owner"}
    stage = {"stage-0-number": "5", "stage-0-unit": "D", "stage-0-side": "before"}
    assert wrong(**stage, **{"stage-0-level": "E2"}) == {"manager"}
    assert wrong(**stage, **{"stage-0-level": "E9"}) == {"stage-0-number"}
    again = {"stage-0-level": "E1", "stage-0-repeat": "0"}
    assert wrong(**stage, **again) == {"stage-0-repeat"}


def test_stage_that_leaves_the_breach_gets_a_key_of_its_own() -> None:
    typed = typed_timescale(ROWS["TS-46"])
    breach = next(n for n in stage_numbers(typed) if typed[f"stage-{n}-key"] == "breach")
    row = timescale_row({**typed, f"stage-{breach}-number": "3"}, ROWS["TS-46"], KNOWN, own=False)
    assert [one["key"] for one in row["stages"]] == ["two_weeks_before", "after_3d"]


def test_key_that_a_row_has_no_more_is_emptied_in_the_layer() -> None:
    row = {key: value for key, value in ROWS["TS-46"].items() if key not in ("stages", "length")}
    layer = tomllib.loads(lay_row(SOURCE, b"", "TS-46", row).decode())
    assert layer == {"TS-46": {"length": "", "stages": []}}


def test_what_is_shipped_departs_from_nothing() -> None:
    assert clock_departures(FILES, SOURCE, SOURCE) == []
    for path, source in FILES.items():
        if path.endswith(".dmn"):
            assert table_departures(FILES, source, path) == []


@pytest.mark.parametrize(
    ("key", "changed", "force"),
    [
        ("TS-01", {"length": "P7M"}, "must"),
        ("TS-01", {"ends": ["clock_ended_on"]}, "must"),
        ("TS-41", {"length": "P13D"}, "must"),
        ("TS-42", {"length": "P5M"}, "must"),
        ("TS-46", {"length": "P4M"}, "should"),
    ],
)
def test_weaker_clock_departs_from_its_rule(key: str, changed: dict[str, Any], force: str) -> None:
    found = clock_departures(FILES, SOURCE, resolved(key, **changed))
    assert {(each.rule.timescale, each.rule.force) for each in found} == {(key, force)}


def test_stricter_clock_departs_from_nothing() -> None:
    assert clock_departures(FILES, SOURCE, resolved("TS-01", length="P5M", stages=[])) == []


def test_table_that_answers_otherwise_departs_from_the_rule_that_keeps_it() -> None:
    path = "processes/decisions/DR-01.dmn"
    changed = FILES[path].replace(b'"ruled_out"</text>', b'"suspected"</text>')
    found = table_departures({**FILES, path: changed}, FILES[path], path)
    assert [each.rule.kind for each in found] == ["table"]
    assert table_departures({**FILES, path: b"<broken"}, FILES[path], path) == []
