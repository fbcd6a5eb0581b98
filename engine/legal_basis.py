"""Read `edition.toml` and `variation.toml`: what a set of definitions rests on, for its readers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import InvalidDefinition
from engine.texts import Text
from engine.toml_source import Row, TomlSource


@dataclass(frozen=True)
class LegalSource:
    """A text that was drawn upon: how it is cited, and what was taken from it."""

    cite: Text
    taken: Text


@dataclass(frozen=True)
class LegalBasis:
    """What an edition or a variation rests on.

    `standing` says how it stands to the law; `to_confirm` is what whoever relies on it has to
    hold against the law first, because those who wrote it did not know.
    """

    title: Text
    standing: Text
    sources: tuple[LegalSource, ...]
    to_confirm: tuple[Text, ...]
    #: Whether an edition stands by itself, and is not laid over the base.
    alone: bool = False
    #: Of a variation, the edition that it is laid over.
    edition: str = ""


def parse_edition(source: bytes, path: str) -> LegalBasis:
    """Return what an `edition.toml` says.

    Raises:  InvalidDefinition, for a text that is missing in a language, and for no source.
    """
    return _basis(TomlSource(source, path), "edition")


def parse_variation(source: bytes, path: str) -> LegalBasis:
    """Return what a `variation.toml` says, with the edition that it is laid over.

    Raises:  InvalidDefinition, as `parse_edition` does.
    """
    return _basis(TomlSource(source, path), "variation")


def stands_alone(source: bytes) -> bool:
    """Say whether an `edition.toml` says that it stands by itself; one that cannot be read is not
    taken to: the checks say what is wrong with it.
    """
    try:
        return parse_edition(source, "").alone
    except InvalidDefinition:
        return False


def _basis(toml: TomlSource, kind: str) -> LegalBasis:
    tables = {row.key: row for row in toml.rows()}
    known = (kind, "sources", "to_confirm")
    for key, row in tables.items():
        if key not in known:
            raise row.refusal("", "is not a table that belongs here", f"use {', '.join(known)}")
    if kind not in tables:
        raise toml.refusal("the file", f"has no [{kind}]", f"write [{kind}], with en and cy")
    head = tables[kind]
    basis = LegalBasis(
        title=head.text(),
        standing=head.text("standing"),
        sources=tuple(_source(row) for row in toml.rows("sources")),
        to_confirm=tuple(_only_text(row) for row in toml.rows("to_confirm")),
        alone=head.flag("alone") if kind == "edition" else False,
        edition=head.words("edition") if kind == "variation" else "",
    )
    head.finish()
    if not basis.sources:
        raise toml.refusal("sources", "names nothing", "write [sources.a_name], with cite_en")
    return basis


def _source(row: Row) -> LegalSource:
    found = LegalSource(cite=row.text("cite"), taken=row.text())
    row.finish()
    return found


def _only_text(row: Row) -> Text:
    text = row.text()
    row.finish()
    return text
