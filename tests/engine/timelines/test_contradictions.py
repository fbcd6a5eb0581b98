"""What one agency says and another denies of a day is found, in both languages, and only that."""

from __future__ import annotations

import pytest

from engine.timelines import Contradiction, Joining, contradictions, read_joining
from tests.engine.timelines.rows import event

NOBODY = Joining()
DAY = "2025-07-09"


def between(one: str, other: str, *, at: str = DAY, other_at: str = DAY) -> list[Contradiction]:
    """Return what is found between a row of health and one of social services."""
    rows = [event("health", at, one, "one"), event("social_services", other_at, other, "other")]
    return contradictions(rows, NOBODY)


@pytest.mark.parametrize(
    ("says", "denies", "about"),
    [
        ("Home visit took place. Mother seen.", "Joint visit planned. No answer, nobody in.",
         "took_place"),
        ("Visited the family at home.", "Home visit: no one at home.", "took_place"),
        ("Home visit.", "Failed home visit, card left.", "took_place"),
        ("Strategy meeting held.", "Strategy meeting cancelled by police.", "took_place"),
        ("Core group, all attended.", "The core group did not take place.", "took_place"),
        ("Child 1 attended the dental appointment.", "Child 1 not brought to dental appointment.",
         "came"),
        ("Mother came to the clinic.", "Clinic: mother did not attend.", "came"),
        ("Home visit, Child 1 seen in bed.", "Home visit, Child 1 not seen.", "seen"),
        ("Ymweliad cartref. Gwelwyd y fam.", "Ymweliad cartref: neb gartref.", "took_place"),
        ("Cynhaliwyd y cyfarfod craidd.", "Ni chynhaliwyd y cyfarfod craidd.", "took_place"),
        ("Cynhadledd achos.", "Canslwyd y gynhadledd achos.", "took_place"),
        ("Mynychodd y fam yr apwyntiad.", "Apwyntiad: ni ddaeth y fam.", "came"),
        ("Ymweliad, gwelwyd Plentyn 1.", "Ymweliad, ni welwyd Plentyn 1.", "seen"),
        ("Home visit, mother let us in.", "Ymweliad cartref: dim ateb.", "took_place"),
        ("Ymweliad cartref, gwelwyd y ddau blentyn.", "Home visit: nobody’s in, no reply.",
         "took_place"),
        ("Child 1 attended the appointment.", "Apwyntiad: ni ddygwyd Plentyn 1.", "came"),
    ],
)  # fmt: skip
def test_what_one_agency_says_and_another_denies_is_found(
    says: str, denies: str, about: str
) -> None:
    for pair in ((says, denies), (denies, says)):
        (found,) = between(*pair)
        assert [one.event for one in found.events] == [says, denies]
        assert found.about == about
        assert not found.is_joined


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Both say the same.
        ("Home visit: nobody in.", "Joint visit, no answer at the door."),
        ("First core group. Mother did not come.", "Cyfarfod craidd. Mam heb ddod."),
        # Somebody stayed away from what took place.
        ("Core group held.", "Core group. Mother did not attend."),
        # What is denied is something else.
        ("Home visit took place.", "Home visit: no concerns, no injuries seen."),
        ("Child protection conference.", "Conference. We did not get an invite."),
        ("Home visit, child seen.", "Phoned to arrange a visit, no answer."),
        ("Ymweliad cartref, gwelwyd y fam.", "Ffoniwyd i drefnu ymweliad: dim ateb."),
        # Another kind of contact, or another child.
        ("Home visit took place.", "Dental appointment cancelled."),
        ("Child 2 attended the appointment.", "Child 1 not brought to the appointment."),
        ("Ymweliad, gwelwyd Plentyn 2.", "Ymweliad, ni welwyd Plentyn 1."),
        # Only meant to be.
        ("Home visit planned for today.", "Home visit cancelled."),
        ("Trefnwyd cyfarfod craidd.", "Canslwyd y cyfarfod craidd."),
        # Who was seen and who was not takes a person to tell.
        ("Home visit, mother seen, child not seen.", "Home visit, child seen."),
        # No contact at all.
        ("Child 1 in the bedroom.", "Nobody in the bedroom."),
        ("Gwelwyd y ci.", "Neb gartref."),
    ],
)
def test_what_may_both_be_right_is_no_contradiction(one: str, other: str) -> None:
    assert not between(one, other)
    assert not between(other, one)


def test_rows_of_other_days_times_or_of_one_agency_do_not_contradict_each_other() -> None:
    says, denies = "Home visit took place.", "Home visit: nobody in."
    assert between(says, denies)
    assert not between(says, denies, other_at="2025-07-10")
    assert not between(says, denies, other_at="2025-07")
    assert between(says, denies, at=f"{DAY}T14:00", other_at=f"{DAY}T14:45")
    assert not between(says, denies, at=f"{DAY}T09:00", other_at=f"{DAY}T14:00")
    alone = [event("health", DAY, says, "one"), event("health", DAY, denies, "other")]
    assert not contradictions(alone, NOBODY)


def test_on_a_day_with_much_else_their_times_lie_close_together() -> None:
    others = [event("police", DAY, f"Call {number}.") for number in range(12)]
    for at, other_at, count in ((DAY, DAY, 0), (f"{DAY}T14:00", f"{DAY}T14:20", 1)):
        rows = [
            event("health", at, "Home visit took place.", "one"),
            event("social_services", other_at, "Home visit: nobody in.", "other"),
        ]
        assert len(contradictions([*others, *rows], NOBODY)) == count


@pytest.mark.parametrize(("verdict", "joined"), [("same", [True]), ("different", [])])
def test_rows_told_apart_are_left_out_and_joined_ones_still_contradict_each_other(
    verdict: str, joined: list[bool]
) -> None:
    rows = [
        event("health", DAY, "Home visit took place.", "one"),
        event("social_services", "2025-07-10", "Home visit: nobody in.", "other"),
    ]
    said = [{"_key": "joins_1", "joined_keys": "one + other", "joined_as": verdict}]
    found = contradictions(rows, read_joining(said))
    assert [one.is_joined for one in found] == joined
