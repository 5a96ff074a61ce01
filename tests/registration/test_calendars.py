"""Calendars to subscribe to: what programs of others read there, and what nobody finds there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar, Component

from tests.registration.running_service import END, ORGANISER, START, RegistrationService

LONG_AGO = START - timedelta(days=4_000)
UNKNOWN = "/v1/meetings/01900000-0000-7000-8000-000000000000"
NEXT_YEAR = datetime.now(UTC).replace(microsecond=0) + timedelta(days=365)
TIMES = {"starts_at": NEXT_YEAR.isoformat(), "ends_at": (NEXT_YEAR + timedelta(hours=3)).isoformat()}


def entries(answer: httpx.Response) -> list[Component]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


async def of_meeting(service: RegistrationService, path: str) -> Component:
    (entry,) = entries(await service.anybody.get(f"{path}/calendar.ics"))
    return entry


async def of_body(service: RegistrationService, code: str = ORGANISER) -> list[str]:
    """The identifiers in the calendar of a body, as paths of meetings."""
    answer = await service.anybody.get(f"/v1/organisations/{code}/calendar.ics")
    return [f"/v1/meetings/{entry['uid']}" for entry in entries(answer)]


async def test_a_program_reads_the_meeting_as_it_stands(service: RegistrationService) -> None:
    path = await service.opened(**TIMES)
    entry = await of_meeting(service, path)
    told: dict[str, Any] = {name: entry.decoded(name) for name in ("uid", "sequence", "dtstart", "summary", "status")}
    assert told == {
        "uid": path.rpartition("/")[2],
        "sequence": 0,
        "dtstart": NEXT_YEAR,
        "summary": "ກອງປະຊຸມປຶກສາຫາລື",
        "status": "CONFIRMED",
    }
    assert entry["summary"].params["LANGUAGE"] == "lo"
    assert "ATTENDEE" not in entry


async def test_a_moved_meeting_keeps_its_identifier_and_a_cancelled_one_stays(service: RegistrationService) -> None:
    path = await service.opened(**TIMES)
    later = NEXT_YEAR + timedelta(days=1)
    moved = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat(), "venue": {"lo": "ໃໝ່"}}
    assert (await service.organiser.post(f"{path}/reschedule", moved)).status_code == 200
    entry = await of_meeting(service, path)
    assert (entry["uid"], entry["sequence"], entry.decoded("dtstart")) == (path.rpartition("/")[2], 1, later)
    assert (await service.organiser.post(f"{path}/cancel", {"reason": "ມີເຫດຈຳເປັນ"})).status_code == 200
    entry = await of_meeting(service, path)
    assert (entry["sequence"], entry["status"], entry.decoded("dtstart")) == (2, "CANCELLED", later)


async def test_a_body_shows_meetings_for_all_and_hides_drafts_invitations_and_the_past(
    service: RegistrationService,
) -> None:
    shown = await service.opened(**TIMES)
    await service.drafted(**TIMES)
    await service.opened(**TIMES, policy="by-invitation")
    await service.opened(starts_at=LONG_AGO.isoformat(), ends_at=(LONG_AGO + (END - START)).isoformat())
    assert await of_body(service) == [shown]
    assert await of_body(service, "MOF") == []


@pytest.mark.parametrize("path", [UNKNOWN, "/v1/organisations/NOBODY"])
async def test_what_does_not_exist_has_no_calendar(path: str, shared_service: RegistrationService) -> None:
    assert (await shared_service.anybody.get(f"{path}/calendar.ics")).status_code == 404


async def test_a_draft_has_no_calendar(shared_service: RegistrationService) -> None:
    path = await shared_service.drafted()
    assert (await shared_service.organiser.get(f"{path}/calendar.ics")).status_code == 404


async def test_a_calendar_that_has_not_changed_is_not_sent_again(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    tag = (await shared_service.anybody.get(f"{path}/calendar.ics")).headers["etag"]
    again = await shared_service.http.get(f"{path}/calendar.ics", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_lines_are_folded_at_75_octets_and_end_as_the_standard_says(shared_service: RegistrationService) -> None:
    path = await shared_service.opened(title={"lo": "ກອງປະຊຸມ" * 20, "en": "a; b, c \\ d" * 9})
    content = (await shared_service.anybody.get(f"{path}/calendar.ics")).content
    assert [line for line in content.split(b"\r\n") if len(line) > 75 or b"\n" in line] == []
    entry = await of_meeting(shared_service, path)
    assert (str(entry["summary"]), str(entry["description"])) == ("ກອງປະຊຸມ" * 20, "a; b, c \\ d" * 9)
