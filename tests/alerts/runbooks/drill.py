"""What a drill of a runbook is: the alert, the fault that makes it fire, and who mends what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tests.alerts.runbooks.office import Labels, Office

Act: TypeAlias = Callable[[Office], object]
Variables: TypeAlias = Callable[[Office, Labels], Sequence[Labels]]
"""What an operator reads off the alert and the first commands: one set for each time the section is carried out."""


def of_labels(_: Office, labels: Labels) -> Sequence[Labels]:
    """What the alert itself says, by the names that the pages use."""
    named = {"SERVICE": "job", "ROLE": "pasum_role", "TOPIC": "topic", "KIND": "kind"}
    return [{variable: labels[label] for variable, label in named.items() if label in labels}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One alert; `fault` and `others_do` are sentences for the report.

    `others` is what the operators of another system do after the first look (start Kafka again, …). `meanwhile` is
    done again and again until the alert has ended, for example requests of users. `cause` chooses between the blocks of
    the page.
    """

    alert: str
    fault: str
    make: Act
    others: Act | None = None
    others_do: str = ""
    meanwhile: Act | None = None
    variables: Variables = of_labels
    cause: str = ""
