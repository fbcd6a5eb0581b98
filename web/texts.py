"""Say things in the language of the page: our own texts, the engine's, days, moments and states."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

import engine
from web.addresses import current_language

CATALOGUE = Path(__file__).parent / "translations" / "cy" / "LC_MESSAGES" / "messages.po"
WALES = ZoneInfo("Europe/London")


class Bilingual(Protocol):
    """What the engine returns for a text: the same thing said in both languages."""

    @property
    def en(self) -> str:
        """Return the English."""

    @property
    def cy(self) -> str:
        """Return the Welsh."""


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language, read straight from its text, so it is never stale."""
    if language != "cy":
        return NullTranslations()
    compiled = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="cy"))
    compiled.seek(0)
    return Translations(compiled)


def as_typed(value: str) -> Markup:
    """Return what was typed in a text area, safe from the macros, which indent every new line."""
    text = value.replace("\r\n", "\n")
    # A browser drops a new line that a text area starts with, so one that was typed is doubled.
    text = "\n" + text if text.startswith("\n") else text
    return Markup(str(escape(text)).replace("\n", "&#10;"))  # noqa: S704


def gettext(message: str, **values: Any) -> str:
    """Return a text of ours in the language of the page."""
    said: str = translations(current_language()).ugettext(message)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Return a text of ours that depends on a number, which it may show as `%(num)d`."""
    said: str = translations(current_language()).ungettext(one, many, num)
    return said % {"num": num, **values}


def say(text: Bilingual | None) -> str:
    """Return a text of the engine in the language of the page."""
    if text is None:
        return ""
    return (text.cy or text.en) if current_language() == "cy" else text.en


def say_error(error: Any) -> str:
    """Return the sentence of an engine error in the language of the page."""
    sentence = gettext(error.template)
    for name, value in error.details.items():
        said = _said(value)
        sentence = sentence.replace("{" + name + "}", said)
    return sentence


def _said(value: Any) -> str:
    """Return what an error tells: a moment, a text of both languages, or a word."""
    if isinstance(value, datetime):
        return moment(value)
    return say(value) if isinstance(value, engine.Text) else str(value)


def day(value: date | str | None) -> str:
    """Return a day as people write it: 3 July 2026, 3 Gorffennaf 2026."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(WALES).date()
    elif isinstance(value, str):
        value = date.fromisoformat(value)
    return format_date(value, "d MMMM y", locale=current_language())


def month(value: str) -> str:
    """Return a month, given as 2026-05, as people write it."""
    return format_date(date.fromisoformat(f"{value}-01"), "MMMM y", locale=current_language())


def short_month(value: date) -> str:
    """Return the month of a day in short, with its year: Jul 2026, Gorff 2026."""
    return format_date(value, "MMM y", locale=current_language())


def span(value: str) -> str:
    """Return a date in EDTF as people write it; what is none, such as a text typed, as it is."""
    found = engine.read_span(value)
    return say(engine.say_span(found)) if found else value


def when(event: engine.Event) -> str:
    """Return when an event of a timeline was, as exactly as that is known."""
    if event.span is None:
        return event.said or gettext("No date")
    return say(engine.say_span(event.span))


def clock_time(value: str) -> str:
    """Return a time of day, given as 14:30, as people write it."""
    return format_time(time.fromisoformat(value), "HH:mm", locale=current_language())


def moment(value: datetime | None) -> str:
    """Return an instant as a day and time in Wales; one that begins a day is that day."""
    if value is None:
        return ""
    local = value.astimezone(WALES)
    if local.time() == time.min:
        return day(local.date())
    return gettext("%(day)s at %(time)s", day=day(local.date()), time=local.strftime("%H:%M"))


def moment_of(value: str) -> str:
    """Return an instant, given as ISO 8601, as a day and time in Wales."""
    return moment(datetime.fromisoformat(value)) if value else ""


def days_left(days: int | None) -> str:
    """Say how many days are left, or how many it is late."""
    if days is None:
        return ""
    if days < 0:
        return ngettext("%(num)d day late", "%(num)d days late", -days)
    if days == 0:
        return gettext("Last day in time is today")
    return ngettext("%(num)d day left", "%(num)d days left", days)


