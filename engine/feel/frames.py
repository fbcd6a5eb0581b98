"""Hold the names that one evaluation reads, the innermost first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from engine.feel.values import SCALARS, Value, adopt

#: What a compiled node is.
Code = Callable[["Frame"], Value]
#: A compiled unary test: the frame, and the value under test.
TestCode = Callable[["Frame", Value], "bool | None"]

QUICK = SCALARS - {Decimal}
_NONE: Mapping[str, Callable[..., Value]] = {}


class Frame:
    """Names with their values; the outermost frame holds those that the caller gave."""

    __slots__ = ("_adopted", "functions", "names", "parent")

    def __init__(
        self,
        names: Mapping[str, Value],
        functions: Mapping[str, Callable[..., Value]] | None = None,
        parent: Frame | None = None,
    ) -> None:
        """Take names as they are; those of the outermost frame are adopted when read."""
        self.names = names
        self.functions = functions or _NONE
        self.parent = parent
        self._adopted: dict[str, Value] | None = None

    def inside(self, names: Mapping[str, Value]) -> Frame:
        """Return a frame inside this one."""
        return Frame(names, self.functions, self)

    def given(self, name: str, value: object) -> Value:
        """Return a value that the caller gave as a FEEL value, converting it once."""
        if type(value) in QUICK:
            return value
        if type(value) is Decimal:
            return value if value.is_finite() else None
        if self._adopted is None:
            self._adopted = {}
        if name not in self._adopted:
            self._adopted[name] = adopt(value)
        return self._adopted[name]


def read_given(name: str) -> Code:
    """Return the code for a name that only the caller can have given."""

    def read(frame: Frame) -> Value:
        value = frame.names.get(name)
        return value if type(value) in QUICK else frame.given(name, value)

    return read


def read_anywhere(name: str) -> Code:
    """Return the code for a name that an inner frame may hold."""

    def read(frame: Frame) -> Value:
        while frame.parent is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.parent
        return frame.given(name, frame.names.get(name))

    return read
