"""A merged timeline of thirty agencies with five hundred rows each: merged, shown, looked through.

What the agencies returned is written into a case as facts, and merged by the road that the check
of the last of them takes, with the lock, the facts and the new version of the document. The page is
asked of the web application itself, in this process: as it was written, and with both of its faces,
for which the case has codes and one row in ten names somebody. Seconds are those of the processor,
because others use the machine too. Floor: to write the document as JSON and read it again.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import engine
from engine import access, accounts, cases, db, deployments, documents, items, people, store
from engine.documents import DocumentKey
from engine.people import Actor
from engine.steps import retelling
from engine.timeline_pages import FORM, MERGED, MERGED_ROWS
from tests.bench.figures import (
    MILLISECONDS,
    Row,
    Scale,
    Times,
    at_most,
    settle_down,
    timed,
)
from tests.bench.house import ROOT, House, settings_for
from web.application import create_app

MOST_SECONDS, MOST_SECONDS_TO_FIND = 2.0, 5.0
#: The same as ratios to the floor.
MOST_MERGED, MOST_SHOWN, MOST_FOUND = 30.0, 15.0, 100.0

#: Words of a record, from a list that is about as long as that of the words people use often.
_ENDS = ("ld", "rch", "st", "nt", "mp", "ck", "sh", "lan", "ner", "dig")
_SOUNDS = [f"{one}{two}{end}" for one in "bcdfghlmnprst" for two in "aeiouwy" for end in _ENDS]
_FIRST = date(2025, 1, 1)
_SPREAD_DAYS = 365


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure on SQLite, the slower of the two at writing such a document."""
    agencies, rows = scale.timeline
    browser, case_id, actor = _site(house, agencies, rows)
    settle_down()
    merging, floor = Times.none(), Times.none()
    for number in range(scale.runs):
        with merging.one():
            _accept(case_id, agencies - 1, rows, number + 1)
        content = _content(case_id)
        with floor.one():
            json.loads(json.dumps(content))
    path = f"/cases/{case_id}/timeline"
    showing = timed(partial(_get, browser, path), scale.runs)
    faces = {
        face: timed(partial(_get, browser, f"{path}?face={face}"), scale.runs)
        for face in access.FACES
    }
    finding = timed(partial(engine.timeline_findings, case_id, actor), scale.runs, warm_up=1)
    name = f"timeline of {agencies} agencies with {rows} rows each"
    both = (merging.median_cpu + showing.median_cpu) / MILLISECONDS
    yield at_most(f"{name}, merged and shown", both, "s of processor", MOST_SECONDS)
    for face, times in faces.items():
        both = (merging.median_cpu + times.median_cpu) / MILLISECONDS
        words = f"{name}, merged and shown with the face {face}"
        yield at_most(words, both, "s of processor", MOST_SECONDS)
    found = finding.median_cpu / MILLISECONDS
    yield at_most(
        f"{name}, doubles and silences found", found, "s of processor", MOST_SECONDS_TO_FIND
    )
    least = floor.median_cpu
    for words, times, most in (
        ("merged", merging, MOST_MERGED),
        ("shown", showing, MOST_SHOWN),
        ("looked through", finding, MOST_FOUND),
    ):
        yield at_most(f"{name}, {words}", times.median_cpu, "ms", most, floor=least)


def _site(house: House, agencies: int, rows: int) -> tuple[Any, uuid.UUID, Actor]:
    """Return a browser of a co-ordinator, and a case whose timelines are all merged."""
    database = house.database("sqlite")
    folder = house.folder / f"timeline-{agencies}-{rows}"
    settings = settings_for(database, folder, demonstration=True, mail_folder=folder / "mail")
    db.use(engine.connect(settings))
    with db.transaction() as session:
        deployments.deploy(session, deployments.read_folders(ROOT), actor="SYSTEM")
        board = people.create_board(session, "bench", "Bench", "Mainc")
        account = accounts.create_account(session, "bench@example.test", "Bethan Rees")
        account.demonstration = True
        people.appoint_to_board(session, board.id, "coordinator", account.id, "SYSTEM")
        board_id, actor = board.id, Actor(account.id, account.name)
    case_id = cases.open_case("referral", board_id, actor)
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        for number in range(agencies):
            items.add_item(file, "agencies", "agency", _key(number), f"Agency {number}")
        store.save_case(file, "measured")
    for number in range(agencies):
        _accept(case_id, number, rows, 0, retold=False)
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        documents.write(
            session, file.case, DocumentKey(FORM), {MERGED: {MERGED_ROWS: []}},
            base=None, author=str(actor.account_id),
        )  # fmt: skip
        retelling.retell(file)
        store.save_case(file, "measured")
    for kind, person, role in _CODES:
        engine.give_code(case_id, engine.CodeContent(kind, person, role), actor)
    client = create_app(settings).test_client()
    with client.session_transaction() as browser_session:
        browser_session["token"] = engine.sign_in_as(actor.account_id)
    return client, case_id, actor


def _accept(case_id: uuid.UUID, number: int, rows: int, turn: int, *, retold: bool = True) -> None:
    """Let the Panel accept what an agency returned: its facts, and the timeline written anew."""
    key, chance = _key(number), random.Random(number * 1_000 + turn)
    with db.transaction() as session:
        file = store.lock_case(session, case_id, "SYSTEM")
        values: dict[tuple[str, str], Any] = {
            ("timeline_check", key): "accepted",
            ("timeline_version", key): Decimal(turn + 1),
            ("timeline_rows", key): [_row(chance, row) for row in range(rows)],
        }
        store.write_facts(file, values, "measured")
        if retold:
            retelling.retell(file)
        store.save_case(file, "measured")


def _row(chance: random.Random, number: int) -> dict[str, Any]:
    day = (_FIRST + timedelta(days=chance.randrange(_SPREAD_DAYS))).isoformat()
    return {
        "_key": f"row_{number}",
        # One in ten knows the month alone.
        "happened_on": day[:7] if chance.random() < 0.1 else day,
        "event": _named(chance, " ".join(chance.choices(_SOUNDS, _WEIGHTS, k=_length(chance)))),
        "family_involved": "Child 1, mother",
        "staff_involved": "Duty worker",
        "done": " ".join(chance.choices(_SOUNDS, k=10)),
        "is_significant": chance.random() < 0.1,
    }


#: Who has a code: what it is of, the name, and the role.
_CODES = (
    ("child", "Mabli Treharne", "the child"),
    ("family", "Bronwen Treharne", "mother"),
    ("family", "Dafydd Ellis-Pugh", "father"),
    ("staff", "Sioned Wynne", "health visitor"),
    ("place", "Ysgol Glan Afon", "primary school"),
)


def _named(chance: random.Random, text: str) -> str:
    """Return a text, one in ten with a name in it, whole or only a part of it."""
    if chance.random() >= 0.1:
        return text
    name = chance.choice(_CODES)[1]
    return f"{text} {name if chance.random() < 0.5 else name.split()[0]}"


def _length(chance: random.Random) -> int:
    return chance.randrange(8, 30)


#: Few words are used often, and most of them seldom.
_WEIGHTS = [1 / place for place in range(1, len(_SOUNDS) + 1)]


def _key(number: int) -> str:
    return f"agency_{number}"


def _content(case_id: uuid.UUID) -> Any:
    with db.reading() as session:
        newest = documents.current(session, case_id, DocumentKey(FORM))
        assert newest is not None
        return newest.content


def _get(browser: Any, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code
    assert answer.get_data()
