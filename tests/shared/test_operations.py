"""Operators and the rest: keys the relay has parked, a consumer that has halted, what operators have done."""

from shared.contracts.registration import MEETING
from shared.database import Database
from tests.shared.bus import execute, key_of, rows, say, value
from tests.shared.operator_client import WHY, OperatorClient

PARKED = "/v1/outbox/parked-keys"
PARK = "INSERT INTO outbox_parked (topic, key, error) VALUES ($1, $2, 'MessageSizeTooLargeError')"


async def two_parked(kernel: Database) -> list[str]:
    """Keys of which three facts and one fact wait."""
    await say(kernel, MEETING.name, "a", range(1, 4))
    await say(kernel, MEETING.name, "b", [1])
    keys = sorted(str(key_of(name)) for name in "ab")
    for key in keys:
        await execute(kernel, PARK, MEETING.name, key)
    return keys


async def test_parked_keys_are_listed_with_how_much_waits(kernel: Database, operators: OperatorClient) -> None:
    keys = await two_parked(kernel)
    first = await operators.get(PARKED, limit=1)
    second = await operators.get(PARKED, limit=1, cursor=first["next"])
    waiting = {one["key"]: one["waiting"] for one in first["items"] + second["items"]}
    assert (sorted(waiting), waiting[str(key_of("a"))], waiting[str(key_of("b"))]) == (keys, 3, 1)


async def test_a_parked_key_is_released_once_and_who_did_it_is_recorded(
    kernel: Database, operators: OperatorClient
) -> None:
    keys = await two_parked(kernel)
    await operators.post(f"{PARKED}/release", topic=MEETING.name, key=keys[0])
    again = {"topic": MEETING.name, "key": keys[0], "why": WHY}
    assert await operators.refused(f"{PARKED}/release", **again) == (404, "NotFound")
    assert await rows(kernel, "SELECT key FROM outbox_parked") == [(keys[1],)]
    assert await rows(kernel, "SELECT who, act, what, why FROM operator_action") == [
        ("kham", "release-key", f"{MEETING.name} {keys[0]}", WHY)
    ]


async def test_what_operators_did_is_read_newest_first_page_by_page(
    kernel: Database, operators: OperatorClient
) -> None:
    for key in await two_parked(kernel):
        await operators.post(f"{PARKED}/release", topic=MEETING.name, key=key)
    first = await operators.get("/v1/operator-actions", limit=1)
    second = await operators.get("/v1/operator-actions", limit=1, cursor=first["next"])
    assert [act["id"] for act in first["items"] + second["items"]] == [2, 1]


async def test_a_consumer_is_let_on_by_an_operator_with_why(kernel: Database, operators: OperatorClient) -> None:
    before = await operators.get("/v1/consumer")
    after = await operators.post("/v1/consumer/resume", letters=500)
    assert (before["allowed"], before["halted_at"], after["allowed"]) == (0, None, 500)
    assert await operators.refused("/v1/consumer/resume", why=WHY, letters=1) == (422, "InvalidRequest")
    assert await value(kernel, "SELECT (act, count)::text FROM operator_action") == "(resume-consumer,500)"


async def test_only_operators_may(operators: OperatorClient) -> None:
    somebody = operators.as_("organiser", "secretary")
    asked = [
        await somebody.refused("/v1/consumer"),
        await somebody.refused("/v1/consumer/resume", why=WHY, letters=500),
        await somebody.refused(PARKED),
        await somebody.refused(f"{PARKED}/release", why=WHY, topic="t", key="k"),
        await somebody.refused("/v1/operator-actions"),
    ]
    assert asked == [(403, "NotPermitted")] * 5
