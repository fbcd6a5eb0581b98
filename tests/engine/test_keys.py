"""Encryption in the database, and what becomes of it when keys change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from engine import audit, db, keys
from engine.models import DocumentVersion
from tests.conftest import AUDIT_KEYS, FIELD_KEYS

if TYPE_CHECKING:
    from tests.engine.conftest import House

NAME = "Mabli of Heol Fawr"
NEW_FIELD, NEW_AUDIT = Fernet.generate_key().decode(), "2031:another secret, tests only"


@pytest.fixture(autouse=True)
def _own_keys_afterwards() -> Iterator[None]:
    yield
    keys.use(FIELD_KEYS, AUDIT_KEYS)


def answers() -> list[object]:
    with db.reading() as session:
        return [row.content for row in session.scalars(select(DocumentVersion))]


def test_answers_do_not_stand_in_the_database_as_typed(house: House) -> None:
    house.write("pack", {"family": {"address": NAME}}, house.person("wil", "worker"))
    with db.reading() as session:
        (kept,) = session.execute(text("select content from document_version")).scalars().all()
    assert NAME.encode() not in bytes(kept)
    assert answers() == [{"family": {"address": NAME}}]


def test_new_key_writes_and_the_old_one_behind_it_still_reads(house: House) -> None:
    worker = house.person("wil", "worker")
    house.write("pack", {"family": {"address": NAME}}, worker)
    keys.use([NEW_FIELD, *FIELD_KEYS], [NEW_AUDIT, *AUDIT_KEYS])
    house.write("evaluation", {"answers": {"helpful": "yes"}}, worker)
    with db.transaction() as session:
        audit.append(session, "keys_changed", audit.SYSTEM)
        assert list(audit.verify(session)) == []
    assert len(answers()) == 2
    keys.use([NEW_FIELD], [NEW_AUDIT])
    with pytest.raises(keys.KeyNotKnown):
        answers()
    with db.reading() as session:
        assert {found.reason for found in audit.verify(session)} == {"its key 'test' is not known"}


@pytest.mark.parametrize(
    ("fields", "seals"), [([], AUDIT_KEYS), (FIELD_KEYS, []), (FIELD_KEYS, ["x"])]
)
def test_nothing_starts_without_its_keys(fields: list[str], seals: list[str]) -> None:
    with pytest.raises(keys.KeysNotSet):
        keys.use(fields, seals)
