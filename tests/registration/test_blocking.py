"""Who is not to be let in, whatever his ticket says."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.registration.domain.desk.commands import BlockParticipant, UnblockParticipant
from services.registration.domain.refusals import WrongPhase
from shared.contracts.registration import Admission, ParticipantBlocked, ParticipantUnblocked
from shared.kernel import NotFound, NotPermitted
from tests.registration.commands import scan, walk_in
from tests.registration.desk_devices import at, desks, meeting_with_tickets
from tests.registration.facts import REASON, held, opened, registered, started, ticketed, withdrawn
from tests.registration.running_service import START as BEGINS
from tests.registration.running_service import RegistrationService
from tests.registration.scan_facts import came, turned_away, went_out
from tests.registration.scenario import (
    KEO,
    MEETING,
    NOW,
    ORGANISER,
    OTHER_ORGANISER,
    START,
    Somebody,
    Step,
    after,
    refuses,
)

SEATED: list[Step] = [opened(admission=Admission(walk_ins=True)), registered(KEO), ticketed(KEO)]
MINUTE = timedelta(minutes=1)


def blocked(who: Somebody = KEO) -> ParticipantBlocked:
    seat, person = who.seat, who.person
    return ParticipantBlocked(
        meeting_id=MEETING, registration_id=seat, person_id=person, reason=REASON, decided_by="organiser"
    )


def block(who: Somebody = KEO) -> BlockParticipant:
    return BlockParticipant(actor=ORGANISER, at=NOW, registration_id=who.seat, reason=REASON)


def unblock(who: Somebody = KEO) -> UnblockParticipant:
    return UnblockParticipant(actor=ORGANISER, at=NOW, registration_id=who.seat, reason=REASON)


def test_the_organiser_blocks_once_and_takes_it_back_once() -> None:
    assert after(*SEATED, command=block()) == [blocked()]
    assert after(*SEATED, blocked(), command=block()) == []
    assert after(*SEATED, blocked(), command=unblock()) == [ParticipantUnblocked(**dict(blocked()))]
    assert after(*SEATED, command=unblock()) == []


def test_who_is_blocked_is_not_let_in_by_whatever_he_shows_and_for_no_other_reason() -> None:
    kinds: list[list[Step]] = [[], [withdrawn(KEO)], [ticketed(KEO, 2)], [came(KEO, nonce="0")]]
    for steps in kinds:
        told = after(*SEATED, blocked(), *steps, command=scan(KEO, serial=1, nonce="2"))
        assert told == [turned_away(KEO, "blocked", nonce="2")]
    assert after(*SEATED, blocked(), command=walk_in(KEO)) == [turned_away(KEO, "blocked")]


def test_who_is_blocked_may_leave_and_one_whom_an_offline_desk_has_let_in_is_counted_and_flagged() -> None:
    inside: list[Step] = [*SEATED, came(KEO, nonce="0"), blocked()]
    assert after(*inside, command=scan(KEO, nonce="2", at=START + MINUTE, leaving=True)) == [
        went_out(KEO, at=START + MINUTE, nonce="2")
    ]
    assert after(*SEATED, blocked(), command=scan(KEO, offline=True)) == [came(KEO, offline=True, instead="blocked")]


def test_nobody_else_blocks_and_nobody_is_blocked_after_the_session() -> None:
    other = BlockParticipant(actor=OTHER_ORGANISER, at=NOW, registration_id=KEO.seat, reason=REASON)
    assert after(*SEATED, command=other) == refuses(NotPermitted, roles=["organiser"])
    assert after(opened(), command=block()) == refuses(NotFound)
    assert after(*SEATED, started(), held(), command=block()) == refuses(WrongPhase, phase="held")


@pytest.mark.parametrize("given_up", [True, False], ids=["withdrawn", "confirmed"])
async def test_a_desk_without_a_network_knows_who_is_blocked(
    given_up: bool,  # noqa: FBT001 -- a case
    service: RegistrationService,
    tmp_path: Path,
) -> None:
    path, tickets, seats = await meeting_with_tickets(service, people=2)
    one = f"{path}/registrations/{seats[0]['registration_id']}"
    if given_up:
        await service.withdrawn(path, seats[0])
    done = await service.organiser.post(f"{one}/block", {"reason": "ຕາມຄຳສັ່ງ"})
    assert done.json() == {"registration_id": seats[0]["registration_id"], "blocked": True}
    assert (await service.as_("desk").get(f"{path}/revocations")).json()["items"] == [
        {"registration_id": seats[0]["registration_id"], "good_from": None, "blocked": True}
    ]
    async with desks(service, tmp_path, path, count=1) as (desk,):
        said = desk.scanned(tickets[0])
        assert (said.outcome, said.reason) == ("refused", "blocked")
        assert str(said).splitlines()[0].rpartition(" — ")[2] == "ຜູ້ຈັດບໍ່ອະນຸຍາດໃຫ້ເຂົ້າ · The organiser does not let him in"
        assert (await desk.sent(at(BEGINS))).conflicts == []
        await service.organiser.post(f"{one}/unblock", {"reason": "ເຂົ້າໃຈຜິດ"})
        await desk.fetched(path)
        assert desk.scanned(tickets[0]).reason == ("revoked" if given_up else None)
    assert (await service.statistics(path))["check_ins_refused"]["blocked"] == 1
    facts = await service.rows("SELECT type FROM outbox WHERE type LIKE '%blocked%' ORDER BY id")
    assert [row["type"] for row in facts] == [
        "registration.participant-blocked.v1",
        "registration.participant-unblocked.v1",
    ]


async def test_a_stranger_with_the_number_of_a_blocked_person_is_not_let_in(service: RegistrationService) -> None:
    path = await service.opened(walk_ins=True)
    seat = await service.registered(path, 1)
    await service.withdrawn(path, seat)
    await service.organiser.post(f"{path}/registrations/{seat['registration_id']}/block", {"reason": "ຕາມຄຳສັ່ງ"})
    stranger = {"given_name": "ຄົນທີ 1", "mobile": "020 5555 1001"}
    assert await service.scanned(path, {"walk_in": stranger}) == [("refused", "blocked")]
