"""Say how old a child was, as exactly as it is known, in the language of the page."""

from __future__ import annotations

import engine
from web.texts import gettext, ngettext


def say_age(age: engine.Age) -> str:
    """Say an age as exactly as it is known."""
    if age.most < 0:
        return gettext("not born yet")
    if age.least == age.most:
        return _exact_age(age.least)
    least, most = max(age.least // 12, 0), age.most // 12
    if age.least < 0:
        if most == 0:
            return gettext("not born yet, or under 1")
        return gettext("not born yet, or up to %(age)s", age=_years(most))
    if least == most:
        return _years(least) if least else gettext("under 1")
    return gettext("%(least)d to %(most)s", least=least, most=_years(most))


def _exact_age(months: int) -> str:
    years, over = divmod(months, 12)
    if not years:
        return ngettext("%(num)d month", "%(num)d months", over)
    if not over:
        return _years(years)
    more = ngettext("%(num)d month", "%(num)d months", over)
    return f"{_years(years)}, {more}"


def _years(years: int) -> str:
    return ngettext("%(num)d year", "%(num)d years", years)
