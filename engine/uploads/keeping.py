"""Take in files, keep them encrypted under the hash of their bytes, and give them back whole.

A file without a row is harmless: a transaction that fails after the file was written leaves only
that. The folder lies outside whatever a web server serves.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import db, keys, time_source
from engine.errors import EngineError, NotFound
from engine.forms import UploadRef
from engine.models import Case, Upload
from engine.uploads import kinds
from engine.uploads.kinds import UploadRefused
from engine.uploads.scanning import Scanner

MAX_BYTES = 20_000_000
MAX_BYTES_OF_CASE = 500_000_000
CHUNK = 65_536
MAX_NAME = 150

_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileEmpty(UploadRefused):
    """{filename} is empty. Choose a file that has something in it."""


class FileTooLarge(UploadRefused):
    """{filename} is larger than {megabytes} MB. Make it smaller, or split it into several files."""

    status = 413


class CaseIsFull(UploadRefused):
    """The files of this case already take up the {megabytes} MB that a case may hold. Ask an administrator."""  # noqa: E501

    status = 413


class FileNameRefused(UploadRefused):
    """The name of this file cannot be used. Give it a plain name with one ending, such as minutes.pdf."""  # noqa: E501


class FileDamaged(EngineError):
    """This file is no longer as it was sent in, so it is not shown. Ask an administrator to restore it."""  # noqa: E501

    status = 503


@dataclass(frozen=True)
class Store:
    """Where files are kept, how much, and who looks for viruses in them."""

    folder: Path
    max_bytes: int = MAX_BYTES
    max_bytes_of_case: int = MAX_BYTES_OF_CASE
    scanner: Scanner | None = None


@dataclass(frozen=True)
class Checked:
    """A file that was read and found fit to be kept; only `look_over` makes one."""

    content: bytes
    filename: str
    media_type: str


@dataclass(frozen=True)
class Opened:
    """A file as it was sent in."""

    content: bytes
    filename: str
    media_type: str


class _InUse:
    store: Store | None = None


def use(store: Store) -> None:
    """Make a store the one that this process keeps files in."""
    _InUse.store = store


def in_use() -> Store:
    """Return the store of this process; setting none is a mistake of the caller.

    What is done in a throw-away database keeps no files: they would lie among those of the records.
    """
    if db.stands_in():
        raise ValueError("a throw-away database keeps no files")
    if _InUse.store is None:
        raise ValueError("no store for uploads has been set")
    return _InUse.store


def references(session: Session, case_id: uuid.UUID, account_id: uuid.UUID) -> dict[str, UploadRef]:
    """Return the files that a person sent to a case by id, as forms refer to them.

    Those of others can stand in an answer only where the document holds them already: a file that
    is referred to can be read through the document.
    """
    rows = session.scalars(
        select(Upload).where(Upload.case_id == case_id, Upload.uploaded_by == account_id)
    )
    return {str(row.id): UploadRef(str(row.id), str(row.filename), row.size) for row in rows}


def look_over(store: Store, filename: str, stream: BinaryIO) -> Checked:
    """Read a file and find out whether it may be kept. A scanner takes its time: hold no lock.

    Takes:   filename, as claimed by whoever sends it; stream, of which never more is read than
             a file may have.
    Raises:  UploadRefused, of which each child says what is wrong.
    """
    name = check_name(filename)
    content = _read(stream, name, store.max_bytes)
    media_type = kinds.recognise(name, content)
    if store.scanner is not None:
        store.scanner.check(name, content)
    return Checked(content, name, media_type)


def take_in(
    session: Session,
    store: Store,
    case: Case,
    checked: Checked,
    *,
    account_id: uuid.UUID,
    task_id: uuid.UUID | None = None,
) -> Upload:
    """Keep a file that was looked over; write its row in the transaction of the caller.

    Raises:  CaseIsFull.
    """
    content = checked.content
    digest = hashlib.sha256(content).hexdigest()
    _check_quota(session, store, case, digest, len(content))
    _keep(store.folder, digest, content)
    row = Upload(
        board_id=case.board_id,
        case_id=case.id,
        task_id=task_id,
        sha256=digest,
        size=len(content),
        media_type=checked.media_type,
        filename=checked.filename,
        uploaded_by=account_id,
        at=time_source.now(session),
    )
    session.add(row)
    session.flush()
    return row


def open_upload(session: Session, store: Store, upload_id: uuid.UUID) -> Opened:
    """Return the bytes of an upload, after making sure that they are the ones sent in.

    Raises:  NotFound; FileDamaged, when the stored bytes have changed or are gone.
    """
    row = session.get(Upload, upload_id)
    if row is None:
        raise NotFound
    content = _stored(store.folder, row.sha256)
    if content is None:
        raise FileDamaged
    return Opened(content, row.filename, row.media_type)


def check_name(filename: str) -> str:
    """Return the name under which a file is shown; it never names anything on disk.

    Raises:  FileNameRefused, for paths, hidden characters, and a second, dangerous ending.
    """
    name = unicodedata.normalize("NFC", filename).strip()
    inner = [piece.strip().lower() for piece in name.split(".")[1:-1]]
    if (
        not 1 <= len(name) <= MAX_NAME
        or name.startswith(".")
        or ".." in name
        or _NOT_IN_NAMES.search(name)
        or any(unicodedata.category(character).startswith("C") for character in name)
        or any(piece in kinds.DANGEROUS_ENDINGS for piece in inner)
    ):
        raise FileNameRefused
    return name


def _read(stream: BinaryIO, name: str, limit: int) -> bytes:
    content = bytearray()
    while chunk := stream.read(min(CHUNK, limit + 1 - len(content))):
        content += chunk
        if len(content) > limit:
            raise FileTooLarge(filename=name, megabytes=limit // 1_000_000)
    if not content.strip(b"\0 \t\r\n"):
        raise FileEmpty(filename=name)
    return bytes(content)


def _check_quota(session: Session, store: Store, case: Case, digest: str, size: int) -> None:
    """Refuse what would fill the case too far; the same bytes count once."""
    once = (
        select(Upload.sha256, func.max(Upload.size).label("size"))
        .where(Upload.case_id == case.id, Upload.sha256 != digest)
        .group_by(Upload.sha256)
        .subquery()
    )
    used = session.scalar(select(func.coalesce(func.sum(once.c.size), 0))) or 0
    if int(used) + size > store.max_bytes_of_case:
        raise CaseIsFull(megabytes=store.max_bytes_of_case // 1_000_000)


def path_of(folder: Path, digest: str) -> Path:
    """Return where the file with a hash lies."""
    if not _SHA256.fullmatch(digest):
        raise ValueError("not a SHA-256")
    return folder / digest[:2] / digest


def _keep(folder: Path, digest: str, content: bytes) -> None:
    """Write a file unless it is there whole: temporary name, to the disk, then its own name."""
    path = path_of(folder, digest)
    if path.exists() and _stored(folder, digest) is not None:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(keys.encrypt(content))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make sure that the name, too, is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stored(folder: Path, digest: str) -> bytes | None:
    """Return the bytes that have this hash, or None when they are gone or changed."""
    try:
        content = keys.decrypt(path_of(folder, digest).read_bytes())
    except (FileNotFoundError, keys.KeyNotKnown):
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None
