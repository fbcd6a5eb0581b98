"""Say which editions this installation carries out, for anybody who asks; and offer what ships."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine import audit, db, deployments
from engine.legal_basis import LegalBasis


def editions_here() -> list[LegalBasis]:
    """Return what each edition that is kept for every Board rests on, where it says so."""
    with db.reading() as session:
        return [
            basis
            for row in deployments.offers(session)
            if not row.variation
            for basis in deployments.load(session, row.id).bases
        ]


def offer_shipped(root: Path, tell: Callable[[str], None]) -> None:
    """Keep every edition and variation of a folder to begin drafts from; none opens cases by it.

    Takes:   root, the folder that holds `processes/` and `forms/`; tell, for progress.
    Raises:  InvalidDeployment.
    """
    for edition, variation in deployments.shipped(root)[1:]:
        files = deployments.read_folders(root, edition, variation)
        with db.transaction() as session:
            name = f"{edition} {variation}".strip()
            tell(f"Offering: {name}")
            deployments.deploy(session, files, actor=audit.SYSTEM, opens_cases=False)
