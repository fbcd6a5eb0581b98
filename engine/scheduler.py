"""Beat in a worker process: fire what falls due and send what waits, whatever goes wrong."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC
from queue import SimpleQueue
from typing import TypeVar

from apscheduler.schedulers.background import BackgroundScheduler

from engine import mail, outbox, settings, timers

logger = logging.getLogger(__name__)

# A sweep waits within its beat for what falls due soon; that the next beat finds it at work is
# no cause for a warning each second.
logging.getLogger("apscheduler.executors.default").setLevel(logging.ERROR)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

BEAT_SECONDS = 1.0
WATCH_SECONDS = 5.0
OUTBOX_SECONDS = 5.0

T = TypeVar("T")


class Worker:
    """The beat of one worker process.

    APScheduler gives the beat, from memory: what is due stands in the timer table and nowhere
    else. It goes by the wall clock and falls silent when that is set back, so a second thread, on
    the monotonic clock, sweeps itself when the last beat is too old.
    """

    def __init__(self, chosen: settings.Settings) -> None:
        """Take the settings; nothing runs before `start`."""
        self._settings = chosen
        self._port = mail.port_from(chosen)
        self._sweeping = threading.Lock()
        self._stopping = threading.Event()
        self._last_beat = time.monotonic()
        self._outbox_at = 0.0
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    @property
    def beat_age_seconds(self) -> float:
        """Return how long ago the last sweep ended."""
        return time.monotonic() - self._last_beat

    def start(self) -> None:
        """Begin to beat."""
        self._last_beat = time.monotonic()
        self._scheduler.add_job(self.sweep, "interval", seconds=BEAT_SECONDS, id="sweep")
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Let the sweep that runs come to its end, and beat no more."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        self._watchdog.join(WATCH_SECONDS)

    def sweep(self) -> None:
        """Fire and send once, then wait for what falls due before the next beat, and fire that.

        A second sweep beside a running one does nothing.
        """
        if not self._sweeping.acquire(blocking=False):
            return
        try:
            swept = self._sweep_once()
            while swept.fired and not self._stopping.is_set():
                swept = self._sweep_once()
            wait = BEAT_SECONDS if swept.seconds_to_next is None else swept.seconds_to_next
            if wait < BEAT_SECONDS and not self._stopping.wait(max(wait, 0.0)):
                self._sweep_once()
        finally:
            self._last_beat = time.monotonic()
            self._sweeping.release()

    def _sweep_once(self) -> timers.Swept:
        swept = _survive(timers.sweep, timers.Swept(0, None))
        self._send(at_once=swept.fired > 0)
        self._last_beat = time.monotonic()
        return swept

    def _send(self, *, at_once: bool) -> None:
        port, now = self._port, time.monotonic()
        if port is None or not (at_once or now - self._outbox_at >= OUTBOX_SECONDS):
            return
        self._outbox_at = now
        sender, base_url = self._settings.mail_from, self._settings.base_url
        _survive(lambda: outbox.send_waiting(port, sender, base_url=base_url), 0)

    def _watch(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            if self.beat_age_seconds > WATCH_SECONDS:
                logger.warning("no beat", extra={"seconds": round(self.beat_age_seconds)})
                _survive(self.sweep, None)


def work_until_stopped(chosen: settings.Settings | None = None) -> None:
    """Beat until the process is told to stop (SIGTERM or SIGINT)."""
    # A signal may come in the midst of what holds a lock; a simple queue is put into without one.
    told: SimpleQueue[None] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.put(None))
    worker = Worker(chosen or settings.from_environment())
    worker.start()
    logger.info("worker started")
    told.get()
    worker.stop()
    logger.info("worker stopped")


def _survive(act: Callable[[], T], otherwise: T) -> T:
    """Do something; whatever goes wrong is logged by its kind alone, and the beat goes on."""
    try:
        return act()
    except Exception as error:
        logger.error("sweep failed", extra={"what": type(error).__name__})
        return otherwise
