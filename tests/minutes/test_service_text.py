"""Writing minutes over HTTP: what was said, the draft, the edits, and who may do it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import DRAFT_MINUTES
from shared.contracts.base import Bilingual
from shared.contracts.ids import new_id
from shared.contracts.registration import (
    AgendaItem,
    MeetingChanged,
    MeetingDiscarded,
    MeetingDrafted,
    MeetingHostsChanged,
    MeetingRescheduled,
    ParticipantPromoted,
    PersonErased,
)
from shared.kernel import Unavailable
from tests.minutes import registration_facts as facts
from tests.minutes.registration_facts import CHAIR, DAO, KEO, NOY, everybody, meeting_facts, person_id
from tests.minutes.running_service import MinutesService, code

OPINION = {"organisation": "MOF", "agenda_item": "2", "position": "support-with-comment", "text": "ເຫັນດີ"}
ACTION = {"organisation": "MTC", "text": "ປັບປຸງຮ່າງ", "due": "2022-10-31"}


async def opened(minutes_service: MinutesService) -> UUID:
    meeting = new_id()
    await minutes_service.receive(*everybody(), facts.drafted(meeting), facts.opened(meeting))
    return minutes_id_of(meeting)


async def put(minutes_service: MinutesService, minutes: UUID, revision: int, **text: str | None) -> Any:
    headers = {"If-Match": f'"{revision}"'}
    return await minutes_service.call("PUT", f"/v1/minutes/{minutes}/text", "secretary", json=text, headers=headers)


async def test_what_is_said_in_the_session_is_written_down_and_no_word_of_it_is_on_the_bus(
    minutes_service: MinutesService,
) -> None:
    minutes = await opened(minutes_service)
    english = {**OPINION, "agenda_item": None, "text": {"lo": "ຄຳເຫັນ", "en": "An opinion"}}
    for step, body in (
        ("opinions", OPINION),
        ("opinions", english),
        ("decisions", {"text": "ມະຕິ"}),
        ("actions", ACTION),
    ):
        answer = await minutes_service.step(minutes, step, "secretary", json=body)
        assert answer.status_code == 201, answer.text
    seen = await minutes_service.view(minutes)
    assert [(each["speaker"], each["agenda_item"], each["text"], each["text_en"]) for each in seen["opinions"]] == [
        ("ກະຊວງການເງິນ", "2", "ເຫັນດີ", None),
        ("ກະຊວງການເງິນ", None, "ຄຳເຫັນ", "An opinion"),
    ]
    assert [(each["number"], each["text"]) for each in seen["decisions"]] == [(1, "ມະຕິ")]
    assert [(each["number"], each["owner"], each["due"]) for each in seen["actions"]] == [
        (1, "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", "2022-10-31")
    ]
    said = ["minutes-started", "opinion-recorded", "opinion-recorded", "decision-recorded", "action-assigned"]
    assert await minutes_service.outbox_types(minutes) == said
    payloads = await minutes_service.payloads()
    assert [word in payloads for word in ("ເຫັນດີ", "ຄຳເຫັນ", "ມະຕິ", "ປັບປຸງຮ່າງ", "ກະຊວງ")] == [False] * 5


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({**OPINION, "organisation": "XYZ"}, (422, "OrganisationUnknown")),
        ({**OPINION, "agenda_item": "9"}, (422, "AgendaItemUnknown")),
        ({**OPINION, "position": "perhaps"}, (422, "InvalidRequest")),
        ({**OPINION, "text": ""}, (422, "InvalidRequest")),
        ({**OPINION, "more": 1}, (422, "InvalidRequest")),
    ],
)
async def test_an_opinion_that_makes_no_sense_is_refused(
    minutes_service: MinutesService, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    minutes = await opened(minutes_service)
    assert code(await minutes_service.step(minutes, "opinions", "secretary", json=body)) == expected
    assert await minutes_service.outbox_types(minutes) == ["minutes-started"]


async def test_the_same_request_twice_is_written_down_once(minutes_service: MinutesService) -> None:
    minutes = await opened(minutes_service)
    headers = {"Idempotency-Key": "key-1"}
    answers = [
        await minutes_service.step(minutes, "opinions", "secretary", json=OPINION, headers=headers) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await minutes_service.view(minutes))["opinions"]) == 1


async def test_the_secretary_of_another_body_sees_and_writes_nothing(minutes_service: MinutesService) -> None:
    minutes = await opened(minutes_service)
    for method, path, body in (
        ("POST", "opinions", OPINION),
        ("POST", "draft", None),
        ("PUT", "text", {"quote": "x"}),
        ("GET", "", None),
    ):
        url, headers = f"/v1/minutes/{minutes}/{path}".rstrip("/"), {"If-Match": "*"}
        answer = await minutes_service.call(method, url, "secretary", organisation="MOF", json=body, headers=headers)
        assert code(answer) == (403, "NotPermitted")
    listed = await minutes_service.call("GET", "/v1/minutes", "secretary", organisation="MOF")
    assert listed.json()["items"] == []


async def test_minutes_are_found_by_their_meeting_and_page_by_page(minutes_service: MinutesService) -> None:
    first, second = await opened(minutes_service), await opened(minutes_service)
    pages: list[dict[str, Any]] = []
    cursor = None
    for _ in range(3):
        query = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await minutes_service.call("GET", "/v1/minutes", "secretary", params=query)).json()
        pages, cursor = [*pages, *page["items"]], page["next"]
    assert {page["minutes_id"] for page in pages} == {str(first), str(second)}
    wanted = {"meeting_id": pages[0]["meeting_id"]}
    assert (await minutes_service.call("GET", "/v1/minutes", "chair", params=wanted)).json()["items"] == [pages[0]]


async def test_a_draft_waits_for_those_who_are_on_their_way(minutes_service: MinutesService) -> None:
    meeting = new_id()
    minutes, late = minutes_id_of(meeting), facts.person(KEO)
    await minutes_service.receive(*meeting_facts(meeting), *(fact for fact in everybody() if fact != late))
    with pytest.raises(Unavailable, match="0 organisations and 1 persons"):
        await minutes_service.work(DRAFT_MINUTES, minutes)
    assert (await minutes_service.step(minutes, "draft", "secretary")).status_code == 503
    await minutes_service.receive(late)
    await minutes_service.attempt(DRAFT_MINUTES, minutes)
    seen = await minutes_service.view(minutes)
    assert (seen["state"], seen["revision"], seen["present"], seen["women"]) == ("draft", 1, 4, 2)


async def test_nobody_waits_for_a_person_who_was_erased(minutes_service: MinutesService) -> None:
    meeting = new_id()
    await minutes_service.receive(*everybody(), *meeting_facts(meeting), PersonErased(person_id=person_id(DAO)))
    await minutes_service.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    assert (await minutes_service.view(minutes_id_of(meeting)))["present"] == 4


async def test_who_changes_after_the_meeting_keeps_name_and_rank_in_its_minutes(
    minutes_service: MinutesService,
) -> None:
    minutes = await minutes_service.drafted()
    before = (await minutes_service.rows("SELECT draft FROM minutes"))[0]
    await minutes_service.receive(facts.person(CHAIR, given_name="ອື່ນ", rank=40), PersonErased(person_id=person_id(KEO)))
    assert (await minutes_service.rows("SELECT draft FROM minutes"))[0] == before
    assert "ທ່ານ ສັນຕິສຸກ (ສົມມຸດ), ຮອງລັດຖະມົນຕີ ກຕສ" in (await minutes_service.view(minutes))["text"]["opening"]["text"]


async def test_drafting_again_keeps_what_was_written_and_shows_the_difference(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    written = await put(minutes_service, minutes, 1, closing="ປິດແລ້ວ", quote="ຄຳເວົ້າ")
    assert (written.status_code, written.headers["etag"]) == (200, '"2"')
    meeting = UUID((await minutes_service.view(minutes))["meeting_id"])
    await minutes_service.receive(facts.checked_in(meeting, facts.BOUN))  # a desk without a network is late
    redrafted = await minutes_service.step(minutes, "draft", "secretary")
    assert (redrafted.json()["revision"], redrafted.status_code) == (3, 200)
    seen = await minutes_service.view(minutes)
    assert (seen["present"], seen["text"]["closing"]["text"], seen["text"]["quote"]["text"]) == (5, "ປິດແລ້ວ", "ຄຳເວົ້າ")
    assert seen["text"]["closing"]["edited"]
    assert seen["text"]["closing"]["drafted"].startswith("ກອງປະຊຸມໄດ້ປິດລົງໃນເວລາ 12:00 ໂມງ")
    given_back = await put(minutes_service, minutes, 3, closing=None)
    assert given_back.json()["text"]["closing"]["text"] == seen["text"]["closing"]["drafted"]


async def test_nobody_overwrites_a_text_that_he_has_not_read(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    assert (await put(minutes_service, minutes, 1, quote="ໜຶ່ງ")).status_code == 200
    assert code(await put(minutes_service, minutes, 1, quote="ສອງ")) == (412, "StaleVersion")
    blind = await minutes_service.call("PUT", f"/v1/minutes/{minutes}/text", "secretary", json={"quote": "ສາມ"})
    assert code(blind) == (428, "PreconditionMissing")
    assert (await minutes_service.view(minutes))["text"]["quote"]["text"] == "ໜຶ່ງ"


async def test_a_meeting_that_is_not_over_has_no_draft(minutes_service: MinutesService) -> None:
    minutes = await opened(minutes_service)
    assert code(await minutes_service.step(minutes, "draft", "secretary")) == (409, "MeetingNotHeld")
    assert code(await minutes_service.step(uuid4(), "draft", "secretary")) == (404, "NotFound")


async def test_the_draft_tells_the_last_time_and_place_and_whoever_moved_up_or_gave_up(
    minutes_service: MinutesService,
) -> None:
    meeting, moved = new_id(), Bilingual(lo="ຫ້ອງປະຊຸມໃຫຍ່, ກຕສ")
    told = facts.drafted(meeting)
    rescheduled = MeetingRescheduled(
        meeting_id=meeting,
        old_starts_at=told.starts_at,
        old_ends_at=told.ends_at,
        old_venue=told.venue,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        venue=moved,
        sequence=1,
    )
    seat = facts.seat_id(meeting, NOY)
    promoted = ParticipantPromoted(
        meeting_id=meeting,
        registration_id=seat,
        person_id=person_id(NOY),
        organisation="MOF",
        reason="seat-freed",
        code="A7K2Q9",
    )
    await minutes_service.receive(*everybody(), told, facts.opened(meeting), rescheduled)
    for name, state in ((KEO, "confirmed"), (NOY, "waitlisted"), (DAO, "waitlisted")):
        await minutes_service.receive(facts.registered(meeting, name, state=state))
    await minutes_service.receive(
        facts.withdrawn(meeting, KEO),
        promoted,
        facts.withdrawn(meeting, DAO, was="waitlisted"),
    )
    await minutes_service.receive(facts.checked_in(meeting, NOY), *facts.held(meeting))
    await minutes_service.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    seen = await minutes_service.view(minutes_id_of(meeting))
    assert (seen["present"], seen["text"]["place"]["text"]) == (2, "ກຕສ")
    ((draft,),) = await minutes_service.rows("SELECT draft FROM minutes")
    listed = [(each["given_name"], each["presence"], each["reason"]) for each in draft["attendees"]]
    assert sorted(listed) == sorted([(CHAIR, "chairing", None), (NOY, "present", None), (KEO, "excused", facts.REASON)])


async def test_who_has_changed_his_mind_is_listed_by_his_last_answer(minutes_service: MinutesService) -> None:
    meeting = new_id()
    await minutes_service.receive(*everybody(), facts.drafted(meeting), facts.opened(meeting))
    no_after_yes = (facts.registered(meeting, KEO), facts.withdrawn(meeting, KEO, declines=True))
    yes_after_no = (facts.declined(meeting, NOY), facts.reinstated(meeting, NOY))
    both = (
        facts.registered(meeting, DAO),
        facts.withdrawn(meeting, DAO, declines=True),
        facts.reinstated(meeting, DAO),
    )
    await minutes_service.receive(*no_after_yes, *yes_after_no, *both, facts.checked_in(meeting, NOY))
    await minutes_service.receive(*facts.held(meeting))
    await minutes_service.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    ((draft,),) = await minutes_service.rows("SELECT draft FROM minutes")
    listed = [(each["given_name"], each["presence"], each["reason"]) for each in draft["attendees"]]
    assert sorted(listed, key=str) == sorted(
        [
            (CHAIR, "chairing", None),
            (NOY, "present", None),
            (KEO, "excused", facts.REASON),
            (DAO, "absent", None),
        ],
        key=str,
    )


async def test_the_draft_has_the_title_and_the_agenda_that_were_corrected(minutes_service: MinutesService) -> None:
    meeting = new_id()
    told = facts.drafted(meeting)
    names = MeetingChanged.model_fields.keys() & MeetingDrafted.model_fields.keys()
    known = {name: getattr(told, name) for name in names}
    agenda = (AgendaItem(number="1", title=Bilingual(lo="ທົບທວນ")),)
    corrected = {"title": Bilingual(lo="ກອງປະຊຸມທົບທວນ"), "agenda": agenda}
    changed = MeetingChanged(**{**known, **corrected}, changed=("agenda", "title"), announced=True, sequence=1)
    await minutes_service.receive(*everybody(), told, facts.opened(meeting), changed)
    await minutes_service.receive(facts.registered(meeting, KEO), facts.checked_in(meeting, KEO), *facts.held(meeting))
    await minutes_service.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    ((draft,),) = await minutes_service.rows("SELECT draft FROM minutes")
    assert [(each["number"], each["title"]) for each in draft["agenda"]] == [("1", "ທົບທວນ")]


async def test_the_draft_names_the_chair_who_took_over_and_nothing_is_left_of_a_deleted_one(
    minutes_service: MinutesService,
) -> None:
    meeting, deleted = new_id(), new_id()
    told = facts.drafted(meeting)
    another = MeetingHostsChanged(
        meeting_id=meeting,
        announced=False,
        chair=person_id(KEO),
        former_chair=told.chair,
        co_hosts=told.co_hosts,
        co_host_contacts=told.co_host_contacts,
    )
    await minutes_service.receive(*everybody(), told, another, facts.opened(meeting))
    await minutes_service.receive(facts.drafted(deleted), MeetingDiscarded(meeting_id=deleted))
    await minutes_service.receive(facts.registered(meeting, NOY), facts.checked_in(meeting, NOY), *facts.held(meeting))
    await minutes_service.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    ((draft,),) = await minutes_service.rows("SELECT draft FROM minutes")
    assert KEO in draft["chair"]
    assert await minutes_service.rows("SELECT meeting_id FROM meeting") == [(meeting,)]
