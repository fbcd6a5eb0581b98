"""A reviewer who leaves, and the one who comes: nothing of the first is said of the second."""

from __future__ import annotations

import uuid
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
until = "CON-13"
[[step]]
start = "CON-28"
as    = "panel_chair"
item  = "reviewer"
[[step]]
complete = "record_change"
"""
NAMED = """
[[step]]
complete = "CON-04"
"""


def played(folder: Path, text: str, step: str) -> dict[str, list[str]]:
    """Play a scenario; return what stands in the inputs of an open task that nobody has begun."""
    found: list[dict[str, list[str]]] = []

    def look(case_id: uuid.UUID) -> None:
        with db.reading() as session:
            file = store.read_case(session, case_id, "SYSTEM")
            of_step = select(UserTask).where(UserTask.case_id == case_id, UserTask.bpmn_id == step)
            task = session.scalars(of_step.where(UserTask.state == "open")).one()
            found.append(task_pages.typed_in(task_pages.form_parts(file, task, None)))

    path = folder / "way.toml"
    path.write_text(text, encoding="utf-8")
    (scenario,) = scenarios.read_scenarios([path])
    house = scenarios.House(deployments.read_folders(ROOT), folder)
    assert house.play(scenario, after=look).wrong == ""
    return {name: said for name, said in found[0].items() if any(said) and not name.startswith("_")}


def test_the_search_for_another_reviewer_starts_without_the_one_who_leaves(tmp_path: Path) -> None:
    assert played(tmp_path, BEGIN, "find_reviewer") == {"candidate_role": ["concise"]}


def test_nobody_is_certified_with_the_answers_of_a_predecessor(tmp_path: Path) -> None:
    assert played(tmp_path, BEGIN + NAMED, "check_and_commission") == {}
