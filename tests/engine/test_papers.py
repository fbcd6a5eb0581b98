"""Papers hold what their reader may read, and say whose they are and what they are not."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import engine
from engine import confidentiality, db, forms, layouts, papers, uploads
from engine.errors import NotFound
from engine.models import AuditEvent, Board
from engine.papers import words
from engine.papers.letterheads import AddressInOneLanguage, LogoRefused
from engine.papers.model import Block
from engine.texts import Text
from tests.processes.catalogue import parsed
from web.command import main

if TYPE_CHECKING:
    from tests.engine.conftest import House

PACK = {
    "family": {
        "address": "1 Stryd Fawr",
        "members": [{"_key": "row_1", "name": "Siân", "relation": "mother"}],
    },
    "history": {"story": "long"},
}
#: One black pixel.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def _store(tmp_path: Path) -> None:
    uploads.use(uploads.Store(tmp_path / "uploads"))


def said(paper: engine.Paper) -> str:
    """Return everything that the parts of a paper hold."""
    return repr(paper.blocks)


def built(form_id: str, content: dict[str, Any], **more: Any) -> tuple[Block, ...]:
    """Return a form of the catalogue as the parts of a paper, for a reader of all of it."""
    form = parsed(form_id)
    readable = {p.id for s in form.sections for e in s.fields for p in (e, *e.columns)}
    layout = more.pop("layout", None)
    return papers.build(papers.Source(form, content, readable, **more), layout)


def test_a_reader_is_not_even_told_of_what_they_may_not_read(house: House) -> None:
    worker, coordinator = house.person("wil", "worker"), house.person("cai", "coordinator")
    pack = house.write("pack", PACK, worker)
    assert {"1 Stryd Fawr", "Siân", "mother"} <= set(
        said(engine.print_document(pack, worker)).split("'")
    )
    cut = said(engine.print_document(pack, coordinator))
    assert "mother" in cut
    assert "long" in cut
    for withheld in ("address", "Stryd", "'name'", "Siân"):
        assert withheld not in cut
    page = engine.document_page(pack, coordinator)
    known = {p.key: p.id for e in page.form.fields for p in (e, *e.columns)}
    assert known["relation"] in page.readable
    assert not page.readable & {known["address"], known["name"]}
    assert {known["address"], known["name"]} <= engine.document_page(pack, worker).readable


def test_whoever_may_read_nothing_of_a_document_finds_none_to_print(house: House) -> None:
    worker, group = house.person("wil", "worker"), house.person("gwen", "steering_group")
    pack = house.write("pack", PACK, worker)
    for document_id, version in ((pack, None), (pack, 9), (uuid.uuid4(), None)):
        with pytest.raises(NotFound):
            engine.print_document(document_id, group, version)
    with pytest.raises(NotFound):
        engine.print_document(pack, worker, 9)


def test_an_earlier_version_is_printed_as_it_stood_and_says_so(house: House) -> None:
    worker = house.person("wil", "worker")
    pack = house.write("pack", PACK, worker)
    house.write_again(pack, {"history": {"story": "short"}}, worker)
    paper = engine.print_document(pack, worker, 1)
    assert (paper.version, paper.newest) == (1, 2)
    assert "long" in said(paper)
    assert Text("1 of 2", "1 o 2") in [value for _, value in engine.head_lines(paper)]


def test_what_must_not_be_published_is_marked_on_every_page() -> None:
    def marks(form_id: str, **known: object) -> list[str]:
        return [mark.en for mark in confidentiality.marks_of(parsed(form_id), known)]

    for form_id in ("genogram", "agency_timeline", "screening"):
        assert marks(form_id) == ["Not for publication"]
    assert marks("report") == ["Draft – not for publication"]
    assert marks("report", report_accepted_on="2026-01-01") == ["Not for publication"]
    assert marks("report", report_accepted_on="2026-01-01", published_on="2026-02-01") == []
    assert marks("working_principles") == []


def test_the_draft_report_is_not_handed_to_those_who_only_comment_on_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confidentiality, "REPORT", "F-46")
    monkeypatch.setattr(confidentiality, "COMMENTS_ONLY", frozenset({"facilitator"}))
    worker, other = house.person("wil", "worker"), house.person("ffi", "facilitator")
    both = house.person("both", "facilitator", "worker")
    pack = house.write("pack", PACK, worker)
    taken = [engine.print_document(pack, one).may_be_taken for one in (worker, other, both)]
    assert taken == [True, False, True]
    monkeypatch.setattr(confidentiality, "REPORT", "F-05")
    assert engine.print_document(pack, other).may_be_taken


def test_a_signature_under_what_was_put_right_later_says_so() -> None:
    at = datetime(2026, 5, 28, 9, tzinfo=UTC)
    content = {"letter": {"letter_signature": {"name": "Una Fletcher", "at": at.isoformat()}}}
    (stands,) = [b for b in built("invitation_letter", content) if isinstance(b, papers.Signature)]
    assert stands.remark is None
    assert stands.at.cy == "28 Mai 2026 am 10:00"
    (old,) = [
        b
        for b in built("invitation_letter", content, outdated=[at])
        if isinstance(b, papers.Signature)
    ]
    assert old.remark == words.SIGNED_BEFORE


def test_where_nobody_signed_there_is_room_for_the_hand() -> None:
    blocks = built("invitation_letter", {"letter": {}})
    (empty,) = [block for block in blocks if isinstance(block, papers.Signature)]
    assert not empty.name
    labels = [pair.label.en for pair in engine.signature_pairs(empty)]
    assert labels == ["Signed by", "Date"]


def test_a_fixed_text_that_does_not_apply_is_not_printed() -> None:
    blocks = built("invitation_letter", {"letter": {}}, hidden=lambda entry: entry.hide is not None)
    printed = repr(blocks)
    assert "The family is asked" not in printed
    assert "The family is asked" in repr(built("invitation_letter", {"letter": {}}))


def test_what_a_layout_does_not_name_follows_it() -> None:
    layout = layouts.parse_layout(
        b'[layout]\n[[layout.blocks]]\nfields = ["principle_2"]\n', "forms/reports/x.toml"
    )
    content = {"principles": {"principle_1": "First.", "principle_2": "Second.", "agreed": True}}
    blocks = built("working_principles", content, layout=layout)
    printed = repr(blocks)
    assert printed.index("Second.") < printed.index("First.")
    assert printed.count("Second.") == printed.count("First.")


def test_a_layout_prints_nothing_of_a_part_that_cannot_be_read() -> None:
    form = parsed("working_principles")
    layout = layouts.parse_layout(
        b'[layout]\n[[layout.blocks]]\nheading_en = "More"\nheading_cy = "Mwy"\n'
        b'fields = ["more"]\n[[layout.blocks]]\ntext_en = "Case {case}"\n'
        b'text_cy = "Achos {case}"\n',
        "forms/reports/x.toml",
    )
    content = {"principles": {"principle_1": "First."}}
    source = papers.Source(form, content, {"principles_principle_1"}, values={"case": "CNS-1"})
    assert papers.build(source, layout) == (
        papers.Paragraph(Text("Case CNS-1", "Achos CNS-1")),
        papers.Heading(form.sections[0].texts["label"]),
        papers.Pairs(
            (papers.Pair(form.field("principle_1").text("label"), (words.typed("First."),)),)
        ),
    )


def test_rows_of_which_no_column_can_be_read_are_not_printed_at_all() -> None:
    form = parsed("terms_of_reference")
    rows = form.field("further_issues")
    content = {"further": {"further_issues": [{"issue_found": "Was it seen?"}]}}
    assert papers.build(papers.Source(form, content, {rows.id})) == ()
    column = next(one for one in rows.columns if one.key == "issue_found")
    assert "Was it seen?" in repr(papers.build(papers.Source(form, content, {rows.id, column.id})))


def test_of_an_appendix_only_the_named_fields_and_columns_are_printed() -> None:
    row = {"issue_found": "Was it seen?", "found_by": "The Panel", "found_on": "2026-02-01"}
    content = {
        "further": {"further_issues": [row]},
        "version": {"version_reason": "A new question."},
    }
    form = parsed("terms_of_reference")
    readable = {p.id for s in form.sections for e in s.fields for p in (e, *e.columns)}
    source = papers.Source(form, content, readable)
    printed = repr(papers.build(source, only=["further_issues.issue_found"]))
    assert "Was it seen?" in printed
    assert "The Panel" not in printed
    assert "A new question." not in printed


def test_signs_that_no_office_file_can_hold_are_replaced() -> None:
    assert (
        words.typed("a\x00b\x0bc\ufffe").en
        == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"
    )
    assert words.typed("Siân \U0001f600\tok").en == "Siân \U0001f600\tok"


def test_a_board_s_address_and_logo_head_its_papers(house: House) -> None:
    worker = house.person("wil", "worker")
    pack = house.write("pack", PACK, worker)
    assert engine.print_document(pack, worker).letterhead.lines("en") == ()
    with db.reading() as session:
        key = session.get_one(Board, house.board_id).key
    address = Text("1 High Street\nTown\n", "1 Stryd Fawr\nTref\n")
    papers.set_letterhead(key, address, "logo.png", DOT)
    paper = engine.print_document(pack, worker)
    assert paper.letterhead.lines("cy") == ("1 Stryd Fawr", "Tref")
    assert engine.logo_address(paper.letterhead).startswith("data:image/png;base64,iVBOR")
    for write in (engine.write_docx, engine.write_odt):
        assert write(paper, "both")
    papers.set_letterhead(key, Text("", ""))
    assert engine.logo_address(engine.print_document(pack, worker).letterhead) == ""
    with db.reading() as session:
        kinds = [event.kind for event in session.query(AuditEvent).all()]
    assert kinds.count("letterhead_set") == 2


def test_a_logo_is_looked_over_for_viruses_as_every_file_is(house: House, tmp_path: Path) -> None:
    class Suspicious(uploads.Scanner):
        def check(self, filename: str, content: bytes) -> None:
            raise uploads.FileInfected(filename=filename)

    uploads.use(uploads.Store(tmp_path / "uploads", scanner=Suspicious("127.0.0.1", 1)))
    with db.reading() as session:
        key = session.get_one(Board, house.board_id).key
    with pytest.raises(uploads.FileInfected):
        papers.set_letterhead(key, Text("", ""), "logo.png", DOT)
    with db.reading() as session:
        assert papers.read_letterhead(session, house.board_id).logo == b""


def test_a_logo_is_a_small_picture_and_an_address_is_in_both_languages(house: House) -> None:
    with pytest.raises(LogoRefused):
        papers.set_letterhead("x", Text("", ""), "logo.txt", b"words")
    with pytest.raises(LogoRefused):
        papers.set_letterhead("x", Text("", ""), "logo.png", DOT + b"\0" * 200_000)
    with pytest.raises(AddressInOneLanguage):
        papers.set_letterhead("x", Text("1 High Street", ""))
    with pytest.raises(NotFound):
        papers.set_letterhead("nowhere", Text("", ""))


def test_both_languages_stand_together_with_the_welsh_first_and_once_where_they_are_the_same() -> (
    None
):
    assert list(engine.runs(Text("Case", "Achos"), "both")) == [("cy", "Achos"), ("en", "Case")]
    assert list(engine.runs(Text("Estyn", "Estyn"), "both")) == [("", "Estyn")]
    assert list(engine.runs(Text("Case", "Achos"), "en")) == [("en", "Case")]


def test_a_date_that_is_not_exact_is_printed_as_exactly_as_it_is_known() -> None:
    rows = parsed("merged_timeline").field("merged_rows")
    happened = next(column for column in rows.columns if column.key == "merged_happened_on")
    said = {"2024-11~": "tua Thachwedd 2024", "2024-06-03/2024-06-09": "rhwng 3 a 9 Mehefin 2024"}
    for edtf, welsh in said.items():
        (line,) = words.answer(happened, edtf, {})
        assert line.cy == welsh


def test_answers_of_every_kind_have_words_in_both_languages() -> None:
    form = parsed("recommendation")
    month = words.answer(form.field("completed_month"), "2026-02", {})
    assert month == (Text("February 2026", "Chwefror 2026"),)
    assert words.answer(form.field("independent_reviewer"), value=True, titles={})[0].en == "Yes"
    link = words.answer(form.field("cross_border_link"), "1", {"cross_border": Text("A", "B")})
    assert link == (Text("A (a document of this case)", "B (un o ddogfennau’r achos hwn)"),)
    assert words.answer(form.field("cpr_signed_on"), "2026-02-01", {})[0].cy == "1 Chwefror 2026"
    assert words.answer(form.field("cpr_signed_on"), "2026-02-99", {})[0].cy == "2026-02-99"
    assert isinstance(form, forms.Form)


def test_a_pdf_fetches_nothing_that_its_page_names(tmp_path: Path) -> None:
    if not engine.can_write_pdf():
        pytest.skip("no WeasyPrint, or no Pango, on this machine")
    picture = tmp_path / "dot.png"
    picture.write_bytes(DOT)
    inside = f"data:image/png;base64,{base64.b64encode(DOT).decode()}"

    def pictures(source: str) -> int:
        page = f'<html lang="en"><title>x</title><p>x</p><img src="{source}" alt="x">'
        return engine.write_pdf(page, "").count(b"/Subtype /Image")

    assert pictures(inside) == 1
    assert pictures(picture.as_uri()) == 0


def test_the_command_sets_the_head_of_a_board_s_papers(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "connect", lambda settings: None)
    with db.reading() as session:
        key = session.get_one(Board, house.board_id).key
    for language, line in (("en", "1 High Street"), ("cy", "1 Stryd Fawr")):
        (tmp_path / language).write_text(f"{line}\n", encoding="utf-8")
    (tmp_path / "logo.png").write_bytes(DOT)
    addresses = ["--address-en", str(tmp_path / "en"), "--address-cy", str(tmp_path / "cy")]
    run = CliRunner().invoke(main, ["letterhead", key, *addresses])
    assert run.exit_code == 0, run.output
    with db.reading() as session:
        head = papers.read_letterhead(session, house.board_id)
    assert (head.lines("cy"), head.logo) == (("1 Stryd Fawr",), b"")
    assert CliRunner().invoke(main, ["letterhead", key, *addresses[:2]]).exit_code == 1
    with_logo = ["letterhead", key, *addresses, "--logo", str(tmp_path / "logo.png")]
    assert CliRunner().invoke(main, with_logo).exit_code == 0
    assert CliRunner().invoke(main, ["letterhead", "nowhere", *addresses]).exit_code == 1
