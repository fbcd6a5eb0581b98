"""Say in both languages what differs between two versions of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.comparing.aspects import FLAGS, Aspect
from engine.texts import Text

#: What a part is called: `the step` in a sentence.
SORTS: Mapping[str, Text] = {
    "process": Text("the process", "y broses"),
    "lane": Text("the lane", "y lôn"),
    "step": Text("the step", "y cam"),
    "event": Text("the event", "y digwyddiad"),
    "gateway": Text("the gateway", "y porth"),
    "flow": Text("the flow", "y llif"),
    "note": Text("the note", "y nodyn"),
    "element": Text("the element", "yr elfen"),
    "form": Text("the form", "y ffurflen"),
    "section": Text("the section", "yr adran"),
    "question": Text("the question", "y cwestiwn"),
    "text": Text("the text", "y testun"),
    "answer": Text("the answer", "yr ateb"),
    "rule": Text("the rule", "y rheol"),
    "decision": Text("the decision table", "y tabl penderfynu"),
    "column": Text("the column", "y golofn"),
    "row": Text("the row", "y rhes"),
    "timescale": Text("the timescale", "yr amserlen"),
    "stage": Text("the stage", "y cyfnod"),
    "fact": Text("the fact", "y ffaith"),
    "role": Text("the role", "y rôl"),
    "class": Text("the visibility class", "y dosbarth gwelededd"),
    "milestone": Text("the milestone", "y garreg filltir"),
    "reason": Text("the reason", "y rheswm"),
    "part": Text("the part", "y rhan"),
    "block": Text("the block", "y bloc"),
}

_BEGINNING = Text("at the beginning", "ar y dechrau")
#: After these Welsh words the article loses its vowel: o’r cam.
_ARTICLE = re.compile(r"\b([Oo]|[Ii]|[Aa]|[Mm]ae|[Yy]w|[Gg]yda) (?:yr|y) ")


def title(sort: str, name: Text) -> Text:
    """Return what a sentence calls a part: the step “Hold the session”."""
    noun = SORTS[sort]
    return Text(f"{noun.en} “{name.en}”", f"{noun.cy} “{name.cy or name.en}”")


def added(part: Text, where: Text) -> Text:
    """Say that a part is new, and where it stands."""
    return sentence(
        f"{part.en} was added{_after(where.en)}", f"ychwanegwyd {part.cy}{_after(where.cy)}"
    )


def removed(part: Text) -> Text:
    """Say that a part is gone."""
    return sentence(f"{part.en} was removed", f"tynnwyd {part.cy} allan")


def moved(part: Text, where: Text) -> Text:
    """Say that a part stands elsewhere."""
    return sentence(
        f"{part.en} was moved; it stands {where.en} now",
        f"symudwyd {part.cy}; saif bellach {where.cy}",
    )


def turned(flag: str, part: Text, is_set: bool) -> Text:
    """Say that something holds of a part now, or no longer."""
    said = FLAGS[flag][0 if is_set else 1]
    return sentence(said.en.replace("{it}", part.en), said.cy.replace("{it}", part.cy))


def changed(part: Text, word: Aspect, had: bool, has: bool) -> Text:
    """Say that something else is said of a part than before, or for the first or last time."""
    if not has:
        return sentence(
            f"{part.en} has no {word.noun} any more", f"nid oes gan {part.cy} {word.had} bellach"
        )
    if not had:
        return sentence(
            f"{part.en} has {word.with_article} now", f"mae gan {part.cy} {word.had} bellach"
        )
    return sentence(f"{part.en} has another {word.noun}", f"mae gan {part.cy} {word.other}")


def of_new(aspects: Iterable[tuple[Aspect, Text]]) -> Text:
    """Return what is said of a part that is new, line by line: “Role: Chair of the Board”."""
    told = [(_upper(word.noun), _upper(word.cymraeg), value) for word, value in aspects]
    return Text(
        "\n".join(f"{en}: {value.en}" for en, _, value in told),
        "\n".join(f"{cy}: {value.cy}" for _, cy, value in told),
    )


def place(around: Text | None, before: Text | None) -> Text:
    """Say where a part stands: in what, and after what."""
    inside = Text(f"in {around.en}", f"yn {around.cy}") if around else Text("", "")
    after = Text(f"after {before.en}", f"ar ôl {before.cy}") if before else _BEGINNING
    return joined((inside, after))


def between(before: Iterable[Text], after: Iterable[Text]) -> Text:
    """Say where a step stands: after which, and before which."""
    behind, ahead = _both(before), _both(after)
    nothing = Text("", "")
    return joined(
        (
            Text(f"after {behind.en}", f"ar ôl {behind.cy}") if behind.en else nothing,
            Text(f"before {ahead.en}", f"cyn {ahead.cy}") if ahead.en else nothing,
        )
    )


def leads(source: Text, target: Text) -> Text:
    """Say from where to where a flow leads."""
    return Text(f"from {source.en} to {target.en}", _smooth(f"o {source.cy} i {target.cy}"))


def drawn_elsewhere(number: int) -> Text:
    """Say how much of a drawing was drawn elsewhere, which changes nothing of what is done."""
    if number == 1:
        return Text(
            "One shape or line was drawn elsewhere on the sheet.",
            "Lluniwyd un siâp neu linell mewn lle arall ar y ddalen.",
        )
    return Text(
        f"{number} shapes and lines were drawn elsewhere on the sheet.",
        f"Lluniwyd {number} o siapiau a llinellau mewn lle arall ar y ddalen.",
    )


def joined(texts: Iterable[Text]) -> Text:
    """Return the texts that say something, one after the other."""
    told = [each for each in texts if each.en]
    return Text(", ".join(each.en for each in told), ", ".join(each.cy for each in told))


def sentence(english: str, welsh: str) -> Text:
    """Return a sentence in both languages, with its capital, its stop and the short article."""
    return Text(f"{_upper(english)}.", f"{_upper(_smooth(welsh))}.")


def _both(texts: Iterable[Text]) -> Text:
    told = list(texts)
    return Text(
        _listed([each.en for each in told], "and"),
        _smooth(_listed([each.cy for each in told], "a")),
    )


def _listed(words: list[str], joint: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def _smooth(welsh: str) -> str:
    return _ARTICLE.sub(r"\1’r ", welsh)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _after(where: str) -> str:
    return f" {where}" if where else ""
