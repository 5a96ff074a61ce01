"""What can be asked about the form of a meeting, and about the answers to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registration.domain.commands import MeetingCommand, OrganiserCommand
from shared.contracts.registration import FormField


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeForm(OrganiserCommand):
    """Ask people these questions from now on.

    `erase_answers` names fields whose answers are to be erased, as they are removed or become of another kind.
    """

    fields: tuple[FormField, ...]
    erase_answers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceOwnAnswers(MeetingCommand):
    """Answer the form anew; `code` proves that the registration is one's own."""

    registration_id: UUID
    code: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOwnAnswers(MeetingCommand):
    """Other answers of one's own to the fields that `changes` names, None for none; `code` as above.

    A file is a `StoredFile`.
    """

    registration_id: UUID
    code: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAnswers(OrganiserCommand):
    """Other answers of somebody to the fields that `changes` names, None for none."""

    registration_id: UUID
    changes: Mapping[str, Any]
