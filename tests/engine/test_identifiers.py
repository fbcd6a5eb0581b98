"""A name is found however it is written: inflected, shortened, mutated, set in other letters."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import identifiers
from engine.identifiers import ADDRESS, BORN, FAMILY, PERSON, SCHOOL, Identifier, Register

#: Nobody here is real.
NAMES = ["Carys Ann Morgan", "Rose Price", "Will April", "Mary-Ann O’Brien", "Gwenllian Llwyd"]
WIDE = "\N{FULLWIDTH LATIN CAPITAL LETTER C}"
STAFF = ["Dr Siân ap Gwilym", "Peredur Bannister"]
HOME = "14 Stryd y Bont\nBangor LL57 1AA\n01248 555123"


def known() -> Register:
    """Return what a case about invented people knows."""
    return identifiers.register(
        [
            *(Identifier(FAMILY, name) for name in NAMES),
            *(Identifier(PERSON, name) for name in STAFF),
            Identifier(BORN, day=date(2019, 7, 3)),
            Identifier(ADDRESS, HOME),
            Identifier(SCHOOL, "Ysgol Gynradd Bro Taf"),
        ],
        own_number="CWM-CPR-2026-001",
        allowed=["Bwrdd Diogelu Bro Taf", "Welsh Government"],
    )


REGISTER = known()


def found(text: str) -> list[tuple[str, str]]:
    """Return what is found in a text: the words, and of which kind they are."""
    return [(text[hit.start : hit.end], hit.kind) for hit in REGISTER.find(text)]


@pytest.mark.parametrize(
    ("text", "marked", "kind"),
    [
        ("Then Carys’s mother came.", "Carys", FAMILY),
        ("Carys' school", "Carys", FAMILY),
        ("The Morgans moved.", "Morgans", FAMILY),
        ("two Caryses", "Caryses", FAMILY),
        ("Cafodd Garys ei gweld.", "Garys", FAMILY),
        ("fy Ngharys i", "Ngharys", FAMILY),
        ("ei dad a Charys", "Charys", FAMILY),
        ("i Wenllian", "Wenllian", FAMILY),
        ("gan Lwyd", "Lwyd", FAMILY),
        ("CARYS MORGAN", "CARYS MORGAN", FAMILY),
        ("carys morgan", "carys morgan", FAMILY),
        ("then carys left", "carys", FAMILY),
        ("Morgan, Carys", "Morgan", FAMILY),
        ("Carys  Ann\nMorgan", "Carys  Ann\nMorgan", FAMILY),
        ("C.A.M. was seen", "C.A.M", identifiers.INITIALS),
        ("when CM was seen", "CM", identifiers.INITIALS),
        ("Mary Ann", "Mary Ann", FAMILY),
        ("MaryAnn", "MaryAnn", FAMILY),
        ("Mary\N{NON-BREAKING HYPHEN}Ann", "Mary\N{NON-BREAKING HYPHEN}Ann", FAMILY),
        ("O'Brien", "O'Brien", FAMILY),
        ("OBrien", "OBrien", FAMILY),
        ("Ca\N{SOFT HYPHEN}rys", "Ca\N{SOFT HYPHEN}rys", FAMILY),
        ("Mor-\ngan", "Mor-\ngan", FAMILY),
        (
            "\N{FULLWIDTH LATIN CAPITAL LETTER C}arys",
            "\N{FULLWIDTH LATIN CAPITAL LETTER C}arys",
            FAMILY,
        ),
        ("Sian said", "Sian", PERSON),
        ("Si\N{LATIN SMALL LETTER A}\N{COMBINING CIRCUMFLEX ACCENT}n", "Siân", PERSON),
        ("Bannister’s report", "Bannister", PERSON),
        ("Rose said", "Rose", FAMILY),
        ("Will came later", "Will", FAMILY),
        ("April was seen", "April", FAMILY),
        ("ym Mangor", "Mangor", ADDRESS),
        ("i Fangor", "Fangor", ADDRESS),
        ("yn Stryd y Bont", "Stryd y Bont", ADDRESS),
        ("at Bro Taf", "Bro Taf", SCHOOL),
        ("yn Ysgol Dyffryn Arall", "Ysgol Dyffryn Arall", SCHOOL),
        ("born on 3 July 2019", "3 July 2019", BORN),
        ("3ydd o Orffennaf 2019", "3ydd o Orffennaf 2019", BORN),
        ("July 3rd, 2019", "July 3rd, 2019", BORN),
        ("03.07.19", "03.07.19", BORN),
        ("date of birth: 4/5/2012", "4/5/2012", BORN),
        ("near CF10 3NQ", "CF10 3NQ", identifiers.POSTCODE),
        ("call 029 2018 0123 now", "029 2018 0123", identifiers.PHONE),
        ("call +44 (0)29 2018 0123", "+44 (0)29 2018 0123", identifiers.PHONE),
        ("write to a.b@cwm.example today", "a.b@cwm.example", identifiers.EMAIL),
        ("NHS 943 476 5919", "943 476 5919", identifiers.NUMBER),
        ("as in CWM-CPR-2026-002", "CWM-CPR-2026-002", identifiers.CASE_NUMBER),
        ("at 12 Acacia Avenue", "12 Acacia Avenue", ADDRESS),
    ],
)
def test_what_identifies_somebody_is_found(text: str, marked: str, kind: str) -> None:
    pairs = [(unicodedata.normalize("NFC", said), of) for said, of in found(text)]
    assert (marked, kind) in pairs


#: What a careful report says, and the gate must leave alone.
HARMLESS = [
    "Child 1 lived with the mother and two siblings.",
    "The rose garden was at the price of the estate; it will open in spring.",
    "The Panel met in April 2026 and again on 3 May 2026.",
    "Since April the service has changed.",
    "Welsh Government and the Bwrdd Diogelu Bro Taf were told.",
    "CWM-CPR-2026-001",
    "The GP, the HV and the SW met at the MASH.",
    "Men and women of the Race Equality Forum met at the Mill.",
    "The Roseland area and the Morganite stone",
    "The primary school and the High School shared what they knew.",
    "Five of 12 appointments in 2025 were missed; 10 in 2024.",
    "See paragraphs 5.17 to 5.20 and section 3.1.",
    "The months 2025-01 to 2026-03 were reviewed.",
    "The budget was 1,250,000 in 2024 to 2025.",
    "Roedd y plentyn yn byw gyda’r fam a’i brawd.",
    "Bu’r fam yn y gwaith. Dim ond wedyn y daeth y gweithiwr.",
    "Ar 3 Gorffennaf 2020 cyfarfu’r Panel.",
    "A strategy meeting (section 47) was held within 15 working days.",
    "Ffordd ymlaen: gweithio gyda’n gilydd.",
    "It was not the will that was missing.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_names_nobody_is_left_alone(text: str) -> None:
    assert found(text) == []


letters = st.sampled_from("bcdfghjklmnprstvwyaeiou")
#: Made-up names of eight letters or more, which are no words of any language.
made_up = st.text(letters, min_size=8, max_size=12).map(lambda word: f"{word}q".capitalize())
endings = st.sampled_from(["", "’s", "'s", "s’", "s", "."])
before = st.sampled_from(["", "gan ", "i ", "with ", "(", "“", "â "])


@given(made_up, before, endings)
def test_any_name_is_found_inflected_and_mutated(name: str, lead: str, ending: str) -> None:
    register = identifiers.register([Identifier(FAMILY, f"{name} Xyzzyx")])
    for form in [name, name.upper(), name.lower(), *identifiers.mutations(name)]:
        text = f"Then {lead}{form}{ending} came."
        hits = register.find(text)
        assert hits, text
        assert form.lower() in text[hits[0].start : hits[0].end].lower()


@given(made_up)
def test_a_name_takes_an_h_after_her_and_our(name: str) -> None:
    register = identifiers.register([Identifier(FAMILY, name)])
    form = identifiers.with_h(name)
    if form is not None:
        assert register.find(f"gwelodd ei {form} hi")
    else:
        assert not name.startswith(tuple("AEIOU"))


@given(made_up, st.integers(1, 7), st.sampled_from(["\u00ad", "\u200b", "-\n", "-", "\ufeff"]))
def test_a_name_is_found_though_something_splits_it(name: str, at: int, sign: str) -> None:
    register = identifiers.register([Identifier(PERSON, f"Bo {name}")])
    assert register.find(f"to {name[:at]}{sign}{name[at:]}, who came")


@given(st.text(max_size=300))
def test_every_text_can_be_looked_at(text: str) -> None:
    for hit in REGISTER.find(text):
        assert 0 <= hit.start < hit.end <= len(text)


@given(made_up, st.text(st.sampled_from("abcdefgh ,.’ŵŷâé\u00ad—"), max_size=60))
def test_what_is_marked_is_the_name_itself(name: str, around: str) -> None:
    """Letters that are folded into two or none do not shift what is marked."""
    register = identifiers.register([Identifier(FAMILY, name)])
    text = f"{around} {name} {around}"
    assert any(text[hit.start : hit.end] == name for hit in register.find(text))


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("Carys", ["Garys", "Ngharys", "Charys"]),
        ("Bangor", ["Fangor", "Mangor"]),
        ("Pedr", ["Bedr", "Mhedr", "Phedr"]),
        ("Tomos", ["Domos", "Nhomos", "Thomos"]),
        ("Dafydd", ["Ddafydd", "Nafydd"]),
        ("Gwen", ["Wen", "Ngwen"]),
        ("Mair", ["Fair"]),
        ("Llinos", ["Linos"]),
        ("Rhys", ["Rys"]),
        ("Sioned", []),
        ("Chloe", []),
    ],
)
def test_a_word_mutates_as_in_welsh(word: str, forms: list[str]) -> None:
    assert list(identifiers.mutations(word)) == forms


def test_a_name_is_found_at_the_end_of_a_long_report() -> None:
    """Sixty pages of five hundred words."""
    text = "The service met with the family and agreed. " * 3_750
    hits = REGISTER.find(text + "Carys")
    assert [hit.start for hit in hits] == [len(text)]
