"""A draft tried out: a case on a clock of its own, never among the records, kept as a scenario."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

import engine
from engine import accounts, db, deployments, keys, people, scenarios, uploads
from engine.models import (
    AuditEvent,
    Case,
    Sandbox,
    SandboxStep,
    ScenarioOutcome,
    ScenarioRun,
    UserTask,
)
from engine.people import Actor
from engine.sandboxes import worlds
from engine.sandboxes.worlds import Played

DEFINITIONS = Path(__file__).parents[1] / "definitions"
SMALL = deployments.read_folders(DEFINITIONS / "small")
LINKED = deployments.read_folders(DEFINITIONS / "linked")
TIMESCALES = "processes/timescales.toml"
ROLES = "processes/roles.toml"
FORM = "forms/consent.json"
DESIGNER = b"""
[roles.designer]
scope = "board"
en = "Designer"
cy = "Dylunydd"
"""
DAY = date(2026, 6, 1)
BEGAN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
MEETING = {
    "answer": ["yes"],
    "meeting_on-day": ["1"],
    "meeting_on-month": ["7"],
    "meeting_on-year": ["2026"],
}
SEEK, HEAR = "0.1", "0.2"


@dataclass
class Trying:
    """A designer with a draft over small definitions."""

    draft: uuid.UUID
    ann: Actor
    stranger: Actor

    def begin(self, process: str = "consultation") -> int:
        return engine.begin_sandbox(self.draft, process, DAY, self.ann)

    def page(self, number: int) -> engine.SandboxPage:
        return engine.sandbox_page(self.draft, number, self.ann)

    def open(self, number: int) -> list[str]:
        """Return what is open, case by case."""
        return [
            f"{task.name.en} {task.item_key}".strip()
            for case in self.page(number).standing.cases
            for task in case.tasks
        ]

    def do(self, number: int, key: str, **answers: list[str]) -> None:
        newest = self.page(number).newest
        posted = {name.replace("__", "-"): texts for name, texts in answers.items()}
        engine.do_sandbox_task(self.draft, number, newest, key, "", posted, self.ann)

    def meet(self, number: int, *names: str) -> None:
        """Seek consent for a meeting, with these participants."""
        rows = {f"participants-{place}-name": [name] for place, name in enumerate(names)}
        newest = self.page(number).newest
        posted = {**MEETING, **rows}
        engine.do_sandbox_task(self.draft, number, newest, SEEK, "", posted, self.ann)


@pytest.fixture(autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the databases of all tests lie together: what two of them begin with is made once."""
    worlds.use_folder(tmp_path_factory.getbasetemp() / "sandboxes")


def make_trying(files: dict[str, bytes]) -> Trying:
    files = {**files, ROLES: deployments.lay_over(files[ROLES], DESIGNER, "")}
    with db.transaction() as session:
        deployments.deploy(session, files, actor="SYSTEM")
        key = f"b{uuid.uuid4().hex[:8]}"
        board = people.create_board(session, key, "Board", "Bwrdd")
        actors = []
        for name, role in (("Ann", "designer"), ("Dai", "coordinator")):
            account = accounts.create_account(session, f"{name}.{key}@example.test", name)
            people.appoint_to_board(session, board.id, role, account.id, actor="SYSTEM")
            actors.append(Actor(account.id, name))
    draft = engine.begin_draft(key, "draft_2011", "A shorter way", actors[0])
    return Trying(draft, *actors)


@pytest.fixture
def trying(database: db.Database) -> Trying:
    return make_trying(SMALL)


@pytest.fixture
def linking(database: db.Database) -> Trying:
    return make_trying(LINKED)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[scenarios.House]:
    with keys.using_throw_away_keys():
        yield scenarios.House(SMALL, tmp_path)


