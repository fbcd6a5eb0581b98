"""What scenario files may say, and what they are told when they slip."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import scenarios
from engine.deployments import read_folders
from engine.scenarios import InvalidScenario, playing, reading
from web.command import main

ROOT = Path(__file__).parents[3]
HEAD = 'title = "A story"\nprocess = "consultation"\nnow = 2026-03-02T09:00:00\n'
Play = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> scenarios.House:
    return scenarios.House(read_folders(ROOT), tmp_path_factory.mktemp("scenarios"))


@pytest.fixture
def play(house: scenarios.House, tmp_path: Path) -> Play:
    """Play the scenarios that a text holds and return what was wrong with each."""

    def played(text: str) -> list[str]:
        file = tmp_path / "story.toml"
        head = "" if "title" in text or "[[scenario]]" in text else HEAD
        file.write_text(head + text, encoding="utf-8")
        return [house.play(each).wrong for each in scenarios.read_scenarios([file])]

    return played


def steps(*texts: str) -> str:
    """Return the text of several steps."""
    return "".join(f"[[step]]\n{text}\n" for text in texts)


def test_every_word_of_a_scenario_stands_in_the_formats() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    told = page.split("### Scenarios", 1)[1].split("\n### ", 1)[0]
    said = set(re.findall(r"\b[a-z_]+\b", " ".join(re.findall(r"`([^`]+)`", told))))
    words = {*reading.VERBS, *reading.WITH_VERBS, *reading.EXPECTATIONS, *reading.TOP}
    assert words <= said


# Slips are named.


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1\n", "'colour'"),
        (steps('complete = "CNS-01"\nwhen = 1'), "'when'"),
        (steps('complete = "CNS-01"\nuntil = "CNS-03"'), "complete and until"),
        (steps('until = "CNS-03"\nby = "soon"'), "'by'"),
        (steps('advance_to = "soon"'), "'advance_to'"),
        (steps('until = "CNS-03"\nset = "x"'), "'set'"),
        (steps('until = "CNS-03"\nleave = "CNS-02"'), "'leave'"),
        (steps('until = "CNS-03"\nexpect = { opened = [] }'), "'opened'"),
        ("[begin]\nverbs = []\n", "'verbs'"),
        ("[[step]]\nuntil = \"CNS-03\"\n[[scenario]]\ntitle = 'A b'\n", "'step'"),
        ("title = \n", "TOML"),
        ("title = " + "9" * 5000 + "\n", "TOML"),
        ("title = " + "[" * 5000 + "\n", "TOML"),
        ('title = "No process"\n', "names no process"),
        ("times = 1\n", "'times'"),
        ("times = { TS-101 = 10 }\n", "'times'"),
        ('variation = "own"\ntimes = { TS-101 = "P10D" }\n', "'times'"),
    ],
)
def test_a_key_that_is_not_known_is_named_when_the_file_is_read(
    play: Play, text: str, named: str
) -> None:
    with pytest.raises(InvalidScenario) as refused:
        play(text if text.startswith("title = ") else HEAD + text)
    assert named in refused.value.message
    assert "story.toml" in refused.value.message


def test_a_folder_without_scenarios_is_no_success(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["scenario", str(tmp_path)])
    assert said.exit_code == 1
    assert "holds no scenario" in said.output


@pytest.mark.parametrize(
    "text",
    [
        'until = "NO-01"',
        'until = "CNS-03"\nleave = ["NO-01"]',
        'complete = "NO-01"',
        'start = "NO-01"',
        'case = "NO-01"',
        'case = "NO-01/participant_1"',
        'go_back = "NO-01"\nreason = "x"',
        'skip = "NO-01"\nreason = "x"',
        'complete = "CNS-01"\nas = "NO-01"',
        'complete = "CNS-01"\nset = { "NO-01" = 1 }',
        'until = "CNS-03"\nset = { "NO-01" = 1 }',
        'amend = { "NO-01" = 1 }\nreason = "x"',
        'add_item = { list = "participants", NO-01 = 1 }',
        'appoint = { role = "NO-01" }',
        'expect = { open = ["NO-01"] }',
        'expect = { not_open = ["NO-01"] }',
        'expect = { closed = ["NO-01/police"] }',
        'expect = { clock = { "NO-01" = { state = "met" } } }',
        'expect = { clock = { "TS-41" = { NO-01 = "met" } } }',
        'expect = { values = { "NO-01" = 1 } }',
        "expect = { facts = { NO-01 = 1 } }",
        'expect = { notices = [{ to = "NO-01" }] }',
        'expect = { no_notices = [{ about = "NO-01" }] }',
        'expect = { no_notices = [{ NO-01 = "x" }] }',
        'expect = { documents = ["NO-01"] }',
        'expect = { no_documents = ["NO-01"] }',
        "expect = { readable = { NO-01 = [] } }",
        'expect = { readable = { public = ["NO-01"] } }',
        'expect = { decision = { "NO-01" = {} } }',
        'expect = { state = "NO-01" }',
    ],
)
def test_an_id_that_is_not_known_is_named_before_anything_is_played(play: Play, text: str) -> None:
    (wrong,) = play(steps(text))
    assert wrong.startswith("step 1: ")
    assert "NO-01" in wrong


def test_an_input_given_for_every_task_must_be_known(play: Play) -> None:
    assert play('given = { "F99.01" = 1 }\n') == ["step 0: no form has an input called F99.01"]


def test_an_input_of_another_form_is_refused_where_it_is_set_for_one_task(play: Play) -> None:
    (wrong,) = play(steps('complete = "CNS-01"\nset = { "F47.03" = "accepted" }'))
    assert wrong == "step 1: no form of this task has F47.03"


def test_a_case_that_is_not_linked_cannot_be_gone_on_in(play: Play) -> None:
    (wrong,) = play(steps('case = "referral"'))
    assert "no case of referral is linked to this one" in wrong


def test_what_the_content_gate_finds_is_exactly_what_is_expected(play: Play) -> None:
    (wrong,) = play(steps('publish_check = true\nexpect = { findings = ["DR-27.1"] }'))
    assert "the content gate should find DR-27.1, and finds DR-27.1, DR-27." in wrong


# How a scenario comes out.


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ('open = ["CNS-05"]', "CNS-05 should be open, but open are"),
        ('not_open = ["CNS-03"]', "CNS-03 should not be open"),
        ('closed = ["CNS-03"]', "CNS-03 should be closed"),
        ('clock = { "TS-41" = { state = "met" } }', "TS-41: state should be 'met'"),
        ('clock = { "TS-41" = { due = 2026-03-03 } }', "TS-41: due should be 2026-03-03"),
        ('values = { "F46.02" = 2026-03-03 }', "F46.02 should hold"),
        ('values = { "F45.07" = "" }', "no document has F45.07"),
        ('facts = { advice_from = "x" }', "advice_from should be 'x'"),
        ('notices = [{ to = "chair" }]', "a notice {'to': 'chair'} should be there"),
        ('documents = ["F-45"]', "F-45 should exist, but there are"),
        ('no_documents = ["F-46"]', "F-46 should not exist"),
        ('decision = { "DR-16" = { outcome = "stop" } }', "DR-16 was not decided"),
        ('audit = ["clock_overdue:TS-41"]', "the record should say clock_overdue:TS-41"),
        ('state = "closed"', "the case should be closed, and is open"),
        ('readable = { worker = [], coordinator = ["F-46"] }', "worker should read exactly none"),
        ('readable = { worker = ["F-46", "F-45"] }', "worker should read exactly F-45, F-46"),
        ('readable = { public = ["F-46"] }', "public should read exactly F-46"),
    ],
)
def test_what_does_not_hold_is_said_with_what_was_found(
    play: Play, expected: str, said: str
) -> None:
    (wrong,) = play(steps(f'complete = "CNS-01"\nexpect = {{ {expected} }}'))
    assert wrong.startswith("step 1: ")
    assert said in wrong


def test_readers_are_held_against_the_forms_named_in_the_table_alone(play: Play) -> None:
    text = 'complete = "CNS-03"\nexpect = { readable = { worker = ["F-45"], sub_group = [] } }'
    assert play(steps('until = "CNS-03"', text)) == [""]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('complete = "CNS-01"\nrefused = "F46.02"', "should be refused, and was done"),
        ('complete = "CNS-01"\nforbidden = true', "should be forbidden, and was done"),
        ('complete = "CNS-01"\nas = "steering_group"', "step 1: "),
        ('complete = "CNS-01"\nset = { "F46.02" = "" }\nrefused = "F46.03"', "F46.02"),
        ('complete = "CNS-01"\nset = { "F46.02" = "" }\nrefused = "F46"', "F46.02"),
        ('complete = "CNS-03"', "CNS-03 should be open; open are CNS-01, and the case is open"),
        ('complete = "CNS-01"\nitem = "police"', "CNS-01/police should be open"),
        ("advance_to = 2026-03-02T08:59:59", "is in the past; time never goes back"),
        ('complete = "CNS-01"\nat = 2026-03-01T09:00:00', "is in the past"),
        ('amend = { "F46.02" = 2026-03-01 }\nreason = "x"', "no document of the case has F46.02"),
    ],
)
def test_a_step_that_goes_otherwise_than_told_fails(play: Play, step: str, said: str) -> None:
    (wrong,) = play(steps(step))
    assert said in wrong


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ('"F46.08" = [true, ""]', "F46.08"),
        ('"F46.08" = [true, 2026-02-02, 2026-01-02]', "The most recent review conference"),
        ("review_conference_on = 2027-01-02", "review_conference_on"),
        ('"F46.09" = [{ date = 2027-01-12, agency = "police", event = "x", outcome = "y" }]',
         "event_on"),
    ],
)  # fmt: skip
def test_a_refusal_is_known_by_id_by_name_or_by_text(play: Play, given: str, refused: str) -> None:
    step = f'complete = "CNS-05"\nset = {{ {given} }}\nrefused = "{refused}"'
    assert play(steps('until = "CNS-05"', step)) == [""]


def test_a_refusal_is_known_by_its_row_of_a_table(play: Play) -> None:
    step = 'complete = "CNS-08"\nset = { "F47.07" = { name = "Nia Evans", designation = "x" } }\n'
    text = steps('until = "CNS-08"', f'{step}refused = "DR-17.5"', f'{step}refused = "DR-17"')
    (wrong,) = play(text)
    assert wrong.startswith("step 3: F47.07: The observer cannot be one of the facilitators")


def test_notices_are_those_since_the_last_step(play: Play) -> None:
    notice = 'notices = [{ to = "referrer", about = "CNS-04" }]'
    text = steps(
        'until = "CNS-03"',
        f'complete = "CNS-03"\nexpect = {{ {notice} }}',
        f'complete = "CNS-05"\nexpect = {{ {notice} }}',
    )
    (wrong,) = play(text)
    assert wrong.startswith("step 3: a notice")


# Values.


def test_what_is_set_beside_until_holds_for_every_task_that_follows(play: Play) -> None:
    text = steps(
        'until = "CNS-02"\nset = { "F46.05" = "Board co-ordinator", "F45.05" = "no" }',
        'complete = "CNS-02"',
        'complete = "CNS-03"\nexpect = { state = "closed", values = { "F45.05" = "no" } }',
    )
    assert play(text) == [""]


def test_what_is_given_holds_for_every_task_unless_the_task_says_otherwise(play: Play) -> None:
    given = 'given = { "F45.02" = "no", relation = "Aunt" }\n'
    text = steps(
        'complete = "CNS-01"',
        'complete = "CNS-03"\nset = { "F45.02" = "yes" }\n'
        'expect = { open = ["CNS-05"], values = { relation = "Aunt", "F45.02" = "yes" } }',
    )
    assert play(given + text) == [""]


def test_an_id_of_several_inputs_takes_a_list_or_finds_the_first_of_a_type(play: Play) -> None:
    text = steps(
        'until = "CNS-05"',
        'complete = "CNS-05"\nset = { "F46.08" = [true, 2026-01-05, 2026-02-05] }\n'
        "expect = { values = { initial_conference_on = 2026-01-05, "
        'review_conference_on = 2026-02-05, "F46.08" = [true, 2026-01-05, 2026-02-05] } }',
        'amend = { "F46.08" = false }\nreason = "There was none."\n'
        'expect = { values = { conferences_held = false, "initial_conference_on" = "" } }',
    )
    assert play(text) == [""]


def test_rows_are_written_in_the_words_of_the_catalogue(play: Play) -> None:
    rows = '[{ date = 2026-01-12, agency = "Police", "event" = "Visit", outcome = "Well" }]'
    text = steps(
        'until = "CNS-05"',
        f'complete = "CNS-05"\nset = {{ "F46.09" = {rows} }}\n'
        f'expect = {{ values = {{ "F46.09" = {rows} }} }}',
        'expect = { values = { "F46.09" = [{ agency = "education" }] } }',
    )
    (wrong,) = play(text)
    assert wrong.startswith("step 3: F46.09 should hold")


def test_an_expected_value_may_be_feel(play: Play) -> None:
    def text(day: str) -> str:
        feel = f'{{ feel = "{day}" }}'
        return steps(
            f'complete = "CNS-01"\nexpect = {{ values = {{ "F46.02" = {feel} }}, '
            f"facts = {{ referral_discussed_on = {feel} }} }}"
        )

    assert play(text("today()")) == [""]
    assert play(text('=today() + duration(\\"P1D\\")'))[0].startswith("step 1: F46.02 should hold")


# Time and items.


def test_until_passes_time_only_where_nothing_is_open_and_within_its_bound(play: Play) -> None:
    suspended = 'skip = "CNS-01"\nreason = "x"\nrefused = "advice_from"'
    loop = 'until = "CNS-05"\nset = { "F45.05" = "no" }\nby = 2026-03-09T09:00:00'
    (wrong,) = play(steps(suspended, loop))
    assert wrong == (
        "step 2: CNS-05 should open, but nothing is open and nothing will fall due "
        "by 2026-03-09 09:00:00"
    )


def test_until_does_not_do_what_it_is_to_leave(play: Play) -> None:
    after = 'until = "CNS-17"\nleave = ["CNS-14/participant_2"]'
    (wrong,) = play(steps('until = "CNS-13"', after))
    assert wrong == "step 2: CNS-17 should open, but nothing is open and nothing will fall due"


def test_until_gives_up_after_so_many_steps(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    assert playing.MAX_STEPS == 500
    monkeypatch.setattr(playing, "MAX_STEPS", 5)
    (wrong,) = play(steps('until = "CNS-05"\nset = { "F45.02" = "not reached" }'))
    assert wrong == "step 1: CNS-05 did not open within 5 steps"


def test_the_item_may_be_left_out_where_one_task_is_open(play: Play) -> None:
    text = steps(
        'until = "CNS-13"',
        'complete = "CNS-15"\nitem = "participant_2"',
        'complete = "CNS-15"\n'
        'expect = { documents = ["F-51/participant_1"], not_open = ["CNS-15"] }',
    )
    assert play(text) == [""]


def test_an_incident_on_the_case_fails_the_scenario(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.steps import reporting

    def fail(*given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(reporting, "fire_timer", fail)
    text = steps('until = "CNS-06"', "advance_to = 2026-04-20T09:00:00")
    (wrong,) = play(text)
    assert "incident" in wrong


# Files and the command.


@pytest.mark.parametrize(
    "begin",
    [
        '[[begin]]\nuntil = "CNS-03"\n',
        '[begin]\nstep = [{ until = "CNS-03" }]\n',
        '[[begin.steps]]\nuntil = "CNS-03"\n',
    ],
)
def test_several_scenarios_share_their_beginning_and_nothing_else(play: Play, begin: str) -> None:
    story = (
        "[[scenario]]\ntitle = 'One of {n}'\n[[scenario.step]]\n"
        "complete = 'CNS-03'\nset = {{ 'F45.05' = '{answer}' }}\n"
        "expect = {{ state = '{state}' }}\n"
    )
    text = 'process = "consultation"\n' + begin
    text += story.format(n=1, answer="no", state="closed")
    text += story.format(n=2, answer="yes", state="open")
    text += story.format(n=3, answer="yes", state="closed")
    first, second, third = play(text)
    assert (first, second) == ("", "")
    assert third == "step 2: the case should be closed, and is open"


def test_the_command_prints_a_line_each_and_exits_with_one_when_any_failed(tmp_path: Path) -> None:
    good = HEAD + steps('complete = "CNS-01"\nexpect = { open = ["CNS-03"] }')
    bad = good.replace("A story", "Another story").replace("CNS-03", "CNS-05")
    (tmp_path / "a.toml").write_text(good, encoding="utf-8")
    runner = CliRunner()
    found = runner.invoke(main, ["scenario", str(tmp_path)])
    assert (found.exit_code, found.output) == (0, "ok A story\n")
    (tmp_path / "b.toml").write_text(bad, encoding="utf-8")
    found = runner.invoke(main, ["scenario", str(tmp_path)])
    ok, failed = found.output.splitlines()
    assert found.exit_code == 1
    assert ok == "ok A story"
    assert failed.startswith("FAIL Another story: step 1: CNS-05 should be open, but open are ")


def test_the_command_tells_the_story_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + steps('complete = "CNS-01"'), encoding="utf-8")
    found = CliRunner().invoke(main, ["scenario", "--verbose", str(tmp_path)])
    assert found.exit_code == 0
    assert "completes CNS-01" in found.output


OUTLINE = (
    'title = "A story"\nprocess = "safeguarding_review"\nnow = 2026-03-02T09:00:00\n{more}'
    '[[step]]\nuntil = "SU-04"\n'
)
TIMES = "times = {{ {} }}\n".format(", ".join(f'TS-10{n} = "P10D"' for n in range(1, 7)))


@pytest.mark.parametrize(
    ("more", "options"),
    [
        ('edition = "susr_outline"\n', []),
        ("", ["--edition", "susr_outline"]),
        ('edition = "susr_outline"\n', ["--variation", "independent_chair"]),
    ],
)
def test_a_file_plays_under_the_edition_that_it_names_or_else_that_of_the_command(
    tmp_path: Path, more: str, options: list[str]
) -> None:
    (tmp_path / "a.toml").write_text(OUTLINE.format(more=more + TIMES), encoding="utf-8")
    found = CliRunner().invoke(main, ["scenario", *options, str(tmp_path)])
    assert (found.exit_code, found.output) == (0, "ok A story\n")


def test_an_edition_without_its_times_is_not_played_and_says_which_to_enter(tmp_path: Path) -> None:
    text = OUTLINE.format(more='edition = "susr_outline"\n')
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["scenario", str(tmp_path)])
    assert found.exit_code == 1
    assert "TS-101, TS-102" in found.output
    assert "Traceback" not in found.output


@pytest.mark.parametrize("name", ["missing.toml", "wrong.toml"])
def test_the_command_names_a_file_that_it_cannot_play(tmp_path: Path, name: str) -> None:
    (tmp_path / "wrong.toml").write_text("colour = 1\n", encoding="utf-8")
    found = CliRunner().invoke(main, ["scenario", str(tmp_path / name)])
    assert found.exit_code != 0
    assert name in found.output
    assert "Traceback" not in found.output
