"""From the list of tasks to the confirmation, with everything that may go wrong on the way."""

from __future__ import annotations

import io
import socket
import uuid
from dataclasses import replace
from typing import Any

import pytest

import engine
from engine import access, steps, uploads
from engine.next_steps import NextTask
from engine.steps import pausing
from tests.web.conftest import Site, Visitor, a_text_of, example_answers

CARYS, FFION = "Carys Morgan", "Ffion Hughes"


@pytest.fixture
def page(site: Site) -> engine.TaskPage:
    """The first task of a new consultation."""
    return site.open_task(CARYS, site.open_case())


@pytest.fixture
def consent(site: Site) -> engine.TaskPage:
    """The task of seeking consent, which has rows, reveals and dates; nobody completes it."""
    carys = site.people[CARYS]
    if "consent" not in site.kept:
        case_id = site.open_case()
        opened = site.open_task(CARYS, case_id)
        while opened.parts[0].form.id != "consent":
            site.submit(CARYS, opened)
            opened = site.open_task(CARYS, case_id)
        site.kept["consent"] = opened.task.id
    return engine.open_task(site.kept["consent"], carys)


def text_of(answer: Any) -> str:
    """Return a page as text."""
    said: str = answer.get_data(as_text=True)
    return said


def test_what_is_already_recorded_stands_before_the_questions(site: Site) -> None:
    name, task = next(
        (name, task)
        for name, task in site.open_tasks()
        if engine.open_task(task.id, site.people[name]).shown
    )
    text = text_of(site.signed_in(name).get(f"/tasks/{task.id}"))
    assert text.index("What is already recorded") < text.index('id="task-form"')


def test_a_task_goes_from_the_list_to_its_confirmation(site: Site, page: engine.TaskPage) -> None:
    visitor = site.signed_in(CARYS)
    assert f"/tasks/{page.task.id}" in text_of(visitor.get("/tasks"))
    assert visitor.get(f"/tasks/{page.task.id}").status_code == 200
    sent = visitor.post(f"/tasks/{page.task.id}", example_answers(page))
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/tasks/{page.task.id}/check"
    check = text_of(visitor.get(sent.headers["Location"]))
    assert "Check your answers" in check
    key = check.split('name="page-submit-key" value="')[1].split('"')[0]
    done = visitor.post(f"/tasks/{page.task.id}/check", {"page-submit-key": key})
    assert done.headers["Location"] == f"/tasks/{page.task.id}/done"
    confirmed = text_of(visitor.get(done.headers["Location"]))
    assert "Task completed" in confirmed
    assert page.task.case_identifier in confirmed
    assert "What happens next" in confirmed
    again = visitor.post(f"/tasks/{page.task.id}/check", {"page-submit-key": key})
    assert again.status_code == 303


def test_an_empty_form_comes_back_with_each_error_at_its_input(
    site: Site, page: engine.TaskPage
) -> None:
    visitor = site.signed_in(CARYS)
    answer = visitor.post(f"/tasks/{page.task.id}", {"page-action": "continue"})
    text = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Error: " in text
    assert "There is a problem" in text
    summary = text.split("govuk-error-summary__list")[1].split("</ul>")[0]
    targets = [one.split('"')[0] for one in summary.split('href="#')[1:]]
    assert targets
    for target in targets:
        assert f'id="{target}"' in text


def test_the_welsh_page_says_gwall(site: Site, page: engine.TaskPage) -> None:
    answer = site.signed_in(CARYS).post(f"/cy/tasks/{page.task.id}", {})
    assert "<title>Gwall: " in text_of(answer)


def test_checking_what_was_never_filled_in_shows_the_errors(
    site: Site, page: engine.TaskPage
) -> None:
    assert site.signed_in(CARYS).get(f"/tasks/{page.task.id}/check").status_code == 422


def test_a_draft_waits_for_its_writer_and_nobody_else(site: Site, page: engine.TaskPage) -> None:
    visitor = site.signed_in(CARYS)
    typed = {"page-action": "save", a_text_of(page): "half a thought"}
    saved = visitor.post(f"/tasks/{page.task.id}", typed)
    assert saved.headers["Location"] == f"/tasks/{page.task.id}/saved"
    assert "Your draft is saved" in text_of(visitor.get(saved.headers["Location"]))
    assert "half a thought" in text_of(visitor.get(f"/tasks/{page.task.id}"))
    other = site.signed_in("Eleri Watkins").get(f"/tasks/{page.task.id}")
    assert "half a thought" not in text_of(other)


