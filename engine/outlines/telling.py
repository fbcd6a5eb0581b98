"""Look at what a person tells of a step or a way, before it is written into the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine import feel
from engine.errors import EngineError
from engine.feel import FeelError
from engine.outlines.edits import (
    AddReminder,
    AddStep,
    AddWay,
    ChangeStep,
    ChangeWay,
    Edit,
    SplitFlow,
    Values,
)
from engine.outlines.errors import (
    CalledMissing,
    ChoiceUnknown,
    DecisionMissing,
    DefaultHasCondition,
    ExpressionMissing,
    ExpressionWrong,
    MomentMissing,
    NameMissing,
    NameTooLong,
    RequirementWrong,
    ToldWrong,
    WaitsForTwo,
)
from engine.outlines.ways import END, NewWay

MOST_NAME = 150
_REQUIREMENT = re.compile(r"[A-Z]{1,6}-\d{2,3}[a-z]?(\.\d{1,2})?|F\d{2}\.\d{2}")

#: Words whose value is a list of names, and the kind of name it is.
_LISTED = {
    "role": "roles",
    "to": "roles",
    "startRoles": "roles",
    "form": "forms",
    "shows": "forms",
    "besides": "roots",
}
#: Words whose value is one name.
_CHOSEN = {
    "timescale": "timescales",
    "decision": "decisions",
    "notice": "notices",
    "called": "parts",
    "items": "lists",
    "starts": "sides",
    "opens": "roots",
    "gateway": "gateways",
    "effect": "effects",
    "relation": "relations",
    "board": "facts",
    "goesOnAs": "parts",
}


@dataclass(frozen=True)
class Nameable:
    """What a process of a draft may name: facts for FEEL, and the keys of everything else."""

    facts: Collection[str]
    keys: Mapping[str, Collection[str]]


def problems(edit: Edit, kind: str, told: Values, nameable: Nameable) -> list[ToldWrong]:
    """Return what is wrong with what an edit tells, each at its word; a whole edit gives nothing.

    Takes:   kind, the tag of what is told of; told, what the file tells of it so far, so that
             nobody has to put right what they did not touch.
    """
    return list(_problems(edit, kind, told, nameable))


def _problems(edit: Edit, kind: str, told: Values, nameable: Nameable) -> Iterator[ToldWrong]:
    if isinstance(edit, AddStep):
        yield from _of(edit.kind, edit.values, "", {}, nameable)
    elif isinstance(edit, ChangeStep):
        yield from _of(kind, edit.values, "", told, nameable)
    elif isinstance(edit, AddReminder):
        yield from _of("boundaryEvent", edit.timer, "timer-", {}, nameable)
        yield from _of("sendTask", edit.notice, "notice-", {}, nameable)
        yield from _of("endEvent", edit.end, "end-", {}, nameable)
    elif isinstance(edit, SplitFlow):
        if edit.kind != "parallelGateway":
            yield from _of(edit.kind, edit.values, "", {}, nameable)
            for number, way in enumerate(edit.ways):
                yield from _of_way(way, f"way-{number}-", nameable)
    elif isinstance(edit, AddWay) and kind != "parallelGateway":
        yield from _of_way(edit.way, "", nameable)
    elif isinstance(edit, ChangeWay):
        yield from _of("sequenceFlow", edit.values, "", told, nameable)


def _of_way(way: NewWay, prefix: str, nameable: Nameable) -> Iterator[ToldWrong]:
    yield from _of("sequenceFlow", way.values, prefix, {}, nameable)
    if not way.values.get("default") and not way.values.get("condition"):
        yield ExpressionMissing(f"{prefix}condition")
    if way.to == END and not (way.end or {}).get("name"):
        yield NameMissing(f"{prefix}end-name")


def _of(
    kind: str, values: Values, prefix: str, told: Values, nameable: Nameable
) -> Iterator[ToldWrong]:
    """Yield what is wrong with values of one element; what stood there before stays allowed."""
    changed = {word: text for word, text in values.items() if text != told.get(word, "")}
    whole = {**told, **values}
    if "name" in values and not values["name"] and (told.get("name") or not told):
        yield NameMissing(f"{prefix}name")
    for word in ("name", "nameCy"):
        if len(changed.get(word, "")) > MOST_NAME:
            yield NameTooLong(f"{prefix}{word}", most=MOST_NAME)
    yield from _of_names(changed, prefix, nameable)
    yield from _of_events(kind, whole, changed, prefix)
    for word in ("condition", "moment", "pausedWhile"):
        if changed.get(word):
            yield from _of_feel(changed[word], f"{prefix}{word}", nameable)
    if changed.get("condition") and whole.get("default"):
        yield DefaultHasCondition(f"{prefix}condition")
    if kind == "callActivity" and not whole.get("called"):
        yield CalledMissing(f"{prefix}called")
    if kind == "businessRuleTask" and not whole.get("decision"):
        yield DecisionMissing(f"{prefix}decision")


def _of_names(changed: Values, prefix: str, nameable: Nameable) -> Iterator[ToldWrong]:
    for word, text in changed.items():
        if word == "requirement":
            wrong = [one for one in text.split() if not _REQUIREMENT.fullmatch(one)]
            if wrong:
                yield RequirementWrong(f"{prefix}{word}", text=wrong[0])
        elif word in _LISTED:
            known = nameable.keys[_LISTED[word]]
            unknown = [one for one in text.split() if one not in known]
            if unknown:
                yield ChoiceUnknown(f"{prefix}{word}", text=unknown[0])
        elif word in _CHOSEN and text and text not in nameable.keys[_CHOSEN[word]]:
            yield ChoiceUnknown(f"{prefix}{word}", text=text)


def _of_events(kind: str, whole: Values, changed: Values, prefix: str) -> Iterator[ToldWrong]:
    if kind not in ("intermediateCatchEvent", "boundaryEvent"):
        return
    if whole.get("moment") and whole.get("condition"):
        yield WaitsForTwo(f"{prefix}moment" if "moment" in changed else f"{prefix}condition")
    elif not whole.get("moment") and not whole.get("condition"):
        yield MomentMissing(f"{prefix}timescale")


def _of_feel(text: str, word: str, nameable: Nameable) -> Iterator[ToldWrong]:
    try:
        feel.compile_expression(text, names=frozenset(nameable.facts))
    except FeelError as error:
        yield ExpressionWrong(
            word, reason=error.reason.rstrip("."), remedy=error.remedy.rstrip(".")
        )
    except EngineError as error:
        yield ExpressionWrong(word, reason=str(error).rstrip("."), remedy="?")
