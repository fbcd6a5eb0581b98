"""Every cell of a sheet is taken, or it is said where it stood and why it is not."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import forms, spreadsheets
from engine.forms.answers import is_clean, length
from engine.spans import read_span, say_span
from engine.texts import MONTHS
from tests.engine.spreadsheets.shipped import (
    ROWS,
    TIMELINE,
    TIMELINE_ROWS,
    TODAY,
    surroundings,
    take,
)

HEADINGS = "Date\tTime\tEvent\tFamily\tstaff_involved\tSignificant\n"


def _sheet(text: str) -> spreadsheets.Sheet:
    return spreadsheets.read_pasted(text).sheets[0]


def _whys(taking: spreadsheets.Taking, standing: int = 0) -> list[tuple[int, str, str]]:
    return [(each.number, each.column, each.why) for each in taking.not_taken(standing)]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx"])
@pytest.mark.parametrize("name", ROWS)
def test_every_blank_template_is_recognised_when_it_comes_back(
    name: str, kind: str, language: str
) -> None:
    _form, entry = ROWS[name]
    write = {
        "csv": spreadsheets.blank_csv,
        "xlsx": spreadsheets.blank_workbook,
        "docx": spreadsheets.blank_document,
    }[kind]
    book = spreadsheets.read_spreadsheet(io.BytesIO(write(entry, language)))
    sure = [sheet for sheet in book.sheets if not spreadsheets.recognise(entry, sheet).unsure]
    assert len(sure) == 1
    found = spreadsheets.recognise(entry, sure[0])
    wanted = tuple(column.name for column in spreadsheets.columns_of(entry))
    assert (found.headings, found.columns) == (1, wanted)


def _text(column: spreadsheets.Column, language: str) -> st.SearchStrategy[str]:
    """Return what somebody might write for a question, that is right."""
    entry = column.entry
    if entry.type == "datetime" and entry.subtype in ("date", "span"):
        return st.dates(TODAY.replace(2000), TODAY).map(
            lambda day: f"{day.day} {MONTHS[day.month - 1].say(language)} {day.year}"
        )
    if entry.type == "datetime":
        return st.times().map(lambda time: f"{time:%H:%M}")
    if entry.type == "checkbox":
        return st.just({"en": "yes", "cy": "ie"}[language])
    if entry.options:
        return st.sampled_from(entry.options).map(lambda option: option.label(language))
    if entry.type == "number":
        return st.integers(1, 20).map(str)
    limit = min(forms_limit(entry), 60)
    letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
    return st.text(letters, min_size=1, max_size=limit // 2).map(
        lambda text: " ".join(text.split())
    ).filter(
        lambda text: bool(text) and is_clean(text) and length(text) <= limit and text[0].isalnum()
    )  # fmt: skip


def forms_limit(entry: forms.Field) -> int:
    """Return how long an answer may be."""
    return entry.validate.max_length or 300


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("name", ROWS)
def test_a_filled_template_is_taken_cell_by_cell(name: str, language: str) -> None:
    _form, entry = ROWS[name]
    columns = spreadsheets.columns_of(entry)

    @given(
        st.lists(
            st.tuples(*(_text(column, language) for column in columns)), min_size=1, max_size=3
        ),
        st.sampled_from(["csv", "xlsx", "docx"]),
    )
    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def check(filled: list[tuple[str, ...]], kind: str) -> None:
        headings = [column.heading.say(language) for column in columns]
        rows = [headings, *map(list, filled)]
        content = {
            "csv": lambda: spreadsheets.write_csv(rows),
            "xlsx": lambda: spreadsheets.write_workbook([("x", rows)]),
            "docx": lambda: spreadsheets.write_document([rows], language),
        }[kind]()
        book = spreadsheets.read_spreadsheet(io.BytesIO(content))
        taking = take(book.sheets[0], name)
        assert [row.number for row in taking.rows] == list(range(2, len(filled) + 2))
        for row, texts in zip(taking.rows, filled, strict=True):
            assert [cell.text for cell in row.cells] == list(texts)
            wrong = [cell for cell in row.cells if cell.refused not in ("", "not_asked")]
            assert wrong == []
            for cell in row.cells:
                _agrees(cell, row.inputs, language)

    check()


def _agrees(cell: spreadsheets.TakenCell, inputs: Any, language: str) -> None:
    """Hold what would be typed to what stood in the cell."""
    entry, name = cell.column.entry, cell.column.name
    if cell.refused:
        assert name not in inputs
    elif entry.type == "datetime" and entry.subtype == "date":
        day, month, year = (inputs[f"{name}-{part}"][0] for part in ("day", "month", "year"))
        assert cell.text == f"{day} {MONTHS[int(month) - 1].say(language)} {year}"
    elif entry.subtype == "span":
        span = read_span(inputs[name][0])
        assert span is not None
        assert say_span(span).say(language) == cell.text
    elif entry.options:
        option = entry.option(inputs[name][0])
        assert option is not None
        assert option.label(language) == cell.text
    elif entry.type == "checkbox":
        assert inputs[name] == ["true"]
    else:
        assert inputs[name] == [cell.text]


def test_headings_are_known_in_any_order_case_and_language() -> None:
    sheet = _sheet(
        "AMSER, OS YW'N HYSBYS\tstaff\tdyddiad\tis_significant\tSource record (optional)\n"
    )
    found = spreadsheets.recognise(TIMELINE_ROWS, sheet)
    assert not found.unsure
    assert found.columns == (
        "happened_at", "staff_involved", "happened_on", "is_significant", "source_record",
    )  # fmt: skip


def test_titles_above_the_headings_are_not_taken_and_told() -> None:
    taking = take(_sheet(f"Timeline of the police\n\n{HEADINGS}14/4/2019\t\tSeen\tMother\tGP\t\n"))
    assert [row.number for row in taking.rows] == [4]
    assert _whys(taking) == [(1, "1", "above")]


def test_without_headings_the_columns_are_taken_by_position_for_a_person_to_look_at() -> None:
    found = spreadsheets.recognise(TIMELINE_ROWS, _sheet("14/4/2019\t9:30\tSeen at home\n"))
    assert found == spreadsheets.Recognised(0, ("happened_on", "happened_at", "event"), True)


def test_a_heading_that_is_guessed_or_unknown_asks_a_person() -> None:
    guessed = spreadsheets.recognise(TIMELINE_ROWS, _sheet("Date\thappened\tFamily\n"))
    assert guessed == spreadsheets.Recognised(1, ("happened_on", "event", "family_involved"), True)
    unknown = spreadsheets.recognise(TIMELINE_ROWS, _sheet("Date\tFamily\tWard\n"))
    assert unknown.columns == ("happened_on", "family_involved", "")
    assert unknown.unsure


def test_the_same_heading_twice_is_taken_once() -> None:
    found = spreadsheets.recognise(TIMELINE_ROWS, _sheet("Date\tDyddiad\tFamily\n"))
    assert found.columns == ("happened_on", "", "family_involved")
    assert found.unsure


def test_nothing_that_is_not_taken_goes_unsaid() -> None:
    text = (
        "Date\tTime\tEvent\tSignificant\tWard\n"
        "soon\t25:99\tSeen\tperhaps\tC3\n"
        "14/4/2019\t\tHeard\t\t\n"
    )
    taking = take(_sheet(text.replace("Event", "event")))
    assert _whys(taking) == [
        (2, "happened_at", "no_time"),
        (2, "is_significant", "no_tick"),
        (2, "5", "no_column"),
    ]
    assert [row.number for row in taking.fitting(0)] == [2, 3]
    assert taking.rows[0].inputs == {
        "happened_on": ["soon"], "as_sent": ["soon"], "event": ["Seen"],
    }  # fmt: skip
    assert taking.rows[0].cells[0].mend is not None


def test_a_row_of_which_nothing_can_be_read_is_not_taken_as_an_empty_one() -> None:
    taking = take(_sheet("Significant\tTime\nsoon\tlate\n\t9:30\n"))
    assert [row.refused for row in taking.rows] == ["nothing", ""]
    assert [row.number for row in taking.fitting(0)] == [3]


def test_rows_beyond_what_the_list_may_have_are_told_cell_by_cell() -> None:
    most = forms.most_rows(TIMELINE_ROWS)
    rows = "".join(f"14/4/2019\tSeen {number}\n" for number in range(most + 2))
    taking = take(_sheet(f"Date\tevent\n{rows}"))
    assert len(taking.fitting(0)) == most
    assert len(taking.fitting(5)) == most - 5
    assert {number for number, _, why in _whys(taking) if why == "no_room"} == {most + 2, most + 3}
    assert len(_whys(taking, 5)) == 2 * 7
    # Those beyond are read as well, because a person may yet take them in place of others.
    assert taking.rows[-1].cells[1].value == f"Seen {most + 1}"


def test_what_the_form_will_ask_to_be_put_right_is_taken_and_said() -> None:
    taking = take(_sheet(f"Date\tevent\n14/4/2019\t{'x' * 2_001}\n"))
    cell = taking.rows[0].cells[1]
    assert cell.mend is not None
    assert cell.mend.en != cell.mend.cy
    assert taking.rows[0].inputs["event"] == ["x" * 2_001]


def test_an_answer_that_the_form_does_not_ask_for_is_not_dropped_in_silence() -> None:
    text = "name\tconsent\tgiven_on\nMari\tno\t14 April 2019\nElin\tyes\t14 April 2019\n"
    taking = take(_sheet(text), "consent.parents")
    assert _whys(taking) == [(2, "given_on", "not_asked")]
    assert sorted(taking.rows[0].inputs) == ["consent", "name"]
    assert "given_on-day" in taking.rows[1].inputs


@pytest.mark.parametrize(
    ("text", "value"),
    [("Yes", "yes"), ("IE", "yes"), ("ydy", "yes"), ("no", "no"), ("Nac ydy", "no"), ("0", "no")],
)
def test_yes_and_no_are_known_in_both_languages(text: str, value: str) -> None:
    form, entry, column = next(
        (form, entry, column)
        for form, entry in ROWS.values()
        for column in spreadsheets.columns_of(entry)
        if column.entry.is_yes_no and column.entry.hide is None
    )
    sheet = _sheet(f"x\ty\n{text}\t\n")
    taking = spreadsheets.take_rows(entry, sheet, 1, (column.name,), surroundings(form))
    assert taking.rows[0].inputs == {column.name: [value]}


@pytest.mark.parametrize(
    ("text", "taken", "doubts"),
    [
        ("around March 2024", "2024-03~", ()),
        ("tua Mawrth 2024", "2024-03~", ()),
        ("3–9 June 2024", "2024-06-03/2024-06-09", ()),
        ("2023?", "2023?", ()),
        ("03/04/2024", "2024-04-03", ("either_order",)),
        ("9 March 94", "1994-03-09", ("short_year",)),
        ("9 March 2024 at 14:30", "2024-03-09T14:30", ()),
    ],
)
def test_a_date_is_taken_as_exactly_as_it_stands(
    text: str, taken: str, doubts: tuple[str, ...]
) -> None:
    row = take(_sheet(f"Date\tevent\n{text}\tSeen\n")).rows[0]
    assert row.inputs["happened_on"] == [taken]
    assert (row.cells[0].value, row.cells[0].doubts) == (taken, doubts)


@pytest.mark.parametrize(
    "text", ["early 2023", "Mar-24", "29/2/2023", "9 - 3 June 2024", "unknown", "2023-24"]
)
def test_a_date_that_cannot_be_read_goes_as_it_stands_to_the_form_that_asks(text: str) -> None:
    row = take(_sheet(f"Date\tevent\n{text}\tSeen\n")).rows[0]
    assert row.inputs["happened_on"] == [text]
    assert (row.cells[0].refused, row.cells[0].value) == ("", None)
    assert row.cells[0].mend is not None


def test_a_question_mark_inside_a_word_may_be_a_lost_letter() -> None:
    taking = take(
        _sheet("Date\tevent\n14/4/2019\tAeth i’r t?r gyda Gw?n\n14/4/2019\tWhy now? No.\n")
    )
    doubts = [row.cells[1].doubts for row in taking.rows]
    assert doubts == [("lost_letter",), ()]


def test_every_reason_doubt_and_note_is_said_in_both_languages() -> None:
    taking = take(_sheet("Date\tTime\tWard\n3/4/99\tlate\tC3\n"))
    said = [spreadsheets.say_reason(each.why) for each in taking.not_taken(0)]
    said += [spreadsheets.say_doubt(doubt) for doubt in taking.rows[0].cells[0].doubts]
    assert len(said) == 4
    assert all(text.en != text.cy for text in said)
    assert spreadsheets.say_note(spreadsheets.Note("made_up", "<b>")) is None


def test_rows_that_tell_of_items_and_rows_inside_rows_take_no_spreadsheet() -> None:
    taken = {name for name in ROWS if ROWS[name][1].about or ROWS[name][1].fixed_rows}
    assert taken == set()
    left = spreadsheets.left_out(ROWS["screening.children"][1])
    assert {entry.type for entry in left} == {"dynamiclist"}
    assert TIMELINE.id == "agency_timeline"


def test_what_is_shown_of_a_row_is_its_own_below_one_of_which_nothing_is_taken() -> None:
    taking = take(_sheet("Date\tTime\tevent\n\tlate\n14/4/2019\t\tSeen\n31/6/2019\t\tHeard\n"))
    nothing, seen, heard = taking.rows
    assert nothing.refused == "nothing"
    assert seen.cells[0].value == "2019-04-14"
    assert heard.cells[0].value is None
    assert heard.cells[0].mend is not None


#: How five agencies headed their columns, none of which had seen the form; the last two are bare.
OWN_HEADINGS = {
    "police": "Date|Time|Source (system)|Occurrence / contact|Subject(s) – family"
    "|Officer / staff (role)|Action taken and rationale|Author’s comment|Sig. event Y/N",
    "social services": "Date of event|Time|Where recorded|Significant event or contact"
    "|Family members|Worker (role)|Decision / action|Reviewer's analysis|Key event (Y/N)",
    "education": "Dyddiad|Amser|Ffynhonnell yr wybodaeth|Digwyddiad / cyswllt|Aelodau’r teulu"
    "|Staff (rôl)|Camau a gymerwyd / penderfyniad|Dadansoddiad a sylwadau"
    "|Arwyddocaol? (Ydy / Nac ydy)",
    "health": "Date of contact|Time|Record|What happened|Who was seen / discussed"
    "|Practitioner (job role)|Outcome / plan|Health analysis|Significant? (Y/N)",
}


@pytest.mark.parametrize("agency", OWN_HEADINGS)
def test_columns_headed_in_somebodys_own_words_are_guessed_for_a_person_to_look_at(
    agency: str,
) -> None:
    sheet = _sheet(OWN_HEADINGS[agency].replace("|", "\t"))
    found = spreadsheets.recognise(TIMELINE_ROWS, sheet)
    assert found == spreadsheets.Recognised(
        1,
        (
            "happened_on", "happened_at", "source_record", "event", "family_involved",
            "staff_involved", "done", "done", "is_significant",
        ),
        unsure=True,
    )  # fmt: skip


def test_a_row_of_events_is_never_taken_for_headings_by_its_words() -> None:
    found = spreadsheets.recognise(
        TIMELINE_ROWS, _sheet("14/4/2019\tContact record\tSchool officer\n")
    )
    assert found.headings == 0


def test_two_columns_of_longer_text_fill_one_question_and_the_second_keeps_its_heading() -> None:
    sheet = _sheet("Date\tAction\tComment\n14/4/2019\tLetter sent\tToo late\n15/4/2019\t\tNone\n")
    columns = ("happened_on", "done", "done")
    taking = spreadsheets.take_rows(TIMELINE_ROWS, sheet, 1, columns, surroundings(TIMELINE))
    said = [row.inputs["done"] for row in taking.rows]
    assert said == [["Letter sent\nComment: Too late"], ["Comment: None"]]
    assert taking.rows[0].cells[1].value == "Letter sent\nComment: Too late"
    assert _whys(taking) == []


def test_a_second_column_for_a_question_of_one_line_is_not_taken_and_told() -> None:
    sheet = _sheet("Date\tRecord\tSystem\n14/4/2019\tNotes\tStore\n")
    columns = ("happened_on", "source_record", "source_record")
    taking = spreadsheets.take_rows(TIMELINE_ROWS, sheet, 1, columns, surroundings(TIMELINE))
    assert taking.rows[0].inputs["source_record"] == ["Notes"]
    assert _whys(taking) == [(2, "3", "no_column")]


def _of_dates(*dates: str) -> list[tuple[str, ...]]:
    rows = "".join(f"{text}\tSeen {number}\n" for number, text in enumerate(dates))
    return [row.cells[0].doubts for row in take(_sheet(f"Date\tevent\n{rows}")).rows]


def test_a_date_that_only_the_other_order_puts_among_its_neighbours_is_doubted() -> None:
    doubts = _of_dates("14/02/2025", "29/02/2025", "03/04/2025", "10/03/2025", "28/03/2025")
    assert doubts == [(), (), ("out_of_order",), (), ()]


def test_a_date_that_no_order_of_its_numbers_puts_among_its_neighbours_is_not_doubted() -> None:
    assert _of_dates("30/06/2025", "04/06/2025", "18/07/2025") == [(), (), ()]


def test_a_row_that_says_the_same_as_one_above_is_shown_beside_it() -> None:
    taking = take(
        _sheet(
            "Date\tevent\n4/6/2025\tNotice\n15/6/2025\tVisit\n4/6/2025\tNotice\n4/6/2025\tCall\n"
        )
    )
    assert [row.same_as for row in taking.rows] == [0, 0, 2, 0]
    assert len(taking.fitting(0)) == 4


def test_what_a_row_lacks_of_a_column_that_is_taken_is_said_before_it_is_taken() -> None:
    row = take(_sheet("Date\tevent\tSource record\n\tCase discussed\t\n")).rows[0]
    lacking = [(cell.column.name, cell.text, cell.mend is not None) for cell in row.cells]
    assert lacking == [("event", "Case discussed", False), ("happened_on", "", True)]


@pytest.mark.parametrize(
    ("text", "taken", "doubts"),
    [
        ("approx 10.30", "10:30", ("rest_left_out",)),
        ("2.30", "02:30", ("either_half",)),
        ("02:30", "02:30", ()),
        ("2.30 pm", "14:30", ()),
        ("12:30", "12:30", ()),
        ("9/7/2025 12:30", "12:30", ("day_left_out",)),
    ],
)
def test_a_time_that_says_less_or_more_than_is_taken_is_doubted(
    text: str, taken: str, doubts: tuple[str, ...]
) -> None:
    row = take(_sheet(f"Date\tTime\tevent\n9/7/2025\t{text}\tSeen\n")).rows[0]
    assert row.inputs["happened_at"] == [taken]
    assert row.cells[1].doubts == doubts


@pytest.mark.parametrize(
    ("text", "doubts"),
    [("18.12.25", ()), ("18.12.27", ("short_year",)), ("18.12.99", ("short_year",))],
)
def test_the_century_of_something_recent_is_not_asked_about(
    text: str, doubts: tuple[str, ...]
) -> None:
    assert _of_dates(text) == [doubts]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("27 March 2026", None),
        ("2026-03-27", None),
        ("about Easter", "about Easter"),
        ("tua’r  Pasg", "tua’r Pasg"),
        ("March 2026", "March 2026"),
        ("early 2026", "early 2026"),
        ("03/04/2026", "03/04/2026"),
    ],
)
def test_the_words_of_a_date_are_kept_where_they_say_no_exact_day_without_doubt(
    sent: str, kept: str | None
) -> None:
    sheet = _sheet(f"Date\tEvent\n{sent}\tA call.\n")
    (row,) = take(sheet).rows
    assert row.inputs.get("as_sent") == (kept and [kept])


def test_words_that_a_file_brings_in_a_column_of_their_own_are_not_written_over() -> None:
    sheet = _sheet("Date\tas_sent\tEvent\nMarch 2026\tabout Easter\tA call.\n")
    (row,) = take(sheet).rows
    assert row.inputs["as_sent"] == ["about Easter"]


def test_a_day_that_stands_in_a_merged_cell_is_no_date_in_words() -> None:
    made = docx.Document()
    table = made.add_table(rows=3, cols=2)
    said = ["Dyddiad", "Digwyddiad", "5 Mawrth 2025", "Galwad.", "", "Ail alwad."]
    for place, text in enumerate(said):
        table.cell(place // 2, place % 2).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    rows = take(spreadsheets.read_spreadsheet(file).sheets[0]).rows
    assert [row.inputs["happened_on"] for row in rows] == [["2025-03-05"]] * 2
    assert not any("as_sent" in row.inputs for row in rows)
    assert [cell.doubts for cell in rows[1].cells] == [("merged",), ()]
