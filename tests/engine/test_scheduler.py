"""That a worker beats, and goes on beating."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import outbox, scheduler, timers
from engine.errors import DatabaseUnavailable
from engine.scheduler import Worker
from engine.settings import Settings
from engine.timers import Swept


class Beats:
    """Counts the sweeps, and can make them fail."""

    def __init__(self) -> None:
        self.fired: list[float] = []
        self.sent = 0
        self.fails = False

    def sweep(self) -> Swept:
        self.fired.append(time.monotonic())
        if self.fails:
            raise DatabaseUnavailable(reason="it is being restarted.")
        return Swept(0, None)


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> Beats:
    counted = Beats()
    monkeypatch.setattr(timers, "sweep", counted.sweep)

    def send(*_: object, **__: object) -> int:
        counted.sent += 1
        return 0

    monkeypatch.setattr(outbox, "send_waiting", send)
    return counted


@pytest.fixture
def worker(beats: Beats, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Worker]:
    monkeypatch.setattr(scheduler, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(scheduler, "WATCH_SECONDS", 0.2)
    made = Worker(Settings(mail_folder=tmp_path))
    yield made
    made._stopping.set()


def until(holds: Callable[[], bool], seconds: float = 5) -> bool:
    """Wait until something holds, and say whether it did in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not holds():
        time.sleep(0.01)
    return holds()


def test_worker_sweeps_again_and_again_until_it_is_stopped(worker: Worker, beats: Beats) -> None:
    worker.start()
    assert until(lambda: len(beats.fired) >= 3)
    assert worker.beat_age_seconds < 1
    worker.stop()
    stopped = len(beats.fired)
    time.sleep(0.3)
    assert len(beats.fired) == stopped


def test_database_that_is_away_does_not_end_the_beat(
    worker: Worker, beats: Beats, caplog: pytest.LogCaptureFixture
) -> None:
    beats.fails = True
    with caplog.at_level(logging.ERROR, "engine.scheduler"):
        worker.sweep()
        worker.sweep()
    assert len(beats.fired) == 2
    assert [record.what for record in caplog.records] == ["DatabaseUnavailable"] * 2
    assert worker.beat_age_seconds < 1


def test_watchdog_sweeps_when_the_scheduler_falls_silent(worker: Worker, beats: Beats) -> None:
    worker._scheduler.add_job = lambda *_, **__: None  # as if the wall clock had been set back
    worker.start()
    assert until(lambda: len(beats.fired) >= 2)
    worker.stop()


def test_second_sweep_beside_a_running_one_does_nothing(
    worker: Worker, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> Swept:
        beats.sweep()
        entered.set()
        go_on.wait(5)
        return Swept(0, None)

    monkeypatch.setattr(timers, "sweep", slow)
    first = threading.Thread(target=worker.sweep)
    first.start()
    assert entered.wait(5)
    worker.sweep()
    assert len(beats.fired) == 1
    go_on.set()
    first.join(5)


def test_outbox_is_looked_at_now_and_then_and_at_once_when_something_fired(
    worker: Worker, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.sweep()
    worker.sweep()
    assert beats.sent == 1
    answers = iter([Swept(1, 0.0), Swept(0, None)])
    monkeypatch.setattr(timers, "sweep", lambda: next(answers))
    worker.sweep()
    assert beats.sent == 2


def test_what_falls_due_before_the_next_beat_is_fired_when_it_does(
    worker: Worker, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = beats.sweep
    monkeypatch.setattr(timers, "sweep", lambda: replace(swept(), seconds_to_next=0.03))
    worker.sweep()
    assert len(beats.fired) == 2
    assert beats.fired[1] - beats.fired[0] >= 0.02


def test_signal_stops_the_worker(beats: Beats, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, Callable[..., None]] = {}
    monkeypatch.setattr(signal, "signal", lambda number, act: handlers.update({number: act}))
    running = threading.Thread(target=scheduler.work_until_stopped, args=(Settings(),))
    running.start()
    assert until(lambda: signal.SIGTERM in handlers)
    handlers[signal.SIGTERM](signal.SIGTERM, None)
    running.join(5)
    assert not running.is_alive()
