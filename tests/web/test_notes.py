"""Notes are typed, come back with what is wrong, and are put right on pages of their own."""

from __future__ import annotations

import io
import re
import uuid

import pytest

import engine
from tests.web.conftest import Site, Visitor

FFION, GARETH = "Ffion Hughes", "Gareth Evans"
WHOLE = {
    "kind": "call_in",
    "on-day": "2",
    "on-month": "3",
    "on-year": "2026",
    "with": "referrer",
    "text": "The referrer rang.\nThe pack comes on Friday.",
    "visibility": "V-STEER",
}


@pytest.fixture
def case_id(site: Site) -> uuid.UUID:
    """A consultation that was just opened."""
    return site.open_case()


def test_only_a_file_note_may_be_of_nobody_and_the_form_says_so(
    site: Site, case_id: uuid.UUID
) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/notes/new"
    refused = visitor.post(path, WHOLE | {"with": ""})
    assert refused.status_code == 422
    assert "Only a file note may be of nobody" in refused.text
    assert "Nobody – for a file note only" in refused.text
    assert visitor.post(path, WHOLE | {"with": "", "kind": "note"}).status_code == 303


def _record(site: Site, case_id: uuid.UUID, **other: str) -> tuple[Visitor, str]:
    visitor = site.signed_in(FFION)
    answer = visitor.post(f"/cases/{case_id}/notes/new", WHOLE | other)
    assert answer.status_code == 303
    return visitor, answer.headers["Location"]


def test_a_note_is_recorded_and_read_in_both_languages(site: Site, case_id: uuid.UUID) -> None:
    visitor, path = _record(site, case_id)
    english = visitor.get(path).get_data(as_text=True)
    assert "Telephone call received" in english
    assert "The pack comes on Friday." in english
    assert "Galwad ffôn a dderbyniwyd" in visitor.get(f"/cy{path}").get_data(as_text=True)
    assert "The pack comes on Friday." in visitor.get(f"/cases/{case_id}/notes").get_data(
        as_text=True
    )
    history = visitor.get(f"/cases/{case_id}/history").get_data(as_text=True)
    assert "Note recorded" in history
    assert "The pack comes" not in history


@pytest.mark.parametrize(
    ("wrong", "anchor"),
    [
        ({"kind": ""}, "kind"),
        ({"on-month": "13"}, "on-day"),
        ({"with": ""}, "with"),
        ({"text": " "}, "text"),
        ({"visibility": "V-PUB"}, "visibility"),
    ],
)
def test_what_is_wrong_is_said_at_its_input_and_nothing_typed_is_lost(
    site: Site, case_id: uuid.UUID, wrong: dict[str, str], anchor: str
) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/notes/new"
    file = (io.BytesIO(b"See you on Friday.\n"), "letter.txt")
    answer = visitor.post(path, WHOLE | wrong | {"files": [file]})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{anchor}"' in text
    assert f'id="{anchor}"' in text
    kept = re.search(r'name="kept" type="checkbox" value="([^"]+)" checked', text)
    assert kept
    if anchor != "text":
        assert "The pack comes on Friday.</textarea>" in text
    answer = visitor.post(path, WHOLE | {"kept": kept[1]})
    assert answer.status_code == 303
    assert "letter.txt" in visitor.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_file_of_a_kind_that_is_not_taken_is_refused_at_its_input(
    site: Site, case_id: uuid.UUID
) -> None:
    odd = (io.BytesIO(b"MZ\x90"), "program.exe")
    answer = site.signed_in(FFION).post(f"/cases/{case_id}/notes/new", WHOLE | {"files": [odd]})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#files"' in text
    assert "The pack comes on Friday.</textarea>" in text


