"""Where answers come from: what a browser posted, or JSON values, read the same way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

from engine import spans
from engine.forms import answers
from engine.forms.answers import NOTHING, UNREADABLE, Answer, Problem, UploadRef
from engine.forms.definition import Field
from engine.forms.inputs import ROW_INDEX, ROW_REMOVE, input_name, parts, row_prefix
from engine.forms.values import ROW_KEY, number

#: The most rows of a list, whatever a form says: what F-06 promises an agency for its timeline.
MAX_ROWS = 500

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


#: Rows are numbered with five digits.
MOST_TOLD = 100_000


class Source(Protocol):
    """One level of answers: a section, or one row."""

    prefix: str
    row_key: str

    def read(self, entry: Field) -> Answer:
        """Read the answer to one question."""
        ...

    def rows(self, entry: Field) -> tuple[list[Source], Problem | None]:
        """Return the rows there are, and what is wrong with the list as a whole."""
        ...


def most_rows(entry: Field) -> int:
    """Return how many rows people may put into a list.

    Rows that tell of something else (`about`) are as many as there is to tell of.
    """
    if entry.about:
        return MOST_TOLD
    own = entry.validate.max
    return MAX_ROWS if own is None else min(int(own), MAX_ROWS)


class Posted:
    """What a browser sent: texts by input name, and the files that came with them."""

    def __init__(
        self,
        posted: Mapping[str, Sequence[str]],
        uploads: Mapping[str, UploadRef],
        kept: Mapping[str, UploadRef],
        prefix: str = "",
        row_key: str = "",
        rows: Mapping[str, Mapping[int, None]] | None = None,
    ) -> None:
        """Take what was posted; `kept` are the files that a hidden input may name, by id."""
        self.posted, self.uploads, self.kept = posted, uploads, kept
        self.prefix, self.row_key = prefix, row_key
        self._rows = _find_rows(posted) if rows is None else rows

    def all(self, name: str) -> list[str]:
        """Return all texts under a name; what is no text is not there."""
        found = self.posted.get(name, [])
        several = [found] if isinstance(found, str) else found
        return [text for text in several if isinstance(text, str)]

    def first(self, name: str) -> str:
        """Return the first text under a name."""
        return next(iter(self.all(name)), "")

    def read(self, entry: Field) -> Answer:
        """Read the answer to one question."""
        name = input_name(self.prefix, entry)
        if entry.type == "filepicker":
            return self._file(entry, name)
        if entry.type == "checklist":
            return answers.read_several(entry, self.all(name)[:MAX_ROWS])
        if split := parts(entry):
            typed = {part: self.first(f"{name}-{part}") for part in split}
            return _read_parts(entry, typed)
        return read_typed(entry, self.first(name))

    def rows(self, entry: Field) -> tuple[list[Source], Problem | None]:
        """Return the rows posted, in order of their numbers; a removed one is not there."""
        name = input_name(self.prefix, entry)
        found: list[Source] = []
        limit = most_rows(entry)
        for index in sorted(self._rows.get(name, ())):
            prefix = row_prefix(name, index)
            if self.first(f"{prefix}{ROW_REMOVE}"):
                continue
            if len(found) >= limit:
                return found, Problem("max", limit=str(limit))
            key = self.first(f"{prefix}{ROW_KEY}")[:80]
            found.append(Posted(self.posted, self.uploads, self.kept, prefix, key, self._rows))
        return found, None

    def _file(self, entry: Field, name: str) -> Answer:
        upload = self.uploads.get(name)
        if upload is None:
            identifier = self.first(f"{name}-kept")
            if not identifier:
                return NOTHING
            upload = self.kept.get(identifier)
        if upload is None:
            return UNREADABLE
        ending = PurePosixPath(upload.name).suffix.lower().removeprefix(".")
        if entry.accept and ending not in entry.accept:
            return Answer(problem=Problem("accept", limit=", ".join(entry.accept)))
        return Answer(upload.to_json())


def read_typed(entry: Field, typed: str) -> Answer:
    """Read what stands in one input."""
    if entry.type in answers.MAX_LENGTH:
        return answers.read_text(entry, typed)
    if entry.type in ("checkbox", "adolyguSignature"):
        return answers.read_tick(typed)
    if not typed.strip():
        return NOTHING
    if entry.type == "number":
        return answers.read_number(entry, typed)
    if entry.type == "datetime":
        return answers.read_span(typed) if entry.subtype == "span" else answers.read_time(typed)
    return answers.read_choice(entry, typed)


def _read_parts(entry: Field, typed: Mapping[str, str]) -> Answer:
    if entry.type == "adolyguPerson":
        return answers.read_person(entry, typed)
    return answers.read_date(entry, typed)


def _find_rows(posted: Mapping[str, Sequence[str]]) -> dict[str, dict[int, None]]:
    """Find the numbers of rows by the name of their list, in one pass over the input names."""
    found: dict[str, dict[int, None]] = {}
    for name in posted:
        if not isinstance(name, str) or len(name) > 300:
            continue
        pieces = name.split("-")
        for at in range(1, min(len(pieces) - 1, 6)):
            if ROW_INDEX.fullmatch(pieces[at]):
                found.setdefault("-".join(pieces[:at]), {})[int(pieces[at])] = None
    return found


class Given:
    """JSON values by key, as a document holds them or a scenario gives them."""

    def __init__(self, values: Mapping[str, Any], prefix: str = "") -> None:
        """Take the values of one level."""
        self.values, self.prefix = values, prefix
        key = values.get(ROW_KEY)
        self.row_key = key if isinstance(key, str) else ""

    def read(self, entry: Field) -> Answer:
        """Read the answer to one question; a value of the wrong type is a problem."""
        value = self.values.get(entry.key)
        if value is None or value == "":
            return Answer(False) if entry.type == "checkbox" else NOTHING
        reader = _READERS.get(entry.type, _read_option)
        return reader(entry, value)

    def rows(self, entry: Field) -> tuple[list[Source], Problem | None]:
        """Return the rows given."""
        value = self.values.get(entry.key)
        if value is None or value == "":
            return [], None
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            return [], Problem("type")
        name, limit = input_name(self.prefix, entry), most_rows(entry)
        found: list[Source] = [
            Given(row, row_prefix(name, index)) for index, row in enumerate(value[:limit])
        ]
        return found, Problem("max", limit=str(limit)) if len(value) > limit else None


def _read_string(entry: Field, value: Any) -> Answer:
    return answers.read_text(entry, value) if isinstance(value, str) else UNREADABLE


def _read_number(entry: Field, value: Any) -> Answer:
    if isinstance(value, str):
        return answers.read_number(entry, value)
    found = number(value)
    return UNREADABLE if found is None else answers.number_answer(entry, found)


def _read_moment(entry: Field, value: Any) -> Answer:
    if not isinstance(value, str):
        return UNREADABLE
    if entry.subtype == "time":
        return answers.read_time(value)
    if entry.subtype == "span":
        return answers.span_answer(spans.read_span(value))
    match = _DATE.fullmatch(value)
    if match is None or (match[3] is None) != (entry.subtype == "month"):
        return UNREADABLE
    typed = {"year": match[1], "month": match[2], "day": match[3] or ""}
    return answers.read_date(entry, typed)


def _read_option(entry: Field, value: Any) -> Answer:
    if entry.is_yes_no and isinstance(value, bool):
        return Answer(value)
    return answers.read_choice(entry, value) if isinstance(value, str) else UNREADABLE


def _read_several(entry: Field, value: Any) -> Answer:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return UNREADABLE
    return answers.read_several(entry, value)


def _read_tick(entry: Field, value: Any) -> Answer:
    if entry.type == "adolyguSignature" and isinstance(value, Mapping):
        return Answer(True)
    return Answer(value) if isinstance(value, bool) else UNREADABLE


def _read_person(entry: Field, value: Any) -> Answer:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        return UNREADABLE
    return answers.read_person(entry, value)


def _read_file(entry: Field, value: Any) -> Answer:
    if not isinstance(value, Mapping):
        return UNREADABLE
    identifier, name, size = value.get("upload"), value.get("name"), value.get("size")
    if not isinstance(identifier, str) or not isinstance(name, str):
        return UNREADABLE
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        return UNREADABLE
    texts = (identifier, name)
    if not all(text and len(text) <= 300 and answers.is_clean(text) for text in texts):
        return UNREADABLE
    return Answer(UploadRef(identifier, name, size).to_json())


_READERS = {
    "textfield": _read_string,
    "textarea": _read_string,
    "number": _read_number,
    "datetime": _read_moment,
    "checklist": _read_several,
    "checkbox": _read_tick,
    "adolyguSignature": _read_tick,
    "adolyguPerson": _read_person,
    "filepicker": _read_file,
}
