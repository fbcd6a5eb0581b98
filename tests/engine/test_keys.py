"""That what an older key wrote can still be read, and a wrong key is said plainly."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from engine import audit, db, keys
from engine.keys import KeyNotKnown, KeyNotReadable, KeysNotSet
from tests.conftest import AUDIT_KEYS, FIELD_KEYS
from tests.review import opened

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def test_old_field_key_still_reads_and_the_newest_writes() -> None:
    keys.use([OLD], AUDIT_KEYS)
    before = keys.encrypt(b"a name")
    keys.use([NEW, OLD], AUDIT_KEYS)
    assert keys.decrypt(before) == b"a name"
    after = keys.encrypt(b"a name")
    keys.use([NEW], AUDIT_KEYS)
    assert keys.decrypt(after) == b"a name"
    with pytest.raises(KeyNotKnown):
        keys.decrypt(before)


def test_rotated_value_needs_the_old_key_no_more() -> None:
    keys.use([OLD], AUDIT_KEYS)
    before = keys.encrypt(b"a name")
    keys.use([NEW, OLD], AUDIT_KEYS)
    rotated = keys.rotate(before)
    keys.use([NEW], AUDIT_KEYS)
    assert keys.decrypt(rotated) == b"a name"
    with pytest.raises(KeyNotKnown):
        keys.rotate(before)


@pytest.mark.usefixtures("database")
def test_records_under_an_old_field_key_are_read_and_worked_on() -> None:
    keys.use([OLD], AUDIT_KEYS)
    review = opened()
    review.do("INT-01")
    keys.use([NEW, OLD], AUDIT_KEYS)
    assert review.newest("receipt").content["dates"]["received_on"] == "2026-03-02"
    review.do("INT-02", {"summary": "Under the new key."})
    keys.use([NEW], AUDIT_KEYS)
    assert review.newest("report").content["text"]["summary"] == "Under the new key."
    with pytest.raises(KeyNotKnown):
        review.newest("receipt")


@pytest.mark.usefixtures("database")
def test_audit_chain_goes_on_over_a_change_of_key() -> None:
    keys.use(FIELD_KEYS, ["first:one"])
    review = opened()
    keys.use(FIELD_KEYS, ["second:two", "first:one"])
    review.do("INT-01")
    with db.reading() as session:
        chain = f"case:{review.case_id}"
        assert [broken for broken in audit.verify(session) if broken.chain == chain] == []
    keys.use(FIELD_KEYS, ["second:two"])
    with db.reading() as session:
        reasons = [broken.reason for broken in audit.verify(session) if broken.chain == chain]
    assert reasons == ["its key 'first' is not known"]


@pytest.mark.parametrize(
    ("field_keys", "audit_keys", "refusal"),
    [
        ([], AUDIT_KEYS, KeysNotSet),
        (FIELD_KEYS, [], KeysNotSet),
        (["too short"], AUDIT_KEYS, KeyNotReadable),
        (["?" * 44], AUDIT_KEYS, KeyNotReadable),
        (FIELD_KEYS, ["without an id"], KeyNotReadable),
    ],
)
def test_key_that_cannot_be_used_is_refused_plainly_and_changes_nothing(
    field_keys: list[str], audit_keys: list[str], refusal: type[Exception]
) -> None:
    secret = keys.encrypt(b"a name")
    with pytest.raises(refusal):
        keys.use(field_keys, audit_keys)
    assert keys.decrypt(secret) == b"a name"