def late_or_early(days: int) -> str:
    """Say by how many days something is later or earlier than planned."""
    if days > 0:
        return ngettext("%(num)d day late", "%(num)d days late", days)
    if days < 0:
        return ngettext("%(num)d day early", "%(num)d days early", -days)
    return gettext("On the planned day")


def clock_state(state: str, late: bool = False) -> str:
    """Return the name of a clock's state."""
    if state == "met":
        return gettext("Met late") if late else gettext("Met in time")
    names = {
        "not_started": gettext("No date yet"),
        "running": gettext("Running"),
        "due_soon": gettext("Due soon"),
        "overdue": gettext("Overdue"),
        "ended": gettext("No longer applies"),
    }
    return names.get(state, state)


def late_by(state: str, days: int) -> str:
    """Say by how many days a clock was late that was met or no longer applies."""
    if state == "met":
        return ngettext("Met %(num)d day late", "Met %(num)d days late", days)
    return ngettext(
        "It was %(num)d day late when it ended", "It was %(num)d days late when it ended", days
    )


def clock_colour(state: str, late: bool = False) -> str:
    """Return the colour of the tag that shows a clock's state."""
    if late:
        return "orange"
    if state == "met":
        return "green"
    colours = {"running": "blue", "due_soon": "yellow", "overdue": "red"}
    return colours.get(state, "grey")


def case_state(state: str) -> str:
    """Return the name of a case's state."""
    names = {
        "open": gettext("Open"),
        "suspended": gettext("Suspended"),
        "closed": gettext("Closed"),
        "withdrawn": gettext("Withdrawn"),
    }
    return names.get(state, state)


def section_state(state: str) -> str:
    """Return how far a section of a long task has come."""
    names = {
        "not_started": gettext("Not yet started"),
        "in_progress": gettext("In progress"),
        "completed": gettext("Completed"),
        "has_errors": gettext("There is a problem"),
        "overtaken": gettext("Changed by somebody else"),
        "cannot_start": gettext("Cannot start yet"),
        "nothing_to_fill": gettext("Nothing to fill in"),
    }
    return names[state]


def section_colour(state: str) -> str:
    """Return the colour of the tag of a section's state; nothing where it needs no tag."""
    colours = {
        "not_started": "blue",
        "in_progress": "light-blue",
        "has_errors": "red",
        "overtaken": "orange",
    }
    return colours.get(state, "")


def token_state(state: str) -> str:
    """Return what has become of a step of a process."""
    names = {
        "finished": gettext("Finished"),
        "open": gettext("Open now"),
        "cancelled": gettext("Cancelled"),
    }
    return names.get(state, gettext("Not yet reached"))


def escalation(level: str) -> str:
    """Say whom a stage of a clock tells."""
    names = {
        "E1": gettext("whoever answers for it is reminded"),
        "E2": gettext("the person who answers for it and their manager are told"),
        "E3": gettext("the chair of the Sub-Group is told"),
        "E4": gettext("the Chair of the Board is told"),
        "E5": gettext("the Board is told"),
    }
    return names.get(level, level)


def instance_state(state: str) -> str:
    """Return the name of the state of a process instance."""
    names = {
        "open": gettext("Under way"),
        "completed": gettext("Completed"),
        "cancelled": gettext("Cancelled"),
    }
    return names.get(state, state)


def case_relation(relation: str, direction: str) -> str:
    """Return how a linked case came about, as seen from this one."""
    names = {
        ("escalation", "to"): gettext("Taken up as a case of its own"),
        ("escalation", "from"): gettext("Opened because of a concern in"),
        ("hand_over", "to"): gettext("Handed to the Board that leads"),
        ("hand_over", "from"): gettext("Taken over from"),
        ("programme", "to"): gettext("Opened from this programme"),
        ("programme", "from"): gettext("Part of the programme"),
        ("method", "to"): gettext("Looked into by"),
        ("method", "from"): gettext("Chosen as the way to look into"),
    }
    return names.get((relation, direction), relation)


