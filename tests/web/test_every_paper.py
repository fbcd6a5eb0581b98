"""Every form, shown on its page, filled in with its examples, sent, printed and read again.

What is sent is what a browser would read off the page. What is expected on paper is worked out from
the form and the answers alone, by other means than the papers use, and is looked for in what the
files say when they are opened.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from typing import Any

import docx
import odfdo
import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from flask import Flask, render_template_string

import engine
from engine import deployments, forms, layouts, papers
from engine.documents import DocumentKey
from engine.forms import Around, Field, Form
from engine.texts import Text
from tests.processes.catalogue import ROOT, parsed
from tests.processes.filling_in import FUNCTIONS
from tests.web.conftest import SETTINGS
from tests.web.sent import Sent
from web import fields
from web import papers as pages
from web.application import create_app

FORMS = sorted(path.stem for path in (ROOT / "forms").glob("*.json"))
LAYOUTS = sorted(path.stem for path in (ROOT / "forms" / "reports").glob("*.toml"))
SAID_IN = {"en": ("en",), "cy": ("cy",), "both": ("cy", "en")}
HEAD = papers.Letterhead(
    Text("Board of the test", "Bwrdd y prawf"), Text("1 High Street", "1 Stryd Fawr")
)
MARK = Text("Draft – not for publication", "Drafft – nid i’w gyhoeddi")

#: No decision table finds anything: what is sent is compared, not judged.
UNDECIDED = Around(decide=lambda decision, names: ())

Content = Mapping[str, Mapping[str, Any]]


TITLES = {form_id: parsed(form_id).texts["title"] for form_id in FORMS}


@pytest.fixture(scope="module")
def app() -> Flask:
    """The application, for its templates; it opens no database."""
    return create_app(replace(SETTINGS, demonstration=False))


@cache
def form_of(form_id: str) -> Form:
    """Return a form, read once."""
    return parsed(form_id)


@cache
def layout_of(form_id: str) -> layouts.Layout | None:
    """Return how a form is laid out, where the draft prints it."""
    path = ROOT / "forms" / "reports" / f"{form_id}.toml"
    return layouts.parse_layout(path.read_bytes(), str(path)) if path.exists() else None


@dataclass(frozen=True)
class Known:
    """What conditions read beside the answers: no facts, and the functions of one day."""

    names: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=lambda: FUNCTIONS)


def read_off_page(app: Flask, form_id: str, language: str) -> dict[str, list[str]]:
    """Return what is sent of the page of a form that is filled in with its examples."""
    form = form_of(form_id)
    part = engine.FormPart(
        form=form, sections=sections_of(form), key=DocumentKey(form_id), base_version=0,
        posted=forms.to_posted(form, sections_of(form), filled_in(form_id)), content={},
    )  # fmt: skip
    template = (
        '{% from "fields.html" import show %}{% for section in part.sections %}'
        "{% for q in section.questions %}{{ show(q) }}{% endfor %}{% endfor %}"
    )
    with app.test_request_context("/", environ_overrides={"adolygu.language": language}):
        sent = Sent()
        sent.feed(render_template_string(template, part=fields.lay_out(part, Known())))
    return sent.values


def sections_of(form: Form) -> tuple[str, ...]:
    """Return every section of a form, by id."""
    return tuple(section.id for section in form.sections)


@cache
def filled_in(form_id: str) -> Content:
    """Return the examples of a form."""
    form = form_of(form_id)
    return forms.examples(
        form, sections_of(form), existing={}, given={}, names={}, functions=FUNCTIONS
    )


@cache
def content_of(form_id: str) -> Content:
    """Return every answer that a form can take: its examples, and for the rest one of its kind."""
    form, filled = form_of(form_id), filled_in(form_id)
    return {
        section.id: {
            entry.key: filled.get(section.id, {}).get(entry.key) or some_answer(entry)
            for entry in section.fields
            if entry.has_value
        }
        for section in form.sections
    }


def some_answer(entry: Field) -> Any:
    """Return an answer of the kind of a field, which no other field has where it is text."""
    if entry.is_rows:
        row = {column.key: some_answer(column) for column in entry.columns if column.has_value}
        return [row, dict(row)]
    if entry.is_yes_no or entry.type == "checkbox":
        return True
    if entry.is_choice:
        return entry.options[-1].value
    moments = {"month": "2026-05", "time": "10:30"}
    answers: dict[str, Any] = {
        "checklist": [option.value for option in entry.options],
        "number": 1234,
        "datetime": moments.get(entry.subtype, "2026-02-01"),
        "adolyguPerson": {"name": "Alex Morgan", "designation": "Manager", "agency": ""},
        "adolyguSignature": {"name": "Una Fletcher", "at": "2026-02-01T09:05:00+00:00"},
        "filepicker": {"upload": "1", "name": "plan & sketch.pdf", "size": 1},
    }
    return answers.get(entry.type, f"Answer <{entry.id}> & more\nand a second line")


@cache
def paper_of(form_id: str) -> engine.Paper:
    """Return a form as a paper with every answer that it can take."""
    form, content = form_of(form_id), content_of(form_id)
    readable = {
        place.id for section in form.sections for entry in section.fields
        for place in (entry, *entry.columns)
    }  # fmt: skip
    source = papers.Source(
        form, content, readable, titles=TITLES, values={"case": "CNS-TST-2026-1"}
    )
    layout = layout_of(form_id)
    title = layouts.filled(
        layout.title if layout and layout.title else form.texts["title"], source.values
    )
    return engine.Paper(
        key="0badcafe", title=title, catalogue=form.catalogue,
        case_identifier="CNS-TST-2026-1", about=None, version=2, newest=2,
        written_at=Text("1 February 2026 at 09:05", "1 Chwefror 2026 am 09:05"),
        printed_on=Text("2 February 2026", "2 Chwefror 2026"), letterhead=HEAD, marks=(MARK,),
        blocks=papers.build(source, layout), landscape=layout is not None and layout.landscape,
    )  # fmt: skip


def expected(form_id: str, language: str) -> Iterator[str]:
    """Yield what must stand on the paper of a form: every question, and every answer to it."""
    form, content, layout = form_of(form_id), content_of(form_id), layout_of(form_id)
    left_out = set(layout.leave_out) if layout else set()
    tables = [block for block in (layout.blocks if layout else ()) if block.holds]
    gridded = {n for b in tables if isinstance(b.holds, layouts.Grid) for n in b.names}
    headed = {n for b in tables if isinstance(b.holds, layouts.RowTable) for n in b.names}
    for section in form.sections:
        for entry in section.fields:
            if entry.has_value and not entry.hidden and entry.key not in left_out:
                value = content[section.id][entry.key]
                yield from expected_of(
                    entry, value, language, entry.key in gridded, entry.key in headed
                )


def expected_of(
    entry: Field, value: Any, language: str, bare: bool = False, headed: bool = False
) -> Iterator[str]:
    """Yield what must stand on a paper of one field.

    Takes:   bare, where a grid has its own labels; headed, where a table has its own heads.
    """
    for said in SAID_IN[language]:
        if not bare:
            yield entry.label(said)
        if entry.is_rows:
            for row in value or ():
                for column in entry.columns:
                    if column.has_value and not column.hidden:
                        yield from expected_of(column, row.get(column.key), language, headed)
        else:
            yield from in_words(entry, value, said, boxed=bare or headed)


TICKED = {"en": "Ticked", "cy": "Wedi’i dicio"}


def in_words(entry: Field, value: Any, language: str, *, boxed: bool) -> Iterator[str]:
    """Yield the words of an answer in a language; boxed, where yes, no and ticks are signs."""
    if value is None or (boxed and (entry.type == "checkbox" or entry.is_yes_no)):
        return
    if entry.type in ("adolyguLink", "checkbox"):
        is_tick = entry.type == "checkbox"
        yield TICKED[language] if is_tick else form_of(entry.form).title(language)
        return
    if entry.is_yes_no:
        value = "yes" if value else "no"
    if entry.options:
        for one in value if isinstance(value, list) else [value]:
            found = entry.option(one)
            assert found is not None
            yield found.label(language)
    elif entry.type == "datetime" and entry.subtype == "month":
        yield format_date(date.fromisoformat(f"{value}-01"), "MMMM y", locale=language)
    elif entry.type == "datetime" and entry.subtype != "time":
        yield format_date(date.fromisoformat(value), "d MMMM y", locale=language)
    elif entry.is_money and isinstance(value, int | float):
        yield format_currency(value, "GBP", "¤#,##0", locale="en_GB", currency_digits=False)
    elif isinstance(value, Mapping):
        yield value["name"]
    else:
        yield from str(value).splitlines()


def without_files(form: Form, values: Content) -> Content:
    """Return answers without files, which no page fills in, and signatures, made on sending."""
    apart = {e.key for e in form.fields if e.type in ("filepicker", "adolyguSignature")}
    return {
        section: {
            key: [
                {name: cell for name, cell in row.items() if not is_file(cell) and name != "_key"}
                if isinstance(row, dict) else row
                for row in value
            ] if isinstance(value, list) else value
            for key, value in part.items()
            if key not in apart
        }
        for section, part in values.items()
    }  # fmt: skip


def is_file(value: Any) -> bool:
    """Say whether an answer is a file."""
    return isinstance(value, dict) and "upload" in value


class _Page(HTMLParser):
    """Collect what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.languages: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said.append(" " if tag in ("span", "html") else "\n")
        self.languages |= {value for name, value in attrs if name == "lang" and value}


