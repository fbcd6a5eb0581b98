"""What a measurement is: rows with a floor and a hold, how they are taken and printed.

Wall time on a shared machine swings, so a row is a ratio to a floor measured in the same run
wherever that makes sense; the processor time of this process is given beside it.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MILLISECONDS = 1000.0


@dataclass(frozen=True)
class Row:
    """One figure. `hold` says what must be true of it, `ok` whether it is; null: nothing held."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    hold: str = ""
    ok: bool | None = None


@dataclass(frozen=True)
class Scale:
    """How much is measured: the whole, a short form for every day, and a tiny one for the test."""

    steps: int
    runs: int
    submissions: int
    waiting: tuple[int, ...]
    sweeps: int
    idle_seconds: float
    timers: int
    late_timers: int
    late_seconds: float
    workers: tuple[int, ...]
    cases: tuple[int, ...]
    open_cases: int
    timeline: tuple[int, int]
    kinds: tuple[str, ...] = ("sqlite", "postgresql")


FULL = Scale(
    steps=8, runs=15, submissions=24, waiting=(100_000, 1_000_000), sweeps=50, idle_seconds=10.0,
    timers=400, late_timers=200, late_seconds=4.0, workers=(1, 2),
    cases=(1_000, 10_000), open_cases=200, timeline=(30, 500),
)  # fmt: skip
QUICK = Scale(
    steps=6, runs=4, submissions=6, waiting=(10_000,), sweeps=10, idle_seconds=3.0,
    timers=80, late_timers=40, late_seconds=2.0, workers=(2,),
    cases=(1_000,), open_cases=200, timeline=(30, 100),
)  # fmt: skip


@dataclass
class Times:
    """Wall and processor milliseconds of the same runs."""

    wall: list[float]
    cpu: list[float]

    @classmethod
    def none(cls) -> Times:
        """Return an empty collection."""
        return cls([], [])

    @contextmanager
    def one(self) -> Iterator[None]:
        """Time what runs inside."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.wall.append((time.perf_counter() - wall) * MILLISECONDS)
        self.cpu.append((time.process_time() - cpu) * MILLISECONDS)

    @property
    def median(self) -> float:
        """Return the median wall time."""
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        """Return the median processor time."""
        return statistics.median(self.cpu)


def timed(act: Callable[[], Any], runs: int, *, warm_up: int = 3) -> Times:
    """Run something often and return how long each run took, the first ones left out."""
    times = Times.none()
    for number in range(warm_up + runs):
        if number < warm_up:
            act()
            continue
        with times.one():
            act()
    return times


def settle_down() -> None:
    """Put what was loaded so far out of the collector's sight.

    In this process only: servers and workers that a measurement starts run as they are.
    """
    gc.collect()
    gc.freeze()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies; 0.95 is the 95th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def at_most(what: str, value: float, unit: str, most: float, *, floor: float | None = None) -> Row:
    """Return a row that holds where the value, or its ratio to the floor, is small enough."""
    if floor is None:
        return Row(what, value, unit, None, None, f"value <= {most:g}", value <= most)
    ratio = value / floor
    return Row(what, value, unit, floor, ratio, f"ratio <= {most:g}", ratio <= most)


def at_least(what: str, value: float, unit: str, least: float, *, floor: float) -> Row:
    """Return a row that holds where the value is large enough; the ratio is for information."""
    return Row(what, value, unit, floor, value / floor, f"value >= {least:g}", value >= least)


def told(what: str, value: float, unit: str, *, floor: float | None = None) -> Row:
    """Return a row that holds nothing and explains the others."""
    return Row(what, value, unit, floor, None if floor is None else value / floor)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table to read."""
    heads = ("what", "value", "unit", "floor", "ratio", "hold", "")
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 2, 5, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def write(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as JSON; rows of the file that were not measured this time stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    found = {entry["what"]: entry for entry in kept} | {row.what: asdict(row) for row in rows}
    path.write_text(json.dumps(list(found.values()), indent=1) + "\n", encoding="utf-8")


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {None: "", True: "ok", False: "NOT HELD"}[row.ok]
    return (
        row.what,
        _figure(row.value),
        row.unit,
        "" if row.floor is None else _figure(row.floor),
        "" if row.ratio is None else f"{row.ratio:.2f}",
        row.hold,
        verdict,
    )


def _figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3f}"
