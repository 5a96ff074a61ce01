"""What happens to requests for a seat, as facts; in the words of `scenario`."""

from shared.contracts.registration import ParticipationRejected, ParticipationRequested, RequestWithdrawn
from tests.registration.facts import REASON, of_seat
from tests.registration.people import Somebody, named


def requested(who: Somebody, group: str | None = None) -> ParticipationRequested:
    return ParticipationRequested(
        **of_seat(who), rank=who.rank, code=who.code, group_id=named(group) if group else None
    )


def rejected(who: Somebody) -> ParticipationRejected:
    return ParticipationRejected(**of_seat(who), reason=REASON)


def request_withdrawn(who: Somebody) -> RequestWithdrawn:
    return RequestWithdrawn(**of_seat(who), reason=REASON)
