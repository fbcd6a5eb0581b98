"""A Board sets its letterhead, its own layouts and its own letters; a second person looks first."""

from __future__ import annotations

import base64
import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

import engine
from engine import db, notices
from engine.models import Account, AuditEvent, Board, Case, Notice, OwnTemplate
from tests.web.conftest import Site, Visitor

BOARD, OTHER = "cwmafon", "brynteg"
CATRIN, RHYS, FFION, CARYS, ALYS = (
    "Catrin Sayer",
    "Rhys Vaughan",
    "Ffion Hughes",
    "Carys Morgan",
    "Alys Prydderch",
)
CONSENT = f"/stationery/{BOARD}/layout/consent"
LETTER = f"/stationery/{BOARD}/letter/comments_extended"
OWN = """[layout]

[[layout.blocks]]
heading_en = "What was agreed"
heading_cy = "Yr hyn a gytunwyd"
section = "parents"
"""
#: One black pixel.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def _as_delivered(site: Site) -> Iterator[None]:
    """Take back what a test put in force."""
    yield
    designer = site.people[CATRIN]
    for kind, name in (("layout", "consent"), ("letter", "comments_extended")):
        engine.take_back_template(BOARD, kind, name, designer)
    for key in (BOARD, OTHER):
        engine.change_letterhead(key, engine.Text("", ""), _head_of(site, key), keep_logo=False)


def _head_of(site: Site, key: str) -> engine.Actor:
    return site.people[CATRIN if key == BOARD else ALYS]


def act(visitor: Visitor, path: str, action: str, **more: Any) -> Any:
    """Press a button of a template's page."""
    return visitor.post(path, {"page-action": action, **more})


def put_in_force(site: Site, path: str, source: str) -> None:
    """Have a designer write a template and an administrator put it in force."""
    assert act(site.signed_in(CATRIN), path, "write", source=source).status_code == 303
    assert act(site.signed_in(RHYS), path, "put-in-force", number=waiting(path)).status_code == 303


def waiting(path: str) -> int:
    """Return the number of the newest version of a template."""
    kind, name = path.split("/")[-2:]
    folder = {"layout": "reports", "letter": "letters"}[kind]
    with db.reading() as session:
        found = session.scalars(
            select(OwnTemplate.number)
            .where(OwnTemplate.path == f"forms/{folder}/{name}.toml")
            .order_by(OwnTemplate.number.desc())
        ).first()
    return found or 0


def paper(site: Site, language: str = "en") -> str:
    """Return the paper of a consent record that was written before any of this."""
    found = site.played_to_its_end(FFION).documents
    consent = next(one for one in found if one.catalogue == "F-45")
    answer = site.signed_in(FFION).get(f"/documents/{consent.id}/paper?language={language}")
    return str(answer.get_data(as_text=True))


def said(answer: Any) -> str:
    """Return a page as text."""
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("name", "may"),
    [
        (CATRIN, {"", "/head", "/layout/consent", "/letter/comments_extended"}),
        (RHYS, {"", "/head", "/layout/consent", "/letter/comments_extended"}),
        (FFION, {"", "/head"}),
        (CARYS, set()),
        (ALYS, set()),
    ],
)
def test_a_board_s_stationery_is_for_whoever_sees_to_it(
    site: Site, name: str, may: set[str]
) -> None:
    visitor = site.signed_in(name)
    pages = ["", "/head", "/layout/consent", "/letter/comments_extended", "/layout/consent/trial"]
    pages += ["/layout/nothing", "/letter/nothing", "/other/consent"]
    found = {page for page in pages if visitor.get(f"/stationery/{BOARD}{page}").status_code == 200}
    assert found - {"/layout/consent/trial"} == may
    assert ("/layout/consent/trial" in found) == ("/layout/consent" in may)
    shown = "Papers and letters of your Board" in said(visitor.get("/cases"))
    assert shown == (name != CARYS)


@pytest.mark.parametrize("action", ["write", "try", "put-in-force", "take-back"])
def test_a_coordinator_changes_no_template(site: Site, action: str) -> None:
    before = waiting(CONSENT)
    answer = act(site.signed_in(FFION), CONSENT, action, source=OWN, number=1)
    assert answer.status_code == 404
    assert waiting(CONSENT) == before


