"""Call what a file refers to by its name: roles, forms, timescales, called parts, tables."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.comparing import wording
from engine.errors import InvalidDefinition
from engine.texts import Text
from engine.xml_source import read_xml

OWN = "{http://adolygu.cymru/bpmn}"
_PROCESSES = ("processes/", "processes/parts/", "processes/side/")


class Names:
    """What the things of a set of files are called; what is not there is called by its key."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the files; each is read when something in it is asked for."""
        self._files = files
        self._known: dict[tuple[str, str], Text] = {}
        self._tables: dict[str, dict[str, Any]] = {}

    def role(self, key: str) -> Text:
        """Return what a role is called."""
        return _text(_inner(self._rows("processes/roles.toml"), "roles").get(key), key)

    def timescale(self, key: str) -> Text:
        """Return the key of a timescale with its name."""
        name = _text(self._rows("processes/timescales.toml").get(key), "")
        return Text(f"{key} ({name.en})", f"{key} ({name.cy})") if name.en else Text(key, key)

    def form(self, key: str) -> Text:
        """Return the title of a form."""
        return self._once("form", key, self._form)

    def process(self, key: str) -> Text:
        """Return the name of a process."""
        return self._once("process", key, self._process)

    def decision(self, key: str) -> Text:
        """Return the key of a decision table with its name."""
        return self._once("decision", key, self._decision)

    def letter(self, path: str, key: str) -> Text:
        """Return the subject of a message."""
        return _text(self._rows(path).get("subject"), key)

    def use(self, written: str) -> Text:
        """Return the forms that a step names: titles, with the sections where it names some."""
        sections: dict[str, list[str]] = {}
        for word in written.split():
            form, _, section = word.partition("#")
            sections.setdefault(form, []).extend([section] if section else [])
        return listed(self._used(form, inner) for form, inner in sections.items())

    def _used(self, form: str, sections: list[str]) -> Text:
        title = self.form(form)
        if not sections:
            return title
        names = [self._section(form, section) for section in sections]
        said = listed(names)
        return Text(f"{title.en} ({said.en})", f"{title.cy} ({said.cy})")

    def _section(self, form: str, key: str) -> Text:
        for group in self._json(form).get("components", ()):
            if isinstance(group, dict) and group.get("id") == key:
                return told(group, "label") or Text(key, key)
        return Text(key, key)

    def _form(self, key: str) -> Text:
        return told(self._json(key), "title") or Text(key, key)

    def _json(self, key: str) -> dict[str, Any]:
        try:
            table = json.loads(self._files.get(f"forms/{key}.json", b"{}"))
        except (ValueError, RecursionError):
            return {}
        return table if isinstance(table, dict) else {}

    def _process(self, key: str) -> Text:
        for folder in _PROCESSES:
            path = f"{folder}{key}.bpmn"
            if path in self._files:
                return self._xml_name(path, "process", key)
        return Text(key, key)

    def _decision(self, key: str) -> Text:
        name = self._xml_name(f"processes/decisions/{key}.dmn", "decision", "")
        return Text(f"{key} ({name.en})", f"{key} ({name.cy})") if name.en else Text(key, key)

    def _xml_name(self, path: str, tag: str, key: str) -> Text:
        try:
            root = read_xml(self._files.get(path, b""), path)
        except InvalidDefinition:
            return Text(key, key)
        for element in root:
            if isinstance(element.tag, str) and element.tag.endswith(f"}}{tag}"):
                name = element.get("name", "") or key
                return Text(name, element.get(f"{OWN}nameCy", "") or name)
        return Text(key, key)

    def _once(self, sort: str, key: str, find: Callable[[str], Text]) -> Text:
        if (sort, key) not in self._known:
            self._known[sort, key] = find(key)
        return self._known[sort, key]

    def _rows(self, path: str) -> dict[str, Any]:
        if path not in self._tables:
            self._tables[path] = read_toml(self._files.get(path, b""))
        return self._tables[path]


def read_toml(source: bytes) -> dict[str, Any]:
    """Return the tables of a TOML file; of one that cannot be read, none."""
    try:
        return tomllib.loads(source.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}


def told(table: Mapping[str, Any], key: str) -> Text | None:
    """Return a text of a piece of a form, with its Welsh, or None where it has none."""
    english = table.get(key)
    if not isinstance(english, str) or not english:
        return None
    welsh = _inner(_inner(table, "i18n"), "cy").get(key)
    return Text(english, welsh if isinstance(welsh, str) and welsh else english)


def listed(texts: Iterable[Text]) -> Text:
    """Return several names in a row."""
    return wording.joined(texts)


def _inner(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = table.get(key)
    return inner if isinstance(inner, dict) else {}


def _text(row: Any, key: str) -> Text:
    if not isinstance(row, dict):
        return Text(key, key)
    english = str(row.get("en") or key)
    return Text(english, str(row.get("cy") or english))
