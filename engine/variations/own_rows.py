"""Keep a fact, a milestone, a reason or a letter of a draft, as it was typed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.decisions import parse_decision
from engine.deployments import FACTS, LETTERS, MILESTONES, REASONS
from engine.deployments.departures import Departure, clock_departures, rules_of, table_departures
from engine.errors import InvalidDefinition
from engine.facts import TYPES, parse_facts
from engine.forms import parse_form
from engine.people import Actor
from engine.statutory import Rule
from engine.texts import Text
from engine.timescales import LEVELS, is_step, parse_length
from engine.variations.checking import checks_page
from engine.variations.drafts import draft_files, draft_head, draft_page
from engine.variations.row_files import (
    DraftRow,
    DraftRows,
    DraftRowWrong,
    Row,
    require_change,
    rows_of_draft,
    save_draft_rows,
)
from engine.variations.timescale_typing import UNITS

#: What a fact of a variation's own may read: a field, an output, a step, or other facts.
FACT_KINDS = ("field", "decision", "step", "value")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Departing:
    """A proposed reading, what of the draft departs from it, and the reason that is on record."""

    rule: Rule
    row: DraftRow | None
    what: Text | None

    @property
    def needs_reason(self) -> bool:
        """Say whether something departs from it and nobody says why."""
        return self.what is not None and (self.row is None or self.row.now is None)


@dataclass(frozen=True)
class DraftReasons:
    """The proposed readings of an edition, those first that the draft departs from.

    `checked` says whether the draft was checked as it is now: only then are all of them known.
    """

    rows: DraftRows
    lines: tuple[Departing, ...]
    checked: bool

    def line(self, key: str) -> Departing | None:
        """Return what is known of one reading."""
        return next((each for each in self.lines if each.rule.key == key), None)


def save_draft_fact(draft_id: uuid.UUID, key: str, typed: Row, seen: str, actor: Actor) -> str:
    """Keep a fact of the variation's own and return its name; the empty key: a new one.

    Raises:  NotFound; DraftRowWrong; what `save_draft_rows` raises.
    """
    found, files = rows_of_draft(draft_id, FACTS, actor), draft_files(draft_id, actor)
    require_change(found.head)
    asked = _Asked(typed)
    name = asked.name(key, found, _FACT_NAME)
    kind = asked.one_of("kind", FACT_KINDS, _FACT_KIND)
    source = asked.words("source", _FACT_SOURCE)
    row = {
        "type": asked.one_of("type", TYPES, _FACT_TYPE),
        "scope": asked.matched("scope", _NAME, _FACT_SCOPE),
        kind: source,
        **asked.text(),
    }
    problem = _source_problem(kind, source, files)
    if source and problem:
        asked.problems["source"] = problem
    asked.require_right()
    save_draft_rows(draft_id, FACTS, {name: row}, seen, actor)
    return name


def save_draft_milestone(draft_id: uuid.UUID, key: str, typed: Row, seen: str, actor: Actor) -> str:
    """Keep a milestone and return its key; the empty key: a new one.

    Raises:  NotFound; DraftRowWrong; what `save_draft_rows` raises.
    """
    found, files = rows_of_draft(draft_id, MILESTONES, actor), draft_files(draft_id, actor)
    facts = parse_facts(files[FACTS], FACTS)
    require_change(found.head)
    asked = _Asked(typed)
    name = asked.name(key, found, _MILESTONE_NAME)
    now = (found.row(key).now or {}) if key else {}
    row = {**now, **asked.text()}
    if "timescales" not in now:
        row["from"] = asked.one_of("from", tuple(facts), _NO_DAY)
        row["at"] = asked.length("at")
    reached = [
        " ".join(line.split()) for line in asked.said("reached").splitlines() if line.strip()
    ]
    unknown = [one for line in reached for one in line.split() if one not in facts]
    if not reached or unknown:
        asked.problems["reached"] = _REACHED if not reached else _no_fact(unknown[0])
    row["reached"] = reached
    row["process"] = asked.said("process").split()
    if not row["process"]:
        asked.problems["process"] = _CHOOSE_PROCESS
    asked.require_right()
    kept = {"source": "P", "cite": "local", **row}
    save_draft_rows(draft_id, MILESTONES, {name: kept}, seen, actor)
    return name


def draft_reasons(draft_id: uuid.UUID, actor: Actor) -> DraftReasons:
    """Return the proposed readings that a draft departs from, and the reasons it gives.

    Raises:  NotFound.
    """
    found, files = rows_of_draft(draft_id, REASONS, actor), draft_files(draft_id, actor)
    rules = {key: rule for key, rule in rules_of(files).items() if rule.force == "should"}
    checks = checks_page(draft_id, actor)
    what = {
        one.message.partition(": ")[0]: Text(one.message, one.welsh or one.message)
        for one in (checks.check.findings if checks.check else ())
        if one.rule == "statutory"
    }
    for each in _at_once(draft_id, files, actor):
        lost = each.lost
        what.setdefault(each.rule.key, lost.what)
    rows = {row.key: row for row in found.rows if row.now is not None}
    lines = [Departing(rule, rows.get(key), what.get(key)) for key, rule in rules.items()]
    told = [each for each in lines if each.what or each.row]
    is_current = checks.check is not None and checks.check.is_current
    return DraftReasons(found, tuple(told), is_current)


def save_draft_reason(draft_id: uuid.UUID, key: str, typed: Row, seen: str, actor: Actor) -> None:
    """Keep why a draft departs from a proposed reading.

    Raises:  NotFound; DraftRowWrong; what `save_draft_rows` raises.
    """
    require_change(draft_head(draft_id, actor))
    asked = _Asked(typed)
    row = asked.text()
    asked.require_right()
    save_draft_rows(draft_id, REASONS, {key: row}, seen, actor)


def letter_path(name: str) -> str:
    """Return where the text of a notice stands."""
    return f"{LETTERS}{name}.toml"


def save_draft_letter(draft_id: uuid.UUID, name: str, typed: Row, seen: str, actor: Actor) -> str:
    """Keep the text of a notice and return its name; the empty name: a new one.

    Raises:  NotFound; DraftRowWrong; what `save_draft_rows` raises.
    """
    require_change(draft_head(draft_id, actor))
    asked = _Asked(typed)
    wanted = name or asked.matched("name", _NAME, _LETTER_NAME)
    if not name and letter_path(wanted) in draft_files(draft_id, actor):
        asked.problems["name"] = _TAKEN
    found = rows_of_draft(draft_id, letter_path(wanted or "unnamed"), actor)
    now = {row.key: row.now for row in found.rows if row.now is not None}
    rows: dict[str, Row] = {"subject": asked.letter("subject", now.get("subject"), _SUBJECT)}
    rows["body"] = asked.letter("body", now.get("body"), _BODY)
    for level in LEVELS:
        if any(asked.said(f"{level}-{part}") for part in _LETTER_PARTS):
            was: Row = now.get(level) or {}
            rows[level] = {
                part: asked.letter(f"{level}-{part}", was.get(part), said)
                for part, said in (("subject", _SUBJECT), ("body", _BODY))
            }
    asked.require_right()
    if not name:
        seen = found.seen(*rows)
    save_draft_rows(draft_id, letter_path(wanted), rows, seen, actor)
    return wanted


def _at_once(draft_id: uuid.UUID, files: Mapping[str, bytes], actor: Actor) -> list[Departure]:
    """Return the departures that need no proof."""
    found: list[Departure] = []
    for file in draft_page(draft_id, actor).files:
        if file.own is None or file.content is None:
            continue
        if file.kind == "decision":
            found += table_departures(files, file.edition, file.path)
        elif file.path.endswith("timescales.toml"):
            found += clock_departures(files, file.edition or b"", file.content)
    return [each for each in found if each.rule.force == "should"]


def _source_problem(kind: str, source: str, files: Mapping[str, bytes]) -> Text | None:
    """Say what is wrong with where a fact is read from; what hangs on more, the checks say."""
    first, _, rest = source.partition(".")
    try:
        if kind == "field":
            path = f"forms/{first}.json"
            there = path in files and parse_form(files[path], path).has_field(rest)
            return None if there else _no_source(_NO_FIELD, source)
        if kind == "decision":
            path = f"processes/decisions/{first}.dmn"
            outputs = parse_decision(files[path], path).outputs if path in files else ()
            return None if rest in {one.name for one in outputs} else _no_source(_NO_OUTPUT, source)
    except InvalidDefinition:
        return None  # The file is broken, not what was typed: the checks tell of it.
    if kind == "step" and not is_step(source):
        return _no_source(_NO_STEP, source)
    return None


@dataclass
class _Asked:
    """What was typed on a page, and what is wrong with it, by question."""

    typed: Row
    problems: dict[str, Text] = field(default_factory=dict)

    def said(self, name: str) -> str:
        return str(self.typed.get(name, "")).replace("\r\n", "\n").strip()

    def words(self, name: str, problem: Text) -> str:
        said = self.said(name)
        if not said:
            self.problems[name] = problem
        return said

    def matched(self, name: str, shape: re.Pattern[str], problem: Text) -> str:
        said = self.said(name)
        if not shape.fullmatch(said):
            self.problems[name] = problem
        return said

    def one_of(self, name: str, allowed: tuple[str, ...], problem: Text) -> str:
        said = self.said(name)
        if said not in allowed:
            self.problems[name] = problem
        return said

    def text(self) -> dict[str, str]:
        return {"en": self.words("en", _ENGLISH), "cy": self.words("cy", _WELSH)}

    def name(self, key: str, found: DraftRows, problem: Text) -> str:
        if key:
            return found.row(key).key
        said = self.matched("name", _NAME, problem)
        if any(row.key == said and row.now is not None for row in found.rows):
            self.problems["name"] = _TAKEN
        return said

    def length(self, name: str) -> str:
        number, unit = self.said(name), self.said(f"{name}-unit")
        if not re.fullmatch(r"\d{1,4}", number) or unit not in UNITS:
            self.problems[name] = _LENGTH
            return ""
        return str(parse_length(f"P{int(number)}{unit}"))

    def letter(self, name: str, now: Any, problem: Text) -> dict[str, str]:
        """Return a text of a letter; of one that says the same, its lines as they stand."""
        found: dict[str, str] = {}
        for language in ("en", "cy"):
            said = self.words(f"{name}-{language}", problem)
            stands = str(now.get(language, "")) if isinstance(now, Mapping) else ""
            ends = "\n" if name.endswith("body") else ""
            found[language] = stands if said == stands.strip() else said + ends
        return found

    def require_right(self) -> None:
        if self.problems:
            raise DraftRowWrong(self.problems)


def _no_source(said: Text, source: str) -> Text:
    return Text(said.en.format(name=source), said.cy.format(name=source))


def _no_fact(name: str) -> Text:
    return _no_source(Text("There is no fact {name}.", "Nid oes ffaith {name}."), name)


_LETTER_PARTS = ("subject-en", "subject-cy", "body-en", "body-cy")
_ENGLISH = Text("Write it in English.", "Ysgrifennwch ef yn Saesneg.")
_WELSH = Text("Write it in Welsh.", "Ysgrifennwch ef yn Gymraeg.")
_TAKEN = Text(
    "There is one of this name already. Choose another name.",
    "Mae un o’r enw hwn eisoes. Dewiswch enw arall.",
)
_FACT_NAME = Text(
    "Enter a name for the fact, such as quality_checked_on: small letters, digits and _.",
    "Rhowch enw i’r ffaith, megis quality_checked_on: llythrennau bach, rhifau ac _.",
)
_FACT_KIND = Text("Choose what the fact is read from.", "Dewiswch o beth y darllenir y ffaith.")
_FACT_SOURCE = Text("Enter where the fact is read.", "Rhowch ble y darllenir y ffaith.")
_FACT_TYPE = Text("Choose the type of the fact.", "Dewiswch fath y ffaith.")
_FACT_SCOPE = Text(
    "Enter case, or the kind of item that it is about.",
    "Rhowch case, neu’r math o eitem y mae’n ymwneud â hi.",
)
_NO_FIELD = Text(
    "There is no field {name}. Write it as form.field.",
    "Nid oes maes {name}. Ysgrifennwch ef fel ffurflen.maes.",
)
_NO_OUTPUT = Text(
    "There is no output {name}. Write it as table.output, such as DR-16.result.",
    "Nid oes allbwn {name}. Ysgrifennwch ef fel tabl.allbwn, megis DR-16.result.",
)
_NO_STEP = Text(
    "{name} is no step. Write its number, such as CNS-12.",
    "Nid yw {name} yn gam. Ysgrifennwch ei rif, megis CNS-12.",
)
_MILESTONE_NAME = Text(
    "Enter a name for the milestone, such as quality_checked: small letters, digits and _.",
    "Rhowch enw i’r garreg filltir, megis quality_checked: llythrennau bach, rhifau ac _.",
)
_NO_DAY = Text("Choose the day it is counted from.", "Dewiswch y diwrnod y cyfrifir ohono.")
_LENGTH = Text(
    "Enter a whole number, and choose days, weeks or months.",
    "Rhowch rif cyfan, a dewiswch ddyddiau, wythnosau neu fisoedd.",
)
_REACHED = Text(
    "Name at least one fact by which it is reached.",
    "Enwch o leiaf un ffaith y’i cyrhaeddir drwyddi.",
)
_CHOOSE_PROCESS = Text(
    "Choose on which cases it counts.", "Dewiswch ar ba achosion y mae’n cyfrif."
)
_LETTER_NAME = Text(
    "Enter a name for the message, such as quality_check_due: small letters, digits and _.",
    "Rhowch enw i’r neges, megis quality_check_due: llythrennau bach, rhifau ac _.",
)
_SUBJECT = Text("Write the subject line.", "Ysgrifennwch y llinell bwnc.")
_BODY = Text("Write what the message says.", "Ysgrifennwch beth mae’r neges yn ei ddweud.")
