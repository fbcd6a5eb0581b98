"""Fill forms in with their examples, as somebody would who goes the plain way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from engine import forms, timescales
from engine.forms.asking import Around
from tests.processes.catalogue import parsed

#: The day on which the forms are filled in, and what expressions may call on it.
TODAY = date(2026, 5, 28)
FUNCTIONS = timescales.own_functions(datetime(2026, 5, 28, 9, tzinfo=UTC), lambda key: None)


class Filler:
    """Somebody who fills forms in, with what their case knows."""

    def __init__(self, facts: Mapping[str, Any], **around: Any) -> None:
        """Take every fact that the forms read, and what else stands around them (`Around`)."""
        self.facts = facts
        self.around = around

    def __call__(
        self,
        form_id: str,
        sections: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        *,
        existing: Mapping[str, Any] | None = None,
        around: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> forms.Cleaned:
        """Check sections (as a rule all) filled with their examples, some answers given."""
        form = parsed(form_id)
        sections = sections or [section.id for section in form.sections]
        names = {**self.facts, **(facts or {})}
        beside = Around(existing=existing or {}, **{**self.around, **(around or {})})
        values = forms.examples(
            form, sections, existing=existing or {}, given=given, names=names,
            functions=FUNCTIONS, around=beside,
        )  # fmt: skip
        flat = {key: value for part in values.values() for key, value in part.items()}
        return forms.clean_values(
            form, sections, {**given, **flat}, names=names, functions=FUNCTIONS, around=beside
        )


def fields(cleaned: forms.Cleaned) -> list[str]:
    """Return where each error stands."""
    return [error.field.removesuffix("-day") for error in cleaned.errors]


def catalogue_ids(cleaned: forms.Cleaned) -> list[str]:
    """Return the fields of the catalogue that errors stand at."""
    return [error.catalogue for error in cleaned.errors]
