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
    "/sent",
    "/cases",
    "/cases/start",
    "/language",
    "/account",
    "/account/password",
    "/account/second-factor",
    "/calendar",
    "/meetings",
    "/demonstration/time",
]
#: These are for whoever keeps people and settings of the demonstration's first Board.
FOR_KEEPERS = [
    "/settings/cwmafon",
    "/settings/cwmafon/targets",
    "/settings/cwmafon/bodies",
    "/settings/cwmafon/requests",
    "/settings/cwmafon/agencies",
    "/settings/cwmafon/people",
    "/settings/cwmafon/people/add",
    "/settings/cwmafon/roles",
    "/settings/cwmafon/absences",
    "/settings/cwmafon/import",
]
#: And these for whoever administers it.
FOR_ADMINISTRATORS = [
    "/settings",
    *FOR_KEEPERS,
    "/settings/cwmafon/name",
    "/settings/cwmafon/sign-in",
]
#: These are for whoever administers or coordinates a Board.
FOR_THE_LOOKING_AFTER = ["/undelivered", "/translation", "/translation/processes/roles.toml"]
#: These are of a case, after its address; for whoever may open it.
OF_A_CASE = [
    "",
    "/legal-basis",
    "/plan",
    "/documents",
    "/people",
    "/diagrams",
    "/notes",
    "/messages",
    "/history",
    "/sights",
    "/put-right",
    "/proceedings",
    "/proceedings/new",
    "/side",
]
#: These are of a review, after its address; for whoever may read its merged timeline.
OF_A_TIMELINE = ["", "/findings"]
#: These are for whoever co-ordinates cases.
FOR_COORDINATORS = [
    "/today",
    "/incidents",
    "/cases/adopt",
    "/meetings/new",
    "/figures",
    "/figures/statement",
    "/variations/cwmafon/moving",
]
