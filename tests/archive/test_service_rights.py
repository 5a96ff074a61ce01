"""Which records somebody may know of: an archivist those of every body, everybody else those of his own."""

import pytest

from services.archive.domain.state import record_id_of
from shared.contracts.ids import new_id
from shared.contracts.registration import MeetingDiscarded
from tests.archive.callers import Callers
from tests.archive.running_service import ArchiveService, drafted, minutes_published, sealed

OWN = ("secretary", "chair", "organiser")


async def visible(caller: Callers, role: str, **query: str) -> list[str]:
    return [item["record_id"] for item in (await caller.get("/v1/records", role, **query)).json()["items"]]


@pytest.mark.parametrize("role", OWN)
async def test_drafts_and_records_are_listed_for_their_own_body_alone(
    archive_service: ArchiveService, callers: Callers, role: str
) -> None:
    record_id, draft = str(await sealed(archive_service)), new_id()
    await archive_service.receive(drafted(draft))
    assert await visible(callers, role) == [str(record_id_of(draft)), record_id]
    for other in (callers.of("MOF"), callers.of(None)):
        assert await visible(other, role) == await visible(other, role, q="digital") == []
        assert await visible(other, role, meeting_id=str(draft)) == []


@pytest.mark.parametrize("role", OWN)
@pytest.mark.parametrize("part", ["", "/proof", "/package"])
async def test_a_record_of_another_body_is_as_unknown_as_one_that_does_not_exist(
    archive_service: ArchiveService, callers: Callers, role: str, part: str
) -> None:
    record_id, stranger = await sealed(archive_service), callers.of("MOF")
    refused = await stranger.get(f"/v1/records/{record_id}{part}", role)
    unknown = await stranger.get(f"/v1/records/{new_id()}{part}", role)
    assert (refused.status_code, refused.json()["code"]) == (unknown.status_code, unknown.json()["code"])
    assert refused.status_code == (403 if (role, part) == ("organiser", "/package") else 404)
    assert await archive_service.rows("SELECT actor FROM view") == []


async def test_a_record_whose_body_is_not_known_yet_is_for_archivists(
    archive_service: ArchiveService, callers: Callers
) -> None:
    meeting = new_id()
    await archive_service.receive(minutes_published(meeting))
    seen = [await visible(callers.of(body), "secretary") for body in ("MTC", None)]
    assert (seen, await visible(callers.of(None), "archivist")) == ([[], []], [str(record_id_of(meeting))])


async def test_what_a_deleted_draft_was_called_is_read_and_found_by_nobody(
    archive_service: ArchiveService, callers: Callers
) -> None:
    draft = new_id()
    await archive_service.receive(drafted(draft), MeetingDiscarded(meeting_id=draft))
    assert await visible(callers, "secretary") == await visible(callers, "archivist", q="digital") == []
    (seen,) = (await callers.get("/v1/records", "archivist")).json()["items"]
    assert (seen["meeting_id"], seen["title"], seen["organiser"]) == (str(draft), None, None)


async def test_an_archivist_of_any_body_reads_everything(archive_service: ArchiveService, callers: Callers) -> None:
    address, archivist = f"/v1/records/{await sealed(archive_service)}", callers.of("NLA")
    statuses = [(await archivist.get(address + part, "archivist")).status_code for part in ("", "/proof", "/package")]
    assert statuses == [200, 200, 200]


async def test_an_operator_checks_the_log_and_sees_no_record(archive_service: ArchiveService, callers: Callers) -> None:
    address = f"/v1/records/{await sealed(archive_service)}"
    paths = ("/v1/records", address, f"{address}/proof", f"{address}/package", "/v1/log/fsck")
    assert [(await callers.get(path, "operator")).status_code for path in paths] == [403, 403, 403, 403, 200]
