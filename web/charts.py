"""Draw figures as bars and spans: shapes of an SVG that needs no script.

Widths are per cent of the drawing, texts stand in lines of their own above: nothing shrinks on a
narrow screen, and the table beside each chart says the same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

import engine
from web.texts import say

#: How many signs of a name fit on a line of a narrow screen, and how high a line and a bar are.
_SIGNS, _LINE, _BAR, _GAP = 36, 22, 18, 12


@dataclass(frozen=True)
class Bar:
    """A figure drawn: what stands above it in lines, and where it begins and ends, in per cent.

    `middle` is where the median stands on a span, none on a bar; each line has its foot,
    and the bar its `top`, in pixels.
    """

    lines: tuple[tuple[str, int], ...]
    top: int
    begins: float
    width: float
    middle: float | None


@dataclass(frozen=True)
class Chart:
    """A drawing of a table: its bars, how high each is and how high all of it, in pixels."""

    bars: tuple[Bar, ...]
    height: int
    bar_height: int = _BAR


def draw(table: engine.FigureTable, words: Iterable[str]) -> Chart:
    """Return a table as a chart.

    Takes:   words, what each figure says in the language of the page.
    """
    largest = max(map(_end, table.figures), default=0)
    scale = 100 / largest if largest else 0
    bars: list[Bar] = []
    top = 0
    for figure, said in zip(table.figures, words, strict=True):
        lines = _lines(table, say(figure.name), said)
        begins = (figure.shortest or 0) * scale
        bars.append(
            Bar(
                lines=tuple((line, top + _LINE * n - 6) for n, line in enumerate(lines, start=1)),
                top=top + _LINE * len(lines),
                begins=round(begins, 2),
                width=round(_end(figure) * scale - begins, 2),
                middle=None if figure.middle is None else round(figure.middle * scale, 2),
            )
        )
        top += _LINE * len(lines) + _BAR + _GAP
    return Chart(tuple(bars), top)


def _lines(table: engine.FigureTable, name: str, said: str) -> list[str]:
    """Return what stands above a bar; a number never stands on a line alone."""
    if table.in_days:
        return [*textwrap.wrap(f"{name}:", _SIGNS), *textwrap.wrap(said, _SIGNS)]
    return textwrap.wrap(f"{name}:\u00a0{said}", _SIGNS)


def _end(figure: engine.Figure) -> float:
    """Return where the bar of a figure ends: its number, or its longest time."""
    return (figure.number if figure.longest is None else figure.longest) or 0
