"""Messages as they are put together, and as they leave by SMTP and through GOV.UK Notify."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from engine import mail
from engine.settings import Settings
from tests.engine import mail_servers
from tests.engine.mail_servers import NOTIFY_KEY, TEMPLATE, error

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("header", ["address", "subject"])
def test_a_line_break_in_a_header_is_refused(header: str) -> None:
    given = {"address": "mari@example.test", "subject": "Case CNS-1"}
    given[header] += "\nBcc: everybody@example.test"
    with pytest.raises(ValueError, match=r"."):
        mail.compose("k", "adolygu@example.test", given["address"], "en", given["subject"], "-", AT)


def test_the_same_key_gives_the_same_message() -> None:
    def message() -> bytes:
        return bytes(
            mail.compose("k", "adolygu@example.test", "mari@example.test", "cy", "Achos", "Ŵ", AT)
        )

    assert message() == message()


def a_message(address: str = "mari@example.test") -> EmailMessage:
    return mail.compose(
        "n.1", "adolygu@example.test", address, "cy", "Achos CNS-1", "Edrychwch: ŵ\n", AT
    )


@pytest.fixture
def smtp() -> Iterator[mail_servers.Smtp]:
    with mail_servers.smtp() as server:
        yield server


@pytest.fixture
def notify(monkeypatch: pytest.MonkeyPatch) -> Iterator[mail_servers.Notify]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with mail_servers.notify() as server:
        yield server


def by_notify(
    notify: mail_servers.Notify, key: str = NOTIFY_KEY, template: str = TEMPLATE
) -> mail.Port:
    port = mail.port_from(
        Settings(
            notify_key=key, notify_template=template, notify_url=notify.url, smtp_url="smtp://x"
        )
    )
    assert isinstance(port, mail.NotifyPort)
    return port


def refusal(port: mail.Port, message: EmailMessage, *, again: bool = False) -> tuple[str, bool]:
    with pytest.raises(mail.NotSent) as caught:
        port.send(message, again=again)
    return caught.value.why, caught.value.for_good


def test_a_message_goes_out_by_smtp(smtp: mail_servers.Smtp) -> None:
    mail.SmtpPort(smtp.url).send(a_message())
    (taken,) = smtp.taken
    message = message_from_bytes(taken, policy=policy.default)
    assert (message["To"], message["Subject"]) == ("mari@example.test", "Achos CNS-1")
    assert message.get_content().strip() == "Edrychwch: ŵ"
    assert message["Message-ID"] == "<n.1@example.test>"


@pytest.mark.parametrize(
    ("said", "why", "for_good"),
    [
        ({"RCPT": b"550 no such user"}, "address", True),
        ({"RCPT": b"450 try later"}, "address", False),
        ({"CONTENT": b"554 not wanted"}, "refused", True),
        ({"CONTENT": b"451 try later"}, "refused", False),
        ({"MAIL": b"530 who are you"}, "settings", False),
        ({"HELLO": b"554 closed"}, "away", False),
        ({"HELLO": b"421 busy"}, "away", False),
    ],
)
def test_what_a_mail_server_says_is_told_apart(
    smtp: mail_servers.Smtp, said: dict[str, bytes], why: str, for_good: bool
) -> None:
    smtp.answers = said
    assert refusal(mail.SmtpPort(smtp.url), a_message()) == (why, for_good)
    assert smtp.taken == []


@pytest.mark.parametrize("at", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_mail_server_that_hangs_up_is_tried_again_later(smtp: mail_servers.Smtp, at: str) -> None:
    smtp.hangs_up_at = at
    assert refusal(mail.SmtpPort(smtp.url), a_message()) == ("away", False)


def test_a_mail_server_that_is_not_there_is_tried_again_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert refusal(mail.SmtpPort(f"smtp://127.0.0.1:{port}"), a_message()) == ("away", False)


@pytest.mark.parametrize("goodbye", [b"500 what", b"421 gone"])
def test_what_was_taken_was_taken_whatever_is_said_on_parting(
    smtp: mail_servers.Smtp, goodbye: bytes
) -> None:
    smtp.answers = {"QUIT": goodbye}
    mail.SmtpPort(smtp.url).send(a_message())
    smtp.answers, smtp.hangs_up_at = {}, "QUIT"
    mail.SmtpPort(smtp.url).send(a_message())
    assert len(smtp.taken) == 2


def test_a_line_that_can_be_closed_is_closed_before_anything_is_said(
    smtp: mail_servers.Smtp,
) -> None:
    smtp.offers, smtp.answers = ("STARTTLS", "AUTH PLAIN"), {"STARTTLS": b"454 not now"}
    refusal(mail.SmtpPort(smtp.url.replace("//", "//mari:secret@")), a_message())
    assert smtp.commands[1] == "STARTTLS"
    assert not [said for said in smtp.commands if said.startswith(("AUTH", "MAIL"))]


def test_a_password_never_goes_over_an_open_line(smtp: mail_servers.Smtp) -> None:
    smtp.offers = ("AUTH PLAIN",)
    port = mail.SmtpPort(smtp.url.replace("//", "//mari:secret@"))
    assert refusal(port, a_message()) == ("settings", False)
    assert not [said for said in smtp.commands if said.startswith("AUTH")]


def test_a_message_goes_out_through_notify(notify: mail_servers.Notify) -> None:
    by_notify(notify).send(a_message())
    (taken,) = notify.taken
    assert taken == {
        "email_address": "mari@example.test",
        "template_id": TEMPLATE,
        "personalisation": {"subject": "Achos CNS-1", "body": "Edrychwch: ŵ\n"},
        "reference": "n.1",
        "status": "sending",
    }


@pytest.mark.parametrize(
    ("answer", "why", "for_good"),
    [
        (error(400, "BadRequestError", "Can’t send to this recipient"), "address", True),
        (error(400, "BadRequestError", "Missing personalisation: body"), "refused", True),
        (error(403, "AuthError", "Invalid token: API key not found"), "settings", False),
        (error(429, "RateLimitError", "Exceeded rate limit"), "limited", False),
        (error(429, "TooManyRequestsError", "Exceeded send limits"), "limited", False),
        (error(500, "Exception", "Internal server error"), "away", False),
        ((503, b"<html>busy</html>"), "away", False),
        ((201, b"not JSON"), "away", False),
        ((200, {}), "away", False),
    ],
)
def test_what_notify_says_is_told_apart(
    notify: mail_servers.Notify, answer: tuple[int, object], why: str, for_good: bool
) -> None:
    notify.answers = [answer]
    port = by_notify(notify)
    assert refusal(port, a_message()) == (why, for_good)
    assert notify.taken == []
    port.send(a_message(), again=True)
    assert len(notify.taken) == 1


def test_notify_says_what_is_wrong_with_an_address_or_a_key(notify: mail_servers.Notify) -> None:
    assert refusal(by_notify(notify), a_message("mari@wrong.test")) == ("address", True)
    other = NOTIFY_KEY[:-1] + "1"
    assert refusal(by_notify(notify, key=other), a_message()) == ("settings", False)
    assert refusal(by_notify(notify, template="t"), a_message()) == ("refused", True)


def test_notify_that_took_it_and_did_not_say_so_is_not_sent_it_twice(
    notify: mail_servers.Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    notify.seconds, notify.takes_all_the_same = 1.0, True
    port = by_notify(notify)
    assert refusal(port, a_message()) == ("away", False)
    notify.seconds, notify.takes_all_the_same = 0.0, False
    port.send(a_message(), again=True)
    assert len(notify.taken) == 1


def test_notify_that_could_not_deliver_it_is_sent_it_again(notify: mail_servers.Notify) -> None:
    port = by_notify(notify)
    port.send(a_message())
    notify.taken[0]["status"] = "temporary-failure"
    port.send(a_message(), again=True)
    assert len(notify.taken) == 2


def test_notify_that_is_not_there_is_tried_again_later(notify: mail_servers.Notify) -> None:
    port = mail.NotifyPort(NOTIFY_KEY, TEMPLATE, "http://127.0.0.1:9")
    assert refusal(port, a_message()) == ("away", False)


@pytest.mark.parametrize(("key", "template"), [("short", TEMPLATE), (NOTIFY_KEY, "")])
def test_settings_of_notify_are_checked(key: str, template: str) -> None:
    with pytest.raises(ValueError, match="Notify"):
        mail.port_from(Settings(notify_key=key, notify_template=template))
