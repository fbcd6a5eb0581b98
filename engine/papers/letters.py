"""Make the letters that go by post to people without accounts ready to print."""

from __future__ import annotations

import uuid
from itertools import zip_longest

from engine import db, deliveries, store, time_source
from engine.papers import words
from engine.papers.letterheads import read_letterhead
from engine.papers.model import Block, Heading, Paper, Paragraph
from engine.people import Actor
from engine.texts import Text, day_in_words


def print_letter(case_id: uuid.UUID, notice_id: uuid.UUID, actor: Actor) -> Paper:
    """Return a letter for somebody who has neither account nor e-mail as a paper.

    Raises:  NotFound; AccessDenied, for whoever does not co-ordinate the case.
    """
    page = deliveries.letter_page(case_id, notice_id, actor)
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        head = read_letterhead(session, file.case.board_id)
        today = time_source.local_day(file.now)
    return Paper(
        key=str(notice_id)[:8],
        title=page.subject,
        catalogue="",
        case_identifier=page.identifier,
        about=page.to,
        version=0,
        newest=0,
        written_at=words.moment(page.at),
        printed_on=day_in_words(today),
        letterhead=head,
        marks=(),
        blocks=letter_blocks(None, page.body),
    )


def letter_blocks(subject: Text | None, body: Text) -> tuple[Block, ...]:
    """Return a letter as the parts of a paper, paragraph by paragraph.

    A language that says it in fewer paragraphs leaves the last of the other by themselves.
    """
    both = zip_longest(_paragraphs(body.en), _paragraphs(body.cy), fillvalue="")
    head = () if subject is None else (Heading(subject),)
    return (*head, *(Paragraph(Text(en, cy)) for en, cy in both))


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
