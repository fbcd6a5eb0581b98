"""A diagram of a draft: what may be named in it, what is wrong with it, the way to a finding."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

import engine
from engine import accounts, db, deployments, drawings, people
from engine.errors import NotFound
from engine.people import Actor
from engine.texts import Text
from engine.workflow import parse_process
from tests import review
from tests.engine.test_variations import MORE_ROLES, ROLES
from tests.processes.shipped import definition

REVIEW = "processes/review.bpmn"
NEVER = "announced = true and announced = false"


@dataclass
class Desk:
    """A draft over the edition of the small review, its designer, and somebody else."""

    draft: uuid.UUID
    ann: Actor
    dai: Actor

    @property
    def source(self) -> str:
        """The review as the draft has it."""
        content = engine.draft_file(self.draft, REVIEW, self.ann).file.content
        return (content or b"").decode()

    def check(self, old: str, new: str, *, proves: bool = False) -> list[engine.Finding]:
        """Return what is wrong with the review once something in it is drawn otherwise."""
        assert old in self.source
        drawn = self.source.replace(old, new)
        found = engine.check_drawing(self.draft, "review", drawn, self.ann, proves=proves)
        return list(found)


@pytest.fixture
def desk(database: db.Database) -> Desk:
    files = dict(review.files())
    files[ROLES] = deployments.lay_over(files[ROLES], MORE_ROLES, "")
    with db.transaction() as session:
        deployments.deploy(session, files, actor="SYSTEM")
        key = f"b{uuid.uuid4().hex[:8]}"
        board = people.create_board(session, key, "Board", "Bwrdd")
        actors = []
        for name, role in (("Ann", "designer"), ("Dai", "coordinator")):
            account = accounts.create_account(session, f"{name}.{key}@example.test", name)
            people.appoint_to_board(session, board.id, role, account.id, actor="SYSTEM")
            actors.append(Actor(account.id, name))
    draft = engine.begin_draft(key, "draft_2011", "A quality check", actors[0])
    return Desk(draft, *actors)


def test_canvas_offers_what_the_files_of_the_draft_hold(desk: Desk) -> None:
    page = engine.drawing_page(desk.draft, "review", desk.ann)
    assert (page.name, page.file.path) == (Text("Review", "Adolygiad"), REVIEW)
    offered = page.choices
    assert "coordinator" in {role.key for role in offered.roles}
    assert {form.key for form in offered.forms} >= {"delay", "report"}
    assert all(form.inside for form in offered.forms)
    assert [(each.key, each.inside[0].key) for each in offered.lists] == [
        ("participants", "participant")
    ]
    assert "announced" in {fact.key for fact in offered.facts}
    assert {"due", "add working days", "count"} <= set(offered.functions)


def test_a_drawing_is_told_what_the_checks_would_tell_of_it(desk: Desk) -> None:
    assert desk.check("", "") == []
    found = desk.check('adolygu:form="delay"', 'adolygu:form="no_such_form"')
    assert [(each.rule, each.element) for each in found] == [("unknown_form", "explain_delay")]
    assert found[0].welsh.startswith("Mae “Egluro'r oedi” yn enwi’r ffurflen")


def test_nothing_of_a_drawing_is_kept_when_it_is_looked_through(desk: Desk) -> None:
    before = desk.source
    desk.check('adolygu:form="delay"', 'adolygu:form="no_such_form"')
    assert desk.source == before


def test_a_choice_of_the_drawing_itself_is_known_before_it_is_saved(desk: Desk) -> None:
    again = 'adolygu:effect="choose_again" adolygu:gateway="was_announced" adolygu:requirement'
    drawn = desk.source.replace("<bpmn:sendTask", "<bpmn:serviceTask")
    drawn = drawn.replace("</bpmn:sendTask", "</bpmn:serviceTask")
    drawn = drawn.replace(
        'adolygu:notice="report_missing" adolygu:to="coordinator" adolygu:requirement', again
    )
    assert engine.check_drawing(desk.draft, "review", drawn, desk.ann) == ()
    unknown = drawn.replace('adolygu:gateway="was_announced"', 'adolygu:gateway="no_such"')
    found = engine.check_drawing(desk.draft, "review", unknown, desk.ann)
    assert [each.rule for each in found] == ["unknown_gateway"]


def test_what_the_rules_pass_and_the_engine_cannot_read_is_told_too(desk: Desk) -> None:
    found = desk.check("announced = true", "announced = 1 +")
    assert {each.element for each in found} == {"was_announced_to_tell_coordinator"}
    broken = desk.check("</bpmn:process>", "")
    assert [each.rule for each in broken] == ["readable"]


def test_a_dead_way_is_proved_only_when_it_is_asked_for(desk: Desk) -> None:
    assert desk.check("announced = true", NEVER) == []
    found = desk.check("announced = true", NEVER, proves=True)
    assert {each.rule for each in found} == {"soundness"}
    assert all(each.trace and each.welsh for each in found)
    assert {each.trace[0] for each in found} == {"concern_raised"}


def test_way_to_a_finding_names_its_steps_in_order_and_in_both_languages(desk: Desk) -> None:
    planted = desk.source.replace("announced = true", NEVER).encode()
    engine.save_draft_file(desk.draft, REVIEW, planted, 0, desk.ann)
    check = engine.check_variation(desk.draft, desk.ann)
    number = next(n for n, each in enumerate(check.findings) if each.trace)
    page = engine.way_page(desk.draft, number, desk.ann)
    (leg,) = page.legs
    assert (leg.process, leg.path) == ("review", REVIEW)
    assert [step.bpmn_id for step in leg.steps] == list(page.finding.trace)
    assert [step.number for step in leg.steps] == list(range(1, len(leg.steps) + 1))
    assert leg.steps[0].name == Text("Concern raised", "Pryder wedi ei godi")
    with pytest.raises(NotFound):
        engine.way_page(desk.draft, len(check.findings), desk.ann)
    with pytest.raises(NotFound):
        engine.way_page(desk.draft, number, desk.dai)


def test_a_way_through_a_part_is_told_process_by_process() -> None:
    processes = {name: definition(name) for name in ("extended_review", "timelines", "report")}
    outer = next(e.id for e in processes["extended_review"].elements.values() if e.called)
    called = processes["extended_review"].elements[outer].called
    processes[called] = definition(called)
    inner = next(iter(processes[called].elements))
    first = next(iter(processes["extended_review"].elements))
    legs = drawings.way_of((first, outer, f"{outer}/{inner}", outer), processes)
    assert [(leg.process, [step.number for step in leg.steps]) for leg in legs] == [
        ("extended_review", [1, 2]),
        (called, [3]),
        ("extended_review", [4]),
    ]


def test_a_step_that_is_gone_since_is_called_by_its_id() -> None:
    process = parse_process(review.files()[REVIEW], REVIEW)
    (leg,) = drawings.way_of(("concern_raised", "gone_since"), {"review": process})
    assert leg.steps[1].name == Text("gone_since", "gone_since")


@pytest.mark.parametrize("process", ["no_such_process", "statutory", ""])
def test_a_process_that_is_not_there_cannot_be_drawn(desk: Desk, process: str) -> None:
    with pytest.raises(NotFound):
        engine.drawing_page(desk.draft, process, desk.ann)
    with pytest.raises(NotFound):
        engine.check_drawing(desk.draft, process, desk.source, desk.ann)


def test_who_does_not_design_for_the_board_sees_no_drawing(desk: Desk) -> None:
    with pytest.raises(NotFound):
        engine.drawing_page(desk.draft, "review", desk.dai)
    with pytest.raises(NotFound):
        engine.check_drawing(desk.draft, "review", desk.source, desk.dai)


def test_a_hostile_drawing_is_refused_in_words(desk: Desk) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]>' + desk.source
    huge = desk.source + " " * 1_100_000
    for source in (bomb, huge, "", "\ud800", "<a/>"):
        found = engine.check_drawing(desk.draft, "review", source, desk.ann)
        assert any(each.severity == "error" for each in found), source[:20]
