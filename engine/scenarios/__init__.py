"""Play a case through the real engine, forms, rules and timers on a virtual clock."""

from engine.scenarios.reading import (
    Basis,
    InvalidScenario,
    Scenario,
    Step,
    instant,
    read_scenario_text,
    read_scenarios,
)
from engine.scenarios.running import (
    House,
    Outcome,
    play_all,
)

__all__ = [
    "Basis",
    "House",
    "InvalidScenario",
    "Outcome",
    "Scenario",
    "Step",
    "instant",
    "play_all",
    "read_scenario_text",
    "read_scenarios",
]
