"""What the text of a notice may say."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from engine import deployments
from engine.errors import InvalidDefinition
from engine.letters import PLACEHOLDERS, parse_letter
from engine.texts import Text

SOURCE = """
[subject]
en = "Case {case}"
cy = "Achos {case}"
[body]
en = "See {link}"
cy = "Gweler {link}"
[E3.subject]
en = "To the chair"
cy = "I’r cadeirydd"
[E3.body]
en = "{timescale}"
cy = "{timescale}"
"""
VALUES = {
    "case": Text("CNS-1", "CNS-1"),
    "link": Text("/tasks", "/tasks"),
    "timescale": Text("The pack", "Y pecyn"),
    "meeting": Text("4 May 2026", "4 Mai 2026"),
}


def test_letter_is_said_in_one_language_or_in_both_welsh_first() -> None:
    letter = parse_letter(SOURCE.encode(), "x.toml")
    assert letter.say("cy", VALUES) == ("Achos CNS-1", "Gweler /tasks\n")
    subject, body = letter.say("both", VALUES)
    assert subject == "Achos CNS-1 / Case CNS-1"
    assert body.index("Gweler") < body.index("See")
    assert letter.at("E3").say("cy", VALUES) == ("I’r cadeirydd", "Y pecyn\n")
    assert letter.at("E1") is letter


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("{link}", "{child_name}", "'child_name'"),
        ("{link}", "{case.__class__}", "in braces"),
        ("{link}", "{", "stray brace"),
        ('cy = "Achos {case}"\n', "", "missing"),
        ("[body]", "[text]", "lacks"),
        ("[E3.body]", "[E4.body]", "not a subject and a body"),
        ("[E3.", "[E9.", "does not"),
    ],
)
def test_letter_that_is_wrong_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        parse_letter(SOURCE.replace(old, new).encode(), "x.toml")
    assert reason.replace("does not", "belongs here") in refused.value.message


@pytest.mark.parametrize("path", sorted(Path("forms/letters").glob("*.toml")), ids=lambda p: p.stem)
def test_every_letter_of_the_house_can_be_read(path: Path) -> None:
    letter = parse_letter(path.read_bytes(), str(path))
    for level in ("", "E1", "E2", "E3", "E4", "E5"):
        for language in ("en", "cy"):
            assert "{" not in "".join(letter.at(level).say(language, VALUES))


#: What no message may hold beside its placeholders: addresses, numbers of people or telephones,
#: birth dates. The twelve weeks of publication are the only figure that letters need.
NEVER = re.compile(r"@|https?:|www\.|\b(?!12\b)\d+|\d[-/.]\d", re.IGNORECASE)
#: All that may be filled in: the identifier, the address of a page, the name of a timescale, and
#: when a body meets.
FILLED_IN = {"case", "link", "timescale", "meeting"}


@pytest.mark.parametrize("path", sorted(Path("forms/letters").glob("*.toml")), ids=lambda p: p.stem)
def test_no_letter_of_the_house_says_more_of_a_case_than_its_identifier_and_a_link(
    path: Path,
) -> None:
    assert FILLED_IN == PLACEHOLDERS
    letter = parse_letter(path.read_bytes(), str(path))
    for one in [letter, *letter.levels.values()]:
        for language in ("en", "cy"):
            subject, body = one.subject.say(language), one.body.say(language)
            named = {name for _, name, *_ in Formatter().parse(subject + body) if name is not None}
            assert named <= FILLED_IN
            assert "{case}" in subject
            lines = [line for line in body.splitlines() if "{link}" in line]
            assert lines == ["{link}"], "one link, on a line of its own, which post leaves out"
            assert not NEVER.search(subject + body)


def test_every_notice_that_a_diagram_or_a_stage_sends_has_its_letter() -> None:
    files = deployments.read_folders(Path())
    processes = deployments.build(files).processes.values()
    sent = {e.notice for p in processes for e in p.elements.values() if e.notice}
    assert sent
    for name in sent | {"clock_stage", "clock_overdue"}:
        assert f"forms/letters/{name}.toml" in files
