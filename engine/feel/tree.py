"""Build the nodes of the syntax tree as the parser recognises them."""

from __future__ import annotations

import re
from typing import Any

from lark import Token, Transformer, v_args

from engine.feel import nodes, temporal
from engine.feel.values import NUMBERS

KEYWORDS = frozenset(
    {"and", "between", "else", "every", "false", "for", "function", "if", "in", "instance", "not"}
    | {"null", "of", "or", "return", "satisfies", "some", "then", "true"}
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_ESCAPE = re.compile(r"\\(U[0-9A-Fa-f]{6}|u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_MAX_TYPE_DEPTH = 20


class Unreadable(Exception):
    """The words are in a right order but mean nothing; becomes a FeelError."""

    def __init__(self, token: Token, reason: str, remedy: str) -> None:
        """Take the token that stands at the place."""
        super().__init__(reason)
        self.line, self.column = int(token.line or 1), int(token.column or 1)
        self.reason, self.remedy = reason, remedy


def read_string(token: Token) -> str:
    """Return the text that a string literal means."""

    def unescape(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) > 1:
            code = int(escape[1:], 16)
            if code > 0x10FFFF:
                raise Unreadable(token, f"\\{escape} is not a character", "correct the escape")
            return chr(code)
        if escape not in _ESCAPES:
            raise Unreadable(token, f"\\{escape} is not an escape", "write \\\\ for a backslash")
        return _ESCAPES[escape]

    text = _ESCAPE.sub(unescape, token[1:-1])
    try:
        # Two halves of a surrogate pair, each written with \u, make one character.
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        reason = "a character is written by half"
        raise Unreadable(
            token, reason, "write the whole character, or \\U and six digits"
        ) from None


def _words(token: Token) -> str:
    return " ".join(token.split())


@v_args(inline=True)
class TreeBuilder(Transformer[Token, Any]):
    """One method for each rule of the grammar."""

    def expression_only(self, body: nodes.Node) -> nodes.Node:
        return body

    def any_value(self) -> nodes.Tests:
        return nodes.Tests([])

    def cell(self, tests: list[nodes.Node]) -> nodes.Tests:
        return nodes.Tests(tests)

    def tests(self, *tests: nodes.Node) -> list[nodes.Node]:
        return list(tests)

    def comparison_test(self, operator: Token, operand: nodes.Node) -> nodes.Test:
        return nodes.Test(str(operator), operand)

    def any_of(self, *operands: nodes.Node) -> nodes.Logic:
        return nodes.Logic(False, list(operands))

    def all_of(self, *operands: nodes.Node) -> nodes.Logic:
        return nodes.Logic(True, list(operands))

    def compare(self, left: nodes.Node, operator: Token, right: nodes.Node) -> nodes.Comparison:
        return nodes.Comparison(str(operator), left, right)

    def between(self, operand: nodes.Node, low: nodes.Node, high: nodes.Node) -> nodes.Between:
        return nodes.Between(operand, low, high)

    def is_in(self, operand: nodes.Node, target: nodes.Node | list[nodes.Node]) -> nodes.In:
        return nodes.In(operand, target if isinstance(target, list) else [target])

    def in_tests(self, first: nodes.Node, rest: list[nodes.Node]) -> list[nodes.Node]:
        return [first, *rest]

    def instance_of(self, operand: nodes.Node, type_: nodes.TypeName) -> nodes.InstanceOf:
        return nodes.InstanceOf(operand, type_)

    def chain(self, first: nodes.Node, *rest: Any) -> nodes.Chain:
        pairs = zip(rest[::2], rest[1::2], strict=True)
        return nodes.Chain(first, [(str(operator), node) for operator, node in pairs])

    def minus(self, _sign: Token, operand: nodes.Node) -> nodes.Minus:
        return nodes.Minus(operand)

    def path(self, operand: nodes.Node, name: Token) -> nodes.Path:
        return nodes.Path(operand, _words(name))

    def filter(self, operand: nodes.Node, condition: nodes.Node) -> nodes.Filter:
        return nodes.Filter(operand, condition)

    def number(self, token: Token) -> nodes.Literal:
        value = NUMBERS.create_decimal(str(token))
        if not value.is_finite():
            raise Unreadable(token, "the number is too large", "use a smaller number")
        return nodes.Literal(value)

    def string(self, token: Token) -> nodes.Literal:
        return nodes.Literal(read_string(token))

    def temporal(self, token: Token) -> nodes.Literal:
        text = token[token.index('"') + 1 : -1]
        value = temporal.parse_temporal(text)
        if value is None:
            reason = f'@"{text[:40]}" is no day, time, moment or duration'
            raise Unreadable(token, reason, 'write it like @"2026-05-01" or @"P14D"')
        return nodes.Literal(value)

    def true(self, _token: Token) -> nodes.Literal:
        return nodes.Literal(True)

    def false(self, _token: Token) -> nodes.Literal:
        return nodes.Literal(False)

    def null(self, _token: Token) -> nodes.Literal:
        return nodes.Literal(None)

    def name(self, token: Token) -> nodes.Name:
        self._refuse_keyword(token)
        return nodes.Name(str(token), int(token.line or 1), int(token.column or 1))

    @staticmethod
    def _refuse_keyword(token: Token) -> None:
        if str(token) in KEYWORDS:
            reason = f"`{token}` cannot stand here, because it is a word of the language"
            raise Unreadable(token, reason, "check what comes before it, or use another name")

    def group(self, body: nodes.Node) -> nodes.Group:
        return nodes.Group(body)

    def negation(self, token: Token, tests: list[nodes.Node]) -> nodes.Not:
        return nodes.Not(tests, int(token.line or 1), int(token.column or 1))

    def call(self, token: Token, arguments: Any = None) -> nodes.Call:
        positional = arguments if isinstance(arguments, list) else []
        named = arguments if isinstance(arguments, dict) else {}
        line, column = int(token.line or 1), int(token.column or 1)
        return nodes.Call(_words(token), positional, named, line, column)

    def positional(self, *arguments: nodes.Node) -> list[nodes.Node]:
        return list(arguments)

    def named(self, *arguments: tuple[Token, nodes.Node]) -> dict[str, nodes.Node]:
        named: dict[str, nodes.Node] = {}
        for token, node in arguments:
            if _words(token) in named:
                raise Unreadable(token, f"`{_words(token)}` is given twice", "give it once")
            named[_words(token)] = node
        return named

    def named_argument(self, token: Token, node: nodes.Node) -> tuple[Token, nodes.Node]:
        return token, node

    def items(self, *items: Any) -> nodes.Items:
        return nodes.Items([item for item in items if isinstance(item, nodes.Node)])

    def range_close(self, token: Token) -> str:
        return str(token)

    def interval(self, low: nodes.Node, high: nodes.Node, closing: str) -> nodes.Interval:
        return nodes.Interval(low, high, True, closing == "]")

    def open_interval(self, low: nodes.Node, high: nodes.Node, closing: str) -> nodes.Interval:
        return nodes.Interval(low, high, False, closing == "]")

    def context(self, *entries: tuple[Token, str, nodes.Node]) -> nodes.Context:
        names: set[str] = set()
        for token, name, _ in entries:
            if name in names:
                raise Unreadable(token, f"the entry `{name}` stands twice", "rename one of them")
            names.add(name)
        return nodes.Context([(name, node) for _, name, node in entries if node is not None])

    def entry(self, token: Token, node: nodes.Node) -> tuple[Token, str, nodes.Node]:
        name = read_string(token) if token.type == "STRING" else str(token)
        return token, name, node

    def conditional(
        self, condition: nodes.Node, chosen: nodes.Node, other: nodes.Node
    ) -> nodes.Conditional:
        return nodes.Conditional(condition, chosen, other)

    def iterators(self, *iterators: nodes.Iterator) -> list[nodes.Iterator]:
        return list(iterators)

    def iterator(
        self, token: Token, domain: nodes.Node, high: nodes.Node | None = None
    ) -> nodes.Iterator:
        self._refuse_keyword(token)
        return nodes.Iterator(str(token), domain, high)

    def for_loop(self, iterators: list[nodes.Iterator], body: nodes.Node) -> nodes.Loop:
        return nodes.Loop("for", iterators, body)

    def quantified(
        self, kind: Token, iterators: list[nodes.Iterator], body: nodes.Node
    ) -> nodes.Loop:
        return nodes.Loop(str(kind), iterators, body)

    def type_name(self, token: Token) -> nodes.TypeName:
        return nodes.TypeName(_words(token), int(token.line or 1), int(token.column or 1))

    def type_of(
        self, token: Token, _less: Token, inner: nodes.TypeName, _more: Token
    ) -> nodes.TypeName:
        outer = self.type_name(token)
        outer.of, outer.depth = inner, inner.depth + 1
        if outer.depth > _MAX_TYPE_DEPTH:
            raise Unreadable(token, "the type is nested too deeply", "use a simpler type")
        return outer

    def type_with_entries(self, token: Token, _less: Token, *rest: Any) -> nodes.TypeName:
        outer = self.type_name(token)
        outer.entries = dict(rest[:-1])
        outer.depth = 1 + max(entry.depth for entry in outer.entries.values())
        if outer.depth > _MAX_TYPE_DEPTH:
            raise Unreadable(token, "the type is nested too deeply", "use a simpler type")
        return outer

    def type_entry(self, name: Token, inner: nodes.TypeName) -> tuple[str, nodes.TypeName]:
        return str(name), inner
