"""Ask a virus scanner about a file: clamd, over a socket of the machine or the network."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import struct
import time
from dataclasses import dataclass

from engine.errors import EngineError
from engine.uploads.kinds import UploadRefused

logger = logging.getLogger(__name__)

#: How long a scanner may take, from the first byte sent to its word.
TIMEOUT_SECONDS = 30.0
CHUNK = 65_536
MAX_ANSWER = 4_096

_HOST_AND_PORT = re.compile(r"(?:tcp://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/:\[\]\s]+):(?P<port>\d+)")


class FileInfected(UploadRefused):
    """{filename} holds something that the virus scanner knows as harmful, so it was not kept. Tell whoever looks after your computer."""  # noqa: E501


class ScannerAway(UploadRefused):
    """{filename} could not be checked for viruses, so it was not kept. What you typed is not lost; send the file again in a few minutes, or tell an administrator."""  # noqa: E501

    status = 503


class ScannerAddressWrong(EngineError):
    """ADOLYGU_CLAMD is neither host:port nor the path of a socket, so no file could be checked. Set it to one like 127.0.0.1:3310 or /run/clamav/clamd.ctl."""  # noqa: E501


@dataclass(frozen=True)
class Scanner:
    """Where clamd listens: the path of a socket, or a host and a port."""

    address: str | tuple[str, int]
    timeout_seconds: float = TIMEOUT_SECONDS

    def check(self, filename: str, content: bytes) -> None:
        """Refuse a file that is infected, and every file while nobody can say that it is not.

        Raises:  FileInfected; ScannerAway.
        """
        try:
            answer = self._ask(content)
        except OSError as error:
            logger.error("virus scanner away", extra={"what": type(error).__name__})
            raise ScannerAway(filename=filename) from error
        if answer == "stream: OK":
            return
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            found = answer.removeprefix("stream: ").removesuffix(" FOUND")
            logger.warning("infected file refused", extra={"signature": found})
            raise FileInfected(filename=filename)
        # "INSTREAM size limit exceeded. ERROR", or half an answer: nobody has seen the whole file.
        logger.error("virus scanner gave no answer", extra={"answer": answer[:100]})
        raise ScannerAway(filename=filename)

    def _ask(self, content: bytes) -> str:
        """Send a file as clamd's INSTREAM wants it, and return what it says."""
        until = time.monotonic() + self.timeout_seconds
        with self._connect() as link:
            # One that has heard enough closes its side; what it said before that still counts.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                link.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    link.settimeout(_left(until))
                    chunk = content[start : start + CHUNK]
                    link.sendall(struct.pack(">I", len(chunk)) + chunk)
                link.sendall(struct.pack(">I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER:
                link.settimeout(_left(until))
                heard = link.recv(MAX_ANSWER)
                if not heard:
                    break
                answer += heard
        if not answer.endswith(b"\0"):
            raise ConnectionError("the scanner did not finish what it said")
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")

    def _connect(self) -> socket.socket:
        if not isinstance(self.address, str):
            return socket.create_connection(self.address, timeout=self.timeout_seconds)
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            link.settimeout(self.timeout_seconds)
            link.connect(self.address)
        except BaseException:
            link.close()
            raise
        return link


def scanner_at(address: str) -> Scanner | None:
    """Return the scanner that the settings name; nothing where they name none.

    Raises:  ScannerAddressWrong.
    """
    given = address.strip()
    if not given:
        return None
    path = given.removeprefix("unix:").removeprefix("//")
    if path.startswith("/"):
        return Scanner(path)
    found = _HOST_AND_PORT.fullmatch(given)
    if found is None or not 0 < int(found["port"]) < 65_536:
        raise ScannerAddressWrong
    return Scanner((found["host"].strip("[]"), int(found["port"])))


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner took too long")
    return left
