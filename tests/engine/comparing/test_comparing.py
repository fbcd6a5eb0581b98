"""What differs between two sets of definitions is told in words of both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine.comparing import FileComparison, compare
from tests import varied
from tests.varied import BPMN, OWN, Change

CONSULTATION = "consultation"
CONSENT = "consent"
TIMESCALES = "processes/timescales.toml"
DR_16 = "processes/decisions/DR-16.dmn"


def compared(*changes: Change, path: str = "") -> FileComparison:
    """Return what is said of the one file that the changes change."""
    before = varied.shipped().files
    now = dict(before)
    for change in changes:
        now |= change(now)
    (found,) = compare(before, now)
    assert path in ("", found.path)
    return found


def said(*changes: Change) -> list[tuple[str, str, str]]:
    """Return the kind, the English and the Welsh of each difference."""
    return [(each.kind, each.what.en, each.what.cy) for each in compared(*changes).differences]


def drawn(edit: Callable[[varied.Diagram], Any]) -> Change:
    return varied.drawn(CONSULTATION, edit)


def attribute(key: str, name: str, value: str) -> Change:
    return drawn(lambda diagram: diagram.find(key).set(name, value))


def test_two_sets_that_are_the_same_differ_in_nothing() -> None:
    files = varied.shipped().files

    assert compare(files, files) == ()


STEPS = [
    (
        varied.inserted(CONSULTATION, "hold_session", "extra"),
        "added",
        (
            "The step “extra” was added after the step “Plan the session and brief the observer”, "
            "before the step “Hold the session”."
        ),
        (
            "Ychwanegwyd y cam “extra” ar ôl y cam “Cynllunio’r sesiwn a briffio’r arsylwr”, "
            "cyn y cam “Cynnal y sesiwn”."
        ),
    ),
    (
        varied.removed(CONSULTATION, "identify_case"),
        "removed",
        "The step “Identify a case together” was removed.",
        "Tynnwyd y cam “Nodi achos ar y cyd” allan.",
    ),
    (
        varied.given(CONSULTATION, "hold_session", role="chair"),
        "changed",
        "The step “Hold the session” has another role.",
        "Mae gan y cam “Cynnal y sesiwn” rôl wahanol.",
    ),
    (
        varied.given(CONSULTATION, "hold_session", form="consent#parents"),
        "changed",
        "The step “Hold the session” has another form to fill in.",
        "Mae gan y cam “Cynnal y sesiwn” ffurflen wahanol i’w llenwi.",
    ),
    (
        varied.given(CONSULTATION, "hold_session", timescale="TS-41"),
        "changed",
        "The step “Hold the session” has a timescale now.",
        "Mae gan y cam “Cynnal y sesiwn” amserlen bellach.",
    ),
    (
        varied.given(CONSULTATION, "hold_session", anew="true"),
        "changed",
        "The step “Hold the session” asks its questions anew now.",
        "Mae’r cam “Cynnal y sesiwn” yn gofyn ei gwestiynau o’r newydd bellach.",
    ),
    (
        varied.given(CONSULTATION, "hold_session", nameCy="Y sesiwn"),
        "changed",
        "The step “Hold the session” has another Welsh name.",
        "Mae gan y cam “Y sesiwn” enw Cymraeg gwahanol.",
    ),
    (
        varied.asking(CONSULTATION, "pack_is_late", 'due("TS-42")'),
        "changed",
        "The event “Pack is late” has another moment that it waits for.",
        "Mae gan y digwyddiad “Mae’r pecyn yn hwyr” foment wahanol y mae’n aros amdani.",
    ),
    (
        attribute("pack_is_late", "cancelActivity", "true"),
        "changed",
        "The event “Pack is late” ends the step on whose edge it sits now.",
        "Mae’r digwyddiad “Mae’r pecyn yn hwyr” bellach yn dod â’r cam y mae ar ei ymyl i ben.",
    ),
    (
        varied.renamed(CONSULTATION, "hold_session"),
        "changed",
        "The step “Hold the session” has another id.",
        "Mae gan y cam “Cynnal y sesiwn” ddynodydd gwahanol.",
    ),
    (
        varied.given(CONSULTATION, "consultation", startRoles="chair"),
        "changed",
        "The process “Multi-agency consultation” has another role that may start it.",
        "Mae gan y broses “Ymgynghoriad amlasiantaethol” rôl wahanol a gaiff ei chychwyn.",
    ),
    (
        varied.given(CONSULTATION, "steering_group_lane", role="chair"),
        "changed",
        "The lane “Steering group” has another role.",
        "Mae gan y lôn “Grŵp llywio” rôl wahanol.",
    ),
]


@pytest.mark.parametrize(("change", "kind", "english", "welsh"), STEPS)
def test_what_is_changed_in_a_diagram_is_said(
    change: Change, kind: str, english: str, welsh: str
) -> None:
    assert said(change) == [(kind, english, welsh)]


def test_a_step_that_changes_places_has_moved_and_says_where_it_stood() -> None:
    found = compared(varied.swapped(CONSULTATION, "list_documents", "identify_case"))

    assert [each.kind for each in found.differences] == ["moved", "moved"]
    first = found.differences[0]
    assert first.what.en == (
        "The step “List the documents needed” was moved; it stands after the step “Identify a case "
        "together”, before the gateway “Is advice wanted?” now."
    )
    assert first.before.en.endswith("before the step “Identify a case together”")
    assert found.marks == {"list_documents": "moved", "identify_case": "moved"}


def test_a_way_round_a_step_is_told_with_its_condition() -> None:
    gateway, flow = compared(varied.bypassed(CONSULTATION, "hold_session")).differences

    assert (gateway.part, gateway.kind) == ("is_it_needed", "added")
    assert flow.what.en.startswith("The flow “is_it_needed → Session held” was added from")
    assert flow.now.en == 'Condition: in_a_hurry = "yes"'


def test_a_flow_that_leads_elsewhere_says_from_where_to_where() -> None:
    files = varied.shipped()
    process = files.processes[CONSULTATION]
    flow = next(each for each in process.flows.values() if each.source == "identify_case")

    (found,) = compared(varied.led(CONSULTATION, flow.id, "seek_consent")).differences

    assert (found.part, found.aspect) == (flow.id, "target")
    assert found.what.cy.endswith("gam gwahanol y mae’n arwain ato.")
    assert (found.before.en, found.now.en) == (
        "the gateway “Is advice wanted?”", "the step “Seek consent”",
    )  # fmt: skip


def test_another_condition_is_told_as_it_is_written() -> None:
    process = varied.shipped().processes[CONSULTATION]
    flow = next(each for each in process.flows.values() if each.condition)

    (found,) = compared(varied.asking(CONSULTATION, flow.id, "1 = 1")).differences

    assert (found.aspect, found.before.en, found.now.en) == ("condition", flow.condition, "1 = 1")


def test_a_new_step_says_who_does_it_and_with_which_form() -> None:
    change = varied.inserted(
        CONSULTATION, "hold_session", "extra", role="chair", form="consent#parents"
    )

    (found,) = compared(change).differences

    lines = found.now.cy.splitlines()
    assert "Rôl: Cadeirydd y Bwrdd" in lines
    assert "Ffurflen i’w llenwi: Cofnod cydsyniad (Rhieni a gofalwyr)" in lines


def test_what_is_only_drawn_elsewhere_is_counted() -> None:
    def shift(diagram: varied.Diagram) -> None:
        (shape,) = [e for e in diagram.tree.iter() if e.get("bpmnElement") == "hold_session"]
        shape[0].set("x", "1")

    assert said(drawn(shift)) == [
        (
            "changed",
            "One shape or line was drawn elsewhere on the sheet.",
            "Lluniwyd un siâp neu linell mewn lle arall ar y ddalen.",
        )
    ]


def test_what_another_editor_wrote_into_a_step_is_not_passed_over() -> None:
    def write(diagram: varied.Diagram) -> None:
        step = diagram.find("hold_session")
        extension = step.makeelement(f"{BPMN}extensionElements")
        extension.append(step.makeelement("{urn:other}retries", value="3"))
        step.append(extension)

    (found,) = compared(drawn(write)).differences

    assert (found.part, found.aspect) == ("hold_session", "further")
    assert "retries(value=3)" in found.now.en


def test_a_part_of_another_name_is_told_by_its_name() -> None:
    files = varied.shipped().processes[CONSULTATION]
    step = next(each.id for each in files.elements.values() if each.kind == "userTask")

    def swim(diagram: varied.Diagram) -> None:
        for mark in list(diagram.tree.iter(f"{BPMN}flowNodeRef")):
            if mark.text == step:
                mark.getparent().remove(mark)
        lane = diagram.find("steering_group_lane")
        lane.append(lane.makeelement(f"{BPMN}flowNodeRef"))
        lane[-1].text = step

    (found,) = compared(drawn(swim)).differences

    assert (found.part, found.aspect, found.now.cy) == (step, "lane", "Grŵp llywio")


# Forms.


def options(component: Any) -> None:
    component["values"][0]["label"] = "Yes, given"
    del component["values"][-1]
    component["values"].append({"value": "later", "label": "Later"})


def last_first(table: Any) -> None:
    table["components"].insert(0, table["components"].pop())


def other_check(table: Any) -> None:
    table["rules"][0]["cy"] = "Gwiriwch."


FORMS = [
    (
        varied.without(CONSENT, "withdrawn_on"),
        [("removed", "The question “When was consent withdrawn?” was removed.")],
    ),
    (
        varied.optional(CONSENT, "parents"),
        [
            (
                "changed",
                "The question “Parents and carers whose consent is sought” may be left empty now.",
            )
        ],
    ),
    (
        varied.field(CONSENT, "child_consent", options),
        [
            (
                "changed",
                ("The answer “Yes, given (Has the child or young person given consent?)” has "
                "another wording."),
            ),
            (
                "added",
                ("The answer “Later (Has the child or young person given consent?)” was added "
                "after the answer “No (Has the child or young person given consent?)”."),
            ),
            (
                "removed",
                ("The answer “Not yet asked (Has the child or young person given consent?)” was "
                "removed."),
            ),
        ],
    ),
    (
        varied.form(CONSENT, last_first),
        [
            (
                "moved",
                "The section “Withdrawal of consent” was moved; it stands at the beginning now.",
            )
        ],
    ),
    (
        varied.form(CONSENT, lambda table: table["rules"][0].update(kind="warning")),
        [
            (
                "changed",
                ("The rule “The date consent was withdrawn cannot be before the date it was given. "
                "Check both dates.” only warns now."),
            )
        ],
    ),
    (
        varied.form(CONSENT, lambda table: table.update(visibility=["chair"])),
        [("changed", "The form “Consent record” has another circle of readers.")],
    ),
    (
        varied.field(CONSENT, "withdrawn_on", lambda field: field["i18n"]["cy"].update(label="P")),
        [("changed", "The question “When was consent withdrawn?” has another Welsh wording.")],
    ),
    (
        varied.field(CONSENT, "withdrawn_on", lambda each: each["errors"].update(type="Write it.")),
        [("changed", "The question “When was consent withdrawn?” has another message for “type”.")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "wanted"), FORMS)
def test_what_is_changed_in_a_form_is_said(change: Change, wanted: list[tuple[str, str]]) -> None:
    found = compared(change, path="forms/consent.json")

    assert [(each.kind, each.what.en) for each in found.differences] == wanted
    assert (found.kind, found.title.cy) == ("form", "Cofnod cydsyniad")


def test_a_question_that_goes_into_another_section_has_moved() -> None:
    def carry(table: Any) -> None:
        first, last = table["components"][0], table["components"][-1]
        last["components"].append(first["components"].pop())

    (found,) = compared(varied.form(CONSENT, carry)).differences

    assert found.kind == "moved"
    assert "in the section “Withdrawal of consent”" in found.what.en
    assert "yn yr adran “Rhieni a gofalwyr”" in found.before.cy


# Tables and rows.


@pytest.mark.parametrize(
    ("change", "wanted", "before", "now"),
    [
        (
            varied.replaced(DR_16, '"stop"</text>', '"wait"</text>'),
            "The row “DR-16.6” has another cell in the column “Result”.",
            '"stop"',
            '"wait"',
        ),
        (
            varied.replaced(DR_16, 'hitPolicy="FIRST"', 'hitPolicy="ANY"'),
            "The decision table “Consent rule, Annex 3” has another hit policy.",
            "FIRST",
            "ANY",
        ),
        (
            varied.replaced(DR_16, 'label="Result"', 'label="Outcome"'),
            "The column “Outcome” has another wording.",
            "Result",
            "Outcome",
        ),
        (
            varied.row(TIMESCALES, "TS-42", length='"P9M"'),
            "The timescale “TS-42: The chronology covers the last six months” has another length.",
            "P6M (6 months)",
            "P9M (9 months)",
        ),
        (
            varied.row(TIMESCALES, "TS-41", manager='["chair"]'),
            (
                "The timescale “TS-41: The pack reaches the co-ordinator two weeks before the "
                "steering group meets” has another manager."
            ),
            "Steering group",
            "Chair of the Board",
        ),
        (
            varied.row(TIMESCALES, "TS-42", fixed="false"),
            (
                "The timescale “TS-42: The chronology covers the last six months” is not fixed by "
                "the guidance any more."
            ),
            "",
            "",
        ),
        (
            varied.replaced(TIMESCALES, 'at = "-P7D"', 'at = "-P8D"'),
            "The stage “TS-41: three_weeks_before” has another moment.",
            "-P7D (7 days before)",
            "-P8D (8 days before)",
        ),
        (
            varied.replaced("forms/letters/task_given.toml", "a task was given", "a task is given"),
            "The part “subject” has another English text.",
            "Case {case}: a task was given to you",
            "Case {case}: a task is given to you",
        ),
        (
            varied.replaced("processes/roles.toml", "reads_case = true", "reads_case = false"),
            "The role “Chair of the Board” has another value “reads_case”.",
            "yes",
            "no",
        ),
        (
            varied.replaced("forms/reports/report.toml", '"learned", ', ""),
            (
                "The block “Practice and organisational issues identified” has another list of "
                "questions."
            ),
            "learned, services_view, practitioners_view, family_view, evidence, context",
            "services_view, practitioners_view, family_view, evidence, context",
        ),
    ],
)
def test_what_is_changed_in_a_table_or_a_row_is_said(
    change: Change, wanted: str, before: str, now: str
) -> None:
    (found,) = compared(change).differences

    assert (found.what.en, found.before.en, found.now.en) == (wanted, before, now)
    assert found.what.cy != found.what.en


def test_a_row_that_is_new_in_a_decision_table_says_what_stands_in_its_cells() -> None:
    def add(files: Mapping[str, bytes]) -> dict[str, bytes]:
        text = files[DR_16].decode()
        row = re.search(r"<rule .*?</rule>", text, re.S)
        assert row is not None
        new = row[0].replace("dr_16_rule_1", "dr_16_rule_9").replace("DR-16.6", "DR-16.9")
        return {DR_16: text.replace(row[0], row[0] + new).encode()}

    (found,) = compared(add).differences

    assert found.what.en == "The row “DR-16.9” was added after the row “DR-16.6”."
    assert 'Cell in the column “Result”: "stop"' in found.now.en.splitlines()


# Whole files.


def test_a_file_of_ones_own_is_new_and_one_that_is_missing_is_gone() -> None:
    before = varied.shipped().files
    now = dict(before)
    now["forms/extra.json"] = json.dumps({"id": "extra", "title": "An extra check"}).encode()
    del now["forms/consent.json"]

    gone, new = compare(before, now)

    assert (gone.state, gone.title.en) == ("removed", "Consent record")
    assert (new.state, new.title.en, new.differences) == ("added", "An extra check", ())


def test_a_file_that_is_only_written_otherwise_says_so() -> None:
    files = varied.shipped().files
    reordered = json.dumps(json.loads(files["forms/consent.json"])).encode()

    (found,) = compare(files, {**files, "forms/consent.json": reordered})

    assert [each.what.en for each in found.differences] == [
        "It is written otherwise, and says the same."
    ]


@pytest.mark.parametrize(
    "path", ["forms/consent.json", TIMESCALES, DR_16, "processes/consultation.bpmn"]
)
def test_a_file_that_cannot_be_read_is_named_and_stops_nothing(path: str) -> None:
    files = varied.shipped().files

    (found,) = compare(files, {**files, path: b"<a"})

    assert found.differences[0].what.en.startswith("One of the two cannot be read")


def test_what_the_edition_had_below_a_variation_is_not_compared() -> None:
    files = varied.shipped().files

    assert compare(files, {**files, "edition/forms/consent.json": b"{}"}) == ()


def test_attributes_of_ours_are_read_from_every_step() -> None:
    """A word that has no noun of its own is told by its key, and never left out."""
    (found,) = compared(attribute("hold_session", f"{OWN}brandNew", "yes")).differences

    assert found.what.en == "The step “Hold the session” has a value “brandNew” now."
    assert found.what.cy == "Mae gan y cam “Cynnal y sesiwn” werth “brandNew” bellach."


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("forms/consent.json", b'{"components": 1, "rules": [2], "title": {}, "validate": []}'),
        ("forms/consent.json", b'{"components": [{"components": [{}, {}, {"key": 1}]}, {}]}'),
        (TIMESCALES, b"TS-41 = 1\n[TS-42]\nstages = [{}, {}]\nen = [1]\n"),
        ("processes/roles.toml", b"roles = 1\n[visibility]\nV-OWN = 2\n"),
        ("forms/letters/task_given.toml", b"subject = [[]]\n"),
        (DR_16, b"<a><decision><decisionTable><rule/></decisionTable></decision></a>"),
        ("processes/consultation.bpmn", b"<definitions/>"),
    ],
)  # fmt: skip
def test_what_is_written_all_wrong_is_compared_all_the_same(path: str, source: bytes) -> None:
    """A draft may hold whatever can be read as JSON, TOML or XML."""
    files = varied.shipped().files
    odd = {**files, path: source}

    assert [each.path for each in compare(files, odd) if each.path == path] == [path]
    assert [each.path for each in compare(odd, files) if each.path == path] == [path]


def test_questions_that_are_called_the_same_are_told_apart() -> None:
    def twice(table: Any) -> None:
        section = table["components"][0]["components"]
        section.append({**section[0], "label": "Once more"})
        section.append({**section[0], "label": "And again"})

    found = compared(varied.form(CONSENT, twice)).differences

    added = [each.what.en for each in found if each.kind == "added"]
    assert any("“Once more” was added" in each for each in added)
    assert any("“And again” was added" in each for each in added)
