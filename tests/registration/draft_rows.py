"""Which commands are decided on what was drafted, and which facts change it; for the language of `scenario`."""

from typing import Final

from services.registration.domain.agenda_commands import AddAgendaItem, ChangeAgendaItem, RemoveAgendaItem
from services.registration.domain.commands import ChangeHosts, DiscardDraft, DraftMeeting, MeetingCommand, ReplaceDraft
from shared.contracts import Fact
from shared.contracts.registration import MeetingChanged, MeetingHostsChanged

DRAFT_COMMANDS: Final[tuple[type[MeetingCommand], ...]] = (
    DraftMeeting,
    ReplaceDraft,
    DiscardDraft,
    ChangeHosts,
    AddAgendaItem,
    ChangeAgendaItem,
    RemoveAgendaItem,
)
DRAFT_FACTS: Final[tuple[type[Fact], ...]] = (MeetingChanged, MeetingHostsChanged)
