"""Officials stand by rank, then in the protocol order of the meeting's year, then as in a Lao dictionary."""

import csv
import io
from uuid import UUID

import pytest

from services.registration import views
from tests.registration.running_service import END, START, RegistrationService, answer

PEOPLE = (  # given name, body: all of one rank
    *(("ມະນີ", "MTC"), ("ຄຳ", "MONRE"), ("ກາວ", "MAF"), ("ໜູ", "MOJ"), ("ນາງ", "MOJ"), ("ຈັນ", "MPI"), ("ບຸນ", "MOF")),
    *(("ສີ", "MOHA"), ("ພອນ", "MEM"), ("ດາວ", "MOIC")),
)
IN_2022 = ["ສີ", "ນາງ", "ໜູ", "ຈັນ", "ບຸນ", "ດາວ", "ພອນ", "ມະນີ", "ກາວ", "ຄຳ"]
SINCE_2026 = ["ມະນີ", "ສີ", "ນາງ", "ໜູ", "ຈັນ", "ບຸນ", "ດາວ", "ພອນ", "ກາວ", "ຄຳ"]


@pytest.mark.parametrize(
    ("year", "order"), [("2022", IN_2022), ("2026", SINCE_2026)], ids=["as they stood in 2022", "as they stand since"]
)
async def test_list_export_and_papers_have_the_order_of_the_year_of_the_meeting(
    service: RegistrationService, year: str, order: list[str]
) -> None:
    begins, ends = [moment.isoformat().replace("2022", year) for moment in (START, END)]
    path = await service.opened(starts_at=begins, ends_at=ends)
    for number, (name, body) in enumerate(PEOPLE):
        sent = answer(number, body=body, given_name=name, rank=50)
        assert (await service.anybody.post(f"{path}/registrations", sent)).status_code == 201
    moved = {"day": "2026-01-01", "protocol_order": 1, "reason": "ຂໍ້ຕົກລົງວ່າດ້ວຍພິທີການ"}
    done = await service.as_("operator").post("/v1/organisations/MTC/changes", moved)
    assert done.status_code == 200, done.text
    listed = (await service.organiser.get(f"{path}/registrations", order="precedence")).json()["items"]
    sheet = (await service.organiser.get(f"{path}/registrations.csv")).content.decode("utf-8-sig")
    headers, *rows = csv.reader(io.StringIO(sheet))
    async with service.database.reading() as connection:
        printed = await views.people_to_print(connection, UUID(path.rpartition("/")[2]), limit=99)
    assert [one["given_name"] for one in listed] == order
    assert [row[headers.index("ຊື່")] for row in rows] == order
    assert [row["given_name"] for row in printed] == order
