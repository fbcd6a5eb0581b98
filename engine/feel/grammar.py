"""Turn the text of an expression into its syntax tree."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, cast

import lark

from engine.feel import nodes
from engine.feel.errors import FeelError
from engine.feel.tree import TreeBuilder, Unreadable

MAX_LENGTH = 4_000

_GRAMMAR = r"""
expression_only: expression
unary_tests: "-" -> any_value
    | tests -> cell

tests: test ("," test)*
?test: expression | comparison_test
comparison_test: _comparison additive
_comparison: EQUAL | LESS | MORE | COMPARE

?expression: disjunction
?disjunction: conjunction
    | conjunction (_OR conjunction)+ -> any_of
?conjunction: comparison
    | comparison (_AND comparison)+ -> all_of
?comparison: additive
    | comparison _comparison additive -> compare
    | comparison _BETWEEN additive _AND additive -> between
    | comparison _IN in_target -> is_in
    | comparison _INSTANCE_OF type -> instance_of
?in_target: additive
    | comparison_test
    | "(" comparison_test ")"
    | "(" test "," tests ")" -> in_tests

?additive: multiplicative
    | multiplicative (SIGN_PLUS multiplicative | SIGN_MINUS multiplicative)+ -> chain
?multiplicative: power
    | power (STAR power | SLASH power)+ -> chain
?power: unary
    | unary (POWER unary)+ -> chain
?unary: postfix
    | SIGN_MINUS unary -> minus
?postfix: primary
    | postfix "." (NAME | PROPERTY) -> path
    | postfix "[" expression "]" -> filter

?primary: NUMBER -> number
    | STRING -> string
    | TEMPORAL -> temporal
    | TRUE -> true
    | FALSE -> false
    | NULL -> null
    | NAME -> name
    | VALUE_UNDER_TEST -> name
    | "(" expression ")" -> group
    | NOT "(" tests ")" -> negation
    | NAME "(" arguments? ")" -> call
    | PHRASE "(" arguments? ")" -> call
    | EMPTY_LIST -> items
    | "[" expression ("," expression)* "]" -> items
    | "[" expression ".." expression range_close -> interval
    | "(" expression ".." expression range_close -> open_interval
    | "]" expression ".." expression range_close -> open_interval
    | "{" (entry ("," entry)*)? "}" -> context
    | _IF expression _THEN expression _ELSE expression -> conditional
    | _FOR iterators _RETURN expression -> for_loop
    | (SOME | EVERY) iterators _SATISFIES expression -> quantified
!range_close: "]" | ")" | CLOSE_BEFORE

arguments: expression ("," expression)* -> positional
    | named_argument ("," named_argument)* -> named
named_argument: (NAME | PARAMETER) ":" expression
entry: (NAME | STRING) ":" expression
iterators: iterator ("," iterator)*
iterator: NAME _IN expression [".." expression]
type: (NAME | TYPE_PHRASE) -> type_name
    | NAME LESS type MORE -> type_of
    | NAME LESS type_entry ("," type_entry)* MORE -> type_with_entries
type_entry: NAME ":" type

