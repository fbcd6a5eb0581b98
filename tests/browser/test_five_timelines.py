"""Five agencies return timelines in five formats, and they merge into one that is right.

The files in `evidence` were made by somebody who had not seen the product; what a careful person
takes from them was written down beside, and is what is asked for here. All of it is invented.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.browser.person import Person
from tests.browser.served import Demonstration
from tests.browser.walk import ALED, BETHAN, TOMOS, Walk
from tests.extended_review import TO_ITS_AGENCIES

EVIDENCE = Path(__file__).parent / "evidence"
GARETH, JASMINE, KYFFIN = "Gareth Evans", "Jasmine Bowen", "Kyffin Davies"
WRITE, CHECK = "write_timeline", "check_return"

#: What housing typed, by the headings that it was sent with.
TYPED = {
    "When was it": "happened_on",
    "What time": "happened_at",
    "How do we know": "source_record",
    "What happened": "event",
    "Who in the family": "family_involved",
    "Which of our staff": "staff_involved",
    "What we did": "done",
}


@dataclass(frozen=True)
class Returned:
    """What one agency sends, and what it is asked about it.

    `looks` are the cells and rows that it is to look at before they are taken, by what their links
    lead to, and some of the words; `asked` are the inputs that it has to put right on the form,
    with what it answers; `removed` are rows that it then takes out, the last first.
    """

    agency: str
    author: str
    file: str
    rows: int
    looks: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    removed: Sequence[int] = ()
    name: str = ""


POLICE = Returned(
    "police", ALED, "police.docx", 21,
    looks={
        "cell-10-happened_on": "merged",
        "cell-15-happened_on": "merged",
        "cell-16-happened_on": "merged",
        "cell-17-happened_on": "early June 2025",
        "cell-18-happened_on": "There is no such day",
        "cell-30-happened_on": "merged",
    },
    asked={"timeline_rows-11-happened_on": "more than one way",
           "timeline_rows-12-happened_on": "no such day"},
    answers={"timeline_rows-11-happened_on": "between 1 and 10 June 2025",
             "timeline_rows-12-happened_on": "probably 30 June 2025"},
)  # fmt: skip
HEALTH = Returned(
    "local_health_board", JASMINE, "health.xlsx", 21,
    looks={
        "row-17": "hidden in the file",
        "cell-7-happened_on": "before the period",
        "cell-11-happened_on": "worked out by a formula",
        "cell-12-happened_at": "not a time",
        "cell-14-happened_at": "Only the time is taken",
        "cell-19-happened_on": "other way round",
    },
    asked={"timeline_rows-0-happened_on": "before the period"},
    removed=(0,),
)  # fmt: skip
EDUCATION = Returned(
    "education", GARETH, "education.csv", 21,
    looks={
        "cell-4-happened_on": "There is no such day",
        "cell-5-happened_on": "With the month first it would",
    },
    asked={"timeline_rows-2-happened_on": "no such day"},
    answers={"timeline_rows-2-happened_on": "between 15 February and 9 March 2025"},
)  # fmt: skip
SOCIAL_SERVICES = Returned(
    "social_services", BETHAN, "social_services.txt", 25,
    looks={
        "row-15": "the same as row 9",
        "cell-11-happened_on": "Enter the date",
    },
    asked={"timeline_rows-9-happened_on": "Enter the date"},
    answers={"timeline_rows-9-happened_on": "between 10 and 25 June 2025"},
    removed=(13,),
)  # fmt: skip
HOUSING = Returned(
    "other", KYFFIN, "housing.json", 16,
    asked={
        "timeline_rows-2-happened_on": "before the period",
        "timeline_rows-4-happened_on": "more than one way",
        "timeline_rows-4-happened_at": "enter it like 14:30",
        "timeline_rows-8-happened_at": "enter it like 14:30",
        "timeline_rows-13-happened_on": "more than one way",
    },
    answers={
        "timeline_rows-2-happened_on": "between 1 February and 31 December 2025",
        "timeline_rows-4-happened_on": "between 11 and 20 May 2025",
        "timeline_rows-4-happened_at": "",
        "timeline_rows-5-happened_at": "2.30 pm",
        "timeline_rows-8-happened_at": "4 pm",
        "timeline_rows-13-happened_on": "24 to 30 November 2025",
    },
    name="Housing association",
)  # fmt: skip
AGENCIES = (POLICE, HEALTH, EDUCATION, SOCIAL_SERVICES, HOUSING)

#: The review, up to where its agencies are asked for their timelines: an incident on the last day
#: of the period that the files tell of.
ASKED: list[tuple[str, Any, dict[str, Any]]] = [
    *TO_ITS_AGENCIES,
    ("complete", "LEV-04", {"set": {"agencies": [
        {
            "agency": one.agency,
            "author": one.author,
            "author_email": f"{one.author.lower().replace(' ', '.')}@cwmafon.example",
            **({"agency_name": one.name} if one.name else {}),
        }
        for one in AGENCIES
    ]}}),
    ("until", "FAM-02", {}),
    ("complete", "FAM-02", {
        "item": "family_member_1",
        "set": {"first_approach_email": "gwenno.pugh@cwmafon.example"},
    }),
    ("until", "TIM-03", {}),
    *(("complete", "TIM-03", {"item": one.agency}) for one in AGENCIES),
]  # fmt: skip

#: Rows that are one event, or one chain of it, by their names in the notes.
ONE_EVENT: list[set[str]] = [
    {"P04", "S03"},
    {"P05", "S04", "H06"},
    {"P06", "S05"},
    {"H07", "S06"},
    {"P13", "S12"},
    # One agency says that a visit took place, the other that nobody was in.
    {"H12", "S13"},
    {"P14", "S16"},
    {"H15", "S17", "P15"},
    {"P16", "H16", "S18", "E15"},
    {"P17", "H17", "S20", "E16", "T13"},
    {"S21", "E17"},
    {"S24", "E21"},
    {"P20", "H21", "S25"},
]
#: Rows of one day that are not.
DIFFERENT_EVENTS: list[set[str]] = [
    {"P03", "S02"},
    {"P08", "S07"},
    {"E13", "S15"},
    {"E19", "P19"},
    {"H20", "E20"},
    {"E10", "S08"},
    {"E10", "T07"},
    {"S08", "T07"},
    {"P05", "P06"},
    {"S04", "S05"},
]
#: How the agencies had written what is no exact day, by the names of the rows.
AS_SENT = {
    "E03": "29/02/2025",
    "H03": "c. March 2025",
    "H09": "between 3 and 9 June 2025",
    "H13": "9/7/25",
    "P12": "early June 2025",
    "P13": "31/06/2025",
}
#: The long silence; a repair that housing dates to the year alone does not fill it.
SILENCES = {
    ("All agencies", "21 July 2025", "31 August 2025", "1 row with so vague a date"),
    ("Police", "21 July 2025", "9 October 2025", ""),
    ("Social Services", "21 July 2025", "9 October 2025", ""),
    ("Local Health Board", "18 July 2025", "9 October 2025", ""),
    ("Education", "19 July 2025", "16 September 2025", ""),
    ("Housing association", "17 July 2025", "31 August 2025", "1 row with so vague a date"),
    ("Housing association", "6 September 2025", "13 October 2025", "1 row with so vague a date"),
}


def test_five_timelines_in_five_formats_merge_into_one_that_is_right(
    browser: Browser, demonstration: Demonstration
) -> None:
    walk = Walk(browser, demonstration, "en")
    walk.identifier = demonstration.begin(ASKED, "cwmafon")
    walk.case = f"/cases/{demonstration.case_id(walk.identifier)}"
    for returned in AGENCIES:
        _return(walk, returned)
    for returned in AGENCIES:
        walk.go([(CHECK, TOMOS, {"item": returned.agency, "look": False})])
    panel = walk.person(TOMOS)
    wanted = _wanted()
    merged = _merged(panel, walk.case)
    assert [said[:3] for said in merged] == [(row.when, row.agency, row.event) for row in wanted]
    by_event = {row.event: row.id for row in wanted}
    assert {by_event[event]: sent for _, _, event, sent in merged if sent} == AS_SENT
    panel.open(f"{walk.case}/timeline/findings")
    panel.check_page()
    groups = _groups(panel, by_event)
    missed = [rows for rows in ONE_EVENT if not any(rows <= group for group in groups)]
    assert missed == []
    mixed = [rows for rows in DIFFERENT_EVENTS if any(rows <= group for group in groups)]
    assert mixed == []
    against = panel.page.locator("form.app-likely:has(legend:has-text('did not'))")
    assert [set(group) for group in _groups(panel, by_event, against)] == [{"H12", "S13"}]
    assert set(_silences(panel)) >= SILENCES
    _join(panel, walk.case, {"P05", "S04", "H06"}, groups)
    _print_wall_chart(panel, walk.case)


@dataclass(frozen=True)
class Wanted:
    """A row of the merged timeline as a careful person takes it: its name in the notes, and what
    the page says of it.
    """

    id: str
    when: str
    agency: str
    event: str


def _wanted() -> list[Wanted]:
    with (EVIDENCE / "merged.csv").open(encoding="utf-8", newline="") as file:
        return [
            Wanted(row["row"], row["when"], row["agency"], row["event"])
            for row in csv.DictReader(file)
        ]


def _return(walk: Walk, returned: Returned) -> None:
    """Let an author bring the rows, answer what is asked about them, and send it all."""
    author = walk.person(returned.author)
    task_id = walk.served.task_id(walk.identifier, WRITE, returned.agency)
    section = f"/tasks/{task_id}/sections/agency_timeline/timeline"
    author.open(f"/tasks/{task_id}")
    claim = author.page.locator("form[action$='/claim'] button")
    if claim.count():
        author.press(claim)
    author.open(section)
    if returned.file.endswith(".json"):
        _type(author, json.loads((EVIDENCE / returned.file).read_text("utf-8")))
    else:
        _bring(author, returned)
        author.open(section)
    author.press_continue()
    _answer(author, returned)
    author.press_continue()
    assert author.page.locator(".govuk-error-summary").count() == 0
    author.open(f"/tasks/{task_id}")
    author.complete(task_id, WRITE, look=False, leave={"timeline"})


def _bring(author: Person, returned: Returned) -> None:
    """Paste the rows or choose the file; hold what is to be looked at to what it should be."""
    page = author.page
    author.press(page.locator("[value='spreadsheet:timeline_rows']"))
    file = EVIDENCE / returned.file
    if file.suffix == ".txt":
        page.locator("#page-pasted").fill(file.read_bytes().decode("utf-8"))
    else:
        page.locator("#page-file").set_input_files(file)
    author.press(page.locator("main [value='read']"))
    if page.locator("main [value='sheet']").count():
        page.get_by_label("Timeline").check(force=True)
        author.press(page.locator("main [value='sheet']"))
    chosen = [box.input_value() for box in page.locator("main select[name^='page-column-']").all()]
    assert [name for name in chosen if name] == [
        "happened_on", "happened_at", "source_record", "event", "family_involved",
        "staff_involved", "done", "done", "is_significant",
    ]  # fmt: skip
    author.press(page.locator("main [value='preview']"))
    main = page.locator("main")
    expect(main).to_contain_text(f"{returned.rows} rows can be taken.")
    looks = {
        str(item.locator("a").get_attribute("href")).lstrip("#"): item.inner_text()
        for item in main.locator("li:has(> a[href^='#cell-']), li:has(> a[href^='#row-'])").all()
    }
    _same_words(looks, returned.looks)
    author.press(main.locator("[value='add']"))


def _type(author: Person, rows: Sequence[Mapping[str, str]]) -> None:
    """Type the rows into the form, one after the other."""
    page = author.page
    for number, row in enumerate(rows):
        prefix = f"timeline_rows-{number}-"
        if not page.locator(f"[name='{prefix}event']").count():
            author.press(page.locator("button[value='add:timeline_rows']"))
        for heading, key in TYPED.items():
            said = row[heading]
            if key == "done" and row["Anything to add"]:
                said = f"{said}\n{row['Anything to add']}"
            page.locator(f"[name='{prefix}{key}']").fill(said)
        if row["Important? yes/no"] == "yes":
            page.locator(f"[name='{prefix}is_significant']").check(force=True)


def _answer(author: Person, returned: Returned) -> None:
    """Hold what the form asks to be put right to what it should ask, and answer it."""
    page = author.page
    asked = {
        str(link.get_attribute("href")).lstrip("#"): link.inner_text()
        for link in page.locator(".govuk-error-summary a").all()
    }
    _same_words(asked, returned.asked)
    for name, said in returned.answers.items():
        page.locator(f"[name='{name}']").fill(said)
    for number in returned.removed:
        author.press(page.locator(f"button[value='remove:timeline_rows-{number}']"))


def _same_words(found: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Hold the places that are named to those that should be, and each to some words of it."""
    assert set(found) == set(wanted)
    wrong = {place: found[place] for place, words in wanted.items() if words not in found[place]}
    assert not wrong


