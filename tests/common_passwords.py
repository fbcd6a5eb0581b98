"""Make the list of passwords that are guessed first, from words and patterns written down here.

    python -m tests.common_passwords --write

Nothing is copied from a list of leaked passwords. What people choose again and again is made anew:
common words and names, English and Welsh, with the digits and years that are put behind them, twice
or two together; rows and columns of the keyboard; the alphabet; one sign or a few repeated.
Only what is long enough to be chosen at all is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product

from engine import password_filter, passwords

_WORDS = """
password passw0rd passwd pass letmein welcome croeso admin administrator root user guest login
test testing changeme default secret cyfrinair cyfrinach qwerty qwertyuiop azerty monkey dragon
master shadow sunshine princess football baseball superman batman iloveyou trustno1 whatever
freedom hello helo charlie michael jordan michelle jessica ashley daniel andrew thomas william
george harry oliver jack joshua matthew anthony robert hannah emily sophie chloe megan rhys owain
dafydd gareth geraint gwyn huw ieuan iwan llewelyn meirion emyr aled alun bryn carys catrin cerys
eleri elin ffion gwen gwenllian lowri mair menna nerys nia rhian sian sioned wales cymru cymraeg
cardiff caerdydd swansea abertawe newport casnewydd bangor wrexham wrecsam aberystwyth caernarfon
carmarthen caerfyrddin llandudno llanelli merthyr pontypridd barry bridgend snowdon eryri scarlets
ospreys dragons arsenal chelsea liverpool everton tottenham united manchester rangers celtic rugby
cricket summer winter spring autumn haf gaeaf gwanwyn hydref january february march april may june
july august september october november december ionawr chwefror mawrth ebrill mai mehefin
gorffennaf awst medi tachwedd rhagfyr monday tuesday wednesday thursday friday saturday sunday
family teulu mother father baby angel love lover cariad flower blodyn butterfly computer internet
samsung google facebook microsoft windows apple orange banana chocolate cheese coffee cookie
pepper ginger tigger bailey buster molly max buddy lucky happy smile money london england britain
scotland ireland police heddlu school ysgol teacher athro social worker nurse nyrs doctor meddyg
hospital ysbyty council cyngor children plant child plentyn safeguarding diogelu review adolygu
adolygiad board bwrdd panel chair cadeirydd coordinator cydlynydd health iechyd education addysg
probation government llywodraeth star seren diamond silver golden purple yellow green black white
blue red mustang ferrari mercedes yamaha harley corvette player soccer hockey tennis golf guitar
music dancer pokemon naruto minecraft starwars matrix phoenix tiger eagle falcon wolf lion bear
draig ddraig goch access system network server database office manager support service temporary
temp start hunter killer ninja
"""

_PAIRED = """
password pass letmein welcome croeso admin qwerty iloveyou cymru wales cardiff caerdydd summer
winter dragon monkey sunshine princess football liverpool love cariad hello helo test school ysgol
police heddlu safeguarding diogelu children plant child review adolygu board bwrdd council cyngor
secret changeme login office computer family teulu baby angel star seren
"""

#: Words that stand at the beginning of what is guessed first, and those set before one another.
WORDS, PAIRED = _WORDS.split(), _PAIRED.split()

YEARS = [str(year) for year in range(1940, 2036)]
RUNS = ["1234567890"[:length] for length in range(1, 11)]
_MORE = """
111 1111 11111 111111 000 0000 00000 000000 321 4321 54321 654321 7654321 87654321 007 69 666 777
7777 888 999 112233 123123 121212 123321 abc abc123 qwerty 2468 1357 password pass xyz qwe qwe123
asd asdf zxc
"""
ENDINGS = ["", *RUNS, *YEARS, *(f"{number:02}" for number in range(100)), *_MORE.split()]

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "0987654321", "poiuytrewq",
        "lkjhgfdsa", "mnbvcxz", "azertyuiop", "qsdfghjklm")  # fmt: skip
COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol", "0p",
           "zaq1", "xsw2", "cde3", "vfr4", "bgt5", "nhy6", "mju7")  # fmt: skip
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def entries() -> list[str]:
    """Return what the list holds, in order, without what is too short to be chosen."""
    made = {*_of_words(), *_of_keys(), *_of_repeats()}
    return sorted(each for each in made if passwords.LEAST <= len(each) <= 40)


def content() -> bytes:
    """Return the file."""
    found = entries()
    return password_filter.build(map(password_filter.digest_of, found), len(found))


def _of_words() -> Iterator[str]:
    for word, ending in product(dict.fromkeys(WORDS), ENDINGS):
        yield from (word + ending, ending + word, word + word + ending)
    for word in WORDS:
        yield from (word * 3, word * 4, f"the{word}", f"my{word}", f"i love {word}", f"ilove{word}")
    for first, second in product(PAIRED, PAIRED):
        for ending in ("", *RUNS, "01", "12", "2024", "2025", "2026"):
            yield first + second + ending


def _of_keys() -> Iterator[str]:
    for first, second in product(ROWS, ROWS):
        yield from _pieces(first + second)
    for first, second, third in product(COLUMNS, COLUMNS, COLUMNS):
        yield from (first + second + third, first + second + third + "!")
    for start in range(len(COLUMNS)):
        yield "".join(COLUMNS[start : start + 4])
    for row in (
        *ROWS,
        ALPHABET,
        ALPHABET[::-1],
        "1234567890" * 3,
        "0123456789" * 3,
        "9876543210" * 3,
    ):
        yield from _pieces(row + row)


def _of_repeats() -> Iterator[str]:
    signs = ALPHABET + "0123456789"
    for sign, length in product(signs, range(passwords.LEAST, 25)):
        yield sign * length
    for first, second in product(signs, signs):
        yield from ((first + second) * count for count in range(6, 11))
    for piece in (
        "abc",
        "123",
        "qwe",
        "asd",
        "xyz",
        "abcd",
        "1234",
        "qwer",
        "asdf",
        "qwerty",
        "123456",
    ):
        yield from (piece * count for count in range(2, 8))
    for row in ("1234567890", ALPHABET):
        yield "".join(sign * 2 for sign in row)
        yield from ("".join(sign * 2 for sign in row[:length]) for length in range(6, len(row)))


def _pieces(row: str) -> Iterator[str]:
    for start in range(len(row)):
        for end in range(start + passwords.LEAST, min(len(row), start + 24) + 1):
            yield row[start:end]


if __name__ == "__main__":
    if "--write" not in sys.argv:
        sys.exit("Say --write to write the list that comes with the program.")
    password_filter.SHIPPED.write_bytes(content())
