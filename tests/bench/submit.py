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
import statistics
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import render_template
from flask import session as browser_session
from sqlalchemy import select

import engine
from engine import db, operations, store
from engine.models import Account, UserTask
from engine.people import Actor
from engine.settings import Settings
from tests import filling
from tests.bench import clone, review
from tests.bench.engine_step import BareCommit
from tests.bench.figures import (
    MILLISECONDS,
    Row,
    Scale,
    Times,
    at_most,
    percentile,
    settle_down,
    told,
)
from tests.bench.house import House, processor_seconds, running, settings_for
from web import fields
from web.application import create_app

PERSON = "Carys Morgan"
STEP = "provide_minutes"
WARM_UP = 4
MOST_USUALLY, MOST_RARELY = 2.0, 5.0
USUALLY, RARELY = 0.5, 0.95


class _ThrownAway(Exception):
    """Ends a transaction whose work is thrown away."""


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure on SQLite, which is what a demonstration runs on."""
    bare = house.database("sqlite")
    folder = house.folder / "demonstration"
    settings = settings_for(bare, folder, demonstration=True, mail_folder=folder / "mail")
    _set_up(settings, house.root)
    actor, first = _task()
    tasks = _copies(first, scale.submissions + WARM_UP)
    floor = _Floor(settings, first, actor)
    settle_down()
    answers = filling.example_answers(first, str(actor.account_id))
    alone, with_page, spent = _submit_all(settings, tasks, actor, answers, floor)
    floor.bare.close()
    name = "submit a task over HTTP"
    for part, times in floor.parts.items():
        yield told(f"{name}: floor, {part}", times.median, "ms")
    yield told(f"{name}: processor time of the server", spent, "ms", floor=floor.total_cpu)
    for words, taken in (("", alone), (" with the page that follows", with_page)):
        for share, word, most in ((USUALLY, "p50", MOST_USUALLY), (RARELY, "p95", MOST_RARELY)):
            value = percentile(taken, share)
            yield at_most(f"{name}{words}: {word}", value, "ms", most, floor=floor.total)


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


class _Floor:
    """The engine step, the commit and the page of the same task, each alone."""

    def __init__(self, settings: Settings, task_id: uuid.UUID, actor: Actor) -> None:
        """Prepare what is measured; nothing of it is ever kept."""
        self.task_id, self.actor = task_id, actor
        self.app = create_app(settings)
        self.bare = BareCommit(db.current())
        self.page = engine.open_task(task_id, actor)
        self.token = engine.sign_in_as(actor.account_id)
        self.parts: dict[str, Times] = {}
        self.sample()
        self.parts = {}

    def sample(self) -> None:
        """Measure each part once."""
        self._engine_step()
        with self._part("bare commit"):
            self.bare()
        with self.app.test_request_context(f"/tasks/{self.task_id}"):
            browser_session["token"] = self.token
            with self._part("page"):
                parts = [fields.lay_out(part, self.page, []) for part in self.page.parts]
                render_template(
                    "task.html", page=self.page, parts=parts, problems=fields.summarise(parts, [])
                )

    @property
    def total(self) -> float:
        """Return the milliseconds of all parts together."""
        return sum(times.median for times in self.parts.values())

    @property
    def total_cpu(self) -> float:
        """Return the milliseconds of processor time of all parts together."""
        return sum(times.median_cpu for times in self.parts.values())

    def _engine_step(self) -> None:
        try:
            with db.transaction() as session:
                case_id = session.get_one(UserTask, self.task_id).case_id
                session.expire_all()
                with self._part("engine step"):
                    file = store.lock_case(session, case_id, str(self.actor.account_id))
                    review.take_step(file, self.task_id)
                    session.flush()
                raise _ThrownAway
        except _ThrownAway:
            return

    def _part(self, name: str) -> AbstractContextManager[None]:
        return self.parts.setdefault(name, Times.none()).one()


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
    settings: Settings,
    tasks: list[uuid.UUID],
    actor: Actor,
    posted: Mapping[str, list[str]],
    floor: _Floor,
) -> tuple[list[float], list[float], float]:
    """Submit every task, with a sample of the floor between any two.

    Returns: the milliseconds of each without and with page, and the server's own for one without.
    """
    port = _free_port()
    with ExitStack() as stack:
        serve = ("serve", "--port", str(port))
        server = stack.enter_context(running(settings, *serve, until="Adolygu answers"))
        browser = stack.enter_context(closing(Browser("127.0.0.1", port)))
        page = browser.get("/sign-in")
        choice = {"page-csrf": [hidden(page, "page-csrf")], "account": [str(actor.account_id)]}
        browser.post("/sign-in/as", choice)
        found = []
        for task_id in tasks:
            floor.sample()
            found.append(_submit(browser, server, task_id, posted))
    alone, with_page, spent = zip(*found[WARM_UP:], strict=True)
    return list(alone), list(with_page), statistics.median(spent)


def _submit(
    browser: Browser,
    server: subprocess.Popen[str],
    task_id: uuid.UUID,
    posted: Mapping[str, list[str]],
) -> tuple[float, float, float]:
    """Do one task as a person does; return the milliseconds of sending it."""
    page = browser.get(f"/tasks/{task_id}")
    sent = {**posted, "page-csrf": [hidden(page, "page-csrf")], "page-action": ["continue"]}
    check = browser.post(f"/tasks/{task_id}", sent)
    page = browser.get(check)
    last = {name: [hidden(page, name)] for name in ("page-csrf", "page-submit-key")}
    times = Times.none()
    with times.one():
        with times.one():
            before = processor_seconds(server)
            done = browser.post(check, last)
            spent = processor_seconds(server) - before
        browser.get(done)
    return times.wall[0], times.wall[1], spent * MILLISECONDS


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
