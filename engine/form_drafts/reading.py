"""Read the file of a form, and say in both languages why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine import deployments, form_editing, forms
from engine.errors import EngineError, InvalidDefinition, NotFound
from engine.texts import Text

#: Under this name stands what is wrong with a form as a whole.
WHOLE = "form-part"

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class FormUnfit(EngineError):
    """The form was not kept. Put right first what is said beside its questions."""

    status = 422

    def __init__(self, problems: Mapping[str, Text]) -> None:
        """Take what is wrong, by the name of the input beside which it is said."""
        self.problems = dict(problems)
        super().__init__()


def path_of(form_id: str) -> str:
    """Return the path of a form.

    Raises:  NotFound, for what is no name of one.
    """
    if not NAME.fullmatch(form_id):
        raise NotFound
    return f"forms/{form_id}.json"


def read(source: bytes, path: str) -> tuple[Mapping[str, Any], str, forms.Form | None]:
    """Return the JSON of a form, what keeps it from being read, and what it is.

    Of what has not even the shape of a form, no part can be shown.
    """
    try:
        form = forms.parse_form(source, path)
    except InvalidDefinition as invalid:
        try:
            return sound(source, path), said(invalid).en, None
        except FormUnfit:
            return {}, said(invalid).en, None
    return form_editing.read(source, path).data, "", form


def sound(source: bytes, path: str) -> dict[str, Any]:
    """Return the JSON of a form that has its shape, though it may not stand in other ways.

    Raises:  FormUnfit.
    """
    try:
        forms.check_shape(source, path)
    except InvalidDefinition as invalid:
        raise FormUnfit({WHOLE: said(invalid)}) from None
    return form_editing.read(source, path).data


def said(invalid: InvalidDefinition) -> Text:
    """Return why a file is no form: the words of the parser, which are English."""
    found = deployments.as_finding(invalid)
    words = f"{found.message} {found.remedy}"
    return Text(words, f"Ni ellir cadw’r ffurflen fel y mae. Yn Saesneg: {words}")
