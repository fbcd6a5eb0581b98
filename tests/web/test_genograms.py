"""A genogram is seen with its words, filled from GEDCOM, and leads nowhere else (CF-03)."""

from __future__ import annotations

import html
import io
import json
import re
import tomllib
import uuid
from collections.abc import Iterator

import pytest

import engine
from engine import corrections
from tests.engine.genograms.families import FAMILY, link
from tests.pages import OF_A_CASE
from tests.web.conftest import ROOT, Site, Visitor
from tests.web.test_spreadsheets import HIDDEN

MAKER, COORDINATOR = "Tomos Llewelyn", "Ffion Hughes"
#: A label that stands nowhere but in a genogram.
MARK = "Great-aunt Quillfeather"
FILE = (
    "0 HEAD\n0 @I1@ INDI\n1 NAME Mari /Example/\n1 SEX F\n1 BIRT\n2 DATE 3 MAY 1998\n"
    "0 @I2@ INDI\n1 NAME Cai /Example/\n1 FAMC @F1@\n0 @F1@ FAM\n1 WIFE @I1@\n0 TRLR\n"
)


def documents_of(site: Site, catalogue: str) -> Iterator[tuple[engine.CasePage, uuid.UUID]]:
    """Go through the documents of a form on the cases that a person co-ordinates."""
    actor = site.people[COORDINATOR]
    for case in engine.list_cases(actor):
        page = engine.case_page(case.id, actor)
        for one in page.documents:
            if one.catalogue == catalogue:
                yield page, one.id


@pytest.fixture
def document(site: Site) -> uuid.UUID:
    """A genogram on record, with a family in it and a label that stands nowhere else."""
    _, found = next(documents_of(site, "F-08"))
    actor = site.people[COORDINATOR]
    page = engine.document_page(found, actor)
    if MARK not in str(page.content):
        people = [*FAMILY["genogram_people"], {
            "person_label": MARK, "person_relation": "kin", "person_alive": "alive",
        }]  # fmt: skip
        values = {**page.content["genogram"], **FAMILY, "genogram_people": people}
        corrections.amend(found, ("genogram",), "drawn again", actor, values=values)
    return found


@pytest.fixture
def task(site: Site) -> str:
    """The address of a task in which a genogram is made, nothing drafted yet."""
    found = next(
        task for tasks in engine.open_tasks(site.people[MAKER]) for task in tasks
        if "TIM-09" in task.requirement
    )  # fmt: skip
    engine.save_draft(found.id, {}, {}, site.people[MAKER])
    return f"/tasks/{found.id}"


def test_a_document_shows_the_drawing_and_the_same_in_words_in_both_languages(
    site: Site, document: uuid.UUID
) -> None:
    visitor = site.signed_in(COORDINATOR)
    for prefix, words in (
        ("", ("Household: A", "child of the review", "Not for publication –")),
        ("/cy", ("Aelwyd: A", "plentyn yr adolygiad", "Nid i’w gyhoeddi –")),
    ):
        said = html.unescape(visitor.get(f"{prefix}/documents/{document}").get_data(as_text=True))
        (drawing,) = re.findall(r'<svg class="app-genogram" .*?</svg>', said, re.DOTALL)
        assert MARK.split()[0] in drawing
        assert words[2] in drawing
        assert all(word in said for word in words)


def test_a_genogram_that_makes_no_family_is_not_recorded(site: Site, document: uuid.UUID) -> None:
    actor = site.people[COORDINATOR]
    before = engine.document_page(document, actor)
    loop = [*FAMILY["genogram_links"], link("Child 1", "parent_of", "Grandmother")]
    values = {**before.content["genogram"], "genogram_links": loop}
    with pytest.raises(engine.InvalidForm) as refused:
        corrections.amend(document, ("genogram",), "put right", actor, values=values)
    assert [error.field for error in refused.value.errors] == ["genogram_links"]
    assert engine.document_page(document, actor).newest == before.newest


