"""Evaluate every expression of a diagram as FEEL; nothing is ever evaluated as Python."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.feel import Expression, Range, compile_expression

if TYPE_CHECKING:
    from engine.workflow.task import Token
    from engine.workflow.world import World


@lru_cache(maxsize=4096)
def compiled(source: str) -> Expression:
    """Return an expression ready to run; the most used ones are kept.

    Raises:  FeelError.
    """
    return compile_expression(source)


#: Stands for a fact without a value. No fact is a range, and FEEL gives null where values of two
#: types are compared; only the question whether it is null has an answer.
UNKNOWN = Range(None, None, low_included=False, high_included=False)


class NotRun(Exception):
    """Scripts and service operators are not run here."""


class FeelEnvironment(BasePythonScriptEngineEnvironment):
    """The only place where SpiffWorkflow can have an expression evaluated."""

    def __init__(self, world: World | None = None) -> None:
        """Take the world whose facts and functions the expressions read."""
        super().__init__()
        self.world = world

    def evaluate(
        self, expression: str, context: Mapping[str, Any], external_context: Any = None
    ) -> Any:
        """Return the value of a FEEL expression for the item in `context`.

        A condition that hangs on a fact without a value is null, not false (see D6).
        """
        if self.world is None:
            raise NotRun(expression)
        ready = compiled(expression)
        names = self.world.names(context.get("item") or None)
        functions = self.world.functions()
        value = ready.evaluate(names, functions)
        missing = dict.fromkeys((n for n in ready.names if names.get(n) is None), UNKNOWN)
        if isinstance(value, bool) and missing:
            # In FEEL `a = 1` is false where a is null. For the way a review takes, a fact that
            # nobody has recorded yet is unknown, unless the condition itself asks for null.
            unknown = ready.evaluate({**names, **missing}, functions)
            return value if isinstance(unknown, bool) else None
        return value

    def execute(self, script: str, context: Any, external_context: Any = None) -> Any:
        """Refuse; a script is never run."""
        raise NotRun(script)

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        """Refuse; a service operator is never called."""
        raise NotRun("service")


class FeelEngine(PythonScriptEngine):
    """SpiffWorkflow's script engine with FEEL in it, and no way round to Python."""

    def __init__(self, world: World | None = None) -> None:
        """Take the world whose facts and functions the expressions read."""
        super().__init__(environment=FeelEnvironment(world))

    def validate(self, expression: str) -> None:
        """Refuse what FEEL cannot read."""
        compiled(expression)

    def evaluate(self, task: Token, expression: str, external_context: Any = None) -> Any:
        """Return the value of a FEEL expression for the item of a token."""
        return self.environment.evaluate(expression, {"item": task.item})

    def execute(self, task: Token, script: str, external_context: Any = None) -> Any:
        """Refuse; a script is never run."""
        return self.environment.execute(script, {})

    def call_service(self, task: Token, **kwargs: Any) -> Any:
        """Refuse; a service operator is never called."""
        return self.environment.call_service({}, **kwargs)
