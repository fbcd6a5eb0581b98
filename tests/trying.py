"""Somebody who tries a draft over small definitions, for tests of sandboxes and scenarios."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import engine
from engine import accounts, db, deployments, people
from engine.people import Actor

DEFINITIONS = Path(__file__).parent / "definitions"
SMALL = deployments.read_folders(DEFINITIONS / "small")
LINKED = deployments.read_folders(DEFINITIONS / "linked")
TIMESCALES = "processes/timescales.toml"
ROLES = "processes/roles.toml"
FORM = "forms/consent.json"
DESIGNER = b"""
[roles.designer]
scope = "board"
en = "Designer"
cy = "Dylunydd"
[roles.administrator]
scope = "board"
en = "Administrator"
cy = "Gweinyddwr"
"""
DAY = date(2026, 6, 1)
BEGAN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
MEETING = {
    "answer": ["yes"],
    "meeting_on-day": ["1"],
    "meeting_on-month": ["7"],
    "meeting_on-year": ["2026"],
}
SEEK, HEAR = "0.1", "0.2"


@dataclass
class Trying:
    """A designer with a draft over small definitions."""

    draft: uuid.UUID
    ann: Actor
    dai: Actor
    rhys: Actor

    def begin(self, process: str = "consultation") -> int:
        """Begin a sandbox and return its number."""
        return engine.begin_sandbox(self.draft, process, DAY, self.ann)

    def page(self, number: int) -> engine.SandboxPage:
        """Return how a sandbox stands."""
        return engine.sandbox_page(self.draft, number, self.ann)

    def open(self, number: int) -> list[str]:
        """Return what is open, case by case."""
        return [
            f"{task.name.en} {task.item_key}".strip()
            for case in self.page(number).standing.cases
            for task in case.tasks
        ]

    def do(self, number: int, key: str, **answers: list[str]) -> None:
        """Complete a task; `__` in the name of an answer stands for a hyphen."""
        newest = self.page(number).newest
        posted = {name.replace("__", "-"): texts for name, texts in answers.items()}
        engine.do_sandbox_task(self.draft, number, newest, key, "", posted, self.ann)

    def meet(self, number: int, *names: str) -> None:
        """Seek consent for a meeting, with these participants."""
        rows = {f"participants-{place}-name": [name] for place, name in enumerate(names)}
        newest = self.page(number).newest
        posted = {**MEETING, **rows}
        engine.do_sandbox_task(self.draft, number, newest, SEEK, "", posted, self.ann)


def make_trying(files: dict[str, bytes]) -> Trying:
    """Return a designer, and others of the Board, with a draft over these definitions."""
    files = {**files, ROLES: deployments.lay_over(files[ROLES], DESIGNER, "")}
    with db.transaction() as session:
        deployments.deploy(session, files, actor="SYSTEM")
        key = f"b{uuid.uuid4().hex[:8]}"
        board = people.create_board(session, key, "Board", "Bwrdd")
        actors = []
        for name, role in (
            ("Ann", "designer"),
            ("Dai", "coordinator"),
            ("Rhys", "administrator"),
        ):
            account = accounts.create_account(session, f"{name}.{key}@example.test", name)
            people.appoint_to_board(session, board.id, role, account.id, actor="SYSTEM")
            actors.append(Actor(account.id, name))
    draft = engine.begin_draft(key, "draft_2011", "A shorter way", actors[0])
    return Trying(draft, *actors)
