"""Find what identifies somebody by its shape alone: postcodes, numbers, addresses, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.identifiers.words import MONTH_NUMBERS, STREETS, STREETS_CY

POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[ABD-HJLNP-UW-Z]{2}"
    r"|[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2})\b"
)
EMAIL = re.compile(r"[\w.+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
PHONE = re.compile(
    r"(?<![\w.-])(?:\+44[\s.-]?(?:\(0\)[\s.-]?)?|\(?0)\d(?:[\s().-]{0,2}\d){8,9}(?!\w)"
)
NHS_NUMBER = re.compile(r"(?<![\w.-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
INSURANCE_NUMBER = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-NP-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b")
#: A word with which an address names its street.
STREET = re.compile(f"{STREETS}|{STREETS_CY}")
ADDRESS = re.compile(
    rf"\b\d{{1,4}}[A-Za-z]?,?\s+(?:[A-Z][\w'-]+\s+){{1,3}}(?:{STREETS})\b"
    rf"|\b(?:\d{{1,4}}[A-Za-z]?,?\s+)?(?:{STREETS_CY})\s+(?:y\s+|yr\s+)?[A-Z][\w'-]+"
    rf"|\b(?:[A-Z][\w'-]+\s+){{1,2}}(?:Street|Road|Avenue|Crescent|Terrace)\b"
)
SCHOOL = re.compile(
    r"\bYsgol\s+(?:(?:y|yr|Gynradd|Uwchradd|Gyfun|Feithrin|Iau|Gymraeg)\s+){0,3}"
    r"(?!Gynradd|Uwchradd|Gyfun|Feithrin|Iau|Gymraeg)[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2}"
    r"|\b(?:[A-Z][\w'-]+\s+){1,4}(?:Primary|High|Comprehensive|Infants?|Junior|Nursery|Secondary"
    r"|Community)\s+School\b"
)
#: Board, kind of process, year and number.
CASE_NUMBER = re.compile(r"\b[A-Z][A-Z0-9]*-[A-Z]{2,6}-\d{4}-\d{1,6}\b")
_BORN = re.compile(
    r"\b(?:born|birth|birthday|dob|d\.o\.b|ganwyd|ganed|geni|pen-blwydd)\b", re.IGNORECASE
)

_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
#: What every day has in it, however it is written: two figures of its year.
_HAS_YEAR = re.compile(r"\d\d")
_ORDINAL = r"(?:st|nd|rd|th|af|ail|il|ydd|edd|fed|eg|ain)?"
_DATES = re.compile(
    rf"\b(?P<d1>\d{{1,2}}){_ORDINAL}[\s.,/-]*(?:of\s+|o\s+)?(?P<m1>{_MONTH})\b[\s.,/-]*(?P<y1>\d{{4}}|\d{{2}}\b)"
    rf"|\b(?P<m2>{_MONTH})\b[\s.,]*(?P<d2>\d{{1,2}}){_ORDINAL}[\s.,]+(?P<y2>\d{{4}})"
    r"|(?<!\d)(?P<d3>\d{1,2})\s?[./ -]\s?(?P<m3>\d{1,2})\s?[./ -]\s?(?P<y3>\d{4}|\d{2})(?!\d)"
    r"|(?<!\d)(?P<y4>\d{4})[./-](?P<m4>\d{1,2})[./-](?P<d4>\d{1,2})(?!\d)",
    re.IGNORECASE,
)


def days_in(text: str, this_year: int = 2099) -> Iterator[tuple[int, int, date]]:
    """Yield every day that a text gives, in figures or in words: where it stands, and which it is.

    A year of two figures is of this century unless that lies ahead.
    """
    if not _HAS_YEAR.search(text):
        return
    for found in _DATES.finditer(text):
        given = {name[0]: value for name, value in found.groupdict().items() if value}
        month = given["m"].lower()
        number = int(month) if month.isdigit() else MONTH_NUMBERS[month]
        year = int(given["y"])
        years = (2000 + year, 1900 + year) if len(given["y"]) == 2 else (year,)
        for each in years:
            if 1900 <= each <= this_year and (day := _day(each, number, int(given["d"]))):
                yield found.start(), found.end(), day


def is_of_birth(text: str, start: int, end: int) -> bool:
    """Say whether words around a day say that somebody was born on it."""
    return bool(
        _BORN.search(text[max(0, start - 30) : start]) or _BORN.search(text[end : end + 12])
    )


def is_nhs_number(written: str) -> bool:
    """Say whether ten figures are an NHS number: the last one checks the others."""
    figures = [int(sign) for sign in written if sign.isdigit()]
    check = 11 - sum(figure * (10 - at) for at, figure in enumerate(figures[:9])) % 11
    return len(set(figures)) > 1 and check % 11 == figures[9] and check != 10


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