def step_kind(kind: str) -> str:
    """Return what kind of step a step of a diagram is, in plain words."""
    names = {
        "userTask": gettext("Task"),
        "sendTask": gettext("Message"),
        "serviceTask": gettext("Done by the system"),
        "businessRuleTask": gettext("Decided by a rule"),
        "callActivity": gettext("Part of the process"),
        "subProcess": gettext("Group of steps"),
        "startEvent": gettext("Start"),
        "endEvent": gettext("End"),
        "boundaryEvent": gettext("If this happens"),
        "intermediateCatchEvent": gettext("Wait"),
        "exclusiveGateway": gettext("Choice"),
        "inclusiveGateway": gettext("One or more of these"),
        "eventBasedGateway": gettext("Whichever happens first"),
        "parallelGateway": gettext("Side by side"),
    }
    return names.get(kind, gettext("Step"))


def incident_told(incident: engine.IncidentView) -> str:
    """Say what could not be done."""
    about = say(incident.about)
    if incident.kind == "event":
        return gettext("What the time limit “%(about)s” leads to could not begin.", about=about)
    if incident.kind == "clock":
        return gettext("A reminder of “%(about)s” could not be written.", about=about)
    if incident.kind == "report":
        return gettext("News of a linked case could not be taken in.")
    return gettext("A message could not be delivered.")


def incident_meanwhile(incident: engine.IncidentView) -> str:
    """Say what goes on while it waits: the clock always does (PR-06)."""
    if incident.kind == "event":
        said = gettext(
            "Until it is tried again, nothing follows from the limit. All other work goes on."
        )
    elif incident.kind == "clock":
        said = gettext("Until it is tried again, nobody is reminded of it. Remind them yourself.")
    elif incident.kind == "report":
        said = gettext("Until it is tried again, this case does not know what happened there.")
    else:
        said = gettext("Until it is sent again, nobody has been told. Tell them yourself.")
    if incident.due_on is None:
        clock = gettext("Every clock of the case goes on.")
    else:
        last = day(incident.due_on)
        clock = gettext("The clock goes on: the last day in time is still %(day)s.", day=last)
    return f"{said} {clock}"


def alike_told(kinds: tuple[str, ...]) -> str:
    """Say what two cases that may be about the same child share."""
    names = {
        "birth": gettext("a child born on the same day"),
        "incident": gettext("an incident on the same day"),
    }
    return ", ".join(names[kind] for kind in kinds)


def cite_told(cite: str) -> str:
    """Say in words where a rule stands, given as the catalogue cites it: `G5.20, A1-2.4`."""
    parts = [part.strip() for part in cite.split(",")]
    numbers = [found[1] for part in parts if (found := re.fullmatch(r"G(\d+\.\d+)", part))]
    told = [_cited(part) for part in parts if not re.fullmatch(r"G(\d+\.\d+)", part)]
    if numbers:
        listed = ", ".join(numbers)
        several = ngettext("guidance, paragraph %(listed)s", "guidance, paragraphs %(listed)s",
                           len(numbers), listed=listed)  # fmt: skip
        told.insert(0, several)
    return "; ".join(told)


def _cited(part: str) -> str:
    if found := re.fullmatch(r"A(\d)-(\d+\.\d+)", part):
        return gettext("Annex %(annex)s, paragraph %(number)s", annex=found[1], number=found[2])
    if found := re.fullmatch(r"A(\d)-(\w[\w.]*)", part):
        return gettext("Annex %(annex)s, part %(part)s", annex=found[1], part=found[2])
    if found := re.fullmatch(r"App (\d\w)", part):
        return gettext("Annex 1, appendix %(part)s", part=found[1])
    return part


#: A number of the catalogue of requirements, and several of them in a row.
_NUMBER = r"(?:[A-Z]{2,3}-\d[\d.]*\d|[A-Z]{2,3}-\d|F-?\d\d(?:\.\d\d)?)"
_NUMBERS = re.compile(rf"[;,]?\s*{_NUMBER}(?:(?:, | to | and | i | a | ac ){_NUMBER})*")
_BEHIND = re.compile(
    r"(?:^|(?<=[.!?] ))(?:Source:|Ffynhonnell:|(?:Local practice|Milestone), proposed"
    r"|Arfer lleol a gynigir"
    r"|Carreg filltir, cynnig).*$",
    re.DOTALL,
)


def guidance_told(documentation: str) -> tuple[str, str]:
    """Return what a diagram says of a step, and where that comes from, without catalogue numbers.

    The numbers are for whoever draws diagrams; the outline of the process has them.
    """
    found = _BEHIND.search(documentation)
    if found is None:
        return documentation, ""
    source = _NUMBERS.sub("", found[0])
    is_empty = source.rstrip(".").endswith(":")
    return documentation[: found.start()].rstrip(), "" if is_empty else source


