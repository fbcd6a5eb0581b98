"""What two people changed in the same file is brought together, or one of them is chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine import deployments
from engine.comparing import compare, merge_files
from tests import varied
from tests.varied import Change

DIAGRAM = "processes/consultation.bpmn"
FORM = "forms/consent.json"
TABLE = "processes/decisions/DR-16.dmn"
CONSULTATION, CONSENT = "consultation", "consent"

NEW = varied.inserted(CONSULTATION, "hold_session", "extra")
ROLE = varied.given(CONSULTATION, "list_documents", role="chair")


def merged(path: str, one: Change, other: Change) -> bytes | None:
    files = varied.shipped().files
    return merge_files(path, files[path], one(files)[path], other(files)[path])


def said(path: str, *changes: Change) -> list[str]:
    """Return what is said of changes made one after the other."""
    files = varied.shipped().files
    now = dict(files)
    for change in changes:
        now |= change(now)
    return _said(path, now[path])


def _said(path: str, source: bytes) -> list[str]:
    files = varied.shipped().files
    found = compare(files, {**files, path: source})
    return sorted(each.what.en for file in found for each in file.differences)


def labelled(key: str, words: str) -> Change:
    return varied.field(CONSENT, key, lambda component: component.update(label=words))


def added(key: str, after: str) -> Change:
    def edit(table: Any) -> None:
        for section in table["components"]:
            keys = [each.get("key") for each in section["components"]]
            if after in keys:
                new = {"type": "textfield", "key": key, "id": key, "label": key}
                section["components"].insert(keys.index(after) + 1, new)

    return varied.form(CONSENT, edit)


def rule(at: int, **values: str) -> Change:
    return varied.form(CONSENT, lambda table: table["rules"][at].update(values))


def cell(old: str, new: str) -> Change:
    return varied.replaced(TABLE, old, new)


RESULT = cell('"stop"</text>', '"wait"</text>')
POLICY = cell('hitPolicy="FIRST"', 'hitPolicy="ANY"')


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        (DIAGRAM, NEW, ROLE),
        (DIAGRAM, ROLE, NEW),
        (DIAGRAM, NEW, varied.inserted(CONSULTATION, "identify_case", "other")),
        (DIAGRAM, NEW, varied.removed(CONSULTATION, "identify_case")),
        (DIAGRAM, NEW, NEW),
        (FORM, labelled("child_consent", "One"), labelled("withdrawn_on", "Other")),
        (FORM, added("one", "withdrawn_on"), labelled("withdrawn_on", "Other")),
        (FORM, varied.without(CONSENT, "withdrawn_on"), labelled("child_consent", "Other")),
        (FORM, rule(0, cy="Un"), rule(1, cy="Arall")),
        (TABLE, RESULT, POLICY),
    ],
)
def test_changes_of_different_things_are_both_kept(path: str, one: Change, other: Change) -> None:
    found = merged(path, one, other)

    assert found is not None
    assert _said(path, found) == said(path, *dict.fromkeys((one, other)))


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        (DIAGRAM, NEW, varied.inserted(CONSULTATION, "hold_session", "other")),
        (DIAGRAM, ROLE, varied.given(CONSULTATION, "list_documents", role="panel")),
        (DIAGRAM, ROLE, varied.removed(CONSULTATION, "list_documents")),
        (FORM, labelled("child_consent", "One"), labelled("child_consent", "Other")),
        (FORM, labelled("withdrawn_on", "One"), varied.without(CONSENT, "withdrawn_on")),
        (TABLE, RESULT, cell('"stop"</text>', '"go on"</text>')),
    ],
)
def test_of_two_changes_of_one_thing_none_is_guessed(path: str, one: Change, other: Change) -> None:
    assert merged(path, one, other) is None


def test_a_flow_into_a_step_that_the_other_side_took_out_gives_no_merge() -> None:
    """The flow and the step are different elements; that they belong together shows at the end."""
    files = varied.shipped()
    flow = next(
        each.id
        for each in files.processes[CONSULTATION].flows.values()
        if each.source == "send_pack"
    )
    to_it = varied.led(CONSULTATION, flow, "identify_case")

    assert merged(DIAGRAM, to_it, varied.removed(CONSULTATION, "identify_case")) is None


def test_sections_that_both_sides_put_in_another_order_give_no_merge() -> None:
    def turned(order: Callable[[list[Any]], list[Any]]) -> Change:
        def edit(table: Any) -> None:
            table["components"] = order(table["components"])

        return varied.form(CONSENT, edit)

    backwards = turned(lambda each: each[::-1])
    last_first = turned(lambda each: each[-1:] + each[:-1])

    assert merged(FORM, backwards, last_first) is None
    moved = merged(FORM, backwards, added("one", "withdrawn_on"))
    assert moved is not None
    assert [each["id"] for each in json.loads(moved)["components"]] == [
        each["id"] for each in json.loads(varied.shipped().files[FORM])["components"]
    ][::-1]


@pytest.mark.parametrize("path", [FORM, DIAGRAM, "processes/timescales.toml"])
def test_what_cannot_be_read_gives_no_merge(path: str) -> None:
    source = varied.shipped().files[path]

    assert merge_files(path, source, b"<", source + b" ") is None


# Rows of TOML are laid over each other key by key.

BEFORE = b'[a]\nlength = "P1D"\nowner = "x"\n[b]\nlength = "P2D"\n'
LAYER = b'[a]\nlength = "P3D"\n[b]\nlength = "P4D"\n[own]\nlength = "P9D"\n'


@pytest.mark.parametrize(
    ("now", "clashes"),
    [
        (BEFORE, []),
        (BEFORE.replace(b'"x"', b'"y"'), []),
        (BEFORE.replace(b"P1D", b"P5D"), [("a", "length")]),
        (BEFORE.replace(b"P1D", b"P3D"), []),
        (b'[b]\nlength = "P2D"\n', [("a",)]),
        (BEFORE + b'[own]\nlength = "P7D"\n', [("own",)]),
    ],
)
def test_a_key_that_both_changed_is_found(now: bytes, clashes: list[tuple[str, ...]]) -> None:
    assert deployments.clashes(BEFORE, now, LAYER) == clashes


def test_keys_are_taken_out_of_a_layer_and_the_rest_stays() -> None:
    assert deployments.without(LAYER, [("a", "length"), ("own",)]) == b'[b]\nlength = "P4D"\n'
