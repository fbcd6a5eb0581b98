"""A process of a draft is changed on plain pages: every step, way and timer, without a canvas."""

from __future__ import annotations

import html
import re
import uuid

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor

pytestmark = ON_SQLITE_ALONE

STEP = {
    "name": "Check the quality",
    "nameCy": "Gwirio’r ansawdd",
    "documentation": "Read it as the Board will. Source: local.",
    "documentationCy": "Darllenwch ef fel y bydd y Bwrdd. Ffynhonnell: lleol.",
    "requirement": "LOCAL-01",
    "form": "report#learning",
    "role": "chair",
}
FLOW = "take_to_board_to_report_is_accepted"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def draft(site: Site) -> uuid.UUID:
    """A draft of its own for a test."""
    catrin = site.people["Catrin Sayer"]
    return engine.begin_draft("cwmafon", "draft_2011", "A quality check", catrin)


class Editor:
    """Somebody at the pages of one process of a draft."""

    def __init__(self, visitor: Visitor, draft: uuid.UUID, process: str = "concise_review") -> None:
        self.visitor, self.at = visitor, f"/drafts/{draft}/processes/{process}"

    def see(self, place: str = "", status: int = 200) -> str:
        """Return a page, as text."""
        answer = self.visitor.get(self.at + place)
        assert answer.status_code == status, place
        return html.unescape(answer.get_data(as_text=True))

    def send(self, place: str, typed: dict[str, str], status: int = 303) -> str:
        """Send a page with the revision that it holds; return what comes back, or the address."""
        revision = re.findall(r'name="revision" value="(\d+)"', self.see(place))
        answer = self.visitor.post(self.at + place, {"revision": revision[0], **typed})
        assert answer.status_code == status, place
        if status == 303:
            return str(answer.headers["Location"])
        return html.unescape(answer.get_data(as_text=True))


@pytest.fixture
def editor(catrin: Visitor, draft: uuid.UUID) -> Editor:
    return Editor(catrin, draft)


def steps_of(page: str) -> list[str]:
    """Return the names of the steps of an outline, in their order."""
    return re.findall(r"<strong>\d+\. (.*?)</strong>", page)


def test_the_outline_says_each_step_in_the_order_of_the_flow_and_what_comes_next(
    site: Site, draft: uuid.UUID, editor: Editor
) -> None:
    page = editor.see()
    steps = steps_of(page)
    assert steps[:2] == ["A Concise Review is decided", "Set up the Review Panel"]
    assert steps.index("Seek the family’s view") < steps.index("Hold the Learning Event")
    assert 'href="#step-set_up_panel">2. Set up the Review Panel' in page
    assert "Add a step after it" in page
    rhys = Editor(site.signed_in("Rhys Vaughan"), draft)
    assert steps_of(rhys.see()) == steps
    assert "Add a step after it" not in rhys.see()
    rhys.see("/steps/name_learning", 404)


def test_a_task_is_added_with_its_form_and_role_between_two_steps(editor: Editor) -> None:
    place = f"/ways/{FLOW}/add"
    assert "Somebody fills in a form." in editor.see(place)
    assert "Choose what is to be added" in editor.see(f"{place}?asked=yes", 422)
    wrong = STEP | {"name": "", "requirement": "quality"}
    again = editor.send(f"{place}?kind=userTask", wrong, 422)
    assert "Enter a name in English." in again
    assert "“quality” is no number of a requirement." in again
    assert STEP["documentationCy"] in again
    assert '<option value="report#learning" selected>' in again
    location = editor.send(f"{place}?kind=userTask", STEP)
    assert location.endswith("#step-check_the_quality")
    page = editor.see()
    steps = steps_of(page)
    assert (
        steps.index("Check the quality")
        == steps.index("Write the report and take it to the Board") + 1
    )
    assert "Must be put right" not in page
    assert "Chair of the Board" in page