def test_the_toggle_saves_the_draft_and_goes_to_the_same_task_in_welsh(
    site: Site, page: engine.TaskPage
) -> None:
    visitor = site.signed_in(CARYS)
    typed = {"page-action": "language", a_text_of(page): "half a thought"}
    answer = visitor.post(f"/tasks/{page.task.id}", typed)
    assert answer.headers["Location"] == f"/cy/tasks/{page.task.id}"
    assert "half a thought" in text_of(visitor.get(answer.headers["Location"]))


def test_the_first_button_of_the_form_is_continue(site: Site, page: engine.TaskPage) -> None:
    text = text_of(site.signed_in(CARYS).get(f"/tasks/{page.task.id}"))
    first = text[text.index('name="page-action"') :][:60]
    assert 'value="continue"' in first


def test_rows_are_added_and_removed_by_plain_buttons(site: Site, consent: engine.TaskPage) -> None:
    visitor, path = site.signed_in(CARYS), f"/tasks/{consent.task.id}"
    typed = {"parents-0-_key": "", "parents-0-name": "Mari", "page-action": "add:parents"}
    added = visitor.post(path, typed)
    assert added.headers["Location"] == f"{path}#parents-1"
    text = text_of(visitor.get(path))
    assert 'value="Mari"' in text
    assert 'name="parents-1-name"' in text
    removed = visitor.post(path, {**typed, "page-action": "remove:parents-0"})
    assert removed.headers["Location"] == f"{path}#parents"
    assert 'value="Mari"' not in text_of(visitor.get(path))


def test_an_answer_that_its_choice_hides_is_not_shown_for_checking(
    site: Site, consent: engine.TaskPage
) -> None:
    visitor = site.signed_in(CARYS)
    typed = {name: values[0] for name, values in example_answers(consent).items()}
    typed |= {"child_appropriate": "yes", "child_consent": "yes"}
    typed |= {"explained": "right_to_withdraw"}
    typed |= {"child_not_appropriate_reason": "a reason that no longer counts"}
    sent = visitor.post(f"/tasks/{consent.task.id}", typed)
    assert sent.status_code == 303, text_of(sent)
    assert "no longer counts" not in text_of(visitor.get(sent.headers["Location"]))


