"""The rules of the house that no linter knows: what must never stand where."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine
import engine.operations
from tests import tidy, welsh

ROOT = Path(__file__).parents[1]
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

#: Folders that exist on one machine only; in parts, or this file would name them.
MACHINE_PATH = re.compile(r"(?<![\w.])/(" + "|".join(["work", "root", r"home/\w+", "farm"]) + ")/")

CLOCK = re.compile(
    r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.monotonic|time\.perf_counter"
    r"|time\.sleep|func\.now|func\.current_timestamp|func\.clock_timestamp)\("
)
#: Who may ask another clock than `time_source`, or is it, and why.
CLOCKS = {
    "engine/time_source.py": "is the clock: the database's, or this process's on SQLite",
    "engine/db.py": "tells how long a connection lay idle",
    "engine/feel/budget.py": "stops an expression that takes too long; no deadline of a case",
    "engine/uploads/scanning.py": "stops waiting for a virus scanner; no deadline of a case",
    "engine/scheduler.py": "watches that the worker still beats; no deadline of a case",
    "engine/sandboxes/worlds.py": "tells how long ago a throw-away database was opened",
    "web/serving.py": "tells how long a worker lived before it died; no deadline of a case",
}

#: With one of these a refusal says what to do.
IMPERATIVES = re.compile(
    r"(Add|Appoint|Ask|Call|Change|Check|Choose|Complete|Enter|Give|Go|Look|Make|Open|Put|Read|Record|Reopen|Save"
    r"|Say|Send|Set|Tell|Tick|Try|Use|Wait|What to do)\b",
    re.IGNORECASE,
)
#: Refusals that leave it to what they carry.
SAYS_ELSEWHERE = {"InvalidDeployment": "the first finding, which it quotes, says its own remedy"}


def text_files() -> dict[str, str]:
    """Return every text of the repository by its path."""
    found = {}
    for path in tidy.tracked():
        if path.suffix not in tidy.BINARY:
            # What agencies send is kept as they wrote it, in whatever letters.
            text = path.read_text(encoding="utf-8", errors="replace")
            found[path.relative_to(ROOT).as_posix()] = text
    return found


def modules(*folders: str) -> Iterator[tuple[str, str]]:
    """Yield each module below the folders, with its source."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def refusals() -> list[type[engine.EngineError]]:
    """Return everything that the engine refuses."""

    def below(kind: type[engine.EngineError]) -> Iterator[type[engine.EngineError]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    found = {kind for kind in below(engine.EngineError) if kind.__module__.startswith("engine.")}
    return sorted(found, key=lambda kind: kind.__qualname__)


def sentence(kind: type) -> str:
    """Return the docstring of a refusal on one line."""
    return inspect.cleandoc(kind.__doc__ or "").split("\n\n", 1)[0].replace("\n", " ")


def test_every_file_is_tidy_and_can_be_read() -> None:
    found = [f"{path}: {fault}" for path in tidy.tracked() for fault in tidy.faults(path)]
    assert not found


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [path for path, text in text_files().items() if MACHINE_PATH.search(text)]
    assert not found


@pytest.mark.parametrize("folder", ["processes", "forms"])
def test_no_python_lies_among_the_definitions(folder: str) -> None:
    kinds = {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert kinds <= {".bpmn", ".dmn", ".toml", ".json"}


def test_no_other_clock_is_asked_than_the_house_has() -> None:
    asked = {path for path, source in modules("engine", "web") if CLOCK.search(source)}
    assert asked == set(CLOCKS)


def test_no_name_of_the_engine_is_taken_for_the_module_of_the_same_name() -> None:
    # The package binds such a name to the function, so only its full path is sure.
    files = {path.stem for path in (ROOT / "engine").iterdir() if path.suffix in ("", ".py")}
    both = files & set(engine.__all__)
    assert both == {"sign_in"}
    taken = [
        path
        for path, source in modules("engine", "tests")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "engine"
        if both & {name.name for name in node.names}
    ]
    assert not taken


def test_the_public_names_are_those_that_the_architecture_lists() -> None:
    section = ARCHITECTURE.split("## Public names of `engine`")[1].split("\n## ")[0]
    listed = [name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
              for name in re.findall(r"`(\w+)`", row)]  # fmt: skip
    assert sorted(listed) == sorted(engine.__all__)


def test_what_the_pages_point_at_is_there() -> None:
    pages = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
    pages += [page for page in (ROOT / "docs").glob("*.md") if page.name != "requirements.md"]
    missing = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        paths = [ROOT / path for path in re.findall(r"`((?:engine|web|tests|docs)/[\w/.]+)`", text)]
        paths += [page.parent / path for path in re.findall(r"\]\(([\w./-]+)\)", text)]
        missing += [f"{page.name}: {path}" for path in paths if not path.exists()]
    assert not missing


def test_the_layers_are_those_that_the_architecture_draws() -> None:
    block = ARCHITECTURE.split("## Layers of `engine`")[1].split("```\n")[1]
    drawn = [set(line.split()) for line in block.splitlines()]
    held = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert drawn == [set(re.split(r" [|:] ", layer)) for layer in held]


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_refusal_says_what_to_do(kind: type[engine.EngineError]) -> None:
    clauses = re.split(r"[.;:] |, ", sentence(kind))
    assert any(map(IMPERATIVES.match, clauses)) or kind.__name__ in SAYS_ELSEWHERE
    assert sentence(kind).endswith((".", "}"))


def test_the_count_of_welsh_for_a_translator_is_the_one_on_the_page() -> None:
    assert welsh.written() == welsh.table(welsh.counts()), "run: make fix"
