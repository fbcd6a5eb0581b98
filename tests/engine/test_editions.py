"""What ships is offered for Boards to build on, and opens no case by that."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

import engine
from engine import db, deployments, editions
from engine.models import AuditEvent, Deployment
from web.command import main

SMALL = Path(__file__).parents[1] / "definitions" / "small"
BASIS = """
[{kind}]
{more}
en = "{title}"
cy = "{title} yn Gymraeg"
standing_en = "Not the law."
standing_cy = "Nid y gyfraith."
[sources.here]
cite_en = "Here"
cite_cy = "Yma"
en = "All"
cy = "Y cyfan"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a base, an edition whose time is left open, and a variation."""
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    processes = tmp_path / "processes"
    other, own = processes / "editions" / "other", processes / "variations" / "own"
    for folder in (other, own):
        folder.mkdir(parents=True)
    said = BASIS.format(kind="edition", more="", title="The other")
    (other / "edition.toml").write_text(said, encoding="utf-8")
    (other / "timescales.toml").write_text('[TS-41]\nlength = ""\n', encoding="utf-8")
    said = BASIS.format(kind="variation", more='edition = "draft_2011"', title="Our own")
    (own / "variation.toml").write_text(said, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("database")
def test_every_edition_and_variation_that_ships_is_offered_once(root: Path) -> None:
    with db.transaction() as session:
        base = deployments.deploy(session, deployments.read_folders(root), actor="SYSTEM").id
    for _ in range(2):
        editions.offer_shipped(root, lambda line: None)
    with db.reading() as session:
        rows = session.scalars(select(Deployment).order_by(Deployment.number)).all()
        assert [(row.edition, row.variation, row.opens_cases) for row in rows] == [
            ("draft_2011", "", True),
            ("other", "", False),
            ("draft_2011", "own", False),
        ]
        assert deployments.newest(session, None).id == base
        offered = select(func.count()).where(AuditEvent.kind == "definitions_offered")
        assert session.scalar(offered) == 2


@pytest.mark.usefixtures("database")
def test_editions_are_told_of_by_what_they_rest_on_and_variations_are_not(root: Path) -> None:
    assert engine.editions_here() == []
    editions.offer_shipped(root, lambda line: None)
    assert [basis.title.cy for basis in engine.editions_here()] == ["The other yn Gymraeg"]


@pytest.mark.usefixtures("database")
def test_the_command_offers_an_edition_that_it_refuses_to_open_cases_with(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "connect", lambda settings: None)
    refused = CliRunner().invoke(main, ["deploy", "--edition", "other", str(root)])
    assert refused.exit_code == 1
    assert "TS-41" in refused.output
    assert "Enter each" in refused.output
    offered = CliRunner().invoke(main, ["deploy", "--edition", "other", "--offer", str(root)])
    assert offered.exit_code == 0
    assert offered.output.startswith("Offered as number 1")
    checked = CliRunner().invoke(main, ["check", "--edition", "other", str(root)])
    assert checked.exit_code == 0
    assert "0 errors, 1 warnings" in checked.output
    assert "Y Bwrdd sydd i’w nodi" in checked.output
