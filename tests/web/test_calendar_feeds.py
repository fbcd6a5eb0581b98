"""People see their deadlines in their own calendar, in either language, and can end that."""

from __future__ import annotations

import re
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import event

import engine
from tests.web.conftest import Site, Visitor

COORDINATOR = "Carys Morgan"


def _addresses(page: str) -> dict[str, str]:
    found = re.findall(r'id="address-(cy|en)"[^>]*value="http://localhost([^"]+)"', page)
    return dict(found)


@pytest.fixture
def asked(site: Site) -> tuple[Visitor, dict[str, str]]:
    """A co-ordinator who has made an address."""
    visitor = site.signed_in(COORDINATOR)
    if engine.calendar_feed(site.people[COORDINATOR]):
        engine.end_calendar_feed(site.people[COORDINATOR])
    assert _addresses(visitor.get("/calendar").text) == {}
    made = visitor.post("/calendar", {"page-action": "make"})
    assert made.headers["Location"] == "/calendar"
    return visitor, _addresses(visitor.get("/calendar").text)


def _open_referral(site: Site) -> None:
    """Open a referral as the co-ordinator and answer its first steps, until a clock runs."""
    actor = site.people[COORDINATOR]
    chosen = next(one for one in engine.startable(actor) if one.process == "referral")
    case_id = engine.open_case(chosen.process, chosen.board_id, actor)
    while not any(clock.due_on for clock in engine.case_page(case_id, actor).clocks):
        name, task = next(site.open_tasks(case_id))
        site.submit(name, engine.open_task(task.id, site.people[name]))


def _events(text: str) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_a_calendar_holds_every_live_clock_of_the_cases_a_person_minds(
    site: Site, asked: tuple[Visitor, dict[str, str]]
) -> None:
    _, addresses = asked
    answer = site.visitor().get(addresses["en"])
    assert answer.content_type == "text/calendar; charset=utf-8"
    actor, expected = site.people[COORDINATOR], set()
    for case in engine.list_cases(actor):
        for clock in engine.case_page(case.id, actor).clocks:
            if clock.state in ("running", "due_soon", "overdue") and clock.due_on:
                expected.add((case.identifier, clock.name.en, clock.due_on))
    assert expected
    found = _events(answer.text)
    for identifier, name, due_on in expected:
        # Of an agency, its name stands behind that of the clock.
        said = re.compile(rf"{re.escape(name)}( \([^()]+\))?, {identifier}$")
        assert any(
            said.search(each["summary"]) and each["dtstart"].dt == due_on for each in found
        ), said
    assert [each for each in found if "(Police)" in each["summary"]]
    for each in found:
        assert each["dtend"].dt - each["dtstart"].dt == timedelta(days=1)
        assert each["transp"] == "TRANSPARENT"
        assert site.signed_in(COORDINATOR).get(str(each["url"]).removeprefix("http://localhost"))


def test_the_welsh_address_speaks_welsh(site: Site, asked: tuple[Visitor, dict[str, str]]) -> None:
    _, addresses = asked
    assert addresses["cy"] == f"/cy{addresses['en']}"
    english, welsh = (_events(site.visitor().get(addresses[code]).text) for code in ("en", "cy"))
    assert [each["uid"] for each in english] == [each["uid"] for each in welsh]
    for one, other in zip(english, welsh, strict=True):
        assert one["summary"].params["LANGUAGE"] == "en"
        assert other["summary"].params["LANGUAGE"] == "cy"
        assert one["summary"] != other["summary"]
        assert "/cy/" in other["url"]


def test_a_participant_sees_their_own_tasks_only(site: Site) -> None:
    """Whoever may not open a case gets the deadlines of what is theirs to do there."""
    for actor in site.people.values():
        if engine.list_cases(actor):
            continue
        due = {task.id for tasks in engine.open_tasks(actor) for task in tasks if task.due_on}
        if due:
            break
    else:
        pytest.fail("nobody in the demonstration has a task with a deadline and no case to open")
    engine.make_calendar_feed(actor)
    feed = engine.calendar_feed(actor)
    assert feed is not None
    found = _events(site.visitor().get(f"/calendar/{feed.token}.ics").text)
    assert {str(each["uid"]) for each in found} == {f"{task_id}@adolygu" for task_id in due}


def test_no_name_of_anybody_stands_in_a_calendar(
    site: Site, asked: tuple[Visitor, dict[str, str]]
) -> None:
    text = site.visitor().get(asked[1]["en"]).text.replace("\r\n ", "")
    for name in site.people:
        assert name not in text


def test_an_unchanged_calendar_is_not_sent_again(
    site: Site, asked: tuple[Visitor, dict[str, str]]
) -> None:
    path = asked[1]["en"]
    first = site.visitor().get(path)
    again = {"If-None-Match": first.headers["ETag"]}
    assert site.visitor().get(path, headers=again).status_code == 304
    _open_referral(site)
    assert site.visitor().get(path, headers=again).status_code == 200


def test_a_calendar_that_was_stopped_answers_as_if_it_had_never_been(
    site: Site, asked: tuple[Visitor, dict[str, str]]
) -> None:
    visitor, addresses = asked
    visitor.post("/calendar", {"page-action": "end"})
    assert site.visitor().get(addresses["en"]).status_code == 404
    assert site.visitor().get("/calendar/nothing.ics").status_code == 404


def test_more_cases_take_no_more_statements(
    site: Site, asked: tuple[Visitor, dict[str, str]]
) -> None:
    def statements() -> int:
        said: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            said.append(statement)

        event.listen(site.database.connections, "before_cursor_execute", note)
        try:
            assert site.visitor().get(asked[1]["en"]).status_code == 200
        finally:
            event.remove(site.database.connections, "before_cursor_execute", note)
        return len(said)

    statements()
    few = statements()
    for _ in range(3):
        _open_referral(site)
    assert statements() == few
