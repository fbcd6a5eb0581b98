"""What does not fit between the files of a deployment is found, with file, line and remedy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import deployments
from web.command import main

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "tests" / "definitions" / "small"
LINKED = ROOT / "tests" / "definitions" / "linked"
BPMN = "processes/consultation.bpmn"
DMN = "processes/decisions/DR-16.dmn"
FACTS = "processes/facts.toml"
ROLES = "processes/roles.toml"
STATUTORY = "processes/statutory.toml"
TIMESCALES = "processes/timescales.toml"
CONSENT = "forms/consent.json"
FEEDBACK = "forms/feedback.json"
_ROLE = '[roles.new]\nscope = "board"\nen = "a"\ncy = "b"\n{}\n'
COUNTING = _ROLE.format('processes = ["consultation", "forum"]')
READING = _ROLE.format('reads_case = ["prt"]')
GATED_FOR_NURSES = '"key": "answer", "gates": [{"roles": ["nurse"], "when": "true"}],'


def _changed(path: str, old: str, new: str) -> dict[str, bytes]:
    files = deployments.read_folders(SMALL)
    assert files[path].count(old.encode()) >= 1, f"{old!r} is not in {path}"
    files[path] = files[path].replace(old.encode(), new.encode(), 1)
    return files


def _line(files: dict[str, bytes], path: str, text: str) -> int:
    lines = files[path].decode().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_small_definitions_have_nothing_wrong() -> None:
    assert deployments.check(deployments.read_folders(SMALL)) == []


def test_linked_definitions_have_nothing_wrong() -> None:
    assert deployments.check(deployments.read_folders(LINKED)) == []


@pytest.mark.parametrize(
    ("old", "new", "says", "key"),
    [
        ("forum.met_on", "forums.met_on", "“forums” is no root process", "reported"),
        ("forum.met_on", "planned.met_on", "“planned” is no root process", "reported"),
        ("forum.met_on", "programme.met_on", "opens a case of “programme”", "reported"),
        ("forum.met_on", "forum.held", "no fact called held", "reported"),
        ("forum.met_on", "forum.planned_on", "of each planned_forum of the other", "reported"),
        ("forum.met_on", "forum.findings", "gives a string, not a date", "type"),
        ("forum.met_on", "forum.outcome", "gives a string, not a date", "type"),
        ("forum.result", "forum.closed_on", "gives a date, not a string", "type"),
        ("forum.met_on", "enquiry.closed_on", "opened for each case, not planned", "scope"),
        ("enquiry.closed_on", "forum.closed_on", "for each planned_forum, not case", "scope"),
        (
            "enquiry.advice",
            "enquiry.advice forum.findings",
            "for each planned_forum, not case",
            "scope",
        ),
        ("fact.planned_title", "fact.title", "no fact.title to take along", "carried"),
        ("fact.planned_title", "plan.title", "no plan.title to take along", "carried"),
        ("fact.planned_title", "plans.title", "no plans.title to take along", "carried"),
        ("fact.planned_title", "case.state", "no case.state to take along", "carried"),
        ("fact.planned_title", "fact.planned_on", "gives a date, not a string", "type"),
        ("case.identifier", "meeting.met_on", "gives a date, not a string", "type"),
    ],
)
def test_fact_of_another_case_that_does_not_fit_is_found_with_its_line(
    old: str, new: str, says: str, key: str
) -> None:
    files = dict(deployments.read_folders(LINKED))
    row = next(row for row in files[FACTS].decode().split("\n\n") if f'"{old}"' in row)
    changed = row.replace(f'"{old}"', f'"{new}"')
    files[FACTS] = files[FACTS].replace(row.encode(), changed.encode())
    found = [each for each in deployments.check(files) if says in each.message]
    assert [(each.severity, each.rule, each.path) for each in found] == [
        ("error", "fact_source", FACTS)
    ]
    assert found[0].remedy
    lines = files[FACTS].decode().splitlines()
    begins = lines.index(changed.splitlines()[0])
    named = next(n for n in range(begins, len(lines)) if lines[n].startswith(f"{key} "))
    assert found[0].line == named + 1


def test_shipped_definitions_have_no_errors() -> None:
    findings = deployments.check(deployments.read_folders(ROOT))
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


#: Days that a table counts from a moment.
ADDED = '<text>now() + duration("P7D")</text>'


@pytest.mark.parametrize(
    ("path", "old", "new", "rule", "says"),
    [
        (FACTS, '"consent.answer"', '"consent.reply"', "fact_source", "no field consent.reply"),
        (FACTS, '"consent.answer"', '"assent.answer"', "fact_source", "no field assent.answer"),
        (FACTS, '"DR-16.outcome"', '"DR-17.outcome"', "fact_source", "no decision DR-17"),
        (FACTS, '"DR-16.outcome"', '"DR-16.type"', "fact_source", "no output “type”"),
        (FACTS, 'step = "CNS-03"', 'step = "CNS-04"', "fact_source", "carries out CNS-04"),
        (FACTS, 'step = "CNS-03"', 'waiting = "ask_again"', "fact_source", "task called ask_again"),
        (FACTS, 'scope = "participant"', 'scope = "agency"', "fact_source", "no kind of item"),
        (FACTS, 'scope = "participant"', 'scope = "case"', "fact_source", "for each participant"),
        (FACTS, 'type = "date"', 'type = "number"', "fact_source", "gives a date, not a number"),
        (FACTS, 'decision = "DR-16.outcome"', 'value = "assent"', "fact_source", "called assent"),
        (
            FACTS,
            'decision = "DR-16.outcome"',
            'value = "consent_outcome"',
            "fact_source",
            "not worked",
        ),
        (CONSENT, '"key": "answer",', GATED_FOR_NURSES, "form_reference", "role “nurse”"),
        (TIMESCALES, '"CNS-03"', '"CNS-04"', "timescale_row", "carries out CNS-04"),
        (TIMESCALES, '"CNS-03"', '"pack_sent_on"', "timescale_row", "no fact pack_sent_on"),
        (TIMESCALES, '"meeting_on"', '"consent"', "timescale_row", "consent is not a day"),
        (TIMESCALES, '["consultation"]', '["forum"]', "timescale_row", "no process forum"),
        (TIMESCALES, '["worker"]', '["nurse"]', "timescale_row", "no role “nurse”"),
        (TIMESCALES, 'level = "E1"', 'level = "E4"', "timescale_row", "no role “chair”"),
        (TIMESCALES, "fixed = true", 'fixed = true\nitem = "agency"', "timescale_row", "no kind"),
        (ROLES, "[roles.worker]", f"{COUNTING}\n[roles.worker]", "role_process", "process forum"),
        (ROLES, "[roles.worker]", f"{READING}\n[roles.worker]", "role_process", "process prt"),
        (CONSENT, "meeting_on = null", "session_on = null", "form_reference", "reads “session_on”"),
        (CONSENT, "meeting_on = null", 'due(\\"TS-9\\") = null', "form_reference", "“TS-9”"),
        (CONSENT, "meeting_on = null", 'last day(\\"TS-9\\") = null', "form_reference", "“TS-9”"),
        (CONSENT, "meeting_on = null", 'date(due(\\"TS-41\\")) = null', "form_reference", "in UTC"),
        (CONSENT, "V-STEER", "V-PANEL", "form_reference", "no visibility class V-PANEL"),
        (CONSENT, '"kind": "participant"', '"kind": "agency"', "unknown_item", "not of the kind"),
        (FEEDBACK, '"form": "consent"', '"form": "assent"', "form_reference", "“assent”"),
        (FEEDBACK, '"per": "participant"', '"per": "agency"', "form_reference", "no kind of item"),
        (DMN, "<text>consent</text>", "<text>assent</text>", "decision_name", "reads “assent”"),
        (DMN, "<text>consent</text>", ADDED, "decision_moment", "24-hour days"),
        (DMN, ' adolygu:nameCy="Cydsyniad"', "", "decision_text", "“Consent” has no Welsh"),
        (DMN, ' adolygu:labelCy="Ateb"', "", "decision_text", "“Answer” has no Welsh"),
        (BPMN, 'adolygu:decision="DR-16"', 'adolygu:decision="DR-1"', "unknown_decision", "DR-1"),
        (BPMN, 'adolygu:to="worker"', 'adolygu:to="nurse"', "unknown_role", "“nurse”"),
        (BPMN, 'adolygu:form="feedback"', 'adolygu:form="reply"', "unknown_form", "“reply”"),
        (BPMN, "due(&quot;TS-41&quot;)", "due(&quot;TS-42&quot;)", "timer_timescale", "another"),
    ],
)
def test_reference_to_what_is_not_there_is_found(
    path: str, old: str, new: str, rule: str, says: str
) -> None:
    findings = deployments.check(_changed(path, old, new))
    found = [finding for finding in findings if finding.rule == rule and says in finding.message]
    assert found, "\n".join(map(str, findings))
    assert all(finding.severity == "error" and finding.remedy for finding in found)


def test_finding_names_the_line_of_the_key_in_a_table() -> None:
    files = _changed(FACTS, '"consent.answer"', '"consent.reply"')
    [finding] = deployments.check(files)
    assert (finding.path, finding.element) == (FACTS, "consent")
    assert finding.line == _line(files, FACTS, "consent.reply")


def test_a_role_that_names_an_unknown_process_is_refused_at_the_line_that_names_it() -> None:
    files = _changed(ROLES, "[roles.worker]", f"{COUNTING}\n[roles.worker]")
    [finding] = deployments.check(files)
    assert (finding.path, finding.element) == (ROLES, "roles.new")
    assert finding.line == _line(files, ROLES, '"forum"')
    assert "such as: consultation" in finding.remedy


def test_timescale_that_the_guidance_fixes_must_stand_in_a_diagram_as_a_timer() -> None:
    row = (
        '[TS-42]\nen = "a"\ncy = "b"\nkind = "clock"\nfrom = "meeting_on"\nlength = "P6M"\n'
        'ends = []\nprocess = ["consultation"]\nsource = "{source}"\ncite = "G3.2"\n'
        "fixed = {fixed}\n"
    )
    for source, fixed, expected in (("G", "true", 1), ("P", "true", 0), ("G", "false", 0)):
        files = deployments.read_folders(SMALL)
        files[TIMESCALES] += b"\n" + row.format(source=source, fixed=fixed).encode()
        findings = deployments.check(files)
        assert len(findings) == expected, findings
        assert all("no timer event names it" in finding.message for finding in findings)


def test_form_of_an_item_is_refused_on_a_task_that_does_not_repeat() -> None:
    files = _changed(BPMN, 'adolygu:form="consent"', 'adolygu:form="consent feedback"')
    [finding] = deployments.check(files)
    assert (finding.rule, finding.path, finding.element) == ("form_use", BPMN, "seek_consent")
    assert finding.line == _line(files, BPMN, 'id="seek_consent"')


def test_section_that_no_task_writes_is_a_warning_and_does_not_stop_deployment() -> None:
    files = _changed(BPMN, 'adolygu:form="feedback"', 'adolygu:form="consent"')
    findings = deployments.check(files)
    assert [(finding.rule, finding.severity, finding.path) for finding in findings] == [
        ("form_use", "warning", FEEDBACK)
    ]


@pytest.mark.parametrize(
    ("scope", "section", "says"),
    [
        ("case", "consent.reply", ["There is no section consent.reply."]),
        ("case", "assent.reply", ["There is no section assent.reply."]),
        ("participant", "consent.parents", ["The form consent is one for each case, the fact"]),
        ("case", "consent.parents", []),
    ],
)
def test_a_version_is_that_of_a_section_there_is(scope: str, section: str, says: list[str]) -> None:
    files = deployments.read_folders(SMALL)
    files[FACTS] += (
        f'\n[consent_version]\ntype = "number"\nscope = "{scope}"\nversion = "{section}"\n'
        'en = "a"\ncy = "b"\n'
    ).encode()
    messages = [finding.message for finding in deployments.check(files)]
    assert len(messages) == len(says)
    assert all(said in message for said, message in zip(says, messages, strict=True))


def test_rows_about_what_is_no_kind_of_item_are_found() -> None:
    files = deployments.read_folders(SMALL)
    data = json.loads(files["forms/feedback.json"])
    rows = {"type": "dynamiclist", "path": "told", "id": "told", "label": "Told", "about": "ship",
            "i18n": {"cy": {"label": "Dweud"}}, "components": [
                {"type": "textfield", "key": "said", "id": "said", "label": "Said",
                 "i18n": {"cy": {"label": "Meddai"}}}]}  # fmt: skip
    data["components"][0]["components"].append(rows)
    files["forms/feedback.json"] = json.dumps(data).encode()
    messages = [finding.message for finding in deployments.check(files)]
    assert messages == ["The rows tell of “ship”, which is no kind of item and no list."]
    rows["about"] = "participant"
    files["forms/feedback.json"] = json.dumps(data).encode()
    assert deployments.check(files) == []


def test_list_with_two_kinds_of_item_is_found() -> None:
    files = deployments.read_folders(SMALL)
    rows = (
        '{"type": "dynamiclist", "path": "others", "id": "feedback_others", "label": "Others", '
        '"itemLabel": "Other", "items": {"list": "participants", "kind": "agency"}, "components": '
        '[{"type": "textfield", "key": "other", "id": "feedback_other", "label": "Other", '
        '"i18n": {"cy": {"label": "Arall"}}}], '
        '"i18n": {"cy": {"label": "Eraill", "itemLabel": "Arall"}}},'
    )
    start = b'"components": [\n        {'
    files[FEEDBACK] = files[FEEDBACK].replace(start, start[:-1] + rows.encode() + b"{", 1)
    messages = [finding.message for finding in deployments.check(files)]
    assert any("another kind of item in another form" in message for message in messages)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (BPMN, b"<definitions>"),
        (DMN, b"<!DOCTYPE a><a/>"),
        (FACTS, b"[consent\n"),
        (ROLES, b"\xff"),
        (TIMESCALES, b"[TS-41]\n"),
        (CONSENT, b"{"),
    ],
)
def test_file_that_cannot_be_read_is_a_finding_and_not_an_exception(
    path: str, source: bytes
) -> None:
    files = {**deployments.read_folders(SMALL), path: source}
    findings = [finding for finding in deployments.check(files) if finding.path == path]
    assert findings
    assert all(finding.severity == "error" and finding.remedy for finding in findings)
    with pytest.raises(deployments.InvalidDeployment) as refused:
        deployments.build(files)
    assert [finding.path for finding in refused.value.findings] == [path]


def test_missing_table_is_a_finding() -> None:
    files = deployments.read_folders(SMALL)
    del files[ROLES]
    [finding] = [found for found in deployments.check(files) if found.path == ROLES]
    assert finding.message == "The file processes/roles.toml is missing."


def test_unreadable_table_does_not_make_every_reference_to_it_a_finding() -> None:
    files = {**deployments.read_folders(SMALL), FACTS: b"[consent\n"}
    assert {finding.path for finding in deployments.check(files)} == {FACTS}


def test_two_files_with_one_process_are_found() -> None:
    files = deployments.read_folders(SMALL)
    files["processes/side/consultation.bpmn"] = files[BPMN]
    messages = [finding.message for finding in deployments.check(files)]
    assert any("hold the same process" in message for message in messages)


def test_diagram_without_a_drawing_cannot_be_deployed() -> None:
    files = deployments.read_folders(SMALL)
    before, _, rest = files[BPMN].partition(b"  <bpmndi:BPMNDiagram")
    files[BPMN] = before + rest.partition(b"</bpmndi:BPMNDiagram>\n")[2]
    assert {finding.rule for finding in deployments.check(files)} == {"shape_missing"}


RULE = """
[CNS-03]
process = "consultation"
kind = "{kind}"
source = "A3-B2"
en = "What it keeps."
cy = "Yr hyn y mae’n ei gadw."
"""
BEFORE = RULE.format(kind="before") + 'first = "CNS-03"\nthen = "CNS-03"\n'


@pytest.mark.parametrize(
    "rule",
    [
        RULE.format(kind="on_all") + 'steps = ["CNS-03"]\n',
        RULE.format(kind="can") + 'steps = ["CNS-03"]\n',
        RULE.format(kind="at_least") + 'timescale = "TS-41"\nlength = "P14D"\n',
        RULE.format(kind="role") + 'steps = ["CNS-03"]\nroles = ["worker"]\n',
        RULE.format(kind="field") + 'fields = ["F45.02"]\n',
        RULE.format(kind="visibility") + 'forms = ["F-45"]\nroles = ["worker", "coordinator"]\n',
    ],
)
def test_a_statutory_rule_that_names_what_is_there_is_taken(rule: str) -> None:
    files = deployments.read_folders(SMALL)
    assert deployments.check({**files, STATUTORY: rule.encode()}) == []


@pytest.mark.parametrize(
    ("rule", "line", "says"),
    [
        ("[rule\n", 1, "not TOML"),
        ("[rule]\n", 1, "missing"),
        (BEFORE.replace('"before"', '"after"'), 4, "'after'"),
        (BEFORE.replace('then = "CNS-03"', ""), 2, "missing"),
        (BEFORE + 'until = "CNS-03"\n', 10, "not a key"),
        (BEFORE.replace("cy = ", "xy = "), 2, "missing"),
        (BEFORE.replace('then = "CNS-03"', 'then = "CNS-99"'), 9, "no step CNS-99"),
        (BEFORE.replace('"consultation"', '"forum"'), 3, "no root process forum"),
        (
            RULE.format(kind="at_least") + 'timescale = "TS-9"\nlength = "P1D"',
            8,
            "no timescale TS-9",
        ),
        (
            RULE.format(kind="at_least") + 'timescale = "TS-41"\nlength = "2 weeks"',
            9,
            "not a length",
        ),
        (RULE.format(kind="window") + 'timescale = "TS-41"\n', 2, "missing"),
        (RULE.format(kind="role") + 'steps = ["CNS-03"]\nroles = ["nurse"]', 9, "no role nurse"),
        (RULE.format(kind="role") + 'steps = []\nroles = ["worker"]', 8, "empty"),
        (RULE.format(kind="field") + 'fields = ["F99.01"]', 8, "no field F99.01"),
        (
            RULE.format(kind="visibility") + 'forms = ["F-99"]\nroles = ["worker"]',
            8,
            "no form F-99",
        ),
        (
            RULE.format(kind="only_with") + 'then = "CNS-03"\nwhen = "assent = true"',
            9,
            "fact assent",
        ),
        (RULE.format(kind="only_with") + 'then = "CNS-03"\nwhen = "consent ="', 9, "no condition"),
    ],
)
def test_a_statutory_rule_of_another_shape_is_refused_at_its_line(
    rule: str, line: int, says: str
) -> None:
    files = deployments.read_folders(SMALL)
    [finding] = deployments.check({**files, STATUTORY: rule.encode()})
    assert (finding.severity, finding.path, finding.line) == ("error", STATUTORY, line)
    assert says in finding.message
    assert finding.remedy


def test_a_file_that_nothing_reads_is_named_in_a_warning() -> None:
    strays = ["forms/consent.toml", "processes/fact.toml", "processes/new.json"]
    files = {**deployments.read_folders(SMALL), **dict.fromkeys(strays, b"")}
    findings = deployments.check(files)
    assert [finding.message for finding in findings] == [f"Nothing reads {at}." for at in strays]
    assert {finding.severity for finding in findings} == {"warning"}


def test_the_check_names_files_that_are_not_read_as_any_definition(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "small")
    for stray in ("processes/consultation.bpmn~", "forms/notes.txt", "forms/.swap"):
        (tmp_path / "small" / stray).write_text("x")
    said = CliRunner().invoke(main, ["check", str(tmp_path / "small")])
    assert said.exit_code == 0
    assert "Nothing reads processes/consultation.bpmn~." in said.output
    assert "Nothing reads forms/notes.txt." in said.output
    assert ".swap" not in said.output
    assert "0 errors, 2 warnings" in said.output


def test_same_files_give_the_same_definitions_and_others_give_others() -> None:
    files = deployments.read_folders(SMALL)
    first = deployments.build(files)
    assert deployments.build(dict(reversed(files.items()))) is first
    assert (first.edition, first.variation) == ("draft_2011", "")
    assert set(first.processes) == {"consultation"}
    assert first.sources[first.processes["consultation"].path] == files[BPMN]
    other = deployments.build(_changed(TIMESCALES, "P14D", "P21D"))
    assert other.hash != first.hash
    assert str(other.timescales["TS-41"].length) == "P21D"
