"""A whole published review, walked with marks in its genogram and in its table of codes.

Everything that goes out of it is searched for the marks: what anybody may read, the papers of what
is published in every format, every paper of whoever may not see the genogram, messages, calendars,
exports and the record. That no definition can lead there is proved in
`tests/engine/test_never_published.py`.
"""

from __future__ import annotations

import io
import json
import logging
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select, update

import engine
from engine import audit, confidentiality, db, outbox, scenarios, uploads
from engine.deployments import read_folders
from engine.models import (
    Account,
    AuditEvent,
    Board,
    CalendarFeed,
    Document,
    Fact,
    Notice,
    StepLogEntry,
    Upload,
    UserTask,
)
from engine.people import Actor
from engine.scenarios.cast import Cast
from engine.scenarios.playing import Player
from engine.scenarios.running import prepare
from engine.sign_in import use as use_sign_in
from tests.engine.test_notices import SENDER, Kept
from tests.web.conftest import LIMITS, ROOT, SETTINGS, Visitor
from web import papers
from web.application import create_app

WALK = ROOT / "tests" / "scenarios" / "concise_review" / "12_whole_review.toml"
#: What stands in the genogram, and what the codes stand for; words that nothing else says.
IN_GENOGRAM = ("Zorvexa", "Brintolm", "Quavrish")
IN_CODES = ("Ostrelle Vandrick", "Pellowin Drasq", "Ysgol Crwmbwrla", "Hestragon Tull")
MARKS = (*IN_GENOGRAM, *(word for name in IN_CODES for word in name.split() if word != "Ysgol"))
#: What the report says, so that a search that finds nothing is a proof.
IN_REPORT = "The family moved to the area"

GENOGRAM = {
    "F08.02": [
        {"label": "Child 1", "relation": "The child", "birth year": 2024, "household": "Brintolm",
         "alive / dead": "alive", "person_subject": True},
        {"label": "Zorvexa", "relation": "Quavrish", "birth year": 1998, "household": "Brintolm",
         "alive / dead": "alive"},
    ],
    "F08.03": [{"link_from": "Zorvexa", "link_kind": "parent_of", "link_to": "Child 1",
                "link_words": "Quavrish"}],
    "F08.01": ["Zorvexa"],
}  # fmt: skip
CODES = [
    engine.CodeContent("child", "Ostrelle Vandrick", "", ("Ostrelle",)),
    engine.CodeContent("family", "Pellowin Drasq", "mother"),
    engine.CodeContent("staff", "Hestragon Tull", "health visitor"),
    engine.CodeContent("place", "Ysgol Crwmbwrla", "primary school"),
]
#: The papers of what is published, or handed to whoever publishes it.
PUBLISHED = {"F-04", "F-05", "F-07", "F-09", "F-23", "F-24", "F-25"}


@dataclass
class Walked:
    """A review that was walked to its end, and what came of it on the way."""

    app: Flask
    database: db.Database
    files: uploads.Store
    case_id: uuid.UUID
    coordinator: Actor
    people: list[Actor]
    sent: list[str] = field(default_factory=list)
    public: dict[str, str] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)

    def visitor(self) -> Visitor:
        return Visitor(self.app.test_client())

    def signed_in(self, actor: Actor) -> Visitor:
        visitor = self.visitor()
        visitor.actor = actor
        visitor.get("/sign-in")
        assert visitor.post("/sign-in/as", {"account": str(actor.account_id)}).status_code == 303
        visitor.get("/language")
        return visitor

    def rows(self, kind: Any, *conditions: Any) -> list[Any]:
        with db.reading() as session:
            return list(session.scalars(select(kind).where(*conditions).order_by(kind.id)))

    def documents(self, *catalogues: str) -> Iterator[Document]:
        """Go through the documents of the case, those of some forms of the catalogue or all."""
        with db.reading() as session:
            for row in session.scalars(
                select(Document).where(Document.case_id == self.case_id).order_by(Document.id)
            ):
                if not catalogues or catalogue_of(row.form) in catalogues:
                    yield row


def catalogue_of(form: str) -> str:
    """Return the catalogue id of a shipped form."""
    source = json.loads((ROOT / "forms" / f"{form}.json").read_text(encoding="utf-8"))
    return str(source["catalogue"])


