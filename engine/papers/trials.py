"""Fill a layout or a letter with examples, so that it is seen before anybody relies on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine import forms, layouts, time_source, timescales
from engine.deployments import Definitions
from engine.forms import Field, Form
from engine.layouts import Layout
from engine.letters import Letter
from engine.papers import words
from engine.papers.building import Source, build
from engine.papers.letters import letter_blocks
from engine.papers.model import NO_TEXT, Block, Letterhead, Paper
from engine.texts import Text, day_in_words

TRIAL = Text("Trial with made-up answers", "Prawf gydag atebion gwneud")
_CASE = "XXX-2026-1"
_SOME_WORDS = Text("Words that somebody wrote.", "Geiriau a ysgrifennodd rhywun.")


def try_layout(
    definitions: Definitions, form_id: str, layout: Layout | None, head: Letterhead, now: datetime
) -> Paper:
    """Return a form filled with its examples, printed by a layout; of no case."""
    form = definitions.forms[form_id]
    made_up = _source(definitions, form, now)
    title = layout.title if layout is not None else None
    return _trial(
        title=layouts.filled(title, made_up.values) if title else form.texts["title"],
        catalogue=form.catalogue,
        head=head,
        now=now,
        landscape=layout is not None and layout.landscape,
        blocks=build(made_up, layout, lambda wanted: _appendix(definitions, wanted, now)),
    )


def try_letter(letter: Letter, name: str, head: Letterhead, now: datetime) -> Paper:
    """Return a letter with what it names filled in: first as it is, then each rung it knows."""
    values = {
        "case": words.typed(_CASE),
        "link": words.typed("https://example.test/tasks"),
        "timescale": _SOME_WORDS,
        "meeting": _SOME_WORDS,
    }
    said = {one: letter.say(one, values) for one in ("en", "cy")}
    rungs = [
        block
        for level, inner in letter.levels.items()
        for block in letter_blocks(
            Text(*(f"{level}: {inner.say(one, values)[0]}" for one in ("en", "cy"))),
            Text(*(inner.say(one, values)[1] for one in ("en", "cy"))),
        )
    ]
    return _trial(
        title=Text(said["en"][0], said["cy"][0]),
        catalogue=name,
        head=head,
        now=now,
        landscape=False,
        blocks=(*letter_blocks(None, Text(said["en"][1], said["cy"][1])), *rungs),
    )


def layout_of_sections(form: Form) -> str:
    """Return the TOML of a layout that prints a form as it is filled in, to begin with."""
    blocks = []
    for section in form.sections:
        label = section.texts.get("label", NO_TEXT)
        lines = ["[[layout.blocks]]"]
        if label.en and label.cy:
            lines += [f"heading_en = {_quoted(label.en)}", f"heading_cy = {_quoted(label.cy)}"]
        blocks.append("\n".join([*lines, f"section = {_quoted(section.id)}"]))
    return "\n\n".join([f"# {form.catalogue}\n[layout]", *blocks]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text.replace("{", "(").replace("}", ")"), ensure_ascii=False)


def _trial(
    *,
    title: Text,
    catalogue: str,
    head: Letterhead,
    now: datetime,
    landscape: bool,
    blocks: tuple[Block, ...],
) -> Paper:
    return Paper(
        key="trial",
        title=title,
        catalogue=catalogue,
        case_identifier=_CASE,
        about=None,
        version=0,
        newest=0,
        written_at=NO_TEXT,
        printed_on=day_in_words(time_source.local_day(now)),
        letterhead=head,
        marks=(TRIAL,),
        blocks=blocks,
        landscape=landscape,
    )


def _source(definitions: Definitions, form: Form, now: datetime) -> Source:
    places = [
        place
        for section in form.sections
        for entry in section.fields
        for place in (entry, *entry.columns)
    ]
    return Source(
        form=form,
        content=_answers(form, now),
        readable={place.id for place in places},
        titles={key: other.texts["title"] for key, other in definitions.forms.items()},
        values={"case": _CASE},
    )


def _appendix(
    definitions: Definitions, wanted: layouts.Appendix, now: datetime
) -> tuple[Block, ...]:
    return build(_source(definitions, definitions.forms[wanted.form], now), only=wanted.names)


def _answers(form: Form, now: datetime) -> dict[str, dict[str, Any]]:
    """Return the examples of a form, and something of its kind for what has none."""
    filled = forms.examples(
        form,
        [section.id for section in form.sections],
        existing={},
        given={},
        names={},
        functions=timescales.own_functions(now, lambda key: None),
    )
    return {
        section.id: dict(_with_stand_ins(section.fields, filled.get(section.id, {}), now))
        for section in form.sections
    }


def _with_stand_ins(
    entries: tuple[Field, ...], filled: Mapping[str, Any], now: datetime
) -> Iterator[tuple[str, Any]]:
    for entry in entries:
        if entry.has_value:
            yield entry.key, filled.get(entry.key) or _stand_in(entry, now)


def _stand_in(entry: Field, now: datetime) -> Any:
    if entry.is_rows:
        return [dict(_with_stand_ins(entry.columns, {}, now))]
    if entry.is_yes_no or entry.type == "checkbox":
        return True
    if entry.is_choice:
        return entry.options[0].value if entry.options else ""
    moments = {"month": f"{time_source.local_day(now):%Y-%m}", "time": "10:30"}
    kinds: dict[str, Any] = {
        "checklist": [option.value for option in entry.options[:1]],
        "number": 1,
        "datetime": moments.get(entry.subtype, time_source.local_day(now).isoformat()),
        "adolyguPerson": {"name": "A. N. Other", "designation": "", "agency": ""},
        "adolyguSignature": {"name": "A. N. Other", "at": now.isoformat()},
        "filepicker": {"name": "example.pdf"},
    }
    return kinds.get(entry.type, _SOME_WORDS.en)
