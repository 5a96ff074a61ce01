"""What a desk takes with it: the keys of tickets, who is expected, which tickets are good no more."""

import base64
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError

from services.registration import main
from services.registration.settings import RegistrationSettings
from tests.registration.running_service import RegistrationService, code_of

FORMER = Ed25519PrivateKey.from_private_bytes(b"1" * 32)


def listed(key_id: str, key: Ed25519PrivateKey = FORMER) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{key_id}={base64.b64encode(der).decode()}"


async def test_anybody_can_check_a_ticket_with_the_published_keys(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    await service.worked()
    ticket = (await service.tickets())[seat["registration_id"]]
    told = await service.anybody.get("/v1/ticket-keys")
    assert told.headers["content-type"] == "application/jwk-set+json"
    keys = jwt.PyJWKSet.from_dict(told.json())
    claims = jwt.decode(
        ticket, keys[jwt.get_unverified_header(ticket)["kid"]], ["EdDSA"], options={"verify_exp": False}
    )
    assert claims["rid"] == seat["registration_id"]
    again = await service.http.get("/v1/ticket-keys", headers={"if-none-match": told.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_while_keys_change_those_of_tickets_that_are_out_are_published_too(settings: RegistrationSettings) -> None:
    changed = settings.model_copy(update={"other_ticket_keys": listed("0"), "ticket_key_id": "1"})
    keys = main.build(changed).state["dependencies"].tickets.public_keys()
    assert (sorted(keys), keys["0"].octets) == (["0", "1"], FORMER.public_key().public_bytes_raw())


@pytest.mark.parametrize("wrong", ["0", "0=", "0=no key", listed("1") + ",0=AAAA"])
def test_a_wrong_public_key_is_named_by_its_variable_and_not_repeated(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRATION_OTHER_TICKET_KEYS", wrong)
    with pytest.raises(ValidationError) as refused:
        RegistrationSettings()
    told = {error["loc"]: error["msg"] for error in refused.value.errors()}
    assert told["other_ticket_keys",] == "Value error, ticket key '0': not an Ed25519 public key (DER, base64)"


async def test_a_desk_sees_names_and_neither_codes_nor_numbers(shared_service: RegistrationService) -> None:
    path = await shared_service.opened(capacity=2)
    seats = [await shared_service.registered(path, number) for number in range(3)]
    told = await shared_service.as_("desk").get(f"{path}/roster")
    assert [(one["registration_id"], one["given_name"], one["state"]) for one in told.json()["items"]] == [
        (seats[0]["registration_id"], "ຄົນທີ 0", "confirmed"),
        (seats[1]["registration_id"], "ຄົນທີ 1", "confirmed"),
        (seats[2]["registration_id"], "ຄົນທີ 2", "waitlisted"),
    ]
    assert [secret for secret in (seats[0]["code"], "5555") if secret in told.text] == []
    assert told.json()["check_in_opens_at"] == "2022-09-18T22:30:00Z"


async def test_a_roster_is_read_page_by_page_and_again_only_when_it_has_changed(
    shared_service: RegistrationService,
) -> None:
    path = await shared_service.opened()
    seats = [await shared_service.registered(path, number) for number in range(5)]
    desk = shared_service.as_("desk")
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await desk.get(f"{path}/roster", limit=2, **cursor)).json()
        found += [one["registration_id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == [seat["registration_id"] for seat in seats]
    tag = (await desk.get(f"{path}/roster")).headers["etag"]
    known = {**desk.headers, "if-none-match": tag}
    assert (await shared_service.http.get(f"{path}/roster", headers=known)).status_code == 304
    await shared_service.withdrawn(path, seats[0])
    assert (await shared_service.http.get(f"{path}/roster", headers=known)).status_code == 200


async def test_tickets_that_are_good_no_more_are_listed_without_names(service: RegistrationService) -> None:
    path = await service.opened()
    seats = [await service.registered(path, number) for number in range(4)]
    seats.append(await service.registered(path, 4, link=await service.invited(path)))
    await service.worked()
    await service.withdrawn(path, seats[0])
    await service.sent(path, seats[1], 9)
    declining = {"code": seats[4]["code"], "reason": "ລາພັກ"}
    await service.anybody.post(f"{path}/registrations/{seats[4]['registration_id']}/decline", declining)
    identifier = UUID(seats[2]["registration_id"])
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE registration SET ticket_serial = 2 WHERE registration_id = $1", identifier)
    told = await service.as_("desk").get(f"{path}/revocations")
    assert told.json()["items"] == [
        {"registration_id": seats[0]["registration_id"], "good_from": None, "blocked": False},
        {"registration_id": seats[1]["registration_id"], "good_from": None, "blocked": False},
        {"registration_id": seats[2]["registration_id"], "good_from": 2, "blocked": False},
        {"registration_id": seats[4]["registration_id"], "good_from": None, "blocked": False},
    ]
    assert "ຄົນທີ" not in told.text


@pytest.mark.parametrize("what", ["roster", "revocations"])
async def test_the_desk_of_another_body_takes_nothing_with_it(what: str, shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    assert code_of(await shared_service.as_("desk", body="MOF").get(f"{path}/{what}"))[:2] == (403, "NotPermitted")
