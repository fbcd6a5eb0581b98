"""No definition can lead the genogram or the table of codes to anything that is published.

What is shipped is varied in every way that a Board may vary it: forms, facts, tables, layouts, own
templates. Each attempt is refused before it is deployed. The codes stand outside of all that.
What comes out when a review is walked is looked at in `tests/web/test_never_published.py`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import confidentiality, db, deployments
from engine.db import Database
from engine.deployments import confidentiality_checks, layout_checks
from engine.deployments.definitions import Reading
from engine.facts import parse_facts
from engine.feel import compile_expression
from engine.forms import Form, parse_form
from engine.layouts import parse_layout
from tests.engine.deployments.test_confidentiality_checks import field, shipped

ROOT = Path(__file__).parents[2]
GENOGRAM = "forms/genogram.json"
#: What a fact of the genogram would be called.
OF_GENOGRAM = """
[taken]
type  = "list"
scope = "case"
field = "genogram.genogram_people"
en    = "the family network"
cy    = "rhwydwaith y teulu"

[taken_label]
type  = "list"
scope = "case"
field = "genogram.genogram_people.person_label"
en    = "their labels"
cy    = "eu labeli"

[taken_on]
type  = "list"
scope = "case"
value = "for one in taken return one.person_label"
en    = "their labels, worked out"
cy    = "eu labeli, wedi’u cyfrifo"

[by_way_of_the_event]
type  = "string"
scope = "case"
field = "event_plan.taken_here"
en    = "what another form was filled with"
cy    = "yr hyn y llenwyd ffurflen arall ag ef"
"""

Change = Callable[[dict[str, Any]], Any]


def as_form(path: str, change: Change) -> dict[str, bytes]:
    """Return a form as a variation would have it."""
    source = json.loads(shipped().files[path])
    change(source)
    return {path: json.dumps(source).encode()}


def as_facts(more: str = OF_GENOGRAM) -> dict[str, bytes]:
    """Return the facts with those of the genogram among them."""
    return {"processes/facts.toml": shipped().files["processes/facts.toml"] + more.encode()}


def public(**more: Any) -> Change:
    """Return a change that says of the people of the genogram who may read them."""
    return lambda source: field(source, "genogram_people").update(more)


def column(key: str, **more: Any) -> Change:
    return lambda source: next(
        one for one in field(source, "genogram_people")["components"] if one["key"] == key
    ).update(more)


def reads(name: str) -> Change:
    """Return a change that has the report say what a fact holds."""
    expression = f"=if {name} = null then null else string({name})"
    return lambda source: field(source, "report_reference").update(expression=expression)


def filled_with(name: str) -> Change:
    """Return a change that fills a form of the event with a fact."""

    def change(source: dict[str, Any]) -> None:
        source["components"][0]["components"].append(
            {
                "type": "expression", "key": "taken_here", "id": "taken_here", "label": "Taken",
                "expression": f"=string({name})", "i18n": {"cy": {"label": "Cymerwyd"}},
            }
        )  # fmt: skip

    return change


def rows_about(name: str, default: str) -> Change:
    """Return a change that has rows of the report tell of a list."""

    def change(source: dict[str, Any]) -> None:
        rows = field(source, "conclusions")
        rows["about"] = name
        rows["components"][0].update(readonly=True, default=default)

    return change


def linked(source: dict[str, Any]) -> None:
    field(source, "timeline_link").update(form="genogram")


def moved_to_the_report(source: dict[str, Any]) -> None:
    """Ask for the family network in the report itself."""
    people = json.loads(shipped().files[GENOGRAM])["components"][0]["components"]
    rows = next(one for one in people if one.get("path") == "genogram_people")
    source["components"][0]["components"].append({**rows, "visibility": ["V-PUB"]})


def moved_by_id(source: dict[str, Any]) -> None:
    """Ask for it there under another key and the catalogue's id."""
    people = json.loads(shipped().files[GENOGRAM])["components"][0]["components"]
    rows = next(one for one in people if one.get("path") == "genogram_people")
    source["components"][0]["components"].append({**rows, "path": "network", "id": "network"})


