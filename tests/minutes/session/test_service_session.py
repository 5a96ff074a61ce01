"""Minutes say of each item when it was treated and how many people of each body were in the room."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import DRAFT_MINUTES, SIGN_MINUTES
from shared.contracts import Fact
from shared.contracts.ids import new_id
from shared.messaging.cloudevents import Envelope
from tests.minutes.registration_facts import (
    BOUN,
    DAO,
    KEO,
    NOY,
    SOM,
    VILAY,
    declined,
    drafted,
    everybody,
    held,
    opened,
    registered,
)
from tests.minutes.running_service import MinutesService, envelope
from tests.minutes.session.facts import AGENDA, begun, came, corrected, done, left, let_in_twice, returned, undone

FINANCE, JUSTICE, MTC = "ກະຊວງການເງິນ", "ກະຊວງຍຸຕິທຳ", "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ"


def before(meeting: UUID) -> list[Fact]:
    answers = [registered(meeting, name) for name in (KEO, DAO, NOY)]
    others = [registered(meeting, name, "MOJ") for name in (BOUN, SOM)]
    return [drafted(meeting, agenda=AGENDA), opened(meeting), *answers, *others, declined(meeting, VILAY)]


def session(meeting: UUID) -> list[Fact]:
    """Item 1 from minute 5 to 20, 2 with its part 2.1 from then to 60, 3 but by mistake; the chair has no ticket.

    Keo stays; Dao leaves at 30 and is back at 50; Noy comes at 25; Boun leaves at 15; Som is seen by nobody but the
    secretary, at item 2.
    """
    return [
        *(came(meeting, KEO), came(meeting, DAO), came(meeting, BOUN)),
        *(begun(meeting, "3", 2), undone(meeting, "3", "start")),
        begun(meeting, "1", 5),
        *(done(meeting, "1", 6), undone(meeting, "1", "finish", 5)),
        left(meeting, BOUN, 15),
        *(done(meeting, "1", 20), begun(meeting, "2", 20)),
        came(meeting, NOY, 25),
        left(meeting, DAO, 30),
        begun(meeting, "2.1", 40),
        returned(meeting, DAO, 50),
        let_in_twice(meeting, DAO, 51),
        *(done(meeting, "2.1", 45), done(meeting, "2", 60)),
        corrected(meeting, SOM, "2", "absent"),
        corrected(meeting, SOM, "2", "partly"),
    ]


EXPECTED = [
    ("1", "01:35", "01:50", 4, 1, {FINANCE: 2, JUSTICE: 1, MTC: 1}),
    ("2", "01:50", "02:30", 5, 2, {JUSTICE: 1, FINANCE: 3, MTC: 1}),
    ("2.1", "02:10", "02:15", 3, 2, {FINANCE: 2, MTC: 1}),
    ("3", None, None, None, None, {}),
]


def numbered(facts: Sequence[Fact]) -> list[Envelope]:
    """The events with the sequence numbers that registration has given them."""
    sequence = count(1)
    return [replace(envelope(fact), sequence=next(sequence)) for fact in facts]


async def told(service: MinutesService, meeting: UUID) -> list[tuple[Any, ...]]:
    minutes = minutes_id_of(meeting)
    await service.attempt(DRAFT_MINUTES, minutes)
    again = await service.step(minutes, "draft", "secretary")
    assert again.status_code == 200, again.text
    return [
        (
            each["number"],
            *(each[name] and each[name][11:16] for name in ("started_at", "ended_at")),
            *(each["present"], each["women"]),
            {body["body"]: body["present"] for body in each["bodies"]},
        )
        for each in (await service.view(minutes))["agenda"]
    ]


async def test_each_item_says_when_it_was_treated_and_how_many_of_each_body_were_there(
    minutes_service: MinutesService,
) -> None:
    meeting = new_id()
    events = numbered([*before(meeting), *session(meeting), *held(meeting)])
    await minutes_service.receive(*everybody())
    await minutes_service.receive_events(events)
    assert await told(minutes_service, meeting) == EXPECTED


@pytest.mark.parametrize("seed", range(4))
async def test_a_session_told_late_twice_and_in_another_order_is_the_same(
    minutes_service: MinutesService, seed: int
) -> None:
    meeting = new_id()
    first, events, last = before(meeting), session(meeting), held(meeting)
    in_order = numbered([*first, *events, *last])
    known, of_session, over = in_order[: len(first)], in_order[len(first) : -len(last)], in_order[-len(last) :]
    shuffled = of_session * 2
    Random(seed).shuffle(shuffled)  # noqa: S311 -- must repeat itself
    await minutes_service.receive_events([*known, *over])
    await minutes_service.receive_events(shuffled[:10])
    await minutes_service.receive(*everybody())
    for event in shuffled[10:]:
        await minutes_service.receive_events([event])
    assert await told(minutes_service, meeting) == EXPECTED


async def test_the_signed_document_has_times_and_numbers_and_names_nobody_who_was_not_there(
    minutes_service: MinutesService,
) -> None:
    meeting = new_id()
    minutes = minutes_id_of(meeting)
    nobody_saw = [corrected(meeting, BOUN, number, "absent") for number in ("1", "2", "2.1")]
    await minutes_service.receive(*everybody(), *before(meeting), *session(meeting), *nobody_saw, *held(meeting))
    await minutes_service.attempt(DRAFT_MINUTES, minutes)
    for name, role in (("submit", "secretary"), ("approve", "chair")):
        assert (await minutes_service.step(minutes, name, role)).status_code == 200
    await minutes_service.attempt(SIGN_MINUTES, minutes)
    document = await minutes_service.call("GET", f"/v1/minutes/{minutes}/document", "secretary")
    with pikepdf.open(io.BytesIO(document.content)) as pdf:
        content = json.loads(pdf.attachments["minutes.json"].get_file().read_bytes())
    first = content["session"][0]
    assert (first["present"], first["started_at"], first["ended_at"]) == (
        3,
        "2022-09-19T08:35:00+07:00",
        "2022-09-19T08:50:00+07:00",
    )
    assert [name for name in (KEO, DAO, NOY, SOM) if name not in str(content)] == []
    assert [name for name in (BOUN, VILAY) if name in str(content)] == []
    assert content["present"] == 5
