"""Pages of a draft's decision tables: read, changed and tried without a canvas."""

from __future__ import annotations

import uuid

import pytest

import engine
from tests.web.conftest import ON_SQLITE_ALONE, Site, Visitor
from tests.web.sent import sent_by

pytestmark = ON_SQLITE_ALONE

PATH = "processes/decisions/DR-01.dmn"


@pytest.fixture
def catrin(site: Site) -> Visitor:
    return site.signed_in("Catrin Sayer")


@pytest.fixture
def table(site: Site) -> str:
    """Return the address of a table in a draft of its own."""
    catrin = site.people["Catrin Sayer"]
    draft = engine.begin_draft("cwmafon", "draft_2011", "Our tables", catrin)
    return f"/drafts/{draft}/decisions/DR-01"


def content(site: Site, table: str) -> str:
    """Return the file of the table as the draft has it."""
    draft = uuid.UUID(table.split("/")[2])
    file = engine.draft_file(draft, PATH, site.people["Catrin Sayer"]).file
    return (file.content or b"").decode()


def test_slip_in_a_cell_is_told_beside_it_and_a_right_one_is_kept(
    site: Site, catrin: Visitor, table: str
) -> None:
    address = f"{table}/rules/dr_01_rule_3"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    answer = catrin.post(address, {**typed, "cell-1": '"ruled_out" or'})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="cell-1-error"' in page
    assert "&#34;ruled_out&#34; or" in page
    assert catrin.post(address, {**typed, "cell-1": '"ruled_out", null'}).status_code == 303
    assert '<text>"ruled_out", null</text>' in content(site, table)
    answer = catrin.post(address, {**typed, "cell-1": "-"})
    assert answer.status_code == 409
    assert "nothing" not in content(site, table)


def test_rows_and_columns_are_added_moved_and_taken_out(
    site: Site, catrin: Visitor, table: str
) -> None:
    typed = sent_by(catrin.get(f"{table}/rules/new").get_data(as_text=True))
    cells = {f"cell-{number}": "-" for number in range(4)}
    cells |= {
        "cell-4": '"hold"',
        "cell-5": '"DR-01.14"',
        "note": "Ours.",
        "requirement": "DR-01.99",
    }
    assert catrin.post(f"{table}/rules/new", {**typed, **cells}).status_code == 303
    typed = sent_by(catrin.get(table).get_data(as_text=True))
    up = {"revision": typed["revision"], "page-action": "up:dr_01_rule_15"}
    assert catrin.post(table, up).status_code == 303
    found = content(site, table)
    assert found.index("DR-01.99") < found.index('"DR-01.13"</text>', found.index("<rule "))
    typed = sent_by(catrin.get(f"{table}/columns/new-input").get_data(as_text=True))
    column = {"label_en": "Age", "label_cy": "Oedran", "tested": "no_such_fact"}
    answer = catrin.post(f"{table}/columns/new-input", {**typed, **column})
    assert answer.status_code == 422
    assert 'id="tested-error"' in answer.get_data(as_text=True)
    column["tested"] = "child_incident_on"
    assert catrin.post(f"{table}/columns/new-input", {**typed, **column}).status_code == 303
    for part in ("rule:dr_01_rule_15", "column:dr_01_input_5"):
        typed = sent_by(catrin.get(table).get_data(as_text=True))
        taken = {"revision": typed["revision"], "page-action": f"remove-{part}"}
        assert catrin.post(table, taken).status_code == 303
    # Whoever still sees the row is told who changed the table, not that nothing is there.
    stale = {"revision": "1", "page-action": "remove-rule:dr_01_rule_15"}
    assert catrin.post(table, stale).status_code == 409
    assert "dr_01_rule_15" not in content(site, table)
    assert "child_incident_on</text>" not in content(site, table)


def test_hit_policy_is_changed_with_the_names_of_the_table(
    site: Site, catrin: Visitor, table: str
) -> None:
    typed = sent_by(catrin.get(f"{table}/head").get_data(as_text=True))
    answer = catrin.post(f"{table}/head", {**typed, "name_cy": ""})
    assert answer.status_code == 422
    collected = {**typed, "hit_policy": "COLLECT", "aggregation": "SUM"}
    answer = catrin.post(f"{table}/head", collected)
    assert answer.status_code == 422
    assert "2 outputs" in answer.get_data(as_text=True)
    assert catrin.post(f"{table}/head", {**typed, "hit_policy": "UNIQUE"}).status_code == 303
    assert 'hitPolicy="UNIQUE"' in content(site, table)


def test_table_is_tried_and_the_row_that_hits_is_marked(catrin: Visitor, table: str) -> None:
    typed = sent_by(catrin.get(table).get_data(as_text=True))
    values = {"in-child_born_on": "2020-02-29", "in-child_incident_on": "2026-01-31",
              "in-child_abuse": "ruled_out", "page-action": "try"}  # fmt: skip
    page = catrin.post(table, {**typed, **values}).get_data(as_text=True)
    assert "Rows that hit: DR-01.2" in page
    assert page.count("app-decision__hit") == 1
    answer = catrin.post(table, {**typed, **values, "in-child_born_on": "yesterday("})
    assert answer.status_code == 422
    assert "yesterday(" in answer.get_data(as_text=True)


def test_table_of_ones_own_is_added_and_listed(site: Site, catrin: Visitor, table: str) -> None:
    tables = table.rpartition("/")[0]
    answer = catrin.post(f"{tables}/new", {"name_en": "Who checks", "name_cy": ""})
    assert answer.status_code == 422
    assert 'value="Who checks"' in answer.get_data(as_text=True)
    answer = catrin.post(f"{tables}/new", {"name_en": "Who checks", "name_cy": "Pwy sy’n gwirio"})
    assert answer.headers["Location"].endswith("/decisions/DR-901")
    assert catrin.get(answer.headers["Location"]).status_code == 200
    assert "Who checks" in catrin.get(tables).get_data(as_text=True)
    taken = {"path": "processes/decisions/DR-901.dmn", "revision": "1"}
    catrin.post(f"{tables.rpartition('/')[0]}/restore", taken)
    assert catrin.get(f"{tables}/DR-901").status_code == 404
    again = catrin.post(f"{tables}/new", {"name_en": "Who", "name_cy": "Pwy"})
    assert again.headers["Location"].endswith("/decisions/DR-901")


def test_table_that_was_broken_elsewhere_can_still_be_read_and_put_right(
    site: Site, catrin: Visitor, table: str
) -> None:
    broken = content(site, table).replace("<text>child_abuse</text>", "<text>child_abuse +</text>")
    draft = uuid.UUID(table.split("/")[2])
    designer = site.people["Catrin Sayer"]
    engine.save_draft_file(draft, PATH, broken.encode(), 0, designer)
    assert "This cannot be read" in catrin.get(table).get_data(as_text=True)
    assert catrin.post(table, {"page-action": "try"}).status_code == 422
    address = f"{table}/columns/dr_01_abuse"
    typed = sent_by(catrin.get(address).get_data(as_text=True))
    assert catrin.post(address, {**typed, "tested": "child_abuse"}).status_code == 303
    assert "This cannot be read" not in catrin.get(table).get_data(as_text=True)
