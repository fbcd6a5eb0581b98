"""Read `processes/` and `forms/`, with an edition and a variation laid over them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine import editions
from engine.deployments.toml_merge import lay_over
from engine.errors import EngineError

#: The edition that stands in `processes/` and `forms/` themselves.
BASE_EDITION = "draft_2011"

#: A file that `read_folders` adds: which edition and variation the others were read for.
LABEL = "deployment.toml"

#: What is read: folder, and the endings of the files in it.
FOLDERS = {"processes": (".bpmn", ".dmn", ".toml"), "forms": (".json", ".toml")}
_LAYERS = ("editions", "variations")

#: Before the path of a file: as the edition has it, where a variation has another.
EDITION = "edition/"
STATUTORY = "processes/statutory.toml"
#: Where a variation says why it departs from a reading that was proposed.
REASONS = "processes/reasons.toml"
#: What an edition, and what a variation, rests on. Never merged: each says it of itself.
EDITION_BASIS = "processes/edition.toml"
VARIATION_BASIS = "processes/variation.toml"
#: What belongs to an edition alone.
_OF_EDITIONS = (STATUTORY, EDITION_BASIS)


class UnknownFolder(EngineError):
    """There is no {layer} called {name}. Use one of: {known}."""

    status = 404


class RulesOfEdition(EngineError):
    """The variation {name} has a {path}. That is for its edition to say. Remove that file."""

    status = 422


def read_folders(root: Path, edition: str = BASE_EDITION, variation: str = "") -> dict[str, bytes]:
    """Return the files of an edition and variation by path, such as `processes/facts.toml`.

    TOML is merged by key; every other file replaces the one below it whole, and so does
    `edition.toml`. An edition that says that it stands alone has nothing below it. What a
    variation replaces is kept under `edition/`, because the variation is proved against it.
    Takes:   root, the folder that holds `processes/` and `forms/`.
    Raises:  UnknownFolder, RulesOfEdition.
    """
    files = dict(_read_layer(root, ""))
    layers = [("edition", "editions", edition), ("variation", "variations", variation)]
    for layer, folder, name in layers:
        if not name or (name == BASE_EDITION and layer == "edition"):
            continue
        found = dict(_read_layer(root, f"{folder}/{name}")) if _is_name(name) else {}
        if not found:
            raise UnknownFolder(layer=layer, name=name, known=_known(root, folder))
        if layer == "edition":
            files.pop(EDITION_BASIS, None)
            files = {} if editions.stands_alone(found.get(EDITION_BASIS, b"")) else files
        for path in _OF_EDITIONS if layer == "variation" else ():
            if path in found:
                raise RulesOfEdition(name=name, path=path)
        for path, source in found.items():
            below = files.get(path)
            if layer == "variation" and below is not None:
                files[EDITION + path] = below
            merges = below is not None and path.endswith(".toml")
            files[path] = _laid_over(path, below or b"", source, name) if merges else source
    files[LABEL] = f'edition = "{edition}"\nvariation = "{variation}"\n'.encode()
    return dict(sorted(files.items()))


def stray_files(root: Path) -> list[str]:
    """Return the files among the definitions, of whatever layer, that are not read as any.

    Hidden files, which editors and version control leave behind, are passed over.
    """
    return [
        path.relative_to(root).as_posix()
        for folder, endings in FOLDERS.items()
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and path.suffix not in endings and not path.name.startswith(".")
    ]


def read_label(files: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the edition and the variation that the files were read for."""
    table = tomllib.loads(files.get(LABEL, b"").decode("utf-8"))
    return str(table.get("edition", BASE_EDITION)), str(table.get("variation", ""))


def _read_layer(root: Path, layer: str) -> Iterator[tuple[str, bytes]]:
    for folder, endings in FOLDERS.items():
        base = root / folder / layer
        for path in sorted(base.rglob("*")):
            inner = path.relative_to(base)
            is_above = not layer and inner.parts[0] in _LAYERS
            if path.is_file() and path.suffix in endings and not is_above:
                yield f"{folder}/{inner.as_posix()}", path.read_bytes()


def _laid_over(path: str, below: bytes, above: bytes, name: str) -> bytes:
    try:
        return lay_over(below, above, f"{path}, with what {name} changes in it.")
    except (ValueError, RecursionError):
        return above  # The checks say what is wrong with it, with the lines of this file.


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None


def _known(root: Path, folder: str) -> str:
    known = {path.name for base in FOLDERS for path in (root / base / folder).glob("*")}
    return ", ".join(sorted(known)) or "none"
