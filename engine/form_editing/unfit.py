"""Say in both languages what is wrong with what a designer typed about a part of a form.

It is said beside the input it is about. What is not found here is found by `parse_form`, whose
words are those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from engine import feel
from engine.form_editing.properties import WELSH, Answers, Property, json_or_text, most_signs
from engine.forms import patterns
from engine.forms.checking import RESERVED
from engine.texts import Text

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CLASS = re.compile(r"V-[A-Z]+|[a-z][a-z0-9_]{0,59}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_WHOLE = re.compile(r"[0-9]{1,6}")
_OF_FIELD = re.compile(r"F[0-9]{2}\.[0-9]{2}[a-z]?")
_OF_FORM = re.compile(r"F-[0-9]{2}")
_ROW = re.compile(r"[A-Z][A-Za-z0-9.-]{1,29}")

_NEEDED = {
    "label": Text("Write the label in English", "Ysgrifennwch y label yn Saesneg"),
    "title": Text("Write the title in English", "Ysgrifennwch y teitl yn Saesneg"),
    "text": Text("Write the text in English", "Ysgrifennwch y testun yn Saesneg"),
    "itemLabel": Text("Write what one row is called", "Ysgrifennwch beth yw enw un rhes"),
    "expression": Text(
        "Write the FEEL that works out the answer", "Ysgrifennwch y FEEL sy’n cyfrifo’r ateb"
    ),
    "subtype": Text("Say what is asked for", "Dywedwch beth a ofynnir"),
    "rule_check": Text("Write in FEEL what must hold", "Ysgrifennwch mewn FEEL beth sy’n rhaid"),
    "field": Text(
        "Say beside which question it is told", "Dywedwch wrth ba gwestiwn y dywedir hyn"
    ),
    "en": Text("Write what is said in English", "Ysgrifennwch beth a ddywedir yn Saesneg"),
    "cy": Text("Write what is said in Welsh", "Ysgrifennwch beth a ddywedir yn Gymraeg"),
    "form": Text("Name the form it leads to", "Enwch y ffurflen y mae’n arwain ati"),
    "per": Text(
        "Say what the form is kept for: case, occasion or a kind of item",
        "Dywedwch ar gyfer beth y cedwir y ffurflen: case, occasion neu fath o eitem",
    ),
    "catalogue": Text(
        "Give the form an id of the catalogue, such as F-90",
        "Rhowch gyfeirnod catalog i’r ffurflen, megis F-90",
    ),
}
_ONE_LANGUAGE = {
    False: Text("Write it in Welsh as well", "Ysgrifennwch hyn yn Gymraeg hefyd"),
    True: Text("Write it in English as well", "Ysgrifennwch hyn yn Saesneg hefyd"),
}
_KEY = Text(
    "Use small letters, digits and _ only, with a letter first",
    "Defnyddiwch lythrennau bach, digidau ac _ yn unig, gan ddechrau â llythyren",
)
_OPTIONS = Text("Write at least one answer", "Ysgrifennwch o leiaf un ateb")


def problems(
    answers: Answers,
    offered: Sequence[Property],
    taken: Collection[str] = (),
    fields: Collection[str] | None = None,
) -> dict[str, Text]:
    """Return what is wrong, by the name of the input.

    Takes:   taken, the keys that a question may not have; fields, the keys of the questions that
             a rule may name.
    """
    found: dict[str, Text] = {}
    for prop in offered:
        for name, problem in _of_property(prop, answers, taken):
            found.setdefault(name, problem)
    field = answers.get("field", "")
    if fields is not None and field and field not in fields:
        found["field"] = Text(
            f"There is no question with the key “{field}”",
            f"Nid oes cwestiwn â’r allwedd “{field}”",
        )
    return found


def _of_property(
    prop: Property, answers: Answers, taken: Collection[str]
) -> Iterator[tuple[str, Text]]:
    if prop.kind == "rows":
        rows = answers.get(prop.name, ())
        yield from _options(rows) if prop.name == "values" else _appointments(rows)
        return
    if prop.name not in answers or prop.kind == "tick":
        return
    typed, welsh = answers[prop.name].strip(), answers.get(prop.name + WELSH, "").strip()
    if not typed and prop.needed:
        yield prop.name, _NEEDED[prop.name]
    if prop.both and bool(typed) != bool(welsh):
        yield (prop.name if welsh else prop.name + WELSH), _ONE_LANGUAGE[bool(welsh)]
    for name, text in ((prop.name, typed), (prop.name + WELSH, welsh)):
        if text and (problem := _of_text(prop, text, taken)):
            yield name, problem


def _of_text(prop: Property, text: str, taken: Collection[str]) -> Text | None:
    most = most_signs(prop)
    if most is not None and len(text) > most:
        return Text(f"Use {most:,} characters or fewer", f"Defnyddiwch {most:,} o nodau neu lai")
    if prop.kind == "feel":
        return _of_feel(text)
    if prop.kind == "pattern" and (why := patterns.why_not(text)):
        return Text(
            f"This pattern {why}. Use a simpler one",
            f"Ni ellir defnyddio’r patrwm hwn ({why}). Defnyddiwch un symlach",
        )
    if prop.name == "key":
        return _of_key(text, taken)
    shape = _SHAPES.get(prop.name) or _SHAPES.get(prop.kind)
    if shape is not None and not all(shape[0].fullmatch(word) for word in _words(prop, text)):
        return shape[1]
    if prop.kind == "choice" and text not in prop.choices:
        return Text("Choose one of those offered", "Dewiswch un o’r rhai a gynigir")
    if prop.kind == "json" and text.startswith("="):
        return _of_feel(text)
    if prop.kind == "json" and text[:1] in "[{" and isinstance(json_or_text(text), str):
        return Text(
            "This begins like JSON and cannot be read. Check brackets, commas and quotes",
            "Mae hyn yn dechrau fel JSON ond ni ellir ei ddarllen. Gwiriwch y cromfachau, y "
            "comas a’r dyfynodau",
        )
    return None


def _words(prop: Property, text: str) -> list[str]:
    return text.split() if prop.kind == "words" else [text]


def _of_feel(text: str) -> Text | None:
    try:
        feel.compile_expression(
            text.removeprefix("="), where="", names=None, functions=feel.OWN_FUNCTIONS
        )
    except feel.FeelError as error:
        at = f"{error.line}:{error.column}"
        return Text(
            f"This FEEL cannot be read at {at}: {error.reason}. What to do: {error.remedy}",
            f"Ni ellir darllen y FEEL hwn ar {at}. Yn Saesneg: {error.reason}; {error.remedy}",
        )
    return None


def _of_key(key: str, taken: Collection[str]) -> Text | None:
    if not _NAME.fullmatch(key):
        return _KEY
    if key in RESERVED:
        return Text(
            f"“{key}” is a word of FEEL. Choose another key",
            f"Mae “{key}” yn un o eiriau FEEL. Dewiswch allwedd arall",
        )
    if key in taken:
        return Text(
            f"Another question of this form has the key “{key}”. Choose another",
            f"Mae gan gwestiwn arall yn y ffurflen hon yr allwedd “{key}”. Dewiswch un arall",
        )
    return None


def _options(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Text]]:
    if not rows:
        yield "values", _OPTIONS
    seen: set[str] = set()
    for number, row in enumerate(rows):
        value = row["value"]
        if not _VALUE.fullmatch(value):
            yield (
                f"values-{number}-value",
                Text(
                    "Give the answer a value of letters, digits, _ . or -, without spaces",
                    "Rhowch werth i’r ateb o lythrennau, digidau, _ . neu -, heb fylchau",
                ),
            )
        elif value in seen:
            yield (
                f"values-{number}-value",
                Text(
                    f"The value “{value}” is there twice. Change one of them",
                    f"Mae’r gwerth “{value}” yno ddwywaith. Newidiwch un ohonynt",
                ),
            )
        seen.add(value)
        for name, language in (("label", True), ("label_cy", False)):
            if not row[name].strip():
                yield f"values-{number}-{name}", _ONE_LANGUAGE[language]


def _appointments(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Text]]:
    for number, row in enumerate(rows):
        for name in ("role", "email"):
            if not _NAME.fullmatch(row.get(name, "")):
                yield f"appoints-{number}-{name}", _KEY
        if (when := row.get("when")) and (problem := _of_feel(when)):
            yield f"appoints-{number}-when", problem


_SHAPES = {
    "catalogue": (
        re.compile(f"{_OF_FIELD.pattern}|{_OF_FORM.pattern}"),
        Text(
            "Write an id of the catalogue, such as F02.86; of a whole form, such as F-02",
            "Ysgrifennwch gyfeirnod catalog, megis F02.86; ar gyfer ffurflen gyfan, megis F-02",
        ),
    ),
    "row": (
        _ROW,
        Text("Write the id of the rule, such as DR-17.1", "Ysgrifennwch id y rheol, megis DR-17.1"),
    ),
    "name": (_NAME, _KEY),
    "words": (
        _CLASS,
        Text(
            "Write classes such as V-PANEL or keys of roles, with spaces between",
            "Ysgrifennwch ddosbarthiadau megis V-PANEL neu allweddi rolau, â bylchau rhyngddynt",
        ),
    ),
    "whole": (
        _WHOLE,
        Text("Write a whole number, such as 200", "Ysgrifennwch rif cyfan, megis 200"),
    ),
    "number": (_NUMBER, Text("Write a number, such as 12", "Ysgrifennwch rif, megis 12")),
}
