"""Check what no linter of a language sees: white space, merge marks, and files that cannot be read.

`python -m tests.tidy [--fix] [FILE ...]` looks at the files named, or at every file of the
repository; pre-commit, `make fix` and a test of the house use it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).parents[1]

#: Files whose bytes are not ours to change.
BINARY = {".png", ".ico", ".woff2", ".pdf", ".filter"}
#: What a version once wrote, or somebody who did not know the product, held to the byte.
KEPT = re.compile(r"tests/engine/workflow/golden/|tests/browser/evidence/")
#: Inputs that are wrong on purpose.
WRONG_ON_PURPOSE = re.compile(r"tests/diagrams/.*/invalid|tests/.*/hostile/")

_MERGE_MARK = re.compile(rb"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_TRAILING = re.compile(rb"[ \t]+$", re.MULTILINE)


def tracked() -> list[Path]:
    """Return every file of the repository, as git knows it."""
    said = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    paths = [ROOT / name for name in said.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file."""
    if not _is_ours(path):
        return
    content = path.read_bytes()
    if content != tidied(content, path):
        yield "white space at the end of a line, or no single new line at the end of the file"
    if _MERGE_MARK.search(content):
        yield "a mark that a merge left"
    read = READERS.get(path.suffix)
    if read is not None and not WRONG_ON_PURPOSE.search(path.as_posix()):
        try:
            read(content)
        except (ValueError, etree.XMLSyntaxError) as error:
            yield f"it cannot be read: {error}"


def tidied(content: bytes, path: Path) -> bytes:
    """Return a file's content without white space at ends; Markdown keeps its line breaks."""
    if path.suffix != ".md":
        content = _TRAILING.sub(b"", content.replace(b"\r\n", b"\n"))
    return content.rstrip(b"\n") + b"\n" if content.strip() else b""


def _is_ours(path: Path) -> bool:
    return path.suffix not in BINARY and not KEPT.search(path.as_posix())


READERS: dict[str, Callable[[bytes], object]] = {
    ".json": json.loads,
    ".toml": lambda content: tomllib.loads(content.decode("utf-8")),
    ".bpmn": etree.fromstring,
    ".dmn": etree.fromstring,
    ".svg": etree.fromstring,
}


def main(arguments: list[str]) -> int:
    """Print the faults of each file; with `--fix`, put right the white space first."""
    named = [Path(name).resolve() for name in arguments if name != "--fix"]
    wrong = 0
    for path in named or tracked():
        if "--fix" in arguments and _is_ours(path):
            content = path.read_bytes()
            if content != tidied(content, path):
                path.write_bytes(tidied(content, path))
        for fault in faults(path):
            wrong += 1
            sys.stdout.write(f"{path.relative_to(ROOT)}: {fault}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
