"""People and settings in the browser: what was typed stays, refusals are clear in two languages."""

from __future__ import annotations

import html
import io
import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest

import engine
from engine import db, time_source
from tests.pages import FOR_ADMINISTRATORS, FOR_KEEPERS
from tests.web.conftest import Site, Visitor
from tests.web.test_welsh import english_left

FFION, RHYS = "Ffion Hughes", "Rhys Vaughan"
BASE = "/settings/cwmafon"
_HIDDEN = re.compile(r'<input type="hidden" name="(page-(?:seen|book))" value="([^"]*)">')


def text_of(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def hidden(answer: Any) -> dict[str, str]:
    """Return what a page sends again by itself."""
    found = _HIDDEN.findall(answer.get_data(as_text=True))
    return {name: html.unescape(value) for name, value in found}


def seen(visitor: Visitor, path: str) -> dict[str, str]:
    return hidden(visitor.get(path))


def day(name: str, of: date) -> dict[str, str]:
    return {
        f"{name}-day": str(of.day),
        f"{name}-month": str(of.month),
        f"{name}-year": str(of.year),
    }


def today() -> date:
    with db.reading() as session:
        return time_source.today(session)


def somebody(visitor: Visitor, **more: str) -> tuple[str, str]:
    """Add a person of a new name, and return the name and the path of their page."""
    name = f"Invented {uuid.uuid4().hex[:8]}"
    email = f"{name.split()[1]}@example.test"
    typed = {"name": name, "email": email, "language": "en", **more}
    answer = visitor.post(f"{BASE}/people/add", typed)
    assert answer.status_code == 303
    return name, answer.headers["Location"]


@pytest.mark.parametrize(("name", "paths"), [(FFION, FOR_KEEPERS), (RHYS, FOR_ADMINISTRATORS)])
def test_every_page_of_settings_is_welsh_in_welsh(site: Site, name: str, paths: list[str]) -> None:
    visitor = site.signed_in(name)
    for path in paths:
        assert visitor.get(f"/cy{path}").status_code == 200
        assert english_left(visitor, path) == []


def test_the_list_of_cases_leads_to_settings_for_those_who_keep_them(site: Site) -> None:
    for name in (FFION, RHYS):
        assert 'href="/settings"' in text_of(site.signed_in(name).get("/cases"))
    assert 'href="/settings"' not in text_of(site.signed_in("Gareth Evans").get("/cases"))


def test_the_administrator_sees_no_case(site: Site) -> None:
    rhys = site.signed_in(RHYS)
    identifiers = {one.identifier for one in engine.list_cases(site.people[FFION])}
    assert identifiers
    for path in ("/cases", *FOR_ADMINISTRATORS):
        said = text_of(rhys.get(path))
        assert not any(identifier in said for identifier in identifiers)


def test_a_person_is_added_changed_disabled_and_enabled(site: Site) -> None:
    rhys = site.signed_in(RHYS)
    name, path = somebody(rhys, agency="police", designation="Sergeant")
    page = rhys.get(path)
    assert f">{name}</h1>" in text_of(page)
    changed = {"name": name, "email": "x@", "language": "cy", "designation": "Kept as typed"}
    refused = rhys.post(path, {**changed, **hidden(page), "page-action": "save"})
    assert refused.status_code == 422
    assert "Enter an email address such as name@example.org" in text_of(refused)
    assert 'value="Kept as typed"' in text_of(refused)
    welsh = rhys.post(f"/cy{path}", {**changed, **hidden(page), "page-action": "save"})
    assert "Rhowch gyfeiriad e-bost megis" in text_of(welsh)
    rhys.post(path, {"page-action": "disable"})
    assert "Enable the account" in text_of(rhys.get(path))
    rhys.post(path, {"page-action": "enable"})
    assert "Disable the account" in text_of(rhys.get(path))
    assert rhys.post(path, {"page-action": "link"}).status_code == 303


def test_what_another_changed_meanwhile_is_shown_beside_what_was_typed(site: Site) -> None:
    rhys = site.signed_in(RHYS)
    name, path = somebody(rhys)
    before = seen(rhys, path)
    email = f"{uuid.uuid4().hex[:8]}@example.test"
    first = {"name": name, "email": email, "language": "en", "designation": "First", **before}
    assert rhys.post(path, {**first, "page-action": "save"}).status_code == 303
    second = {**first, "designation": "Second", "page-action": "save"}
    answer = rhys.post(path, second)
    assert answer.status_code == 422
    assert "What stands there now" in text_of(answer)
    assert "Designation: First" in text_of(answer)
    assert 'value="Second"' in text_of(answer)
    assert rhys.post(path, {**second, **hidden(answer)}).status_code == 303
    assert 'value="Second"' in text_of(rhys.get(path))


def test_the_last_administrator_is_told_why_the_account_stays(site: Site) -> None:
    rhys = site.signed_in(RHYS)
    path = f"{BASE}/people/{site.people[RHYS].account_id}"
    answer = rhys.post(f"/cy{path}", {"page-action": "disable"})
    assert answer.status_code == 422
    assert "Nid oes neb arall yn gweinyddu Bwrdd Diogelu Plant Cwmafon" in text_of(answer)
    assert rhys.get(path).status_code == 200


def test_a_board_is_added_and_its_name_put_right(site: Site) -> None:
    rhys = site.signed_in(RHYS)
    key = f"b{uuid.uuid4().hex[:8]}"
    wrong = rhys.post("/settings", {"key": "no spaces", "name_en": "New Board", "name_cy": ""})
    assert wrong.status_code == 422
    assert 'value="New Board"' in text_of(wrong)
    typed = {"key": key, "name_en": "New Board", "name_cy": "Bwrdd Newydd"}
    assert rhys.post("/settings", typed).status_code == 303
    path = f"/settings/{key}/name"
    sent = {"name_en": "Newer Board", "name_cy": "Bwrdd Newyddach", **seen(rhys, path)}
    assert rhys.post(path, sent).status_code == 303
    assert "Bwrdd Newyddach" in text_of(rhys.get("/cy/settings"))
    assert rhys.post(path, sent).status_code == 422


def test_people_are_found_without_a_name_in_the_address(site: Site) -> None:
    answer = site.signed_in(RHYS).post(f"{BASE}/people", {"wanted": "kyffin"})
    assert "1 person found." in text_of(answer)
    assert "Kyffin Davies" in text_of(answer)


def test_a_role_is_given_and_ended(site: Site) -> None:
    ffion = site.signed_in(FFION)
    name, path = somebody(ffion)
    account = path.rsplit("/", 1)[1]
    wrong = {"role": "legal_adviser", "account": account, **day("starts_on", date(2026, 2, 1))}
    wrong["starts_on-day"] = "31"
    answer = ffion.post(f"{BASE}/roles", wrong)
    assert answer.status_code == 422
    assert 'href="#starts_on-day"' in text_of(answer)
    assert 'value="31"' in text_of(answer)
    typed = {"role": "legal_adviser", "account": account}
    assert ffion.post(f"{BASE}/roles", typed).status_code == 303
    again = ffion.post(f"{BASE}/roles", typed)
    assert (again.status_code, "already holds the role" in text_of(again)) == (422, True)
    page = engine.roles_page("cwmafon", site.people[FFION])
    [held] = [one for one in page.held if one.name == name]
    end = f"{BASE}/roles/{held.id}/end"
    missing = ffion.post(end, {})
    assert f'id="reason-{held.id}"' in text_of(missing)
    assert f'href="#reason-{held.id}"' in text_of(missing)
    assert ffion.post(end, {f"reason-{held.id}": "left the Board"}).status_code == 303
    assert "left the Board" in text_of(ffion.get(f"{BASE}/roles"))


def test_a_coordinator_is_not_offered_the_role_of_administrator(site: Site) -> None:
    assert 'value="administrator"' not in text_of(site.signed_in(FFION).get(f"{BASE}/roles"))
    assert 'value="administrator"' in text_of(site.signed_in(RHYS).get(f"{BASE}/roles"))


def test_a_substitute_sees_and_does_the_tasks_of_whoever_is_away(site: Site) -> None:
    case_id = site.open_case()
    task = site.open_task("Carys Morgan", case_id)
    engine.claim_task(task.task.id, site.people["Carys Morgan"])
    rhys, kyffin = site.signed_in(RHYS), site.signed_in("Kyffin Davies")
    path = f"/tasks/{task.task.id}"
    assert kyffin.get(path).status_code == 404
    typed = {
        "account": str(site.people["Carys Morgan"].account_id),
        "substitute": str(site.people["Kyffin Davies"].account_id),
        **day("starts_on", today()),
        **day("ends_on", today() + timedelta(days=1)),
    }
    assert rhys.post(f"{BASE}/absences", typed).status_code == 303
    mine = text_of(kyffin.get("/tasks"))
    assert "You act for Carys Morgan, Cwmafon Safeguarding Children Board" in mine
    assert f'href="{path}"' in mine
    assert kyffin.get(path).status_code == 200
    away = "Away: Kyffin Davies acts until the end of"
    assert away in text_of(site.signed_in(FFION).get(f"/cases/{case_id}/people"))
    # The draft of whoever is away is theirs, and what they have taken waits for nobody.
    engine.save_draft(task.task.id, {"name": ["only mine"]}, {}, site.people["Carys Morgan"])
    assert "only mine" not in text_of(kyffin.get(path))
    site.submit("Kyffin Davies", engine.open_task(task.task.id, site.people["Kyffin Davies"]))
    done = engine.case_page(case_id, site.people["Carys Morgan"]).closed_tasks[0]
    assert done.closed_by_name == "Kyffin Davies"
    [one] = [
        one
        for one in engine.absence_page("cwmafon", site.people[RHYS]).absences
        if one.when == "now" and one.name == "Carys Morgan"
    ]
    assert rhys.post(f"{BASE}/absences/{one.id}/end").status_code == 303
    assert kyffin.get(f"/cases/{case_id}").status_code == 404


def test_what_is_wrong_with_an_absence_is_said_in_welsh_and_what_was_typed_stays(
    site: Site,
) -> None:
    rhys = site.signed_in(RHYS)
    account = str(site.people["Carys Morgan"].account_id)
    typed = {"account": account, "substitute": account, **day("starts_on", today())}
    answer = rhys.post(f"/cy{BASE}/absences", typed)
    assert answer.status_code == 422
    assert "Dewiswch berson arall" in text_of(answer)
    assert "Rhowch y diwrnod olaf i ffwrdd" in text_of(answer)
    assert f'<option value="{account}" selected>' in text_of(answer)


@pytest.mark.parametrize(
    ("path", "typed", "shown"),
    [
        ("/bodies", {"welsh_government-address": "nowhere"}, 'value="nowhere"'),
        ("/requests", {"en": "Write to us", "cy": ""}, ">Write to us</textarea>"),
        (
            "/agencies",
            {"agency-key": "", "agency-en": "Housing", "agency-cy": ""},
            'value="Housing"',
        ),
        ("/name", {"name_en": "Only English", "name_cy": ""}, 'value="Only English"'),
    ],
)
def test_what_was_typed_into_settings_stays_where_it_is_refused(
    site: Site, path: str, typed: dict[str, str], shown: str
) -> None:
    rhys = site.signed_in(RHYS)
    answer = rhys.post(BASE + path, {**typed, **seen(rhys, BASE + path)})
    assert answer.status_code == 422
    assert "<title>Error:" in text_of(answer)
    assert shown in text_of(answer)
    for target in re.findall(r'href="#([^"]+)"', text_of(answer).split("govuk-error-summary")[-1]):
        assert f'id="{target}"' in text_of(answer)


def test_addresses_texts_and_agencies_are_kept(site: Site) -> None:
    ffion = site.signed_in(FFION)
    address = {"inspectorates-address": "hiw@example.test", "inspectorates-language": "cy"}
    sent = {**address, **seen(ffion, f"{BASE}/bodies")}
    assert ffion.post(f"{BASE}/bodies", sent).status_code == 303
    assert 'value="hiw@example.test"' in text_of(ffion.get(f"{BASE}/bodies"))
    said = {"en": "Write to us", "cy": "Ysgrifennwch atom", **seen(ffion, f"{BASE}/requests")}
    assert ffion.post(f"{BASE}/requests", said).status_code == 303
    own = {"agency-key": [""], "agency-en": ["Housing"], "agency-cy": ["Tai"]}
    sent_again = {**own, **seen(ffion, f"{BASE}/agencies")}
    assert ffion.post(f"{BASE}/agencies", sent_again).status_code == 303
    assert '<option value="housing">Tai</option>' in text_of(ffion.get(f"/cy{BASE}/people/add"))


def test_people_are_taken_from_a_file_after_a_look(site: Site) -> None:
    ffion = site.signed_in(FFION)
    email = f"{uuid.uuid4().hex[:8]}@example.test"
    content = (
        f"Enw;E-bost;Asiantaeth;Rôl\nSiân;{email};Yr heddlu;Cadeirydd y Bwrdd\nNeb;nowhere;;\n"
    ).encode("cp1252")
    ffion.get(f"{BASE}/import")
    data = {"page-csrf": ffion.token, "page-file": (io.BytesIO(content), "people.csv")}
    looked = ffion.client.post(f"{BASE}/import", data=data)
    page = text_of(looked)
    assert "The letters were read as Windows-1252." in page
    assert "This is not an email address." in page
    assert "Siân" in page
    assert "No role is called" not in page
    sent = {**hidden(looked), "page-action": "take"}
    answer = text_of(ffion.post(f"{BASE}/import", sent))
    assert "1 row was taken." in answer
    assert "This is not an email address." in answer
    again = ffion.post(f"{BASE}/import", sent)
    assert again.status_code == 409
    assert "Something has changed since this page was made." in text_of(again)


@pytest.mark.parametrize(
    "typed", [{}, {"page-pasted": "Huw\thuw@example.test"}, {"page-action": "take"}]
)
def test_what_cannot_be_read_is_refused_in_plain_words(site: Site, typed: dict[str, str]) -> None:
    answer = site.signed_in(FFION).post(f"{BASE}/import", typed)
    assert answer.status_code == 422
    assert 'href="#page-pasted"' in text_of(answer)


def test_the_blank_spreadsheet_has_the_headings_that_are_read(site: Site) -> None:
    answer = site.signed_in(FFION).get(f"/cy{BASE}/import/blank.csv")
    book = engine.read_spreadsheet(io.BytesIO(answer.get_data()))
    assert engine.plan_import("cwmafon", book, site.people[FFION]).lines == ()
    assert book.sheets[0].rows[0].cells[0] == "Enw"
