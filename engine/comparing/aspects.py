"""What can be said of a part of a file, as a noun in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.identifiers import mutations
from engine.texts import Text

#: A Welsh noun that is feminine: what follows it softens.
F = True


@dataclass(frozen=True)
class Aspect:
    """A noun with its article in English, its gender in Welsh, and what follows it in both."""

    one: str
    cy: str
    feminine: bool = False
    tail: str = ""
    tail_cy: str = ""

    @property
    def noun(self) -> str:
        """Return the English noun without its article: form to fill in."""
        return self._with(self.one.partition(" ")[2], self.tail)

    @property
    def with_article(self) -> str:
        """Return the English noun with its article: a form to fill in."""
        return self._with(self.one, self.tail)

    @property
    def cymraeg(self) -> str:
        """Return the Welsh noun as it stands by itself: dynodydd."""
        return self._with(self.cy, self.tail_cy)

    @property
    def had(self) -> str:
        """Return the Welsh noun as it stands after “Mae gan y cam”: ddynodydd."""
        return self._with(_soft(self.cy), self.tail_cy)

    @property
    def other(self) -> str:
        """Return a different one, in Welsh, at the same place: ddynodydd gwahanol."""
        different = "wahanol" if self.feminine else "gwahanol"
        return self._with(f"{_soft(self.cy)} {different}", self.tail_cy)

    @staticmethod
    def _with(words: str, tail: str) -> str:
        return f"{words} {tail}" if tail else words


def aspect_of(key: str) -> Aspect:
    """Return the noun for what is said under a key; one that has no words is called by the key."""
    if key in ASPECTS:
        return ASPECTS[key]
    if key.startswith("error "):
        return _message(key.removeprefix("error "))
    named, _, language = key.rpartition("_")
    if named and language == "cy":
        return Aspect("a Welsh text", "testun Cymraeg", tail=f"“{named}”", tail_cy=f"“{named}”")
    return Aspect("a value", "gwerth", tail=f"“{key}”", tail_cy=f"“{key}”")


def tailed(key: str, tail: Text) -> Aspect:
    """Return the noun of several things of one kind, with what tells this one from the others."""
    return replace(ASPECTS[key.partition(" ")[0]], tail=tail.en, tail_cy=tail.cy)


def _message(rule: str) -> Aspect:
    """Return the noun for what a person is told where an answer breaks a rule."""
    name = rule.removesuffix("_cy")
    tail, tail_cy = f"for “{name}”", f"ar gyfer “{name}”"
    if name != rule:
        return Aspect("a Welsh message", "neges Gymraeg", F, tail, tail_cy)
    return Aspect("a message", "neges", F, tail, tail_cy)


def _soft(welsh: str) -> str:
    first, _, rest = welsh.partition(" ")
    # A loan such as “grŵp” keeps its g.
    mutated = first if first == "grŵp" else next(mutations(first), first)
    return f"{mutated} {rest}" if rest else mutated


ASPECTS: Mapping[str, Aspect] = {
    "name": Aspect("a name", "enw"),
    "name_cy": Aspect("a Welsh name", "enw Cymraeg"),
    "id": Aspect("an id", "dynodydd"),
    "kind": Aspect("a kind", "math"),
    "documentation": Aspect("a guidance text", "testun canllaw"),
    "documentation_cy": Aspect("a Welsh guidance text", "testun canllaw Cymraeg"),
    "lane": Aspect("a lane", "lôn", F),
    "role": Aspect("a role", "rôl", F),
    "startRoles": Aspect("a role", "rôl", F, "that may start it", "a gaiff ei chychwyn"),
    "form": Aspect("a form", "ffurflen", F, "to fill in", "i’w llenwi"),
    "shows": Aspect("a form", "ffurflen", F, "shown beside it", "a ddangosir wrth ei hochr"),
    "requirement": Aspect("a catalogue id", "dynodydd catalog"),
    "catalogue": Aspect("a catalogue id", "dynodydd catalog"),
    "timescale": Aspect("a timescale", "amserlen", F),
    "item": Aspect("an item", "eitem", F, "that it runs for", "y mae’n rhedeg ar ei chyfer"),
    "item_list": Aspect("a list", "rhestr", F, "that it repeats over", "y mae’n ailadrodd drosti"),
    "notice": Aspect("a message", "neges", F, "that it sends", "y mae’n ei hanfon"),
    "to": Aspect("a recipient", "derbynnydd"),
    "effect": Aspect("an effect", "effaith", F),
    "starts": Aspect("a side process", "proses ochr", F, "that it starts", "y mae’n ei chychwyn"),
    "decision": Aspect("a decision table", "tabl penderfynu"),
    "calledElement": Aspect("a part", "rhan", F, "that it calls", "y mae’n ei galw"),
    "condition": Aspect("a condition", "amod"),
    "timer": Aspect("a moment", "moment", F, "that it waits for", "y mae’n aros amdani"),
    "attachedToRef": Aspect("a step", "cam", False, "on whose edge it sits", "y mae ar ei ymyl"),
    "around": Aspect("a group", "grŵp", False, "of steps around it", "o gamau o’i amgylch"),
    "comes_from": Aspect("a step", "cam", False, "that it comes from", "y daw ohono"),
    "target": Aspect("a step", "cam", False, "that it leads to", "y mae’n arwain ato"),
    "pausedWhile": Aspect("a condition", "amod", False, "of its pause", "ei saib"),
    "label": Aspect("a wording", "geiriad"),
    "label_cy": Aspect("a Welsh wording", "geiriad Cymraeg"),
    "title": Aspect("a title", "teitl"),
    "title_cy": Aspect("a Welsh title", "teitl Cymraeg"),
    "description": Aspect("a hint", "awgrym"),
    "description_cy": Aspect("a Welsh hint", "awgrym Cymraeg"),
    "text": Aspect("a text", "testun"),
    "text_cy": Aspect("a Welsh text", "testun Cymraeg"),
    "type": Aspect("a type", "math"),
    "example": Aspect("an example", "enghraifft", F),
    "visibility": Aspect("a circle", "cylch", False, "of readers", "o ddarllenwyr"),
    "maxLength": Aspect("a greatest length", "hyd mwyaf"),
    "minLength": Aspect("a least length", "hyd lleiaf"),
    "max": Aspect("a greatest value", "gwerth mwyaf"),
    "min": Aspect("a least value", "gwerth lleiaf"),
    "requiredWhen": Aspect("a condition", "amod", False, "under which it has to be answered",
                           "pryd y mae’n rhaid ei ateb"),
    "hide": Aspect("a condition", "amod", False, "under which it is hidden",
                   "pryd y caiff ei guddio"),
    "expression": Aspect("an expression", "mynegiad"),
    "default": Aspect("a value", "gwerth", False, "to begin with", "i gychwyn ag ef"),
    "check": Aspect("a check", "gwiriad"),
    "field": Aspect("a question", "cwestiwn", False, "that it is about",
                    "y mae’n ymwneud ag ef"),
    "en": Aspect("an English text", "testun Saesneg"),
    "cy": Aspect("a Welsh text", "testun Cymraeg"),
    "hitPolicy": Aspect("a hit policy", "polisi taro"),
    "aggregation": Aspect("an aggregation", "crynhoad"),
    "allowed": Aspect("a list", "rhestr", F, "of allowed values", "o werthoedd a ganiateir"),
    "cell": Aspect("a cell", "cell", F),
    "fields": Aspect("a list", "rhestr", F, "of questions", "o gwestiynau"),
    "value": Aspect("a formula", "fformiwla", F),
    "each": Aspect("a fact", "ffaith", F, "that it gathers", "y mae’n ei chasglu"),
    "step": Aspect("a step", "cam", False, "that it comes from", "y daw ohono"),
    "source": Aspect("a source", "ffynhonnell", F),
    "length": Aspect("a length", "hyd"),
    "from": Aspect("a fact", "ffaith", F, "that it runs from", "y mae’n rhedeg ohoni"),
    "until": Aspect("a fact", "ffaith", F, "that sets its day", "sy’n pennu ei diwrnod"),
    "ends": Aspect("an end", "diwedd"),
    "ended_by": Aspect("an end", "diwedd", False, "after which it no longer applies",
                       "nad yw’n berthnasol ar ei ôl"),
    "owner": Aspect("an owner", "perchennog"),
    "manager": Aspect("a manager", "rheolwr"),
    "at": Aspect("a moment", "moment", F),
    "level": Aspect("a rung", "gris", F, "of the ladder", "o’r ysgol"),
    "further": Aspect("a content", "cynnwys", False, "that editors hide",
                      "y mae golygyddion yn ei guddio"),
}  # fmt: skip

#: What is either so or not, as sentences of their own; `{it}` is the part. Nothing else is told.
FLAGS: Mapping[str, tuple[Text, Text]] = {
    "required": (
        Text("{it} has to be answered now", "rhaid ateb {it} bellach"),
        Text("{it} may be left empty now", "gellir gadael {it} yn wag bellach"),
    ),
    "anew": (
        Text("{it} asks its questions anew now",
             "mae {it} yn gofyn ei gwestiynau o’r newydd bellach"),
        Text("{it} shows the answers on record now",
             "mae {it} yn dangos yr atebion ar gofnod bellach"),
    ),
    "interrupts": (
        Text("{it} ends the step on whose edge it sits now",
             "mae {it} bellach yn dod â’r cam y mae ar ei ymyl i ben"),
        Text("{it} lets the step on whose edge it sits go on now",
             "mae {it} bellach yn gadael i’r cam y mae ar ei ymyl fynd ymlaen"),
    ),
    "is_default": (
        Text("{it} is taken now where no condition holds",
             "dilynir {it} bellach lle nad oes amod yn wir"),
        Text("{it} is no longer the one taken where no condition holds",
             "nid {it} a ddilynir bellach lle nad oes amod yn wir"),
    ),
    "readonly": (
        Text("{it} is shown and not asked now", "dangosir {it} bellach, heb ei ofyn"),
        Text("{it} is asked now", "gofynnir {it} bellach"),
    ),
    "hidden": (
        Text("{it} is kept from pages now", "cedwir {it} oddi ar dudalennau bellach"),
        Text("{it} stands on pages now", "mae {it} ar dudalennau bellach"),
    ),
    "warns": (
        Text("{it} only warns now", "dim ond rhybuddio y mae {it} bellach"),
        Text("{it} refuses now", "mae {it} yn gwrthod bellach"),
    ),
    "fixed": (
        Text("{it} is fixed by the guidance now",
             "mae {it} wedi’i phennu gan y canllawiau bellach"),
        Text("{it} is not fixed by the guidance any more",
             "nid yw {it} wedi’i phennu gan y canllawiau bellach"),
    ),
}  # fmt: skip

#: The value of a flag that is set.
ON = Text("yes", "ydy")