EQUAL: "="
LESS: "<"
MORE: ">"
COMPARE: "<=" | ">=" | "!="
SIGN_PLUS: "+"
SIGN_MINUS: "-"
STAR: "*"
SLASH: "/"
POWER: "**"
_OR: "or"
_AND: "and"
_BETWEEN: "between"
_IN: "in"
_INSTANCE_OF.3: /instance\s+of(?!\w)/
_IF: "if"
_THEN: "then"
_ELSE: "else"
_FOR: "for"
_RETURN: "return"
_SATISFIES: "satisfies"
SOME: "some"
EVERY: "every"
NOT: "not"
TRUE: "true"
FALSE: "false"
NULL: "null"
VALUE_UNDER_TEST: "?"
NUMBER: /(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/
STRING: /"(?:[^"\\]|\\.)*"/s
TEMPORAL: /@\s*"[^"\\]*"/
NAME: /[^\W\d]\w*/
EMPTY_LIST.2: /\[\s*\]/
CLOSE_BEFORE.2: /\[(?=\s*(?:$|[)\],}=]|!=|(?:and|or|then|else|return|satisfies)(?!\w)))/
PHRASE.2: /(?:%PHRASES%)(?=\s*\()/
PROPERTY.2: /(?:time\s+offset|start\s+included|end\s+included)(?!\w)/
PARAMETER.2: /[^\W\d]\w*(?:\s+[^\W\d]\w*)+(?=\s*:)/
TYPE_PHRASE.2: /(?:date\s+and\s+time|(?:days\s+and\s+time|years\s+and\s+months)\s+duration)(?!\w)/
COMMENT: /\/\/[^\n]*/ | /\/\*.*?\*\//s
%ignore /\s+/
%ignore COMMENT
"""

_ENDS = {"expression": "expression_only", "tests": "unary_tests"}


def parse(source: str, kind: str, where: str, phrases: frozenset[str]) -> nodes.Node:
    """Return the tree of an expression or of unary tests.

    Takes:   kind, `expression` or `tests`; phrases, the function names of several words.
    Raises:  FeelError.
    """
    if len(source) > MAX_LENGTH:
        reason = f"the expression has more than {MAX_LENGTH:,} characters"
        raise FeelError(where, 1, 1, reason, "split it into several facts or decisions", source)
    try:
        return cast(nodes.Node, _parser(phrases).parse(source, start=_ENDS[kind]))
    except Unreadable as refused:
        raise FeelError(
            where, refused.line, refused.column, refused.reason, refused.remedy, source
        ) from None
    except nodes.TooBig as refused:
        remedy = "split it into several facts or decisions"
        raise FeelError(where, 1, 1, str(refused), remedy, source) from None
    except lark.exceptions.UnexpectedInput as unexpected:
        raise _explain(unexpected, source, where) from None


@functools.lru_cache(maxsize=32)
def _parser(phrases: frozenset[str]) -> lark.Lark:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    pattern = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    build = cast(Callable[..., Any], lark.Lark)
    return cast(
        lark.Lark,
        build(
            _GRAMMAR.replace("%PHRASES%", pattern),
            parser="lalr",
            start=list(_ENDS.values()),
            maybe_placeholders=True,
            transformer=TreeBuilder(),
        ),
    )


_HINTS = (
    ("==", "there is a doubled equals sign", "compare with one ="),
    ("&&", "FEEL has no &&", "write and"),
    ("||", "FEEL has no ||", "write or"),
    ("<>", "FEEL has no <>", "write !="),
    ("!", "FEEL has no !", "write not(...) or !="),
    ("'", "text stands in single quotes", 'put text in double quotes, "like this"'),
    ("“", "text stands in curly quotes", 'put text in straight quotes, "like this"'),
    ("”", "text stands in curly quotes", 'put text in straight quotes, "like this"'),
    ("%", "FEEL has no %", "write modulo(a, b)"),
    (";", "FEEL has no ;", "separate with commas"),
)


def _explain(unexpected: lark.exceptions.UnexpectedInput, source: str, where: str) -> FeelError:
    """Say in words where and why the text could not be read."""
    line, column = int(unexpected.line), int(unexpected.column)
    position = unexpected.pos_in_stream
    token = getattr(unexpected, "token", None)
    if position is None or (token is not None and token.type == "$END"):
        lines = source.split("\n")
        reason = "the expression is empty" if not source.strip() else "it ends too early"
        remedy = "write an expression" if not source.strip() else "complete it"
        return FeelError(where, len(lines), len(lines[-1]) + 1, reason, remedy, source)
    reason, remedy = _reason_at(source, int(position), token)
    return FeelError(where, line, column, reason, remedy, source)


def _reason_at(source: str, position: int, token: Any) -> tuple[str, str]:
    for sign, reason, remedy in _HINTS:
        near = source[max(position - 1, 0) : position + 2]
        if source.startswith(sign, position) or (len(sign) > 1 and sign in near):
            return reason, remedy
    if source.startswith('"', position):
        reason = "a text begins here and does not end, or does not belong here"
        return reason, 'check that every " has its partner'
    shown = str(token) if token is not None else source[position : position + 1]
    if shown == "not":
        return "not is a function here", "write not(...) with brackets"
    return f"`{shown[:40]}` cannot stand here", "check what comes before it, and the brackets"