def source_told(source: str) -> str:
    """Say whether the guidance gives a length, or whether it is proposed."""
    names = {
        "G": gettext("Length from the guidance"),
        "G+P": gettext("Length from the guidance, with a proposed detail"),
        "P": gettext("Length proposed; the guidance gives none"),
    }
    return names.get(source, source)


def why_not_sent(why: str) -> str:
    """Return why a message could not be delivered."""
    return {
        "address": gettext("The email address is not right"),
        "refused": gettext("The mail system refused the message"),
        "limited": gettext("The mail system takes no more messages just now"),
        "settings": gettext("The mail system does not know us; an administrator has to look at it"),
    }.get(why, gettext("The mail system could not be reached"))


def code_kind(kind: str) -> str:
    """Return what has a code, by its kind."""
    return {
        "child": gettext("Child"),
        "family": gettext("Somebody of the family"),
        "staff": gettext("Somebody of the staff"),
        "place": gettext("Place"),
    }[kind]


def note_kind(kind: str) -> str:
    """Return what kind of note or correspondence something is."""
    return {
        "note": gettext("File note"),
        "letter_in": gettext("Letter received"),
        "letter_out": gettext("Letter sent"),
        "email_in": gettext("Email received"),
        "email_out": gettext("Email sent"),
        "call_in": gettext("Telephone call received"),
        "call_out": gettext("Telephone call made"),
    }.get(kind, kind)


def note_with(key: str, role: Bilingual | None) -> str:
    """Return with whom a note was: a role, or somebody who holds none."""
    others = {"family": gettext("A member of the family"), "other": gettext("Somebody else")}
    return others.get(key) or say(role)


def note_class(name: str) -> str:
    """Return what the readers of a visibility class are called as a group."""
    names = {
        "V-CASE": gettext("Those who decide on the case"),
        "V-PANEL": gettext("The Panel and the reviewers"),
        "V-FAM": gettext("Those who are in touch with the family"),
        "V-LEGAL": gettext("Those who deal with legal advice"),
        "V-BOARD": gettext("The Board"),
        "V-STEER": gettext("The steering group and those around the case"),
        "V-CRG": gettext("The Case Review Group"),
        "V-FORUM": gettext("Those who are in the forum"),
    }
    return names.get(name, name)


def message_state(state: str) -> str:
    """Return what became of a message."""
    return {
        "sent": gettext("Sent"),
        "waiting": gettext("Waiting to be sent"),
        "failed": gettext("Not delivered"),
        "by_post": gettext("To be sent by post"),
        "posted": gettext("Sent by post"),
        "none": gettext("Sent to nobody: nobody held the role"),
    }.get(state, state)


def meeting_state(state: str) -> str:
    """Return how a meeting stands."""
    return {
        "planned": gettext("Planned"),
        "held": gettext("Held"),
        "cancelled": gettext("Cancelled"),
    }[state]


def meeting_how(how: str) -> str:
    """Return how a meeting decided."""
    return {
        "unanimous": gettext("Unanimous"),
        "majority": gettext("By majority"),
    }[how]


def agenda_kind(kind: str) -> str:
    """Return why something stands on an agenda."""
    return {
        "decision": gettext("A decision is awaited"),
        "escalated": gettext("Reminders did not settle it, so it comes to this meeting"),
        "overdue": gettext("Overdue"),
        "task": gettext("To be done"),
        "own": gettext("Put on the agenda by whoever keeps the meetings"),
    }[kind]


def member_told(one: engine.MemberTold) -> str:
    """Say whether a member of a body was told of a meeting, and of which."""
    if not one.kind or one.day is None or one.at is None:
        return gettext("Not invited yet")
    on, at = day(one.day), moment(one.at)
    if one.state == "failed":
        return gettext(
            "A message about %(day)s could not be delivered on %(moment)s", day=on, moment=at
        )
    if one.kind == "cancelled":
        said = gettext("Told on %(moment)s that it is cancelled", moment=at)
    else:
        said = gettext("Invited for %(day)s on %(moment)s", day=on, moment=at)
    if one.state == "waiting":
        return gettext("%(said)s; the message is on its way", said=said)
    return said


