"""Say things in both languages: a text is English and Welsh, never one alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LANGUAGES = ("en", "cy")

_APOSTROPHES = dict.fromkeys(map(ord, "’‘'`"))
_BETWEEN_WORDS = re.compile(r"[^\w]+")

_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTHS_CY = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi",
    "Hydref", "Tachwedd", "Rhagfyr",
)  # fmt: skip

# After a number a Welsh noun stays singular, and after 2 these two mutate.
_UNITS_EN = {
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "month": ("month", "months"),
    "minute": ("minute", "minutes"),
}
_UNITS_CY = {
    "day": ("diwrnod", "ddiwrnod"),
    "week": ("wythnos", "wythnos"),
    "month": ("mis", "fis"),
    "minute": ("munud", "funud"),
}


@dataclass(frozen=True)
class Text:
    """The same thing said in English and in Welsh."""

    en: str
    cy: str

    def say(self, language: str) -> str:
        """Return the text in a language, `en` or `cy`."""
        return self.cy if language == "cy" else self.en

    def __str__(self) -> str:
        """Return the English, in which the messages of errors are written."""
        return self.en


#: The months, January first.
MONTHS = tuple(map(Text, _MONTHS_EN, _MONTHS_CY))


def day_in_words(day: date) -> Text:
    """Return a day as people write it: 3 July 2026, 3 Gorffennaf 2026."""
    return Text(
        en=f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}",
        cy=f"{day.day} {_MONTHS_CY[day.month - 1]} {day.year}",
    )


def fold(text: str) -> str:
    """Return a text without what people write differently: case, accents, signs, spaces."""
    words = _BETWEEN_WORDS.sub(" ", without_accents(text).replace("_", " ").translate(_APOSTROPHES))
    return " ".join(words.split())


def without_accents(text: str) -> str:
    """Return a text in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def of_both_languages(written: str) -> Text:
    """Return a text whose parts, set apart by "; ", are each written "English / Cymraeg".

    A part with no " / ", such as an identifier, is the same in both languages.
    """
    parts = [part.partition(" / ") for part in written.split("; ")]
    return Text(
        en="; ".join(en for en, _, _ in parts),
        cy="; ".join(cy if apart else en for en, apart, cy in parts),
    )


def pounds(amount: int | float) -> str:
    """Return an amount of pounds as people write it, with pence only where there are any."""
    exact = Decimal(str(amount))
    return f"£{exact:,}" if exact == exact.to_integral_value() else f"£{exact:,.2f}"


def count(number: int, unit: str) -> Text:
    """Return a number of some unit of time, each language with its own form of the noun."""
    one, many = _UNITS_EN[unit]
    plain, after_two = _UNITS_CY[unit]
    return Text(
        en=f"{number} {one if number == 1 else many}",
        cy=f"{number} {after_two if number == 2 else plain}",
    )
