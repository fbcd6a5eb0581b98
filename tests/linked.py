"""A programme, its forums and their enquiries: cases that open one another and report back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import select

from engine import audit, cases, corrections, db, feel, store
from engine.models import Appointment, Case, CaseLink, Timer
from tests import review
from tests.review import Review

FOLDER = Path(__file__).parent / "definitions" / "linked"
FORMS = {
    "PRG-01": "plan",
    "PRG-03": "note",
    "PRG-04": "closing",
    "FOR-01": "meeting",
    "FOR-03": "record",
    "ENQ-01": "advice",
}


@dataclass
class Linked(Review):
    """One of the cases, as tests drive it."""

    forms: ClassVar[Mapping[str, str]] = FORMS
    filled: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def hold(self, met_on: str, *, more_needed: bool = False, **values: Any) -> None:
        """Do the first task of a forum."""
        self.do("FOR-01", {"met_on": met_on, "more_needed": more_needed, **values})

    def amend(self, form: str, **values: Any) -> None:
        """Put a document of the case right."""
        found = self.document(form).id
        corrections.amend(found, ("said",), "it was wrong", self.coordinator, values=values)

    def opened(self, process: str, item: str = "") -> Linked:
        """Return the newest case of a process that this one opened for an item, with its worker."""
        query = (
            select(CaseLink.linked_id)
            .join(Case, Case.id == CaseLink.linked_id)
            .where(CaseLink.case_id == self.case_id, CaseLink.direction == "to")
            .where(Case.process == process)
            .where(CaseLink.item_key == item if item else CaseLink.item_key.is_(None))
            .order_by(CaseLink.linked_at.desc(), Case.identifier.desc())
        )
        with db.reading() as session:
            found = session.scalars(query.limit(1)).one()
        other = replace(self, case_id=found)
        if not other.rows(Appointment):
            cases.appoint(found, "worker", self.worker.account_id, "", self.coordinator)
        return other

    def fact(self, name: str, item: str = "") -> feel.Value:
        """Return what a fact of the case, or of an item of it, is now."""
        with db.reading() as session:
            return store.read_case(session, self.case_id, audit.SYSTEM).names(item)[name]

    def waiting_reports(self) -> list[Timer]:
        """Return the timers that are to bring a report again."""
        return [timer for timer in self.rows(Timer) if timer.kind == "report"]

    def reports(self) -> list[dict[str, Any]]:
        """Return what the reports of linked cases left on record, oldest first."""
        return [dict(event.data) for event in self.events("linked_case_reported")]


def programme(*titles: str, planned_on: str = "2026-02-16") -> Linked:
    """Return a programme that has planned a forum of each title, and so opened each."""
    made = Linked(**vars(review.set_up(folder=FOLDER)))
    made.case_id = cases.open_case("programme", made.board_id, made.coordinator)
    cases.appoint(made.case_id, "worker", made.worker.account_id, "", made.coordinator)
    made.do("PRG-01", {"planned_forums": planned(*titles, planned_on=planned_on)})
    return made


def planned(*titles: str, planned_on: str = "2026-02-16") -> list[dict[str, str]]:
    """Return the rows that plan forums, with the keys that they will have."""
    return [
        {"_key": f"planned_forum_{number}", "title": title, "planned_on": planned_on}
        for number, title in enumerate(titles, start=1)
    ]
