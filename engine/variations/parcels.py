"""Write the layer of a variation as a ZIP or a folder, and read one that somebody sends.

What is in it lies where `adolygu deploy --variation` reads it, so that Boards can share it and
keep it under version control; `manifest.toml` beside it says what it was written on.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree

from engine import archives, deployments, legal_basis
from engine.errors import EngineError, InvalidDefinition
from engine.variations import sources
from engine.xml_source import read_xml

#: How large a file may be that is chosen, in bytes.
MOST_PARCEL_BYTES = 5_000_000
MANIFEST = "manifest.toml"

_TREE = re.compile(
    r"(?P<before>.*?)(?P<folder>processes|forms)/variations/(?P<name>[^/]+)/(?P<rest>.+)"
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ZIP = b"PK\x03\x04", b"PK\x05\x06"
#: Every part of a ZIP has the same day, so that the same variation makes the same file.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class ParcelRefused(EngineError):
    """This is neither a ZIP of a variation nor a diagram, form or decision table. Choose a file that was exported here, or a .bpmn, .dmn or .json file."""  # noqa: E501

    status = 422


class ParcelEmpty(ParcelRefused):
    """There is nothing of a variation in this file. Choose one with processes/variations or forms/variations in it, or a .bpmn, .dmn or .json file."""  # noqa: E501


class ParcelTooLarge(ParcelRefused):
    """This file is too large: it may have {megabytes} MB, {unpacked} MB once it is unpacked, and {parts} parts. Make a new one with nothing but the diagrams, forms, tables and texts of a variation."""  # noqa: E501

    status = 413

    def __init__(self) -> None:
        """Say how large it may be."""
        super().__init__(
            megabytes=MOST_PARCEL_BYTES // 1_000_000,
            unpacked=archives.MAX_UNPACKED // 1_000_000,
            parts=archives.MAX_ENTRIES,
        )


class ParcelDamaged(ParcelRefused):
    """This ZIP is damaged and cannot be unpacked. Make it again, and choose the new one."""


class ParcelLocked(ParcelRefused):
    """This ZIP has a password. Make one without, and choose that."""


class ParcelUnsafe(ParcelRefused):
    """Nothing was taken from this ZIP, because {path} leads out of it. Make a new one of the folders processes and forms, with nothing but plain files in it."""  # noqa: E501


class ParcelTwice(ParcelRefused):
    """Nothing was taken from this ZIP, because two of its files are called {path}, small and capital letters being the same. Give one of them another name, and make a new ZIP."""  # noqa: E501


class ParcelOfSeveral(ParcelRefused):
    """There are several variations in this file: {names}. Say which of them you want."""


class ParcelNotOfThem(ParcelRefused):
    """There is no variation {name} in this file. Choose one of: {names}."""


class PartUnknown(EngineError):
    """Nothing of a variation is kept in a file of this name and place. If it is wanted, give it the place and the ending of what it is."""  # noqa: E501


class PartOfEdition(EngineError):
    """No variation changes the rules of its edition. Make the file without it."""


class PartIsNoDiagram(EngineError):
    """This is XML, and neither a BPMN diagram nor a DMN table. Save it as BPMN 2.0 in the program that drew it."""  # noqa: E501


class PartHasNoId(EngineError):
    """This has no id of a process, form or decision, so nobody knows where it belongs. Give it one."""  # noqa: E501


class PartIsArchive(EngineError):
    """This is a ZIP inside a ZIP. Choose it by itself."""


@dataclass(frozen=True)
class PartLeftOut:
    """A part of a file that was not taken in, and why, with what to do."""

    path: str
    refused: EngineError


@dataclass(frozen=True)
class Parcel:
    """The layer of a variation, by path, and what is said of it.

    `edition_hash` is that of the deployment it was written on; empty where nobody says. `loose` is
    for files that lay in no variation: whole ones, of TOML too.
    """

    name: str
    title: str
    edition: str
    edition_hash: str
    files: Mapping[str, bytes]
    loose: bool = False
    not_taken: tuple[PartLeftOut, ...] = ()


def parcel_files(parcel: Parcel) -> dict[str, bytes]:
    """Return the files of a folder that holds a variation, by path from its root."""
    said = {
        "name": parcel.name,
        "title": parcel.title,
        "edition": parcel.edition,
        "edition_hash": parcel.edition_hash,
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()]
    found = {MANIFEST: ("\n".join(lines) + "\n").encode("utf-8")}
    for path, content in sorted(parcel.files.items()):
        folder, _, rest = path.partition("/")
        found[f"{folder}/variations/{parcel.name}/{rest}"] = content
    return found


def write_parcel(parcel: Parcel) -> bytes:
    """Return a variation as a ZIP; the same variation gives the same bytes."""
    return zip_of(parcel_files(parcel))


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _NO_DAY)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def read_parcel(
    content: bytes, filename: str, wanted: str = "", below: Collection[str] = ()
) -> Parcel:
    """Return the variation in a ZIP, or a single diagram, form or table as one.

    Takes:   wanted, its name, where there are several; below, the paths of the edition, where
             what lies in no variation finds its place by its id.
    Raises:  ParcelRefused, of which each child says what is wrong.
    """
    if len(content) > MOST_PARCEL_BYTES:
        raise ParcelTooLarge
    if not content.startswith(_ZIP):
        return sort_out({PurePosixPath(filename).name: lambda: content}, wanted, below)
    try:
        with archives.opened(content) as archive:
            _require_harmless(archive)
            names = [name for name in archive.names if not name.endswith("/")]
            parts = {name: _unpacking(archive, name) for name in names}
            return sort_out(parts, wanted, below)
    except archives.ArchiveTooLarge:
        raise ParcelTooLarge from None
    except archives.ArchiveDamaged:
        raise ParcelDamaged from None


def sort_out(
    parts: Mapping[str, Callable[[], bytes]], wanted: str = "", below: Collection[str] = ()
) -> Parcel:
    """Return the variation among the files of a folder, by path, each of which can be read.

    Raises:  ParcelEmpty; ParcelOfSeveral; ParcelNotOfThem.
    """
    trees = {path: found for path in parts if (found := _TREE.fullmatch(path))}
    before = min((found["before"] for found in trees.values()), key=len, default="")
    trees = {path: found for path, found in trees.items() if found["before"] == before}
    sorter = _Sorter(below)
    if not trees:
        for path, read in parts.items():
            sorter.place(path, read)
        return sorter.parcel("", {}, loose=True)
    name = _which({found["name"] for found in trees.values()}, wanted)
    manifest = {}
    for path, read in parts.items():
        found = trees.get(path)
        if path == f"{before}{MANIFEST}":
            manifest = _said(read())
        elif found is None:
            sorter.pass_over(path, PartUnknown())
        elif found["name"] == name:
            sorter.take(path, f"{found['folder']}/{found['rest']}", read())
    return sorter.parcel(name, manifest if manifest.get("name") == name else {})


class _Sorter:
    """Takes what can be read, and says of everything else why it was not taken."""

    def __init__(self, below: Collection[str]) -> None:
        self._files: dict[str, bytes] = {}
        self._not_taken: list[PartLeftOut] = []
        self._places = {
            PurePosixPath(path).name: path for path in below if not path.startswith("edition/")
        }

    def parcel(self, name: str, manifest: Mapping[str, str], *, loose: bool = False) -> Parcel:
        """Return what was taken.

        Raises:  ParcelEmpty, where that is nothing and nothing says why.
        """
        if not self._files and all(
            isinstance(each.refused, PartUnknown) for each in self._not_taken
        ):
            raise ParcelEmpty
        return Parcel(
            name=name,
            title=manifest.get("title", ""),
            edition=manifest.get("edition", "") or self._edition(),
            edition_hash=manifest.get("edition_hash", ""),
            files=dict(sorted(self._files.items())),
            loose=loose,
            not_taken=tuple(self._not_taken),
        )

    def _edition(self) -> str:
        """Return the edition that the variation says that it is laid over, or nothing."""
        basis = self._files.get(deployments.VARIATION_BASIS)
        try:
            return legal_basis.parse_variation(basis, "").edition if basis else ""
        except InvalidDefinition:
            return ""

    def pass_over(self, shown: str, refused: EngineError) -> None:
        """Say why a part is not taken; what systems leave in every folder is not worth a word."""
        hidden = any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(shown).parts)
        if not hidden:
            self._not_taken.append(PartLeftOut(shown[:200], refused))

    def take(self, shown: str, path: str, content: bytes) -> None:
        """Take a file to a place, if it belongs there and can be read."""
        if path == deployments.STATUTORY:
            self.pass_over(shown, PartOfEdition())
            return
        try:
            sources.kind_of(path)
        except sources.DraftPathWrong:
            self.pass_over(shown, PartIsArchive() if content.startswith(_ZIP) else PartUnknown())
            return
        try:
            readable = _as_utf8(path, content)
            sources.require_readable(path, readable)
            _require_kind(path, readable)
        except EngineError as refused:
            self.pass_over(shown, refused)
        else:
            self._files[path] = readable

    def place(self, shown: str, read: Callable[[], bytes]) -> None:
        """Take a file that lies in no variation to where its id belongs."""
        path = PurePosixPath(shown)
        inside = shown[shown.find(root) :] if (root := _root_in(shown)) else ""
        if inside and _is_path(inside):
            self.take(shown, inside, read())
        elif path.suffix.lower() in (".bpmn", ".dmn", ".xml", ".json"):
            self._place_by_id(shown, read())
        else:
            content = read()
            self.pass_over(shown, PartIsArchive() if content.startswith(_ZIP) else PartUnknown())

    def _place_by_id(self, shown: str, content: bytes) -> None:
        try:
            if shown.lower().endswith(".json"):
                path = self._place_of_form(content)
            else:
                path = self._place_of_xml(shown, content)
        except EngineError as refused:
            self.pass_over(shown, refused)
        else:
            self.take(shown, path, content)

    def _place_of_form(self, content: bytes) -> str:
        try:
            table = json.loads(content)
        except (ValueError, RecursionError):
            return "forms/unreadable.json"  # What is wrong with it is said when it is taken.
        key = table.get("id") if isinstance(table, dict) else None
        if not isinstance(key, str) or not _snake(key):
            raise PartHasNoId
        return f"forms/{_snake(key)}.json"

    def _place_of_xml(self, shown: str, content: bytes) -> str:
        try:
            root = read_xml(content, shown)
        except InvalidDefinition as invalid:
            found = invalid.details
            raise sources.DraftFileUnreadable(
                path=shown,
                line=found["line"],
                reason=f"{found['reason']}; {found['remedy']}",
            ) from None
        for element in root:
            tag = etree.QName(element)
            if tag.namespace == _BPMN and tag.localname == "process":
                return self._known(f"{_snake(element.get('id', ''))}.bpmn", "processes/")
            if "/spec/DMN/" in (tag.namespace or "") and tag.localname == "decision":
                return self._known(f"{element.get('id', '')}.dmn", "processes/decisions/")
        raise PartIsNoDiagram

    def _known(self, name: str, folder: str) -> str:
        """Return where a diagram or table lies in the edition, or would lie in a variation."""
        if name.startswith("."):
            raise PartHasNoId
        return self._places.get(name, f"{folder}{name}")


def _require_harmless(archive: archives.Archive) -> None:
    """Refuse a ZIP whose names could mean something else than plain files inside it.

    Raises:  ParcelUnsafe; ParcelTwice; ParcelLocked.
    """
    seen: set[str] = set()
    for name in archive.names:
        parts = name.rstrip("/").split("/")
        outside = name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0]
        if outside or not name.isprintable() or not archive.is_plain(name):
            raise ParcelUnsafe(path=_shown(name))
        folded = unicodedata.normalize("NFKC", name).casefold()
        if folded in seen:
            raise ParcelTwice(path=_shown(name))
        seen.add(folded)
        if archive.is_locked(name):
            raise ParcelLocked


def _unpacking(archive: archives.Archive, name: str) -> Callable[[], bytes]:
    return lambda: archive.unpack(name)


def _which(names: set[str], wanted: str) -> str:
    listed = ", ".join(sorted(names))[:300]
    if wanted:
        if wanted not in names:
            raise ParcelNotOfThem(name=wanted[:100], names=listed)
        return wanted
    if len(names) > 1:
        raise ParcelOfSeveral(names=listed)
    return next(iter(names))


def _said(content: bytes) -> dict[str, str]:
    """Return what the manifest says; one that cannot be read says nothing."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return {key: value[:300] for key, value in table.items() if isinstance(value, str)}


