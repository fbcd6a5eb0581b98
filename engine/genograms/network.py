"""Read the rows of F-08 as a network of people and links, and say what in them cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.texts import Text

#: The rows of the form.
GENOGRAM_PEOPLE, GENOGRAM_LINKS = "genogram_people", "genogram_links"

FEMALE, MALE = "female", "male"

PARENT, ADOPTIVE, STEP, CARER = "parent_of", "adoptive_parent_of", "step_parent_of", "carer_of"
MARRIED, PARTNER, SEPARATED, DIVORCED = (
    "married_to", "partner_of", "separated_from", "divorced_from",
)  # fmt: skip
SIBLING, OTHER = "sibling_of", "other_link"

#: Links that lead from a person of an older generation to one of a younger.
DOWNWARDS = (PARENT, ADOPTIVE, STEP, CARER)
#: Of these, the ones that no family can have the other way round.
BY_BIRTH_OR_LAW = (PARENT, ADOPTIVE)
COUPLES = (MARRIED, PARTNER, SEPARATED, DIVORCED)
#: Links that are the same read from either end.
MUTUAL = (*COUPLES, SIBLING, OTHER)

#: Every kind of link, as the form offers it: the first person is … the second.
KIND_NAMES = {
    PARENT: Text("Parent of", "Rhiant i"),
    ADOPTIVE: Text("Adoptive parent of", "Rhiant mabwysiadol i"),
    STEP: Text("Step-parent of", "Llys-riant i"),
    CARER: Text("Carer, by a placement, of", "Gofalwr trwy leoliad i"),
    MARRIED: Text("Married to", "Yn briod â"),
    PARTNER: Text("Partner of, not married", "Partner i, heb briodi"),
    SEPARATED: Text("Separated from", "Wedi gwahanu oddi wrth"),
    DIVORCED: Text("Divorced from", "Wedi ysgaru oddi wrth"),
    SIBLING: Text("Brother or sister of", "Brawd neu chwaer i"),
    OTHER: Text("Another link with", "Cyswllt arall â"),
}
KINDS = tuple(KIND_NAMES)


@dataclass(frozen=True)
class Person:
    """Somebody of the network, by the label that stands for them.

    `sex` is `female`, `male` or empty; years are whole numbers or None.
    """

    label: str
    relation: str = ""
    sex: str = ""
    born: int | None = None
    died: int | None = None
    dead: bool = False
    household: str = ""
    subject: bool = False

    @property
    def order(self) -> tuple[int, str, str]:
        """Return where the person stands in any list: the oldest first, whatever the rows."""
        return (self.born if self.born is not None else 9999, fold(self.label), self.label)

    @property
    def years(self) -> str:
        """Return the years of birth and death as they stand below a symbol."""
        if not self.dead:
            return f"{self.born}–" if self.born is not None else ""
        return f"{self.born or '?'}–{self.died or '?'}"


@dataclass(frozen=True)
class Link:
    """How one person stands to another, by their labels; `words` is what a person said of it."""

    first: str
    second: str
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Problem:
    """What in the rows of this key cannot be drawn, and what to do."""

    rows: str
    text: Text


@dataclass(frozen=True)
class Network:
    """People and links in an order of their own, and what of the rows could not be used."""

    people: tuple[Person, ...]
    links: tuple[Link, ...]
    problems: tuple[Problem, ...] = ()

    def of_kind(self, *kinds: str) -> list[Link]:
        """Return the links of these kinds."""
        return [link for link in self.links if link.kind in kinds]


def fold(text: str) -> str:
    """Return a label or a household as two of them are held against each other."""
    return " ".join(text.split()).casefold()


def network(values: Mapping[str, Any]) -> Network:
    """Return the network that a section of F-08 describes, typed or recorded.

    Takes:   values, the rows by their key; what is missing or makes no sense is told, never lost.
    """
    problems: list[Problem] = []
    people: dict[str, Person] = {}
    for number, row in enumerate(_rows(values, GENOGRAM_PEOPLE), start=1):
        person = _person(row)
        if not person.label:
            if any(str(value).strip() for value in row.values() if value not in (None, False)):
                problems.append(Problem(GENOGRAM_PEOPLE, _no_label(number)))
        elif fold(person.label) in people:
            problems.append(Problem(GENOGRAM_PEOPLE, _twice(person.label)))
        else:
            people[fold(person.label)] = person
    links = list(_links(_rows(values, GENOGRAM_LINKS), people, problems))
    return Network(
        tuple(sorted(people.values(), key=lambda person: person.order)),
        tuple(sorted(set(links), key=lambda one: (one.first, one.second, one.kind, one.words))),
        tuple(problems),
    )


def _rows(values: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    found = values.get(key) or []
    return [row for row in found if isinstance(row, Mapping)]


def _person(row: Mapping[str, Any]) -> Person:
    # A form keeps a year that was typed before somebody was found to be alive.
    died = None if row.get("person_alive") == "alive" else _year(row.get("person_died"))
    household = " ".join(_text(row.get("person_household")).split())
    return Person(
        label=" ".join(_text(row.get("person_label")).split()),
        relation=_text(row.get("person_relation")),
        sex=sex if (sex := _text(row.get("person_sex"))) in (FEMALE, MALE) else "",
        born=_year(row.get("person_year")),
        died=died,
        dead=row.get("person_alive") == "dead" or died is not None,
        household=household,
        subject=row.get("person_subject") in (True, "true"),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _year(value: Any) -> int | None:
    """Return a year as a number; nothing for what is none, which the form tells by itself."""
    typed = str(value).strip().removesuffix(".0")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else None


def _links(
    rows: Iterable[Mapping[str, Any]], people: Mapping[str, Person], problems: list[Problem]
) -> Iterable[Link]:
    for number, row in enumerate(rows, start=1):
        ends = [_text(row.get(name)) for name in ("link_from", "link_to")]
        known = [people.get(fold(end)) for end in ends]
        typed = _text(row.get("link_kind"))
        if not any((*ends, typed)):
            continue
        first, second = known
        if first is None or second is None:
            missing = [
                end for end, person in zip(ends, known, strict=True) if person is None and end
            ]
            problems.append(Problem(GENOGRAM_LINKS, _unknown(number, missing)))
        elif first is second:
            problems.append(Problem(GENOGRAM_LINKS, _to_oneself(first.label)))
        else:
            yield _link(first, second, typed, _text(row.get("link_words")))


def _link(first: Person, second: Person, typed: str, words: str) -> Link:
    kind = typed if typed in KIND_NAMES else _kind_in_words(typed)
    if kind == OTHER and typed not in ("", OTHER):
        words = f"{typed}. {words}" if words else typed
    if kind in MUTUAL and second.order < first.order:
        first, second = second, first
    return Link(first.label, second.label, kind, words)


def _kind_in_words(typed: str) -> str:
    """Return the kind that a form without a list of them was told in words; else another link."""
    said = fold(typed)
    found = [kind for kind, name in KIND_NAMES.items() if said in (fold(name.en), fold(name.cy))]
    return found[0] if found else OTHER


def _no_label(number: int) -> Text:
    return Text(
        f"Person {number} has no label, so they are not drawn. Give each person a label.",
        f"Nid oes label gan berson {number}, felly ni chaiff ei lunio. Rhowch label i bob person.",
    )


def _twice(label: str) -> Text:
    return Text(
        f"Two people are labelled “{label}”, so only one is drawn. Give each a label of their own.",
        f"“{label}” yw label dau berson, felly dim ond un a lunnir. Rhowch ei label ei hun i bob "
        "un.",
    )


def _unknown(number: int, missing: list[str]) -> Text:
    if not missing:
        return Text(
            f"Link {number} lacks one of its two people, so it is not drawn. Enter both labels.",
            f"Mae cyswllt {number} heb un o’i ddau berson, felly ni chaiff ei lunio. Rhowch y "
            "ddau label.",
        )
    labels = " / ".join(f"“{label}”" for label in missing)
    return Text(
        f"Link {number} names {labels}, whom the list of people does not have, so it is not "
        "drawn. Use the labels of the list.",
        f"Mae cyswllt {number} yn enwi {labels}, nad yw ar y rhestr o bobl, felly ni chaiff ei "
        "lunio. Defnyddiwch labeli’r rhestr.",
    )


def _to_oneself(label: str) -> Text:
    return Text(
        f"“{label}” is linked to themselves, which is not drawn. Name another person.",
        f"Mae “{label}” wedi’i gysylltu ag ef neu hi ei hun, ac ni lunnir hynny. Enwch berson "
        "arall.",
    )
