"""Lay a text out as a QR code (ISO/IEC 18004): bytes, level L, versions 3 to 9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

#: By version: correction bytes of a block, blocks, data bytes of a block, centres of alignment.
_VERSIONS = {
    3: (15, 1, 55, (6, 22)),
    4: (20, 1, 80, (6, 26)),
    5: (26, 1, 108, (6, 30)),
    6: (18, 2, 68, (6, 34)),
    7: (20, 2, 78, (6, 22, 38)),
    8: (24, 2, 97, (6, 24, 42)),
    9: (30, 2, 116, (6, 26, 46)),
}
_LEVEL_L = 0b01
_BYTES = 0b0100
_MASKS = (
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
)

Modules = list[list[bool]]


class TextTooLong(ValueError):
    """The text does not fit into the largest code that is made here."""


def modules(text: str) -> Modules:
    """Return the dark and light modules of a text, row by row, without the quiet zone around them.

    Raises:  TextTooLong, from 231 bytes on.
    """
    content = text.encode()
    for version, (correction, blocks, length, centres) in _VERSIONS.items():
        if len(content) + 2 <= blocks * length:
            data = _padded(content, blocks * length)
            stream = _interleaved(data, correction, blocks)
            drawn = [_draw(version, centres, stream, mask) for mask in range(len(_MASKS))]
            return min(drawn, key=_unevenness)
    raise TextTooLong


def _padded(content: bytes, length: int) -> bytes:
    """Return the mode, the count and the bytes, filled up to the length of the data."""
    bits = _BYTES << 8 | len(content)
    for byte in content:
        bits = bits << 8 | byte
    data = (bits << 4).to_bytes(len(content) + 2, "big")
    fill = bytes([0xEC, 0x11]) * length
    return data + fill[: length - len(data)]


def _interleaved(data: bytes, correction: int, blocks: int) -> bytes:
    length = len(data) // blocks
    parts = [data[number * length : (number + 1) * length] for number in range(blocks)]
    checks = [_remainder(part, correction) for part in parts]
    return bytes(
        byte for group in (parts, checks) for each in zip(*group, strict=True) for byte in each
    )


def _times(one: int, other: int) -> int:
    """Multiply in the field of 256 elements that the codes are reckoned in."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ (0x11D if product & 0x80 else 0)
        product ^= one if other >> bit & 1 else 0
    return product


def _remainder(data: bytes, count: int) -> bytes:
    """Return the correction bytes of a block: what is left over its generator polynomial."""
    generator, root = [1], 1
    for _ in range(count):
        longer = [*generator, 0]
        for place, factor in enumerate(generator):
            longer[place + 1] ^= _times(factor, root)
        generator, root = longer, _times(root, 2)
    rest = [*data, *[0] * count]
    for place in range(len(data)):
        first = rest[place]
        for offset, factor in enumerate(generator):
            rest[place + offset] ^= _times(factor, first)
    return bytes(rest[-count:])


def _draw(version: int, centres: Sequence[int], stream: bytes, mask: int) -> Modules:
    size = 17 + 4 * version
    fixed = dict(_patterns(size, centres)) | dict(_words(version, size, mask))
    bits = (byte >> bit & 1 for byte in stream for bit in range(7, -1, -1))
    free = {
        place: bool(next(bits, 0) ^ (not _MASKS[mask](*place)))
        for place in _way(size)
        if place not in fixed
    }
    whole = fixed | free
    return [[whole[row, column] for column in range(size)] for row in range(size)]


def _patterns(size: int, centres: Sequence[int]) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield the modules by which a reader finds the code; later ones lie over earlier ones."""
    for place in range(size):
        yield (6, place), place % 2 == 0
        yield (place, 6), place % 2 == 0
    corners = ((6, 6), (6, centres[-1]), (centres[-1], 6))
    for row in centres:
        for column in centres:
            if (row, column) not in corners:
                yield from _rings(row, column, 2, size)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        yield from _rings(row, column, 4, size)


def _rings(row: int, column: int, reach: int, size: int) -> Iterator[tuple[tuple[int, int], bool]]:
    light = (1,) if reach == 2 else (2, 4)
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            place = row + down, column + across
            if min(place) >= 0 and max(place) < size:
                yield place, max(abs(down), abs(across)) not in light


def _words(version: int, size: int, mask: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield the modules that say which level, mask and, of large codes, version this is."""
    said = _checked(_LEVEL_L << 3 | mask, 10, 0b10100110111) ^ 0b101010000010010
    beside = [0, 1, 2, 3, 4, 5, 7, 8, *range(size - 7, size)]
    for bit, (first, second) in enumerate(zip(beside, reversed(beside), strict=True)):
        dark = bool(said >> bit & 1)
        yield (first, 8), dark
        yield (8, second), dark
    yield (8, size - 8), bool(said >> 7 & 1)
    yield (size - 8, 8), True
    if version >= 7:
        said = _checked(version, 12, 0b1111100100101)
        for bit in range(18):
            place = size - 11 + bit % 3, bit // 3
            yield place, bool(said >> bit & 1)
            yield place[::-1], bool(said >> bit & 1)


def _checked(value: int, bits: int, generator: int) -> int:
    """Return a value with the bits behind it by which a reader puts it right."""
    rest = value << bits
    while rest.bit_length() > bits:
        rest ^= generator << (rest.bit_length() - generator.bit_length())
    return value << bits | rest


def _way(size: int) -> Iterator[tuple[int, int]]:
    """Yield the places in the order of the bits: two columns up, the next two down, and so on."""
    up = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if up else range(size):
            yield row, right
            yield row, right - 1
        up = not up


def _unevenness(drawn: Modules) -> int:
    """Count neighbours of one colour: the fewer there are, the better a camera reads it."""
    lines = [*drawn, *map(list, zip(*drawn, strict=True))]
    return sum(one == other for line in lines for one, other in pairwise(line))