class _Log(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__()
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(f"{record.getMessage()} {record.__dict__}")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, _keys: None) -> Iterator[Walked]:
    """Walk the review: codes are given once the timelines are merged, pages read when online."""
    folder = tmp_path_factory.mktemp("walked")
    database = db.Database(f"sqlite:///{folder / 'case.db'}", throw_away=True)
    files = uploads.Store(folder / "files")
    uploads.use(files)
    (scenario,) = scenarios.read_scenarios([WALK])
    scenario = replace(scenario, given={**scenario.given, **GENOGRAM})
    merged, online = (_step(scenario, found) for found in ("CON-08", "ACT-12"))
    logged: list[str] = []
    handler = _Log(logged)
    logging.getLogger().addHandler(handler)
    board_id = prepare(database, read_folders(ROOT))
    db.use(database)
    cast = Cast(board_id)
    player = Player(replace(scenario, steps=scenario.steps[:merged]), cast, lambda line: None)
    player.play()
    coordinator = cast.member("coordinator", "", player.case)
    for content in CODES:
        engine.give_code(player.case, content, coordinator)
    player = _go_on(player, scenario, merged, online)
    use_sign_in(**LIMITS, demonstration=True)
    app = create_app(SETTINGS)
    made = Walked(app, database, files, player.case, coordinator, _everybody())
    made.public |= dict(crawl(made))
    _go_on(player, scenario, online, len(scenario.steps))
    made.public |= {f"at the end {at}": said for at, said in crawl(made)}
    port = Kept()
    while outbox.send_waiting(port, SENDER, base_url="https://adolygu.test"):
        pass
    made.sent = [_said_in_mail(message) for message in port.sent]
    made.logged = logged
    made.people = _everybody()
    yield made
    logging.getLogger().removeHandler(handler)
    database.close()


@pytest.fixture(autouse=True)
def _in_use(walked: Walked) -> None:
    """Take the walked review into use again, whatever a test of another module did."""
    db.use(walked.database)
    uploads.use(walked.files)
    use_sign_in(**LIMITS, demonstration=True)


def _step(scenario: scenarios.Scenario, until: str) -> int:
    """Return how many steps lead to where a step is open."""
    found = [at for at, step in enumerate(scenario.steps) if step.argument == until]
    return found[0] + 1


def _go_on(player: Player, scenario: scenarios.Scenario, first: int, last: int) -> Player:
    other = player.as_in(
        replace(scenario, steps=scenario.steps[:last], shared=first), lambda line: None
    )
    other.go_on()
    return other


def _everybody() -> list[Actor]:
    with db.transaction() as session:
        session.execute(update(Account).values(demonstration=True))
        rows = session.scalars(select(Account).order_by(Account.id))
        return [Actor(row.id, row.name) for row in rows]


def _said_in_mail(message: Any) -> str:
    body = message.get_body(("plain",))
    return f"{message.items()} {body.get_content() if body else ''} {message.as_string()}"


def crawl(walked: Walked) -> Iterator[tuple[str, str]]:
    """Go through every page that anybody reaches without signing in, from the list of reports."""
    with db.reading() as session:
        keys = session.scalars(select(Board.key).order_by(Board.key)).all()
    todo = [f"{language}/reports/{key}" for key in keys for language in ("", "/cy")]
    todo += ["/about", "/accessibility", "/privacy", "/sign-in", "/invitation"]
    seen: set[str] = set()
    visitor = walked.visitor()
    while todo:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = visitor.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        said = answer.get_data(as_text=True)
        yield path, f"{said} {answer.headers}"
        links = re.findall(r'href="(/[^"#]*)"', said)
        todo += [link for link in links if "/static/" not in link and link not in seen]


def marks_in(said: str) -> list[str]:
    """Return which marks stand in a text, whatever its letters."""
    lower = said.lower()
    return [mark for mark in MARKS if mark.lower() in lower]


