"""Prove the rules of `statutory.toml` of a set of files, and say where one is not kept.

A rule that must be kept refuses deployment. One that should be, because it was proposed where the
guidance is silent, refuses it until the variation says why it departs, in its `reasons.toml`.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial

from engine import assurance
from engine.deployments.definitions import Files, Reading, edition_of
from engine.deployments.findings import TomlFindings
from engine.deployments.folders import REASONS
from engine.deployments.statutory_keeping import Keeping
from engine.deployments.writing import Writing
from engine.lint import Finding
from engine.statutory import Rule, parse_reasons
from engine.texts import Text
from engine.workflow import Element, Flow

#: So many answers are kept; a variation proves only what hangs on the files that it changes.
CACHE_SIZE = 4_096
#: A trace is told in so many steps, the last ones; what comes before leads up to them.
MOST_STEPS = 12
#: The kinds of rules that are decided by going through states.
OF_ORDER = ("before", "on_all", "only_with", "ends_when", "can")

_cache: OrderedDict[tuple[object, ...], assurance.Breach | None] = OrderedDict()


@dataclass(frozen=True)
class Broken:
    """A rule that is not kept: what is wrong, what to do, where it stands, and the way there.

    `trace` are ids of elements, the last one where it is wrong; each has the calls that it stands
    in before it, between slashes.
    """

    rule: Rule
    what: Text
    remedy: Text
    path: str
    line: int
    element: str
    trace: tuple[str, ...] = ()

    def say(self, language: str) -> str:
        """Return the rule, its source, what is wrong, the way there and what to do."""
        way = " → ".join(each.rpartition(assurance.INSIDE)[2] for each in self.trace[-MOST_STEPS:])
        dots = "… → " if len(self.trace) > MOST_STEPS else ""
        said = _WAY.say(language).format(way=dots + way) if self.trace else ""
        rule = f"{self.rule.text.say(language)} ({self.rule.source})"
        return f"{rule} {self.what.say(language)}{said} {self.remedy.say(language)}"


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the rules, and through the reasons why some are departed from."""
    departed: set[str] = set()
    for broken in prove(reading):
        rule = broken.rule
        reason = reading.reasons.get(rule.key) if rule.force == "should" else None
        if reason is None:
            yield _finding(broken)
        else:
            departed.add(rule.key)
            yield _on_record(broken, reason)
    yield from _check_reasons(reading, departed)


def prove(reading: Reading, keys: Collection[str] | None = None) -> Iterator[Broken]:
    """Yield the rules that are not kept, each in every way that was found.

    Takes:   keys, the rules that are looked at; every one where it is left out.
    """
    proof = _Proof(reading)
    for key, rule in reading.statutory.items():
        if keys is None or key in keys:
            yield from proof.broken(rule)


def departures(files: Files) -> list[str]:
    """Return the rules that a variation gives reasons for departing from."""
    source = files.get(REASONS)
    return sorted(parse_reasons(source, REASONS)) if source else []


def forget() -> None:
    """Forget every answer, to measure how long they take."""
    _cache.clear()


