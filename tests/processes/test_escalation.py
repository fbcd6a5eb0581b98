"""What an escalation takes along, what stays behind, and who has a part in it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import db, deployments, documents, feel, scenarios, store
from engine.models import CaseLink, Item
from engine.store import CaseFile
from tests.processes.catalogue import ROOT

#: What each way may take along; everything else stays behind. No name, no paper, no evaluation.
UP = {
    "carried_from", "carried_process", "carried_what_happened", "carried_criteria",
    "carried_referred_on",
}  # fmt: skip
DOWN = {"carried_from", "carried_process", "carried_brief", "carried_agencies"}
#: What a method knows besides: that the Sub-Group sent the case.
METHOD = {*DOWN, "carried_from_sub_group"}
WAYS = [
    ("consultation", "CNS-13", "CNS-16", "referral", UP),
    ("professional_forum", "MPF-13", "MPF-17", "referral", UP),
    ("case_review_event", "CRE-12", "CRE-19", "referral", UP),
    ("referral", "", "", "professional_forum", DOWN),
    ("referral", "", "", "consultation", METHOD),
    ("referral", "", "", "case_review_event", METHOD),
]
SECRET = "Seren Prysor"
#: What a case that has just begun knows by itself: which of its tasks wait, and since when.
NEW = {"escalation_pending", "concern_written_since"}


def escalated(source: str, until: str, start: str) -> str:
    """Return a scenario that works on a case up to a step, and sends it up as a referral."""
    return f"""
process = "{source}"
now     = 2026-03-02T09:00:00
title   = "sent up"
[[step]]
until = "{until}"
[[step]]
start = "{start}"
as    = "coordinator"
[[step]]
complete = "raise_concern"
set      = {{ "F43.02" = ["An injury that nobody can explain.", "Serious injury."] }}
[[step]]
complete = "answer_concern"
set      = {{ "F43.05" = "taken as referral" }}
"""


def sent_down(form: str) -> str:
    """Return a scenario of a referral that goes down in one form of a forum."""
    return f"""
process = "referral"
now     = 2026-03-02T09:00:00
title   = "sent down"
[[step]]
until = "INT-01"
[[step]]
complete = "INT-01"
set      = {{ children_named = [{{ name = "{SECRET}", born_on = 2019-07-03, area = "North" }}] }}
[[step]]
until = "INT-05"
[[step]]
complete = "INT-05"
set      = {{ "F03.04" = "other" }}
[[step]]
complete = "INT-13"
set      = {{ "F02.12" = "Multi-Agency Professional Forum" }}
[[step]]
complete = "INT-17"
[[step]]
complete = "INT-19"
[[step]]
complete = "INT-27"
set      = {{ forum_form = "{form}" }}
"""


@pytest.mark.parametrize(("source", "until", "start", "opened", "may_go"), WAYS)
def test_a_case_takes_along_what_may_be_carried_and_nothing_else(
    source: str, until: str, start: str, opened: str, may_go: set[str], tmp_path: Path
) -> None:
    looked: list[str] = []

    def look(case_id: uuid.UUID) -> None:
        with db.reading() as session:
            here = store.read_case(session, case_id, "SYSTEM")
            (link,) = session.scalars(select(CaseLink).where(CaseLink.case_id == case_id))
            there = store.read_case(session, link.linked_id, "SYSTEM")
            (back,) = session.scalars(select(CaseLink).where(CaseLink.case_id == link.linked_id))
            ways = [(row.linked_id, row.relation, row.direction) for row in (link, back)]
            assert ways == [
                (link.linked_id, "escalation", "to"), (case_id, "escalation", "from"),
            ]  # fmt: skip
            assert there.case.process == opened
            carried = {name for name, key in there.facts if name.startswith("carried_")}
            assert {"carried_from", "carried_process"} < carried <= may_go
            others = {name for name, _ in there.facts if name not in carried}
            assert others <= NEW, "a fact of the other case that nobody there has written"
            assert written(there) == []
            assert session.scalars(select(Item).where(Item.case_id == link.linked_id)).all() == []
            own = {name for name, _ in here.facts if name not in may_go}
            assert len(own) > 10, "so little is known here that this shows nothing"
            assert len(written(here)) > 3
            values = [known.value for (name, _), known in there.facts.items() if name in carried]
            held = json.dumps([feel.to_json(value) for value in values])
            for word in (*SECRET.split(), "2019-07-03"):
                assert word not in held
        looked.append(opened)

    text = escalated(source, until, start) if until else sent_down(opened)
    path = tmp_path / "way.toml"
    path.write_text(text, encoding="utf-8")
    (scenario,) = scenarios.read_scenarios([path])
    house = scenarios.House(deployments.read_folders(ROOT), tmp_path)
    assert house.play(scenario, after=look).wrong == ""
    assert looked == [opened]


def written(file: CaseFile) -> list[str]:
    """Return the forms of the documents of a case."""
    return [row.form for row in documents.documents(file.session, file.case.id)]
