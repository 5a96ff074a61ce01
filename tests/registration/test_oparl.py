"""OParl 1.1: public meetings as open data programs read them, by the rules of the specification for each object."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.registration.papers import documented, pdf
from tests.registration.running_service import RegistrationService, code_of

SCHEMA = "https://schema.oparl.org/1.1/"
# Type of object → the members that the specification demands beside id, type, created and modified.
DEMANDED = {
    "System": ("oparlVersion", "body"),
    "Body": ("name", "organization", "person", "meeting", "paper", "legislativeTerm", "agendaItem", "file"),
    "Organization": (),
    "Meeting": (),
    "AgendaItem": ("order",),
    "Location": (),
    "File": ("accessUrl",),
}
TEXTS = {"name", "shortName", "number", "description", "fileName", "mimeType", "meetingState", "organizationType"}
ADDRESSES = {"system", "subOrganizationOf", "accessUrl", "downloadUrl", "agendaItem.meeting"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
AGENDA = [{"number": "1", "title": {"lo": "ກ່າວເປີດ"}}, {"number": "2", "title": {"lo": "ປຶກສາຫາລື"}}]
LISTS = ("organizations", "people", "meetings", "papers", "agenda-items", "consultations", "files", "locations")


async def read(service: RegistrationService, address: str) -> Any:
    """What is at an address that another answer has named."""
    parts = urlsplit(address)
    told = await service.http.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    assert told.status_code == 200, (address, told.text)
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["content-type"] == "application/json"
    return told.json()


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of OParl in an answer, also those inside of others."""
    if isinstance(value, dict):
        if "type" in value and "id" in value:
            yield value
        for inner in value.values():
            yield from objects_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects_in(inner)


def check(one: dict[str, Any]) -> None:
    """The rules of the specification: the type, what is demanded, addresses, times with a zone, no null."""
    kind = one["type"].removeprefix(SCHEMA)
    assert {"created", "modified", *DEMANDED[kind]} <= one.keys(), one
    assert None not in one.values()
    assert all(value != [] for name, value in one.items() if name != "legislativeTerm"), one
    assert all(isinstance(one[name], str) for name in TEXTS & one.keys())
    for name in {"created", "modified", "start", "end"} & one.keys():
        assert MOMENT.fullmatch(one[name]), one
    for name in {"id", *ADDRESSES} & one.keys():
        assert urlsplit(one[name]).scheme in {"http", "https"}
    assert isinstance(one.get("order", 0), int)
    assert isinstance(one.get("size", 0), int)
    assert isinstance(one.get("cancelled", False), bool)


async def published(service: RegistrationService, **changes: Any) -> dict[str, Any]:
    """A meeting that is open to all, as OParl shows it."""
    path = await service.opened(agenda=AGENDA, **changes)
    return dict(await read(service, f"/v1/oparl{path.removeprefix('/v1')}"))


@pytest.fixture
async def meeting(service: RegistrationService) -> dict[str, Any]:
    """With one document of the whole meeting and one of its second item."""
    path = await service.opened(agenda=AGENDA, co_hosts=["UNDP"])
    items = (await service.organiser.get(f"{path}/agenda")).json()["items"]
    await documented(service, path, pdf(1))
    await documented(service, path, pdf(2), item_id=items[1]["item_id"])
    await documented(service, path, pdf(3), access="participants")
    await documented(service, path, pdf(4), access="staff")
    return dict(await read(service, f"/v1/oparl{path.removeprefix('/v1')}"))


async def test_every_object_has_what_the_specification_demands(
    service: RegistrationService, meeting: dict[str, Any]
) -> None:
    system = await read(service, "/v1/oparl")
    bodies = await read(service, system["body"])
    (body,) = bodies["data"]
    pages = [
        await read(service, value) for name, value in body.items() if value != system["id"] and _is_list(body, name)
    ]
    found = [one for answer in (system, bodies, meeting, *pages) for one in objects_in(answer)]
    for one in found:
        check(one)
    assert {one["type"].removeprefix(SCHEMA) for one in found} == set(DEMANDED)
    assert all({"data", "pagination", "links"} == page.keys() for page in (bodies, *pages))


def _is_list(body: dict[str, Any], name: str) -> bool:
    return name != "id" and str(body[name]).startswith(f"{body['id']}/")


async def test_every_object_is_found_under_its_own_address(
    service: RegistrationService, meeting: dict[str, Any]
) -> None:
    for one in objects_in(meeting):
        alone = await read(service, one["id"])
        back = {"meeting", "meetings"} if one["type"] != f"{SCHEMA}Meeting" else set()
        assert {name: value for name, value in alone.items() if name not in back} == one
    for address in meeting["organization"]:
        check(await read(service, address))


async def test_a_meeting_is_shown_with_its_place_agenda_and_public_documents(meeting: dict[str, Any]) -> None:
    assert (meeting["name"], meeting["meetingState"], meeting["cancelled"]) == (
        "ກອງປະຊຸມປຶກສາຫາລື",
        "eingeladen",
        False,
    )
    assert (meeting["start"], meeting["end"]) == ("2022-09-19T08:30:00+07:00", "2022-09-19T12:30:00+07:00")
    assert meeting["location"]["description"] == "ຫ້ອງປະຊຸມໃຫຍ່"
    assert [address.rpartition("/")[2] for address in meeting["organization"]] == ["MTC", "UNDP"]
    assert [(one["number"], one["order"], one["name"]) for one in meeting["agendaItem"]] == [
        ("1", 0, "ກ່າວເປີດ"),
        ("2", 1, "ປຶກສາຫາລື"),
    ]
    assert [one["size"] for one in meeting["auxiliaryFile"]] == [len(pdf(1))]
    assert [one["size"] for one in meeting["agendaItem"][1]["auxiliaryFile"]] == [len(pdf(2))]


