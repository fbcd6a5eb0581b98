"""A variation is written as a ZIP and read back; what somebody else sends is read with care."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable

import pytest

from engine.variations import parcels
from engine.variations.parcels import Parcel, read_parcel, write_parcel

TIMESCALES = b'[TS-13]\nlength = "P3W"\n'
FORM = json.dumps({"id": "extra", "title": "Extra"}).encode()
HERE = "processes/variations/cwm/timescales.toml"

PARCEL = Parcel(
    name="cwm",
    title="An extra check “here”",
    edition="draft_2011",
    edition_hash="abc",
    files={"forms/extra.json": FORM, "processes/timescales.toml": TIMESCALES},
)


def diagram(key: str = "extra", more: str = "", head: str = "") -> bytes:
    return (
        f'{head}<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="{key}" name="Gwirio">{more}</process></definitions>'
    ).encode()


def zipped(*parts: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo("placeholder")
            # A name with a backslash, or twice, is written as hostile programs write it.
            entry.filename = name
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def refused(parcel: Parcel) -> dict[str, str]:
    return {each.path: type(each.refused).__name__ for each in parcel.not_taken}


def test_what_is_written_is_read_back() -> None:
    assert read_parcel(write_parcel(PARCEL), "cwm.zip") == PARCEL


def test_the_same_variation_gives_the_same_bytes() -> None:
    assert write_parcel(PARCEL) == write_parcel(PARCEL)


def test_it_lies_where_deploying_a_folder_reads_it() -> None:
    assert sorted(parcels.parcel_files(PARCEL)) == [
        "forms/variations/cwm/extra.json",
        "manifest.toml",
        HERE,
    ]


def test_a_folder_around_it_is_looked_through_and_what_else_is_there_is_named() -> None:
    content = zipped(
        ("repo-main/README.md", b"Hello"),
        ("repo-main/.gitignore", b""),
        (f"repo-main/{HERE}", TIMESCALES),
        (f"repo-main/tests/{HERE}", b"length = 1"),
    )

    found = read_parcel(content, "repo.zip")

    assert found.files == {"processes/timescales.toml": TIMESCALES}
    assert refused(found) == {
        "repo-main/README.md": "PartUnknown",
        f"repo-main/tests/{HERE}": "PartUnknown",
    }


def test_of_several_variations_one_has_to_be_named() -> None:
    content = zipped((HERE, TIMESCALES), ("forms/variations/gwent/extra.json", FORM))

    with pytest.raises(parcels.ParcelOfSeveral, match="cwm, gwent"):
        read_parcel(content, "both.zip")
    with pytest.raises(parcels.ParcelNotOfThem):
        read_parcel(content, "both.zip", "powys")
    assert set(read_parcel(content, "both.zip", "gwent").files) == {"forms/extra.json"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.toml",
        "processes/variations/cwm/../../../etc/passwd",
        "/etc/passwd",
        "C:/windows/system.ini",
        "processes\\variations\\cwm\\timescales.toml",
        "processes/variations/cwm/a\x1bb.toml",
    ],
)
def test_a_name_that_leads_out_of_the_archive_refuses_all_of_it(name: str) -> None:
    with pytest.raises(parcels.ParcelUnsafe):
        read_parcel(zipped((HERE, TIMESCALES), (name, b"x")), "bad.zip")


def test_a_link_refuses_all_of_it() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo(HERE)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(parcels.ParcelUnsafe, match="timescales"):
        read_parcel(stream.getvalue(), "link.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("other", [HERE, HERE.upper(), HERE.replace("timescales", "Timescales")])
def test_two_files_of_one_name_refuse_all_of_it(other: str) -> None:
    with pytest.raises(parcels.ParcelTwice):
        read_parcel(zipped((HERE, TIMESCALES), (other, b"")), "twice.zip")


def _bomb() -> bytes:
    return zipped((HERE, b"#" * 50_000_000))


def _many() -> bytes:
    return zipped(*((f"processes/variations/cwm/{n}.toml", b"") for n in range(10_000)))


def _large() -> bytes:
    return b"PK\x03\x04" + bytes(6_000_000)


@pytest.mark.parametrize("make", [_bomb, _many, _large])
def test_what_is_too_much_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(parcels.ParcelTooLarge, match="40 MB"):
        read_parcel(make(), "bomb.zip")


@pytest.mark.parametrize("cut", [30, -30])
def test_what_is_broken_off_is_refused(cut: int) -> None:
    with pytest.raises(parcels.ParcelDamaged):
        read_parcel(write_parcel(PARCEL)[:cut], "half.zip")


def test_what_is_damaged_inside_is_refused() -> None:
    content = bytearray(zipped((HERE, TIMESCALES * 50)))
    content[60] ^= 0xFF

    with pytest.raises(parcels.ParcelDamaged):
        read_parcel(bytes(content), "bits.zip")


def test_a_password_is_refused() -> None:
    content = bytearray(write_parcel(PARCEL))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        content[place + at] |= 1

    with pytest.raises(parcels.ParcelLocked):
        read_parcel(bytes(content), "locked.zip")


@pytest.mark.parametrize("content", [b"", b"hello", zipped(), zipped(("readme.txt", b"x"))])
def test_what_holds_nothing_of_a_variation_says_what_would(content: bytes) -> None:
    with pytest.raises(parcels.ParcelEmpty, match="processes/variations"):
        read_parcel(content, "notes.txt")


def test_what_cannot_be_read_is_named_and_the_rest_is_taken() -> None:
    cwm = "processes/variations/cwm"
    content = zipped(
        (HERE, TIMESCALES),
        (f"{cwm}/broken.bpmn", b"<a"),
        (f"{cwm}/facts.toml", b"x = "),
        (f"{cwm}/roles.toml", "# Rôl".encode("latin-1")),
        (f"{cwm}/doctype.bpmn", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        (f"{cwm}/page.bpmn", b"<html/>"),
        (f"{cwm}/statutory.toml", b""),
        (f"{cwm}/inner.zip", zipped(("a", b"b"))),
        (f"{cwm}/Picture.vsdx", b"Visio"),
        ("forms/variations/cwm/list.json", b"[1]"),
        ("forms/variations/cwm/deep.json", b"[" * 100_000),
        ("forms/variations/cwm/half.json", b'{"title": "\\ud800"}'),
        ("__MACOSX/processes/variations/cwm/._facts.toml", b""),
    )

    found = read_parcel(content, "mixed.zip")

    assert found.files == {"processes/timescales.toml": TIMESCALES}
    assert refused(found) == {
        f"{cwm}/broken.bpmn": "DraftFileUnreadable",
        f"{cwm}/facts.toml": "DraftFileUnreadable",
        f"{cwm}/roles.toml": "DraftFileUnreadable",
        f"{cwm}/doctype.bpmn": "DraftFileUnreadable",
        f"{cwm}/page.bpmn": "PartIsNoDiagram",
        f"{cwm}/statutory.toml": "PartOfEdition",
        f"{cwm}/inner.zip": "PartIsArchive",
        f"{cwm}/Picture.vsdx": "PartUnknown",
        "forms/variations/cwm/list.json": "DraftFileUnreadable",
        "forms/variations/cwm/deep.json": "DraftFileUnreadable",
        "forms/variations/cwm/half.json": "DraftFileUnreadable",
    }


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"\xef\xbb\xbf" + TIMESCALES, TIMESCALES),
        ("[TS-13]\nen = 'Rôl'".encode("utf-16"), "[TS-13]\nen = 'Rôl'".encode()),
    ],
)
def test_a_file_that_another_program_wrote_in_another_encoding_is_taken(
    content: bytes, kept: bytes
) -> None:
    assert read_parcel(zipped((HERE, content)), "a.zip").files["processes/timescales.toml"] == kept


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?>'),
        ("utf-16", '<?xml version="1.0" encoding="UTF-16"?>'),
    ],
)
def test_a_diagram_in_another_encoding_is_written_as_utf8(encoding: str, head: str) -> None:
    content = diagram(more="<userTask id='a' name='Trafod â’r'/>".replace("’", ""), head=head)

    found = read_parcel(content.decode().encode(encoding), "extra.bpmn")

    assert "Trafod âr" in found.files["processes/extra.bpmn"].decode()


# Files from other programs, which lie in no variation.


def test_a_diagram_by_itself_finds_its_place_by_its_id() -> None:
    below = ["processes/parts/family.bpmn", "edition/processes/family.bpmn"]

    assert set(read_parcel(diagram("family"), "Diagram 1.bpmn", "", below).files) == {
        "processes/parts/family.bpmn"
    }


def test_an_id_that_another_editor_made_up_becomes_the_name_of_a_file() -> None:
    found = read_parcel(diagram("Process_1kf0abC"), "diagram.bpmn20.xml")

    assert set(found.files) == {"processes/process_1kf0ab_c.bpmn"}
    assert found.loose


def test_a_zip_of_diagrams_forms_and_tables_is_sorted_by_what_they_are() -> None:
    table = (
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        b'<decision id="DR-16"/></definitions>'
    )
    content = zipped(
        ("a.bpmn", diagram("extra")),
        ("out/b.dmn", table),
        ("c.json", FORM),
        ("my/processes/timescales.toml", TIMESCALES),
        ("nothing.xml", b"<a/>"),
        ("no_id.json", b"{}"),
        ("no_id.bpmn", diagram("")),
    )

    found = read_parcel(content, "exported.zip", "", ["processes/decisions/DR-16.dmn"])

    assert sorted(found.files) == [
        "forms/extra.json",
        "processes/decisions/DR-16.dmn",
        "processes/extra.bpmn",
        "processes/timescales.toml",
    ]
    assert refused(found) == {
        "nothing.xml": "PartIsNoDiagram",
        "no_id.json": "PartHasNoId",
        "no_id.bpmn": "PartHasNoId",
    }


def test_a_broken_form_by_itself_says_what_is_wrong_with_it() -> None:
    (found,) = read_parcel(b"{", "form.json").not_taken

    assert type(found.refused).__name__ == "DraftFileUnreadable"
