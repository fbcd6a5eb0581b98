"""Measure the figures that the design promises, each beside a floor taken in the same run."""
