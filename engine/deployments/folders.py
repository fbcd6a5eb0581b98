"""Read `processes/` and `forms/`, with an edition and a variation laid over them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine import legal_basis
from engine.deployments.toml_merge import difference, lay_over
from engine.errors import EngineError, InvalidDefinition

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
#: The letters that no process names, because the house writes them of any case.
HOUSE_LETTERS = tuple(
    f"forms/letters/{name}.toml"
    for name in ("clock_overdue", "clock_stage", "proposal_decided", "proposal_waits", "task_given")
)
#: What belongs to an edition alone.
_OF_EDITIONS = (STATUTORY, EDITION_BASIS)


class UnknownFolder(EngineError):
    """There is no {layer} called {name}. Use one of: {known}."""

    status = 404


class RulesOfEdition(EngineError):
    """The variation {name} has a {path}. Use that of its edition, and remove the file."""

    status = 422


def read_folders(root: Path, edition: str = BASE_EDITION, variation: str = "") -> dict[str, bytes]:
    """Return the files of an edition and variation by path, such as `processes/facts.toml`.

    TOML is merged by key; every other file replaces the one below it whole, and so does
    `edition.toml`. An edition that says that it stands alone has nothing below it but the letters
    of the house. What a variation replaces is kept under `edition/`, because the variation is
    proved against it.
    Takes:   root, the folder that holds `processes/` and `forms/`.
    Raises:  UnknownFolder, RulesOfEdition.
    """
    files = dict(_read_layer(root, ""))
    if edition != BASE_EDITION:
        files = _edition(files, _found(root, "edition", edition), edition)
    files[LABEL] = _label(edition)
    if variation:
        files = lay(files, _found(root, "variation", variation), variation)
    return dict(sorted(files.items()))


def lay(
    below: Mapping[str, bytes], layer: Mapping[str, bytes], name: str, *, draft: int = 0
) -> dict[str, bytes]:
    """Return the files of a variation: its layer over its edition, and what it replaces of that.

    Takes:   below, the files of the edition with their label; name, of the variation; draft, the
             number of the one that it was written in, so that what is published anew is a
             version of its own.
    Raises:  RulesOfEdition.
    """
    for path in _OF_EDITIONS:
        if path in layer:
            raise RulesOfEdition(name=name, path=path)
    kept = {EDITION + path: below[path] for path in layer if path in below}
    own = [path for path in layer if path not in below]
    label = _label(read_label(below)[0], name, own, draft)
    return dict(sorted({**_over(below, layer, name), **kept, LABEL: label}.items()))


def edition_below(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the edition that a variation is laid over; its own, where it is none."""
    edition, variation = read_label(files)
    if not variation:
        return dict(files)
    own = {LABEL, *_own(files)}
    below = {
        path: files.get(EDITION + path, source)
        for path, source in files.items()
        if path not in own and not path.startswith(EDITION)
    }
    return dict(sorted({**below, LABEL: _label(edition)}.items()))


def layer_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what a variation changes of its edition and adds to it: of TOML, the keys alone.

    `lay` over `edition_below` gives the same definitions again.
    """
    layer = {path: files[path] for path in sorted(_own(files)) if path in files}
    for kept in files:
        path = kept.removeprefix(EDITION)
        if path == kept or path not in files or files[path] == files[kept]:
            continue
        both = files[kept], files[path]
        layer[path] = difference(*both) if path.endswith(".toml") else files[path]
    return layer


def shipped(root: Path) -> list[tuple[str, str]]:
    """Return the editions of a folder, the base first, then its variations, each with its edition.

    A variation that does not say over which edition it is laid is left out; the checks say so.
    """
    found = [(BASE_EDITION, "")]
    found += [(name, "") for name in _names(root, "editions")]
    for name in _names(root, "variations"):
        path = root / "processes" / "variations" / name / Path(VARIATION_BASIS).name
        with suppress(InvalidDefinition, OSError):
            found.append((legal_basis.parse_variation(path.read_bytes(), "").edition, name))
    return found


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
    table = _read_label(files)
    return str(table.get("edition", BASE_EDITION)), str(table.get("variation", ""))


def differs_from_edition(files: Mapping[str, bytes], path: str) -> bool:
    """Say whether a file is one that a variation wrote: another than its edition's, or its own."""
    return EDITION + path in files or path in _own(files)


def _own(files: Mapping[str, bytes]) -> list[str]:
    """Return the paths that a variation has and its edition has not."""
    return [str(path) for path in _read_label(files).get("own", [])]


def _read_label(files: Mapping[str, bytes]) -> dict[str, Any]:
    return tomllib.loads(files.get(LABEL, b"").decode("utf-8"))


def _label(edition: str, variation: str = "", own: Iterable[str] = (), draft: int = 0) -> bytes:
    lines = [f'edition = "{edition}"', f'variation = "{variation}"']
    if draft:
        lines.append(f"draft = {draft}")
    if paths := ", ".join(json.dumps(path) for path in sorted(own)):
        lines.append(f"own = [{paths}]")
    return ("\n".join(lines) + "\n").encode()


def _found(root: Path, layer: str, name: str) -> dict[str, bytes]:
    folder = f"{layer}s"
    found = dict(_read_layer(root, f"{folder}/{name}")) if _is_name(name) else {}
    if not found:
        raise UnknownFolder(layer=layer, name=name, known=_known(root, folder))
    return found


def _edition(below: Mapping[str, bytes], layer: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """Return the files of an edition; what it rests on it says of itself, or not at all."""
    alone = legal_basis.stands_alone(layer.get(EDITION_BASIS, b""))
    kept = HOUSE_LETTERS if alone else [path for path in below if path != EDITION_BASIS]
    return _over({path: below[path] for path in kept if path in below}, layer, name)


def _over(below: Mapping[str, bytes], layer: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    merged = {
        path: _laid_over(path, below[path], source, name)
        for path, source in layer.items()
        if path in below and path.endswith(".toml")
    }
    return {**below, **layer, **merged}


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
    return ", ".join(_names(root, folder)) or "none"


def _names(root: Path, folder: str) -> list[str]:
    return sorted({path.name for base in FOLDERS for path in (root / base / folder).glob("*")})
