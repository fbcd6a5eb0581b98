"""The rules, one a file; each file holds `check` and says in its docstring why it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding
from engine.lint.known import Known

Check = Callable[[Diagram, Known | None], Iterator[Finding]]


def _read_rules() -> Mapping[str, Check]:
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").check for name in names}


RULES: Mapping[str, Check] = _read_rules()
