"""How long it takes to prove every shipped process, as a deployment does it.

The hold is on the processor time of this process: the wall time of a shared machine says how busy
it is, and stands beside it. Soundness and the rules of `statutory.toml` stand under one hold, as
they are proved one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.deployments import read_folders, soundness_checks, statutory_proof
from engine.deployments.definitions import read
from engine.deployments.writing import Writing
from tests.bench.figures import MILLISECONDS, Row, Scale, Times, at_most, told
from tests.bench.house import House

MOST_SECONDS = 10.0


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Prove each process once, with nothing kept from before."""
    reading = read(read_folders(house.root))
    soundness_checks.forget()
    statutory_proof.forget()
    times = Times.none()
    with times.one():
        writing = Writing(reading)
        verdicts = [
            soundness_checks.verdict(reading, writing, process)
            for process in reading.processes.values()
        ]
        broken = list(statutory_proof.prove(reading))
    what = "soundness and statutory proof of every shipped process"
    yield at_most(what, times.median_cpu / MILLISECONDS, "s of processor", MOST_SECONDS)
    yield told(f"{what}, wall time", times.median / MILLISECONDS, "s")
    states = sum(verdict.states for verdict in verdicts)
    yield told("states gone through for soundness", float(states), "states")
    yield told("statutory rules proved", float(len(reading.statutory) - len(broken)), "rules")
