"""Hand a finished message over to the mail system, or to a folder in a demonstration.

Mail leaves by SMTP or through GOV.UK Notify; whoever sends sees one port and one kind of refusal.
"""

from __future__ import annotations

import contextlib
import logging
import re
import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from engine.settings import Settings

# It writes down what the service answered, which may name an address.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)

TIMEOUT_SECONDS = 20

#: Why a message did not go out: there is no such address; the mail system will not have it; it
#: asks for fewer; it does not answer; or it does not know us, which is for the settings.
REASONS = ("address", "refused", "limited", "away", "settings")

_UUID = r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NOTIFY_KEY = re.compile(rf".+{_UUID}{_UUID}")
_OF_ADDRESS = re.compile(r"email_address|recipient|email address", re.IGNORECASE)
_NOT_DELIVERED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})


class NotSent(Exception):
    """A message did not leave the house: why, and whether to try again is of no use."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        """Take one of `REASONS`."""
        assert why in REASONS
        self.why, self.for_good = why, for_good
        super().__init__(why)


class Port(Protocol):
    """Where messages leave the house."""

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        """Send one message, or raise NotSent.

        Takes:   again, whether it was tried before, so that it may be on its way already.
        """


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

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        """Send one message; a server that has it already knows it by its Message-ID."""
        try:
            server = self._connect()
            try:
                server.send_message(message)
            finally:
                # What was taken was taken, whatever is said on parting.
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()), (550, b""))[0]
            raise NotSent("address", for_good=code >= 500) from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as error:
            raise NotSent("settings") from error
        except smtplib.SMTPDataError as error:
            raise NotSent("refused", for_good=error.smtp_code >= 500) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent("address", for_good=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("away") from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()  # What the server can do is not known before that.
            if not self._secure and server.has_extn("starttls"):
                server.starttls(context=context)
            elif not self._secure and self._user:
                raise NotSent("settings")  # A password never goes over an open line.
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


class NotifyPort:
    """Sends through GOV.UK Notify, by a template of which ((subject)) and ((body)) are all."""

    def __init__(self, key: str, template: str, url: str) -> None:
        """Take the service's key, the id of the template, and where the service answers."""
        if not _NOTIFY_KEY.fullmatch(key) or not template:
            raise ValueError("GOV.UK Notify needs its whole API key and the id of a template")
        client: Any = NotificationsAPIClient  # The library says nothing of its types.
        self._client = client(key, base_url=url, timeout=TIMEOUT_SECONDS)
        self._template = template

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        """Send one message; one that was tried before is looked for first, by its key."""
        key = key_of(message)
        try:
            if again and self._has(key):
                return
            answer = self._client.send_email_notification(
                email_address=str(message["To"]),
                template_id=self._template,
                personalisation={"subject": message["Subject"], "body": message.get_content()},
                reference=key,
            )
        except APIError as error:
            raise _not_taken(error) from error
        if not isinstance(answer, dict) or not answer.get("id"):
            raise NotSent("away")

    def _has(self, key: str) -> bool:
        found = self._client.get_all_notifications(template_type="email", reference=key)
        return any(one.get("status") not in _NOT_DELIVERED for one in found["notifications"])


def _not_taken(error: APIError) -> NotSent:
    """Say what an answer of the service means for a message."""
    code = error.status_code
    if code == 400:
        why = "address" if _OF_ADDRESS.search(str(error.message)) else "refused"
        return NotSent(why, for_good=True)
    if code in (401, 403, 404):
        return NotSent("settings")
    return NotSent("limited" if code == 429 else "away")


class FilePort:
    """Writes each message into a folder as `<key>.eml`, for demonstrations and tests."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first message is written."""
        self._folder = folder

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        """Write one message; the same one again takes the place of the first."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = key_of(message)
        unfinished = self._folder / f"{name}.part"
        unfinished.write_bytes(bytes(message))
        unfinished.replace(self._folder / f"{name}.eml")


def port_from(settings: Settings) -> Port | None:
    """Return where this installation sends its mail; nothing where it sends none.

    Raises:  ValueError, for settings of which nothing could be sent.
    """
    if settings.notify_key:
        return NotifyPort(settings.notify_key, settings.notify_template, settings.notify_url)
    if settings.smtp_url:
        return SmtpPort(settings.smtp_url)
    return FilePort(settings.mail_folder) if settings.mail_folder else None


def key_of(message: EmailMessage) -> str:
    """Return the key that a message was put together under."""
    return str(message["Message-ID"]).strip("<>").partition("@")[0]


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
