"""Run the measurements, print the table, and write `var/bench.json`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from tests.bench import (
    case_list,
    content_check,
    engine_step,
    firing,
    merged_timeline,
    proof,
    state_size,
    submit,
    sweep,
)
from tests.bench.figures import FULL, QUICK, Row, Scale, table, write
from tests.bench.house import ROOT, House, open_house

SUBJECTS = {
    "state_size": state_size.measure,
    "engine_step": engine_step.measure,
    "submit": submit.measure,
    "sweep": sweep.measure,
    "firing": firing.measure,
    "proof": proof.measure,
    "content_check": content_check.measure,
    "case_list": case_list.measure,
    "merged_timeline": merged_timeline.measure,
}
RESULTS = ROOT / "var" / "bench.json"


def main() -> int:
    """Measure what was asked for; exit 1 where a figure is not held."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--only", choices=SUBJECTS, action="append", help="one subject")
    asked.add_argument("--quick", action="store_true", help="small numbers, to see that all runs")
    options = asked.parse_args()
    rows: list[Row] = []
    with open_house() as house:
        for row in measure(options.only or list(SUBJECTS), QUICK if options.quick else FULL, house):
            print(table([row]).splitlines()[1], flush=True)  # noqa: T201
            rows.append(row)
    print(f"\n{table(rows)}")  # noqa: T201
    write(rows, RESULTS)
    return 0 if all(row.ok is not False for row in rows) else 1


def measure(subjects: list[str], scale: Scale, house: House) -> Iterator[Row]:
    """Measure some subjects, one after the other."""
    for subject in subjects:
        yield from SUBJECTS[subject](scale, house)


if __name__ == "__main__":
    sys.exit(main())
