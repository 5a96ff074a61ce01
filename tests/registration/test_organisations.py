"""Bodies of government over time: renamed, moved in the protocol, merged, split; whoever met in 2022 met under 2022."""

import csv
import io
from typing import Any

import icalendar
import pytest

from tests.registration.running_service import END, START, RegistrationService, code_of

RENAMED = {"lo": "ກະຊວງການເງິນ ແລະ ແຜນການ", "en": "Ministry of Finance and Planning"}
DECREE = "ດຳລັດ ສະບັບເລກທີ 12/ລບ"


async def changed(service: RegistrationService, code: str, what: str = "changes", **body: Any) -> dict[str, Any]:
    """A body after a change of it."""
    sent = {"reason": DECREE, **body}
    done = await service.as_("operator", subject="registrar").post(f"/v1/organisations/{code}/{what}", sent)
    assert done.status_code == 200, done.text
    told: dict[str, Any] = done.json()
    return told


async def listed(service: RegistrationService, **query: str) -> dict[str, dict[str, Any]]:
    """The bodies by code, in their order."""
    found = await service.anybody.get("/v1/organisations", **query)
    return {one["code"]: one for one in found.json()["items"]}


async def test_the_reform_of_2025_is_known_of_each_day(service: RegistrationService) -> None:
    before, after = [await listed(service, at=day) for day in ("2025-03-19", "2025-03-20")]
    gone = {"MOHA", "MPI", "MEM", "MAF", "MONRE", "MICT"}
    assert (before.keys() - after.keys(), after.keys() - before.keys()) == (gone, {"MAE", "MCT"})
    assert (await listed(service, on="2025-03-19")) == before
    found = await service.anybody.get("/v1/organisations/MAE")
    assert found.json()["predecessors"] == ["MAF", "MONRE"]
    assert (before["MOHA"]["successors"], before["MOHA"]["taken_over_by"]) == (["PCC-ORG", "PMO"], None)
    assert (before["MICT"]["successors"], before["MICT"]["taken_over_by"]) == (["MCT", "PCC-PROP"], "MCT")


async def test_ministries_that_were_merged_later_stand_where_they_stood(service: RegistrationService) -> None:
    ministries = [one["code"] for one in (await listed(service, at="2022-09-19")).values() if one["kind"] == "ministry"]
    assert ministries == [
        *("MND", "MPS", "MOFA", "MOHA", "MOJ", "MPI", "MOF", "MOIC", "MEM", "MPWT", "MOES", "MOH", "MLSW", "MTC"),
        *("MAF", "MONRE", "MICT"),
    ]


async def test_another_name_holds_from_its_day_on_and_not_before(service: RegistrationService) -> None:
    told = await changed(service, "MOF", day="2025-06-01", name=RENAMED, abbreviation_lo="ກງຜ", protocol_order=1)
    assert (told["name"], [one["until"] for one in told["earlier"]]) == (RENAMED, ["2025-06-01"])
    names = [(await listed(service, at=day))["MOF"]["name"]["lo"] for day in ("2022-09-19", "2025-05-31", "2025-06-01")]
    assert names == ["ກະຊວງການເງິນ", "ກະຊວງການເງິນ", RENAMED["lo"]]
    assert next(iter(await listed(service, at="2025-06-01"))) == "MOF"
    assert next(iter(await listed(service, at="2025-05-31"))) == "PMO"
    assert "MOF" in await listed(service, q="ແຜນການ", at="2022-09-19")


async def test_a_change_sent_twice_is_one_and_sent_anew_for_its_day_corrects_it(service: RegistrationService) -> None:
    first = await changed(service, "MOF", day="2025-06-01", name=RENAMED)
    assert await changed(service, "MOF", day="2025-06-01", name=RENAMED) == first
    corrected = await changed(service, "MOF", day="2025-06-01", name={**RENAMED, "en": "Ministry of Finance"})
    assert (len(corrected["earlier"]), corrected["version"]) == (1, first["version"] + 1)


async def test_a_meeting_of_2022_shows_the_names_of_2022_for_ever(service: RegistrationService) -> None:
    path = await service.opened(policy="open", organiser="MTC", co_hosts=["MOF"])
    link = await service.invited(path)
    await service.registered(path, 1, link=link)

    async def shown() -> list[Any]:
        rows = (await service.organiser.get(f"{path}/registrations.csv")).content.decode("utf-8-sig")
        headers, row = csv.reader(io.StringIO(rows))
        calendar = icalendar.Calendar.from_ical((await service.anybody.get(f"{path}/calendar.ics")).content)
        invitation = await service.http.get("/v1/invitation", headers={"invitation-token": link})
        return [
            row[headers.index("ອົງການ")],
            calendar.events[0]["organizer"].params["CN"],
            invitation.json()["name"],
            invitation.json()["meeting"]["organiser"],
            (await service.organiser.get(f"{path}/invitations")).json()["items"][0]["name"],
            (await service.organiser.get(f"{path}/registrations")).json()["items"][0]["organisation_name"],
            (await service.organiser.get(path)).json()["organisation_names"],
            (await service.statistics(path))["breakdown"]["organisation_names"],
            (await service.anybody.get(f"/answer/{path.rpartition('/')[2]}")).text.count("ກະຊວງເຕັກໂນໂລຊີ"),
        ]

    before = await shown()
    for code in ("MOF", "MTC"):
        await changed(service, code, day="2025-06-01", name={"lo": "ຊື່ໃໝ່", "en": "New name"})
    await changed(service, "MTC", "end", day="2030-01-01", successors=["MOF"])
    assert await shown() == before
    assert before[0] == "ກະຊວງການເງິນ"


