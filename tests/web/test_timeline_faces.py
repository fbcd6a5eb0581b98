"""A merged timeline as the Panel reads it, and anonymised; and the summary made from its rows."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from html import unescape

import pytest

import engine
from engine import cases, db, people
from tests.web.conftest import Site, Visitor
from tests.web.test_welsh import english_left

FFION, UNA, TOMOS = "Ffion Hughes", "Una Fletcher", "Tomos Llewelyn"
#: What a police officer wrote against the advice: a whole name, a mutated one, and an address.
WRITTEN = (
    "Cai Example was seen by Sian Rees on 3 March 2026; gwelwyd Gai yn 12 High Street. "
    "Child 1 was well."
)
SEEN = "Child 1 was seen by "


@dataclass
class Timeline:
    """The case of the demonstration whose report is written, its timeline, and that task."""

    case_id: uuid.UUID
    document_id: uuid.UUID
    task_id: uuid.UUID

    def face(self, face: str, language: str = "") -> str:
        """Return the address of a face."""
        return f"{language}/documents/{self.document_id}/faces/{face}"

    @property
    def summary(self) -> str:
        """Return the address where rows are chosen."""
        return f"/tasks/{self.task_id}/summary"


@pytest.fixture(scope="module")
def timeline(_site: Site) -> Timeline:
    """Return a timeline in which names were written; the child and a social worker have codes."""
    db.use(_site.database)
    ffion, una = _site.people[FFION], _site.people[UNA]
    tasks = [task for found in engine.open_tasks(una) for task in found]
    task = next(one for one in tasks if "CON-13" in one.requirement)
    with suppress(people.AlreadyAppointed):
        account = _site.people[TOMOS].account_id
        cases.appoint(task.case_id, "panel_chair", account, "", ffion)
    documents = engine.case_page(task.case_id, ffion).documents
    police = next(one.id for one in documents if one.catalogue == "F-06")
    page = engine.amend_page(police, "timeline", ffion)
    posted = {**page.part.posted, "timeline_rows-0-event": [WRITTEN]}
    engine.amend(police, ("timeline",), "as it was told", ffion, posted=posted)
    listed = engine.codes_page(task.case_id, ffion).suggestions
    keys = [one.key for one in listed if one.name in ("Cai Example", "Sian Rees")]
    engine.give_suggested_codes(task.case_id, keys, ffion)
    merged = next(one.id for one in documents if engine.faces_to_read(one.id, ffion))
    return Timeline(task.case_id, merged, task.id)


def read(visitor: Visitor, path: str) -> str:
    """Return what a page says in its main part, without marks and line ends."""
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    text = answer.get_data(as_text=True)
    main = text[text.index("<main") : text.index("</main")]
    return " ".join(re.sub(r"<[^>]+>", "", main).split())


def test_the_panel_reads_names_and_who_a_code_is(site: Site, timeline: Timeline) -> None:
    said = read(site.signed_in(TOMOS), timeline.face("panel"))
    assert WRITTEN.replace("Child 1 was", "Child 1 (Cai Example) was") in said
    assert "police / row_1 /" in said
    assert re.search(r"\d{1,2} \w+ 2026", said), "days"
    assert "Child 1 aged" in said


def test_these_pages_have_no_english_in_their_welsh(site: Site, timeline: Timeline) -> None:
    tomos, una = site.signed_in(TOMOS), site.signed_in(UNA)
    for face in ("panel", "anonymised"):
        assert english_left(tomos, timeline.face(face)) == []
    assert english_left(tomos, f"/cases/{timeline.case_id}/codes") == []
    assert english_left(una, timeline.summary) == []


def drawn(timeline: Timeline, face: str, rest: str = "") -> str:
    """Return the address of the drawn timeline with a face on."""
    return f"/cases/{timeline.case_id}/timeline{rest}?face={face}"


def test_the_drawn_timeline_and_its_wall_chart_take_the_same_faces(
    site: Site, timeline: Timeline
) -> None:
    visitor = site.signed_in(TOMOS)
    panel, others = (visitor.get(drawn(timeline, face)) for face in ("panel", "anonymised"))
    assert "Child 1 (Cai Example) was well" in panel.get_data(as_text=True)
    chart = visitor.get(drawn(timeline, "anonymised", "/chart.svg")).get_data(as_text=True)
    page = others.get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main")]
    for said in (main, chart):
        assert SEEN in said
        for name in ("Cai Example", "Gai", "Sian Rees", "High Street"):
            assert name not in said
    assert "on March 2026" in main
    searched = visitor.post(drawn(timeline, "", ""), {"words": "seen", "face": "anonymised"})
    assert "Cai Example" not in searched.get_data(as_text=True)
    assert SEEN in searched.get_data(as_text=True)
    assert visitor.get(drawn(timeline, "public")).status_code == 404


def test_others_read_codes_roles_and_months_and_nothing_that_tells_who(
    site: Site, timeline: Timeline
) -> None:
    said = read(site.signed_in(TOMOS), timeline.face("anonymised"))
    assert SEEN in said
    assert "on March 2026; gwelwyd [taken out] yn [taken out]. Child 1 was well." in said
    assert "In 1 row on this page something was taken out" in said
    assert "Needs attention" in said
    for name in ("Cai", "Gai", "Example", "Sian", "Rees", "High Street", "3 March", "row_1"):
        assert name not in said


def test_its_welsh_says_codes_and_months_in_welsh(site: Site, timeline: Timeline) -> None:
    said = read(site.signed_in(TOMOS), timeline.face("anonymised", "/cy"))
    assert "Plentyn 1 was seen by" in said
    assert "Mawrth 2026; gwelwyd [tynnwyd allan]" in said


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_the_files_say_the_same_and_that_they_are_not_for_publication(
    site: Site, timeline: Timeline, kind: str
) -> None:
    visitor = site.signed_in(TOMOS)
    for face, wanted, hidden in (("anonymised", SEEN, "Rees"), ("panel", "Sian Rees", "[taken")):
        answer = visitor.get(f"{timeline.face(face)}/paper.{kind}")
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            inside = " ".join(
                parts.read(name).decode("utf-8", "replace") for name in parts.namelist()
            )
        said = re.sub(r"<[^>]+>", "", inside)
        assert wanted in said
        assert hidden not in said
        assert "Not for publication" in said
        assert "CPR" in answer.headers["Content-Disposition"]
        assert "Example" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", ["docx", "odt"])
@pytest.mark.parametrize("language", ["en", "cy", "both"])
def test_the_timeline_as_it_was_written_is_marked_on_every_page_too(
    site: Site, timeline: Timeline, kind: str, language: str
) -> None:
    visitor, paper = site.signed_in(TOMOS), f"/documents/{timeline.document_id}/paper"
    wanted = {"en": ["Not for publication"], "cy": ["Nid i’w gyhoeddi"]}
    wanted["both"] = [*wanted["cy"], *wanted["en"]]
    page = unescape(visitor.get(f"{paper}?language={language}").get_data(as_text=True))
    # What stands in the attribute lies across each page, in a browser and in a PDF.
    (across,) = re.findall(r'<body data-mark="([^"]+)"', page)
    answer = visitor.get(f"{paper}.{kind}?language={language}")
    edges = {"docx": "word/header1.xml", "odt": "styles.xml"}[kind]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        edge = unescape(re.sub(r"<[^>]+>", "", parts.read(edges).decode()))
    for words in wanted[language]:
        assert words in across
        assert words in edge


@pytest.mark.parametrize("language", ["", "/cy"])
def test_each_sheet_of_a_wall_chart_says_in_both_languages_that_it_is_not_for_publication(
    site: Site, timeline: Timeline, language: str
) -> None:
    answer = site.signed_in(TOMOS).get(f"{language}/cases/{timeline.case_id}/timeline/chart.svg")
    drawn = answer.get_data(as_text=True)
    sheets = drawn.count("<g transform=")
    assert sheets >= 1
    for words in ("Not for publication", "Nid i’w gyhoeddi"):
        assert drawn.count(words) == sheets


def test_a_face_that_nobody_has_and_a_document_without_faces_are_not_there(
    site: Site, timeline: Timeline
) -> None:
    visitor = site.signed_in(FFION)
    assert visitor.get(timeline.face("public")).status_code == 404
    assert visitor.get(f"{timeline.face('panel')}?page=9").status_code == 404
    other = next(
        one.id
        for one in engine.case_page(timeline.case_id, site.people[FFION]).documents
        if one.id != timeline.document_id
    )
    assert visitor.get(f"/documents/{other}/faces/panel").status_code == 404
    assert visitor.get(f"/documents/{other}/faces").status_code == 404


@pytest.mark.parametrize("name", ["Owain Rees", "Yasmin Cole", "Aled Bevan", "Rhys Vaughan"])
def test_whoever_may_not_read_the_timeline_has_no_face_of_it(
    site: Site, timeline: Timeline, name: str
) -> None:
    visitor = site.signed_in(name)
    for face in ("panel", "anonymised"):
        assert visitor.get(timeline.face(face)).status_code == 404
        assert visitor.get(f"{timeline.face(face)}/paper").status_code == 404


def test_who_reads_at_the_event_and_not_the_codes_has_the_anonymised_face_alone(
    site: Site, timeline: Timeline
) -> None:
    """Delyth Ames takes the notes of the event, which has been held."""
    actor = site.people["Delyth Ames"]
    with suppress(people.AlreadyAppointed):
        cases.appoint(timeline.case_id, "note_taker", actor.account_id, "", site.people[FFION])
    assert engine.faces_to_read(timeline.document_id, actor) == ("anonymised",)
    visitor = site.signed_in("Delyth Ames")
    assert visitor.get(timeline.face("panel")).status_code == 404
    assert visitor.get(f"{timeline.face('panel')}/paper.docx").status_code == 404
    assert visitor.get(drawn(timeline, "panel")).status_code == 404
    assert visitor.get(drawn(timeline, "panel", "/chart.svg")).status_code == 404
    said = read(visitor, timeline.face("anonymised"))
    assert SEEN in said
    assert "Codes of the case" not in said
    assert "aged" not in said, "ages beside months would tell the month of a birth"


def choose(visitor: Visitor, timeline: Timeline, **sent: str | list[str]) -> tuple[int, str]:
    """Send a page of the summary, and return what comes of it."""
    answer = visitor.post(timeline.summary, sent)
    return answer.status_code, answer.get_data(as_text=True)


def drafted(rows: list[engine.FaceRow], *, period: str, event: str) -> dict[str, str | list[str]]:
    """Return what the page of drafts sends for one row made of several."""
    return {
        "draft": ["0"],
        "draft-0-row": [row.key for row in rows],
        "draft-0-period": period,
        "draft-0-event": event,
        "page-action": "take",
    }


def test_rows_are_ticked_joined_shortened_and_remember_where_they_come_from(
    site: Site, timeline: Timeline
) -> None:
    visitor, una = site.signed_in(UNA), site.people[UNA]
    rows = engine.summary_rows(timeline.case_id, una).rows
    assert choose(visitor, timeline, **{"page-action": "draft"})[0] == 422
    keys = [row.key for row in rows[:3]]
    status, page = choose(visitor, timeline, row=keys, by="month")
    assert status == 200
    assert page.count('name="draft"') == 3
    sent: dict[str, str | list[str]] = {"draft": ["0", "1", "2"], "page-action": "join:1"}
    for number, key in enumerate(keys):
        sent |= {
            f"draft-{number}-row": [key],
            f"draft-{number}-period": "Spring 2026",
            f"draft-{number}-event": f"Text {number}",
        }
    status, page = choose(visitor, timeline, **sent)
    assert page.count('name="draft"') == 2
    assert "Text 0\nText 1" in unescape(page)
    taken = drafted(list(rows[:2]), period="Spring 2026", event="Child 1 was seen at home.")
    assert choose(visitor, timeline, **taken)[0] == 303
    (part,) = [
        one for one in engine.open_task(timeline.task_id, una).parts
        if one.form.id == "summary_timeline"
    ]  # fmt: skip
    sources = [texts[0] for name, texts in part.posted.items() if name.endswith("summary_source")]
    assert sources[-1] == "; ".join(row.source for row in rows[:2])
    assert re.fullmatch(r"\w+ / \w+ / \d+; \w+ / \w+ / \d+", sources[-1])
    assert "In the summary already" in visitor.get(timeline.summary).get_data(as_text=True)


def test_age_can_stand_in_place_of_the_month(site: Site, timeline: Timeline) -> None:
    rows = engine.summary_rows(timeline.case_id, site.people[UNA]).rows
    _, page = choose(site.signed_in(UNA), timeline, row=[rows[0].key], by="age")
    assert re.search(r'name="draft-0-period"[^>]*value="Child 1 aged \d+"', page)


@pytest.mark.parametrize(
    ("period", "event", "told"),
    [
        ("", "x", "Enter a month or an age"),
        ("3 March 2026", "x", "Say the month or an age, not the day"),
        ("Spring", " ", "Enter the event, or leave this row out"),
        ("Spring", "seen by [taken out]", "Say by role, or leave out"),
        ("Spring", "Cai Example was seen", "This names the child or the family"),
        ("S" * 201, "x", "Period: use 200 characters or fewer"),
        ("Spring", "x" * 4001, "Event: use 4,000 characters or fewer"),
    ],
)
def test_what_is_wrong_with_a_draft_is_told_and_nothing_is_taken(
    site: Site, timeline: Timeline, period: str, event: str, told: str
) -> None:
    visitor, una = site.signed_in(UNA), site.people[UNA]
    rows = engine.summary_rows(timeline.case_id, una).rows
    before = engine.open_task(timeline.task_id, una).draft_saved_at
    status, page = choose(visitor, timeline, **drafted([rows[0]], period=period, event=event))
    assert status == 422
    assert told in page
    assert (event.strip() or period) in page
    assert engine.open_task(timeline.task_id, una).draft_saved_at == before


def test_a_row_made_up_by_hand_names_no_source(site: Site, timeline: Timeline) -> None:
    una = site.people[UNA]
    rows = engine.summary_rows(timeline.case_id, una).rows
    draft = engine.SummaryDraft("Spring", "x", ("nothing", rows[0].key))
    assert engine.source_of(draft, rows) == rows[0].source


def test_whoever_has_not_the_task_chooses_nothing(site: Site, timeline: Timeline) -> None:
    for name in (TOMOS, FFION, "Aled Bevan"):
        assert site.signed_in(name).get(timeline.summary).status_code == 404


def test_a_summary_that_names_somebody_keeps_the_gate_shut_until_it_is_dealt_with(
    site: Site, timeline: Timeline
) -> None:
    """DR-27.1: a member of staff whom nothing but the table of codes knows."""
    ffion = site.people[FFION]
    content = engine.CodeContent("staff", "Tegwen Roblin", "play worker")
    engine.give_code(timeline.case_id, content, ffion)
    page = engine.open_task(timeline.task_id, site.people[UNA])
    given = {"summary": [
        {"summary_period": "Spring", "summary_event": "A play worker, Tegwen Roblin, said so.",
         "summary_source": "police / row_1 / 1"},
    ]}  # fmt: skip
    site.submit(UNA, page, **given)
    found = engine.content_gate_page(timeline.case_id, ffion).open
    assert [one.marked for one in found if one.section.en == "Summary timeline"] == [
        "Tegwen Roblin"
    ]
    summary = next(
        one.id
        for one in engine.case_page(timeline.case_id, ffion).documents
        if one.name.en == "Summary timeline"
    )
    amended = engine.amend_page(summary, "summary", ffion)
    posted = {**amended.part.posted, "summary-0-summary_event": ["A play worker said so."]}
    engine.amend(summary, ("summary",), "without the name", ffion, posted=posted)
    left = engine.content_gate_page(timeline.case_id, ffion).open
    assert [one for one in left if one.section.en == "Summary timeline"] == []
