"""What a row of `milestones.toml` may say, and what is refused before it is deployed."""

from __future__ import annotations

import pytest

from engine import deployments
from engine.errors import InvalidDefinition
from engine.milestones import parse_milestones
from engine.timescales import Length
from tests.review import files

PATH = "processes/milestones.toml"
ROW = """
[reported]
en = "Report written"
cy = "Yr adroddiad wedi’i ysgrifennu"
process = ["review"]
from = "received_on"
at = "P23W"
reached = ["report_written announced"]
source = "P"
cite = "requirements 3.1"
"""


def test_a_row_is_read_whole() -> None:
    row = parse_milestones(ROW.encode(), PATH)["reported"]
    assert row.at == Length(weeks=23)
    assert row.reached == (("report_written", "announced"),)
    assert row.facts == ("received_on", "report_written", "announced")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('at = "P23W"\n', ""),
        ('at = "P23W"', 'at = "P23W"\ntimescales = ["TS-01"]'),
        ('at = "P23W"', 'at = "soon"'),
        ('source = "P"', 'source = "G"'),
        ("[reported]", "[Reported]"),
        ('cite = "requirements 3.1"', 'cite = "requirements 3.1"\nbinds = true'),
        ('reached = ["report_written announced"]', "reached = []"),
    ],
)
def test_a_slip_is_refused(old: str, new: str) -> None:
    assert old in ROW
    with pytest.raises(InvalidDefinition):
        parse_milestones(ROW.replace(old, new).encode(), PATH)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("received_on", "nothing_on", "There is no fact nothing_on."),
        ("received_on", "announced", "announced is no day of the case."),
        ("report_written announced", "told_on announced", "one fact for another"),
        ('"report_written announced"', '"account_told"', "There is no fact account_told."),
        ('["review"]', '["nowhere"]', "There is no process nowhere"),
        ('["review"]', '["account"]', "There is no process account that opens a case."),
        (
            'from = "received_on"\nat = "P23W"',
            'timescales = ["TS-99"]',
            "There is no timescale TS-99.",
        ),
        ('source = "P"', 'where = "told_on"\nsource = "P"', "says nothing of those"),
    ],
)
def test_what_does_not_fit_the_other_files_is_found(old: str, new: str, said: str) -> None:
    assert old in ROW
    source = ROW.replace(old, new).encode()
    found = deployments.check({**files(), PATH: source})
    assert [one for one in found if one.rule == "milestone_row" and said in one.message]
    assert all(one.path == PATH for one in found if one.rule == "milestone_row")


def test_a_plan_may_be_left_out() -> None:
    left = {path: source for path, source in files().items() if path != PATH}
    assert not [one for one in deployments.check(left) if one.severity == "error"]
