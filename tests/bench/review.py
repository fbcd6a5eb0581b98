"""A review made up for measuring: 60 user tasks, blocks, items, a called part and boundary timers.

`brought_to_the_middle` drives one case of it through the engine's own road until about half of it
is done; `clone.copies` makes as many as a measurement needs.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from engine import accounts, cases, db, items, people, steps, store, time_source
from engine.models import DeployedFile, Deployment, FileContent, ProcessInstance, UserTask, new_id
from engine.people import Actor

AGENCIES = ("social_services", "local_health_board", "police", "education", "probation")
TASKS = 60
MIDDLE = 32
DATES = ("referred_on", "notified_on", "planned_on", "learning_on", "drafted_on", "agreed_on")
ROLES = ("coordinator", "panel", "reviewer", "board")
TIMESCALES = tuple(f"TS-{number}" for number in range(101, 107))

HEADER = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:a="http://adolygu.cymru/bpmn" id="definitions_{id}" targetNamespace="bench">'
)


class _Drawing:
    """Gathers the nodes and flows of one scope."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.members: list[str] = []

    def node(self, tag: str, name: str, attributes: str = "", inner: str = "") -> str:
        words = name.replace("_", " ")
        self.parts.append(f'<{tag} id="{name}" name="{words}" {attributes}>{inner}</{tag}>')
        self.members.append(name)
        return name

    def flow(self, *names: str) -> None:
        for source, target in pairwise(names):
            self.parts.append(
                f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
            )

    def tasks(self, first: int, last: int) -> list[str]:
        return [self.task(number) for number in range(first, last + 1)]

    def task(self, number: int, attributes: str = "", inner: str = "") -> str:
        requirement = f'a:requirement="REV-{number:02d}" {attributes}'
        return self.node("userTask", f"task_{number:02d}", requirement, inner)

    def block(self, name: str, *branches: list[str]) -> list[str]:
        """Draw a parallel block; the ends that it returns are those of a chain."""
        fork = self.node("parallelGateway", f"{name}_fork")
        join = self.node("parallelGateway", f"{name}_join")
        for branch in branches:
            self.flow(fork, *branch, join)
        return [fork, join]

    def timer(self, host: str, timescale: str) -> None:
        """Draw a timer that tells the co-ordinator and interrupts nothing."""
        name = f"late_{timescale[3:]}"
        moment = f'<timeDate>due("{timescale}")</timeDate>'
        self.node(
            "boundaryEvent", name,
            f'attachedToRef="{host}" cancelActivity="false" a:timescale="{timescale}"',
            f"<timerEventDefinition>{moment}</timerEventDefinition>",
        )  # fmt: skip
        tell = self.node("sendTask", f"tell_{name}", 'a:notice="late" a:to="coordinator"')
        self.flow(name, tell, self.node("endEvent", f"told_{name}"))


def files() -> dict[str, bytes]:
    """Return the definitions of the review, as a deployment holds them."""
    return {
        "processes/review.bpmn": _review().encode(),
        "processes/learning.bpmn": _learning().encode(),
        "processes/facts.toml": _facts().encode(),
        "processes/roles.toml": _roles().encode(),
        "processes/timescales.toml": _timescales().encode(),
    }


def settled(database: db.Database) -> tuple[uuid.UUID, Actor]:
    """Deploy the review on a new Board of a database, and return the Board and its co-ordinator."""
    db.use(database)
    with db.transaction() as session:
        board = people.create_board(session, "bench", "Bench", "Mainc")
        account = accounts.create_account(session, "bench@example.test", "Bethan Rees")
        row = Deployment(
            id=new_id(), board_id=board.id, hash="bench", edition="draft_2011", number=1,
            deployed_at=time_source.now(session),
        )  # fmt: skip
        session.add(row)
        session.flush()
        for path, source in files().items():
            key = hashlib.sha256(source).hexdigest()
            session.add(FileContent(hash=key, content=source))
            session.flush()
            session.add(
                DeployedFile(id=new_id(), deployment_id=row.id, path=path, content_hash=key)
            )
        session.flush()
        people.appoint_to_board(session, board.id, "coordinator", account.id, "SYSTEM")
        return board.id, Actor(account.id, account.name)


def brought_to_the_middle(board_id: uuid.UUID, actor: Actor) -> uuid.UUID:
    """Open a case of the review and do its first half, taking turns between the branches."""
    case_id = cases.open_case("review", board_id, actor)
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        today = time_source.local_day(file.now)
        known: dict[tuple[str, str], Any] = {
            (name, ""): today - timedelta(days=number) for number, name in enumerate(DATES)
        }
        known |= {(f"known_{number}", ""): f"answer {number}" for number in range(12)}
        store.write_facts(file, known, "bench")
        items.follow_rows(file, "agencies", "agency", {key: key for key in AGENCIES})
        running = steps.Running(file)
        steps.settle(running)
        store.save_case(file, "items_added")
    for number in range(MIDDLE):
        tasks = open_tasks(case_id)
        complete(case_id, tasks[number % len(tasks)], actor)
    return case_id


def open_tasks(case_id: uuid.UUID, *, of_root: bool = False) -> list[uuid.UUID]:
    """Return the open tasks of a case, the oldest first."""
    with db.reading() as session:
        query = (
            select(UserTask.id)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(UserTask.case_id == case_id, UserTask.state == "open")
            .order_by(UserTask.number, UserTask.id)
        )
        return list(
            session.scalars(query.where(ProcessInstance.kind == "root") if of_root else query)
        )


