"""Write notices in the transaction that causes them, with a message for each recipient."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import db, deployments, items, meeting_days, own_templates, people, time_source
from engine.errors import InvalidDefinition
from engine.letters import Letter, parse_letter
from engine.models import Account, Board, Case, Item, Notice, OutboxMessage, new_id
from engine.roles import Roles
from engine.texts import LANGUAGES, Text, day_in_words

_PLAIN = Letter(
    subject=Text("Case {case}: something for you", "Achos {case}: rhywbeth i chi"),
    body=Text(
        "There is something for you on case {case}.\n\nSign in to see it: {link}",
        "Mae rhywbeth i chi ar achos {case}.\n\nMewngofnodwch i’w weld: {link}",
    ),
    levels={},
)
_TO_POST = Text(
    "There is no e-mail address for the body that this letter is for ({to}). "
    "Please send it on.\n\n",
    "Nid oes cyfeiriad e-bost ar gyfer y corff y mae’r llythyr hwn ar ei gyfer ({to}). "
    "Anfonwch ef ymlaen, os gwelwch yn dda.\n\n",
)


_NO_MEETING = Text("whose day is not planned yet", "nad oes diwrnod wedi’i bennu ar ei gyfer eto")

#: When a daily message goes out, by the clocks in Wales; and what never waits for it.
DIGEST_TIME = time(8)
ALWAYS_AT_ONCE = frozenset({"E3", "E4", "E5"})

#: Stands for the link in a letter, whose line is then left out.
_NOWHERE = "\0"


@dataclass(frozen=True)
class Recipient:
    """Where one sending of a notice goes."""

    address: str
    language: str
    account_id: uuid.UUID | None = None
    daily_digest: bool = False


_COLUMNS = tuple(column.key for column in Notice.__table__.columns)
_WRITTEN = select(Notice.id).where(
    Notice.case_id == bindparam("case_id"), Notice.key == bindparam("key")
)


def write_notice(
    session: Session,
    case: Case,
    key: str,
    to_role: str,
    about: str,
    template: str,
    data: Mapping[str, Any],
    item_key: str = "",
) -> Notice | None:
    """Write a notice to a role, and one waiting message for each who is to get it.

    Goes to the people who hold the role, each in their own language, at once or with the daily
    message, as they wish; rungs of the ladder from E3 on always at once. Else to the address that
    the Board's settings have for the body, or to those who sit in it; else to the co-ordinator, as
    a letter to send on.
    Takes:   key, what it stands for: a second notice with the same key is not written;
             data, keys and dates only, no case data.
    Returns: nothing where it was written before, or where the role does not count on the case:
             a part that cases of several kinds share tells only those whom this one concerns; and
             where what it tells of lies in the past, and is only put on record (D42).
    """
    if time_source.is_recorded(session):
        return None
    if not people.roles_of_case(session, case).get(to_role).counts_on(case.process):
        return None
    if session.scalar(_WRITTEN, {"case_id": case.id, "key": key}) is not None:
        return None
    recipients, letter = _recipients(session, case, to_role, item_key)
    told = {**data, "letter": True} if letter else dict(data)
    return _write(session, case, key, to_role, about, template, told, recipients, item_key)


def write_to_people(
    session: Session,
    case: Case,
    key: str,
    to_role: str,
    template: str,
    account_ids: Collection[uuid.UUID],
) -> Notice | None:
    """Write a notice to some people alone, in a role that they hold; else as `write_notice`.

    Returns: nothing where it was written before, or where none of them can sign in.
    """
    if session.scalar(_WRITTEN, {"case_id": case.id, "key": key}) is not None:
        return None
    accounts = session.scalars(
        select(Account)
        .where(Account.id.in_(account_ids), Account.state == "active")
        .order_by(Account.id)
    ).all()
    if not accounts:
        return None
    recipients = [
        Recipient(one.email, one.language, one.id, daily_digest=one.daily_digest)
        for one in accounts
    ]
    return _write(session, case, key, to_role, "", template, {}, recipients)


def _write(
    session: Session,
    case: Case,
    key: str,
    to_role: str,
    about: str,
    template: str,
    data: Mapping[str, Any],
    recipients: Sequence[Recipient],
    item_key: str = "",
) -> Notice:
    case.notices_written += 1
    now, urgent = time_source.now(session), data.get("level") in ALWAYS_AT_ONCE
    notice = Notice(
        id=new_id(),
        board_id=case.board_id,
        case_id=case.id,
        key=key,
        number=case.notices_written,
        to_role=to_role,
        item_key=item_key,
        about=about,
        template=template,
        data=dict(data),
        at=now,
    )
    db.append(session, Notice, {name: getattr(notice, name) for name in _COLUMNS})
    messages = [
        {
            "key": f"{notice.id}.{recipient.account_id or 'body'}",
            "board_id": case.board_id,
            "notice_id": notice.id,
            "account_id": recipient.account_id,
            "address": recipient.address,
            "language": recipient.language,
            "state": "waiting",
            "digest_at": (
                time_source.next_at(now, DIGEST_TIME)
                if recipient.daily_digest and not urgent
                else None
            ),
            "attempts": 0,
            "why": "",
        }
        for recipient in recipients
    ]
    db.append(session, OutboxMessage, *messages)
    return notice


def notice_text(
    session: Session, notice: Notice, language: str, base_url: str = ""
) -> tuple[str, str]:
    """Return the subject and body of a notice in a language, `en`, `cy` or `both`."""
    subject, body = _filled(session, notice, language, base_url)
    if notice.data.get("letter"):
        case = session.get_one(Case, notice.case_id)
        role = people.roles_of_case(session, case).get(notice.to_role)
        languages = ("cy", "en") if language == "both" else (language,)
        told = (_TO_POST.say(one).format(to=role.text.say(one)) for one in languages)
        body = "".join(told) + body
    return subject, body


def subject(session: Session, notice: Notice) -> Text:
    """Return the subject of a notice in both languages."""
    english, welsh = (notice_text(session, notice, one)[0] for one in LANGUAGES)
    return Text(english, welsh)


def said(session: Session, notice: Notice) -> tuple[Text, Text]:
    """Return subject and body of a notice in both languages, without the link that it led to."""
    english, welsh = (letter_text(session, notice, one) for one in LANGUAGES)
    return Text(english[0], welsh[0]), Text(english[1], welsh[1])


def letter_text(session: Session, notice: Notice, language: str) -> tuple[str, str]:
    """Return the subject and body of a notice for somebody who can follow no link."""
    subject, body = _filled(session, notice, language, _NOWHERE)
    lines = [line for line in body.splitlines() if _NOWHERE not in line]
    return subject, "\n".join(lines).strip() + "\n"


def _filled(session: Session, notice: Notice, language: str, base_url: str) -> tuple[str, str]:
    case = session.get_one(Case, notice.case_id)
    definitions = deployments.load(session, case.deployment_id)
    letter = _letter(session, case, notice.template)
    role = definitions.roles.get(notice.to_role)
    opens = role.reads_on(case.process) or notice.data.get("letter")
    path = f"/cases/{case.id}" if opens else "/tasks"
    link = f"{base_url}{path}"
    return letter.at(notice.data.get("level", "")).say(
        language,
        {
            "case": Text(case.identifier, case.identifier),
            "link": Text(link, link),
            "timescale": _what_is_due(session, definitions, notice),
            "meeting": _next_meeting(session, case),
        },
    )


def _what_is_due(session: Session, definitions: deployments.Definitions, notice: Notice) -> Text:
    """Return what a clock watches, at which agency, and its last day."""
    timescale = definitions.timescales.get(notice.about)
    if timescale is None:
        return Text(notice.about, notice.about)
    query = select(Item).where(Item.case_id == notice.case_id, Item.key == notice.item_key)
    item = session.scalar(query) if notice.item_key else None
    name = items.with_agency(definitions, timescale.name, item)
    due_on = notice.data.get("due_on")
    if not due_on:
        return name
    day = day_in_words(date.fromisoformat(due_on))
    return Text(f"{name.en}\nLast day: {day.en}", f"{name.cy}\nDiwrnod olaf: {day.cy}")


def _next_meeting(session: Session, case: Case) -> Text:
    """Return when the Board meets next, as the calendar has it when the message is written out.

    Source:  requirements, section 3: the last rung is an item for the next meeting of the Board.
    """
    meeting = meeting_days.next_planned(session, case.board_id, meeting_days.BOARD)
    if meeting is None:
        return _NO_MEETING
    day = day_in_words(meeting.day)
    return Text(f"on {day.en}", f"ar {day.cy}")


def _letter(session: Session, case: Case, template: str) -> Letter:
    """Return the text of a notice: the Board's own, else as the case has it, else a plain one.

    What the Board wrote before an upgrade may be no letter any more; a message still goes out.
    """
    place = f"{deployments.LETTERS}{template}.toml"
    own = own_templates.in_force(session, case.board_id, place)
    with suppress(InvalidDefinition):
        if own is not None:
            return parse_letter(own, place)
    source = deployments.load(session, case.deployment_id).sources.get(place)
    return parse_letter(source, place) if source else _PLAIN


def _recipients(
    session: Session, case: Case, role: str, item_key: str
) -> tuple[list[Recipient], bool]:
    """Return who gets it, and whether it is a letter for somebody else to send on."""
    today = time_source.today(session)
    found = people.holders(session, case, [role], item_key, today)
    if found:
        return list(_to_people(found)), False
    settings = session.get_one(Board, case.board_id).settings or {}
    body = settings.get("bodies", {}).get(role)
    if body:
        entry = body if isinstance(body, dict) else {"address": body}
        return [Recipient(entry["address"], entry.get("language", "both"))], False
    roles = people.roles_of_case(session, case)
    sitting = people.holders(session, case, roles.get(role).meets or (), "", today)
    if sitting:
        return list(_to_people(sitting)), False
    if role in roles.coordinating or _is_of_a_panel(roles, role):
        return [], False
    return list(_to_people(people.holders(session, case, roles.coordinating, "", today))), True


def _is_of_a_panel(roles: Roles, role: str) -> bool:
    """Say whether a role is a body of the case, or a seat in one: nobody is written to by post.

    Who sits there works here; an Extended Review has two reviewers of its own, and none besides.
    """
    bodies = [one for one in roles.rows.values() if one.scope == "case" and one.meets is not None]
    return any(role == body.key or role in (body.meets or ()) for body in bodies)


def _to_people(holders: list[people.Holder]) -> Iterator[Recipient]:
    for holder in holders:
        yield Recipient(
            holder.email, holder.language, holder.account_id, daily_digest=holder.daily_digest
        )
