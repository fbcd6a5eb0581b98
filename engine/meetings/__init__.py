"""Keep the meetings of Boards, their groups and Panels: when, on what, with which papers.

The agenda is worked out from what is due to the body whenever it is looked at.
"""

from engine.meetings.decisions import (
    Decision,
    DecisionLine,
    MeetingDecision,
    meeting_decisions,
)
from engine.meetings.invitations import MemberTold, tell_members
from engine.meetings.items import (
    MeetingItemContent,
    add_meeting_item,
    change_meeting_item,
    take_meeting_item_off,
)
from engine.meetings.lists import (
    BodyChoice,
    MeetingLine,
    MeetingList,
    list_meetings,
)
from engine.meetings.packs import (
    PackPaper,
    meeting_pack,
)
from engine.meetings.pages import (
    MeetingPage,
    meeting_page,
)
from engine.meetings.plans import (
    MeetingPlan,
    cancel_meeting,
    move_meeting,
    plan_meeting,
)
from engine.meetings.records import (
    MeetingContent,
    MeetingVersion,
    record_meeting,
)
from engine.meetings.refusals import (
    DecisionMissing,
    MeetingBodyMissing,
    MeetingCaseWrong,
    MeetingChanged,
    MeetingDayWrong,
    MeetingItemCaseWrong,
    MeetingItemTitleMissing,
    MeetingNotYet,
    MeetingOver,
    MeetingPlaceMissing,
    MeetingReasonMissing,
    MeetingRefused,
    MeetingTextTooLong,
    MeetingTimeWrong,
    NobodyPresent,
    NobodyToTell,
    QuorumNotMet,
    QuorumWrong,
    SenderMissing,
    VotesWrong,
)

__all__ = [
    "BodyChoice",
    "Decision",
    "DecisionLine",
    "DecisionMissing",
    "MeetingBodyMissing",
    "MeetingCaseWrong",
    "MeetingChanged",
    "MeetingContent",
    "MeetingDayWrong",
    "MeetingDecision",
    "MeetingItemCaseWrong",
    "MeetingItemContent",
    "MeetingItemTitleMissing",
    "MeetingLine",
    "MeetingList",
    "MeetingNotYet",
    "MeetingOver",
    "MeetingPage",
    "MeetingPlaceMissing",
    "MeetingPlan",
    "MeetingReasonMissing",
    "MeetingRefused",
    "MeetingTextTooLong",
    "MeetingTimeWrong",
    "MeetingVersion",
    "MemberTold",
    "NobodyPresent",
    "NobodyToTell",
    "PackPaper",
    "QuorumNotMet",
    "QuorumWrong",
    "SenderMissing",
    "VotesWrong",
    "add_meeting_item",
    "cancel_meeting",
    "change_meeting_item",
    "list_meetings",
    "meeting_decisions",
    "meeting_pack",
    "meeting_page",
    "move_meeting",
    "plan_meeting",
    "record_meeting",
    "take_meeting_item_off",
    "tell_members",
]
