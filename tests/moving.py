"""Make other versions of the small review for a Board, to which its cases move."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from engine import case_migration, db, deployments, operations
from engine.case_migration import MovingLine, Told
from engine.case_migration.matching import Given
from engine.models import Board
from engine.people import Actor
from tests import review, varied
from tests.faults.oracle import wrongs
from tests.review import Review, participants
from tests.varied import OWN, Diagram

REVIEW = "processes/review.bpmn"
ACCOUNT = "processes/parts/account.bpmn"
TIMESCALES = "processes/timescales.toml"
ROLES = "processes/roles.toml"
FACTS = "processes/facts.toml"

Change = Callable[[dict[str, bytes]], dict[str, bytes]]


def drawn(edit: Callable[[Diagram], Any], path: str = REVIEW) -> Change:
    """Return the change of a diagram of the small review."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        diagram = Diagram(files[path])
        edit(diagram)
        return {path: diagram.source()}

    return change


def step_before(after: str, key: str = "check_quality", path: str = REVIEW, **own: str) -> Change:
    """Draw an extra step before another one."""

    def edit(diagram: Diagram) -> None:
        diagram.node(after, "userTask", key, **{"form": "delay", **own})
        diagram.before(after, key)
        diagram.flow(key, after)

    return drawn(edit, path)


def renamed(key: str, to: str, path: str = REVIEW) -> Change:
    """Give an element of a diagram another id."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        text = files[path].decode()
        return {path: text.replace(f'"{key}"', f'"{to}"').replace(f">{key}<", f">{to}<").encode()}

    return change


def replaced(path: str, old: str, new: str) -> Change:
    """Replace a piece of a file."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        text = files[path].decode()
        assert old in text, (path, old)
        return {path: text.replace(old, new).encode()}

    return change


def elsewhere(name: str, to: str) -> Change:
    """Give a form, and whatever fills it, another name."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        path, source = f"forms/{name}.json", files[REVIEW].decode()
        table = files[path].decode().replace(f'"id": "{name}"', f'"id": "{to}"', 1)
        written = source.replace(f'form="{name}"', f'form="{to}"').encode()
        return {path: b"", f"forms/{to}.json": table.encode(), REVIEW: written}

    return change


def added(path: str, more: str) -> Change:
    """Write more at the end of a file."""
    return lambda files: {path: files[path] + more.encode()}


def ask_in(name: str, key: str = "urgent") -> Change:
    """Let a form ask one question more, in its first section."""

    def edit(table: Any) -> None:
        table["components"][0]["components"].append(
            {
                "type": "radio",
                "kind": "yesno",
                "key": key,
                "id": f"{name}_{key}",
                "label": "Is it urgent?",
                "values": [
                    {"value": "yes", "label": "Yes", "i18n": {"cy": {"label": "Ydy"}}},
                    {"value": "no", "label": "No", "i18n": {"cy": {"label": "Nac ydy"}}},
                ],
                "i18n": {"cy": {"label": "A yw'n frys?"}},
            }
        )

    return form(name, edit)


def form(name: str, edit: Callable[[Any], None]) -> Change:
    """Return the change of a form as JSON."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        path = f"forms/{name}.json"
        table = json.loads(files[path])
        edit(table)
        return {path: json.dumps(table, ensure_ascii=False, indent=1).encode()}

    return change


def deploy(
    board_id: uuid.UUID, *changes: Change, onto: Mapping[str, bytes] | None = None
) -> uuid.UUID:
    """Give a Board another version of the small review; return its deployment.

    It is not checked: what the checks refuse is tested with them, and takes longer than all else.
    """
    files = dict(onto if onto is not None else review.files())
    for change in changes:
        files |= change(files)
    with db.transaction() as session, patch.object(review.versions, "check", lambda _: []):
        there = {path: source for path, source in files.items() if source}
        return deployments.deploy(session, there, actor="SYSTEM", board_id=board_id).id


def key_of(one: Review) -> str:
    """Return by what a Board is addressed."""
    with db.reading() as session:
        return session.scalars(select(Board.key).where(Board.id == one.board_id)).one()


def look(
    one: Review,
    given: Given | None = None,
    passed: Given | None = None,
    actor: Actor | None = None,
) -> MovingLine:
    """Return what moving the case of a review would do."""
    (line,) = case_migration.look_at_moves(
        key_of(one), [one.case_id], given or {}, passed or {}, actor or one.coordinator
    )
    return line


def move(
    one: Review, given: Given | None = None, passed: Given | None = None
) -> case_migration.Moved:
    """Move the case of a review after a look at what it would do."""
    seen = look(one, given, passed).outlook.fingerprint
    return case_migration.move_cases(
        key_of(one), {one.case_id: seen}, given or {}, passed or {}, one.coordinator
    )


def take_back(one: Review) -> None:
    """Take the last move of a case back after a look at what it would do."""
    line = case_migration.taking_back_page(key_of(one), one.case_id, one.coordinator)
    case_migration.take_move_back(
        key_of(one), one.case_id, line.outlook.fingerprint, one.coordinator
    )


def at_report(review: Review) -> Review:
    """Bring a review to its report, with one participant heard on the way."""
    review.do("INT-01", {"participants": participants("Police")})
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    return review


def ask_for_urgency(diagram: Diagram) -> None:
    """Let the way behind the report hang on whether the case is urgent."""
    diagram.node("publish_report", "exclusiveGateway", "is_it_urgent")
    diagram.before("publish_report", "is_it_urgent")
    default = diagram.flow("is_it_urgent", "publish_report")
    diagram.find("is_it_urgent").set("default", default.get("id"))
    diagram.flow("is_it_urgent", "review_closed", "urgent = true")


def steps_open(review: Review) -> list[str]:
    """Return the ids of the open tasks of a case."""
    return sorted(task.bpmn_id for task in review.open_tasks())


def is_whole(review: Review) -> bool:
    """Say whether every case is as its log and its rows say it is."""
    assert wrongs() == []
    return operations.replay_all(review.case_id) == []


def kinds(told: tuple[Told, ...]) -> list[str]:
    """Return what is said of a move, by kind."""
    return sorted(one.kind for one in told)


# Versions of what is shipped, for pages.


@cache
def with_a_check() -> Mapping[str, bytes]:
    """Return what is shipped with an extra step in the consultation, before consent is sought."""

    def edit(diagram: Diagram) -> None:
        made = diagram.node("seek_consent", "userTask", "check_quality", shows="identification")
        made.set("name", "Check the quality")
        made.set(f"{OWN}nameCy", "Gwirio'r ansawdd")
        diagram.before("seek_consent", "check_quality")
        diagram.flow("check_quality", "seek_consent")

    return varied.varied(varied.drawn("consultation", edit)).files


def put_in_force(board: str, files: Mapping[str, bytes]) -> None:
    """Make a version the newest of a Board, unchecked, for that takes longer than all else."""
    with db.transaction() as session, patch.object(review.versions, "check", lambda _: []):
        board_id = session.scalars(select(Board.id).where(Board.key == board)).one()
        deployments.deploy(session, files, actor="SYSTEM", board_id=board_id)
