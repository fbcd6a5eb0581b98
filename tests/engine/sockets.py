"""Sockets on the loopback for servers that tests play themselves."""

from __future__ import annotations

import socket
from collections.abc import Iterator


def connections(listening: socket.socket) -> Iterator[socket.socket]:
    """Yield one connection after another until the socket is shut; each is closed after use."""
    while True:
        try:
            link, _ = listening.accept()
        except OSError:
            return
        with link:
            yield link
