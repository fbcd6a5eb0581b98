"""The outline of a process of a draft: read it, and change it step by step without a canvas."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine import deployments, outlines, variations
from engine.deployments import Choice, Choices, Finding
from engine.errors import InvalidDefinition, NotFound
from engine.outlines import Edit, Nameable, OutlineEntry, Sheet, ToldWrong
from engine.people import Actor
from engine.texts import Text
from engine.variations import DraftFile, DraftHead
from engine.workflow import Element, ProcessDefinition, parse_process

_FILE_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
#: Where the processes of each kind stand.
_FOLDERS = {"part": "processes/parts/", "side": "processes/side/"}


@dataclass(frozen=True)
class StepRef:
    """A step as a page names it: its number in the outline, its id, kind and name.

    `is_meeting` says of a gateway that ways do not part in it, but meet.
    """

    number: int
    id: str
    kind: str
    name: Text
    is_meeting: bool


@dataclass(frozen=True)
class WayLine:
    """A way out of a step: the flow, what is told of it, and the step it leads to.

    `is_one_of_several` says that ways part here, so that this one can be changed and removed.
    """

    flow: str
    name: Text
    condition: str
    is_default: bool
    to: StepRef
    is_one_of_several: bool


@dataclass(frozen=True)
class StepLine:
    """A step of the outline, with what happens next and what hangs on it."""

    step: StepRef
    depth: int
    lane: Text
    roles: tuple[Text, ...]
    forms: tuple[Text, ...]
    called: str
    called_name: Text
    timescale: Text
    expression: str
    requirement: str
    items: str
    ways: tuple[WayLine, ...]
    border: tuple[StepRef, ...]
    hangs_on: StepRef | None
    interrupts: bool
    may_move: bool
    may_carry: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class LaneLine:
    """A lane of the process, and who does what stands in it."""

    id: str
    name: Text
    roles: tuple[Text, ...]


@dataclass(frozen=True)
class OutlinePage:
    """A process of a draft as an outline. `findings` are those that no step has at itself.

    `unreadable` says why there are no lines: the file cannot be run as it is.
    """

    head: DraftHead
    file: DraftFile
    process: str
    kind: str
    lines: tuple[StepLine, ...]
    lanes: tuple[LaneLine, ...]
    findings: tuple[Finding, ...]
    unreadable: Finding | None

    @property
    def may_change(self) -> bool:
        """Say whether whoever looks may edit it."""
        return self.head.may_change and self.unreadable is None

    def line(self, step: str) -> StepLine:
        """Return the line of a step.

        Raises:  NotFound.
        """
        found = next((one for one in self.lines if one.step.id == step), None)
        if found is None:
            raise NotFound
        return found

    def way(self, flow: str) -> tuple[StepLine, WayLine]:
        """Return a way, and the step that it leaves.

        Raises:  NotFound.
        """
        for one in self.lines:
            for way in one.ways:
                if way.flow == flow:
                    return one, way
        raise NotFound


@dataclass(frozen=True)
class ToldPage:
    """What a file tells of an element, by the words of `OUTLINE_PROPERTIES`, and what it may name.

    `goes_too` are the steps that would go if it were removed.
    """

    outline: OutlinePage
    element: str
    kind: str
    told: Mapping[str, str]
    choices: Choices
    goes_too: tuple[StepRef, ...]

    @property
    def head(self) -> DraftHead:
        """Return what stands at the head of the page."""
        return self.outline.head


def outline_page(draft_id: uuid.UUID, process: str, actor: Actor) -> OutlinePage:
    """Return a process of a draft as an outline.

    Raises:  NotFound.
    """
    files = variations.draft_files(draft_id, actor)
    return _page(draft_id, files, _path_of(files, process), actor)


def told_page(draft_id: uuid.UUID, process: str, element: str, actor: Actor) -> ToldPage:
    """Return what is told of a step, way, lane or process; an empty element asks for none.

    Raises:  NotFound.
    """
    files = variations.draft_files(draft_id, actor)
    path = _path_of(files, process)
    page = _page(draft_id, files, path, actor)
    if not page.may_change:
        raise NotFound
    choices = deployments.choices(files, path)
    if not element:
        return ToldPage(page, "", "", {}, choices, ())
    try:
        kind, told = outlines.told_of(files[path], path, element)
        gone = _goes_too(files[path], path, element, kind)
    except outlines.StepNotThere:
        raise NotFound from None
    by_id = {line.step.id: line.step for line in page.lines}
    return ToldPage(page, element, kind, told, choices, tuple(by_id[one] for one in gone))


def edit_outline(draft_id: uuid.UUID, process: str, edit: Edit, revision: int, actor: Actor) -> str:
    """Carry out an edit and keep the file; return the id of the step it was about.

    Takes:   revision, that of the file from which the edit was begun.
    Raises:  NotFound; InvalidEdit, ToldWrong for what is wrong at a word; and as
             `save_draft_file`, DraftChanged where somebody else wrote the file since.
    """
    files = variations.draft_files(draft_id, actor)
    path = _path_of(files, process)
    page = variations.draft_file(draft_id, path, actor)
    if not page.head.may_change:
        raise NotFound
    choices = deployments.choices(files, path)
    kind, told = _told(files[path], path, edit)
    wrong = outlines.problems(edit, kind, told, _nameable(choices))
    if wrong:
        wrong[0].together = tuple(wrong)
        raise wrong[0]
    edited = edit.apply(files[path], path, _names(choices.roles))
    variations.save_draft_file(draft_id, path, edited.source, revision, actor)
    return edited.step


def process_choices(draft_id: uuid.UUID, actor: Actor) -> tuple[DraftHead, Choices]:
    """Return what a new process of a draft may name.

    Raises:  NotFound, also for a draft that is not being written.
    """
    head = variations.draft_head(draft_id, actor)
    if not head.may_change:
        raise NotFound
    return head, deployments.choices(variations.draft_files(draft_id, actor), "")


def begin_process(
    draft_id: uuid.UUID, process: str, told: Mapping[str, Mapping[str, str]], actor: Actor
) -> str:
    """Add a process to a draft that starts, has one task done, and ends; return its id.

    Takes:   process, the name of its file; told, what is told of the `process` (with its `kind`,
             `part` or `side`), its `start`, its `task` and its `end`.
    Raises:  NotFound; InvalidEdit; as `save_draft_file`.
    """
    files = variations.draft_files(draft_id, actor)
    if not variations.draft_head(draft_id, actor).may_change:
        raise NotFound
    choices = deployments.choices(files, "")
    wrong: list[ToldWrong] = []
    if not _FILE_NAME.fullmatch(process):
        wrong.append(outlines.FileNameWrong("file"))
    if any(PurePosixPath(path).stem == process for path in files if path.endswith(".bpmn")):
        wrong.append(outlines.ProcessExists("file", process=process))
    for element, tag in _BEGUN.items():
        edit = outlines.AddStep("", tag, told[element])
        found = outlines.problems(edit, tag, {}, _nameable(choices))
        for one in found:
            one.word = f"{element}-{one.word}"
        wrong += found
    if wrong:
        wrong[0].together = tuple(wrong)
        raise wrong[0]
    path = f"{_FOLDERS[told['process']['kind']]}{process}.bpmn"
    begun = outlines.new_process(process, path, told, _names(choices.roles))
    variations.save_draft_file(draft_id, path, begun.source, 0, actor)
    return process


#: The elements of a process that is begun, and their tags.
_BEGUN = {"process": "process", "start": "startEvent", "task": "userTask", "end": "endEvent"}


def _page(draft_id: uuid.UUID, files: Mapping[str, bytes], path: str, actor: Actor) -> OutlinePage:
    page = variations.draft_file(draft_id, path, actor)
    found = deployments.check_drawn(files, path, files[path])
    process = PurePosixPath(path).stem
    try:
        definition = parse_process(files[path], path)
    except InvalidDefinition:
        why = next((one for one in found if one.severity == "error"), None)
        return OutlinePage(page.head, page.file, process, "", (), (), found, why)
    choices = deployments.choices(files, path)
    lines = tuple(_lines(definition, choices, found, files[path], path))
    at_steps = {one for line in lines for one in line.findings}
    return OutlinePage(
        head=page.head,
        file=page.file,
        process=definition.id,
        kind=definition.kind,
        lines=lines,
        lanes=tuple(
            LaneLine(lane.id, Text(lane.name("en"), lane.name("cy")), _texts(choices, lane.roles))
            for lane in definition.lanes.values()
        ),
        findings=tuple(one for one in found if one not in at_steps),
        unreadable=None,
    )


def _lines(
    definition: ProcessDefinition,
    choices: Choices,
    found: tuple[Finding, ...],
    source: bytes,
    path: str,
) -> Iterator[StepLine]:
    entries = outlines.entries(definition)
    refs = {one.element.id: _ref(one) for one in entries}
    sheet = Sheet(source, path)
    for entry in entries:
        element = entry.element
        around = {element.id, *(way.flow.id for way in entry.ways)}
        lane = definition.lanes.get(element.lane or "")
        yield StepLine(
            step=refs[element.id],
            depth=element.depth,
            lane=Text(lane.name("en"), lane.name("cy")) if lane else Text("", ""),
            roles=_texts(choices, element.roles if element.kind == "userTask" else element.to),
            forms=tuple(_form_text(choices, use.form) for use in element.forms),
            called=element.called,
            called_name=_names((*choices.parts, *choices.sides)).get(
                element.called or element.starts, Text(element.called, element.called)
            ),
            timescale=_names(choices.timescales).get(
                element.timescale, Text(element.timescale, element.timescale)
            ),
            expression=element.expression,
            requirement=" ".join(element.requirement),
            items=element.item_list,
            ways=tuple(
                WayLine(
                    way.flow.id,
                    Text(way.flow.name("en"), way.flow.name("cy")),
                    way.flow.condition,
                    way.flow.is_default,
                    refs[way.target.id],
                    way.parts,
                )
                for way in entry.ways
            ),
            border=tuple(refs[event.id] for event in entry.border),
            hangs_on=refs.get(element.attached_to or ""),
            interrupts=element.interrupting,
            may_move=outlines.may_move(sheet, element.id),
            may_carry=outlines.may_carry(element.kind),
            findings=tuple(one for one in found if one.element in around),
        )


def _ref(entry: OutlineEntry) -> StepRef:
    element = entry.element
    meets = element.kind.endswith("Gateway") and len(entry.ways) == 1
    return StepRef(entry.number, element.id, element.kind, _name(element), meets)


def _name(element: Element) -> Text:
    return Text(element.name("en"), element.name("cy"))


def _texts(choices: Choices, keys: tuple[str, ...]) -> tuple[Text, ...]:
    names = _names(choices.roles)
    return tuple(names.get(key, Text(key, key)) for key in keys)


def _form_text(choices: Choices, form: str) -> Text:
    return _names(choices.forms).get(form, Text(form, form))


def _names(choices: tuple[Choice, ...]) -> dict[str, Text]:
    return {one.key: one.text for one in choices}


def _nameable(choices: Choices) -> Nameable:
    """Return what may be named, by the words under which it is looked up."""
    keys = {
        name: {one.key for one in getattr(choices, name)}
        for name in (
            *("roles", "timescales", "decisions", "notices", "lists"),
            *("parts", "sides", "roots", "gateways", "facts"),
        )
    }
    keys |= {"effects": set(choices.effects), "relations": set(choices.relations)}
    keys["forms"] = {one.key for one in choices.forms} | {
        f"{one.key}#{section.key}" for one in choices.forms for section in one.inside
    }
    return Nameable(keys["facts"], keys)


def _told(source: bytes, path: str, edit: Edit) -> tuple[str, Mapping[str, str]]:
    """Return the tag of what an edit is about, and what the file tells of it so far."""
    if isinstance(edit, outlines.AddWay):
        return outlines.told_of(source, path, edit.gateway)
    if isinstance(edit, outlines.ChangeWay):
        return outlines.told_of(source, path, edit.flow)
    if isinstance(edit, outlines.ChangeStep):
        return outlines.told_of(source, path, edit.step)
    return "", {}


def _goes_too(source: bytes, path: str, element: str, kind: str) -> tuple[str, ...]:
    if kind == "sequenceFlow":
        return outlines.only_on(source, path, element)
    if kind in ("lane", "process"):
        return ()
    return outlines.goes_with(source, path, element)


def _path_of(files: Mapping[str, bytes], process: str) -> str:
    """Return where a process of a draft stands."""
    for path in files:
        is_diagram = path.startswith("processes/") and path.endswith(".bpmn")
        if is_diagram and PurePosixPath(path).stem == process:
            return path
    raise NotFound