def in_html(app: Flask, paper: engine.Paper, language: str) -> str:
    """Return what the page of a paper says."""
    with app.test_request_context("/"):
        page = _Page()
        page.feed(pages.page(paper, language))
    assert page.languages == set(SAID_IN[language])
    return "".join(page.said)


def in_docx(_app: Flask, paper: engine.Paper, language: str) -> str:
    """Return what a Word file says."""
    opened = docx.Document(io.BytesIO(engine.write_docx(paper, language)))
    head = opened.sections[0].header
    texts = [*head._element.itertext(), *opened.element.body.itertext()]
    return "".join(
        "\n" if element.tag.endswith("}p") else (element.text or "")
        for part in (head._element, opened.element.body)
        for element in part.iter()
        if element.tag.endswith(("}p", "}t"))
    ) + ("" if texts else "empty")


def in_odt(_app: Flask, paper: engine.Paper, language: str) -> str:
    """Return what an OpenDocument file says."""
    opened: Any = odfdo.Document(io.BytesIO(engine.write_odt(paper, language)))
    master = opened.styles.get_element("//style:master-page")
    return "\n".join(
        part.text_recursive
        for whole in (master, opened.body)
        for part in whole.get_elements("descendant::text:p|descendant::text:h")
    )


WRITERS: dict[str, Callable[[Flask, engine.Paper, str], str]] = {
    "html": in_html,
    "docx": in_docx,
    "odt": in_odt,
}


