"""A variation is taken away as a ZIP, and a draft begun from a file, on pages."""

from __future__ import annotations

import io
import uuid
import zipfile

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor

pytestmark = ON_SQLITE_ALONE

TIMESCALES = "processes/variations/cwm/timescales.toml"
LONGER = b'[TS-42]\nlength = "P9M"\n'
IMPORT = "/variations/cwmafon/import"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


def zipped(**more: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(TIMESCALES, LONGER)
        for name, content in more.items():
            archive.writestr(f"forms/variations/cwm/{name}.json", content)
    return stream.getvalue()


def sent(content: bytes, name: str = "cwm.zip", **typed: str) -> dict[str, object]:
    said = {"title": "From a neighbour", "edition": "draft_2011", "name": "", **typed}
    return {**said, "file": (io.BytesIO(content), name)}


def test_a_draft_goes_out_and_comes_back(site: Site, catrin: Visitor) -> None:
    answer = catrin.post(IMPORT, sent(zipped()))
    assert answer.status_code == 303
    draft = uuid.UUID(answer.headers["Location"].rpartition("/")[2])

    taken_away = catrin.get(f"/drafts/{draft}/export")

    assert taken_away.mimetype == "application/zip"
    assert "cwmafon_draft_" in taken_away.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(taken_away.data)) as archive:
        assert archive.read("processes/variations/cwmafon/timescales.toml") == LONGER
    engine.lay_draft_aside(draft, site.people["Catrin Sayer"])


@pytest.mark.parametrize(
    ("prefix", "said"),
    [("", "What was not taken, and why"), ("/cy", "Beth na chymerwyd, a pham")],
)
def test_what_was_not_taken_is_listed_beside_what_was(
    catrin: Visitor, prefix: str, said: str
) -> None:
    answer = catrin.post(prefix + IMPORT, sent(zipped(broken=b"{")))
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert said in page
    assert "forms/variations/cwm/broken.json" in page
    assert "processes/timescales.toml" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 and nothing else", "This ZIP is damaged"),
        (b"Dear all", "There is nothing of a variation in this file"),
    ],
)
def test_a_file_that_is_no_variation_is_refused_and_what_was_typed_stays(
    catrin: Visitor, content: bytes, said: str
) -> None:
    answer = catrin.post(IMPORT, sent(content, title="What I typed"))
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert said in page
    assert 'value="What I typed"' in page
    assert 'href="#file"' in page


@pytest.mark.parametrize(
    ("typed", "place"), [({"title": ""}, "#title"), ({"edition": "none"}, "#edition")]
)
def test_what_is_missing_beside_the_file_is_said_there(
    catrin: Visitor, typed: dict[str, str], place: str
) -> None:
    answer = catrin.post(IMPORT, sent(zipped(), **typed))

    assert answer.status_code == 422
    assert f'href="{place}"' in answer.get_data(as_text=True)


def test_a_file_has_to_be_chosen(catrin: Visitor) -> None:
    answer = catrin.post(IMPORT, {"title": "A title"})

    assert answer.status_code == 422
    assert "Choose a file" in answer.get_data(as_text=True)


def test_where_nothing_could_be_taken_the_page_says_why_file_by_file(catrin: Visitor) -> None:
    answer = catrin.post(IMPORT, sent(b"<html/>", "page.bpmn"))
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "Save it as BPMN 2.0" in page
