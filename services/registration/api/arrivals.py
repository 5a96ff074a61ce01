"""Registrations, many in a transaction: when a meeting opens, hundreds arrive in the same second.

Each is decided by the same rules, one after the other, as if it were alone; only the statements are shared.
"""

from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from services.registration.api.codes import new_code
from services.registration.domain.meeting import Meeting
from services.registration.domain.person import Person, RecordPerson
from services.registration.store import MEETINGS, PERSONS
from services.registration.store.halls import Arrival, Entered, Halls, load_halls
from shared.application import Decision, accepted, decide_and_fold, record, refusals_told
from shared.contracts.registration import ParticipantRegistered
from shared.database import Connection, Database
from shared.group_commit import GroupCommit, GroupedRequest
from shared.http import Attempted, Reply, RequestAttempt, once_each
from shared.kernel import Actor, Refusal


class RegistrationCreated(BaseModel):
    """`confirmed` with a seat, `waitlisted` with a position from 1; the code is shown at the door."""

    registration_id: UUID
    state: str
    position: int | None = None
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request at the door."""

    arrival: Arrival
    attempt: RequestAttempt
    actor: Actor


Reception: TypeAlias = GroupCommit[Asked, Response]
Verdict: TypeAlias = ParticipantRegistered | Refusal


def reception(database: Database) -> Reception:
    """The door for persons who register themselves."""

    async def carry_out(group: Sequence[GroupedRequest[Asked]]) -> Sequence[Response | Exception]:
        async def act(connection: Connection, fresh: Sequence[int]) -> Sequence[Reply | Refusal]:
            verdicts = await admit(connection, [(group[at].what.arrival, group[at].context) for at in fresh])
            return [one if isinstance(one, Refusal) else Reply(status=201, body=created(one)) for one in verdicts]

        asked = [Attempted(attempt=one.what.attempt, actor=one.what.actor) for one in group]
        return await once_each(asked, act, database=database)

    return GroupCommit(carry_out, name="registrations", lanes=2)


async def admit(connection: Connection, arrivals: Sequence[tuple[Arrival, Context]]) -> list[Verdict]:
    """Decide on the arrivals in their order and write what follows; of those who are refused nothing is written.

    Each is decided in its own context, so that its facts belong to its own trace.
    """
    halls = await load_halls(connection, [arrival for arrival, _ in arrivals])
    verdicts: list[Verdict] = []
    entered: list[Entered] = []
    settled: list[Decision[Person] | Decision[Meeting]] = []
    for arrival, context in arrivals:
        arrival = _with_a_code_of_its_own(halls, arrival)  # noqa: PLW2901 -- the same person, at the same door
        try:
            person, meeting = context.run(_decide, halls, arrival)
        except Refusal as refusal:
            verdicts.append(refusal)
            continue
        settled += [person, meeting]
        (fact,) = meeting.facts
        assert isinstance(fact, ParticipantRegistered)  # noqa: S101 -- the one fact of a registration
        entered.append(Entered(arrival=arrival, person=person.after, fact=fact))
        verdicts.append(fact)
    if entered:
        await halls.save(connection, entered)
        await record(connection, settled)
    return verdicts


def created(fact: ParticipantRegistered) -> RegistrationCreated:
    """What somebody who has registered is told."""
    return RegistrationCreated(
        registration_id=fact.registration_id, state=fact.state, position=fact.position, code=fact.code
    )


def _with_a_code_of_its_own(halls: Halls, arrival: Arrival) -> Arrival:
    while halls.has_code(arrival):
        arrival = replace(arrival, command=replace(arrival.command, code=new_code()))
    return arrival


def _decide(halls: Halls, arrival: Arrival) -> tuple[Decision[Person], Decision[Meeting]]:
    key, command = arrival.meeting_id, arrival.command
    meeting = decide_and_fold(MEETINGS, key, halls.seen_by(arrival), command)
    with refusals_told(MEETINGS, key, command):
        halls.seat(arrival, meeting.after)
    telling = RecordPerson(actor=command.actor, at=command.at, data=arrival.person)
    person_id = arrival.person.person_id
    person = decide_and_fold(PERSONS, person_id, Person(person_id=person_id), telling)
    accepted(MEETINGS, key, command, count=len(meeting.facts))
    return person, meeting
