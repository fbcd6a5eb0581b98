"""Servers on the loopback that speak what mail leaves by: SMTP, and the API of GOV.UK Notify."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

from tests.engine.sockets import connections

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
NOTIFY_KEY = f"tests-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"


@dataclass
class Smtp:
    """A mail server; `answers` are what it says to a command in place of yes."""

    listening: socket.socket
    answers: dict[str, bytes] = field(default_factory=dict)
    offers: tuple[str, ...] = ()
    commands: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    #: After which command it hangs up without a word.
    hangs_up_at: str = ""

    @property
    def url(self) -> str:
        """Return the address for the settings."""
        return f"smtp://127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        """Answer one connection after another until the socket is shut."""
        for link in connections(self.listening):
            with link.makefile("rwb", buffering=0) as lines:
                self._converse(lines)

    def _converse(self, lines: IO[bytes]) -> None:
        lines.write(self.answers.get("HELLO", b"220 here") + b"\r\n")
        while line := lines.readline():
            command = line.decode().split()[0].upper()
            self.commands.append(line.decode().strip())
            if command == self.hangs_up_at:
                return
            if command in self.answers:
                lines.write(self.answers[command] + b"\r\n")
            elif command == "EHLO":
                offered = ["here", *self.offers]
                told = [f"250{' ' if one is offered[-1] else '-'}{one}" for one in offered]
                lines.write("\r\n".join([*told, ""]).encode())
            elif command == "DATA":
                lines.write(b"354 go on\r\n")
                self._take(lines)
            elif command == "QUIT":
                lines.write(b"221 bye\r\n")
                return
            else:
                lines.write(b"250 yes\r\n")

    def _take(self, lines: IO[bytes]) -> None:
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            content += lines.readline()
        if "CONTENT" not in self.answers:
            self.taken.append(content.removesuffix(b".\r\n"))
        lines.write(self.answers.get("CONTENT", b"250 taken") + b"\r\n")


@contextmanager
def smtp() -> Iterator[Smtp]:
    """Serve SMTP while the tests of one thing run."""
    made = Smtp(socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.listening.shutdown(socket.SHUT_RDWR)
        made.listening.close()
        thread.join(5)


class Notify(ThreadingHTTPServer):
    """As much of GOV.UK Notify as e-mail needs; `answers` come in place of its own, each once."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _NotifyHandler)
        self.taken: list[dict[str, Any]] = []
        self.answers: list[tuple[int, Any]] = []
        self.seconds = 0.0
        #: Whether what is answered with an error, or too late, was taken all the same.
        self.takes_all_the_same = False

    @property
    def url(self) -> str:
        """Return the address for the settings."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Keep a notification and say what Notify says of it."""
        self.taken.append(asked | {"status": "sending"})
        return {"id": f"740e5834-3a29-46b4-9a6f-{len(self.taken):012}", **asked}


class _NotifyHandler(BaseHTTPRequestHandler):
    server: Notify

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take an e-mail, as `POST /v2/notifications/email` does."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v2/notifications/email" or not self._is_ours():
            self._say(*error(403, "AuthError", "Invalid token: service not found"))
            return
        if self.server.seconds or self.server.answers:
            if self.server.takes_all_the_same:
                self.server.take(asked)
            time.sleep(self.server.seconds)
            self._say(*(self.server.answers.pop(0) if self.server.answers else (201, {"id": "x"})))
            return
        wrong = _what_is_wrong(asked)
        self._say(*(wrong or (201, self.server.take(asked))))

    def do_GET(self) -> None:
        """List what was taken under a reference, as `GET /v2/notifications` does."""
        parts = urlsplit(self.path)
        if parts.path != "/v2/notifications" or not self._is_ours():
            self._say(*error(403, "AuthError", "Invalid token: service not found"))
            return
        reference = parse_qs(parts.query)["reference"][0]
        found = [one for one in self.server.taken if one["reference"] == reference]
        self._say(200, {"notifications": found, "links": {}})

    def _is_ours(self) -> bool:
        """Check the token as the service does: HS256, of our service, made just now."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        head, claims, seal = token.split(".")
        made = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        told = json.loads(_decoded(claims))
        return (
            kind == "Bearer"
            and hmac.compare_digest(made, _decoded(seal))
            and told["iss"] == SERVICE
            and abs(told["iat"] - time.time()) < 30
        )

    def _say(self, status: int, content: Any) -> None:
        said = content if isinstance(content, bytes) else json.dumps(content).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        except OSError:
            return  # Whoever asked has gone.


@contextmanager
def notify() -> Iterator[Notify]:
    """Serve the API of Notify while the tests of one thing run."""
    made = Notify()
    thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join(5)


def error(status: int, kind: str = "Error", message: str = "no") -> tuple[int, dict[str, Any]]:
    """Return an answer of Notify that refuses."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


def _what_is_wrong(asked: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    if asked["email_address"].endswith("@wrong.test"):
        return error(400, "ValidationError", "email_address Not a valid email address")
    if asked["template_id"] != TEMPLATE:
        return error(400, "BadRequestError", "Template not found")
    missing = {"subject", "body"} - set(asked["personalisation"])
    if missing:
        return error(400, "BadRequestError", f"Missing personalisation: {missing}")
    return None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
