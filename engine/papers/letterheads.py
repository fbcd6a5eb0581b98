"""Keep what stands at the head of a Board's papers: its address in both languages, its logo."""

from __future__ import annotations

import uuid
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import audit, db, uploads
from engine.errors import EngineError, NotFound
from engine.models import Board
from engine.models import Letterhead as LetterheadRow
from engine.papers.model import Letterhead
from engine.texts import Text

#: A logo is in every paper, and a page of the browser carries it in its text.
MOST_LOGO_BYTES = 200_000
_LOGO_KINDS = ("image/png", "image/jpeg")


class LogoRefused(EngineError):
    """A logo is a PNG or JPEG picture of at most 200 kB. Choose another file."""

    status = 422


class AddressInOneLanguage(EngineError):
    """An address stands in English and in Welsh. Give both, or neither."""

    status = 422


def read_letterhead(session: Session, board_id: uuid.UUID) -> Letterhead:
    """Return the head of a Board's papers; of one that has set none, its name alone."""
    board = session.get_one(Board, board_id)
    name = Text(board.name_en, board.name_cy)
    row = session.get(LetterheadRow, board_id)
    if row is None:
        return Letterhead(name)
    address = Text(row.address_en, row.address_cy)
    return Letterhead(name, address, row.logo or b"", row.logo_type)


def set_letterhead(
    key: str,
    address: Text,
    logo_name: str = "",
    logo: bytes = b"",
    *,
    actor: str = audit.SYSTEM,
    keep_logo: bool = False,
) -> None:
    """Set address and logo of the Board with a key; without a logo it has none.

    Takes:   keep_logo, where the logo that is there stays, if no other is given.

    Raises:  NotFound; AddressInOneLanguage; LogoRefused; UploadRefused, for a file that is not
             what its name says.
    """
    if bool(address.en.strip()) != bool(address.cy.strip()):
        raise AddressInOneLanguage
    if len(logo) > MOST_LOGO_BYTES:
        raise LogoRefused
    kind = ""
    if logo:
        kind = uploads.look_over(uploads.in_use(), logo_name, BytesIO(logo)).media_type
    if logo and kind not in _LOGO_KINDS:
        raise LogoRefused
    with db.transaction() as session:
        board = session.scalars(select(Board).where(Board.key == key)).one_or_none()
        if board is None:
            raise NotFound
        row = session.get(LetterheadRow, board.id)
        if row is None:
            row = LetterheadRow(board_id=board.id)
            session.add(row)
        row.address_en, row.address_cy = address.en.strip(), address.cy.strip()
        if logo or not keep_logo:
            row.logo, row.logo_type = logo or None, kind
        session.flush()
        audit.append(session, "letterhead_set", actor, board_id=board.id, subject=key)
