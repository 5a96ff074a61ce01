"""The facts of the minutes that tell nobody anything, each with the reason."""

from typing import Final

from shared.contracts import Fact
from shared.contracts.minutes import (
    ActionAssigned,
    DecisionRecorded,
    MinutesApproved,
    MinutesDrafted,
    MinutesFiled,
    MinutesReturned,
    MinutesRevised,
    MinutesSigned,
    MinutesStarted,
    MinutesSubmitted,
    NewsPublished,
    OpinionRecorded,
)

_DESK_WORK = "work of secretary and chair, who see it in the minutes themselves"

MINUTES_SILENCE: Final[dict[type[Fact], str]] = {
    MinutesStarted: _DESK_WORK,
    OpinionRecorded: "said at the meeting, printed in the minutes",
    DecisionRecorded: "taken at the meeting, printed in the minutes",
    ActionAssigned: "given at the meeting, printed in the minutes; reminders of actions do not exist yet",
    MinutesDrafted: _DESK_WORK,
    MinutesRevised: _DESK_WORK,
    MinutesSubmitted: _DESK_WORK,
    MinutesReturned: _DESK_WORK,
    MinutesApproved: _DESK_WORK,
    MinutesSigned: "told when they are published",
    NewsPublished: "public news: read by feed, not by message",
    MinutesFiled: "book-keeping of the archive",
}
