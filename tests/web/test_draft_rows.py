"""Pages of a draft's timescales, facts, milestones, messages and reasons."""

from __future__ import annotations

import re
import uuid

import pytest

import engine
from tests.web.conftest import Site, Visitor

LONGER = {"en": "The follow-up is held", "cy": "Cynhelir y cyfarfod dilynol"}


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


def begun(site: Site) -> uuid.UUID:
    """Return a draft of its own for a test."""
    catrin = site.people["Catrin Sayer"]
    return engine.begin_draft("cwmafon", "draft_2011", "Rows of our own", catrin)


def sent(visitor: Visitor, path: str) -> dict[str, str]:
    """Return what the form of a page would send as it stands."""
    page = visitor.get(path).get_data(as_text=True)
    inputs = re.findall(r"<input[^>]*>", page)
    found: dict[str, list[str]] = {}
    for one in inputs:
        named = {key: value for key, value in re.findall(r'(\w+)="([^"]*)"', one)}
        kind = named.get("type", "text")
        if "name" in named and (kind not in ("checkbox", "radio") or " checked" in one):
            found.setdefault(named["name"], []).append(named.get("value", ""))
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    selects = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    for name, inner in selects:
        options = re.findall(r'value="([^"]*)"( selected)?', inner)
        found[name] = [value for value, chosen in options if chosen] or [options[0][0]]
    found |= {name: [text.replace("&#10;", "\n")] for name, text in areas}
    return {name: values for name, values in found.items() if not name.startswith("page-")}


@pytest.mark.parametrize("part", ["timescales", "facts", "milestones", "letters", "reasons"])
def test_each_list_is_read_in_both_languages(site: Site, catrin: Visitor, part: str) -> None:
    draft = begun(site)
    for language in ("en", "cy"):
        answer = catrin.get(f"/drafts/{draft}/{part}?lang={language}")
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "timescales/TS-01",
        "timescales/new",
        "facts/new",
        "milestones/recommended",
        "milestones/new",
        "letters/clock_stage",
        "letters/new",
        "decisions/DR-01",
        "decisions/DR-01/head",
        "decisions/DR-01/rules/dr_01_rule_2",
        "decisions/DR-01/rules/new",
        "decisions/DR-01/columns/dr_01_type",
        "decisions/DR-01/columns/new-input",
        "decisions/DR-01/canvas",
    ],
)
def test_each_page_is_there(site: Site, catrin: Visitor, page: str) -> None:
    assert catrin.get(f"/drafts/{begun(site)}/{page}").status_code == 200
