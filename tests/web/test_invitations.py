"""People who take part once come in by a link and a code, in either language, without a script."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import select

import engine
from engine import db, outbox
from engine.models import OutboxMessage
from engine.sign_in import use as use_sign_in
from tests.web.conftest import LIMITS, Site, Visitor
from tests.web.test_welsh import english_left

FFION = "Ffion Hughes"
NON = "non.puw@example.test"


class _Kept:
    def __init__(self) -> None:
        self.said: list[str] = []

    def send(self, message: EmailMessage, *, again: bool = False) -> None:
        if message["To"] == NON:
            self.said.append(message.get_content())


def _message() -> str:
    """Send what waits, and return the one message to the person who was invited."""
    port = _Kept()
    with db.transaction() as session:
        notices = select(OutboxMessage).where(OutboxMessage.notice_id.is_not(None))
        for row in session.scalars(notices.where(OutboxMessage.state == "waiting")):
            row.state = "sent"
    outbox.send_waiting(port, "adolygu@example.test")
    (said,) = port.said
    return said


@pytest.fixture
def invited(site: Site) -> str:
    """The token of a link that the co-ordinator sent from the page of people."""
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    sent = {"invite-role": "observer", "invite-name": "Non Puw", "invite-email": NON}
    assert visitor.post(f"/cases/{case_id}/people/invite", sent).status_code == 303
    page = visitor.get(f"/cases/{case_id}/people").get_data(as_text=True)
    assert "Non Puw" in page
    assert "Send a link to sign in" in page
    found = re.search(r"/cy/invitation/(\S+)", _message())
    assert found is not None
    return found[1]


def _code(visitor: Visitor, prefix: str, token: str) -> str:
    asked = visitor.post(f"{prefix}/invitation/{token}")
    assert asked.headers["Location"] == f"{prefix}/invitation"
    found = re.search(r"\b\d{6}\b", _message())
    assert found is not None
    return found[0]


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_from_the_link_to_the_tasks(site: Site, invited: str, prefix: str) -> None:
    use_sign_in(**LIMITS, demonstration=False)
    visitor, path = site.visitor(), f"{prefix}/invitation/{invited}"
    page = visitor.get(path)
    assert page.status_code == 200
    main = page.text.split("<main")[1].split("</main>")[0]
    assert "<script" not in main, "nothing here needs one"
    assert visitor.get(path).status_code == 200, "opening it uses nothing up"
    code = _code(visitor, prefix, invited)
    form = visitor.get(f"{prefix}/invitation").get_data(as_text=True)
    assert 'autocomplete="one-time-code"' in form
    assert english_left(visitor, "/invitation") == []
    empty = visitor.post(f"{prefix}/invitation", {"code": ""})
    assert empty.status_code == 422
    assert 'href="#code"' in empty.get_data(as_text=True)
    wrong = visitor.post(f"{prefix}/invitation", {"code": f"{(int(code) + 1) % 1_000_000:06}"})
    assert wrong.status_code == 401
    assert ("Nid yw’r cod yn gywir" if prefix else "The code is not right") in wrong.text
    let_in = visitor.post(f"{prefix}/invitation", {"code": f" {code[:3]} {code[3:]} "})
    assert let_in.headers["Location"] == f"{prefix}/"
    assert "Non Puw" in visitor.get(f"{prefix}/tasks").text
    again = site.visitor().get(path)
    assert again.status_code == 410
    assert ("Nid yw’r ddolen hon" if prefix else "This link does not let you in") in again.text


def test_the_page_that_sends_a_link_says_the_same_to_everybody(site: Site, invited: str) -> None:
    use_sign_in(**LIMITS, demonstration=False)
    said = [
        site.visitor().post("/sign-in/link", {"email": email}).text
        for email in (NON, "nobody@example.test")
    ]
    assert "If somebody with this email address was invited" in said[0]
    tokens = re.compile(r'name="page-csrf" value="[^"]+"')
    assert tokens.sub("", said[0]) == tokens.sub("", said[1])
    assert "/invitation/" in _message()
    assert site.visitor().post("/sign-in/link", {"email": "x"}).status_code == 422


def test_a_code_without_its_link_lets_nobody_in(site: Site, invited: str) -> None:
    code = _code(site.visitor(), "", invited)
    assert site.visitor().post("/invitation", {"code": code}).status_code == 410


def test_an_invitation_that_is_not_complete_says_so_at_each_input(site: Site) -> None:
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    refused = visitor.post(f"/cy/cases/{case_id}/people/invite", {"invite-email": "x"})
    assert refused.status_code == 422
    for name in ("invite-role", "invite-name"):
        assert f'href="#{name}"' in refused.text
    sent = {"invite-role": "observer", "invite-name": "Non Puw", "invite-email": "x"}
    refused = visitor.post(f"/cases/{case_id}/people/invite", sent)
    assert refused.status_code == 422
    assert 'href="#invite-email"' in refused.text
    assert 'value="Non Puw"' in refused.text


def test_who_came_by_a_code_signs_with_a_tick(site: Site, invited: str) -> None:
    use_sign_in(**LIMITS, demonstration=False)
    token = engine.sign_in_by_code(invited, _code(site.visitor(), "", invited), "::1", "en")
    actor = engine.actor_for(token)
    assert actor is not None
    assert actor.signs_by_tick
    assert engine.Proof(confirmed=True).holds(actor, None)
    assert not engine.Proof(confirmed=False).holds(actor, None)
    assert not engine.Proof(confirmed=True).holds(actor, "a hash: there is a password by now")
