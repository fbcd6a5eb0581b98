"""A layout is read strictly, so that a slip is named before anything is printed."""

from __future__ import annotations

import pytest

from engine import layouts
from engine.errors import InvalidDefinition
from engine.texts import Text

PATH = "forms/reports/consent.toml"


def read(blocks: str, head: str = "[layout]\n") -> layouts.Layout:
    """Return a layout from its TOML."""
    return layouts.parse_layout((head + blocks).encode(), PATH)


def test_a_layout_holds_its_parts_in_order() -> None:
    layout = read(
        """
title_en = "Record"
title_cy = "Cofnod"
leave_out = ["sum"]
[[layout.blocks]]
heading_en = "One"
heading_cy = "Un"
fields = ["a", "b"]
[[layout.blocks]]
ticks = "c"
[[layout.blocks]]
columns = [{ en = "Who", cy = "Pwy" }, { en = "Yes", cy = "Ie" }, { en = "No", cy = "Na" }]
lines = [{ en = "Police", cy = "Heddlu", fields = ["d"] }]
[[layout.blocks]]
document = "other"
only = ["x"]
[[layout.blocks]]
section = "rest"
[[layout.blocks]]
bullets = ["e"]
[[layout.blocks]]
rows = "f"
columns = [{ en = "Who", cy = "Pwy", fields = ["name", "role"] }]
"""
    )
    assert layout.title == Text("Record", "Cofnod")
    assert list(layout.names) == ["a", "b", "c", "d", "e", "f"]
    assert layout.leave_out == ("sum",)
    assert [type(block.holds) for block in layout.blocks] == [
        layouts.Fields, layouts.Ticks, layouts.Grid, layouts.Appendix, layouts.WholeSection,
        layouts.Fields, layouts.RowTable,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ('[[layout.blocks]]\nheading_en = "One"\n', "whose heading_cy is missing"),
        ("[[layout.blocks]]\n", "says nothing"),
        ('[[layout.blocks]]\nfields = ["a"]\nticks = "b"\n', "holds two kinds of things"),
        ('[[layout.blocks]]\nlines = [{ en = "a", cy = "b", fields = ["c"] }]\n', "without the"),
        ('[[layout.blocks]]\nonly = ["a"]\n', "stands alone"),
        ('[[layout.blocks]]\nfeilds = ["a"]\n', "is not a key that belongs here"),
        ('[[layout.blocks]]\ntext_en = "{name}"\ntext_cy = "{case}"\n', "names 'name' in braces"),
        ('[[layout.blocks]]\ntext_en = "{"\ntext_cy = "x"\n', "has a stray brace"),
        ("[other]\n", "is not one table called layout"),
    ],
)
def test_a_slip_is_refused_with_what_is_wrong(blocks: str, reason: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read(blocks)
    assert reason in refused.value.message
