"""The merged timeline: who reads it, how it is shown and printed, what people say of its rows."""

from __future__ import annotations

import html
import re
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

import engine
from engine import corrections
from tests.pages import OF_A_TIMELINE
from tests.web.conftest import Site, Visitor
from web import timelines, wall_charts

COORDINATOR, CHAIR = "Ffion Hughes", "Tomos Llewelyn"
AUTHOR, NOTE_TAKER, WORKER = "Aled Bevan", "Delyth Ames", "Carys Morgan"
#: Words that stand in no case of the demonstration.
CALL = "Quillfeather rang about shouting at the home"
SAID = "Call by Quillfeather about shouting at home"


@pytest.fixture
def case(site: Site) -> uuid.UUID:
    """A review whose timelines are merged and whose learning event has been, as it stands."""
    actor, readers = site.people[COORDINATOR], (site.people[CHAIR], site.people[NOTE_TAKER])
    return next(
        found.id
        for found in engine.list_cases(actor)
        if all(engine.may_open_timeline(found.id, reader) for reader in readers)
        if engine.timeline_page(found.id, actor).document_id
    )


@pytest.fixture
def alike(site: Site, case: uuid.UUID) -> list[str]:
    """The keys of two rows that likely are one event, and of which nobody has said anything."""
    actor = site.people[COORDINATOR]
    page = engine.timeline_page(case, actor)
    if not any(CALL in event.event for event in page.events):
        day = min(event.earliest for event in page.events if event.earliest)
        for agency, text in (("police", CALL), ("social_services", SAID)):
            add_row(site, case, agency, day + timedelta(days=3), text)
    page = engine.timeline_page(case, actor)
    for one in page.joining.same + page.joining.different:
        engine.take_joining_back(case, one.key, actor)
    return [event.key for event in page.events if event.event in (CALL, SAID)]


def add_row(site: Site, case: uuid.UUID, agency: str, day: date, text: str, **more: str) -> None:
    """Put one more row into what an agency returned, after the merge."""
    actor = site.people[COORDINATOR]
    document = engine.timeline_page(case, actor).sources[agency]
    rows = engine.document_page(document, actor).content["timeline"]["timeline_rows"]
    added = {"happened_on": day.isoformat(), "event": text, "family_involved": "Child 1",
             "staff_involved": "Duty worker", **more}  # fmt: skip
    values = {"timeline_rows": [*rows, added]}
    corrections.amend(document, ("timeline",), "one more came", actor, values=values)


def said(visitor: Visitor, path: str) -> str:
    """Return a page that is there, as its source without escapes."""
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.get_data(as_text=True))


def told(page: str) -> str:
    """Return the table of a page, without the drawing above it."""
    return page[page.index("In words") :]


def test_the_timeline_is_drawn_and_told_in_both_languages(site: Site, case: uuid.UUID) -> None:
    visitor = site.signed_in(CHAIR)
    words_of = {
        "": ("Merged timeline", "Police (", "Row in its source"),
        "/cy": ("Llinell amser gyfun", "Yr heddlu (", "Y rhes yn ei"),
    }
    for prefix, words in words_of.items():
        page = said(visitor, f"{prefix}/cases/{case}/timeline")
        assert all(word in page for word in words)
        (drawing,) = re.findall(r'<svg class="app-timeline" width="9.*?</svg>', page, re.DOTALL)
        assert words[1] in drawing


def test_every_row_leads_to_its_source_and_its_version(site: Site, case: uuid.UUID) -> None:
    visitor, actor = site.signed_in(CHAIR), site.people[CHAIR]
    events = engine.timeline_page(case, actor).events
    page = said(visitor, f"/cases/{case}/timeline")
    sources = {one.key: one.source.split(" / ") for one in events if not one.was_added}
    for agency, row, version in sources.values():
        links = re.findall(rf'"([^"]+)">Row in its source<[^>]*>: {agency} / {row} ', page)
        assert links
        document = engine.timeline_page(case, actor).sources[agency]
        assert links == [f"/documents/{document}?version={version}"]
        assert visitor.get(links[0]).status_code == 200


