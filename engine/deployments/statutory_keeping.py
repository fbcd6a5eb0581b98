"""Hold forms, tables, clocks and roles against the rules that say what of them has to stay.

What a variation has in place of the edition is compared with what the edition has there: it may be
stricter, never weaker. Of an edition itself only what the rule says can be asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine import assurance, confidentiality
from engine.decisions import DecisionTable
from engine.decisions import Rule as DecisionRow
from engine.deployments.definitions import TIMESCALES, Reading
from engine.deployments.findings import TomlFindings
from engine.forms import Field, Form, Section
from engine.forms import Rule as FormRule
from engine.roles import OWN
from engine.statutory import Rule
from engine.texts import Text
from engine.timescales import Length, Timescale, parse_length
from engine.workflow import Element, ProcessDefinition

_DUE = re.compile(r'due\("(?P<key>[^"]+)"\)|add days\(due\("(?P<moved>[^"]+)"\), *(?P<by>-?\d+)\)')
_COUNTED = re.compile(r'(?P<fact>\w+) \+ duration\("(?P<length>P\d+[DW])"\)')
#: The fewest and the most days of a month, to compare lengths of different units.
_MONTH = (28, 31)


@dataclass(frozen=True)
class Lost:
    """What of a rule is not kept, where, and what to do; `process` and `task` lead to the place."""

    what: Text
    remedy: Text
    path: str
    line: int
    element: str
    process: str = ""
    task: str = ""


@dataclass(frozen=True)
class _Place:
    """A field, or a column of rows, where it stands."""

    form: Form
    section: Section
    entry: Field
    column: Field | None

    @property
    def field(self) -> Field:
        return self.column or self.entry

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.form.id, self.entry.key, self.column.key if self.column else "")


class Keeping:
    """A variation beside its edition, and the processes that belong to each root."""

    def __init__(self, reading: Reading, edition: Reading) -> None:
        """Take both; of an edition itself they are the same."""
        self.reading, self.edition = reading, edition
        self.types = {name: fact.type for name, fact in reading.facts.items()}
        self._rows = TomlFindings(reading, TIMESCALES, "statutory")

    def lost(self, rule: Rule) -> Iterator[Lost]:
        """Yield what of a rule is not kept."""
        if rule.kind in ("at_least", "at_most", "window"):
            yield from self._clock(rule)
        elif rule.kind == "clock":
            yield from self.of_row(rule)
        elif rule.kind == "role":
            yield from self._roles(rule)
        elif rule.kind == "field":
            yield from self._fields(rule)
        elif rule.kind == "visibility":
            yield from self._visibility(rule)
        elif rule.kind == "stop":
            yield from self._stops(rule)
        elif rule.kind == "table":
            yield from self._tables(rule)

    # Clocks.

    def of_row(self, rule: Rule) -> Iterator[Lost]:
        """Yield what the row of a clock does not keep of a rule, whatever the diagrams say."""
        row = self.reading.timescales[rule.timescale]
        was = self.edition.timescales.get(rule.timescale, row)
        if rule.length is not None and not _length_kept(rule, row):
            length, wanted = row.length, rule.length
            yield self._row(
                row,
                "length",
                Text(
                    f"{row.key} is {length.text.en if length else 'without length'}; it has to be "
                    f"{_BOUND_EN[rule.kind]} {wanted.text.en}.",
                    f"Mae {row.key} yn {length.text.cy if length else 'ddi-hyd'}; rhaid iddo fod "
                    f"yn {_BOUND_CY[rule.kind]} {wanted.text.cy}.",
                ),
            )
        if rule.force == "must":
            yield from self._same_clock(row, was)

    def _clock(self, rule: Rule) -> Iterator[Lost]:
        yield from self.of_row(rule)
        if rule.force == "must" and rule.kind != "window" and not any(self.timers(rule)):
            row = self.reading.timescales[rule.timescale]
            what = Text(
                f"No timer event of {rule.process} waits for {row.key}.",
                f"Nid oes digwyddiad amserydd yn {rule.process} yn aros am {row.key}.",
            )
            yield self._row(row, "length", what)

    def _same_clock(self, row: Timescale, was: Timescale) -> Iterator[Lost]:
        for key, now, before in (
            ("kind", row.kind, was.kind),
            ("from", row.runs_from, was.runs_from),
            ("until", row.until, was.until),
            ("ends", row.ends, was.ends),
            ("ended_by", row.ended_by, was.ended_by),
            ("item", row.item, was.item),
            ("process", row.process, was.process),
            ("once", row.once, was.once),
            ("fixed", row.fixed, was.fixed),
        ):
            if now != before:
                what = Text(
                    f"{row.key} has another “{key}” than the edition: {_said(now)} in place of "
                    f"{_said(before)}.",
                    f"Mae gan {row.key} “{key}” gwahanol i’r argraffiad: {_said(now)} yn lle "
                    f"{_said(before)}.",
                )
                yield self._row(row, key, what)

    def _row(self, row: Timescale, key: str, what: Text) -> Lost:
        finding = self._rows.error(row.key, key, "", "")
        return Lost(what, _AS_EDITION, TIMESCALES, finding.line, row.key)

    def timers(self, rule: Rule) -> Iterator[tuple[ProcessDefinition, Element]]:
        """Yield the timer events that wait for the timescale of a rule long enough."""
        for process in self.processes(rule.process):
            for element in process.elements.values():
                named = element.event == "timer" and element.timescale == rule.timescale
                bound = bool(rule.then or rule.over)
                if named and (not bound or _moment_kept(rule, element.expression)):
                    yield process, element

    # Roles.

    def processes(self, root: str) -> list[ProcessDefinition]:
        """Return a root process, what it calls, and the side processes that go with it."""
        found: dict[str, ProcessDefinition] = {}
        known = self.reading.processes
        sides = [each.id for each in known.values() if each.kind == "side" and each.goes_with(root)]
        for first in (root, *sides):
            todo = [first]
            while todo:
                name = todo.pop(0)
                if name in known and name not in found:
                    found[name] = known[name]
                    todo += known[name].called
        return list(found.values())

    def _roles(self, rule: Rule) -> Iterator[Lost]:
        for process in self.processes(rule.process):
            for task in process.elements.values():
                if task.kind != "userTask" or not set(task.requirement) & set(rule.steps):
                    continue
                doing = self._counting(task.roles, rule.process)
                if set(doing) != set(rule.roles):
                    what = Text(
                        f"{_title(task, 'en')} is done by {_listed(doing)}, not by "
                        f"{_listed(rule.roles)}.",
                        f"Gwneir {_title(task, 'cy')} gan {_listed(doing)}, nid gan "
                        f"{_listed(rule.roles)}.",
                    )
                    remedy = Text(
                        "Give the task, and its lane, the roles of the rule.",
                        "Rhowch rolau’r rheol i’r dasg, ac i’w lôn.",
                    )
                    yield Lost(what, remedy, process.path, task.line, task.id, process.id, task.id)

    def _counting(self, roles: Collection[str], process: str) -> list[str]:
        """Return the roles that count on cases of a root process at all."""
        known = self.reading.roles.rows
        return [role for role in roles if role not in known or known[role].counts_on(process)]

    # Fields.

    def _fields(self, rule: Rule) -> Iterator[Lost]:
        now, before = self._written(self.reading, rule), self._written(self.edition, rule)
        for name in rule.fields:
            places = [place for place in _places(self.reading) if place.field.catalogue == name]
            here = {place.key: place for place in places}
            for was in _places(self.edition):
                if was.field.catalogue != name:
                    continue
                place = here.get(was.key) or _alike(places, was)
                yield from self._kept(rule, name, was, place, now, before)

    def _kept(
        self,
        rule: Rule,
        name: str,
        was: _Place,
        place: _Place | None,
        now: Collection[tuple[str, str]],
        before: Collection[tuple[str, str]],
    ) -> Iterator[Lost]:
        if place is None:
            what = Text(
                f"The form “{was.form.id}” does not ask {name} (“{was.field.id}”) any more.",
                f"Nid yw’r ffurflen “{was.form.id}” yn gofyn {name} (“{was.field.id}”) mwyach.",
            )
            form = self.reading.forms.get(was.form.id, was.form)
            yield self._of_form(rule, form, was.field.id, 1, what, _FIELD_BACK)
            return
        faults: list[tuple[Text, Text]] = []
        if (was.form.id, was.section.id) in before and (
            place.form.id,
            place.section.id,
        ) not in now:
            faults.append((Text(
                f"No task of {rule.process} writes the section “{place.section.id}” any more, in "
                f"which {name} is asked.",
                f"Nid oes tasg yn {rule.process} yn ysgrifennu’r adran “{place.section.id}” "
                f"mwyach, lle gofynnir {name}.",
            ), Text(
                "Let a task of the process write the section.",
                "Gadewch i dasg yn y broses ysgrifennu’r adran.",
            )))  # fmt: skip
        if not self._as_required(was, place):
            faults.append((Text(
                f"{name} (“{place.field.id}”) may be left empty where the edition asks for an "
                "answer.",
                f"Gellir gadael {name} (“{place.field.id}”) yn wag lle mae’r argraffiad yn gofyn "
                "am ateb.",
            ), Text(
                "Make the answer required again.", "Gwnewch yr ateb yn ofynnol eto."
            )))  # fmt: skip
        if not self._as_shown(was, place):
            faults.append((Text(
                f"{name} (“{place.field.id}”) is hidden where the edition shows it.",
                f"Mae {name} (“{place.field.id}”) wedi’i guddio lle mae’r argraffiad yn ei "
                "ddangos.",
            ), Text(
                "Remove the condition that hides it.", "Tynnwch yr amod sy’n ei guddio."
            )))  # fmt: skip
        for what, remedy in faults:
            yield self._of_form(rule, place.form, place.field.id, place.field.line, what, remedy)

    def _as_required(self, was: _Place, place: _Place) -> bool:
        for old, new in ((was.field, place.field), (was.entry, place.entry)):
            if new.validate.required:
                continue
            if old.validate.required and old.has_input:
                return False
            asked, asks = old.validate.required_when, new.validate.required_when
            if asked is not None and (
                asks is None or not assurance.implies(asked.source, asks.source, self.types)
            ):
                return False
            if (old.validate.min_length or 0) > (new.validate.min_length or 0):
                return False
        return not (place.field.hidden and not was.field.hidden) and not (
            place.field.readonly and not was.field.readonly
        )

    def _as_shown(self, was: _Place, place: _Place) -> bool:
        hidden = [
            each.source for each in (was.section.hide, was.entry.hide, was.field.hide) if each
        ]
        hides = {
            each.source for each in (place.section.hide, place.entry.hide, place.field.hide) if each
        }
        allowed = " or ".join(f"({each.lstrip('= ')})" for each in hidden) or "false"
        return all(each in hidden or assurance.implies(each, allowed, self.types) for each in hides)

    def _written(self, reading: Reading, rule: Rule) -> set[tuple[str, str]]:
        """Return the sections that some task of the process writes."""
        keeping = self if reading is self.reading else Keeping(reading, reading)
        return {
            (use.form, section.id)
            for process in keeping.processes(rule.process)
            for task in process.elements.values()
            for use in task.forms
            if use.form in reading.forms
            for section in reading.forms[use.form].sections
            if use.sections is None or section.id in use.sections
        }

    def _of_form(
        self, rule: Rule, form: Form, element: str, line: int, what: Text, remedy: Text
    ) -> Lost:
        for process in self.processes(rule.process):
            for task in process.elements.values():
                if any(use.form == form.id for use in task.forms):
                    return Lost(what, remedy, form.path, line, element, process.id, task.id)
        return Lost(what, remedy, form.path, line, element)

    # Readers.

    def _visibility(self, rule: Rule) -> Iterator[Lost]:
        for form in self.reading.forms.values():
            if form.catalogue not in rule.forms:
                continue
            for section, entry, column, _ in confidentiality.fields_of(form):
                place = column or entry
                nearest = confidentiality.classes_of(form, section, entry, column)
                named = {
                    role
                    for name in nearest
                    if name != OWN
                    for role in self.reading.roles.visibility(name)
                }
                own = confidentiality.FIELD_READERS.get(place.catalogue or entry.catalogue, ())
                allowed = {*rule.roles, *own}
                more = sorted(set(self._counting(named, rule.process)) - allowed)
                if more:
                    what = Text(
                        f"{_listed(more)} could read “{place.id}” of {form.catalogue}.",
                        f"Gallai {_listed(more)} ddarllen “{place.id}” yn {form.catalogue}.",
                    )
                    yield self._of_form(rule, form, place.id, place.line, what, _NARROWER)
            yield from self._gates(rule, form)

    def _gates(self, rule: Rule, form: Form) -> Iterator[Lost]:
        was = self.edition.forms.get(form.id, form)
        now = {(gate.roles, gate.when.source) for gate in form.gates}
        for gate in was.gates:
            if (gate.roles, gate.when.source) not in now:
                what = Text(
                    f"{_listed(gate.roles)} could read {form.catalogue} before "
                    f"“{gate.when.source}” holds.",
                    f"Gallai {_listed(gate.roles)} ddarllen {form.catalogue} cyn i "
                    f"“{gate.when.source}” fod yn wir.",
                )
                remedy = Text("Put the gate back.", "Rhowch y glwyd yn ôl.")
                yield self._of_form(rule, form, form.id, 1, what, remedy)

    # Hard stops.

    def _stops(self, rule: Rule) -> Iterator[Lost]:
        for row in rule.rows:
            there = [(f, one) for f in self.reading.forms.values() for one in _stops_of(f, row)]
            for was in self.edition.forms.values():
                for stop in _stops_of(was, row):
                    kept = [
                        one
                        for form, one in there
                        if form.id == was.id and self._stops_as_hard(stop, one, row)
                    ]
                    if not kept:
                        form = self.reading.forms.get(was.id, was)
                        yield self._softened(rule, form, row)
            if not there and not any(_stops_of(f, row) for f in self.edition.forms.values()):
                what = Text(
                    f"No form refuses what row {row} refuses.",
                    f"Nid oes ffurflen yn gwrthod yr hyn y mae rhes {row} yn ei wrthod.",
                )
                yield Lost(what, _STOP_BACK, "processes/statutory.toml", 1, rule.key)

    def _softened(self, rule: Rule, form: Form, row: str) -> Lost:
        what = Text(
            f"The form “{form.id}” no longer refuses what row {row} refuses: it only warns, asks "
            "for less, or does not ask at all.",
            f"Nid yw’r ffurflen “{form.id}” bellach yn gwrthod yr hyn y mae rhes {row} yn ei "
            "wrthod: dim ond rhybuddio y mae, neu ofyn am lai, neu ni ofynna o gwbl.",
        )
        return self._of_form(rule, form, form.id, 1, what, _STOP_BACK)

    def _stops_as_hard(self, was: FormRule, now: FormRule, row: str) -> bool:
        if was.decision or was.check is None:
            return now.decision == was.decision
        if now.check is None:
            return False
        return assurance.implies(now.check.source, was.check.source, self.types)

    # Tables.

    def _tables(self, rule: Rule) -> Iterator[Lost]:
        for name in rule.tables:
            table, was = self.reading.decisions.get(name), self.edition.decisions.get(name)
            if table is None or was is None or table is was:
                continue
            for what, row in _table_lost(table, was):
                path = self.reading.paths["decision", name]
                yield Lost(what, _AS_EDITION, path, 1, row)


_AS_EDITION = Text("Put it as the edition has it.", "Rhowch ef fel y mae yn yr argraffiad.")
_FIELD_BACK = Text("Put the field back.", "Rhowch y maes yn ôl.")
_NARROWER = Text(
    "Narrow the visibility of the form or the field.",
    "Culhewch welededd y ffurflen neu’r maes.",
)
_STOP_BACK = Text(
    "Put the rule of the form back, as an error.", "Rhowch reol y ffurflen yn ôl, fel gwall."
)
_BOUND_EN = {"at_least": "at least", "at_most": "at most", "window": "exactly"}
_BOUND_CY = {"at_least": "o leiaf", "at_most": "ar y mwyaf", "window": "union"}


def _length_kept(rule: Rule, row: Timescale) -> bool:
    wanted = rule.length
    if row.length is None or wanted is None:
        return False
    if rule.kind == "window" or row.length == wanted:
        return row.length == wanted
    if rule.kind == "at_most":
        return _days(row.length, longest=True) <= _days(wanted, longest=False) or _shorter(
            row.length, wanted
        )
    return _days(row.length, longest=False) >= _days(wanted, longest=True) or _shorter(
        wanted, row.length
    )


def _shorter(one: Length, other: Length) -> bool:
    """Say whether a length of the same units is no longer than another."""
    return one.months <= other.months and _rest(one) <= _rest(other)


def _rest(length: Length) -> int:
    return length.weeks * 7 + length.days


def _days(length: Length, *, longest: bool) -> int:
    return length.months * _MONTH[longest] + _rest(length)


def _moment_kept(rule: Rule, expression: str) -> bool:
    """Say whether a timer event waits long enough, or speaks up soon enough, by its expression."""
    text = " ".join(expression.split())
    due = _DUE.fullmatch(text)
    later = rule.kind == "at_least"
    if due:
        by = int(due["by"] or 0)
        return rule.timescale in (due["key"], due["moved"]) and (by >= 0 if later else by <= 0)
    counted = _COUNTED.fullmatch(text)
    if not counted or not rule.since or rule.length is None:
        return False
    length = parse_length(counted["length"])
    enough = _days(length, longest=False) >= _days(rule.length, longest=True)
    return later and counted["fact"] == rule.since and enough


def _places(reading: Reading) -> Iterator[_Place]:
    for form in reading.forms.values():
        for section in form.sections:
            for entry in section.fields:
                yield _Place(form, section, entry, None)
                for column in entry.columns:
                    yield _Place(form, section, entry, column)


def _alike(places: Collection[_Place], was: _Place) -> _Place | None:
    """Return a field of the same kind that carries the id where the old one is gone."""
    same = (place for place in places if place.field.type == was.field.type)
    return next((each for each in same if each.field.has_input == was.field.has_input), None)


def _stops_of(form: Form, row: str) -> list[FormRule]:
    """Return the rules of a form that refuse what a row of the catalogue refuses."""
    found: list[FormRule] = []
    for rule in form.rules:
        named = rule.row == row and rule.message is not None and rule.message.kind == "error"
        told = rule.messages.get(row)
        if named or (told is not None and told.kind == "error"):
            found.append(rule)
    return found


def _table_lost(table: DecisionTable, was: DecisionTable) -> Iterator[tuple[Text, str]]:
    columns = ("hit_policy", "aggregation")
    if any(getattr(table, each) != getattr(was, each) for each in columns) or _heads(
        table
    ) != _heads(was):
        yield (
            Text(
                f"{table.id} asks or answers something else than the edition’s table.",
                f"Mae {table.id} yn gofyn neu’n ateb rhywbeth gwahanol i dabl yr argraffiad.",
            ),
            table.id,
        )
        return
    now, before = [_cells(each) for each in table.rules], [_cells(each) for each in was.rules]
    if table.hit_policy == "COLLECT":
        missing = [each for each in before if each not in now]
    else:
        missing = [] if now == before else [each for each in before if each not in now] or before
    if missing:
        yield (
            Text(
                f"{table.id} does not answer as the edition does: row {missing[0][0]} is another "
                "or stands elsewhere.",
                f"Nid yw {table.id} yn ateb fel y mae’r argraffiad: mae rhes {missing[0][0]} yn "
                "wahanol neu’n sefyll yn rhywle arall.",
            ),
            table.id,
        )


def _heads(table: DecisionTable) -> tuple[object, ...]:
    inputs = tuple(each.expression.source for each in table.inputs)
    return (*inputs, *(each.name for each in table.outputs))


def _cells(row: DecisionRow) -> tuple[str, ...]:
    """Return what a row says: its id, its tests and its answers, as they are written."""
    return (row.id, *(each.source for each in (*row.tests, *row.answers)))


def _title(task: Element, language: str) -> str:
    return f"“{task.name(language) or task.id}”"


def _listed(roles: Collection[str]) -> str:
    return ", ".join(roles)


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "–"
    return str(value) or "–"
