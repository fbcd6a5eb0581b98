"""A name, a birth date or a genogram on record cannot be written where it may be published."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import anonymity, db, forms, identifiers
from engine.errors import InvalidForm
from engine.identifiers import BORN, FAMILY, Identifier
from engine.models import Upload, new_id

if TYPE_CHECKING:
    from engine.people import Actor
    from tests.engine.conftest import House


def catches(text: str, *names: str, born: str | None = None) -> bool:
    """Say whether a text names one of these people, or gives the birth date."""
    given = [Identifier(FAMILY, name) for name in names]
    given += [Identifier(BORN, day=date.fromisoformat(born))] if born else []
    return bool(identifiers.register(given).find(text, shapes=False))


@pytest.mark.parametrize(
    "text",
    [
        "Cai Example lived with an aunt.", "cai  example", "Then Cai said so.",
        "The Example family", "CAI EXAMPLE", "Cai’s school", "“Cai-Example”",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert catches(text, "Cai Example")


@pytest.mark.parametrize(
    "text",
    [
        "Child 1 lived with an aunt.", "for example, a visit", "Caithness", "The mother said so.",
        "an exemplary home",
    ],
)  # fmt: skip
def test_what_names_nobody_passes(text: str) -> None:
    assert not catches(text, "Cai Example")


def test_a_month_that_is_also_a_name_may_be_written() -> None:
    assert not catches("In May 2026 the Panel met.", "May Evans")
    assert catches("Then May Evans came.", "May Evans")


@pytest.mark.parametrize(
    "text",
    [
        "born on 3 July 2019", "born 03/07/2019", "3.7.2019", "2019-07-03", "3 Gorffennaf 2019",
        "3rd July 2019", "3 july 2019",
    ],
)  # fmt: skip
def test_a_birth_date_is_found_in_both_languages(text: str) -> None:
    assert catches(text, born="2019-07-03")


@pytest.mark.parametrize("text", ["in July 2019", "13 July 2019", "3 July 2020", "aged six"])
def test_another_day_or_an_age_passes(text: str) -> None:
    assert not catches(text, born="2019-07-03")


def test_a_file_kept_with_what_is_never_published_is_not_published(house: House) -> None:
    """CF-03: the same bytes under another name are the same genogram."""
    path = Path(__file__).parents[2] / "forms" / "publication.json"
    publication = forms.parse_form(path.read_bytes(), str(path))
    author = house.person("wil", "worker")
    drawn, renamed, harmless = (keep_file(house, author, digest) for digest in ("a", "a", "b"))
    house.write("pack", {"family": {"drawing": {"upload": drawn, "name": "family.pdf"}}}, author)
    with db.reading() as session:
        file = house.file(session)
        for upload, refused in ((renamed, True), (drawn, True), (harmless, False)):
            values = {"statement": {"statement_file": {"upload": upload, "name": "s.pdf"}}}
            if not refused:
                anonymity.require_anonymous(file, publication, values)
                continue
            with pytest.raises(InvalidForm) as told:
                anonymity.require_anonymous(file, publication, values)
            assert [(error.row, error.field) for error in told.value.errors] == [
                ("CF-03", "statement_file")
            ]


def keep_file(house: House, author: Actor, digest: str) -> str:
    """Record a file of the case by the hash of its bytes, and return its id."""
    with db.transaction() as session:
        row = Upload(
            id=new_id(), board_id=house.board_id, case_id=house.case_id, task_id=None,
            sha256=digest * 64, size=1, media_type="application/pdf", filename="x.pdf",
            uploaded_by=author.account_id, at=datetime.now(UTC),
        )  # fmt: skip
        session.add(row)
        return str(row.id)