@pytest.mark.parametrize("part", [*OF_A_TIMELINE, "/chart.svg"])
@pytest.mark.parametrize("name", [AUTHOR, WORKER, "Rhys Vaughan", "Gareth Evans"])
def test_whoever_may_not_read_the_timeline_finds_none(
    site: Site, case: uuid.UUID, name: str, part: str
) -> None:
    assert site.signed_in(name).get(f"/cases/{case}/timeline{part}").status_code == 404


def test_a_worker_sees_the_case_and_no_way_to_its_timeline(site: Site, case: uuid.UUID) -> None:
    assert "/timeline" not in said(site.signed_in(WORKER), f"/cases/{case}/documents")
    assert "/timeline" in said(site.signed_in(CHAIR), f"/cases/{case}/documents")


def test_a_note_taker_reads_it_at_the_event_and_is_told_of_no_findings(
    site: Site, case: uuid.UUID, alike: list[str]
) -> None:
    visitor = site.signed_in(NOTE_TAKER)
    page = said(visitor, f"/cases/{case}/timeline")
    assert CALL in page
    assert "/findings" not in page
    assert visitor.get(f"/cases/{case}/timeline/findings").status_code == 404
    answer = visitor.post(
        f"/cases/{case}/timeline/findings", {"row": alike, "page-verdict": "same"}
    )
    assert answer.status_code == 404
    assert not engine.timeline_page(case, site.people[CHAIR]).joining.same


def test_a_consultation_has_no_timeline(site: Site) -> None:
    consultation = site.played_to_its_end(COORDINATOR).summary.id
    visitor = site.signed_in(COORDINATOR)
    assert visitor.get(f"/cases/{consultation}/timeline").status_code == 404
    assert "/timeline" not in said(visitor, f"/cases/{consultation}/documents")


def test_rows_are_joined_by_a_person_and_stay_as_they_are(
    site: Site, case: uuid.UUID, alike: list[str]
) -> None:
    visitor, actor = site.signed_in(CHAIR), site.people[CHAIR]
    findings = f"/cases/{case}/timeline/findings"
    assert all(f'value="{key}"' in said(visitor, findings) for key in alike)
    before = engine.timeline_page(case, actor)
    answer = visitor.post(findings, {"row": alike, "page-verdict": "same"})
    assert (answer.status_code, answer.headers["Location"]) == (303, findings)
    after = engine.timeline_page(case, actor)
    assert after.events == before.events
    assert after.version == before.version + 1
    page = said(visitor, f"/cases/{case}/timeline")
    assert "row 1 of 2 of one event" in page
    assert CALL in page
    assert SAID in page
    assert not [one for one in engine.timeline_findings(case, actor).together
                if alike[0] in {event.key for event in one.events}]  # fmt: skip
    assert engine.case_history(case, actor).lines[0].kind == "rows_joined"


def test_what_was_said_of_rows_can_be_taken_back_and_stays_on_record(
    site: Site, case: uuid.UUID, alike: list[str]
) -> None:
    visitor, actor = site.signed_in(CHAIR), site.people[CHAIR]
    findings = f"/cases/{case}/timeline/findings"
    visitor.post(findings, {"row": alike, "page-verdict": "different"})
    page = engine.timeline_page(case, actor)
    (different,) = page.joining.different
    assert set(different.rows) == set(alike)
    assert visitor.post(findings, {"page-take-back": different.key}).status_code == 303
    after = engine.timeline_page(case, actor)
    assert not after.joining.different
    assert after.document_id is not None
    earlier = engine.document_page(after.document_id, actor, page.version)
    (row,) = earlier.content["joins"]["joined_rows"]
    assert row["joined_as"] == "different"
    assert "joins" not in earlier.amendable
    again = visitor.post(findings, {"page-take-back": different.key})
    assert again.status_code == 409
    assert "nothing was recorded" in again.get_data(as_text=True)


def test_fewer_than_two_rows_or_rows_that_are_gone_are_refused_with_a_reason(
    site: Site, case: uuid.UUID, alike: list[str]
) -> None:
    visitor, findings = site.signed_in(CHAIR), f"/cases/{case}/timeline/findings"
    few = visitor.post(findings, {"row": alike[:1], "page-verdict": "same"})
    assert few.status_code == 422
    assert "Choose at least two rows" in few.get_data(as_text=True)
    gone = visitor.post(findings, {"row": [alike[0], "police_row_999"], "page-verdict": "same"})
    assert gone.status_code == 409
    assert visitor.post(findings, {"row": alike, "page-verdict": "x"}).status_code == 404