async def test_a_file_is_read_where_its_object_says(service: RegistrationService, meeting: dict[str, Any]) -> None:
    (file,) = meeting["auxiliaryFile"]
    told = await service.http.get(urlsplit(file["accessUrl"]).path)
    assert (told.status_code, told.content, told.headers["content-type"]) == (200, pdf(1), file["mimeType"])


async def test_drafts_and_meetings_that_are_not_open_to_all_are_not_there(service: RegistrationService) -> None:
    hidden = [await service.drafted(), await service.opened(policy="by-invitation")]
    shown = await published(service)
    for path in hidden:
        for below in ("", "/location"):
            told = await service.http.get(f"/v1/oparl{path.removeprefix('/v1')}{below}")
            assert code_of(told) == (404, "NotFound", None)
    page = await read(service, "/v1/oparl/bodies/1/meetings")
    assert [one["id"] for one in page["data"]] == [shown["id"]]


async def test_nobody_is_named(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    for name in LISTS:
        text = (await service.http.get(f"/v1/oparl/bodies/1/{name}")).text
        assert ("ຄົນທີ" in text, "5555" in text, "ສັນຕິສຸກ" in text) == (False, False, False)
    assert (await read(service, "/v1/oparl/bodies/1/people"))["data"] == []


async def test_a_cancelled_meeting_stays_and_says_so(service: RegistrationService) -> None:
    path = await service.opened()
    await service.organiser.post(f"{path}/cancel", {"reason": "ມີເຫດຈຳເປັນ"})
    meeting = await read(service, f"/v1/oparl{path.removeprefix('/v1')}")
    assert (meeting["cancelled"], meeting.get("meetingState")) == (True, None)


async def test_pages_follow_each_other_without_a_gap_and_keep_their_filter(service: RegistrationService) -> None:
    ids = sorted([(await published(service))["id"] for _ in range(5)])
    found: list[str] = []
    address = "/v1/oparl/bodies/1/meetings?elementsPerPage=2&created_since=2020-01-01T00:00:00Z"
    for expected in (2, 2, 1):
        page = await read(service, address)
        assert len(page["data"]) == expected
        found += [one["id"] for one in page["data"]]
        address = page["links"].get("next", "")
    assert (found, address) == (ids, "")


@pytest.mark.parametrize("name", ["meetings", "agenda-items", "locations", "files", "organizations"])
async def test_lists_are_filtered_by_when_objects_were_created_or_changed(
    service: RegistrationService,
    meeting: dict[str, Any],  # noqa: ARG001 -- what is listed
    name: str,
) -> None:
    everything = (await read(service, f"/v1/oparl/bodies/1/{name}?elementsPerPage=100"))["data"]
    assert everything
    for bound, expected in (
        ("modified_since=2100-01-01T00:00:00Z", 0),
        ("created_until=1960-01-01T00:00:00Z", 0),
        ("modified_until=2100-01-01T00:00:00Z&created_since=1960-01-01T00:00:00Z", len(everything)),
    ):
        page = await read(service, f"/v1/oparl/bodies/1/{name}?elementsPerPage=100&{bound}")
        assert (bound, len(page["data"])) == (bound, expected)


async def test_the_meetings_of_a_body_are_found_from_the_body(service: RegistrationService) -> None:
    await published(service)
    ministry = await read(service, "/v1/oparl/organizations/MTC")
    assert len((await read(service, ministry["meeting"]))["data"]) == 1
    other = await read(service, "/v1/oparl/organizations/MOF")
    assert (await read(service, other["meeting"]))["data"] == []


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("bodies/1/nothing", (422, "InvalidRequest")),
        ("bodies/1/meetings?elementsPerPage=1000", (422, "InvalidRequest")),
        ("bodies/1/meetings?created_since=yesterday", (422, "InvalidRequest")),
        ("bodies/1/meetings?cursor=AAAA", (422, "InvalidCursor")),
        ("bodies/1/organizations?cursor=AAAA", (422, "InvalidCursor")),
        ("organizations/NOBODY", (404, "NotFound")),
        ("meetings/00000000-0000-7000-8000-000000000000", (404, "NotFound")),
    ],
)
async def test_what_is_not_there_or_not_asked_well_is_refused(
    shared_service: RegistrationService, path: str, refused: tuple[int, str]
) -> None:
    assert code_of(await shared_service.http.get(f"/v1/oparl/{path}"))[:2] == refused


async def test_an_item_or_file_of_another_meeting_is_not_found(
    service: RegistrationService, meeting: dict[str, Any]
) -> None:
    other = urlsplit((await published(service))["id"]).path
    for one in (meeting["agendaItem"][0], meeting["auxiliaryFile"][0]):
        told = await service.http.get(f"{other}/{'/'.join(one['id'].split('/')[-2:])}")
        assert code_of(told) == (404, "NotFound", None)
