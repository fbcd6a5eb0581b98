"""Say who is who on a case by codes: put names in place of codes, and codes in place of names.

Nothing is stored twice. A text stays as it was written, and is read with one of two faces: for the
Panel, which may know who a code is, or anonymised, where a name that no code can stand in for is
hidden and told. The guidance has no table of codes; it is local practice, proposed (P). Texts say
people by role (CF-17) and the report names nobody (CF-01); the codes are what holds that together.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import identifiers
from engine.identifiers import Folded, Hit, Register, fold
from engine.models import CodeRow, CodeVersion
from engine.texts import MONTHS, Text

CHILD, FAMILY, STAFF, PLACE = "child", "family", "staff", "place"
#: What has a code, in the order in which it is listed.
KINDS = (CHILD, FAMILY, STAFF, PLACE)

#: How the codes of a kind begin. They are words, so that both languages can say them, and
#: “S47” or a postcode is never taken for one.
_BEGINS = {
    CHILD: Text("Child", "Plentyn"),
    FAMILY: Text("Family member", "Aelod o’r teulu"),
    STAFF: Text("Staff member", "Aelod o staff"),
    PLACE: Text("Place", "Lle"),
}
_NUMBER = r"[\s-]{0,3}(\d{1,4})(?![\w/]|[.,:]\d)"
#: A code as people type it, in plain letters, also mutated. “Lle 3” wants its capital, because
#: “yn lle 3” is “in place of 3”.
_TYPED = {
    CHILD: re.compile(rf"(?i:\b(?:child|ph?lentyn|blentyn|mhlentyn)){_NUMBER}"),
    FAMILY: re.compile(rf"(?i:\b(?:family member|h?aelod o'r teulu)){_NUMBER}"),
    STAFF: re.compile(rf"(?i:\b(?:staff member|member of staff|h?aelod o staff)){_NUMBER}"),
    PLACE: re.compile(rf"\b(?:Place|Lle){_NUMBER}"),
}
_FIGURE = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN_WORDS = r"[\s,.'&-]{1,4}"
#: Between people that a cell lists.
_BETWEEN_PEOPLE = re.compile(r"\s*(?:[,;\n]|\band\b|\bac\b|\ba\b)\s*", re.IGNORECASE)

PLAIN, CODE, MONTH, HIDDEN = "plain", "code", "month", "hidden"
#: What stands where something is hidden, in files and in texts that are shortened.
TAKEN_OUT = Text("[taken out]", "[tynnwyd allan]")


@dataclass(frozen=True)
class Code:
    """A code of a case and whom or what it stands for now.

    `also` are other names and spellings; `role` is how texts may say it. One that is not `is_used`
    was given by mistake: its number stays taken, and what it named is still looked for.
    """

    id: uuid.UUID
    kind: str
    number: int
    version: int
    source: str | None
    name: str
    also: tuple[str, ...]
    role: str
    is_used: bool

    @property
    def text(self) -> Text:
        """Return the code itself: Child 1, Plentyn 1."""
        return code_text(self.kind, self.number)

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name by which it goes."""
        return tuple(each for each in (self.name, *self.also) if each)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text with one of its faces.

    `kind` is `plain`, as it was typed; `code`, with whoever it is or the role as `note`; `month`,
    in place of a day; or `hidden`, with the reason as a kind of identifier in `why` and no text.
    """

    kind: str
    text: Text
    note: Text | None = None
    why: str = ""


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    piece: Piece


@dataclass(frozen=True, eq=False)
class CodeTable:
    """The codes of a case, ready to be looked for in many texts.

    `known` is all that identifies somebody on the case (`identity.everybody`).
    """

    codes: tuple[Code, ...]
    known: Register
    #: What was read already: many rows of a timeline say “Child 1, mother”.
    anonymised: dict[str, tuple[Piece, ...]] = field(default_factory=dict)

    @cached_property
    def roles(self) -> Mapping[uuid.UUID, Text | None]:
        """Return the roles of the codes, without those that have come to name somebody."""
        return {
            code.id: Text(code.role, code.role)
            if code.role and not self.known.find(code.role)
            else None
            for code in self.codes
        }

    @cached_property
    def by_number(self) -> Mapping[tuple[str, int], Code]:
        """Return the codes by kind and number."""
        return {(code.kind, code.number): code for code in self.codes}

    @cached_property
    def by_name(self) -> Mapping[tuple[str, ...], Code | None]:
        """Return the codes by the words of each whole name; None for what several are called."""
        found: dict[tuple[str, ...], Code | None] = {}
        for code in self.codes:
            for name in code.names:
                words = _words(name)
                if words and _is_telling(words):
                    found[words] = code if found.get(words, code) is code else None
        return found

    @cached_property
    def names(self) -> re.Pattern[str] | None:
        """Return what finds every whole name in a plain text, the longest first."""
        longest_first = sorted(self.by_name, key=lambda words: (-len(words), words))
        each = (_BETWEEN_WORDS.join(map(re.escape, words)) for words in longest_first)
        whole = "|".join(each)
        return re.compile(rf"(?<![^\W_])(?:{whole})(?![^\W_])", re.IGNORECASE) if whole else None

    @cached_property
    def by_role(self) -> Mapping[str, Code | None]:
        """Return the codes by role; None for a role that several have."""
        found: dict[str, Code | None] = {}
        for code in self.codes:
            if code.is_used and code.role and code.name:
                role = plain(code.role)
                found[role] = None if role in found else code
        return found


def code_text(kind: str, number: int) -> Text:
    """Return the code of a kind with a number: Child 1, Plentyn 1."""
    begins = _BEGINS[kind]
    return Text(f"{begins.en} {number}", f"{begins.cy} {number}")


def of_case(session: Session, case_id: uuid.UUID) -> tuple[Code, ...]:
    """Return the codes of a case as they now stand, by kind and number."""
    query = (
        select(CodeRow, CodeVersion.content)
        .join(CodeVersion, CodeVersion.code_id == CodeRow.id)
        .where(CodeRow.case_id == case_id, CodeVersion.number == CodeRow.version)
        .order_by(CodeRow.number, CodeRow.id)
    )
    found = [as_code(row, content) for row, content in session.execute(query)]
    return tuple(sorted(found, key=lambda code: KINDS.index(code.kind)))


def as_code(row: CodeRow, content: Mapping[str, Any]) -> Code:
    """Return a code with whom it stands for in a version of it."""
    return Code(
        id=row.id,
        kind=row.kind,
        number=row.number,
        version=row.version,
        source=row.source,
        name=str(content["name"]),
        also=tuple(str(each) for each in content["also"]),
        role=str(content["role"]),
        is_used=bool(content["is_used"]),
    )


def identifiers_of(codes: Iterable[Code]) -> Iterator[identifiers.Identifier]:
    """Yield what the codes know of people and places, to be looked for where nobody is named."""
    kinds = {
        CHILD: identifiers.FAMILY,
        FAMILY: identifiers.FAMILY,
        STAFF: identifiers.PERSON,
        PLACE: identifiers.PLACE,
    }
    for code in codes:
        for name in code.names:
            yield identifiers.Identifier(kinds[code.kind], name)


def personalised(table: CodeTable, text: str, *, lists_people: bool = False) -> tuple[Piece, ...]:
    """Return a text for whoever may know who a code is: each code is followed by who it is.

    Takes:   lists_people, for an answer that lists people by role, where a role that only one
             code has tells who it is as well. In other texts “the father” may be anybody’s.
    """
    folded = fold(text)
    spans = [
        _Span(start, end, Piece(CODE, _same(text, folded, start, end), _known_as(code)))
        for start, end, code in _typed(table, folded)
        if code.name
    ]
    if lists_people:
        spans += _roles_in(table, text, folded)
    return tuple(_pieces(text, folded, _apart(spans)))


def anonymised(table: CodeTable, text: str) -> tuple[Piece, ...]:
    """Return a text as those read it who may not know anybody in it: codes and roles only.

    A whole name of one code is replaced by the code, and a day by its month. Whatever else
    identifies somebody (a mutated name, a part of one, initials, an address) is hidden, because
    nobody but a person can say who is meant; it needs somebody’s attention.
    """
    if text not in table.anonymised:
        table.anonymised[text] = tuple(_anonymised(table, text))
    return table.anonymised[text]


def _anonymised(table: CodeTable, text: str) -> Iterable[Piece]:
    folded = fold(text)
    named = list(_named(table, folded))
    hits = [hit for hit in table.known.find_in(folded) if not _is_inside(hit, named)]
    hidden = [_Span(hit.start, hit.end, Piece(HIDDEN, Text("", ""), why=hit.kind)) for hit in hits]
    # A name of a code that goes on in another one is no such name: all of it is hidden.
    hidden += [
        _Span(start, end, Piece(HIDDEN, Text("", ""), why=hit.kind))
        for start, end, _ in named
        for hit in hits
        if start <= hit.end and hit.start <= end
    ]
    replaced = [
        _Span(start, end, Piece(CODE, code.text, table.roles[code.id]))
        for start, end, code in named
    ]
    typed = [
        _Span(start, end, Piece(CODE, _same(text, folded, start, end), table.roles[code.id]))
        for start, end, code in _typed(table, folded)
    ]
    months = [_Span(start, end, Piece(MONTH, month(day))) for start, end, day in _days(folded)]
    kept = _merged(hidden)
    for spans in (replaced, typed, months):
        kept += [one for one in _apart(spans) if not any(_touch(one, other) for other in kept)]
    return _pieces(text, folded, sorted(kept, key=lambda span: span.start))


def plain(text: str) -> str:
    """Return a text in plain small letters with single spaces, to see whether two are the same."""
    return " ".join(fold(text).text.lower().split())


def people_listed(text: str) -> list[str]:
    """Return the people that an answer lists, such as “Health visitor, midwife”."""
    return [each.strip() for each in _BETWEEN_PEOPLE.split(text) if each.strip()]


def needs_attention(pieces: Iterable[Piece]) -> bool:
    """Say whether something in a text had to be hidden."""
    return any(piece.kind == HIDDEN for piece in pieces)


def said(pieces: Iterable[Piece]) -> Text:
    """Return a text with its face on one line of signs, for files and for shortening."""
    parts = [_said(piece) for piece in pieces]
    return Text("".join(part.en for part in parts), "".join(part.cy for part in parts))


def month(day: date) -> Text:
    """Return the month of a day: March 2026, Mawrth 2026."""
    name = MONTHS[day.month - 1]
    return Text(f"{name.en} {day.year}", f"{name.cy} {day.year}")


def age(born: date, day: date) -> int | None:
    """Return how many years old somebody was on a day; None before they were born."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years if years >= 0 else None