def test_an_administrator_writes_no_template(site: Site) -> None:
    assert "Write a template" not in said(site.signed_in(RHYS).get(CONSENT))
    assert act(site.signed_in(RHYS), CONSENT, "write", source=OWN).status_code == 404


def test_address_and_logo_stand_on_every_paper_of_the_board(site: Site) -> None:
    visitor = site.signed_in(FFION)
    head = f"/stationery/{BOARD}/head"
    sent = {
        "address_en": "1 High Street\r\nCwmafon",
        "address_cy": "1 Stryd Fawr\r\nCwmafon",
        "logo": (io.BytesIO(DOT), "logo.png"),
    }
    assert visitor.post(head, sent).status_code == 303
    for language, line in (("en", "1 High Street"), ("cy", "1 Stryd Fawr")):
        page = paper(site, language)
        assert line in page
        assert "data:image/png;base64,iVBOR" in page
    assert visitor.post(head, {"address_en": "2 New Road", "address_cy": "2 Heol Newydd"})
    assert "data:image/png" in paper(site)
    kept = {"address_en": "2 New Road", "address_cy": "2 Heol Newydd", "no_logo": "yes"}
    assert visitor.post(head, kept).status_code == 303
    assert "data:image/png" not in paper(site)
    assert "2 New Road" in paper(site)
    assert "2 New Road" not in said(site.signed_in(ALYS).get(f"/stationery/{OTHER}"))


@pytest.mark.parametrize(
    ("sent", "anchor", "why"),
    [
        ({"address_en": "1 High Street", "address_cy": ""}, "#address_cy", "in Welsh"),
        ({"address_en": "", "address_cy": "1 Stryd Fawr"}, "#address_en", "in Welsh"),
        ({"logo": (b"not a picture", "logo.png")}, "#logo", "does not hold what its ending says"),
        ({"logo": (b"some words", "logo.txt")}, "#logo", "PNG or JPEG picture"),
        ({"logo": (DOT + b"\0" * 200_000, "logo.png")}, "#logo", "at most 200 kB"),
    ],
)
def test_a_head_that_is_not_right_is_refused_and_what_was_typed_stays(
    site: Site, sent: dict[str, Any], anchor: str, why: str
) -> None:
    typed = {"address_en": "7 Station Row", "address_cy": "7 Rhes yr Orsaf", **sent}
    if "logo" in sent:
        content, name = sent["logo"]
        typed["logo"] = (io.BytesIO(content), name)
    answer = site.signed_in(FFION).post(f"/stationery/{BOARD}/head", typed)
    page = said(answer)
    assert answer.status_code == 422
    assert f'href="{anchor}"' in page
    assert why in page
    assert typed["address_en"] in page
    assert typed["address_cy"] in page
    assert "Station Row" not in paper(site)


@pytest.mark.parametrize(
    ("source", "english", "welsh"),
    [
        ("[layout", "is not TOML", "Llinell"),
        (f"{OWN}typo = 1\n", "is not a key that belongs here", "Llinell"),
        (
            '[layout]\n[[layout.blocks]]\nfields = ["nothing"]\n',
            "has no “nothing”",
            "Nid oes gan y ffurflen consent “nothing”",
        ),
        (
            '[layout]\n[[layout.blocks]]\ndocument = "genogram"\n',
            "F-08 is for few readers",
            "Ychydig sy’n cael darllen F-08",
        ),
        (
            '[layout]\n[[layout.blocks]]\ndocument = "board_decision"\n',
            "would be read by some who read consent",
            "gan rai sy’n darllen consent",
        ),
        ("x" * 60_001, "at most 60,000 characters", "60,000 nod"),
    ],
)
def test_a_template_that_is_not_right_is_not_kept_and_says_why_in_both_languages(
    site: Site, source: str, english: str, welsh: str
) -> None:
    before, visitor = waiting(CONSENT), site.signed_in(CATRIN)
    for prefix, words in (("", english), ("/cy", welsh)):
        for action in ("write", "try"):
            answer = act(visitor, f"{prefix}{CONSENT}", action, source=source)
            assert answer.status_code == 422
            assert words in said(answer).replace("&#34;", '"')
            assert source.splitlines()[-1][:40] in said(answer).replace("&#34;", '"')
    assert waiting(CONSENT) == before