def plain(text: str) -> str:
    """Return a text with its white space evened out."""
    return " ".join(text.split())


@pytest.mark.parametrize("form_id", FORMS)
def test_what_stands_on_the_page_of_a_form_is_what_is_sent(app: Flask, form_id: str) -> None:
    form, examples = form_of(form_id), filled_in(form_id)
    wanted = forms.clean_values(
        form,
        sections_of(form),
        {key: value for part in examples.values() for key, value in part.items()},
        names={},
        functions=FUNCTIONS,
        around=UNDECIDED,
    )
    for language in ("en", "cy"):
        sent = read_off_page(app, form_id, language)
        cleaned = forms.clean(
            form, sections_of(form), sent, names={}, functions=FUNCTIONS, around=UNDECIDED
        )
        assert without_files(form, cleaned.values) == without_files(form, wanted.values)


@pytest.mark.parametrize("form_id", FORMS)
def test_nothing_is_lost_on_paper(app: Flask, form_id: str) -> None:
    paper = paper_of(form_id)
    for language, languages in SAID_IN.items():
        wanted = {plain(text) for text in expected(form_id, language)}
        wanted |= {plain(paper.title.say(said)) for said in languages}
        wanted |= {HEAD.name.say(said) for said in languages}
        wanted |= {HEAD.address.say(said) for said in languages}
        wanted |= {MARK.say(said) for said in languages} | {"CNS-TST-2026-1"}
        for kind, read in WRITERS.items():
            said = plain(read(app, paper, language))
            lost = [text for text in wanted if text not in said]
            assert not lost, f"{kind} in {language} lost {lost[:5]}"


def test_what_the_draft_prints_and_what_is_sent_or_signed_has_a_layout() -> None:
    printed = {"F-02", "F-04", "F-05", "F-15", "F-18", "F-20", "F-54"}
    ours = {"F-07", "F-09", "F-13", "F-27", "F-34", "F-35"}
    assert {form_of(form_id).catalogue for form_id in LAYOUTS} == printed | ours


@pytest.mark.parametrize("form_id", LAYOUTS)
def test_a_layout_names_every_field_so_that_nothing_trails_after_it(form_id: str) -> None:
    form, layout = form_of(form_id), layout_of(form_id)
    assert layout is not None
    sections = [b.holds.name for b in layout.blocks if isinstance(b.holds, layouts.WholeSection)]
    checked = {"check"} if form_id == "report" else set()
    named = {*layout.names, *layout.leave_out}
    unnamed = [
        entry.key
        for section in form.sections
        for entry in section.fields
        if entry.has_value and not entry.hidden and section.id not in {*sections, *checked}
        and entry.key not in named
    ]  # fmt: skip
    assert not unnamed


@pytest.mark.parametrize("form_id", FORMS)
def test_every_form_is_a_tagged_pdf_that_says_the_same(app: Flask, form_id: str) -> None:
    if not engine.can_write_pdf():
        pytest.skip("no WeasyPrint, or no Pango, on this machine")
    from pypdf import PdfReader

    paper = paper_of(form_id)
    with app.test_request_context("/"):
        written = PdfReader(io.BytesIO(pages.written(paper, "pdf", "both")))
    root: Any = written.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "cy"
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfuaid" in metadata
    said = re.sub(r"\s+", "", "".join(page.extract_text() for page in written.pages))
    lost = [text for text in expected(form_id, "both") if re.sub(r"\s+", "", text)[:40] not in said]
    assert not lost


def test_a_file_is_named_without_whom_it_is_about() -> None:
    paper = paper_of("consent")
    name = paper.file_name("both", "odt")
    assert name == "CNS-TST-2026-1_F-45_0badcafe_v2_both.odt"


def test_a_deployment_reads_the_layouts() -> None:
    files = deployments.read_folders(ROOT)
    assert {path for path in files if path.startswith("forms/reports/")} == {
        f"forms/reports/{form_id}.toml" for form_id in LAYOUTS
    }
