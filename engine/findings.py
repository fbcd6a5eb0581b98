"""Say what in a report still identifies somebody, and what a person has looked at and let stand.

A finding belongs to the words of its sentence: whoever changes them opens it again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import documents, identifiers, identity, public_report
from engine.errors import FieldError, InvalidForm
from engine.identifiers import Hit, Register
from engine.models import Account, Appointment, AuditEvent
from engine.public_report import Passage
from engine.store import CaseFile
from engine.texts import Text

SET_ASIDE, OPENED_AGAIN = "finding_set_aside", "finding_opened_again"
_PUBLISHED = "published_on"

#: Why something is found, in words that do not repeat what is on record.
REASONS: Mapping[str, Text] = {
    identifiers.FAMILY: Text(
        "A name of the child or of somebody of the family",
        "Enw’r plentyn neu rywun o’r teulu",
    ),
    identifiers.PERSON: Text(
        "A name of somebody who took part or who works on the case",
        "Enw rhywun a gymerodd ran neu sy’n gweithio ar yr achos",
    ),
    identifiers.INITIALS: Text(
        "Initials of somebody in the case", "Blaenlythrennau rhywun yn yr achos"
    ),
    identifiers.BORN: Text("A date of birth", "Dyddiad geni"),
    identifiers.ADDRESS: Text("An address, or a part of one", "Cyfeiriad, neu ran ohono"),
    identifiers.POSTCODE: Text("A postcode", "Cod post"),
    identifiers.SCHOOL: Text("A school or a surgery by name", "Ysgol neu feddygfa wrth ei henw"),
    identifiers.PLACE: Text("A place that has a code", "Lle sydd â chod"),
    identifiers.PHONE: Text("A telephone number", "Rhif ffôn"),
    identifiers.EMAIL: Text("An email address", "Cyfeiriad e-bost"),
    identifiers.NUMBER: Text(
        "An NHS or National Insurance number", "Rhif GIG neu Yswiriant Gwladol"
    ),
    identifiers.CASE_NUMBER: Text("The identifier of another case", "Dynodwr achos arall"),
}
_STILL_OPEN = FieldError(
    "",
    "The content check still finds something that may identify somebody. Open the content check of "
    "the case: change the text, or say why it may stand. Nothing is published before.",
    "Mae’r gwiriad cynnwys yn dal i ganfod rhywbeth a allai ddangos pwy yw rhywun. Agorwch wiriad "
    "cynnwys yr achos: newidiwch y testun, neu dywedwch pam y caiff aros. Ni chyhoeddir dim cyn "
    "hynny.",
)
_SENTENCE_END = re.compile(r"[.!?]+[\s)”\"’]+|\n+")


@dataclass(frozen=True)
class Decided:
    """That a person let a finding stand: who, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, eq=False)
class Finding:
    """Something that may identify somebody, in its sentence: before it, itself, and after it."""

    key: str
    passage: Passage
    kind: str
    before: str
    marked: str
    after: str
    decided: Decided | None

    @property
    def why(self) -> Text:
        """Return why it was found."""
        return REASONS[self.kind]


def findings(file: CaseFile) -> list[Finding]:
    """Return what may identify somebody anywhere in the report, in the order of the report.

    Source:  DR-27.1; CF-01, CF-02, CF-17: G1.4, G5.17.
    """
    known = identity.everybody(file)
    chairs = _chairs(file)
    decisions = _decisions(file)
    found: dict[str, Finding] = {}
    for passage in public_report.passages(file):
        if not passage.is_typed or passage.of_author:
            continue
        text = passage.value.en
        for hit in known.find(text):
            if passage.is_public_voice and _names_one_of(chairs, text, hit):
                continue
            each = _finding(passage, text, hit, decisions)
            found.setdefault(each.key, each)
    return list(found.values())


def open_findings(file: CaseFile, places: Collection[tuple[str, str]] = ()) -> list[Finding]:
    """Return the findings that nobody has dealt with, all or those of some (form, section)."""
    return [
        each
        for each in findings(file)
        if each.decided is None
        and (not places or (each.passage.form.id, each.passage.section.id) in places)
    ]


def require_none_open(file: CaseFile, written: Collection[tuple[str, str]]) -> None:
    """Refuse to publish, or to write into what is published, while something is not dealt with.

    Takes:   written, the sections just written, by form and section. Writing the day of
             publication asks for the whole report; what is written once it is published, for what
             was written, so that the rest can be dealt with one after the other.
    Raises:  InvalidForm.
    Source:  DR-14.3, DR-27.1; PUB-08, PUB-09.
    """
    printed = {form.id: form for form in public_report.forms_of(file)}
    touched = {(form, section) for form, section in written if form in printed}
    if not touched or file.names(None).get(_PUBLISHED) is None:
        return
    entries = [entry for form, name in touched for entry in printed[form].section(name).fields]
    publishes = any(entry.key == _PUBLISHED for entry in entries)
    if not open_findings(file, () if publishes else touched):
        return
    control = _PUBLISHED if publishes else ""
    raise InvalidForm(
        [FieldError(control, _STILL_OPEN.en, _STILL_OPEN.cy, catalogue="F25.02", row="DR-27.1")]
    )


def _finding(passage: Passage, text: str, hit: Hit, decisions: Mapping[str, Decided]) -> Finding:
    start, end = _sentence(text, hit)
    marked = text[hit.start : hit.end]
    sentence = text[start:end]
    said = "\0".join([passage.place, hit.kind, marked, sentence])
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    return Finding(
        key=key,
        passage=passage,
        kind=hit.kind,
        before=text[start : hit.start],
        marked=marked,
        after=text[hit.end : end],
        decided=decisions.get(key),
    )


def _sentence(text: str, hit: Hit) -> tuple[int, int]:
    """Return where the sentence in which something stands begins and ends."""
    start = 0
    for end in _SENTENCE_END.finditer(text, 0, hit.start):
        start = end.end()
    after = _SENTENCE_END.search(text, hit.end)
    return start, after.start() + 1 if after else len(text)


def _chairs(file: CaseFile) -> Register:
    """Return the names of the Chair of the Board, who speaks in public under their own name."""
    query = (
        select(Account.name)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Appointment.board_id == file.case.board_id, Appointment.role == "chair")
        .order_by(Account.name, Account.id)
    )
    names = file.session.scalars(query)
    return identifiers.register(identifiers.Identifier(identifiers.PERSON, each) for each in names)


def _names_one_of(people: Register, text: str, hit: Hit) -> bool:
    return any(
        found.start <= hit.start and hit.end <= found.end
        for found in people.find(text, shapes=False)
    )


def _decisions(file: CaseFile) -> dict[str, Decided]:
    """Return what was let stand and not opened again since, by the keys of the findings."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.case_id == file.case.id, AuditEvent.kind.in_((SET_ASIDE, OPENED_AGAIN)))
        .order_by(AuditEvent.seq)
    )
    standing: dict[str, Decided] = {}
    for event in file.session.scalars(query):
        for key in _keys_of(event.data):
            if event.kind == SET_ASIDE:
                by = documents.name_of(file.session, event.actor)
                standing[key] = Decided(by, event.at, str(event.data.get("reason", "")))
            else:
                standing.pop(key, None)
    return standing


def _keys_of(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(key) for key in data.get("findings", ()))
