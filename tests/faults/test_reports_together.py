"""That reports which meet in one case all come in, and that no two cases wait for each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from engine import corrections, tasks, time_source, timers
from engine.db import Database
from tests.faults.kills import url_of
from tests.faults.oracle import wrongs
from tests.faults.processes import Ended, run_together
from tests.linked import Linked, programme
from tests.review import freeze

FIRST, SECOND = "planned_forum_1", "planned_forum_2"
HELD = {"met_on": "2026-03-02", "more_needed": True, "findings": "Little"}


@pytest.fixture
def year(committed_database: Database) -> Linked:
    """A programme with two forums planned."""
    return programme("Neglect", "Sleep")


@pytest.fixture
def race(committed_database: Database) -> Callable[..., list[Ended]]:
    """Return a function that runs acts in processes of their own, at the same moment."""

    def together(*acts: Callable[[], Any]) -> list[Ended]:
        committed_database.close()
        ended = run_together(url_of(committed_database), *acts)
        assert [each for each in ended if each.refused or each.broke] == []
        return ended

    return together


def submits(case: Linked, step: str, form: str, item: str = "", **values: Any) -> Callable[[], Any]:
    """Return an act that submits the open task of a step."""
    task = case.task(step, item).id
    return lambda: tasks.submit_task(task, case.worker, "", values={form: values})


def test_two_cases_that_report_at_once_are_both_heard(year: Linked, race: Any) -> None:
    forums = [year.opened("forum", item) for item in (FIRST, SECOND)]
    race(*(submits(forum, "FOR-01", "meeting", **HELD) for forum in forums))
    assert [year.fact("held_on", item) for item in (FIRST, SECOND)] == [date(2026, 3, 2)] * 2
    assert year.open_steps() == [f"PRG-03/{FIRST}", f"PRG-03/{SECOND}"]
    assert {report["item"] for report in year.reports()} == {FIRST, SECOND}
    assert year.waiting_reports() == []
    assert wrongs() == []


def test_reports_from_below_meet_with_work_on_every_case_above(year: Linked, race: Any) -> None:
    forums = [year.opened("forum", item) for item in (FIRST, SECOND)]
    for forum in forums:
        forum.do("FOR-01", HELD)
    enquiries = [forum.opened("enquiry") for forum in forums]
    late = ("planned_forums", "planned_forum", "planned_forum_3", "Late", "a third")
    race(
        *(submits(enquiry, "ENQ-01", "advice", advice="Look again") for enquiry in enquiries),
        submits(year, "PRG-03", "note", FIRST, learning="Much"),
        lambda: forums[0].amend("meeting", **{**HELD, "met_on": "2026-03-01"}),
        lambda: corrections.add_item(year.case_id, *late, year.coordinator),
    )
    assert [year.fact("came_to", item) for item in (FIRST, SECOND)] == ["Look again"] * 2
    assert year.fact("held_on", FIRST) == date(2026, 3, 1)
    assert [forum.open_steps() for forum in forums] == [["FOR-03"]] * 2
    assert year.opened("forum", "planned_forum_3").open_steps() == ["FOR-01"]
    assert year.waiting_reports() == []
    assert wrongs() == []


def test_cases_that_open_others_at_every_height_do_not_wait_for_each_other(
    year: Linked, race: Any
) -> None:
    forums = [year.opened("forum", item) for item in (FIRST, SECOND)]
    late = ("planned_forums", "planned_forum")
    race(
        *(submits(forum, "FOR-01", "meeting", **HELD) for forum in forums),
        *(
            partial(corrections.add_item, year.case_id, *late, key, key, "new", year.coordinator)
            for key in ("late_1", "late_2", "late_3")
        ),
    )
    for item, forum in zip((FIRST, SECOND), forums, strict=True):
        assert year.fact("held_on", item) == date(2026, 3, 2)
        assert forum.opened("enquiry").open_steps() == ["ENQ-01"]
    assert year.waiting_reports() == []
    assert wrongs() == []


def test_report_meets_with_a_worker_that_fires_what_is_due(year: Linked, race: Any) -> None:
    forums = [year.opened("forum", item) for item in (FIRST, SECOND)]
    forums[0].do("FOR-01", HELD)
    act = submits(forums[1], "FOR-01", "meeting", **HELD)
    freeze(time_source.end_of_day(date(2026, 3, 20)))

    def sweeps() -> int:
        return sum(timers.fire_due_timers() for _ in range(20))

    race(act, sweeps, sweeps)
    sweeps()
    assert year.fact("held_on", SECOND) == date(2026, 3, 2)
    assert year.open_steps() == [f"PRG-03/{FIRST}", f"PRG-03/{SECOND}"]
    assert wrongs() == []
