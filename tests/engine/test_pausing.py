"""While a case is paused its tasks rest, nothing typed is lost, and what must go on goes on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import (
    case_pages,
    cases,
    corrections,
    db,
    deployments,
    scenarios,
    store,
    task_pages,
    tasks,
    texts,
    time_source,
)
from engine.errors import AccessDenied, InvalidForm, TaskPaused
from engine.models import Draft, ProcessInstance
from tests import review as small
from tests.faults.oracle import wrongs
from tests.review import Review, count, opened, participants, pass_time_to

pytestmark = pytest.mark.usefixtures("database")

ROOT_OF = b'adolygu:identifierPrefix="REV"'
PART = b'adolygu:kind="part" adolygu:item="participant"'
SIDE = "processes/side/note.bpmn"


def definitions(*, goes_on: bool = False) -> Mapping[str, bytes]:
    """Return those of the small review, paused while it is not to be announced, and a side."""
    files = dict(deployments.read_folders(small.FOLDER))
    root, part = "processes/review.bpmn", "processes/parts/account.bpmn"
    paused = ROOT_OF + b' adolygu:pausedWhile="announced = false"'
    files[root] = files[root].replace(ROOT_OF, paused)
    account = files[part]
    if goes_on:
        files[part] = account.replace(PART, PART + b' adolygu:goesOnPaused="true"')
    side = PART.replace(b'"part"', b'"side" adolygu:startRoles="coordinator worker"')
    note = account.replace(b'"account"', b'"note"').replace(PART, side)
    files[SIDE] = note.replace(b"INT-05", b"INT-08").replace(b'form="note"', b'form="account"')
    return files


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch) -> Review:
    monkeypatch.setattr(small, "files", lambda folder: definitions())
    return opened()


def announce(review: Review, announced: bool) -> None:
    """Put right whether the review is announced, which pauses it or lets it go on."""
    corrections.amend(
        review.document("receipt").id, ("dates",), "put right", review.coordinator,
        values={"received_on": "2026-03-02", "announced": announced},
    )  # fmt: skip


def with_parts(review: Review) -> Review:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    return review


def typed(review: Review, step: str, item: str = "", **given: str) -> dict[str, list[str]]:
    page = tasks.open_task(review.task(step, item).id, review.worker)
    posted: dict[str, list[str]] = {}
    for part in page.parts:
        posted |= part.posted
    return posted | {name: [value] for name, value in given.items()}


def test_the_definitions_of_these_tests_are_sound() -> None:
    assert [str(found) for found in deployments.check(definitions(goes_on=True))] == []


def test_tasks_of_root_and_parts_are_not_claimed_completed_or_skipped_while_paused(
    review: Review,
) -> None:
    with_parts(review)
    announce(review, announced=False)
    task = review.task("INT-05", "participant_1")
    assert review.open_steps() == ["INT-05/participant_1", "INT-05/participant_2"]
    with pytest.raises(TaskPaused) as refused:
        tasks.claim_task(task.id, review.worker)
    assert "whether the review was announced" in refused.value.message
    assert refused.value.details["why"].cy == "a gyhoeddwyd yr adolygiad"
    with pytest.raises(TaskPaused):
        review.do("INT-05", item="participant_1")
    with pytest.raises(TaskPaused):
        corrections.skip(review.case_id, "INT-05", "x", review.coordinator, "participant_1")
    assert review.task("INT-05", "participant_1").claimed_by is None
    announce(review, announced=True)
    tasks.claim_task(task.id, review.worker)
    review.do("INT-05", item="participant_1")
    assert review.open_steps() == ["INT-05/participant_2"]


def test_tasks_of_the_root_rest_too(review: Review) -> None:
    review.do("INT-01")
    announce(review, announced=False)
    with pytest.raises(TaskPaused):
        review.do("INT-02")
    announce(review, announced=True)
    review.do("INT-02")


def test_what_was_typed_is_kept_as_a_draft_and_sent_when_the_case_goes_on(review: Review) -> None:
    review.do("INT-01")
    posted, task = typed(review, "INT-02", summary="Long thought over."), review.task("INT-02").id
    announce(review, announced=False)
    with pytest.raises(TaskPaused):
        tasks.check_task(task, posted, {}, review.worker)
    assert typed(review, "INT-02")["summary"] == ["Long thought over."]
    tasks.save_draft(task, posted | {"summary": ["Longer."]}, {}, review.worker)
    with pytest.raises(TaskPaused):
        tasks.check_draft(task, review.worker)
    with pytest.raises(TaskPaused):
        tasks.submit_task(task, review.worker, "once")
    assert typed(review, "INT-02")["summary"] == ["Longer."]
    assert count(Draft) == 1
    announce(review, announced=True)
    tasks.submit_task(task, review.worker, "once")
    assert review.newest("report").content["text"]["summary"] == "Longer."


def test_what_is_wrong_with_the_answers_is_said_before_the_pause(review: Review) -> None:
    review.do("INT-01")
    announce(review, announced=False)
    posted = typed(review, "INT-02", nonsense="that no form asks for")
    with pytest.raises(InvalidForm):
        tasks.check_task(review.task("INT-02").id, posted, {}, review.worker)


def test_a_submission_that_was_made_before_the_pause_is_told_again(review: Review) -> None:
    review.do("INT-01")
    task = review.task("INT-02").id
    done = review.do("INT-02", {"summary": "Once."}, key="the-key")
    announce(review, announced=False)
    assert tasks.submit_task(task, review.worker, "the-key") == done


def test_who_may_not_do_a_task_is_told_so_also_while_paused(review: Review) -> None:
    review.do("INT-01")
    announce(review, announced=False)
    with pytest.raises(AccessDenied):
        tasks.claim_task(review.task("INT-02").id, review.coordinator)


def test_side_instances_go_on_while_the_case_is_paused(review: Review) -> None:
    with_parts(review)
    announce(review, announced=False)
    cases.start_side(review.case_id, "note", "participant_1", review.coordinator)
    task = review.task("INT-08", "participant_1")
    tasks.claim_task(task.id, review.worker)
    submit(review, task.id)
    assert review.open_steps() == ["INT-05/participant_1", "INT-05/participant_2"]
    assert wrongs() == []


def submit(review: Review, task_id: uuid.UUID) -> None:
    tasks.submit_task(task_id, review.worker, str(uuid.uuid4()), values={"account": {}})


def test_a_part_that_says_so_goes_on_and_the_root_still_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(small, "files", lambda folder: definitions(goes_on=True))
    review = opened()
    with_parts(review)
    announce(review, announced=False)
    review.do("INT-05", item="participant_1")
    review.do("INT-05", item="participant_2")
    assert review.open_steps() == ["INT-02"]
    with pytest.raises(TaskPaused):
        review.do("INT-02")


def test_a_part_of_an_item_that_came_late_rests_like_the_others(review: Review) -> None:
    with_parts(review)
    for item in ("participant_1", "participant_2"):
        review.do("INT-05", item=item)
    corrections.add_item(
        review.case_id, "participants", "participant", "school", "School", "late",
        review.coordinator,
    )  # fmt: skip
    late = next(row for row in review.instances("account") if row.item_key == "school")
    assert late.kind == "side"
    announce(review, announced=False)
    with pytest.raises(TaskPaused):
        review.do("INT-05", item="school")


def test_clocks_and_timers_go_on_while_the_case_is_paused(review: Review) -> None:
    review.do("INT-01")
    announce(review, announced=False)
    pass_time_to(time_source.end_of_day(date(2026, 9, 2)))
    assert review.clock("TS-01").state == "overdue"
    assert review.open_steps() == ["INT-02", "INT-03"]
    assert wrongs() == []


def test_lists_and_pages_say_what_rests_and_why_in_both_languages(review: Review) -> None:
    with_parts(review)
    cases.start_side(review.case_id, "note", "participant_1", review.coordinator)
    assert (rests(review), case(review).paused) == ({"INT-05": None, "INT-08": None}, None)
    announce(review, announced=False)
    why = texts.Text("whether the review was announced", "a gyhoeddwyd yr adolygiad")
    assert rests(review) == {"INT-05": why, "INT-08": None}
    assert case(review).paused == why
    assert {task.requirement: task.rests for task in case(review).tasks} == rests(review)
    page = tasks.open_task(review.task("INT-05", "participant_1").id, review.worker)
    assert page.task.rests == why
    assert page.parts


def rests(review: Review) -> dict[str, Any]:
    mine, groups = task_pages.open_tasks(review.worker)
    return {task.requirement: task.rests for task in (*mine, *groups)}


def case(review: Review) -> case_pages.CasePage:
    return case_pages.case_page(review.case_id, review.coordinator)


def test_the_record_says_when_a_case_was_paused_and_when_it_went_on(review: Review) -> None:
    review.do("INT-01")
    for announced in (False, False, True, True, False):
        announce(review, announced=announced)
    kinds = [event.kind for event in review.events() if event.kind.startswith("case_")]
    assert kinds == ["case_opened", "case_paused", "case_went_on", "case_paused"]


def test_a_closed_case_is_not_paused(review: Review) -> None:
    review.do("INT-01")
    pass_time_to(time_source.end_of_day(date(2026, 9, 2)))
    announce(review, announced=False)
    corrections.withdraw(review.case_id, "over", review.coordinator)
    assert case(review).paused is None


def test_what_was_done_around_a_pause_is_replayed_to_the_same_state(review: Review) -> None:
    with_parts(review)
    review.do("INT-05", item="participant_1")
    announce(review, announced=False)
    cases.start_side(review.case_id, "note", "participant_1", review.coordinator)
    submit(review, review.task("INT-08").id)
    announce(review, announced=True)
    review.do("INT-05", item="participant_2")
    announce(review, announced=False)
    with db.reading() as session:
        file = store.read_case(session, review.case_id, "SYSTEM")
        for row in review.rows(ProcessInstance):
            instance = file.instance(row.id)
            assert corrections.rebuilt_state(file, instance) == instance.workflow_state
    assert wrongs() == []


PAUSED = """
title   = "A pause, what goes on beside it, and its end"
process = "review"
now     = 2026-03-02T09:00:00
[[step]]
complete = "INT-01"
set      = { announced = true, participants = [{ name = "Police" }] }
expect   = { paused = false, not_paused = ["INT-05"] }
[[step]]
amend    = { announced = false }
reason   = "put right"
expect   = { paused = ["INT-05"], audit = ["case_paused"] }
[[step]]
complete = "INT-05"
refused  = "This case is paused"
[[step]]
start    = "note"
item     = "participant_1"
expect   = { paused = true, not_paused = ["INT-08/participant_1"] }
[[step]]
complete = "INT-08"
"""
GOES_ON = """
[[step]]
amend    = { announced = true }
reason   = "put right"
[[step]]
until    = "INT-04"
"""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (PAUSED + GOES_ON, ""),
        (PAUSED + '[[step]]\nuntil = "INT-02"\nby = 2026-03-03T00:00:00\n', "INT-02 should open"),
        (PAUSED + '[[step]]\ncomplete = "INT-05"\n', "This case is paused"),
        (PAUSED + "[[step]]\nexpect = { paused = false }\n", "the case should not be paused"),
        (PAUSED + '[[step]]\nexpect = { not_paused = ["INT-05"] }\n', "INT-05 should be open and"),
        (PAUSED + '[[step]]\nexpect = { paused = ["INT-02"] }\n', "INT-02 should be paused"),
        (PAUSED + '[[step]]\nexpect = { paused = ["INT-99"] }\n', "no step called INT-99"),
    ],
)
def test_scenarios_see_a_pause_and_nobody_does_what_rests(
    tmp_path: Path, text: str, wrong: str
) -> None:
    file = tmp_path / "pause.toml"
    file.write_text(text, encoding="utf-8")
    (scenario,) = scenarios.read_scenarios([file])
    said = scenarios.House(definitions(), tmp_path).play(scenario).wrong
    assert wrong in said
    assert bool(wrong) == bool(said)
