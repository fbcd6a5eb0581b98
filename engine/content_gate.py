"""Show what the content gate finds in a report, and let a person say why something may stand."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import access, confidentiality, db, documents, findings, identity, public_report, store
from engine.documents import DocumentKey
from engine.errors import EngineError, FieldError, InvalidForm, NotFound
from engine.findings import Finding
from engine.identifiers import FAMILY
from engine.people import Actor, ReasonMissing
from engine.store import CaseFile
from engine.texts import Text

_ROW = "DR-27.1"
_NAMED_IN_REASON = FieldError(
    "reason",
    "The reason names the child or the family. It stays on record: say it without the name.",
    "Mae’r rheswm yn enwi’r plentyn neu’r teulu. Mae’n aros ar gofnod: dywedwch ef heb yr enw.",
)


class FindingChanged(EngineError):
    """The text of the report has changed since you opened this page. Look at what is found now, then decide again."""  # noqa: E501

    status = 409


@dataclass(frozen=True)
class FindingView:
    """Something that may identify somebody, in its place, as a person sees it.

    `row` counts from 1 where it stands in rows; `decided_by` is empty while nobody has decided.
    """

    key: str
    form_title: Text
    section: Text
    label: Text
    row: int
    before: str
    marked: str
    after: str
    why: Text
    document_id: uuid.UUID | None
    section_id: str
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class GatePage:
    """What the content gate finds on a case; `elsewhere` counts what this person may not read."""

    case_id: uuid.UUID
    case_identifier: str
    open: tuple[FindingView, ...]
    decided: tuple[FindingView, ...]
    elsewhere: int
    is_published: bool


def content_gate_page(case_id: uuid.UUID, actor: Actor) -> GatePage:
    """Return what in the report may identify somebody, each in its sentence.

    Raises:  NotFound, for whoever does not check the report.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        _require_checker(file, actor)
        found = findings.findings(file)
        readable = _readable(file, actor)
        seen = [each for each in found if each.passage.place in readable]
        hidden = [each for each in found if each not in seen and each.decided is None]
        return GatePage(
            case_id=file.case.id,
            case_identifier=file.case.identifier,
            open=tuple(_view(file, each) for each in seen if each.decided is None),
            decided=tuple(_view(file, each) for each in seen if each.decided is not None),
            elsewhere=len(hidden),
            is_published=file.names(None).get("published_on") is not None,
        )


def may_check_content(case_id: uuid.UUID, actor: Actor) -> bool:
    """Say whether a person checks the report of a case, so that a link leads to the gate."""
    with db.reading() as session:
        try:
            _require_checker(store.read_case(session, case_id, str(actor.account_id)), actor)
        except NotFound:
            return False
        return True


def set_aside(case_id: uuid.UUID, keys: Collection[str], reason: str, actor: Actor) -> None:
    """Let findings stand, with a reason; whoever changes their sentence opens them again.

    Raises:  NotFound; ReasonMissing; FindingChanged; InvalidForm.
    """
    with db.transaction() as session:
        file = _lock(session, case_id, reason, actor)
        _record(file, actor, keys, reason, findings.SET_ASIDE, decided=False)


def open_again(case_id: uuid.UUID, keys: Collection[str], reason: str, actor: Actor) -> None:
    """Take back that findings may stand, with a reason.

    Raises:  NotFound; ReasonMissing; FindingChanged; InvalidForm.
    """
    with db.transaction() as session:
        file = _lock(session, case_id, reason, actor)
        _record(file, actor, keys, reason, findings.OPENED_AGAIN, decided=True)


def _lock(session: Session, case_id: uuid.UUID, reason: str, actor: Actor) -> CaseFile:
    file = store.lock_case(session, case_id, str(actor.account_id))
    _require_checker(file, actor)
    if not reason.strip():
        raise ReasonMissing
    known = identity.child_and_family(file)
    if any(hit.kind == FAMILY and hit.sure for hit in known.find(reason, shapes=False)):
        raise InvalidForm([_NAMED_IN_REASON])
    return file


def _record(
    file: CaseFile, actor: Actor, keys: Collection[str], reason: str, event: str, *, decided: bool
) -> None:
    readable = _readable(file, actor)
    there = {
        each.key: each
        for each in findings.findings(file)
        if (each.decided is not None) == decided and each.passage.place in readable
    }
    if not keys or not set(keys) <= set(there):
        raise FindingChanged
    chosen = [each for key, each in there.items() if key in set(keys)]
    data = {
        "findings": [each.key for each in chosen],
        "places": [each.passage.place for each in chosen],
        "kinds": [each.kind for each in chosen],
        "reason": reason.strip(),
    }
    store.save_case(file, event, subject=_ROW, data=data)


def _require_checker(file: CaseFile, actor: Actor) -> None:
    """Refuse whoever does not check the report (F05.33), as if there were none.

    Raises:  NotFound.
    """
    held = access.roles_on(file.session, actor, file.case)
    if not held & confidentiality.SETS_ASIDE or not public_report.is_begun(file):
        raise NotFound


def _readable(file: CaseFile, actor: Actor) -> frozenset[str]:
    """Return the places of the report that a person may read."""
    held = access.roles_on(file.session, actor, file.case)
    found: set[str] = set()
    for form in public_report.forms_of(file):
        row = documents.find(file.session, file.case.id, DocumentKey(form.id))
        content = access.readable_content(file, actor, held, row) if row is not None else None
        for section, values in (content or {}).items():
            for key, value in values.items():
                found.add(f"{form.id}/{section}/{key}")
                for line in value if isinstance(value, list) else ():
                    if isinstance(line, dict):
                        found |= {f"{form.id}/{section}/{key}/{column}" for column in line}
    return frozenset(found)


def _view(file: CaseFile, found: Finding) -> FindingView:
    passage, decided = found.passage, found.decided
    row = documents.find(file.session, file.case.id, DocumentKey(passage.form.id))
    return FindingView(
        key=found.key,
        form_title=Text(passage.form.title("en"), passage.form.title("cy")),
        section=Text(passage.section.label("en"), passage.section.label("cy")),
        label=passage.label,
        row=passage.row + 1 if passage.column is not None else 0,
        before=found.before,
        marked=found.marked,
        after=found.after,
        why=found.why,
        document_id=row.id if row is not None else None,
        section_id=passage.section.id,
        decided_by=decided.by if decided else "",
        decided_at=decided.at if decided else None,
        reason=decided.reason if decided else "",
    )
