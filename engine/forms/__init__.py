"""Forms: read their definitions, check what was entered, name inputs, fill in examples."""

from engine.forms.answers import UploadRef
from engine.forms.asking import Around, Past
from engine.forms.catalogue import (
    InputNotKnown,
    InputNotTyped,
    InputPath,
    TooManyValues,
    find_inputs,
    read_by_catalogue,
    set_by_catalogue,
)
from engine.forms.clean import (
    CheckedRow,
    Cleaned,
    check_rows,
    clean,
    clean_values,
    standing_values,
)
from engine.forms.definition import (
    Field,
    Form,
    Gate,
    Items,
    Message,
    Option,
    Rule,
    Section,
    Validate,
    expressions,
    known_names,
)
from engine.forms.examples import BY_ROW, EVERY, EXAMPLE_FILE, examples
from engine.forms.inputs import (
    control_of,
    input_name,
    of_sections,
    parts,
    row_prefix,
    to_posted,
    unknown_inputs,
    with_standing,
)
from engine.forms.parsing import MAX_ROWS_IN_ROWS, check_shape, parse_form
from engine.forms.rowkeys import known_rows
from engine.forms.sources import most_rows
from engine.forms.values import ROW_KEY, feel_values, to_feel, to_plain
from engine.forms.wording import unasked_error

__all__ = [
    "BY_ROW",
    "EVERY",
    "EXAMPLE_FILE",
    "MAX_ROWS_IN_ROWS",
    "ROW_KEY",
    "Around",
    "CheckedRow",
    "Cleaned",
    "Field",
    "Form",
    "Gate",
    "InputNotKnown",
    "InputNotTyped",
    "InputPath",
    "Items",
    "Message",
    "Option",
    "Past",
    "Rule",
    "Section",
    "TooManyValues",
    "UploadRef",
    "Validate",
    "check_rows",
    "check_shape",
    "clean",
    "clean_values",
    "control_of",
    "examples",
    "expressions",
    "feel_values",
    "find_inputs",
    "input_name",
    "known_names",
    "known_rows",
    "most_rows",
    "of_sections",
    "parse_form",
    "parts",
    "read_by_catalogue",
    "row_prefix",
    "set_by_catalogue",
    "standing_values",
    "to_feel",
    "to_plain",
    "to_posted",
    "unasked_error",
    "unknown_inputs",
    "with_standing",
]
