"""What is known of a matter under way, as it is kept until it is taken in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.adoption.recording import PastStep
from engine.errors import NotFound


@dataclass(frozen=True)
class Beginning:
    """What a matter is known by: when it began, its reference on paper, the case it came from."""

    began_on: date | None = None
    reference: str = ""
    linked: str = ""
    relation: str = "escalation"


@dataclass(frozen=True)
class Appointed:
    """Who has held a role on the matter, and since when; nothing, where nobody knows."""

    role: str
    account_id: uuid.UUID
    since: date | None


@dataclass(frozen=True)
class StepName:
    """A step as an address names it."""

    process: str
    step: str
    item: str = ""

    @property
    def text(self) -> str:
        """Return it as it stands in an address."""
        return "/".join((self.process, self.step, self.item))

    @property
    def target(self) -> str:
        """Return it as a place at which a matter stands."""
        return f"{self.step}/{self.item}" if self.item else self.step

    @classmethod
    def of(cls, text: str) -> StepName:
        """Return the step that an address names.

        Raises:  NotFound.
        """
        parts = text.split("/")
        if len(parts) != 3:
            raise NotFound
        return cls(*parts)


@dataclass(frozen=True)
class Known:
    """All that is known of a matter; `aside` was typed into steps that are not recorded."""

    beginning: Beginning
    steps: tuple[PastStep, ...]
    aside: Mapping[str, tuple[date | None, Mapping[str, list[str]]]]
    stands_at: tuple[str, ...]
    people: tuple[Appointed, ...]
    dropped: tuple[str, ...] = ()


def to_json(known: Known) -> dict[str, Any]:
    """Return what is known of a matter as its row keeps it."""
    beginning = known.beginning
    return {
        "beginning": {
            "began_on": _iso(beginning.began_on),
            "reference": beginning.reference,
            "linked": beginning.linked,
            "relation": beginning.relation,
        },
        "steps": [
            {"name": list(one.key), "day": _iso(one.day), "posted": one.posted}
            for one in known.steps
        ],
        "aside": {
            name: {"day": _iso(day), "posted": posted}
            for name, (day, posted) in known.aside.items()
        },
        "stands_at": list(known.stands_at),
        "people": [
            {"role": one.role, "account": str(one.account_id), "since": _iso(one.since)}
            for one in known.people
        ],
        "dropped": list(known.dropped),
    }


def from_json(kept: Mapping[str, Any]) -> Known:
    """Return what is known of a matter from what its row keeps."""
    beginning = kept["beginning"]
    return Known(
        Beginning(
            _day(beginning["began_on"]),
            beginning["reference"],
            beginning["linked"],
            beginning["relation"],
        ),
        tuple(_step(one) for one in kept["steps"]),
        {name: (_day(one["day"]), one["posted"]) for name, one in kept["aside"].items()},
        tuple(kept["stands_at"]),
        tuple(
            Appointed(one["role"], uuid.UUID(one["account"]), _day(one["since"]))
            for one in kept["people"]
        ),
        tuple(kept["dropped"]),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _step(kept: Mapping[str, Any]) -> PastStep:
    process, step, item = kept["name"]
    return PastStep(process, step, item, _day(kept["day"]), kept["posted"])
