"""Read a text without its typography: accents, dashes, apostrophes and signs nobody sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_APOSTROPHES = "\u2019\u2018\u201b\u02bc\u02b9\u2032`\u00b4\uff07"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_LETTERS = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "Ae",
            "œ": "oe", "Œ": "Oe", "\u0131": "i"}  # fmt: skip
_OTHER = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Folded:
    """A text in plain letters, and where each sign of it stands in the text as it was written."""

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the plain text stands in what was written."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """Return a text in plain letters; its words and signs keep their order."""
    if text.isascii():
        return Folded(text, range(len(text)))
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for other in _OTHER.finditer(text):
        at = other.start()
        pieces.append(text[done:at])
        origin.extend(range(done, at))
        plain = _plain(other.group())
        pieces.append(plain)
        origin.extend([at] * len(plain))
        done = at + 1
    pieces.append(text[done:])
    origin.extend(range(done, len(text)))
    return Folded("".join(pieces), origin)


def _plain(sign: str) -> str:
    if sign in _APOSTROPHES:
        return "'"
    if sign in _DASHES:
        return "-"
    if sign in _LETTERS:
        return _LETTERS[sign]
    if _UNSEEN.match(sign):
        return ""
    taken_apart = unicodedata.normalize("NFKD", sign)
    return "".join(part for part in taken_apart if not unicodedata.combining(part))
