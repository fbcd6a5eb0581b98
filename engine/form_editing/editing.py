"""Change a form as a designer does: sections, questions and rules, each edit from bytes to bytes.

Nothing but what an edit names is written anew (`written.py`). Whether the form may stand is what
`parse_form` says of the bytes; these functions make no check of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.form_editing import properties
from engine.form_editing.properties import Answers, Property
from engine.form_editing.written import read, write_new
from engine.forms.checking import RESERVED, keys_of_type

Element = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A section, a question or a column as it stands in a form.

    `around` are the questions before it in the same list; `depth` counts the lists of rows around.
    """

    element: Element
    siblings: list[Element]
    parent: Element
    depth: int

    @property
    def id(self) -> str:
        """Return its id, by which pages name it."""
        return str(self.element.get("id", ""))

    @property
    def is_section(self) -> bool:
        """Say whether it is a section."""
        return self.element.get("type") == "group" and self.depth == 0

    @property
    def around(self) -> list[Element]:
        """Return what is asked before it, in the same list: what a condition may read."""
        return self.siblings[: self.place]

    @property
    def place(self) -> int:
        """Return the place in its list, from 0."""
        return next(at for at, one in enumerate(self.siblings) if one is self.element)

    def offered(self) -> tuple[Property, ...]:
        """Return what pages offer of it."""
        kind = str(self.element.get("type", ""))
        return properties.SECTION if self.is_section else properties.of_field(kind)


def parts(form: Element) -> Iterator[Part]:
    """Go through sections, questions and columns, in order."""
    sections = form.get("components", [])
    for section in sections:
        yield Part(section, sections, form, 0)
        yield from _within(section, 0)


def _within(parent: Element, depth: int) -> Iterator[Part]:
    fields = parent.get("components", [])
    for element in fields:
        yield Part(element, fields, parent, depth)
        if element.get("type") == "dynamiclist":
            yield from _within(element, depth + 1)


def part(form: Element, part_id: str) -> Part:
    """Return a section, question or column by its id.

    Raises:  NotFound.
    """
    found = next((one for one in parts(form) if one.id == part_id), None)
    if found is None:
        raise NotFound
    return found


def change_form(source: bytes, path: str, answers: Answers) -> bytes:
    """Change the title of a form, what it is kept for, and who may read it."""
    form = read(source, path)
    properties.put(form.data, properties.FORM, answers)
    return form.write()


def change_part(source: bytes, path: str, part_id: str, answers: Answers, kind: str = "") -> bytes:
    """Change a section, a question or a column.

    Takes:   kind, the type that a question is to have from now on; what the new type does not
             know is taken out of it.
    Raises:  NotFound.
    """
    form = read(source, path)
    found = part(form.data, part_id)
    if kind and kind != found.element["type"]:
        _change_type(found.element, kind)
    properties.put(found.element, found.offered(), answers)
    return form.write()


def add_section(source: bytes, path: str, answers: Answers) -> bytes:
    """Add a section at the end, with one question to begin with.

    Takes:   answers of the section, and under `first` those of its question, with its `type`.
    """
    form = read(source, path)
    _add_section(form.data, answers)
    return form.write()


def _add_section(form: Element, answers: Answers) -> None:
    section: Element = {"type": "group", "id": _new_id(form, _word(answers["label"]))}
    properties.put(section, properties.SECTION, answers)
    properties.insert(section, "components", [])
    form["components"].append(section)
    _add_field(form, section, answers["first"])


def add_field(source: bytes, path: str, parent_id: str, answers: Answers) -> bytes:
    """Add a question at the end of a section, or a column at the end of rows.

    Takes:   answers, with the `type` of the question; rows bring their first column under `first`.
    Raises:  NotFound.
    """
    form = read(source, path)
    _add_field(form.data, part(form.data, parent_id).element, answers)
    return form.write()


def _add_field(form: Element, parent: Element, answers: Answers) -> None:
    kind, key = answers["type"], answers.get("key", "")
    named = key or _word(answers.get("text", "")) or kind.lower()
    element: Element = {"type": kind, "id": _new_id(form, f"{parent['id']}_{named}")}
    properties.put(element, properties.of_field(kind), answers)
    if kind == "dynamiclist":
        properties.insert(element, "components", [])
    parent["components"].append(element)
    if kind == "dynamiclist":
        _add_field(form, element, answers["first"])


def move_part(source: bytes, path: str, part_id: str, step: int) -> bytes:
    """Move a part one place up (-1) or down (1); a question at the edge, into the next section.

    Raises:  NotFound.
    """
    form = read(source, path)
    found = part(form.data, part_id)
    place = found.place + step
    target: list[Element] = found.siblings
    if not 0 <= place < len(found.siblings):
        beside = _section_beside(form.data, found, step)
        if beside is None:
            return source
        target = beside["components"]
        place = len(target) if step < 0 else 0
    _take_out(found)
    target.insert(place, found.element)
    return form.write()


