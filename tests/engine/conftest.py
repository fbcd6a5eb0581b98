"""A small house for tests of people and access: one Board, its roles, three forms and one case."""

from __future__ import annotations

import hashlib
import importlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import accounts, db, people, store
from engine.models import (
    Account,
    Board,
    Case,
    DeployedFile,
    Deployment,
    Document,
    DocumentVersion,
    FileContent,
    ProcessInstance,
    UserTask,
    new_id,
)
from engine.people import Actor
from engine.store import CaseFile

ROLES = """
[roles.coordinator]
scope = "board"
reads_case = true
coordinates = true
en = "Co-ordinator"
cy = "Cydlynydd"
[roles.steering_group]
scope = "board"
reads_case = true
en = "Steering group"
cy = "Grŵp llywio"
[roles.case_review_group]
scope = "board"
processes = ["case_review_event"]
reads_case = true
en = "Case Review Group"
cy = "Grŵp Adolygu Achosion"
[roles.forum_owner]
scope = "board"
reads_case = ["professional_forum"]
en = "Forum owner"
cy = "Perchennog y fforwm"
[roles.event_coordinator]
scope = "board"
processes = ["case_review_event"]
reads_case = true
coordinates = true
en = "Event co-ordinator"
cy = "Cydlynydd y digwyddiad"
[roles.welsh_government]
scope = "board"
en = "Welsh Government"
cy = "Llywodraeth Cymru"
[roles.administrator]
scope = "board"
en = "Administrator"
cy = "Gweinyddwr"
[roles.worker]
scope = "case"
reads_case = true
en = "Worker"
cy = "Gweithiwr"
[roles.facilitator]
scope = "case"
reads_case = true
en = "Facilitator"
cy = "Hwylusydd"
[roles.participant]
scope = "item"
item = "participant"
en = "Participant"
cy = "Cyfranogwr"
[roles.line_manager]
scope = "item"
item = "participant"
en = "Line manager"
cy = "Rheolwr llinell"
[visibility]
V-STEER = ["steering_group", "coordinator", "facilitator", "worker", "case_review_group"]
V-FAM = ["worker"]
V-OWN = []
"""

FACTS = """
[consented]
type = "boolean"
scope = "case"
field = "pack.consented"
en = "consent was given"
cy = "rhoddwyd cydsyniad"
[may_be_shared]
type = "boolean"
scope = "participant"
field = "messages.may_be_shared"
en = "whether the group may read it"
cy = "a gaiff y grŵp ei ddarllen"
"""

TIMESCALES = """
[TS-41]
en = "Pack two weeks before the meeting"
cy = "Pecyn bythefnos cyn y cyfarfod"
kind = "lead"
from = "meeting_on"
length = "P14D"
process = ["consultation"]
source = "G"
cite = "A3-B4"
owner = ["worker"]
"""

LETTER = """
[subject]
en = "Case {case}: {timescale}"
cy = "Achos {case}: {timescale}"
[body]
en = "Look at {link}."
cy = "Edrychwch ar {link}."
[E2.subject]
en = "Case {case}: for you as manager"
cy = "Achos {case}: i chi fel rheolwr"
[E2.body]
en = "Chase it: {link}."
cy = "Ewch ar ei ôl: {link}."
"""


def _text(key: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "textfield",
        "key": key,
        "id": key,
        "catalogue": "F46.01",
        "label": key,
        "i18n": {"cy": {"label": key}},
    } | more


def _form(form_id: str, sections: dict[str, list[dict[str, Any]]], **more: Any) -> bytes:
    groups = [
        {"type": "group", "id": key, "label": key, "i18n": {"cy": {"label": key}}, "components": c}
        for key, c in sections.items()
    ]
    form = {
        "type": "default",
        "schemaVersion": 19,
        "id": form_id,
        "catalogue": "F-46",
        "per": "case",
        "visibility": ["V-STEER"],
        "title": form_id,
        "i18n": {"cy": {"title": form_id}},
        "components": groups,
    } | more
    return json.dumps(form).encode()


