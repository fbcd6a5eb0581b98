"""Say what every writer puts at the head of a paper, and how a signature is laid out."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from engine.papers import words
from engine.papers.model import Letterhead, Pair, Paper, Signature
from engine.texts import Text

#: The place for something that is written by hand.
BLANK = words.typed("…" * 20)


class PaperWords:
    """What the page of a paper says of itself, beside the paper."""

    version = words.VERSION
    own_copy = words.OWN_COPY
    ticked, not_ticked = words.TICKED, words.NOT_TICKED

    @staticmethod
    def logo(paper: Paper) -> Text:
        """Return what a logo says to those who do not see it."""
        name = paper.letterhead.name
        return Text(words.LOGO.en.format(name=name.en), words.LOGO.cy.format(name=name.cy))


PAPER_WORDS = PaperWords()


def logo_address(head: Letterhead) -> str:
    """Return a Board's logo as an address that holds it; nothing where there is none."""
    return f"data:{head.logo_type};base64,{b64encode(head.logo).decode()}" if head.logo else ""


def foot_line(paper: Paper) -> Text:
    """Return what stands at the foot of every page: case, form and version."""
    known = [part for part in (paper.case_identifier, paper.catalogue) if part]
    number = words.numbered(words.VERSION, paper.version)
    version = [number] if paper.version else []
    return Text(
        " – ".join([*known, *(part.en for part in version)]),
        " – ".join([*known, *(part.cy for part in version)]),
    )


def head_lines(paper: Paper) -> Iterator[tuple[Text, Text]]:
    """Yield what a paper says of itself below its title: label and value."""
    if paper.case_identifier:
        yield words.CASE, words.typed(paper.case_identifier)
    if paper.about:
        yield words.ABOUT, paper.about
    if not paper.version:
        yield words.PRINTED, paper.printed_on
        return
    number = words.typed(paper.version)
    if paper.version != paper.newest:
        number = Text(f"{paper.version} of {paper.newest}", f"{paper.version} o {paper.newest}")
    yield words.VERSION, number
    yield words.WRITTEN, paper.written_at
    if paper.recorded_by:
        yield words.RECORDED_BY, words.typed(paper.recorded_by)
    yield words.PRINTED, paper.printed_on


def signature_pairs(signature: Signature) -> tuple[Pair, ...]:
    """Return a signature as questions and answers, with room for the hand where nobody signed."""
    if not signature.name:
        return (
            Pair(signature.label, (BLANK,), answered=False),
            Pair(words.DATE, (BLANK,), answered=False),
        )
    remark = () if signature.remark is None else (signature.remark,)
    name = words.typed(signature.name)
    signed = Text(f"{words.SIGNED_BY.en} {name.en}", f"{words.SIGNED_BY.cy} {name.cy}")
    return (Pair(signature.label, (signed, signature.at, *remark)),)
