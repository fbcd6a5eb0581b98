"""Somebody without a mouse: goes from stop to stop, and knows each by what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.person import DEFINITIONS
from tests.browser.served import Demonstration

#: No page of ours has as many stops.
MOST_STOPS = 400

#: What is wrong with the stop that has the focus, as people who look at the page see it.
_LOOK = r"""() => {
  const at = document.activeElement
  const label = at.labels && at.labels[0]
  const box = ['radio', 'checkbox'].includes(at.type)
  const style = box ? getComputedStyle(label, '::before') : getComputedStyle(at)
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
  if (!ring && style.boxShadow === 'none') return 'nothing shows that it has the focus'
  const place = (box ? label : at).getBoundingClientRect()
  if (place.width < 1 || place.height < 1) return 'it cannot be seen'
  const lines = [...(box ? label : at).getClientRects()]
  const inside = lines.some(line => {
    const found = document.elementFromPoint(line.x + line.width / 2, line.y + line.height / 2)
    return found && (at.contains(found) || found.contains(at) || (label && label.contains(found)))
  })
  return inside ? '' : 'it lies outside the window or behind something'
}"""


@dataclass(frozen=True)
class Stop:
    """Where the focus is, from the accessibility tree: what a screen reader says there."""

    role: str
    name: str
    value: str
    description: str
    checked: bool
    #: the names of the groups that it stands in, the nearest first
    groups: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as a line of a failure."""
        return f"{self.role} “{self.name}” in {list(self.groups)}"


