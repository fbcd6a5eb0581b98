"""Write a paper as PDF/UA from its page, where the machine has WeasyPrint and its Pango."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from engine.errors import EngineError


class NoPdf(EngineError):
    """This installation cannot make PDF files. Choose Word or OpenDocument, or print the page."""

    status = 501


@cache
def can_write_pdf() -> bool:
    """Say whether this machine can make PDF files; it needs the extra `pdf`, and Pango."""
    try:
        _weasyprint()
    except (ImportError, OSError):
        return False
    return True


def write_pdf(page: str, style: str) -> bytes:
    """Return an HTML page, whose pictures stand in its text, as PDF/UA with a style sheet.

    Raises:  NoPdf.
    """
    if not can_write_pdf():
        raise NoPdf
    tool = _weasyprint()
    # What a paper needs stands in it; nothing is fetched from this machine or another.
    fetcher = tool.urls.URLFetcher(allowed_protocols=("data",))
    sheet = tool.CSS(string=style, url_fetcher=fetcher)
    page_read = tool.HTML(string=page, url_fetcher=fetcher)
    written: bytes = page_read.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1")
    return written


def _weasyprint() -> Any:
    # Loaded when it is first wanted: it takes half a second and fifty megabytes.
    return importlib.import_module("weasyprint")
