"""Say what a form is: its sections, fields, options and rules, each text in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine import feel
from engine.texts import Text

#: Fields that a person does not type: the system works them out or shows them.
WITHOUT_INPUT = frozenset({"expression", "text", "adolyguLink"})

NO_TEXT = Text("", "")


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen."""

    value: str
    text: Text

    def label(self, language: str) -> str:
        """Return the words beside the button."""
        return self.text.say(language)


@dataclass(frozen=True)
class Validate:
    """What an answer must be."""

    required: bool = False
    required_when: feel.Expression | None = None
    min_length: int | None = None
    max_length: int | None = None
    min: float | int | None = None
    max: float | int | None = None
    pattern: str | None = None
    not_after: feel.Expression | None = None
    not_before: feel.Expression | None = None


@dataclass(frozen=True)
class Appoints:
    """Whom a row, or a form, appoints: the role, and the key of the email.

    `when` is asked over the facts; `replaces` is the key of the answer that names who leaves.
    """

    role: str
    email: str
    replaces: str = ""
    when: feel.Expression | None = None


@dataclass(frozen=True)
class Items:
    """The item list that rows fill: its name, the kind of item, the columns of label and key."""

    list: str
    kind: str
    label: str = ""
    key: str = ""
    appoints: tuple[Appoints, ...] = ()


@dataclass(frozen=True)
class Gate:
    """Who may read the form, or one field of it, only once something holds."""

    roles: tuple[str, ...]
    when: feel.Expression


@dataclass(frozen=True)
class Example:
    """What to fill in where nobody says otherwise: a JSON value, or FEEL that gives one."""

    value: Any = None
    expression: feel.Expression | None = None


