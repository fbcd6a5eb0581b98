"""People go out as GEDCOM and come back; of any other file, each line is taken or told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.genograms import (
    MOST_GEDCOM_BYTES,
    GedcomRefused,
    gedcom_text,
    network,
    read_gedcom,
    write_gedcom,
)
from tests.engine.genograms.families import FAMILY, Values, families

FOREIGN = """0 HEAD
1 SOUR Tree
1 GEDC
2 VERS 5.5.1
2 FORM LINEAGE-LINKED
1 CHAR UTF-8
0 @I1@ INDI
1 NAME Mari /Example/
2 GIVN Mari
1 SEX F
1 BIRT
2 DATE 3 APR 1998
2 PLAC Cwmafon
1 OCCU Nurse
1 FAMS @F1@
0 @I2@ INDI
1 NAME Cai /Example/
1 SEX M
1 BIRT
2 DATE 2024
1 DEAT Y
1 FAMC @F1@
2 PEDI foster
0 @F1@ FAM
1 WIFE @I1@
1 HUSB @I9@
1 CHIL @I2@
0 @S1@ SOUR
1 TITL Parish register
this is no line
0 TRLR
"""


def test_a_genogram_goes_out_and_comes_back() -> None:
    found = network(FAMILY)
    read = read_gedcom(gedcom_text(write_gedcom(found, "CPR-2026-001").encode()))
    assert network(read.values) == found
    assert read.untaken == ()


@given(families())
def test_any_family_goes_out_and_comes_back(values: Values) -> None:
    found = network(values)
    read = read_gedcom(gedcom_text(write_gedcom(found, "CPR-2026-001").encode()))
    assert network(read.values) == found
    assert read.untaken == ()


def test_a_file_that_goes_out_says_that_it_is_not_for_publication() -> None:
    text = write_gedcom(network(FAMILY), "CPR-2026-001")
    assert "1 NOTE Not for publication / Nid i’w gyhoeddi. CPR-2026-001" in text


def test_of_a_foreign_file_people_come_without_names_and_days() -> None:
    read = read_gedcom(FOREIGN)
    found = network(read.values)
    assert [(one.label, one.sex, one.born, one.dead) for one in found.people] == [
        ("Person 1", "female", 1998, False), ("Person 2", "male", 2024, True),
    ]  # fmt: skip
    assert [(one.first, one.kind, one.second) for one in found.links] == [
        ("Person 1", "carer_of", "Person 2")
    ]
    assert "Example" not in str(read.values)


def test_each_line_that_is_not_taken_is_told_with_its_reason() -> None:
    told = {one.text: one.why.en for one in read_gedcom(FOREIGN).untaken}
    assert told == {
        "SOUR Tree": "A genogram has no place for this.",
        "NAME Mari /Example/": "Names do not go into a genogram. Labels stand in their place.",
        "GIVN Mari": "Names do not go into a genogram. Labels stand in their place.",
        "DATE 3 APR 1998": "Only the year that stands last is taken; the rest is left out.",
        "PLAC Cwmafon": "A genogram has no place for this.",
        "OCCU Nurse": "A genogram has no place for this.",
        "NAME Cai /Example/": "Names do not go into a genogram. Labels stand in their place.",
        "HUSB @I9@": "This points to somebody who is not taken or not in the file.",
        "SOUR": "A genogram has no place for this.",
        "TITL Parish register": "A genogram has no place for this.",
        "this is no line": "This is no line of GEDCOM.",
    }


TAGS = st.sampled_from(
    ["INDI", "FAM", "NAME", "SEX", "BIRT", "DEAT", "DATE", "FAMC", "PEDI", "HUSB", "WIFE", "CHIL",
     "MARR", "FACT", "TYPE", "ASSO", "ROLE", "CONT", "NOTE", "XYZ"]
)  # fmt: skip
LINES = st.builds(
    lambda depth, mark, tag, text: f"{depth} {mark}{tag} {text}",
    st.integers(0, 4),
    st.sampled_from(["", "", "@I1@ ", "@I2@ ", "@F1@ "]),
    TAGS,
    st.sampled_from(["@I1@", "@I2@", "@F1@", "1990", "Y", "F", "Household", "", "words"]),
)


@given(st.lists(LINES, max_size=30))
def test_whatever_a_file_holds_each_line_with_words_is_taken_or_told(lines: list[str]) -> None:
    """Nothing is lost: a year, a label or a word of the file stands in the rows or in the list."""
    text = "\n".join(["0 HEAD", "0 @I0@ INDI", "1 SEX F", *lines])
    read = read_gedcom(text)
    network(read.values)
    told = {one.number for one in read.untaken}
    kept = str(read.values)
    for number, line in enumerate(text.split("\n"), start=1):
        word = line.split()[-1]
        if word in ("1990", "words") and number not in told:
            assert word in kept, line


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0\0", b"PK\x03\x04", b"%PDF-1.7", b"0 TRLR\n", b"0 HEAD\n0 TRLR\n",
        b"0 HEAD\n1 CHAR ANSEL\n0 @I1@ INDI\n1 NAME \xe2e\n", b"0 HEAD\n\xff\n", b"\xff\xfe0",
        b"0 @I1@ INDI\n0 HEAD\n", b"0 HEAD\n0 @I1@ INDI\0\n",
        b"0 HEAD\n" + b"0 NOTE\n" * 20_001, b"0 HEAD\n0 NOTE " + b"x" * MOST_GEDCOM_BYTES,
    ],
)  # fmt: skip
def test_what_is_no_gedcom_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(GedcomRefused):
        read_gedcom(gedcom_text(content))


@pytest.mark.parametrize(
    ("content", "household"),
    [
        (
            "0 HEAD\n1 CHAR ANSI\n0 @I1@ INDI\n1 FACT Môn\n2 TYPE Household\n".encode("cp1252"),
            "Môn",
        ),
        ("0 HEAD\r\n0 @I1@ INDI\r\n1 FACT Tŷ\r\n2 TYPE Household\r\n".encode("utf-16"), "Tŷ"),
        ("\ufeff0 HEAD\r0 @I1@ INDI\r1 FACT Tŷ\r2 TYPE Household\r".encode(), "Tŷ"),
    ],
)
def test_letters_are_read_as_the_file_says(content: bytes, household: str) -> None:
    (person,) = network(read_gedcom(gedcom_text(content)).values).people
    assert person.household == household


def test_more_people_than_a_genogram_takes_are_told_one_by_one() -> None:
    text = "0 HEAD\n" + "".join(f"0 @I{number}@ INDI\n" for number in range(103))
    read = read_gedcom(text)
    assert len(read.values["genogram_people"]) == 100
    assert [one.number for one in read.untaken] == [102, 103, 104]