def _section_beside(form: Element, found: Part, step: int) -> Element | None:
    """Return the section above or below, for a question that is not the only one of its own."""
    if found.is_section or found.depth > 0 or len(found.siblings) == 1:
        return None
    sections = form["components"]
    place = next(at for at, one in enumerate(sections) if one is found.parent) + step
    return sections[place] if 0 <= place < len(sections) else None


def remove_part(source: bytes, path: str, part_id: str) -> bytes:
    """Remove a section with its questions, a question, or a column.

    Raises:  NotFound.
    """
    form = read(source, path)
    _take_out(part(form.data, part_id))
    return form.write()


def _take_out(found: Part) -> None:
    del found.siblings[found.place]


def change_rule(source: bytes, path: str, number: int, answers: Answers) -> bytes:
    """Change a rule, by its number from 0; of one that asks a table, only field and kind.

    Raises:  NotFound.
    """
    form = read(source, path)
    properties.put(_rule(form.data, number), properties.RULE, answers)
    return form.write()


def add_rule(source: bytes, path: str, answers: Answers) -> bytes:
    """Add a rule at the end."""
    form = read(source, path)
    if "rules" not in form.data:
        properties.insert(form.data, "rules", [])
    rule: Element = {}
    properties.put(rule, properties.RULE, answers)
    form.data["rules"].append(rule)
    return form.write()


def remove_rule(source: bytes, path: str, number: int) -> bytes:
    """Remove a rule, by its number from 0.

    Raises:  NotFound.
    """
    form = read(source, path)
    rule = _rule(form.data, number)
    rules = form.data["rules"]
    del rules[next(at for at, one in enumerate(rules) if one is rule)]
    if not rules:
        del form.data["rules"]
    return form.write()


def _rule(form: Element, number: int) -> Element:
    rules: list[Element] = form.get("rules", [])
    if not 0 <= number < len(rules):
        raise NotFound
    return rules[number]


def new_form(form_id: str, answers: Answers) -> bytes:
    """Return a form of one's own with one section and one question.

    Takes:   answers of the form, under `section` those of its section, as `add_section` has them.
    """
    data: Element = {"type": "default", "schemaVersion": 19, "id": form_id}
    properties.put(data, properties.FORM, answers)
    data.setdefault("visibility", [])
    properties.insert(data, "components", [])
    _add_section(data, answers["section"])
    return write_new(data)


def _change_type(element: Element, kind: str) -> None:
    """Give a question another type, and take out what that type does not know."""
    element["type"] = kind
    kept = keys_of_type(kind)
    for name in [name for name in element if name not in kept]:
        del element[name]
    offered = properties.of_field(kind)
    welsh = element.get("i18n", {}).get("cy", {})
    for holder, there in (("validate", element), ("errors", element), ("errors", welsh)):
        known = {prop.path[1] for prop in offered if prop.path[0] == holder}
        for name in [name for name in there.get(holder, {}) if name not in known]:
            del there[holder][name]
        if holder in there and not there[holder]:
            del there[holder]
    if "kind" in element:
        allowed = next((prop.choices for prop in offered if prop.name == "kind"), ())
        if element["kind"] not in allowed:
            del element["kind"]
    if kind == "datetime":
        properties.insert(element, "subtype", "date")


def free_key(form: Element, label: str) -> str:
    """Return a key for a question that no other has, out of the words of its label."""
    taken = {key_of(one.element) for one in parts(form)}
    word = _word(label) or "answer"
    return _free(f"the_{word}" if word in RESERVED else word, taken)


def key_of(element: Mapping[str, Any]) -> str:
    """Return the key by which FEEL reads a question or rows; nothing where there is none."""
    return str(element.get("key", element.get("path", "")))


def _new_id(form: Element, wanted: str) -> str:
    return _free(wanted, {one.id for one in parts(form)})


def _free(wanted: str, taken: Collection[str]) -> str:
    """Return a name that is not taken, by a number behind it where need be."""
    wanted = wanted[:56].strip("_") or "part"
    numbers = (f"{wanted}_{number}" for number in range(2, 2 + len(taken) + 1))
    return next(name for name in (wanted, *numbers) if name not in taken)


def _word(text: str) -> str:
    """Return the first words of a text as a key: `When was it?` gives `when_was_it`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return re.sub(r"^[0-9_]+", "", "_".join(words[:5]))[:40].strip("_")