def complete(case_id: uuid.UUID, task_id: uuid.UUID, actor: Actor) -> None:
    """Take one step on the engine's road: lock, load, complete, settle, save, commit."""
    with db.transaction() as session:
        take_step(store.lock_case(session, case_id, str(actor.account_id)), task_id)


def take_step(file: store.CaseFile, task_id: uuid.UUID) -> None:
    """Complete a task of a locked case and save it; the caller commits."""
    task = file.session.get_one(UserTask, task_id)
    running = steps.Running(file)
    steps.complete_task(running, task)
    changed = steps.settle(running)
    store.save_case(file, "task_completed", subject=task.requirement, data={"clocks": changed})


class World:
    """What the workflow may ask, without a database."""

    def __init__(self, agencies: tuple[str, ...] = AGENCIES) -> None:
        """Take the items."""
        self.agencies = agencies

    def names(self, item: str | None) -> Mapping[str, Any]:
        """Return the facts; none steers this review."""
        return {}

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return the functions; nothing falls due."""
        return {"due": lambda timescale: None}

    def items(self, list_name: str) -> tuple[str, ...]:
        """Return the agencies."""
        return self.agencies

    def decide(self, decision_id: str, item: str | None) -> dict[str, Any]:
        """Answer nothing; the review has no tables."""
        return {}


def _review() -> str:
    top = _Drawing()
    fours = [top.tasks(first, first + 2) for first in (9, 12, 15, 18)]
    twos = [top.tasks(42, 47), top.tasks(48, 53)]
    phase = top.node("subProcess", "phase", "", _phase())
    first = ["started", *top.tasks(1, 8)]
    top.node("startEvent", "started")
    four, two = top.block("four", *fours), top.block("two", *twos)
    last = [*top.tasks(54, TASKS), top.node("endEvent", "ended")]
    top.flow(*first, four[0])
    top.flow(four[1], *top.tasks(21, 22), phase, two[0])
    top.flow(two[1], *last)
    top.timer("phase", TIMESCALES[0])
    top.timer("phase", TIMESCALES[1])
    return _process("review", "root", top)


def _phase() -> str:
    """Draw the longest part: items, a called part and a line of tasks, side by side."""
    inside = _Drawing()
    each = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>agencies</loopDataInputRef>"
        "</multiInstanceLoopCharacteristics>"
    )
    agencies = [inside.task(23, 'a:item="agency"', each), *inside.tasks(24, 27)]
    called = [
        inside.node("callActivity", "learn", 'calledElement="learning"'),
        *inside.tasks(28, 31),
    ]
    line = inside.tasks(32, 40)
    three = inside.block("three", agencies, called, line)
    inside.flow(inside.node("startEvent", "phase_begun"), three[0])
    inside.flow(three[1], inside.task(41), inside.node("endEvent", "phase_over"))
    for host, timescale in zip(
        ("learn", "task_24", "task_34", "task_38"), TIMESCALES[2:], strict=True
    ):
        inside.timer(host, timescale)
    return "\n".join(inside.parts)


def _learning() -> str:
    part = _Drawing()
    tasks = [part.node("userTask", name, 'a:role="reviewer"') for name in ("prepare", "hold")]
    part.flow(part.node("startEvent", "learning_begun"), *tasks, part.node("endEvent", "learned"))
    return _process("learning", "part", part)


def _process(name: str, kind: str, drawing: _Drawing) -> str:
    lanes = "".join(
        f'<lane id="{role}_lane" name="{role}" a:role="{role}">'
        + "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in drawing.members[number::4])
        + "</lane>"
        for number, role in enumerate(ROLES)
    )
    return (
        HEADER.format(id=name)
        + f'<process id="{name}" isExecutable="true" a:kind="{kind}" a:startRoles="coordinator" '
        + f'a:identifierPrefix="REV"><laneSet id="lanes">{lanes}</laneSet>'
        + "\n".join(drawing.parts)
        + "</process></definitions>"
    )


def _facts() -> str:
    rows = [_fact(name, "date", f'field = "review.{name}"') for name in DATES]
    rows += [_fact(f"known_{n}", "string", f'field = "review.known_{n}"') for n in range(12)]
    rows += [_fact(f"done_{n}", "boolean", f'step = "REV-{n:02d}"') for n in range(1, TASKS, 2)]
    return "\n".join(rows)


def _fact(name: str, kind: str, source: str) -> str:
    return f'[{name}]\ntype = "{kind}"\nscope = "case"\n{source}\nen = "{name}"\ncy = "{name}"\n'


def _roles() -> str:
    roles = "\n".join(
        f'[roles.{role}]\nscope = "board"\nreads_case = true\n'
        + ("coordinates = true\n" if role == "coordinator" else "")
        + f'en = "{role}"\ncy = "{role}"\n'
        for role in ROLES
    )
    return roles + "\n[visibility]\nV-STEER = []\n"


def _timescales() -> str:
    return "\n".join(
        f'[{key}]\nen = "{key}"\ncy = "{key}"\nkind = "clock"\nfrom = "{start}"\nlength = "P6M"\n'
        f'ends = ["REV-{TASKS - number:02d}"]\nprocess = ["review"]\nsource = "G"\ncite = "A3"\n'
        'owner = ["coordinator"]\nmanager = ["panel"]\n'
        'stages = [{ key = "month_before", at = "-P30D", of = "due", level = "E1" }, '
        '{ key = "breach", at = "P0D", of = "due", level = "E2" }]\n'
        for number, (key, start) in enumerate(zip(TIMESCALES, DATES, strict=True))
    )