def event_name(kind: str) -> str:
    """Return what an audit event says happened."""
    names = {
        "case_opened": gettext("Case opened"),
        "past_case_opened": gettext("Put on record as begun before"),
        "step_recorded": gettext("Recorded as done before, not performed here"),
        "case_adopted": gettext("Taken in: the case goes on here"),
        "adoption_checked": gettext("A second person held what was recorded against the papers"),
        "case_closed": gettext("Case closed"),
        "case_suspended": gettext("Case suspended"),
        "case_resumed": gettext("Case resumed"),
        "case_withdrawn": gettext("Case withdrawn"),
        "case_reopened": gettext("Case reopened"),
        "task_assigned": gettext("Task given to somebody"),
        "correction_proposed": gettext("Something to put right was sent to a second person"),
        "correction_confirmed": gettext("A second person confirmed what was put right"),
        "correction_refused": gettext("A second person refused what was to be put right"),
        "correction_taken_back": gettext("What was to be put right was taken back"),
        "case_paused": gettext("Case paused"),
        "case_went_on": gettext("Case goes on after a pause"),
        "task_claimed": gettext("Task taken"),
        "task_released": gettext("Task given back"),
        "task_completed": gettext("Task completed"),
        "document_amended": gettext("Document put right"),
        "code_given": gettext("Code given"),
        "code_put_right": gettext("Code put right"),
        "note_recorded": gettext("Note recorded"),
        "note_put_right": gettext("Note put right"),
        "proceedings_recorded": gettext("Proceedings recorded"),
        "proceedings_changed": gettext("News of proceedings recorded"),
        "meeting_planned": gettext("Meeting planned"),
        "meeting_moved": gettext("Meeting changed"),
        "meeting_cancelled": gettext("Meeting cancelled"),
        "meeting_recorded": gettext("Meeting recorded"),
        "meeting_record_put_right": gettext("Record of a meeting put right"),
        "meeting_item_added": gettext("Item put on the agenda of a meeting"),
        "meeting_item_changed": gettext("Item on the agenda of a meeting changed"),
        "meeting_item_taken_off": gettext("Item taken off the agenda of a meeting"),
        "meeting_members_told": gettext("Members were written to about a meeting"),
        "meeting_pack_taken": gettext("The papers of a meeting were taken away"),
        "rows_joined": gettext("Rows of the merged timeline joined as one event"),
        "rows_told_apart": gettext("Rows of the merged timeline told apart"),
        "joining_taken_back": gettext("What was said of rows of the merged timeline taken back"),
        "document_retold": gettext("Document brought up to date by the system"),
        "person_appointed": gettext("Person appointed"),
        "appointment_ended": gettext("Appointment ended"),
        "appointed": gettext("Person appointed"),
        "side_instance_started": gettext("Side process started"),
        "case_linked": gettext("Linked case opened"),
        "linked_case_reported": gettext("A linked case reported what is new there"),
        "timer_fired": gettext("A time limit was reached"),
        "clock_overdue": gettext("A clock became overdue"),
        "clock_checked": gettext("Due days were worked out again"),
        "incident_opened": gettext("The system could not do something"),
        "incident_retried": gettext("What had failed was tried again"),
        "item_added": gettext("Somebody or something was added"),
        "item_removed": gettext("Somebody or something was taken out"),
        "case_moved": gettext("The case moved to another version of the processes"),
        "case_move_taken_back": gettext("A move to another version was taken back"),
        "went_back": gettext("The case went back to an earlier step"),
        "step_skipped": gettext("A step was passed over"),
        "notice_sent": gettext("Message sent"),
        "finding_set_aside": gettext("Something that the content check found may stand"),
        "finding_opened_again": gettext("Something that the content check found is open again"),
        "message_sent_again": gettext("A message that could not be delivered was sent again"),
        "letter_posted": gettext("A letter was sent by post"),
        "case_list_exported": gettext("A list of cases was taken away as a file"),
        "figures_exported": gettext("Figures or an event log were taken away as a file"),
    }
    return names.get(kind, kind.replace("_", " ").capitalize())


def rows_shown(first: int, last: int, total: int) -> str:
    """Return which rows of how many a page shows."""
    return gettext(
        "Rows %(first)s to %(last)s of %(total)s.",
        first=f"{first:,}",
        last=f"{last:,}",
        total=f"{total:,}",
    )
