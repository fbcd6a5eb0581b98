"""Read GEDCOM 5.5.1 or 7.0 as rows of F-08, and account for every line that is not taken.

Names never go into a genogram (CF-01): people come as “Person 1” and so on, and only a file that
this system wrote, in which labels stand for people, brings labels along.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from engine.errors import EngineError
from engine.genograms import gedcom_writing as written
from engine.genograms.network import (
    ADOPTIVE,
    CARER,
    DIVORCED,
    FEMALE,
    GENOGRAM_LINKS,
    GENOGRAM_PEOPLE,
    MALE,
    MARRIED,
    OTHER,
    PARENT,
    PARTNER,
    SEPARATED,
    SIBLING,
    STEP,
)
from engine.texts import Text

#: How large a file may be, which also bounds the time that reading takes.
MOST_GEDCOM_BYTES, MAX_LINES, MAX_DEPTH = 500_000, 20_000, 20
#: What the form takes (F08.02, F08.03).
MAX_PEOPLE, MAX_LINKS = MOST_OF_A_GENOGRAM = (100, 200)
MAX_LABEL, MAX_WORDS = 60, 100

_LINE = re.compile(
    r"\s{0,40}(\d{1,2}) (?:(@[^@\s]{1,40}@) )?([A-Za-z0-9_]{1,40})(?: (.*))?", re.DOTALL
)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?:/\d\d)?\s*$")

#: Structure that says nothing of anybody.
_SILENT = frozenset({"HEAD", "TRLR", "GEDC", "VERS", "FORM", "CHAR"})

#: Of these, only that they are there is taken, never what stands behind them.
_WITHOUT_TEXT = frozenset({"INDI", "FAM", "BIRT", "DEAT", "MARR", "DIV", "EVEN"})


class GedcomRefused(EngineError):
    """This could not be read as GEDCOM. Save it in your family tree program as GEDCOM 5.5.1 or 7.0, and choose it again."""  # noqa: E501

    status = 422


class GedcomTooLarge(GedcomRefused):
    """This file is too large: it may have {kilobytes} kB and {lines} lines. Save the part of the tree that the review needs, and choose that."""  # noqa: E501

    status = 413

    def __init__(self) -> None:
        """Say how large it may be."""
        super().__init__(kilobytes=MOST_GEDCOM_BYTES // 1000, lines=MAX_LINES)


class GedcomLetters(GedcomRefused):
    """The letters of this file are of a kind that cannot be read surely. Save it in your family tree program as GEDCOM with UTF-8, and choose it again."""  # noqa: E501


class GedcomEmpty(GedcomRefused):
    """There is nobody in this file. Choose one that has people in it."""


@dataclass(frozen=True)
class Untaken:
    """A line of the file that is not taken: its number, what stood there, and why."""

    number: int
    text: str
    why: Text


@dataclass(frozen=True)
class ReadGedcom:
    """What a file gives: rows as the form types them, and every line that it does not give."""

    values: dict[str, list[dict[str, str]]]
    untaken: tuple[Untaken, ...]


@dataclass
class _Node:
    """A line with the lines below it."""

    number: int
    mark: str
    tag: str
    text: str
    below: list[_Node] = field(default_factory=list)
    taken: bool = False
    why: Text | None = None

    def first(self, tag: str) -> _Node | None:
        """Return the first line below it with a tag."""
        return next((one for one in self.below if one.tag == tag), None)

    def all(self, *tags: str) -> list[_Node]:
        """Return the lines below it with these tags."""
        return [one for one in self.below if one.tag in tags]

    def take(self) -> str:
        """Return its text with the lines that go on with it, all marked as taken."""
        self.taken = True
        text = self.text
        for one in self.all("CONT", "CONC"):
            one.taken = True
            text += ("\n" if one.tag == "CONT" else "") + one.text
        return text.removeprefix("@") if text.startswith("@@") else text


_NO_PLACE = Text("A genogram has no place for this.", "Nid oes lle i hyn mewn genogram.")
_NAME = Text(
    "Names do not go into a genogram. Labels stand in their place.",
    "Nid yw enwau’n mynd i enogram. Saif labeli yn eu lle.",
)
_NO_YEAR = Text("No year can be read here.", "Ni ellir darllen blwyddyn yma.")
_DAY = Text(
    "Only the year that stands last is taken; the rest is left out.",
    "Dim ond y flwyddyn sydd olaf a gymerir; hepgorir y gweddill.",
)
_NOBODY = Text(
    "This points to somebody who is not taken or not in the file.",
    "Mae hwn yn cyfeirio at rywun na chymerir neu nad yw yn y ffeil.",
)
_NO_LINK = Text(
    "Fewer than two people of this family are taken, so it gives no link.",
    "Cymerir llai na dau o bobl y teulu hwn, felly nid yw’n rhoi cyswllt.",
)
_UNKNOWN = Text("This is no line of GEDCOM.", "Nid llinell GEDCOM yw hon.")
_ROOM_PEOPLE = Text(
    f"A genogram takes {MAX_PEOPLE} people; this person is one too many.",
    f"Mae genogram yn cymryd {MAX_PEOPLE} o bobl; mae’r person hwn yn un yn ormod.",
)
_ROOM_LINKS = Text(
    f"A genogram takes {MAX_LINKS} links; this one is too many.",
    f"Mae genogram yn cymryd {MAX_LINKS} o gysylltiadau; mae hwn yn un yn ormod.",
)
_TOO_LONG = Text(
    "This is longer than the form takes.", "Mae hwn yn hirach nag y mae’r ffurflen yn ei gymryd."
)
_TWICE = Text(
    "This has been read once already; only the first is taken.",
    "Darllenwyd hwn unwaith eisoes; dim ond y cyntaf a gymerir.",
)


def gedcom_text(content: bytes) -> str:
    """Return the text of a file, told by its first bytes and by what it says of its letters.

    Raises:  GedcomRefused, of which each child says what is wrong.
    """
    if len(content) > MOST_GEDCOM_BYTES:
        raise GedcomTooLarge
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        letters = "utf-16"
    elif found := re.search(rb"^\s*1 CHAR +([A-Za-z0-9-]+)", content[:2000], re.MULTILINE):
        said = found[1].decode("ascii").upper()
        letters = {"ANSI": "cp1252", "WINDOWS-1252": "cp1252", "UNICODE": "utf-8"}.get(
            said, "utf-8"
        )
        # ANSEL writes accents before their letters, in bytes of its own: only plain letters agree.
        if said == "ANSEL" and not content.isascii():
            raise GedcomLetters
    else:
        letters = "utf-8"
    try:
        text = content.decode(letters)
    except UnicodeDecodeError:
        raise GedcomLetters from None
    if "\0" in text:
        raise GedcomRefused
    return text.removeprefix("\ufeff")


def read_gedcom(text: str) -> ReadGedcom:
    """Return rows for F-08 and every line that they leave out.

    Raises:  GedcomRefused.
    """
    if len(text) > MOST_GEDCOM_BYTES:
        raise GedcomTooLarge
    untaken: list[Untaken] = []
    records = _records(text, untaken)
    head = next((one for one in records if one.tag == "HEAD"), None)
    if head is None or records[0] is not head:
        raise GedcomRefused
    ours = any(one.tag == "SOUR" and one.text == written.SOURCE for one in head.below)
    reading = _Reading(records, ours)
    values = reading.values()
    for one in records:
        untaken += _left(one, ours)
    if not values[GENOGRAM_PEOPLE]:
        raise GedcomEmpty
    distinct = {one.number: one for one in untaken}
    return ReadGedcom(values, tuple(distinct[number] for number in sorted(distinct)))


def _words_of(role: _Node | None, phrase: _Node | None) -> str:
    """Return what an association is called: in words of its own, else by the word of the format."""
    said = [one.text for one in (role, phrase) if one is not None and one.text != "OTHER"]
    return ": ".join(text for text in said if text)


def _records(text: str, untaken: list[Untaken]) -> list[_Node]:
    """Return the records with what stands below each; a line that is none is told."""
    lines = re.split(r"\r\n|\n\r|\n|\r", text)
    if len(lines) > MAX_LINES:
        raise GedcomTooLarge
    records: list[_Node] = []
    open_nodes: list[_Node] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        depth = int(found[1]) if found else 99
        if found is None or depth > min(len(open_nodes), MAX_DEPTH):
            untaken.append(Untaken(number, line, _UNKNOWN))
            continue
        node = _Node(number, found[2] or "", found[3].upper(), found[4] or "")
        del open_nodes[depth:]
        (open_nodes[-1].below if open_nodes else records).append(node)
        open_nodes.append(node)
    if not records:
        raise GedcomRefused
    return records


def _left(node: _Node, ours: bool) -> Iterator[Untaken]:
    """Go through what is not taken of a record, structure that says nothing left aside."""
    silent = node.tag in _SILENT or (ours and node.tag in ("SOUR", "NOTE") and not node.mark)
    inside = node.tag == "HEAD"
    if not node.taken and not silent:
        said = f"{node.tag} {node.text}".strip()
        yield Untaken(node.number, said, node.why or _NO_PLACE)
    elif node.why is not None:
        yield Untaken(node.number, f"{node.tag} {node.text}".strip(), node.why)
    elif node.tag in _WITHOUT_TEXT and node.text.strip() not in ("", "Y"):
        yield Untaken(node.number, f"{node.tag} {node.text}".strip(), _NO_PLACE)
    for one in node.below:
        if inside and ours and one.tag == "NOTE":
            continue
        yield from _left(one, ours and inside)


class _Reading:
    """The rows that records give, and which line each came from."""

    def __init__(self, records: list[_Node], ours: bool) -> None:
        self.ours = ours
        self.people: dict[str, dict[str, str]] = {}
        self.links: list[dict[str, str]] = []
        self.pedigrees: dict[tuple[str, str], tuple[str, str]] = {}
        self.individuals = [one for one in records if one.tag == "INDI"]
        self.families = [one for one in records if one.tag == "FAM"]
        self.marks = {one.mark for one in self.families}
        self.spouses: dict[str, list[str]] = defaultdict(list)

    def values(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows of people and links."""
        for node in self.individuals:
            self._read_person(node)
        for node in self.individuals:
            self._read_links_of(node)
        for node in self.families:
            self._read_family(node)
        return {GENOGRAM_PEOPLE: list(self.people.values()), GENOGRAM_LINKS: self.links}

    def _read_person(self, node: _Node) -> None:
        if not node.mark or node.mark in self.people:
            node.why = _TWICE if node.mark else _UNKNOWN
            return
        if len(self.people) >= MAX_PEOPLE:
            node.why = _ROOM_PEOPLE
            return
        node.taken = True
        row = {"person_label": self._label(node), "person_alive": "alive"}
        self.people[node.mark] = row
        for one in node.all("SEX"):
            sex = {"F": FEMALE, "M": MALE, "U": ""}.get(one.text.strip().upper())
            if sex is not None and "person_sex" not in row:
                row["person_sex"] = sex
                one.taken = True
        for tag, key in (("BIRT", "person_year"), ("DEAT", "person_died")):
            for one in node.all(tag):
                self._read_year(one, key, row)
        for one in node.all("FACT"):
            self._read_fact(one, row)

    def _label(self, node: _Node) -> str:
        names = node.all("NAME")
        if self.ours and names:
            label = names[0].take()
            if len(label) <= MAX_LABEL:
                return label
            names[0].why = _TOO_LONG
        for one in names:
            one.why = one.why or _NAME
            for part in one.below:
                part.why = _NAME
        return f"Person {len(self.people) + 1}"

    def _read_year(self, node: _Node, key: str, row: dict[str, str]) -> None:
        """Take the year of a birth or a death; a death without one is a death all the same."""
        if key in row:
            node.why = _TWICE
            return
        if key == "person_died":
            row["person_alive"] = "dead"
        date = node.first("DATE")
        found = _YEAR.search(date.text) if date else None
        if node.tag == "DEAT" or found:
            node.taken = True
        if date is not None and found is None:
            date.why = _NO_YEAR
        elif date is not None and found is not None:
            if 1900 <= int(found[1]) <= 2100:
                row[key] = found[1]
                date.taken = True
                date.why = None if date.text.strip() == found[1] else _DAY
            else:
                date.why = _NO_YEAR

    def _read_fact(self, node: _Node, row: dict[str, str]) -> None:
        kind = node.first("TYPE")
        said = kind.text.strip() if kind else ""
        key = {written.HOUSEHOLD: "person_household", written.RELATION: "person_relation"}.get(said)
        if said == written.SUBJECT and node.text.strip() == "Y":
            row["person_subject"] = "true"
        elif key is None or key in row:
            node.why = _TWICE if key else None
            return
        elif len(node.text) > MAX_WORDS:
            node.why = _TOO_LONG
            return
        else:
            row[key] = node.take()
        node.taken = True
        if kind is not None:
            kind.taken = True

    def _read_links_of(self, node: _Node) -> None:
        if not node.taken:
            return
        for one in node.all("FAMC"):
            self._read_pedigree(node.mark, one)
        for one in node.all("FAMS"):
            if one.text.strip() in self.marks:
                one.taken = True
                self.spouses[one.text.strip()].append(node.mark)
            else:
                one.why = _NOBODY
        for one in node.all("ASSO"):
            self._read_association(node.mark, one)

    def _read_association(self, mark: str, node: _Node) -> None:
        other = node.text.strip()
        if other not in self.people:
            node.why = _NOBODY
            return
        role = node.first("ROLE") or node.first("RELA")
        phrase = role.first("PHRASE") if role else None
        words = _words_of(role, phrase)
        if len(words) > MAX_WORDS:
            node.why = _TOO_LONG
        elif self._add(node, mark, other, OTHER, words):
            for taken in (node, role, phrase):
                if taken is not None:
                    taken.taken = True

    def _read_pedigree(self, child: str, node: _Node) -> None:
        """Keep what a child is to the parents of a family, until the family is read."""
        if node.text.strip() not in self.marks or (child, node.text.strip()) in self.pedigrees:
            node.why = _TWICE if node.text.strip() in self.marks else _NOBODY
            return
        node.taken = True
        pedigree, note = node.first("PEDI"), node.first("NOTE")
        phrase = pedigree.first("PHRASE") if pedigree else None
        said = pedigree.text.strip().upper() if pedigree else "BIRTH"
        if said == "OTHER" and phrase is not None:
            said = phrase.text.strip().upper()
        kind = {"BIRTH": PARENT, "ADOPTED": ADOPTIVE, "FOSTER": CARER, "STEP": STEP}.get(said)
        if pedigree is not None and kind is not None:
            pedigree.taken = True
            if phrase is not None:
                phrase.taken = True
        words = ""
        if note is not None and self.ours:
            words = note.take()
        self.pedigrees[child, node.text.strip()] = (kind or PARENT, words)
        if kind is None and pedigree is not None:
            pedigree.why = Text(
                "What this says of parents is not known; they are taken as parents by birth.",
                "Nid yw’r hyn a ddywed hwn am rieni’n hysbys; fe’u cymerir yn rhieni geni.",
            )

    def _read_family(self, node: _Node) -> None:
        """Take who belongs to a family by its own lines, and by those of its people."""
        node.taken = True
        before = len(self.links)
        children = self._ends(node.all("CHIL"))
        children += [child for child, family in self.pedigrees if family == node.mark]
        children = list(dict.fromkeys(children))
        partners = self._ends(node.all("HUSB", "WIFE")) + self.spouses[node.mark]
        partners = list(dict.fromkeys(partners))
        for one, other in combinations(partners, 2):
            self._read_couple(node, one, other)
        if not partners:
            for one, other in pairwise(children):
                self._add(node, one, other, SIBLING, self._words(node))
        for child in children:
            kind, words = self.pedigrees.get((child, node.mark), (PARENT, ""))
            for parent in partners:
                self._add(node, parent, child, kind, words)
        if len(self.links) == before:
            node.why = node.why or _NO_LINK

    def _ends(self, nodes: list[_Node]) -> list[str]:
        """Return those whom lines point to, by their marks; who is not there is told."""
        found = []
        for one in nodes:
            if one.text.strip() in self.people:
                one.taken = True
                found.append(one.text.strip())
            else:
                one.why = _NOBODY
        return found

    def _read_couple(self, node: _Node, one: str, other: str) -> None:
        kind = PARTNER
        for event, means in (("MARR", MARRIED), ("EVEN", SEPARATED), ("DIV", DIVORCED)):
            for each in node.all(event):
                said = each.first("TYPE")
                if event == "EVEN" and (said is None or said.text != written.SEPARATION):
                    continue
                kind, each.taken = means, True
                if said is not None and event == "EVEN":
                    said.taken = True
        self._add(node, one, other, kind, self._words(node))

    def _words(self, node: _Node) -> str:
        note = node.first("NOTE")
        return note.take() if note is not None and self.ours else ""

    def _add(self, node: _Node, first: str, second: str, kind: str, words: str) -> bool:
        """Add a link between two marks; say at its line where the list has no room for it."""
        if len(self.links) >= MAX_LINKS:
            node.why = _ROOM_LINKS
            return False
        row = {
            "link_from": self.people[first]["person_label"],
            "link_to": self.people[second]["person_label"],
            "link_kind": kind,
        }
        if words:
            row["link_words"] = words
        self.links.append(row)
        return True
