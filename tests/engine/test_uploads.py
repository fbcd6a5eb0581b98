"""Files are what they say, are kept once, encrypted, and come back whole or not at all."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from sqlalchemy import func, select

from engine import db, keys, uploads
from engine.errors import NotFound
from engine.models import Upload, new_id
from tests.engine.house import House, make_house

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
RTF = rb"{\rtf1\ansi Minutes of the panel}"


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _png(width: int = 2, height: int = 2, after: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 14)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels)
        + _chunk(b"IEND", b"") + after
    )  # fmt: skip


def _jpeg(width: int = 2, height: int = 2, after: bytes = b"") -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\xd9" + after
    )  # fmt: skip


def _zip(parts: dict[str, bytes], *, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.comment = comment
    return stream.getvalue()


def _docx(**more: bytes) -> bytes:
    extra = {name.replace("__", "/").replace("_DOT_", "."): part for name, part in more.items()}
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **extra})


def _odf(kind: str) -> bytes:
    media_type = f"application/vnd.oasis.opendocument.{kind}".encode()
    return _zip({"mimetype": media_type, "content.xml": b"<x/>"})


GOOD = {
    "minutes.pdf": (PDF, "application/pdf"),
    "Cofnodion y panel.v2 (12.05.2026).PDF": (PDF, "application/pdf"),
    "cofnodion ŷ ŵ.docx": (_docx(), "wordprocessingml.document"),
    "sheet.xlsx": (
        _zip({"[Content_Types].xml": b"", "xl/workbook.xml": b""}),
        "spreadsheetml.sheet",
    ),
    "text.odt": (_odf("text"), "opendocument.text"),
    "sheet.ods": (_odf("spreadsheet"), "opendocument.spreadsheet"),
    "letter.rtf": (RTF, "application/rtf"),
    "notes.txt": ("Nodiadau: ŵ, ŷ\r\n".encode(), "text/plain"),
    "old.txt": (b"It cost \xa312", "text/plain"),
    "rows.csv": (b"a,b\r\n1,2\r\n", "text/csv"),
    "picture.png": (_png(), "image/png"),
    "photo.jpg": (_jpeg(), "image/jpeg"),
    "photo.jpeg": (_jpeg(), "image/jpeg"),
}


@pytest.mark.parametrize("name", GOOD)
def test_file_of_an_allowed_kind_is_recognised_from_its_bytes(name: str) -> None:
    content, media_type = GOOD[name]
    assert uploads.check_name(name) == name
    assert uploads.recognise(name, content).endswith(media_type)


BAD: dict[str, tuple[str, bytes, type[uploads.UploadRefused]]] = {
    "program": ("a.exe", b"MZ\x90", uploads.FileKindNotAllowed),
    "page": ("a.html", b"<html>", uploads.FileKindNotAllowed),
    "drawing with script": ("a.svg", b"<svg onload='x'/>", uploads.FileKindNotAllowed),
    "archive": ("a.zip", _docx(), uploads.FileKindNotAllowed),
    "macro document": ("a.docm", _docx(), uploads.FileKindNotAllowed),
    "no ending": ("minutes", PDF, uploads.FileKindNotAllowed),
    "program called PDF": ("a.pdf", b"MZ\x90\x00" * 9, uploads.FileNotWhatItSays),
    "page called PDF": ("a.pdf", b"<html><script>", uploads.FileNotWhatItSays),
    "PDF called picture": ("a.png", PDF, uploads.FileNotWhatItSays),
    "picture called PDF": ("a.pdf", _png(), uploads.FileNotWhatItSays),
    "PDF after a start of its own": ("a.pdf", b"GIF89a" + PDF, uploads.FileNotWhatItSays),
    "PDF cut short": ("a.pdf", b"%PDF-1.7\nhello", uploads.FileNotWhatItSays),
    "PDF that is an archive too": ("a.pdf", PDF + _docx(), uploads.FileDoubtful),
    "PDF that starts programs": (
        "a.pdf", PDF.replace(b"<<>>", b"<</S /Launch>>"), uploads.FileDoubtful),
    "PDF that is a page too": (
        "a.pdf", PDF.replace(b"<<>>", b"<script>alert(1)</script>", 1), uploads.FileDoubtful),
    "picture with an archive behind it": ("a.png", _png(after=_docx()), uploads.FileDoubtful),
    "picture with a page behind it": ("a.png", _png(after=b"<script>"), uploads.FileDoubtful),
    "photo with an archive behind it": ("a.jpg", _jpeg(after=_docx()), uploads.FileDoubtful),
    "photo with a program behind it": ("a.jpg", _jpeg(after=b"MZ program"), uploads.FileDoubtful),
    "picture with words behind it": ("a.png", _png(after=b"words"), uploads.FileDoubtful),
    "PDF that is an archive inside": (
        "a.pdf", PDF.replace(b"%%EOF", _docx() + b"\n%%EOF"), uploads.FileDoubtful),
    "picture of a thousand million dots": (
        "a.png", _png(40_000, 40_000), uploads.FileUnpacksTooLarge),
    "photo of a thousand million dots": (
        "a.jpg", _jpeg(60_000, 60_000), uploads.FileUnpacksTooLarge),
    "picture of no size": ("a.png", _png(0, 0), uploads.FileNotWhatItSays),
    "picture cut short": ("a.png", _png()[:40], uploads.FileNotWhatItSays),
    "picture changed": ("a.png", _png().replace(b"IDAT", b"IDAX"), uploads.FileNotWhatItSays),
    "photo cut short": ("a.jpg", _jpeg()[:12], uploads.FileNotWhatItSays),
    "virus test file": ("a.txt", EICAR, uploads.FileDoubtful),
    "virus test file inside a document": (
        "a.docx", _docx(word__media__a_DOT_png=b"x" * 70 + EICAR), uploads.FileDoubtful),
    "document with macros": ("a.docx", _docx(word__vbaProject_DOT_bin=b"x"), uploads.FileDoubtful),
    "document with a program": ("a.docx", _docx(word__a_DOT_exe=b"x"), uploads.FileDoubtful),
    "document with a way out": (
        "a.docx", _zip({"[Content_Types].xml": b"", "word/document.xml": b"", "../x": b""}),
        uploads.FileDoubtful),
    "document behind a PDF": ("a.docx", PDF + _docx(), uploads.FileNotWhatItSays),
    "document with a comment": (
        "a.docx", _zip({"[Content_Types].xml": b"", "word/document.xml": b""}, comment=b"<script>"),
        uploads.FileDoubtful),
    "document with something behind it": ("a.docx", _docx() + b"more", uploads.FileDoubtful),
    "archive called document": ("a.docx", _zip({"a.txt": b"x"}), uploads.FileNotWhatItSays),
    "sheet called document": (
        "a.docx", GOOD["sheet.xlsx"][0], uploads.FileNotWhatItSays),
    "text called sheet": ("a.ods", _odf("text"), uploads.FileNotWhatItSays),
    "document cut short": ("a.docx", _docx()[:-30], uploads.FileNotWhatItSays),
    "broken archive": ("a.docx", b"PK\x03\x04" + b"\0" * 99, uploads.FileNotWhatItSays),
    "bomb": ("a.docx", _docx(word__a_DOT_xml=b"0" * 30_000_000), uploads.FileUnpacksTooLarge),
    "thousands of parts": (
        "a.docx", _docx(**{f"p{n}": b"" for n in range(3_001)}), uploads.FileUnpacksTooLarge),
    "text with control characters": ("a.txt", b"a\0b", uploads.FileNotWhatItSays),
    "text that is a page": ("a.txt", b"  <!DOCTYPE html><p>", uploads.FileDoubtful),
    "table that is a script": ("a.csv", b"#!/bin/sh", uploads.FileNotWhatItSays),
    "text that is a document": ("a.txt", _docx(), uploads.FileNotWhatItSays),
    "letter with an object": (
        "a.rtf", rb"{\rtf1 {\object\objemb{\*\objdata 00}}}", uploads.FileDoubtful),
    "letter that is not closed": ("a.rtf", rb"{\rtf1 hello", uploads.FileNotWhatItSays),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_file_that_is_not_plainly_what_it_says_is_refused(what: str) -> None:
    name, content, refusal = BAD[what]
    with pytest.raises(uploads.UploadRefused) as caught:
        uploads.recognise(name, content)
    assert type(caught.value) is refusal
    assert name in str(caught.value)


def test_size_that_a_document_lies_about_is_counted() -> None:
    honest = _docx(word__a_DOT_xml=b"0" * 4_000_000)
    small = struct.pack("<I", 100)
    lying = honest.replace(struct.pack("<I", 4_000_000), small)
    assert lying != honest
    with pytest.raises(uploads.UploadRefused):
        uploads.recognise("a.docx", lying)


@pytest.mark.parametrize(
    "name",
    ["", "  ", ".", "..", ".htaccess", "../a.pdf", "a/../b.pdf", "/etc/passwd.pdf", "C:\\a.pdf",
     "a\\b.pdf", "a\0.pdf", "a.pdf\n", "a\r\nSet-Cookie: x.pdf", "gpj.\u202eexe.pdf", "a.php.jpg",
     "a.exe.pdf", "a.EXE .pdf", "a.html.png", "a:stream.pdf", "a..pdf", "x" * 200 + ".pdf",
     "a\ud800.pdf", '"a".pdf', "a|b.pdf"],
)  # fmt: skip
def test_name_with_a_trick_in_it_is_refused(name: str) -> None:
    if name == "a.pdf\n":
        assert uploads.check_name(name) == "a.pdf"
        return
    with pytest.raises(uploads.FileNameRefused):
        uploads.check_name(name)


@pytest.fixture
def house(database: db.Database) -> Iterator[House]:
    with db.transaction() as session:
        yield make_house(session)


@pytest.fixture
def store(tmp_path: Path) -> uploads.Store:
    return uploads.Store(tmp_path / "uploads", max_bytes=100_000, max_bytes_of_case=150_000)


def _send(house: House, store: uploads.Store, content: bytes, name: str = "minutes.pdf") -> Upload:
    return uploads.take_in(
        house.session, store, house.case, uploads.look_over(store, name, io.BytesIO(content)),
        account_id=house.ann.id, task_id=house.task.id,
    )  # fmt: skip


def _files(store: uploads.Store) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_file_comes_back_as_it_was_sent(house: House, store: uploads.Store) -> None:
    row = _send(house, store, PDF, "Cofnodion ŷ.pdf")
    house.session.expire_all()
    opened = uploads.open_upload(house.session, store, row.id)
    assert (opened.content, opened.filename, opened.media_type) == (
        PDF, "Cofnodion ŷ.pdf", "application/pdf",
    )  # fmt: skip
    assert (row.size, row.uploaded_by) == (len(PDF), house.ann.id)


def test_file_is_encrypted_on_disk_and_its_name_tells_nothing(
    house: House, store: uploads.Store
) -> None:
    _send(house, store, b"Canary Child lives here", "Canary Child.txt")
    (path,) = _files(store)
    assert b"Canary" not in path.read_bytes()
    assert "Canary" not in str(path)
    assert keys.decrypt(path.read_bytes()) == b"Canary Child lives here"
    assert path.stat().st_mode & 0o077 == 0


def test_same_bytes_are_stored_once_and_have_a_row_each(house: House, store: uploads.Store) -> None:
    first, second = _send(house, store, PDF), _send(house, store, PDF, "again.pdf")
    assert first.id != second.id
    assert len(_files(store)) == 1


def test_changed_or_missing_bytes_are_never_shown(house: House, store: uploads.Store) -> None:
    row = _send(house, store, PDF)
    (path,) = _files(store)
    path.write_bytes(keys.encrypt(PDF + b"forged"))
    with pytest.raises(uploads.FileDamaged):
        uploads.open_upload(house.session, store, row.id)
    path.write_bytes(b"garbage")
    with pytest.raises(uploads.FileDamaged):
        uploads.open_upload(house.session, store, row.id)
    _send(house, store, PDF)
    assert uploads.open_upload(house.session, store, row.id).content == PDF
    path.unlink()
    with pytest.raises(uploads.FileDamaged):
        uploads.open_upload(house.session, store, row.id)
    _send(house, store, PDF)
    assert uploads.open_upload(house.session, store, row.id).content == PDF


def test_unknown_upload_is_not_found(house: House, store: uploads.Store) -> None:
    with pytest.raises(NotFound):
        uploads.open_upload(house.session, store, new_id())


class _Endless(io.RawIOBase):
    """A gigabyte of nothing, counting how much of it is read."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= 70_000
        self.given += size
        return b"a" * size