def test_a_change_says_in_words_what_is_missing_now(editor: Editor) -> None:
    typed = {"name": "Name the learning", "nameCy": "", "requirement": "CON-12"}
    editor.send("/steps/name_learning", typed)
    page = editor.see()
    assert "Name the learning" in steps_of(page)
    assert "has no Welsh name" in page
    assert "has no form" in page


def test_a_step_is_moved_and_removed(editor: Editor) -> None:
    assert "Choose where it is to stand" in editor.send(
        "/steps/name_learning/move", {"flow": "nowhere"}, 422
    )
    editor.send("/steps/name_learning/move", {"flow": "set_up_panel_to_appoint_reviewers"})
    steps = steps_of(editor.see())
    assert steps.index("Name issues and learning points") == 2
    assert "Nothing else goes with it." in editor.see("/steps/name_learning/remove")
    editor.send("/steps/name_learning/remove", {})
    assert "Name issues and learning points" not in steps_of(editor.see())


def test_a_reminder_is_hung_on_a_step_and_its_moment_is_the_due_day_of_the_timescale(
    editor: Editor,
) -> None:
    place = "/steps/name_learning/reminder"
    typed = {
        "timer-name": "The points are due",
        "timer-nameCy": "Mae’r pwyntiau’n ddyledus",
        "timer-documentation": "It is chased. Source: local.",
        "timer-documentationCy": "Eir ar ei ôl. Ffynhonnell: lleol.",
        "notice-name": "Remind the reviewers",
        "notice-nameCy": "Atgoffa’r adolygwyr",
        "notice-documentation": "They are told. Source: local.",
        "notice-documentationCy": "Dywedir wrthynt. Ffynhonnell: lleol.",
        "notice-notice": "reviewer_commissioned",
        "notice-to": "reviewer",
        "end-name": "Reminded",
        "end-nameCy": "Atgoffwyd",
    }
    assert 'value="Reminder: Name issues and learning points"' in editor.see(place)
    refused = editor.send(place, typed, 422)
    assert "Say what it waits for" in refused
    assert 'href="#timer-timescale"' in refused
    editor.send(place, typed | {"timer-timescale": "TS-13"})
    page = editor.see()
    assert 'due("TS-13")' in page
    assert "that step goes on" in page
    assert "Must be put right" not in page


def test_a_choice_is_made_and_its_ways_are_added_changed_and_removed(editor: Editor) -> None:
    place = f"/ways/{FLOW}/split"
    assert "One of several ways is taken" in editor.see(place)
    typed = {
        "name": "Is it good enough?",
        "nameCy": "A yw’n ddigon da?",
        "way-0-name": "Yes",
        "way-0-nameCy": "Ydy",
        "way-1-name": "No",
        "way-1-nameCy": "Nac ydy",
        "way-1-condition": "quality_is_good = false",
        "way-1-to": "on",
    }
    refused = editor.send(f"{place}?kind=exclusiveGateway", typed, 422)
    assert "the name `quality_is_good` is not known here" in refused
    assert "quality_is_good = false</textarea>" in refused
    typed["way-1-condition"] = 'consent_outcome = "none"'
    editor.send(f"{place}?kind=exclusiveGateway", typed)
    page = editor.see()
    assert '“No” (<code lang="en">consent_outcome = "none"</code>)' in page
    way = re.findall(r"/ways/(is_it_good_enough_to_\w+)/remove", page)
    assert len(way) == 2
    third = {"name": "Later", "nameCy": "Wedyn", "condition": "1 = 2", "to": "step"}
    editor.send("/gateways/is_it_good_enough/add", third | {"step": "hold_event"})
    change = {"name": "Not yet", "nameCy": "Ddim eto", "condition": "1 = 3", "to": "hold_event"}
    editor.send(f"/ways/{way[1]}", change)
    page = editor.see()
    assert (
        '“Not yet” (<code lang="en">1 = 3</code>): <a class="govuk-link" href="#step-hold_event"'
        in page
    )
    editor.send(f"/ways/{way[1]}/remove", {})
    assert "Not yet" not in editor.see()


