"""That a section is kept beside the others, and nothing typed or recorded is lost between them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from engine import corrections, sections, tasks
from engine.documents import DocumentChanged
from engine.errors import AccessDenied, InvalidForm, NotFound
from engine.sections import SectionKey
from tests.review import Review, opened

pytestmark = pytest.mark.usefixtures("database")

DATES, PEOPLE = SectionKey("receipt", "dates"), SectionKey("receipt", "people")
RECEIVED = {
    "received_on-day": ["2"],
    "received_on-month": ["3"],
    "received_on-year": ["2026"],
    "announced": ["yes"],
}


@pytest.fixture
def again() -> Review:
    """A review whose receipt is recorded, and open once more."""
    review = opened()
    review.do("INT-01", {"participants": [{"name": "Police"}]})
    corrections.go_back(review.case_id, "INT-01", "again", review.coordinator)
    return review


def save(review: Review, key: SectionKey, posted: dict[str, list[str]]) -> None:
    tasks.save_section(review.task("INT-01").id, key, posted, {}, review.worker)


def shown(review: Review, key: SectionKey) -> sections.SectionPage:
    return tasks.open_section(review.task("INT-01").id, key, review.worker)


def states(review: Review) -> dict[str, str]:
    listed = tasks.task_sections(review.task("INT-01").id, review.worker)
    return {one.key.section: one.state for one in listed}


def send(review: Review) -> None:
    tasks.submit_task(review.task("INT-01").id, review.worker, str(uuid.uuid4()))


def amend(review: Review, section: str, **values: Any) -> None:
    document = review.document("receipt").id
    corrections.amend(document, (section,), "put right", review.coordinator, values=values)


def seen(review: Review, key: SectionKey) -> dict[str, list[str]]:
    """Return the hidden input with which a page says what it was filled from."""
    part = shown(review, key).part
    return {f"_seen-{key.form}-{key.section}": [str(part.seen[key.section])]}


def test_a_section_that_nobody_opened_is_sent_as_it_is_recorded(again: Review) -> None:
    save(again, DATES, {**RECEIVED, "received_on-day": ["1"]})
    send(again)
    content = again.newest("receipt").content
    assert content["dates"]["received_on"] == "2026-03-01"
    assert [row["name"] for row in content["people"]["participants"]] == ["Police"]


def test_states_say_how_far_each_section_has_come() -> None:
    review = opened()
    assert states(review) == {"dates": "not_started", "people": "not_started"}
    save(review, DATES, {"announced": ["yes"]})
    assert states(review)["dates"] == "in_progress"
    save(review, DATES, {**RECEIVED, "received_on-month": ["13"]})
    assert states(review)["dates"] == "has_errors"
    save(review, DATES, RECEIVED)
    assert states(review) == {"dates": "completed", "people": "not_started"}


def test_saving_a_section_twice_keeps_what_was_typed_last() -> None:
    review = opened()
    save(review, PEOPLE, {"participants-0-_key": [""], "participants-0-name": ["Police"]})
    save(review, DATES, RECEIVED)
    save(review, PEOPLE, {"participants-0-_key": [""], "participants-0-name": ["Health"]})
    posted = shown(review, PEOPLE).part.posted
    assert posted["participants-0-name"] == ["Health"]
    assert shown(review, DATES).part.posted["received_on-day"] == ["2"]


def test_a_draft_of_the_whole_page_goes_on_section_by_section() -> None:
    review = opened()
    whole = {**RECEIVED, "participants-0-_key": [""], "participants-0-name": ["Police"]}
    tasks.save_draft(review.task("INT-01").id, whole, {}, review.worker)
    save(review, DATES, {**RECEIVED, "received_on-day": ["1"]})
    assert shown(review, PEOPLE).part.posted["participants-0-name"] == ["Police"]
    assert states(review) == {"dates": "completed", "people": "completed"}


def test_a_section_that_a_colleague_changed_is_shown_anew_with_what_was_typed(
    again: Review,
) -> None:
    save(again, DATES, {**RECEIVED, "received_on-day": ["1"], **seen(again, DATES)})
    save(again, PEOPLE, {"participants-0-name": ["Health"], **seen(again, PEOPLE)})
    amend(again, "dates", received_on="2026-02-27", announced=False)
    assert states(again) == {"dates": "overtaken", "people": "completed"}
    part = shown(again, DATES).part
    assert part.posted["received_on-day"] == ["27"]
    assert part.earlier["received_on-day"] == ["1"]
    assert shown(again, PEOPLE).part.posted["participants-0-name"] == ["Health"]
    with pytest.raises(DocumentChanged):
        send(again)


def test_a_colleagues_change_can_be_sent_once_it_was_looked_at(again: Review) -> None:
    save(again, DATES, {**RECEIVED, "received_on-day": ["1"], **seen(again, DATES)})
    amend(again, "dates", received_on="2026-02-27", announced=False)
    save(again, PEOPLE, {"participants-0-name": ["Health"], **seen(again, PEOPLE)})
    assert shown(again, DATES).part.earlier["received_on-day"] == ["1"], "another section is saved"
    save(again, DATES, {**RECEIVED, "received_on-day": ["26"], **seen(again, DATES)})
    assert states(again)["dates"] == "completed"
    send(again)
    assert again.newest("receipt").content["dates"]["received_on"] == "2026-03-26"


def test_a_page_opened_before_the_change_and_saved_after_it_does_not_hide_it(
    again: Review,
) -> None:
    before = seen(again, DATES)
    amend(again, "dates", received_on="2026-02-27", announced=False)
    save(again, DATES, {**RECEIVED, **before})
    assert states(again)["dates"] == "overtaken"
    with pytest.raises(DocumentChanged):
        send(again)


def test_checking_a_section_says_what_is_wrong_in_it_alone_and_keeps_it() -> None:
    review = opened()
    task = review.task("INT-01").id
    with pytest.raises(InvalidForm) as refused:
        tasks.check_section(task, DATES, {"announced": ["yes"]}, {}, review.worker)
    assert [error.field for error in refused.value.errors] == ["received_on-day"]
    assert shown(review, DATES).part.posted["announced"] == ["yes"]
    tasks.check_section(task, PEOPLE, {}, {}, review.worker)


def test_what_the_section_does_not_ask_for_is_named_and_not_kept() -> None:
    review = opened()
    typed = {**RECEIVED, "participants-0-name": ["Police"]}
    with pytest.raises(InvalidForm):
        tasks.check_section(review.task("INT-01").id, DATES, typed, {}, review.worker)
    assert "participants-0-name" not in shown(review, PEOPLE).part.posted


def test_a_section_of_another_form_or_task_is_not_found() -> None:
    review = opened()
    for key in (SectionKey("report", "text"), SectionKey("receipt", "nothing")):
        with pytest.raises(NotFound):
            shown(review, key)
        with pytest.raises(NotFound):
            save(review, key, {})


def test_whoever_may_not_do_the_task_saves_nothing() -> None:
    review = opened()
    stranger = opened().worker
    task = review.task("INT-01").id
    with pytest.raises(NotFound):
        tasks.save_section(task, DATES, RECEIVED, {}, stranger)
    with pytest.raises(AccessDenied):
        tasks.save_section(task, DATES, RECEIVED, {}, review.coordinator)