class _Proof:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.writing = writing = Writing(reading)
        edition = edition_of(reading)
        self.keeping = Keeping(reading, edition)
        self._edition = edition
        types = {name: fact.type for name, fact in reading.facts.items()}
        self.prover = assurance.OrderProver(
            reading.processes,
            writing.of,
            writing.of_process,
            writing.outside,
            types,
            edition.processes,
        )
        self._digests: dict[str, str] = {}

    def broken(self, rule: Rule) -> Iterator[Broken]:
        """Yield in which ways a rule is not kept."""
        for asked in _asked(rule):
            found = self._known(("order", asked), rule, partial(self.prover.breach, asked))
            if found:
                yield self._of_order(rule, found, asked.first)
        for step in rule.steps if rule.kind == "can" else ():
            dead = partial(self.prover.dead, rule.process, step)
            found = self._known(("can", rule.process, step), rule, dead)
            if found:
                yield self._of_order(rule, found, step)
        yield from self._timed(rule)
        for lost in self.keeping.lost(rule):
            way = self.prover.way(lost.process, lost.task) if lost.process else ()
            yield Broken(rule, lost.what, lost.remedy, lost.path, lost.line, lost.element, way)

    def _timed(self, rule: Rule) -> Iterator[Broken]:
        if not rule.timescale or not (rule.then or rule.over):
            return
        timers = frozenset(element.id for _, element in self.keeping.timers(rule))
        if rule.then:
            found = self._known(
                ("outlasts", rule.process, timers, rule.then),
                rule,
                partial(self.prover.outlasts, rule.process, timers, rule.then),
            )
            if found:
                yield self._of_order(rule, found, rule.timescale)
        for step in rule.over:
            found = self._known(
                ("uncovered", rule.process, timers, step),
                rule,
                partial(self.prover.uncovered, rule.process, timers, step),
            )
            if found:
                yield self._of_order(rule, replace(found, kind="uncovered"), rule.timescale)

    def _known(
        self,
        question: tuple[object, ...],
        rule: Rule,
        answer: Callable[[], assurance.Breach | None],
    ) -> assurance.Breach | None:
        key = (*question, self._digest(rule.process))
        if key not in _cache:
            _cache[key] = answer()
            while len(_cache) > CACHE_SIZE:
                _cache.popitem(last=False)
        return _cache[key]

    def _digest(self, root: str) -> str:
        """Return a hash of all that an answer about a root process hangs on."""
        if root not in self._digests:
            known = self.reading.facts
            types = (f"{name} {fact.type}" for name, fact in sorted(known.items()))
            said = hashlib.sha256("\n".join([root, *types]).encode())
            # How the edition does a step says which elements of the variation do it.
            for name, process in sorted(self._edition.processes.items()):
                said.update(f"{name} {process.content_hash}".encode())
            for process in sorted(self.keeping.processes(root), key=lambda each: each.id):
                said.update(process.content_hash.encode())
                said.update(" ".join(sorted(self.writing.outside(process))).encode())
                things: list[Element | Flow] = [*process.elements.values()]
                things += process.flows.values()
                for thing in things:
                    said.update(" ".join(sorted(self.writing.of(thing))).encode())
            self._digests[root] = said.hexdigest()
        return self._digests[root]

    def _of_order(self, rule: Rule, breach: assurance.Breach, first: str) -> Broken:
        process = self.reading.processes[breach.process]
        element = process.elements[breach.element]
        what, remedy = _SAID[_said_as(rule, breach)]
        steps = [breach.step or breach.element, first]
        return Broken(
            rule,
            Text(*(_filled(what, language, element, steps, rule) for language in ("en", "cy"))),
            remedy,
            process.path,
            breach.line,
            breach.element,
            breach.trace,
        )


def _asked(rule: Rule) -> Iterator[assurance.Asked]:
    """Yield what a rule asks of the order of steps, one question for each step it names."""
    where = rule.where.source if rule.where else ""
    when = rule.when.source if rule.when else ""
    base = assurance.Asked(rule.process, then=rule.then, where=where, beside=rule.beside)
    if rule.kind == "before":
        yield replace(base, first=rule.first)
    elif rule.kind == "on_all":
        for step in rule.steps:
            if step != rule.then:
                yield replace(base, first=step)
    elif rule.kind == "only_with":
        yield replace(base, unless=when)
    elif rule.kind == "ends_when":
        yield replace(base, turn=when, stopped=rule.steps, until=rule.until)


def _said_as(rule: Rule, breach: assurance.Breach) -> str:
    if breach.kind != "reached":
        return breach.kind
    if rule.kind in ("only_with", "ends_when"):
        return rule.kind
    return "too_early" if rule.timescale else "reached"


def _filled(what: Text, language: str, element: Element, steps: list[str], rule: Rule) -> str:
    name = element.name(language)
    at = f"“{name}” ({element.id})" if name else element.id
    when = rule.when.source if rule.when else ""
    step, first = steps
    return what.say(language).format(at=at, step=step, first=first, when=when)


def _finding(broken: Broken) -> Finding:
    asks = f" {_GIVE_REASON.en}" if broken.rule.force == "should" else ""
    asks_cy = f" {_GIVE_REASON.cy}" if broken.rule.force == "should" else ""
    english, welsh = broken.say("en"), broken.say("cy") + asks_cy
    remedy = broken.remedy.en
    return Finding(
        "error",
        broken.line,
        broken.element,
        f"{broken.rule.key}: {english.removesuffix(f' {remedy}')}",
        remedy + asks,
        "statutory",
        broken.path,
        f"{broken.rule.key}: {welsh}",
        broken.trace,
    )


def _on_record(broken: Broken, reason: Text) -> Finding:
    found = _finding(broken)
    said = f"The variation departs from it, and says why: {reason.en}"
    welsh = f"Mae’r amrywiad yn gwyro oddi wrtho, ac yn dweud pam: {reason.cy}"
    return replace(
        found,
        severity="warning",
        remedy=said,
        welsh=f"{broken.rule.key}: {broken.say('cy')} {welsh}",
    )


