"""The forms that are shipped ask so that nobody is misled: held over each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import forms
from engine.forms.answers import Problem
from engine.forms.wording import say

FORMS = sorted((Path(__file__).parents[3] / "forms").glob("*.json"))

_LEAVE_EMPTY = re.compile(
    r"\b(?:leave|gadewch|gadael)\b[^.]*\b(?:empty|blank|wag)\b", re.IGNORECASE
)


def _read(path: Path) -> forms.Form:
    return forms.parse_form(path.read_bytes(), path.name)


def _fields(fields: tuple[forms.Field, ...]) -> Iterator[forms.Field]:
    for entry in fields:
        yield entry
        yield from _fields(entry.columns)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_no_hint_offers_to_leave_empty_what_must_be_answered(path: Path) -> None:
    form = _read(path)
    misleading = [
        (section.id, entry.key, language)
        for section in form.sections
        for entry in _fields(section.fields)
        if entry.validate.required
        for language in ("en", "cy")
        if _LEAVE_EMPTY.search(entry.hint(language))
    ]
    assert misleading == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_question_of_a_section_that_lacks_an_answer_says_so_in_its_own_words(
    path: Path,
) -> None:
    twice = []
    for section in _read(path).sections:
        said = [
            say(entry, Problem("required"))
            if entry.validate.required
            else say(entry, Problem("requiredWhen"))
            for entry in _fields(section.fields)
            if entry.has_input and (entry.validate.required or entry.validate.required_when)
        ]
        for language in ("en", "cy"):
            counted = Counter(getattr(text, language) for text in said)
            twice += [(section.id, text) for text, times in counted.items() if times > 1]
    assert twice == []
