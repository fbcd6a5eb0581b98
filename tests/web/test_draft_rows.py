"""Pages of a draft's timescales, facts, milestones, messages and reasons."""

from __future__ import annotations

import uuid

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor
from tests.web.sent import sent_by
from tests.web.test_welsh import english_left

pytestmark = ON_SQLITE_ALONE

TIMESCALES = "processes/timescales.toml"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def draft(site: Site) -> uuid.UUID:
    """Return a draft for all tests of this file; each changes a row of its own."""
    if "rows" not in site.kept:
        catrin = site.people["Catrin Sayer"]
        site.kept["rows"] = engine.begin_draft("cwmafon", "draft_2011", "Our rows", catrin)
    return site.kept["rows"]


def own(site: Site, draft: uuid.UUID, path: str) -> str:
    """Return what the layer of a draft says of a file."""
    file = engine.draft_file(draft, path, site.people["Catrin Sayer"]).file
    return (file.own or b"").decode()


def test_what_the_guidance_fixes_is_refused_at_once_and_what_was_typed_stays(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    address = f"/drafts/{draft}/timescales/TS-01"
    page = catrin.get(address).get_data(as_text=True)
    answer = catrin.post(address, {**sent_by(page), "length": "7"})
    refused = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "it has to be at most 6 months" in refused
    assert 'name="length" value="7"' in refused
    assert "TS-01" not in own(site, draft, TIMESCALES)


def test_stages_are_the_boards_own_also_where_the_length_is_fixed(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    address = f"/drafts/{draft}/timescales/TS-02"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    more = catrin.post(address, {**typed, "page-action": "add-stage"}).get_data(as_text=True)
    typed = sent_by(more)
    number = max(engine.stage_numbers(dict.fromkeys(typed, "")))
    stage = {"number": "5", "unit": "D", "side": "before", "level": "E2"}
    typed |= {f"stage-{number}-{name}": text for name, text in stage.items()}
    fewer = catrin.post(address, {**typed, "page-action": "remove-stage:0"})
    answer = catrin.post(address, sent_by(fewer.get_data(as_text=True)))
    assert answer.status_code == 303
    found = engine.rows_of_draft(draft, TIMESCALES, site.people["Catrin Sayer"]).row("TS-02")
    assert found.own is not None
    assert set(found.own) == {"stages"}
    assert {"key": "before_5d", "at": "-P5D", "of": "due", "level": "E2"} in found.own["stages"]


def test_enter_in_a_timescale_saves_it_and_takes_no_stage_away(
    catrin: Visitor, draft: uuid.UUID
) -> None:
    page = catrin.get(f"/drafts/{draft}/timescales/TS-02").get_data(as_text=True)
    form = page[page.index('name="seen"') :]
    assert 'value="save"' in form[: form.index("</button>")]


def test_longer_than_proposed_asks_for_a_reason_and_goes_back_to_the_edition(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    address = f"/drafts/{draft}/timescales/TS-46"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "length": "4"}).status_code == 303
    assert own(site, draft, TIMESCALES).count('[TS-46]\nlength = "P4M"') == 1
    page = catrin.get(address).get_data(as_text=True)
    assert "This departs from a proposed reading" in page
    assert "Missing" in catrin.get(f"/drafts/{draft}/reasons").get_data(as_text=True)
    reason = f"/drafts/{draft}/reasons/TS-46"
    typed = sent_by(catrin.get(reason).get_data(as_text=True))
    answer = catrin.post(reason, {**typed, "en": "Few meetings in summer."})
    assert answer.status_code == 422
    assert "Few meetings in summer." in answer.get_data(as_text=True)
    written = {**typed, "en": "Few meetings.", "cy": "Prin yw’r cyfarfodydd."}
    assert catrin.post(reason, written).status_code == 303
    assert "Few meetings." in catrin.get(f"/drafts/{draft}/reasons").get_data(as_text=True)
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "page-action": "restore"}).status_code == 303
    assert "TS-46" not in own(site, draft, TIMESCALES)
    assert catrin.get(f"/drafts/{draft}/reasons/TS-01").status_code == 404


def test_row_that_somebody_else_changed_is_not_written_over(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    address = f"/drafts/{draft}/timescales/TS-45"
    stale = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**stale, "length": "1"}).status_code == 303
    answer = catrin.post(address, {**stale, "length": "3"})
    assert answer.status_code == 409
    assert 'name="length" value="3"' in answer.get_data(as_text=True)
    assert '[TS-45]\nlength = "P1D"' in own(site, draft, TIMESCALES)


