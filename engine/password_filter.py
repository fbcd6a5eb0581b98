"""Say whether a password is among those that are guessed first, from a compact list of them.

A list is a Bloom filter: it holds no password, is a hundredth of the size, and is never wrong about
one that is in it; of those that are not, it takes one in ten thousand for one that is. It goes by
the SHA-1 of a password, because that is how the public lists of leaked passwords are published.

Format of a file: `MAGIC`, the number of bits (8 bytes, big-endian), the number of places of an
entry (1 byte), then the bits.
"""

from __future__ import annotations

import hashlib
import math
import mmap
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from engine.errors import EngineError

MAGIC = b"ADOLYGU-FILTER-1"
#: How many of those that are not listed are refused all the same: one in so many.
WRONG_ONCE_IN = 10_000
#: The list that comes with the program; `tests/common_passwords.py` makes it.
SHIPPED = Path(__file__).parent / "common_passwords.filter"

_HEAD = len(MAGIC) + 9
_DIGEST = re.compile(r"([0-9A-Fa-f]{40})(:[0-9]+)?")
#: Signs that stand for letters where somebody writes a word to look like none.
_LETTERS = str.maketrans("@4310$5!7", "aaeiossit")


class PasswordFilterWrong(EngineError):
    """The file named in ADOLYGU_PASSWORD_FILTER is not there, or is no list of passwords. Make it with adolygu password-filter, then start again."""  # noqa: E501

    status = 503


class _Chosen:
    more: Path | None = None


def use(path: Path | None) -> None:
    """Ask a further list from now on, beside the one that comes with the program.

    Raises:  PasswordFilterWrong.
    """
    if path is not None:
        try:
            _opened(path)
        except (OSError, ValueError):
            raise PasswordFilterWrong from None
    _Chosen.more = path


def is_listed(password: str) -> bool:
    """Say whether a password, or what it plainly is in disguise, is among those guessed first."""
    paths = [SHIPPED] if _Chosen.more is None else [SHIPPED, _Chosen.more]
    digests = [digest_of(each) for each in _faces(password)]
    return any(_holds(_opened(path), digest) for path in paths for digest in digests)


def digest_of(password: str) -> bytes:
    """Return that by which a list knows a password."""
    return hashlib.sha1(password.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()


def digests_in(lines: Iterable[str]) -> Iterator[bytes]:
    """Return what stands in a list: passwords, or SHA-1 in hex with or without a count, by line."""
    for line in lines:
        said = line.rstrip("\r\n")
        found = _DIGEST.fullmatch(said)
        if said:
            yield bytes.fromhex(found[1]) if found else digest_of(said)


def build(digests: Iterable[bytes], count: int) -> bytes:
    """Return the file that holds these entries.

    Takes:   count, how many there are at the most, so that none of them has to be kept.
    """
    count = max(count, 1)
    size = math.ceil(count * math.log(WRONG_ONCE_IN) / math.log(2) ** 2 / 8) * 8
    places = round(size / count * math.log(2))
    bits = bytearray(size // 8)
    for digest in digests:
        for place in _places(digest, size, places):
            bits[place >> 3] |= 1 << (place & 7)
    return MAGIC + size.to_bytes(8, "big") + bytes([places]) + bytes(bits)


def _faces(password: str) -> set[str]:
    """Return a password as it is, and without what people put on to make it pass."""
    small = password.lower()
    close = "".join(sign for sign in small if sign.isalnum() or sign in "@$!")
    bare = close.rstrip("!")
    word = bare.rstrip("0123456789")
    return {password, small, close, bare, word.translate(_LETTERS) + bare[len(word) :]}


def _holds(content: mmap.mmap, digest: bytes) -> bool:
    size, places = _shape(content)
    return all(
        content[_HEAD + (place >> 3)] & (1 << (place & 7))
        for place in _places(digest, size, places)
    )


def _places(digest: bytes, size: int, places: int) -> Iterator[int]:
    first = int.from_bytes(digest[:8], "big")
    step = int.from_bytes(digest[8:16], "big") | 1
    return ((first + number * step) % size for number in range(places))


def _shape(content: mmap.mmap) -> tuple[int, int]:
    return int.from_bytes(content[len(MAGIC) : len(MAGIC) + 8], "big"), content[_HEAD - 1]


@lru_cache(maxsize=4)
def _opened(path: Path) -> mmap.mmap:
    """Return a file as memory that is read only where it is asked: a full list has two gigabytes.

    Raises:  OSError, ValueError.
    """
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    whole = len(content) > _HEAD and len(content) == _HEAD + _shape(content)[0] // 8
    if content[: len(MAGIC)] != MAGIC or not whole:
        raise ValueError(path)
    return content
