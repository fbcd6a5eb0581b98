"""Play a case through the real engine, forms, rules and timers on a virtual clock."""

from engine.scenarios.reading import Basis, InvalidScenario, Scenario, Step, read_scenarios
from engine.scenarios.running import House, Outcome, play_all

__all__ = [
    "Basis",
    "House",
    "InvalidScenario",
    "Outcome",
    "Scenario",
    "Step",
    "play_all",
    "read_scenarios",
]
