"""Which passwords are refused because they are guessed first."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import operations, password_filter, passwords
from tests import common_passwords


@pytest.fixture(autouse=True)
def only_the_shipped_list() -> None:
    password_filter.use(None)


def test_the_shipped_list_is_what_its_script_makes() -> None:
    assert password_filter.SHIPPED.read_bytes() == common_passwords.content()


def test_everything_in_the_list_is_found() -> None:
    made = common_passwords.entries()
    assert len(made) > 100_000
    assert all(password_filter.is_listed(each) for each in made[::97])


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Password1234", "PASSWORD1234!!", "P@ssw0rd1234", "Passw0rd 1234",
        "qwertyuiop12", "Croeso123456", "cymrucymru2024", "1qaz2wsx3edc", "aaaaaaaaaaaaa",
        "safeguardingchild", "abcdefghijklm",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused_in_its_usual_disguises(password: str) -> None:
    with pytest.raises(passwords.PasswordTooCommon):
        passwords.hash_password(password)


def test_three_words_that_do_not_belong_together_may_be_chosen() -> None:
    for password in ("llwynog coch sy’n cysgu", "lantern otter gravel", "ceffyl lamp menyn glas"):
        assert passwords.is_password(passwords.hash_password(password), password)


def test_of_other_passwords_hardly_any_is_taken_for_a_listed_one() -> None:
    wrong = sum(password_filter.is_listed(f"zq{number:x}mk{number}vw") for number in range(20_000))
    assert wrong <= 20, "each is looked for under five faces, one in ten thousand of them wrongly"


@pytest.mark.parametrize(
    "password",
    ["dafyddrowlands", "Dafydd Rowlands1", "dafydd@north.example", "Adolygu-Adolygu"],
)  # fmt: skip
def test_a_password_does_not_tell_whose_it_is_or_what_for(password: str) -> None:
    with pytest.raises(passwords.PasswordTellsWho):
        passwords.hash_password(password, ("Dafydd Rowlands", "dafydd@north.example"))


def test_a_name_among_other_words_is_no_reason() -> None:
    passwords.hash_password("dafydd lantern otter gravel", ("Dafydd Rowlands", "d@north.example"))


def test_the_shortest_and_the_longest_are_taken_and_the_next_are_not() -> None:
    passwords.hash_password("lantern otte")
    passwords.hash_password("lantern otter gravel " * 12 + "abcd")
    with pytest.raises(passwords.PasswordTooShort):
        passwords.hash_password("lantern ott")
    with pytest.raises(passwords.PasswordTooLong):
        passwords.hash_password("lantern otter gravel " * 12 + "abcde")


def test_a_list_of_an_operator_is_asked_too_of_passwords_and_of_their_hashes(
    tmp_path: Path,
) -> None:
    leaked = password_filter.digest_of("lantern otter gravel").hex().upper()
    listed = tmp_path / "list.txt"
    listed.write_text(f"ceffyl lamp menyn glas\n{leaked}:37\n\n", encoding="utf-8")
    path = tmp_path / "full.filter"
    assert operations.write_password_filter(listed, path) == 2
    assert not password_filter.is_listed("lantern otter gravel")
    password_filter.use(path)
    assert password_filter.is_listed("lantern otter gravel")
    assert password_filter.is_listed("Ceffyl Lamp Menyn Glas")
    assert not password_filter.is_listed("another otter gravel")
    password_filter.use(None)
    assert not password_filter.is_listed("lantern otter gravel")


@pytest.mark.parametrize("content", [b"", b"password\n", password_filter.MAGIC + b"\0" * 8])
def test_a_file_that_is_no_list_is_refused_at_the_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.filter"
    path.write_bytes(content)
    with pytest.raises(password_filter.PasswordFilterWrong):
        password_filter.use(path)
    with pytest.raises(password_filter.PasswordFilterWrong):
        password_filter.use(tmp_path / "missing.filter")
