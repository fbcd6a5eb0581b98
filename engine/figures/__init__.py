"""Count what became of a Board's cases in a year, for the Board and for Welsh Government.

Everything is worked out from recorded dates and clocks when it is asked for; nothing is kept. Those
whom the Board trusts with its figures see true numbers; in what leaves the Board small numbers are
kept back, and with them whatever would give them away (D37).
"""

from engine.figures.figure import KEPT_BACK, Figure, FigureTable
from engine.figures.pages import (
    FigureBoard,
    FiguresExport,
    FiguresPage,
    YearNotOver,
    export_event_log,
    export_figures,
    figures_page,
    sees_figures,
)

__all__ = [
    "KEPT_BACK",
    "Figure",
    "FigureBoard",
    "FigureTable",
    "FiguresExport",
    "FiguresPage",
    "YearNotOver",
    "export_event_log",
    "export_figures",
    "figures_page",
    "sees_figures",
]