@dataclass(frozen=True, eq=False)
class Field:
    """One question of a form, or rows of questions (`columns`), or a text without an answer.

    `headings` are words by which a column of somebody else’s spreadsheet is told.
    `hidden` is for what rules and tables read and no page shows. `about` is the kind of item of
    which the rows tell, one row each. `designated` is for a person whose role has to be given.
    """

    id: str
    key: str
    type: str
    line: int
    subtype: str = ""
    kind: str = ""
    catalogue: str = ""
    short: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    texts: Mapping[str, Text] = field(default_factory=dict)
    errors: Mapping[str, Text] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    columns: tuple[Field, ...] = ()
    validate: Validate = Validate()
    items: Items | None = None
    example: Example | None = None
    hide: feel.Expression | None = None
    expression: feel.Expression | None = None
    default: feel.Expression | None = None
    readonly: bool = False
    fixed_rows: bool = False
    about: str = ""
    hidden: bool = False
    contact: bool = False
    designated: bool = False
    signers: tuple[str, ...] = ()
    decimal_digits: int | None = None
    accept: tuple[str, ...] = ()
    form: str = ""
    visibility: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    appoints: tuple[Appoints, ...] = ()

    def label(self, language: str) -> str:
        """Return the question."""
        return self.text("label").say(language)

    def hint(self, language: str) -> str:
        """Return the help under the question, or nothing."""
        return self.text("description").say(language)

    def item_label(self, language: str) -> str:
        """Return what one row is called, or nothing."""
        return self.text("itemLabel").say(language)

    def shown_text(self, language: str) -> str:
        """Return the fixed text of a `text` component."""
        return self.text("text").say(language)

    def text(self, name: str) -> Text:
        """Return one of the field's texts in both languages; empty where there is none."""
        return self.texts.get(name, NO_TEXT)

    def error(self, rule: str, language: str) -> str:
        """Return the authored text for a broken rule, or nothing."""
        return self.errors.get(rule, NO_TEXT).say(language)

    def option(self, value: object) -> Option | None:
        """Return the option with a value."""
        return next((option for option in self.options if option.value == value), None)

    def column(self, key: str) -> Field | None:
        """Return a column of the rows."""
        return next((column for column in self.columns if column.key == key), None)

    @property
    def is_rows(self) -> bool:
        """Say whether the answer is a list of rows."""
        return self.type == "dynamiclist"

    @property
    def is_yes_no(self) -> bool:
        """Say whether the answer is true or false chosen as yes or no."""
        return self.kind == "yesno"

    @property
    def is_money(self) -> bool:
        """Say whether the answer is an amount in pounds."""
        return self.kind == "money"

    @property
    def is_choice(self) -> bool:
        """Say whether the answer is one of the options, by its value."""
        return self.type in ("select", "radio") and not self.is_yes_no

    @property
    def has_input(self) -> bool:
        """Say whether a person types something here."""
        return self.type not in WITHOUT_INPUT and not self.readonly

    @property
    def has_value(self) -> bool:
        """Say whether a document keeps something for it."""
        return self.type != "text"


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a form that one task writes as a whole."""

    id: str
    line: int
    texts: Mapping[str, Text]
    fields: tuple[Field, ...]
    hide: feel.Expression | None = None
    visibility: tuple[str, ...] = ()
    #: the page of its own on which people write it, where no task does and nobody amends it
    kept_on: str = ""

    def label(self, language: str) -> str:
        """Return the heading."""
        return self.texts.get("label", NO_TEXT).say(language)

    def hint(self, language: str) -> str:
        """Return what stands under the heading, or nothing."""
        return self.texts.get("description", NO_TEXT).say(language)


@dataclass(frozen=True)
class Message:
    """What to say, and at which field, when a rule does not hold."""

    field: str
    text: Text
    kind: str


@dataclass(frozen=True, eq=False)
class Rule:
    """Something that must hold between fields: FEEL, or a decision table that returns failures."""

    line: int
    row: str = ""
    check: feel.Expression | None = None
    decision: str = ""
    message: Message | None = None
    messages: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Form:
    """The schema of a document."""

    id: str
    path: str
    catalogue: str
    per: str
    visibility: tuple[str, ...]
    texts: Mapping[str, Text]
    sections: tuple[Section, ...]
    gates: tuple[Gate, ...] = ()
    rules: tuple[Rule, ...] = ()

    def title(self, language: str) -> str:
        """Return what the document is called."""
        return self.texts.get("title", NO_TEXT).say(language)

    def hint(self, language: str) -> str:
        """Return what stands under the title, or nothing."""
        return self.texts.get("description", NO_TEXT).say(language)

    def section(self, section_id: str) -> Section:
        """Return a section by its id; an unknown one is a mistake of the caller."""
        return self._sections[section_id]

    def field(self, key: str) -> Field:
        """Return a field by its key, or a column by `rows.column`."""
        top, _, rest = key.partition(".")
        found = self._fields[top][1]
        for part in rest.split(".") if rest else ():
            column = found.column(part)
            if column is None:
                raise KeyError(key)
            found = column
        return found

    def has_field(self, key: str) -> bool:
        """Say whether there is a field with this key, or a column `rows.column`."""
        try:
            self.field(key)
        except KeyError:
            return False
        return True

    def section_of(self, key: str) -> Section:
        """Return the section in which a field stands."""
        return self._fields[key.partition(".")[0]][0]

    @property
    def fields(self) -> Iterator[Field]:
        """Go through all fields in order, without the columns of rows."""
        for section in self.sections:
            yield from section.fields

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.id: section for section in self.sections}

    @cached_property
    def _fields(self) -> dict[str, tuple[Section, Field]]:
        return {
            entry.key: (section, entry)
            for section in self.sections
            for entry in section.fields
            if entry.key
        }


def known_names(form: Form) -> frozenset[str]:
    """Return the keys that FEEL may read of this form."""
    return frozenset(entry.key for entry in form.fields if entry.key)


def expressions(form: Form) -> Iterator[tuple[int, str, feel.Expression]]:
    """Go through everything written in FEEL: its line, the id of its element, and itself."""
    for section in form.sections:
        if section.hide is not None:
            yield section.line, section.id, section.hide
        for entry in section.fields:
            yield from _expressions_of(entry)
    for rule in form.rules:
        if rule.check is not None:
            yield rule.line, rule.row or form.id, rule.check
    for gate in form.gates:
        yield 1, form.id, gate.when


def _expressions_of(entry: Field) -> Iterator[tuple[int, str, feel.Expression]]:
    rules = entry.validate
    found = (
        entry.hide,
        entry.expression,
        entry.default,
        entry.example.expression if entry.example else None,
        rules.required_when,
        rules.not_after,
        rules.not_before,
    )
    for expression in found:
        if expression is not None:
            yield entry.line, entry.id, expression
    for gate in entry.gates:
        yield entry.line, entry.id, gate.when
    for column in entry.columns:
        yield from _expressions_of(column)
