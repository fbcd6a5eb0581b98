"""Hand a finished message over to the mail system, or to a folder in a demonstration."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from engine.settings import Settings

TIMEOUT_SECONDS = 20


class Port(Protocol):
    """Where messages leave the house."""

    def send(self, message: EmailMessage) -> None:
        """Send one message, or raise OSError or smtplib.SMTPException."""


class SmtpPort:
    """Sends over SMTP: `smtp://user:password@host:587` (with STARTTLS) or `smtps://host`."""

    def __init__(self, url: str) -> None:
        """Take the address of the mail server; nothing is opened yet."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail server is not of the form smtp://host:port")
        self._host = parts.hostname
        self._secure = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._secure else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, message: EmailMessage) -> None:
        """Send one message."""
        context = ssl.create_default_context()
        if self._secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        with server:
            if not self._secure and server.has_extn("starttls"):
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)


class FilePort:
    """Writes each message into a folder as `<key>.eml`, for demonstrations and tests."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first message is written."""
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write one message; the same one again takes the place of the first."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        unfinished = self._folder / f"{name}.part"
        unfinished.write_bytes(bytes(message))
        unfinished.replace(self._folder / f"{name}.eml")


def port_from(settings: Settings) -> Port | None:
    """Return where this installation sends its mail; nothing where it sends none."""
    if settings.smtp_url:
        return SmtpPort(settings.smtp_url)
    return FilePort(settings.mail_folder) if settings.mail_folder else None


def compose(
    key: str, sender: str, address: str, language: str, subject: str, body: str, at: datetime
) -> EmailMessage:
    """Return a message, always the same one for the same key.

    Raises:  ValueError, for an address that is none, or a line break in a header.
    """
    message = EmailMessage()
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(at)
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    message["Content-Language"] = "cy, en" if language == "both" else language
    return message
