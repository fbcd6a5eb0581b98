"""Find, or hire, the people of a scenario: somebody for every role and item."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import accounts, db, deployments, people, store, time_source
from engine.errors import EngineError
from engine.models import Account, Appointment, Case
from engine.people import Actor
from engine.roles import Role


class NobodyMayStart(EngineError):
    """Nobody may start {process}. Give its process start roles."""


class Cast:
    """The people of one Board, each found by role; whoever is missing is hired on the spot."""

    def __init__(self, board_id: uuid.UUID) -> None:
        """Take the Board on which the scenario plays."""
        self.board_id = board_id

    def opener(self, process: str) -> Actor:
        """Return somebody who may open a case of a process."""
        with db.transaction() as session:
            newest = deployments.newest(session, self.board_id)
            definitions = deployments.load(session, newest.id)
            if process not in definitions.processes:
                raise NobodyMayStart(process=process)
            for role in definitions.processes[process].start_roles:
                account = self._account(session, role, "")
                self._on_board(session, role, account)
                return _actor(account)
        raise NobodyMayStart(process=process)

    def of_board(self, role: str) -> Actor:
        """Return somebody who holds a role on the Board."""
        with db.transaction() as session:
            account = self._account(session, role, "")
            self._on_board(session, role, account)
            return _actor(account)

    def member_for(
        self, role: str | None, roles: Sequence[str], item: str, case_id: uuid.UUID
    ) -> Actor:
        """Return who acts: the one named by `as`, or whoever may, hired where nobody may yet."""
        if role is not None:
            name, _, of = role.partition("/")
            return self.member(name, of or item, case_id)
        with db.reading() as session:
            case = session.get_one(Case, case_id)
            today = time_source.today(session)
            for holder in people.holders(session, case, roles, item, today):
                return _actor(session.get_one(Account, holder.account_id))
        return self.member(roles[0], item, case_id)

    def member(self, role: str, item: str, case_id: uuid.UUID) -> Actor:
        """Return somebody who holds a role on the case, or on the item where the role asks it."""
        with db.transaction() as session:
            file = store.lock_case(session, case_id, "SYSTEM")
            scope = file.definitions.roles.get(role)
            of = item if scope.item else ""
            held = people.holders(session, file.case, [role], of, time_source.local_day(file.now))
            exact = [holder for holder in held if holder.item_key == of or not of]
            if exact:
                return _actor(session.get_one(Account, exact[0].account_id))
            account = self._account(session, role, of)
            self._appoint(session, file.case, scope, role, of, account)
            return _actor(account)

    def appoint(self, role: str, person: str, item: str, case_id: uuid.UUID) -> None:
        """Appoint a named person (or the one for the role) to a case, or an item of it."""
        with db.transaction() as session:
            file = store.lock_case(session, case_id, "SYSTEM")
            scope = file.definitions.roles.get(role)
            account = self._named(session, person) if person else self._account(session, role, item)
            self._appoint(session, file.case, scope, role, item, account)

    def _appoint(
        self, session: Session, case: Case, scope: Role, role: str, item: str, account: Account
    ) -> None:
        if scope.scope == "board":
            self._on_board(session, role, account)
            return
        people.appoint_to_case(session, case, role, account.id, item, "SYSTEM")

    def _on_board(self, session: Session, role: str, account: Account) -> None:
        held = people.board_roles(session, _actor(account), self.board_id)
        if role not in held:
            people.appoint_to_board(session, self.board_id, role, account.id, "SYSTEM")

    def _account(self, session: Session, role: str, item: str) -> Account:
        """Return the Board's person for a role; of several, the one of the item's agency or with
        its number.
        """
        eligible = session.scalars(
            select(Account)
            .join(Appointment, Appointment.account_id == Account.id)
            .where(
                Appointment.board_id == self.board_id,
                Appointment.case_id.is_(None),
                Appointment.role == role,
                Appointment.ends_on.is_(None),
            )
            .order_by(Account.email)
        ).all()
        if eligible:
            for account in eligible:
                if account.agency and account.agency == item:
                    return account
            number = re.search(r"(\d+)$", item)
            return eligible[(int(number[1]) - 1) % len(eligible) if number else 0]
        return self._named(session, f"{role} {item}".strip().replace("_", " "))

    def _named(self, session: Session, name: str) -> Account:
        email = f"{re.sub(r'[^a-z0-9]+', '.', name.lower())}@scenario.example"
        found = accounts.find_account(session, email)
        return found or accounts.create_account(session, email, name)


def _actor(account: Account) -> Actor:
    return Actor(
        account_id=account.id,
        name=account.name,
        language=account.language,
        agency=account.agency,
    )
