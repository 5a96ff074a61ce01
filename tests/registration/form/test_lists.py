"""Answers in lists: exported, imported again as the same, changed by a list, and not shown to everybody."""

import csv
import io
from typing import Any

from tests.registration.form.test_answers_service import FORM, asking, figures, own, registered
from tests.registration.running_service import RegistrationService

WISH = "=1+1; ຖົ່ວ"


async def exported(service: RegistrationService, path: str, body: str = "MTC", language: str = "lo") -> list[list[str]]:
    told = await service.as_("organiser", body=body).get(f"{path}/registrations.csv", language=language)
    assert told.status_code == 200, told.text
    return list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"), newline="")))


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def verdicts(preview: dict[str, Any]) -> tuple[int, ...]:
    return tuple(preview[name] for name in ("new", "same", "changed", "refused"))


async def applied(service: RegistrationService, path: str, preview: dict[str, Any]) -> str:
    at = f"{path}/imports/{preview['import_id']}"
    assert (await service.organiser.post(f"{at}/application", {})).status_code == 202
    await service.worked()
    state: str = (await service.organiser.get(at)).json()["state"]
    return state


async def test_answers_stand_in_columns_of_their_own_and_are_imported_as_the_same(service: RegistrationService) -> None:
    path = await asking(service)
    await registered(service, path, 1, meal="other", wishes=WISH, days=["1", "2"], bus=False)
    await registered(service, path, 2, meal="any")
    titles, first, second = await exported(service, path)
    assert titles[-4:] == ["ອາຫານທ່ຽງ", "ລາຍລະອຽດອາຫານ", "ມື້ທີ່ເຂົ້າຮ່ວມ", "ໄປລົດເມ"]
    assert first[-4:] == ["ອື່ນໆ", f"'{WISH}", "ມື້ທີໜຶ່ງ; ມື້ທີສອງ", "ບໍ່ແມ່ນ"]
    assert second[-4:] == ["ທຳມະດາ", "", "", ""]
    for language in ("lo", "en"):
        content = as_csv(await exported(service, path, language=language))
        assert verdicts(await service.imported(path, content)) == (0, 2, 0, 0)
    told = await service.organiser.get(f"{path}/registrations.xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert verdicts(await service.imported(path, told.content, media_type=kind)) == (0, 2, 0, 0)
    told = await service.organiser.get(f"{path}/registrations.json")
    assert [one["answers"] for one in told.json()] == [
        {"meal": "other", "wishes": WISH, "days": ["1", "2"], "bus": False},
        {"meal": "any"},
    ]


async def test_a_list_changes_answers_and_registers_people_with_theirs(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, 1, meal="other", wishes="ປາ", days=["1"])
    titles, row = await exported(service, path)
    row[-4:] = ["ທຳມະດາ", "", "2; 1", "yes"]
    new = ["" for _ in titles]
    for header, cell in {"ລະຫັດອົງການ": "MOF", "ຊື່": "ນ້ອຍ", "ລະດັບ": "80", "ເບີໂທລະສັບ": "020 5555 7777"}.items():
        new[titles.index(header)] = cell
    new[-4:] = ["", "", "ມື້ທີສອງ", ""]
    preview = await service.imported(path, as_csv([titles, row, new]))
    assert verdicts(preview) == (1, 0, 1, 0)
    (changed,) = [one for one in await rows(service, path, preview) if one["verdict"] == "changed"]
    assert {one["column"]: (one["old"], one["new"]) for one in changed["changes"]} == {
        "answers.meal": ("other", "any"),
        "answers.wishes": ("ປາ", None),
        "answers.days": (["1"], ["1", "2"]),
        "answers.bus": (None, True),
    }
    assert await applied(service, path, preview) == "applied"
    assert await own(service, path, seat) == (1, {"meal": "any", "days": ["1", "2"], "bus": True}, [])
    assert ("confirmed", "days", "2", 2) in await figures(service)
    assert await service.value("SELECT count(*) FROM participant_import_line WHERE answers IS NOT NULL") == 0


async def rows(service: RegistrationService, path: str, preview: dict[str, Any]) -> list[dict[str, Any]]:
    told = await service.organiser.get(f"{path}/imports/{preview['import_id']}/rows")
    found: list[dict[str, Any]] = told.json()["items"]
    return found


async def test_an_answer_that_does_not_fit_refuses_its_row_with_the_column(service: RegistrationService) -> None:
    path = await asking(service)
    await registered(service, path, 1, meal="other", wishes="ປາ")
    await registered(service, path, 2, meal="any")
    await registered(service, path, 3, meal="any")
    titles, first, second, third = await exported(service, path)
    first[-4], second[-4], third[-3] = "any", "ຊີ້ນ", "ປາ"
    preview = await service.imported(path, as_csv([titles, first, second, third]))
    assert verdicts(preview) == (0, 0, 0, 3)
    problems = [(row["line"], *row["problems"]) for row in await rows(service, path, preview)]
    assert [(line, one["column"], one["code"]) for line, one in problems] == [
        (2, "answers.wishes", "answer_not_asked"),
        (3, "answers.meal", "enum"),
        (4, "answers.wishes", "answer_not_asked"),
    ]
    assert all(one["lo"] and one["en"] for _, one in problems)


async def test_an_unchanged_list_is_the_same_although_the_form_takes_less_now(service: RegistrationService) -> None:
    path = await asking(service)
    await registered(service, path, 1, meal="other", wishes="ບໍ່ກິນຖົ່ວດິນ")
    shorter = [one | ({"max_length": 3} if one["name"] == "wishes" else {}) for one in FORM]
    assert (await service.organiser.put(f"{path}/form", {"fields": shorter})).status_code == 200
    assert verdicts(await service.imported(path, as_csv(await exported(service, path)))) == (0, 1, 0, 0)


async def test_a_co_host_is_not_shown_answers_that_are_personal_data(service: RegistrationService) -> None:
    path = await asking(service, co_hosts=["UNDP"])
    await registered(service, path, 1, meal="other", wishes="ປາ")
    assert [(await exported(service, path, body))[1][-4:-2] for body in ("MTC", "UNDP")] == [
        ["ອື່ນໆ", "ປາ"],
        ["ອື່ນໆ", ""],
    ]
    told = await service.as_("organiser", body="UNDP").get(f"{path}/registrations.json")
    assert [one["answers"] for one in told.json()] == [{"meal": "other"}]


async def test_an_erasure_takes_answers_out_of_lists_that_wait(service: RegistrationService) -> None:
    path = await asking(service)
    seat = await registered(service, path, 1, meal="other", wishes="ປາ")
    titles, row = await exported(service, path)
    row[-3] = "ໝູ"
    await service.imported(path, as_csv([titles, row]))
    person_id = await service.value("SELECT person_id FROM registration WHERE code = $1", seat["code"])
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    assert await service.value("SELECT count(*) FROM participant_import_line") == 0
