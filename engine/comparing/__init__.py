"""Say in words what differs between two sets of definitions; reads and writes nothing."""

from engine.comparing.files import FileComparison, compare, file_kind, file_title
from engine.comparing.names import Names
from engine.comparing.parts import Difference

__all__ = ["Difference", "FileComparison", "Names", "compare", "file_kind", "file_title"]
