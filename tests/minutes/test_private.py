"""No text of a command is forgotten: it is kept out of facts and public papers, or named here as one for everybody."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from services.minutes.domain.commands import (
    AssignAction,
    MinutesCommands,
    PublishNews,
    RecordOpinion,
    SignMinutes,
)
from services.minutes.domain.private import PRIVATE
from shared.contracts import BY_MODEL
from shared.contracts.minutes import MINUTES
from shared.kernel import Command

COMMANDS = sorted(get_args(MinutesCommands), key=lambda one: one.__name__)
FOR_EVERYBODY: Mapping[type[Command], frozenset[str]] = {
    RecordOpinion: frozenset({"organisation", "agenda_item"}),
    AssignAction: frozenset({"organisation"}),
    SignMinutes: frozenset({"document", "content", "render_sha256"}),
    PublishNews: frozenset({"document"}),
}
"""Members of commands that hold text and that no law or promise keeps from anybody: codes, numbers, hashes."""
SAID: Mapping[str, frozenset[str]] = {
    "OpinionRecorded": frozenset({"agenda_item", "organisation"}),
    "ActionAssigned": frozenset({"owner"}),
    "MinutesApproved": frozenset({"number"}),
    "MinutesSigned": frozenset({"number", "render_sha256", "document", "content"}),
    "MinutesPublished": frozenset({"number", "render_sha256", "document", "content"}),
    "NewsPublished": frozenset({"document"}),
}
"""Members of facts that hold text; all who read the topic can read them."""


def holds_text(kind: Any) -> bool:
    """Whether a value of this type may hold what somebody has written."""
    if get_args(kind):
        return get_origin(kind) is not None and any(holds_text(part) for part in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return False
    if kind is str or kind is Any:
        return True
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, BaseModel)) and any(texts_of(kind))


def texts_of(kind: type[Any]) -> Iterator[str]:
    """The members of a command or a fact that may hold text; who asks, and when, is the same in all."""
    own = set(get_type_hints(Command)) if issubclass(kind, Command) else set()
    yield from (name for name, type_ in get_type_hints(kind).items() if name not in own and holds_text(type_))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.__name__)
def test_each_text_of_a_command_is_private_or_for_everybody(command: type[Command]) -> None:
    left = set(texts_of(command)) - FOR_EVERYBODY.get(command, frozenset())
    assert bool(left) == (command in PRIVATE), f"{sorted(left)}: keep it in PRIVATE, or name it in FOR_EVERYBODY"


def test_no_fact_of_minutes_says_more_than_is_named_here() -> None:
    facts = [model for model, contract in BY_MODEL.items() if contract.topic is MINUTES]
    found = {model.__name__: frozenset(texts_of(model)) for model in facts}
    assert {name: texts for name, texts in found.items() if texts} == SAID


def test_a_new_text_would_be_noticed() -> None:
    class Whispered(BaseModel):
        note: str

    class Told(BaseModel):
        count: int
        aside: Whispered | None = None

    assert list(texts_of(Told)) == ["aside"]
