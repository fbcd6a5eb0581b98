"""Say what was answered, as people read it: in documents, and before they send it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import engine
from web import rows, texts
from web.actors import current_actor
from web.addresses import current_language
from web.rows import Window
from web.texts import gettext

#: How a text says from which document it comes: the item, whatever else, and the version.
_SOURCE = re.compile(r"(\w+) / (?:.* / )?([0-9]+)")


@dataclass(frozen=True)
class Shown:
    """An answer as it is read: lines of text, a file, another document, a page, or rows.

    `changeable` says that somebody typed or chose it, so that it can be changed before it is sent.
    """

    lines: tuple[str, ...] = ()
    upload: str = ""
    document: str = ""
    version: str = ""
    address: str = ""
    table: bool = False
    rows: tuple[tuple[str, tuple[tuple[str, Shown], ...]], ...] = ()
    #: of rows that come in pages, which of them these are
    window: Window | None = None
    empty: bool = False
    changeable: bool = False


def answers(
    form: engine.Form,
    content: Mapping[str, Mapping[str, Any]],
    sections: Sequence[str] = (),
    *,
    case_id: uuid.UUID | None = None,
    readable: Collection[str] | None = None,
    unsent: bool = False,
) -> list[tuple[str, list[tuple[str, str, Shown]]]]:
    """Return sections of a document as they are read: the label, then name, question and answer.

    Takes:   case_id, where texts that say from which document they come are to lead there;
             readable, the ids of the fields and columns that this person may read: of any other
             it is not even told that it is unanswered. Left out, all of them; unsent, where
             answers are looked through before they are sent: the signature, which is given
             below them, is left out then.
    """
    language = current_language()
    sources = Sources(case_id) if case_id else None
    listed = []
    for section in form.sections:
        given = content.get(section.id)
        if given is None or (sections and section.id not in sections):
            continue
        rows = [
            (
                entry.key,
                entry.label(language),
                replace(
                    show_value(entry, given.get(entry.key), sources, readable),
                    changeable=_may_change(entry),
                ),
            )
            for entry in section.fields
            if _is_read(entry, given) and _is_among(entry, readable)
            if not (unsent and entry.type == "adolyguSignature")
        ]
        listed.append((section.label(language), rows))
    return listed


def _is_read(entry: engine.Field, given: Mapping[str, Any]) -> bool:
    """Say whether a field is shown: answered, or asked of everybody; never what is worked out
    for rules alone.
    """
    if entry.hidden or not entry.has_value:
        return False
    return entry.key in given or (entry.has_input and entry.hide is None)


def _may_change(entry: engine.Field) -> bool:
    """Say whether somebody types or chooses the answer, or one of its columns."""
    if entry.is_rows and entry.fixed_rows:
        return entry.has_input and any(column.has_input for column in entry.columns)
    return entry.has_input


def _is_among(entry: engine.Field, readable: Collection[str] | None) -> bool:
    return readable is None or entry.id in readable


class Sources:
    """Where the texts of a case that say from which document they come lead."""

    def __init__(self, case_id: uuid.UUID) -> None:
        """Take the case; each form is looked up once, when it is first asked for."""
        self._case_id = case_id
        self._found: dict[str, Mapping[str, uuid.UUID]] = {}

    def lead(self, entry: engine.Field, text: str) -> tuple[str, str]:
        """Return document and version that `item / … / version` names; nothing to whom it is shut.

        Only a read-only text leads anywhere: what a person types names no source.
        """
        said = _SOURCE.fullmatch(text)
        if not (entry.form and entry.readonly and said):
            return "", ""
        item, version = said[1], said[2]
        if entry.form not in self._found:
            actor = current_actor()
            self._found[entry.form] = engine.readable_by_item(self._case_id, entry.form, actor)
        found = self._found[entry.form].get(item)
        return (str(found), version) if found else ("", "")


def show_value(
    entry: engine.Field,
    value: Any,
    sources: Sources | None = None,
    readable: Collection[str] | None = None,
) -> Shown:
    """Return the answer to a field as it is read."""
    if value is None or value == "" or value == []:
        return Shown((gettext("Not answered"),), empty=True)
    if entry.is_rows:
        return _show_rows(entry, value, sources, readable)
    if entry.type == "textfield" and sources is not None:
        document, version = sources.lead(entry, str(value))
        return Shown((str(value),), document=document, version=version)
    if entry.kind == "web":
        return Shown((str(value),), address=str(value))
    if entry.is_money and isinstance(value, int | float):
        return Shown((engine.pounds(value),))
    if entry.type == "filepicker":
        return Shown((str(value.get("name", "")),), upload=str(value.get("upload", "")))
    if entry.type == "adolyguLink":
        return _show_link(str(value))
    return Shown(tuple(_READ.get(entry.type, _read_plain)(entry, value)))


def _show_link(document_id: str) -> Shown:
    """Return a link to another document; for whoever may not read it, only that it is there."""
    if engine.may_open_document(uuid.UUID(document_id), current_actor()):
        return Shown((gettext("Open the document"),), document=document_id)
    return Shown((gettext("A document that you cannot open"),))


def in_words(entry: engine.Field, value: Any) -> str:
    """Return an answer that is text as one piece of it; nothing for no answer."""
    shown = show_value(entry, value)
    return "" if shown.empty else "\n".join(shown.lines)


def _show_rows(
    entry: engine.Field,
    value: list[Mapping[str, Any]],
    sources: Sources | None,
    readable: Collection[str] | None,
) -> Shown:
    language = current_language()
    window = rows.window(entry.key, len(value))
    first, last = (window.first - 1, window.last) if window else (0, len(value))
    return Shown(
        table=entry.kind == "table",
        window=window,
        rows=tuple(
            (
                rows.legend(entry, number),
                tuple(
                    (
                        column.label(language),
                        show_value(column, row.get(column.key), sources, readable),
                    )
                    for column in entry.columns
                    if column.has_value and not column.hidden and _is_among(column, readable)
                ),
            )
            for number, row in enumerate(value[first:last], start=first)
        ),
    )


def _read_plain(_entry: engine.Field, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [gettext("Ticked") if value else gettext("Not ticked")]
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, Mapping):
        return [str(one) for one in value.values() if one]
    return [str(value)]


def _read_choice(entry: engine.Field, value: Any) -> list[str]:
    chosen = value if isinstance(value, list) else [value]
    words = {True: "yes", False: "no"} if entry.is_yes_no else {}
    found = [(one, entry.option(words.get(one, one))) for one in chosen]
    return [option.label(current_language()) if option else str(one) for one, option in found]


def _read_date(entry: engine.Field, value: Any) -> list[str]:
    says = {"month": texts.month, "time": texts.clock_time, "span": texts.span}.get(
        entry.subtype, texts.day
    )
    return [says(str(value))]


def _read_computed(entry: engine.Field, value: Any) -> list[str]:
    """Read a result, whose type no field declares: one that is written as a day is a day."""
    if entry.kind == "bilingual" and isinstance(value, str):
        return [texts.say(engine.of_both_languages(value))]
    if not isinstance(value, str) or len(value) != len("2026-03-27"):
        return _read_plain(entry, value)
    try:
        return [texts.day(value)]
    except ValueError:
        return [value]


def _read_signature(_entry: engine.Field, value: Any) -> list[str]:
    return [str(value.get("name", "")), texts.moment_of(str(value.get("at", "")))]


_READ: dict[str, Callable[[engine.Field, Any], list[str]]] = {
    "radio": _read_choice,
    "select": _read_choice,
    "checklist": _read_choice,
    "datetime": _read_date,
    "expression": _read_computed,
    "adolyguSignature": _read_signature,
}
