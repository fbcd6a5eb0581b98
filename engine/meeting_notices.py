"""Put together what the members of a body are written of a meeting: no case data, and no place."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import people
from engine.models import Board, Case, Meeting, MeetingNotice, OutboxMessage
from engine.texts import Text, day_in_words

_INVITED = (
    Text("Adolygu: meeting on {day}", "Adolygu: cyfarfod ar {day}"),
    Text(
        "You are invited to a meeting.\n\n{body}, {board}\n{day}, {at}\n\n"
        "Sign in for the place, the agenda and the papers: {link}",
        "Fe’ch gwahoddir i gyfarfod.\n\n{body}, {board}\n{day}, {at}\n\n"
        "Mewngofnodwch i weld y lleoliad, yr agenda a’r papurau: {link}",
    ),
)
_CANCELLED = (
    Text("Adolygu: no meeting on {day}", "Adolygu: dim cyfarfod ar {day}"),
    Text(
        "This meeting does not take place.\n\n{body}, {board}\n{day}, {at}\n\n"
        "Sign in to see more: {link}",
        "Ni chynhelir y cyfarfod hwn.\n\n{body}, {board}\n{day}, {at}\n\n"
        "Mewngofnodwch i weld mwy: {link}",
    ),
)


def message_text(
    session: Session, message: OutboxMessage, language: str, base_url: str
) -> tuple[str, str]:
    """Return subject and body of a message about a meeting, in the language of its reader.

    A meeting that was cancelled before the message went out is told as cancelled.
    """
    row = session.get_one(MeetingNotice, message.meeting_notice_id)
    meeting = session.get_one(Meeting, row.meeting_id)
    board = session.get_one(Board, meeting.board_id)
    case = session.get_one(Case, meeting.case_id) if meeting.case_id else None
    body = people.roles_of_board(session, board.id).get(meeting.body).text
    is_off = row.kind == "cancelled" or meeting.state == "cancelled"
    subject, text = _CANCELLED if is_off else _INVITED
    said = {
        "body": body.say(language) + (f", {case.identifier}" if case else ""),
        "board": Text(board.name_en, board.name_cy).say(language),
        "day": day_in_words(row.day).say(language),
        "at": row.begins,
        "link": f"{base_url}{'/cy' if language == 'cy' else ''}/meetings/{meeting.id}",
    }
    return subject.say(language).format(**said), text.say(language).format(**said) + "\n"
