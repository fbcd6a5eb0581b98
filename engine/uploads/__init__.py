"""Uploads: what kinds of file are taken in, and how they are kept."""

from engine.uploads.keeping import (
    CaseIsFull,
    FileDamaged,
    FileEmpty,
    FileNameRefused,
    FileTooLarge,
    Opened,
    Store,
    check_name,
    open_upload,
    path_of,
    take_in,
)
from engine.uploads.kinds import (
    KINDS,
    FileDoubtful,
    FileKindNotAllowed,
    FileNotWhatItSays,
    FileUnpacksTooLarge,
    UploadRefused,
    recognise,
)

__all__ = [
    "KINDS",
    "CaseIsFull",
    "FileDamaged",
    "FileDoubtful",
    "FileEmpty",
    "FileKindNotAllowed",
    "FileNameRefused",
    "FileNotWhatItSays",
    "FileTooLarge",
    "FileUnpacksTooLarge",
    "Opened",
    "Store",
    "UploadRefused",
    "check_name",
    "open_upload",
    "path_of",
    "recognise",
    "take_in",
]
