"""Forms of a draft on plain pages: changed question by question, tried, and saved from a canvas."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from lxml import html

import engine
from tests.web.conftest import Site, Visitor
from tests.web.test_welsh import english_left

#: What is asked of the database here is asked of both kinds in the tests of drafts.
pytestmark = pytest.mark.parametrize("_site", ["sqlite"], indirect=True)

AT = "forms/consent.json"
QUESTION = {
    "label": "Who else was asked?",
    "label_cy": "Pwy arall a holwyd?",
    "key": "",
    "required": "true",
    "error_required": "Write who else was asked",
    "error_required_cy": "Ysgrifennwch pwy arall a holwyd",
    "condition": "always",
    "page-type": "textfield",
}


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def draft(site: Site) -> str:
    designer = site.people["Catrin Sayer"]
    return f"/drafts/{engine.begin_draft('cwmafon', 'draft_2011', 'Forms', designer)}"


def stands(site: Site, draft: str, path: str = AT) -> engine.DraftFile:
    draft_id = uuid.UUID(draft.rpartition("/")[2])
    return engine.draft_file(draft_id, path, site.people["Catrin Sayer"]).file


def content(site: Site, draft: str, path: str = AT) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(stands(site, draft, path).content or b"{}")
    return data


def sent(visitor: Visitor, path: str, typed: dict[str, Any], revision: int = 0) -> tuple[int, str]:
    """Send a page of a form as it was made at a revision of the file."""
    answer = visitor.post(path, {"page-revision": str(revision), **typed})
    return answer.status_code, answer.get_data(as_text=True)


def error_of(page: str, name: str) -> str:
    found = re.search(rf'id="{name}-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found, f"nothing is said at {name}"
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip()


def test_a_form_is_shown_with_every_question_in_both_languages(catrin: Visitor, draft: str) -> None:
    page = catrin.get(f"{draft}/forms/consent").get_data(as_text=True)
    assert "Has this person given consent?" in page
    assert "A yw’r person hwn wedi rhoi cydsyniad?" in page
    assert "One answer of a few" in page
    assert "list contains(explained" in page


def test_a_question_is_added_and_asked_in_the_preview(
    site: Site, catrin: Visitor, draft: str
) -> None:
    new = f"{draft}/forms/consent/parts/child/new"
    assert "What kind of question is it?" in catrin.get(new).get_data(as_text=True)
    assert sent(catrin, f"{new}?type=textfield", QUESTION)[0] == 303
    asked = content(site, draft)["components"][1]["components"][-1]
    assert (asked["id"], asked["key"]) == ("child_who_else_was_asked", "who_else_was_asked")
    preview = f"{draft}/forms/consent/preview"
    assert "Pwy arall a holwyd?" in catrin.get(f"/cy{preview}").get_data(as_text=True)
    answer = catrin.post(preview, {"page-action": "check"})
    assert answer.status_code == 422
    assert "Write who else was asked" in answer.get_data(as_text=True)


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    site: Site, catrin: Visitor, draft: str
) -> None:
    wrong = {**QUESTION, "label_cy": "", "key": "Not A Key", "maxLength": "many"}
    new = f"{draft}/forms/consent/parts/child/new?type=textfield"
    status, page = sent(catrin, new, wrong)
    assert status == 422
    assert "Write it in Welsh as well" in error_of(page, "label_cy")
    assert "small letters" in error_of(page, "key")
    assert "whole number" in error_of(page, "maxLength")
    assert 'value="Not A Key"' in page
    assert stands(site, draft).revision == 0
    _, welsh = sent(catrin, f"/cy{new}", wrong)
    assert "Ysgrifennwch hyn yn Gymraeg hefyd" in error_of(welsh, "label_cy")


def test_feel_that_cannot_be_read_is_refused_at_its_place(catrin: Visitor, draft: str) -> None:
    typed = {**QUESTION, "condition": "feel", "hide": "consent = = 2"}
    status, page = sent(catrin, f"{draft}/forms/consent/parts/child/new?type=textfield", typed)
    assert status == 422
    assert "cannot be read at 1:" in error_of(page, "hide")


def test_feel_that_reads_what_is_not_there_is_kept_and_told(
    site: Site, catrin: Visitor, draft: str
) -> None:
    typed = {**QUESTION, "condition": "feel", "hide": "nobody_knows = 2"}
    sent(catrin, f"{draft}/forms/consent/parts/child/new?type=textfield", typed)
    page = catrin.get(f"{draft}/forms/consent").get_data(as_text=True)
    assert "reads “nobody_knows”, which is unknown" in page
    own = f"{draft}/forms/consent/parts/child_who_else_was_asked"
    assert "nobody_knows" in catrin.get(own).get_data(as_text=True)


def test_a_condition_is_filled_in_without_feel(site: Site, catrin: Visitor, draft: str) -> None:
    part = f"{draft}/forms/consent/parts/child_child_not_appropriate_reason"
    chosen = "child_appropriate=false"
    typed = {"condition": "choice", "condition_choice": chosen, "condition_how": "is_not"}
    assert sent(catrin, part, typed)[0] == 303
    asked = content(site, draft)["components"][1]["components"][1]
    assert asked["conditional"] == {"hide": "=child_appropriate = false"}
    page = catrin.get(part).get_data(as_text=True)
    assert re.search(rf'value="{chosen}" selected', page)
    missing = {**typed, "condition_choice": ""}
    status, page = sent(catrin, part, missing, 1)
    assert status == 422
    assert "Choose the answer" in error_of(page, "condition_choice")


def test_answers_are_added_and_removed_on_the_page_before_anything_is_kept(
    site: Site, catrin: Visitor, draft: str
) -> None:
    part = f"{draft}/forms/consent/parts/parents_parents_how"
    shown = {
        "values-0-value": "written", "values-0-label": "Written", "values-0-label_cy": "Ysgrif",
        "values-1-value": "spoken", "values-1-label": "Spoken", "values-1-label_cy": "Llafar",
        "page-type": "radio",
    }  # fmt: skip
    status, page = sent(catrin, part, {**shown, "page-action": "more:values"})
    assert (status, 'name="values-2-label_cy"' in page) == (200, True)
    status, page = sent(catrin, part, {**shown, "page-action": "drop:values-0"})
    assert (status, 'value="written"' in page, 'value="spoken"' in page) == (200, False, True)
    assert stands(site, draft).revision == 0
    more = {"values-2-value": "signed", "values-2-label": "Signed", "values-2-label_cy": "Arwyddo"}
    assert sent(catrin, part, {**shown, **more, "page-action": "save"})[0] == 303
    columns = content(site, draft)["components"][0]["components"][0]["components"]
    assert [one["value"] for one in columns[3]["values"]] == ["written", "spoken", "signed"]


def test_another_type_shows_what_it_asks_and_is_kept_with_it(
    site: Site, catrin: Visitor, draft: str
) -> None:
    part = f"{draft}/forms/consent/parts/withdrawal_withdrawn_on"
    typed = {"label": "When?", "label_cy": "Pryd?", "key": "withdrawn_on", "page-type": "textarea"}
    status, page = sent(catrin, part, {**typed, "page-action": "type"})
    assert (status, 'name="maxLength"' in page, 'name="subtype"' in page) == (200, True, False)
    assert sent(catrin, part, {**typed, "maxLength": "100"})[0] == 303
    asked = content(site, draft)["components"][3]["components"][0]
    assert (asked["type"], asked["validate"]["maxLength"]) == ("textarea", 100)
    assert "subtype" not in asked


def test_parts_are_moved_and_removed_once_it_was_asked(
    site: Site, catrin: Visitor, draft: str
) -> None:
    form = f"{draft}/forms/consent"
    assert sent(catrin, form, {"page-action": "down:child"})[0] == 303
    order = [one["id"] for one in content(site, draft)["components"]]
    assert order == ["parents", "explained", "child", "withdrawal"]
    status, page = sent(catrin, form, {"page-action": "ask:child"}, 1)
    assert (status, "3 questions in it go with it." in page) == (200, True)
    assert sent(catrin, form, {"page-action": "remove:child"}, 1)[0] == 303
    assert "child" not in {one["id"] for one in content(site, draft)["components"]}


def test_the_last_question_of_a_section_is_not_removed(catrin: Visitor, draft: str) -> None:
    typed = {"page-action": "remove:explained_explained"}
    status, page = sent(catrin, f"{draft}/forms/consent", typed)
    assert status == 422
    assert "keeps at least one question" in page


def test_of_two_people_nobody_overwrites_the_other(site: Site, catrin: Visitor, draft: str) -> None:
    part = f"{draft}/forms/consent/parts/child"
    assert sent(catrin, part, {"label": "A child", "label_cy": "Plentyn"})[0] == 303
    status, page = sent(catrin, part, {"label": "Another child", "label_cy": "Plentyn arall"})
    assert status == 409
    assert "Catrin Sayer" in page
    assert 'value="Another child"' in page
    assert content(site, draft)["components"][1]["label"] == "A child"


def test_a_section_rows_a_rule_and_the_settings_each_have_their_page(
    site: Site, catrin: Visitor, draft: str
) -> None:
    form = f"{draft}/forms/consent"
    section = {
        "label": "Afterwards", "label_cy": "Wedyn", "page-type": "datetime",
        "first_label": "When?", "first_label_cy": "Pryd?",
    }  # fmt: skip
    assert sent(catrin, f"{form}/sections/new", section)[0] == 303
    rows = {
        "label": "Others", "label_cy": "Eraill", "itemLabel": "Somebody", "itemLabel_cy": "Rhywun",
        "first_label": "Name of theirs", "first_label_cy": "Eu henw", "page-type": "dynamiclist",
    }  # fmt: skip
    assert sent(catrin, f"{form}/parts/afterwards/new?type=dynamiclist", rows, 1)[0] == 303
    rule = {
        "rule_check": "when = null",
        "field": "when",
        "rule_kind": "warning",
        "en": "No.",
        "cy": "Na.",
    }
    assert sent(catrin, f"{form}/rules/2", rule, 2)[0] == 303
    settings = {
        "title": "Consents", "title_cy": "Cydsyniadau", "description": "", "description_cy": "",
        "catalogue": "F-45", "per": "case", "visibility": "V-STEER V-PANEL",
    }  # fmt: skip
    assert sent(catrin, f"{form}/settings", settings, 3)[0] == 303
    data = content(site, draft)
    assert data["visibility"] == ["V-STEER", "V-PANEL"]
    assert data["rules"][2] == {
        "check": "when = null", "field": "when", "kind": "warning", "en": "No.", "cy": "Na."
    }  # fmt: skip
    assert [one["type"] for one in data["components"][4]["components"]] == [
        *("datetime", "dynamiclist")
    ]
    status, page = sent(catrin, f"{form}/rules/2", {**rule, "field": "nobody"}, 4)
    assert (status, "no question with the key" in error_of(page, "field")) == (422, True)


def test_a_form_of_ones_own_is_added_and_a_taken_name_is_refused(
    site: Site, catrin: Visitor, draft: str
) -> None:
    typed = {
        "form_id": "quality_check", "title": "Quality check", "title_cy": "Gwiriad ansawdd",
        "catalogue": "F-90", "per": "case", "visibility": "V-PANEL", "page-type": "textarea",
        "section_label": "The check", "section_label_cy": "Y gwiriad",
        "first_label": "What did you find?", "first_label_cy": "Beth a ganfuoch?",
    }  # fmt: skip
    answer = catrin.post(f"{draft}/forms/new", typed)
    assert answer.status_code == 303
    shown = catrin.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Beth a ganfuoch?" in shown
    assert "No task writes the section" in shown
    own = stands(site, draft, "forms/quality_check.json")
    assert own.state == "own"
    refused = catrin.post(f"{draft}/forms/new", {**typed, "first_label_cy": ""})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "no other form has" in error_of(page, "form_id")
    assert "in Welsh as well" in error_of(page, "first_label_cy")
    assert 'value="Gwiriad ansawdd"' in page


def test_the_preview_takes_the_examples_and_records_nothing(
    site: Site, catrin: Visitor, draft: str
) -> None:
    preview = f"{draft}/forms/consent/preview"
    page = catrin.get(f"{preview}?filled=1").get_data(as_text=True)
    assert 'value="Mari Huws"' in page
    typed = {
        "parents-0-name": "Nia", "parents-0-relation": "Mother", "parents-0-consent": "no",
        "child_appropriate": "yes", "child_consent": "yes", "explained": ["purpose"],
    }  # fmt: skip
    answer = catrin.post(preview, {**typed, "page-action": "check"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "The form would take these answers." in page
    assert "can withdraw consent at any time" in page
    added = catrin.post(preview, {**typed, "page-action": "add:parents"}).get_data(as_text=True)
    assert 'name="parents-1-name"' in added
    assert 'value="Nia"' in added
    assert stands(site, draft).revision == 0


def test_a_canvas_saves_what_was_changed_and_nothing_else(
    site: Site, catrin: Visitor, draft: str
) -> None:
    page = catrin.get(f"{draft}/forms/consent/canvas")
    assert page.status_code == 200
    before = stands(site, draft).content or b""
    data = json.loads(before)
    for section in data["components"]:
        section["layout"] = {"row": "Row_1", "columns": None}

    def save(revision: int) -> tuple[int, dict[str, Any]]:
        answer = catrin.client.post(
            f"{draft}/forms/consent/canvas",
            json={"content": json.dumps(data), "revision": revision},
            headers={"X-CSRFToken": catrin.token},
        )
        return answer.status_code, answer.get_json()

    assert save(0) == (200, {"revision": 0})
    data["components"][0]["label"] = "Mothers and fathers"
    assert save(0) == (200, {"revision": 1})
    after = stands(site, draft).content
    assert after == before.replace(b'"Parents and carers"', b'"Mothers and fathers"', 1)
    data["components"][0]["label"] = "Parents"
    status, told = save(0)
    assert (status, "Catrin Sayer" in told["message"]) == (409, True)
    del data["components"][0]["i18n"]
    status, told = save(1)
    assert (status, "lacks i18n" in told["message"]) == (422, True)


def test_what_is_known_of_the_case_decides_what_the_trial_shows(
    catrin: Visitor, draft: str
) -> None:
    preview = f"{draft}/forms/terms_of_reference/preview"
    page = catrin.get(preview).get_data(as_text=True)
    assert 'name="page-fact-review_type"' in page
    plain = len(page)
    answer = catrin.post(preview, {"page-fact-review_type": "extended", "page-action": "facts"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="extended"' in shown
    assert len(shown) > plain


def test_a_fact_that_cannot_be_read_is_refused_beside_it(catrin: Visitor, draft: str) -> None:
    typed = {"page-fact-reviewers_count": "two", "page-action": "facts"}
    answer = catrin.post(f"{draft}/forms/report/preview", typed)
    assert answer.status_code == 422
    assert "Write a number" in error_of(answer.get_data(as_text=True), "page-fact-reviewers_count")


def test_every_type_of_question_has_its_page_and_none_has_english_in_its_welsh(
    catrin: Visitor, draft: str
) -> None:
    new = f"{draft}/forms/consent/parts/child/new"
    for path in (f"{draft}/forms/new", new, *(f"{new}?type={one}" for one in engine.FIELD_TYPES)):
        assert english_left(catrin, path) == [], path


def test_sending_a_page_back_as_it_was_shown_changes_nothing(
    site: Site, catrin: Visitor, draft: str
) -> None:
    shown = catrin.get(f"{draft}/forms/consent").get_data(as_text=True)
    parts = re.findall(rf'href="({draft}/forms/consent/(?:parts/\w+|settings|rules/\d+))"', shown)
    below = stands(site, draft, AT).content
    for path in parts[:-1]:
        page = html.fromstring(catrin.get(path).get_data(as_text=True))
        sent_back = dict(page.get_element_by_id("form-part-form").form_values())
        assert catrin.post(path, sent_back).status_code == 303, path
        assert stands(site, draft, AT).content == below, path
    assert len(parts) > 8


@pytest.mark.parametrize(
    "source",
    [
        '{"components": "none"}',
        '{"id": "consent", "components": [1, {"type": "group", "components": [[]]}]}',
        "{}",
    ],
)
def test_a_file_that_is_no_form_is_said_to_be_none_and_takes_no_change(
    site: Site, catrin: Visitor, draft: str, source: str
) -> None:
    draft_id, designer = uuid.UUID(draft.rpartition("/")[2]), site.people["Catrin Sayer"]
    engine.save_draft_file(draft_id, AT, source.encode(), 0, designer)
    answer = catrin.get(f"{draft}/forms/consent")
    assert answer.status_code == 200
    assert re.search(r"lacks|not allowed", answer.get_data(as_text=True))
    assert sent(catrin, f"{draft}/forms/consent", {"page-action": "down:child"}, 1)[0] == 422
    for path in ("/preview", "/canvas", "/parts/child"):
        assert catrin.get(f"{draft}/forms/consent{path}").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {"minLength": "007", "maxLength": "99"},
        {"example": "[" * 3000},
        {"example": "NaN"},
        {"label": "x" * 5000},
        {"pattern": "(a+)+"},
        {"visibility": "V-NOBODY"},
        {"catalogue": "F-1"},
        {"hide": "((((((" * 200, "condition": "feel"},
    ],
)
def test_odd_input_is_kept_or_refused_and_never_breaks(
    catrin: Visitor, draft: str, typed: dict[str, str]
) -> None:
    path = f"{draft}/forms/consent/parts/child/new?type=textfield"
    assert sent(catrin, path, {**QUESTION, **typed})[0] in (303, 422)


def test_what_no_page_sends_is_refused_and_breaks_nothing(
    site: Site, catrin: Visitor, draft: str
) -> None:
    new = f"{draft}/forms/consent/parts/child/new"
    for kind in ("dynamiclist", "textfield", "text", "radio", "expression"):
        assert sent(catrin, new, {"page-type": kind})[0] == 422
    assert sent(catrin, f"{draft}/forms/consent/parts/child_child_consent/new", QUESTION)[0] == 404
    assert sent(catrin, new, {"page-type": "button"})[0] == 404
    assert sent(catrin, f"{draft}/forms/consent", {"page-action": "remove:99"})[0] == 404
    assert sent(catrin, f"{draft}/forms/consent", {"page-action": "explode:child"})[0] == 400
    assert stands(site, draft).revision == 0


def test_a_draft_that_is_over_shows_its_forms_and_takes_no_change(
    site: Site, catrin: Visitor, draft: str
) -> None:
    engine.lay_draft_aside(uuid.UUID(draft.rpartition("/")[2]), site.people["Catrin Sayer"])
    page = catrin.get(f"{draft}/forms/consent").get_data(as_text=True)
    assert "Add a question" not in page
    status, page = sent(catrin, f"{draft}/forms/consent", {"page-action": "down:child"})
    assert (status, "nothing is changed in it" in page) == (409, True)


@pytest.mark.parametrize("path", ["/forms/nothing", "/forms/consent/parts/nothing", "/forms/A"])
def test_what_is_not_there_is_not_found(catrin: Visitor, draft: str, path: str) -> None:
    assert catrin.get(f"{draft}{path}").status_code == 404
