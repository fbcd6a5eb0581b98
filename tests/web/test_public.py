"""What anybody may read without signing in: published reports, and nothing else of any case."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

import engine
from engine import db, documents, public_report, publication, store
from engine.models import Account, Case, Document
from tests.web.conftest import ON_SQLITE_ALONE, Site
from tests.web.test_access import ANYBODY, ROUTES

BOARD = "cwmafon"


def the_report() -> engine.PublishedReport:
    """Return the report that the demonstration has published."""
    return engine.published_reports(BOARD)[0]


def pages() -> list[str]:
    """Return the addresses of everything that is public of it."""
    here = f"/reports/{BOARD}/{the_report().reference}"
    return [f"/reports/{BOARD}", here, f"{here}/briefing"]


def read(answer: TestResponse) -> str:
    """Return what a page says, without what surrounds it."""
    text = answer.get_data(as_text=True)
    return text[text.index("<main") : text.index("</main")]


@pytest.mark.parametrize("language", ["", "/cy"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_published_report_is_there_for_anybody(site: Site, number: int, language: str) -> None:
    answer = site.visitor().get(language + pages()[number])
    assert answer.status_code == 200
    assert the_report().identifier in read(answer)
    assert answer.headers["Content-Language"] == ("cy" if language else "en")
    assert ("Adroddiad" in read(answer) or "adroddiad" in read(answer)) == bool(language)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_public_page_sets_no_cookie_and_is_the_same_for_everybody(
    site: Site, number: int
) -> None:
    stranger, coordinator = site.visitor(), site.signed_in("Ffion Hughes")
    answer = stranger.get(pages()[number])
    again = coordinator.get(pages()[number])
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "X-Robots-Tag" not in answer.headers
    assert answer.get_data() == again.get_data()
    assert "Ffion" not in again.get_data(as_text=True)


def test_the_report_says_what_was_written_and_whose_appendices_it_has(site: Site) -> None:
    said = read(site.visitor().get(pages()[1]))
    for part in (
        "What did we learn?",
        "Appendix 1",
        "Appendix 2",
        "Appendix 3",
        "Statement of independence",
    ):
        assert part in said
    assert "It is online until" in said
    assert "Welsh Government use" not in said


def test_the_briefing_holds_the_learning_and_nothing_of_what_happened(site: Site) -> None:
    said = read(site.visitor().get(pages()[2]))
    assert "agree who puts together what each of them knows" in said
    assert "died at home" not in said
    assert len(re.sub("<[^>]+>", " ", said).split()) < 1500


@pytest.mark.parametrize(
    "path",
    [
        "/reports",
        "/reports/",
        "/reports/nobody",
        "/reports/CWMAFON",
        "/reports/cwmafon/x",
        f"/reports/cwmafon/{uuid.UUID(int=7)}",
        f"/reports/cwmafon/{uuid.UUID(int=7)}/briefing",
        "/reports/brynteg/{reference}",
        "/reports/cwmafon/{reference}/appendix",
        "/reports/cwmafon/{case}",
        "/reports/cwmafon/{other}",
    ],
)
def test_everything_else_is_not_there(site: Site, path: str) -> None:
    """Another Board's address, the case's own id, and another document of the case are nothing."""
    report = the_report()
    with db.reading() as session:
        record = session.get_one(Document, report.reference)
        other = session.scalar(
            select(Document.id).where(Document.case_id == record.case_id, Document.form == "report")
        )
        path = path.format(reference=report.reference, case=record.case_id, other=other)
    answer = site.visitor().get(path)
    assert answer.status_code == 404
    assert report.identifier not in answer.get_data(as_text=True)


def test_the_address_says_nothing_of_the_case(site: Site) -> None:
    reference = str(the_report().reference)
    with db.reading() as session:
        case_ids = set(session.scalars(select(Case.id)))
    assert uuid.UUID(reference) not in case_ids
    assert the_report().identifier.lower() not in pages()[1]


@ON_SQLITE_ALONE
@pytest.mark.parametrize("route", sorted(ROUTES))
def test_no_page_without_signing_in_gives_anything_of_a_case(site: Site, route: str) -> None:
    """Of the published case nobody outside reads more than is printed; of the others nothing."""
    method, path = route.split(" ", 1)
    visitor = site.visitor()
    for place in addresses():
        asked = re.sub(r"<(?:\w+:)?(\w+)>", lambda found, at=place: at[found[1]], path)
        answer = visitor.get(asked) if method == "GET" else visitor.post(asked, {})
        if ROUTES[route] != ANYBODY:
            assert answer.status_code == 303
        text = answer.get_data(as_text=True)
        for secret in secrets():
            assert secret not in text


_secrets: list[str] = []


def secrets() -> list[str]:
    """Return what stands in the documents of all cases and is printed in no published report."""
    if not _secrets:
        with db.reading() as session:
            printed, kept = "", set[str]()
            for case in session.scalars(select(Case).order_by(Case.id)):
                file = store.read_case(session, case.id, "test")
                if file.names(None).get("published_on") is not None:
                    printed += "\n".join(p.value.en for p in public_report.passages(file))
                else:
                    kept.add(case.identifier)
                for row in documents.documents(session, case.id):
                    kept.update(texts(documents.version(session, row.id, row.version).content))
        # The sign-in page of a demonstration lists its invented people.
        listed = {
            said for one in engine.demonstration_people() for said in (one.name, one.designation)
        }
        _secrets.extend(each for each in sorted(kept - listed) if each not in printed)
        assert len(_secrets) > 100
    return _secrets


def texts(value: Any) -> Iterator[str]:
    """Go through the longer texts that people wrote."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key != "_key":
                yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str) and len(value) > 12 and " " in value:
        yield value


