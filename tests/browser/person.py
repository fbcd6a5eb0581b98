"""A person at the browser: signs in, finds a task, types answers, checks them, sends them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from engine import deployments
from tests.browser.served import Demonstration

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = deployments.build(deployments.read_folders(ROOT))

#: GOV.UK's own documented issue: a radio that reveals a question carries aria-expanded.
KNOWN_ISSUE = "aria-allowed-attr"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

WORDS = {
    "en": {"continue": "Continue", "send": "Confirm and send", "add": "Add another"},
    "cy": {"continue": "Parhau", "send": "Cadarnhau ac anfon", "add": "Ychwanegu"},
}


#: Pages of tasks that were held to the standards, by language.
_looked_at: set[tuple[str, str]] = set()

_SECTION = re.compile(r"/tasks/[0-9a-f-]{36}/sections/(?P<form>\w+)/(?P<section>\w+)")


class Person:
    """Somebody of the demonstration, with a browser of their own, in one language."""

    def __init__(
        self,
        browser: Browser,
        served: Demonstration,
        name: str,
        language: str,
        **how: Any,
    ) -> None:
        """Sign in with one click, unless without a name.

        Takes:   how, options of the browser's context.
        """
        self.browser = browser
        self.served = served
        self.language = language
        self.name = name
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        if name:
            self.open("/sign-in")
            self.page.get_by_role("button", name=name, exact=True).first.click()
            expect(self.page.get_by_text(name).first).to_be_visible()

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def open(self, path: str) -> None:
        """Open a page in this person's language."""
        self.page.goto(self.served.address + ("/cy" if self.language == "cy" else "") + path)

    def check_page(self) -> None:
        """Hold the page to WCAG 2.2 AA, as far as axe can see, and to its language."""
        # Only what is wrong is told: the list of all that is right takes as long as looking.
        asked = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
        results = Axe().run(self.page, options=asked)
        found = [
            f"{rule['id']}: {node['html']}"
            for rule in results.response["violations"]
            for node in rule["nodes"]
            if not (rule["id"] == KNOWN_ISSUE and "aria-controls" in node["html"])
        ]
        assert found == [], f"{self.page.url}: {found}"
        assert self.page.locator("html").get_attribute("lang") == self.language

    def status(self, path: str) -> int:
        """Return what a page answers this person with."""
        return self.page.request.get(self.served.address + path).status

    def links(self, start: str) -> list[str]:
        """Return the paths, without language, that the main part of the page links to."""
        return sorted(set(self._links_in_order(re.compile(start))))

    def _links_in_order(self, start: re.Pattern[str]) -> list[str]:
        found = self.page.locator("main a[href]").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        paths = [path.removeprefix("/cy") for path in found]
        return [path for path in paths if start.match(path)]

    def start_consultation(self) -> str:
        """Start a case; return the path of its page."""
        return self.start_case("consultation")

    def start_case(self, process: str) -> str:
        """Start a case of a process; return the path of its page."""
        self.open("/cases/start")
        self.page.locator(f"main [name='process'][value^='{process}:']").check(force=True)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
        return "/cases/" + self.page.url.rpartition("/")[2]

    def appoint(self, case: str, role: str, name: str, item: str = "") -> None:
        """Appoint somebody on the people page of a case."""
        self.open(f"{case}/people")
        main = self.page.locator("main")
        main.locator("select[name='role']").select_option(role)
        account = main.locator("select[name='account'] option", has_text=name).first
        main.locator("select[name='account']").select_option(account.get_attribute("value"))
        if item:
            main.locator("select[name='item']").select_option(item)
        self.press(
            main.locator("form[action$='/people'] button, form[action*='appoint'] button").last
        )
        problems = main.locator(".govuk-error-summary")
        assert problems.count() == 0, f"{role} {name}: {problems.inner_text()}"
        expect(main).to_contain_text(name)

    def move_time(self, days: int) -> None:
        """Move the demonstration's time on; people who are signed in see it, too."""
        self.open("/demonstration/time")
        self.page.locator("main [name='days']").fill(str(days))
        self.page.locator("main form button").first.click()
        expect(self.page.locator("main [name='days']")).to_have_count(0, timeout=60_000)

    def do(
        self,
        case: str,
        step: str,
        values: Mapping[str, Any] | None = None,
        *,
        item: str = "",
        process: str = "",
        look: bool = True,
        at_check: Callable[[Person], None] | None = None,
    ) -> None:
        """Do an open task of a case: find it in the list, fill it in, check it, send it.

        Takes:   step, the BPMN id of the task; values, by catalogue id or key, beside the examples;
                 item and process, where several tasks of the step are open; at_check, called on
                 the page where the answers are checked.
        """
        task_id = self.served.task_id(case, step, item, process)
        self._find(task_id)
        self.complete(task_id, step, values, look=look, at_check=at_check)
        expect(self.page.locator("body")).to_contain_text(case)

    def complete(
        self,
        task_id: uuid.UUID,
        step: str,
        values: Mapping[str, Any] | None = None,
        *,
        look: bool = True,
        at_check: Callable[[Person], None] | None = None,
        leave: Collection[str] = (),
    ) -> None:
        """Fill in the task whose page is open, check it, send it.

        Takes:   step, what to call it should it be refused; leave, sections of a long task that
                 are filled in already; the rest as `do` takes it.
        """
        if look:
            self._look_once(step)
        posted = self.served.answers(task_id, self.name, values or {})
        if self.page.locator("main .govuk-task-list").count():
            self._do_sections(task_id, posted, step, look=look, leave=leave)
        else:
            self._fill(posted)
            self._press("continue")
        problems = self.page.locator(".govuk-error-summary")
        assert problems.count() == 0, f"{step}: {problems.inner_text() if problems.count() else ''}"
        if look:
            self._look_once(f"{step}/check")
        if at_check:
            at_check(self)
        sign = self.page.locator("main [name='page-signed']")
        if sign.count():
            sign.check(force=True)
        self._press("send")
        expect(self.page.locator(".govuk-panel--confirmation")).to_be_visible()

    def _look_once(self, page: str) -> None:
        """Hold a page of a task to the standards, once in a language however many cases have it."""
        if (self.language, page) not in _looked_at:
            self.check_page()
            _looked_at.add((self.language, page))

    def _do_sections(
        self,
        task_id: uuid.UUID,
        posted: Mapping[str, list[str]],
        step: str,
        *,
        look: bool,
        leave: Collection[str],
    ) -> None:
        """Fill in the sections of a long task as they come, then go on to the answers.

        What is filled in may bring further sections.
        """
        done: set[str] = set()
        while left := [one for one in self._links_in_order(_SECTION) if one not in done]:
            place = _SECTION.fullmatch(left[0].partition("?")[0])
            assert place is not None
            done.add(left[0])
            if place["section"] in leave:
                continue
            self.press(self.page.locator(f"main .govuk-task-list a[href$='{left[0]}']"))
            if look:
                self._look_once(left[0].partition("sections/")[2])
            section = DEFINITIONS.forms[place["form"]].section(place["section"])
            keys = {field.key for field in section.fields}
            self._fill({name: texts for name, texts in posted.items() if _key(name) in keys})
            self._press("continue")
            problems = self.page.locator(".govuk-error-summary")
            assert problems.count() == 0, f"{step}, {left[0]}: {problems.inner_text()}"
        self.press(self.page.locator(f"main .govuk-task-list a[href$='/tasks/{task_id}/check']"))

    def _find(self, task_id: uuid.UUID) -> None:
        self.open("/tasks")
        link = self.page.locator(f"main a[href$='/tasks/{task_id}']")
        assert link.count(), f"{self.name} has no such task in the list"
        self.press(link)
        claim = self.page.locator("form[action$='/claim'] button")
        if claim.count():
            self.press(claim)

    def press_continue(self) -> None:
        """Press the Continue that people see."""
        self._press("continue")
        self.page.wait_for_load_state()

    def go_on_too_early(self) -> Iterator[None]:
        """Press Continue on the task that is open before anything is filled in; stop at each page.

        A long task is a list of sections, each of which is a page of its own.
        """
        sections = self._links_in_order(_SECTION)
        if not sections:
            self.press_continue()
            yield
        for section in sections:
            self.open(section)
            self.press_continue()
            yield

    def _press(self, what: str) -> None:
        main = self.page.locator("main")
        button = main.locator(f"button[data-press='{what}'], button[value='{what}']")
        if button.count() == 0:
            words = "|".join(WORDS[language][what] for language in WORDS)
            button = main.get_by_role("button", name=re.compile(words))
        self.press(button)

    def press(self, through: Locator) -> None:
        """Click the first of some links or buttons, and wait for the page that follows."""
        with self.page.expect_navigation():
            through.first.click()

    def _fill(self, posted: Mapping[str, list[str]]) -> None:
        # Choices first: they may bring further questions on the page.
        for choices in (True, False):
            for key, texts in posted.items():
                if not key.endswith("_key"):
                    self._put(key, texts, choices=choices)

    def _put(self, name: str, texts: list[str], *, choices: bool) -> None:
        control = self._control(name)
        if control.count() == 0:
            return
        kind = (control.first.get_attribute("type") or "").lower()
        if kind in ("radio", "checkbox"):
            for text in texts if choices else []:
                box = self.page.locator(f"[name='{name}'][value='{text}']")
                if box.count() and not box.first.is_checked():
                    box.first.check(force=True)
        elif control.first.evaluate("node => node.tagName") == "SELECT":
            if choices:
                control.first.select_option(texts[0])
        elif kind not in ("hidden", "file") and not choices and control.first.is_visible():
            control.first.fill(texts[0])

    def _control(self, name: str) -> Locator:
        control = self.page.locator(f"main [name='{name}']")
        # Rows may stand in rows: the outer one is added first.
        for rows in re.finditer(r"-(\d+)-", name):
            if control.count():
                break
            path = name[: rows.start()]
            add = self.page.locator(f"main button[value='add:{path}']")
            row = self.page.locator(f"main [name^='{path}-{rows[1]}-']")
            if add.count() and not row.count():
                self.press(add)
        return control


def _key(name: str) -> str:
    """Return the key of the field in which an input stands, rows and boxes left off."""
    return name.partition("-")[0]
