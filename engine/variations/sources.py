"""Say which files a variation may have, what each is, and whether a text can be read as one."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Literal

from engine.comparing import ROWS
from engine.deployments import LAYOUTS, LETTERS, STATUTORY, Definitions, Reading
from engine.errors import EngineError, InvalidDefinition
from engine.letters import parse_letter
from engine.texts import Text
from engine.toml_source import TomlSource
from engine.xml_source import MAX_BYTES, read_xml

Kind = Literal["process", "form", "decision", "rows", "letter", "layout"]

_DIAGRAM = re.compile(r"processes/(?:parts/|side/)?[a-z][a-z0-9_]*\.bpmn")
_DECISION = re.compile(r"processes/decisions/[A-Za-z0-9][A-Za-z0-9_-]*\.dmn")
_FORM = re.compile(r"forms/[a-z][a-z0-9_]*\.json")
_LETTER = re.compile(rf"{LETTERS}[A-Za-z][A-Za-z0-9_-]*\.toml")
_LAYOUT = re.compile(rf"{LAYOUTS}[a-z][a-z0-9_]*\.toml")
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("process", _DIAGRAM),
    ("decision", _DECISION),
    ("form", _FORM),
    ("letter", _LETTER),
    ("layout", _LAYOUT),
)


class DraftPathWrong(EngineError):
    """A variation has no file called {path}. Use the names and folders that its edition uses."""

    status = 422


class DraftFileTooBig(EngineError):
    """A file of a variation has at most 1 MB. Make {path} smaller."""

    status = 422


class DraftFileUnreadable(EngineError):
    """{path} cannot be read, so it was not kept. Look at line {line}: {reason}."""

    status = 422


def kind_of(path: str) -> Kind:
    """Return what a file of a variation is, by where it stands.

    Raises:  DraftPathWrong, also for the rules of the edition, which no variation changes.
    """
    if path in ROWS and path != STATUTORY:
        return "rows"
    for kind, shape in _SHAPES:
        if shape.fullmatch(path):
            return kind
    raise DraftPathWrong(path=path[:100])


def require_readable(path: str, source: bytes) -> None:
    """Refuse what is not even XML, JSON or TOML; whether it fits is what the checks say.

    Raises:  DraftFileTooBig; DraftFileUnreadable.
    """
    if len(source) > MAX_BYTES:
        raise DraftFileTooBig(path=path)
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise DraftFileUnreadable(path=path, line=line, reason="it is not UTF-8") from None
    try:
        if path.endswith((".bpmn", ".dmn")):
            read_xml(source, path)
        elif path.endswith(".json"):
            _read_json(text)
        else:
            TomlSource(source, path)
    except InvalidDefinition as invalid:
        found = invalid.details
        raise DraftFileUnreadable(
            path=path, line=found["line"], reason=f"{found['reason']}; {found['remedy']}"
        ) from None
    except json.JSONDecodeError as error:
        raise DraftFileUnreadable(path=path, line=error.lineno, reason=error.msg) from None
    except (ValueError, RecursionError) as error:
        raise DraftFileUnreadable(path=path, line=1, reason=str(error)[:200]) from None


def title(path: str, source: bytes, things: Reading | Definitions) -> Text:
    """Return what a file calls what it holds; its path, where it cannot be read.

    Takes:   things, what was read of the files, of which this is one.
    """
    kind, key = kind_of(path), PurePosixPath(path).stem
    if kind == "process" and key in things.processes:
        process = things.processes[key]
        return Text(process.name("en") or key, process.name("cy") or key)
    if kind == "form" and key in things.forms:
        return things.forms[key].texts.get("title", Text(key, key))
    if kind == "decision" and key in things.decisions:
        table = things.decisions[key]
        return Text(table.name_en or key, table.name_cy or key)
    if kind == "layout" and key in things.forms:
        return things.forms[key].texts.get("title", Text(key, key))
    if kind == "letter":
        return _subject(path, source)
    return ROWS.get(path, Text(path, path))


def _subject(path: str, source: bytes) -> Text:
    try:
        return parse_letter(source, path).subject
    except InvalidDefinition:
        return Text(path, path)


def _read_json(text: str) -> None:
    table = json.loads(text)
    if not isinstance(table, dict):
        raise ValueError("it holds no object")
    # Half a sign, written as an escape, is JSON, and no page could show it.
    json.dumps(table, ensure_ascii=False).encode("utf-8")