def test_a_row_that_came_after_the_merge_is_marked_as_late(
    site: Site, case: uuid.UUID, alike: list[str]
) -> None:
    events = engine.timeline_page(case, site.people[CHAIR]).events
    assert {one.key for one in events if one.is_late} == set(alike)
    assert said(site.signed_in(CHAIR), f"/cases/{case}/timeline").count("Came late") == 2


def test_words_that_are_searched_for_come_into_no_address(
    site: Site, case: uuid.UUID, alike: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "PAGE", 1)
    visitor, path = site.signed_in(CHAIR), f"/cases/{case}/timeline"
    page = visitor.post(path, {"words": "quillfeather SHOUTING"}).get_data(as_text=True)
    assert "2 rows of " in page
    assert (CALL in told(page), SAID in told(page)) == (True, False)
    assert "uillfeather" not in "".join(re.findall(r'(?:href|action|src)="[^"]*"', page))
    second = visitor.post(path, {"words": "quillfeather", "page": "2"}).get_data(as_text=True)
    assert (CALL in told(second), SAID in told(second)) == (False, True)
    assert "2 rows of " not in said(visitor, f"{path}?words=quillfeather")
    assert "No row is of that kind" in visitor.post(path, {"words": "zzz"}).get_data(as_text=True)
    sent = visitor.post(path, {"words": "", "agency": "police", "since-day": "1",
                               "since-month": "2", "since-year": "2020"})  # fmt: skip
    assert sent.status_code == 303
    assert "agency=police" in sent.headers["Location"]
    assert "since-year=2020" in sent.headers["Location"]


def test_an_agency_and_a_period_are_chosen_and_a_wrong_day_is_told(
    site: Site, case: uuid.UUID, alike: list[str]
) -> None:
    visitor, path = site.signed_in(CHAIR), f"/cases/{case}/timeline"
    page = said(visitor, f"{path}?agency=police")
    assert (CALL in page, SAID in page) == (True, False)
    assert CALL not in said(visitor, f"{path}?until-day=1&until-month=1&until-year=2000")
    wrong = visitor.get(f"{path}?since-day=31&since-month=2&since-year=2026")
    assert wrong.status_code == 422
    assert 'value="31"' in wrong.get_data(as_text=True)
    assert visitor.get(f"{path}?page=2").status_code == 404


def test_a_page_shows_few_rows_and_the_drawing_all(
    site: Site, case: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "PAGE", 2)
    visitor, path = site.signed_in(CHAIR), f"/cases/{case}/timeline"
    total = engine.timeline_page(case, site.people[CHAIR]).total
    page = said(visitor, f"{path}?page=2")
    assert page.count('data-label="When"') == 2
    assert page.count("<g><title>") == total


def test_ages_are_told_to_the_month_to_whoever_may_read_the_birth_and_to_nobody_else(
    site: Site, case: uuid.UUID
) -> None:
    path = f"/cases/{case}/timeline"
    (child, *_) = engine.timeline_page(case, site.people[CHAIR]).children
    assert child.born_on is not None
    page = said(site.signed_in(CHAIR), path)
    assert re.search(rf"{child.label.en}: \d+ years", page)
    assert not engine.timeline_page(case, site.people[NOTE_TAKER]).children or not any(
        one.born_on for one in engine.timeline_page(case, site.people[NOTE_TAKER]).children
    )
    chart = site.signed_in(CHAIR).get(f"{path}/chart.svg").get_data(as_text=True)
    assert f"{child.label.en}: " in chart
    assert "month" not in chart
    for shown in (page, chart):
        assert child.born_on.isoformat() not in shown
        assert f"{child.born_on:%-d %B %Y}" not in shown


