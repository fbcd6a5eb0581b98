"""Say in both languages what is doubtful, what is not taken and why, and what a sheet has."""

from __future__ import annotations

from engine.spans import days
from engine.spreadsheets import cells, taking
from engine.spreadsheets.sheet import ACROSS, FORMULA, MERGED, MISTAKE, WORKED_OUT, Note
from engine.texts import Text

_REASONS = {
    FORMULA: Text(
        "The formula has no value in the file. Open it in Excel, save it, and choose it again.",
        "Nid oes gwerth i’r fformiwla yn y ffeil. Agorwch hi yn Excel, cadwch hi, a’i dewis eto.",
    ),
    MISTAKE: Text("The formula in this cell went wrong.", "Aeth y fformiwla yn y gell hon o’i le."),
    ACROSS: Text(
        "This is one cell across the whole table, not a row of it.",
        "Un gell ar draws y tabl cyfan yw hon, nid rhes ohono.",
    ),
    taking.REPEATED: Text("These are the headings again.", "Y penawdau yw’r rhain eto."),
    cells.NO_DAY: Text(
        "This is not a day that can be read. Write it like 3/4/2019 or 3 April 2019.",
        "Nid yw hwn yn ddiwrnod y gellir ei ddarllen. Ysgrifennwch ef fel 3/4/2019 neu 3 Ebrill "
        "2019.",
    ),
    cells.NO_MONTH: Text(
        "This is not a month that can be read. Write it like 4/2019 or April 2019.",
        "Nid yw hwn yn fis y gellir ei ddarllen. Ysgrifennwch ef fel 4/2019 neu Ebrill 2019.",
    ),
    cells.NO_TIME: Text(
        "This is not a time that can be read. Write it like 14:30.",
        "Nid yw hwn yn amser y gellir ei ddarllen. Ysgrifennwch ef fel 14:30.",
    ),
    cells.NO_NUMBER: Text(
        "This is not a number. Write it like 12 or 12.50.",
        "Nid yw hwn yn rhif. Ysgrifennwch ef fel 12 neu 12.50.",
    ),
    cells.NO_CHOICE: Text(
        "This is none of the answers that are offered.",
        "Nid yw hwn yn un o’r atebion a gynigir.",
    ),
    cells.NO_YES: Text(
        "This is neither yes nor no. Write yes or no.",
        "Nid yw hwn yn ie nac yn na. Ysgrifennwch ie neu na.",
    ),
    cells.NO_TICK: Text(
        "Write yes or x to tick this; leave it empty otherwise.",
        "Ysgrifennwch ie neu x i dicio hwn; gadewch ef yn wag fel arall.",
    ),
    taking.NOT_ASKED: Text(
        "The form does not ask for this, because of other answers in the row.",
        "Nid yw’r ffurflen yn gofyn am hyn, oherwydd atebion eraill yn y rhes.",
    ),
    taking.NO_COLUMN: Text(
        "No question was chosen for this column.", "Ni ddewiswyd cwestiwn ar gyfer y golofn hon."
    ),
    taking.NO_ROOM: Text(
        "The list has no room for this row.", "Nid oes lle yn y rhestr i’r rhes hon."
    ),
    taking.NOTHING: Text(
        "There is nothing in this row that can be taken.",
        "Nid oes dim yn y rhes hon y gellir ei gymryd.",
    ),
    taking.ABOVE: Text("This stands above the headings.", "Mae hwn uwchben y penawdau."),
}

