"""Keep scenarios with a draft: what was done in a sandbox, and files that somebody sends in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import accounts, db, scenarios, time_source
from engine.errors import EngineError, NotFound
from engine.models import DraftScenario, new_id
from engine.people import Actor
from engine.sandboxes import pages, rows
from engine.variations import rows as drafts

MOST_BYTES = 200_000
MOST_KEPT = 100
MOST_TITLE = 100


class ScenarioTooBig(EngineError):
    """A scenario file has at most 200,000 bytes of UTF-8. Make several of it."""

    status = 422


class TooManyScenarios(EngineError):
    """A draft keeps at most 100 scenario files. Choose one to take off the list first."""

    status = 409


class ScenarioTitleWrong(EngineError):
    """Say what the scenario is about, in at most 100 characters."""

    status = 422


@dataclass(frozen=True)
class KeptScenario:
    """A scenario file kept with a draft."""

    number: int
    title: str
    kept_by: str
    kept_at: datetime


def keep_scenario(draft_id: uuid.UUID, number: int, title: str, actor: Actor) -> None:
    """Keep what was done in a sandbox as a scenario of its draft.

    Raises:  NotFound; ScenarioTitleWrong; TooManyScenarios.
    """
    with db.reading() as session:
        played = rows.find(session, draft_id, number, actor).played
    said = " ".join(title.split())
    if not said or len(said) > MOST_TITLE:
        raise ScenarioTitleWrong
    _keep(draft_id, said, pages.as_file(played, said), actor)


def add_scenario(draft_id: uuid.UUID, name: str, content: bytes, actor: Actor) -> None:
    """Keep a scenario file that somebody sends in.

    Raises:  NotFound; ScenarioTooBig; InvalidScenario; TooManyScenarios.
    """
    if len(content) > MOST_BYTES:
        raise ScenarioTooBig
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ScenarioTooBig from None
    found = scenarios.read_scenario_text(name[:MOST_TITLE], text)
    _keep(draft_id, (found[0].title if found else name)[:MOST_TITLE], text, actor)


def remove_scenario(draft_id: uuid.UUID, number: int, actor: Actor) -> None:
    """Take a scenario off the list of its draft; it stays on record.

    Raises:  NotFound.
    """
    with db.transaction() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        drafts.hold(session, desk.row)
        row = _scenario(session, draft_id, number)
        row.ended_at = time_source.now(session)
        drafts.record(session, "scenario_removed", actor, desk.row, scenario=number)


def scenario_file(draft_id: uuid.UUID, number: int, actor: Actor) -> str:
    """Return the text of a scenario kept with a draft.

    Raises:  NotFound.
    """
    with db.reading() as session:
        drafts.to_read(session, draft_id, actor, "design")
        return _scenario(session, draft_id, number).text


def kept(session: Session, draft_id: uuid.UUID) -> Iterator[KeptScenario]:
    """Yield the scenarios on the list of a draft, in order."""
    query = select(DraftScenario).where(
        DraftScenario.draft_id == draft_id, DraftScenario.ended_at.is_(None)
    )
    for row in session.scalars(query.order_by(DraftScenario.number)):
        name = accounts.name_of(session, str(row.kept_by))
        yield KeptScenario(row.number, row.title, name, row.kept_at)


def _keep(draft_id: uuid.UUID, title: str, text: str, actor: Actor) -> None:
    with db.transaction() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        drafts.hold(session, desk.row)
        if len(list(kept(session, draft_id))) >= MOST_KEPT:
            raise TooManyScenarios
        last = select(func.max(DraftScenario.number)).where(DraftScenario.draft_id == draft_id)
        row = DraftScenario(
            id=new_id(),
            board_id=desk.row.board_id,
            draft_id=draft_id,
            number=(session.scalar(last) or 0) + 1,
            title=title,
            text=text,
            kept_by=actor.account_id,
            kept_at=time_source.now(session),
        )
        session.add(row)
        drafts.record(session, "scenario_kept", actor, desk.row, scenario=row.number)


def _scenario(session: Session, draft_id: uuid.UUID, number: int) -> DraftScenario:
    query = select(DraftScenario).where(
        DraftScenario.draft_id == draft_id, DraftScenario.number == number
    )
    row = session.scalar(query) if number < 2**31 else None
    if row is None:
        raise NotFound
    return row
