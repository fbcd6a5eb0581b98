"""Pages on which a draft is tried out, and its scenarios are played."""

from __future__ import annotations

import io
import uuid

import pytest
from lxml import html

import engine
from engine.sandboxes import worlds
from tests.web.conftest import Site, Visitor
from web.scenarios import PLAY

DAY = {"on-day": "1", "on-month": "6", "on-year": "2026"}


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    worlds.use_folder(tmp_path_factory.getbasetemp() / "sandboxes")


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def draft(site: Site) -> uuid.UUID:
    catrin = site.people["Catrin Sayer"]
    return engine.begin_draft("cwmafon", "draft_2011", "A quality check", catrin)


def begun(visitor: Visitor, draft: uuid.UUID, process: str = "consultation") -> str:
    """Return the address of a trial."""
    visitor.get(f"/drafts/{draft}/try")
    answer = visitor.post(f"/drafts/{draft}/try", {"process": process, **DAY})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def text_of(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def form_of(page: str) -> dict[str, list[str]]:
    """Return what the form of a task would send as it stands."""
    (form,) = html.fromstring(page).xpath('//form[@id="task-form"]')
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    sent.pop("page-csrf")
    return sent


def act(visitor: Visitor, address: str, action: str, **more: str) -> int:
    (newest, *_) = html.fromstring(text_of(visitor, address)).xpath(
        '//input[@name="newest"]/@value'
    )
    answer = visitor.post(address, {"newest": newest, "page-action": action, **more})
    return answer.status_code


def test_a_draft_is_tried_step_by_step_as_whoever_may(catrin: Visitor, draft: uuid.UUID) -> None:
    trial = begun(catrin, draft)
    page = text_of(catrin, trial)
    assert "This is a trial." in page
    (first, *_) = html.fromstring(page).xpath('//a[contains(@href, "/tasks/")]/@href')
    form = text_of(catrin, first)
    key = first.partition("?")[0]
    filled = catrin.post(key, {**form_of(form), "page-action": "examples"})
    assert filled.status_code == 200
    sent = form_of(filled.get_data(as_text=True))
    assert sum(any(texts) for texts in sent.values()) > 5
    done = catrin.post(key, {**sent, "page-action": "continue"})
    assert done.status_code == 303, done.get_data(as_text=True)
    page = text_of(catrin, trial)
    assert "Seek consent" in page
    assert "Worker: Identify a case together" in page
    assert act(catrin, trial, "take-back") == 303
    assert "Worker: Identify a case together" not in text_of(catrin, trial)


def test_what_is_missing_is_said_and_what_was_typed_stays(
    catrin: Visitor, draft: uuid.UUID
) -> None:
    key = begun(catrin, draft) + "/tasks/0.1"
    sent = form_of(text_of(catrin, key))
    sent["why_suitable"] = ["What I typed"]
    answer = catrin.post(key, {**sent, "page-action": "continue"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "govuk-error-summary" in page
    assert "What I typed" in page
    added = catrin.post(key, {**sent, "page-action": "add:consulted"}).get_data(as_text=True)
    assert "What I typed" in added
    welsh = catrin.post(f"/cy{key}", {**sent, "page-action": "show"}).get_data(as_text=True)
    assert "What I typed" in welsh
    assert 'lang="cy"' in welsh


def test_time_goes_on_and_never_back(catrin: Visitor, draft: uuid.UUID) -> None:
    trial = begun(catrin, draft)
    assert act(catrin, trial, "to-day", **DAY) == 422
    assert (
        act(catrin, trial, "to-day", **{"on-day": "x", "on-month": "6", "on-year": "2026"}) == 422
    )
    assert act(catrin, trial, "next-due") == 409
    later = {"on-day": "3", "on-month": "7", "on-year": "2026"}
    assert act(catrin, trial, "to-day", **later) == 303
    assert "3 July 2026 at 09:00" in text_of(catrin, trial)
    assert "3 Gorffennaf 2026" in text_of(catrin, f"/cy{trial}")


def test_what_was_done_is_taken_away_kept_and_played_with_the_draft(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    site.app.config[PLAY] = engine.play_scenario_run
    trial = begun(catrin, draft)
    file = catrin.get(f"{trial}/scenario.toml")
    assert "attachment" in file.headers["Content-Disposition"]
    assert 'process = "consultation"' in file.get_data(as_text=True)
    assert act(catrin, trial, "keep", title="") == 422
    assert act(catrin, trial, "keep", title="Only begun") == 303
    scenarios = f"/drafts/{draft}/scenarios"
    assert "Only begun" in text_of(catrin, scenarios)
    wrong = b'title = "Too hasty"\nprocess = "consultation"\n[[step]]\ncomplete = "CNS-14"\n'
    for content, status in ((b"not = toml = at all", 422), (wrong, 303)):
        sent = (io.BytesIO(content), "mine.toml")
        assert catrin.post(scenarios, {"file": sent, "page-action": "send"}).status_code == status
    assert catrin.post(scenarios, {"which": "own", "page-action": "play"}).status_code == 303
    page = text_of(catrin, scenarios)
    assert "2 scenarios were played. 1 came out otherwise than it says." in page
    assert "CNS-14 should be open" in page
    assert "data-refresh" not in page
    covered = text_of(catrin, f"{scenarios}/coverage/consultation")
    assert "Identify a case together" in covered
    assert catrin.get(f"{scenarios}/coverage/consultation/drawing.bpmn").status_code == 200
    assert catrin.get(f"{scenarios}/coverage/nothing").status_code == 404
    assert catrin.post(scenarios, {"page-action": "remove:1"}).status_code == 303
    assert "Only begun" not in html.fromstring(text_of(catrin, scenarios)).xpath(
        "string(//table[@aria-labelledby='kept'])"
    )


def test_while_scenarios_play_the_page_shows_how_far_they_are(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    site.app.config[PLAY] = lambda run_id: None
    engine.add_scenario(draft, "a.toml", b'process = "consultation"\n', site.people["Catrin Sayer"])
    scenarios = f"/drafts/{draft}/scenarios"
    catrin.get(scenarios)
    assert catrin.post(scenarios, {"which": "own", "page-action": "play"}).status_code == 303
    page = text_of(catrin, scenarios)
    assert 'data-refresh="run"' in page
    assert "See how far it is now" in page
    assert "Playing: 0 of 1 so far." in page
    assert catrin.post(scenarios, {"page-action": "go-on"}).status_code == 404


def test_a_draft_that_cannot_run_says_why_and_leads_to_the_checks(
    site: Site, catrin: Visitor, draft: uuid.UUID
) -> None:
    engine.save_draft_file(
        draft,
        "forms/media_enquiry.json",
        b'{"id": "media_enquiry"}',
        0,
        site.people["Catrin Sayer"],
    )
    answer = catrin.post(f"/drafts/{draft}/try", {"process": "consultation", **DAY})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "media_enquiry" in page
    assert f"/drafts/{draft}/checks" in page


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"process": "", **DAY}, "Choose the process"),
        (
            {"process": "consultation", "on-day": "31", "on-month": "2", "on-year": "2026"},
            "Enter a day",
        ),
    ],
)
def test_a_trial_that_cannot_be_begun_says_why(
    catrin: Visitor, draft: uuid.UUID, sent: dict[str, str], problem: str
) -> None:
    answer = catrin.post(f"/drafts/{draft}/try", sent)
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)


