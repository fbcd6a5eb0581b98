"""Papers: documents of a case made ready to print, and written as files."""

from engine.papers.building import Source, build
from engine.papers.letterheads import read_letterhead, set_letterhead
from engine.papers.model import (
    PRINT_LANGUAGES,
    Block,
    Bullets,
    Heading,
    Letterhead,
    Pair,
    Pairs,
    Paper,
    Paragraph,
    Signature,
    Table,
    Ticks,
    in_one_line,
    main_language,
    runs,
)
from engine.papers.open_document import write_odt
from engine.papers.outline import PAPER_WORDS, head_lines, logo_address, signature_pairs
from engine.papers.pdf import NoPdf, can_write_pdf, write_pdf
from engine.papers.printing import print_document
from engine.papers.word import write_docx

__all__ = [
    "PAPER_WORDS",
    "PRINT_LANGUAGES",
    "Block",
    "Bullets",
    "Heading",
    "Letterhead",
    "NoPdf",
    "Pair",
    "Pairs",
    "Paper",
    "Paragraph",
    "Signature",
    "Source",
    "Table",
    "Ticks",
    "build",
    "can_write_pdf",
    "head_lines",
    "in_one_line",
    "logo_address",
    "main_language",
    "print_document",
    "read_letterhead",
    "runs",
    "set_letterhead",
    "signature_pairs",
    "write_docx",
    "write_odt",
    "write_pdf",
]
