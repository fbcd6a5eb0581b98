"""Say what is wrong with an answer, in both languages: the authored text, or a whole sentence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from engine.errors import FieldError
from engine.forms.answers import Problem
from engine.forms.definition import Field
from engine.forms.inputs import control_of
from engine.texts import MONTHS, Text, day_in_words

#: Sentences for when a form has no text of its own: by rule and type of field, then by rule.
#: The label stands in quotes, so that no word of it has to bend to the sentence.
_SENTENCES = {
    "required": Text("Answer “{label}”.", "Atebwch “{label}”."),
    "required select": Text("Choose an answer to “{label}”.", "Dewiswch ateb i “{label}”."),
    "required radio": Text("Choose an answer to “{label}”.", "Dewiswch ateb i “{label}”."),
    "required checklist": Text(
        "Choose at least one answer to “{label}”.", "Dewiswch o leiaf un ateb i “{label}”."
    ),
    "required checkbox": Text("Tick “{label}”.", "Ticiwch “{label}”."),
    "required dynamiclist": Text(
        "Add at least one row to “{label}”.", "Ychwanegwch o leiaf un rhes at “{label}”."
    ),
    "required filepicker": Text(
        "Choose a file for “{label}”.", "Dewiswch ffeil ar gyfer “{label}”."
    ),
    "required adolyguLink": Text(
        "“{label}” must first be recorded on this case.",
        "Rhaid cofnodi “{label}” ar yr achos hwn yn gyntaf.",
    ),
    "type": Text(
        "The answer to “{label}” could not be read. Answer it again.",
        "Nid oedd modd darllen yr ateb i “{label}”. Atebwch eto.",
    ),
    "type select": Text(
        "Choose one of the answers offered for “{label}”.",
        "Dewiswch un o'r atebion a gynigir ar gyfer “{label}”.",
    ),
    "type radio": Text(
        "Choose one of the answers offered for “{label}”.",
        "Dewiswch un o'r atebion a gynigir ar gyfer “{label}”.",
    ),
    "type checklist": Text(
        "Choose from the answers offered for “{label}”.",
        "Dewiswch o blith yr atebion a gynigir ar gyfer “{label}”.",
    ),
    "type number": Text(
        "“{label}” must be a number, such as 12.",
        "Rhaid i “{label}” fod yn rhif, er enghraifft 12.",
    ),
    "type date": Text(
        "“{label}” must be a real date, such as 27 3 2026.",
        "Rhaid i “{label}” fod yn ddyddiad go iawn, er enghraifft 27 3 2026.",
    ),
    "noSuchDay": Text(
        "There is no {limit}. Check the day and the month of “{label}”.",
        "Nid oes {limit} i’w gael. Gwiriwch y diwrnod a’r mis yn “{label}”.",
    ),
    "type span": Text(
        "“{label}” could not be read. Write a day, such as 27 3 2026, or as much as is known: "
        "March 2026, about 2025, or 3 to 9 June 2026.",
        "Nid oedd modd darllen “{label}”. Ysgrifennwch ddiwrnod, er enghraifft 27 3 2026, neu "
        "gymaint ag sy’n hysbys: Mawrth 2026, tua 2025, neu 3 i 9 Mehefin 2026.",
    ),
    "noSuchDay span": Text(
        "There is no such day. Check the day and the month of “{label}”.",
        "Nid oes y fath ddiwrnod. Gwiriwch y diwrnod a’r mis yn “{label}”.",
    ),
    "vague": Text(
        "“{label}” may be read in more than one way. Say between which days or months it was, such "
        "as between January and March 2026.",
        "Gellir darllen “{label}” mewn mwy nag un ffordd. Dywedwch rhwng pa ddiwrnodau neu fisoedd "
        "yr oedd, er enghraifft rhwng Ionawr a Mawrth 2026.",
    ),
    "twoDigits": Text(
        "Write the year of “{label}” with four digits, such as 2026.",
        "Ysgrifennwch flwyddyn “{label}” â phedwar digid, er enghraifft 2026.",
    ),
    "monthFirst": Text(
        "Write the day of “{label}” first, then the month, such as 27 3 2026.",
        "Ysgrifennwch ddiwrnod “{label}” yn gyntaf, yna’r mis, er enghraifft 27 3 2026.",
    ),
    "backwards": Text(
        "The end of “{label}” lies before its start. Write the earlier date first, and both years.",
        "Mae diwedd “{label}” cyn ei ddechrau. Ysgrifennwch y dyddiad cynharaf yn gyntaf, a’r ddwy "
        "flwyddyn.",
    ),
    "timeOfSeveral": Text(
        "Only a single day can have a time of day. Leave it out of “{label}”.",
        "Dim ond un diwrnod a all fod ag amser o’r dydd. Hepgorwch ef o “{label}”.",
    ),
    "partlyAfter": Text(
        "“{label}” may reach beyond {limit}. If it was by then, write between which dates it was; "
        "if it was later, leave this out here.",
        "Gall “{label}” ymestyn y tu hwnt i {limit}. Os oedd erbyn hynny, ysgrifennwch rhwng pa "
        "ddyddiadau yr oedd; os oedd yn hwyrach, hepgorwch hyn yma.",
    ),
    "partlyBefore": Text(
        "“{label}” may reach back before {limit}. If it was from then on, write between which "
        "dates it was; if it was earlier, leave this out here.",
        "Gall “{label}” ymestyn yn ôl cyn {limit}. Os oedd o hynny ymlaen, ysgrifennwch rhwng pa "
        "ddyddiadau yr oedd; os oedd yn gynharach, hepgorwch hyn yma.",
    ),
    "type month": Text(
        "“{label}” must be a month and a year, such as 3 2026.",
        "Rhaid i “{label}” fod yn fis ac yn flwyddyn, er enghraifft 3 2026.",
    ),
    "type time": Text(
        "“{label}” must be a time of day, such as 14:30.",
        "Rhaid i “{label}” fod yn amser o'r dydd, er enghraifft 14:30.",
    ),
    "type money": Text(
        "“{label}” must be an amount in pounds, such as 1,200 or 89.50.",
        "Rhaid i “{label}” fod yn swm mewn punnoedd, er enghraifft 1,200 neu 89.50.",
    ),
    "decimals money": Text(
        "“{label}” must be in pounds and whole pence, such as 89.50.",
        "Rhaid i “{label}” fod mewn punnoedd a cheiniogau cyfan, er enghraifft 89.50.",
    ),
    "type web": Text(
        "“{label}” must be a web address, such as https://www.example.org/page.",
        "Rhaid i “{label}” fod yn gyfeiriad gwe, er enghraifft https://www.example.org/page.",
    ),
    "type email": Text(
        "“{label}” must be an email address, such as name@example.org.",
        "Rhaid i “{label}” fod yn gyfeiriad e-bost, er enghraifft enw@example.org.",
    ),
    "type adolyguPerson": Text(
        "Enter the name of the person under “{label}”.", "Rhowch enw'r person o dan “{label}”."
    ),
    "designation": Text(
        "Enter the role of the person under “{label}”.", "Rhowch rôl y person o dan “{label}”."
    ),
    "type filepicker": Text(
        "The file for “{label}” is no longer there. Choose it again.",
        "Nid yw'r ffeil ar gyfer “{label}” yno mwyach. Dewiswch hi eto.",
    ),
    "accept": Text(
        "“{label}” takes only these kinds of file: {limit}.",
        "Dim ond y mathau hyn o ffeil y gellir eu rhoi ar gyfer “{label}”: {limit}.",
    ),
    "characters": Text(
        "“{label}” has characters that cannot be kept. Type the text again.",
        "Mae “{label}” yn cynnwys nodau na ellir eu cadw. Teipiwch y testun eto.",
    ),
    "decimals": Text(
        "The most digits after the point in “{label}” is {limit}.",
        "Nifer mwyaf y digidau ar ôl y pwynt yn “{label}” yw {limit}.",
    ),
    "maxLength": Text(
        "“{label}” must have {limit} characters or fewer.",
        "Rhaid i “{label}” gynnwys {limit} nod neu lai.",
    ),
    "minLength": Text(
        "“{label}” must have {limit} characters or more.",
        "Rhaid i “{label}” gynnwys {limit} nod neu fwy.",
    ),
    "min": Text("“{label}” must be {limit} or more.", "Rhaid i “{label}” fod yn {limit} neu fwy."),
    "max": Text("“{label}” must be {limit} or less.", "Rhaid i “{label}” fod yn {limit} neu lai."),
    "min checklist": Text(
        "The fewest answers to “{label}” is {limit}.",
        "Nifer lleiaf yr atebion i “{label}” yw {limit}.",
    ),
    "max checklist": Text(
        "The most answers to “{label}” is {limit}.",
        "Nifer mwyaf yr atebion i “{label}” yw {limit}.",
    ),
    "min dynamiclist": Text(
        "The fewest rows in “{label}” is {limit}.", "Nifer lleiaf y rhesi yn “{label}” yw {limit}."
    ),
    "max dynamiclist": Text(
        "The most rows in “{label}” is {limit}.", "Nifer mwyaf y rhesi yn “{label}” yw {limit}."
    ),
    "pattern": Text(
        "“{label}” is not written in the form that is expected.",
        "Nid yw “{label}” wedi'i ysgrifennu yn y ffurf a ddisgwylir.",
    ),
    "notAfter": Text(
        "The date under “{label}” is too late. Enter an earlier one.",
        "Mae'r dyddiad o dan “{label}” yn rhy hwyr. Rhowch un cynharach.",
    ),
    "notBefore": Text(
        "The date under “{label}” is too early. Enter a later one.",
        "Mae'r dyddiad o dan “{label}” yn rhy gynnar. Rhowch un diweddarach.",
    ),
    "unique": Text(
        "The same answer to “{label}” is given in two rows. Remove one of them.",
        "Rhoddwyd yr un ateb i “{label}” mewn dwy res. Tynnwch un ohonynt.",
    ),
}

#: Whose authored text serves where a form has none for the rule itself.
_STANDS_IN = {"requiredWhen": "required", "decimals": "type", "accept": "type"}

#: A text that is none of its kind is told so in the words for its pattern, where it has one.
_KIND_STANDS_IN = {("web", "type"): "pattern", ("email", "type"): "pattern"}


#: What an error adds where the authored text cannot know it: the day, or by how much.
_AT_MOST = {
    "notAfter": Text("{day} at the latest", "{day} fan bellaf"),
    "notBefore": Text("{day} at the earliest", "{day} fan gynharaf"),
}
#: The rule of a limit that a span keeps at one end only, by the rule that it breaks so.
_PARTLY_OF = {"partlyAfter": "notAfter", "partlyBefore": "notBefore"}
_ONE_OVER = Text("1 character too many", "1 nod yn ormod")
_OVER = Text("{over} characters too many", "{over} o nodau’n ormod")


def say(entry: Field, problem: Problem) -> Text:
    """Return the authored text for a broken rule, or a whole sentence of our own.

    Where the rule has a day as its limit, or a text is too long, it says which day or by how much.
    """
    told_in_text = problem.rule in _PARTLY_OF and problem.rule not in entry.errors
    text, more = _say_rule(entry, problem), None if told_in_text else _say_more(problem)
    if more is None:
        return text
    return Text(_with_more(text.en, more.en), _with_more(text.cy, more.cy))


def _with_more(text: str, more: str) -> str:
    stop = "." if text.endswith(".") else ""
    return f"{text.removesuffix('.')} ({more}){stop}"


def _say_more(problem: Problem) -> Text | None:
    if problem.over:
        sentence = _ONE_OVER if problem.over == 1 else _OVER
        over = f"{problem.over:,}"
        return Text(sentence.en.replace("{over}", over), sentence.cy.replace("{over}", over))
    rule = _PARTLY_OF.get(problem.rule, problem.rule)
    if rule in _AT_MOST and problem.limit:
        sentence, day = _AT_MOST[rule], day_in_words(date.fromisoformat(problem.limit))
        return Text(sentence.en.replace("{day}", day.en), sentence.cy.replace("{day}", day.cy))
    return None


def _say_rule(entry: Field, problem: Problem) -> Text:
    instead = _STANDS_IN.get(problem.rule, _KIND_STANDS_IN.get((entry.kind, problem.rule), ""))
    for rule in (problem.rule, instead):
        if rule in entry.errors and not _is_own_limit(entry, problem):
            return entry.errors[rule]
    rule = "required" if problem.rule == "requiredWhen" else problem.rule
    kinds = (entry.kind, entry.subtype, entry.type)
    found = (_SENTENCES.get(f"{rule} {kind}") for kind in kinds if kind)
    sentence = next((each for each in found if each), None) or _SENTENCES[rule]
    label, limit = entry.text("label"), _limit_in_words(problem)
    return Text(
        sentence.en.replace("{limit}", limit.en).replace("{label}", label.en),
        sentence.cy.replace("{limit}", limit.cy).replace("{label}", label.cy),
    )


def _limit_in_words(problem: Problem) -> Text:
    """Return a limit as people write it: thousands apart, and the month of a day by its name."""
    if problem.rule in _PARTLY_OF:
        return day_in_words(date.fromisoformat(problem.limit))
    if problem.rule == "noSuchDay" and problem.limit:
        year, month, day = map(int, problem.limit.split("-"))
        named = MONTHS[month - 1]
        return Text(f"{day} {named.en} {year}", f"{day} {named.cy} {year}")
    limit = f"{int(problem.limit):,}" if problem.limit.isdecimal() else problem.limit
    return Text(limit, limit)


def _is_own_limit(entry: Field, problem: Problem) -> bool:
    """Say whether a limit that is ours, not the form's, was passed."""
    own = {"maxLength": entry.validate.max_length, "max": entry.validate.max}
    return problem.rule in own and problem.limit != _shown(own[problem.rule])