def opened(file: bytes) -> str:
    """Return all that a DOCX or ODT file holds, of every part, with its names."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        inside = [
            f"{name} {parts.read(name).decode('utf-8', 'replace')}" for name in parts.namelist()
        ]
    # Runs may cut a word in two.
    return " ".join([*inside, *(re.sub(r"<[^>]+>", "", part) for part in inside)])


def read_pdf(file: bytes) -> str:
    """Return what a PDF file says, with what it knows of itself and the names of its parts."""
    reader = pypdf.PdfReader(io.BytesIO(file))
    assert not reader.attachments
    return " ".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])


WRITTEN: dict[str, Callable[[bytes], str]] = {"docx": opened, "odt": opened, "pdf": read_pdf}


def paper_of(document: Document, actor: Actor) -> engine.Paper | None:
    """Return a document as a paper for somebody; nothing where they may not read it."""
    try:
        return engine.print_document(document.id, actor)
    except engine.NotFound:
        return None


def on_page(walked: Walked, paper: engine.Paper) -> str:
    with walked.app.test_request_context("/"):
        return papers.page(paper, "both") + paper.file_name("en", "docx")


def test_the_marks_stand_where_the_panel_reads_them(walked: Walked) -> None:
    """The search below would find them: it finds them here."""
    (genogram,) = walked.documents("F-08")
    page = walked.signed_in(walked.coordinator).get(f"/documents/{genogram.id}")
    assert set(IN_GENOGRAM) <= set(marks_in(page.get_data(as_text=True)))
    codes = walked.signed_in(walked.coordinator).get(f"/cases/{walked.case_id}/codes")
    assert set(MARKS) - set(IN_GENOGRAM) <= set(marks_in(codes.get_data(as_text=True)))


def test_nothing_that_anybody_reads_holds_a_mark(walked: Walked) -> None:
    reports = [at for at in walked.public if re.search(r"^(/cy)?/reports/\w+/[0-9a-f-]{36}", at)]
    assert len(reports) >= 4, "the report and its briefing are online, in both languages"
    assert any(IN_REPORT in walked.public[at] for at in reports)
    assert {at: marks_in(said) for at, said in walked.public.items() if marks_in(said)} == {}


def test_no_paper_of_what_is_published_holds_a_mark_in_any_format(walked: Walked) -> None:
    documents = [row for row in walked.documents(*PUBLISHED) if row.form != "merged_timeline"]
    assert {catalogue_of(row.form) for row in documents} >= {"F-05", "F-07", "F-09", "F-24", "F-25"}
    found = {}
    for row in documents:
        paper = paper_of(row, walked.coordinator)
        if paper is None:
            continue
        for kind, read in WRITTEN.items():
            for language in ("en", "cy") if kind != "pdf" else ("en",):
                with walked.app.test_request_context("/"):
                    said = read(papers.written(paper, kind, language))
                assert paper.case_identifier in said, (row.form, kind)
                if marks_in(said):
                    found[row.form, kind, language] = marks_in(said)
    assert found == {}


def test_no_paper_but_the_genogram_holds_a_mark_for_anybody(walked: Walked) -> None:
    """Also for whoever may read the genogram: it goes along with no other document."""
    others = [row for row in walked.documents() if row.form != "genogram"]
    printed, found = 0, {}
    for row in others:
        for actor in walked.people:
            paper = paper_of(row, actor)
            if paper is None:
                continue
            printed += 1
            if marks := marks_in(on_page(walked, paper)):
                found[row.form, actor.name] = marks
    assert printed > 200
    assert found == {}


def test_the_genogram_is_printed_for_few_and_says_that_it_is_not_for_publication(
    walked: Walked,
) -> None:
    (row,) = walked.documents("F-08")
    readers = {actor.name for actor in walked.people if paper_of(row, actor) is not None}
    assert readers
    assert len(readers) < len(walked.people) / 2
    paper = paper_of(row, walked.coordinator)
    assert paper is not None
    assert confidentiality.NOT_FOR_PUBLICATION in paper.marks
    with walked.app.test_request_context("/"):
        for kind, read in WRITTEN.items():
            said = read(papers.written(paper, kind, "en"))
            assert "not for publication" in said.lower(), kind
            assert "Zorvexa" in said, kind


def test_no_message_holds_a_mark(walked: Walked) -> None:
    assert len(walked.sent) > 20
    notices = walked.rows(Notice)
    assert [one for one in walked.sent if marks_in(one)] == []
    assert [row.template for row in notices if marks_in(json.dumps(row.data))] == []


def test_no_calendar_holds_a_mark(walked: Walked) -> None:
    anybody, read = walked.visitor(), 0
    for actor in walked.people:
        engine.make_calendar_feed(actor)
        feed = engine.calendar_feed(actor)
        assert feed is not None
        for language in ("", "/cy"):
            answer = anybody.get(f"{language}/calendar/{feed.token}.ics")
            assert answer.status_code == 200
            read += 1
            assert marks_in(answer.get_data(as_text=True)) == []
    assert read
    assert walked.rows(CalendarFeed)


def test_no_export_holds_a_mark(walked: Walked) -> None:
    visitor = walked.signed_in(walked.coordinator)
    exports = {}
    for kind in ("csv", "xlsx"):
        answer = visitor.post("/cases/export", {"page-kind": kind})
        assert answer.status_code == 200
        exports[kind] = opened(answer.data) if kind == "xlsx" else answer.get_data(as_text=True)
    for year in (2025, 2026):
        log = engine.export_event_log(walked.coordinator, "demo", year, "en")
        exports[f"xes {year}"] = log.content.decode()
    figures = engine.export_figures(walked.coordinator, "demo", 2025, "en")
    exports["figures"] = figures.content.decode()
    assert any("study_timeline" in said or "Study the" in said for said in exports.values())
    assert {what: marks_in(said) for what, said in exports.items() if marks_in(said)} == {}


def test_neither_record_nor_log_nor_the_steering_of_the_case_holds_a_mark(walked: Walked) -> None:
    kinds = {row.kind for row in walked.rows(AuditEvent)}
    assert {"code_given", "task_completed"} <= kinds
    assert [row.kind for row in walked.rows(AuditEvent) if marks_in(str(row.data))] == []
    assert [one for one in walked.logged if marks_in(one)] == []
    facts = [row.name for row in walked.rows(Fact) if marks_in(str(row.value))]
    assert facts == []
    assert [row for row in walked.rows(StepLogEntry) if marks_in(str(vars(row)))] == []
    assert [row for row in walked.rows(UserTask) if marks_in(str(vars(row)))] == []


def test_sheet_and_canvas_of_the_genogram_are_for_its_readers_and_go_to_no_other_document(
    walked: Walked,
) -> None:
    """What draws a genogram answers its readers alone, and keeps and adds nothing."""
    (genogram,) = walked.documents("F-08")
    before = engine.document_page(genogram.id, walked.coordinator).newest
    for actor in walked.people:
        visitor = walked.signed_in(actor)
        sheet = visitor.get(f"/documents/{genogram.id}/genogram/sheet.svg")
        assert (sheet.status_code == 200) == (paper_of(genogram, actor) is not None), actor.name
        if sheet.status_code == 200:
            assert "Not for publication" in sheet.get_data(as_text=True)
            assert set(IN_GENOGRAM[:2]) <= set(marks_in(sheet.get_data(as_text=True)))
        address = f"/documents/{genogram.id}/amend/genogram"
        may = visitor.get(address).status_code == 200
        drawn = visitor.post(f"{address}/drawing", {"genogram_people-0-person_label": "Uncle"})
        assert drawn.status_code == (200 if may else 404), actor.name
        assert marks_in(drawn.get_data(as_text=True)) == []
    assert walked.visitor().get(f"/documents/{genogram.id}/genogram/sheet.svg").status_code == 303
    assert engine.document_page(genogram.id, walked.coordinator).newest == before
    visitor = walked.signed_in(walked.coordinator)
    for other in walked.documents(*PUBLISHED):
        for kind in ("svg", "pdf"):
            path = f"/documents/{other.id}/genogram/sheet.{kind}"
            assert visitor.get(path).status_code == 404


def test_a_drawing_kept_with_the_genogram_is_for_its_readers_alone(walked: Walked) -> None:
    (row,) = walked.documents("F-08")
    posted = _posted(walked, row)
    drawing = [("tree.png", io.BytesIO(_PIXEL))]
    posted = engine.keep_files(
        row.id, ("genogram",), posted, {"genogram_file": drawing}, walked.coordinator
    )
    engine.amend(row.id, ("genogram",), "drawn", walked.coordinator, posted=posted)
    (kept,) = [one for one in walked.rows(Upload) if one.filename == "tree.png"]
    assert walked.visitor().get(f"/uploads/{kept.id}").status_code == 303
    readers = {actor.name for actor in walked.people if paper_of(row, actor) is not None}
    for actor in walked.people:
        status = walked.signed_in(actor).get(f"/uploads/{kept.id}").status_code
        assert (status == 200) == (actor.name in readers), actor.name


def test_the_same_drawing_is_refused_in_the_public_statement(walked: Walked) -> None:
    (record,) = walked.documents("F-25")
    page = engine.amend_page(record.id, "statement", walked.coordinator)
    posted = engine.keep_files(
        record.id,
        ("statement",),
        dict(page.part.posted),
        {"statement_file": [("statement.png", io.BytesIO(_PIXEL))]},
        walked.coordinator,
    )
    with pytest.raises(engine.InvalidForm) as refused:
        engine.amend(record.id, ("statement",), "added", walked.coordinator, posted=posted)
    assert {error.row for error in refused.value.errors} >= {"CF-03"}


@pytest.mark.parametrize("name", ["Ostrelle Vandrick", "Mrs Drasq", "i Ostrelle"])
def test_a_name_of_the_codes_cannot_be_written_into_the_summary(walked: Walked, name: str) -> None:
    """CF-01: the codes know names that no form of the case does."""
    row = next(one for one in walked.documents("F-07") if one.form == "summary_timeline")
    page = engine.amend_page(row.id, "summary", walked.coordinator)
    posted = {**page.part.posted, "summary-0-summary_event": [f"{name} was seen."]}
    with pytest.raises(engine.InvalidForm) as refused:
        engine.amend(row.id, ("summary",), "said so", walked.coordinator, posted=posted)
    assert {error.row for error in refused.value.errors} == {"CF-01"}


def _posted(walked: Walked, row: Document) -> dict[str, list[str]]:
    page = engine.amend_page(row.id, "genogram", walked.coordinator)
    return dict(page.part.posted)


def test_the_record_of_the_case_holds_together(walked: Walked) -> None:
    with db.reading() as session:
        assert list(audit.verify(session)) == []


#: One black pixel.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)
