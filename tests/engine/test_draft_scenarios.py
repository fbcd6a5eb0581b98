"""Scenarios kept with a draft: recorded, sent in, played, and which steps they take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

import engine
from engine import db, scenarios
from engine.models import ScenarioOutcome, ScenarioRun
from engine.sandboxes import worlds
from tests.trying import SMALL, TIMESCALES, Trying, make_trying


@pytest.fixture(autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the databases of all tests lie together: what two of them begin with is made once."""
    worlds.use_folder(tmp_path_factory.getbasetemp() / "sandboxes")


@pytest.fixture
def trying(database: db.Database) -> Trying:
    return make_trying(SMALL)


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
