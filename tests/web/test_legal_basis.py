"""Readers of a case learn which edition it follows and how that stands to the law."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

import engine
from engine import db, deployments
from engine.models import Board
from tests.web.conftest import Site
from tests.web.sent import sent_by

ROOT = Path(__file__).parents[2]
TIMESCALES = "processes/timescales.toml"
ALYS = "Alys Prydderch"

OF_THE_DRAFT = {"": "The draft is not today’s law.", "/cy": "Nid y drafft yw’r gyfraith heddiw."}
OF_THE_OUTLINE = {
    "": "An outline, not the statutory guidance",
    "/cy": "Amlinelliad, nid y canllawiau statudol",
}


@pytest.fixture
def outlined(site: Site) -> uuid.UUID:
    """Open a case of the Board of Brynteg under the outline, its times entered; once for all."""
    if "outlined" not in site.kept:
        site.kept["outlined"] = _outlined(site)
    return site.kept["outlined"]


def _outlined(site: Site) -> uuid.UUID:
    outline = deployments.read_folders(ROOT, "susr_outline")
    rows = deployments.build(outline).timescales
    entered = "".join(f'[{key}]\nlength = "P20D"\n' for key in rows).encode()
    files = deployments.lay(outline, {TIMESCALES: entered}, "brynteg")
    with db.transaction() as session:
        deployments.deploy(session, outline, actor="SYSTEM", opens_cases=False)
        board_id = session.scalars(select(Board.id).where(Board.key == "brynteg")).one()
        deployments.deploy(session, files, actor="SYSTEM", board_id=board_id)
    actor = site.people[ALYS]
    (chosen,) = engine.startable(actor)
    assert chosen.process == "safeguarding_review"
    return engine.open_case(chosen.process, chosen.board_id, actor)


@pytest.mark.parametrize("language", OF_THE_DRAFT)
def test_a_case_of_the_base_says_that_the_draft_is_not_todays_law(
    site: Site, language: str
) -> None:
    ffion = site.signed_in("Ffion Hughes")
    case_id = site.open_case("Ffion Hughes")
    for path in ("", "/plan", "/legal-basis"):
        page = ffion.get(f"{language}/cases/{case_id}{path}").get_data(as_text=True)
        assert OF_THE_DRAFT[language] in page


@pytest.mark.parametrize("language", OF_THE_OUTLINE)
def test_a_case_of_another_edition_says_that_one_on_every_page_and_the_draft_on_none(
    site: Site, outlined: uuid.UUID, language: str
) -> None:
    alys = site.signed_in(ALYS)
    task = site.open_task(ALYS, outlined).task
    for path in (f"/cases/{outlined}", f"/cases/{outlined}/documents", f"/tasks/{task.id}"):
        page = alys.get(f"{language}{path}").get_data(as_text=True)
        assert OF_THE_OUTLINE[language] in page
        assert OF_THE_DRAFT[language] not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("", ("Every step, role and form against the statutory guidance", "web page")),
        ("/cy", ("Pob cam, rôl a ffurflen yn erbyn y canllawiau statudol", "tudalen we")),
    ],
)
def test_the_legal_basis_names_its_sources_and_what_is_to_be_confirmed(
    site: Site, outlined: uuid.UUID, language: str, said: tuple[str, ...]
) -> None:
    answer = site.signed_in(ALYS).get(f"{language}/cases/{outlined}/legal-basis")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert all(words in page for words in said)


def test_whoever_may_not_open_a_case_does_not_learn_what_it_rests_on(
    site: Site, outlined: uuid.UUID
) -> None:
    answer = site.signed_in("Ffion Hughes").get(f"/cases/{outlined}/legal-basis")
    assert answer.status_code == 404


@pytest.mark.parametrize("language", OF_THE_OUTLINE)
@pytest.mark.usefixtures("outlined")
def test_anybody_reads_which_editions_are_here(site: Site, language: str) -> None:
    page = site.visitor().get(f"{language}/about").get_data(as_text=True)
    assert OF_THE_DRAFT[language] in page
    assert OF_THE_OUTLINE[language] in page


@pytest.mark.usefixtures("outlined")
def test_a_designer_begins_from_the_outline_and_is_told_which_times_to_enter(site: Site) -> None:
    catrin = site.signed_in("Catrin Sayer")
    page = catrin.get("/variations/cwmafon/begin").get_data(as_text=True)
    assert 'value="edition:susr_outline"' in page
    assert "Single Unified Safeguarding Review: an outline" in page
    designer = site.people["Catrin Sayer"]
    draft = engine.begin_draft("cwmafon", "susr_outline", "Our times", designer)
    times = [f"TS-10{n}" for n in range(1, 7)]
    found = engine.check_variation(draft, designer)
    assert [error.element for error in found.errors] == times
    listed = catrin.get(f"/drafts/{draft}/timescales").get_data(as_text=True)
    assert listed.count("To be entered") == len(times)
    for key in times:
        path = f"/drafts/{draft}/timescales/{key}"
        page = catrin.get(path).get_data(as_text=True)
        assert "for your Board to enter" in page
        answer = catrin.post(path, {**sent_by(page), "length": "28"})
        assert answer.status_code == 303
    assert engine.check_variation(draft, designer).findings == ()
    listed = catrin.get(f"/drafts/{draft}/timescales").get_data(as_text=True)
    assert "To be entered" not in listed
    assert listed.count("Entered by your Board") == len(times)
