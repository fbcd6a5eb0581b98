"""What an escalation takes along, what stays behind, and who has a part in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import db, documents, scenarios, store
from engine.models import Case, CaseLink, Document, Item
from tests.processes.catalogue import ROOT

#: What each way may take along; everything else stays behind. No name, no paper, no evaluation.
UP = {"carried_from", "carried_process", "carried_what_happened", "carried_criteria", "carried_referred_on"}
DOWN = {"carried_from", "carried_process", "carried_brief", "carried_agencies"}
WAYS = [
    ("consultation", "CNS-13", "CNS-16", "referral", UP),
    ("professional_forum", "MPF-13", "MPF-17", "referral", UP),
    ("case_review_event", "CRE-12", "CRE-19", "referral", UP),
    ("referral", "", "", "professional_forum", DOWN),
    ("referral", "", "", "consultation", DOWN),
    ("referral", "", "", "case_review_event", DOWN),
]
SECRET = "Seren Prysor"


def escalated(source: str, until: str, start: str) -> str:
    """Return a scenario that works on a case up to a step, and sends it up as a referral."""
    return f"""
process = "{source}"
now     = 2026-03-02T09:00:00
title   = "sent up"
[[step]]
until = "{until}"
[[step]]
start = "{start}"
as    = "coordinator"
[[step]]
complete = "raise_concern"
set      = {{ "F43.02" = ["An injury that nobody can explain.", "Serious injury."] }}
[[step]]
complete = "answer_concern"
set      = {{ "F43.05" = "taken as referral" }}
"""


def sent_down(form: str) -> str:
    """Return a scenario of a referral that goes down in one form of a forum."""
    return f"""
process = "referral"
now     = 2026-03-02T09:00:00
title   = "sent down"
[[step]]
until = "INT-01"
[[step]]
complete = "INT-01"
set      = {{ children_named = [{{ name = "{SECRET}", born_on = 2019-07-03, area = "North" }}] }}
[[step]]
until = "INT-05"
[[step]]
complete = "INT-05"
set      = {{ "F03.04" = "other" }}
[[step]]
complete = "INT-13"
set      = {{ "F02.12" = "Multi-Agency Professional Forum" }}
[[step]]
complete = "INT-17"
[[step]]
complete = "INT-19"
[[step]]
complete = "INT-27"
set      = {{ forum_form = "{form}" }}
"""
