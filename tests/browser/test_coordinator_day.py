"""A co-ordinator's day among 200 cases of two years: what goes wrong is put right in the browser.

Everything begins on Today, as for somebody new to the work, and no page needs its scripts.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import docx
import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import func, select

from engine import access, audit, db, documents, operations, store, time_source
from engine.models import Account, Appointment, AuditEvent, Board, Case, Clock, Document, UserTask
from engine.texts import day_in_words
from tests.browser.person import DEFINITIONS, Person
from tests.browser.served import Demonstration
from tests.browser.walk import FFION, IEUAN, MEINIR, NIA, OWAIN, UNA

BOARD = "cwmafon"
#: The identifiers of its cases begin so.
OF_BOARD = "CWMAFON-"
SCREEN_HEIGHT = 900
REVIEWER = "reviewer_external"
#: The clock on what agencies do after a forum, which a co-ordinator can enter for them.
LOCAL_ACTION = "TS-33"
#: The group whose meeting is prepared.
BODY = "sub_group"

# The day is worked through once, half of it in each language: what one test did is done.
in_english = pytest.mark.parametrize("language", ["en"])
in_welsh = pytest.mark.parametrize("language", ["cy"])


class Coordinator(Person):
    """A co-ordinator, who finds everything from Today."""

    def count(self, section: str) -> int:
        """Return the number that stands over a section at the head of Today."""
        self.open("/today")
        head = self.page.locator(f".app-counts a[href^='#{section}-'] strong")
        return int(head.inner_text())

    def lines(self, section: str) -> Locator:
        """Open all lines of a section of Today, and return its rows."""
        self.open(f"/today?all={section}")
        return self.page.locator(f"table[aria-labelledby^='{section}-'] tbody tr")

    def follow(self, link: Locator) -> None:
        """Press a link or a button, and wait for the page that follows."""
        self.press(link)

    def take_up(self, task_id: uuid.UUID) -> None:
        """Open a task by its link on the page, and take it where it is a group's."""
        self.follow(self.page.locator(f"main a[href$='/tasks/{task_id}']"))
        claim = self.page.locator("form[action$='/claim'] button")
        if claim.count():
            self.follow(claim)

    def case_link(self, row: Locator) -> Locator:
        """Return the link to the case itself, beside those to what can be done on it."""
        return row.get_by_role("cell").nth(1).locator("a[href*='/cases/']")

    def about(self, row: Locator) -> tuple[str, str]:
        """Return the identifier and the path of the case that a row is about."""
        link = self.case_link(row)
        path = str(link.get_attribute("href")).removeprefix("/cy")
        return link.inner_text(), path.partition("/people")[0]


@pytest.fixture
def coordinator(browser: Browser, simulated: Demonstration, language: str) -> Coordinator:
    """The co-ordinator of the first Board, at a browser without scripts."""
    return Coordinator(browser, simulated, FFION, language, java_script_enabled=False)


def _events(served: Demonstration, identifier: str, kind: str) -> list[AuditEvent]:
    """Return what of a kind stands on the record of a case, in order."""
    case_id = served.case_id(identifier)
    query = (
        select(AuditEvent)
        .where(AuditEvent.case_id == case_id, AuditEvent.kind == kind)
        .order_by(AuditEvent.seq)
    )
    with served.engine(), db.reading() as session:
        return list(session.scalars(query))


def _account(served: Demonstration, name: str) -> str:
    """Return the id of somebody's account, as the record names who did something."""
    with served.engine(), db.reading() as session:
        return str(session.scalars(select(Account.id).where(Account.name == name)).one())


def _today(served: Demonstration) -> date:
    with served.engine(), db.reading() as session:
        return time_source.today(session)


def _timescale(row: Locator) -> str:
    """Return the key of the timescale that a line of Today names."""
    found = re.search(r"TS-\d+", row.inner_text())
    assert found is not None
    return found[0]