def test_a_genogram_goes_out_as_gedcom_with_the_warning(site: Site, document: uuid.UUID) -> None:
    visitor = site.signed_in(COORDINATOR)
    answer = visitor.get(f"/documents/{document}/genogram.ged")
    text = answer.get_data(as_text=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Not for publication" in text
    assert f"1 NAME {MARK}" in text
    older = visitor.get(f"/documents/{document}/genogram.ged?version=1").get_data(as_text=True)
    assert MARK not in older
    assert visitor.get(f"/documents/{document}/genogram.ged?version=x").status_code == 404


def test_no_other_document_goes_out_as_gedcom(site: Site) -> None:
    _, other = next(documents_of(site, "F-10"))
    visitor = site.signed_in(COORDINATOR)
    assert visitor.get(f"/documents/{other}").status_code == 200
    assert visitor.get(f"/documents/{other}/genogram.ged").status_code == 404


def _choose(visitor: Visitor, task: str, content: bytes, prefix: str = "") -> tuple[int, str]:
    visitor.get(f"{prefix}{task}/genogram")
    data = {
        "page-csrf": visitor.token,
        "page-action": "read",
        "page-file": (io.BytesIO(content), "tree.ged"),
    }
    answer = visitor.client.post(f"{prefix}{task}/genogram", data=data)
    return answer.status_code, answer.get_data(as_text=True)


def _press(visitor: Visitor, task: str, page: str, action: str) -> tuple[int, str]:
    kept = {name: html.unescape(value) for name, value in HIDDEN.findall(page)}
    answer = visitor.post(f"{task}/genogram", {**kept, "page-action": action})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_file_is_looked_at_before_anything_of_it_is_taken(site: Site, task: str) -> None:
    visitor = site.signed_in(MAKER)
    status, page = _choose(visitor, task, FILE.encode())
    assert status == 200
    assert "NAME Mari /Example/" in html.unescape(page)
    assert "Names do not go into a genogram" in page
    assert 'value="Person 1"' not in visitor.get(task).get_data(as_text=True)
    assert _press(visitor, task, page, "add")[0] == 303
    draft = visitor.get(task).get_data(as_text=True)
    assert 'value="Person 1"' in draft
    assert 'value="1998"' in draft
    assert "Example" not in draft
    assert '<svg class="app-genogram"' in draft


def test_what_was_read_is_added_or_put_in_place_of_what_stands(site: Site, task: str) -> None:
    visitor = site.signed_in(MAKER)
    _, page = _choose(visitor, task, FILE.encode())
    _press(visitor, task, page, "add")
    assert _press(visitor, task, page, "add")[0] == 409
    _, page = _choose(visitor, task, FILE.encode())
    assert _press(visitor, task, page, "add")[0] == 303
    assert visitor.get(task).get_data(as_text=True).count('value="Person 1"') > 2
    _, page = _choose(visitor, task, FILE.encode())
    assert _press(visitor, task, page, "replace")[0] == 303
    said = html.unescape(visitor.get(task).get_data(as_text=True))
    assert "Two people are labelled" not in said


def test_a_list_without_room_takes_nothing(site: Site, task: str) -> None:
    visitor = site.signed_in(MAKER)
    many = "0 HEAD\n" + "".join(f"0 @I{number}@ INDI\n" for number in range(60))
    _, page = _choose(visitor, task, many.encode())
    assert _press(visitor, task, page, "add")[0] == 303
    _, page = _choose(visitor, task, many.encode())
    status, said = _press(visitor, task, page, "add")
    assert (status, "There is no room for all of them" in said) == (422, True)


@pytest.mark.parametrize("content", [b"", b"hello", b"\0", b"0 HEAD\n0 TRLR\n", b"%PDF-1.7"])
def test_what_is_no_gedcom_is_told_in_the_language_of_the_page(
    site: Site, task: str, content: bytes
) -> None:
    visitor = site.signed_in(MAKER)
    status, page = _choose(visitor, task, content, "/cy")
    assert status == 422
    assert "Gwall" in page
    assert "this file" not in page.lower()


def test_people_who_make_no_family_are_told_so_beside_the_draft(site: Site, task: str) -> None:
    visitor = site.signed_in(MAKER)
    loop = "0 HEAD\n" + "".join(
        f"0 @I{one}@ INDI\n0 @F{one}@ FAM\n1 HUSB @I{one}@\n1 CHIL @I{3 - one}@\n" for one in (1, 2)
    )
    _, page = _choose(visitor, task, loop.encode())
    assert "somebody is their own ancestor" in page
    assert '<svg class="app-genogram" width' not in page


def test_whoever_may_not_read_a_genogram_gets_nothing_of_it(
    site: Site, document: uuid.UUID
) -> None:
    readers = set()
    for name, actor in site.people.items():
        visitor = site.signed_in(name)
        answers = {
            visitor.get(f"/documents/{document}{rest}").status_code
            for rest in ("", "/genogram.ged", "/paper", "/paper.docx")
        }
        assert answers in ({200}, {404}), name
        assert engine.may_open_document(document, actor) is (answers == {200})
        readers |= {name} if answers == {200} else set()
    assert COORDINATOR in readers
    assert len(readers) < len(site.people) / 2


def test_no_page_paper_message_or_list_outside_the_genogram_has_a_word_of_it(
    site: Site, document: uuid.UUID
) -> None:
    """CF-03, walked: whatever else a case gives out, the published report first of all.

    The history tells those who may read a genogram what was put right in it, and nobody else.
    """
    case = next(page for page, found in documents_of(site, "F-08") if found == document)
    address = f"/cases/{case.summary.id}"
    public = site.visitor()
    reports = public.get("/reports/cwmafon").get_data(as_text=True)
    paths = ["/reports/cwmafon", *re.findall(r'href="(/reports/cwmafon/[0-9a-f-]{36})"', reports)]
    paths += [f"{path}/briefing" for path in paths[1:]]
    assert len(paths) > 2
    walked = [public.get(path) for path in paths]
    visitor = site.signed_in(COORDINATOR)
    walked += [visitor.get(address + rest) for rest in OF_A_CASE if rest != "/history"]
    walked += [visitor.get(path) for path in ("/tasks", "/cases", "/today", "/calendar")]
    walked.append(visitor.post("/cases/export", {"page-kind": "csv"}))
    for other in case.documents:
        if other.id != document:
            for rest in ("", "/paper?language=both"):
                walked.append(visitor.get(f"/documents/{other.id}{rest}"))
    outsiders = [
        visitor
        for visitor in map(site.signed_in, site.people)
        if visitor.get(address).status_code == 200
        and visitor.get(f"/documents/{document}").status_code == 404
    ]
    assert outsiders
    for outsider in outsiders:
        walked += [
            answer
            for answer in (outsider.get(address + rest) for rest in OF_A_CASE)
            if answer.status_code != 404
        ]
    for answer in walked:
        assert answer.status_code < 400, answer.request.path
        assert "Quillfeather" not in answer.get_data(as_text=True), answer.request.path


def test_no_form_takes_a_drawing_or_a_gedcom_file_and_no_fact_is_read_from_a_genogram() -> None:
    """CF-03: what goes out as a file comes in nowhere, and nothing is worked out from it."""
    for path in sorted((ROOT / "forms").glob("*.json")):
        for accept in re.findall(r'"accept": "([^"]*)"', path.read_text()):
            assert not {".ged", ".svg", ".txt"} & set(accept.split(",")), path.name
        if path.stem != "genogram":
            assert "genogram_people" not in path.read_text()
            assert '"form": "genogram"' not in json.dumps(json.loads(path.read_text()))
    facts = tomllib.loads((ROOT / "processes" / "facts.toml").read_text())
    assert not [name for name, fact in facts.items() if "genogram." in str(fact)]
