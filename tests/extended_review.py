"""An Extended Review for tests of what its agencies tell."""

from __future__ import annotations

from datetime import date
from typing import Any

#: The steps of a scenario up to where its agencies are named, with an incident on 31 January 2026.
TO_ITS_AGENCIES: list[tuple[str, Any, dict[str, Any]]] = [
    ("until", "INT-05", {}),
    ("complete", "INT-05",
     {"set": {"on_register": "yes", "incident_on_child": date(2026, 1, 31)}}),
    ("until", "INT-13", {}),
    ("complete", "INT-13", {"set": {"recommended": "extended"}}),
    ("until", "CON-03", {}),
    ("appoint", {"role": "panel_chair"}, {}),
    ("appoint", {"role": "panel_member"}, {}),
    ("until", "EXT-06", {}),
    ("appoint", {"role": "reviewer_local"}, {}),
    ("appoint", {"role": "reviewer_external"}, {}),
    ("until", "LEV-04", {}),
]  # fmt: skip