def _shown(limit: float | int | None) -> str:
    return "" if limit is None else str(limit)


def field_error(
    entry: Field, name: str, problem: Problem, within: tuple[tuple[Field, int], ...] = ()
) -> FieldError:
    """Return the error for one input.

    Takes:   name, of the whole input; within, the lists and row numbers in which it stands.
    Returns: one whose `field` is the id of the control to go to.
    """
    text = say(entry, problem)
    for rows, position in reversed(within):
        label = rows.text("itemLabel") if rows.text("itemLabel").en else rows.text("label")
        text = Text(f"{label.en} {position}: {text.en}", f"{label.cy} {position}: {text.cy}")
    control = f"{name}-{problem.part}" if problem.part else control_of(entry, name)
    catalogue = next(
        (e.catalogue for e in (entry, *(r for r, _ in reversed(within))) if e.catalogue), ""
    )
    return FieldError(control, text.en, text.cy, catalogue=catalogue)


def unasked_error(names: Collection[str]) -> FieldError:
    """Say that a page sent what its form does not ask for, naming the first few."""
    shown = ", ".join(name[:40] for name in sorted(names)[:3])
    return FieldError(
        "",
        f"The page sent something that this form does not ask for ({shown}). It was not kept. "
        "Look through your answers, then send them again.",
        f"Anfonodd y dudalen rywbeth nad yw’r ffurflen hon yn gofyn amdano ({shown}). "
        "Ni chafodd ei gadw. Edrychwch drwy eich atebion, yna anfonwch nhw eto.",
    )