def _said(piece: Piece) -> Text:
    if piece.kind == HIDDEN:
        return TAKEN_OUT
    if piece.note is None:
        return piece.text
    return Text(f"{piece.text.en} ({piece.note.en})", f"{piece.text.cy} ({piece.note.cy})")


def _same(text: str, folded: Folded, start: int, end: int) -> Text:
    begin, stop = folded.span(start, end)
    return Text(text[begin:stop], text[begin:stop])


def _known_as(code: Code) -> Text:
    return Text(code.name, code.name)


def _typed(table: CodeTable, folded: Folded) -> Iterator[tuple[int, int, Code]]:
    """Yield the codes that stand in a text: where, and which."""
    if not _FIGURE.search(folded.text):
        return
    for kind, pattern in _TYPED.items():
        for found in pattern.finditer(folded.text):
            code = table.by_number.get((kind, int(found[1])))
            if code is not None:
                yield found.start(), found.end(), code


def _named(table: CodeTable, folded: Folded) -> Iterator[tuple[int, int, Code]]:
    """Yield whole names that exactly one code has: where, and which code."""
    if table.names is None:
        return
    for found in table.names.finditer(folded.text):
        words = _words(found.group())
        code = table.by_name[words]
        # A name of one word is a name only with its capital.
        if code is not None and (len(words) > 1 or found.group()[0].isupper()):
            yield found.start(), found.end(), code


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text).text.lower()))