REPORT = "forms/report.json"
LAYOUT = """[layout]
[[layout.blocks]]
heading_en = "The family"
heading_cy = "Y teulu"
document = "genogram"
"""
#: Each attempt: the files of a variation, and what it is told.
ATTEMPTS: dict[str, tuple[Callable[[], Mapping[str, bytes]], str]] = {
    "its rows for everybody": (
        lambda: as_form(GENOGRAM, public(visibility=["V-PUB"])),
        "would be public; nothing is but the final report",
    ),
    "a column for everybody": (
        lambda: as_form(GENOGRAM, column("person_label", visibility=["V-PANEL", "V-PUB"])),
        "would be public; nothing is but the final report",
    ),
    "its rows for the Board": (
        lambda: as_form(GENOGRAM, public(visibility=["V-BOARD"])),
        "could read “genogram_genogram_people” of F-08",
    ),
    "the form for everybody": (
        lambda: as_form(GENOGRAM, lambda source: source.update(visibility=["V-PUB"])),
        "would be public; nothing is but the final report",
    ),
    "the form under the id of the report": (
        lambda: as_form(GENOGRAM, lambda source: source.update(catalogue="F-05")),
        "would take the genogram out of F-08",
    ),
    "a link in the report": (
        lambda: as_form(REPORT, linked),
        "leads from what is published to F-08",
    ),
    "the family network in the report": (
        lambda: as_form(REPORT, moved_to_the_report),
        "would take the genogram out of F-08",
    ),
    "the family network in the report under another name": (
        lambda: as_form(REPORT, moved_by_id),
        "would take the genogram out of F-08",
    ),
    "a fact of it in the report": (
        lambda: {**as_facts(), **as_form(REPORT, reads("taken"))},
        "would publish “taken”, which comes from F-08",
    ),
    "a fact of a column of it in the report": (
        lambda: {**as_facts(), **as_form(REPORT, reads("taken_label"))},
        "would publish “taken_label”, which comes from F-08",
    ),
    "what is worked out from it in the report": (
        lambda: {**as_facts(), **as_form(REPORT, reads("taken_on"))},
        "would publish “taken_on”, which comes from F-08",
    ),
    "rows of the report that tell of it": (
        lambda: {**as_facts(), **as_form(REPORT, rows_about("taken", "source.person_label"))},
        "would publish “taken”, which comes from F-08",
    ),
    "by way of another form": (
        lambda: {
            **as_facts(),
            **as_form("forms/event_plan.json", filled_with("taken")),
            **as_form(REPORT, reads("by_way_of_the_event")),
        },
        "would publish “by_way_of_the_event”, which comes from F-08",
    ),
    **{
        f"in the layout of {name}": (
            lambda name=name: {f"forms/reports/{name}.toml": LAYOUT.encode()},  # type: ignore[misc]
            "F-08 is for few readers, and would be printed with",
        )
        for name in ("report", "summary_timeline", "terms_of_reference", "publication",
                     "submission", "board_decision", "recommendation", "merged_timeline")
    },
}  # fmt: skip


def varied(files: Mapping[str, bytes]) -> Reading:
    """Return what is shipped with some files as a variation would have them."""
    reading = shipped()
    read_forms, read_layouts, read_facts = {}, {}, reading.facts
    for path, source in files.items():
        name = Path(path).stem
        if path.startswith("forms/reports/"):
            read_layouts[name] = parse_layout(source, path)
        elif path.startswith("forms/"):
            read_forms[name] = parse_form(source, path)
        else:
            read_facts = parse_facts(source, path)
    return replace(
        reading,
        files={**reading.files, **files},
        forms={**reading.forms, **read_forms},
        layouts={**reading.layouts, **read_layouts},
        facts=read_facts,
    )


def messages(reading: Reading) -> list[str]:
    """Return what the checks on confidentiality and on layouts say."""
    found = [*confidentiality_checks.check(reading), *layout_checks.check(reading)]
    return [one.message for one in found]


