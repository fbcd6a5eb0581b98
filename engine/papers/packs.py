"""Bind papers into one: the agenda of a meeting first, then each document under a heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.papers import words
from engine.papers.model import Block, Heading, Pair, Pairs, Paper, Paragraph

#: The deepest heading that every writer and reader knows.
_DEEPEST = 4


def bind(front: Paper, papers: Sequence[Paper]) -> Paper:
    """Return one paper that holds several.

    It is marked with the marks of all of them, and each document with its own (CF-03, CF-13).
    """
    marks = dict.fromkeys([*front.marks, *(mark for paper in papers for mark in paper.marks)])
    blocks = [*front.blocks, *(block for paper in papers for block in _bound(paper))]
    return replace(front, marks=tuple(marks), blocks=tuple(blocks))


def _bound(paper: Paper) -> Iterator[Block]:
    yield Heading(paper.title)
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
