"""What pages that change forms call the types and properties of a question."""

from __future__ import annotations

from web.texts import gettext


def type_name(kind: str) -> str:
    """Return what a type of question is called."""
    return {
        "group": gettext("Section"),
        "rule": gettext("Rule"),
        "textfield": gettext("Short text"),
        "textarea": gettext("Long text"),
        "radio": gettext("One answer of a few"),
        "select": gettext("One answer of many"),
        "checklist": gettext("Several answers"),
        "checkbox": gettext("A box to tick"),
        "datetime": gettext("Date or time"),
        "number": gettext("Number"),
        "adolyguPerson": gettext("A person"),
        "filepicker": gettext("A file"),
        "dynamiclist": gettext("Rows"),
        "text": gettext("A text that asks nothing"),
        "expression": gettext("Worked out"),
        "adolyguLink": gettext("A document of the case"),
        "adolyguSignature": gettext("A signature"),
    }.get(kind, kind)


def type_hint(kind: str) -> str:
    """Return what a type is for, where its name does not say it."""
    return {
        "radio": gettext("Shown one below the other; an answer may reveal another question."),
        "select": gettext("A list that opens, for more than seven answers."),
        "datetime": gettext("A day, a month, a time, or as much of a date as is known."),
        "dynamiclist": gettext("The same questions several times over, such as one row an agency."),
        "expression": gettext("FEEL over the other answers and the facts of the case."),
    }.get(kind, "")


def choice_name(choice: str) -> str:
    """Return what a value of a closed list is called."""
    return {
        "": gettext("Ordinary"),
        "date": gettext("A day"),
        "month": gettext("A month"),
        "time": gettext("A time of day"),
        "span": gettext("As much of a date as is known"),
        "yesno": gettext("Yes or no"),
        "clock": gettext("A clock of the case"),
        "money": gettext("An amount in pounds"),
        "bilingual": gettext("In both languages"),
        "web": gettext("A web address"),
        "email": gettext("An email address"),
        "phone": gettext("A telephone number"),
        "table": gettext("Read as a table"),
        "error": gettext("Must be put right"),
        "warning": gettext("Only a warning"),
    }.get(choice, choice)


#: How an error text is told from the limit that it is about.
ERROR = "error_"


def property_name(name: str) -> str:
    """Return what a page calls a property."""
    if name.startswith(ERROR):
        return gettext(
            "What is said then: %(rule)s", rule=property_name(name.removeprefix(ERROR)).lower()
        )
    return {
        "title": gettext("Title"),
        "label": gettext("Label"),
        "description": gettext("Hint"),
        "itemLabel": gettext("What one row is called"),
        "text": gettext("Text"),
        "values": gettext("Answers that can be chosen"),
        "check": gettext("A translator must still see this Welsh"),
        "key": gettext("Key"),
        "catalogue": gettext("Catalogue id"),
        "per": gettext("One document for each"),
        "visibility": gettext("Who may read it"),
        "hide": gettext("Hidden when"),
        "required": gettext("It must be answered"),
        "requiredWhen": gettext("It must be answered when"),
        "minLength": gettext("Fewest characters"),
        "maxLength": gettext("Most characters"),
        "min": gettext("Least"),
        "max": gettext("Most"),
        "pattern": gettext("Pattern"),
        "notBefore": gettext("Not before"),
        "notAfter": gettext("Not after"),
        "type": gettext("It cannot be read"),
        "subtype": gettext("What is asked for"),
        "kind": gettext("Kind of answer"),
        "decimalDigits": gettext("Digits after the point"),
        "expression": gettext("How it is worked out"),
        "hidden": gettext("Only rules and tables read it"),
        "contact": gettext("Ask for contact details too"),
        "designated": gettext("The role of the person must be given"),
        "accept": gettext("Kinds of file"),
        "form": gettext("Form it leads to"),
        "signers": gettext("Roles that sign"),
        "example": gettext("Example"),
        "default": gettext("Filled in beforehand"),
        "readonly": gettext("It can only be read"),
        "items_list": gettext("Each row is an item of the list"),
        "items_kind": gettext("Kind of item"),
        "items_label": gettext("Column that names the item"),
        "items_key": gettext("Column that gives the key of the item"),
        "about": gettext("One row for each"),
        "appoints": gettext("Whom it appoints"),
        "rule_check": gettext("What must hold"),
        "field": gettext("Question beside which it is said"),
        "rule_kind": gettext("How strict it is"),
        "row": gettext("Id of the rule"),
        "en": gettext("What is said in English"),
        "cy": gettext("What is said in Welsh"),
    }.get(name, name)


def property_hint(name: str) -> str:
    """Return what helps with a property."""
    if name.startswith(ERROR):
        return ""
    return {
        "key": gettext(
            "How FEEL, facts and diagrams name the answer: small letters, digits and _. Left "
            "empty, it is made of the label. Changing it later breaks what names it."
        ),
        "catalogue": gettext(
            "Where the requirements list it. A question of your own needs none; a form has one of "
            "its own, such as F-90."
        ),
        "per": gettext("case, occasion (a new one each time), or a kind of item, such as agency."),
        "visibility": gettext(
            "Classes such as V-PANEL or keys of roles, with spaces between. Left empty, whoever "
            "may read what it stands in."
        ),
        "hide": gettext("FEEL: a condition over answers above it and facts of the case."),
        "requiredWhen": gettext("FEEL: a condition over the answers."),
        "pattern": gettext("A simple pattern for the whole answer, such as [A-Z]{3}-[0-9]{4}."),
        "notBefore": gettext("FEEL that gives a day, such as today() or the key of a date."),
        "notAfter": gettext("FEEL that gives a day, such as today() or the key of a date."),
        "expression": gettext("FEEL over the other answers and the facts of the case."),
        "accept": gettext("Endings with commas between, such as .pdf,.docx."),
        "form": gettext("The name of a form, such as consent."),
        "signers": gettext(
            "Keys of roles, with spaces between. Left empty, whoever does the task."
        ),
        "example": gettext(
            "What the preview and trials fill in: a text, a JSON value, or = and FEEL."
        ),
        "default": gettext("FEEL that gives the answer people begin from."),
        "items_list": gettext(
            "The name of an item list, such as agencies; for rows that keep one."
        ),
        "about": gettext("A kind of item or a fact that is a list; then nobody adds a row."),
        "rule_check": gettext("FEEL over answers and facts. What it gives false for is refused."),
        "field": gettext("The key of a question of this form."),
        "row": gettext("Such as DR-17.1, where the requirements number it."),
    }.get(name, "")


#: The parts of a page that changes a question, and which properties stand in each.
_WORDING = ("title", "label", "description", "itemLabel", "text", "values", "check", "en", "cy")
_FURTHER = (
    "catalogue", "per", "visibility", "example", "default", "readonly", "items_list", "items_kind",
    "items_label", "items_key", "about", "appoints", "row",
)  # fmt: skip


def group_of(name: str) -> str:
    """Return the part of a page in which a property stands: wording, answer, when or further."""
    if name in _WORDING:
        return "wording"
    if name == "hide":
        return "when"
    return "further" if name in _FURTHER else "answer"
