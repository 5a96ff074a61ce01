"""A meeting that takes place again and again: on which days, what each of them is, and which rules are refused."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.registration.domain.series.recurrence import recurrences
from services.registration.domain.series.refusals import RecurrenceInvalid, SeriesEmpty
from tests.registration.papers import documented, listed, pdf
from tests.registration.running_service import RegistrationService, code_of

VIENTIANE = ZoneInfo("Asia/Vientiane")
FIRST = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)  # a Monday, half past eight


def days(rule: str, *leaving: str, first: datetime = FIRST) -> list[str]:
    left = [date.fromisoformat(day) for day in leaving]
    found = recurrences(rule, first=first, zone=VIENTIANE, leaving=left)
    assert {moment.astimezone(VIENTIANE).strftime("%H:%M") for moment in found} == {"08:30"}
    return [moment.date().isoformat() for moment in found]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["2022-09-26", "2022-10-03"]),
        ("RRULE:freq=weekly;count=3", ["2022-09-26", "2022-10-03"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["2022-10-03", "2022-11-07"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20221130", ["2022-09-30", "2022-10-31", "2022-11-30"]),
        ("FREQ=MONTHLY;INTERVAL=3;UNTIL=20230401T000000Z", ["2022-12-19", "2023-03-19"]),
        ("FREQ=YEARLY;UNTIL=20990101", ["2023-09-19", "2024-09-19"]),
    ],
)
def test_a_rule_of_a_calendar_says_the_days(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


@pytest.mark.parametrize("rule", ["freq=weekly;count=52", "FREQ=WEEKLY;UNTIL=20230911"])
def test_a_series_has_fifty_two_meetings_however_the_rule_says_so(rule: str) -> None:
    assert len(days(rule)) == 51  # besides the first one


def test_a_holiday_is_left_out_and_counts() -> None:
    assert days("FREQ=WEEKLY;COUNT=4", "2022-10-03") == ["2022-09-26", "2022-10-10"]


def test_the_time_of_day_is_that_of_the_office_late_in_the_evening_too() -> None:
    late = datetime(2022, 9, 30, 18, 0, tzinfo=UTC)  # the first of October there
    found = recurrences("FREQ=MONTHLY;COUNT=2", first=late, zone=VIENTIANE)
    assert [moment.isoformat() for moment in found] == ["2022-11-01T01:00:00+07:00"]


@pytest.mark.parametrize(
    "rule",
    [
        *("", "every Monday", "FREQ=HOURLY;COUNT=2", "FREQ=WEEKLY;COUNT=53", "FREQ=WEEKLY;COUNT=0"),
        *("FREQ=WEEKLY;COUNT=-1", "FREQ=WEEKLY;INTERVAL=0;COUNT=2", "FREQ=WEEKLY;COUNT=2;COUNT=3"),
        *("FREQ=WEEKLY;COUNT=2;UNTIL=20230101", "FREQ=WEEKLY;BYDAY=XX;COUNT=2", "FREQ=WEEKLY;BYEASTER=1;COUNT=2"),
        *("FREQ=WEEKLY;UNTIL=tomorrow", "FREQ=WEEKLY;COUNT=٣", "FREQ=WEEKLY;BYDAY=", "FREQ=DAILY"),
    ],
)
def test_what_is_no_rule_or_has_no_end_is_refused(rule: str) -> None:
    with pytest.raises(RecurrenceInvalid):
        days(rule)


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=WEEKLY;COUNT=1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=20010101"),
        "FREQ=MONTHLY;BYMONTHDAY=99;COUNT=2",
    ],
)
def test_a_rule_without_another_day_is_refused(rule: str) -> None:
    with pytest.raises(SeriesEmpty):
        days(rule)


async def drafted(service: RegistrationService, path: str, **members: Any) -> list[dict[str, Any]]:
    made = await service.organiser.post(f"{path}/series", {"rule": "FREQ=WEEKLY;COUNT=3", **members})
    assert made.status_code == 201, made.text
    meetings: list[dict[str, Any]] = made.json()["meetings"]
    return meetings


async def test_each_meeting_of_a_series_is_a_draft_of_its_own_that_continues_the_one_before(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    first = path.rpartition("/")[2]
    second, third = await drafted(service, path)
    assert [one["starts_at"] for one in (second, third)] == ["2022-09-26T01:30:00Z", "2022-10-03T01:30:00Z"]
    details = [(await service.organiser.get(f"/v1/meetings/{one['meeting_id']}")).json() for one in (second, third)]
    assert [(one["phase"], one["confirmed"], one["series_id"]) for one in details] == [("draft", 0, first)] * 2
    assert [one["previous_meeting_id"] for one in details] == [first, second["meeting_id"]]
    assert (await service.organiser.delete(f"/v1/meetings/{second['meeting_id']}")).status_code < 300
    assert (await service.organiser.get(f"/v1/meetings/{third['meeting_id']}")).status_code == 200


async def test_the_documents_of_a_series_are_copied_where_they_are_asked_for(service: RegistrationService) -> None:
    path = await service.drafted()
    await documented(service, path, pdf(1), title={"lo": "ຮ່າງ"})
    (bare,) = await drafted(service, path, rule="FREQ=WEEKLY;COUNT=2")
    (full,) = await drafted(service, path, rule="FREQ=WEEKLY;COUNT=2", documents=True)
    found = [await listed(service.organiser, f"/v1/meetings/{one['meeting_id']}") for one in (bare, full)]
    assert [len(one) for one in found] == [0, 1]


async def test_a_wrong_rule_drafts_nothing_and_says_why(service: RegistrationService) -> None:
    path = await service.drafted()
    told = await service.organiser.post(f"{path}/series", {"rule": "FREQ=HOURLY;COUNT=3"})
    assert code_of(told) == (422, "RecurrenceInvalid", "/rule")
    assert told.json()["details"]["why"] == "FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY"
    assert await service.value("SELECT count(*) FROM meeting") == 1


async def test_a_series_is_the_organisers(service: RegistrationService) -> None:
    path = await service.opened()
    told = await service.as_("organiser", body="MOF").post(f"{path}/series", {"rule": "FREQ=WEEKLY;COUNT=3"})
    assert code_of(told) == (403, "NotPermitted", None)
