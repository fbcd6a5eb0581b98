"""Serve the application until told to stop, and keep the worker beside it going."""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import click
import waitress
from flask import Flask

FIRST_PORT = 8000
PORTS = 100
BACKLOG = 1024

#: A worker that ends so often, each time within so short a life, is not started again.
MAX_SHORT_LIVES = 3
SHORT_LIFE_SECONDS = 60.0
PAUSE_SECONDS = 1.0
STOP_SECONDS = 10.0

#: Why to stop, empty where somebody said so. A signal may come at any moment, also in the midst of
#: what takes a lock or swallows exceptions (a collection of garbage does), so that its handler only
#: puts something into a queue that may be put into anywhere.
Told = SimpleQueue[str]
StartWorker = Callable[[], "subprocess.Popen[Any]"]


class ServingEnded(Exception):
    """Serving ended though nobody said so; the text says why and what to do."""


def listen(host: str, port: int | None) -> list[socket.socket]:
    """Take a port, or the first free one from 8000; nobody else can have it from now on.

    Raises:  OSError, with what is wrong as its text.
    """
    if port is not None:
        try:
            return _listen(host, port)
        except OSError as error:
            said = error.strerror or error
            raise OSError(f"Port {port} at {host} cannot be used ({said}).") from None
    for free in range(FIRST_PORT, FIRST_PORT + PORTS):
        try:
            return _listen(host, free)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise OSError(f"{host} cannot be used ({error.strerror or error}).") from None
    raise OSError(f"No port from {FIRST_PORT} on is free; give one with --port.")


def serve_until_stopped(
    app: Flask,
    sockets: list[socket.socket],
    start_worker: StartWorker | None,
    settle: Callable[[], None],
) -> None:
    """Serve until told to stop (SIGTERM or SIGINT), with a worker beside it where one is wanted.

    Takes:   settle, what is to be done once it answers.
    Raises:  ServingEnded, where the worker, or the server, does not stay alive.
    """
    told: Told = SimpleQueue()
    with _listening_to_signals(told):
        server = waitress.create_server(app, sockets=sockets, threads=8, ident="")
        beside = Beside(start_worker, told) if start_worker else None
        try:
            if beside is not None:
                beside.start()
            threading.Thread(target=_run, args=(server, told), name="server", daemon=True).start()
            host, port = sockets[0].getsockname()[:2]
            click.echo(f"Adolygu answers at http://{host}:{port}/   (stop with Ctrl-C)")
            settle()
            why = told.get()
        finally:
            if beside is not None:
                beside.stop()
            server.task_dispatcher.shutdown()
    if why:
        raise ServingEnded(why)


class Beside:
    """A worker process beside the server, started again when it dies."""

    def __init__(self, start_worker: StartWorker, told: Told) -> None:
        """Take how to start it, and whom to tell when it does not stay alive."""
        self._start_worker, self._told = start_worker, told
        self._changing, self._stopping = threading.Lock(), threading.Event()
        self._process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        """Start the worker, and watch it from now on."""
        self._begin()
        threading.Thread(target=self._watch, name="worker", daemon=True).start()

    def stop(self) -> None:
        """Stop the worker for good."""
        with self._changing:
            self._stopping.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _begin(self) -> bool:
        with self._changing:
            if self._stopping.is_set():
                return False
            self._process = self._start_worker()
            return True

    def _watch(self) -> None:
        short_lives = 0
        while True:
            assert self._process is not None
            began = time.monotonic()
            status = self._process.wait()
            if self._stopping.is_set():
                return
            lived = time.monotonic() - began
            short_lives = short_lives + 1 if lived < SHORT_LIFE_SECONDS else 1
            if short_lives >= MAX_SHORT_LIVES:
                self._told.put(
                    f"The worker ended {short_lives} times in a row (exit status {status}), and "
                    "without it no deadline is kept. See what it says above, then start again."
                )
                return
            click.echo(f"The worker ended (exit status {status}); it is started again.", err=True)
            self._stopping.wait(PAUSE_SECONDS)
            if not self._begin():
                return


@contextmanager
def _listening_to_signals(told: Told) -> Iterator[None]:
    before = {
        number: signal.signal(number, lambda *_: told.put(""))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(server: Any, told: Told) -> None:
    try:
        server.run()
    finally:
        told.put("The server ended. See what it says above, then start again.")


def _listen(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address that a host name means, all of them at work."""
    made: list[socket.socket] = []
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    try:
        for family, kind, protocol, _name, address in dict.fromkeys(places):
            made.append(socket.socket(family, kind, protocol))
            made[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made[-1].bind(address)
            made[-1].listen(BACKLOG)
    except OSError:
        for taken in made:
            taken.close()
        raise
    return made