def _as_utf8(path: str, content: bytes) -> bytes:
    """Return a file as UTF-8, where it says how it is written; the same bytes where it is that."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                return content
            return _without_declaration(text).encode("utf-8")
    if not path.endswith((".bpmn", ".dmn")) or _is_utf8(content):
        return content
    try:
        root = read_xml(content, path)
    except InvalidDefinition:
        return content
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _without_declaration(text: str) -> str:
    return re.sub(r'(<\?xml[^>]*?)\s+encoding="[^"]*"', r"\1", text, count=1)


def _is_utf8(content: bytes) -> bool:
    """Say whether an XML file says that it is UTF-8, or says nothing, and is."""
    declared = re.match(rb"<\?xml[^>]*?encoding=[\"']([^\"']*)", content)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _require_kind(path: str, content: bytes) -> None:
    """Refuse XML that is something else than its name says.

    Raises:  PartIsNoDiagram.
    """
    if path.endswith((".bpmn", ".dmn")):
        namespace = etree.QName(read_xml(content, path)).namespace or ""
        wanted = namespace == _BPMN if path.endswith(".bpmn") else "/spec/DMN/" in namespace
        if not wanted:
            raise PartIsNoDiagram


def _root_in(shown: str) -> str:
    """Return the folder of definitions in which a file lies, be it inside another folder."""
    parts: Iterator[str] = iter(PurePosixPath(shown).parts)
    return next((f"{part}/" for part in parts if part in deployments.FOLDERS), "")


def _is_path(path: str) -> bool:
    try:
        sources.kind_of(path)
    except sources.DraftPathWrong:
        return path == deployments.STATUTORY
    return True


def _snake(key: str) -> str:
    """Return an id as files are called: small letters, digits and lines below."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return plain if _NAME.fullmatch(plain) else ""


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:100]
