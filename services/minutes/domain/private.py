"""What the commands of minutes bring and no fact may say: it goes into the state, and from there into this database."""

from dataclasses import replace
from typing import Any

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


def keep_private(minutes: Minutes, command: MinutesCommands) -> Minutes:
    """The minutes with the texts that `command` brings, before its facts are folded."""
    return replace(minutes, **_private(minutes, command))


def _private(minutes: Minutes, command: MinutesCommands) -> dict[str, Any]:
    match command:
        case RecordOpinion() | RecordDecision() | AssignAction():
            return {"private_text": _text(minutes, command)}
        case DraftMinutes():
            return {"draft": command.draft}
        case ReviseMinutes():
            return {"edits": revised(minutes.edits, command.edits)}
        case ReturnMinutes():
            return {"returned": command.reason}
        case PublishNews():
            return {"news_item": command.item}
        case _:
            return {}


def _text(minutes: Minutes, command: RecordOpinion | RecordDecision | AssignAction) -> PrivateText:
    english = command.text_en if isinstance(command, RecordOpinion) else None
    return PrivateText(text=command.text, text_en=english, organisation_name=minutes.speaker)
