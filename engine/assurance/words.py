"""What a proof says, in both languages; `{at}` is the element, `{other}` whatever else is told."""

from __future__ import annotations

from collections.abc import Mapping

from engine.workflow import Words

#: For each thing that can be wrong: what it is, and what to do.
SAID: Mapping[str, tuple[Words, Words]] = {
    "stuck": (
        Words(
            "Behind {at} no way can be taken: every one ends in a refusal.",
            "Y tu ôl i {at} ni ellir cymryd unrhyw ffordd: gwrthodir pob un.",
        ),
        Words(
            "Correct the conditions behind it, or draw another way out.",
            "Cywirwch yr amodau y tu ôl iddo, neu lluniwch ffordd arall allan.",
        ),
    ),
    "condition": (
        Words(
            "{at} waits for a condition that can hold no more.",
            "Mae {at} yn aros am amod na all fod yn wir mwyach.",
        ),
        Words(
            "Correct the condition, or draw another way out.",
            "Cywirwch yr amod, neu lluniwch ffordd arall allan.",
        ),
    ),
    "join": (
        Words(
            "{at} waits for ever: nothing comes from {other} any more.",
            "Mae {at} yn aros am byth: ni ddaw dim o {other} mwyach.",
        ),
        Words(
            "Merge ways of which only one is taken in an exclusive gateway, before the join.",
            "Unwch ffyrdd na chymerir ond un ohonynt mewn porth dewis, cyn y cyfuniad.",
        ),
    ),
    "left_over": (
        Words(
            "A token is left over at {at}: the process has gone on or ended without it, and stays "
            "open for ever.",
            "Gadewir tocyn ar ôl yn {at}: aeth y broses yn ei blaen neu i ben hebddo, ac mae’n "
            "aros ar agor am byth.",
        ),
        Words(
            "Merge ways of which only one is taken in an exclusive gateway, before the join.",
            "Unwch ffyrdd na chymerir ond un ohonynt mewn porth dewis, cyn y cyfuniad.",
        ),
    ),
    "no_exit": (
        Words(
            "From {at} no end can be reached: the process goes round without an exit.",
            "O {at} ni ellir cyrraedd diwedd: mae’r broses yn mynd mewn cylch heb allanfa.",
        ),
        Words("Draw a way out of the round.", "Lluniwch ffordd allan o’r cylch."),
    ),
    "piles_up": (
        Words(
            "Tokens pile up at {at}: one comes while others are still there.",
            "Mae tocynnau’n pentyrru yn {at}: daw un tra bo eraill yno o hyd.",
        ),
        Words(
            "Let only one come at a time, or close the split before it with a join.",
            "Gadewch i un yn unig ddod ar y tro, neu caewch yr hollt o’i flaen â chyfuniad.",
        ),
    ),
    "dead": (
        Words("{at} never happens.", "Nid yw {at} byth yn digwydd."),
        Words(
            "Remove it, or lead to it a way that can be taken.",
            "Tynnwch ef, neu arweiniwch ato ffordd y gellir ei chymryd.",
        ),
    ),
    "dead_flow": (
        Words(
            "The flow from {at} to {other} is never taken.",
            "Ni chymerir byth y llif o {at} i {other}.",
        ),
        Words(
            "Correct its condition or those before it: they contradict each other.",
            "Cywirwch ei amod neu’r rhai o’i flaen: maent yn gwrth-ddweud ei gilydd.",
        ),
    ),
    "too_big": (
        Words(
            "The process has more states than can be gone through (so far {other}), so that "
            "nothing is shown of it.",
            "Mae gan y broses fwy o gyflyrau nag y gellir mynd drwyddynt (hyd yma {other}), felly "
            "ni phrofir dim amdani.",
        ),
        Words(
            "Move branches that belong together into a called part.",
            "Symudwch ganghennau sy’n perthyn i’w gilydd i ran a elwir.",
        ),
    ),
}


def say(words: Words, at: Words, other: str) -> Words:
    """Return a text with the element and what else is told filled in."""
    return Words(*(words(lang).format(at=at(lang), other=other) for lang in ("en", "cy")))
