"""People are appointed to a case by who coordinates it, and appointments end with a reason."""

from __future__ import annotations

import re

import engine
from tests.web.conftest import Site

FFION = "Ffion Hughes"


def test_the_coordinator_appoints_a_person_to_a_role(site: Site) -> None:
    case_id = site.open_case()
    kyffin = site.people["Kyffin Davies"]
    visitor = site.signed_in(FFION)
    sent = {"role": "observer", "account": str(kyffin.account_id)}
    assert visitor.post(f"/cases/{case_id}/people", sent).status_code == 303
    text = visitor.get(f"/cases/{case_id}/people").get_data(as_text=True)
    assert "Kyffin Davies" in text
    again = visitor.post(f"/cases/{case_id}/people", sent)
    assert again.status_code == 422
    assert "This person already holds the role." in again.get_data(as_text=True)


def test_a_role_and_a_person_must_be_chosen(site: Site) -> None:
    case_id = site.open_case()
    answer = site.signed_in(FFION).post(f"/cy/cases/{case_id}/people", {"account": "nobody"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("role", "account"):
        assert f'href="#{field}"' in text
        assert f'id="{field}"' in text


def test_a_role_that_belongs_to_an_item_is_not_given_for_the_whole_case(site: Site) -> None:
    case_id = site.open_case()
    account = str(site.people["Kyffin Davies"].account_id)
    answer = site.signed_in(FFION).post(
        f"/cases/{case_id}/people", {"role": "participant", "account": account}
    )
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "The role “Participant” is held for one" in text
    assert 'href="#item"' in text
    assert 'id="item"' in text


def test_an_address_says_which_role_is_to_be_filled(site: Site) -> None:
    case_id = site.open_case()
    page = site.signed_in(FFION).get(f"/cases/{case_id}/people?role=observer")
    assert re.search(r'value="observer" selected', page.get_data(as_text=True))


def test_an_appointment_ends_with_a_reason_and_stays_on_record(site: Site) -> None:
    case_id = site.open_case()
    kyffin, coordinator = site.people["Kyffin Davies"], site.people[FFION]
    engine.appoint(case_id, "observer", kyffin.account_id, "", coordinator)
    visitor = site.signed_in(FFION)
    appointed = next(
        one for one in engine.case_page(case_id, coordinator).people if one.name == "Kyffin Davies"
    )
    path = f"/cases/{case_id}/people/{appointed.id}/end"
    missing = visitor.post(path, {"reason": " "})
    assert missing.status_code == 422
    assert f'id="reason-{appointed.id}"' in missing.get_data(as_text=True)
    assert visitor.post(path, {"reason": "left the agency"}).status_code == 303
    ended = [one for one in engine.case_page(case_id, coordinator).people if one.id == appointed.id]
    assert ended[0].ends_on is not None


def test_whoever_does_not_coordinate_sees_no_form_for_it(site: Site) -> None:
    case_id = site.open_case()
    text = site.signed_in("Gareth Evans").get(f"/cases/{case_id}").get_data(as_text=True)
    assert "Open tasks" in text
    people = site.signed_in("Gareth Evans").get(f"/cases/{case_id}/people").get_data(as_text=True)
    assert "Appoint a person" not in people


def test_an_appointment_does_not_end_at_the_address_of_another_case(site: Site) -> None:
    case_id, other, coordinator = site.open_case(), site.open_case(), site.people[FFION]
    appointed = engine.case_page(case_id, coordinator).people[0]
    path = f"/cases/{other}/people/{appointed.id}/end"
    assert site.signed_in(FFION).post(path, {"reason": "mistaken"}).status_code == 404
    people = engine.case_page(case_id, coordinator).people
    assert next(one for one in people if one.id == appointed.id).ends_on is None
