"""Many requests in one transaction: each is answered, counted, numbered and traced as if it had come alone."""

from collections.abc import Sequence
from contextvars import copy_context
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.api.registrations.registration_group import created
from services.registration.domain.registration_batch import RegistrationRequest
from services.registration.flows import RegistrationOutcome, register_participants
from shared.contracts.ids import new_id
from shared.kernel import Refusal
from tests.registration.running_service import RegistrationService, answer, registration_request, together

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e47{:02x}-00f067aa0ba902b7-01"
STATE = "SELECT version, confirmed, waitlisted, queue_last FROM meeting WHERE meeting_id::text = $1"
SEATS = """
SELECT state, position, organisation, mobile, email FROM registration WHERE meeting_id::text = $1
ORDER BY mobile, position, organisation, state
"""
FACTS = "SELECT aggregate_seq, type FROM outbox WHERE aggregate_id = $1 ORDER BY id"
# Which number, by which link, for which body; small ranges, so that many collide.
PEOPLE = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["", "good", "bad"]), st.sampled_from(["MOF", "MOH", "NONE"])),
    min_size=1,
    max_size=12,
)


def request_of(path: str, who: tuple[int, str, str], link: str) -> RegistrationRequest:
    """The request of a drawn person."""
    number, way, body = who
    return registration_request(path, number, token={"": None, "good": link, "bad": "x" * 43}[way], body=body)


def told(outcomes: Sequence[RegistrationOutcome]) -> list[tuple[str, int | None]]:
    answers = [one if isinstance(one, Refusal) else created(one) for one in outcomes]
    return [(one.code, None) if isinstance(one, Refusal) else (one.state, one.position) for one in answers]


async def registered(
    service: RegistrationService, requests: Sequence[RegistrationRequest]
) -> list[tuple[str, int | None]]:
    """One transaction for all of them."""
    async with service.database.transaction() as connection:
        return told(await register_participants(connection, [(one, copy_context()) for one in requests]))


async def left_behind(service: RegistrationService, path: str) -> list[Any]:
    """All that a meeting's registrations have written, without what is drawn by chance."""
    meeting_id = path.rpartition("/")[2]
    return [[tuple(row) for row in await service.rows(query, meeting_id)] for query in (STATE, SEATS, FACTS)]


@given(people=PEOPLE, seats=st.integers(1, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_together_is_one_after_the_other(
    shared_service: RegistrationService, people: Sequence[tuple[int, str, str]], seats: int
) -> None:
    first, second = [await shared_service.opened(capacity=seats) for _ in range(2)]
    links = [await shared_service.invited(path, body="MOF", seats=2) for path in (first, second)]
    at_once = await registered(shared_service, [request_of(first, who, links[0]) for who in people])
    in_turn = [await registered(shared_service, [request_of(second, who, links[1])]) for who in people]
    assert at_once == [outcome for outcomes in in_turn for outcome in outcomes]
    assert await left_behind(shared_service, first) == await left_behind(shared_service, second)


async def test_requests_of_several_meetings_share_a_transaction(service: RegistrationService) -> None:
    paths = [await service.opened(capacity=1) for _ in range(3)]
    requests = [request_of(path, (number, "", "MOF"), "") for number in (1, 2) for path in paths]
    assert await registered(service, requests) == [("confirmed", None)] * 3 + [("waitlisted", 1)] * 3
    counted = [tuple(row) for row in await service.rows("SELECT confirmed, waitlisted, version FROM meeting")]
    assert counted == [(1, 1, 4)] * 3


async def test_a_meeting_that_is_not_there_harms_no_other(service: RegistrationService) -> None:
    path = await service.opened()
    nowhere = f"/v1/meetings/{new_id()}"
    requests = [request_of(where, (number, "", "MOF"), "") for number, where in enumerate((nowhere, path, nowhere))]
    assert await registered(service, requests) == [("NotFound", None), ("confirmed", None), ("NotFound", None)]


async def test_each_fact_belongs_to_the_trace_of_its_request(service: RegistrationService) -> None:
    path = await service.opened()
    caller = service.anybody
    sent = (caller.post(f"{path}/registrations", answer(n), traceparent=TRACE.format(n)) for n in range(1, 9))
    codes = {one.json()["code"]: number for number, one in enumerate(await together(*sent), 1)}
    rows = await service.rows(
        "SELECT payload, headers->>'traceparent' AS trace FROM outbox"
        " WHERE type = 'registration.participant-registered.v1'"
    )
    traces = {codes[code]: row["trace"] for row in rows for code in codes if code.encode() in row["payload"]}
    assert {number: trace[:35] for number, trace in traces.items()} == {n: TRACE.format(n)[:35] for n in range(1, 9)}


async def test_one_key_sent_many_times_at_once_is_one_registration(service: RegistrationService) -> None:
    path = await service.opened()
    sent = (service.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k") for _ in range(12))
    answers = await together(*sent)
    assert {one.status_code for one in answers} | {409} == {201, 409}
    again = await service.anybody.post(f"{path}/registrations", answer(1), idempotency_key="k")
    created = {one.content for one in answers if one.status_code == 201}
    assert (created, again.headers["idempotency-replayed"]) == ({again.content}, "true")
    assert await service.value("SELECT count(*) FROM registration") == 1


async def test_keys_of_one_group_are_kept_apart(service: RegistrationService) -> None:
    path = await service.opened()
    for _ in range(2):
        sent = (service.anybody.post(f"{path}/registrations", answer(n), idempotency_key=f"k{n}") for n in range(10))
        answers = await together(*sent)
        assert [one.status_code for one in answers] == [201] * 10
    other = await service.anybody.post(f"{path}/registrations", answer(11), idempotency_key="k1")
    assert (other.status_code, await service.value("SELECT count(*) FROM registration")) == (201, 11)
