"""Say what people see of the messages of a case: to whom, about what, and whether they arrived."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from engine import access, accounts, case_pages, db, notices, store, task_pages
from engine.case_pages import CaseHead
from engine.models import Notice, OutboxMessage
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text

#: How many messages stand on one page.
PAGE = 50


@dataclass(frozen=True)
class Sending:
    """One sending of a notice, to somebody or to the address of a body (no name)."""

    name: str
    state: str
    sent_at: datetime | None
    why: str


@dataclass(frozen=True)
class NoticeView:
    """A notice that was written.

    `sendings` are for whoever co-ordinates the case: others learn for what role it was, not who
    of them was reached.
    """

    id: uuid.UUID
    about: str
    subject: Text
    #: what the message said; nothing of the case but its identifier, a clock and an agency
    body: Text
    to: Text
    item_label: Text | None
    at: datetime
    #: failed, waiting, sent, posted, by_post (not sent yet), or none (nobody to send it to)
    state: str
    posted_on: date | None
    sendings: tuple[Sending, ...]


@dataclass(frozen=True)
class NoticePage:
    """A page of the messages of a case, the newest first; `number` counts from 1."""

    head: CaseHead
    notices: tuple[NoticeView, ...]
    total: int
    number: int
    pages: int


def case_notices(case_id: uuid.UUID, actor: Actor, number: int = 1) -> NoticePage:
    """Return the messages of a case that a person may see, a page of them.

    Raises:  NotFound, also for a page that is not there.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, held)
        mine = (Notice.case_id == case_id, access.readable_notices(file, held))
        total = session.scalar(select(func.count(Notice.id)).where(*mine)) or 0
        pages = case_pages.count_pages(total, PAGE, number)
        rows = session.scalars(
            select(Notice)
            .where(*mine)
            .order_by(Notice.at.desc(), Notice.number.desc())
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        ).all()
        head = case_pages.head_of(file, actor, held)
        return NoticePage(head, _views(file, rows, head.may_coordinate), total, number, pages)


def _views(file: CaseFile, rows: Sequence[Notice], names_people: bool) -> tuple[NoticeView, ...]:
    sent: dict[uuid.UUID, list[OutboxMessage]] = {}
    messages = file.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.notice_id.in_([row.id for row in rows]))
        .order_by(OutboxMessage.key)
    ).all()
    for message in messages:
        if message.notice_id is not None:
            sent.setdefault(message.notice_id, []).append(message)
    names = accounts.names_of(file.session, (str(one.account_id or "") for one in messages))
    said: dict[tuple[str, ...], tuple[Text, Text]] = {}
    for row in rows:
        kind = _kind(row)
        if kind not in said:
            said[kind] = notices.said(file.session, row)
    return tuple(
        NoticeView(
            id=row.id,
            about=row.about,
            subject=said[_kind(row)][0],
            body=said[_kind(row)][1],
            to=file.definitions.roles.get(row.to_role).text,
            item_label=task_pages.item_label(file, row.item_key),
            at=row.at,
            state=_state(row, sent.get(row.id, [])),
            posted_on=row.posted_on,
            sendings=tuple(
                Sending(names[str(one.account_id or "")], one.state, one.sent_at, one.why)
                for one in sent.get(row.id, [])
                if names_people
            ),
        )
        for row in rows
    )


def _kind(row: Notice) -> tuple[str, ...]:
    """Return what the text of a notice hangs on, so that each text is made once."""
    data = row.data
    return row.template, row.about, row.item_key, data.get("level", ""), data.get("due_on") or ""


def _state(row: Notice, sent: Sequence[OutboxMessage]) -> str:
    if row.data.get("letter"):
        return "posted" if row.posted_on else "by_post"
    states = {one.state for one in sent}
    return next((one for one in ("failed", "waiting", "sent") if one in states), "none")
