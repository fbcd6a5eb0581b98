"""Take in what the form-js editor exports: only what somebody changed there changes in the file.

The editor gives every component a layout and defaults of its own, and calls what is new by names
of its own. So its export is laid over the form as it stood, part by part, known by their ids.
"""

from __future__ import annotations

import re
from typing import Any

from engine.form_editing.editing import Element, parts
from engine.form_editing.properties import insert
from engine.form_editing.written import read
from engine.forms.source import read_json

#: What the editor writes for itself, with any value.
_ITS_OWN = frozenset(
    {"id", "schemaVersion", "layout", "exporter", "executionPlatform", "executionPlatformVersion"}
    | {"versionTag", "dateLabel", "timeLabel"}
)
#: What it writes where nothing else is said.
_DEFAULTS = {
    "computeOn": "change",
    "showOutline": True,
    "isRepeating": True,
    "allowAddRemove": True,
    "defaultRepetitions": 1,
}


def take_in(source: bytes, path: str, exported: bytes) -> bytes:
    """Return a form with what was changed on the canvas.

    Takes:   exported, the JSON of the form-js editor for the same form.
    Raises:  InvalidDefinition, where that is no JSON.
    """
    sent = read_json(exported, path)
    form = read(source, path)
    _lay(form.data, sent, {one.id: one.element for one in parts(form.data)})
    return form.write()


def _lay(element: Element, sent: Element, stood: dict[str, Element]) -> None:
    """Make an element what was sent, in place; its parts are those that stood, by their ids."""
    for name in [name for name in element if name not in sent and name not in _ITS_OWN]:
        del element[name]
    for name, value in sent.items():
        if name in _ITS_OWN or (name not in element and _DEFAULTS.get(name, ...) == value):
            continue
        if name == "components" and isinstance(value, list):
            _lay_parts(element, value, stood)
        elif name not in element:
            insert(element, name, value)
        elif element[name] != value:
            _change(element, name, value)


def _change(element: Element, name: str, value: Any) -> None:
    """Change a value; of objects inside each other, only what differs."""
    there = element[name]
    if isinstance(there, dict) and isinstance(value, dict):
        _lay(there, value, {})
    else:
        element[name] = value


def _lay_parts(element: Element, sent: list[Any], stood: dict[str, Element]) -> None:
    now = []
    for one in sent:
        if isinstance(one, dict):
            name = _fitting(str(one.get("id", "")))
            found = stood.get(name, {"type": one.get("type"), "id": name})
            _lay(found, one, stood)
            now.append(found)
    if isinstance(element.get("components"), list):
        element["components"][:] = now
    else:
        insert(element, "components", now)


def _fitting(name: str) -> str:
    """Return the id of a part as we write it: the editor’s `Field_0k3x` is `field_0k3x`.

    The same one each time, so that what was saved is known again when the canvas goes on.
    """
    return re.sub(r"[^a-z0-9_]", "_", name.lower())[:60]
