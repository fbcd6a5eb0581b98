"""Meetings are planned, looked at, handed out and recorded on pages, in both languages."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta

import docx
import icalendar
import pytest

import engine
from engine import time_source
from tests.web.conftest import Site, Visitor
from tests.web.test_welsh import english_left

FFION, GARETH = "Ffion Hughes", "Gareth Evans"


def _plan(site: Site, body: str = "steering_group", after: int = 0, **other: str) -> str:
    """Plan a meeting some days after today; return its address."""
    day = engine.today_page(site.people[FFION]).today + timedelta(days=after)
    answer = site.signed_in(FFION).post("/meetings/new", _typed(site, body, day, other))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def _typed(site: Site, body: str, day: object, other: dict[str, str]) -> dict[str, str]:
    board = engine.list_meetings(site.people[FFION]).choices[0].board_key
    parts = {f"on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    return {"body": f"{board}:{body}", **parts, "at": "14:00", "place": "Town Hall", **other}


def _ticked(page: str) -> list[str]:
    return re.findall(r'name="paper" type="checkbox" value="([^"]+)" checked', page)


def _considering(site: Site) -> engine.TaskPage:
    """Return a consultation's task of the steering group, opened by playing its first steps."""
    case_id = site.open_case()
    for _ in range(30):
        found = [*site.open_tasks(case_id)]
        for name, task in found:
            if name == GARETH and task.requirement == "CNS-07":
                return engine.open_task(task.id, site.people[name])
        name, task = found[0]
        site.submit(name, engine.open_task(task.id, site.people[name]))
    raise AssertionError("the steering group never considers the referral")


def test_a_meeting_is_planned_and_read_in_both_languages(site: Site) -> None:
    path = _plan(site, after=3)
    member = site.signed_in(GARETH)
    assert "Town Hall" in member.get(path).get_data(as_text=True)
    assert path in member.get("/meetings").get_data(as_text=True)
    assert "Cyfarfodydd" in member.get("/cy/meetings").get_data(as_text=True)
    assert f"{path}/change" not in member.get(path).get_data(as_text=True)
    for part in ("", "/change", "/record"):
        assert english_left(site.signed_in(FFION), path + part) == []