@pytest.mark.parametrize("key", ["0.99", "7.1", "x", "0.1.2", "0." + "9" * 40])
def test_a_task_that_is_not_open_is_said_to_be_gone(
    catrin: Visitor, draft: uuid.UUID, key: str
) -> None:
    trial = begun(catrin, draft)
    assert catrin.get(f"{trial}/tasks/{key}").status_code == 409
    assert catrin.post(f"{trial}/tasks/{key}", {"page-action": "continue"}).status_code == 409


def test_addresses_of_nothing_lead_nowhere(catrin: Visitor, draft: uuid.UUID) -> None:
    trial = begun(catrin, draft)
    assert catrin.get(f"{trial}/tasks/0.1?as=nobody").status_code == 404
    assert catrin.get(f"/drafts/{draft}/try/{10**30}").status_code == 404
    assert catrin.get(f"{trial}?instance=9.9").status_code == 200
    assert catrin.post(trial, {"page-action": "nothing", "newest": "0"}).status_code == 404
    assert catrin.post(
        trial, {"page-action": "start:nothing:worker", "newest": "0"}
    ).status_code in (404, 422)
    assert catrin.get(f"{trial}/drawing.bpmn").status_code == 200


def test_a_trial_is_ended_and_read_afterwards(catrin: Visitor, draft: uuid.UUID) -> None:
    trial = begun(catrin, draft)
    assert act(catrin, trial, "end") == 303
    page = text_of(catrin, trial)
    assert "This trial has ended." in page
    assert "/tasks/0.1" not in page
    assert catrin.get(f"{trial}/tasks/0.1").status_code == 409