def _reviewed_by(served: Demonstration, name: str) -> tuple[str, UserTask]:
    """Return the newest case of the Board on which a reviewer has a task, and that task."""
    query = (
        select(Case.identifier, UserTask)
        .join(Appointment, Appointment.case_id == Case.id)
        .join(Account, Account.id == Appointment.account_id)
        .join(UserTask, UserTask.case_id == Case.id)
        .where(Account.name == name, Appointment.role == REVIEWER, Appointment.ends_on.is_(None))
        .where(UserTask.state == "open", UserTask.role.contains(REVIEWER))
        .where(Case.identifier.startswith(OF_BOARD))
        .order_by(Case.identifier.desc(), UserTask.number)
    )
    with served.engine(), db.reading() as session:
        identifier, task = session.execute(query.limit(1)).one()
        return identifier, task


def _clock(served: Demonstration, identifier: str, timescale: str, item: str = "") -> Clock:
    """Return the newest clock of a timescale on a case, or an item of it."""
    query = select(Clock).where(
        Clock.case_id == served.case_id(identifier),
        Clock.timescale == timescale,
        Clock.item_key == item,
    )
    with served.engine(), db.reading() as session:
        return session.scalars(query.order_by(Clock.occurrence.desc()).limit(1)).one()


@in_welsh
def test_today_says_within_one_screen_how_much_is_overdue_and_lists_the_oldest_first(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    counted = coordinator.count("overdue")
    box = coordinator.page.locator(".app-counts").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < SCREEN_HEIGHT
    shown = coordinator.page.locator("table[aria-labelledby^='overdue-'] tbody tr").count()
    assert 0 < shown < counted
    lines = coordinator.lines("overdue")
    assert lines.count() == counted
    # What a clock waits for is late where the last day was set beforehand, and no clock runs yet.
    asked_late = lines.filter(has_text="Pennwyd y diwrnod olaf ymlaen llaw").count()
    overdue = (
        select(func.count())
        .select_from(Clock)
        .join(Case, Case.id == Clock.case_id)
        .join(Board, Board.id == Case.board_id)
        .where(Board.key == BOARD, Case.state != "closed")
        .where(Clock.state.in_(("running", "due_soon", "overdue")))
    )
    with simulated.engine(), db.reading() as session:
        today = time_source.today(session)
        assert session.scalar(overdue.where(Clock.due_on < today)) == counted - asked_late
        cases = session.scalar(select(func.count()).select_from(Case))
    assert cases is not None
    assert cases >= 200


@in_english
def test_a_missed_clock_is_found_on_today_met_late_and_recorded_as_late(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    before = coordinator.count("overdue")
    hers = coordinator.lines("overdue").filter(has_text=FFION)
    row = hers.filter(has_text=LOCAL_ACTION).first
    identifier, case = coordinator.about(row)
    task_id = uuid.UUID(str(row.locator("a").first.get_attribute("href"))[-36:])
    with simulated.engine(), db.reading() as session:
        item = session.get_one(UserTask, task_id).item_key
    assert _clock(simulated, identifier, LOCAL_ACTION, item).state == "overdue"
    coordinator.take_up(task_id)
    action = {"action": "Name a lead in each school.", "kind": "policy", "date": _today(simulated)}
    coordinator.complete(task_id, identifier, {"local_actions": [action]}, look=False)
    clock = _clock(simulated, identifier, LOCAL_ACTION, item)
    assert (clock.state, clock.late) == ("met", True)
    coordinator.open(case)
    expect(coordinator.page.locator(".app-aside .govuk-tag--orange").first).to_be_attached()
    assert coordinator.count("overdue") == before - 1
    assert _events(simulated, identifier, "task_completed")[-1].actor == _account(simulated, FFION)


@in_welsh
def test_why_a_review_is_late_is_recorded_with_a_new_date_and_it_stays_overdue(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    identifier = simulated.identifier_with("explain_overrun", OF_BOARD)
    task_id = simulated.task_id(identifier, "explain_overrun")
    row = coordinator.lines("overdue").filter(has_text=identifier)
    row = row.filter(has_text=re.compile("TS-0[12]")).first
    timescale = _timescale(row)
    _, case = coordinator.about(row)
    coordinator.follow(coordinator.case_link(row))
    coordinator.take_up(task_id)
    new_date = _today(simulated) + timedelta(days=90)
    said = {"overrun_cause": ["agency"], "overrun_forecast_on": new_date}
    coordinator.complete(task_id, identifier, said, look=False)
    coordinator.open(f"{case}/plan")
    expect(coordinator.page.locator("main")).to_contain_text(
        getattr(day_in_words(new_date), coordinator.language)
    )
    clock = _clock(simulated, identifier, timescale)
    assert clock.state == "overdue", "a new date moves no deadline"
    assert (
        coordinator.lines("overdue").filter(has_text=identifier).filter(has_text=timescale).count()
    )
    chair = Person(coordinator.browser, simulated, OWAIN, coordinator.language)
    chair.open("/tasks")
    told = simulated.task_id(identifier, "note_overrun")
    expect(chair.page.locator(f"main a[href$='/tasks/{told}']")).to_be_visible()


@in_english
def test_an_agency_that_does_not_answer_is_escalated_and_the_case_goes_on_with_a_gap(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    row = coordinator.lines("waiting").filter(has_text="TS-13").first
    identifier, case = coordinator.about(row)
    coordinator.follow(coordinator.case_link(row))
    missing = simulated.task_id(identifier, "escalate_failure")
    coordinator.take_up(missing)
    coordinator.complete(missing, "escalate_failure", look=False)
    language = coordinator.language
    chair = Person(coordinator.browser, simulated, OWAIN, language)
    chair.do(identifier, "speak_to_agency", {"agency_promises": False}, look=False)
    group = Person(coordinator.browser, simulated, IEUAN, language)
    without = {"agency_outcome": "go_on_without", "gap_recorded": "Nothing is known of the calls."}
    group.do(identifier, "settle_failure", without, look=False)
    assert _clock(simulated, identifier, "TS-13", "police").state == "ended"
    for section in ("overdue", "waiting", "unassigned"):
        assert (
            not coordinator.lines(section)
            .filter(has_text=identifier)
            .filter(has_text="TS-13")
            .count()
        )
    coordinator.open(case)
    going_on = simulated.task_id(identifier, "merge_timelines")
    expect(coordinator.page.locator(f"main a[href$='/tasks/{going_on}']")).to_be_visible()
    assert "agency_failure/police" in simulated.documents(identifier).values()
    started = _events(simulated, identifier, "task_completed")[-3:]
    assert [event.actor for event in started] == [
        _account(simulated, name) for name in (FFION, OWAIN, IEUAN)
    ]


@in_english
def test_a_day_that_was_entered_wrongly_is_put_right_once_a_second_person_confirms_it(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    row = coordinator.lines("overdue").filter(has_text="TS-25").first
    identifier, case = coordinator.about(row)
    clock = _clock(simulated, identifier, "TS-01")
    assert clock.from_on is not None
    assert clock.due_on is not None
    right_day = clock.from_on + timedelta(days=3)
    coordinator.follow(coordinator.case_link(row))
    coordinator.follow(coordinator.page.locator(f"main a[href$='{case}/documents']"))
    (document,) = (
        path for path, name in simulated.documents(identifier).items() if name == "concern"
    )
    coordinator.follow(coordinator.page.locator(f"main a[href$='{document}']"))
    section = DEFINITIONS.forms["concern"].section_of("sub_group_received_on").id
    coordinator.follow(coordinator.page.locator(f"main a[href$='{document}/amend/{section}']"))
    page = coordinator.page
    for part in ("day", "month", "year"):
        page.locator(f"[name='sub_group_received_on-{part}']").fill(str(getattr(right_day, part)))
    page.locator("[name='page-reason']").fill("The day of the letter was entered.")
    coordinator.follow(page.locator("main button.govuk-button[value='look']"))
    coordinator.follow(page.locator("main button.govuk-button[value='continue']"))
    page.wait_for_url(re.compile("/proposals/"))
    assert page.locator("button[value='confirm']").count() == 0, "nobody confirms their own"
    assert _clock(simulated, identifier, "TS-01").from_on == clock.from_on

    second = Coordinator(
        coordinator.browser, simulated, NIA, coordinator.language, java_script_enabled=False
    )
    second.open("/tasks")
    proposal = page.url.rpartition("/")[2]
    link = second.page.locator(f"main a[href$='/proposals/{proposal}']")
    second.follow(link)
    due_on = clock.due_on + timedelta(days=3)
    says = getattr(day_in_words(due_on), coordinator.language)
    expect(second.page.locator("main tbody td").filter(has_text=says)).to_have_count(1)
    second.follow(second.page.locator("button[value='confirm']"))
    moved = _clock(simulated, identifier, "TS-01")
    assert (moved.from_on, moved.due_on) == (right_day, due_on)
    coordinator.open(f"{case}/history")
    for text in (FFION, NIA, "The day of the letter was entered."):
        expect(page.locator("main")).to_contain_text(text)
    (amended,) = _events(simulated, identifier, "document_amended")
    assert amended.actor == _account(simulated, FFION)


@in_welsh
def test_a_reviewer_who_steps_down_is_replaced_and_reads_no_more(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    identifier, task = _reviewed_by(simulated, UNA)
    case = f"/cases/{simulated.case_id(identifier)}"
    reviewer = Person(coordinator.browser, simulated, UNA, coordinator.language)
    assert reviewer.status(case) == 200
    coordinator.open(case)
    page = coordinator.page
    coordinator.follow(page.locator(f"main a[href$='{case}/side']"))
    start = page.locator("form:has(input[name='process'][value='replace_reviewer']) button")
    coordinator.follow(start)
    coordinator.follow(page.locator("main form[method='post'] button").first)
    changed = simulated.task_id(identifier, "record_change")
    coordinator.open(case)
    coordinator.take_up(changed)
    coordinator.complete(changed, "record_change", look=False)

    coordinator.open(f"{case}/people")
    hers = page.locator("main tbody tr", has_text=UNA).filter(has=page.locator("details")).first
    hers.locator("summary").click()
    hers.locator("[name='reason']").fill("She steps down for reasons of health.")
    coordinator.follow(hers.locator("details button"))
    assert reviewer.status(case) == 404
    coordinator.appoint(case, REVIEWER, MEINIR)

    coordinator.open(f"{case}/put-right")
    coordinator.follow(page.locator(f"main a[href*='assign'][href*='{task.id}']"))
    page.locator("[name='account']").select_option(_account(simulated, MEINIR))
    page.locator("[name='reason']").fill("She takes over the report.")
    coordinator.follow(page.locator("main form button").first)
    successor = Person(coordinator.browser, simulated, MEINIR, coordinator.language)
    successor.open("/tasks")
    expect(successor.page.locator(f"main a[href$='/tasks/{task.id}']")).to_be_visible()
    reviewer.open("/tasks")
    assert not reviewer.page.locator(f"main a[href$='/tasks/{task.id}']").count()
    (ended,) = _events(simulated, identifier, "appointment_ended")
    assert ended.actor == _account(simulated, FFION)


@in_english
def test_a_case_begun_on_paper_is_taken_in_late_as_it_is_and_held_against_its_papers(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    page, received = coordinator.page, _today(simulated) - timedelta(days=400)
    before = coordinator.count("overdue")
    coordinator.open("/cases/start")
    coordinator.follow(page.locator("main a[href$='/cases/adopt']"))
    page.locator("input[name='process'][value^='referral:']").check()
    coordinator.follow(page.locator("main form button").first)
    adoption = re.sub(r"^https?://[^/]+(/cy)?", "", page.url)
    # Where it stands asks for what the process goes by; the rest may stay unknown.
    coordinator.follow(page.locator("form:has([value='collect_facts']) button").first)
    page.locator("input[name='capacity'][value='agency']").check()
    page.locator("input[name='raised_as'][value='referral']").check()
    coordinator.follow(page.locator("main button[value='continue']"))
    coordinator.open(adoption)
    coordinator.follow(page.locator(f"main a[href*='{adoption}/step?number=4']").first)
    for part in ("day", "month", "year"):
        said = str(getattr(received, part))
        for name in ("page-on", "sub_group_received_on"):
            page.locator(f"[name='{name}-{part}']").fill(said)
    coordinator.follow(page.locator("main button[value='continue']"))
    coordinator.open(f"{adoption}/check")
    coordinator.follow(page.locator("main form button").first)
    case = re.sub(r"^https?://[^/]+(/cy)?|/adoption$", "", page.url)
    second = Person(coordinator.browser, simulated, NIA, coordinator.language)
    second.open(f"{case}/adoption")
    with second.page.expect_navigation():
        second.page.locator("main form button").first.click()
    coordinator.open(f"{case}/adoption")
    expect(page.locator("main")).to_contain_text(NIA)
    coordinator.open(case)
    identifier = page.locator("h1").inner_text().split()[-1]
    clock = _clock(simulated, identifier, "TS-01")
    assert (clock.from_on, clock.state) == (received, "overdue")
    assert coordinator.count("overdue") > before
    assert coordinator.lines("overdue").filter(has_text=identifier).count()


@in_welsh
def test_a_meetings_pack_holds_what_the_body_may_see_and_nothing_else(
    coordinator: Coordinator, simulated: Demonstration
) -> None:
    page, day = coordinator.page, _today(simulated) + timedelta(days=2)
    coordinator.open("/meetings")
    coordinator.follow(page.locator("main a[href$='/meetings/new']"))
    page.locator(f"[name='body'][value='{BOARD}:{BODY}']").check()
    for part in ("day", "month", "year"):
        page.locator(f"[name='on-{part}']").fill(str(getattr(day, part)))
    page.locator("[name='at']").fill("14:00")
    page.locator("[name='place']").fill("Town Hall")
    coordinator.follow(page.locator("main form button").first)
    assert page.locator("main table tbody tr").count() > 0
    offered = page.locator("[name='paper']").evaluate_all("boxes => boxes.map(box => box.value)")
    readable, hidden = _for_the_body(simulated, offered)
    assert set(offered) <= readable
    coordinator.follow(page.locator("main a[href*='tick=all']"))
    with page.expect_download(timeout=120_000) as taken:
        page.locator("form[action$='/papers'] button").last.click(timeout=120_000)
    file = docx.Document(str(taken.value.path()))
    text = "\n".join(
        [one.text for one in file.paragraphs]
        + [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    )
    assert not [said for said in hidden if said in text]
    with simulated.engine(), db.reading() as session:
        event = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.kind == "meeting_pack_taken")
            .order_by(AuditEvent.at.desc(), AuditEvent.id)
            .limit(1)
        ).one()
        assert event.actor == _account(simulated, FFION)
        assert event.data["papers"] == len(offered)


def _for_the_body(served: Demonstration, offered: list[str]) -> tuple[set[str], set[str]]:
    """Return which papers of the Board a body may read, and what it may not: texts of documents."""
    readable, shown, hidden = set(), set(), set()
    with served.engine(), db.reading() as session:
        wanted = [uuid.UUID(one) for one in offered]
        cases = select(Document.case_id).where(Document.id.in_(wanted))
        rows = session.scalars(select(Document).where(Document.case_id.in_(cases))).all()
        files = store.read_cases(session, {row.case_id for row in rows}, "test")
        for row in rows:
            file = files[row.case_id]
            whole = documents.version(session, row.id, row.version).content
            content = access.readable_content(file, *access.body_as_reader(file, BODY), row)
            if content is not None:
                readable.add(str(row.id))
            shown |= set(_texts(content))
            hidden |= set(_texts(whole))
    return readable, hidden - shown


def _texts(value: Any) -> Iterator[str]:
    """Yield the answers of a document that are long enough to be known again."""
    if isinstance(value, str) and len(value) > 25:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def test_the_record_of_all_that_was_done_holds(simulated: Demonstration) -> None:
    with simulated.engine():
        assert operations.verify_audit() == []
        with db.reading() as session:
            lately = time_source.now(session) - timedelta(hours=6)
            oldest = session.scalars(select(Case.id).order_by(Case.opened_at, Case.id).limit(3))
            worked_on = session.scalars(
                select(AuditEvent.case_id)
                .where(AuditEvent.at > lately, AuditEvent.actor != audit.SYSTEM)
                .where(AuditEvent.case_id.is_not(None))
                .distinct()
            )
            cases = {*oldest, *worked_on}
        for case_id in cases:
            assert operations.replay_all(case_id) == []
