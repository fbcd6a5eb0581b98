"""Say in words what differs between two sets of definitions; reads and writes nothing."""

from engine.comparing.files import (
    ROWS,
    FileComparison,
    compare,
    compare_file,
    file_kind,
    file_title,
    is_definition,
)
from engine.comparing.merging import merge_files
from engine.comparing.names import Names
from engine.comparing.parts import Difference

__all__ = [
    "ROWS",
    "Difference",
    "FileComparison",
    "Names",
    "compare",
    "compare_file",
    "file_kind",
    "file_title",
    "is_definition",
    "merge_files",
]
