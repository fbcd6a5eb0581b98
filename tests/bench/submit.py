"""One person submits a task over HTTP, as a browser does it, to the server that people use.

The demonstration is set up in a folder to throw away and served by `adolygu serve`. The person
fills in the form, looks at the answers, and sends them; sending is what is measured, alone and with
the page that follows. Floor: the engine step of the same task, a bare commit, and the rendering of
the page of the task, each measured alone.
"""

from __future__ import annotations

import http.client
import re
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask, render_template
from flask import session as browser_session
from sqlalchemy import select

import engine
from engine import db, forms, operations, store
from engine.models import Account, UserTask
from engine.people import Actor
from engine.settings import Settings
from tests.bench import clone, review
from tests.bench.engine_step import bare_commit
from tests.bench.figures import Row, Scale, Times, at_most, percentile, settle_down, timed, told
from tests.bench.house import House, running, settings_for
from web import fields
from web.application import create_app

PERSON = "Carys Morgan"
STEP = "provide_minutes"
WARM_UP = 4
MOST_USUALLY, MOST_RARELY = 2.0, 5.0
USUALLY, RARELY = 0.5, 0.95


class _Floor(Exception):
    """Ends a transaction whose work is thrown away."""


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure on SQLite, which is what a demonstration runs on."""
    database = house.database("sqlite")
    folder = house.folder / "demonstration"
    settings = settings_for(database, folder, demonstration=True, mail_folder=folder / "mail")
    _set_up(settings, house.root)
    actor, first = _task()
    tasks = [first, *_copies(first, scale.submissions + WARM_UP)]
    posted = _answers(first, actor)
    floor = _floor(settings, database, tasks[0], actor, scale)
    yield from (told(f"submit a task: floor, {part}", value, "ms") for part, value in floor.items())
    alone, with_page = _submit_all(settings, tasks[1:], actor, posted)
    least = sum(floor.values())
    for name, times in (("", alone), (" with the page that follows", with_page)):
        for share, word, most in ((USUALLY, "p50", MOST_USUALLY), (RARELY, "p95", MOST_RARELY)):
            value = percentile(times, share)
            yield at_most(f"submit a task over HTTP{name}: {word}", value, "ms", most, floor=least)


def _set_up(settings: Settings, root: Path) -> None:
    db.use(engine.connect(settings))
    operations.set_up_demonstration(root, lambda line: None)


def _task() -> tuple[Actor, uuid.UUID]:
    """Return the person who submits, and an open task of theirs."""
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == PERSON)).one()
        task = session.scalars(
            select(UserTask).where(UserTask.bpmn_id == STEP, UserTask.state == "open")
        ).one()
        return Actor(account.id, account.name), task.id


def _copies(task_id: uuid.UUID, count: int) -> list[uuid.UUID]:
    """Return the same task on copies of its case, one for each submission."""
    with db.reading() as session:
        case_id = session.get_one(UserTask, task_id).case_id
    made = clone.copies(case_id, count)
    with db.reading() as session:
        rows = session.scalars(
            select(UserTask.id)
            .where(UserTask.case_id.in_(made), UserTask.bpmn_id == STEP, UserTask.state == "open")
            .order_by(UserTask.case_id)
        )
        return list(rows)


def _answers(task_id: uuid.UUID, actor: Actor) -> dict[str, list[str]]:
    """Return what the person types, by name of the input: the examples of the form."""
    page = engine.open_task(task_id, actor)
    typed: dict[str, list[str]] = {}
    for part in page.parts:
        values = forms.examples(
            part.form, part.sections, existing=part.content, given={},
            names=page.names, functions=page.functions,
        )  # fmt: skip
        typed |= forms.to_posted(part.form, part.sections, values)
    return typed


def _floor(
    settings: Settings, database: db.Database, task_id: uuid.UUID, actor: Actor, scale: Scale
) -> dict[str, float]:
    """Return the milliseconds of the three parts of the floor."""
    app = create_app(settings)
    settle_down()
    return {
        "engine step": _engine_step(task_id, actor, scale.submissions),
        "bare commit": bare_commit(database).median,
        "page": _render(app, task_id, actor, scale.submissions),
    }


def _engine_step(task_id: uuid.UUID, actor: Actor, runs: int) -> float:
    times = Times.none()
    for number in range(WARM_UP + runs):
        try:
            with db.transaction() as session:
                case_id = session.get_one(UserTask, task_id).case_id
                session.expire_all()
                with (times if number >= WARM_UP else Times.none()).one():
                    file = store.lock_case(session, case_id, str(actor.account_id))
                    review.take_step(file, task_id)
                    session.flush()
                raise _Floor
        except _Floor:
            continue
    return times.median


def _render(app: Flask, task_id: uuid.UUID, actor: Actor, runs: int) -> float:
    page = engine.open_task(task_id, actor)
    token = engine.sign_in_as(actor.account_id)
    with app.test_request_context(f"/tasks/{task_id}"):
        browser_session["token"] = token

        def render() -> str:
            parts = [fields.lay_out(part, page, []) for part in page.parts]
            return render_template(
                "task.html", page=page, parts=parts, problems=fields.summarise(parts, [])
            )

        return timed(render, runs).median


class Browser:
    """A person's browser: keeps cookies, follows to where it is sent."""

    def __init__(self, host: str, port: int) -> None:
        """Connect once; the connection is kept, as browsers do."""
        self.connection = http.client.HTTPConnection(host, port, timeout=60)
        self.cookies: dict[str, str] = {}

    def close(self) -> None:
        """Close the window."""
        self.connection.close()

    def get(self, path: str) -> str:
        """Return the page at a path.

        Raises:  AssertionError, where it is not there.
        """
        status, body, _ = self._ask("GET", path, "")
        assert status == 200, f"{path}: {status}"
        return body

    def post(self, path: str, values: Mapping[str, list[str]]) -> str:
        """Send a form and return the path that it leads to.

        Raises:  AssertionError, where it leads nowhere.
        """
        status, body, location = self._ask("POST", path, urlencode(values, doseq=True))
        assert status == 303, f"{path}: {status} {body[:4000]}"
        parts = urlsplit(location)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for sent in answer.headers.get_all("Set-Cookie", []):
            name, _, value = sent.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers.get("Location", "")


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden input of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no input {name}"
    return found[1]


