"""Tell what a file is from its bytes, and refuse what is not plainly what its name says."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import EngineError

MAX_PIXELS = 60_000_000
MAX_ENTRIES = 3_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100
#: Under this size, how well an entry is packed says nothing.
SMALL = 5_000_000

DANGEROUS_ENDINGS = frozenset(
    {
        *("exe", "com", "bat", "cmd", "scr", "pif", "msi", "dll", "jar", "js", "jse", "vbs"),
        *("vbe", "wsf", "wsh", "ps1", "psm1", "hta", "lnk", "reg", "sh", "py", "pl", "rb"),
        *("php", "phtml", "php5", "asp", "aspx", "jsp", "cgi", "htm", "html", "xhtml", "shtml"),
        *("svg", "xml", "swf", "docm", "xlsm", "dotm", "iso", "img", "zip", "rar", "7z"),
    }
)

#: The text that every virus checker finds; in two parts, so that none finds this file.
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

_ACTIVE = re.compile(rb"<(?:script|html|!doctype|svg|iframe|\?php)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class UploadRefused(EngineError):
    """{filename} cannot be taken in. Choose another file."""

    status = 422


class FileKindNotAllowed(UploadRefused):
    """{filename} is not of a kind that is taken in. Send PDF, Word, Excel, OpenDocument, RTF, text, CSV, PNG or JPEG."""  # noqa: E501


class FileNotWhatItSays(UploadRefused):
    """{filename} does not hold what its ending says. Save it again in its own program, then send that."""  # noqa: E501


class FileDoubtful(UploadRefused):
    """{filename} holds something that could do harm, so it was not kept. Save it anew without macros or embedded programs."""  # noqa: E501


class FileUnpacksTooLarge(UploadRefused):
    """{filename} would become too large when it is opened. Make it smaller and send it again."""

    status = 413


class _Doubt(Exception):
    """Something in a file that should not be there."""


class _Wrong(Exception):
    """A file that is not what it says."""


class _Flood(Exception):
    """A file that unpacks to too much."""


@dataclass(frozen=True)
class _Kind:
    media_type: str
    check: Callable[[bytes], None]


def recognise(filename: str, content: bytes) -> str:
    """Return the media type of a file, found from its bytes and agreeing with its ending.

    Raises:  FileKindNotAllowed, FileNotWhatItSays, FileDoubtful, FileUnpacksTooLarge.
    """
    _, _, ending = filename.rpartition(".")
    kind = KINDS.get(ending.strip().lower())
    if kind is None:
        raise FileKindNotAllowed(filename=filename)
    try:
        if _EICAR in content:
            raise _Doubt
        kind.check(content)
    except _Doubt:
        raise FileDoubtful(filename=filename) from None
    except _Flood:
        raise FileUnpacksTooLarge(filename=filename) from None
    except _Wrong:
        raise FileNotWhatItSays(filename=filename) from None
    return kind.media_type


def _need(holds: object) -> None:
    if not holds:
        raise _Wrong


def _refuse_second_nature(content: bytes) -> None:
    """Refuse what is also an archive, a PDF or a web page, whatever else it is."""
    tail = content[-66_000:]
    if b"PK\x05\x06" in tail or b"PK\x06\x07" in tail:
        raise _Doubt
    if _ACTIVE.search(content[:2_048]) or b"%PDF-" in content[1:2_048]:
        raise _Doubt


def _check_pdf(content: bytes) -> None:
    _need(content.startswith((b"%PDF-1.", b"%PDF-2.")))
    end = content.rfind(b"%%EOF")
    _need(end >= 0)
    if content[end + 5 :].strip(b"\0 \t\r\n"):
        raise _Doubt
    _refuse_second_nature(content)
    if re.search(rb"/Launch\b|/EmbeddedFile\b", content):
        raise _Doubt


def _check_png(content: bytes) -> None:
    _need(content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR")
    width, height = struct.unpack(">II", content[16:24])
    _check_pixels(width, height)
    at = 8
    while at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        name = content[at + 4 : at + 8]
        end = at + 12 + length
        _need(end <= len(content))
        checksum = content[end - 4 : end]
        _need(struct.pack(">I", zlib.crc32(content[at + 4 : end - 4])) == checksum)
        at = end
        if name == b"IEND":
            break
    else:
        raise _Wrong
    if at != len(content):
        raise _Doubt
    _refuse_second_nature(content)


def _check_jpeg(content: bytes) -> None:
    _need(content.startswith(b"\xff\xd8\xff"))
    _check_pixels(*_jpeg_size(content))
    end = content.rfind(b"\xff\xd9")
    _need(end >= 0)
    if content[end + 2 :].strip(b"\0\r\n"):
        raise _Doubt
    _refuse_second_nature(content)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Walk the segments to the one that says how large the picture is."""
    at = 2
    while at + 9 <= len(content):
        _need(content[at] == 0xFF)
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        _need(length >= 2 and marker != 0xDA)
        at += 2 + length
    raise _Wrong


