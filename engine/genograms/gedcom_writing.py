"""Write a network as GEDCOM 7.0, of which 5.5.1 readers understand all but a few values.

People stand there by their labels, never by names. What GEDCOM has no place for (household,
relation, the child of the review, links in words) stands as a fact or an association with words
of its own, which `gedcom_reading` takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.genograms.network import (
    ADOPTIVE,
    CARER,
    COUPLES,
    DIVORCED,
    DOWNWARDS,
    FEMALE,
    MALE,
    MARRIED,
    OTHER,
    PARENT,
    SEPARATED,
    SIBLING,
    STEP,
    Link,
    Network,
    Person,
)

#: Says that labels, not names, stand in a file, and that facts of ours are meant by their words.
SOURCE = "ADOLYGU"
WARNING = "Not for publication / Nid i’w gyhoeddi"
HOUSEHOLD, RELATION, SUBJECT = "Household", "Relation to the child", "Child of the review"
SEPARATION = "Separation"
#: What a link of a kind is called where GEDCOM has a word of its own for it.
PEDIGREES = {PARENT: "BIRTH", ADOPTIVE: "ADOPTED", CARER: "FOSTER", STEP: "OTHER"}
STEP_WORDS = "step"


def write_gedcom(found: Network, case: str) -> str:
    """Return a file of a network.

    Takes:   case, the identifier that stands at its head.
    """
    marks = {person.label: f"@I{number}@" for number, person in enumerate(found.people, start=1)}
    families = list(_families(found))
    lines = [
        "0 HEAD",
        "1 GEDC",
        "2 VERS 7.0",
        f"1 SOUR {SOURCE}",
        *_text(1, "NOTE", f"{WARNING}. {case}"),
    ]
    for person in found.people:
        lines += _person(person, found, marks, families)
    for number, (parents, children, couple) in enumerate(families, start=1):
        lines += _family(number, parents, children, couple, found, marks)
    return "\n".join(["﻿" + lines[0], *lines[1:], "0 TRLR", ""])


Family = tuple[tuple[str, ...], list[tuple[str, str]], Link | None]


def _families(found: Network) -> Iterator[Family]:
    """Return a record for each couple, and for each parent alone, with child and kind of link."""
    left = {(link.second, link.kind, link.first): link for link in found.of_kind(*DOWNWARDS)}
    for couple in found.of_kind(*COUPLES):
        children = []
        for kind in DOWNWARDS:
            for person in found.people:
                both = [(person.label, kind, end) for end in (couple.first, couple.second)]
                if all(one in left and not left[one].words for one in both):
                    children.append((person.label, kind))
                    for one in both:
                        del left[one]
        yield (couple.first, couple.second), children, couple
    for (child, kind, parent), _link in sorted(left.items()):
        yield (parent,), [(child, kind)], None
    for link in found.of_kind(SIBLING):
        yield (), [(link.first, PARENT), (link.second, PARENT)], link


def _person(
    person: Person, found: Network, marks: dict[str, str], families: Sequence[Family]
) -> Iterator[str]:
    yield f"0 {marks[person.label]} INDI"
    yield from _text(1, "NAME", person.label)
    yield f"1 SEX {({FEMALE: 'F', MALE: 'M'}).get(person.sex, 'U')}"
    yield from _life(person)
    for name, value in (
        (RELATION, person.relation),
        (HOUSEHOLD, person.household),
        (SUBJECT, "Y" if person.subject else ""),
    ):
        if value:
            yield from _text(1, "FACT", value)
            yield f"2 TYPE {name}"
    for number, family in enumerate(families, start=1):
        yield from _in_family(number, family, person, found)
    for link in found.of_kind(OTHER):
        if link.first == person.label:
            yield f"1 ASSO {marks[link.second]}"
            yield "2 ROLE OTHER"
            yield from _text(3, "PHRASE", link.words)


def _life(person: Person) -> Iterator[str]:
    if person.born is not None:
        yield "1 BIRT"
        yield f"2 DATE {person.born}"
    if person.dead:
        yield "1 DEAT Y"
    if person.died is not None:
        yield f"2 DATE {person.died}"


def _in_family(number: int, family: Family, person: Person, found: Network) -> Iterator[str]:
    parents, children, _ = family
    for child, kind in children:
        if child != person.label:
            continue
        yield f"1 FAMC @F{number}@"
        if parents:
            yield f"2 PEDI {PEDIGREES[kind]}"
            yield from [f"3 PHRASE {STEP_WORDS}"] if kind == STEP else []
        yield from _note_of(found, parents, child, kind)
    if person.label in parents:
        yield f"1 FAMS @F{number}@"


def _note_of(found: Network, parents: Sequence[str], child: str, kind: str) -> Iterable[str]:
    for link in found.of_kind(kind):
        if link.words and link.second == child and (link.first,) == tuple(parents):
            return _text(2, "NOTE", link.words)
    return ()


def _family(
    number: int,
    parents: Sequence[str],
    children: Sequence[tuple[str, str]],
    couple: Link | None,
    found: Network,
    marks: dict[str, str],
) -> Iterator[str]:
    sexes = {person.label: person.sex for person in found.people}
    in_order = sorted(parents, key=lambda label: {MALE: 0, FEMALE: 2}.get(sexes[label], 1))
    yield f"0 @F{number}@ FAM"
    roles = ("HUSB", "WIFE") if len(parents) == 2 else (_alone(sexes, parents),)
    for role, label in zip(roles, in_order, strict=False):
        yield f"1 {role} {marks[label]}"
    for child, _ in children:
        yield f"1 CHIL {marks[child]}"
    if couple is None:
        return
    if couple.kind in (MARRIED, DIVORCED):
        yield "1 MARR Y"
    if couple.kind == DIVORCED:
        yield "1 DIV Y"
    if couple.kind == SEPARATED:
        yield "1 EVEN"
        yield f"2 TYPE {SEPARATION}"
    yield from _text(1, "NOTE", couple.words)


def _alone(sexes: dict[str, str], parents: Sequence[str]) -> str:
    return "WIFE" if parents and sexes[parents[0]] == FEMALE else "HUSB"


def _text(level: int, tag: str, text: str) -> Iterator[str]:
    """Return a text as lines, none for no text; an @ that begins one is doubled."""
    if not text:
        return
    first, *more = text.splitlines()
    yield f"{level} {tag} {_escaped(first)}".rstrip()
    for line in more:
        yield f"{level + 1} CONT {_escaped(line)}".rstrip()


def _escaped(line: str) -> str:
    return f"@{line}" if line.startswith("@") else line
