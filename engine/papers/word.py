"""Write a paper as a Word file (DOCX)."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

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
_HEADINGS = 4
#: Parts of the blank file that say nothing of the paper: a picture of it, styles of an older Word.
_LEFTOVERS = ("thumbnail", "stylesWithEffects")

#: A text across the page, behind what is written on it: Word's own way of drawing a watermark.
_WATERMARK = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
  <w:rPr><w:noProof/></w:rPr>
  <w:pict>
    <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
                 path="m@7,l@8,m@5,21600l@6,21600e">
      <v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>
        <v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>
        <v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
      <v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
    </v:shapetype>
    <v:shape id="watermark" type="#_x0000_t136" fillcolor="silver" stroked="f"
             style="position:absolute;width:440pt;height:70pt;rotation:315;z-index:-251658752;
                    mso-position-horizontal:center;mso-position-horizontal-relative:margin;
                    mso-position-vertical:center;mso-position-vertical-relative:margin">
      <v:fill opacity=".4"/><v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt"/>
    </v:shape>
  </w:pict>
</w:r>
"""


def write_docx(paper: Paper, language: str) -> bytes:
    """Return a paper as DOCX, in a language of `PRINT_LANGUAGES`."""
    return _Writer(paper, language).write()


class _Writer:
    def __init__(self, paper: Paper, language: str) -> None:
        self.paper, self.language = paper, language
        self.file: Any = docx.Document()

    def write(self) -> bytes:
        self._clear()
        self._describe()
        self._head()
        for block in self.paper.blocks:
            self._block(block)
        kept = BytesIO()
        self.file.save(kept)
        return kept.getvalue()

    def _clear(self) -> None:
        """Take out what belongs to the blank file that every paper begins from: dates, a picture.

        The dates would say of a record of a case that it was made before it was.
        """
        known = self.file.core_properties._element
        for name in ("created", "modified"):
            for date in known.findall(qn(f"dcterms:{name}")):
                known.remove(date)
        for held in (self.file.part.package, self.file.part):
            for key, relation in list(held.rels.items()):
                if relation.reltype.rpartition("/")[2] in _LEFTOVERS:
                    del held.rels[key]

    def _describe(self) -> None:
        known = self.file.core_properties
        known.title = in_one_line(self.paper.title, self.language)
        known.author = in_one_line(self.paper.letterhead.name, self.language)
        known.subject = self.paper.case_identifier
        known.language = _TAGS[main_language(self.language)]
        known.comments = ""
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = "Arial", Pt(11)
        _say_language(style.element.get_or_add_rPr(), _TAGS[main_language(self.language)])
        for spoken in (
            *self.file.styles.element.iter(qn("w:lang")),
            *self.file.settings.element.iter(qn("w:themeFontLang")),
        ):
            spoken.set(qn("w:val"), _TAGS[main_language(self.language)])
            spoken.attrib.pop(qn("w:eastAsia"), None)
            spoken.attrib.pop(qn("w:bidi"), None)
        for level in range(1, _HEADINGS + 1):
            heading = self.file.styles[f"Heading {level}"].font
            heading.name, heading.color.rgb = "Arial", RGBColor(0, 0, 0)
        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        if self.paper.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.left_margin = section.right_margin = Cm(2.2)

    def _head(self) -> None:
        paper = self.paper
        section = self.file.sections[0]
        top = section.header.paragraphs[0]
        top.add_run(in_one_line(paper.letterhead.name, self.language))
        for mark in paper.marks:
            self._words(section.header.add_paragraph(), mark, bold=True)
            top._p.append(_watermark(in_one_line(mark, self.language)))
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{in_one_line(foot_line(paper), self.language)} – ")
        foot.add_run(f"{in_one_line(words.PAGE, self.language)} ")
        _add_page_number(foot)
        if paper.letterhead.logo:
            picture = self.file.add_picture(BytesIO(paper.letterhead.logo), height=Cm(2))
            shown = in_one_line(PAPER_WORDS.logo(paper), self.language)
            picture._inline.docPr.set("descr", shown)
        for said in ("cy", "en") if self.language == "both" else (self.language,):
            for line in paper.letterhead.lines(said):
                self.file.add_paragraph(line).paragraph_format.space_after = Pt(0)
        title = self.file.add_heading(level=1)
        self._words(title, paper.title)
        for label, value in head_lines(paper):
            self._labelled(label, (value,))

    def _block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self._words(self.file.add_heading(level=min(level, _HEADINGS)), text)
            case Paragraph(text):
                self._lines(text)
            case Bullets(texts):
                for text in texts:
                    self._words(self.file.add_paragraph(style="List Bullet"), text)
            case Pairs(pairs):
                self._pairs(pairs)
            case Ticks(label, options):
                self._words(self.file.add_paragraph(), label, bold=True)
                for text, ticked in options:
                    box = words.BOX if ticked else words.EMPTY_BOX
                    line = self.file.add_paragraph()
                    line.add_run(f"{box.en} ")
                    self._words(line, text)
            case Table():
                self._table(block)
            case Signature():
                self._pairs(signature_pairs(block))

    def _pairs(self, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            self._labelled(pair.label, pair.lines)

    def _labelled(self, label: Text, lines: Iterable[Text]) -> None:
        head = self.file.add_paragraph()
        head.paragraph_format.keep_with_next = True
        head.paragraph_format.space_after = Pt(0)
        self._words(head, label, bold=True)
        for line in lines:
            self._words(self.file.add_paragraph(), line)

    def _table(self, block: Table) -> None:
        if block.caption.en:
            head = self.file.add_paragraph()
            head.paragraph_format.keep_with_next = True
            self._words(head, block.caption, bold=True)
        table = self.file.add_table(rows=1, cols=len(block.columns), style="Table Grid")
        # The head stands again on every page that the table runs on to.
        again = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(again)
        for cell, text in zip(table.rows[0].cells, block.columns, strict=True):
            self._words(cell.paragraphs[0], text, bold=True)
        for row in block.rows:
            for cell, lines in zip(table.add_row().cells, row, strict=True):
                for number, line in enumerate(lines):
                    place = cell.add_paragraph() if number else cell.paragraphs[0]
                    self._words(place, line)
        self.file.add_paragraph()

    def _lines(self, text: Text) -> None:
        """Write a text that both languages say in full, each in a paragraph of its own."""
        for said, part in runs(text, self.language):
            self._run(self.file.add_paragraph(), said, part)

    def _words(self, paragraph: Any, text: Text, *, bold: bool = False) -> None:
        for number, (said, part) in enumerate(runs(text, self.language)):
            if number:
                paragraph.add_run(" / ")
            self._run(paragraph, said, part, bold=bold)

    def _run(self, paragraph: Any, said: str, part: str, *, bold: bool = False) -> None:
        run = paragraph.add_run(part)
        run.bold = bold or None
        if said and said != main_language(self.language):
            _say_language(run._r.get_or_add_rPr(), _TAGS[said])


def _say_language(properties: Any, tag: str) -> None:
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), tag)
    properties.append(language)


def _add_page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _watermark(said: str) -> Any:
    run = parse_xml(_WATERMARK)
    *_, text_path = (part for part in run.iter() if part.tag.endswith("}textpath"))
    text_path.set("string", said)
    return run
