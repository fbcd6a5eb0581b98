"""A text is read for the Panel, who may know who a code is, or anonymised, with codes and roles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import pytest

from engine import codes, identifiers
from engine.codes import CODE, HIDDEN, MONTH, Code, CodeTable, Piece

CHILD = ("child", 1, "Carys Morgan", "the child")
MOTHER = ("family", 1, "Bronwen Morgan", "mother")
NAN = ("family", 2, "Dilys Pugh", "grandmother")
VISITOR = ("staff", 1, "Siân Treharne", "health visitor")
SCHOOL = ("place", 1, "Ysgol Glan Afon", "primary school")


def table(*rows: tuple[str, int, str, str], also: Sequence[str] = ()) -> list[Code]:
    """Return codes; `also` are other names of the first one."""
    return [
        Code(uuid.uuid4(), kind, number, 1, None, name, tuple(also) if at == 0 else (), role, True)
        for at, (kind, number, name, role) in enumerate(rows)
    ]


EVERYBODY = table(CHILD, MOTHER, NAN, VISITOR, SCHOOL)


def ready(known: Sequence[Code]) -> CodeTable:
    """Return codes ready to be looked for, where nobody else is known."""
    return CodeTable(tuple(known), identifiers.register(codes.identifiers_of(known)))


def anonymised(text: str, known: Sequence[Code] = EVERYBODY) -> tuple[Piece, ...]:
    return codes.anonymised(ready(known), text)


def said(text: str, known: Sequence[Code] = EVERYBODY) -> str:
    return codes.said(anonymised(text, known)).en


def named(text: str, *, lists_people: bool = False) -> str:
    return codes.said(codes.personalised(ready(EVERYBODY), text, lists_people=lists_people)).en


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Child 1 was seen.", "Child 1 (Carys Morgan) was seen."),
        ("child 1 was seen", "child 1 (Carys Morgan) was seen"),
        ("Gwelwyd phlentyn 1.", "Gwelwyd phlentyn 1 (Carys Morgan)."),
        ("Aelod o’r teulu 1 came", "Aelod o’r teulu 1 (Bronwen Morgan) came"),
        ("Staff member 1 called.", "Staff member 1 (Siân Treharne) called."),
        ("at Place 1", "at Place 1 (Ysgol Glan Afon)"),
        ("Lle 1", "Lle 1 (Ysgol Glan Afon)"),
    ],
)
def test_the_panel_reads_who_a_code_is(text: str, wanted: str) -> None:
    assert named(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["Child 2 was seen.", "child 10", "in place 1 of the list", "yn lle 1 ymweliad", "Child 1.5",
     "grandchild 1", "S47 enquiry", "the mother"],
)  # fmt: skip
def test_what_is_no_code_of_the_case_is_left_as_it_is(text: str) -> None:
    assert named(text) == text


def test_a_role_tells_who_it_is_only_in_a_list_of_people_and_only_if_one_has_it() -> None:
    assert named("Mother, health visitor", lists_people=True) == (
        "Mother (Bronwen Morgan), health visitor (Siân Treharne)"
    )
    assert named("mother and Child 1", lists_people=True) == (
        "mother (Bronwen Morgan) and Child 1 (Carys Morgan)"
    )
    assert named("Mother’s friend", lists_people=True) == "Mother’s friend"
    twice = ready([*EVERYBODY, *table(("family", 3, "Nesta Pugh", "Mother"))])
    assert codes.said(codes.personalised(twice, "Mother", lists_people=True)).en == "Mother"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Carys Morgan was seen.", "Child 1 (the child) was seen."),
        ("CARYS  MORGAN was seen.", "Child 1 (the child) was seen."),
        ("Sian Treharne called", "Staff member 1 (health visitor) called"),
        ("moved to Ysgol Glan Afon.", "moved to Place 1 (primary school)."),
        ("Child 1 was seen.", "Child 1 (the child) was seen."),
        ("seen on 3 March 2025 at home", "seen on March 2025 at home"),
        ("seen 03/03/25", "seen March 2025"),
        ("Nobody was told.", "Nobody was told."),
        ("CarysMorgan.doc", "CarysMorgan.doc"),
    ],
)
def test_others_read_codes_and_roles_and_months(text: str, wanted: str) -> None:
    assert said(text) == wanted
    assert not codes.needs_attention(anonymised(text))


@pytest.mark.parametrize(
    "text",
    [
        "i Garys ddoe", "tad Charys", "Carys was seen", "Mrs Morgan came", "C. M. was seen",
        "C.M. was seen", "Dr Treharne", "seen by S. T. today", "born on 4 May 2019",
        "moved to 12 High Street", "rang 01792 123456", "at SA1 3SN", "ym Mhughes a Phugh",
    ],
)  # fmt: skip
def test_what_no_code_can_stand_in_for_is_hidden_and_told(text: str) -> None:
    pieces = anonymised(text)
    assert codes.needs_attention(pieces)
    assert all(piece.why and not piece.text.en for piece in pieces if piece.kind == HIDDEN)
    shown = codes.said(pieces)
    for name in ("Garys", "Charys", "Carys", "Morgan", "Treharne", "Phugh", "4 May", "High Street",
                 "123456", "SA1", "C.M", "C. M", "S. T"):  # fmt: skip
        assert name not in shown.en + shown.cy


def test_a_name_that_two_codes_have_is_hidden_not_guessed() -> None:
    both = table(("family", 1, "Dafydd Rees", "father"), ("family", 2, "Dafydd Rees", "uncle"))
    assert said("Dafydd Rees came.", both) == "[taken out] came."


def test_a_name_that_goes_on_as_another_one_is_hidden_whole() -> None:
    both = table(("child", 1, "Carys Morgan", ""), ("staff", 1, "Morgan Iestyn", ""))
    shown = said("Carys Morgan Iestyn came.", both)
    assert shown.replace("[taken out]", "").strip() == "came."


def test_another_name_of_somebody_is_theirs_too() -> None:
    known = table(CHILD, also=["Caz Rhydderch"])
    assert said("Caz Rhydderch said so", known) == "Child 1 (the child) said so"


def test_a_word_that_is_somebodys_name_is_not_taken_for_them_by_itself() -> None:
    known = table(("child", 1, "Rose", ""))
    assert said("the rose garden", known) == "the rose garden"
    assert said("then Rose said so", known) == "then [taken out] said so"


def test_a_role_that_names_somebody_is_not_shown() -> None:
    known = table(("child", 1, "Carys Morgan", "daughter of Dilys Pugh"), NAN)
    assert said("Child 1 came", known) == "Child 1 came"


def test_both_languages_say_the_code_and_the_month() -> None:
    pieces = anonymised("Carys Morgan, 3 March 2025")
    assert codes.said(pieces).cy == "Plentyn 1 (the child), Mawrth 2025"
    assert [piece.kind for piece in pieces if piece.kind in (CODE, MONTH)] == [CODE, MONTH]


def test_a_text_is_whole_whatever_signs_stand_in_it() -> None:
    text = "Gŵr\u200b æ Carys\u00ad Morgan – “ﬁn”"
    assert said(text).startswith("Gŵr\u200b æ Child 1")
    assert said(text).endswith(" – “ﬁn”")


def test_ages_are_in_whole_years_and_none_before_birth() -> None:
    born = date(2019, 2, 28)
    assert [codes.age(born, day) for day in (
        date(2019, 2, 27), date(2019, 2, 28), date(2020, 2, 27), date(2020, 2, 28)
    )] == [None, 0, 0, 1]  # fmt: skip
