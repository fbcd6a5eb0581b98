"""A Board's own step with a form of its own and a reminder stands up to every check there is."""

from __future__ import annotations

import json

from engine import deployments, outlines
from tests.engine.outlines.conftest import ROOT, STEP

FORM = {
    "type": "default",
    "schemaVersion": 19,
    "id": "quality_check",
    "catalogue": "F-99",
    "per": "case",
    "visibility": ["V-PANEL"],
    "title": "Quality check",
    "i18n": {"cy": {"title": "Gwiriad ansawdd"}},
    "components": [
        {
            "type": "group",
            "id": "check",
            "label": "The check",
            "i18n": {"cy": {"label": "Y gwiriad"}},
            "components": [
                {
                    "type": "textarea",
                    "key": "quality_found",
                    "id": "check_quality_found",
                    "label": "What was found?",
                    "validate": {"required": True, "maxLength": 1000},
                    "errors": {"required": "Say what was found", "maxLength": "Use fewer words"},
                    "example": "Nothing.",
                    "i18n": {
                        "cy": {
                            "label": "Beth a gafwyd?",
                            "errors": {
                                "required": "Dywedwch beth a gafwyd",
                                "maxLength": "Defnyddiwch lai o eiriau",
                            },
                        }
                    },
                }
            ],
        }
    ],
}
TIMER = {
    "name": "Quality check is due",
    "nameCy": "Mae’r gwiriad ansawdd yn ddyledus",
    "documentation": "Whoever checks is reminded. Source: local.",
    "documentationCy": "Atgoffir y sawl sy’n gwirio. Ffynhonnell: lleol.",
    "timescale": "TS-13",
    "moment": 'add days(due("TS-13"), -14)',
}
NOTICE = {
    "name": "Remind of the quality check",
    "nameCy": "Atgoffa am y gwiriad ansawdd",
    "documentation": "The chair of the Panel is reminded. Source: local.",
    "documentationCy": "Atgoffir cadeirydd y Panel. Ffynhonnell: lleol.",
    "requirement": "LOCAL-01",
    "notice": "reviewer_commissioned",
    "to": "panel_chair",
}
END = {"name": "Reminded of the check", "nameCy": "Atgoffwyd am y gwiriad"}


def test_a_quality_check_between_two_steps_with_a_reminder_is_found_to_be_right() -> None:
    files = deployments.read_folders(ROOT)
    path = "processes/concise_review.bpmn"
    values = STEP | {"form": "quality_check", "role": "panel_chair"}
    flow = "collate_material_to_take_to_board"
    step = outlines.add_step(files[path], path, flow, "userTask", values, {})
    with_timer = outlines.add_reminder(step.source, path, step.step, TIMER, NOTICE, END)
    layer = {path: with_timer.source, "forms/quality_check.json": json.dumps(FORM).encode()}
    found = deployments.check(deployments.lay(files, layer, "cwmafon"))
    assert [str(one) for one in found if one.severity == "error" or one.path in layer] == []
