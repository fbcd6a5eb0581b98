"""What the pages of an outline call things: each word that is told of a step, kind and place."""

from __future__ import annotations

import engine
from web.texts import gettext, say, step_kind


def label(word: str) -> str:
    """Return the label of the question for a word."""
    names = {
        "name": gettext("Name in English"),
        "nameCy": gettext("Name in Welsh"),
        "documentation": gettext("What to do, in English"),
        "documentationCy": gettext("What to do, in Welsh"),
        "requirement": gettext("Requirements that it carries out"),
        "form": gettext("Forms and sections that are filled in"),
        "shows": gettext("Forms and sections that are shown beside them"),
        "anew": gettext("Its questions start empty, whatever is on record"),
        "role": gettext("Who does it"),
        "items": gettext("Done once for each of"),
        "notice": gettext("Message that is sent"),
        "to": gettext("Who gets it"),
        "decision": gettext("Decision table that is asked"),
        "called": gettext("Part that is called"),
        "effect": gettext("What the system does"),
        "starts": gettext("Side process that is started"),
        "gateway": gettext("Choice that is made again"),
        "opens": gettext("Process of the case that is opened"),
        "relation": gettext("How the two cases belong together"),
        "board": gettext("Fact that holds the other Board"),
    }
    return names.get(word) or _more_labels(word)


def _more_labels(word: str) -> str:
    return {
        "timescale": gettext("Timescale"),
        "moment": gettext("When it falls due"),
        "condition": gettext("Condition"),
        "interrupts": gettext("The step ends when it happens"),
        "ends_all": gettext("Everything else that is still open in this process ends too"),
        "default": gettext("This is the way for all other answers"),
        "item": gettext("Kind of item that it runs for"),
        "startRoles": gettext("Who may start it"),
        "besides": gettext("Processes that it goes with"),
        "afterClose": gettext("It can be started on a closed case too"),
        "identifierPrefix": gettext("First letters of case identifiers"),
        "pausedWhile": gettext("Condition under which its cases are paused"),
        "goesOnPaused": gettext("Its tasks go on while the case is paused"),
        "goesOnAs": gettext("Part as which it goes on when the choice is made again"),
    }[word]


def hint(word: str) -> str:
    """Return what helps to answer the question for a word; nothing for most."""
    return {
        "name": gettext("A task begins with a verb, an event says what has happened."),
        "documentation": gettext(
            "In plain words, for the person who does it. End with the source, such as: "
            "Source: guidance 5.16; CON-12."
        ),
        "requirement": gettext(
            "Numbers of the catalogue with blanks between them, such as CON-12 DR-16. "
            "A step of your own Board has one such as LOCAL-01."
        ),
        "moment": gettext(
            "Leave this empty for the due day of the timescale. Otherwise write FEEL, such as "
            'add days(due("TS-41"), -7) for a week before it.'
        ),
        "condition": gettext(
            "FEEL over the facts of the case, such as report_accepted = true. "
            "Texts stand in quotation marks."
        ),
        "pausedWhile": gettext("FEEL over the facts of the case."),
        "items": gettext("The step is done for each entry of this list, side by side."),
    }.get(word, "")


def closed_word(key: str) -> str:
    """Return what a word of a closed list of the engine means: an effect, or a relation."""
    return {
        "start_side_instance": gettext("Starts a side process"),
        "choose_again": gettext("Makes a choice again"),
        "open_case": gettext("Opens another case"),
        "escalation": gettext("The concern becomes a case of its own"),
        "hand_over": gettext("The case is handed to another Board"),
        "programme": gettext("The other case is part of this programme"),
        "method": gettext("The other case is the way in which this one is looked into"),
    }.get(key, key)


def edited_kind(kind: str) -> str:
    """Return what kind of thing is told of: a step, a way, a lane or the process."""
    return {
        "sequenceFlow": gettext("Way"),
        "lane": gettext("Lane"),
        "process": gettext("Process"),
    }.get(kind) or step_kind(kind)


def kind_hint(kind: str) -> str:
    """Say what a kind of step is for, where one is added."""
    return {
        "userTask": gettext("Somebody fills in a form."),
        "sendTask": gettext("People are told something, and the process goes straight on."),
        "businessRuleTask": gettext("A decision table is asked; its outcome is kept as facts."),
        "callActivity": gettext("Another process runs, and this one goes on when it has ended."),
        "intermediateCatchEvent": gettext("The process waits for a day, or until facts are so."),
        "serviceTask": gettext("The system starts a side process, or opens another case."),
        "exclusiveGateway": gettext("One of several ways is taken, by facts of the case."),
        "parallelGateway": gettext("Several ways are gone at the same time, until all have come."),
    }[kind]


def step_name(step: engine.StepRef) -> str:
    """Return what a step is called; gateways without a name are called by what they do."""
    return say(step.name) or (gettext("Ways meet") if step.is_meeting else step_kind(step.kind))


def place(line: engine.StepLine, way: engine.WayLine) -> str:
    """Say between which two steps a flow runs, and on which way."""
    said = gettext(
        "After %(before)s, before %(after)s",
        before=_numbered(line.step),
        after=_numbered(way.to),
    )
    return f"{said} ({say(way.name)})" if say(way.name) else said


def _numbered(step: engine.StepRef) -> str:
    return f"{step.number}. {step_name(step)}"
