"""Serving starts only where it can, keeps its worker, and stops when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from click.testing import CliRunner

from web import serving
from web.command import main

ENDS = [sys.executable, "-c", "import sys; sys.exit(3)"]
STAYS = [sys.executable, "-c", "import time; time.sleep(60)"]

#: Serves, and is told to stop where Python swallows whatever a signal's handler raises.
TOLD_TO_STOP_WHILE_MEMORY_IS_SETTLED = """
import os, signal, subprocess, sys, time
from engine import operations
from web import command

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIG{name})
        for _ in range(20):
            time.sleep(0.005)

def settle():
    last = Last()
    del last

operations.settle_memory = settle
operations.set_up_demonstration = lambda root, tell: None
command._start_worker = lambda settings: subprocess.Popen({stays!r})
command.main(["serve", "--demonstration", "--folder", {folder!r}, "--port", "{port}"])
"""


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else answers."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_taken_port_is_found_before_the_demonstration_is_made(taken: int, tmp_path: Path) -> None:
    folder = tmp_path / "demonstration"
    options = ["--demonstration", "--folder", str(folder), "--port", str(taken)]
    said = CliRunner().invoke(main, ["serve", *options])
    assert said.exit_code == 1
    assert said.output == (
        f"Error: Port {taken} at 127.0.0.1 cannot be used (Address already in use).\n"
    )
    assert not (folder / "adolygu.db").exists()


def test_first_free_port_is_taken_for_good(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "FIRST_PORT", taken)
    (made,) = serving.listen("127.0.0.1", None)
    with made:
        port = made.getsockname()[1]
        assert port > taken
        with pytest.raises(OSError, match=f"Port {port} at 127.0.0.1 cannot be used"):
            serving.listen("127.0.0.1", port)


def test_host_that_is_none_is_a_plain_sentence() -> None:
    with pytest.raises(OSError, match=r"nowhere\.invalid cannot be used"):
        serving.listen("nowhere.invalid", None)


class Workers:
    """Starts workers, and keeps them."""

    def __init__(self, *commands: list[str]) -> None:
        self.commands, self.started = list(commands), list[subprocess.Popen[Any]]()

    def start(self) -> subprocess.Popen[Any]:
        command = self.commands.pop(0) if len(self.commands) > 1 else self.commands[0]
        self.started.append(subprocess.Popen(command))
        return self.started[-1]


def until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:
        time.sleep(0.02)
    return holds()


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PAUSE_SECONDS", 0.01)


def test_worker_that_died_is_started_again(capsys: pytest.CaptureFixture[str]) -> None:
    told: serving.Told = SimpleQueue()
    workers = Workers(STAYS)
    beside = serving.Beside(workers.start, told)
    beside.start()
    workers.started[0].kill()
    assert until(lambda: len(workers.started) == 2)
    beside.stop()
    assert workers.started[1].poll() == -signal.SIGTERM
    assert "The worker ended (exit status -9); it is started again." in capsys.readouterr().err
    with pytest.raises(Empty):
        told.get(timeout=0.1)


def test_worker_that_keeps_dying_ends_the_serving() -> None:
    told: serving.Told = SimpleQueue()
    workers = Workers(ENDS)
    beside = serving.Beside(workers.start, told)
    beside.start()
    assert "ended 3 times in a row (exit status 3)" in told.get(timeout=20)
    beside.stop()
    assert len(workers.started) == serving.MAX_SHORT_LIVES


def test_worker_that_is_stopped_is_not_started_again() -> None:
    told: serving.Told = SimpleQueue()
    workers = Workers(STAYS)
    beside = serving.Beside(workers.start, told)
    beside.start()
    beside.stop()
    assert not until(lambda: len(workers.started) > 1, 0.3)


@pytest.mark.parametrize("name", ["TERM", "INT"])
def test_told_to_stop_at_any_moment_it_stops_and_its_worker_too(name: str, tmp_path: Path) -> None:
    told = TOLD_TO_STOP_WHILE_MEMORY_IS_SETTLED.format(
        name=name, folder=str(tmp_path), port=free_port(), stays=STAYS
    )
    environment = {key: value for key, value in os.environ.items() if "ADOLYGU" not in key}
    served = subprocess.run(
        [sys.executable, "-c", told],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert served.returncode == 0, served.stderr
    assert "Adolygu answers at" in served.stdout
