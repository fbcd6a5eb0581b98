"""Read the texts of notices: one TOML file each under `forms/letters/`, in both languages."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidDefinition
from engine.texts import Text
from engine.timescales import LEVELS
from engine.toml_source import Row, TomlSource

#: What a letter may name. No case data leaves the house but the case identifier (CF-02).
PLACEHOLDERS = frozenset({"case", "link", "timescale", "meeting"})


@dataclass(frozen=True)
class Letter:
    """A subject and a body; and, for reminders, what to say at one rung of the ladder instead."""

    subject: Text
    body: Text
    levels: Mapping[str, Letter]

    def at(self, level: str) -> Letter:
        """Return the letter for a rung of the ladder."""
        return self.levels.get(level, self)

    def say(self, language: str, values: Mapping[str, Text]) -> tuple[str, str]:
        """Return subject and body in a language (`both`: Welsh, then English), all filled in."""
        if language == "both":
            welsh, english = self.say("cy", values), self.say("en", values)
            return f"{welsh[0]} / {english[0]}", f"{welsh[1]}\n\n{'-' * 40}\n\n{english[1]}"
        filled = {name: text.say(language) for name, text in values.items()}
        subject = self.subject.say(language).format_map(filled)
        return " ".join(subject.split()), self.body.say(language).format_map(filled).strip() + "\n"


def parse_letter(source: bytes, path: str) -> Letter:
    """Return what a letter's TOML says.

    Raises:  InvalidDefinition, for a text that is missing in a language, and for a placeholder
             other than {case}, {link}, {timescale} and {meeting}.
    """
    toml = TomlSource(source, path)
    rows = {row.key: row for row in toml.rows()}
    if "subject" not in rows or "body" not in rows:
        remedy = "write [subject] and [body], each with en and cy"
        raise toml.refusal("the letter", "lacks its subject or its body", remedy)
    letter = _letter(rows.pop("subject"), rows.pop("body"), {})
    levels: dict[str, Letter] = {}
    for key in rows:
        if key not in LEVELS:
            raise rows[key].refusal("", "is not a table that belongs here", "name it E1 to E5")
        parts = {row.key: row for row in toml.rows(key)}
        if set(parts) != {"subject", "body"}:
            remedy = f"write [{key}.subject] and [{key}.body]"
            raise rows[key].refusal("", "is not a subject and a body", remedy)
        levels[key] = _letter(parts["subject"], parts["body"], {})
    return Letter(letter.subject, letter.body, levels)


def _letter(subject: Row, body: Row, levels: Mapping[str, Letter]) -> Letter:
    return Letter(_text(subject), _text(body), levels)


def _text(row: Row) -> Text:
    text = row.text()
    row.finish()
    for language, words in (("en", text.en), ("cy", text.cy)):
        try:
            found = {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
        except ValueError as error:
            raise _unfit(row, language, f"has a stray brace ({error})") from None
        if not found <= PLACEHOLDERS:
            raise _unfit(row, language, f"names {sorted(found - PLACEHOLDERS)[0]!r} in braces")
    return text


def _unfit(row: Row, language: str, reason: str) -> InvalidDefinition:
    return row.refusal(language, reason, "use {case}, {link}, {timescale} and {meeting} only")