def test_timescale_of_ones_own_is_added_with_its_fact_and_its_message(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    fact = {
        "name": "quality_checked_on", "kind": "field", "source": "report.no_such_field",
        "type": "date", "scope": "case", "en": "the day of the check", "cy": "diwrnod y gwiriad",
    }  # fmt: skip
    address = f"/drafts/{draft}/facts/new"
    seen = sent_by(catrin.get(address).get_data(as_text=True))
    answer = catrin.post(address, {**seen, **fact})
    assert answer.status_code == 422
    assert "There is no field report.no_such_field" in answer.get_data(as_text=True)
    fact["source"] = "consultation_referral.discussed_on"
    assert catrin.post(address, {**seen, **fact}).status_code == 303
    assert "[quality_checked_on]" in own(site, draft, "processes/facts.toml")
    address = f"/drafts/{draft}/timescales/new"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    typed |= {
        "en": "The check is done", "cy": "Gwneir y gwiriad", "kind": "clock", "length": "2",
        "from": "quality_checked_on", "ends": "CNS-06", "length-unit": "W",
        "process": ["consultation"], "owner": ["coordinator"],
    }  # fmt: skip
    answer = catrin.post(address, {**typed, "from": "nothing"})
    assert answer.status_code == 422
    assert "Choose the day it runs from" in answer.get_data(as_text=True)
    assert catrin.post(address, typed).status_code == 303
    assert '[TS-901]\nen = "The check is done"' in own(site, draft, TIMESCALES)
    message = {"name": "check_due", "subject-en": "Case {case}", "subject-cy": "Achos {case}",
               "body-en": "It is due. {link}", "body-cy": "Mae’n ddyledus. {nothing}"}  # fmt: skip
    address = f"/drafts/{draft}/letters/new"
    seen = sent_by(catrin.get(address).get_data(as_text=True))
    answer = catrin.post(address, {**seen, **message})
    assert answer.status_code == 422
    assert "It is due. {link}" in answer.get_data(as_text=True)
    message["body-cy"] = "Mae’n ddyledus. {link}"
    assert catrin.post(address, {**seen, **message}).status_code == 303
    assert "check_due" in catrin.get(f"/drafts/{draft}/letters").get_data(as_text=True)


def test_message_of_the_edition_is_changed_in_one_language_alone(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    address = f"/drafts/{draft}/letters/action_overdue"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "subject-en": "Case {case}: late"}).status_code == 303
    layer = own(site, draft, "forms/letters/action_overdue.toml")
    assert layer == '[subject]\nen = "Case {case}: late"\n'
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "page-action": "restore"}).status_code == 303
    assert own(site, draft, "forms/letters/action_overdue.toml") == ""


def test_milestone_is_moved_and_one_is_added(site: Site, catrin: Visitor, draft: uuid.UUID) -> None:
    address = f"/drafts/{draft}/milestones/recommended"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "at": "3"}).status_code == 303
    assert own(site, draft, "processes/milestones.toml") == '[recommended]\nat = "P3W"\n'
    new = {**typed, "name": "read_again", "en": "Read again", "cy": "Ei ddarllen eto", "seen": ""}
    address = f"/drafts/{draft}/milestones/new"
    new["seen"] = sent_by(catrin.get(address).get_data(as_text=True))["seen"]
    answer = catrin.post(address, {**new, "reached": "no_such_fact"})
    assert answer.status_code == 422
    assert "There is no fact no_such_fact" in answer.get_data(as_text=True)
    assert catrin.post(address, new).status_code == 303
    assert "[read_again]" in own(site, draft, "processes/milestones.toml")


def test_what_is_not_there_is_not_found(catrin: Visitor, draft: uuid.UUID) -> None:
    for part in ("timescales/TS-999", "facts/nothing", "facts/consent_outcome", "milestones/none",
                 "letters/none", "letters/No!", "reasons/none", "decisions/DR-99"):  # fmt: skip
        assert catrin.get(f"/drafts/{draft}/{part}").status_code == 404, part


def test_no_page_of_rows_or_tables_leaves_english_in_its_welsh(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    for part in ("timescales", "timescales/TS-01", "timescales/new", "facts/new", "milestones",
                 "milestones/new", "letters", "letters/new", "reasons", "decisions",
                 "decisions/new", "decisions/DR-16", "decisions/DR-16/head",
                 "decisions/DR-16/rules/new", "decisions/DR-16/columns/new-input"):  # fmt: skip
        assert english_left(catrin, f"/drafts/{draft}/{part}") == [], part


def test_rows_that_somebody_wrote_wrongly_by_hand_are_shown_and_can_be_put_right(
    site: Site, catrin: Visitor
) -> None:
    designer = site.people["Catrin Sayer"]
    draft = engine.begin_draft("cwmafon", "draft_2011", "By hand", designer)
    wrong = {
        TIMESCALES: b'a = 1\n[TS-46]\nstages = ["x", 1]\nlength = 5\nowner = 3\n',
        "processes/milestones.toml": b"[recommended]\nprocess = 1\nat = []\nreached = 2\n",
        "processes/reasons.toml": b"[TS-46]\nen = 1\n",
        "forms/letters/clock_stage.toml": b"[E1]\nsubject = 1\n",
    }
    for path, layer in wrong.items():
        engine.save_draft_file(draft, path, layer, 0, designer)
    for part in ("timescales", "timescales/TS-46", "milestones", "milestones/recommended",
                 "reasons", "reasons/TS-46", "letters", "letters/clock_stage"):  # fmt: skip
        assert catrin.get(f"/drafts/{draft}/{part}").status_code == 200, part
    address = f"/drafts/{draft}/timescales/TS-46"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    right = {**typed, "length": "2", "length-unit": "M", "owner": ["facilitator"]}
    answer = catrin.post(address, right)
    assert answer.status_code == 422
    assert "stands outside any table" in answer.get_data(as_text=True)
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "page-action": "restore"}).status_code in (303, 422)
