"""Say in words what a genogram shows: household by household, everybody with all their links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from engine.genograms.network import (
    ADOPTIVE,
    CARER,
    FEMALE,
    KIND_NAMES,
    KINDS,
    MALE,
    MUTUAL,
    PARENT,
    STEP,
    Link,
    Network,
    Person,
    fold,
)
from engine.texts import Text

#: What the second person of a link is to the first, where that is another thing than the first is
#: to the second. A colon keeps Welsh labels unmutated.
SECOND_NAMES = {
    PARENT: Text("Child of", "Plentyn i"),
    ADOPTIVE: Text("Adopted child of", "Plentyn mabwysiedig i"),
    STEP: Text("Stepchild of", "Llysblentyn i"),
    CARER: Text("Is or was placed with", "Lleolir neu lleolwyd gyda"),
}
_SEXES = {
    FEMALE: Text("female", "benyw"),
    MALE: Text("male", "gwryw"),
    "": Text("sex not recorded", "rhyw heb ei gofnodi"),
}
_SUBJECT = Text("child of the review", "plentyn yr adolygiad")
_NO_HOUSEHOLD = Text("No household recorded", "Dim aelwyd wedi’i chofnodi")
_NO_LINKS = Text("No links recorded", "Dim cysylltiadau wedi’u cofnodi")


@dataclass(frozen=True)
class DescribedPerson:
    """A person in words: the label, what is known, and each link."""

    label: str
    facts: Text
    links: tuple[Text, ...]


@dataclass(frozen=True)
class DescribedHousehold:
    """A household in words, and those who live in it, the oldest first."""

    name: Text
    people: tuple[DescribedPerson, ...]


def describe(found: Network) -> tuple[DescribedHousehold, ...]:
    """Return everything that is known of a network, by household; those without one come last."""
    homes: dict[str, list[Person]] = defaultdict(list)
    for person in found.people:
        homes[fold(person.household)].append(person)
    in_order = sorted(homes.items(), key=lambda one: (not one[0], one[0]))
    return tuple(
        DescribedHousehold(
            _household(people[0]),
            tuple(
                DescribedPerson(person.label, _facts(person), tuple(_links(found, person.label)))
                for person in people
            ),
        )
        for _, people in in_order
    )


def _household(person: Person) -> Text:
    if not person.household:
        return _NO_HOUSEHOLD
    return Text(f"Household: {person.household}", f"Aelwyd: {person.household}")


def _facts(person: Person) -> Text:
    known = [Text(person.relation, person.relation)] if person.relation else []
    known += [_SUBJECT] if person.subject else []
    known.append(_SEXES[person.sex])
    if person.born is not None:
        known.append(Text(f"born {person.born}", f"ganwyd {person.born}"))
    if person.died is not None:
        known.append(Text(f"died {person.died}", f"bu farw {person.died}"))
    elif person.dead:
        known.append(Text("has died", "wedi marw"))
    return _joined(known)


def _joined(texts: Iterable[Text]) -> Text:
    every = list(texts)
    return Text(", ".join(one.en for one in every), ", ".join(one.cy for one in every))


def _links(found: Network, label: str) -> Iterable[Text]:
    said: dict[Text, list[Link]] = defaultdict(list)
    for kind in KINDS:
        for link in found.of_kind(kind):
            if link.first == label:
                said[KIND_NAMES[kind]].append(link)
            elif link.second == label:
                said[KIND_NAMES[kind] if kind in MUTUAL else SECOND_NAMES[kind]].append(link)
    for name, links in said.items():
        others = "; ".join(_other_end(link, label) for link in links)
        yield Text(f"{name.en}: {others}", f"{name.cy}: {others}")
    if not said:
        yield _NO_LINKS


def _other_end(link: Link, label: str) -> str:
    other = link.second if link.first == label else link.first
    return f"{other} ({link.words})" if link.words else other
