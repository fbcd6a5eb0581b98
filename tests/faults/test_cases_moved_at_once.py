"""That cases are moved while others work on them: nothing lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

from engine import case_migration, db
from tests.moving import at_report, deploy, is_whole, key_of, look, move, renamed, step_before
from tests.review import freeze, opened, sweep


def at_once(*acts: Callable[[], object]) -> None:
    """Do several things that begin together, and let what one of them raises come out."""
    together, raised = Barrier(len(acts)), list[BaseException]()

    def do(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
        except BaseException as wrong:
            raised.append(wrong)

    threads = [Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def test_of_two_who_move_a_case_at_once_the_second_is_told(
    committed_database: db.Database,
) -> None:
    review = at_report(opened())
    deploy(review.board_id, step_before("publish_report"))
    key, seen, said = key_of(review), look(review).outlook.fingerprint, list[int]()

    def send() -> None:
        done = case_migration.move_cases(
            key, {review.case_id: seen}, {}, {}, review.coordinator
        ).done
        said.append(len(done))

    at_once(send, send)
    assert sorted(said) == [0, 1]
    assert len(review.events("case_moved")) == 1
    assert is_whole(review)


def test_a_worker_that_fires_what_is_due_meanwhile_loses_nothing_and_does_nothing_twice(
    committed_database: db.Database,
) -> None:
    review = at_report(opened())
    deploy(review.board_id, renamed("report_late", "is_late"))
    freeze(datetime(2026, 9, 3, 9, tzinfo=UTC))
    at_once(lambda: move(review), sweep)
    if not review.case().moves:  # the timer came first, and the case had moved on
        move(review)
    sweep()
    assert len(review.open_tasks("INT-03")) == 1
    assert review.clock("TS-01").state == "overdue"
    assert len(review.events("case_moved")) == 1
    assert is_whole(review)