def _submit_all(
    settings: Settings, tasks: list[uuid.UUID], actor: Actor, posted: Mapping[str, list[str]]
) -> tuple[list[float], list[float]]:
    port = _free_port()
    with ExitStack() as stack:
        serve = ("serve", "--port", str(port))
        stack.enter_context(running(settings, *serve, until="Adolygu answers"))
        browser = stack.enter_context(closing(Browser("127.0.0.1", port)))
        page = browser.get("/sign-in")
        choice = {"page-csrf": [hidden(page, "page-csrf")], "account": [str(actor.account_id)]}
        browser.get(browser.post("/sign-in/as", choice))
        found = [_submit(browser, task_id, posted) for task_id in tasks]
    measured = found[WARM_UP:]
    return [alone for alone, _ in measured], [whole for _, whole in measured]


def _submit(
    browser: Browser, task_id: uuid.UUID, posted: Mapping[str, list[str]]
) -> tuple[float, float]:
    """Do one task as a person does; return the milliseconds of sending, without and with page."""
    page = browser.get(f"/tasks/{task_id}")
    sent = {**posted, "page-csrf": [hidden(page, "page-csrf")], "page-action": ["continue"]}
    check = browser.post(f"/tasks/{task_id}", sent)
    page = browser.get(check)
    last = {name: [hidden(page, name)] for name in ("page-csrf", "page-submit-key")}
    times = Times.none()
    with times.one():
        with times.one():
            done = browser.post(check, last)
        browser.get(done)
    return times.wall[0], times.wall[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
