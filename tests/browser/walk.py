"""A case, and the people who work on it, each at a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.served import Demonstration

CARYS, FFION, NIA, OWAIN = "Carys Morgan", "Ffion Hughes", "Nia Griffiths", "Owain Rees"
SIONED, TOMOS, UNA, MEINIR = "Sioned Parry", "Tomos Llewelyn", "Una Fletcher", "Meinir Rowlands"
VIKRAM, WYN, YASMIN, DELYTH = "Vikram Nair", "Wyn Ellis", "Yasmin Cole", "Delyth Ames"
ALED, BETHAN, GWENNO = "Aled Bevan", "Bethan Hopkins", "Gwenno Pugh"
LOWRI, MARC, ZARA = "Lowri Jenkins", "Marc Thomas", "Zara Whitlock"
KYFFIN = "Kyffin Davies"
IEUAN, PRIYA = "Ieuan Roberts", "Priya Shah"

#: Which agencies write a timeline, and who does it for them.
AGENCIES = [
    {"agency": "police", "author": ALED, "author_email": "aled.bevan@cwmafon.example"},
    {
        "agency": "social_services",
        "author": BETHAN,
        "author_email": "bethan.hopkins@cwmafon.example",
    },
]

#: A step: the BPMN id of the task, the person, and what else `Person.do` takes.
Steps = Iterable[tuple[str, str] | tuple[str, str, Mapping[str, Any]]]
#: The same, always with the rest: what the engine leads up to.
Ways = tuple[tuple[str, str, Mapping[str, Any]], ...]


class Walk:
    """What people do on one case, in the browser or, where it is quicker, by the engine alone."""

    def __init__(self, browser: Browser, served: Demonstration, languages: str | set[str]) -> None:
        """Take the language that all speak, or the names of those who speak Welsh."""
        self.browser = browser
        self.served = served
        self.languages = languages
        self.people: dict[str, Person] = {}

    def person(self, name: str) -> Person:
        """Return a person, signed in."""
        if name not in self.people:
            if isinstance(self.languages, str):
                language = self.languages
            else:
                language = "cy" if name in self.languages else "en"
            self.people[name] = Person(self.browser, self.served, name, language)
        return self.people[name]

    def start(self, process: str = "referral", name: str = CARYS) -> None:
        """Open a case from the start page; as a rule a review."""
        self.case = self.person(name).start_case(process)
        self.identifier = self.person(name).page.locator("h1").inner_text().split()[-1]

    def turn_to_linked_case(self, kind: str, name: str) -> None:
        """Go on with the case of a kind that is linked on the page of this one, e.g. `MPF`.

        Takes:   name, who follows the link.
        """
        person = self.person(name)
        person.open(self.case)
        link = person.page.locator("main a", has_text=re.compile(f"-{kind}-")).last
        self.identifier = link.inner_text()
        self.case = str(link.get_attribute("href")).removeprefix("/cy")

    def go(self, steps: Steps) -> None:
        """Do tasks, each by its person in the browser."""
        for step, name, *how in steps:
            self.person(name).do(self.identifier, step, **(dict(how[0]) if how else {}))

    def play(self, until: str) -> None:
        """Let others do what is open, until a step is open."""
        self.served.play(self.identifier, until)

    def move_time(self, days: int) -> None:
        """Move the demonstration's time on, on its page."""
        self.person(FFION).move_time(days)

    def may_read(self, name: str) -> set[str]:
        """Return the documents of the case that a person may open, as `form/item`."""
        return {
            called
            for path, called in self.served.documents(self.identifier).items()
            if self.person(name).status(path) == 200
        }

    def problems(self) -> list[str]:
        """Return what the browsers complained of."""
        return [problem for person in self.people.values() for problem in person.problems]
