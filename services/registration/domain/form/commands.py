"""What can be asked about the form of a meeting."""

from dataclasses import dataclass

from services.registration.domain.commands import OrganiserCommand
from shared.contracts.registration import FormField


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeForm(OrganiserCommand):
    """Ask people these questions from now on.

    `erase_answers` names fields whose answers are to be erased, as they are removed or become of another kind.
    """

    fields: tuple[FormField, ...]
    erase_answers: frozenset[str] = frozenset()
