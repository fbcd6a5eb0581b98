"""Files are shown to a virus scanner that speaks clamd's protocol, and none is kept unseen."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from engine import uploads
from tests.engine.sockets import connections
from tests.engine.test_uploads import EICAR, PDF

#: What the scanner that is spoken to finds; nothing in our own checks knows it.
VIRUS = b"a virus that only the scanner knows"


@dataclass
class Clamd:
    """As much of clamd as INSTREAM needs, on a socket of its own."""

    listening: socket.socket
    limit: int = 30_000_000
    #: What it says in place of its own answer; None closes the connection without a word.
    says: list[bytes | None] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    silent: bool = False

    def serve(self) -> None:
        """Answer one connection after another until the socket is shut."""
        for link in connections(self.listening):
            self._answer(link.makefile("rwb"))

    def _answer(self, link: IO[bytes]) -> None:
        assert link.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", link.read(4))[0]:
            content += link.read(size)
            if len(content) > self.limit:
                link.write(b"INSTREAM size limit exceeded. ERROR\0")
                link.flush()
                return
        self.heard.append(content)
        if self.silent:
            link.read(1)  # Waits until the other side has had enough.
            return
        found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if VIRUS in content else b"stream: OK\0"
        answer = self.says.pop() if self.says else found
        if answer is not None:
            link.write(answer)
            link.flush()


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    """A scanner that is there, on the network and on the machine."""
    if request.param == "tcp":
        listening = socket.create_server(("127.0.0.1", 0))
    else:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(tmp_path / "clamd.ctl"))
        listening.listen()
    made = Clamd(listening)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    yield made
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


def address(clamd: Clamd) -> str:
    """Return how the settings would name it."""
    name = clamd.listening.getsockname()
    return str(name) if isinstance(name, str) else f"{name[0]}:{name[1]}"


@pytest.fixture
def store(clamd: Clamd, tmp_path: Path) -> uploads.Store:
    scanner = uploads.scanner_at(address(clamd))
    return uploads.Store(tmp_path / "uploads", scanner=scanner)


def look(store: uploads.Store, content: bytes = PDF, name: str = "minutes.pdf") -> uploads.Checked:
    return uploads.look_over(store, name, io.BytesIO(content))


def test_clean_file_is_seen_whole_and_taken(clamd: Clamd, store: uploads.Store) -> None:
    long = b"Minutes. " * 30_000
    assert look(store, long, "minutes.txt").content == long
    assert look(store).media_type == "application/pdf"
    assert clamd.heard == [long, PDF]


def test_infected_file_is_refused(store: uploads.Store) -> None:
    with pytest.raises(uploads.FileInfected, match=r"notes\.txt"):
        look(store, b"Notes and " + VIRUS, "notes.txt")


def test_what_our_own_checks_refuse_is_never_sent_on(clamd: Clamd, store: uploads.Store) -> None:
    for name, content in (("a.txt", EICAR), ("a.exe", b"MZ"), ("a.txt", b"")):
        with pytest.raises(uploads.UploadRefused):
            look(store, content, name)
    assert clamd.heard == []


@pytest.mark.parametrize(
    "says",
    [None, b"", b"stream: O", b"stream: OK", b"stream: Access denied. ERROR\0",
     b"UNKNOWN COMMAND\0", b"OK\0", b"stream: \0", b"x" * 10_000],
)  # fmt: skip
def test_scanner_that_does_not_say_ok_lets_no_file_in(
    clamd: Clamd, store: uploads.Store, says: bytes | None
) -> None:
    clamd.says = [says]
    with pytest.raises(uploads.ScannerAway):
        look(store)


def test_file_longer_than_the_scanner_takes_is_refused(clamd: Clamd, store: uploads.Store) -> None:
    clamd.limit = 100_000
    with pytest.raises(uploads.ScannerAway):
        look(store, b"a" * 2_000_000, "a.txt")
    clamd.limit = 30_000_000
    assert look(store).filename == "minutes.pdf"


def test_scanner_that_is_away_lets_no_file_in(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    for away in (f"127.0.0.1:{closed}", str(tmp_path / "nothing.ctl")):
        store = uploads.Store(tmp_path / "uploads", scanner=uploads.scanner_at(away))
        with pytest.raises(uploads.ScannerAway):
            look(store)
    assert not (tmp_path / "uploads").exists()


def test_scanner_that_takes_too_long_is_not_waited_for(clamd: Clamd, tmp_path: Path) -> None:
    named = uploads.scanner_at(address(clamd))
    assert named is not None
    clamd.silent = True
    scanner = uploads.Scanner(named.address, timeout_seconds=0.2)
    with pytest.raises(uploads.ScannerAway):
        look(uploads.Store(tmp_path, scanner=scanner))


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("tcp://scanner.internal:3310", ("scanner.internal", 3310)),
        ("[::1]:3310", ("::1", 3310)),
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ],
)
def test_address_of_a_scanner_is_a_socket_or_a_host_and_a_port(given: str, means: object) -> None:
    scanner = uploads.scanner_at(given)
    assert scanner is not None
    assert scanner.address == means


@pytest.mark.parametrize(
    "given", ["clamd", "host:", ":3310", "host:0", "host:99999", "a b:1", "h:x"]
)
def test_address_that_is_none_is_refused_at_once(given: str) -> None:
    with pytest.raises(uploads.ScannerAddressWrong):
        uploads.scanner_at(given)


def test_no_address_means_no_scanner() -> None:
    assert uploads.scanner_at("") is None
