"""The list of cases, filtered and sorted, a page of 50; and Today, with many open cases.

Both are asked of the web application itself, in this process: from the request to the last byte of
the page. The cases are copies of one that was brought to the middle of a review by the engine; they
are opened on different days, and some are closed, so that filter and order have something to do.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

import engine
from engine import db, time_source
from engine.models import Account, Case, Clock, UserTask
from engine.people import Actor
from tests.bench import clone, review
from tests.bench.figures import Row, Scale, at_most, percentile, settle_down, timed, told
from tests.bench.house import NAMES, House, settings_for
from web.application import create_app

MOST = 100.0
OFTEN = 0.95
#: Every third case is closed.
CLOSED = 3
DAYS = 700
LIST = "/cases?state=open&process=review&overdue=yes&assigned=me&sort=due&order=up&page=2"


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure the list at each number of cases, then Today."""
    for kind in scale.kinds:
        for count in scale.cases:
            browser = _site(house, kind, count, scale)
            times = timed(partial(_get, browser, LIST), scale.runs * 2)
            name = f"case list of {count:,} cases, filtered and sorted, page of 50, {NAMES[kind]}"
            yield at_most(f"{name}: p95", percentile(times.wall, OFTEN), "ms", MOST)
            yield told(f"{name}: processor time", times.median_cpu, "ms")
        browser = _site(house, kind, scale.open_cases, scale, all_open=True)
        times = timed(partial(_get, browser, "/today"), scale.runs * 2)
        name = f"today with {scale.open_cases} open cases, {NAMES[kind]}"
        yield at_most(f"{name}: p95", percentile(times.wall, OFTEN), "ms", MOST)
        yield told(f"{name}: processor time", times.median_cpu, "ms")


def many_cases(board_id: uuid.UUID, actor: Actor, count: int, *, all_open: bool = False) -> None:
    """Make so many cases of a review on a Board, opened on different days."""
    first = review.brought_to_the_middle(board_id, actor)
    made = [first, *clone.copies(first, count - 1, clone.LISTED)]
    with db.transaction() as session:
        today = time_source.today(session)
        now = time_source.now(session)
        for number, case_id in enumerate(made):
            closed = not all_open and number % CLOSED == 0
            due_on = today + timedelta(days=number % DAYS - DAYS // 2)
            _stand(session, case_id, due_on, closed=closed)
            session.execute(
                update(Case)
                .where(Case.id == case_id)
                .values(
                    opened_at=now - timedelta(days=number % DAYS, seconds=number),
                    state="closed" if closed else "open",
                    next_due_on=None if closed else due_on,
                )
            )


def _stand(session: Any, case_id: uuid.UUID, due_on: date, *, closed: bool) -> None:
    """Let the clocks of a case fall due on a day, or all of it be at rest."""
    clocks = update(Clock).where(Clock.case_id == case_id)
    session.execute(clocks.values(due_on=due_on, state="ended" if closed else "running"))
    if closed:
        tasks = update(UserTask).where(UserTask.case_id == case_id, UserTask.state == "open")
        session.execute(tasks.values(state="withdrawn"))


def _site(house: House, kind: str, count: int, scale: Scale, *, all_open: bool = False) -> Any:
    """Return a browser of the co-ordinator of so many cases, signed in."""
    database = house.database(kind)
    folder = house.folder / f"{kind}-{count}-{all_open}"
    settings = settings_for(database, folder, demonstration=True, mail_folder=folder / "mail")
    db.use(engine.connect(settings))
    board_id, actor = review.settled(db.current())
    with db.transaction() as session:
        session.get_one(Account, actor.account_id).demonstration = True
    many_cases(board_id, actor, count, all_open=all_open)
    if database.is_postgresql:
        # PostgreSQL does so by itself within a minute of so many rows; no page is asked for sooner.
        with database.connections.begin() as connection:
            connection.exec_driver_sql("analyze")
    client = create_app(settings).test_client()
    with client.session_transaction() as browser_session:
        browser_session["token"] = engine.sign_in_as(actor.account_id)
    settle_down()
    return client


def _get(browser: Any, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code
    assert answer.get_data()
