"""Read what was typed of a timescale as a row, and show a row as its questions hold it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engine.texts import Text
from engine.timescales import BREACH, LEVELS, Length, is_step, parse_length
from engine.variations.row_files import DraftRowWrong

#: The kinds that a Board's own timescale may be; a window and an order are checked in forms.
OWN_KINDS = ("clock", "lead", "repeat", "open")
#: Where a stage stands: before the due day, after it, or after the day it runs from.
SIDES = ("before", "after", "start")
UNITS = ("D", "W", "M")
#: A page takes so many reminders and steps of the ladder.
MOST_STAGES = 12
_PARTS = ("number", "unit", "side", "level", "repeat", "repeat-unit", "key")


@dataclass(frozen=True)
class Known:
    """The names that a timescale may give: facts, roles and processes."""

    facts: Collection[str]
    roles: Collection[str]
    processes: Collection[str]


def timescale_row(
    typed: Mapping[str, str], now: Mapping[str, Any], known: Known, *, own: bool
) -> dict[str, Any]:
    """Return the row that was typed, over the row as it is now.

    Takes:   own, whether all of it is the variation's, not only what an edition leaves open.
    Raises:  DraftRowWrong.
    """
    reading = _Typed(typed, now, known, own)
    row = reading.row()
    if reading.problems:
        raise DraftRowWrong(reading.problems)
    return row


def typed_timescale(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row as the questions of the page hold it."""
    typed = {name: str(row.get(name, "")) for name in ("en", "cy", "kind", "from", "item", "cite")}
    for name in ("until", "ends", "ended_by", "process", "owner", "manager"):
        typed[name] = typed_words(row.get(name, []))
    typed["length"], typed["length-unit"] = typed_length(str(row.get("length", "")))
    stages = row.get("stages", [])
    staged = [each for each in stages if isinstance(each, dict)] if isinstance(stages, list) else []
    for number, stage in enumerate(staged):
        typed |= {f"stage-{number}-{name}": text for name, text in _typed_stage(stage).items()}
    return typed


def typed_words(listed: object) -> str:
    """Return names as a question holds them, with spaces between; also what is written wrongly."""
    return " ".join(map(str, listed)) if isinstance(listed, list) else str(listed)


def typed_length(text: str) -> tuple[str, str]:
    """Return a length as a number and a unit; one of several units, as the standard writes it."""
    try:
        length = parse_length(text)
    except ValueError:
        return text, "D"
    parts = {"M": length.months, "W": length.weeks, "D": length.days}
    given = [(unit, size) for unit, size in parts.items() if size]
    if len(given) > 1:
        return text.lstrip("-"), "D"
    unit, size = given[0] if given else ("D", 0)
    return str(abs(size)), unit


def stage_numbers(typed: Mapping[str, str]) -> list[int]:
    """Return the numbers of the stages that were typed, in order."""
    found = {int(match[1]) for name in typed if (match := re.match(r"stage-(\d{1,3})-", name))}
    return sorted(found)


class _Typed:
    """What was typed of a timescale, as a row; `problems` say what is wrong with it."""

    def __init__(
        self, typed: Mapping[str, str], now: Mapping[str, Any], known: Known, own: bool
    ) -> None:
        self.typed = {name: text.strip() for name, text in typed.items()}
        self.now, self.known, self.own = now, known, own
        self.problems: dict[str, Text] = {}

    def row(self) -> dict[str, Any]:
        row = dict(self.now)
        for name, text in (("en", _NO_NAME), ("cy", _NO_WELSH)):
            row[name] = self.typed.get(name, "")
            if not row[name]:
                self.problems[name] = text
        if self.own:
            row |= self.own_parts()
        self.put(row, "length", self.length())
        for name in ("owner", "manager"):
            keys = self.typed.get(name, "").split()
            self.name_known(name, keys, self.known.roles, _NO_ROLE)
            self.put(row, name, keys)
        self.put(row, "stages", self.stages())
        return row

    def own_parts(self) -> dict[str, Any]:
        """Return what only a timescale of the variation's own says."""
        found: dict[str, Any] = {"source": "P", "cite": self.typed.get("cite") or "local"}
        found["kind"] = self.typed.get("kind", "")
        if found["kind"] not in OWN_KINDS:
            self.problems["kind"] = _NO_KIND
        found["from"] = self.typed.get("from", "")
        if found["from"] not in self.known.facts:
            self.problems["from"] = _NO_DAY
        for name in ("ends", "ended_by"):
            keys = self.typed.get(name, "").replace(",", " ").split()
            known = {*self.known.facts, *(each for each in keys if is_step(each))}
            self.name_known(name, keys, known, _NO_FACT)
            found[name] = keys
        keys = self.typed.get("process", "").split()
        self.name_known("process", keys, self.known.processes, _NO_PROCESS)
        if not keys:
            self.problems["process"] = _CHOOSE_PROCESS
        return {**found, "process": keys}

    def name_known(self, name: str, keys: list[str], known: Collection[str], said: Text) -> None:
        unknown = [key for key in keys if key not in known]
        if unknown:
            self.problems[name] = Text(
                said.en.format(name=unknown[0]), said.cy.format(name=unknown[0])
            )

    def put(self, row: dict[str, Any], name: str, value: Any) -> None:
        """Set what changed; what the row did not say and still does not stays unsaid."""
        if value or name in self.now:
            row[name] = value

    def length(self) -> str:
        text = self.typed.get("length", "")
        if not text:
            if self.own:
                self.problems["length"] = _NO_LENGTH
            return ""
        found = self.read("length", text, self.typed.get("length-unit", ""))
        # One that says the same stays as it is written: P1Y6M is P18M.
        was = str(self.now.get("length", ""))
        return was if _reads_as(was, found) else str(found)

    def read(self, name: str, text: str, unit: str) -> Length:
        """Return a length of a number and a unit; or of the standard, such as P1M3D."""
        written = f"P{int(text)}{unit}" if re.fullmatch(r"\d{1,4}", text) else text
        try:
            found = parse_length(written)
        except ValueError:
            found = -Length(days=1)
        if found.is_negative or (unit not in UNITS and written != text):
            self.problems[name] = _BAD_LENGTH
        return found

    def stages(self) -> list[dict[str, str]]:
        stages = [self.stage(number) for number in stage_numbers(self.typed)[:MOST_STAGES]]
        found = [each for each in stages if each]
        for number, each in enumerate(found):
            keys = {other["key"] for other in found[:number]}
            each["key"] = _unused(each["key"], keys)
        if found and not self.typed.get("length") and "until" not in self.now:
            self.problems["length"] = _STAGES_NEED_LENGTH
        for level, name, said in (("E1", "owner", _NO_OWNER), ("E2", "manager", _NO_MANAGER)):
            if any(each["level"] == level for each in found) and not self.typed.get(name):
                self.problems[name] = said
        return found

    def stage(self, number: int) -> dict[str, str] | None:
        said = {name: self.typed.get(f"stage-{number}-{name}", "") for name in _PARTS}
        if not said["number"] and not said["repeat"]:
            return None
        at = self.read(f"stage-{number}-number", said["number"], said["unit"] or "D")
        if said["side"] not in SIDES or said["level"] not in LEVELS:
            self.problems[f"stage-{number}-number"] = _STAGE_OPEN
        at_breach = at == Length() and said["side"] != "start"
        key = "" if said["key"] == BREACH and not at_breach else said["key"]
        stage = {
            "key": key or (BREACH if at_breach else _stage_key(at, said["side"])),
            "at": str(-at if said["side"] == "before" and at != Length() else at),
            "of": "from" if said["side"] == "start" else "due",
            "level": said["level"],
        }
        if said["repeat"]:
            every = self.read(f"stage-{number}-repeat", said["repeat"], said["repeat-unit"] or "M")
            stage["repeat"] = str(every)
            if every == Length():
                self.problems[f"stage-{number}-repeat"] = _BAD_LENGTH
        return stage