def _merged(panel: Person, case: str) -> list[tuple[str, str, str, str]]:
    """Return the rows of the merged timeline: when it was, who recorded it, what, and how the
    agency had written the day, where that says no exact one.
    """
    found = []
    number = 1
    while True:
        panel.open(f"{case}/timeline?page={number}")
        rows = panel.page.locator("main table tbody tr")
        for cells in rows.evaluate_all(
            "rows => rows.map(({cells}) => [cells[0].innerText, cells[1].innerText,"
            " cells[2].querySelector('.app-value').innerText])"
        ):
            when, agency, event = (re.sub(r"\s+", " ", cell).strip() for cell in cells)
            when, _, sent = when.partition(" As sent: ")
            found.append((when, agency, event, sent))
        if not panel.page.locator("a[rel='next']").count():
            return found
        number += 1


def _groups(
    panel: Person, by_event: Mapping[str, str], groups: Locator | None = None
) -> list[set[str]]:
    """Return the groups of rows that are likely one event, or others, by the names of the rows."""
    found = []
    for group in (groups or panel.page.locator("form.app-likely")).all():
        said = [re.sub(r"\s+", " ", label) for label in group.locator("label").all_inner_texts()]
        found.append({by_event[text.partition(": ")[2].strip()] for text in said})
    return found


