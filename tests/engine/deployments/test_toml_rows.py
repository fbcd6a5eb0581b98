"""One table of a TOML file is changed, and the rest stays as somebody wrote it."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.deployments.toml_merge import toml_of
from engine.deployments.toml_rows import put_row, read_rows
from tests.engine.deployments.toml_tables import KEYS, TABLES, exact

LAYER = b"""# Ours.

# Why the pack comes earlier.
[TS-41]
length = "P21D"  # three weeks
# The stage of the Board.
stages = [
  { key = "a", at = "-P7D" },
]

# About the follow-up.
[TS-46]
length = "P2M"
"""


def test_row_that_changes_keeps_its_comments_and_the_rest_of_the_file_every_byte() -> None:
    changed = put_row(LAYER, "TS-41", {"length": "P28D"})
    assert read_rows(changed)["TS-41"] == {"length": "P28D"}
    assert changed == LAYER.replace(
        b'[TS-41]\nlength = "P21D"  # three weeks\n# The stage of the Board.\n'
        b'stages = [\n  { key = "a", at = "-P7D" },\n]\n',
        b'# The stage of the Board.\n[TS-41]\nlength = "P28D"\n',
    )


def test_row_that_stays_as_it_is_leaves_every_byte() -> None:
    assert put_row(LAYER, "TS-46", {"length": "P2M"}) == LAYER
    assert put_row(LAYER, "TS-99", None) == LAYER


def test_row_is_added_at_the_end_and_taken_away_with_its_comment() -> None:
    added = put_row(LAYER, "TS-50", {"length": "P1D"})
    assert added == LAYER + b'\n[TS-50]\nlength = "P1D"\n'
    assert put_row(added, "TS-50", None) == LAYER
    first = put_row(LAYER, "TS-46", None)
    assert b"About the follow-up" not in first
    assert b"three weeks" in first


def test_row_written_in_several_tables_becomes_one() -> None:
    layer = b'[a.x]\nen = "x"\n\n[b]\nc = 1\n\n[[a.stages]]\nkey = "k"\n'
    changed = put_row(layer, "a", {"x": {"en": "y"}})
    assert read_rows(changed) == {"a": {"x": {"en": "y"}}, "b": {"c": 1}}


def test_text_that_only_looks_like_a_table_does_not_lead_astray() -> None:
    layer = b'[a]\ntext = """\n[b]\nc = 1\n"""\n\n[b]\nc = 2\n'
    assert read_rows(put_row(layer, "b", {"c": 3})) == {
        "a": {"text": "[b]\nc = 1\n"},
        "b": {"c": 3},
    }


def test_true_in_place_of_one_is_a_change() -> None:
    assert put_row(b"[a]\nb = 1\n", "a", {"b": True}) == b"[a]\nb = true\n"


def test_first_row_of_an_empty_file_is_all_of_it() -> None:
    assert put_row(b"", "a", {"b": 1}) == b"[a]\nb = 1\n"
    assert put_row(b"[a]\nb = 1\n", "a", None).strip() == b""


@settings(max_examples=50, deadline=None)
@given(TABLES, KEYS, st.none() | TABLES)
def test_a_row_put_into_any_file_is_there_and_nothing_else_has_changed(
    tables: dict[str, Any], key: str, row: dict[str, Any] | None
) -> None:
    source = toml_of(tables)
    wanted = {name: value for name, value in tables.items() if name != key}
    if row is not None:
        wanted[key] = row
    assert exact(tomllib.loads(put_row(source, key, row).decode())) == exact(wanted)
