"""Play the scenarios of a draft before it is published: its own, and the delivered ones."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import accounts, db, deployments, keys, scenarios, time_source
from engine.errors import EngineError, NotFound
from engine.models import DraftScenario, ScenarioOutcome, ScenarioRun, VariationDraft, new_id
from engine.people import Actor
from engine.sandboxes import covering
from engine.sandboxes.covering import Covered
from engine.sandboxes.keeping import KeptScenario, kept
from engine.settings import ROOT
from engine.variations import rows as drafts
from engine.variations.drafts import DraftHead, head
from engine.variations.rows import Desk

#: Where the scenarios lie that are delivered with the product.
DELIVERED = ROOT / "tests" / "scenarios"

#: A run of which nothing was heard for so long has stopped, as when the server was started anew.
SILENT = timedelta(minutes=5)


class NothingToPlay(EngineError):
    """There is no scenario to play. Record one in a trial, send one in, or choose the delivered
    ones."""

    status = 422


@dataclass(frozen=True)
class OutcomeLine:
    """How one scenario came out; `wrong` says what was expected and found, if it did not."""

    file: str
    title: str
    wrong: str


@dataclass(frozen=True)
class RunView:
    """A run: how far it has come, what came of it, and whether the draft has changed since."""

    number: int
    begun_by: str
    begun_at: datetime
    ended_at: datetime | None
    why: str
    total: int
    outcomes: tuple[OutcomeLine, ...]
    is_current: bool
    #: nothing was heard of it for minutes
    has_stopped: bool

    @property
    def failed(self) -> int:
        """Return how many came out otherwise than they say."""
        return sum(bool(one.wrong) for one in self.outcomes)


@dataclass(frozen=True)
class ScenariosPage:
    """The scenarios of a draft, and how they came out when they were played last."""

    head: DraftHead
    kept: tuple[KeptScenario, ...]
    #: how many files of scenarios are delivered with the product
    delivered: int
    run: RunView | None
    covered: tuple[Covered, ...]


@dataclass(frozen=True)
class CoveragePage:
    """What the last run took of one process, with its diagram."""

    head: DraftHead
    covered: Covered
    xml: str


def scenarios_page(draft_id: uuid.UUID, actor: Actor) -> ScenariosPage:
    """Return the scenarios of a draft, and how they came out last.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        run = _last(session, draft_id)
        return ScenariosPage(
            head=head(session, desk, actor),
            kept=tuple(kept(session, draft_id)),
            delivered=len(_delivered()),
            run=None if run is None else _view(session, run, desk.row),
            covered=tuple(_covered(session, desk.row, run)) if run else (),
        )


