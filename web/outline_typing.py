"""Read what a person typed of a step, a way or a process, by the words of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from werkzeug.datastructures import MultiDict

import engine

#: Words that are told by ticking, and those told by choosing several.
TICKED = {"anew", "interrupts", "ends_all", "default", "afterClose", "goesOnPaused"}
SEVERAL = {"role", "to", "startRoles", "besides", "form", "shows"}

#: What a page does not ask, because it follows from another answer.
_FOLLOWS = {"item"}


def words_of(kind: str) -> tuple[str, ...]:
    """Return the words that a page asks of an element of a kind, in their order."""
    asked = engine.OUTLINE_PROPERTIES[kind]
    return tuple(word for word in asked if word not in _FOLLOWS or kind == "process")


def typed_values(
    form: MultiDict[str, str], words: Iterable[str], prefix: str = ""
) -> dict[str, str]:
    """Return what was typed for some words; several choices are separated by blanks."""
    found = {}
    for word in words:
        name = f"{prefix}{word}"
        if word in SEVERAL:
            found[word] = " ".join(dict.fromkeys(one for one in form.getlist(name) if one))
        elif word in TICKED:
            found[word] = "true" if form.get(name) else ""
        else:
            found[word] = form.get(name, "").replace("\r\n", "\n").strip()
    return found


def complete(values: Mapping[str, str], page: engine.ToldPage) -> dict[str, str]:
    """Return what was typed with what follows from it: the kind of a list's items, the due day."""
    found = dict(values)
    if "items" in found:
        kinds = {one.key: one.inside[0].key for one in page.choices.lists if one.inside}
        known = kinds.get(found["items"], page.told.get("item", ""))
        found["item"] = known if found["items"] else ""
    if found.get("timescale") and not found.get("moment") and not found.get("condition"):
        found["moment"] = f'due("{found["timescale"]}")'
    return found


def shown(values: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """Return values by the names of a page's inputs."""
    return {f"{prefix}{word}": text for word, text in values.items()}
