"""Tasks are finished in Welsh with the keyboard alone, from signing in to the confirmation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import Browser

from engine import accounts, audit, db
from tests.browser.keyboard import Keyboard, choice, label
from tests.browser.person import DEFINITIONS
from tests.browser.served import Demonstration

PASSWORD = "tŷ bach twt yn y wlad"
WITHOUT_SCRIPTS = {"java_script_enabled": False}
A_DAY, A_LATER_DAY = date(2026, 1, 12), date(2026, 3, 2)


def test_an_idea_with_people_and_rows_is_written_down_by_keyboard(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    form = "consultation_referral"
    keys = Keyboard(browser, moving_demonstration, **WITHOUT_SCRIPTS)
    _begin_consultation(keys)

    keys.skip_to_main()
    keys.write_person(label(form, "worker"), "Dewi Price", "Ymwelydd iechyd")
    keys.write_person(label(form, "line_manager"), "Eleri Watkins", "Rheolwr tîm")
    keys.choose(label(form, "worker_agency"), choice(form, "worker_agency", "education"))
    keys.write_date(label(form, "discussed_on"), A_DAY)
    _write_counterpart(keys, "Cydweithiwr 1", "police")
    keys.press_button("Ychwanegu: Cydweithiwr")
    # Where a row was added, the next stop is its first question.
    _write_counterpart(keys, "Cydweithiwr 2", "education", at_once=True)
    keys.tick(choice(form, "why_suitable_kind", "stuck"))
    keys.write(label(form, "why_suitable"), "Sut i fynd ymlaen gyda’r teulu.")
    keys.choose(label(form, "advice_from"), choice(form, "advice_from", "not_sought"))
    _send(keys)


def test_minutes_are_handed_in_as_a_file_and_a_mistake_put_right_by_keyboard(
    browser: Browser, moving_demonstration: Demonstration, tmp_path: Path
) -> None:
    form = "conference_minutes"
    minutes = tmp_path / "cofnodion.pdf"
    minutes.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    keys = Keyboard(browser, moving_demonstration, **WITHOUT_SCRIPTS)
    keys.sign_in_as("Ffion Hughes")
    keys.go_to("Fy nhasgau", "link")
    keys.follow()
    keys.open(_step("consultation", "provide_minutes"))

    keys.skip_to_main()
    keys.attach(label(form, "initial_minutes"), minutes)
    keys.write_date(label(form, "initial_minutes_on"), A_DAY)
    keys.write_date(label(form, "minutes_received_on"), A_LATER_DAY)
    keys.press_button("Parhau")

    assert keys.page.title().startswith("Gwall: "), keys.page.title()
    keys.skip_to_main()
    wrong = keys.next()
    assert wrong.role == "link"
    keys.press("Enter")
    # The link leads to its question: the very next thing that is typed goes there.
    assert wrong.name in keys.at_now().description
    keys.press("Shift+Tab")
    keys.tick(label(form, "review_not_applicable"))
    keys.write(label(form, "review_reason"), "Ni chynhaliwyd cynhadledd adolygu eto.")
    _send(keys)


def test_a_decision_is_signed_with_the_password_by_keyboard(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    form = "recommendation"
    email = _give_password(moving_demonstration, "Owain Rees")
    keys = Keyboard(browser, moving_demonstration, **WITHOUT_SCRIPTS)
    keys.sign_in(email, PASSWORD)
    keys.open(_step("referral", "decide_recommendation"))

    keys.skip_to_main()
    keys.choose(label(form, "chair_decision"), choice(form, "chair_decision", "agree"))
    keys.write(label(form, "chair_title"), "Cadeirydd y Bwrdd")
    keys.write_date(label(form, "chair_signed_on"), A_LATER_DAY)
    keys.write(label(form, "chair_phone"), "029 2018 0500")
    keys.write_date(label(form, "board_told_on"), A_LATER_DAY)
    keys.write_date(label(form, "wg_told_on"), A_LATER_DAY)
    keys.press_button("Parhau")
    keys.skip_to_main()
    keys.write("Cyfrinair", "nid hwn")
    keys.follow()
    assert keys.page.title().startswith("Gwall: "), keys.page.title()
    keys.skip_to_main()
    assert keys.next().role == "link"
    keys.press("Enter")
    assert keys.at_now().name == "Cyfrinair"
    keys.type(PASSWORD)
    keys.follow()
    _is_done(keys)


def test_with_scripts_the_focus_goes_where_something_has_changed(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    form = "consultation_referral"
    keys = Keyboard(browser, moving_demonstration)
    _begin_consultation(keys)
    keys.skip_to_main()
    keys.choose(label(form, "worker_agency"), choice(form, "worker_agency", "education"))
    # What a choice does not ask for is no stop; what it asks for is the next one.
    assert label(form, "discussed_on") in keys.next().groups
    keys.press("Shift+Tab")
    # From the first choice an arrow goes round to the last, and from there on.
    keys.go_round_to(choice(form, "worker_agency", "other"))
    assert keys.next().name == label(form, "worker_agency_other")

    keys.press_button("Ychwanegu: Cydweithiwr")
    assert keys.at_now().name == "Cydweithiwr 2"
    assert keys.next().groups[0] == "Cydweithiwr 2"
    keys.go_to("Dileu", "button", start=True, within="Cydweithiwr 2")
    keys.follow()
    assert keys.at_now().name == label(form, "counterparts")
    assert keys.next().groups[0] == "Cydweithiwr 1"

    keys.press_button("Parhau")
    assert keys.page.title().startswith("Gwall: ")
    assert "Mae problem wedi codi" in keys.page.locator(":focus").inner_text()
    assert keys.next().role == "link"


def _begin_consultation(keys: Keyboard) -> None:
    """Sign in, start a consultation and open its first task."""
    keys.sign_in_as("Dewi Price")
    keys.go_to("Cychwyn", "link")
    keys.follow()
    keys.skip_to_main()
    process = DEFINITIONS.processes["consultation"].name("cy")
    keys.choose("Beth hoffech chi ei gychwyn?", f"{process} – Bwrdd Diogelu Plant Cwmafon")
    keys.press_button("Cychwyn")
    keys.open(_step("consultation", "identify_case"))


def _write_counterpart(keys: Keyboard, row: str, agency: str, *, at_once: bool = False) -> None:
    """Fill in a row, whose first question is the very next stop where it comes at once."""
    form = "consultation_referral"
    if at_once:
        first = keys.next()
        assert (first.name, first.groups[0]) == (label(form, "agency"), row)
        keys.press("Shift+Tab")
    keys.pick(label(form, "agency"), choice(form, "agency", agency), within=row)
    keys.write(label(form, "person"), "Rhywun sy’n adnabod y teulu", within=row)
    keys.write_date(label(form, "spoken_on"), A_DAY)
    keys.write(label(form, "view"), "Mae angen siarad amdano.", within=row)


def _step(process: str, step: str) -> str:
    return DEFINITIONS.processes[process].elements[step].name("cy")


def _send(keys: Keyboard) -> None:
    """Go on from the answers to the confirmation."""
    keys.press_button("Parhau")
    assert keys.page.title().startswith("Gwiriwch eich atebion"), keys.page.title()
    keys.skip_to_main()
    keys.press_button("Cadarnhau ac anfon")
    _is_done(keys)


def _is_done(keys: Keyboard) -> None:
    assert keys.page.title().startswith("Cwblhawyd y dasg"), keys.page.title()
    assert keys.page.url.split("/")[3] == "cy"


def _give_password(served: Demonstration, name: str) -> str:
    """Give a person of the demonstration a password; return the e-mail address to sign in with."""
    with served.engine(), db.transaction() as session:
        account = accounts.find_account(
            session, f"{name.lower().replace(' ', '.')}@cwmafon.example"
        )
        assert account is not None
        accounts.set_password(session, account.id, PASSWORD, audit.SYSTEM)
        return account.email