@pytest.mark.parametrize(
    ("meeting_day", "name"),
    [
        ("2030-01-31", {"lo": "ກະຊວງການເງິນ", "en": "Ministry of Finance"}),
        (
            "2030-02-01",
            {
                "lo": "ກະຊວງການເງິນ (ປັດຈຸບັນ ກະຊວງສາທາລະນະສຸກ)",
                "en": "Ministry of Finance (now Ministry of Health)",
            },
        ),
        (
            "2031-02-01",
            {
                "lo": "ກະຊວງການເງິນ (ປັດຈຸບັນ ກະຊວງຍຸຕິທຳ)",
                "en": "Ministry of Finance (now Ministry of Justice)",
            },
        ),
    ],
)
async def test_of_a_body_that_has_ended_before_the_meeting_both_names_are_shown(
    service: RegistrationService, meeting_day: str, name: dict[str, str]
) -> None:
    begins, ends = [moment.isoformat().replace("2022-09-19", meeting_day) for moment in (START, END)]
    path = await service.opened(starts_at=begins, ends_at=ends)
    await service.invited(path)
    await changed(service, "MOF", "end", day="2030-02-01", successors=["MOH"])
    await changed(service, "MOH", "end", day="2031-02-01", successors=["MOJ", "MOES"], taken_over_by="MOJ")
    (invited,) = (await service.organiser.get(f"{path}/invitations")).json()["items"]
    assert invited["name"] == name


@pytest.mark.parametrize(
    ("code", "what", "body", "refused"),
    [
        ("XX", "changes", {"day": "2030-01-01", "name": RENAMED}, (404, "NotFound", None)),
        ("MAE", "changes", {"day": "2025-03-20", "name": RENAMED}, (422, "ChangeOutOfOrder", None)),
        ("MAF", "changes", {"day": "2025-03-20", "name": RENAMED}, (422, "ChangeOutOfOrder", None)),
        ("MAE", "end", {"day": "2025-03-20"}, (422, "InvalidSchedule", "/valid_until")),
        ("MOF", "changes", {"day": "2030-01-01", "parent": "XX"}, (422, "OrganisationUnknown", "/parent")),
        ("MOF", "changes", {"day": "2030-01-01", "parent": "MOF"}, (422, "SuccessorInvalid", "/parent")),
        ("MOF", "end", {"day": "2030-01-01", "successors": ["XX"]}, (422, "OrganisationUnknown", "/successors/0")),
        ("MOF", "end", {"day": "2030-01-01", "successors": ["MOF"]}, (422, "SuccessorInvalid", "/successors/0")),
        ("MOF", "end", {"day": "2030-01-01", "successors": ["MOH", "MOH"]}, (422, "SuccessorInvalid", "/successors")),
        (
            "MOF",
            "end",
            {"day": "2030-01-01", "successors": ["MOH"], "taken_over_by": "MOJ"},
            (422, "SuccessorInvalid", "/taken_over_by"),
        ),
        ("MAE", "end", {"day": "2030-01-01", "successors": ["MAF"]}, (422, "SuccessionCircle", "/taken_over_by")),
    ],
)
async def test_what_contradicts_itself_is_refused(
    shared_service: RegistrationService, code: str, what: str, body: dict[str, Any], refused: tuple[int, str, str]
) -> None:
    before = await listed(shared_service)
    sent = {"reason": DECREE, **body}
    answer = await shared_service.as_("operator").post(f"/v1/organisations/{code}/{what}", sent)
    assert code_of(answer) == refused
    assert await listed(shared_service) == before


async def test_a_body_is_changed_only_by_whoever_has_read_it_last(service: RegistrationService) -> None:
    read = await service.anybody.get("/v1/organisations/MOF")
    body = {"day": "2030-01-01", "name": RENAMED, "reason": DECREE}
    operator = service.as_("operator")
    tag = read.headers["etag"]
    assert (await operator.post("/v1/organisations/MOF/changes", body, if_match=tag)).status_code == 200
    late = await operator.post("/v1/organisations/MOF/end", {"day": "2031-01-01", "reason": DECREE}, if_match=tag)
    assert code_of(late)[:2] == (412, "StaleVersion")
    told = await operator.put("/v1/organisations/MOF", {"name": RENAMED, "protocol_order": 60}, if_match=tag)
    assert code_of(told)[:2] == (412, "StaleVersion")


async def test_a_correction_leaves_what_it_does_not_name(service: RegistrationService) -> None:
    await changed(service, "MOF", day="2030-01-01", name=RENAMED)
    await changed(service, "MOF", "end", day="2031-01-01", successors=["MOH"])
    sent = {"name": RENAMED, "protocol_order": 61, "valid_until": "2031-01-02"}
    told = (await service.as_("operator").put("/v1/organisations/MOF", sent)).json()
    assert (told["kind"], told["taken_over_by"], len(told["earlier"]), told["protocol_order"]) == (
        *("ministry", "MOH", 1, 61),
    )


async def test_every_change_is_kept_with_who_made_it_and_why(service: RegistrationService) -> None:
    await changed(service, "MOF", day="2030-01-01", name=RENAMED)
    found = (await service.as_("operator").get("/v1/organisations/MOF/changes")).json()["items"]
    assert [(one["version"], one["changed_by"], one["reason"]) for one in found] == [
        (2, "registrar", DECREE),
        (1, "service:registration", None),
    ]
    assert [one["after"]["name"]["lo"] for one in found] == [RENAMED["lo"], "ກະຊວງການເງິນ"]