def _typed_stage(row: Mapping[str, Any]) -> dict[str, str]:
    stage = {name: str(value) for name, value in row.items()}
    at = stage.get("at", "")
    number, unit = typed_length(at)
    side = "start" if stage.get("of") == "from" else "before" if at.startswith("-") else "after"
    typed = {"number": number, "unit": unit, "side": side, "level": stage.get("level", "")}
    if stage.get("repeat"):
        typed["repeat"], typed["repeat-unit"] = typed_length(stage["repeat"])
    return {**typed, "key": stage.get("key", "")}


def _reads_as(text: str, length: Length) -> bool:
    try:
        return parse_length(text) == length
    except ValueError:
        return False


def _stage_key(at: Length, side: str) -> str:
    return f"{side}_{str(at).removeprefix('P').lower()}"


def _unused(key: str, used: set[str]) -> str:
    number, found = 2, key
    while found in used:
        number, found = number + 1, f"{key}_{number}"
    return found


_NO_NAME = Text(
    "Write in English what has to be so by then.",
    "Ysgrifennwch yn Saesneg beth sydd i fod erbyn hynny.",
)
_NO_WELSH = Text(
    "Write in Welsh what has to be so by then.",
    "Ysgrifennwch yn Gymraeg beth sydd i fod erbyn hynny.",
)
_NO_ROLE = Text("There is no role {name}.", "Nid oes rôl {name}.")
_NO_KIND = Text("Choose what kind of timescale it is.", "Dewiswch pa fath o amserlen yw hi.")
_NO_DAY = Text("Choose the day it runs from.", "Dewiswch y diwrnod y mae’n rhedeg ohono.")
_NO_FACT = Text(
    "There is no fact {name}. Name facts, or steps such as CNS-06.",
    "Nid oes ffaith {name}. Enwch ffeithiau, neu gamau megis CNS-06.",
)
_NO_PROCESS = Text("There is no process {name}.", "Nid oes proses {name}.")
_CHOOSE_PROCESS = Text(
    "Choose in which processes it runs.", "Dewiswch ym mha brosesau y mae’n rhedeg."
)
_NO_LENGTH = Text("Enter how long it is.", "Rhowch pa mor hir yw hi.")
_BAD_LENGTH = Text(
    "Enter a whole number, and choose days, weeks or months.",
    "Rhowch rif cyfan, a dewiswch ddyddiau, wythnosau neu fisoedd.",
)
_STAGES_NEED_LENGTH = Text(
    "Stages need a due day: enter how long it is, or remove them.",
    "Mae angen diwrnod terfyn ar gamau: rhowch pa mor hir yw hi, neu tynnwch nhw.",
)
_NO_OWNER = Text(
    "Choose who answers for it: a stage tells them.",
    "Dewiswch pwy sy’n atebol amdani: mae cam yn rhoi gwybod iddynt.",
)
_NO_MANAGER = Text(
    "Choose who is told beside them: a stage tells their manager.",
    "Dewiswch pwy arall sy’n cael gwybod: mae cam yn rhoi gwybod i’w rheolwr.",
)
_STAGE_OPEN = Text(
    "Say when the stage is, and who is told.", "Dywedwch pryd mae’r cam, a phwy sy’n cael gwybod."
)
