"""How long the content gate takes to look through a report for those whom its case knows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from engine import identifiers
from engine.identifiers import FAMILY, Identifier
from tests.bench.figures import MILLISECONDS, Row, Scale, Times, at_most
from tests.bench.house import House

#: Sixty pages of five hundred words, and sixty people.
WORDS, PEOPLE = 30_000, 60
MOST_SECONDS = 1.0
_SAID = ("the", "service", "met", "with", "family", "and", "agreed", "Panel", "Gwaith", "Plentyn")


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Look through one long report."""
    chance = random.Random(6)
    names = [
        f"{chance.choice('CMPTGB')}{'aeiou'[n % 5]}rith{'abcdefg'[n % 7]}ab Dwyn{'klmnop'[n % 6]}"
        for n in range(PEOPLE)
    ]
    text = " ".join(chance.choice(_SAID) + ("." if n % 15 == 0 else "") for n in range(WORDS))
    register = identifiers.register(Identifier(FAMILY, name) for name in names)
    times = Times.none()
    with times.one():
        register.find(text)
    what = "content check of a report of 30,000 words, 60 people"
    yield at_most(what, times.median_cpu / MILLISECONDS, "s of processor", MOST_SECONDS)