OF_THE_GROUP = {"roles": ["steering_group"], "when": "may_be_shared = true"}

FILES = {
    "processes/roles.toml": ROLES.encode(),
    "processes/facts.toml": FACTS.encode(),
    "processes/timescales.toml": TIMESCALES.encode(),
    "forms/letters/clock_stage.toml": LETTER.encode(),
    "forms/pack.json": _form(
        "pack",
        {
            "family": [
                _text("address", visibility=["V-FAM"]),
                {
                    "type": "dynamiclist",
                    "path": "members",
                    "id": "members_rows",
                    "catalogue": "F46.01",
                    "label": "members",
                    "itemLabel": "member",
                    "i18n": {"cy": {"label": "members", "itemLabel": "member"}},
                    "components": [_text("name", visibility=["V-FAM"]), _text("relation")],
                },
            ],
            "history": [_text("story")],
        },
        gates=[{"roles": ["steering_group"], "when": "consented = true"}],
    ),
    "forms/evaluation.json": _form(
        "evaluation",
        {"answers": [_text("helpful")]},
        per="participant",
        visibility=["V-OWN", "steering_group"],
    ),
    "forms/messages.json": _form(
        "messages",
        {
            "messages": [
                _text("message", gates=[OF_THE_GROUP]),
                _text("used"),
                {
                    "type": "dynamiclist",
                    "path": "questions",
                    "id": "questions_rows",
                    "catalogue": "F46.01",
                    "label": "questions",
                    "itemLabel": "question",
                    "i18n": {"cy": {"label": "questions", "itemLabel": "question"}},
                    "components": [_text("asked", gates=[OF_THE_GROUP]), _text("answered")],
                },
            ]
        },
        per="participant",
    ),
    "forms/sheet.json": _form(
        "sheet", {"notes": [_text("thoughts")]}, per="participant", visibility=["V-OWN"]
    ),
    "forms/actions.json": _form(
        "actions",
        {"actions": [_text("what")]},
        per="participant",
        visibility=["participant", "line_manager"],
    ),
}


