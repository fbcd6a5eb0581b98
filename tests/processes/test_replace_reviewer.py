"""A reviewer who leaves, and the one who comes: nothing of the first is said of the second."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from engine import db, deployments, scenarios, store, task_pages
from engine.models import UserTask
from tests.processes.catalogue import ROOT

BEGIN = """
process = "referral"
now     = 2026-03-02T09:00:00
title   = "a new candidate"
[[step]]
appoint = { role = "reviewer", person = "Meinir Test" }
[[step]]
until = "CON-13"
[[step]]
start = "CON-28"
as    = "panel_chair"
item  = "reviewer"
"""
SAID = """
[[step]]
complete = "record_change"
"""
NAMED = """
[[step]]
complete = "CON-04"
"""
HANDED_OVER = """
[[step]]
complete = "CON-05"
[[step]]
complete = "hand_over_role"
"""


def play(folder: Path, text: str, look: Callable[[uuid.UUID], None]) -> None:
    """Play a scenario that stops in the middle of the change, and look at its case."""
    path = folder / "way.toml"
    path.write_text(text, encoding="utf-8")
    (scenario,) = scenarios.read_scenarios([path])
    house = scenarios.House(deployments.read_folders(ROOT), folder)
    assert house.play(scenario, after=look).wrong == ""


def filled_in(folder: Path, text: str, step: str) -> dict[str, list[str]]:
    """Return what stands in the inputs of an open task that nobody has begun."""
    found: list[dict[str, list[str]]] = []

    def look(case_id: uuid.UUID) -> None:
        with db.reading() as session:
            file = store.read_case(session, case_id, "SYSTEM")
            of_step = select(UserTask).where(UserTask.case_id == case_id, UserTask.bpmn_id == step)
            task = session.scalars(of_step.where(UserTask.state == "open")).one()
            found.append(task_pages.typed_in(task_pages.form_parts(file, task, None)))

    play(folder, text, look)
    return {name: said for name, said in found[0].items() if any(said) and not name.startswith("_")}


def test_the_change_begins_with_who_leaves_and_proposes_who_holds_the_role(tmp_path: Path) -> None:
    assert filled_in(tmp_path, BEGIN, "record_change") == {"who_left": ["Meinir Test"]}


def test_the_search_for_another_reviewer_starts_without_the_one_who_leaves(tmp_path: Path) -> None:
    assert filled_in(tmp_path, BEGIN + SAID, "find_reviewer") == {"candidate_role": ["concise"]}


def test_nobody_is_certified_with_the_answers_of_a_predecessor(tmp_path: Path) -> None:
    assert filled_in(tmp_path, BEGIN + SAID + NAMED, "check_and_commission") == {}


def test_the_last_task_gives_the_new_reviewer_the_role_that_the_old_one_loses(
    tmp_path: Path,
) -> None:
    before: list[list[str]] = []
    after: list[list[str]] = []

    def look(into: list[list[str]]) -> Callable[[uuid.UUID], None]:
        def see(case_id: uuid.UUID) -> None:
            with db.reading() as session:
                file = store.read_case(session, case_id, "SYSTEM")
                into.append(file.functions(None)["who holds"]("reviewer"))

        return see

    play(tmp_path, BEGIN, look(before))
    play(tmp_path, BEGIN + SAID + NAMED + HANDED_OVER, look(after))
    assert (before, after) == ([["Meinir Test"]], [["Geraint Powell"]])