def test_a_template_is_tried_with_made_up_answers_and_nothing_is_kept(site: Site) -> None:
    before = waiting(CONSENT)
    tried = said(act(site.signed_in(CATRIN), CONSENT, "try", source=OWN))
    assert "What was agreed" in tried
    assert "Trial with made-up answers" in tried
    assert "XXX-2026-1" in tried
    for case in engine.list_cases(site.people[FFION]):
        assert case.identifier not in tried
    assert waiting(CONSENT) == before
    assert "What was agreed" not in paper(site)


def test_a_template_prints_once_a_second_person_has_put_it_in_force(site: Site) -> None:
    designer, administrator = site.signed_in(CATRIN), site.signed_in(RHYS)
    assert act(designer, CONSENT, "write", source=OWN).status_code == 303
    number = waiting(CONSENT)
    assert "What was agreed" not in paper(site)
    refused = act(designer, CONSENT, "put-in-force", number=number)
    assert refused.status_code == 403
    assert "Ask another designer" in said(refused)
    assert "Put in force" not in said(designer.get(CONSENT))
    shown = said(administrator.get(CONSENT))
    assert "What was agreed" in shown
    assert "Put in force" in shown
    assert "What was agreed" in said(administrator.get(f"{CONSENT}/trial"))
    assert act(administrator, CONSENT, "put-in-force", number=number).status_code == 303
    assert "What was agreed" in paper(site)
    assert "Yr hyn a gytunwyd" in paper(site, "cy")
    assert act(designer, CONSENT, "take-back").status_code == 303
    assert "What was agreed" not in paper(site)
    with db.reading() as session:
        kinds = list(
            session.scalars(
                select(AuditEvent.kind)
                .where(AuditEvent.subject == "forms/reports/consent.toml")
                .order_by(AuditEvent.seq.desc())
            )
        )
    assert kinds[:3] == ["template_taken_back", "template_put_in_force", "template_written"]


def test_what_somebody_has_not_looked_at_is_not_put_in_force(site: Site) -> None:
    designer, administrator = site.signed_in(CATRIN), site.signed_in(RHYS)
    act(designer, CONSENT, "write", source=OWN)
    seen = waiting(CONSENT)
    act(designer, CONSENT, "write", source=OWN.replace("What was agreed", "Agreed"))
    answer = act(administrator, CONSENT, "put-in-force", number=seen)
    assert answer.status_code == 409
    assert "a newer version" in said(answer)
    assert "Agreed</h2>" not in paper(site)


def test_a_file_takes_the_place_of_what_was_typed(site: Site) -> None:
    file = (io.BytesIO(OWN.encode("utf-8-sig")), "consent.toml")
    answer = act(site.signed_in(CATRIN), CONSENT, "try", source="[layout", file=file)
    assert "What was agreed" in said(answer)
    bad = (io.BytesIO(b"\xff\xfe\x00"), "consent.toml")
    answer = act(site.signed_in(CATRIN), CONSENT, "write", source=OWN, file=bad)
    assert answer.status_code == 422
    assert "is not text in UTF-8" in said(answer)
    assert "What was agreed" in said(answer)


def kept_as(source: str) -> None:
    """Make what is in force read as it could not be written today."""
    with db.transaction() as session:
        row = session.scalars(
            select(OwnTemplate).where(
                OwnTemplate.in_force_at.is_not(None), OwnTemplate.ended_at.is_(None)
            )
        ).one()
        row.source = source


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (OWN.replace('section = "parents"', 'fields = ["asked_in_2027"]'), "no “asked_in_2027”"),
        ("[layout", "is not TOML"),
    ],
)
def test_a_layout_that_does_not_fit_the_form_of_a_case_leaves_it_as_deployed(
    site: Site, later: str, why: str
) -> None:
    """A case pins its form; a layout may name what only a later form has."""
    put_in_force(site, CONSENT, OWN)
    kept_as(later)
    page = paper(site)
    assert "Mari Huws" in page
    assert "What was agreed" not in page
    shown = said(site.signed_in(CATRIN).get(CONSENT))
    assert "It no longer fits what is deployed" in shown
    assert why in shown