def test_no_more_is_read_than_a_file_may_have(store: uploads.Store) -> None:
    stream = _Endless()
    with pytest.raises(uploads.FileTooLarge):
        uploads.look_over(store, "a.txt", cast(BinaryIO, stream))
    assert stream.given <= store.max_bytes + 1


def test_size_limit_is_exact(house: House, store: uploads.Store) -> None:
    assert _send(house, store, b"a" * 100_000, "a.txt").size == 100_000
    with pytest.raises(uploads.FileTooLarge):
        _send(house, store, b"a" * 100_001, "a.txt")


@pytest.mark.parametrize("content", [b"", b"\0" * 500, b" \r\n\t "])
def test_file_without_anything_in_it_is_refused(
    house: House, store: uploads.Store, content: bytes
) -> None:
    with pytest.raises(uploads.FileEmpty):
        _send(house, store, content, "a.txt")


def test_case_holds_so_much_and_the_same_bytes_count_once(
    house: House, store: uploads.Store
) -> None:
    _send(house, store, b"a" * 100_000, "a.txt")
    _send(house, store, b"a" * 100_000, "b.txt")
    _send(house, store, b"b" * 50_000, "c.txt")
    with pytest.raises(uploads.CaseIsFull):
        _send(house, store, b"c", "d.txt")


@pytest.mark.parametrize("name", ["../../evil.pdf", "a.exe", "a.php.jpg"])
def test_refused_file_leaves_neither_row_nor_bytes(
    house: House, store: uploads.Store, name: str
) -> None:
    with pytest.raises(uploads.UploadRefused):
        _send(house, store, PDF, name)
    assert not store.folder.exists()
    assert house.session.scalar(select(func.count()).select_from(Upload)) == 0


def test_crash_while_writing_leaves_no_half_a_file(
    house: House, store: uploads.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: object, target: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="no space"):
            _send(house, store, PDF)
    assert _files(store) == []
    assert uploads.open_upload(house.session, store, _send(house, store, PDF).id).content == PDF


def test_hash_from_a_forged_row_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    for digest in ("../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"):
        with pytest.raises(ValueError, match="SHA-256"):
            uploads.path_of(tmp_path, digest)


def test_answer_can_refer_only_to_files_that_its_author_sent(
    house: House, store: uploads.Store
) -> None:
    row = _send(house, store, PDF)
    house.session.flush()
    assert list(uploads.references(house.session, house.case.id, house.ann.id)) == [str(row.id)]
    assert uploads.references(house.session, house.case.id, house.bob.id) == {}
