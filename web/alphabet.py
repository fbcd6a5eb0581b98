"""Put what people read in lists into the order of the alphabet of the page's language.

In Welsh ch, dd, ff, ng, ll, ph, rh and th are letters of their own: Dafydd comes before Ddraig, and
Lewis before Llinos. No rule of spelling says whether n and g belong together in a name, so names in
which they do not stand in `_APART`; r and h are one letter at the beginning of a word only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from web.addresses import Language, current_language

Listed = TypeVar("Listed")

_WELSH = (
    "a", "b", "c", "ch", "d", "dd", "e", "f", "ff", "g", "ng", "h", "i", "j", "k", "l", "ll", "m",
    "n", "o", "p", "ph", "q", "r", "rh", "s", "t", "th", "u", "v", "w", "x", "y", "z",
)  # fmt: skip
_PLACES = {letter: place for place, letter in enumerate(_WELSH)}
_LETTERS = re.compile("ch|dd|ff|ng|ll|ph|(?<![a-z])rh|th|[a-z]")
#: Beginnings of names in which n and g are two letters.
_APART = re.compile(r"\b(bangor|llang|langford|langley|langdon)")


def in_order(things: Iterable[Listed], said: Callable[[Listed], str]) -> list[Listed]:
    """Return things in the order of the alphabet of the page.

    Takes:   said, what people read of a thing.
    """
    language = current_language()
    return sorted(things, key=lambda each: place(said(each), language))


def place(text: str, language: Language) -> tuple[Any, ...]:
    """Return a key that sorts texts as a dictionary of the language does."""
    plain = _without_accents(text.casefold())
    words = re.findall(r"[a-z]+|[0-9]+", plain.replace("’", "").replace("'", ""))
    return tuple(_word(word, language) for word in words), plain, text


def _word(word: str, language: Language) -> tuple[int, ...]:
    """Return a word's letters as places in the alphabet; numbers come first, by their size."""
    if word.isdigit():
        return (-1, int(word))
    if language == "en":
        return tuple(ord(letter) for letter in word)
    apart = _APART.match(word)
    letters = [
        *(_letters_apart(apart[1]) if apart else ()),
        *_LETTERS.findall(word[apart.end() :] if apart else word),
    ]
    return tuple(_PLACES[letter] for letter in letters)


def _letters_apart(beginning: str) -> list[str]:
    before, after = beginning.split("ng", 1)
    return [*_LETTERS.findall(before), "n", "g", *_LETTERS.findall(after)]


def _without_accents(text: str) -> str:
    split = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter))