def _check_pixels(width: int, height: int) -> None:
    _need(width and height)
    if width * height > MAX_PIXELS:
        raise _Flood


def _check_text(content: bytes) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Wrong
    _need(not _CONTROL.search(content))
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            content.decode("cp1252")
        except UnicodeDecodeError:
            raise _Wrong from None
    _need(not content.startswith((b"%PDF-", b"{\\rtf", b"#!", b"MZ")))
    if _ACTIVE.search(content[:2_048]):
        raise _Doubt


def _check_rtf(content: bytes) -> None:
    _need(content.startswith(b"{\\rtf1") and content.rstrip(b"\0 \t\r\n").endswith(b"}"))
    if re.search(rb"\\(?:objdata|objupdate|objautlink|objemb|objocx|ddeauto)\b", content):
        raise _Doubt
    _refuse_second_nature(content)


def _office(part: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        names = _check_archive(content)
        _need({"[Content_Types].xml", part} <= names)

    return check


def _open_document(media_type: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        names = _check_archive(content)
        _need({"mimetype", "content.xml"} <= names)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _need(archive.read("mimetype") == media_type.encode())

    return check


def _check_archive(content: bytes) -> set[str]:
    """Look into a document that is an archive; return the names of its parts."""
    _need(content.startswith(b"PK\x03\x04"))
    if b"%PDF-" in content[:1_024]:
        raise _Doubt
    end = content.rfind(b"PK\x05\x06")
    _need(end >= 0 and end + 22 <= len(content))
    (comment,) = struct.unpack("<H", content[end + 20 : end + 22])
    if end + 22 + comment != len(content) or comment:
        raise _Doubt
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _check_entries(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError):
        raise _Wrong from None


def _check_entries(archive: zipfile.ZipFile) -> set[str]:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _Flood
    if len(names) != len(entries):
        raise _Doubt
    left = MAX_UNPACKED
    for entry in entries:
        _check_entry(entry)
        left -= _unpack(archive, entry, left)
    return names


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/").lower()
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise _Doubt
    _, _, ending = name.rpartition(".")
    if "vbaproject" in name or ending in DANGEROUS_ENDINGS - {"xml", "svg"}:
        raise _Doubt
    if "/activex/" in name or name.startswith(("basic/", "scripts/")):
        raise _Doubt
    if entry.flag_bits & 0x1:
        raise _Doubt
    if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _Flood


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """Unpack one part, counting; a part that is not as long as it says is broken."""
    total, before = 0, b""
    with archive.open(entry) as part:
        while chunk := part.read(1_000_000):
            total += len(chunk)
            if total > left:
                raise _Flood
            if _EICAR in before + chunk:
                raise _Doubt
            before = chunk[-len(_EICAR) :]
    return total


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS = {
    "pdf": _Kind("application/pdf", _check_pdf),
    "docx": _Kind(f"{_OOXML}wordprocessingml.document", _office("word/document.xml")),
    "xlsx": _Kind(f"{_OOXML}spreadsheetml.sheet", _office("xl/workbook.xml")),
    "odt": _Kind(f"{_ODF}text", _open_document(f"{_ODF}text")),
    "ods": _Kind(f"{_ODF}spreadsheet", _open_document(f"{_ODF}spreadsheet")),
    "rtf": _Kind("application/rtf", _check_rtf),
    "txt": _Kind("text/plain", _check_text),
    "csv": _Kind("text/csv", _check_text),
    "png": _Kind("image/png", _check_png),
    "jpg": _Kind("image/jpeg", _check_jpeg),
    "jpeg": _Kind("image/jpeg", _check_jpeg),
}
