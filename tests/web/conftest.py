"""A demonstration site to ask for pages, once on each kind of database."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

import engine
from engine import db, demonstration, uploads
from engine.models import Base
from engine.sign_in import use as use_sign_in
from tests import databases, filling
from web.application import create_app

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = engine.Settings(secret_key="tests only, not a secret " * 2, demonstration=True)
LIMITS = {"idle_minutes": 60, "absolute_hours": 12}
_TOKEN = re.compile(r'name="page-csrf" value="([^"]+)"')


#: For pages whose engine is held to both databases by tests of its own.
ON_SQLITE_ALONE = pytest.mark.parametrize("_site", ["sqlite"], indirect=True, scope="module")


@dataclass
class Visitor:
    """Somebody with a browser: keeps the cookie, and the token of the page last seen."""

    client: Any
    actor: engine.Actor | None = None
    token: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page."""
        return self._remember(self.client.get(path, **more))

    def post(self, path: str, data: Any = None, **more: Any) -> TestResponse:
        """Send a form as its page would, with the token of the page last seen."""
        if not self.token:
            self.get("/language" if self.actor else "/sign-in")
        sent: MultiDict[str, Any] = MultiDict([("page-csrf", self.token)])
        for name, value in (data or {}).items():
            sent.setlist(name, value if isinstance(value, list) else [value])
        return self._remember(self.client.post(path, data=sent, **more))

    def _remember(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            found = _TOKEN.search(answer.get_data(as_text=True))
            self.token = found[1] if found else self.token
        return answer


@dataclass
class Site:
    """The application on a demonstration's database, and short ways into it."""

    app: Flask
    database: db.Database
    files: uploads.Store
    people: dict[str, engine.Actor] = field(default_factory=dict)
    kept: dict[str, uuid.UUID] = field(default_factory=dict)

    def visitor(self) -> Visitor:
        """Return somebody who is not signed in."""
        return Visitor(self.app.test_client())

    def signed_in(self, name: str) -> Visitor:
        """Return a person of the demonstration, signed in."""
        visitor = self.visitor()
        visitor.actor = self.people[name]
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in/as", {"account": str(visitor.actor.account_id)})
        assert answer.status_code == 303
        visitor.get("/language")
        return visitor

    def open_case(self, name: str = "Carys Morgan") -> uuid.UUID:
        """Open a consultation as a person."""
        actor = self.people[name]
        chosen = next(one for one in engine.startable(actor) if one.process == "consultation")
        return engine.open_case(chosen.process, chosen.board_id, actor)

    def played_to_its_end(self, name: str = "Ffion Hughes") -> engine.CasePage:
        """Return a consultation of the demonstration that came to its end, with its consent."""
        actor = self.people[name]
        closed = [case.id for case in engine.list_cases(actor) if case.state == "closed"]
        pages = (engine.case_page(case_id, actor) for case_id in closed)
        return next(page for page in pages if "F-45" in {one.catalogue for one in page.documents})

    def open_task(self, name: str, case_id: uuid.UUID, requirement: str = "") -> engine.TaskPage:
        """Return the page of the task of a case that a person may do."""
        actor = self.people[name]
        found = [task for tasks in engine.open_tasks(actor) for task in tasks]
        task = next(
            one for one in found if one.case_id == case_id and requirement in one.requirement
        )
        return engine.open_task(task.id, actor)

    def open_tasks(
        self, case_id: uuid.UUID | None = None
    ) -> Iterator[tuple[str, engine.TaskSummary]]:
        """Go through the open tasks of a case, or of all, each with somebody who may do it."""
        for name, actor in self.people.items():
            for task in [task for tasks in engine.open_tasks(actor) for task in tasks]:
                if case_id in (None, task.case_id):
                    yield name, task

    def submit(self, name: str, page: engine.TaskPage, **given: Any) -> engine.Submitted:
        """Complete a task with its example answers."""
        posted = example_answers(page, **given)
        actor = self.people[name]
        return engine.submit_task(page.task.id, actor, page.submit_key, posted, {})


def example_answers(page: engine.TaskPage, **given: Any) -> dict[str, list[str]]:
    """Return what a browser would send with every required question answered."""
    return filling.example_answers(page.task.id, "test", given)


def a_text_of(page: engine.TaskPage) -> str:
    """Return the key of a text area of a task."""
    return next(
        field.key
        for part in page.parts
        for section in part.sections
        for field in part.form.section(section).fields
        if field.type == "textarea"
    )


@pytest.fixture(scope="session")
def _demonstration(tmp_path_factory: pytest.TempPathFactory, _keys: None) -> Path:
    """Set the demonstration up, once for all processes of a test run; return its folder."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    folder = run / "demonstration"
    with (run / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            (folder / "uploads").mkdir(parents=True)
            made = db.Database(f"sqlite:///{folder / 'site.db'}")
            Base.metadata.create_all(made.connections)
            db.use(made)
            uploads.use(uploads.Store(folder / "uploads"))
            demonstration.set_up(ROOT, lambda line: None)
            made.close()
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def _furnished() -> dict[str, Site]:
    """Keep the site that those of each kind are copied from, once a test process."""
    return {}


@pytest.fixture(scope="module", params=databases.KINDS)
def _site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _demonstration: Path,
    _furnished: dict[str, Site],
) -> Iterator[Site]:
    """Copy the site for one file of tests, so that none hangs on what another file did."""

    def server() -> str:
        return str(request.getfixturevalue("postgresql_server"))

    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(_demonstration / "uploads", folder / "files")
    if request.param not in _furnished:
        made = databases.make_database(request.param, tmp_path_factory.mktemp("first"), server)
        _furnished[request.param] = _furnish(made, _demonstration)
    first = _furnished[request.param]
    copied = databases.twin(first.database, folder, server)
    yield Site(first.app, copied, uploads.Store(folder / "files"), first.people)
    copied.close()


def _furnish(made: db.Database, demonstrated: Path) -> Site:
    template = db.Database(f"sqlite:///{demonstrated / 'site.db'}")
    databases.copy_rows(template, made)
    template.close()
    files = uploads.Store(demonstrated / "uploads")
    db.use(made)
    uploads.use(files)
    use_sign_in(**LIMITS, demonstration=True)
    site = Site(create_app(SETTINGS), made, files)
    for person in engine.demonstration_people():
        token = engine.sign_in_as(person.account_id)
        actor = engine.actor_for(token)
        assert actor is not None
        site.people[person.name] = actor
    return site


@pytest.fixture
def site(_site: Site) -> Site:
    """The demonstration site of a file; what a test opens in it stays, so it opens its own cases.

    Whatever a test before it took into use in this process, of any folder, is put back.
    """
    db.use(_site.database)
    uploads.use(_site.files)
    use_sign_in(**LIMITS, demonstration=True)
    return _site