def addresses() -> list[dict[str, str]]:
    """Return what fits into the addresses of pages: of the published case, and of another."""
    found = []
    with db.reading() as session:
        for wanted in (True, False):
            form = "publication" if wanted else "report"
            row = session.scalars(
                select(Document).where(Document.form == form).order_by(Document.id)
            ).first()
            assert row is not None
            every = str(row.id)
            found.append(
                {
                    "board_key": BOARD, "reference": every, "document_id": every,
                    "case_id": str(row.case_id), "section": "heading", "filename": "build/x",
                    "form": form, "name": form, "path": "parents", "kind": "csv",
                    "file": "processes/roles.toml", "number": "1",
                    **dict.fromkeys(
                        (
                            "task_id", "instance_id", "incident_id", "appointment_id", "upload_id",
                            "notice_id", "note_id", "view_id", "account_id", "absence_id",
                            "meeting_id", "proposal_id", "act", "code_id", "face",
                            "proceeding_id", "adoption_id", "key", "token", "draft_id",
                            "decision", "row", "column", "timescale", "fact", "milestone",
                            "letter", "reading", "form_id", "part_id", "process", "flow",
                            "gateway", "element",
                        ),
                        every,
                    ),
                }
            )  # fmt: skip
    return found


def with_facts(**changed: Any) -> Any:
    """Let the case behind the report know other facts than it does."""
    plain = store.CaseFile.names

    def names(self: store.CaseFile, item: str | None) -> Any:
        return {**plain(self, item), **changed}

    return patch.object(store.CaseFile, "names", names)


def test_after_it_was_taken_down_the_same_address_says_that_it_can_be_had(site: Site) -> None:
    report = the_report()
    here = pages()[1:]
    gone = {"removed_on": report.online_until, "keep_or_remove": "remove"}
    earlier = report.published_on - timedelta(days=100)
    late = {**gone, "published_on": earlier, "online_since_on": earlier,
            "removed_on": earlier + publication.TWELVE_WEEKS}  # fmt: skip
    for path in here:
        with with_facts(**late):
            answer = site.visitor().get(path)
        assert answer.status_code == 200
        assert "It can be had on request from the Board" in read(answer)
        assert "died at home" not in read(answer)
        assert "agree who puts together" not in read(answer)
        assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="robots" content="noindex' in answer.get_data(as_text=True)
    with with_facts(**late):
        assert "can be had on request" in read(site.visitor().get(pages()[0]))


def test_nothing_takes_it_down_before_twelve_weeks(site: Site) -> None:
    """DR-15.1, whatever was written, and on the last day but one."""
    since = date(2026, 1, 5)
    known = {"published_on": since, "online_since_on": since, "keep_or_remove": "remove"}
    for days, online in ((1, True), (83, True), (84, False)):
        with with_facts(**known, removed_on=since + timedelta(days=days)):
            assert the_report().is_online == online


def test_what_is_kept_or_is_to_be_taken_down_later_is_online(site: Site) -> None:
    since = date(2026, 1, 5)
    known = {"published_on": since, "online_since_on": since}
    removed = since + publication.TWELVE_WEEKS
    with with_facts(**known, removed_on=removed, keep_or_remove="keep"):
        assert the_report().is_online
    with with_facts(**known, removed_on=date(2999, 1, 1), keep_or_remove="remove"):
        assert the_report().is_online


def test_a_day_that_lies_ahead_publishes_nothing(site: Site) -> None:
    reference = the_report().reference
    with with_facts(published_on=date(2999, 1, 1)):
        assert engine.published_reports(BOARD) == []
        with pytest.raises(engine.NotFound):
            engine.published_report(BOARD, reference)


def test_a_board_says_how_to_ask_for_a_report(site: Site) -> None:
    said = {"en": "Write to the Board.", "cy": "Ysgrifennwch at y Bwrdd."}
    since = date(2026, 1, 5)
    gone = {"published_on": since, "online_since_on": since, "keep_or_remove": "remove",
            "removed_on": since + publication.TWELVE_WEEKS}  # fmt: skip
    settings = property(lambda board: {"report_requests": said})
    with with_facts(**gone), patch.object(publication.Board, "settings", settings):
        path = pages()[1]
        assert "Write to the Board." in read(site.visitor().get(path))
        assert "Ysgrifennwch at y Bwrdd." in read(site.visitor().get(f"/cy{path}"))


def test_nobody_who_works_on_the_case_is_named_but_the_authors(site: Site) -> None:
    with db.reading() as session:
        names = list(session.scalars(select(Account.name)))
    said = " ".join(read(site.visitor().get(path)) for path in pages())
    named = {name for name in names if name in said}
    assert named <= {"Una Fletcher", "Meinir Rowlands"}