def test_two_ways_are_gone_side_by_side(editor: Editor) -> None:
    place = f"/ways/{FLOW}/split?kind=parallelGateway"
    assert "gone at the same time" in editor.see(place)
    before = editor.see().count("Side by side")
    editor.send(place, {"around": ""})
    assert editor.see().count("Side by side") > before
    editor.see("/gateways/report_is_accepted/add")


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(
    editor: Editor, draft: uuid.UUID
) -> None:
    place = "/steps/name_learning"
    editor.send(place, {"name": "Name the learning"})
    answer = editor.visitor.post(
        editor.at + place, {"revision": "0", "name": "Say what was learned"}
    )
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "Catrin Sayer changed this since you opened it" in page
    assert 'value="Say what was learned"' in page
    revision = re.findall(r'name="revision" value="(\d+)"', page)[0]
    again = editor.visitor.post(
        editor.at + place, {"revision": revision, "name": "Say what was learned"}
    )
    assert again.status_code == 303


def test_the_language_is_changed_without_losing_what_was_typed(editor: Editor) -> None:
    typed = {"name": "Half a name", "page-action": "language"}
    editor.visitor.get(editor.at)
    answer = editor.visitor.post(f"/cy{editor.at}/steps/name_learning", typed)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert 'value="Half a name"' in page
    assert "Enw yn Saesneg" in page


def test_what_cannot_go_alone_says_why_on_the_page(editor: Editor) -> None:
    refused = editor.send("/steps/review_is_decided/remove", {}, 422)
    assert "The beginning of a process stays where it is." in refused


def test_a_process_of_ones_own_is_begun_and_its_name_is_its_own(
    catrin: Visitor, draft: uuid.UUID
) -> None:
    place = f"/drafts/{draft}/new-process"
    assert 'value="It is started"' in html.unescape(catrin.get(place).get_data(as_text=True))
    typed = {
        "file": "concise_review",
        "kind": "side",
        "process-name": "Local check",
        "process-nameCy": "Gwiriad lleol",
        "process-documentation": "A check of our own. Source: local.",
        "process-documentationCy": "Ein gwiriad ni. Ffynhonnell: lleol.",
        "process-startRoles": "coordinator",
        "start-name": "Begun",
        "start-nameCy": "Dechreuwyd",
        "end-name": "Checked",
        "end-nameCy": "Gwiriwyd",
        **{f"task-{word}": text for word, text in STEP.items()},
    }
    refused = catrin.post(place, typed)
    assert refused.status_code == 422
    assert "There is a process called concise_review already." in refused.get_data(as_text=True)
    begun = catrin.post(place, typed | {"file": "local_check"})
    assert begun.status_code == 303
    page = Editor(catrin, draft, "local_check").see()
    assert steps_of(page) == ["Begun", "Check the quality", "Checked"]
    assert "Must be put right" not in page


def test_a_process_that_cannot_be_read_says_why(
    site: Site, editor: Editor, draft: uuid.UUID
) -> None:
    path, people = "processes/concise_review.bpmn", site.people["Catrin Sayer"]
    source = engine.draft_file(draft, path, people).file.content
    assert source is not None
    broken = source.replace(b'calledElement="panel_set_up"', b"")
    engine.save_draft_file(draft, path, broken, 0, people)
    page = editor.see()
    assert "cannot be run as it stands" in page
    assert "Must be put right" in page
    editor.see("/steps/name_learning", 404)


def test_what_is_not_there_is_not_found(editor: Editor) -> None:
    for place in (
        *("/steps/nothing", "/steps/nothing/move", "/steps/nothing/remove"),
        *("/ways/nothing", "/ways/nothing/add", "/ways/nothing/split", "/ways/nothing/remove"),
        *("/gateways/name_learning/add", "/steps/evidence_is_there/reminder"),
        f"/ways/{FLOW}/remove",
    ):
        editor.see(place, 404)
