"""Many arrivals in one transaction: each is answered, counted, numbered and traced as if it had come alone."""

from collections.abc import Sequence
from contextvars import copy_context
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.api.arrivals import Verdict, admit
from services.registration.api.codes import new_code
from services.registration.api.models import PersonInput, anonymous, digest
from services.registration.domain.commands import RegisterParticipant
from services.registration.store.halls import Arrival
from shared.contracts.ids import new_id
from shared.kernel import Refusal
from shared.settings import SmsSettings
from tests.registration.office import Office, answer, person, together
from tests.registration.saying import NOW

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e47{:02x}-00f067aa0ba902b7-01"
STATE = "SELECT version, confirmed, waitlisted, queue_last FROM meeting WHERE meeting_id::text = $1"
SEATS = """
SELECT state, position, organisation, mobile, email FROM registration WHERE meeting_id::text = $1
ORDER BY mobile
"""
FACTS = "SELECT aggregate_seq, type FROM outbox WHERE aggregate_id = $1 ORDER BY id"
# Which number, by which link, for which body; small ranges, so that many collide.
GUESTS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["", "good", "bad"]), st.sampled_from(["MOF", "MOH", "NONE"])),
    min_size=1,
    max_size=12,
)


def arrival(path: str, guest: tuple[int, str, str], link: str) -> Arrival:
    """Somebody at the door of the meeting."""
    number, way, body = guest
    token = {"": None, "good": link, "bad": "x" * 43}[way]
    told = PersonInput(**person(number)).recorded(new_id(), body, field="/person", sms=SmsSettings())
    command = RegisterParticipant(
        actor=anonymous(token),
        at=NOW,
        registration_id=new_id(),
        person_id=told.person_id,
        organisation=body,
        rank=80,
        link_sha256=digest(token) if token else None,
        code=new_code(),
    )
    return Arrival(meeting_id=UUID(path.rpartition("/")[2]), person=told, command=command)


def told(verdicts: Sequence[Verdict]) -> list[tuple[str, int | None]]:
    return [(one.code, None) if isinstance(one, Refusal) else (one.state, one.position) for one in verdicts]


async def entered(office: Office, arrivals: Sequence[Arrival]) -> list[tuple[str, int | None]]:
    """One transaction for all of them."""
    async with office.database.transaction() as connection:
        return told(await admit(connection, [(one, copy_context()) for one in arrivals]))


async def left_behind(office: Office, path: str) -> list[Any]:
    """All that a meeting's arrivals have written, without what is drawn by chance."""
    meeting_id = path.rpartition("/")[2]
    return [[tuple(row) for row in await office.rows(query, meeting_id)] for query in (STATE, SEATS, FACTS)]


@given(guests=GUESTS, seats=st.integers(1, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_together_is_one_after_the_other(
    lobby: Office, guests: Sequence[tuple[int, str, str]], seats: int
) -> None:
    crowd, queue = [await lobby.opened(capacity=seats) for _ in range(2)]
    links = [await lobby.invited(path, body="MOF", seats=2) for path in (crowd, queue)]
    at_once = await entered(lobby, [arrival(crowd, guest, links[0]) for guest in guests])
    in_turn = [await entered(lobby, [arrival(queue, guest, links[1])]) for guest in guests]
    assert at_once == [verdict for verdicts in in_turn for verdict in verdicts]
    assert await left_behind(lobby, crowd) == await left_behind(lobby, queue)


async def test_arrivals_of_several_meetings_share_a_transaction(office: Office) -> None:
    paths = [await office.opened(capacity=1) for _ in range(3)]
    arrivals = [arrival(path, (number, "", "MOF"), "") for number in (1, 2) for path in paths]
    assert await entered(office, arrivals) == [("confirmed", None)] * 3 + [("waitlisted", 1)] * 3
    counted = [tuple(row) for row in await office.rows("SELECT confirmed, waitlisted, version FROM meeting")]
    assert counted == [(1, 1, 4)] * 3


async def test_a_meeting_that_is_not_there_harms_no_other(office: Office) -> None:
    path = await office.opened()
    nowhere = f"/v1/meetings/{new_id()}"
    arrivals = [arrival(where, (number, "", "MOF"), "") for number, where in enumerate((nowhere, path, nowhere))]
    assert await entered(office, arrivals) == [("NotFound", None), ("confirmed", None), ("NotFound", None)]


async def test_each_fact_belongs_to_the_trace_of_its_request(office: Office) -> None:
    path = await office.opened()
    desk = office.anybody
    sent = (desk.post(f"{path}/registrations", answer(n), traceparent=TRACE.format(n)) for n in range(1, 9))
    codes = {one.json()["code"]: number for number, one in enumerate(await together(*sent), 1)}
    rows = await office.rows(
        "SELECT payload, headers->>'traceparent' AS trace FROM outbox"
        " WHERE type = 'registration.participant-registered.v1'"
    )
    traces = {codes[code]: row["trace"] for row in rows for code in codes if code.encode() in row["payload"]}
    assert {number: trace[:35] for number, trace in traces.items()} == {n: TRACE.format(n)[:35] for n in range(1, 9)}


async def test_one_key_sent_many_times_at_once_is_one_registration(office: Office) -> None:
    path = await office.opened()
    sent = (office.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k") for _ in range(12))
    answers = await together(*sent)
    assert {one.status_code for one in answers} | {409} == {201, 409}
    again = await office.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k")
    created = {one.content for one in answers if one.status_code == 201}
    assert (created, again.headers["idempotency-replayed"]) == ({again.content}, "true")
    assert await office.value("SELECT count(*) FROM registration") == 1


async def test_keys_of_one_group_are_kept_apart(office: Office) -> None:
    path = await office.opened()
    for _ in range(2):
        sent = (office.anybody.post(f"{path}/registrations", answer(n), idempotency_key=f"k{n}") for n in range(10))
        answers = await together(*sent)
        assert [one.status_code for one in answers] == [201] * 10
    other = await office.anybody.post(f"{path}/registrations", answer(11), idempotency_key="k1")
    assert (other.status_code, await office.value("SELECT count(*) FROM registration")) == (201, 11)
