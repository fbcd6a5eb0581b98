"""Say what a paper is: a document of a case made ready to print, in both languages at once.

Every text is a `Text`; what somebody typed is the same in both. The writers say it in English, in
Welsh, or in both with the Welsh first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.texts import Text

#: The languages that a paper is printed in; `both` says our words twice and answers once.
PRINT_LANGUAGES = ("en", "cy", "both")


NO_TEXT = Text("", "")


@dataclass(frozen=True)
class Heading:
    """A heading, 2 below the title, 3 below that, and so on."""

    text: Text
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A text of ours: what every paper of this form says."""

    text: Text


@dataclass(frozen=True)
class Bullets:
    """Texts as a list."""

    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Pair:
    """A question and the lines of its answer."""

    label: Text
    lines: tuple[Text, ...]
    answered: bool = True


@dataclass(frozen=True)
class Pairs:
    """Questions and answers, one below the other."""

    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Ticks:
    """A question, and every answer to it with its box: ticked or not."""

    label: Text
    options: tuple[tuple[Text, bool], ...]


@dataclass(frozen=True)
class Table:
    """Rows of answers below one head; each cell holds lines."""

    caption: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[tuple[Text, ...], ...], ...]


@dataclass(frozen=True)
class Signature:
    """A signature, or the place for one: who signed and when, and a remark."""

    label: Text
    name: str = ""
    at: Text = NO_TEXT
    remark: Text | None = None


Block: TypeAlias = Heading | Paragraph | Bullets | Pairs | Ticks | Table | Signature


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is: the Board's name, its address line by line, and its logo."""

    name: Text
    address: Text = NO_TEXT
    logo: bytes = b""
    logo_type: str = ""

    def lines(self, language: str) -> tuple[str, ...]:
        """Return the address in a language, line by line."""
        return tuple(line for line in self.address.say(language).splitlines() if line.strip())


@dataclass(frozen=True)
class Paper:
    """A version of a document, cut down to what its reader may read, ready for any writer.

    `marks` are what runs across every page (CF-03, CF-13); `may_be_taken` is false where it may
    be looked at and printed, and not downloaded. A letter, a trial and the papers of a
    meeting have no `version` (0), the latter no case either.
    """

    key: str
    title: Text
    catalogue: str
    case_identifier: str
    about: Text | None
    version: int
    newest: int
    written_at: Text
    printed_on: Text
    letterhead: Letterhead
    marks: tuple[Text, ...]
    blocks: tuple[Block, ...]
    may_be_taken: bool = True
    #: who recorded this version, as its page says too; nobody, where some of it is for the public
    recorded_by: str = ""
    landscape: bool = False

    def file_name(self, language: str, ending: str) -> str:
        """Return a name that says which paper it is and nothing of whom it is about (CF-02)."""
        version = (f"v{self.version}",) if self.version else ()
        parts = (self.case_identifier, self.catalogue, self.key, *version, language)
        return f"{'_'.join(part for part in parts if part)}.{ending}"


def runs(text: Text, language: str) -> Iterator[tuple[str, str]]:
    """Yield a text as it is printed: the language of each part, and the part; Welsh goes first.

    What is the same in both is said once, in no language of its own.
    """
    if language != "both":
        yield language, text.say(language)
    elif text.en == text.cy:
        yield "", text.en
    else:
        yield from (part for part in (("cy", text.cy), ("en", text.en)) if part[1])


def in_one_line(text: Text, language: str) -> str:
    """Return a text on one line, Welsh and English with a stroke between them."""
    return " / ".join(part for _, part in runs(text, language))


def main_language(language: str) -> str:
    """Return the language that a paper as a whole is said to be in."""
    return "cy" if language == "both" else language