def _silences(panel: Person) -> list[tuple[str, str, str, str]]:
    """Return the silences: whose, first and last day, and how a vague row beside it is told."""
    found = []
    for row in panel.page.locator("main table tbody tr").all():
        who, first, last, _, meanwhile = (
            text.strip() for text in row.locator("th, td").all_inner_texts()
        )
        told = "1 row with so vague a date"
        found.append((who, first, last, told if told in meanwhile else ""))
    return found


def _join(panel: Person, case: str, rows: set[str], groups: Sequence[set[str]]) -> None:
    """Say that the rows of a group are one event, and see it said in the timeline."""
    group = panel.page.locator("form.app-likely").nth(groups.index(rows))
    panel.press(group.locator("button[value='same']"))
    for number in range(1, len(rows) + 1):
        panel.open(f"{case}/timeline?page=1")
        expect(panel.page.locator("main")).to_contain_text(
            f"Joined: row {number} of {len(rows)} of one event"
        )


def _print_wall_chart(panel: Person, case: str) -> None:
    """See that the wall chart can be had, and draws what is not exact as such."""
    pdf = panel.page.request.get(f"{panel.served.address}{case}/timeline/chart.pdf?sheet=A3")
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    svg = panel.page.request.get(f"{panel.served.address}{case}/timeline/chart.svg?sheet=A3")
    assert "between 3 and 9 June 2025" in svg.text()
