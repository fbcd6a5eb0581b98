"""The diagrams from short lines that the tests of the workflow draw."""

from __future__ import annotations

from tests.engine.workflow.conftest import parse

__all__ = ["parse"]
