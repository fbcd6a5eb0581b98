"""A form whose Welsh is missing anywhere cannot be published, and says where it is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import db, deployments, forms
from engine.errors import InvalidDefinition
from engine.models import Deployment

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "tests" / "definitions" / "small"
CONSENT = "forms/consent.json"

Data = dict[str, Any]


def _parts(data: Data) -> Iterator[Data]:
    yield data
    for inside in data.get("components", []):
        yield from _parts(inside)


def _with(name: str, *types: str) -> Callable[[Data], Iterator[tuple[Data, str]]]:
    """Return what finds the Welsh of a text on components of some types, or on the form itself."""
    return lambda data: (
        (part["i18n"]["cy"], name)
        for part in _parts(data)
        if name in part and (not types or part["type"] in types)
    )


def _errors(data: Data) -> Iterator[tuple[Data, str]]:
    for part in _parts(data):
        for rule in part.get("errors", {}):
            yield part["i18n"]["cy"]["errors"], rule


def _options(data: Data) -> Iterator[tuple[Data, str]]:
    for part in _parts(data):
        for option in part.get("values", []):
            yield option["i18n"]["cy"], "label"


def _rules(data: Data) -> Iterator[tuple[Data, str]]:
    return ((rule, "cy") for rule in data.get("rules", []) if "cy" in rule)


def _decision_messages(data: Data) -> Iterator[tuple[Data, str]]:
    for rule in data.get("rules", []):
        if "cy" not in rule:
            for message in rule["check"]["messages"].values():
                yield message, "cy"


#: Every kind of text that a form says, and what finds the Welsh of all of that kind.
KINDS = {
    "title": _with("title"),
    "section": _with("label", "group"),
    "text under a section": _with("description", "group"),
    "question": _with("label", "textfield", "textarea", "radio", "datetime", "checkbox"),
    "rows": _with("label", "dynamiclist"),
    "what a row is called": _with("itemLabel", "dynamiclist"),
    "hint": _with("description", "textfield", "textarea", "radio", "datetime"),
    "fixed text": _with("text", "text"),
    "error": _errors,
    "choice": _options,
    "rule": _rules,
    "message of a decision": _decision_messages,
}


@pytest.fixture(scope="module")
def shipped() -> list[Path]:
    return sorted((ROOT / "forms").glob("*.json"))


@pytest.mark.parametrize("how", ["gone", "empty", "blank"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_form_without_some_of_its_welsh_is_refused(
    shipped: list[Path], kind: str, how: str
) -> None:
    source = next(path for path in shipped if any(KINDS[kind](json.loads(path.read_bytes()))))
    data = json.loads(source.read_bytes())
    forms.parse_form(json.dumps(data).encode(), source.name)
    holder, name = next(iter(KINDS[kind](data)))
    if how == "gone":
        del holder[name]
    else:
        holder[name] = "" if how == "empty" else "  "
    with pytest.raises(InvalidDefinition) as refused:
        forms.parse_form(json.dumps(data).encode(), source.name)
    assert name in str(refused.value)


@pytest.mark.usefixtures("database")
def test_nothing_is_published_while_the_welsh_of_a_form_is_missing() -> None:
    files = deployments.read_folders(SMALL)
    data = json.loads(files[CONSENT])
    del data["components"][0]["i18n"]["cy"]["label"]
    files[CONSENT] = json.dumps(data).encode()
    with db.transaction() as session, pytest.raises(deployments.InvalidDeployment) as refused:
        deployments.deploy(session, files, actor="SYSTEM")
    assert any(
        found.path == CONSENT and "Welsh" in found.message for found in refused.value.findings
    )
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Deployment)) == 0
