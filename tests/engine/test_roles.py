"""What `roles.toml` may say."""

from __future__ import annotations

import pytest

from engine.errors import InvalidDefinition
from engine.roles import parse_roles

SOURCE = """
[roles.coordinator]
id = ["ROL-12"]
scope = "board"
en = "Co-ordinator"
cy = "Cydlynydd"
reads_case = true
coordinates = true
sees_figures = true

[roles.participant]
id = ["ROL-15"]
scope = "item"
item = "participant"
en = "Participant"
cy = "Cyfranogwr"

[roles.administrator]
scope = "board"
en = "Administrator"
cy = "Gweinyddwr"

[roles.group]
scope = "board"
en = "Group"
cy = "Grŵp"
processes = ["event", "forum"]
reads_case = ["event"]

[visibility]
V-STEER = ["coordinator", "participant"]
V-OWN = []
"""


def test_a_group_of_some_cases_has_no_part_in_what_several_kinds_of_case_share() -> None:
    known = parse_roles(SOURCE.encode(), "roles.toml")
    group = ("group", "coordinator", "participant")
    assert known.counting_beside("event", group) == group
    assert known.counting_beside("forum", group) == ("coordinator", "participant")
    assert known.counting_on("forum", group) == group
    assert known.counting_on("review", group) == ("coordinator", "participant")


def test_roles_and_classes_are_read() -> None:
    roles = parse_roles(SOURCE.encode(), "roles.toml")
    coordinator = roles.get("coordinator")
    assert coordinator.text.cy == "Cydlynydd"
    assert roles.visibility("V-STEER") == ("coordinator", "participant")
    assert roles.visibility("participant") == ("participant",)
    assert roles.visibility("V-NONE") == ()
    assert set(roles) == {"coordinator", "participant", "administrator", "group"}
    assert roles.reading_on("review") == roles.coordinating == {"coordinator"}
    assert roles.seeing_figures == {"coordinator"}
    assert "chair" not in roles
    assert not roles.get("chair").reads_on("review")


def test_a_role_counts_and_reads_where_it_says() -> None:
    roles = parse_roles(SOURCE.encode(), "roles.toml")
    assert roles.of_boards("review") == ["administrator", "coordinator"]
    assert roles.of_boards("forum") == ["administrator", "coordinator", "group"]
    assert roles.reading_on("forum") == {"coordinator"}
    assert roles.reading_on("event") == {"coordinator", "group"}
    assert roles.by_reach == {None: {"coordinator"}, ("event",): {"group"}}
    assert roles.counting_on("review", ["group", "participant"]) == ("participant",)


def test_a_role_that_names_no_process_counts_on_no_case() -> None:
    source = SOURCE.replace('["event", "forum"]', "[]").replace('["event"]', "true")
    role = parse_roles(source.encode(), "roles.toml").get("group")
    assert not role.counts_on("event")
    assert not role.reads_on("event")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('scope = "board"', 'scope = "town"', 4, "'town'"),
        ('item = "participant"\n', "", 11, "does not fit"),
        ('cy = "Gweinyddwr"', 'cy = "Gweinyddwr"\nreads_case = true', 22, "ROL-40"),
        ('"coordinator", "participant"', '"administrator"', 31, "ROL-40"),
        ('"coordinator", "participant"', '"coordinater"', 31, "'coordinater'"),
        ("V-OWN = []", 'OWN = ["coordinator"]', 32, "not a visibility class"),
        ('reads_case = ["event"]', 'reads_case = ["review"]', 28, "does not count"),
        ('reads_case = ["event"]', "reads_case = 1", 28, "wrong kind"),
        ('item = "participant"', 'item = "participant"\nprocesses = ["x"]', 15, "the scope"),
        ("reads_case = true", 'reads_case = ["x"]', 8, "may not open"),
        ("reads_case = true\n", "", 7, "may not open"),
        ('item = "participant"', 'item = "participant"\nsees_figures = true', 15, "the scope"),
        ('cy = "Gweinyddwr"', 'cy = "Gweinyddwr"\nsees_figures = true', 22, "ROL-40"),
        ('cy = "Cydlynydd"\n', "", 2, "missing"),
        ("[visibility]", "[visible]", 30, "not a table"),
        ("[roles.coordinator]", "[roles.Co-ordinator]", 2, "not a key"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        parse_roles(SOURCE.replace(old, new, 1).encode(), "roles.toml")
    assert reason in refused.value.message
    assert refused.value.details["line"] == line