@pytest.mark.parametrize(
    ("wrong", "anchor"),
    [
        ({"body": "nobody"}, "body"),
        ({"case": "CWMAFON-0"}, "case"),
        ({"on-month": "13"}, "on-day"),
        ({"at": "late"}, "at"),
        ({"place": ""}, "place"),
        ({"quorum": "most"}, "quorum"),
    ],
)
def test_what_is_wrong_is_said_at_its_input_and_nothing_typed_is_lost(
    site: Site, wrong: dict[str, str], anchor: str
) -> None:
    day = engine.today_page(site.people[FFION]).today
    typed = _typed(site, "board", day, {"quorum": "7", **wrong})
    answer = site.signed_in(FFION).post("/meetings/new", typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{anchor}"' in text
    assert f'id="{anchor}"' in text
    for name in {"at", "place", "quorum", "case"} & set(typed):
        assert f'value="{typed[name]}"' in text or not typed[name]


def test_everything_that_is_wrong_with_a_form_is_said_at_once(site: Site) -> None:
    visitor = site.signed_in(FFION)
    wrong = {"body": "nobody", "at": "2pm", "place": "", "quorum": "most", "on-month": "13"}
    day = engine.today_page(site.people[FFION]).today
    planned = visitor.post("/meetings/new", _typed(site, "board", day, wrong))
    path = _plan(site)
    seen = re.search(r'name="seen" value="(\d+)"', visitor.get(f"{path}/change").text)
    assert seen
    moved = visitor.post(f"{path}/change", {"seen": seen[1], "at": "2pm", "place": "Hall"})
    recorded = visitor.post(f"{path}/record", {"seen": seen[1], "notes": "x" * 4001})
    for answer, anchors in (
        (planned, ["body", "on-day", "at", "place", "quorum"]),
        (moved, ["on-day", "at", "reason"]),
        (recorded, ["present", "notes"]),
    ):
        assert answer.status_code == 422
        summary = answer.text.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
        assert re.findall(r'href="#([^"]+)"', summary) == anchors


def test_a_meeting_is_changed_and_cancelled_with_a_reason_and_stays(site: Site) -> None:
    path = _plan(site, after=5)
    visitor = site.signed_in(FFION)
    page = visitor.get(f"{path}/change").get_data(as_text=True)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    refused = visitor.post(f"{path}/change", {"seen": seen[1], "page-action": "cancel"})
    assert refused.status_code == 422
    sent = {"seen": seen[1], "page-action": "cancel", "reason": "Snow is coming."}
    assert visitor.post(f"{path}/change", sent).status_code == 303
    assert "Snow is coming." in visitor.get(path).get_data(as_text=True)
    assert visitor.post(f"{path}/change", sent).status_code == 409
    assert path in visitor.get("/meetings").get_data(as_text=True)


def test_a_decision_of_a_meeting_waits_in_the_draft_of_its_sender(site: Site) -> None:
    task = _considering(site).task
    path = _plan(site, quorum="1")
    visitor = site.signed_in(FFION)
    page = visitor.get(f"{path}/record").get_data(as_text=True)
    assert task.case_identifier in page
    gareth = str(site.people[GARETH].account_id)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    sent = {
        "seen": seen[1],
        "present": [gareth],
        "task": [str(task.id)],
        f"text-{task.id}": "Take it on.\nSoon.",
        f"how-{task.id}": "majority",
        f"for-{task.id}": "1",
        f"against-{task.id}": "2",
        f"sender-{task.id}": gareth,
    }
    refused = visitor.post(f"{path}/record", sent)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'href="#for-{task.id}"' in text
    assert "Soon.</textarea>" in text
    del sent[f"against-{task.id}"]
    assert visitor.post(f"{path}/record", sent).status_code == 303
    assert "Take it on." in visitor.get(path).get_data(as_text=True)
    today = engine.today_page(site.people[FFION]).today
    page = engine.open_task(task.id, site.people[GARETH])
    posted = {name: texts for part in page.parts for name, texts in part.posted.items()}
    met_on = [posted[f"met_on-{part}"][0].lstrip("0") for part in ("day", "month", "year")]
    assert met_on == [str(today.day), str(today.month), str(today.year)]
    assert page.draft_saved_at is not None
    assert page.task.state == "open"
    assert page.task.claimed_by_me
    # What was before the meeting stays on its page, and leads on for whoever may go there.
    agenda = visitor.get(path).get_data(as_text=True)
    assert "What was before this meeting when it was recorded." in agenda
    assert f'href="/cases/{page.task.case_id}"' in agenda
    assert english_left(visitor, path) == []
    for language in ("", "/cy"):
        shown = site.signed_in(GARETH).get(f"{language}/tasks/{task.id}").get_data(as_text=True)
        assert "Take it on.\nSoon." in shown
        assert path in shown


def test_more_needed_than_sit_in_the_body_is_pointed_out(site: Site) -> None:
    warned, quiet = _plan(site, after=4, quorum="50"), _plan(site, after=4, quorum="1")
    visitor = site.signed_in(FFION)
    for path, is_warned in ((warned, True), (quiet, False)):
        assert ("50 are needed to decide" in visitor.get(path).get_data(as_text=True)) is is_warned


def test_the_papers_come_in_one_file_with_the_agenda_first(site: Site) -> None:
    task = _considering(site).task
    path = _plan(site)
    member = site.signed_in(GARETH)
    page = member.get(path).get_data(as_text=True)
    # Papers are about a child: nobody takes all of them by doing nothing.
    assert _ticked(page) == []
    ticked = _ticked(member.get(f"{path}?tick=all").get_data(as_text=True))
    assert ticked
    assert f'{path}?tick=all#papers"' in page
    assert _ticked(member.get(f"{path}?tick=none").get_data(as_text=True)) == []
    # The kind that is there at once is offered first, and not the one that takes long.
    assert re.findall(r'name="kind" type="radio" value="(\w+)" checked', page) == ["docx"]
    sent = {"paper": ticked, "kind": "docx", "language": "cy"}
    answer = member.post(f"{path}/papers", sent)
    assert answer.status_code == 200
    file = docx.Document(io.BytesIO(answer.data))
    headings = [one.text for one in file.paragraphs if one.style.name.startswith("Heading")]
    assert "Agenda" in headings
    assert len([one for one in file.paragraphs if one.style.name == "Heading 2"]) > len(ticked)
    cells = {cell.text for table in file.tables for row in table.rows for cell in row.cells}
    assert any(task.case_identifier in cell for cell in cells)
    # The file says which meeting it is of, and nothing of a case.
    day = engine.today_page(site.people[FFION]).today
    name = f"filename=steering_group_{day.isoformat()}_cy.docx"
    assert name in answer.headers["Content-Disposition"]
    assert member.post(f"{path}/papers", sent | {"kind": "exe"}).status_code == 404


def test_a_paper_is_told_apart_by_whom_it_is_about_its_version_and_day(site: Site) -> None:
    _considering(site)
    path = _plan(site)
    page = engine.meeting_page(uuid.UUID(path.rpartition("/")[2]), site.people[FFION])
    text = site.signed_in(FFION).get(path).get_data(as_text=True)
    assert page.papers
    for paper in page.papers:
        document = engine.document_page(uuid.UUID(paper.id), site.people[FFION])
        assert paper.at == max(line.at for line in document.versions)
        day = paper.at.astimezone(time_source.WALES).date()
        said = f"{paper.case_identifier}, version {paper.version}, {day.day} {day:%B %Y}"
        assert said in text


def test_meetings_stand_in_the_calendars_of_those_who_sit_in_them_and_no_place(site: Site) -> None:
    path = _plan(site, after=9)
    meeting = uuid.UUID(path.rpartition("/")[2])
    for name, sits in ((GARETH, True), ("Carys Morgan", False)):
        actor = site.people[name]
        engine.make_calendar_feed(actor)
        feed = engine.calendar_feed(actor)
        assert feed is not None
        text = site.visitor().get(f"/cy/calendar/{feed.token}.ics").text
        found = [
            each
            for each in icalendar.Calendar.from_ical(text).walk("VEVENT")
            if str(meeting) in each["uid"]
        ]
        assert bool(found) is sits
        assert "Town Hall" not in text
        for each in found:
            assert each["summary"] == "Cyfarfod: Grŵp llywio"
            assert each["dtstart"].dt.astimezone(time_source.WALES).hour == 14


def test_somebody_who_sits_nowhere_finds_no_meeting_and_plans_none(site: Site) -> None:
    path = _plan(site, after=2)
    stranger: Visitor = site.signed_in("Carys Morgan")
    assert path not in stranger.get("/meetings").get_data(as_text=True)
    assert stranger.get("/meetings/new").status_code == 404
    assert stranger.get(path).status_code == 404


def _seen_on(visitor: Visitor, path: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', visitor.get(path).get_data(as_text=True))
    assert found
    return found[1]


def test_an_item_of_ones_own_is_put_on_the_agenda_changed_and_taken_off(site: Site) -> None:
    path, visitor = _plan(site, after=1), site.signed_in(FFION)
    for part in ("", "/items/new"):
        assert english_left(visitor, path + part) == []
    typed = {"seen": _seen_on(visitor, f"{path}/items/new"), "note": "Bring figures."}
    refused = visitor.post(f"{path}/items/new", typed)
    assert refused.status_code == 422
    assert 'href="#title"' in refused.get_data(as_text=True)
    assert "Bring figures." in refused.get_data(as_text=True)
    identifier = engine.list_cases(site.people[FFION])[0].identifier
    sent = visitor.post(f"{path}/items/new", typed | {"title": "Training", "case": identifier})
    assert sent.headers["Location"].startswith(f"{path}/items/")
    item = sent.headers["Location"]
    assert english_left(visitor, item) == []
    assert 'value="Training"' in visitor.get(item).get_data(as_text=True)
    assert item in visitor.get(path).get_data(as_text=True)
    member = site.signed_in(GARETH).get(path).get_data(as_text=True)
    assert "Training" in member
    assert item not in member
    off = {"seen": _seen_on(visitor, item), "page-action": "off"}
    assert 'href="#reason"' in visitor.post(item, off).get_data(as_text=True)
    assert visitor.post(item, off | {"reason": "Dealt with"}).status_code == 303
    assert "Training" not in visitor.get(path).get_data(as_text=True)
    assert visitor.get(item).status_code == 404


def test_the_page_says_who_was_invited_and_invites_them(site: Site) -> None:
    path, visitor = _plan(site, after=2), site.signed_in(FFION)
    text = visitor.get(path).get_data(as_text=True)
    assert "Not invited yet" in text
    seen = {"seen": _seen_on(visitor, path)}
    assert visitor.post(f"{path}/tell", seen).headers["Location"] == f"{path}#members"
    text = visitor.get(path).get_data(as_text=True)
    assert "Invited for" in text
    assert "Invite the members" not in text
    again = visitor.post(f"{path}/tell", {"seen": str(int(seen["seen"]) + 1)})
    assert again.status_code == 409
    assert 'href="#members"' in again.get_data(as_text=True)
    assert english_left(visitor, path) == []
