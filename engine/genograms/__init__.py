"""Genograms: who belongs to a family network, laid out, said in words, and as GEDCOM.

Nothing here reads or writes anything: rows of F-08 go in, shapes, words and rows come out.
"""

from engine.genograms.description import (
    SECOND_NAMES,
    DescribedHousehold,
    DescribedPerson,
    describe,
)
from engine.genograms.drawable import GENOGRAM_FORM, require_drawable
from engine.genograms.gedcom_reading import (
    MOST_GEDCOM_BYTES,
    MOST_OF_A_GENOGRAM,
    GedcomRefused,
    ReadGedcom,
    Untaken,
    gedcom_text,
    read_gedcom,
)
from engine.genograms.gedcom_writing import write_gedcom
from engine.genograms.layout import Drawing, draw
from engine.genograms.network import (
    COUPLES,
    GENOGRAM_LINKS,
    GENOGRAM_PEOPLE,
    KIND_NAMES,
    KINDS,
    Link,
    Network,
    Person,
    Problem,
    network,
)

__all__ = [
    "COUPLES",
    "GENOGRAM_FORM",
    "GENOGRAM_LINKS",
    "GENOGRAM_PEOPLE",
    "KINDS",
    "KIND_NAMES",
    "MOST_GEDCOM_BYTES",
    "MOST_OF_A_GENOGRAM",
    "SECOND_NAMES",
    "DescribedHousehold",
    "DescribedPerson",
    "Drawing",
    "GedcomRefused",
    "Link",
    "Network",
    "Person",
    "Problem",
    "ReadGedcom",
    "Untaken",
    "describe",
    "draw",
    "gedcom_text",
    "network",
    "read_gedcom",
    "require_drawable",
    "write_gedcom",
]
