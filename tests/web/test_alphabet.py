"""Lists stand in the order of the alphabet of the page, which in Welsh is not the English one."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Site
from web.alphabet import place


@pytest.mark.parametrize(
    "welsh",
    [
        ["Cyfarfod", "Chwefror", "Dafydd"],
        ["Delyth", "Dyfed", "Ddraig", "Efa"],
        ["Fyw", "Ffion", "Gareth"],
        ["Gwyn", "Ngaio", "Hari"],
        ["Lowri", "Lynfa", "Llinos", "Mari"],
        ["Owain", "Pyrs", "Phylip", "Rolant"],
        ["Ruth", "Rhys", "Sioned"],
        ["Twm", "Thomas", "Una"],
        ["Ângel", "Aled", "Bethan"],
        ["Iwan", "Jac", "Kyffin", "Lowri"],
        ["Banc y Felin", "Bangor"],
        ["Llanfair", "Llangollen", "Llanhari", "Llanwern"],
        ["Marged", "Marhaus", "Mari"],
        ["Cyfarfod 2", "Cyfarfod 10"],
    ],
)
def test_the_letters_of_welsh_stand_in_their_places(welsh: list[str]) -> None:
    mixed = welsh[::-1]
    assert sorted(mixed, key=lambda each: place(each, "cy")) == welsh


def test_english_pages_keep_the_english_alphabet() -> None:
    names = ["Ângel", "Chwefror", "Cyfarfod", "Ffion", "Fyw", "Llinos", "Lowri", "Rhys", "Ruth"]
    mixed = names[::-1]
    assert sorted(mixed, key=lambda each: place(each, "en")) == names


def test_the_order_does_not_hang_on_capitals_or_apostrophes() -> None:
    assert place("ffion", "cy")[0] == place("FFION", "cy")[0]
    assert place("Gŵyl y banc", "cy")[0] == place("gwyl y banc", "cy")[0]
    assert place("gofalwr ’r teulu", "cy") < place("gofalwr sirol", "cy")


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("cy", "/cy")])
def test_people_and_roles_to_choose_stand_in_the_order_of_the_page(
    site: Site, language: str, prefix: str
) -> None:
    case_id = site.open_case()
    page = site.signed_in("Ffion Hughes").get(f"{prefix}/cases/{case_id}/people")
    text = page.get_data(as_text=True)
    for select in ("role", "account"):
        options = re.search(rf'<select[^>]*id="{select}".*?</select>', text, re.DOTALL)
        assert options is not None
        said = re.findall(r"<option[^>]*>\s*(.*?)\s*</option>", options[0], re.DOTALL)[1:]
        assert len(said) > 5
        assert said == sorted(said, key=lambda each: place(each, language))


def test_roles_and_people_to_sign_in_as_stand_in_the_order_of_the_page(site: Site) -> None:
    page = site.visitor().get("/cy/sign-in").get_data(as_text=True)
    roles = re.findall(r'<dt class="govuk-summary-list__key">(.*?)</dt>', page)
    assert len(roles) > 10
    assert roles == sorted(roles, key=lambda each: place(each, "cy"))
    assert roles != sorted(roles), "no list here tells the two alphabets apart"