def test_a_fact_of_the_genogram_by_itself_publishes_nothing() -> None:
    """It is what leads on from there that is refused."""
    assert messages(varied(as_facts())) == []


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_variation_that_tries_it_is_refused(attempt: str) -> None:
    files, told = ATTEMPTS[attempt]
    found = messages(varied(files()))
    assert any(told in message for message in found), found


def test_a_decision_table_cannot_hand_it_on() -> None:
    """A table that answers with what the genogram holds; one that only asks about it tells none."""
    more = """
[decided]
type     = "string"
scope    = "case"
decision = "DR-20.length"
en       = "what a table answered"
cy       = "yr hyn a atebodd tabl"
"""
    reading = varied({**as_facts(OF_GENOGRAM + more), **as_form(REPORT, reads("decided"))})
    assert messages(reading) == []
    table = reading.decisions["DR-20"]
    answers = (compile_expression("string(taken)", names=["taken"]),)
    rules = (replace(table.rules[0], answers=answers), *table.rules[1:])
    told = messages(
        replace(reading, decisions={**reading.decisions, "DR-20": replace(table, rules=rules)})
    )
    assert any("would publish “decided”, which comes from F-08" in one for one in told)


def test_what_is_refused_is_not_deployed(database: Database) -> None:
    files, told = ATTEMPTS["rows of the report that tell of it"]
    with db.transaction() as session, pytest.raises(deployments.InvalidDeployment) as refused:
        deployments.deploy(session, {**shipped().files, **files()}, actor="SYSTEM")
    assert any(told in one.message for one in refused.value.findings)


def test_every_form_of_which_something_is_printed_is_among_those_tried() -> None:
    printed = {form.id for form in shipped().forms.values() if _is_printed(form)}
    tried = {attempt.rpartition(" ")[2] for attempt in ATTEMPTS if "layout" in attempt}
    assert printed <= tried | {"case_review_terms"}


def _is_printed(form: Form) -> bool:
    return any(
        confidentiality.is_printed(form, *place[:3]) for place in confidentiality.fields_of(form)
    )


#: The only modules that know the rows of the table of codes, and the only ones that read it.
KEEP_CODES = {"engine/models/__init__.py", "engine/models/codes.py", "engine/codes.py",
              "engine/code_pages.py"}  # fmt: skip
READ_CODES = {
    "engine/identity.py", "engine/code_pages.py", "engine/code_suggestions.py",
    "engine/timeline_faces.py", "engine/summaries.py", "engine/__init__.py",
}  # fmt: skip


def imports() -> Iterator[tuple[str, str]]:
    """Go through what each module of the engine and the pages takes from where."""
    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "web").rglob("*.py")]:
        if "schema_migrations" in path.parts:
            continue
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                for one in node.names:
                    yield name, f"{node.module}.{one.name}"
            elif isinstance(node, ast.Import):
                for one in node.names:
                    yield name, one.name


def test_nothing_but_their_own_pages_takes_hold_of_the_codes() -> None:
    """The codes are rows of their own: no form, fact, layout, letter or paper can name them."""
    rows = {name for name, what in imports() if what.endswith((".CodeRow", ".CodeVersion"))}
    assert rows <= KEEP_CODES
    readers = {
        name
        for name, what in imports()
        if what == "engine.codes" or what.startswith("engine.codes.")
    }
    assert readers <= READ_CODES


def test_no_form_fact_layout_or_letter_knows_a_word_for_the_codes() -> None:
    named = {key for form in shipped().forms.values() for key in _keys(form)}
    assert not {name for name in (*named, *shipped().facts) if name.startswith("code_")}


def _keys(form: Form) -> Iterator[str]:
    for _, entry, place, _ in confidentiality.fields_of(form):
        yield (place or entry).key


@pytest.mark.parametrize("role", sorted(confidentiality.CODE_READERS))
def test_whoever_reads_the_codes_is_inside_the_review(role: str) -> None:
    inside = confidentiality.READERS["F-08"] - {"participant", "note_taker"}
    assert role in inside


def test_whoever_keeps_the_codes_may_read_them() -> None:
    assert confidentiality.CODE_KEEPERS <= confidentiality.CODE_READERS
