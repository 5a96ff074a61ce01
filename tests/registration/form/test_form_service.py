"""The form over HTTP: defined and read back by the organiser, read by whoever may register."""

from typing import Any

import pytest

from tests.registration.running_service import RegistrationService, code_of

MEAL: dict[str, Any] = {
    "name": "meal",
    "kind": "choice",
    "label": {"lo": "ອາຫານທ່ຽງ", "en": "Lunch"},
    "required": True,
    "choices": [
        {"value": "any", "label": {"lo": "ທຳມະດາ", "en": "Ordinary"}},
        {"value": "other", "label": {"lo": "ອື່ນໆ", "en": "Other"}},
    ],
}
WISHES: dict[str, Any] = {
    "name": "wishes",
    "kind": "text",
    "label": {"lo": "ລາຍລະອຽດອາຫານ"},
    "shown_when": {"field": "meal", "value": "other"},
    "required": True,
    "personal_data": True,
    "retention_days": 7,
}
DAYS: dict[str, Any] = {
    "name": "days",
    "kind": "multiple-choice",
    "label": {"lo": "ມື້ທີ່ເຂົ້າຮ່ວມ"},
    "choices": [{"value": "1", "label": {"lo": "ມື້ທີໜຶ່ງ"}}, {"value": "2", "label": {"lo": "ມື້ທີສອງ"}}],
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "meal": {"title": "ອາຫານທ່ຽງ", "type": "string", "enum": ["any", "other"]},
        "wishes": {"title": "ລາຍລະອຽດອາຫານ", "type": "string", "minLength": 1, "maxLength": 300},
        "days": {
            "title": "ມື້ທີ່ເຂົ້າຮ່ວມ",
            "type": "array",
            "items": {"type": "string", "enum": ["1", "2"]},
            "minItems": 1,
            "maxItems": 2,
            "uniqueItems": True,
        },
    },
    "required": ["meal"],
    "additionalProperties": False,
    "allOf": [
        {
            "if": {"properties": {"meal": {"const": "other"}}, "required": ["meal"]},
            "then": {"required": ["wishes"]},
            "else": {"properties": {"wishes": False}},
        }
    ],
}


async def test_a_form_is_defined_and_read_by_whoever_may_register(service: RegistrationService) -> None:
    path = await service.opened()
    told = await service.organiser.put(f"{path}/form", {"fields": [MEAL, WISHES, DAYS]})
    assert told.status_code == 200, told.text
    state = told.json()
    assert (state["form_version"], state["version"], told.headers["etag"]) == (1, 3, '"3"')
    read = (await service.anybody.get(f"{path}/form")).json()
    assert read == {name: value for name, value in state.items() if name != "version"}
    assert read["json_schema"] == SCHEMA
    assert [(one["name"], one["retention_days"], one["personal_data"]) for one in read["fields"]] == [
        ("meal", 90, False),
        ("wishes", 7, True),
        ("days", 90, False),
    ]


async def test_the_same_form_sent_twice_is_one_version(service: RegistrationService) -> None:
    path = await service.opened()
    first, second = [await service.organiser.put(f"{path}/form", {"fields": [MEAL]}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()


async def test_the_organiser_reads_the_form_of_a_draft_and_nobody_else_does(service: RegistrationService) -> None:
    path = await service.drafted()
    assert (await service.organiser.get(path)).json()["form"] == []
    told = await service.organiser.put(f"{path}/form", {"fields": [MEAL]})
    assert (await service.organiser.get(path)).json()["form"] == told.json()["fields"]
    assert code_of(await service.anybody.get(f"{path}/form")) == (404, "NotFound", None)


async def test_a_meeting_that_asks_nothing_has_an_empty_form(service: RegistrationService) -> None:
    read = (await service.anybody.get(f"{await service.opened()}/form")).json()
    assert (read["form_version"], read["fields"], read["json_schema"]["properties"]) == (0, [], {})


async def test_the_form_of_a_meeting_by_invitation_is_read_with_the_link(service: RegistrationService) -> None:
    path = await service.opened(policy="by-invitation")
    await service.organiser.put(f"{path}/form", {"fields": [DAYS]})
    link, other = await service.invited(path), await service.invited(await service.opened())

    async def read(token: str | None) -> tuple[int, int | None]:
        headers = {"Invitation-Token": token} if token else {}
        told = await service.http.get(f"{path}/form", headers=headers)
        return told.status_code, told.json().get("form_version")

    assert [await read(token) for token in (None, other, link)] == [(404, None), (404, None), (200, 1)]
    await service.registered(path, 1, link=link)
    (own,) = (await service.own_tokens()).values()
    assert await read(own) == (200, 1)


async def test_a_discarded_draft_takes_its_form_along(service: RegistrationService) -> None:
    path = await service.drafted()
    await service.organiser.put(f"{path}/form", {"fields": [MEAL]})
    assert (await service.organiser.delete(path)).status_code == 204
    assert await service.value("SELECT count(*) FROM meeting_form") == 0


async def test_a_form_is_changed_only_by_who_has_read_it(service: RegistrationService) -> None:
    path = await service.opened()
    assert (await service.organiser.put(f"{path}/form", {"fields": [MEAL]}, if_match='"2"')).status_code == 200
    stale = await service.organiser.put(f"{path}/form", {"fields": []}, if_match='"2"')
    assert code_of(stale) == (412, "StaleVersion", None)
    assert (await service.organiser.put(f"{path}/form", {"fields": []}, if_match='"3"')).json()["form_version"] == 2


BUS = {"name": "bus", "kind": "yes-no", "label": {"lo": "ໄປລົດເມ"}}


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ([BUS | {"name": f"f{n}"} for n in range(10_000)], "/fields", "too_long"),
        ([BUS | {"kind": "regex"}], "/fields/0", "union_tag_invalid"),
        ([BUS | {"kind": "text", "pattern": "(a+)+$"}], "/fields/0/pattern", "extra_forbidden"),
        ([BUS | {"name": "a" * 41}], "/fields/0/name", "string_pattern_mismatch"),
        ([BUS | {"name": "__proto__"}], "/fields/0/name", "string_pattern_mismatch"),
        ([BUS | {"retention_days": 3_651}], "/fields/0/retention_days", "less_than_equal"),
        ([BUS | {"kind": "number", "maximum": 1e300}], "/fields/0/maximum", "less_than_equal"),
        ([BUS | {"label": {"en": "Bus"}}], "/fields/0/label/lo", "missing"),
        ([BUS | {"shown_when": {"field": "x", "value": {"a": [[]]}}}], "/fields/0/shown_when/value", "string_type"),
        ([MEAL | {"choices": [MEAL["choices"][0]] * 51}], "/fields/0/choices", "too_long"),
    ],
    ids=[
        "10,000 fields",
        "an unknown kind",
        "a regular expression",
        "a long name",
        "a name of another language",
        "kept for longer than ten years",
        "a bound beyond all numbers",
        "no Lao label",
        "a condition that is no value",
        "51 choices",
    ],
)
async def test_a_hostile_form_is_refused_with_the_member(
    service: RegistrationService, fields: list[Any], field: str, code: str
) -> None:
    path = await service.opened()
    told = await service.organiser.put(f"{path}/form", {"fields": fields})
    assert code_of(told) == (422, "InvalidRequest", field)
    assert told.json()["errors"][0]["code"] == code
    assert await service.value("SELECT count(*) FROM meeting_form") == 0
