"""A form is written as it was read, and what is new in it as the shipped forms are written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidDefinition
from engine.form_editing import read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text('ab"\\é’ \n', max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text("abc", min_size=1, max_size=3), VALUES, max_size=5)


@given(OBJECTS, st.sampled_from([None, 1, 4]))
def test_whatever_is_read_is_written_to_the_byte(data: dict[str, Any], indent: int | None) -> None:
    source = json.dumps(data, indent=indent).encode() + b"\n"
    assert read(source, "a.json").write() == source


@given(OBJECTS, OBJECTS, st.sampled_from([None, 2]))
def test_whatever_is_changed_is_read_again_as_it_was_meant(
    data: dict[str, Any], put: dict[str, Any], indent: int | None
) -> None:
    form = read(json.dumps(data, indent=indent).encode(), "a.json")
    for name in list(data)[::2]:
        del form.data[name]
    form.data.update(put)
    assert json.loads(form.write()) == dict(form.data)


def test_line_ends_and_a_mark_at_the_beginning_stay_as_another_tool_wrote_them() -> None:
    source = b'\xef\xbb\xbf{\r\n\t"a" : 1.50,\r\n\t"b": "\\u00e9"\r\n}'
    form = read(source, "a.json")
    assert form.write() == source
    form.data["a"] = 2
    assert form.write() == source.replace(b"1.50", b"2")


def test_what_gets_too_long_for_its_line_is_broken_as_the_shipped_forms_are() -> None:
    form = read(b'{\n  "a": {"b": 1}, "c": [{"d": 1}]\n}\n', "a.json")
    form.data["a"]["text"] = "x" * 110
    assert form.write().decode() == (
        '{\n  "a": {\n    "b": 1,\n    "text": "' + "x" * 110 + '"\n  },\n  "c": [{"d": 1}]\n}\n'
    )


def test_what_is_no_json_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidDefinition, match="line 2"):
        read(b'{\n  "a": }', "a.json")
