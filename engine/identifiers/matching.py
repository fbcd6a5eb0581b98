"""Hold a text against the identifiers of a case: names however they are written, and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from engine.identifiers import patterns, words
from engine.identifiers.folding import Folded, fold
from engine.identifiers.welsh import mutations, with_h

#: What an identifier may be. Those that are found by their shape stand in `SHAPES`.
FAMILY, PERSON, BORN, ADDRESS, SCHOOL = "family", "person", "born", "address", "school"
PLACE = "place"
CASE_NUMBER, INITIALS = "case_number", "initials"
POSTCODE, PHONE, EMAIL, NUMBER = "postcode", "phone", "email", "number"

_TOKEN = re.compile(r"[^\W_]+")
_NAME_PART = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_BETWEEN = re.compile(r"[\s,.'&-]{0,4}")
_BROKEN = re.compile(r"-\s{0,2}")
_SHORTEST_ANY_CASE = 4


@dataclass(frozen=True)
class Identifier:
    """Something that a case knows and a report must not say: a kind, and what it is.

    `value` is a name, a line of an address, a school or the number of a case; `day`, of a birth.
    """

    kind: str
    value: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Hit:
    """A stretch of a text that identifies somebody, and of which kind it is.

    One that is `sure` is no word of either language by itself.
    """

    start: int
    end: int
    kind: str
    sure: bool


@dataclass(frozen=True)
class _Form:
    """One way in which an identifier may be written: words in small letters, what must be so."""

    tokens: tuple[str, ...]
    kind: str
    capital: bool = True
    after: frozenset[str] = frozenset()
    upper: bool = False
    sure: bool = True
    month: bool = False


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str
    lower: str


@dataclass
class Register:
    """The identifiers of a case, ready to be looked for."""

    by_first: dict[str, list[_Form]] = field(default_factory=dict)
    days: frozenset[date] = frozenset()
    own_number: str = ""
    #: What is named on purpose, such as the Board, in small letters.
    allowed: tuple[str, ...] = ()

    def find(self, text: str, *, shapes: bool = True) -> list[Hit]:
        """Return what in a text identifies somebody, in its order, no two overlapping.

        Takes:   shapes, false to look for what the case knows and no more.
        """
        folded = fold(text)
        return [_unfolded(folded, hit) for hit in self.find_in(folded, shapes=shapes)]

    def find_in(self, folded: Folded, *, shapes: bool = True) -> list[Hit]:
        """Return the same of a text in plain letters, by where it stands in these."""
        found = [*self._names(folded), *self._days(folded, shapes)]
        if shapes:
            found += self._shapes(folded)
        if not found:
            return []
        allowed = list(self._allowed(folded.text))
        found = [
            hit for hit in found if not any(a <= hit.start and hit.end <= b for a, b in allowed)
        ]
        return _apart(found)

    def _names(self, folded: Folded) -> Iterator[Hit]:
        text = folded.text
        # In most texts nobody is named; a name may be broken at a hyphen.
        if "-" not in text and self.by_first.keys().isdisjoint(_TOKEN.findall(text.lower())):
            return
        tokens = [
            _Token(m.start(), m.end(), m.group(), m.group().lower()) for m in _TOKEN.finditer(text)
        ]
        for at, token in enumerate(tokens):
            for form in self.by_first.get(token.lower, ()):
                if (last := _stands(form, text, tokens, at)) is not None:
                    yield Hit(token.start, tokens[last].end, form.kind, form.sure)
            if at + 1 < len(tokens) and _BROKEN.fullmatch(text, token.end, tokens[at + 1].start):
                whole = token.lower + tokens[at + 1].lower
                for form in self.by_first.get(whole, ()):
                    if len(form.tokens) == 1 and _fits(form, text, tokens, at, at + 1):
                        yield Hit(token.start, tokens[at + 1].end, form.kind, form.sure)

    def _days(self, folded: Folded, shapes: bool) -> Iterator[Hit]:
        for start, end, day in patterns.days_in(folded.text):
            if day in self.days or (shapes and patterns.is_of_birth(folded.text, start, end)):
                yield Hit(start, end, BORN, day in self.days)

    def _shapes(self, folded: Folded) -> Iterator[Hit]:
        for needed, shapes in _SHAPES:
            if not needed.search(folded.text):
                continue
            for pattern, kind, found in _shaped(shapes, folded.text):
                own = kind == CASE_NUMBER and found.group() == self.own_number
                wrong = pattern is patterns.NHS_NUMBER and not patterns.is_nhs_number(found.group())
                if not own and not wrong:
                    yield Hit(found.start(), found.end(), kind, False)

    def _allowed(self, text: str) -> Iterator[tuple[int, int]]:
        lower = text.lower()
        for phrase in self.allowed:
            at = lower.find(phrase)
            while at >= 0:
                yield at, at + len(phrase)
                at = lower.find(phrase, at + 1)


#: What is found by its shape, behind what it never goes without: most texts have none of that,
#: and looking for it first takes a tenth of the time.
_SHAPES = (
    (re.compile("@"), ((patterns.EMAIL, EMAIL),)),
    (patterns.STREET, ((patterns.ADDRESS, ADDRESS),)),
    (re.compile("Ysgol|School"), ((patterns.SCHOOL, SCHOOL),)),
    (
        re.compile(r"\d"),
        (
            (patterns.POSTCODE, POSTCODE),
            (patterns.NHS_NUMBER, NUMBER),
            (patterns.INSURANCE_NUMBER, NUMBER),
            (patterns.PHONE, PHONE),
            (patterns.CASE_NUMBER, CASE_NUMBER),
        ),
    ),
)
_Shape: TypeAlias = tuple[re.Pattern[str], str]


def _shaped(
    shapes: Iterable[_Shape], text: str
) -> Iterator[tuple[re.Pattern[str], str, re.Match[str]]]:
    for pattern, kind in shapes:
        for found in pattern.finditer(text):
            yield pattern, kind, found


def register(
    identifiers: Iterable[Identifier], *, own_number: str = "", allowed: Iterable[str] = ()
) -> Register:
    """Return the identifiers of a case in every form in which they may be written."""
    given = list(identifiers)
    phrases = tuple(fold(each).text.lower() for each in allowed if each)
    named = {word for phrase in phrases for word in _TOKEN.findall(phrase)}
    made = Register(
        days=frozenset(each.day for each in given if each.day is not None),
        own_number=own_number,
        allowed=(*phrases, *([own_number.lower()] if own_number else [])),
    )
    seen: set[_Form] = set()
    for each in given:
        for form in _forms(each, named):
            if form not in seen:
                seen.add(form)
                made.by_first.setdefault(form.tokens[0], []).append(form)
    return made


def _forms(identifier: Identifier, named: set[str]) -> Iterator[_Form]:
    if identifier.kind in (FAMILY, PERSON):
        yield from _forms_of_name(identifier)
    elif identifier.kind == ADDRESS:
        for line in _lines_of_address(identifier.value):
            if len(line) > 1 or line[0].lower() not in named:
                yield from _forms_of_phrase(line, ADDRESS, sure=line[0].lower() not in words.COMMON)
    elif identifier.kind == SCHOOL:
        yield from _forms_of_school(identifier.value)
    elif identifier.kind == PLACE:
        yield from _forms_of_place(identifier.value)
    elif identifier.kind == CASE_NUMBER:
        tokens = tuple(_TOKEN.findall(fold(identifier.value).text.lower()))
        if tokens:
            yield _Form(tokens, CASE_NUMBER, capital=False)


def _forms_of_name(identifier: Identifier) -> Iterator[_Form]:
    parts = _NAME_PART.findall(fold(identifier.value).text)
    telling = [part for part in parts if len(part) > 1 and part.lower() not in words.NEVER_NAMES]
    if len(parts) > 1 and telling:
        yield from _forms_of_whole(parts, identifier.kind)
    for number, part in enumerate(telling):
        yield from _forms_of_word(part, identifier.kind, is_first=number == 0)
        pieces = re.split(r"['-]", part)
        if len(pieces) > 1:
            yield from _forms_of_phrase(pieces, identifier.kind, sure=True)
            for piece in pieces:
                if len(piece) > 2 and piece.lower() not in words.NEVER_NAMES:
                    yield from _forms_of_word(piece, identifier.kind, is_first=False)
    yield from _forms_of_initials(telling, identifier.kind)


def _forms_of_whole(parts: list[str], kind: str) -> Iterator[_Form]:
    tokens = [piece for part in parts for piece in re.split(r"['-]", part)]
    yield _Form(tuple(token.lower() for token in tokens), kind, capital=False)
    # A middle name is left out more often than not.
    if len(parts) > 2:
        ends = [*re.split(r"['-]", parts[0]), *re.split(r"['-]", parts[-1])]
        yield _Form(tuple(token.lower() for token in ends), kind, capital=False)


def _forms_of_word(part: str, kind: str, *, is_first: bool) -> Iterator[_Form]:
    """Yield a word of a name by itself: as it is, of several, mutated."""
    word = re.sub(r"['-]", "", part)
    lower = word.lower()
    common = lower in words.COMMON or lower in words.ALSO_WORDS
    long = len(word) >= _SHORTEST_ANY_CASE
    any_case = is_first and long and not common and lower not in words.WITH_CAPITAL
    month = lower in words.MONTH_NUMBERS
    sure = not common
    for each in (lower, *_plurals(lower)):
        yield _Form((each,), kind, capital=not any_case, sure=sure, month=month)
    for each in (word, *_plurals(lower)):
        for changed in mutations(each):
            yield from _mutated(changed.lower(), kind, words.TRIGGERS, sure=sure)
    if (changed_by_h := with_h(word)) is not None:
        yield _Form((changed_by_h.lower(),), kind, after=words.H_TRIGGERS, sure=False)


def _mutated(form: str, kind: str, triggers: frozenset[str], *, sure: bool) -> Iterator[_Form]:
    if len(form) < 2:
        return
    is_word = form in words.COMMON or form in words.ALSO_WORDS or len(form) <= 3
    after = triggers if is_word else frozenset[str]()
    yield _Form((form,), kind, after=after, sure=sure and not is_word)


def _plurals(word: str) -> Iterator[str]:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        yield word + "es"
    else:
        yield word + "s"
    if word.endswith("y") and len(word) > 3:
        yield word[:-1] + "ies"
    # Welsh names take these when there are several of them.
    if len(word) > 3:
        yield from (word + "iaid", word + "od")


def _forms_of_phrase(pieces: list[str], kind: str, *, sure: bool) -> Iterator[_Form]:
    rest = tuple(piece.lower() for piece in pieces[1:])
    yield _Form((pieces[0].lower(), *rest), kind, sure=sure)
    if len(pieces) == 1:
        for changed in mutations(pieces[0]):
            yield from _mutated(changed.lower(), kind, words.TRIGGERS, sure=sure)
        return
    for changed in mutations(pieces[0]):
        yield _Form((changed.lower(), *rest), kind, sure=sure)


def _forms_of_initials(parts: list[str], kind: str) -> Iterator[_Form]:
    letters = [part[0].lower() for part in parts]
    if len(letters) < 2:
        return
    for chosen in {tuple(letters), (letters[0], letters[-1])}:
        yield _Form(chosen, INITIALS, upper=True, sure=False)
        together = "".join(chosen)
        if kind == FAMILY and together not in words.ACRONYMS:
            yield _Form((together,), INITIALS, upper=True, sure=False)


def _forms_of_school(value: str) -> Iterator[_Form]:
    pieces = _TOKEN.findall(fold(value).text)
    telling = [
        piece for piece in pieces if piece.lower() not in words.OF_SCHOOLS | words.NEVER_NAMES
    ]
    if not telling or len(telling) == len(pieces):
        return
    yield from _forms_of_phrase(pieces, SCHOOL, sure=True)
    if len(telling) > 1 or telling[0].lower() not in words.COMMON:
        yield from _forms_of_phrase(telling, SCHOOL, sure=False)


def _forms_of_place(value: str) -> Iterator[_Form]:
    """Yield a place by its whole name: a part of one, such as a town, tells less than it hides."""
    pieces = _TOKEN.findall(fold(value).text)
    if pieces:
        sure = len(pieces) > 1 or pieces[0].lower() not in words.COMMON | words.ALSO_WORDS
        yield from _forms_of_phrase(pieces, PLACE, sure=sure)


def _lines_of_address(value: str) -> Iterator[list[str]]:
    """Yield the words of each line of an address that names a place: a house, a street, a town."""
    text = fold(value).text
    looks_like_one = patterns.POSTCODE.search(text) or patterns.ADDRESS.search(text)
    if not looks_like_one and not re.search(r"(?m)^\s*\d{1,4}[a-z]?,?\s+[A-Z]", text):
        return
    for pattern in (patterns.POSTCODE, patterns.EMAIL, patterns.PHONE):
        text = pattern.sub(" , ", text)
    for line in re.split(r"[,;\n:]|\.\s", text):
        pieces = [piece for piece in _TOKEN.findall(line) if not piece[0].isdigit()]
        telling = [piece for piece in pieces if piece.lower() not in words.WIDE]
        if telling and len(pieces) <= 5 and pieces[0][0].isupper() and len("".join(telling)) > 3:
            yield pieces


def _stands(form: _Form, text: str, tokens: list[_Token], at: int) -> int | None:
    """Return the number of the last word of a form that begins at a word of a text."""
    last = at + len(form.tokens) - 1
    if last >= len(tokens):
        return None
    for number in range(1, len(form.tokens)):
        token = tokens[at + number]
        if token.lower != form.tokens[number]:
            return None
        if not _BETWEEN.fullmatch(text, tokens[at + number - 1].end, token.start):
            return None
    return last if _fits(form, text, tokens, at, last) else None


def _fits(form: _Form, text: str, tokens: list[_Token], at: int, last: int) -> bool:
    first = tokens[at]
    if form.upper:
        return _are_initials(form, text, tokens, at, last)
    if form.capital and not first.text[0].isupper():
        return False
    before = tokens[at - 1].lower if at else ""
    if form.after and before not in form.after:
        return False
    return not (form.month and _is_month(tokens, at, before))


def _are_initials(form: _Form, text: str, tokens: list[_Token], at: int, last: int) -> bool:
    if not all(tokens[number].text.isupper() for number in range(at, last + 1)):
        return False
    if len(form.tokens) == 1:
        return True
    # C.M. and C M, but not the end of one sentence and the beginning of the next.
    between = [text[tokens[n].end : tokens[n + 1].start] for n in range(at, last)]
    if all(gap.startswith(".") for gap in between):
        return text[tokens[at].start - 1 : tokens[at].start] != "."
    return all(gap == " " for gap in between)


def _is_month(tokens: list[_Token], at: int, before: str) -> bool:
    after = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    return before in words.BEFORE_MONTHS or before[:1].isdigit() or after[:1].isdigit()


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Return hits of which none overlaps another: the longer one stands, then the surer one."""
    kept: list[Hit] = []
    end = -1
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, not hit.sure, hit.kind)):
        if hit.start >= end:
            kept.append(hit)
            end = hit.end
        elif hit.end > end:
            # It begins inside another and goes on after it: what stands there is marked as well.
            kept.append(Hit(end, hit.end, hit.kind, hit.sure))
            end = hit.end
    return kept


def _unfolded(folded: Folded, hit: Hit) -> Hit:
    start, end = folded.span(hit.start, hit.end)
    return Hit(start, end, hit.kind, hit.sure)
