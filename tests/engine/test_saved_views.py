"""A person keeps lists under names of their own, which nobody else sees or reads."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from engine import db, saved_views
from engine.errors import NotFound
from engine.saved_views import ViewNameTaken, ViewNameWrong
from tests.engine.test_case_list import stranger

pytestmark = pytest.mark.usefixtures("database")

ASKED = {"state": "open", "text": "CPR-2026"}


def test_view_is_its_owners_alone_in_the_order_of_names() -> None:
    eve, other = stranger(), stranger()
    for name in ("zebra", " Mine "):
        saved_views.save_view(name, ASKED, eve)
    found = saved_views.list_views(eve)
    assert [(view.name, dict(view.query)) for view in found] == [("Mine", ASKED), ("zebra", ASKED)]
    assert saved_views.list_views(other) == []


def test_name_and_query_are_not_readable_in_the_database() -> None:
    saved_views.save_view("Only mine", ASKED, stranger())
    with db.reading() as session:
        row = session.execute(text("select * from saved_view")).one()
    assert "Only mine" not in str(row)
    assert "CPR-2026" not in str(row)


@pytest.mark.parametrize("name", ["", "   ", "a" * 61])
def test_name_must_be_there_and_short(name: str) -> None:
    eve = stranger()
    with pytest.raises(ViewNameWrong):
        saved_views.save_view(name, ASKED, eve)
    saved_views.save_view("a" * 60, ASKED, eve)


def test_name_is_taken_once_however_it_is_written_and_free_again_once_removed() -> None:
    eve = stranger()
    saved_views.save_view("Late", ASKED, eve)
    with pytest.raises(ViewNameTaken):
        saved_views.save_view("LATE", {}, eve)
    saved_views.save_view("Late", {}, stranger())
    saved_views.remove_view(saved_views.list_views(eve)[0].id, eve)
    assert saved_views.list_views(eve) == []
    saved_views.save_view("Late", {}, eve)


def test_nobody_takes_out_the_view_of_another() -> None:
    eve = stranger()
    saved_views.save_view("Late", ASKED, eve)
    (view,) = saved_views.list_views(eve)
    with pytest.raises(NotFound):
        saved_views.remove_view(view.id, stranger())
    assert saved_views.list_views(eve) == [view]
