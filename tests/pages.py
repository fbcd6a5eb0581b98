"""The pages that stand by themselves, for tests that go through all of them."""

from __future__ import annotations

#: Whoever is not signed in may open these; the last is not there.
FOR_ANYBODY = [
    "/sign-in",
    "/sign-in/link",
    "/invitation",
    "/about",
    "/accessibility",
    "/privacy",
    "/nothing",
]
#: These are for whoever is signed in.
FOR_THE_SIGNED_IN = [
    "/tasks",
    "/cases",
    "/cases/start",
    "/language",
    "/calendar",
    "/demonstration/time",
]
#: And these for whoever co-ordinates the cases of a Board.
FOR_COORDINATORS = [
    "/undelivered",
    "/figures",
    "/figures/statement",
]
