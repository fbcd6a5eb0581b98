"""Say which reasons were recorded for a clock of a case that was missed, or takes longer (F-56)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine import access, documents
from engine.forms import Form
from engine.models import Document
from engine.people import Actor, Held
from engine.store import CaseFile

#: The form on which an overrun is recorded, and what of it says why and until when.
_FORM, _TOLD = "F-56", "F56.04"


@dataclass(frozen=True)
class OverrunReason:
    """Why a time limit was missed or takes longer; `forecast_on` is the day expected then."""

    document_id: uuid.UUID
    text: str
    forecast_on: date | None
    at: datetime


def reasons_of(file: CaseFile, actor: Actor, held: Held) -> Mapping[str, tuple[OverrunReason, ...]]:
    """Return the reasons that a person may read, by timescale, the oldest first."""
    forms = [form.id for form in file.definitions.forms.values() if form.catalogue == _FORM]
    rows = file.session.scalars(
        select(Document)
        .where(Document.case_id == file.case.id, Document.form.in_(forms))
        .order_by(Document.created_at, Document.id)
    ).all()
    if not rows:
        return {}
    contents = access.readable_contents(file, actor, held, [(row, row.version) for row in rows])
    written = documents.written(file.session, list(contents))
    found: dict[str, tuple[OverrunReason, ...]] = {}
    for row in rows:
        key = (row.id, row.version)
        said = _said(file.definitions.forms[row.form], contents.get(key, {}))
        if said is not None:
            timescale, text, day = said
            reason = OverrunReason(row.id, text, day, written[key].at)
            found[timescale] = (*found.get(timescale, ()), reason)
    return found


def _said(
    form: Form, content: Mapping[str, Mapping[str, Any]]
) -> tuple[str, str, date | None] | None:
    """Return which clock a record is about, why, and until when; None where it does not say."""
    for section in form.sections:
        given = content.get(section.id, {})
        about = next((given.get(one.key) for one in section.fields if one.kind == "clock"), None)
        told = [
            (one.type, given[one.key])
            for one in section.fields
            if one.catalogue == _TOLD and given.get(one.key)
        ]
        texts = [str(value) for kind, value in told if kind == "textarea"]
        days = [date.fromisoformat(value) for kind, value in told if kind == "datetime"]
        if about and texts:
            return str(about), texts[0], next(iter(days), None)
    return None
