"""Workbooks as others write them: by a library that the product does not read with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook


def made(fill: Callable[[Workbook], None]) -> io.BytesIO:
    """Return a workbook that somebody filled."""
    book, saved = Workbook(), io.BytesIO()
    fill(book)
    book.save(saved)
    saved.seek(0)
    return saved


def patched(content: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> io.BytesIO:
    """Return an archive with some of its parts changed or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in {**found, **parts}:
            archive.writestr(name, parts.get(name, bytes)(found.get(name, b"")))
    made.seek(0)
    return made
