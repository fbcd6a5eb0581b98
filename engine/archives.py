"""Open a ZIP that somebody chose, and unpack it only as far as it fits."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

#: How much is unpacked, all parts together, in bytes, and how many parts an archive may have.
MAX_UNPACKED = 40_000_000
MAX_ENTRIES = 3_000

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    LookupError,
)


class ArchiveDamaged(ValueError):
    """What was chosen is no ZIP, or cannot be unpacked."""


class ArchiveTooLarge(ValueError):
    """An archive has too many parts, or what is in it is too much."""


@contextmanager
def opened(content: bytes) -> Iterator[Archive]:
    """Open an archive for as long as it is read.

    Raises:  ArchiveTooLarge; ArchiveDamaged, also for whatever goes wrong with it meanwhile.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield Archive(archive)
    except (ArchiveTooLarge, ArchiveDamaged):
        raise
    except _DAMAGED:
        raise ArchiveDamaged from None


class Archive:
    """The parts of an archive, and how much may still be unpacked of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Take an archive that does not have too many parts."""
        if len(archive.infolist()) > MAX_ENTRIES:
            raise ArchiveTooLarge
        self._archive = archive
        self._left = MAX_UNPACKED
        #: in the order of the archive; one that is there twice, twice
        self.names = tuple(archive.namelist())

    def unpack(self, name: str) -> bytes:
        """Return what a part holds.

        Raises:  ArchiveTooLarge.
        """
        with self._archive.open(name) as part:
            content = part.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise ArchiveTooLarge
        return content

    def is_locked(self, name: str) -> bool:
        """Say whether a part wants a password."""
        return bool(self._archive.getinfo(name).flag_bits & 0x1)

    def is_plain(self, name: str) -> bool:
        """Say whether a part is a file or a folder, and no link to something else."""
        kind = stat.S_IFMT(self._archive.getinfo(name).external_attr >> 16)
        return kind in (0, stat.S_IFREG, stat.S_IFDIR)