def coverage_page(draft_id: uuid.UUID, process: str, actor: Actor) -> CoveragePage:
    """Return what the last run took of a process.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        run = _last(session, draft_id)
        found = _covered(session, desk.row, run) if run else []
        one = next((each for each in found if each.process == process), None)
        if one is None or run is None:
            raise NotFound
        xml = drafts.resolved(session, desk.row, run.revision)[one.path].decode()
        return CoveragePage(head(session, desk, actor), one, xml)


def begin_scenario_run(draft_id: uuid.UUID, actor: Actor, *, delivered: bool) -> uuid.UUID:
    """Put on record that the scenarios of a draft are to be played; `play_scenario_run` does it.

    Takes:   delivered, whether those that come with the product are played too.
    Raises:  NotFound; NothingToPlay.
    """
    with db.transaction() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        drafts.hold(session, desk.row)
        numbers = [one.number for one in kept(session, draft_id)]
        wanted = {"kept": numbers, "delivered": delivered}
        total = sum(1 for _ in _wanted(session, draft_id, wanted))
        if not total:
            raise NothingToPlay
        return _add_run(session, desk, actor, desk.row.revision, wanted, total).id


def go_on_with_run(draft_id: uuid.UUID, actor: Actor) -> uuid.UUID:
    """Begin where the newest run of a draft stopped before its end; what was played stays played.

    Raises:  NotFound.
    """
    with db.transaction() as session:
        desk = drafts.to_read(session, draft_id, actor, "design")
        drafts.hold(session, desk.row)
        run = _last(session, draft_id)
        if run is None or not _view(session, run, desk.row).has_stopped:
            raise NotFound
        # Whatever still plays the old one writes there, so that no scenario is played for both.
        run.ended_at = time_source.real(session)
        new = _add_run(session, desk, actor, run.revision, run.scenarios, run.total)
        for one in _outcomes(session, run):
            copied = {name: getattr(one, name) for name in ("number", "file", "title", "wrong")}
            session.add(
                ScenarioOutcome(
                    board_id=new.board_id, run_id=new.id, took=one.took, at=one.at, **copied
                )
            )
        return new.id


def _add_run(
    session: Session, desk: Desk, actor: Actor, revision: int, wanted: Any, total: int
) -> ScenarioRun:
    last = select(func.max(ScenarioRun.number)).where(ScenarioRun.draft_id == desk.row.id)
    row = ScenarioRun(
        id=new_id(),
        board_id=desk.row.board_id,
        draft_id=desk.row.id,
        number=(session.scalar(last) or 0) + 1,
        revision=revision,
        scenarios=wanted,
        total=total,
        begun_by=actor.account_id,
        begun_at=time_source.real(session),
    )
    session.add(row)
    drafts.record(session, "scenarios_run", actor, desk.row, run=row.number)
    return row


def play_scenario_run(run_id: uuid.UUID) -> None:
    """Play what is left of a run, each scenario in a database of its own.

    Raises:  NotFound.
    """
    with db.reading() as session:
        run = session.get(ScenarioRun, run_id)
        if run is None:
            raise NotFound
        draft = session.get_one(VariationDraft, run.draft_id)
        files = drafts.resolved(session, draft, run.revision)
        stories = list(_wanted(session, run.draft_id, run.scenarios))
        done = len(_outcomes(session, run))
    why = ""
    with tempfile.TemporaryDirectory(prefix="adolygu-run-") as folder:
        house = scenarios.House(files, Path(folder), proved=False)
        for number, story in enumerate(stories[done:], done + 1):
            try:
                outcome, took = _played(house, story)
            except deployments.InvalidDeployment as invalid:
                why = invalid.message
                break
            _write(run_id, number, outcome, took)
    with db.transaction() as session:
        row = session.get_one(ScenarioRun, run_id)
        row.ended_at, row.why = time_source.real(session), why


def _played(
    house: scenarios.House, story: scenarios.Scenario
) -> tuple[scenarios.Outcome, dict[str, list[str]]]:
    took: dict[str, list[str]] = {}

    def look(_case_id: uuid.UUID) -> None:
        took.update(covering.taken())

    with keys.using_throw_away_keys():
        return house.play(story, after=look), took


def _write(
    run_id: uuid.UUID, number: int, outcome: scenarios.Outcome, took: dict[str, list[str]]
) -> None:
    with db.transaction() as session:
        run = session.get_one(ScenarioRun, run_id)
        session.add(
            ScenarioOutcome(
                board_id=run.board_id,
                run_id=run_id,
                number=number,
                file=Path(outcome.scenario.file).name,
                title=outcome.scenario.title,
                wrong=outcome.wrong,
                took=took,
                at=time_source.real(session),
            )
        )


def _wanted(
    session: Session, draft_id: uuid.UUID, wanted: dict[str, object]
) -> Iterator[scenarios.Scenario]:
    """Yield the scenarios of a run: the draft's own, then the delivered ones."""
    numbers = wanted["kept"]
    query = select(DraftScenario).where(DraftScenario.draft_id == draft_id)
    for row in session.scalars(query.order_by(DraftScenario.number)):
        if isinstance(numbers, list) and row.number in numbers:
            yield from scenarios.read_scenario_text(row.title, row.text)
    if wanted["delivered"]:
        yield from scenarios.read_scenarios(_delivered())


def _delivered() -> list[Path]:
    return sorted(DELIVERED.rglob("*.toml"))


def _last(session: Session, draft_id: uuid.UUID) -> ScenarioRun | None:
    query = select(ScenarioRun).where(ScenarioRun.draft_id == draft_id)
    return session.scalar(query.order_by(ScenarioRun.number.desc()).limit(1))


def _outcomes(session: Session, run: ScenarioRun) -> Sequence[ScenarioOutcome]:
    query = select(ScenarioOutcome).where(ScenarioOutcome.run_id == run.id)
    return session.scalars(query.order_by(ScenarioOutcome.number)).all()


def _view(session: Session, run: ScenarioRun, draft: VariationDraft) -> RunView:
    outcomes = _outcomes(session, run)
    heard = max([run.begun_at, *(one.at for one in outcomes)])
    silent = time_source.real(session) - heard > SILENT
    return RunView(
        number=run.number,
        begun_by=accounts.name_of(session, str(run.begun_by)),
        begun_at=run.begun_at,
        ended_at=run.ended_at,
        why=run.why,
        total=run.total,
        outcomes=tuple(OutcomeLine(one.file, one.title, one.wrong) for one in outcomes),
        is_current=run.revision == draft.revision,
        has_stopped=run.ended_at is None and silent,
    )


def _covered(session: Session, draft: VariationDraft, run: ScenarioRun) -> list[Covered]:
    outcomes = _outcomes(session, run)
    if not outcomes:
        return []
    definitions = deployments.build(drafts.resolved(session, draft, run.revision))
    return covering.covered(definitions, (one.took for one in outcomes))
