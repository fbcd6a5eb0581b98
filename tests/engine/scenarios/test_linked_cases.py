"""That a scenario goes from case to case, and names one of several by the item it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import scenarios
from engine.deployments import read_folders
from engine.steps import reporting
from tests.linked import FOLDER

YEAR = """
process = "programme"
now     = 2026-03-02T09:00:00
[[begin]]
complete = "PRG-01"
set      = { planned_forums = [
  { title = "Neglect", planned_on = 2026-02-16 },
  { title = "Sleep", planned_on = 2026-02-16 },
] }
[begin.expect]
audit = ["case_linked:forum"]
"""

WHOLE = """
[[scenario]]
title = "Each forum reports to the programme, for its own item, also what its enquiry found"
[[scenario.step]]
case   = "forum/planned_forum_1"
expect = { open = ["FOR-01"], facts = { taken_title = "Neglect" } }
[[scenario.step]]
complete = "FOR-01"
set      = { met_on = 2026-03-02, more_needed = true, findings = "Little" }
[[scenario.step]]
case = "enquiry"
[[scenario.step]]
complete = "ENQ-01"
set      = { advice = "Look again" }
expect   = { state = "closed" }
[[scenario.step]]
case   = "forum"
expect = { open = ["FOR-03"], audit = ["linked_case_reported:enquiry"] }
[[scenario.step]]
case = "root"
[scenario.step.expect]
open     = ["PRG-03/planned_forum_1"]
not_open = ["PRG-03/planned_forum_2"]
audit    = ["linked_case_reported:forum"]
facts    = { "came_to/planned_forum_1" = "Look again", "held_on/planned_forum_1" = 2026-03-02 }
[scenario.step.expect.clock]
"TS-11/planned_forum_1" = { state = "met" }
"TS-12/planned_forum_1" = { due = 2026-03-16 }
[[scenario.step]]
case = "forum"
item = "planned_forum_2"
[[scenario.step]]
complete = "FOR-01"
set      = { met_on = 2026-03-02, more_needed = false }
[[scenario.step]]
amend  = { met_on = 2026-03-01 }
reason = "it was the day before"
[[scenario.step]]
case = "root"
[scenario.step.expect]
open  = ["PRG-03/planned_forum_2"]
clock = { "TS-12/planned_forum_2" = { due = 2026-03-15 } }

[[scenario]]
title = "An item without a case of its own is named"
[[scenario.step]]
case = "forum/planned_forum_3"
"""


def play(text: str, folder: Path) -> list[str]:
    """Return what was wrong with each scenario of a text."""
    file = folder / "story.toml"
    file.write_text(text, encoding="utf-8")
    house = scenarios.House(read_folders(FOLDER), folder)
    return [house.play(each).wrong for each in scenarios.read_scenarios([file])]


def test_cases_of_one_process_are_told_apart_by_their_item(tmp_path: Path) -> None:
    whole, nothing = play(YEAR + WHOLE, tmp_path)
    assert whole == ""
    assert nothing == "step 2: no case of forum for planned_forum_3 is linked to this one"


def test_report_that_could_not_be_taken_in_fails_the_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(reporting, "mirror", fail)
    (wrong,) = play(
        f"""{YEAR}
[[scenario]]
title = "The programme refuses"
[[scenario.step]]
case = "forum/planned_forum_1"
[[scenario.step]]
complete = "FOR-01"
set      = {{ met_on = 2026-03-02, more_needed = false }}
""",
        tmp_path,
    )
    assert "could not take in what this case reports" in wrong
