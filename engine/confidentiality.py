"""Say what no edition or variation may change about confidentiality: section 6.1 of the guidance.

Definitions are held against it before they are deployed, and access asks it again whenever
somebody reads, so that a rule does not hang on a form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.forms import Field, Form, Section
from engine.texts import Text

#: The class of what everybody may read, and what may stand in it: the report, the summary of the
#: timelines and the record of publication (CF-03, CF-04, CF-07).
PUBLIC_CLASS = "V-PUB"
#: That the whole family declined is said in the report, and nothing else of F-22.
FAMILY_DECLINED = "F22.15"
_PUBLIC = re.compile(rf"F05\.\d\d|F07\.0[67]|F25\.\d\d|{re.escape(FAMILY_DECLINED)}")

_PANEL = frozenset(
    {
        "panel", "panel_chair", "panel_member", "reviewer", "reviewer_local", "reviewer_external",
        "coordinator",
    }
)  # fmt: skip
_GROUP = frozenset({"case_review_group", "facilitator"})
_CASE = frozenset({"chair", "sub_group", "sub_group_chair", "panel_chair", "coordinator"})
_FORUM = frozenset(
    {"forum_owner", "forum_facilitator", "participant", "agency_author", "coordinator"}
)

#: Who may read a form at all, beside its author, whatever its visibility says.
READERS: Mapping[str, frozenset[str]] = {
    # CF-04: of the timelines, nobody outside the review sees more than the summary.
    "F-06": _PANEL | _GROUP | {"agency_author"},
    # CF-03: the genogram is shown to the Panel, and at the event; it is never published.
    "F-08": _PANEL | _GROUP | {"participant", "note_taker"},
    # CF-19: what Welsh Government writes is for itself and those who run the case.
    "F-04": _CASE | {"board", "welsh_government", "legal_adviser"},
    # CF-05: a staff matter is between the one who hands it over and the manager who receives it.
    "F-36": frozenset({"receiving_manager"}),
    # CF-06: an enquiry is for the Chair of the Board, who alone answers.
    "F-37": frozenset({"chair", "coordinator"}),
    # CF-08: legal advice.
    "F-38": frozenset({"chair", "panel_chair", "sub_group_chair", "coordinator", "legal_adviser"}),
    # CF-09: what is looked at in a forum stays among those who are in it.
    "F-42": _FORUM,
    # CF-09: a concern is for those who answer it, and whoever raised it.
    "F-43": _CASE,
    # CF-12: conference minutes are for the facilitators.
    "F-49": frozenset({"facilitator", "referrer", "worker", "coordinator"}),
}

#: Who may know whom a code of the case stands for: those whom the timelines are for (CF-04); and
#: who keeps the table. It is no form, so that no visibility of a variation can widen it.
CODE_READERS = _PANEL | _GROUP
CODE_KEEPERS = frozenset({"coordinator", "reviewer", "reviewer_local", "reviewer_external"})

#: The standing sub-groups of which one takes the learning of a forum to the agencies (G4.6).
_STANDING = frozenset({"quality_assurance", "training", "sub_group"})

#: Who may read a single field, where that differs from its form: of a forum, the learning goes to
#: staff and to whoever spreads it, its wider relevance to the Board, and that it was escalated to
#: those who run the case.
FIELD_READERS: Mapping[str, frozenset[str]] = {
    "F42.11": _FORUM | _STANDING | {"worker", "line_manager", "panel_member"},
    "F42.13": _FORUM | {"board", "chair", "sub_group", "sub_group_chair"},
    "F42.14": _CASE,
}

#: What goes to staff as learning, and says nothing of the case it comes from (CF-09).
#: The objectives of an event are taken over into its report.
_LEARNING = re.compile(r"F42\.11|F53\.05|F54\.(09|1[0-5])|F(31|44|55)\.\d\d")
#: Learning that may still say which case it is about: an event's terms and its report to the Board.
MAY_IDENTIFY = frozenset({"F-54", "F-55"})

#: Forms that nothing public may draw on: they hold names, genograms, timelines or confidences.
NEVER_PUBLIC = frozenset(
    {"F-01", "F-03", "F-06", "F-08", "F-13", "F-17", "F-22", "F-36", "F-38", "F-45", "F-46"}
)
#: What makes a form of F-07 the merged timeline, of which nothing is published (CF-04); the other
#: one holds the summary, which is.
MERGED_ROWS = "F07.02"
#: Forms in which a child or the family may be named (CF-01).
MAY_NAME = frozenset({"F-01", "F-03", "F-13", "F-22", "F-45", "F-46"})
#: Forms whose names are those of the child or the family, and are looked for in what is published.
_NAMES = frozenset({"F-01", "F-03", "F-22", "F-45"})

#: The names of the reviewers under their statements: they are the authors of the report (A2-P5).
AUTHORS = frozenset({"F05.19", "F05.20", "F05.24", "F05.25"})
#: Of the terms of reference, what is printed as appendix 1 of the report (A2-P6, A2-PA1).
_APPENDIX_1 = re.compile(r"F09\.(0[2-9]|1[0-3])")
#: Who may say that something the content gate found identifies nobody: those who carry out the
#: check of the report (F05.33).
SETS_ASIDE = frozenset(
    {"coordinator", "legal_adviser", "reviewer", "reviewer_local", "reviewer_external"}
)

#: What only the Chair of the Board may write: an answer to the media, a public statement (CF-06).
PUBLIC_VOICE = frozenset({"F25.03", "F37.03"})
CHAIR = "chair"

#: The report, which is a draft until the Board has accepted it, and in confidence until it is
#: published; and those who see the draft to comment on it, and take no copy away (CF-13).
REPORT = "F-05"
COMMENTS_ONLY = frozenset({"participant"})
NOT_FOR_PUBLICATION = Text("Not for publication", "Nid i’w gyhoeddi")
DRAFT = Text("Draft – not for publication", "Drafft – nid i’w gyhoeddi")

#: What a note-taker may write: the record of the event, what the event added to the timeline, and
#: what anybody may note (CF-16). Whole forms and single fields.
NOTE_TAKER = "note_taker"
NOTE_TAKER_WRITES = frozenset({"F-19", "F-36", "F-37", "F07.04"})
#: What somebody who takes notes cannot be for the same event: one who takes part in it.
NOTE_TAKER_APART = frozenset({"participant"})

_FREE_TEXT = frozenset({"textfield", "textarea", "filepicker"})
_BIRTH = re.compile(r"\b(birth|birthday|born|dob|ganwyd|geni|pen-blwydd)\b")
_NAME = re.compile(r"\b(name|names|surname|forename|called|enw|enwau|cyfenw)\b")
_FAMILY = re.compile(
    r"\b(child|children|sibling|siblings|mother|father|parent|parents|carer|carers|family|"
    r"grandparent|grandparents|plentyn|blentyn|phlentyn|plant|blant|brawd|chwaer|mam|tad|rhiant|"
    r"rhieni|gofalwr|gofalwyr|teulu)\b"
)
#: Bodies and kinds of review that have a child in their name.
_BODIES = re.compile(
    r"child practice reviews?|safeguarding children boards?|children.s services|"
    r"(adolygiad|adolygiadau) ymarfer plant|diogelu plant|gwasanaethau plant"
)
_OF_PEOPLE = frozenset({"name", "author", "requester"})
_OF_BODIES = frozenset({"agency", "board", "body", "settled", "owner"})
_OF_PLACES = frozenset({"address", "details", "postcode", "school"})
_BLAME = re.compile(r"\b(blame|blamed|fault|faults|culprit|guilty|bai|beio|euog)\b")


def readers(form: Form, entry: Field) -> frozenset[str] | None:
    """Return the only roles that may read a field, beside its author; None for no such limit."""
    return FIELD_READERS.get(entry.catalogue or "", READERS.get(form.catalogue))


def is_learning(form: Form, entry: Field, place: Field) -> bool:
    """Say whether a field, or a column of it, holds words that go to staff as learning."""
    words = place.type in ("textfield", "textarea") and not place.readonly
    typed = words and "email" not in (place.key or "").split("_")
    catalogue = place.catalogue or entry.catalogue or f"{form.catalogue.replace('-', '')}.00"
    return typed and bool(_LEARNING.fullmatch(catalogue))


def is_printed(form: Form, section: Section, entry: Field, column: Field | None) -> bool:
    """Say whether a field, or a column of one, is printed in the report that is published."""
    place = column or entry
    if form.catalogue == "F-09":
        catalogue = place.catalogue or entry.catalogue
        return (
            bool(_APPENDIX_1.fullmatch(catalogue))
            and section.visibility in ((), form.visibility)
            and "found" not in (place.key or "").split("_")[:1]
        )
    return PUBLIC_CLASS in classes_of(form, section, entry, column)


def is_public(form: Form, entry: Field) -> bool:
    """Say whether a field is among what may be published at all."""
    return bool(_PUBLIC.fullmatch(entry.catalogue or f"{form.catalogue.replace('-', '')}.00"))


def is_printed_freely(form: Form, known: Mapping[str, object]) -> bool:
    """Say whether whoever may read a document may take it away too, as files (CF-13)."""
    return form.catalogue != REPORT or known.get("published_on") is not None


def marks_of(form: Form, known: Mapping[str, object]) -> tuple[Text, ...]:
    """Return what stands across every page of a document that is printed.

    Takes:   known, the facts of the case.
    Source:  CF-03, the genogram; CF-04, the timelines; CF-13, the draft report.
    """
    if form.catalogue in NEVER_PUBLIC or any(
        entry.catalogue == MERGED_ROWS for entry in form.fields
    ):
        return (NOT_FOR_PUBLICATION,)
    if form.catalogue != REPORT or known.get("published_on") is not None:
        return ()
    return (DRAFT if known.get("report_accepted_on") is None else NOT_FOR_PUBLICATION,)


def classes_of(form: Form, section: Section, entry: Field, column: Field | None) -> tuple[str, ...]:
    """Return the visibility that is nearest, without the public where nothing may be public."""
    nearest = (
        (column.visibility if column else ())
        or entry.visibility
        or section.visibility
        or form.visibility
    )
    if is_public(form, entry) or (column is not None and is_public(form, column)):
        return nearest
    return tuple(name for name in nearest if name != PUBLIC_CLASS)


def is_free_text(entry: Field) -> bool:
    """Say whether a person may write there what they like."""
    return entry.type in _FREE_TEXT


def asks_for_identity(entry: Field, around: str = "") -> bool:
    """Say whether a field asks for the name or the birth date of the child or the family.

    Takes:   around, the labels of the rows and the section in which it stands.
    """
    if not entry.has_value or entry.type not in ("textfield", "textarea", "datetime", "expression"):
        return False
    own = _words(entry)
    if _BIRTH.search(own):
        return True
    return entry.type != "datetime" and bool(
        _NAME.search(own) and _FAMILY.search(f"{own} {around}")
    )


def holds_name(form: Form, entry: Field) -> bool:
    """Say whether a field holds the name of a child or of somebody of the family."""
    return form.catalogue in _NAMES and entry.type == "textfield" and "name" in entry.key.split("_")


def holds_person(form: Form, entry: Field) -> bool:
    """Say whether a field holds the name of somebody who works on a case, or takes part in it."""
    words = set(entry.key.split("_"))
    if entry.type != "textfield" or form.catalogue == "F-32" or words & _OF_BODIES:
        return False
    return bool(words & _OF_PEOPLE) or entry.key in ("who_left", "who_joined")


def holds_address(form: Form, entry: Field) -> bool:
    """Say whether a field holds where somebody of the family lives."""
    words = set((entry.key or "").split("_"))
    return form.catalogue in MAY_NAME and is_free_text(entry) and bool(words & _OF_PLACES)


def holds_service(entry: Field) -> bool:
    """Say whether a field holds what a service is called, which may be a school."""
    return entry.type == "textfield" and entry.key.endswith("agency_name")


def holds_birth_date(form: Form, entry: Field) -> bool:
    """Say whether a field holds the birth date of a child."""
    return (
        form.catalogue in _NAMES
        and entry.type == "datetime"
        and bool({"born", "birth"} & set(entry.key.split("_")))
    )


def blames(entry: Field) -> bool:
    """Say whether a question asks who is to blame (CF-18)."""
    options = " ".join(f"{option.text.en} {option.text.cy}" for option in entry.options)
    return bool(_BLAME.search(f"{entry.label('en')} {entry.label('cy')} {options}".lower()))


def fields_of(form: Form) -> Iterator[tuple[Section, Field, Field | None, str]]:
    """Go through fields and columns: section, field, column or None, and the labels around."""
    for section in form.sections:
        heading = _BODIES.sub("", f"{section.label('en')} {section.label('cy')}".lower())
        for entry in section.fields:
            yield section, entry, None, heading
            rows = f"{heading} {_words(entry)}"
            for column in entry.columns:
                yield section, entry, column, rows


def _words(entry: Field) -> str:
    key = (entry.key or "").replace("_", " ")
    item = f"{entry.item_label('en')} {entry.item_label('cy')}"
    return _BODIES.sub("", f"{key} {entry.label('en')} {entry.label('cy')} {item}".lower())
