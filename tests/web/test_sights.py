"""Every page of a case that is shown to somebody leaves one sight, and nobody can hide one."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

import engine
from engine import db, sights
from engine.errors import DatabaseUnavailable
from engine.models import Account, Sight
from tests.web.conftest import Site
from tests.web.test_access import ROUTES, _addresses, _ask

#: What an address names that belongs to a case.
OF_A_CASE = ("<uuid:case_id>", "<uuid:document_id>", "<uuid:task_id>", "<uuid:upload_id>")


def seen(name: str) -> list[tuple[str, str]]:
    """Return what a person has looked at, in order: the kind and the subject."""
    with db.reading() as session:
        rows = session.scalars(
            select(Sight)
            .join(Account, Account.id == Sight.account_id)
            .where(Account.name == name)
            .order_by(Sight.at)
        )
        return [(row.kind, row.subject) for row in rows]


def test_each_page_of_a_case_that_is_shown_leaves_one_sight(site: Site) -> None:
    addresses, visitor = _addresses(site), site.signed_in("Ffion Hughes")
    routes = [
        each for each in ROUTES if each.startswith("GET") and any(n in each for n in OF_A_CASE)
    ]
    shown = []
    for route in routes:
        before = len(seen("Ffion Hughes"))
        status = _ask(visitor, route, addresses)[0]
        left = len(seen("Ffion Hughes")) - before
        assert (route, left) == (route, int(status == 200))
        shown += [route] if left else []
    assert len(shown) > 20


def test_a_page_that_is_refused_leaves_none(site: Site) -> None:
    case_id = _addresses(site)["case_id"]
    before = len(seen("Rhys Vaughan"))
    assert site.signed_in("Rhys Vaughan").get(f"/cases/{case_id}").status_code == 404
    assert len(seen("Rhys Vaughan")) == before


def test_who_looked_at_a_document_and_who_printed_it_is_told(site: Site) -> None:
    addresses = _addresses(site)
    document = addresses["document_id"]
    visitor = site.signed_in("Gareth Evans")
    visitor.get(f"/documents/{document}")
    visitor.get(f"/documents/{document}/paper")
    assert seen("Gareth Evans")[-2:] == [("document", document), ("paper", document)]
    gareth = site.people["Gareth Evans"].account_id
    page = site.signed_in("Ffion Hughes").get(
        f"/cases/{addresses['case_id']}/sights?person={gareth}"
    )
    text = page.get_data(as_text=True)
    assert "Printed or taken away: Consent record" in text
    assert "Gareth Evans" in text
    board = site.signed_in("Rhys Vaughan").get(f"/settings/cwmafon/people/{gareth}/sights")
    assert "Document: Consent record" in board.get_data(as_text=True)


def test_who_looked_is_shown_to_whoever_co_ordinates_the_case_alone(site: Site) -> None:
    case_id = uuid.UUID(_addresses(site)["case_id"])
    for name in ("Gareth Evans", "Owain Rees", "Rhys Vaughan", "Alys Prydderch"):
        with pytest.raises(engine.NotFound):
            engine.case_sights(case_id, site.people[name])


def test_what_cannot_be_kept_is_not_shown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnavailable(reason="It is away.")

    case_id = _addresses(site)["case_id"]
    visitor = site.signed_in("Ffion Hughes")
    monkeypatch.setattr(engine, "record_sight", away)
    answer = visitor.get(f"/cases/{case_id}")
    assert answer.status_code == 503
    assert "CNS-" not in answer.get_data(as_text=True)


def test_a_sight_that_was_changed_is_named(site: Site) -> None:
    case_id = _addresses(site)["case_id"]
    site.signed_in("Ffion Hughes").get(f"/cases/{case_id}")
    with db.transaction() as session:
        assert list(sights.verify(session)) == []
        other = site.people["Gareth Evans"].account_id
        last = select(func.max(Sight.at)).scalar_subquery()
        session.execute(update(Sight).where(Sight.at == last).values(account_id=other))
        session.expire_all()
        assert [found.reason for found in sights.verify(session)] == ["its content was changed"]
        session.rollback()


def test_sights_that_were_deleted_are_told_from_the_head_of_their_day(site: Site) -> None:
    site.signed_in("Ffion Hughes").get(f"/cases/{_addresses(site)['case_id']}")
    with db.transaction() as session:
        day = datetime.now(UTC).date()
        kept = sights.head_of_day(session, day)
        assert list(sights.lost(session, kept)) == []
        assert sights.head_of_day(session, day - timedelta(days=1)) != kept
        session.execute(delete(Sight).where(Sight.at >= datetime.now(UTC) - timedelta(minutes=1)))
        assert [found.chain for found in sights.lost(session, kept)] == list(kept)
        session.rollback()
