"""A Board with a case, a task and two people: what tests of documents and uploads stand on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import time_source
from engine.models import Account, Board, Case, Deployment, ProcessInstance, UserTask


@dataclass
class House:
    """The session, a case with an open task, and two people."""

    session: Session
    case: Case
    task: UserTask
    ann: Account
    bob: Account


def make_house(session: Session) -> House:
    """Make one Board with one case, one task and two people."""
    board = Board(key="north", name_en="North", name_cy="Gogledd")
    people = [
        Account(email=f"{name}@example.org".lower(), name=name, password_hash=None)
        for name in ("Ann Jones", "Bob Rees")
    ]
    session.add_all([board, *people])
    session.flush()
    now = time_source.now(session)
    deployment = Deployment(
        board_id=board.id, hash="h", edition="draft_2011", number=1, deployed_at=now,
    )  # fmt: skip
    session.add(deployment)
    session.flush()
    case = Case(board_id=board.id, identifier="CNS-1", process="consultation",
                deployment_id=deployment.id, opened_at=now)  # fmt: skip
    session.add(case)
    session.flush()
    instance = ProcessInstance(board_id=board.id, case_id=case.id, number=1, kind="root",
                               process="consultation", definition_hash="h", workflow_state=b"",
                               started_at=now)  # fmt: skip
    session.add(instance)
    session.flush()
    task = UserTask(board_id=board.id, case_id=case.id, instance_id=instance.id,
                    number=1, bpmn_id="record_consent", role="worker", opened_at=now)  # fmt: skip
    session.add(task)
    session.flush()
    return House(session, case, task, *people)