@dataclass
class House:
    """One Board with one case, and short ways to bring people into it."""

    board_id: uuid.UUID
    case_id: uuid.UUID
    actors: dict[str, Actor] = field(default_factory=dict)

    def person(self, name: str, *roles: str, **more: Any) -> Actor:
        """Make an account and appoint it: `worker` on the case, `participant/participant_1` for an
        item, `board:worker` on the Board."""
        with db.transaction() as session:
            account = accounts.create_account(session, f"{name}@example.test", name, **more)
            for role in roles:
                self.appoint(session, account, role)
        self.actors[name] = Actor(account.id, name)
        return self.actors[name]

    def appoint(self, session: Any, account: Account, role: str) -> None:
        key, _, item = role.removeprefix("board:").partition("/")
        on_board = role.startswith("board:") or key in (
            "coordinator", "steering_group", "administrator", "welsh_government",
            "case_review_group", "forum_owner",
        )  # fmt: skip
        if on_board:
            people.appoint_to_board(session, self.board_id, key, account.id, "SYSTEM")
        else:
            case = session.get_one(Case, self.case_id)
            people.appoint_to_case(session, case, key, account.id, item, "SYSTEM")

    def file(self, session: Any) -> CaseFile:
        """Return what is known of the case."""
        return store.read_case(session, self.case_id, "SYSTEM")

    def write(self, form: str, content: dict[str, Any], author: Actor, item: str = "") -> uuid.UUID:
        """Write a document as somebody, and return its id."""
        with db.transaction() as session:
            row = Document(
                id=new_id(),
                board_id=self.board_id,
                case_id=self.case_id,
                form=form,
                item_key=item,
                occasion="",
                version=1,
                created_at=datetime.now(UTC),
            )
            session.add(row)
            session.flush()
            session.add(
                DocumentVersion(
                    id=new_id(),
                    board_id=self.board_id,
                    document_id=row.id,
                    number=1,
                    content=content,
                    content_hash="",
                    section_hashes={},
                    sections=list(content),
                    author=str(author.account_id),
                    at=datetime.now(UTC),
                    reason="",
                )
            )
            return row.id

    def make_task(self, roles: str, item: str = "") -> uuid.UUID:
        """Put an open task on the case, and return it."""
        with db.transaction() as session:
            instance = ProcessInstance(
                id=new_id(),
                board_id=self.board_id,
                case_id=self.case_id,
                number=uuid.uuid4().int % 10**6,
                kind="root",
                process="consultation",
                definition_hash="",
                workflow_state=b"",
                started_at=datetime.now(UTC),
            )
            session.add(instance)
            session.flush()
            task = UserTask(
                id=new_id(),
                board_id=self.board_id,
                case_id=self.case_id,
                instance_id=instance.id,
                bpmn_id=f"step_{uuid.uuid4().hex[:6]}",
                item_key=item,
                number=1,
                role=roles,
                state="open",
                opened_at=datetime.now(UTC),
            )
            session.add(task)
            return task.id

    def write_again(self, document_id: uuid.UUID, content: dict[str, Any], author: Actor) -> None:
        """Write a further version of a document as somebody."""
        with db.transaction() as session:
            row = session.get_one(Document, document_id)
            row.version += 1
            session.add(
                DocumentVersion(
                    id=new_id(),
                    board_id=self.board_id,
                    document_id=row.id,
                    number=row.version,
                    content=content,
                    content_hash="",
                    section_hashes={},
                    sections=list(content),
                    author=str(author.account_id),
                    at=datetime.now(UTC),
                    reason="",
                )
            )


@pytest.fixture
def house(database: db.Database) -> House:
    """Return a Board and a case of it, on either database."""
    return make_house()


def make_house() -> House:
    """Make a Board and a case of it in the database in use."""
    with db.transaction() as session:
        board = people.create_board(
            session, f"b{uuid.uuid4().hex[:8]}", "Board", "Bwrdd",
            {
                "bodies": {
                    "welsh_government": {"address": "wg@example.test"},
                    "case_review_group": {"address": "group@example.test"},
                }
            },
        )  # fmt: skip
        deployment = Deployment(
            id=new_id(), board_id=board.id, hash=uuid.uuid4().hex, edition="draft_2011",
            variation="", number=1, deployed_at=datetime.now(UTC), note="",
        )  # fmt: skip
        session.add(deployment)
        session.flush()
        for path, source in FILES.items():
            key = hashlib.sha256(source).hexdigest()
            if session.get(FileContent, key) is None:
                session.add(FileContent(hash=key, content=source))
                session.flush()
            session.add(
                DeployedFile(id=new_id(), deployment_id=deployment.id, path=path, content_hash=key)
            )
        case = make_case(board, deployment)
        session.add(case)
        session.flush()
        return House(board.id, case.id)


def make_case(board: Board, deployment: Deployment) -> Case:
    """Return an open case."""
    return Case(
        id=new_id(),
        board_id=board.id,
        identifier=f"CNS-2026-{uuid.uuid4().hex[:6]}",
        process="consultation",
        deployment_id=deployment.id,
        state="open",
        version=0,
        audit_head="",
        opened_at=datetime.now(UTC),
        outcome="",
    )


@pytest.fixture
def sign_in_limits() -> Iterator[None]:
    """The limits of a session that tests go by, put back afterwards."""
    # The package gives the name `sign_in` to the function, so the module is asked for by its path.
    use = importlib.import_module("engine.sign_in").use
    use(idle_minutes=15, absolute_hours=12, demonstration=False)
    yield
    use(idle_minutes=15, absolute_hours=12, demonstration=False)