def _check_reasons(reading: Reading, departed: set[str]) -> Iterator[Finding]:
    if REASONS not in reading.files:
        return
    make = TomlFindings(reading, REASONS, "statutory_reason")
    for key in reading.reasons:
        rule = reading.statutory.get(key)
        if rule is None:
            yield make.error(key, "", f"There is no rule {key}.", "Name a rule of the edition.")
        elif rule.force == "must":
            message = f"{key} keeps the guidance: no reason lets a variation depart from it."
            yield make.error(key, "", message, "Remove the reason, and keep the rule.")
        elif key not in departed:
            message = f"Nothing here departs from {key}."
            yield replace(make.error(key, "", message, "Remove the reason."), severity="warning")


_WAY = Text(" The shortest way there: {way}.", " Y ffordd fyrraf yno: {way}.")
_GIVE_REASON = Text(
    f"Or say in {REASONS} of the variation why it is done otherwise here.",
    f"Neu dywedwch yn {REASONS} yr amrywiad pam y gwneir yn wahanol yma.",
)
#: What is wrong and what to do, for each way of breaking a rule about order or time.
_SAID = {
    "reached": (
        Text(
            "Here {at} can be come to although {first} has not been done.",
            "Yma gellir cyrraedd {at} er na wnaed {first}.",
        ),
        Text(
            "Lead every way to it through the step that comes first.",
            "Arweiniwch bob ffordd ato drwy’r cam sy’n dod gyntaf.",
        ),
    ),
    "ended": (
        Text(
            "Here the process can end at {at} although {first} has not been done.",
            "Yma gall y broses orffen yn {at} er na wnaed {first}.",
        ),
        Text(
            "Lead every way to the end through the step.",
            "Arweiniwch bob ffordd i’r diwedd drwy’r cam.",
        ),
    ),
    "gone": (
        Text(
            "No step of the process carries {step} any more.",
            "Nid oes cam yn y broses yn cario {step} mwyach.",
        ),
        Text(
            "Put the step back, or give its id to the step that takes its place.",
            "Rhowch y cam yn ôl, neu rhowch ei ddynodydd i’r cam sy’n cymryd ei le.",
        ),
    ),
    "dead": (
        Text(
            "No way leads to {first} any more, from {at} on.",
            "Nid oes ffordd yn arwain at {first} mwyach, o {at} ymlaen.",
        ),
        Text("Lead a way to the step.", "Arweiniwch ffordd at y cam."),
    ),
    "only_with": (
        Text(
            "Here {at} can be come to although “{when}” need not hold.",
            "Yma gellir cyrraedd {at} er nad oes raid i “{when}” fod yn wir.",
        ),
        Text(
            "Lead every way to it through a gateway that asks this.",
            "Arweiniwch bob ffordd ato drwy borth sy’n gofyn hyn.",
        ),
    ),
    "ends_when": (
        Text(
            "Here {at} can still be come to after “{when}” has come to hold.",
            "Yma gellir cyrraedd {at} o hyd ar ôl i “{when}” ddod yn wir.",
        ),
        Text(
            "End the step with a conditional event that waits for it.",
            "Rhowch derfyn ar y cam â digwyddiad amodol sy’n aros amdano.",
        ),
    ),
    "too_early": (
        Text(
            "Here {at} can be come to although no timer has waited for {first}.",
            "Yma gellir cyrraedd {at} er nad oes amserydd wedi aros am {first}.",
        ),
        Text(
            "Lead every way to it through the timer event, which waits as long as the edition has "
            "it.",
            "Arweiniwch bob ffordd ato drwy’r digwyddiad amserydd, sy’n aros cyhyd ag y mae yn yr "
            "argraffiad.",
        ),
    ),
    "uncovered": (
        Text(
            "Here {at} can be come to while no timer of {first} runs around it.",
            "Yma gellir cyrraedd {at} heb fod amserydd {first} yn rhedeg o’i amgylch.",
        ),
        Text(
            "Put the timer event back on the scope that holds the step.",
            "Rhowch y digwyddiad amserydd yn ôl ar y cwmpas sy’n dal y cam.",
        ),
    ),
    "too_big": (
        Text(
            "More states bear on it than can be gone through from {at} on, so that it is not "
            "proved.",
            "Mae mwy o gyflyrau’n berthnasol iddo nag y gellir mynd drwyddynt o {at} ymlaen, felly "
            "nis profir.",
        ),
        Text(
            "Move branches that belong together into a called part.",
            "Symudwch ganghennau sy’n perthyn i’w gilydd i ran a elwir.",
        ),
    ),
}