def _is_telling(words: tuple[str, ...]) -> bool:
    """Say whether a name is more than a word of either language, which means nobody by itself."""
    common = identifiers.COMMON | identifiers.ALSO_WORDS
    return len(words) > 1 or (len(words[0]) > 1 and words[0] not in common)


def _roles_in(table: CodeTable, text: str, folded: Folded) -> Iterator[_Span]:
    """Yield the people of a list whose role only one code has."""
    start = 0
    for gap in [*_BETWEEN_PEOPLE.finditer(folded.text), None]:
        end = gap.start() if gap is not None else len(folded.text)
        whole = folded.text[start:end].strip()
        code = table.by_role.get(plain(whole))
        if code is not None:
            at = folded.text.index(whole, start)
            stop = at + len(whole)
            yield _Span(at, stop, Piece(CODE, _same(text, folded, at, stop), _known_as(code)))
        start = gap.end() if gap is not None else end


def _days(folded: Folded) -> Iterator[tuple[int, int, date]]:
    end = -1
    for start, stop, day in identifiers.days_in(folded.text):
        # A year of two figures may be of either century: the first one stands.
        if start >= end:
            end = stop
            yield start, stop, day


def _is_inside(hit: Hit, named: Iterable[tuple[int, int, Code]]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end, _ in named)


def _touch(one: _Span, other: _Span) -> bool:
    return one.start < other.end and other.start < one.end


def _apart(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans of which none overlaps another: the longer one stands."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans that overlap as one, with the reason of the first."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if kept and span.start < kept[-1].end:
            last = kept.pop()
            kept.append(_Span(last.start, max(last.end, span.end), last.piece))
        else:
            kept.append(span)
    return kept


def _pieces(text: str, folded: Folded, spans: Iterable[_Span]) -> Iterator[Piece]:
    done = 0
    for span in spans:
        start, end = folded.span(span.start, span.end)
        if start > done:
            yield Piece(PLAIN, Text(text[done:start], text[done:start]))
        yield span.piece
        done = end
    if done < len(text):
        yield Piece(PLAIN, Text(text[done:], text[done:]))