_DOUBTS = {
    days.EITHER_ORDER: Text(
        "Read with the day first. It may be the other way round.",
        "Darllenwyd gyda’r diwrnod yn gyntaf. Gall fod fel arall.",
    ),
    days.MONTH_FIRST: Text("Read with the month first.", "Darllenwyd gyda’r mis yn gyntaf."),
    days.SHORT_YEAR: Text(
        "The year has two digits only. Check the century.",
        "Dau ddigid yn unig sydd i’r flwyddyn. Gwiriwch y ganrif.",
    ),
    days.COUNTED: Text(
        "A number that was read as a day, as Excel counts days.",
        "Rhif a ddarllenwyd fel diwrnod, fel y mae Excel yn cyfrif diwrnodau.",
    ),
    days.TIME_LEFT_OUT: Text(
        "The time of day is left out here.", "Hepgorir yr amser o’r dydd yma."
    ),
    days.REST_LEFT_OUT: Text(
        "Only the time is taken. Write in words how sure it is where you say what happened.",
        "Yr amser yn unig a gymerir. Ysgrifennwch mewn geiriau pa mor sicr ydyw lle dywedwch beth "
        "a ddigwyddodd.",
    ),
    days.EITHER_HALF: Text(
        "Read as a time of the night or early morning. It may be in the afternoon.",
        "Darllenwyd fel amser yn y nos neu’n gynnar yn y bore. Gall fod yn y prynhawn.",
    ),
    cells.OUT_OF_ORDER: Text(
        "Read with the day first, but then it does not stand in the order of the rows around it. "
        "With the month first it would.",
        "Darllenwyd gyda’r diwrnod yn gyntaf, ond felly nid yw yn nhrefn y rhesi o’i gwmpas. "
        "Byddai gyda’r mis yn gyntaf.",
    ),
    WORKED_OUT: Text(
        "This day was worked out by a formula in the file.",
        "Cyfrifwyd y diwrnod hwn gan fformiwla yn y ffeil.",
    ),
    days.DAY_LEFT_OUT: Text("The day is left out here.", "Hepgorir y diwrnod yma."),
    cells.LOST_LETTER: Text(
        "A question mark stands where a letter such as ŵ or ŷ may have been lost.",
        "Mae gofynnod lle gall llythyren megis ŵ neu ŷ fod wedi’i cholli.",
    ),
    MERGED: Text(
        "The cell is merged with one above and has its value.",
        "Mae’r gell wedi’i chyfuno ag un uwchben, a chanddi’r un gwerth.",
    ),
}

_NOTES = {
    "encoding": Text(
        "Look at letters such as ŵ, ŷ and £: the file does not say how they are written.",
        "Edrychwch ar lythrennau megis ŵ, ŷ a £: nid yw’r ffeil yn dweud sut y’u hysgrifennir.",
    ),
    "empty_rows": Text("Empty rows left out: {value}.", "Rhesi gwag a hepgorwyd: {value}."),
    "hidden_rows": Text(
        "Rows that are hidden in the workbook are read as well: {value}.",
        "Darllenir hefyd resi sydd wedi’u cuddio yn y llyfr gwaith: {value}.",
    ),
    "hidden_columns": Text(
        "Columns that are hidden in the workbook are read as well: {value}.",
        "Darllenir hefyd golofnau sydd wedi’u cuddio yn y llyfr gwaith: {value}.",
    ),
    "merged": Text(
        "Merged cells: {value}. Each row beside one gets its value.",
        "Celloedd cyfun: {value}. Caiff pob rhes wrth ymyl un ei gwerth.",
    ),
    "tables": Text(
        "Tables that begin with the same headings and are read as one: {value}.",
        "Tablau sy’n dechrau â’r un penawdau ac a ddarllenir fel un: {value}.",
    ),
    "nested": Text(
        "Tables inside cells: {value}. Each is read as the text of its cell.",
        "Tablau y tu mewn i gelloedd: {value}. Darllenir pob un fel testun ei gell.",
    ),
    "tracked": Text(
        "Tracked changes: {value}. They are read as if they were accepted.",
        "Newidiadau a draciwyd: {value}. Fe’u darllenir fel petaent wedi’u derbyn.",
    ),
    "deleted_rows": Text(
        "Rows that a tracked change deletes are not read: {value}.",
        "Ni ddarllenir rhesi y mae newid a draciwyd yn eu dileu: {value}.",
    ),
    "hidden_text": Text(
        "Text that is hidden in the document is read as well: {value} times.",
        "Darllenir hefyd destun sydd wedi’i guddio yn y ddogfen: {value} gwaith.",
    ),
    "pictures": Text(
        "Pictures and drawings in the table are not read: {value}.",
        "Ni ddarllenir lluniau a darluniau yn y tabl: {value}.",
    ),
    "outside": Text(
        "Paragraphs outside the tables are not read: {value}. Copy what belongs to the form into "
        "its own questions.",
        "Ni ddarllenir paragraffau y tu allan i’r tablau: {value}. Copïwch yr hyn sy’n perthyn i’r "
        "ffurflen i’w chwestiynau ei hun.",
    ),
    "macros": Text(
        "The macros of the workbook were not looked at.",
        "Nid edrychwyd ar facros y llyfr gwaith.",
    ),
}


def say_reason(why: str) -> Text:
    """Return why a cell or a row is not taken."""
    return _REASONS[why]


def say_doubt(doubt: str) -> Text:
    """Return why a cell that is taken should be looked at."""
    return _DOUBTS[doubt]


def say_note(note: Note) -> Text | None:
    """Return what there is to tell about a sheet; None for a note that nobody has to act on."""
    if note.kind == "encoding" and note.value.startswith("UTF"):
        return None
    text = _NOTES.get(note.kind)
    return text and Text(*(said.replace("{value}", note.value) for said in (text.en, text.cy)))
