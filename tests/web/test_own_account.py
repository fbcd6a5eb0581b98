"""What people do with their own account, page by page, as a browser would."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

import engine
from engine import accounts, db, one_time_codes, people, time_source
from engine.models import Board
from engine.settings import Settings
from engine.sign_in import use as use_sign_in
from engine.single_sign_on import use as use_provider
from tests.engine import provider as playing
from tests.web.conftest import LIMITS, Site, Visitor
from web import qr_codes

PASSWORD = "llwynog coch sy’n cysgu"
ANOTHER = "lantern otter gravel"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAME_SITE = {"Origin": "http://localhost"}


@pytest.fixture
def person(site: Site, request: pytest.FixtureRequest) -> str:
    """The address of a person with a password, on a Board that is no demonstration."""
    use_sign_in(**LIMITS, demonstration=False)
    email = f"{abs(hash(request.node.nodeid)):x}@cwmafon.test"
    with db.transaction() as session:
        board = session.scalars(select(Board).where(Board.key == "cwmafon")).one()
        account = accounts.create_account(session, email, "Non Puw", password=PASSWORD)
        people.appoint_to_board(session, board.id, "steering_group", account.id, "SYSTEM")
    return email


def signed_in(site: Site, email: str, password: str = PASSWORD) -> Visitor:
    visitor = site.visitor()
    answer = visitor.post("/sign-in", {"email": email, "password": password}, headers=firefox())
    assert answer.status_code == 303
    visitor.get("/account")
    return visitor


def firefox() -> dict[str, str]:
    return {"User-Agent": FIREFOX}


def shown_secret(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert found is not None
    return found[1].replace(" ", "")


def code_now(secret: str, steps: int = 0) -> str:
    with db.reading() as session:
        step = one_time_codes.step_of(time_source.real(session))
    return one_time_codes.code_at(secret, step + steps)


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """Set an app up; return its secret and the recovery codes."""
    where = "/account/second-factor"
    begun = visitor.post(where, {"page-action": "begin", "current-password": PASSWORD})
    assert begun.status_code == 303
    secret = shown_secret(visitor.get(where).get_data(as_text=True))
    # The code of the half minute before: that of this one stays for signing in.
    given = {"page-action": "confirm", "code": code_now(secret, -1)}
    done = visitor.post(where, given)
    assert done.status_code == 200
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", done.get_data(as_text=True))
    assert len(codes) == 10
    return secret, codes


def test_the_page_says_how_somebody_signs_in_and_where(site: Site, person: str) -> None:
    signed_in(site, person)
    visitor = signed_in(site, person)
    page = visitor.get("/account").get_data(as_text=True)
    assert person in page
    assert page.count("Firefox, Linux") >= 2
    assert page.count("this one") == 1
    (other,) = re.findall(r'name="session" value="([0-9a-f-]{36})"', page)
    assert visitor.post("/account/sessions", {"session": other}).status_code == 303
    after = visitor.get("/account").get_data(as_text=True)
    assert "Signed out there" in after
    assert other not in after


@pytest.mark.parametrize("session", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_session_that_is_not_ones_own_is_not_there(site: Site, person: str, session: str) -> None:
    visitor = signed_in(site, person)
    assert visitor.post("/account/sessions", {"session": session}).status_code == 404


def test_signing_out_everywhere_else_keeps_this_session(site: Site, person: str) -> None:
    other, visitor = signed_in(site, person), signed_in(site, person)
    assert visitor.post("/account/sessions", {"session": "others"}).status_code == 303
    assert visitor.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("current", "chosen", "line", "says"),
    [
        ("", ANOTHER, "current-password", "Enter your password"),
        ("wrong", ANOTHER, "current-password", "not the password that you sign in with"),
        (PASSWORD, "", "new-password", "Enter a new password"),
        (PASSWORD, "short", "new-password", "at least 12 characters"),
        (PASSWORD, "a" * 257, "new-password", "at most 256 characters"),
        (PASSWORD, "Password1234", "new-password", "guessed first"),
        (PASSWORD, "Non Puw Non Puw", "new-password", "holds your name"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_at_its_line_and_never_shown_again(
    site: Site, person: str, current: str, chosen: str, line: str, says: str
) -> None:
    visitor = signed_in(site, person)
    sent = {"current-password": current, "new-password": chosen}
    answer = visitor.post("/account/password", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Error: Change your password" in page
    assert f'href="#{line}"' in page
    assert f'id="{line}-error"' in page
    assert says in html.unescape(page)
    assert not any(typed and f'value="{typed}"' in page for typed in (current, chosen))


def test_a_password_is_changed_and_counts_from_then_on(site: Site, person: str) -> None:
    visitor = signed_in(site, person)
    sent = {"current-password": PASSWORD, "new-password": ANOTHER}
    assert visitor.post("/account/password", sent).status_code == 303
    assert "Your new password is saved" in visitor.get("/account").get_data(as_text=True)
    refused = site.visitor().post("/sign-in", {"email": person, "password": PASSWORD})
    assert refused.status_code == 401
    signed_in(site, person, ANOTHER)


def test_whoever_has_an_app_comes_in_by_its_code_and_to_where_they_wanted(
    site: Site, person: str
) -> None:
    secret, codes = set_up(signed_in(site, person))
    visitor = site.visitor()
    sent = {"email": person, "password": PASSWORD}
    answer = visitor.post("/sign-in?next=/cases", sent)
    assert answer.headers["Location"] == "/sign-in/code?next=/cases"
    assert visitor.get("/cases").headers["Location"].startswith("/sign-in?")
    asked = visitor.get(answer.headers["Location"])
    assert asked.status_code == 200
    for typed, status in (("", 422), ("000000", 401)):
        wrong = visitor.post("/sign-in/code?next=/cases", {"code": typed})
        assert wrong.status_code == status
        assert "<title>Error: " in wrong.get_data(as_text=True)
    with visitor.client.session_transaction() as session:
        before = session["token"]
    let_in = visitor.post("/sign-in/code?next=/cases", {"code": code_now(secret)})
    assert let_in.headers["Location"] == "/cases"
    with visitor.client.session_transaction() as session:
        assert session["token"] != before
    assert visitor.get("/cases").status_code == 200
    again = site.visitor()
    again.get(again.post("/sign-in", sent).headers["Location"])
    assert again.post("/sign-in/code", {"code": codes[0]}).status_code == 303
    assert again.get("/account").status_code == 200


def test_the_page_for_the_code_is_for_whoever_gave_the_password(site: Site, person: str) -> None:
    for visitor in (site.visitor(), signed_in(site, person)):
        assert visitor.get("/sign-in/code").headers["Location"] == "/sign-in"
    late = site.visitor().post("/sign-in/code", {"code": "123456"}, headers=SAME_SITE)
    assert late.status_code == 401
    assert "took too long" in late.get_data(as_text=True)


def test_the_secret_stands_there_as_text_and_as_a_picture_of_the_same(
    site: Site, person: str
) -> None:
    visitor = signed_in(site, person)
    sent = {"page-action": "begin", "current-password": PASSWORD}
    visitor.post("/account/second-factor", sent)
    page = visitor.get("/account/second-factor").get_data(as_text=True)
    drawn = re.search(r'<path fill="#000000" d="([^"]+)"', page)
    assert drawn is not None
    dark = {
        (int(row), int(column)) for column, row in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn[1])
    }
    address = one_time_codes.address_of(shown_secret(page), person)
    wanted = qr_codes.modules(address)
    assert dark == {
        (row + 4, column + 4)
        for row, line in enumerate(wanted)
        for column, is_dark in enumerate(line)
        if is_dark
    }


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ({"page-action": "begin"}, "current-password"),
        ({"page-action": "begin", "current-password": "wrong"}, "current-password"),
        ({"page-action": "confirm"}, "code"),
    ],
)
def test_what_is_missing_for_an_app_is_said_at_its_line(
    site: Site, person: str, sent: dict[str, str], line: str
) -> None:
    answer = signed_in(site, person).post("/account/second-factor", sent)
    assert answer.status_code == 422
    assert f'href="#{line}"' in answer.get_data(as_text=True)


def test_an_app_is_left_with_its_code_and_not_without(site: Site, person: str) -> None:
    visitor = signed_in(site, person)
    secret, _ = set_up(visitor)
    where, sent = "/account/second-factor", {"page-action": "remove", "current-password": PASSWORD}
    for typed in ({}, {"code": "000000"}):
        refused = visitor.post(where, sent | typed)
        assert refused.status_code == 422
        assert 'href="#code"' in refused.get_data(as_text=True)
    assert visitor.post(where, sent | {"code": code_now(secret)}).status_code == 303
    assert "without a code" in visitor.get(where).get_data(as_text=True)
    signed_in(site, person)


def test_new_recovery_codes_are_shown_once(site: Site, person: str) -> None:
    visitor = signed_in(site, person)
    secret, old = set_up(visitor)
    sent = {"page-action": "renew", "current-password": PASSWORD, "code": code_now(secret)}
    page = visitor.post("/account/second-factor", sent).get_data(as_text=True)
    new = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert new[0] not in visitor.get("/account/second-factor").get_data(as_text=True)
    assert visitor.post("/account/second-factor", {"page-action": "x"}).status_code == 404


@pytest.fixture
def required(site: Site, person: str) -> Iterator[Visitor]:
    """Somebody signed in, of whose role the Board asks a code since then."""
    visitor = signed_in(site, person)
    rhys = site.people["Rhys Vaughan"]
    seen = engine.settings_page("cwmafon", rhys).seen["second_factor_roles"]
    engine.change_second_factor_roles("cwmafon", ["steering_group"], seen, rhys)
    yield visitor
    seen = engine.settings_page("cwmafon", rhys).seen["second_factor_roles"]
    engine.change_second_factor_roles("cwmafon", [], seen, rhys)


def test_whoever_needs_a_code_gets_nowhere_else_before(site: Site, required: Visitor) -> None:
    for path in ("/", "/tasks", "/cases", "/account", "/account/password", "/language"):
        assert required.get(path).headers["Location"] == "/account/second-factor", path
    assert required.get("/account/second-factor").status_code == 200
    set_up(required)
    assert required.get("/cases").status_code == 200
    assert required.post("/sign-out").status_code == 303


def test_what_was_typed_when_the_code_came_to_be_asked_for_is_kept(
    site: Site, required: Visitor
) -> None:
    required.get("/account/second-factor")
    typed = {"name": "A list of mine", "state": "open"}
    answer = required.post("/cases/views", typed, headers=SAME_SITE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert 'name="name" value="A list of mine"' in page
    assert "now asks for a code from an app" in page


def test_an_administrator_chooses_the_roles_and_others_do_not_see_the_page(site: Site) -> None:
    visitor, where = site.signed_in("Rhys Vaughan"), "/settings/cwmafon/sign-in"
    page = visitor.get(where).get_data(as_text=True)
    seen = re.findall(r'name="page-seen" value="(\w+)"', page)[0]
    kept = visitor.post(where, {"page-seen": seen, "role": ["chair", "coordinator"]})
    assert kept.status_code == 303
    page = visitor.get(where).get_data(as_text=True)
    checked = re.findall(r'value="(\w+)" checked', page)
    assert sorted(checked) == ["chair", "coordinator"]
    stale = visitor.post(where, {"page-seen": seen, "role": ["chair"]})
    assert stale.status_code == 422
    new = re.findall(r'name="page-seen" value="(\w+)"', page)[0]
    assert visitor.post(where, {"page-seen": new, "role": ["nobody"]}).status_code == 404
    assert visitor.post(where, {"page-seen": new}).status_code == 303
    assert site.signed_in("Ffion Hughes").get(where).status_code == 404


def test_an_administrator_lets_somebody_begin_anew(site: Site, person: str) -> None:
    visitor = signed_in(site, person)
    with db.reading() as session:
        account = accounts.find_account(session, person)
        assert account is not None
        where = f"/settings/cwmafon/people/{account.id}"
    use_sign_in(**LIMITS, demonstration=True)
    rhys = site.signed_in("Rhys Vaughan")
    assert "Let the person begin anew" in rhys.get(where).get_data(as_text=True)
    assert rhys.post(where, {"page-action": "anew"}).status_code == 303
    assert visitor.get("/account").status_code == 303
    assert "Let the person begin anew" not in rhys.get(where).get_data(as_text=True)


def test_people_of_a_demonstration_choose_no_password(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    assert 'name="new-password"' not in visitor.get("/account/password").get_data(as_text=True)
    assert visitor.post("/account/password", {"new-password": ANOTHER}).status_code == 409
    site.signed_in("Carys Morgan")


def test_somebody_whom_the_provider_confirms_comes_in_to_where_they_wanted(
    site: Site, person: str
) -> None:
    with playing.served() as provider:
        use_provider(provider.settings())
        provider.person = {"sub": "1", "email": person, "email_verified": True}
        visitor = site.visitor()
        asked = visitor.get("/sign-in?next=/cases").get_data(as_text=True)
        assert "Sign in with Cwmafon Council" in asked
        there = visitor.get("/sign-in/provider?next=/cases")
        answer = provider.confirm(there.headers["Location"])
        back = visitor.get("/sign-in/provider/answer", query_string=answer)
        assert back.headers["Location"] == "/cases"
        assert visitor.get("/cases").status_code == 200
        again = visitor.get("/sign-in/provider/answer", query_string=answer)
        assert again.status_code == 401
        provider.person["email"], provider.person["sub"] = "nobody@cwmafon.test", "2"
        there = visitor.get("/cy/sign-in/provider")
        answer = provider.confirm(there.headers["Location"])
        refused = visitor.get("/cy/sign-in/provider/answer", query_string=answer)
        assert refused.status_code == 401
        assert "Nid oes cyfrif yma" in refused.get_data(as_text=True)
    use_provider(Settings())
    assert site.visitor().get("/sign-in/provider").status_code == 404
    assert site.visitor().get("/sign-in/provider/answer").status_code == 404


def test_what_somebody_typed_is_theirs_to_copy_where_a_form_is_refused(site: Site) -> None:
    """Revoked while the form was open: neither read nor sent any more, and nothing is lost."""
    case_id = site.open_case()
    page = site.open_task("Carys Morgan", case_id)
    visitor, path = site.signed_in("Carys Morgan"), f"/tasks/{page.task.id}"
    assert visitor.get(path).status_code == 200
    coordinator = site.people["Ffion Hughes"]
    for one in engine.case_page(case_id, coordinator).people:
        if one.name == "Carys Morgan":
            engine.end_appointment(one.id, "left the agency", coordinator)
    typed = {"background": "an hour of work", "page-action": "save", "page-csrf": visitor.token}
    for language, says in (("", "This was not sent"), ("/cy", "Ni anfonwyd hyn")):
        refused = visitor.client.post(language + path, data=typed, headers=SAME_SITE)
        assert refused.status_code == 404
        assert says in refused.get_data(as_text=True)
        assert "an hour of work" in refused.get_data(as_text=True)
        assert visitor.get(language + path).status_code == 404
    planted = visitor.client.post(path, data=typed, headers={"Origin": "https://other.example"})
    assert "an hour of work" not in planted.get_data(as_text=True)


def test_nothing_secret_is_written_into_a_log_or_an_address(
    site: Site, person: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    visitor = signed_in(site, person)
    secret, codes = set_up(visitor)
    again = site.visitor()
    where = again.post("/sign-in", {"email": person, "password": PASSWORD}).headers["Location"]
    again.get(where)
    again.post(where, {"code": "000000"})
    where += again.post(where, {"code": codes[0]}).headers["Location"]
    for hidden in (secret, codes[0], codes[0].replace("-", ""), PASSWORD, person, "000000"):
        assert hidden not in caplog.text
        assert hidden not in where
