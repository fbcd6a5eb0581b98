"""Compile calls of the language's functions and of those that the caller provides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.feel import nodes, patterns
from engine.feel.budget import spend
from engine.feel.builtins import BUILTINS, FITS, UNFIT, Fit, Signature
from engine.feel.errors import suggest
from engine.feel.frames import Code, Frame
from engine.feel.values import Value, adopt

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler, Scope

_OWN_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "due": ("string",),
    "last day": ("string",),
    "board name": ("string",),
    "days on other cases": ("string",),
    "who holds": ("string",),
    "today": (),
    "now": (),
    "add days": ("day", "days"),
    "add working days": ("date", "days"),
    "working days between": ("date", "date"),
}
#: The functions that the engine provides when an expression is evaluated: name to arity.
OWN_FUNCTIONS: Mapping[str, int] = MappingProxyType(
    {name: len(parameters) for name, parameters in _OWN_PARAMETERS.items()}
)
#: Bad arguments give null; whatever else goes wrong in a function is a fault to be seen.
_BAD_ARGUMENT = (TypeError, ValueError, ArithmeticError)
_PATTERN_AT = {"matches": 1, "replace": 1, "split": 1}
_OWN_COST = 20
_Find = Callable[[Frame], Callable[..., Value] | None]


def call(compiler: Compiler, node: nodes.Call, scope: Scope) -> Code:
    """Return the code of a function call; what is called and how is settled here."""
    compiler.calls.append((node.name, _literals(node)))
    if node.name in BUILTINS:
        return _builtin(compiler, node, scope)
    if node.name in compiler.functions:
        return _given(compiler, node, scope)
    known = [*BUILTINS, *compiler.functions]
    remedy = suggest(node.name, known) or "use a function of FEEL, or correct the spelling"
    raise compiler.refuse(node.line, node.column, f"there is no function `{node.name}`", remedy)


def _literals(node: nodes.Call) -> tuple[Value, ...] | None:
    """Return the arguments, if all of them are written out."""
    values = [argument.value for argument in node.positional if type(argument) is nodes.Literal]
    return None if node.named or len(values) != len(node.positional) else tuple(values)


def _builtin(compiler: Compiler, node: nodes.Call, scope: Scope) -> Code:
    _check_pattern(compiler, node)
    signature, arguments = _settle(compiler, node)
    codes = [None if each is None else compiler.compile(each, scope) for each in arguments]
    parameters = signature.parameters
    if parameters and parameters[-1].repeated:
        return _repeated(signature, [code for code in codes if code is not None])
    pairs = list(zip([parameter.fit for parameter in parameters], codes, strict=False))
    function = signature.function
    return _fixed(lambda frame: function, pairs, 1)


def _settle(compiler: Compiler, node: nodes.Call) -> tuple[Signature, list[nodes.Node | None]]:
    """Choose the signature and put the arguments into its order; None for one left out."""
    names = set(node.named)
    for signature in BUILTINS[node.name]:
        if not names and signature.takes(len(node.positional)):
            return signature, list(node.positional)
        if names and signature.takes_names(names):
            given = [node.named.get(parameter.name) for parameter in signature.parameters]
            while given[-1] is None:
                given.pop()
            return signature, given
    ways = " or ".join(f"{node.name}({_shape(way)})" for way in BUILTINS[node.name])
    reason = f"`{node.name}` cannot be called with these arguments"
    raise compiler.refuse(node.line, node.column, reason, f"write {ways}")


def _shape(signature: Signature) -> str:
    shown = []
    for parameter in signature.parameters:
        mark = "?" if parameter.optional else "..." if parameter.repeated else ""
        shown.append(parameter.name + mark)
    return ", ".join(shown)


def _check_pattern(compiler: Compiler, node: nodes.Call) -> None:
    """Refuse a pattern that is written out and cannot be read, before anything runs."""
    place = _PATTERN_AT.get(node.name)
    if place is None or len(node.positional) <= place:
        return
    argument = node.positional[place]
    if type(argument) is not nodes.Literal or type(argument.value) is not str:
        return
    try:
        patterns.compile_pattern(argument.value)
    except patterns.BadPattern as bad:
        reason = f"the pattern cannot be read: {bad}"
        raise compiler.refuse(node.line, node.column, reason, "correct the pattern") from None


def _fixed(find: _Find, pairs: Sequence[tuple[Fit, Code | None]], cost: int) -> Code:
    """Call what `find` gives, if every argument fits; null otherwise."""

    def invoke(frame: Frame) -> Value:
        spend(cost)
        function = find(frame)
        if function is None:
            return None
        values = []
        for fit, code in pairs:
            value = None if code is None else fit(code(frame))
            if value is UNFIT:
                return None
            values.append(value)
        try:
            return function(*values)
        except _BAD_ARGUMENT:
            return None

    return invoke


def _repeated(signature: Signature, codes: list[Code]) -> Code:
    """Call with what may be given several times in one list, behind what stands before it."""
    function, first = signature.function, len(signature.parameters) - 1
    fits = [each.fit for each in signature.parameters]
    fits += [fits[-1]] * (len(codes) - len(fits))

    def invoke(frame: Frame) -> Value:
        spend(len(codes))
        values = [fit(code(frame)) for fit, code in zip(fits, codes, strict=False)]
        if UNFIT in values:
            return None
        try:
            return function(*values[:first], values[first:])
        except _BAD_ARGUMENT:
            return None

    return invoke


def _given(compiler: Compiler, node: nodes.Call, scope: Scope) -> Code:
    """Call a function that the caller provides with the names."""
    arity = compiler.functions[node.name]
    if node.named or len(node.positional) != arity:
        wanted = "1 argument" if arity == 1 else f"{arity} arguments"
        reason = f"`{node.name}` takes {wanted}, in order"
        raise compiler.refuse(node.line, node.column, reason, f"give it {wanted}")
    types = _OWN_PARAMETERS.get(node.name, ("any",) * arity)
    codes = [compiler.compile(argument, scope) for argument in node.positional]
    pairs = list(zip([FITS[type_] for type_ in types], codes, strict=False))
    name = node.name
    run = _fixed(lambda frame: frame.functions.get(name), pairs, _OWN_COST)
    return lambda frame: adopt(run(frame))
