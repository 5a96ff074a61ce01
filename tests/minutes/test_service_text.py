"""Writing minutes through the doors: what was said, the draft, the edits, and who may do it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.minutes.domain.state import minutes_id_of
from services.minutes.policy import DRAFT_MINUTES
from shared.contracts.base import Bilingual
from shared.contracts.ids import new_id
from shared.contracts.registration import MeetingRescheduled, ParticipantPromoted, PersonErased
from shared.kernel import Unavailable
from tests.minutes import happenings
from tests.minutes.happenings import CHAIR, DAO, KEO, NOY, everybody, meeting_facts, person_id
from tests.minutes.secretariat import Secretariat, code

OPINION = {"organisation": "MOF", "agenda_item": "2", "position": "support-with-comment", "text": "ເຫັນດີ"}
ACTION = {"organisation": "MTC", "text": "ປັບປຸງຮ່າງ", "due": "2022-10-31"}


async def opened(secretariat: Secretariat) -> UUID:
    meeting = new_id()
    await secretariat.hear(*everybody(), happenings.drafted(meeting), happenings.opened(meeting))
    return minutes_id_of(meeting)


async def put(secretariat: Secretariat, minutes: UUID, revision: int, **text: str | None) -> Any:
    headers = {"If-Match": f'"{revision}"'}
    return await secretariat.call("PUT", f"/v1/minutes/{minutes}/text", "secretary", json=text, headers=headers)


async def test_what_is_said_in_the_session_is_written_down_and_no_word_of_it_is_on_the_bus(
    secretariat: Secretariat,
) -> None:
    minutes = await opened(secretariat)
    english = {**OPINION, "agenda_item": None, "text": {"lo": "ຄຳເຫັນ", "en": "An opinion"}}
    for step, body in (
        ("opinions", OPINION),
        ("opinions", english),
        ("decisions", {"text": "ມະຕິ"}),
        ("actions", ACTION),
    ):
        answer = await secretariat.step(minutes, step, "secretary", json=body)
        assert answer.status_code == 201, answer.text
    seen = await secretariat.view(minutes)
    assert [(each["speaker"], each["agenda_item"], each["text"], each["text_en"]) for each in seen["opinions"]] == [
        ("ກະຊວງການເງິນ", "2", "ເຫັນດີ", None),
        ("ກະຊວງການເງິນ", None, "ຄຳເຫັນ", "An opinion"),
    ]
    assert [(each["number"], each["text"]) for each in seen["decisions"]] == [(1, "ມະຕິ")]
    assert [(each["number"], each["owner"], each["due"]) for each in seen["actions"]] == [
        (1, "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", "2022-10-31")
    ]
    said = ["minutes-started", "opinion-recorded", "opinion-recorded", "decision-recorded", "action-assigned"]
    assert await secretariat.said(minutes) == said
    payloads = await secretariat.payloads()
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
    secretariat: Secretariat, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    minutes = await opened(secretariat)
    assert code(await secretariat.step(minutes, "opinions", "secretary", json=body)) == expected
    assert await secretariat.said(minutes) == ["minutes-started"]


async def test_the_same_request_twice_is_written_down_once(secretariat: Secretariat) -> None:
    minutes = await opened(secretariat)
    headers = {"Idempotency-Key": "key-1"}
    answers = [
        await secretariat.step(minutes, "opinions", "secretary", json=OPINION, headers=headers) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await secretariat.view(minutes))["opinions"]) == 1


async def test_the_secretary_of_another_body_sees_and_writes_nothing(secretariat: Secretariat) -> None:
    minutes = await opened(secretariat)
    for method, path, body in (
        ("POST", "opinions", OPINION),
        ("POST", "draft", None),
        ("PUT", "text", {"quote": "x"}),
        ("GET", "", None),
    ):
        url, headers = f"/v1/minutes/{minutes}/{path}".rstrip("/"), {"If-Match": "*"}
        answer = await secretariat.call(method, url, "secretary", organisation="MOF", json=body, headers=headers)
        assert code(answer) == (403, "NotPermitted")
    listed = await secretariat.call("GET", "/v1/minutes", "secretary", organisation="MOF")
    assert listed.json()["items"] == []


async def test_minutes_are_found_by_their_meeting_and_page_by_page(secretariat: Secretariat) -> None:
    first, second = await opened(secretariat), await opened(secretariat)
    pages: list[dict[str, Any]] = []
    cursor = None
    for _ in range(3):
        query = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await secretariat.call("GET", "/v1/minutes", "secretary", params=query)).json()
        pages, cursor = [*pages, *page["items"]], page["next"]
    assert {page["minutes_id"] for page in pages} == {str(first), str(second)}
    wanted = {"meeting_id": pages[0]["meeting_id"]}
    assert (await secretariat.call("GET", "/v1/minutes", "chair", params=wanted)).json()["items"] == [pages[0]]


async def test_a_draft_waits_for_those_who_are_on_their_way(secretariat: Secretariat) -> None:
    meeting = new_id()
    minutes, late = minutes_id_of(meeting), happenings.person(KEO)
    await secretariat.hear(*meeting_facts(meeting), *(fact for fact in everybody() if fact != late))
    with pytest.raises(Unavailable, match="0 organisations and 1 persons"):
        await secretariat.work(DRAFT_MINUTES, minutes)
    assert (await secretariat.step(minutes, "draft", "secretary")).status_code == 503
    await secretariat.hear(late)
    await secretariat.attempt(DRAFT_MINUTES, minutes)
    seen = await secretariat.view(minutes)
    assert (seen["state"], seen["revision"], seen["present"], seen["women"]) == ("draft", 1, 4, 2)


async def test_nobody_waits_for_a_person_who_was_erased(secretariat: Secretariat) -> None:
    meeting = new_id()
    await secretariat.hear(*everybody(), *meeting_facts(meeting), PersonErased(person_id=person_id(DAO)))
    await secretariat.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    assert (await secretariat.view(minutes_id_of(meeting)))["present"] == 4


async def test_who_changes_after_the_meeting_keeps_name_and_rank_in_its_minutes(secretariat: Secretariat) -> None:
    minutes = await secretariat.drafted()
    before = (await secretariat.rows("SELECT draft FROM minutes"))[0]
    await secretariat.hear(happenings.person(CHAIR, given_name="ອື່ນ", rank=40), PersonErased(person_id=person_id(KEO)))
    assert (await secretariat.rows("SELECT draft FROM minutes"))[0] == before
    assert "ທ່ານ ສັນຕິສຸກ (ສົມມຸດ), ຮອງລັດຖະມົນຕີ ກຕສ" in (await secretariat.view(minutes))["text"]["opening"]["text"]


async def test_drafting_again_keeps_what_was_written_and_shows_the_difference(secretariat: Secretariat) -> None:
    minutes = await secretariat.drafted()
    written = await put(secretariat, minutes, 1, closing="ປິດແລ້ວ", quote="ຄຳເວົ້າ")
    assert (written.status_code, written.headers["etag"]) == (200, '"2"')
    meeting = UUID((await secretariat.view(minutes))["meeting_id"])
    await secretariat.hear(happenings.checked_in(meeting, happenings.BOUN))  # an offline desk comes home
    redrafted = await secretariat.step(minutes, "draft", "secretary")
    assert (redrafted.json()["revision"], redrafted.status_code) == (3, 200)
    seen = await secretariat.view(minutes)
    assert (seen["present"], seen["text"]["closing"]["text"], seen["text"]["quote"]["text"]) == (5, "ປິດແລ້ວ", "ຄຳເວົ້າ")
    assert seen["text"]["closing"]["edited"]
    assert seen["text"]["closing"]["drafted"].startswith("ກອງປະຊຸມໄດ້ປິດລົງໃນເວລາ 12:00 ໂມງ")
    given_back = await put(secretariat, minutes, 3, closing=None)
    assert given_back.json()["text"]["closing"]["text"] == seen["text"]["closing"]["drafted"]


async def test_nobody_overwrites_a_text_that_he_has_not_read(secretariat: Secretariat) -> None:
    minutes = await secretariat.drafted()
    assert (await put(secretariat, minutes, 1, quote="ໜຶ່ງ")).status_code == 200
    assert code(await put(secretariat, minutes, 1, quote="ສອງ")) == (412, "StaleVersion")
    blind = await secretariat.call("PUT", f"/v1/minutes/{minutes}/text", "secretary", json={"quote": "ສາມ"})
    assert code(blind) == (428, "PreconditionMissing")
    assert (await secretariat.view(minutes))["text"]["quote"]["text"] == "ໜຶ່ງ"


async def test_a_meeting_that_is_not_over_has_no_draft(secretariat: Secretariat) -> None:
    minutes = await opened(secretariat)
    assert code(await secretariat.step(minutes, "draft", "secretary")) == (409, "MeetingNotHeld")
    assert code(await secretariat.step(uuid4(), "draft", "secretary")) == (404, "NotFound")


async def test_the_draft_tells_the_last_time_and_place_and_whoever_moved_up_or_gave_up(
    secretariat: Secretariat,
) -> None:
    meeting, moved = new_id(), Bilingual(lo="ຫ້ອງປະຊຸມໃຫຍ່, ກຕສ")
    told = happenings.drafted(meeting)
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
    seat = happenings.seat_id(meeting, NOY)
    promoted = ParticipantPromoted(
        meeting_id=meeting,
        registration_id=seat,
        person_id=person_id(NOY),
        organisation="MOF",
        reason="seat-freed",
        code="A7K2Q9",
    )
    await secretariat.hear(*everybody(), told, happenings.opened(meeting), rescheduled)
    for name, state in ((KEO, "confirmed"), (NOY, "waitlisted"), (DAO, "waitlisted")):
        await secretariat.hear(happenings.registered(meeting, name, state=state))
    await secretariat.hear(
        happenings.withdrawn(meeting, KEO), promoted, happenings.withdrawn(meeting, DAO, was="waitlisted")
    )
    await secretariat.hear(happenings.checked_in(meeting, NOY), *happenings.held(meeting))
    await secretariat.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
    seen = await secretariat.view(minutes_id_of(meeting))
    assert (seen["present"], seen["text"]["place"]["text"]) == (2, "ກຕສ")
    ((draft,),) = await secretariat.rows("SELECT draft FROM minutes")
    listed = [(each["given_name"], each["presence"], each["reason"]) for each in draft["attendees"]]
    assert sorted(listed) == sorted(
        [(CHAIR, "chairing", None), (NOY, "present", None), (KEO, "excused", happenings.REASON)]
    )