def test_a_letter_of_a_board_s_own_is_what_is_sent(site: Site) -> None:
    own = (
        '[subject]\nen = "Case {case}: more time"\ncy = "Achos {case}: mwy o amser"\n'
        '[body]\nen = "Take your time: {link}"\ncy = "Cymerwch eich amser: {link}"\n'
    )
    notice = _notice(site)
    with db.reading() as session:
        assert "Take your time" not in notices.notice_text(session, notice, "en")[1]
    wrong = act(site.signed_in(CATRIN), LETTER, "write", source=own.replace("{case}", "{child}"))
    assert wrong.status_code == 422
    assert "{case}" in said(wrong)
    put_in_force(site, LETTER, own)
    with db.reading() as session:
        assert "Take your time" in notices.notice_text(session, notice, "en")[1]
        assert "Cymerwch eich amser" in notices.notice_text(session, notice, "cy")[1]
    assert "Case XXX-2026-1: more time" in said(site.signed_in(RHYS).get(f"{LETTER}/trial"))
    kept_as("[subject")
    with db.reading() as session:
        assert "Take your time" not in notices.notice_text(session, notice, "en")[1]


def _notice(site: Site) -> Notice:
    """Return a notice, not kept, of a case that was opened before."""
    coordinator = site.people[FFION]
    case_id = engine.list_cases(coordinator)[0].id
    with db.reading() as session:
        case = session.get_one(Case, case_id)
        return Notice(
            id=uuid.uuid4(), board_id=case.board_id, case_id=case_id, to_role="coordinator",
            item_key="", about="F-21", template="comments_extended", data={},
        )  # fmt: skip


def test_a_letter_by_post_is_printed_with_the_letterhead_in_every_format(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = engine.Text("1 High Street", "1 Stryd Fawr")
    engine.change_letterhead(BOARD, address, site.people[FFION])
    with db.reading() as session:
        notice = session.scalars(select(Notice).order_by(Notice.at)).first()
        assert notice is not None
        case_id, notice_id = notice.case_id, notice.id
        data = dict(notice.data)
    with db.transaction() as session:
        session.get_one(Notice, notice_id).data = {**data, "letter": True}
    try:
        visitor = site.signed_in(FFION)
        path = f"/cases/{case_id}/letters/{notice_id}"
        page = said(visitor.get(f"{path}/paper?language=both"))
        assert "1 High Street" in page
        assert "1 Stryd Fawr" in page
        assert "http" not in page.split("<main>")[1]
        assert f"{path}/paper.odt" in said(visitor.get(path))
        for kind in ("docx", "odt", *(["pdf"] if engine.can_write_pdf() else [])):
            answer = visitor.get(f"{path}/paper.{kind}?language=cy")
            assert answer.status_code == 200
            assert answer.data.startswith(b"%PDF" if kind == "pdf" else b"PK")
        assert visitor.get(f"{path}/paper.exe").status_code == 404
        assert site.signed_in(CARYS).get(f"{path}/paper").status_code in (403, 404)
    finally:
        with db.transaction() as session:
            session.get_one(Notice, notice_id).data = data


def test_every_template_that_is_delivered_can_be_tried(site: Site) -> None:
    """Whoever designs starts from what is delivered; it has to be right as it stands."""
    designer = site.people[CATRIN]
    lines = engine.stationery(BOARD, designer).templates
    assert {line.kind for line in lines} == {"layout", "letter"}
    for line in lines:
        tried = engine.try_template(BOARD, line.kind, line.name, designer)
        assert tried.blocks, line.name


def test_two_people_of_one_board_are_needed(site: Site) -> None:
    """The administrator of another Board puts nothing in force here."""
    act(site.signed_in(CATRIN), CONSENT, "write", source=OWN)
    with db.reading() as session:
        boards = {row.key: row.id for row in session.scalars(select(Board))}
        assert session.scalars(select(Account).where(Account.name == RHYS)).one()
    assert set(boards) >= {BOARD, OTHER}
    alys = site.signed_in(ALYS)
    assert act(alys, CONSENT, "put-in-force", number=waiting(CONSENT)).status_code == 404
