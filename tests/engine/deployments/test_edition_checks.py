"""Times that are left to be entered are named, and no case can be opened before they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import db, deployments
from engine.lint import Finding

SMALL = Path(__file__).parents[2] / "definitions" / "small"
TIMESCALES = "processes/timescales.toml"
LABEL = "deployment.toml"

VARIATION = b"""
[variation]
edition = "draft_2011"
en = "Ours"
cy = "Ein un ni"
standing_en = "Local practice."
standing_cy = "Arfer lleol."
[sources.us]
cite_en = "Ourselves"
cite_cy = "Ni"
en = "All of it."
cy = "Y cyfan."
"""


def open_times() -> dict[str, bytes]:
    """Return small definitions whose one time is left for a Board to enter."""
    files = dict(deployments.read_folders(SMALL))
    files[TIMESCALES] = files[TIMESCALES].replace(b'"P14D"', b'""')
    return files


def found(files: dict[str, bytes], rule: str) -> list[Finding]:
    return [each for each in deployments.check(files) if each.rule == rule]


def test_an_edition_with_a_time_left_open_is_warned_of_in_both_languages() -> None:
    (told,) = found(open_times(), "time_not_entered")
    assert (told.severity, told.path, told.element) == ("warning", TIMESCALES, "TS-41")
    assert 'length = "P1M"' in told.remedy
    assert "Y Bwrdd sydd i’w nodi" in told.welsh


def test_a_variation_that_leaves_it_open_is_refused_and_one_that_enters_it_is_not() -> None:
    left = deployments.lay(open_times(), {"processes/variation.toml": VARIATION}, "ours")
    assert [each.severity for each in found(left, "time_not_entered")] == ["error"]
    entered = deployments.lay(open_times(), {TIMESCALES: b'[TS-41]\nlength = "P21D"\n'}, "ours")
    assert deployments.check(entered) == []


@pytest.mark.usefixtures("database")
def test_definitions_with_a_time_left_open_can_be_offered_and_open_no_case() -> None:
    with db.transaction() as session, pytest.raises(deployments.TimesNotEntered, match=r"TS-41"):
        deployments.deploy(session, open_times(), actor="SYSTEM")
    with db.transaction() as session:
        offered = deployments.deploy(session, open_times(), actor="SYSTEM", opens_cases=False)
        assert [row.id for row in deployments.offers(session)] == [offered.id]
    with db.reading() as session, pytest.raises(deployments.NothingDeployed):
        deployments.newest(session, None)


def test_a_timescale_that_never_was_to_have_a_length_is_not_asked_for_one() -> None:
    files = dict(deployments.read_folders(SMALL))
    files[TIMESCALES] = files[TIMESCALES].replace(b'kind = "lead"', b'kind = "window"')
    files[TIMESCALES] += (
        b'\n[TS-99]\nen = "Before"\ncy = "Cyn"\nkind = "order"\n'
        b'process = ["consultation"]\nsource = "G"\ncite = "A3"\n'
    )
    assert found(files, "time_not_entered") == []


def test_a_variation_of_another_edition_is_refused() -> None:
    layer = {"processes/variation.toml": VARIATION}
    files = dict(deployments.read_folders(SMALL))
    assert found(deployments.lay(files, layer, "ours"), "edition_basis") == []
    other = {**files, LABEL: b'edition = "other"\nvariation = ""\n'}
    told = found(deployments.lay(other, layer, "ours"), "edition_basis")
    assert [each.severity for each in told] == ["warning", "error"]
    assert "draft_2011" in told[1].message


def test_an_edition_that_does_not_say_what_it_rests_on_is_warned_of() -> None:
    files = {
        **deployments.read_folders(SMALL),
        LABEL: b'edition = "other"\nvariation = ""\n',
    }
    (told,) = found(files, "edition_basis")
    assert "editions/other/edition.toml" in told.remedy
