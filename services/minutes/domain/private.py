"""What the commands of minutes bring and no fact may say: it goes into the state, and from there into this database."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from services.minutes.domain.commands import (
    AssignAction,
    DraftMinutes,
    MinutesCommands,
    PublishNews,
    RecordDecision,
    RecordOpinion,
    ReturnMinutes,
    ReviseMinutes,
)
from services.minutes.domain.draft import revised
from services.minutes.domain.state import Minutes, PrivateText
from shared.kernel import Command


def keep_private(minutes: Minutes, command: MinutesCommands) -> Minutes:
    """The minutes with the texts that `command` brings, before its facts are folded."""
    changes = PRIVATE.get(type(command))
    return replace(minutes, **changes(minutes, command)) if changes else minutes


def _opinion(minutes: Minutes, command: RecordOpinion) -> dict[str, Any]:
    said = PrivateText(text=command.text, text_en=command.text_en, organisation_name=minutes.speaker)
    return {"private_text": said}


PRIVATE: Final[Mapping[type[Command], Callable[[Minutes, Any], dict[str, Any]]]] = {
    RecordOpinion: _opinion,
    RecordDecision: lambda _, command: {"private_text": PrivateText(text=command.text)},
    AssignAction: lambda minutes, command: {
        "private_text": PrivateText(text=command.text, organisation_name=minutes.speaker)
    },
    DraftMinutes: lambda _, command: {"draft": command.draft},
    ReviseMinutes: lambda minutes, command: {"edits": revised(minutes.edits, command.edits)},
    ReturnMinutes: lambda _, command: {"returned": command.reason},
    PublishNews: lambda _, command: {"news_item": command.item},
}
"""Kind of command → the members of the minutes that its texts change."""
