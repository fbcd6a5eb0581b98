"""The syntax tree of an expression; every node knows how deep and how big it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.feel.values import Value

MAX_DEPTH = 100
MAX_NODES = 2_000


class TooBig(Exception):
    """The tree outgrew its limits; the parser turns this into a FeelError."""


@dataclass(slots=True)
class Node:
    """What all nodes have; `asks` says that the value under test (`?`) is read inside."""

    depth: int = field(default=1, init=False)
    size: int = field(default=1, init=False)
    asks: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.measure(self.children())

    def children(self) -> Iterable[Node]:
        """Return the nodes directly below."""
        return ()

    def measure(self, children: Iterable[Node]) -> None:
        """Reckon depth and size; refuse what is too deep to be walked by recursion."""
        for child in children:
            self.depth = max(self.depth, child.depth + 1)
            self.size += child.size
            self.asks = self.asks or child.asks
        if self.depth > MAX_DEPTH:
            raise TooBig(f"the expression is nested more than {MAX_DEPTH} deep")
        if self.size > MAX_NODES:
            raise TooBig(f"the expression has more than {MAX_NODES:,} parts")


@dataclass(slots=True)
class Literal(Node):
    """A number, text, boolean, null, day, time, moment or duration written out."""

    value: Value


@dataclass(slots=True)
class Name(Node):
    """A name, with its place for the error message; `?` is one."""

    name: str
    line: int
    column: int

    def __post_init__(self) -> None:
        self.asks = self.name == "?"


@dataclass(slots=True)
class Group(Node):
    """An expression in brackets."""

    body: Node

    def children(self) -> Iterable[Node]:
        return (self.body,)


@dataclass(slots=True)
class Chain(Node):
    """Operands of one precedence from left to right: `a + b - c`."""

    first: Node
    rest: list[tuple[str, Node]]

    def children(self) -> Iterable[Node]:
        return (self.first, *(node for _, node in self.rest))


@dataclass(slots=True)
class Logic(Node):
    """Operands joined by `and` or by `or`."""

    conjunction: bool
    operands: list[Node]

    def children(self) -> Iterable[Node]:
        return self.operands


@dataclass(slots=True)
class Minus(Node):
    """The negative of a number or duration."""

    operand: Node

    def children(self) -> Iterable[Node]:
        return (self.operand,)


@dataclass(slots=True)
class Comparison(Node):
    """Two operands with `=`, `!=`, `<`, `<=`, `>` or `>=` between them."""

    operator: str
    left: Node
    right: Node

    def children(self) -> Iterable[Node]:
        return (self.left, self.right)


@dataclass(slots=True)
class Between(Node):
    """`operand between low and high`."""

    operand: Node
    low: Node
    high: Node

    def children(self) -> Iterable[Node]:
        return (self.operand, self.low, self.high)


@dataclass(slots=True)
class Test(Node):
    """A unary test that begins with a comparison sign: `< 5`."""

    operator: str
    operand: Node

    def children(self) -> Iterable[Node]:
        return (self.operand,)


@dataclass(slots=True)
class In(Node):
    """`operand in tests`; `?` inside the tests is the operand, not one outside."""

    operand: Node
    tests: list[Node]

    def __post_init__(self) -> None:
        self.measure(self.children())
        self.asks = self.operand.asks

    def children(self) -> Iterable[Node]:
        return (self.operand, *self.tests)


@dataclass(slots=True)
class Not(Node):
    """`not(...)`: of one boolean in an expression, of several tests in unary tests."""

    tests: list[Node]
    line: int
    column: int

    def children(self) -> Iterable[Node]:
        return self.tests


@dataclass(slots=True)
class TypeName:
    """A type after `instance of`, with the types inside the angle brackets."""

    name: str
    line: int
    column: int
    of: TypeName | None = None
    entries: dict[str, TypeName] | None = None
    depth: int = 1


@dataclass(slots=True)
class InstanceOf(Node):
    """`operand instance of type`."""

    operand: Node
    type: TypeName

    def children(self) -> Iterable[Node]:
        return (self.operand,)


@dataclass(slots=True)
class Interval(Node):
    """A range such as `[1..10)`."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool

    def children(self) -> Iterable[Node]:
        return (self.low, self.high)


@dataclass(slots=True)
class Items(Node):
    """A list written out."""

    items: list[Node]

    def children(self) -> Iterable[Node]:
        return self.items


@dataclass(slots=True)
class Context(Node):
    """A context written out; an entry reads the entries before it."""

    entries: list[tuple[str, Node]]

    def children(self) -> Iterable[Node]:
        return [node for _, node in self.entries]


@dataclass(slots=True)
class Path(Node):
    """`operand.name`."""

    operand: Node
    name: str

    def children(self) -> Iterable[Node]:
        return (self.operand,)


@dataclass(slots=True)
class Filter(Node):
    """`operand[condition]` or `operand[index]`."""

    operand: Node
    condition: Node

    def children(self) -> Iterable[Node]:
        return (self.operand, self.condition)


@dataclass(slots=True)
class Call(Node):
    """A function called by its name, with arguments in order or by name."""

    name: str
    positional: list[Node]
    named: dict[str, Node]
    line: int
    column: int

    def children(self) -> Iterable[Node]:
        return (*self.positional, *self.named.values())


@dataclass(slots=True)
class Conditional(Node):
    """`if condition then chosen else other`."""

    condition: Node
    chosen: Node
    other: Node

    def children(self) -> Iterable[Node]:
        return (self.condition, self.chosen, self.other)


@dataclass(slots=True)
class Iterator(Node):
    """`name in domain` or `name in low..high` of a loop."""

    name: str
    domain: Node
    high: Node | None

    def children(self) -> Iterable[Node]:
        return (self.domain,) if self.high is None else (self.domain, self.high)


@dataclass(slots=True)
class Loop(Node):
    """`for`, `some` or `every` over one or more iterators."""

    kind: str
    iterators: list[Iterator]
    body: Node

    def __post_init__(self) -> None:
        self.measure(self.children())
        # One iterator runs inside the other, so each is a level.
        self.depth += len(self.iterators)
        self.measure(())

    def children(self) -> Iterable[Node]:
        return (*self.iterators, self.body)


@dataclass(slots=True)
class Tests(Node):
    """The unary tests of a decision table's cell; none at all for `-`."""

    tests: list[Node]

    def children(self) -> Iterable[Node]:
        return self.tests
