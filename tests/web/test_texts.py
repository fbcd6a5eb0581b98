"""Every text that a page or a refusal says has its Welsh, and the Welsh counts rightly."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

import engine
import engine.operations
from engine import deployments
from web import texts

WEB = Path(texts.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"silent": "false", "newstyle_gettext": "true"}}


@cache
def used() -> frozenset[str]:
    """Return every text that a template or a module marks for translation.

    Reading all of them takes longer than a page, and they are asked for once a page.
    """
    found = extract_from_dir(WEB, METHODS, OPTIONS, keywords=KEYWORDS)
    return frozenset(
        message if isinstance(message, str) else message[0] for _, _, message, _, _ in found
    )


def refusals() -> set[str]:
    """Return the sentence of everything that the engine refuses."""

    def below(kind: type) -> Iterator[type]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    sentences = set()
    for kind in below(engine.EngineError):
        written = inspect.cleandoc(kind.__doc__ or "").split("\n\n", 1)[0].replace("\n", " ")
        if kind.__module__.startswith("engine"):
            sentences.add(written)
    return sentences


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with texts.CATALOGUE.open("rb") as source:
        return read_po(source, locale="cy")


def test_every_text_in_use_has_its_welsh(catalogue: Catalog) -> None:
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue}
    missing = sorted((used() | refusals()) - known)
    assert not missing


def test_the_catalogue_holds_nothing_that_no_page_says(catalogue: Catalog) -> None:
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue}
    assert not sorted(known - used() - refusals() - {""})


def test_no_entry_of_the_catalogue_is_empty_or_fuzzy(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            said = [message.string] if isinstance(message.string, str) else message.string
            assert all(said), message.id
            assert not message.fuzzy, message.id


def test_the_placeholders_of_both_languages_agree(catalogue: Catalog) -> None:
    pattern = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    for message in catalogue:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        said = [message.string] if isinstance(message.string, str) else message.string[1:]
        for welsh in said:
            assert sorted(pattern.findall(welsh)) == sorted(pattern.findall(english)), english


def test_the_welsh_uses_one_kind_of_apostrophe(catalogue: Catalog) -> None:
    for message in catalogue:
        said = [message.string] if isinstance(message.string, str) else message.string
        assert not any("'" in welsh for welsh in said if message.id), message.id


def test_the_number_of_texts_that_a_translator_has_to_check_is_known(catalogue: Catalog) -> None:
    checks = sum("check" in message.auto_comments for message in catalogue)
    print(f"{checks} of {len(catalogue)} Welsh texts await a translator")  # noqa: T201
    assert 0 < checks < len(catalogue)


@pytest.mark.parametrize(
    ("days", "english", "welsh"),
    [
        (-2, "2 days late", "2 ddiwrnod yn hwyr"),
        (-1, "1 day late", "1 diwrnod yn hwyr"),
        (0, "Last day in time is today", "Heddiw yw’r diwrnod olaf mewn pryd"),
        (1, "1 day left", "1 diwrnod yn weddill"),
        (2, "2 days left", "2 ddiwrnod yn weddill"),
        (3, "3 days left", "3 diwrnod yn weddill"),
        (6, "6 days left", "6 diwrnod yn weddill"),
        (12, "12 days left", "12 diwrnod yn weddill"),
    ],
)
def test_days_left_are_counted_in_both_languages(days: int, english: str, welsh: str) -> None:
    assert in_both(lambda: texts.days_left(days)) == (english, welsh)


def test_six_tasks_take_the_aspirate_mutation() -> None:
    one, many = (
        "%(num)d task that is done or withdrawn",
        "%(num)d tasks that are done or withdrawn",
    )
    assert in_both(lambda: texts.ngettext(one, many, 6))[1].startswith("6 thasg")


def test_a_day_is_written_as_people_write_it() -> None:
    assert in_both(lambda: texts.day(date(2026, 7, 3))) == ("3 July 2026", "3 Gorffennaf 2026")
    assert in_both(lambda: texts.month("2026-02")) == ("February 2026", "Chwefror 2026")


def test_a_moment_that_begins_a_day_is_that_day() -> None:
    midnight = datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert in_both(lambda: texts.moment(midnight)) == ("1 July 2026", "1 Gorffennaf 2026")


def test_a_moment_is_shown_in_the_time_of_wales() -> None:
    summer = datetime(2026, 7, 3, 23, 30, tzinfo=UTC)
    assert in_both(lambda: texts.moment(summer)) == (
        "4 July 2026 at 00:30",
        "4 Gorffennaf 2026 am 00:30",
    )


def test_what_was_typed_keeps_its_lines_and_no_marks() -> None:
    assert texts.as_typed("a\r\nb <i>") == "a&#10;b &lt;i&gt;"
    assert texts.as_typed("\nfirst line empty") == "&#10;&#10;first line empty"


def in_both(say: object) -> tuple[str, str]:
    """Return what a function says on an English page and on a Welsh one."""
    app = Flask("test")
    said = []
    for language in ("en", "cy"):
        with app.test_request_context("/", environ_base={"adolygu.language": language}):
            said.append(say())  # type: ignore[operator]
    return said[0], said[1]


@pytest.mark.parametrize(
    ("documentation", "told"),
    [
        ("Do it. Source: guidance 5.16; CON-12, F05.13.", ("Do it.", "Source: guidance 5.16.")),
        ("Do it. Local practice, proposed; GAP-51.", ("Do it.", "Local practice, proposed.")),
        ("Gwnewch. Ffynhonnell: CRE-10.", ("Gwnewch.", "")),
        ("Gwnewch. Ffynhonnell: canllawiau 5.8; TIM-03 i TIM-06, F-38.",
         ("Gwnewch.", "Ffynhonnell: canllawiau 5.8.")),
        ("Do it.", ("Do it.", "")),
    ],
)  # fmt: skip
def test_where_a_step_comes_from_stands_apart_and_without_numbers_of_the_catalogue(
    documentation: str, told: tuple[str, str]
) -> None:
    assert texts.guidance_told(documentation) == told


def test_no_step_of_ours_shows_a_number_of_the_catalogue_in_what_it_asks() -> None:
    shipped = deployments.build(deployments.read_folders(WEB.parent))
    told = {
        part
        for process in shipped.processes.values()
        for each in (process, *process.elements.values())
        for language in ("en", "cy")
        for part in texts.guidance_told(each.documentation(language))
    }
    assert [one for one in told if re.search(r"\b[A-Z]{2,3}-\d", one)] == []
    assert [one for one in told if re.search(r"[;,:] ?\.$|  |\( ?\)", one)] == []
