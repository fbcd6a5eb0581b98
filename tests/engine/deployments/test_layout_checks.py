"""A layout that a Board puts in place of ours prints its form, and nothing that few may read."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from engine import deployments, layouts
from engine.deployments import layout_checks
from engine.deployments.definitions import Reading, read

ROOT = Path(__file__).parents[3]


@cache
def shipped() -> Reading:
    """Return all that is shipped, read once."""
    return read(deployments.read_folders(ROOT))


def found(form_id: str, source: str) -> list[str]:
    """Return what is found wrong with a layout in place of the shipped ones."""
    path = f"forms/reports/{form_id}.toml"
    whole = f"[layout]\n{source}".encode()
    varied = replace(
        shipped(),
        files={**shipped().files, path: whole},
        layouts={form_id: layouts.parse_layout(whole, path)},
    )
    return [finding.message for finding in layout_checks.check(varied)]


def test_what_is_shipped_is_in_order() -> None:
    assert shipped().layouts
    assert list(layout_checks.check(shipped())) == []


BLOCK = "[[layout.blocks]]\n"
COLUMN = '{ en = "a", cy = "b" }'
LINE = 'lines = [{{ en = "L", cy = "L", fields = ["{}"] }}]'
PERIOD = '{ en = "a", cy = "b", fields = ["summary_period"] }'
UNFIT = {
    "There is no form nothing.": ("nothing", f'{BLOCK}fields = ["a"]'),
    "The form consent has no “a”.": ("consent", f'{BLOCK}fields = ["a"]'),
    "The form report has no section “a”.": ("report", f'{BLOCK}section = "a"'),
    "“learned” is written by a person": ("report", 'leave_out = ["learned"]'),
    "“has_issues” is named twice.": (
        "report",
        f'leave_out = ["has_issues"]\n{BLOCK}fields = ["has_issues"]',
    ),
    "“learned” has nothing to choose from": ("report", f'{BLOCK}ticks = "learned"'),
    "The line “L” fills 2 of 1 columns": (
        "report",
        f"{BLOCK}columns = [{COLUMN}]\n{LINE.format('learned')}",
    ),
    "“conclusions” has no place in a cell": (
        "report",
        f"{BLOCK}columns = [{COLUMN}, {COLUMN}]\n{LINE.format('conclusions')}",
    ),
    "“learned” has no rows.": ("report", f'{BLOCK}rows = "learned"'),
    "“summary” has no column “a” that a table can hold.": (
        "summary_timeline",
        f'{BLOCK}rows = "summary"\ncolumns = [{{ en = "a", cy = "b", fields = ["a"] }}]',
    ),
    "The column “summary_event” of “summary” would be lost on paper.": (
        "summary_timeline",
        f'{BLOCK}rows = "summary"\ncolumns = [{PERIOD}]',
    ),
    "The column “summary_period” of “summary” is named twice.": (
        "summary_timeline",
        f'{BLOCK}rows = "summary"\ncolumns = [{PERIOD}, {PERIOD}]',
    ),
    "There is no form a.": ("report", f'{BLOCK}document = "a"'),
    "The form summary_timeline has no “a”.": (
        "report",
        f'{BLOCK}document = "summary_timeline"\nonly = ["a"]',
    ),
}


@pytest.mark.parametrize("wrong", UNFIT)
def test_a_layout_that_does_not_fit_its_form_is_refused(wrong: str) -> None:
    messages = found(*UNFIT[wrong])
    assert any(message.startswith(wrong) for message in messages), messages


@pytest.mark.parametrize(
    "form_id", ["genogram", "agency_timeline", "screening", "wg_use_block", "legal_advice"]
)
@pytest.mark.parametrize("into", ["report", "working_principles"])
def test_what_few_may_read_goes_along_with_no_other_document(into: str, form_id: str) -> None:
    (first, *_) = found(into, f'[[layout.blocks]]\ndocument = "{form_id}"')
    assert "is for few readers" in first


def test_what_is_published_takes_along_only_what_the_content_gate_reads() -> None:
    whole = '[[layout.blocks]]\ndocument = "terms_of_reference"\n'
    assert "All of terms_of_reference would be printed" in found("report", whole)[0]
    assert "is for few readers" not in repr(found("working_principles", whole))
    for name in ("family_roles", "tor_type", "further_issues", "further_issues.found_by"):
        (message,) = found("report", f'{whole}only = ["{name}"]')
        assert "is no part of the published report" in message
    assert found("report", whole + 'only = ["tor_issues", "further_issues.issue_found"]') == []


def test_what_goes_along_with_a_document_is_for_everybody_who_reads_it() -> None:
    """A paper is handed on: an answer for the Panel does not reach a participant with a letter."""
    whole = '[[layout.blocks]]\ndocument = "terms_of_reference"\n'
    messages = found("invitation_letter", whole)
    assert any(message.startswith("“family_roles” of terms_of_reference") for message in messages)
    assert found("invitation_letter", whole + 'only = ["tor_issues"]') == []
    (list_of_people, *_) = found(
        "working_principles", '[[layout.blocks]]\ndocument = "board_decision"'
    )
    assert "would be read by some who read working_principles and may not read it" in list_of_people


def test_a_field_for_rules_alone_is_never_printed() -> None:
    (message,) = found("summary_timeline", '[[layout.blocks]]\nfields = ["summary_count"]')
    assert "is for rules alone" in message
