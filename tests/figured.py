"""Reviews and forums of one Board whose days are simply written down, to count figures from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from engine import accounts, cases, db, figures, people
from engine.figures import Figure, FigureTable
from engine.people import Actor
from tests import review
from tests.review import Review

FOLDER = Path(__file__).parent / "definitions" / "figures"
#: A day in the Board's year 2026, so that the one before it, 2025, is over.
TODAY = datetime(2026, 6, 15, 9, tzinfo=UTC)


@dataclass
class Figured(Review):
    """A Board with its cases; `case_id` is the one opened last."""

    forms: ClassVar[Mapping[str, str]] = {
        "INT-04": "days", "CON-24": "overrun", "MPF-11": "forum_record",
    }  # fmt: skip
    filled: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def review(
        self, received: str, decided: str, published: str | None = None, **more: Any
    ) -> Figured:
        """Open a review with the days on which it was received, decided and published."""
        days = {
            "review_type": "concise",
            "sub_group_received_on": received,
            "chair_decided_on": decided,
            "published_on": published,
            "actions": [],
            **more,
        }
        made = self._open("referral")
        made.do("INT-04", days, actor=self.coordinator)
        return made

    def forum(self, held: str, counts_as: str | None = "audit_workshop") -> Figured:
        """Open a forum that was held on a day."""
        made = self._open("professional_forum")
        made.do("MPF-11", {"held_on": held, "counts_as": counts_as}, actor=self.coordinator)
        return made

    def explain(self, *causes: str) -> None:
        """Record the causes of the delay of a review."""
        self.do("CON-24", {"overrun_cause": list(causes)}, actor=self.coordinator)

    def tables(self, year: int = 2025, *, for_outside: bool = False) -> dict[str, FigureTable]:
        """Return the figures of a year as the co-ordinator sees them, by table."""
        page = figures.figures_page(self.coordinator, "", year, for_outside=for_outside)
        return {table.key: table for table in page.tables}

    def numbers(self, table: str, year: int = 2025, **more: Any) -> dict[str, int | None]:
        """Return the numbers of a table; none where one is kept back."""
        found = self.tables(year, **more)[table]
        return {figure.key: figure.number for figure in found.figures}

    def length(self, table: str, key: str, year: int = 2025, **more: Any) -> Figure:
        """Return a length of time."""
        found = self.tables(year, **more)[table]
        return next(figure for figure in found.figures if figure.key == key)

    def person(self, *roles: str) -> Actor:
        """Return somebody who holds roles on the Board."""
        with db.transaction() as session:
            email = f"{uuid.uuid4().hex[:8]}@example.test"
            account = accounts.create_account(session, email, "Dai Quillfeather")
            for role in roles:
                people.appoint_to_board(session, self.board_id, role, account.id, "SYSTEM")
            return Actor(account.id, account.name)

    def _open(self, process: str) -> Figured:
        self.case_id = cases.open_case(process, self.board_id, self.coordinator)
        return replace(self)


def board(moment: datetime = TODAY) -> Figured:
    """Return a Board without cases."""
    return Figured(**vars(review.set_up(moment, FOLDER)))


def action(due: str | None, done: str | None = None, dropped: str | None = None) -> dict[str, Any]:
    """Return the row of an action."""
    return {
        "action": "Train Siân Quillfeather",
        "action_due_on": due,
        "action_done_on": done,
        "action_dropped_on": dropped,
    }
