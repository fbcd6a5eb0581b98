"""Rows come from a spreadsheet without scripts: read, mapped, looked at, and taken."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

import engine
from engine import spreadsheets
from tests.web.conftest import Site, Visitor, example_answers

CARYS = "Carys Morgan"
ROWS = "parents"
PASTED = (
    "Name\tRelation to the child or young person\tHas this person given consent?"
    "\tHow was consent given?\tWhen was consent given?\n"
    "Mari\tMother\tYes\tWritten\t3 April 2026\n"
    "Dafydd\tFather\tno\t\t\n"
    "Elin\tAunt\tperhaps\t\tsoon\n"
)
HIDDEN = re.compile(r'<input type="hidden" name="(page-[a-z0-9-]+)" value="([^"]*)">')


class _At:
    """Somebody at the page where rows of a task come from a spreadsheet."""

    def __init__(self, site: Site, prefix: str = "") -> None:
        self.site = site
        case_id = site.open_case(CARYS)
        site.submit(CARYS, site.open_task(CARYS, case_id, "CNS-01"))
        self.page = site.open_task(CARYS, case_id, "CNS-03")
        self.visitor: Visitor = site.signed_in(CARYS)
        self.task = f"{prefix}/tasks/{self.page.task.id}"
        self.address = f"{self.task}/rows/{ROWS}"
        self.said = ""

    def read(self, pasted: str = PASTED, **more: Any) -> TestResponse:
        """Paste rows and go on."""
        return self.send("read", {"page-pasted": pasted, **more}, anew=True)

    def choose(self, content: bytes, name: str = "rows.csv", **more: Any) -> TestResponse:
        """Choose a file and go on."""
        self.visitor.get(self.address)
        data = {
            "page-csrf": self.visitor.token,
            "page-action": "read",
            "page-file": (io.BytesIO(content), name),
            **more,
        }
        return self._kept(self.visitor.client.post(self.address, data=data))

    def send(
        self, action: str, typed: dict[str, Any] | None = None, *, anew: bool = False
    ) -> TestResponse:
        """Press a button of the page last seen, with everything that the page keeps."""
        kept = {} if anew else {name: html.unescape(v) for name, v in HIDDEN.findall(self.said)}
        kept.pop("page-csrf", None)
        sent = {**kept, **(typed or {}), "page-action": action}
        return self._kept(self.visitor.post(self.address, sent))

    def _kept(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            self.said = answer.get_data(as_text=True)
        return answer

    def names(self) -> list[str]:
        """Return the names in the rows of the draft, as the task shows them."""
        found = re.findall(rf'name="{ROWS}-\d+-name"[^>]*?value="([^"]*)"', self.shown())
        return [html.unescape(name) for name in found]

    def shown(self) -> str:
        """Return the page of the task."""
        return str(self.visitor.get(self.task).get_data(as_text=True))


@pytest.fixture
def at(site: Site) -> _At:
    """Carys at the consent of a consultation of her own."""
    return _At(site)


def test_the_button_under_the_rows_keeps_the_draft_and_leads_to_the_page(at: _At) -> None:
    typed = {"parents-0-name": "Typed before", "page-action": f"spreadsheet:{ROWS}"}
    answer = at.visitor.post(at.task, typed)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(at.address)
    assert "Typed before" in at.shown()
    assert "Add rows from a file" in at.visitor.get(at.address).get_data(as_text=True)


def test_what_is_good_goes_into_the_draft_and_the_rest_is_told(at: _At) -> None:
    assert at.read().status_code == 200
    assert "perhaps" in at.said
    assert "3 April 2026" in at.said
    assert at.names() == [""]
    answer = at.send("add")
    assert answer.status_code == 200
    assert "3 rows were taken." in at.said
    assert "This is none of the answers that are offered." in at.said
    assert "soon" in at.said
    assert at.names() == ["Mari", "Dafydd", "Elin"]


def test_what_the_spreadsheet_has_no_column_for_is_told_before_the_rows_are_taken(
    at: _At,
) -> None:
    at.read("Name\tRelation to the child or young person\nMari\tMother\n")
    told = html.unescape(at.said).partition("Nothing is taken for: ")[2].partition("</li>")[0]
    questions = told.partition(".")[0].split("; ")
    assert "Consent" in " ".join(questions).title()
    assert "Name" not in questions
    assert "What has to be answered of these is asked in every row." in told


def test_when_everything_is_taken_the_person_is_back_at_the_new_rows(at: _At) -> None:
    at.read("Name\tRelation to the child or young person\nMari\tMother\nDafydd\tFather\n")
    answer = at.send("add")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"{at.task}#{ROWS}-0")
    assert at.names() == ["Mari", "Dafydd"]


def test_rows_are_added_behind_those_typed_and_empty_ones_make_room(at: _At) -> None:
    at.visitor.post(
        at.task,
        {
            "parents-0-name": "",
            "parents-1-name": "Typed",
            "parents-2-name": "",
            "page-action": "save",
        },
    )
    at.read("Name\tRelation to the child or young person\nMari\tMother\n")
    at.send("add")
    assert at.names() == ["Typed", "Mari"]


def test_rows_are_replaced_where_that_is_asked_for(at: _At) -> None:
    at.visitor.post(at.task, {"parents-0-name": "Typed", "page-action": "save"})
    at.read("Name\tRelation to the child or young person\nMari\tMother\n")
    assert at.send("replace").status_code == 303
    assert at.names() == ["Mari"]


def test_rows_taken_twice_or_over_newer_answers_are_not_taken(at: _At) -> None:
    at.read()
    before = at.said
    at.send("add")
    at.said = before
    answer = at.send("add")
    assert answer.status_code == 409
    assert "Your answers have changed since this page was made" in at.said
    assert at.names() == ["Mari", "Dafydd", "Elin"]


def test_a_draft_is_sent_with_the_rows_that_were_taken(at: _At) -> None:
    at.visitor.post(at.task, {**example_answers(at.page), "page-action": "save"})
    at.read("\t".join(PASTED.splitlines()[0].split("\t")) + "\n" + PASTED.splitlines()[1] + "\n")
    assert at.send("replace").status_code == 303
    checked = engine.check_draft(at.page.task.id, at.site.people[CARYS])
    taken = checked.parts[0].content["parents"]["parents"]
    assert [row["name"] for row in taken] == ["Mari"]
    assert taken[0]["given_on"] == "2026-04-03"


def test_columns_that_are_not_known_are_chosen_by_the_person(at: _At) -> None:
    at.read("Who\tKin\tWard\nMari\tMother\tC3\n")
    assert "What is in each column?" in at.said
    typed = {"page-headings": "1", "page-column-0": "name", "page-column-1": "relation"}
    at.send("preview", typed)
    assert "No question was chosen for this column." in at.said
    at.send("add")
    assert "C3" in at.said
    assert at.names() == ["Mari"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"page-column-0": "name", "page-column-1": "name"}, "Only a question for longer text"),
        ({"page-column-0": "made up"}, "at least one column"),
    ],
)
def test_a_choice_of_columns_that_makes_no_sense_is_asked_again(
    at: _At, columns: dict[str, str], said: str
) -> None:
    at.read("Who\tKin\nMari\tMother\n")
    assert at.send("preview", {"page-headings": "1", **columns}).status_code == 422
    assert said in at.said


def test_without_headings_the_first_row_is_not_lost(at: _At) -> None:
    at.read("Mari\tMother\nDafydd\tFather\n")
    assert "No headings were found" in at.said
    at.send("preview", {"page-headings": "0", "page-column-0": "name", "page-column-1": "relation"})
    at.send("add")
    assert at.names() == ["Mari", "Dafydd"]


def test_another_row_may_hold_the_headings(at: _At) -> None:
    at.read("Who\tKin\nName\tRelation to the child or young person\nMari\tMother\n")
    at.send("columns")
    at.send("headings", {"page-headings": "2"})
    assert 'value="name" selected' in at.said
    at.send("headings", {"page-headings": "1"})
    assert 'value="name" selected' not in at.said


def test_a_workbook_of_several_sheets_asks_which(at: _At) -> None:
    rows = [["Wh", "Ki"], ["Mari", "Mother"]]
    content = spreadsheets.write_workbook([("First", rows), ("Yr ail", [["Elin", "Aunt"]])])
    at.choose(content, "no-ending")
    assert "Which sheet or table?" in at.said
    assert "Yr ail" in at.said
    at.send("sheet", {"page-sheet": "1"})
    assert "Elin" in at.said
    assert "Mari" not in at.said.split("page-book")[0]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx"])
@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_the_blank_spreadsheet_comes_back_readable(site: Site, kind: str, prefix: str) -> None:
    at = _At(site, prefix)
    answer = at.visitor.get(f"{at.address}/template.{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert at.choose(answer.get_data()).status_code == 200
    assert 'name="page-column-4" value="given_on"' in at.said


def test_the_person_says_which_number_of_a_date_is_the_day(at: _At) -> None:
    at.read(
        "Name\tHas this person given consent?\tWhen was consent given?\nMari\tYes\t03/04/2026\n"
    )
    assert "It may be the other way round." in at.said
    assert "3 April 2026" in at.said
    at.send("preview", {"page-order": "month"})
    assert "4 March 2026" in at.said
    at.send("preview", {"page-order": "day"})
    assert "3 April 2026" in at.said
    assert "It may be the other way round." not in at.said


def test_only_rows_for_which_there_is_no_room_are_said_to_have_none(at: _At) -> None:
    room = "The list may have"
    at.read("Name\tAge\nMari\t\n\tx\n")
    assert room not in at.said
    at.read("Name\n" + "Mari\n" * 600)
    assert room in at.said


def test_where_no_date_is_doubtful_nobody_is_asked_about_their_order(at: _At) -> None:
    at.read(
        "Name\tHas this person given consent?\tWhen was consent given?\nMari\tYes\t13/04/2026\n"
    )
    assert "page-order-2" not in at.said


def test_what_is_not_taken_can_be_taken_away_and_holds_no_formula(at: _At) -> None:
    at.read("Name\tHas this person given consent?\nMari\t=cmd|x\n")
    answer = at.send("report")
    assert answer.mimetype == "text/csv"
    assert "'=cmd|x" in answer.get_data().decode("utf-8-sig")


def test_the_pages_are_welsh_and_keep_what_was_read_when_the_language_changes(site: Site) -> None:
    at = _At(site, "/cy")
    at.read(PASTED)
    assert "Gwirio beth a gaiff ei gymryd" in at.said
    assert "Nid yw hwn yn un o’r atebion a gynigir." in at.said
    assert "3 Ebrill 2026" in at.said
    formaction = re.search(r'formaction="([^"]*)" name="page-action" value="preview"', at.said)
    assert formaction is not None
    assert formaction[1].endswith(at.address.removeprefix("/cy"))


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"PK\x03\x04nothing", 422),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 422),
        (b"\x00\x01\x02\x03", 422),
        (b"a\n" * 3_000, 413),
    ],
)
def test_a_bad_file_is_refused_at_its_input_and_the_draft_stays(
    at: _At, content: bytes, status: int
) -> None:
    at.visitor.post(at.task, {"parents-0-name": "Typed", "page-action": "save"})
    assert at.choose(content).status_code == status
    assert 'href="#page-file"' in at.said
    assert at.names() == ["Typed"]


def test_nothing_and_both_are_asked_again_and_the_paste_stays(at: _At) -> None:
    assert at.read(" \n").status_code == 422
    assert at.choose(b"Name\nMari\n", **{"page-pasted": "Name\nElin\n"}).status_code == 422
    assert "not both" in at.said
    assert "Elin" in at.said


@pytest.mark.parametrize("book", ["", "[]", "{", '[["a",0,[],[[1,0,[1],[]]]]]', "[" * 5_000])
@pytest.mark.parametrize("action", ["sheets", "sheet", "columns", "preview", "add", "report", "x"])
def test_a_page_that_was_tampered_with_starts_again(at: _At, action: str, book: str) -> None:
    sent = {"page-book": book, "page-sheet": "9", "page-headings": "x"}
    assert at.send(action, sent, anew=True).status_code == 422
    assert "Paste rows" in at.said


def test_a_question_that_is_no_list_has_no_such_page(at: _At) -> None:
    for path in ("consent_note", "_key", "nothing", "parents-0"):
        assert at.visitor.get(f"{at.task}/rows/{path}").status_code == 404
    assert at.visitor.get(f"{at.address}/template.exe").status_code == 404


def test_nothing_of_a_spreadsheet_is_kept_that_was_not_taken(at: _At) -> None:
    at.read()
    page = engine.open_task(at.page.task.id, at.site.people[CARYS])
    assert page.draft_saved_at is None
    at.send("add")
    page = engine.open_task(at.page.task.id, at.site.people[CARYS])
    assert "perhaps" not in str([part.posted for part in page.parts])


def test_rows_that_are_items_of_the_case_are_added_to_and_never_replaced(site: Site) -> None:
    owner = "Priya Shah"
    actor = site.people[owner]
    chosen = next(one for one in engine.startable(actor) if one.process == "professional_forum")
    case_id = engine.open_case(chosen.process, chosen.board_id, actor)
    site.submit(owner, site.open_task(owner, case_id, "MPF-07"), purpose="dissemination")
    site.submit(owner, site.open_task(owner, case_id, "MPF-09"))
    task = f"/tasks/{site.open_task(owner, case_id, 'MPF-10').task.id}"
    visitor, path = site.signed_in(owner), f"{task}/rows/participants"
    visitor.post(task, {"participants-0-name": "Stands there", "page-action": "save"})
    read = {"page-action": "read", "page-pasted": "name\trole\nNew one\tNurse\n"}
    looked = visitor.post(path, read).get_data(as_text=True)
    assert 'value="add"' in looked
    assert 'value="replace"' not in looked
    assert "each of them has work of its own" in looked
    kept = {name: html.unescape(text) for name, text in HIDDEN.findall(looked)}
    assert visitor.post(path, {**kept, "page-action": "replace"}).status_code == 422
    assert visitor.post(path, {**kept, "page-action": "add"}).status_code == 303
    shown = visitor.get(task).get_data(as_text=True)
    assert shown.index("Stands there") < shown.index("New one")
