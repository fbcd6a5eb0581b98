"""A genogram is seen with its words, filled from GEDCOM, and leads nowhere else (CF-03)."""

from __future__ import annotations

import html
import io
import json
import re
import tomllib
import uuid
from collections.abc import Iterator

import pypdf
import pytest
from lxml import etree
from werkzeug.test import TestResponse

import engine
from engine import corrections
from tests.engine.genograms.families import FAMILY, family, link, person
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


def test_a_genogram_is_printed_on_one_sheet_with_the_warning_and_its_words(
    site: Site, document: uuid.UUID
) -> None:
    visitor = site.signed_in(COORDINATOR)
    for prefix, words in (
        ("", ("Not for publication", "Household: A", "Separated from: Father (since 2024)")),
        ("/cy", ("Nid i’w gyhoeddi", "Aelwyd: A", "Wedi gwahanu oddi wrth: Father (since 2024)")),
    ):
        answer = visitor.get(f"{prefix}/documents/{document}/genogram/sheet.svg")
        assert "attachment" in answer.headers["Content-Disposition"]
        drawing = etree.fromstring(answer.data)
        said = " ".join(drawing.itertext())
        assert (drawing.get("width"), drawing.get("height")) == ("297mm", "210mm")
        assert all(word in said for word in words), said
        older = visitor.get(f"{prefix}/documents/{document}/genogram/sheet.svg?version=1")
        assert MARK.split()[1] not in older.get_data(as_text=True)
        assert visitor.get(f"{prefix}/documents/{document}/genogram/sheet.png").status_code == 404


@pytest.mark.skipif(not engine.can_write_pdf(), reason="this machine makes no PDF")
def test_a_printed_genogram_has_its_words_behind_the_drawing(
    site: Site, document: uuid.UUID
) -> None:
    answer = site.signed_in(COORDINATOR).get(f"/documents/{document}/genogram/sheet.pdf")
    sheets = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    assert sheets[0].mediabox.width > sheets[0].mediabox.height
    for sheet in sheets:
        assert "Not for publication" in sheet.extract_text()
    words = " ".join(" ".join(sheet.extract_text() for sheet in sheets[1:]).split())
    assert MARK in words
    assert "Is or was placed with: Foster carer" in words


def test_no_other_document_goes_out_as_gedcom_or_on_such_a_sheet(site: Site) -> None:
    _, other = next(documents_of(site, "F-10"))
    visitor = site.signed_in(COORDINATOR)
    assert visitor.get(f"/documents/{other}").status_code == 200
    for rest in ("genogram.ged", "genogram/sheet.svg", "genogram/sheet.pdf"):
        assert visitor.get(f"/documents/{other}/{rest}").status_code == 404


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


def _as_typed(values: dict[str, list[dict[str, object]]]) -> dict[str, str]:
    """Return rows as the inputs of a page hold them."""
    return {
        f"{path}-{number}-{key}": "true" if said is True else str(said)
        for path, rows in values.items()
        for number, row in enumerate(rows)
        for key, said in row.items()
        if said is not None
    }


