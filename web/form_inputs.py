"""Lay out the properties of a part of a form as inputs, and read them again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

import engine
from web import form_words
from web.addresses import current_language
from web.texts import say

WELSH = "_cy"
#: The columns of what stands in rows of texts.
ROWS = {"values": ("value", "label", "label_cy"), "appoints": ("role", "email", "replaces", "when")}
_MOST_ROWS = 100
_ROW = re.compile(r"(?P<name>values|appoints)-(?P<number>\d{1,2})-(?P<column>[a-z_]+)")
GROUPS = ("wording", "answer", "when", "further")


@dataclass(frozen=True)
class Asked:
    """One property on a page: how it is asked, and what stands in it."""

    name: str
    kind: str
    label: str
    hint: str
    both: bool
    value: Any
    welsh: str
    choices: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, str], ...]
    errors: Mapping[str, str]

    @property
    def error(self) -> str:
        """Return what is wrong with it."""
        return self.errors.get(self.name, "")

    @property
    def has_error(self) -> bool:
        """Say whether anything is wrong with it, in either language or in one of its rows."""
        own = (self.name, self.name + WELSH)
        return any(one in own or one.startswith(f"{self.name}-") for one in self.errors)

    @property
    def welsh_error(self) -> str:
        """Return what is wrong with its Welsh."""
        return self.errors.get(self.name + WELSH, "")


@dataclass(frozen=True)
class Condition:
    """When a question is asked: always, for one answer above it, or by FEEL of one's own."""

    when: str
    choice: str
    how: str
    choices: tuple[tuple[str, str], ...]


def groups(
    offered: Sequence[engine.FormProperty], answers: Mapping[str, Any], errors: Mapping[str, str]
) -> list[tuple[str, list[Asked]]]:
    """Return the properties of a part by the group in which a page has them."""
    asked: dict[str, list[Asked]] = {name: [] for name in GROUPS}
    for prop in offered:
        asked[form_words.group_of(prop.name)].append(_asked(prop, answers, errors))
    return [(name, found) for name, found in asked.items() if found]


def _asked(
    prop: engine.FormProperty, answers: Mapping[str, Any], errors: Mapping[str, str]
) -> Asked:
    value = answers.get(prop.name, "")
    if prop.name == "values" and not value:
        value = [dict.fromkeys(ROWS["values"], "")] * 2
    return Asked(
        name=prop.name,
        kind=prop.kind,
        label=form_words.property_name(prop.name),
        hint=form_words.property_hint(prop.name),
        both=prop.both,
        value=value,
        welsh=str(answers.get(prop.name + WELSH, "")),
        choices=tuple((one, form_words.choice_name(one)) for one in prop.choices),
        rows=tuple(value or ()) if prop.kind == "rows" else (),
        errors=errors,
    )


def condition(found: engine.FormPartPage, typed: Mapping[str, str]) -> Condition:
    """Return how a page asks when a question is asked."""
    hide = str(found.answers.get("hide", ""))
    choice, how = found.condition or ("", "is")
    stands = "choice" if found.condition else "feel" if hide else "always"
    return Condition(
        typed.get("condition", stands),
        typed.get("condition_choice", choice),
        typed.get("condition_how", how),
        tuple((one.name, f"{say(one.question)} – {say(one.answer)}") for one in found.choices),
    )


def read(offered: Sequence[engine.FormProperty]) -> dict[str, Any]:
    """Return what was typed into the inputs of some properties, and of a condition."""
    found: dict[str, Any] = {}
    for prop in offered:
        if prop.kind == "rows":
            found[prop.name] = _rows(prop.name)
        elif prop.kind == "tick":
            found[prop.name] = prop.name in request.form
        else:
            for name in (prop.name, prop.name + WELSH)[: 1 + prop.both]:
                if name in request.form:
                    found[name] = _text(name)
    for name in ("condition", "condition_choice", "condition_how"):
        if name in request.form:
            found[name] = request.form[name]
    return found


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _rows(name: str) -> list[dict[str, str]]:
    """Return the rows that were sent, without empty ones, changed as a button says."""
    rows: dict[int, dict[str, str]] = {}
    for sent in request.form:
        typed = _ROW.fullmatch(sent)
        if typed and typed["name"] == name and typed["column"] in ROWS[name]:
            rows.setdefault(int(typed["number"]), {})[typed["column"]] = _text(sent)
    verb, _, target = request.form.get("page-action", "").partition(":")
    found = [
        row
        for number, row in sorted(rows.items())
        if any(row.values()) and not (verb == "drop" and target == f"{name}-{number}")
    ]
    if verb == "more" and target == name and len(found) < _MOST_ROWS:
        found.append(dict.fromkeys(ROWS[name], ""))
    return [_without_empty(name, row) for row in found]


def _without_empty(name: str, row: dict[str, str]) -> dict[str, str]:
    """Return a row as the engine knows it: of an appointment, only what was filled in."""
    if name == "values":
        return {column: row.get(column, "") for column in ROWS[name]}
    return {column: text for column, text in row.items() if text or column in ("role", "email")}


def changes_page() -> bool:
    """Say whether a button was pressed that changes the page, and keeps nothing."""
    return request.form.get("page-action", "").partition(":")[0] in ("type", "more", "drop")


def own_name(answers: Mapping[str, Any]) -> str:
    """Return what a part is called, by its label or its text, in the language of the page."""
    names: tuple[str, ...] = ("label", "text")
    if current_language() == "cy":
        names = ("label_cy", "text_cy", *names)
    return next((str(answers[name])[:80] for name in names if answers.get(name)), "…")
