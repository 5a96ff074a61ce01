"""What the organiser can ask about the items of an agenda."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registration.domain.commands import OrganiserCommand
from shared.contracts.base import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaCommand(OrganiserCommand):
    """A command of the organiser about one item of the agenda."""

    item_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAgendaItem(AgendaCommand):
    """One more item; `position` counts from 1 among the parts of `parent`, or among the main items without one."""

    title: Bilingual
    minutes: int | None = None
    presenter: str | None = None
    parent: UUID | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAgendaItem(AgendaCommand):
    """Set the members of an item that `changes` names; `parent` (None: a main item) and `position` move it."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAgendaItem(AgendaCommand):
    """Take an item and its parts from the agenda."""
