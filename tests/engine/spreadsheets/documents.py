"""Word documents as others write them: by a library that the product does not read with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import docx
from docx.document import Document
from docx.table import Table

Cells = Sequence[Sequence[str]]


def written(fill: Callable[[Document], None]) -> io.BytesIO:
    """Return a document that somebody filled."""
    document, saved = docx.Document(), io.BytesIO()
    fill(document)
    document.save(saved)
    saved.seek(0)
    return saved


def table(document: Document, rows: Cells) -> Table:
    """Add a table with these cells."""
    made = document.add_table(len(rows), max(map(len, rows)))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    return made


def with_table(rows: Cells) -> io.BytesIO:
    """Return a document that is one table."""
    return written(lambda document: void(table(document, rows)))


def void(_made: object) -> None:
    """Return nothing of what was made."""
