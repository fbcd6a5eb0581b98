"""Whatever is valid comes back as it was; whatever is posted is an answer, never a crash."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import forms
from engine.errors import FieldError
from engine.forms.answers import is_clean, length
from tests.engine.forms import sample as s

FORM = s.read(s.sample(rules=[]))
QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def _line(limit: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    text = st.text(min_size=1, max_size=limit // 2)
    return text.map(str.strip).filter(
        lambda typed: bool(typed) and is_clean(typed, lines=lines) and length(typed) <= limit
    )


def _value(entry: forms.Field) -> st.SearchStrategy[Any]:
    """Return valid answers to one question."""
    if entry.is_rows:
        return _rows(entry)
    if entry.key == "telephone":
        return st.text("0123456789 ", min_size=7, max_size=15).filter(
            lambda typed: len(typed.strip()) >= 5
        ).map(str.strip)  # fmt: skip
    simple = {
        "textfield": _line(200),
        "textarea": _line(20, lines=True),
        "number": st.one_of(
            st.integers(0, 100_000), st.integers(1, 9_999_999).map(lambda pence: pence / 100)
        ).map(lambda number: int(number) if number == int(number) else number),
        "checkbox": st.booleans(),
        "filepicker": st.just({"upload": "u1", "name": "a.pdf", "size": 3}),
        "adolyguPerson": st.fixed_dictionaries(
            {"name": _line(50), "designation": st.one_of(st.just(""), _line(50))}
            | ({"contact": st.one_of(st.just(""), _line(50))} if entry.contact else {})
        ),
    }
    if entry.type in simple:
        return simple[entry.type]
    if entry.type == "datetime":
        return _moment(entry.subtype)
    if entry.is_yes_no:
        return st.booleans()
    values = [option.value for option in entry.options]
    if entry.type == "checklist":
        return st.lists(st.sampled_from(values), min_size=2, unique=True).map(
            lambda chosen: [value for value in values if value in chosen]
        )
    return st.sampled_from(values)


def _moment(subtype: str) -> st.SearchStrategy[str]:
    if subtype == "time":
        return st.builds(time, st.integers(0, 23), st.integers(0, 59)).map(
            lambda moment: moment.isoformat("minutes")
        )
    days = st.dates(date(1900, 1, 1), s.TODAY).map(date.isoformat)
    return days.map(lambda day: day[:7]) if subtype == "month" else days


def _rows(entry: forms.Field) -> st.SearchStrategy[Any]:
    required = {c.key for c in entry.columns if c.validate.required}
    row = st.fixed_dictionaries(
        {c.key: _value(c) for c in entry.columns if c.key in required},
        optional={c.key: _value(c) for c in entry.columns if c.key not in required},
    )
    unique = (lambda row: row["agency"]) if entry.key == "agencies" else None
    size = 2 if entry.key == "agencies" else 3
    return st.lists(row, min_size=1, max_size=size, unique_by=unique)


VALUES = st.fixed_dictionaries(
    {"parents": _value(FORM.field("parents")), "child_appropriate": st.booleans(),
     "why_not": _value(FORM.field("why_not")), "explained": _value(FORM.field("explained")),
     "telephone": _value(FORM.field("telephone"))},
    optional={
        key: _value(FORM.field(key))
        for key in ("withdrawn_on", "agencies", "cost", "done_by", "starts_at", "outcome",
                    "checked", "minutes", "lead")
    },
)  # fmt: skip


@QUICK
@given(VALUES)
def test_valid_values_are_shown_and_sent_back_unchanged(values: dict[str, Any]) -> None:
    first = s.clean_values(FORM, values)
    assert first.errors == []
    around: dict[str, Any] = {"existing": first.values}
    posted = forms.to_posted(FORM, s.BOTH, first.values)
    again = s.clean(FORM, posted, around=around)
    assert again.errors == []
    assert again.values == first.values
    flat = {key: value for part in first.values.values() for key, value in part.items()}
    assert s.clean_values(FORM, flat, around=around).values == first.values


NAMES = sorted(
    {
        *forms.to_posted(FORM, s.BOTH, forms.examples(
            FORM, s.BOTH, existing={}, given={}, names={}, functions=s.FUNCTIONS)),
        *(entry.key for entry in FORM.fields if entry.key),
        *(f"{key}-{part}" for key in ("withdrawn_on", "done_by")
          for part in ("day", "month", "year")),
        *(f"lead-{part}" for part in ("name", "designation", "contact")),
        *(f"parents-{index}-{key}" for index in ("0", "1", "9", "007", "-1", "a")
          for key in ("_key", "_remove", "parent_name", "consent", "calls-0-who_called")),
        "minutes-kept", "agencies-0-agency", "agencies-0-author-name", "parents", "-", "--", "0",
    }
)  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["yes", "no", "true", "police", "purpose", "1", "31", "2", "2026", "1,000",
                     "\0", "\ud800", "=1+1", "<script>", "' or 1=1 --", "NaN", "9" * 400]),
)  # fmt: skip


@QUICK
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(NAMES), st.text(max_size=20)),
        st.lists(TYPED, max_size=3),
        max_size=40,
    )
)
def test_whatever_is_posted_gives_values_and_errors(posted: dict[str, list[str]]) -> None:
    cleaned = s.clean(FORM, posted)
    assert all(isinstance(error, FieldError) and error.en and error.cy for error in cleaned.errors)
    for section, part in cleaned.values.items():
        assert set(part) <= {entry.key for entry in FORM.section(section).fields}
    forms.feel_values(FORM, cleaned.values)
    if not cleaned.errors:
        again = s.clean(FORM, forms.to_posted(FORM, s.BOTH, cleaned.values),
                        around={"existing": cleaned.values})  # fmt: skip
        assert again.values == cleaned.values


JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(["parent_name", "consent", "_key", "name", "upload", "size"]),
                      st.text(max_size=5)), inner, max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip


@QUICK
@given(st.dictionaries(st.sampled_from([e.key for e in FORM.fields if e.key]), JSON, max_size=8))
def test_whatever_json_is_given_is_checked(values: dict[str, Any]) -> None:
    cleaned = s.clean_values(FORM, values)
    forms.feel_values(FORM, cleaned.values)
    forms.to_posted(FORM, s.BOTH, cleaned.values)


@QUICK
@given(
    st.dictionaries(st.sampled_from([e.key for e in FORM.fields if e.key]), JSON, max_size=5),
    st.dictionaries(st.sampled_from([e.key for e in FORM.fields if e.key]), JSON, max_size=3),
)
def test_examples_take_whatever_is_given(told: dict[str, Any], recorded: dict[str, Any]) -> None:
    existing = {"family": recorded, "rest": recorded}
    found = forms.examples(
        FORM, s.BOTH, existing=existing, given=told, names={}, functions=s.FUNCTIONS
    )
    s.clean_values(FORM, {key: value for part in found.values() for key, value in part.items()})
