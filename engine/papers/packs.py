"""Bind papers into one: the agenda of a meeting, the list of papers, then each under a heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.papers import words
from engine.papers.model import Block, Heading, Pair, Pairs, Paper, Paragraph, Table
from engine.texts import Text

#: The deepest heading that every writer and reader knows.
_DEEPEST = 4

_PAPERS = Text("Papers", "Papurau")
_COLUMNS = (Text("Number", "Rhif"), Text("Paper", "Papur"), words.CASE, words.VERSION)


def bind(front: Paper, papers: Sequence[Paper]) -> Paper:
    """Return one paper that holds several.

    It is marked with the marks of all of them, and each document with its own (CF-03, CF-13).
    """
    marks = dict.fromkeys([*front.marks, *(mark for paper in papers for mark in paper.marks)])
    bound = [block for number, paper in enumerate(papers, 1) for block in _bound(number, paper)]
    blocks = (*front.blocks, *_contents(papers), *bound)
    return replace(front, marks=tuple(marks), blocks=blocks)


def _contents(papers: Sequence[Paper]) -> Iterator[Block]:
    """Yield the list of the papers, by the numbers that stand in their headings."""
    rows = tuple(
        (
            (words.typed(number),),
            (paper.title, *([paper.about] if paper.about else ())),
            (words.typed(paper.case_identifier),),
            (words.numbered(words.VERSION, paper.version), paper.written_at),
        )
        for number, paper in enumerate(papers, 1)
    )
    if rows:
        yield Heading(_PAPERS)
        yield Table(Text("", ""), _COLUMNS, rows)


def _bound(number: int, paper: Paper) -> Iterator[Block]:
    yield Heading(Text(f"{number}. {paper.title.en}", f"{number}. {paper.title.cy}"))
    yield from (Paragraph(mark) for mark in paper.marks)
    about = [(words.ABOUT, paper.about)] if paper.about else []
    said = [
        (words.CASE, words.typed(paper.case_identifier)),
        *about,
        (words.VERSION, words.typed(paper.version)),
        (words.WRITTEN, paper.written_at),
    ]
    yield Pairs(tuple(Pair(label, (text,)) for label, text in said))
    for block in paper.blocks:
        if isinstance(block, Heading):
            yield replace(block, level=min(block.level + 1, _DEEPEST))
        else:
            yield block
