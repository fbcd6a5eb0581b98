"""Every scenario comes out as it says, and what it leaves in the database holds together."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import audit, corrections, db, scenarios, store
from engine.deployments import BASE_EDITION, read_folders
from engine.models import AuditEvent, Case, Incident, ProcessInstance
from engine.scenarios import Basis, Scenario
from tests.databases import make_database

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "scenarios"
SCENARIOS = scenarios.read_scenarios([FOLDER])
#: Played on PostgreSQL as well: whatever lives off zones, order, locks and correction.
ON_POSTGRESQL = ("10_corrections.toml", "11_clock_changes.toml")


def name_of(scenario: Scenario) -> str:
    """Return what a test of a scenario is called."""
    return f"{Path(scenario.file).stem}: {scenario.title}"


def faults_left(case_id: uuid.UUID) -> list[str]:
    """Return what does not hold together in the case that a scenario leaves behind."""
    with db.reading() as session:
        case = session.get_one(Case, case_id)
        events = session.scalar(
            select(func.count()).where(AuditEvent.case_id == case_id).select_from(AuditEvent)
        )
        found = [
            f"{broken.chain} {broken.seq}: {broken.reason}" for broken in audit.verify(session)
        ]
        if case.version != events:
            found.append(f"version {case.version} of the case, but {events} audit events")
        found += [f"incident: {row.what}" for row in session.scalars(select(Incident))]
        file = store.read_case(session, case_id, "test")
        for instance in session.scalars(
            select(ProcessInstance)
            .where(ProcessInstance.case_id == case_id)
            .order_by(ProcessInstance.number)
        ):
            if corrections.rebuilt_state(file, instance) != instance.workflow_state:
                found.append(f"instance {instance.number} of {instance.process} is not as logged")
    return found


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[Basis, scenarios.House]:
    """Where scenarios play on SQLite, a house for each edition and variation that they name.

    The beginning that a file shares is played once.
    """
    return {
        basis: scenarios.House(
            basis.files(ROOT, BASE_EDITION, ""), tmp_path_factory.mktemp("scenarios")
        )
        for basis in dict.fromkeys(scenario.basis for scenario in SCENARIOS)
    }


@pytest.fixture(scope="module")
def postgresql_house(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> scenarios.House:
    """Where scenarios play on PostgreSQL, in one database that is emptied each time."""
    folder = tmp_path_factory.mktemp("scenarios_postgresql")
    made = make_database("postgresql", folder, lambda: request.getfixturevalue("postgresql_server"))
    url = made.url.render_as_string(hide_password=False)
    made.close()
    return scenarios.House(read_folders(ROOT), folder, url)


def play(house: scenarios.House, scenario: Scenario) -> None:
    """Play a scenario, and look at what it leaves."""
    left: list[str] = []
    outcome = house.play(scenario, after=lambda case_id: left.extend(faults_left(case_id)))
    assert outcome.wrong == ""
    assert left == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name_of)
def test_scenario_comes_out_as_it_says(
    houses: dict[Basis, scenarios.House], scenario: Scenario
) -> None:
    play(houses[scenario.basis], scenario)


@pytest.mark.parametrize(
    "scenario",
    [entry for entry in SCENARIOS if Path(entry.file).name in ON_POSTGRESQL],
    ids=name_of,
)
def test_scenario_comes_out_as_it_says_on_postgresql(
    postgresql_house: scenarios.House, scenario: Scenario
) -> None:
    play(postgresql_house, scenario)


def test_titles_are_sentences_of_their_own() -> None:
    titles = [scenario.title for scenario in SCENARIOS]
    assert len(titles) == len(set(titles))
    assert all(" " in title and title[0].isupper() for title in titles)
