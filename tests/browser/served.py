"""A demonstration that is served, and the engine behind it, which a test may ask and lead on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import db, keys, time_source, uploads
from engine.models import Account, Board, Case, Document, ProcessInstance, UserTask
from engine.scenarios.cast import Cast
from engine.scenarios.playing import Player
from engine.scenarios.reading import Scenario, Step
from tests import filling
from tests.conftest import AUDIT_KEYS, FIELD_KEYS


@dataclass
class Demonstration:
    """Where it answers, and the folder that holds its database and its keys."""

    address: str
    folder: Path

    @cached_property
    def database(self) -> db.Database:
        """The database that the served processes work on, too."""
        return db.Database(f"sqlite:///{self.folder / 'adolygu.db'}")

    @contextmanager
    def engine(self) -> Iterator[None]:
        """Take database and keys into use until the block ends."""
        keys.use([self._kept("field.key")], [f"demo:{self._kept('audit.key')}"])
        db.use(self.database)
        uploads.use(uploads.Store(self.folder / "uploads"))
        try:
            yield
        finally:
            keys.use(FIELD_KEYS, AUDIT_KEYS)

    def case_id(self, identifier: str) -> uuid.UUID:
        """Return the case that people call so."""
        with self.engine(), db.reading() as session:
            return session.scalars(select(Case.id).where(Case.identifier == identifier)).one()

    def identifier_with(self, step: str, board: str = "") -> str:
        """Return the case on which a task of a step is open; of several, the first (of a Board)."""
        query = (
            select(Case.identifier)
            .join(UserTask, UserTask.case_id == Case.id)
            .where(UserTask.bpmn_id == step, UserTask.state == "open")
            .where(Case.identifier.startswith(board))
            .order_by(Case.identifier)
        )
        with self.engine(), db.reading() as session:
            found = session.scalars(query).first()
        assert found is not None, f"{step} is open on no case"
        return found

    def task_id(self, identifier: str, step: str, item: str = "", process: str = "") -> uuid.UUID:
        """Return the open task of a step, by BPMN id; of several, the oldest."""
        query = (
            select(UserTask.id)
            .join(Case, Case.id == UserTask.case_id)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(Case.identifier == identifier, UserTask.bpmn_id == step)
            .where(UserTask.state == "open")
            .order_by(UserTask.number)
        )
        if item:
            query = query.where(UserTask.item_key == item)
        if process:
            query = query.where(ProcessInstance.process == process)
        with self.engine(), db.reading() as session:
            found = session.scalars(query).first()
        assert found is not None, f"{step} {item} is not open on {identifier}"
        return found

    def answers(self, task_id: uuid.UUID, name: str, values: Mapping[str, Any]) -> Any:
        """Return what a person types on the page of a task, by name of the input."""
        with self.engine():
            with db.reading() as session:
                account = session.scalars(select(Account.id).where(Account.name == name)).one()
            return filling.example_answers(task_id, str(account), named=values)

    def documents(self, identifier: str) -> dict[str, str]:
        """Return the documents of a case: `form/item` by the path of the page."""
        case_id = self.case_id(identifier)
        query = select(Document).where(Document.case_id == case_id)
        with self.engine(), db.reading() as session:
            return {
                f"/documents/{row.id}": f"{row.form}/{row.item_key}".rstrip("/")
                for row in session.scalars(query)
            }

    def play(self, identifier: str, until: str, **options: Any) -> None:
        """Let the people of the demonstration do what is open on a case, until a step is."""
        case_id = self.case_id(identifier)
        with self.engine():
            with db.reading() as session:
                board_id = session.get_one(Case, case_id).board_id
                now = time_source.read(session)
            steps = (Step(1, "until", until, options),)
            player = Player(
                Scenario("walk", "A walk", "referral", now, steps),
                Cast(board_id),
                lambda line: None,
            )
            player.case_id = player.root_id = case_id
            player.go_on()
            self._let_time_run()

    def begin(self, steps: Sequence[tuple[str, Any, Mapping[str, Any]]], board: str) -> str:
        """Open a review, play steps of a scenario (verb, what of, what goes with it) in it.

        Returns: what the case is called.
        """
        with self.engine():
            with db.reading() as session:
                board_id = session.scalars(select(Board.id).where(Board.key == board)).one()
                now = time_source.read(session)
            story = tuple(Step(number, *step) for number, step in enumerate(steps, start=1))
            player = Player(
                Scenario("walk", "A walk", "referral", now, story),
                Cast(board_id),
                lambda line: None,
            )
            player.play()
            self._let_time_run()
            with db.reading() as session:
                return session.get_one(Case, player.case).identifier

    def _let_time_run(self) -> None:
        """Let time that was frozen run on from where it stands, never back."""
        with db.transaction() as session:
            moment = time_source.read(session)
            time_source.thaw(session)
            ahead = moment - time_source.real(session)
            if ahead.total_seconds() > 0:
                time_source.move(session, ahead)

    def _kept(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="ascii").strip()
