"""Figures of a meeting: kept by the database whatever writes, compared by ETag, and sent as they change."""

import asyncio
import random
from typing import Any
from uuid import UUID, uuid4

from alembic import command

from services.registration.domain.registration_states import RegistrationState
from services.registration.settings import RegistrationSettings
from shared.migrations import configuration
from tests.migration import wanted
from tests.registration.running_service import INVITED, RegistrationService

GENDERS = ("female", "male", "not-stated", None)
KINDS = """
SELECT state, r.organisation, r.rank, coalesce(p.gender, 'not-stated') AS gender,
       CASE WHEN walk_in THEN 'walk-in' WHEN represents IS NOT NULL THEN 'representative'
            WHEN invitation_id IS NOT NULL THEN 'invitation' ELSE 'open' END AS channel,
       promoted, checked_in_at IS NOT NULL AS checked_in,
       checked_in_at IS NOT NULL AND coalesce(coalesce(entered_at, checked_in_at) > left_at, true) AS inside,
       count(*) AS n
FROM registration r JOIN person p USING (person_id) WHERE meeting_id = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
KEPT = {
    KINDS: "SELECT state, organisation, rank, gender, channel, promoted, checked_in, inside, people AS n "
    "FROM registration_figure WHERE meeting_id = $1 AND people <> 0",
    "SELECT coalesce(reason, ''), count(*) FROM check_in WHERE meeting_id = $1 AND movement IS NULL GROUP BY 1": (
        "SELECT reason, scans AS n FROM scan_figure WHERE meeting_id = $1"
    ),
    "SELECT channel, status, count(*) AS n FROM message_status WHERE meeting_id = $1 GROUP BY 1, 2": (
        "SELECT channel, status, sum(messages)::bigint AS n FROM message_figure WHERE meeting_id = $1 GROUP BY 1, 2 "
        "HAVING sum(messages) <> 0"
    ),
}
CHANGES = (
    (
        "UPDATE registration SET state = $2 WHERE registration_id = $1 AND $3::int > 0 "
        "AND $4::text IS NOT DISTINCT FROM $4"
    ),
    (
        "UPDATE registration SET checked_in_at = now(), entered_at = left_at, left_at = now(), promoted = NOT promoted "
        "WHERE registration_id = $1 AND $2::text IS NOT NULL AND $3::int > 0 AND $4::text IS NOT DISTINCT FROM $4"
    ),
    (
        "UPDATE registration SET checked_in_at = now(), entered_at = NULL "
        "WHERE registration_id = $1 AND $2::text IS NOT NULL AND $3::int > 0 AND $4::text IS NOT DISTINCT FROM $4"
    ),
    (
        "UPDATE registration SET rank = $3::int, organisation = 'MOH', ticket_serial = 2 "
        "WHERE registration_id = $1 AND $2::text IS NOT NULL AND $4::text IS NOT DISTINCT FROM $4"
    ),
    (
        "UPDATE person p SET gender = $4 FROM registration r WHERE registration_id = $1 AND p.person_id = r.person_id "
        "AND $2::text IS NOT NULL AND $3::int > 0"
    ),
    (
        "DELETE FROM registration WHERE registration_id = $1 AND $2::text = 'declined' AND $3::int > 0 "
        "AND $4::text IS NOT DISTINCT FROM $4"
    ),
)


async def counted(service: RegistrationService, path: str, query: str) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in await service.rows(query, UUID(path.rpartition("/")[2]))}


async def assert_kept_as_counted(service: RegistrationService, path: str) -> None:
    for count, kept in KEPT.items():
        assert await counted(service, path, kept) == await counted(service, path, count)


async def changed_at_random(service: RegistrationService, *, times: int) -> None:
    """Whatever a version of this service may write to the rows, in any order."""
    chance = random.Random(20_220_919)  # noqa: S311 -- no secret
    seats = [row["registration_id"] for row in await service.rows("SELECT registration_id FROM registration")]
    async with service.database.transaction() as connection:
        for _ in range(times):
            state, rank = chance.choice([*RegistrationState]), chance.randint(10, 90)
            await connection.execute(
                chance.choice(CHANGES), chance.choice(seats), str(state), rank, chance.choice(GENDERS)
            )


async def test_kept_figures_are_what_a_count_of_all_rows_would_say(service: RegistrationService) -> None:
    path = await service.opened(capacity=20)
    link = await service.invited(path, seats=20)
    for number in range(24):
        await service.registered(path, number, gender=GENDERS[number % 3], **({"link": link} if number % 2 else {}))
    await assert_kept_as_counted(service, path)
    await changed_at_random(service, times=300)
    await assert_kept_as_counted(service, path)
    messages = [uuid4() for _ in range(9)]
    async with service.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO message_status SELECT unnest($1::uuid[]), $2, 'sms', 'created'",
            messages,
            UUID(path.rpartition("/")[2]),
        )
        await connection.execute(
            "UPDATE message_status SET status = 'sent' WHERE message_id = ANY($1::uuid[])", messages[:5]
        )
        await connection.execute(
            "UPDATE message_status SET status = 'delivered' WHERE message_id = ANY($1::uuid[])", messages[:2]
        )
    await assert_kept_as_counted(service, path)
    assert (await service.statistics(path))["messages"] == {"sms created": 4, "sms delivered": 2, "sms sent": 3}


async def test_who_was_checked_in_by_a_version_that_knew_no_exits_is_counted_by_the_migration(
    settings_with_database: RegistrationSettings, service: RegistrationService
) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    folder, metadata = wanted("registration")
    schema = configuration(folder, settings_with_database.database_dsn.get_secret_value(), metadata)
    await asyncio.to_thread(command.downgrade, schema, "0016")
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE registration SET checked_in_at = now()")
    inside = "SELECT coalesce(sum(people) FILTER (WHERE inside), 0)::int FROM registration_figure"
    assert await service.value(inside) == 0  # not over HTTP: this version reads columns that came later
    await asyncio.to_thread(command.upgrade, schema, "head")
    await assert_kept_as_counted(service, path)
    assert (await service.statistics(path))["inside"] == 1


async def test_a_figure_that_may_show_who_it_is_is_for_staff(
    shared_service: RegistrationService,
) -> None:
    path = await shared_service.opened()
    await shared_service.registered(path, 1, gender="female")
    staff = (await shared_service.as_("desk").get(f"{path}/statistics")).json()
    other = (await shared_service.as_("organiser", body="MOH").get(f"{path}/statistics")).json()
    assert staff["breakdown"] == {
        "organisation": {INVITED: {"confirmed": 1}},
        "rank": {"80": {"confirmed": 1}},
        "gender": {"female": {"confirmed": 1}},
        "channel": {"open": {"confirmed": 1}},
        "answers": {},
        "organisation_names": {INVITED: {"lo": "ກະຊວງການເງິນ", "en": "Ministry of Finance"}},
    }
    assert other == {**staff, "breakdown": None}


async def test_figures_that_have_not_changed_are_not_sent_again(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    first = await shared_service.organiser.get(f"{path}/statistics")
    known = {**shared_service.organiser.headers, "if-none-match": first.headers["etag"]}
    again = await shared_service.http.get(f"{path}/statistics", headers=known)
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    await shared_service.registered(path, 1)
    assert (await shared_service.http.get(f"{path}/statistics", headers=known)).status_code == 200
