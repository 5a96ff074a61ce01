"""Operators and dead letters: found by reason and age, shown decoded and raw, dealt with in order; who and why."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.registration import MEETING, PERSON
from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer import dead_letters
from shared.operations import redrive
from tests.shared.batches import WAITING, refusing, take
from tests.shared.bus import Sent, erased, event, execute, heard, key_of, note, numbered, rows, until, value
from tests.shared.operator_client import WHY, OperatorClient

PATH = "/v1/dead-letters"
ACTIONS = "SELECT who, act, what, why, count FROM operator_action ORDER BY id"
STATES = "SELECT id, state FROM dead_letter ORDER BY id"


async def defect(connection: Connection, envelope: Envelope) -> None:
    """A release in which nothing works."""
    await note(connection, envelope)
    raise LookupError(envelope.subject)


async def three_keys(kernel: Database) -> None:
    """Letters 1 and 2 of `a`, 3 of `b`, 4 and 5 of `c`; the first of each is dead, for one reason."""
    sent = [event("a", 1), event("a", 2), event("b", 1), event("c", 1), event("c", 2)]
    await take(kernel, numbered(sent, topic=MEETING.name), defect)


async def reason(kernel: Database) -> str:
    return str(await value(kernel, "SELECT error FROM dead_letter WHERE state = 'dead' LIMIT 1"))


def ids(page: dict[str, Any]) -> list[int]:
    return [item["id"] for item in page["items"]]


async def test_letters_are_found_by_state_reason_topic_key_and_age(kernel: Database, operators: OperatorClient) -> None:
    await three_keys(kernel)
    await take(kernel, numbered([Sent(key=b"x", value=b"?")], topic=PERSON.name), note)
    await execute(kernel, "UPDATE dead_letter SET first_at = first_at - interval '2 hours' WHERE id < 3")
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    asked: list[dict[str, Any]] = [
        {},
        {"state": "parked"},
        {"reason": await reason(kernel)},
        {"topic": PERSON.name},
        {"key": str(key_of("c"))},
        {"older_than": hour_ago},
        {"newer_than": hour_ago, "state": "dead"},
    ]
    found = [ids(await operators.get(PATH, **query)) for query in asked]
    assert found == [[1, 2, 3, 4, 5, 6], [2, 5], [1, 3, 4], [6], [4, 5], [1, 2], [3, 4, 6]]


async def test_a_list_is_read_page_by_page(kernel: Database, operators: OperatorClient) -> None:
    await three_keys(kernel)
    first = await operators.get(PATH, limit=3)
    second = await operators.get(PATH, limit=3, cursor=first["next"])
    assert (ids(first), ids(second), second["next"]) == ([1, 2, 3], [4, 5], None)


async def test_letters_are_counted_by_reason(kernel: Database, operators: OperatorClient) -> None:
    await three_keys(kernel)
    found = (await operators.get(f"{PATH}/counts"))["items"]
    waits = "waits behind an earlier event of its key"
    assert [(one["state"], one["error"], one["count"]) for one in found] == [
        ("dead", await reason(kernel), 3),
        ("parked", waits, 2),
    ]


async def test_the_keys_that_wait_are_shown_with_what_they_wait_behind(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_keys(kernel)
    found = (await operators.get(f"{PATH}/keys"))["items"]
    assert [(one["key"], one["letter"], one["waiting"]) for one in found] == [
        (str(key_of("a")), 1, 1),
        (str(key_of("b")), 3, 0),
        (str(key_of("c")), 4, 1),
    ]


async def test_a_letter_is_shown_raw_and_decoded(kernel: Database, operators: OperatorClient) -> None:
    sent = event("a", 7)
    await take(kernel, numbered([sent], topic=MEETING.name), defect)
    shown = await operators.get(f"{PATH}/1")
    key, body = str(key_of("a")), (sent.value or b"").decode()
    assert shown["raw"]["key"] == {"text": key, "hex": key.encode().hex()}
    assert shown["raw"]["value"] == {"text": body, "hex": body.encode().hex()}
    assert [(one["name"], one["value"]["text"]) for one in shown["raw"]["headers"]] == [
        (name, text.decode()) for name, text in sent.headers
    ]
    assert (shown["decoded"]["subject"], shown["decoded"]["sequence"]) == (key, 7)
    assert (shown["decoded"]["data"], shown["withheld"]) == ({"meeting_id": key}, False)


async def test_what_cannot_be_read_is_shown_as_bytes(kernel: Database, operators: OperatorClient) -> None:
    await take(kernel, numbered([Sent(key=None, value=b"\xff\x00", headers=[("ce_id", b"\xfe")])], topic=MEETING.name))
    shown = await operators.get(f"{PATH}/1")
    assert (shown["raw"], shown["decoded"]) == (
        {
            "key": None,
            "headers": [{"name": "ce_id", "value": {"text": None, "hex": "fe"}}],
            "value": {"text": None, "hex": "ff00"},
        },
        None,
    )


async def test_personal_data_is_for_an_operator_who_is_a_secretary_too(
    kernel: Database, operators: OperatorClient
) -> None:
    await take(kernel, numbered([erased("a", 1, value=b"{}")], topic=PERSON.name), defect)
    plain = await operators.get(f"{PATH}/1")
    trusted = await operators.as_("operator", "secretary").get(f"{PATH}/1")
    assert (plain["raw"]["value"], plain["decoded"]["data"], plain["withheld"]) == (None, None, True)
    assert (trusted["decoded"]["data"], trusted["withheld"]) == ({"person_id": str(key_of("a"))}, False)


async def test_personal_data_on_a_topic_where_it_does_not_belong_is_withheld_as_well(
    kernel: Database, operators: OperatorClient
) -> None:
    binary = erased("a", 1, value=b'{"family_name": "Keo"}')
    structured = Sent(key=b"k", value=b'{"type": "registration.person-recorded.v1"}')
    await take(kernel, numbered([binary, structured], topic=MEETING.name), note)
    for letter in (1, 2):
        plain = await operators.get(f"{PATH}/{letter}")
        assert (plain["raw"]["value"], plain["decoded"], plain["withheld"]) == (None, None, True)


@pytest.mark.parametrize("path", ["", "/counts", "/keys", "/1"])
async def test_who_is_no_operator_sees_nothing(kernel: Database, operators: OperatorClient, path: str) -> None:
    await three_keys(kernel)
    assert await operators.as_("secretary", "archivist").refused(PATH + path) == (403, "NotPermitted")


@pytest.mark.parametrize("path", ["/1/redrive", "/1/discard", "/redrive", "/discard"])
async def test_who_is_no_operator_changes_nothing(kernel: Database, operators: OperatorClient, path: str) -> None:
    await three_keys(kernel)
    body = {} if path.startswith("/1") else {"reason": "x"}
    assert await operators.as_("secretary").refused(PATH + path, why=WHY, **body) == (403, "NotPermitted")


async def test_a_key_is_redriven_in_order_and_who_did_it_and_why_is_recorded(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_keys(kernel)
    assert await operators.post(f"{PATH}/2/redrive") == {"letters": 2, "waiting": 0}
    assert await heard(kernel, "a") == [1, 2]
    assert await rows(kernel, ACTIONS) == [("kham", "redrive-letters", "letters 1 to 2 of one key", WHY, 2)]
    acts = (await operators.get("/v1/operator-actions"))["items"]
    assert [(act["who"], act["act"], act["why"], act["count"]) for act in acts] == [("kham", "redrive-letters", WHY, 2)]


async def test_a_letter_is_redriven_alone_when_it_is_the_first_of_its_key(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_keys(kernel)
    assert await operators.refused(f"{PATH}/2/redrive", scope="letter") == (409, "WaitsBehind")
    assert await operators.post(f"{PATH}/1/redrive", scope="letter") == {"letters": 1, "waiting": 1}
    await take(kernel, numbered([event("a", 3)], first=9, topic=MEETING.name))
    assert (await heard(kernel, "a"), await rows(kernel, STATES)) == (
        [1],
        [(1, "redriven"), (2, "parked"), (3, "dead"), (4, "dead"), (5, "parked"), (6, "parked")],
    )


async def test_the_same_request_twice_takes_effect_once(kernel: Database, operators: OperatorClient) -> None:
    await three_keys(kernel)
    answers = [await operators.post(f"{PATH}/1/redrive", idempotency_key="k") for _ in range(2)]
    assert (answers[0], await heard(kernel, "a")) == (answers[1], [1, 2])
    assert await operators.refused(f"{PATH}/1/redrive", why=WHY) == (409, "NotWaiting")
    assert await operators.refused(f"{PATH}/99/redrive", why=WHY) == (404, "NotFound")


async def test_a_try_in_vain_is_recorded_with_its_reason_and_changes_nothing_else(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_keys(kernel)
    operators.mend(refusing(2))
    assert await operators.refused(f"{PATH}/1/redrive", why=WHY) == (409, "StillDead")
    found = await rows(kernel, "SELECT state, attempts, error FROM dead_letter WHERE id < 3 ORDER BY id")
    assert (await heard(kernel), found[1], [state for state, _, _ in found]) == (
        [],
        ("parked", 2, "KeyError"),
        ["dead", "parked"],
    )
    assert await rows(kernel, ACTIONS) == []


async def test_all_of_a_reason_are_redriven_and_a_key_that_still_fails_stays(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_keys(kernel)
    operators.mend(refusing(1, name="b"))
    swept = await operators.post(f"{PATH}/redrive", reason=await reason(kernel))
    assert swept == {"letters": 4, "failed": [{"letter": 3, "reason": "KeyError"}], "next": None}
    assert (await heard(kernel, "a"), await heard(kernel, "b"), await heard(kernel, "c")) == ([1, 2], [], [1, 2])


async def test_a_sweep_goes_on_where_it_was(
    kernel: Database, operators: OperatorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_keys(kernel)
    why = await reason(kernel)
    monkeypatch.setattr(redrive, "SLICE", 2)
    monkeypatch.setattr(dead_letters, "MOST_OF_KEY", 1)  # a key takes more than one transaction
    first = await operators.post(f"{PATH}/redrive", reason=why, topic=MEETING.name)
    second = await operators.post(f"{PATH}/redrive", reason=why, topic=MEETING.name, after=first["next"])
    assert (first, second) == (
        {"letters": 3, "failed": [], "next": 3},
        {"letters": 2, "failed": [], "next": None},
    )
    assert (await heard(kernel, "a"), await heard(kernel, "c")) == ([1, 2], [1, 2])


async def test_all_of_a_reason_are_discarded_and_what_waits_can_be_redriven(
    kernel: Database, operators: OperatorClient
) -> None:
    await three_keys(kernel)
    swept = await operators.post(f"{PATH}/discard", reason=await reason(kernel))
    assert swept == {"letters": 3, "failed": [], "next": None}
    assert await operators.post(f"{PATH}/2/redrive") == {"letters": 1, "waiting": 0}
    assert (await heard(kernel, "a"), await heard(kernel, "c")) == ([2], [])


async def test_a_key_is_discarded_whole(kernel: Database, operators: OperatorClient) -> None:
    await three_keys(kernel)
    assert await operators.post(f"{PATH}/5/discard", scope="key") == {"letters": 2, "waiting": 0}
    assert await rows(kernel, ACTIONS) == [("kham", "discard-letters", "letters 4 to 5 of one key", WHY, 2)]


@pytest.mark.parametrize("body", [{"why": ""}, {"why": "  x" * 200}, {"scope": "all"}, {"reason": "x"}])
async def test_without_a_reason_nothing_is_done(operators: OperatorClient, body: dict[str, str]) -> None:
    assert await operators.refused(f"{PATH}/1/discard", **body) == (422, "InvalidRequest")


async def test_a_redrive_and_a_discard_of_one_key_take_turns(kernel: Database, operators: OperatorClient) -> None:
    """One holds the first letter and wants the second, the other came for the second: they must not cross."""
    await three_keys(kernel)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection, envelope: Envelope) -> None:
        begun.set()
        await go_on.wait()
        await note(connection, envelope)

    operators.mend(slow)
    redriving = asyncio.create_task(operators.post(f"{PATH}/1/redrive"))
    await begun.wait()
    discarding = asyncio.create_task(operators.refused(f"{PATH}/2/discard", why=WHY))
    await until(lambda: value(kernel, WAITING))
    go_on.set()
    assert (await redriving, await discarding) == ({"letters": 2, "waiting": 0}, (409, "NotWaiting"))


async def test_many_operators_on_one_key_deal_with_each_letter_once(
    kernel: Database, operators: OperatorClient
) -> None:
    sent = [event("a", number) for number in range(1, 13)]
    await take(kernel, numbered(sent, topic=MEETING.name), refusing(1))
    acts = [f"{PATH}/{number}/{act}" for number in range(1, 13) for act in ("redrive", "discard")]
    answers = await asyncio.gather(*(operators._post(path, {"scope": "letter"}, None) for path in acts))  # noqa: SLF001 -- whatever the answer
    assert {answer.status_code for answer in answers} <= {200, 409}
    done = sum(answer.json()["letters"] for answer in answers if answer.status_code == 200)
    assert (done, await value(kernel, "SELECT sum(count)::int FROM operator_action")) == (12, 12)
    taken = await heard(kernel, "a")
    assert taken == sorted(set(taken))
