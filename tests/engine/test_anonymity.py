"""A name, a birth date or a genogram on record cannot be written where it may be published."""

from __future__ import annotations

from datetime import date

import pytest

from engine import anonymity


def catches(text: str, *names: str, born: str | None = None) -> bool:
    """Say whether a text names one of these people, or gives the birth date."""
    days = [date.fromisoformat(born)] if born else []
    patterns = [*anonymity.name_patterns(names), *anonymity.day_patterns(days)]
    return any(pattern.search(text) for pattern in patterns)


@pytest.mark.parametrize(
    "text",
    [
        "Cai Example lived with an aunt.", "cai  example", "Then Cai said so.",
        "The Example family", "CAI EXAMPLE", "Cai’s school", "“Cai-Example”",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert catches(text, "Cai Example")


@pytest.mark.parametrize(
    "text",
    [
        "Child 1 lived with an aunt.", "for example, a visit", "Caithness", "The mother said so.",
        "an exemplary home",
    ],
)  # fmt: skip
def test_what_names_nobody_passes(text: str) -> None:
    assert not catches(text, "Cai Example")


def test_a_month_that_is_also_a_name_may_be_written() -> None:
    assert not catches("In May 2026 the Panel met.", "May Evans")
    assert catches("Then May Evans came.", "May Evans")


@pytest.mark.parametrize(
    "text",
    [
        "born on 3 July 2019", "born 03/07/2019", "3.7.2019", "2019-07-03", "3 Gorffennaf 2019",
        "3rd July 2019", "3 july 2019",
    ],
)  # fmt: skip
def test_a_birth_date_is_found_in_both_languages(text: str) -> None:
    assert catches(text, born="2019-07-03")


@pytest.mark.parametrize("text", ["in July 2019", "13 July 2019", "3 July 2020", "aged six"])
def test_another_day_or_an_age_passes(text: str) -> None:
    assert not catches(text, born="2019-07-03")
