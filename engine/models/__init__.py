"""The tables. One module a group of nouns; import them from here."""

from engine.models.adoptions import Adoption
from engine.models.audit import AuditEvent, Sight
from engine.models.base import Base, Encrypted, Instant, Json, new_id
from engine.models.cases import (
    Case,
    CaseLink,
    CaseMark,
    Item,
    ProcessInstance,
    StepLogEntry,
    Submission,
    UserTask,
)
from engine.models.codes import CodeRow, CodeVersion
from engine.models.definitions import DeployedFile, Deployment, FileContent, OwnTemplate
from engine.models.documents import (
    DecisionResult,
    Document,
    DocumentVersion,
    Draft,
    Fact,
    Signature,
    Upload,
)
from engine.models.meetings import Meeting, MeetingItem, MeetingNotice, MeetingRecord
from engine.models.moves import CaseMove
from engine.models.notes import FileNote, FileNoteVersion
from engine.models.people import (
    Absence,
    Account,
    Appointment,
    Board,
    CalendarFeed,
    Invitation,
    Letterhead,
    ProviderIdentity,
    RecoveryCode,
    SavedView,
    SecondFactor,
    SignIn,
    SignInAttempt,
)
from engine.models.proceedings import Proceeding, ProceedingVersion
from engine.models.proposals import Proposal
from engine.models.sandboxes import (
    DraftScenario,
    Sandbox,
    SandboxStep,
    ScenarioOutcome,
    ScenarioRun,
)
from engine.models.time import Clock, Incident, Notice, OutboxMessage, TimeOffset, Timer
from engine.models.variations import VariationCheck, VariationDraft, VariationFile

__all__ = [
    "Absence",
    "Account",
    "Adoption",
    "Appointment",
    "AuditEvent",
    "Base",
    "Board",
    "CalendarFeed",
    "Case",
    "CaseLink",
    "CaseMark",
    "CaseMove",
    "Clock",
    "CodeRow",
    "CodeVersion",
    "DecisionResult",
    "DeployedFile",
    "Deployment",
    "Document",
    "DocumentVersion",
    "Draft",
    "DraftScenario",
    "Encrypted",
    "Fact",
    "FileContent",
    "FileNote",
    "FileNoteVersion",
    "Incident",
    "Instant",
    "Invitation",
    "Item",
    "Json",
    "Letterhead",
    "Meeting",
    "MeetingItem",
    "MeetingNotice",
    "MeetingRecord",
    "Notice",
    "OutboxMessage",
    "OwnTemplate",
    "Proceeding",
    "ProceedingVersion",
    "ProcessInstance",
    "Proposal",
    "ProviderIdentity",
    "RecoveryCode",
    "Sandbox",
    "SandboxStep",
    "SavedView",
    "ScenarioOutcome",
    "ScenarioRun",
    "SecondFactor",
    "Sight",
    "SignIn",
    "SignInAttempt",
    "Signature",
    "StepLogEntry",
    "Submission",
    "TimeOffset",
    "Timer",
    "Upload",
    "UserTask",
    "VariationCheck",
    "VariationDraft",
    "VariationFile",
    "new_id",
]
