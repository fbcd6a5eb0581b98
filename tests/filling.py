"""What people type on the page of a task, by name of the input: the examples of its forms.

The engine is asked what stands around the answers, as the scenario player asks it, so that rows
about the items of a case are filled, too.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from engine import db, forms, store, task_pages
from engine.models import UserTask


def example_answers(
    task_id: uuid.UUID,
    actor: str,
    given: Mapping[str, Any] | None = None,
    named: Mapping[str, Any] | None = None,
) -> dict[str, list[str]]:
    """Return what a browser would send with every required question of a task answered.

    Takes:   actor, the id of the account that types; given, JSON values by key, as `forms.examples`
             takes them; named, values by catalogue id or key, as scenarios give them.
    """
    posted: dict[str, list[str]] = {}
    with db.reading() as session:
        task = session.get_one(UserTask, task_id)
        file = store.read_case(session, task.case_id, actor)
        for part in task_pages.form_parts(file, task, {}):
            here = {
                name: value
                for name, value in (named or {}).items()
                if forms.find_inputs(part.form, name, part.sections)
            }
            values = forms.examples(
                part.form,
                part.sections,
                existing=part.content,
                given={
                    **(given or {}),
                    **forms.set_by_catalogue(part.form, part.sections, here),
                },
                names=file.names(task.item_key),
                functions=file.functions(task.item_key),
                around=task_pages.around(file, part.form, part.content, task.item_key),
            )
            posted |= forms.to_posted(part.form, part.sections, values)
    return posted