class Keyboard:
    """Keys that are pressed on a page, and nothing else: no mouse, no script, no selector."""

    def __init__(self, browser: Browser, served: Demonstration, **how: Any) -> None:
        """Open the Welsh page for signing in.

        Takes:   how, options of the browser's context, e.g. `java_script_enabled`.
        """
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        self.page: Page = context.new_page()
        self._tree = context.new_cdp_session(self.page)
        self.page.goto(f"{served.address}/cy/sign-in")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(key)

    def follow(self, key: str = "Enter") -> None:
        """Press a key on a link or a button, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.press(key)

    def type(self, text: str) -> None:
        """Type a text in place of what stands where the focus is."""
        self.press("Control+a")
        self.page.keyboard.type(text)

    def at(self) -> Stop | None:
        """Return where the focus is; None, where it is on nothing that answers to a key."""
        found = self._tree.send("Runtime.evaluate", {"expression": "document.activeElement"})
        if found["result"].get("className") in ("HTMLBodyElement", None):
            return None
        asked = {"objectId": found["result"]["objectId"], "fetchRelatives": True}
        nodes = self._tree.send("Accessibility.getPartialAXTree", asked)["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}
        # The first one is the node itself; its ancestors come behind it.
        own = nodes[0]
        groups, above = [], by_id.get(own.get("parentId", ""))
        while above is not None:
            if _said(above, "role") in ("group", "radiogroup", "row") and _said(above, "name"):
                groups.append(_said(above, "name"))
            above = by_id.get(above.get("parentId", ""))
        said = {each["name"]: each["value"].get("value") for each in own.get("properties", ())}
        return Stop(
            role=_said(own, "role"),
            name=_said(own, "name"),
            value=_said(own, "value"),
            description=_said(own, "description"),
            checked=said.get("checked") == "true",
            groups=tuple(groups),
        )

    def at_now(self) -> Stop:
        """Return where the focus is, which must be somewhere."""
        stop = self.at()
        assert stop is not None, f"{self.page.url}: the focus is nowhere"
        return stop

    def next(self, key: str = "Tab") -> Stop:
        """Go one stop on, or with `Shift+Tab` one back."""
        self.press(key)
        stop = self.at_now()
        self._look(stop)
        return stop

    def go_to(
        self,
        name: str,
        role: str = "",
        *,
        within: str = "",
        start: bool = False,
        back: bool = False,
    ) -> Stop:
        """Go on, or `back`, from stop to stop until one is called so.

        Takes:   name, the whole name, or its beginning with `start`; within, the name of a group
                 that it stands in.
        """

        def fits(stop: Stop) -> bool:
            named = stop.name.startswith(name) if start else stop.name == name
            return named and role in ("", stop.role) and (not within or within in stop.groups)

        return self._until(fits, f"{role} “{name}” {within}", "Shift+Tab" if back else "Tab")

    def skip_to_main(self) -> None:
        """Take the first stop of a page, which leads past what all pages begin with."""
        assert self.next().name == "Neidio i’r prif gynnwys"
        self.press("Enter")

    def sign_in_as(self, name: str) -> None:
        """Press the name of a person of the demonstration."""
        self.go_to(name, "button")
        self.follow()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with a password; Enter sends it from where it was typed."""
        self.write("Cyfeiriad e-bost", email)
        self.write("Cyfrinair", password)
        self.follow()

    def open(self, name: str) -> None:
        """Go to a link of the page's main part and follow it."""
        self.skip_to_main()
        self.go_to(name, "link")
        self.follow()

    def press_button(self, name: str) -> None:
        """Go to a button and press it."""
        self.go_to(name, "button")
        self.follow()

    # How the kinds of questions are answered.

    def write(self, name: str, text: str, *, within: str = "") -> None:
        """Type an answer."""
        self.go_to(name, "textbox", within=within)
        self.type(text)

    def write_date(self, question: str, day: date) -> None:
        """Type a date in its three boxes."""
        for name, number in zip(("Diwrnod", "Mis", "Blwyddyn"), _numbers(day), strict=True):
            self.write(name, number, within=question)

    def write_person(self, question: str, name: str, designation: str) -> None:
        """Type who somebody is."""
        self.write("Enw llawn", name, within=question)
        self.write("Swydd (dewisol)", designation, within=question)

    def choose(self, question: str, choice: str) -> None:
        """Choose one of some radio buttons: Tab comes to the group, arrows go about in it."""
        stop = self._until(lambda stop: stop.role == "radio" and question in stop.groups, question)
        stop = self.go_round_to(choice, question)
        if not stop.checked:
            self.press("Space")
        chosen = self.at_now()
        assert chosen.checked, f"{question}: {choice} is not chosen"

    def go_round_to(self, choice: str, question: str = "") -> Stop:
        """Go about in the group of radio buttons that has the focus, by arrow, to a choice."""
        stop = self.at_now()
        first = stop.name
        while stop.name != choice:
            self.press("ArrowDown")
            stop = self.at_now()
            assert stop.role == "radio", f"{question}: an arrow left the group for {stop}"
            assert stop.name != first, f"{question}: no such choice: {choice}"
        return stop

    def tick(self, choice: str, *, within: str = "") -> None:
        """Tick a box."""
        self.go_to(choice, "checkbox", within=within)
        self.press("Space")
        ticked = self.at_now()
        assert ticked.checked, f"{choice} is not ticked"

    def pick(self, question: str, choice: str, *, within: str = "", begins: str = "") -> None:
        """Pick from a drop-down list by typing how the choice begins; left out, all of it."""
        self.go_to(question, "combobox", within=within)
        self.page.keyboard.type(begins or choice)
        picked = self.at_now()
        assert picked.value == choice, f"{question}: {picked.value} was picked"

    def attach(self, question: str, file: Path) -> None:
        """Open the window for choosing a file by key, and choose one in it."""
        self.go_to(question, start=True)
        with self.page.expect_file_chooser() as chooser:
            self.press("Space")
        chooser.value.set_files(file)

    def _until(self, fits: Callable[[Stop], bool], wanted: str, key: str = "Tab") -> Stop:
        """Go on to the first stop that fits, looking at each on the way."""
        seen: list[str] = []
        for _ in range(MOST_STOPS):
            self.press(key)
            stop = self.at()
            if stop is None:
                break
            self._look(stop)
            seen.append(str(stop))
            if fits(stop):
                return stop
        on_the_way = "".join(f"\n  {each}" for each in seen)
        raise AssertionError(f"{self.page.url}: no key leads to {wanted}. Seen:{on_the_way}")

    def _look(self, stop: Stop) -> None:
        """Hold a stop to this: whoever looks at the page sees that the focus is there."""
        wrong = self.page.evaluate(_LOOK)
        assert wrong == "", f"{self.page.url}: {stop}: {wrong}"


def label(form: str, key: str) -> str:
    """Return what a question of a form is called in Welsh."""
    return _question(form, key).label("cy")


def choice(form: str, key: str, value: str) -> str:
    """Return what a choice of a question is called in Welsh."""
    return next(each.label("cy") for each in _question(form, key).options if each.value == value)


def _question(form: str, key: str) -> Any:
    for section in DEFINITIONS.forms[form].sections:
        for field in section.fields:
            for each in (field, *field.columns):
                if each.key == key:
                    return each
    raise KeyError(key)


def _numbers(day: date) -> tuple[str, str, str]:
    return str(day.day), str(day.month), str(day.year)


def _said(node: dict[str, Any], what: str) -> str:
    return re.sub(r"\s+", " ", str(node.get(what, {}).get("value") or "")).strip()