def test_the_same_form_sent_twice_records_one_note(site: Site, case_id: uuid.UUID) -> None:
    visitor = site.signed_in(FFION)
    page = visitor.get(f"/cases/{case_id}/notes/new").get_data(as_text=True)
    key = re.search(r'name="submit-key" value="([^"]+)"', page)
    assert key
    sent = WHOLE | {"submit-key": key[1]}
    first, second = (visitor.post(f"/cases/{case_id}/notes/new", sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_a_correction_shows_what_changed_and_why(site: Site, case_id: uuid.UUID) -> None:
    visitor, path = _record(site, case_id)
    page = visitor.get(f"{path}/amend").get_data(as_text=True)
    assert "The pack comes on Friday.</textarea>" in page
    changed = WHOLE | {"seen": "1", "text": WHOLE["text"].replace("Friday", "Monday")}
    missing = visitor.post(f"{path}/amend", changed)
    assert missing.status_code == 422
    assert 'href="#reason"' in missing.get_data(as_text=True)
    assert visitor.post(f"{path}/amend", changed | {"reason": "misheard"}).status_code == 303
    text = visitor.get(path).get_data(as_text=True)
    assert re.search(r"<del>.*Friday", text)
    assert re.search(r"<ins>.*Monday", text)
    assert "misheard" in text


def test_whoever_does_not_coordinate_reads_and_changes_nothing(
    site: Site, case_id: uuid.UUID
) -> None:
    _, path = _record(site, case_id)
    member = site.signed_in(GARETH)
    text = member.get(path).get_data(as_text=True)
    assert "The pack comes on Friday." in text
    assert f"{path}/amend" not in text
    assert "/notes/new" not in member.get(f"/cases/{case_id}/notes").get_data(as_text=True)
    assert member.post(f"{path}/amend", WHOLE | {"seen": "1", "reason": "x"}).status_code == 404
    assert engine.note_page(case_id, uuid.UUID(path[-36:]), site.people[FFION]).version == 1


def test_the_coordinator_of_another_board_finds_nothing(site: Site, case_id: uuid.UUID) -> None:
    _, path = _record(site, case_id)
    neighbour = site.signed_in("Alys Prydderch")
    for page in (path, f"{path}/amend", *(f"/cases/{case_id}/{one}" for one in
                 ("notes", "notes/new", "messages", "history", "plan", "documents"))):  # fmt: skip
        assert neighbour.get(page).status_code == 404, page


def test_a_participant_finds_no_notes_messages_or_plan(site: Site, case_id: uuid.UUID) -> None:
    _record(site, case_id)
    participant = site.signed_in("Lowri Jenkins")
    for part in ("notes", "messages", "history", "plan", "documents"):
        assert participant.get(f"/cases/{case_id}/{part}").status_code == 404, part


def test_all_that_is_wrong_with_a_note_is_said_at_once(site: Site, case_id: uuid.UUID) -> None:
    visitor = site.signed_in(FFION)
    empty = visitor.post(f"/cases/{case_id}/notes/new", {"with": "nobody_known"})
    summary = empty.get_data(as_text=True).split("govuk-error-summary__list")[1].split("</ul>")[0]
    found = re.findall(r'href="#([a-z-]+)"', summary)
    assert found == ["kind", "on-day", "with", "text", "visibility"]
    assert "Choose what it is<" in summary
    _visitor, path = _record(site, case_id)
    unsaid = visitor.post(f"{path}/amend", {"seen": "1", "on-day": "1"}).get_data(as_text=True)
    assert 'href="#reason"' in unsaid
    assert 'href="#text"' in unsaid


def test_a_new_note_is_of_today_unless_another_day_is_typed(site: Site, case_id: uuid.UUID) -> None:
    today = engine.case_notes(case_id, site.people[FFION]).today
    page = site.signed_in(FFION).get(f"/cases/{case_id}/notes/new").get_data(as_text=True)
    for part in ("day", "month", "year"):
        control = re.search(rf'<input[^>]*id="on-{part}"[^>]*>', page)
        assert control
        assert f'value="{getattr(today, part)}"' in control[0]


def test_the_toggle_keeps_what_is_typed_in_a_note(site: Site, case_id: uuid.UUID) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/notes/new"
    assert f'formaction="/cy{path}"' in visitor.get(path).get_data(as_text=True)
    file = (io.BytesIO(b"See you on Friday.\n"), "letter.txt")
    answer = visitor.post(f"/cy{path}", WHOLE | {"page-action": "language", "files": [file]})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<html lang="cy"' in text
    assert "The pack comes on Friday.</textarea>" in text
    assert re.search(r'value="call_in"[^>]*checked', text)
    assert re.search(r'name="kept"[^>]*checked', text)
    assert not engine.case_notes(case_id, site.people[FFION]).notes
