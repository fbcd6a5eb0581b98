"""Write a paper as an OpenDocument text (ODT)."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import odfdo
from odfdo import Element

from engine.papers import words
from engine.papers.model import (
    Block,
    Bullets,
    Heading,
    Pair,
    Pairs,
    Paper,
    Paragraph,
    Signature,
    Table,
    Ticks,
    in_one_line,
    main_language,
    runs,
)
from engine.papers.outline import PAPER_WORDS, foot_line, head_lines, signature_pairs
from engine.texts import Text

_TAGS = {"en": "en-GB", "cy": "cy-GB"}
_STYLE = '<style:style style:name="{name}" style:family="{family}">{properties}</style:style>'
_STYLES = {
    ("In_en", "text"): '<style:text-properties fo:language="en" fo:country="GB"/>',
    ("In_cy", "text"): '<style:text-properties fo:language="cy" fo:country="GB"/>',
    ("Label", "paragraph"): (
        '<style:paragraph-properties fo:keep-with-next="always" fo:margin-top="0.2cm"/>'
        '<style:text-properties fo:font-weight="bold"/>'
    ),
    ("Mark", "paragraph"): (
        '<style:paragraph-properties fo:text-align="center"/>'
        '<style:text-properties fo:font-weight="bold" fo:font-size="18pt" fo:color="#767676"/>'
    ),
    ("Boxed", "table-cell"): (
        '<style:table-cell-properties fo:border="0.05pt solid #000000" fo:padding="0.1cm"/>'
    ),
}


def write_odt(paper: Paper, language: str) -> bytes:
    """Return a paper as ODT, in a language of `PRINT_LANGUAGES`."""
    return _Writer(paper, language).write()


class _Writer:
    def __init__(self, paper: Paper, language: str) -> None:
        self.paper, self.language = paper, language
        self.file: Any = odfdo.Document("text")
        self.body: Any = self.file.body
        self.tables = 0

    def write(self) -> bytes:
        self._describe()
        self._head()
        for block in self.paper.blocks:
            self._block(block)
        kept = BytesIO()
        self.file.save(kept)
        return kept.getvalue()

    def _describe(self) -> None:
        self.body.clear()
        self.file.set_language(_TAGS[main_language(self.language)])
        about = self.file.meta
        about.title = in_one_line(self.paper.title, self.language)
        about.subject = self.paper.case_identifier
        about.creator = in_one_line(self.paper.letterhead.name, self.language)
        about.language = _TAGS[main_language(self.language)]
        for (name, family), properties in _STYLES.items():
            style = _STYLE.format(name=name, family=family, properties=properties)
            self.file.insert_style(Element.from_tag(style))

    def _head(self) -> None:
        paper = self.paper
        self._margins()
        logo = paper.letterhead.logo
        if logo:
            self.body.append(self._logo(logo))
        for said in ("cy", "en") if self.language == "both" else (self.language,):
            for line in paper.letterhead.lines(said):
                self.body.append(odfdo.Paragraph(line))
        self.body.append(self._words(odfdo.Header(1), paper.title))
        for label, value in head_lines(paper):
            self._labelled(label, (value,))

    def _margins(self) -> None:
        """Write the Board, marks and the number of the page at the edges of every page."""
        paper, page = self.paper, self.file.styles.get_element("//style:master-page")
        top, foot = Element.from_tag("style:header"), Element.from_tag("style:footer")
        top.append(odfdo.Paragraph(in_one_line(paper.letterhead.name, self.language)))
        for mark in paper.marks:
            top.append(odfdo.Paragraph(in_one_line(mark, self.language), style="Mark"))
        at_foot = (foot_line(paper), words.PAGE)
        said = " – ".join(in_one_line(text, self.language) for text in at_foot)
        line = odfdo.Paragraph(f"{said} ")
        line.append(Element.from_tag("<text:page-number>1</text:page-number>"))
        foot.append(line)
        page.append(top)
        page.append(foot)
        if paper.landscape:
            self._lie_down(page.get_attribute("style:page-layout-name"))

    def _lie_down(self, name: str) -> None:
        sheet = self.file.styles.get_element(f"//style:page-layout[@style:name='{name}']")
        measures = sheet.get_element("style:page-layout-properties")
        measures.set_attribute("style:print-orientation", "landscape")
        measures.set_attribute("fo:page-width", "29.7cm")
        measures.set_attribute("fo:page-height", "21cm")

    def _logo(self, logo: bytes) -> Any:
        kind = "png" if self.paper.letterhead.logo_type == "image/png" else "jpg"
        place = f"Pictures/logo.{kind}"
        self.file.set_part(place, logo)
        self.file.manifest.add_full_path(place, self.paper.letterhead.logo_type)
        frame = odfdo.Frame.image_frame(place, size=("4cm", "2cm"), anchor_type="as-char")
        title = Element.from_tag("svg:title")
        title.text = in_one_line(PAPER_WORDS.logo(self.paper), self.language)
        frame.append(title)
        paragraph = odfdo.Paragraph()
        paragraph.append(frame)
        return paragraph

    def _block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.body.append(self._words(odfdo.Header(level), text))
            case Paragraph(text):
                for said, part in runs(text, self.language):
                    self.body.append(self._run(odfdo.Paragraph(), said, part))
            case Bullets(texts):
                self._bullets(texts)
            case Pairs(pairs):
                self._pairs(pairs)
            case Ticks(label, options):
                self._ticks(label, options)
            case Table():
                self._table(block)
            case Signature():
                self._pairs(signature_pairs(block))

    def _bullets(self, texts: Iterable[Text]) -> None:
        items: Any = odfdo.List()
        for text in texts:
            item: Any = odfdo.ListItem()
            item.append(self._words(odfdo.Paragraph(), text))
            items.append(item)
        self.body.append(items)

    def _ticks(self, label: Text, options: Iterable[tuple[Text, bool]]) -> None:
        self.body.append(self._words(odfdo.Paragraph(style="Label"), label))
        for text, ticked in options:
            box = words.BOX if ticked else words.EMPTY_BOX
            self.body.append(self._words(odfdo.Paragraph(f"{box.en} "), text))

    def _pairs(self, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            self._labelled(pair.label, pair.lines)

    def _labelled(self, label: Text, lines: Iterable[Text]) -> None:
        self.body.append(self._words(odfdo.Paragraph(style="Label"), label))
        for line in lines:
            self.body.append(self._words(odfdo.Paragraph(), line))

    def _table(self, block: Table) -> None:
        if block.caption.en:
            self.body.append(self._words(odfdo.Paragraph(style="Label"), block.caption))
        self.tables += 1
        table: Any = Element.from_tag("table:table")
        table.set_attribute("table:name", f"Table{self.tables}")
        columns = Element.from_tag("table:table-column")
        columns.set_attribute("table:number-columns-repeated", str(len(block.columns)))
        table.append(columns)
        head = Element.from_tag("table:table-header-rows")
        head.append(self._row([((text,), "Label") for text in block.columns]))
        table.append(head)
        for row in block.rows:
            table.append(self._row([(lines, "Standard") for lines in row]))
        self.body.append(table)

    def _row(self, cells: Iterable[tuple[tuple[Text, ...], str]]) -> Any:
        row = Element.from_tag("table:table-row")
        for lines, style in cells:
            cell = Element.from_tag("table:table-cell")
            cell.set_attribute("table:style-name", "Boxed")
            cell.set_attribute("office:value-type", "string")
            for line in lines or (Text("", ""),):
                cell.append(self._words(odfdo.Paragraph(style=style), line))
            row.append(cell)
        return row

    def _words(self, place: Any, text: Text) -> Any:
        for number, (said, part) in enumerate(runs(text, self.language)):
            if number:
                place.append(" / ")
            self._run(place, said, part)
        return place

    def _run(self, place: Any, said: str, part: str) -> Any:
        if said and said != main_language(self.language):
            place.append(odfdo.Span(part, style=f"In_{said}"))
        else:
            place.append_plain_text(part)
        return place