def _drawn(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, html.unescape(answer.get_data(as_text=True))


_LINES = re.compile(r'<path class="app-genogram__line [^"]*" d="[^"]*">')


def test_a_canvas_is_drawn_as_the_page_of_the_saved_draft_is(site: Site, task: str) -> None:
    visitor = site.signed_in(MAKER)
    sent = _as_typed(FAMILY)
    status, drawn = _drawn(visitor.post(f"{task}/genogram/drawing", sent))
    assert status == 200
    assert visitor.post(task, {**sent, "page-action": "save"}).status_code == 303
    page = html.unescape(visitor.get(task).get_data(as_text=True))
    static = page[page.index('<section class="app-genogram-part"') :]
    (on_canvas,) = re.findall('<svg class="app-genogram" width="\\d+" .*?</svg>', drawn, re.DOTALL)
    assert len(_LINES.findall(on_canvas)) > 6
    assert set(_LINES.findall(on_canvas)) <= set(_LINES.findall(static))
    assert 'aria-label="Child 1: kin, child of the review, male, born 2024, died 2025"' in on_canvas
    assert "Not for publication –" in on_canvas
    assert "Separated from: Father (since 2024)" in drawn


def test_drawing_keeps_nothing_of_what_was_sent(site: Site, task: str) -> None:
    visitor, task_id = site.signed_in(MAKER), uuid.UUID(task.rpartition("/")[2])
    before = engine.open_task(task_id, site.people[MAKER])
    visitor.post(f"{task}/genogram/drawing", _as_typed(FAMILY))
    after = engine.open_task(task_id, site.people[MAKER])
    assert (after.draft_saved_at, after.parts[0].posted) == (
        before.draft_saved_at,
        before.parts[0].posted,
    )
    assert "Half-brother" not in visitor.get(task).get_data(as_text=True)


def _too_many(path: str, key: str, count: int) -> dict[str, str]:
    return {f"{path}-{number}-{key}": f"P{number}" for number in range(count)}


@pytest.mark.parametrize(
    ("sent", "said", "said_in_welsh"),
    [
        (_too_many("genogram_people", "person_label", 101), "no more than 100", "mwy na 100"),
        (_too_many("genogram_links", "link_from", 201), "no more than 100", "mwy na 100"),
        ({"genogram_people-0-person_name": "x"}, "no answer of a genogram", "nad yw’n ateb"),
        ({"genogram_people-0-link_from": "x"}, "no answer of a genogram", "nad yw’n ateb"),
        ({"genogram_version": "2"}, "no answer of a genogram", "nad yw’n ateb"),
        ({"genogram_people-x-person_label": "x"}, "no answer of a genogram", "nad yw’n ateb"),
        ({"genogram_people-0-person_label": "x" * 1001}, "too long to be drawn", "rhy hir"),
        (
            _as_typed(
                family(
                    [person("A"), person("B")],
                    link("A", "parent_of", "B"),
                    link("B", "parent_of", "A"),
                )
            ),
            "somebody is their own ancestor",
            "yn hynafiad",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_laid_out_is_told_and_not_drawn(
    site: Site, task: str, sent: dict[str, str], said: str, said_in_welsh: str
) -> None:
    visitor = site.signed_in(MAKER)
    for prefix, words in (("", said), ("/cy", said_in_welsh)):
        status, drawn = _drawn(visitor.post(f"{prefix}{task}/genogram/drawing", sent))
        assert (status, words in drawn, "<svg" in drawn) == (422, True, False), drawn


def test_as_many_as_the_form_takes_are_drawn(site: Site, task: str) -> None:
    sent = _too_many("genogram_people", "person_label", 100)
    status, drawn = _drawn(site.signed_in(MAKER).post(f"{task}/genogram/drawing", sent))
    assert (status, drawn.count('role="option"')) == (200, 100)


def test_rows_that_are_not_whole_yet_are_drawn_as_far_as_they_go(site: Site, task: str) -> None:
    sent = _as_typed(family([person("A"), person("")], link("A", "parent_of", "")))
    status, drawn = _drawn(site.signed_in(MAKER).post(f"{task}/genogram/drawing", sent))
    assert (status, drawn.count('role="option"')) == (200, 1)
    assert "Person 2 has no label" in drawn
    assert "Link 1 lacks one of its two people" in drawn
    nobody = site.signed_in(MAKER).post(f"{task}/genogram/drawing", {})
    assert (nobody.status_code, "<svg" in nobody.get_data(as_text=True)) == (200, False)


def test_what_is_put_right_has_a_canvas_for_whoever_may_put_it_right_only(
    site: Site, document: uuid.UUID
) -> None:
    address = f"/documents/{document}/amend/genogram"
    for name in site.people:
        visitor = site.signed_in(name)
        may = visitor.get(address).status_code == 200
        status, drawn = _drawn(visitor.post(f"{address}/drawing", _as_typed(FAMILY)))
        assert (status, "<svg" in drawn) == ((200, True) if may else (404, False)), name
        # Nothing on record comes into what was sent.
        assert MARK.split()[1] not in drawn
    coordinator = site.signed_in(COORDINATOR)
    assert f'data-drawn-at="{address}/drawing"' in coordinator.get(address).get_data(as_text=True)
    _, other = next(documents_of(site, "F-10"))
    section = next(iter(engine.document_page(other, site.people[COORDINATOR]).content))
    elsewhere = f"/documents/{other}/amend/{section}"
    assert coordinator.get(elsewhere).status_code == 200
    assert coordinator.post(f"{elsewhere}/drawing", {}).status_code == 404


def test_a_task_without_a_genogram_draws_none(site: Site) -> None:
    found = next(
        task for tasks in engine.open_tasks(site.people[MAKER]) for task in tasks
        if "TIM-09" not in task.requirement
    )  # fmt: skip
    visitor = site.signed_in(MAKER)
    page = visitor.get(f"/tasks/{found.id}")
    assert (page.status_code, "data-canvas" in page.get_data(as_text=True)) == (200, False)
    assert visitor.post(f"/tasks/{found.id}/genogram/drawing", {}).status_code == 404


def test_whoever_may_not_read_a_genogram_gets_nothing_of_it(
    site: Site, document: uuid.UUID
) -> None:
    readers = set()
    for name, actor in site.people.items():
        visitor = site.signed_in(name)
        answers = {
            visitor.get(f"/documents/{document}{rest}").status_code
            for rest in ("", "/genogram.ged", "/genogram/sheet.svg", "/paper", "/paper.docx")
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
