"""A process is sound where every state leads to an end, nothing piles up and nothing is dead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import assurance
from engine.assurance import Problem
from engine.workflow import Element, Flow, ProcessDefinition

Parse = Callable[..., ProcessDefinition]
TYPES = {"a": "string", "b": "string", "c": "boolean", "d": "date", "e": "list"}


def problems(definition: ProcessDefinition, **writes: str) -> list[Problem]:
    """Check a process in which each of some elements writes the facts that are named for it."""

    def written(thing: Element | Flow) -> frozenset[str]:
        return frozenset(writes.get(thing.id, "").split())

    return assurance.check(definition, written, TYPES)


def told(found: list[Problem]) -> list[tuple[str, str]]:
    """Return kind and element of each problem."""
    return [(problem.kind, problem.element) for problem in found]


SOUND: dict[str, list[str]] = {
    "one task": ["start > user:t > end"],
    "a choice and its merge": [
        'start > xor1 > user:x [a = "x"] > xor2 > end',
        "xor1 > user:y [*] > xor2",
    ],
    "a split and its join": ["start > and1 > user:x > and2 > end", "and1 > user:y > and2"],
    "a split of which each branch ends": ["start > and1 > user:x > end1", "and1 > user:y > end2"],
    "an inclusive split and its join": [
        'start > or1 > user:x [a = "x"] > or2 > end',
        'or1 > user:y [b = "y"] > or2',
        "or1 > user:z [*] > or2",
    ],
    "a loop with a way out": [
        "start > xor1 > user:t > xor2 > end [*]",
        "xor2 > xor1 [c = true]",
    ],
    "a timer that interrupts, merged": ["start > user:t > xor1 > end", "timer:late@t > xor1"],
    "a timer that tells": ["start > user:t > end", "timer~:late@t > send:s > end2"],
    "a sub-process that a condition ends": [
        "start > sub:s > end",
        "cond:off@s > stop",
        "s|start:s1 > and1 > user:x > and2 > end:s2",
        "s|and1 > user:y > and2",
    ],
    "an end that withdraws what is beside it": [
        "start > and1 > user:x > stop",
        "and1 > user:y > end",
    ],
    "a race": ["start > race > timer:late > end", "race > cond:came > end2"],
    "a step for each item, and a called part": ["start > user:t*people > call:c > end"],
    "a part for each item, interrupted": ["start > call:c*people > end", "timer:late@c > end2"],
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_sound_process_has_no_problem(name: str, parse: Parse) -> None:
    lines = SOUND[name]
    assert problems(parse(*lines, off="c = true", came="c = true"), t="c") == []


UNSOUND: dict[str, tuple[list[str], list[tuple[str, str]]]] = {
    "a join behind a choice": (
        ['start > xor1 > user:x [a = "x"] > and2 > end', "xor1 > user:y [*] > and2"],
        [("stuck", "and2")],
    ),
    "a token left over behind a second merge": (
        [
            "start > and1 > user:x > xor2 > and3 > end",
            "and1 > user:y > xor2",
            "and1 > user:z > and3",
        ],
        [("left_over", "and3")],
    ),
    "a loop without a way out": (
        ["start > xor1 > user:t > xor2 > end [*]", "xor2 > user:r [true] > xor1"],
        [("no_exit", "t")],
    ),
    "a timer into the join of its own block": (
        ["start > and1 > user:x > and2 > end", "and1 > user:y > and2", "timer:late@x > and2"],
        [("stuck", "and2")],
    ),
    "a split that comes round to itself": (
        ["start > xor1 > and1 > user:x > xor1", "and1 > user:y > and2 > end", "and1 > and2"],
        [("piles_up", "and2")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound_process_is_told_with_its_kind_and_place(name: str, parse: Parse) -> None:
    lines, wanted = UNSOUND[name]
    found = [each for each in told(problems(parse(*lines), t="c")) if each[0] != "dead"]
    assert found == wanted


def test_problem_says_the_shortest_way_in_both_languages(parse: Parse) -> None:
    lines = ['start > user:t > xor1 > user:x [a = "x"] > and2 > end', "xor1 > user:y [*] > and2"]
    (problem,) = problems(parse(*lines), t="a")
    assert problem.trace in (("start", "t", "xor1", "x"), ("start", "t", "xor1", "y"))
    assert problem.words("en").startswith("“and2” waits for ever: nothing comes from ")
    assert problem.words("cy").startswith("Mae “and2” yn aros am byth: ")
    assert problem.remedy("en") != problem.remedy("cy")


CONTRADICTION = [
    'start > xor1 > xor2 [a = "x"] > user:u [a = "y"] > end',
    "xor1 > user:w [*] > end2",
    "xor2 > user:v [*] > end3",
]


def test_branch_behind_contradicting_conditions_is_dead(parse: Parse) -> None:
    assert told(problems(parse(*CONTRADICTION))) == [("dead", "u")]


def test_branch_lives_where_the_fact_is_written_between_the_conditions(parse: Parse) -> None:
    lines = ['start > xor1 > user:t [a = "x"] > xor2 > user:u [a = "y"] > end', *CONTRADICTION[1:]]
    assert told(problems(parse(*lines))) == [("dead", "u")]
    assert problems(parse(*lines), t="a") == []


PAIR = [
    "start > and1 > xor1 > user:x [c = true] > and2 > xor4 > end [*]",
    "xor1 > xor2 [*] > and3 > end2",
    "and1 > user:y > xor3 > and2 [c = true]",
    "xor3 > and3 [*]",
]


def test_two_gateways_that_read_one_fact_agree(parse: Parse) -> None:
    definition = parse(*PAIR)
    assert [each for each in told(problems(definition)) if each[0] != "dead"] == []
    assert ("stuck", "and2") in told(problems(definition, y="c"))


def test_fact_that_is_written_in_a_loop_is_asked_anew(parse: Parse) -> None:
    lines = ["start > xor1 > user:t > xor2 > end [*]", "xor2 > xor1 [c = true]"]
    assert problems(parse(*lines), t="c") == []
    assert ("no_exit", "t") in told(problems(parse(*lines)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("0 < count(e)", "0 < count(e)"),
        ("d != null", "d = null"),
        ('a in ("x", "y")', 'not(list contains(["y", "x"], a))'),
        ("(d = d) = true", "(d = d) = false"),
    ],
)
def test_conditions_that_say_the_same_agree(first: str, second: str, parse: Parse) -> None:
    twice = first == second
    lines = [
        f"start > xor1 > xor2 [{first}] > user:u [{second}] > end",
        "xor1 > user:w [*] > end2",
        "xor2 > user:v [*] > end3",
    ]
    assert told(problems(parse(*lines))) == [("dead", "v" if twice else "u")]


def test_condition_that_can_hold_no_more_is_stuck(parse: Parse) -> None:
    lines = ['start > xor1 > cond:c1 [a = "x"] > end', "xor1 > user:w [*] > end2"]
    definition = parse(*lines, c1='a = "y"')
    assert told(problems(definition))[0] == ("stuck", "c1")
    assert assurance.check(definition, types=TYPES, outside={"a"}) == []


def test_gateway_that_would_refuse_every_value_is_stuck(parse: Parse) -> None:
    lines = [
        "start > xor1 > user:t [a = null] > xor2 > user:u [*] > end",
        "xor1 > user:w [*] > end2",
        'xor2 > user:v [a = "x"] > end3',
    ]
    assert ("stuck", "t") in told(problems(parse(*lines)))


def test_event_on_a_step_that_runs_by_itself_is_dead(parse: Parse) -> None:
    lines = ["start > send:s > end", "timer:late@s > end2"]
    assert told(problems(parse(*lines))) == [("dead", "late")]


def test_branch_that_runs_aside_is_looked_at_too(parse: Parse) -> None:
    lines = [
        "start > and1 > user:t > and2 > end",
        "and1 > user:s > and2",
        "timer~:late@t > xor1 > user:x > xor2 > end2 [*]",
        "xor2 > xor1 [c = true]",
    ]
    assert problems(parse(*lines), x="c") == []
    (problem,) = problems(parse(*lines))
    assert (problem.kind, problem.element) == ("no_exit", "x")
    assert problem.trace[:3] == ("start", "and1", "late")


def test_more_states_than_the_cap_are_refused(parse: Parse) -> None:
    branches = [f"and1 > user:t{number} > and2" for number in range(6)]
    definition = parse("start > and1", *branches, "and2 > end")
    assert assurance.check(definition) == []
    (problem,) = assurance.check(definition, most=20)
    assert problem.kind == "too_big"


def test_states_are_counted(parse: Parse) -> None:
    verdict = assurance.prove(parse("start > user:x > user:y > end"))
    assert verdict.states == 3


def test_round_that_runs_by_itself_has_an_exit_or_none(parse: Parse) -> None:
    lines = ["start > user:t > xor1 > send:s > xor2 > xor1 [c = true]", "xor2 > end [*]"]
    assert problems(parse(*lines), s="c") == []
    assert told(problems(parse(*lines))) == [("dead", "xor2_xor1")]
    endless = ["start > user:t > xor1 > send:s > xor2 > xor1 [true]", "xor2 > end [*]"]
    assert ("stuck", "t") in told(problems(parse(*endless)))


#: Each way in which a process can be unsound, and how it is told.
WAYS: dict[str, tuple[list[str], str, str, tuple[str, ...]]] = {
    "a deadlock": (
        ['start > xor1 > user:x [a = "x"] > and2 > end', "xor1 > user:y [*] > and2"],
        "stuck", "and2", ("start", "xor1"),
    ),
    "a step that can never run": (CONTRADICTION, "dead", "u", ("start", "xor1", "xor2")),
    "a token left behind": (
        ["start > and1 > user:x > xor2 > and3 > end", "and1 > user:y > xor2",
         "and1 > user:z > and3"],
        "left_over", "and3", ("start", "and1"),
    ),
    "a loop without exit": (
        ["start > xor1 > user:t > xor2 > end [*]", "xor2 > user:r [true] > xor1"],
        "no_exit", "t", ("start", "xor1"),
    ),
    "an end that cannot be reached": (
        ['start > xor1 > xor2 [a = "x"] > end [a = "y"]', "xor1 > user:w [*] > end2",
         "xor2 > user:v [*] > end3"],
        "dead", "end", ("start", "xor1", "xor2"),
    ),
    "tokens without bound": (
        ["start > xor1 > and1 > user:x > xor1", "and1 > user:y > and2 > end", "and1 > and2"],
        "piles_up", "and2", ("start", "xor1", "and1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_each_way_of_being_unsound_is_named_with_the_shortest_way_there(
    name: str, parse: Parse
) -> None:
    lines, kind, element, way = WAYS[name]
    found = problems(parse(*lines), t="c")
    (problem,) = [each for each in found if (each.kind, each.element) == (kind, element)]
    assert problem.trace[: len(way)] == way
