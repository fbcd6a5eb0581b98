"""One version of one process: its elements, flows and lanes, and what SpiffWorkflow runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Words:
    """A text in both languages; an empty Welsh text falls back on the English one."""

    en: str = ""
    cy: str = ""

    def __call__(self, lang: str = "en") -> str:
        """Return the text in `en` or `cy`."""
        return self.cy or self.en if lang == "cy" else self.en


@dataclass(frozen=True)
class FormUse:
    """A form that a task writes or shows; `sections` None means all of them."""

    form: str
    sections: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Element:
    """A node of the diagram. `kind` is its BPMN tag, such as `userTask` or `boundaryEvent`.

    `event` says what an event waits for or does: `timer`, `conditional`, `terminate` or nothing;
    `expression` is the FEEL of a timer or a condition; `item_list` names what a multi-instance
    runs over; `scope` is the enclosing sub-process; `default` the default
    flow of a gateway; `depth` says how many sub-processes it stands in; `anew` that a task asks
    its questions without the answers that stand on record.
    """

    id: str
    kind: str
    line: int
    words: Words = Words()
    guidance: Words = Words()
    roles: tuple[str, ...] = ()
    forms: tuple[FormUse, ...] = ()
    shows: tuple[FormUse, ...] = ()
    anew: bool = False
    requirement: tuple[str, ...] = ()
    timescale: str = ""
    item: str = ""
    item_list: str = ""
    notice: str = ""
    to: tuple[str, ...] = ()
    effect: str = ""
    starts: str = ""
    gateway: str = ""
    opens: str = ""
    relation: str = ""
    board: str = ""
    decision: str = ""
    called: str = ""
    scope: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    lane: str | None = None
    event: str = ""
    expression: str = ""
    default: str = ""
    depth: int = 0

    def name(self, lang: str = "en") -> str:
        """Return the name in `en` or `cy`."""
        return self.words(lang)

    def documentation(self, lang: str = "en") -> str:
        """Return what the diagram says a person should do, in `en` or `cy`."""
        return self.guidance(lang)


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` is FEEL, empty where there is none."""

    id: str
    source: str
    target: str
    line: int
    words: Words = Words()
    condition: str = ""
    is_default: bool = False
    requirement: tuple[str, ...] = ()
    scope: str | None = None

    def name(self, lang: str = "en") -> str:
        """Return the name in `en` or `cy`."""
        return self.words(lang)


@dataclass(frozen=True)
class Lane:
    """A lane with the roles that may do what stands in it."""

    id: str
    line: int
    words: Words = Words()
    roles: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()

    def name(self, lang: str = "en") -> str:
        """Return the name in `en` or `cy`."""
        return self.words(lang)


@dataclass(frozen=True)
class ExpressionUse:
    """A FEEL expression of the diagram: on which element or flow, what for, and where."""

    element: str
    kind: str  # "flow", "timer", "conditional" or "pause"
    source: str
    line: int


@dataclass(frozen=True)
class ProcessDefinition:
    """What a file under `processes/` says; `content_hash` is the sha256 of its bytes."""

    id: str
    path: str
    content_hash: str
    kind: str
    line: int
    words: Words
    guidance: Words
    start_roles: tuple[str, ...]
    #: The root processes that a side process goes with; empty, every one.
    besides: tuple[str, ...]
    #: Whether a side process may still be started once the case is closed.
    after_close: bool
    identifier_prefix: str
    item: str
    goes_on_as: str
    #: FEEL over the facts of the case; while it holds, tasks of a root and its parts rest.
    paused_while: str
    #: The tasks of a part go on while its case is paused.
    goes_on_paused: bool
    requirement: tuple[str, ...]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    called: tuple[str, ...]
    expressions: tuple[ExpressionUse, ...]
    outgoing: Mapping[str, tuple[Flow, ...]]
    #: What SpiffWorkflow runs: the spec, and those of sub-processes by id. Read-only, shared.
    spec: Any = field(repr=False, compare=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False, compare=False)

    def name(self, lang: str = "en") -> str:
        """Return the name in `en` or `cy`."""
        return self.words(lang)

    def documentation(self, lang: str = "en") -> str:
        """Return what the diagram says of the process, in `en` or `cy`."""
        return self.guidance(lang)

    def goes_with(self, root: str) -> bool:
        """Say whether it goes with cases of a root process, as most side processes do with all."""
        return not self.besides or root in self.besides

    def reading_order(self) -> tuple[Element, ...]:
        """Return the elements as a reader follows the flows, what is inside after its frame.

        Where ways meet again, what follows comes after all of them; a flow back counts for nothing.
        """
        starts = [e.id for e in self.elements.values() if e.kind == "startEvent" and not e.depth]
        roots = (*starts, *self.elements)
        nexts = {e.id: self._after(e) for e in self.elements.values()}
        back: set[tuple[str, str]] = set()
        _followed(roots, {name: after[::-1] for name, after in nexts.items()}, back)
        ahead = {
            name: [there for there in after if (name, there) not in back]
            for name, after in nexts.items()
        }
        return tuple(self.elements[name] for name in _followed(roots, ahead, set()))

    def _after(self, element: Element) -> list[str]:
        """Return what follows an element: inside it, at its edge, then behind it."""
        beside = self.elements.values()
        inside = [e.id for e in beside if e.scope == element.id and e.kind == "startEvent"]
        edge = [e.id for e in beside if e.attached_to == element.id]
        behind = [flow.target for flow in self.outgoing.get(element.id, ())]
        return inside + edge + behind


def _followed(
    roots: Iterable[str], nexts: Mapping[str, list[str]], back: set[tuple[str, str]]
) -> list[str]:
    """Return names so that each comes before those it leads to; what leads back is put into `back`.

    Of several that one leads to, the last is followed first, and so comes last.
    """
    ordered: list[str] = []
    under_way: set[str] = set()
    entered: set[str] = set()
    for root in roots:
        noted: list[str] = []
        todo = [(root, root, False)]
        while todo:
            before, here, is_done = todo.pop()
            if is_done:
                under_way.discard(here)
                noted.append(here)
            elif here in under_way:
                back.add((before, here))
            elif here not in entered:
                entered.add(here)
                under_way.add(here)
                todo.append((before, here, True))
                todo += [(here, name, False) for name in nexts[here]]
        ordered += reversed(noted)
    return ordered