def test_the_wall_chart_comes_as_drawing_and_as_sheets(
    site: Site, case: uuid.UUID, tmp_path: Path
) -> None:
    visitor, path = site.signed_in(CHAIR), f"/cases/{case}/timeline/chart"
    drawing = visitor.get(f"{path}.svg?sheet=A1")
    assert drawing.mimetype == "image/svg+xml"
    assert "attachment" in drawing.headers["Content-Disposition"]
    assert etree.fromstring(drawing.data).get("height") == "594mm"
    written = tmp_path / "chart.pdf"
    written.write_bytes(visitor.get(f"{path}.pdf?sheet=A3").data)
    for page in PdfReader(written).pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [420, 297]
    assert visitor.get(f"{path}.svg?sheet=A9").status_code == 404
    assert visitor.get(f"{path}.exe").status_code == 404


def test_a_chart_of_too_many_events_is_refused_with_what_to_do(
    site: Site, case: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_charts, "MOST_EVENTS", 1)
    answer = site.signed_in(CHAIR).get(f"/cases/{case}/timeline/chart.svg")
    assert answer.status_code == 422
    assert "Choose a period" in answer.get_data(as_text=True)


def test_silences_are_told_by_the_number_of_days_that_is_asked_for(
    site: Site, case: uuid.UUID
) -> None:
    visitor, path = site.signed_in(CHAIR), f"/cases/{case}/timeline/findings"
    assert 'value="28"' in said(visitor, path)
    assert "No row for more than 5 days" in said(visitor, f"{path}?silent=5")
    wrong = visitor.get(f"{path}?silent=0&before=many")
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.get_data(as_text=True)


def test_before_anybody_recorded_it_the_timeline_is_shown_as_it_will_be(site: Site) -> None:
    actor = site.people[CHAIR]
    pages = [
        engine.timeline_page(case.id, actor)
        for case in engine.list_cases(actor)
        if engine.may_open_timeline(case.id, actor)
    ]
    page = next(one for one in pages if one.document_id is None)
    shown = said(site.signed_in(CHAIR), f"/cases/{page.case_id}/timeline")
    assert ("There are no rows yet" in shown) == (page.total == 0)


def test_what_one_agency_denies_is_pointed_out_as_a_contradiction_until_it_is_told_apart(
    site: Site, case: uuid.UUID
) -> None:
    visitor, findings = site.signed_in(CHAIR), f"/cases/{case}/timeline/findings"
    page = engine.timeline_page(case, site.people[CHAIR])
    day = min(event.earliest for event in page.events if event.earliest) + timedelta(days=5)
    rows = {"police": "Ymweliad cartref: neb gartref.", "social_services": "Home visit, seen."}
    for agency, text in rows.items():
        add_row(site, case, agency, day, text)
    heads = {"": "the other that it did not", "/cy": "a’r llall na ddigwyddodd"}
    for language, words in heads.items():
        assert words in said(visitor, f"{language}{findings}")
    page = engine.timeline_page(case, site.people[CHAIR])
    keys = [event.key for event in page.events if event.event in rows.values()]
    engine.join_rows(case, keys, engine.SAME, site.people[CHAIR])
    assert heads[""] in said(visitor, findings)
    engine.take_joining_back(
        case,
        engine.timeline_page(case, site.people[CHAIR]).joining.same[-1].key,
        site.people[CHAIR],
    )
    engine.join_rows(case, keys, engine.DIFFERENT, site.people[CHAIR])
    assert heads[""] not in said(visitor, findings)


def test_a_row_says_in_which_words_its_date_was_sent_but_not_with_the_anonymised_face(
    site: Site, case: uuid.UUID
) -> None:
    actor, path = site.people[COORDINATOR], f"/cases/{case}/timeline"
    page = engine.timeline_page(case, actor)
    day = min(event.earliest for event in page.events if event.earliest) + timedelta(days=7)
    add_row(site, case, "police", day, "A call.", as_sent="the 12th or 13th, before Easter")
    visitor = site.signed_in(COORDINATOR)
    assert "As sent: the 12th or 13th, before Easter" in said(visitor, path)
    assert "Fel yr anfonwyd: the 12th or 13th" in said(visitor, f"/cy{path}?face=panel")
    faces = f"/documents/{page.document_id}/faces"
    assert "the 12th or 13th" in said(visitor, f"{faces}/panel")
    for hidden in (f"{path}?face=anonymised", f"{faces}/anonymised"):
        assert "13th" not in said(visitor, hidden)
