"""Documents are printed and downloaded by whoever may read them, and hold what the page shows."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import select

import engine
from engine import db
from engine.models import AuditEvent, Document, DocumentVersion
from engine.papers import pdf
from tests.web.conftest import Site

FFION = "Ffion Hughes"
PAPER_STYLE = Path(__file__).parents[2] / "web" / "assets" / "paper.css"


@pytest.fixture
def consent(site: Site) -> engine.DocumentPage:
    """The consent record of a case that was played to its end."""
    listed = site.played_to_its_end(FFION).documents
    found = next(one for one in listed if one.catalogue == "F-45")
    return engine.document_page(found.id, site.people[FFION])


def texts_in(value: Any) -> set[str]:
    """Return every text of some length that an answer holds."""
    if isinstance(value, dict):
        parts = [texts_in(part) for key, part in value.items() if not key.startswith("_")]
    elif isinstance(value, list):
        parts = [texts_in(part) for part in value]
    else:
        return {value} if isinstance(value, str) and len(value) > 12 and " " in value else set()
    return set().union(*parts)


def test_the_page_of_a_document_offers_to_print_it_in_both_languages(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    english = visitor.get(f"/documents/{consent.id}").get_data(as_text=True)
    welsh = visitor.get(f"/cy/documents/{consent.id}").get_data(as_text=True)
    assert "Print or download" in english
    assert "Argraffu neu lawrlwytho" in welsh
    for language in ("en", "cy", "both"):
        assert f'/documents/{consent.id}/paper?language={language}"' in english
        assert f'/cy/documents/{consent.id}/paper.odt?language={language}"' in welsh


def test_a_paper_is_a_page_of_its_own_without_the_service_around_it(
    site: Site, consent: engine.DocumentPage
) -> None:
    answer = site.signed_in(FFION).get(f"/documents/{consent.id}/paper?language=both")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<html lang="cy">' in page
    for around in ("<nav", "<form", "<script", "Sign out", FFION):
        assert around not in page
    assert consent.case_identifier in page
    for said in ("cy", "en"):
        assert consent.form.title(said) in page


def test_the_language_of_a_paper_is_the_one_of_the_page_unless_it_is_chosen(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    for path, language in (
        (f"/documents/{consent.id}/paper", "en"),
        (f"/cy/documents/{consent.id}/paper", "cy"),
        (f"/cy/documents/{consent.id}/paper?language=en", "en"),
        (f"/cy/documents/{consent.id}/paper?language=fr", "cy"),
    ):
        assert f'<html lang="{language}">' in visitor.get(path).get_data(as_text=True)


@pytest.mark.parametrize("kind", ["docx", "odt", "pdf"])
def test_a_file_is_handed_out_as_an_attachment_that_names_nobody(
    site: Site, consent: engine.DocumentPage, kind: str
) -> None:
    if kind == "pdf" and not engine.can_write_pdf():
        pytest.skip("no WeasyPrint, or no Pango, on this machine")
    answer = site.signed_in(FFION).get(f"/documents/{consent.id}/paper.{kind}?language=cy")
    assert answer.status_code == 200
    name = f"{consent.case_identifier}_F-45_{str(consent.id)[:8]}_v{consent.version}_cy.{kind}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.data.startswith(b"%PDF" if kind == "pdf" else b"PK")


def test_a_kind_or_a_version_that_is_not_there_is_not_found(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    for path in ("paper.exe", "paper.docx?version=99", "paper?version=-1"):
        assert visitor.get(f"/documents/{consent.id}/{path}").status_code == 404


def test_it_is_told_plainly_where_no_pdf_can_be_made(
    site: Site, consent: engine.DocumentPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise OSError("cannot load library libpango")

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    pdf.can_write_pdf.cache_clear()
    visitor = site.signed_in(FFION)
    try:
        page = visitor.get(f"/documents/{consent.id}").get_data(as_text=True)
        assert "This installation makes no PDF files" in page
        assert "paper.pdf" not in page
        asked = visitor.get(f"/documents/{consent.id}/paper.pdf")
        assert asked.status_code == 501
        assert "cannot make PDF files" in asked.get_data(as_text=True)
    finally:
        pdf.can_write_pdf.cache_clear()


def test_nobody_finds_on_paper_what_their_page_does_not_show(site: Site) -> None:
    """The longest document of each form of the demonstration, for everybody who may read it."""
    longest: dict[str, tuple[uuid.UUID, set[str]]] = {}
    with db.reading() as session:
        found = session.execute(
            select(Document, DocumentVersion)
            .join(DocumentVersion, DocumentVersion.document_id == Document.id)
            .where(DocumentVersion.number == Document.version)
            .order_by(Document.id)
        )
        for document, version in found:
            texts = texts_in(version.content)
            if len(texts) > len(longest.get(document.form, (None, ()))[1]):
                longest[document.form] = document.id, texts
    rows = list(longest.values())
    cut = shown = 0
    for document_id, written in rows:
        for actor in site.people.values():
            try:
                page = engine.document_page(document_id, actor)
            except engine.NotFound:
                with pytest.raises(engine.NotFound):
                    engine.print_document(document_id, actor)
                continue
            paper = engine.print_document(document_id, actor)
            printed = repr(paper.blocks)
            may_see = repr(sorted(texts_in(page.content)))
            for text in written:
                words = repr(text.splitlines()[0])[1:-1]
                if words in may_see:
                    shown += words in printed
                else:
                    cut += 1
                    assert words not in printed, (page.form.id, actor.name)
    assert shown > 100
    assert cut


def test_a_document_of_the_demonstration_says_in_word_what_was_written(
    site: Site, consent: engine.DocumentPage
) -> None:
    answer = site.signed_in(FFION).get(f"/documents/{consent.id}/paper.docx")
    said = "\n".join(p.text for p in docx.Document(io.BytesIO(answer.data)).paragraphs)
    assert "Mari Huws" in "".join(docx.Document(io.BytesIO(answer.data)).element.itertext())
    assert consent.case_identifier in said


def test_printing_changes_nothing_as_reading_changes_nothing(
    site: Site, consent: engine.DocumentPage
) -> None:
    def events() -> int:
        with db.reading() as session:
            return session.query(AuditEvent).filter_by(case_id=consent.case_id).count()

    before = events()
    site.signed_in(FFION).get(f"/documents/{consent.id}/paper.odt")
    assert events() == before
    assert isinstance(consent.id, uuid.UUID)


def test_the_page_of_a_paper_leads_back_and_says_how_to_print_it(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor, path = site.signed_in(FFION), f"/documents/{consent.id}"
    page = visitor.get(f"/cy{path}/paper?language=en&version=1").get_data(as_text=True)
    assert f'href="/cy{path}?version=1"' in page
    assert "Ctrl a P" in page
    assert ".bar { display: none" in PAPER_STYLE.read_text(encoding="utf-8")


def test_a_paper_says_who_recorded_it_as_its_page_does(
    site: Site, consent: engine.DocumentPage
) -> None:
    author = consent.versions[0].author_name
    assert author
    visitor = site.signed_in(FFION)
    page = visitor.get(f"/documents/{consent.id}/paper?language=en").get_data(as_text=True)
    assert f"Recorded by</dt><dd>{author}</dd>" in page


def test_the_ways_to_print_begin_with_the_language_of_the_page(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    for prefix, order in (("", ["en", "cy", "both"]), ("/cy", ["cy", "en", "both"])):
        text = visitor.get(f"{prefix}/documents/{consent.id}").get_data(as_text=True)
        assert re.findall(r'/paper\?language=(\w+)"', text) == order


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("cy", "cy-GB"), ("both", "cy-GB")])
def test_a_word_file_holds_nothing_of_the_blank_file_that_it_began_from(
    site: Site, consent: engine.DocumentPage, language: str, tag: str
) -> None:
    path = f"/documents/{consent.id}/paper.docx?language={language}"
    written = zipfile.ZipFile(io.BytesIO(site.signed_in(FFION).get(path).data))
    parts = {name: written.read(name).decode("utf-8", "replace") for name in written.namelist()}
    assert not [name for name in parts if "thumbnail" in name or "stylesWithEffects" in name]
    assert "thumbnail" not in parts["_rels/.rels"]
    assert "2013" not in parts["docProps/core.xml"]
    assert "en-US" not in "".join(parts.values())
    assert re.findall(r'<w:lang [^>]*w:val="([^"]+)"', parts["word/styles.xml"]) == [tag, tag]
