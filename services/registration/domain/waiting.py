"""The waiting list: who moves up when seats become free, and who passes whom."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from services.registration.domain.free_seats import fit, fit_in_kept, within_limits
from services.registration.domain.registration import Seat
from services.registration.domain.state import Meeting, evolve
from shared.contracts import Fact
from shared.contracts.registration import ParticipantPromoted, PromotionReason


def promotions(meeting: Meeting, *, reason: PromotionReason) -> Sequence[Fact]:
    """Who moves up now, in the order of the queue; nobody in a meeting where only the organiser moves people up.

    Whoever is there before others goes first, a group as one. People of whose body nobody more may come hold up nobody.
    Past a group that needs more seats than are free goes only who takes a seat that is kept for his own body, unless
    the policy of the meeting says otherwise.
    """
    facts: list[Fact] = []
    blocked = False
    for party in _parties(meeting.queue) if meeting.promotes else ():
        if meeting.confirmed >= meeting.capacity:
            break
        if (fit_in_kept if blocked else fit)(meeting, _bodies(party)):
            moved = [promoted(meeting, waiting, reason=reason) for waiting in party]
            for fact in moved:
                meeting = evolve(meeting, fact)
            facts += moved
        else:
            blocked = blocked or _holds_up(meeting, party)
    return facts


def may_sit(meeting: Meeting, bodies: Sequence[str]) -> bool:
    """Whether people of these bodies, who come together now, have seats: nobody who waits will take them."""
    blocked = meeting.policy == "open" and meeting.waitlisted > 0 and _somebody_first(meeting)
    return (fit_in_kept if blocked else fit)(meeting, bodies)


def _somebody_first(meeting: Meeting) -> bool:
    return meeting.admission.manual_promotion or any(_holds_up(meeting, party) for party in _parties(meeting.queue))


def _holds_up(meeting: Meeting, party: Sequence[Seat]) -> bool:
    """Whether the next seats are for these people: their bodies may have more, only too few are free."""
    return not meeting.admission.may_pass_groups and within_limits(meeting, _bodies(party))


def _bodies(party: Sequence[Seat]) -> Sequence[str]:
    return [one.organisation for one in party]


def _parties(queue: Sequence[Seat]) -> Iterator[Sequence[Seat]]:
    """Those who wait, in their order: one by one, or together as they have registered."""
    for _, members in groupby(queue, key=lambda one: one.group_id or one.registration_id):
        yield list(members)


def promoted(
    meeting: Meeting, waiting: Seat, *, reason: PromotionReason, note: str | None = None
) -> ParticipantPromoted:
    """Somebody who waits moves up into a seat."""
    return ParticipantPromoted(
        meeting_id=meeting.meeting_id,
        registration_id=waiting.registration_id,
        person_id=waiting.person_id,
        organisation=waiting.organisation,
        reason=reason,
        code=waiting.code,
        note=note,
    )
