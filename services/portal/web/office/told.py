"""How many people are told when a meeting is moved or cancelled: from its figures, as they are at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTold:
    """By why they are told; somebody who is told for two reasons is counted twice."""

    seated: int
    waiting: int
    contacts: int
    hosts: int

    @property
    def all(self) -> int:
        """Of all kinds together."""
        return self.seated + self.waiting + self.contacts + self.hosts


def people_told(meeting: Mapping[str, Any], figures: Mapping[str, Any]) -> PeopleTold:
    """Nobody for a draft."""
    if meeting["phase"] == "draft":
        return PeopleTold(seated=0, waiting=0, contacts=0, hosts=0)
    return PeopleTold(
        seated=figures["confirmed"],
        waiting=figures["waitlisted"] + figures["requested"],
        contacts=figures["organisations_invited"],
        hosts=1 + len(meeting["co_hosts"]),
    )
