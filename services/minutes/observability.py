"""What minutes measure beyond every service: the steps of their text, how soon it is out, and what waits for a hand."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from services.minutes.domain.state import Minutes
from shared.contracts import Fact
from shared.contracts.minutes import (
    MinutesApproved,
    MinutesDrafted,
    MinutesFiled,
    MinutesPublished,
    MinutesReturned,
    MinutesSigned,
    MinutesStarted,
    MinutesSubmitted,
)
from shared.observability.metrics import SLOW

STEPS = Counter(
    "pasum_minutes_steps",
    "Steps of minutes that this process has committed: started, drafted, submitted, returned, approved, signed, "
    "published or filed. Add up the processes.",
    ("step",),
)
SIGNING_SECONDS = Histogram(
    "pasum_minutes_signing_seconds", "From the approval of minutes to their signed document.", buckets=SLOW
)
PUBLICATION_SECONDS = Histogram(
    "pasum_minutes_publication_seconds",
    "From the approval of minutes to their publication, which a person decides.",
    buckets=(60, 300, 3_600, 14_400, 86_400, 259_200, 604_800),
)
CERTIFICATE_EXPIRY = Gauge(
    "pasum_certificate_expiry_timestamp_seconds",
    "Unix time until which a certificate is valid: recorder, chair (signatures) or trust-root, as read at the start.",
    ("certificate",),
)
MINUTES = Gauge(
    "pasum_minutes",
    "Minutes that are not filed yet, by phase, counted by one process for all: take the max.",
    ("phase",),
)
MINUTES_OLDEST_SECONDS = Gauge(
    "pasum_minutes_oldest_seconds",
    "For how long the minutes that came into this phase first have been in it; 0 without any. Counted by one process "
    "for all: take the max.",
    ("phase",),
)

_STEPS: Final[Mapping[type[Fact], str]] = {
    MinutesStarted: "started",
    MinutesDrafted: "drafted",
    MinutesSubmitted: "submitted",
    MinutesReturned: "returned",
    MinutesApproved: "approved",
    MinutesSigned: "signed",
    MinutesPublished: "published",
    MinutesFiled: "filed",
}

for _step in _STEPS.values():
    STEPS.labels(_step)


def count_fact(minutes: Minutes, fact: Fact) -> None:
    """Count a step that is committed."""
    if type(fact) in _STEPS:
        STEPS.labels(_STEPS[type(fact)]).inc()
    if isinstance(fact, MinutesSigned) and minutes.approved_at:
        SIGNING_SECONDS.observe((fact.signed_at - minutes.approved_at).total_seconds())
    if isinstance(fact, MinutesPublished) and minutes.approved_at:
        PUBLICATION_SECONDS.observe((fact.published_at - minutes.approved_at).total_seconds())
