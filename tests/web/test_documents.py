"""Documents are read as they stand or stood, and put right with a reason."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

import engine
from engine import deployments, forms
from tests.web.conftest import ROOT, Site
from web import answers

CARYS, FFION = "Carys Morgan", "Ffion Hughes"
#: Holds the day from which the six months run.
RECEIPT = "sub_group_receipt"


@pytest.fixture
def consent(site: Site) -> engine.DocumentPage:
    """The consent record of a new case."""
    case_id = site.open_case()
    for _ in range(2):
        site.submit(CARYS, site.open_task(CARYS, case_id))
    coordinator = site.people[FFION]
    found = engine.case_page(case_id, coordinator).documents
    return engine.document_page(next(d.id for d in found if d.catalogue == "F-45"), coordinator)


def test_a_question_whose_answer_one_may_not_read_is_not_told_to_be_unanswered(
    site: Site, consent: engine.DocumentPage
) -> None:
    section = consent.form.section("parents")
    (parents,) = [entry for entry in section.fields if entry.is_rows]
    name, *others = parents.columns

    def asked(readable: set[str]) -> str:
        with site.app.test_request_context("/"):
            return repr(answers.answers(consent.form, {"parents": {}}, readable=readable)) + repr(
                answers.answers(consent.form, consent.content, ["parents"], readable=readable)
            )

    everything = {parents.id, *(column.id for column in parents.columns)}
    assert parents.label("en") in asked(everything)
    assert name.label("en") in asked(everything)
    assert name.label("en") not in asked(everything - {name.id})
    assert others[0].label("en") in asked(everything - {name.id})
    assert parents.label("en") not in asked(everything - {parents.id})


def typed_in(document: engine.DocumentPage, section: str) -> dict[str, list[str]]:
    """Return what the page of a section would send."""
    return forms.to_posted(document.form, (section,), document.content)


def test_a_document_shows_its_answers_in_both_languages(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    english = visitor.get(f"/documents/{consent.id}").get_data(as_text=True)
    welsh = visitor.get(f"/cy/documents/{consent.id}").get_data(as_text=True)
    assert "Mari Huws" in english
    assert consent.form.title("en") in english
    assert consent.form.title("cy") in welsh
    assert "Put right" in english
    assert "Cywiro" in welsh


def test_an_answer_is_put_right_with_a_reason_and_the_old_version_stays(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    path = f"/documents/{consent.id}/amend/parents"
    assert "Mari Huws" in visitor.get(path).get_data(as_text=True)
    typed = typed_in(consent, "parents") | {"parents-0-name": ["Mair Huws"]}
    missing = visitor.post(path, typed)
    assert missing.status_code == 422
    assert 'href="#page-reason"' in missing.get_data(as_text=True)
    assert 'value="Mair Huws"' in missing.get_data(as_text=True)
    saved = visitor.post(path, typed | {"page-reason": ["the name was misheard"]})
    assert saved.status_code == 303
    now = visitor.get(f"/documents/{consent.id}").get_data(as_text=True)
    assert "Mair Huws" in now
    assert "the name was misheard" in now
    then = visitor.get(f"/documents/{consent.id}?version=1").get_data(as_text=True)
    assert "Mari Huws" in then
    assert "This is version 1 of 2" in then


def test_what_an_amendment_would_do_is_looked_at_first_and_nothing_is_changed(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor, path = site.signed_in(FFION), f"/documents/{consent.id}/amend/parents"
    assert "Look first at what it would do" in visitor.get(path).get_data(as_text=True)
    typed = typed_in(consent, "parents") | {"parents-0-name": ["Mair Huws"]}
    sent = typed | {"page-reason": ["misheard"], "page-action": ["look"]}
    answer = visitor.post(path, sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "What it would do" in text
    assert "<ins>" in text
    assert 'value="Mair Huws"' in text
    assert "misheard" in text
    assert engine.document_page(consent.id, site.people[FFION]).version == 1
    wrong = visitor.post(path, sent | {"parents-0-name": [""]})
    assert wrong.status_code == 422
    assert 'href="#parents-0-name"' in wrong.get_data(as_text=True)


def test_the_toggle_keeps_what_was_typed_into_an_amendment(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor, path = site.signed_in(FFION), f"/documents/{consent.id}/amend/parents"
    assert f'formaction="/cy{path}"' in visitor.get(path).get_data(as_text=True)
    typed = typed_in(consent, "parents") | {"parents-0-name": ["Mair Huws"]}
    sent = typed | {"page-reason": ["misheard"], "page-action": ["language"]}
    text = visitor.post(f"/cy{path}", sent).get_data(as_text=True)
    assert 'lang="cy"' in text
    assert 'value="Mair Huws"' in text
    assert "misheard" in text
    assert f'formaction="{path}"' in text
    assert engine.document_page(consent.id, site.people[FFION]).version == 1


def test_an_amendment_that_is_wrong_comes_back_with_what_was_typed(
    site: Site, consent: engine.DocumentPage
) -> None:
    typed = typed_in(consent, "parents") | {"parents-0-name": [""], "page-reason": ["because"]}
    answer = site.signed_in(FFION).post(f"/documents/{consent.id}/amend/parents", typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#parents-0-name"' in text
    assert "because</textarea>" in text


@pytest.fixture
def minutes(site: Site) -> engine.DocumentPage:
    """The conference minutes of a case that is under way."""
    coordinator = site.people[FFION]
    for case in engine.list_cases(coordinator):
        for found in engine.case_page(case.id, coordinator).documents:
            if found.catalogue == "F-49":
                return engine.document_page(found.id, coordinator)
    raise AssertionError("no case of the demonstration has conference minutes")


def test_a_file_chosen_while_putting_right_is_kept_also_where_the_page_comes_back(
    site: Site, minutes: engine.DocumentPage
) -> None:
    visitor, path = site.signed_in(FFION), f"/documents/{minutes.id}/amend/minutes"
    file = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "other-minutes.pdf")
    sent = typed_in(minutes, "minutes") | {"initial_minutes": [file]}
    answer = visitor.post(path, sent, content_type="multipart/form-data")
    assert answer.status_code == 422, "no reason is given"
    text = answer.get_data(as_text=True)
    kept = text.split('name="initial_minutes-kept" value="')[1].split('"')[0]
    with visitor.get(f"/uploads/{kept}") as download:
        assert download.data == b"%PDF-1.4\n%%EOF\n"
    odd = (io.BytesIO(b"MZ\x90"), "program.exe")
    refused = visitor.post(
        path, {"initial_minutes": [odd]} | {"page-reason": "x"}, content_type="multipart/form-data"
    )
    assert refused.status_code == 422
    assert 'href="#initial_minutes"' in refused.get_data(as_text=True)


def test_rows_are_added_while_putting_right(site: Site, consent: engine.DocumentPage) -> None:
    typed = typed_in(consent, "parents") | {"page-action": ["add:parents"]}
    answer = site.signed_in(FFION).post(f"/documents/{consent.id}/amend/parents", typed)
    count = len(consent.content["parents"]["parents"])
    assert f'name="parents-{count}-name"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(("may", "links"), [(True, 1), (False, 0)])
def test_a_link_to_what_somebody_may_not_read_is_no_link(
    site: Site, consent: engine.DocumentPage, monkeypatch: pytest.MonkeyPatch,
    may: bool, links: int,
) -> None:  # fmt: skip
    link = next(
        entry
        for form in deployments.build(deployments.read_folders(ROOT)).forms.values()
        for entry in form.fields
        if entry.type == "adolyguLink"
    )
    monkeypatch.setattr(engine, "may_open_document", lambda found, actor: may)
    with site.app.test_request_context("/"):
        monkeypatch.setattr(answers, "current_actor", lambda: site.people[FFION])
        shown = answers.show_value(link, str(consent.id))
    assert shown.document == (str(consent.id) if may else "")
    assert ("cannot open" in shown.lines[0]) is not may


def test_a_version_or_section_that_is_not_there_is_not_found(
    site: Site, consent: engine.DocumentPage
) -> None:
    visitor = site.signed_in(FFION)
    for number in ("99", "9" * 12, "9" * 30):
        assert visitor.get(f"/documents/{consent.id}?version={number}").status_code == 404
    for wrong in ("-1", "0", "00", "x", "", "1.0", "%EF%BC%91", "9" * 5000):
        assert visitor.get(f"/documents/{consent.id}?version={wrong}").status_code == 404, wrong
    assert visitor.get(f"/documents/{consent.id}/amend/nothing").status_code == 404


def test_whoever_may_read_but_not_amend_is_offered_no_amendment(
    site: Site, consent: engine.DocumentPage
) -> None:
    text = site.signed_in(CARYS).get(f"/documents/{consent.id}").get_data(as_text=True)
    offered = "Put right" in text
    page = engine.document_page(consent.id, site.people[CARYS])
    assert offered == page.may_amend


def test_a_person_puts_right_the_sections_they_wrote_and_no_others(site: Site) -> None:
    coordinator = site.people[FFION]
    considered = next(
        found.id
        for case in engine.list_cases(coordinator)
        for found in engine.case_page(case.id, coordinator).documents
        if found.catalogue == "F-47" and found.version > 2
    )
    written = engine.document_page(considered, coordinator).versions
    name = next(line.author_name for line in written if "consideration" in line.sections)
    own = {part for line in written if line.author_name == name for part in line.sections}
    author = site.people[name]
    assert engine.document_page(considered, author).amendable == own
    other = next(part for part in ("session", "facilitators") if part not in own)
    visitor, path = site.signed_in(name), f"/documents/{considered}/amend/{other}"
    assert path not in visitor.get(f"/documents/{considered}").get_data(as_text=True)
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, {"page-reason": "mine now"}).status_code == 404
    with pytest.raises(engine.AccessDenied):
        engine.amend(considered, (other,), "mine now", author, posted={})


@pytest.fixture
def receipt(site: Site) -> engine.DocumentPage:
    """A document that holds the day from which the six months of an open review run."""
    coordinator = site.people[FFION]
    for case in engine.list_cases(coordinator):
        for found in engine.case_page(case.id, coordinator).documents:
            page = engine.document_page(found.id, coordinator)
            if RECEIPT in page.amendable and case.state == "open":
                return page
    raise AssertionError("no case of the demonstration has a receipt of its referral")


def one_day_later(typed: dict[str, list[str]]) -> dict[str, list[str]]:
    (day,) = typed["sub_group_received_on-day"]
    return {"sub_group_received_on-day": [str(int(day) + 1)]}


def test_that_a_second_person_confirms_is_said_before_an_amendment_is_sent(
    site: Site, receipt: engine.DocumentPage
) -> None:
    visitor, path = site.signed_in(FFION), f"/documents/{receipt.id}/amend/{RECEIPT}"
    first = visitor.get(path).get_data(as_text=True)
    assert "a second person has to confirm it" in first
    assert "Look first at what it would do" in first
    assert "Save the new version" not in first
    typed = typed_in(receipt, RECEIPT)
    sent = typed | one_day_later(typed) | {"page-reason": ["the stamp says so"]}
    told = visitor.post(path, sent)
    text = told.get_data(as_text=True)
    assert told.status_code == 200
    assert "Send it to a second person" in text
    assert "What it would do" in text
    assert engine.case_proposals(receipt.case_id, site.people[FFION]) == ()
    missing = visitor.post(path, sent | {"page-second": ["1"], "page-reason": [""]})
    assert missing.status_code == 422
    assert "Send it to a second person" in missing.get_data(as_text=True)
    answer = visitor.post(path, sent | {"page-second": ["1"]})
    assert answer.status_code == 303
    assert "/proposals/" in answer.headers["Location"]


def test_what_no_time_limit_hangs_on_is_saved_without_a_second_person(
    site: Site, receipt: engine.DocumentPage
) -> None:
    visitor, path = site.signed_in(FFION), f"/documents/{receipt.id}/amend/{RECEIPT}"
    sent = typed_in(receipt, RECEIPT) | {"page-reason": ["looked at again"]}
    looked = visitor.post(path, sent | {"page-action": ["look"]}).get_data(as_text=True)
    assert "Save the new version" in looked
    assert visitor.post(path, sent).headers["Location"].endswith(f"/documents/{receipt.id}")


def test_whoever_may_not_open_the_case_is_told_of_the_second_person_and_of_nothing_else(
    site: Site, receipt: engine.DocumentPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = engine.amend_page(receipt.id, RECEIPT, site.people[FFION])
    outside = replace(found, document=replace(found.document, may_open_case=False))
    monkeypatch.setattr(engine, "amend_page", lambda *_: outside)
    visitor, path = site.signed_in(FFION), f"/documents/{receipt.id}/amend/{RECEIPT}"
    typed = typed_in(receipt, RECEIPT)
    sent = typed | one_day_later(typed) | {"page-reason": ["the stamp says so"]}
    text = visitor.post(path, sent).get_data(as_text=True)
    assert "Send it to a second person" in text
    assert "Clocks that would change" not in text
