"""People say how they want to be written to: in which language, and how often."""

from __future__ import annotations

import engine
from tests.web.conftest import Site


def test_messages_come_once_a_day_where_a_person_wishes_it(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    asked = visitor.get("/language").get_data(as_text=True)
    assert 'value="at_once" checked' in asked
    assert visitor.post("/language", {"language": "en", "often": "daily"}).status_code == 303
    chosen = visitor.get("/cy/language").get_data(as_text=True)
    assert 'value="daily" checked' in chosen
    assert "Unwaith y dydd" in chosen
    odd = visitor.post("/language", {"language": "en", "often": "never"})
    assert odd.status_code == 303
    assert 'value="daily" checked' in visitor.get("/language").get_data(as_text=True)
    engine.set_daily_digest(site.people["Carys Morgan"], daily=False)
