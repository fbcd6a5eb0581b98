"""Sandboxes: a variation tried out on a virtual clock, each in a throw-away database of its own.

A sandbox is its scenario: what was done in it is kept, step by step, and its database is made from
that wherever it is missing.
"""