HOSTILE: list[dict[str, Any]] = [
    {"parents-0-_key": "", "parents-0-given_on-day": "31", "parents-0-given_on-month": "2",
     "parents-0-given_on-year": "2026", "parents-0-consent": "yes", "parents-0-name": "KEPT"},
    {"child_appropriate": "perhaps", "parents-0-name": "KEPT"},
    {"parents-0-consent": ["yes", "no"], "parents-0-name": "KEPT"},
    {"explained": ["purpose", "nonsense"], "parents-0-name": "KEPT"},
    {"typename": "__class__", "unknown": "x", "parents": "x", "parents-0-name": "KEPT"},
    {"withdrawn_on-day": "x" * 500, "withdrawn_on-year": "\x00", "parents-0-name": "KEPT"},
    {"parents-99999999999999999999-name": "x", "parents-0-name": "KEPT"},
    {"parents--1-name": "x", "parents-0-name-0-_key": "x", "parents-0-name": "KEPT"},
    {"parents-0-_key": "../../etc", "parents-0-name": "KEPT"},
    {"_seen-consent": "9" * 5000, "parents-0-name": "KEPT"},
    {"_seen-consent": ["x", "-1"], "parents-0-name": "KEPT"},
    {f"parents-{number}-name": "KEPT" for number in range(300)},
    {"parents-0-name": "KEPT" + "\ud7ff\u202e</textarea><script>"},
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_sent_comes_back_as_errors_with_what_was_typed(
    site: Site, consent: engine.TaskPage, typed: dict[str, Any]
) -> None:
    visitor = site.signed_in(CARYS)
    answer = visitor.post(f"/tasks/{consent.task.id}", typed)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "KEPT" in text
    assert "<script>" not in text


@pytest.mark.parametrize("name", ["typename", "parents-0-account_id", "parents", "minutes_on-day"])
def test_what_no_form_asks_for_is_refused_though_all_else_is_right(
    site: Site, consent: engine.TaskPage, name: str
) -> None:
    visitor, path = site.signed_in(CARYS), f"/tasks/{consent.task.id}"
    typed = {key: values[0] for key, values in example_answers(consent).items()}
    answer = visitor.post(path, {**typed, name: "x"})
    assert answer.status_code == 422
    assert f"does not ask for ({name})" in text_of(answer)
    assert typed["parents-0-name"] in text_of(answer)
    assert visitor.post(path, typed).status_code == 303


def test_ten_megabytes_of_text_are_too_long_but_not_lost(site: Site, page: engine.TaskPage) -> None:
    typed = {a_text_of(page): "x" * 10_000_000}
    answer = site.signed_in(CARYS).post(f"/tasks/{page.task.id}", typed)
    assert answer.status_code == 422
    assert "x" * 10_000 in text_of(answer)


def test_a_file_that_is_not_taken_in_is_refused_at_its_input(site: Site) -> None:
    visitor, task_id, name = _task_with_a_file(site)
    sent = {name: (io.BytesIO(b"MZ\x90"), "program.exe"), "page-action": "save"}
    answer = visitor.post(f"/tasks/{task_id}", sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "program.exe" in text_of(answer)
    assert f'href="#{name}"' in text_of(answer)


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_a_file_that_no_scanner_has_seen_is_refused_and_what_was_typed_stays(
    site: Site, prefix: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    uploads.use(replace(site.files, scanner=uploads.scanner_at(f"127.0.0.1:{closed}")))
    visitor, task_id, name = _task_with_a_file(site)
    text_field = a_text_of(engine.open_task(task_id, visitor.actor or site.people[CARYS]))
    file = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "minutes.pdf")
    sent = {name: file, text_field: "Said at the meeting", "page-action": "save"}
    answer = visitor.post(f"{prefix}/tasks/{task_id}", sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    said = "am feirysau" if prefix else "could not be checked for viruses"
    assert said in text_of(answer)
    assert f'href="#{name}"' in text_of(answer)
    assert "Said at the meeting" in text_of(answer)
    again = text_of(visitor.get(f"/tasks/{task_id}"))
    assert "Said at the meeting" in again
    assert f'name="{name}-kept"' not in again


def test_a_file_survives_a_form_that_is_not_complete(site: Site) -> None:
    visitor, task_id, name = _task_with_a_file(site)
    sent = {name: (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "minutes.pdf"), "page-action": "continue"}
    answer = visitor.post(f"/tasks/{task_id}", sent, content_type="multipart/form-data")
    text = text_of(answer)
    assert answer.status_code == 422
    kept = text.split(f'name="{name}-kept" value="')[1].split('"')[0]
    with visitor.get(f"/uploads/{kept}") as download:
        assert download.data == b"%PDF-1.4\n%%EOF\n"
        assert "attachment" in download.headers["Content-Disposition"]
        assert download.headers["X-Content-Type-Options"] == "nosniff"
    dropped = visitor.post(
        f"/tasks/{task_id}", {f"{name}-kept": kept, "page-action": f"drop:{name}"}
    )
    assert dropped.status_code == 303
    assert f'name="{name}-kept"' not in text_of(visitor.get(f"/tasks/{task_id}"))


def test_a_task_of_several_people_is_taken_and_given_back(site: Site) -> None:
    gareth, hannah = site.people["Gareth Evans"], site.people["Hannah Lloyd"]
    task = _group_task(site, gareth)
    visitor = site.signed_in("Gareth Evans")
    assert "Take the task" in text_of(visitor.get(f"/tasks/{task.id}"))
    assert visitor.post(f"/tasks/{task.id}/claim").status_code == 303
    assert "Give the task back" in text_of(visitor.get(f"/tasks/{task.id}"))
    assert task.id in {one.id for one in engine.open_tasks(gareth)[0]}
    refused = site.signed_in("Hannah Lloyd").post(f"/tasks/{task.id}/claim")
    assert refused.status_code == 409
    assert "Gareth Evans has taken this task" in text_of(refused)
    assert visitor.post(f"/tasks/{task.id}/release").status_code == 303
    assert task.id in {one.id for one in engine.open_tasks(hannah)[1]}


def test_a_task_is_given_to_somebody_else_of_the_role(site: Site) -> None:
    gareth, hannah = site.people["Gareth Evans"], site.people["Hannah Lloyd"]
    task = _group_task(site, gareth)
    visitor, path = site.signed_in("Gareth Evans"), f"/tasks/{task.id}/give"
    assert "Give it to somebody else" in text_of(visitor.get(f"/tasks/{task.id}"))
    missing = visitor.post(path, {"account": "nobody", "reason": " "})
    assert missing.status_code == 422
    assert 'href="#account"' in text_of(missing)
    assert 'href="#reason"' in text_of(missing)
    chosen = {"account": str(hannah.account_id), "reason": "on leave"}
    answer = visitor.post(path, chosen)
    assert answer.status_code == 303
    assert "Hannah Lloyd has taken this task" in text_of(visitor.get(f"/tasks/{task.id}"))
    assert task.id in {one.id for one in engine.open_tasks(hannah)[0]}
    again = visitor.post(path, chosen)
    assert again.status_code == 409
    assert "Hannah Lloyd has taken this task" in text_of(again)


@pytest.fixture
def at_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is paused."""
    why = engine.Text("whether the concern was answered", "a atebwyd y pryder")
    for module in (pausing, steps):
        monkeypatch.setattr(module, "why_paused", lambda file: why)


@pytest.mark.usefixtures("at_a_pause")
@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("", "What decides when it goes on: whether the concern was answered."),
        ("/cy", "Yr hyn sy’n penderfynu pryd y bydd yn ailddechrau: a atebwyd y pryder."),
    ],
)
def test_a_paused_task_comes_back_with_everything_typed_and_says_why(
    site: Site, page: engine.TaskPage, before: str, said: str
) -> None:
    visitor, key = site.signed_in(CARYS), a_text_of(page)
    address = f"{before}/tasks/{page.task.id}"
    shown = text_of(visitor.get(address))
    assert said in shown
    assert 'value="continue"' not in shown
    sent = visitor.post(address, example_answers(page) | {key: ["A long thought."]})
    assert sent.status_code == 409
    assert said in text_of(sent)
    assert "A long thought.</textarea>" in text_of(sent)
    assert "<title>Error:" in text_of(sent) or "<title>Gwall:" in text_of(sent)
    assert "A long thought.</textarea>" in text_of(visitor.get(address))
    answer = visitor.post(f"{address}/check", {"page-submit-key": "x"})
    assert answer.status_code == 409
    assert "A long thought.</textarea>" in text_of(answer)
    assert visitor.get(f"{address}/check").status_code == 409
    saved = visitor.post(address, {key: ["Longer."], "page-action": "save"})
    assert saved.status_code == 303
    assert "Longer.</textarea>" in text_of(visitor.get(address))


@pytest.mark.usefixtures("at_a_pause")
def test_lists_and_the_case_say_that_it_is_paused(site: Site, page: engine.TaskPage) -> None:
    visitor, case_id = site.signed_in(CARYS), page.task.case_id
    assert "Paused" in text_of(visitor.get("/tasks"))
    assert "Wedi’i oedi" in text_of(visitor.get("/cy/tasks"))
    shown = text_of(visitor.get(f"/cases/{case_id}"))
    assert "whether the concern was answered" in shown
    assert shown.count("Paused") == 2
    assert "Its clocks run on." in shown
    assert "a atebwyd y pryder" in text_of(visitor.get(f"/cy/cases/{case_id}"))
    assert visitor.post(f"/tasks/{page.task.id}/claim").status_code == 409


def test_the_confirmation_belongs_to_who_completed_the_task(
    site: Site, page: engine.TaskPage
) -> None:
    answer = site.signed_in("Dewi Price").get(f"/tasks/{page.task.id}/done")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tasks")


def _group_task(site: Site, actor: engine.Actor) -> engine.TaskSummary:
    case_id = site.open_case()
    while True:
        found = [one for one in engine.open_tasks(actor)[1] if one.case_id == case_id]
        if found:
            return found[0]
        name, task = next(site.open_tasks(case_id))
        site.submit(name, engine.open_task(task.id, site.people[name]))


def _task_with_a_file(site: Site) -> tuple[Visitor, uuid.UUID, str]:
    for name, task in site.open_tasks():
        page = engine.open_task(task.id, site.people[name])
        for part in page.parts:
            for section in part.sections:
                for field in part.form.section(section).fields:
                    if field.type == "filepicker":
                        return site.signed_in(name), task.id, field.key
    raise AssertionError("no open task of the demonstration asks for a file")


def test_what_is_worked_out_for_rules_alone_stands_on_no_page(site: Site) -> None:
    coordinator = site.people["Ffion Hughes"]
    case = next(one for one in engine.list_cases(coordinator) if one.state == "closed")
    documents = engine.case_page(case.id, coordinator).documents
    found = next(one for one in documents if one.catalogue == "F-47")
    hidden = [
        field.label("en")
        for field in engine.document_page(found.id, coordinator).form.fields
        if field.hidden
    ]
    assert hidden
    page = text_of(site.signed_in("Ffion Hughes").get(f"/documents/{found.id}"))
    assert [label for label in hidden if label in page] == []


def test_whoever_only_reads_a_task_is_told_nothing_of_drafts_and_sending(
    site: Site, page: engine.TaskPage
) -> None:
    reader, path = site.signed_in("Nia Griffiths"), f"/tasks/{page.task.id}"
    assert reader.get(path).status_code == 200
    for part in ("check", "saved"):
        assert reader.get(f"{path}/{part}").headers["Location"] == path
    assert site.signed_in(CARYS).get(f"{path}/saved").headers["Location"] == path


def _without_a_case_page(site: Site) -> tuple[str, engine.TaskPage]:
    """Return the task of somebody who has a part in a case and may not open its page."""
    case_id = site.open_case()
    engine.start_side(case_id, "legal_advice_request", "", site.people["Ffion Hughes"])
    site.submit("Ffion Hughes", site.open_task("Ffion Hughes", case_id, "XFL-03"))
    name, task = next(
        (who, task)
        for who, task in site.open_tasks(case_id)
        if not engine.may_open_case(case_id, site.people[who])
    )
    return name, engine.open_task(task.id, site.people[name])


def _sent_through_the_pages(visitor: Visitor, page: engine.TaskPage) -> tuple[str, str]:
    """Fill a task in and send it; return the check page and the confirmation."""
    sent = visitor.post(f"/tasks/{page.task.id}", example_answers(page))
    check = text_of(visitor.get(sent.headers["Location"]))
    key = check.split('name="page-submit-key" value="')[1].split('"')[0]
    done = visitor.post(f"/tasks/{page.task.id}/check", {"page-submit-key": key})
    return check, text_of(visitor.get(done.headers["Location"]))


def test_whoever_has_no_case_page_is_led_to_what_they_sent_and_to_no_case(site: Site) -> None:
    name, page = _without_a_case_page(site)
    visitor, case = site.signed_in(name), f'href="/cases/{page.task.case_id}"'
    listed = text_of(visitor.get("/tasks"))
    assert page.task.case_identifier in listed
    assert case not in listed
    assert 'href="/sent"' in listed
    _check, done = _sent_through_the_pages(visitor, page)
    assert "Task completed" in done
    assert case not in done
    assert 'href="/sent"' in done
    sent = text_of(visitor.get("/sent"))
    document = sent.split('href="/documents/')[1].split('"')[0]
    shown = visitor.get(f"/documents/{document}")
    assert shown.status_code == 200
    assert 'href="/sent"' in text_of(shown)
    assert f"/cases/{page.task.case_id}" not in text_of(shown)
    assert visitor.get(f"/documents/{document}/paper").status_code == 200


def test_whoever_has_a_case_page_is_led_to_it(site: Site, page: engine.TaskPage) -> None:
    visitor, case = site.signed_in(CARYS), f'href="/cases/{page.task.case_id}"'
    assert case in text_of(visitor.get("/tasks"))
    assert case in _sent_through_the_pages(visitor, page)[1]


def test_nobody_finds_among_what_they_sent_what_others_sent(
    site: Site, page: engine.TaskPage
) -> None:
    before = engine.sent_documents(site.people["Ffion Hughes"])
    site.submit(CARYS, page)
    assert page.task.case_identifier in {
        one.case_identifier for one in engine.sent_documents(site.people[CARYS]).documents
    }
    assert engine.sent_documents(site.people["Ffion Hughes"]) == before


def test_the_check_promises_a_later_correction_to_whoever_may_make_one_only(
    site: Site, page: engine.TaskPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, later = site.signed_in(CARYS), "Answers can be put right later"
    path = visitor.post(f"/tasks/{page.task.id}", example_answers(page)).headers["Location"]
    assert later in text_of(visitor.get(path))
    monkeypatch.setattr(access, "may_amend_once_sent", lambda *_: False)
    text = text_of(visitor.get(path))
    assert later not in text
    assert "ask the co-ordinator of the case" in text


def test_starting_something_beside_a_task_keeps_what_was_typed_and_asks_first(site: Site) -> None:
    name, page = _without_a_case_page(site)
    visitor, path = site.signed_in(name), f"/tasks/{page.task.id}"
    typed = {a_text_of(page): "half a thought", "page-action": "start:staff_matter"}
    asked = visitor.post(path, typed).headers["Location"]
    assert "half a thought" in text_of(visitor.get(path))
    text = text_of(visitor.get(asked))
    assert "It begins with this task:" in text
    assert text.count(f'href="{path}"') == 2
    sent = {"process": "staff_matter", "page-task": str(page.task.id)}
    started = visitor.post(asked.split("?")[0], sent)
    assert started.headers["Location"] == path
    assert "Started: Staff matter" in text_of(visitor.get(path))


def test_taking_a_task_and_giving_it_back_keeps_what_was_typed(site: Site) -> None:
    gareth = site.people["Gareth Evans"]
    task = _group_task(site, gareth)
    visitor, path = site.signed_in("Gareth Evans"), f"/tasks/{task.id}"
    text_area = a_text_of(engine.open_task(task.id, gareth))
    visitor.post(path, {text_area: "half a thought", "page-action": "claim"})
    taken = text_of(visitor.get(path))
    assert "half a thought" in taken
    assert "Give the task back" in taken
    assert "Taken by you" in taken
    assert "Hannah Lloyd" not in taken
    assert "Taken by you" in text_of(visitor.get(f"{path}/saved"))
    visitor.post(path, {text_area: "a whole thought", "page-action": "release"})
    given_back = text_of(visitor.get(path))
    assert "a whole thought" in given_back
    assert "Take the task" in given_back


def test_whoever_comes_back_to_what_they_sent_is_told_that_it_was_sent(
    site: Site, page: engine.TaskPage
) -> None:
    visitor, path = site.signed_in(CARYS), f"/tasks/{page.task.id}"
    _sent_through_the_pages(visitor, page)
    again = visitor.get(f"{path}/check")
    assert again.status_code == 409
    assert "You sent this task on " in text_of(again)
    assert "was not sent" not in text_of(again)
    assert 'href="/sent"' in text_of(again)
    assert "what you typed since then was not sent again" in text_of(visitor.post(path, {}))
    other = text_of(site.signed_in("Ffion Hughes").get(f"{path}/check"))
    assert f"Completed by {CARYS}" in other


@pytest.mark.parametrize("reads", [True, False])
def test_whoever_sent_a_task_reads_who_has_it_now(
    site: Site, page: engine.TaskPage, monkeypatch: pytest.MonkeyPatch, reads: bool
) -> None:
    role, name = engine.Text("Panel chair", "Cadeirydd y Panel"), engine.Text("Look", "Edrych")
    theirs = NextTask((role,), page.task.id, name, None, (FFION,)) if reads else NextTask((role,))
    monkeypatch.setattr(engine, "after_task", lambda *_: engine.NextSteps(opened=(theirs,)))
    visitor, path = site.signed_in(CARYS), f"/tasks/{page.task.id}"
    visitor.post(path, example_answers(page))
    key = text_of(visitor.get(f"{path}/check")).split('name="page-submit-key" value="')[1]
    visitor.post(f"{path}/check", {"page-submit-key": key.split('"')[0]})
    text = text_of(visitor.get(f"{path}/done"))
    assert "Who has it now" in text
    assert "Panel chair" in text
    assert (FFION in text) is reads
    assert (">Look</a>" in text) is reads
    assert "Cadeirydd y Panel" in text_of(visitor.get(f"/cy{path}/done"))