def _count(row: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


# What happens in it.


def test_a_case_is_begun_and_its_tasks_are_done_as_whoever_may(trying: Trying) -> None:
    number = trying.begin()
    assert trying.open(number) == ["Seek consent"]
    page = engine.sandbox_task(trying.draft, number, SEEK, "", trying.ann)
    assert (page.trial.role, page.trial.person) == ("worker", "worker")
    assert page.trial.page.may_submit
    trying.meet(number, "Person 1", "Person 2")
    assert trying.open(number) == [
        "Hear the participants participant_1",
        "Hear the participants participant_2",
    ]
    stops = trying.page(number).standing.stops
    assert [(one.bpmn_id, one.flow) for one in stops] == [
        ("weigh_consent", "seek_consent_to_weigh_consent"),
        ("hear_participants", "weigh_consent_to_hear_participants"),
    ]


def test_what_is_wrong_with_the_answers_is_told_and_nothing_is_written_down(
    trying: Trying,
) -> None:
    number = trying.begin()
    with pytest.raises(engine.InvalidForm) as refused:
        trying.do(
            number, SEEK, **{k.replace("-", "__"): v for k, v in MEETING.items() if k != "answer"}
        )
    assert [error.field for error in refused.value.errors] == ["answer"]
    assert trying.page(number).newest == 0


def test_examples_stand_where_nothing_was_typed_and_what_was_typed_stays(linking: Trying) -> None:
    number = linking.begin("forum")
    typed = {"findings": ["What I typed"], "more_needed": [""]}
    page = engine.sandbox_task(linking.draft, number, "0.1", "", linking.ann, typed, examples=True)
    (part,) = page.trial.page.parts
    assert part.posted["more_needed"] == ["no"]
    assert part.posted["findings"] == ["What I typed"]


def test_time_goes_to_a_day_that_is_ahead(trying: Trying) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1")
    newest = trying.page(number).newest
    with pytest.raises(engine.TimeNotPassing):
        engine.move_sandbox_time(trying.draft, number, newest, date(2026, 5, 1), trying.ann)
    engine.move_sandbox_time(trying.draft, number, newest, date(2026, 6, 20), trying.ann)
    page = trying.page(number)
    assert page.standing.now == datetime(2026, 6, 20, 8, 0, tzinfo=UTC)
    assert [step.kind for step in page.steps] == ["complete", "advance_to"]
    with pytest.raises(engine.NothingComing):
        engine.move_sandbox_time(trying.draft, number, page.newest, None, trying.ann)


def test_what_falls_due_says_to_whom_what_would_be_sent_in_both_languages(
    linking: Trying,
) -> None:
    number = linking.begin("programme")
    _do_with_examples(linking, number, **PLANNED)
    coming = linking.page(number).standing.next_due
    assert coming is not None
    assert coming.what.en == "Forum held a month after it was planned for"
    newest = linking.page(number).newest
    engine.move_sandbox_time(linking.draft, number, newest, None, linking.ann)
    standing = linking.page(number).standing
    assert standing.now == coming.at
    assert [clock.state for clock in standing.cases[0].clocks if clock.due_on] == ["overdue"]
    (told, *_) = standing.cases[0].notices
    assert (told.about, told.to.cy) == ("TS-11", "Cydlynydd")
    assert told.body.en != told.body.cy


def test_what_is_begun_beside_a_case_is_gone_on_with(linking: Trying, tmp_path: Path) -> None:
    number = linking.begin("programme")
    _do_with_examples(linking, number, **PLANNED)
    cases = linking.page(number).standing.cases
    assert [case.identifier[:8] for case in cases] == ["DEMO-PRG", "DEMO-FOR"]
    _do_with_examples(linking, number, case=1, more_needed=["yes"])
    _do_with_examples(linking, number, case=2)
    _do_with_examples(linking, number, case=1)
    page = linking.page(number)
    assert [step.kind for step in page.steps] == [
        *("complete", "case", "complete", "case", "complete", "case", "complete"),
    ]
    (story,) = scenarios.read_scenario_text(
        "r", engine.sandbox_file(linking.draft, number, linking.ann)
    )
    with keys.using_throw_away_keys():
        assert scenarios.House(LINKED, tmp_path).play(story).wrong == ""


PLANNED = {
    "planned_forums-0-title": ["Neglect"],
    "planned_forums-0-planned_on-day": ["10"],
    "planned_forums-0-planned_on-month": ["5"],
    "planned_forums-0-planned_on-year": ["2026"],
}


def _do_with_examples(trying: Trying, number: int, case: int = 0, **typed: list[str]) -> None:
    found = trying.page(number)
    key = found.standing.cases[case].tasks[0].key
    page = engine.sandbox_task(trying.draft, number, key, "", trying.ann, typed, examples=True)
    posted = {name: texts for part in page.trial.page.parts for name, texts in part.posted.items()}
    engine.do_sandbox_task(trying.draft, number, found.newest, key, "", posted, trying.ann)


def test_where_a_file_has_to_be_sent_an_example_stands_for_it(database: db.Database) -> None:
    asked = b"""{
      "type": "filepicker", "key": "paper", "id": "consent_paper", "label": "Paper",
      "validate": {"required": true}, "errors": {"required": "Choose the paper."},
      "i18n": {"cy": {"label": "Papur", "errors": {"required": "Dewiswch y papur."}}}
    }, """
    form = SMALL[FORM]
    first = form.index(b'{\n          "type": "radio"')
    trying = make_trying({**SMALL, FORM: form[:first] + asked + form[first:]})
    number = trying.begin()
    trying.meet(number, "Person 1")
    text = engine.sandbox_file(trying.draft, number, trying.ann)
    assert '"paper" = "example.pdf"' in text


def test_a_step_that_a_newer_draft_refuses_is_named(trying: Trying) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1")
    rule = b"""{"check": "meeting_on = null", "field": "answer", "kind": "error",
      "en": "Choose no day.", "cy": "Peidiwch a dewis diwrnod."}, {"""
    form = SMALL[FORM].replace(b'"rules": [\n    {', b'"rules": [\n    ' + rule, 1)
    engine.save_draft_file(trying.draft, FORM, form, 0, trying.ann)
    with pytest.raises(engine.NotPlayed, match=r"step 1: .*Choose no day"):
        engine.try_again(trying.draft, number, trying.ann)
    assert len(engine.sandboxes_page(trying.draft, trying.ann).sandboxes) == 1


# It is its scenario.


def test_what_was_done_is_a_scenario_that_comes_out_as_it_says(
    trying: Trying, house: scenarios.House
) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1", "Person 2")
    trying.do(number, "0.3", heard_on__day=["1"], heard_on__month=["6"], heard_on__year=["2026"])
    engine.move_sandbox_time(
        trying.draft, number, trying.page(number).newest, date(2026, 6, 20), trying.ann
    )
    text = engine.sandbox_file(trying.draft, number, trying.ann)
    (story,) = scenarios.read_scenario_text("recorded.toml", text)
    assert house.play(story).wrong == ""
    assert '"open" = ["hear_participants/participant_1"]' in text
    # It is held against what came of it, so it can fail.
    (other,) = scenarios.read_scenario_text("r", text.replace('participant_1"]', 'participant_7"]'))
    assert "should be open" in house.play(other).wrong


def test_a_step_is_taken_back_and_a_lost_database_is_made_again(trying: Trying) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1")
    before = trying.page(number)
    trying.do(number, HEAR, heard_on__day=["1"], heard_on__month=["6"], heard_on__year=["2026"])
    assert trying.page(number).standing.cases[0].state == "closed"
    for file in worlds.folder().glob("*.db"):
        file.unlink()
    engine.take_back_in_sandbox(trying.draft, number, trying.page(number).newest, trying.ann)
    after = trying.page(number)
    assert after.steps == before.steps
    assert after.standing.cases[0].tasks == before.standing.cases[0].tasks
    # Nothing that was done is lost from the record.
    assert after.newest == 3
    assert _count(SandboxStep) == 3


def test_of_two_who_go_on_at_once_one_is_told(trying: Trying) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1")
    with pytest.raises(engine.SandboxMovedOn):
        engine.take_back_in_sandbox(trying.draft, number, 0, trying.ann)
    with pytest.raises(engine.SandboxMovedOn):
        engine.move_sandbox_time(trying.draft, number, 0, date(2026, 6, 20), trying.ann)
    assert trying.page(number).newest == 1


def test_a_sandbox_keeps_the_files_that_it_began_with_and_is_done_again_with_newer_ones(
    trying: Trying,
) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1")
    due = [clock.due_on for clock in trying.page(number).standing.cases[0].clocks]
    engine.save_draft_file(trying.draft, TIMESCALES, b'[TS-41]\nlength = "P21D"\n', 0, trying.ann)
    assert [c.due_on for c in trying.page(number).standing.cases[0].clocks] == due
    again = engine.try_again(trying.draft, number, trying.ann)
    assert trying.open(again) == trying.open(number)
    assert [c.due_on for c in trying.page(again).standing.cases[0].clocks] != due


def test_a_draft_that_cannot_run_is_not_tried(trying: Trying) -> None:
    engine.save_draft_file(trying.draft, TIMESCALES, b'[TS-41]\nlength = "often"\n', 0, trying.ann)
    with pytest.raises(engine.InvalidDeployment):
        trying.begin()
    assert _count(Sandbox) == 0


def test_only_root_processes_are_begun(trying: Trying) -> None:
    offered = engine.sandboxes_page(trying.draft, trying.ann).processes
    assert [process for process, _ in offered] == ["consultation"]
    with pytest.raises(engine.NoProcessChosen):
        trying.begin("nothing")


# Who may, and how long.


def test_whoever_does_not_design_finds_nothing(trying: Trying) -> None:
    number = trying.begin()
    draft, dai = trying.draft, trying.stranger
    for ask in (
        lambda: engine.sandboxes_page(draft, dai),
        lambda: engine.begin_sandbox(draft, "consultation", DAY, dai),
        lambda: engine.sandbox_page(draft, number, dai),
        lambda: engine.sandbox_task(draft, number, SEEK, "", dai),
        lambda: engine.do_sandbox_task(draft, number, 0, SEEK, "", {}, dai),
        lambda: engine.move_sandbox_time(draft, number, 0, None, dai),
        lambda: engine.take_back_in_sandbox(draft, number, 0, dai),
        lambda: engine.end_sandbox(draft, number, dai),
        lambda: engine.try_again(draft, number, dai),
        lambda: engine.sandbox_file(draft, number, dai),
        lambda: engine.keep_scenario(draft, number, "Mine", dai),
        lambda: engine.scenarios_page(draft, dai),
        lambda: engine.begin_scenario_run(draft, dai, delivered=False),
    ):
        with pytest.raises(engine.NotFound):
            ask()


def test_a_sandbox_ends_with_its_draft_or_by_hand_and_can_still_be_read(trying: Trying) -> None:
    first, second = trying.begin(), trying.begin()
    engine.end_sandbox(trying.draft, first, trying.ann)
    with pytest.raises(engine.SandboxEnded):
        engine.do_sandbox_task(trying.draft, first, 0, SEEK, "", {}, trying.ann)
    engine.lay_draft_aside(trying.draft, trying.ann)
    with pytest.raises(engine.SandboxEnded):
        engine.do_sandbox_task(trying.draft, second, 0, SEEK, "", {}, trying.ann)
    with pytest.raises(engine.SandboxEnded):
        trying.begin()
    assert not trying.page(second).may_go_on
    assert engine.sandbox_file(trying.draft, first, trying.ann)


def test_a_person_has_ten_sandboxes_of_a_draft_at_most(trying: Trying) -> None:
    numbers = [trying.begin() for _ in range(10)]
    with pytest.raises(engine.TooManySandboxes):
        trying.begin()
    engine.end_sandbox(trying.draft, numbers[0], trying.ann)
    assert trying.begin() == 11


def test_databases_that_nobody_opens_go_and_the_oldest_beyond_what_there_is_room_for(
    trying: Trying, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worlds.use_folder(tmp_path / "few")
    number = trying.begin()
    monkeypatch.setattr(worlds, "MOST_FILES", 2)
    trying.meet(number, "Person 1")
    engine.move_sandbox_time(trying.draft, number, 1, date(2026, 6, 2), trying.ann)
    engine.move_sandbox_time(trying.draft, number, 2, date(2026, 6, 3), trying.ann)
    assert trying.page(number).newest == 3
    assert len(list(worlds.folder().iterdir())) <= 3
    monkeypatch.setattr(worlds, "KEPT_SECONDS", -1)
    assert trying.page(number).newest == 3


# Never among the records.


def test_nothing_of_a_sandbox_comes_among_the_records(trying: Trying) -> None:
    before = _count(Case), _count(UserTask)
    number = trying.begin()
    trying.meet(number, "Person 1")
    assert (_count(Case), _count(UserTask)) == before
    with db.reading() as session:
        kinds = session.scalars(select(AuditEvent.kind).order_by(AuditEvent.at)).all()
    assert [kind for kind in kinds if kind.startswith(("sandbox", "case", "task"))] == [
        "sandbox_begun"
    ]


def test_a_sandbox_reads_no_case_of_the_records(trying: Trying) -> None:
    with worlds.looking(Played(SMALL, "consultation", BEGAN)), db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        assert session.get(Sandbox, uuid.uuid4()) is None
        emails = session.scalars(select(accounts.Account.email)).all()
    assert all(email.endswith("@scenario.example") for email in emails)


def test_after_an_exception_the_records_are_in_use_again(trying: Trying) -> None:
    records, secret = db.current(), keys.encrypt(b"a name")
    played = Played(SMALL, "consultation", BEGAN)

    def fail() -> None:
        with worlds.looking(played), db.transaction() as session:
            assert db.current() is not records
            session.add(Case())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert db.current() is records
    assert not db.stands_in()
    assert keys.decrypt(secret) == b"a name"


def test_another_thread_keeps_to_the_records(trying: Trying) -> None:
    records, found = db.current(), []

    def look() -> None:
        found.append(db.current() is records and not db.stands_in())

    with worlds.looking(Played(SMALL, "consultation", BEGAN)):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [True]


def test_the_keys_of_the_records_open_nothing_in_a_sandbox_and_the_other_way_round(
    trying: Trying,
) -> None:
    secret = keys.encrypt(b"a name")
    with worlds.looking(Played(SMALL, "consultation", BEGAN)):
        with pytest.raises(keys.KeyNotKnown):
            keys.decrypt(secret)
        thrown_away = keys.encrypt(b"nobody")
    with pytest.raises(keys.KeyNotKnown):
        keys.decrypt(thrown_away)


def test_a_sandbox_keeps_no_files_among_those_of_the_records(trying: Trying) -> None:
    with (
        worlds.looking(Played(SMALL, "consultation", BEGAN)),
        pytest.raises(ValueError, match="keeps no files"),
    ):
        uploads.in_use()


def test_only_a_throw_away_database_stands_in_and_never_inside_a_transaction(
    trying: Trying, tmp_path: Path
) -> None:
    kept = db.Database(f"sqlite:///{tmp_path / 'kept.db'}")
    with pytest.raises(ValueError, match="throw-away"), db.using(kept):
        pass
    thrown = db.Database(f"sqlite:///{tmp_path / 'thrown.db'}", throw_away=True)
    with db.transaction(), pytest.raises(ValueError, match="is open"), db.using(thrown):
        pass
    with db.transaction() as session, pytest.raises(ValueError, match="throw-away"):
        deployments.deploy_to_try(session, SMALL)


# Playing the scenarios of a draft.


def _play(trying: Trying) -> engine.RunView:
    run_id = engine.begin_scenario_run(trying.draft, trying.ann, delivered=False)
    engine.play_scenario_run(run_id)
    found = engine.scenarios_page(trying.draft, trying.ann).run
    assert found is not None
    return found


def test_kept_scenarios_are_played_and_say_which_steps_they_take(trying: Trying) -> None:
    number = trying.begin()
    trying.meet(number, "Person 1")
    engine.keep_scenario(trying.draft, number, "One participant", trying.ann)
    run = _play(trying)
    assert [(one.title, one.wrong) for one in run.outcomes] == [("One participant", "")]
    assert (run.total, run.failed, run.is_current) == (1, 0, True)
    (covered,) = engine.scenarios_page(trying.draft, trying.ann).covered
    assert {way.id: way.by for way in covered.ways} == {
        "seek_consent": 1,
        "consent_late": 0,
        "hear_participants": 0,
    }
    assert covered.count("step") == (1, 2)
    shown = engine.coverage_page(trying.draft, "consultation", trying.ann)
    assert "seek_consent" in shown.xml


def test_a_scenario_that_comes_out_otherwise_says_what_was_found(trying: Trying) -> None:
    text = 'process = "consultation"\n[[step]]\ncomplete = "CNS-14"\n'
    engine.add_scenario(trying.draft, "mine.toml", text.encode(), trying.ann)
    run = _play(trying)
    assert run.failed == 1
    assert "CNS-14 should be open" in run.outcomes[0].wrong


def test_a_run_that_was_stopped_goes_on_where_it_stood(
    trying: Trying, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("first", "second"):
        text = f'title = "{title}"\nprocess = "consultation"\n'
        engine.add_scenario(trying.draft, title, text.encode(), trying.ann)
    run_id = engine.begin_scenario_run(trying.draft, trying.ann, delivered=False)
    played: list[str] = []
    real = scenarios.House.play

    def stopping(house: scenarios.House, story: scenarios.Scenario, **more: object) -> object:
        if len(played) == 1:
            raise KeyboardInterrupt
        played.append(story.title)
        return real(house, story, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(scenarios.House, "play", stopping)
        with pytest.raises(KeyboardInterrupt):
            engine.play_scenario_run(run_id)
    page = engine.scenarios_page(trying.draft, trying.ann)
    assert page.run is not None
    assert ([one.title for one in page.run.outcomes], page.run.ended_at) == (["first"], None)
    # It may still be at it.
    with pytest.raises(engine.NotFound):
        engine.go_on_with_run(trying.draft, trying.ann)
    with db.transaction() as session:
        session.get_one(ScenarioRun, run_id).begun_at = datetime(2020, 1, 1, tzinfo=UTC)
        (outcome,) = session.scalars(select(ScenarioOutcome))
        outcome.at = datetime(2020, 1, 1, tzinfo=UTC)
    engine.play_scenario_run(engine.go_on_with_run(trying.draft, trying.ann))
    run = engine.scenarios_page(trying.draft, trying.ann).run
    assert run is not None
    assert [one.title for one in run.outcomes] == ["first", "second"]
    assert run.ended_at is not None


def test_a_draft_that_cannot_run_says_so_in_its_run(trying: Trying) -> None:
    engine.add_scenario(trying.draft, "a", b'process = "consultation"\n', trying.ann)
    engine.save_draft_file(trying.draft, TIMESCALES, b'[TS-41]\nlength = "often"\n', 0, trying.ann)
    run = _play(trying)
    assert run.outcomes == ()
    assert "cannot be deployed" in run.why
    assert run.ended_at is not None


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"not toml",
        b"scenario = 3",
        b'process = "consultation"\nstep = [1]',
        b"begin = 3\nprocess = 'a'",
        b"[[scenario]]\nprocess = 'a'\nstep = 'b'",
        b"x" * 200_001,
    ],
)
def test_what_is_no_scenario_is_refused_when_it_is_sent_in(trying: Trying, content: bytes) -> None:
    with pytest.raises((engine.InvalidScenario, engine.ScenarioTooBig)):
        engine.add_scenario(trying.draft, "mine.toml", content, trying.ann)


def test_a_scenario_taken_off_the_list_is_played_no_more(trying: Trying) -> None:
    engine.add_scenario(trying.draft, "a", b'process = "consultation"\n', trying.ann)
    engine.remove_scenario(trying.draft, 1, trying.ann)
    assert engine.scenarios_page(trying.draft, trying.ann).kept == ()
    with pytest.raises(engine.NothingToPlay):
        engine.begin_scenario_run(trying.draft, trying.ann, delivered=False)
