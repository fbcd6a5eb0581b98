"""The table of codes of a case: who may see it, what it suggests, what it keeps for good."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from html import unescape

import pytest

import engine
from engine import cases, db, people
from tests.web.conftest import Site

FFION, UNA, TOMOS, PRIYA = "Ffion Hughes", "Una Fletcher", "Tomos Llewelyn", "Priya Shah"


@pytest.fixture(scope="module")
def in_review(_site: Site) -> uuid.UUID:
    """Return the case of the demonstration whose report is being written."""
    db.use(_site.database)
    tasks = [task for found in engine.open_tasks(_site.people[UNA]) for task in found]
    case_id = next(task.case_id for task in tasks if "CON-13" in task.requirement)
    coordinator = _site.people[FFION]
    for role, name in (("panel_chair", TOMOS), ("panel_member", "Vikram Nair")):
        with suppress(people.AlreadyAppointed):
            cases.appoint(case_id, role, _site.people[name].account_id, "", coordinator)
    return case_id


def index(case_id: uuid.UUID) -> str:
    """Return the address of the table of a case."""
    return f"/cases/{case_id}/codes"


def give(site: Site, case_id: uuid.UUID, **typed: str | list[str]) -> str:
    """Give a code as the co-ordinator does, and return what the page then says."""
    visitor = site.signed_in(FFION)
    answer = visitor.post(index(case_id), {"page-action": "give", **typed})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return visitor.get(index(case_id)).get_data(as_text=True)


def codes_of(site: Site, case_id: uuid.UUID) -> dict[str, engine.Code]:
    """Return the codes of a case by what they are called."""
    page = engine.codes_page(case_id, site.people[FFION])
    return {code.text.en: code for code in page.codes}


def test_it_says_that_it_is_proposed_and_never_published(site: Site, in_review: uuid.UUID) -> None:
    page = site.signed_in(FFION).get(index(in_review)).get_data(as_text=True)
    assert "proposed as local practice" in page
    assert "never printed, attached or published" in page


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        (FFION, True, True),
        (UNA, True, True),
        (TOMOS, True, False),
        ("Vikram Nair", True, False),
        ("Owain Rees", False, False),
        ("Nia Griffiths", False, False),
        ("Sioned Parry", False, False),
        ("Yasmin Cole", False, False),
        ("Delyth Ames", False, False),
        ("Aled Bevan", False, False),
        (PRIYA, False, False),
        ("Rhys Vaughan", False, False),
    ],
)
def test_the_panel_reads_it_and_reviewer_and_coordinator_keep_it(
    site: Site, in_review: uuid.UUID, name: str, reads: bool, writes: bool
) -> None:
    visitor = site.signed_in(name)
    answer = visitor.get(index(in_review))
    assert answer.status_code == (200 if reads else 404)
    assert ("Give a code" in answer.get_data(as_text=True)) == writes
    before = len(codes_of(site, in_review))
    role = f"nurse {before}"
    given = visitor.post(index(in_review), {"kind": "staff", "role": role})
    assert given.status_code == (303 if writes else 404)
    assert len(codes_of(site, in_review)) == before + writes


def test_a_case_without_timelines_has_none(site: Site) -> None:
    assert site.signed_in(FFION).get(index(site.open_case())).status_code == 404


def test_whoever_the_case_lists_is_suggested_until_they_have_a_code(
    site: Site, in_review: uuid.UUID
) -> None:
    actor = site.people[FFION]
    suggested = engine.codes_page(in_review, actor).suggestions
    said = {(one.kind, one.name, one.role) for one in suggested}
    assert ("child", "Cai Example", "") in said
    assert ("family", "", "Mother") in said, "the genogram"
    assert {kind for kind, _, _ in said} >= {"child", "family", "staff"}
    assert ("child", "", "Child 1") not in said, "the genogram says so of the child listed above"
    visitor = site.signed_in(FFION)
    child = next(one for one in suggested if one.name == "Cai Example")
    sent = {"page-action": "suggested", "suggested": [child.key, child.key]}
    assert visitor.post(index(in_review), sent).status_code == 303
    assert visitor.post(index(in_review), sent).status_code == 303, "the same click twice"
    assert [code.name for code in codes_of(site, in_review).values()].count("Cai Example") == 1
    left = engine.codes_page(in_review, actor).suggestions
    assert child.key not in {one.key for one in left}


def test_nobody_is_suggested_a_name_that_they_may_not_read(
    site: Site, in_review: uuid.UUID
) -> None:
    """A reviewer keeps the codes and does not read the referral."""
    ffion, una = site.people[FFION], site.people[UNA]
    page = engine.case_page(in_review, ffion)
    concern = next(one.id for one in page.documents if one.catalogue == "F-01")
    assert concern not in engine.readable_by_item(in_review, "concern", una).values()
    (section,) = [
        one.id
        for one in engine.document_page(concern, ffion).form.sections
        if any(entry.key == "children_named" for entry in one.fields)
    ]
    amended = engine.amend_page(concern, section, ffion)
    posted = {**amended.part.posted, "children_named-0-name": ["Heddwyn Nowell"]}
    engine.amend(concern, (section,), "another name", ffion, posted=posted)
    for actor, is_told in ((ffion, True), (una, False)):
        names = {one.name for one in engine.codes_page(in_review, actor).suggestions}
        assert ("Heddwyn Nowell" in names) == is_told


def test_choosing_nobody_of_the_list_is_told(site: Site, in_review: uuid.UUID) -> None:
    answer = site.signed_in(FFION).post(index(in_review), {"page-action": "suggested"})
    assert answer.status_code == 422
    assert "Choose who is to have a code" in answer.get_data(as_text=True)


def test_what_is_wrong_is_told_at_its_input_and_nothing_typed_is_lost(
    site: Site, in_review: uuid.UUID
) -> None:
    visitor = site.signed_in(FFION)
    typed = {"also": "Ned\nNedw", "role": "friend of Wyn Ellis", "name": "N" * 201}
    answer = visitor.post(index(in_review), {"page-action": "give", **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Choose whether it is a child" in page
    assert "Enter names of 200 characters or fewer" in page
    assert "Ned\nNedw" in unescape(page)
    answer = visitor.post(index(in_review), {"page-action": "give", **typed, "kind": "staff"})
    assert "The role would tell who it is" in answer.get_data(as_text=True)
    welsh = visitor.post(f"/cy{index(in_review)}", {"page-action": "give"})
    assert "Dewiswch ai plentyn" in welsh.get_data(as_text=True)


def test_neither_name_nor_role_is_not_enough(site: Site, in_review: uuid.UUID) -> None:
    answer = site.signed_in(FFION).post(index(in_review), {"kind": "place", "name": " "})
    assert answer.status_code == 422
    assert "Enter a name or a role" in answer.get_data(as_text=True)


def test_the_same_name_and_role_get_one_code(site: Site, in_review: uuid.UUID) -> None:
    give(site, in_review, kind="place", name="Neuadd Brynglas", role="village hall")
    answer = site.signed_in(FFION).post(
        index(in_review), {"kind": "place", "name": "neuadd  brynglas", "role": "Village hall"}
    )
    assert answer.status_code == 409
    assert re.search(r"Place \d+ stands for the same name", answer.get_data(as_text=True))


def test_a_code_is_put_right_with_a_reason_and_both_versions_stay(
    site: Site, in_review: uuid.UUID
) -> None:
    give(site, in_review, kind="family", name="Dwynwen Jon", role="aunt")
    (label,) = [key for key, one in codes_of(site, in_review).items() if one.name == "Dwynwen Jon"]
    code = codes_of(site, in_review)[label]
    visitor, path = site.signed_in(UNA), f"{index(in_review)}/{code.id}"
    assert "Dwynwen Jon" in visitor.get(path).get_data(as_text=True)
    typed = {"name": "Dwynwen Jones", "also": "Dwyn Prys", "role": "aunt", "seen": "1"}
    refused = visitor.post(path, typed)
    assert refused.status_code == 422
    assert "Say why the code is put right" in refused.get_data(as_text=True)
    assert visitor.post(path, {**typed, "reason": "misspelt"}).status_code == 303
    assert codes_of(site, in_review)[label].names == ("Dwynwen Jones", "Dwyn Prys")
    page = visitor.get(path).get_data(as_text=True)
    assert "Dwynwen Jon<" in page.replace("\n", "")
    assert "misspelt" in page
    again = visitor.post(path, {**typed, "reason": "late", "name": "Somebody else"})
    assert again.status_code == 409
    assert "Somebody else" in again.get_data(as_text=True)


def test_a_number_is_never_given_again_and_its_code_keeps_what_it_stood_for(
    site: Site, in_review: uuid.UUID
) -> None:
    give(site, in_review, kind="place", name="Canolfan Cwmdu", role="day centre")
    known = codes_of(site, in_review)
    (wrong,) = [code for code in known.values() if code.name == "Canolfan Cwmdu"]
    visitor = site.signed_in(FFION)
    typed = {"name": wrong.name, "role": wrong.role, "seen": "1", "reason": "not in this case"}
    path = f"{index(in_review)}/{wrong.id}"
    assert visitor.post(path, {**typed, "unused": "yes"}).status_code == 303
    page = give(site, in_review, kind="place", name="Parc Tawe", role="park")
    known = codes_of(site, in_review)
    (new,) = [code for code in known.values() if code.name == "Parc Tawe"]
    assert new.number == wrong.number + 1
    assert known[wrong.text.en].name == "Canolfan Cwmdu"
    assert "Not used" in page


def test_the_record_says_which_codes_and_never_who(site: Site, in_review: uuid.UUID) -> None:
    give(site, in_review, kind="staff", name="Gwladys Tomosina", role="school nurse")
    history = engine.case_history(in_review, site.people[FFION]).lines
    given = [line for line in history if line.kind == "code_given"]
    assert given
    assert "Gwladys" not in str(given)
    page = site.signed_in(FFION).get(f"/cases/{in_review}/history").get_data(as_text=True)
    assert "Code given" in page
    assert "Gwladys" not in page


def test_a_code_of_another_case_is_not_there(site: Site, in_review: uuid.UUID) -> None:
    code = next(iter(codes_of(site, in_review).values()))
    visitor = site.signed_in(FFION)
    others = [one.id for one in engine.list_cases(site.people[FFION]) if one.id != in_review]
    reads = [one for one in others if engine.reads_codes(one, site.people[FFION])]
    assert reads
    for other in reads:
        assert visitor.get(f"{index(other)}/{code.id}").status_code == 404
        sent = {"name": "x", "seen": "1", "reason": "x"}
        assert visitor.post(f"{index(other)}/{code.id}", sent).status_code == 404


def test_the_language_can_be_changed_without_losing_what_is_typed(
    site: Site, in_review: uuid.UUID
) -> None:
    visitor = site.signed_in(FFION)
    answer = visitor.post(
        f"/cy{index(in_review)}", {"page-action": "language", "name": "Heb ei gadw"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Heb ei gadw" in page
    assert "Codau’r achos" in page
    assert "Heb ei gadw" not in {code.name for code in codes_of(site, in_review).values()}
