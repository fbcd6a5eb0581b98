"""The studio of a Board, for every test of its variations."""

from tests.engine.test_variations import studio

__all__ = ["studio"]
