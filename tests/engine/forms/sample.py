"""A form with one field of every type, small enough to read."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

from engine import forms

TODAY = date(2026, 5, 28)

FUNCTIONS: dict[str, Any] = {"today": lambda: TODAY}


def field(type_: str, key: str, **more: Any) -> dict[str, Any]:
    """Return a component in both languages."""
    label = more.pop("label", key.replace("_", " ").capitalize())
    welsh: dict[str, Any] = {"label": f"{label} (cy)"}
    for name in ("description", "itemLabel"):
        if name in more:
            welsh[name] = f"{more[name]} (cy)"
    if "errors" in more:
        welsh["errors"] = {rule: f"{text} (cy)" for rule, text in more["errors"].items()}
    named = {"path": key} if type_ == "dynamiclist" else {"key": key}
    return {
        "type": type_,
        "id": more.pop("id", f"i_{key}"),
        **named,
        "label": label,
        "i18n": {"cy": welsh},
        **more,
    }


def options(*values: str) -> list[dict[str, Any]]:
    """Return options whose labels are their values, said in both languages."""
    return [
        {
            "value": value,
            "label": value.replace("_", " ").capitalize(),
            "i18n": {"cy": {"label": f"{value} (cy)"}},
        }
        for value in values
    ]


REQUIRED = {"required": True}


def components() -> list[dict[str, Any]]:
    """Return the sections of the sample."""
    parents = field(
        "dynamiclist",
        "parents",
        catalogue="F45.01",
        itemLabel="Parent or carer",
        items={"list": "family", "kind": "family_member", "label": "parent_name"},
        validate={"required": True, "min": 1, "max": 3},
        errors={"required": "Add everyone whose consent is sought."},
        components=[
            field("textfield", "parent_name", short=["name"], validate=REQUIRED,
                  example='="Parent " + string(row)'),
            field("radio", "consent", catalogue="F45.02",
                  values=options("yes", "no", "not_reached"), validate=REQUIRED,
                  errors={"required": "Choose whether they consent."}, example="yes"),
            field("datetime", "given_on", subtype="date", catalogue="F45.03",
                  conditional={"hide": '=consent != "yes"'},
                  validate={"required": True, "notAfter": "today()"}),
            field("dynamiclist", "calls", components=[
                field("textfield", "who_called", validate=REQUIRED),
                field("checkbox", "answered"),
            ]),
        ],
    )  # fmt: skip
    agencies = field(
        "dynamiclist", "agencies",
        items={"list": "agencies", "kind": "agency", "key": "agency", "label": "agency"},
        components=[
            field("select", "agency", values=options("police", "education"), validate=REQUIRED),
            field("adolyguPerson", "author", contact=True),
        ],
    )  # fmt: skip
    return [
        {
            "type": "group", "id": "family", "label": "Family",
            "i18n": {"cy": {"label": "Teulu"}}, "components": [
                parents,
                field("radio", "child_appropriate", kind="yesno", catalogue="F45.04",
                      values=options("yes", "no"), validate=REQUIRED, example=True),
                field("textarea", "why_not", catalogue="F45.04",
                      conditional={"hide": "=child_appropriate != false"},
                      validate={"required": True, "maxLength": 20},
                      errors={"required": "Say why.", "maxLength": "Say it in 20 characters."}),
                field("checklist", "explained", catalogue="F45.06",
                      values=options("purpose", "who_attends", "what_is_shared"),
                      validate={"required": True, "min": 2}),
                field("datetime", "withdrawn_on", subtype="date", catalogue="F45.07",
                      validate={"notAfter": "today()"}),
                agencies,
            ],
        },
        {
            "type": "group", "id": "rest", "label": "Rest", "i18n": {"cy": {"label": "Gweddill"}},
            "components": [
                field("textfield", "telephone", validate={"pattern": "[0-9 ]{5,15}",
                      "requiredWhen": "withdrawn_on != null"}),
                field("number", "cost", decimalDigits=2, validate={"min": 0, "max": 100000}),
                field("datetime", "done_by", subtype="month"),
                field("datetime", "starts_at", subtype="time"),
                field("select", "outcome", values=options("accepted", "not_suitable")),
                field("checkbox", "checked"),
                field("filepicker", "minutes", accept=".pdf,.docx"),
                field("adolyguPerson", "lead"),
                field("expression", "double_cost",
                      expression="=if cost = null then 0 else cost * 2"),
                field("adolyguSignature", "signed"),
                field("adolyguLink", "consent_record", form="consent"),
                {"type": "text", "id": "note", "text": "Read this.",
                 "i18n": {"cy": {"text": "Darllenwch hwn."}}},
            ],
        },
    ]  # fmt: skip


def sample(**changes: Any) -> dict[str, Any]:
    """Return the form as JSON data."""
    return copy.deepcopy({
        "type": "default", "schemaVersion": 19, "id": "sample", "catalogue": "F-45",
        "per": "case", "visibility": ["V-STEER"], "title": "Consent record",
        "i18n": {"cy": {"title": "Cofnod cydsyniad"}}, "components": components(),
        "gates": [{"roles": ["steering_group"], "when": 'consent_outcome = "go on"'}],
        "rules": [{"check": "withdrawn_on = null or cost = null", "field": "cost", "kind": "error",
                   "row": "DR-16.1", "en": "Nothing is paid once withdrawn.", "cy": "Dim tâl."}],
    } | changes)  # fmt: skip


def read(data: dict[str, Any] | None = None) -> forms.Form:
    """Return the sample, or changed data, as a form."""
    return forms.parse_form(json.dumps(data or sample(), indent=1).encode(), "forms/sample.json")


BOTH = ("family", "rest")


def clean(form: forms.Form, posted: dict[str, Any], **more: Any) -> forms.Cleaned:
    """Clean both sections with the sample's functions."""
    given = {name: [text] if isinstance(text, str) else text for name, text in posted.items()}
    around = forms.Around(**more.pop("around", {}))
    return forms.clean(
        form, more.pop("sections", BOTH), given, more.pop("uploads", {}),
        names=more.pop("names", {}), functions=FUNCTIONS, around=around,
    )  # fmt: skip


def clean_values(form: forms.Form, values: dict[str, Any], **more: Any) -> forms.Cleaned:
    """Clean JSON values of both sections with the sample's functions."""
    around = forms.Around(**more.pop("around", {}))
    return forms.clean_values(
        form, more.pop("sections", BOTH), values, names={}, functions=FUNCTIONS, around=around
    )


def minimal() -> dict[str, Any]:
    """Return the least that may be posted."""
    return {
        "parents-0-parent_name": "Ann", "parents-0-consent": "no", "child_appropriate": "yes",
        "explained": ["purpose", "who_attends"],
    }  # fmt: skip


def errors(cleaned: forms.Cleaned) -> dict[str, str]:
    """Return the English texts by control."""
    return {error.field: error.en for error in cleaned.errors}


def d(text: str) -> Decimal:
    """Return a FEEL number."""
    return Decimal(text)
